//! What each change does to a request in the record store. It asks for no facts of the gate.

use super::preserved;
use super::sides::{between_parties, by_requesting_desk, for_this_desk};
use super::steps::{STATES, State, WITHDRAWABLE, begin, first_due, keep_earlier, seen_in, seen_states, step};
use super::terms::{Terms, answer_of, follow_up_of};
use crate::object;
use crate::record::definition::{ActContext, ApplyError, ChangeView, need, only_own_desk, put_new, token};
use crate::record::kind::{Kind, State as RecordState};
use crate::record::store::{Record, RecordStore};
use crate::value::class::Condition;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::timestamp::Timestamp;

/// A new request with these terms; its steps are begun by [`begin`].
fn record_of(view: &ChangeView<'_>, act: &ActContext<'_>, state: State, terms: &Terms, json: Json) -> Record {
    let mut record = Record::new(view.record, state, act.desk());
    record.case = Some(terms.case);
    record.partner = if act.is_own() { partner_of(terms, act) } else { Some(act.desk()) };
    record.tier = Some(terms.tier);
    record.terms = json.into();
    record.body = view.body();
    record
}

/// The partner that is asked; none where the desk orders something at home.
fn partner_of(terms: &Terms, act: &ActContext<'_>) -> Option<Id> {
    Some(terms.to).filter(|to| *to != act.own_desk)
}

pub(super) fn consent_ask(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    let terms = Terms::read(view.terms)?;
    for_this_desk(terms.to, act)?;
    let mut record = record_of(view, act, State::Sent, &terms, terms.to_json());
    record.subject = terms.item;
    record.set("sent", act.now().to_string());
    begin(&mut record, act, State::Sent);
    put_new(records, &record)
}

pub(super) fn new_request(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let terms = Terms::read(view.terms)?;
    if let Some(partner) = partner_of(&terms, act) {
        need(records, partner, Kind::Partner)?;
    }
    need(records, terms.case, Kind::Case)?;
    if let Some(mut draft) = records.get(view.record)? {
        // A draft is written again as a whole.
        if draft.kind != Kind::Request || !draft.is(State::Draft) || draft.desk != act.desk() {
            return Err(ApplyError::NotAllowed("only a draft can be written again".into()));
        }
        let (steps, author) = (draft.terms.get("steps").cloned(), draft.terms.get("author").cloned());
        draft.terms = view.terms.clone().into();
        draft.set("steps", steps);
        draft.set("author", author);
        draft.case = Some(terms.case);
        draft.partner = partner_of(&terms, act);
        draft.body = view.body();
        return Ok(records.put(&draft)?);
    }
    let mut record = record_of(view, act, State::Draft, &terms, view.terms.clone());
    record.set("author", act.member().to_string());
    begin(&mut record, act, State::Draft);
    put_new(records, &record)
}

pub(super) fn submit(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = need(records, view.record, Kind::Request)?;
    step(&mut record, act, &[State::Draft.any()], State::InReview)?;
    Ok(records.put(&record)?)
}

/// Makes a request that is authorised and not sent a draft again, when its approval lapses.
pub fn unreviewed(records: &mut dyn RecordStore, act: &ActContext<'_>, mut record: Record) -> Result<(), ApplyError> {
    if !record.is(State::Authorised) {
        return Ok(());
    }
    step(&mut record, act, &[State::Authorised.any()], State::Draft)?;
    Ok(records.put(&record)?)
}

/// Moves the request that a decided review was about: to authorised or back to draft; a deferred review moves nothing.
pub fn reviewed(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    mut record: Record,
    approved: bool,
    deferred: bool,
) -> Result<(), ApplyError> {
    if !record.is(State::InReview) || deferred {
        return Ok(());
    }
    let to = if approved { State::Authorised } else { State::Draft };
    step(&mut record, act, &[State::InReview.any()], to)?;
    Ok(records.put(&record)?)
}

pub(super) fn send(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let terms = Terms::take(&mut m)?;
    let clocks = clocks(m.need("clocks")?)?;
    let review = m.need("asked")?.get("review").filter(|r| r.members().is_some());
    // Requests of earlier programs do not say under which conditions they go.
    let decision = match (m.maybe("conditions").is_some(), review) {
        (true, Some(review)) => Some(object! {
            "outcome" => review.get("outcome").cloned(), "level" => review.get("level").cloned(),
            "conditions" => m.list("conditions", Condition::parse)?,
        }),
        _ => None,
    };
    m.finish()?;
    if act.is_own() {
        let mut record = need(records, view.record, Kind::Request)?;
        if decision.is_some() {
            record.set("decision", decision);
        }
        record.set("clocks", clocks);
        record.set("sent", act.now().to_string());
        step(&mut record, act, &[State::Authorised.any()], State::Sent)?;
        if let Some(partner) = record.partner {
            record.share(partner, None);
        }
        records.put(&record)?;
        return keep_earlier(records, &record);
    }
    for_this_desk(terms.to, act)?;
    let mut record = record_of(view, act, State::Sent, &terms, terms.to_json());
    if decision.is_some() {
        record.set("decision", decision);
    }
    record.set("clocks", clocks);
    record.set("sent", act.now().to_string());
    record.due = first_due(&record);
    begin(&mut record, act, State::Sent);
    put_new(records, &record)?;
    keep_earlier(records, &record)
}

/// The clocks of a request that is sent, each with nothing but what a clock has.
fn clocks(json: &Json) -> Result<Json, ApplyError> {
    for clock in json.items().ok_or_else(|| ApplyError::Malformed("`clocks` is not a list".into()))? {
        let mut m = Members::of(clock)?;
        for (key, read) in
            [("clock", is_word as fn(&str) -> bool), ("variant", is_word), ("due", is_time), ("limit", is_time)]
        {
            if m.maybe(key).is_some_and(|value| !value.text().is_some_and(read)) {
                return Err(ApplyError::Malformed(format!("`{key}` of a clock is not well formed")));
            }
        }
        if m.maybe("minimum").is_some_and(|value| value.truth().is_none()) {
            return Err(ApplyError::Malformed("`minimum` of a clock is not well formed".into()));
        }
        // Requests of earlier programs say it; which source that may be is asked when it arrives.
        m.maybe("source");
        m.finish()?;
    }
    Ok(json.clone())
}

fn is_word(text: &str) -> bool {
    token(text).is_some()
}

fn is_time(text: &str) -> bool {
    Timestamp::parse(text).is_some()
}

pub(super) fn answer(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    let mut record = between_parties(records, act, view)?;
    let said = answer_of(view)?;
    // An answer that was given before its author knew of the purge brings nothing back.
    if record.is_purged() {
        return Ok(());
    }
    let (from, to) = said.answer.transition();
    if let Some(ground) = view.terms.get("ground") {
        record.set("ground", ground.clone());
    }
    if let Some(preserved) = said.preserved {
        preserved::note(&mut record, preserved);
    }
    if !said.conditions.is_empty() {
        record.set("offered", said.conditions);
    }
    step(&mut record, act, from, to)?;
    records.put(&record)?;
    keep_earlier(records, &record)
}

pub(super) fn follow_up(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    match follow_up_of(view)?.transition() {
        (from, Some(to)) => moved_by_requesting_desk(records, act, view, from, to),
        // It makes no step, so an answer at the same time is not a conflict.
        (from, None) => seen_by_requesting_desk(records, act, view, from).map(|_| ()),
    }
}

pub(super) fn withdraw(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    moved_by_requesting_desk(records, act, view, WITHDRAWABLE, State::Withdrawn)
}

pub(super) fn moved_by_requesting_desk(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    from: &[RecordState],
    to: State,
) -> Result<(), ApplyError> {
    let mut record = seen_by_requesting_desk(records, act, view, from)?;
    step(&mut record, act, from, to)?;
    records.put(&record)?;
    keep_earlier(records, &record)
}

/// The request, where the requesting desk speaks of it and saw it in one of these states.
pub(super) fn seen_by_requesting_desk(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    from: &[RecordState],
) -> Result<Record, ApplyError> {
    let record = by_requesting_desk(records, act, view)?;
    seen_in(&record, act, from)?;
    Ok(record)
}

pub(super) fn resolve(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    let mut record = between_parties(records, act, view)?;
    let mut m = view.members()?;
    let take = m.read("take", State::parse)?;
    m.finish()?;
    // Whoever resolves has seen both; another one may have resolved it meanwhile, without knowing of them.
    let standing = seen_states(&record, act.header);
    if standing.len() < 2 || !standing.contains(&take) {
        return Err(ApplyError::NotAllowed("there is no such conflict: nothing to resolve".into()));
    }
    step(&mut record, act, STATES, take)?;
    records.put(&record)?;
    keep_earlier(records, &record)
}
