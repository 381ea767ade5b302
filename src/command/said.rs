//! What was said of a record, change by change: by whom, when and in which words.

use crate::act::change::Line;
use crate::record;
use crate::record::kind::ChangeKind;
use crate::record::store::{ChangeRow, Record};
use crate::store::read;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// One change of a record, and what it says in words.
#[derive(Clone, Debug)]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// The desk.
    pub desk: Id,
    /// Who.
    pub by: Person,
    /// What was done.
    pub did: ChangeKind,
    /// Its row.
    pub row: i64,
    /// Its terms.
    pub terms: Json,
    /// Its content; `None` where there is none, or none any more.
    pub content: Option<Json>,
}

impl Said {
    /// A text of its content; empty where there is none.
    pub fn text(&self, key: &str) -> String {
        self.content.as_ref().and_then(|c| c.get(key)).and_then(Json::text).unwrap_or_default().to_owned()
    }
}

/// What was said of a record, in order. What is personal data of it is noted as looked at.
///
/// # Errors
///
/// Where the log cannot be read.
pub fn of(workspace: &Workspace, record: &Record) -> Result<Vec<Said>, Error> {
    let mut all = Vec::new();
    for stored in workspace.changes_of(record)? {
        let Line::Change(change) = &stored.line else { continue };
        let Some(def) = record::change(&change.kind) else { continue };
        let position = read::position_of_row(&workspace.db, ChangeRow(stored.row))?;
        let Some(act) = position.map(|at| read::act(&workspace.db, at)).transpose()?.flatten() else { continue };
        let header = act.read_header()?;
        let (terms, content) = (change.read_terms().unwrap_or(Json::Null), change.read_content().ok().flatten());
        all.push(Said {
            at: header.time.at,
            desk: header.desk,
            by: header.member,
            did: def.kind,
            row: stored.row,
            terms,
            content,
        });
    }
    Ok(all)
}

/// The newest text under a name; empty where nobody has said it.
pub fn newest(all: &[Said], key: &str) -> String {
    all.iter().rev().map(|said| said.text(key)).find(|text| !text.is_empty()).unwrap_or_default()
}
