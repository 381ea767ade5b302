//! Going from screen to screen, into what is selected and back out.

use super::State;
use crate::tui::available_actions::place_of;
use crate::tui::mode::Wait;
use crate::tui::opens::Opens;
use crate::tui::page::RecordRef;
use crate::tui::screen::case::CASES;
use crate::tui::screen::definition::ViewParams;
use crate::tui::screen::screen_of;
use crate::tui::screen::timers::{BY_DAY, CLOCKS, DUTIES};
use crate::tui::screen_id::ScreenId;
use crate::tui::worker::Ticket;
use crate::workspace::error::Error;

impl State {
    /// Opens a screen.
    pub(super) fn go(&mut self, screen: ScreenId) {
        if screen != self.screen() {
            self.previous = self.screen();
            self.views.open(screen);
        }
        self.pressed.clear();
        self.ahead.clear();
        self.messages.current = None;
        self.fetch();
    }

    /// Opens the screen that was open before.
    pub(super) fn go_to_previous(&mut self) {
        self.go(self.previous);
    }

    /// Turns to another view of the screen.
    pub(super) fn turn(&mut self, by: i32) {
        let views = screen_of(self.screen()).views.len() as i32;
        if views > 0 {
            let view = self.view_mut();
            view.params.view = (view.params.view as i32 + by).rem_euclid(views) as usize;
            view.marks.clear();
            self.fetch();
        }
    }

    /// Opens what is selected.
    pub(super) fn open(&mut self) {
        let Some(opens) = Opens::of(self.screen(), self.view()) else { return };
        match (opens, self.view().selected().cloned()) {
            (Opens::Page, _) => {
                let view = self.view_mut();
                view.scroll = 0;
                view.zoomed = true;
            }
            (Opens::Inside, Some(record)) => {
                let view = self.view_mut();
                view.params.focus = Some(record.id);
                view.params.view = 0;
                // What was marked was marked among other records.
                view.marks.clear();
                view.set_filter("");
                self.fetch();
            }
            (Opens::Group, Some(case)) => self.open_group(&case),
            (Opens::Command(name), Some(record)) => self.begin_named(name, vec![record]),
            (Opens::Elsewhere, Some(record)) => self.go_to_record(record),
            (_, None) => {}
        }
    }

    /// Opens a group of clocks or duties: those of the case that end on its day.
    fn open_group(&mut self, case: &RecordRef) {
        let view = self.view_mut();
        let column = if view.params.view == DUTIES { "by" } else { "at" };
        let filter = view.selected_due().map(|due| format!("{column}:={}", due.to_date()));
        if view.params.view == BY_DAY {
            view.params.view = CLOCKS;
        }
        view.params.focus = Some(case.id);
        view.marks.clear();
        view.set_filter(&filter.unwrap_or_default());
        self.fetch();
    }

    /// Goes one step back: out of the range, the detail, the filter, the marks, the record. Returns whether there was one.
    pub(super) fn back(&mut self) -> bool {
        let screen = self.screen();
        let view = self.view_mut();
        if view.drop_range() {
            // What was marked before it still is.
        } else if view.zoomed {
            view.zoomed = false;
        } else if !view.filter().is_empty() {
            view.set_filter("");
        } else if !view.marks.is_empty() {
            view.marks.clear();
        } else if view.params.focus.is_some() && matches!(screen, ScreenId::CASE | ScreenId::SYNC | ScreenId::TIMERS) {
            view.wanted = view.params.focus.take();
            view.params.view = match screen {
                ScreenId::CASE => CASES,
                ScreenId::TIMERS if view.params.view == CLOCKS => BY_DAY,
                ScreenId::TIMERS => view.params.view,
                _ => 0,
            };
            self.fetch();
        } else {
            return false;
        }
        true
    }

    /// Goes where a record is shown.
    pub(super) fn go_to_record(&mut self, subject: RecordRef) {
        let ticket = self.next_ticket();
        self.mode.begin_waiting(Wait::new(ticket));
        let about = subject.clone();
        self.read(
            move |workspace| place_of(workspace, &about),
            move |state, found| state.record_found(ticket, subject, found),
        );
    }

    pub(super) fn record_found(
        &mut self,
        ticket: Ticket,
        subject: RecordRef,
        found: Result<Option<(ScreenId, ViewParams)>, Error>,
    ) {
        if !self.mode.take_answer(ticket) {
            return;
        }
        match found {
            Ok(Some((screen, params))) => self.show_record(&subject, screen, params),
            Ok(None) => self.read_detail(subject),
            Err(failure) => self.show_failure(&failure),
        }
    }

    /// Opens the screen that shows a record, and selects it there.
    pub(super) fn show_record(&mut self, subject: &RecordRef, screen: ScreenId, params: ViewParams) {
        let view = self.views.of_mut(screen);
        (view.params, view.wanted, view.zoomed) = (params, Some(subject.id), false);
        view.marks.clear();
        view.set_filter("");
        self.go(screen);
    }
}
