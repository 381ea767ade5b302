//! What members state of the time where the machine's clock is far ahead of every other sign of it: one states it, another
//! confirms it. It moves no clock.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::Change;
use crate::object;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::timestamp::{Duration, Timestamp};

states! {
    /// Where a statement of the time stands.
    Clock {
        /// One member says that the clock is right.
        Stated = "stated" "stated" Waiting,
        /// Two do.
        Confirmed = "confirmed" "confirmed" Good,
    }
}

/// `clock`: stated → confirmed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Clock,
    prefix: "T",
    title: "Time",
    states: STATES,
    content: Content::None,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["at"] },
    changes: &[
        ChangeDef::first(STATE, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, state),
        ChangeDef::first(
            CONFIRM,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Stated.any()]),
            None,
            confirm_gate_inputs,
            confirm,
        )
        .with_precheck(precheck_confirming),
    ],
};

/// A member states that the clock is right.
pub const STATE: ChangeKind = ChangeKind::new("clock-state");
/// Another one confirms it.
pub const CONFIRM: ChangeKind = ChangeKind::new("clock-confirm");

/// For how long another member may confirm a statement: after that the clock is looked at again.
pub const CONFIRMED_WITHIN: Duration = Duration::days(1);

/// States that the time of the act is right.
pub fn stated(id: Id) -> Change {
    Change::of_terms(id, STATE, &object! {})
}

/// Confirms what another member has stated.
pub fn confirmed(id: Id) -> Change {
    Change::of_terms(id, CONFIRM, &object! {})
}

/// The times that two members have confirmed: those of the acts that confirmed them.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn confirmed_times(records: &dyn RecordStore) -> Result<Vec<(Id, Timestamp)>, ApplyError> {
    let confirmed = records.find(&Query::state(State::Confirmed))?;
    Ok(confirmed.iter().filter_map(|record| Some((record.id, record.instant("confirmed")?))).collect())
}

fn state(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = Record::new(view.record, State::Stated, act.own_desk);
    record.set("at", act.now().to_string());
    record.set("by", act.member().to_string());
    put_new(records, &record)
}

fn precheck_confirming(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.instant("at").is_none_or(|at| at.plus(CONFIRMED_WITHIN) < actor.now) {
        return Err(ApplyError::NotAllowed("the time was stated more than a day ago: it must be stated again".into()));
    }
    Ok(GateInputs { first: record.text("by").and_then(Person::parse), ..GateInputs::default() })
}

fn confirm_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    precheck_confirming(records, &act.actor(act.own_desk), &need(records, view.record, Kind::Clock)?)
}

fn confirm(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Clock)?;
    record.set_state(State::Confirmed);
    record.set("confirmed", act.now().to_string());
    Ok(records.put(&record)?)
}
