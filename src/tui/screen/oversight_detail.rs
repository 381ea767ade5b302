//! The details of what oversight, redress, mistakes and disputes are about; the ladder of a dispute drawn.

use super::super::page::{Detail, StyledText};
use super::super::theme::StyleRole;
use crate::command::audit::consultations;
use crate::command::{complaint, dispute, error, finding, misuse, sample};
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore as _};
use crate::tui::language::{phrase, tr, tr_word};
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
    d.line(tr("REPORTED"), at(report.reported));
    d.line(tr("OPENED BY"), report.opened_by.as_str());
    match misuse::text_of(workspace, record)? {
        Some(text) => d.body(tr("SAYS"), &text),
        None => d.line(tr("SAYS"), tr("it is sealed to the auditors: only they can read it")),
    }
    Ok(())
}

/// A sample: its seed, what it showed, and the consultations that it drew.
fn of_sample(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let sample = sample::row(workspace, record)?;
    d.line(tr("PERIOD"), phrase!("{from} to {to}", from = at(sample.from), to = at(sample.to)));
    d.line(tr("DREW"), phrase!("{drawn} of {sample}", drawn = sample.drawn, sample = sample.of));
    d.line(tr("SEED"), sample.seed.as_str());
    d.body(tr("SHOWED"), &sample.note);
    for id in record.list("drawn", Id::parse) {
        let Some(look) = workspace.records().get(id)? else { continue };
        if let Some(c) = consultations::consulted(workspace, &look)? {
            let what: Vec<String> = c.records.iter().take(8).map(|id| id.short()).collect();
            d.line(tr("CONSULTED"), format!("{} {}, {}: {}", at(Some(c.at)), c.member, what.join(" "), c.reason));
        }
    }
    Ok(())
}

fn of_finding(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let f = finding::shown(workspace, record)?;
    d.line(tr("BY"), format!("{} {}", f.row.opened_by, at(f.row.opened)));
    d.line(tr("DESK"), f.row.partner.as_str());
    d.line(tr("ABOUT"), f.row.about.map(|id| id.short()).unwrap_or_default());
    d.line(tr("DUE"), at(f.row.due));
    d.body(tr("FOUND"), &f.row.text);
    d.body(tr("ADVISED"), &f.recommend);
    for answer in &f.answers {
        d.body(tr("ANSWER"), &format!("{} {}: {}", at(Some(answer.at)), answer.by, answer.text));
    }
    d.body(tr("CLOSED"), &f.because);
    Ok(())
}

fn of_complaint(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let c = complaint::shown(workspace, record)?;
    d.line(tr("RIGHT"), c.row.right.map(|r| tr_word(r.word())).unwrap_or_default());
    d.line(tr("FROM"), c.from.as_str());
    d.line(tr("SUBJECT"), c.subject.as_str());
    d.body(tr("TEXT"), &c.text);
    d.line(tr("RECEIVED"), at(c.row.received));
    d.line(tr("ACK BY"), at(c.row.acknowledge_by));
    d.line(tr("TELL BY"), at(c.row.progress_by));
    d.line(tr("DECIDE BY"), at(c.row.decide_by));
    d.line(tr("ANSWER ON"), at(c.answer_on));
    d.body(tr("EXAMINED"), &c.examined);
    d.line(tr("OUTCOME"), c.outcome.map(|o| tr_word(o.word())).unwrap_or_default());
    d.body(tr("REASONS"), &c.reasons);
    for remedy in &c.row.open_remedies {
        d.line(tr("OPEN"), StyledText::new(remedy.word(), StyleRole::Due));
    }
    if let Some(ground) = c.restriction {
        d.line(
            tr("NOT TOLD"),
            StyledText::new(phrase!("{ground}, looked at again {on}", ground, on = at(c.review)), StyleRole::Due),
        );
    }
    d.line(tr("LEAD"), c.row.partner.as_str());
    d.body(tr("LEAD SAYS"), &c.lead_report);
    Ok(())
}

fn of_mistake(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let e = error::shown_error(workspace, record)?;
    d.line(tr("WHOSE"), e.row.desk.as_str());
    d.line(tr("SEVERITY"), e.row.severity.map(|s| tr_word(s.word())).unwrap_or_default());
    d.body(tr("WHAT"), &e.row.text);
    d.line(tr("REPORTED"), format!("{} {}", e.reported_by, at(e.row.reported)));
    match (e.notify_by, e.authority_told) {
        (_, Some(told)) => d.line(tr("AUTHORITY"), phrase!("told {told}", told = at(Some(told)))),
        (Some(by), None) => {
            d.line(tr("AUTHORITY"), StyledText::new(phrase!("to be told by {by}", by = at(Some(by))), StyleRole::Due))
        }
        (None, None) => {}
    }
    for p in &e.partners {
        let said = match (p.told, p.confirmed) {
            (_, true) => StyledText::new(format!("{}  {}", p.partner, p.answer), StyleRole::Good),
            (true, false) => StyledText::from(phrase!("{partner}  told", partner = p.partner)),
            (false, false) => StyledText::new(phrase!("{partner}  not told yet", partner = p.partner), StyleRole::Stop),
        };
        d.line(tr("COPY WITH"), said);
    }
    for m in &e.measures {
        let (mark, role) = if m.done.is_some() { ("done", StyleRole::Good) } else { ("open", StyleRole::Due) };
        d.line(tr("MEASURE"), StyledText::new(format!("{} {mark}, {}, {}", m.number, m.owner, at(m.due)), role));
        d.body("", &m.text);
        d.body("", &m.evidence);
    }
    Ok(())
}

/// A dispute; its ladder is drawn from the highest rung down, as one climbs it.
fn of_dispute(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let shown = dispute::shown(workspace, record)?;
    d.line(tr("WITH"), shown.row.with.as_str());
    d.line(tr("SUBJECT"), shown.row.subject.map(|s| tr_word(s.word())).unwrap_or_default());
    d.line(tr("RAISED"), phrase!("by {who} {raised}", who = shown.row.raised_by, raised = at(shown.row.raised)));
    d.line(tr("RUNG DUE"), at(shown.row.stage_due));
    if shown.without_prejudice {
        d.line("", "what is said binds nobody");
    }
    if shown.crossed {
        d.line(
            "CROSSED",
            StyledText::new(tr("acts crossed that did not know of each other: look at both"), StyleRole::Stop),
        );
    }
    for m in &shown.measures {
        let role = if m.stands { StyleRole::Stop } else { StyleRole::Note };
        d.line(
            "FROZEN",
            StyledText::new(
                phrase!(
                    "tier {from_tier} and up, both ways, by {desk}, until {until}",
                    from_tier = m.from_tier,
                    desk = m.desk,
                    until = at(Some(m.until))
                ),
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
            (true, true) => StyledText::new(
                phrase!("{n}: {text}, carried out by {owes}", n = p.of, text = p.text, owes = p.owes),
                StyleRole::Good,
            ),
            (true, false) if p.owes.is_empty() => {
                StyledText::new(phrase!("{n}: {text}, agreed", n = p.of, text = p.text), StyleRole::Good)
            }
            (true, false) => StyledText::new(
                phrase!(
                    "{n}: {text}, owed by {owes} until {due}",
                    n = p.of,
                    text = p.text,
                    owes = p.owes,
                    due = at(p.due)
                ),
                StyleRole::Due,
            ),
            (false, _) => StyledText::new(
                phrase!("{n}: {text}, proposed by {by}", n = p.of, text = p.text, by = p.by),
                StyleRole::Due,
            ),
        };
        d.line(tr("PROPOSED"), stands);
    }
    for said in &shown.statements {
        d.body(&phrase!("{desk} SAYS", desk = said.desk), &format!("{} {}", at(Some(said.at)), said.text));
    }
    Ok(())
}

fn of_consultation(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let Some(c) = consultations::consulted(workspace, record)? else { return Ok(()) };
    d.line(tr("WHO"), c.member.as_str());
    d.line(tr("WHEN"), at(Some(c.at)));
    d.body(tr("WHY"), &c.reason);
    d.line(tr("CASE"), c.case.map(|id| id.short()).unwrap_or_default());
    for id in c.records.iter().take(50) {
        d.line(tr("RECORD"), id.to_string());
    }
    d.line(tr("KEEP TO"), at(record.due));
    Ok(())
}
