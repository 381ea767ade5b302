//! Default ceilings: the highest tier that a kind of partner may be given where its agreement names none. The gate judges.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::Verified;
use crate::value::class::{PartnerKind, Tier};

/// The default ceiling of a kind of partner.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CeilingRow {
    /// The kind of partner.
    pub kind: PartnerKind,
    /// The tier.
    pub tier: Tier,
    /// Where it comes from.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    ceiling: Vec<CeilingRow>,
}

static ROWS: LazyLock<Vec<CeilingRow>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/ceilings.toml")).map(|r| r.ceiling).unwrap_or_default()
});

/// Every row.
pub fn all() -> &'static [CeilingRow] {
    &ROWS
}

/// The row of a kind.
pub fn of(kind: PartnerKind) -> Option<&'static CeilingRow> {
    ROWS.iter().find(|row| row.kind == kind)
}

/// The highest tier that may go to a partner of a kind where the agreement names none. Where there is no row, the lowest.
pub fn default_for(kind: PartnerKind) -> Tier {
    of(kind).map_or(Tier::INDICATORS, |row| row.tier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_one_row_and_the_default_that_the_gate_is_bound_to() {
        let kinds: Vec<PartnerKind> = all().iter().map(|r| r.kind).collect();
        assert_eq!(kinds, PartnerKind::ALL);
        let tiers: Vec<u8> = PartnerKind::ALL.iter().map(|k| default_for(*k).number()).collect();
        assert_eq!(tiers, [2, 2, 3, 1, 1, 1, 1], "gate.md");
        assert!(all().iter().all(|r| !r.source.is_empty()));
    }
}
