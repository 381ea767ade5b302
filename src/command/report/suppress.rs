//! `report suppress`: tables that reveal nobody, without a workspace.

use std::io::{BufReader, BufWriter, stdin, stdout};

use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::figures::stream::{Tally, suppress};
use crate::host::file;
use crate::value::text::is_standard_input;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "report",
    name: "suppress",
    about: "Hide the small counts of tables, and as much else as keeps them from being computed back; no workspace is needed",
    args: &[Arg::new("file", ArgKind::Existing, "the file, one JSON object a line, or -").positional().cli_only()],
    writes: None,
    run: Handler::Free(run),
}];

fn run(_: &mut CommandContext, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let path = args.need("file")?;
    let out = BufWriter::with_capacity(64 * 1024, stdout().lock());
    let go_on = |t: &Tally| job.go_on("hiding", t.answered + t.errors, None);
    let tally = if is_standard_input(path) {
        suppress(stdin().lock(), out, go_on)
    } else {
        suppress(BufReader::with_capacity(64 * 1024, file::open(path.as_ref())?), out, go_on)
    };
    let tally =
        tally.map_err(|e| Error::new(ErrorKind::Medium, e.to_string(), "check the file and where the answers go"))?;
    let code = if tally.errors > 0 { ErrorKind::Malformed as u8 } else { 0 };
    Ok(Output { code, ..Output::nothing() })
}
