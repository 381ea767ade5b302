//! Sync: what would leave to a partner, YES, PART or NO, and why; and the bundles that went and came.

use super::definition::{Screen, ViewParams, count, due_at, in_mood, row, state};
use crate::command::bundle::export::preview;
use crate::command::bundle::history::history_rows;
use crate::command::bundle::make::Leaves;
use crate::command::bundle::quarantine;
use crate::command::partner;
use crate::record::kind::Kind;
use crate::record::store::RecordStore as _;
use crate::record::stream;
use crate::store::read;
use crate::tui::language::{phrase, tr, tr_count, tr_joined};
use crate::tui::page::{
    Cell, ListWord, Mark, Page, PageRow, RecordRef, Section, Selectable, SortKey, StyledText, Width, column,
};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::{Shown, joined};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The Sync screen.
pub const SCREEN: Screen = Screen {
    id: ScreenId::SYNC,
    views: &[],
    has_detail: true,
    fetch,
    first_steps: "No partner yet: bundles go to partners. Add one on Partners (7).",
};

fn fetch(workspace: &Workspace, look: &ViewParams, job: &mut Job) -> Result<Page, Error> {
    if let Some(record) =
        look.focus.map(|id| workspace.records().get(id)).transpose()?.flatten().filter(|r| r.kind == Kind::Partner)
    {
        return of_partner(workspace, &record, job);
    }
    let mut rows = Vec::new();
    for p in partner::rows(workspace)? {
        let waiting = read::waiting(&workspace.db, p.id)?.len();
        let row = PageRow::of(vec![
            Cell::from(p.code.as_str()),
            state(p.standing),
            Cell::word(p.channel),
            Cell::number(waiting).styled(if waiting > 0 { StyleRole::Due } else { StyleRole::Note }),
            Cell::maybe_number(p.sent),
            Cell::maybe_number(p.acknowledged),
            Cell::maybe_number(p.received),
            due_at(p.heard, workspace.now()),
            state(p.stream),
        ]);
        let subject = RecordRef { kind: Kind::Partner, id: p.id };
        rows.push(row.about(Some(subject)).in_state(p.standing).with_partner(&p.code));
    }
    Ok(Page {
        head: missing(workspace)?,
        bands: vec![
            vec![Section {
                title: Shown::of(tr("PARTNERS")),
                columns: vec![
                    column("DESK", Width::Fixed(4)),
                    column("STANDING", Width::Fixed(9)),
                    column("CHANNEL", Width::Rest),
                    column("WAIT", Width::Fixed(5)).right(),
                    column("OUT", Width::Fixed(4)).right(),
                    column("ACK", Width::Fixed(4)).right(),
                    column("IN", Width::Fixed(4)).right(),
                    column("HEARD", Width::Fixed(13)).past(),
                    column("STREAM", Width::Fixed(8)).optional(),
                ],
                rows,
                empty: Shown::of(tr(SCREEN.first_steps)),
                most: 8,
                ..Section::default()
            }],
            vec![history(workspace, None)?],
        ],
        sentence: Shown::of(tr(
            "{preview} shows what would leave, or what a bundle carried; {import bundle} takes a bundle in.",
        )),
        ..Page::default()
    })
}

/// What is missing here, and what partners ask for again: a line each, and no more than have room.
fn missing(workspace: &Workspace) -> Result<Vec<Vec<StyledText>>, Error> {
    const MOST: usize = 3;
    let mut lines: Vec<String> = quarantine::gaps(workspace)?
        .iter()
        .map(|gap| {
            phrase!(
                "Bundle {sequence} from {from} waits: {why}",
                sequence = gap.sequence,
                from = gap.from,
                why = gap.why
            )
        })
        .collect();
    for partner in workspace.partners()? {
        let wanted = stream::still_wanted(&stream::with(&workspace.records(), workspace.meta.desk, partner.id)?);
        if !wanted.is_empty() {
            lines.push(phrase!(
                "{key} asks for {wanted} again",
                key = partner.key.unwrap_or_default(),
                wanted = joined(&wanted)
            ));
        }
    }
    Ok(lines.into_iter().take(MOST).map(|line| vec![StyledText::new(line, StyleRole::Due)]).collect())
}

fn history(workspace: &Workspace, with: Option<&str>) -> Result<Section, Error> {
    let own = workspace.code_of(workspace.meta.desk)?;
    let mut all = history_rows(workspace)?;
    all.reverse();
    let rows = all
        .iter()
        .filter(|b| with.is_none_or(|w| b.from == w || b.to == w))
        .map(|b| {
            let subject = match b.id {
                Some(id) => Selectable::Record(RecordRef { kind: Kind::Bundle, id }),
                None => Selectable::WaitingBundle { from: b.from.clone(), sequence: b.sequence },
            };
            let other = if b.from == own { &b.to } else { &b.from };
            PageRow::of(vec![
                Cell::from(phrase!("{from} to {to}", from = b.from, to = b.to)),
                Cell::number(b.sequence),
                in_mood(ListWord::of(b.state), b.state.mood()),
                if b.note.is_empty() {
                    Cell::from(tr_count(b.acts, "act")).by(SortKey::Number(b.acts))
                } else {
                    Cell::from(b.note.as_str()).by(SortKey::Number(b.acts)).styled(StyleRole::Due)
                },
                due_at(b.at, workspace.now()),
            ])
            .about(Some(subject))
            .with_partner(other)
        })
        .collect();
    Ok(Section {
        title: Shown::of(tr("BUNDLES")),
        columns: vec![
            column("", Width::Fixed(10)),
            column("", Width::Fixed(5)).right().spoken("number"),
            column("", Width::Fixed(13)),
            column("", Width::Rest),
            column("", Width::Fixed(13)),
        ],
        rows,
        empty: Shown::of(tr("No bundle yet.")),
        grows: true,
        ..Section::default()
    })
}

/// Whether an act leaves, as it is seen at a glance.
fn leaves(leaves: Leaves) -> Cell {
    Cell::word(leaves).styled(match leaves {
        Leaves::Yes => StyleRole::Good,
        Leaves::Part => StyleRole::Due,
        Leaves::No => StyleRole::Stop,
    })
}

fn of_partner(workspace: &Workspace, record: &crate::record::store::Record, job: &mut Job) -> Result<Page, Error> {
    let preview = preview(workspace, record, job)?;
    let (yes, part, no) = (preview.count(Leaves::Yes), preview.count(Leaves::Part), preview.count(Leaves::No));
    let mut rows: Vec<PageRow> = preview
        .acts
        .iter()
        .map(|a| {
            let items = if a.items + a.stays > 0 { count(a.items, "item") } else { Cell::default() };
            let why = if a.why.is_empty() { tr("every rule holds").to_owned() } else { a.why.clone() };
            row(
                crate::record::of_change(a.kind),
                a.record,
                Mark::None,
                // Nothing of it is done yet for the partner: it is called by its name.
                vec![
                    Cell::from(tr_joined(a.kind.name())),
                    Cell::maybe_tier(a.tier),
                    leaves(a.leaves),
                    items,
                    Cell::from(why),
                ],
            )
        })
        .collect();
    if preview.owes_receipt {
        rows.push(PageRow::of(vec![
            Cell::nothing(),
            Cell::from(tr("receipt")),
            Cell::nothing(),
            leaves(Leaves::Yes),
            Cell::default(),
            Cell::from(tr("owed for what came")),
        ]));
    }
    let code = preview.to.clone();
    Ok(Page {
        head: vec![
            vec![
                StyledText::new(
                    phrase!("Bundle {sequence} to {code}", sequence = preview.sequence, code),
                    StyleRole::Title,
                ),
                StyledText::from(phrase!(
                    "   fingerprint {print}",
                    print = record.text("fingerprint").and_then(|f| f.get(..23)).unwrap_or_default()
                )),
                StyledText::new(tr("   NOT SIGNED"), StyleRole::Due),
            ],
            vec![
                StyledText::from(phrase!("LEAVES {yes}   PART {part}   STAYS {no}", yes, part, no)),
                StyledText::new(
                    preview.marking.as_ref().map(|m| phrase!("   effective marking {m}", m)).unwrap_or_default(),
                    StyleRole::Due,
                ),
            ],
        ],
        bands: vec![
            vec![Section {
                title: Shown::of(tr("WHAT WOULD LEAVE")),
                columns: vec![
                    column("ID", Width::Fixed(8)),
                    column("WHAT", Width::Fixed(19)),
                    column("TIER", Width::Fixed(4)),
                    column("LEAVES", Width::Fixed(6)),
                    column("", Width::Fixed(12)),
                    column("WHY", Width::Rest),
                ],
                rows,
                empty: Shown::from(phrase!("Nothing waits for {code}.", code)),
                grows: true,
                ..Section::default()
            }],
            vec![history(workspace, Some(&code)).map(|s| Section { grows: false, most: 4, ..s })?],
        ],
        sentence: Shown::from(phrase!(
            "{write bundle} writes the file for {code}; what stays is not named in it. {back} goes back.",
            code
        )),
        ..Page::default()
    })
}
