//! Contributions: money that a desk has paid into a budget line.

use super::budget_line::amount;
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, need,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a contribution stands.
    Contribution {
        /// It was paid.
        Paid = "paid" "paid" Good,
    }
}

/// `contribution`: paid.
pub const KIND: KindDef = KindDef {
    kind: Kind::Contribution,
    prefix: "BN",
    title: "Contribution",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["note"], terms: &[] },
    changes: &[ChangeDef::first(PAY, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, pay)],
};

/// Notes a contribution.
pub const PAY: ChangeKind = ChangeKind::new("budget-contribute");

/// What a contribution says.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Into which line.
    pub line: Id,
    /// By whom.
    pub from: Id,
    /// How much, in the smallest unit of the line.
    pub amount: i64,
    /// When.
    pub on: Timestamp,
}

/// Notes a contribution.
pub fn new(id: Id, terms: &Terms, note: &str, salt: Salt) -> Change {
    let json = object! {
        "line" => terms.line.to_string(),
        "from" => terms.from.to_string(),
        "amount" => terms.amount,
        "on" => terms.on.to_string(),
    };
    Change::with_content(id, PAY, &json, &object! { "note" => note }, salt)
}

/// The contributions to a line.
pub fn of(records: &dyn RecordStore, line: Id) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: Some(line), ..Query::kind(Kind::Contribution) })?)
}

fn pay(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let line = m.read("line", Id::parse)?;
    let from = m.read("from", Id::parse)?;
    amount(&mut m, "amount")?;
    let on = m.read("on", Timestamp::parse)?;
    m.finish()?;
    need(records, line, Kind::BudgetLine)?;
    if from != act.own_desk {
        need(records, from, Kind::Partner)?;
    }
    if on > act.now() {
        return Err(ApplyError::NotAllowed("what is not paid yet is no contribution: name a day that has come".into()));
    }
    let mut record = Record::new(view.record, State::Paid, act.own_desk);
    record.subject = Some(line);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}
