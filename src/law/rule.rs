//! The gate's rules as data: name, source, status of the source, and when somebody read it.

use std::sync::LazyLock;

use serde::Deserialize;

/// One rule of the gate.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The question that it belongs to: `leave`, `decide`, `purge` or `act`.
    pub question: String,
    /// Its number, such as `G-04`.
    pub id: String,
    /// Its name in a word or two.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// The status of that source.
    pub status: String,
    /// The day on which the source was read, or `unverified`.
    pub verified: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    rule: Vec<Rule>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    // The rows are part of the program; a test reads them, so a malformed file never leaves a build.
    toml::from_str::<Rows>(include_str!("../../assets/law/rules.toml")).map(|rows| rows.rule).unwrap_or_default()
});

/// Every rule, in order of number within its question.
pub fn all() -> &'static [Rule] {
    &RULES
}

/// The rule of that number.
pub fn by_id(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_well_formed_and_complete() {
        let count = |q: &str| all().iter().filter(|r| r.question == q).count();
        assert_eq!((count("leave"), count("decide"), count("purge"), count("act")), (24, 10, 5, 7));
        for rule in all() {
            assert!(!rule.source.is_empty() && !rule.status.is_empty(), "{}", rule.id);
            assert!(
                rule.verified == "unverified"
                    || crate::value::timestamp::Timestamp::parse_date(&rule.verified).is_some(),
                "{}",
                rule.id
            );
        }
    }
}
