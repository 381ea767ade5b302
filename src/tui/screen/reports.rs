//! Reports: the place for what is written for others to read. For now it counts what the desk holds.

use super::look::{Look, Screen};
use crate::desk::failure::Failure;
use crate::desk::job::Job;
use crate::desk::workspace::Desk;
use crate::record::KINDS;
use crate::record::book::Query;
use crate::tui::page::{Bit, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::value::text::Shown;

/// The Reports.
pub const SCREEN: Screen =
    Screen { place: Place::Reports, views: &[], has_detail: false, fetch, first_steps: "Nothing to count yet." };

fn fetch(desk: &Desk, _: &Look, _: &mut Job) -> Result<Page, Failure> {
    let mut rows = Vec::new();
    for kind in KINDS {
        let n = crate::store::book::count(&desk.db, &Query::kind(kind.name))?;
        if n > 0 {
            rows.push(Row { subject: None, mark: ' ', cells: vec![Bit::from(kind.name), Bit::from(n.to_string())] });
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
