//! Timers: what ends when, and what happens then; holds; duties to delete.

use super::definition::{Long, Screen, ViewParams, due_at, in_mood, left, part, record_at, row, state};
use crate::command::retention::hold::holds;
use crate::command::retention::{Timer, duties, timer};
use crate::record::definition::WhenDue;
use crate::record::hold::{StandingHolds, State as HoldState};
use crate::record::kind::Kind;
use crate::store;
use crate::tui::page::{Cell, Line, ListWord, Mark, Page, PageRow, Section, StyledText, Width, column};
use crate::tui::picture::Picture;
use crate::tui::picture::bar::Bar;
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::tui::words::{called, content};
use crate::value::text::Shown;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Timers.
pub const SCREEN: Screen = Screen {
    id: ScreenId::TIMERS,
    views: &["clocks", "holds", "duties", "certificates"],
    has_detail: true,
    fetch,
    first_steps: "No clock runs yet. Every item and every request brings one.",
};

const MOST: u32 = 500;

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    match look.view {
        1 => of_holds(workspace),
        2 => of_duties(workspace),
        3 => of_certificates(workspace),
        _ => clocks(workspace, look),
    }
}

fn clocks(workspace: &Workspace, look: &ViewParams) -> Result<Page, Error> {
    let now = workspace.now();
    let records = workspace.records();
    let holds = StandingHolds::of(&records)?;
    let wanted = look.wanted.map(|id| records.place_of(id)).transpose()?.flatten();
    let late = store::tally::due_by(&workspace.db, now)?;
    let section = part(
        workspace,
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
            all: &|| Ok(store::records::clocks(&workspace.db, now)?),
            row: &|number| {
                let record = record_at(&records, number)?;
                let what = match record.kind {
                    Kind::Request | Kind::Review => called(workspace, &record)?,
                    _ => String::new(),
                };
                Ok(clock(&timer(workspace, &record, &holds)?, &what, now))
            },
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
        head: this_clock(workspace, now)?,
        bands: vec![vec![section], std::iter::once(two_weeks(workspace, now)?).chain(weeks(workspace, now)?).collect()],
        sentence: Shown::of(if late == 0 {
            "Nothing is late. {purge what is due} erases what is due: it waits for nobody."
        } else {
            "Some of it is late: {purge what is due} erases what is due."
        }),
        ..Page::default()
    })
}

/// By which clock all of this is computed. One that was set back must not go unseen: what is due does not look so then.
fn this_clock(workspace: &Workspace, now: Timestamp) -> Result<Vec<Line>, Error> {
    let fault = workspace.clock_fault()?;
    Ok(vec![match (fault, workspace.last_signed()?) {
        (Some(fault), _) => vec![StyledText::new(format!("CLOCK  {}: {}", fault.what, fault.hint), StyleRole::Stop)],
        (None, Some(last)) => {
            let last = last.on_screen(now);
            vec![
                StyledText::new("CLOCK  ", StyleRole::Note),
                StyledText::from(format!("this machine's; the last act here: {last}")),
            ]
        }
        (None, None) => vec![StyledText::new("CLOCK  ", StyleRole::Note), StyledText::from("this machine's")],
    }])
}

/// A clock; `what` is what it is of, where that says more than the clock does.
fn clock(timer: &Timer, what: &str, now: Timestamp) -> PageRow {
    let (left, mark) = left(timer.due, now);
    // What it is stands before; what comes of it is told by one word.
    let then = Cell::word(timer.then);
    let then = match timer.then {
        WhenDue::Deletion => then.said("DELETE").styled(StyleRole::Due),
        WhenDue::Review => then.said("review").styled(StyleRole::Due),
        WhenDue::ClockEnds | WhenDue::AgreementEnds => then.said("ends"),
        WhenDue::BackupEnds => then.said("destroy").styled(StyleRole::Due),
        WhenDue::Renewal => then.said("renew"),
        WhenDue::ApprovalLapses => then.said("lapses"),
        WhenDue::Nothing => then,
    };
    let partner = timer.partner.as_deref().unwrap_or_default();
    let cells = vec![
        Cell::from(if what.is_empty() { content(&timer.what).into_owned() } else { what.to_owned() }),
        then,
        Cell::from(partner),
    ];
    let mut row = row(timer.kind, timer.id, if timer.held { Mark::Held } else { mark }, cells);
    row.cells.insert(0, if timer.held { Cell::from("HOLD") } else { left });
    row.cells.insert(1, due_at(timer.due, now));
    row.with_partner(partner).due(timer.due)
}

/// Weeks that are looked ahead.
const WEEKS: usize = 10;

/// How many items are to be erased in each of the next weeks; nothing where none is.
fn weeks(workspace: &Workspace, now: Timestamp) -> Result<Option<Section>, Error> {
    let from = now.start_of_day();
    let days = store::tally::due_days(&workspace.db, from, WEEKS * 7)?;
    let counts: Vec<u64> = days.chunks(7).map(|week| week.iter().map(|(items, _)| items).sum()).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return Ok(None);
    }
    let row = |(n, count): (usize, &u64)| {
        let begins = from.plus(Duration::days(7 * n as i64)).day_and_month();
        let role = if n == 0 && *count > 0 { StyleRole::Due } else { StyleRole::Guidance };
        let bar = Cell::drawn(Picture::Bar(Bar::count(*count, most, role)));
        PageRow::of(vec![Cell::from(format!("from {begins}")), Cell::number(*count), bar])
    };
    Ok(Some(Section {
        title: Shown::of("TO BE ERASED, by week"),
        columns: vec![column("", Width::Fixed(12)), column("", Width::Fixed(7)).right(), column("", Width::Rest)],
        rows: counts.iter().enumerate().map(row).collect(),
        most: WEEKS as u16,
        from_height: 30,
        ..Section::default()
    }))
}

/// How many clocks end on each of the next fourteen days.
fn two_weeks(workspace: &Workspace, now: Timestamp) -> Result<Section, Error> {
    let day = |n: i64| now.start_of_day().plus(Duration::days(n));
    let counts = (0..14).map(|n| Ok(store::tally::due_between(&workspace.db, day(n), day(n + 1))?));
    let counts: Vec<(u64, u64)> = counts.collect::<Result<_, Error>>()?;
    let line = |name: &str, cells: &mut dyn Iterator<Item = String>| {
        PageRow::of(std::iter::once(Cell::from(name)).chain(cells.map(Cell::from)).collect())
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

fn of_holds(workspace: &Workspace) -> Result<Page, Error> {
    let rows = holds(workspace)?
        .iter()
        .map(|h| {
            row(
                Kind::Hold,
                h.id,
                if h.state == HoldState::Standing.any() { Mark::Held } else { Mark::None },
                vec![
                    state(h.state),
                    h.reason.map_or_else(Cell::default, Cell::word),
                    Cell::from(h.placed_by.as_str()),
                    due_at(h.placed, workspace.now()),
                    Cell::from(h.because.as_str()),
                ],
            )
            .in_state(h.state)
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

fn of_duties(workspace: &Workspace) -> Result<Page, Error> {
    let rows = duties(workspace, MOST)?
        .iter()
        .map(|d| {
            let cells = vec![
                Cell::from(format!("{} owes {}", d.by, d.to)),
                in_mood(ListWord::of(d.state), d.state.mood()),
                due_at(d.delete_by, workspace.now()),
            ];
            row(d.kind, d.item, Mark::None, cells).due(d.delete_by)
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
        empty: Shown::of("No deletions outstanding."),
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

fn of_certificates(workspace: &Workspace) -> Result<Page, Error> {
    let rows = crate::command::retention::purge::certificate_rows(workspace)?
        .iter()
        .map(|c| {
            let counts =
                c.counts.iter().flatten().map(|(kind, n)| format!("{n} {kind}")).collect::<Vec<_>>().join(", ");
            row(
                Kind::Certificate,
                c.id,
                Mark::None,
                vec![
                    Cell::from(c.desk.as_str()),
                    state(c.state),
                    due_at(c.issued, workspace.now()),
                    Cell::from(counts),
                    Cell::from(c.performed_by.as_str()),
                ],
            )
            .in_state(c.state)
            .with_partner(&c.desk)
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
