//! Reports: what was published and what is to be, how long things take, and what the desk holds.

use super::definition::{Screen, ViewParams, due_at, row, state};
use crate::command::report::{benchmarks, statement, transparency};
use crate::figures::timing::{FEWEST, Measured};
use crate::record::KINDS;
use crate::record::kind::Kind;
use crate::record::store::Query;
use crate::tui::language::{phrase, tr};
use crate::tui::page::{Cell, Mark, Page, PageRow, Section, Width, column};
use crate::tui::picture::Picture;
use crate::tui::picture::lengths::Lengths;
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::value::timestamp::Duration;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Reports.
pub const SCREEN: Screen =
    Screen { id: ScreenId::REPORTS, views: &[], has_detail: false, fetch, first_steps: "Nothing to count yet." };

/// How far back it is looked how long things take.
const BACK: Duration = Duration::days(365);
/// Columns of a bar.
const BAR: u16 = 24;

/// How long things take, as bars on one scale; what is of too few to be told is counted alone.
fn lengths(workspace: &Workspace) -> Result<Section, Error> {
    let now = workspace.now();
    // What began just now counts too.
    let all = benchmarks::rows(workspace, now.minus(BACK), now.plus(Duration::millis(1)))?;
    let longest = benchmarks::longest(&all);
    let told: Vec<_> = all.iter().filter(|row| !row.is_hidden()).collect();
    let rows = told.iter().map(|row| {
        PageRow::of(vec![
            Cell::from(row.what),
            Cell::from(row.whose),
            Cell::maybe_number(row.count),
            Cell::maybe_number(row.open),
            match row.measured() {
                of if of == Measured::default() => Cell::new(tr("too few are over"), StyleRole::Note),
                of => Cell::drawn(Picture::Lengths(Lengths { of, longest })),
            },
            Cell::maybe_number(row.past_own_target),
            Cell::maybe_number(row.past_legal_limit),
        ])
    });
    let hidden = all.len() - told.len();
    let marks = tr("T target, L limit");
    let aside = match (told.is_empty(), hidden) {
        (true, _) => String::new(),
        (false, 0) => marks.to_owned(),
        (false, hidden) => phrase!("{marks}; {hidden} hidden", marks, hidden),
    };
    Ok(Section {
        title: Shown::of(tr("HOW LONG THINGS TAKE, 12 months")),
        aside: Shown::from(aside),
        columns: vec![
            column("WHAT", Width::Rest),
            column("WHOSE", Width::Fixed(9)).optional(),
            column("ALL", Width::Fixed(5)).right(),
            column("OPEN", Width::Fixed(5)).right().optional(),
            column("HALF, NINE IN TEN", Width::Fixed(BAR)).pictured(),
            column("PAST T", Width::Fixed(6)).right().optional(),
            column("PAST L", Width::Fixed(6)).right().optional(),
        ],
        rows: rows.collect(),
        empty: Shown::from(phrase!("Fewer than {n} of each: hidden.", n = FEWEST)),
        most: 6,
        share: 5,
        ..Section::default()
    })
}

fn fetch(workspace: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let mut rows = Vec::new();
    for kind in KINDS {
        let n = crate::store::records::count(&workspace.db, &Query::kind(kind.kind))?;
        if n > 0 {
            rows.push(PageRow::of(vec![Cell::word(kind.kind), Cell::number(n)]));
        }
    }
    let section = Section {
        title: Shown::of(tr("WHAT THIS DESK HOLDS")),
        columns: vec![column("KIND", Width::Fixed(16)), column("RECORDS", Width::Fixed(9)).right()],
        rows,
        empty: Shown::of(tr(SCREEN.first_steps)),
        grows: true,
        share: 2,
        ..Section::default()
    };
    let now = workspace.now();
    let releases = transparency::rows(workspace)?;
    let release_rows = releases.iter().map(|r| {
        let cells = vec![Cell::from(r.from.as_str()), Cell::from(r.to.as_str()), due_at(r.published, now)];
        row(Kind::Release, r.id, Mark::None, cells)
    });
    let published = Section {
        title: Shown::of(tr("FIGURES PUBLISHED")),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("FROM", Width::Fixed(10)),
            column("UNTIL BEFORE", Width::Rest),
            column("PUBLISHED", Width::Fixed(9)).right(),
        ],
        rows: release_rows.collect(),
        empty: Shown::of(tr("None. Figures are published by quarter, half-year or year.")),
        most: 6,
        ..Section::default()
    };
    let said = statement::rows(workspace)?;
    let said_rows = said.iter().map(|s| {
        let cells = vec![
            state(s.state),
            Cell::from(s.title.as_str()),
            Cell::from(s.by.as_str()),
            Cell::from(s.cleared_by.as_str()),
        ];
        row(Kind::PublicStatement, s.id, Mark::None, cells).in_state(s.state)
    });
    let statements = Section {
        title: Shown::of(tr("STATEMENTS TO THE PUBLIC")),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("STATE", Width::Fixed(10)),
            column("TITLE", Width::Rest),
            column("DRAFTED BY", Width::Fixed(14)).optional(),
            column("CLEARED BY", Width::Fixed(14)).optional(),
        ],
        rows: said_rows.collect(),
        empty: Shown::of(tr("None. Another person clears one before it is published.")),
        most: 6,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section, lengths(workspace)?], vec![published], vec![statements]],
        sentence: Shown::of(tr(
            "For this desk's own eyes: counts, and how long things take. Below: what was published, and what waits to be.",
        )),
        ..Page::default()
    })
}
