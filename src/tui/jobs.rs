//! What runs and what has ended: how far it is, how it ended, what cancels it. It starts nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::page::StyledText;
use super::screen_id::ScreenId;
use super::worker::Ticket;
use crate::command::definition::Command;
use crate::tui::language::{phrase, tr};
use crate::value::timestamp::Timestamp;
use crate::workspace::progress::Progress;

/// How many jobs that ended are kept.
const KEPT: usize = 50;

/// A command that runs, or waits for the one before it.
pub struct Running {
    /// The request.
    pub ticket: Ticket,
    /// The command.
    pub command: &'static Command,
    /// The screen on which it began.
    pub screen: ScreenId,
    /// Whether it is done with several records, one by one.
    pub several: bool,
    /// How far it has come.
    pub progress: Option<Progress>,
    /// Cancels it.
    pub cancelled: Arc<AtomicBool>,
}

impl Running {
    /// The name of its command.
    pub fn name(&self) -> String {
        self.command.full_name()
    }

    /// How far it is, in words; `first`: nothing runs before it.
    pub fn state(&self, first: bool) -> String {
        let state = match &self.progress {
            Some(progress) => format_progress(progress),
            None if first => tr("begins").to_owned(),
            None => tr("waits").to_owned(),
        };
        if self.cancelled.load(Ordering::Relaxed) { phrase!("{state}, cancelling", state) } else { state }
    }
}

/// A command that ran.
pub struct Ended {
    /// Its name.
    pub name: String,
    /// When it ended.
    pub at: Timestamp,
    /// How it ended.
    pub result: StyledText,
    /// What it said.
    pub lines: Vec<String>,
}

/// What runs and what has ended.
#[derive(Default)]
pub struct Jobs {
    /// What runs; the first of them does, the others wait.
    pub running: Vec<Running>,
    /// What has ended, the newest last.
    pub ended: Vec<Ended>,
}

impl Jobs {
    /// The one that runs.
    pub fn first(&self) -> Option<&Running> {
        self.running.first()
    }

    /// Takes out the one that has ended.
    pub fn take(&mut self, ticket: Ticket) -> Option<Running> {
        let at = self.running.iter().position(|job| job.ticket == ticket)?;
        Some(self.running.remove(at))
    }

    /// Notes one that has ended; the oldest are forgotten.
    pub fn note(&mut self, ended: Ended) {
        self.ended.push(ended);
        if self.ended.len() > KEPT {
            self.ended.remove(0);
        }
    }

    /// Cancels everything that runs.
    pub fn cancel_all(&self) {
        self.running.iter().for_each(|job| job.cancelled.store(true, Ordering::Relaxed));
    }
}

/// How far a job has come, in words.
pub fn format_progress(progress: &Progress) -> String {
    match progress.of {
        Some(of) if of > 0 => phrase!("{what} {done} of {of}", what = progress.what, done = progress.done, of),
        _ => format!("{} {}", progress.what, progress.done),
    }
}
