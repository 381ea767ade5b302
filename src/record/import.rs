//! Imports: one act that brings many items from a file. The file's name and digest are content.

use super::book::{Book, Record};
use super::fold::{Asked, At, ChangeDef, Fault, KindDef, Piece, Travels, must_be, need, only_at_home, put_new, token};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;

/// `import`: done.
pub const KIND: KindDef =
    KindDef { name: "import", letter: 'I', changes: &[ChangeDef::lead("item-import", Travels::Home, ask, fold)] };

/// The lead of an import of items into a case.
pub fn new(id: Id, case: Id, format: &str, file: &str, digest: &Digest, salt: Salt) -> Change {
    let terms = object! { "case" => case.to_string(), "format" => format };
    Change::with_content(id, "item-import", &terms, &object! { "file" => file, "sha256" => digest.to_string() }, salt)
}

fn ask(book: &dyn Book, _: &At<'_>, piece: &Piece<'_>) -> Result<Asked, Fault> {
    let case = case_of(book, piece)?;
    Ok(Asked { purpose: case.text("purpose").map(str::to_owned), ..Asked::default() })
}

fn case_of(book: &dyn Book, piece: &Piece<'_>) -> Result<Record, Fault> {
    let mut m = piece.members()?;
    let case = m.read("case", Id::parse)?;
    m.read("format", token)?;
    m.finish()?;
    let case = need(book, case, "case")?;
    must_be(&case, &["open"], "import into")?;
    Ok(case)
}

fn fold(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let case = case_of(book, piece)?;
    let mut record = Record::new(piece.record, KIND.name, "done", at.home);
    record.case = Some(case.id);
    record.terms = piece.terms.clone().into();
    record.body = piece.body();
    put_new(book, &record)
}
