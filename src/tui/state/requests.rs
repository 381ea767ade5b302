//! Requests to the threads: what is asked of the workspace, and what is done with the answer. Whether an answer is still wanted is
//! decided when it comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::State;
use super::pages::nothing_can_be_noted;
use crate::record::store::RecordStore as _;
use crate::tui::language::{phrase, tr};
use crate::tui::overlay::why::Why;
use crate::tui::page::StyledText;
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::tui::worker::{Message, Outbox, Ticket};
use crate::workspace::error::Error;
use crate::workspace::journal::{Matter, Wanted};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Progress;

/// Hands an answer on, once it stands on record who looks at the personal data in it; asks why, where that is to be said first.
fn hand_on<T: Send + 'static>(
    workspace: &Workspace,
    outbox: &Outbox<State>,
    answer: T,
    then: impl FnOnce(&mut State, T) + Send + 'static,
) {
    match workspace.keep_looks() {
        Ok(()) => drop(outbox.send(Box::new(move |state| then(state, answer)))),
        Err(failure) => drop(outbox.send(Box::new(move |state| state.show_failure(&failure)))),
    }
    let Some(wanted) = workspace.wanted_reason() else { return };
    if let Ok(purpose) = workspace.offered_reason(wanted) {
        let _ = outbox.send(Box::new(move |state| state.ask_why(wanted, purpose)));
    }
}

impl State {
    /// Asks why personal data of a matter are looked at, unless that was declined on this screen. The Desk lists what is new of all
    /// matters, and asks nothing: whoever opens a record of it is asked.
    fn ask_why(&mut self, wanted: Wanted, purpose: Option<String>) {
        let is_overview =
            self.screen() == ScreenId::DESK && self.view().page.about.is_none() && self.mode.overlays().is_empty();
        if !is_overview && self.declined != Some((wanted.matter, self.screen())) {
            self.open_why(wanted, purpose);
        }
    }

    fn open_why(&mut self, wanted: Wanted, purpose: Option<String>) {
        if self.mode.is_locked() || self.mode.find::<Why<Self>>().is_some() {
            return;
        }
        self.wanted = Some(wanted);
        let what = match wanted.matter {
            Matter::Case(case) => phrase!("case {short}", short = case.short()),
            Matter::Redress => tr("complaints").to_owned(),
            Matter::Desk => tr("the desk").to_owned(),
        };
        let asked = if wanted.restricted {
            phrase!("What is held or restricted in {what} is shown once you type why.", what)
        } else {
            phrase!("Personal data of {what} are shown once you say why.", what)
        };
        self.mode.push(Box::new(Why::new(asked, purpose, Self::reason_given, Self::reason_declined)));
    }

    /// Asks why what is held or restricted in the matter of what is selected is looked at, also where that was declined before.
    pub(super) fn ask_reason(&mut self) {
        if self.is_read_only() {
            return self.show_message(StyledText::new(nothing_can_be_noted(), StyleRole::Note));
        }
        let Some(subject) = self.view().selected().cloned() else {
            return self.show_message(StyledText::new(tr("Nothing is selected."), StyleRole::Note));
        };
        self.read(
            move |workspace| Ok(workspace.records().get(subject.id)?.as_ref().map(Wanted::of_restricted)),
            |state, found: Result<Option<Wanted>, Error>| match found {
                // The purpose of the matter is no reason for what is held.
                Ok(found) => found.into_iter().for_each(|wanted| state.open_why(wanted, None)),
                Err(failure) => state.show_failure(&failure),
            },
        );
    }

    fn reason_given(&mut self, reason: String) {
        let Some(wanted) = self.wanted.take() else { return };
        self.declined = None;
        self.read(
            move |workspace| workspace.give_reason_for(wanted, &reason),
            |state, given| match given {
                Ok(()) => state.fetch(),
                Err(failure) => state.show_failure(&failure),
            },
        );
    }

    fn reason_declined(&mut self) {
        self.declined = self.wanted.take().map(|wanted| (wanted.matter, self.screen()));
        self.show_message(StyledText::new(
            tr("Personal data stay masked here; they are asked about on another screen."),
            StyleRole::Note,
        ));
    }

    /// Takes an answer of the threads. Returns whether what was typed ahead must be dropped: a question has opened.
    pub fn answer(&mut self, message: Message<Self>) -> bool {
        self.dirty = true;
        let before = self.questions();
        message(self);
        self.questions() > before
    }

    /// Asks the reading thread something, and then goes on with its answer.
    pub(super) fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Workspace) -> T + Send + 'static,
        then: impl FnOnce(&mut Self, T) + Send + 'static,
    ) {
        if let Some(workers) = &self.workers {
            workers.read(Box::new(move |workspace, outbox| {
                let answer = ask(workspace);
                hand_on(workspace, outbox, answer, then);
            }));
        }
    }

    /// The same; it is not even asked where it is no longer the newest request of its sort.
    pub(super) fn read_newest<T: Send + 'static>(
        &self,
        (newest, ticket): (&Arc<AtomicU64>, Ticket),
        ask: impl FnOnce(&mut Workspace) -> T + Send + 'static,
        then: impl FnOnce(&mut Self, T) + Send + 'static,
    ) {
        newest.store(ticket, Ordering::Relaxed);
        let newest = Arc::clone(newest);
        if let Some(workers) = &self.workers {
            workers.read(Box::new(move |workspace, outbox| {
                if newest.load(Ordering::Relaxed) == ticket {
                    let answer = ask(workspace);
                    hand_on(workspace, outbox, answer, then);
                }
            }));
        }
    }

    /// Asks the writing thread something, and then goes on with its answer.
    pub(super) fn ask_writer<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&mut Workspace) -> T + Send + 'static,
        then: impl FnOnce(&mut Self, T) + Send + 'static,
    ) {
        if let Some(workers) = &self.workers {
            workers.write(Box::new(move |workspace, outbox| {
                let answer = ask(workspace);
                hand_on(workspace, outbox, answer, then);
            }));
        }
    }

    /// The number of the newest request to the threads.
    pub const fn newest_ticket(&self) -> Ticket {
        self.ticket
    }

    /// Lets every thread that may have something to answer say when it has.
    pub fn reach_all(&mut self) {
        self.unreached = self.workers.as_ref().map_or(0, |workers| workers.reach_all(Self::reached));
    }

    fn reached(&mut self) {
        self.unreached = self.unreached.saturating_sub(1);
    }

    /// Whether every thread has answered what it was asked before [`Self::reach_all`].
    pub const fn is_reached(&self) -> bool {
        self.unreached == 0
    }

    /// Takes how far work has come: what is waited for, or a job.
    pub(super) fn progressed(&mut self, ticket: Ticket, progress: Progress) {
        if let Some(wait) = self.mode.wait_mut().filter(|wait| wait.ticket == ticket) {
            wait.progress = Some(progress);
            return;
        }
        if let Some(job) = self.jobs.running.iter_mut().find(|job| job.ticket == ticket) {
            job.progress = Some(progress);
        }
        self.renew_jobs();
    }
}
