//! Partners: what may go to whom, until when.

use super::look::{Look, Screen, due_at, left, row, state, subject};
use crate::desk::failure::Failure;
use crate::desk::job::Job;
use crate::desk::workspace::Desk;
use crate::desk::{agreement, partner};
use crate::tui::page::{Bit, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::value::text::Shown;

/// The Partners.
pub const SCREEN: Screen = Screen {
    place: Place::Partners,
    views: &[],
    has_detail: true,
    fetch,
    first_steps: "No partner yet. {add partner} takes a partner's card; then read its fingerprint aloud.",
};

fn fetch(desk: &Desk, _: &Look, _: &mut Job) -> Result<Page, Failure> {
    let now = desk.now();
    let partners = partner::rows(desk)?;
    let rows = partners
        .iter()
        .map(|p| Row {
            subject: subject("partner", &p.id),
            mark: ' ',
            cells: vec![
                Bit::from(p.code.as_str()),
                Bit::from(p.kind.as_str()),
                state(&p.standing),
                Bit::from(p.channel.as_str()),
                due_at(p.heard.as_deref(), now),
                Bit::from(p.name.as_str()),
            ],
        })
        .collect();
    let agreements = agreement::rows(desk, None)?;
    let agreement_rows = agreements
        .iter()
        .map(|a| {
            let (left, mark) = left(Some(&a.until), now);
            row(
                "agreement",
                &a.id,
                mark,
                vec![
                    Bit::from(a.partner.as_str()),
                    state(&a.state),
                    Bit::from(a.whose),
                    Bit::from(a.tier.map_or_else(|| "-".into(), |t| format!("T{t}"))),
                    Bit::from(a.categories.join(" ")),
                    left,
                    Bit::from(a.title.as_str()),
                ],
            )
        })
        .collect();
    Ok(Page {
        head: vec![],
        bands: vec![
            vec![Section {
                title: Shown::of("PARTNERS"),
                columns: vec![
                    column("DESK", Width::Fixed(4)),
                    column("KIND", Width::Fixed(17)),
                    column("STANDING", Width::Fixed(9)),
                    column("CHANNEL", Width::Fixed(16)),
                    column("HEARD", Width::Fixed(13)).past().optional(),
                    column("NAME", Width::Rest),
                ],
                rows,
                empty: Shown::of(SCREEN.first_steps),
                grows: true,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::of("AGREEMENTS"),
                columns: vec![
                    column("ID", Width::Fixed(8)),
                    column("WITH", Width::Fixed(4)),
                    column("STATE", Width::Fixed(11)),
                    column("WHOSE", Width::Fixed(6)),
                    column("TIER", Width::Fixed(4)),
                    column("DATA", Width::Rest),
                    column("ENDS", Width::Fixed(7)).right(),
                    column("TITLE", Width::Fixed(26)).optional(),
                ],
                rows: agreement_rows,
                empty: Shown::of("No agreement yet: without one nothing leaves. {add agreement} records one."),
                most: 8,
                ..Section::default()
            }],
        ],
        sentence: Shown::of("What an agreement does not name does not leave."),
        ..Page::default()
    })
}
