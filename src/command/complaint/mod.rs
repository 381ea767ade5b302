//! Complaints and redress: received, acknowledged, searched for, decided, and closed when every remedy was carried out.

pub mod letter;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::command::finding;
use crate::command::said;
use crate::law::accountability::{self, Period};
use crate::law::calendar::Calendar;
use crate::object;
use crate::record::complaint::{self, Channel, Dates, Outcome, Remedy, Restriction, Right};
use crate::record::hold;
use crate::record::kind::{Kind, State};
use crate::record::kind_def;
use crate::record::privilege;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::store::search;
use crate::value::id::Id;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The complaint that a command is done to.
pub const COMPLAINT: Arg = Arg::new("complaint", ArgKind::Record(&[Kind::Complaint]), "the complaint").positional();

fn rights() -> Vec<&'static str> {
    Right::ALL.iter().map(|w| w.word()).collect()
}

fn channels() -> Vec<&'static str> {
    Channel::ALL.iter().filter(|c| **c != Channel::Partner).map(|w| w.word()).collect()
}

fn outcomes() -> Vec<&'static str> {
    Outcome::ALL.iter().map(|w| w.word()).collect()
}

fn remedies() -> Vec<&'static str> {
    Remedy::ALL.iter().map(|w| w.word()).collect()
}

fn grounds() -> Vec<&'static str> {
    Restriction::ALL.iter().map(|w| w.word()).collect()
}

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "complaint",
        name: "receive",
        about: "Take in a complaint or a request of a person about their data; its clocks begin",
        args: &[
            Arg::new("right", ArgKind::Word(rights), "the right that is invoked").required(),
            Arg::new("channel", ArgKind::Word(channels), "how it came").required(),
            Arg::new("from", ArgKind::Line, "who complains, and where they are written to").required(),
            Arg::new("subject", ArgKind::Line, "whose data it is about, by name").required(),
            Arg::new("about", ArgKind::Record(finding::ABOUT), "the record that it is about, where that is known"),
            Arg::new("text", ArgKind::Body, "what is complained of").required(),
            Arg::new("hold", ArgKind::Flag, "nothing of what it is about is erased meanwhile; takes who may hold"),
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(complaint::RECEIVE, Weight::Signs, Needs::Nothing) }),
        run: Handler::Writes(receive),
    },
    Command {
        noun: "complaint",
        name: "acknowledge",
        about: "Note that who complains was told that it came",
        args: &[COMPLAINT],
        writes: Some(Writes {
            keys: &[Key::Sign],
            ..Writes::of(complaint::ACKNOWLEDGE, Weight::Signs, Needs::ActsState)
        }),
        run: Handler::Writes(acknowledge),
    },
    Command {
        noun: "complaint",
        name: "restrict",
        about: "Note that who complains is not told all of it: on which ground, why, and when that is looked at again",
        args: &[
            COMPLAINT,
            Arg::new("ground", ArgKind::Word(grounds), "the ground of the law").required(),
            Arg::new("because", ArgKind::Body, "why").required(),
            Arg::new("review", ArgKind::Time, "when it is looked at again").required(),
        ],
        writes: Some(Writes::of(complaint::RESTRICT, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(restrict),
    },
    Command {
        noun: "complaint",
        name: "lift",
        about: "Note that who complains may be told all of it again: the ground of the restriction is gone",
        args: &[COMPLAINT, Arg::new("because", ArgKind::Body, "why").required()],
        writes: Some(Writes::of(complaint::LIFT, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(lift),
    },
    Command {
        noun: "complaint",
        name: "examine",
        about: "Search all records for the person, and note what was examined; what was found stays here",
        args: &[COMPLAINT, Arg::new("note", ArgKind::Body, "what was examined").required()],
        writes: Some(Writes { rehearsable: false, ..Writes::of(complaint::EXAMINE, Weight::Signs, Needs::ActsState) }),
        run: Handler::Writes(examine),
    },
    Command {
        noun: "complaint",
        name: "decide",
        about: "Decide a complaint, and which remedies are owed; where nobody has searched yet, the search is run before",
        args: &[
            COMPLAINT,
            Arg::new("outcome", ArgKind::Word(outcomes), "how it ends").required(),
            Arg::new("reasons", ArgKind::Body, "why").required(),
            Arg::new("remedy", ArgKind::Words(remedies), "what is owed to whoever was right"),
        ],
        writes: Some(Writes {
            rehearsable: false,
            ..Writes::of(complaint::DECIDE, Weight::Signs, Needs::OneOf(HEARD))
        }),
        run: Handler::Writes(decide),
    },
    Command {
        noun: "complaint",
        name: "done",
        about: "Note that a remedy was carried out; that something was erased, the record itself tells",
        args: &[
            COMPLAINT,
            Arg::new("remedy", ArgKind::Word(remedies), "which remedy").required(),
            Arg::new("evidence", ArgKind::Body, "what shows it").required(),
        ],
        writes: Some(Writes::of(complaint::DONE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(done),
    },
    Command {
        noun: "complaint",
        name: "refer",
        about: "Pass a complaint on to the partner whose authority leads it, or on paper to another authority",
        args: &[COMPLAINT, Arg::new("to", ArgKind::Partner, "the partner; left out: it goes on paper")],
        writes: Some(Writes::of(complaint::REFER, Weight::Signs, Needs::OneOf(OPEN))),
        run: Handler::Writes(refer),
    },
    Command {
        noun: "complaint",
        name: "recall",
        about: "Take back a complaint that was passed on and not answered; it goes on here, and the partner erases its copy",
        args: &[COMPLAINT, Arg::new("because", ArgKind::Body, "why, in words that the partner may read").required()],
        writes: Some(Writes::of(complaint::RECALL, Weight::Signs, Needs::OneOf(REFERRED))),
        run: Handler::Writes(recall),
    },
    Command {
        noun: "complaint",
        name: "report",
        about: "Tell the desk that passed a complaint on what came of it: one answer goes to the person",
        args: &[COMPLAINT, Arg::new("text", ArgKind::Body, "what came of it").required()],
        writes: Some(Writes::of(complaint::REPORT_BACK, Weight::Signs, Needs::OneOf(DECIDED))),
        run: Handler::Writes(report),
    },
    Command {
        noun: "complaint",
        name: "close",
        about: "Close a complaint whose remedies were carried out",
        args: &[COMPLAINT],
        writes: Some(Writes::of(complaint::CLOSE, Weight::Signs, Needs::ActsState)),
        run: Handler::Writes(close),
    },
    Command {
        noun: "complaint",
        name: "list",
        about: "List the complaints, with their clocks",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "complaint",
        name: "show",
        about: "Show a complaint, its clocks, what was decided, and which remedies are open",
        args: &[COMPLAINT],
        writes: None,
        run: Handler::Reads(show),
    },
];

const OPEN: &[State] =
    &[complaint::State::Received.any(), complaint::State::Acknowledged.any(), complaint::State::Examined.any()];
const HEARD: &[State] = &[complaint::State::Acknowledged.any(), complaint::State::Examined.any()];
const REFERRED: &[State] = &[complaint::State::Referred.any()];
const DECIDED: &[State] = &[complaint::State::Decided.any(), complaint::State::Remedy.any()];

/// A complaint as it is listed: nothing of who complains.
#[derive(Clone, Debug, Serialize)]
pub struct ComplaintRow {
    /// The record.
    pub id: Id,
    /// Where it stands.
    pub state: State,
    /// The right that is invoked.
    pub right: Option<Right>,
    /// How it came.
    pub channel: Option<Channel>,
    /// When.
    pub received: Option<Timestamp>,
    /// By when it is acknowledged.
    pub acknowledge_by: Option<Timestamp>,
    /// By when the person hears how it stands.
    pub progress_by: Option<Timestamp>,
    /// By when it is decided.
    pub decide_by: Option<Timestamp>,
    /// What is due next.
    pub due: Option<Timestamp>,
    /// The partner whose authority leads it, or that passed it on.
    pub partner: String,
    /// Remedies that are open.
    pub open_remedies: Vec<Remedy>,
}

/// A complaint as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct ComplaintShown {
    /// As it is listed.
    #[serde(flatten)]
    pub row: ComplaintRow,
    /// Who complains.
    pub from: String,
    /// Whose data it is about.
    pub subject: String,
    /// What is complained of.
    pub text: String,
    /// The record that it is about.
    pub about: Option<Id>,
    /// What was examined.
    pub examined: String,
    /// What the search found.
    pub found: Vec<Id>,
    /// How it was decided.
    pub outcome: Option<Outcome>,
    /// Why.
    pub reasons: String,
    /// Why not all of it is told.
    pub restriction: Option<Restriction>,
    /// When that is looked at again.
    pub review: Option<Timestamp>,
    /// The day that an answer carries which neither confirms nor denies.
    pub answer_on: Option<Timestamp>,
    /// How the authority that leads it has decided.
    pub lead_outcome: Option<Outcome>,
    /// What that authority says.
    pub lead_report: String,
}

fn row(workspace: &Workspace, record: &Record) -> Result<ComplaintRow, Error> {
    Ok(ComplaintRow {
        id: record.id,
        state: record.state,
        right: record.text("right").and_then(Right::parse),
        channel: record.text("channel").and_then(Channel::parse),
        received: record.instant("received"),
        acknowledge_by: record.instant("acknowledge_by"),
        progress_by: record.instant("progress_by"),
        decide_by: record.instant("decide_by"),
        due: record.due,
        partner: workspace.partner_of(record)?.unwrap_or_default(),
        open_remedies: complaint::open_remedies(&workspace.records(), record)?,
    })
}

/// The complaints, what is due first.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn rows(workspace: &Workspace) -> Result<Vec<ComplaintRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Complaint))?;
    let mut rows: Vec<ComplaintRow> = all.iter().map(|r| row(workspace, r)).collect::<Result<_, _>>()?;
    rows.sort_by_key(|r| (!complaint::ANY_OPEN.contains(&r.state), r.due.is_none(), r.due));
    Ok(rows)
}

/// A complaint with all that was said of it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn shown(workspace: &Workspace, record: &Record) -> Result<ComplaintShown, Error> {
    let all = said::of(workspace, record)?;
    let newest = |key: &str| said::newest(&all, key);
    let examined = all.iter().rev().find(|said| said.did == complaint::EXAMINE);
    let found = examined.and_then(|said| said.content.as_ref()).and_then(|c| c.get("found"));
    let found = found.and_then(crate::value::json::Json::items).unwrap_or_default();
    Ok(ComplaintShown {
        row: row(workspace, record)?,
        from: newest("from"),
        subject: newest("subject"),
        text: newest("text"),
        about: complaint::about(record),
        examined: newest("note"),
        found: found.iter().filter_map(|id| id.text().and_then(Id::parse)).collect(),
        outcome: record.text("outcome").and_then(Outcome::parse),
        reasons: newest("reasons"),
        restriction: record.text("restriction").and_then(Restriction::parse),
        review: record.instant("review"),
        answer_on: record.instant("answer_on"),
        lead_outcome: record.text("lead_outcome").and_then(Outcome::parse),
        lead_report: newest("report"),
    })
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("right", "RIGHT"),
        ("received", "RECEIVED"),
        ("due", "DUE"),
        ("partner", "DESK"),
        ("open_remedies", "REMEDIES OPEN"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).of(Kind::Complaint))
}

/// The complaint that a form names.
///
/// # Errors
///
/// Where there is none.
pub fn named(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("complaint")?, &[Kind::Complaint])
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    Ok(Output::thing(&shown(workspace, &record)?))
}

fn dates(right: Right, now: Timestamp, calendar: &Calendar) -> Dates {
    let ends = |period| accountability::ends(period, now, calendar);
    Dates {
        acknowledge_by: ends(Period::ComplaintAcknowledge),
        progress_by: ends(Period::ComplaintProgress),
        decide_by: ends(if right == Right::Access { Period::ComplaintAccess } else { Period::ComplaintCorrection }),
        answer_on: ends(Period::ComplaintAnswer),
    }
}

fn receive(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let right = args.read("right", "a right", Right::parse)?;
    let channel = args.read("channel", "how it came", Channel::parse)?;
    let about = args.maybe("about").map(|id| workspace.find_record(id, finding::ABOUT)).transpose()?;
    let content = object! {
        "from" => args.line("from")?, "subject" => args.line("subject")?, "text" => args.body("text")?.unwrap_or_default(),
    };
    let dates = dates(right, workspace.now(), &workspace.calendar()?);
    let held = match (args.flag("hold"), &about) {
        (false, _) => None,
        (true, Some(about)) if kind_def(about.kind).can_be_held => Some(about.id),
        (true, _) => return Err(Error::usage("--hold needs --about: an item, a request or a case that can be held")),
    };
    if held.is_some() {
        let verdict = workspace.may(hold::PLACE)?;
        if !verdict.allowed() {
            return Err(Error::refused(verdict, None));
        }
    }
    let id = workspace.entropy.id()?;
    workspace.act_alone(complaint::RECEIVE, Audience::OwnDesk, |e, _| {
        Ok(complaint::new(id, right, channel, about.as_ref().map(|r| r.id), dates, &content, e.salt()?))
    })?;
    let mut said = format!(
        "Received: acknowledge it by {}; the person hears how it stands by {}.",
        dates.acknowledge_by.to_minute(),
        dates.progress_by.to_minute()
    );
    if let Some(on) = held {
        let hold = workspace.entropy.id()?;
        workspace.act_alone(hold::PLACE, Audience::OwnDesk, |e, _| {
            Ok(hold::new(hold, on, hold::Reason::Complaint, &format!("complaint CP-{}", id.short()), e.salt()?))
        })?;
        said.push_str(" What it is about is held.");
    }
    Ok(Output::made(id, said))
}

fn acknowledge(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    workspace.act_alone(complaint::ACKNOWLEDGE, Audience::OwnDesk, |_, _| Ok(complaint::acknowledged(record.id)))?;
    Ok(Output::made(record.id, "Acknowledged; `comity complaint letter --of acknowledgement` writes the letter."))
}

fn restrict(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let ground = args.read("ground", "a ground of the law", Restriction::parse)?;
    let review = args.time("review", workspace.now())?;
    let because = args.body("because")?.unwrap_or_default();
    workspace.act_alone(complaint::RESTRICT, Audience::OwnDesk, |e, _| {
        Ok(complaint::restricted(record.id, ground, review, &because, e.salt()?))
    })?;
    Ok(Output::made(record.id, format!("Restricted; it is looked at again {}.", review.to_minute())))
}

fn lift(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    workspace
        .act_alone(complaint::LIFT, Audience::OwnDesk, |e, _| Ok(complaint::lifted(record.id, &because, e.salt()?)))?;
    Ok(Output::made(record.id, "Lifted; `comity complaint letter` tells the person what was kept back."))
}

/// The most hits that a search for a person notes.
const MOST: u32 = 1000;

/// Searches all records for the person of a complaint: every record but complaints whose content has all the words of the name. What is
/// held back as privileged is not searched.
fn search_for(workspace: &Workspace, record: &Record) -> Result<Vec<Id>, Error> {
    let subject = said::newest(&said::of(workspace, record)?, "subject");
    let mut found = Vec::new();
    for id in search::find(&workspace.db, &subject, MOST)? {
        if let Some(hit) = workspace.records().get(id)?.filter(|r| r.kind != Kind::Complaint)
            && !workspace.is_privileged(&hit)?
        {
            // That it was looked at is on record, as any other look is.
            workspace.content(&hit)?;
            found.push(hit.id);
        }
    }
    Ok(found)
}

fn searched(workspace: &mut Workspace, record: &Record, note: &str) -> Result<Vec<Id>, Error> {
    let found = search_for(workspace, record)?;
    workspace.act_alone(complaint::EXAMINE, Audience::OwnDesk, |e, _| {
        Ok(complaint::examined(record.id, note, &found, e.salt()?))
    })?;
    Ok(found)
}

fn examine(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let note = args.body("note")?.unwrap_or_default();
    let found = searched(workspace, &record, &note)?;
    let held_back = privilege::all(&workspace.records(), None)?.len();
    // The same is said whether anything of it is about the person.
    let beside = match held_back {
        0 => String::new(),
        n => format!(" {} held back as privileged, and not searched.", counted(n, "item")),
    };
    let said = format!("Searched: {} found.{beside} The answer says nothing of it.", counted(found.len(), "record"));
    Ok(Output::made(record.id, said).with("found", found))
}

fn decide(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let outcome = args.read("outcome", "how it ends", Outcome::parse)?;
    let remedies = args.words("remedy", "a remedy", Remedy::parse)?;
    let reasons = args.body("reasons")?.unwrap_or_default();
    // The search is run whatever is decided, and by whoever may decide.
    if record.text("examined").is_none() && workspace.may(complaint::DECIDE)?.allowed() {
        searched(workspace, &record, "searched by name before the decision")?;
    }
    workspace.act_alone(complaint::DECIDE, Audience::OwnDesk, |e, _| {
        Ok(complaint::decided(record.id, outcome, &remedies, &reasons, e.salt()?))
    })?;
    let owed: Vec<&str> = remedies.iter().map(|r| r.word()).collect();
    let said = if owed.is_empty() {
        "Decided; `comity complaint letter --of decision` writes the answer.".to_owned()
    } else {
        format!("Decided; before it is closed: {}.", owed.join(", "))
    };
    Ok(Output::made(record.id, said))
}

fn done(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let remedy = args.read("remedy", "a remedy", Remedy::parse)?;
    let evidence = args.body("evidence")?.unwrap_or_default();
    workspace.act_alone(complaint::DONE, Audience::OwnDesk, |e, _| {
        Ok(complaint::remedied(record.id, remedy, &evidence, e.salt()?))
    })?;
    Ok(Output::made(record.id, format!("Carried out: {remedy}.")))
}

fn refer(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let to = args.maybe("to").map(|code| workspace.partner(code)).transpose()?;
    let all = said::of(workspace, &record)?;
    let text = |key: &str| said::newest(&all, key);
    let content = match &to {
        Some(_) => object! { "from" => text("from"), "subject" => text("subject"), "text" => text("text") },
        None => object! { "note" => "on paper" },
    };
    let right = record.text("right").and_then(Right::parse).unwrap_or(Right::Remedy);
    let dates = dates(right, workspace.now(), &workspace.calendar()?);
    let id = to.as_ref().map(|to| to.id);
    let audience = id.map_or(Audience::OwnDesk, |to| Audience::Desks(vec![to]));
    workspace.act_alone(complaint::REFER, audience, |e, _| {
        Ok(complaint::referred(record.id, right, id, dates, &content, e.salt()?))
    })?;
    let whom = to.and_then(|to| to.key).unwrap_or_else(|| "another authority, on paper".to_owned());
    Ok(Output::made(
        record.id,
        format!("Passed on to {whom}; `comity complaint letter --of referral` tells the person."),
    ))
}

fn recall(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    let audience = record.partner.map_or(Audience::OwnDesk, |to| Audience::Desks(vec![to]));
    workspace.act_alone(complaint::RECALL, audience, |e, _| {
        Ok(complaint::recalled(record.id, record.partner, &because, e.salt()?))
    })?;
    let said = match record.partner {
        Some(partner) => format!("Taken back; {} hears of it with the next bundle.", workspace.code_of(partner)?),
        None => "Taken back; tell the authority on paper.".to_owned(),
    };
    Ok(Output::made(record.id, said))
}

fn report(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let text = args.body("text")?.unwrap_or_default();
    let outcome = record.text("outcome").and_then(Outcome::parse).unwrap_or(Outcome::Checked);
    workspace.act_alone(complaint::REPORT_BACK, Audience::Desks(vec![record.desk]), |e, _| {
        Ok(complaint::reported_back(record.id, outcome, &text, e.salt()?))
    })?;
    let code = workspace.code_of(record.desk)?;
    Ok(Output::made(record.id, format!("{code} hears of it with the next bundle, and answers the person.")))
}

fn close(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let keep = accountability::ends(Period::KeepComplaint, workspace.now(), &workspace.calendar()?);
    workspace.act_alone(complaint::CLOSE, Audience::OwnDesk, |_, _| Ok(complaint::closed(record.id, keep)))?;
    Ok(Output::made(record.id, format!("Closed; what it says is erased {}.", keep.to_minute())))
}
