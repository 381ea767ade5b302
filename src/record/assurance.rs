//! Assurances of a partner: that no death penalty is sought, that nobody is tortured, and their like.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, KindDef, need, nothing_asked, only_at_home, put_new,
    token,
};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

/// `assurance`: given; it ends with its expiry.
pub const KIND: KindDef = KindDef {
    name: "assurance",
    letter: 'G',
    changes: &[ChangeDef::first(ADD, AudienceRule::Home, nothing_asked, add)],
};

const ADD: &str = "assurance-add";

/// Records an assurance. `said` is its text and who gave it.
pub fn new(id: Id, partner: Id, of: &str, expires: Option<Timestamp>, said: &Json, salt: Salt) -> Change {
    let terms = object! {
        "partner" => partner.to_string(), "of" => of, "expires" => expires.map(|t| t.to_string()),
    };
    Change::with_content(id, ADD, &terms, said, salt)
}

fn add(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut m = view.members()?;
    let (partner, of) = (m.read("partner", Id::parse)?, m.read("of", token)?);
    let expires = m.maybe("expires").and_then(Json::text).and_then(Timestamp::parse);
    m.finish()?;
    need(records, partner, super::partner::KIND.name)?;
    let mut record = Record::new(view.record, KIND.name, "given", at.home);
    record.partner = Some(partner);
    record.key = Some(of);
    record.due = expires;
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}

/// What a partner has given assurances of that stand at a time, each once.
pub fn standing(records: &dyn RecordStore, partner: Id, now: Timestamp) -> Result<Vec<String>, ApplyError> {
    let all = records.find(&Query { partner: Some(partner), ..Query::kind(KIND.name) })?;
    let stands = |r: &Record| r.instant("expires").is_none_or(|t| now < t);
    let mut given: Vec<String> = all.iter().filter(|r| stands(r)).filter_map(|r| r.key.clone()).collect();
    given.sort_unstable();
    given.dedup();
    Ok(given)
}
