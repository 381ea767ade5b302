//! Answering a file, or what comes in, line by line: what a command does that needs no workspace and stores nothing.

use std::io::{self, BufRead, BufReader, BufWriter, Write, stdin, stdout};

use crate::command::definition::{Args, Output};
use crate::host::file;
use crate::value::json_lines::Tally;
use crate::value::text::is_standard_input;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::progress::Job;

/// Answers a stream of lines, and asks after them whether it goes on.
pub type Answer = fn(&mut dyn BufRead, &mut dyn Write, &mut dyn FnMut(&Tally) -> bool) -> io::Result<Tally>;

/// Answers the lines of the file that is named, or of standard input, on standard output. `doing` is what is told of it meanwhile,
/// `answers` what it writes. A line that cannot be read makes the exit code 20 in the end.
///
/// # Errors
///
/// Where the file cannot be read, or the answers not be written.
pub fn answer(
    args: &Args,
    job: &mut Job,
    (doing, answers): (&'static str, &str),
    answer: Answer,
) -> Result<Output, Error> {
    let path = args.need("file")?;
    let mut out = BufWriter::with_capacity(64 * 1024, stdout().lock());
    let mut go_on = |t: &Tally| job.go_on(doing, t.lines(), None);
    let tally = if is_standard_input(path) {
        answer(&mut stdin().lock(), &mut out, &mut go_on)
    } else {
        answer(&mut BufReader::with_capacity(64 * 1024, file::open(path.as_ref())?), &mut out, &mut go_on)
    };
    let hint = format!("check the file and where the {answers} go");
    let tally = tally.map_err(|e| Error::new(ErrorKind::Medium, e.to_string(), hint))?;
    let code = if tally.errors > 0 { ErrorKind::Malformed as u8 } else { 0 };
    Ok(Output { code, ..Output::nothing() })
}
