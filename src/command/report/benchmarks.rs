//! `report benchmarks`: how long things take at this desk and at its partners. It is for the desk and its task force: partners are
//! never ranked in what is published.

use std::collections::BTreeMap;

use serde::Serialize;

use super::events::{self, Event, Life};
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::figures::timing::{FEWEST, Lasted, timing};
use crate::record::kind::Kind;
use crate::record::request::Answer;
use crate::record::store::{Query, RecordStore as _};
use crate::record::target::{Step, Targets};
use crate::record::{agreement, review, taskforce};
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
    /// The median as `#` and what lies between it and the ninetieth percentile as `-`; the longest of the list is as long as it may be.
    pub bar: String,
    /// What is to be known of the figures.
    pub note: &'static str,
}

/// One thing that took time.
#[derive(Clone, Copy)]
struct Took {
    span: Lasted,
    /// Whether it passed the last day that the law allows; none: the law sets none.
    past_limit: Option<bool>,
    /// Whether it passed the target: what the two desks have committed themselves to, or else what the request aimed at.
    past_target: Option<bool>,
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
            bar: String::new(),
            note: FEW,
        };
    }
    let past = |of: fn(&Took) -> Option<bool>| {
        let known: Vec<bool> = took.iter().filter_map(of).collect();
        (!known.is_empty()).then(|| known.into_iter().filter(|past| *past).count())
    };
    Benchmark {
        what,
        whose,
        count: Some(took.len()),
        open: Some(found.open),
        median: found.median,
        p90: found.p90,
        past_legal_limit: past(|t| t.past_limit),
        past_own_target: past(|t| t.past_target),
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
        clocks.iter().filter_map(|c| c.get(key).and_then(Json::text).and_then(Timestamp::parse)).min()
    };
    let took = (minutes(life.sent, end) - waited).max(0);
    let aimed = clock("due").filter(|_| of_law).map(|due| end > due);
    Took {
        span: Lasted { minutes: took, is_open: until.is_none() },
        past_limit: clock("limit").filter(|_| of_law).map(|limit| end > limit),
        past_target: committed.map(|days| took > days.saturating_mul(24 * 60)).or(aimed),
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
const BAR: i64 = 24;

/// Gives each row its bar, on one scale.
fn draw_bars(rows: &mut [Benchmark]) {
    let longest = rows.iter().filter_map(|r| r.p90.or(r.median)).max().unwrap_or(0).max(1);
    let marks = |minutes: Option<i64>| {
        let marks = minutes.map_or(0, |m| (m.saturating_mul(BAR) + longest - 1) / longest);
        usize::try_from(marks).unwrap_or(0)
    };
    for row in rows {
        let (median, p90) = (marks(row.median), marks(row.p90));
        row.bar = "#".repeat(median) + &"-".repeat(p90.saturating_sub(median));
    }
}

/// How long things take that began in a period, as they stand at its end or now.
pub fn rows(workspace: &Workspace, from: Timestamp, to: Timestamp) -> Result<Vec<Benchmark>, Error> {
    let events = events::all(workspace)?;
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
    Took { span: Lasted { minutes, is_open: false }, past_limit: None, past_target: None }
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
        Took { span, past_limit: None, past_target: None }
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
        ("bar", "MEDIAN #, P90 -"),
        ("note", "NOTE"),
    ];
    Ok(Output::list(&rows(workspace, from, to)?, columns))
}
