//! The record store: the current state of every record, computed from the log. Applying an act writes it; the gate and the
//! screens read it.
//!
//! A record holds terms only; its content stays in the changes that brought it, and is erased there.

use std::sync::Arc;

use super::kind::{ChangeKind, Kind, KindState, State, StateTone};
use crate::value::class::{Tier, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

/// The row of a change in the log: rows of one act follow each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ChangeRow(pub i64);

words! {
    /// Where a partner's duty to delete stands.
    DutyState {
        /// The partner may keep it until the term ends.
        Running = "running",
        /// The partner must delete it, and has not certified that it did.
        Outstanding = "outstanding",
        /// The partner has signed that it cannot, on which ground, and when it looks again.
        Cannot = "cannot",
        /// The partner has signed that it has deleted a part.
        Partly = "partly",
        /// The partner's signed certificate is here.
        Met = "met",
    }
}

impl DutyState {
    /// How it is seen at a glance.
    pub const fn mood(self) -> StateTone {
        match self {
            Self::Running => StateTone::Neutral,
            Self::Outstanding | Self::Cannot => StateTone::Stopped,
            Self::Partly => StateTone::Waiting,
            Self::Met => StateTone::Good,
        }
    }
}

/// A partner who holds a copy of a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// Who.
    pub partner: Id,
    /// By when it must delete it.
    pub delete_by: Option<Timestamp>,
    /// Where that duty stands.
    pub duty: DutyState,
}

/// One record as it stands at a position of the log.
#[derive(Clone, PartialEq, Debug)]
pub struct Record {
    /// Its id, the same at every desk.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// Its state: one of its kind's.
    pub state: State,
    /// The desk that it comes from.
    pub desk: Id,
    /// The case that it belongs to.
    pub case: Option<Id>,
    /// The partner that it concerns.
    pub partner: Option<Id>,
    /// The record that it is about.
    pub subject: Option<Id>,
    /// Its tier, where it has one.
    pub tier: Option<Tier>,
    /// The next instant at which something is due.
    pub due: Option<Timestamp>,
    /// A word to find it by within its kind: a desk's or partner's code, a member's person, a bundle's number, …
    pub key: Option<String>,
    /// Everything else without free text, as an object. Records that were made together share theirs.
    pub terms: Arc<Json>,
    /// The change that holds its content; `None` where there is none, or none any more.
    pub body: Option<ChangeRow>,
    /// Partners who hold a copy.
    pub shared: Vec<Holder>,
}

/// The member of a record's terms with the id that its desk knows it by, where that is another than its own here.
pub const KNOWN_AS: &str = "known_as";

/// Returns the id of a desk's record here, where another desk's record has the id that it goes by: half of a digest of both.
pub fn local_id(desk: Id, named: Id) -> Id {
    Id::from_digest(&Digest::of(&[b"comity/name/1\0".as_slice(), desk.as_bytes(), named.as_bytes()].concat()))
}

impl Record {
    /// The id that its desk knows it by: another than its own where two desks have used one.
    pub fn named(&self) -> Id {
        self.id(KNOWN_AS).unwrap_or(self.id)
    }

    /// A record in a state of its kind, from a desk; everything else is empty.
    pub fn new(id: Id, state: impl Into<State>, desk: Id) -> Self {
        let state = state.into();
        Self {
            id,
            kind: state.kind(),
            state,
            desk,
            case: None,
            partner: None,
            subject: None,
            tier: None,
            due: None,
            key: None,
            terms: Arc::new(Json::Obj(Vec::new())),
            body: None,
            shared: Vec::new(),
        }
    }

    /// Whether it is in a state.
    pub fn is(&self, state: impl Into<State>) -> bool {
        self.state == state.into()
    }

    /// The state that it is in, of the enum of its kind; `None` where it is of another kind.
    pub fn in_state<S: KindState>(&self) -> Option<S> {
        S::of(self.state)
    }

    /// Whether it is a tombstone: its content was erased.
    pub fn is_purged(&self) -> bool {
        self.state.mood() == StateTone::Erased
    }

    /// Puts it into a state.
    pub fn set_state(&mut self, state: impl Into<State>) {
        self.state = state.into();
    }

    /// Sets a member of the terms.
    pub fn set(&mut self, key: &str, value: impl Into<Json>) {
        Arc::make_mut(&mut self.terms).set(key, value);
    }

    /// Removes a member of the terms.
    pub fn remove(&mut self, key: &str) {
        if self.terms.get(key).is_some() {
            Arc::make_mut(&mut self.terms).remove(key);
        }
    }

    /// A word or text of the terms.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.terms.get(key).and_then(Json::text)
    }

    /// An instant of the terms.
    pub fn instant(&self, key: &str) -> Option<Timestamp> {
        self.text(key).and_then(Timestamp::parse)
    }

    /// An id of the terms.
    pub fn id(&self, key: &str) -> Option<Id> {
        self.text(key).and_then(Id::parse)
    }

    /// The words of a list in the terms that `read` understands.
    pub fn list<T>(&self, key: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let items = self.terms.get(key).and_then(Json::items).unwrap_or_default();
        items.iter().filter_map(|v| v.text().and_then(&read)).collect()
    }

    /// Notes that a partner holds a copy until `delete_by`; a new copy renews the duty.
    pub fn share(&mut self, partner: Id, delete_by: Option<Timestamp>) {
        self.shared.retain(|h| h.partner != partner);
        self.shared.push(Holder { partner, delete_by, duty: DutyState::Running });
    }

    /// Whether a partner holds a copy now.
    pub fn is_with(&self, partner: Id) -> bool {
        self.shared.iter().any(|h| h.partner == partner && h.duty != DutyState::Met)
    }
}

/// A query to the record store. A record must match every part that is given.
#[derive(Clone, Default, Debug)]
pub struct Query {
    /// The kind.
    pub kind: Option<Kind>,
    /// The state.
    pub state: Option<State>,
    /// The case.
    pub case: Option<Id>,
    /// The partner.
    pub partner: Option<Id>,
    /// The subject.
    pub subject: Option<Id>,
    /// The tier.
    pub tier: Option<Tier>,
    /// The key.
    pub key: Option<String>,
    /// Due at or before this instant.
    pub due_by: Option<Timestamp>,
    /// Only what partners hold copies of.
    pub shared: bool,
    /// Only records whose id comes after this one, in order of id; to go on where a page ended.
    pub after: Option<Id>,
    /// At most so many.
    pub limit: Option<u32>,
}

impl Query {
    /// All records of a kind.
    pub fn kind(kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::default() }
    }

    /// All records in a state of their kind.
    pub fn state(state: impl Into<State>) -> Self {
        let state = state.into();
        Self { kind: Some(state.kind()), state: Some(state), ..Self::default() }
    }
}

/// A change that follows in an act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FollowingChange {
    /// The record that it is of.
    pub record: Id,
    /// Where that record stood in the record store when the change was made, where that is known: it spares a search.
    pub place: Option<i64>,
}

/// Why the record store cannot be read or written. The store says it in words; layers above only pass it on.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct RecordStoreError(#[from] pub Box<dyn std::error::Error + Send + Sync>);

/// The record store. Applying gets it to write, everybody else to read.
pub trait RecordStore {
    /// Every record that goes by a name: the one with that id, and those that other desks know by it.
    fn named(&self, name: Id) -> Result<Vec<Record>, RecordStoreError>;

    /// The record of that id.
    fn get(&self, id: Id) -> Result<Option<Record>, RecordStoreError>;
    /// Records that fit, in order of id.
    fn find(&self, query: &Query) -> Result<Vec<Record>, RecordStoreError>;
    /// Writes a record, new or changed.
    fn put(&mut self, record: &Record) -> Result<(), RecordStoreError>;
    /// Writes a record that must not exist yet; `false` where it does.
    fn put_new(&mut self, record: &Record) -> Result<bool, RecordStoreError>;
    /// Erases the content of every change of a record.
    fn erase(&mut self, record: Id) -> Result<(), RecordStoreError>;
    /// Notes that the act at a position waits to be carried to a partner.
    fn await_carriage(&mut self, partner: Id, position: i64) -> Result<(), RecordStoreError>;
    /// Notes that acts, by their ids, were carried to a partner.
    fn carried(&mut self, partner: Id, acts: &[crate::value::digest::Digest]) -> Result<(), RecordStoreError>;
    /// Notes that the act that begins with this change is not to be carried to a partner after all.
    fn waits_no_more(&mut self, partner: Id, first: ChangeRow) -> Result<(), RecordStoreError>;
    /// Makes every act that is for all partners wait for this one, which was just pinned.
    fn await_all_for_partners(&mut self, partner: Id) -> Result<(), RecordStoreError>;
    /// The row of the change that made a record; `None` where none is known.
    fn made_by(&self, record: Id) -> Result<Option<ChangeRow>, RecordStoreError>;
    /// Who made a record: the member whose act its first change stands in; `None` where that is not known.
    fn author_of(&self, record: Id) -> Result<Option<Person>, RecordStoreError>;
    /// The changes of one kind in the act that led with this change, in order.
    fn following(&self, first: ChangeRow, kind: ChangeKind) -> Result<Vec<FollowingChange>, RecordStoreError>;
    /// The record of a following change.
    fn of_following(&self, following: &FollowingChange) -> Result<Option<Record>, RecordStoreError>;
}
