//! Legal holds: nothing that is held is erased until another person lifts the hold.

use std::collections::BTreeSet;

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::person::Person;

words! {
    /// Why something is held.
    Reason {
        /// Litigation.
        Litigation = "litigation",
        /// Disclosure to the defence.
        Disclosure = "disclosure",
        /// A complaint.
        Complaint = "complaint",
        /// An audit.
        Audit = "audit",
        /// A court's order.
        CourtOrder = "court-order",
    }
}

/// Places a hold.
pub const PLACE: ChangeKind = ChangeKind::new("hold");
/// Lifts a hold.
pub const LIFT: ChangeKind = ChangeKind::new("hold-lift");
/// Reviews a hold: it still stands, and why.
pub const REVIEW: ChangeKind = ChangeKind::new("hold-review");

states! {
    /// Where a hold stands.
    Hold {
        /// Nothing that it is on is erased.
        Standing = "standing" "standing" Stopped,
        /// It was lifted.
        Lifted = "lifted" "lifted" Over,
    }
}

/// `hold`: standing → lifted.
pub const KIND: KindDef = KindDef {
    kind: Kind::Hold,
    prefix: "H",
    title: "Hold",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["because"], terms: &["reason"] },
    changes: &[
        ChangeDef::first(PLACE, AudienceRule::OwnDesk, Moves::Makes, Some(LIFT), no_gate_inputs, place)
            .or_following(&[PLACE]),
        ChangeDef::first(
            REVIEW,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Standing.any()]),
            None,
            no_gate_inputs,
            review,
        ),
        ChangeDef::first(
            LIFT,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Standing.any()]),
            None,
            lift_gate_inputs,
            lift,
        )
        .with_precheck(|_, _, record| Ok(GateInputs { first: placed_by(record), ..GateInputs::default() })),
    ],
};

/// Holds an item or a case.
pub fn new(id: Id, on: Id, reason: Reason, because: &str, salt: Salt) -> Change {
    let terms = object! { "on" => on.to_string(), "reason" => reason };
    Change::with_content(id, PLACE, &terms, &object! { "because" => because }, salt)
}

/// Lifts a hold.
pub fn lifted(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, LIFT, &object! {}, &object! { "because" => because }, salt)
}

/// Reviews a hold that goes on standing.
pub fn reviewed(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, REVIEW, &object! {}, &object! { "because" => because }, salt)
}

fn review(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Hold)?;
    view.members()?.finish()?;
    record.set("reviewed", act.now().to_string());
    Ok(records.put(&record)?)
}

/// When somebody last said that a hold stands: when it was placed, or reviewed.
pub fn last_looked_at(record: &Record) -> Option<crate::value::timestamp::Timestamp> {
    record.instant("reviewed").or(record.instant("placed"))
}

fn place(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let on = m.read("on", Id::parse)?;
    let reason = m.read("reason", Reason::parse)?;
    m.finish()?;
    let held = records.get(on)?.ok_or_else(|| ApplyError::NotAllowed(format!("there is no record {on} to hold")))?;
    if !(act.kinds)(held.kind).can_be_held || held.is_purged() {
        return Err(ApplyError::NotAllowed("only items, requests and cases that are not purged can be held".into()));
    }
    let mut record = Record::new(view.record, State::Standing, act.own_desk);
    record.subject = Some(on);
    record.case = held.case;
    record.terms =
        object! { "reason" => reason, "placed_by" => act.member().to_string(), "placed" => act.now().to_string() }
            .into();
    record.body = view.body();
    put_new(records, &record)
}

fn lift_gate_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Hold)?;
    Ok(GateInputs { first: placed_by(&record), ..GateInputs::default() })
}

fn lift(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Hold)?;
    record.set_state(State::Lifted);
    record.set("lifted_by", act.member().to_string());
    Ok(records.put(&record)?)
}

/// Who placed a hold.
pub fn placed_by(record: &Record) -> Option<Person> {
    record.text("placed_by").and_then(Person::parse)
}

/// Who lifted a hold; `None` while it stands.
pub fn lifted_by(record: &Record) -> Option<Person> {
    record.text("lifted_by").and_then(Person::parse)
}

/// What the standing holds are on: records, and cases with everything in them.
#[derive(Clone, Debug, Default)]
pub struct StandingHolds(BTreeSet<Id>);

impl StandingHolds {
    /// Those of the record store.
    pub fn of(records: &dyn RecordStore) -> Result<Self, ApplyError> {
        let standing = Query::state(State::Standing);
        Ok(Self(records.find(&standing)?.iter().filter_map(|hold| hold.subject).collect()))
    }

    /// What they were placed on: items, requests and cases.
    pub fn subjects(&self) -> impl Iterator<Item = Id> + '_ {
        self.0.iter().copied()
    }

    /// Whether one was placed on exactly this record.
    pub fn is_placed_on(&self, id: Id) -> bool {
        self.0.contains(&id)
    }

    /// Whether one is on the record, or on its case.
    pub fn is_on(&self, record: &Record) -> bool {
        self.0.contains(&record.id) || record.case.is_some_and(|case| self.0.contains(&case))
    }
}

/// Every hold on a record: on itself and on its case, lifted ones too.
pub fn on(records: &dyn RecordStore, record: &Record) -> Result<Vec<Record>, ApplyError> {
    let mut all = Vec::new();
    for subject in [Some(record.id), record.case.filter(|c| *c != record.id)].into_iter().flatten() {
        all.extend(placed_on(records, subject)?);
    }
    Ok(all)
}

/// Whether a hold stands on a record, or on its case.
pub fn stands_on(records: &dyn RecordStore, record: &Record) -> Result<bool, ApplyError> {
    Ok(on(records, record)?.iter().any(|hold| hold.is(State::Standing)))
}

/// Every hold that was placed on exactly this item or case, lifted ones too.
pub fn placed_on(records: &dyn RecordStore, subject: Id) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: Some(subject), ..Query::kind(Kind::Hold) })?)
}
