//! Answering a partner's order to delete: that it cannot be, or only in part, on which ground, and when that is looked at again.

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::record::item;
use crate::record::kind::Kind;
use crate::record::order::{self, Basis, Extent};
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "retention",
    name: "cannot",
    about: "Answer a partner's order to delete: it cannot be deleted, on which ground, and when that is looked at again",
    args: &[
        Arg::new("item", ArgKind::Record(&[Kind::Item]), "what the partner has ordered away").positional(),
        Arg::new("basis", ArgKind::Word(all_words::<Basis>), "on which ground").required(),
        Arg::new("review", ArgKind::Time, "when that is looked at again, in three years at most").required(),
        Arg::new("partly", ArgKind::Flag, "a part of it is deleted"),
    ],
    writes: Some(Writes {
        act: order::ANSWER,
        weight: Weight::Signs,
        needs: Needs::OneOf(const { &[item::State::Held.any()] }),
        rehearsable: true,
        preview: Preview::None,
        undo: Undo::Never(STAYS),
        alone: false,
        keys: &[],
    }),
    run: Handler::Writes(answer),
}];

/// Nothing is answered that nobody has ordered.
pub fn not_ordered() -> Error {
    Error::not_allowed("no partner has ordered it away").hint("`retention duties` lists what was")
}

fn answer(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("item")?, &[Kind::Item])?;
    let basis = args.read("basis", "a ground", Basis::parse)?;
    let review = args.time("review", workspace.now())?;
    let extent = if args.flag("partly") { Extent::Partly } else { Extent::Cannot };
    let to = record.partner.filter(|_| record.text("ordered").is_some()).ok_or_else(not_ordered)?;
    let id = workspace.entropy.id()?;
    workspace.act(order::ANSWER, Audience::Desks(vec![to]), None, |act, _| {
        act.change(order::answering(id, to, extent, basis, review))?;
        Ok(act.change(order::answered_of(record.id))?)
    })?;
    let code = workspace.code_of(to)?;
    let said = format!(
        "{code} is told with the next bundle: {extent}, {basis}. It is restricted, and looked at again {}.",
        review.to_minute()
    );
    Ok(Output::made(id, said))
}
