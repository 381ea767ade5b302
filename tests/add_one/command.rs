//! How many members a desk has. A fictitious command: `tests/add_one.rs` adds it to a copy of the program.

use serde::Serialize;

use crate::command::definition::{Args, Command, Handler, Output};
use crate::record::kind::Kind;
use crate::record::store::{Query, RecordStore as _};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "desk",
    name: "members",
    about: "How many members the desk has",
    args: &[],
    writes: None,
    run: Handler::Reads(members),
}];

/// How many there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct MemberCount {
    /// Members, former ones too.
    pub members: usize,
}

fn members(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let members = workspace.records().find(&Query::kind(Kind::Member))?.len();
    Ok(Output::thing(&MemberCount { members }))
}
