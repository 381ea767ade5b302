//! `report transparency`: what a desk publishes of a period. What is published is remembered as an act, and the same period again
//! is the same bytes.

use super::events::{self, Event};
use super::months;
use super::tables::{kept, tables};
use super::ties::{Months, Ties};
use crate::act::header::Audience;
use crate::command::crossing::marked;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::destination::{Destination, FORCE};
use crate::figures::page::{self, PageFormat};
use crate::figures::release::{Correction, Release, Shown, Withheld};
use crate::figures::table::{LEAST_THRESHOLD, THRESHOLD};
use crate::gate::cleared;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::release::{self, Fault};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[
    Command {
        noun: "report",
        name: "transparency",
        about: "Publish the figures of a quarter, half-year or year that is over: small counts hidden, and what is withheld and why",
        args: &[
            Arg::new("from", ArgKind::Time, "the first day, such as 2026-01-01").required(),
            Arg::new("to", ArgKind::Time, "the day after the last, such as 2026-07-01").required(),
            Arg::new("threshold", ArgKind::Number, "counts below it are hidden: 10, or another from 5 up"),
            Arg::new("out", ArgKind::ToWrite, "the file to write: .html, .csv or .json, any other text").required(),
            FORCE,
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(release::PUBLISH, Weight::Signs, Needs::Nothing) }),
        run: Handler::Writes(publish),
    },
    Command {
        noun: "report",
        name: "correct",
        about: "Correct figures that were published: dated, and withheld where the two together would tell what is hidden",
        args: &[
            Arg::new("release", ArgKind::Record(&[Kind::Release]), "the release").positional(),
            Arg::new("because", ArgKind::Word(all_words::<Fault>), "what was wrong").required(),
            Arg::new("out", ArgKind::ToWrite, "the file to write: .html, .csv or .json, any other text").required(),
            FORCE,
        ],
        writes: Some(Writes { rehearsable: false, ..Writes::of(release::CORRECT, Weight::Signs, Needs::ActsState) }),
        run: Handler::Writes(correct),
    },
    Command {
        noun: "report",
        name: "releases",
        about: "List the periods of which figures were published",
        args: &[],
        writes: None,
        run: Handler::Reads(list),
    },
];

/// What no table of this program holds yet, or what is never published.
fn left_out() -> Vec<Withheld> {
    let of = |what: &str, why: &str| Withheld { what: what.to_owned(), why: why.to_owned() };
    vec![
        of("partners, by name", "who works with whom is told by no figure, and nobody is ranked"),
        of("cases, people and what was found", "no content is published"),
        of(
            "replies in days",
            "means and medians of few are as good as the few themselves; see the desk's own benchmarks",
        ),
    ]
}

/// Whether this is a calendar quarter, half-year or year.
fn is_period(from: Timestamp, to: Timestamp) -> bool {
    let (a, b) = (from.date(), to.date());
    let first = |t: Timestamp| t == t.start_of_day() && t.date().day() == 1;
    let months = i32::from(b.year() - a.year()) * 12 + i32::from(b.month() - a.month());
    let begins = i32::from(a.month() - 1);
    first(from) && first(to) && matches!(months, 3 | 6 | 12) && begins % months == 0
}

/// The form that the ending of a file names; text where it names none.
pub fn form_of(out: &Destination) -> PageFormat {
    out.path().extension().and_then(|e| e.to_str()).and_then(PageFormat::parse).unwrap_or(PageFormat::Text)
}

/// Whether a file is written as a page.
pub fn is_page(out: &Destination) -> bool {
    form_of(out) == PageFormat::Html
}

/// Withholds of a release what beside the months that were written would tell what is hidden.
fn set_against_months(
    workspace: &Workspace,
    events: &[Event],
    period: (Timestamp, Timestamp),
    figures: &mut Release,
) -> Result<(), Error> {
    let written = months::written_before(workspace)?;
    if written.is_empty() {
        return Ok(());
    }
    let (ties, threshold) = (Ties::of(workspace)?, figures.threshold);
    let months = Months { written, first: months::first_month(events, workspace.meta.desk) };
    for tied in ties.all() {
        figures.withhold_where(tied.title, |table| ties.table_tells(&months, period, (table, threshold)));
    }
    Ok(())
}

/// The release of a period as it is published; `None`: there is none yet.
fn published(workspace: &Workspace, from: Timestamp, to: Timestamp) -> Result<Option<(Record, Release)>, Error> {
    let Some(record) = release::of_period(&workspace.records(), from, to)? else { return Ok(None) };
    let (kept, _) = kept(workspace, &record)?;
    Ok(Some((record, kept)))
}

/// Writes a release where it is to go, once the gate has cleared it.
fn written(
    workspace: &Workspace,
    (id, kind): (Id, ChangeKind),
    now: Timestamp,
    figures: Release,
    out: &Destination,
) -> Result<Output, Error> {
    let by = (workspace.person(), kind);
    let cleared = cleared::clear_written(&workspace.records(), &workspace.meta.realm, now, by, figures)?
        .map_err(|v| Error::refused(v, None))?;
    let written = marked(&workspace.meta.realm, page::write(&cleared, form_of(out)), form_of(out));
    let digest = Digest::of(written.as_bytes());
    out.write(written.as_bytes())?;
    let hidden: usize = cleared.value().tables.iter().map(Shown::hidden).sum();
    let told = format!("Published to {}: {hidden} figures are hidden; SHA-256 {digest}.", out.shown());
    Ok(Output::made(id, told).with("sha256", digest.to_string()).with("hidden", hidden))
}

fn publish(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let (from, to) = (args.time("from", workspace.now())?, args.time("to", workspace.now())?);
    let threshold = args.maybe_read("threshold", "a number from 5 up", |t| {
        t.parse().ok().filter(|n: &i64| (LEAST_THRESHOLD..=1_000_000).contains(n))
    })?;
    if !is_period(from, to) {
        return Err(Error::usage("figures are published by calendar quarter, half-year or year")
            .hint("name the first day and the day after the last, such as --from 2026-01-01 --to 2026-07-01"));
    }
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(release::PUBLISH)?;
    let earlier = published(workspace, from, to)?;
    let (id, figures) = match earlier {
        Some((record, figures)) => {
            if threshold.is_some_and(|t| t != figures.threshold) {
                return Err(Error::not_allowed(format!(
                    "the period was published with the threshold {}",
                    figures.threshold
                ))
                .hint("another threshold would tell what the first one hides: leave --threshold out"));
            }
            (record.id, figures)
        }
        None => {
            let events = events::all(workspace)?;
            let tables = tables(workspace, &events, from, to)?;
            let desk = workspace.code_of(workspace.meta.desk)?;
            let (first, end) = (from.to_date(), to.to_date());
            let period = (desk.as_str(), first.as_str(), end.as_str());
            let mut figures = Release::of(period, threshold.unwrap_or(THRESHOLD), &tables, left_out());
            set_against_months(workspace, &events, (from, to), &mut figures)?;
            let id = workspace.entropy.id()?;
            workspace.act_alone(release::PUBLISH, Audience::OwnDesk, |e, _| {
                Ok(release::new(id, from, to, figures.threshold, figures.to_json(), e.salt()?))
            })?;
            (id, figures)
        }
    };
    written(workspace, (id, release::PUBLISH), now, figures, &out)
}

fn correct(workspace: &mut Workspace, args: &Args, _: &mut Job) -> Result<Output, Error> {
    let record = workspace.find_record(args.need("release")?, &[Kind::Release])?;
    let because = args.read("because", "what was wrong", Fault::parse)?;
    let out = Destination::of(args, "out")?;
    let now = workspace.may_sign(release::CORRECT)?;
    let (from, to) = record.instant("from").zip(record.instant("to")).unwrap_or((now, now));
    let (current, earlier) = kept(workspace, &record)?;
    let events = events::all(workspace)?;
    let tables = tables(workspace, &events, from, to)?;
    let said = Correction { on: now.to_date(), because: because.sentence().to_owned() };
    let same = || {
        Error::not_allowed("the figures are what was published, or what of them may be told is: nothing is corrected")
            .hint("`comity report transparency` writes the same release again")
    };
    let mut figures = current.corrected(&earlier, &tables, said).ok_or_else(same)?;
    set_against_months(workspace, &events, (from, to), &mut figures)?;
    if figures.tables == current.tables {
        return Err(same());
    }
    let earlier: Vec<Json> = earlier.iter().chain([&current]).map(Release::to_json).collect();
    let (id, json) = (record.id, figures.to_json());
    workspace.act_alone(release::CORRECT, Audience::OwnDesk, |e, _| {
        Ok(release::corrected(id, because, json, earlier, e.salt()?))
    })?;
    written(workspace, (id, release::CORRECT), now, figures, &out)
}

/// A period of which figures were published.
#[derive(Clone, Debug, serde::Serialize)]
pub struct ReleaseRow {
    /// The record.
    pub id: Id,
    /// The first day.
    pub from: String,
    /// The day after the last.
    pub to: String,
    /// Counts below it are hidden.
    pub threshold: i64,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was corrected last.
    pub corrected: Option<Timestamp>,
}

/// The periods of which figures were published, the last ones first.
pub fn rows(workspace: &Workspace) -> Result<Vec<ReleaseRow>, Error> {
    let day = |record: &Record, key: &str| record.instant(key).map(Timestamp::to_date).unwrap_or_default();
    let row = |record: &Record| ReleaseRow {
        id: record.id,
        from: day(record, "from"),
        to: day(record, "to"),
        threshold: record.terms.get("threshold").and_then(Json::int).unwrap_or(0),
        published: record.instant("at"),
        corrected: record.instant("corrected"),
    };
    let mut all: Vec<ReleaseRow> = workspace.records().find(&Query::kind(Kind::Release))?.iter().map(row).collect();
    all.sort_by(|a, b| b.from.cmp(&a.from));
    Ok(all)
}

fn list(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[
        ("id", "ID"),
        ("from", "FROM"),
        ("to", "UNTIL BEFORE"),
        ("threshold", "THRESHOLD"),
        ("published", "PUBLISHED"),
        ("corrected", "CORRECTED"),
    ];
    Ok(Output::list(&rows(workspace)?, columns))
}
