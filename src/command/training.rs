//! Training of members: which course they took, and until when it counts.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::record::kind::Kind;
use crate::record::store::RecordStore as _;
use crate::record::training;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "training",
        name: "add",
        about: "Record that a member took a course, and until when it counts",
        args: &[
            Arg::new("member", ArgKind::Record(&[Kind::Member]), "who").positional(),
            Arg::new("course", ArgKind::Line, "which course").required(),
            Arg::new("on", ArgKind::Time, "when").required(),
            Arg::new("until", ArgKind::Time, "until when it counts").required(),
        ],
        writes: Some(Writes {
            act: training::ADD,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(add),
    },
    Command {
        noun: "training",
        name: "list",
        about: "List which members took which courses, and what has lapsed",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// A training as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct TrainingRow {
    /// The record.
    pub id: Id,
    /// The member.
    pub member: String,
    /// Which course.
    pub course: String,
    /// When.
    pub on: Option<Timestamp>,
    /// Until when it counts.
    pub until: Option<Timestamp>,
    /// Whether it has lapsed.
    pub lapsed: bool,
}

/// Every training.
pub fn rows(workspace: &Workspace) -> Result<Vec<TrainingRow>, Error> {
    let mut rows = Vec::new();
    for record in training::all(&workspace.records(), None)? {
        let member = record.subject.map(|m| workspace.records().get(m)).transpose()?.flatten();
        let name = member.as_ref().map(|m| workspace.text_of(m, "name")).transpose()?.unwrap_or_default();
        rows.push(TrainingRow {
            id: record.id,
            member: name,
            course: workspace.text_of(&record, "course")?,
            on: record.instant("on"),
            until: record.instant("until"),
            lapsed: record.instant("until").is_some_and(|until| until <= workspace.now()),
        });
    }
    Ok(rows)
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("member", "MEMBER"),
        ("on", "ON"),
        ("until", "COUNTS UNTIL"),
        ("lapsed", "LAPSED"),
        ("course", "COURSE"),
    ];
    Ok(Output::list(&rows(workspace)?, columns))
}

fn add(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let member = workspace.find_record(args.need("member")?, &[Kind::Member])?;
    let (on, until, course) = (args.time("on", now)?, args.time("until", now)?, args.line("course")?);
    let id = workspace.entropy.id()?;
    workspace.act_alone(training::ADD, Audience::OwnDesk, |e, _| {
        Ok(training::new(id, member.id, on, until, &course, e.salt()?))
    })?;
    Ok(Output::made(id, format!("Recorded: it counts until {}.", until.to_minute())))
}
