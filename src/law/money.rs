//! Money as data: how many decimals each currency has, from which amount on an order needs several quotes, and who bears costs
//! under which instrument.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::Verified;
use crate::value::class::words;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Currencies {
    currency: Vec<CurrencyRow>,
}

/// Currencies that are counted alike.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CurrencyRow {
    decimals: u32,
    codes: Vec<String>,
    #[expect(dead_code, reason = "a row of law says where it comes from; nothing is decided by it")]
    source: String,
    #[expect(dead_code, reason = "a row of law says when it was read; nothing is decided by it")]
    verified: Verified,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Rows {
    procurement: Vec<Procurement>,
    cost: Vec<CostRule>,
}

/// From which amount on an order needs several quotes, or a reason why there are fewer.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procurement {
    /// Above so many whole units of a currency.
    pub above: i64,
    /// So many quotes.
    pub quotes: i64,
    /// What goes to one supplier within so many days counts together.
    pub window_days: i64,
    /// Where it comes from.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

words! {
    /// Who bears costs.
    Bearer {
        /// The side that is asked.
        Requested = "requested",
        /// The side that asks.
        Requesting = "requesting",
        /// Each its own.
        EachItsOwn = "each its own",
        /// The instrument does not say.
        None = "none",
    }
}

/// Who bears the costs of what is asked for under an instrument.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CostRule {
    /// The instrument.
    pub instrument: String,
    /// Its article; empty where it has none.
    pub article: String,
    /// Who bears them.
    pub rule: Bearer,
    /// What it says, in words.
    pub text: String,
    /// Where it comes from.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

static CURRENCIES: LazyLock<BTreeMap<String, u32>> = LazyLock::new(|| {
    let rows = toml::from_str::<Currencies>(include_str!("../../assets/law/currencies.toml"));
    let rows = rows.map(|r| r.currency).unwrap_or_default();
    rows.into_iter().flat_map(|row| row.codes.into_iter().map(move |code| (code, row.decimals))).collect()
});

static ROWS: LazyLock<Rows> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/law/procurement.toml")).unwrap_or_default());

/// In how many decimals a currency is counted; `None`: it is not known.
pub fn decimals(code: &str) -> Option<u32> {
    CURRENCIES.get(code).copied()
}

/// The codes of all currencies that are known.
pub fn currencies() -> Vec<&'static str> {
    CURRENCIES.keys().map(String::as_str).collect()
}

/// From which amount on several quotes are needed; `None`: there is no such row.
pub fn procurement() -> Option<&'static Procurement> {
    ROWS.procurement.first()
}

/// Who bears the costs, by instrument.
pub fn cost_rules() -> &'static [CostRule] {
    &ROWS.cost
}

/// Who bears the costs under an instrument, where there is a row.
pub fn cost_rule(instrument: &str) -> Option<&'static CostRule> {
    ROWS.cost.iter().find(|row| row.instrument == instrument)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        assert_eq!(
            (decimals("EUR"), decimals("JPY"), decimals("KWD"), decimals("XXX")),
            (Some(2), Some(0), Some(3), None)
        );
        assert!(currencies().len() > 140 && currencies().iter().all(|c| c.len() == 3));
        assert!(procurement().is_some_and(|p| p.above > 0 && p.quotes > 1 && p.window_days > 0));
        assert_eq!(cost_rule("bc").map(|r| r.rule), Some(Bearer::None));
        assert_eq!(cost_rules().len(), 5);
    }
}
