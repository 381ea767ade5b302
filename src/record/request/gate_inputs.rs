//! What the gate must know of what is done with a request. It writes nothing.

use super::sides::{Side, between_parties, by_requesting_desk, is_by, party, said_to_both};
use super::steps::{Answer, FollowUp, State, Step, may_step, was_consulted};
use super::terms::{AnswerTerms, Terms, answer_of, follow_up_of, terms_of};
use crate::law::edition::Between;
use crate::law::ground::Effect;
use crate::record::definition::{ActContext, Actor, ApplyError, ChangeView, GateInputs, need};
use crate::record::kind::Kind;
use crate::record::law;
use crate::record::store::{Query, Record, RecordStore};
use crate::value::id::Id;
use crate::value::json::Json;

pub(super) fn inputs_of(terms: &Terms) -> GateInputs {
    GateInputs { purpose: Some(terms.purpose.clone()), missing: terms.missing.clone(), ..GateInputs::default() }
}

/// What the gate is asked with when a request is sent.
pub fn inputs_to_send(id: Id, terms: &Terms) -> GateInputs {
    GateInputs { partner: Some(terms.to), reviewed: Some(id), ..inputs_of(terms) }
}

pub(super) fn new_gate_inputs(
    _: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    // A draft may lack what a request must have.
    Ok(GateInputs { missing: Vec::new(), ..inputs_of(&Terms::read(view.terms)?) })
}

pub(super) fn submit_gate_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    Ok(inputs_of(&terms_of(&need(records, view.record, Kind::Request)?)?))
}

pub(super) fn consent_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let terms = Terms::read(view.terms)?;
    let mut inputs = inputs_of(&terms);
    for (name, there) in [("item", terms.item.is_some()), ("for", terms.recipient.is_some())] {
        if !there {
            inputs.missing.push(name.into());
        }
    }
    if act.is_own() {
        inputs.partner = Some(terms.to);
        let item = terms.item.map(|i| records.get(i)).transpose()?.flatten();
        if item.is_none_or(|i| i.kind != Kind::Item || i.desk != terms.to) {
            return Err(ApplyError::Authority("a consent is asked of the item's originator".into()));
        }
    }
    Ok(inputs)
}

pub(super) fn send_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let mut m = view.members()?;
    let terms = Terms::take(&mut m)?;
    if !act.is_own() {
        return Ok(inputs_of(&terms));
    }
    let record = need(records, view.record, Kind::Request)?;
    said_to_both(&record, act)?;
    let draft = terms_of(&record)?;
    if draft != terms {
        return Err(ApplyError::Authority("a request is sent with other terms than were reviewed".into()));
    }
    Ok(inputs_to_send(view.record, &terms))
}

pub(super) fn counterpart(record: &Record, act: &ActContext<'_>) -> GateInputs {
    let inputs = partner_of(record);
    if act.is_own() { inputs } else { GateInputs { partner: None, ..inputs } }
}

pub(super) fn answer_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Request)?;
    is_by(&record, act.desk(), Side::Requested)?;
    party(&record, act)?;
    said_to_both(&record, act)?;
    let AnswerTerms { answer, preserved, .. } = answer_of(view)?;
    may_step(&record, Step::Answer(answer), act.now())?;
    let mut inputs = counterpart(&record, act);
    let said = view.is_said();
    let law = law::edition_before(records, act.position)?;
    let kind = record.text("kind").and_then(|k| law.request(k));
    match answer {
        // Budapest 27(7) and its like: reasons for a refusal or a postponement.
        Answer::Refuse
        | Answer::Postpone
        | Answer::AcceptPartly
        | Answer::Offer
        | Answer::Clarify
        | Answer::Consult
            if !said =>
        {
            inputs.missing.push("reasons".into())
        }
        Answer::Deliver if !said && preserved.is_none() && act.is_own() && !answered_by_items(records, &record)? => {
            inputs.missing.push("answer".into())
        }
        _ => {}
    }
    let ground = view.terms.get("ground").and_then(Json::text);
    if answer == Answer::Refuse && ground.is_none() && !kind.is_some_and(|k| k.open_grounds) {
        inputs.missing.push("ground".into());
    }
    // A partner answers by its own law; what it says is judged here by nobody.
    let Some(kind) = kind.filter(|_| act.is_own()) else {
        return match ground.filter(|_| act.is_own()) {
            Some(ground) => Err(not_a_ground(ground)),
            None => Ok(inputs),
        };
    };
    if preserved.is_some() && !kind.preserves() {
        return Err(ApplyError::NotAllowed(format!("{}: it asks for nothing to be preserved", kind.article)));
    }
    let stops = matches!(answer, Answer::Refuse | Answer::Postpone);
    if stops && kind.consult.as_ref().is_some_and(|c| c.stands_before(ground)) && !was_consulted(&record) {
        inputs.missing.push(CONSULTATION.into());
    }
    if answer == Answer::Postpone && kind.never_postponed {
        return Err(ApplyError::Authority(format!("{}: it is never postponed", kind.article)));
    }
    if let Some(ground) = ground {
        let effects: &[Effect] = match answer {
            Answer::Postpone => &[Effect::Postpone],
            Answer::Consult => &[Effect::Refuse, Effect::Postpone],
            _ => &[Effect::Refuse],
        };
        let (own, other) = (jurisdiction(records, act.own_desk)?, jurisdiction(records, record.desk)?);
        let categories = terms_of(&record)?.categories;
        let asked = Between { requested: &own, requesting: &other, categories: &categories, now: act.now() };
        let counts = |effect: &Effect| law.grounds_between(kind, *effect, &asked).iter().any(|g| g.id == ground);
        if !effects.iter().any(counts) {
            return Err(not_a_ground(ground));
        }
    }
    Ok(inputs)
}

fn not_a_ground(ground: &str) -> ApplyError {
    ApplyError::Authority(format!("{ground} is not a ground for this answer to this kind of request"))
}

/// The gate's name for what is missing where whoever asks was not consulted before they are refused.
pub const CONSULTATION: &str = "consultation";

/// The jurisdiction of a desk; empty where it is not known.
fn jurisdiction(records: &dyn RecordStore, desk: Id) -> Result<String, ApplyError> {
    let record = records.get(desk)?;
    Ok(record.as_ref().and_then(|r| r.text("jurisdiction")).unwrap_or_default().to_owned())
}

/// Whether an item that answers the request was disclosed to whoever asked.
pub(super) fn answered_by_items(records: &dyn RecordStore, record: &Record) -> Result<bool, ApplyError> {
    let items = records.find(&Query { subject: Some(record.id), ..Query::kind(Kind::Item) })?;
    Ok(items.iter().any(|i| i.is_with(record.desk)))
}

pub(super) fn partner_of(record: &Record) -> GateInputs {
    GateInputs { partner: record.partner, purpose: record.text("purpose").map(str::to_owned), ..GateInputs::default() }
}

pub(super) fn precheck_requesting_desk(
    _: &dyn RecordStore,
    actor: &Actor,
    record: &Record,
) -> Result<GateInputs, ApplyError> {
    is_by(record, actor.own_desk, Side::Requesting)?;
    Ok(once_sent(record, partner_of(record)))
}

/// What the gate must know, without the partner where the request was not sent yet: they know nothing of it.
pub(super) fn once_sent(record: &Record, inputs: GateInputs) -> GateInputs {
    let was_sent = !matches!(record.in_state(), Some(State::Draft | State::InReview | State::Authorised));
    if was_sent { inputs } else { GateInputs { partner: None, ..inputs } }
}

pub(super) fn precheck_answer(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    is_by(record, actor.own_desk, Side::Requested)?;
    Ok(partner_of(record))
}

pub(super) fn precheck_either(_: &dyn RecordStore, _: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    Ok(partner_of(record))
}

pub(super) fn precheck_submission(
    _: &dyn RecordStore,
    actor: &Actor,
    record: &Record,
) -> Result<GateInputs, ApplyError> {
    is_by(record, actor.own_desk, Side::Requesting)?;
    Ok(inputs_of(&terms_of(record)?))
}

pub(super) fn precheck_sending(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    is_by(record, actor.own_desk, Side::Requesting)?;
    Ok(inputs_to_send(record.id, &terms_of(record)?))
}

pub(super) fn by_requesting_desk_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = by_requesting_desk(records, act, view)?;
    Ok(once_sent(&record, counterpart(&record, act)))
}

pub(super) fn either_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    Ok(counterpart(&between_parties(records, act, view)?, act))
}

pub(super) fn follow_up_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = by_requesting_desk(records, act, view)?;
    said_to_both(&record, act)?;
    let mut inputs = once_sent(&record, counterpart(&record, act));
    let said = view.is_said();
    let follow_up = follow_up_of(view)?;
    may_step(&record, Step::FollowUp(follow_up), act.now())?;
    match follow_up {
        FollowUp::Use
        | FollowUp::Clarified
        | FollowUp::Extend
        | FollowUp::Supplement
        | FollowUp::Correct
        | FollowUp::Consulted
        | FollowUp::Inform
            if !said =>
        {
            inputs.missing.push("text".into())
        }
        _ => {}
    }
    Ok(inputs)
}

/// Whether the originator has consented to an item going to a partner: the newest answer to the newest question.
/// `Some(true)` given, `Some(false)` refused, `None` neither.
pub fn consent(records: &dyn RecordStore, home: Id, item: Id, to: Id) -> Result<Option<bool>, ApplyError> {
    let requests = records.find(&Query { subject: Some(item), ..Query::kind(Kind::Request) })?;
    let ours = |r: &&Record| r.desk == home && r.id("item") == Some(item) && r.id("recipient") == Some(to);
    let mut said = None;
    for record in requests.iter().filter(ours) {
        said = match record.in_state() {
            Some(State::Delivered | State::UseReported | State::Closed) => Some(true),
            Some(State::Refused) => Some(false),
            _ => said,
        };
    }
    Ok(said)
}
