//! The second pass over a bundle that was verified: everything in it is applied in one transaction, or nothing.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use super::make::keys_for;
use super::place::alarm;
use super::set_back;
use super::source::{self, Whole};
use super::verify::{Verified, made_by_nobody, only_zeros, unsigned};
use crate::act::checkpoint;
use crate::act::header::{Audience, Header, act_id};
use crate::act::note;
use crate::act::part::{Head, Reader};
use crate::bundle::manifest::{FORMAT_NUMBER, Manifest, PartKind};
use crate::bundle::open::{BundleError, Parts};
use crate::command::item::privilege::{HeldValues, held_back_as};
use crate::host::entropy::Entropy;
use crate::record::bundle::{self, Arrival};
use crate::record::store::{Record, RecordStore as _, local_id};
use crate::record::{item, member, privilege};
use crate::store::connection;
use crate::store::import::ActImporter;
use crate::store::prepared::PreparedChange;
use crate::store::read;
use crate::store::records::SqlRecordStore;
use crate::store::write::{ActWriter, Author};
use crate::value::class::{Role, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::shown;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::pipeline::beside;
use crate::workspace::progress::Job;

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
fn read_acts(manifest: &Manifest, opened: Whole, push: &mut dyn FnMut(Arriving) -> bool) -> Result<(), Error> {
    let mut parts = Parts::begin(manifest, opened.into_slices());
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

/// The error for an act that comes after its signer was revoked, and that nobody at their desk has confirmed.
fn unconfirmed(workspace: &Workspace, from: &Record, signer: &Record) -> Result<Error, Error> {
    let code = from.key.as_deref().unwrap_or_default();
    let name = workspace.text_of(signer, "name")?;
    let name = shown(&name);
    let what =
        format!("{code} has revoked {name}, and an act that they signed comes only now: nobody there has confirmed it");
    let hint = format!(
        "nothing of it was applied; ask {code} to look at it: `comity member confirm-acts` there, then a new bundle"
    );
    Ok(Error::new(ErrorKind::Signature, what, hint))
}

/// The second pass: everything in one transaction. Who signed is checked when their enrolment, which may stand in the same
/// bundle, has been applied; any fault undoes it all. Where it is only to be tried, it is undone in any case.
pub fn apply(
    workspace: &mut Workspace,
    spooled: &[PathBuf],
    verified: &Verified,
    keep: bool,
    job: &mut Job,
) -> Result<usize, Error> {
    let Some(checked) = &verified.checked else { return Ok(0) };
    let now = workspace.may_sign(bundle::IMPORT)?;
    let opened = source::open_whole(workspace, spooled)?;
    if opened.manifest != verified.manifest {
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
    let number = spooled.first().map(|path| source::sealed_to(workspace, path)).transpose()?.unwrap_or(0);
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
        manifest: verified.name,
        stands_in: manifest.replaces.is_some(),
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
    let author = |role| Author { signer: &workspace.me.signer, role, now, audience: Audience::OwnDesk, basis: None };
    let mut own = ActWriter::begin(&tx, &workspace.meta, author(role))?;
    own.change(arrival.change(verified.told.as_ref(), salt))?;
    let via = own.finish()?.position;
    let (mut done, mut taking, mut high, mut shared) = (0u64, None, Vec::new(), None);
    // One act of each signer whose authority is not the root key's is enough to ask whether they were revoked.
    let (mut kind, mut signers) = (None, BTreeMap::new());
    let fresh: HashSet<Digest> = verified.found.fresh.iter().copied().collect();
    let (held_back, mut copied) = (HeldValues::of(workspace)?, Vec::new());
    beside(
        |push| read_acts(&manifest, opened, push),
        |piece| {
            match piece {
                Arriving::Act(header, id) => {
                    let is_fresh = fresh.contains(&id);
                    taking =
                        is_fresh.then(|| ActImporter::begin(&tx, &workspace.meta, *header, id, via)).transpose()?;
                    (shared, kind) = (None, None);
                }
                Arriving::Line(line) => {
                    if let Some(taking) = &mut taking {
                        kind = kind.or_else(|| line.kind());
                        let shared = shared.get_or_insert_with(|| line.shared_terms());
                        high.extend(line.copy_above(Tier::INDICATORS, shared));
                        copied.extend(line.copy_of().filter(|_| !held_back.is_empty()));
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
                        if let Some(kind) = kind.filter(|kind| !member::is_by_the_root_key(*kind)) {
                            signers.entry(header.member).or_insert((header, kind));
                        }
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
    for (header, kind) in signers.values() {
        if let Some(signer) = member::to_be_confirmed(&records, header, *kind)? {
            return Err(unconfirmed(workspace, &verified.from, &signer)?);
        }
    }
    let by = member::by_person(&records, manifest.from, manifest.by)?.filter(|m| m.is(member::State::Active));
    let may = |m: &Record| crate::gate::cleared::acting_role(bundle::EXPORT, &member::roles_of(m)).is_some();
    let Some(key) = by.as_ref().filter(|m| may(m)).and_then(member::signing_key) else {
        return Err(made_by_nobody());
    };
    let opened = source::open_whole(workspace, spooled)?;
    opened.is_signed_by_member(&key)?;
    // Records of the sender's, by the id that it gave them or by the one that they have here.
    let theirs = |id: &Id| {
        let record = [*id, local_id(manifest.from, *id)].into_iter().filter_map(|id| records.get(id).ok().flatten());
        record.filter(|r| r.partner == Some(manifest.from))
    };
    let above = high.iter().filter(|id| theirs(id).any(|r| item::is_above_ceiling(&r))).count();
    let mut same = Vec::new();
    for record in copied.iter().flat_map(theirs).filter(|r| r.is(item::State::Held)) {
        let Some(content) = read::content(&tx, record.body)? else { continue };
        let as_held = held_back.same_as(&item::Terms::read(&record.terms)?.kind, &content);
        same.extend(as_held.filter(|_| privilege::is_held_back(&record).is_none()).map(|same| (record.id, same)));
    }
    if !same.is_empty() {
        let role = crate::gate::cleared::acting_role(privilege::HOLD_BACK, &roles).unwrap_or(role);
        let mut own = ActWriter::begin(&tx, &workspace.meta, author(role))?;
        let mut entropy = Entropy::default();
        for (id, same) in same {
            own.change(held_back_as(id, same, entropy.salt()?))?;
        }
        own.finish()?;
    }
    if !keep {
        return Ok(above);
    }
    workspace.commit(tx)?;
    workspace.after_commit()?;
    // What another desk has signed towards this one, as the lead of a task force, goes on to the others by itself. The bundle is taken in
    // whatever stops that: the next export does it.
    let _ = crate::command::taskforce::pass_on(workspace, None, false);
    Ok(above)
}
