//! Legal: what is open, and what happens if nobody does anything.

use super::definition::{LEFT, Screen, ViewParams, count, due_at, left, row, state};
use crate::command::availability;
use crate::command::command;
use crate::command::disclosure;
use crate::command::review::{self, ReviewSummary};
use crate::law::row::Verified;
use crate::record::disclosure::{State as Proposal, Validation};
use crate::record::kind::Kind;
use crate::record::store::RecordStore as _;
use crate::tui::language::{phrase, tr, tr_count, tr_word};
use crate::tui::page::{Cell, Mark, Page, PageRow, Section, Selectable, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::sides::Sides;
use crate::tui::theme::StyleRole;
use crate::tui::words::{basis, called, does, read_on};
use crate::value::text::Shown;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Legal screen.
pub const SCREEN: Screen = Screen {
    id: ScreenId::LEGAL,
    views: &["reviews", "law"],
    has_detail: true,
    fetch,
    first_steps: "No review yet. On an item, {review} asks for one.",
};

/// The view of the rows of the law.
const LAW: usize = 1;

/// What may be asked under which instrument, whom it binds with this desk, and whether somebody has read its source.
fn law(workspace: &Workspace) -> Result<Page, Error> {
    let (law, sides) = (workspace.law()?, Sides::read(workspace)?);
    let mut rows = Vec::new();
    for kind in law.requests() {
        let with = sides.bound_by(&law, &kind.instrument);
        let is_with_nobody = with.is_empty();
        let read = match kind.verified {
            _ if is_with_nobody => StyleRole::Note,
            Verified::Never => StyleRole::Due,
            Verified::On(_) => StyleRole::Base,
        };
        let name = if is_with_nobody { StyleRole::Note } else { StyleRole::Base };
        let with = if is_with_nobody { tr("not in force").to_owned() } else { with.join(" ") };
        let cells = vec![
            Cell::new(does(&kind.id, &kind.name).into_owned(), name),
            Cell::new(basis(workspace, &kind.id)?, name),
            Cell::new(with, name),
            Cell::tier(kind.tier).styled(name),
            Cell::word(kind.level).styled(name),
            Cell::new(read_on(kind.verified), read),
            Cell::new(kind.id.as_str(), StyleRole::Note),
        ];
        rows.push((is_with_nobody, PageRow::of(cells).about(Some(Selectable::RequestKind(kind.id.clone())))));
    }
    // What is in force with nobody stands last.
    rows.sort_by_key(|(nobody, _)| *nobody);
    let section = Section {
        title: Shown::of(tr("WHAT MAY BE ASKED, in force first")),
        aside: Shown::from(tr_count(rows.len(), "kind")),
        columns: vec![
            column("WHAT", Width::Rest),
            column("UNDER", Width::Fixed(24)).optional(),
            column("WITH", Width::Fixed(12)),
            column("TIER", Width::Fixed(4)),
            column("LEVEL", Width::Fixed(5)).optional(),
            column("SOURCE READ", Width::Fixed(11)).optional(),
            column("KIND", Width::Fixed(11)).optional(),
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        grows: true,
        ..Section::default()
    };
    Ok(Page {
        bands: vec![vec![section]],
        sentence: Shown::of(tr(
            "{open} shows all of a row; {actions} writes a request, or notes that its source was read.",
        )),
        ..Page::default()
    })
}

/// The command that answers the tests of a review.
const ASSESS: &str = "review assess";

/// The command that answers a review, where this member may: opening it begins that.
fn answer(workspace: &Workspace, r: &ReviewSummary) -> Result<Option<&'static str>, Error> {
    if !r.is_open() {
        return Ok(None);
    }
    let Some((command, record)) = command(ASSESS).zip(workspace.records().get(r.id)?) else { return Ok(None) };
    Ok(availability::why_not(workspace, command, &record)?.is_none().then_some(ASSESS))
}

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    if look.view == LAW {
        return law(workspace);
    }
    let now = workspace.now();
    let reviews = review::rows(workspace)?;
    let open = reviews.iter().filter(|r| r.is_open()).count();
    let answered = reviews.iter().map(|r| answer(workspace, r)).collect::<Result<Vec<_>, _>>()?;
    let rows =
        reviews
            .iter()
            .zip(answered)
            .map(|(r, answered)| {
                let done = r.tests.iter().filter(|t| t.outcome.is_some()).count();
                let role = if done == r.tests.len() { StyleRole::Good } else { StyleRole::Due };
                let tests = Cell::number(done).said(format!("{done}/{}", r.tests.len())).styled(role);
                let (left, mark) = left(r.expires, now);
                let of = r.subject.map(|id| workspace.records().get(id)).transpose().ok().flatten().flatten();
                let of = of.and_then(|record| called(workspace, &record).ok()).unwrap_or_default();
                row(
                    Kind::Review,
                    r.id,
                    mark,
                    vec![
                        Cell::from(r.to.as_str()),
                        Cell::from(r.subject_kind.map_or_else(
                            || of.clone(),
                            |kind| phrase!("{kind}: {of}", kind = tr_word(kind.word()), of),
                        )),
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
                .answered_by(answered)
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
                        (true, true) => Cell::new(tr("EMERGENCY: validate"), StyleRole::Stop),
                        (true, false) => Cell::new(tr("EMERGENCY: join it"), StyleRole::Stop),
                        (false, _) => Cell::from(phrase!("by {who}", who = d.proposed_by)),
                    },
                    due_at(d.validate_by, now),
                ],
            )
            .in_state(d.state)
            .with_partner(&d.partner)
            .due(d.validate_by)
        })
        .collect();
    // What was released in an emergency has left, or leaves: for it alone something hangs on nobody acting.
    let left_already = waiting.iter().filter(|d| pending(d)).count();
    let sentence = match (open, waiting.len() - left_already, left_already) {
        (0, 0, 0) => tr("Nothing is open.").to_owned(),
        (r, d, 0) => phrase!(
            "Open reviews: {r}; waiting releases: {d}. If nobody acts, nothing leaves. {next task} opens the next for you.",
            r,
            d
        ),
        (r, d, v) => phrase!(
            "Open reviews: {r}; waiting releases: {d}; emergencies to validate: {v}. If nobody acts, nothing more leaves, and partners must \
             delete what left in an emergency. {next task} opens the next for you.",
            r,
            d,
            v
        ),
    };
    Ok(Page {
        head: vec![],
        bands: vec![
            vec![Section {
                title: Shown::from(phrase!("REVIEWS {open} open", open)),
                columns: vec![
                    column("ID", Width::Fixed(8)),
                    column("TO", Width::Fixed(4)),
                    column("OF", Width::Rest),
                    column("LEVEL", Width::Fixed(5)).optional(),
                    column("TESTS", Width::Fixed(5)),
                    column("STATE", Width::Fixed(10)),
                    column("ASKED BY", Width::Fixed(14)).optional(),
                    column("EXPIRES", LEFT).right(),
                ],
                rows,
                empty: Shown::of(tr(SCREEN.first_steps)),
                grows: true,
                ..Section::default()
            }],
            vec![Section {
                title: Shown::from(phrase!("RELEASES {waiting} wait for another person", waiting = waiting.len())),
                columns: vec![
                    column("ID", Width::Fixed(8)),
                    column("TO", Width::Fixed(4)),
                    column("", Width::Fixed(12)),
                    column("WAITS FOR", Width::Rest),
                    column("BY", Width::Fixed(13)),
                ],
                rows: release_rows,
                empty: Shown::of(tr("No disclosure waits.")),
                most: 5,
                ..Section::default()
            }],
        ],
        sentence: Shown::from(sentence),
        ..Page::default()
    })
}
