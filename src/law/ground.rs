//! Grounds on which a request may be refused or postponed. A kind of request names the closed list of its own.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::{self, LawRow};

/// One ground.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Its short id, such as `R2`.
    pub id: String,
    /// What it says, in a sentence.
    pub text: String,
    /// `refuse`, `postpone` or `either`.
    pub effect: String,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: String,
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
    pub verified: String,
}

impl Ground {
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
            (
                ["refuse", "postpone", "either"].contains(&self.effect.as_str()),
                "`effect` is `refuse`, `postpone` or `either`",
            ),
            (!self.text.is_empty() && !self.source.is_empty(), "`text` and `source` say something"),
            (
                self.also.iter().all(|a| !a.source.is_empty() && row::is_verified(&a.verified)),
                "each `also` has a source",
            ),
            (row::is_verified(&self.verified), row::VERIFIED),
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
