//! Reports of misuse: any member makes one; only the auditors can read it until one of them opens it for the desk.

use data_encoding::BASE64;
use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::law::accountability::{self, Period};
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{member, misuse};
use crate::seal::age_file::{self, Recipient};
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const REPORT: Arg = Arg::new("report", ArgKind::Record(&[Kind::Misuse]), "the report").positional();
/// The longest report, in bytes.
const LONGEST: usize = 256 << 10;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "misuse",
        name: "report",
        about: "Report misuse to the auditors: nobody else can read it until one of them opens it",
        args: &[Arg::new("text", ArgKind::Body, "what happened").required()],
        writes: Some(Writes::of(misuse::REPORT, Weight::Signs, Needs::Nothing)),
        run: Handler::Writes(report),
    },
    Command {
        noun: "misuse",
        name: "open",
        about: "Open a report for the whole desk, as an auditor",
        args: &[REPORT],
        writes: Some(Writes::of(misuse::OPEN, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(open),
    },
    Command {
        noun: "misuse",
        name: "list",
        about: "List the reports of misuse; what they say only an auditor reads, or everybody once they are opened",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "misuse",
        name: "show",
        about: "Show a report of misuse: sealed ones to an auditor alone",
        args: &[REPORT],
        writes: None,
        run: Handler::Reads(show),
    },
];

/// A report as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct MisuseRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: State,
    /// When it was made.
    pub reported: Option<Timestamp>,
    /// Who opened it.
    pub opened_by: String,
}

/// A report as it is shown.
#[derive(Clone, Debug, Serialize)]
struct MisuseShown {
    #[serde(flatten)]
    row: MisuseRow,
    /// What it says; empty where the reader cannot open it.
    text: String,
}

/// A report in a line.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn row(workspace: &Workspace, record: &Record) -> Result<MisuseRow, Error> {
    let by = record.text("opened_by").and_then(Person::parse);
    Ok(MisuseRow {
        id: record.id,
        state: record.state,
        reported: record.instant("reported"),
        opened_by: by.map(|person| workspace.name_of(person)).transpose()?.unwrap_or_default(),
    })
}

/// The reports, the newest first.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn rows(workspace: &Workspace) -> Result<Vec<MisuseRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Misuse))?;
    all.iter().rev().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[("id", "ID"), ("state", "STATE"), ("reported", "REPORTED"), ("opened_by", "OPENED BY")];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Misuse))
}

/// What a report says, as far as whoever works here can read it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn text_of(workspace: &Workspace, record: &Record) -> Result<Option<String>, Error> {
    if !record.is(misuse::State::Sealed) {
        return workspace.text_of(record, "text").map(Some);
    }
    let sealed = workspace.text_of(record, misuse::SEALED)?;
    let bytes = BASE64.decode(sealed.as_bytes()).unwrap_or_default();
    let opened = age_file::open_all(&workspace.me.age, &bytes, LONGEST).ok();
    Ok(opened.and_then(|text| String::from_utf8(text.expose().to_vec()).ok()))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("report")?, &[Kind::Misuse])?;
    let text = text_of(workspace, &record)?;
    let sealed = text.is_none();
    let shown = Output::thing(&MisuseShown { row: row(workspace, &record)?, text: text.unwrap_or_default() });
    Ok(if sealed { shown.with_message("It is sealed to the auditors: only they can read it.") } else { shown })
}

fn report(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let text = args.body("text")?.unwrap_or_default();
    if crate::value::text::is_blank(&text) || text.len() > LONGEST {
        return Err(Error::usage("--text: a report says something, in at most 256 KiB"));
    }
    let members = member::all(&workspace.records(), workspace.meta.desk)?;
    let is_auditor = |m: &&Record| m.is(member::State::Active) && member::roles_of(m).contains(&Role::OversightAuditor);
    let auditors: Vec<Recipient> =
        members.iter().filter(is_auditor).filter_map(|m| m.text("age").and_then(Recipient::parse)).collect();
    if auditors.is_empty() {
        let hint = "tell an oversight body outside of the desk, or have one enrolled with `member add`";
        return Err(Error::not_allowed("this desk has no auditor to whom a report could be sealed").hint(hint));
    }
    let sealed = BASE64.encode(&age_file::seal(&auditors, text.as_bytes())?);
    let id = workspace.entropy.id()?;
    workspace.act_alone(misuse::REPORT, Audience::OwnDesk, |e, _| Ok(misuse::new(id, &sealed, e.salt()?)))?;
    Ok(Output::made(id, "Reported: only the auditors can read it. That you made it stands in the log."))
}

fn open(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("report")?, &[Kind::Misuse])?;
    let text = text_of(workspace, &record)?.ok_or_else(|| {
        let what = "the report was sealed to other auditors than you";
        Error::new(ErrorKind::Key, what, "one who was an auditor when it was made can open it")
    })?;
    let keep = accountability::ends(Period::KeepFinding, workspace.now(), &workspace.calendar()?);
    workspace
        .act_alone(misuse::OPEN, Audience::OwnDesk, |e, _| Ok(misuse::opened(record.id, &text, keep, e.salt()?)))?;
    Ok(Output::made(record.id, "Opened for the desk."))
}
