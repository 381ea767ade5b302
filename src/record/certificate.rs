//! Deletion certificates: issued only after the read-back, countersigned by another person, sent to whoever is owed.

use super::book::{Book, DutyState, Record};
use super::disclosure::recipients;
use super::fold::{Asked, At, ChangeDef, Fault, KindDef, Piece, Travels, must_be, need, nothing_asked, put_new};
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
        ChangeDef::lead(ISSUE, Travels::HomeOrAddressed, nothing_asked, issue),
        ChangeDef::rider(CERTIFIED, &[ISSUE], certified),
        ChangeDef::lead(COUNTERSIGN, Travels::HomeOrAddressed, ask_countersign, countersign),
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

fn issue(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    let mut m = Members::of(piece.terms)?;
    let purge = m.read("purge", Id::parse)?;
    m.need("counts")?;
    m.count("generation")?;
    for text in ["method", "verification", "tool"] {
        m.text(text)?;
    }
    m.finish()?;
    let mut record = Record::new(piece.record, KIND.name, "issued", at.desk());
    record.partner = (!at.own()).then_some(at.desk());
    record.terms = piece.terms.clone().into();
    record.set("issued", at.now().to_string());
    record.set("row", piece.row.0);
    record.set("to", recipients(at).iter().map(Id::to_string).collect::<Vec<_>>());
    record.body = piece.body();
    if at.own() {
        let mut begun = need(book, purge, "purge")?;
        must_be(&begun, &["begun"], "certify")?;
        record.subject = Some(purge);
        record.set("performed_by", begun.text("by").map(str::to_owned));
        begun.state = "certified".into();
        book.put(&begun)?;
    }
    put_new(book, &record)
}

fn certified(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    piece.members()?.finish()?;
    if at.own() {
        return Ok(());
    }
    // A partner certifies that it deleted what it got from here; of anything else its word changes nothing.
    let Some(mut record) = book.get(piece.record)? else { return Ok(()) };
    let Some(holder) = record.shared.iter_mut().find(|h| h.partner == at.desk()) else { return Ok(()) };
    holder.duty = DutyState::Met;
    Ok(book.put(&record)?)
}

fn ask_countersign(book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<Asked, Fault> {
    let record = need(book, piece.record, KIND.name)?;
    if record.desk != at.desk() {
        return Err(Fault::Authority("a certificate is countersigned at the desk that issued it".into()));
    }
    Ok(Asked { first: record.text("performed_by").and_then(Person::parse), ..Asked::default() })
}

fn countersign(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    let mut record = need(book, piece.record, KIND.name)?;
    must_be(&record, &["issued"], "countersign")?;
    record.state = "countersigned".into();
    record.set("countersigned_by", at.member().to_string());
    Ok(book.put(&record)?)
}

/// The partner that a record came from: the certificate of its deletion is owed to it.
pub fn owed_to(record: &Record, home: Id) -> Option<Id> {
    match record.kind {
        "item" => record.partner,
        "request" | "case" => Some(record.desk).filter(|d| *d != home),
        _ => None,
    }
}
