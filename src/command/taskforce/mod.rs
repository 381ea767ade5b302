//! Joint task forces: the charter that several desks sign, who has signed it, what belongs to it, and how it is changed and ended.

pub mod analysis;
pub mod carriage;
pub mod charter;
pub mod letter;
pub mod parties;
pub mod work;

use serde::Serialize;

use self::parties::{TASKFORCE, audience, codes, words_of};
use crate::act::enclosed::Enclosed;
use crate::act::header::Audience;
use crate::command::agreement::{reviewed_as, reviews_of};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Weight, Writes};
use crate::command::desk::workspace_info::short;
use crate::command::history::acts_of;
use crate::command::shape::TOKEN;
use crate::record::definition::ApplyError;
use crate::record::kind::{Kind, State, StateTone};
use crate::record::reviewed::{self, ReviewResult};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::taskforce::{self, Charter, CharterContent};
use crate::record::{case, member};
use crate::store::read;
use crate::value::class::{Category, Tier, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::{shown, shown_lines};
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// How long before its end a charter shows as due for renewal.
pub const RENEWAL: Duration = Duration::days(42);

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "taskforce",
        name: "list",
        about: "List the task forces: who has signed, until when",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "taskforce",
        name: "show",
        about: "Show a task force: its charter, who has signed it, its cases, what waits on whom",
        args: &[TASKFORCE],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "taskforce",
        name: "sign",
        about: "Sign the charter that is proposed, as this desk; the lead hears it with the next bundle and tells the others",
        args: &[TASKFORCE],
        writes: Some(Writes {
            keys: &[Key::Sign],
            ..Writes::of(taskforce::SIGN, Weight::Signs, Needs::OneOf(taskforce::TOLD_OF))
        }),
        run: Handler::Writes(sign),
    },
    Command {
        noun: "taskforce",
        name: "case",
        about: "Open a case of a task force: for what lies in it the charter comes before other agreements",
        args: &[
            TASKFORCE,
            Arg::new("title", ArgKind::Line, "its title").required(),
            Arg::new("purpose", ArgKind::Line, "for what: a word that the charter names too")
                .of_shape(TOKEN)
                .required(),
        ],
        writes: Some(Writes::of(case::NEW, Weight::Records, Needs::OneOf(taskforce::ALIVE))),
        run: Handler::Writes(crate::command::case::new),
    },
    Command {
        noun: "taskforce",
        name: "pass",
        about: "Pass on to each desk again what the other desks have signed, such as to one that has pinned another since",
        args: &[TASKFORCE],
        writes: Some(Writes::of(taskforce::PASS, Weight::Signs, Needs::OneOf(taskforce::ALIVE))),
        run: Handler::Writes(pass),
    },
    Command {
        noun: "taskforce",
        name: "leave",
        about: "Leave a task force, or say that this desk does not sign: nothing goes under its charter any more",
        args: &[TASKFORCE, Arg::new("because", ArgKind::Body, "why").required()],
        writes: Some(Writes::of(taskforce::LEAVE, Weight::Destroys, Needs::OneOf(taskforce::ALIVE))),
        run: Handler::Writes(leave),
    },
    Command {
        noun: "taskforce",
        name: "review",
        about: "Note that this desk has looked whether a task force still serves, and when it looks again",
        args: &[
            TASKFORCE,
            Arg::new("result", ArgKind::Word(all_words::<ReviewResult>), "what it came to").required(),
            Arg::new("notes", ArgKind::Body, "what works, what does not").required(),
            Arg::new("next", ArgKind::Time, "when it is looked at again"),
        ],
        writes: Some(Writes {
            needs: Needs::ActsState,
            keys: &[Key::Review],
            ..Writes::of(taskforce::REVIEW, Weight::Records, Needs::OneOf(taskforce::ALIVE))
        }),
        run: Handler::Writes(review),
    },
    Command {
        noun: "taskforce",
        name: "evaluate",
        about: "Say how a task force went: what it reached, what held it up; every desk of it hears it",
        args: &[TASKFORCE, Arg::new("text", ArgKind::Body, "what was reached, what held it up").required()],
        writes: Some(Writes::of(taskforce::EVALUATE, Weight::Signs, Needs::OneOf(taskforce::TOLD_OF))),
        run: Handler::Writes(evaluate),
    },
    Command {
        noun: "taskforce",
        name: "end",
        about: "End a task force that this desk leads: nothing goes under its charter any more, at any desk",
        args: &[TASKFORCE, Arg::new("because", ArgKind::Body, "why").required()],
        writes: Some(Writes {
            keys: &[Key::Destroy],
            ..Writes::of(taskforce::END, Weight::Destroys, Needs::OneOf(taskforce::ALIVE))
        }),
        run: Handler::Writes(end),
    },
];

words! {
    /// Where a charter stands today.
    Status {
        /// Not all of its desks have signed.
        Proposed = "proposed",
        /// All have, and its first day has not come.
        NotYet = "not yet",
        /// It is in force.
        InForce = "in force",
        /// It is, and ends in a few weeks.
        RenewalDue = "renewal due",
        /// Its last day has passed.
        Expired = "expired",
        /// This desk is in it no more.
        Left = "left",
        /// Its lead has ended it.
        Ended = "ended",
    }
}

impl Status {
    /// How it is seen at a glance.
    pub const fn mood(self) -> StateTone {
        match self {
            Self::NotYet => StateTone::Neutral,
            Self::InForce => StateTone::Good,
            Self::Proposed | Self::RenewalDue => StateTone::Waiting,
            Self::Expired => StateTone::Stopped,
            Self::Left | Self::Ended => StateTone::Over,
        }
    }
}

/// A desk of a task force, and whether it has signed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Signature {
    /// The desk.
    pub desk: String,
    /// When it signed.
    pub at: Timestamp,
}

/// A newer version of a charter that waits for signatures.
#[derive(Clone, Debug, Serialize)]
pub struct NextVersion {
    /// Which version.
    pub version: i64,
    /// Who has signed it.
    pub signed: Vec<Signature>,
    /// Who has not.
    pub unsigned: Vec<String>,
    /// What it says otherwise than the version in force.
    pub differs: Vec<charter::Difference>,
}

/// A task force as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct TaskforceSummary {
    /// The record.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// Proposed, in force, left or ended.
    pub state: State,
    /// How it stands today.
    pub status: Status,
    /// Which version of its charter stands.
    pub version: i64,
    /// The model that its charter follows.
    pub model: String,
    /// The desk that leads.
    pub lead: String,
    /// Every desk of the charter.
    pub desks: Vec<String>,
    /// Who has signed, and when.
    pub signed: Vec<Signature>,
    /// Who has not signed yet.
    pub unsigned: Vec<String>,
    /// Who has left, or has said that it does not sign.
    pub left: Vec<Signature>,
    /// Whose signature came and could not be checked, since that desk is not pinned here.
    pub unchecked: Vec<String>,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// For which data.
    pub categories: Vec<Category>,
    /// Up to which tier.
    pub tier: Option<Tier>,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// The longest deletion term, in days.
    pub retention_cap_days: i64,
    /// Within how many days what is done, in words.
    pub targets: String,
    /// When this desk looks at it again.
    pub review_due: Option<Timestamp>,
    /// The newer version that waits for signatures.
    pub next: Option<NextVersion>,
}

fn signatures(workspace: &Workspace, all: &[(Id, Timestamp)]) -> Result<Vec<Signature>, Error> {
    all.iter().map(|(desk, at)| Ok(Signature { desk: workspace.code_of(*desk)?, at: *at })).collect()
}

fn unsigned(workspace: &Workspace, charter: &Charter, signed: &[(Id, Timestamp)]) -> Result<Vec<String>, Error> {
    let open = charter.desks.iter().filter(|desk| !signed.iter().any(|(by, _)| by == *desk));
    open.map(|desk| workspace.code_of(*desk)).collect()
}

/// How a charter stands today.
pub fn status_of(record: &Record, charter: &Charter, now: Timestamp) -> Status {
    match record.in_state::<taskforce::State>() {
        Some(taskforce::State::Proposed) | None => Status::Proposed,
        Some(taskforce::State::Left) => Status::Left,
        Some(taskforce::State::Ended) => Status::Ended,
        Some(taskforce::State::InForce) => match () {
            () if now < charter.from => Status::NotYet,
            () if now >= charter.until => Status::Expired,
            () if now.plus(RENEWAL) >= charter.until => Status::RenewalDue,
            () => Status::InForce,
        },
    }
}

/// A task force's record as it is shown.
pub fn row(workspace: &Workspace, record: &Record) -> Result<TaskforceSummary, Error> {
    let charter = taskforce::charter_of(record)?;
    let signed = taskforce::signatures(record);
    let next = match taskforce::next_of(record)? {
        None => None,
        Some(next) => {
            let signed = taskforce::next_signatures(record);
            Some(NextVersion {
                version: next.version,
                signed: signatures(workspace, &signed)?,
                unsigned: unsigned(workspace, &next, &signed)?,
                differs: charter::differences(workspace, record, &next)?,
            })
        }
    };
    Ok(TaskforceSummary {
        id: record.id,
        title: words_of(workspace, record)?.title,
        state: record.state,
        status: status_of(record, &charter, workspace.now()),
        version: charter.version,
        model: charter.model.clone(),
        lead: workspace.code_of(charter.lead)?,
        desks: codes(workspace, &charter.desks)?,
        unsigned: unsigned(workspace, &charter, &signed)?,
        signed: signatures(workspace, &signed)?,
        left: signatures(workspace, &taskforce::departures(record))?,
        unchecked: codes(workspace, &taskforce::unchecked(record))?,
        purposes: charter.purposes,
        categories: charter.categories,
        tier: charter.tier,
        from: charter.from,
        until: charter.until,
        retention_cap_days: charter.retention_cap_days,
        targets: charter.targets.said(),
        review_due: reviewed::next_of(record),
        next,
    })
}

/// Every task force.
pub fn rows(workspace: &Workspace) -> Result<Vec<TaskforceSummary>, Error> {
    taskforce::all(&workspace.records())?.iter().map(|r| row(workspace, r)).collect()
}

/// The cases of a task force.
pub fn cases_of(workspace: &Workspace, id: Id) -> Result<Vec<Record>, Error> {
    let mut all = workspace.records().find(&Query::kind(Kind::Case))?;
    all.retain(|r| case::taskforce_of(r) == Some(id));
    Ok(all)
}

/// An evaluation of a task force.
#[derive(Clone, Debug, Serialize)]
pub struct Evaluation {
    /// The desk that says it.
    pub desk: String,
    /// When.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
}

/// What desks have said of how a task force went.
pub fn evaluations(workspace: &Workspace, record: &Record) -> Result<Vec<Evaluation>, Error> {
    let mut all = Vec::new();
    for (act, change) in acts_of(workspace, record, &[taskforce::EVALUATE])? {
        let header = act.read_header()?;
        let content = change.read_content().ok().flatten();
        let text = content.as_ref().and_then(|c| c.get("text")).and_then(Json::text).unwrap_or_default();
        all.push(Evaluation { desk: workspace.code_of(header.desk)?, at: header.time.at, text: text.to_owned() });
    }
    Ok(all)
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("status", "STATE"),
        ("lead", "LEAD"),
        ("desks", "DESKS"),
        ("unsigned", "NOT SIGNED"),
        ("tier", "TIER"),
        ("until", "UNTIL"),
        ("title", "TITLE"),
    ];
    Ok(Output::list(&rows(workspace)?, columns).in_mood(|word| Status::parse(word).map(Status::mood)))
}

fn find(workspace: &Workspace, args: &Args) -> Result<Record, Error> {
    workspace.find_record(args.need("taskforce")?, &[Kind::Taskforce])
}

/// A field of a charter as it is shown.
#[derive(Serialize)]
struct FieldRow {
    id: String,
    label: String,
    text: String,
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let summary = row(workspace, &record)?;
    let law = workspace.law()?;
    let model = law.request(&summary.model);
    let label = |id: &str| {
        let field = model.and_then(|m| m.field.iter().find(|f| f.id == id));
        field.map_or_else(|| id.to_owned(), |f| f.label.clone())
    };
    let words = words_of(workspace, &record)?;
    let is_whole = words.digest() == taskforce::charter_of(&record)?.text;
    let fields: Vec<FieldRow> =
        words.fields.into_iter().map(|(id, text)| FieldRow { label: label(&id), id, text }).collect();
    let cases: Vec<Id> = cases_of(workspace, record.id)?.iter().map(|r| r.id).collect();
    let told = told_of(&summary, is_whole);
    let tasks = work::tasks_of(workspace, record.id)?;
    let waits: Vec<String> = work::who_waits(&tasks);
    let text = in_lines(&summary, &fields, &tasks, &waits);
    let answer = Output::thing(&summary)
        .with("tasks", &tasks)
        .with("waits_on", waits)
        .with("meetings", work::meetings_of(workspace, record.id)?)
        .with("analyses", analysis::rows_of(workspace, record.id)?)
        .with("reviews", reviews_of(workspace, &record, taskforce::REVIEW)?)
        .with("cases", cases)
        .with("fields", fields)
        .with("text_as_signed", is_whole)
        .with("evaluations", evaluations(workspace, &record)?)
        .with_message(told);
    Ok(Output { text: Some(text), ..answer })
}

/// A task force in lines, for people.
fn in_lines(summary: &TaskforceSummary, fields: &[FieldRow], tasks: &[work::TaskRow], waits: &[String]) -> String {
    let mut lines = vec![
        format!("{}  {}", short(Kind::Taskforce, summary.id), shown(&summary.title)),
        format!("  stands    {}, version {}, led by {}", summary.status, summary.version, summary.lead),
    ];
    for desk in &summary.desks {
        let signed = summary.signed.iter().find(|s| s.desk == *desk);
        let said = signed.map_or_else(|| "has not signed".to_owned(), |s| format!("signed {}", s.at.to_minute()));
        lines.push(format!("  {desk:9} {said}"));
    }
    lines.extend(summary.left.iter().map(|s| format!("  {:9} left {}", s.desk, s.at.to_minute())));
    let data: Vec<&str> = summary.categories.iter().map(|c| c.word()).collect();
    let tier = summary.tier.map_or_else(|| "the default of each partner's kind".to_owned(), |t| t.to_string());
    lines.push(format!("  for       {}", summary.purposes.join(", ")));
    lines.push(format!("  data      {}, up to tier {tier}", data.join(", ")));
    lines.push(format!("  from      {} until {}", summary.from.to_minute(), summary.until.to_minute()));
    lines.push(format!("  kept      at most {} days", summary.retention_cap_days));
    if !summary.targets.is_empty() {
        lines.push(format!("  targets   {}", summary.targets));
    }
    for field in fields {
        lines.push(String::new());
        lines.push(field.label.to_uppercase());
        lines.extend(shown_lines(&field.text).into_iter().map(|line| format!("  {line}")));
    }
    if !tasks.is_empty() {
        lines.push(String::new());
        lines.push("TASKS".to_owned());
        for task in tasks {
            let due = task.due.map(Timestamp::to_minute).unwrap_or_default();
            let name = short(Kind::Task, task.id);
            lines.push(format!("  {name}  {:4} {:10} {due:17} {}", task.owner, task.state.label(), shown(&task.title)));
        }
        lines.extend(waits.iter().map(|line| format!("  {line}")));
    }
    lines.join("\n")
}

/// What is to be known of a task force, in a sentence or two.
fn told_of(summary: &TaskforceSummary, is_whole: bool) -> String {
    let mut told = vec![match summary.status {
        Status::Proposed => format!("Waits for the signature of {}.", summary.unsigned.join(", ")),
        Status::NotYet => "Signed by all; its first day has not come.".to_owned(),
        Status::InForce => "In force: signed by all.".to_owned(),
        Status::RenewalDue => "In force, and ends soon: `taskforce amend` extends it.".to_owned(),
        Status::Expired => "Its time has ended: nothing goes under it.".to_owned(),
        Status::Left => "This desk is in it no more.".to_owned(),
        Status::Ended => "It is ended.".to_owned(),
    }];
    if let Some(next) = &summary.next {
        told.push(format!("Version {} waits for the signature of {}.", next.version, next.unsigned.join(", ")));
    }
    if !summary.unchecked.is_empty() {
        told.push(format!(
            "The signature of {} could not be checked: pin that desk, then ask {} for `taskforce pass`.",
            summary.unchecked.join(", "),
            summary.lead
        ));
    }
    if !is_whole {
        told.push("ITS WORDS ARE NOT THOSE THAT WERE SIGNED: call the lead.".to_owned());
    }
    told.join(" ")
}

fn lead_of(record: &Record) -> Result<Audience, Error> {
    Ok(Audience::Desks(vec![taskforce::charter_of(record)?.lead]))
}

fn sign(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let lead = lead_of(&record)?;
    let open = taskforce::open_of(&record)?.map_or_else(|| taskforce::charter_of(&record), Ok)?;
    // What is signed is what was read: the words are those whose digest the charter holds.
    let words = read::content(&workspace.db, taskforce::open_row(&record))?;
    if CharterContent::read(words.as_ref()).digest() != open.text {
        return Err(Error::not_allowed("the words of the charter are not those that its digest is of")
            .hint("sign nothing; call the lead"));
    }
    let id = workspace.act_alone(taskforce::SIGN, lead, |_, _| Ok(taskforce::signed(record.named(), &open)))?;
    let lead = workspace.code_of(open.lead)?;
    Ok(Output::made(id, format!("Signed: {lead} hears it with the next bundle, and passes it on to the others.")))
}

/// Passes on, to every desk but its own, each signature that has come and was not passed on yet: as the lead, where this member may.
/// `again`: those too that were.
pub fn pass_on(workspace: &mut Workspace, only: Option<Id>, again: bool) -> Result<usize, Error> {
    if !workspace.may(taskforce::PASS)?.allowed() {
        return Ok(0);
    }
    let own = workspace.meta.desk;
    let mut passed = 0;
    for record in taskforce::all(&workspace.records())? {
        let led = record.desk == own && taskforce::ALIVE.contains(&record.state);
        if !led || only.is_some_and(|id| id != record.id) {
            continue;
        }
        let (known, open) = (taskforce::passed(&record), taskforce::open_of(&record)?);
        let stands = taskforce::charter_of(&record)?;
        for (act, change) in acts_of(workspace, &record, &[taskforce::SIGN, taskforce::LEAVE])? {
            let is_past = || {
                let version = change.read_terms().ok().and_then(|t| t.get("version").and_then(Json::int));
                ![Some(stands.version), open.as_ref().map(|o| o.version)].contains(&version)
            };
            if act.desk == own || (known.contains(&act.id) && !again) || is_past() {
                continue;
            }
            let enclosed = Enclosed::new(&act.header, &act.signature, &change);
            let certificate = certificate_of(workspace, &act)?;
            let Audience::Desks(mut others) = audience(workspace, &record)? else { continue };
            others.retain(|desk| *desk != act.desk);
            if others.is_empty() {
                continue;
            }
            let id = record.id;
            workspace.act_alone(taskforce::PASS, Audience::Desks(others), |_, _| {
                Ok(taskforce::passed_on(id, &enclosed, &certificate))
            })?;
            passed += 1;
        }
    }
    Ok(passed)
}

/// The certificate of whoever signed a partner's act, as that partner's root key gave it last before the act.
fn certificate_of(workspace: &Workspace, act: &read::StoredAct) -> Result<Json, Error> {
    let header = act.read_header()?;
    let gone = || ApplyError::Authority("the certificate of who signed is not here".into());
    let signer = member::by_person(&workspace.records(), header.desk, header.member)?.ok_or_else(gone)?;
    let all = acts_of(workspace, &signer, &[member::ADD, member::ROLES])?;
    let before = |(by, _): &&(read::StoredAct, _)| by.position < act.position;
    let (_, change) = all.iter().rev().find(before).ok_or_else(gone)?;
    Ok(change.read_terms().map_err(|e| ApplyError::Malformed(e.to_string()))?)
}

fn pass(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let passed = pass_on(workspace, Some(record.id), true)?;
    if passed == 0 {
        return Err(Error::not_allowed("there is nothing to pass on: no other desk has signed"));
    }
    Ok(Output::made(record.id, format!("Passed on to the others, with the next bundles: {passed}.")))
}

fn leave(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    let lead = lead_of(&record)?;
    let version = taskforce::open_of(&record)?.map_or_else(|| taskforce::charter_of(&record), Ok)?.version;
    let id = workspace
        .act_alone(taskforce::LEAVE, lead, |e, _| Ok(taskforce::left(record.named(), version, &because, e.salt()?)))?;
    Ok(Output::made(id, "This desk has left: the lead hears it with the next bundle, and tells the others."))
}

fn review(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let (reviewed, notes) = reviewed_as(args, workspace.now())?;
    let id = workspace.act_alone(taskforce::REVIEW, Audience::OwnDesk, |e, _| {
        Ok(taskforce::reviewed(record.id, &reviewed, &notes, e.salt()?))
    })?;
    Ok(Output::made(id, "The review is noted. `taskforce amend` proposes a newer charter, such as a longer one."))
}

fn evaluate(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let text = args.body("text")?.unwrap_or_default();
    let to = audience(workspace, &record)?;
    let id = workspace
        .act_alone(taskforce::EVALUATE, to, |e, _| Ok(taskforce::evaluated(record.named(), &text, e.salt()?)))?;
    Ok(Output::made(id, "Evaluated: the other desks read it with the next bundles."))
}

fn end(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find(workspace, args)?;
    let because = args.body("because")?.unwrap_or_default();
    let to = audience(workspace, &record)?;
    let id = workspace.act_alone(taskforce::END, to, |e, _| Ok(taskforce::ended(record.id, &because, e.salt()?)))?;
    Ok(Output::made(id, "The task force is ended: nothing goes under its charter any more."))
}
