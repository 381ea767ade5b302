//! Commitments: money that is asked for on a budget line, by one person, and approved by another.

use super::budget_line::{self, amount, amount_of};
use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, must_be, need, no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use super::tender;
use crate::act::change::{Change, Salt};
use crate::law::money;
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Duration;

states! {
    /// Where a commitment stands.
    Commitment {
        /// Somebody asks for it.
        Asked = "asked" "asked for" Waiting,
        /// Somebody else approved it.
        Approved = "approved" "approved" Good,
        /// It was given up: its money is free again.
        Cancelled = "cancelled" "cancelled" Over,
    }
}

/// `commitment`: asked → approved; cancelled.
pub const KIND: KindDef = KindDef {
    kind: Kind::Commitment,
    prefix: "BC",
    title: "Commitment",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["for"], terms: &[] },
    changes: &[
        ChangeDef::first(COMMIT, AudienceRule::OwnDesk, Moves::Makes, None, commit_inputs, commit),
        ChangeDef::first(
            APPROVE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Asked.any()]),
            None,
            approve_inputs,
            approve,
        )
        .with_precheck(precheck_approval),
        ChangeDef::first(INTEREST, AudienceRule::OwnDesk, Moves::AnyState, None, no_gate_inputs, declare),
        ChangeDef::first(
            CANCEL,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Asked.any(), State::Approved.any()]),
            None,
            no_gate_inputs,
            cancel,
        )
        .with_precheck(precheck_cancelling),
    ],
};

/// Asks for money.
pub const COMMIT: ChangeKind = ChangeKind::new("budget-commit");
/// Approves it.
pub const APPROVE: ChangeKind = ChangeKind::new("budget-approve");
/// Declares an interest in its supplier.
pub const INTEREST: ChangeKind = ChangeKind::new("budget-interest");
/// Gives it up.
pub const CANCEL: ChangeKind = ChangeKind::new("budget-cancel");

words! {
    /// Whether whoever commits money has an interest in who gets it.
    Interest {
        /// None.
        None = "none",
        /// They have: somebody else decides.
        Declared = "declared",
    }
}

/// What is missing where there are too few quotes and no reason: the gate's name for it.
pub const QUOTES: &str = "quotes, or a reason for fewer";
/// What is missing where an interest is declared.
pub const NO_INTEREST: &str = "a buyer without an interest";
/// What is missing where whoever approves has an interest in the supplier.
pub const FREE_APPROVER: &str = "an approver without an interest in the supplier: another finance officer approves it";
/// What is missing where the line asks whoever approves to say that they have no interest, and they do not.
pub const DECLARATION: &str = "the approver's own declaration of interest";
/// What is missing where the criteria came after an offer, and nobody says why.
pub const CRITERIA: &str = "criteria fixed before the first offer, or a reason";
/// What is missing where a contractor sees data and no clause binds them.
pub const CLAUSE: &str = "data clause";

/// What is missing where the donor does not let money be spent on that.
pub const GROUND: &str = "a ground that the donor allows";

const CALL: &str = "call";
const INTERESTED: &str = "interested";

/// What a commitment says.
#[derive(Clone, Debug)]
pub struct Terms {
    /// On which line.
    pub line: Id,
    /// How much, in the smallest unit of the line.
    pub amount: i64,
    /// Who supplies it: the same id wherever the same supplier is named.
    pub supplier: Id,
    /// How many offers were compared.
    pub quotes: i64,
    /// Whether there is an interest.
    pub conflict: Interest,
    /// Whether the contractor sees data of cases.
    pub handles_data: bool,
    /// On which of the donor's grounds.
    pub ground: Option<String>,
    /// After which call for offers, where it names one.
    pub call: Option<Id>,
}

/// The words of a commitment.
#[derive(Clone, Default, Debug)]
pub struct CommitmentContent {
    /// What for.
    pub purpose: String,
    /// Who supplies it.
    pub supplier: String,
    /// Why there are fewer quotes.
    pub because: Option<String>,
    /// By which criteria the offers are compared, fixed before they came in.
    pub criteria: Option<String>,
    /// What binds a contractor who sees data.
    pub clause: Option<String>,
}

/// Asks for money.
pub fn new(id: Id, terms: &Terms, words: &CommitmentContent, salt: Salt) -> Change {
    let mut json = object! {
        "line" => terms.line.to_string(),
        "amount" => terms.amount,
        "supplier" => terms.supplier.to_string(),
        "quotes" => terms.quotes,
        "conflict" => terms.conflict,
        "reasoned" => words.because.is_some(),
        "criteria" => words.criteria.is_some(),
        "handles_data" => terms.handles_data,
        "ground" => terms.ground.clone(),
        "clause" => words.clause.is_some(),
    };
    if let Some(call) = terms.call {
        json.set(CALL, call.to_string());
    }
    let mut content = object! { "for" => words.purpose.as_str(), "supplier" => words.supplier.as_str() };
    for (key, text) in [("because", &words.because), ("criteria", &words.criteria), ("clause", &words.clause)] {
        if let Some(text) = text {
            content.set(key, text.as_str());
        }
    }
    Change::with_content(id, COMMIT, &json, &content, salt)
}

/// Approves a commitment; with what whoever approves says of an interest, where they say it.
pub fn approved(id: Id, conflict: Option<Interest>) -> Change {
    let mut terms = object! {};
    if let Some(conflict) = conflict {
        terms.set("conflict", conflict);
    }
    Change::of_terms(id, APPROVE, &terms)
}

/// Declares that whoever signs has an interest in its supplier, and which.
pub fn interest_declared(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, INTEREST, &object! {}, &object! { "because" => because }, salt)
}

/// Who has declared an interest in the supplier of a commitment, there.
pub fn interested(record: &Record) -> Vec<Person> {
    record.list(INTERESTED, Person::parse)
}

/// Whether somebody has declared an interest in a supplier, with any commitment of it.
fn has_interest(records: &dyn RecordStore, supplier: Option<Id>, person: Person) -> Result<bool, ApplyError> {
    for line in records.find(&Query::kind(Kind::BudgetLine))? {
        let all = records.find(&Query { subject: Some(line.id), ..Query::kind(Kind::Commitment) })?;
        let declared = |c: &Record| c.id("supplier") == supplier && interested(c).contains(&person);
        if supplier.is_some() && all.iter().any(declared) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The calls for offers that a commitment is judged by: the one that it names, else those on its line in which its supplier has made
/// an offer, whether it names them or not.
fn calls(records: &dyn RecordStore, terms: &Json, line: Id) -> Result<Vec<Record>, ApplyError> {
    let id = |key: &str| terms.get(key).and_then(Json::text).and_then(Id::parse);
    match (id(CALL), id("supplier")) {
        (Some(call), _) => Ok(vec![need(records, call, Kind::Tender)?]),
        (None, Some(supplier)) => tender::with_offer_of(records, line, supplier),
        (None, None) => Ok(Vec::new()),
    }
}

/// Gives a commitment up.
pub fn cancelled(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, CANCEL, &object! {}, &object! { "because" => because }, salt)
}

/// The commitments on a line that were not given up.
pub fn standing(records: &dyn RecordStore, line: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query { subject: Some(line), ..Query::kind(Kind::Commitment) })?;
    all.retain(|c| !c.is(State::Cancelled));
    Ok(all)
}

fn interest(terms: &Json) -> Option<Interest> {
    terms.get("conflict").and_then(Json::text).and_then(Interest::parse)
}

fn truth(json: &Json, key: &str) -> bool {
    json.get(key).and_then(Json::truth) == Some(true)
}

fn commit_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let mut missing = Vec::new();
    let id = |key: &str| view.terms.get(key).and_then(Json::text).and_then(Id::parse);
    let number = |key: &str| view.terms.get(key).and_then(Json::int).unwrap_or(0);
    let line = id("line").map(|line| need(records, line, Kind::BudgetLine)).transpose()?;
    let decimals = line.as_ref().and_then(|l| l.text("currency")).and_then(money::decimals).unwrap_or(0);
    let calls = line.as_ref().map(|line| calls(records, view.terms, line.id)).transpose()?.unwrap_or_default();
    // Where offers are on record, they are counted there.
    let noted = calls.iter().map(|call| tender::suppliers(call).len()).max();
    let quotes = noted.map_or(number("quotes"), |n| i64::try_from(n).unwrap_or(i64::MAX));
    if let (Some(rule), Some(line)) = (money::procurement(), &line) {
        // What goes to one supplier within the window counts together, on whichever line: an order that is split is none the smaller.
        let since = act.now().minus(Duration::days(rule.window_days));
        let same = |c: &&Record| c.id("supplier") == id("supplier") && c.instant("at").is_some_and(|at| at > since);
        let mut before: i64 = 0;
        for other in records.find(&Query::kind(Kind::BudgetLine))? {
            if other.text("currency") == line.text("currency") {
                before += standing(records, other.id)?.iter().filter(same).map(amount_of).sum::<i64>();
            }
        }
        let above = i64::pow(10, decimals).saturating_mul(rule.above);
        let is_large = before.saturating_add(number("amount")) > above;
        if is_large && quotes < rule.quotes && !truth(view.terms, "reasoned") {
            missing.push(QUOTES.to_owned());
        }
    }
    if calls.iter().any(tender::has_late_criteria) && !truth(view.terms, "reasoned") {
        missing.push(CRITERIA.to_owned());
    }
    let declared = has_interest(records, id("supplier"), act.member())?;
    if interest(view.terms) != Some(Interest::None) || declared {
        missing.push(NO_INTEREST.to_owned());
    }
    let grounds = line.as_ref().map(budget_line::grounds_of).unwrap_or_default();
    let ground = view.terms.get("ground").and_then(Json::text);
    if !grounds.is_empty() && !grounds.iter().any(|g| Some(g.as_str()) == ground) {
        missing.push(GROUND.to_owned());
    }
    if truth(view.terms, "handles_data") && !truth(view.terms, "clause") {
        missing.push(CLAUSE.to_owned());
    }
    Ok(GateInputs { missing, ..GateInputs::default() })
}

fn commit(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let line = m.read("line", Id::parse)?;
    let amount = amount(&mut m, "amount")?;
    let supplier = m.read("supplier", Id::parse)?;
    m.count("quotes")?;
    m.read("conflict", Interest::parse)?;
    for key in ["reasoned", "criteria", "handles_data", "clause"] {
        m.need(key)?.truth().ok_or_else(|| ApplyError::Malformed(format!("`{key}` is neither true nor false")))?;
    }
    m.maybe_read("ground", token)?;
    let call = m.maybe_read(CALL, Id::parse)?;
    m.finish()?;
    let line = need(records, line, Kind::BudgetLine)?;
    must_be(&line, &[budget_line::State::Open])?;
    if let Some(call) = call {
        let call = need(records, call, Kind::Tender)?;
        if call.subject != Some(line.id) || !tender::suppliers(&call).contains(&supplier) {
            return Err(ApplyError::NotAllowed("that supplier has made no offer in that call for this line".into()));
        }
    }
    let committed: i64 = standing(records, line.id)?.iter().map(amount_of).sum();
    if committed.saturating_add(amount) > amount_of(&line) {
        return Err(ApplyError::NotAllowed(
            "the line does not hold so much: what is committed on it stays below its amount".into(),
        ));
    }
    let mut record = Record::new(view.record, State::Asked, act.own_desk);
    record.subject = Some(line.id);
    record.terms = view.terms.clone().into();
    record.set("by", act.member().to_string());
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn asked_by(record: &Record) -> GateInputs {
    GateInputs { first: record.text("by").and_then(Person::parse), ..GateInputs::default() }
}

/// What is known of an approval before it is said: who asked, and whether whoever approves has an interest.
fn approval(records: &dyn RecordStore, record: &Record, by: Person) -> Result<GateInputs, ApplyError> {
    let mut inputs = asked_by(record);
    if has_interest(records, record.id("supplier"), by)? {
        inputs.missing.push(FREE_APPROVER.to_owned());
    }
    Ok(inputs)
}

fn precheck_approval(records: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    approval(records, record, actor.person)
}

fn precheck_cancelling(records: &dyn RecordStore, _: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    let spent = records.find(&Query { subject: Some(record.id), ..Query::kind(Kind::Cost) })?;
    if spent.is_empty() {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::NotAllowed("money was spent on it already".into()))
}

fn approve_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Commitment)?;
    let mut inputs = approval(records, &record, act.member())?;
    let line = record.subject.map(|line| need(records, line, Kind::BudgetLine)).transpose()?;
    let asked = line.is_some_and(|line| budget_line::asks_declarations(&line));
    match interest(view.terms) {
        Some(Interest::Declared) if inputs.missing.is_empty() => inputs.missing.push(FREE_APPROVER.to_owned()),
        None if asked => inputs.missing.push(DECLARATION.to_owned()),
        _ => {}
    }
    Ok(inputs)
}

fn approve(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let conflict = m.maybe_read("conflict", Interest::parse)?;
    m.finish()?;
    let mut record = moved(records, view, Kind::Commitment)?;
    record.set_state(State::Approved);
    if let Some(conflict) = conflict {
        record.set("approver_conflict", conflict);
    }
    record.set("approved_by", act.member().to_string());
    record.set("approved", act.now().to_string());
    Ok(records.put(&record)?)
}

fn declare(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Commitment)?;
    let mut all = interested(&record);
    if all.contains(&act.member()) {
        return Err(ApplyError::NotAllowed("the same member has declared it already".into()));
    }
    all.push(act.member());
    record.set(INTERESTED, all.iter().map(Person::to_string).collect::<Vec<_>>());
    Ok(records.put(&record)?)
}

fn cancel(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Commitment)?;
    precheck_cancelling(records, &act.actor(act.own_desk), &record)?;
    record.set_state(State::Cancelled);
    Ok(records.put(&record)?)
}
