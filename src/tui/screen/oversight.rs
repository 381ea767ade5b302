//! Oversight: findings, complaints, mistakes, disputes, who looked at personal data, samples and reports of misuse.

use super::definition::{LEFT, Screen, ViewParams, due_at, left, row, state};
use crate::command::audit::consultations::{self, ConsultationFilter, Pattern};
use crate::command::{complaint, dispute, error, finding, misuse, sample};
use crate::record::kind::Kind;
use crate::tui::language::{phrase, tr, tr_count, tr_word};
use crate::tui::page::{Cell, Column, ListWord, Mark, Page, PageRow, RecordRef, Section, SortKey, Width, column};
use crate::tui::screen_id::ScreenId;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;
use crate::value::timestamp::{Duration, Timestamp};
use crate::value::word::WordList;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// Oversight.
pub const SCREEN: Screen = Screen {
    id: ScreenId::new("oversight", "Oversight", 'o'),
    views: &["findings", "complaints", "mistakes", "disputes", "consultations", "unusual", "samples", "misuse"],
    has_detail: true,
    fetch,
    first_steps: "Oversight has found nothing yet.",
};

/// How far back looks are listed.
const RECENT: Duration = Duration::days(90);
/// The most looks that are listed.
const MOST: usize = 1000;

fn fetch(workspace: &Workspace, look: &ViewParams, _: &mut Job) -> Result<Page, Error> {
    match look.view {
        1 => of_complaints(workspace),
        2 => of_mistakes(workspace),
        3 => of_disputes(workspace),
        4 => of_consultations(workspace),
        5 => of_unusual(workspace),
        6 => of_samples(workspace),
        7 => of_misuse(workspace),
        _ => of_findings(workspace),
    }
}

fn page(title: &str, columns: Vec<Column>, rows: Vec<PageRow>, empty: &str, sentence: &str) -> Page {
    let section = Section {
        title: Shown::of(title),
        aside: Shown::from(tr_count(rows.len(), "row")),
        columns,
        rows,
        empty: Shown::of(empty),
        grows: true,
        ..Section::default()
    };
    Page { head: vec![], bands: vec![vec![section]], sentence: Shown::of(sentence), ..Page::default() }
}

/// A word that may not be there.
fn word<W: WordList>(word: Option<W>) -> Cell {
    word.map_or_else(Cell::nothing, Cell::word)
}

/// What is left until something is due, and the mark that says how urgent it is.
fn due(at: Option<Timestamp>, workspace: &Workspace) -> (Cell, Mark) {
    left(at, workspace.now())
}

fn of_findings(workspace: &Workspace) -> Result<Page, Error> {
    let rows = finding::rows(workspace)?;
    let rows = rows.iter().map(|f| {
        let (left, mark) = due(f.due, workspace);
        let cells = vec![state(f.state), left, Cell::from(f.opened_by.as_str()), Cell::from(f.text.as_str())];
        row(Kind::Finding, f.id, mark, cells).in_state(f.state).with_partner(&f.partner).due(f.due)
    });
    let columns = vec![
        column("ID", Width::Fixed(9)),
        column("STATE", Width::Fixed(9)),
        column("LEFT", LEFT).right(),
        column("BY", Width::Fixed(14)).optional(),
        column("WHAT WAS FOUND", Width::Rest),
    ];
    let sentence = tr("The desk answers; only an auditor who did not answer closes.");
    Ok(page(tr("FINDINGS"), columns, rows.collect(), tr(SCREEN.first_steps), sentence))
}

fn of_complaints(workspace: &Workspace) -> Result<Page, Error> {
    let rows = complaint::rows(workspace)?;
    let rows = rows.iter().map(|c| {
        let (left, mark) = due(c.due, workspace);
        let open = c.open_remedies.iter().map(|r| tr_word(r.word())).collect::<Vec<_>>().join(", ");
        let cells = vec![
            state(c.state),
            word(c.right),
            left,
            due_at(c.received, workspace.now()),
            Cell::from(c.partner.as_str()),
            Cell::new(open, StyleRole::Due),
        ];
        row(Kind::Complaint, c.id, mark, cells).in_state(c.state).with_partner(&c.partner).due(c.due)
    });
    let columns = vec![
        column("ID", Width::Fixed(9)),
        column("STATE", Width::Fixed(12)),
        column("RIGHT", Width::Fixed(9)),
        column("LEFT", LEFT).right(),
        column("RECEIVED", Width::Fixed(13)).past().optional(),
        column("DESK", Width::Fixed(4)).optional(),
        column("REMEDIES OPEN", Width::Rest),
    ];
    let sentence = tr(
        "Who complains stands in the complaint alone, and goes with it. An answer is the same whether or not there is a record.",
    );
    Ok(page(tr("COMPLAINTS"), columns, rows.collect(), tr("No complaint came yet."), sentence))
}

fn of_mistakes(workspace: &Workspace) -> Result<Page, Error> {
    let rows = error::rows(workspace)?;
    let rows = rows.iter().map(|e| {
        let (left, mark) = due(e.due, workspace);
        let cells =
            vec![state(e.state), Cell::from(e.desk.as_str()), word(e.severity), left, Cell::from(e.text.as_str())];
        row(Kind::Error, e.id, mark, cells).in_state(e.state).with_partner(&e.desk).due(e.due)
    });
    let columns = vec![
        column("ID", Width::Fixed(9)),
        column("STATE", Width::Fixed(9)),
        column("WHOSE", Width::Fixed(5)),
        column("SEVERITY", Width::Fixed(10)),
        column("LEFT", LEFT).right(),
        column("WHAT WENT WRONG", Width::Rest),
    ];
    let sentence =
        tr("A mistake is told to every partner who holds a copy, and closed when every measure is carried out.");
    Ok(page(tr("MISTAKES"), columns, rows.collect(), tr("No mistake is on record."), sentence))
}

fn of_disputes(workspace: &Workspace) -> Result<Page, Error> {
    let rows = dispute::rows(workspace)?;
    let rows = rows.iter().map(|d| {
        let (left, mark) = due(d.stage_due, workspace);
        let frozen = d.frozen_from.map_or_else(Cell::nothing, |tier| {
            Cell::new(phrase!("T{tier} and up", tier), StyleRole::Stop).by(SortKey::Tier(tier))
        });
        let cells = vec![
            Cell::from(d.with.as_str()),
            state(d.state),
            left,
            frozen,
            Cell::from(d.raised_by.as_str()),
            word(d.subject),
        ];
        row(Kind::Dispute, d.id, mark, cells).in_state(d.state).with_partner(&d.with).due(d.stage_due)
    });
    let columns = vec![
        column("ID", Width::Fixed(9)),
        column("WITH", Width::Fixed(4)),
        column("RUNG", Width::Fixed(12)),
        column("LEFT", LEFT).right(),
        column("FROZEN", Width::Fixed(9)),
        column("BY", Width::Fixed(4)).optional(),
        column("SUBJECT", Width::Rest),
    ];
    let sentence = tr(
        "A freeze stops sharing and nothing else: life, preservation, withdrawals, delete orders and certificates go on.",
    );
    Ok(page(tr("DISPUTES"), columns, rows.collect(), tr("There is no dispute."), sentence))
}

fn recent(workspace: &Workspace) -> Result<Vec<consultations::Consulted>, Error> {
    let asked = ConsultationFilter { from: Some(workspace.now().minus(RECENT)), ..ConsultationFilter::default() };
    consultations::rows(workspace, &asked)
}

fn of_consultations(workspace: &Workspace) -> Result<Page, Error> {
    let rows = recent(workspace)?;
    let rows = rows.iter().take(MOST).map(|c| {
        let cells = vec![
            due_at(Some(c.at), workspace.now()),
            Cell::from(c.member.as_str()),
            Cell::number(c.records.len()),
            Cell::new(if c.signed { "" } else { tr("noted") }, StyleRole::Note),
            Cell::from(c.reason.as_str()),
        ];
        PageRow::of(cells).about(c.id.map(|id| RecordRef { kind: Kind::Consultation, id }))
    });
    let columns = vec![
        column("WHEN", Width::Fixed(13)).past(),
        column("WHO", Width::Fixed(16)),
        column("RECORDS", Width::Fixed(7)).right(),
        column("", Width::Fixed(5)),
        column("WHY", Width::Rest),
    ];
    let sentence =
        tr("Each look stood in its member's journal before anything was shown; it is signed with many others.");
    Ok(page(tr("WHO LOOKED AT PERSONAL DATA, 90 days"), columns, rows.collect(), tr("Nobody has looked."), sentence))
}

fn of_unusual(workspace: &Workspace) -> Result<Page, Error> {
    let all = recent(workspace)?;
    let rows = consultations::unusual(workspace, &all)?;
    let said = |pattern: Pattern| match pattern {
        Pattern::ManyPersons => tr("many persons on one day"),
        Pattern::NoCaseWork => tr("has done nothing in that case"),
        Pattern::OwnComplaint => tr("the complaint is about their own act"),
    };
    let rows = rows.iter().map(|u| {
        let cells = vec![
            Cell::from(u.day.as_str()),
            Cell::from(u.member.as_str()),
            Cell::number(u.records),
            Cell::from(said(u.pattern)).by(SortKey::Word(ListWord::of(u.pattern))),
        ];
        let kind = if u.pattern == Pattern::OwnComplaint { Kind::Complaint } else { Kind::Case };
        PageRow::of(cells).about(u.on.map(|id| RecordRef { kind, id }))
    });
    let columns = vec![
        column("DAY", Width::Fixed(10)),
        column("WHO", Width::Fixed(16)),
        column("RECORDS", Width::Fixed(7)).right(),
        column("WHAT STANDS OUT", Width::Rest),
    ];
    let sentence = tr("What stands out is a question, not an answer: there may be a good reason.");
    Ok(page(tr("WHAT STANDS OUT, 90 days"), columns, rows.collect(), tr("Nothing stands out."), sentence))
}

fn of_samples(workspace: &Workspace) -> Result<Page, Error> {
    let rows = sample::rows(workspace)?;
    let rows = rows.iter().map(|s| {
        let now = workspace.now();
        let cells = vec![
            state(s.state),
            due_at(s.from, now),
            due_at(s.to, now),
            Cell::from(phrase!("{drawn} of {n}", drawn = s.drawn, n = s.of)).by(SortKey::Number(s.of)),
            Cell::from(s.note.as_str()),
        ];
        row(Kind::Sample, s.id, Mark::None, cells).in_state(s.state)
    });
    let columns = vec![
        column("ID", Width::Fixed(9)),
        column("STATE", Width::Fixed(9)),
        column("FROM", Width::Fixed(13)).past(),
        column("TO", Width::Fixed(13)).past().optional(),
        column("DRAWN", Width::Fixed(9)),
        column("WHAT IT SHOWED", Width::Rest),
    ];
    let sentence = tr("The act before is the seed: nobody chooses, and everybody can draw again.");
    Ok(page(tr("SAMPLES OF CONSULTATIONS"), columns, rows.collect(), tr("No sample was drawn yet."), sentence))
}

fn of_misuse(workspace: &Workspace) -> Result<Page, Error> {
    let rows = misuse::rows(workspace)?;
    let rows = rows.iter().map(|m| {
        let cells = vec![state(m.state), due_at(m.reported, workspace.now()), Cell::from(m.opened_by.as_str())];
        row(Kind::Misuse, m.id, Mark::None, cells).in_state(m.state)
    });
    let columns = vec![
        column("ID", Width::Fixed(9)),
        column("STATE", Width::Fixed(9)),
        column("REPORTED", Width::Fixed(13)).past(),
        column("OPENED BY", Width::Rest),
    ];
    let sentence = tr("A sealed report is read by the auditors alone.");
    Ok(page(tr("REPORTS OF MISUSE"), columns, rows.collect(), tr("No misuse was reported."), sentence))
}
