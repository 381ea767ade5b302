//! Imports: one act that brings many items from a file. The file's name and digest are content.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, must_be, need, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;

states! {
    /// Where an import stands.
    Import {
        /// It was made.
        Done = "done" "done" Neutral,
    }
}

/// `import`: done.
pub const KIND: KindDef = KindDef {
    kind: Kind::Import,
    prefix: "I",
    title: "Import",
    states: STATES,
    content: Content::WithItems,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["file"], terms: &["format"] },
    changes: &[ChangeDef::first(IMPORT, AudienceRule::OwnDesk, Moves::Makes, None, ask, apply)],
};

/// The first change of an import.
pub const IMPORT: ChangeKind = ChangeKind::new("item-import");

/// The first change of an import of items into a case.
pub fn new(
    id: Id,
    case: Id,
    format: &str,
    (file, digest): (&str, &Digest),
    said: Option<(&str, &str)>,
    salt: Salt,
) -> Change {
    let terms = object! { "case" => case.to_string(), "format" => format };
    let mut content = object! { "file" => file, "sha256" => digest.to_string() };
    // What a member said that a marking is which the program could not read, and why.
    if let Some((word, because)) = said {
        content.set("unknown_marking", word);
        content.set("because", because);
    }
    Change::with_content(id, IMPORT, &terms, &content, salt)
}

fn ask(records: &dyn RecordStore, _: &ActContext<'_>, view: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    let case = case_of(records, view)?;
    Ok(GateInputs { purpose: case.text("purpose").map(str::to_owned), ..GateInputs::default() })
}

fn case_of(records: &dyn RecordStore, view: &ChangeView<'_>) -> Result<Record, ApplyError> {
    let mut m = view.members()?;
    let case = m.read("case", Id::parse)?;
    m.read("format", token)?;
    m.finish()?;
    let case = need(records, case, Kind::Case)?;
    must_be(&case, &[super::case::State::Open])?;
    Ok(case)
}

fn apply(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let case = case_of(records, view)?;
    let mut record = Record::new(view.record, State::Done, act.own_desk);
    record.case = Some(case.id);
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}
