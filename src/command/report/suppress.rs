//! `report suppress`: tables that reveal nobody, without a workspace.

use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::command::json_lines;
use crate::figures::stream::suppress;
use crate::workspace::error::Error;
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
    json_lines::answer(args, job, ("hiding", "answers"), |tables, out, go_on| suppress(tables, out, go_on))
}
