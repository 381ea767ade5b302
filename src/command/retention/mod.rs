//! Retention: what is deleted when, what is held, and what partners owe.

pub mod purge;
pub mod schedule;

use crate::record::kind::{Kind, State};
use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::record::definition::WhenDue;
use crate::record::hold::{self, Reason};
use crate::record::retention::is_restricted;
use crate::record::store::{DutyState, Query, Record, RecordStore as _};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

const ITEM: Arg = Arg::new("item", ArgKind::Record(&[Kind::Item]), "an item");
const CASE: Arg = Arg::new("case", ArgKind::Record(&[Kind::Case]), "a case, with everything in it");

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "retention",
        name: "list",
        about: "List what is deleted when, the next first",
        args: &[Arg::new("limit", ArgKind::Number, "at most so many (1000 where it is not said)").cli_only()],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "retention",
        name: "hold",
        about: "Hold an item or a case: it beats every timer until another person lifts it",
        args: &[
            ITEM,
            CASE,
            Arg::new("reason", ArgKind::Word(all_words::<Reason>), "on which ground").required(),
            Arg::new("because", ArgKind::Body, "why").required(),
        ],
        writes: Some(Writes {
            act: crate::record::hold::PLACE,
            weight: Weight::Records,
            needs: Needs::NotPurged,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::By("retention release"),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(place),
    },
    Command {
        noun: "retention",
        name: "release",
        about: "Lift a hold that another person placed",
        args: &[
            Arg::new("hold", ArgKind::Record(&[Kind::Hold]), "the hold").positional(),
            Arg::new("because", ArgKind::Body, "why").required(),
        ],
        writes: Some(Writes {
            act: crate::record::hold::LIFT,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(lift),
    },
    Command {
        noun: "retention",
        name: "holds",
        about: "List the holds",
        args: &[],
        writes: None,
        run: Handler::Reads(list_holds),
    },
    Command {
        noun: "retention",
        name: "duties",
        about: "List the duties to delete: partners' for what went to them, and this desk's for what partners ordered",
        args: &[Arg::new("limit", ArgKind::Number, "at most so many (1000 where it is not said)").cli_only()],
        writes: None,
        run: Handler::Reads(list_duties),
    },
];

/// A timer as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Timer {
    /// The record.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// The case.
    pub case: Option<Id>,
    /// When it is due.
    #[serde(serialize_with = "or_empty")]
    pub due: Option<Timestamp>,
    /// What happens then.
    pub then: WhenDue,
    /// The row of the schedule that it is under.
    pub row: Option<&'static str>,
    /// Whether it is restricted by a review.
    pub restricted: bool,
    /// Whether a hold stands on it.
    pub held: bool,
    /// What it is, in a few words.
    pub what: String,
    /// The partner that it concerns.
    pub partner: Option<String>,
}

/// The timers that run, the next first.
pub fn timers(workspace: &Workspace, limit: u32) -> Result<Vec<Timer>, Error> {
    let far = Timestamp::from_millis(i64::MAX);
    let found = workspace.records().find(&Query { due_by: Some(far), limit: Some(limit), ..Query::default() })?;
    let holds = hold::StandingHolds::of(&workspace.records())?;
    found.iter().map(|record| timer(workspace, record, &holds)).collect()
}

/// The timer of a record.
pub fn timer(workspace: &Workspace, record: &Record, holds: &hold::StandingHolds) -> Result<Timer, Error> {
    let what = match record.kind {
        Kind::Item => workspace.text_of(record, "value")?,
        Kind::Request => format!("{} request", record.text("kind").unwrap_or_default()),
        Kind::Agreement => workspace.text_of(record, "title")?,
        Kind::Review => "approval".to_owned(),
        other => other.word().to_owned(),
    };
    Ok(Timer {
        id: record.id,
        kind: record.kind,
        case: record.case,
        due: record.due,
        then: schedule::when_due(record),
        row: schedule::row_of(record).map(|row| row.id.as_str()),
        restricted: is_restricted(record),
        held: holds.is_on(record),
        what,
        partner: record.partner.map(|p| workspace.code_of(p)).transpose()?,
    })
}

fn limit(args: &Args) -> Result<u32, Error> {
    Ok(args.number("limit")?.map_or(1000, |n| u32::try_from(n).unwrap_or(0)))
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("due", "DUE"),
        ("then", "THEN"),
        ("kind", "KIND"),
        ("id", "ID"),
        ("held", "HELD"),
        ("partner", "DESK"),
        ("what", "WHAT"),
    ];
    Ok(Output::list(&timers(workspace, limit(args)?)?, columns))
}

/// The item or the case that a form names.
pub fn scope(workspace: &Workspace, args: &Args) -> Result<Option<Record>, Error> {
    match (args.maybe("item"), args.maybe("case")) {
        (Some(item), None) => workspace.find_record(item, &[Kind::Item, Kind::Request]).map(Some),
        (None, Some(case)) => workspace.find_record(case, &[Kind::Case]).map(Some),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Error::usage("name an item or a case, not both")),
    }
}

fn place(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let on = scope(workspace, args)?.ok_or_else(|| Error::usage("name what to hold: --item or --case"))?;
    let reason = args.read("reason", "a ground", Reason::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let id = workspace.entropy.id()?;
    workspace.act_alone(crate::record::hold::PLACE, Audience::OwnDesk, |e, _| {
        Ok(hold::new(id, on.id, reason, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "Held: nothing deletes it until another person lifts this."))
}

fn lift(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("hold")?, &[Kind::Hold])?;
    let because = args.body("because")?.unwrap_or_default();
    let id = workspace.act_alone(crate::record::hold::LIFT, Audience::OwnDesk, |e, _| {
        Ok(hold::lifted(record.id, &because, e.salt()?))
    })?;
    Ok(Output::made(id, "Lifted: its timers run again."))
}

/// A hold as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct HoldRow {
    /// The record.
    pub id: Id,
    /// What is held.
    #[serde(serialize_with = "or_empty")]
    pub on: Option<Id>,
    /// Standing or lifted.
    pub state: State,
    /// On which ground.
    #[serde(serialize_with = "or_empty")]
    pub reason: Option<Reason>,
    /// Who placed it.
    pub placed_by: String,
    /// When.
    #[serde(serialize_with = "or_empty")]
    pub placed: Option<Timestamp>,
    /// Who lifted it.
    pub lifted_by: Option<String>,
    /// Why it was placed.
    pub because: String,
}

/// Every hold, standing ones first.
pub fn holds(workspace: &Workspace) -> Result<Vec<HoldRow>, Error> {
    let mut all = workspace.records().find(&Query::kind(Kind::Hold))?;
    all.sort_by_key(|h| !h.is(hold::State::Standing));
    all.iter().map(|hold| hold_row(workspace, hold)).collect()
}

/// A hold as it is shown.
pub fn hold_row(workspace: &Workspace, r: &Record) -> Result<HoldRow, Error> {
    let name = |p: Option<Person>| p.map(|p| workspace.name_of(p)).transpose();
    Ok(HoldRow {
        id: r.id,
        on: r.subject,
        state: r.state,
        reason: r.text("reason").and_then(Reason::parse),
        placed_by: name(hold::placed_by(r))?.unwrap_or_default(),
        placed: r.instant("placed"),
        lifted_by: name(hold::lifted_by(r))?,
        because: workspace.text_of(r, "because")?,
    })
}

fn list_holds(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("on", "ON"),
        ("reason", "REASON"),
        ("placed_by", "BY"),
        ("placed", "SINCE"),
    ];
    Ok(Output::list(&holds(workspace)?, columns))
}

/// A duty to delete as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Duty {
    /// The record.
    pub item: Id,
    /// Its kind.
    pub kind: Kind,
    /// Who must delete: a partner, or this desk.
    pub by: String,
    /// To whom it is owed.
    pub to: String,
    /// Running, outstanding or met.
    pub state: DutyState,
    /// By when.
    pub delete_by: Option<Timestamp>,
}

/// Duties to delete: partners' and this desk's.
pub fn duties(workspace: &Workspace, limit: u32) -> Result<Vec<Duty>, Error> {
    let now = workspace.now();
    let me = workspace.code_of(workspace.meta.desk)?;
    let mut all = Vec::new();
    for record in workspace.records().find(&Query { shared: true, limit: Some(limit), ..Query::default() })? {
        for holder in &record.shared {
            // A term that has passed without a certificate makes the duty outstanding.
            let passed = holder.duty == DutyState::Running && holder.delete_by.is_some_and(|by| by <= now);
            all.push(Duty {
                item: record.id,
                kind: record.kind,
                by: workspace.code_of(holder.partner)?,
                to: me.clone(),
                state: if passed { DutyState::Outstanding } else { holder.duty },
                delete_by: holder.delete_by,
            });
        }
    }
    for record in workspace.records().find(&Query { due_by: Some(now), limit: Some(limit), ..Query::default() })? {
        let Some(from) = record.partner.filter(|_| record.terms.get("ordered").and_then(Json::text).is_some()) else {
            continue;
        };
        all.push(Duty {
            item: record.id,
            kind: record.kind,
            by: me.clone(),
            to: workspace.code_of(from)?,
            state: DutyState::Outstanding,
            delete_by: record.due,
        });
    }
    Ok(all)
}

fn list_duties(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("item", "RECORD"),
        ("kind", "KIND"),
        ("by", "WHO"),
        ("to", "OUTSTANDING AT"),
        ("state", "STATE"),
        ("delete_by", "BY"),
    ];
    Ok(Output::list(&duties(workspace, limit(args)?)?, columns))
}
