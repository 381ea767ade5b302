//! Contacts: how the contact point of a desk or an authority is reached, as a directory of one day has it. They decide nothing:
//! what is missing blocks no request.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a contact stands.
    Contact {
        /// The newest of its desk.
        Current = "current" "current" Good,
        /// A later directory took its place.
        Superseded = "superseded" "superseded" Over,
    }
}

words! {
    /// What is known of a contact.
    ContactField {
        /// Its telephone.
        Phone = "phone",
        /// Its e-mail.
        Mail = "mail",
        /// When it is reached.
        Hours = "hours",
        /// The time zone of these hours.
        Zone = "zone",
        /// Who is on duty.
        Officer = "officer",
        /// How one makes sure that it is them.
        Verify = "verify",
    }
}

/// `contact`: current → superseded.
pub const KIND: KindDef = KindDef {
    kind: Kind::Contact,
    prefix: "K",
    title: "Contact",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Key,
    when_due: WhenDue::Nothing,
    line: Line { content: &["phone", "mail"], terms: &["desk"] },
    changes: &[ChangeDef::first(IMPORT, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, import)
        .or_following(&[IMPORT])],
};

/// Takes an entry of a directory in.
pub const IMPORT: ChangeKind = ChangeKind::new("directory-import");

/// An entry of a directory: of which desk, of which day, and what it says by its field.
pub fn new(id: Id, desk: &str, as_of: &str, said: &Json, salt: Salt) -> Change {
    Change::with_content(id, IMPORT, &object! { "desk" => desk, "as_of" => as_of }, said, salt)
}

fn import(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (desk, as_of) = (m.read("desk", token)?, m.read("as_of", |t| Timestamp::parse_date(t).map(|_| t.to_owned()))?);
    m.finish()?;
    let mut record = Record::new(view.record, State::Current, act.own_desk);
    for mut old in records.find(&Query { key: Some(desk.clone()), ..Query::state(State::Current) })? {
        // An older directory takes nobody's place.
        if old.text("as_of").is_some_and(|day| day > as_of.as_str()) {
            record.set_state(State::Superseded);
            continue;
        }
        old.set_state(State::Superseded);
        records.put(&old)?;
    }
    record.key = Some(desk);
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}
