//! Lists of host names, one a line. A fictitious format: `tests/add_one.rs` adds it to a copy of the program.

use std::io::BufRead;

use super::format::{Format, FormatError, Found, Options, screen};
use crate::value::class::Assertion;
use crate::value::text;

/// `hosts`.
pub const FORMAT: Format = Format { name: "hosts", about: "host names, one a line", read };

fn read(input: &mut dyn BufRead, options: &Options, each: &mut dyn FnMut(Found) -> bool) -> Result<(), FormatError> {
    for (n, line) in input.lines().enumerate() {
        let place = || format!("line {}", n + 1);
        let line = line.map_err(|e| FormatError::new(place(), e.to_string()))?;
        let (category, person_class) = screen("domain");
        let category = options.category.unwrap_or(category);
        let found = Found {
            kind: "domain".to_owned(),
            category,
            tier: options.tier.unwrap_or(category.least_tier()),
            person_class,
            assertion: Assertion::Fact,
            source_grade: None,
            information_grade: None,
            marking: None,
            value: text::line(&line).map_err(|e| FormatError::new(place(), format!("its value {e}")))?,
            title: None,
            note: None,
            ids: Vec::new(),
            original: None,
        };
        if !each(found) {
            break;
        }
    }
    Ok(())
}
