//! The order of a list: by one column, forwards or reversed. It orders what is shown and never what is stored.

use super::measure::Measure;
use super::page::Section;
use crate::value::timestamp::Timestamp;

/// The order of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// The heading of the column.
    pub column: String,
    /// Whether the largest stands first.
    pub reversed: bool,
}

impl Order {
    /// Whether the section has the column.
    pub fn is_of(&self, section: &Section) -> bool {
        self.at(section).is_some()
    }

    /// The column in a section.
    pub fn at(&self, section: &Section) -> Option<usize> {
        section.columns.iter().position(|c| !c.title.is_empty() && c.title == self.column)
    }

    /// The rows of a section in this order. Equal ones stay as they come, and blanks stand last, whichever way it goes; a
    /// section without the column stays as it comes. `now` is the time of the page.
    pub fn rows(&self, section: &Section, now: Timestamp) -> Vec<usize> {
        let all = 0..section.rows.len();
        let Some(at) = self.at(section) else { return all.collect() };
        let measure = |n: usize| {
            let cell = section.rows.get(n).and_then(|r| r.cells.get(at));
            cell.map_or(Measure::Blank, |c| Measure::of_cell(c.text.as_str(), now))
        };
        self.of(all.map(measure).collect())
    }

    /// The places of rows in this order, by what they say in the column.
    pub fn of(&self, says: Vec<Measure>) -> Vec<usize> {
        let numbered = says.into_iter().enumerate().map(|(n, m)| (m, n));
        let (mut said, blank): (Vec<_>, Vec<_>) = numbered.partition(|(m, _)| *m != Measure::Blank);
        said.sort_by(|(a, _), (b, _)| if self.reversed { b.order(a) } else { a.order(b) });
        said.into_iter().chain(blank).map(|(_, n)| n).collect()
    }

    /// In words, after what is ordered.
    pub fn words(&self) -> String {
        format!("by {}{}", self.column, if self.reversed { ", reversed" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::page::{PageRow, StyledText, Width, column};

    #[test]
    fn rows_are_ordered_by_what_they_say_and_blanks_stand_last() {
        let rows =
            [["T2", "01h48", "b"], ["T10", "late", "A"], ["-", "2d10h", "b"], ["T1", "held", ""], ["T2", "3d", "a"]];
        let section = Section {
            columns: ["TIER", "LEFT", "WHAT"].map(|t| column(t, Width::Rest)).into(),
            rows: rows
                .iter()
                .map(|r| PageRow { subject: None, mark: ' ', cells: r.iter().map(|c| StyledText::from(*c)).collect() })
                .collect(),
            ..Section::default()
        };
        let now = Timestamp::parse("2026-11-23T03:12:00Z").unwrap();
        let check = |column: &str, reversed: bool, want: &[usize]| {
            let order = Order { column: column.into(), reversed };
            assert_eq!(order.rows(&section, now), want, "{column} {reversed}");
        };
        check("TIER", false, &[3, 0, 4, 1, 2]);
        check("TIER", true, &[1, 0, 4, 3, 2]);
        check("LEFT", false, &[1, 0, 2, 4, 3]);
        check("LEFT", true, &[3, 4, 2, 0, 1]);
        check("WHAT", false, &[1, 4, 0, 2, 3]);
        check("WHAT", true, &[0, 2, 1, 4, 3]);
        check("NONE", false, &[0, 1, 2, 3, 4]);
        assert!(!Order { column: String::new(), reversed: false }.is_of(&section));
    }
}
