//! Bundles in: spooled, verified to the last byte, then applied in one transaction, or not at all.
//!
//! A bundle that came before is a no-op; one that comes too early waits in the inbox until what is missing arrives; one
//! that tells another history is kept as evidence, and nothing more is taken from that stream.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::beside::beside;
use super::failure::{Failure, Kind};
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::checkpoint::{self, Checkpoint};
use crate::act::header::{Header, act_id};
use crate::act::note::{self, KeyKind, Note, NoteKey, SignatureLine};
use crate::act::part::{Head, Reader};
use crate::act::tree::{leaf_hash, root, verify_consistency, verify_inclusion};
use crate::bundle::manifest::{FAR_JUMP, Manifest, PartKind};
use crate::bundle::open::{BadBundle, Opened, Parts};
use crate::host::file;
use crate::record::book::{Book as _, Record};
use crate::record::bundle;
use crate::record::stream::{self, Arrival, Contents};
use crate::record::{card::DeskKeys, member, partner};
use crate::seal::vault;
use crate::store::connection;
use crate::store::log::{Author, Taking, Writing};
use crate::store::ready::Ready;
use crate::store::{read, tree::SqlTree};
use crate::value::class::{Role, Standing};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::{counted, shown};

/// The largest bundle that is looked at, in bytes.
const LARGEST: u64 = (2 << 30) + (4 << 20);

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "bundle",
        name: "inspect",
        about: "Show what a bundle says of itself; nothing of it is verified or applied",
        fields: &[Field::new("file", Takes::Existing, "the bundle").positional()],
        act: "",
        run: Run::Reads(inspect),
    },
    Verb {
        noun: "bundle",
        name: "verify",
        about: "Verify a bundle to its last byte, and try its acts; nothing of it is applied",
        fields: &[Field::new("file", Takes::Existing, "the bundle").positional()],
        act: "",
        run: Run::Reads(show_verified),
    },
    Verb {
        noun: "bundle",
        name: "import",
        about: "Take in bundles: files, or folders with what is for this desk among other things",
        fields: &[Field::new("path", Takes::Existing, "a bundle or a folder").positional().repeated()],
        act: "bundle-import",
        run: Run::Writes(import),
    },
];

/// What became of a bundle.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// The sender.
    pub from: String,
    /// Its number.
    pub sequence: u64,
    /// `imported`, `already imported`, `verified` or `waits`.
    pub state: &'static str,
    /// How many acts it carries.
    pub acts: usize,
    /// How many changes they make.
    pub changes: u64,
}

/// A bundle's plain form as a stream.
type Plain = Box<dyn Read + Send>;

fn open(desk: &Desk, path: &Path) -> Result<Opened<Plain>, Failure> {
    let file = file::open(path)?;
    let size = file.metadata().map(|m| m.len()).unwrap_or(0);
    if size > LARGEST {
        return Err(Failure::new(
            Kind::Malformed,
            format!("{} is larger than 2 GiB", shown(&path.to_string_lossy())),
            "ask for it in volumes",
        ));
    }
    let plain = vault::open(&desk.keyring.age, BufReader::with_capacity(256 * 1024, file))?;
    let opened = Opened::read(Box::new(plain) as Plain)?;
    opened.is_for(desk.meta.desk, &desk.meta.realm)?;
    Ok(opened)
}

/// The sender of a bundle, who must be pinned, and whose bundle key must have signed it.
fn sender(desk: &Desk, opened: &Opened<Plain>) -> Result<(Record, DeskKeys), Failure> {
    let from = opened.manifest.from;
    let unknown = || {
        Failure::new(
            Kind::Signature,
            "the bundle is from a desk that is not known here",
            "add the partner's card first, and compare its fingerprint",
        )
    };
    let record = desk.book().get(from)?.filter(|r| r.kind == partner::KIND.name).ok_or_else(unknown)?;
    let keys = partner::keys(&desk.book(), from)?;
    opened.is_signed_by_desk(&keys.bundle)?;
    match partner::standing_of(&record) {
        Standing::Pinned | Standing::Suspended => Ok((record, keys)),
        other => {
            let what = format!("{} is {other}", record.key.as_deref().unwrap_or("the partner"));
            Err(Failure::new(
                Kind::Refused,
                what,
                "compare its fingerprint aloud (`partner confirm`) before anything of it is taken in",
            ))
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The next one of its stream.
    Next,
    /// It was imported before.
    Again,
}

/// Where a bundle stands in its stream.
fn place(desk: &Desk, from: &Record, manifest: &Manifest, digest: &Digest) -> Result<Place, Failure> {
    let code = from.key.clone().unwrap_or_default();
    let stream = stream::with(&desk.book(), desk.meta.desk, from.id)?;
    let last = stream::received(&stream);
    let expected = last.map_or(1, |(n, _)| n + 1);
    let n = manifest.sequence;
    if n < expected {
        let known = bundle::numbered(&desk.book(), from.id, "received", n)?;
        let same = known.is_some_and(|r| r.text("manifest") == Some(digest.to_string().as_str()));
        return if same { Ok(Place::Again) } else { Err(fork(&code, n)) };
    }
    if stream.state == "frozen" {
        return Err(Failure::new(
            Kind::Fork,
            format!("the stream from {code} is frozen after a fork"),
            "two people must look at the evidence and resume it",
        ));
    }
    if n > expected + FAR_JUMP {
        return Err(Failure::new(
            Kind::Fork,
            format!("bundle {n} from {code} jumps far ahead: {expected} is expected"),
            "ask the partner whether it made so many; nothing was changed",
        ));
    }
    if n > expected {
        let missing: Vec<u64> = (expected..n).filter(|m| !inbox_file(desk, from.id, *m).exists()).collect();
        let words: Vec<String> = missing.iter().map(u64::to_string).collect();
        let what = format!(
            "bundle {n} from {code} waits: {} missing",
            if words.is_empty() { "one before it is".into() } else { format!("{} are", words.join(", ")) }
        );
        return Err(Failure::new(Kind::Gap, what, "it is kept; when what is missing arrives, it follows by itself")
            .with("missing", missing));
    }
    if manifest.previous != last.map(|(_, m)| m) {
        return Err(fork(&code, n));
    }
    Ok(Place::Next)
}

fn fork(code: &str, n: u64) -> Failure {
    let what = format!("bundle {n} from {code} tells another history than the one that is known");
    Failure::new(
        Kind::Fork,
        what,
        "nothing of it was applied; call the partner: its workspace was set back, or somebody else has its keys",
    )
}

fn alarm(code: &str, what: &str) -> Failure {
    Failure::new(
        Kind::Fork,
        format!("the log of {code} {what}"),
        "nothing of it was applied; call the partner: its history was rewritten or set back",
    )
}

/// What the checks of a bundle's own statements found.
struct Checked {
    checkpoint: Checkpoint,
    cosigned: Option<(u64, String)>,
}

/// The sender's log has grown from what was seen; receipts and cosignatures speak of what is here.
fn statements(desk: &Desk, from: &Record, keys: &DeskKeys, manifest: &Manifest) -> Result<Checked, Failure> {
    let code = from.key.clone().unwrap_or_default();
    let stream = stream::with(&desk.book(), desk.meta.desk, from.id)?;
    let bad = |what: &str| {
        Failure::new(
            Kind::Malformed,
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
    let key = NoteKey { name: origin, kind: KeyKind::Log, key: keys.log };
    note.verify(&key).map_err(|e| {
        Failure::new(Kind::Signature, format!("the bundle's checkpoint: {e}"), "nothing of it was applied")
    })?;
    match (stream::seen(&stream), &manifest.growth) {
        (None, None) => {}
        (Some(seen), Some(growth)) => {
            if seen.replica != manifest.replica || growth.from != seen.size {
                return Err(alarm(&code, "does not go on from where it was seen last"));
            }
            if !verify_consistency(seen.size, seen.root, checkpoint.size, checkpoint.root, &growth.proof) {
                return Err(alarm(&code, "is not the one that was seen before"));
            }
        }
        _ => return Err(alarm(&code, "does not go on from where it was seen last")),
    }
    if let Some(receipt) = &manifest.acknowledges {
        let ours = bundle::numbered(&desk.book(), from.id, "sent", receipt.sequence)?;
        if ours.is_none_or(|r| r.text("manifest") != Some(receipt.manifest.to_string().as_str())) {
            return Err(alarm(&code, "acknowledges a bundle that was never sent"));
        }
    }
    let cosigned = match &manifest.cosigned {
        None => None,
        Some(c) => {
            let tip = crate::store::log::tip(&desk.db, &desk.meta)?;
            let nodes = SqlTree::new(&desk.db, desk.meta.replica);
            if c.size > tip.size || root(&nodes, c.size)? != c.root {
                return Err(alarm(&code, "has cosigned a history of this desk that is not here"));
            }
            let text = Checkpoint {
                origin: checkpoint::origin(desk.meta.desk, desk.meta.replica, &desk.meta.realm),
                size: c.size,
                root: c.root,
            }
            .text();
            let line = SignatureLine::parse(&c.line).map_err(|e| bad(&e.to_string()))?;
            let note = Note { text, signatures: vec![line] };
            let key =
                NoteKey { name: checkpoint::witness_name(manifest.from), kind: KeyKind::Witness, key: keys.witness };
            note.verify(&key).map_err(|e| {
                Failure::new(Kind::Signature, format!("the bundle's cosignature: {e}"), "nothing of it was applied")
            })?;
            Some((c.size, c.line.clone()))
        }
    };
    Ok(Checked { checkpoint, cosigned })
}

/// Padding hides nothing: every byte of it is zero.
fn only_zeros(body: &mut dyn Read) -> Result<(), Failure> {
    let mut block = [0; 4096];
    loop {
        match body.read(&mut block).map_err(BadBundle::from)? {
            0 => return Ok(()),
            n if block.iter().take(n).all(|b| *b == 0) => {}
            _ => return Err(BadBundle::Form("its padding holds something").into()),
        }
    }
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
    desk: &Desk,
    opened: Opened<Plain>,
    checkpoint: &Checkpoint,
    job: &mut Job,
) -> Result<FirstPass, Failure> {
    let manifest = opened.manifest.clone();
    let total: u64 = manifest.parts.iter().map(|p| p.bytes).sum();
    let mut parts = Parts::begin(&manifest, opened.into_slice());
    let (mut fresh, mut acts, mut changes, mut bytes) = (Vec::new(), 0, 0u64, 0u64);
    let mut contents = Contents::default();
    let mut last: Option<u64> = None;
    while let Some(found) = parts.next::<Option<Header>, Failure>(|part, body| {
        bytes += part.bytes;
        if part.kind == PartKind::Padding {
            only_zeros(body)?;
            return Ok(None);
        }
        let mut act = Reader::begin(body).map_err(BadBundle::from)?;
        let id = act_id(&act.head.header);
        let is_fresh = read::position_of(&desk.db, &id)?.is_none();
        if is_fresh {
            fresh.push(id);
        }
        while let Some(line) = act.next_line().map_err(BadBundle::from)? {
            if is_fresh && line.is_whole() {
                contents.add(act.leaf());
            }
            changes += 1;
            if changes.is_multiple_of(4096) {
                job.at("verifying", bytes, Some(total))?;
            }
        }
        let (head, header) = act.finish().map_err(BadBundle::from)?;
        if !verify_inclusion(leaf_hash(&head.header), head.index, checkpoint.size, &head.proof, checkpoint.root) {
            let what = "an act in the bundle is not in its sender's log";
            return Err(Failure::new(Kind::Signature, what, "nothing of it was applied; call the partner"));
        }
        Ok(Some(header))
    })? {
        let Some(header) = found else { continue };
        let fits = header.desk == manifest.from && header.replica == manifest.replica && header.realm == manifest.realm;
        if !fits || !header.audience.names(desk.meta.desk) {
            return Err(Failure::new(
                Kind::NotForUs,
                "an act in the bundle is of another desk, another realm, or for another desk",
                "nothing of it was applied",
            ));
        }
        if last.is_some_and(|l| header.sequence <= l) {
            return Err(BadBundle::Form("its acts are out of order").into());
        }
        last = Some(header.sequence);
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
    place: Place,
    checked: Option<Checked>,
    found: FirstPass,
}

fn verify(desk: &Desk, path: &Path, job: &mut Job) -> Result<Verified, Failure> {
    let opened = open(desk, path)?;
    let (from, keys) = sender(desk, &opened)?;
    let (manifest, digest) = (opened.manifest.clone(), opened.digest());
    if manifest.volumes.len() > 1 {
        let what = format!("the bundle has {} volumes, and this is one of them", manifest.volumes.len());
        return Err(Failure::new(Kind::Gap, what, "import the folder with all of them"));
    }
    // A bundle that is here already, or comes too early, is still read to its end: what is damaged is said to be damaged.
    let place = place(desk, &from, &manifest, &digest);
    let checked = match place {
        Ok(Place::Next) => Some(statements(desk, &from, &keys, &manifest)?),
        _ => None,
    };
    let checkpoint = match &checked {
        Some(checked) => checked.checkpoint.clone(),
        None => Note::parse(&manifest.checkpoint).and_then(|n| Checkpoint::parse(&n)).map_err(|e| {
            Failure::new(Kind::Malformed, format!("the bundle's checkpoint: {e}"), "nothing of it was applied")
        })?,
    };
    let found = first_pass(desk, opened, &checkpoint, job)?;
    Ok(Verified { from, manifest, digest, place: place?, checked, found })
}

fn outcome(v: &Verified, state: &'static str) -> Outcome {
    Outcome {
        from: v.from.key.clone().unwrap_or_default(),
        sequence: v.manifest.sequence,
        state,
        acts: v.found.acts,
        changes: v.found.changes,
    }
}

fn inspect(desk: &mut Desk, form: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let opened = open(desk, &form.path("file")?)?;
    let manifest: serde_json::Value = serde_json::from_slice(&opened.bytes).unwrap_or_default();
    let said = "Nothing of this is verified: `bundle verify` does that.";
    Ok(Answer::thing(&serde_json::json!({ "from": desk.code_of(opened.manifest.from)?, "volume": opened.volume + 1, "manifest": manifest })).saying(said))
}

fn show_verified(desk: &mut Desk, form: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let path = form.path("file")?;
    let verified = verify(desk, &path, job)?;
    // Whether its acts are in order shows when they are folded: whoever may import tries that too.
    let tried = !desk.is_read_only() && desk.may("bundle-import")?.allowed();
    if tried {
        apply(desk, &path, &verified, false, job).map_err(Failure::from_partner)?;
    }
    let state = if verified.place == Place::Again { "already imported" } else { "verified" };
    let outcome = outcome(&verified, state);
    let said = format!(
        "Bundle {} from {}: {state}, {}, {}.{}",
        outcome.sequence,
        outcome.from,
        counted(outcome.acts, "act"),
        counted(outcome.changes, "change"),
        if tried { "" } else { " Whether its acts are in order is checked when it is imported." }
    );
    Ok(Answer::thing(&outcome).saying(said))
}

// --- import --------------------------------------------------------------------------------------------------------

fn inbox_file(desk: &Desk, from: Id, sequence: u64) -> PathBuf {
    desk.folder().join("inbox").join(format!("{from}-{sequence}.{}", desk.meta.realm.ending()))
}

/// Copies what is on the medium into the inbox, so that nothing changes between the passes.
fn spool(desk: &mut Desk, path: &Path) -> Result<PathBuf, Failure> {
    let size = file::open(path)?.metadata().map(|m| m.len()).unwrap_or(0);
    if size > LARGEST {
        return Err(Failure::new(
            Kind::Malformed,
            format!("{} is larger than 2 GiB", shown(&path.to_string_lossy())),
            "ask for it in volumes",
        ));
    }
    let spooled = desk.folder().join("inbox").join(format!("spool-{}", desk.entropy.id()?));
    file::copy_for_now(path, &spooled)?;
    Ok(spooled)
}

/// Takes one bundle in, and whatever waited for it.
pub fn take_in(desk: &mut Desk, path: &Path, job: &mut Job) -> Result<Vec<Outcome>, Failure> {
    let may = desk.may("bundle-import")?;
    if !may.allowed() {
        return Err(Failure::refused(may, None));
    }
    let spooled = spool(desk, path)?;
    let taken = take_spooled(desk, &spooled, job);
    file::remove(&spooled)?;
    let first = taken?;
    let from = crate::record::partner::by_code(&desk.book(), &first.from)?.map(|r| r.id);
    let mut all = vec![first];
    // What came too early follows by itself.
    while let Some(from) = from {
        let stream = stream::with(&desk.book(), desk.meta.desk, from)?;
        let next = inbox_file(desk, from, stream::received(&stream).map_or(1, |(n, _)| n + 1));
        if !next.exists() {
            break;
        }
        let follows = take_spooled(desk, &next, job);
        match follows {
            Ok(outcome) => {
                file::remove(&next)?;
                all.push(outcome);
            }
            Err(failure) => {
                // It was whole when it came. It stays where it is, as evidence, and what speaks against it is said.
                let n = next.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                let what = format!("{} followed, and the next one, {n}, does not: {}", said_of(&all), failure.what);
                return Err(Failure { what, ..failure });
            }
        }
    }
    Ok(all)
}

fn said_of(outcomes: &[Outcome]) -> String {
    let one = |o: &Outcome| format!("bundle {} from {}: {}", o.sequence, o.from, o.state);
    outcomes.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn take_spooled(desk: &mut Desk, spooled: &Path, job: &mut Job) -> Result<Outcome, Failure> {
    let verified = match verify(desk, spooled, job) {
        Err(failure) if failure.kind == Kind::Gap => {
            quarantine(desk, spooled)?;
            return Err(failure);
        }
        other => other?,
    };
    if verified.place == Place::Again {
        return Ok(outcome(&verified, "already imported"));
    }
    apply(desk, spooled, &verified, true, job).map_err(Failure::from_partner)?;
    Ok(outcome(&verified, "imported"))
}

/// Keeps a bundle that came too early. Another one of the same number is another history.
fn quarantine(desk: &Desk, spooled: &Path) -> Result<(), Failure> {
    let opened = open(desk, spooled)?;
    let (from, n) = (opened.manifest.from, opened.manifest.sequence);
    let kept = inbox_file(desk, from, n);
    if opened.manifest.volumes.len() != 1 {
        return Ok(());
    }
    if kept.exists() && open(desk, &kept)?.digest() != opened.digest() {
        return Err(fork(&desk.code_of(from)?, n));
    }
    Ok(file::copy(spooled, &kept)?)
}

/// A piece of an act that arrives.
enum Arriving {
    /// It begins: its header, and its id.
    Act(Box<Header>, Digest),
    /// One of its changes.
    Line(Ready),
    /// It ends: its changes are those that were signed.
    End(Head, Box<Header>),
}

/// Reads the acts of a bundle, piece by piece, to its last byte.
fn read_acts(
    manifest: &Manifest,
    opened: Opened<Plain>,
    push: &mut dyn FnMut(Arriving) -> bool,
) -> Result<(), Failure> {
    let mut parts = Parts::begin(manifest, opened.into_slice());
    let mut goes_on = true;
    while let (true, Some(())) = (
        goes_on,
        parts.next::<(), Failure>(|part, body| {
            if part.kind == PartKind::Padding {
                return only_zeros(body);
            }
            let mut act = Reader::begin(body).map_err(BadBundle::from)?;
            let id = act_id(&act.head.header);
            goes_on = push(Arriving::Act(Box::new(act.header.clone()), id));
            while let Some(line) = act.next_line().map_err(BadBundle::from)? {
                let leaf = *act.leaf();
                goes_on = goes_on && push(Arriving::Line(Ready::line(line, leaf)?));
            }
            let (head, header) = act.finish().map_err(BadBundle::from)?;
            goes_on = goes_on && push(Arriving::End(head, Box::new(header)));
            Ok(())
        })?,
    ) {}
    if goes_on {
        parts.finish()?;
    }
    Ok(())
}

/// Whoever signed is enrolled at the act's desk, and the signature is his.
fn is_signed(tx: &connection::Transaction<'_>, head: &Head, header: &Header) -> Result<(), Failure> {
    let book = crate::store::book::SqlBook::new(tx);
    let signer = member::by_person(&book, header.member)?.filter(|m| m.desk == header.desk);
    let key = signer.as_ref().and_then(member::signing_key).ok_or_else(|| {
        Failure::new(
            Kind::Signature,
            "an act in the bundle is signed by nobody who is enrolled at its desk",
            "nothing of it was applied",
        )
    })?;
    Ok(key.verify(&header.realm.namespace("act"), &head.header, &head.signature)?)
}

/// The second pass: everything in one transaction. Who signed is checked when his enrolment, which may stand in the same
/// bundle, has been folded; any fault undoes it all. Where it is only to be tried, it is undone in any case.
fn apply(desk: &mut Desk, spooled: &Path, verified: &Verified, keep: bool, job: &mut Job) -> Result<(), Failure> {
    let Some(checked) = &verified.checked else { return Ok(()) };
    let now = desk.may_sign()?;
    let opened = open(desk, spooled)?;
    if opened.digest() != verified.digest {
        return Err(Failure::new(
            Kind::Integrity,
            "the spooled bundle changed between its two readings",
            "import it again",
        ));
    }
    let roles = desk.my_roles()?;
    let role = crate::gate::cleared::acting_role(stream::IMPORT, &roles).unwrap_or(Role::DeskOfficer);
    let manifest = opened.manifest.clone();
    let tx = connection::begin(&desk.db)?;
    let cosignature =
        note::cosign(&checked.checkpoint.text(), &checkpoint::witness_name(desk.meta.desk), &desk.keyring.witness, now);
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
        acknowledged: manifest.acknowledges.as_ref().map(|r| r.sequence),
        cosigned: checked.cosigned.clone(),
    };
    let author =
        Author { signer: &desk.me.signer, role, now, audience: crate::act::header::Audience::Own, basis: None };
    let mut own = Writing::begin(&tx, &desk.meta, author)?;
    own.change(arrival.change())?;
    let via = own.finish()?.position;
    let (mut done, mut taking) = (0u64, None);
    beside(
        |push| read_acts(&manifest, opened, push),
        |piece| {
            match piece {
                Arriving::Act(header, id) => {
                    let fresh = verified.found.fresh.contains(&id);
                    taking = fresh.then(|| Taking::begin(&tx, &desk.meta, *header, id, via)).transpose()?;
                }
                Arriving::Line(line) => {
                    if let Some(taking) = &mut taking {
                        taking.line(line)?;
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
    let book = crate::store::book::SqlBook::new(&tx);
    let by = member::by_person(&book, manifest.by)?.filter(|m| m.desk == manifest.from && m.state == "active");
    let may = |m: &Record| crate::gate::cleared::acting_role("bundle-export", &member::roles_of(m)).is_some();
    let Some(key) = by.as_ref().filter(|m| may(m)).and_then(member::signing_key) else {
        return Err(Failure::new(
            Kind::Signature,
            "the bundle was made by nobody who may make bundles at its desk",
            "nothing of it was applied",
        ));
    };
    let opened = open(desk, spooled)?;
    opened.is_signed_by_member(&key)?;
    if !keep {
        return Ok(());
    }
    tx.commit().map_err(crate::store::error::StoreError::from)?;
    desk.after_commit()
}

fn import(desk: &mut Desk, form: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let mut outcomes = Vec::new();
    let mut passed_over = Vec::new();
    let paths = form.all("path").to_vec();
    let (mut files, mut from_folder) = (Vec::new(), false);
    for path in &paths {
        let path = PathBuf::from(path);
        if path.is_dir() {
            from_folder = true;
            files.extend(file::files_in(&path)?);
        } else {
            files.push(path);
        }
    }
    if from_folder {
        files = in_order(desk, files, &mut passed_over);
        if files.is_empty() {
            return Err(Failure::new(
                Kind::Malformed,
                "there is no bundle for this desk in that folder",
                "name another folder, or the bundle itself",
            )
            .with("passed_over", names(&passed_over)));
        }
    }
    let mut waits = None;
    for path in &files {
        match take_in(desk, path, job) {
            Ok(done) => outcomes.extend(done),
            Err(failure) if from_folder && failure.kind == Kind::Gap => waits = Some(failure),
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
            format!("Bundle {} from {}: {}, {acts}, {changes}.", o.sequence, o.from, o.state)
        })
        .collect();
    let more = if passed_over.is_empty() {
        String::new()
    } else {
        format!("\nPassed over: {}.", names(&passed_over).join(", "))
    };
    let value = serde_json::json!({ "bundles": outcomes, "passed_over": names(&passed_over) });
    Ok(Answer::thing(&value).saying(said.join("\n") + &more))
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|p| shown(&p.file_name().unwrap_or_default().to_string_lossy()).into_owned()).collect()
}

/// The files of a folder that are bundles for this desk, by sender and number; the others are passed over.
fn in_order(desk: &Desk, files: Vec<PathBuf>, passed_over: &mut Vec<PathBuf>) -> Vec<PathBuf> {
    let mut bundles = Vec::new();
    for path in files {
        match open(desk, &path) {
            Ok(opened) => bundles.push((opened.manifest.from, opened.manifest.sequence, opened.volume, path)),
            Err(_) => passed_over.push(path),
        }
    }
    bundles.sort();
    bundles.into_iter().map(|(.., path)| path).collect()
}
