//! Reading the log: acts, their changes, the content of a record.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};

use super::error::{StoreError, damaged};
use super::statement::sql;
use super::tree::SqlTree;
use crate::act::change::{Body, Change, Line};
use crate::act::header::Header;
use crate::act::tree::{Frontier, Nodes as _, leaf_hash};
use crate::record::store::{ChangeRow, Record};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::timestamp::Timestamp;

/// An act as it is stored.
#[derive(Clone, Debug)]
pub struct StoredAct {
    /// Its position.
    pub position: i64,
    /// Its id.
    pub id: Digest,
    /// Its desk.
    pub desk: Id,
    /// Its replica.
    pub replica: Id,
    /// Its sequence.
    pub sequence: u64,
    /// The position of the import that took it in; `None` for own acts.
    pub via: Option<i64>,
    /// The row of its first change.
    pub first_row: i64,
    /// How many changes it has.
    pub changes: u64,
    /// Its header, as it was signed.
    pub header: Vec<u8>,
    /// The signature.
    pub signature: String,
}

impl StoredAct {
    /// Parses the header.
    pub fn read_header(&self) -> Result<Header, StoreError> {
        Header::parse(&self.header).map_err(|_| StoreError::Integrity(format!("act {} is damaged", self.position)))
    }

    fn of(row: &SqlRow<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            position: row.get(0)?,
            id: row.get(1)?,
            desk: row.get(2)?,
            replica: row.get(3)?,
            sequence: row.get(4)?,
            via: row.get(5)?,
            first_row: row.get(6)?,
            changes: row.get(7)?,
            header: row.get(8)?,
            signature: row.get(9)?,
        })
    }
}

/// Returns the act at a position.
pub fn act(conn: &Connection, position: i64) -> Result<Option<StoredAct>, StoreError> {
    Ok(conn.prepare_cached(sql!("act.by_position"))?.query_row([position], StoredAct::of).optional()?)
}

/// Returns the first act that `is_it` says yes to, of those from a time on, the newest first. The times are those of the columns: what is
/// made of an act is read from its header.
///
/// # Errors
///
/// Where the log cannot be read, or `is_it` fails.
pub fn newest_since<E: From<StoreError>>(
    conn: &Connection,
    since: Timestamp,
    mut is_it: impl FnMut(&StoredAct) -> Result<bool, E>,
) -> Result<Option<StoredAct>, E> {
    let mut run = || -> Result<Result<Option<StoredAct>, E>, StoreError> {
        let mut all = conn.prepare_cached(sql!("act.newest_by_time"))?;
        let mut rows = all.query([since])?;
        while let Some(row) = rows.next()? {
            let act = StoredAct::of(row)?;
            match is_it(&act) {
                Ok(true) => return Ok(Ok(Some(act))),
                Ok(false) => {}
                Err(e) => return Ok(Err(e)),
            }
        }
        Ok(Ok(None))
    };
    run().map_err(E::from)?
}

/// Returns the position of the next act, and the row of its first change.
pub(super) fn next_place(conn: &Connection) -> Result<(i64, i64), StoreError> {
    let number = |sql| conn.prepare_cached(sql)?.query_row([], |r| r.get(0));
    Ok((number(sql!("act.next_position"))?, number(sql!("change.next_row"))?))
}

/// Returns the position of the last act; 0 where there is none.
pub fn last(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.prepare_cached(sql!("act.last_position"))?.query_row([], |r| r.get(0))?)
}

/// How many acts, counted from the newest, activity is read from: the oldest of a long log say nothing of these weeks.
const ACTIVE: i64 = 5000;

/// Returns how many acts each desk made in each of so many weeks up to now, the last week at the end.
pub fn acts_by_week(conn: &Connection, now: Timestamp, weeks: usize) -> Result<BTreeMap<Id, Vec<u64>>, StoreError> {
    let mut all: BTreeMap<Id, Vec<u64>> = BTreeMap::new();
    let mut query = conn.prepare_cached(sql!("act.by_week"))?;
    let mut rows = query.query(params![now, weeks as i64, ACTIVE])?;
    while let Some(row) = rows.next()? {
        let (desk, ago, count): (Id, i64, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let at = usize::try_from(ago).ok().and_then(|ago| weeks.checked_sub(ago + 1));
        let counts = all.entry(desk).or_insert_with(|| vec![0; weeks]);
        if let Some(slot) = at.and_then(|at| counts.get_mut(at)) {
            *slot += count;
        }
    }
    Ok(all)
}

/// Returns at most `limit` acts from a position on.
pub fn acts_from(conn: &Connection, position: i64, limit: u32) -> Result<Vec<StoredAct>, StoreError> {
    let mut acts = conn.prepare_cached(sql!("act.from"))?;
    let rows = acts.query_map(params![position, limit], StoredAct::of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns at most `limit` acts up to a position, the newest first.
pub fn acts_back(conn: &Connection, position: i64, limit: u32) -> Result<Vec<StoredAct>, StoreError> {
    let mut acts = conn.prepare_cached(sql!("act.back"))?;
    let rows = acts.query_map(params![position, limit], StoredAct::of)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the positions of the acts about a case, about a record in it, or about what such a record is about; the newest
/// first.
pub fn acts_of_case(conn: &Connection, case: Id) -> Result<Vec<i64>, StoreError> {
    let mut acts = conn.prepare_cached(sql!("act.of_case"))?;
    let rows = acts.query_map([case], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the position of an act; `None` where it is not here.
pub fn position_of(conn: &Connection, id: &Digest) -> Result<Option<i64>, StoreError> {
    Ok(conn.prepare_cached(sql!("act.by_id"))?.query_row([id], |r| r.get(0)).optional()?)
}

/// Returns the last position of the import that an act belongs to, or the act's own where it belongs to none: there is no state
/// between an import and the acts that it lists. `None` where there is no such act.
pub fn end_of_import(conn: &Connection, position: i64) -> Result<Option<i64>, StoreError> {
    let last: i64 = conn.prepare_cached(sql!("act.whole"))?.query_row([position], |r| r.get(0))?;
    Ok((last >= position).then_some(last))
}

/// Returns the last position at a time; `None` where there was no act yet. A partner's act counts from its import on, not
/// from its own time.
pub fn position_at(conn: &Connection, at: Timestamp) -> Result<Option<i64>, StoreError> {
    let last: i64 = conn.prepare_cached(sql!("act.at_time"))?.query_row([at], |r| r.get(0))?;
    if last == 0 { Ok(None) } else { end_of_import(conn, last) }
}

/// Returns the position of the act that a change belongs to.
pub fn position_of_row(conn: &Connection, row: ChangeRow) -> Result<Option<i64>, StoreError> {
    Ok(conn.prepare_cached(sql!("act.by_row"))?.query_row([row], |r| r.get(0)).optional()?)
}

/// Returns the id of an act by its place in its log.
pub fn act_at(conn: &Connection, desk: Id, replica: Id, sequence: u64) -> Result<Option<Digest>, StoreError> {
    let mut find = conn.prepare_cached(sql!("act.by_sequence"))?;
    Ok(find.query_row(params![desk, replica, sequence], |r| r.get(0)).optional()?)
}

/// Returns the ids of the acts of a log from a place on.
pub fn acts_beyond(conn: &Connection, desk: Id, replica: Id, size: u64) -> Result<Vec<Digest>, StoreError> {
    let mut all = conn.prepare_cached(sql!("act.beyond"))?;
    let rows = all.query_map(params![desk, replica, size], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A change as it is stored.
pub struct StoredChange {
    /// Its row.
    pub row: i64,
    /// The change, or the leaf of one that was withheld.
    pub line: Line,
    /// Whether it came with its content.
    pub content_came: bool,
    /// Whether its words are in the search index.
    pub searched: bool,
}

fn change_of(row: &SqlRow<'_>) -> Result<StoredChange, StoreError> {
    let bad = || damaged("a change");
    let line = match row.get(7)? {
        Some(leaf) => Line::Withheld(leaf),
        None => {
            let body = match (row.get::<_, Option<String>>(4)?, row.get(5)?, row.get(6)?) {
                (Some(content), Some(salt), None) => Body::Whole { content: content.into_bytes(), salt },
                (None, None, Some(commitment)) => Body::Redacted(commitment),
                (None, None, None) => Body::None,
                _ => return Err(bad()),
            };
            Line::Change(Change {
                record: row.get::<_, Option<Id>>(1)?.ok_or_else(bad)?,
                kind: row.get::<_, Option<String>>(2)?.ok_or_else(bad)?,
                terms: row.get::<_, Option<String>>(3)?.ok_or_else(bad)?.into_bytes(),
                body,
            })
        }
    };
    Ok(StoredChange { row: row.get(0)?, line, content_came: row.get(8)?, searched: row.get(9)? })
}

/// Calls `each` with the changes of an act, one by one.
pub fn changes<E: From<StoreError>>(
    conn: &Connection,
    act: &StoredAct,
    each: impl FnMut(StoredChange) -> Result<(), E>,
) -> Result<(), E> {
    changes_between(conn, act.first_row, act.first_row + act.changes as i64, each)
}

/// Calls `each` with the changes of an own act, one by one, and compares them with what was signed. An error after the last one means
/// that what `each` was given must not be used.
///
/// # Errors
///
/// [`StoreError::Integrity`] where the act is not in the log's tree, or its changes are not those under its root.
pub fn signed_changes<E: From<StoreError>>(
    conn: &Connection,
    act: &StoredAct,
    mut each: impl FnMut(StoredChange) -> Result<(), E>,
) -> Result<(), E> {
    let changed = || {
        let what = format!("act {} is not as it was signed: somebody has changed the database", act.position);
        E::from(StoreError::Integrity(what))
    };
    let header = act.read_header()?;
    if SqlTree::new(conn, act.replica).node(0, header.sequence)? != leaf_hash(&act.header) {
        return Err(changed());
    }
    let mut root = Frontier::default();
    changes(conn, act, |stored| {
        root.push(stored.line.leaf());
        each(stored)
    })?;
    if (header.changes, header.root) == (act.changes, root.root()) { Ok(()) } else { Err(changed()) }
}

/// Calls `each` with the changes in the rows from one until before another.
pub(super) fn changes_between<E: From<StoreError>>(
    conn: &Connection,
    from: i64,
    until: i64,
    mut each: impl FnMut(StoredChange) -> Result<(), E>,
) -> Result<(), E> {
    let mut run = || -> Result<Result<(), E>, StoreError> {
        let mut all = conn.prepare_cached(sql!("change.range"))?;
        let mut rows = all.query(params![from, until])?;
        while let Some(row) = rows.next()? {
            if let Err(e) = each(change_of(row)?) {
                return Ok(Err(e));
            }
        }
        Ok(Ok(()))
    };
    run().map_err(E::from)?
}

/// Returns every change of a record, in order.
pub fn changes_of(conn: &Connection, record: Id) -> Result<Vec<StoredChange>, StoreError> {
    changes_by(conn, sql!("change.of_record"), record)
}

fn changes_by(conn: &Connection, sql: &str, record: Id) -> Result<Vec<StoredChange>, StoreError> {
    let mut all = conn.prepare_cached(sql)?;
    let mut rows = all.query([record])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(change_of(row)?);
    }
    Ok(found)
}

/// Returns the rows and kinds of a record's changes, in order, without reading their content.
pub fn rows_of(conn: &Connection, record: Id) -> Result<Vec<(ChangeRow, String)>, StoreError> {
    let mut all = conn.prepare_cached(sql!("change.rows_of_record"))?;
    let rows = all.query_map([record], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns whether a record is held or was restricted after the moment that is looked back at: by a hold on it or on its case that stands
/// now, or by the newest review of either.
pub fn is_restricted_since(conn: &Connection, record: &Record) -> Result<bool, StoreError> {
    let (id, case) = (id_now(conn, record.id)?, record.case.map(|case| id_now(conn, case)).transpose()?);
    let asked = (id, case.unwrap_or(id));
    Ok(conn.prepare_cached(sql!("record.is_restricted_since"))?.query_row(asked, |r| r.get(0))?)
}

/// Returns the id that a record has now: one of another desk's may have got another since the moment that is looked back at.
fn id_now(conn: &Connection, then: Id) -> Result<Id, StoreError> {
    let mut now = conn.prepare_cached(sql!("record.id_now"))?;
    Ok(now.query_row([then], |r| r.get(0)).optional()?.unwrap_or(then))
}

/// Returns all changes of a record, also where it is looked back at: those that came later, too.
pub fn changes_since(conn: &Connection, record: Id) -> Result<Vec<StoredChange>, StoreError> {
    changes_by(conn, sql!("change.since"), id_now(conn, record)?)
}

/// Returns the date of a record as it is now, also where it is looked back at.
pub fn due_now(conn: &Connection, record: Id) -> Result<Option<Timestamp>, StoreError> {
    let id = id_now(conn, record)?;
    Ok(conn.prepare_cached(sql!("record.due_now"))?.query_row([id], |r| r.get(0)).optional()?.flatten())
}

/// Returns whether any change of a record has content.
pub fn any_content(conn: &Connection, record: Id) -> Result<bool, StoreError> {
    Ok(conn.prepare_cached(sql!("change.any_content"))?.query_row([record], |r| r.get(0))?)
}

/// Returns the content of a change; `None` where there is none, or none any more.
pub fn content(conn: &Connection, body: Option<ChangeRow>) -> Result<Option<Json>, StoreError> {
    content_text(conn, body)?.map(|text| content_of(&text)).transpose()
}

/// Returns the content of a change as it is stored; `None` where there is none, or none any more.
///
/// # Errors
///
/// Where the database cannot be read.
pub fn content_text(conn: &Connection, body: Option<ChangeRow>) -> Result<Option<String>, StoreError> {
    let Some(row) = body else { return Ok(None) };
    let text: Option<Option<String>> =
        conn.prepare_cached(sql!("change.content"))?.query_row([row], |r| r.get(0)).optional()?;
    Ok(text.flatten())
}

/// Returns the content that is stored as this text.
///
/// # Errors
///
/// Where it is damaged.
pub fn content_of(text: &str) -> Result<Json, StoreError> {
    json::parse(text.as_bytes(), Limits::SIGNED).map_err(|_| damaged("a change's content"))
}

/// Returns the records of which content came that is not there any more.
pub fn lost(conn: &Connection) -> Result<Vec<Id>, StoreError> {
    let mut all = conn.prepare_cached(sql!("change.lost"))?;
    let rows = all.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the records that acts after a position have erased.
pub fn erased_since(conn: &Connection, position: i64) -> Result<Vec<Id>, StoreError> {
    let mut all = conn.prepare_cached(sql!("change.erased_since"))?;
    let rows = all.query_map([position], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the positions of the acts that wait to be carried to a partner.
pub fn waiting(conn: &Connection, partner: Id) -> Result<Vec<i64>, StoreError> {
    let mut all = conn.prepare_cached(sql!("waiting.of"))?;
    let rows = all.query_map([partner], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
