//! The work of a task force: its tasks across desks, who waits on whom, and its meetings.

use std::collections::BTreeMap;

use serde::Serialize;

use super::parties::{TASKFORCE, audience};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::json::or_empty;
use crate::record::kind::{Kind, State};
use crate::record::meeting;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::task;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The case of a task or a meeting: what is said of it is erased with the case.
const CASE: Arg = Arg::new("case", ArgKind::Record(&[Kind::Case]), "the case that it is of: it is erased with it");

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "taskforce",
        name: "task",
        about: "Give a desk of a task force something to do; every desk of it hears it",
        args: &[
            TASKFORCE,
            Arg::new("title", ArgKind::Line, "what is to be done").required(),
            Arg::new("owner", ArgKind::Line, "the code of the desk that does it; without it, this one"),
            Arg::new("due", ArgKind::Time, "by when"),
            Arg::new("after", ArgKind::Line, "a task that must be done before, by its id").repeated(),
            Arg::new("note", ArgKind::Body, "what else is to be known"),
            CASE,
        ],
        writes: Some(Writes::of(task::NEW, Weight::Signs, Needs::OneOf(crate::record::taskforce::ALIVE))),
        run: Handler::Writes(new_task),
    },
    Command {
        noun: "taskforce",
        name: "move",
        about: "Say how a task stands: its desk does; the desk that made it may cancel it",
        args: &[
            Arg::new("task", ArgKind::Record(&[Kind::Task]), "the task").positional(),
            Arg::new("to", ArgKind::Word(all_words::<task::State>), "how it stands").required(),
            Arg::new("because", ArgKind::Body, "why"),
        ],
        writes: Some(Writes::of(task::MOVE, Weight::Signs, Needs::OneOf(task::OPEN))),
        run: Handler::Writes(move_task),
    },
    Command {
        noun: "taskforce",
        name: "tasks",
        about: "List the tasks of task forces, and on whom each waits",
        args: &[Arg::new("taskforce", ArgKind::Record(&[Kind::Taskforce]), "only of this one")],
        writes: None,
        run: Handler::Reads(list_tasks),
    },
    Command {
        noun: "taskforce",
        name: "meeting",
        about: "Call a meeting of a task force, with its agenda; every desk of it hears it",
        args: &[
            TASKFORCE,
            Arg::new("title", ArgKind::Line, "what it is called").required(),
            Arg::new("on", ArgKind::Time, "when").required(),
            Arg::new("agenda", ArgKind::Body, "its agenda").required(),
            CASE,
        ],
        writes: Some(Writes::of(meeting::CALL, Weight::Signs, Needs::OneOf(crate::record::taskforce::ALIVE))),
        run: Handler::Writes(call),
    },
    Command {
        noun: "taskforce",
        name: "minutes",
        about: "Write the minutes of a meeting that this desk called, and what was decided; newer minutes replace older ones",
        args: &[
            Arg::new("meeting", ArgKind::Record(&[Kind::Meeting]), "the meeting").positional(),
            Arg::new("text", ArgKind::Body, "what was said").required(),
            Arg::new("decision", ArgKind::Line, "something that was decided").repeated(),
        ],
        writes: Some(Writes::of(meeting::MINUTE, Weight::Signs, Needs::OneOf(meeting::ANY))),
        run: Handler::Writes(minute),
    },
    Command {
        noun: "taskforce",
        name: "meetings",
        about: "List the meetings of task forces, with agenda, minutes and decisions",
        args: &[Arg::new("taskforce", ArgKind::Record(&[Kind::Taskforce]), "only of this one")],
        writes: None,
        run: Handler::Reads(list_meetings),
    },
];

/// A task as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct TaskRow {
    /// The record.
    pub id: Id,
    /// The task force.
    pub taskforce: Id,
    /// How it stands.
    pub state: State,
    /// The desk that does it.
    pub owner: String,
    /// The desk that made it.
    pub by: String,
    /// By when.
    #[serde(serialize_with = "or_empty")]
    pub due: Option<Timestamp>,
    /// The tasks that must be done before.
    pub after: Vec<Id>,
    /// The desks on which it waits: those of the tasks before it that are not done.
    pub waits_on: Vec<String>,
    /// What is to be done.
    pub title: String,
    /// What else is to be known.
    pub note: String,
}

fn of_taskforce(workspace: &Workspace, args: &Args) -> Result<Option<Id>, Error> {
    let typed = args.maybe("taskforce");
    Ok(typed.map(|t| workspace.find_record(t, &[Kind::Taskforce])).transpose()?.map(|r| r.id))
}

fn task_rows(workspace: &Workspace, taskforce: Option<Id>) -> Result<Vec<TaskRow>, Error> {
    let all = workspace.records().find(&Query { subject: taskforce, ..Query::kind(Kind::Task) })?;
    let stands: BTreeMap<Id, (State, Option<Id>)> = all.iter().map(|r| (r.id, (r.state, task::owner(r)))).collect();
    let mut rows = Vec::new();
    for record in &all {
        let after = task::after(record);
        let mut waits_on = Vec::new();
        if task::OPEN.contains(&record.state) {
            for (state, owner) in after.iter().filter_map(|id| stands.get(id)) {
                let code = owner.map(|desk| workspace.code_of(desk)).transpose()?.unwrap_or_default();
                if task::OPEN.contains(state) && !waits_on.contains(&code) {
                    waits_on.push(code);
                }
            }
        }
        rows.push(TaskRow {
            id: record.id,
            taskforce: record.subject.unwrap_or(record.id),
            state: record.state,
            owner: task::owner(record).map(|desk| workspace.code_of(desk)).transpose()?.unwrap_or_default(),
            by: workspace.code_of(record.desk)?,
            due: record.due.or_else(|| record.instant("due")),
            after,
            waits_on,
            title: workspace.text_of(record, "title")?,
            note: workspace.text_of(record, "note")?,
        });
    }
    // What is to be done first stands first, and what is over last.
    rows.sort_by_key(|r| (!task::OPEN.contains(&r.state), r.due.is_none(), r.due));
    Ok(rows)
}

/// The tasks of a task force.
pub fn tasks_of(workspace: &Workspace, taskforce: Id) -> Result<Vec<TaskRow>, Error> {
    task_rows(workspace, Some(taskforce))
}

/// Every task of every task force.
pub fn tasks(workspace: &Workspace) -> Result<Vec<TaskRow>, Error> {
    task_rows(workspace, None)
}

/// Who waits on whom, in words: a line for each pair of desks.
pub fn who_waits(tasks: &[TaskRow]) -> Vec<String> {
    let mut pairs: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in tasks {
        for on in row.waits_on.iter().filter(|on| **on != row.owner) {
            *pairs.entry((row.owner.as_str(), on.as_str())).or_default() += 1;
        }
    }
    let line = |((waits, on), n): (&(&str, &str), &usize)| {
        format!("{waits} waits on {on} for {}", crate::value::text::counted(*n, "task"))
    };
    pairs.iter().map(line).collect()
}

fn desk_named(workspace: &Workspace, code: &str) -> Result<Id, Error> {
    if code == workspace.code_of(workspace.meta.desk)? {
        return Ok(workspace.meta.desk);
    }
    Ok(workspace.partner(code)?.id)
}

fn case_of(workspace: &Workspace, args: &Args) -> Result<Option<Id>, Error> {
    Ok(args.maybe("case").map(|typed| workspace.find_record(typed, &[Kind::Case])).transpose()?.map(|r| r.named()))
}

fn new_task(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let of = workspace.find_record(args.need("taskforce")?, &[Kind::Taskforce])?;
    let owner = match args.maybe("owner") {
        Some(code) => desk_named(workspace, code)?,
        None => workspace.meta.desk,
    };
    let after: Vec<Id> = args
        .all("after")
        .iter()
        .map(|typed| Ok(workspace.find_record(typed, &[Kind::Task])?.id))
        .collect::<Result<_, Error>>()?;
    let terms = task::Terms {
        taskforce: of.id,
        owner,
        due: args.maybe("due").map(|_| args.time("due", now)).transpose()?,
        after,
        case: case_of(workspace, args)?,
    };
    let (title, note) = (args.line("title")?, args.body("note")?);
    let (to, id) = (audience(workspace, &of)?, workspace.entropy.id()?);
    workspace.act_alone(task::NEW, to, |e, _| Ok(task::new(id, &terms, &title, note.as_deref(), e.salt()?)))?;
    let owner = workspace.code_of(owner)?;
    Ok(Output::made(id, format!("{owner} has it to do; the other desks hear it with the next bundles.")))
}

fn move_task(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("task")?, &[Kind::Task])?;
    let to = args.read("to", "open, doing, blocked, done or cancelled", task::State::parse)?;
    let because = args.body("because")?;
    let told = audience_of(workspace, &record)?;
    let id = workspace
        .act_alone(task::MOVE, told, |e, _| Ok(task::moved(record.named(), to, because.as_deref(), e.salt()?)))?;
    Ok(Output::made(id, format!("The task is {}.", to.any().label())))
}

/// The other desks of the task force that a record hangs on.
pub(super) fn audience_of(workspace: &Workspace, record: &Record) -> Result<crate::act::header::Audience, Error> {
    let of = record.subject.map(|id| workspace.records().get(id)).transpose()?.flatten();
    let of = of.filter(|r| r.kind == Kind::Taskforce);
    let of = of.ok_or_else(|| Error::not_allowed("the task force that it belongs to is not known here"))?;
    audience(workspace, &of)
}

fn list_tasks(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let rows = task_rows(workspace, of_taskforce(workspace, args)?)?;
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("owner", "DESK"),
        ("due", "DUE"),
        ("waits_on", "WAITS ON"),
        ("title", "WHAT"),
    ];
    Ok(Output::list(&rows, columns).of(Kind::Task))
}

/// A meeting as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct MeetingRow {
    /// The record.
    pub id: Id,
    /// The task force.
    pub taskforce: Id,
    /// Called or held.
    pub state: State,
    /// The desk that called it.
    pub by: String,
    /// When.
    pub on: Option<Timestamp>,
    /// What it is called.
    pub title: String,
    /// Its agenda.
    pub agenda: String,
    /// Its newest minutes.
    pub minutes: String,
    /// What was decided.
    pub decisions: Vec<String>,
}

fn meeting_rows(workspace: &Workspace, taskforce: Option<Id>) -> Result<Vec<MeetingRow>, Error> {
    let mut rows = Vec::new();
    for record in workspace.records().find(&Query { subject: taskforce, ..Query::kind(Kind::Meeting) })? {
        let content = workspace.content(&record)?;
        let text = |key: &str| content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default();
        let decided = content.as_ref().and_then(|c| c.get("decisions")).and_then(Json::items).unwrap_or_default();
        let called = crate::command::history::acts_of(workspace, &record, &[meeting::CALL])?;
        let agenda = called.first().and_then(|(_, change)| change.read_content().ok().flatten());
        let agenda = agenda.as_ref().and_then(|c| c.get("agenda")).and_then(Json::text).unwrap_or_default();
        rows.push(MeetingRow {
            id: record.id,
            taskforce: record.subject.unwrap_or(record.id),
            state: record.state,
            by: workspace.code_of(record.desk)?,
            on: record.instant("on"),
            title: text("title").to_owned(),
            agenda: agenda.to_owned(),
            minutes: text("minutes").to_owned(),
            decisions: decided.iter().filter_map(|d| d.text().map(str::to_owned)).collect(),
        });
    }
    rows.sort_by_key(|r| r.on);
    Ok(rows)
}

/// The meetings of a task force.
pub fn meetings_of(workspace: &Workspace, taskforce: Id) -> Result<Vec<MeetingRow>, Error> {
    meeting_rows(workspace, Some(taskforce))
}

/// Every meeting of every task force.
pub fn meetings(workspace: &Workspace) -> Result<Vec<MeetingRow>, Error> {
    meeting_rows(workspace, None)
}

fn call(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = workspace.find_record(args.need("taskforce")?, &[Kind::Taskforce])?;
    let terms =
        meeting::Terms { taskforce: of.id, on: args.time("on", workspace.now())?, case: case_of(workspace, args)? };
    let (title, agenda) = (args.line("title")?, args.body("agenda")?.unwrap_or_default());
    let (to, id) = (audience(workspace, &of)?, workspace.entropy.id()?);
    workspace.act_alone(meeting::CALL, to, |e, _| Ok(meeting::called(id, &terms, &title, &agenda, e.salt()?)))?;
    Ok(Output::made(id, "The meeting is called: the other desks read its agenda with the next bundles."))
}

fn minute(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("meeting")?, &[Kind::Meeting])?;
    let (text, decisions) = (args.body("text")?.unwrap_or_default(), args.lines("decision")?);
    let title = workspace.text_of(&record, "title")?;
    let told = audience_of(workspace, &record)?;
    let id = workspace.act_alone(meeting::MINUTE, told, |e, _| {
        Ok(meeting::minuted(record.named(), &title, &text, &decisions, e.salt()?))
    })?;
    Ok(Output::made(id, "The minutes are out: the other desks read them with the next bundles."))
}

fn list_meetings(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let rows = meeting_rows(workspace, of_taskforce(workspace, args)?)?;
    let columns =
        &[("id", "ID"), ("state", "STATE"), ("on", "ON"), ("by", "BY"), ("title", "TITLE"), ("decisions", "DECIDED")];
    Ok(Output::list(&rows, columns).of(Kind::Meeting))
}
