//! Whether a command can be done to a record now, by this member: the one answer that menus, keys, confirm pages and the
//! command itself give. It asks the table of kinds and the gate; it decides nothing of its own, and writes nothing.

use super::definition::{ArgKind, Args, Command, Key, Needs};
use super::member;
use super::retention::answer::not_ordered;
use super::retention::transfer::review_of;
use crate::gate::from_records;
use crate::gate::verdict::Verdict;
use crate::record::definition::{Actor, ApplyError, GateInputs, Moves, wrong_state};
use crate::record::kind::Kind;
use crate::record::request::{Answer, FollowUp, Step};
use crate::record::review::{Decided, Decision};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{
    self, analysis, case, disclosure, dispute, item, order, partner, purge, relay, request, retention, review,
};
use crate::store::tally;
use crate::value::json::Json;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// Returns why a command cannot be done to a record, as far as that can be told before its other arguments are known;
/// `None` where nothing is against it. A command that is run says the same, before anything else.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn why_not(workspace: &Workspace, command: &Command, record: &Record) -> Result<Option<Error>, Error> {
    let Some(writes) = &command.writes else { return Ok(None) };
    if let Some(as_of) = workspace.looks_back() {
        return Ok(Some(as_of.refusal()));
    }
    if let Err(error) = workspace.could_sign(writes.act) {
        return Ok(Some(error));
    }
    if let Some(error) = state_refusal(command, record) {
        return Ok(Some(error));
    }
    let records = workspace.records();
    // An inject has no tombstone of its own: it is erased with its exercise, and nothing is done with it then.
    if record.kind == Kind::Inject {
        for of in from_records::dies_with(&records, record)? {
            if records.get(of)?.is_some_and(|of| of.is_purged()) {
                return Ok(Some(Error::not_allowed("its exercise is over, and what was said in it is erased")));
            }
        }
    }
    if writes.act == analysis::NEW
        && let Some(error) = taskforce_refusal(workspace, record)?
    {
        return Ok(Some(error));
    }
    if let Some(error) = member::why_not(workspace, writes.act, record)? {
        return Ok(Some(error));
    }
    if writes.act == order::ANSWER && record.text("ordered").is_none() {
        return Ok(Some(not_ordered()));
    }
    if writes.act == relay::HAND && !others_carry(workspace, record)? {
        return Ok(Some(Error::not_allowed("no other partner is met who could carry it, or for whom it would be")));
    }
    if writes.act == dispute::OPEN && record.kind == Kind::Request && request::never_left(record) {
        return Ok(Some(Error::not_allowed("it has not been sent: there is nothing to dispute")));
    }
    if writes.act == disclosure::PROPOSE
        && record.kind == Kind::Case
        && tally::items_held(&workspace.db, record.id)? == 0
    {
        return Ok(Some(Error::not_allowed("there is nothing to share in it").hint("add an item first: `item add`")));
    }
    let (now, person) = (workspace.now(), workspace.person());
    let Some(def) = record::change(writes.act.name()) else { return Ok(None) };
    // A change of the record itself; what only names it is made of another record.
    let changes_it = record::kind_def(record.kind).changes.iter().any(|c| c.kind == writes.act);
    let inputs = if changes_it {
        match (def.precheck)(&records, &Actor { own_desk: workspace.meta.desk, person, now }, record) {
            Ok(inputs) => inputs,
            Err(ApplyError::Store(error)) => return Err(error.into()),
            Err(error) => return Ok(Some(error.into())),
        }
    } else if writes.act == retention::TRANSFER {
        // It moves the review that says so: another person than its own does.
        match review_of(workspace, record) {
            Ok(review) => GateInputs { first: retention::signed_by(&review), ..GateInputs::default() },
            Err(error) if error.kind == ErrorKind::Refused => return Ok(Some(error)),
            Err(error) => return Err(error),
        }
    } else {
        GateInputs::default()
    };
    if let Needs::Step(step) = writes.needs
        && let Err(error) = request::may_step(record, step, now)
    {
        return Ok(Some(error.into()));
    }
    if let Needs::Step(step) = writes.needs
        && let Some(error) = law_refusal(workspace, step, record)?
    {
        return Ok(Some(error));
    }
    let verdict = match writes.act {
        review::DECIDE => from_records::decide_facts(&records, now, person, record, &undecided())?.judge(),
        purge::PURGE => purge_verdict(workspace, record)?,
        act => from_records::act_facts(&records, &workspace.meta.realm, now, act, person, &inputs)?.judge(),
    };
    Ok((!verdict.allowed()).then(|| Error::refused(verdict, None)))
}

/// Whether a bundle can go by way of a partner, or to it by way of another: there must be two that take bundles.
fn others_carry(workspace: &Workspace, record: &Record) -> Result<bool, Error> {
    let is_met = |p: &Record| p.is(partner::State::Pinned) || p.is(partner::State::Suspended);
    let takes = |p: &Record| p.id != record.id && is_met(p) && !partner::is_without_card(p);
    Ok(workspace.partners()?.iter().any(takes))
}

/// Why an item is no product of a task force: its case belongs to none, and there is none that could be named.
fn taskforce_refusal(workspace: &Workspace, record: &Record) -> Result<Option<Error>, Error> {
    let records = workspace.records();
    let of_case = record.case.map(|id| records.get(id)).transpose()?.flatten().as_ref().and_then(case::taskforce_of);
    if of_case.is_some() || !records.find(&Query { limit: Some(1), ..Query::kind(Kind::Taskforce) })?.is_empty() {
        return Ok(None);
    }
    Ok(Some(Error::not_allowed("there is no task force").hint("found one with `taskforce new`")))
}

/// Why the law of a request's kind does not know a step, whatever is said with it.
fn law_refusal(workspace: &Workspace, step: Step, record: &Record) -> Result<Option<Error>, Error> {
    let law = workspace.law()?;
    let Some(kind) = record.text("kind").and_then(|id| law.request(id)) else { return Ok(None) };
    Ok(match step {
        Step::Answer(Answer::Postpone) if kind.never_postponed => Some(Error::new(
            ErrorKind::Refused,
            format!("{}: preservation is never postponed; what is lost meanwhile cannot be had back", kind.article),
            "carry it out with `request accept`, or use `request refuse` on a ground of its article",
        )),
        Step::FollowUp(FollowUp::Inform) if !kind.two_steps => {
            Some(Error::not_allowed(format!("{} gives no information of its own accord: it asks for some", kind.id)))
        }
        Step::Answer(_) | Step::FollowUp(_) => None,
    })
}

/// Returns the gate's verdict on erasing a record with a reason. For a case the gate is asked about everything in it that was
/// ever held; the other records of a case are erased with it and have no rule of their own.
fn purge_verdict(workspace: &Workspace, record: &Record) -> Result<Verdict, Error> {
    let (records, now, person) = (workspace.records(), workspace.now(), workspace.person());
    let ask = |record: &Record| -> Result<Verdict, Error> {
        Ok(from_records::purge_facts(&records, now, person, record, true)?.judge())
    };
    let whole = ask(record)?;
    if record.kind != Kind::Case || !whole.allowed() {
        return Ok(whole);
    }
    for hold in records.find(&Query { case: Some(record.id), ..Query::kind(Kind::Hold) })? {
        let held = hold.subject.map(|id| records.get(id)).transpose()?.flatten();
        if let Some(held) = held.filter(|r| !r.is_purged()) {
            let verdict = ask(&held)?;
            if !verdict.allowed() {
                return Ok(verdict);
            }
        }
    }
    Ok(whole)
}

/// A decision of which nothing is refused for what it says: so only who decides is judged.
fn undecided() -> Decision {
    Decision {
        outcome: Decided::Defer,
        conditions: Vec::new(),
        expires: None,
        conflict: false,
        reasoned: true,
        asked: Json::Null,
    }
}

/// Why a record is in no state in which a command can be done to it.
fn state_refusal(command: &Command, record: &Record) -> Option<Error> {
    let writes = command.writes.as_ref()?;
    let states = match writes.needs {
        Needs::Nothing => return None,
        Needs::Exhibit | Needs::NotPurged if record.is_purged() => {
            return Some(Error::not_allowed("its content was erased"));
        }
        Needs::Exhibit if !item::is_exhibit(record) => {
            return Some(
                Error::not_allowed("the item has no file").hint("only what was added with `item add --file` has one"),
            );
        }
        Needs::Exhibit | Needs::NotPurged => return None,
        Needs::OneOf(states) => states,
        Needs::Step(step) => step.from(),
        Needs::ActsState => match record::change(writes.act.name())?.moves {
            Moves::From(states) => states,
            Moves::Makes | Moves::Shared | Moves::AnyState => return None,
        },
    };
    let of_its_kind = states.iter().any(|s| s.kind() == record.kind);
    if !of_its_kind || states.contains(&record.state) {
        return None;
    }
    Some(wrong_state(record.kind, Some(record.state), states).into())
}

/// The records that a command is done to, as its arguments name them. Names that are none are left to the command.
pub fn targets(workspace: &Workspace, command: &Command, args: &Args) -> Result<Vec<Record>, Error> {
    let mut all = Vec::new();
    for arg in command.target_args() {
        for typed in args.all(arg.name) {
            let found = match arg.kind {
                ArgKind::Record(kinds) => workspace.find_record(typed, kinds),
                ArgKind::Partner => workspace.partner(typed),
                _ => continue,
            };
            all.extend(found.ok());
        }
    }
    Ok(all)
}

/// Refuses a command that cannot be done to what its arguments name.
///
/// # Errors
///
/// What [`why_not`] says of the first of them that it cannot be done to.
pub fn check(workspace: &Workspace, command: &Command, args: &Args) -> Result<(), Error> {
    for record in targets(workspace, command, args)? {
        if let Some(error) = why_not(workspace, command, &record)? {
            return Err(error);
        }
    }
    Ok(())
}

/// The commands that a key means for a record.
#[derive(Debug)]
pub struct ByKey {
    /// Those that can be done now.
    pub can: Vec<&'static Command>,
    /// The others, and why not.
    pub cannot: Vec<(&'static Command, Error)>,
}

/// Returns the commands that a key means for a record, and which of them can be done now.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn by_key(workspace: &Workspace, record: &Record, key: Key) -> Result<ByKey, Error> {
    let (mut can, mut cannot) = (Vec::new(), Vec::new());
    for command in with_key(record.kind, key) {
        match why_not(workspace, command, record)? {
            None => can.push(command),
            Some(error) => cannot.push((command, error)),
        }
    }
    Ok(ByKey { can, cannot })
}

fn with_key(kind: Kind, key: Key) -> impl Iterator<Item = &'static Command> {
    super::commands().filter(move |c| c.target_arg(kind).is_some() && c.keys().contains(&key))
}
