//! Findings of oversight: an auditor opens one, the desk answers, an auditor closes it.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::command::said;
use crate::law::accountability::{self, Period};
use crate::record::finding::{self, Found};
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What oversight may find something about.
pub const ABOUT: &[Kind] = &[
    Kind::Item,
    Kind::Case,
    Kind::Request,
    Kind::Review,
    Kind::Disclosure,
    Kind::Hold,
    Kind::Agreement,
    Kind::Consultation,
    Kind::Complaint,
    Kind::Error,
    Kind::Misuse,
    Kind::Sample,
];

const FINDING: Arg = Arg::new("finding", ArgKind::Record(&[Kind::Finding]), "the finding").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "finding",
        name: "open",
        about: "State what oversight has found, what it recommends, and by when",
        args: &[
            Arg::new("about", ArgKind::Record(ABOUT), "what it is about"),
            Arg::new("text", ArgKind::Body, "what was found").required(),
            Arg::new("recommend", ArgKind::Body, "what is recommended").required(),
            Arg::new("due", ArgKind::Time, "by when").required(),
            Arg::new("to", ArgKind::Partner, "the desk that is overseen, where it is a partner"),
        ],
        writes: Some(Writes::of(finding::OPEN, Weight::Signs, Needs::Nothing)),
        run: Handler::Writes(open),
    },
    Command {
        noun: "finding",
        name: "respond",
        about: "Answer a finding, for the desk that it is on",
        args: &[FINDING, Arg::new("text", ArgKind::Body, "the answer").required()],
        writes: Some(Writes {
            keys: &[Key::Sign],
            ..Writes::of(finding::RESPOND, Weight::Signs, Needs::OneOf(finding::ANSWERABLE))
        }),
        run: Handler::Writes(respond),
    },
    Command {
        noun: "finding",
        name: "close",
        about: "Close a finding, as an auditor who did not answer it",
        args: &[FINDING, Arg::new("because", ArgKind::Body, "why it is done with").required()],
        writes: Some(Writes::of(finding::CLOSE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(close),
    },
    Command {
        noun: "finding",
        name: "list",
        about: "List the findings of oversight",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "finding",
        name: "show",
        about: "Show a finding, its answers, and how it ended",
        args: &[FINDING],
        writes: None,
        run: Handler::Reads(show),
    },
];

/// A finding as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct FindingRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: State,
    /// The record that it is about.
    pub about: Option<Id>,
    /// The other desk, where it is between two.
    pub partner: String,
    /// Who found it.
    pub opened_by: String,
    /// When.
    pub opened: Option<Timestamp>,
    /// By when it is to be answered, or until when its texts are kept.
    pub due: Option<Timestamp>,
    /// What was found.
    pub text: String,
}

/// A finding as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct FindingShown {
    /// As it is listed.
    #[serde(flatten)]
    pub row: FindingRow,
    /// What is recommended.
    pub recommend: String,
    /// The answers.
    pub answers: Vec<Answer>,
    /// Why it was closed.
    pub because: String,
}

/// An answer of the desk.
#[derive(Clone, Debug, Serialize)]
pub struct Answer {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// In which words.
    pub text: String,
}

fn row(workspace: &Workspace, record: &Record) -> Result<FindingRow, Error> {
    let by = record.text("opened_by").and_then(Person::parse);
    Ok(FindingRow {
        id: record.id,
        state: record.state,
        about: record.id("about"),
        partner: workspace.partner_of(record)?.unwrap_or_default(),
        opened_by: by.map(|person| workspace.name_of(person)).transpose()?.unwrap_or_default(),
        opened: record.instant("opened"),
        due: record.due,
        text: workspace.text_of(record, "text")?,
    })
}

/// The findings, what is open first.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn rows(workspace: &Workspace) -> Result<Vec<FindingRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Finding))?;
    let mut rows: Vec<FindingRow> = all.iter().map(|r| row(workspace, r)).collect::<Result<_, _>>()?;
    rows.sort_by_key(|r| (!finding::ANSWERABLE.contains(&r.state), r.due));
    Ok(rows)
}

/// A finding with all that was said of it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn shown(workspace: &Workspace, record: &Record) -> Result<FindingShown, Error> {
    let all = said::of(workspace, record)?;
    let answers = all
        .iter()
        .filter(|said| said.did == finding::RESPOND)
        .map(|said| Ok(Answer { at: said.at, by: workspace.name_of(said.by)?, text: said.text("answer") }));
    Ok(FindingShown {
        row: row(workspace, record)?,
        recommend: said::newest(&all, "recommend"),
        answers: answers.collect::<Result<_, Error>>()?,
        because: said::newest(&all, "because"),
    })
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("due", "DUE"),
        ("opened_by", "BY"),
        ("partner", "DESK"),
        ("about", "ABOUT"),
        ("text", "WHAT WAS FOUND"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Finding))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("finding")?, &[Kind::Finding])?;
    Ok(Output::thing(&shown(workspace, &record)?))
}

fn open(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let about = args.maybe("about").map(|id| workspace.find_record(id, ABOUT)).transpose()?.map(|r| r.id);
    let to = args.maybe("to").map(|code| workspace.partner(code)).transpose()?.map(|p| p.id);
    let (text, recommend) = (args.body("text")?.unwrap_or_default(), args.body("recommend")?.unwrap_or_default());
    let due = args.time("due", workspace.now())?;
    let id = workspace.entropy.id()?;
    let audience = to.map_or(Audience::OwnDesk, |to| Audience::Desks(vec![to]));
    workspace.act_alone(finding::OPEN, audience, |e, _| {
        Ok(finding::new(id, &Found { about, to, text: &text, recommend: &recommend, due }, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Opened: it waits on the desk until {}.", due.to_minute())))
}

fn audience(record: &Record) -> Audience {
    record.partner.map_or(Audience::OwnDesk, |partner| Audience::Desks(vec![partner]))
}

fn respond(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("finding")?, &[Kind::Finding])?;
    let text = args.body("text")?.unwrap_or_default();
    workspace
        .act_alone(finding::RESPOND, audience(&record), |e, _| Ok(finding::answered(record.id, &text, e.salt()?)))?;
    Ok(Output::made(record.id, "Answered: only an auditor closes it."))
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("finding")?, &[Kind::Finding])?;
    let because = args.body("because")?.unwrap_or_default();
    let keep = accountability::ends(Period::KeepFinding, workspace.now(), &workspace.calendar()?);
    workspace.act_alone(finding::CLOSE, audience(&record), |e, _| {
        Ok(finding::closed(record.id, &because, keep, e.salt()?))
    })?;
    Ok(Output::made(record.id, format!("Closed; its texts are erased {}.", keep.to_minute())))
}
