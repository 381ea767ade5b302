//! Targets that desks commit themselves to, in an agreement or a charter: within how many days something is acknowledged, decided,
//! delivered, or preserved. They are no limits of the law, and nothing is refused by them.

use super::definition::ApplyError;
use crate::value::class::words;
use crate::value::json::{Json, Members};

words! {
    /// What a target is for, from when a request is sent.
    Step {
        /// It is acknowledged.
        Acknowledged = "acknowledged",
        /// It is decided.
        Decided = "decided",
        /// What was asked for is delivered.
        Delivered = "delivered",
        /// What is to be preserved is confirmed.
        Preserved = "preserved",
    }
}

/// What is expected where a target is typed.
pub const TARGET: &str =
    "a step with a number of days, such as decided=30: acknowledged, decided, delivered, preserved,";
/// The longest target, in days.
const MOST_DAYS: i64 = 3_650;

/// Targets: of each step at most one, in days.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Targets(pub Vec<(Step, i64)>);

impl Targets {
    /// Reads them; none where there are none.
    pub fn read(m: &mut Members<'_>) -> Result<Self, ApplyError> {
        let Some(json) = m.maybe("targets") else { return Ok(Self::default()) };
        let bad = || ApplyError::Malformed("`targets` are steps, each with a number of days".into());
        let mut all = Vec::new();
        for (step, days) in json.members().ok_or_else(bad)? {
            let days = days.int().filter(|days| (1..=MOST_DAYS).contains(days)).ok_or_else(bad)?;
            all.push((Step::parse(step).ok_or_else(bad)?, days));
        }
        Ok(Self(all))
    }

    /// Writes them, where there are any: what has none says so by silence, as it always did.
    pub fn write(&self, json: &mut Json) {
        if !self.0.is_empty() {
            let members = self.0.iter().map(|(step, days)| (step.word().into(), Json::from(*days)));
            json.set("targets", Json::Obj(members.collect()));
        }
    }

    /// A target as it is typed, such as `decided=30`.
    pub fn typed(text: &str) -> Option<(Step, i64)> {
        let (step, days) = text.split_once('=')?;
        let days: i64 = days.trim().trim_end_matches('d').parse().ok()?;
        Some((Step::parse(step.trim())?, days)).filter(|(_, days)| (1..=MOST_DAYS).contains(days))
    }

    /// Targets that were typed; of one step the last counts.
    pub fn of_typed(typed: Vec<(Step, i64)>) -> Self {
        let all = Step::ALL.iter();
        let last = |step: &Step| typed.iter().rfind(|(of, _)| of == step).copied();
        Self(all.filter_map(last).collect())
    }

    /// The target of a step, in days.
    pub fn of(&self, step: Step) -> Option<i64> {
        self.0.iter().find(|(of, _)| *of == step).map(|(_, days)| *days)
    }

    /// Them in words; nothing where there are none.
    pub fn said(&self) -> String {
        self.0.iter().map(|(step, days)| format!("{step} in {days} days")).collect::<Vec<_>>().join(", ")
    }
}
