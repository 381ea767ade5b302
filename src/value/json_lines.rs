//! JSON objects in, one a line; an answer to each out, a line each. A stream in constant memory: what cannot be read has an error in its
//! place, and the run goes on.

use std::io::{self, BufRead, Read as _, Write};

use super::json::{self, Json, Limits};
use super::text::is_blank;
use crate::object;

/// The longest line, in bytes; a longer one is an error in its place.
const LONGEST_LINE: u64 = 1 << 20;

/// The counts of a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// Lines with an answer.
    pub answered: u64,
    /// Lines that could not be read.
    pub errors: u64,
}

impl Tally {
    /// All lines so far.
    pub const fn lines(&self) -> u64 {
        self.answered + self.errors
    }
}

/// Answers every line and returns the counts. `go_on` is asked after each; `false` ends the run early.
///
/// # Errors
///
/// Where the lines cannot be read, or the answers not be written.
pub fn answer_each(
    mut lines: impl BufRead,
    mut out: impl Write,
    mut answer: impl FnMut(&Json) -> Result<Json, String>,
    mut go_on: impl FnMut(&Tally) -> bool,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let answer = match read(&line).and_then(|json| answer(&json)) {
            Ok(answer) => {
                tally.answered += 1;
                answer
            }
            Err(why) => {
                tally.errors += 1;
                object! { "error" => why }
            }
        };
        // The rest of a line that is too long is passed over, a piece at a time.
        while line.len() as u64 > LONGEST_LINE && !line.ends_with(b"\n") {
            line.clear();
            if lines.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line)? == 0 {
                break;
            }
        }
        writeln!(out, "{answer}")?;
        if !go_on(&tally) {
            break;
        }
    }
    out.flush()?;
    Ok(tally)
}

fn read(line: &[u8]) -> Result<Json, String> {
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
    Ok(json)
}
