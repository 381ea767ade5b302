//! Deletion certificates: issued only after the read-back, countersigned by another person, sent to whoever is owed.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, must_be, need, no_gate_inputs, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{DutyState, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::person::Person;

states! {
    /// Where a certificate stands.
    Certificate {
        /// Another person has not verified it yet.
        Issued = "issued" "issued" Waiting,
        /// Another person has verified it.
        Countersigned = "countersigned" "countersigned" Good,
    }
}

/// `certificate`: issued → countersigned.
pub const KIND: KindDef = KindDef {
    kind: Kind::Certificate,
    prefix: "Z",
    title: "Deletion certificate",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &[] },
    changes: &[
        ChangeDef::first(ISSUE, AudienceRule::OwnDeskOrAddressed, Moves::Makes, None, no_gate_inputs, issue),
        ChangeDef::following(CERTIFIED, &[ISSUE], Moves::AnyState, certified),
        ChangeDef::first(
            COUNTERSIGN,
            AudienceRule::OwnDeskOrAddressed,
            Moves::From(&[State::Issued.any()]),
            None,
            countersign_gate_inputs,
            countersign,
        )
        .with_precheck(precheck_countersigning),
    ],
};

/// The kind of change `certificate`.
pub const ISSUE: ChangeKind = ChangeKind::new("certificate");
/// One record that a certificate speaks of.
pub const CERTIFIED: ChangeKind = ChangeKind::new("certified");
/// The kind of change `certificate-countersign`.
pub const COUNTERSIGN: ChangeKind = ChangeKind::new("certificate-countersign");

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

/// What the program does.
pub const METHOD: &str = "cryptographic erase: rows overwritten, index purged, database key destroyed";
/// How the program verifies it.
pub const VERIFICATION: &str = "read back with every current key";

/// What a certificate says was done: in the program's own sentence, or in a word. Nobody says anything else in one.
fn said_by(sentence: &str, text: &str) -> Option<()> {
    (text == sentence || token(text).is_some()).then_some(())
}

fn issue(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = Members::of(view.terms)?;
    let purge = m.read("purge", Id::parse)?;
    let counts = m.need("counts")?.members().unwrap_or_default();
    if !counts.iter().all(|(kind, n)| token(kind).is_some() && n.int().is_some()) {
        return Err(ApplyError::Malformed("`counts` are not numbers of kinds".into()));
    }
    m.count("generation")?;
    m.read("method", |text| said_by(METHOD, text))?;
    m.read("verification", |text| said_by(VERIFICATION, text))?;
    m.read("tool", |text| {
        text.split(' ').count().le(&2).then(|| text.split(' ').map(token).collect::<Option<Vec<_>>>()).flatten()
    })?;
    m.finish()?;
    let mut record = Record::new(view.record, State::Issued, act.desk());
    record.partner = (!act.is_own()).then_some(act.desk());
    record.terms = view.terms.clone().into();
    record.set("issued", act.now().to_string());
    record.set("row", view.row.0);
    record.set("to", act.recipients().iter().map(Id::to_string).collect::<Vec<_>>());
    record.body = view.body();
    if act.is_own() {
        let mut begun = need(records, purge, Kind::Purge)?;
        must_be(&begun, &[super::purge::State::Begun])?;
        record.subject = Some(purge);
        record.set("performed_by", begun.text("by").map(str::to_owned));
        begun.set_state(super::purge::State::Certified);
        records.put(&begun)?;
    }
    put_new(records, &record)
}

fn certified(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    if act.is_own() {
        return Ok(());
    }
    // A partner can only certify the deletion of copies that it got from here.
    let Some(mut record) = records.get(view.record)? else { return Ok(()) };
    let Some(holder) = record.shared.iter_mut().find(|h| h.partner == act.desk()) else { return Ok(()) };
    holder.duty = DutyState::Met;
    Ok(records.put(&record)?)
}

fn precheck_countersigning(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk != actor.own_desk {
        return Err(ApplyError::Authority("a certificate is countersigned at the desk that issued it".into()));
    }
    Ok(GateInputs { first: record.text("performed_by").and_then(Person::parse), ..GateInputs::default() })
}

fn countersign_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    precheck_countersigning(records, &act.actor(act.desk()), &need(records, view.record, Kind::Certificate)?)
}

fn countersign(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = moved(records, view, Kind::Certificate)?;
    view.members()?.finish()?;
    record.set_state(State::Countersigned);
    record.set("countersigned_by", act.member().to_string());
    record.set("validated", act.now().to_string());
    Ok(records.put(&record)?)
}
