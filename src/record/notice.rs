//! Telling the person whose data were shared or asked for: that they were told, or why not yet and when that is looked at again.
//! What is neither is owed.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    only_own_desk, put_new, reasons_gate_inputs,
};
use super::item;
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{ChangeRow, Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Whether a person was told.
    Notice {
        /// Not yet, for a reason that is looked at again on a day.
        Delayed = "delayed" "delayed" Waiting,
        /// They were.
        Told = "told" "told" Good,
    }
}

/// `notice`: delayed or told; the newest of a subject counts.
pub const KIND: KindDef = KindDef {
    kind: Kind::Notice,
    prefix: "N",
    title: "Notice to a person",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Key,
    when_due: WhenDue::Nothing,
    line: Line { content: &["text"], terms: &["of"] },
    changes: &[
        ChangeDef::first(TELL, AudienceRule::OwnDesk, Moves::Makes, None, reasons_gate_inputs, apply_told),
        ChangeDef::first(DELAY, AudienceRule::OwnDesk, Moves::Makes, None, reasons_gate_inputs, apply_delayed),
    ],
};

/// The person was told.
pub const TELL: ChangeKind = ChangeKind::new("person-tell");
/// Telling the person is delayed.
pub const DELAY: ChangeKind = ChangeKind::new("person-delay");

/// What a person can be told of: what was shared, and what was asked for.
pub const TELLABLE: &[RecordState] = &{
    use super::disclosure::State as D;
    use super::request::State as R;
    [
        D::Released.any(),
        D::Recalled.any(),
        D::Received.any(),
        R::Sent.any(),
        R::Acknowledged.any(),
        R::Clarification.any(),
        R::Conditional.any(),
        R::Consultation.any(),
        R::Accepted.any(),
        R::Partly.any(),
        R::Postponed.any(),
        R::Executing.any(),
        R::Delivered.any(),
        R::UseReported.any(),
        R::Refused.any(),
        R::Expired.any(),
        R::Withdrawn.any(),
        R::Closed.any(),
        R::Conflict.any(),
    ]
};

/// Notes that the person was told: what, by whom and how.
pub fn told(id: Id, of: Id, text: &str, salt: Salt) -> Change {
    let terms = object! { "of" => of.to_string(), "said" => !crate::value::text::is_blank(text) };
    Change::with_content(id, TELL, &terms, &object! { "text" => text }, salt)
}

/// Notes that the person is not told yet: why, and when that is looked at again.
pub fn delayed(id: Id, of: Id, review: Timestamp, because: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(because);
    let terms = object! { "of" => of.to_string(), "review" => review.to_string(), "said" => said };
    Change::with_content(id, DELAY, &terms, &object! { "text" => because }, salt)
}

/// The newest notice of a disclosure or a request.
pub fn newest(records: &dyn RecordStore, of: Id) -> Result<Option<Record>, ApplyError> {
    let all = records.find(&Query { key: Some(of.to_string()), ..Query::kind(Kind::Notice) })?;
    Ok(all.into_iter().max_by_key(|r| r.instant("at")))
}

fn apply_told(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let of = m.read("of", Id::parse)?;
    m.need("said")?;
    m.finish()?;
    make(records, act, view, of, State::Told)
}

fn apply_delayed(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let (of, review) = (m.read("of", Id::parse)?, m.read("review", Timestamp::parse)?);
    m.need("said")?;
    m.finish()?;
    if review <= act.now() {
        return Err(ApplyError::NotAllowed("a delay is looked at again on a day that is still to come".into()));
    }
    make(records, act, view, of, State::Delayed)
}

fn make(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    of: Id,
    state: State,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let subject = records.get(of)?.filter(|r| TELLABLE.contains(&r.state));
    let subject =
        subject.ok_or_else(|| ApplyError::NotAllowed("a person is told of what was shared or sent".into()))?;
    let mut record = Record::new(view.record, state, act.own_desk);
    record.key = Some(of.to_string());
    // What is said of a disclosure dies with what was shared; the disclosure itself says nothing that could.
    let row = subject.terms.get("row").and_then(Json::int).map(ChangeRow).filter(|_| subject.kind == Kind::Disclosure);
    let shared = row.map(|row| records.following(row, item::COPY)).transpose()?.unwrap_or_default();
    record.subject = Some(shared.first().map_or(of, |copy| copy.record));
    record.case = subject.case;
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}
