//! Statements of account: what a partner bears of the costs of a line and has paid. They travel, and the partner accepts or
//! disputes them.

use super::budget_line::{SplitRule, amount_of, currency, split_of};
use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, need, put_new, token,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Record, RecordStore};
use super::{commitment, contribution, cost};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::money::{MOST, split};

states! {
    /// Where a statement stands.
    Statement {
        /// It is for the partner.
        Sent = "sent" "sent" Waiting,
        /// It came from a partner.
        Received = "received" "received" Waiting,
        /// Whom it is for accepts it.
        Accepted = "accepted" "accepted" Good,
        /// Whom it is for disputes it.
        Disputed = "disputed" "disputed" Stopped,
    }
}

/// `statement`: sent; at the partner's received; then accepted or disputed, by the partner alone.
pub const KIND: KindDef = KindDef {
    kind: Kind::Statement,
    prefix: "BS",
    title: "Statement of account",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(STATE, AudienceRule::Addressed, Moves::Makes, None, said_to, state),
        ChangeDef::first(ACCEPT, AudienceRule::Addressed, Moves::From(OPEN), None, answer_inputs, accept)
            .with_precheck(precheck_answer),
        ChangeDef::first(DISPUTE, AudienceRule::Addressed, Moves::From(OPEN), None, dispute_inputs, dispute)
            .with_precheck(precheck_answer),
    ],
};

/// States an account to a partner.
pub const STATE: ChangeKind = ChangeKind::new("budget-statement");
/// Accepts it.
pub const ACCEPT: ChangeKind = ChangeKind::new("budget-accept");
/// Disputes it.
pub const DISPUTE: ChangeKind = ChangeKind::new("budget-dispute");

/// The states in which it is answered; what was disputed may be accepted later.
const OPEN: &[RecordState] = &[State::Sent.any(), State::Received.any(), State::Disputed.any()];

/// What a desk bears, and has paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Share {
    /// The desk.
    pub desk: Id,
    /// Its share of what was spent, in the smallest unit.
    pub due: i64,
    /// What it has paid.
    pub paid: i64,
}

/// The account of a line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Account {
    /// What is committed.
    pub committed: i64,
    /// What was spent.
    pub spent: i64,
    /// Who bears and has paid what; empty where nobody has said how it is shared.
    pub shares: Vec<Share>,
}

/// The account of a line: what was spent, and what each desk bears of it, to the cent.
pub fn account(records: &dyn RecordStore, line: &Record) -> Result<Account, ApplyError> {
    let commitments = commitment::standing(records, line.id)?;
    let mut costs = Vec::new();
    for commitment in &commitments {
        costs.extend(cost::of(records, commitment.id)?);
    }
    let contributions = contribution::of(records, line.id)?;
    let spent: i64 = costs.iter().map(amount_of).sum();
    let paid = |desk: Id| -> i64 {
        let contributed = contributions.iter().filter(|c| c.id("from") == Some(desk)).map(amount_of);
        let paid = costs.iter().filter(|c| c.id("paid_by") == Some(desk)).map(amount_of);
        contributed.chain(paid).sum()
    };
    let shares = match split_of(line) {
        None => Vec::new(),
        Some((SplitRule::ByRequest, parts)) => {
            // What nobody has asked for is borne by the desk whose line it is.
            let of =
                |c: &Record| c.id("requested_by").filter(|d| parts.iter().any(|p| p.desk == *d)).unwrap_or(line.desk);
            let due = |desk: Id| costs.iter().filter(|c| of(c) == desk).map(amount_of).sum();
            parts.iter().map(|p| Share { desk: p.desk, due: due(p.desk), paid: paid(p.desk) }).collect()
        }
        Some((_, parts)) => {
            let weights: Vec<i64> = parts.iter().map(|p| p.weight).collect();
            let due = split(spent, &weights).into_iter();
            parts.iter().zip(due).map(|(p, due)| Share { desk: p.desk, due, paid: paid(p.desk) }).collect()
        }
    };
    Ok(Account { committed: commitments.iter().map(amount_of).sum(), spent, shares })
}

/// States an account to a partner, and says of what.
pub fn new(id: Id, line: &Record, share: Share, words: (&str, &str), salt: Salt) -> Change {
    let terms = object! {
        "line" => line.id.to_string(),
        "to" => share.desk.to_string(),
        "currency" => line.text("currency").unwrap_or_default(),
        "period" => line.text("period").unwrap_or_default(),
        "due" => share.due,
        "paid" => share.paid,
    };
    Change::with_content(id, STATE, &terms, &object! { "title" => words.0, "note" => words.1 }, salt)
}

/// Accepts a statement, as it was read.
pub fn accepted(record: &Record) -> Change {
    let terms = object! { "due" => amount_in(record, "due"), "paid" => amount_in(record, "paid") };
    Change::of_terms(record.id, ACCEPT, &terms)
}

/// An amount that a statement says.
fn amount_in(record: &Record, key: &str) -> i64 {
    record.terms.get(key).and_then(Json::int).unwrap_or(0)
}

/// Disputes a statement, and says why.
pub fn disputed(id: Id, because: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(because);
    Change::with_content(id, DISPUTE, &object! { "said" => said }, &object! { "because" => because }, salt)
}

fn said_to(_: &dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let to = view.terms.get("to").and_then(Json::text).and_then(Id::parse);
    Ok(GateInputs { partner: if act.is_own() { to } else { Some(act.desk()) }, ..GateInputs::default() })
}

fn count(m: &mut crate::value::json::Members<'_>, key: &'static str) -> Result<i64, ApplyError> {
    let count = m.need(key)?.int().filter(|n| (0..=MOST).contains(n));
    count.ok_or_else(|| ApplyError::Malformed(format!("`{key}` is no amount")))
}

fn state(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let line = m.read("line", Id::parse)?;
    let to = m.read("to", Id::parse)?;
    m.read("currency", currency)?;
    m.read("period", token)?;
    let (due, paid) = (count(&mut m, "due")?, count(&mut m, "paid")?);
    m.finish()?;
    if act.recipients() != [to] {
        return Err(ApplyError::Malformed("a statement of account is for the desk that it names, and no other".into()));
    }
    let mut record = if act.is_own() {
        let line = need(records, line, Kind::BudgetLine)?;
        let stated = Share { desk: to, due, paid };
        if !account(records, &line)?.shares.contains(&stated) {
            return Err(ApplyError::NotAllowed(
                "the account of the line says something else, or has no share of that desk".into(),
            ));
        }
        Record::new(view.record, State::Sent, act.own_desk)
    } else {
        Record::new(view.record, State::Received, act.desk())
    };
    record.partner = Some(if act.is_own() { to } else { act.desk() });
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

/// Only the desk that a statement is for answers it.
fn answers(record: &Record, desk: Id) -> Result<(), ApplyError> {
    if record.id("to") == Some(desk) {
        Ok(())
    } else {
        Err(ApplyError::Authority("a statement of account is answered by the desk that it is for".into()))
    }
}

fn precheck_answer(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    answers(record, actor.own_desk)?;
    Ok(GateInputs { partner: Some(record.desk), ..GateInputs::default() })
}

fn answer_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Statement)?;
    answers(&record, act.desk())?;
    Ok(GateInputs { partner: record.partner, ..GateInputs::default() })
}

fn dispute_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let partner = answer_inputs(records, act, view)?.partner;
    Ok(GateInputs { partner, ..GateInputs::of_said(view, "reasons") })
}

fn accept(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let (due, paid) = (count(&mut m, "due")?, count(&mut m, "paid")?);
    m.finish()?;
    let record = need(records, view.record, Kind::Statement)?;
    if (due, paid) != (amount_in(&record, "due"), amount_in(&record, "paid")) {
        return Err(ApplyError::NotAllowed("the statement that is accepted says something else".into()));
    }
    answered(records, act, view, State::Accepted)
}

fn dispute(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    answered(records, act, view, State::Disputed)
}

fn answered(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    state: State,
) -> Result<(), ApplyError> {
    let mut record = moved(records, view, Kind::Statement)?;
    answers(&record, act.desk())?;
    let others = if act.is_own() { record.desk } else { act.own_desk };
    if act.recipients() != [others] {
        return Err(ApplyError::Malformed("an answer to a statement goes to the desk that made it".into()));
    }
    record.set_state(state);
    record.set("answered", act.now().to_string());
    Ok(records.put(&record)?)
}
