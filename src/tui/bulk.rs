//! An act on several things: of each it is asked whether it can, and what is known of its form is found out for each. Asked
//! on the threads beside the screens; nothing is done here.

use super::available_actions::{Prepared, label, prepare, why_unavailable};
use super::page::RecordRef;
use crate::command::definition::{ArgKind, Command, Handler};
use crate::command::desk::workspace_info::short;
use crate::law::rule::RuleScope;
use crate::record::store::RecordStore as _;
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
    let names: Vec<String> = things.iter().take(MOST).map(|s| short(&s.kind, &s.id.to_string())).collect();
    let more = if things.len() > MOST { format!(" and {} more", things.len() - MOST) } else { String::new() };
    format!("{}{more}", names.join(" "))
}

/// Whether a command takes all of several things at once, where its field may be given several times.
fn takes_together(command: &Command, things: &[RecordRef]) -> bool {
    let mut fields = things.iter().map(|s| command.subject_field(&s.kind).map(|f| (f.name, f.repeated)));
    let first = fields.next().flatten();
    first.is_some_and(|(_, repeated)| repeated) && fields.all(|f| f == first)
}

/// Why a command is done with one thing alone, however many can; `None`: it is done with each.
pub fn only_one(command: &Command, things: &[RecordRef]) -> Option<&'static str> {
    let writes = command.fields.iter().any(|f| f.required && matches!(f.takes, ArgKind::ToWrite));
    (writes && things.len() > 1 && !takes_together(command, things))
        .then_some("it writes one file, which is named each time")
}

/// Asks of each thing what may be done with it. `wanted` tells whether the answer is still waited for.
///
/// # Errors
///
/// Where the workspace cannot be read; [`ErrorKind::Cancelled`] where nobody waits any more.
pub fn may(workspace: &mut Workspace, things: &[RecordRef], wanted: &dyn Fn() -> bool) -> Result<Vec<May>, Error> {
    let fits = |v: &&Command| things.iter().any(|s| v.subject_field(&s.kind).is_some());
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
    let mut may = May { command, can: Vec::new(), cannot: Vec::new() };
    // What only the role decides is the same for all of them.
    let mut role: Option<Option<Error>> = None;
    for subject in things {
        if !wanted() {
            return Err(Error::new(ErrorKind::Cancelled, "nobody waits for it any more", "nothing was changed"));
        }
        match why_not(workspace, command, subject, &mut role)? {
            None => may.can.push(subject.clone()),
            Some(failure) => may.cannot.push((subject.clone(), failure)),
        }
    }
    Ok(may)
}

/// Why a command may not be done with a thing: it is rehearsed where that costs nothing, else the gate is asked of the role.
fn why_not(
    workspace: &mut Workspace,
    command: &'static Command,
    subject: &RecordRef,
    role: &mut Option<Option<Error>>,
) -> Result<Option<Error>, Error> {
    if let Some(as_of) = workspace.looks_back() {
        return Ok(Some(as_of.refusal()));
    }
    if command.subject_field(&subject.kind).is_none() {
        return Ok(Some(Error::life(format!("it is not done with records of the kind {}", subject.kind))));
    }
    let record = workspace.records().get(subject.id)?;
    if let Some(why) = record.as_ref().and_then(|r| why_unavailable(workspace, command, r)) {
        return Ok(Some(Error::life(why)));
    }
    let Handler::Writes(run) = command.run else { return Ok(None) };
    let known = prepare(workspace, command, std::slice::from_ref(subject), None)?;
    let is_whole = command.fields.iter().all(|f| !f.required || known.form.maybe(f.name).is_some());
    if is_whole && command.is_rehearsable() {
        let said = workspace.rehearse(|workspace| run(workspace, &known.form, &mut Job::silent()));
        return Ok(said.filter(|f| f.kind != ErrorKind::Usage));
    }
    if role.is_none() {
        *role = Some(role_says_no(workspace, command)?);
    }
    Ok(role.clone().flatten())
}

/// What can be said before a command's form is filled in: whether this member may sign such an act at all.
fn role_says_no(workspace: &Workspace, command: &Command) -> Result<Option<Error>, Error> {
    let mut verdict = workspace.may(command.act)?;
    verdict.rules.retain(|f| f.id.row().is_some_and(|rule| rule.scope == RuleScope::Member));
    Ok(if verdict.allowed() { None } else { Some(Error::refused(verdict, None)) })
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
    if let Some(field) = command.subject_field(&first.kind) {
        let mut records = Vec::new();
        for thing in things {
            records.extend(workspace.records().get(thing.id)?);
        }
        known.labels.insert(field.name, label(workspace, &records.iter().collect::<Vec<_>>())?);
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(kind: &str, n: u8) -> RecordRef {
        RecordRef { kind: kind.into(), id: Id::from_bytes([n; 16]) }
    }

    #[test]
    fn those_that_cannot_stand_together_by_their_reason() {
        let no = |n, why: &str| (thing("request", n), Error::life(why));
        let command = crate::command::command("request submit").unwrap();
        let cannot = vec![no(1, "it is sent"), no(2, "it is closed"), no(3, "it is sent")];
        let may = May { command, can: vec![thing("request", 4)], cannot };
        let groups: Vec<(String, usize)> = may.groups().into_iter().map(|g| (g.why, g.things.len())).collect();
        assert_eq!(groups, [("it is sent".to_owned(), 2), ("it is closed".to_owned(), 1)]);
        assert_eq!(may.of(), 4);
        let five: Vec<RecordRef> = (1..=5).map(|n| thing("item", n)).collect();
        assert_eq!(named(&five), "E-010101 E-020202 E-030303 E-040404 and 1 more");
    }

    #[test]
    fn a_verb_takes_things_together_one_by_one_or_one_alone() {
        let check = |name: &str, kinds: &[&str], together: bool, alone: bool| {
            let command = crate::command::command(name).unwrap();
            let things: Vec<RecordRef> = kinds.iter().zip(1..).map(|(k, n)| thing(k, n)).collect();
            assert_eq!(
                (takes_together(command, &things), only_one(command, &things).is_some()),
                (together, alone),
                "{name}"
            );
        };
        check("disclosure new", &["item", "item"], true, false);
        check("disclosure new", &["item", "case"], false, false);
        check("request submit", &["request", "request"], false, false);
        check("bundle export", &["partner", "partner"], false, true);
        check("bundle export", &["partner"], false, false);
    }
}
