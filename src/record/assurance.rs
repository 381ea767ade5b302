//! Assurances of a partner: that no death penalty is sought, that nobody is tortured, and their like.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, need,
    no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where an assurance stands.
    Assurance {
        /// It was given; it ends with its expiry.
        Given = "given" "given" Good,
    }
}

/// `assurance`: given; it ends with its expiry.
pub const KIND: KindDef = KindDef {
    kind: Kind::Assurance,
    prefix: "G",
    title: "Assurance",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Partner,
    when_due: WhenDue::Nothing,
    line: Line { content: &["text"], terms: &["of"] },
    changes: &[ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, add)],
};

/// The kind of change `assurance-add`.
pub const ADD: ChangeKind = ChangeKind::new("assurance-add");

/// Records an assurance. `said` is its text and who gave it.
pub fn new(id: Id, partner: Id, of: &str, expires: Option<Timestamp>, said: &Json, salt: Salt) -> Change {
    let terms = object! {
        "partner" => partner.to_string(), "of" => of, "expires" => expires.map(|t| t.to_string()),
    };
    Change::with_content(id, ADD, &terms, said, salt)
}

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (partner, of) = (m.read("partner", Id::parse)?, m.read("of", token)?);
    let expires = m.maybe("expires").and_then(Json::text).and_then(Timestamp::parse);
    m.finish()?;
    need(records, partner, Kind::Partner)?;
    let mut record = Record::new(view.record, State::Given, act.own_desk);
    record.partner = Some(partner);
    record.key = Some(of);
    record.due = expires;
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}

/// The assurances of a partner that are in force at a time, each once.
pub fn standing(records: &dyn RecordStore, partner: Id, now: Timestamp) -> Result<Vec<String>, ApplyError> {
    let all = records.find(&Query { partner: Some(partner), ..Query::kind(Kind::Assurance) })?;
    let stands = |r: &Record| r.instant("expires").is_none_or(|t| now < t);
    let mut given: Vec<String> = all.iter().filter(|r| stands(r)).filter_map(|r| r.key.clone()).collect();
    given.sort_unstable();
    given.dedup();
    Ok(given)
}
