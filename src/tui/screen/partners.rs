//! Partners: what may go to whom, until when; and who works at this desk.

use super::definition::{LEFT, Screen, ViewParams, count, due_at, in_mood, left, row, state};
use crate::command::agreement::{self, Whose};
use crate::command::member;
use crate::command::partner;
use crate::record::kind::Kind;
use crate::tui::language::{tr, tr_word};
use crate::tui::page::{Cell, ListWord, Mark, Page, PageRow, RecordRef, Section, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Partners.
pub const SCREEN: Screen = Screen {
    id: ScreenId::PARTNERS,
    views: &["partners", "members"],
    has_detail: true,
    fetch,
    first_steps: "No partner yet. {add partner} takes a partner's card; then read its fingerprint aloud.",
};

/// The view of this desk's own members.
pub const MEMBERS: usize = 1;

/// Who works at this desk, and as what.
fn members(workspace: &Workspace) -> Result<Page, Error> {
    let rows = member::rows(workspace)?.into_iter().map(|m| {
        let roles: Vec<&str> = m.roles.iter().map(|role| tr_word(role.word())).collect();
        let me = if m.person == Some(workspace.person()) { tr("you") } else { "" };
        let cells =
            vec![Cell::from(m.name), state(m.state), Cell::from(roles.join(", ")), Cell::new(me, StyleRole::Note)];
        row(Kind::Member, m.id, Mark::None, cells).in_state(m.state)
    });
    let section = Section {
        title: Shown::of(tr("MEMBERS")),
        columns: vec![
            column("ID", Width::Fixed(8)),
            column("NAME", Width::Fixed(20)),
            column("STATE", Width::Fixed(8)),
            column("ROLES", Width::Rest),
            column("", Width::Fixed(3)),
        ],
        rows: rows.collect(),
        empty: Shown::of(tr("No member yet.")),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        bands: vec![vec![section]],
        sentence: Shown::of(tr("Nobody releases alone what they propose: tier 2 and up need a second person.")),
        ..Page::default()
    })
}

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    if look.view == MEMBERS {
        return members(workspace);
    }
    let now = workspace.now();
    let partners = partner::rows(workspace)?;
    let agreements = agreement::rows(workspace, None)?;
    let rows = partners
        .iter()
        .map(|p| {
            // What decides here is this desk's own record of an agreement that is in force.
            let stands =
                |a: &&agreement::AgreementSummary| a.partner == p.code && a.whose == Whose::Ours && a.is_in_force();
            let last = agreements.iter().filter(stands).map(|a| a.until).max();
            let (left, mark) = left(last, now);
            let under = match agreements.iter().filter(stands).count() {
                0 => Cell::number(0).said(tr("none: nothing leaves")).styled(StyleRole::Due),
                n => count(n, "agreement"),
            };
            PageRow::of(vec![
                Cell::from(p.code.as_str()),
                state(p.standing),
                Cell::word(p.channel),
                under,
                left,
                due_at(p.heard, now),
                p.kind.map_or_else(Cell::default, Cell::word),
                Cell::from(p.name.as_str()),
            ])
            .about(Some(RecordRef { kind: Kind::Partner, id: p.id }))
            .marked(mark)
            .in_state(p.standing)
            .with_partner(&p.code)
            .due(last)
        })
        .collect();
    let agreement_rows = agreements
        .iter()
        .map(|a| {
            let (left, mark) = left(Some(a.until), now);
            row(
                Kind::Agreement,
                a.id,
                mark,
                vec![
                    Cell::from(a.partner.as_str()),
                    in_mood(ListWord::of(a.state), a.state.mood()),
                    Cell::word(a.whose),
                    Cell::maybe_tier(a.tier),
                    Cell::from(a.categories.iter().map(|c| tr_word(c.word())).collect::<Vec<_>>().join(" ")),
                    left,
                    Cell::from(a.title.as_str()),
                ],
            )
            .with_partner(&a.partner)
            .due(Some(a.until))
        })
        .collect();
    Ok(Page {
        head: vec![],
        bands: vec![
            vec![Section {
                title: Shown::of(tr("PARTNERS")),
                columns: vec![
                    column("DESK", Width::Fixed(4)),
                    column("STANDING", Width::Fixed(9)).optional(),
                    column("CHANNEL", Width::Fixed(16)),
                    column("UNDER", Width::Rest),
                    column("ENDS", LEFT).right(),
                    column("HEARD", Width::Fixed(13)).past().optional(),
                    column("KIND", Width::Fixed(17)).optional(),
                    column("NAME", Width::Fixed(24)).optional(),
                ],
                rows,
                empty: Shown::of(tr(SCREEN.first_steps)),
                grows: true,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::of(tr("AGREEMENTS")),
                columns: vec![
                    column("ID", Width::Fixed(8)),
                    column("WITH", Width::Fixed(4)),
                    column("STATE", Width::Fixed(11)),
                    column("WHOSE", Width::Fixed(6)),
                    column("TIER", Width::Fixed(4)),
                    column("DATA", Width::Rest),
                    column("ENDS", LEFT).right(),
                    column("TITLE", Width::Fixed(26)).optional(),
                ],
                rows: agreement_rows,
                empty: Shown::of(tr("No agreement yet: without one nothing leaves. {add agreement} records one.")),
                most: 8,
                ..Section::default()
            }],
        ],
        sentence: Shown::of(tr("What an agreement does not name does not leave.")),
        ..Page::default()
    })
}
