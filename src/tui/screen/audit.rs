//! Audit: the log, its head, and who has cosigned it.

use super::definition::{Long, Screen, ViewParams, part, subject};
use super::desk::oversight;
use crate::command::audit::statistics;
use crate::command::audit::{rows, witnesses};
use crate::command::desk::workspace_info;
use crate::store::{log, read};
use crate::tui::page::{Page, PageRow, Section, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Audit.
pub const SCREEN: Screen =
    Screen { id: ScreenId::AUDIT, views: &[], has_detail: true, fetch, first_steps: "The log is empty." };

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let tip = log::tip(&workspace.db, &workspace.meta)?;
    let seen: Vec<String> =
        witnesses(workspace)?.iter().map(|w| format!("{} to {} of {}", w.partner, w.size, tip.size)).collect();
    // Acts are numbered from the first, without gaps.
    let section = acts(workspace, look, &|| Ok((1..=read::last(&workspace.db)?).rev().collect()))?;
    let section =
        Section { title: Shown::of("ACTS, the newest first"), empty: Shown::of(SCREEN.first_steps), ..section };
    Ok(Page {
        head: vec![
            vec![
                StyledText::new("CHAIN", StyleRole::Title),
                StyledText::from(format!("  {} own acts   head {}", tip.size, tip.root.short())),
            ],
            vec![
                StyledText::new("        ", StyleRole::Note),
                StyledText::from(if seen.is_empty() {
                    "cosigned by nobody yet".to_owned()
                } else {
                    format!("cosigned: {}", seen.join(", "))
                }),
            ],
        ],
        bands: vec![vec![section], vec![Section { from_height: 20, ..oversight(&statistics::oversight(workspace)?) }]],
        sentence: Shown::of("{check chain} reads all of it again: signatures, rules, tables."),
        ..Page::default()
    })
}

/// Acts as a list, by their numbers.
pub(super) fn acts(
    workspace: &Workspace,
    look: &ViewParams,
    all: &dyn Fn() -> Result<Vec<i64>, Error>,
) -> Result<Section, Error> {
    let columns = vec![
        column("NO.", Width::Fixed(6)).right(),
        column("WHEN", Width::Fixed(13)).past(),
        column("WHO", Width::Fixed(15)),
        column("DID", Width::Rest),
        column("ON", Width::Fixed(8)).optional(),
        column("FOR", Width::Fixed(12)).optional(),
        column("", Width::Fixed(14)).optional(),
    ];
    part(workspace, look, Long { columns, all, row: &|number| act_row(workspace, number), wanted: None })
}

fn act_row(workspace: &Workspace, number: i64) -> Result<PageRow, Error> {
    let acts = rows(workspace, number.saturating_add(1), 1)?;
    let Some(a) = acts.first() else { return Ok(PageRow { subject: None, mark: ' ', cells: Vec::new() }) };
    Ok(PageRow {
        subject: a.on_kind.and_then(|kind| subject(kind, &a.on)),
        mark: ' ',
        cells: vec![
            StyledText::from(a.number.to_string()),
            Timestamp::parse(&a.at)
                .map_or_else(StyledText::default, |t| StyledText::from(t.on_screen(workspace.now()))),
            StyledText::from(format!("{} {}", a.desk, a.by)),
            StyledText::from(a.did.replace('-', " ")),
            StyledText::from(a.on_kind.map(|kind| workspace_info::short(kind, &a.on)).unwrap_or_default()),
            StyledText::from(if a.audience.is_empty() {
                String::new()
            } else {
                format!("for {}", a.audience.join(" "))
            }),
            StyledText::new(
                if a.changes > 1 { format!("{} changes", a.changes) } else { String::new() },
                StyleRole::Note,
            ),
        ],
    })
}
