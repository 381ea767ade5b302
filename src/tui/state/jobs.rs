//! The list of jobs, cancelling one, and noting how one ended.

use std::sync::atomic::Ordering;

use super::State;
use super::commands::first_line;
use crate::command::definition::Output;
use crate::command::plain;
use crate::tui::jobs::{Ended, Running};
use crate::tui::language::{on_screen, phrase, tr};
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::{Menu, Purpose};
use crate::tui::overlay::reader::Reader;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::worker::Ticket;
use crate::workspace::error::{Error, ErrorKind};

impl State {
    /// The list of what runs, what waits and what has ended.
    pub(super) fn show_jobs(&mut self) {
        let title = tr("Jobs: Enter cancels one, or shows what it said");
        let mut menu = Menu::new(title, self.job_entries()).with_purpose(Purpose::Jobs);
        menu.empty = tr("Nothing has run since you came.");
        self.mode.push(Box::new(menu));
    }

    fn job_entries(&self) -> Vec<Entry<Self>> {
        let running = self.jobs.running.iter().enumerate().map(|(n, job)| {
            let ticket = job.ticket;
            let cancel = Pick::stay(move |state: &mut Self| state.cancel_job(ticket));
            Entry::new(job.name(), StyledText::new(job.state(n == 0), StyleRole::Due), cancel)
        });
        let ended = self.jobs.ended.iter().rev().map(|job| {
            let text = format!("{}  {}", on_screen(job.at, self.now()), job.result.text);
            let (name, lines) = (job.name.clone(), job.lines.clone());
            let read = Pick::stay(move |state: &mut Self| {
                state.mode.push(Box::new(Reader::of_lines(&name, &lines)));
            });
            Entry::new(job.name.as_str(), StyledText::new(text, job.result.role), read)
        });
        running.chain(ended).collect()
    }

    /// Makes the list of jobs again, where it is on top.
    pub(super) fn renew_jobs(&mut self) {
        if self.mode.top_as::<Menu<Self>>().is_some_and(|menu| menu.purpose == Purpose::Jobs) {
            let entries = self.job_entries();
            if let Some(menu) = self.mode.top_as_mut::<Menu<Self>>() {
                menu.renew(entries);
            }
        }
    }

    pub(super) fn cancel_job(&mut self, ticket: Ticket) {
        let Some(job) = self.jobs.running.iter().find(|job| job.ticket == ticket) else { return };
        job.cancelled.store(true, Ordering::Relaxed);
        let what =
            if job.several { tr("what is done with some stays done") } else { tr("nothing of it will have been done") };
        self.show_message(StyledText::new(
            phrase!("Cancelling {job}: {what}.", job = job.name(), what),
            StyleRole::Due,
        ));
        self.renew_jobs();
    }

    /// Notes how a job ended. What it said while nobody may read here is not held: only that it ended.
    pub(super) fn note_end(&mut self, job: &Running, output: &Result<Output, Error>) {
        let text_of = |failure: &Error| vec![failure.what.clone(), failure.hint.clone()];
        let (result, lines) = match output {
            _ if self.mode.is_locked() => {
                let (word, role) = match output {
                    Ok(output) if output.code == 0 => (tr("done while it was locked"), StyleRole::Good),
                    Err(failure) if failure.kind == ErrorKind::Cancelled => (tr("cancelled"), StyleRole::Due),
                    _ => (tr("not done: it failed while it was locked"), StyleRole::Stop),
                };
                let message = StyledText::new(format!("{}: {word}.", job.name()), role);
                self.messages.all.push((self.now(), message));
                let lines = tr("What it said is not kept while it is locked; the log has what was done.");
                (StyledText::new(word, role), vec![lines.to_owned()])
            }
            Ok(output) => {
                let message = output.message.clone().unwrap_or_else(|| tr("done").to_owned());
                let role = if output.code == 0 { StyleRole::Good } else { StyleRole::Stop };
                (StyledText::new(first_line(&message), role), plain::lines(output))
            }
            Err(failure) if failure.kind == ErrorKind::Cancelled => {
                (StyledText::new(tr("cancelled"), StyleRole::Due), text_of(failure))
            }
            Err(failure) => (StyledText::new(first_line(&failure.what), StyleRole::Stop), text_of(failure)),
        };
        let at = self.now();
        self.jobs.note(Ended { name: job.name(), at, result, lines });
        self.renew_jobs();
    }
}
