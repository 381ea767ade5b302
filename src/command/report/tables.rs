//! What is counted in which table of `report transparency`, and every version of it that was published.

use super::events::{self, Event, Life};
use crate::command::disclosure::items_of;
use crate::figures::release::Release;
use crate::figures::table::{THRESHOLD, Table};
use crate::law::edition::Law;
use crate::law::request::RequestKind;
use crate::record::disclosure;
use crate::record::kind::Kind;
use crate::record::request::{Answer, FollowUp};
use crate::record::review;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::class::{Level, ReviewOutcome, Tier, words};
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

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

/// The row in which a kind of request is counted.
pub fn group(law: &Law, kind: &str) -> RequestGroup {
    let kind = law.request(kind);
    let is_european = |of: &RequestKind| law.instruments().iter().any(|i| i.id.to_string() == of.instrument && i.eu);
    // Orders to providers under the Regulation on e-evidence, of which its Article 28(2) asks for figures.
    let is_order = kind.is_some_and(|k| k.straight && is_european(k));
    let preserves = kind.is_some_and(|kind| !kind.hands_over());
    match (is_order, preserves, kind) {
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

/// Requests and orders of this desk.
pub const SENT: &str = "Requests and orders sent";
/// Requests and orders of partners.
pub const RECEIVED: &str = "Requests and orders received";
/// Reviews.
pub const REVIEWS: &str = "Legal reviews opened";
/// What was given.
pub const DISCLOSURES: &str = "Disclosures to partners";

/// The tables of a period. Each thing is counted in one cell of one of them.
pub fn tables(
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
        counted(&asked_for, &outcomes, some.map(|life| (group(&law, &life.kind), became(life, to))))
    };
    let mut found = vec![(SENT, of(true)), (RECEIVED, of(false))];

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
    found.push((REVIEWS, counted(&named(Level::ALL, Level::word), &named(Ended::ALL, Ended::word), reviews)));

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
    found.push((DISCLOSURES, counted(&tiers, &how, given.into_iter())));
    Ok(found)
}

/// What is published of a release now, and all that was before.
pub fn kept(workspace: &Workspace, record: &Record) -> Result<(Release, Vec<Release>), Error> {
    let content = workspace.content(record)?;
    let kept = content.as_ref().and_then(|c| c.get("figures")).and_then(Release::read);
    let earlier = content.as_ref().and_then(|c| c.get("earlier")).and_then(Json::items).unwrap_or_default();
    let earlier: Option<Vec<Release>> = earlier.iter().map(Release::read).collect();
    kept.zip(earlier).ok_or_else(|| {
        Error::new(ErrorKind::Integrity, "what was published cannot be read", "run `comity audit verify`")
    })
}

/// Every version of the figures of a period that was published.
pub struct Versions {
    /// From when.
    pub from: Timestamp,
    /// Until before when.
    pub to: Timestamp,
    /// Them, the one that stands last.
    pub versions: Vec<Release>,
}

/// Everything that was published, by period.
pub fn all_versions(workspace: &Workspace) -> Result<Vec<Versions>, Error> {
    let mut all = Vec::new();
    for record in workspace.records().find(&Query::kind(Kind::Release))? {
        let Some((from, to)) = record.instant("from").zip(record.instant("to")) else { continue };
        let (stands, mut versions) = kept(workspace, &record)?;
        versions.push(stands);
        all.push(Versions { from, to, versions });
    }
    Ok(all)
}
