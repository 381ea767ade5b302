//! Disclosures: who gets which items, for what, until when; proposed by one person, released by another.
//!
//! A proposal that waits stays at home and lists its items; what leaves is an act addressed to the partner that holds
//! the copies: the release, or the proposal itself where no second person is needed.

use super::book::{Book, Record};
use super::fold::{Asked, At, ChangeDef, Fault, KindDef, Piece, Travels, must_be, need, put_new, token};
use crate::act::change::{Change, Salt};
use crate::act::header::Audience;
use crate::object;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::{Json, Members};
use crate::value::person::Person;

/// `disclosure`: proposed → released; received at the partner's.
pub const KIND: KindDef = KindDef {
    name: "disclosure",
    letter: 'D',
    changes: &[
        ChangeDef::lead(PROPOSE, Travels::HomeOrAddressed, ask_propose, propose),
        ChangeDef::rider(ITEM, &[PROPOSE], item),
        ChangeDef::lead(RELEASE, Travels::Addressed, ask_release, release),
    ],
};

/// The lead of a proposal; where it leaves at once, of the disclosure itself.
pub const PROPOSE: &str = "disclosure-propose";
/// The lead of a release.
pub const RELEASE: &str = "disclosure-release";
/// An item of a proposal that waits.
pub const ITEM: &str = "disclosure-item";

/// What a disclosure says of itself.
#[derive(Clone, PartialEq, Debug)]
pub struct Terms {
    /// To whom.
    pub to: Id,
    /// For what.
    pub purpose: String,
    /// In how many days the partner must delete it, counted from the release.
    pub delete_after_days: i64,
    /// Whether it goes to named people.
    pub named: bool,
    /// Who proposed it.
    pub proposed_by: Person,
    /// The distinct facts that the gate was asked with; each copy names its own by number. Set by the gate's caller.
    pub asked: Vec<Json>,
}

impl Terms {
    /// Reads them out of a change or a record.
    pub fn read(json: &Json) -> Result<Self, Fault> {
        let mut m = Members::of(json)?;
        let terms = Self {
            to: m.read("to", Id::parse)?,
            purpose: m.read("purpose", token)?,
            delete_after_days: m.count("delete_after_days")? as i64,
            named: m.need("named")?.truth().ok_or_else(|| Fault::Form("`named` is not a truth value".into()))?,
            proposed_by: m.read("proposed_by", Person::parse)?,
            asked: m.need("asked")?.items().ok_or_else(|| Fault::Form("`asked` is not a list".into()))?.to_vec(),
        };
        m.finish()?;
        Ok(terms)
    }

    /// The terms as JSON.
    pub fn to_json(&self) -> Json {
        object! {
            "to" => self.to.to_string(),
            "purpose" => self.purpose.as_str(),
            "delete_after_days" => self.delete_after_days,
            "named" => self.named,
            "proposed_by" => self.proposed_by.to_string(),
            "asked" => self.asked.clone(),
        }
    }
}

/// The lead of a proposal or a release. `people` are the named people it goes to.
pub fn lead(id: Id, kind: &'static str, terms: &Terms, people: &[String], salt: Salt) -> Change {
    if people.is_empty() {
        Change::of_terms(id, kind, &terms.to_json())
    } else {
        Change::with_content(id, kind, &terms.to_json(), &object! { "named" => people.to_vec() }, salt)
    }
}

/// An item of a proposal that waits; `asked` is the number of the facts that it was asked with.
pub fn proposed_item(item: Id, asked: i64) -> Change {
    Change::of_terms(item, ITEM, &object! { "asked" => asked })
}

/// The desks that the act of a disclosure is addressed to.
pub fn recipients(at: &At<'_>) -> Vec<Id> {
    match &at.header.audience {
        Audience::Desks(desks) => desks.clone(),
        Audience::Own | Audience::Partners => Vec::new(),
    }
}

/// By when the copies of a disclosure must be deleted, from its lead's terms and the time of its act.
pub fn delete_by(at: &At<'_>) -> Option<Instant> {
    let days = at.lead.get("delete_after_days").and_then(Json::int)?;
    Some(at.now().plus(crate::value::instant::Span::days(days)))
}

fn ask_propose(book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<Asked, Fault> {
    let terms = Terms::read(piece.terms)?;
    if terms.proposed_by != at.member() {
        return Err(Fault::Authority("a disclosure is proposed by whoever signs the proposal".into()));
    }
    if at.own() {
        need(book, terms.to, super::partner::KIND.name)?;
    }
    // Whether the partner is fit is asked of every item, by G-01 to G-03.
    Ok(Asked { purpose: Some(terms.purpose), ..Asked::default() })
}

fn ask_release(book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<Asked, Fault> {
    let terms = Terms::read(piece.terms)?;
    if at.own() {
        let proposal = need(book, piece.record, KIND.name)?;
        must_be(&proposal, &["proposed"], "release")?;
        let proposed = Terms::read(&of_record(&proposal))?;
        if (Terms { asked: Vec::new(), ..terms.clone() }) != (Terms { asked: Vec::new(), ..proposed }) {
            return Err(Fault::Authority("a release says something else than its proposal".into()));
        }
    }
    Ok(Asked { first: Some(terms.proposed_by), purpose: Some(terms.purpose), ..Asked::default() })
}

/// The terms of a disclosure's record without what the fold added.
pub fn of_record(record: &Record) -> Json {
    let mut json = record.terms.clone();
    json.remove("row");
    json.remove("at");
    json
}

fn record_of(at: &At<'_>, piece: &Piece<'_>, state: &str) -> Result<Record, Fault> {
    let terms = Terms::read(piece.terms)?;
    let addressed = recipients(at);
    if !addressed.is_empty() && addressed != [terms.to] {
        return Err(Fault::Authority("a disclosure is addressed to another desk than it names".into()));
    }
    let mut record = Record::new(piece.record, KIND.name, state, at.desk());
    record.partner = Some(if at.own() { terms.to } else { at.desk() });
    record.terms = piece.terms.clone();
    record.terms.set("row", piece.row.0);
    record.terms.set("at", at.now().to_string());
    record.body = piece.body();
    Ok(record)
}

fn propose(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    let state = match (at.own(), &at.header.audience) {
        (true, Audience::Own) => "proposed",
        (true, _) => "released",
        (false, _) => "received",
    };
    let record = record_of(at, piece, state)?;
    put_new(book, &record)
}

fn item(_: &mut dyn Book, at: &At<'_>, _: &Piece<'_>) -> Result<(), Fault> {
    if at.header.audience == Audience::Own {
        Ok(())
    } else {
        Err(Fault::Authority("a list of proposed items does not travel".into()))
    }
}

fn release(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    let released = record_of(at, piece, if at.own() { "released" } else { "received" })?;
    if !at.own() {
        return put_new(book, &released);
    }
    let proposal = need(book, piece.record, KIND.name)?;
    must_be(&proposal, &["proposed"], "release")?;
    Ok(book.put(&released)?)
}
