//! Cases: opened at one desk; a partner knows of a case what was shared of it.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    need, no_gate_inputs, only_own_desk, put_new, token,
};
use super::disclosure;
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;

states! {
    /// Where a case stands.
    Case {
        /// It is being worked on.
        Open = "open" "open" Neutral,
        /// Nothing is added any more.
        Closed = "closed" "closed" Over,
        /// Its content was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// `case`: open → closed; purged.
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
/// The kind of change `case-share`.
pub const SHARE: ChangeKind = ChangeKind::new("case-share");
/// The kind of change `case-unshare`.
pub const UNSHARE: ChangeKind = ChangeKind::new("case-unshare");

/// Opens a case.
pub fn new(id: Id, purpose: &str, title: &str, salt: Salt) -> Change {
    Change::with_content(id, NEW, &object! { "purpose" => purpose }, &object! { "title" => title }, salt)
}

/// Closes a case.
pub fn closed(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, CLOSE, &object! {}, &object! { "because" => because }, salt)
}

/// Tells a partner of the case that a disclosure belongs to: its purpose and its title.
pub fn shared(id: Id, purpose: &str, title: &str, salt: Salt) -> Change {
    Change::with_content(id, SHARE, &object! { "purpose" => purpose }, &object! { "title" => title }, salt)
}

/// Notes that a partner was not told of a case after all: what would have told it went as a file.
pub fn unshared(id: Id, to: Id) -> Change {
    Change::of_terms(id, UNSHARE, &object! { "to" => to.to_string() })
}

fn open(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.read("purpose", token)?;
    m.finish()?;
    let mut record = Record::new(view.record, State::Open, act.own_desk);
    record.case = Some(view.record);
    record.terms = object! { "purpose" => view.terms.get("purpose").cloned(), "opened" => act.now().to_string(), "lead" => act.member().to_string() }.into();
    record.body = view.body();
    put_new(records, &record)
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Case)?;
    record.set_state(State::Closed);
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
    let mut m = view.members()?;
    m.read("purpose", token)?;
    m.finish()?;
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
            record.terms =
                object! { "purpose" => view.terms.get("purpose").cloned(), "opened" => act.now().to_string() }.into();
            record.body = view.body();
            put_new(records, &record)
        }
    }
}
