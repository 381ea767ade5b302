//! Calls for offers: what is to be bought, by which criteria the offers are compared, and which came in. It is remembered in which
//! order: criteria that are fixed or changed when an offer is known may have been made for it.

use super::budget_line::{self, amount};
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    must_be, need, no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where a call for offers stands.
    Tender {
        /// Offers are noted.
        Open = "open" "open" Neutral,
    }
}

/// `tender`: open.
pub const KIND: KindDef = KindDef {
    kind: Kind::Tender,
    prefix: "CF",
    title: "Call for offers",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["for"], terms: &[] },
    changes: &[
        ChangeDef::first(CALL, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, call),
        ChangeDef::first(CRITERIA, AudienceRule::OwnDesk, Moves::From(OPEN), None, no_gate_inputs, fix_criteria),
        ChangeDef::first(QUOTE, AudienceRule::OwnDesk, Moves::From(OPEN), None, no_gate_inputs, quote),
    ],
};

/// Calls for offers.
pub const CALL: ChangeKind = ChangeKind::new("budget-call");
/// Fixes by which criteria offers are compared, or changes them.
pub const CRITERIA: ChangeKind = ChangeKind::new("budget-criteria");
/// Notes an offer that came in.
pub const QUOTE: ChangeKind = ChangeKind::new("budget-quote");

/// Calls in which offers are noted.
pub const OPEN: &[RecordState] = &[State::Open.any()];

const FIXED: &str = "criteria";
const LATE: &str = "criteria_late";
const SUPPLIERS: &str = "suppliers";

/// Calls for offers on a line; by which criteria, where they are fixed with it.
pub fn new(id: Id, line: Id, purpose: &str, criteria: Option<&str>, salt: Salt) -> Change {
    let terms = object! { "line" => line.to_string(), FIXED => criteria.is_some() };
    let mut content = object! { "for" => purpose };
    if let Some(criteria) = criteria {
        content.set(FIXED, criteria);
    }
    Change::with_content(id, CALL, &terms, &content, salt)
}

/// Fixes the criteria, or changes them.
pub fn criteria_fixed(id: Id, criteria: &str, salt: Salt) -> Change {
    Change::with_content(id, CRITERIA, &object! {}, &object! { FIXED => criteria }, salt)
}

/// Notes an offer: of whom, and how much, in the smallest unit of the line.
pub fn quoted(id: Id, supplier: Id, amount: i64, words: (&str, &str), salt: Salt) -> Change {
    let terms = object! { "supplier" => supplier.to_string(), "amount" => amount };
    Change::with_content(id, QUOTE, &terms, &object! { "supplier" => words.0, "note" => words.1 }, salt)
}

/// The calls on a line.
pub fn of_line(records: &dyn RecordStore, line: Id) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: Some(line), ..Query::kind(Kind::Tender) })?)
}

/// The calls on a line in which a supplier has made an offer.
pub fn with_offer_of(records: &dyn RecordStore, line: Id, supplier: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = of_line(records, line)?;
    all.retain(|call| suppliers(call).contains(&supplier));
    Ok(all)
}

/// Who has made an offer, each once.
pub fn suppliers(record: &Record) -> Vec<Id> {
    record.list(SUPPLIERS, Id::parse)
}

/// Whether an offer was known when its criteria were fixed, or changed.
pub fn has_late_criteria(record: &Record) -> bool {
    record.terms.get(LATE).and_then(Json::truth) == Some(true)
}

fn has_criteria(record: &Record) -> bool {
    record.terms.get(FIXED).and_then(Json::truth) == Some(true)
}

fn call(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let line = m.read("line", Id::parse)?;
    m.need(FIXED)?.truth().ok_or_else(|| ApplyError::Malformed(format!("`{FIXED}` is neither true nor false")))?;
    m.finish()?;
    let line = need(records, line, Kind::BudgetLine)?;
    must_be(&line, &[budget_line::State::Open])?;
    let mut record = Record::new(view.record, State::Open, act.own_desk);
    record.subject = Some(line.id);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn fix_criteria(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Tender)?;
    if !suppliers(&record).is_empty() {
        record.set(LATE, true);
    }
    record.set(FIXED, true);
    Ok(records.put(&record)?)
}

fn quote(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let supplier = m.read("supplier", Id::parse)?;
    amount(&mut m, "amount")?;
    m.finish()?;
    let mut record = moved(records, view, Kind::Tender)?;
    let mut all = suppliers(&record);
    if !has_criteria(&record) {
        record.set(LATE, true);
    }
    // A second offer of the same supplier takes the place of the first: one is compared.
    if !all.contains(&supplier) {
        all.push(supplier);
    }
    record.set(SUPPLIERS, all.iter().map(Id::to_string).collect::<Vec<_>>());
    Ok(records.put(&record)?)
}
