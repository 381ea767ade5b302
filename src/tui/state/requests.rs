//! Requests to the threads: what is asked of the workspace, and what is done with the answer. Whether an answer is still wanted is
//! decided when it comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::State;
use crate::tui::worker::{Message, Ticket};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Progress;

impl State {
    /// Takes an answer of the threads.
    pub fn answer(&mut self, message: Message<Self>) {
        self.dirty = true;
        message(self);
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
                let _ = outbox.send(Box::new(move |state| then(state, answer)));
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
                    let _ = outbox.send(Box::new(move |state| then(state, answer)));
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
                let _ = outbox.send(Box::new(move |state| then(state, answer)));
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
