//! The overlays: they are given keys, pastes and lines, and what they say is to be done is done.

use std::any::Any;

use crossterm::event::KeyEvent;

use super::State;
use crate::tui::language::tr;
use crate::tui::overlay::definition::{Context, Outcome, Overlay};
use crate::tui::overlay::reader::Reader;
use crate::workspace::error::Error;

impl State {
    pub(super) fn overlay_key(&mut self, key: KeyEvent) {
        let context = Context { now: self.opening.clock.now(), keymap: &self.keymap };
        let Some(top) = self.mode.top_mut() else { return };
        let outcome = top.key(key, &context);
        self.follow_up(outcome);
    }

    pub(super) fn overlay_line(&mut self, line: &str) {
        let context = Context { now: self.opening.clock.now(), keymap: &self.keymap };
        let Some(top) = self.mode.top_mut() else { return };
        let outcome = top.line(line, &context);
        self.follow_up(outcome);
    }

    /// The lines of the overlay on top, for the line-oriented interface.
    pub(in crate::tui) fn overlay_lines(&mut self) -> Vec<String> {
        let context = Context { now: self.opening.clock.now(), keymap: &self.keymap };
        self.mode.top_mut().map(|top| top.lines(&context)).unwrap_or_default()
    }

    /// Does what the overlay on top says is to be done.
    pub(super) fn follow_up(&mut self, outcome: Outcome<Self>) {
        match outcome {
            Outcome::Stay => {}
            Outcome::Close => self.mode.pop(),
            Outcome::Do(effect) => effect(self),
            Outcome::CloseAndDo(effect) => {
                self.mode.pop();
                effect(self);
            }
        }
    }

    /// Says why something was not done.
    pub(super) fn show_failure(&mut self, failure: &Error) {
        self.mode.push(Box::new(Reader::of_failure(tr("Not done"), failure)));
    }

    /// Closes the overlays of a type of which `is_meant` says so.
    pub(super) fn close_where<T: Overlay<Self>>(&mut self, is_meant: impl Fn(&T) -> bool) {
        self.mode.retain_overlays(|overlay| !(overlay as &dyn Any).downcast_ref().is_some_and(&is_meant));
    }

    /// Closes all overlays; what was typed into a form is its draft.
    pub(super) fn close_overlays(&mut self) {
        self.drafts.all.extend(self.mode.overlays().iter().filter_map(|overlay| overlay.draft()));
        self.mode.retain_overlays(|_| false);
    }
}
