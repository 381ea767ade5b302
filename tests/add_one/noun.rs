//! Vehicles that were seized in a case. A fictitious noun: `tests/add_one.rs` adds it to a copy of the program.

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::record::definition::token;
use crate::record::kind::Kind;
use crate::record::vehicle;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "vehicle",
        name: "seize",
        about: "Record that a vehicle was seized",
        args: &[
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case").required(),
            Arg::new("sort", ArgKind::Line, "what it is, such as `car`").required(),
            Arg::new("plate", ArgKind::Line, "its plate").required(),
        ],
        writes: Some(Writes {
            act: vehicle::SEIZE,
            weight: Weight::Records,
            needs: Needs::NotPurged,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("vehicle return"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(seize),
    },
    Command {
        noun: "vehicle",
        name: "return",
        about: "Record that its owner has a vehicle again",
        args: &[Arg::new("vehicle", ArgKind::Record(&[Kind::Vehicle]), "the vehicle").positional()],
        writes: Some(Writes {
            act: vehicle::RETURN,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(give_back),
    },
];

fn seize(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let case = workspace.find_record(args.need("case")?, &[Kind::Case])?;
    let sort = args.read("sort", "one word", token)?;
    let plate = args.line("plate")?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(vehicle::SEIZE, Audience::OwnDesk, |e, _| {
        Ok(vehicle::seized(id, case.id, &sort, &plate, e.salt()?))
    })?;
    Ok(Output::made(id, "The vehicle is recorded."))
}

fn give_back(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("vehicle")?, &[Kind::Vehicle])?;
    let id = workspace.act_alone(vehicle::RETURN, Audience::OwnDesk, |_, _| Ok(vehicle::returned(record.id)))?;
    Ok(Output::made(id, "The vehicle is returned."))
}
