//! Holds: they beat every timer until another person lifts them.

use std::collections::BTreeSet;

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, GateInputs, KindDef, must_be, need, nothing_asked,
    only_at_home, put_new,
};
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

/// `hold`: standing → lifted.
pub const KIND: KindDef = KindDef {
    name: "hold",
    letter: 'H',
    changes: &[
        ChangeDef::first("hold", AudienceRule::Home, nothing_asked, place),
        ChangeDef::first("hold-lift", AudienceRule::Home, ask_lift, lift),
    ],
};

/// Holds an item or a case.
pub fn new(id: Id, on: Id, reason: Reason, because: &str, salt: Salt) -> Change {
    let terms = object! { "on" => on.to_string(), "reason" => reason };
    Change::with_content(id, "hold", &terms, &object! { "because" => because }, salt)
}

/// Lifts a hold.
pub fn lifted(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, "hold-lift", &object! {}, &object! { "because" => because }, salt)
}

fn place(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut m = view.members()?;
    let on = m.read("on", Id::parse)?;
    let reason = m.read("reason", Reason::parse)?;
    m.finish()?;
    let held = records.get(on)?.ok_or_else(|| ApplyError::Life(format!("there is no record {on} to hold")))?;
    if !matches!(held.kind, "item" | "case" | "request") || held.state == "purged" {
        return Err(ApplyError::Life("only items, requests and cases that are not purged can be held".into()));
    }
    let mut record = Record::new(view.record, KIND.name, "standing", at.home);
    record.subject = Some(on);
    record.case = held.case;
    record.terms =
        object! { "reason" => reason, "placed_by" => at.member().to_string(), "placed" => at.now().to_string() }.into();
    record.body = view.body();
    put_new(records, &record)
}

fn ask_lift(records: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, KIND.name)?;
    Ok(GateInputs { first: placed_by(&record), ..GateInputs::default() })
}

fn lift(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut record = need(records, view.record, KIND.name)?;
    must_be(&record, &["standing"], "lift")?;
    record.state = "lifted".into();
    record.set("lifted_by", at.member().to_string());
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
pub struct Standing(BTreeSet<Id>);

impl Standing {
    /// Those of the record store.
    pub fn of(records: &dyn RecordStore) -> Result<Self, ApplyError> {
        let standing = Query { state: Some("standing".into()), ..Query::kind(KIND.name) };
        Ok(Self(records.find(&standing)?.iter().filter_map(|hold| hold.subject).collect()))
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
        all.extend(records.find(&Query { subject: Some(subject), ..Query::kind(KIND.name) })?);
    }
    Ok(all)
}
