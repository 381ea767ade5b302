//! Reports: the place for what is written for others to read. For now it counts what the desk holds.

use super::definition::{Screen, ViewParams};
use crate::record::KINDS;
use crate::record::store::Query;
use crate::tui::page::{Cell, Page, PageRow, Section, Width, column};
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
    Ok(Page {
        head: vec![],
        bands: vec![vec![section]],
        sentence: Shown::of("Counts of records, for this desk's own eyes."),
        ..Page::default()
    })
}
