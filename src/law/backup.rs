//! How long a backup is kept: a row of `assets/law/backups.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use super::row::Verified;
use crate::value::timestamp::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    backup: Vec<BackupRow>,
}

/// The row of the term of backups.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupRow {
    /// The term, in days.
    pub days: i64,
    /// Where it comes from.
    pub source: String,
    /// The day on which it was read, or `unverified`.
    pub verified: Verified,
}

static ROWS: LazyLock<Vec<BackupRow>> = LazyLock::new(|| {
    toml::from_str::<Rows>(include_str!("../../assets/law/backups.toml")).map(|r| r.backup).unwrap_or_default()
});

/// How long a backup is kept. Where there is no row, not at all.
pub fn term() -> Duration {
    Duration::days(ROWS.first().map_or(0, |row| row.days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::retention;

    #[test]
    fn a_backup_is_kept_no_longer_than_what_is_in_it() {
        let days = retention::all()
            .iter()
            .filter(|row| row.trigger == retention::Trigger::Received)
            .filter_map(|row| row.days);
        let shortest = days.min().map(Duration::days);
        assert!(term() > Duration::days(0) && Some(term()) <= shortest);
    }
}
