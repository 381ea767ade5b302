//! Who looked at which personal data, when and why: by item, by member, by period, and what stands out.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::command::error::member_named;
use crate::law::accountability::{self, Sign};
use crate::record::complaint;
use crate::record::consultation::{self, Viewing};
use crate::record::kind::Kind;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::store::read;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What is personal data, and can be asked about.
const LOOKED_AT: &[Kind] =
    &[Kind::Item, Kind::Request, Kind::Review, Kind::Disclosure, Kind::Complaint, Kind::Error, Kind::Notice];

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "audit",
    name: "consultations",
    about: "List who looked at which personal data, when and why; or what of it stands out",
    args: &[
        Arg::new("item", ArgKind::Record(LOOKED_AT), "only looks at this record"),
        Arg::new("member", ArgKind::Record(&[Kind::Member]), "only looks of this member: name, fingerprint or id"),
        Arg::new("from", ArgKind::Time, "only from this time on"),
        Arg::new("to", ArgKind::Time, "only before this time"),
        Arg::new("unusual", ArgKind::Flag, "what stands out: many persons on one day, no case work, the own complaint"),
        Arg::new("limit", ArgKind::Number, "at most so many (500 where it is not said)").cli_only(),
    ],
    writes: None,
    run: Handler::Reads(list),
}];

/// A look, as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct Consulted {
    /// Its record; none where it is noted and not signed yet.
    pub id: Option<Id>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub member: String,
    /// Their key.
    pub person: Person,
    /// The case of what was looked at.
    pub case: Option<Id>,
    /// The records.
    pub records: Vec<Id>,
    /// Why: as it was typed, else the purpose of the case.
    pub reason: String,
    /// Whether somebody typed it.
    pub typed: bool,
    /// Whether the member has signed it; else it stands in their journal.
    pub signed: bool,
}

fn of_look(workspace: &Workspace, id: Option<Id>, by: Person, look: Viewing) -> Result<Consulted, Error> {
    Ok(Consulted {
        id,
        at: look.at,
        member: workspace.name_of(by)?,
        person: by,
        case: look.case,
        records: look.records,
        typed: look.reason.is_some(),
        reason: look.reason.unwrap_or(look.purpose),
        signed: id.is_some(),
    })
}

/// A signed look, as it is listed.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn consulted(workspace: &Workspace, record: &Record) -> Result<Option<Consulted>, Error> {
    let Some((mut look, by)) = consultation::look_of(record).zip(consultation::by(record)) else { return Ok(None) };
    look.reason = Some(workspace.text_of(record, "reason")?).filter(|reason| !reason.is_empty());
    of_look(workspace, Some(record.id), by, look).map(Some)
}

/// What is asked of the consultations.
#[derive(Clone, Default, Debug)]
pub struct ConsultationFilter {
    /// Only looks at this record.
    pub item: Option<Id>,
    /// Only looks of this member.
    pub member: Option<Person>,
    /// Only from this time on.
    pub from: Option<Timestamp>,
    /// Only before this time.
    pub to: Option<Timestamp>,
}

impl ConsultationFilter {
    fn fits(&self, by: Person, look: &Viewing) -> bool {
        self.item.is_none_or(|id| look.records.contains(&id))
            && self.member.is_none_or(|member| member == by)
            && self.from.is_none_or(|from| from <= look.at)
            && self.to.is_none_or(|to| look.at < to)
    }
}

/// The consultations that fit, the newest first: those that are signed, and those that stand in the members' journals.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn rows(workspace: &Workspace, asked: &ConsultationFilter) -> Result<Vec<Consulted>, Error> {
    let mut all = Vec::new();
    for pending in workspace.unsigned_looks()? {
        if asked.fits(pending.by, &pending.look) {
            all.push(of_look(workspace, None, pending.by, pending.look)?);
        }
    }
    for record in workspace.records().find(&Query::kind(Kind::Consultation))? {
        let Some((look, by)) = consultation::look_of(&record).zip(consultation::by(&record)) else { continue };
        if asked.fits(by, &look) {
            all.extend(consulted(workspace, &record)?);
        }
    }
    all.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.records.cmp(&b.records)));
    Ok(all)
}

words! {
    /// Why looks stand out.
    Pattern {
        /// Many persons on one day.
        ManyPersons = "many-persons",
        /// Somebody who has done nothing in that case.
        NoCaseWork = "no-case-work",
        /// Somebody about whose own act the complaint is.
        OwnComplaint = "own-complaint",
    }
}

/// What stands out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Unusual {
    /// Why.
    pub pattern: Pattern,
    /// Who.
    pub member: String,
    /// The day.
    pub day: String,
    /// The case, or the complaint.
    pub on: Option<Id>,
    /// How many records.
    pub records: usize,
}

/// What of some consultations stands out.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn unusual(workspace: &Workspace, all: &[Consulted]) -> Result<Vec<Unusual>, Error> {
    let most = accountability::number(Sign::ManyPersons);
    let mut by_day: BTreeMap<(String, String), BTreeSet<Id>> = BTreeMap::new();
    let mut by_case: BTreeMap<(Id, Person), (String, String, BTreeSet<Id>)> = BTreeMap::new();
    let mut found = Vec::new();
    for look in all {
        let day = look.at.to_date();
        by_day.entry((look.member.clone(), day.clone())).or_default().extend(&look.records);
        if let Some(case) = look.case {
            let of = by_case.entry((case, look.person));
            of.or_insert_with(|| (look.member.clone(), day.clone(), BTreeSet::new())).2.extend(&look.records);
        }
        for id in &look.records {
            let Some(of) = workspace.records().get(*id)?.filter(|r| r.kind == Kind::Complaint) else { continue };
            let author = complaint::about(&of).map(|about| workspace.records().author_of(about)).transpose()?.flatten();
            if author == Some(look.person) {
                let (member, day) = (look.member.clone(), day.clone());
                found.push(Unusual { pattern: Pattern::OwnComplaint, member, day, on: Some(*id), records: 1 });
            }
        }
    }
    for ((member, day), records) in by_day {
        if records.len() >= most {
            let records = records.len();
            found.push(Unusual { pattern: Pattern::ManyPersons, member, day, on: None, records });
        }
    }
    let mut workers: BTreeMap<Id, BTreeSet<Person>> = BTreeMap::new();
    for ((case, person), (member, day, records)) in by_case {
        let workers = match workers.entry(case) {
            std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::btree_map::Entry::Vacant(new) => {
                let mut who = BTreeSet::new();
                for position in read::acts_of_case(&workspace.db, case)? {
                    if let Some(act) = read::act(&workspace.db, position)? {
                        who.insert(act.read_header()?.member);
                    }
                }
                new.insert(who)
            }
        };
        if !workers.contains(&person) {
            let records = records.len();
            found.push(Unusual { pattern: Pattern::NoCaseWork, member, day, on: Some(case), records });
        }
    }
    found.dedup();
    found.sort_by(|a, b| b.day.cmp(&a.day).then_with(|| a.member.cmp(&b.member)));
    Ok(found)
}

fn list(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let now = workspace.now();
    let time = |field: &str| args.maybe(field).map(|_| args.time(field, now)).transpose();
    let asked = ConsultationFilter {
        item: args.maybe("item").map(|id| workspace.find_record(id, LOOKED_AT)).transpose()?.map(|r| r.id),
        member: args.maybe("member").map(|name| member_named(workspace, name)).transpose()?,
        from: time("from")?,
        to: time("to")?,
    };
    let mut all = rows(workspace, &asked)?;
    if args.flag("unusual") {
        let columns = &[
            ("pattern", "WHAT STANDS OUT"),
            ("member", "MEMBER"),
            ("day", "DAY"),
            ("records", "RECORDS"),
            ("on", "CASE OR COMPLAINT"),
        ];
        return Ok(Output::list(&unusual(workspace, &all)?, columns));
    }
    all.truncate(args.number("limit")?.map_or(500, |n| usize::try_from(n).unwrap_or(0)));
    let columns = &[
        ("at", "WHEN"),
        ("member", "MEMBER"),
        ("reason", "WHY"),
        ("case", "CASE"),
        ("records", "RECORDS"),
        ("signed", "SIGNED"),
    ];
    Ok(Output::list(&all, columns))
}
