//! Improvement actions: what is to be done after an exercise, by whom and by when. In a live workspace they come with the signed
//! report, and are done there.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, moved, must_be, need, only_own_desk, put_new,
};
use super::exercise;
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where an improvement action stands.
    Action {
        /// It is to be done.
        Open = "open" "open" Waiting,
        /// It was done.
        Done = "done" "done" Good,
    }
}

words! {
    /// The element of a capability that an action mends (POETE).
    Element {
        /// Plans and procedures.
        Planning = "planning",
        /// People and who does what.
        Organisation = "organisation",
        /// Equipment.
        Equipment = "equipment",
        /// Training.
        Training = "training",
        /// Exercises.
        Exercise = "exercise",
    }
}

/// `action`: open → done.
pub const KIND: KindDef = KindDef {
    kind: Kind::Action,
    prefix: "IA",
    title: "Improvement action",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["text"], terms: &["element"] },
    changes: &[
        ChangeDef::first(PLAN, AudienceRule::OwnDesk, Moves::Makes, None, plan_gate_inputs, plan),
        ChangeDef::following(ADOPT, &[exercise::RECORD], Moves::Makes, adopt),
        ChangeDef::first(DONE, AudienceRule::OwnDesk, Moves::From(&[State::Open.any()]), None, done_gate_inputs, done),
    ],
};

/// Plans an action, in the exercise.
pub const PLAN: ChangeKind = ChangeKind::new("exercise-action");
/// Takes one over with the signed report.
pub const ADOPT: ChangeKind = ChangeKind::new("action-adopt");
/// Says that it was done, and by what that is seen.
pub const DONE: ChangeKind = ChangeKind::new("action-done");

/// An action that is open.
pub const OPEN: RecordState = State::Open.any();
/// One that was done.
pub const WAS_DONE: RecordState = State::Done.any();

/// What an action says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Planned {
    /// The exercise.
    pub exercise: Id,
    /// The objective that it serves.
    pub objective: i64,
    /// What it mends.
    pub element: Element,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// By when it is done.
    pub by: Timestamp,
    /// What is to be done.
    pub text: String,
    /// By whom.
    pub owner: String,
    /// The capability.
    pub capability: String,
    /// What went wrong.
    pub issue: String,
}

impl Planned {
    fn terms(&self) -> Json {
        let mut terms = object! {
            "exercise" => self.exercise.to_string(), "objective" => self.objective, "element" => self.element,
            "by" => self.by.to_string(),
        };
        if let Some(start) = self.start {
            terms.set("start", start.to_string());
        }
        terms
    }

    fn content(&self) -> Json {
        object! {
            "text" => self.text.as_str(), "owner" => self.owner.as_str(), "capability" => self.capability.as_str(),
            "issue" => self.issue.as_str(),
        }
    }
}

/// Plans an action.
pub fn planned(id: Id, of: &Planned, salt: Salt) -> Change {
    Change::with_content(id, PLAN, &of.terms(), &of.content(), salt)
}

/// Takes an action over into the live workspace.
pub fn adopted(id: Id, of: &Planned, salt: Salt) -> Change {
    Change::with_content(id, ADOPT, &of.terms(), &of.content(), salt)
}

/// Says that one was done.
pub fn was_done(id: Id, evidence: &str, salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(evidence) };
    Change::with_content(id, DONE, &terms, &object! { "evidence" => evidence }, salt)
}

/// Every action, what is due first first.
pub fn all(records: &dyn RecordStore) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query::kind(Kind::Action))?;
    all.sort_by_key(|r| (r.is(State::Done), r.instant("by")));
    Ok(all)
}

fn plan_gate_inputs(_: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs { missing: if view.has_content { Vec::new() } else { vec!["text".into()] }, ..GateInputs::default() })
}

fn done_gate_inputs(_: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs::of_said(view, "evidence"))
}

fn read(act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<Record, ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let of = m.read("exercise", Id::parse)?;
    m.count("objective")?;
    m.read("element", Element::parse)?;
    let by = m.read("by", Timestamp::parse)?;
    let start = m.maybe("start").map(|t| t.text().and_then(Timestamp::parse));
    m.finish()?;
    if start == Some(None) || start.flatten().is_some_and(|start| start > by) {
        return Err(ApplyError::NotAllowed("an action begins before it ends".into()));
    }
    let mut record = Record::new(view.record, State::Open, act.own_desk);
    record.subject = Some(of);
    record.due = Some(by);
    record.terms = view.terms.clone().into();
    record.body = view.body();
    Ok(record)
}

fn plan(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = read(act, view)?;
    let of = exercise::controlled(records, act, record.subject.unwrap_or(record.id))?;
    use exercise::State::{Ended, Paused, Reported, Running};
    must_be(&of, &[Running, Paused, Ended, Reported])?;
    // In the exercise nothing comes due: its actions are done in real work.
    record.due = None;
    put_new(records, &record)
}

fn adopt(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let record = read(act, view)?;
    if record.subject != Some(act.first_record) {
        return Err(ApplyError::Malformed("an action is taken over with the report of its own exercise".into()));
    }
    // It dies with the exercise, which is kept for as long after the last of its actions is due.
    let mut of = need(records, act.first_record, Kind::Exercise)?;
    of.due = of.due.max(record.due.map(exercise::kept_until));
    records.put(&of)?;
    put_new(records, &record)
}

fn done(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    let mut record = moved(records, view, Kind::Action)?;
    record.set_state(State::Done);
    record.set("done", act.now().to_string());
    record.set("evidence", view.row.0);
    record.due = None;
    Ok(records.put(&record)?)
}
