//! Injects: the rows of an exercise's list of events. Control plans and delivers them; a desk that plays gets the copy that is
//! delivered to it, and neither what is expected of it nor any later row.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, must_be, need, no_gate_inputs, only_own_desk, put_new, reasons_gate_inputs,
};
use super::exercise;
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::timestamp::{Duration, Timestamp};

states! {
    /// Where an inject stands.
    Inject {
        /// It is to be delivered.
        Planned = "planned" "planned" Waiting,
        /// It was delivered, and a reply is owed.
        Delivered = "delivered" "delivered" Neutral,
        /// Every desk that it was delivered to has replied.
        Answered = "answered" "answered" Good,
        /// It was not needed.
        Skipped = "skipped" "skipped" Over,
    }
}

words! {
    /// What an inject is for.
    InjectType {
        /// It tells players something.
        Contextual = "contextual",
        /// It is there to see whether they do what is expected.
        ExpectedAction = "expected-action",
        /// It is used where what was expected does not happen.
        Contingency = "contingency",
    }
}

words! {
    /// What lets an inject be due.
    Trigger {
        /// Its time.
        Time = "time",
        /// Another one that was answered.
        Completion = "completion",
        /// Whoever controls.
        Hand = "hand",
    }
}

/// `inject`: planned → delivered → answered; skipped.
pub const KIND: KindDef = KindDef {
    kind: Kind::Inject,
    prefix: "IN",
    title: "Inject",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Key,
    when_due: WhenDue::Nothing,
    line: Line { content: &["text"], terms: &["type"] },
    changes: &[
        ChangeDef::first(PLAN, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, plan)
            .or_following(&[PLAN])
            .with_precheck(before_the_end),
        ChangeDef::first(
            DELIVER,
            AudienceRule::OwnDeskOrAddressed,
            Moves::From(&[State::Planned.any()]),
            None,
            deliver_gate_inputs,
            deliver,
        )
        .with_precheck(in_play),
        ChangeDef::first(
            SKIP,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Planned.any()]),
            None,
            reasons_gate_inputs,
            skip,
        )
        .with_precheck(control_alone),
    ],
};

/// Plans an inject, or plans it again.
pub const PLAN: ChangeKind = ChangeKind::new("exercise-inject");
/// Delivers one.
pub const DELIVER: ChangeKind = ChangeKind::new("exercise-deliver");
/// Says that one is not needed.
pub const SKIP: ChangeKind = ChangeKind::new("exercise-skip");

/// The states of an inject that players have.
pub const WITH_PLAYERS: &[RecordState] = &[State::Delivered.any(), State::Answered.any()];
/// The highest number of an inject.
pub const MOST: i64 = 10_000;
/// The latest that one may come after the start.
pub const LATEST: Duration = Duration::days(366);
/// The most desks that one is for.
pub const MOST_DESKS: usize = 64;

/// What an inject says of itself without free text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The exercise.
    pub exercise: Id,
    /// Its number.
    pub number: i64,
    /// What it is for.
    pub inject_type: InjectType,
    /// What lets it be due.
    pub trigger: Trigger,
    /// How long after the start it is planned.
    pub offset: Option<Duration>,
    /// Or at which time of the exercise.
    pub at: Option<Timestamp>,
    /// The injects that are answered before it is due.
    pub after: Vec<i64>,
    /// The codes of the desks that it is for; none: all that play.
    pub to: Vec<String>,
    /// The objective that it tries.
    pub objective: Option<i64>,
    /// Within what time a reply is expected.
    pub reply_within: Option<Duration>,
}

impl Terms {
    /// Reads them out of a record or a change.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let bad = |what: &str| ApplyError::Malformed(format!("`{what}` of an inject is not well formed"));
        let span = |m: &mut Members<'_>, key: &'static str| -> Result<Option<Duration>, ApplyError> {
            let Some(value) = m.maybe(key) else { return Ok(None) };
            let minutes = value.int().filter(|n| (0..=LATEST.as_seconds() / 60).contains(n)).ok_or_else(|| bad(key))?;
            Ok(Some(Duration::minutes(minutes)))
        };
        let number = |json: &Json| json.int().filter(|n| (1..=MOST).contains(n));
        let terms = Self {
            exercise: m.read("exercise", Id::parse)?,
            number: number(m.need("number")?).ok_or_else(|| bad("number"))?,
            inject_type: m.read("type", InjectType::parse)?,
            trigger: m.read("trigger", Trigger::parse)?,
            offset: span(&mut m, "offset")?,
            at: m.maybe("at").map(|at| at.text().and_then(Timestamp::parse).ok_or_else(|| bad("at"))).transpose()?,
            after: match m.maybe("after") {
                None => Vec::new(),
                Some(list) => {
                    let items = list.items().unwrap_or_default().iter();
                    items.map(number).collect::<Option<_>>().ok_or_else(|| bad("after"))?
                }
            },
            to: m.list("to", super::card::code)?,
            objective: m.maybe("objective").map(|n| number(n).ok_or_else(|| bad("objective"))).transpose()?,
            reply_within: span(&mut m, "reply_within")?,
        };
        m.finish()?;
        if terms.to.len() > MOST_DESKS || terms.after.len() > MOST_DESKS {
            return Err(bad("to"));
        }
        Ok(terms)
    }

    fn to_json(&self) -> Json {
        let mut json = object! {
            "exercise" => self.exercise.to_string(), "number" => self.number, "type" => self.inject_type,
            "trigger" => self.trigger, "to" => self.to.clone(),
        };
        let mut put = |key: &str, value: Option<Json>| {
            if let Some(value) = value {
                json.set(key, value);
            }
        };
        put("offset", self.offset.map(|d| (d.as_seconds() / 60).into()));
        put("at", self.at.map(|t| t.to_string().into()));
        put("after", Some(self.after.clone()).filter(|all| !all.is_empty()).map(Json::from));
        put("objective", self.objective.map(Json::from));
        put("reply_within", self.reply_within.map(|d| (d.as_seconds() / 60).into()));
        json
    }
}

/// What an inject says in words.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Words {
    /// The event that it belongs to.
    pub event: String,
    /// From whom it comes, in the story.
    pub from: String,
    /// How it comes: report, call, e-mail, …
    pub method: String,
    /// What it says.
    pub text: String,
    /// What players are expected to do. It never leaves control.
    pub expected: String,
    /// The capability that it tries. It never leaves control.
    pub capability: String,
    /// Who delivers it. It never leaves control.
    pub controller: String,
    /// On which condition it is used. It never leaves control.
    pub condition: String,
    /// What evaluators look at. It never leaves control.
    pub note: String,
    /// The name of what is attached.
    pub attachment: String,
    /// What is attached, where it is text.
    pub attached: String,
}

impl Words {
    /// What the desks that it is delivered to get: a field that is added to an inject stays at home unless it is named here.
    fn delivered(&self) -> Vec<(&'static str, &str)> {
        vec![
            ("from", &self.from),
            ("method", &self.method),
            ("text", &self.text),
            ("attachment", &self.attachment),
            ("attached", &self.attached),
        ]
    }

    fn at_home(&self) -> Vec<(&'static str, &str)> {
        let mut all = self.delivered();
        all.extend([
            ("event", self.event.as_str()),
            ("expected", &self.expected),
            ("capability", &self.capability),
            ("controller", &self.controller),
            ("condition", &self.condition),
            ("note", &self.note),
        ]);
        all
    }

    /// Reads them out of content; what is not there is empty.
    pub fn read(content: &Json) -> Self {
        let text = |key: &str| content.get(key).and_then(Json::text).unwrap_or_default().to_owned();
        Self {
            event: text("event"),
            from: text("from"),
            method: text("method"),
            text: text("text"),
            expected: text("expected"),
            capability: text("capability"),
            controller: text("controller"),
            condition: text("condition"),
            note: text("note"),
            attachment: text("attachment"),
            attached: text("attached"),
        }
    }
}

fn content_of(fields: Vec<(&'static str, &str)>) -> Json {
    let mut content = object! {};
    for (key, text) in fields.into_iter().filter(|(_, text)| !text.is_empty()) {
        content.set(key, text);
    }
    content
}

/// Plans an inject.
pub fn planned(id: Id, terms: &Terms, words: &Words, salt: Salt) -> Change {
    Change::with_content(id, PLAN, &terms.to_json(), &content_of(words.at_home()), salt)
}

/// Delivers one: the copy for the desks that the act is for.
pub fn delivered(id: Id, terms: &Terms, words: &Words, reply_by: Option<Timestamp>, salt: Salt) -> Change {
    let mut said = object! { "exercise" => terms.exercise.to_string(), "number" => terms.number };
    if let Some(by) = reply_by {
        said.set("reply_by", by.to_string());
    }
    Change::with_content(id, DELIVER, &said, &content_of(words.delivered()), salt)
}

/// Says that one is not needed, and why.
pub fn skipped(id: Id, because: &str, salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(because) };
    Change::with_content(id, SKIP, &terms, &object! { "because" => because }, salt)
}

/// What an inject of this desk's own exercise says without free text.
pub fn terms_of(record: &Record) -> Option<Terms> {
    Terms::read(record.terms.get("plan")?).ok()
}

/// The exercise that an inject is of.
pub fn exercise_of(record: &Record) -> Option<Id> {
    record.subject
}

/// Its number.
pub fn number_of(record: &Record) -> i64 {
    record.terms.get("number").and_then(Json::int).unwrap_or_default()
}

/// The desks that it was delivered to, where it was.
pub fn desks_of(record: &Record) -> Vec<Id> {
    record.list("desks", Id::parse)
}

/// Those of them that have replied.
pub fn answered_by(record: &Record) -> Vec<Id> {
    record.list("answered", Id::parse)
}

/// When it is planned, in the time of its exercise; `None` before that has started, and where no time is planned.
pub fn planned_at(terms: &Terms, started: Option<Timestamp>) -> Option<Timestamp> {
    terms.at.or_else(|| Some(started?.plus(terms.offset?)))
}

/// All injects of an exercise, by number.
pub fn of_exercise(records: &dyn RecordStore, exercise: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query { subject: Some(exercise), ..Query::kind(Kind::Inject) })?;
    all.sort_by_key(number_of);
    Ok(all)
}

/// The word that an inject is found by: its exercise and its number.
fn key_of(exercise: Id, number: i64) -> String {
    format!("{exercise}/{number}")
}

/// The inject of that number.
pub fn by_number(records: &dyn RecordStore, exercise: Id, number: i64) -> Result<Option<Record>, ApplyError> {
    let query = Query { key: Some(key_of(exercise, number)), ..Query::kind(Kind::Inject) };
    Ok(records.find(&query)?.into_iter().next())
}

fn control_alone(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk == actor.own_desk {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::Authority("it was delivered to this desk: control plans, delivers and skips injects".into()))
}

fn before_the_end(records: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    control_alone(records, actor, record)?;
    use exercise::State::{Paused, Planned, Running};
    must_be(&need(records, record.subject.unwrap_or(record.id), Kind::Exercise)?, &[Planned, Running, Paused])?;
    Ok(GateInputs::default())
}

fn in_play(records: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    control_alone(records, actor, record)?;
    use exercise::State::{Paused, Running};
    must_be(&need(records, record.subject.unwrap_or(record.id), Kind::Exercise)?, &[Running, Paused])?;
    Ok(GateInputs::default())
}

fn deliver_gate_inputs(
    _: &dyn RecordStore,
    act: &ActContext<'_>,
    _: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let partner = act.addressee();
    Ok(GateInputs { partner, ..GateInputs::default() })
}

fn plan(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let terms = Terms::read(view.terms)?;
    let of = exercise::controlled(records, act, terms.exercise)?;
    must_be(&of, &[exercise::State::Planned, exercise::State::Running, exercise::State::Paused])?;
    let objectives = of.terms.get("objectives").and_then(Json::int).unwrap_or_default();
    if terms.objective.is_some_and(|n| n > objectives) {
        return Err(ApplyError::NotAllowed(format!("the exercise has {objectives} objectives, numbered from 1")));
    }
    let twin = by_number(records, terms.exercise, terms.number)?.filter(|r| r.id != view.record);
    if twin.is_some() {
        return Err(ApplyError::NotAllowed(format!("there is an inject {} already", terms.number)));
    }
    let mut record = match records.get(view.record)? {
        Some(known) => {
            if known.kind != Kind::Inject || known.desk != act.desk() {
                return Err(ApplyError::Authority(
                    "only an inject of this desk's own exercise is planned again".into(),
                ));
            }
            must_be(&known, &[State::Planned])?;
            known
        }
        None => Record::new(view.record, State::Planned, act.own_desk),
    };
    record.subject = Some(terms.exercise);
    record.key = Some(key_of(terms.exercise, terms.number));
    record.set("number", terms.number);
    record.set("type", terms.inject_type);
    record.set("plan", view.terms.clone());
    record.body = view.body();
    Ok(records.put(&record)?)
}

fn deliver(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let of = m.read("exercise", Id::parse)?;
    let number = m.count("number")? as i64;
    let reply_by = m.maybe("reply_by").map(|t| t.text().and_then(Timestamp::parse));
    m.finish()?;
    if reply_by == Some(None) || !(1..=MOST).contains(&number) {
        return Err(ApplyError::Malformed("an inject is not well formed".into()));
    }
    let of = exercise::controlled(records, act, of)?;
    must_be(&of, &[exercise::State::Running, exercise::State::Paused])?;
    let mut record = if act.is_own() {
        let mut record = moved(records, view, Kind::Inject)?;
        if number_of(&record) != number || record.subject != Some(of.id) {
            return Err(ApplyError::NotAllowed("an inject is delivered under its own number".into()));
        }
        record.set("desks", act.recipients().iter().map(Id::to_string).collect::<Vec<_>>());
        record.set_state(State::Delivered);
        record
    } else {
        if by_number(records, of.id, number)?.is_some() {
            return Err(ApplyError::NotAllowed(format!("an inject {number} was delivered here already")));
        }
        let mut record = Record::new(view.record, State::Delivered, act.desk());
        record.partner = Some(act.desk());
        record.subject = Some(of.id);
        record.key = Some(key_of(of.id, number));
        record.set("number", number);
        record.set("desks", vec![act.own_desk.to_string()]);
        record.body = view.body();
        record
    };
    record.set("delivered", act.now().to_string());
    record.set("position", act.position);
    if let Some(Some(by)) = reply_by {
        record.set("reply_by", by.to_string());
        record.due = Some(by);
    }
    if act.is_own() { Ok(records.put(&record)?) } else { put_new(records, &record) }
}

fn skip(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    let mut record = moved(records, view, Kind::Inject)?;
    exercise::controlled(records, act, record.subject.unwrap_or(record.id))?;
    record.set_state(State::Skipped);
    record.set("skipped", act.now().to_string());
    record.set("why", view.row.0);
    Ok(records.put(&record)?)
}

/// Notes that a desk has replied to an inject. Once all that it was delivered to have, nothing is owed any more.
pub fn replied(records: &mut dyn RecordStore, inject: Id, by: Id) -> Result<(), ApplyError> {
    let mut record = need(records, inject, Kind::Inject)?;
    let desks = desks_of(&record);
    let mut answered = answered_by(&record);
    if desks.contains(&by) && !answered.contains(&by) {
        answered.push(by);
        record.set("answered", answered.iter().map(Id::to_string).collect::<Vec<_>>());
    }
    if record.is(State::Delivered) && desks.iter().all(|d| answered.contains(d)) {
        record.set_state(State::Answered);
        record.due = None;
    }
    Ok(records.put(&record)?)
}
