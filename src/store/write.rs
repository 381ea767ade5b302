//! Writing an own act: the only way to add to the own log.
//!
//! An act is begun, its changes are put to the gate, stored and applied one by one, and it is finished: signed, given its
//! place in the tree, and noted for whom it waits. The transaction around it is the caller's; dropping it undoes everything.

use rusqlite::Connection;

use super::apply::{ActApplier, AppliedAct, ChangeSink, CheckedChange};
use super::error::StoreError;
use super::insert::{ActRow, ChangeRows, StoredChangeRow, await_carriage};
use super::log::{Meta, tip};
use super::prepared::PreparedChange;
use super::read;
use super::records::{Moved, SqlRecordStore};
use super::tree::SqlTree;
use crate::act::change::{Body, Change};
use crate::act::header::{Audience, Header, Seen, act_id};
use crate::act::hybrid::HybridTime;
use crate::act::tree::{empty_root, leaf_hash};
use crate::gate::check::CheckError;
use crate::record::store::ChangeRow;
use crate::record::{arrival, item, stream};
use crate::seal::sign::Signer;
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

/// Who makes an act, when, and for whom.
pub struct Author<'a> {
    /// Signs it.
    pub signer: &'a Signer,
    /// In which role.
    pub role: Role,
    /// When.
    pub now: Timestamp,
    /// For whom.
    pub audience: Audience,
    /// On which legal basis, where one is needed.
    pub basis: Option<String>,
}

/// An act that was stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    /// The act's id.
    pub id: Digest,
    /// Its position.
    pub position: i64,
    /// How many changes it has.
    pub changes: u64,
}

/// An own act being written.
pub struct ActWriter<'c, 'a> {
    conn: &'c Connection,
    meta: &'c Meta,
    signer: &'a Signer,
    applier: ActApplier<'c, OwnSink<'c>>,
}

impl<'c, 'a> ActWriter<'c, 'a> {
    /// Begins an act at the end of the own log.
    pub fn begin(conn: &'c Connection, meta: &'c Meta, author: Author<'a>) -> Result<Self, StoreError> {
        let tip = tip(conn, meta)?;
        // The log of a new replica begins with the clock as it is: the one before may have been dated wrong.
        let last = tip.time.filter(|_| tip.size > 0);
        let header = Header {
            realm: meta.realm.clone(),
            desk: meta.desk,
            replica: meta.replica,
            sequence: tip.size,
            previous: tip.last,
            seen: seen_by(conn, meta, &author.audience)?,
            time: HybridTime::after(last, author.now),
            member: author.signer.public().person(),
            role: author.role,
            basis: author.basis,
            audience: author.audience,
            changes: 0,
            root: empty_root(),
        };
        let applier =
            ActApplier::begin(conn, meta.desk, header, read::next_place(conn)?, OwnSink(ChangeRows::new(conn)))?;
        Ok(Self { conn, meta, signer: author.signer, applier })
    }

    /// When the act is made: what its terms must be computed from.
    pub const fn now(&self) -> Timestamp {
        self.applier.header().time.at
    }

    /// The record store as it stands within the transaction.
    pub const fn records(&self) -> SqlRecordStore<'c> {
        SqlRecordStore::new(self.conn)
    }

    /// The database within the transaction.
    pub const fn database(&self) -> &'c Connection {
        self.conn
    }

    /// How many changes were made so far.
    pub const fn count(&self) -> u64 {
        self.applier.count()
    }

    /// Puts a change to the gate, stores it and applies it.
    pub fn change(&mut self, change: Change) -> Result<(), StoreError> {
        let change = PreparedChange::new(self.as_they_know_it(change)?)?;
        self.own(change)
    }

    fn own(&mut self, change: PreparedChange) -> Result<(), StoreError> {
        arrival::check_own(&change.terms).map_err(CheckError::from)?;
        self.prepared(change)
    }

    /// The change with its record named as the desk that it is for names it.
    fn as_they_know_it(&self, change: Change) -> Result<Change, StoreError> {
        let mut change = change;
        // The one desk that it is for may know the record by another id.
        if let Audience::Desks(desks) = &self.applier.header().audience
            && let Some(record) = self.applier.record(change.record)?.filter(|r| r.partner.as_ref() == desks.first())
        {
            change.record = record.named();
        }
        Ok(change)
    }

    /// Puts a copy that was just made of this content to the gate, stores it and applies it.
    ///
    /// # Errors
    ///
    /// Where the change is no copy, and those of [`ActWriter::change`].
    pub fn copy(&mut self, change: Change, content: &Json) -> Result<(), StoreError> {
        let change = PreparedChange::copied(self.as_they_know_it(change)?, content)?;
        self.own(change)
    }

    /// Puts a prepared change to the gate, stores it and applies it.
    pub fn prepared(&mut self, change: PreparedChange) -> Result<(), StoreError> {
        let PreparedChange { line, leaf, terms, words } = change;
        self.applier.change(&line, Some(leaf), &terms, words)
    }

    /// Signs the act and gives it its place.
    pub fn finish(self) -> Result<Written, StoreError> {
        let AppliedAct { mut header, position, first_row, next_number, changes, root } = self.applier.end()?;
        (header.changes, header.root) = (changes, root);
        let bytes = header.to_bytes();
        let signature = self.signer.sign(&header.realm.namespace("act"), &bytes);
        let signature = &signature.map_err(|e| StoreError::Integrity(e.to_string()))?;
        let id = act_id(&bytes);
        let next_number = Some(next_number);
        ActRow { position, id, header: &header, via: None, first_row, next_number, changes, bytes: &bytes, signature }
            .insert(self.conn)?;
        SqlTree::new(self.conn, self.meta.replica).add(header.sequence, leaf_hash(&bytes))?;
        await_carriage(&mut SqlRecordStore::new(self.conn), &header, position)?;
        Ok(Written { id, position, changes })
    }
}

/// Returns what the own desk has seen of the logs in an audience.
fn seen_by(conn: &Connection, meta: &Meta, audience: &Audience) -> Result<Vec<Seen>, StoreError> {
    let Audience::Desks(desks) = audience else { return Ok(Vec::new()) };
    let records = SqlRecordStore::new(conn);
    let mut seen = Vec::new();
    for desk in desks {
        seen.extend(stream::seen(&stream::with(&records, meta.desk, *desk)?));
    }
    Ok(seen)
}

/// Stores the changes of an own act.
struct OwnSink<'c>(ChangeRows<'c>);

impl ChangeSink for OwnSink<'_> {
    type Extra = Option<Option<String>>;

    fn withheld(&mut self, _: ChangeRow, _: &Digest) -> Result<(), StoreError> {
        Err(CheckError::Forged("an act of this desk has a withheld change".into()).into())
    }

    fn change(
        &mut self,
        records: &SqlRecordStore<'_>,
        CheckedChange { view, change, .. }: CheckedChange<'_>,
        words: Self::Extra,
    ) -> Result<(), StoreError> {
        self.0.make_room()?;
        // A copy is not searched: its original is.
        let is_copy = view.def.is_copy;
        let original = if is_copy { records.placed(change.record)? } else { None };
        // What leaves is what stands here: not what somebody has put in its place.
        if let (Some(buckets), Some(row)) = (records.buckets(), original.as_ref().and_then(|(_, record)| record.body)) {
            buckets.check_change(row)?;
        }
        let place = original.map(|((number, _), _)| number).filter(|_| view.def.kind == item::COPY);
        let content_came = matches!(change.body, Body::Whole { .. });
        let row = StoredChangeRow { row: view.row, change, content_came, place };
        self.0.insert(row, words.filter(|_| !is_copy))
    }

    fn lost(&mut self, _: ChangeRow, _: &Change, _: Option<Digest>, _: Self::Extra) -> Result<(), StoreError> {
        Err(CheckError::Forged("an act of this desk is on what is lost here".into()).into())
    }

    fn is_of(&mut self, row: ChangeRow, local: Id) -> Result<(), StoreError> {
        self.0.is_of(row, local)
    }

    fn moved_aside(&mut self, moved: Moved) -> Result<(), StoreError> {
        self.0.moved_aside(moved)
    }

    fn end(&mut self, _: &Header, _: u64, _: &Digest) -> Result<(), StoreError> {
        self.0.index()
    }

    fn refused(&self, error: CheckError) -> StoreError {
        match error {
            // What was read to make the act is not what is authenticated.
            CheckError::Forged(what) => StoreError::Integrity(format!("{what}: somebody has changed the database")),
            other => other.into(),
        }
    }
}
