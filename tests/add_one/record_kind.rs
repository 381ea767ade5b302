//! Vehicles that were seized in a case. A fictitious kind of record: `tests/add_one.rs` adds it to a copy of the program.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    need, no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;

states! {
    /// Where a vehicle stands.
    Vehicle {
        /// It is kept.
        Seized = "seized" "seized" Neutral,
        /// Its owner has it again.
        Returned = "returned" "returned" Over,
    }
}

/// `vehicle`: seized → returned.
pub const KIND: KindDef = KindDef {
    kind: Kind::Vehicle,
    prefix: "F",
    title: "Vehicle",
    states: STATES,
    content: Content::WithCase,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["plate"], terms: &["sort"] },
    changes: &[
        ChangeDef::first(SEIZE, AudienceRule::OwnDesk, Moves::Makes, Some(RETURN), no_gate_inputs, seize),
        ChangeDef::first(
            RETURN,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Seized.any()]),
            None,
            no_gate_inputs,
            give_back,
        ),
    ],
};

/// The kind of change `vehicle-seize`.
pub const SEIZE: ChangeKind = ChangeKind::new("vehicle-seize");
/// The kind of change `vehicle-return`.
pub const RETURN: ChangeKind = ChangeKind::new("vehicle-return");

/// Records that a vehicle was seized. The plate is content: it points to a person.
pub fn seized(id: Id, case: Id, sort: &str, plate: &str, salt: Salt) -> Change {
    let terms = object! { "case" => case.to_string(), "sort" => sort };
    Change::with_content(id, SEIZE, &terms, &object! { "plate" => plate }, salt)
}

/// Records that its owner has a vehicle again.
pub fn returned(id: Id) -> Change {
    Change::of_terms(id, RETURN, &object! {})
}

fn seize(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let case = m.read("case", Id::parse)?;
    m.read("sort", token)?;
    m.finish()?;
    need(records, case, Kind::Case)?;
    let mut record = Record::new(view.record, State::Seized, act.own_desk);
    record.case = Some(case);
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}

fn give_back(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Vehicle)?;
    record.set_state(State::Returned);
    Ok(records.put(&record)?)
}
