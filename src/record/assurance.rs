//! Assurances of a partner: that no death penalty is sought, that nobody is tortured, and their like.

use super::book::{Book, Query, Record};
use super::fold::{At, ChangeDef, Fault, KindDef, Piece, Travels, need, nothing_asked, only_at_home, put_new, token};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::Json;

/// `assurance`: given; it ends with its expiry.
pub const KIND: KindDef =
    KindDef { name: "assurance", letter: 'G', changes: &[ChangeDef::lead(ADD, Travels::Home, nothing_asked, add)] };

const ADD: &str = "assurance-add";

/// Records an assurance. `said` is its text and who gave it.
pub fn new(id: Id, partner: Id, of: &str, expires: Option<Instant>, said: &Json, salt: Salt) -> Change {
    let terms = object! {
        "partner" => partner.to_string(), "of" => of, "expires" => expires.map(|t| t.to_string()),
    };
    Change::with_content(id, ADD, &terms, said, salt)
}

fn add(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let mut m = piece.members()?;
    let (partner, of) = (m.read("partner", Id::parse)?, m.read("of", token)?);
    let expires = m.maybe("expires").and_then(Json::text).and_then(Instant::parse);
    m.finish()?;
    need(book, partner, super::partner::KIND.name)?;
    let mut record = Record::new(piece.record, KIND.name, "given", at.home);
    record.partner = Some(partner);
    record.key = Some(of);
    record.due = expires;
    record.terms = piece.terms.clone().into();
    record.body = piece.body();
    put_new(book, &record)
}

/// What a partner has given assurances of that stand at a time, each once.
pub fn standing(book: &dyn Book, partner: Id, now: Instant) -> Result<Vec<String>, Fault> {
    let all = book.find(&Query { partner: Some(partner), ..Query::kind(KIND.name) })?;
    let stands = |r: &Record| r.instant("expires").is_none_or(|t| now < t);
    let mut given: Vec<String> = all.iter().filter(|r| stands(r)).filter_map(|r| r.key.clone()).collect();
    given.sort_unstable();
    given.dedup();
    Ok(given)
}
