//! Declared restores: a workspace was set back, one member declares it, another confirms it, and its log goes on as a new
//! replica. The first act of that names where the old log ends here, and how far whoever declares had seen it. What was erased
//! since is erased again. Partners hear both acts: what they had seen beyond is no lie, but lost.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use super::{member, purge};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, MemberError, Members};
use crate::value::person::Person;

states! {
    /// Where a declared restore stands.
    Restore {
        /// One member declares it; another has not confirmed it.
        Declared = "declared" "declared" Waiting,
        /// Two members declare it: the log goes on.
        Confirmed = "confirmed" "confirmed" Good,
    }
}

/// `restore`: declared → confirmed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Restore,
    prefix: "RP",
    title: "Declared restore",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &["because"], terms: &[] },
    changes: &[
        ChangeDef::first(DECLARE, AudienceRule::Partners, Moves::Makes, None, no_gate_inputs, declare),
        ChangeDef::first(REAPPLY, AudienceRule::OwnDesk, Moves::AnyState, None, no_gate_inputs, reapply),
        ChangeDef::following(ERASE_AGAIN, &[REAPPLY], Moves::AnyState, erase_again),
        ChangeDef::first(
            CONFIRM,
            AudienceRule::Partners,
            Moves::From(&[State::Declared.any()]),
            None,
            confirm_gate_inputs,
            confirm,
        )
        .with_precheck(precheck_confirming),
    ],
};

/// The first change of the log of a new replica.
pub const DECLARE: ChangeKind = ChangeKind::new("backup-declare");
/// Begins an act that erases again what a member knows to be erased.
pub const REAPPLY: ChangeKind = ChangeKind::new("backup-reapply");
/// One record that is erased again.
pub const ERASE_AGAIN: ChangeKind = ChangeKind::new("backup-erase");
/// Another member confirms.
pub const CONFIRM: ChangeKind = ChangeKind::new("backup-confirm");

/// The end of the log of one replica.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogEnd {
    /// The replica.
    pub replica: Id,
    /// How many acts it has.
    pub size: u64,
    /// Its root at that size.
    pub root: Digest,
}

impl LogEnd {
    fn to_json(self) -> Json {
        object! {
            "replica" => self.replica.to_string(), "size" => self.size as i64, "root" => self.root.to_string(),
        }
    }

    fn read(json: &Json) -> Result<Self, MemberError> {
        let mut m = Members::of(json)?;
        let end = Self {
            replica: m.read("replica", Id::parse)?,
            size: m.count("size")?,
            root: m.read("root", Digest::parse)?,
        };
        m.finish()?;
        Ok(end)
    }
}

/// What a declaration says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Declared {
    /// Where the old log ends in the workspace that was set back.
    pub old: LogEnd,
    /// How far whoever declares had seen it; `None` where they had not.
    pub remembered: Option<LogEnd>,
}

impl Declared {
    /// Reads it from the terms of [`DECLARE`].
    pub fn read(terms: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(terms)?;
        let old = LogEnd::read(m.need("old")?)?;
        let remembered = m.maybe("remembered").map(LogEnd::read).transpose()?;
        m.finish()?;
        Ok(Self { old, remembered })
    }
}

/// Declares a restore. Partners read why.
pub fn declared(id: Id, what: &Declared, because: &str, salt: Salt) -> Change {
    let terms = object! { "old" => what.old.to_json(), "remembered" => what.remembered.map(LogEnd::to_json) };
    Change::with_content(id, DECLARE, &terms, &object! { "because" => because }, salt)
}

/// Begins to erase again what was erased.
pub fn reapplied(restore: Id) -> Change {
    Change::of_terms(restore, REAPPLY, &object! {})
}

/// Erases one record again.
pub fn erased_again(record: Id) -> Change {
    Change::of_terms(record, ERASE_AGAIN, &object! {})
}

/// Confirms a restore.
pub fn confirmed(id: Id) -> Change {
    Change::of_terms(id, CONFIRM, &object! {})
}

/// The newest restore of a desk that two members declare.
pub fn newest_confirmed(records: &dyn RecordStore, desk: Id) -> Result<Option<Record>, ApplyError> {
    Ok(of_desk(records, desk)?.into_iter().rev().find(|record| record.is(State::Confirmed)))
}

/// The declared restores of a desk, in the order in which they came.
pub fn of_desk(records: &dyn RecordStore, desk: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query::kind(Kind::Restore))?;
    all.retain(|record| record.desk == desk);
    Ok(all)
}

/// The restore of a desk that nobody has confirmed yet.
pub fn pending(records: &dyn RecordStore, desk: Id) -> Result<Option<Record>, ApplyError> {
    Ok(of_desk(records, desk)?.into_iter().find(|record| record.is(State::Declared)))
}

/// The member of a restore's record that says that its desk had one member alone.
const ALONE: &str = "alone";

/// Whether a restore was declared at a desk with one member: nobody else could confirm it.
pub fn is_alone(record: &Record) -> bool {
    record.terms.get(ALONE).and_then(Json::truth) == Some(true)
}

/// Where the log before a restore ends.
pub fn old_of(record: &Record) -> Option<LogEnd> {
    record.terms.get("old").and_then(|json| LogEnd::read(json).ok())
}

/// How far whoever declared it had seen the old log.
pub fn remembered_of(record: &Record) -> Option<LogEnd> {
    record.terms.get("remembered").and_then(|json| LogEnd::read(json).ok())
}

/// The replica as which the log goes on.
pub fn replica_of(record: &Record) -> Option<Id> {
    record.id("replica")
}

/// The confirmed restores by which a desk's log has come to be that of a replica, the oldest first.
pub fn leading_to(records: &dyn RecordStore, desk: Id, replica: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = of_desk(records, desk)?;
    all.retain(|record| record.is(State::Confirmed));
    let (mut at, mut way) = (replica, Vec::new());
    // Each restore is used once, so that none that lead to each other are followed for ever.
    while let Some(n) = all.iter().position(|record| replica_of(record) == Some(at)) {
        let restore = all.swap_remove(n);
        let Some(old) = old_of(&restore) else { break };
        at = old.replica;
        way.push(restore);
    }
    way.reverse();
    Ok(way)
}

/// The confirmed restores that lead from one replica of a desk to another, in their order; `None` where none do.
pub fn between(records: &dyn RecordStore, desk: Id, from: Id, to: Id) -> Result<Option<Vec<Record>>, ApplyError> {
    let mut way = leading_to(records, desk, to)?;
    let begins = way.iter().position(|restore| old_of(restore).is_some_and(|old| old.replica == from));
    Ok(begins.map(|n| way.split_off(n)))
}

fn declare(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let declared = Declared::read(view.terms)?;
    if act.header.sequence != 0 || declared.old.replica == act.header.replica || declared.old.size == 0 {
        return Err(ApplyError::Authority("a restore is declared by the first act of a new replica".into()));
    }
    if pending(records, act.desk())?.is_some() {
        return Err(ApplyError::NotAllowed("a restore is declared already, and waits to be confirmed".into()));
    }
    // Of a desk with one member nobody else can confirm it.
    let members = member::all(records, act.desk())?;
    let is_alone = members.iter().filter(|member| member.is(member::State::Active)).count() == 1;
    let state = if is_alone { State::Confirmed } else { State::Declared };
    let mut record = Record::new(view.record, state, act.desk());
    if is_alone {
        record.set(ALONE, true);
    }
    record.partner = (!act.is_own()).then_some(act.desk());
    for (key, value) in view.terms.members().unwrap_or_default() {
        record.set(key, value.clone());
    }
    record.set("replica", act.header.replica.to_string());
    record.set("at", act.now().to_string());
    record.set("by", act.member().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn reapply(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let restore = need(records, view.record, Kind::Restore)?;
    let waits = restore.is(State::Declared) || is_alone(&restore);
    if waits && restore.desk == act.own_desk && replica_of(&restore) == Some(act.header.replica) {
        return Ok(());
    }
    Err(ApplyError::NotAllowed("what was erased is erased again while a restore waits to be confirmed".into()))
}

fn erase_again(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let record = records.get(view.record)?;
    let record = record.ok_or_else(|| ApplyError::NotAllowed("there is no such record to erase again".into()))?;
    purge::erase_record(records, act, record)
}

fn declared_by(record: &Record) -> Option<Person> {
    record.text("by").and_then(Person::parse)
}

fn precheck_confirming(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk != actor.own_desk {
        return Err(ApplyError::Authority("a restore is confirmed at the desk that declared it".into()));
    }
    Ok(GateInputs { first: declared_by(record), ..GateInputs::default() })
}

fn confirm_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    precheck_confirming(records, &act.actor(act.desk()), &need(records, view.record, Kind::Restore)?)
}

fn confirm(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = moved(records, view, Kind::Restore)?;
    view.members()?.finish()?;
    if record.desk != act.desk() || replica_of(&record) != Some(act.header.replica) {
        return Err(ApplyError::Authority("a restore is confirmed in the log that goes on".into()));
    }
    record.set_state(State::Confirmed);
    record.set("confirmed_by", act.member().to_string());
    record.set("confirmed", act.now().to_string());
    Ok(records.put(&record)?)
}
