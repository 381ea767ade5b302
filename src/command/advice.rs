//! Consulting others than partners: whom, about what, what they answered, what became of it.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::history::acts_of;
use crate::record::advice::{self, Sector, Terms};
use crate::record::kind::{ChangeKind, Kind, State};
use crate::record::partner;
use crate::record::store::Record;
use crate::value::class::PartnerKind;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const ADVICE: Arg = Arg::new("advice", ArgKind::Record(&[Kind::Advice]), "the consultation").positional();

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "advice",
        name: "ask",
        about: "Record that somebody of the private sector, civil society or science was asked about something",
        args: &[
            Arg::new("whom", ArgKind::Line, "whom, by name and office").required(),
            Arg::new("about", ArgKind::Body, "about what").required(),
            Arg::new("sector", ArgKind::Word(all_words::<Sector>), "of which sector; a partner's kind says its own"),
            Arg::new("partner", ArgKind::Partner, "the partner, where they are one"),
            Arg::new("taskforce", ArgKind::Record(&[Kind::Taskforce]), "for this task force"),
            Arg::new("case", ArgKind::Line, "about this case, by its id: it is erased with it"),
            Arg::new("due", ArgKind::Time, "by when an answer is asked"),
        ],
        writes: Some(Writes::of(advice::ASK, Weight::Records, Needs::Nothing)),
        run: Handler::Writes(ask),
    },
    Command {
        noun: "advice",
        name: "answer",
        about: "Record what they answered",
        args: &[ADVICE, Arg::new("text", ArgKind::Body, "what they answered").required()],
        writes: Some(Writes::of(advice::ANSWER, Weight::Records, Needs::ActsState)),
        run: Handler::Writes(answer),
    },
    Command {
        noun: "advice",
        name: "close",
        about: "Record what became of what they said",
        args: &[ADVICE, Arg::new("text", ArgKind::Body, "what became of it, and why").required()],
        writes: Some(Writes::of(advice::CLOSE, Weight::Records, Needs::ActsState)),
        run: Handler::Writes(close),
    },
    Command {
        noun: "advice",
        name: "list",
        about: "List who was consulted about what, what they answered, and what became of it",
        args: &[Arg::new("taskforce", ArgKind::Record(&[Kind::Taskforce]), "only for this task force")],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// A consultation as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct AdviceRow {
    /// The record.
    pub id: Id,
    /// Asked, answered or closed.
    pub state: State,
    /// Of which sector.
    pub sector: Option<Sector>,
    /// The partner, where they are one.
    pub partner: String,
    /// Whom.
    pub whom: String,
    /// About what.
    pub about: String,
    /// When they were asked.
    pub asked: Option<Timestamp>,
    /// By when an answer is asked.
    pub due: Option<Timestamp>,
    /// What they answered, the newest last.
    pub answers: Vec<String>,
    /// What became of it.
    pub became: String,
    /// The task force.
    pub taskforce: Option<Id>,
}

fn row(workspace: &Workspace, record: &Record) -> Result<AdviceRow, Error> {
    let told = |kind: ChangeKind| -> Result<Vec<String>, Error> {
        let all = acts_of(workspace, record, &[kind])?;
        let text = |change: &crate::act::change::Change| {
            let content = change.read_content().ok().flatten()?;
            content.get("text").and_then(Json::text).map(str::to_owned)
        };
        Ok(all.iter().filter_map(|(_, change)| text(change)).collect())
    };
    let partner = record.id("partner").map(|p| workspace.code_of(p)).transpose()?.unwrap_or_default();
    Ok(AdviceRow {
        id: record.id,
        state: record.state,
        sector: advice::sector_of(record),
        partner,
        whom: workspace.text_of(record, "whom")?,
        about: workspace.text_of(record, "about")?,
        asked: record.instant("at"),
        due: record.due,
        answers: told(advice::ANSWER)?,
        became: told(advice::CLOSE)?.pop().unwrap_or_default(),
        taskforce: record.subject,
    })
}

/// Every consultation, or those for a task force.
pub fn rows(workspace: &Workspace, taskforce: Option<Id>) -> Result<Vec<AdviceRow>, Error> {
    advice::all(&workspace.records(), taskforce)?.iter().map(|r| row(workspace, r)).collect()
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = args.maybe("taskforce").map(|typed| workspace.find_record(typed, &[Kind::Taskforce])).transpose()?;
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("sector", "SECTOR"),
        ("whom", "WHOM"),
        ("about", "ABOUT"),
        ("answers", "ANSWERS"),
        ("became", "WHAT BECAME OF IT"),
    ];
    Ok(Output::list(&rows(workspace, of.map(|r| r.id))?, columns).of(Kind::Advice))
}

fn ask(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let known = args.maybe("partner").map(|code| workspace.partner(code)).transpose()?;
    let own = known.as_ref().and_then(partner::kind_of).map(|kind| match kind {
        PartnerKind::PrivateSector => Sector::Private,
        PartnerKind::CivilSociety => Sector::Civil,
        _ => Sector::Public,
    });
    let typed = args.maybe_read("sector", "a sector", Sector::parse)?;
    let sector = typed.or(own).ok_or_else(|| Error::usage("--sector is missing: no --partner says it"))?;
    let taskforce = args.maybe("taskforce").map(|t| workspace.find_record(t, &[Kind::Taskforce])).transpose()?;
    let case = args.maybe("case").map(|t| workspace.find_record(t, &[Kind::Case])).transpose()?;
    let terms = Terms {
        taskforce: taskforce.map(|r| r.id),
        case: case.map(|r| r.id),
        sector,
        partner: known.map(|r| r.id),
        due: args.maybe("due").map(|_| args.time("due", now)).transpose()?,
    };
    let (whom, about) = (args.line("whom")?, args.body("about")?.unwrap_or_default());
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(advice::ASK, Audience::OwnDesk, |e, _| Ok(advice::asked(id, &terms, &whom, &about, e.salt()?)))?;
    Ok(Output::made(
        id,
        "Noted. What is shown to them is shared like anything else: `disclosure new`, or `item export`.",
    ))
}

fn answer(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("advice")?, &[Kind::Advice])?;
    let text = args.body("text")?.unwrap_or_default();
    let id = workspace
        .act_alone(advice::ANSWER, Audience::OwnDesk, |e, _| Ok(advice::answered(record.id, &text, e.salt()?)))?;
    Ok(Output::made(id, "Their answer is noted: say what becomes of it with `advice close`."))
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("advice")?, &[Kind::Advice])?;
    let text = args.body("text")?.unwrap_or_default();
    let id = workspace
        .act_alone(advice::CLOSE, Audience::OwnDesk, |e, _| Ok(advice::closed(record.id, &text, e.salt()?)))?;
    Ok(Output::made(id, "Closed: what became of it is on record."))
}
