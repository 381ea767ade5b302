//! Queue: requests in and out, with the time left, where each stands, and whom it waits on.

use super::definition::{LEFT, Screen, ViewParams, due_at, in_mood, left, row, state, way};
use crate::command::request::{Direction, RequestSummary as Request, rows};
use crate::record::kind::Kind;
use crate::record::kind::StateTone;
use crate::record::request::{State, is_open};
use crate::tui::language::{phrase, tr};
use crate::tui::page::{Cell, ListWord, Page, Section, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::tui::words::{basis, does};
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Queue.
pub const SCREEN: Screen = Screen {
    id: ScreenId::QUEUE,
    views: &["open", "inbound", "outbound", "all"],
    has_detail: true,
    fetch,
    first_steps: "No request yet. {new request} writes one.",
};

/// What it asks for. What is not in force is said, and dim: it is never sent.
pub fn kind(request: &Request) -> Cell {
    let does = does(&request.kind, &request.name).into_owned();
    if request.in_force || request.sent.is_some() {
        return Cell::from(does);
    }
    Cell::new(phrase!("{does} (not in force)", does), StyleRole::Note)
}

/// With whom, and which way.
pub fn with(request: &Request) -> String {
    match request.direction {
        Direction::Inbound => phrase!("from {partner}", partner = request.partner),
        Direction::Outbound => phrase!("to {partner}", partner = request.partner),
    }
}

/// Where it stands: what a partner has sent and nobody has answered is new here.
pub fn standing(request: &Request) -> Cell {
    if request.direction == Direction::Inbound && request.state == State::Sent.any() {
        return in_mood(ListWord { label: "new", ..ListWord::of_state(request.state) }, StateTone::Waiting);
    }
    state(request.state)
}

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let now = workspace.now();
    let all = rows(workspace)?;
    let total = all.len();
    let fits = |r: &&Request| match look.view {
        0 => is_open(r.state),
        1 => r.direction == Direction::Inbound,
        2 => r.direction == Direction::Outbound,
        _ => true,
    };
    let shown: Vec<&Request> = all.iter().filter(fits).collect();
    let late = shown.iter().filter(|r| r.due.is_some_and(|due| due < now)).count();
    let rows = shown
        .iter()
        .map(|r| {
            let (left, mark) = left(r.due, now);
            row(
                Kind::Request,
                r.id,
                mark,
                vec![
                    kind(r),
                    way(r.direction).said(with(r)),
                    Cell::from(basis(workspace, &r.kind).unwrap_or_default()),
                    Cell::tier(r.tier),
                    standing(r),
                    due_at(r.due, now),
                    left,
                ],
            )
            .in_state(r.state)
            .with_partner(&r.partner)
            .due(r.due)
        })
        .collect::<Vec<_>>();
    let count = rows.len();
    Ok(Page {
        head: vec![],
        bands: vec![vec![Section {
            aside: Shown::from(phrase!("{count} of {total}", count, total)),
            title: Shown::of(tr("REQUESTS, due first")),
            columns: vec![
                column("ID", Width::Fixed(8)),
                column("WHAT", Width::Rest),
                column("WITH", Width::Fixed(8)),
                column("UNDER", Width::Fixed(16)).optional(),
                column("TIER", Width::Fixed(4)).optional(),
                column("STATE", Width::Fixed(13)),
                column("DUE", Width::Fixed(13)).optional(),
                column("LEFT", LEFT).right(),
            ],
            rows,
            empty: Shown::of(tr(SCREEN.first_steps)),
            grows: true,
            ..Section::default()
        }]],
        sentence: Shown::from(if late == 0 {
            tr("Nothing is late.").to_owned()
        } else {
            phrase!("{late} late; what waits longest stands on top.", late)
        }),
        ..Page::default()
    })
}
