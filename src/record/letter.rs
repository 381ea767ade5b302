//! Letters and other copies that leave the desk by hand: each is logged before it is written.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where a letter stands.
    Letter {
        /// It was written.
        Written = "written" "written" Neutral,
    }
}

/// `letter`: written.
pub const KIND: KindDef = KindDef {
    kind: Kind::Letter,
    prefix: "L",
    title: "Letter",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["what"] },
    changes: &[
        ChangeDef::first(WRITE, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, write),
        ChangeDef::first(BUDGET, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, write),
        ChangeDef::first(PACK, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, pack),
    ],
};

/// Logs a copy that leaves by hand.
pub const WRITE: ChangeKind = ChangeKind::new("copy-out");

/// Logs a budget report, which finance officers write.
pub const BUDGET: ChangeKind = ChangeKind::new("budget-report");

/// Notes that the budget of this desk was written to a file, with that digest.
pub fn budget(id: Id, desk: Id, digest: &Digest, salt: Salt) -> Change {
    let terms = object! { "of" => desk.to_string(), "what" => "budget" };
    Change::with_content(id, BUDGET, &terms, &object! { "sha256" => digest.to_string() }, salt)
}

/// Logs a pack that an auditor takes.
pub const PACK: ChangeKind = ChangeKind::new("audit-pack");

/// Notes that an auditor takes a pack of the log, up to a size; its digest tells which one.
pub fn of_pack(id: Id, size: u64, digest: &Digest) -> Change {
    Change::of_terms(id, PACK, &object! { "size" => size as i64, "sha256" => digest.to_string() })
}

/// Notes that a copy of a record was written to a file: as what, and with which digest.
pub fn new(id: Id, of: Id, what: &str, digest: &Digest, salt: Salt) -> Change {
    let terms = object! { "of" => of.to_string(), "what" => what };
    Change::with_content(id, WRITE, &terms, &object! { "sha256" => digest.to_string() }, salt)
}

words! {
    /// What is written, as far as somebody asks for it afterwards.
    CopyKind {
        /// Figures of months.
        Figures = "figures",
    }
}

/// Notes that figures of months were written; `months` are those that are over and had not been written before, as they were
/// written: whatever is published of them afterwards is set against them.
pub fn of_figures(id: Id, desk: Id, digest: &Digest, months: Vec<Json>, salt: Salt) -> Change {
    let terms = object! { "of" => desk.to_string(), "what" => CopyKind::Figures };
    let content = object! { "sha256" => digest.to_string(), MONTHS => Json::Arr(months) };
    Change::with_content(id, WRITE, &terms, &content, salt)
}

const MONTHS: &str = "months";

/// Every letter by which figures of months were written.
pub fn all_of_figures(records: &dyn RecordStore) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query::kind(Kind::Letter))?;
    all.retain(|letter| letter.text("what").and_then(CopyKind::parse) == Some(CopyKind::Figures));
    Ok(all)
}

/// The months in the content of such a letter.
pub fn months_of(content: &Json) -> &[Json] {
    content.get(MONTHS).and_then(Json::items).unwrap_or_default()
}

fn write(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let of = m.read("of", Id::parse)?;
    m.read("what", token)?;
    m.finish()?;
    let subject = records.get(of)?.ok_or_else(|| ApplyError::NotAllowed("there is no such record".into()))?;
    let mut record = Record::new(view.record, State::Written, act.own_desk);
    record.subject = Some(of);
    record.case = subject.case;
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn pack(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.count("size")?;
    m.read("sha256", Digest::parse)?;
    m.finish()?;
    let mut record = Record::new(view.record, State::Written, act.own_desk);
    record.subject = Some(act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("what", "audit-pack");
    record.set("at", act.now().to_string());
    put_new(records, &record)
}
