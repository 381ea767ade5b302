//! Sync: what would leave to a partner, YES, PART or NO, and why; and the bundles that went and came.

use super::definition::{Screen, ViewParams, due_at, in_mood, row, state, subject};
use crate::command::bundle::export::{history_rows, preview};
use crate::command::partner;
use crate::record::kind::Kind;
use crate::record::store::RecordStore as _;
use crate::store::read;
use crate::tui::page::{Page, PageRow, Section, StyledText, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::id::Id;
use crate::value::text::{Shown, counted};
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
        let Some(id) = Id::parse(&p.id) else { continue };
        let waiting = read::waiting(&workspace.db, id)?.len();
        rows.push(PageRow {
            subject: subject(Kind::Partner, &p.id),
            mark: ' ',
            cells: vec![
                StyledText::from(p.code.as_str()),
                state(p.standing),
                StyledText::from(p.channel.as_str()),
                StyledText::new(waiting.to_string(), if waiting > 0 { StyleRole::Due } else { StyleRole::Note }),
                StyledText::from(p.sent.map_or_else(|| "-".into(), |n| n.to_string())),
                StyledText::from(p.acknowledged.map_or_else(|| "-".into(), |n| n.to_string())),
                StyledText::from(p.received.map_or_else(|| "-".into(), |n| n.to_string())),
                due_at(p.heard.as_deref(), workspace.now()),
                state(p.stream),
            ],
        });
    }
    Ok(Page {
        head: vec![],
        bands: vec![
            vec![Section {
                title: Shown::of("PARTNERS"),
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
                empty: Shown::of(SCREEN.first_steps),
                most: 8,
                ..Section::default()
            }],
            vec![history(workspace, None)?],
        ],
        sentence: Shown::of("{preview} shows what would leave; {import bundle} takes a bundle in."),
        ..Page::default()
    })
}

fn history(workspace: &Workspace, with: Option<&str>) -> Result<Section, Error> {
    let mut all = history_rows(workspace)?;
    all.reverse();
    let rows = all
        .iter()
        .filter(|b| with.is_none_or(|w| b.from == w || b.to == w))
        .map(|b| PageRow {
            subject: None,
            mark: ' ',
            cells: vec![
                StyledText::from(format!("{} to {}", b.from, b.to)),
                StyledText::from(b.sequence.to_string()),
                in_mood(b.state.word(), b.state.mood()),
                StyledText::from(counted(b.acts, "act")),
                due_at(Some(&b.at), workspace.now()),
            ],
        })
        .collect();
    Ok(Section {
        title: Shown::of("BUNDLES"),
        columns: vec![
            column("", Width::Fixed(10)),
            column("", Width::Fixed(5)).right(),
            column("", Width::Fixed(13)),
            column("", Width::Rest),
            column("", Width::Fixed(13)),
        ],
        rows,
        empty: Shown::of("No bundle yet."),
        grows: true,
        ..Section::default()
    })
}

fn of_partner(workspace: &Workspace, record: &crate::record::store::Record, job: &mut Job) -> Result<Page, Error> {
    let preview = preview(workspace, record, job)?;
    let count = |word: &str| preview.acts.iter().filter(|a| a.leaves == word).count();
    let (yes, part, no) = (count("YES"), count("PART"), count("NO"));
    let mut rows: Vec<PageRow> = preview
        .acts
        .iter()
        .map(|a| {
            let tone = match a.leaves {
                "YES" => StyleRole::Good,
                "PART" => StyleRole::Due,
                _ => StyleRole::Stop,
            };
            let items = if a.items + a.stays > 0 { counted(a.items, "item") } else { String::new() };
            let why = if a.why.is_empty() { "every rule holds".to_owned() } else { a.why.clone() };
            row(
                crate::record::of_change(a.kind),
                &a.record,
                ' ',
                vec![
                    StyledText::from(a.kind.name().replace('-', " ")),
                    StyledText::from(a.tier.map_or_else(|| "-".into(), |t| format!("T{t}"))),
                    StyledText::new(a.leaves, tone),
                    StyledText::from(items),
                    StyledText::from(why),
                ],
            )
        })
        .collect();
    if preview.owes_receipt {
        rows.push(PageRow {
            subject: None,
            mark: ' ',
            cells: vec![
                StyledText::from("-"),
                StyledText::from("receipt"),
                StyledText::from("-"),
                StyledText::new("YES", StyleRole::Good),
                StyledText::default(),
                StyledText::from("owed for what came"),
            ],
        });
    }
    let code = preview.to.clone();
    Ok(Page {
        head: vec![
            vec![
                StyledText::new(format!("Bundle {} to {code}", preview.sequence), StyleRole::Title),
                StyledText::from(format!(
                    "   fingerprint {}",
                    record.text("fingerprint").and_then(|f| f.get(..23)).unwrap_or_default()
                )),
                StyledText::new("   NOT SIGNED", StyleRole::Due),
            ],
            vec![
                StyledText::from(format!("LEAVES {yes}   PART {part}   STAYS {no}")),
                StyledText::new(
                    preview.marking.map(|m| format!("   effective marking {m}")).unwrap_or_default(),
                    StyleRole::Due,
                ),
            ],
        ],
        bands: vec![
            vec![Section {
                title: Shown::of("WHAT WOULD LEAVE"),
                columns: vec![
                    column("ID", Width::Fixed(8)),
                    column("WHAT", Width::Fixed(19)),
                    column("TIER", Width::Fixed(4)),
                    column("LEAVES", Width::Fixed(6)),
                    column("", Width::Fixed(12)),
                    column("WHY", Width::Rest),
                ],
                rows,
                empty: Shown::from(format!("Nothing waits for {code}.")),
                grows: true,
                ..Section::default()
            }],
            vec![history(workspace, Some(&code)).map(|s| Section { grows: false, most: 4, ..s })?],
        ],
        sentence: Shown::from(format!(
            "{{write bundle}} writes the file for {code}; what stays is not named in it. {{back}} goes back."
        )),
        ..Page::default()
    })
}
