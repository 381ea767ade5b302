//! What runs and what has ended: how far it is, how it ended, what cancels it. It starts nothing.

use std::sync::atomic::Ordering;

use super::{App, first_line};
use crate::command::definition::Output;
use crate::command::plain;
use crate::tui::job::{Ended, Running, format_progress};
use crate::tui::overlay::Overlay;
use crate::tui::overlay::menu::{Entry, Menu, Pick};
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::worker::Ticket;
use crate::workspace::error::{Error, ErrorKind};

/// How many jobs that ended are kept.
const KEPT: usize = 50;

impl App {
    /// The list of what runs, what waits and what has ended.
    pub(super) fn show_jobs(&mut self) {
        let mut menu = Menu::new("Jobs: Enter cancels one, or shows what it said", self.job_entries()).of_jobs();
        menu.empty = "Nothing has run since you came.";
        self.overlays.push(Overlay::Menu(Box::new(menu)));
    }

    fn job_entries(&self) -> Vec<Entry> {
        let running = self.jobs.iter().enumerate().map(|(n, job)| {
            let state = match &job.progress {
                Some(progress) => format_progress(progress),
                None if n == 0 => "begins".to_owned(),
                None => "waits".to_owned(),
            };
            let state = if job.cancelled.load(Ordering::Relaxed) { format!("{state}, cancelling") } else { state };
            Entry::new(job.name(), StyledText::new(state, StyleRole::Due), Pick::Cancel(job.ticket))
        });
        let ended = self.ended.iter().rev().map(|ended| {
            let how =
                StyledText::new(format!("{}  {}", ended.at.on_screen(self.now()), ended.how.text), ended.how.tone);
            Entry::new(ended.name.as_str(), how, Pick::Statements(ended.name.clone(), ended.lines.clone()))
        });
        running.chain(ended).collect()
    }

    /// Draws the list of jobs again, where it is open.
    pub(super) fn renew_jobs(&mut self) {
        if matches!(self.overlays.last(), Some(Overlay::Menu(menu)) if menu.lists_jobs) {
            let entries = self.job_entries();
            if let Some(Overlay::Menu(menu)) = self.overlays.last_mut() {
                menu.renew(entries);
            }
        }
    }

    pub(super) fn cancel_job(&mut self, ticket: Ticket) {
        let Some(job) = self.jobs.iter().find(|j| j.ticket == ticket) else { return };
        job.cancelled.store(true, Ordering::Relaxed);
        let what = if job.several { "what is done with some stays done" } else { "nothing of it will have been done" };
        self.show_message(StyledText::new(format!("Cancelling {}: {what}.", job.name()), StyleRole::Due));
        self.renew_jobs();
    }

    /// Notes how a job ended. What it said while nobody may read here is not held: only that it ended.
    pub(super) fn note_end(&mut self, job: &Running, done: &Result<Output, Error>) {
        let (how, lines) = match done {
            _ if self.locked.is_some() => {
                let (word, tone) = match done {
                    Ok(answer) if answer.code == 0 => ("done while it was locked", StyleRole::Good),
                    Err(failure) if failure.kind == ErrorKind::Cancelled => ("cancelled", StyleRole::Due),
                    _ => ("not done: it failed while it was locked", StyleRole::Stop),
                };
                self.messages.push((self.now(), StyledText::new(format!("{}: {word}.", job.name()), tone)));
                (
                    StyledText::new(word, tone),
                    vec!["What it said is not kept while it is locked; the log has what was done.".to_owned()],
                )
            }
            Ok(answer) => {
                let said = answer.message.clone().unwrap_or_else(|| "done".to_owned());
                let tone = if answer.code == 0 { StyleRole::Good } else { StyleRole::Stop };
                (StyledText::new(first_line(&said), tone), plain::lines(answer))
            }
            Err(failure) if failure.kind == ErrorKind::Cancelled => {
                (StyledText::new("cancelled", StyleRole::Due), vec![failure.what.clone(), failure.hint.clone()])
            }
            Err(failure) => (
                StyledText::new(first_line(&failure.what), StyleRole::Stop),
                vec![failure.what.clone(), failure.hint.clone()],
            ),
        };
        self.ended.push(Ended { name: job.name(), at: self.now(), how, lines });
        if self.ended.len() > KEPT {
            self.ended.remove(0);
        }
        self.renew_jobs();
    }
}
