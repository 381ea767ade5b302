//! Looking back: the record as it was at a time or after an act, read only.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent};

use super::State;
use crate::tui::input::Input;
use crate::tui::language::{phrase, tr};
use crate::tui::mode::{Mode, Wait};
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::worker::{Ticket, job};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::{AsOf, Moment};

impl State {
    /// Looks at the record as it was after the act that the selected row stands for.
    pub(super) fn look_back_to_act(&mut self) {
        match self.view().selected_act() {
            Some(number) => self.look_back(Some(Moment::Act(number))),
            None => self.show_message(StyledText::new(
                tr("No act is selected: its row begins with its number."),
                StyleRole::Note,
            )),
        }
    }

    /// Looks at a moment of the record, or at now again.
    pub(super) fn look_back(&mut self, moment: Option<Moment>) {
        if let Some(job) = self.jobs.first() {
            let text = phrase!("{job} runs: look back when it is done.", job = job.name());
            return self.show_message(StyledText::new(text, StyleRole::Due));
        }
        if moment.is_none() && self.as_of.is_none() {
            return self.show_message_with_keys(tr("This is now; {as of} goes back in the record."), StyleRole::Note);
        }
        let ticket = self.next_ticket();
        let Some(workers) = &self.workers else { return };
        let wait = Wait::new(ticket);
        let cancelled = wait.cancel.flag();
        workers.read(Box::new(move |workspace, outbox| {
            let mut job = job(outbox, ticket, Arc::clone(&cancelled), Self::progressed);
            let other = match moment {
                Some(moment) => workspace.as_of(moment, &mut job),
                None => workspace.reader(),
            };
            let as_of = other.map(|other| {
                *workspace = other;
                workspace.looks_back()
            });
            let _ = outbox.send(Box::new(move |state| state.looked_back(ticket, as_of)));
        }));
        self.mode.begin_waiting(wait);
    }

    pub(super) fn looked_back(&mut self, ticket: Ticket, as_of: Result<Option<AsOf>, Error>) {
        // The thread that answers ended with the lock; whoever unlocks is at now.
        if self.mode.is_locked() {
            return;
        }
        self.mode.take_answer(ticket);
        match as_of {
            Ok(as_of) => {
                self.as_of = as_of;
                // Nothing that was read of another moment stays in sight.
                self.views.forget_pages();
                self.close_overlays();
                self.fetch();
                match as_of {
                    Some(_) => {
                        self.show_message_with_keys(
                            tr("Read only, as it was. {now} goes back to now."),
                            StyleRole::Note,
                        );
                    }
                    None => self.show_message(StyledText::new(tr("This is now again."), StyleRole::Good)),
                }
            }
            Err(failure) if failure.kind == ErrorKind::Cancelled => {}
            Err(failure) => self.show_failure(&failure),
        }
    }

    pub(super) fn time_key(&mut self, key: KeyEvent) {
        let Mode::AskingTime(input) = &mut self.mode else { return };
        match key.code {
            KeyCode::Esc => self.mode = Mode::Normal,
            KeyCode::Enter => {
                let typed = input.text();
                self.mode = Mode::Normal;
                self.take_time(&typed);
            }
            _ => {
                self.messages.current = None;
                input.key(key);
            }
        }
    }

    /// Takes the time that was typed; where it is none, it is asked for again.
    pub(super) fn take_time(&mut self, typed: &str) {
        if typed.trim().is_empty() {
            return self.look_back(None);
        }
        match Timestamp::past(typed, self.now()) {
            Ok(at) => self.look_back(Some(Moment::Time(at))),
            Err(why) => {
                self.begin_typing(Mode::AskingTime(Input::new(typed, false)));
                self.show_message(StyledText::new(why, StyleRole::Due));
            }
        }
    }
}
