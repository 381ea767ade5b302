//! Bundles: those that were sent and received, with their numbers and the acts in them.

use sha2::{Digest as _, Sha256};

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use super::stream::{self, SignedManifest};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::timestamp::Timestamp;

states! {
    /// Where a bundle stands.
    Bundle {
        /// It went out.
        Sent = "sent" "sent" Waiting,
        /// It came in.
        Received = "received" "received" Good,
    }
}

/// `bundle`: sent; received at the partner's. Acknowledgements are in the stream's record.
pub const KIND: KindDef = KindDef {
    kind: Kind::Bundle,
    prefix: "B",
    title: "Bundle",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Key,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &[] },
    changes: &[
        ChangeDef::first(EXPORT, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, export),
        ChangeDef::first(IMPORT, AudienceRule::OwnDesk, Moves::AnyState, None, no_gate_inputs, import),
        ChangeDef::first(
            REPLACED,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Sent.any()]),
            None,
            no_gate_inputs,
            replaced,
        ),
        ChangeDef::first(
            WRITTEN,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Sent.any()]),
            None,
            no_gate_inputs,
            written,
        ),
    ],
};

/// The first change of an act that takes a partner's acts in.
pub const IMPORT: ChangeKind = ChangeKind::new("bundle-import");
/// The member that says of an import that its bundle stood for another one.
const STANDS_IN: &str = "stands_in";

/// Notes a bundle that goes out.
pub const EXPORT: ChangeKind = ChangeKind::new("bundle-export");

/// Notes that a bundle whose files are gone was made again, of what is left of it.
pub const REPLACED: ChangeKind = ChangeKind::new("bundle-replaced");
/// Notes that a bundle was written to where it is carried, and read back from there.
pub const WRITTEN: ChangeKind = ChangeKind::new("bundle-written");

/// A bundle that was imported, as the log notes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// From whom.
    pub from: Id,
    /// From which of its workstations.
    pub replica: Id,
    /// The bundle's number in the stream.
    pub sequence: u64,
    /// The name that it has in its stream: the digest of its manifest, or of that which it stands for.
    pub manifest: Digest,
    /// Whether it stands for another one, which was gone at its sender.
    pub stands_in: bool,
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
    /// The format of the bundle, by its number.
    pub format: Option<u64>,
    /// The number of this desk's keys that it was sealed to, where those are not the first.
    pub keys: Option<u64>,
}

impl Arrival {
    /// The change that notes it. The manifest as it was signed is its content: where the partner tells another history later, both
    /// are there.
    pub fn change(&self, told: Option<&SignedManifest>, salt: Salt) -> Change {
        let cosigned =
            self.cosigned.as_ref().map(|(size, line)| object! { "size" => *size as i64, "line" => line.as_str() });
        let mut terms = object! {
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
            "format" => self.format.map(|n| n as i64),
        };
        if let Some(keys) = self.keys {
            terms.set("keys", keys as i64);
        }
        if self.stands_in {
            terms.set(STANDS_IN, true);
        }
        match told {
            Some(told) => Change::with_content(stream::id_for(self.from), IMPORT, &terms, &told.to_json(), salt),
            None => Change::of_terms(stream::id_for(self.from), IMPORT, &terms),
        }
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
            stands_in: m.maybe(STANDS_IN).is_some_and(|yes| yes.truth() == Some(true)),
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
            format: m.maybe("format").and_then(count),
            keys: m.maybe("keys").and_then(count),
        };
        m.finish()?;
        Ok(arrival)
    }
}

/// Computes the digest of the content that a bundle brought: SHA-256 over the leaves of the changes whose content came, in
/// order. Since it is in the log, nobody can remove content later and claim that it never came.
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

/// A bundle that was exported, as the log notes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Departure {
    /// To whom.
    pub to: Id,
    /// The bundle's number in the stream.
    pub sequence: u64,
    /// The digest of its manifest.
    pub manifest: Digest,
    /// The acts that it carried.
    pub acts: Vec<Digest>,
    /// The number of the last bundle of the partner's that it acknowledges.
    pub acknowledges: Option<u64>,
    /// The size of the own log at its checkpoint.
    pub size: u64,
    /// In how many volumes it is.
    pub volumes: u64,
}

impl Departure {
    /// The change that notes it.
    pub fn change(&self, id: Id) -> Change {
        let terms = object! {
            "to" => self.to.to_string(),
            "sequence" => self.sequence as i64,
            "manifest" => self.manifest.to_string(),
            "acts" => self.acts.iter().map(Digest::to_string).collect::<Vec<_>>(),
            "acknowledges" => self.acknowledges.map(|n| n as i64),
            "size" => self.size as i64,
            "volumes" => self.volumes as i64,
        };
        Change::of_terms(id, EXPORT, &terms)
    }

    /// Reads it from the terms of [`EXPORT`]. Those of earlier programs say nothing of volumes: they made one, and did not note that it was written.
    pub fn read(terms: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(terms)?;
        let departure = Self {
            to: m.read("to", Id::parse)?,
            sequence: m.count("sequence")?,
            manifest: m.read("manifest", Digest::parse)?,
            acts: m.list("acts", Digest::parse)?,
            acknowledges: m.maybe("acknowledges").and_then(Json::int).and_then(|n| u64::try_from(n).ok()),
            size: m.count("size")?,
            volumes: m.maybe(VOLUMES).and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0),
        };
        m.finish()?;
        Ok(departure)
    }
}

fn export(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let departure = Departure::read(view.terms)?;
    let mut stream = stream::with(records, act.own_desk, departure.to)?;
    if departure.sequence != stream::sent(&stream).map_or(1, |(n, _)| n + 1) {
        return Err(ApplyError::NotAllowed(format!(
            "bundle {} does not follow the last one of its stream",
            departure.sequence
        )));
    }
    stream.set(
        "out",
        object! {
            "sequence" => departure.sequence as i64, "manifest" => departure.manifest.to_string(),
            "acknowledges" => departure.acknowledges.map(|n| n as i64), "size" => departure.size as i64,
            "replica" => act.header.replica.to_string(), "at" => act.now().to_string(),
        },
    );
    stream::put(records, &stream)?;
    records.carried(departure.to, &departure.acts)?;
    let mut record = Record::new(view.record, State::Sent, act.own_desk);
    record.partner = Some(departure.to);
    record.key = Some(departure.sequence.to_string());
    record.terms = object! {
        "sequence" => departure.sequence as i64, "manifest" => departure.manifest.to_string(),
        "acts" => departure.acts.len() as i64, "at" => act.now().to_string(),
    }
    .into();
    if departure.volumes > 0 {
        record.set(VOLUMES, departure.volumes as i64);
    }
    put_new(records, &record)
}

/// The member that says in how many volumes a bundle is: where it is not there, an earlier program made it.
const VOLUMES: &str = "volumes";
/// The member that says when a bundle was written to where it is carried.
const WRITTEN_AT: &str = "written";

/// Notes that a bundle was written to where it is carried, and read back.
pub fn noted_as_written(id: Id) -> Change {
    Change::of_terms(id, WRITTEN, &super::definition::no_terms())
}

fn written(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Bundle)?;
    record.set(WRITTEN_AT, act.now().to_string());
    Ok(records.put(&record)?)
}

/// Notes that a bundle was made again: the digest of the manifest that stands for the first one, and the acts that it carries.
pub fn noted_as_replaced(id: Id, manifest: &Digest, acts: &[Digest]) -> Change {
    let acts = acts.iter().map(Digest::to_string).collect::<Vec<_>>();
    Change::of_terms(id, REPLACED, &object! { "manifest" => manifest.to_string(), "acts" => acts })
}

fn replaced(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.read("manifest", Digest::parse)?;
    m.list("acts", Digest::parse)?;
    m.finish()?;
    let mut record = moved(records, view, Kind::Bundle)?;
    record.set("replaced", act.now().to_string());
    record.set(VOLUMES, 1i64);
    Ok(records.put(&record)?)
}

/// Whether it is not known of a bundle that was made whether it was ever written to where it is carried: the medium failed, the
/// program was interrupted, or it went into a pipe.
pub fn is_unwritten(record: &Record) -> bool {
    record.is(State::Sent) && record.terms.get(VOLUMES).is_some() && record.terms.get(WRITTEN_AT).is_none()
}

/// When a bundle was last written to where it is carried.
pub fn written_at(record: &Record) -> Option<Timestamp> {
    record.instant(WRITTEN_AT)
}

/// In how many volumes a bundle was made.
pub fn volumes(record: &Record) -> u64 {
    record.terms.get(VOLUMES).and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(1)
}

fn import(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let arrival = Arrival::read(view.terms)?;
    if view.record != stream::id_for(arrival.from) {
        return Err(ApplyError::Malformed("an import names another stream than its sender's".into()));
    }
    let mut record = stream::with(records, act.own_desk, arrival.from)?;
    let next = stream::received(&record).map_or(1, |(n, _)| n + 1);
    // A partner that was set back goes on as another replica, with the number after the last one that it remembers.
    let is_after_restore = stream::seen(&record).is_some_and(|seen| seen.replica != arrival.replica);
    if arrival.sequence != next && !(is_after_restore && (1..next).contains(&arrival.sequence)) {
        return Err(ApplyError::NotAllowed(format!(
            "bundle {} does not follow the last one of its stream",
            arrival.sequence
        )));
    }
    record.set(
        "in",
        object! {
            "sequence" => arrival.sequence as i64, "manifest" => arrival.manifest.to_string(),
            "held_acts" => !arrival.acts.is_empty(), "at" => act.now().to_string(),
            "format" => arrival.format.max(stream::format(&record)).map(|n| n as i64),
            "keys" => arrival.keys.max(stream::keys_known(&record)).map(|n| n as i64),
        },
    );
    record.set(
        "seen",
        object! {
            "replica" => arrival.replica.to_string(), "size" => arrival.size as i64, "root" => arrival.root.to_string(),
            "checkpoint" => arrival.checkpoint.as_str(), "cosignature" => arrival.cosignature.as_str(),
        },
    );
    // What a partner has said of this desk's log stands: what says less came later and is older.
    // What was acknowledged is of the old log, though its number may come again.
    if is_after_restore && let Some(mut out) = record.terms.get("out").cloned() {
        out.set("acknowledges", Json::Null);
        record.set("out", out);
    }
    let replica = act.header.replica;
    let known = if stream::cosigned_replica(&record) == Some(replica) { stream::cosigned(&record) } else { None };
    if let Some((size, line)) = arrival.cosigned.as_ref().filter(|(size, _)| known <= Some(*size)) {
        record.set(
            "cosigned",
            object! {
                "size" => *size as i64, "line" => line.as_str(), "replica" => replica.to_string(),
                "at" => act.now().to_string(),
            },
        );
    }
    let is_more = |n: &u64| is_after_restore || stream::acknowledged(&record) <= Some(*n);
    if let Some(n) = arrival.acknowledged.filter(is_more) {
        record.set("acknowledged", n as i64);
    }
    stream::put(records, &record)?;
    // Each arrival is kept by its name, so that a bundle that comes again is known.
    let id =
        if arrival.stands_in { stand_in(arrival.from, &arrival.manifest) } else { Id::from_digest(&arrival.manifest) };
    let mut arrived = Record::new(id, State::Received, arrival.from);
    arrived.partner = Some(arrival.from);
    arrived.key = Some(arrival.sequence.to_string());
    arrived.terms = object! {
        "sequence" => arrival.sequence as i64, "manifest" => arrival.manifest.to_string(),
        "acts" => arrival.acts.len() as i64, "at" => act.now().to_string(), "size" => arrival.size as i64,
        "root" => arrival.root.to_string(),
    }
    .into();
    arrived.body = view.body();
    put_new(records, &arrived)
}

/// The id of the record of a bundle that stands for another one. Its sender has chosen the name that it has, and with it no id of
/// anything else.
fn stand_in(from: Id, name: &Digest) -> Id {
    let named = [b"comity/stand-in/1\0".as_slice(), from.as_bytes(), name.as_bytes()].concat();
    Id::from_digest(&Digest::of(&named))
}

/// The bundle of a partner that came in under a name: itself, or one that stood for it.
pub fn received_as(records: &dyn RecordStore, from: Id, name: &Digest) -> Result<Option<Record>, ApplyError> {
    for id in [Id::from_digest(name), stand_in(from, name)] {
        let known = records.get(id)?.filter(|record| record.is(State::Received) && record.partner == Some(from));
        if known.is_some() {
            return Ok(known);
        }
    }
    Ok(None)
}

/// How far a bundle that came in says that its sender's log went.
pub fn seen_in(record: &Record) -> Option<(u64, Digest)> {
    let size = record.terms.get("size").and_then(Json::int).and_then(|n| u64::try_from(n).ok())?;
    Some((size, record.text("root").and_then(Digest::parse)?))
}

/// The bundle with that number, to or from a partner; of a partner that was set back and has used the number twice, the first.
pub fn numbered(
    records: &dyn RecordStore,
    partner: Id,
    state: State,
    sequence: u64,
) -> Result<Option<Record>, ApplyError> {
    let query = Query { partner: Some(partner), key: Some(sequence.to_string()), ..Query::state(state) };
    Ok(records.find(&query)?.into_iter().next())
}
