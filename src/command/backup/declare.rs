//! Declaring that a workspace was set back: one member says so, another confirms it. Both open a workspace that raises an alarm for
//! everything else.

use serde::Serialize;

use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::command::identity;
use crate::value::id::Id;
use crate::value::text::counted;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "backup",
        name: "declare",
        about: "Declare that this workspace was set back to an older copy; another member confirms it",
        args: &[Arg::new("because", ArgKind::Body, "why: partners read it").required()],
        writes: None,
        run: Handler::Free(declare),
    },
    Command {
        noun: "backup",
        name: "confirm",
        about: "Confirm that this workspace was set back, as another member has declared",
        args: &[],
        writes: None,
        run: Handler::Free(confirm),
    },
];

/// Opens a workspace that raises an alarm for everything else.
///
/// # Errors
///
/// Where it cannot be opened even so.
pub fn open(context: &mut CommandContext) -> Result<Workspace, Error> {
    let (me, _) = identity::unlock(context)?;
    Workspace::open_set_back(&context.workspace, &context.identity, me, context.clock)
}

/// What was declared.
#[derive(Serialize)]
struct Declared {
    id: Id,
    /// How many acts this copy holds.
    held: u64,
    /// How many acts this member has seen.
    seen: Option<u64>,
    /// How many records were erased again.
    erased_again: usize,
}

fn acts(n: u64) -> String {
    counted(usize::try_from(n).unwrap_or(usize::MAX), "act")
}

fn again(n: usize) -> String {
    match n {
        0 => String::new(),
        n => format!(" What was erased since was erased again: {}.", counted(n, "record")),
    }
}

fn declare(context: &mut CommandContext, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let because = args.body("because")?.unwrap_or_default();
    let mut workspace = open(context)?;
    let done = workspace.declare_restore(&because)?;
    let lost = match done.seen {
        Some(seen) if seen > done.held => format!(", {} fewer than you have seen", seen - done.held),
        _ => String::new(),
    };
    let next = match done.waits {
        true => "Let another member confirm it with `comity backup confirm`; until then nobody works in it.",
        false => "You are the only member: the log goes on.",
    };
    let said = format!(
        "Declared: this copy holds {}{lost}.{} {next} Partners hear of it with the next bundle.",
        acts(done.held),
        again(done.erased)
    );
    let declared = Declared { id: done.id, held: done.held, seen: done.seen, erased_again: done.erased };
    Ok(Output { made: Some(done.id), ..Output::thing(&declared) }.with_message(said))
}

fn confirm(context: &mut CommandContext, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let mut workspace = open(context)?;
    let (id, erased) = workspace.confirm_restore()?;
    let said = format!(
        "Confirmed: the desk works on in this copy, and its log goes on.{} Send each partner a bundle: they hear of it so.",
        again(erased)
    );
    Ok(Output::made(id, said))
}
