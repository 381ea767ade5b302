//! The marks of a view, and the range of marks that is being made.

use std::collections::HashSet;

use super::{Range, View};
use crate::tui::language::phrase;
use crate::tui::page::RecordRef;

impl View {
    /// Marks what is selected, or takes the mark away.
    pub fn mark(&mut self) {
        self.moved = true;
        let Some(subject) = self.selected().cloned() else { return };
        match self.marks.iter().position(|m| *m == subject) {
            Some(n) => drop(self.marks.remove(n)),
            None => self.marks.push(subject),
        }
    }

    /// Marks every row of the section that the filter shows.
    pub fn mark_all(&mut self) {
        let before = std::mem::take(&mut self.marks);
        self.marks = self.and_rows(before, 0, self.rows(self.section).len());
    }

    /// Marks these records too.
    pub fn mark_also(&mut self, records: Vec<RecordRef>) {
        let there: HashSet<RecordRef> = self.marks.iter().cloned().collect();
        self.marks.extend(records.into_iter().filter(|s| !there.contains(s)));
    }

    /// What was marked before, and the records of these shown rows of the section.
    fn and_rows(&self, mut marks: Vec<RecordRef>, from: usize, until: usize) -> Vec<RecordRef> {
        let there: HashSet<RecordRef> = marks.iter().cloned().collect();
        let rows = (from..until).filter_map(|n| self.row_at(self.section, n)?.subject.clone());
        marks.extend(rows.filter(|s| !there.contains(s)));
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
        let is_it = |n: &usize| self.row_at(self.section, *n).is_some_and(|r| r.subject.as_ref() == Some(&range.began));
        // Where the row at which it began has gone, the range has ended: nobody sees any more what it would take.
        let Some(began) = Some(range.row).filter(is_it).or_else(|| rows.into_iter().find(is_it)) else { return };
        range.row = began;
        let (from, until) = (began.min(self.row), began.max(self.row) + 1);
        self.marks = self.and_rows(range.before.clone(), from, until);
        self.range = Some(range);
    }

    /// How many marked records nobody sees: the filter hides them, they are scrolled away, or they are not on the page.
    pub fn marked_unseen(&self) -> usize {
        let mut unseen: HashSet<&RecordRef> = self.marks.iter().collect();
        for (section, (offset, room)) in self.offsets.iter().zip(&self.rooms).enumerate() {
            for n in *offset..offset.saturating_add(*room) {
                if let Some(subject) = self.row_at(section, n).and_then(|r| r.subject.as_ref()) {
                    unseen.remove(subject);
                }
            }
        }
        unseen.len()
    }

    /// What is marked, in words; empty where nothing is.
    pub fn marks_in_words(&self) -> String {
        match (self.marks.len(), self.marked_unseen()) {
            (0, _) => String::new(),
            (n, 0) => phrase!("{n} marked", n),
            (n, unseen) => phrase!("{n} marked, {unseen} not shown", n, unseen),
        }
    }
}
