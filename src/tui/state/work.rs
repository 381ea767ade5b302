//! What waits on the member, worked through one thing after the other: one key opens the next of it, and what is to be done
//! with it. Forms and questions stand before every act, as anywhere.

use std::collections::BTreeMap;

use super::State;
use crate::command::availability;
use crate::command::command;
use crate::command::definition::{Command, Key};
use crate::command::desk::today::{Task, agenda};
use crate::record::kind::Kind;
use crate::record::review;
use crate::record::store::{Record, RecordStore as _};
use crate::tui::available_actions::place_of;
use crate::tui::language::{phrase, tr};
use crate::tui::mode::Wait;
use crate::tui::page::{RecordRef, StyledText};
use crate::tui::screen::definition::ViewParams;
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::tui::worker::Ticket;
use crate::value::id::Id;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// A command, and what a task knows of its form beside the record.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) command: &'static Command,
    pub(super) with: BTreeMap<&'static str, String>,
}

impl Step {
    /// A command of whose form no task knows anything.
    pub(super) const fn of(command: &'static Command) -> Self {
        Self { command, with: BTreeMap::new() }
    }

    /// Its name, and what is known of its form: by that, two steps of one command are told apart.
    pub(super) fn name(&self) -> String {
        let known = self.with.iter().map(|(field, value)| format!(" --{field} {value}"));
        std::iter::once(self.command.full_name()).chain(known).collect()
    }
}

/// The next thing that waits.
pub(super) struct Next {
    subject: RecordRef,
    /// Where it is shown.
    place: Option<(ScreenId, ViewParams)>,
    /// What may be to be done with it.
    steps: Vec<Step>,
    /// How many wait.
    of: usize,
    /// Whether all of them were passed, and it is the first again.
    begins_again: bool,
}

/// The first thing that waits on the member and was not passed yet, in the order of the Desk.
fn next(workspace: &Workspace, passed: &[Id]) -> Result<Option<Next>, Error> {
    let agenda = agenda(workspace, &mut Job::silent())?;
    let mut waiting: Vec<RecordRef> = Vec::new();
    let mine: Vec<&Task> = agenda.tasks.iter().filter(|task| task.mine).collect();
    for task in &mine {
        if waiting.iter().all(|there| there.id != task.id) {
            waiting.push(RecordRef { kind: task.kind, id: task.id });
        }
    }
    let further = waiting.iter().find(|there| !passed.contains(&there.id));
    let Some(subject) = further.or(waiting.first()).cloned() else { return Ok(None) };
    let named = steps_of(mine.iter().copied(), subject.id);
    let steps = match workspace.records().get(subject.id)? {
        Some(record) if named.is_empty() => next_acts(workspace, &record)?.into_iter().map(Step::of).collect(),
        _ => named,
    };
    let (place, of, begins_again) = (place_of(workspace, &subject)?, waiting.len(), further.is_none());
    Ok(Some(Next { subject, place, steps, of, begins_again }))
}

/// What tasks name for a record, in their order.
pub(super) fn steps_of<'a>(tasks: impl Iterator<Item = &'a Task>, record: Id) -> Vec<Step> {
    let mut named: Vec<Step> = Vec::new();
    for task in tasks.filter(|task| task.id == record) {
        let Some(command) = task.command.and_then(command) else { continue };
        if named.iter().all(|known| known.command != command || known.with != task.with) {
            named.push(Step { command, with: task.with.clone() });
        }
    }
    named
}

/// What signs it; where nothing does yet, what is reviewed of it first. A review that nobody has assessed can be decided, but
/// not approved: its tests come first.
fn next_acts(workspace: &Workspace, record: &Record) -> Result<Vec<&'static Command>, Error> {
    if record.kind == Kind::Item {
        // What signs an item would share it.
        return Ok(Vec::new());
    }
    let signs = availability::by_key(workspace, record, Key::Sign)?.can;
    if !signs.is_empty() && !record.is(review::State::Open) {
        return Ok(signs);
    }
    Ok(availability::by_key(workspace, record, Key::Review)?.can.into_iter().take(1).collect())
}

impl State {
    /// Opens the next thing that waits on the member.
    pub(super) fn open_next_task(&mut self) {
        let ticket = self.next_ticket();
        self.mode.begin_waiting(Wait::new(ticket));
        let passed = self.passed.clone();
        self.read(
            move |workspace| workspace.glance(|workspace| next(workspace, &passed)),
            move |state, found| state.next_task_found(ticket, found),
        );
    }

    fn next_task_found(&mut self, ticket: Ticket, found: Result<Option<Next>, Error>) {
        if !self.mode.take_answer(ticket) {
            return;
        }
        let next = match found {
            Err(failure) => return self.show_failure(&failure),
            Ok(None) => {
                self.passed.clear();
                return self.show_message(StyledText::new(tr("Nothing waits on you."), StyleRole::Good));
            }
            Ok(Some(next)) => next,
        };
        if next.begins_again {
            self.passed.clear();
        }
        self.passed.push(next.subject.id);
        match next.place {
            Some((screen, params)) => self.show_record(&next.subject, screen, params),
            None if next.steps.is_empty() => self.read_detail(next.subject.clone()),
            None => {}
        }
        let again = if next.begins_again { tr("All were passed; from the first again. ") } else { "" };
        let text = phrase!("{again}{next} wait on you; {next task} opens the next.", again, next = next.of);
        self.show_message_with_keys(&text, StyleRole::Note);
        if !next.steps.is_empty() {
            self.offer(&next.steps, vec![next.subject]);
        }
    }
}
