//! The details of what oversight, redress, mistakes and disputes are about; the ladder of a dispute drawn.

use super::super::page::{Detail, StyledText};
use super::super::theme::StyleRole;
use crate::command::audit::consultations;
use crate::command::{complaint, dispute, error, finding, misuse, sample};
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore as _};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

fn at(time: Option<Timestamp>) -> String {
    time.map(Timestamp::to_minute).unwrap_or_default()
}

/// Says what is known of a record of one of these kinds; `false`: it is of another.
pub(super) fn add_lines(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<bool, Error> {
    match record.kind {
        Kind::Finding => of_finding(workspace, record, d)?,
        Kind::Complaint => of_complaint(workspace, record, d)?,
        Kind::Error => of_mistake(workspace, record, d)?,
        Kind::Dispute => of_dispute(workspace, record, d)?,
        Kind::Consultation => of_consultation(workspace, record, d)?,
        Kind::Misuse => of_misuse(workspace, record, d)?,
        Kind::Sample => of_sample(workspace, record, d)?,
        _ => return Ok(false),
    }
    Ok(true)
}

/// A report of misuse: what it says, to whoever can open it.
fn of_misuse(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let report = misuse::row(workspace, record)?;
    d.line("REPORTED", at(report.reported));
    d.line("OPENED BY", report.opened_by.as_str());
    match misuse::text_of(workspace, record)? {
        Some(text) => d.body("SAYS", &text),
        None => d.line("SAYS", "it is sealed to the auditors: only they can read it"),
    }
    Ok(())
}

/// A sample: its seed, what it showed, and the consultations that it drew.
fn of_sample(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let sample = sample::row(workspace, record)?;
    d.line("PERIOD", format!("{} to {}", at(sample.from), at(sample.to)));
    d.line("DREW", format!("{} of {}", sample.drawn, sample.of));
    d.line("SEED", sample.seed.as_str());
    d.body("SHOWED", &sample.note);
    for id in record.list("drawn", Id::parse) {
        let Some(look) = workspace.records().get(id)? else { continue };
        if let Some(c) = consultations::consulted(workspace, &look)? {
            let what: Vec<String> = c.records.iter().take(8).map(|id| id.short()).collect();
            d.line("CONSULTED", format!("{} {}, {}: {}", at(Some(c.at)), c.member, what.join(" "), c.reason));
        }
    }
    Ok(())
}

fn of_finding(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let f = finding::shown(workspace, record)?;
    d.line("BY", format!("{} {}", f.row.opened_by, at(f.row.opened)));
    d.line("DESK", f.row.partner.as_str());
    d.line("ABOUT", f.row.about.map(|id| id.short()).unwrap_or_default());
    d.line("DUE", at(f.row.due));
    d.body("FOUND", &f.row.text);
    d.body("ADVISED", &f.recommend);
    for answer in &f.answers {
        d.body("ANSWER", &format!("{} {}: {}", at(Some(answer.at)), answer.by, answer.text));
    }
    d.body("CLOSED", &f.because);
    Ok(())
}

fn of_complaint(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let c = complaint::shown(workspace, record)?;
    d.line("RIGHT", c.row.right.map(|r| r.word()).unwrap_or_default());
    d.line("FROM", c.from.as_str());
    d.line("SUBJECT", c.subject.as_str());
    d.body("TEXT", &c.text);
    d.line("RECEIVED", at(c.row.received));
    d.line("ACK BY", at(c.row.acknowledge_by));
    d.line("TELL BY", at(c.row.progress_by));
    d.line("DECIDE BY", at(c.row.decide_by));
    d.line("ANSWER ON", at(c.answer_on));
    d.body("EXAMINED", &c.examined);
    d.line("OUTCOME", c.outcome.map(|o| o.word()).unwrap_or_default());
    d.body("REASONS", &c.reasons);
    for remedy in &c.row.open_remedies {
        d.line("OPEN", StyledText::new(remedy.word(), StyleRole::Due));
    }
    if let Some(ground) = c.restriction {
        d.line("NOT TOLD", StyledText::new(format!("{ground}, looked at again {}", at(c.review)), StyleRole::Due));
    }
    d.line("LEAD", c.row.partner.as_str());
    d.body("LEAD SAYS", &c.lead_report);
    Ok(())
}

fn of_mistake(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let e = error::shown_error(workspace, record)?;
    d.line("WHOSE", e.row.desk.as_str());
    d.line("SEVERITY", e.row.severity.map(|s| s.word()).unwrap_or_default());
    d.body("WHAT", &e.row.text);
    d.line("REPORTED", format!("{} {}", e.reported_by, at(e.row.reported)));
    match (e.notify_by, e.authority_told) {
        (_, Some(told)) => d.line("AUTHORITY", format!("told {}", at(Some(told)))),
        (Some(by), None) => {
            d.line("AUTHORITY", StyledText::new(format!("to be told by {}", at(Some(by))), StyleRole::Due))
        }
        (None, None) => {}
    }
    for p in &e.partners {
        let said = match (p.told, p.confirmed) {
            (_, true) => StyledText::new(format!("{}  {}", p.partner, p.answer), StyleRole::Good),
            (true, false) => StyledText::from(format!("{}  told", p.partner)),
            (false, false) => StyledText::new(format!("{}  not told yet", p.partner), StyleRole::Stop),
        };
        d.line("COPY WITH", said);
    }
    for m in &e.measures {
        let (mark, role) = if m.done.is_some() { ("done", StyleRole::Good) } else { ("open", StyleRole::Due) };
        d.line("MEASURE", StyledText::new(format!("{} {mark}, {}, {}", m.number, m.owner, at(m.due)), role));
        d.body("", &m.text);
        d.body("", &m.evidence);
    }
    Ok(())
}

/// A dispute; its ladder is drawn from the highest rung down, as one climbs it.
fn of_dispute(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let shown = dispute::shown(workspace, record)?;
    d.line("WITH", shown.row.with.as_str());
    d.line("SUBJECT", shown.row.subject.map(|s| s.word()).unwrap_or_default());
    d.line("RAISED", format!("by {} {}", shown.row.raised_by, at(shown.row.raised)));
    d.line("RUNG DUE", at(shown.row.stage_due));
    if shown.without_prejudice {
        d.line("", "what is said binds nobody");
    }
    if shown.crossed {
        d.line(
            "CROSSED",
            StyledText::new("acts crossed that did not know of each other: look at both", StyleRole::Stop),
        );
    }
    for m in &shown.measures {
        let role = if m.stands { StyleRole::Stop } else { StyleRole::Note };
        d.line(
            "FROZEN",
            StyledText::new(
                format!("tier {} and up, both ways, by {}, until {}", m.from_tier, m.desk, at(Some(m.until))),
                role,
            ),
        );
    }
    d.gap();
    for rung in shown.ladder.iter().rev() {
        let (mark, role) = match (rung.here, rung.reached) {
            (true, _) => ("|=>", StyleRole::Stop),
            (false, Some(_)) => ("|--", StyleRole::Base),
            (false, None) => ("|  ", StyleRole::Note),
        };
        let line = format!("{mark} {:<13} {}", rung.rung, at(rung.reached));
        d.push(if rung.here { "LADDER" } else { "" }, StyledText::new(line, role));
    }
    d.gap();
    for p in &shown.proposals {
        let stands = match (p.agreed, p.complied) {
            (true, true) => {
                StyledText::new(format!("{}: {}, carried out by {}", p.of, p.text, p.owes), StyleRole::Good)
            }
            (true, false) if p.owes.is_empty() => {
                StyledText::new(format!("{}: {}, agreed", p.of, p.text), StyleRole::Good)
            }
            (true, false) => {
                StyledText::new(format!("{}: {}, owed by {} until {}", p.of, p.text, p.owes, at(p.due)), StyleRole::Due)
            }
            (false, _) => StyledText::new(format!("{}: {}, proposed by {}", p.of, p.text, p.by), StyleRole::Due),
        };
        d.line("PROPOSED", stands);
    }
    for said in &shown.statements {
        d.body(&format!("{} SAYS", said.desk), &format!("{} {}", at(Some(said.at)), said.text));
    }
    Ok(())
}

fn of_consultation(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let Some(c) = consultations::consulted(workspace, record)? else { return Ok(()) };
    d.line("WHO", c.member.as_str());
    d.line("WHEN", at(Some(c.at)));
    d.body("WHY", &c.reason);
    d.line("CASE", c.case.map(|id| id.short()).unwrap_or_default());
    for id in c.records.iter().take(50) {
        d.line("RECORD", id.to_string());
    }
    d.line("KEEP TO", at(record.due));
    Ok(())
}
