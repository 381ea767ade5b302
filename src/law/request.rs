//! Kinds of request: what each must say, which clocks it starts, on which grounds it may be refused.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::{self, LawRow};
use crate::value::class::{Category, Level, Tier};

/// A kind of request.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RequestKind {
    /// Its short id, such as `bc29`.
    pub id: String,
    /// The instrument that it rests on.
    pub instrument: String,
    /// The article.
    pub article: String,
    /// Its name.
    pub name: String,
    /// The letter that it is written with.
    pub template: String,
    /// The tier of what is asked.
    pub tier: u8,
    /// The level of its review.
    pub level: String,
    /// Whether a legal review stands before it is sent.
    pub review: bool,
    /// Whether it is made for emergencies.
    pub emergency: bool,
    /// `desk`, or `provider` where it goes straight to one.
    pub counterpart: String,
    /// The categories of data that it may ask for.
    pub categories: Vec<String>,
    /// The closed list of grounds on which it may be refused.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// Kinds that usually follow.
    #[serde(default)]
    pub follow_on: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: String,
    /// What it must say.
    #[serde(default)]
    pub field: Vec<FieldRow>,
    /// What runs from when it is sent.
    #[serde(default)]
    pub clock: Vec<ClockRow>,
}

/// One thing that a request says.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRow {
    /// Its id.
    pub id: String,
    /// The paragraph that asks for it.
    pub article: String,
    /// What it is called.
    pub label: String,
    /// What to write.
    pub help: String,
    /// Whether the request is incomplete without it.
    pub required: bool,
}

/// One clock.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRow {
    /// `reply`, `preservation` or `authority`.
    pub clock: String,
    /// `ordinary`, `emergency`, `extended`, …
    pub variant: String,
    /// How many units; none where no limit is fixed.
    pub amount: Option<i64>,
    /// `hour` or `day`.
    pub unit: Option<String>,
    /// The event that starts it: `received`, `sent`, `issued`, `served` or `decided`.
    pub starts: String,
    /// Whether an end on a weekend or holiday moves to the next working day.
    pub rolls: bool,
    /// Whether a longer time that the order itself sets counts instead.
    #[serde(default)]
    pub longer_wins: bool,
    /// The rule.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    request: Vec<RequestKind>,
}

static ROWS: LazyLock<Vec<RequestKind>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/requests.toml")).map(|r| r.request).unwrap_or_default()
});

/// Every kind of request.
pub fn all() -> &'static [RequestKind] {
    &ROWS
}

impl LawRow for RequestKind {
    fn id(&self) -> &str {
        &self.id
    }

    fn problem(&self) -> Option<String> {
        let clock = |c: &ClockRow| {
            c.amount.is_some() == c.unit.is_some()
                && c.amount.is_none_or(|n| (1..=36_500).contains(&n))
                && c.unit.as_deref().is_none_or(|u| ["hour", "day"].contains(&u))
                && ["reply", "preservation", "authority"].contains(&c.clock.as_str())
                && ["received", "sent", "issued", "served", "decided"].contains(&c.starts.as_str())
                && (!c.rolls || (c.unit.as_deref() == Some("day") && c.clock != "preservation"))
                && row::is_verified(&c.verified)
        };
        row::first(&[
            (Tier::new(i64::from(self.tier)).is_some(), "`tier` is 1 to 4"),
            (Level::parse(&self.level).is_some(), "`level` is L1, L2 or L3"),
            (self.categories.iter().all(|c| Category::parse(c).is_some()), "`categories` are categories of data"),
            (self.field.iter().any(|f| f.required), "a `field` is required: a request says something"),
            (self.clock.iter().any(|c| c.clock == "reply"), "a `clock` is `reply`"),
            (
                self.clock.iter().all(clock),
                "a `clock` is not one of those that can be computed; a preservation never rolls",
            ),
            (row::is_verified(&self.verified), row::VERIFIED),
        ])
    }
}

/// The kind of that id.
#[cfg(test)]
pub fn by_id(id: &str) -> Option<&'static RequestKind> {
    ROWS.iter().find(|r| r.id == id)
}

impl RequestKind {
    /// The tier of what is asked.
    pub fn tier(&self) -> Tier {
        Tier::new(i64::from(self.tier)).unwrap_or(Tier::INDICATORS)
    }

    /// The level of its review.
    pub fn level(&self) -> Level {
        Level::parse(&self.level).unwrap_or(Level::L3)
    }

    /// The required fields that `has` does not find.
    pub fn missing(&self, has: impl Fn(&str) -> bool) -> Vec<String> {
        self.field.iter().filter(|f| f.required && !has(&f.id)).map(|f| f.id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_well_formed() {
        let rows = toml::from_str::<Rows>(include_str!("../../assets/law/requests.toml")).unwrap().request;
        assert!(!rows.is_empty());
        for r in &rows {
            assert_eq!(r.problem(), None, "{}", r.id);
            assert!(r.follow_on.iter().all(|f| rows.iter().any(|r| r.id == *f)), "{}", r.id);
        }
    }
}
