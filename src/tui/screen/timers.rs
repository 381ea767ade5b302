//! Timers: what ends when, and what happens then; holds; duties to delete.

use super::look::{Look, Screen, due_at, left, row, state, subject};
use crate::desk::failure::Failure;
use crate::desk::job::Job;
use crate::desk::own;
use crate::desk::retention::{Timer, duties, holds, timers};
use crate::desk::workspace::Desk;
use crate::record::book::Query;
use crate::tui::page::{Bit, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::instant::{Instant, Span};
use crate::value::text::Shown;

/// The Timers.
pub const SCREEN: Screen = Screen {
    place: Place::Timers,
    views: &["clocks", "holds", "duties", "certificates"],
    has_detail: true,
    fetch,
    first_steps: "No clock runs yet. Every item and every request brings one.",
};

const MOST: u32 = 500;

fn fetch(desk: &Desk, look: &Look, _: &mut Job) -> Result<Page, Failure> {
    match look.view {
        1 => of_holds(desk),
        2 => of_duties(desk),
        3 => of_certificates(desk),
        _ => clocks(desk),
    }
}

fn clocks(desk: &Desk) -> Result<Page, Failure> {
    let now = desk.now();
    let all = timers(desk, MOST)?;
    let running = running(desk)?;
    let late = all.iter().filter(|t| Instant::parse(&t.due).is_some_and(|d| d < now)).count();
    let rows = all
        .iter()
        .map(|t| {
            let (left, mark) = left(Some(&t.due), now);
            let then = if t.then == "delete" { Bit::new("DELETE", Tone::Due) } else { Bit::from(t.then.as_str()) };
            let mut cells = row(
                &t.kind,
                &t.id,
                if t.held { 'H' } else { mark },
                vec![Bit::from(t.what.as_str()), then, Bit::from(t.partner.clone().unwrap_or_default())],
            );
            cells.cells.insert(0, if t.held { Bit::from("held") } else { left });
            cells.cells.insert(1, due_at(Some(&t.due), now));
            cells
        })
        .collect();
    Ok(Page {
        head: vec![],
        bands: vec![
            vec![Section {
                title: Shown::of("RETENTION AND OTHER CLOCKS"),
                aside: Shown::from(format!("{} of {running} clocks   late {late}", all.len())),
                of: Some(running),
                columns: vec![
                    column("LEFT", Width::Fixed(7)).right(),
                    column("AT", Width::Fixed(13)),
                    column("ID", Width::Fixed(8)),
                    column("WHAT", Width::Rest),
                    column("THEN", Width::Fixed(15)),
                    column("DESK", Width::Fixed(4)).optional(),
                ],
                rows,
                empty: Shown::of(SCREEN.first_steps),
                grows: true,
                ..Section::default()
            }],
            vec![two_weeks(&all, now)],
        ],
        sentence: Shown::of(if late == 0 {
            "Nothing is late. {purge what is due} erases what is due: it waits for nobody."
        } else {
            "Some of it is late: {purge what is due} erases what is due."
        }),
        ..Page::default()
    })
}

/// How many clocks run.
fn running(desk: &Desk) -> Result<u64, Failure> {
    let ever = Query { due_by: Some(Instant::from_millis(i64::MAX)), ..Query::default() };
    Ok(crate::store::book::count(&desk.db, &ever)?)
}

/// How many clocks end on each of the next fourteen days.
fn two_weeks(all: &[Timer], now: Instant) -> Section {
    let day = |n: i64| now.start_of_day().plus(Span::days(n));
    let count = |n: i64, delete: bool| {
        all.iter()
            .filter(|t| (t.then == "delete") == delete)
            .filter_map(|t| Instant::parse(&t.due))
            .filter(|d| *d >= day(n) && *d < day(n + 1))
            .count()
    };
    let line = |name: &str, cell: &dyn Fn(i64) -> String| Row {
        subject: None,
        mark: ' ',
        cells: std::iter::once(Bit::from(name)).chain((0..14).map(|n| Bit::from(cell(n)))).collect(),
    };
    let dot = |n: usize| if n == 0 { ".".to_owned() } else { n.to_string() };
    let mut columns = vec![column("", Width::Fixed(7))];
    // Where there is no room for two weeks, it is for the days that come first.
    columns.extend((0..14).map(|_| column("", Width::Fixed(3)).right().optional()));
    Section {
        title: Shown::of("NEXT 14 DAYS"),
        columns,
        rows: vec![
            line("", &|n| day(n).date().day().to_string()),
            line("delete", &|n| dot(count(n, true))),
            line("other", &|n| dot(count(n, false))),
        ],
        most: 3,
        ..Section::default()
    }
}

fn of_holds(desk: &Desk) -> Result<Page, Failure> {
    let rows = holds(desk)?
        .iter()
        .map(|h| {
            row(
                "hold",
                &h.id,
                if h.state == "standing" { 'H' } else { ' ' },
                vec![
                    state(&h.state),
                    Bit::from(h.reason.as_str()),
                    Bit::from(h.placed_by.as_str()),
                    due_at(Some(&h.placed), desk.now()),
                    Bit::from(h.because.as_str()),
                ],
            )
        })
        .collect();
    let section = Section {
        title: Shown::of("HOLDS"),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("STATE", Width::Fixed(8)),
            column("GROUND", Width::Fixed(12)),
            column("BY", Width::Fixed(14)),
            column("SINCE", Width::Fixed(13)).past(),
            column("WHY", Width::Rest),
        ],
        rows,
        empty: Shown::of("Nothing is held."),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of("A hold beats every timer until another person lifts it: {sign} lifts."),
        ..Page::default()
    })
}

fn of_duties(desk: &Desk) -> Result<Page, Failure> {
    let rows = duties(desk, MOST)?
        .iter()
        .map(|d| Row {
            subject: subject(&d.kind, &d.item),
            mark: ' ',
            cells: vec![
                Bit::from(own::short(&d.kind, &d.item)),
                Bit::from(format!("{} owes {}", d.by, d.to)),
                state(&d.state),
                due_at(d.delete_by.as_deref(), desk.now()),
            ],
        })
        .collect();
    let section = Section {
        title: Shown::of("DUTIES TO DELETE"),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("WHO", Width::Rest),
            column("STATE", Width::Fixed(12)),
            column("BY", Width::Fixed(13)),
        ],
        rows,
        empty: Shown::of("Nobody owes a deletion."),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of("A duty is outstanding until the partner's signed certificate is here."),
        ..Page::default()
    })
}

fn of_certificates(desk: &Desk) -> Result<Page, Failure> {
    let rows = crate::desk::purge::certificate_rows(desk)?
        .iter()
        .map(|c| {
            let counts = c
                .counts
                .as_object()
                .map(|m| m.iter().map(|(k, n)| format!("{n} {k}")).collect::<Vec<_>>().join(", "))
                .unwrap_or_default();
            row(
                "certificate",
                &c.id,
                ' ',
                vec![
                    Bit::from(c.desk.as_str()),
                    state(&c.state),
                    due_at(Some(&c.issued), desk.now()),
                    Bit::from(counts),
                    Bit::from(c.performed_by.as_str()),
                ],
            )
        })
        .collect();
    let section = Section {
        title: Shown::of("DELETION CERTIFICATES"),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("DESK", Width::Fixed(4)),
            column("STATE", Width::Fixed(13)),
            column("ISSUED", Width::Fixed(13)).past(),
            column("ERASED", Width::Rest),
            column("BY", Width::Fixed(14)),
        ],
        rows,
        empty: Shown::of("Nothing was erased yet."),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of("{sign} countersigns a certificate, as its verifier."),
        ..Page::default()
    })
}
