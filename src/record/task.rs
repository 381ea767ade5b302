//! Tasks of a task force: what is to be done, by which of its desks, until when, after what. They travel to every desk of it.
//!
//! The desk that owns a task says how it stands; the desk that made it may cancel it. Where the two cross, what was done is done.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, need, no_gate_inputs, put_new, wrong_state,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use super::taskforce;
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::timestamp::Timestamp;

states! {
    /// Where a task stands.
    Task {
        /// Nobody has begun.
        Open = "open" "open" Waiting,
        /// Its desk works on it.
        Doing = "doing" "being done" Neutral,
        /// Something stands in its way.
        Blocked = "blocked" "blocked" Stopped,
        /// It is done.
        Done = "done" "done" Good,
        /// Nobody does it any more.
        Cancelled = "cancelled" "cancelled" Over,
    }
}

/// `task`: open → doing, blocked → done; cancelled.
pub const KIND: KindDef = KindDef {
    kind: Kind::Task,
    prefix: "TK",
    title: "Task",
    states: STATES,
    content: Content::WithCase,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(NEW, AudienceRule::Addressed, Moves::Makes, None, no_gate_inputs, make),
        ChangeDef::first(MOVE, AudienceRule::Addressed, Moves::Shared, None, no_gate_inputs, put_on)
            .with_precheck(precheck_moving),
    ],
};

/// The kind of change `task-new`.
pub const NEW: ChangeKind = ChangeKind::new("task-new");
/// The kind of change `task-move`.
pub const MOVE: ChangeKind = ChangeKind::new("task-move");

/// The states in which there is something to do.
pub const OPEN: &[RecordState] = &[State::Open.any(), State::Doing.any(), State::Blocked.any()];

const TASKFORCE: &str = "taskforce";
const OWNER: &str = "owner";
const AFTER: &str = "after";

/// What a task says without free text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The task force.
    pub taskforce: Id,
    /// The desk that does it.
    pub owner: Id,
    /// By when.
    pub due: Option<Timestamp>,
    /// The tasks that must be done before.
    pub after: Vec<Id>,
    /// The case that it belongs to.
    pub case: Option<Id>,
}

impl Terms {
    fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let terms = Self {
            taskforce: m.read(TASKFORCE, Id::parse)?,
            owner: m.read(OWNER, Id::parse)?,
            due: due(m.maybe("due"))?,
            after: m.list(AFTER, Id::parse)?,
            case: taskforce::case_in(m.maybe("case"))?,
        };
        m.finish()?;
        Ok(terms)
    }

    fn to_json(&self) -> Json {
        let mut json = object! {
            TASKFORCE => self.taskforce.to_string(), OWNER => self.owner.to_string(),
            AFTER => self.after.iter().map(Id::to_string).collect::<Vec<_>>(),
        };
        if let Some(due) = self.due {
            json.set("due", due.to_string());
        }
        if let Some(case) = self.case {
            json.set("case", case.to_string());
        }
        json
    }
}

fn due(json: Option<&Json>) -> Result<Option<Timestamp>, ApplyError> {
    let Some(json) = json else { return Ok(None) };
    let due = json.text().and_then(Timestamp::parse);
    due.map(Some).ok_or_else(|| ApplyError::Malformed("`due` is not a time".into()))
}

/// Makes a task.
pub fn new(id: Id, terms: &Terms, title: &str, note: Option<&str>, salt: Salt) -> Change {
    let mut content = object! { "title" => title };
    if let Some(note) = note {
        content.set("note", note);
    }
    Change::with_content(id, NEW, &terms.to_json(), &content, salt)
}

/// Says how a task stands, and why where that is said.
pub fn moved(id: Id, to: State, because: Option<&str>, salt: Salt) -> Change {
    let terms = object! { "state" => to };
    match because {
        Some(because) => Change::with_content(id, MOVE, &terms, &object! { "because" => because }, salt),
        None => Change::of_terms(id, MOVE, &terms),
    }
}

/// The desk that does a task.
pub fn owner(record: &Record) -> Option<Id> {
    record.id(OWNER)
}

/// The tasks that must be done before it.
pub fn after(record: &Record) -> Vec<Id> {
    record.list(AFTER, Id::parse)
}

/// The tasks of a task force.
pub fn of_taskforce(records: &dyn RecordStore, taskforce: Id) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: Some(taskforce), ..Query::kind(Kind::Task) })?)
}

fn make(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let terms = Terms::read(view.terms)?;
    let of = taskforce::of_party(records, act, terms.taskforce)?;
    if let Some(of) = &of
        && !taskforce::all_desks(of)?.contains(&terms.owner)
    {
        return Err(ApplyError::NotAllowed("a task is done by a desk of its task force".into()));
    }
    if terms.after.contains(&view.record) {
        return Err(ApplyError::NotAllowed("a task does not wait for itself".into()));
    }
    if act.is_own() {
        for id in &terms.after {
            let before = need(records, *id, Kind::Task)?;
            if before.subject != Some(terms.taskforce) {
                return Err(ApplyError::NotAllowed("a task waits for tasks of its own task force".into()));
            }
        }
    }
    let mut record = Record::new(view.record, State::Open, act.desk());
    record.partner = (!act.is_own()).then_some(act.desk());
    record.subject = Some(terms.taskforce);
    record.case = taskforce::known_case(records, act, terms.case)?;
    record.due = terms.due;
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn may_move(record: &Record, desk: Id, to: Option<State>) -> Result<(), ApplyError> {
    let (owns, made) = (owner(record) == Some(desk), record.desk == desk);
    match to {
        Some(State::Cancelled) if made => Ok(()),
        None if owns || made => Ok(()),
        _ if owns => Ok(()),
        _ => Err(ApplyError::Authority(
            "the desk that owns a task says how it stands; the one that made it cancels it".into(),
        )),
    }
}

fn precheck_moving(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if !OPEN.contains(&record.state) {
        return Err(wrong_state(Kind::Task, Some(record.state), OPEN));
    }
    may_move(record, actor.own_desk, None)?;
    Ok(GateInputs::default())
}

fn put_on(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let to = m.read("state", State::parse)?;
    m.finish()?;
    let Some(mut record) = records.get(view.record)?.filter(|r| r.kind == Kind::Task) else {
        // A desk that came into the task force later does not know its earlier tasks.
        return if act.is_own() { Err(ApplyError::NotAllowed("there is no such task".into())) } else { Ok(()) };
    };
    may_move(&record, act.desk(), Some(to))?;
    if act.is_own() {
        precheck_moving(records, &act.actor(act.own_desk), &record)?;
    }
    // What was done is done, whatever was cancelled meanwhile; what was cancelled is not begun again.
    if record.is(State::Done) || (record.is(State::Cancelled) && to != State::Done) {
        return Ok(());
    }
    record.set_state(to);
    record.set("moved", act.now().to_string());
    if !OPEN.contains(&record.state) {
        record.due = None;
    }
    Ok(records.put(&record)?)
}
