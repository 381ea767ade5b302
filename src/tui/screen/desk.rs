//! Desk: the next clock and whom it waits on; what waits on you; what stops; who was heard when.

use super::look::{Look, Screen, due_at, left, row, subject};
use crate::desk::agenda::{Agenda, Task, agenda};
use crate::desk::failure::Failure;
use crate::desk::figures::{self, Figure, Requests};
use crate::desk::job::Job;
use crate::desk::own;
use crate::desk::workspace::Desk;
use crate::tui::page::{Bit, Line, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::instant::{Instant, Span};
use crate::value::text::{Shown, counted};

/// The Desk.
pub const SCREEN: Screen = Screen {
    place: Place::Desk,
    views: &[],
    has_detail: false,
    fetch,
    first_steps: "Nothing is here yet. Meet a partner on Partners (7), open a case on Case (3, then C).",
};

fn fetch(desk: &Desk, _: &Look, job: &mut Job) -> Result<Page, Failure> {
    let now = desk.now();
    let agenda = agenda(desk, job)?;
    let waits =
        |mine: bool| -> Vec<Row> { agenda.tasks.iter().filter(|t| t.mine == mine).map(|t| waiting(t, now)).collect() };
    let (you, others) = (waits(true), waits(false));
    let columns = vec![
        column("", Width::Fixed(8)),
        column("", Width::Fixed(4)),
        column("", Width::Rest),
        column("", Width::Fixed(7)).right(),
    ];
    let list = |title: &str, rows: Vec<Row>, empty: &str| Section {
        title: Shown::from(format!("{title} {}", rows.len())),
        columns: columns.clone(),
        rows,
        empty: Shown::of(empty),
        most: 7,
        ..Section::default()
    };
    Ok(Page {
        head: first(&agenda, now),
        bands: vec![
            vec![
                list("WAITS ON YOU", you, "Nothing waits on you."),
                list("WAITS ON OTHERS", others, "Nothing waits on others."),
            ],
            vec![clocks(&agenda), stops(&agenda), heard(&agenda, now)],
            vec![requests(&figures::requests(desk)?), oversight(&figures::oversight(desk)?)],
            vec![recent(&agenda, now)],
        ],
        // A clock that was set back makes nothing look late: that goes before.
        sentence: Shown::from(match desk.clock_fault()? {
            Some(fault) => format!("{}: {}.", fault.what, fault.remedy),
            None => sentence(&agenda, now),
        }),
        ..Page::default()
    })
}

fn waiting(task: &Task, now: Instant) -> Row {
    let (left, mark) = left(task.due.as_deref(), now);
    let what = if task.waits_on.is_empty() || task.waits_on == task.partner {
        task.what.clone()
    } else {
        format!("{} ({})", task.what, task.waits_on)
    };
    row(&task.kind, &task.id, mark, vec![Bit::from(task.partner.as_str()), Bit::from(what), left])
}

fn first(agenda: &Agenda, now: Instant) -> Vec<Line> {
    let Some(task) = agenda.tasks.iter().find(|t| t.due.is_some()) else {
        return vec![vec![Bit::new("FIRST   ", Tone::Title), Bit::from("nothing is due")], vec![]];
    };
    let (left, _) = left(task.due.as_deref(), now);
    let on = if task.mine { "waits on you".to_owned() } else { format!("waits on {}", task.waits_on) };
    // What is last is cut where there is little room: when it is must not be.
    vec![
        vec![
            Bit::new("FIRST   ", Tone::Title),
            Bit::from(format!("{} {}  in ", own::short(&task.kind, &task.id), task.partner)),
            left,
            Bit::from(", "),
            due_at(task.due.as_deref(), now),
            Bit::new(format!("  {on}"), Tone::Note),
        ],
        vec![Bit::from(format!("        {}", task.what)), Bit::default()],
    ]
}

fn clocks(agenda: &Agenda) -> Section {
    let c = agenda.clocks;
    let line = |name: &str, n: u64, tone: Tone| Row {
        subject: None,
        mark: ' ',
        cells: vec![
            Bit::from(name),
            Bit::new(n.to_string(), if n > 0 { tone } else { Tone::Note }),
            Bit::from("#".repeat(n.min(6) as usize)),
        ],
    };
    Section {
        title: Shown::of("CLOCKS"),
        columns: vec![column("", Width::Fixed(7)), column("", Width::Fixed(7)).right(), column("", Width::Rest)],
        rows: vec![
            line("late", c.late, Tone::Stop),
            line("< 4 h", c.in_4_hours, Tone::Due),
            line("< 24 h", c.in_24_hours, Tone::Due),
            line("< 7 d", c.in_7_days, Tone::Base),
            line("later", c.later, Tone::Base),
            line("held", c.held, Tone::Base),
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
                    &s.kind,
                    &s.id,
                    '!',
                    vec![Bit::new(format!("may not leave to {}: {}", s.partner, s.why), Tone::Stop)],
                )
            })
            .collect(),
        empty: Shown::of("Nothing is stopped."),
        most: 5,
        ..Section::default()
    }
}

fn heard(agenda: &Agenda, now: Instant) -> Section {
    let rows = agenda.heard.iter().map(|h| {
        let at = h.at.as_deref().and_then(Instant::parse);
        let age = at.map(|t| now.since(t));
        let old = age.is_none_or(|a| a > Span::days(3));
        let word = match age {
            None => Bit::new("never", Tone::Note),
            Some(_) if old => Bit::new("OLD", Tone::Stop),
            Some(_) => Bit::new("ok", Tone::Good),
        };
        Row {
            subject: subject("partner", &h.id),
            mark: ' ',
            cells: vec![
                Bit::from(h.partner.as_str()),
                at.map_or_else(|| Bit::new("-", Tone::Note), |t| Bit::from(t.on_screen(now))),
                word,
                Bit::from(if h.waiting > 0 { format!("{} wait", h.waiting) } else { String::new() }),
            ],
        }
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
    let line = |name: &str, r: &Requests| Row {
        subject: r.oldest.as_deref().and_then(|id| subject("request", id)),
        mark: ' ',
        cells: vec![
            Bit::from(name),
            Bit::from(r.open.to_string()),
            Bit::from(r.answered.to_string()),
            Bit::from(r.refused.to_string()),
            Bit::new(r.oldest.as_deref().map(|id| own::short("request", id)).unwrap_or_default(), Tone::Note),
        ],
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
    let line = |f: &Figure| Row {
        subject: f.id.as_deref().and_then(|id| subject(f.kind, id)),
        mark: ' ',
        cells: vec![Bit::from(f.name), Bit::from(f.count.to_string()), Bit::new(f.of.as_str(), Tone::Note)],
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

fn recent(agenda: &Agenda, now: Instant) -> Section {
    let time = |at: &str| Instant::parse(at).map(|t| t.on_screen(now)).unwrap_or_default();
    let rows = agenda.recent.iter().map(|a| {
        // A partner's act is news when it comes here, whenever it was made.
        let made = if a.came.is_some() { format!("of {}  ", time(&a.at)) } else { String::new() };
        let changes = if a.changes > 1 { format!("{} changes", a.changes) } else { String::new() };
        Row {
            subject: subject(&a.on_kind, &a.on),
            mark: ' ',
            cells: vec![
                Bit::from(time(a.came.as_deref().unwrap_or(&a.at))),
                Bit::from(format!("{} {}", a.desk, a.by)),
                Bit::from(a.did.replace('-', " ")),
                Bit::from(own::short(&a.on_kind, &a.on)),
                Bit::new(format!("{made}{changes}"), Tone::Note),
            ],
        }
    });
    let title = match &agenda.since {
        Some(since) if since.acts > 0 => {
            format!("SINCE YOU LEFT AT {}: {}", time(&since.left), counted(since.acts, "act"))
        }
        Some(since) => format!("LATELY; nothing since you left at {}", time(&since.left)),
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

fn sentence(agenda: &Agenda, now: Instant) -> String {
    let late = agenda.tasks.iter().filter(|t| t.due_at().is_some_and(|d| d < now)).count();
    let next = agenda.tasks.iter().filter_map(Task::due_at).find(|d| *d >= now);
    let next = next.map_or_else(|| "No clock runs.".to_owned(), |t| format!("Next clock: {}.", t.on_screen(now)));
    match late {
        0 => format!("Nothing is late. {next}"),
        1 => format!("One thing is late. {next}"),
        n => format!("{n} things are late. {next}"),
    }
}
