//! Lists of host names, one a line. A fictitious format: `tests/add_one.rs` adds it to a copy of the program.

use std::io::BufRead as _;

use super::format::{Format, FormatError, Found, Options, Sink};
use super::source::Source;

/// `hosts`.
pub const FORMAT: Format = Format { name: "hosts", about: "host names, one a line", read, write: None };

fn read(input: &mut Source<'_>, options: &Options, sink: &mut Sink<'_>) -> Result<(), FormatError> {
    for (n, line) in input.lines().enumerate() {
        let place = format!("line {}", n + 1);
        let line = line.map_err(|e| FormatError::new(&place, e.to_string()))?;
        sink.item(Found { category: options.category, tier: options.tier, ..Found::new(place, "domain", line) });
        if sink.is_full() {
            break;
        }
    }
    Ok(())
}
