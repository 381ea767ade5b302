//! One place as it is being looked at: its page, the filter, the order, the selection, the marks, the detail. It never
//! draws, and keeps nothing for longer than the screens are open.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::filter::Filter;
use super::long::{ListQuery, WINDOW};
use super::order::Order;
use super::page::{Detail, Page, PageRow, RecordRef, Section, Window};
use super::screen::definition::ViewParams;
use super::worker::Ticket;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;

/// A place as it is being looked at.
#[derive(Default)]
pub struct View {
    /// How.
    pub look: ViewParams,
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
    pub failed: Option<Error>,
    /// The detail of what is selected, once it has come.
    pub detail: Option<(RecordRef, Detail)>,
    /// The newest detail that was asked for.
    pub asked_detail: Ticket,
    /// Lines of the detail that are scrolled away.
    pub scroll: u16,
    /// Whether the detail has the whole body.
    pub zoomed: bool,
    /// The record to select as soon as it is on the page.
    pub wanted: Option<Id>,
    /// Marked things, in the order in which they were marked.
    pub marks: Vec<RecordRef>,
    /// First drawn row of each section.
    pub offsets: Vec<usize>,
    /// How many rows of each section were drawn last.
    pub rooms: Vec<usize>,
    displaced: bool,
    /// Of which sections rows are seen, as they were drawn last.
    seen: Vec<bool>,
    filter: Filter,
    /// What of the filter narrows nothing, in words.
    misread: Option<String>,
    order: Option<Order>,
    /// For each section its rows in order: they are ordered once for a page, not for each key.
    ordered: Vec<Vec<usize>>,
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

/// Rows of a long list between the selection and the end of the window at which further ones are fetched.
const MARGIN: usize = 100;

/// Rows that are marked from where one began to where the selection is.
struct Range {
    section: usize,
    began: RecordRef,
    /// The row at which it began: the same thing may stand in another one too.
    row: usize,
    /// What was marked before.
    before: Vec<RecordRef>,
}

impl View {
    /// A place that is looked at again as it was, and selects what was selected once that is there.
    pub fn again(&self) -> Self {
        let wanted = self.selected().map(|s| s.id);
        let look = ViewParams { long: ListQuery::default(), ..self.look.clone() };
        Self { look, order: self.order.clone(), wanted, ..Self::default() }
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

    fn row_at(&self, section: usize, row: usize) -> Option<&PageRow> {
        let n = *self.rows(section).get(row)?;
        self.sections().nth(section)?.rows.get(n)
    }

    /// What is selected.
    pub fn selected(&self) -> Option<&RecordRef> {
        self.row_at(self.section, self.row)?.subject.as_ref()
    }

    /// The number of the act that the selected row stands for.
    pub fn selected_act(&self) -> Option<i64> {
        self.row_at(self.section, self.row)?.act
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
            self.begin_anew();
        }
        self.filter = Filter::read(filter);
        self.rearrange();
    }

    /// Another filter or order of a long list begins where what is selected is, else at its first row.
    fn begin_anew(&mut self) {
        self.look.long.from = 0;
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

    /// How the thread that makes the page is to look.
    pub fn wish(&mut self) -> ViewParams {
        self.look.wanted = self.wanted;
        (self.look.long.filter, self.look.long.order) = (self.filter.text().to_owned(), self.order.clone());
        self.look.clone()
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
            self.look.long.from = (first + self.row).saturating_sub(WINDOW / 2);
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
            self.begin_anew();
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
        let before = self.selected().filter(|_| self.moved).cloned();
        let first = |view: &Self| view.window().map_or(0, |(_, window)| window.first);
        let (section, row, began) = (self.section, self.row, first(self));
        self.page = page;
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
            self.look.long.from = first;
        }
        match (self.wanted, before) {
            (Some(id), _) if self.select(|s| s.id == id) => {
                // Where it stands is not certain before all is read.
                (self.wanted, self.moved) = (Some(id).filter(|_| !is_whole), true);
            }
            // Where it is gone, what stands there now is selected.
            (_, Some(before)) if !self.select_near(near, |s| *s == before) => {
                let last = self.rows(self.section).len().saturating_sub(1);
                self.go(Some((self.section, near.min(last))));
                if self.selected().is_none() {
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
        self.look.long.filter == self.filter.text() && self.look.long.order == self.order
    }

    /// Whether not all is known of what fits in the long list.
    pub fn reads_on(&self) -> bool {
        self.window().is_some_and(|(_, window)| !window.is_whole() || !self.is_as_asked() || self.stale)
    }

    /// To a row of the long list, counted from 0 among those that fit, or to its last; where it is not here it is fetched.
    /// Answers whether there is a long list.
    pub fn go_to_row(&mut self, n: usize) -> bool {
        let Some((section, window)) = self.window() else { return false };
        let (first, fit, here) = (window.first, window.fit, self.rows(section).len());
        let aim = n.min(fit.saturating_sub(1));
        (self.moved, self.wanted, self.aims) = (true, None, None);
        if (first..first + here).contains(&aim) {
            self.go(Some((section, aim - first)));
            self.extend_range();
        } else if here > 0 {
            (self.look.long.from, self.aims, self.lacks) = (aim.saturating_sub(WINDOW / 2), Some(aim), true);
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
        let (before, now) = (self.selected().cloned(), self.now());
        let sections = self.page.bands.iter().flatten();
        self.misread = self.filter.misread(sections.clone(), now);
        self.shown = sections.zip(&self.ordered).map(|(s, rows)| self.filter.narrow(s, rows, now)).collect();
        let kept = before.is_some_and(|b| self.select(|s| *s == b));
        if !kept && self.selected().is_none() {
            // Nobody moved there: a range does not go along.
            self.range = None;
            self.go(self.stops().first().copied());
        }
    }

    fn select(&mut self, wanted: impl Fn(&RecordRef) -> bool) -> bool {
        let near = self.row;
        self.select_near(near, wanted)
    }

    /// Selects the row that is wanted; where the same thing stands in several, the one that is nearest to a row.
    fn select_near(&mut self, near: usize, wanted: impl Fn(&RecordRef) -> bool) -> bool {
        // The section of the selection goes first: the same thing may stand in two.
        let order = std::iter::once(self.section).chain(0..self.shown.len());
        for section in order {
            let found = (0..self.rows(section).len())
                .filter(|n| self.row_at(section, *n).and_then(|r| r.subject.as_ref()).is_some_and(&wanted))
                .min_by_key(|n| n.abs_diff(near));
            if let Some(row) = found {
                (self.section, self.row) = (section, row);
                return true;
            }
        }
        false
    }

    /// Every place that can be selected; while a range is marked, those of its section.
    fn reach(&self) -> Vec<(usize, usize)> {
        let mut stops = self.stops();
        if let Some(range) = &self.range {
            stops.retain(|(section, _)| *section == range.section);
        }
        stops
    }

    /// Every place that can be selected.
    fn stops(&self) -> Vec<(usize, usize)> {
        let of = |section: usize| {
            (0..self.rows(section).len())
                .filter(move |n| self.row_at(section, *n).is_some_and(|r| r.subject.is_some()))
                .map(move |n| (section, n))
        };
        (0..self.shown.len()).filter(|section| self.is_seen(*section)).flat_map(of).collect()
    }

    /// Whether there is room for rows of a section. Before it was drawn that is not known: it is taken to be so.
    fn is_seen(&self, section: usize) -> bool {
        let wants_height = |s: &Section| s.from_height > 0;
        let unknown = || self.sections().nth(section).is_some_and(|s| !wants_height(s));
        self.seen.get(section).copied().unwrap_or_else(unknown)
    }

    /// Notes of which sections rows are seen; what is selected is where it is seen.
    pub fn set_seen(&mut self, seen: Vec<bool>) {
        self.seen = seen;
        if !self.is_seen(self.section) {
            self.range = None;
            self.go(self.stops().first().copied());
            self.displaced = true;
        }
    }

    /// Whether the selection had to go where it is seen. It is told once.
    pub fn was_moved(&mut self) -> bool {
        std::mem::take(&mut self.displaced)
    }

    /// Moves the selection by so many rows, from section to section.
    pub fn step(&mut self, by: i32) {
        (self.moved, self.wanted) = (true, None);
        if let Some(aim) = self.aims {
            // The row to go on from has not come yet.
            self.go_to_row(aim.saturating_add_signed(by as isize));
            return;
        }
        let stops = self.reach();
        let here = stops.iter().position(|s| *s == (self.section, self.row)).unwrap_or(0);
        let there = here.saturating_add_signed(by as isize).min(stops.len().saturating_sub(1));
        let beyond = here.checked_add_signed(by as isize) != Some(there);
        if let Some(row) = self.row_in_long().filter(|_| beyond && self.goes_on(by < 0)) {
            self.go_to_row(row.saturating_add_signed(by as isize));
            return;
        }
        self.go(stops.get(there).copied());
        self.extend_range();
        self.look_ahead();
    }

    /// The row that is selected in the long list, counted from 0 among those that fit; `None` where it is elsewhere.
    fn row_in_long(&self) -> Option<usize> {
        self.window().filter(|(section, _)| *section == self.section).map(|(_, window)| window.first + self.row)
    }

    /// Whether the long list goes on before its window, or behind it.
    fn goes_on(&self, before: bool) -> bool {
        self.window().is_some_and(|(section, window)| match before {
            true => window.first > 0,
            false => window.first + self.rows(section).len() < window.fit,
        })
    }

    /// To a thing in a section, to the row that is nearest to where it stood; a range in another section ends. Answers
    /// whether it is there.
    pub fn go_to_thing(&mut self, section: usize, near: usize, thing: &RecordRef) -> bool {
        let is_it = |n: &usize| self.row_at(section, *n).is_some_and(|r| r.subject.as_ref() == Some(thing));
        let found = (0..self.rows(section).len()).filter(is_it).min_by_key(|n| n.abs_diff(near));
        let Some(row) = found else { return false };
        if self.range.as_ref().is_some_and(|range| range.section != section) {
            self.range = None;
        }
        (self.moved, self.wanted) = (true, None);
        self.go(Some((section, row)));
        self.extend_range();
        self.look_ahead();
        true
    }

    /// To the first row.
    pub fn first(&mut self) {
        self.go(self.reach().first().copied());
        self.extend_range();
        self.go_to_end(true);
    }

    /// To the last row.
    pub fn last(&mut self) {
        self.moved = true;
        self.go(self.reach().last().copied());
        self.extend_range();
        self.go_to_end(false);
    }

    /// Goes on to the first row of the long list, or to its last, where the selection is in it and that row is not here yet.
    fn go_to_end(&mut self, first: bool) {
        let is_whole = self.window().is_none_or(|(_, window)| window.is_whole());
        if self.row_in_long().is_some() && (self.goes_on(first) || !is_whole || self.stale || self.lacks) {
            let end = if first { 0 } else { usize::MAX };
            self.go_to_row(end);
            self.aims = Some(end);
        }
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
        let before = std::mem::take(&mut self.marks);
        self.marks = self.and_rows(before, 0, self.rows(self.section).len());
    }

    /// What was marked before, and the things of these shown rows of the section.
    fn and_rows(&self, mut marks: Vec<RecordRef>, from: usize, until: usize) -> Vec<RecordRef> {
        let there: HashSet<RecordRef> = marks.iter().cloned().collect();
        let rows = (from..until).filter_map(|n| self.row_at(self.section, n)?.subject.clone());
        marks.extend(rows.filter(|s| !there.contains(s)));
        marks
    }

    /// Begins to mark a range at what is selected. Answers whether there is anything.
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

    /// Nothing of the range was meant: what was marked before is marked. Answers whether there was one.
    pub fn drop_range(&mut self) -> bool {
        let dropped = self.range.take();
        dropped.map(|range| self.marks = range.before).is_some()
    }

    fn extend_range(&mut self) {
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

    /// How many marked things nobody sees: the filter hides them, they are scrolled away, or they are not on the page.
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
            (n, 0) => format!("{n} marked"),
            (n, unseen) => format!("{n} marked, {unseen} not shown"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kind::Kind;
    use crate::tui::page::{Cell, Width, column};

    fn subject(n: u8) -> RecordRef {
        RecordRef { kind: Kind::Item, id: Id::from_bytes([n; 16]) }
    }

    fn page(ids: &[&[u8]]) -> Page {
        let section = |ids: &&[u8]| Section {
            columns: vec![column("ID", Width::Fixed(4)), column("STATE", Width::Rest)],
            rows: ids
                .iter()
                .map(|n| {
                    let state = Cell::from(if n % 2 == 0 { "OPEN" } else { "CLOSED" });
                    PageRow::of(vec![Cell::number(*n), state]).about((*n > 0).then(|| subject(*n)))
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
    fn an_order_leaves_the_selection_on_its_thing_and_is_kept() {
        let mut view = View::default();
        view.set_page(page(&[&[3, 1, 4, 2]]));
        let shown = |v: &View| {
            v.rows(0).iter().map(|n| v.page.bands[0][0].rows[*n].cells[0].text.to_string()).collect::<String>()
        };
        view.step(1);
        let by = |column: &str, reversed| Some(Order { column: column.into(), reversed });
        let check = |view: &mut View, order: Option<Order>, want: &str| {
            view.set_order(order);
            assert_eq!((shown(view).as_str(), view.selected()), (want, Some(&subject(1))));
        };
        check(&mut view, by("ID", false), "1234");
        check(&mut view, by("ID", true), "4321");
        check(&mut view, by("STATE", false), "3142");
        check(&mut view, by("NONE", false), "3142");
        check(&mut view, by("ID", true), "4321");
        view.set_filter("id:>1");
        assert_eq!(shown(&view), "432");
        view.set_filter("");
        view.set_page(page(&[&[5, 1, 2]]));
        assert_eq!(shown(&view), "521");
        let again = view.again();
        assert_eq!((again.order(), again.filter()), (by("ID", true).as_ref(), ""));
    }

    #[test]
    fn a_range_is_marked_from_where_it_began_and_can_be_dropped() {
        let mut view = View::default();
        view.set_page(page(&[&[1, 2, 3, 4, 5], &[6, 7]]));
        view.rooms = vec![5, 2];
        let marked = |v: &View| v.marks.iter().map(|s| s.id.to_string().chars().nth(1).unwrap()).collect::<String>();
        view.last();
        view.mark();
        view.first();
        view.step(1);
        assert!(view.begin_range());
        let check = |view: &mut View, step: i32, want: &str| {
            view.step(step);
            assert_eq!(marked(view), want);
        };
        check(&mut view, 0, "72");
        check(&mut view, 2, "7234");
        check(&mut view, -1, "723");
        check(&mut view, -9, "712");
        check(&mut view, 9, "72345");
        assert_eq!(view.selected(), Some(&subject(5)), "it stays in its section");
        assert!(view.drop_range() && !view.drop_range());
        assert_eq!(marked(&view), "7");
        assert!(view.begin_range());
        view.step(-1);
        view.end_range();
        view.step(-1);
        assert_eq!(marked(&view), "745");
        assert_eq!(view.marks_in_words(), "3 marked");
        view.set_filter("!id:4");
        assert_eq!(view.marks_in_words(), "3 marked, 1 not shown");
        view.set_filter("");
        view.rooms = vec![3, 2];
        assert_eq!(view.marks_in_words(), "3 marked, 2 not shown", "they are scrolled away");
        view.begin_range();
        view.set_page(page(&[&[8, 9]]));
        view.step(1);
        assert!(!view.is_ranging(), "where it began is gone");
        assert_eq!(view.marks_in_words(), "4 marked, 4 not shown");
    }

    #[test]
    fn a_range_begins_at_its_row_and_not_where_the_same_thing_stands_first() {
        let mut view = View::default();
        view.set_page(page(&[&[1, 2, 1, 3]]));
        assert!(view.go_to_thing(0, 2, &subject(1)) && view.begin_range());
        assert_eq!(view.marks, [subject(1)]);
        view.step(1);
        assert_eq!(view.marks, [subject(1), subject(3)]);
        // The last row goes: what is selected then was not moved to, and nothing more is marked.
        view.set_page(page(&[&[1, 2, 1]]));
        assert!(!view.marks.contains(&subject(2)), "{:?}", view.marks);
        assert!(!view.go_to_thing(0, 3, &subject(3)));
    }

    /// A thing of a long list.
    fn nth(n: usize) -> RecordRef {
        let mut bytes = [0; 16];
        bytes[8..].copy_from_slice(&(n as u64 + 1).to_be_bytes());
        RecordRef { kind: Kind::Item, id: Id::from_bytes(bytes) }
    }

    /// Serves a view that looks at a list of so many rows, until it lacks nothing more. Answers how many pages it took.
    fn serve(view: &mut View, all: usize) -> usize {
        let mut pages = 0;
        loop {
            let look = view.wish();
            let wanted = look.wanted.and_then(|id| (0..all).find(|n| nth(*n).id == id));
            let from = wanted.map_or(look.long.from, |at| at.saturating_sub(WINDOW / 2));
            let first = from.min(all.saturating_sub(WINDOW));
            let rows = (first..all.min(first + WINDOW))
                .map(|n| PageRow::of(vec![Cell::number(n), Cell::default()]).about(Some(nth(n))));
            let section = Section {
                columns: vec![column("ID", Width::Fixed(4)), column("STATE", Width::Rest)],
                rows: rows.collect(),
                window: Some(Window { first, fit: all, all, read: all }),
                ..Section::default()
            };
            view.set_page(Page { bands: vec![vec![section]], ..Page::default() });
            pages += 1;
            if !view.must_fetch() {
                return pages;
            }
            assert!(pages < 5, "it never has what it wants");
        }
    }

    #[test]
    fn a_long_list_is_walked_through_window_by_window() {
        let mut view = View::default();
        serve(&mut view, 10_000);
        let check = |view: &mut View, go: &dyn Fn(&mut View), want: usize| {
            go(view);
            if view.must_fetch() {
                serve(view, 10_000);
            }
            assert_eq!(view.selected(), Some(&nth(want)));
        };
        check(&mut view, &|v| v.step(10), 10);
        let mut pages = 0;
        for n in 11..2_000 {
            view.step(1);
            pages += if view.must_fetch() { serve(&mut view, 10_000) } else { 0 };
            assert_eq!(view.selected(), Some(&nth(n)));
        }
        assert!((5..20).contains(&pages), "a window comes before its end is reached: {pages}");
        check(&mut view, &|v| v.step(3_000), 4_999);
        check(&mut view, &|v| (0..700).for_each(|_| v.step(1)), 5_699);
        check(&mut view, &|v| v.last(), 9_999);
        check(&mut view, &|v| v.step(-20), 9_979);
        check(&mut view, &|v| v.first(), 0);
        check(&mut view, &|v| assert!(v.go_to_row(7_000)), 7_000);
        // What came before the selected row meanwhile leaves it where it is on the screen.
        view.offsets[0] = view.at().1 - 3;
        let before = view.at().1 - view.offsets[0];
        check(&mut view, &|v| v.step(200), 7_200);
        assert_eq!(view.at().1 as i64 - view.offsets[0] as i64, before as i64 + 200);
        // A thing that is wanted is brought there.
        view.wanted = Some(nth(42).id);
        serve(&mut view, 10_000);
        assert_eq!((view.selected(), view.wanted), (Some(&nth(42)), None));
        view.step(1);
        serve(&mut view, 10_000);
        assert_eq!(view.selected(), Some(&nth(43)));
        // Another filter begins again, and is asked for.
        view.set_filter("9");
        assert!(view.must_fetch());
        assert_eq!(view.wish().long.filter, "9");
        // So it is where it was typed before the first page came.
        let mut view = View::default();
        view.wish();
        view.set_filter("9");
        assert!(!view.must_fetch());
        let rows = (0..WINDOW).map(|n| PageRow::of(vec![Cell::number(n), Cell::default()]).about(Some(nth(n))));
        let section = Section {
            columns: vec![column("ID", Width::Fixed(4)), column("STATE", Width::Rest)],
            rows: rows.collect(),
            window: Some(Window { first: 0, fit: 10_000, all: 10_000, read: 10_000 }),
            ..Section::default()
        };
        view.set_page(Page { bands: vec![vec![section]], ..Page::default() });
        assert!(view.reads_on() && view.must_fetch());
    }

    #[test]
    fn where_what_was_selected_is_gone_the_row_that_took_its_place_is() {
        let mut view = View::default();
        view.set_page(page(&[&[1, 2, 3, 4]]));
        view.step(2);
        view.set_page(page(&[&[1, 2, 4]]));
        assert_eq!(view.selected(), Some(&subject(4)));
        view.set_page(page(&[&[1, 2]]));
        assert_eq!(view.selected(), Some(&subject(2)));
        // The same thing in several rows: the row stays.
        view.set_page(page(&[&[5, 6, 5, 6, 5]]));
        view.last();
        view.set_page(page(&[&[5, 6, 5, 6, 5]]));
        assert_eq!(view.at(), (0, 4));
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
