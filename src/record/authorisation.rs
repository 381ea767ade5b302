//! Independent authorisations: a court or an independent body allows an item, or what is in a case, to go to a partner.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, need,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where an authorisation stands.
    Authorisation {
        /// It was given; it ends with its expiry.
        Given = "given" "given" Good,
    }
}

/// `authorisation`: given; it ends with its expiry.
pub const KIND: KindDef = KindDef {
    kind: Kind::Authorisation,
    prefix: "U",
    title: "Authorisation",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["reference"], terms: &[] },
    changes: &[ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, add)],
};

/// The kind of change `authorisation-add`.
pub const ADD: ChangeKind = ChangeKind::new("authorisation-add");

/// Records an authorisation. `said` is who gave it and under which reference.
pub fn new(id: Id, subject: Id, to: Id, expires: Option<Timestamp>, said: &Json, salt: Salt) -> Change {
    let terms = object! {
        "subject" => subject.to_string(), "to" => to.to_string(), "expires" => expires.map(|t| t.to_string()),
    };
    Change::with_content(id, ADD, &terms, said, salt)
}

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (subject, to) = (m.read("subject", Id::parse)?, m.read("to", Id::parse)?);
    let expires = m.maybe("expires").and_then(Json::text).and_then(Timestamp::parse);
    m.finish()?;
    let of = records.get(subject)?.filter(|r| matches!(r.kind, Kind::Item | Kind::Case));
    let of = of.ok_or_else(|| ApplyError::NotAllowed("an authorisation is of an item or of a case".into()))?;
    need(records, to, Kind::Partner)?;
    let mut record = Record::new(view.record, State::Given, act.own_desk);
    record.case = of.case.or((of.kind == Kind::Case).then_some(of.id));
    record.subject = Some(subject);
    record.partner = Some(to);
    record.due = expires;
    record.terms = view.terms.clone().into();
    record.set("position", act.position);
    record.body = view.body();
    put_new(records, &record)
}

/// The authorisation that counts for an item and a partner: the newest, of the item itself or of its case.
pub fn for_item(records: &dyn RecordStore, item: &Record, to: Id) -> Result<Option<Record>, ApplyError> {
    let mut all = Vec::new();
    for subject in [Some(item.id), item.case].into_iter().flatten() {
        all.extend(records.find(&Query {
            subject: Some(subject),
            partner: Some(to),
            ..Query::kind(Kind::Authorisation)
        })?);
    }
    Ok(all.into_iter().max_by_key(|r| r.terms.get("position").and_then(Json::int)))
}
