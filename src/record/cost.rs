//! Costs: money that was spent on an approved commitment, with what proves it.

use super::budget_line::{amount, amount_of, maybe};
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    must_be, need, no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use super::{commitment, rate};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::money::MOST;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a cost stands.
    Cost {
        /// It was spent.
        Spent = "spent" "spent" Neutral,
    }
}

/// `cost`: spent.
pub const KIND: KindDef = KindDef {
    kind: Kind::Cost,
    prefix: "BX",
    title: "Cost",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["evidence"], terms: &[] },
    changes: &[ChangeDef::first(SPEND, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, spend)],
};

/// Notes a cost.
pub const SPEND: ChangeKind = ChangeKind::new("budget-cost");

/// What a cost says.
#[derive(Clone, Debug)]
pub struct Terms {
    /// On which commitment.
    pub commitment: Id,
    /// How much, in the smallest unit of the line.
    pub amount: i64,
    /// When.
    pub on: Timestamp,
    /// At whose request, where somebody asked.
    pub requested_by: Option<Id>,
    /// Who paid it, where it was not paid out of the line.
    pub paid_by: Option<Id>,
    /// By which rate, and how much in the currency of that rate, where it was spent in another one.
    pub converted: Option<(Id, i64)>,
}

/// Notes a cost, and what proves it.
pub fn new(id: Id, terms: &Terms, evidence: &str, salt: Salt) -> Change {
    let json = object! {
        "commitment" => terms.commitment.to_string(),
        "amount" => terms.amount,
        "on" => terms.on.to_string(),
        "requested_by" => terms.requested_by.map(|d| d.to_string()),
        "paid_by" => terms.paid_by.map(|d| d.to_string()),
        "rate" => terms.converted.map(|(rate, _)| rate.to_string()),
        "given" => terms.converted.map(|(_, given)| given),
    };
    Change::with_content(id, SPEND, &json, &object! { "evidence" => evidence }, salt)
}

/// The costs of a commitment.
pub fn of(records: &dyn RecordStore, commitment: Id) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: Some(commitment), ..Query::kind(Kind::Cost) })?)
}

fn spend(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let commitment = m.read("commitment", Id::parse)?;
    let amount = amount(&mut m, "amount")?;
    let on = m.read("on", Timestamp::parse)?;
    for key in ["requested_by", "paid_by"] {
        if let Some(desk) = maybe(&mut m, key, Id::parse)?
            && desk != act.own_desk
        {
            need(records, desk, Kind::Partner)?;
        }
    }
    let rate = maybe(&mut m, "rate", Id::parse)?;
    let given = m.maybe("given").map(|n| n.int().filter(|n| (1..=MOST).contains(n)));
    m.finish()?;
    if on > act.now() {
        return Err(ApplyError::NotAllowed("what is not spent yet is no cost: name a day that has come".into()));
    }
    let commitment = need(records, commitment, Kind::Commitment)?;
    must_be(&commitment, &[commitment::State::Approved])?;
    match (rate, given) {
        (None, None) => {}
        (Some(rate), Some(Some(given))) => {
            let rate = need(records, rate, Kind::Rate)?;
            let line = commitment.id("line").map(|line| need(records, line, Kind::BudgetLine)).transpose()?;
            let line = line.ok_or_else(|| ApplyError::Malformed("the commitment is of no line".into()))?;
            if rate::by(&rate, given, line.text("currency").unwrap_or_default()) != Some(amount) {
                return Err(ApplyError::NotAllowed("the amount is not what it comes to by that rate".into()));
            }
        }
        _ => return Err(ApplyError::Malformed("what is spent in another currency names a rate and an amount".into())),
    }
    let spent: i64 = of(records, commitment.id)?.iter().map(amount_of).sum();
    if spent.saturating_add(amount) > amount_of(&commitment) {
        return Err(ApplyError::NotAllowed("no more is spent than was committed: commit the rest first".into()));
    }
    let mut record = Record::new(view.record, State::Spent, act.own_desk);
    record.subject = Some(commitment.id);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}
