//! What came in on a call for offers, and who the suppliers are.

use serde::Serialize;

use super::account;
use crate::command::history::acts_of;
use crate::record::kind::Kind;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::tender;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::money;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// An offer that came in.
#[derive(Clone, Debug, Serialize)]
pub struct Offer {
    /// When.
    pub at: Timestamp,
    /// Of whom.
    pub supplier: String,
    /// For how much.
    pub amount: String,
    /// What is said of it.
    pub note: String,
    /// The same id wherever the same supplier is named.
    #[serde(skip)]
    pub supplier_id: Id,
}

/// Criteria, as they were fixed.
#[derive(Clone, Debug, Serialize)]
pub struct Criteria {
    /// When.
    pub at: Timestamp,
    /// By what the offers are compared.
    pub text: String,
}

/// The line that a call is on.
pub fn line_under(workspace: &Workspace, call: &Record) -> Result<Option<Record>, Error> {
    Ok(call.subject.map(|line| workspace.records().get(line)).transpose()?.flatten())
}

/// The offers that came in, in their order.
pub fn offers(workspace: &Workspace, call: &Record) -> Result<Vec<Offer>, Error> {
    let line = line_under(workspace, call)?;
    let decimals = account::decimals_of(line.as_ref().and_then(|l| l.text("currency")).unwrap_or_default());
    let mut all = Vec::new();
    for (act, change) in acts_of(workspace, call, &[tender::QUOTE])? {
        let (terms, content) = (change.read_terms().unwrap_or(Json::Null), change.read_content().ok().flatten());
        let text = |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default();
        let Some(supplier_id) = terms.get("supplier").and_then(Json::text).and_then(Id::parse) else { continue };
        all.push(Offer {
            at: act.read_header()?.time.at,
            supplier: text("supplier").to_owned(),
            amount: money::shown(terms.get("amount").and_then(Json::int).unwrap_or(0), decimals),
            note: text("note").to_owned(),
            supplier_id,
        });
    }
    Ok(all)
}

/// The criteria, each time that they were fixed.
pub fn criteria(workspace: &Workspace, call: &Record) -> Result<Vec<Criteria>, Error> {
    let mut all = Vec::new();
    for (act, change) in acts_of(workspace, call, &[tender::CALL, tender::CRITERIA])? {
        let content = change.read_content().ok().flatten();
        if let Some(text) = content.as_ref().and_then(|c| c.get("criteria")).and_then(Json::text) {
            all.push(Criteria { at: act.read_header()?.time.at, text: text.to_owned() });
        }
    }
    Ok(all)
}

/// The id of a supplier: that of the same name, however it is spelled; a new one where there is none.
pub fn supplier(workspace: &mut Workspace, name: &str) -> Result<Id, Error> {
    let same =
        |name: &str| -> String { name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    for known in workspace.records().find(&Query::kind(Kind::Commitment))? {
        if same(&workspace.text_of(&known, "supplier")?) == same(name)
            && let Some(id) = known.id("supplier")
        {
            return Ok(id);
        }
    }
    for call in workspace.records().find(&Query::kind(Kind::Tender))? {
        let known = offers(workspace, &call)?.into_iter().find(|offer| same(&offer.supplier) == same(name));
        if let Some(offer) = known {
            return Ok(offer.supplier_id);
        }
    }
    Ok(workspace.entropy.id()?)
}
