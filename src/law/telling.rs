//! Telling the person, as data: what an instrument says of it, and for how long it may be postponed. Whether a person was told is not
//! looked at here.

use std::sync::LazyLock;

use serde::Deserialize;

use super::instrument::InstrumentId;
use super::row::Verified;

/// What one instrument says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TellingRow {
    /// The instrument; none: whatever has no row of its own.
    #[serde(default)]
    pub instrument: Option<InstrumentId>,
    /// The kinds of request that it is for; none: all of the instrument.
    #[serde(default)]
    pub requests: Vec<String>,
    /// The rule.
    pub rule: String,
    /// How many days a delay may take before it is decided again; none: as long as its reason lasts.
    #[serde(default)]
    pub longest_delay: Option<i64>,
    /// Where it comes from.
    pub source: String,
    /// The day on which that was read, or `unverified`.
    pub verified: Verified,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    telling: Vec<TellingRow>,
}

static ROWS: LazyLock<Vec<TellingRow>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/telling.toml")).map(|r| r.telling).unwrap_or_default()
});

/// Every row.
pub fn all() -> &'static [TellingRow] {
    &ROWS
}

/// The row for a kind of request and its instrument; without them, or where none is theirs, the general one.
pub fn of(request: Option<(&str, &str)>) -> Option<&'static TellingRow> {
    let is_theirs = |row: &&TellingRow| {
        request.is_some_and(|(kind, instrument)| {
            row.instrument.as_ref().is_some_and(|id| id.word() == instrument)
                && (row.requests.is_empty() || row.requests.iter().any(|of| of == kind))
        })
    };
    all().iter().find(is_theirs).or_else(|| all().iter().find(|row| row.instrument.is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::{instrument, request};

    #[test]
    fn every_row_names_what_is_there_and_each_kind_of_request_has_one() {
        for row in all() {
            assert!(row.instrument.as_ref().is_none_or(|id| instrument::all().iter().any(|i| i.id == *id)), "{row:?}");
            assert!(row.requests.iter().all(|id| request::all().iter().any(|r| r.id == *id)), "{row:?}");
            assert!(!row.rule.is_empty() && !row.source.is_empty());
        }
        let delay = |id: &str| {
            let kind = request::all().iter().find(|r| r.id == id).unwrap();
            of(Some((id, &kind.instrument))).unwrap().longest_delay
        };
        assert_eq!(["us2703d", "us2703w", "epoc", "bc29"].map(delay), [Some(90), None, None, None]);
        assert!(of(None).unwrap().instrument.is_none());
    }
}
