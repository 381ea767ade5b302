//! Findings of oversight: what an auditor found, what they recommend and by when; what the desk answers. Only an auditor closes one,
//! and nobody who answered it.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, keep_until, moved, need, put_new, text_to_partner_gate_inputs,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::accountability::{self, Period};
use crate::law::calendar::Calendar;
use crate::object;
use crate::value::id::Id;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a finding stands.
    Finding {
        /// The desk has not answered.
        Open = "open" "open" Waiting,
        /// The desk has answered; the auditor has not closed it.
        Answered = "answered" "answered" Waiting,
        /// An auditor has closed it.
        Closed = "closed" "closed" Over,
        /// Its texts were erased.
        Purged = "purged" "purged" Erased,
    }
}

/// `finding`: open → answered → closed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Finding,
    prefix: "FI",
    title: "Finding",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["text"], terms: &[] },
    changes: &[
        ChangeDef::first(OPEN, AudienceRule::OwnDeskOrAddressed, Moves::Makes, None, text_to_partner_gate_inputs, open),
        ChangeDef::first(RESPOND, AudienceRule::OwnDeskOrAddressed, Moves::Shared, None, answer_gate_inputs, respond)
            .with_precheck(|_, actor, record| may_answer(actor.own_desk, record)),
        ChangeDef::first(
            CLOSE,
            AudienceRule::OwnDeskOrAddressed,
            Moves::From(&[State::Open.any(), State::Answered.any()]),
            None,
            close_gate_inputs,
            close,
        )
        .with_precheck(|_, actor, record| by_its_desk(actor.own_desk, record).map(|()| close_inputs(record))),
    ],
};

/// An auditor opens a finding.
pub const OPEN: ChangeKind = ChangeKind::new("finding-open");
/// The desk answers.
pub const RESPOND: ChangeKind = ChangeKind::new("finding-respond");
/// The auditor closes it.
pub const CLOSE: ChangeKind = ChangeKind::new("finding-close");

/// The states in which it can be answered.
pub const ANSWERABLE: &[super::kind::State] = &[State::Open.any(), State::Answered.any()];

/// What a finding says.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The record that it is about.
    pub about: Option<Id>,
    /// The desk that is overseen, where it is another.
    pub to: Option<Id>,
    /// What was found.
    pub text: &'a str,
    /// What is recommended.
    pub recommend: &'a str,
    /// By when.
    pub due: Timestamp,
}

/// Opens a finding.
pub fn new(id: Id, found: &Found<'_>, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(found.text) && !crate::value::text::is_blank(found.recommend);
    let terms = object! {
        "about" => found.about.map(|id| id.to_string()), "to" => found.to.map(|id| id.to_string()),
        "due" => found.due.to_string(), "said" => said,
    };
    Change::with_content(id, OPEN, &terms, &object! { "text" => found.text, "recommend" => found.recommend }, salt)
}

/// Answers a finding.
pub fn answered(id: Id, text: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(text);
    Change::with_content(id, RESPOND, &object! { "said" => said }, &object! { "answer" => text }, salt)
}

/// Closes a finding; its texts are kept until a day.
pub fn closed(id: Id, because: &str, keep: Timestamp, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(because);
    let terms = object! { "keep" => keep.to_string(), "said" => said };
    Change::with_content(id, CLOSE, &terms, &object! { "because" => because }, salt)
}

fn open(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let (about, to) = (m.maybe_read("about", Id::parse)?, m.maybe_read("to", Id::parse)?);
    let due = m.read("due", Timestamp::parse)?;
    m.need("said")?;
    m.finish()?;
    if due <= act.now() {
        return Err(ApplyError::NotAllowed("a finding is to be answered by a day that is still to come".into()));
    }
    let mut record = Record::new(view.record, State::Open, act.desk());
    if act.is_own() {
        if act.recipients() != to.into_iter().collect::<Vec<_>>() {
            return Err(ApplyError::Authority("a finding names another desk than it is addressed to".into()));
        }
        record.partner = to;
        if to.is_none() && about.map(|id| records.get(id)).transpose()?.is_some_and(|found| found.is_none()) {
            return Err(ApplyError::NotAllowed("a finding is about a record that is here".into()));
        }
    } else {
        if to != Some(act.own_desk) {
            return Err(ApplyError::Authority("a finding is for the desk that it is addressed to".into()));
        }
        record.partner = Some(act.desk());
    }
    record.due = Some(due);
    record.terms = view.terms.clone().into();
    record.set("opened_by", act.member().to_string());
    record.set("opened", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

/// The desk that is overseen answers: another than the one that opened it, where it was opened from elsewhere.
fn may_answer(own_desk: Id, record: &Record) -> Result<GateInputs, ApplyError> {
    let answers = if record.desk == own_desk { record.partner.is_none() } else { true };
    if !answers {
        return Err(ApplyError::Authority("a finding is answered by the desk that it is on".into()));
    }
    super::definition::must_be(record, &[State::Open, State::Answered])?;
    // Who found it does not answer it.
    Ok(GateInputs { first: record.text("opened_by").and_then(Person::parse), ..GateInputs::default() })
}

fn answer_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Finding)?;
    let said = text_to_partner_gate_inputs(records, act, view)?;
    Ok(GateInputs { first: record.text("opened_by").and_then(Person::parse), ..said })
}

fn respond(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Finding)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    if act.is_own() {
        may_answer(act.own_desk, &record)?;
        if act.recipients() != record.partner.into_iter().collect::<Vec<_>>() {
            return Err(ApplyError::Authority("a finding is answered to whoever opened it".into()));
        }
    } else if record.desk != act.own_desk || record.partner != Some(act.desk()) {
        return Err(ApplyError::Authority("a finding is answered by the desk that it is on".into()));
    }
    // An answer that crossed its closing stays an answer and opens nothing again.
    if matches!(record.in_state(), Some(State::Open | State::Answered)) {
        record.set_state(State::Answered);
    }
    record.set("answered_by", act.member().to_string());
    record.set("answered", act.now().to_string());
    if act.is_own() && record.desk != act.own_desk && record.is(State::Answered) {
        // Only the desk that opened it closes it, and it may never do so.
        keep_until(&mut record, accountability::ends(Period::KeepFinding, act.now(), &Calendar::default()));
    }
    Ok(records.put(&record)?)
}

fn by_its_desk(desk: Id, record: &Record) -> Result<(), ApplyError> {
    if record.desk == desk {
        Ok(())
    } else {
        Err(ApplyError::Authority("a finding is closed by the desk that opened it".into()))
    }
}

fn close_inputs(record: &Record) -> GateInputs {
    GateInputs { first: record.text("answered_by").and_then(Person::parse), ..GateInputs::default() }
}

fn close_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let record = need(records, view.record, Kind::Finding)?;
    Ok(GateInputs { first: close_inputs(&record).first, ..text_to_partner_gate_inputs(records, act, view)? })
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = moved(records, view, Kind::Finding)?;
    by_its_desk(act.desk(), &record)?;
    let mut m = view.members()?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.need("said")?;
    m.finish()?;
    if act.is_own() && act.recipients() != record.partner.into_iter().collect::<Vec<_>>() {
        return Err(ApplyError::Authority("the desk that a finding is on hears of its end".into()));
    }
    record.set_state(State::Closed);
    // How long this desk keeps what was said, its own law says, and no partner.
    let own = accountability::ends(Period::KeepFinding, act.now(), &Calendar::default());
    record.due = Some(if act.is_own() { keep } else { own });
    record.set("closed", act.now().to_string());
    Ok(records.put(&record)?)
}
