//! Importing a partner's act. The transaction around it is the caller's; dropping it undoes everything.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::apply::{ActApplier, AppliedAct, ChangeSink, CheckedChange};
use super::error::{StoreError, damaged};
use super::insert::{ActRow, ChangeRows, StoredChangeRow};
use super::log::{Meta, seen_log_fits};
use super::prepared::PreparedChange;
use super::read;
use super::records::{Moved, SqlRecordStore};
use super::statement::sql;
use super::write::Written;
use crate::act::change::{Body, Change, Line};
use crate::act::header::{Header, Neighbour, act_id};
use crate::act::part::Head;
use crate::gate::check::CheckError;
use crate::record::store::ChangeRow;
use crate::record::{self, arrival};
use crate::value::digest::Digest;
use crate::value::id::Id;

/// A partner's act being imported. Its signature is checked when whoever signed it is known, in the same transaction.
pub struct ActImporter<'c> {
    conn: &'c Connection,
    applier: ActApplier<'c, ImportSink<'c>>,
    via: i64,
}

impl<'c> ActImporter<'c> {
    /// Begins to import the act of that id, which the import at position `via` lists.
    pub fn begin(
        conn: &'c Connection,
        meta: &'c Meta,
        header: Header,
        id: Digest,
        via: i64,
    ) -> Result<Self, StoreError> {
        if header.realm != meta.realm {
            return Err(forged("the act is of another realm"));
        }
        if !seen_log_fits(conn, meta, &header)? {
            return Err(forged("an act says that it has seen a history of this desk that is not here"));
        }
        let near = |sql| neighbour(conn, sql, &header, i64::MAX);
        if let Err(what) = header.fits(id, near(sql!("act.before"))?.as_ref(), near(sql!("act.after"))?.as_ref()) {
            return Err(forged(format!("an act {what}")));
        }
        let applier =
            ActApplier::begin(conn, meta.desk, header, read::next_place(conn)?, ImportSink(ChangeRows::new(conn)))?;
        Ok(Self { conn, applier, via })
    }

    /// Puts a change to the gate, stores it and applies it.
    pub fn change(&mut self, change: PreparedChange) -> Result<(), StoreError> {
        let PreparedChange { line, leaf, terms, words } = change;
        let grows = match &line {
            Line::Change(change) if record::change(&change.kind).is_some_and(arrival::may_grow) => Some(change.record),
            Line::Change(_) | Line::Withheld(_) => None,
        };
        let before = grows.map(|id| self.terms_size(id)).transpose()?;
        self.applier.change(&line, Some(leaf), &terms, words)?;
        if let (Some(id), Some(before)) = (grows, before) {
            arrival::check_grown(before, self.terms_size(id)?).map_err(CheckError::from)?;
        }
        Ok(())
    }

    /// The bytes of a record's terms; 0 where there is none.
    fn terms_size(&self, record: Id) -> Result<usize, StoreError> {
        let mut size = self.conn.prepare_cached(sql!("record.terms_size"))?;
        let bytes: Option<i64> = size.query_row([record], |r| r.get(0)).optional()?;
        Ok(bytes.and_then(|n| usize::try_from(n).ok()).unwrap_or(0))
    }

    /// Ends the act.
    pub fn finish(self, head: &Head) -> Result<Written, StoreError> {
        let AppliedAct { header, position, first_row, next_number, changes, .. } = self.applier.end()?;
        let (id, via, next_number) = (act_id(&head.header), Some(self.via), Some(next_number));
        let (bytes, signature) = (head.header.as_slice(), head.signature.as_str());
        ActRow { position, id, header: &header, via, first_row, next_number, changes, bytes, signature }
            .insert(self.conn)?;
        Ok(Written { id, position, changes })
    }
}

fn forged(what: impl Into<String>) -> StoreError {
    CheckError::Forged(what.into()).into()
}

/// Returns the act that stands nearest to another one in its log, among those before a position.
pub(super) fn neighbour(
    conn: &Connection,
    sql: &str,
    header: &Header,
    position: i64,
) -> Result<Option<Neighbour>, StoreError> {
    let key = params![header.desk, header.replica, header.sequence, position];
    let found: Option<Vec<u8>> = conn.prepare_cached(sql)?.query_row(key, |r| r.get(0)).optional()?;
    let Some(bytes) = found else { return Ok(None) };
    let header = Header::parse(&bytes).map_err(|_| damaged("an act's header"))?;
    Ok(Some(header.neighbour(act_id(&bytes))))
}

/// Stores the changes of a partner's act.
struct ImportSink<'c>(ChangeRows<'c>);

impl ChangeSink for ImportSink<'_> {
    type Extra = Option<Option<String>>;

    fn withheld(&mut self, row: ChangeRow, leaf: &Digest) -> Result<(), StoreError> {
        self.0.insert_leaf(row, leaf)
    }

    fn change(
        &mut self,
        records: &SqlRecordStore<'_>,
        CheckedChange { view, change, .. }: CheckedChange<'_>,
        words: Self::Extra,
    ) -> Result<(), StoreError> {
        arrival::check_terms(view.terms).map_err(CheckError::from)?;
        self.0.make_room()?;
        let content_came = matches!(change.body, Body::Whole { .. });
        let row = StoredChangeRow { row: view.row, change, content_came, place: None };
        // A partner's act must not bring back what was purged here: its content is not stored.
        if records.is_purged(change.record)? {
            return self.0.insert(StoredChangeRow { change: &change.without_content(), ..row }, None);
        }
        self.0.insert(row, words)
    }

    fn lost(&mut self, row: ChangeRow, change: &Change, _: Option<Digest>, _: Self::Extra) -> Result<(), StoreError> {
        self.0.make_room()?;
        let content_came = matches!(change.body, Body::Whole { .. });
        self.0.insert(StoredChangeRow { row, change: &change.without_content(), content_came, place: None }, None)
    }

    fn is_of(&mut self, row: ChangeRow, local: Id) -> Result<(), StoreError> {
        self.0.is_of(row, local)
    }

    fn moved_aside(&mut self, moved: Moved) -> Result<(), StoreError> {
        self.0.moved_aside(moved)
    }

    fn end(&mut self, header: &Header, _: u64, root: &Digest) -> Result<(), StoreError> {
        self.0.index()?;
        if *root == header.root { Ok(()) } else { Err(forged("an act's changes are not those that were signed")) }
    }
}
