//! Replies to injects: what a desk that plays says it did, and what its own log says of how fast. It goes back to control alone.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    must_be, need, put_new, text_to_partner_gate_inputs, token,
};
use super::exercise;
use super::inject;
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a reply stands.
    Reply {
        /// It was given.
        Given = "given" "given" Good,
    }
}

/// `reply`: given.
pub const KIND: KindDef = KindDef {
    kind: Kind::Reply,
    prefix: "IR",
    title: "Reply to an inject",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["text"], terms: &[] },
    changes: &[ChangeDef::first(
        RESPOND,
        AudienceRule::OwnDeskOrAddressed,
        Moves::Makes,
        None,
        text_to_partner_gate_inputs,
        respond,
    )],
};

/// Replies to an inject.
pub const RESPOND: ChangeKind = ChangeKind::new("exercise-respond");

/// What a desk's own log says of its answer: its first act after the inject came, and how often the gate refused meanwhile.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Measured {
    /// The kind of the first act, and when it was made.
    pub first: Option<(String, Timestamp)>,
    /// How many refusals were counted since.
    pub refusals: i64,
}

/// The most refusals that are told of.
const MOST_REFUSALS: i64 = 10_000;

/// A reply to an inject.
pub fn given(id: Id, inject: Id, text: &str, measured: &Measured, salt: Salt) -> Change {
    let mut terms = object! {
        "inject" => inject.to_string(), "said" => !crate::value::text::is_blank(text), "refusals" => measured.refusals,
    };
    if let Some((kind, at)) = &measured.first {
        terms.set("first", kind.as_str());
        terms.set("first_at", at.to_string());
    }
    Change::with_content(id, RESPOND, &terms, &object! { "text" => text }, salt)
}

/// The replies to an inject, in the order in which they were given.
pub fn to_inject(records: &dyn RecordStore, inject: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query { subject: Some(inject), ..Query::kind(Kind::Reply) })?;
    all.sort_by_key(|r| r.instant("at"));
    Ok(all)
}

/// What the log of the desk that replied says of it.
pub fn measured_of(record: &Record) -> Measured {
    let first = record.text("first").map(str::to_owned).zip(record.instant("first_at"));
    Measured { first, refusals: record.terms.get("refusals").and_then(Json::int).unwrap_or_default() }
}

/// Refuses a reply where what the exercise held was erased: nothing is said of it any more.
fn not_erased(records: &dyn RecordStore, inject: &Record) -> Result<(), ApplyError> {
    let of = inject::exercise_of(inject).map(|id| records.get(id)).transpose()?.flatten();
    match of.is_some_and(|of| of.is_purged()) {
        true => Err(ApplyError::NotAllowed("the exercise is over, and what was said in it is erased".into())),
        false => Ok(()),
    }
}

fn respond(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    exercise::must_be_play(act)?;
    let mut m = view.members()?;
    let of = m.read("inject", Id::parse)?;
    m.need("said")?;
    let refusals = m.count("refusals")?;
    let first = m.maybe("first").map(|kind| kind.text().and_then(token).is_some());
    let first_at = m.maybe("first_at").map(|at| at.text().and_then(Timestamp::parse).is_some());
    m.finish()?;
    if first != first_at || first == Some(false) || refusals > MOST_REFUSALS as u64 {
        return Err(ApplyError::Malformed("what a reply says of its desk's log is not well formed".into()));
    }
    let inject = need(records, of, Kind::Inject)?;
    // A desk replies to what was delivered to it: control's record says to whom that was.
    let here = act.is_own() && inject.desk != act.own_desk;
    let to_control = !act.is_own() && inject.desk == act.own_desk && inject::desks_of(&inject).contains(&act.desk());
    let by_hand = act.is_own() && inject.desk == act.own_desk;
    if !here && !to_control && !by_hand {
        return Err(ApplyError::Authority("a desk replies to injects that were delivered to it".into()));
    }
    must_be(&inject, &[inject::State::Delivered, inject::State::Answered])?;
    if act.is_own() {
        not_erased(records, &inject)?;
    }
    let mut record = Record::new(view.record, State::Given, act.desk());
    record.partner = if act.is_own() { here.then_some(inject.desk) } else { Some(act.desk()) };
    record.subject = Some(inject.id);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.set("by", act.member().to_string());
    record.body = view.body();
    put_new(records, &record)?;
    inject::replied(records, inject.id, act.desk())
}
