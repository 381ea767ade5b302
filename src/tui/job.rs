//! What is known of a command that runs, and of one that ran. It neither shows nor cancels them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::page::StyledText;
use super::screen_id::ScreenId;
use super::worker::Ticket;
use crate::command::definition::Command;
use crate::value::timestamp::Timestamp;
use crate::workspace::progress::Progress;

/// A command that runs, or waits for the one before it.
pub struct Running {
    pub(super) ticket: Ticket,
    pub(super) command: &'static Command,
    /// Where it began.
    pub(super) place: ScreenId,
    /// Whether it is done with several things, one by one.
    pub(super) several: bool,
    /// How far it has come.
    pub progress: Option<Progress>,
    pub(super) cancelled: Arc<AtomicBool>,
}

impl Running {
    /// What it is.
    pub fn name(&self) -> String {
        self.command.full_name()
    }
}

/// A command that ran.
pub(super) struct Ended {
    pub(super) name: String,
    pub(super) at: Timestamp,
    pub(super) how: StyledText,
    pub(super) lines: Vec<String>,
}

/// How far a job has come, in words.
pub fn format_progress(progress: &Progress) -> String {
    match progress.of {
        Some(of) if of > 0 => format!("{} {} of {of}", progress.what, progress.done),
        _ => format!("{} {}", progress.what, progress.done),
    }
}
