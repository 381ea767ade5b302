//! What is shown of an exercise: to control its plan, what is due and late, and what every desk has said as of its last bundle; to
//! those who play what was delivered to them, and never what is expected.

use serde::Serialize;

use super::{EXERCISE, current, find_inject, named};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::exercise::scenario::offset_in_words;
use crate::record::action::{self, Element};
use crate::record::exercise::{self, ExerciseClock, Plan};
use crate::record::inject::{self, InjectType, Terms, Trigger, Words};
use crate::record::kind::{Kind, State};
use crate::record::observation::{self, Rating};
use crate::record::reply;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::stream;
use crate::store::read;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// How long after its time an inject that was not delivered counts as late.
const LATE_AFTER: Duration = Duration::minutes(15);

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "exercise",
        name: "list",
        about: "List the exercises: those that are played here, or were recorded",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
    Command {
        noun: "exercise",
        name: "show",
        about: "Show an exercise: where it stands, what every desk has said, what was observed",
        args: &[EXERCISE],
        writes: None,
        run: Handler::Reads(show),
    },
    Command {
        noun: "exercise",
        name: "injects",
        about: "List the injects: to control the whole list, to those who play what was delivered to them",
        args: &[Arg::new("due", ArgKind::Flag, "only what is to be delivered now")],
        writes: None,
        run: Handler::Reads(injects),
    },
    Command {
        noun: "exercise",
        name: "read",
        about: "Read one inject in full, with what is attached to it and the replies",
        args: &[super::INJECT],
        writes: None,
        run: Handler::Reads(read_one),
    },
    Command {
        noun: "exercise",
        name: "timeline",
        about: "Draw what was planned, delivered and answered on a line of time, and say the same in words",
        args: &[EXERCISE],
        writes: None,
        run: Handler::Reads(timeline),
    },
];

words! {
    /// Where an inject stands on the board.
    Board {
        /// Its time is still to come.
        Planned = "planned",
        /// It is to be delivered now.
        Due = "due",
        /// It should have been delivered, or answered, by now.
        Late = "late",
        /// It was delivered, and a reply is owed.
        Delivered = "delivered",
        /// It was answered.
        Answered = "answered",
        /// It was not needed.
        Skipped = "skipped",
    }
}

/// A reply.
#[derive(Clone, Debug, Serialize)]
pub struct ReplyRow {
    /// The record.
    pub id: Id,
    /// The desk.
    pub desk: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Option<Timestamp>,
    /// What they say.
    pub text: String,
    /// What they did first after the inject came, as their log says.
    pub first_act: Option<String>,
    /// When.
    pub first_at: Option<Timestamp>,
    /// How often the gate refused them meanwhile.
    pub refusals: i64,
}

/// An inject as it is shown. What control alone knows is absent elsewhere.
#[derive(Clone, Debug, Serialize)]
pub struct InjectRow {
    /// The record.
    pub id: Id,
    /// Its number.
    pub number: i64,
    /// Where it stands.
    pub state: State,
    /// Where it stands on the board now.
    pub board: Board,
    /// When it is planned.
    pub planned: Option<Timestamp>,
    /// When it was delivered.
    pub delivered: Option<Timestamp>,
    /// By when a reply is expected.
    pub reply_by: Option<Timestamp>,
    /// The desks that it is for.
    pub to: Vec<String>,
    /// The desks that have answered.
    pub answered: Vec<String>,
    /// From whom, in the story.
    pub from: String,
    /// How it comes.
    pub method: String,
    /// What it says.
    pub text: String,
    /// The name of what is attached.
    pub attachment: String,
    /// What is attached, where it is text.
    pub attached: String,
    /// Why it was skipped.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub because: String,
    /// What control alone knows.
    #[serde(flatten)]
    pub control: Option<ControlOnly>,
    /// The replies.
    pub replies: Vec<ReplyRow>,
}

/// What control alone knows of an inject.
#[derive(Clone, Debug, Serialize)]
pub struct ControlOnly {
    /// What it is for.
    #[serde(rename = "type")]
    pub inject_type: InjectType,
    /// What lets it be due.
    pub trigger: Trigger,
    /// How long after the start.
    pub time: String,
    /// After which others.
    pub after: Vec<i64>,
    /// The objective.
    pub objective: Option<i64>,
    /// The capability.
    pub capability: String,
    /// What is expected.
    pub expected_action: String,
    /// Who delivers it.
    pub controller: String,
    /// On which condition it is used.
    pub condition: String,
    /// The event that it belongs to.
    pub event: String,
    /// What evaluators look at.
    pub note: String,
}

/// How a desk that plays stands, as of its last bundle.
#[derive(Clone, Debug, Serialize)]
pub struct DeskRow {
    /// Its code.
    pub code: String,
    /// When its last bundle came.
    pub heard: Option<Timestamp>,
    /// How many injects were delivered to it.
    pub delivered: usize,
    /// How many of them it has answered.
    pub answered: usize,
    /// How many acts wait to be carried to it.
    pub waiting: usize,
}

/// An observation.
#[derive(Clone, Debug, Serialize)]
pub struct ObservationRow {
    /// The record.
    pub id: Id,
    /// Rated, or said by a player.
    pub state: State,
    /// The number of the inject.
    pub inject: Option<i64>,
    /// The objective.
    pub objective: Option<i64>,
    /// The capability.
    pub capability: String,
    /// The rating.
    pub rating: Option<Rating>,
    /// What was seen or said.
    pub text: String,
    /// What it is measured by.
    pub reference: String,
    /// Why it was so.
    pub analysis: String,
    /// Who; a role alone where they want to stay unnamed.
    pub by: String,
    /// When.
    pub at: Option<Timestamp>,
}

/// An improvement action.
#[derive(Clone, Debug, Serialize)]
pub struct ActionRow {
    /// The record.
    pub id: Id,
    /// The exercise.
    pub exercise: Option<Id>,
    /// The title of the exercise.
    pub title: String,
    /// Open or done.
    pub state: State,
    /// What is to be done.
    pub text: String,
    /// By whom.
    pub owner: String,
    /// By when.
    pub by: Option<Timestamp>,
    /// When it begins.
    pub start: Option<Timestamp>,
    /// What it mends.
    pub element: Option<Element>,
    /// The objective.
    pub objective: i64,
    /// The capability.
    pub capability: String,
    /// What went wrong.
    pub issue: String,
    /// When it was done.
    pub done: Option<Timestamp>,
    /// By what that is seen.
    pub evidence: String,
}

/// Something that the logs say, offered to evaluators. Nobody has rated it.
#[derive(Clone, Debug, Serialize)]
pub struct Offered {
    /// The number of the inject.
    pub inject: i64,
    /// The desk.
    pub desk: String,
    /// What.
    pub text: String,
}

/// An objective.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectiveRow {
    /// Its number.
    pub number: i64,
    /// What is to be shown.
    pub text: String,
    /// The capability.
    pub capability: String,
    /// The target.
    pub target: String,
    /// The critical tasks.
    pub tasks: Vec<String>,
}

/// An exercise in a line.
#[derive(Clone, Debug, Serialize)]
pub struct ExerciseRow {
    /// The record.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The code of the desk that controls it.
    pub control: String,
    /// When it began, in its own time.
    pub from: Option<Timestamp>,
    /// When it ended.
    pub until: Option<Timestamp>,
    /// How many observations were rated P, S, M and U.
    pub rated: [i64; 4],
}

/// An exercise in full.
#[derive(Clone, Debug, Serialize)]
pub struct ExerciseView {
    /// In a line.
    #[serde(flatten)]
    pub row: ExerciseRow,
    /// Whether this desk controls it.
    pub is_control: bool,
    /// Now, in its time.
    pub now: Timestamp,
    /// How many times as fast as an ordinary clock its own goes; nothing where it stands.
    pub speed: Option<i64>,
    /// What it is to try.
    pub scope: String,
    /// What happens in it.
    pub scenario: String,
    /// The rules of play.
    pub rules: String,
    /// The word that stops play.
    pub safety_word: String,
    /// Who holds it.
    pub sponsor: String,
    /// The objectives; none but control has them.
    pub objectives: Vec<ObjectiveRow>,
    /// Who takes part, as what.
    pub participants: Vec<[String; 2]>,
    /// The desks that play, as of their last bundles.
    pub desks: Vec<DeskRow>,
    /// The injects.
    pub injects: Vec<InjectRow>,
    /// The observations.
    pub observations: Vec<ObservationRow>,
    /// What the logs say, rated by nobody.
    pub offered: Vec<Offered>,
    /// The actions.
    pub actions: Vec<ActionRow>,
}

/// A member of any desk by name, from the terms of a record.
fn who(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    let by = record.text("by").and_then(Person::parse);
    Ok(match by {
        Some(person) => workspace.name_of(person)?,
        None => String::new(),
    })
}

/// Whether this desk controls an exercise.
pub fn is_control(workspace: &Workspace, of: &Record) -> bool {
    of.desk == workspace.meta.desk
}

fn reply_row(workspace: &Workspace, record: &Record) -> Result<ReplyRow, Error> {
    let measured = reply::measured_of(record);
    let (first_act, first_at) = measured.first.unzip();
    Ok(ReplyRow {
        id: record.id,
        desk: workspace.code_of(record.desk)?,
        by: who(workspace, record)?,
        at: record.instant("at"),
        text: workspace.text_of(record, "text")?,
        first_act,
        first_at,
        refusals: measured.refusals,
    })
}

/// Whether the others that an inject waits for were answered, or are not needed.
fn others_are_done(terms: &Terms, all: &[Record]) -> bool {
    let done = |n: &i64| {
        let found = all.iter().find(|r| inject::number_of(r) == *n);
        found.is_some_and(|r| r.is(inject::State::Answered) || r.is(inject::State::Skipped))
    };
    terms.after.iter().all(done)
}

/// Where an inject stands on the board.
fn board(record: &Record, terms: Option<&Terms>, of: &Record, all: &[Record], now: Timestamp) -> Board {
    match record.in_state() {
        Some(inject::State::Answered) => Board::Answered,
        Some(inject::State::Skipped) => Board::Skipped,
        Some(inject::State::Delivered) if record.instant("reply_by").is_some_and(|by| by < now) => Board::Late,
        Some(inject::State::Delivered) => Board::Delivered,
        Some(inject::State::Planned) | None => {
            let Some(terms) = terms.filter(|_| exercise::IN_PLAY.contains(&of.state)) else { return Board::Planned };
            let at = inject::planned_at(terms, exercise::started_at(of));
            let is_time = at.is_none_or(|at| at <= now);
            let is_due = match terms.trigger {
                Trigger::Time => at.is_some() && is_time && others_are_done(terms, all),
                Trigger::Completion => is_time && others_are_done(terms, all),
                Trigger::Hand => false,
            };
            match is_due {
                false => Board::Planned,
                true if at.is_some_and(|at| at.plus(LATE_AFTER) < now) => Board::Late,
                true => Board::Due,
            }
        }
    }
}

/// An inject as it is shown.
pub fn inject_row(workspace: &Workspace, record: &Record, of: &Record, all: &[Record]) -> Result<InjectRow, Error> {
    let now = workspace.now();
    let words = workspace.content(record)?.as_ref().map(Words::read).unwrap_or_default();
    let terms = inject::terms_of(record).filter(|_| is_control(workspace, record));
    let codes = |ids: Vec<Id>| ids.into_iter().map(|id| workspace.code_of(id)).collect::<Result<Vec<_>, Error>>();
    let delivered_to = codes(inject::desks_of(record))?;
    let planned_for = terms.as_ref().map(|t| t.to.clone()).unwrap_or_default();
    let replies = reply::to_inject(&workspace.records(), record.id)?;
    let skipped = record.terms.get("why").and_then(Json::int).map(crate::record::store::ChangeRow);
    let because = read::content(&workspace.db, skipped)?;
    Ok(InjectRow {
        id: record.id,
        number: inject::number_of(record),
        state: record.state,
        board: board(record, terms.as_ref(), of, all, now),
        planned: terms.as_ref().and_then(|t| inject::planned_at(t, exercise::started_at(of))),
        delivered: record.instant("delivered"),
        reply_by: record.instant("reply_by"),
        to: if delivered_to.is_empty() { planned_for } else { delivered_to },
        answered: codes(inject::answered_by(record))?,
        from: words.from,
        method: words.method,
        text: words.text,
        attachment: words.attachment,
        attached: words.attached,
        because: because.and_then(|c| c.get("because").and_then(Json::text).map(str::to_owned)).unwrap_or_default(),
        control: terms.map(|t| ControlOnly {
            inject_type: t.inject_type,
            trigger: t.trigger,
            time: t.at.map_or_else(|| t.offset.map(offset_in_words).unwrap_or_default(), |at| at.to_string()),
            after: t.after,
            objective: t.objective,
            capability: words.capability,
            expected_action: words.expected,
            controller: words.controller,
            condition: words.condition,
            event: words.event,
            note: words.note,
        }),
        replies: replies.iter().map(|r| reply_row(workspace, r)).collect::<Result<_, _>>()?,
    })
}

/// The injects of an exercise.
pub fn inject_rows(workspace: &Workspace, of: &Record) -> Result<Vec<InjectRow>, Error> {
    let all = inject::of_exercise(&workspace.records(), of.id)?;
    all.iter().map(|record| inject_row(workspace, record, of, &all)).collect()
}

/// The observations of an exercise.
pub fn observation_rows(workspace: &Workspace, of: &Record) -> Result<Vec<ObservationRow>, Error> {
    let records = workspace.records();
    let mut rows = Vec::new();
    for record in observation::of_exercise(&records, of.id)? {
        let text = |key: &str| workspace.text_of(&record, key);
        let at_inject = record.id("inject").map(|id| records.get(id)).transpose()?.flatten();
        let named = who(workspace, &record)?;
        let role = record.text("role").unwrap_or_default();
        let desk = workspace.code_of(record.desk)?;
        let by = match (named.is_empty(), record.is(observation::State::Said)) {
            (true, _) => role.to_owned(),
            (false, true) => format!("{named}, {role}, {desk}"),
            (false, false) => named,
        };
        rows.push(ObservationRow {
            id: record.id,
            state: record.state,
            inject: at_inject.map(|i| inject::number_of(&i)),
            objective: record.terms.get("objective").and_then(Json::int),
            capability: text("capability")?,
            rating: observation::rating_of(&record),
            text: text("text")?,
            reference: text("reference")?,
            analysis: text("analysis")?,
            by,
            at: record.instant("at"),
        });
    }
    Ok(rows)
}

/// Every action here, with what stands behind it.
pub fn action_rows(workspace: &Workspace) -> Result<Vec<ActionRow>, Error> {
    let records = workspace.records();
    let mut rows = Vec::new();
    for record in action::all(&records)? {
        let text = |key: &str| workspace.text_of(&record, key);
        let of = record.subject.map(|id| records.get(id)).transpose()?.flatten();
        let done = record.terms.get("evidence").and_then(Json::int).map(crate::record::store::ChangeRow);
        let evidence = read::content(&workspace.db, done)?;
        rows.push(ActionRow {
            id: record.id,
            exercise: record.subject,
            title: of.map(|of| workspace.text_of(&of, "title")).transpose()?.unwrap_or_default(),
            state: record.state,
            text: text("text")?,
            owner: text("owner")?,
            by: record.instant("by"),
            start: record.instant("start"),
            element: record.text("element").and_then(Element::parse),
            objective: record.terms.get("objective").and_then(Json::int).unwrap_or_default(),
            capability: text("capability")?,
            issue: text("issue")?,
            done: record.instant("done"),
            evidence: evidence
                .and_then(|c| c.get("evidence").and_then(Json::text).map(str::to_owned))
                .unwrap_or_default(),
        });
    }
    Ok(rows)
}

/// An exercise in a line.
pub fn exercise_row(workspace: &Workspace, record: &Record) -> Result<ExerciseRow, Error> {
    let recorded = exercise::recorded_of(record);
    let mut rated = [0; 4];
    if recorded.is_none() {
        for seen in observation::of_exercise(&workspace.records(), record.id)? {
            let rating = observation::rating_of(&seen);
            for (count, of) in rated.iter_mut().zip(Rating::ALL) {
                *count += i64::from(rating == Some(*of));
            }
        }
    }
    let (from, until) = match &recorded {
        Some(recorded) => (Some(recorded.from), Some(recorded.until)),
        None => (exercise::started_at(record), record.instant("ended")),
    };
    Ok(ExerciseRow {
        id: record.id,
        title: workspace.text_of(record, "title")?,
        state: record.state,
        control: match &recorded {
            Some(recorded) => recorded.control.clone(),
            None => workspace.code_of(record.desk)?,
        },
        from,
        until,
        rated: recorded.map_or(rated, |recorded| recorded.rated),
    })
}

/// Every exercise that is known here.
pub fn exercise_rows(workspace: &Workspace) -> Result<Vec<ExerciseRow>, Error> {
    let all = workspace.records().find(&Query::kind(Kind::Exercise))?;
    all.iter().map(|record| exercise_row(workspace, record)).collect()
}

/// What the logs of the desks say: how fast they acted, what the gate refused them, whether they kept the time.
pub fn offered(injects: &[InjectRow]) -> Vec<Offered> {
    let mut all = Vec::new();
    for inject in injects {
        for reply in &inject.replies {
            let mut say = |text: String| all.push(Offered { inject: inject.number, desk: reply.desk.clone(), text });
            let minutes = |at: Timestamp| inject.delivered.map(|d| at.since(d).as_seconds() / 60);
            if let (Some(kind), Some(after)) = (&reply.first_act, reply.first_at.and_then(minutes)) {
                say(format!(
                    "inject {}: {} first acted ({kind}) {after} min after it was delivered",
                    inject.number, reply.desk
                ));
            }
            if let Some(after) = reply.at.and_then(minutes) {
                say(format!("inject {}: {} replied {after} min after it was delivered", inject.number, reply.desk));
            }
            if let (Some(at), Some(by)) = (reply.at, inject.reply_by) {
                let kept = if at <= by { "kept" } else { "did not keep" };
                say(format!("inject {}: {} {kept} the time for its reply", inject.number, reply.desk));
            }
            if reply.refusals > 0 {
                say(format!(
                    "inject {}: the gate refused {} {} time(s) meanwhile",
                    inject.number, reply.desk, reply.refusals
                ));
            }
        }
    }
    all
}

/// The desks that play, as of their last bundles.
fn desk_rows(workspace: &Workspace, injects: &[Record]) -> Result<Vec<DeskRow>, Error> {
    let mut rows = Vec::new();
    for partner in workspace.partners()?.iter().filter(|p| super::takes_part(p)) {
        let stream = stream::with(&workspace.records(), workspace.meta.desk, partner.id)?;
        let with = |ids: fn(&Record) -> Vec<Id>| injects.iter().filter(|i| ids(i).contains(&partner.id)).count();
        rows.push(DeskRow {
            code: partner.key.clone().unwrap_or_default(),
            heard: stream::heard(&stream),
            delivered: with(inject::desks_of),
            answered: with(inject::answered_by),
            waiting: read::waiting(&workspace.db, partner.id)?.len(),
        });
    }
    Ok(rows)
}

/// An exercise in full.
pub fn view(workspace: &Workspace, of: &Record) -> Result<ExerciseView, Error> {
    let plan = workspace.content(of)?.as_ref().map(Plan::read).unwrap_or_default();
    let is_control = is_control(workspace, of) && workspace.meta.realm != Realm::Live;
    let injects = inject_rows(workspace, of)?;
    let numbered = |(n, o): (usize, &exercise::Objective)| ObjectiveRow {
        number: n as i64 + 1,
        text: o.text.clone(),
        capability: o.capability.clone(),
        target: o.target.clone(),
        tasks: o.tasks.clone(),
    };
    let mut actions = action_rows(workspace)?;
    actions.retain(|a| a.exercise == Some(of.id));
    Ok(ExerciseView {
        row: exercise_row(workspace, of)?,
        is_control,
        now: workspace.now(),
        speed: exercise::clock_of(of).filter(|_| of.is(exercise::State::Running)).map(|c: ExerciseClock| c.speed),
        scope: plan.scope,
        scenario: plan.scenario,
        rules: plan.rules,
        safety_word: plan.safety_word,
        sponsor: plan.sponsor,
        objectives: plan.objectives.iter().enumerate().map(numbered).collect(),
        participants: plan.participants.into_iter().map(|(who, role)| [who, role]).collect(),
        desks: if is_control {
            desk_rows(workspace, &inject::of_exercise(&workspace.records(), of.id)?)?
        } else {
            Vec::new()
        },
        observations: observation_rows(workspace, of)?,
        offered: if is_control { offered(&injects) } else { Vec::new() },
        injects,
        actions,
    })
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("state", "STATE"),
        ("control", "CONTROL"),
        ("from", "FROM"),
        ("until", "UNTIL"),
        ("rated", "P S M U"),
        ("title", "TITLE"),
    ];
    Ok(Output::list(&exercise_rows(workspace)?, columns).of(Kind::Exercise))
}

fn show(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = match (args.maybe(EXERCISE.name), &workspace.meta.realm) {
        // In a live workspace the newest that was recorded.
        (None, Realm::Live) => {
            let all = workspace.records().find(&Query::kind(Kind::Exercise))?;
            let newest = all.into_iter().max_by_key(|r| exercise::recorded_of(r).map(|of| of.until));
            newest.ok_or_else(|| {
                Error::unknown("no exercise was recorded here")
                    .hint("`comity exercise record FILE` records the signed report of one")
            })?
        }
        _ => named(workspace, args)?,
    };
    let view = view(workspace, &of)?;
    let text = in_words(&view);
    Ok(Output { text: Some(text.join("\n")), ..Output::thing(&view) })
}

/// An exercise in lines.
fn in_words(view: &ExerciseView) -> Vec<String> {
    let mut text = vec![
        format!("{}  {}  control {}", view.row.title, view.row.state.label(), view.row.control),
        format!(
            "now {} in the exercise{}",
            view.now.to_minute(),
            match view.speed {
                None => ", the clock stands".to_owned(),
                Some(1) => String::new(),
                Some(n) => format!(", {n} times as fast"),
            }
        ),
        view.scope.clone(),
    ];
    let mut say = |line: String| text.push(line);
    for o in &view.objectives {
        say(format!("OBJECTIVE {} {} ({})", o.number, o.text, o.capability));
    }
    for d in &view.desks {
        let heard = d.heard.map_or_else(|| "never heard".to_owned(), |at| format!("heard {}", at.to_minute()));
        say(format!(
            "DESK {} {heard}, {} delivered, {} answered, {} to carry",
            d.code, d.delivered, d.answered, d.waiting
        ));
    }
    for i in &view.injects {
        say(format!("INJECT {:3} {:9} {} {}", i.number, i.board, i.to.join(","), i.text));
        for r in &i.replies {
            say(format!("    {} {}: {}", r.desk, r.by, r.text));
        }
    }
    for o in &view.offered {
        say(format!("LOG {} (rated by nobody)", o.text));
    }
    for o in &view.observations {
        let rating = o.rating.map(|r| r.word()).unwrap_or("said");
        say(format!("SEEN {rating} {} {} ({})", o.capability, o.text, o.by));
    }
    for a in &view.actions {
        let by = a.by.map(Timestamp::to_date).unwrap_or_default();
        say(format!("ACTION {} {} by {by}, {}", a.state, a.text, a.owner));
    }
    text
}

fn injects(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = current(workspace)?;
    let mut rows = inject_rows(workspace, &of)?;
    if args.flag("due") {
        rows.retain(|row| row.state == inject::State::Planned.any() && matches!(row.board, Board::Due | Board::Late));
    }
    let columns = &[
        ("number", "NO."),
        ("board", "STANDS"),
        ("planned", "PLANNED"),
        ("delivered", "DELIVERED"),
        ("to", "TO"),
        ("method", "HOW"),
        ("text", "WHAT"),
    ];
    Ok(Output::list(&rows, columns))
}

fn read_one(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find_inject(workspace, args.need("inject")?)?;
    let records = workspace.records();
    let of = record.subject.map(|id| records.get(id)).transpose()?.flatten();
    let of = of.ok_or_else(|| Error::unknown("its exercise is not known here"))?;
    let all = inject::of_exercise(&records, of.id)?;
    Ok(Output::thing(&inject_row(workspace, &record, &of, &all)?))
}

/// One line of the timeline: who, the picture, and the same in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TimelineRow {
    /// The desk, or control.
    pub desk: String,
    /// The picture: `.` nothing, `p` planned, `D` delivered, `A` answered, `!` late.
    pub picture: String,
    /// The same in words.
    pub words: String,
}

/// How many columns the picture has.
pub const COLUMNS: u16 = 48;

/// Draws what was planned, delivered and answered: a line for each desk, all on the same scale.
pub fn drawn(view: &ExerciseView) -> Vec<TimelineRow> {
    let times = |i: &InjectRow| {
        let replies = i.replies.iter().filter_map(|r| r.at);
        [i.planned, i.delivered].into_iter().flatten().chain(replies).collect::<Vec<_>>()
    };
    let all: Vec<Timestamp> = view.injects.iter().flat_map(times).chain(view.row.from).chain(view.row.until).collect();
    let (Some(first), Some(last)) = (all.iter().min().copied(), all.iter().max().copied()) else { return Vec::new() };
    let span = last.since(first).as_seconds().max(1);
    let place = |at: Timestamp| {
        let passed = at.since(first).as_seconds().clamp(0, span);
        usize::try_from(passed.saturating_mul(i64::from(COLUMNS) - 1) / span).unwrap_or_default()
    };
    let mut codes: Vec<&String> = view.injects.iter().flat_map(|i| &i.to).collect();
    codes.sort();
    codes.dedup();
    // What names no desk is for all of them, and has a line of its own.
    let mut desks: Vec<Option<&String>> = codes.into_iter().map(Some).collect();
    if desks.is_empty() || view.injects.iter().any(|i| i.to.is_empty()) {
        desks.push(None);
    }
    let row = |code: &Option<&String>| {
        let is_for = |i: &&InjectRow| code.map_or_else(|| i.to.is_empty(), |code| i.to.contains(code));
        let of: Vec<&InjectRow> = view.injects.iter().filter(is_for).collect();
        let desk = code.map_or_else(|| "all".to_owned(), Clone::clone);
        let mut picture = vec!['.'; usize::from(COLUMNS)];
        let mut put = |at: Option<Timestamp>, sign: char| {
            if let Some(cell) = at.and_then(|at| picture.get_mut(place(at))) {
                *cell = sign;
            }
        };
        of.iter().filter(|i| i.delivered.is_none()).for_each(|i| put(i.planned, 'p'));
        of.iter().for_each(|i| put(i.delivered, 'D'));
        of.iter()
            .flat_map(|i| &i.replies)
            .filter(|r| code.is_some_and(|code| r.desk == *code))
            .for_each(|r| put(r.at, 'A'));
        of.iter().filter(|i| i.board == Board::Late).for_each(|i| put(i.delivered.or(i.planned), '!'));
        let count = |wanted: &[Board]| of.iter().filter(|i| wanted.contains(&i.board)).count();
        TimelineRow {
            picture: picture.into_iter().collect(),
            words: format!(
                "{desk}: {} planned, {} due, {} delivered, {} answered, {} late, {} skipped",
                count(&[Board::Planned]),
                count(&[Board::Due]),
                count(&[Board::Delivered]),
                count(&[Board::Answered]),
                count(&[Board::Late]),
                count(&[Board::Skipped])
            ),
            desk,
        }
    };
    desks.iter().map(row).collect()
}

fn timeline(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = named(workspace, args)?;
    let rows = drawn(&view(workspace, &of)?);
    let columns = &[("desk", "DESK"), ("picture", "p planned D delivered A answered ! late"), ("words", "IN WORDS")];
    Ok(Output::list(&rows, columns))
}
