//! Timers: what ends when, and what happens then; holds; duties to delete.

use super::look::{Long, Look, Screen, due_at, left, part, record_at, row, state, subject};
use crate::desk::failure::Failure;
use crate::desk::job::Job;
use crate::desk::own;
use crate::desk::retention::{Timer, duties, holds, timer};
use crate::desk::workspace::Desk;
use crate::record::book::Query;
use crate::record::hold::Standing;
use crate::store;
use crate::tui::page::{Bit, Line, Page, Row, Section, Width, column};
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
        _ => clocks(desk, look),
    }
}

fn clocks(desk: &Desk, look: &Look) -> Result<Page, Failure> {
    let now = desk.now();
    let book = desk.book();
    let holds = Standing::of(&book)?;
    let wanted = look.wanted.map(|id| book.place_of(id)).transpose()?.flatten();
    let late = store::book::count(&desk.db, &Query { due_by: Some(now), ..Query::default() })?;
    let section = part(
        desk,
        look,
        Long {
            columns: vec![
                column("LEFT", Width::Fixed(7)).right(),
                column("AT", Width::Fixed(13)).optional(),
                column("ID", Width::Fixed(8)),
                column("WHAT", Width::Rest),
                column("THEN", Width::Fixed(7)),
                column("DESK", Width::Fixed(4)).optional(),
            ],
            all: &|| Ok(store::book::clocks(&desk.db)?),
            row: &|number| Ok(clock(&timer(desk, &record_at(&book, number)?, &holds)?, now)),
            wanted,
        },
    )?;
    let section = Section {
        title: Shown::of("RETENTION AND OTHER CLOCKS"),
        aside: Shown::from(format!("late {late}")),
        empty: Shown::of(SCREEN.first_steps),
        ..section
    };
    Ok(Page {
        head: this_clock(desk, now)?,
        bands: vec![vec![section], vec![two_weeks(desk, now)?]],
        sentence: Shown::of(if late == 0 {
            "Nothing is late. {purge what is due} erases what is due: it waits for nobody."
        } else {
            "Some of it is late: {purge what is due} erases what is due."
        }),
        ..Page::default()
    })
}

/// By which clock all of this is reckoned. One that was set back must not go unseen: what is due does not look so then.
fn this_clock(desk: &Desk, now: Instant) -> Result<Vec<Line>, Failure> {
    let fault = desk.clock_fault()?;
    Ok(vec![match (fault, desk.last_signed()?) {
        (Some(fault), _) => vec![Bit::new(format!("CLOCK  {}: set it right", fault.what), Tone::Stop)],
        (None, Some(last)) => {
            let last = last.on_screen(now);
            vec![Bit::new("CLOCK  ", Tone::Note), Bit::from(format!("this machine's; the last act here: {last}"))]
        }
        (None, None) => vec![Bit::new("CLOCK  ", Tone::Note), Bit::from("this machine's")],
    }])
}

fn clock(timer: &Timer, now: Instant) -> Row {
    let (left, mark) = left(Some(&timer.due), now);
    // What it is stands before; what comes of it is told by one word.
    let then = match timer.then.split(' ').next_back().unwrap_or_default() {
        "delete" => Bit::new("DELETE", Tone::Due),
        word => Bit::from(word),
    };
    let cells = vec![Bit::from(timer.what.as_str()), then, Bit::from(timer.partner.clone().unwrap_or_default())];
    let mut row = row(&timer.kind, &timer.id, if timer.held { 'H' } else { mark }, cells);
    row.cells.insert(0, if timer.held { Bit::from("held") } else { left });
    row.cells.insert(1, due_at(Some(&timer.due), now));
    row
}

/// How many clocks end on each of the next fourteen days.
fn two_weeks(desk: &Desk, now: Instant) -> Result<Section, Failure> {
    let day = |n: i64| now.start_of_day().plus(Span::days(n));
    let counts = (0..14).map(|n| Ok(store::book::due_between(&desk.db, day(n), day(n + 1))?));
    let counts: Vec<(u64, u64)> = counts.collect::<Result<_, Failure>>()?;
    let line = |name: &str, cells: &mut dyn Iterator<Item = String>| Row {
        subject: None,
        mark: ' ',
        cells: std::iter::once(Bit::from(name)).chain(cells.map(Bit::from)).collect(),
    };
    let told = |n: u64| match n {
        0 => ".".to_owned(),
        1..1000 => n.to_string(),
        _ => ">1k".to_owned(),
    };
    let mut columns = vec![column("", Width::Fixed(7))];
    // Where there is no room for two weeks, it is for the days that come first.
    columns.extend((0..14).map(|_| column("", Width::Fixed(3)).right().optional()));
    Ok(Section {
        title: Shown::of("NEXT 14 DAYS"),
        columns,
        rows: vec![
            line("", &mut (0..14).map(|n| day(n).date().day().to_string())),
            line("delete", &mut counts.iter().map(|(items, _)| told(*items))),
            line("other", &mut counts.iter().map(|(_, others)| told(*others))),
        ],
        most: 3,
        ..Section::default()
    })
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
