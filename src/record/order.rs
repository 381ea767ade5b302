//! Delete orders: a partner is told to delete what it was given.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{DutyState, Record, RecordStore};
use crate::act::change::Change;
use crate::object;
use crate::value::class::DeleteCause;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where a delete order stands.
    Order {
        /// It was given to a partner.
        Given = "given" "given" Neutral,
        /// A partner gave it.
        Received = "received" "received" Waiting,
    }
}

/// `order`: given; received at the partner's.
pub const KIND: KindDef = KindDef {
    kind: Kind::Order,
    prefix: "Q",
    title: "Delete order",
    states: STATES,
    content: Content::None,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["cause"] },
    changes: &[
        ChangeDef::first(ORDER, AudienceRule::Addressed, Moves::Makes, None, ask, give),
        ChangeDef::following(ORDERED, &[ORDER], Moves::AnyState, ordered),
    ],
};

/// The kind of change `delete-order`.
pub const ORDER: ChangeKind = ChangeKind::new("delete-order");
/// The kind of change `delete-ordered`.
pub const ORDERED: ChangeKind = ChangeKind::new("delete-ordered");

/// The id of the order that a purge or a recall gives a partner: it follows from both, so asking again makes no second one.
pub fn id_of(because: Id, partner: Id) -> Id {
    Id::from_digest(&Digest::of(&[because.as_bytes().as_slice(), partner.as_bytes()].concat()))
}

/// Whether an order of this desk was given before. A partner may have used its id for something else.
pub fn given(records: &dyn RecordStore, id: Id) -> Result<bool, ApplyError> {
    Ok(records.get(id)?.is_some_and(|record| record.is(State::Given)))
}

/// Orders a partner to delete.
pub fn new(id: Id, to: Id, cause: DeleteCause) -> Change {
    Change::of_terms(id, ORDER, &object! { "to" => to.to_string(), "cause" => cause })
}

/// One record that is to be deleted.
pub fn of_record(record: Id) -> Change {
    Change::of_terms(record, ORDERED, &object! {})
}

fn ask(_: &dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let to = view.terms.get("to").and_then(Json::text).and_then(Id::parse);
    Ok(GateInputs { partner: if act.is_own() { to } else { None }, ..GateInputs::default() })
}

fn give(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let to = m.read("to", Id::parse)?;
    m.read("cause", DeleteCause::parse)?;
    m.finish()?;
    if act.recipients() != [to] {
        return Err(ApplyError::Authority("a delete order names another desk than it is addressed to".into()));
    }
    let mut record = Record::new(view.record, if act.is_own() { State::Given } else { State::Received }, act.desk());
    record.partner = Some(if act.is_own() { to } else { act.desk() });
    record.terms = view.terms.clone().into();
    put_new(records, &record)
}

fn ordered(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    if !act.is_own() {
        return records.named(view.record)?.into_iter().try_for_each(|record| ordered_away(records, act, record));
    }
    if let Some(mut record) = records.get(view.record)? {
        for to in act.recipients() {
            for holder in record.shared.iter_mut().filter(|h| h.partner == to && h.duty == DutyState::Running) {
                holder.duty = DutyState::Outstanding;
            }
        }
        records.put(&record)?;
    }
    Ok(())
}

/// A partner orders away what it gave, or what originates from it, and nothing else that concerns it: a case, an item, a request
/// of its own. A hold here still beats the order.
fn ordered_away(records: &mut dyn RecordStore, act: &ActContext<'_>, mut record: Record) -> Result<(), ApplyError> {
    let def = (act.kinds)(record.kind);
    let gave = def.came_from(&record, act.own_desk) == Some(act.desk());
    let originates = def.tombstone().is_some() && record.desk == act.desk();
    if !(gave || originates) || record.is_purged() {
        return Ok(());
    }
    record.set("ordered", act.now().to_string());
    record.due = Some(act.now());
    Ok(records.put(&record)?)
}
