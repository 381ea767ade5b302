//! Samples of consultations for oversight: drawn by a rule that leaves no choice, looked at by an auditor.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::audit::consultations::{Consulted, consulted};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::law::accountability::{self, Period, Sign};
use crate::record::kind::{Kind, State};
use crate::record::sample;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::store::log;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const SAMPLE: Arg = Arg::new("sample", ArgKind::Record(&[Kind::Sample]), "the sample").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "sample",
        name: "draw",
        about: "Draw consultations of a period to be looked at; the act before is the seed, so that nobody chooses",
        args: &[
            Arg::new("from", ArgKind::Time, "the beginning of the period; 30 days before its end where it is left out"),
            Arg::new("to", ArgKind::Time, "its end; now where it is left out"),
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(sample::DRAW, Weight::Signs, Needs::Nothing) }),
        run: Handler::Writes(draw),
    },
    Command {
        noun: "sample",
        name: "review",
        about: "Note what a sample showed, as an auditor who has looked at all of it",
        args: &[SAMPLE, Arg::new("note", ArgKind::Body, "what it showed").required()],
        writes: Some(Writes::of(sample::REVIEW, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(review),
    },
    Command {
        noun: "sample",
        name: "list",
        about: "List the samples that were drawn",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "sample",
        name: "show",
        about: "Show a sample: its seed, and the consultations that it drew",
        args: &[SAMPLE],
        writes: None,
        run: Handler::Reads(show),
    },
];

/// A sample as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct SampleRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: State,
    /// The beginning of its period.
    pub from: Option<Timestamp>,
    /// Its end.
    pub to: Option<Timestamp>,
    /// How many were drawn.
    pub drawn: usize,
    /// Of how many.
    pub of: i64,
    /// The seed: the id of the act before.
    pub seed: String,
    /// What it showed.
    pub note: String,
}

#[derive(Serialize)]
struct SampleShown {
    #[serde(flatten)]
    row: SampleRow,
    consultations: Vec<Consulted>,
}

/// A sample in a line.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn row(workspace: &Workspace, record: &Record) -> Result<SampleRow, Error> {
    Ok(SampleRow {
        id: record.id,
        state: record.state,
        from: record.instant("from"),
        to: record.instant("to"),
        drawn: record.list("drawn", Id::parse).len(),
        of: record.terms.get("of").and_then(Json::int).unwrap_or(0),
        seed: record.text("seed").unwrap_or_default().to_owned(),
        note: workspace.text_of(record, "note")?,
    })
}

/// The samples, the newest first.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn rows(workspace: &Workspace) -> Result<Vec<SampleRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Sample))?;
    all.iter().rev().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("from", "FROM"),
        ("to", "TO"),
        ("drawn", "DRAWN"),
        ("of", "OF"),
        ("note", "WHAT IT SHOWED"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Sample))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("sample")?, &[Kind::Sample])?;
    let mut consultations = Vec::new();
    for id in record.list("drawn", Id::parse) {
        if let Some(look) = workspace.records().get(id)? {
            consultations.extend(consulted(workspace, &look)?);
        }
    }
    Ok(Output::thing(&SampleShown { row: row(workspace, &record)?, consultations }))
}

fn draw(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let to = if args.maybe("to").is_some() { args.time("to", now)? } else { now };
    let from = if args.maybe("from").is_some() { args.time("from", now)? } else { to.minus(Duration::days(30)) };
    // What this member has noted is signed before, not between the seed and the draw.
    workspace.sign_consultations()?;
    let tip = log::tip(&workspace.db, &workspace.meta)?;
    let seed = tip.last.ok_or_else(|| Error::new(ErrorKind::Integrity, "the log has no act", "check it on Audit"))?;
    let size = accountability::number(Sign::Sample);
    let (drawn, of) = sample::drawn_by(&workspace.records(), &seed, (from, to), size)?;
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(sample::DRAW, Audience::OwnDesk, |_, _| Ok(sample::new(id, &seed, (from, to), (&drawn, of))))?;
    Ok(Output::made(id, format!("Drawn: {} of {of}; the seed is act {seed}.", drawn.len())))
}

fn review(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("sample")?, &[Kind::Sample])?;
    let note = args.body("note")?.unwrap_or_default();
    let keep = accountability::ends(Period::KeepFinding, workspace.now(), &workspace.calendar()?);
    workspace
        .act_alone(sample::REVIEW, Audience::OwnDesk, |e, _| Ok(sample::reviewed(record.id, &note, keep, e.salt()?)))?;
    Ok(Output::made(record.id, "Looked at; `finding open --about` states what it showed, where it showed something."))
}
