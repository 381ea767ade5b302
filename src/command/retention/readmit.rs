//! Letting what was erased come again: two members say so, on a ground that tells nothing of it, and then the next copy from its partner is
//! taken in. What was erased stays erased.

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::record::item::{self, Readmission, State};
use crate::record::kind::Kind;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "retention",
    name: "readmit",
    about: "Let an item that was erased come again from its partner; another member says the same before it can",
    args: &[
        Arg::new("item", ArgKind::Record(&[Kind::Item]), "the item that was erased").positional(),
        Arg::new("ground", ArgKind::Word(all_words::<Readmission>), "on which ground").required(),
    ],
    writes: Some(Writes { keys: &[Key::Sign], ..Writes::of(item::READMIT, Weight::Signs, Needs::ActsState) }),
    run: Handler::Writes(readmit),
}];

fn readmit(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let ground = args.read("ground", "mistake, order or new-ground", Readmission::parse)?;
    workspace.act_alone(item::READMIT, Audience::OwnDesk, |_, _| Ok(item::readmitted(record.id, ground)))?;
    let code = workspace.partner_of(&record)?.unwrap_or_default();
    let said = if record.is(State::Purged) {
        format!("Another member confirms it with `comity retention readmit {} --ground {ground}`.", record.id)
    } else {
        format!("It may come again: ask {code} to disclose it once more. Until then nothing of it is here.")
    };
    Ok(Output::made(record.id, said))
}
