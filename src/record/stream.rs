//! The stream of bundles from and to one partner: what was sent and received last, and whose log was seen how far.

use sha2::{Digest as _, Sha256};

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, KindDef, nothing_asked, only_at_home,
};
use super::store::{Record, RecordStore};
use crate::act::change::Change;
use crate::act::header::Seen;
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};

/// `stream`: running; frozen after a fork.
pub const KIND: KindDef = KindDef {
    name: "stream",
    letter: 'S',
    changes: &[ChangeDef::first(IMPORT, AudienceRule::Home, nothing_asked, import)],
};

/// The first change of an act that takes a partner's acts in.
pub const IMPORT: &str = "bundle-import";

/// What one bundle brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// From whom.
    pub from: Id,
    /// From which of its workstations.
    pub replica: Id,
    /// The bundle's number in the stream.
    pub sequence: u64,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The acts that it brought, in the order in which they are applied.
    pub acts: Vec<Digest>,
    /// The digest of what came whole: see [`Contents`].
    pub contents: Digest,
    /// The partner's checkpoint, as a signed note.
    pub checkpoint: String,
    /// Its size.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// Our cosignature on it, as a signature line.
    pub cosignature: String,
    /// The last of our bundles that the partner has: its number.
    pub acknowledged: Option<u64>,
    /// The partner's cosignature on our checkpoint: size, and signature line.
    pub cosigned: Option<(u64, String)>,
}

impl Arrival {
    /// The change that says so.
    pub fn change(&self) -> Change {
        let cosigned =
            self.cosigned.as_ref().map(|(size, line)| object! { "size" => *size as i64, "line" => line.as_str() });
        let terms = object! {
            "from" => self.from.to_string(),
            "replica" => self.replica.to_string(),
            "sequence" => self.sequence as i64,
            "manifest" => self.manifest.to_string(),
            "acts" => self.acts.iter().map(Digest::to_string).collect::<Vec<_>>(),
            "contents" => self.contents.to_string(),
            "checkpoint" => self.checkpoint.as_str(),
            "size" => self.size as i64,
            "root" => self.root.to_string(),
            "cosignature" => self.cosignature.as_str(),
            "acknowledged" => self.acknowledged.map(|n| n as i64),
            "cosigned" => cosigned,
        };
        Change::of_terms(id_for(self.from), IMPORT, &terms)
    }

    /// Reads a change back.
    pub fn read(terms: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(terms)?;
        let count = |j: &Json| j.int().and_then(|n| u64::try_from(n).ok());
        let arrival = Self {
            from: m.read("from", Id::parse)?,
            replica: m.read("replica", Id::parse)?,
            sequence: m.count("sequence")?,
            manifest: m.read("manifest", Digest::parse)?,
            acts: m.list("acts", Digest::parse)?,
            contents: m.read("contents", Digest::parse)?,
            checkpoint: m.text("checkpoint")?.to_owned(),
            size: m.count("size")?,
            root: m.read("root", Digest::parse)?,
            cosignature: m.text("cosignature")?.to_owned(),
            acknowledged: m.maybe("acknowledged").and_then(count),
            cosigned: m
                .maybe("cosigned")
                .and_then(|c| Some((count(c.get("size")?)?, c.get("line")?.text()?.to_owned()))),
        };
        m.finish()?;
        Ok(arrival)
    }
}

/// Gathers the digest of what a bundle brought whole: SHA-256 over the leaves of the changes whose content came, in
/// order. With it in the log nobody can make content vanish later and say that it never came.
#[derive(Clone, Default)]
pub struct Contents(Sha256);

impl Contents {
    /// Adds a change whose content came.
    pub fn add(&mut self, leaf: &Digest) {
        self.0.update(leaf.as_bytes());
    }

    /// The digest.
    pub fn digest(self) -> Digest {
        Digest::from_bytes(self.0.finalize().into())
    }
}

/// The id of the stream with a partner: it is one for each, so it follows from the partner's id.
pub fn id_for(partner: Id) -> Id {
    let mut hash = Sha256::new();
    hash.update(b"comity/stream/1\0");
    hash.update(partner.as_bytes());
    id_from(&Digest::from_bytes(hash.finalize().into()))
}

/// The stream's record; an empty one where nothing was exchanged yet.
pub fn with(records: &dyn RecordStore, home: Id, partner: Id) -> Result<Record, ApplyError> {
    let known = records.get(id_for(partner))?;
    Ok(known.unwrap_or_else(|| {
        let mut record = Record::new(id_for(partner), KIND.name, "running", home);
        record.partner = Some(partner);
        record
    }))
}

fn import(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let arrival = Arrival::read(view.terms)?;
    if view.record != id_for(arrival.from) {
        return Err(ApplyError::Form("an import names another stream than its sender's".into()));
    }
    let mut record = with(records, at.home, arrival.from)?;
    let last = received(&record);
    if arrival.sequence != last.map_or(1, |(n, _)| n + 1) {
        return Err(ApplyError::Life(format!(
            "bundle {} does not follow the last one of its stream",
            arrival.sequence
        )));
    }
    record.set(
        "in",
        object! {
            "sequence" => arrival.sequence as i64, "manifest" => arrival.manifest.to_string(),
            "held_acts" => !arrival.acts.is_empty(), "at" => at.now().to_string(),
        },
    );
    record.set(
        "seen",
        object! {
            "replica" => arrival.replica.to_string(), "size" => arrival.size as i64, "root" => arrival.root.to_string(),
            "checkpoint" => arrival.checkpoint.as_str(), "cosignature" => arrival.cosignature.as_str(),
        },
    );
    if let Some((size, line)) = &arrival.cosigned {
        record
            .set("cosigned", object! { "size" => *size as i64, "line" => line.as_str(), "at" => at.now().to_string() });
    }
    if let Some(n) = arrival.acknowledged {
        record.set("acknowledged", n as i64);
    }
    records.put(&record)?;
    // Each arrival is kept by its manifest, so that a bundle that comes again is known.
    let mut arrived = Record::new(id_from(&arrival.manifest), ARRIVED, "received", arrival.from);
    arrived.partner = Some(arrival.from);
    arrived.key = Some(arrival.sequence.to_string());
    arrived.terms = object! {
        "sequence" => arrival.sequence as i64, "manifest" => arrival.manifest.to_string(),
        "acts" => arrival.acts.len() as i64, "at" => at.now().to_string(),
    }
    .into();
    super::definition::put_new(records, &arrived)
}

/// The kind of record that bundles are, in both directions.
pub const ARRIVED: &str = "bundle";

/// An id that follows from a digest: its first half. For records of which there is one for each of something else.
pub fn id_from(manifest: &Digest) -> Id {
    let mut id = [0; 16];
    id.iter_mut().zip(manifest.as_bytes()).for_each(|(to, from)| *to = *from);
    Id::from_bytes(id)
}

/// The number and the manifest of the last bundle that came in.
pub fn received(record: &Record) -> Option<(u64, Digest)> {
    last(record, "in")
}

/// The number and the manifest of the last bundle that went out.
pub fn sent(record: &Record) -> Option<(u64, Digest)> {
    last(record, "out")
}

fn last(record: &Record, way: &str) -> Option<(u64, Digest)> {
    let json = record.terms.get(way)?;
    let sequence = json.get("sequence")?.int().and_then(|n| u64::try_from(n).ok())?;
    Some((sequence, json.get("manifest")?.text().and_then(Digest::parse)?))
}

/// How far the partner's log was seen.
pub fn seen(record: &Record) -> Option<Seen> {
    let json = record.terms.get("seen")?;
    Some(Seen {
        desk: record.partner?,
        replica: json.get("replica")?.text().and_then(Id::parse)?,
        size: json.get("size")?.int().and_then(|n| u64::try_from(n).ok())?,
        root: json.get("root")?.text().and_then(Digest::parse)?,
    })
}

/// Whether the last bundle that came in held acts that no bundle of ours has acknowledged yet.
pub fn owes_receipt(record: &Record) -> bool {
    let held = record.terms.get("in").and_then(|i| i.get("held_acts")).and_then(Json::truth) == Some(true);
    let told = record.terms.get("out").and_then(|o| o.get("acknowledges")).and_then(Json::int);
    held && received(record).is_some_and(|(n, _)| told != i64::try_from(n).ok())
}
