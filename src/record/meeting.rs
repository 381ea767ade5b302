//! Meetings of a task force: called with an agenda, minuted with what was decided. They travel to every desk of it.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, no_gate_inputs, put_new,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use super::taskforce;
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a meeting stands.
    Meeting {
        /// Its agenda is out.
        Called = "called" "called" Waiting,
        /// Its minutes are.
        Held = "held" "held" Good,
    }
}

/// `meeting`: called → held.
pub const KIND: KindDef = KindDef {
    kind: Kind::Meeting,
    prefix: "ME",
    title: "Meeting",
    states: STATES,
    content: Content::WithCase,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(CALL, AudienceRule::Addressed, Moves::Makes, None, no_gate_inputs, call),
        ChangeDef::first(MINUTE, AudienceRule::Addressed, Moves::Shared, None, said_gate_inputs, minute)
            .with_precheck(precheck_minuting),
    ],
};

/// The kind of change `meeting-call`.
pub const CALL: ChangeKind = ChangeKind::new("meeting-call");
/// The kind of change `meeting-minute`.
pub const MINUTE: ChangeKind = ChangeKind::new("meeting-minute");

/// Every state: minutes are corrected by newer ones.
pub const ANY: &[RecordState] = &[State::Called.any(), State::Held.any()];

const DECISIONS: &str = "decisions";

/// What a meeting is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The task force.
    pub taskforce: Id,
    /// When.
    pub on: Timestamp,
    /// The case that it is about.
    pub case: Option<Id>,
}

/// Calls a meeting.
pub fn called(id: Id, of: &Terms, title: &str, agenda: &str, salt: Salt) -> Change {
    let mut terms = object! { "taskforce" => of.taskforce.to_string(), "on" => of.on.to_string() };
    if let Some(case) = of.case {
        terms.set("case", case.to_string());
    }
    Change::with_content(id, CALL, &terms, &object! { "title" => title, "agenda" => agenda }, salt)
}

/// Its minutes: what was said, and each thing that was decided.
pub fn minuted(id: Id, title: &str, text: &str, decisions: &[String], salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(text), DECISIONS => decisions.len() as i64 };
    let content = object! { "title" => title, "minutes" => text, DECISIONS => decisions.to_vec() };
    Change::with_content(id, MINUTE, &terms, &content, salt)
}

/// The meetings of a task force.
pub fn of_taskforce(records: &dyn RecordStore, taskforce: Id) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: Some(taskforce), ..Query::kind(Kind::Meeting) })?)
}

/// How many things were decided.
pub fn decisions(record: &Record) -> i64 {
    record.terms.get(DECISIONS).and_then(Json::int).unwrap_or(0)
}

fn said_gate_inputs(_: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs::of_said(view, "minutes"))
}

fn precheck_minuting(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk == actor.own_desk {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::Authority("the desk that called a meeting minutes it".into()))
}

fn call(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let (of, _) = (m.read("taskforce", Id::parse)?, m.read("on", Timestamp::parse)?);
    let case = taskforce::case_in(m.maybe("case"))?;
    m.finish()?;
    taskforce::of_party(records, act, of)?;
    let mut record = Record::new(view.record, State::Called, act.desk());
    record.partner = (!act.is_own()).then_some(act.desk());
    record.subject = Some(of);
    record.case = taskforce::known_case(records, act, case)?;
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn minute(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    m.need("said")?;
    let decided = m.count(DECISIONS)? as i64;
    m.finish()?;
    let Some(mut record) = records.get(view.record)?.filter(|r| r.kind == Kind::Meeting) else {
        return if act.is_own() { Err(ApplyError::NotAllowed("there is no such meeting".into())) } else { Ok(()) };
    };
    precheck_minuting(records, &act.actor(act.desk()), &record)?;
    record.set_state(State::Held);
    record.set(DECISIONS, decided);
    record.set("minuted", act.now().to_string());
    record.body = view.body().or(record.body);
    Ok(records.put(&record)?)
}
