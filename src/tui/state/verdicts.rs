//! What may be done with what is marked or selected: each record is asked about, who cannot is said with the reason, and only
//! what can goes on. Nothing is done here: forms and questions stand before every act.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::State;
use super::work::{Step, steps_of};
use crate::command::command;
use crate::command::definition::{Command, Key};
use crate::command::desk::today::agenda;
use crate::command::request::draft;
use crate::law::edition::Table;
use crate::tui::bulk::{May, may, may_each, named, only_one, why};
use crate::tui::language::{phrase, tr};
use crate::tui::mode::Wait;
use crate::tui::overlay::menu::entry::{Entry, Pick};
use crate::tui::overlay::menu::list::Menu;
use crate::tui::page::{RecordRef, Selectable, StyledText};
use crate::tui::sides::Sides;
use crate::tui::theme::StyleRole;
use crate::tui::worker::Ticket;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

impl State {
    /// Asks of everything that is marked what may be done with it. Many marks are many questions: closing the list ends them.
    pub(super) fn ask_verdicts(&mut self) {
        let records = self.subjects();
        let steps = self.view().selected_subject().map(steps_of_no_record).unwrap_or_default();
        if records.is_empty() && !steps.is_empty() {
            return self.offer_steps(steps);
        }
        if records.is_empty() {
            return self
                .show_message_with_keys(tr("Nothing is selected; {palette} shows every command."), StyleRole::Note);
        }
        let view = self.view();
        let marks = view.marks_in_words();
        let title = if marks.is_empty() { view.selected_line().unwrap_or_default() } else { marks };
        let ticket = self.next_ticket();
        let menu = Menu::<Self>::awaiting(title, ticket, tr("Asking the gate …"));
        let cancelled = menu.waiting().flag();
        self.mode.push(Box::new(menu));
        let arrived = move |state: &mut Self, verdicts| state.verdicts_arrived(ticket, verdicts);
        if self.as_of.is_some() {
            self.read(move |workspace| Ok((may(workspace, &records, &|| true)?, Vec::new())), arrived);
        } else {
            let ask = move |workspace: &mut Workspace| {
                let mut all = may(workspace, &records, &|| is_wanted(&cancelled))?;
                let waited_for = waited_for(workspace, &records)?;
                // What writes nothing here is in no menu of acts, but where a task waits for it.
                for Step { command, .. } in &waited_for {
                    if all.iter().all(|known| known.command != *command) {
                        let (can, cannot, with) = (records.clone(), Vec::new(), BTreeMap::new());
                        all.push(May { command, can, cannot, with });
                    }
                }
                Ok((all, waited_for))
            };
            self.ask_writer(ask, arrived);
        }
    }

    /// Offers what is done with something that is no record: each command with the gate's word on who asks.
    fn offer_steps(&mut self, steps: Vec<Step>) {
        let title = self.view().selected_line().unwrap_or_default();
        let ticket = self.next_ticket();
        self.mode.push(Box::new(Menu::<Self>::awaiting(title, ticket, tr("Asking the gate …"))));
        self.read(
            move |workspace| {
                let why_not = |step: &Step| match step.command.writes {
                    Some(writes) => workspace.may(writes.act).map(|v| (!v.allowed()).then(|| Error::refused(v, None))),
                    None => Ok(None),
                };
                let offer = |step: Step| {
                    Ok(Offer { why_not: why_not(&step)?, binds_nobody: binds_nobody(workspace, &step)?, step })
                };
                steps.into_iter().map(offer).collect::<Result<Vec<_>, Error>>()
            },
            move |state, steps| state.steps_arrived(ticket, steps),
        );
    }

    /// Fills the menu with what is done with something that is no record.
    pub(super) fn steps_arrived(&mut self, ticket: Ticket, steps: Result<Vec<Offer>, Error>) {
        let entries = steps.map(|all| all.into_iter().map(entry_of).collect());
        self.entries_arrived(ticket, entries, tr("Nothing can be done with this."));
    }

    /// Fills the menu with what may be done, and with what the tasks of the Desk wait for before all else.
    pub(super) fn verdicts_arrived(&mut self, ticket: Ticket, verdicts: Result<(Vec<May>, Vec<Step>), Error>) {
        match verdicts {
            Ok((all, waited_for)) => {
                let (mut yes, no): (Vec<May>, Vec<May>) = all.into_iter().partition(|m| !m.can.is_empty());
                // What nothing waits for stands by what its keys are for; what ends a thing last.
                let place = |may: &May| waited_for.iter().position(|step| step.command == may.command);
                yes.sort_by_key(|may| (place(may).unwrap_or(usize::MAX), urgency(may.command)));
                for may in &mut yes {
                    may.with = known_of(&waited_for, may.command);
                }
                let entries = yes.into_iter().map(entry).chain(by_reason(no)).collect();
                self.entries_arrived(ticket, Ok(entries), tr("Nothing can be done with this."));
            }
            // Whoever asked has left the list.
            Err(failure) if failure.kind == ErrorKind::Cancelled => {}
            Err(failure) => {
                self.mode.stop_waiting();
                self.show_failure(&failure);
            }
        }
    }

    /// Asks of each of several records whether a command may be done with it.
    pub(super) fn ask_verdict_of_each(&mut self, command: &'static Command, records: Vec<RecordRef>) {
        let ticket = self.next_ticket();
        let wait = Wait::new(ticket);
        let cancelled = wait.cancel.flag();
        self.mode.begin_waiting(wait);
        self.ask_writer(
            move |workspace| may_each(workspace, command, &records, &|| is_wanted(&cancelled)),
            move |state, verdict| {
                if state.mode.take_answer(ticket) {
                    match verdict {
                        Ok(verdict) => state.go_on_with_those_that_can(verdict),
                        Err(failure) => state.show_failure(&failure),
                    }
                }
            },
        );
    }

    /// Goes on with those that can; where some cannot, that is said first.
    pub(super) fn go_on_with_those_that_can(&mut self, may: May) {
        let name = may.command.full_name();
        if let Some(why) = only_one(may.command, &may.can) {
            let text = phrase!("{name} is done with one thing at a time: {why}.", name, why);
            return self.show_message(StyledText::new(text, StyleRole::Due));
        }
        if may.cannot.is_empty() {
            return self.prepare(Step { command: may.command, with: may.with }, may.can);
        }
        let (can, of) = (may.can.len(), may.of());
        let groups = may.groups();
        let mut entries = Vec::new();
        if can > 0 {
            let these = StyledText::new(named(&may.can), StyleRole::Good);
            let (step, records) = (Step { command: may.command, with: may.with }, may.can);
            let go_on = Pick::close(move |state: &mut Self| state.prepare(step.clone(), records.clone()));
            entries.push(Entry::new(phrase!("go on with {can}", can), these, go_on));
        }
        entries.extend(groups.into_iter().map(|group| {
            let note = StyledText::new(format!("{}: {}", named(&group.things), group.why), StyleRole::Stop);
            Entry::new(phrase!("{things} cannot", things = group.things.len()), note, refused(group.failure))
        }));
        let title = phrase!(
            "{name}: {can} of {of} can",
            name,
            can = if can == 0 { tr("none").to_owned() } else { can.to_string() },
            of
        );
        self.mode.push(Box::new(Menu::new(title, entries)));
    }
}

/// What is done with something that is no record.
pub(super) struct Offer {
    /// What is done.
    pub step: Step,
    /// Why this member does not do it.
    pub why_not: Option<Error>,
    /// Whether it is a request that is in force with no partner.
    pub binds_nobody: bool,
}

/// Whether a step writes a request of a kind that is in force with no partner.
fn binds_nobody(workspace: &Workspace, step: &Step) -> Result<bool, Error> {
    let (law, sides) = (workspace.law()?, Sides::read(workspace)?);
    let kind = step.with.get("kind").and_then(|kind| law.request(kind));
    Ok(kind.is_some_and(|kind| sides.bound_by(&law, &kind.instrument).is_empty()))
}

/// A command that is done with something that is no record, or why it is not.
fn entry_of(Offer { step, why_not, binds_nobody }: Offer) -> Entry<State> {
    let name = step.command.full_name();
    if let Some(failure) = why_not {
        let note = StyledText::new(phrase!("no    {failure}", failure = why(&failure)), StyleRole::Note);
        return Entry::new(name, note, refused(failure));
    }
    let (about, role) = match binds_nobody {
        true => (tr("in force with no partner: a draft or an exercise alone"), StyleRole::Note),
        false => (tr(step.command.about), StyleRole::Good),
    };
    let about = StyledText::new(phrase!("yes   {about}", about), role);
    Entry::new(name, about, Pick::close(move |state: &mut State| state.begin_step(step.clone(), Vec::new())))
}

/// What is done with something that is no record, with what is known of each form.
pub(super) fn steps_of_no_record(subject: &Selectable) -> Vec<Step> {
    let step = |name: &str, with: &[(&'static str, String)]| {
        Some(Step { command: command(name)?, with: with.iter().cloned().collect() })
    };
    let steps = match subject {
        Selectable::Record(_) => return Vec::new(),
        Selectable::RequestKind(kind) => [
            step(draft::NEW, &[("kind", kind.clone())]),
            step("law verify", &[("row", format!("{}/{kind}", Table::Request))]),
        ],
        Selectable::WaitingBundle { from, sequence } => [
            step("bundle request-missing", &[("from", from.clone())]),
            step("bundle drop", &[("from", from.clone()), ("number", sequence.to_string())]),
        ],
    };
    steps.into_iter().flatten().collect()
}

/// What a thing waits for, as the Desk says; of several things, nothing.
fn waited_for(workspace: &Workspace, records: &[RecordRef]) -> Result<Vec<Step>, Error> {
    let [record] = records else { return Ok(Vec::new()) };
    let agenda = workspace.glance(|workspace| agenda(workspace, &mut Job::silent()))?;
    Ok(steps_of(agenda.tasks.iter(), record.id))
}

/// What is known of a command's form; nothing where several steps wait for it: which of them is meant, is not said.
fn known_of(steps: &[Step], command: &'static Command) -> BTreeMap<&'static str, String> {
    let mut of_it = steps.iter().filter(|step| step.command == command);
    match (of_it.next(), of_it.next()) {
        (Some(only), None) => only.with.clone(),
        _ => BTreeMap::new(),
    }
}

fn is_wanted(cancelled: &AtomicBool) -> bool {
    !cancelled.load(Ordering::Relaxed)
}

/// Says why it may not be done; the list stays.
pub(super) fn refused(failure: Error) -> Pick<State> {
    Pick::stay(move |state: &mut State| state.show_failure(&failure))
}

/// Where a command stands among those that can be done now.
fn urgency(command: &Command) -> u8 {
    let keys = command.keys();
    match () {
        () if keys.contains(&Key::Destroy) => 3,
        () if keys.contains(&Key::Sign) => 0,
        () if keys.contains(&Key::Review) => 1,
        () => 2,
    }
}

/// What cannot be done, put together: one entry for each rule that says no, or other reason; it opens to all that it says no to.
fn by_reason(no: Vec<May>) -> Vec<Entry<State>> {
    let mut groups: Vec<(String, Vec<May>)> = Vec::new();
    for may in no {
        let why = reason_of(&may);
        match groups.iter_mut().find(|(known, _)| *known == why) {
            Some((_, all)) => all.push(may),
            None => groups.push((why, vec![may])),
        }
    }
    let one = |(why, all): (String, Vec<May>)| {
        let names: Vec<String> = all.iter().map(|may| may.command.full_name()).collect();
        let dim = |entry: Entry<State>| Entry { note: StyledText::new(entry.note.text, StyleRole::Note), ..entry };
        if let [only] = all.as_slice() {
            return dim(entry(only.clone()));
        }
        let (note, title) = (StyledText::new(phrase!("no    {why}", why), StyleRole::Note), why);
        let opened = Pick::stay(move |state: &mut State| {
            let each = all.iter().cloned().map(|may| dim(entry(may))).collect();
            state.mode.push(Box::new(Menu::<State>::new(title.clone(), each)));
        });
        Entry { also: names.join(" "), ..Entry::new(in_few(&names), note, opened) }
    };
    groups.into_iter().map(one).collect()
}

/// Why it cannot be done, as far as that is the same for others: the first rule that says no, by its name, or where the thing stands.
fn reason_of(may: &May) -> String {
    let Some(group) = may.groups().into_iter().next() else { return String::new() };
    let rule = group.failure.verdict.as_ref().and_then(|verdict| verdict.refusals().next()?.id.row());
    match rule {
        Some(rule) => format!("{} {} ({})", rule.id, rule.name, rule.source),
        // Which state each of them wants instead is said when it is asked for.
        None => group.why.split(';').next().unwrap_or_default().to_owned(),
    }
}

/// Names in a few columns: as many as fit, and how many more there are.
fn in_few(names: &[String]) -> String {
    const COLUMNS: usize = 28;
    let mut said = names.first().cloned().unwrap_or_default();
    let mut told = names.len().min(1);
    while let Some(next) = names.get(told).filter(|next| said.len() + next.len() + 8 <= COLUMNS) {
        said = format!("{said}, {next}");
        told += 1;
    }
    match names.len() - told {
        0 => said,
        more => phrase!("{said} and {more} more", said, more),
    }
}

/// A command in the list of what may be done.
fn entry(may: May) -> Entry<State> {
    let (name, about, can, of) = (may.command.full_name(), tr(may.command.about), may.can.len(), may.of());
    let why = may.groups().into_iter().next().map(|g| g.why).unwrap_or_default();
    let (text, role) = match (of, can, may.cannot.first()) {
        (1, 0, Some((_, failure))) => {
            let note = StyledText::new(phrase!("no    {failure}", failure = self::why(failure)), StyleRole::Stop);
            return Entry::new(name, note, refused(failure.clone()));
        }
        (1, ..) => (phrase!("yes   {about}", about), StyleRole::Good),
        (_, 0, _) => (phrase!("none of {of}   {why}", of, why), StyleRole::Stop),
        (_, _, None) => (phrase!("{can} of {of} can   {about}", can, of, about), StyleRole::Good),
        (_, _, Some(_)) => (phrase!("{can} of {of} can   not: {why}", can, of, why), StyleRole::Due),
    };
    let go_on = Pick::close(move |state: &mut State| state.go_on_with_those_that_can(may.clone()));
    Entry::new(name, StyledText::new(text, role), go_on)
}
