//! Certificates of mutual recognition: what of a partner counts here, such as its laboratory or a class of its authorisations, until when.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    need, no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a certificate of recognition stands.
    Recognition {
        /// It counts until its day.
        Standing = "standing" "standing" Good,
        /// It was ended before.
        Ended = "ended" "ended" Over,
    }
}

/// `recognition`: standing → ended.
pub const KIND: KindDef = KindDef {
    kind: Kind::Recognition,
    prefix: "RC",
    title: "Recognition",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Partner,
    when_due: WhenDue::Renewal,
    line: Line { content: &["title"], terms: &["of"] },
    changes: &[
        ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, Some(END), no_gate_inputs, add),
        ChangeDef::first(END, AudienceRule::OwnDesk, Moves::From(STANDING), None, no_gate_inputs, end),
    ],
};

/// The kind of change `recognition-add`.
pub const ADD: ChangeKind = ChangeKind::new("recognition-add");
/// The kind of change `recognition-end`.
pub const END: ChangeKind = ChangeKind::new("recognition-end");

/// The state in which one counts.
pub const STANDING: &[RecordState] = &[State::Standing.any()];

/// Records that something of a partner is recognised here; `of` is what, in a word, such as `lab-17025`.
pub fn new(id: Id, partner: Id, of: &str, until: Timestamp, (title, reference): (&str, &str), salt: Salt) -> Change {
    let terms = object! { "partner" => partner.to_string(), "of" => of, "until" => until.to_string() };
    Change::with_content(id, ADD, &terms, &object! { "title" => title, "reference" => reference }, salt)
}

/// Ends it before its day.
pub fn ended(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, END, &object! {}, &object! { "because" => because }, salt)
}

/// Every one, of a partner or of all.
pub fn all(records: &dyn RecordStore, partner: Option<Id>) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { partner, ..Query::kind(Kind::Recognition) })?)
}

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let partner = m.read("partner", Id::parse)?;
    m.read("of", token)?;
    let until = m.read("until", Timestamp::parse)?;
    m.finish()?;
    need(records, partner, Kind::Partner)?;
    if until <= act.now() {
        return Err(ApplyError::NotAllowed("what is recognised counts until a day that is still to come".into()));
    }
    let mut record = Record::new(view.record, State::Standing, act.own_desk);
    record.partner = Some(partner);
    record.due = Some(until);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn end(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Recognition)?;
    view.members()?.finish()?;
    record.set_state(State::Ended);
    record.due = None;
    Ok(records.put(&record)?)
}
