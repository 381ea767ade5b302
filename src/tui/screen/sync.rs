//! Sync: what would leave to a partner, YES, PART or NO, and why; and the bundles that went and came.

use super::look::{Look, Screen, due_at, row, state, subject};
use crate::desk::bundle_out::{history_rows, preview};
use crate::desk::failure::Failure;
use crate::desk::job::Job;
use crate::desk::partner;
use crate::desk::workspace::Desk;
use crate::record::book::Book as _;
use crate::store::read;
use crate::tui::page::{Bit, Page, Row, Section, Width, column};
use crate::tui::place::Place;
use crate::tui::theme::Tone;
use crate::value::id::Id;
use crate::value::text::{Shown, counted};

/// The Sync screen.
pub const SCREEN: Screen = Screen {
    place: Place::Sync,
    views: &[],
    has_detail: true,
    fetch,
    first_steps: "No partner yet: bundles go to partners. Meet one on Partners (7).",
};

fn fetch(desk: &Desk, look: &Look, job: &mut Job) -> Result<Page, Failure> {
    if let Some(record) =
        look.focus.map(|id| desk.book().get(id)).transpose()?.flatten().filter(|r| r.kind == "partner")
    {
        return of_partner(desk, &record, job);
    }
    let mut rows = Vec::new();
    for p in partner::rows(desk)? {
        let Some(id) = Id::parse(&p.id) else { continue };
        let waiting = read::waiting(&desk.db, id)?.len();
        rows.push(Row {
            subject: subject("partner", &p.id),
            mark: ' ',
            cells: vec![
                Bit::from(p.code.as_str()),
                state(&p.standing),
                Bit::from(p.channel.as_str()),
                Bit::new(waiting.to_string(), if waiting > 0 { Tone::Due } else { Tone::Note }),
                Bit::from(p.sent.map_or_else(|| "-".into(), |n| n.to_string())),
                Bit::from(p.acknowledged.map_or_else(|| "-".into(), |n| n.to_string())),
                Bit::from(p.received.map_or_else(|| "-".into(), |n| n.to_string())),
                due_at(p.heard.as_deref(), desk.now()),
                state(&p.stream),
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
            vec![history(desk, None)?],
        ],
        sentence: Shown::of("{preview} shows what would leave; {import bundle} takes a bundle in."),
        ..Page::default()
    })
}

fn history(desk: &Desk, with: Option<&str>) -> Result<Section, Failure> {
    let mut all = history_rows(desk)?;
    all.reverse();
    let rows = all
        .iter()
        .filter(|b| with.is_none_or(|w| b.from == w || b.to == w))
        .map(|b| Row {
            subject: None,
            mark: ' ',
            cells: vec![
                Bit::from(format!("{} to {}", b.from, b.to)),
                Bit::from(b.sequence.to_string()),
                state(&b.state),
                Bit::from(counted(b.acts, "act")),
                due_at(Some(&b.at), desk.now()),
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

fn of_partner(desk: &Desk, record: &crate::record::book::Record, job: &mut Job) -> Result<Page, Failure> {
    let preview = preview(desk, record, job)?;
    let count = |word: &str| preview.acts.iter().filter(|a| a.leaves == word).count();
    let (yes, part, no) = (count("YES"), count("PART"), count("NO"));
    let mut rows: Vec<Row> = preview
        .acts
        .iter()
        .map(|a| {
            let tone = match a.leaves {
                "YES" => Tone::Good,
                "PART" => Tone::Due,
                _ => Tone::Stop,
            };
            let kind = match a.kind.as_str() {
                k if k.starts_with("disclosure") => "disclosure",
                k if k.starts_with("request") => "request",
                "certificate" | "certificate-countersign" => "certificate",
                "delete-order" => "order",
                k if k.starts_with("member") => "member",
                _ => "desk",
            };
            let items = if a.items + a.stays > 0 { counted(a.items, "item") } else { String::new() };
            let why = if a.why.is_empty() { "every rule holds".to_owned() } else { a.why.clone() };
            row(
                kind,
                &a.record,
                ' ',
                vec![
                    Bit::from(a.kind.replace('-', " ")),
                    Bit::from(a.tier.map_or_else(|| "-".into(), |t| format!("T{t}"))),
                    Bit::new(a.leaves, tone),
                    Bit::from(items),
                    Bit::from(why),
                ],
            )
        })
        .collect();
    if preview.owes_receipt {
        rows.push(Row {
            subject: None,
            mark: ' ',
            cells: vec![
                Bit::from("-"),
                Bit::from("receipt"),
                Bit::from("-"),
                Bit::new("YES", Tone::Good),
                Bit::default(),
                Bit::from("owed for what came"),
            ],
        });
    }
    let code = preview.to.clone();
    Ok(Page {
        head: vec![
            vec![
                Bit::new(format!("Bundle {} to {code}", preview.sequence), Tone::Title),
                Bit::from(format!(
                    "   fingerprint {}",
                    record.text("fingerprint").and_then(|f| f.get(..23)).unwrap_or_default()
                )),
                Bit::new("   NOT SIGNED", Tone::Due),
            ],
            vec![
                Bit::from(format!("LEAVES {yes}   PART {part}   STAYS {no}")),
                Bit::new(preview.marking.map(|m| format!("   effective marking {m}")).unwrap_or_default(), Tone::Due),
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
            vec![history(desk, Some(&code)).map(|s| Section { grows: false, most: 4, ..s })?],
        ],
        sentence: Shown::from(format!(
            "{{write bundle}} writes the file for {code}; what stays is not named in it. {{back}} goes back."
        )),
        ..Page::default()
    })
}
