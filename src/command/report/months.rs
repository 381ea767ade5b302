//! The figures of this desk month by month, and those that were written before.

use std::collections::BTreeMap;

use super::events::{self, Event};
use crate::act::header::Audience;
use crate::figures::lake::{Done, Month, SentCount};
use crate::record::letter;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

words! {
    /// For whom an act was.
    For {
        /// It stayed.
        OwnDesk = "own-desk",
        /// All partners.
        Partners = "partners",
        /// Desks that it names.
        Desks = "desks",
    }
}

fn month_of(at: Timestamp) -> String {
    at.to_date().chars().take(7).collect()
}

/// The first moment of a month.
pub fn begin_of(period: &str) -> Option<Timestamp> {
    Timestamp::parse_date(&format!("{period}-01")).map(Timestamp::of_date)
}

/// The first moment after a month.
fn end_of(period: &str) -> Option<Timestamp> {
    let (year, month) = period.split_once('-')?;
    let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
    let next = if month == 12 { format!("{}-01-01", year + 1) } else { format!("{year:04}-{:02}-01", month + 1) };
    Timestamp::parse_date(&next).map(Timestamp::of_date)
}

/// The month after one; `None` where that is none.
fn next(period: &str) -> Option<String> {
    end_of(period).map(month_of)
}

/// The figures of each month from the first in which this desk has acted: those in which nothing was done too, since a month that is
/// left out would say so.
pub fn months(workspace: &Workspace, with_open: bool, threshold: i64) -> Result<Vec<Month>, Error> {
    let (own, now) = (workspace.meta.desk, workspace.now());
    let desk = workspace.code_of(own)?;
    let events = events::all(workspace)?;
    let mut acts: BTreeMap<(String, String, String), i64> = BTreeMap::new();
    for event in events.iter().filter(|e: &&Event| e.desk == own) {
        let audience = match event.audience {
            Audience::OwnDesk => For::OwnDesk,
            Audience::Partners => For::Partners,
            Audience::Desks(_) => For::Desks,
        };
        let key = (month_of(event.at), event.kind.to_string(), audience.word().to_owned());
        *acts.entry(key).or_default() += 1;
    }
    let mut requests: BTreeMap<(String, String), i64> = BTreeMap::new();
    for life in events::lives(&events).iter().filter(|life| life.desk == own) {
        *requests.entry((month_of(life.sent), life.kind.clone())).or_default() += 1;
    }
    let Some((first, ..)) = acts.keys().next() else { return Ok(Vec::new()) };
    // What is dated ahead of now by a clock that is wrong is counted when that month has come.
    let last = month_of(now);
    let periods =
        std::iter::successors(Some(first.clone()), |period| next(period)).take_while(|period| *period <= last);
    let month = |period: String| {
        let done = acts.iter().filter(|((p, ..), _)| *p == period);
        let asked = requests.iter().filter(|((p, _), _)| *p == period);
        Month {
            desk: desk.clone(),
            is_closed: end_of(&period).is_some_and(|end| end <= now),
            threshold,
            acts: done.map(|((_, what, how), n)| Done { what: what.clone(), how: how.clone(), count: *n }).collect(),
            requests: asked.map(|((_, what), n)| SentCount { what: what.clone(), count: *n }).collect(),
            withheld: Vec::new(),
            withholds_requests: false,
            period,
        }
    };
    Ok(periods.map(month).filter(|m| m.is_closed || with_open).collect())
}

/// The months of which figures were written before, as they were, by their names.
pub fn written_before(workspace: &Workspace) -> Result<BTreeMap<String, Month>, Error> {
    let mut all = BTreeMap::new();
    for letter in letter::all_of_figures(&workspace.records())? {
        let content = workspace.content(&letter)?;
        let months = content.as_ref().map(letter::months_of).unwrap_or_default();
        for month in months.iter().filter_map(Month::read) {
            all.entry(month.period.clone()).or_insert(month);
        }
    }
    Ok(all)
}

/// The months from one time until before another.
pub fn periods(from: Timestamp, to: Timestamp) -> impl Iterator<Item = String> {
    let last = month_of(to);
    std::iter::successors(Some(month_of(from)), |period| next(period)).take_while(move |period| *period < last)
}

/// A month in which nothing was done, and everybody knows it.
pub fn nothing_in(period: String) -> Month {
    Month {
        desk: String::new(),
        period,
        is_closed: true,
        threshold: 0,
        acts: Vec::new(),
        requests: Vec::new(),
        withheld: Vec::new(),
        withholds_requests: false,
    }
}

/// The first month in which this desk has acted.
pub fn first_month(events: &[Event], own: Id) -> String {
    let all = events.iter().filter(|e| e.desk == own).map(|e| month_of(e.at));
    all.min().unwrap_or_default()
}
