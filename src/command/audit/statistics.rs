//! Figures of how this desk works, for its officers and for oversight: what became of requests, and how the safeguards were
//! used. Each names the record that it leads to. It counts what the record store says and judges nothing.

use crate::record::kind::Kind;
use crate::record::kind::KindState as _;
use serde::Serialize;

use crate::command::definition::{Args, Command, Handler, Output};
use crate::record::disclosure::Validation;
use crate::record::kind::State as StateOf;
use crate::record::request::{self, State};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::record::{complaint, dispute, error, finding};
use crate::record::{disclosure, hold, review};
use crate::store::records::{by_state, count};
use crate::value::id::Id;
use crate::value::text::counted;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The commands.
pub const COMMANDS: &[Command] = &[Command {
    noun: "audit",
    name: "figures",
    about: "Figures for oversight: emergencies, holds, reviews, refusals, erasures",
    args: &[],
    writes: None,
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
    pub id: Option<Id>,
    /// The kind of that record.
    pub kind: Kind,
}

/// What became of the requests of one direction.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize)]
pub struct Requests {
    /// Those that still wait for anything; one that was answered, too, until its use is reported.
    pub open: u64,
    /// Those that were answered, and what came after.
    pub answered: u64,
    /// Those that were refused.
    pub refused: u64,
    /// The one that is open longest, and since when it is here.
    pub oldest: Option<Id>,
}

/// What became of the requests of partners, and of this desk's own.
pub fn requests(workspace: &Workspace) -> Result<[Requests; 2], Error> {
    let mut both = [Requests::default(), Requests::default()];
    // The place of the oldest that is open.
    let mut oldest = [None, None];
    for group in by_state(&workspace.db, Kind::Request, workspace.meta.desk)? {
        let Some(state) = State::of(group.state) else { continue };
        let ([inbound, outbound], [first_in, first_out]) = (&mut both, &mut oldest);
        let (of, first) = if group.ours { (outbound, first_out) } else { (inbound, first_in) };
        if request::is_open(group.state) {
            of.open += group.count;
            let (place, _) = group.ends;
            *first = Some(first.map_or(place, |first: i64| first.min(place)));
        }
        match state {
            State::Delivered | State::UseReported | State::Closed => of.answered += group.count,
            State::Refused => of.refused += group.count,
            _ => {}
        }
    }
    for (of, place) in both.iter_mut().zip(oldest) {
        of.oldest = place.map(|p| workspace.records().at(p)).transpose()?.flatten().map(|r| r.id);
    }
    Ok(both)
}

/// How the safeguards were used.
pub fn oversight(workspace: &Workspace) -> Result<Vec<Figure>, Error> {
    let (records, now) = (workspace.records(), workspace.now());
    let all = |kind: Kind| records.find(&Query::kind(kind));
    let figure = |name, kind: Kind, of: &[&Record], told: String| Figure {
        name,
        count: of.len() as u64,
        of: told,
        id: of.first().map(|r| r.id),
        kind,
    };
    let said = |of: &[&Record], told: String| if of.is_empty() { "none".to_owned() } else { told };
    let number = |of: &[&Record], is: &dyn Fn(&Record) -> bool| of.iter().filter(|r| is(r)).count();

    let disclosures = all(Kind::Disclosure)?;
    let mut emergencies: Vec<&Record> =
        disclosures.iter().filter(|d| disclosure::validation(d, now).is_some()).collect();
    let is = |so: Validation| move |d: &Record| disclosure::validation(d, now) == Some(so);
    // What waits or was not validated is what one looks at first.
    emergencies.sort_by_key(|d| is(Validation::Approved)(d));
    let waiting = number(&emergencies, &is(Validation::Pending));
    let not = emergencies.len() - waiting - number(&emergencies, &is(Validation::Approved));

    let holds = all(Kind::Hold)?;
    let standing: Vec<&Record> = holds.iter().filter(|h| h.is(hold::State::Standing)).collect();
    let oldest = standing.first().and_then(|h| h.instant("placed")).map(|placed| now.since(placed));
    // In words: it stands in a sentence.
    let oldest = oldest.map(|age| match age.whole_days() {
        0 => counted(age.as_seconds() / 3600, "hour"),
        days => counted(days, "day"),
    });

    let reviews = all(Kind::Review)?;
    use review::State as R;
    let state = |r: &Record| if review::has_lapsed(r, now) { Some(R::Lapsed) } else { r.in_state() };
    let is_open = |r: &Record| matches!(state(r), Some(R::Open | R::Assessed | R::Deferred));
    let mut reviewed: Vec<&Record> = reviews.iter().collect();
    reviewed.sort_by_key(|r| !is_open(r));
    let so = |wanted: R| number(&reviewed, &|r| state(r) == Some(wanted));

    let groups = by_state(&workspace.db, Kind::Request, workspace.meta.desk)?;
    let refused: Vec<_> = groups.iter().filter(|g| g.state == State::Refused.any()).collect();
    let refusals = |ours: bool| refused.iter().filter(|g| g.ours == ours).map(|g| g.count).sum::<u64>();
    // Of this desk's own requests, partners refused some; of theirs, this desk did.
    let (by_us, by_them) = (refusals(false), refusals(true));
    let newest = refused.iter().map(|g| g.ends.1).max().map(|place| records.at(place)).transpose()?.flatten();

    let late = count(&workspace.db, &Query { due_by: Some(now), ..Query::kind(Kind::Item) })?;
    let first_late = records.find(&Query { due_by: Some(now), limit: Some(1), ..Query::kind(Kind::Item) })?;

    let certificates = all(Kind::Certificate)?;
    let erased: Vec<&Record> = certificates.iter().rev().filter(|c| c.desk == workspace.meta.desk).collect();
    let alone = number(&erased, &|c| c.text("countersigned_by").is_none());

    Ok(vec![
        figure(
            "emergencies",
            Kind::Disclosure,
            &emergencies,
            said(&emergencies, format!("{waiting} waiting, {not} not validated")),
        ),
        figure(
            "holds",
            Kind::Hold,
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
            id: first_late.first().map(|r| r.id),
            kind: Kind::Item,
        },
        figure("erasures", Kind::Certificate, &erased, said(&erased, format!("{alone} not countersigned"))),
        figure(
            "reviews",
            Kind::Review,
            &reviewed,
            said(
                &reviewed,
                format!("{} open, {} refused, {} lapsed", number(&reviewed, &is_open), so(R::Refused), so(R::Lapsed)),
            ),
        ),
        Figure {
            name: "refusals",
            count: by_us + by_them,
            of: match by_us + by_them {
                0 => "none".to_owned(),
                _ => format!("{by_us} by this desk, {by_them} by partners"),
            },
            id: newest.map(|r| r.id),
            kind: Kind::Request,
        },
    ])
}

/// Who answers for what: findings, complaints, mistakes, disputes, and looks at personal data.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn answerability(workspace: &Workspace) -> Result<Vec<Figure>, Error> {
    let (records, now) = (workspace.records(), workspace.now());
    let mut figures = Vec::new();
    let mut add = |name, kind: Kind, open: &[StateOf], what: &str| -> Result<(), Error> {
        let all = records.find(&Query::kind(kind))?;
        let waits: Vec<&Record> = all.iter().filter(|r| open.contains(&r.state)).collect();
        let late = waits.iter().filter(|r| r.due.is_some_and(|due| due < now)).count();
        let of = if all.is_empty() { "none".to_owned() } else { format!("{} {what}, {late} late", waits.len()) };
        let first = waits.first().copied().or(all.first()).map(|r| r.id);
        figures.push(Figure { name, count: all.len() as u64, of, id: first, kind });
        Ok(())
    };
    add("findings", Kind::Finding, finding::ANSWERABLE, "open")?;
    add("complaints", Kind::Complaint, complaint::ANY_OPEN, "open")?;
    add("mistakes", Kind::Error, &[error::State::Open.any(), error::State::Received.any()], "open")?;
    add("disputes", Kind::Dispute, dispute::LIVE, "live")?;
    let looks = count(&workspace.db, &Query::kind(Kind::Consultation))?;
    let unsigned = workspace.unsigned_looks()?.len();
    figures.push(Figure {
        name: "consultations",
        count: looks,
        of: format!("{unsigned} more not signed yet"),
        id: None,
        kind: Kind::Consultation,
    });
    Ok(figures)
}

fn figures(workspace: &mut Workspace, _: &Args, _: &mut Job) -> Result<Output, Error> {
    let columns = &[("name", "WHAT"), ("count", "COUNT"), ("of", "OF IT"), ("id", "SEE")];
    let mut all = oversight(workspace)?;
    all.extend(answerability(workspace)?);
    Ok(Output::list(&all, columns))
}
