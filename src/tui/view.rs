//! One place as it is being looked at: its page, the filter, the selection, the marks, the detail. It never draws.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::page::{Detail, Page, Row, Section, Subject};
use super::screen::look::Look;
use super::worker::Ticket;
use crate::desk::failure::Failure;
use crate::value::id::Id;

/// A place as it is being looked at.
#[derive(Default)]
pub struct View {
    /// How.
    pub look: Look,
    /// The page.
    pub page: Page,
    /// The newest page that was asked for.
    pub asked: Ticket,
    /// The same for the thread that makes it: a page that is no longer wanted is not made.
    pub newest: Arc<AtomicU64>,
    /// Whether a page has come since the place was opened.
    pub here: bool,
    /// Whether a newer one is on its way.
    pub stale: bool,
    /// Why there is none.
    pub failed: Option<Failure>,
    /// The detail of what is selected, once it has come.
    pub detail: Option<(Subject, Detail)>,
    /// The newest detail that was asked for.
    pub asked_detail: Ticket,
    /// Lines of the detail that are scrolled away.
    pub scroll: u16,
    /// Whether the detail has the whole body.
    pub zoomed: bool,
    /// The record to select as soon as it is on the page.
    pub wanted: Option<Id>,
    /// Marked things, in the order in which they were marked.
    pub marks: Vec<Subject>,
    /// First shown row of each section.
    pub offsets: Vec<usize>,
    filter: String,
    /// For each section the rows that the filter shows.
    shown: Vec<Vec<usize>>,
    section: usize,
    row: usize,
    /// Whether the selection was moved; until then it is the first row, whatever comes before it.
    moved: bool,
}

impl View {
    /// A place that is looked at again as it was, and selects what was selected once that is there.
    pub fn again(look: Look, wanted: Option<Id>) -> Self {
        Self { look, wanted, ..Self::default() }
    }

    /// The sections, from top to bottom and from left to right.
    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.page.bands.iter().flatten()
    }

    /// The rows of a section that the filter shows.
    pub fn rows(&self, section: usize) -> &[usize] {
        self.shown.get(section).map_or(&[], Vec::as_slice)
    }

    /// The section of the selection, and its place among the shown rows.
    pub const fn at(&self) -> (usize, usize) {
        (self.section, self.row)
    }

    fn row_at(&self, section: usize, row: usize) -> Option<&Row> {
        let n = *self.rows(section).get(row)?;
        self.sections().nth(section)?.rows.get(n)
    }

    /// What is selected.
    pub fn selected(&self) -> Option<&Subject> {
        self.row_at(self.section, self.row)?.subject.as_ref()
    }

    /// The line that is selected, in words.
    pub fn selected_line(&self) -> Option<String> {
        let row = self.row_at(self.section, self.row)?;
        Some(row.cells.iter().map(|c| c.text.as_str()).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("  "))
    }

    /// The filter.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// Filters the rows; what is selected stays so where it can.
    pub fn set_filter(&mut self, filter: &str) {
        self.filter = filter.to_owned();
        self.rearrange();
    }

    /// Takes a new page; what is selected stays so where it can.
    pub fn set_page(&mut self, page: Page) {
        let before = self.selected().filter(|_| self.moved).cloned();
        self.page = page;
        (self.here, self.stale) = (true, false);
        self.failed = None;
        self.offsets.resize(self.sections().count(), 0);
        self.rearrange();
        if let Some(id) = self.wanted
            && self.select(|s| s.id == id)
        {
            (self.wanted, self.moved) = (None, true);
            return;
        }
        match before {
            Some(before) => drop(self.select(|s| *s == before)),
            None if !self.moved => self.go(self.stops().first().copied()),
            None => {}
        }
    }

    fn rearrange(&mut self) {
        let before = self.selected().cloned();
        self.shown = self.page.bands.iter().flatten().map(|s| filtered(s, &self.filter)).collect();
        let kept = before.is_some_and(|b| self.select(|s| *s == b));
        if !kept && self.selected().is_none() {
            self.first();
        }
    }

    fn select(&mut self, wanted: impl Fn(&Subject) -> bool) -> bool {
        // The section of the selection goes first: the same thing may stand in two.
        let order = std::iter::once(self.section).chain(0..self.shown.len());
        for section in order {
            let found = (0..self.rows(section).len())
                .find(|n| self.row_at(section, *n).and_then(|r| r.subject.as_ref()).is_some_and(&wanted));
            if let Some(row) = found {
                (self.section, self.row) = (section, row);
                return true;
            }
        }
        false
    }

    /// Every place that can be selected.
    fn stops(&self) -> Vec<(usize, usize)> {
        let of = |section: usize| {
            (0..self.rows(section).len())
                .filter(move |n| self.row_at(section, *n).is_some_and(|r| r.subject.is_some()))
                .map(move |n| (section, n))
        };
        (0..self.shown.len()).flat_map(of).collect()
    }

    /// Moves the selection by so many rows, from section to section.
    pub fn step(&mut self, by: i32) {
        self.moved = true;
        let stops = self.stops();
        let here = stops.iter().position(|s| *s == (self.section, self.row)).unwrap_or(0);
        let there = here.saturating_add_signed(by as isize).min(stops.len().saturating_sub(1));
        self.go(stops.get(there).copied());
    }

    /// To the first row.
    pub fn first(&mut self) {
        self.go(self.stops().first().copied());
    }

    /// To the last row.
    pub fn last(&mut self) {
        self.moved = true;
        self.go(self.stops().last().copied());
    }

    /// To the first row of the next (or previous) section that has one.
    pub fn step_section(&mut self, by: i32) {
        self.moved = true;
        let mut sections: Vec<usize> = self.stops().iter().map(|(s, _)| *s).collect();
        sections.dedup();
        let Some(here) = sections.iter().position(|s| *s == self.section) else { return };
        let there = (here as i32 + by).rem_euclid(sections.len() as i32) as usize;
        let Some(section) = sections.get(there).copied() else { return };
        self.go(self.stops().into_iter().find(|(s, _)| *s == section));
    }

    fn go(&mut self, to: Option<(usize, usize)>) {
        if let Some(to) = to {
            (self.section, self.row) = to;
        }
    }

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
        let all = (0..self.rows(self.section).len())
            .filter_map(|n| self.row_at(self.section, n).and_then(|r| r.subject.clone()))
            .filter(|s| !self.marks.contains(s))
            .collect::<Vec<_>>();
        self.marks.extend(all);
    }
}

/// The rows in which every word of the filter stands. `title:word` looks in that column alone; `!word` wants it absent.
fn filtered(section: &Section, filter: &str) -> Vec<usize> {
    let words: Vec<String> = filter.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let is = |row: &Row, word: &str| match word.split_once(':') {
        Some((column, part)) if section.columns.iter().any(|c| c.title.to_lowercase() == column) => section
            .columns
            .iter()
            .zip(&row.cells)
            .any(|(c, cell)| c.title.to_lowercase() == column && cell.text.as_str().to_lowercase().contains(part)),
        _ => row.cells.iter().any(|cell| cell.text.as_str().to_lowercase().contains(word)),
    };
    let fits = |row: &Row| {
        words.iter().all(|w| match w.strip_prefix('!') {
            Some(not) if !not.is_empty() => !is(row, not),
            _ => is(row, w),
        })
    };
    section.rows.iter().enumerate().filter(|(_, row)| fits(row)).map(|(n, _)| n).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::page::{Bit, Width, column};

    fn subject(n: u8) -> Subject {
        Subject { kind: "item".into(), id: Id::from_bytes([n; 16]) }
    }

    fn page(ids: &[&[u8]]) -> Page {
        let section = |ids: &&[u8]| Section {
            columns: vec![column("ID", Width::Fixed(4)), column("STATE", Width::Rest)],
            rows: ids
                .iter()
                .map(|n| Row {
                    subject: (*n > 0).then(|| subject(*n)),
                    mark: ' ',
                    cells: vec![Bit::from(n.to_string()), Bit::from(if n % 2 == 0 { "OPEN" } else { "CLOSED" })],
                })
                .collect(),
            ..Section::default()
        };
        Page { bands: ids.iter().map(|s| vec![section(s)]).collect(), ..Page::default() }
    }

    #[test]
    fn the_selection_stays_on_its_thing_while_rows_come_and_go() {
        let mut view = View::default();
        view.set_page(page(&[&[0, 1, 2, 3], &[], &[4, 2]]));
        assert_eq!(view.selected(), Some(&subject(1)), "a row that is no thing is passed over");
        view.step(1);
        view.set_page(page(&[&[9, 8, 2, 3], &[4]]));
        assert_eq!(view.selected(), Some(&subject(2)));
        view.set_filter("closed");
        assert_ne!(view.selected(), Some(&subject(2)));
        view.set_filter("");
        view.last();
        assert_eq!(view.selected(), Some(&subject(4)));
        view.step(5);
        assert_eq!(view.selected(), Some(&subject(4)));
        view.set_page(page(&[&[]]));
        assert_eq!(view.selected(), None);
        view.step(1);
        view.step_section(1);
        view.mark();
        view.set_page(page(&[&[7]]));
        assert_eq!(view.selected(), Some(&subject(7)));
    }

    #[test]
    fn the_filter_takes_words_columns_and_not() {
        let p = page(&[&[1, 2, 3, 4]]);
        let section = &p.bands[0][0];
        let cases: &[(&str, &[usize])] = &[
            ("", &[0, 1, 2, 3]),
            ("open", &[1, 3]),
            ("state:open 4", &[3]),
            ("id:open", &[]),
            ("!open", &[0, 2]),
            ("no:such", &[]),
        ];
        for (filter, want) in cases {
            assert_eq!(filtered(section, filter), *want, "{filter}");
        }
    }

    #[test]
    fn a_wanted_record_is_selected_once_it_comes() {
        let mut view = View { wanted: Some(subject(5).id), ..View::default() };
        view.set_page(page(&[&[1, 2]]));
        view.set_page(page(&[&[1, 5, 2]]));
        assert_eq!(view.selected(), Some(&subject(5)));
        assert!(view.wanted.is_none());
        view.mark();
        view.mark_all();
        assert_eq!(view.marks.len(), 3);
    }
}
