//! Training: which courses the members have taken, and which count no more.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::record::kind::{Kind, StateTone};
use crate::record::store::{Query, RecordStore as _};
use crate::record::training;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// How long before it lapses a course is to be taken again.
const AHEAD: Duration = Duration::days(30);

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "training",
        name: "add",
        about: "Record a course that you have taken, such as the self-test of a role; you sign it",
        args: &[
            Arg::new("course", ArgKind::Line, "the course").required(),
            Arg::new("on", ArgKind::Time, "when it was taken; without: today"),
            Arg::new("until", ArgKind::Time, "until when it counts; without: it does not lapse"),
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
        about: "List the courses that the members have taken, and which are to be taken again",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
];

words! {
    /// Whether a course still counts.
    Counts {
        /// It does.
        Valid = "valid",
        /// It lapses soon: it is to be taken again.
        Due = "due",
        /// It does not any more.
        Lapsed = "lapsed",
    }
}

impl Counts {
    /// How it is seen at a glance.
    const fn mood(self) -> StateTone {
        match self {
            Self::Valid => StateTone::Good,
            Self::Due => StateTone::Waiting,
            Self::Lapsed => StateTone::Stopped,
        }
    }
}

/// A course that somebody has taken.
#[derive(Clone, Debug, Serialize)]
pub struct TrainingRow {
    /// The record.
    pub id: Id,
    /// Who.
    pub member: String,
    /// The course.
    pub course: String,
    /// When.
    #[serde(serialize_with = "or_empty")]
    pub on: Option<Timestamp>,
    /// Until when it counts.
    #[serde(serialize_with = "or_empty")]
    pub until: Option<Timestamp>,
    /// Whether it does.
    pub state: Counts,
}

/// The courses that the members have taken.
pub fn rows(workspace: &Workspace) -> Result<Vec<TrainingRow>, Error> {
    let now = workspace.now();
    let mut rows = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Training))? {
        let until = record.instant("until");
        let who = record.key.as_deref().and_then(Person::parse);
        rows.push(TrainingRow {
            id: record.id,
            member: who.map(|person| workspace.name_of(person)).transpose()?.unwrap_or_default(),
            course: workspace.text_of(&record, "course")?,
            on: record.instant("on"),
            until,
            state: match until {
                Some(until) if until <= now => Counts::Lapsed,
                Some(until) if until <= now.plus(AHEAD) => Counts::Due,
                Some(_) | None => Counts::Valid,
            },
        });
    }
    rows.sort_by(|a, b| (&a.member, a.on).cmp(&(&b.member, b.on)));
    Ok(rows)
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("member", "WHO"),
        ("state", "STATE"),
        ("on", "TAKEN"),
        ("until", "UNTIL"),
        ("course", "COURSE"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).in_mood(|word| Counts::parse(word).map(Counts::mood)))
}

fn add(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (course, now) = (args.line("course")?, workspace.now());
    let on = args.maybe("on").map(|_| args.time("on", now)).transpose()?.unwrap_or_else(|| now.start_of_day());
    let until = args.maybe("until").map(|_| args.time("until", now)).transpose()?;
    let id = workspace.entropy.id()?;
    workspace
        .act_alone(training::ADD, Audience::OwnDesk, |e, _| Ok(training::taken(id, &course, on, until, e.salt()?)))?;
    Ok(Output::made(id, "Recorded, and signed by you."))
}
