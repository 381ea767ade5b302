//! Who holds which public key: one key has one holder and one purpose, whatever desk they are of. It only looks; whoever enrols
//! a member or adds a partner asks.

use super::card::DeskKeys;
use super::definition::ApplyError;
use super::kind::Kind;
use super::store::{Query, Record, RecordStore};
use crate::value::json::Json;

/// Returns the record of whoever holds a key, as a desk, a partner or a member of this desk; `None` where nobody does.
///
/// A key is an age recipient (`age1…`) or a public key as OpenSSH writes it.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn holder(records: &dyn RecordStore, key: &str) -> Result<Option<Record>, ApplyError> {
    for kind in [Kind::Desk, Kind::Partner] {
        for record in records.find(&Query::kind(kind))? {
            // A key has one spelling, and was read before it was put here: it is compared as text.
            let keys = record.terms.get("keys").and_then(Json::members).unwrap_or_default();
            if keys.iter().any(|(_, held)| held.text() == Some(key)) {
                return Ok(Some(record));
            }
        }
    }
    // What a partner says of its members' keys proves nothing: nobody would be added whom it has named before.
    let members = records.find(&Query::kind(Kind::Member))?;
    let holds = |m: &Record| m.partner.is_none() && (m.text("age") == Some(key) || m.text("signing") == Some(key));
    Ok(members.into_iter().find(holds))
}

/// The keys of a desk as texts.
pub fn texts(keys: &DeskKeys) -> Vec<String> {
    keys.signing().iter().map(|key| key.to_openssh()).chain([keys.age.clone()]).collect()
}
