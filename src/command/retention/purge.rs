//! Erasure: the gate's word, the purge, the read-back, and only then the certificate.
//!
//! A purge is an act; what it names is erased with it, in one transaction. Then files go, the write-ahead log is cut, the
//! database gets a new key, and what was purged is looked for. Whatever is interrupted is finished when the workspace is
//! opened the next time by somebody who may erase: a purge that has begun is certified before anything else is done.

use crate::record::definition::Content;
use crate::record::kind::{ChangeKind, Kind, State};
use crate::record::{KINDS, kind_def};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::act::change::{Body, Change, Line};
use crate::act::header::Audience;
use crate::command::bundle::outbox;
use crate::command::bundle::quarantine::{drop_all, waiting};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::command::retention::dispose::on_open_lists;
use crate::command::retention::hold::scope;
use crate::command::retention::schedule::row_of;
use crate::gate::from_records::{PurgeFacts, dies_with};
use crate::gate::purge::MAY_ERASE;
use crate::gate::verdict::Verdict;
use crate::host::file;
use crate::object;
use crate::record::certificate::{self, Terms};
use crate::record::disposal::{self, Ground, LineResult};
use crate::record::retention::silence_erases;
use crate::record::store::{ChangeRow, DutyState, Query, Record, RecordStore};
use crate::record::{backup, exercise, hold, hold_notice, inject, observation, order, purge, reply};
use crate::store::{connection, read};
use crate::value::class::{DeleteCause, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence;
use crate::workspace::open::Workspace;
use crate::workspace::own_file;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "retention",
        name: "purge",
        about: "Erase what is due, or an item or a whole case with a reason; ends with a certificate",
        args: &[
            Arg::new("item", ArgKind::Record(ALONE), "only this item, request or exercise that is over"),
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "only this case, with everything in it"),
            Arg::new(
                "list",
                ArgKind::Record(&[Kind::Disposal]),
                "what two people have confirmed of this disposal list",
            ),
            Arg::new("because", ArgKind::Body, "why, where it is not due yet"),
            Arg::new("device", ArgKind::Line, "for the certificate: the device, with its serial number"),
            Arg::new("place", ArgKind::Line, "for the certificate: where it is done"),
            Arg::new("contact", ArgKind::Line, "for the certificate: how whoever does it is reached"),
            Arg::new("dry-run", ArgKind::Flag, "only say what would go"),
        ],
        writes: Some(Writes {
            act: purge::PURGE,
            weight: Weight::Destroys,
            // Of what is erased already nothing is left to do, or what was interrupted is finished.
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::DryRun,
            undo: Undo::Never("what is erased or revoked does not come back"),
            alone: true,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(|workspace, args, job| workspace.with_room(|workspace| run(workspace, args, job))),
    },
    Command {
        noun: "retention",
        name: "certificates",
        about: "List the deletion certificates, or countersign one as its verifier",
        args: &[Arg::new("countersign", ArgKind::Record(&[Kind::Certificate]), "the certificate to countersign")],
        writes: Some(Writes {
            act: crate::record::certificate::COUNTERSIGN,
            weight: Weight::Signs,
            needs: Needs::ActsState,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(certificates),
    },
];

/// What is erased alone, without a case.
const ALONE: &[Kind] = &[Kind::Item, Kind::Request, Kind::Exercise];

/// A record that goes, without what it holds: a case may have very many.
type Target = (Id, Kind);

/// What goes with an item or a case, in the order in which it is erased: what dies with another record before it, the case
/// itself last.
fn targets(workspace: &Workspace, scope: &Record) -> Result<Vec<Target>, Error> {
    let own = if scope.is_purged() { Vec::new() } else { vec![(scope.id, scope.kind)] };
    let mut all = Vec::new();
    // Also what was erased before: what speaks of it may have been left.
    let mut within: HashSet<Id> = HashSet::from([scope.id]);
    if scope.kind == Kind::Case {
        let mut after = None;
        loop {
            let query = Query { case: Some(scope.id), after, limit: Some(2000), ..Query::default() };
            let page = workspace.records().find(&query)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for record in page.iter().filter(|r| r.id != scope.id) {
                within.insert(record.id);
                let goes = match kind_def(record.kind).content {
                    Content::Own { .. } => !record.is_purged(),
                    Content::WithCase | Content::WithSubject | Content::WithItems => {
                        read::any_content(&workspace.db, record.id)?
                    }
                    Content::WithDesk | Content::None => false,
                };
                if goes {
                    all.push((record.id, record.kind));
                }
            }
        }
    }
    let mut goes = what_speaks_of(workspace, &within, scope.kind == Kind::Case)?;
    let named: HashSet<Id> = goes.iter().map(|(id, _)| *id).collect();
    goes.extend(all.into_iter().filter(|(id, _)| !named.contains(id)));
    goes.extend(own);
    Ok(goes)
}

/// What is left to do where a record that was erased is named once more: of the reason alone, which goes with the next purge, no second
/// purge is made.
fn left_of(scope: &Record, targets: Vec<Target>) -> Vec<Target> {
    let is_done = scope.is_purged() && targets.iter().all(|(_, kind)| *kind == Kind::Purge);
    if is_done { Vec::new() } else { targets }
}

/// What dies with records that are erased, though it is no part of their case: what is about one of them, and what brought
/// or carried them. `whole` says that one of them is enough for a disclosure: its case goes; else all must be erased.
fn what_speaks_of(workspace: &Workspace, erased: &HashSet<Id>, whole: bool) -> Result<Vec<Target>, Error> {
    let records = workspace.records();
    let is_gone = |id: &Id| -> Result<bool, Error> {
        Ok(erased.contains(id) || records.get(*id)?.is_some_and(|r| r.is_purged()))
    };
    let mut all = Vec::new();
    for def in KINDS {
        for record in match def.content {
            Content::WithSubject | Content::WithItems => records.find(&Query::kind(def.kind))?,
            Content::None | Content::Own { .. } | Content::WithCase | Content::WithDesk => continue,
        } {
            if !read::any_content(&workspace.db, record.id)? {
                continue;
            }
            let about = dies_with(&records, &record)?;
            if !about.iter().any(|id| erased.contains(id)) {
                continue;
            }
            let mut goes = true;
            for id in about.iter().take_while(|_| !whole) {
                goes = is_gone(id)?;
                if !goes {
                    break;
                }
            }
            if goes {
                all.push((record.id, record.kind));
            }
        }
    }
    Ok(all)
}

/// What the gate says to erasing a record now; nothing where it is not there.
fn ask(records: &dyn RecordStore, all: &mut PurgeFacts, id: Id) -> Result<Option<(Json, Verdict)>, Error> {
    let Some(record) = records.get(id)? else { return Ok(None) };
    let facts = all.of(records, &record)?;
    Ok(Some((facts.to_json(), facts.judge())))
}

/// What stays of what was to be erased, and on which ground: it stands on the certificate.
#[derive(Clone, Serialize)]
struct Withheld {
    /// The record.
    id: Id,
    /// Why.
    ground: &'static str,
}

/// What goes of a disposal list: the lines that two people have confirmed. The others are withheld, each on its ground; a hold that was
/// placed since counts like any other.
fn confirmed(workspace: &Workspace, list: &Record) -> Result<(Vec<Target>, Vec<Withheld>), Error> {
    let records = workspace.records();
    let (mut goes, mut withheld) = (Vec::new(), Vec::new());
    if !list.is(disposal::State::Proposed) {
        // It was carried out: nothing of it is left to do.
        return Ok((goes, withheld));
    }
    for id in disposal::lines_of(list) {
        let Some(record) = records.get(id)?.filter(|r| !r.is_purged()) else { continue };
        let ground = match disposal::result_of(list, id) {
            LineResult::Pruned { ground, decision, .. } => Some(ground.map_or(decision.word(), |g| g.word())),
            LineResult::Open { .. } => Some(NOT_BY_TWO),
            LineResult::Confirmed if hold::stands_on(&records, &record)? => Some(Ground::Hold.word()),
            LineResult::Confirmed => None,
        };
        match ground {
            Some(ground) => withheld.push(Withheld { id, ground }),
            None => goes.push((id, record.kind)),
        }
    }
    let erased = goes.iter().map(|(id, _)| *id).collect();
    let mut all = what_speaks_of(workspace, &erased, false)?;
    let named: HashSet<Id> = all.iter().map(|(id, _)| *id).collect();
    all.extend(goes.into_iter().filter(|(id, _)| !named.contains(id)));
    Ok((all, withheld))
}

/// The ground of a line that two people have not confirmed.
const NOT_BY_TWO: &str = "not-confirmed-by-two";
/// The ground of what two people decide on a list.
const ON_A_LIST: &str = "on-a-list";

/// The ground of a copy that its sender holds, as long as nobody has answered whether it is kept.
const OVER_TERM: &str = "restricted-over-term";

/// Everything that is due to be deleted now, and what of it stays: because a hold stands, or two people decide it.
fn due(workspace: &Workspace) -> Result<(Vec<Target>, Vec<Withheld>), Error> {
    let mut all = workspace.records().find(&Query { due_by: Some(workspace.now()), ..Query::kind(Kind::Item) })?;
    let requests = workspace.records().find(&Query { due_by: Some(workspace.now()), ..Query::kind(Kind::Request) })?;
    all.extend(requests.into_iter().filter(|r| r.terms.get("ordered").is_some()));
    all.retain(|r| !r.is_purged() && silence_erases(r));
    // Kinds that are kept for a time of their own, once they are over.
    for def in KINDS.iter().filter(|def| matches!(def.content, Content::Own { .. })) {
        if matches!(def.kind, Kind::Item | Kind::Request) {
            continue;
        }
        let found = workspace.records().find(&Query { due_by: Some(workspace.now()), ..Query::kind(def.kind) })?;
        all.extend(found.into_iter().filter(|r| !r.is_purged() && def.is_erased_when_due(r)));
    }
    let (records, listed) = (workspace.records(), on_open_lists(workspace)?);
    let unanswered = hold_notice::unanswered(&records)?;
    let (mut goes, mut withheld) = (Vec::with_capacity(all.len()), Vec::new());
    for record in all {
        if hold::stands_on(&records, &record)? {
            withheld.push(Withheld { id: record.id, ground: Ground::Hold.word() });
        } else if listed.contains(&record.id) {
            withheld.push(Withheld { id: record.id, ground: ON_A_LIST });
        } else if unanswered.contains(&record.id) {
            withheld.push(Withheld { id: record.id, ground: OVER_TERM });
        } else {
            goes.push((record.id, record.kind));
        }
    }
    let erased = goes.iter().map(|(id, _)| *id).collect();
    let mut all = what_speaks_of(workspace, &erased, false)?;
    let reasons = left_over(workspace)?;
    all.extend(reasons.into_iter().filter(|(id, _)| !erased.contains(id)));
    let named: HashSet<Id> = all.iter().map(|(id, _)| *id).collect();
    all.extend(goes.into_iter().filter(|(id, _)| !named.contains(id)));
    Ok((all, withheld))
}

/// What speaks of something that is gone and was said later: the reasons of certified purges, and what players said of an exercise before
/// they knew that it was erased.
fn left_over(workspace: &Workspace) -> Result<Vec<Target>, Error> {
    let records = workspace.records();
    let mut all = Vec::new();
    for purge in records.find(&Query::state(purge::State::Certified))? {
        let subject = purge.subject.map(|id| records.get(id)).transpose()?.flatten();
        if subject.is_some_and(|of| of.is_purged()) && read::any_content(&workspace.db, purge.id)? {
            all.push((purge.id, purge.kind));
        }
    }
    for kind in [Kind::Observation, Kind::Reply] {
        for said in records.find(&Query::kind(kind))? {
            let mut about = dies_with(&records, &said)?.into_iter();
            let subject = about.next().map(|id| records.get(id)).transpose()?.flatten();
            if subject.is_some_and(|of| of.is_purged()) && read::any_content(&workspace.db, said.id)? {
                all.push((said.id, said.kind));
            }
        }
    }
    Ok(all)
}

/// What a purge came to, or would.
#[derive(Serialize)]
struct Purged {
    items: usize,
    records: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<Id>,
}

fn run(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let named = scope(workspace, args, ALONE)?;
    let list = args.maybe("list").map(|l| workspace.find_record(l, &[Kind::Disposal])).transpose()?;
    if list.is_some() && named.is_some() {
        return Err(Error::usage("--list erases what two people have confirmed: leave --item and --case out"));
    }
    // What two people have confirmed line by line needs no reason of its own.
    let of_list = list.as_ref().map(|list| format!("disposal list DL-{}", list.id.short()));
    let because = args.body("because")?.or(of_list);
    let finished = if args.flag("dry-run") { None } else { finish_begun(workspace, job)? };
    if !args.flag("dry-run") {
        outbox::sweep(workspace)?;
    }
    // What is not listed would not be erased, and the certificate would say that it was.
    if let Some(case) = named.as_ref().filter(|scope| scope.kind == Kind::Case) {
        workspace.trusted_records()?.check_case(case.id)?;
    }
    let snapshot = connection::snapshot(&workspace.db)?;
    let (targets, withheld) = match (&named, &list) {
        (Some(scope), _) => (left_of(scope, targets(workspace, scope)?), Vec::new()),
        (None, Some(list)) => confirmed(workspace, list)?,
        (None, None) => due(workspace)?,
    };
    drop(snapshot);
    let held = withheld.len();
    let stays = match (held, &list) {
        (0, _) => String::new(),
        (n, None) => format!(" {} due and held: it stays.", counted(n, "record")),
        (n, Some(_)) => {
            format!(" {} withheld: they stay, each with its ground on the certificate.", counted(n, "line"))
        }
    };
    let items = targets.iter().filter(|(_, kind)| *kind == Kind::Item).count();
    if args.flag("dry-run") {
        let records = workspace.records();
        let mut facts = PurgeFacts::begin(&records, workspace.now(), workspace.person(), because.is_some())?;
        for (n, (id, _)) in targets.iter().enumerate() {
            if n.is_multiple_of(1000) {
                job.at("asking the gate", n as u64, Some(targets.len() as u64))?;
            }
            let said = ask(&records, &mut facts, *id)?;
            if let Some((_, verdict)) = said.filter(|(_, verdict)| !verdict.allowed()) {
                return Err(Error::refused(verdict, Some(*id)));
            }
        }
        let all = counted(targets.len(), "record");
        let said = format!("Would be erased: {}, {all} in all.{stays}", counted(items, "item"));
        let would = Purged { items, records: targets.len(), held: Some(held), certificate: None };
        return Ok(Output::thing(&would).with_message(said));
    }
    if targets.is_empty() {
        return Ok(match finished {
            Some(certificate) => {
                Output::thing(&Purged { items: 0, records: 0, held: None, certificate: Some(certificate) })
                    .with_message(format!("What was begun is finished; certificate Z-{}.", certificate.short()))
            }
            None => Output::thing(&Purged { items: 0, records: 0, held: Some(held), certificate: None })
                .with_message(format!("Nothing to erase.{stays}")),
        });
    }
    job.at("asking the gate", 0, Some(targets.len() as u64))?;
    let id = workspace.entropy.id()?;
    let scope_id = named.as_ref().or(list.as_ref()).map_or(workspace.meta.desk, |s| s.id);
    let (me, generation) = (workspace.person(), workspace.keyring.generation as i64);
    let count = targets.len();
    let ids: Vec<Id> = targets.iter().map(|(id, _)| *id).collect();
    let snapshot = connection::snapshot(&workspace.db)?;
    let files = files_of(workspace, &ids)?;
    drop(snapshot);
    let mut said = object! {};
    for (key, text) in [
        ("because", because.clone()),
        ("device", args.maybe_line("device")?),
        ("place", args.maybe_line("place")?),
        ("contact", args.maybe_line("contact")?),
    ] {
        if let Some(text) = text {
            said.set(key, text);
        }
    }
    let stay: Vec<(Id, &str)> = withheld.iter().map(|w| (w.id, w.ground)).collect();
    workspace.act(purge::PURGE, Audience::OwnDesk, None, |act, entropy| {
        let mut asked: Vec<Json> = Vec::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut numbered = Vec::with_capacity(count);
        let records = act.records();
        let mut all = PurgeFacts::begin(&records, act.now(), me, because.is_some())?;
        for (n, id) in ids.iter().enumerate() {
            if n.is_multiple_of(1000) {
                job.at("asking the gate", n as u64, Some(count as u64))?;
            }
            let Some((facts, verdict)) = ask(&records, &mut all, *id)? else { continue };
            if !verdict.allowed() {
                return Err(Error::refused(verdict, Some(*id)));
            }
            let number = match asked.last() {
                // Most items have the facts of the one before them.
                Some(last) if *last == facts => asked.len() - 1,
                _ => *numbers.entry(facts.to_text()).or_insert_with(|| {
                    asked.push(facts);
                    asked.len() - 1
                }),
            };
            numbered.push((*id, number as i64));
        }
        act.change(purge::new(id, (scope_id, &stay), &asked, generation, &said, entropy.salt()?))?;
        for (n, (record, number)) in numbered.into_iter().enumerate() {
            if n.is_multiple_of(1000) {
                job.at("erasing", n as u64, Some(count as u64))?;
            }
            act.change(purge::erased(record, number))?;
        }
        Ok(())
    })?;
    for file in files {
        crate::host::file::remove(&file)?;
    }
    let waited = match waiting(workspace)?.len() {
        0 => String::new(),
        n => format!(" {} that waited for an earlier one dropped: ask the sender again.", counted(n, "bundle")),
    };
    let certificate = finish(workspace, id, job).map_err(|e| match e.kind {
        ErrorKind::Cancelled => {
            e.hint("the content is erased; it is certified when the workspace is opened again, or with `comity retention purge`")
        }
        _ => e,
    })?;
    let purged = Purged { items, records: count, held: Some(held), certificate: Some(certificate) };
    Ok(Output::thing(&purged).with_message(format!(
        "Erased: {}, {} in all; certificate Z-{}.{stays}{waited}",
        counted(items, "item"),
        counted(count, "record"),
        certificate.short()
    )))
}

/// What of an exercise goes to other desks as it stands in the log: the bundles that carried it are removed with it.
const IN_BUNDLES: &[ChangeKind] = &[exercise::START, inject::DELIVER, reply::RESPOND, observation::HOT_WASH];

/// Files that hold what goes: those of exhibits, and bundles in the outbox that carried a copy of any of it.
fn files_of(workspace: &Workspace, ids: &[Id]) -> Result<Vec<PathBuf>, Error> {
    let mut files = evidence::files_of(workspace.folder(), ids);
    let mut carried = Vec::new();
    for id in ids {
        for (row, kind) in read::rows_of(&workspace.db, *id)? {
            if crate::record::change(&kind).is_some_and(|def| def.is_copy || IN_BUNDLES.contains(&def.kind)) {
                carried.extend(read::position_of_row(&workspace.db, row)?);
            }
        }
    }
    carried.sort_unstable();
    carried.dedup();
    files.extend(crate::command::bundle::outbox::files_with(workspace, &carried)?);
    Ok(files)
}

/// Finishes what was interrupted, for a workspace that was just opened, before anything else is done in it: every purge that was begun
/// and not certified. Answers the last certificate.
///
/// It takes who may erase, since the new key of the database is sealed under their signature; whoever else opens it first leaves it as
/// it is, and the Desk says so.
///
/// # Errors
///
/// Where it cannot be finished now; it stays begun then, and nothing is certified.
pub fn finish_interrupted(workspace: &mut Workspace, job: &mut Job) -> Result<Option<Id>, Error> {
    let can = !workspace.is_read_only() && workspace.my_roles()?.iter().any(|role| MAY_ERASE.contains(role));
    if !can || workspace.first_sight()?.is_some() {
        return Ok(None);
    }
    finish_begun(workspace, job)
}

/// Finishes every purge that was begun and not certified. Answers the last certificate.
fn finish_begun(workspace: &mut Workspace, job: &mut Job) -> Result<Option<Id>, Error> {
    let begun = workspace.records().find(&Query::state(crate::record::purge::State::Begun))?;
    let mut last = None;
    for record in begun {
        // Whoever was interrupted may have left files behind: what was erased is looked up again.
        let erased = erased_by(workspace, &record)?;
        for file in files_of(workspace, &erased)? {
            crate::host::file::remove(&file)?;
        }
        last = Some(finish(workspace, record.id, job)?);
    }
    Ok(last)
}

fn erased_by(workspace: &Workspace, purge: &Record) -> Result<Vec<Id>, Error> {
    let Some(row) = purge.terms.get("row").and_then(Json::int) else { return Ok(Vec::new()) };
    Ok(workspace.records().following(ChangeRow(row), purge::ERASE)?.into_iter().map(|r| r.record).collect())
}

/// Destroys the key that old copies of the pages were written with, reads back, tells partners, and certifies.
fn finish(workspace: &mut Workspace, purge: Id, job: &mut Job) -> Result<Id, Error> {
    let begun = crate::record::definition::need(&workspace.records(), purge, Kind::Purge)?;
    own_file::forget_all(workspace.folder())?;
    drop_all(workspace)?;
    job.at("rotating the key", 0, None)?;
    connection::truncate_wal(&workspace.db)?;
    // Where a run was killed after its rotation, another costs seconds and is sure.
    workspace.rotate_database_key()?;
    let erased = erased_by(workspace, &begun)?;
    let mut summary = Summary::default();
    let snapshot = connection::snapshot(&workspace.db)?;
    let records = workspace.records();
    for (n, id) in erased.iter().enumerate() {
        if n.is_multiple_of(1000) {
            job.at("reading back", n as u64, Some(erased.len() as u64))?;
        }
        if summary.commitments(workspace, *id)? || file::exists(&evidence::path_of(workspace.folder(), *id)) {
            let what = format!("the read-back found content of {id}");
            return Err(Error::new(ErrorKind::Integrity, what, "no certificate is issued; keep a copy, and report it"));
        }
        if let Some(record) = records.get(*id)? {
            summary.add(&record, workspace.meta.desk);
        }
    }
    drop(snapshot);
    order_partners(workspace, purge, &summary)?;
    certify(workspace, purge, &begun, &erased, &summary)
}

/// What a purge came to: how many records of each kind, which partners hold copies of which, to whom it is owed.
#[derive(Default)]
struct Summary {
    counts: BTreeMap<Kind, i64>,
    with: BTreeMap<Id, Vec<Id>>,
    owed: BTreeSet<Id>,
    /// The highest tier that was erased.
    tier: Option<Tier>,
    /// How many were under each row of the schedule.
    rows: BTreeMap<&'static str, i64>,
    /// How many contents were erased, and a digest over their salted commitments.
    contents: i64,
    commitments: Sha256,
}

impl Summary {
    /// Takes in the commitments of what was erased of a record: they stay in the log, and tell nothing without their salts.
    /// Returns whether any content is left.
    fn commitments(&mut self, workspace: &Workspace, id: Id) -> Result<bool, Error> {
        let mut is_left = false;
        for stored in read::changes_of(&workspace.db, id)? {
            match &stored.line {
                Line::Change(Change { body: Body::Redacted(commitment), .. }) => {
                    self.contents += 1;
                    self.commitments.update(commitment.as_bytes());
                }
                Line::Change(Change { body: Body::Whole { .. }, .. }) => is_left = true,
                Line::Change(Change { body: Body::None, .. }) | Line::Withheld(_) => {}
            }
        }
        Ok(is_left)
    }

    fn add(&mut self, record: &Record, home: Id) {
        *self.counts.entry(record.kind).or_default() += 1;
        self.tier = self.tier.max(record.tier);
        if let Some(row) = row_of(record) {
            *self.rows.entry(row.id.as_str()).or_default() += 1;
        }
        for holder in record.shared.iter().filter(|h| h.duty == DutyState::Outstanding) {
            self.with.entry(holder.partner).or_default().push(record.id);
        }
        // What went to a partner is its duty; what came from one is this desk's, and the certificate is for it.
        self.owed.extend(kind_def(record.kind).came_from(record, home));
    }
}

/// Orders every partner who holds a copy to delete it, once for each purge. It takes a desk officer; where this member
/// is none, the duties stay outstanding until one gives the order.
fn order_partners(workspace: &mut Workspace, purge: Id, summary: &Summary) -> Result<(), Error> {
    if summary.with.is_empty() || !workspace.may(crate::record::order::ORDER)?.allowed() {
        return Ok(());
    }
    for (to, records) in &summary.with {
        let id = order::id_of(purge, *to);
        if order::given(&workspace.records(), id)? {
            continue;
        }
        workspace.act(crate::record::order::ORDER, Audience::Desks(vec![*to]), None, |act, _| {
            act.change(order::new(id, *to, DeleteCause::Purged))?;
            records.iter().try_for_each(|record| Ok(act.change(order::of_record(*record))?))
        })?;
    }
    Ok(())
}

fn certify(
    workspace: &mut Workspace,
    purge: Id,
    begun: &Record,
    erased: &[Id],
    summary: &Summary,
) -> Result<Id, Error> {
    let mut copies = Vec::new();
    for (partner, records) in &summary.with {
        let code = workspace.code_of(*partner)?;
        copies.push(object! { "partner" => code, "records" => records.len() as i64, "state" => "outstanding" });
    }
    let terms = Terms {
        purge,
        counts: summary.counts.iter().map(|(kind, n)| (kind.word().to_owned(), *n)).collect(),
        generation: begun.terms.get("generation").and_then(Json::int).unwrap_or(0),
        method: certificate::METHOD.into(),
        verification: certificate::VERIFICATION.into(),
        tool: format!("comity {}", env!("CARGO_PKG_VERSION")),
    };
    let content = object! {
        "copies" => copies,
        "backups" => backups_lying(workspace)?,
        "not_promised" => NOT_PROMISED.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>(),
        "record" => sanitisation(workspace, begun, summary, erased.len())?,
    };
    let id = workspace.entropy.id()?;
    let owed: Vec<Id> = summary.owed.iter().copied().collect();
    let audience = if owed.is_empty() { Audience::OwnDesk } else { Audience::Desks(owed) };
    workspace.act(crate::record::certificate::ISSUE, audience, None, |act, entropy| {
        act.change(certificate::new(id, &terms, &content, entropy.salt()?))?;
        // Each is named as the desk that it came from knows it.
        let mut names = BTreeSet::new();
        for record in erased {
            let name = act.records().get(*record)?.map_or(*record, |record| record.named());
            if names.insert(name) {
                act.change(certificate::of_record(name))?;
            }
        }
        Ok(())
    })?;
    Ok(id)
}

/// The record of sanitisation, in the terms of NIST SP 800-88r2: what was done and how, how that was verified, who did it, with what
/// and where, what was asked before, and what stays. It names no value, no title and no hash of a file.
fn sanitisation(workspace: &Workspace, begun: &Record, summary: &Summary, erased: usize) -> Result<Json, Error> {
    let said = workspace.content(begun)?.unwrap_or_else(|| object! {});
    let stated = |key: &str| said.get(key).and_then(Json::text).unwrap_or(NOT_STATED).to_owned();
    let person = begun.text("by").and_then(Person::parse);
    let roles = match person {
        Some(person) => crate::record::member::own(&workspace.records(), person)?,
        None => None,
    };
    let roles = roles.as_ref().map(crate::record::member::roles_of).unwrap_or_default();
    let title = roles.iter().map(|r| r.word()).collect::<Vec<_>>().join(", ");
    let mut rows = object! {};
    for (row, n) in &summary.rows {
        rows.set(row, *n);
    }
    let generation = begun.terms.get("generation").and_then(Json::int).unwrap_or(0);
    let is_case = begun.subject.map(|id| workspace.records().get(id)).transpose()?.flatten();
    let trigger = match (is_case.map(|r| r.kind), begun.terms.get("stays").is_some()) {
        (Some(Kind::Case), _) => "a case, with a reason",
        (Some(Kind::Disposal), _) => "a disposal list, confirmed by two people",
        (Some(Kind::Item | Kind::Request | Kind::Exercise), _) => "one record, with a reason",
        _ => "what fell due",
    };
    let withheld = begun.terms.get(purge::WITHHELD).cloned().unwrap_or_else(|| Json::Arr(Vec::new()));
    Ok(object! {
        "standard" => "NIST SP 800-88r2",
        "method" => "Purge",
        "technique" => "cryptographic erase: the key of the database was destroyed; rows overwritten, search index purged, sealed files \
                        removed with their keys",
        "tool" => format!("comity {}", env!("CARGO_PKG_VERSION")),
        "medium" => "encrypted database and sealed files of one workspace",
        "device" => stated("device"),
        "place" => stated("place"),
        "verification" => format!("read back with every current key: {}, none with content", counted(erased, "record")),
        "validation" => "by the second person, who countersigns this certificate",
        "confidentiality_before" => summary.tier.map_or(NOT_STATED.to_owned(), |t| format!("tier {t}")),
        "confidentiality_after" => "none: no content is left",
        "rows" => rows,
        "trigger" => trigger,
        "legal_basis" => "the schedule's rows, or the reason of the purge, which is erased with the next one",
        "hold_check" => "the gate was asked of each record; no hold stood on what was erased",
        "contents" => summary.contents,
        "commitments" => format!("SHA-256 over the salted commitments in the log: {}", hex(&summary.commitments)),
        "keys" => format!("the database key of keyring generation {generation} and of every one before"),
        "exceptions" => withheld,
        "stays" => begun.terms.get("stays").and_then(Json::int).unwrap_or(0),
        "performed" => object! {
            "name" => person.map(|p| workspace.name_of(p)).transpose()?.unwrap_or_default(),
            "title" => title,
            "contact" => stated("contact"),
            "at" => begun.text("at").unwrap_or_default(),
        },
        "scope" => "this workspace; other copies are named above, each with what is known of it",
    })
}

/// What stands where nobody stated anything.
const NOT_STATED: &str = "not stated";

fn hex(hash: &Sha256) -> String {
    Digest::from_bytes(hash.clone().finalize().into()).to_string()
}

/// The backups that hold what was erased: their files may lie somewhere, and the purge does not reach into them.
fn backups_lying(workspace: &Workspace) -> Result<Vec<Json>, Error> {
    let lying = backup::lying(&workspace.records())?;
    let one = |record: &Record| {
        let file = workspace.text_of(record, "file")?;
        Ok(object! {
            "id" => record.id.to_string(), "file" => file, "made" => record.text("at").unwrap_or_default(),
            "until" => record.text("until").unwrap_or_default(),
        })
    };
    lying.iter().map(one).collect()
}

/// What no program can promise; it stands on every certificate.
const NOT_PROMISED: &[&str] = &[
    "images, snapshots and backups of the disk taken before the purge, with the keyring of their time",
    "remnants of an old keyring in flash memory",
    "copies that partners hold, until their own certificates arrive",
];

/// A certificate as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateRow {
    /// The record.
    pub id: Id,
    /// The desk that issued it.
    pub desk: String,
    /// Issued or countersigned.
    pub state: State,
    /// When.
    #[serde(serialize_with = "or_empty")]
    pub issued: Option<Timestamp>,
    /// How many records of each kind.
    pub counts: Option<BTreeMap<String, i64>>,
    /// What was done.
    pub method: String,
    /// How it was verified.
    pub verification: String,
    /// The program.
    pub tool: String,
    /// The generation of the keyring that was destroyed.
    pub generation: i64,
    /// Who performed it.
    pub performed_by: String,
    /// Who verified it.
    pub countersigned_by: Option<String>,
    /// Partners who still hold copies.
    pub copies: serde_json::Value,
    /// Backups from before.
    pub backups: serde_json::Value,
    /// What is not promised.
    pub not_promised: serde_json::Value,
    /// The record of sanitisation, in the terms of NIST SP 800-88r2.
    pub record: serde_json::Value,
    /// When another person validated it.
    pub validated: Option<Timestamp>,
}

/// Every certificate: of this desk, and of partners.
pub fn certificate_rows(workspace: &Workspace) -> Result<Vec<CertificateRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Certificate))?;
    all.iter().map(|record| certificate_row(workspace, record)).collect()
}

/// A certificate as it is shown.
pub fn certificate_row(workspace: &Workspace, r: &Record) -> Result<CertificateRow, Error> {
    let name = |key: Option<&str>| key.and_then(Person::parse).map(|p| workspace.name_of(p)).transpose();
    let content = workspace.content(r)?.unwrap_or_else(|| object! {});
    let part = |key: &str| content.get(key).map_or(serde_json::Value::Null, crate::command::gate::to_serde);
    let text = |key: &str| r.text(key).unwrap_or_default().to_owned();
    Ok(CertificateRow {
        id: r.id,
        desk: workspace.code_of(r.desk)?,
        state: r.state,
        issued: r.instant("issued"),
        counts: r
            .terms
            .get("counts")
            .and_then(Json::members)
            .map(|all| all.iter().filter_map(|(kind, n)| Some((kind.to_string(), n.int()?))).collect()),
        method: text("method"),
        verification: text("verification"),
        tool: text("tool"),
        generation: r.terms.get("generation").and_then(Json::int).unwrap_or(0),
        performed_by: name(r.text("performed_by"))?.unwrap_or_default(),
        countersigned_by: name(r.text("countersigned_by"))?,
        copies: part("copies"),
        backups: part("backups"),
        not_promised: part("not_promised"),
        record: part("record"),
        validated: r.instant("validated"),
    })
}

fn certificates(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    if let Some(typed) = args.maybe("countersign") {
        let record = workspace.find_record(typed, &[Kind::Certificate])?;
        // It goes to whoever the certificate went to.
        let to = record.list("to", Id::parse);
        let audience = if to.is_empty() { Audience::OwnDesk } else { Audience::Desks(to) };
        let id = workspace.act_alone(crate::record::certificate::COUNTERSIGN, audience, |_, _| {
            Ok(certificate::countersigned(record.id))
        })?;
        return Ok(Output::made(id, "Countersigned."));
    }
    let columns = &[
        ("id", "ID"),
        ("desk", "DESK"),
        ("state", "STATE"),
        ("issued", "ISSUED"),
        ("counts", "RECORDS"),
        ("performed_by", "BY"),
    ];
    Ok(Output::list(&certificate_rows(workspace)?, columns).of(Kind::Certificate))
}
