//! Timers: what ends when, and what happens then; holds; duties to delete.

use std::collections::{BTreeMap, HashSet};

use super::definition::{
    LEFT, Long, Screen, ViewParams, due_at, in_mood, left, part, record_at, row, short_day, state,
};
use crate::command::choice::content;
use crate::command::retention::held::HeldItems;
use crate::command::retention::hold::holds;
use crate::command::retention::{Timer, duties, duties_of, duty_groups, timer};
use crate::record::definition::WhenDue;
use crate::record::hold::State as HoldState;
use crate::record::kind::Kind;
use crate::record::restriction::Restrictions;
use crate::record::store::RecordStore as _;
use crate::store;
use crate::tui::language::{on_screen, phrase, tr, tr_count, tr_word};
use crate::tui::page::{
    Cell, Line, ListWord, Mark, Page, PageRow, RecordRef, Section, SortKey, StyledText, Width, column,
};
use crate::tui::picture::Picture;
use crate::tui::picture::bar::Bar;
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::tui::words::called;
use crate::value::text::{Shown, thousands};
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Timers.
pub const SCREEN: Screen = Screen {
    id: ScreenId::TIMERS,
    views: &["clocks", "holds", "duties", "certificates", "by day"],
    has_detail: true,
    fetch,
    first_steps: "No clock runs yet. Every item and every request brings one.",
};

/// The view of all clocks, one by one.
pub const CLOCKS: usize = 0;
/// The view of the duties to delete.
pub const DUTIES: usize = 2;
/// The view of the clocks by day and case.
pub const BY_DAY: usize = 4;

/// Duties up to which they are listed one by one; more are grouped by day and case.
const MOST: u32 = 500;

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    match look.view {
        1 => of_holds(workspace),
        DUTIES => of_duties(workspace, look),
        3 => of_certificates(workspace),
        BY_DAY => by_day(workspace),
        _ => clocks(workspace, look),
    }
}

/// The clocks by the day on which they end and by case, each group with its count; what belongs to no case stands alone.
fn by_day(workspace: &Workspace) -> Result<Page, Error> {
    let now = workspace.now();
    let records = workspace.records();
    let keeps = Restrictions::of(&workspace.records())?;
    let held = HeldItems::of(workspace, &keeps.holds)?;
    let mut rows = Vec::new();
    for group in store::records::clock_groups(&workspace.db, now)? {
        let Some(case) = records.get(group.case)? else { continue };
        let (left, mark) = left(Some(group.first), now);
        let others = group.count.saturating_sub(group.items);
        // What is held is not erased, whatever its date says.
        let is_held = keeps.holds.is_placed_on(case.id);
        let kept = if is_held { group.items } else { held.singly_in(case.id, group.first).min(group.items) };
        let then = then_of(group.items - kept, kept, others);
        let is_only_held = kept == group.count;
        let (left, mark) = if is_only_held { (left.said(tr("HOLD")), Mark::Held) } else { (left, mark) };
        let cells =
            vec![left, day(group.first, now), Cell::number(group.count), called(workspace, &case)?.into(), then.into()];
        let subject = RecordRef { kind: Kind::Case, id: case.id };
        rows.push((group.first, PageRow::of(cells).about(Some(subject)).marked(mark).due(Some(group.first))));
    }
    for number in store::records::clocks_of(&workspace.db, None, now)? {
        let row = clock_at(workspace, &keeps, number, now)?;
        let Some(due) = row.facets.due else { continue };
        let cell = |n: usize| row.cells.get(n).cloned().unwrap_or_default();
        let cells = vec![cell(0), day(due, now), Cell::number(1), cell(3), cell(4)];
        rows.push((due, PageRow { cells, ..row }));
    }
    rows.sort_by_key(|(due, _)| *due);
    let section = Section {
        title: Shown::from(phrase!("CLOCKS BY DAY AND CASE {rows}", rows = rows.len())),
        aside: Shown::from(phrase!("late {late}", late = late(workspace, &held, now)?)),
        columns: vec![
            column("LEFT", LEFT).right(),
            column("DAY", Width::Fixed(11)),
            column("COUNT", Width::Fixed(9)).right(),
            column("WHAT", Width::Rest),
            column("THEN", Width::Fixed(20)),
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        empty: Shown::of(tr(SCREEN.first_steps)),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        head: this_clock(workspace, now)?,
        bands: vec![vec![section]],
        sentence: Shown::of(tr("{open} opens a group, row by row; {back} comes back.")),
        ..Page::default()
    })
}

/// What comes of the clocks of a group: how much is to be erased, how much is held, and how many others there are.
fn then_of(erased: u64, held: u64, others: u64) -> String {
    if erased == 0 && held == 0 {
        return tr("other clocks").to_owned();
    }
    let parts = [
        (erased, phrase!("{items} to be erased", items = thousands(erased))),
        (held, phrase!("{items} held", items = thousands(held))),
        (others, phrase!("{others} others", others = thousands(others))),
    ];
    parts.into_iter().filter(|(n, _)| *n > 0).map(|(_, said)| said).collect::<Vec<_>>().join(", ")
}

/// How many clocks are late: what is held is not, since nothing is to be done.
fn late(workspace: &Workspace, held: &HeldItems, now: Timestamp) -> Result<u64, Error> {
    Ok(store::tally::due_by(&workspace.db, now)?.saturating_sub(held.ended()))
}

/// A day as it stands in a column.
fn day(at: Timestamp, now: Timestamp) -> Cell {
    Cell::from(short_day(at, now)).by(SortKey::Time(at))
}

/// The row of a clock by the number of its record.
fn clock_at(workspace: &Workspace, keeps: &Restrictions, number: i64, now: Timestamp) -> Result<PageRow, Error> {
    let record = record_at(&workspace.records(), number)?;
    let what = match record.kind {
        Kind::Request | Kind::Review => called(workspace, &record)?,
        _ => String::new(),
    };
    Ok(clock(&timer(workspace, &record, keeps)?, &what, now))
}

fn clocks(workspace: &Workspace, look: &ViewParams) -> Result<Page, Error> {
    let now = workspace.now();
    let records = workspace.records();
    let keeps = Restrictions::of(&workspace.records())?;
    let wanted = look.wanted.map(|id| records.place_of(id)).transpose()?.flatten();
    let held = HeldItems::of(workspace, &keeps.holds)?;
    let late = late(workspace, &held, now)?;
    let section = part(
        workspace,
        look,
        Long {
            columns: vec![
                column("LEFT", LEFT).right(),
                column("AT", Width::Fixed(13)).optional(),
                column("ID", Width::Fixed(8)),
                column("WHAT", Width::Rest),
                column("THEN", Width::Fixed(7)),
                column("DESK", Width::Fixed(4)).optional(),
            ],
            all: &|| {
                Ok(match look.focus {
                    Some(case) => store::records::clocks_of(&workspace.db, Some(case), now)?,
                    None => store::records::clocks(&workspace.db, now)?,
                })
            },
            row: &|number| clock_at(workspace, &keeps, number, now),
            below: BTreeMap::new(),
            collapsed: HashSet::new(),
            wanted,
        },
    )?;
    let is_long = section.window.is_some();
    let case = look.focus.map(|case| records.get(case)).transpose()?.flatten();
    let title = match case {
        Some(case) => phrase!("CLOCKS OF {case}", case = called(workspace, &case)?),
        None => tr("RETENTION AND OTHER CLOCKS").to_owned(),
    };
    let section = Section {
        title: Shown::from(title),
        aside: Shown::from(phrase!("late {late}", late)),
        empty: Shown::of(tr(SCREEN.first_steps)),
        ..section
    };
    Ok(Page {
        head: this_clock(workspace, now)?,
        bands: vec![
            vec![section],
            std::iter::once(two_weeks(workspace, &held, now)?).chain(weeks(workspace, &held, now)?).collect(),
        ],
        sentence: Shown::of(match (is_long && look.focus.is_none(), late) {
            (true, _) => tr("{previous tab} groups them by day and case; {purge what is due} erases what is due."),
            (false, 0) => tr("Nothing is late. {purge what is due} erases what is due: it waits for nobody."),
            (false, _) => tr("Some of it is late: {purge what is due} erases what is due."),
        }),
        ..Page::default()
    })
}

/// By which clock all of this is computed. One that was set back must not go unseen: what is due does not look so then.
fn this_clock(workspace: &Workspace, now: Timestamp) -> Result<Vec<Line>, Error> {
    let fault = workspace.clock_fault()?;
    Ok(vec![match (fault, workspace.last_signed()?) {
        (Some(fault), _) => {
            vec![StyledText::new(
                phrase!("CLOCK  {what}: {hint}", what = fault.what, hint = fault.hint),
                StyleRole::Stop,
            )]
        }
        (None, Some(last)) => {
            let last = on_screen(last, now);
            vec![
                StyledText::new(tr("CLOCK  "), StyleRole::Note),
                StyledText::from(phrase!("this machine's; the last act here: {last}", last)),
            ]
        }
        (None, None) => vec![StyledText::new(tr("CLOCK  "), StyleRole::Note), StyledText::from(tr("this machine's"))],
    }])
}

/// A clock; `what` is what it is of, where that says more than the clock does.
fn clock(timer: &Timer, what: &str, now: Timestamp) -> PageRow {
    let (left, mark) = left(timer.due, now);
    // What it is stands before; what comes of it is told by one word.
    let then = Cell::word(timer.then);
    let then = match timer.then {
        WhenDue::Deletion => then.said(tr("DELETE")).styled(StyleRole::Due),
        WhenDue::Review => then.said(tr("review")).styled(StyleRole::Due),
        WhenDue::ClockEnds | WhenDue::AgreementEnds => then.said(tr("ends")),
        WhenDue::BackupEnds => then.said(tr("destroy")).styled(StyleRole::Due),
        WhenDue::Renewal => then.said(tr("renew")),
        WhenDue::ApprovalLapses => then.said(tr("lapses")),
        WhenDue::Nothing => then,
    };
    let partner = timer.partner.as_deref().unwrap_or_default();
    let cells = vec![
        Cell::from(if what.is_empty() { content(&timer.what).into_owned() } else { what.to_owned() }),
        then,
        Cell::from(partner),
    ];
    let mut row = row(timer.kind, timer.id, if timer.held { Mark::Held } else { mark }, cells);
    row.cells.insert(0, if timer.held { Cell::from(tr("HOLD")) } else { left });
    row.cells.insert(1, due_at(timer.due, now));
    row.with_partner(partner).due(timer.due)
}

/// Body rows from which, in one column, there is room for the next two weeks: their dates alone say nothing.
const TWO_WEEKS: u16 = 13;
/// Weeks that are looked ahead.
const WEEKS: usize = 10;

/// How many items are to be erased in each of the next weeks; nothing where none is.
fn weeks(workspace: &Workspace, held: &HeldItems, now: Timestamp) -> Result<Option<Section>, Error> {
    let from = now.start_of_day();
    let days = store::tally::due_days(&workspace.db, from, WEEKS * 7)?.into_iter().enumerate();
    let days = days.map(|(n, (items, _))| items.saturating_sub(held.on(from.plus(Duration::days(n as i64)))));
    let counts: Vec<u64> = days.collect::<Vec<_>>().chunks(7).map(|week| week.iter().sum()).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return Ok(None);
    }
    let row = |(n, count): (usize, &u64)| {
        let begins = from.plus(Duration::days(7 * n as i64)).day_and_month();
        let role = if n == 0 && *count > 0 { StyleRole::Due } else { StyleRole::Guidance };
        let bar = Cell::drawn(Picture::Bar(Bar::count(*count, most, role)));
        PageRow::of(vec![Cell::from(phrase!("from {begins}", begins)), Cell::number(*count), bar])
    };
    Ok(Some(Section {
        title: Shown::of(tr("TO BE ERASED, by week")),
        columns: vec![column("", Width::Fixed(12)), column("", Width::Fixed(7)).right(), column("", Width::Rest)],
        rows: counts.iter().enumerate().map(row).collect(),
        most: WEEKS as u16,
        from_height: 30,
        ..Section::default()
    }))
}

/// How many clocks end on each of the next fourteen days.
fn two_weeks(workspace: &Workspace, held: &HeldItems, now: Timestamp) -> Result<Section, Error> {
    let day = |n: i64| now.start_of_day().plus(Duration::days(n));
    let counts = (0..14).map(|n| {
        let (items, others) = store::tally::due_between(&workspace.db, day(n), day(n + 1))?;
        Ok((items.saturating_sub(held.on(day(n))), others))
    });
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
        title: Shown::of(tr("NEXT 14 DAYS")),
        columns,
        rows: vec![
            line("", &mut (0..14).map(|n| day(n).date().day().to_string())),
            line(tr("delete"), &mut counts.iter().map(|(items, _)| told(*items))),
            line(tr("other"), &mut counts.iter().map(|(_, others)| told(*others))),
        ],
        most: 3,
        alone_from: TWO_WEEKS,
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
        title: Shown::of(tr("HOLDS")),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("STATE", Width::Fixed(8)),
            column("GROUND", Width::Fixed(12)),
            column("BY", Width::Fixed(14)),
            column("SINCE", Width::Fixed(13)).past(),
            column("WHY", Width::Rest),
        ],
        rows,
        empty: Shown::of(tr("Nothing is held.")),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of(tr("A hold beats every timer until another person lifts it: {sign} lifts.")),
        ..Page::default()
    })
}

/// The duties of partners by day and case, where they are too many to be listed one by one.
fn grouped_duties(workspace: &Workspace) -> Result<Option<Section>, Error> {
    let groups = duty_groups(workspace)?;
    let all: u64 = groups.values().sum();
    if all <= u64::from(MOST) {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for (group, count) in groups {
        let case = group.case.map(|case| workspace.records().get(case)).transpose()?.flatten();
        let what = case.as_ref().map(|case| called(workspace, case)).transpose()?.unwrap_or_default();
        let cells = vec![
            Cell::number(count),
            Cell::from(phrase!("{by} owes", by = group.by)),
            in_mood(ListWord::of(group.state), group.state.mood()),
            group.day.map_or_else(|| Cell::nothing().styled(StyleRole::Note), |at| day(at, workspace.now())),
            Cell::from(what),
        ];
        let subject = case.map(|case| RecordRef { kind: Kind::Case, id: case.id });
        rows.push(PageRow::of(cells).about(subject).with_partner(&group.by).due(group.day));
    }
    Ok(Some(Section {
        title: Shown::of(tr("DUTIES TO DELETE, by day and case")),
        aside: Shown::from(phrase!("{all} in {rows}", all = thousands(all), rows = tr_count(rows.len(), "group"))),
        columns: vec![
            column("COUNT", Width::Fixed(9)).right(),
            column("WHO", Width::Fixed(8)),
            column("STATE", Width::Fixed(12)),
            column("BY", Width::Fixed(11)),
            column("CASE", Width::Rest),
        ],
        rows,
        grows: true,
        ..Section::default()
    }))
}

fn of_duties(workspace: &Workspace, look: &ViewParams) -> Result<Page, Error> {
    let grouped = if look.focus.is_none() { grouped_duties(workspace)? } else { None };
    if let Some(section) = grouped {
        return Ok(Page {
            bands: vec![vec![section]],
            sentence: Shown::of(tr("{open} opens a group, row by row; {back} comes back.")),
            ..Page::default()
        });
    }
    let listed = match look.focus {
        Some(case) => duties_of(workspace, Some(case), None)?,
        None => duties(workspace, MOST)?,
    };
    let mut rows = Vec::with_capacity(listed.len());
    // Of a case there may be more than can be read for one page: those are listed by their ids alone.
    let is_named = listed.len() <= 2 * MOST as usize;
    for d in &listed {
        let record = if is_named { workspace.records().get(d.item)? } else { None };
        let what = record.map(|record| called(workspace, &record)).transpose()?.unwrap_or_default();
        let cells = vec![
            Cell::from(what),
            Cell::from(phrase!("{by} owes {to}", by = d.by, to = d.to)),
            in_mood(ListWord::of(d.state), d.state.mood()),
            due_at(d.delete_by, workspace.now()),
        ];
        rows.push(row(d.kind, d.item, Mark::None, cells).due(d.delete_by));
    }
    let section = Section {
        title: Shown::of(tr("DUTIES TO DELETE")),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("WHAT", Width::Rest),
            column("WHO", Width::Fixed(12)),
            column("STATE", Width::Fixed(12)),
            column("BY", Width::Fixed(13)),
        ],
        rows,
        empty: Shown::of(tr("No deletions outstanding.")),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of(tr("A duty is outstanding until the partner's signed certificate is here.")),
        ..Page::default()
    })
}

fn of_certificates(workspace: &Workspace) -> Result<Page, Error> {
    let rows = crate::command::retention::purge::certificate_rows(workspace)?
        .iter()
        .map(|c| {
            let counts = c
                .counts
                .iter()
                .flatten()
                .map(|(kind, n)| format!("{n} {}", tr_word(kind)))
                .collect::<Vec<_>>()
                .join(", ");
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
        title: Shown::of(tr("DELETION CERTIFICATES")),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("DESK", Width::Fixed(4)),
            column("STATE", Width::Fixed(13)),
            column("ISSUED", Width::Fixed(13)).past(),
            column("ERASED", Width::Rest),
            column("BY", Width::Fixed(14)),
        ],
        rows,
        empty: Shown::of(tr("Nothing was erased yet.")),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of(tr("{sign} countersigns a certificate, as its verifier.")),
        ..Page::default()
    })
}
