//! Cases: opened at one desk, known at partners by what was shared of them.

use super::book::{Book, Record};
use super::disclosure;
use super::fold::{
    At, ChangeDef, Fault, KindDef, Piece, Travels, must_be, need, nothing_asked, only_at_home, put_new, token,
};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;

/// `case`: open → closed; purged.
pub const KIND: KindDef = KindDef {
    name: "case",
    letter: 'C',
    changes: &[
        ChangeDef::lead(NEW, Travels::Home, nothing_asked, open),
        ChangeDef::lead(CLOSE, Travels::Home, nothing_asked, close),
        ChangeDef::rider(SHARE, &disclosure::LEAVES, share),
    ],
};

const NEW: &str = "case-new";
const CLOSE: &str = "case-close";
const SHARE: &str = "case-share";

/// Opens a case.
pub fn new(id: Id, purpose: &str, title: &str, salt: Salt) -> Change {
    Change::with_content(id, NEW, &object! { "purpose" => purpose }, &object! { "title" => title }, salt)
}

/// Closes a case.
pub fn closed(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, CLOSE, &object! {}, &object! { "because" => because }, salt)
}

/// Tells a partner of the case that a disclosure belongs to: its purpose and its title.
pub fn shared(id: Id, purpose: &str, title: &str, salt: Salt) -> Change {
    Change::with_content(id, SHARE, &object! { "purpose" => purpose }, &object! { "title" => title }, salt)
}

fn open(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let mut m = piece.members()?;
    m.read("purpose", token)?;
    m.finish()?;
    let mut record = Record::new(piece.record, KIND.name, "open", at.home);
    record.case = Some(piece.record);
    record.terms = object! { "purpose" => piece.terms.get("purpose").cloned(), "opened" => at.now().to_string(), "lead" => at.member().to_string() }.into();
    record.body = piece.body();
    put_new(book, &record)
}

fn close(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let mut record = need(book, piece.record, KIND.name)?;
    must_be(&record, &["open"], "close")?;
    record.state = "closed".into();
    Ok(book.put(&record)?)
}

fn share(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    let mut m = piece.members()?;
    m.read("purpose", token)?;
    m.finish()?;
    let known = book.get(piece.record)?;
    if at.own() {
        let mut record =
            known.filter(|r| r.kind == KIND.name).ok_or_else(|| Fault::Life("there is no such case".into()))?;
        for partner in super::disclosure::recipients(at) {
            record.share(partner, super::disclosure::delete_by(at));
        }
        return Ok(book.put(&record)?);
    }
    match known {
        Some(record) if record.kind != KIND.name => {
            Err(Fault::Authority("a partner's case has the id of another record".into()))
        }
        // What is known of a case already is not changed by a partner's word.
        Some(_) => Ok(()),
        None => {
            let mut record = Record::new(piece.record, KIND.name, "open", at.desk());
            record.case = Some(piece.record);
            record.partner = Some(at.desk());
            record.terms =
                object! { "purpose" => piece.terms.get("purpose").cloned(), "opened" => at.now().to_string() }.into();
            record.body = piece.body();
            put_new(book, &record)
        }
    }
}
