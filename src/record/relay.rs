//! Relays: a bundle for one desk that another desk carries. The carrier has it sealed, in pieces, and can read nothing of it but its
//! size, whom it is for and how urgent it is; when it has passed it on, the desk that handed it over hears of it.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, need, no_gate_inputs, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};

states! {
    /// Where a relay stands.
    Relay {
        /// A carrier has it, or will have it with the next bundle.
        Handed = "handed" "handed over" Waiting,
        /// It is here to be passed on.
        Carrying = "carrying" "to be passed on" Waiting,
        /// It was passed on.
        Passed = "passed-on" "passed on" Good,
    }
}

/// `relay`: handed over; to be passed on at the carrier's; passed on.
pub const KIND: KindDef = KindDef {
    kind: Kind::Relay,
    prefix: "RL",
    title: "Relay",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["priority"] },
    changes: &[
        ChangeDef::first(HAND, AudienceRule::Addressed, Moves::Makes, None, hand_gate_inputs, hand),
        ChangeDef::following(PIECE, &[HAND], Moves::AnyState, piece).copying(),
        ChangeDef::first(PASS, AudienceRule::Addressed, Moves::Shared, None, no_gate_inputs, pass),
    ],
};

/// Hands a sealed bundle to a carrier.
pub const HAND: ChangeKind = ChangeKind::new("relay-hand");
/// A piece of it.
pub const PIECE: ChangeKind = ChangeKind::new("relay-piece");
/// The carrier has passed it on.
pub const PASS: ChangeKind = ChangeKind::new("relay-pass");

/// The largest bundle that is carried inside another, in bytes: a larger one is carried beside it, as the file that it is.
pub const LARGEST: u64 = 16 << 20;
/// The longest piece of one, in bytes: in base64 it fits into one content.
pub const LONGEST_PIECE: usize = 600 << 10;

words! {
    /// How urgent it is.
    Priority {
        /// It goes with the rest.
        Routine = "routine",
        /// It carries an emergency.
        Emergency = "emergency",
    }
}

/// What a carrier sees of a bundle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// Whom it is for.
    pub to: Id,
    /// Its size, in bytes.
    pub bytes: u64,
    /// The digest of the file.
    pub digest: Digest,
    /// How urgent it is.
    pub priority: Priority,
}

impl Terms {
    /// Reads them from a change or a record.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let terms = Self {
            to: m.read("for", Id::parse)?,
            bytes: m.count("bytes")?,
            digest: m.read("sha256", Digest::parse)?,
            priority: m.read("priority", Priority::parse)?,
        };
        m.finish()?;
        Ok(terms)
    }

    fn to_json(&self) -> Json {
        object! {
            "for" => self.to.to_string(), "bytes" => self.bytes as i64, "sha256" => self.digest.to_string(),
            "priority" => self.priority,
        }
    }
}

/// Hands a bundle over: the first change.
pub fn handed(id: Id, terms: &Terms) -> Change {
    Change::of_terms(id, HAND, &terms.to_json())
}

/// A piece of it, in base64.
pub fn piece_of(id: Id, base64: &str, salt: Salt) -> Change {
    Change::with_content(id, PIECE, &super::definition::no_terms(), &object! { "data" => base64 }, salt)
}

/// It was passed on.
pub fn passed(id: Id) -> Change {
    Change::of_terms(id, PASS, &super::definition::no_terms())
}

/// Whether it carries an emergency.
pub fn is_urgent(record: &Record) -> bool {
    record.text("priority").and_then(Priority::parse) == Some(Priority::Emergency)
}

fn hand_gate_inputs(
    _: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    Terms::read(view.terms)?;
    let partner = act.recipients().into_iter().next().filter(|_| act.is_own());
    Ok(GateInputs { partner, ..GateInputs::default() })
}

fn hand(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let terms = Terms::read(view.terms)?;
    let recipients = act.recipients();
    let [carrier] = recipients.as_slice() else {
        return Err(ApplyError::Malformed("a bundle is handed to one carrier".into()));
    };
    if terms.to == *carrier || terms.to == act.desk() {
        return Err(ApplyError::NotAllowed("a carrier carries for a third desk".into()));
    }
    if terms.bytes > LARGEST {
        return Err(ApplyError::Malformed("it is larger than what is carried inside another bundle".into()));
    }
    let state = if act.is_own() { State::Handed } else { State::Carrying };
    let mut record = Record::new(view.record, state, act.desk());
    record.partner = Some(if act.is_own() { *carrier } else { act.desk() });
    record.terms = view.terms.clone().into();
    // Its pieces follow in the same act.
    record.set("row", view.row.0);
    put_new(records, &record)
}

fn piece(_: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    if view.record != act.first_record {
        return Err(ApplyError::Malformed("a piece is of another relay than its act".into()));
    }
    Ok(())
}

fn pass(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    let mut record = need(records, view.record, Kind::Relay)?;
    // The carrier says it of what it got; the desk that handed it over hears it from its carrier alone.
    let is_carrier = if act.is_own() { record.desk != act.own_desk } else { record.partner == Some(act.desk()) };
    let is_ours = act.is_own() || record.desk == act.own_desk;
    if !is_carrier || !is_ours {
        return Err(ApplyError::Authority("a bundle is passed on by the desk that carries it".into()));
    }
    record.set_state(State::Passed);
    record.set("passed", act.now().to_string());
    Ok(records.put(&record)?)
}
