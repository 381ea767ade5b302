//! Erasure: the gate's word, the purge, the read-back, and only then the certificate.
//!
//! A purge is an act; what it names is erased with it, in one transaction. Then files go, the write-ahead log is cut, the
//! database gets a new key, and what was purged is looked for. Whatever is interrupted is finished by asking again: a
//! purge that has begun is certified before another begins.

use crate::record::definition::Content;
use crate::record::kind::{Kind, State};
use crate::record::{KINDS, kind_def};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::PathBuf;

use serde::Serialize;

use crate::act::header::Audience;
use crate::command::bundle::quarantine::{drop_all, waiting};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::json::or_empty;
use crate::command::retention::scope;
use crate::gate::from_records::{carried_items, purge_facts};
use crate::gate::verdict::Verdict;
use crate::object;
use crate::record::certificate::{self, Terms};
use crate::record::store::{ChangeRow, DutyState, Query, Record, RecordStore};
use crate::record::{backup, hold, order, purge};
use crate::store::{connection, read};
use crate::value::class::DeleteCause;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
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
            Arg::new("item", ArgKind::Record(&[Kind::Item, Kind::Request]), "only this item"),
            Arg::new("case", ArgKind::Record(&[Kind::Case]), "only this case, with everything in it"),
            Arg::new("because", ArgKind::Body, "why, where it is not due yet"),
            Arg::new("dry-run", ArgKind::Flag, "only say what would go"),
        ],
        writes: Some(Writes {
            act: purge::PURGE,
            weight: Weight::Destroys,
            needs: Needs::NotPurged,
            rehearsable: false,
            preview: Preview::DryRun,
            undo: Undo::Never("what is erased or revoked does not come back"),
            alone: true,
            keys: &[Key::Destroy],
        }),
        run: Handler::Writes(run),
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
            let about = match def.content {
                Content::WithSubject => record.subject.into_iter().collect(),
                _ => carried_items(&records, &record)?,
            };
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
fn ask(
    records: &dyn RecordStore,
    now: Timestamp,
    me: Person,
    id: Id,
    reasoned: bool,
) -> Result<Option<(Json, Verdict)>, Error> {
    let Some(record) = records.get(id)? else { return Ok(None) };
    let facts = purge_facts(records, now, me, &record, reasoned)?;
    Ok(Some((facts.to_json(), facts.judge())))
}

/// Everything that is due to be deleted now, and how much of it stays because a hold stands.
fn due(workspace: &Workspace) -> Result<(Vec<Target>, usize), Error> {
    let mut all = workspace.records().find(&Query { due_by: Some(workspace.now()), ..Query::kind(Kind::Item) })?;
    let requests = workspace.records().find(&Query { due_by: Some(workspace.now()), ..Query::kind(Kind::Request) })?;
    all.extend(requests.into_iter().filter(|r| r.terms.get("ordered").is_some()));
    all.retain(|r| !r.is_purged());
    let (count, records) = (all.len(), workspace.records());
    let mut goes = Vec::with_capacity(count);
    for record in all {
        if hold::on(&records, &record)?.iter().all(|h| hold::lifted_by(h).is_some()) {
            goes.push((record.id, record.kind));
        }
    }
    let held = count - goes.len();
    let erased = goes.iter().map(|(id, _)| *id).collect();
    let mut all = what_speaks_of(workspace, &erased, false)?;
    let reasons = reasons_left(workspace)?;
    all.extend(reasons.into_iter().filter(|(id, _)| !erased.contains(id)));
    let named: HashSet<Id> = all.iter().map(|(id, _)| *id).collect();
    all.extend(goes.into_iter().filter(|(id, _)| !named.contains(id)));
    Ok((all, held))
}

/// The certified purges whose reasons are still there, though what they erased is gone: the reason speaks of it.
fn reasons_left(workspace: &Workspace) -> Result<Vec<Target>, Error> {
    let records = workspace.records();
    let mut all = Vec::new();
    for purge in records.find(&Query::state(purge::State::Certified))? {
        let subject = purge.subject.map(|id| records.get(id)).transpose()?.flatten();
        if subject.is_some_and(|of| of.is_purged()) && read::any_content(&workspace.db, purge.id)? {
            all.push((purge.id, purge.kind));
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
    let named = scope(workspace, args)?;
    let because = args.body("because")?;
    let finished = if args.flag("dry-run") { None } else { finish_begun(workspace, job)? };
    // What is not listed would not be erased, and the certificate would say that it was.
    if let Some(case) = named.as_ref().filter(|scope| scope.kind == Kind::Case) {
        workspace.trusted_records()?.check_case(case.id)?;
    }
    let (targets, held) = match &named {
        Some(scope) => (targets(workspace, scope)?, 0),
        None => due(workspace)?,
    };
    let stays = if held == 0 { String::new() } else { format!(" {} due and held: it stays.", counted(held, "record")) };
    let items = targets.iter().filter(|(_, kind)| *kind == Kind::Item).count();
    if args.flag("dry-run") {
        for (n, (id, _)) in targets.iter().enumerate() {
            if n.is_multiple_of(1000) {
                job.at("asking the gate", n as u64, Some(targets.len() as u64))?;
            }
            let said = ask(&workspace.records(), workspace.now(), workspace.person(), *id, because.is_some())?;
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
    let scope_id = named.as_ref().map_or(workspace.meta.desk, |s| s.id);
    let (me, generation) = (workspace.person(), workspace.keyring.generation as i64);
    let count = targets.len();
    let ids: Vec<Id> = targets.iter().map(|(id, _)| *id).collect();
    let files = files_of(workspace, &ids)?;
    workspace.act(purge::PURGE, Audience::OwnDesk, None, |act, entropy| {
        let mut asked: Vec<Json> = Vec::new();
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut numbered = Vec::with_capacity(count);
        for (n, id) in ids.iter().enumerate() {
            if n.is_multiple_of(1000) {
                job.at("asking the gate", n as u64, Some(count as u64))?;
            }
            let Some((facts, verdict)) = ask(&act.records(), act.now(), me, *id, because.is_some())? else { continue };
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
        act.change(purge::new(id, scope_id, &asked, generation, because.as_deref(), entropy.salt()?))?;
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
    own_file::forget_all(workspace.folder())?;
    let waited = match waiting(workspace)?.len() {
        0 => String::new(),
        n => format!(" {} that waited for an earlier one dropped: ask the sender again.", counted(n, "bundle")),
    };
    let certificate = finish(workspace, id, job).map_err(|e| match e.kind {
        ErrorKind::Cancelled => e.hint("the content is erased; `comity retention purge` finishes it and certifies it"),
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

/// Files that hold sealed copies of what goes: bundles in the outbox that carried any of it.
fn files_of(workspace: &Workspace, ids: &[Id]) -> Result<Vec<PathBuf>, Error> {
    let mut carried = Vec::new();
    for id in ids {
        for (row, kind) in read::rows_of(&workspace.db, *id)? {
            if crate::record::change(&kind).is_some_and(|def| def.is_copy) {
                carried.extend(read::position_of_row(&workspace.db, row)?);
            }
        }
    }
    carried.sort_unstable();
    carried.dedup();
    crate::command::bundle::export::outbox_files_with(workspace, &carried)
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
    drop_all(workspace)?;
    job.at("rotating the key", 0, None)?;
    connection::truncate_wal(&workspace.db)?;
    // Where a run was killed after its rotation, another costs seconds and is sure.
    workspace.rotate_database_key()?;
    let erased = erased_by(workspace, &begun)?;
    let mut summary = Summary::default();
    let records = workspace.records();
    for (n, id) in erased.iter().enumerate() {
        if n.is_multiple_of(1000) {
            job.at("reading back", n as u64, Some(erased.len() as u64))?;
        }
        if read::any_content(&workspace.db, *id)? {
            let what = format!("the read-back found content of {id}");
            return Err(Error::new(ErrorKind::Integrity, what, "no certificate is issued; keep a copy, and report it"));
        }
        if let Some(record) = records.get(*id)? {
            summary.add(&record, workspace.meta.desk);
        }
    }
    order_partners(workspace, purge, &summary)?;
    certify(workspace, purge, &begun, &erased, &summary)
}

/// What a purge came to: how many records of each kind, which partners hold copies of which, to whom it is owed.
#[derive(Default)]
struct Summary {
    counts: BTreeMap<Kind, i64>,
    with: BTreeMap<Id, Vec<Id>>,
    owed: BTreeSet<Id>,
}

impl Summary {
    fn add(&mut self, record: &Record, home: Id) {
        *self.counts.entry(record.kind).or_default() += 1;
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
}

/// Every certificate: of this desk, and of partners.
pub fn certificate_rows(workspace: &Workspace) -> Result<Vec<CertificateRow>, Error> {
    let name = |key: Option<&str>| key.and_then(Person::parse).map(|p| workspace.name_of(p)).transpose();
    let row = |r: &Record| {
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
        })
    };
    workspace.records().find(&Query::kind(Kind::Certificate))?.iter().map(row).collect()
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
    Ok(Output::list(&certificate_rows(workspace)?, columns))
}
