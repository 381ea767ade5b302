//! What bundles say of desks that were set back: their logs go on as other replicas, and what was seen of the old ones beyond their
//! ends is lost, not false. Nothing of it is believed that two members of that desk have not declared.

use crate::act::checkpoint::{self, Checkpoint};
use crate::act::note::{KeyKind, Note, NoteKey, SignatureLine};
use crate::act::tree::{root, verify_consistency};
use crate::bundle::manifest::{Cosigned, Manifest, OldLog};
use crate::record::bundle::{self, State};
use crate::record::card::DeskKeys;
use crate::record::restore;
use crate::record::store::{Record, RecordStore};
use crate::record::stream;
use crate::store::{read, tree::SqlTree};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::counted;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The logs of this desk that were declared to be over, the oldest first.
pub fn former_logs(workspace: &Workspace, records: &dyn RecordStore) -> Result<Vec<OldLog>, Error> {
    logs_before(records, workspace.meta.desk, workspace.meta.replica)
}

fn logs_before(records: &dyn RecordStore, desk: Id, replica: Id) -> Result<Vec<OldLog>, Error> {
    let way = restore::leading_to(records, desk, replica)?;
    let ends = way.iter().filter_map(restore::old_of);
    Ok(ends.map(|end| OldLog { replica: end.replica, size: end.size, root: end.root }).collect())
}

/// Of which log of its sender a bundle is, seen from here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfLog {
    /// Of the one that was seen last, or of the first that is seen.
    Same,
    /// Of one that says to go on from it.
    Restored,
    /// Of one that its sender has declared to be over.
    Old,
    /// Of none that is known here.
    Unknown,
}

/// Finds of which log of its sender a bundle is.
pub fn log_of(records: &dyn RecordStore, stream: &Record, manifest: &Manifest) -> Result<OfLog, Error> {
    let Some(seen) = stream::seen(stream).filter(|seen| seen.replica != manifest.replica) else {
        return Ok(OfLog::Same);
    };
    if manifest.continues.iter().any(|old| old.replica == seen.replica) {
        return Ok(OfLog::Restored);
    }
    let before = restore::leading_to(records, manifest.from, seen.replica)?;
    let is_old = before.iter().filter_map(restore::old_of).any(|end| end.replica == manifest.replica);
    Ok(if is_old { OfLog::Old } else { OfLog::Unknown })
}

/// Whether a bundle of a log that goes on from another one fits what was seen of that: it follows a bundle that is here, the old log
/// had grown from there to its end, and it ends before what its sender says to have lost.
pub fn fits_what_was_seen(records: &dyn RecordStore, stream: &Record, manifest: &Manifest) -> Result<bool, Error> {
    let Some(seen) = stream::seen(stream) else { return Ok(true) };
    let Some(old) = manifest.continues.iter().find(|old| old.replica == seen.replica) else { return Ok(false) };
    let known = |n: u64| bundle::numbered(records, manifest.from, State::Received, n);
    // What it does not remember to have sent was made when its log was longer than its copy of it.
    if let Some((size, _)) = known(manifest.sequence)?.as_ref().and_then(bundle::seen_in)
        && old.size > size
    {
        return Ok(false);
    }
    let (Some(previous), Some(growth)) = (&manifest.previous, &manifest.growth) else {
        return Ok(manifest.sequence == 1);
    };
    let before = bundle::received_as(records, manifest.from, previous)?;
    let Some((size, head)) = before.as_ref().and_then(bundle::seen_in) else { return Ok(false) };
    let numbered = before.and_then(|record| record.key).and_then(|key| key.parse::<u64>().ok());
    Ok(numbered == manifest.sequence.checked_sub(1)
        && growth.from == size
        && verify_consistency(size, head, old.size, old.root, &growth.proof))
}

/// Whether a bundle names the logs before its own as its desk has declared them, two members each.
pub fn names_its_logs(records: &dyn RecordStore, manifest: &Manifest) -> Result<bool, Error> {
    Ok(manifest.continues == logs_before(records, manifest.from, manifest.replica)?)
}

/// Whether a partner has not yet said anything of the log that this desk goes on with since it was set back.
pub fn knows_lost_log(workspace: &Workspace, stream: &Record) -> Result<bool, Error> {
    let is_new = stream::cosigned_replica(stream) != Some(workspace.meta.replica);
    Ok(is_new && !former_logs(workspace, &workspace.records())?.is_empty())
}

/// Whether a cosignature is on a log of this desk that was declared to be over: as far as that is here, it must be the same.
pub fn is_on_lost_log(workspace: &Workspace, c: &Cosigned, by: Id, keys: &[DeskKeys]) -> Result<bool, Error> {
    let Ok(line) = SignatureLine::parse(&c.line) else { return Ok(false) };
    for old in former_logs(workspace, &workspace.records())? {
        let origin = checkpoint::origin(workspace.meta.desk, old.replica, &workspace.meta.realm);
        let text = Checkpoint { origin, size: c.size, root: c.root }.text();
        let note = Note { text, signatures: vec![line.clone()] };
        let name = checkpoint::witness_name(by);
        let is_by = |keys: &DeskKeys| {
            note.verify(&NoteKey { name: name.clone(), kind: KeyKind::Witness, key: keys.witness }).is_ok()
        };
        if keys.iter().any(is_by) {
            return Ok(c.size > old.size || root(&SqlTree::new(&workspace.db, old.replica), c.size)? == c.root);
        }
    }
    Ok(false)
}

/// The acts of a partner that are here, and that it has lost where it was set back.
pub fn lost_by(workspace: &Workspace, partner: Id) -> Result<Vec<Digest>, Error> {
    let mut lost = Vec::new();
    for record in restore::of_desk(&workspace.records(), partner)? {
        if let (true, Some(old)) = (record.is(restore::State::Confirmed), restore::old_of(&record)) {
            lost.extend(read::acts_beyond(&workspace.db, partner, old.replica, old.size)?);
        }
    }
    Ok(lost)
}

/// What is to be said of a partner that was set back, by the number of its declared restores before and now.
pub fn news_of(workspace: &Workspace, partner: &Record, before: usize) -> Result<String, Error> {
    if restores_of(workspace, partner.id)? <= before {
        return Ok(String::new());
    }
    let code = partner.key.clone().unwrap_or_default();
    let lost = lost_by(workspace, partner.id)?.len();
    Ok(match lost {
        0 => format!(" {code} was set back, and two of its members say so; nothing of it that is here is lost there."),
        n => format!(
            " {code} was set back, and two of its members say so. {} of it that are here are lost there: `partner show {code}` \
             names them; call it.",
            counted(n, "act")
        ),
    })
}

/// How many restores a partner has declared, as far as is known here.
pub fn restores_of(workspace: &Workspace, partner: Id) -> Result<usize, Error> {
    let all = restore::of_desk(&workspace.records(), partner)?;
    Ok(all.iter().filter(|record| record.is(restore::State::Confirmed)).count())
}
