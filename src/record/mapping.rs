//! Mappings: how the columns of a table are read, kept under a name for the next table of the same maker. A mapping says nothing of
//! what stood in a table.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new,
};
use super::import::IMPORT;
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where a mapping stands.
    Mapping {
        /// It is kept; the newest of a name counts.
        Kept = "kept" "kept" Neutral,
    }
}

/// `mapping`: kept.
pub const KIND: KindDef = KindDef {
    kind: Kind::Mapping,
    prefix: "Y",
    title: "Mapping of a table",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["name"], terms: &[] },
    changes: &[
        ChangeDef::first(KEEP, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, keep).or_following(&[IMPORT])
    ],
};

/// Keeps a mapping.
pub const KEEP: ChangeKind = ChangeKind::new("mapping-keep");

/// Keeps a mapping under a name: the fields of the import, each with what was typed in it.
pub fn kept(id: Id, name: &str, fields: &[(&str, &[String])], salt: Salt) -> Change {
    let mut said = object! {};
    for (field, values) in fields {
        said.set(field, values.to_vec());
    }
    Change::with_content(id, KEEP, &object! {}, &object! { "name" => name, "fields" => said }, salt)
}

/// What a mapping says of a field of the import.
pub fn values(content: &Json, field: &str) -> Vec<String> {
    let all = content.get("fields").and_then(|f| f.get(field)).and_then(Json::items).unwrap_or_default();
    all.iter().filter_map(|v| v.text().map(str::to_owned)).collect()
}

fn keep(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = Record::new(view.record, State::Kept, act.own_desk);
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}
