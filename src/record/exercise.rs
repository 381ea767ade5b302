//! Exercises: planned by a control cell, played by desks, and what a live desk has recorded of one from its signed report.
//!
//! Control alone moves an exercise; the desks that play hear of it by its acts, and never of what is expected of them. In a live
//! workspace there is none but those that were recorded.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, must_be, need, no_gate_inputs, no_precheck, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::accountability::{self, Period};
use crate::law::calendar::Calendar;
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::{Duration, Timestamp};

states! {
    /// Where an exercise stands.
    Exercise {
        /// It is planned; nobody but its control knows of it.
        Planned = "planned" "planned" Waiting,
        /// It is played (STARTEX).
        Running = "running" "running" Good,
        /// Play is paused, and its clock stands.
        Paused = "paused" "paused" Waiting,
        /// Play has ended (ENDEX).
        Ended = "ended" "ended" Neutral,
        /// Its report was written.
        Reported = "reported" "reported" Over,
        /// In a live workspace: its signed report was recorded.
        Recorded = "recorded" "recorded" Good,
        /// What was said of it and in it was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// The states in which it is not over.
const UNFINISHED: &[RecordState] = &[State::Planned.any(), State::Running.any(), State::Paused.any()];
/// The states in which it is played.
pub const IN_PLAY: &[RecordState] = &[State::Running.any(), State::Paused.any()];
/// The states of an exercise that has a workspace of its own.
pub const OF_PLAY: &[RecordState] =
    &[State::Planned.any(), State::Running.any(), State::Paused.any(), State::Ended.any(), State::Reported.any()];

/// `exercise`: planned → running ⇄ paused → ended → reported → purged; in a live workspace: recorded → purged.
pub const KIND: KindDef = KindDef {
    kind: Kind::Exercise,
    prefix: "EX",
    title: "Exercise",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Deletion,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(NEW, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, plan),
        ChangeDef::first(
            START,
            AudienceRule::Partners,
            Moves::From(&[State::Planned.any(), State::Paused.any()]),
            None,
            no_gate_inputs,
            start,
        )
        .with_precheck(control_alone),
        ChangeDef::first(
            PAUSE,
            AudienceRule::Partners,
            Moves::From(&[State::Running.any()]),
            None,
            no_gate_inputs,
            pause,
        )
        .with_precheck(control_alone),
        ChangeDef::first(
            CLOCK,
            AudienceRule::Partners,
            Moves::From(&[State::Running.any()]),
            None,
            no_gate_inputs,
            set_clock,
        )
        .with_precheck(control_alone),
        ChangeDef::first(END, AudienceRule::Partners, Moves::From(IN_PLAY), None, no_gate_inputs, end)
            .with_precheck(control_alone),
        ChangeDef::first(REPORT, AudienceRule::OwnDesk, Moves::From(OF_PLAY), None, no_gate_inputs, report)
            .with_precheck(control_alone),
        ChangeDef::first(RECORD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, recorded_here)
            .with_precheck(no_precheck),
    ],
};

/// Plans an exercise, or plans it again.
pub const NEW: ChangeKind = ChangeKind::new("exercise-new");
/// STARTEX, and going on after a pause.
pub const START: ChangeKind = ChangeKind::new("exercise-start");
/// Pauses play.
pub const PAUSE: ChangeKind = ChangeKind::new("exercise-pause");
/// Sets the clock of the exercise forward, or its speed.
pub const CLOCK: ChangeKind = ChangeKind::new("exercise-clock");
/// ENDEX.
pub const END: ChangeKind = ChangeKind::new("exercise-end");
/// Notes that a report or a list of the exercise was written to a file.
pub const REPORT: ChangeKind = ChangeKind::new("exercise-report");
/// Records, in a live workspace, the signed report of an exercise.
pub const RECORD: ChangeKind = ChangeKind::new("exercise-record");

/// The most objectives of an exercise.
pub const MOST_OBJECTIVES: usize = 64;
/// The highest speed of an exercise's clock, as a multiple of the ordinary one.
pub const FASTEST: i64 = 1_000;
/// The furthest that one act sets the clock of an exercise forward: no desk can be sent past what dates can say.
pub const FURTHEST: Duration = Duration::days(366);

/// How the clock of an exercise goes: from a time of its own, at a moment of the machine's clock, at a speed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExerciseClock {
    /// The time in the exercise.
    pub at: Timestamp,
    /// What control's machine said then.
    pub machine: Timestamp,
    /// How many times as fast as the machine's.
    pub speed: i64,
}

impl ExerciseClock {
    /// Reads it out of terms.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let clock = Self {
            at: m.read("at", Timestamp::parse)?,
            machine: m.read("machine", Timestamp::parse)?,
            speed: m.count("speed")? as i64,
        };
        m.finish()?;
        if (1..=FASTEST).contains(&clock.speed) {
            Ok(clock)
        } else {
            Err(ApplyError::Malformed(format!("the speed of an exercise's clock is 1 to {FASTEST}")))
        }
    }

    fn to_json(self) -> Json {
        object! { "at" => self.at.to_string(), "machine" => self.machine.to_string(), "speed" => self.speed }
    }

    /// The time in the exercise at a moment of the machine's clock. It never goes back.
    pub fn time(self, machine: Timestamp) -> Timestamp {
        let passed = machine.millis().saturating_sub(self.machine.millis()).max(0);
        Timestamp::from_millis(self.at.millis().saturating_add(passed.saturating_mul(self.speed)))
    }
}

/// What a plan says in words; control alone reads it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Plan {
    /// Its title.
    pub title: String,
    /// What it is to try, and how far.
    pub scope: String,
    /// Its objectives, numbered from 1.
    pub objectives: Vec<Objective>,
    /// Who takes part, each as what.
    pub participants: Vec<(String, String)>,
    /// The rules of play.
    pub rules: String,
    /// The word that stops play at once.
    pub safety_word: String,
    /// What happens in it, in a few sentences: for the report.
    pub scenario: String,
    /// Who holds it, and how they are reached.
    pub sponsor: String,
}

/// One objective, as an evaluation guide has it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Objective {
    /// What is to be shown.
    pub text: String,
    /// The capability that it tries.
    pub capability: String,
    /// What the organisation aims at.
    pub target: String,
    /// What must be done for it.
    pub tasks: Vec<String>,
}

impl Plan {
    fn to_json(&self) -> Json {
        let objectives: Vec<Json> = self
            .objectives
            .iter()
            .map(|o| {
                object! {
                    "text" => o.text.as_str(), "capability" => o.capability.as_str(), "target" => o.target.as_str(),
                    "tasks" => o.tasks.clone(),
                }
            })
            .collect();
        let participants: Vec<Json> = self
            .participants
            .iter()
            .map(|(who, role)| object! { "who" => who.as_str(), "role" => role.as_str() })
            .collect();
        let mut json = self.for_players();
        json.set("objectives", objectives);
        json.set("participants", participants);
        json.set("scenario", self.scenario.as_str());
        json.set("sponsor", self.sponsor.as_str());
        json
    }

    /// What the desks that play are told: the title, the scope, the rules and the safety word; no objective.
    fn for_players(&self) -> Json {
        object! {
            "title" => self.title.as_str(), "scope" => self.scope.as_str(), "rules" => self.rules.as_str(),
            "safety_word" => self.safety_word.as_str(),
        }
    }

    /// Reads it out of content; what is not there is empty.
    pub fn read(content: &Json) -> Self {
        let text = |json: &Json, key: &str| json.get(key).and_then(Json::text).unwrap_or_default().to_owned();
        let list = |key: &str| content.get(key).and_then(Json::items).unwrap_or_default();
        let objective = |o: &Json| Objective {
            text: text(o, "text"),
            capability: text(o, "capability"),
            target: text(o, "target"),
            tasks: o
                .get("tasks")
                .and_then(Json::items)
                .unwrap_or_default()
                .iter()
                .filter_map(|t| t.text().map(str::to_owned))
                .collect(),
        };
        Self {
            title: text(content, "title"),
            scope: text(content, "scope"),
            objectives: list("objectives").iter().map(objective).collect(),
            participants: list("participants").iter().map(|p| (text(p, "who"), text(p, "role"))).collect(),
            rules: text(content, "rules"),
            safety_word: text(content, "safety_word"),
            scenario: text(content, "scenario"),
            sponsor: text(content, "sponsor"),
        }
    }
}

/// Plans an exercise.
pub fn planned(id: Id, plan: &Plan, salt: Salt) -> Change {
    let terms = object! { "objectives" => plan.objectives.len() as i64 };
    Change::with_content(id, NEW, &terms, &plan.to_json(), salt)
}

/// Starts it, or lets it go on.
pub fn started(id: Id, plan: &Plan, clock: ExerciseClock, salt: Salt) -> Change {
    Change::with_content(id, START, &object! { "clock" => clock.to_json() }, &plan.for_players(), salt)
}

/// Pauses it.
pub fn paused(id: Id) -> Change {
    Change::of_terms(id, PAUSE, &object! {})
}

/// Sets its clock.
pub fn clock_set(id: Id, clock: ExerciseClock) -> Change {
    Change::of_terms(id, CLOCK, &object! { "clock" => clock.to_json() })
}

/// Ends it.
pub fn ended(id: Id) -> Change {
    Change::of_terms(id, END, &object! {})
}

/// Notes that something of it was written to a file: as what, and with which digest.
pub fn reported(id: Id, what: &str, is_report: bool, digest: &Digest) -> Change {
    let terms = object! { "what" => what, "report" => is_report, "digest" => digest.to_string() };
    Change::of_terms(id, REPORT, &terms)
}

/// What a live desk records of an exercise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recorded {
    /// The realm of the exercise.
    pub realm: Realm,
    /// The digest of the report's file.
    pub digest: Digest,
    /// Who signed it: the fingerprint of their key.
    pub signer: Person,
    /// The code of the desk that they signed for.
    pub control: String,
    /// The desks that took part, control among them.
    pub desks: Vec<String>,
    /// When it began.
    pub from: Timestamp,
    /// When it ended.
    pub until: Timestamp,
    /// How many observations were rated P, S, M and U.
    pub rated: [i64; 4],
}

impl Recorded {
    fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let mut rated = [0; 4];
        let recorded = Self {
            realm: m.read("realm", Realm::parse)?,
            digest: m.read("digest", Digest::parse)?,
            signer: m.read("signer", Person::parse)?,
            control: m.read("control", super::card::code)?,
            desks: m.list("desks", super::card::code)?,
            from: m.read("from", Timestamp::parse)?,
            until: m.read("until", Timestamp::parse)?,
            rated: {
                for (count, key) in rated.iter_mut().zip(["p", "s", "m", "u"]) {
                    *count = m.count(key)? as i64;
                }
                rated
            },
        };
        m.finish()?;
        Ok(recorded)
    }

    fn to_json(&self) -> Json {
        let [p, s, m, u] = self.rated;
        object! {
            "realm" => self.realm.to_string(), "digest" => self.digest.to_string(), "signer" => self.signer.to_string(),
            "control" => self.control.as_str(), "desks" => self.desks.clone(), "from" => self.from.to_string(),
            "until" => self.until.to_string(), "p" => p, "s" => s, "m" => m, "u" => u,
        }
    }
}

/// Records the signed report of an exercise in a live workspace.
pub fn recorded(id: Id, of: &Recorded, title: &str, scope: &str, ratings: Vec<Json>, salt: Salt) -> Change {
    let content = object! { "title" => title, "scope" => scope, "ratings" => ratings };
    Change::with_content(id, RECORD, &of.to_json(), &content, salt)
}

/// What was recorded of an exercise; `None` where the record is of none that was.
pub fn recorded_of(record: &Record) -> Option<Recorded> {
    record.is(State::Recorded).then(|| Recorded::read(&record.terms).ok()).flatten()
}

/// Until when what an exercise held is kept that ended then: its events, its answers, how it was evaluated. Each desk goes by its own
/// law, and no partner says it.
pub fn kept_until(end: Timestamp) -> Timestamp {
    accountability::ends(Period::KeepExercise, end, &Calendar::default())
}

/// Refuses what belongs to play in a live workspace.
pub fn must_be_play(act: &ActContext<'_>) -> Result<(), ApplyError> {
    match act.realm() {
        Realm::Exercise(_) => Ok(()),
        Realm::Live => Err(ApplyError::NotAllowed(
            "exercises are not played in a live workspace: make one for it with `comity init --exercise NAME`".into(),
        )),
    }
}

/// The record of an exercise that the desk of this act controls.
pub fn controlled(records: &dyn RecordStore, act: &ActContext<'_>, id: Id) -> Result<Record, ApplyError> {
    must_be_play(act)?;
    let record = need(records, id, Kind::Exercise)?;
    if record.desk == act.desk() { Ok(record) } else { Err(not_control()) }
}

fn not_control() -> ApplyError {
    ApplyError::Authority("the desk that controls an exercise does this, and no other".into())
}

fn control_alone(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk == actor.own_desk { Ok(GateInputs::default()) } else { Err(not_control()) }
}

/// The exercise that counts here: the one that is not over, this desk's own before another's, and the first that was heard of
/// before later ones; else the newest.
pub fn current(records: &dyn RecordStore, own_desk: Id) -> Result<Option<Record>, ApplyError> {
    let mut all = records.find(&Query::kind(Kind::Exercise))?;
    let place = |r: &Record| r.terms.get("position").and_then(Json::int).unwrap_or_default();
    all.sort_by_key(|r| {
        let over = !UNFINISHED.contains(&r.state);
        (over, r.desk != own_desk, if over { -place(r) } else { place(r) })
    });
    Ok(all.into_iter().next())
}

/// The clock of an exercise that is or was played.
pub fn clock_of(record: &Record) -> Option<ExerciseClock> {
    record.terms.get("clock").and_then(|clock| ExerciseClock::read(clock).ok())
}

/// When it was started first, in its own time.
pub fn started_at(record: &Record) -> Option<Timestamp> {
    record.instant("started")
}

fn plan(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    must_be_play(act)?;
    let mut m = view.members()?;
    let objectives = m.count("objectives")?;
    m.finish()?;
    if objectives == 0 || objectives > MOST_OBJECTIVES as u64 {
        return Err(ApplyError::NotAllowed(format!("an exercise has 1 to {MOST_OBJECTIVES} objectives")));
    }
    if let Some(mut record) = records.get(view.record)? {
        if record.kind != Kind::Exercise || record.desk != act.desk() {
            return Err(not_control());
        }
        must_be(&record, &[State::Planned])?;
        record.set("objectives", objectives as i64);
        record.body = view.body();
        return Ok(records.put(&record)?);
    }
    let own = current(records, act.own_desk)?.filter(|r| r.desk == act.own_desk && UNFINISHED.contains(&r.state));
    if own.is_some() {
        return Err(ApplyError::NotAllowed(
            "an exercise that is not over is planned here already: end it, or change it with `exercise revise`".into(),
        ));
    }
    let mut record = Record::new(view.record, State::Planned, act.own_desk);
    record.set("objectives", objectives as i64);
    record.set("position", act.position);
    record.body = view.body();
    put_new(records, &record)
}

fn start(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    must_be_play(act)?;
    let mut m = view.members()?;
    let clock = ExerciseClock::read(m.need("clock")?)?;
    m.finish()?;
    not_too_far(act, clock)?;
    if !act.is_own() && records.get(view.record)?.is_none() {
        let mut record = Record::new(view.record, State::Running, act.desk());
        record.partner = Some(act.desk());
        record.set("position", act.position);
        record.set("started", act.now().to_string());
        record.set("clock", clock.to_json());
        record.body = view.body();
        return put_new(records, &record);
    }
    let mut record = controlled(records, act, view.record)?;
    view.def.must_move(&record)?;
    let first = started_at(&record).is_none();
    if first {
        record.set("started", act.now().to_string());
    }
    record.set("clock", clock.to_json());
    record.set_state(State::Running);
    Ok(records.put(&record)?)
}

/// Refuses a clock that goes back, or further ahead than anybody sets one.
fn not_too_far(act: &ActContext<'_>, clock: ExerciseClock) -> Result<(), ApplyError> {
    if clock.at < act.now() {
        return Err(ApplyError::NotAllowed("the clock of an exercise never goes back".into()));
    }
    if clock.at > act.now().plus(FURTHEST) {
        return Err(ApplyError::NotAllowed("the clock of an exercise is set forward by a year at most".into()));
    }
    Ok(())
}

fn pause(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    stop(records, act, view, State::Paused)
}

fn end(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    stop(records, act, view, State::Ended)
}

/// Stops the clock where it stands.
fn stop(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    to: State,
) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    let mut record = controlled(records, act, view.record)?;
    view.def.must_move(&record)?;
    if let Some(clock) = clock_of(&record) {
        record.set("clock", ExerciseClock { at: act.now(), ..clock }.to_json());
    }
    if to == State::Ended {
        record.set("ended", act.now().to_string());
        record.due = Some(kept_until(act.now()));
    }
    record.set_state(to);
    Ok(records.put(&record)?)
}

fn set_clock(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let clock = ExerciseClock::read(m.need("clock")?)?;
    m.finish()?;
    not_too_far(act, clock)?;
    let mut record = controlled(records, act, view.record)?;
    view.def.must_move(&record)?;
    record.set("clock", clock.to_json());
    Ok(records.put(&record)?)
}

fn report(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.read("what", token)?;
    m.read("digest", Digest::parse)?;
    let is_report = m.need("report")?.truth() == Some(true);
    m.finish()?;
    let mut record = controlled(records, act, view.record)?;
    view.def.must_move(&record)?;
    if is_report {
        must_be(&record, &[State::Ended, State::Reported])?;
        record.set_state(State::Reported);
    }
    Ok(records.put(&record)?)
}

fn recorded_here(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    if *act.realm() != Realm::Live {
        return Err(ApplyError::NotAllowed(
            "a report is recorded in the live workspace, where its actions are done".into(),
        ));
    }
    let recorded = Recorded::read(view.terms)?;
    if recorded.realm == Realm::Live {
        return Err(ApplyError::Malformed("an exercise has a realm of its own".into()));
    }
    if records.get(view.record)?.is_some() {
        return Err(ApplyError::NotAllowed("a report of this exercise was recorded here already".into()));
    }
    let mut record = Record::new(view.record, State::Recorded, act.own_desk);
    record.terms = view.terms.clone().into();
    record.due = Some(kept_until(act.now()));
    record.body = view.body();
    put_new(records, &record)
}

/// Whether a recorded exercise stands behind a channel that is tested: both desks took part, and nothing in it was rated as
/// unable to be performed.
pub fn proves(record: &Record, own: &str, partner: &str) -> Result<(), ApplyError> {
    let no = |what: &str| Err(ApplyError::NotAllowed(format!("the exercise proves nothing of this channel: {what}")));
    let Some(recorded) = recorded_of(record) else { return no("its signed report was not recorded here") };
    let [p, s, m, u] = recorded.rated;
    if u > 0 {
        return no("something in it was rated U, unable to be performed");
    }
    if p + s + m == 0 {
        return no("nothing in it was rated");
    }
    for code in [own, partner] {
        if !recorded.desks.iter().any(|desk| desk == code) {
            return no(&format!("{code} took no part in it"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn the_clock_of_an_exercise_follows_the_machine_at_its_speed_and_never_goes_back() {
        let clock = ExerciseClock { at: at("2026-06-16T08:00:00Z"), machine: at("2026-06-15T12:00:00Z"), speed: 10 };
        for (machine, time) in [
            ("2026-06-15T12:00:00Z", "2026-06-16T08:00:00Z"),
            ("2026-06-15T12:06:00Z", "2026-06-16T09:00:00Z"),
            ("2026-06-14T00:00:00Z", "2026-06-16T08:00:00Z"),
        ] {
            assert_eq!(clock.time(at(machine)), at(time), "{machine}");
        }
        assert_eq!(ExerciseClock::read(&clock.to_json()).unwrap(), clock);
        for speed in [0, FASTEST + 1, -1] {
            assert!(ExerciseClock::read(&ExerciseClock { speed, ..clock }.to_json()).is_err(), "{speed}");
        }
    }

    #[test]
    fn an_exercise_proves_a_channel_between_those_who_took_part_where_nothing_was_unable_to_be_performed() {
        let of = |desks: &[&str], rated: [i64; 4]| {
            let recorded = Recorded {
                realm: Realm::Exercise("tide".into()),
                digest: Digest::of(b"report"),
                signer: Person::of(Digest::of(b"key")),
                control: "XE".into(),
                desks: desks.iter().map(|d| (*d).to_owned()).collect(),
                from: Timestamp::EPOCH,
                until: Timestamp::EPOCH,
                rated,
            };
            let mut record = Record::new(Id::from_bytes([1; 16]), State::Recorded, Id::from_bytes([2; 16]));
            record.terms = recorded.to_json().into();
            assert_eq!(recorded_of(&record), Some(recorded));
            proves(&record, "XA", "XB").is_ok()
        };
        assert!(of(&["XA", "XB", "XE"], [1, 0, 1, 0]));
        assert!(!of(&["XA", "XB", "XE"], [9, 0, 0, 1]), "something was rated U");
        assert!(!of(&["XA", "XE"], [1, 0, 0, 0]), "the partner took no part");
        assert!(!of(&["XB", "XE"], [1, 0, 0, 0]), "this desk took no part");
        assert!(!of(&["XA", "XB"], [0; 4]), "nothing was rated");
    }
}
