//! Agreements with partners: what they cover, how far, and until when.

use super::book::{Book, Query, Record};
use super::fold::{
    At, ChangeDef, Fault, KindDef, Piece, Travels, must_be, need, nothing_asked, only_at_home, put_new, token,
};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::{Category, Tier};
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::Json;

/// `agreement`: in force (from and until are terms) → ended.
pub const KIND: KindDef = KindDef {
    name: "agreement",
    letter: 'A',
    changes: &[
        ChangeDef::lead(ADD, Travels::Home, nothing_asked, add),
        ChangeDef::lead(END, Travels::Home, nothing_asked, end),
    ],
};

const ADD: &str = "agreement-add";
const END: &str = "agreement-end";

/// What an agreement says.
#[derive(Clone, Debug)]
pub struct Terms {
    /// With whom.
    pub partner: Id,
    /// Under which instrument: a row of the law.
    pub instrument: String,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// For which data.
    pub categories: Vec<Category>,
    /// Up to which tier; `None`: the default of the partner's kind.
    pub tier: Option<Tier>,
    /// From when.
    pub from: Instant,
    /// Until (not including) when.
    pub until: Instant,
    /// The longest deletion term, in days.
    pub retention_cap_days: i64,
}

impl Terms {
    /// Reads them out of a record or a change.
    pub fn read(json: &Json) -> Result<Self, Fault> {
        let mut m = crate::value::json::Members::of(json)?;
        let terms = Self {
            partner: m.read("partner", Id::parse)?,
            instrument: m.read("instrument", token)?,
            purposes: m.list("purposes", token)?,
            categories: m.list("categories", Category::parse)?,
            tier: m.maybe("tier").and_then(Json::int).and_then(Tier::new),
            from: m.read("from", Instant::parse)?,
            until: m.read("until", Instant::parse)?,
            retention_cap_days: m.count("retention_cap_days")? as i64,
        };
        m.finish()?;
        Ok(terms)
    }

    fn to_json(&self) -> Json {
        object! {
            "partner" => self.partner.to_string(),
            "instrument" => self.instrument.as_str(),
            "purposes" => self.purposes.clone(),
            "categories" => self.categories.clone(),
            "tier" => self.tier,
            "from" => self.from.to_string(),
            "until" => self.until.to_string(),
            "retention_cap_days" => self.retention_cap_days,
        }
    }
}

/// Records an agreement.
pub fn new(id: Id, terms: &Terms, title: &str, salt: Salt) -> Change {
    Change::with_content(id, ADD, &terms.to_json(), &object! { "title" => title }, salt)
}

/// Ends an agreement before its time.
pub fn ended(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, END, &object! {}, &object! { "because" => because }, salt)
}

fn add(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let terms = Terms::read(piece.terms)?;
    need(book, terms.partner, super::partner::KIND.name)?;
    if terms.until <= terms.from {
        return Err(Fault::Life("an agreement ends after it begins".into()));
    }
    let mut record = Record::new(piece.record, KIND.name, "recorded", at.home);
    record.partner = Some(terms.partner);
    record.due = Some(terms.until);
    record.terms = piece.terms.clone().into();
    record.set("position", at.position);
    record.body = piece.body();
    put_new(book, &record)
}

fn end(book: &mut dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Fault> {
    only_at_home(at)?;
    let mut record = need(book, piece.record, KIND.name)?;
    must_be(&record, &["recorded"], "end")?;
    record.state = "ended".into();
    record.due = None;
    Ok(book.put(&record)?)
}

/// What a record of an agreement says.
pub fn terms_of(record: &Record) -> Result<Terms, Fault> {
    let mut json = Json::clone(&record.terms);
    json.remove("position");
    Terms::read(&json)
}

/// The agreement that decides: the newest in force that names purpose and category, else the newest.
pub fn deciding(
    book: &dyn Book,
    partner: Id,
    purpose: &str,
    category: Category,
    now: Instant,
) -> Result<Option<Record>, Fault> {
    let mut all = book.find(&Query { partner: Some(partner), ..Query::kind(KIND.name) })?;
    all.sort_by_key(|r| std::cmp::Reverse(r.terms.get("position").and_then(Json::int)));
    let covers = |r: &&Record| {
        terms_of(r).is_ok_and(|t| {
            r.state != "ended"
                && t.from <= now
                && now < t.until
                && t.purposes.iter().any(|p| p == purpose)
                && t.categories.contains(&category)
        })
    };
    let best = all.iter().find(covers).or_else(|| all.first()).cloned();
    Ok(best)
}
