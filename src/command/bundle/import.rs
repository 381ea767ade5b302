//! Bundles in: spooled, verified to the last byte, then applied in one transaction, or not at all.
//!
//! A bundle that came before is a no-op; one that comes too early waits in the inbox until what is missing arrives; one
//! that tells another history is kept as evidence, and nothing more is taken from that stream.

use crate::record::kind::Kind;
use std::collections::{BTreeMap, HashSet};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::export::keys_for;
use super::quarantine::{self, LARGEST, fork_file, inbox_file};
use super::set_back::{self, OfLog};
use crate::act::change::Line;
use crate::act::checkpoint::{self, Checkpoint};
use crate::act::header::{Header, act_id};
use crate::act::note::{self, KeyKind, Note, NoteKey, SignatureLine};
use crate::act::part::{Head, Reader};
use crate::act::tree::{leaf_hash, root, verify_consistency, verify_inclusion};
use crate::bundle::manifest::{FAR_JUMP, FORMAT_NUMBER, Manifest, PartKind};
use crate::bundle::open::{BundleError, Opened, Parts};
use crate::command::definition::{
    Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::host::file::{self, FileError};
use crate::record::bundle::{self, Arrival, Contents};
use crate::record::store::{Record, RecordStore as _, local_id};
use crate::record::stream::{self, SignedManifest};
use crate::record::{card::DeskKeys, desk, item, member, partner};
use crate::seal::age_file;
use crate::seal::sign::PublicKey;
use crate::store::connection;
use crate::store::import::ActImporter;
use crate::store::prepared::PreparedChange;
use crate::store::records::SqlRecordStore;
use crate::store::write::{ActWriter, Author};
use crate::store::{read, tree::SqlTree};
use crate::value::class::{Role, Standing, Tier, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::text::{counted, shown};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::pipeline::beside;
use crate::workspace::progress::Job;
use crate::workspace::window;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "bundle",
        name: "inspect",
        about: "Show what a bundle says of itself; nothing of it is verified or applied",
        args: &[Arg::new("file", ArgKind::Existing, "the bundle").positional()],
        writes: None,
        run: Handler::Reads(inspect),
    },
    Command {
        noun: "bundle",
        name: "verify",
        about: "Verify a bundle to its last byte, and try its acts; nothing of it is applied",
        args: &[Arg::new("file", ArgKind::Existing, "the bundle").positional()],
        writes: None,
        run: Handler::Reads(show_verified),
    },
    Command {
        noun: "bundle",
        name: "import",
        about: "Take in bundles: files, or folders with what is for this desk among other things",
        args: &[Arg::new("path", ArgKind::Existing, "a bundle or a folder").positional().repeated()],
        writes: Some(Writes {
            act: crate::record::bundle::IMPORT,
            weight: Weight::Records,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(import),
    },
];

words! {
    /// What became of a bundle.
    Taken {
        /// Its acts were taken in.
        Imported = "imported",
        /// They were before.
        Already = "already imported",
        /// It was only verified.
        Verified = "verified",
    }
}

/// What became of a bundle.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The sender.
    pub from: String,
    /// Its number.
    pub sequence: u64,
    /// What became of it.
    pub state: Taken,
    /// How many acts it carries.
    pub acts: usize,
    /// How many changes they make.
    pub changes: u64,
    /// How many items came above the ceiling of this desk's agreement: they are not passed on.
    pub above_ceiling: usize,
    /// That the sender was set back, where this bundle says so.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub set_back: String,
}

/// What an import came to.
#[derive(Serialize)]
struct Imported {
    bundles: Vec<Outcome>,
    passed_over: Vec<String>,
}

/// What a bundle says of itself, unverified.
#[derive(Serialize)]
struct Inspected {
    from: String,
    volume: u64,
    manifest: serde_json::Value,
}

/// The longest manifest that is kept with the act that takes its bundle in, in bytes: with its signatures it fits into one content.
const LONGEST_KEPT: usize = 600 << 10;

/// A bundle's plain form as a stream.
type Plain = Box<dyn Read + Send>;

fn open(workspace: &Workspace, path: &Path) -> Result<Opened<Plain>, Error> {
    let file = file::open(path)?;
    let size = file.metadata().map(|m| m.len()).unwrap_or(0);
    if size > LARGEST {
        return Err(too_large(path));
    }
    let plain = age_file::open(&workspace.keyring.keys.age, BufReader::with_capacity(256 * 1024, file));
    let plain = match plain {
        // It was sealed before its sender heard of the keys that this desk has now.
        Err(age_file::UnsealError::NotOurs) => with_former_keys(workspace, path)?.1,
        plain => Box::new(plain?) as Plain,
    };
    let opened = Opened::read(plain)?;
    opened.is_for(workspace.meta.desk, &workspace.meta.realm)?;
    Ok(opened)
}

/// Opens a bundle with the newest keys from before that it is sealed to, and answers their number.
fn with_former_keys(workspace: &Workspace, path: &Path) -> Result<(u64, Plain), Error> {
    for (number, keys) in workspace.keyring.former.iter().enumerate().rev() {
        match age_file::open(&keys.age, BufReader::with_capacity(256 * 1024, file::open(path)?)) {
            Err(age_file::UnsealError::NotOurs) => {}
            plain => return Ok((number as u64, Box::new(plain?) as Plain)),
        }
    }
    Err(age_file::UnsealError::NotOurs.into())
}

/// The number of this desk's keys that a bundle is sealed to.
fn sealed_to(workspace: &Workspace, path: &Path) -> Result<u64, Error> {
    let newest = workspace.keyring.former.len() as u64;
    match age_file::open(&workspace.keyring.keys.age, BufReader::new(file::open(path)?)) {
        Err(age_file::UnsealError::NotOurs) => Ok(with_former_keys(workspace, path)?.0),
        opened => opened.map(|_| newest).map_err(Error::from),
    }
}

fn too_large(path: &Path) -> Error {
    let what = format!("{} is larger than 2 GiB", shown(&path.to_string_lossy()));
    Error::new(ErrorKind::Malformed, what, "ask for it in volumes")
}

/// The sender of a bundle, who must be pinned, and whose bundle key must have signed it.
fn sender(workspace: &Workspace, opened: &Opened<Plain>) -> Result<(Record, Vec<DeskKeys>), Error> {
    let from = opened.manifest.from;
    let unknown = || {
        Error::new(
            ErrorKind::Signature,
            "the bundle is from a desk that is not known here",
            "add the partner's card first, and compare its fingerprint",
        )
    };
    let record = workspace.records().get(from)?.filter(|r| r.kind == Kind::Partner).ok_or_else(unknown)?;
    // It signs with keys from before until it knows that the new ones are known here.
    let keys = desk::keys_ever(&record);
    signed_by_any(&keys, |keys| Ok(opened.is_signed_by_desk(&keys.bundle)?))?;
    match partner::standing_of(&record) {
        Standing::Pinned | Standing::Suspended => Ok((record, keys)),
        other => {
            let what = format!("{} is {other}", record.key.as_deref().unwrap_or("the partner"));
            Err(Error::new(
                ErrorKind::Refused,
                what,
                "compare its fingerprint aloud (`partner confirm`) before anything of it is taken in",
            ))
        }
    }
}

/// Whether one of a desk's keys, the newest first, has signed; what the newest says where none has.
fn signed_by_any(keys: &[DeskKeys], by: impl Fn(&DeskKeys) -> Result<(), Error>) -> Result<(), Error> {
    let mut first = None;
    for keys in keys {
        match by(keys) {
            Ok(()) => return Ok(()),
            Err(failure) => first = first.or(Some(failure)),
        }
    }
    let damaged = || Error::new(ErrorKind::Integrity, "the partner's keys are damaged", "run `comity audit verify`");
    Err(first.unwrap_or_else(damaged))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StreamPosition {
    /// The next one of its stream.
    Next,
    /// It was imported before.
    Again,
}

/// Where a bundle stands in its stream.
fn place(workspace: &Workspace, from: &Record, manifest: &Manifest, digest: &Digest) -> Result<StreamPosition, Error> {
    let code = from.key.clone().unwrap_or_default();
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from.id)?;
    let last = stream::received(&stream);
    let expected = last.map_or(1, |(n, _)| n + 1);
    let n = manifest.sequence;
    let of_log = set_back::log_of(&workspace.records(), &stream, manifest)?;
    if n < expected || of_log == OfLog::Old {
        let known = workspace.records().get(Id::from_digest(digest))?.filter(|r| r.is(bundle::State::Received));
        let is_known = known.is_some_and(|r| r.partner == Some(from.id));
        match (is_known, of_log) {
            (true, _) => return Ok(StreamPosition::Again),
            (false, OfLog::Old) => return Err(of_old_log(&code, n)),
            // A desk that was set back goes on with the number after the last one that it remembers.
            (false, OfLog::Restored) => {}
            (false, OfLog::Same | OfLog::Unknown) => return Err(fork(&code, n)),
        }
    }
    if !stream.is(stream::State::Running) {
        return Err(is_frozen(&code));
    }
    if n > expected + FAR_JUMP {
        return Err(Error::new(
            ErrorKind::Fork,
            format!("bundle {n} from {code} jumps far ahead: {expected} is expected"),
            "ask the partner whether it made so many; nothing was changed",
        ));
    }
    if n > expected {
        let missing: Vec<u64> = (expected..n).filter(|m| !inbox_file(workspace, from.id, *m).exists()).collect();
        let words: Vec<String> = missing.iter().map(u64::to_string).collect();
        let what = format!(
            "bundle {n} from {code} waits: {} missing",
            if words.is_empty() { "one before it is".into() } else { format!("{} are", words.join(", ")) }
        );
        return Err(Error::new(ErrorKind::Gap, what, "it is kept; when what is missing arrives, it follows by itself")
            .with("missing", missing));
    }
    let follows = match of_log {
        OfLog::Restored => set_back::fits_what_was_seen(&workspace.records(), &stream, manifest)?,
        _ => manifest.previous == last.map(|(_, m)| m),
    };
    if follows { Ok(StreamPosition::Next) } else { Err(fork(&code, n)) }
}

/// The error for what is of a log that its desk has declared to be over.
fn of_old_log(code: &str, n: u64) -> Error {
    Error::new(
        ErrorKind::Fork,
        format!("bundle {n} is of a log that {code} has declared to be lost when it was set back"),
        "nothing of it was applied; what it brings is not known at its desk any more: call the partner",
    )
}

fn fork(code: &str, n: u64) -> Error {
    let what = format!("bundle {n} from {code} tells another history than the one that is known");
    Error::new(
        ErrorKind::Fork,
        what,
        "nothing more of it is taken in until two members resume; call the partner: its workspace was set back, or somebody else has its keys",
    )
}

/// The error for what comes while the stream is frozen.
fn is_frozen(code: &str) -> Error {
    Error::new(
        ErrorKind::Fork,
        format!("{code} told two histories: nothing of it is taken in until two members resume"),
        format!(
            "call the partner; then two administrators each run `comity partner resume {code} --stream --because WHY`"
        ),
    )
}

/// Whether a bundle contradicts what is known of its sender: another one of its number came before, it does not follow the last one,
/// or the log that it speaks of is not the one that was seen, grown.
fn contradiction(workspace: &Workspace, from: &Record, opened: &Opened<Plain>) -> Result<Option<stream::Fork>, Error> {
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from.id)?;
    let (last, manifest) = (stream::received(&stream), &opened.manifest);
    let (expected, other) = (last.map_or(1, |(n, _)| n + 1), opened.digest());
    let fork = |known: Option<Digest>| Some(stream::Fork { sequence: manifest.sequence, other, known });
    match set_back::log_of(&workspace.records(), &stream, manifest)? {
        OfLog::Old => return Ok(None),
        // It says that it was set back, and does not show it.
        OfLog::Restored => return Ok(fork(last.map(|(_, m)| m))),
        OfLog::Same | OfLog::Unknown => {}
    }
    if manifest.sequence < expected {
        let known = bundle::numbered(&workspace.records(), from.id, bundle::State::Received, manifest.sequence)?;
        let known = known.and_then(|r| r.text("manifest").and_then(Digest::parse));
        return Ok(fork(known).filter(|fork| fork.known != Some(other)));
    }
    if manifest.sequence > expected {
        return Ok(None);
    }
    let before = last.map(|(_, m)| m);
    let goes_on = || {
        let checkpoint = Note::parse(&manifest.checkpoint).and_then(|n| Checkpoint::parse(&n)).ok()?;
        Some(log_goes_on(&stream, manifest, &checkpoint).is_ok())
    };
    Ok(fork(before).filter(|_| manifest.previous != before || goes_on() == Some(false)))
}

/// Whether the sender's log goes on from where it was seen last; what it does instead.
fn log_goes_on(stream: &Record, manifest: &Manifest, checkpoint: &Checkpoint) -> Result<(), &'static str> {
    match (stream::seen(stream), &manifest.growth) {
        (None, None) => Ok(()),
        (Some(seen), Some(growth)) if seen.replica == manifest.replica && growth.from == seen.size => {
            let grown = verify_consistency(seen.size, seen.root, checkpoint.size, checkpoint.root, &growth.proof);
            if grown { Ok(()) } else { Err("is not the one that was seen before") }
        }
        _ => Err("does not go on from where it was seen last"),
    }
}

/// Freezes the stream of a partner that told two histories, and keeps what told the other one. Where it is frozen already, nothing
/// is written.
fn freeze(workspace: &mut Workspace, spooled: &Path) -> Result<(), Error> {
    let opened = open(workspace, spooled)?;
    let (from, _) = sender(workspace, &opened)?;
    let Some(fork) = contradiction(workspace, &from, &opened)? else { return Ok(()) };
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from.id)?;
    if !stream.is(stream::State::Running) {
        return Ok(());
    }
    let mut told = signed_manifest(&opened);
    if told.manifest.len() > LONGEST_KEPT {
        told.manifest.clear();
    }
    file::copy(spooled, &fork_file(workspace, from.id))?;
    workspace.act_alone(stream::FREEZE, crate::act::header::Audience::OwnDesk, |e, _| {
        Ok(stream::frozen(stream.id, from.id, &fork, &told, e.salt()?))
    })?;
    Ok(())
}

/// The manifest of a bundle as it was signed.
fn signed_manifest(opened: &Opened<Plain>) -> SignedManifest {
    let [desk, member] = opened.signatures.clone();
    SignedManifest {
        manifest: String::from_utf8_lossy(&opened.bytes).into_owned(),
        desk_signature: desk,
        member_signature: member,
    }
}

fn alarm(code: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Fork,
        format!("the log of {code} {what}"),
        "nothing of it was applied; call the partner: its history was rewritten or set back",
    )
}

/// What the checks of a bundle's own statements found.
struct Checked {
    checkpoint: Checkpoint,
    cosigned: Option<(u64, String)>,
    acknowledged: Option<u64>,
}

/// The sender's log has grown from what was seen; receipts and cosignatures speak of what is here.
fn statements(workspace: &Workspace, from: &Record, keys: &[DeskKeys], manifest: &Manifest) -> Result<Checked, Error> {
    let code = from.key.clone().unwrap_or_default();
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from.id)?;
    let bad = |what: &str| {
        Error::new(
            ErrorKind::Malformed,
            format!("the bundle's checkpoint: {what}"),
            "nothing of it was applied; ask the partner to make it again",
        )
    };
    let note = Note::parse(&manifest.checkpoint).map_err(|e| bad(&e.to_string()))?;
    let checkpoint = Checkpoint::parse(&note).map_err(|e| bad(&e.to_string()))?;
    let origin = checkpoint::origin(manifest.from, manifest.replica, &manifest.realm);
    if checkpoint.origin != origin {
        return Err(bad("it is of another log"));
    }
    signed_by_any(keys, |keys| {
        let key = NoteKey { name: origin.clone(), kind: KeyKind::Log, key: keys.log };
        note.verify(&key).map(drop).map_err(|e| {
            Error::new(ErrorKind::Signature, format!("the bundle's checkpoint: {e}"), "nothing of it was applied")
        })
    })?;
    let is_after_restore = set_back::log_of(&workspace.records(), &stream, manifest)? == OfLog::Restored;
    if !is_after_restore {
        log_goes_on(&stream, manifest, &checkpoint).map_err(|what| alarm(&code, what))?;
    }
    let knows_lost_log = set_back::knows_lost_log(workspace, &stream)?;
    if stream::format(&stream) > Some(FORMAT_NUMBER) {
        let what = format!("{code} has sent bundles of a newer format before, and this one is of an older");
        return Err(Error::new(ErrorKind::Signature, what, "nothing of it was applied; call the partner"));
    }
    let mut acknowledged = manifest.acknowledges.as_ref().map(|r| r.sequence);
    if let Some(receipt) = &manifest.acknowledges {
        let ours = bundle::numbered(&workspace.records(), from.id, bundle::State::Sent, receipt.sequence)?;
        let is_ours = ours.is_some_and(|r| r.text("manifest") == Some(receipt.manifest.to_string().as_str()));
        match is_ours {
            // It has a bundle that was sent before this desk was set back.
            false if knows_lost_log => acknowledged = None,
            false => return Err(alarm(&code, "acknowledges a bundle that was never sent")),
            true if stream::acknowledged(&stream) > Some(receipt.sequence) && !is_after_restore => {
                return Err(alarm(&code, "acknowledges less than it did before"));
            }
            true => {}
        }
    }
    let cosigned = match &manifest.cosigned {
        None => None,
        Some(c) if knows_lost_log && set_back::is_on_lost_log(workspace, c, manifest.from, keys)? => None,
        Some(c) => {
            let tip = crate::store::log::tip(&workspace.db, &workspace.meta)?;
            let nodes = SqlTree::new(&workspace.db, workspace.meta.replica);
            if c.size > tip.size || root(&nodes, c.size)? != c.root {
                return Err(alarm(&code, "has cosigned a history of this desk that is not here"));
            }
            let known = stream::cosigned_replica(&stream) == Some(workspace.meta.replica);
            if known && stream::cosigned(&stream) > Some(c.size) && !is_after_restore {
                return Err(alarm(&code, "cosigns less of this desk's than it did before"));
            }
            let text = Checkpoint {
                origin: checkpoint::origin(workspace.meta.desk, workspace.meta.replica, &workspace.meta.realm),
                size: c.size,
                root: c.root,
            }
            .text();
            let line = SignatureLine::parse(&c.line).map_err(|e| bad(&e.to_string()))?;
            let note = Note { text, signatures: vec![line] };
            signed_by_any(keys, |keys| {
                let key = NoteKey {
                    name: checkpoint::witness_name(manifest.from),
                    kind: KeyKind::Witness,
                    key: keys.witness,
                };
                note.verify(&key).map(drop).map_err(|e| {
                    let what = format!("the bundle's cosignature: {e}");
                    Error::new(ErrorKind::Signature, what, "nothing of it was applied")
                })
            })?;
            Some((c.size, c.line.clone()))
        }
    };
    Ok(Checked { checkpoint, cosigned, acknowledged })
}

/// Padding hides nothing: every byte of it is zero.
fn only_zeros(body: &mut dyn Read) -> Result<(), Error> {
    let mut block = [0; 4096];
    loop {
        match body.read(&mut block).map_err(BundleError::from)? {
            0 => return Ok(()),
            n if block.iter().take(n).all(|b| *b == 0) => {}
            _ => return Err(BundleError::Form("its padding holds something").into()),
        }
    }
}

/// Who may have signed the acts of a bundle: the members of its sender that are known here, and those whom it enrols.
#[derive(Default)]
struct Signers(BTreeMap<Person, PublicKey>);

impl Signers {
    /// Checks the signature of an act before anything of the act is read. Answers whether its signer is known: they are not where
    /// the desk's founding enrols them, and in no other case may they be unknown.
    fn check(&mut self, workspace: &Workspace, head: &Head, header: &Header) -> Result<bool, Error> {
        let Some(key) = self.key(workspace, header.desk, header.member)? else {
            return if header.sequence == 0 { Ok(false) } else { Err(unsigned()) };
        };
        key.verify(&header.realm.namespace("act"), &head.header, &head.signature)?;
        Ok(true)
    }

    /// The key of a member of a desk.
    fn key(&mut self, workspace: &Workspace, desk: Id, person: Person) -> Result<Option<&PublicKey>, Error> {
        if !self.0.contains_key(&person) {
            let known = member::by_person(&workspace.records(), desk, person)?;
            self.0.extend(known.as_ref().and_then(member::signing_key).map(|key| (person, key)));
        }
        Ok(self.0.get(&person))
    }

    /// Notes whom a change enrols. Whether it may is asked when it is applied.
    fn enrol(&mut self, line: &Line) {
        let Line::Change(change) = line else { return };
        if member::ADD.is(&change.kind) {
            let terms = change.read_terms().ok();
            let key = terms.as_ref().and_then(|t| t.get("signing")?.text());
            self.0.extend(key.and_then(|k| PublicKey::from_openssh(k).ok()).map(|key| (key.person(), key)));
        }
    }
}

fn unsigned() -> Error {
    Error::new(
        ErrorKind::Signature,
        "an act in the bundle is not signed by an enrolled member of its desk",
        "nothing of it was applied",
    )
}

fn made_by_nobody() -> Error {
    Error::new(
        ErrorKind::Signature,
        "the bundle was made by nobody who may make bundles at its desk",
        "nothing of it was applied",
    )
}

/// What the first pass found.
struct FirstPass {
    /// The acts that are new here; one that gathers may bring others again.
    fresh: Vec<Digest>,
    /// How many acts there are in all.
    acts: usize,
    /// How many changes they make.
    changes: u64,
    /// The digest of what came whole with the new acts.
    contents: Digest,
}

/// Reads every part to its end: shapes, digests, roots, and that each act stands in the sender's log.
fn first_pass(
    workspace: &Workspace,
    opened: Opened<Plain>,
    checkpoint: &Checkpoint,
    mut signers: Option<&mut Signers>,
    job: &mut Job,
) -> Result<FirstPass, Error> {
    let manifest = opened.manifest.clone();
    let total: u64 = manifest.parts.iter().map(|p| p.bytes).sum();
    let mut parts = Parts::begin(&manifest, opened.into_slice());
    let (mut fresh, mut acts, mut changes, mut bytes) = (Vec::new(), 0, 0u64, 0u64);
    let mut contents = Contents::default();
    let mut last: Option<(Id, u64)> = None;
    // What lies far ahead is refused before anything is applied: it would keep this desk from signing until then.
    let (latest, is_live) = (workspace.now().plus(window::AHEAD), workspace.meta.realm == Realm::Live);
    while let Some(found) = parts.next::<Option<Header>, Error>(|part, body| {
        bytes += part.bytes;
        if part.kind == PartKind::Padding {
            only_zeros(body)?;
            return Ok(None);
        }
        let mut act = Reader::begin(body).map_err(BundleError::from)?;
        let is_checked = match &mut signers {
            Some(signers) => signers.check(workspace, &act.head, &act.header)?,
            None => true,
        };
        let id = act_id(&act.head.header);
        let is_fresh = read::position_of(&workspace.db, &id)?.is_none();
        if is_fresh {
            fresh.push(id);
        }
        while let Some(line) = act.next_line().map_err(BundleError::from)? {
            if is_fresh && line.is_whole() {
                contents.add(act.leaf());
            }
            if let Some(signers) = &mut signers {
                signers.enrol(&line);
            }
            changes += 1;
            if changes.is_multiple_of(4096) {
                job.at("verifying", bytes, Some(total))?;
            }
        }
        let (head, header) = act.finish().map_err(BundleError::from)?;
        // Whoever founds a desk is enrolled by the act that they sign.
        if !is_checked && !signers.as_mut().map_or(Ok(false), |signers| signers.check(workspace, &head, &header))? {
            return Err(unsigned());
        }
        // An act from before its desk was set back stands in the log that ended then.
        let old = manifest.continues.iter().find(|old| old.replica == header.replica);
        let (size, root) = old.map_or((checkpoint.size, checkpoint.root), |old| (old.size, old.root));
        if !verify_inclusion(leaf_hash(&head.header), head.index, size, &head.proof, root) {
            let what = "an act in the bundle is not in its sender's log";
            return Err(Error::new(ErrorKind::Signature, what, "nothing of it was applied; call the partner"));
        }
        Ok(Some(header))
    })? {
        let Some(header) = found else { continue };
        let of_log =
            header.replica == manifest.replica || manifest.continues.iter().any(|old| old.replica == header.replica);
        let fits = header.desk == manifest.from && of_log && header.realm == manifest.realm;
        if !fits || !header.audience.names(workspace.meta.desk) {
            return Err(Error::new(
                ErrorKind::NotForUs,
                "an act in the bundle is of another desk, another realm, or for another desk",
                "nothing of it was applied",
            ));
        }
        if is_live && header.time.at > latest {
            let what = format!(
                "an act in the bundle was made at {}, and the clock here says {}",
                header.time.at,
                workspace.now()
            );
            let from = header.time.at.minus(window::AHEAD).to_date();
            let next =
                format!("nothing of it was applied; one of the two clocks is wrong. From {from} on it can be imported");
            return Err(Error::new(ErrorKind::Malformed, what, next));
        }
        if last.is_some_and(|(replica, n)| replica == header.replica && header.sequence <= n) {
            return Err(BundleError::Form("its acts are out of order").into());
        }
        last = Some((header.replica, header.sequence));
        acts += 1;
    }
    parts.finish()?;
    Ok(FirstPass { fresh, acts, changes, contents: contents.digest() })
}

/// A bundle that was verified to its last byte.
struct Verified {
    from: Record,
    manifest: Manifest,
    digest: Digest,
    place: StreamPosition,
    checked: Option<Checked>,
    found: FirstPass,
    /// The manifest as it was signed, where it is not too long to be kept.
    told: Option<SignedManifest>,
}

fn verify(workspace: &Workspace, path: &Path, job: &mut Job) -> Result<Verified, Error> {
    let opened = open(workspace, path)?;
    let (from, keys) = sender(workspace, &opened)?;
    let (manifest, digest) = (opened.manifest.clone(), opened.digest());
    if manifest.volumes.len() > 1 {
        let what = format!("the bundle has {} volumes, and this is one of them", manifest.volumes.len());
        return Err(Error::new(ErrorKind::Gap, what, "import the folder with all of them"));
    }
    // A bundle that is here already, or comes too early, is still read to its end: what is damaged is said to be damaged.
    let place = place(workspace, &from, &manifest, &digest);
    let checked = match place {
        Ok(StreamPosition::Next) => Some(statements(workspace, &from, &keys, &manifest)?),
        _ => None,
    };
    let checkpoint = match &checked {
        Some(checked) => checked.checkpoint.clone(),
        None => Note::parse(&manifest.checkpoint).and_then(|n| Checkpoint::parse(&n)).map_err(|e| {
            Error::new(ErrorKind::Malformed, format!("the bundle's checkpoint: {e}"), "nothing of it was applied")
        })?,
    };
    // Who signed is asked of the next bundle of its stream alone: of what comes too early, somebody may be enrolled by what is missing.
    let mut signers = Signers::default();
    let is_next = checked.is_some();
    if is_next && let Some(key) = signers.key(workspace, manifest.from, manifest.by)? {
        opened.is_signed_by_member(key)?;
    }
    let told = (opened.bytes.len() <= LONGEST_KEPT).then(|| signed_manifest(&opened));
    let found = first_pass(workspace, opened, &checkpoint, is_next.then_some(&mut signers), job)?;
    let place = place?;
    if is_next && signers.key(workspace, manifest.from, manifest.by)?.is_none() {
        return Err(made_by_nobody());
    }
    Ok(Verified { from, manifest, digest, place, checked, found, told })
}

fn outcome(v: &Verified, state: Taken) -> Outcome {
    Outcome {
        from: v.from.key.clone().unwrap_or_default(),
        sequence: v.manifest.sequence,
        state,
        acts: v.found.acts,
        changes: v.found.changes,
        above_ceiling: 0,
        set_back: String::new(),
    }
}

fn inspect(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let opened = open(workspace, &args.path("file")?)?;
    let manifest: serde_json::Value = serde_json::from_slice(&opened.bytes).unwrap_or_default();
    let said = "Nothing of this is verified: `bundle verify` does that.";
    let from = workspace.code_of(opened.manifest.from)?;
    Ok(Output::thing(&Inspected { from, volume: opened.volume as u64 + 1, manifest }).with_message(said))
}

fn show_verified(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let path = args.path("file")?;
    let verified = verify(workspace, &path, job)?;
    // Whether its acts are in order shows when they are applied: whoever may import tries that too.
    let tried = !workspace.is_read_only() && workspace.may(crate::record::bundle::IMPORT)?.allowed();
    if tried {
        apply(workspace, &path, &verified, false, job).map_err(Error::from_partner)?;
    }
    let state = if verified.place == StreamPosition::Again { Taken::Already } else { Taken::Verified };
    let outcome = outcome(&verified, state);
    let said = format!(
        "Bundle {} from {}: {state}, {}, {}.{}",
        outcome.sequence,
        outcome.from,
        counted(outcome.acts, "act"),
        counted(outcome.changes, "change"),
        if tried { "" } else { " Whether its acts are in order is checked when it is imported." }
    );
    Ok(Output::thing(&outcome).with_message(said))
}

// --- import --------------------------------------------------------------------------------------------------------

/// Copies what is on the medium into the inbox, so that nothing changes between the passes.
fn spool(workspace: &mut Workspace, path: &Path) -> Result<PathBuf, Error> {
    let spooled = file::part_in(&workspace.folder().join("inbox"), &workspace.entropy.id()?.to_string());
    file::copy_for_now(path, &spooled, LARGEST).map_err(|failure| match failure {
        FileError::Large(..) => too_large(path),
        other => other.into(),
    })?;
    Ok(spooled)
}

/// Takes one bundle in, and whatever waited for it.
pub fn take_in(workspace: &mut Workspace, path: &Path, job: &mut Job) -> Result<Vec<Outcome>, Error> {
    let may = workspace.may(crate::record::bundle::IMPORT)?;
    if !may.allowed() {
        return Err(Error::refused(may, None));
    }
    let spooled = spool(workspace, path)?;
    let taken = take_spooled(workspace, &spooled, job);
    file::remove(&spooled)?;
    let first = taken?;
    let from = crate::record::partner::by_code(&workspace.records(), &first.from)?.map(|r| r.id);
    let mut all = vec![first];
    // What came too early follows by itself.
    while let Some(from) = from {
        let stream = stream::with(&workspace.records(), workspace.meta.desk, from)?;
        let next = inbox_file(workspace, from, stream::received(&stream).map_or(1, |(n, _)| n + 1));
        if !next.exists() {
            break;
        }
        let follows = take_spooled(workspace, &next, job);
        match follows {
            Ok(outcome) => {
                file::remove(&next)?;
                all.push(outcome);
            }
            Err(failure) => {
                // It was whole when it came. It stays where it is, as evidence, and what speaks against it is said.
                let n = next.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let what = format!("{} followed, and the next one, {n}, does not: {}", describe(&all), failure.what);
                return Err(Error { what, ..failure });
            }
        }
    }
    Ok(all)
}

fn describe(outcomes: &[Outcome]) -> String {
    let one = |o: &Outcome| format!("bundle {} from {}: {}", o.sequence, o.from, o.state);
    outcomes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn take_spooled(workspace: &mut Workspace, spooled: &Path, job: &mut Job) -> Result<Outcome, Error> {
    let verified = match verify(workspace, spooled, job) {
        Err(failure) if failure.kind == ErrorKind::Gap => {
            keep_waiting(workspace, spooled)?;
            return Err(failure);
        }
        Err(failure) if failure.kind == ErrorKind::Fork => {
            freeze(workspace, spooled)?;
            return Err(failure);
        }
        other => other?,
    };
    if verified.place == StreamPosition::Again {
        return Ok(outcome(&verified, Taken::Already));
    }
    let restores = set_back::restores_of(workspace, verified.from.id)?;
    let above_ceiling = match apply(workspace, spooled, &verified, true, job).map_err(Error::from_partner) {
        Err(failure) if failure.kind == ErrorKind::Fork => {
            freeze(workspace, spooled)?;
            return Err(failure);
        }
        applied => applied?,
    };
    let set_back = set_back::news_of(workspace, &verified.from, restores)?;
    Ok(Outcome { above_ceiling, set_back, ..outcome(&verified, Taken::Imported) })
}

/// Keeps a bundle that came too early. Another one of the same number is another history.
fn keep_waiting(workspace: &Workspace, spooled: &Path) -> Result<(), Error> {
    let opened = open(workspace, spooled)?;
    let (from, n) = (opened.manifest.from, opened.manifest.sequence);
    let kept = inbox_file(workspace, from, n);
    if opened.manifest.volumes.len() != 1 {
        return Ok(());
    }
    if kept.exists() && open(workspace, &kept)?.digest() != opened.digest() {
        return Err(fork(&workspace.code_of(from)?, n));
    }
    quarantine::keep(workspace, spooled, from, n)
}

/// A piece of an act that arrives.
enum Arriving {
    /// It begins: its header, and its id.
    Act(Box<Header>, Digest),
    /// One of its changes.
    Line(PreparedChange),
    /// It ends: its changes are those that were signed.
    End(Head, Box<Header>),
}

/// Reads the acts of a bundle, piece by piece, to its last byte.
fn read_acts(manifest: &Manifest, opened: Opened<Plain>, push: &mut dyn FnMut(Arriving) -> bool) -> Result<(), Error> {
    let mut parts = Parts::begin(manifest, opened.into_slice());
    let mut goes_on = true;
    while let (true, Some(())) = (
        goes_on,
        parts.next::<(), Error>(|part, body| {
            if part.kind == PartKind::Padding {
                return only_zeros(body);
            }
            let mut act = Reader::begin(body).map_err(BundleError::from)?;
            let id = act_id(&act.head.header);
            goes_on = push(Arriving::Act(Box::new(act.header.clone()), id));
            while let Some(line) = act.next_line().map_err(BundleError::from)? {
                let leaf = *act.leaf();
                goes_on = goes_on && push(Arriving::Line(PreparedChange::received(line, leaf)?));
            }
            let (head, header) = act.finish().map_err(BundleError::from)?;
            goes_on = goes_on && push(Arriving::End(head, Box::new(header)));
            Ok(())
        })?,
    ) {}
    if goes_on {
        parts.finish()?;
    }
    Ok(())
}

/// Checks that the signer is enrolled at the act's desk and that the signature is theirs.
fn is_signed(tx: &connection::Transaction<'_>, head: &Head, header: &Header) -> Result<(), Error> {
    let records = SqlRecordStore::authenticated(tx);
    let signer = member::by_person(&records, header.desk, header.member)?;
    let key = signer.as_ref().and_then(member::signing_key).ok_or_else(unsigned)?;
    Ok(key.verify(&header.realm.namespace("act"), &head.header, &head.signature)?)
}

/// The second pass: everything in one transaction. Who signed is checked when their enrolment, which may stand in the same
/// bundle, has been applied; any fault undoes it all. Where it is only to be tried, it is undone in any case.
fn apply(
    workspace: &mut Workspace,
    spooled: &Path,
    verified: &Verified,
    keep: bool,
    job: &mut Job,
) -> Result<usize, Error> {
    let Some(checked) = &verified.checked else { return Ok(0) };
    let now = workspace.may_sign(bundle::IMPORT)?;
    let opened = open(workspace, spooled)?;
    if opened.digest() != verified.digest {
        return Err(Error::new(
            ErrorKind::Integrity,
            "the spooled bundle changed between its two readings",
            "import it again",
        ));
    }
    let roles = workspace.my_roles()?;
    let role = crate::gate::cleared::acting_role(bundle::IMPORT, &roles).unwrap_or(Role::DeskOfficer);
    let manifest = opened.manifest.clone();
    let salt = workspace.entropy.salt()?;
    let number = sealed_to(workspace, spooled)?;
    let tx = workspace.begin()?;
    let cosignature = note::cosign(
        &checked.checkpoint.text(),
        &checkpoint::witness_name(workspace.meta.desk),
        &keys_for(workspace, Some(number))?.witness,
        now,
    );
    let arrival = Arrival {
        from: manifest.from,
        replica: manifest.replica,
        sequence: manifest.sequence,
        manifest: verified.digest,
        acts: verified.found.fresh.clone(),
        contents: verified.found.contents,
        checkpoint: manifest.checkpoint.clone(),
        size: checked.checkpoint.size,
        root: checked.checkpoint.root,
        cosignature: cosignature.to_string(),
        acknowledged: checked.acknowledged,
        cosigned: checked.cosigned.clone(),
        format: Some(FORMAT_NUMBER),
        keys: (number > 0).then_some(number),
    };
    let author = Author {
        signer: &workspace.me.signer,
        role,
        now,
        audience: crate::act::header::Audience::OwnDesk,
        basis: None,
    };
    let mut own = ActWriter::begin(&tx, &workspace.meta, author)?;
    own.change(arrival.change(verified.told.as_ref(), salt))?;
    let via = own.finish()?.position;
    let (mut done, mut taking, mut high, mut shared) = (0u64, None, Vec::new(), None);
    let fresh: HashSet<Digest> = verified.found.fresh.iter().copied().collect();
    beside(
        |push| read_acts(&manifest, opened, push),
        |piece| {
            match piece {
                Arriving::Act(header, id) => {
                    let is_fresh = fresh.contains(&id);
                    taking =
                        is_fresh.then(|| ActImporter::begin(&tx, &workspace.meta, *header, id, via)).transpose()?;
                    shared = None;
                }
                Arriving::Line(line) => {
                    if let Some(taking) = &mut taking {
                        let shared = shared.get_or_insert_with(|| line.shared_terms());
                        high.extend(line.copy_above(Tier::INDICATORS, shared));
                        taking.change(line)?;
                    }
                    done += 1;
                    if done.is_multiple_of(1000) {
                        job.at("applying", done, Some(verified.found.changes))?;
                    }
                }
                Arriving::End(head, header) => {
                    if let Some(taking) = taking.take() {
                        taking.finish(&head)?;
                        is_signed(&tx, &head, &header)?;
                    }
                }
            }
            Ok(())
        },
    )?;
    let records = SqlRecordStore::authenticated(&tx);
    if !set_back::names_its_logs(&records, &manifest)? {
        let code = verified.from.key.clone().unwrap_or_default();
        return Err(alarm(&code, "goes on from another one, and two of its members have not declared that"));
    }
    let by = member::by_person(&records, manifest.from, manifest.by)?.filter(|m| m.is(member::State::Active));
    let may = |m: &Record| crate::gate::cleared::acting_role(bundle::EXPORT, &member::roles_of(m)).is_some();
    let Some(key) = by.as_ref().filter(|m| may(m)).and_then(member::signing_key) else {
        return Err(made_by_nobody());
    };
    let opened = open(workspace, spooled)?;
    opened.is_signed_by_member(&key)?;
    let is_above = |id: &Id| {
        let record = [*id, local_id(manifest.from, *id)].into_iter().filter_map(|id| records.get(id).ok().flatten());
        record.filter(|r| r.partner == Some(manifest.from)).any(|r| item::is_above_ceiling(&r))
    };
    let above = high.iter().filter(|id| is_above(id)).count();
    if !keep {
        return Ok(above);
    }
    workspace.commit(tx)?;
    workspace.after_commit()?;
    // What another desk has signed towards this one, as the lead of a task force, goes on to the others by itself.
    crate::command::taskforce::pass_on(workspace, None, false)?;
    Ok(above)
}

fn import(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let mut outcomes = Vec::new();
    let mut passed_over = Vec::new();
    let paths = args.all_paths("path");
    let (mut files, mut from_folder) = (Vec::new(), false);
    for path in paths.clone() {
        if path.is_dir() {
            from_folder = true;
            files.extend(file::files_in(&path)?);
        } else {
            files.push(path);
        }
    }
    if from_folder {
        files = in_order(workspace, files, &mut passed_over);
        if files.is_empty() {
            return Err(Error::new(
                ErrorKind::Malformed,
                "there is no bundle for this desk in that folder",
                "name another folder, or the bundle itself",
            )
            .with("passed_over", names(&passed_over)));
        }
    }
    let mut waits = None;
    for path in &files {
        match take_in(workspace, path, job) {
            Ok(done) => outcomes.extend(done),
            Err(failure) if from_folder && failure.kind == ErrorKind::Gap => waits = Some(failure),
            Err(failure) => return Err(failure),
        }
    }
    if let (Some(failure), true) = (waits, outcomes.is_empty()) {
        return Err(failure);
    }
    let said: Vec<String> = outcomes
        .iter()
        .map(|o| {
            let (acts, changes) = (counted(o.acts, "act"), counted(o.changes, "change"));
            let above = match o.above_ceiling {
                0 => String::new(),
                n => format!(" {} above the ceiling of your agreement: shown, and not passed on.", counted(n, "item")),
            };
            format!("Bundle {} from {}: {}, {acts}, {changes}.{above}{}", o.sequence, o.from, o.state, o.set_back)
        })
        .collect();
    let more = if passed_over.is_empty() {
        String::new()
    } else {
        format!("\nPassed over: {}.", names(&passed_over).join(", "))
    };
    let imported = Imported { bundles: outcomes, passed_over: names(&passed_over) };
    // A receipt may have come for what lies in the outbox.
    super::outbox::sweep(workspace)?;
    Ok(Output::thing(&imported).with_message(said.join("\n") + &more))
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|p| shown(&p.file_name().unwrap_or_default().to_string_lossy()).into_owned()).collect()
}

/// The files of a folder that are bundles for this desk, by sender and number; the others are passed over.
fn in_order(workspace: &Workspace, files: Vec<PathBuf>, passed_over: &mut Vec<PathBuf>) -> Vec<PathBuf> {
    let mut bundles = Vec::new();
    for path in files {
        match open(workspace, &path) {
            Ok(opened) => bundles.push((opened.manifest.from, opened.manifest.sequence, opened.volume, path)),
            Err(_) => passed_over.push(path),
        }
    }
    bundles.sort();
    bundles.into_iter().map(|(.., path)| path).collect()
}
