//! Changes of the law that the desk works by: a signed act corrects or adds a row, or restores the program's.
//!
//! The row is in the change's terms, not its content: law is public, and what a decision rested on must outlive every purge.
//! Changes of the law never leave the desk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::edition::{LARGEST_ROW, Law, Table};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where a change of the law stands.
    Law {
        /// It decides.
        InForce = "in force" "in force" Good,
        /// A later change took its place.
        Superseded = "superseded" "superseded" Over,
        /// The row is as the program has it.
        Withdrawn = "withdrawn" "withdrawn" Over,
    }
}

/// `law`: in force → superseded; a row that was taken back is withdrawn from the beginning.
pub const KIND: KindDef = KindDef {
    kind: Kind::Law,
    prefix: "W",
    title: "Change of the law",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &["because"], terms: &["id"] },
    changes: &[ChangeDef::first(CHANGE, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, change)
        .or_following(&[CHANGE])],
};

/// Changes a row.
pub const CHANGE: ChangeKind = ChangeKind::new("law-change");

/// A change of the row of that id: `row` is the whole of it, `None` takes it back to the program's. `said` is why.
pub fn changed(id: Id, table: Table, row_id: &str, row: Option<Json>, said: &Json, salt: Salt) -> Change {
    let terms = object! { "table" => table, "id" => row_id, "row" => row };
    Change::with_content(id, CHANGE, &terms, said, salt)
}

fn change(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (table, id) = (m.read("table", Table::parse)?, m.read("id", token)?);
    let row = m.maybe("row");
    m.finish()?;
    let own = row.is_none();
    // Only what every version of the program judges alike is checked when the log is read: whether the row is valid was
    // checked before it was signed, and a later version may know other members.
    if let Some(row) = row {
        let name = if table == Table::Jurisdiction { "code" } else { "id" };
        if row.get(name).and_then(Json::text) != Some(&id) || row.to_text().len() > LARGEST_ROW {
            return Err(ApplyError::Malformed(format!(
                "a change of the law holds another row than it names, or one of more than {LARGEST_ROW} bytes"
            )));
        }
    }
    let key = format!("{table}/{id}");
    let before = records.find(&Query { key: Some(key.clone()), ..Query::state(State::InForce) })?;
    if own && before.is_empty() {
        return Err(ApplyError::NotAllowed(format!("the {table} {id} is as the program has it")));
    }
    for mut old in before {
        old.set_state(State::Superseded);
        records.put(&old)?;
    }
    let mut record = Record::new(view.record, if own { State::Withdrawn } else { State::InForce }, act.own_desk);
    record.key = Some(key);
    record.terms = view.terms.clone().into();
    record.set("position", act.position);
    record.body = view.body();
    put_new(records, &record)
}

/// Every change, in the order in which they were signed.
pub fn all(records: &dyn RecordStore) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query::kind(Kind::Law))?)
}

/// The changes that stand before a position.
fn before(records: &dyn RecordStore, position: i64) -> Result<Vec<Record>, ApplyError> {
    let mut changes = all(records)?;
    changes.retain(|r| position_of(r) < position);
    Ok(changes)
}

/// The position of the act that made a change.
fn position_of(change: &Record) -> i64 {
    change.terms.get("position").and_then(Json::int).unwrap_or(i64::MAX)
}

/// The law as it stands in a record store.
pub fn edition(records: &dyn RecordStore) -> Result<Arc<Law>, ApplyError> {
    edition_before(records, i64::MAX)
}

/// The law before the act at a position: the law that the act was judged by. A row that this version of the program cannot
/// read is passed over.
pub fn edition_before(records: &dyn RecordStore, position: i64) -> Result<Arc<Law>, ApplyError> {
    Ok(edition_of(&before(records, position)?))
}

fn edition_of(changes: &[Record]) -> Arc<Law> {
    if changes.is_empty() {
        return Law::of_program();
    }
    let mut law = Law::clone(&Law::of_program());
    for (n, record) in changes.iter().enumerate() {
        let last = !changes.iter().skip(n + 1).any(|later| later.key == record.key);
        let row = record.terms.get("row").filter(|row| !row.is_null()).filter(|_| last);
        if let Some((table, row)) = record.text("table").and_then(Table::parse).zip(row) {
            let _ = law.put(table, &row.to_text());
        }
    }
    Arc::new(law.at_version(changes.len() as u64))
}

/// Every edition of the law up to now, each made once: for what asks for the law of many records.
pub struct Editions {
    changes: Vec<Record>,
    made: BTreeMap<usize, Arc<Law>>,
}

impl Editions {
    /// Reads the changes.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn read(records: &dyn RecordStore) -> Result<Self, ApplyError> {
        let mut changes = all(records)?;
        changes.sort_by_key(position_of);
        Ok(Self { changes, made: BTreeMap::new() })
    }

    /// Whether the law is the program's, and always was.
    pub const fn are_of_program(&self) -> bool {
        self.changes.is_empty()
    }

    /// The law before the act at a position; the same as [`edition_before`].
    pub fn before(&mut self, position: i64) -> Arc<Law> {
        let count = self.changes.partition_point(|r| position_of(r) < position);
        let changes = self.changes.get(..count).unwrap_or_default();
        Arc::clone(self.made.entry(count).or_insert_with(|| edition_of(changes)))
    }
}

/// Whether this program can read the row of a change.
pub fn is_readable(record: &Record) -> bool {
    let row = record.terms.get("row").filter(|row| !row.is_null());
    let put = |(table, row): (Table, &Json)| Law::clone(&Law::of_program()).put(table, &row.to_text()).is_ok();
    record.text("table").and_then(Table::parse).zip(row).is_none_or(put)
}

/// The version of the law that the act at a position was judged by.
pub fn version_at(records: &dyn RecordStore, position: i64) -> Result<u64, ApplyError> {
    Ok(before(records, position)?.len() as u64)
}
