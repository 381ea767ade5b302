//! Instruments: treaties, regulations and agreements that a request or an agreement may rest on.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::{self, LawRow, Verified};
use crate::value::class::words;
use crate::value::timestamp::Timestamp;
use crate::value::word::open_words;

open_words! {
    /// What an instrument is.
    InstrumentKind {
        /// A model: what binds is the agreement that is signed on it.
        MODEL = "model",
    }
}

words! {
    /// Where an instrument stands.
    Status {
        /// It is in force.
        InForce = "in force",
        /// It was signed, and is not in force.
        Signed = "signed, not in force",
        /// It is in force from a day on.
        AppliesFrom = "applies from",
    }
}

row::law_words! { Status: "`status` is `in force`, `signed, not in force` or `applies from`" }

open_words! {
    /// The id of an instrument.
    InstrumentId {
        /// What an originator's word on what is theirs rests on: it is no treaty.
        ORIGINATOR = "originator",
    }
}

/// One instrument.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its short id, such as `bc`.
    pub id: InstrumentId,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: InstrumentKind,
    /// Where it stands.
    #[serde(deserialize_with = "row::word")]
    pub status: Status,
    /// The day from which it applies, where its status says so.
    #[serde(default)]
    pub applies_from: Option<String>,
    /// The day of that status, as the source has it; none where the source gives none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_on: Option<String>,
    /// Whether it is a treaty of mutual assistance, or legislation in its place, that other instruments yield to.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mutual_assistance: bool,
    /// Whether its periods are counted as Regulation 1182/71 says.
    pub eu: bool,
    /// What else to know; may be empty.
    pub note: String,
    /// Where the status was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
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
        match self.status {
            Status::InForce => true,
            Status::AppliesFrom => self.applies_from.as_ref().is_some_and(applies),
            Status::Signed => false,
        }
    }
}

impl LawRow for Instrument {
    fn id(&self) -> &str {
        self.id.word()
    }

    fn problem(&self) -> Option<String> {
        let applies = self.status == Status::AppliesFrom;
        row::first(&[
            (
                applies == self.applies_from.is_some() && self.applies_from.as_deref().is_none_or(row::is_date),
                "`applies_from` is a date, and is there where the status is `applies from`",
            ),
            (self.status_on.as_deref().is_none_or(row::is_date), "`status_on` is a date"),
            (!self.name.is_empty() && !self.source.is_empty(), "`name` and `source` say something"),
        ])
    }
}

/// The instrument of that id.
#[cfg(test)]
pub fn by_id(id: &str) -> Option<&'static Instrument> {
    ROWS.iter().find(|i| i.id.word() == id)
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
