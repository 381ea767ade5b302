//! Cases: opened at one desk; a partner knows of a case what was shared of it.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    must_be, need, no_gate_inputs, only_own_desk, put_new, token,
};
use super::disclosure;
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where a case stands.
    Case {
        /// It is being worked on.
        Open = "open" "open" Neutral,
        /// Nothing is added any more.
        Closed = "closed" "closed" Over,
        /// It is only kept: nobody works in it, and lists leave it out.
        Archived = "archived" "archived" Over,
        /// Its content was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// `case`: open → closed → archived; purged.
pub const KIND: KindDef = KindDef {
    kind: Kind::Case,
    prefix: "C",
    title: "Case",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from },
    can_be_held: true,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["title"], terms: &["purpose"] },
    changes: &[
        ChangeDef::first(NEW, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, open),
        ChangeDef::first(CLOSE, AudienceRule::OwnDesk, Moves::From(&[State::Open.any()]), None, no_gate_inputs, close),
        ChangeDef::first(
            ARCHIVE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Closed.any()]),
            None,
            no_gate_inputs,
            archive,
        ),
        ChangeDef::following(SHARE, &disclosure::LEAVES, Moves::Makes, share).copying(),
        ChangeDef::following(UNSHARE, &[disclosure::WRITTEN], Moves::AnyState, unshare),
    ],
};

/// The desk that a case came from, where it is another.
fn came_from(record: &Record, home: Id) -> Option<Id> {
    Some(record.desk).filter(|desk| *desk != home)
}

/// The kind of change `case-new`.
pub const NEW: ChangeKind = ChangeKind::new("case-new");
/// The kind of change `case-close`.
pub const CLOSE: ChangeKind = ChangeKind::new("case-close");
/// The kind of change `case-archive`.
pub const ARCHIVE: ChangeKind = ChangeKind::new("case-archive");
/// The kind of change `case-share`.
pub const SHARE: ChangeKind = ChangeKind::new("case-share");
/// The kind of change `case-unshare`.
pub const UNSHARE: ChangeKind = ChangeKind::new("case-unshare");

/// The member of a case's terms that names the task force that it belongs to.
const TASKFORCE: &str = "taskforce";

/// The terms of a case: what it is for, and the task force that it belongs to.
fn terms(purpose: &str, taskforce: Option<Id>) -> Json {
    let mut terms = object! { "purpose" => purpose };
    if let Some(taskforce) = taskforce {
        terms.set(TASKFORCE, taskforce.to_string());
    }
    terms
}

/// Reads the terms of a case.
fn read(view: &ChangeView<'_>) -> Result<(String, Option<Id>), ApplyError> {
    let mut m = view.members()?;
    let purpose = m.read("purpose", token)?;
    let taskforce = m.maybe(TASKFORCE).map(|id| id.text().and_then(Id::parse));
    m.finish()?;
    match taskforce {
        Some(None) => Err(ApplyError::Malformed("`taskforce` is not an id".into())),
        of => Ok((purpose, of.flatten())),
    }
}

/// The task force that a case belongs to.
pub fn taskforce_of(record: &Record) -> Option<Id> {
    record.id(TASKFORCE)
}

/// Opens a case of no task force.
pub fn new(id: Id, purpose: &str, title: &str, salt: Salt) -> Change {
    new_of(id, purpose, None, title, salt)
}

/// Opens a case, of a task force or of none.
pub fn new_of(id: Id, purpose: &str, taskforce: Option<Id>, title: &str, salt: Salt) -> Change {
    Change::with_content(id, NEW, &terms(purpose, taskforce), &object! { "title" => title }, salt)
}

/// Closes a case.
pub fn closed(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, CLOSE, &object! {}, &object! { "because" => because }, salt)
}

/// Archives a case that is closed.
pub fn archived(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, ARCHIVE, &object! {}, &object! { "because" => because }, salt)
}

/// Tells a partner of the case that a disclosure belongs to: its purpose, its title, and its task force where the partner is in it.
pub fn shared(id: Id, purpose: &str, taskforce: Option<Id>, title: &str, salt: Salt) -> Change {
    Change::with_content(id, SHARE, &terms(purpose, taskforce), &object! { "title" => title }, salt)
}

/// Notes that a partner was not told of a case after all: what would have told it went as a file.
pub fn unshared(id: Id, to: Id) -> Change {
    Change::of_terms(id, UNSHARE, &object! { "to" => to.to_string() })
}

fn open(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let (purpose, taskforce) = read(view)?;
    if let Some(id) = taskforce {
        let of = need(records, id, Kind::Taskforce)?;
        must_be(&of, &[super::taskforce::State::Proposed, super::taskforce::State::InForce])?;
    }
    let mut record = Record::new(view.record, State::Open, act.own_desk);
    record.case = Some(view.record);
    let mut terms = terms(&purpose, taskforce);
    terms.set("opened", act.now().to_string());
    terms.set("lead", act.member().to_string());
    record.terms = terms.into();
    record.body = view.body();
    put_new(records, &record)
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Case)?;
    record.set_state(State::Closed);
    Ok(records.put(&record)?)
}

fn archive(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Case)?;
    record.set_state(State::Archived);
    Ok(records.put(&record)?)
}

fn unshare(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let to = m.read("to", Id::parse)?;
    m.finish()?;
    let mut record = need(records, view.record, Kind::Case)?;
    record.shared.retain(|holder| holder.partner != to);
    Ok(records.put(&record)?)
}

fn share(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let (purpose, taskforce) = read(view)?;
    let known = records.get(view.record)?;
    if act.is_own() {
        let mut record = known
            .filter(|r| r.kind == Kind::Case)
            .ok_or_else(|| ApplyError::NotAllowed("there is no such case".into()))?;
        for partner in act.recipients() {
            record.share(partner, super::disclosure::delete_by(act));
        }
        return Ok(records.put(&record)?);
    }
    match known {
        // A partner changes neither a case of this desk nor one that it has told of before.
        Some(known) if known.kind == Kind::Case && [act.own_desk, act.desk()].contains(&known.desk) => Ok(()),
        _ => {
            let mut record = Record::new(view.record, State::Open, act.desk());
            record.case = Some(view.record);
            record.partner = Some(act.desk());
            // What is not known here, or is not that desk's, is no task force that decides anything.
            let of = taskforce
                .filter(|id| super::taskforce::is_of(&*records, *id, act.desk()).is_ok_and(|is| is == Some(true)));
            let mut terms = terms(&purpose, of);
            terms.set("opened", act.now().to_string());
            record.terms = terms.into();
            record.body = view.body();
            put_new(records, &record)
        }
    }
}
