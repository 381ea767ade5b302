//! Holds: they beat every timer until another person lifts them.

use std::collections::BTreeSet;

use super::book::{Book, Query, Record};
use super::fold::{
    Asked, At, ChangeDef, Fault, KindDef, Piece, Travels, must_be, need, nothing_asked, only_at_home, put_new,
};
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
        ChangeDef::lead("hold", Travels::Home, nothing_asked, place),
        ChangeDef::lead("hold-lift", Travels::Home, ask_lift, lift),
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

fn place(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let mut m = piece.members()?;
    let on = m.read("on", Id::parse)?;
    let reason = m.read("reason", Reason::parse)?;
    m.finish()?;
    let held = book.get(on)?.ok_or_else(|| Fault::Life(format!("there is no record {on} to hold")))?;
    if !matches!(held.kind, "item" | "case" | "request") || held.state == "purged" {
        return Err(Fault::Life("only items, requests and cases that are not purged can be held".into()));
    }
    let mut record = Record::new(piece.record, KIND.name, "standing", at.home);
    record.subject = Some(on);
    record.case = held.case;
    record.terms =
        object! { "reason" => reason, "placed_by" => at.member().to_string(), "placed" => at.now().to_string() }.into();
    record.body = piece.body();
    put_new(book, &record)
}

fn ask_lift(book: &dyn Book, _: &At<'_>, piece: &Piece<'_>) -> Result<Asked, Fault> {
    let record = need(book, piece.record, KIND.name)?;
    Ok(Asked { first: placed_by(&record), ..Asked::default() })
}

fn lift(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let mut record = need(book, piece.record, KIND.name)?;
    must_be(&record, &["standing"], "lift")?;
    record.state = "lifted".into();
    record.set("lifted_by", at.member().to_string());
    Ok(book.put(&record)?)
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
    /// Those of the book.
    pub fn of(book: &dyn Book) -> Result<Self, Fault> {
        let standing = Query { state: Some("standing".into()), ..Query::kind(KIND.name) };
        Ok(Self(book.find(&standing)?.iter().filter_map(|hold| hold.subject).collect()))
    }

    /// Whether one is on the record, or on its case.
    pub fn is_on(&self, record: &Record) -> bool {
        self.0.contains(&record.id) || record.case.is_some_and(|case| self.0.contains(&case))
    }
}

/// Every hold on a record: on itself and on its case, lifted ones too.
pub fn on(book: &dyn Book, record: &Record) -> Result<Vec<Record>, Fault> {
    let mut all = Vec::new();
    for subject in [Some(record.id), record.case.filter(|c| *c != record.id)].into_iter().flatten() {
        all.extend(book.find(&Query { subject: Some(subject), ..Query::kind(KIND.name) })?);
    }
    Ok(all)
}
