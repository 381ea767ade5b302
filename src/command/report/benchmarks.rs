//! `report benchmarks`: how long things take at this desk and at its partners. It is for the desk and its task force: partners are
//! never ranked in what is published.

use std::collections::BTreeMap;

use serde::Serialize;

use super::events::{self, Event, Life};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::figures::timing::{BarPart, FEWEST, Lasted, Measured, timing};
use crate::law::request::ClockKind;
use crate::record::kind::Kind;
use crate::record::request::Answer;
use crate::record::store::{Query, RecordStore as _};
use crate::record::target::{Step, Targets};
use crate::record::{agreement, review, taskforce};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::{Duration, Timestamp};
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
    /// The last day that the law allows, in minutes from the beginning: the shortest of them.
    pub legal_limit: Option<i64>,
    /// What was aimed at, in minutes from the beginning: the shortest of them.
    pub own_target: Option<i64>,
    /// The median as `#` and what lies between it and the ninetieth percentile as `-`, the own target as `T` and the legal limit as `L`;
    /// the longest of the list is as long as it may be.
    pub bar: String,
    /// What is to be known of the figures.
    pub note: &'static str,
}

impl Benchmark {
    /// What is drawn of it.
    pub const fn measured(&self) -> Measured {
        Measured { median: self.median, p90: self.p90, limit: self.legal_limit, target: self.own_target }
    }

    /// Whether there are too few to tell anything of them.
    pub const fn is_hidden(&self) -> bool {
        self.count.is_none()
    }
}

/// A day by which something is to be done.
#[derive(Clone, Copy)]
struct Until {
    /// How long that is from the beginning, in minutes.
    minutes: i64,
    /// Whether it was passed.
    passed: bool,
}

/// One thing that took time.
#[derive(Clone, Copy)]
struct Took {
    span: Lasted,
    /// The last day that the law allows; none: the law sets none.
    limit: Option<Until>,
    /// The target: what the two desks have committed themselves to, or else what the request aimed at.
    target: Option<Until>,
}

const CENSORED: &str = "open ones count for as long as they have lasted (Kaplan-Meier)";
const FEW: &str = "fewer than 10: hidden";
const NOT_REACHED: &str = "too few are over to say it; open ones count for as long as they have lasted";

fn benchmark(what: &'static str, whose: &'static str, took: &[Took]) -> Benchmark {
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
            legal_limit: None,
            own_target: None,
            bar: String::new(),
            note: FEW,
        };
    }
    let known = |of: fn(&Took) -> Option<Until>| took.iter().filter_map(of).collect::<Vec<_>>();
    let (limits, targets) = (known(|t| t.limit), known(|t| t.target));
    let past = |of: &[Until]| (!of.is_empty()).then(|| of.iter().filter(|until| until.passed).count());
    let shortest = |of: &[Until]| of.iter().map(|until| until.minutes).min();
    Benchmark {
        what,
        whose,
        count: Some(took.len()),
        open: Some(found.open),
        median: found.median,
        p90: found.p90,
        past_legal_limit: past(&limits),
        past_own_target: past(&targets),
        legal_limit: shortest(&limits),
        own_target: shortest(&targets),
        bar: String::new(),
        note: if found.p90.is_none() { NOT_REACHED } else { CENSORED },
    }
}

fn minutes(from: Timestamp, to: Timestamp) -> i64 {
    (to.seconds() - from.seconds()).max(0) / 60
}

/// How long a request took until something was said, or has lasted; what the requesting desk let it wait is left out.
fn of_life(life: &Life, until: Option<Timestamp>, now: Timestamp, committed: Option<i64>, of_law: bool) -> Took {
    let end = until.or(life.withdrawn).unwrap_or(now).min(now);
    let waited = life.waited_minutes(end);
    let clock = |key: &str| {
        let clocks = life.terms.get("clocks").and_then(Json::items).unwrap_or_default();
        // How long something is kept, or an order is good for, is no time for an answer.
        let kind = |c: &Json| c.get("clock").and_then(Json::text).and_then(ClockKind::parse);
        let answers = clocks.iter().filter(|c| kind(c) == Some(ClockKind::Reply));
        answers.filter_map(|c| c.get(key).and_then(Json::text).and_then(Timestamp::parse)).min()
    };
    let took = (minutes(life.sent, end) - waited).max(0);
    let by = |at: Timestamp| Until { minutes: minutes(life.sent, at), passed: end > at };
    let committed = committed.map(|days| days.saturating_mul(24 * 60));
    let committed = committed.map(|target| Until { minutes: target, passed: took > target });
    Took {
        span: Lasted { minutes: took, is_open: until.is_none() },
        limit: clock("limit").filter(|_| of_law).map(by),
        target: committed.or_else(|| clock("due").filter(|_| of_law).map(by)),
    }
}

/// The targets that this desk and a partner have committed themselves to: of each step the shortest, in agreements and charters that stand.
#[derive(Default)]
struct Commitments(BTreeMap<Id, Vec<Targets>>);

impl Commitments {
    fn of(workspace: &Workspace) -> Result<Self, Error> {
        let mut all = Self::default();
        let (now, own) = (workspace.now(), workspace.meta.desk);
        for record in workspace.records().find(&Query::kind(Kind::Agreement))? {
            let terms = agreement::terms_of(&record)?;
            if !record.is(agreement::State::Ended) && terms.from <= now && now < terms.until {
                all.0.entry(record.partner.unwrap_or(terms.partner)).or_default().push(terms.targets);
            }
        }
        for record in workspace.records().find(&Query::state(taskforce::State::InForce))? {
            let charter = taskforce::charter_of(&record)?;
            for desk in charter.desks.iter().filter(|desk| **desk != own) {
                all.0.entry(*desk).or_default().push(charter.targets.clone());
            }
        }
        Ok(all)
    }

    fn days(&self, partner: Id, step: Step) -> Option<i64> {
        self.0.get(&partner)?.iter().filter_map(|targets| targets.of(step)).min()
    }
}

/// How many marks the longest bar has.
const BAR: usize = 24;

/// The longest time that any of the rows marks, which all bars are drawn against.
pub fn longest(rows: &[Benchmark]) -> i64 {
    rows.iter().map(|row| row.measured().longest()).max().unwrap_or(0)
}

/// Gives each row its bar, on one scale.
fn draw_bars(rows: &mut [Benchmark]) {
    let longest = longest(rows);
    for row in rows.iter_mut().filter(|row| !row.is_hidden()) {
        let sign = |part: BarPart| match part {
            BarPart::Half => '#',
            BarPart::NineInTen => '-',
            BarPart::Free => ' ',
            BarPart::Target => 'T',
            BarPart::Limit => 'L',
        };
        row.bar = row.measured().parts(longest, BAR).into_iter().map(sign).collect();
    }
}

/// How long things take that began in a period, as they stand at its end or now.
pub fn rows(workspace: &Workspace, from: Timestamp, to: Timestamp) -> Result<Vec<Benchmark>, Error> {
    // What began in the period did not come in before it: a few days are for clocks that go wrong.
    let events = events::since(workspace, from.minus(Duration::days(7)))?;
    let (law, own) = (workspace.law()?, workspace.meta.desk);
    let now = workspace.now().min(to);
    let within = |at: Timestamp| from <= at && at < to;
    let lives: Vec<Life> = events::lives(&events).into_iter().filter(|life| within(life.sent)).collect();
    let commitments = Commitments::of(workspace)?;
    let mut rows = Vec::new();
    let before = |at: Option<Timestamp>| at.filter(|at| *at <= now);
    for (whose, ours) in [("this desk", false), ("partners", true)] {
        let of = || lives.iter().filter(move |life| (life.desk == own) == ours);
        let days = |life: &Life, step| {
            let partner = if life.desk == own { life.to } else { Some(life.desk) };
            partner.and_then(|partner| commitments.days(partner, step))
        };
        let took = |said: &[Answer], step: Step| {
            let of_law = step != Step::Acknowledged;
            let one = |life: &Life| of_life(life, before(life.first(said)), now, days(life, step), of_law);
            of().map(one).collect::<Vec<_>>()
        };
        let any = Answer::ALL;
        let decided = [Answer::Accept, Answer::AcceptPartly, Answer::Refuse, Answer::Postpone, Answer::Deliver];
        rows.push(benchmark("sent to acknowledged", whose, &took(any, Step::Acknowledged)));
        rows.push(benchmark("sent to decided", whose, &took(&decided, Step::Decided)));
        rows.push(benchmark("sent to delivered", whose, &took(&[Answer::Deliver], Step::Delivered)));
        let kept: Vec<Took> = of()
            .filter(|life| life.preserves(&law))
            .map(|life| {
                let confirmed = life.first(&[Answer::Accept, Answer::Execute, Answer::Deliver]);
                of_life(life, before(confirmed), now, days(life, Step::Preserved), false)
            })
            .collect();
        rows.push(benchmark("preservation asked to confirmed", whose, &kept));
    }
    rows.push(benchmark("review opened to decided", "this desk", &reviews(&events, &within, now)));
    let age = |e: &Event| e.came.map(|came| (e.at, came)).filter(|(_, came)| within(*came));
    let bundles: Vec<Took> = events.iter().filter_map(age).map(|(at, came)| over(minutes(at, came))).collect();
    rows.push(benchmark("age of what bundles bring", "partners", &bundles));
    draw_bars(&mut rows);
    Ok(rows)
}

const fn over(minutes: i64) -> Took {
    Took { span: Lasted { minutes, is_open: false }, limit: None, target: None }
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
        Took { span, limit: None, target: None }
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
        ("legal_limit", "LIMIT, MIN"),
        ("own_target", "TARGET, MIN"),
        ("bar", "MEDIAN #, P90 -, TARGET T, LIMIT L"),
        ("note", "NOTE"),
    ];
    Ok(Output::list(&rows(workspace, from, to)?, columns))
}
