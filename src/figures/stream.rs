//! `report suppress`: tables in, a JSON object a line; what is published of each out, a line each.

use std::io::{self, BufRead, Write};

use super::table::Table;
use crate::value::json_lines::{Tally, answer_each};

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
pub fn suppress(tables: impl BufRead, out: impl Write, go_on: impl FnMut(&Tally) -> bool) -> io::Result<Tally> {
    answer_each(tables, out, |json| Ok(Table::read(json)?.suppressed().to_json()), go_on)
}
