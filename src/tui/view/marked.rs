//! The records that are marked, in the order in which they were marked. Whether one is among them is found out at once, however many
//! they are: each frame asks.

use std::collections::HashSet;
use std::ops::Deref;

use crate::tui::language::phrase;
use crate::tui::page::RecordRef;

/// The records that are marked.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Marks {
    all: Vec<RecordRef>,
    known: HashSet<RecordRef>,
    /// How many fit, where all of them were to be marked and not all could be.
    of: Option<usize>,
}

impl Deref for Marks {
    type Target = [RecordRef];

    fn deref(&self) -> &[RecordRef] {
        &self.all
    }
}

impl Extend<RecordRef> for Marks {
    fn extend<T: IntoIterator<Item = RecordRef>>(&mut self, records: T) {
        for record in records {
            if self.known.insert(record.clone()) {
                self.all.push(record);
            }
        }
    }
}

impl FromIterator<RecordRef> for Marks {
    fn from_iter<T: IntoIterator<Item = RecordRef>>(records: T) -> Self {
        let mut marks = Self::default();
        marks.extend(records);
        marks
    }
}

impl Marks {
    /// Returns whether a record is marked.
    pub fn contains(&self, record: &RecordRef) -> bool {
        self.known.contains(record)
    }

    /// Marks a record, or takes its mark away.
    pub fn turn(&mut self, record: RecordRef) {
        if self.known.remove(&record) {
            self.all.retain(|marked| *marked != record);
        } else {
            self.extend([record]);
        }
    }

    /// Takes every mark away.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes of how many these are as many as could be marked.
    pub const fn note_of(&mut self, fit: usize) {
        self.of = Some(fit);
    }

    /// Returns how many they are in words; where more were to be marked, of how many.
    pub fn counted(&self) -> String {
        match self.of.filter(|of| *of > self.all.len()) {
            Some(of) => phrase!("{n} of {of} marked", n = self.all.len(), of),
            None => phrase!("{n} marked", n = self.all.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kind::Kind;
    use crate::value::id::Id;

    #[test]
    fn each_is_marked_once_and_of_how_many_is_told_as_long_as_they_are_fewer() {
        let record = |n: u8| RecordRef { kind: Kind::Item, id: Id::from_bytes([n; 16]) };
        let mut marks: Marks = [1, 2, 1].map(record).into_iter().collect();
        assert_eq!((&*marks, marks.counted().as_str()), ([1, 2].map(record).as_slice(), "2 marked"));
        marks.note_of(5);
        assert_eq!(marks.counted(), "2 of 5 marked");
        marks.turn(record(1));
        assert_eq!((&*marks, marks.contains(&record(1))), ([record(2)].as_slice(), false));
        assert_eq!(marks.counted(), "1 of 5 marked");
        marks.extend([3, 4, 5, 6].map(record));
        assert_eq!(marks.counted(), "5 marked", "these are all");
        marks.clear();
        assert_eq!(marks, Marks::default());
    }
}
