//! The details of what keeps a thing, and of what ends it: holds, their notices between desks, and the certificates of what was erased.

use serde_json::Value;

use super::super::page::{Detail, StyledText};
use super::super::theme::StyleRole;
use crate::command::desk::workspace_info;
use crate::command::retention::{hold, hold_notice, purge};
use crate::command::said;
use crate::record::certificate::State as CertificateState;
use crate::record::hold as holds;
use crate::record::hold_notice::{self as notices, State as NoticeState};
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore as _};
use crate::tui::language::{phrase, tr, tr_count, tr_sentence, tr_word};
use crate::tui::words::called;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Records that stay which are named one by one; the others are counted.
const NAMED: usize = 20;

/// Says what is known of a record of one of these kinds; `false`: it is of another.
pub(super) fn add_lines(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<bool, Error> {
    match record.kind {
        Kind::Hold => of_hold(workspace, record, d)?,
        Kind::HoldNotice => of_notice(workspace, record, d)?,
        Kind::Certificate => of_certificate(workspace, record, d)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn at(time: Option<Timestamp>) -> String {
    time.map(Timestamp::to_minute).unwrap_or_default()
}

/// A record by its short id and by what it is called; `None` where it is not here.
fn named(workspace: &Workspace, id: Option<Id>) -> Result<Option<String>, Error> {
    let Some(record) = id.map(|id| workspace.records().get(id)).transpose()?.flatten() else { return Ok(None) };
    let name = called(workspace, &record)?;
    Ok(Some(format!("{} {name}", workspace_info::short(record.kind, record.id))))
}

/// A hold: on what, why, by whom, when it is looked at again, and whom of the other desks it was told.
fn of_hold(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let h = hold::hold_row(workspace, record)?;
    d.line(tr("HOLDS"), named(workspace, h.on)?.unwrap_or_else(|| tr("what is not here any more").to_owned()));
    let on = h.on.map(|id| workspace.records().get(id)).transpose()?.flatten();
    if on.is_some_and(|on| on.kind == Kind::Case) {
        d.line("", tr("with everything in it"));
    }
    d.line(tr("GROUND"), h.reason.map(|reason| tr_word(reason.word())).unwrap_or_default());
    d.line(tr("BY"), format!("{}, {}", h.placed_by, at(h.placed)));
    d.body(tr("WHY"), &h.because);
    for said in said::of(workspace, record)? {
        let label = match said.did {
            holds::REVIEW => tr("STANDS ON"),
            holds::LIFT => tr("LIFTED"),
            _ => continue,
        };
        let who = workspace.name_of(said.by)?;
        d.body(label, &format!("{who}, {}: {}", at(Some(said.at)), said.text("because")));
    }
    if let Some(by) = h.review_by {
        let role = if h.overdue { StyleRole::Stop } else { StyleRole::Base };
        d.line(tr("LOOK AGAIN"), StyledText::new(phrase!("by {by}", by = at(Some(by))), role));
    }
    for notice in notices::of_hold(&workspace.records(), record.id)? {
        let desk = workspace.partner_of(&notice)?.unwrap_or_default();
        d.line(tr("TOLD"), phrase!("{desk}: {state}", desk, state = tr_word(notice.state.label())));
    }
    Ok(())
}

/// A notice of a hold: who holds what, and what the other desk has said to it.
fn of_notice(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let n = hold_notice::row(workspace, record)?;
    let is_own = record.desk == workspace.meta.desk;
    d.line(tr("HELD AT"), n.holder.as_str());
    d.line(tr("HOLDS"), named(workspace, n.on)?.unwrap_or_else(|| tr("what is not here any more").to_owned()));
    d.line(tr("GROUND"), n.reason.map(|reason| tr_word(reason.word())).unwrap_or_default());
    d.line(tr("SINCE"), at(n.at));
    let copy = match (notices::is_of_copy(record), is_own) {
        (true, _) => phrase!("the item here is a copy that {partner} gave", partner = n.partner),
        (false, true) => phrase!("{partner} has a copy of it", partner = n.partner),
        (false, false) => phrase!("{partner} has a copy of what this desk gave", partner = n.partner),
    };
    if n.on.is_some() {
        d.line(tr("COPY"), copy);
    }
    let partner = n.partner.as_str();
    let (said, role) = match (record.in_state::<NoticeState>(), is_own) {
        (Some(NoticeState::Told), _) => (phrase!("{partner} was told, and has not answered", partner), StyleRole::Due),
        (Some(NoticeState::Asked), _) => {
            (phrase!("{partner} waits for the answer of this desk", partner), StyleRole::Due)
        }
        (Some(NoticeState::Kept), true) => {
            (phrase!("{partner} keeps it as long as it is held here", partner), StyleRole::Good)
        }
        (Some(NoticeState::Kept), false) => {
            (phrase!("this desk keeps it as long as {partner} holds it", partner), StyleRole::Good)
        }
        (Some(NoticeState::Declined), true) => (phrase!("{partner} lets its own term go on", partner), StyleRole::Base),
        (Some(NoticeState::Declined), false) => (tr("this desk lets its own term go on").to_owned(), StyleRole::Base),
        (Some(NoticeState::Ended), _) => (tr("the hold was lifted").to_owned(), StyleRole::Note),
        (None, _) => (String::new(), StyleRole::Base),
    };
    d.line(tr("ANSWER"), StyledText::new(said, role));
    d.line(tr("ANSWERED"), at(record.instant("answered")));
    if n.over_term {
        let over = tr("its term has passed: it is restricted until this desk has answered");
        d.line("", StyledText::new(over, StyleRole::Stop));
    }
    Ok(())
}

/// A text of a part of a certificate; empty where it says none.
fn text<'a>(of: &'a Value, key: &str) -> &'a str {
    of.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The parts of a list in a certificate.
fn parts(of: &Value) -> &[Value] {
    of.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A time in a certificate, as it stands in a detail.
fn time(of: &Value, key: &str) -> String {
    at(Timestamp::parse(text(of, key)))
}

/// A certificate: what was erased and how, who did it and who has verified it, what stays, and what no program can promise.
fn of_certificate(workspace: &Workspace, record: &Record, d: &mut Detail) -> Result<(), Error> {
    let c = purge::certificate_row(workspace, record)?;
    d.line(tr("DESK"), c.desk.as_str());
    d.line(tr("ISSUED"), at(c.issued));
    let counts = c.counts.iter().flatten().map(|(kind, n)| format!("{n} {}", tr_word(kind)));
    d.line(tr("ERASED"), counts.collect::<Vec<_>>().join(", "));
    d.line(tr("BECAUSE"), tr_sentence(text(&c.record, "trigger")).as_ref());
    if let Some(begun) = record.subject.map(|id| workspace.records().get(id)).transpose()?.flatten() {
        d.body(tr("WHY"), &workspace.text_of(&begun, "because")?);
    }
    by_whom(&c, d);
    d.gap();
    d.line(tr("HOW"), tr_sentence(&c.method).as_ref());
    d.line(
        tr("KEYS"),
        phrase!("those of generation {generation} and of every one before are destroyed", generation = c.generation),
    );
    d.line(tr("CHECKED"), tr_sentence(&c.verification).as_ref());
    for (label, key) in [(tr("DEVICE"), "device"), (tr("PLACE"), "place")] {
        d.line(label, tr_sentence(text(&c.record, key)).as_ref());
    }
    d.line(tr("STANDARD"), text(&c.record, "standard"));
    d.line(tr("TOOL"), c.tool.as_str());
    let to = record.list("to", Id::parse).into_iter().map(|desk| workspace.code_of(desk));
    d.line(tr("SENT TO"), to.collect::<Result<Vec<_>, _>>()?.join(", "));
    d.gap();
    what_is_left(workspace, &c, d)
}

/// Who has erased, and who has verified it.
fn by_whom(c: &purge::CertificateRow, d: &mut Detail) {
    let performed = c.record.get("performed").unwrap_or(&Value::Null);
    // A partner's members are known by what their desk says of them.
    let who = if c.performed_by.is_empty() { text(performed, "name") } else { c.performed_by.as_str() };
    let roles = text(performed, "title").split(", ").map(tr_word).collect::<Vec<_>>().join(", ");
    let who = [who, roles.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    d.line(tr("BY"), who);
    let verified = match (&c.countersigned_by, c.state == CertificateState::Issued.any()) {
        (Some(by), _) => StyledText::new(format!("{by}, {}", at(c.validated)), StyleRole::Good),
        (None, true) => StyledText::new(tr("by nobody yet: another person countersigns it"), StyleRole::Due),
        (None, false) => StyledText::from(at(c.validated)),
    };
    d.line(tr("VERIFIED"), verified);
}

/// What stays, where copies may lie, and what is not promised.
fn what_is_left(workspace: &Workspace, c: &purge::CertificateRow, d: &mut Detail) -> Result<(), Error> {
    let withheld = parts(c.record.get("exceptions").unwrap_or(&Value::Null));
    for stays in withheld.iter().take(NAMED) {
        let what = named(workspace, Id::parse(text(stays, "id")))?.unwrap_or_else(|| tr("a record").to_owned());
        d.line(tr("STAYS"), phrase!("{what}: {ground}", what, ground = tr_word(text(stays, "ground"))));
    }
    let all = c.record.get("stays").and_then(Value::as_u64).unwrap_or(0);
    let more = all.saturating_sub(withheld.len().min(NAMED) as u64);
    if more > 0 {
        d.line(tr("STAYS"), phrase!("{more} more", more));
    }
    for copy in parts(&c.copies) {
        let records = copy.get("records").and_then(Value::as_u64).unwrap_or(0);
        let said = phrase!(
            "{partner}: {records}, {state}",
            partner = text(copy, "partner"),
            records = tr_count(records, "record"),
            state = tr_word(text(copy, "state"))
        );
        d.line(tr("COPY WITH"), StyledText::new(said, StyleRole::Due));
    }
    for backup in parts(&c.backups) {
        let said = phrase!(
            "{file}, made {made}, kept until {until}",
            file = text(backup, "file"),
            made = time(backup, "made"),
            until = time(backup, "until")
        );
        d.line(tr("BACKUP"), StyledText::new(said, StyleRole::Due));
    }
    for (n, promise) in parts(&c.not_promised).iter().filter_map(Value::as_str).enumerate() {
        d.body(if n == 0 { tr("NOT PROMISED") } else { "" }, &tr_sentence(promise));
    }
    Ok(())
}
