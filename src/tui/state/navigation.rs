//! Going from screen to screen, into what is selected and back out.

use super::State;
use crate::record::kind::Kind;
use crate::tui::available_actions::place_of;
use crate::tui::mode::Wait;
use crate::tui::page::RecordRef;
use crate::tui::screen::case::CASES;
use crate::tui::screen::definition::ViewParams;
use crate::tui::screen::screen_of;
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
        let Some(subject) = self.view().selected().cloned() else { return };
        match (self.screen(), subject.kind) {
            (ScreenId::CASE, Kind::Case) | (ScreenId::SYNC, Kind::Partner) => {
                let view = self.view_mut();
                view.params.focus = Some(subject.id);
                view.params.view = 0;
                // What was marked was marked among other records.
                view.marks.clear();
                view.set_filter("");
                self.fetch();
            }
            (ScreenId::LEGAL, Kind::Review) => self.begin_named("review assess", vec![subject]),
            (ScreenId::DESK | ScreenId::AUDIT, _) | (ScreenId::CASE, Kind::Request) => self.go_to_record(subject),
            (screen, _) if screen_of(screen).has_detail => {
                let view = self.view_mut();
                view.scroll = 0;
                view.zoomed = true;
            }
            _ => self.go_to_record(subject),
        }
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
        } else if view.params.focus.is_some() && matches!(screen, ScreenId::CASE | ScreenId::SYNC) {
            view.wanted = view.params.focus.take();
            view.params.view = if screen == ScreenId::CASE { CASES } else { 0 };
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
            Ok(Some((screen, params))) => {
                let view = self.views.of_mut(screen);
                (view.params, view.wanted, view.zoomed) = (params, Some(subject.id), false);
                view.marks.clear();
                view.set_filter("");
                self.go(screen);
            }
            Ok(None) => self.read_detail(subject),
            Err(failure) => self.show_failure(&failure),
        }
    }
}
