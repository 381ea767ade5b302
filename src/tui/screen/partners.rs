//! Partners: what may go to whom, until when.

use super::definition::{Screen, ViewParams, due_at, in_mood, left, row, state, subject};
use crate::command::agreement;
use crate::command::partner;
use crate::record::kind::Kind;
use crate::tui::page::{Page, PageRow, Section, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::{Shown, counted};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Partners.
pub const SCREEN: Screen = Screen {
    id: ScreenId::PARTNERS,
    views: &[],
    has_detail: true,
    fetch,
    first_steps: "No partner yet. {add partner} takes a partner's card; then read its fingerprint aloud.",
};

fn fetch(workspace: &Workspace, _: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    let now = workspace.now();
    let partners = partner::rows(workspace)?;
    let agreements = agreement::rows(workspace, None)?;
    let rows = partners
        .iter()
        .map(|p| {
            // What decides here is this desk's own record of an agreement that is in force.
            let stands = |a: &&agreement::AgreementSummary| a.partner == p.code && a.whose == "ours" && a.is_in_force();
            let last = agreements.iter().filter(stands).max_by(|a, b| a.until.cmp(&b.until));
            let (left, mark) = left(last.map(|a| a.until.as_str()), now);
            let under = match agreements.iter().filter(stands).count() {
                0 => StyledText::new("none: nothing leaves", StyleRole::Due),
                n => StyledText::from(counted(n, "agreement")),
            };
            PageRow {
                subject: subject(Kind::Partner, &p.id),
                mark,
                cells: vec![
                    StyledText::from(p.code.as_str()),
                    state(p.standing),
                    StyledText::from(p.channel.as_str()),
                    under,
                    left,
                    due_at(p.heard.as_deref(), now),
                    StyledText::from(p.kind.as_str()),
                    StyledText::from(p.name.as_str()),
                ],
            }
        })
        .collect();
    let agreement_rows = agreements
        .iter()
        .map(|a| {
            let (left, mark) = left(Some(&a.until), now);
            row(
                Kind::Agreement,
                &a.id,
                mark,
                vec![
                    StyledText::from(a.partner.as_str()),
                    in_mood(a.state.word(), a.state.mood()),
                    StyledText::from(a.whose),
                    StyledText::from(a.tier.map_or_else(|| "-".into(), |t| format!("T{t}"))),
                    StyledText::from(a.categories.join(" ")),
                    left,
                    StyledText::from(a.title.as_str()),
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
