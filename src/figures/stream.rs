//! `report suppress`: tables in, a JSON object a line; what is published of each out, a line each. A stream in constant memory.

use std::io::{self, BufRead, Read as _, Write};

use super::table::Table;
use crate::object;
use crate::value::json::{self, Limits};
use crate::value::text::is_blank;

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

/// Answers every line and returns the counts. `go_on` is asked after each; `false` ends the run early.
///
/// ```
/// use comity::figures::stream::suppress;
///
/// let table = br#"{"threshold":5,"rows":["A","B"],"columns":["1","2"],"counts":[[20,12],[15,30]]}"#;
/// let mut out = Vec::new();
/// assert_eq!(suppress(&table[..], &mut out, |_| true)?.answered, 1);
/// assert!(out.starts_with(br#"{"threshold":5,"#));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn suppress(
    mut tables: impl BufRead,
    mut out: impl Write,
    mut go_on: impl FnMut(&Tally) -> bool,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        if tables.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let answer = match read(&line) {
            Ok(table) => {
                tally.answered += 1;
                table.suppressed().to_json()
            }
            Err(why) => {
                tally.errors += 1;
                object! { "error" => why }
            }
        };
        // The rest of a line that is too long is passed over, a piece at a time.
        while line.len() as u64 > LONGEST_LINE && !line.ends_with(b"\n") {
            line.clear();
            if tables.by_ref().take(LONGEST_LINE + 1).read_until(b'\n', &mut line)? == 0 {
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

fn read(line: &[u8]) -> Result<Table, String> {
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
    Table::read(&json)
}
