//! Mistakes, owned: reported by anybody, told to every partner who holds a copy, put right, and closed when all of it is done.

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::command::said;
use crate::law::accountability::{self, Period};
use crate::record::error::{self, Severity};
use crate::record::kind::{Kind, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What a mistake can be about.
pub const ABOUT: &[Kind] = &[Kind::Item, Kind::Request, Kind::Disclosure, Kind::Case, Kind::Review];

const ERROR: Arg = Arg::new("error", ArgKind::Record(&[Kind::Error]), "the mistake").positional();

fn severities() -> Vec<&'static str> {
    Severity::ALL.iter().map(|s| s.word()).collect()
}

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "error",
        name: "report",
        about: "Report a mistake; every partner who holds a copy is told of it",
        args: &[
            Arg::new("about", ArgKind::Record(ABOUT), "what it is about").required().repeated(),
            Arg::new("text", ArgKind::Body, "what went wrong; partners read it where they are told in no other words")
                .required(),
            Arg::new("notice", ArgKind::Body, "what every partner who holds a copy is told, in other words"),
            Arg::new("severity", ArgKind::Word(severities), "whether the authority is told").required(),
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(error::REPORT, Weight::Signs, Needs::Nothing) }),
        run: Handler::Writes(report),
    },
    Command {
        noun: "error",
        name: "notify",
        about: "Tell the partners who hold a copy and were not told yet, or all of them again in other words",
        args: &[
            ERROR,
            Arg::new(
                "text",
                ArgKind::Body,
                "what went wrong, in words for the partner; as it was reported where it is left out",
            ),
            Arg::new("again", ArgKind::Flag, "also those who were told already"),
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(error::NOTICE, Weight::Signs, Needs::OneOf(OPEN)) }),
        run: Handler::Writes(notify),
    },
    Command {
        noun: "error",
        name: "confirm",
        about: "Tell the partner whose mistake it was what was done about it here",
        args: &[ERROR, Arg::new("text", ArgKind::Body, "what was done with the copies").required()],
        writes: Some(Writes { keys: &[Key::Sign], ..Writes::of(error::CONFIRM, Weight::Signs, Needs::OneOf(THEIRS)) }),
        run: Handler::Writes(confirm),
    },
    Command {
        noun: "error",
        name: "authority",
        about: "Note that the supervisory authority was told",
        args: &[ERROR, Arg::new("reference", ArgKind::Line, "the reference of the notification").required()],
        writes: Some(Writes::of(error::AUTHORITY, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(authority),
    },
    Command {
        noun: "error",
        name: "raise",
        about: "Make a recordable mistake reportable: it is graver than was thought, and the authority is told",
        args: &[ERROR, Arg::new("because", ArgKind::Body, "why").required()],
        writes: Some(Writes::of(error::RAISE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(raise),
    },
    Command {
        noun: "error",
        name: "measure",
        about: "Add what is done so that it does not happen again, with its owner and its day",
        args: &[
            ERROR,
            Arg::new("text", ArgKind::Body, "what is done").required(),
            Arg::new("owner", ArgKind::Record(&[Kind::Member]), "the member who sees to it: name, fingerprint or id")
                .required(),
            Arg::new("due", ArgKind::Time, "by when").required(),
        ],
        writes: Some(Writes::of(error::MEASURE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(measure),
    },
    Command {
        noun: "error",
        name: "done",
        about: "Note that a measure was carried out",
        args: &[
            ERROR,
            Arg::new("measure", ArgKind::Number, "its number").required(),
            Arg::new("evidence", ArgKind::Body, "what shows it").required(),
        ],
        writes: Some(Writes::of(error::DONE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(done),
    },
    Command {
        noun: "error",
        name: "close",
        about: "Close a mistake of which everything is done",
        args: &[ERROR],
        writes: Some(Writes { keys: &[Key::Sign], ..Writes::of(error::CLOSE, Weight::Signs, Needs::ActsState) }),
        run: Handler::Writes(close),
    },
    Command {
        noun: "error",
        name: "list",
        about: "List the mistakes: this desk's, and those that partners have told it of",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "error",
        name: "show",
        about: "Show a mistake: whom it touched, who was told, and what is done about it",
        args: &[ERROR],
        writes: None,
        run: Handler::Reads(show),
    },
];

const OPEN: &[State] = &[error::State::Open.any()];
const THEIRS: &[State] = &[error::State::Received.any(), error::State::Confirmed.any()];

/// A mistake as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: State,
    /// The desk whose mistake it is.
    pub desk: String,
    /// How grave it is.
    pub severity: Option<Severity>,
    /// What it is about.
    pub about: Vec<Id>,
    /// When it was reported.
    pub reported: Option<Timestamp>,
    /// What is due next, or until when its texts are kept.
    pub due: Option<Timestamp>,
    /// What went wrong.
    pub text: String,
}

/// A partner that a mistake touches.
#[derive(Clone, Debug, Serialize)]
pub struct Touched {
    /// Who.
    pub partner: String,
    /// Whether it was told.
    pub told: bool,
    /// Whether it has said what it did.
    pub confirmed: bool,
    /// What it said.
    pub answer: String,
}

/// A measure as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct MeasureRow {
    /// Its number.
    pub number: i64,
    /// What is done.
    pub text: String,
    /// Who sees to it.
    pub owner: String,
    /// By when.
    pub due: Option<Timestamp>,
    /// When it was done.
    pub done: Option<Timestamp>,
    /// What shows it.
    pub evidence: String,
}

/// A mistake as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorShown {
    /// As it is listed.
    #[serde(flatten)]
    pub row: ErrorRow,
    /// Who reported it.
    pub reported_by: String,
    /// By when the authority is told.
    pub notify_by: Option<Timestamp>,
    /// When it was told.
    pub authority_told: Option<Timestamp>,
    /// The partners who hold a copy, or have heard of it.
    pub partners: Vec<Touched>,
    /// What is done so that it does not happen again.
    pub measures: Vec<MeasureRow>,
}

fn row(workspace: &Workspace, record: &Record) -> Result<ErrorRow, Error> {
    Ok(ErrorRow {
        id: record.id,
        state: record.state,
        desk: workspace.code_of(record.desk)?,
        severity: record.text("severity").and_then(Severity::parse),
        about: error::about(record),
        reported: record.instant("reported"),
        due: record.due,
        text: workspace.text_of(record, "text")?,
    })
}

/// The mistakes, what is open first.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn rows(workspace: &Workspace) -> Result<Vec<ErrorRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Error))?;
    let mut rows: Vec<ErrorRow> = all.iter().map(|r| row(workspace, r)).collect::<Result<_, _>>()?;
    rows.sort_by_key(|r| (!OPEN.contains(&r.state) && !THEIRS.contains(&r.state), r.due));
    Ok(rows)
}

/// A mistake with all that was said of it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn shown_error(workspace: &Workspace, record: &Record) -> Result<ErrorShown, Error> {
    let all = said::of(workspace, record)?;
    let (told, confirmed) = (error::told_to(record), error::confirmed_by(record));
    let mut touched = error::holders(&workspace.records(), record)?;
    touched.extend(&told);
    touched.sort_unstable();
    touched.dedup();
    let partners = touched.iter().map(|id| {
        let answer = all.iter().rev().find(|said| said.desk == *id && said.did == error::CONFIRM);
        Ok(Touched {
            partner: workspace.code_of(*id)?,
            told: told.contains(id),
            confirmed: confirmed.contains(id),
            answer: answer.map(|said| said.text("answer")).unwrap_or_default(),
        })
    });
    let texts: Vec<String> = all.iter().filter(|s| s.did == error::MEASURE).map(|s| s.text("measure")).collect();
    let measures = error::measures(record).into_iter().zip(texts.iter().map(Some).chain(std::iter::repeat(None)));
    let measures = measures.map(|(measure, text)| {
        let of = |said: &&said::Said| said.terms.get("measure").and_then(Json::int) == Some(measure.number);
        let evidence = all.iter().filter(|s| s.did == error::DONE).find(of).map(|s| s.text("evidence"));
        Ok(MeasureRow {
            number: measure.number,
            text: text.cloned().unwrap_or_default(),
            owner: measure.owner.map(|person| workspace.name_of(person)).transpose()?.unwrap_or_default(),
            due: measure.due,
            done: measure.done,
            evidence: evidence.unwrap_or_default(),
        })
    });
    let by = record.text("reported_by").and_then(Person::parse);
    Ok(ErrorShown {
        row: row(workspace, record)?,
        reported_by: by.map(|person| workspace.name_of(person)).transpose()?.unwrap_or_default(),
        notify_by: record.instant("notify_by"),
        authority_told: record.instant("authority_told"),
        partners: partners.collect::<Result<_, Error>>()?,
        measures: measures.collect::<Result<_, Error>>()?,
    })
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("desk", "WHOSE"),
        ("severity", "SEVERITY"),
        ("due", "DUE"),
        ("text", "WHAT WENT WRONG"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Error))
}

fn named(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("error")?, &[Kind::Error])
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    Ok(Output::thing(&shown_error(workspace, &record)?))
}

fn report(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let about = args.all("about").iter().map(|id| Ok(workspace.find_record(id, ABOUT)?.id));
    let about: Vec<Id> = about.collect::<Result<_, Error>>()?;
    let text = args.body("text")?.unwrap_or_default();
    let severity = args.read("severity", "reportable or recordable", Severity::parse)?;
    let (now, calendar) = (workspace.now(), workspace.calendar()?);
    let notify_by =
        (severity == Severity::Reportable).then(|| accountability::ends(Period::ErrorAuthority, now, &calendar));
    let id = workspace.entropy.id()?;
    workspace.act_alone(error::REPORT, Audience::OwnDesk, |e, _| {
        Ok(error::new(id, &about, severity, notify_by, &text, e.salt()?))
    })?;
    let record = workspace.find_record(&id.to_string(), &[Kind::Error])?;
    let notice = args.body("notice")?.unwrap_or(text);
    let told = tell_holders(workspace, &record, &notice, false)?;
    let authority = notify_by.map(|by| format!(" The authority is told by {}.", by.to_minute())).unwrap_or_default();
    let partners =
        if told.is_empty() { String::new() } else { format!(" Told with the next bundle: {}.", told.join(", ")) };
    Ok(Output::made(id, format!("On record.{authority}{partners}")).with("told", told))
}

/// Tells the partners who hold a copy: each of its own copies, and of nothing else.
fn tell_holders(workspace: &mut Workspace, record: &Record, text: &str, again: bool) -> Result<Vec<String>, Error> {
    let told = error::told_to(record);
    let severity = record.text("severity").and_then(Severity::parse).unwrap_or(Severity::Recordable);
    let mut codes = Vec::new();
    for partner in error::holders(&workspace.records(), record)? {
        if told.contains(&partner) && !again {
            continue;
        }
        let mut theirs = Vec::new();
        for id in error::about(record) {
            if workspace.records().get(id)?.is_some_and(|r| r.is_with(partner)) {
                theirs.push(id);
            }
        }
        workspace.act_alone(error::NOTICE, Audience::Desks(vec![partner]), |e, _| {
            Ok(error::told(record.id, &theirs, severity, text, e.salt()?))
        })?;
        codes.push(workspace.code_of(partner)?);
    }
    Ok(codes)
}

fn notify(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let text = match args.body("text")? {
        Some(text) => text,
        None => workspace.text_of(&record, "text")?,
    };
    let told = tell_holders(workspace, &record, &text, args.flag("again"))?;
    let said = if told.is_empty() {
        "Every partner who holds a copy was told already.".to_owned()
    } else {
        format!("Told with the next bundle: {}.", told.join(", "))
    };
    Ok(Output::made(record.id, said).with("told", told))
}

fn confirm(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let text = args.body("text")?.unwrap_or_default();
    let keep = accountability::ends(Period::KeepError, workspace.now(), &workspace.calendar()?);
    workspace.act_alone(error::CONFIRM, Audience::Desks(vec![record.desk]), |e, _| {
        Ok(error::confirmed(record.id, keep, &text, e.salt()?))
    })?;
    let code = workspace.code_of(record.desk)?;
    Ok(Output::made(record.id, format!("{code} hears of it with the next bundle.")))
}

fn authority(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (record, reference) = (named(workspace, args)?, args.line("reference")?);
    workspace.act_alone(error::AUTHORITY, Audience::OwnDesk, |e, _| {
        Ok(error::authority_told(record.id, &reference, e.salt()?))
    })?;
    Ok(Output::made(record.id, "Noted: the authority was told."))
}

fn raise(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    let by = accountability::ends(Period::ErrorAuthority, workspace.now(), &workspace.calendar()?);
    workspace
        .act_alone(error::RAISE, Audience::OwnDesk, |e, _| Ok(error::raised(record.id, by, &because, e.salt()?)))?;
    Ok(Output::made(
        record.id,
        format!(
            "Reportable: the authority is told by {}; partners hear of it with `error notify --again`.",
            by.to_minute()
        ),
    ))
}

/// The member of this desk of that name.
///
/// # Errors
///
/// Where nobody has that name, or several have.
pub fn member_named(workspace: &Workspace, typed: &str) -> Result<Person, Error> {
    let record = workspace.find_record(typed, &[Kind::Member])?;
    let person = record.key.as_deref().and_then(Person::parse).filter(|_| record.desk == workspace.meta.desk);
    person.ok_or_else(|| Error::not_allowed(format!("{} is no member of this desk", shown(typed))))
}

fn measure(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (record, owner) = (named(workspace, args)?, member_named(workspace, args.need("owner")?)?);
    let due = args.time("due", workspace.now())?;
    let text = args.body("text")?.unwrap_or_default();
    workspace.act_alone(error::MEASURE, Audience::OwnDesk, |e, _| {
        Ok(error::measured(record.id, owner, due, &text, e.salt()?))
    })?;
    let number = error::measures(&record).len() + 1;
    Ok(Output::made(record.id, format!("Measure {number}, due {}.", due.to_minute())).with("measure", number))
}

fn done(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let number = args.number("measure")?.unwrap_or_default();
    let evidence = args.body("evidence")?.unwrap_or_default();
    workspace.act_alone(error::DONE, Audience::OwnDesk, |e, _| {
        Ok(error::carried_out(record.id, number, &evidence, e.salt()?))
    })?;
    Ok(Output::made(record.id, format!("Measure {number} is done.")))
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let keep = accountability::ends(Period::KeepError, workspace.now(), &workspace.calendar()?);
    workspace.act_alone(error::CLOSE, Audience::OwnDesk, |_, _| Ok(error::closed(record.id, keep)))?;
    Ok(Output::made(record.id, format!("Closed; its texts are erased {}.", keep.to_minute())))
}
