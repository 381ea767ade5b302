//! Figures of how this desk works, for its officers and for oversight: what became of requests, and how the safeguards were
//! used. Each names the record that it leads to. It counts what the record store says and judges nothing.

use serde::Serialize;

use crate::command::definition::{Args, Command, Handler, Output};
use crate::record::request::State;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{certificate, disclosure, hold, request, review};
use crate::store::records::{by_state, count};
use crate::value::text::counted;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "audit",
    name: "figures",
    about: "Figures for oversight: emergencies, holds, reviews, refusals, erasures",
    fields: &[],
    act: "",
    run: Handler::Reads(figures),
}];

/// A figure.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Figure {
    /// What it counts.
    pub name: &'static str,
    /// How many.
    pub count: u64,
    /// What of it matters, in words.
    pub of: String,
    /// The record that it leads to.
    pub id: Option<String>,
    /// The kind of that record.
    pub kind: &'static str,
}

/// What became of the requests of one direction.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize)]
pub struct Requests {
    /// Those that wait for something.
    pub open: u64,
    /// Those that were answered, and what came after.
    pub answered: u64,
    /// Those that were refused.
    pub refused: u64,
    /// The one that is open longest, and since when it is here.
    pub oldest: Option<String>,
}

/// What became of the requests of partners, and of this desk's own.
pub fn requests(workspace: &Workspace) -> Result<[Requests; 2], Error> {
    let mut both = [Requests::default(), Requests::default()];
    // The place of the oldest that is open.
    let mut oldest = [None, None];
    for group in by_state(&workspace.db, request::KIND.name, workspace.meta.desk)? {
        let Some(state) = State::parse(&group.state) else { continue };
        let ([inbound, outbound], [first_in, first_out]) = (&mut both, &mut oldest);
        let (of, first) = if group.ours { (outbound, first_out) } else { (inbound, first_in) };
        match state {
            State::Delivered | State::UseReported | State::Closed => of.answered += group.count,
            State::Refused => of.refused += group.count,
            State::Withdrawn | State::Expired | State::Purged => {}
            _ => {
                of.open += group.count;
                let (place, _) = group.ends;
                *first = Some(first.map_or(place, |first: i64| first.min(place)));
            }
        }
    }
    for (of, place) in both.iter_mut().zip(oldest) {
        of.oldest = place.map(|p| workspace.records().at(p)).transpose()?.flatten().map(|r| r.id.to_string());
    }
    Ok(both)
}

/// How the safeguards were used.
pub fn oversight(workspace: &Workspace) -> Result<Vec<Figure>, Error> {
    let (records, now) = (workspace.records(), workspace.now());
    let all = |kind: &'static str| records.find(&Query::kind(kind));
    let figure = |name, kind: &'static str, of: &[&Record], told: String| Figure {
        name,
        count: of.len() as u64,
        of: told,
        id: of.first().map(|r| r.id.to_string()),
        kind,
    };
    let said = |of: &[&Record], told: String| if of.is_empty() { "none".to_owned() } else { told };
    let number = |of: &[&Record], is: &dyn Fn(&Record) -> bool| of.iter().filter(|r| is(r)).count();

    let disclosures = all(disclosure::KIND.name)?;
    let mut emergencies: Vec<&Record> =
        disclosures.iter().filter(|d| disclosure::validation_of(d, now).is_some()).collect();
    let is = |word: &'static str| move |d: &Record| disclosure::validation_of(d, now) == Some(word);
    // What waits or was not validated is what one looks at first.
    emergencies.sort_by_key(|d| is("approved")(d));
    let waiting = number(&emergencies, &is("pending"));
    let not = emergencies.len() - waiting - number(&emergencies, &is("approved"));

    let holds = all(hold::KIND.name)?;
    let standing: Vec<&Record> = holds.iter().filter(|h| h.state == "standing").collect();
    let oldest = standing.first().and_then(|h| h.instant("placed")).map(|t| now.since(t).to_string());

    let reviews = all(review::KIND.name)?;
    let state = |r: &Record| if review::has_lapsed(r, now) { "lapsed".to_owned() } else { r.state.clone() };
    let mut reviewed: Vec<&Record> = reviews.iter().collect();
    reviewed.sort_by_key(|r| !matches!(state(r).as_str(), "open" | "assessed" | "deferred"));
    let so = |words: &'static [&'static str]| number(&reviewed, &|r| words.contains(&state(r).as_str()));

    let groups = by_state(&workspace.db, request::KIND.name, workspace.meta.desk)?;
    let refused: Vec<_> = groups.iter().filter(|g| g.state == State::Refused.word()).collect();
    let refusals = |ours: bool| refused.iter().filter(|g| g.ours == ours).map(|g| g.count).sum::<u64>();
    // Of this desk's own requests, partners refused some; of theirs, this desk did.
    let (by_us, by_them) = (refusals(false), refusals(true));
    let newest = refused.iter().map(|g| g.ends.1).max().map(|place| records.at(place)).transpose()?.flatten();

    let late = count(&workspace.db, &Query { due_by: Some(now), ..Query::kind("item") })?;
    let first_late = records.find(&Query { due_by: Some(now), limit: Some(1), ..Query::kind("item") })?;

    let certificates = all(certificate::KIND.name)?;
    let erased: Vec<&Record> = certificates.iter().rev().filter(|c| c.desk == workspace.meta.desk).collect();
    let alone = number(&erased, &|c| c.text("countersigned_by").is_none());

    Ok(vec![
        figure(
            "emergencies",
            disclosure::KIND.name,
            &emergencies,
            said(&emergencies, format!("{waiting} waiting, {not} not validated")),
        ),
        figure(
            "holds",
            hold::KIND.name,
            &standing,
            oldest.map_or_else(|| "none stands".to_owned(), |age| format!("the longest for {age}")),
        ),
        Figure {
            name: "late erasures",
            count: late,
            of: if late == 0 {
                "nothing is past its term".into()
            } else {
                format!("{} past its term", counted(late, "item"))
            },
            id: first_late.first().map(|r| r.id.to_string()),
            kind: "item",
        },
        figure("erasures", certificate::KIND.name, &erased, said(&erased, format!("{alone} not countersigned"))),
        figure(
            "reviews",
            review::KIND.name,
            &reviewed,
            said(
                &reviewed,
                format!(
                    "{} open, {} refused, {} lapsed",
                    so(&["open", "assessed", "deferred"]),
                    so(&["refused"]),
                    so(&["lapsed"])
                ),
            ),
        ),
        Figure {
            name: "refusals",
            count: by_us + by_them,
            of: match by_us + by_them {
                0 => "none".to_owned(),
                _ => format!("{by_us} by this desk, {by_them} by partners"),
            },
            id: newest.map(|r| r.id.to_string()),
            kind: request::KIND.name,
        },
    ])
}

fn figures(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[("name", "WHAT"), ("count", "COUNT"), ("of", "OF IT"), ("id", "SEE")];
    Ok(Output::list(&oversight(workspace)?, columns))
}
