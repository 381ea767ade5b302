//! The marks of a view, and the range of marks that is being made.

use std::collections::HashSet;

use super::{Marks, Range, View};
use crate::tui::language::phrase;
use crate::tui::page::{RecordRef, Section};

impl View {
    /// Marks what is selected, or takes the mark away.
    pub fn mark(&mut self) {
        self.moved = true;
        let Some(subject) = self.selected().cloned() else { return };
        self.marks.turn(subject);
    }

    /// Marks every row of the section that fits the filter; without one also what is collapsed. What hangs below a row is no further
    /// row.
    pub fn mark_all(&mut self) {
        let subjects: Vec<RecordRef> = if self.filter().is_empty() {
            let all = self.sections().nth(self.section).into_iter().flat_map(Section::listed);
            all.filter_map(|row| row.record().cloned()).collect()
        } else {
            let shown = (0..self.rows(self.section).len()).filter_map(|n| self.row_at(self.section, n));
            shown.filter(|row| row.level == 0).filter_map(|row| row.record().cloned()).collect()
        };
        self.marks.extend(subjects);
    }

    /// What was marked before, and the records of these shown rows of the section.
    fn and_rows(&self, mut marks: Marks, from: usize, until: usize) -> Marks {
        marks.extend((from..until).filter_map(|n| self.row_at(self.section, n)?.record().cloned()));
        marks
    }

    /// Begins to mark a range at what is selected. Returns whether there is anything.
    pub fn begin_range(&mut self) -> bool {
        let Some(began) = self.selected().cloned() else { return false };
        self.moved = true;
        self.range = Some(Range { section: self.section, began, row: self.row, before: self.marks.clone() });
        self.extend_range();
        true
    }

    /// Whether a range is being marked.
    pub const fn is_ranging(&self) -> bool {
        self.range.is_some()
    }

    /// The range is as it was meant: its marks stay.
    pub fn end_range(&mut self) {
        self.range = None;
    }

    /// Nothing of the range was meant: what was marked before is marked. Returns whether there was one.
    pub fn drop_range(&mut self) -> bool {
        let dropped = self.range.take();
        dropped.map(|range| self.marks = range.before).is_some()
    }

    pub(super) fn extend_range(&mut self) {
        let Some(mut range) = self.range.take().filter(|r| r.section == self.section) else { return };
        let rows = 0..self.rows(self.section).len();
        let is_it = |n: &usize| self.row_at(self.section, *n).is_some_and(|r| r.record() == Some(&range.began));
        // Where the row at which it began has gone, the range has ended: nobody sees any more what it would take.
        let Some(began) = Some(range.row).filter(is_it).or_else(|| rows.into_iter().find(is_it)) else { return };
        range.row = began;
        let (from, until) = (began.min(self.row), began.max(self.row) + 1);
        self.marks = self.and_rows(range.before.clone(), from, until);
        self.range = Some(range);
    }

    /// How many marked records nobody sees: the filter hides them, they are scrolled away, or they are not on the page.
    pub fn marked_unseen(&self) -> usize {
        let mut seen = HashSet::new();
        for (section, (offset, room)) in self.offsets.iter().zip(&self.rooms).enumerate() {
            let rows = (*offset..offset.saturating_add(*room)).filter_map(|n| self.row_at(section, n)?.record());
            seen.extend(rows.filter(|subject| self.marks.contains(subject)));
        }
        self.marks.len() - seen.len()
    }

    /// What is marked, in words; empty where nothing is.
    pub fn marks_in_words(&self) -> String {
        match (self.marks.len(), self.marked_unseen()) {
            (0, _) => String::new(),
            (_, 0) => self.marks.counted(),
            (_, unseen) => phrase!("{marked}, {unseen} not shown", marked = self.marks.counted(), unseen),
        }
    }
}
