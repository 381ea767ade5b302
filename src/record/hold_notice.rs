//! Notices of holds between desks: what a desk holds, the desks that have a copy of it, or gave it, are told of, and answer whether it is
//! kept there too. A notice is no hold: it extends nobody's term. Where a copy is kept beyond its term, its own desk has said so.

use std::collections::BTreeSet;

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, must_be, need, put_new,
};
use super::hold::Reason;
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::Change;
use crate::object;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

words! {
    /// What a desk answers.
    Answer {
        /// It is kept there as long as the other desk holds it.
        Keep = "keep",
        /// Its own term goes on.
        Decline = "decline",
    }
}

states! {
    /// Where a notice of a hold stands.
    HoldNotice {
        /// A desk was told of it, and has not answered.
        Told = "told" "told" Waiting,
        /// A desk tells of it, and waits for an answer.
        Asked = "asked" "asked" Waiting,
        /// It is kept beyond its term.
        Kept = "kept" "kept" Good,
        /// Its term goes on.
        Declined = "declined" "declined" Neutral,
        /// The hold was lifted.
        Ended = "ended" "ended" Over,
    }
}

/// `hold-notice`: told, and asked at the other desk → kept or declined → ended.
pub const KIND: KindDef = KindDef {
    kind: Kind::HoldNotice,
    prefix: "HN",
    title: "Notice of a hold",
    states: STATES,
    content: Content::None,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["reason"] },
    changes: &[
        ChangeDef::first(TELL, AudienceRule::Addressed, Moves::Makes, None, ask, make_notice).or_following(&[TELL]),
        ChangeDef::first(ANSWER, AudienceRule::Addressed, Moves::AnyState, None, ask, answer),
        ChangeDef::first(END, AudienceRule::Addressed, Moves::AnyState, None, ask, end).or_following(&[END]),
    ],
};

/// Tells a desk of a hold.
pub const TELL: ChangeKind = ChangeKind::new("hold-tell");
/// Answers a notice.
pub const ANSWER: ChangeKind = ChangeKind::new("hold-answer");
/// Tells a desk that a hold was lifted.
pub const END: ChangeKind = ChangeKind::new("hold-end");

/// The id of the notice of a hold on an item to a desk: it follows from the three, so that nobody is told twice.
pub fn id_of(hold: Id, item: Id, to: Id) -> Id {
    let named = [b"comity/hold-notice/1\0".as_slice(), hold.as_bytes(), item.as_bytes(), to.as_bytes()].concat();
    Id::from_digest(&Digest::of(&named))
}

/// Tells a desk that an item is held; `on` is the item as that desk knows it.
pub fn told(id: Id, to: Id, (hold, on): (Id, Id), reason: Reason) -> Change {
    let terms =
        object! { "to" => to.to_string(), "hold" => hold.to_string(), "on" => on.to_string(), "reason" => reason };
    Change::of_terms(id, TELL, &terms)
}

/// Answers a notice.
pub fn answered(id: Id, to: Id, answer: Answer) -> Change {
    Change::of_terms(id, ANSWER, &object! { "to" => to.to_string(), "answer" => answer })
}

/// Tells a desk that the hold of a notice was lifted.
pub fn ended(id: Id, to: Id) -> Change {
    Change::of_terms(id, END, &object! { "to" => to.to_string() })
}

fn ask(_: &dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let to = view.terms.get("to").and_then(Json::text).and_then(Id::parse);
    Ok(GateInputs { partner: if act.is_own() { to } else { None }, ..GateInputs::default() })
}

/// Refuses what names another desk than it is addressed to.
fn addressed(act: &ActContext<'_>, to: Id) -> Result<(), ApplyError> {
    if act.recipients() == [to] {
        return Ok(());
    }
    Err(ApplyError::Authority("a notice of a hold names another desk than it is addressed to".into()))
}

/// Whether an item came from a desk: then it is a copy here, whose term that desk has set.
fn is_copy_of(act: &ActContext<'_>, record: &Record, desk: Id) -> bool {
    (act.kinds)(record.kind).came_from(record, act.own_desk) == Some(desk)
}

fn make_notice(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let (to, hold, on) = (m.read("to", Id::parse)?, m.read("hold", Id::parse)?, m.read("on", Id::parse)?);
    m.read("reason", Reason::parse)?;
    m.finish()?;
    addressed(act, to)?;
    let other = if act.is_own() { to } else { act.desk() };
    // A desk speaks of what it gave and of what it was given, and of nothing else.
    let concerns = |record: &Record| {
        record.kind == Kind::Item
            && (is_copy_of(act, record, other) || record.shared.iter().any(|holder| holder.partner == other))
    };
    let about = records.named(on)?.into_iter().find(concerns);
    if act.is_own() {
        let stands = need(records, hold, Kind::Hold)?;
        must_be(&stands, &[super::hold::State::Standing])?;
        if about.is_none() {
            return Err(ApplyError::NotAllowed("that desk neither gave it nor has a copy of it".into()));
        }
    }
    let state = if act.is_own() { State::Told } else { State::Asked };
    let mut record = Record::new(view.record, state, act.desk());
    record.partner = Some(other);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    if let Some(about) = about {
        record.subject = Some(about.id);
        record.case = about.case;
        record.set(COPY, is_copy_of(act, &about, other));
    }
    put_new(records, &record)
}

/// The member that says that the item is a copy here, which the other desk gave.
const COPY: &str = "copy";

/// A notice that this act may move: one that the other desk is a party to. What a partner answers that is not there is passed over.
fn between(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<Option<Record>, ApplyError> {
    let to = view.terms.get("to").and_then(Json::text).and_then(Id::parse);
    let to = to.ok_or_else(|| ApplyError::Malformed("`to` is not an id".into()))?;
    addressed(act, to)?;
    if act.is_own() {
        let record = need(records, view.record, Kind::HoldNotice)?;
        let is_theirs = record.partner == Some(to);
        let why = || ApplyError::NotAllowed("the notice is one between other desks".into());
        return if is_theirs { Ok(Some(record)) } else { Err(why()) };
    }
    let record = records.get(view.record)?;
    Ok(record.filter(|r| r.kind == Kind::HoldNotice && r.partner == Some(act.desk())))
}

fn answer(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let found = between(records, act, view)?;
    let mut m = view.members()?;
    m.read("to", Id::parse)?;
    let answer = m.read("answer", Answer::parse)?;
    m.finish()?;
    let Some(mut record) = found else { return Ok(()) };
    if act.is_own() {
        must_be(&record, &[State::Asked])?;
    } else if !record.is(State::Told) {
        // It was ended meanwhile: the answer is to what is no more.
        return Ok(());
    }
    record.set_state(match answer {
        Answer::Keep => State::Kept,
        Answer::Decline => State::Declined,
    });
    record.set("answered", act.now().to_string());
    Ok(records.put(&record)?)
}

fn end(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let found = between(records, act, view)?;
    let mut m = view.members()?;
    m.read("to", Id::parse)?;
    m.finish()?;
    let Some(mut record) = found else { return Ok(()) };
    // Only who told of a hold says that it is lifted.
    if record.desk != act.desk() {
        return Err(ApplyError::Authority("a hold is ended by the desk that told of it".into()));
    }
    record.set_state(State::Ended);
    Ok(records.put(&record)?)
}

/// Whether the item is a copy here, which the other desk gave: its term is that desk's, and it is kept by this one.
pub fn is_of_copy(record: &Record) -> bool {
    record.terms.get(COPY) == Some(&Json::Bool(true))
}

/// The notices of a hold that were not ended.
pub fn of_hold(records: &dyn RecordStore, hold: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query::kind(Kind::HoldNotice))?;
    all.retain(|notice| notice.id("hold") == Some(hold) && !notice.is(State::Ended));
    Ok(all)
}

/// The copies here whose sender holds them, and asks that they are kept: nobody has answered, so their term goes on and nothing erases
/// them by its timer. Where it has passed, they are restricted, over term.
pub fn unanswered(records: &dyn RecordStore) -> Result<BTreeSet<Id>, ApplyError> {
    let asked = records.find(&Query::state(State::Asked))?;
    Ok(asked.iter().filter(|notice| is_of_copy(notice)).filter_map(|notice| notice.subject).collect())
}

/// Whether a copy's sender holds it, and nobody has answered.
pub fn is_unanswered(records: &dyn RecordStore, item: &Record) -> Result<bool, ApplyError> {
    let notices = records.find(&Query { subject: Some(item.id), ..Query::kind(Kind::HoldNotice) })?;
    Ok(notices.iter().any(|notice| notice.is(State::Asked) && is_of_copy(notice)))
}

/// Whether the desk that gave an item has consented that it is held here beyond its term.
pub fn has_consented(records: &dyn RecordStore, item: &Record) -> Result<bool, ApplyError> {
    let notices = records.find(&Query { subject: Some(item.id), ..Query::kind(Kind::HoldNotice) })?;
    Ok(notices.iter().any(|n| n.is(State::Kept) && is_of_copy(n) && n.partner == item.partner))
}

/// Whether a copy is restricted since its sender's hold was not answered, and its term has passed.
pub fn is_over_term(unanswered: &BTreeSet<Id>, item: &Record, now: Timestamp) -> bool {
    item.due.is_some_and(|due| due <= now) && unanswered.contains(&item.id)
}
