//! The selection of a view: where it may go, and what moves it.

use super::View;
use crate::tui::page::{Section, Selectable};

impl View {
    pub(super) fn select(&mut self, wanted: impl Fn(&Selectable) -> bool) -> bool {
        let near = self.row;
        self.select_near(near, wanted)
    }

    /// Selects the row that is wanted; where the same thing stands in several, the one that is nearest to a row.
    pub(super) fn select_near(&mut self, near: usize, wanted: impl Fn(&Selectable) -> bool) -> bool {
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
    pub(super) fn reach(&self) -> Vec<(usize, usize)> {
        let mut stops = self.stops();
        if let Some(range) = &self.range {
            stops.retain(|(section, _)| *section == range.section);
        }
        stops
    }

    /// Every place that can be selected.
    pub(super) fn stops(&self) -> Vec<(usize, usize)> {
        let of = |section: usize| {
            (0..self.rows(section).len())
                .filter(move |n| self.row_at(section, *n).is_some_and(|r| r.subject.is_some()))
                .map(move |n| (section, n))
        };
        (0..self.shown.len()).filter(|section| self.is_seen(*section)).flat_map(of).collect()
    }

    /// Whether there is room for rows of a section. Before it was drawn that is not known: it is taken to be so.
    pub(super) fn is_seen(&self, section: usize) -> bool {
        let wants_height = |s: &Section| s.from_height > 0 || s.from_width > 0 || s.alone_from > 0;
        let unknown = || self.sections().nth(section).is_some_and(|s| !wants_height(s));
        self.seen.get(section).copied().unwrap_or_else(unknown)
    }

    /// Notes which rows of which sections are in sight: the section, its first row, and how many there is room for. Returns
    /// whether the selection had to go where it is seen.
    pub fn set_in_sight(&mut self, sections: impl Iterator<Item = (usize, usize, usize)>) -> bool {
        self.rooms.fill(0);
        self.seen = vec![false; self.rooms.len()];
        for (section, offset, room) in sections {
            let places = self.offsets.get_mut(section).zip(self.rooms.get_mut(section)).zip(self.seen.get_mut(section));
            if let Some(((first, rows), seen)) = places {
                (*first, *rows, *seen) = (offset, room, room > 0);
            }
        }
        if self.is_seen(self.section) {
            return false;
        }
        let before = self.at();
        self.range = None;
        self.go(self.stops().first().copied());
        self.at() != before
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

    /// To a thing in a section, to the row that is nearest to where it stood; a range in another section ends. Returns
    /// whether it is there.
    pub fn go_to_row_of(&mut self, section: usize, near: usize, thing: &Selectable) -> bool {
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

    /// To a shown row of a section, where it can be selected.
    pub fn point_at(&mut self, section: usize, row: usize) {
        if self.reach().contains(&(section, row)) {
            (self.moved, self.wanted) = (true, None);
            self.go(Some((section, row)));
            self.extend_range();
            self.look_ahead();
        }
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

    pub(super) fn go(&mut self, to: Option<(usize, usize)>) {
        if let Some(to) = to {
            (self.section, self.row) = to;
        }
    }
}
