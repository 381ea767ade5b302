//! Delete orders: a partner is told to delete what it was given.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, put_new,
};
use super::item;
use super::kind::{ChangeKind, Kind, states};
use super::store::{DutyState, Record, RecordStore};
use crate::act::change::Change;
use crate::law::retention::{LONGEST_REVIEW, Silence};
use crate::object;
use crate::value::class::{DeleteCause, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::timestamp::{Duration, Timestamp};

states! {
    /// Where a delete order stands.
    Order {
        /// It was given to a partner.
        Given = "given" "given" Neutral,
        /// A partner gave it.
        Received = "received" "received" Waiting,
        /// This desk has answered one: it cannot, or in part.
        Answered = "answered" "answered" Waiting,
        /// A partner has answered one.
        Told = "told" "told" Stopped,
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
        ChangeDef::first(ANSWER, AudienceRule::Addressed, Moves::Makes, None, ask, answer),
        ChangeDef::following(ANSWERED, &[ANSWER], Moves::AnyState, answered),
    ],
};

/// The kind of change `delete-order`.
pub const ORDER: ChangeKind = ChangeKind::new("delete-order");
/// The kind of change `delete-ordered`.
pub const ORDERED: ChangeKind = ChangeKind::new("delete-ordered");

/// The kind of change `delete-answer`: what was ordered cannot be deleted, or only in part.
pub const ANSWER: ChangeKind = ChangeKind::new("delete-answer");
/// One record that an answer is of.
pub const ANSWERED: ChangeKind = ChangeKind::new("delete-answered");

words! {
    /// Why something that a partner ordered away is not deleted.
    Basis {
        /// The own law keeps it longer.
        OwnLaw = "own-law",
        /// It is evidence in a trial.
        Trial = "evidence-in-trial",
        /// A hold stands on it.
        Hold = "hold",
    }
}

words! {
    /// How much of it is not deleted.
    Extent {
        /// None of it is.
        Cannot = "cannot",
        /// A part of it is.
        Partly = "partly",
    }
}

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

/// Answers a partner that something is not deleted, on which ground, and when that is looked at again.
pub fn answering(id: Id, to: Id, extent: Extent, basis: Basis, review: Timestamp) -> Change {
    let terms = object! {
        "to" => to.to_string(), "extent" => extent, "basis" => basis, "review" => review.to_string(),
    };
    Change::of_terms(id, ANSWER, &terms)
}

/// One record that is not deleted.
pub fn answered_of(record: Id) -> Change {
    Change::of_terms(record, ANSWERED, &object! {})
}

/// What an answer says.
struct Answer {
    extent: Extent,
    review: Timestamp,
}

fn read_answer(terms: &Json, act: &ActContext<'_>) -> Result<Answer, ApplyError> {
    let mut m = Members::of(terms)?;
    let to = m.read("to", Id::parse)?;
    let extent = m.read("extent", Extent::parse)?;
    m.read("basis", Basis::parse)?;
    let review = m.read("review", Timestamp::parse)?;
    m.finish()?;
    if act.recipients() != [to] {
        return Err(ApplyError::Authority("an answer names another desk than it is addressed to".into()));
    }
    let latest = act.now().plus(Duration::days(LONGEST_REVIEW));
    if review <= act.now() || review > latest {
        return Err(ApplyError::NotAllowed("what is not deleted is looked at again in three years at most".into()));
    }
    Ok(Answer { extent, review })
}

fn answer(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    read_answer(view.terms, act)?;
    let state = if act.is_own() { State::Answered } else { State::Told };
    let mut record = Record::new(view.record, state, act.desk());
    let to = view.terms.get("to").and_then(Json::text).and_then(Id::parse);
    record.partner = if act.is_own() { to } else { Some(act.desk()) };
    record.terms = view.terms.clone().into();
    put_new(records, &record)
}

fn answered(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    let Answer { extent, review } = read_answer(act.first, act)?;
    let Some(mut record) = records.get(view.record)? else { return Ok(()) };
    if act.is_own() {
        // Only what the partner has given and ordered away is answered for, and it is restricted from now on.
        let is_ordered = record.partner.is_some_and(|p| act.recipients() == [p]) && record.text("ordered").is_some();
        if !is_ordered || record.is_purged() {
            return Err(ApplyError::NotAllowed("only what that partner has ordered away is answered for".into()));
        }
        record.due = Some(review);
        record.set("answered", extent);
        record.set("restricted", true);
        record.set(item::SILENCE, Silence::Restrict);
        return Ok(records.put(&record)?);
    }
    // A partner speaks of its own copies alone.
    let Some(holder) = record.shared.iter_mut().find(|h| h.partner == act.desk()) else { return Ok(()) };
    if holder.duty == DutyState::Met {
        return Ok(());
    }
    holder.duty = match extent {
        Extent::Cannot => DutyState::Cannot,
        Extent::Partly => DutyState::Partly,
    };
    holder.delete_by = Some(review);
    Ok(records.put(&record)?)
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
