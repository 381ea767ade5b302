//! What the gate has refused this desk's members: counted by kind of act, rule, member and day, for oversight. It holds nothing of
//! what was refused, and says no more than sixteen times a day: the log does not grow by trying.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::Change;
use crate::law::rule::RuleId;
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a count of refusals stands.
    Refusal {
        /// It counts.
        Counted = "counted" "counted" Neutral,
    }
}

/// `refusal`: counted.
pub const KIND: KindDef = KindDef {
    kind: Kind::Refusal,
    prefix: "J",
    title: "Refusals",
    states: STATES,
    content: Content::None,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["kind"] },
    changes: &[ChangeDef::first(COUNT, AudienceRule::OwnDesk, Moves::AnyState, None, no_gate_inputs, count)
        .or_following(&[COUNT])],
};

/// Counts one refusal.
pub const COUNT: ChangeKind = ChangeKind::new("refusal-count");

/// How many are counted of one rule, for one kind of act, one member and one day; there may have been more.
pub const MOST: i64 = 16;

/// The id of the count: it follows from what is counted.
fn id_of(kind: &str, rule: RuleId, by: Person, day: &str) -> Id {
    let named = format!("comity/refusal/1\0{kind}\0{rule}\0{by}\0{day}");
    Id::from_digest(&Digest::of(named.as_bytes()))
}

/// Counts that a rule has refused a member an act of a kind today; `None` where so many were counted today that no more are.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn counted(
    records: &dyn RecordStore,
    kind: ChangeKind,
    rule: RuleId,
    by: Person,
    now: Timestamp,
) -> Result<Option<Change>, ApplyError> {
    let day = now.to_date();
    let id = id_of(kind.name(), rule, by, &day);
    let so_far = records.get(id)?.filter(|r| r.is(State::Counted)).map_or(0, |r| count_of(&r));
    let terms = object! { "kind" => kind.name(), "rule" => rule, "day" => day };
    Ok((so_far < MOST).then(|| Change::of_terms(id, COUNT, &terms)))
}

/// How many were counted.
pub fn count_of(record: &Record) -> i64 {
    record.terms.get("count").and_then(Json::int).unwrap_or(0)
}

fn count(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (kind, rule, day) = (m.read("kind", token)?, m.read("rule", RuleId::parse)?, m.text("day")?.to_owned());
    m.finish()?;
    if day != act.now().to_date() || view.record != id_of(&kind, rule, act.member(), &day) {
        return Err(ApplyError::Malformed("a refusal is counted for another day or another member".into()));
    }
    if let Some(mut record) = records.get(view.record)?.filter(|r| r.is(State::Counted)) {
        let so_far = count_of(&record);
        if so_far >= MOST {
            return Err(ApplyError::NotAllowed("so many refusals were counted today that no more are".into()));
        }
        record.set("count", so_far + 1);
        return Ok(records.put(&record)?);
    }
    let mut record = Record::new(view.record, State::Counted, act.own_desk);
    record.terms = object! {
        "kind" => kind, "rule" => rule, "day" => day, "by" => act.member().to_string(), "count" => 1i64,
    }
    .into();
    put_new(records, &record)
}
