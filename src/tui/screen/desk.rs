//! Desk: the next clock and whom it waits on; what waits on you; what stops; who was heard when.

use super::definition::{Screen, ViewParams, did, due_at, left, on, row};
use crate::command::audit::statistics::{self, Figure, Requests};
use crate::command::desk::today::{Agenda, Task, agenda};
use crate::command::desk::workspace_info;
use crate::host::sandbox;
use crate::record::kind::Kind;
use crate::tui::page::{Cell, Line, Mark, Page, PageRow, RecordRef, Section, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::{Shown, counted};
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Desk.
pub const SCREEN: Screen = Screen {
    id: ScreenId::DESK,
    views: &[],
    has_detail: false,
    fetch,
    first_steps: "Nothing is here yet. Add a partner on Partners (7), open a case on Case (3, then C).",
};

fn fetch(workspace: &Workspace, _: &ViewParams, job: &mut Job) -> Result<Page, Error> {
    let now = workspace.now();
    let agenda = agenda(workspace, job)?;
    let waits = |mine: bool| -> Vec<PageRow> {
        agenda.tasks.iter().filter(|t| t.mine == mine).map(|t| waiting(t, now)).collect()
    };
    let (you, others) = (waits(true), waits(false));
    let columns = vec![
        column("", Width::Fixed(8)),
        column("", Width::Fixed(4)),
        column("", Width::Rest),
        column("", Width::Fixed(7)).right(),
    ];
    let list = |title: &str, rows: Vec<PageRow>, empty: &str| Section {
        title: Shown::from(format!("{title} {}", rows.len())),
        columns: columns.clone(),
        rows,
        empty: Shown::of(empty),
        most: 7,
        ..Section::default()
    };
    Ok(Page {
        head: new_desk(workspace)?.into_iter().chain(first(&agenda, now)).collect(),
        bands: vec![
            vec![
                list("WAITS ON YOU", you, "Nothing waits on you."),
                list("WAITS ON OTHERS", others, "Nothing waits on others."),
            ],
            vec![clocks(&agenda), stops(&agenda), heard(&agenda, now)],
            vec![requests(&statistics::requests(workspace)?), oversight(&statistics::oversight(workspace)?)],
            vec![recent(&agenda, now)],
        ],
        // A clock that was set back makes nothing look late: that goes before.
        sentence: Shown::from(match workspace.clock_fault()? {
            Some(fault) => format!("{}: {}.", fault.what, fault.hint),
            None => match workspace.damage().or_else(|| sandbox::missing().map(str::to_owned)) {
                Some(missing) => format!("{missing} {}", sentence(&agenda, now)),
                None => sentence(&agenda, now),
            },
        }),
        ..Page::default()
    })
}

/// What whoever sees the desk for the first time must compare; nothing where they know it.
fn new_desk(workspace: &Workspace) -> Result<Vec<Line>, Error> {
    let Some(said) = workspace.first_sight()? else { return Ok(Vec::new()) };
    let lines = said.lines().map(|line| vec![StyledText::new(line, StyleRole::Title)]);
    Ok(lines.chain([vec![]]).collect())
}

fn waiting(task: &Task, now: Timestamp) -> PageRow {
    let (left, mark) = left(task.due, now);
    let what = if task.waits_on.is_empty() || task.waits_on == task.partner {
        task.what.clone()
    } else {
        format!("{} ({})", task.what, task.waits_on)
    };
    let cells = vec![Cell::from(task.partner.as_str()), Cell::from(what), left];
    row(task.kind, task.id, mark, cells).with_partner(&task.partner).due(task.due)
}

fn first(agenda: &Agenda, now: Timestamp) -> Vec<Line> {
    let Some(task) = agenda.tasks.iter().find(|t| t.due.is_some()) else {
        return vec![vec![StyledText::new("FIRST   ", StyleRole::Title), StyledText::from("nothing is due")], vec![]];
    };
    let (left, _) = left(task.due, now);
    let on = if task.mine { "waits on you".to_owned() } else { format!("waits on {}", task.waits_on) };
    // What is last is cut where there is little room: when it is must not be.
    vec![
        vec![
            StyledText::new("FIRST   ", StyleRole::Title),
            StyledText::from(format!("{} {}  in ", workspace_info::short(task.kind, task.id), task.partner)),
            left.into(),
            StyledText::from(", "),
            due_at(task.due, now).into(),
            StyledText::new(format!("  {on}"), StyleRole::Note),
        ],
        vec![StyledText::from(format!("        {}", task.what)), StyledText::default()],
    ]
}

fn clocks(agenda: &Agenda) -> Section {
    let c = agenda.clocks;
    let line = |name: &str, n: u64, role: StyleRole| {
        let count = Cell::number(n).styled(if n > 0 { role } else { StyleRole::Note });
        PageRow::of(vec![Cell::from(name), count, Cell::bar(n, 6)])
    };
    Section {
        title: Shown::of("CLOCKS"),
        columns: vec![column("", Width::Fixed(7)), column("", Width::Fixed(7)).right(), column("", Width::Rest)],
        rows: vec![
            line("late", c.late, StyleRole::Stop),
            line("< 4 h", c.in_4_hours, StyleRole::Due),
            line("< 24 h", c.in_24_hours, StyleRole::Due),
            line("< 7 d", c.in_7_days, StyleRole::Base),
            line("later", c.later, StyleRole::Base),
            line("held", c.held, StyleRole::Base),
        ],
        most: 6,
        ..Section::default()
    }
}

fn stops(agenda: &Agenda) -> Section {
    Section {
        title: Shown::from(format!("STOPS {}", agenda.stops.len())),
        columns: vec![column("", Width::Fixed(8)), column("", Width::Rest)],
        rows: agenda
            .stops
            .iter()
            .map(|s| {
                row(
                    crate::record::of_change(s.kind),
                    s.id,
                    Mark::Due,
                    vec![Cell::new(format!("may not leave to {}: {}", s.partner, s.why), StyleRole::Stop)],
                )
                .with_partner(&s.partner)
            })
            .collect(),
        empty: Shown::of("Nothing is stopped."),
        most: 5,
        ..Section::default()
    }
}

fn heard(agenda: &Agenda, now: Timestamp) -> Section {
    let rows = agenda.heard.iter().map(|h| {
        let age = h.at.map(|t| now.since(t));
        let old = age.is_none_or(|a| a > Duration::days(3));
        let word = match age {
            None => Cell::new("never", StyleRole::Note),
            Some(_) if old => Cell::new("OLD", StyleRole::Stop),
            Some(_) => Cell::new("ok", StyleRole::Good),
        };
        let waiting = if h.waiting > 0 { format!("{} wait", h.waiting) } else { String::new() };
        PageRow::of(vec![
            Cell::from(h.partner.as_str()),
            due_at(h.at, now),
            word,
            Cell::number(h.waiting).said(waiting),
        ])
        .about(Some(RecordRef { kind: Kind::Partner, id: h.id }))
        .with_partner(&h.partner)
    });
    Section {
        title: Shown::of("LAST SYNC"),
        columns: vec![
            column("", Width::Fixed(4)),
            column("", Width::Fixed(13)),
            column("", Width::Fixed(5)),
            column("", Width::Rest),
        ],
        rows: rows.collect(),
        empty: Shown::of("No partner yet."),
        most: 5,
        ..Section::default()
    }
}

/// Body rows from which there is room for figures between what is due and what has come.
const TALL: u16 = 30;

fn requests([inbound, outbound]: &[Requests; 2]) -> Section {
    let line = |name: &str, r: &Requests| {
        let oldest = r.oldest.map(|id| workspace_info::short(Kind::Request, id)).unwrap_or_default();
        PageRow::of(vec![
            Cell::from(name),
            Cell::number(r.open),
            Cell::number(r.answered),
            Cell::number(r.refused),
            Cell::new(oldest, StyleRole::Note),
        ])
        .about(r.oldest.map(|id| RecordRef { kind: Kind::Request, id }))
    };
    let number = |title| column(title, Width::Fixed(8)).right();
    Section {
        title: Shown::of("REQUESTS"),
        columns: vec![
            column("", Width::Fixed(5)),
            number("OPEN"),
            number("ANSWERED"),
            number("REFUSED"),
            column("OLDEST", Width::Rest),
        ],
        rows: vec![line("in", inbound), line("out", outbound)],
        most: 2,
        from_height: TALL,
        ..Section::default()
    }
}

/// What an oversight body asks first.
pub(super) fn oversight(figures: &[Figure]) -> Section {
    let line = |f: &Figure| {
        PageRow::of(vec![Cell::from(f.name), Cell::number(f.count), Cell::new(f.of.as_str(), StyleRole::Note)])
            .about(f.id.map(|id| RecordRef { kind: f.kind, id }))
    };
    Section {
        title: Shown::of("FOR OVERSIGHT"),
        columns: vec![column("", Width::Fixed(13)), column("", Width::Fixed(5)).right(), column("", Width::Rest)],
        rows: figures.iter().map(line).collect(),
        most: 6,
        from_height: TALL,
        ..Section::default()
    }
}

fn recent(agenda: &Agenda, now: Timestamp) -> Section {
    let rows = agenda.recent.iter().map(|a| {
        // A partner's act is news when it comes here, whenever it was made.
        let made = if a.came.is_some() { format!("of {}  ", a.at.on_screen(now)) } else { String::new() };
        let changes = if a.changes > 1 { format!("{} changes", a.changes) } else { String::new() };
        let row = PageRow::of(vec![
            due_at(a.came.or(Some(a.at)), now),
            Cell::from(format!("{} {}", a.desk, a.by)),
            did(a),
            on(a),
            Cell::new(format!("{made}{changes}"), StyleRole::Note),
        ]);
        PageRow { act: Some(a.number), ..row.about(a.subject().map(RecordRef::from)) }
    });
    let title = match &agenda.since {
        Some(since) if since.acts > 0 => {
            format!("SINCE YOU LEFT AT {}: {}", since.left.on_screen(now), counted(since.acts, "act"))
        }
        Some(since) => format!("LATELY; nothing since you left at {}", since.left.on_screen(now)),
        None => "LATELY".to_owned(),
    };
    Section {
        title: Shown::from(title),
        columns: vec![
            column("", Width::Fixed(13)),
            column("", Width::Fixed(18)),
            column("", Width::Fixed(20)),
            column("", Width::Fixed(8)),
            column("", Width::Rest),
        ],
        rows: rows.collect(),
        grows: true,
        ..Section::default()
    }
}

fn sentence(agenda: &Agenda, now: Timestamp) -> String {
    let late = agenda.tasks.iter().filter(|t| t.due.is_some_and(|d| d < now)).count();
    let next = agenda.tasks.iter().filter_map(|t| t.due).find(|d| *d >= now);
    let next = next.map_or_else(|| "No clock runs.".to_owned(), |t| format!("Next clock: {}.", t.on_screen(now)));
    match late {
        0 => format!("Nothing is late. {next}"),
        1 => format!("One thing is late. {next}"),
        n => format!("{n} things are late. {next}"),
    }
}
