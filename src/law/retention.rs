//! The retention schedule: how long items of each tier are kept.

use std::sync::LazyLock;

use serde::Deserialize;

use super::row::Verified;
use crate::value::class::Tier;
use crate::value::timestamp::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    term: Vec<RetentionRow>,
}

/// One row of the schedule.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionRow {
    /// The tier.
    pub tier: Tier,
    /// The term, in days.
    pub days: i64,
    /// Where it comes from.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

static ROWS: LazyLock<Vec<RetentionRow>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/retention.toml")).map(|r| r.term).unwrap_or_default()
});

/// How long an item of a tier is kept. Where there is no row, not at all.
pub fn term(tier: Tier) -> Duration {
    Duration::days(ROWS.iter().find(|r| r.tier == tier).map_or(0, |r| r.days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tier_has_a_term_and_higher_ones_a_shorter() {
        let terms: Vec<_> = Tier::ALL.iter().map(|t| term(*t)).collect();
        assert!(terms.windows(2).all(|w| w[0] > w[1]) && terms[3] > Duration::days(0));
    }
}
