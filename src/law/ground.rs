//! Grounds on which a request may be refused or postponed. A kind of request names the closed list of its own.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::{self, LawRow, Verified};
use crate::value::class::{Category, words};

words! {
    /// What may be done to a request on a ground.
    Effect {
        /// It may be refused.
        Refuse = "refuse",
        /// It may be postponed.
        Postpone = "postpone",
        /// Either.
        Either = "either",
        /// Neither: the instrument says that it is no ground.
        Never = "never",
    }
}

words! {
    /// Who may raise a ground.
    RaisedBy {
        /// The requested side.
        Requested = "requested",
        /// The provider that an order binds.
        Provider = "provider",
        /// The authority that enforces an order.
        Enforcing = "enforcing",
    }
}

row::law_words! {
    Effect: "`effect` is `refuse`, `postpone`, `either` or `never`",
    RaisedBy: "`raised_by` is `requested`, `provider` or `enforcing`",
}

impl Effect {
    /// Whether a ground that allows this allows `other`.
    pub fn allows(self, other: Self) -> bool {
        self != Self::Never && (self == other || self == Self::Either)
    }
}

/// One ground.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Its short id, such as `R2`.
    pub id: String,
    /// What it says, in a sentence.
    pub text: String,
    /// What may be done on it.
    #[serde(deserialize_with = "row::word")]
    pub effect: Effect,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
    /// Who may raise it; the requested side where it is left out.
    #[serde(default, deserialize_with = "row::maybe_word", skip_serializing_if = "Option::is_none")]
    pub raised_by: Option<RaisedBy>,
    /// Whether it counts only for a side that reserved it under the instrument.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reserved: bool,
    /// Categories for which it does not count, where nothing else is asked for.
    #[serde(default, deserialize_with = "row::all_words", skip_serializing_if = "Vec::is_empty")]
    pub not_for: Vec<Category>,
    /// Where other instruments name the same ground.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Also>,
}

/// Where another instrument names a ground.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Also {
    /// The instrument.
    pub instrument: String,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

impl Ground {
    /// Who may raise it.
    pub fn raised_by(&self) -> RaisedBy {
        self.raised_by.unwrap_or(RaisedBy::Requested)
    }

    /// Whether it counts against what a request asks for.
    pub fn counts_for(&self, asked: &[Category]) -> bool {
        self.not_for.is_empty() || asked.is_empty() || !asked.iter().all(|c| self.not_for.contains(c))
    }

    /// Where an instrument names it: the article that a letter cites.
    pub fn source_in(&self, instrument: &str) -> &str {
        self.also.iter().find(|a| a.instrument == instrument).map_or(&self.source, |a| &a.source)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    ground: Vec<Ground>,
}

static ROWS: LazyLock<Vec<Ground>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/grounds.toml")).map(|r| r.ground).unwrap_or_default()
});

/// Every ground.
pub fn all() -> &'static [Ground] {
    &ROWS
}

impl LawRow for Ground {
    fn id(&self) -> &str {
        &self.id
    }

    fn problem(&self) -> Option<String> {
        row::first(&[
            (!self.text.is_empty() && !self.source.is_empty(), "`text` and `source` say something"),
            (self.also.iter().all(|a| !a.source.is_empty()), "each `also` has a source"),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_well_formed() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/grounds.toml")).unwrap().ground;
        assert!(!rows.is_empty());
        for row in &rows {
            assert_eq!(row.problem(), None, "{}", row.id);
        }
    }
}
