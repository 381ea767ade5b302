//! An act on several things: of each it is asked whether it can, and what is known of its form is found out for each. Asked
//! on the threads beside the screens; nothing is done here.

use std::collections::BTreeMap;

use super::available_actions::{Prepared, prepare};
use super::page::RecordRef;
use super::words::called;
use crate::command::availability;
use crate::command::choice::label;
use crate::command::definition::{ArgKind, Command, Handler};
use crate::command::desk::workspace_info::short;
use crate::command::run::{On, run};
use crate::record::store::RecordStore as _;
use crate::tui::language::{phrase, tr, tr_word};
use crate::value::id::Id;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What may be done with things, and why not.
#[derive(Clone, Debug)]
pub struct May {
    /// The command.
    pub command: &'static Command,
    /// Those that it may be done with.
    pub can: Vec<RecordRef>,
    /// The others, and why not.
    pub cannot: Vec<(RecordRef, Error)>,
    /// What a task knows of the command's form beside the record, by field.
    pub with: BTreeMap<&'static str, String>,
}

/// Things that cannot for one reason.
#[derive(Clone, Debug)]
pub struct Group {
    /// The rule and why, or why alone.
    pub why: String,
    /// The things.
    pub things: Vec<RecordRef>,
    /// What was said of the first of them.
    pub failure: Error,
}

impl May {
    /// How many were asked about.
    pub fn of(&self) -> usize {
        self.can.len() + self.cannot.len()
    }

    /// Why the others cannot: those of one reason together, in the order in which they were marked.
    pub fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (subject, failure) in &self.cannot {
            let why = why(failure);
            match groups.iter_mut().find(|g| g.why == why) {
                Some(group) => group.things.push(subject.clone()),
                None => groups.push(Group { why, things: vec![subject.clone()], failure: failure.clone() }),
            }
        }
        groups
    }
}

/// Why not, in a line: the rules that say no, each with its source; else what happened.
pub fn why(failure: &Error) -> String {
    let rules: Vec<String> = failure
        .verdict
        .iter()
        .flat_map(|v| v.refusals())
        .map(|finding| format!("{} {} ({})", finding.id, finding.because, finding.source()))
        .collect();
    if rules.is_empty() { failure.what.lines().next().unwrap_or_default().to_owned() } else { rules.join("; ") }
}

/// Things in a line, by their short ids.
pub fn named(things: &[RecordRef]) -> String {
    const MOST: usize = 4;
    let names: Vec<String> = things.iter().take(MOST).map(|s| short(s.kind, s.id)).collect();
    let more =
        if things.len() > MOST { phrase!(" and {things} more", things = things.len() - MOST) } else { String::new() };
    format!("{}{more}", names.join(" "))
}

/// Whether a command takes all of several things at once, where its field may be given several times.
fn takes_together(command: &Command, things: &[RecordRef]) -> bool {
    let mut fields = things.iter().map(|s| command.target_arg(s.kind).map(|f| (f.name, f.repeated)));
    let first = fields.next().flatten();
    first.is_some_and(|(_, repeated)| repeated) && fields.all(|f| f == first)
}

/// Why a command is done with one thing alone, however many can; `None`: it is done with each.
pub fn only_one(command: &Command, things: &[RecordRef]) -> Option<&'static str> {
    let writes = command.args.iter().any(|f| f.required && matches!(f.kind, ArgKind::ToWrite));
    (writes && things.len() > 1 && !takes_together(command, things))
        .then(|| tr("it writes one file, which is named each time"))
}

/// Asks of each thing what may be done with it. `wanted` tells whether the answer is still waited for.
///
/// # Errors
///
/// Where the workspace cannot be read; [`ErrorKind::Cancelled`] where nobody waits any more.
pub fn may(workspace: &mut Workspace, things: &[RecordRef], wanted: &dyn Fn() -> bool) -> Result<Vec<May>, Error> {
    let fits = |v: &&Command| things.iter().any(|s| v.target_arg(s.kind).is_some());
    let commands = crate::command::commands().filter(|v| matches!(v.run, Handler::Writes(_))).filter(fits);
    commands.map(|command| may_each(workspace, command, things, wanted)).collect()
}

/// Asks of each thing whether a command may be done with it.
///
/// # Errors
///
/// As [`may`].
pub fn may_each(
    workspace: &mut Workspace,
    command: &'static Command,
    things: &[RecordRef],
    wanted: &dyn Fn() -> bool,
) -> Result<May, Error> {
    let mut may = May { command, can: Vec::new(), cannot: Vec::new(), with: BTreeMap::new() };
    for subject in things {
        if !wanted() {
            return Err(Error::new(
                ErrorKind::Cancelled,
                tr("nobody waits for it any more"),
                tr("nothing was changed"),
            ));
        }
        match why_not(workspace, command, subject)? {
            None => may.can.push(subject.clone()),
            Some(failure) => may.cannot.push((subject.clone(), failure)),
        }
    }
    Ok(may)
}

/// Why a command may not be done with a thing, as far as that can be said before anything is typed.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn refusal(workspace: &Workspace, command: &Command, subject: &RecordRef) -> Result<Option<Error>, Error> {
    let Some(record) = workspace.records().get(subject.id)? else { return Ok(None) };
    if command.target_arg(record.kind).is_none() {
        Ok(None)
    } else {
        availability::why_not(workspace, command, &record)
    }
}

/// Why a command may not be done with a thing: what the command itself would say. Where all that it needs is known, it is
/// rehearsed; else it says what can be said before.
fn why_not(workspace: &mut Workspace, command: &'static Command, subject: &RecordRef) -> Result<Option<Error>, Error> {
    if command.target_arg(subject.kind).is_none() {
        return Ok(Some(Error::not_allowed(phrase!(
            "it is not done with records of the kind {kind}",
            kind = tr_word(subject.kind.word())
        ))));
    }
    if let Some(error) = refusal(workspace, command, subject)? {
        return Ok(Some(error));
    }
    let known = match prepare(workspace, command, std::slice::from_ref(subject), None) {
        // That one form cannot be filled is an answer of its own: the others are asked all the same.
        Err(failure) if failure.kind == ErrorKind::Refused => return Ok(Some(failure)),
        known => known?,
    };
    // Where it takes nothing more, this is the whole command; else what is typed may still decide.
    let targets: Vec<&str> = command.target_args().iter().map(|a| a.name).collect();
    let takes_more = command.args.iter().any(|a| !targets.contains(&a.name));
    if takes_more || !command.is_rehearsable() {
        return Ok(None);
    }
    let said = workspace.rehearse(|workspace| run(command, On::Workspace(workspace), &known.form, &mut Job::silent()));
    Ok(said.filter(|f| f.kind != ErrorKind::Usage))
}

/// Fills a command's form for several things: one form where it takes them together, else one for each.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn prepare_each(
    workspace: &Workspace,
    command: &'static Command,
    things: &[RecordRef],
    focus: Option<Id>,
) -> Result<Prepared, Error> {
    let [first, others @ ..] = things else { return prepare(workspace, command, things, focus) };
    if others.is_empty() || takes_together(command, things) {
        return prepare(workspace, command, things, focus);
    }
    let mut known = prepare(workspace, command, std::slice::from_ref(first), focus)?;
    for other in others {
        let prepared = prepare(workspace, command, std::slice::from_ref(other), focus)?;
        // The word that is typed in the end names a partner only where it is the one of all.
        known.partner = known.partner.filter(|p| prepared.partner.as_ref() == Some(p));
        known.others.push(prepared.form);
    }
    if let Some(field) = command.target_arg(first.kind) {
        let mut records = Vec::new();
        for thing in things {
            records.extend(workspace.records().get(thing.id)?);
        }
        known.labels.insert(field.name, label(workspace, &records.iter().collect::<Vec<_>>(), called)?);
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kind::Kind;

    fn thing(kind: Kind, n: u8) -> RecordRef {
        RecordRef { kind, id: Id::from_bytes([n; 16]) }
    }

    #[test]
    fn those_that_cannot_stand_together_by_their_reason() {
        let no = |n, why: &str| (thing(Kind::Request, n), Error::not_allowed(why));
        let command = crate::command::command("request submit").unwrap();
        let cannot = vec![no(1, "it is sent"), no(2, "it is closed"), no(3, "it is sent")];
        let may = May { command, can: vec![thing(Kind::Request, 4)], cannot, with: BTreeMap::new() };
        let groups: Vec<(String, usize)> = may.groups().into_iter().map(|g| (g.why, g.things.len())).collect();
        assert_eq!(groups, [("it is sent".to_owned(), 2), ("it is closed".to_owned(), 1)]);
        assert_eq!(may.of(), 4);
        let five: Vec<RecordRef> = (1..=5).map(|n| thing(Kind::Item, n)).collect();
        assert_eq!(named(&five), "E-010101 E-020202 E-030303 E-040404 and 1 more");
    }

    #[test]
    fn a_verb_takes_things_together_one_by_one_or_one_alone() {
        let check = |name: &str, kinds: &[Kind], together: bool, alone: bool| {
            let command = crate::command::command(name).unwrap();
            let things: Vec<RecordRef> = kinds.iter().zip(1..).map(|(k, n)| thing(*k, n)).collect();
            assert_eq!(
                (takes_together(command, &things), only_one(command, &things).is_some()),
                (together, alone),
                "{name}"
            );
        };
        check("disclosure new", &[Kind::Item, Kind::Item], true, false);
        check("disclosure new", &[Kind::Item, Kind::Case], false, false);
        check("request submit", &[Kind::Request, Kind::Request], false, false);
        check("bundle export", &[Kind::Partner, Kind::Partner], true, false);
        check("bundle request-missing", &[Kind::Partner, Kind::Partner], false, true);
    }
}
