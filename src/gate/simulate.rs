//! `gate simulate`: facts in, one JSON object per line; verdicts out, one per line.

use std::io::{self, BufRead, Write};

use super::question::{Question, judge};
use crate::value::json_lines::{Tally, answer_each};

/// Judges every line and returns the counts. `go_on` is asked now and then; `false` ends the run early.
///
/// ```
/// use comity::gate::simulate::simulate;
///
/// // May an indicator of tier 1 leave? Nothing else is said of it, and what is not said refuses.
/// let facts = r#"{"question": "leave", "tier": 1, "category": "indicator"}"#;
/// let mut verdict = Vec::new();
/// let tally = simulate(facts.as_bytes(), &mut verdict, |_| true)?;
/// assert_eq!((tally.answered, tally.errors), (1, 0));
/// assert!(verdict.starts_with(br#"{"allowed":false,"refused_by":["G-00""#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn simulate(facts: impl BufRead, out: impl Write, mut go_on: impl FnMut(&Tally) -> bool) -> io::Result<Tally> {
    let verdict = |facts: &crate::value::json::Json| Ok(judge(&Question::read(facts)).to_json());
    answer_each(facts, out, verdict, |tally| !tally.lines().is_multiple_of(1024) || go_on(tally))
}
