//! One screen as it is being looked at: its page, the filter, the order, the selection, the marks, the detail. It never
//! draws, and keeps nothing for longer than the screens are open.

mod expansion;
mod marked;
mod marks;
mod selection;

#[cfg(test)]
mod tests;

pub use marked::Marks;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::tui::filter::Filter;
use crate::tui::long::{ListQuery, WINDOW};
use crate::tui::order::Order;
use crate::tui::page::{Cell, Detail, Page, PageRow, RecordRef, Section, Selectable, Window};
use crate::tui::screen::definition::ViewParams;
use crate::tui::worker::Ticket;
use crate::value::id::Id;
use crate::value::text::width;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;

/// What came of expanding or collapsing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turned {
    /// Another page is wanted.
    Done,
    /// Nothing hangs there.
    Nothing,
    /// Too much is expanded already.
    TooMany,
}

/// A screen as it is being looked at.
#[derive(Default)]
pub struct View {
    /// Its parameters.
    pub params: ViewParams,
    /// The page.
    pub page: Page,
    /// The newest page that was asked for.
    pub asked: Ticket,
    /// The same for the thread that makes it: a page that is no longer wanted is not made.
    pub newest: Arc<AtomicU64>,
    /// Whether a page has come since the screen was opened.
    pub here: bool,
    /// Whether a newer one is on its way.
    pub stale: bool,
    /// Why there is none.
    pub failed: Option<Error>,
    /// The detail of what is selected, once it has come.
    pub detail: Option<(Selectable, Detail)>,
    /// The newest detail that was asked for.
    pub asked_detail: Ticket,
    /// Lines of the detail that are scrolled away.
    pub scroll: u16,
    /// Whether the detail has the whole body.
    pub zoomed: bool,
    /// The record to select as soon as it is on the page.
    pub wanted: Option<Id>,
    /// Marked records, in the order in which they were marked.
    pub marks: Marks,
    /// The first row in sight of each section.
    offsets: Vec<usize>,
    /// How many rows of each section there was room for.
    rooms: Vec<usize>,
    /// Of which sections rows are in sight.
    seen: Vec<bool>,
    filter: Filter,
    /// What of the filter narrows nothing, in words.
    misread: Option<String>,
    order: Option<Order>,
    /// For each section its rows in order: they are ordered once for a page, not for each key.
    ordered: Vec<Vec<usize>>,
    /// For each section how many columns the longest text of each of its columns takes.
    natural: Vec<Vec<u16>>,
    /// For each section the rows that the filter shows, in order.
    shown: Vec<Vec<usize>>,
    range: Option<Range>,
    section: usize,
    row: usize,
    /// Whether the selection was moved; until then it is the first row, whatever comes before it.
    moved: bool,
    /// Whether the page is no longer the one that is wanted: other rows of a long list are.
    lacks: bool,
    /// The row of a long list that is to be selected once it is here, counted from 0 among those that fit.
    aims: Option<usize>,
}

/// How many columns the longest text of each column of a section takes; most pictures take what they are given.
fn natural(section: &Section) -> Vec<u16> {
    let wide = |cell: &Cell| match &cell.picture {
        Some(picture) => picture.natural(),
        None => Some(width(cell.text.as_str())),
    };
    let of = |column: usize| {
        let cells = section.rows.iter().filter_map(|row| row.cells.get(column));
        cells.filter_map(wide).max().unwrap_or(0)
    };
    (0..section.columns.len()).map(|column| u16::try_from(of(column)).unwrap_or(u16::MAX)).collect()
}

/// Rows of a long list between the selection and the end of the window at which further ones are fetched.
const MARGIN: usize = 100;

/// Rows that are marked from where one began to where the selection is.
struct Range {
    section: usize,
    began: RecordRef,
    /// The row at which it began: the same thing may stand in another one too.
    row: usize,
    /// What was marked before.
    before: Marks,
}

impl View {
    /// A screen that is looked at again as it was, and selects what was selected once that is there.
    pub fn again(&self) -> Self {
        let wanted = self.selected().map(|s| s.id);
        let params = ViewParams { long: ListQuery::default(), ..self.params.clone() };
        Self { params, order: self.order.clone(), wanted, ..Self::default() }
    }

    /// The sections, from top to bottom and from left to right.
    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.page.bands.iter().flatten()
    }

    /// The first row in sight of a section.
    pub fn offset(&self, section: usize) -> usize {
        self.offsets.get(section).copied().unwrap_or(0)
    }

    /// The detail of what is selected, once it has come.
    pub fn detail_of_selected(&self) -> Option<&Detail> {
        let (subject, detail) = self.detail.as_ref()?;
        (self.selected_subject() == Some(subject)).then_some(detail)
    }

    /// How many columns the longest text of each column of a section takes.
    pub fn natural(&self, section: usize) -> &[u16] {
        self.natural.get(section).map_or(&[], Vec::as_slice)
    }

    /// The rows of a section that the filter shows.
    pub fn rows(&self, section: usize) -> &[usize] {
        self.shown.get(section).map_or(&[], Vec::as_slice)
    }

    /// How many of the rows that the filter shows are rows of the list itself, and hang below no other.
    pub fn count_listed(&self, section: usize) -> usize {
        (0..self.rows(section).len()).filter(|n| self.row_at(section, *n).is_some_and(|row| row.level == 0)).count()
    }

    /// The section of the selection, and its place among the shown rows.
    pub const fn at(&self) -> (usize, usize) {
        (self.section, self.row)
    }

    fn row_at(&self, section: usize, row: usize) -> Option<&PageRow> {
        let n = *self.rows(section).get(row)?;
        self.sections().nth(section)?.rows.get(n)
    }

    /// What is selected.
    pub fn selected_subject(&self) -> Option<&Selectable> {
        self.row_at(self.section, self.row)?.subject.as_ref()
    }

    /// The record that is selected.
    pub fn selected(&self) -> Option<&RecordRef> {
        self.selected_subject()?.record()
    }

    /// The command that answers what is selected, where it is the member's turn.
    pub fn selected_is_answered_by(&self) -> Option<&'static str> {
        self.row_at(self.section, self.row)?.answered_by
    }

    /// The number of the act that the selected row stands for.
    pub fn selected_act(&self) -> Option<i64> {
        self.row_at(self.section, self.row)?.act
    }

    /// When what the selected row stands for is due.
    pub fn selected_due(&self) -> Option<Timestamp> {
        self.row_at(self.section, self.row)?.facets.due
    }

    /// The line that is selected, in words.
    pub fn selected_line(&self) -> Option<String> {
        let row = self.row_at(self.section, self.row)?;
        Some(row.cells.iter().map(|c| c.text.as_str()).filter(|t| !t.is_empty()).collect::<Vec<_>>().join("  "))
    }

    /// The filter.
    pub fn filter(&self) -> &str {
        self.filter.text()
    }

    /// What of the filter is not understood and narrows nothing, in a sentence.
    pub fn misread(&self) -> Option<&str> {
        self.misread.as_deref()
    }

    /// Filters the rows; what is selected stays so where it can.
    pub fn set_filter(&mut self, filter: &str) {
        if self.filter.text() != filter {
            self.begin_again();
        }
        self.filter = Filter::read(filter);
        self.rearrange();
    }

    /// Another filter or order of a long list begins where what is selected is, else at its first row.
    fn begin_again(&mut self) {
        self.params.long.from = 0;
        if self.window().is_some() {
            self.wanted = self.selected().filter(|_| self.moved).map(|s| s.id).or(self.wanted);
            self.lacks = true;
        }
    }

    /// The part that is a window of a long list, and which it is.
    pub fn window(&self) -> Option<(usize, &Window)> {
        self.sections().enumerate().find_map(|(n, s)| Some((n, s.window.as_ref()?)))
    }

    /// Whether another page must be fetched, for rows that are not here. It is asked once.
    pub fn must_fetch(&mut self) -> bool {
        std::mem::take(&mut self.lacks)
    }

    /// What the thread that makes the page is to look at.
    pub fn request_params(&mut self) -> ViewParams {
        self.params.wanted = self.wanted;
        (self.params.long.filter, self.params.long.order) = (self.filter.text().to_owned(), self.order.clone());
        self.params.clone()
    }

    /// Notes whether further rows of a long list are wanted, with the selection where it is.
    fn look_ahead(&mut self) {
        let Some((section, window)) = self.window() else { return };
        let (first, fit, here) = (window.first, window.fit, self.rows(section).len());
        if self.section != section || self.stale || here == 0 {
            return;
        }
        let before = first > 0 && self.row < MARGIN;
        let behind = first + here < fit && self.row + MARGIN > here;
        if before || behind {
            self.params.long.from = (first + self.row).saturating_sub(WINDOW / 2);
            self.lacks = true;
        }
    }

    /// The order, where it is not as the rows come.
    pub const fn order(&self) -> Option<&Order> {
        self.order.as_ref()
    }

    /// Orders the rows, or leaves them as they come; what is selected stays so.
    pub fn set_order(&mut self, order: Option<Order>) {
        if self.order != order {
            self.begin_again();
        }
        self.order = order;
        self.sort();
        self.rearrange();
    }

    /// The section that an order is chosen for: that of the selection, else the first whose columns have headings.
    pub fn to_order(&self) -> Option<&Section> {
        let has_headings = |s: &&Section| s.columns.iter().any(|c| !c.title.is_empty());
        self.sections().nth(self.section).filter(has_headings).or_else(|| self.sections().find(has_headings))
    }

    /// Takes a new page; what is selected stays so where it can.
    pub fn set_page(&mut self, page: Page) {
        let before = self.selected_subject().filter(|_| self.moved).cloned();
        let first = |view: &Self| view.window().map_or(0, |(_, window)| window.first);
        let (section, row, began) = (self.section, self.row, first(self));
        self.page = page;
        self.natural = self.page.bands.iter().flatten().map(natural).collect();
        // Where the row stands now, if the list is the same.
        let near = (began + row).saturating_sub(first(self));
        (self.here, self.stale) = (true, false);
        self.failed = None;
        let count = self.sections().count();
        if count != self.offsets.len() {
            self.seen.clear();
        }
        self.offsets.resize(count, 0);
        self.rooms.resize(count, 0);
        self.sort();
        self.rearrange();
        let is_whole = self.window().is_none_or(|(_, window)| window.is_whole());
        if let Some(first) = self.window().map(|(_, window)| window.first) {
            self.params.long.from = first;
        }
        match (self.wanted, before) {
            (Some(id), _) if self.select(|s| s.is_record(id)) => {
                // Where it stands is not certain before all is read.
                (self.wanted, self.moved) = (Some(id).filter(|_| !is_whole), true);
            }
            // Where it is gone, what stands there now is selected.
            (_, Some(before)) if !self.select_near(near, |s| *s == before) => {
                let last = self.rows(self.section).len().saturating_sub(1);
                self.go(Some((self.section, near.min(last))));
                if self.selected_subject().is_none() {
                    self.go(self.stops().first().copied());
                }
                // Nobody moved there: a range does not go along.
                self.range = None;
            }
            (_, Some(_)) => {}
            (_, None) if !self.moved => self.go(self.stops().first().copied()),
            (_, None) => {}
        }
        if self.section == section
            && let Some(offset) = self.offsets.get_mut(section)
        {
            // A long list does not jump on the screen when its window is another.
            *offset = (*offset + self.row).saturating_sub(row);
        }
        if let Some(aim) = self.aims {
            self.go_to_row(aim);
            if !is_whole {
                // Which row that is is not certain before all is read.
                self.aims = Some(aim);
            }
        }
        self.look_ahead();
        // What was typed since is not what it was made for.
        self.lacks |= !is_whole || (self.window().is_some() && !self.is_as_asked());
    }

    /// Whether the page was asked for with the filter and the order that are wanted now.
    fn is_as_asked(&self) -> bool {
        self.params.long.filter == self.filter.text() && self.params.long.order == self.order
    }

    /// Whether not all is known of what fits in the long list.
    pub fn reads_on(&self) -> bool {
        self.window().is_some_and(|(_, window)| !window.is_whole() || !self.is_as_asked() || self.stale)
    }

    /// To a row of the long list, counted from 0 among those that fit, or to its last; where it is not here it is fetched.
    /// Returns whether there is a long list.
    pub fn go_to_row(&mut self, n: usize) -> bool {
        let Some((section, window)) = self.window() else { return false };
        let (first, fit, here) = (window.first, window.fit, self.rows(section).len());
        let aim = n.min(fit.saturating_sub(1));
        (self.moved, self.wanted, self.aims) = (true, None, None);
        if (first..first + here).contains(&aim) {
            self.go(Some((section, aim - first)));
            self.extend_range();
        } else if here > 0 {
            (self.params.long.from, self.aims, self.lacks) = (aim.saturating_sub(WINDOW / 2), Some(aim), true);
        }
        true
    }

    /// When the page was made.
    fn now(&self) -> Timestamp {
        self.page.at.unwrap_or(Timestamp::EPOCH)
    }

    fn sort(&mut self) {
        let order = self.order.as_ref();
        let ordered = |s: &Section| order.map_or_else(|| (0..s.rows.len()).collect(), |o| o.rows(s));
        self.ordered = self.page.bands.iter().flatten().map(ordered).collect();
    }

    fn rearrange(&mut self) {
        let (before, now) = (self.selected_subject().cloned(), self.now());
        let sections = self.page.bands.iter().flatten();
        self.misread = self.filter.misread(sections.clone(), now);
        self.shown = sections.zip(&self.ordered).map(|(s, rows)| self.filter.narrow(s, rows, now)).collect();
        let kept = before.is_some_and(|b| self.select(|s| *s == b));
        if !kept && self.selected_subject().is_none() {
            // Nobody moved there: a range does not go along.
            self.range = None;
            self.go(self.stops().first().copied());
        }
    }
}
