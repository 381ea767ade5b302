//! Instruments: treaties, regulations and agreements that a request or an agreement may rest on.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::{self, LawRow};
use crate::value::timestamp::Timestamp;

/// One instrument.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its short id, such as `bc`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `convention`, `protocol`, `regulation`, `directive`, `statute`, `agreement` or `model`.
    pub kind: String,
    /// `in force`, `signed, not in force`, or `applies from`.
    pub status: String,
    /// The day from which it applies, where its status says so.
    #[serde(default)]
    pub applies_from: Option<String>,
    /// Whether its periods are counted as Regulation 1182/71 says.
    pub eu: bool,
    /// What else to know; may be empty.
    pub note: String,
    /// Where the status was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    instrument: Vec<Instrument>,
}

static ROWS: LazyLock<Vec<Instrument>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/instruments.toml")).map(|r| r.instrument).unwrap_or_default()
});

/// Every instrument.
pub fn all() -> &'static [Instrument] {
    &ROWS
}

impl Instrument {
    /// Whether it is in force as such; whether it binds two sides stands in their profiles.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        let applies = |day: &String| Timestamp::parse_date(day).map(Timestamp::of_date).is_some_and(|d| d <= now);
        match self.status.as_str() {
            "in force" => true,
            "applies from" => self.applies_from.as_ref().is_some_and(applies),
            _ => false,
        }
    }
}

impl LawRow for Instrument {
    fn id(&self) -> &str {
        &self.id
    }

    fn problem(&self) -> Option<String> {
        let applies = self.status == "applies from";
        row::first(&[
            (
                ["in force", "signed, not in force", "applies from"].contains(&self.status.as_str()),
                "`status` is `in force`, `signed, not in force` or `applies from`",
            ),
            (
                applies == self.applies_from.is_some() && self.applies_from.as_deref().is_none_or(row::is_date),
                "`applies_from` is a date, and is there where the status is `applies from`",
            ),
            (!self.name.is_empty() && !self.source.is_empty(), "`name` and `source` say something"),
            (row::is_verified(&self.verified), row::VERIFIED),
        ])
    }
}

/// The instrument of that id.
#[cfg(test)]
pub fn by_id(id: &str) -> Option<&'static Instrument> {
    ROWS.iter().find(|i| i.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_well_formed() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/instruments.toml")).unwrap().instrument;
        for row in &rows {
            assert_eq!(row.problem(), None, "{}", row.id);
        }
        let at = |day: &str| Timestamp::of_date(Timestamp::parse_date(day).unwrap());
        let in_force = |id: &str, day: &str| by_id(id).unwrap().is_in_force(at(day));
        assert!(in_force("bc", "2026-01-01") && !in_force("2ap", "2026-11-25"));
        assert!(!in_force("e-evidence", "2026-08-17") && in_force("e-evidence", "2026-08-18"));
    }
}
