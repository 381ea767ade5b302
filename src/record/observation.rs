//! Observations of an exercise: what an evaluator saw and how they rate it, and what players say right after play (hot wash).
//! Nothing but a member rates.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    must_be, need, only_own_desk, put_new, text_to_partner_gate_inputs,
};
use super::exercise;
use super::inject;
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where an observation stands.
    Observation {
        /// An evaluator has rated what they saw.
        Rated = "rated" "rated" Good,
        /// A player has said what they think.
        Said = "said" "said" Neutral,
    }
}

words! {
    /// How something was performed, as HSEEP rates it.
    Rating {
        /// Performed without challenges.
        P = "P",
        /// Performed with some challenges.
        S = "S",
        /// Performed with major challenges: achieved, but it disturbed other work, added risk, or was not as plans and law say.
        M = "M",
        /// Unable to be performed.
        U = "U",
    }
}

impl Rating {
    /// The rating in words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::P => "performed without challenges",
            Self::S => "performed with some challenges",
            Self::M => "performed with major challenges",
            Self::U => "unable to be performed",
        }
    }
}

/// `observation`: rated, or said.
pub const KIND: KindDef = KindDef {
    kind: Kind::Observation,
    prefix: "OB",
    title: "Observation",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["text"], terms: &["rating"] },
    changes: &[
        ChangeDef::first(OBSERVE, AudienceRule::OwnDesk, Moves::Makes, None, text_to_partner_gate_inputs, observe),
        ChangeDef::first(
            HOT_WASH,
            AudienceRule::OwnDeskOrAddressed,
            Moves::Makes,
            None,
            text_to_partner_gate_inputs,
            hot_wash,
        ),
    ],
};

/// Rates what was observed.
pub const OBSERVE: ChangeKind = ChangeKind::new("exercise-observe");
/// Says what a player thinks of the exercise.
pub const HOT_WASH: ChangeKind = ChangeKind::new("exercise-hot-wash");

/// The states of an exercise in which it is observed.
pub const OBSERVED: &[RecordState] = &[
    exercise::State::Running.any(),
    exercise::State::Paused.any(),
    exercise::State::Ended.any(),
    exercise::State::Reported.any(),
];

/// What an evaluator has observed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Observed<'a> {
    /// The exercise.
    pub exercise: Id,
    /// The inject that it was seen at.
    pub inject: Option<Id>,
    /// The objective that it says something of.
    pub objective: i64,
    /// How it is rated.
    pub rating: Rating,
    /// The capability.
    pub capability: &'a str,
    /// What was seen.
    pub text: &'a str,
    /// The plan, rule or law that it is measured by.
    pub reference: &'a str,
    /// Why it was so.
    pub analysis: &'a str,
}

/// Rates what was observed.
pub fn observed(id: Id, of: &Observed<'_>, salt: Salt) -> Change {
    let mut terms = object! {
        "exercise" => of.exercise.to_string(), "objective" => of.objective, "rating" => of.rating,
        "said" => !crate::value::text::is_blank(of.text),
    };
    if let Some(inject) = of.inject {
        terms.set("inject", inject.to_string());
    }
    let content = object! {
        "text" => of.text, "capability" => of.capability, "reference" => of.reference, "analysis" => of.analysis,
    };
    Change::with_content(id, OBSERVE, &terms, &content, salt)
}

/// Says what a player thinks; `anonymous`: the report names their role alone.
pub fn said(id: Id, exercise: Id, text: &str, anonymous: bool, salt: Salt) -> Change {
    let terms = object! {
        "exercise" => exercise.to_string(), "anonymous" => anonymous, "said" => !crate::value::text::is_blank(text),
    };
    Change::with_content(id, HOT_WASH, &terms, &object! { "text" => text }, salt)
}

/// The observations of an exercise, in the order in which they were made.
pub fn of_exercise(records: &dyn RecordStore, exercise: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query { subject: Some(exercise), ..Query::kind(Kind::Observation) })?;
    all.sort_by_key(|r| r.instant("at"));
    Ok(all)
}

/// How an observation is rated; `None` where a player has said it.
pub fn rating_of(record: &Record) -> Option<Rating> {
    record.text("rating").and_then(Rating::parse)
}

fn observe(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let of = m.read("exercise", Id::parse)?;
    let objective = m.count("objective")?;
    m.read("rating", Rating::parse)?;
    m.need("said")?;
    let at_inject = m.maybe("inject").map(|i| i.text().and_then(Id::parse));
    m.finish()?;
    let of = exercise::controlled(records, act, of)?;
    observable(&of)?;
    let objectives = of.terms.get("objectives").and_then(Json::int).unwrap_or_default();
    if objective == 0 || objective > objectives.unsigned_abs() {
        return Err(ApplyError::NotAllowed(format!("the exercise has {objectives} objectives, numbered from 1")));
    }
    if let Some(at_inject) = at_inject {
        let known = at_inject.map(|id| need(records, id, Kind::Inject)).transpose()?;
        if known.and_then(|i| inject::exercise_of(&i)) != Some(of.id) {
            return Err(ApplyError::NotAllowed("the inject is of another exercise".into()));
        }
    }
    let mut record = Record::new(view.record, State::Rated, act.own_desk);
    record.subject = Some(of.id);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.set("by", act.member().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn observable(of: &Record) -> Result<(), ApplyError> {
    use exercise::State::{Ended, Paused, Reported, Running};
    must_be(of, &[Running, Paused, Ended, Reported])
}

fn hot_wash(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    exercise::must_be_play(act)?;
    let mut m = view.members()?;
    let of = m.read("exercise", Id::parse)?;
    let anonymous = m.need("anonymous")?.truth() == Some(true);
    m.need("said")?;
    m.finish()?;
    let of = need(records, of, Kind::Exercise)?;
    if !act.is_own() && of.desk != act.own_desk {
        return Err(ApplyError::Authority("what players say goes to the desk that controls the exercise".into()));
    }
    // What a player said before they knew of the purge is taken in, and goes with the next one: a bundle is never stuck on it.
    if act.is_own() || !of.is_purged() {
        observable(&of)?;
    }
    let mut record = Record::new(view.record, State::Said, act.desk());
    record.partner = if act.is_own() { Some(of.desk).filter(|d| *d != act.own_desk) } else { Some(act.desk()) };
    record.subject = Some(of.id);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.set("role", act.role());
    if !anonymous {
        record.set("by", act.member().to_string());
    }
    record.body = view.body();
    put_new(records, &record)
}
