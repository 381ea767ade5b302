//! The audit pack: taken by an auditor, checked by anybody who has no workspace.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use crate::act::change::{Change, Line};
use crate::act::checkpoint::Checkpoint;
use crate::act::header::Audience;
use crate::act::tree;
use crate::bundle::audit_pack::{self, LARGEST, Pack, PackError, PackedAct, Witnessed};
use crate::command::bundle::make::signed_checkpoint;
use crate::command::definition::{
    Arg, ArgKind, Args, Command, CommandContext, Handler, Needs, Output, Preview, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::{Destination, FORCE};
use crate::gate::cleared;
use crate::host::file;
use crate::record::card::{self, Card};
use crate::record::restore::{self, LogEnd};
use crate::record::store::Record;
use crate::record::{desk, letter, member, partner, stream};
use crate::store::read::{self, StoredAct};
use crate::store::tree::SqlTree;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::realm::Realm;
use crate::value::text::counted;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "audit",
        name: "pack",
        about: "Write a pack that an auditor checks alone: acts, proofs, cosignatures, verdicts' facts; no content",
        args: &[
            Arg::new("from", ArgKind::Time, "only acts from this time on; who was a member is told all the same"),
            Arg::new("to", ArgKind::Time, "only acts before this time"),
            Arg::new("out", ArgKind::ToWrite, "the file to write").required(),
            FORCE,
        ],
        writes: Some(Writes {
            act: letter::PACK,
            weight: Weight::Signs,
            needs: Needs::Nothing,
            rehearsable: false,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }),
        run: Handler::Writes(pack),
    },
    Command {
        noun: "audit",
        name: "verify-pack",
        about: "Check a pack without a workspace, and say how far each witness has seen the log",
        args: &[
            Arg::new("file", ArgKind::Existing, "the pack").positional(),
            Arg::new(
                "card",
                ArgKind::Existing,
                "the card of a witness or of the desk, from another source: its keys are compared with those of the pack",
            )
            .repeated(),
        ],
        writes: None,
        run: Handler::Free(verify),
    },
];

/// How far a partner has cosigned the log, with what proves it.
fn witnessed(workspace: &Workspace, partner: &Record, checkpoint: &Checkpoint) -> Result<Option<Witnessed>, Error> {
    let stream = stream::with(&workspace.records(), workspace.meta.desk, partner.id)?;
    let Some(size) = stream::cosigned(&stream).filter(|size| *size > 0 && *size <= checkpoint.size) else {
        return Ok(None);
    };
    let line = stream.terms.get("cosigned").and_then(|c| c.get("line")).and_then(Json::text);
    let Some(line) = line else { return Ok(None) };
    let nodes = SqlTree::new(&workspace.db, workspace.meta.replica);
    Ok(Some(Witnessed {
        code: partner.key.clone().unwrap_or_default(),
        desk: partner.id,
        key: partner::keys(&workspace.records(), partner.id)?.witness,
        size,
        root: tree::root(&nodes, size)?,
        proof: tree::consistency(&nodes, size, checkpoint.size)?,
        line: line.to_owned(),
    }))
}

/// The kinds of act without which nobody could say who signed the others.
fn tells_of_members(kind: &str) -> bool {
    [desk::FOUND, member::ADD, member::ROLES, member::REVOKE].iter().any(|known| known.is(kind))
}

fn acts(
    workspace: &Workspace,
    end: &LogEnd,
    (from, to): (Option<Timestamp>, Option<Timestamp>),
    job: &mut Job,
) -> Result<Vec<PackedAct>, Error> {
    let nodes = SqlTree::new(&workspace.db, end.replica);
    let pack = |index: u64, act: &StoredAct, changes: Vec<Change>| -> Result<PackedAct, Error> {
        let proof = tree::inclusion(&nodes, index, end.size)?;
        Ok(PackedAct { index, header: act.header.clone(), signature: act.signature.clone(), proof, changes })
    };
    let mut all: Vec<PackedAct> = Vec::new();
    // The acts on both sides of the period prove that none of it is left out.
    let (mut before, mut is_after) = (None, false);
    for index in 0..end.size {
        if index.is_multiple_of(100) {
            job.at("gathering", index, Some(end.size))?;
        }
        let id = read::act_at(&workspace.db, workspace.meta.desk, end.replica, index)?;
        let position = id.map(|id| read::position_of(&workspace.db, &id)).transpose()?.flatten();
        let Some(act) = position.map(|p| read::act(&workspace.db, p)).transpose()?.flatten() else {
            let what = format!("act {index} of the log is not there");
            return Err(Error::new(ErrorKind::Integrity, what, "run `comity audit verify`"));
        };
        let header = act.read_header()?;
        let mut changes = Vec::new();
        read::signed_changes::<Error>(&workspace.db, &act, |stored| {
            if let Line::Change(change) = stored.line {
                changes.push(change.without_content());
            }
            Ok(())
        })?;
        let is_before = from.is_some_and(|from| header.time.at < from);
        if !is_before && let Some((index, act, changes)) = before.take() {
            all.push(pack(index, &act, changes)?);
        }
        let is_first_after = to.is_some_and(|to| to <= header.time.at) && !std::mem::replace(&mut is_after, true);
        let in_period = !is_before && to.is_none_or(|to| header.time.at < to);
        // The first act of a log that goes on from another names that one.
        if in_period
            || is_first_after
            || index == 0
            || changes.first().is_some_and(|first| tells_of_members(&first.kind))
        {
            before = None;
            all.push(pack(index, &act, changes)?);
        } else if is_before {
            before = Some((index, act, changes));
        }
    }
    if let Some((index, act, changes)) = before {
        all.push(pack(index, &act, changes)?);
    }
    Ok(all)
}

fn pack(workspace: &mut Workspace, args: &Args, job: &mut Job) -> Result<Output, Error> {
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(letter::PACK)?;
    let may = workspace.may(letter::PACK)?;
    if !may.allowed() {
        return Err(Error::refused(may, None));
    }
    let time = |field: &str| args.maybe(field).map(|_| args.time(field, now)).transpose();
    let (from, to) = (time("from")?, time("to")?);
    // What is noted of this member's looks is in the log that is packed.
    workspace.sign_consultations()?;
    let (checkpoint, note) = signed_checkpoint(workspace, 0)?;
    let mut witnesses = Vec::new();
    for partner in workspace.partners()? {
        witnesses.extend(witnessed(workspace, &partner, &checkpoint)?);
    }
    let (_, card) = workspace.card()?;
    let way = restore::leading_to(&workspace.records(), workspace.meta.desk, workspace.meta.replica)?;
    let former: Vec<LogEnd> = way.iter().filter_map(restore::old_of).collect();
    let newest = LogEnd { replica: workspace.meta.replica, size: checkpoint.size, root: checkpoint.root };
    let mut packed_acts = Vec::new();
    for end in former.iter().chain([&newest]) {
        packed_acts.extend(acts(workspace, end, (from, to), job)?);
    }
    let packed = Pack {
        card,
        replica: workspace.meta.replica,
        former,
        from,
        to,
        made: now,
        checkpoint: note,
        witnesses,
        acts: packed_acts,
    };
    let count = packed.acts.len();
    let cleared = cleared::clear_written(
        &workspace.records(),
        &workspace.meta.realm,
        now,
        (workspace.person(), letter::PACK),
        packed,
    )?
    .map_err(|v| Error::refused(v, None))?;
    let bytes = audit_pack::write(&cleared, &workspace.meta.realm, &workspace.me.signer)?;
    let digest = Digest::of(&bytes);
    let id = workspace.entropy.id()?;
    workspace.act_alone(letter::PACK, Audience::OwnDesk, |_, _| Ok(letter::of_pack(id, checkpoint.size, &digest)))?;
    out.write(&bytes)?;
    let unsigned = workspace.unsigned_looks()?.len();
    let noted = if unsigned == 0 {
        String::new()
    } else {
        format!(" {} of other members not signed yet: they are not in it.", counted(unsigned, "look"))
    };
    let said = format!(
        "Written to {}: {} of {}; SHA-256 {digest}.{noted}",
        out.shown(),
        counted(count, "act"),
        checkpoint.size
    );
    Ok(Output::made(id, said).with("sha256", digest.to_string()).with("acts", count))
}

/// How far a witness has seen.
#[derive(Serialize)]
struct SeenRow {
    partner: String,
    desk: Id,
    size: u64,
    at: Option<Timestamp>,
    /// The key that the cosignature fits.
    key: String,
    /// Whether a card that was named has that key: else it is the pack's own word.
    key_known: bool,
}

/// What a pack was found to hold.
#[derive(Serialize)]
struct CheckedPack {
    realm: Realm,
    desk: Id,
    code: String,
    fingerprint: String,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    made: Timestamp,
    taken_by: String,
    size: u64,
    root: Digest,
    acts: u64,
    changes: u64,
    verdicts: u64,
    consultations: u64,
    kinds: BTreeMap<String, u64>,
    witnesses: Vec<SeenRow>,
}

fn of_fault(fault: &PackError) -> Error {
    let (kind, hint) = match fault {
        PackError::Form(_) => (ErrorKind::Malformed, "ask the desk for another copy"),
        PackError::Signature(_) => {
            (ErrorKind::Signature, "nothing in it is to be believed: ask the desk how that came about")
        }
        PackError::Integrity(_) => {
            (ErrorKind::Integrity, "nothing in it is to be believed: ask the desk how that came about")
        }
    };
    Error::new(kind, fault.to_string(), hint)
}

/// The cards that were named, each with the signature of its own root key.
fn cards(args: &Args) -> Result<Vec<Card>, Error> {
    let read = |path: PathBuf| Ok(Card::parse(&file::read(&path, card::LONGEST as u64)?)?);
    args.all_paths("card").into_iter().map(read).collect()
}

fn verify(_: &mut CommandContext, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let bytes = file::read(&args.path("file")?, LARGEST)?;
    let found = audit_pack::verify(&bytes).map_err(|fault| of_fault(&fault))?;
    let cards = cards(args)?;
    let own_is_known = cards.iter().any(|card| card.fingerprint() == found.card.fingerprint());
    if !own_is_known && cards.iter().any(|card| card.desk == found.card.desk) {
        return Err(of_fault(&PackError::Signature(format!(
            "{} has another card than the one named",
            found.card.code
        ))));
    }
    let mut witnesses = Vec::new();
    for seen in &found.witnesses {
        let card = cards.iter().find(|card| card.desk == seen.desk);
        if card.is_some_and(|card| card.keys.witness != seen.key) {
            return Err(of_fault(&PackError::Signature(format!(
                "the cosignature of {} fits another key than its card has",
                seen.code
            ))));
        }
        witnesses.push(SeenRow {
            partner: seen.code.clone(),
            desk: seen.desk,
            size: seen.size,
            at: seen.at,
            key: seen.key.to_openssh(),
            key_known: card.is_some(),
        });
    }
    let seen = witnesses.iter().map(|w| {
        let at = w.at.map(|at| format!(" at {}", at.to_minute())).unwrap_or_default();
        let known =
            if w.key_known { "" } else { " (by a key that only the pack vouches for: name its card with --card)" };
        format!("{} has seen {} of {}{at}{known}", w.partner, w.size, counted(found.size, "act"))
    });
    let seen: Vec<String> = seen.collect();
    let seen = if seen.is_empty() {
        "no witness has seen the log: its desk alone vouches for it".to_owned()
    } else {
        seen.join("; ")
    };
    let fingerprint = found.card.fingerprint();
    let compare = if own_is_known {
        format!("The card of {} is the one that was named.", found.card.code)
    } else {
        format!("Compare the fingerprint of {} with what its founder reads out: {fingerprint}", found.card.code)
    };
    let said = format!(
        "Intact: {} of {}, {}, {} judged again; {seen}. {compare}",
        found.acts,
        counted(found.size, "act"),
        counted(found.changes, "change"),
        counted(found.verdicts, "verdict"),
    );
    let said = match found.card.realm.banner() {
        None => said,
        Some(banner) => format!("{banner}. {said}"),
    };
    Ok(Output::thing(&CheckedPack {
        realm: found.card.realm.clone(),
        desk: found.card.desk,
        code: found.card.code.clone(),
        fingerprint,
        from: found.from,
        to: found.to,
        made: found.made,
        taken_by: found.by.to_string(),
        size: found.size,
        root: found.root,
        acts: found.acts,
        changes: found.changes,
        verdicts: found.verdicts,
        consultations: found.consultations,
        kinds: found.kinds,
        witnesses,
    })
    .with_message(said))
}
