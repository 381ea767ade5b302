//! Instruments: treaties, regulations and agreements that a request or an agreement may rest on.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// One instrument.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// Its short id, such as `bc`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `in force`, `signed, not in force`, or `applies from …`.
    pub status: String,
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

/// The instrument of that id.
pub fn by_id(id: &str) -> Option<&'static Instrument> {
    ROWS.iter().find(|i| i.id == id)
}
