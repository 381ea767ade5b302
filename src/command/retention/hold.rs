//! Holds: placed, listed, reviewed, lifted. What is held is not erased, whoever asks.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::command::retention::hold_notice;
use crate::law::retention;
use crate::record::hold::{self, Reason};
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::store::search;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::text::counted;
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
        name: "hold",
        about: "Hold an item, a case, or what words find: it beats every timer until another person lifts it",
        args: &[
            ITEM,
            CASE,
            Arg::new("query", ArgKind::Line, "every item that these words find now"),
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
        name: "hold-review",
        about: "Say that a hold goes on standing, and why: it is looked at every 90 days",
        args: &[
            Arg::new("hold", ArgKind::Record(&[Kind::Hold]), "the hold").positional(),
            Arg::new("because", ArgKind::Body, "why it still stands").required(),
        ],
        writes: Some(Writes {
            act: crate::record::hold::REVIEW,
            weight: Weight::Records,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Review],
        }),
        run: Handler::Writes(review),
    },
    Command {
        noun: "retention",
        name: "holds",
        about: "List the holds",
        args: &[],
        writes: None,
        run: Handler::Reads(list_holds),
    },
];

/// The item or the case that a form names.
pub fn scope(workspace: &Workspace, args: &Args, alone: &'static [Kind]) -> Result<Option<Record>, Error> {
    match (args.maybe("item"), args.maybe("case")) {
        (Some(item), None) => workspace.find_record(item, alone).map(Some),
        (None, Some(case)) => workspace.find_record(case, &[Kind::Case]).map(Some),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(Error::usage("name an item or a case, not both")),
    }
}

fn place(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let reason = args.read("reason", "a ground", Reason::parse)?;
    let because = args.body("because")?.unwrap_or_default();
    let named = scope(workspace, args, &[Kind::Item, Kind::Request])?;
    if let Some(words) = args.maybe_line("query")? {
        if named.is_some() {
            return Err(Error::usage("name --item, --case or --query, one of them"));
        }
        return place_by_query(workspace, &words, reason, &because);
    }
    let on = named.ok_or_else(|| Error::usage("name what to hold: --item, --case or --query"))?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(crate::record::hold::PLACE, Audience::OwnDesk, |e, _| {
        Ok(hold::new(id, on.id, reason, &because, e.salt()?))
    })?;
    let told = hold_notice::notify(workspace, &[id])?;
    Ok(Output::made(id, format!("Held: nothing deletes it until another person lifts this.{told}")))
}

/// The most items that one query holds.
const MOST_FOUND: u32 = 10_000;

/// Holds every item that words find now, each with a hold of its own, in one act.
fn place_by_query(workspace: &mut Workspace, words: &str, reason: Reason, because: &str) -> Result<Output, Error> {
    // Whoever may not hold does not learn what there is.
    let may = workspace.may(hold::PLACE)?;
    if !may.allowed() {
        return Err(Error::refused(may, None));
    }
    let mut found = Vec::new();
    for id in search::find(&workspace.db, words, MOST_FOUND)? {
        let record = workspace.records().get(id)?.filter(|r| r.kind == Kind::Item && !r.is_purged());
        if let Some(record) = record
            // What is held back or held is kept from being read, not from being kept.
            && (workspace.is_privileged(&record)? || workspace.is_restricted(&record)? || !workspace.hides(&record)?)
        {
            found.push(record.id);
        }
    }
    if found.is_empty() {
        return Err(Error::unknown("these words find no item to hold"));
    }
    let count = found.len();
    let (ids, _) = workspace.act(hold::PLACE, Audience::OwnDesk, None, |act, entropy| {
        let mut ids = Vec::with_capacity(count);
        for on in found {
            let id = entropy.id()?;
            act.change(hold::new(id, on, reason, because, entropy.salt()?))?;
            ids.push(id);
        }
        Ok(ids)
    })?;
    let first = ids.first().copied().ok_or_else(|| Error::unknown("these words find no item to hold"))?;
    let told = hold_notice::notify(workspace, &ids)?;
    let said = format!("Held: {}. What comes in later is not held by this.{told}", counted(count, "item"));
    Ok(Output::made(first, said).with("holds", ids))
}

fn review(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("hold")?, &[Kind::Hold])?;
    let because = args.body("because")?.unwrap_or_default();
    let id = workspace
        .act_alone(hold::REVIEW, Audience::OwnDesk, |e, _| Ok(hold::reviewed(record.id, &because, e.salt()?)))?;
    let next = retention::hold_review(workspace.now());
    // Whom it was shared with since is told, too.
    let told = hold_notice::notify(workspace, &[record.id])?;
    Ok(Output::made(id, format!("It goes on standing; it is looked at again by {}.{told}", next.to_minute())))
}

fn lift(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("hold")?, &[Kind::Hold])?;
    let because = args.body("because")?.unwrap_or_default();
    let id = workspace.act_alone(crate::record::hold::LIFT, Audience::OwnDesk, |e, _| {
        Ok(hold::lifted(record.id, &because, e.salt()?))
    })?;
    let told = hold_notice::end(workspace, record.id)?;
    Ok(Output::made(id, format!("Lifted: its timers run again.{told}")))
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
    /// By when it is looked at again; none where it was lifted.
    pub review_by: Option<Timestamp>,
    /// Whether that day has passed.
    pub overdue: bool,
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
    let stands = r.is(hold::State::Standing);
    let review_by = hold::last_looked_at(r).filter(|_| stands).map(retention::hold_review);
    Ok(HoldRow {
        id: r.id,
        on: r.subject,
        state: r.state,
        reason: r.text("reason").and_then(Reason::parse),
        placed_by: name(hold::placed_by(r))?.unwrap_or_default(),
        placed: r.instant("placed"),
        review_by,
        overdue: review_by.is_some_and(|by| by <= workspace.now()),
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
        ("review_by", "REVIEW BY"),
    ];
    Ok(Output::list(&holds(workspace)?, columns).of(Kind::Hold))
}
