//! How much of something: a bar with what is left of it. What goes beyond its end is late.

use super::piece::Stretch;
use crate::tui::theme::StyleRole;

/// Columns of a bar at most: beyond that more says no more.
const LONGEST: usize = 40;

/// How much of something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bar {
    /// How much.
    pub n: u64,
    /// Of how much.
    pub of: u64,
    /// What is said of it.
    pub words: String,
    /// What it means.
    pub role: StyleRole,
    /// Whether what is left is drawn too.
    pub has_rest: bool,
}

impl Bar {
    /// A bar beside others, of which the longest is `of`.
    pub fn count(n: u64, of: u64, role: StyleRole) -> Self {
        Self { n, of, words: n.to_string(), role, has_rest: false }
    }

    /// How many of so many columns are filled: at least one where there is anything, and all only where it is all.
    fn filled(&self, columns: usize) -> usize {
        let filled = u128::from(self.n.min(self.of)) * columns as u128 / u128::from(self.of.max(1));
        match (self.n, usize::try_from(filled).unwrap_or(columns)) {
            (0, _) => 0,
            (_, filled) => filled.max(1),
        }
    }

    pub(super) fn draw(&self, columns: usize, ascii: bool) -> Vec<Stretch> {
        let columns = columns.min(LONGEST);
        let (full, empty) = if ascii { ("#", ".") } else { ("█", "░") };
        let filled = self.filled(columns);
        let rest = if self.has_rest { columns - filled } else { 0 };
        vec![(full.repeat(filled), self.role), (empty.repeat(rest), StyleRole::Border)]
    }

    pub(super) fn said(&self) -> String {
        self.words.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::picture::piece::text;

    #[test]
    fn what_is_drawn_is_what_is_said() {
        for (n, of) in [(0, 10), (1, 1000), (5, 10), (10, 10), (12, 10), (0, 0)] {
            let bar = Bar { has_rest: true, ..Bar::count(n, of, StyleRole::Base) };
            assert_eq!(bar.said(), n.to_string());
            let drawn = text(&bar.draw(10, true));
            assert_eq!(drawn.len(), 10);
            let filled = drawn.matches('#').count() as u64;
            assert_eq!(filled == 0, n == 0, "{n} of {of}");
            assert_eq!(filled == 10, n > 0 && n >= of, "{n} of {of}");
            assert!(filled * of <= 10 * n || filled == 1, "{n} of {of}");
        }
    }
}
