//! A bundle made again whose files are gone from the outbox, so that a stream in which it was lost goes on. It has the number and the name
//! of the first one and says so; what was erased since, or may not leave any more, is left out of it.

use std::path::PathBuf;

use super::make::{ActSource, ActsToJudge, Gathered, Leaves, WaitingRow, judged, keys_towards, seal, signed_note};
use super::{outbox, set_back};
use crate::act::checkpoint::{self, Checkpoint};
use crate::act::header::Audience;
use crate::act::tree;
use crate::bundle::manifest::{Growth, Manifest, Receipt};
use crate::command::history::acts_of;
use crate::gate::cleared;
use crate::record::bundle::{self, Departure, State};
use crate::record::store::{Record, RecordStore};
use crate::record::stream;
use crate::store::read::StoredAct;
use crate::store::tree::SqlTree;
use crate::store::{connection, read};
use crate::value::digest::Digest;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What the log notes of a bundle, and in which act.
fn departure(workspace: &Workspace, record: &Record) -> Result<(StoredAct, Departure), Error> {
    let first = acts_of(workspace, record, &[bundle::EXPORT])?.into_iter().next();
    let (act, change) = first.ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "a bundle stands in no act of the log", "run `comity audit verify`")
    })?;
    let terms = change
        .read_terms()
        .map_err(|e| Error::new(ErrorKind::Integrity, e.to_string(), "run `comity audit verify`"))?;
    Ok((act, Departure::read(&terms)?))
}

/// What the log notes of a bundle that went out of the log that goes on here.
fn noted(workspace: &Workspace, to: &Record, sequence: u64) -> Result<(Record, Departure), Error> {
    let record = outbox::record_of(workspace, to, sequence)?;
    let (act, departure) = departure(workspace, &record)?;
    if act.replica != workspace.meta.replica {
        let code = to.key.as_deref().unwrap_or("the partner");
        let what =
            format!("bundle {sequence} to {code} is of the log before this desk was set back, and its files are gone");
        return Err(Error::not_allowed(what).hint("what was not erased can be shared again"));
    }
    Ok((record, departure))
}

/// Puts what a bundle carried to the gate once more.
fn ask_again(
    workspace: &Workspace,
    records: &dyn RecordStore,
    to: &Record,
    departure: &Departure,
    job: &mut Job,
) -> Result<Gathered, Error> {
    let positions =
        departure.acts.iter().map(|id| read::position_of(&workspace.db, id)).collect::<Result<Vec<_>, _>>()?;
    let positions: Vec<i64> = positions.into_iter().flatten().collect();
    judged(workspace, records, to, &ActsToJudge { positions: &positions, most: u64::MAX, had_left: true }, job)
}

/// Refuses a bundle of which an act stays: that would be lost to the partner for good, which takes the bundle for the first one.
fn needs_all(sequence: u64, gathered: &Gathered) -> Result<(), Error> {
    let Some(stays) = gathered.rows.iter().find(|row| row.leaves == Leaves::No) else { return Ok(()) };
    let what = format!("an act of bundle {sequence} may not leave now ({}): {}", stays.kind, stays.why);
    Err(Error::not_allowed(what).hint("nothing was made; when it may leave, write the bundle again"))
}

/// What a bundle that is written once more would carry: all that it was made of where its files are there, and then `true`; else what is
/// left of it.
///
/// # Errors
///
/// Where there was none of that number, or an act of it may not leave any more.
pub fn preview(
    workspace: &Workspace,
    to: &Record,
    sequence: u64,
    job: &mut Job,
) -> Result<(Vec<WaitingRow>, bool), Error> {
    let is_kept = outbox::kept(workspace, to, sequence)?.is_some();
    let departure = match is_kept {
        true => departure(workspace, &outbox::record_of(workspace, to, sequence)?)?.1,
        false => noted(workspace, to, sequence)?.1,
    };
    let mut gathered = ask_again(workspace, &workspace.records(), to, &departure, job)?;
    if is_kept {
        // It was judged when it was made, and is written as it is; how many of its items had to stay then is not noted.
        for row in &mut gathered.rows {
            (row.leaves, row.items, row.stays) = (Leaves::Yes, 0, 0);
            row.why = "as it was made".to_owned();
            row.refused_by.clear();
        }
    } else {
        needs_all(sequence, &gathered)?;
    }
    Ok((gathered.rows, is_kept))
}

/// The files of a bundle that was made, as it was, or made again where they are gone; the latter is said.
///
/// # Errors
///
/// Where there was none of that number, or it cannot be made again.
pub fn files(
    workspace: &mut Workspace,
    to: &Record,
    sequence: u64,
    job: &mut Job,
) -> Result<(Vec<PathBuf>, bool), Error> {
    match outbox::kept(workspace, to, sequence)? {
        Some(kept) => Ok((kept, false)),
        None => Ok((make_again(workspace, to, sequence, job)?, true)),
    }
}

/// Makes a bundle again in the outbox, and notes that. Everything in it is put to the gate once more.
///
/// # Errors
///
/// Where the gate refuses, or the bundle is of a log that was declared to be over.
fn make_again(workspace: &mut Workspace, to: &Record, sequence: u64, job: &mut Job) -> Result<Vec<PathBuf>, Error> {
    let now = workspace.may_sign(bundle::EXPORT)?;
    let (realm, me) = (&workspace.meta.realm, workspace.person());
    if let Err(verdict) = cleared::clear_bundle(&workspace.trusted_records()?, realm, now, me, to.id, ())? {
        return Err(Error::refused(verdict, None));
    }
    let (record, departure) = noted(workspace, to, sequence)?;
    let before = sequence.checked_sub(1).filter(|n| *n > 0).map(|n| noted(workspace, to, n)).transpose()?;
    let reading = connection::snapshot(&workspace.db)?;
    let records = workspace.trusted_records()?;
    let stream = stream::with(&records, workspace.meta.desk, to.id)?;
    if stream::acknowledged(&stream).is_some_and(|n| n >= sequence) {
        let code = to.key.as_deref().unwrap_or("the partner");
        let what = format!("{code} has bundle {sequence}: it has acknowledged it");
        return Err(Error::not_allowed(what).hint("what was not erased can be shared again"));
    }
    let gathered = ask_again(workspace, &records, to, &departure, job)?;
    needs_all(sequence, &gathered)?;
    let (parcels, acts): (Vec<_>, Vec<Digest>) = gathered.cleared.into_iter().unzip();
    let nodes = SqlTree::new(&workspace.db, workspace.meta.replica);
    // The log is shown as it stood then: the bundles after this one go on from there.
    let checkpoint = Checkpoint {
        origin: checkpoint::origin(workspace.meta.desk, workspace.meta.replica, realm),
        size: departure.size,
        root: tree::root(&nodes, departure.size)?,
    };
    let keys = keys_towards(workspace, &stream, to)?;
    let since = before.as_ref().map_or(0, |(_, before)| before.size);
    let note = signed_note(workspace, &checkpoint, since, keys)?;
    let receipt = |n| -> Result<Option<Receipt>, Error> {
        let received = bundle::numbered(&records, to.id, State::Received, n)?;
        let manifest = received.and_then(|r| r.text("manifest").and_then(Digest::parse));
        Ok(manifest.map(|manifest| Receipt { sequence: n, manifest }))
    };
    let growth = |(_, before): &(Record, Departure)| -> Result<Growth, Error> {
        Ok(Growth { from: before.size, proof: tree::consistency(&nodes, before.size, departure.size)? })
    };
    let continues = set_back::former_logs(workspace, &records)?;
    let manifest = Manifest {
        realm: realm.clone(),
        from: workspace.meta.desk,
        replica: workspace.meta.replica,
        to: to.id,
        sequence,
        previous: before.as_ref().map(|(_, before)| before.manifest),
        made: now,
        by: me,
        acknowledges: departure.acknowledges.map(receipt).transpose()?.flatten(),
        continues: continues.clone(),
        checkpoint: note,
        growth: before.as_ref().map(growth).transpose()?,
        cosigned: None,
        replaces: Some(departure.manifest),
        parts: Vec::new(),
        volumes: Vec::new(),
    };
    let source = ActSource { workspace, records: &records, to: to.id, checkpoint, former: continues, fault: None };
    let sealed = seal(source, manifest, &parcels, keys, None, job)?;
    drop(records);
    drop(reading);
    let made = workspace.act_alone(bundle::REPLACED, Audience::OwnDesk, |_, _| {
        Ok(bundle::noted_as_replaced(record.id, &sealed.digest, &acts))
    });
    if let Err(failure) = made {
        outbox::forget(&sealed.kept)?;
        return Err(failure);
    }
    Ok(sealed.kept)
}
