//! The order of a list: by one column, forwards or reversed, by the sort keys of its cells.

use super::language::{Part, phrase, tr_in};
use super::page::{Cell, Section, SortKey};
use crate::value::timestamp::{Duration, Timestamp};

/// The order of a list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    /// The heading of the column.
    pub column: String,
    /// Whether the largest stands first.
    pub reversed: bool,
}

/// Where a cell stands in its column: numbers, then lengths of time, then times, then words of a list, then texts. What says
/// nothing stands last, whichever way a list is ordered.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rank {
    /// A number, or a tier.
    Number(i64),
    /// A length of time.
    Span(Duration),
    /// A point in time.
    Time(Timestamp),
    /// The place of a word in its list.
    Word(usize),
    /// A text, in small letters.
    Text(String),
    /// Nothing.
    Nothing,
}

impl Rank {
    /// The rank of a cell; of none, that of one that says nothing.
    pub fn of(cell: Option<&Cell>) -> Self {
        let Some(cell) = cell else { return Self::Nothing };
        match cell.key {
            SortKey::Nothing => Self::Nothing,
            SortKey::Number(n) => Self::Number(n),
            SortKey::Tier(tier) => Self::Number(tier.number().into()),
            SortKey::Span(span) => Self::Span(span),
            SortKey::Time(time) => Self::Time(time),
            SortKey::Word(word) => Self::Word(word.place),
            SortKey::Text => Self::Text(cell.text.as_str().to_lowercase()),
        }
    }
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

    /// The rows of a section in this order. Equal ones stay as they come, and those that say nothing stand last, whichever
    /// way it goes; a section without the column stays as it comes. What hangs below a row stays below it.
    pub fn rows(&self, section: &Section) -> Vec<usize> {
        let all = 0..section.rows.len();
        let Some(at) = self.at(section) else { return all.collect() };
        let hangs = |n: &usize| section.rows.get(*n).is_some_and(|row| row.level > 0);
        let roots: Vec<usize> = all.filter(|n| !hangs(n)).collect();
        let ranks = roots.iter().map(|n| Rank::of(section.rows.get(*n).and_then(|r| r.cells.get(at)))).collect();
        let ordered = self.of(ranks).into_iter().filter_map(|n| roots.get(n).copied());
        ordered.flat_map(|root| std::iter::once(root).chain((root + 1..).take_while(hangs))).collect()
    }

    /// The places of rows in this order, by their ranks in the column.
    pub fn of(&self, ranks: Vec<Rank>) -> Vec<usize> {
        let numbered = ranks.into_iter().enumerate().map(|(n, rank)| (rank, n));
        let (mut said, nothing): (Vec<_>, Vec<_>) = numbered.partition(|(rank, _)| *rank != Rank::Nothing);
        said.sort_by(|(a, _), (b, _)| if self.reversed { b.cmp(a) } else { a.cmp(b) });
        said.into_iter().chain(nothing).map(|(_, n)| n).collect()
    }

    /// The heading, as it is shown.
    fn heading(&self) -> &str {
        tr_in(Part::Column, &self.column)
    }

    /// In words, after what is ordered.
    pub fn words(&self) -> String {
        match self.reversed {
            true => phrase!("by {column}, reversed", column = self.heading()),
            false => phrase!("by {column}", column = self.heading()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::request::State;
    use crate::tui::page::{ListWord, PageRow, Width, column};
    use crate::value::class::Tier;

    #[test]
    fn rows_are_ordered_by_their_sort_keys_and_what_says_nothing_stands_last() {
        let tier = |n: i64| Cell::maybe_tier(Tier::new(n));
        let at = |minutes: i64| Cell::from("any").by(SortKey::Time(Timestamp::EPOCH.plus(Duration::minutes(minutes))));
        let state = |state: State| Cell::from("any").by(SortKey::Word(ListWord::of_state(state.any())));
        let rows = [
            [tier(2), at(108), Cell::from("b"), state(State::Sent)],
            [tier(4), at(-30), Cell::from("A"), state(State::Closed)],
            [tier(0), at(3480), Cell::from("b"), state(State::Draft)],
            [tier(1), Cell::from("held"), Cell::from(""), state(State::Sent)],
            [tier(2), at(-10), Cell::from("a"), state(State::InReview)],
        ];
        let section = Section {
            columns: ["TIER", "LEFT", "WHAT", "STATE"].map(|t| column(t, Width::Rest)).into(),
            rows: rows.into_iter().map(|cells| PageRow::of(cells.into())).collect(),
            ..Section::default()
        };
        let check = |column: &str, reversed: bool, want: &[usize]| {
            let order = Order { column: column.into(), reversed };
            assert_eq!(order.rows(&section), want, "{column} {reversed}");
        };
        check("TIER", false, &[3, 0, 4, 1, 2]);
        check("TIER", true, &[1, 0, 4, 3, 2]);
        check("LEFT", false, &[1, 4, 0, 2, 3]);
        check("LEFT", true, &[3, 2, 0, 4, 1]);
        check("WHAT", false, &[1, 4, 0, 2, 3]);
        check("WHAT", true, &[0, 2, 1, 4, 3]);
        check("STATE", false, &[2, 4, 0, 3, 1]);
        check("NONE", false, &[0, 1, 2, 3, 4]);
        assert!(!Order { column: String::new(), reversed: false }.is_of(&section));
    }
}
