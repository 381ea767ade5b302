//! Bundles out: previewed with the gate's word for each act, made, and kept in the outbox. An emergency goes first, in a small bundle
//! of its own. Where they are written to is the outbox's to know.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::Serialize;

use super::again;
use super::make::{ActSource, Gathered, Leaves, WaitingRow, gather, keys_towards, seal, signed_note};
use super::outbox::{self, OutputPlace};
use super::set_back;
use super::volumes;
use crate::act::tree;
use crate::bundle::manifest::{Cosigned, Growth, Manifest, Receipt};
use crate::command::definition::{
    self, Arg, ArgKind, Args, Command, Handler, Key, Needs, Output, STAYS, Undo, Weight, Writes,
};
use crate::command::destination::FORCE;
use crate::command::json::as_text;
use crate::gate::cleared;
use crate::record::bundle::{self, Departure};
use crate::record::definition::AudienceRule;
use crate::record::kind::ChangeKind;
use crate::record::store::{Record, RecordStore};
use crate::record::{self, disclosure, partner, relay, stream};
use crate::store::{connection, log, tree::SqlTree};
use crate::value::id::Id;
use crate::value::marking::Marking;
use crate::value::text::counted;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "bundle",
        name: "preview",
        about: "Show what would leave to a partner now, and what would stay, and why",
        args: &[
            Arg::new("to", ArgKind::Partner, "the partner").required(),
            Arg::new(
                "again",
                ArgKind::Number,
                "the number of a bundle: what it would carry if it were written once more",
            ),
        ],
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
            Arg::new("max-size", ArgKind::Line, "in volumes of at most that size, such as 700M; they go into a folder")
                .of_shape(volumes::SIZE),
            Arg::new(
                "again",
                ArgKind::Number,
                "the number of a bundle to write once more: as it was, or what is left of it where it is gone",
            ),
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
    if let Some(number) = args.number("again")? {
        return preview_again(workspace, &to, number, job);
    }
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
    text.extend(preview.acts.iter().map(line_of_act));
    if let Some(marking) = &preview.marking {
        text.push(format!("Effective marking of what leaves: {marking}"));
    }
    if preview.owes_receipt {
        text.push("YES  receipt".to_owned());
    }
    Ok(Output { text: Some(text.join("\n")), ..Output::thing(&preview) })
}

fn line_of_act(act: &WaitingRow) -> String {
    let items = if act.items + act.stays > 0 { counted(act.items, "item") } else { String::new() };
    format!("{:4} {:20} {:12} {}", act.leaves, act.kind, items, act.why)
}

/// What a bundle would carry that is written once more.
#[derive(Serialize)]
struct PreviewAgain {
    to: String,
    sequence: u64,
    /// Whether it is there as it was made.
    kept: bool,
    acts: Vec<WaitingRow>,
}

fn preview_again(workspace: &Workspace, to: &Record, number: i64, job: &mut Job) -> Result<Output, Error> {
    let sequence = u64::try_from(number).unwrap_or(0);
    let (acts, kept) = again::preview(workspace, to, sequence, job)?;
    let code = to.key.clone().unwrap_or_default();
    let how = if kept { "as it was made" } else { "made again of what is left of it" };
    let head = format!("Bundle {number} to {code}, {how}: {}", counted(acts.len(), "act"));
    let text = std::iter::once(head).chain(acts.iter().map(line_of_act)).collect::<Vec<_>>().join("\n");
    Ok(Output { text: Some(text), ..Output::thing(&PreviewAgain { to: code, sequence, kept, acts }) })
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
    let keys = keys_towards(workspace, &stream, to)?;
    let checkpoint = log::checkpoint(&workspace.db, &workspace.meta)?;
    let note = signed_note(workspace, &checkpoint, since, keys)?;
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
    let log_size = checkpoint.size;
    let source =
        ActSource { workspace, records: &records, to: to.id, checkpoint, former: continues.clone(), fault: None };
    let manifest = Manifest {
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
        replaces: None,
        parts: Vec::new(),
        volumes: Vec::new(),
    };
    let sealed = seal(source, manifest, &parcels, keys, most, job)?;
    let departure = Departure {
        to: to.id,
        sequence,
        manifest: sealed.digest,
        acts: acts.clone(),
        acknowledges: received.map(|(n, _)| n),
        size: log_size,
        volumes: sealed.kept.len() as u64,
    };
    drop(records);
    drop(reading);
    let id = workspace.entropy.id()?;
    let noted = workspace.act_alone(crate::record::bundle::EXPORT, crate::act::header::Audience::OwnDesk, |_, _| {
        Ok(departure.change(id))
    });
    if let Err(failure) = noted {
        outbox::forget(&sealed.kept)?;
        return Err(failure);
    }
    let made = Exported {
        to: code,
        sequence: Some(sequence),
        acts: acts.len(),
        stays,
        waits,
        emergency,
        bytes: sealed.bytes,
        volumes: sealed.kept.len(),
        marking,
    };
    Ok((made, sealed.kept))
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
    let most = volumes::size(args)?;
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
        return write_again(workspace, first, n, &out, job);
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

fn write_again(
    workspace: &mut Workspace,
    to: &Record,
    sequence: i64,
    out: &OutputPlace,
    job: &mut Job,
) -> Result<Output, Error> {
    let number = u64::try_from(sequence).unwrap_or(0);
    let code = to.key.clone().unwrap_or_default();
    let (kept, is_new) = again::files(workspace, to, number, job)?;
    let how = if is_new { "made again of what is left of it" } else { "as it was" };
    let read_back = outbox::deliver(workspace, to, number, &kept, out)?;
    let said = format!("Bundle {sequence} to {code}, {how}.{read_back}");
    Ok(out.answer(Output::thing(&WrittenAgain { to: code, sequence: number }).with_message(said)))
}
