//! Delete orders: a partner is told to delete what it was given.

use super::book::{Book, DutyState, Record};
use super::disclosure::recipients;
use super::fold::{Asked, At, ChangeDef, Fault, KindDef, Piece, Travels, put_new};
use super::stream;
use crate::act::change::Change;
use crate::object;
use crate::value::class::DeleteCause;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;

/// `order`: given; received at the partner's.
pub const KIND: KindDef = KindDef {
    name: "order",
    letter: 'Q',
    changes: &[ChangeDef::lead(ORDER, Travels::Addressed, ask, give), ChangeDef::rider(ORDERED, &[ORDER], ordered)],
};

const ORDER: &str = "delete-order";
const ORDERED: &str = "delete-ordered";

/// The id of the order that a purge or a recall gives a partner: it follows from both, so asking again makes no second one.
pub fn id_of(because: Id, partner: Id) -> Id {
    stream::id_from(&Digest::of(&[because.as_bytes().as_slice(), partner.as_bytes()].concat()))
}

/// Orders a partner to delete.
pub fn new(id: Id, to: Id, cause: DeleteCause) -> Change {
    Change::of_terms(id, ORDER, &object! { "to" => to.to_string(), "cause" => cause })
}

/// One record that is to be deleted.
pub fn of_record(record: Id) -> Change {
    Change::of_terms(record, ORDERED, &object! {})
}

fn ask(_: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<Asked, Fault> {
    let to = piece.terms.get("to").and_then(Json::text).and_then(Id::parse);
    Ok(Asked { partner: if at.own() { to } else { None }, ..Asked::default() })
}

fn give(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    let mut m = piece.members()?;
    let to = m.read("to", Id::parse)?;
    m.read("cause", DeleteCause::parse)?;
    m.finish()?;
    if recipients(at) != [to] {
        return Err(Fault::Authority("a delete order is addressed to another desk than it names".into()));
    }
    let mut record = Record::new(piece.record, KIND.name, if at.own() { "given" } else { "received" }, at.desk());
    record.partner = Some(if at.own() { to } else { at.desk() });
    record.terms = piece.terms.clone().into();
    put_new(book, &record)
}

fn ordered(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    piece.members()?.finish()?;
    let Some(mut record) = book.get(piece.record)? else { return Ok(()) };
    if at.own() {
        for to in recipients(at) {
            for holder in record.shared.iter_mut().filter(|h| h.partner == to && h.duty == DutyState::Running) {
                holder.duty = DutyState::Outstanding;
            }
        }
        return Ok(book.put(&record)?);
    }
    // Only what came from that partner can be ordered away by it; a hold here still beats the order.
    if record.partner != Some(at.desk()) || record.state == "purged" {
        return Ok(());
    }
    record.set("ordered", at.now().to_string());
    record.due = Some(at.now());
    Ok(book.put(&record)?)
}
