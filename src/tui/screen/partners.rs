//! Partners: what may go to whom, until when.

use super::look::{Look, Screen, due_at, left, row, state, subject};
use crate::desk::failure::Failure;
use crate::desk::job::Job;
use crate::desk::workspace::Desk;
use crate::desk::{agreement, partner};
use crate::tui::page::{Bit, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::text::{Shown, counted};

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
    let agreements = agreement::rows(desk, None)?;
    let rows = partners
        .iter()
        .map(|p| {
            // What decides here is this desk's own record of an agreement that is in force.
            let stands = |a: &&agreement::Row| {
                a.partner == p.code && a.whose == "ours" && matches!(a.state.as_str(), "in force" | "renewal due")
            };
            let last = agreements.iter().filter(stands).max_by(|a, b| a.until.cmp(&b.until));
            let (left, mark) = left(last.map(|a| a.until.as_str()), now);
            let under = match agreements.iter().filter(stands).count() {
                0 => Bit::new("none: nothing leaves", Tone::Due),
                n => Bit::from(counted(n, "agreement")),
            };
            Row {
                subject: subject("partner", &p.id),
                mark,
                cells: vec![
                    Bit::from(p.code.as_str()),
                    state(&p.standing),
                    Bit::from(p.channel.as_str()),
                    under,
                    left,
                    due_at(p.heard.as_deref(), now),
                    Bit::from(p.kind.as_str()),
                    Bit::from(p.name.as_str()),
                ],
            }
        })
        .collect();
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
                    column("STANDING", Width::Fixed(9)).optional(),
                    column("CHANNEL", Width::Fixed(16)),
                    column("UNDER", Width::Rest),
                    column("ENDS", Width::Fixed(7)).right(),
                    column("HEARD", Width::Fixed(13)).past().optional(),
                    column("KIND", Width::Fixed(17)).optional(),
                    column("NAME", Width::Fixed(24)).optional(),
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
