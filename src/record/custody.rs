//! The chain of custody of an exhibit (ISO/IEC 27037): an entry for each time that somebody took it in, looked at it, gave it on or
//! wrote it out. An entry is never changed; the second person who stands for it signs it by an act of their own.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use super::{item, letter, retention};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

words! {
    /// What happened to an exhibit.
    Event {
        /// It was taken in.
        Acquired = "acquired",
        /// Somebody looked at it.
        LookedAt = "looked-at",
        /// A copy of it was written out.
        Exported = "exported",
        /// It was given out of the desk's keeping.
        Out = "out",
        /// It came back into the desk's keeping.
        In = "in",
        /// It was sealed, or sealed again.
        Sealed = "sealed",
        /// It was examined.
        Examined = "examined",
        /// It was changed in a way that could not be avoided.
        Changed = "changed",
        /// Its bytes are not those that were taken in, or are not there.
        Damaged = "damaged",
        /// It was given back to whom it belongs.
        Returned = "returned",
        /// It was destroyed.
        Destroyed = "destroyed",
        /// A time stamp of its hash was asked for.
        StampAsked = "time-stamp-asked",
        /// A time stamp of its hash came back, and was checked.
        Stamped = "time-stamped",
    }
}

impl Event {
    /// What somebody may enter by hand; the program enters the others where they happen.
    pub const BY_HAND: &'static [Self] =
        &[Self::Out, Self::In, Self::Sealed, Self::Examined, Self::Changed, Self::Returned, Self::Destroyed];

    /// Whether it changes who keeps the exhibit, so that a second person must stand for it.
    pub const fn is_handed_over(self) -> bool {
        matches!(self, Self::Out | Self::In | Self::Returned | Self::Destroyed)
    }

    /// Whether the exhibit leaves the desk's keeping with it.
    pub const fn leaves(self) -> bool {
        matches!(self, Self::Out | Self::Returned | Self::Destroyed)
    }
}

states! {
    /// Where an entry stands.
    Custody {
        /// One person has signed it.
        Signed = "signed" "signed" Neutral,
        /// The second person has signed it too.
        Countersigned = "countersigned" "countersigned" Good,
    }
}

/// `custody`: signed → countersigned.
pub const KIND: KindDef = KindDef {
    kind: Kind::Custody,
    prefix: "CU",
    title: "Custody entry",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::IdOfMany,
    when_due: WhenDue::Nothing,
    line: Line { content: &["why"], terms: &["event"] },
    changes: &[
        ChangeDef::first(ENTER, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, enter).or_following(&[
            item::ADD,
            letter::WRITE,
            retention::TRANSFER,
        ]),
        ChangeDef::first(LOOK, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, look),
        ChangeDef::first(
            SIGN,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Signed.any()]),
            None,
            sign_gate_inputs,
            countersign,
        )
        .with_precheck(|_, _, record| Ok(GateInputs { first: entered_by(record), ..GateInputs::default() })),
    ],
};

/// An entry.
pub const ENTER: ChangeKind = ChangeKind::new("custody");
/// The entry of whoever looked at an exhibit.
pub const LOOK: ChangeKind = ChangeKind::new("custody-look");
/// The second person signs an entry.
pub const SIGN: ChangeKind = ChangeKind::new("custody-sign");

/// What an entry says in words. What nobody stated is empty.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Words {
    /// Why.
    pub why: String,
    /// Where.
    pub place: String,
    /// From whom, and to whom.
    pub person: String,
    /// Under which authority.
    pub authority: String,
    /// The number of its seal.
    pub seal: String,
    /// Its SHA-256 before.
    pub before: String,
    /// Its SHA-256 after.
    pub after: String,
    /// In which condition.
    pub condition: String,
    /// A change that could not be avoided: what, why, by whom.
    pub change: String,
    /// The request for a time stamp (RFC 3161), in base64.
    pub tsq: String,
    /// The answer to it, in base64.
    pub tsr: String,
    /// The certificates by which it was believed, the authority's first and the trusted one last, in PEM.
    pub tsa_chain: String,
}

/// The names of the words of an entry, in the order in which they are stored.
const WORDS: [&str; 12] = [
    "why",
    "where",
    "person",
    "authority",
    "seal",
    "sha256_before",
    "sha256_after",
    "condition",
    "change",
    "tsq",
    "tsr",
    "tsa_chain",
];

impl Words {
    fn texts(&self) -> [&str; 12] {
        let Self { why, place, person, authority, seal, before, after, condition, change, tsq, tsr, tsa_chain } = self;
        [why, place, person, authority, seal, before, after, condition, change, tsq, tsr, tsa_chain].map(String::as_str)
    }

    fn to_json(&self) -> Json {
        let mut json = object! {};
        for (name, text) in WORDS.iter().zip(self.texts()).filter(|(_, text)| !text.is_empty()) {
            json.set(name, text);
        }
        json
    }

    /// Reads them from the content of an entry.
    pub fn read(content: &Json) -> Self {
        let [why, place, person, authority, seal, before, after, condition, change, tsq, tsr, tsa_chain] =
            WORDS.map(|name| content.get(name).and_then(Json::text).unwrap_or_default().to_owned());
        Self { why, place, person, authority, seal, before, after, condition, change, tsq, tsr, tsa_chain }
    }
}

/// Enters what happened to an exhibit at a time.
pub fn entered(id: Id, of: Id, event: Event, at: Timestamp, words: &Words, salt: Salt) -> Change {
    made(ENTER, (id, of, event, at), words, salt)
}

/// Enters that somebody looked at an exhibit.
pub fn looked(id: Id, of: Id, at: Timestamp, words: &Words, salt: Salt) -> Change {
    made(LOOK, (id, of, Event::LookedAt, at), words, salt)
}

fn made(kind: ChangeKind, (id, of, event, at): (Id, Id, Event, Timestamp), words: &Words, salt: Salt) -> Change {
    let terms = object! { "of" => of.to_string(), "event" => event, "at" => at.to_string() };
    Change::with_content(id, kind, &terms, &words.to_json(), salt)
}

/// The second person signs an entry: what they saw, in words.
pub fn countersigned(id: Id, said: &str, salt: Salt) -> Change {
    if said.is_empty() {
        return Change::of_terms(id, SIGN, &object! {});
    }
    Change::with_content(id, SIGN, &object! {}, &object! { "said" => said }, salt)
}

fn enter(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    make(records, act, view, |event| event != Event::LookedAt)
}

fn look(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    make(records, act, view, |event| event == Event::LookedAt)
}

fn make(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    fits: impl Fn(Event) -> bool,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (of, event, at) = (m.read("of", Id::parse)?, m.read("event", Event::parse)?, m.read("at", Timestamp::parse)?);
    m.finish()?;
    if !fits(event) {
        return Err(ApplyError::Malformed(format!("an entry of this kind does not say that it was {event}")));
    }
    if at > act.now() {
        return Err(ApplyError::NotAllowed("an entry of custody is of what has happened, not of what will".into()));
    }
    let exhibit = need(records, of, Kind::Item)?;
    if exhibit.is_purged() {
        return Err(ApplyError::NotAllowed("its content was erased: nobody keeps it any more".into()));
    }
    let mut record = Record::new(view.record, State::Signed, act.own_desk);
    record.subject = Some(of);
    record.case = exhibit.case;
    record.terms = view.terms.clone().into();
    record.set("by", act.member().to_string());
    record.set("signed", act.now().to_string());
    record.set("row", view.row.0);
    record.body = view.body();
    put_new(records, &record)
}

fn sign_gate_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Custody)?;
    Ok(GateInputs { first: entered_by(&record), ..GateInputs::default() })
}

fn countersign(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Custody)?;
    view.members()?.finish()?;
    record.set_state(State::Countersigned);
    record.set("second", act.member().to_string());
    record.set("countersigned", act.now().to_string());
    if view.has_content {
        record.set("said", view.row.0);
    }
    Ok(records.put(&record)?)
}

/// Who signed an entry first.
pub fn entered_by(record: &Record) -> Option<Person> {
    record.text("by").and_then(Person::parse)
}

/// Who signed it second.
pub fn second(record: &Record) -> Option<Person> {
    record.text("second").and_then(Person::parse)
}

/// What an entry says happened.
pub fn event_of(record: &Record) -> Option<Event> {
    record.text("event").and_then(Event::parse)
}

/// Every entry of an exhibit, in the order in which they were signed.
pub fn of(records: &dyn RecordStore, exhibit: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query { subject: Some(exhibit), ..Query::kind(Kind::Custody) })?;
    all.sort_by_key(|r| r.terms.get("row").and_then(Json::int));
    Ok(all)
}
