//! The stream of bundles with one partner: the last bundle in each direction, and how far the partner's log was seen.

use sha2::{Digest as _, Sha256};

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, need,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::act::header::Seen;
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a stream stands.
    Stream {
        /// Bundles are taken in.
        Running = "running" "running" Neutral,
        /// The partner told two histories: nothing is taken in.
        Frozen = "frozen" "frozen" Stopped,
        /// One member says that it goes on; another has not confirmed it yet.
        Resuming = "resuming" "resuming" Waiting,
    }
}

/// `stream`: running → frozen → resuming → running.
pub const KIND: KindDef = KindDef {
    kind: Kind::Stream,
    prefix: "S",
    title: "Stream of bundles",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Partner,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &[] },
    changes: &[
        ChangeDef::first(FREEZE, AudienceRule::OwnDesk, Moves::AnyState, None, no_gate_inputs, freeze),
        ChangeDef::first(ASKED, AudienceRule::OwnDesk, Moves::AnyState, None, no_gate_inputs, asked),
    ],
};

/// Notes that a partner asks for bundles that did not arrive there.
pub const ASKED: ChangeKind = ChangeKind::new("bundle-asked");

/// Freezes a stream whose partner has told two histories.
pub const FREEZE: ChangeKind = ChangeKind::new("stream-freeze");

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

/// A manifest with its two signatures, as they came: what can be shown to others of what a partner has told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedManifest {
    /// The manifest.
    pub manifest: String,
    /// The signature of the desk's bundle key.
    pub desk_signature: String,
    /// The signature of the member who made it.
    pub member_signature: String,
}

impl SignedManifest {
    /// As content of a change.
    pub fn to_json(&self) -> Json {
        object! {
            "manifest" => self.manifest.as_str(), "desk_signature" => self.desk_signature.as_str(),
            "member_signature" => self.member_signature.as_str(),
        }
    }

    /// Reads it from content; `None` where it is none.
    pub fn read(content: &Json) -> Option<Self> {
        let text = |key: &str| content.get(key).and_then(Json::text).map(str::to_owned);
        Some(Self {
            manifest: text("manifest")?,
            desk_signature: text("desk_signature")?,
            member_signature: text("member_signature")?,
        })
    }
}

/// Two bundles of a partner that cannot both be of its one history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fork {
    /// The number of the bundle that contradicts what was known.
    pub sequence: u64,
    /// The digest of its manifest.
    pub other: Digest,
    /// The digest of the manifest that is known under that number, or is the last one that came before it.
    pub known: Option<Digest>,
}

/// Freezes the stream with a partner. `told` is what contradicts what was known, as it was signed.
pub fn frozen(stream: Id, partner: Id, fork: &Fork, told: &SignedManifest, salt: Salt) -> Change {
    let terms = object! {
        "partner" => partner.to_string(), "sequence" => fork.sequence as i64, "other" => fork.other.to_string(),
        "known" => fork.known.map(|d| d.to_string()),
    };
    Change::with_content(stream, FREEZE, &terms, &told.to_json(), salt)
}

fn freeze(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let partner = m.read("partner", Id::parse)?;
    let (sequence, other) = (m.count("sequence")?, m.read("other", Digest::parse)?);
    let known = m.maybe("known").map(|known| known.text().and_then(Digest::parse));
    if known == Some(None) {
        return Err(ApplyError::Malformed("`known` is no digest".into()));
    }
    m.finish()?;
    need(records, partner, Kind::Partner)?;
    let mut stream = with(records, act.own_desk, partner)?;
    if stream.id != view.record {
        return Err(ApplyError::Malformed("another stream is frozen than its partner's".into()));
    }
    if !stream.is(State::Running) {
        return Err(ApplyError::NotAllowed("the stream is frozen already".into()));
    }
    stream.set_state(State::Frozen);
    stream.set(
        "fork",
        object! {
            "sequence" => sequence as i64, "other" => other.to_string(),
            "known" => known.flatten().map(|d| d.to_string()), "at" => act.now().to_string(),
        },
    );
    stream.body = view.body();
    put(records, &stream)
}

/// What a partner has asked for: the numbers of bundles of this desk that are missing there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// When it asked.
    pub made: Timestamp,
    /// The last bundle that has arrived there without a gap; 0 for none.
    pub received: u64,
    /// What is missing there, rising.
    pub missing: Vec<u64>,
}

/// Notes what a partner asks for.
pub fn wanted(partner: Id, wanted: &Wanted) -> Change {
    let terms = object! {
        "partner" => partner.to_string(), "made" => wanted.made.to_string(), "received" => wanted.received as i64,
        "missing" => wanted.missing.iter().map(|n| Json::from(*n as i64)).collect::<Vec<_>>(),
    };
    Change::of_terms(id_for(partner), ASKED, &terms)
}

fn asked(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let partner = m.read("partner", Id::parse)?;
    let (made, received) = (m.read("made", Timestamp::parse)?, m.count("received")?);
    let missing = numbers(m.need("missing")?)
        .ok_or_else(|| ApplyError::Malformed("`missing` is not a list of numbers".into()))?;
    m.finish()?;
    need(records, partner, Kind::Partner)?;
    let mut stream = with(records, act.own_desk, partner)?;
    if stream.id != view.record {
        return Err(ApplyError::Malformed("another stream is named than its partner's".into()));
    }
    if asked_for(&stream).is_some_and(|before| before.made >= made) {
        return Err(ApplyError::NotAllowed("the partner has asked for something later than that".into()));
    }
    stream.set(
        "wanted",
        object! {
            "made" => made.to_string(), "received" => received as i64, "at" => act.now().to_string(),
            "missing" => missing.iter().map(|n| Json::from(*n as i64)).collect::<Vec<_>>(),
        },
    );
    put(records, &stream)
}

fn numbers(json: &Json) -> Option<Vec<u64>> {
    json.items()?.iter().map(|n| n.int().and_then(|n| u64::try_from(n).ok())).collect()
}

/// What a partner has asked for last, as it said it.
pub fn asked_for(record: &Record) -> Option<Wanted> {
    let json = record.terms.get("wanted")?;
    Some(Wanted {
        made: json.get("made")?.text().and_then(Timestamp::parse)?,
        received: json.get("received")?.int().and_then(|n| u64::try_from(n).ok())?,
        missing: numbers(json.get("missing")?)?,
    })
}

/// When it was noted here what a partner has asked for last.
pub fn asked_at(record: &Record) -> Option<Timestamp> {
    record.terms.get("wanted")?.get("at")?.text().and_then(Timestamp::parse)
}

/// The numbers of the bundles that a partner has asked for and has not acknowledged since.
pub fn still_wanted(record: &Record) -> Vec<u64> {
    let known = acknowledged(record).unwrap_or(0);
    let mut missing = asked_for(record).map(|w| w.missing).unwrap_or_default();
    missing.retain(|n| *n > known);
    missing
}

/// The fork for which a stream was frozen last, and when.
pub fn fork_of(record: &Record) -> Option<(Fork, Timestamp)> {
    let json = record.terms.get("fork")?;
    let digest = |key: &str| json.get(key).and_then(Json::text).and_then(Digest::parse);
    let fork = Fork {
        sequence: json.get("sequence")?.int().and_then(|n| u64::try_from(n).ok())?,
        other: digest("other")?,
        known: digest("known"),
    };
    Some((fork, json.get("at")?.text().and_then(Timestamp::parse)?))
}

/// Who has said that a frozen stream goes on, where another has not confirmed it yet.
pub fn resumed_by(record: &Record) -> Option<Person> {
    record.text("resumed_by").filter(|_| record.is(State::Resuming)).and_then(Person::parse)
}

/// Lets a frozen stream go on from what is known of it: the first member says so, another confirms it. That it is another, the gate
/// has asked.
pub fn resume(records: &mut dyn RecordStore, act: &ActContext<'_>, partner: Id) -> Result<(), ApplyError> {
    let mut stream = with(records, act.own_desk, partner)?;
    match stream.in_state() {
        Some(State::Frozen) => {
            stream.set_state(State::Resuming);
            stream.set("resumed_by", act.member().to_string());
        }
        Some(State::Resuming) => {
            stream.set_state(State::Running);
            stream.remove("resumed_by");
        }
        Some(State::Running) | None => {
            return Err(ApplyError::NotAllowed("the stream is not frozen: bundles are taken in".into()));
        }
    }
    put(records, &stream)
}

/// The number of the last bundle of ours that the partner has.
pub fn acknowledged(record: &Record) -> Option<u64> {
    record.terms.get("acknowledged").and_then(Json::int).and_then(|n| u64::try_from(n).ok())
}

/// The size of this desk's log that the partner has cosigned last.
pub fn cosigned(record: &Record) -> Option<u64> {
    record.terms.get("cosigned")?.get("size")?.int().and_then(|n| u64::try_from(n).ok())
}

/// The replica of this desk whose log that is.
pub fn cosigned_replica(record: &Record) -> Option<Id> {
    record.terms.get("cosigned")?.get("replica")?.text().and_then(Id::parse)
}

/// How far the own log went at the last bundle that went out, and of which replica it was.
pub fn told(record: &Record) -> Option<(Id, u64)> {
    let out = record.terms.get("out")?;
    let size = out.get("size").and_then(Json::int).and_then(|n| u64::try_from(n).ok())?;
    Some((out.get("replica")?.text().and_then(Id::parse)?, size))
}

/// The highest format of a bundle that the partner has used.
pub fn format(record: &Record) -> Option<u64> {
    record.terms.get("in")?.get("format").and_then(Json::int).and_then(|n| u64::try_from(n).ok())
}

/// The number of this desk's keys that the partner knows: what it sealed last was sealed to them. `None`: the first.
pub fn keys_known(record: &Record) -> Option<u64> {
    record.terms.get("in")?.get("keys").and_then(Json::int).and_then(|n| u64::try_from(n).ok())
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
