//! Case: its items, its requests, what of it was shared with whom.

use super::audit::acts;
use super::look::{Long, Look, Screen, due_at, left, part, record_at, row, state, subject};
use crate::desk::case as cases;
use crate::desk::failure::Failure;
use crate::desk::item;
use crate::desk::job::Job;
use crate::desk::workspace::Desk;
use crate::desk::{disclosure, request};
use crate::record::book::{Book as _, Record};
use crate::record::hold::Standing;
use crate::store::book::{items_of, people_of};
use crate::store::read::acts_of_case;
use crate::tui::page::{Bit, Line, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::text::Shown;

/// The view of all cases: the last one.
pub const CASES: usize = 5;

/// The Case.
pub const SCREEN: Screen = Screen {
    place: Place::Case,
    views: &["items", "requests", "shared", "people", "timeline", "cases"],
    has_detail: true,
    fetch,
    first_steps: "No case yet. {new case} opens one.",
};

fn fetch(desk: &Desk, look: &Look, job: &mut Job) -> Result<Page, Failure> {
    let all = cases::rows(desk)?;
    let focus = look.focus.and_then(|id| all.iter().find(|c| c.id == id.to_string()));
    let (Some(case), false) = (focus.or(if all.len() == 1 { all.first() } else { None }), look.view == CASES) else {
        return Ok(list(&all));
    };
    let Some(id) = Id::parse(&case.id) else { return Ok(list(&all)) };
    let head = head(case);
    let (section, sentence) = match look.view {
        1 => (requests(desk, id)?, "Enter opens a request in the Queue."),
        2 => (shared(desk, id, job)?, "What went to whom, and until when."),
        3 => (people(desk, id, look)?, "Whom the items are about. Victims and witnesses are looked at more strictly."),
        4 => (timeline(desk, id, look)?, "What was done in this case, the newest first."),
        _ => (items(desk, id, case.items, look)?, "# from a partner   H held   ! due soon"),
    };
    Ok(Page {
        about: subject("case", &case.id),
        head,
        bands: vec![vec![section]],
        sentence: Shown::of(sentence),
        ..Page::default()
    })
}

fn head(case: &cases::Row) -> Vec<Line> {
    let opened = case.opened.get(..10).unwrap_or_default();
    let known = if case.shared.is_empty() { String::new() } else { format!("   known to {}", case.shared.join(" ")) };
    vec![
        vec![state(&case.state), Bit::from("  "), Bit::new(case.title.as_str(), Tone::Title)],
        vec![Bit::new(format!("{}   from {}   opened {opened}{known}", case.purpose, case.desk), Tone::Note)],
    ]
}

fn list(all: &[cases::Row]) -> Page {
    let rows = all
        .iter()
        .map(|c| {
            row(
                "case",
                &c.id,
                ' ',
                vec![
                    Bit::from(c.desk.as_str()),
                    state(&c.state),
                    Bit::from(c.items.to_string()),
                    Bit::from(c.title.as_str()),
                ],
            )
        })
        .collect();
    let section = Section {
        title: Shown::of("CASES"),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("FROM", Width::Fixed(4)),
            column("STATE", Width::Fixed(7)),
            column("ITEMS", Width::Fixed(8)).right(),
            column("TITLE", Width::Rest),
        ],
        rows,
        empty: Shown::of(SCREEN.first_steps),
        grows: true,
        ..Section::default()
    };
    Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of("{open} opens a case; {new case} opens a new one."),
        ..Page::default()
    }
}

fn items(desk: &Desk, case: Id, held: u64, look: &Look) -> Result<Section, Failure> {
    let now = desk.now();
    let book = desk.book();
    let holds = Standing::of(&book)?;
    let wanted = look.wanted.map(|id| book.place_of(id)).transpose()?.flatten();
    let section = part(
        desk,
        look,
        Long {
            columns: vec![
                column("ID", Width::Fixed(8)),
                column("TYPE", Width::Fixed(10)).optional(),
                column("WHAT", Width::Rest),
                column("FROM", Width::Fixed(4)).optional(),
                column("TIER", Width::Fixed(4)),
                column("TLP", Width::Fixed(12)).optional(),
                column("STATE", Width::Fixed(8)),
                column("KEPT", Width::Fixed(7)).right().optional(),
            ],
            all: &|| Ok(items_of(&desk.db, case)?),
            row: &|number| item_row(desk, &record_at(&book, number)?, &holds, now),
            wanted,
        },
    )?;
    Ok(Section {
        title: Shown::of("ITEMS"),
        aside: Shown::from(format!("{held} held")),
        empty: Shown::of("No item yet. {add item} adds one, {import file} imports a file."),
        ..section
    })
}

fn item_row(desk: &Desk, record: &Record, holds: &Standing, now: Instant) -> Result<Row, Failure> {
    let i = item::row(desk, record)?;
    let (left, urgent) = left(i.due.as_deref(), now);
    let mark = match () {
        () if holds.is_on(record) => 'H',
        () if urgent == '!' => '!',
        () if i.from.is_some() => '#',
        () => ' ',
    };
    let erased = if desk.is_erased_since(record) { "(erased since)" } else { "(erased)" };
    let what = if i.value.is_empty() { erased.to_owned() } else { i.value };
    let shared: Vec<&str> = i.shared.iter().map(|s| s.partner.as_str()).collect();
    let state =
        if shared.is_empty() { state(&i.state) } else { Bit::new(format!("to {}", shared.join(" ")), Tone::Good) };
    let cells = vec![
        Bit::from(i.r#type.as_str()),
        Bit::from(what),
        Bit::from(i.originator.as_str()),
        Bit::from(format!("T{}", i.tier)),
        Bit::from(i.tlp.as_str()),
        state,
        left,
    ];
    Ok(row("item", &i.id, mark, cells))
}

/// The items that are about a person, by whom.
fn people(desk: &Desk, case: Id, look: &Look) -> Result<Section, Failure> {
    let (book, now) = (desk.book(), desk.now());
    let holds = Standing::of(&book)?;
    let person = |number: i64| {
        let record = record_at(&book, number)?;
        let i = item::row(desk, &record)?;
        let (left, urgent) = left(i.due.as_deref(), now);
        let with: Vec<&str> = i.shared.iter().map(|s| s.partner.as_str()).collect();
        let what = if i.value.is_empty() { "(erased)" } else { i.value.as_str() };
        let cells = vec![
            Bit::from(i.person_class.to_uppercase()),
            Bit::from(what),
            Bit::from(i.assertion.as_str()),
            Bit::from(format!("T{}", i.tier)),
            Bit::from(with.join(" ")),
            left,
        ];
        Ok(row("item", &i.id, if holds.is_on(&record) { 'H' } else { urgent }, cells))
    };
    let wanted = look.wanted.map(|id| book.place_of(id)).transpose()?.flatten();
    let columns = vec![
        column("ID", Width::Fixed(8)),
        column("WHO", Width::Fixed(8)),
        column("WHAT", Width::Rest),
        column("SAID AS", Width::Fixed(10)).optional(),
        column("TIER", Width::Fixed(4)),
        column("WITH", Width::Fixed(8)).optional(),
        column("KEPT", Width::Fixed(7)).right(),
    ];
    let section = part(desk, look, Long { columns, all: &|| Ok(people_of(&desk.db, case)?), row: &person, wanted })?;
    Ok(Section { title: Shown::of("PEOPLE"), empty: Shown::of("No item of this case is about a person."), ..section })
}

/// The acts that are about the case.
fn timeline(desk: &Desk, case: Id, look: &Look) -> Result<Section, Failure> {
    let section = acts(desk, look, &|| Ok(acts_of_case(&desk.db, case)?))?;
    Ok(Section { title: Shown::of("TIMELINE, the newest first"), ..section })
}

fn requests(desk: &Desk, case: Id) -> Result<Section, Failure> {
    let now = desk.now();
    let rows: Vec<Row> = request::rows(desk)?
        .iter()
        .filter(|r| r.case == case.to_string())
        .map(|r| {
            let (left, mark) = left(r.due.as_deref(), now);
            let way = if r.direction == "inbound" { "in" } else { "out" };
            row(
                "request",
                &r.id,
                mark,
                vec![
                    Bit::from(way),
                    Bit::from(r.partner.as_str()),
                    Bit::from(format!("{} {}", r.kind, r.name)),
                    state(&r.state),
                    left,
                ],
            )
        })
        .collect();
    Ok(Section {
        title: Shown::of("REQUESTS"),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("WAY", Width::Fixed(3)),
            column("DESK", Width::Fixed(4)),
            column("KIND", Width::Rest),
            column("STATE", Width::Fixed(13)),
            column("LEFT", Width::Fixed(7)).right(),
        ],
        rows,
        empty: Shown::of("No request for this case yet. {request from case} writes one."),
        grows: true,
        ..Section::default()
    })
}

fn shared(desk: &Desk, case: Id, job: &mut Job) -> Result<Section, Failure> {
    let mut rows = Vec::new();
    for d in disclosure::rows(desk)? {
        job.at("reading", rows.len() as u64, None)?;
        let Some(id) = Id::parse(&d.id) else { continue };
        let Some(record) = desk.book().get(id)? else { continue };
        let first = disclosure::items_of(desk, &record)?.first().copied();
        let of_case = first.map(|i| desk.book().get(i)).transpose()?.flatten().and_then(|r| r.case);
        if of_case.is_none_or(|c| c == case) {
            rows.push(row(
                "disclosure",
                &d.id,
                ' ',
                vec![
                    Bit::from(d.partner.as_str()),
                    state(&d.state),
                    Bit::from(d.items.to_string()),
                    due_at(Some(&d.at), desk.now()),
                    Bit::from(format!("{} days", d.delete_after_days)),
                    Bit::from(d.proposed_by.as_str()),
                ],
            ));
        }
    }
    Ok(Section {
        title: Shown::of("SHARED"),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("DESK", Width::Fixed(4)),
            column("STATE", Width::Fixed(9)),
            column("ITEMS", Width::Fixed(7)).right(),
            column("AT", Width::Fixed(13)).past(),
            column("TERM", Width::Fixed(9)),
            column("PROPOSED BY", Width::Rest),
        ],
        rows,
        empty: Shown::of("Nothing of this case was shared. {share} shares."),
        grows: true,
        ..Section::default()
    })
}
