//! The stream of bundles with one partner: the last bundle in each direction, and how far the partner's log was seen.

use sha2::{Digest as _, Sha256};

use super::definition::{ApplyError, Content, KindDef, Line, LookUp, WhenDue, put_new};
use super::kind::{Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::header::Seen;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a stream stands.
    Stream {
        /// Bundles are taken in.
        Running = "running" "running" Neutral,
    }
}

/// `stream`: running.
pub const KIND: KindDef = KindDef {
    kind: Kind::Stream,
    letter: 'S',
    title: "Stream of bundles",
    states: STATES,
    content: Content::None,
    can_be_held: false,
    looked_up_by: LookUp::Partner,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &[] },
    changes: &[],
};

/// The id of the stream with a partner, derived from the partner's id: there is one stream for each partner.
pub fn id_for(partner: Id) -> Id {
    let mut hash = Sha256::new();
    hash.update(b"comity/stream/1\0");
    hash.update(partner.as_bytes());
    Id::from_digest(&Digest::from_bytes(hash.finalize().into()))
}

/// The stream's record; an empty one where nothing was exchanged yet. It is found by its partner: its id can be foreseen, and
/// somebody may have used it.
pub fn with(records: &dyn RecordStore, home: Id, partner: Id) -> Result<Record, ApplyError> {
    let known = records.find(&Query { partner: Some(partner), ..Query::kind(Kind::Stream) })?;
    Ok(known.into_iter().next().unwrap_or_else(|| {
        let mut record = Record::new(id_for(partner), State::Running, home);
        record.partner = Some(partner);
        record
    }))
}

/// Writes the stream's record.
pub fn put(records: &mut dyn RecordStore, stream: &Record) -> Result<(), ApplyError> {
    let is_there = records.get(stream.id)?.is_some_and(|known| known.kind == Kind::Stream);
    if is_there { Ok(records.put(stream)?) } else { put_new(records, stream) }
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

/// When the last bundle came in.
pub fn heard(record: &Record) -> Option<Timestamp> {
    record.terms.get("in")?.get("at")?.text().and_then(Timestamp::parse)
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
