//! Deletion certificates: issued only after the read-back, countersigned by another person, sent to whoever is owed.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, GateInputs, KindDef, must_be, need, nothing_asked,
    put_new,
};
use super::disclosure::recipients;
use super::store::{DutyState, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::person::Person;

/// `certificate`: issued → countersigned.
pub const KIND: KindDef = KindDef {
    name: "certificate",
    letter: 'Z',
    changes: &[
        ChangeDef::first(ISSUE, AudienceRule::HomeOrAddressed, nothing_asked, issue),
        ChangeDef::following(CERTIFIED, &[ISSUE], certified),
        ChangeDef::first(COUNTERSIGN, AudienceRule::HomeOrAddressed, ask_countersign, countersign),
    ],
};

const ISSUE: &str = "certificate";
/// One record that a certificate speaks of.
pub const CERTIFIED: &str = "certified";
const COUNTERSIGN: &str = "certificate-countersign";

/// What a certificate says without free text.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The purge that it certifies.
    pub purge: Id,
    /// How many records of each kind.
    pub counts: Vec<(String, i64)>,
    /// The generation of the keyring that was destroyed.
    pub generation: i64,
    /// What was done: a method's name.
    pub method: String,
    /// How it was verified.
    pub verification: String,
    /// The program and its version.
    pub tool: String,
}

/// Issues a certificate. Its content lists known other copies, such as backups, by name.
pub fn new(id: Id, terms: &Terms, content: &Json, salt: Salt) -> Change {
    let mut counts = object! {};
    for (kind, n) in &terms.counts {
        counts.set(kind, *n);
    }
    let terms = object! {
        "purge" => terms.purge.to_string(), "counts" => counts, "generation" => terms.generation,
        "method" => terms.method.as_str(), "verification" => terms.verification.as_str(), "tool" => terms.tool.as_str(),
    };
    Change::with_content(id, ISSUE, &terms, content, salt)
}

/// One record that a certificate speaks of.
pub fn of_record(record: Id) -> Change {
    Change::of_terms(record, CERTIFIED, &object! {})
}

/// Countersigns: another person has verified.
pub fn countersigned(id: Id) -> Change {
    Change::of_terms(id, COUNTERSIGN, &object! {})
}

fn issue(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = Members::of(view.terms)?;
    let purge = m.read("purge", Id::parse)?;
    m.need("counts")?;
    m.count("generation")?;
    for text in ["method", "verification", "tool"] {
        m.text(text)?;
    }
    m.finish()?;
    let mut record = Record::new(view.record, KIND.name, "issued", at.desk());
    record.partner = (!at.own()).then_some(at.desk());
    record.terms = view.terms.clone().into();
    record.set("issued", at.now().to_string());
    record.set("row", view.row.0);
    record.set("to", recipients(at).iter().map(Id::to_string).collect::<Vec<_>>());
    record.body = view.body();
    if at.own() {
        let mut begun = need(records, purge, "purge")?;
        must_be(&begun, &["begun"], "certify")?;
        record.subject = Some(purge);
        record.set("performed_by", begun.text("by").map(str::to_owned));
        begun.state = "certified".into();
        records.put(&begun)?;
    }
    put_new(records, &record)
}

fn certified(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    if at.own() {
        return Ok(());
    }
    // A partner certifies that it deleted what it got from here; of anything else its word changes nothing.
    let Some(mut record) = records.get(view.record)? else { return Ok(()) };
    let Some(holder) = record.shared.iter_mut().find(|h| h.partner == at.desk()) else { return Ok(()) };
    holder.duty = DutyState::Met;
    Ok(records.put(&record)?)
}

fn ask_countersign(
    records: &dyn RecordStore,
    at: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, KIND.name)?;
    if record.desk != at.desk() {
        return Err(ApplyError::Authority("a certificate is countersigned at the desk that issued it".into()));
    }
    Ok(GateInputs { first: record.text("performed_by").and_then(Person::parse), ..GateInputs::default() })
}

fn countersign(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, KIND.name)?;
    must_be(&record, &["issued"], "countersign")?;
    record.state = "countersigned".into();
    record.set("countersigned_by", at.member().to_string());
    Ok(records.put(&record)?)
}

/// The partner that a record came from: the certificate of its deletion is owed to it.
pub fn owed_to(record: &Record, home: Id) -> Option<Id> {
    match record.kind {
        "item" => record.partner,
        "request" | "case" => Some(record.desk).filter(|d| *d != home),
        _ => None,
    }
}
