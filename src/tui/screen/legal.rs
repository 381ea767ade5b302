//! Legal: what is open, and what happens if nobody does anything.

use super::definition::{Screen, ViewParams, due_at, left, row, state};
use crate::command::desk::workspace_info;
use crate::command::disclosure;
use crate::command::review;
use crate::record::kind::Kind;
use crate::tui::page::{Page, Section, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::{Shown, counted};
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
            let tests = StyledText::new(
                format!("{done}/{}", r.tests.len()),
                if done == r.tests.len() { StyleRole::Good } else { StyleRole::Due },
            );
            let (left, mark) = left(r.expires.as_deref(), now);
            row(
                Kind::Review,
                &r.id,
                mark,
                vec![
                    StyledText::from(r.to.as_str()),
                    StyledText::from(
                        r.subject_kind
                            .map(|kind| format!("{kind} {}", workspace_info::short(kind, &r.subject)))
                            .unwrap_or_default(),
                    ),
                    StyledText::from(r.level.as_str()),
                    tests,
                    state(r.state),
                    StyledText::from(r.requester.as_str()),
                    left,
                ],
            )
        })
        .collect();
    let releases = disclosure::rows(workspace)?;
    let pending = |d: &disclosure::DisclosureSummary| d.validation.as_deref() == Some("pending");
    let waiting: Vec<_> =
        releases.iter().filter(|d| d.state == crate::record::disclosure::State::Proposed.any() || pending(d)).collect();
    let release_rows = waiting
        .iter()
        .map(|d| {
            row(
                Kind::Disclosure,
                &d.id,
                ' ',
                vec![
                    StyledText::from(d.partner.as_str()),
                    StyledText::from(counted(d.items, "item")),
                    match (d.emergency, pending(d)) {
                        (true, true) => StyledText::new("EMERGENCY: validate", StyleRole::Stop),
                        (true, false) => StyledText::new("EMERGENCY: join it", StyleRole::Stop),
                        (false, _) => StyledText::from(format!("by {}", d.proposed_by)),
                    },
                    due_at(Some(d.validate_by.as_ref().unwrap_or(&d.at)), now),
                ],
            )
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
