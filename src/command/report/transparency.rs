//! `report transparency`: what a desk publishes of a period. What is published is remembered as an act, and the same period again
//! is the same bytes.

use super::events::{self, Event, Life};
use crate::act::header::Audience;
use crate::command::crossing::marked;
use crate::command::definition::{Arg, ArgKind, Args, Command, Handler, Needs, Output, Weight, Writes};
use crate::command::destination::{Destination, FORCE};
use crate::command::disclosure::items_of;
use crate::figures::page::{self, PageFormat};
use crate::figures::release::{Correction, Release, Shown, Withheld};
use crate::figures::table::{LEAST_THRESHOLD, THRESHOLD, Table};
use crate::gate::cleared;
use crate::law::edition::Law;
use crate::law::request::RequestKind;
use crate::record::disclosure;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::release::{self, Fault};
use crate::record::request::{Answer, FollowUp};
use crate::record::review;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::class::{Level, ReviewOutcome, Tier, words};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
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

words! {
    /// What is asked for, as far as it is published.
    RequestGroup {
        /// A European production order.
        Production = "production order (e-Evidence)",
        /// A European preservation order.
        Preservation = "preservation order (e-Evidence)",
        /// Another preservation.
        Keep = "other preservation",
        /// Data.
        Data = "other data",
        /// Other help.
        Help = "other help",
    }
}

words! {
    /// What became of a request.
    Became {
        /// It was answered.
        Answered = "answered",
        /// It was refused.
        Refused = "refused",
        /// It was withdrawn, or its time passed.
        Ended = "withdrawn or expired",
        /// It waited still.
        Open = "open",
    }
}

fn asked(law: &Law, life: &Life) -> RequestGroup {
    let kind = law.request(&life.kind);
    let is_european = |of: &RequestKind| law.instruments().iter().any(|i| i.id.to_string() == of.instrument && i.eu);
    // Orders to providers under the Regulation on e-evidence, of which its Article 28(2) asks for figures.
    let is_order = kind.is_some_and(|k| k.straight && is_european(k));
    match (is_order, life.preserves(law), kind) {
        (true, true, _) => RequestGroup::Preservation,
        (true, false, _) => RequestGroup::Production,
        (false, true, Some(_)) => RequestGroup::Keep,
        (false, _, Some(kind)) if !kind.categories.is_empty() => RequestGroup::Data,
        _ => RequestGroup::Help,
    }
}

/// What became of a request until before a time.
pub fn became(life: &Life, until: Timestamp) -> Became {
    let by = |at: Option<Timestamp>| at.is_some_and(|at| at < until);
    let last = life.answers.iter().filter(|(at, _)| *at < until).max_by_key(|(at, _)| *at).map(|(_, answer)| *answer);
    let expired = life.follow_ups.iter().any(|(at, f)| *at < until && *f == FollowUp::Expire);
    match last {
        _ if by(life.withdrawn) || expired => Became::Ended,
        _ if by(life.first(&[Answer::Deliver])) => Became::Answered,
        Some(Answer::Refuse) => Became::Refused,
        _ => Became::Open,
    }
}

/// A table of things that were put into a row and a column each.
fn counted<R: Copy + Eq, C: Copy + Eq>(
    rows: &[(R, &str)],
    columns: &[(C, &str)],
    things: impl Iterator<Item = (R, C)>,
) -> Table {
    let mut counts = vec![vec![0; columns.len()]; rows.len()];
    for (row, column) in things {
        let place = rows.iter().position(|(r, _)| *r == row).zip(columns.iter().position(|(c, _)| *c == column));
        if let Some(count) = place.and_then(|(i, j)| counts.get_mut(i)?.get_mut(j)) {
            *count += 1;
        }
    }
    let names = |all: &mut dyn Iterator<Item = String>| all.collect();
    Table {
        threshold: THRESHOLD,
        rows: names(&mut rows.iter().map(|(_, name)| (*name).to_owned())),
        columns: names(&mut columns.iter().map(|(_, name)| (*name).to_owned())),
        counts,
    }
}

fn named<W: Copy>(all: &[W], word: fn(W) -> &'static str) -> Vec<(W, &'static str)> {
    all.iter().map(|w| (*w, word(*w))).collect()
}

words! {
    /// How a review ended.
    Ended {
        /// It was approved.
        Approved = "approved",
        /// On conditions, or in part.
        Narrowed = "approved on conditions or in part",
        /// It was refused.
        Refused = "refused",
        /// It was not decided.
        Open = "not decided",
    }
}

words! {
    /// How something was released to a partner.
    Shared {
        /// As a rule.
        Plain = "in the ordinary way",
        /// In an emergency that was approved afterwards.
        Validated = "emergency, approved afterwards",
        /// In an emergency that was not.
        NotValidated = "emergency, not approved afterwards",
    }
}

/// The tables of a period. Each thing is counted in one cell of one of them.
fn tables(
    workspace: &Workspace,
    events: &[Event],
    from: Timestamp,
    to: Timestamp,
) -> Result<Vec<(&'static str, Table)>, Error> {
    let (law, own) = (workspace.law()?, workspace.meta.desk);
    let within = |at: Timestamp| from <= at && at < to;
    let lives: Vec<Life> = events::lives(events).into_iter().filter(|life| within(life.sent)).collect();
    let asked_for = named(RequestGroup::ALL, RequestGroup::word);
    let outcomes = named(Became::ALL, Became::word);
    let of = |ours: bool| {
        let some = lives.iter().filter(move |life| (life.desk == own) == ours);
        counted(&asked_for, &outcomes, some.map(|life| (asked(&law, life), became(life, to))))
    };
    let mut found = vec![("Requests and orders sent", of(true)), ("Requests and orders received", of(false))];

    let records = workspace.records();
    let decided = |record: &Record| -> Ended {
        let when = events.iter().rfind(|e| e.kind == review::DECIDE && e.record == record.id && e.at < to);
        match when.and_then(|_| record.text("outcome")).and_then(ReviewOutcome::parse) {
            Some(ReviewOutcome::Approved) => Ended::Approved,
            Some(ReviewOutcome::Conditions | ReviewOutcome::Partial) => Ended::Narrowed,
            Some(ReviewOutcome::Refused) => Ended::Refused,
            _ => Ended::Open,
        }
    };
    let reviews = records.find(&Query::kind(Kind::Review))?;
    let reviews = reviews.iter().filter(|r| r.instant("opened").is_some_and(within));
    let reviews = reviews.filter_map(|r| Some((r.text("level").and_then(Level::parse)?, decided(r))));
    found.push((
        "Legal reviews opened",
        counted(&named(Level::ALL, Level::word), &named(Ended::ALL, Ended::word), reviews),
    ));

    let shared = |record: &Record| match disclosure::validation(record, to) {
        None => Shared::Plain,
        Some(disclosure::Validation::Approved) => Shared::Validated,
        Some(_) => Shared::NotValidated,
    };
    let released = [disclosure::State::Released.any(), disclosure::State::Recalled.any()];
    let disclosures = records.find(&Query::kind(Kind::Disclosure))?;
    let disclosures = disclosures.iter().filter(|d| d.desk == own && released.contains(&d.state));
    let disclosures = disclosures.filter(|d| d.instant("at").is_some_and(within));
    let tiers: Vec<(Tier, &str)> = Tier::ALL.iter().copied().zip(["tier 1", "tier 2", "tier 3", "tier 4"]).collect();
    // By the highest tier of what it gives.
    let mut given = Vec::new();
    for disclosure in disclosures {
        let mut highest = None;
        for item in items_of(workspace, disclosure)? {
            highest = highest.max(records.get(item)?.and_then(|item| item.tier));
        }
        given.extend(highest.map(|tier| (tier, shared(disclosure))));
    }
    let how = named(Shared::ALL, Shared::word);
    found.push(("Disclosures to partners", counted(&tiers, &how, given.into_iter())));
    Ok(found)
}

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

/// What is published of a release now, and all that was before.
fn kept(workspace: &Workspace, record: &Record) -> Result<(Release, Vec<Release>), Error> {
    let content = workspace.content(record)?;
    let kept = content.as_ref().and_then(|c| c.get("figures")).and_then(Release::read);
    let earlier = content.as_ref().and_then(|c| c.get("earlier")).and_then(Json::items).unwrap_or_default();
    let earlier: Option<Vec<Release>> = earlier.iter().map(Release::read).collect();
    kept.zip(earlier).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "what was published cannot be read", "run `comity audit verify`")
    })
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
            let figures = Release::of(period, threshold.unwrap_or(THRESHOLD), &tables, left_out());
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
    let figures = current.corrected(&earlier, &tables, said).ok_or_else(|| {
        Error::not_allowed("the figures are what was published, or what of them may be told is: nothing is corrected")
            .hint("`comity report transparency` writes the same release again")
    })?;
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
