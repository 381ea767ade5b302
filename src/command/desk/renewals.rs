//! What must be renewed for the work to go on: agreements, charters, rows of the law, keys, training, and what of partners is
//! recognised; one list, weeks ahead.

use serde::Serialize;

use crate::command::agreement::{self, Whose};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::command::history::acts_of;
use crate::command::taskforce::{self, Status};
use crate::command::{recognition, training};
use crate::law::row::Verified;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{desk, member, partner};
use crate::value::class::{Role, words};
use crate::value::id::Id;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "desk",
    name: "renewals",
    about: "List what is due for renewal: agreements, charters, rows of the law, keys, training, recognition",
    args: &[Arg::new("within", ArgKind::Duration, "how far ahead, such as 90d; without it, six weeks")],
    writes: None,
    run: Handler::Reads(list),
}];

/// How far ahead it is looked where nobody says.
pub const AHEAD: Duration = Duration::days(42);
/// How long a row of the law counts as read.
const READ_FOR: Duration = Duration::days(365);
/// After how long a partner's fingerprint is compared again: this desk's own target, no law asks it.
const COMPARED_FOR: Duration = Duration::days(365);
/// After how long a key is to be replaced: this desk's own target, no law asks it.
const KEY_FOR: Duration = Duration::days(730);

words! {
    /// What is to be renewed.
    What {
        /// An agreement ends.
        Agreement = "agreement",
        /// An agreement, or a charter, is to be reviewed.
        Review = "review",
        /// The charter of a task force ends.
        Charter = "charter",
        /// A row of the law that decided something is to be read again.
        Law = "law",
        /// A key is old, or a fingerprint was compared long ago.
        Key = "key",
        /// The training of a member lapses.
        Training = "training",
        /// What of a partner is recognised lapses.
        Recognition = "recognition",
    }
}

/// Something that is due for renewal.
#[derive(Clone, Debug, Serialize)]
pub struct RenewalDue {
    /// What it is.
    pub what: What,
    /// The record.
    pub id: Id,
    /// The kind of record.
    pub kind: Kind,
    /// Which one, in words.
    pub name: String,
    /// The partner that it concerns.
    pub partner: String,
    /// When it is due; none where it was due from the beginning.
    pub due: Option<Timestamp>,
    /// Whether that has passed.
    pub late: bool,
    /// What to do.
    pub next: String,
    /// Who does it.
    pub role: Role,
}

struct List {
    now: Timestamp,
    until: Timestamp,
    rows: Vec<RenewalDue>,
}

impl List {
    fn add(
        &mut self,
        what: What,
        record: (Kind, Id),
        (name, partner): (impl Into<String>, &str),
        due: Option<Timestamp>,
        (next, role): (impl Into<String>, Role),
    ) {
        if due.is_some_and(|due| due > self.until) {
            return;
        }
        self.rows.push(RenewalDue {
            what,
            id: record.1,
            kind: record.0,
            name: name.into(),
            partner: partner.to_owned(),
            due,
            late: due.is_none_or(|due| due <= self.now),
            next: next.into(),
            role,
        });
    }
}

/// What is due for renewal within a time, what is due first.
pub fn rows(workspace: &Workspace, within: Duration) -> Result<Vec<RenewalDue>, Error> {
    let now = workspace.now();
    let mut list = List { now, until: now.plus(within), rows: Vec::new() };
    agreements(workspace, &mut list)?;
    charters(workspace, &mut list)?;
    law(workspace, &mut list)?;
    keys(workspace, &mut list)?;
    let taken = training::rows(workspace)?;
    for row in &taken {
        // A course that was taken again is due when the last of them lapses.
        let again = |other: &training::TrainingRow| {
            (&other.member, &other.course) == (&row.member, &row.course)
                && other.id != row.id
                && other.until.is_none_or(|until| row.until.is_some_and(|own| until > own))
        };
        if row.until.is_none() || taken.iter().any(again) {
            continue;
        }
        let name = format!("{}: {}", row.member, row.course);
        let next = "let them take it again, then `training add`";
        list.add(What::Training, (Kind::Training, row.id), (name, ""), row.until, (next, Role::Administrator));
    }
    for row in recognition::rows(workspace)? {
        if row.state == crate::record::recognition::State::Standing.any() {
            let about = (row.title.clone(), row.partner.as_str());
            let next = "ask for a newer certificate, then `recognition add`";
            list.add(What::Recognition, (Kind::Recognition, row.id), about, row.until, (next, Role::Administrator));
        }
    }
    let mut rows = list.rows;
    rows.sort_by_key(|r| r.due);
    Ok(rows)
}

fn agreements(workspace: &Workspace, list: &mut List) -> Result<(), Error> {
    for row in agreement::to_renew(workspace)? {
        let about = (row.title.clone(), row.partner.as_str());
        let next = "`agreement renew`, or sharing stops";
        list.add(What::Agreement, (Kind::Agreement, row.id), about, Some(row.until), (next, Role::Administrator));
    }
    for row in agreement::rows(workspace, None)?.iter().filter(|r| r.whose == Whose::Ours && r.is_in_force()) {
        if row.review_due.is_some() {
            let about = (row.title.clone(), row.partner.as_str());
            let next = ("`agreement review`", Role::Administrator);
            list.add(What::Review, (Kind::Agreement, row.id), about, row.review_due, next);
        }
    }
    Ok(())
}

fn charters(workspace: &Workspace, list: &mut List) -> Result<(), Error> {
    let own = workspace.code_of(workspace.meta.desk)?;
    for row in taskforce::rows(workspace)? {
        let of = (Kind::Taskforce, row.id);
        if matches!(row.status, Status::InForce | Status::RenewalDue | Status::Expired | Status::NotYet) {
            let next = if row.lead == own {
                "`taskforce amend` proposes a longer one; all sign it again".to_owned()
            } else {
                format!("ask {} to propose a longer one", row.lead)
            };
            let about = (row.title.clone(), row.lead.as_str());
            list.add(What::Charter, of, about, Some(row.until), (next, Role::Administrator));
            if row.review_due.is_some() {
                let about = (row.title.clone(), row.lead.as_str());
                list.add(What::Review, of, about, row.review_due, ("`taskforce review`", Role::Administrator));
            }
        }
    }
    Ok(())
}

/// Rows of the law that decided something, and that nobody has read, or not for a year.
fn law(workspace: &Workspace, list: &mut List) -> Result<(), Error> {
    let law = workspace.law()?;
    let mut named: Vec<String> = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Request))?.iter().rev() {
        let sent = record.instant("sent").is_some();
        let Some(kind) = record.text("kind").and_then(|id| law.request(id)).filter(|_| sent) else { continue };
        if named.contains(&kind.id) {
            continue;
        }
        named.push(kind.id.clone());
        let due = match kind.verified {
            Verified::Never => None,
            Verified::On(day) => Some(Timestamp::of_date(day).plus(READ_FOR)),
        };
        let next = format!("read its source, then `law verify {}`", kind.id);
        list.add(
            What::Law,
            (Kind::Request, record.id),
            (format!("{}: {}", kind.id, kind.name), ""),
            due,
            (next, Role::LegalReviewer),
        );
    }
    Ok(())
}

/// When a record was last changed by one of these.
fn last_done(workspace: &Workspace, record: &Record, kind: ChangeKind) -> Result<Option<Timestamp>, Error> {
    let all = acts_of(workspace, record, &[kind])?;
    Ok(all.last().map(|(act, _)| act.read_header()).transpose()?.map(|header| header.time.at))
}

fn keys(workspace: &Workspace, list: &mut List) -> Result<(), Error> {
    let own = workspace.own_record()?;
    let founded = last_done(workspace, &own, desk::FOUND)?;
    let next = ("plan a new founding of the desk with new keys, and have every partner pin them", Role::Administrator);
    let due = |at: Option<Timestamp>, after: Duration| at.map(|at| at.plus(after));
    if founded.is_some() {
        list.add(What::Key, (Kind::Desk, own.id), ("the desk's own keys", ""), due(founded, KEY_FOR), next);
    }
    for record in member::all(&workspace.records(), workspace.meta.desk)? {
        let enrolled = last_done(workspace, &record, member::ADD)?;
        if record.is(member::State::Active) && enrolled.is_some() {
            let name = format!("the key of {}", workspace.text_of(&record, "name")?);
            let next =
                ("let them make a new identity, enrol it, then `member revoke` the old one", Role::Administrator);
            list.add(What::Key, (Kind::Member, record.id), (name, ""), due(enrolled, KEY_FOR), next);
        }
    }
    for record in workspace.partners()?.iter().filter(|r| r.is(partner::State::Pinned)) {
        let code = record.key.clone().unwrap_or_default();
        let compared = last_done(workspace, record, partner::CONFIRM)?;
        if compared.is_some() && !partner::is_without_card(record) {
            let about = ("its fingerprint", code.as_str());
            let next = ("call it, and compare the fingerprint aloud again", Role::Administrator);
            list.add(What::Key, (Kind::Partner, record.id), about, due(compared, COMPARED_FOR), next);
        }
    }
    Ok(())
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let within = args.maybe_read("within", "a number of days, such as 90d,", Duration::parse)?.unwrap_or(AHEAD);
    let columns =
        &[("what", "WHAT"), ("due", "DUE"), ("late", "LATE"), ("partner", "DESK"), ("name", "WHICH"), ("next", "NEXT")];
    Ok(Output::list(&rows(workspace, within)?, columns))
}
