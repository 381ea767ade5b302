//! The time: how far this machine's clock is believed, and what members say of it. No command sets a clock.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::backup::declare;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, CommandContext, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::record::clock;
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, RecordStore as _};
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;
use crate::workspace::window;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "clock",
        name: "show",
        about: "Show what this machine's clock says, and until when it is believed",
        args: &[],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "clock",
        name: "state",
        about: "State that the clock is right, though it is far ahead of the last act",
        args: &[Arg::new("is", ArgKind::Line, "today's date, as another clock or a calendar says it").required()],
        writes: Some(Writes {
            act: clock::STATE,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(state),
    },
    Command {
        noun: "clock",
        name: "confirm",
        about: "Confirm that the clock is right, as another member has stated",
        args: &[Arg::new("clock", ArgKind::Record(&[Kind::Clock]), "the statement").positional()],
        writes: Some(Writes {
            act: clock::CONFIRM,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(confirm),
    },
    Command {
        noun: "clock",
        name: "correct",
        about: "Declare that the last act was dated wrong; another member confirms it, and the log goes on with the right time",
        args: &[Arg::new("because", ArgKind::Body, "why: partners read it").required()],
        writes: None,
        run: Handler::Free(correct),
    },
];

/// Begins the correction of a log whose last act was dated wrong: the clock of a machine was far ahead, and an act was signed.
fn correct(context: &mut CommandContext, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let because = args.body("because")?.unwrap_or_default();
    let mut workspace = declare::open(context)?;
    let last = workspace.last_signed()?.filter(|_| workspace.alarm().is_none());
    let Some(last) = last.filter(|last| *last > workspace.now()) else {
        let what = "the last act of this desk is not dated later than the clock is now: there is nothing to correct";
        return Err(Error::not_allowed(what).hint("`comity clock show` says what is known of the time"));
    };
    let done = workspace.declare_restore(&because)?;
    let next = match done.waits {
        true => "Let another member confirm it with `comity backup confirm`; until then nobody works in it.",
        false => "You are the only member: the log goes on.",
    };
    let said = format!("Declared: the last act is dated {last}, and that is wrong. {next}");
    Ok(Output::made(done.id, said))
}

/// What is known of the time.
#[derive(Serialize)]
struct ClockSummary {
    now: Timestamp,
    /// When the last act of this desk was made.
    last: Option<Timestamp>,
    /// The latest time that somebody else has given a sign of.
    witnessed: Option<Timestamp>,
    /// Until when acts are signed without a statement.
    signs_until: Option<Timestamp>,
    /// Until when this member erases what is due without another's word.
    erases_until: Option<Timestamp>,
    statements: Vec<StatementRow>,
}

/// What a member has stated of the time.
#[derive(Serialize)]
struct StatementRow {
    id: Id,
    state: State,
    at: Option<Timestamp>,
    by: String,
}

fn show(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let mut statements = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Clock))? {
        let by = record.text("by").and_then(Person::parse);
        let by = by.map(|person| workspace.name_of(person)).transpose()?.unwrap_or_default();
        statements.push(StatementRow { id: record.id, state: record.state, at: record.instant("at"), by });
    }
    let (last, witnessed) = (workspace.last_signed()?, workspace.witnessed_time()?);
    Ok(Output::thing(&ClockSummary {
        now: workspace.now(),
        last,
        witnessed,
        signs_until: last.map(|at| at.plus(window::AHEAD)),
        erases_until: witnessed.map(|at| at.plus(window::AHEAD)),
        statements,
    }))
}

fn state(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (typed, today) = (args.line("is")?, workspace.now().to_date());
    if typed != today {
        let what = format!("--is {}: this machine's clock says {today}", shown(&typed));
        return Err(Error::usage(what).hint("set the clock right; it is not stated to be so"));
    }
    let id = workspace.entropy.id()?;
    workspace.act_alone(clock::STATE, Audience::OwnDesk, |_, _| Ok(clock::stated(id)))?;
    let next = format!("`comity clock confirm {}`, by another member within a day", id.short());
    Ok(Output::made(id, format!("Stated: acts are signed. What is due is erased after {next}.")))
}

fn confirm(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("clock")?, &[Kind::Clock])?;
    let id = workspace.act_alone(clock::CONFIRM, Audience::OwnDesk, |_, _| Ok(clock::confirmed(record.id)))?;
    Ok(Output::made(id, "Confirmed: two members say that the clock is right."))
}
