//! Writing the rows of acts and changes.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::{StoreError, damaged};
use super::records::{Moved, SqlRecordStore, waiting_partners};
use super::search;
use super::statement::sql;
use crate::act::change::{Body, Change};
use crate::act::header::{Audience, Header};
use crate::record::partner;
use crate::record::store::{ChangeRow, RecordStore as _};
use crate::value::digest::Digest;
use crate::value::id::Id;

/// The row of an act.
pub(super) struct ActRow<'a> {
    pub(super) position: i64,
    pub(super) id: Digest,
    pub(super) header: &'a Header,
    /// The position of the import that took it in; `None` for own acts.
    pub(super) via: Option<i64>,
    pub(super) first_row: i64,
    /// The number of the first record that it could make; `None` where it is not kept.
    pub(super) next_number: Option<i64>,
    pub(super) changes: u64,
    /// The header as it was signed.
    pub(super) bytes: &'a [u8],
    pub(super) signature: &'a str,
}

impl ActRow<'_> {
    pub(super) fn insert(&self, conn: &Connection) -> Result<(), StoreError> {
        let Header { desk, replica, sequence, time, audience, .. } = self.header;
        let audience = match audience {
            Audience::OwnDesk => "own",
            Audience::Partners => "partners",
            Audience::Desks(_) => "desks",
        };
        conn.prepare_cached(sql!("act.add"))?.execute(params![
            self.position,
            self.id,
            desk,
            replica,
            sequence,
            audience,
            time.at,
            self.via,
            self.first_row,
            self.changes,
            self.bytes,
            self.signature,
            self.next_number,
        ])?;
        Ok(())
    }
}

/// Notes for which partners an own act waits to be carried.
pub(super) fn await_carriage(
    records: &mut SqlRecordStore<'_>,
    header: &Header,
    position: i64,
) -> Result<(), StoreError> {
    let partners = match &header.audience {
        Audience::OwnDesk => Vec::new(),
        Audience::Partners => waiting_partners(records)?,
        Audience::Desks(desks) => desks.clone(),
    };
    for partner in partners {
        // A partner without comity takes no bundles: what is for it is written as a file.
        let takes_bundles = records.get(partner)?.is_none_or(|r| !partner::is_without_card(&r));
        if takes_bundles {
            records.await_carriage(partner, position)?;
        }
    }
    Ok(())
}

/// How many changes' words are added to the index in one run.
const RUN: usize = 4096;

/// How many different terms of an act are remembered, to see whether they come again.
const REMEMBERED: usize = 1024;

/// The changes of an act that is being stored, and their words.
pub(super) struct ChangeRows<'c> {
    conn: &'c Connection,
    /// Words that are not in the index yet, by row: adding them in runs is faster than one by one between other tables.
    words: Vec<(i64, Option<String>)>,
    /// Terms that came in this act, and their number in the table of terms; `None`: they are not there.
    terms: HashMap<String, Option<i64>>,
}

/// The row of a change.
pub(super) struct StoredChangeRow<'a> {
    pub(super) row: ChangeRow,
    pub(super) change: &'a Change,
    /// Whether it came with its content.
    pub(super) content_came: bool,
    /// Where the record of an own copy stands in the record store.
    pub(super) place: Option<i64>,
}

impl<'c> ChangeRows<'c> {
    pub(super) fn new(conn: &'c Connection) -> Self {
        Self { conn, words: Vec::new(), terms: HashMap::new() }
    }

    /// Prepares for another change with words.
    pub(super) fn make_room(&mut self) -> Result<(), StoreError> {
        if self.words.len() >= RUN { self.index() } else { Ok(()) }
    }

    /// Adds the words that wait to the index.
    pub(super) fn index(&mut self) -> Result<(), StoreError> {
        for (row, words) in self.words.drain(..) {
            search::add(self.conn, row, words.as_deref())?;
        }
        Ok(())
    }

    /// Returns the number under which terms stand that come again, or that stand there since an earlier act; `None` where they stand in
    /// their change alone. Changes come by the thousand with the same ones.
    fn number_of(&mut self, terms: &str) -> Result<Option<i64>, StoreError> {
        let number = match self.terms.get(terms) {
            Some(Some(number)) => return Ok(Some(*number)),
            Some(None) => Some(self.conn.prepare_cached(sql!("change_terms.add"))?.insert([terms])?),
            None => {
                let mut find = self.conn.prepare_cached(sql!("change_terms.find"))?;
                find.query_row([terms], |r| r.get(0)).optional()?
            }
        };
        if self.terms.len() >= REMEMBERED {
            self.terms.clear();
        }
        self.terms.insert(terms.to_owned(), number);
        Ok(number)
    }

    /// Inserts a change; where it has words, they will be searched.
    pub(super) fn insert(
        &mut self,
        stored: StoredChangeRow<'_>,
        words: Option<Option<String>>,
    ) -> Result<(), StoreError> {
        fn text(bytes: &[u8]) -> Result<&str, StoreError> {
            std::str::from_utf8(bytes).map_err(|_| damaged("a change"))
        }
        let StoredChangeRow { row, change, content_came, place } = stored;
        let (content, salt, commitment) = match &change.body {
            Body::Whole { content, salt } => (Some(text(content)?), Some(salt), None),
            Body::Redacted(commitment) => (None, None, Some(commitment)),
            Body::None => (None, None, None),
        };
        let terms = text(&change.terms)?;
        let number = self.number_of(terms)?.map(|number| number.to_string());
        self.conn.prepare_cached(sql!("change.add"))?.execute(params![
            row,
            change.record,
            change.kind,
            number.as_deref().unwrap_or(terms),
            content,
            salt,
            commitment,
            content_came,
            words.is_some(),
            place,
        ])?;
        self.words.extend(words.map(|words| (row.0, words)));
        Ok(())
    }

    /// Notes of which record a change is here.
    pub(super) fn is_of(&self, row: ChangeRow, local: Id) -> Result<(), StoreError> {
        self.conn.prepare_cached(sql!("change.is_local"))?.execute(params![row, local])?;
        Ok(())
    }

    /// Gives the changes of a record of another desk the id that it has here from now on.
    pub(super) fn moved_aside(&self, moved: Moved) -> Result<(), StoreError> {
        let mut rename = self.conn.prepare_cached(sql!("change.rename"))?;
        rename.execute(params![moved.name, moved.id, moved.giver])?;
        Ok(())
    }

    /// Inserts the leaf of a change that was withheld.
    pub(super) fn insert_leaf(&self, row: ChangeRow, leaf: &Digest) -> Result<(), StoreError> {
        self.conn.prepare_cached(sql!("change.add_leaf"))?.execute(params![row, leaf])?;
        Ok(())
    }
}
