//! Training of members: which course, when, until when it counts.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, need,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// A training that was taken.
    Training {
        /// It was taken, and counts until its day.
        Taken = "taken" "taken" Good,
    }
}

/// `training`: taken.
pub const KIND: KindDef = KindDef {
    kind: Kind::Training,
    prefix: "TR",
    title: "Training",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Renewal,
    line: Line { content: &["course"], terms: &[] },
    changes: &[ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, add)],
};

/// The kind of change `training-add`.
pub const ADD: ChangeKind = ChangeKind::new("training-add");

/// Records that a member took a course.
pub fn new(id: Id, member: Id, on: Timestamp, until: Timestamp, course: &str, salt: Salt) -> Change {
    let terms = object! { "of" => member.to_string(), "on" => on.to_string(), "until" => until.to_string() };
    Change::with_content(id, ADD, &terms, &object! { "course" => course }, salt)
}

/// Every training, of one member or of all.
pub fn all(records: &dyn RecordStore, member: Option<Id>) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: member, ..Query::kind(Kind::Training) })?)
}

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let of = m.read("of", Id::parse)?;
    let (on, until) = (m.read("on", Timestamp::parse)?, m.read("until", Timestamp::parse)?);
    m.finish()?;
    let member = need(records, of, Kind::Member)?;
    if member.desk != act.own_desk {
        return Err(ApplyError::Authority("it is a partner's member: the partner records their training".into()));
    }
    if until <= on {
        return Err(ApplyError::NotAllowed("a training counts longer than the day on which it is taken".into()));
    }
    let mut record = Record::new(view.record, State::Taken, act.own_desk);
    record.subject = Some(of);
    record.due = Some(until);
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}
