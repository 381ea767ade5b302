//! Statements to the public: written by one person, cleared by another as TLP:CLEAR, and only then published. A correction is dated
//! and cleared in the same way; nothing is changed silently.

use super::budget_line::maybe;
use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Tlp;
use crate::value::person::Person;

states! {
    /// Where a statement to the public stands.
    PublicStatement {
        /// It is written, and may not be published yet.
        Drafted = "drafted" "drafted" Waiting,
        /// Somebody else has cleared it as TLP:CLEAR.
        Cleared = "cleared" "cleared" Good,
        /// It was published.
        Published = "published" "published" Good,
        /// Another one takes its place, and says since when.
        Corrected = "corrected" "corrected" Over,
    }
}

/// `public-statement`: drafted → cleared → published → corrected.
pub const KIND: KindDef = KindDef {
    kind: Kind::PublicStatement,
    prefix: "PS",
    title: "Public statement",
    states: STATES,
    content: Content::WithCase,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(DRAFT, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, draft),
        ChangeDef::first(CLEAR, AudienceRule::OwnDesk, Moves::From(&[State::Drafted.any()]), None, clear_inputs, clear)
            .with_precheck(precheck_clearing),
        ChangeDef::first(
            PUBLISH,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Cleared.any(), State::Published.any()]),
            None,
            no_gate_inputs,
            publish,
        ),
    ],
};

/// Drafts a statement.
pub const DRAFT: ChangeKind = ChangeKind::new("public-draft");
/// Clears it.
pub const CLEAR: ChangeKind = ChangeKind::new("public-clear");
/// Publishes it.
pub const PUBLISH: ChangeKind = ChangeKind::new("public-publish");

/// Drafts a statement: the case that it touches, and the one that it corrects.
pub fn drafted(id: Id, case: Option<Id>, corrects: Option<Id>, words: (&str, &str), salt: Salt) -> Change {
    let terms = object! { "case" => case.map(|c| c.to_string()), "corrects" => corrects.map(|c| c.to_string()) };
    Change::with_content(id, DRAFT, &terms, &object! { "title" => words.0, "text" => words.1 }, salt)
}

/// Clears a statement as TLP:CLEAR.
pub fn cleared(id: Id) -> Change {
    Change::of_terms(id, CLEAR, &object! { "tlp" => Tlp::Clear })
}

/// Publishes a statement.
pub fn published(id: Id) -> Change {
    Change::of_terms(id, PUBLISH, &object! {})
}

fn draft(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let case = maybe(&mut m, "case", Id::parse)?;
    let corrects = maybe(&mut m, "corrects", Id::parse)?;
    m.finish()?;
    if let Some(case) = case
        && need(records, case, Kind::Case)?.is_purged()
    {
        return Err(ApplyError::NotAllowed("its content was erased".into()));
    }
    if let Some(earlier) = corrects
        && !need(records, earlier, Kind::PublicStatement)?.is(State::Published)
    {
        return Err(ApplyError::NotAllowed("what was not published is not corrected: write another".into()));
    }
    let mut record = Record::new(view.record, State::Drafted, act.own_desk);
    record.case = case;
    record.terms = view.terms.clone().into();
    record.set("by", act.member().to_string());
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn written_by(record: &Record) -> GateInputs {
    GateInputs { first: record.text("by").and_then(Person::parse), ..GateInputs::default() }
}

fn precheck_clearing(_: &dyn RecordStore, _: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    Ok(written_by(record))
}

fn clear_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let is_clear = view.terms.get("tlp").and_then(Json::text).and_then(Tlp::parse) == Some(Tlp::Clear);
    let missing = if is_clear { Vec::new() } else { vec!["TLP:CLEAR".into()] };
    Ok(GateInputs { missing, ..written_by(&need(records, view.record, Kind::PublicStatement)?) })
}

fn clear(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.read("tlp", Tlp::parse)?;
    m.finish()?;
    let mut record = moved(records, view, Kind::PublicStatement)?;
    record.set_state(State::Cleared);
    record.set("cleared_by", act.member().to_string());
    record.set("cleared", act.now().to_string());
    Ok(records.put(&record)?)
}

fn publish(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::PublicStatement)?;
    if record.is(State::Cleared) {
        record.set_state(State::Published);
        record.set("published", act.now().to_string());
        records.put(&record)?;
    }
    if let Some(earlier) = record.id("corrects") {
        let mut earlier = need(records, earlier, Kind::PublicStatement)?;
        earlier.set_state(State::Corrected);
        earlier.set("corrected", act.now().to_string());
        records.put(&earlier)?;
    }
    Ok(())
}
