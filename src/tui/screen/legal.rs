//! Legal: what is open, and what happens if nobody does anything.

use super::definition::{Screen, ViewParams, count, due_at, left, row, state};
use crate::command::desk::workspace_info;
use crate::command::disclosure;
use crate::command::review;
use crate::record::disclosure::{State as Proposal, Validation};
use crate::record::kind::Kind;
use crate::tui::page::{Cell, Mark, Page, Section, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Legal screen.
pub const SCREEN: Screen = Screen {
    id: ScreenId::LEGAL,
    views: &[],
    has_detail: true,
    fetch,
    first_steps: "No review yet. On an item, {review} asks for one.",
};

fn fetch(workspace: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let now = workspace.now();
    let reviews = review::rows(workspace)?;
    let open = reviews.iter().filter(|r| r.is_open()).count();
    let rows = reviews
        .iter()
        .map(|r| {
            let done = r.tests.iter().filter(|t| t.outcome.is_some()).count();
            let role = if done == r.tests.len() { StyleRole::Good } else { StyleRole::Due };
            let tests = Cell::number(done).said(format!("{done}/{}", r.tests.len())).styled(role);
            let (left, mark) = left(r.expires, now);
            let of = r.subject_kind.zip(r.subject);
            row(
                Kind::Review,
                r.id,
                mark,
                vec![
                    Cell::from(r.to.as_str()),
                    Cell::from(
                        of.map(|(kind, id)| format!("{kind} {}", workspace_info::short(kind, id))).unwrap_or_default(),
                    ),
                    r.level.map_or_else(Cell::default, Cell::word),
                    tests,
                    state(r.state),
                    Cell::from(r.requester.as_str()),
                    left,
                ],
            )
            .in_state(r.state)
            .with_partner(&r.to)
            .due(r.expires)
        })
        .collect();
    let releases = disclosure::rows(workspace)?;
    let pending = |d: &disclosure::DisclosureSummary| d.validation == Some(Validation::Pending);
    let is_proposed = |d: &disclosure::DisclosureSummary| d.state == Proposal::Proposed.any();
    let waiting: Vec<_> = releases.iter().filter(|d| is_proposed(d) || pending(d)).collect();
    let release_rows = waiting
        .iter()
        .map(|d| {
            row(
                Kind::Disclosure,
                d.id,
                Mark::None,
                vec![
                    Cell::from(d.partner.as_str()),
                    count(d.items, "item"),
                    match (d.emergency, pending(d)) {
                        (true, true) => Cell::new("EMERGENCY: validate", StyleRole::Stop),
                        (true, false) => Cell::new("EMERGENCY: join it", StyleRole::Stop),
                        (false, _) => Cell::from(format!("by {}", d.proposed_by)),
                    },
                    due_at(d.validate_by.or(d.at), now),
                ],
            )
            .in_state(d.state)
            .with_partner(&d.partner)
            .due(d.validate_by)
        })
        .collect();
    let sentence = match (open, waiting.len()) {
        (0, 0) => "Nothing is open.".to_owned(),
        (r, d) => format!("Open reviews: {r}; waiting releases: {d}. If nobody acts, nothing leaves."),
    };
    Ok(Page {
        head: vec![],
        bands: vec![
            vec![Section {
                title: Shown::from(format!("REVIEWS {open} open")),
                columns: vec![
                    column("ID", Width::Fixed(8)),
                    column("TO", Width::Fixed(4)),
                    column("OF", Width::Rest),
                    column("LEVEL", Width::Fixed(5)).optional(),
                    column("TESTS", Width::Fixed(5)),
                    column("STATE", Width::Fixed(10)),
                    column("ASKED BY", Width::Fixed(14)).optional(),
                    column("EXPIRES", Width::Fixed(7)).right(),
                ],
                rows,
                empty: Shown::of(SCREEN.first_steps),
                grows: true,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::from(format!("RELEASES {} wait for another person", waiting.len())),
                columns: vec![
                    column("", Width::Fixed(8)),
                    column("", Width::Fixed(4)),
                    column("", Width::Fixed(12)),
                    column("", Width::Rest),
                    column("", Width::Fixed(13)),
                ],
                rows: release_rows,
                empty: Shown::of("No disclosure waits."),
                most: 5,
                ..Section::default()
            }],
        ],
        sentence: Shown::from(sentence),
        ..Page::default()
    })
}
