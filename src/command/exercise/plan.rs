//! Planning an exercise: its objectives and rules, and its list of events, loaded from a file, changed and written again.

use serde::Serialize;

use super::fields::{
    CAPABILITY, CONDITION, CONTROLLER, EXPECTED_ACTION, FROM, METHOD, NOTE, OBJECTIVE, OBJECTIVES, PARTICIPANT,
    REPLY_WITHIN, RULES, SAFETY_WORD, SCENARIO, SPONSOR, TARGET, TASK,
};
use super::{EXERCISE, INJECT, current, find_inject, named, not_here};
use crate::act::header::Audience;
use crate::command::crossing::marked;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Preview, Weight, Writes};
use crate::command::destination::{Destination, FORCE};
use crate::exercise::scenario::{self, Format, NotKept, ScenarioError, ScenarioRow, offset};
use crate::exercise::{cexf, csv};
use crate::figures::page::PageFormat;
use crate::gate::cleared;
use crate::host::file;
use crate::record::card;
use crate::record::exercise::{self, Objective, Plan};
use crate::record::inject::{self, InjectType, Terms, Trigger, Words};
use crate::record::store::Record;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::realm::Realm;
use crate::value::text::{counted, shown};
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

words! {
    /// As what somebody takes part.
    PlayRole {
        /// Decides about play as a whole.
        Director = "director",
        /// Delivers injects.
        Controller = "controller",
        /// Observes and rates.
        Evaluator = "evaluator",
        /// Plays.
        Player = "player",
        /// Looks on.
        Observer = "observer",
    }
}

words! {
    /// How the name of a file in the Common Exercise Format ends.
    CexfEnding {
        /// It is JSON.
        Json = "json",
    }
}

const PLANNED: Needs = Needs::OneOf(const { &[exercise::State::Planned.any()] });
const INJECT_PLANNED: Needs = Needs::OneOf(const { &[inject::State::Planned.any()] });

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "exercise",
        name: "new",
        about: "Plan an exercise: what it is to try, and its objectives",
        args: &[
            Arg::new("title", ArgKind::Line, "its title").required(),
            Arg::new("scope", ArgKind::Body, "what it is to try, and how far").required(),
            OBJECTIVES.required(),
            TARGET,
            TASK,
            PARTICIPANT,
            RULES,
            SAFETY_WORD,
            SCENARIO,
            SPONSOR,
        ],
        writes: Some(Writes::of(exercise::NEW, Weight::Records, Needs::Nothing)),
        run: Handler::Writes(new),
    },
    Command {
        noun: "exercise",
        name: "revise",
        about: "Change the plan of an exercise that was not started; what is not given stays",
        args: &[
            EXERCISE,
            Arg::new("title", ArgKind::Line, "its title"),
            Arg::new("scope", ArgKind::Body, "what it is to try, and how far"),
            OBJECTIVES,
            TARGET,
            TASK,
            PARTICIPANT,
            RULES,
            SAFETY_WORD,
            SCENARIO,
            SPONSOR,
        ],
        writes: Some(Writes::of(exercise::NEW, Weight::Records, PLANNED)),
        run: Handler::Writes(revise),
    },
    Command {
        noun: "exercise",
        name: "load",
        about: "Load a list of events: CSV, the Common Exercise Format, or a scenario of OpenAEV",
        args: &[
            Arg::new("file", ArgKind::Existing, "the file").positional(),
            Arg::new("format", ArgKind::Word(all_words::<Format>), "its format, where that is not seen from it"),
            Arg::new("dry-run", ArgKind::Flag, "only say what would be loaded, and what would not be kept"),
        ],
        writes: Some(Writes { preview: Preview::DryRun, ..Writes::of(inject::PLAN, Weight::Records, Needs::Nothing) }),
        run: Handler::Writes(load),
    },
    Command {
        noun: "exercise",
        name: "plan",
        about: "Add an inject to the list of events",
        args: &[
            Arg::new("text", ArgKind::Body, "what it says").required(),
            Arg::new(
                "time",
                ArgKind::Line,
                "when, after the start: +01:30; or a time; without one it is delivered by hand",
            ),
            Arg::new("to", ArgKind::Line, "the codes of the desks that it is for, with commas; without: all that play"),
            Arg::new("type", ArgKind::Word(all_words::<InjectType>), "what it is for"),
            Arg::new("after", ArgKind::Line, "the numbers of those that are answered before it is due"),
            FROM,
            METHOD,
            EXPECTED_ACTION,
            OBJECTIVE,
            CAPABILITY,
            CONTROLLER,
            CONDITION,
            NOTE,
            REPLY_WITHIN,
        ],
        writes: Some(Writes::of(inject::PLAN, Weight::Records, Needs::Nothing)),
        run: Handler::Writes(plan),
    },
    Command {
        noun: "exercise",
        name: "edit",
        about: "Change an inject that was not delivered; what is not given stays",
        args: &[
            INJECT,
            Arg::new("text", ArgKind::Body, "what it says"),
            Arg::new("time", ArgKind::Line, "when, after the start: +01:30; or a time"),
            Arg::new("to", ArgKind::Line, "the codes of the desks that it is for, with commas; `all`: all that play"),
            Arg::new("type", ArgKind::Word(all_words::<InjectType>), "what it is for"),
            Arg::new("after", ArgKind::Line, "the numbers of those that are answered before it is due"),
            FROM,
            METHOD,
            EXPECTED_ACTION,
            OBJECTIVE,
            CAPABILITY,
            CONTROLLER,
            CONDITION,
            NOTE,
            REPLY_WITHIN,
        ],
        writes: Some(Writes::of(inject::PLAN, Weight::Records, INJECT_PLANNED)),
        run: Handler::Writes(edit),
    },
    Command {
        noun: "exercise",
        name: "export",
        about: "Write the list of events to a file, as CSV or in the Common Exercise Format. It has the answers",
        args: &[
            EXERCISE,
            Arg::new("out", ArgKind::ToWrite, "the file to write; one that ends in .json is CEXF").required(),
            FORCE,
        ],
        writes: Some(Writes {
            rehearsable: false,
            ..Writes::of(exercise::REPORT, Weight::Signs, Needs::OneOf(exercise::OF_PLAY))
        }),
        run: Handler::Writes(export),
    },
];

/// The objective that a line says: a text, a colon, the capability.
fn objective(line: &str) -> Objective {
    let (text, capability) = line.rsplit_once(':').unwrap_or((line, ""));
    Objective { text: text.trim().to_owned(), capability: capability.trim().to_owned(), ..Objective::default() }
}

/// The plan with what was typed in it.
fn planned_with(mut plan: Plan, args: &Args) -> Result<Plan, Error> {
    if let Some(title) = args.maybe_line("title")? {
        plan.title = title;
    }
    for (field, to) in [("scope", &mut plan.scope), (RULES.name, &mut plan.rules), (SCENARIO.name, &mut plan.scenario)]
    {
        if let Some(said) = args.body(field)? {
            *to = said;
        }
    }
    if let Some(word) = args.maybe_line(SAFETY_WORD.name)? {
        plan.safety_word = word;
    }
    if let Some(sponsor) = args.maybe_line(SPONSOR.name)? {
        plan.sponsor = sponsor;
    }
    let objectives = args.lines(OBJECTIVES.name)?;
    if !objectives.is_empty() {
        plan.objectives = objectives.iter().map(|line| objective(line)).collect();
    }
    if plan.objectives.len() > exercise::MOST_OBJECTIVES {
        return Err(Error::usage(format!("--objective: an exercise has at most {}", exercise::MOST_OBJECTIVES)));
    }
    let of = |plan: &mut Plan, field: &str, put: fn(&mut Objective, String)| -> Result<(), Error> {
        for (number, said) in args.pairs(field)? {
            let place = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let objective = place.and_then(|n| plan.objectives.get_mut(n)).ok_or_else(|| {
                Error::usage(format!("--{field} {}: the number of an objective is expected", shown(&number)))
            })?;
            put(objective, crate::value::text::line(&said).map_err(|e| Error::usage(format!("--{field} {e}")))?);
        }
        Ok(())
    };
    of(&mut plan, TARGET.name, |o, said| o.target = said)?;
    of(&mut plan, TASK.name, |o, said| o.tasks.push(said))?;
    let participants = args.pairs(PARTICIPANT.name)?;
    if !participants.is_empty() {
        plan.participants.clear();
    }
    for (who, role) in participants {
        let role = PlayRole::parse(role.trim()).ok_or_else(|| {
            let all = all_words::<PlayRole>().join(", ");
            Error::usage(format!("--participant {}: one of {all} is expected", shown(&role)))
        })?;
        let who = crate::value::text::line(&who).map_err(|e| Error::usage(format!("--participant {e}")))?;
        plan.participants.push((who, role.word().to_owned()));
    }
    Ok(plan)
}

fn new(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    args.line("title")?;
    args.need("scope")?;
    args.need(OBJECTIVES.name)?;
    let plan = planned_with(Plan::default(), args)?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(exercise::NEW, Audience::OwnDesk, |e, _| Ok(exercise::planned(id, &plan, e.salt()?)))?;
    Ok(Output::made(
        id,
        "Planned. `comity exercise load FILE` takes its list of events; `comity exercise start` is STARTEX.",
    ))
}

fn revise(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = named(workspace, args)?;
    let plan = workspace.content(&record)?.as_ref().map(Plan::read).unwrap_or_default();
    let plan = planned_with(plan, args)?;
    let id = record.id;
    workspace.act_alone(exercise::NEW, Audience::OwnDesk, |e, _| Ok(exercise::planned(id, &plan, e.salt()?)))?;
    Ok(Output::made(id, "The plan is changed."))
}

/// What loading a file came to.
#[derive(Clone, Debug, Serialize)]
struct Loaded {
    /// The exercise.
    id: Id,
    /// How many injects.
    injects: usize,
    /// Whether anything was stored.
    dry_run: bool,
    /// What the file has and an exercise does not keep.
    not_kept: Vec<NotKept>,
    /// The title that the file has.
    title: String,
    /// The objectives that the file has; `exercise revise` takes them.
    objectives: Vec<String>,
}

/// A file that is no scenario.
fn malformed(path: &std::path::Path, error: &ScenarioError) -> Error {
    let name = shown(&path.to_string_lossy()).into_owned();
    Error::new(
        ErrorKind::Malformed,
        format!("{name}: {error}"),
        "mend it and load it again; nothing of it was loaded. `--dry-run` tries without storing",
    )
}

/// What an inject says of itself, from a row of a list.
fn terms_of(of: Id, number: i64, row: &ScenarioRow) -> Terms {
    Terms {
        exercise: of,
        number,
        inject_type: row.inject_type,
        trigger: row.trigger,
        offset: row.offset,
        at: row.at,
        after: row.after.clone(),
        to: row.to.clone(),
        objective: row.objective,
        reply_within: row.reply_within,
    }
}

/// Gives rows of a list their numbers: their own, or the next that is free.
pub(super) fn numbered(rows: &[ScenarioRow], taken: &[i64]) -> Result<Vec<i64>, Error> {
    let mut numbers = taken.to_vec();
    let mut given = Vec::new();
    for row in rows {
        let next = || numbers.iter().chain(rows.iter().filter_map(|r| r.number.as_ref())).max().map_or(1, |n| n + 1);
        let number = row.number.unwrap_or_else(next);
        if numbers.contains(&number) {
            return Err(Error::not_allowed(format!("there is an inject {number} already"))
                .hint("give the rows other numbers, or none: then they follow the last"));
        }
        numbers.push(number);
        given.push(number);
    }
    Ok(given)
}

fn taken(workspace: &Workspace, of: &Record) -> Result<Vec<i64>, Error> {
    Ok(inject::of_exercise(&workspace.records(), of.id)?.iter().map(inject::number_of).collect())
}

/// Plans rows of a list in one act.
pub fn plan_rows(workspace: &mut Workspace, of: &Record, rows: &[ScenarioRow]) -> Result<Vec<Id>, Error> {
    let numbers = numbered(rows, &taken(workspace, of)?)?;
    let of = of.id;
    let (ids, _) = workspace.act(inject::PLAN, Audience::OwnDesk, None, |act, entropy| {
        let mut ids = Vec::new();
        for (row, number) in rows.iter().zip(numbers) {
            let id = entropy.id()?;
            act.change(inject::planned(id, &terms_of(of, number, row), &row.words, entropy.salt()?))?;
            ids.push(id);
        }
        Ok(ids)
    })?;
    Ok(ids)
}

fn load(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    if workspace.meta.realm == Realm::Live {
        return Err(not_here());
    }
    let path = args.path("file")?;
    let format = args.maybe_read("format", "csv, cexf or openaev", Format::parse)?;
    let bytes = file::read(&path, scenario::LONGEST as u64)?;
    let scenario = crate::exercise::read(&bytes, format).map_err(|error| malformed(&path, &error))?;
    let of = current(workspace)?;
    let dry_run = args.flag("dry-run");
    let highest = next_number(workspace, of.id)? - 1;
    let rows = scenario.rows_after(highest);
    if dry_run {
        numbered(&rows, &taken(workspace, &of)?)?;
    } else if !rows.is_empty() {
        plan_rows(workspace, &of, &rows)?;
    }
    let loaded = Loaded {
        id: of.id,
        injects: scenario.rows.len(),
        dry_run,
        not_kept: scenario.not_kept,
        title: scenario.title,
        objectives: scenario.objectives,
    };
    let how = if dry_run { "would be loaded" } else { "loaded" };
    let mut said = format!("{} {how}.", counted(loaded.injects, "inject"));
    if !loaded.not_kept.is_empty() {
        let names: Vec<String> = loaded.not_kept.iter().map(|n| format!("{} ({} times)", n.what, n.times)).collect();
        said.push_str(&format!("\nNot kept: {}.", names.join("; ")));
    }
    if !loaded.objectives.is_empty() {
        said.push_str("\nIt has objectives of its own: `comity exercise revise --objective` takes them.");
    }
    Ok(Output::thing(&loaded).with_message(said))
}

/// Codes of desks, with commas; none for `all`.
pub(super) fn codes(args: &Args, field: &str) -> Result<Option<Vec<String>>, Error> {
    let Some(typed) = args.maybe(field) else { return Ok(None) };
    if All::parse(typed.trim()).is_some() {
        return Ok(Some(Vec::new()));
    }
    let parts = typed.split([',', ' ']).filter(|c| !c.is_empty());
    let all: Option<Vec<String>> = parts.map(card::code).collect();
    let bad = || Error::usage(format!("--{field} {}: codes of desks, with commas, are expected", shown(typed)));
    all.filter(|all| !all.is_empty()).map(Some).ok_or_else(bad)
}

words! {
    /// What stands for all desks.
    All {
        /// All that play.
        All = "all",
    }
}

/// What was typed of an inject, put over what it says already.
pub(super) fn typed_over(terms: &mut Terms, words: &mut Words, args: &Args) -> Result<(), Error> {
    if let Some(text) = args.body("text")? {
        words.text = text;
    }
    if crate::value::text::is_blank(&words.text) {
        return Err(Error::usage("--text is missing"));
    }
    for (field, to) in [
        (FROM.name, &mut words.from),
        (METHOD.name, &mut words.method),
        (EXPECTED_ACTION.name, &mut words.expected),
        (CAPABILITY.name, &mut words.capability),
        (CONTROLLER.name, &mut words.controller),
        (CONDITION.name, &mut words.condition),
        (NOTE.name, &mut words.note),
    ] {
        if let Some(said) = args.body(field)? {
            *to = said;
        }
    }
    if let Some(to) = codes(args, "to")? {
        terms.to = to;
    }
    if let Some(of) = args.maybe_read("type", "contextual, expected-action or contingency", InjectType::parse)? {
        terms.inject_type = of;
    }
    if let Some(typed) = args.maybe("after") {
        let all = typed.split([',', ' ']).filter(|n| !n.is_empty()).map(|n| n.parse::<i64>().ok());
        let all: Option<Vec<i64>> = all.collect();
        terms.after = all
            .filter(|all| all.iter().all(|n| (1..=inject::MOST).contains(n)))
            .ok_or_else(|| Error::usage(format!("--after {}: numbers of injects are expected", shown(typed))))?;
        if !terms.after.is_empty() {
            terms.trigger = Trigger::Completion;
        }
    }
    if let Some(typed) = args.maybe("time") {
        (terms.offset, terms.at) = (offset(typed), Timestamp::parse(typed));
        if terms.offset.is_none() && terms.at.is_none() {
            let what = format!("--time {}: a time after the start such as +01:30 is expected", shown(typed));
            return Err(Error::usage(what));
        }
        if terms.trigger == Trigger::Hand {
            terms.trigger = Trigger::Time;
        }
    }
    if let Some(n) = args.number(OBJECTIVE.name)? {
        terms.objective = Some(n).filter(|n| (1..=inject::MOST).contains(n));
        if terms.objective.is_none() {
            return Err(Error::usage("--objective: the number of an objective is expected"));
        }
    }
    if let Some(within) = args.maybe_read(REPLY_WITHIN.name, "a length of time such as 45m", Duration::parse)? {
        terms.reply_within = Some(within);
    }
    Ok(())
}

/// An inject that nothing is said of yet.
pub(super) fn blank(of: Id, number: i64) -> Terms {
    terms_of(of, number, &ScenarioRow { trigger: Trigger::Hand, ..ScenarioRow::default() })
}

/// The number that comes next in an exercise.
pub(super) fn next_number(workspace: &Workspace, of: Id) -> Result<i64, Error> {
    let all = inject::of_exercise(&workspace.records(), of)?;
    Ok(all.iter().map(inject::number_of).max().map_or(1, |n| n + 1))
}

fn plan(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = current(workspace)?;
    let number = next_number(workspace, of.id)?;
    let (mut terms, mut words) = (blank(of.id, number), Words::default());
    typed_over(&mut terms, &mut words, args)?;
    let id = workspace.entropy.id()?;
    workspace.act_alone(inject::PLAN, Audience::OwnDesk, |e, _| Ok(inject::planned(id, &terms, &words, e.salt()?)))?;
    Ok(Output::made(id, format!("Inject {number} is planned.")).with("number", number))
}

fn edit(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = find_inject(workspace, args.need("inject")?)?;
    let Some(mut terms) = inject::terms_of(&record) else {
        return Err(Error::not_allowed("it was delivered to this desk: control plans, delivers and skips injects"));
    };
    let mut words = workspace.content(&record)?.as_ref().map(Words::read).unwrap_or_default();
    typed_over(&mut terms, &mut words, args)?;
    let id = record.id;
    workspace.act_alone(inject::PLAN, Audience::OwnDesk, |e, _| Ok(inject::planned(id, &terms, &words, e.salt()?)))?;
    Ok(Output::made(id, format!("Inject {} is changed.", terms.number)).with("number", terms.number))
}

/// The rows of an exercise's list, as a format writes them.
pub fn rows_of(workspace: &Workspace, of: &Record) -> Result<Vec<(ScenarioRow, Record)>, Error> {
    let mut rows = Vec::new();
    for record in inject::of_exercise(&workspace.records(), of.id)? {
        let Some(terms) = inject::terms_of(&record) else { continue };
        let words = workspace.content(&record)?.as_ref().map(Words::read).unwrap_or_default();
        let row = ScenarioRow {
            number: Some(terms.number),
            offset: terms.offset,
            at: terms.at,
            inject_type: terms.inject_type,
            trigger: terms.trigger,
            after: terms.after,
            to: terms.to,
            objective: terms.objective,
            reply_within: terms.reply_within,
            words,
        };
        rows.push((row, record));
    }
    Ok(rows)
}

fn export(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let of = named(workspace, args)?;
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(exercise::REPORT)?;
    let rows = rows_of(workspace, &of)?;
    let cleared = cleared::clear_written(
        &workspace.records(),
        &workspace.meta.realm,
        now,
        (workspace.person(), exercise::REPORT),
        rows,
    )?
    .map_err(|verdict| Error::refused(verdict, None))?;
    let rows = cleared.value();
    let ending = out.path().extension().and_then(|e| e.to_str()).unwrap_or_default();
    let is_json = CexfEnding::parse(ending).is_some();
    let (text, what) = if is_json {
        let plan = workspace.content(&of)?.as_ref().map(Plan::read).unwrap_or_default();
        let id = |n: i64, what: &str| uuid(of.id, n, what);
        let rows: Vec<ScenarioRow> = rows.iter().map(|(row, _)| row.clone()).collect();
        let tag = workspace.meta.realm.tag().unwrap_or_default();
        (cexf::write(&plan.title, &plan.scope, &tag, &rows, id), Format::Cexf)
    } else {
        let actual = |record: &Record| {
            let at = record.instant("delivered").map(|at| at.to_string()).unwrap_or_default();
            [at, record.state.word().to_owned()]
        };
        let rows: Vec<_> = rows.iter().map(|(row, record)| (row.clone(), actual(record))).collect();
        (marked(&workspace.meta.realm, csv::write(&rows), PageFormat::Csv), Format::Csv)
    };
    let digest = Digest::of(text.as_bytes());
    workspace.act_alone(exercise::REPORT, Audience::OwnDesk, |_, _| {
        Ok(exercise::reported(of.id, what.word(), false, &digest))
    })?;
    out.write(text.as_bytes())?;
    let lost = match what {
        Format::Cexf => format!(" CEXF has no place for {}.", cexf::NOT_WRITTEN.join(", ")),
        Format::Csv | Format::OpenAev => String::new(),
    };
    Ok(Output::made(of.id, format!("Written: {}.{lost} It has the answers: no player may have it.", out.shown())))
}

/// A name of an inject in a file: the same each time that it is written.
fn uuid(of: Id, number: i64, what: &str) -> String {
    let hex = Id::from_digest(&Digest::of(format!("comity/cexf/1\0{of}\0{what}\0{number}").as_bytes())).to_string();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
