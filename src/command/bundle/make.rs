//! What bundles are made of: acts that were put to the gate, read out of the log as they were signed, measured, signed over and sealed.
//! Which acts those are, and where the bundle goes, is not asked here.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use serde::Serialize;

use super::{outbox, volumes};
use crate::act::change::Line;
use crate::act::checkpoint::Checkpoint;
use crate::act::note;
use crate::act::part::Head;
use crate::act::tree::{self, Nodes as _, leaf_hash};
use crate::bundle::manifest::{MOST_PARTS, Manifest, OldLog};
use crate::bundle::pack::{self, Source};
use crate::gate::cleared::{self, Cleared, Parcel, Waiting};
use crate::gate::verdict::Verdict;
use crate::host::file;
use crate::law::rule::RuleId;
use crate::record::definition::ApplyError;
use crate::record::kind::ChangeKind;
use crate::record::store::{FollowingChange, Record, RecordStore, local_id};
use crate::record::{certificate, desk, disclosure, item, kind_def, member, partner, stream};
use crate::seal::age_file::{Recipient, Sealing};
use crate::store::read::{self, StoredAct};
use crate::store::records::SqlRecordStore;
use crate::store::{log, tree::SqlTree};
use crate::value::class::{Tier, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::keyring::KeySet;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

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
    /// The member who signed it, where they were revoked since and another has to confirm it first.
    pub to_be_confirmed: Option<Id>,
}

/// How an act is put to the gate.
type Judge = fn(&dyn RecordStore, Id, Timestamp, &Waiting<'_>) -> Result<Result<Cleared<Parcel>, Verdict>, ApplyError>;

/// Acts that were put to the gate.
pub(super) struct Gathered {
    /// Those that leave, and their ids.
    pub(super) cleared: Vec<(Cleared<Parcel>, Digest)>,
    /// What is said of each.
    pub(super) rows: Vec<WaitingRow>,
    /// Whether it was narrowed down to an emergency.
    pub(super) urgent: bool,
}

impl Gathered {
    /// Keeps the first so many rows, and what leaves of them.
    fn keep_rows(&mut self, kept: usize) {
        self.rows.truncate(kept);
        self.cleared.truncate(self.rows.iter().filter(|row| row.leaves != Leaves::No).count());
    }
}

/// Puts every act that waits for a partner to the gate, with the facts of now.
///
/// Acts of more than `most` changes are passed over where only a glance is wanted.
pub(super) fn gather(
    workspace: &Workspace,
    records: &dyn RecordStore,
    to: &Record,
    most: u64,
    job: &mut Job,
) -> Result<Gathered, Error> {
    let acts = ActsToJudge { positions: &read::waiting(&workspace.db, to.id)?, most, had_left: false };
    judged(workspace, records, to, &acts, job)
}

/// Acts that are put to the gate.
pub(super) struct ActsToJudge<'a> {
    /// Their positions.
    pub(super) positions: &'a [i64],
    /// Those of more changes than this are passed over.
    pub(super) most: u64,
    /// Whether they have left once, and go to the same partner again.
    pub(super) had_left: bool,
}

/// Puts acts to the gate.
pub(super) fn judged(
    workspace: &Workspace,
    records: &dyn RecordStore,
    to: &Record,
    acts: &ActsToJudge<'_>,
    job: &mut Job,
) -> Result<Gathered, Error> {
    let ActsToJudge { positions, most, had_left } = *acts;
    let judge: Judge = if had_left { cleared::clear_act_again } else { cleared::clear_act };
    let mut gathered = Gathered { cleared: Vec::new(), rows: Vec::new(), urgent: false };
    let mut held_back: HashSet<Id> = HashSet::new();
    for (n, position) in positions.iter().enumerate() {
        job.at("asking the gate", n as u64, Some(positions.len() as u64))?;
        if gathered.cleared.len() + 1 >= MOST_PARTS {
            let kept = before_what_is_not_confirmed(&gathered.rows, |member| is_confirmed(records, member))?;
            gathered.keep_rows(kept);
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
            to_be_confirmed: None,
        };
        let revoked = if had_left { None } else { member::to_be_confirmed(records, &header, kind)? };
        if let Some(signer) = revoked {
            held_back.insert(record);
            gathered.rows.push(signed_by_revoked(row(Leaves::No, count, None), &signer));
            continue;
        }
        // What was done to a record later would not be understood before what was done to it first.
        if held_back.contains(&record) {
            let why = "an earlier act on the same record stays".to_owned();
            gathered.rows.push(WaitingRow { why, ..row(Leaves::No, count, None) });
            continue;
        }
        let asked = judge(records, to.id, workspace.now(), &waiting).map_err(|fault| match fault {
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

/// Whether what a revoked member had signed was confirmed.
fn is_confirmed(records: &dyn RecordStore, member: Id) -> Result<bool, Error> {
    Ok(records.get(member)?.map(|m| member::is_unconfirmed(records, &m)).transpose()?.is_some_and(|waits| !waits))
}

/// How many of the acts of a bundle that is full go: up to the first that revokes a member whose acts were confirmed by one that would
/// only go with the next bundle. Until that comes, the partner would refuse what the member had signed.
fn before_what_is_not_confirmed(
    rows: &[WaitingRow],
    is_confirmed: impl Fn(Id) -> Result<bool, Error>,
) -> Result<usize, Error> {
    for (n, row) in rows.iter().enumerate().filter(|(_, row)| row.kind == member::REVOKE) {
        let goes_too = || rows.iter().skip(n).any(|r| r.kind == member::CONFIRM && r.record == row.record);
        if n > 0 && is_confirmed(row.record)? && !goes_too() {
            return Ok(n);
        }
    }
    Ok(rows.len())
}

/// The row of an act that a member signed who was revoked before it left.
fn signed_by_revoked(row: WaitingRow, signer: &Record) -> WaitingRow {
    let why = format!(
        "who signed it was revoked before it left: another member looks at it, and confirms with `comity member confirm-acts {}`",
        signer.id
    );
    WaitingRow { why, to_be_confirmed: Some(signer.id), ..row }
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

/// Writes acts for one partner out of the log: what must stay is left out, and what is for others too.
pub(super) struct ActSource<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) records: &'a SqlRecordStore<'a>,
    pub(super) to: Id,
    /// The checkpoint that the acts are shown to be under.
    pub(super) checkpoint: Checkpoint,
    /// The logs before this one: their acts are shown to be under the ends of those.
    pub(super) former: Vec<OldLog>,
    /// Why an act could not be written.
    pub(super) fault: Option<Error>,
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
    let checkpoint = log::checkpoint(&workspace.db, &workspace.meta)?;
    let note = signed_note(workspace, &checkpoint, from, keys_for(workspace, None)?)?;
    Ok((checkpoint, note))
}

/// The desk's keys of a number; without one the newest that it has stated.
pub fn keys_for(workspace: &Workspace, number: Option<u64>) -> Result<&KeySet, Error> {
    let stated = desk::number_of(&workspace.own_record()?);
    let number = usize::try_from(number.unwrap_or(stated).min(stated)).unwrap_or(usize::MAX);
    workspace.keyring.numbered(number).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "a key of the desk is not in its keyring", "restore the keyring from a backup")
    })
}

/// The keys that a partner checks with: those that it seals to, and before it has sent anything those of the card that it got.
pub(super) fn keys_towards<'w>(workspace: &'w Workspace, stream: &Record, to: &Record) -> Result<&'w KeySet, Error> {
    let heard = stream::received(stream).map(|_| stream::keys_known(stream).unwrap_or(0));
    keys_for(workspace, Some(heard.unwrap_or_else(|| partner::our_keys_on_meeting(to))))
}

/// A checkpoint of the own log as a signed note. Every act of it since `from` is read back and compared with the tree first: what is
/// signed is what is stored.
pub(super) fn signed_note(
    workspace: &Workspace,
    checkpoint: &Checkpoint,
    from: u64,
    keys: &KeySet,
) -> Result<String, Error> {
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
    Ok(note::Note { text, signatures: vec![line] }.to_string())
}

/// A bundle in the outbox.
pub(super) struct Sealed {
    /// The digest of its manifest.
    pub(super) digest: Digest,
    /// Its files, in the order of its volumes.
    pub(super) kept: Vec<PathBuf>,
    /// Their size, in bytes.
    pub(super) bytes: u64,
}

/// Measures acts, signs the manifest over them, and writes the bundle into the outbox, in volumes of at most so many bytes.
pub(super) fn seal(
    mut source: ActSource<'_>,
    mut manifest: Manifest,
    parcels: &[Cleared<Parcel>],
    keys: &KeySet,
    most: Option<u64>,
    job: &mut Job,
) -> Result<Sealed, Error> {
    let (workspace, to, sequence) = (source.workspace, source.to, manifest.sequence);
    let fault = |source: &mut ActSource<'_>, fault: io::Error| source.fault.take().unwrap_or_else(|| fault.into());
    job.at("measuring", 0, None)?;
    let mut measured = pack::measure(to, parcels, &mut source, None).map_err(|e| fault(&mut source, e))?;
    (manifest.parts, manifest.volumes) = (measured.parts.clone(), measured.volumes.clone());
    if let Some(most) = most {
        let slice = volumes::slice(&manifest, most)?;
        if manifest.volumes.iter().any(|v| v.bytes > slice) {
            let again = pack::measure(to, parcels, &mut source, Some(slice));
            measured = again.map_err(|e| fault(&mut source, e))?;
            manifest.volumes = measured.volumes.clone();
        }
    }
    let manifest = manifest.to_bytes();
    let namespace = workspace.meta.realm.namespace("bundle");
    let signatures = [keys.bundle.sign(&namespace, &manifest)?, workspace.me.signer.sign(&namespace, &manifest)?];
    let recipient = Recipient::parse(&partner::keys(source.records, to)?.age).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "the partner's age key is damaged", "run `comity audit verify`")
    })?;
    let count = measured.volumes.len();
    let (mut kept, mut bytes) = (Vec::new(), 0);
    for volume in 0..count {
        let path = outbox::file_of(workspace, to, sequence, (count > 1).then_some(volume as u64 + 1));
        let pending = file::Pending::begin(&path)?;
        let mut sealing = Sealing::to(std::slice::from_ref(&recipient), BufWriter::with_capacity(256 * 1024, pending))?;
        job.at("writing", volume as u64, Some(count as u64))?;
        let [of_desk, of_member] = &signatures;
        let emitted =
            pack::emit(&manifest, [of_desk, of_member], &measured, volume, parcels, &mut source, &mut sealing);
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
    Ok(Sealed { digest: Manifest::digest(&manifest), kept, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_bundle_ends_before_a_revocation_whose_confirmation_would_come_later() {
        let row = |kind, n: u8| WaitingRow {
            record: Id::from_bytes([n; 16]),
            kind,
            leaves: Leaves::Yes,
            items: 0,
            stays: 0,
            tier: None,
            refused_by: Vec::new(),
            why: String::new(),
            to_be_confirmed: None,
        };
        let (act, revoke, confirm) = (disclosure::RELEASE, member::REVOKE, member::CONFIRM);
        let cases: [(&[WaitingRow], bool, usize); 5] = [
            (&[row(act, 1), row(act, 1)], true, 2),
            (&[row(act, 1), row(revoke, 2), row(act, 1)], true, 1),
            (&[row(act, 1), row(revoke, 2), row(confirm, 2), row(act, 1)], true, 4),
            // Nobody has confirmed anything: what they signed is not among these.
            (&[row(act, 1), row(revoke, 2), row(act, 1)], false, 3),
            // A bundle of nothing would never end.
            (&[row(revoke, 2), row(act, 1)], true, 2),
        ];
        for (n, (rows, confirmed, kept)) in cases.into_iter().enumerate() {
            assert_eq!(before_what_is_not_confirmed(rows, |_| Ok(confirmed)).unwrap(), kept, "case {n}");
        }
    }
}
