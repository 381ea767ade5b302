//! What of a view is expanded.

use super::{Turned, View};
use crate::value::id::Id;

/// How many things are expanded at once at most: what hangs below them is read again for each page.
const MOST: usize = 50;

impl View {
    /// Expands the selected row, or collapses it; one that hangs below another and has nothing below it collapses that one.
    pub fn expand(&mut self) -> Turned {
        let Some(row) = self.row_at(self.section, self.row) else { return Turned::Nothing };
        let (path, level) = (row.path.clone(), row.level);
        if path.is_empty() && level == 0 {
            return Turned::Nothing;
        }
        if path.is_empty() {
            return self.collapse_above(level);
        }
        if self.params.expanded.contains(&path) {
            self.collapse(&path);
        } else if self.params.expanded.len() >= MOST {
            return Turned::TooMany;
        } else {
            self.params.expanded.insert(path);
        }
        self.moved = true;
        Turned::Done
    }

    /// Whether something hangs below a row of the page.
    pub fn has_links(&self) -> bool {
        self.sections().flat_map(|section| &section.rows).any(|row| !row.path.is_empty())
    }

    /// Collapses the row on which one hangs that stands so deep, and selects it.
    fn collapse_above(&mut self, level: usize) -> Turned {
        let above = (0..self.row).rev().find(|n| self.row_at(self.section, *n).is_some_and(|row| row.level < level));
        let Some(above) = above else { return Turned::Nothing };
        let Some(path) = self.row_at(self.section, above).map(|row| row.path.clone()) else { return Turned::Nothing };
        self.collapse(&path);
        (self.row, self.moved) = (above, true);
        Turned::Done
    }

    /// Collapses what stands there, and all below it: expanded again, it shows what it shows first.
    fn collapse(&mut self, path: &[Id]) {
        self.params.expanded.retain(|other| !other.starts_with(path));
    }
}
