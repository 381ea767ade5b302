//! A scenario as every format gives it: rows of a list of events, and what was not kept.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::inject::{InjectType, MOST, Trigger, Words};
use crate::value::class::words;
use crate::value::json::Json;
use crate::value::text;
use crate::value::timestamp::{Duration, Timestamp};

/// The longest file that is read, in bytes.
pub const LONGEST: usize = 16 << 20;
/// The most rows of one list.
pub const MOST_ROWS: usize = MOST as usize;

words! {
    /// A format of scenarios.
    Format {
        /// A list of events as comma-separated values.
        Csv = "csv",
        /// The Common Exercise Format.
        Cexf = "cexf",
        /// A scenario of OpenAEV.
        OpenAev = "openaev",
    }
}

/// One row of the list of events.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScenarioRow {
    /// Its number; `None`: the next that is free.
    pub number: Option<i64>,
    /// How long after the start.
    pub offset: Option<Duration>,
    /// Or at which time.
    pub at: Option<Timestamp>,
    /// What it is for.
    pub inject_type: InjectType,
    /// What lets it be due.
    pub trigger: Trigger,
    /// The numbers of those that are answered before.
    pub after: Vec<i64>,
    /// For which desks; none: all that play.
    pub to: Vec<String>,
    /// Which objective it tries.
    pub objective: Option<i64>,
    /// Within what time a reply is expected.
    pub reply_within: Option<Duration>,
    /// What it says.
    pub words: Words,
}

impl Default for ScenarioRow {
    fn default() -> Self {
        Self {
            number: None,
            offset: None,
            at: None,
            inject_type: InjectType::Contextual,
            trigger: Trigger::Time,
            after: Vec::new(),
            to: Vec::new(),
            objective: None,
            reply_within: None,
            words: Words::default(),
        }
    }
}

/// Something that a format has and a scenario does not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NotKept {
    /// What: the column, or the path of the member.
    pub what: String,
    /// How often.
    pub times: usize,
}

/// A scenario that was read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Scenario {
    /// Its title, where the format has one.
    pub title: String,
    /// What it is about, where the format says it.
    pub scope: String,
    /// Its objectives, where the format has them.
    pub objectives: Vec<String>,
    /// Its rows.
    pub rows: Vec<ScenarioRow>,
    /// Whether the format numbers them; else they are numbered here, from 1.
    pub numbered: bool,
    /// What was not kept.
    pub not_kept: Vec<NotKept>,
}

impl Scenario {
    /// The rows to add to a list whose highest number is `highest`: those that the format did not number follow it.
    pub fn rows_after(&self, highest: i64) -> Vec<ScenarioRow> {
        let by = if self.numbered { 0 } else { highest };
        let moved = |row: &ScenarioRow| ScenarioRow {
            number: row.number.map(|n| n + by),
            after: row.after.iter().map(|n| n + by).collect(),
            ..row.clone()
        };
        self.rows.iter().map(moved).collect()
    }
}

/// Why a file is no scenario.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScenarioError {
    /// A line of a table.
    #[error("line {0}: {1}")]
    Line(usize, String),
    /// The file as a whole.
    #[error("{0}")]
    File(String),
}

/// Counts what is not kept.
#[derive(Default)]
pub(super) struct Losses(BTreeMap<String, usize>);

impl Losses {
    pub(super) fn add(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// Counts the members of an object that are not among those that are read.
    pub(super) fn others(&mut self, path: &str, json: &Json, known: &[&str]) {
        for (key, value) in json.members().unwrap_or_default() {
            let says_nothing = value.is_null()
                || value.items().is_some_and(<[_]>::is_empty)
                || value.members().is_some_and(<[_]>::is_empty);
            if !known.contains(&key.as_str()) && !says_nothing {
                self.add(format!("{path}.{}", text::shown(key)));
            }
        }
    }

    pub(super) fn list(self) -> Vec<NotKept> {
        self.0.into_iter().map(|(what, times)| NotKept { what, times }).collect()
    }
}

/// Free text of a foreign file: composed, and no longer than a member may type.
pub(super) fn body(said: &str) -> Result<String, String> {
    text::body(said.trim()).map_err(|e| e.to_string())
}

/// Reads how long after the start something is: `+01:30`, `01:30`, `1d02:00`, `90m`, `2h`, `1d`.
pub fn offset(said: &str) -> Option<Duration> {
    let said = said.trim();
    let said = said.strip_prefix('+').unwrap_or(said).trim();
    if let Some(span) = Duration::parse(said) {
        return Some(span);
    }
    let (days, rest) = match said.split_once(['d', 'D']) {
        Some((days, rest)) => (days.trim().parse::<u16>().ok()?, rest.trim()),
        None => (0, said),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |part: &str| -> Option<i64> {
        let fine = !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit());
        fine.then(|| part.parse().ok()).flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (minutes < 60).then(|| Duration::minutes((i64::from(days) * 24 + hours) * 60 + minutes))
}

/// How long after the start, as [`offset`] reads it.
pub fn offset_in_words(span: Duration) -> String {
    let minutes = span.as_seconds() / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    if days > 0 { format!("+{days}d{hours:02}:{minutes:02}") } else { format!("+{hours:02}:{minutes:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_they_are_written() {
        for (said, minutes) in
            [("+00:00", 0), ("+01:30", 90), ("1:05", 65), ("+1d02:00", 1560), ("45m", 45), ("+2h", 120), ("1d", 1440)]
        {
            let span = offset(said).unwrap();
            assert_eq!(span.as_seconds(), minutes * 60, "{said}");
            assert_eq!(offset(&offset_in_words(span)), Some(span));
        }
        for bad in ["", "yesterday", "+00:60", "-00:10", "1:2:3", "+x:00", "9999:00", "d00:10", "\u{661}:00"] {
            assert_eq!(offset(bad), None, "{bad}");
        }
    }
}
