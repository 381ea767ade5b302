//! Budget lines: how much there is, in which currency, for what, and by which rule its costs are shared.
//!
//! Amounts are counted in the smallest unit of the line's currency, and are never converted.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::money;
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::money::MOST;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a budget line stands.
    BudgetLine {
        /// Money can be committed on it.
        Open = "open" "open" Neutral,
        /// Nothing is committed on it any more.
        Closed = "closed" "closed" Over,
    }
}

/// `budget-line`: open → closed.
pub const KIND: KindDef = KindDef {
    kind: Kind::BudgetLine,
    prefix: "BL",
    title: "Budget line",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(NEW, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, open),
        ChangeDef::first(SPLIT, AudienceRule::OwnDesk, Moves::From(&[State::Open.any()]), None, no_gate_inputs, split),
        ChangeDef::first(REPORTED, AudienceRule::OwnDesk, Moves::AnyState, None, no_gate_inputs, report),
        ChangeDef::first(CLOSE, AudienceRule::OwnDesk, Moves::From(&[State::Open.any()]), None, close_inputs, close),
    ],
};

/// Opens a line.
pub const NEW: ChangeKind = ChangeKind::new("budget-line");
/// Says how its costs are shared.
pub const SPLIT: ChangeKind = ChangeKind::new("budget-split");
/// Notes that the donor was reported to.
pub const REPORTED: ChangeKind = ChangeKind::new("budget-reported");
/// Closes it.
pub const CLOSE: ChangeKind = ChangeKind::new("budget-close");

words! {
    /// By which rule costs are shared.
    SplitRule {
        /// In equal parts.
        Equal = "equal",
        /// By agreed shares.
        Shares = "shares",
        /// Each desk bears what was spent at its request.
        ByRequest = "by-request",
        /// By the shares of an agreement or charter.
        PerAgreement = "per-agreement",
    }
}

/// A desk that bears a part of the costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
    /// The desk.
    pub desk: Id,
    /// Its weight.
    pub weight: i64,
}

/// The largest weight of a part.
pub const MOST_WEIGHT: i64 = 1_000_000_000;

const REPORT_BY: &str = "report_by";
const DECLARATIONS: &str = "declarations";

/// What a line says when it is opened.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The task force that it is of, where it is of one.
    pub taskforce: Option<Id>,
    /// Its currency, a code of ISO 4217.
    pub currency: String,
    /// Its ceiling, in the smallest unit.
    pub amount: i64,
    /// Its period, such as `2026`.
    pub period: String,
    /// When the donor is to be reported to, where there is one.
    pub report_by: Option<Timestamp>,
    /// On what grounds the donor lets it be spent, a word each; empty: on any.
    pub grounds: Vec<String>,
    /// Whether whoever approves says too that they have no interest in the supplier.
    pub declarations: bool,
}

/// The words of a line.
#[derive(Clone, Default, Debug)]
pub struct LineContent {
    /// Its title.
    pub title: String,
    /// Who gives the money, where somebody does.
    pub donor: Option<String>,
    /// What the donor allows it to be spent on.
    pub conditions: Option<String>,
}

/// Opens a line.
pub fn new(id: Id, terms: &Terms, words: &LineContent, salt: Salt) -> Change {
    let mut json = object! {
        "taskforce" => terms.taskforce.map(|t| t.to_string()),
        "currency" => terms.currency.as_str(),
        "amount" => terms.amount,
        "period" => terms.period.as_str(),
        REPORT_BY => terms.report_by.map(|t| t.to_string()),
        "grounds" => terms.grounds.clone(),
    };
    if terms.declarations {
        json.set(DECLARATIONS, true);
    }
    let mut content = object! { "title" => words.title.as_str() };
    for (key, text) in [("donor", &words.donor), ("conditions", &words.conditions)] {
        if let Some(text) = text {
            content.set(key, text.as_str());
        }
    }
    Change::with_content(id, NEW, &json, &content, salt)
}

/// Says how the costs of a line are shared.
pub fn shared(id: Id, rule: SplitRule, parts: &[Part], agreement: Option<Id>) -> Change {
    let part = |p: &Part| object! { "desk" => p.desk.to_string(), "weight" => p.weight };
    let parts = parts.iter().map(part).collect();
    let terms = object! {
        "rule" => rule,
        "parts" => Json::Arr(parts),
        "agreement" => agreement.map(|a| a.to_string()),
    };
    Change::of_terms(id, SPLIT, &terms)
}

/// Notes that the donor was reported to on a day, and when the next report is due, where there is one.
pub fn reported(id: Id, on: Timestamp, next: Option<Timestamp>, note: &str, salt: Salt) -> Change {
    let terms = object! { "on" => on.to_string(), "next" => next.map(|t| t.to_string()) };
    Change::with_content(id, REPORTED, &terms, &object! { "note" => note }, salt)
}

/// Closes a line.
pub fn closed(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, CLOSE, &object! {}, &object! { "because" => because }, salt)
}

/// Reads an amount in the smallest unit: above zero, and small enough to be read alike everywhere.
pub fn amount(m: &mut Members<'_>, key: &'static str) -> Result<i64, ApplyError> {
    let amount = m.need(key)?.int().filter(|n| (1..=MOST).contains(n));
    amount.ok_or_else(|| ApplyError::Malformed(format!("`{key}` is no amount")))
}

/// Reads a member that may be missing.
pub fn maybe<T>(
    m: &mut Members<'_>,
    key: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, ApplyError> {
    let Some(value) = m.maybe(key) else { return Ok(None) };
    let value = value.text().and_then(read);
    value.map(Some).ok_or_else(|| ApplyError::Malformed(format!("`{key}` is not well formed")))
}

/// A code of a currency that is known.
pub fn currency(text: &str) -> Option<String> {
    money::decimals(text).map(|_| text.to_owned())
}

fn open(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    if let Some(taskforce) = maybe(&mut m, "taskforce", Id::parse)? {
        need(records, taskforce, Kind::Taskforce)?;
    }
    m.read("currency", currency)?;
    amount(&mut m, "amount")?;
    m.read("period", token)?;
    let report_by = maybe(&mut m, REPORT_BY, Timestamp::parse)?;
    m.list("grounds", token)?;
    if m.maybe(DECLARATIONS).is_some_and(|asked| asked.truth().is_none()) {
        return Err(ApplyError::Malformed(format!("`{DECLARATIONS}` is neither true nor false")));
    }
    m.finish()?;
    let mut record = Record::new(view.record, State::Open, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.due = report_by;
    record.body = view.body();
    put_new(records, &record)
}

fn split(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::BudgetLine)?;
    let mut m = view.members()?;
    let rule = m.read("rule", SplitRule::parse)?;
    let parts = m.need("parts")?;
    maybe(&mut m, "agreement", Id::parse)?;
    m.finish()?;
    let parts = parts_of(parts)?;
    if parts.is_empty() || parts.len() > 64 {
        return Err(ApplyError::NotAllowed("costs are shared among one to 64 desks".into()));
    }
    if parts.iter().enumerate().any(|(n, p)| parts.iter().take(n).any(|other| other.desk == p.desk)) {
        return Err(ApplyError::NotAllowed("each desk has one share".into()));
    }
    if rule == SplitRule::Equal && parts.iter().any(|p| p.weight != 1) {
        return Err(ApplyError::Malformed("equal shares have equal weights".into()));
    }
    for key in ["rule", "parts", "agreement"] {
        record.set(key, view.terms.get(key).cloned().unwrap_or(Json::Null));
    }
    Ok(records.put(&record)?)
}

fn report(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::BudgetLine)?;
    let mut m = view.members()?;
    let on = m.read("on", Timestamp::parse)?;
    let next = m.maybe_read("next", Timestamp::parse)?;
    m.finish()?;
    if on > act.now() {
        return Err(ApplyError::NotAllowed("a report is noted once it was made: name a day that has come".into()));
    }
    if next.is_some_and(|next| next <= on) {
        return Err(ApplyError::NotAllowed("the next report is due on a later day".into()));
    }
    if report_due(&record).is_none() && next.is_none() {
        return Err(ApplyError::NotAllowed("no report is owed on this line: name when the next one is".into()));
    }
    record.set("reported", on.to_string());
    record.set(REPORT_BY, next.map_or(Json::Null, |next| next.to_string().into()));
    record.due = next.filter(|_| record.is(State::Open));
    Ok(records.put(&record)?)
}

fn close_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    need(records, view.record, Kind::BudgetLine)?;
    Ok(GateInputs::default())
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::BudgetLine)?;
    record.set_state(State::Closed);
    record.due = None;
    Ok(records.put(&record)?)
}

/// Reads who bears the costs.
fn parts_of(json: &Json) -> Result<Vec<Part>, ApplyError> {
    let items = json.items().ok_or_else(|| ApplyError::Malformed("`parts` is not a list".into()))?;
    let read = |item: &Json| -> Result<Part, ApplyError> {
        let mut m = Members::of(item)?;
        let desk = m.read("desk", Id::parse)?;
        let weight = m.need("weight")?.int().filter(|w| (1..=MOST_WEIGHT).contains(w));
        m.finish()?;
        let weight = weight.ok_or_else(|| ApplyError::Malformed("`weight` is no share".into()))?;
        Ok(Part { desk, weight })
    };
    items.iter().map(read).collect()
}

/// By which rule the costs of a line are shared, and among whom; `None`: nobody has said it yet.
pub fn split_of(record: &Record) -> Option<(SplitRule, Vec<Part>)> {
    let rule = record.text("rule").and_then(SplitRule::parse)?;
    Some((rule, parts_of(record.terms.get("parts")?).ok()?))
}

/// When its donor is to be reported to; a line that is closed owes its report still.
pub fn report_due(record: &Record) -> Option<Timestamp> {
    record.instant(REPORT_BY)
}

/// When its donor was reported to last.
pub fn reported_on(record: &Record) -> Option<Timestamp> {
    record.instant("reported")
}

/// Whether whoever approves a commitment says that they have no interest in the supplier.
pub fn asks_declarations(record: &Record) -> bool {
    record.terms.get(DECLARATIONS).and_then(Json::truth) == Some(true)
}

/// On what grounds its donor lets it be spent; empty: on any.
pub fn grounds_of(record: &Record) -> Vec<String> {
    record.list("grounds", token)
}

/// The amount of a record of money, in the smallest unit.
pub fn amount_of(record: &Record) -> i64 {
    record.terms.get("amount").and_then(Json::int).unwrap_or(0)
}
