//! Lists of host names, one a line. A fictitious format: `tests/add_one.rs` adds it to a copy of the program.

use std::io::BufRead;

use super::format::{Format, FormatError, Found, Options, Seen};

/// `hosts`.
pub const FORMAT: Format = Format { name: "hosts", about: "host names, one a line", read, write: None };

fn read(input: &mut dyn BufRead, options: &Options, each: &mut dyn FnMut(Seen) -> bool) -> Result<(), FormatError> {
    for (n, line) in input.lines().enumerate() {
        let place = format!("line {}", n + 1);
        let line = line.map_err(|e| FormatError::new(&place, e.to_string()))?;
        let found = Found { category: options.category, tier: options.tier, ..Found::new(place, "domain", line) };
        if !each(Seen::Item(Box::new(found))) {
            break;
        }
    }
    Ok(())
}
