//! Reports: what was published and what is to be, how long things take, and what the desk holds.

use super::definition::{Screen, ViewParams, due_at, row, state};
use crate::command::report::{statement, transparency};
use crate::record::KINDS;
use crate::record::kind::Kind;
use crate::record::store::Query;
use crate::tui::page::{Cell, Mark, Page, PageRow, Section, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Reports.
pub const SCREEN: Screen =
    Screen { id: ScreenId::REPORTS, views: &[], has_detail: false, fetch, first_steps: "Nothing to count yet." };

fn fetch(workspace: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let mut rows = Vec::new();
    for kind in KINDS {
        let n = crate::store::records::count(&workspace.db, &Query::kind(kind.kind))?;
        if n > 0 {
            rows.push(PageRow::of(vec![Cell::word(kind.kind), Cell::number(n)]));
        }
    }
    let section = Section {
        title: Shown::of("WHAT THIS DESK HOLDS"),
        columns: vec![column("KIND", Width::Fixed(16)), column("RECORDS", Width::Fixed(9)).right()],
        rows,
        empty: Shown::of(SCREEN.first_steps),
        grows: true,
        ..Section::default()
    };
    let now = workspace.now();
    let releases = transparency::rows(workspace)?;
    let release_rows = releases.iter().map(|r| {
        let cells = vec![Cell::from(r.from.as_str()), Cell::from(r.to.as_str()), due_at(r.published, now)];
        row(Kind::Release, r.id, Mark::None, cells)
    });
    let published = Section {
        title: Shown::of("FIGURES PUBLISHED"),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("FROM", Width::Fixed(10)),
            column("UNTIL BEFORE", Width::Rest),
            column("PUBLISHED", Width::Fixed(9)).right(),
        ],
        rows: release_rows.collect(),
        empty: Shown::of("None. Figures are published by quarter, half-year or year."),
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
        title: Shown::of("STATEMENTS TO THE PUBLIC"),
        columns: vec![
            column("ID", Width::Fixed(9)),
            column("STATE", Width::Fixed(10)),
            column("TITLE", Width::Rest),
            column("DRAFTED BY", Width::Fixed(14)).optional(),
            column("CLEARED BY", Width::Fixed(14)).optional(),
        ],
        rows: said_rows.collect(),
        empty: Shown::of("None. Another person clears one before it is published."),
        most: 6,
        ..Section::default()
    };
    Ok(Page {
        head: vec![],
        bands: vec![vec![section], vec![published], vec![statements]],
        sentence: Shown::of("Counts of records, for this desk's own eyes; what was published, and what waits to be."),
        ..Page::default()
    })
}
