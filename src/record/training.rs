//! Training: which course a member has taken, and until when that counts. They say it themselves, and sign it.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a training record stands.
    Training {
        /// The course was taken.
        Taken = "taken" "taken" Good,
    }
}

/// `training`: taken.
pub const KIND: KindDef = KindDef {
    kind: Kind::Training,
    prefix: "TN",
    title: "Training",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["course"], terms: &[] },
    changes: &[ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, add)],
};

/// Records that a course was taken.
pub const ADD: ChangeKind = ChangeKind::new("training-add");

/// Records that the member who signs has taken a course.
pub fn taken(id: Id, course: &str, on: Timestamp, until: Option<Timestamp>, salt: Salt) -> Change {
    let mut terms = object! { "on" => on.to_string() };
    if let Some(until) = until {
        terms.set("until", until.to_string());
    }
    Change::with_content(id, ADD, &terms, &object! { "course" => course }, salt)
}

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let on = m.read("on", Timestamp::parse)?;
    let until = m.maybe("until").map(|t| t.text().and_then(Timestamp::parse));
    m.finish()?;
    if on > act.now() {
        return Err(ApplyError::NotAllowed("a course is recorded once it was taken".into()));
    }
    if until == Some(None) || until.flatten().is_some_and(|until| until <= on) {
        return Err(ApplyError::NotAllowed("what was learned counts until a later day".into()));
    }
    let mut record = Record::new(view.record, State::Taken, act.own_desk);
    record.key = Some(act.member().to_string());
    record.due = until.flatten();
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}
