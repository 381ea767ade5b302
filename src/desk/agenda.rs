//! What is due, what waits on this member, and what waits on others: the first thing a desk officer looks at.

use serde::Serialize;

use super::agreement;
use super::audit;
use super::bundle_out;
use super::failure::Failure;
use super::job::Job;
use super::own::line_of;
use super::verb::{Answer, Form, Run, Verb};
use super::workspace::Desk;
use crate::record::book::{Book as _, Query, Record};
use crate::record::fold::Fault;
use crate::record::request::State;
use crate::record::{disclosure, hold, request, review, stream};
use crate::store::read;
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::instant::{Instant, Span};
use crate::value::json::Json;
use crate::value::person::Person;

/// The verbs.
pub const VERBS: &[Verb] = &[Verb {
    noun: "desk",
    name: "today",
    about: "What is due, what waits on you, and what waits on others",
    fields: &[],
    act: "",
    run: Run::Reads(today),
}];

/// Something that waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Task {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// The partner that it concerns.
    pub partner: String,
    /// What is to be done, in a few words.
    pub what: String,
    /// By when.
    pub due: Option<String>,
    /// Whether it waits on this member.
    pub mine: bool,
    /// On whom it waits, where not on this member.
    pub waits_on: String,
}

impl Task {
    /// By when.
    pub fn due_at(&self) -> Option<Instant> {
        self.due.as_deref().and_then(Instant::parse)
    }
}

/// How many clocks end when.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Clocks {
    /// Passed.
    pub late: u64,
    /// Within four hours.
    pub in_4_hours: u64,
    /// Within a day.
    pub in_24_hours: u64,
    /// Within a week.
    pub in_7_days: u64,
    /// Later.
    pub later: u64,
    /// Held.
    pub held: u64,
}

/// A partner and when it was last heard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Heard {
    /// The record.
    pub id: String,
    /// Its code.
    pub partner: String,
    /// When its last bundle came.
    pub at: Option<String>,
    /// Acts that wait to be carried to it.
    pub waiting: usize,
}

/// An act that waits and may not leave now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Stop {
    /// The record.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// To whom.
    pub partner: String,
    /// Why.
    pub why: String,
}

/// The whole agenda.
#[derive(Clone, Debug, Serialize)]
pub struct Agenda {
    /// What waits, what is due first.
    pub tasks: Vec<Task>,
    /// The clocks.
    pub clocks: Clocks,
    /// What may not leave.
    pub stops: Vec<Stop>,
    /// The partners.
    pub heard: Vec<Heard>,
    /// The newest acts.
    pub recent: Vec<audit::Row>,
    /// Since when its member was away, and how many acts have come since; `None` where that is not known.
    pub since: Option<Since>,
}

/// What has come while a member was away.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Since {
    /// When he left the screens.
    pub left: String,
    /// How many acts have come since, his own after he was back too.
    pub acts: u64,
}

/// Gathers the agenda.
pub fn agenda(desk: &Desk, job: &mut Job) -> Result<Agenda, Failure> {
    let mut tasks = Vec::new();
    let roles = desk.my_roles()?;
    requests(desk, &roles, &mut tasks)?;
    reviews(desk, &roles, &mut tasks)?;
    releases(desk, &roles, &mut tasks)?;
    erasures(desk, &roles, &mut tasks)?;
    renewals(desk, &roles, &mut tasks)?;
    let (mut heard, mut stops) = (Vec::new(), Vec::new());
    for partner in desk.partners()? {
        let code = partner.key.clone().unwrap_or_default();
        let stream = stream::with(&desk.book(), desk.meta.desk, partner.id)?;
        let waiting = read::waiting(&desk.db, partner.id)?.len();
        if waiting > 0 && partner.state == "pinned" {
            for act in bundle_out::stops(desk, &partner, job)? {
                stops.push(Stop { id: act.record, kind: act.kind, partner: code.clone(), why: act.why });
            }
            let what = format!("{waiting} to be carried");
            let mine = roles.contains(&Role::DeskOfficer) || roles.contains(&Role::ReleaseOfficer);
            tasks.push(task(&partner, &code, what, None, mine, "desk officer"));
        }
        heard.push(Heard {
            id: partner.id.to_string(),
            partner: code,
            at: stream.terms.get("in").and_then(|i| i.get("at")).and_then(Json::text).map(str::to_owned),
            waiting,
        });
    }
    tasks.sort_by(|a, b| (a.due.is_none(), &a.due).cmp(&(b.due.is_none(), &b.due)));
    let last = read::last(&desk.db)?.max(0) as u64;
    let since = desk.left().map(|l| Since { left: l.at.to_string(), acts: last.saturating_sub(l.act) });
    Ok(Agenda { tasks, clocks: clocks(desk)?, stops, heard, recent: audit::rows(desk, i64::MAX, 12)?, since })
}

fn task(
    record: &Record,
    partner: &str,
    what: impl Into<String>,
    due: Option<Instant>,
    mine: bool,
    waits_on: &str,
) -> Task {
    Task {
        id: record.id.to_string(),
        kind: record.kind.to_owned(),
        partner: partner.to_owned(),
        what: what.into(),
        due: due.map(|t| t.to_string()),
        mine,
        waits_on: if mine { String::new() } else { waits_on.to_owned() },
    }
}

/// What a request waits for, and whether that is for the partner to do; `None`: for nothing any more, or for its review,
/// which is a task of its own.
fn waits_for(outbound: bool, state: State) -> Option<(&'static str, bool)> {
    Some(match (outbound, state) {
        (true, State::Draft) => ("draft to finish", false),
        (true, State::Authorised) => ("approved: to be sent", false),
        (
            true,
            State::Sent | State::Acknowledged | State::Accepted | State::Partly | State::Executing | State::Postponed,
        ) => ("answer", true),
        (true, State::Clarification) => ("to be made clear", false),
        (true, State::Delivered) => ("answered: report its use", false),
        (false, State::Sent) => ("new: accept, ask or refuse", false),
        (false, State::Acknowledged | State::Accepted | State::Partly | State::Executing | State::Postponed) => {
            ("to be answered", false)
        }
        (false, State::Clarification | State::Conditional) => ("reply", true),
        (_, State::Conflict) => ("two answers crossed: resolve", false),
        _ => return None,
    })
}

/// On whom a request waits and for what, in words; `None`: on nobody.
pub fn waits_on(desk: &Desk, record: &Record) -> Result<Option<String>, Failure> {
    let Some(state) = State::parse(&record.state) else { return Ok(None) };
    if state == State::InReview {
        return Ok(Some("a legal reviewer here".to_owned()));
    }
    let Some((what, theirs)) = waits_for(record.desk == desk.meta.desk, state) else { return Ok(None) };
    let partner = record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default();
    let whom = if theirs { partner.as_str() } else { "a desk officer here" };
    Ok(Some(format!("{whom} ({what})")))
}

fn requests(desk: &Desk, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Failure> {
    let officer = roles.contains(&Role::DeskOfficer);
    for record in desk.book().find(&Query::kind(request::KIND.name))? {
        let Some(state) = State::parse(&record.state) else { continue };
        let Some((what, theirs)) = waits_for(record.desk == desk.meta.desk, state) else { continue };
        let partner = record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default();
        let what = format!("{} {what}", record.text("kind").unwrap_or_default());
        let on = if theirs { partner.as_str() } else { "desk officer" };
        tasks.push(task(&record, &partner, what, record.due, officer && !theirs, on));
    }
    Ok(())
}

fn reviews(desk: &Desk, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Failure> {
    let me = desk.person();
    for record in desk.book().find(&Query::kind(review::KIND.name))? {
        if !matches!(record.state.as_str(), "open" | "assessed" | "deferred") {
            continue;
        }
        let partner = record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default();
        let asked_by = record.text("requester").and_then(Person::parse);
        let mine = roles.contains(&Role::LegalReviewer)
            && asked_by != Some(me)
            && !review::reviewers_of(&record).contains(&me);
        let subject = record.subject.map(|s| desk.book().get(s)).transpose()?.flatten();
        let of = subject.as_ref().map_or("record", |s| s.kind);
        let level = record.text("level").unwrap_or_default();
        tasks.push(task(
            &record,
            &partner,
            format!("review {level} of {of}"),
            subject.and_then(|s| s.due),
            mine,
            "legal reviewer",
        ));
    }
    Ok(())
}

fn releases(desk: &Desk, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Failure> {
    let me = desk.person().to_string();
    for record in desk.book().find(&Query { state: Some("proposed".into()), ..Query::kind(disclosure::KIND.name) })? {
        let partner = record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default();
        let other = record.text("proposed_by") != Some(me.as_str());
        if record.terms.get("emergency").is_some() {
            let mine = other && roles.iter().any(|r| matches!(r, Role::Investigator | Role::DeskOfficer));
            tasks.push(task(
                &record,
                &partner,
                "EMERGENCY: join it, as its second person",
                None,
                mine,
                "second person",
            ));
        } else {
            let mine = other && roles.contains(&Role::ReleaseOfficer);
            tasks.push(task(&record, &partner, "release, as its second person", None, mine, "release officer"));
        }
    }
    for record in desk.book().find(&Query { state: Some("released".into()), ..Query::kind(disclosure::KIND.name) })? {
        let partner = record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default();
        if disclosure::validation_of(&record, desk.now()) == Some("pending") {
            let people = [record.text("proposed_by"), record.text("joined_by")];
            let mine = roles.contains(&Role::ReleaseOfficer) && !people.contains(&Some(me.as_str()));
            tasks.push(task(&record, &partner, "EMERGENCY: validate it", record.due, mine, "release officer"));
        } else if disclosure::is_unvalidated(&record, desk.now()) {
            let mine = roles.contains(&Role::DeskOfficer);
            let what = "EMERGENCY not validated: recall it";
            tasks.push(task(&record, &partner, what, record.due, mine, "desk officer"));
        }
    }
    Ok(())
}

fn erasures(desk: &Desk, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Failure> {
    let may = roles.iter().any(|r| matches!(r, Role::DeskOfficer | Role::ReleaseOfficer | Role::Administrator));
    let due = desk.book().find(&Query { due_by: Some(desk.now()), limit: Some(500), ..Query::kind("item") })?;
    for record in due.iter().filter(|r| r.state != "purged") {
        let partner = record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default();
        let ordered = if record.terms.get("ordered").is_some() {
            "the sender orders: delete"
        } else {
            "its term has ended: delete"
        };
        tasks.push(task(record, &partner, ordered, record.due, may, "desk officer"));
    }
    for record in desk.book().find(&Query { state: Some("begun".into()), ..Query::kind("purge") })? {
        tasks.push(task(&record, "", "an erasure was interrupted: purge again finishes it", None, may, "desk officer"));
    }
    Ok(())
}

fn renewals(desk: &Desk, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Failure> {
    let may = roles.contains(&Role::Administrator);
    for row in agreement::to_renew(desk)? {
        let Some(record) = Id::parse(&row.id).map(|id| desk.book().get(id)).transpose()?.flatten() else { continue };
        let what = if row.state == "expired" {
            "agreement has expired: nothing leaves under it"
        } else {
            "agreement ends: renew it, or sharing stops"
        };
        tasks.push(task(&record, &row.partner, what, Instant::parse(&row.until), may, "administrator"));
    }
    Ok(())
}

fn clocks(desk: &Desk) -> Result<Clocks, Failure> {
    let now = desk.now();
    let by = |t: Instant| crate::store::book::count(&desk.db, &Query { due_by: Some(t), ..Query::default() });
    let (late, in_4, in_24, in_7) =
        (by(now)?, by(now.plus(Span::hours(4)))?, by(now.plus(Span::hours(24)))?, by(now.plus(Span::days(7)))?);
    let ever = by(Instant::from_millis(i64::MAX))?;
    let standing = Query { state: Some("standing".into()), ..Query::kind(hold::KIND.name) };
    Ok(Clocks {
        late,
        in_4_hours: in_4 - late,
        in_24_hours: in_24 - in_4,
        in_7_days: in_7 - in_24,
        later: ever - in_7,
        held: crate::store::book::count(&desk.db, &standing)?,
    })
}

fn today(desk: &mut Desk, _: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let agenda = agenda(desk, job)?;
    let now = desk.now();
    let mut text = Vec::new();
    for (title, mine) in [("WAITS ON YOU", true), ("WAITS ON OTHERS", false)] {
        let tasks: Vec<&Task> = agenda.tasks.iter().filter(|t| t.mine == mine).collect();
        text.push(format!("{title} {}", tasks.len()));
        for t in tasks {
            let left = t.due_at().map_or_else(|| "-".to_owned(), |due| due.since(now).to_string());
            let on = if t.waits_on.is_empty() { String::new() } else { format!("  (waits on {})", t.waits_on) };
            text.push(format!("  {:10} {:4} {:9} {}{on}", super::own::short(&t.kind, &t.id), t.partner, left, t.what));
        }
    }
    text.push(format!(
        "CLOCKS late {}, under 4 h {}, under 24 h {}, under 7 d {}, held {}",
        agenda.clocks.late,
        agenda.clocks.in_4_hours,
        agenda.clocks.in_24_hours,
        agenda.clocks.in_7_days,
        agenda.clocks.held
    ));
    text.extend(
        agenda.stops.iter().map(|s| format!("STOP {} to {}: {}", super::own::short(&s.kind, &s.id), s.partner, s.why)),
    );
    Ok(Answer { text: Some(text.join("\n")), ..Answer::thing(&agenda) })
}

/// A record in a line, by its id; for whoever shows tasks.
pub fn subject_line(desk: &Desk, id: &str) -> Result<String, Failure> {
    let record = crate::value::id::Id::parse(id).map(|id| desk.book().get(id)).transpose()?.flatten();
    record.map_or_else(|| Err(Fault::Life("there is no such record".into()).into()), |r| line_of(desk, &r))
}
