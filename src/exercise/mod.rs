//! Layer 5: scenario formats: lists of events as CSV, the Common Exercise Format (CEXF), and scenarios of OpenAEV.
//!
//! Pure: bytes in, a scenario out, and back. What a format has and a scenario does not is counted and named, never dropped in
//! silence.

pub mod cexf;
pub mod csv;
pub mod openaev;
pub mod scenario;

use self::scenario::{Format, LONGEST, MOST_ROWS, Scenario, ScenarioError};

/// Reads a scenario in whatever format it is: a table, or JSON of one of the two forms.
///
/// # Errors
///
/// Where it is in none, over a limit, or says what no inject can be.
pub fn read(bytes: &[u8], format: Option<Format>) -> Result<Scenario, ScenarioError> {
    if bytes.len() > LONGEST {
        return Err(ScenarioError::File(format!("it has more than {LONGEST} bytes")));
    }
    let format = format.unwrap_or_else(|| guess(bytes));
    let scenario = match format {
        Format::Csv => csv::read(bytes),
        Format::Cexf => cexf::read(bytes),
        Format::OpenAev => openaev::read(bytes),
    }?;
    if scenario.rows.len() > MOST_ROWS {
        return Err(ScenarioError::File(format!("it has more than {MOST_ROWS} rows")));
    }
    Ok(scenario)
}

fn guess(bytes: &[u8]) -> Format {
    let begins = bytes.iter().find(|b| !b.is_ascii_whitespace());
    if begins != Some(&b'{') {
        return Format::Csv;
    }
    let marks = |mark: &[u8]| bytes.windows(mark.len()).any(|w| w == mark);
    if marks(b"\"scenario_injects\"") || marks(b"\"inject_depends_duration\"") { Format::OpenAev } else { Format::Cexf }
}
