//! Cases.

use crate::record::kind::Kind;
use crate::record::kind::State;
use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::command::retention::schedule::moved_by;
use crate::command::shape::TOKEN;
use crate::law::retention::Trigger;
use crate::record::definition::token;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{case, request};
use crate::store::tally::{effective_marking, items_held};
use crate::value::id::Id;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const CASE: Arg = Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "case",
        name: "new",
        about: "Open a case",
        args: &[
            Arg::new("title", ArgKind::Line, "its title").required(),
            Arg::new("purpose", ArgKind::Line, "for what: a word that agreements name too, such as cybercrime")
                .of_shape(TOKEN)
                .required(),
            Arg::new(
                "taskforce",
                ArgKind::Line,
                "the task force that it belongs to, by its id; `taskforce case` asks the same",
            )
            .cli_only(),
        ],
        writes: Some(Writes {
            act: crate::record::case::NEW,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(new),
    },
    Command {
        noun: "case",
        name: "list",
        about: "List the cases",
        args: &[Arg::new("archived", ArgKind::Flag, "those that are archived, too")],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "case",
        name: "show",
        about: "Show a case",
        args: &[CASE],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "case",
        name: "close",
        about: "Close a case: nothing is added to it any more",
        args: &[CASE, Arg::new("because", ArgKind::Line, "why").required()],
        writes: Some(Writes {
            act: crate::record::case::CLOSE,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(close),
    },
    Command {
        noun: "case",
        name: "archive",
        about: "Archive a case that is closed: it is only kept until its terms end, and lists leave it out",
        args: &[CASE, Arg::new("because", ArgKind::Line, "why").required()],
        writes: Some(Writes::of(crate::record::case::ARCHIVE, Weight::Records, Needs::ActsState)),
        run: Handler::Writes(archive),
    },
];

/// A case as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct CaseSummary {
    /// The record.
    pub id: Id,
    /// Its title; empty once it was purged.
    pub title: String,
    /// Open, closed or purged.
    pub state: State,
    /// For what.
    pub purpose: String,
    /// The desk that opened it.
    pub desk: String,
    /// When it was opened, or first heard of.
    #[serde(serialize_with = "or_empty")]
    pub opened: Option<Timestamp>,
    /// How many items are in it.
    pub items: u64,
    /// Which partners know of it.
    pub shared: Vec<String>,
    /// The task force that it belongs to.
    pub taskforce: Option<Id>,
}

/// A case's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<CaseSummary, Error> {
    let shared = record.shared.iter().map(|h| workspace.code_of(h.partner)).collect::<Result<_, _>>()?;
    Ok(CaseSummary {
        id: record.id,
        title: workspace.text_of(record, "title")?,
        state: record.state,
        purpose: record.text("purpose").unwrap_or_default().to_owned(),
        desk: workspace.code_of(record.desk)?,
        opened: record.instant("opened"),
        items: items_held(&workspace.db, record.id)?,
        shared,
        taskforce: case::taskforce_of(record),
    })
}

/// Every case, the newest last.
pub fn rows(workspace: &Workspace) -> Result<Vec<CaseSummary>, Error> {
    workspace.records().find(&Query::kind(Kind::Case))?.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("desk", "FROM"),
        ("state", "STATE"),
        ("items", "ITEMS"),
        ("purpose", "PURPOSE"),
        ("title", "TITLE"),
    ];
    let mut all = rows(workspace)?;
    let before = all.len();
    all.retain(|case| args.flag("archived") || case.state != case::State::Archived.any());
    let output = Output::list(&all, columns).of(Kind::Case);
    Ok(match before - all.len() {
        0 => output,
        n => output.with_message(format!("{} archived: `case list --archived` shows them.", counted(n, "case"))),
    })
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("case")?, &[Kind::Case])?;
    let marking = effective_marking(&workspace.db, record.id)?.map(|m| m.to_string());
    Ok(Output::thing(&row(workspace, &record)?).with("marking", marking))
}

/// Opens a case, of a task force where one is named.
///
/// # Errors
///
/// Where the gate or the records do not allow it.
pub fn new(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (title, purpose) = (args.line("title")?, args.read("purpose", TOKEN.what, token)?);
    let of = args.maybe("taskforce").map(|typed| workspace.find_record(typed, &[Kind::Taskforce])).transpose()?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(crate::record::case::NEW, Audience::OwnDesk, |e, _| {
        Ok(case::new_of(id, &purpose, of.map(|t| t.id), &title, e.salt()?))
    })?;
    Ok(Output::made(id, "The case is open."))
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("case")?, &[Kind::Case])?;
    let because = args.line("because")?;
    let moves = moved_by(workspace, &record, Trigger::CaseClosed, workspace.now(), None)?;
    let count = moves.len();
    workspace.act(crate::record::case::CLOSE, Audience::OwnDesk, None, |act, e| {
        act.change(case::closed(record.id, &because, e.salt()?))?;
        moves.iter().try_for_each(|moved| Ok(act.change(moved.change())?))
    })?;
    let began = match count {
        0 => String::new(),
        n => format!(" The schedule of {} begins.", counted(n, "exhibit")),
    };
    Ok(Output::made(record.id, format!("The case is closed. Its timers run on.{began}")).with("moves", count))
}

fn archive(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("case")?, &[Kind::Case])?;
    let because = args.line("because")?;
    let open = [request::State::Sent.any(), request::State::Executing.any()];
    let within = workspace.records().find(&Query { case: Some(record.id), ..Query::kind(Kind::Request) })?;
    if let Some(waits) = within.iter().find(|r| open.contains(&r.state)) {
        let what = format!("the request R-{} of this case waits for an answer", waits.id.short());
        return Err(Error::not_allowed(what).hint("withdraw it, or wait for the answer: `comity request list`"));
    }
    let id = workspace
        .act_alone(case::ARCHIVE, Audience::OwnDesk, |e, _| Ok(case::archived(record.id, &because, e.salt()?)))?;
    Ok(Output::made(id, "Archived: its timers run on, and `retention purge --case` erases it with one certificate."))
}
