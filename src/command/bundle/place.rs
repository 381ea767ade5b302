//! The place of a bundle in its stream, and what it says of logs: whether it is the next one, came before, comes too early, or tells
//! another history than the one that is known. A stream of two histories is frozen here. It never applies anything.

use std::path::PathBuf;

use super::quarantine::{self, fork_file};
use super::set_back::{self, OfLog};
use super::source::{self, Plain};
use crate::act::checkpoint::{self, Checkpoint};
use crate::act::note::{KeyKind, Note, NoteKey, SignatureLine};
use crate::act::tree::{root, verify_consistency};
use crate::bundle::manifest::{FAR_JUMP, FORMAT_NUMBER, Manifest};
use crate::bundle::open::Opened;
use crate::host::file;
use crate::record::bundle;
use crate::record::card::DeskKeys;
use crate::record::store::Record;
use crate::record::stream::{self, SignedManifest};
use crate::store::tree::SqlTree;
use crate::value::digest::Digest;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// The longest manifest that is kept with the act that takes its bundle in, in bytes: with its signatures it fits into one content.
pub const LONGEST_KEPT: usize = 600 << 10;

/// Where a bundle stands in its stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum StreamPosition {
    /// The next one of its stream.
    Next,
    /// It was imported before.
    Again,
}

/// Where a bundle stands in its stream.
pub fn place(
    workspace: &Workspace,
    from: &Record,
    manifest: &Manifest,
    name: &Digest,
) -> Result<StreamPosition, Error> {
    let code = from.key.clone().unwrap_or_default();
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from.id)?;
    let last = stream::received(&stream);
    let expected = last.map_or(1, |(n, _)| n + 1);
    let n = manifest.sequence;
    let of_log = set_back::log_of(&workspace.records(), &stream, manifest)?;
    let is_known = bundle::received_as(&workspace.records(), from.id, name)?.is_some();
    if n >= expected && is_known {
        // A name that another number has.
        return Err(fork(&code, n));
    }
    if n < expected || of_log == OfLog::Old {
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
        let missing = quarantine::missing_before(workspace, from.id, expected, n)?;
        let what = format!("bundle {n} from {code} waits: {}", quarantine::are_missing(&missing));
        let next = format!(
            "it is kept; when what is missing arrives, it follows by itself. `comity bundle request-missing --from {code} --out FILE` asks for it"
        );
        return Err(Error::new(ErrorKind::Gap, what, next).with("missing", missing));
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

/// The error for what tells another history.
pub fn fork(code: &str, n: u64) -> Error {
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
    let (expected, other) = (last.map_or(1, |(n, _)| n + 1), opened.name());
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
pub fn freeze(workspace: &mut Workspace, spooled: &[PathBuf]) -> Result<(), Error> {
    let Some(first) = spooled.first() else { return Ok(()) };
    let opened = source::open(workspace, first)?;
    let (from, _) = source::sender(workspace, &opened)?;
    let Some(fork) = contradiction(workspace, &from, &opened)? else { return Ok(()) };
    let stream = stream::with(&workspace.records(), workspace.meta.desk, from.id)?;
    if !stream.is(stream::State::Running) {
        return Ok(());
    }
    let mut told = signed_manifest(&opened);
    if told.manifest.len() > LONGEST_KEPT {
        told.manifest.clear();
    }
    // Of a bundle in volumes one is kept: the manifest stands in each.
    file::copy(first, &fork_file(workspace, from.id))?;
    workspace.act_alone(stream::FREEZE, crate::act::header::Audience::OwnDesk, |e, _| {
        Ok(stream::frozen(stream.id, from.id, &fork, &told, e.salt()?))
    })?;
    Ok(())
}

/// The manifest of a bundle as it was signed.
pub fn signed_manifest(opened: &Opened<Plain>) -> SignedManifest {
    let [desk, member] = opened.signatures.clone();
    SignedManifest {
        manifest: String::from_utf8_lossy(&opened.bytes).into_owned(),
        desk_signature: desk,
        member_signature: member,
    }
}

/// The error for what a log does that it may not.
pub fn alarm(code: &str, what: &str) -> Error {
    Error::new(
        ErrorKind::Fork,
        format!("the log of {code} {what}"),
        "nothing of it was applied; call the partner: its history was rewritten or set back",
    )
}

/// What the checks of a bundle's own statements found.
pub struct Checked {
    /// The sender's checkpoint.
    pub checkpoint: Checkpoint,
    /// Its cosignature on our checkpoint: the size, and the line.
    pub cosigned: Option<(u64, String)>,
    /// The last of our bundles that it has, where that is one that is known here.
    pub acknowledged: Option<u64>,
}

/// The sender's log has grown from what was seen; receipts and cosignatures speak of what is here.
pub fn statements(
    workspace: &Workspace,
    from: &Record,
    keys: &[DeskKeys],
    manifest: &Manifest,
) -> Result<Checked, Error> {
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
    source::signed_by_any(keys, |keys| {
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
            source::signed_by_any(keys, |keys| {
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
