//! Audit: the log, its head, and who has cosigned it.

use std::collections::{BTreeMap, HashSet};

use super::definition::{Long, Screen, ViewParams, did, due_at, on, part};
use super::desk::oversight;
use crate::command::audit::statistics;
use crate::command::audit::{ActSummary, rows, witnesses};
use crate::command::desk::workspace_info::short;
use crate::store::{log, read};
use crate::tui::language::{phrase, tr};
use crate::tui::page::{Cell, Page, PageRow, RecordRef, Section, SortKey, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Audit.
pub const SCREEN: Screen =
    Screen { id: ScreenId::AUDIT, views: &[], has_detail: true, fetch, first_steps: "The log is empty." };

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let tip = log::tip(&workspace.db, &workspace.meta)?;
    let seen: Vec<String> = witnesses(workspace)?
        .iter()
        .map(|w| phrase!("{partner} to {size} of {of}", partner = w.partner, size = w.size, of = tip.size))
        .collect();
    // Acts are numbered from the first, without gaps.
    let section = acts(workspace, look, &|| Ok((1..=read::last(&workspace.db)?).rev().collect()))?;
    let section = Section {
        title: Shown::of(tr("ACTS, the last to arrive first")),
        empty: Shown::of(tr(SCREEN.first_steps)),
        ..section
    };
    Ok(Page {
        head: vec![
            vec![
                StyledText::new(tr("CHAIN"), StyleRole::Title),
                StyledText::from(phrase!(
                    "  {size} own acts   head {short}",
                    size = tip.size,
                    short = tip.root.short()
                )),
            ],
            vec![
                StyledText::new("        ", StyleRole::Note),
                StyledText::from(if seen.is_empty() {
                    tr("cosigned by nobody yet").to_owned()
                } else {
                    phrase!("cosigned: {seen}", seen = seen.join(", "))
                }),
            ],
        ],
        bands: vec![vec![section], vec![Section { from_height: 20, ..oversight(&statistics::oversight(workspace)?) }]],
        sentence: Shown::of(tr("{check chain} reads all of it again: signatures, rules, tables.")),
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
        column("NO.", Width::Fixed(6)).right().optional(),
        column("WHEN", Width::Fixed(13)).past(),
        column("WHO", Width::Fixed(15)),
        column("DID", Width::Rest),
        column("FOR", Width::Fixed(12)).optional(),
        column("", Width::Fixed(14)).optional(),
        column("ID", Width::Fixed(8)),
    ];
    part(
        workspace,
        look,
        Long {
            columns,
            all,
            row: &|number| act_row(workspace, number),
            below: BTreeMap::new(),
            collapsed: HashSet::new(),
            wanted: None,
        },
    )
}

fn act_row(workspace: &Workspace, number: i64) -> Result<PageRow, Error> {
    let acts = rows(workspace, number.saturating_add(1), 1)?;
    let Some(act) = acts.first() else { return Ok(PageRow::default()) };
    let cells = vec![
        Cell::number(act.number),
        due_at(Some(act.at), workspace.now()),
        Cell::from(format!("{} {}", act.desk, act.by)),
        did_on(workspace, act)?,
        Cell::from(if act.audience.is_empty() {
            String::new()
        } else {
            phrase!("for {audience}", audience = act.audience.join(" "))
        }),
        changes(act),
        Cell::from(act.subject().map(|(kind, id)| short(kind, id)).unwrap_or_default()),
    ];
    Ok(PageRow { act: Some(act.number), ..PageRow::of(cells).about(act.subject().map(RecordRef::from)) })
}

/// What an act did, and on what: in one column, so that neither takes room that the other needs.
fn did_on(workspace: &Workspace, act: &ActSummary) -> Result<Cell, Error> {
    let (did, on) = (did(act), on(workspace, act)?);
    Ok(if on.is_empty() { did } else { Cell::from(format!("{} \u{b7} {on}", did.text)) })
}

/// How many changes an act has, where it has several.
fn changes(act: &ActSummary) -> Cell {
    let several = i64::try_from(act.changes).ok().filter(|n| *n > 1);
    several.map_or_else(Cell::default, |n| Cell::new(phrase!("{n} changes", n), StyleRole::Note).by(SortKey::Number(n)))
}
