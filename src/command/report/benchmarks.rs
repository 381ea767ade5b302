//! `report benchmarks`: how long things take at this desk and at its partners. It is for the desk and its task force: partners are
//! never ranked in what is published.

use serde::Serialize;

use super::events::{self, Event, Life};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::figures::timing::{FEWEST, Lasted, timing};
use crate::record::request::Answer;
use crate::record::review;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "report",
    name: "benchmarks",
    about: "How long answers, preservations, reviews and bundles take: median and ninetieth percentile, open ones counted",
    args: &[
        Arg::new("from", ArgKind::Time, "from this day on").required(),
        Arg::new("to", ArgKind::Time, "until before this day").required(),
    ],
    writes: None,
    run: Handler::Reads(run),
}];

/// How long one thing takes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Benchmark {
    /// What.
    pub what: &'static str,
    /// Whose work it is: this desk's, or its partners'.
    pub whose: &'static str,
    /// How many there are, over and open; none: fewer than ten, which are not told apart.
    pub count: Option<usize>,
    /// How many are still open.
    pub open: Option<usize>,
    /// Half of them take no longer, in minutes.
    pub median: Option<i64>,
    /// Nine in ten take no longer, in minutes.
    pub p90: Option<i64>,
    /// How many passed the last day that the law allows.
    pub past_legal_limit: Option<usize>,
    /// How many passed the day that was aimed at.
    pub past_own_target: Option<usize>,
    /// What is to be known of the figures.
    pub note: &'static str,
}

/// One thing that took time.
#[derive(Clone, Copy)]
struct Took {
    span: Lasted,
    past_limit: bool,
    past_target: bool,
}

const CENSORED: &str = "open ones count for as long as they have lasted (Kaplan-Meier)";
const FEW: &str = "fewer than 10: hidden";
const NOT_REACHED: &str = "too few are over to say it; open ones count for as long as they have lasted";

fn benchmark(what: &'static str, whose: &'static str, took: &[Took], has_limits: bool) -> Benchmark {
    let spans: Vec<Lasted> = took.iter().map(|t| t.span).collect();
    let found = timing(&spans);
    if took.len() < FEWEST {
        return Benchmark {
            what,
            whose,
            count: None,
            open: None,
            median: None,
            p90: None,
            past_legal_limit: None,
            past_own_target: None,
            note: FEW,
        };
    }
    let past = |is: fn(&Took) -> bool| has_limits.then(|| took.iter().filter(|t| is(t)).count());
    Benchmark {
        what,
        whose,
        count: Some(took.len()),
        open: Some(found.open),
        median: found.median,
        p90: found.p90,
        past_legal_limit: past(|t| t.past_limit),
        past_own_target: past(|t| t.past_target),
        note: if found.p90.is_none() { NOT_REACHED } else { CENSORED },
    }
}

fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.seconds() - from.seconds()).max(0) / 60
}

/// How long a request took until something was said, or has lasted; what the requesting desk let it wait is left out.
fn of_life(life: &Life, until: Option<Timestamp>, now: Timestamp) -> Took {
    let end = until.or(life.withdrawn).unwrap_or(now).min(now);
    let waited = life.waited_minutes(end);
    let clock = |key: &str| {
        let clocks = life.terms.get("clocks").and_then(Json::items).unwrap_or_default();
        clocks.iter().filter_map(|c| c.get(key).and_then(Json::text).and_then(Timestamp::parse)).min()
    };
    Took {
        span: Lasted { minutes: (minutes(life.sent, end) - waited).max(0), is_open: until.is_none() },
        past_limit: clock("limit").is_some_and(|limit| end > limit),
        past_target: clock("due").is_some_and(|due| end > due),
    }
}

/// How long things take that began in a period, as they stand at its end or now.
pub fn rows(workspace: &Workspace, from: Timestamp, to: Timestamp) -> Result<Vec<Benchmark>, Error> {
    let events = events::all(workspace)?;
    let (law, own) = (workspace.law()?, workspace.meta.desk);
    let now = workspace.now().min(to);
    let within = |at: Timestamp| from <= at && at < to;
    let lives: Vec<Life> = events::lives(&events).into_iter().filter(|life| within(life.sent)).collect();
    let mut rows = Vec::new();
    let before = |at: Option<Timestamp>| at.filter(|at| *at <= now);
    for (whose, ours) in [("this desk", false), ("partners", true)] {
        let of = || lives.iter().filter(move |life| (life.desk == own) == ours);
        let took = |said: &[Answer]| of().map(|life| of_life(life, before(life.first(said)), now)).collect::<Vec<_>>();
        let any = Answer::ALL;
        let decided = [Answer::Accept, Answer::AcceptPartly, Answer::Refuse, Answer::Postpone, Answer::Deliver];
        rows.push(benchmark("sent to acknowledged", whose, &took(any), false));
        rows.push(benchmark("sent to decided", whose, &took(&decided), true));
        rows.push(benchmark("sent to delivered", whose, &took(&[Answer::Deliver]), true));
        let kept: Vec<Took> = of()
            .filter(|life| life.preserves(&law))
            .map(|life| of_life(life, before(life.first(&[Answer::Accept, Answer::Execute, Answer::Deliver])), now))
            .collect();
        rows.push(benchmark("preservation asked to confirmed", whose, &kept, false));
    }
    rows.push(benchmark("review opened to decided", "this desk", &reviews(&events, &within, now), false));
    let age = |e: &Event| e.came.map(|came| (e.at, came)).filter(|(_, came)| within(*came));
    let bundles: Vec<Took> = events.iter().filter_map(age).map(|(at, came)| over(minutes(at, came))).collect();
    rows.push(benchmark("age of what bundles bring", "partners", &bundles, false));
    Ok(rows)
}

const fn over(minutes: i64) -> Took {
    Took { span: Lasted { minutes, is_open: false }, past_limit: false, past_target: false }
}

fn reviews(events: &[Event], within: &dyn Fn(Timestamp) -> bool, now: Timestamp) -> Vec<Took> {
    let opened = events.iter().filter(|e| e.kind == review::OPEN && within(e.at));
    let decided = |record: Id| {
        let all = events.iter().filter(move |e| e.kind == review::DECIDE && e.record == record && e.at <= now);
        all.map(|e| e.at).min()
    };
    let took = opened.map(|e| {
        let end = decided(e.record);
        let span = Lasted { minutes: minutes(e.at, end.unwrap_or(now)), is_open: end.is_none() };
        Took { span, past_limit: false, past_target: false }
    });
    took.collect()
}

fn run(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (from, to) = (args.time("from", workspace.now())?, args.time("to", workspace.now())?);
    if to <= from {
        return Err(Error::usage("--to comes after --from"));
    }
    let columns = &[
        ("what", "WHAT"),
        ("whose", "WHOSE WORK"),
        ("count", "COUNT"),
        ("open", "OPEN"),
        ("median", "MEDIAN, MIN"),
        ("p90", "P90, MIN"),
        ("past_legal_limit", "PAST LIMIT"),
        ("past_own_target", "PAST TARGET"),
        ("note", "NOTE"),
    ];
    Ok(Output::list(&rows(workspace, from, to)?, columns))
}
