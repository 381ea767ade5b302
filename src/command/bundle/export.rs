//! Bundles out: previewed with the gate's word for each act, made, and kept in the outbox. An emergency goes first, in a small bundle
//! of its own. Where they are written to is the outbox's to know.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::outbox::{self, OutputPlace};
use super::set_back;
use super::volumes;
use crate::act::change::Line;
use crate::act::checkpoint::Checkpoint;
use crate::act::note;
use crate::act::part::Head;
use crate::act::tree::{self, Nodes as _, leaf_hash};
use crate::bundle::manifest::{Cosigned, Growth, MOST_PARTS, Manifest, OldLog, Receipt};
use crate::bundle::pack::{self, Source};
use crate::command::definition::{
    self, Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::FORCE;
use crate::command::json::as_text;
use crate::gate::cleared::{self, Cleared, Parcel, Waiting};
use crate::gate::verdict::Verdict;
use crate::host::file;
use crate::law::rule::RuleId;
use crate::record::bundle::{self, Departure};
use crate::record::definition::{ApplyError, AudienceRule};
use crate::record::kind::ChangeKind;
use crate::record::store::{FollowingChange, Record, RecordStore, local_id};
use crate::record::{self, certificate, desk, disclosure, item, kind_def, partner, relay, stream};
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
        about: "Make a bundle of everything that waits for a partner; an emergency goes first, in one of its own",
        args: &[
            Arg::new("to", ArgKind::Partner, "the partner; several get a bundle each, in a folder")
                .required()
                .repeated(),
            Arg::new("out", ArgKind::ToWrite, "the file to write; a folder for several, - for standard output")
                .required(),
            FORCE,
            Arg::new("max-size", ArgKind::Line, "in volumes of at most that size, such as 700M; they go into a folder"),
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
    /// Whether it was narrowed down to an emergency.
    urgent: bool,
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
    let mut gathered = Gathered { cleared: Vec::new(), rows: Vec::new(), urgent: false };
    let mut held_back: HashSet<Id> = HashSet::new();
    for (n, position) in positions.iter().enumerate() {
        job.at("asking the gate", n as u64, Some(positions.len() as u64))?;
        if gathered.cleared.len() + 1 >= MOST_PARTS {
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
pub fn takes_bundles(to: &Record) -> Result<(), Error> {
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
    /// How many acts wait for the next bundle: an emergency went first.
    pub waits: usize,
    /// Whether it carries an emergency.
    pub emergency: bool,
    /// Its size, in bytes, in all of its volumes.
    pub bytes: u64,
    /// In how many volumes it is.
    pub volumes: usize,
    /// The effective marking of its items; none where it holds none.
    #[serde(serialize_with = "as_text")]
    pub marking: Option<Marking>,
}

/// Leaves an emergency alone where one waits, with what is needed to understand it; answers how many acts wait for the next bundle.
fn emergency_first(workspace: &Workspace, gathered: &mut Gathered) -> Result<usize, Error> {
    let records = workspace.records();
    let mut urgent = HashSet::new();
    let may_be = |r: &&WaitingRow| disclosure::LEAVES.contains(&r.kind) || r.kind == relay::HAND;
    for row in gathered.rows.iter().filter(|r| r.leaves != Leaves::No).filter(may_be) {
        if records.get(row.record)?.is_some_and(|r| disclosure::is_emergency(&r) || relay::is_urgent(&r)) {
            urgent.insert(row.record);
        }
    }
    if urgent.is_empty() {
        return Ok(0);
    }
    let leaving: Vec<(Id, ChangeKind)> =
        gathered.rows.iter().filter(|r| r.leaves != Leaves::No).map(|r| (r.record, r.kind)).collect();
    let before = gathered.cleared.len();
    let mut each = leaving.iter();
    // Who signed must be known where it arrives: what says so goes to every partner, and goes along.
    let goes = |(record, kind): &(Id, ChangeKind)| {
        let tells_who = record::change(kind.name()).is_some_and(|def| def.audience == AudienceRule::Partners);
        urgent.contains(record) || tells_who
    };
    gathered.cleared.retain(|_| each.next().is_some_and(goes));
    gathered.urgent = true;
    Ok(before - gathered.cleared.len())
}

/// Makes the next bundle for a partner in the outbox, in volumes of at most so many bytes, and notes it in the log.
pub fn make(
    workspace: &mut Workspace,
    to: &Record,
    most: Option<u64>,
    job: &mut Job,
) -> Result<(Exported, Vec<PathBuf>), Error> {
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
    let mut gathered = gather(workspace, &records, to, u64::MAX, job)?;
    let stream = stream::with(&records, workspace.meta.desk, to.id)?;
    let stays = gathered.rows.iter().filter(|r| r.leaves == Leaves::No).count();
    let waits = emergency_first(workspace, &mut gathered)?;
    let emergency = gathered.urgent;
    if gathered.cleared.is_empty() && !stream::owes_receipt(&stream) {
        let nothing = Exported {
            to: code,
            sequence: None,
            acts: 0,
            stays,
            waits,
            emergency,
            bytes: 0,
            volumes: 0,
            marking: None,
        };
        return Ok((nothing, Vec::new()));
    }
    let (sequence, previous) = stream::sent(&stream).map_or((1, None), |(n, m)| (n + 1, Some(m)));
    let continues = set_back::former_logs(workspace, &records)?;
    let before = stream::told(&stream);
    let since = before.filter(|(replica, _)| *replica == workspace.meta.replica).map_or(0, |(_, size)| size);
    // A partner checks with the keys that it knows: those that it seals to, and before it has sent anything those of the card that it got.
    let heard = stream::received(&stream).map(|_| stream::keys_known(&stream).unwrap_or(0));
    let keys = keys_for(workspace, Some(heard.unwrap_or_else(|| partner::our_keys_on_meeting(to))))?;
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
    let fault = |source: &mut ActSource<'_>, fault: io::Error| source.fault.take().unwrap_or_else(|| fault.into());
    let measured = pack::measure(to.id, &parcels, &mut source, None);
    let mut measured = measured.map_err(|e| fault(&mut source, e))?;
    let mut manifest = Manifest {
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
    };
    if let Some(most) = most {
        let slice = volumes::slice(&manifest, most)?;
        if manifest.volumes.iter().any(|v| v.bytes > slice) {
            let again = pack::measure(to.id, &parcels, &mut source, Some(slice));
            measured = again.map_err(|e| fault(&mut source, e))?;
            manifest.volumes = measured.volumes.clone();
        }
    }
    let manifest = manifest.to_bytes();
    let namespace = workspace.meta.realm.namespace("bundle");
    let signatures = [keys.bundle.sign(&namespace, &manifest)?, workspace.me.signer.sign(&namespace, &manifest)?];
    let recipient = Recipient::parse(&partner::keys(&records, to.id)?.age).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "the partner's age key is damaged", "run `comity audit verify`")
    })?;
    let count = measured.volumes.len();
    let (mut kept, mut bytes) = (Vec::new(), 0);
    for volume in 0..count {
        let path = outbox::file_of(workspace, to.id, sequence, (count > 1).then_some(volume as u64 + 1));
        let pending = file::Pending::begin(&path)?;
        let mut sealing = Sealing::to(std::slice::from_ref(&recipient), BufWriter::with_capacity(256 * 1024, pending))?;
        job.at("writing", volume as u64, Some(count as u64))?;
        let [of_desk, of_member] = &signatures;
        let emitted =
            pack::emit(&manifest, [of_desk, of_member], &measured, volume, &parcels, &mut source, &mut sealing);
        emitted.map_err(|e| fault(&mut source, e))?;
        let pending = sealing.finish()?.into_inner().map_err(|e| Error::from(e.into_error()))?;
        job.at("writing", volume as u64 + 1, Some(count as u64))?;
        pending.finish()?;
        let size = path.metadata().map_or(0, |m| m.len());
        bytes += size;
        kept.push(path);
        if most.is_some_and(|most| size > most) {
            outbox::forget(&kept)?;
            let what = "a volume is larger than was asked for";
            return Err(Error::new(ErrorKind::Internal, what, "please report it; nothing was sent"));
        }
    }
    let departure = Departure {
        to: to.id,
        sequence,
        manifest: Manifest::digest(&manifest),
        acts: acts.clone(),
        acknowledges: received.map(|(n, _)| n),
        size: log_size,
        volumes: count as u64,
    };
    drop(records);
    drop(reading);
    let id = workspace.entropy.id()?;
    let noted = workspace.act_alone(crate::record::bundle::EXPORT, crate::act::header::Audience::OwnDesk, |_, _| {
        Ok(departure.change(id))
    });
    if let Err(failure) = noted {
        outbox::forget(&kept)?;
        return Err(failure);
    }
    let acts = acts.len();
    let made =
        Exported { to: code, sequence: Some(sequence), acts, stays, waits, emergency, bytes, volumes: count, marking };
    Ok((made, kept))
}

/// What several bundles came to.
#[derive(Serialize)]
struct AllExported {
    bundles: Vec<Exported>,
}

fn export(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let partners = args.all("to").iter().map(|code| workspace.partner(code)).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = partners.first() else { return Err(Error::usage("--to is missing")) };
    partners.iter().try_for_each(takes_bundles)?;
    let most = args.maybe("max-size").map(volumes::size).transpose()?;
    let several = partners.len() > 1;
    let again = args.number("again")?;
    // A bundle that was made in volumes is written in volumes again.
    let was_in_volumes = match again {
        Some(n) if !several => outbox::volumes_of(workspace, first, n)? > 1,
        Some(_) => return Err(Error::usage("--again is for one partner: each has its own numbers")),
        None => false,
    };
    let out = OutputPlace::of(args, several || most.is_some() || was_in_volumes)?;
    if let Some(n) = again {
        return write_again(workspace, first, n, &out);
    }
    let (mut all, mut said) = (Vec::new(), Vec::new());
    for to in &partners {
        loop {
            let (exported, kept) = make(workspace, to, most, job)?;
            let (done, sentence) = hand_out(workspace, to, exported, &kept, &out)?;
            let goes_on = done.waits > 0 && out.is_folder();
            all.push(done);
            said.push(sentence);
            if !goes_on {
                break;
            }
        }
    }
    let said = said.join("\n");
    match all.as_slice() {
        [one] if !several => Ok(out.answer(Output::thing(one).with_message(said))),
        _ => Ok(out.answer(Output::thing(&AllExported { bundles: all }).with_message(said))),
    }
}

/// Writes a bundle that was made to where it is carried, and says what became of it.
fn hand_out(
    workspace: &mut Workspace,
    to: &Record,
    exported: Exported,
    kept: &[PathBuf],
    out: &OutputPlace,
) -> Result<(Exported, String), Error> {
    let stay = if exported.stays > 0 {
        format!(" What stays: {}; `bundle preview` says why.", counted(exported.stays, "act"))
    } else {
        String::new()
    };
    let Some(sequence) = exported.sequence else {
        let said = format!("Nothing to send to {}: nothing was written.{stay}", exported.to);
        return Ok((exported, said));
    };
    let read_back = outbox::deliver(workspace, to, sequence, kept, out)?;
    let marking = exported.marking.as_ref().map(|m| format!(" Effective marking {m}.")).unwrap_or_default();
    let first = if exported.emergency { " It carries an emergency, which goes first." } else { "" };
    let later = match exported.waits {
        0 => String::new(),
        n => format!(" {} wait for the next bundle: export again.", counted(n, "other act")),
    };
    let volumes = if exported.volumes > 1 { format!(" in {} volumes,", exported.volumes) } else { String::new() };
    let said = format!(
        "Bundle {sequence} to {}: {}, {} bytes,{volumes} in {}.{read_back}{marking}{first}{later}{stay}",
        exported.to,
        counted(exported.acts, "act"),
        exported.bytes,
        out.shown()
    );
    Ok((exported, said))
}

/// A bundle that was written once more.
#[derive(Serialize)]
struct WrittenAgain {
    to: String,
    sequence: u64,
}

fn write_again(workspace: &mut Workspace, to: &Record, sequence: i64, out: &OutputPlace) -> Result<Output, Error> {
    let number = u64::try_from(sequence).unwrap_or(0);
    let kept = outbox::kept(workspace, to, number)?;
    let read_back = outbox::deliver(workspace, to, number, &kept, out)?;
    let code = to.key.clone().unwrap_or_default();
    let said = format!("Bundle {sequence} to {code}, as it was.{read_back}");
    Ok(out.answer(Output::thing(&WrittenAgain { to: code, sequence: number }).with_message(said)))
}
