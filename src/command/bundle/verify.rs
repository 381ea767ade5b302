//! The first pass over a bundle: every part is read to its last byte and checked against what was signed, and whoever signed must be
//! known. Nothing of it is applied.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;

use super::place::{Checked, LONGEST_KEPT, StreamPosition, place, signed_manifest, statements};
use super::source::{self, Whole};
use crate::act::change::Line;
use crate::act::checkpoint::Checkpoint;
use crate::act::header::{Header, act_id};
use crate::act::note::Note;
use crate::act::part::{Head, Reader};
use crate::act::tree::{leaf_hash, verify_inclusion};
use crate::bundle::manifest::{Manifest, PartKind};
use crate::bundle::open::{BundleError, Parts};
use crate::record::bundle::Contents;
use crate::record::member;
use crate::record::store::Record;
use crate::record::stream::SignedManifest;
use crate::seal::sign::PublicKey;
use crate::store::read;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;
use crate::workspace::window;

/// Padding hides nothing: every byte of it is zero.
pub fn only_zeros(body: &mut dyn Read) -> Result<(), Error> {
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

/// The error for an act of nobody who is enrolled.
pub fn unsigned() -> Error {
    Error::new(
        ErrorKind::Signature,
        "an act in the bundle is not signed by an enrolled member of its desk",
        "nothing of it was applied",
    )
}

/// The error for a bundle of nobody who may make one.
pub fn made_by_nobody() -> Error {
    Error::new(
        ErrorKind::Signature,
        "the bundle was made by nobody who may make bundles at its desk",
        "nothing of it was applied",
    )
}

/// What the first pass found.
pub struct FirstPass {
    /// The acts that are new here; one that gathers may bring others again.
    pub fresh: Vec<Digest>,
    /// How many acts there are in all.
    pub acts: usize,
    /// How many changes they make.
    pub changes: u64,
    /// The digest of what came whole with the new acts.
    pub contents: Digest,
}

/// Reads every part to its end: shapes, digests, roots, and that each act stands in the sender's log.
fn first_pass(
    workspace: &Workspace,
    opened: Whole,
    checkpoint: &Checkpoint,
    mut signers: Option<&mut Signers>,
    job: &mut Job,
) -> Result<FirstPass, Error> {
    let manifest = opened.manifest.clone();
    let total: u64 = manifest.parts.iter().map(|p| p.bytes).sum();
    let mut parts = Parts::begin(&manifest, opened.into_slices());
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
pub struct Verified {
    /// The partner that sent it.
    pub from: Record,
    /// Its manifest.
    pub manifest: Manifest,
    /// The name that it has in its stream.
    pub name: Digest,
    /// Where it stands in its stream.
    pub place: StreamPosition,
    /// What it says of logs, where it is the next one.
    pub checked: Option<Checked>,
    /// What it holds.
    pub found: FirstPass,
    /// The manifest as it was signed, where it is not too long to be kept.
    pub told: Option<SignedManifest>,
}

/// Verifies a bundle, in the volumes that it has, to its last byte.
pub fn verify(workspace: &Workspace, files: &[PathBuf], job: &mut Job) -> Result<Verified, Error> {
    let opened = source::open_whole(workspace, files)?;
    let (from, keys) = source::sender(workspace, &opened)?;
    let (manifest, name) = (opened.manifest.clone(), opened.name());
    // A bundle that is here already, or comes too early, is still read to its end: what is damaged is said to be damaged.
    let place = place(workspace, &from, &manifest, &name);
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
    Ok(Verified { from, manifest, name, place, checked, found, told })
}
