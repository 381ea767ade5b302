//! Retention: what is deleted when, what is held, and what partners owe.

pub mod answer;
pub mod dispose;
pub mod held;
pub mod hold;
pub mod hold_notice;
pub mod purge;
pub mod readmit;
pub mod schedule;
pub mod show;
pub mod transfer;

use crate::record::kind::Kind;
use std::collections::BTreeMap;

use serde::Serialize;

use crate::command::choice::called;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::command::item;
use crate::command::json::or_empty;
use crate::record::definition::WhenDue;
use crate::record::hold::StandingHolds;
use crate::record::hold_notice::is_over_term;
use crate::record::order::Extent;
use crate::record::restriction::{Restrictions, when_due};
use crate::record::retention::is_restricted_by_review;
use crate::record::store::{DutyState, Holder, Query, Record, RecordStore as _};
use crate::store::records::shared_groups;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "retention",
        name: "list",
        about: "List what is deleted when, the next first",
        args: &[
            Arg::new("within", ArgKind::Duration, "only what is due within so many days, such as 30d"),
            Arg::new("limit", ArgKind::Number, "at most so many (1000 where it is not said)").cli_only(),
        ],
        writes: None,
        run: Handler::Reads(list),
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
    /// Whether its sender holds it, nobody has answered whether it is kept, and its term has passed.
    pub over_term: bool,
    /// What it is, in a few words.
    pub what: String,
    /// The partner that it concerns.
    pub partner: Option<String>,
}

/// The timers that run, the next first.
pub fn timers(workspace: &Workspace, limit: u32) -> Result<Vec<Timer>, Error> {
    let far = Timestamp::from_millis(i64::MAX);
    let found = workspace.records().find(&Query { due_by: Some(far), limit: Some(limit), ..Query::default() })?;
    let keeps = Restrictions::of(&workspace.records())?;
    found.iter().map(|record| timer(workspace, record, &keeps)).collect()
}

/// The timer of a record.
pub fn timer(workspace: &Workspace, record: &Record, keeps: &Restrictions) -> Result<Timer, Error> {
    let over_term = is_over_term(&keeps.unanswered, record, workspace.now());
    let what = match record.kind {
        Kind::Item => match item::relation_of(workspace, record)? {
            Some(relation) => relation,
            None => called(workspace, record)?,
        },
        Kind::Request => called(workspace, record)?,
        Kind::Agreement => workspace.text_of(record, "title")?,
        Kind::Review => "approval".to_owned(),
        Kind::Backup => workspace.text_of(record, "file")?,
        Kind::Exercise => workspace.text_of(record, "title")?,
        other => other.word().to_owned(),
    };
    Ok(Timer {
        id: record.id,
        kind: record.kind,
        case: record.case,
        due: record.due,
        then: if crate::record::kind_def(record.kind).is_erased_when_due(record) && record.kind != Kind::Item {
            WhenDue::Deletion
        } else {
            when_due(record, crate::record::kind_def)
        },
        row: schedule::row_of(record).map(|row| row.id.as_str()),
        restricted: is_restricted_by_review(record) || over_term,
        held: keeps.holds.is_on(record),
        over_term,
        what,
        partner: workspace.partner_of(record)?,
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
    let mut all = timers(workspace, limit(args)?)?;
    let now = workspace.now();
    let by = |days: i64| {
        let until = now.plus(Duration::days(days));
        all.iter().filter(|t| t.due.is_some_and(|due| due <= until)).count()
    };
    let [due, week, month, quarter] = [0, 7, 30, 90].map(by);
    let said = format!("Due now: {due}; within 7 days: {week}, 30 days: {month}, 90 days: {quarter}.");
    if args.maybe("within").is_some() {
        let until = now.plus(Duration::days(args.days("within")?));
        all.retain(|t| t.due.is_some_and(|due| due <= until));
    }
    Ok(Output::list(&all, columns).with_message(said))
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
    /// By when; of what is not deleted, when that is looked at again.
    pub delete_by: Option<Timestamp>,
    /// For how many days it is overdue; none where it is not.
    pub overdue_days: Option<i64>,
    /// The last reminder that is due: after 7 or 30 days. After the second, it is a matter for a dispute.
    pub reminder: Option<i64>,
    /// Whether a hold here stands against a partner's order: the partner is to be answered.
    pub held: bool,
}

/// After how many days a duty that is overdue is reminded of.
const REMINDERS: [i64; 2] = [30, 7];

impl Duty {
    fn at(mut self, now: Timestamp) -> Self {
        let is_over = matches!(self.state, DutyState::Outstanding | DutyState::Cannot | DutyState::Partly);
        let days = self.delete_by.filter(|by| is_over && *by <= now).map(|by| now.since(by).whole_days());
        self.overdue_days = days;
        self.reminder = days.and_then(|days| REMINDERS.into_iter().find(|after| days >= *after));
        self
    }
}

/// Duties of partners for what they hold of one case, with the same state and the same day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DutyGroup {
    /// By when, as the beginning of a day.
    pub day: Option<Timestamp>,
    /// The case.
    pub case: Option<Id>,
    /// Who must delete.
    pub by: String,
    /// Running, outstanding or met.
    pub state: DutyState,
}

/// Where a holder's duty stands: a term that has passed without a certificate makes it outstanding.
fn standing(holder: &Holder, now: Timestamp) -> DutyState {
    let passed = holder.duty == DutyState::Running && holder.delete_by.is_some_and(|by| by <= now);
    if passed { DutyState::Outstanding } else { holder.duty }
}

/// The duties of partners by day and case, and how many each group has; all of them, however many there are.
pub fn duty_groups(workspace: &Workspace) -> Result<BTreeMap<DutyGroup, u64>, Error> {
    let now = workspace.now();
    let mut groups = BTreeMap::new();
    for shared in shared_groups(&workspace.db)? {
        for holder in &shared.holders {
            let group = DutyGroup {
                day: holder.delete_by.map(Timestamp::start_of_day),
                case: shared.case,
                by: workspace.code_of(holder.partner)?,
                state: standing(holder, now),
            };
            *groups.entry(group).or_default() += shared.count;
        }
    }
    Ok(groups)
}

/// Duties to delete: partners' and this desk's, at most so many of each.
pub fn duties(workspace: &Workspace, limit: u32) -> Result<Vec<Duty>, Error> {
    let (theirs, ours) = (duties_of(workspace, None, Some(limit))?, own_duties(workspace, limit)?);
    Ok(theirs.into_iter().chain(ours).collect())
}

/// Duties of partners, of a case or of all.
pub fn duties_of(workspace: &Workspace, case: Option<Id>, limit: Option<u32>) -> Result<Vec<Duty>, Error> {
    let now = workspace.now();
    let me = workspace.code_of(workspace.meta.desk)?;
    let mut all = Vec::new();
    for record in workspace.records().find(&Query { shared: true, case, limit, ..Query::default() })? {
        for holder in &record.shared {
            all.push(Duty {
                item: record.id,
                kind: record.kind,
                by: workspace.code_of(holder.partner)?,
                to: me.clone(),
                state: standing(holder, now),
                delete_by: holder.delete_by,
                overdue_days: None,
                reminder: None,
                held: false,
            });
        }
    }
    Ok(all.into_iter().map(|duty| duty.at(now)).collect())
}

/// Duties of this desk, for what partners ordered.
fn own_duties(workspace: &Workspace, limit: u32) -> Result<Vec<Duty>, Error> {
    let (now, me) = (workspace.now(), workspace.code_of(workspace.meta.desk)?);
    let mut all = Vec::new();
    let holds = StandingHolds::of(&workspace.records())?;
    let far = Timestamp::from_millis(i64::MAX);
    for record in workspace.records().find(&Query { due_by: Some(far), limit: Some(limit), ..Query::default() })? {
        let Some(from) = record.partner.filter(|_| record.terms.get("ordered").and_then(Json::text).is_some()) else {
            continue;
        };
        let answered = record.text("answered").and_then(Extent::parse);
        all.push(Duty {
            item: record.id,
            kind: record.kind,
            by: me.clone(),
            to: workspace.code_of(from)?,
            state: match answered {
                None => DutyState::Outstanding,
                Some(Extent::Cannot) => DutyState::Cannot,
                Some(Extent::Partly) => DutyState::Partly,
            },
            delete_by: record.due,
            overdue_days: None,
            reminder: None,
            held: holds.is_on(&record),
        });
    }
    Ok(all.into_iter().map(|duty| duty.at(now)).collect())
}

fn list_duties(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("item", "RECORD"),
        ("kind", "KIND"),
        ("by", "WHO"),
        ("to", "OUTSTANDING AT"),
        ("state", "STATE"),
        ("delete_by", "BY"),
        ("overdue_days", "OVERDUE"),
        ("held", "HELD"),
    ];
    let mood = |word: &str| DutyState::parse(word).map(DutyState::mood);
    Ok(Output::list(&duties(workspace, limit(args)?)?, columns).in_mood(mood))
}
