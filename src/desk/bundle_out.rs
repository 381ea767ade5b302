//! Bundles out: previewed with the gate's word for each act, made, kept in the outbox, written to where they are carried.

use std::collections::HashSet;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::failure::{Failure, Kind};
use super::job::Job;
use super::verb::{Answer, Field, Form, Run, Takes, Verb};
use super::workspace::Desk;
use crate::act::change::Line;
use crate::act::checkpoint::Checkpoint;
use crate::act::note;
use crate::act::part::Head;
use crate::act::tree::{self, Nodes as _, leaf_hash};
use crate::bundle::manifest::{Cosigned, Growth, MOST_PARTS, Manifest, Receipt};
use crate::bundle::pack::{self, Source};
use crate::gate::cleared::{self, Cleared, Parcel, Waiting};
use crate::gate::verdict::Verdict;
use crate::host::file;
use crate::record::book::{Book as _, Query, Record, Rider};
use crate::record::bundle::{self, Departure};
use crate::record::{certificate, disclosure, item, partner, stream};
use crate::seal::vault::{Recipient, Sealing};
use crate::store::read::{self, StoredAct};
use crate::store::{connection, log, tree::SqlTree};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Marking;
use crate::value::text::{counted, shown};

/// The verbs.
pub const VERBS: &[Verb] = &[
    Verb {
        noun: "bundle",
        name: "preview",
        about: "Show what would leave to a partner now, and what would stay, and why",
        fields: &[Field::new("to", Takes::Partner, "the partner").required()],
        act: "",
        run: Run::Reads(show_preview),
    },
    Verb {
        noun: "bundle",
        name: "export",
        about: "Make a bundle of everything that waits for a partner",
        fields: &[
            Field::new("to", Takes::Partner, "the partner").required(),
            Field::new("out", Takes::ToWrite, "the file to write").required(),
            Field::new("again", Takes::Number, "the number of a bundle to write once more, as it was"),
        ],
        act: "bundle-export",
        run: Run::Writes(export),
    },
    Verb {
        noun: "bundle",
        name: "history",
        about: "List the bundles, in and out",
        fields: &[],
        act: "",
        run: Run::Reads(history),
    },
];

/// An act that waits for a partner, and what the gate says of it.
#[derive(Clone, Debug, Serialize)]
pub struct WaitingRow {
    /// The record that it is about.
    pub record: String,
    /// What it is: the kind of its lead.
    pub kind: String,
    /// `YES`, `PART` or `NO`.
    pub leaves: &'static str,
    /// How many items go.
    pub items: usize,
    /// How many items stay.
    pub stays: usize,
    /// The highest tier among the items.
    pub tier: Option<u8>,
    /// Which rules say no.
    pub refused_by: Vec<&'static str>,
    /// Why.
    pub why: String,
}

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
    pub marking: Option<String>,
}

struct Gathered {
    cleared: Vec<(Cleared<Parcel>, Digest)>,
    rows: Vec<WaitingRow>,
    more: bool,
}

/// Puts every act that waits for a partner to the gate, with the facts of now.
///
/// Acts of more than `most` changes are passed over where only a glance is wanted.
fn gather(desk: &Desk, to: &Record, most: u64, job: &mut Job) -> Result<Gathered, Failure> {
    let positions = read::waiting(&desk.db, to.id)?;
    let mut gathered = Gathered { cleared: Vec::new(), rows: Vec::new(), more: false };
    let mut held_back: HashSet<Id> = HashSet::new();
    for (n, position) in positions.iter().enumerate() {
        job.at("asking the gate", n as u64, Some(positions.len() as u64))?;
        if gathered.cleared.len() + 1 >= MOST_PARTS {
            gathered.more = true;
            break;
        }
        let Some(act) = read::act(&desk.db, *position)? else { continue };
        if act.changes > most {
            continue;
        }
        let header = act.read_header()?;
        let (lead, copies) = lead_and_copies(desk, &act)?;
        let Some((kind, record, terms)) = lead else { continue };
        let waiting = Waiting { position: *position, header: &header, kind, record, terms: &terms, copies };
        let count = waiting.copies.len();
        let tier = highest_tier(desk, &waiting.copies)?;
        let row = |leaves, stays: usize, verdict: Option<&Verdict>| WaitingRow {
            record: record.to_string(),
            kind: kind.to_owned(),
            leaves,
            items: count - stays,
            stays,
            tier,
            refused_by: verdict.map(Verdict::refused_by).unwrap_or_default(),
            why: verdict.map(Verdict::refusal).unwrap_or_default(),
        };
        // What was done to a record later would not be understood before what was done to it first.
        if held_back.contains(&record) {
            let why = "an earlier act on the same record stays".to_owned();
            gathered.rows.push(WaitingRow { why, ..row("NO", count, None) });
            continue;
        }
        match cleared::act(&desk.book(), to.id, desk.now(), &waiting)? {
            Err(verdict) => {
                held_back.insert(record);
                gathered.rows.push(row("NO", count, Some(&verdict)));
            }
            Ok(parcel) => {
                let stays = &parcel.value().stays;
                gathered.rows.push(row(
                    if stays.is_empty() { "YES" } else { "PART" },
                    stays.len(),
                    stays.first().map(|(_, v)| v),
                ));
                gathered.cleared.push((parcel, act.id));
            }
        }
    }
    Ok(gathered)
}

type Lead = Option<(&'static str, Id, Json)>;

/// The lead of an act, and the items whose copies it carries.
fn lead_and_copies(desk: &Desk, act: &StoredAct) -> Result<(Lead, Vec<Rider>), Failure> {
    let (mut lead, mut copies) = (None, Vec::new());
    let first = |c: &crate::act::change::Change| -> Lead {
        Some((crate::record::change(&c.kind)?.name, c.record, c.read_terms().ok()?))
    };
    // Only disclosures are read further than their lead.
    let head = StoredAct { changes: 1, ..act.clone() };
    read::changes::<Failure>(&desk.db, &head, |stored| {
        if let Line::Change(c) = &stored.line {
            lead = first(c);
        }
        Ok(())
    })?;
    if lead.as_ref().is_some_and(|(kind, ..)| disclosure::LEAVES.contains(kind)) {
        copies = desk.book().riders(crate::record::book::Row(act.first_row), item::COPY)?;
    }
    Ok((lead, copies))
}

fn highest_tier(desk: &Desk, items: &[Rider]) -> Result<Option<u8>, Failure> {
    // A glance is enough for a preview: acts of many items are of one tier.
    let book = desk.book();
    let mut highest = None;
    for item in items.iter().take(64) {
        highest = highest.max(book.of_rider(item)?.and_then(|r| r.tier));
    }
    Ok(highest)
}

/// What would leave to a partner now.
pub fn preview(desk: &Desk, to: &Record, job: &mut Job) -> Result<Preview, Failure> {
    let stream = stream::with(&desk.book(), desk.meta.desk, to.id)?;
    let gathered = gather(desk, to, u64::MAX, job)?;
    Ok(Preview {
        to: to.key.clone().unwrap_or_default(),
        sequence: stream::sent(&stream).map_or(1, |(n, _)| n + 1),
        marking: marking(&gathered).map(|m| m.to_string()),
        acts: gathered.rows,
        owes_receipt: stream::owes_receipt(&stream),
    })
}

/// The effective marking of the items that leave.
fn marking(gathered: &Gathered) -> Option<Marking> {
    gathered.cleared.iter().filter_map(|(parcel, _)| parcel.value().marking.clone()).reduce(|a, b| a.and(&b))
}

/// Acts that wait for a partner and may not leave now, among those that are quickly looked at.
pub fn stops(desk: &Desk, to: &Record, job: &mut Job) -> Result<Vec<WaitingRow>, Failure> {
    const GLANCE: u64 = 200;
    let mut rows = gather(desk, to, GLANCE, job)?.rows;
    rows.retain(|r| r.leaves == "NO");
    Ok(rows)
}

fn show_preview(desk: &mut Desk, form: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let to = desk.partner(form.need("to")?)?;
    let preview = preview(desk, &to, job)?;
    let count = |word: &str| preview.acts.iter().filter(|a| a.leaves == word).count();
    let mut text = vec![format!(
        "Bundle {} to {}: LEAVES {}  PART {}  STAYS {}",
        preview.sequence,
        preview.to,
        count("YES"),
        count("PART"),
        count("NO")
    )];
    for act in &preview.acts {
        let items = if act.items + act.stays > 0 { counted(act.items, "item") } else { String::new() };
        text.push(format!("{:4} {:20} {:12} {}", act.leaves, act.kind, items, act.why));
    }
    if let Some(marking) = &preview.marking {
        text.push(format!("Effective marking of what leaves: {marking}"));
    }
    if preview.owes_receipt {
        text.push("YES  receipt".to_owned());
    }
    Ok(Answer { text: Some(text.join("\n")), ..Answer::thing(&preview) })
}

/// The name of a bundle's file in the outbox.
fn outbox_file(desk: &Desk, to: Id, sequence: u64) -> PathBuf {
    desk.folder().join("outbox").join(format!("{to}-{sequence}.{}", desk.meta.realm.ending()))
}

/// Files in the outbox of bundles that carried any of the acts at these positions.
pub fn outbox_files_with(desk: &Desk, positions: &[i64]) -> Result<Vec<PathBuf>, Failure> {
    let mut acts = Vec::new();
    for position in positions {
        acts.extend(read::act(&desk.db, *position)?.map(|a| a.id.to_string()));
    }
    let mut files = Vec::new();
    if acts.is_empty() {
        return Ok(files);
    }
    for record in desk.book().find(&Query { state: Some("sent".into()), ..Query::kind(bundle::KIND.name) })? {
        let changes = read::changes_of(&desk.db, record.id)?;
        let carries = changes.iter().any(|c| match &c.line {
            Line::Change(c) => c.read_terms().is_ok_and(|t| {
                t.get("acts")
                    .and_then(Json::items)
                    .unwrap_or_default()
                    .iter()
                    .any(|a| a.text().is_some_and(|a| acts.iter().any(|x| x == a)))
            }),
            Line::Withheld(_) => false,
        });
        if let (true, Some(to), Some(n)) = (carries, record.partner, record.key.as_ref().and_then(|k| k.parse().ok())) {
            files.push(outbox_file(desk, to, n));
        }
    }
    Ok(files)
}

/// Writes acts for one partner out of the log: what must stay is left out, and what is for others too.
struct ActSource<'a> {
    desk: &'a Desk,
    to: Id,
    size: u64,
}

impl Source for ActSource<'_> {
    fn write_act(&mut self, parcel: &Parcel, out: &mut dyn Write) -> io::Result<()> {
        self.write(parcel, out).map_err(|f| io::Error::other(f.what))
    }
}

impl ActSource<'_> {
    fn write(&self, parcel: &Parcel, out: &mut dyn Write) -> Result<(), Failure> {
        let desk = self.desk;
        let missing = || Failure::new(Kind::Integrity, "an act is missing from the log", "run `comity audit verify`");
        let act = read::act(&desk.db, parcel.position)?.ok_or_else(missing)?;
        let nodes = SqlTree::new(&desk.db, act.replica);
        let head = Head {
            index: act.sequence,
            header: act.header.clone(),
            signature: act.signature.clone(),
            changes: act.changes,
            proof: tree::inclusion(&nodes, act.sequence, self.size)?,
        };
        head.write(out)?;
        let mut line = Vec::new();
        let stays: HashSet<Id> = parcel.stays.iter().map(|(id, _)| *id).collect();
        let book = desk.book();
        read::changes::<Failure>(&desk.db, &act, |stored| {
            let line_out = match stored.line {
                Line::Change(c) if c.kind == item::COPY && stays.contains(&c.record) => Line::Withheld(c.leaf()),
                // A certificate tells each partner only of what came from it.
                Line::Change(c)
                    if c.kind == "certified"
                        && book.get(c.record)?.and_then(|r| certificate::owed_to(&r, desk.meta.desk))
                            != Some(self.to) =>
                {
                    Line::Withheld(c.leaf())
                }
                Line::Change(c) if c.kind == "certificate" => Line::Change(c.without_content()),
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
pub fn signed_checkpoint(desk: &Desk, from: u64) -> Result<(Checkpoint, String), Failure> {
    let checkpoint = log::checkpoint(&desk.db, &desk.meta)?;
    let nodes = SqlTree::new(&desk.db, desk.meta.replica);
    for index in from..checkpoint.size {
        let id = read::act_at(&desk.db, desk.meta.desk, desk.meta.replica, index)?;
        let position = id.map(|id| read::position_of(&desk.db, &id)).transpose()?.flatten();
        let act = position.map(|p| read::act(&desk.db, p)).transpose()?.flatten();
        if act.map(|a| leaf_hash(&a.header)) != Some(nodes.node(0, index)?) {
            let what = format!("act {index} of the log is not the one in its tree");
            return Err(Failure::new(Kind::Integrity, what, "no checkpoint is signed; run `comity audit verify`"));
        }
    }
    let text = checkpoint.text();
    let line = note::sign(&text, &checkpoint.origin, &desk.keyring.log);
    Ok((checkpoint, note::Note { text, signatures: vec![line] }.to_string()))
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
    /// Its size, in bytes.
    pub bytes: u64,
    /// The effective marking of its items; none where it holds none.
    pub marking: Option<String>,
}

/// Makes the next bundle for a partner in the outbox, and notes it in the log.
pub fn make(desk: &mut Desk, to: &Record, job: &mut Job) -> Result<(Exported, Option<PathBuf>), Failure> {
    let code = to.key.clone().unwrap_or_default();
    let now = desk.may_sign()?;
    let may = cleared::bundle(&desk.book(), &desk.meta.realm, now, desk.person(), to.id, ())?;
    if let Err(verdict) = may {
        return Err(Failure::refused(verdict, None));
    }
    super::disclosure::take_back_unvalidated(desk, to.id)?;
    // What is put to the gate, measured and written is one state of the workspace.
    let reading = connection::snapshot(&desk.db)?;
    let gathered = gather(desk, to, u64::MAX, job)?;
    let stream = stream::with(&desk.book(), desk.meta.desk, to.id)?;
    let stays = gathered.rows.iter().filter(|r| r.leaves == "NO").count();
    if gathered.cleared.is_empty() && !stream::owes_receipt(&stream) {
        return Ok((Exported { to: code, sequence: None, acts: 0, stays, bytes: 0, marking: None }, None));
    }
    let (sequence, previous) = stream::sent(&stream).map_or((1, None), |(n, m)| (n + 1, Some(m)));
    let before =
        stream.terms.get("out").and_then(|o| o.get("size")).and_then(Json::int).and_then(|n| u64::try_from(n).ok());
    let (checkpoint, note) = signed_checkpoint(desk, before.unwrap_or(0))?;
    let nodes = SqlTree::new(&desk.db, desk.meta.replica);
    let growth = match before {
        Some(from) => Some(Growth { from, proof: tree::consistency(&nodes, from, checkpoint.size)? }),
        None => None,
    };
    let cosigned = stream::seen(&stream).and_then(|seen| {
        let line = stream.terms.get("seen")?.get("cosignature")?.text()?.to_owned();
        Some(Cosigned { size: seen.size, root: seen.root, line })
    });
    let received = stream::received(&stream);
    let marking = marking(&gathered).map(|m| m.to_string());
    let (parcels, acts): (Vec<_>, Vec<_>) = gathered.cleared.into_iter().unzip();
    job.at("measuring", 0, None)?;
    let mut source = ActSource { desk, to: to.id, size: checkpoint.size };
    let measured = pack::measure(to.id, &parcels, &mut source, None)?;
    let manifest = Manifest {
        realm: desk.meta.realm.clone(),
        from: desk.meta.desk,
        replica: desk.meta.replica,
        to: to.id,
        sequence,
        previous,
        made: now,
        by: desk.person(),
        acknowledges: received.map(|(sequence, manifest)| Receipt { sequence, manifest }),
        checkpoint: note,
        growth,
        cosigned,
        parts: measured.parts.clone(),
        volumes: measured.volumes.clone(),
    }
    .to_bytes();
    let namespace = desk.meta.realm.namespace("bundle");
    let signatures = [desk.keyring.bundle.sign(&namespace, &manifest)?, desk.me.signer.sign(&namespace, &manifest)?];
    let recipient = Recipient::parse(&partner::keys(&desk.book(), to.id)?.age).ok_or_else(|| {
        Failure::new(Kind::Integrity, "the partner's age key is damaged", "run `comity audit verify`")
    })?;
    let kept = outbox_file(desk, to.id, sequence);
    let pending = file::Pending::begin(&kept)?;
    let mut sealing = Sealing::to(&[recipient], BufWriter::with_capacity(256 * 1024, pending))?;
    job.at("writing", 0, None)?;
    let [of_desk, of_member] = &signatures;
    pack::emit(&manifest, [of_desk, of_member], &measured, 0, &parcels, &mut source, &mut sealing)?;
    let pending = sealing.finish()?.into_inner().map_err(|e| Failure::from(e.into_error()))?;
    job.at("writing", 1, Some(1))?;
    pending.finish()?;
    let bytes = std::path::Path::new(&kept).metadata().map_or(0, |m| m.len());
    let departure = Departure {
        to: to.id,
        sequence,
        manifest: Manifest::digest(&manifest),
        acts: acts.clone(),
        acknowledges: received.map(|(n, _)| n),
        size: checkpoint.size,
    };
    drop(reading);
    let id = desk.entropy.id()?;
    let noted = desk.act_alone("bundle-export", crate::act::header::Audience::Own, |_, _| Ok(departure.change(id)));
    if let Err(failure) = noted {
        file::remove(&kept)?;
        return Err(failure);
    }
    Ok((Exported { to: code, sequence: Some(sequence), acts: acts.len(), stays, bytes, marking }, Some(kept)))
}

fn export(desk: &mut Desk, form: &Form, job: &mut Job) -> Result<Answer, Failure> {
    let to = desk.partner(form.need("to")?)?;
    let out = form.path("out")?;
    if let Some(n) = form.number("again")? {
        return again(desk, &to, n, &out);
    }
    let (exported, kept) = make(desk, &to, job)?;
    let stay = if exported.stays > 0 {
        format!(" What stays: {}; `bundle preview` says why.", counted(exported.stays, "act"))
    } else {
        String::new()
    };
    let Some((kept, sequence)) = kept.zip(exported.sequence) else {
        return Ok(
            Answer::thing(&exported).saying(format!("Nothing to send to {}: nothing was written.{stay}", exported.to))
        );
    };
    deliver(&kept, &out, sequence)?;
    let marking = exported.marking.as_ref().map(|m| format!(" Effective marking {m}.")).unwrap_or_default();
    let said = format!(
        "Bundle {sequence} to {}: {}, {} bytes, in {}.{marking}{stay}",
        exported.to,
        counted(exported.acts, "act"),
        exported.bytes,
        shown(&out.to_string_lossy())
    );
    Ok(Answer::thing(&exported).saying(said))
}

/// Copies a bundle from the outbox to where it is carried. The bundle is made and kept whatever the medium does.
fn deliver(kept: &Path, out: &Path, sequence: u64) -> Result<(), Failure> {
    file::copy(kept, out).map_err(|e| {
        let failure = Failure::from(e);
        let remedy = format!(
            "the bundle is made and kept: write it with `bundle export --again {sequence}` when the medium works"
        );
        failure.remedy(remedy)
    })
}

fn again(desk: &Desk, to: &Record, sequence: i64, out: &Path) -> Result<Answer, Failure> {
    let number = u64::try_from(sequence).unwrap_or(0);
    let code = to.key.clone().unwrap_or_default();
    if bundle::numbered(&desk.book(), to.id, "sent", number)?.is_none() {
        return Err(Failure::unknown(format!("no bundle {sequence} went to {code}")));
    }
    let kept = outbox_file(desk, to.id, number);
    if kept.symlink_metadata().is_err() {
        let what =
            format!("bundle {sequence} to {code} is not in the outbox any more: something in it was erased since");
        return Err(Failure::new(Kind::Refused, what, "what was not erased can be shared anew"));
    }
    deliver(&kept, out, number)?;
    let value = serde_json::json!({ "to": code, "sequence": number });
    Ok(Answer::thing(&value).saying(format!("Bundle {sequence} to {code}, as it was.")))
}

/// A bundle as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryRow {
    /// The sender.
    pub from: String,
    /// The recipient.
    pub to: String,
    /// Its number.
    pub sequence: u64,
    /// Sent, acknowledged or received.
    pub state: String,
    /// When.
    pub at: String,
    /// How many acts it carries.
    pub acts: i64,
    /// The digest of its manifest.
    pub manifest: String,
}

/// Every bundle, in and out, the newest last.
pub fn history_rows(desk: &Desk) -> Result<Vec<HistoryRow>, Failure> {
    let me = desk.code_of(desk.meta.desk)?;
    let mut rows = Vec::new();
    for record in desk.book().find(&Query::kind(bundle::KIND.name))? {
        let other = record.partner.map(|p| desk.code_of(p)).transpose()?.unwrap_or_default();
        let sequence = record.terms.get("sequence").and_then(Json::int).unwrap_or(0);
        let known = match record.partner {
            Some(p) => stream::with(&desk.book(), desk.meta.desk, p)?
                .terms
                .get("acknowledged")
                .and_then(Json::int)
                .unwrap_or(0),
            None => 0,
        };
        let out = record.state == "sent";
        let state = if out && sequence <= known { "acknowledged" } else { record.state.as_str() };
        let text = |key: &str| record.text(key).unwrap_or_default().to_owned();
        let (from, to) = if out { (me.clone(), other) } else { (other, me.clone()) };
        rows.push(HistoryRow {
            from,
            to,
            sequence: sequence as u64,
            state: state.to_owned(),
            at: text("at"),
            acts: record.terms.get("acts").and_then(Json::int).unwrap_or(0),
            manifest: text("manifest"),
        });
    }
    Ok(rows)
}

fn history(desk: &mut Desk, _: &Form, _: &mut Job) -> Result<Answer, Failure> {
    let columns =
        &[("from", "FROM"), ("to", "TO"), ("sequence", "NO."), ("state", "STATE"), ("acts", "ACTS"), ("at", "AT")];
    Ok(Answer::list(&history_rows(desk)?, columns))
}
