//! The tests of a legal review as data: the question, what to look at, the source.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::row::Verified;
use crate::value::class::{Level, Test};

/// One test.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TestRow {
    /// The test.
    pub id: Test,
    /// The lowest level that asks it.
    pub level: Level,
    /// The question.
    pub question: String,
    /// What to look at.
    pub help: String,
    /// Where it was read.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    test: Vec<TestRow>,
}

static ROWS: LazyLock<Vec<TestRow>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/tests.toml")).map(|r| r.test).unwrap_or_default()
});

/// The row of a test.
pub fn of(test: Test) -> Option<&'static TestRow> {
    ROWS.iter().find(|r| r.id == test)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_has_its_row_on_the_level_that_asks_it_first() {
        assert_eq!(ROWS.len(), Test::ALL.len());
        for test in Test::ALL {
            let row = of(*test).unwrap_or_else(|| panic!("{test:?} has no row"));
            let first = Level::ALL.iter().find(|l| Test::of_level(**l).contains(test)).unwrap();
            assert_eq!(row.level, *first, "{test:?}");
        }
    }
}
