//! What is due, what waits on this member, and what waits on others: the first thing a desk officer looks at.

use std::collections::BTreeSet;

use crate::record::kind::{ChangeKind, Kind};
use serde::Serialize;

use crate::command::agreement::{self, Whose};
use crate::command::audit;
use crate::command::bundle::{export, outbox, quarantine, relay};
use crate::command::definition::{Args, Command, Handler, Output};
use crate::command::desk::accountability;
use crate::command::desk::renewals::{self, What};
pub use crate::command::desk::task::Task;
use crate::command::desk::task::{Urgency, task};
use crate::command::desk::workspace_info::line_of;
use crate::command::disclosure::is_there_another;
use crate::command::exercise::view;
use crate::command::notice;
use crate::command::taskforce::{self, analysis, work};
use crate::law::row::Verified;
use crate::record::consultation::CONSULT;
use crate::record::definition::ApplyError;
use crate::record::disclosure::Validation;
use crate::record::relay::State as Relayed;
use crate::record::request::State;
use crate::record::store::{ChangeRow, Query, Record, RecordStore as _};
use crate::record::{
    action, budget_line, bundle, disclosure, exercise, inject, item, partner, privilege, request, review, stream,
};
use crate::store::{read, tally};
use crate::value::class::{Channel, Role};
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::text::{joined, thousands};
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "desk",
    name: "today",
    about: "What is due, what waits on you, and what waits on others",
    args: &[],
    writes: None,
    run: Handler::Reads(today),
}];

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
    pub id: Id,
    /// Its code.
    pub partner: String,
    /// When its last bundle came.
    pub at: Option<Timestamp>,
    /// Acts that wait to be carried to it.
    pub waiting: usize,
}

/// An act that waits and may not leave now.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Stop {
    /// The record.
    pub id: Id,
    /// Its kind.
    pub kind: ChangeKind,
    /// To whom.
    pub partner: String,
    /// Why.
    pub why: String,
}

/// The whole agenda.
#[derive(Clone, Debug, Serialize)]
pub struct Agenda {
    /// What waits, in the order in which it is listed: see [`Task::place`].
    pub tasks: Vec<Task>,
    /// The clocks.
    pub clocks: Clocks,
    /// What may not leave.
    pub stops: Vec<Stop>,
    /// The partners.
    pub heard: Vec<Heard>,
    /// The newest acts.
    pub recent: Vec<audit::ActSummary>,
    /// Since when its member was away, and how many acts have come since; `None` where that is not known.
    pub since: Option<Since>,
}

/// Persons whose delay has lapsed: who is told, or why still not, is decided again.
fn persons_to_tell(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let mine = roles.contains(&Role::DeskOfficer);
    for row in notice::standings(workspace)?.into_iter().filter(|row| row.state == notice::Telling::Lapsed) {
        let Some(record) = workspace.records().get(row.of)? else { continue };
        let what = "the reason for not telling the person has lapsed: tell them, or delay it again";
        tasks.push(task(&record, &row.partner, what, row.review, mine, "desk officer").done_by("notice tell"));
    }
    Ok(())
}

/// What is held back as privileged and waits for a filter reviewer.
fn held_back(workspace: &Workspace, tasks: &mut Vec<Task>) -> Result<(), Error> {
    let records = workspace.records();
    for record in privilege::waiting(&records)? {
        let mine = workspace.may_filter(&record)?;
        let what = "held back as privileged: look whether it is, as a filter reviewer";
        let whom = "a legal reviewer who takes no part in the case";
        tasks.push(task(&record, "", what, None, mine, whom).done_by("item filter"));
    }
    Ok(())
}

/// What is missing between this desk and its partners: bundles that came too early, those that a partner asks for again, and those of
/// which nobody knows whether they lie where they are carried.
fn exchange(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let mine = roles.iter().any(|r| matches!(r, Role::DeskOfficer | Role::ReleaseOfficer));
    let gaps = quarantine::gaps(workspace)?;
    for row in relay::rows(workspace)?.iter().filter(|r| r.state == Relayed::Carrying.any()) {
        let Some(record) = workspace.records().get(row.id)? else { continue };
        let what = format!("{} bytes for {}, {}: pass it on", thousands(row.bytes), row.to, row.priority);
        tasks.push(task(&record, &row.from, what, None, mine, "desk officer").done_by("bundle pass-on"));
    }
    for partner in workspace.partners()? {
        let code = partner.key.clone().unwrap_or_default();
        let asked = |what: String| task(&partner, &code, what, None, mine, "desk officer").urgent(Urgency::Exchange);
        if let Some(gap) = gaps.iter().rfind(|g| g.desk == partner.id) {
            tasks.push(asked(format!("{}, ask {code}", gap.said())).done_by("bundle request-missing"));
        }
        let stream = stream::with(&workspace.records(), workspace.meta.desk, partner.id)?;
        let wanted = outbox::wanted_by(workspace, partner.id, &stream)?;
        if let Some(first) = wanted.iter().min() {
            let word = if wanted.len() == 1 { "bundle" } else { "bundles" };
            // The partner takes them in by their numbers: what comes after the first has to wait for it.
            let what = format!("asks for {word} {} again", joined(&wanted));
            tasks.push(asked(what).done_by("bundle export").with("again", first.to_string()));
        }
        let known = stream::acknowledged(&stream).unwrap_or(0);
        let of_partner = Query { partner: Some(partner.id), ..Query::state(bundle::State::Sent) };
        let sent = workspace.records().find(&of_partner)?;
        let number = |r: &Record| r.key.as_ref().and_then(|k| k.parse::<u64>().ok()).filter(|n| *n > known);
        let mut unknown: Vec<u64> = sent.iter().filter(|r| bundle::is_unwritten(r)).filter_map(number).collect();
        unknown.sort_unstable();
        if let Some(first) = unknown.first() {
            let what = format!("bundle {}: made, not written; export it again", joined(&unknown));
            tasks.push(asked(what).done_by("bundle export").with("again", first.to_string()));
        }
    }
    Ok(())
}

/// Partners with whom nothing can be worked yet: nobody has confirmed them, or nothing was agreed with them. What was agreed and
/// has ended, or begins later, is no such thing.
fn partners(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let mine = roles.contains(&Role::Administrator);
    let agreements = agreement::rows(workspace, None)?;
    for partner in workspace.partners()? {
        let code = partner.key.clone().unwrap_or_default();
        let waits = |what: &str| task(&partner, &code, what, None, mine, "administrator");
        let is_agreed = agreements.iter().any(|a| a.whose == Whose::Ours && a.partner == code);
        let is_open = partner::channel_of(&partner) != Channel::Suspended;
        tasks.extend(match partner.in_state() {
            Some(partner::State::Met) if partner::is_without_card(&partner) => {
                Some(waits("call it back, and confirm it").done_by("partner confirm"))
            }
            Some(partner::State::Met) => {
                Some(waits("compare its fingerprint over the telephone, and confirm it").done_by("partner confirm"))
            }
            Some(partner::State::Pinned) if is_open && !is_agreed => {
                Some(waits("no agreement yet: record one").done_by("agreement add"))
            }
            _ => None,
        });
    }
    Ok(())
}

/// What exercises ask for: their improvement actions in a live workspace; in play, injects that are due, and replies that are owed.
fn of_exercises(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let records = workspace.records();
    if workspace.meta.realm == Realm::Live {
        let mine = roles.contains(&Role::DeskOfficer);
        for row in view::action_rows(workspace)?.into_iter().filter(|row| row.state == action::OPEN) {
            let Some(record) = records.get(row.id)? else { continue };
            let what = format!("{} ({}, {})", row.text, row.owner, row.title);
            tasks.push(task(&record, "", what, row.by, mine, "desk officer"));
        }
        return Ok(());
    }
    let Some(of) = exercise::current(&records, workspace.meta.desk)? else { return Ok(()) };
    let is_control = view::is_control(workspace, &of);
    for row in view::inject_rows(workspace, &of)? {
        let planned = row.state == inject::State::Planned.any();
        let is_due = matches!(row.board, view::Board::Due | view::Board::Late);
        let owed = row.state == inject::State::Delivered.any();
        let what = match (is_control, planned, owed) {
            (true, true, _) if is_due => format!("inject {} is to be delivered", row.number),
            (true, _, true) if is_due => format!("inject {}: no reply in time", row.number),
            (false, _, true) => format!("inject {}: {}", row.number, row.text),
            _ => continue,
        };
        let Some(record) = records.get(row.id)? else { continue };
        let mine = !is_control || roles.contains(&Role::ExerciseController);
        let due = if planned { row.planned } else { row.reply_by };
        tasks.push(task(&record, &row.to.join(","), what, due, mine, "exercise controller"));
    }
    Ok(())
}

/// How long a row of the law counts as read.
const READ_FOR: Duration = Duration::days(365);

/// Rows of the law that decided something and that nobody has read, or not for a year: a task for who reviews.
fn rows_to_verify(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    if !roles.contains(&Role::LegalReviewer) {
        return Ok(());
    }
    let law = workspace.law()?;
    let old = workspace.now().minus(READ_FOR);
    let mut named: Vec<String> = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Request))?.iter().rev() {
        let sent = record.instant("sent").is_some();
        let Some(kind) = record.text("kind").and_then(|id| law.request(id)).filter(|_| sent) else { continue };
        let why = match kind.verified {
            Verified::Never => "nobody has read its source",
            Verified::On(day) if Timestamp::of_date(day) < old => "its source was read more than a year ago",
            Verified::On(_) => continue,
        };
        if named.contains(&kind.id) {
            continue;
        }
        named.push(kind.id.clone());
        let partner = workspace.partner_of(record)?.unwrap_or_default();
        let what = format!("law: {} decided this, and {why}", kind.id);
        tasks.push(task(record, &partner, what, None, true, "legal reviewer"));
    }
    Ok(())
}

/// What has come while a member was away.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Since {
    /// When they left the screens.
    pub left: Timestamp,
    /// How many acts have come since, their own after they were back too.
    pub acts: u64,
}

/// Gathers the agenda.
pub fn agenda(workspace: &Workspace, job: &mut Job) -> Result<Agenda, Error> {
    let mut tasks = Vec::new();
    let roles = workspace.my_roles()?;
    requests(workspace, &roles, &mut tasks)?;
    reviews(workspace, &roles, &mut tasks)?;
    releases(workspace, &roles, &mut tasks)?;
    erasures(workspace, &roles, &mut tasks)?;
    readmissions(workspace, &roles, &mut tasks)?;
    renewals(workspace, &roles, &mut tasks)?;
    rows_to_verify(workspace, &roles, &mut tasks)?;
    due_for_renewal(workspace, &roles, &mut tasks)?;
    donors(workspace, &roles, &mut tasks)?;
    of_task_forces(workspace, &roles, &mut tasks)?;
    persons_to_tell(workspace, &roles, &mut tasks)?;
    held_back(workspace, &mut tasks)?;
    exchange(workspace, &roles, &mut tasks)?;
    partners(workspace, &roles, &mut tasks)?;
    accountability::gather(workspace, &roles, &mut tasks)?;
    of_exercises(workspace, &roles, &mut tasks)?;
    let (mut heard, mut stops, mut signers) = (Vec::new(), Vec::new(), BTreeSet::new());
    for partner in workspace.partners()? {
        let code = partner.key.clone().unwrap_or_default();
        let stream = stream::with(&workspace.records(), workspace.meta.desk, partner.id)?;
        let waiting = read::waiting(&workspace.db, partner.id)?.len();
        if waiting > 0 && partner.is(partner::State::Pinned) {
            for act in export::stops(workspace, &partner, job)? {
                signers.extend(act.to_be_confirmed);
                stops.push(Stop { id: act.record, kind: act.kind, partner: code.clone(), why: act.why });
            }
            let what = format!("{waiting} to be carried");
            let mine = roles.contains(&Role::DeskOfficer) || roles.contains(&Role::ReleaseOfficer);
            tasks.push(task(&partner, &code, what, None, mine, "desk officer").done_by("bundle export"));
        }
        heard.push(Heard { id: partner.id, partner: code, at: stream::heard(&stream), waiting });
    }
    for signer in signers {
        let Some(record) = workspace.records().get(signer)? else { continue };
        let what =
            format!("revoked: look at what {} signed before, and confirm it", workspace.text_of(&record, "name")?);
        let mine = roles.contains(&Role::Administrator);
        tasks.push(task(&record, "", what, None, mine, "administrator"));
    }
    let now = workspace.now();
    tasks.sort_by_key(|task| task.place(now));
    let last = read::last(&workspace.db)?.max(0) as u64;
    // Who looked at what is for oversight: here it would push out what was done.
    let (looks, mut recent): (Vec<_>, Vec<_>) =
        audit::rows(workspace, i64::MAX, 4 * RECENT)?.into_iter().partition(|act| act.did == Some(CONSULT));
    recent.truncate(RECENT as usize);
    let since = workspace.left().map(|l| {
        let looks = looks.iter().filter(|act| act.number > 0 && act.number as u64 > l.act).count() as u64;
        Since { left: l.at, acts: last.saturating_sub(l.act).saturating_sub(looks) }
    });
    Ok(Agenda { tasks, clocks: clocks(workspace)?, stops, heard, recent, since })
}

/// So many of the newest acts are listed.
const RECENT: u32 = 12;

/// What a request waits for, and whether that is for the partner to do; `None`: for nothing any more, or for its review,
/// which is a task of its own.
fn waits_for(record: &Record, outbound: bool, state: State) -> Result<Option<(&'static str, bool)>, Error> {
    Ok(Some(match (outbound, state) {
        (true, State::Draft) if is_whole(record)? => ("draft: submit it", false),
        (true, State::Draft) => ("draft to finish", false),
        (true, State::Authorised) => ("approved: to be sent", false),
        (
            true,
            State::Sent | State::Acknowledged | State::Accepted | State::Partly | State::Executing | State::Postponed,
        ) => ("answer", true),
        (true, State::Clarification) => ("to be made clear", false),
        (true, State::Consultation) => ("to be discussed before it is refused", false),
        (true, State::Delivered) => ("answered: report its use", false),
        (false, State::Sent) => ("new: accept, ask or refuse", false),
        (false, State::Acknowledged | State::Accepted | State::Partly | State::Executing | State::Postponed) => {
            ("to be answered", false)
        }
        (false, State::Clarification | State::Conditional | State::Consultation) => ("reply", true),
        (_, State::Conflict) => ("two answers crossed: resolve", false),
        _ => return Ok(None),
    }))
}

/// Whether a draft lacks nothing of what its kind asks for.
fn is_whole(draft: &Record) -> Result<bool, Error> {
    Ok(request::terms_of(draft)?.missing.is_empty())
}

/// The command that a request waits for here; `None` where the answer is for who gives it to choose.
fn done_by(record: &Record, state: State) -> Result<Option<&'static str>, Error> {
    Ok(match state {
        State::Draft if is_whole(record)? => Some("request submit"),
        State::Draft => Some("request new"),
        State::Authorised => Some("request send"),
        State::Delivered => Some("request report-use"),
        State::Clarification => Some("request reply"),
        State::Consultation => Some("request discuss"),
        State::Conflict => Some("request resolve"),
        _ => None,
    })
}

/// On whom a request waits and for what, in words; `None`: on nobody.
pub fn waits_on(workspace: &Workspace, record: &Record) -> Result<Option<String>, Error> {
    let Some(state) = record.in_state::<State>() else { return Ok(None) };
    if state == State::InReview {
        return Ok(Some("a legal reviewer here".to_owned()));
    }
    let next = waits_for(record, record.desk == workspace.meta.desk, state)?;
    let Some((what, theirs)) = next else { return Ok(None) };
    let partner = workspace.partner_of(record)?.unwrap_or_default();
    let whom = if theirs { partner.as_str() } else { "a desk officer here" };
    Ok(Some(format!("{whom} ({what})")))
}

fn requests(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let officer = roles.contains(&Role::DeskOfficer);
    for record in workspace.records().find(&Query::kind(Kind::Request))? {
        let Some(state) = record.in_state::<State>() else { continue };
        let next = waits_for(&record, record.desk == workspace.meta.desk, state)?;
        let Some((what, theirs)) = next else { continue };
        let partner = workspace.partner_of(&record)?.unwrap_or_default();
        let what = format!("{} {what}", record.text("kind").unwrap_or_default());
        let on = if theirs { partner.as_str() } else { "desk officer" };
        let waits = task(&record, &partner, what, record.due, officer && !theirs, on);
        tasks.push(match done_by(&record, state)? {
            Some(command) if !theirs => waits.done_by(command),
            _ => waits,
        });
    }
    Ok(())
}

fn reviews(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let me = workspace.person();
    for record in workspace.records().find(&Query::kind(Kind::Review))? {
        let asked_by = record.text("requester").and_then(Person::parse);
        if review::stands_at(&record, workspace.now()) {
            tasks.extend(approved(workspace, &record, asked_by == Some(me))?);
        }
        if !matches!(record.in_state(), Some(review::State::Open | review::State::Assessed | review::State::Deferred)) {
            continue;
        }
        let partner = workspace.partner_of(&record)?.unwrap_or_default();
        let mine = roles.contains(&Role::LegalReviewer)
            && asked_by != Some(me)
            && !review::reviewers_of(&record).contains(&me);
        let subject = record.subject.map(|s| workspace.records().get(s)).transpose()?.flatten();
        let of = subject.as_ref().map_or("record", |s| s.kind.word());
        let level = record.text("level").unwrap_or_default();
        let waits = task(
            &record,
            &partner,
            format!("review {level} of {of}"),
            // When an item is to be erased says nothing of when its review is wanted.
            subject.filter(|s| s.kind == Kind::Request).and_then(|s| s.due),
            mine,
            "legal reviewer",
        );
        let command = if record.is(review::State::Open) { "review assess" } else { "review decide" };
        tasks.push(waits.done_by(command));
    }
    Ok(())
}

/// An item that may be shared since its review was approved, until it is, or until the approval ends. A request is a task of its own.
fn approved(workspace: &Workspace, review: &Record, mine: bool) -> Result<Option<Task>, Error> {
    let records = workspace.records();
    let item = review.subject.map(|id| records.get(id)).transpose()?.flatten();
    let Some(item) = item.filter(|r| r.kind == Kind::Item && !r.is_purged()) else { return Ok(None) };
    // Whoever shared or proposed it since has seen the approval; what is held back is not shared.
    let made = records.made_by(review.id)?;
    let is_shared = |(row, kind): &(ChangeRow, String)| {
        made.is_some_and(|made| row.0 > made.0) && [disclosure::ITEM, item::COPY].iter().any(|shares| shares.is(kind))
    };
    if workspace.is_held_back(&item)? || read::rows_of(&workspace.db, item.id)?.iter().any(is_shared) {
        return Ok(None);
    }
    let partner = workspace.partner_of(review)?.unwrap_or_default();
    let what = format!("approved: may be shared with {partner}");
    let waits = task(&item, &partner, what, review.instant("expires"), mine, "who asked for its review");
    Ok(Some(waits.done_by("disclosure new")))
}

/// On whom something waits that nobody here may do.
const NOBODY: &str = "member who is not enrolled yet: `member add`";

fn releases(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let (me, members) = (workspace.person().to_string(), workspace.active_members()?);
    let records = workspace.records();
    records.each(&Query::state(disclosure::State::Proposed), |record| {
        let partner = workspace.partner_of(&record)?.unwrap_or_default();
        let other = record.text("proposed_by") != Some(me.as_str());
        let is_emergency = record.terms.get("emergency").is_some();
        let (may, what, whom) = if is_emergency {
            let may = roles.iter().any(|r| matches!(r, Role::Investigator | Role::DeskOfficer));
            (may, "EMERGENCY: join it, as its second person", "second person")
        } else {
            (roles.contains(&Role::ReleaseOfficer), "release, as its second person", "release officer")
        };
        let command = if is_emergency { "disclosure join" } else { "disclosure release" };
        let second = if is_emergency { disclosure::JOIN } else { disclosure::RELEASE };
        let proposer = record.text("proposed_by").and_then(Person::parse);
        let whom = if is_there_another(second, &members, proposer.as_slice()) { whom } else { NOBODY };
        let waits = task(&record, &partner, what, None, other && may, whom).done_by(command);
        tasks.push(if is_emergency { waits.urgent(Urgency::Emergency) } else { waits });
        Ok::<(), Error>(())
    })?;
    records.each(&Query::state(disclosure::State::Released), |record| {
        let partner = workspace.partner_of(&record)?.unwrap_or_default();
        if disclosure::validation(&record, workspace.now()) == Some(Validation::Pending) {
            let people = [record.text("proposed_by"), record.text("joined_by")];
            let mine = roles.contains(&Role::ReleaseOfficer) && !people.contains(&Some(me.as_str()));
            let what = "EMERGENCY: validate it";
            let took_part: Vec<Person> = people.into_iter().flatten().filter_map(Person::parse).collect();
            let whom =
                if is_there_another(disclosure::VALIDATE, &members, &took_part) { "release officer" } else { NOBODY };
            let waits = task(&record, &partner, what, record.due, mine, whom);
            tasks.push(waits.done_by("disclosure validate").urgent(Urgency::Emergency));
        } else if disclosure::is_unvalidated(&record, workspace.now()) {
            let mine = roles.contains(&Role::DeskOfficer);
            let what = "EMERGENCY not validated: recall it";
            let waits = task(&record, &partner, what, record.due, mine, "desk officer").done_by("disclosure recall");
            tasks.push(waits.urgent(Urgency::Emergency));
        }
        Ok(())
    })
}

fn erasures(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let may = roles.iter().any(|r| matches!(r, Role::DeskOfficer | Role::ReleaseOfficer | Role::Administrator));
    let due = workspace.records().find(&Query {
        due_by: Some(workspace.now()),
        limit: Some(500),
        ..Query::kind(Kind::Item)
    })?;
    for record in due.iter().filter(|r| !r.is_purged()) {
        let partner = workspace.partner_of(record)?.unwrap_or_default();
        let ordered = if record.terms.get("ordered").is_some() {
            "the sender orders: delete"
        } else {
            "its term has ended: delete"
        };
        let waits = task(record, &partner, ordered, record.due, may, "desk officer");
        tasks.push(waits.done_by("retention purge"));
    }
    for record in workspace.records().find(&Query::state(crate::record::hold_notice::State::Asked))? {
        let partner = workspace.partner_of(&record)?.unwrap_or_default();
        let waits = task(&record, &partner, "held there: answer whether it is kept", None, may, "desk officer");
        tasks.push(waits.done_by("retention hold-answer"));
    }
    for record in workspace.records().find(&Query::state(crate::record::purge::State::Begun))? {
        tasks.push(task(&record, "", "an erasure was interrupted: purge again finishes it", None, may, "desk officer"));
    }
    Ok(())
}

/// What may come again once another member says so too.
fn readmissions(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let may = [Role::DeskOfficer, Role::ReleaseOfficer, Role::Administrator].iter().any(|role| roles.contains(role));
    for record in workspace.records().find(&Query::state(item::State::Readmitting))? {
        let partner = workspace.partner_of(&record)?.unwrap_or_default();
        let mine = may && item::readmitted_by(&record) != Some(workspace.person());
        let what = "erased item, to come again: confirm it";
        tasks.push(task(&record, &partner, what, None, mine, "another member").done_by("retention readmit"));
    }
    Ok(())
}

fn renewals(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let may = roles.contains(&Role::Administrator);
    for row in agreement::to_renew(workspace)? {
        let Some(record) = workspace.records().get(row.id)? else { continue };
        let what = if row.state == agreement::Status::Expired {
            "agreement has expired: nothing leaves under it"
        } else {
            "agreement ends: renew it, or sharing stops"
        };
        let waits = task(&record, &row.partner, what, Some(row.until), may, "administrator");
        tasks.push(waits.done_by("agreement renew"));
    }
    Ok(())
}

/// What else is due for renewal in the next weeks: charters, reviews, keys, training, recognition.
fn due_for_renewal(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    for row in renewals::rows(workspace, renewals::AHEAD)? {
        // Agreements and rows of the law have tasks of their own.
        if matches!(row.what, What::Agreement | What::Law) {
            continue;
        }
        let Some(record) = workspace.records().get(row.id)? else { continue };
        let what = format!("{} to renew: {}", row.what, row.name);
        tasks.push(task(&record, &row.partner, what, row.due, roles.contains(&row.role), "administrator"));
    }
    Ok(())
}

/// How long before it is due a donor's report is asked for.
const REPORTS_AHEAD: Duration = Duration::days(14);

/// Donors who are to be reported to soon, or should have been: until somebody notes that it was done.
fn donors(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let (now, mine) = (workspace.now(), roles.contains(&Role::FinanceOfficer));
    for record in workspace.records().find(&Query::kind(Kind::BudgetLine))? {
        let due = budget_line::report_due(&record);
        if due.is_none_or(|due| due > now.plus(REPORTS_AHEAD)) {
            continue;
        }
        let what = format!("report to the donor, then `budget reported`: {}", workspace.text_of(&record, "title")?);
        tasks.push(task(&record, "", what, due, mine, "finance officer").done_by("budget reported"));
    }
    Ok(())
}

/// What a task force waits for: signatures, the tasks of this desk, joint analyses of which it has said nothing.
fn of_task_forces(workspace: &Workspace, roles: &[Role], tasks: &mut Vec<Task>) -> Result<(), Error> {
    let own = workspace.code_of(workspace.meta.desk)?;
    let (administers, works) = (roles.contains(&Role::Administrator), roles.contains(&Role::DeskOfficer));
    for row in taskforce::rows(workspace)? {
        let Some(record) = workspace.records().get(row.id)? else { continue };
        let waits = match &row.next {
            Some(next) => &next.unsigned,
            None if row.status == taskforce::Status::Proposed => &row.unsigned,
            None => continue,
        };
        if waits.contains(&own) {
            let waits = task(&record, &row.lead, "charter to read and sign", None, administers, "administrator");
            tasks.push(waits.done_by("taskforce sign"));
        } else {
            for desk in waits {
                tasks.push(task(&record, desk, "charter to be signed", None, false, desk));
            }
        }
    }
    for row in work::tasks(workspace)? {
        if row.owner != own || !crate::record::task::OPEN.contains(&row.state) {
            continue;
        }
        let Some(record) = workspace.records().get(row.id)? else { continue };
        let on = row.waits_on.iter().find(|on| **on != own);
        let what = format!("task: {}", row.title);
        let waits_on = on.map_or("desk officer", String::as_str);
        tasks.push(task(&record, &row.by, what, row.due, works && on.is_none(), waits_on));
    }
    for row in analysis::rows(workspace)? {
        if row.waits_on.contains(&own) {
            let Some(record) = workspace.records().get(row.id)? else { continue };
            let what = format!("joint analysis, version {}: say whether it may leave", row.version);
            tasks.push(task(&record, "", what, None, works, "desk officer").done_by("taskforce decide"));
        }
    }
    Ok(())
}

fn clocks(workspace: &Workspace) -> Result<Clocks, Error> {
    let now = workspace.now();
    let by = |time| tally::due_by(&workspace.db, time);
    let (late, in_4, in_24, in_7) = (
        by(now)?,
        by(now.plus(Duration::hours(4)))?,
        by(now.plus(Duration::hours(24)))?,
        by(now.plus(Duration::days(7)))?,
    );
    let ever = by(Timestamp::from_millis(i64::MAX))?;
    let standing = Query::state(crate::record::hold::State::Standing);
    Ok(Clocks {
        late,
        in_4_hours: in_4 - late,
        in_24_hours: in_24 - in_4,
        in_7_days: in_7 - in_24,
        later: ever - in_7,
        held: crate::store::records::count(&workspace.db, &standing)?,
    })
}

fn today(workspace: &mut Workspace, _: &Args, job: &mut Job) -> Result<Output, Error> {
    let agenda = workspace.glance(|workspace| agenda(workspace, job))?;
    let now = workspace.now();
    let mut text = Vec::new();
    for (title, mine) in [("WAITS ON YOU", true), ("WAITS ON OTHERS", false)] {
        let tasks: Vec<&Task> = agenda.tasks.iter().filter(|t| t.mine == mine).collect();
        text.push(format!("{title} {}", tasks.len()));
        for t in tasks {
            let left = t.due.map_or_else(|| "-".to_owned(), |due| due.since(now).to_string());
            let on = if t.waits_on.is_empty() { String::new() } else { format!("  (waits on {})", t.waits_on) };
            text.push(format!(
                "  {:10} {:4} {:9} {}{on}",
                crate::command::desk::workspace_info::short(t.kind, t.id),
                t.partner,
                left,
                t.what
            ));
        }
    }
    text.push(format!(
        "CLOCKS late {}, under 4 h {}, under 24 h {}, under 7 d {}, later {}, held {}",
        agenda.clocks.late,
        agenda.clocks.in_4_hours,
        agenda.clocks.in_24_hours,
        agenda.clocks.in_7_days,
        agenda.clocks.later,
        agenda.clocks.held
    ));
    text.extend(agenda.stops.iter().map(|s| {
        let of = crate::record::of_change(s.kind);
        format!("STOP {} to {}: {}", crate::command::desk::workspace_info::short(of, s.id), s.partner, s.why)
    }));
    Ok(Output { text: Some(text.join("\n")), ..Output::thing(&agenda) })
}

/// A record in a line, by its id; for whoever shows tasks.
pub fn subject_line(workspace: &Workspace, id: &str) -> Result<String, Error> {
    let record = crate::value::id::Id::parse(id).map(|id| workspace.records().get(id)).transpose()?.flatten();
    record.map_or_else(
        || Err(ApplyError::NotAllowed("there is no such record".into()).into()),
        |r| line_of(workspace, &r),
    )
}
