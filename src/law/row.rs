//! What all rows of the law have in common: an id, and a check that they are well formed. Whether a row is right in law,
//! only its source can tell.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::value::timestamp::Timestamp;

/// A row of a table.
pub trait LawRow: Clone + DeserializeOwned + Serialize + 'static {
    /// Its id within its table.
    fn id(&self) -> &str;

    /// What is malformed in it, in words that name the member; `None` where nothing is.
    fn problem(&self) -> Option<String>;
}

/// Returns what is wrong in the first claim that does not hold.
pub(super) fn first(claims: &[(bool, &str)]) -> Option<String> {
    claims.iter().find(|(so, _)| !so).map(|(_, what)| (*what).to_owned())
}

/// Whether `verified` is a date, or `unverified`.
pub(super) fn is_verified(said: &str) -> bool {
    said == "unverified" || is_date(said)
}

/// Whether it is a date.
pub(super) fn is_date(said: &str) -> bool {
    Timestamp::parse_date(said).is_some()
}

/// The problem of a `verified` that is neither a date nor `unverified`.
pub(super) const VERIFIED: &str = "`verified` is the date on which its source was read, or `unverified`";
