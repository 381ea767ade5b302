//! `gate simulate`: facts in, one JSON object per line; verdicts out, one per line. A stream in constant memory.

use std::io::{self, BufRead, Read as _, Write};

use super::question::{Question, judge};
use crate::object;
use crate::value::json::{self, Limits};
use crate::value::text::is_blank;

/// The longest line, in bytes; a longer one is an error in its place.
const LONGEST_LINE: u64 = 1 << 20;

/// The counts of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Lines with a verdict.
    pub judged: u64,
    /// Lines that could not be read.
    pub errors: u64,
}

/// Judges every line and returns the counts. `go_on` is asked now and then; `false` ends the run early.
///
/// ```
/// use comity::gate::simulate::simulate;
///
/// // May an indicator of tier 1 leave? Nothing else is said of it, and what is not said refuses.
/// let facts = r#"{"question": "leave", "tier": 1, "category": "indicator"}"#;
/// let mut verdict = Vec::new();
/// let tally = simulate(facts.as_bytes(), &mut verdict, |_| true)?;
/// assert_eq!((tally.judged, tally.errors), (1, 0));
/// assert!(verdict.starts_with(br#"{"allowed":false,"refused_by":["G-00""#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn simulate(
    mut facts: impl BufRead,
    mut out: impl Write,
    mut go_on: impl FnMut(&Tally) -> bool,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if facts.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let answer = match read(&line) {
            Ok(question) => {
                tally.judged += 1;
                judge(&question).to_json()
            }
            Err(why) => {
                tally.errors += 1;
                object! { "error" => why }
            }
        };
        // The rest of a line that is too long is passed over, a piece at a time.
        while line.len() as u64 > LONGEST_LINE && !line.ends_with(b"\n") {
            line.clear();
            if facts.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line)? == 0 {
                break;
            }
        }
        writeln!(out, "{answer}")?;
        if (tally.judged + tally.errors) % 1024 == 0 && !go_on(&tally) {
            break;
        }
    }
    out.flush()?;
    Ok(tally)
}

fn read(line: &[u8]) -> Result<Question, String> {
    if line.len() as u64 > LONGEST_LINE {
        return Err("the line is longer than 1 MiB".into());
    }
    let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8")?;
    if is_blank(text) {
        return Err("the line is blank".into());
    }
    let json = json::parse(line, Limits::FOREIGN).map_err(|e| e.to_string())?;
    if json.members().is_none() {
        return Err("the line is not a JSON object".into());
    }
    Ok(Question::read(&json))
}
