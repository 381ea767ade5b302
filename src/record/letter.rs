//! Letters and other copies that leave the desk by hand: each is logged before it is written.

use super::book::{Book, Record};
use super::fold::{At, ChangeDef, Fault, KindDef, Piece, Travels, nothing_asked, only_at_home, put_new, token};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;

/// `letter`: written.
pub const KIND: KindDef = KindDef {
    name: "letter",
    letter: 'L',
    changes: &[ChangeDef::lead("copy-out", Travels::Home, nothing_asked, write)],
};

/// Notes that a copy of a record was written to a file: as what, and with which digest.
pub fn new(id: Id, of: Id, what: &str, digest: &Digest, salt: Salt) -> Change {
    let terms = object! { "of" => of.to_string(), "what" => what };
    Change::with_content(id, "copy-out", &terms, &object! { "sha256" => digest.to_string() }, salt)
}

fn write(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let mut m = piece.members()?;
    let of = m.read("of", Id::parse)?;
    m.read("what", token)?;
    m.finish()?;
    let subject = book.get(of)?.ok_or_else(|| Fault::Life("there is no such record".into()))?;
    let mut record = Record::new(piece.record, KIND.name, "written", at.home);
    record.subject = Some(of);
    record.case = subject.case;
    record.terms = piece.terms.clone().into();
    record.set("at", at.now().to_string());
    record.body = piece.body();
    put_new(book, &record)
}
