//! Bundles out: previewed with the gate's word for each act, made, kept in the outbox, written to where they are carried.

use crate::record::kind::{ChangeKind, Kind, StateTone};
use crate::record::kind_def;
use std::collections::HashSet;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::act::change::Line;
use crate::act::checkpoint::Checkpoint;
use crate::act::note;
use crate::act::part::Head;
use crate::act::tree::{self, Nodes as _, leaf_hash};
use crate::bundle::manifest::{Cosigned, Growth, MOST_PARTS, Manifest, OldLog, Receipt};
use crate::bundle::pack::{self, Source};
use crate::command::bundle::set_back;
use crate::command::definition::{
    self, Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::command::json::{as_text, or_empty};
use crate::gate::cleared::{self, Cleared, Parcel, Waiting};
use crate::gate::verdict::Verdict;
use crate::host::file;
use crate::law::rule::RuleId;
use crate::record::bundle::{self, Departure};
use crate::record::definition::ApplyError;
use crate::record::store::{FollowingChange, Query, Record, RecordStore, local_id};
use crate::record::{certificate, desk, disclosure, item, partner, stream};
use crate::seal::age_file::{Recipient, Sealing};
use crate::store::read::{self, StoredAct};
use crate::store::records::SqlRecordStore;
use crate::store::{connection, log, tree::SqlTree};
use crate::value::class::{Tier, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Marking;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::keyring::KeySet;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "bundle",
        name: "preview",
        about: "Show what would leave to a partner now, and what would stay, and why",
        args: &[Arg::new("to", ArgKind::Partner, "the partner").required()],
        writes: None,
        run: Handler::Reads(show_preview),
    },
    Command {
        noun: "bundle",
        name: "export",
        about: "Make a bundle of everything that waits for a partner",
        args: &[
            Arg::new("to", ArgKind::Partner, "the partner").required(),
            Arg::new("out", ArgKind::ToWrite, "the file to write").required(),
            FORCE,
            Arg::new("again", ArgKind::Number, "the number of a bundle to write once more, as it was"),
        ],
        writes: Some(Writes {
            act: crate::record::bundle::EXPORT,
            weight: Weight::Signs,
            needs: Needs::OneOf(const { &[partner::State::Pinned.any(), partner::State::Suspended.any()] }),
            rehearsable: false,
            preview: definition::Preview::By("bundle preview"),
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[Key::Sign],
        }),
        run: Handler::Writes(export),
    },
    Command {
        noun: "bundle",
        name: "history",
        about: "List the bundles, in and out",
        args: &[],
        writes: None,
        run: Handler::Reads(history),
    },
];

words! {
    /// Whether an act leaves.
    Leaves {
        /// All of it.
        Yes = "YES",
        /// Without some of its items.
        Part = "PART",
        /// It stays.
        No = "NO",
    }
}

/// An act that waits for a partner, and what the gate says of it.
#[derive(Clone, Debug, Serialize)]
pub struct WaitingRow {
    /// The record that it is about.
    pub record: Id,
    /// What it is: the kind of its first change.
    pub kind: ChangeKind,
    /// Whether it leaves.
    pub leaves: Leaves,
    /// How many items go.
    pub items: usize,
    /// How many items stay.
    pub stays: usize,
    /// The highest tier among the items.
    pub tier: Option<Tier>,
    /// Which rules say no.
    pub refused_by: Vec<RuleId>,
    /// Why.
    pub why: String,
}

/// What would leave to a partner.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// To whom.
    pub to: String,
    /// The number that the bundle would have.
    pub sequence: u64,
    /// Its acts.
    pub acts: Vec<WaitingRow>,
    /// Whether a receipt is owed.
    pub owes_receipt: bool,
    /// The effective marking of the items that would leave: the most restrictive of each; none where none would.
    #[serde(serialize_with = "as_text")]
    pub marking: Option<Marking>,
}

impl Preview {
    /// How many of its acts leave, leave in part, or stay.
    pub fn count(&self, leaves: Leaves) -> usize {
        self.acts.iter().filter(|a| a.leaves == leaves).count()
    }
}

struct Gathered {
    cleared: Vec<(Cleared<Parcel>, Digest)>,
    rows: Vec<WaitingRow>,
    more: bool,
}

/// Puts every act that waits for a partner to the gate, with the facts of now.
///
/// Acts of more than `most` changes are passed over where only a glance is wanted.
fn gather(
    workspace: &Workspace,
    records: &dyn RecordStore,
    to: &Record,
    most: u64,
    job: &mut Job,
) -> Result<Gathered, Error> {
    let positions = read::waiting(&workspace.db, to.id)?;
    let mut gathered = Gathered { cleared: Vec::new(), rows: Vec::new(), more: false };
    let mut held_back: HashSet<Id> = HashSet::new();
    for (n, position) in positions.iter().enumerate() {
        job.at("asking the gate", n as u64, Some(positions.len() as u64))?;
        if gathered.cleared.len() + 1 >= MOST_PARTS {
            gathered.more = true;
            break;
        }
        let Some(act) = read::act(&workspace.db, *position)? else { continue };
        if act.changes > most {
            continue;
        }
        let header = act.read_header()?;
        let (lead, copies) = first_and_copies(workspace, records, &act)?;
        let Some((kind, record, terms)) = lead else { continue };
        let waiting = Waiting { position: *position, header: &header, kind, record, terms: &terms, copies };
        let count = waiting.copies.len();
        let tier = highest_tier(workspace, &waiting.copies)?;
        let row = |leaves, stays: usize, verdict: Option<&Verdict>| WaitingRow {
            record,
            kind,
            leaves,
            items: count - stays,
            stays,
            tier,
            refused_by: verdict.map(Verdict::refused_by).unwrap_or_default(),
            why: verdict.map(Verdict::refusal).unwrap_or_default(),
        };
        // What was done to a record later would not be understood before what was done to it first.
        if held_back.contains(&record) {
            let why = "an earlier act on the same record stays".to_owned();
            gathered.rows.push(WaitingRow { why, ..row(Leaves::No, count, None) });
            continue;
        }
        let asked = cleared::clear_act(records, to.id, workspace.now(), &waiting).map_err(|fault| match fault {
            ApplyError::Store(fault) => Error::from(ApplyError::Store(fault)),
            _ => not_as_signed(*position),
        })?;
        match asked {
            Err(verdict) => {
                held_back.insert(record);
                gathered.rows.push(row(Leaves::No, count, Some(&verdict)));
            }
            Ok(parcel) => {
                let stays = &parcel.value().stays;
                gathered.rows.push(row(
                    if stays.is_empty() { Leaves::Yes } else { Leaves::Part },
                    stays.len(),
                    stays.first().map(|(_, v)| v),
                ));
                gathered.cleared.push((parcel, act.id));
            }
        }
    }
    Ok(gathered)
}

type FirstChange = Option<(ChangeKind, Id, Json)>;

/// The first change of an act, and the items whose copies it carries.
fn first_and_copies(
    workspace: &Workspace,
    records: &dyn RecordStore,
    act: &StoredAct,
) -> Result<(FirstChange, Vec<FollowingChange>), Error> {
    let (mut first_change, mut copies) = (None, Vec::new());
    let first = |c: &crate::act::change::Change| -> FirstChange {
        Some((crate::record::change(&c.kind)?.kind, c.record, c.read_terms().ok()?))
    };
    // Only disclosures are read further than their first change.
    let head = StoredAct { changes: 1, ..act.clone() };
    read::changes::<Error>(&workspace.db, &head, |stored| {
        if let Line::Change(c) = &stored.line {
            first_change = first(c);
        }
        Ok(())
    })?;
    if first_change.as_ref().is_some_and(|(kind, ..)| disclosure::LEAVES.contains(kind)) {
        copies = records.following(crate::record::store::ChangeRow(act.first_row), item::COPY)?;
    }
    Ok((first_change, copies))
}

fn highest_tier(workspace: &Workspace, items: &[FollowingChange]) -> Result<Option<Tier>, Error> {
    // A glance is enough for a preview: acts of many items are of one tier.
    let records = workspace.records();
    let mut highest = None;
    for item in items.iter().take(64) {
        highest = highest.max(records.of_following(item)?.and_then(|r| r.tier));
    }
    Ok(highest)
}

/// What would leave to a partner now.
pub fn preview(workspace: &Workspace, to: &Record, job: &mut Job) -> Result<Preview, Error> {
    let stream = stream::with(&workspace.records(), workspace.meta.desk, to.id)?;
    let gathered = gather(workspace, &workspace.records(), to, u64::MAX, job)?;
    Ok(Preview {
        to: to.key.clone().unwrap_or_default(),
        sequence: stream::sent(&stream).map_or(1, |(n, _)| n + 1),
        marking: marking(&gathered),
        acts: gathered.rows,
        owes_receipt: stream::owes_receipt(&stream),
    })
}

/// The effective marking of the items that leave.
fn marking(gathered: &Gathered) -> Option<Marking> {
    gathered.cleared.iter().filter_map(|(parcel, _)| parcel.value().marking.clone()).reduce(|a, b| a.and(&b))
}

/// Acts that wait for a partner and may not leave now, among those that are quickly looked at.
pub fn stops(workspace: &Workspace, to: &Record, job: &mut Job) -> Result<Vec<WaitingRow>, Error> {
    const GLANCE: u64 = 200;
    let mut rows = gather(workspace, &workspace.records(), to, GLANCE, job)?.rows;
    rows.retain(|r| r.leaves == Leaves::No);
    Ok(rows)
}

/// Refuses a partner that works without comity: nobody there could open a bundle.
fn takes_bundles(to: &Record) -> Result<(), Error> {
    if !partner::is_without_card(to) {
        return Ok(());
    }
    let what = format!("{} works without comity, and takes no bundles", to.key.as_deref().unwrap_or("the partner"));
    Err(Error::not_allowed(what).hint("write a file for it with `comity item export`, or a letter"))
}

fn show_preview(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let to = workspace.partner(args.need("to")?)?;
    takes_bundles(&to)?;
    let preview = preview(workspace, &to, job)?;
    let count = |leaves| preview.count(leaves);
    let mut text = vec![format!(
        "Bundle {} to {}: LEAVES {}  PART {}  STAYS {}",
        preview.sequence,
        preview.to,
        count(Leaves::Yes),
        count(Leaves::Part),
        count(Leaves::No)
    )];
    for act in &preview.acts {
        let items = if act.items + act.stays > 0 { counted(act.items, "item") } else { String::new() };
        text.push(format!("{:4} {:20} {:12} {}", act.leaves, act.kind, items, act.why));
    }
    if let Some(marking) = &preview.marking {
        text.push(format!("Effective marking of what leaves: {marking}"));
    }
    if preview.owes_receipt {
        text.push("YES  receipt".to_owned());
    }
    Ok(Output { text: Some(text.join("\n")), ..Output::thing(&preview) })
}

/// The name of a bundle's file in the outbox.
fn outbox_file(workspace: &Workspace, to: Id, sequence: u64) -> PathBuf {
    workspace.folder().join("outbox").join(format!("{to}-{sequence}.{}", workspace.meta.realm.ending()))
}

/// Files in the outbox of bundles that carried any of the acts at these positions.
pub fn outbox_files_with(workspace: &Workspace, positions: &[i64]) -> Result<Vec<PathBuf>, Error> {
    let mut acts = Vec::new();
    for position in positions {
        acts.extend(read::act(&workspace.db, *position)?.map(|a| a.id.to_string()));
    }
    let mut files = Vec::new();
    if acts.is_empty() {
        return Ok(files);
    }
    for record in workspace.records().find(&Query::state(crate::record::bundle::State::Sent))? {
        let changes = read::changes_of(&workspace.db, record.id)?;
        let carries = changes.iter().any(|c| match &c.line {
            Line::Change(c) => c.read_terms().is_ok_and(|t| {
                t.get("acts")
                    .and_then(Json::items)
                    .unwrap_or_default()
                    .iter()
                    .any(|a| a.text().is_some_and(|a| acts.iter().any(|x| x == a)))
            }),
            Line::Withheld(_) => false,
        });
        if let (true, Some(to), Some(n)) = (carries, record.partner, record.key.as_ref().and_then(|k| k.parse().ok())) {
            files.push(outbox_file(workspace, to, n));
        }
    }
    Ok(files)
}

/// Writes acts for one partner out of the log: what must stay is left out, and what is for others too.
struct ActSource<'a> {
    workspace: &'a Workspace,
    records: &'a SqlRecordStore<'a>,
    to: Id,
    /// The checkpoint that the acts are shown to be under.
    checkpoint: Checkpoint,
    /// The logs before this one: their acts are shown to be under the ends of those.
    former: Vec<OldLog>,
    /// Why an act could not be written.
    fault: Option<Error>,
}

fn not_as_signed(position: i64) -> Error {
    let what = format!("act {position} is not as it was signed: somebody has changed the database");
    Error::new(ErrorKind::Integrity, what, "nothing was sent; run `comity audit verify`")
}

impl Source for ActSource<'_> {
    fn write_act(&mut self, parcel: &Parcel, out: &mut dyn Write) -> io::Result<()> {
        self.write(parcel, out).map_err(|fault| {
            let what = fault.what.clone();
            self.fault = Some(fault);
            io::Error::other(what)
        })
    }
}

impl ActSource<'_> {
    fn write(&self, parcel: &Parcel, out: &mut dyn Write) -> Result<(), Error> {
        let workspace = self.workspace;
        let missing =
            || Error::new(ErrorKind::Integrity, "an act is missing from the log", "run `comity audit verify`");
        let act = read::act(&workspace.db, parcel.position)?.ok_or_else(missing)?;
        let nodes = SqlTree::new(&workspace.db, act.replica);
        let old = self.former.iter().find(|old| old.replica == act.replica);
        let (size, root) = old.map_or((self.checkpoint.size, self.checkpoint.root), |old| (old.size, old.root));
        let head = Head {
            index: act.sequence,
            header: act.header.clone(),
            signature: act.signature.clone(),
            changes: act.changes,
            proof: tree::inclusion(&nodes, act.sequence, size)?,
        };
        let leaf = leaf_hash(&act.header);
        let is_for_them = act.read_header().is_ok_and(|header| header.audience.names(self.to));
        if !is_for_them || !tree::verify_inclusion(leaf, act.sequence, size, &head.proof, root) {
            return Err(not_as_signed(parcel.position));
        }
        head.write(out)?;
        let mut line = Vec::new();
        let stays: HashSet<Id> = parcel.stays.iter().map(|(id, _)| *id).collect();
        read::signed_changes::<Error>(&workspace.db, &act, |stored| {
            let line_out = match stored.line {
                Line::Change(c)
                    if item::COPY.is(&c.kind)
                        && (stays.contains(&c.record) || stays.contains(&local_id(self.to, c.record))) =>
                {
                    Line::Withheld(c.leaf())
                }
                // A certificate tells each partner only of what came from it.
                Line::Change(c)
                    if certificate::CERTIFIED.is(&c.kind)
                        && self
                            .records
                            .get(c.record)?
                            .and_then(|r| kind_def(r.kind).came_from(&r, workspace.meta.desk))
                            != Some(self.to) =>
                {
                    Line::Withheld(c.leaf())
                }
                Line::Change(c) if certificate::ISSUE.is(&c.kind) => Line::Change(c.without_content()),
                other => other,
            };
            line.clear();
            line_out.write(&mut line);
            line.push(b'\n');
            out.write_all(&line)?;
            Ok(())
        })
    }
}

/// The own checkpoint, signed. Every act since `from` is read back and compared with the tree first: what is signed is
/// what is stored.
pub fn signed_checkpoint(workspace: &Workspace, from: u64) -> Result<(Checkpoint, String), Error> {
    checkpoint_signed_with(workspace, from, keys_for(workspace, None)?)
}

/// The desk's keys of a number; without one the newest that it has stated.
pub fn keys_for(workspace: &Workspace, number: Option<u64>) -> Result<&KeySet, Error> {
    let stated = desk::number_of(&workspace.own_record()?);
    let number = usize::try_from(number.unwrap_or(stated).min(stated)).unwrap_or(usize::MAX);
    workspace.keyring.numbered(number).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "a key of the desk is not in its keyring", "restore the keyring from a backup")
    })
}

fn checkpoint_signed_with(workspace: &Workspace, from: u64, keys: &KeySet) -> Result<(Checkpoint, String), Error> {
    let checkpoint = log::checkpoint(&workspace.db, &workspace.meta)?;
    let nodes = SqlTree::new(&workspace.db, workspace.meta.replica);
    for index in from..checkpoint.size {
        let id = read::act_at(&workspace.db, workspace.meta.desk, workspace.meta.replica, index)?;
        let position = id.map(|id| read::position_of(&workspace.db, &id)).transpose()?.flatten();
        let act = position.map(|p| read::act(&workspace.db, p)).transpose()?.flatten();
        if act.map(|a| leaf_hash(&a.header)) != Some(nodes.node(0, index)?) {
            let what = format!("act {index} of the log is not the one in its tree");
            return Err(Error::new(ErrorKind::Integrity, what, "no checkpoint is signed; run `comity audit verify`"));
        }
    }
    let text = checkpoint.text();
    let line = note::sign(&text, &checkpoint.origin, &keys.log);
    Ok((checkpoint, note::Note { text, signatures: vec![line] }.to_string()))
}

/// What an export came to.
#[derive(Clone, Debug, Serialize)]
pub struct Exported {
    /// To whom.
    pub to: String,
    /// The bundle's number; none where there was nothing to send.
    pub sequence: Option<u64>,
    /// How many acts it carries.
    pub acts: usize,
    /// How many acts stay, since the gate refuses them now.
    pub stays: usize,
    /// Its size, in bytes.
    pub bytes: u64,
    /// The effective marking of its items; none where it holds none.
    #[serde(serialize_with = "as_text")]
    pub marking: Option<Marking>,
}

/// Makes the next bundle for a partner in the outbox, and notes it in the log.
pub fn make(workspace: &mut Workspace, to: &Record, job: &mut Job) -> Result<(Exported, Option<PathBuf>), Error> {
    let code = to.key.clone().unwrap_or_default();
    let now = workspace.may_sign(bundle::EXPORT)?;
    let (realm, me) = (&workspace.meta.realm, workspace.person());
    if let Err(verdict) = cleared::clear_bundle(&workspace.trusted_records()?, realm, now, me, to.id, ())? {
        return Err(Error::refused(verdict, None));
    }
    crate::command::disclosure::take_back_unvalidated(workspace, to.id)?;
    crate::command::taskforce::pass_on(workspace, None, false)?;
    // What is put to the gate, measured and written is one state of the workspace.
    let reading = connection::snapshot(&workspace.db)?;
    let records = workspace.trusted_records()?;
    let gathered = gather(workspace, &records, to, u64::MAX, job)?;
    let stream = stream::with(&records, workspace.meta.desk, to.id)?;
    let stays = gathered.rows.iter().filter(|r| r.leaves == Leaves::No).count();
    if gathered.cleared.is_empty() && !stream::owes_receipt(&stream) {
        return Ok((Exported { to: code, sequence: None, acts: 0, stays, bytes: 0, marking: None }, None));
    }
    let (sequence, previous) = stream::sent(&stream).map_or((1, None), |(n, m)| (n + 1, Some(m)));
    let continues = set_back::former_logs(workspace, &records)?;
    let before = stream::told(&stream);
    let since = before.filter(|(replica, _)| *replica == workspace.meta.replica).map_or(0, |(_, size)| size);
    // A partner checks with the keys that it knows: those that it seals to. Of one that has never sent anything nothing is known.
    let heard = stream::received(&stream).map(|_| stream::keys_known(&stream).unwrap_or(0));
    let keys = keys_for(workspace, heard)?;
    let (checkpoint, note) = checkpoint_signed_with(workspace, since, keys)?;
    let growth = match before {
        Some((replica, from)) => {
            // Of a log that went on as another replica, it is shown how it grew until it ended.
            let end = continues.iter().find(|old| old.replica == replica).map_or(checkpoint.size, |old| old.size);
            let nodes = SqlTree::new(&workspace.db, replica);
            Some(Growth { from, proof: tree::consistency(&nodes, from, end)? })
        }
        None => None,
    };
    let cosigned = stream::seen(&stream).and_then(|seen| {
        let line = stream.terms.get("seen")?.get("cosignature")?.text()?.to_owned();
        Some(Cosigned { size: seen.size, root: seen.root, line })
    });
    let received = stream::received(&stream);
    let marking = marking(&gathered);
    let (parcels, acts): (Vec<_>, Vec<_>) = gathered.cleared.into_iter().unzip();
    job.at("measuring", 0, None)?;
    let log_size = checkpoint.size;
    let mut source =
        ActSource { workspace, records: &records, to: to.id, checkpoint, former: continues.clone(), fault: None };
    let measured = pack::measure(to.id, &parcels, &mut source, None);
    let measured = measured.map_err(|fault| source.fault.take().unwrap_or_else(|| fault.into()))?;
    let manifest = Manifest {
        realm: workspace.meta.realm.clone(),
        from: workspace.meta.desk,
        replica: workspace.meta.replica,
        to: to.id,
        sequence,
        previous,
        made: now,
        by: workspace.person(),
        acknowledges: received.map(|(sequence, manifest)| Receipt { sequence, manifest }),
        continues,
        checkpoint: note,
        growth,
        cosigned,
        parts: measured.parts.clone(),
        volumes: measured.volumes.clone(),
    }
    .to_bytes();
    let namespace = workspace.meta.realm.namespace("bundle");
    let signatures = [keys.bundle.sign(&namespace, &manifest)?, workspace.me.signer.sign(&namespace, &manifest)?];
    let recipient = Recipient::parse(&partner::keys(&records, to.id)?.age).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "the partner's age key is damaged", "run `comity audit verify`")
    })?;
    let kept = outbox_file(workspace, to.id, sequence);
    let pending = file::Pending::begin(&kept)?;
    let mut sealing = Sealing::to(&[recipient], BufWriter::with_capacity(256 * 1024, pending))?;
    job.at("writing", 0, None)?;
    let [of_desk, of_member] = &signatures;
    let emitted = pack::emit(&manifest, [of_desk, of_member], &measured, 0, &parcels, &mut source, &mut sealing);
    emitted.map_err(|fault| source.fault.take().unwrap_or_else(|| fault.into()))?;
    let pending = sealing.finish()?.into_inner().map_err(|e| Error::from(e.into_error()))?;
    job.at("writing", 1, Some(1))?;
    pending.finish()?;
    let bytes = std::path::Path::new(&kept).metadata().map_or(0, |m| m.len());
    let departure = Departure {
        to: to.id,
        sequence,
        manifest: Manifest::digest(&manifest),
        acts: acts.clone(),
        acknowledges: received.map(|(n, _)| n),
        size: log_size,
    };
    drop(records);
    drop(reading);
    let id = workspace.entropy.id()?;
    let noted = workspace.act_alone(crate::record::bundle::EXPORT, crate::act::header::Audience::OwnDesk, |_, _| {
        Ok(departure.change(id))
    });
    if let Err(failure) = noted {
        file::remove(&kept)?;
        return Err(failure);
    }
    Ok((Exported { to: code, sequence: Some(sequence), acts: acts.len(), stays, bytes, marking }, Some(kept)))
}

fn export(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let to = workspace.partner(args.need("to")?)?;
    takes_bundles(&to)?;
    let out = Destination::of(args, "out")?;
    if let Some(n) = args.number("again")? {
        return again(workspace, &to, n, &out);
    }
    let (exported, kept) = make(workspace, &to, job)?;
    let stay = if exported.stays > 0 {
        format!(" What stays: {}; `bundle preview` says why.", counted(exported.stays, "act"))
    } else {
        String::new()
    };
    let Some((kept, sequence)) = kept.zip(exported.sequence) else {
        return Ok(Output::thing(&exported)
            .with_message(format!("Nothing to send to {}: nothing was written.{stay}", exported.to)));
    };
    deliver(&kept, &out, sequence)?;
    let marking = exported.marking.as_ref().map(|m| format!(" Effective marking {m}.")).unwrap_or_default();
    let said = format!(
        "Bundle {sequence} to {}: {}, {} bytes, in {}.{marking}{stay}",
        exported.to,
        counted(exported.acts, "act"),
        exported.bytes,
        out.shown()
    );
    Ok(Output::thing(&exported).with_message(said))
}

/// Copies a bundle from the outbox to where it is carried. The bundle is made and kept whatever the medium does.
fn deliver(kept: &Path, out: &Destination, sequence: u64) -> Result<(), Error> {
    out.copy(kept).map_err(|failure| {
        let hint = format!(
            "the bundle is made and kept: write it with `bundle export --again {sequence}` when the medium works"
        );
        failure.hint(hint)
    })
}

/// A bundle that was written once more.
#[derive(Serialize)]
struct WrittenAgain {
    to: String,
    sequence: u64,
}

fn again(workspace: &Workspace, to: &Record, sequence: i64, out: &Destination) -> Result<Output, Error> {
    let number = u64::try_from(sequence).unwrap_or(0);
    let code = to.key.clone().unwrap_or_default();
    if bundle::numbered(&workspace.records(), to.id, bundle::State::Sent, number)?.is_none() {
        return Err(Error::unknown(format!("no bundle {sequence} went to {code}")));
    }
    let kept = outbox_file(workspace, to.id, number);
    if kept.symlink_metadata().is_err() {
        let what =
            format!("bundle {sequence} to {code} is not in the outbox any more: something in it was erased since");
        return Err(Error::new(ErrorKind::Refused, what, "what was not erased can be shared again"));
    }
    deliver(&kept, out, number)?;
    let said = format!("Bundle {sequence} to {code}, as it was.");
    Ok(Output::thing(&WrittenAgain { to: code, sequence: number }).with_message(said))
}

words! {
    /// How far a bundle has come.
    BundleStatus {
        /// It went out.
        Sent = "sent",
        /// The partner has it.
        Acknowledged = "acknowledged",
        /// It came in.
        Received = "received",
    }
}

impl BundleStatus {
    /// How it is seen at a glance.
    pub const fn mood(self) -> StateTone {
        match self {
            Self::Sent => StateTone::Neutral,
            Self::Acknowledged | Self::Received => StateTone::Good,
        }
    }
}

/// A bundle as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryRow {
    /// The sender.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// Its number.
    pub sequence: u64,
    /// How far it has come.
    pub state: BundleStatus,
    /// When.
    #[serde(serialize_with = "or_empty")]
    pub at: Option<Timestamp>,
    /// How many acts it carries.
    pub acts: i64,
    /// The digest of its manifest.
    #[serde(serialize_with = "or_empty")]
    pub manifest: Option<Digest>,
}

/// Every bundle, in and out, the newest last.
pub fn history_rows(workspace: &Workspace) -> Result<Vec<HistoryRow>, Error> {
    let me = workspace.code_of(workspace.meta.desk)?;
    let mut rows = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Bundle))? {
        let other = record.partner.map(|p| workspace.code_of(p)).transpose()?.unwrap_or_default();
        let sequence = record.terms.get("sequence").and_then(Json::int).unwrap_or(0);
        let known = match record.partner {
            Some(p) => stream::with(&workspace.records(), workspace.meta.desk, p)?
                .terms
                .get("acknowledged")
                .and_then(Json::int)
                .unwrap_or(0),
            None => 0,
        };
        let out = record.is(bundle::State::Sent);
        let state = match out {
            true if sequence <= known => BundleStatus::Acknowledged,
            true => BundleStatus::Sent,
            false => BundleStatus::Received,
        };
        let (from, to) = if out { (me.clone(), other) } else { (other, me.clone()) };
        rows.push(HistoryRow {
            from,
            to,
            sequence: sequence as u64,
            state,
            at: record.instant("at"),
            acts: record.terms.get("acts").and_then(Json::int).unwrap_or(0),
            manifest: record.text("manifest").and_then(Digest::parse),
        });
    }
    Ok(rows)
}

fn history(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns =
        &[("from", "FROM"), ("to", "TO"), ("sequence", "NO."), ("state", "STATE"), ("acts", "ACTS"), ("at", "AT")];
    Ok(Output::list(&history_rows(workspace)?, columns))
}
