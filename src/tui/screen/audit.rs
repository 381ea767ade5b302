//! Audit: the log, its head, and who has cosigned it.

use super::desk::oversight;
use super::look::{Long, Look, Screen, part, subject};
use crate::desk::audit::{rows, witnesses};
use crate::desk::failure::Failure;
use crate::desk::figures;
use crate::desk::job::Job;
use crate::desk::own;
use crate::desk::workspace::Desk;
use crate::store::{log, read};
use crate::tui::page::{Bit, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::instant::Instant;
use crate::value::text::Shown;

/// The Audit.
pub const SCREEN: Screen =
    Screen { place: Place::Audit, views: &[], has_detail: true, fetch, first_steps: "The log is empty." };

fn fetch(desk: &Desk, look: &Look, _: &mut Job) -> Result<Page, Failure> {
    let tip = log::tip(&desk.db, &desk.meta)?;
    let seen: Vec<String> =
        witnesses(desk)?.iter().map(|w| format!("{} to {} of {}", w.partner, w.size, tip.size)).collect();
    // Acts are numbered from the first, without gaps.
    let section = acts(desk, look, &|| Ok((1..=read::last(&desk.db)?).rev().collect()))?;
    let section =
        Section { title: Shown::of("ACTS, the newest first"), empty: Shown::of(SCREEN.first_steps), ..section };
    Ok(Page {
        head: vec![
            vec![
                Bit::new("CHAIN", Tone::Title),
                Bit::from(format!("  {} own acts   head {}", tip.size, tip.root.short())),
            ],
            vec![
                Bit::new("        ", Tone::Note),
                Bit::from(if seen.is_empty() {
                    "cosigned by nobody yet".to_owned()
                } else {
                    format!("cosigned: {}", seen.join(", "))
                }),
            ],
        ],
        bands: vec![vec![section], vec![Section { from_height: 20, ..oversight(&figures::oversight(desk)?) }]],
        sentence: Shown::of("{check chain} reads all of it again: signatures, rules, tables."),
        ..Page::default()
    })
}

/// Acts as a list, by their numbers.
pub(super) fn acts(desk: &Desk, look: &Look, all: &dyn Fn() -> Result<Vec<i64>, Failure>) -> Result<Section, Failure> {
    let columns = vec![
        column("NO.", Width::Fixed(6)).right(),
        column("WHEN", Width::Fixed(13)).past(),
        column("WHO", Width::Fixed(15)),
        column("DID", Width::Rest),
        column("ON", Width::Fixed(8)).optional(),
        column("FOR", Width::Fixed(12)).optional(),
        column("", Width::Fixed(14)).optional(),
    ];
    part(desk, look, Long { columns, all, row: &|number| act_row(desk, number), wanted: None })
}

fn act_row(desk: &Desk, number: i64) -> Result<Row, Failure> {
    let acts = rows(desk, number.saturating_add(1), 1)?;
    let Some(a) = acts.first() else { return Ok(Row { subject: None, mark: ' ', cells: Vec::new() }) };
    Ok(Row {
        subject: subject(&a.on_kind, &a.on),
        mark: ' ',
        cells: vec![
            Bit::from(a.number.to_string()),
            Instant::parse(&a.at).map_or_else(Bit::default, |t| Bit::from(t.on_screen(desk.now()))),
            Bit::from(format!("{} {}", a.desk, a.by)),
            Bit::from(a.did.replace('-', " ")),
            Bit::from(own::short(&a.on_kind, &a.on)),
            Bit::from(if a.audience.is_empty() { String::new() } else { format!("for {}", a.audience.join(" ")) }),
            Bit::new(if a.changes > 1 { format!("{} changes", a.changes) } else { String::new() }, Tone::Note),
        ],
    })
}
