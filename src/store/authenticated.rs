//! Records that are authenticated: whoever has the key of the database, or puts old pages back, cannot make the gate believe a row
//! that no act has made.
//!
//! Each record lies in a bucket: with all others that the gate may find by the same thing (what they are about, their partner, their
//! key), so that a row that is missing shows too; items lie in buckets by their numbers, as do the leaves of changes. A bucket has a
//! digest over its rows, a tree of nodes stands over the digests, and its root is remembered by each member outside of the
//! database. A bucket is read whole and compared before a row of it is believed or changed. Digests are over terms and over leaves,
//! which hold salted commitments: none tells what an erased content was. Nothing here decides what to do about a fault.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::{Digest as _, Sha256};

use super::error::StoreError;
use super::read;
use super::statement::sql;
use crate::record;
use crate::record::definition::LookUp;
use crate::record::kind::Kind;
use crate::record::store::{ChangeRow, Query, Record, RecordStoreError};
use crate::value::digest::Digest;
use crate::value::id::Id;

/// How many buckets there are for records that are found by something.
const HASHED: u64 = 1024;
/// How many numbers of items, or rows of changes, a bucket has.
const ROWS: i64 = 64;
/// The numbers that records and changes have: no other is in a bucket.
const NUMBERS: std::ops::Range<i64> = 1..1 << 36;
/// How many hashes a node has.
const FAN_OUT: u64 = 32;
/// The height of the one node at the top; buckets have height 0. That is enough for a thousand million records.
const TOP: u8 = 5;

/// The digest of a bucket without rows, and of a node without hashes.
const EMPTY: [u8; 32] = [0; 32];

/// What is done about the digests of records while an act is applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Authentication {
    /// Nothing: the records are only looked at.
    Off,
    /// They are kept up; what is read was written by the same replay.
    Kept,
    /// The same, and records are kept as they were before the act.
    Compared,
    /// They are kept up, and what is read is compared with them.
    Checked,
    /// They are kept up, what is read is compared with them, and records are kept as they were before the act.
    Undoable,
}

/// The place of a bucket among all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
struct Bucket(u64);

impl Bucket {
    /// The bucket of the item with a number.
    const fn of_number(number: i64) -> Self {
        Self(HASHED + 2 * (number / ROWS).unsigned_abs())
    }

    /// The bucket of the change in a row.
    const fn of_change(row: i64) -> Self {
        Self(Self::of_number(row).0 + 1)
    }

    /// The bucket of what is found by something.
    fn of_parts(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let [a, b, ..] = <[u8; 32]>::from(hash.finalize());
        Self(u64::from(u16::from_be_bytes([a, b])) % HASHED)
    }

    /// The first number or row of a bucket that goes by numbers; `None` where it does not.
    fn first(self) -> Option<i64> {
        self.0.checked_sub(HASHED).and_then(|n| i64::try_from(n / 2 * ROWS as u64).ok())
    }
}

/// The bucket of a record, as it is stored with it; `None` where its number says it.
pub(super) fn bucket_of(record: &Record) -> Option<i64> {
    let kind = record.kind.word().as_bytes();
    let by_id = || Bucket::of_parts(&[b"id", record.id.as_bytes()]);
    let by = |word: &[u8], id: Option<Id>| id.map_or_else(by_id, |id| Bucket::of_parts(&[word, id.as_bytes()]));
    let bucket = match record::kind_def(record.kind).looked_up_by {
        LookUp::IdOfMany => return None,
        LookUp::Id => by_id(),
        LookUp::Subject => by(b"subject", record.subject),
        LookUp::Partner => by(b"partner", record.partner),
        LookUp::Key => record.key.as_ref().map_or_else(by_id, |key| Bucket::of_parts(&[b"key", kind, key.as_bytes()])),
        LookUp::Kind => Bucket::of_parts(&[b"kind", kind]),
    };
    i64::try_from(bucket.0).ok()
}

/// The bucket in which everything lies that a query finds; `None` where it may lie in several.
pub(super) fn bucket_of_query(query: &Query) -> Option<i64> {
    let kind = query.kind?;
    let word = kind.word().as_bytes();
    let bucket = match record::kind_def(kind).looked_up_by {
        LookUp::Id | LookUp::IdOfMany => None,
        LookUp::Subject => query.subject.map(|id| Bucket::of_parts(&[b"subject", id.as_bytes()])),
        LookUp::Partner => query.partner.map(|id| Bucket::of_parts(&[b"partner", id.as_bytes()])),
        LookUp::Key => query.key.as_ref().map(|key| Bucket::of_parts(&[b"key", word, key.as_bytes()])),
        LookUp::Kind => Some(Bucket::of_parts(&[b"kind", word])),
    }?;
    i64::try_from(bucket.0).ok()
}

/// Returns the root over the digests of all records.
pub fn root(conn: &Connection) -> Result<Digest, StoreError> {
    let top = stored_node(conn, TOP, 0)?;
    Ok(Digest::from_bytes(top.map_or(EMPTY, |node| hash_of_node(&node))))
}

/// What is stored is not what acts have made of it.
#[derive(Debug, thiserror::Error)]
#[error("{0} is not what the acts made of it: somebody has changed the database")]
struct Changed(String);

impl From<Changed> for RecordStoreError {
    fn from(error: Changed) -> Self {
        Self(Box::new(error))
    }
}

impl From<Changed> for StoreError {
    fn from(error: Changed) -> Self {
        Self::Integrity(error.to_string())
    }
}

/// A record's number, and the bucket that is stored with it.
pub(super) type Location = (i64, Option<i64>);

/// The digests of the buckets while an act is applied, or while a question is asked.
pub(super) struct Buckets<'c> {
    conn: &'c Connection,
    checks: bool,
    /// The position of the act, where records are kept as they were before it.
    undo: Option<i64>,
    /// Numbers of records and rows of changes from here on are the act's own.
    new_from: (i64, i64),
    nodes: RefCell<BTreeMap<(u8, u64), Vec<u8>>>,
    /// Nodes that are not stored as they are here.
    changed_nodes: RefCell<BTreeSet<(u8, u64)>>,
    /// Buckets that were as their digests said.
    checked: RefCell<HashSet<Bucket>>,
    /// Buckets of which records were changed.
    changed: RefCell<BTreeSet<Bucket>>,
    /// The bucket of the newest items of this act, which are hashed as they come.
    growing: RefCell<Option<(Bucket, Sha256)>>,
    /// The bucket of the newest changes of this act, and its digest so far.
    chain: Cell<Option<(Bucket, [u8; 32])>>,
    /// The bucket of the first change of this act, and its digest before the act.
    before: Cell<Option<(Bucket, [u8; 32])>>,
    /// Digests of terms that stand once for many records, by their number as it is stored.
    terms: RefCell<HashMap<String, [u8; 32]>>,
}

impl<'c> Buckets<'c> {
    /// The digests as they are stored, to ask by.
    pub(super) fn to_ask(conn: &'c Connection) -> Self {
        Self::new(conn, true, None, (i64::MAX, i64::MAX))
    }

    /// The digests while the act at a position is applied, whose new records and changes have numbers from `new_from` on.
    pub(super) fn for_act(
        conn: &'c Connection,
        how: Authentication,
        position: i64,
        new_from: (i64, i64),
    ) -> Option<Self> {
        let checks = matches!(how, Authentication::Checked | Authentication::Undoable);
        let undo = matches!(how, Authentication::Compared | Authentication::Undoable).then_some(position);
        (how != Authentication::Off).then(|| Self::new(conn, checks, undo, new_from))
    }

    fn new(conn: &'c Connection, checks: bool, undo: Option<i64>, new_from: (i64, i64)) -> Self {
        Self {
            conn,
            checks,
            undo,
            new_from,
            nodes: RefCell::default(),
            changed_nodes: RefCell::default(),
            checked: RefCell::default(),
            changed: RefCell::default(),
            growing: RefCell::default(),
            chain: Cell::default(),
            before: Cell::default(),
            terms: RefCell::default(),
        }
    }

    // --- asking ------------------------------------------------------------------------------------------------------

    /// Checks a record that was read, and all that lies in its bucket.
    pub(super) fn check_record(&self, record: &Record, (number, stored): Location) -> Result<(), RecordStoreError> {
        let bucket = bucket_of(record);
        if self.checks && (stored != bucket || !NUMBERS.contains(&number)) {
            return Err(Changed(format!("the {} {}", record.kind.word(), record.id)).into());
        }
        self.check(place_of(number, bucket))
    }

    /// Checks everything that lies in a bucket by its number.
    pub(super) fn check_bucket(&self, bucket: i64) -> Result<(), RecordStoreError> {
        self.check(Bucket(bucket.unsigned_abs()))
    }

    /// Checks every record, and that the index of cases lists all that are in one.
    pub(super) fn check_case(&self, case: Id) -> Result<(), RecordStoreError> {
        let next: i64 = self.conn.prepare_cached(sql!("record.next_number"))?.query_row([], |r| r.get(0))?;
        // No record is ever taken away, so that the last number is their count.
        let held: i64 = self.conn.prepare_cached(sql!("record.count"))?.query_row([], |r| r.get(0))?;
        if next != held + 1 {
            return Err(Changed("the number of records".to_owned()).into());
        }
        let numbered = (0..=next / ROWS).map(|n| Bucket::of_number(n * ROWS));
        (0..HASHED).map(Bucket).chain(numbered).try_for_each(|bucket| self.check(bucket))?;
        let count = |sql: &str| -> Result<i64, RecordStoreError> {
            Ok(self.conn.prepare_cached(sql)?.query_row([case], |r| r.get(0))?)
        };
        let is_complete = count(sql!("record.read_of_case"))? == count(sql!("record.listed_of_case"))?;
        if is_complete { Ok(()) } else { Err(Changed("the index of what a case holds".to_owned()).into()) }
    }

    /// Checks the change in a row, and those around it.
    pub(super) fn check_change(&self, ChangeRow(row): ChangeRow) -> Result<(), StoreError> {
        let bucket = Bucket::of_change(row);
        if self.checks && !NUMBERS.contains(&row) {
            return Err(Changed(format!("change {row}")).into());
        }
        if !self.checks || row >= self.new_from.1 || self.checked.borrow().contains(&bucket) {
            return Ok(());
        }
        let digest = self.digest_of_leaves(bucket, self.new_from.1)?;
        let said = match self.before.get() {
            Some((same, before)) if same == bucket => before,
            _ => self.digest(bucket)?,
        };
        if digest != said {
            return Err(Changed(format!("change {row}")).into());
        }
        self.checked.borrow_mut().insert(bucket);
        Ok(())
    }

    fn check(&self, bucket: Bucket) -> Result<(), RecordStoreError> {
        if !self.checks || self.checked.borrow().contains(&bucket) {
            return Ok(());
        }
        if self.digest_of_rows(bucket, self.new_from.0)? != self.digest(bucket)? {
            let what = bucket.first().map_or_else(|| "a record".to_owned(), |first| format!("a record near {first}"));
            return Err(Changed(what).into());
        }
        self.checked.borrow_mut().insert(bucket);
        Ok(())
    }

    fn digest_of_leaves(&self, bucket: Bucket, below: i64) -> Result<[u8; 32], StoreError> {
        let first = bucket.first().unwrap_or(0);
        let mut digest = EMPTY;
        read::changes_between(self.conn, first, (first + ROWS).min(below), |stored| {
            digest = chained(&digest, &stored.line.leaf());
            Ok::<(), StoreError>(())
        })?;
        Ok(digest)
    }

    fn digest_of_rows(&self, bucket: Bucket, below: i64) -> Result<[u8; 32], RecordStoreError> {
        let (sql, from, until) = match bucket.first() {
            Some(first) => (sql!("record.of_numbers"), first, (first + ROWS).min(below)),
            None => (sql!("record.of_bucket"), i64::try_from(bucket.0).unwrap_or(i64::MAX), below),
        };
        let mut all = self.conn.prepare_cached(sql)?;
        let mut rows = all.query(params![from, until])?;
        let mut hash = None;
        while let Some(row) = rows.next()? {
            let hash = hash.get_or_insert_with(new_bucket);
            update(hash, row.get_ref(0)?);
            for column in 1..COLUMNS {
                let value = row.get_ref(column)?;
                if column == TERMS { self.update_terms(hash, row.get_ref(2)?, value)? } else { update(hash, value) }
            }
        }
        Ok(hash.map_or(EMPTY, |hash| hash.finalize().into()))
    }

    /// Adds terms: those that stand once for many items as what they say.
    fn update_terms(&self, hash: &mut Sha256, kind: ValueRef<'_>, terms: ValueRef<'_>) -> Result<(), RecordStoreError> {
        let text = terms.as_str().unwrap_or_default();
        if kind.as_str().ok() != Some(Kind::Item.word()) {
            update(hash, ValueRef::Blob(&Sha256::digest(text)));
            return Ok(());
        }
        if let Some(known) = self.terms.borrow().get(text) {
            update(hash, ValueRef::Blob(known));
            return Ok(());
        }
        let number = text.parse::<i64>().ok();
        let shared: Option<String> = match number {
            Some(number) => {
                self.conn.prepare_cached(sql!("terms.get"))?.query_row([number], |r| r.get(0)).optional()?
            }
            None => None,
        };
        let digest = <[u8; 32]>::from(Sha256::digest(shared.as_deref().unwrap_or(text)));
        if number.is_some() {
            self.terms.borrow_mut().insert(text.to_owned(), digest);
        }
        update(hash, ValueRef::Blob(&digest));
        Ok(())
    }

    // --- writing -----------------------------------------------------------------------------------------------------

    /// Prepares for a record that is changed, from one bucket to another or within one.
    pub(super) fn will_change(&self, (number, old): Location, new: Option<i64>) -> Result<(), RecordStoreError> {
        if self.checks && !NUMBERS.contains(&number) {
            return Err(Changed(format!("record {number}")).into());
        }
        for bucket in [place_of(number, old), place_of(number, new)] {
            self.check(bucket)?;
            self.changed.borrow_mut().insert(bucket);
        }
        if let Some(position) = self.undo.filter(|_| number < self.new_from.0) {
            self.conn.prepare_cached(sql!("undo.add"))?.execute(params![position, number])?;
        }
        Ok(())
    }

    /// Prepares for a new record.
    pub(super) fn will_add(&self, bucket: Option<i64>) -> Result<(), RecordStoreError> {
        bucket.map_or(Ok(()), |bucket| self.check_bucket(bucket))
    }

    /// Takes a new record, as it was stored.
    pub(super) fn added(&self, (number, bucket): Location, values: &[&dyn ToSql]) -> Result<(), RecordStoreError> {
        let place = place_of(number, bucket);
        if bucket.is_some() || self.changed.borrow().contains(&place) {
            self.changed.borrow_mut().insert(place);
            return Ok(());
        }
        let is_growing = self.growing.borrow().as_ref().is_some_and(|(growing, _)| *growing == place);
        if !is_growing {
            self.check(place)?;
            self.end_growing()?;
            if place.first() != Some(number) {
                self.changed.borrow_mut().insert(place);
                return Ok(());
            }
            *self.growing.borrow_mut() = Some((place, new_bucket()));
        }
        let mut growing = self.growing.borrow_mut();
        let Some((_, hash)) = growing.as_mut() else { return Ok(()) };
        update(hash, ValueRef::Integer(number));
        for (column, value) in (1..).zip(values) {
            let output = value.to_sql()?;
            let value = match &output {
                ToSqlOutput::Borrowed(value) => *value,
                ToSqlOutput::Owned(value) => value.into(),
                _ => ValueRef::Null,
            };
            if column == TERMS {
                self.update_terms(hash, ValueRef::Text(Kind::Item.word().as_bytes()), value)?;
            } else {
                update(hash, value);
            }
        }
        Ok(())
    }

    /// Takes the leaf of the next change.
    pub(super) fn leaf(&self, ChangeRow(row): ChangeRow, leaf: &Digest) -> Result<(), StoreError> {
        let bucket = Bucket::of_change(row);
        let so_far = match self.chain.get() {
            Some((same, digest)) if same == bucket => digest,
            other => {
                other.map_or(Ok(()), |(full, digest)| self.set(0, full.0, digest))?;
                let before = self.digest(bucket)?;
                if self.checks && bucket.first() == Some(row) && before != EMPTY {
                    return Err(Changed(format!("change {row}")).into());
                }
                if self.before.get().is_none() {
                    self.before.set(Some((bucket, before)));
                }
                before
            }
        };
        self.chain.set(Some((bucket, chained(&so_far, leaf))));
        Ok(())
    }

    /// Takes back the leaves of the changes from a row on.
    pub(super) fn forget_leaves(&self, from: i64, last: i64) -> Result<(), StoreError> {
        let bucket = Bucket::of_change(from);
        self.set(0, bucket.0, self.digest_of_leaves(bucket, from)?)?;
        for n in from / ROWS + 1..=last / ROWS {
            self.set(0, Bucket::of_change(n * ROWS).0, EMPTY)?;
        }
        Ok(())
    }

    /// Notes that records in the bucket of one that is to be taken away are changed.
    pub(super) fn will_remove(&self, (number, bucket): Location) {
        self.changed.borrow_mut().insert(place_of(number, bucket));
    }

    fn end_growing(&self) -> Result<(), RecordStoreError> {
        let ended = self.growing.borrow_mut().take();
        let Some((bucket, hash)) = ended.filter(|(bucket, _)| !self.changed.borrow().contains(bucket)) else {
            return Ok(());
        };
        // Its rows are there now, and come from this act.
        self.checked.borrow_mut().insert(bucket);
        self.set(0, bucket.0, hash.finalize().into())?;
        Ok(())
    }

    /// Stores the digests of what was changed, up to the root.
    pub(super) fn store(&self) -> Result<(), StoreError> {
        self.end_growing()?;
        if let Some((bucket, digest)) = self.chain.take() {
            self.set(0, bucket.0, digest)?;
        }
        for bucket in self.changed.take() {
            self.set(0, bucket.0, self.digest_of_rows(bucket, i64::MAX)?)?;
        }
        let (mut put, mut drop) =
            (self.conn.prepare_cached(sql!("digest.put"))?, self.conn.prepare_cached(sql!("digest.drop"))?);
        // A node that is stored changes one above it, which comes later in this order.
        loop {
            let next = self.changed_nodes.borrow_mut().pop_first();
            let Some((height, place)) = next else { return Ok(()) };
            let hashes = self.nodes.borrow().get(&(height, place)).cloned().unwrap_or_default();
            let is_empty = hashes.iter().all(|byte| *byte == 0);
            if is_empty {
                drop.execute([key(height, place)])?;
            } else {
                put.execute(params![key(height, place), hashes])?;
            }
            if height < TOP {
                self.set(height, place, if is_empty { EMPTY } else { hash_of_node(&hashes) })?;
            }
        }
    }

    // --- the tree of digests -----------------------------------------------------------------------------------------

    fn digest(&self, bucket: Bucket) -> Result<[u8; 32], RecordStoreError> {
        self.hash(0, bucket.0)
    }

    /// The hash of what lies at a height and a place, as the node above it says.
    fn hash(&self, height: u8, place: u64) -> Result<[u8; 32], RecordStoreError> {
        self.load(height + 1, place / FAN_OUT)?;
        let nodes = self.nodes.borrow();
        let hashes = nodes.get(&(height + 1, place / FAN_OUT)).map(Vec::as_slice).unwrap_or_default();
        Ok(hashes.chunks_exact(32).nth((place % FAN_OUT) as usize).and_then(|h| h.try_into().ok()).unwrap_or(EMPTY))
    }

    fn set(&self, height: u8, place: u64, hash: [u8; 32]) -> Result<(), RecordStoreError> {
        let above = (height + 1, place / FAN_OUT);
        self.load(above.0, above.1)?;
        let mut nodes = self.nodes.borrow_mut();
        let slot = nodes.get_mut(&above).and_then(|all| all.chunks_exact_mut(32).nth((place % FAN_OUT) as usize));
        let Some(slot) = slot else { return Ok(()) };
        if slot != hash.as_slice() {
            slot.copy_from_slice(&hash);
            self.changed_nodes.borrow_mut().insert(above);
        }
        Ok(())
    }

    /// Reads a node, and compares it with the one above it.
    fn load(&self, height: u8, place: u64) -> Result<(), RecordStoreError> {
        if self.nodes.borrow().contains_key(&(height, place)) {
            return Ok(());
        }
        if height > TOP || (height == TOP && place > 0) {
            return Err(Changed("a number of a record".to_owned()).into());
        }
        let stored = stored_node(self.conn, height, place)?;
        if self.checks && height < TOP {
            let found = stored.as_ref().map_or(EMPTY, |node| hash_of_node(node));
            if found != self.hash(height, place)? {
                return Err(Changed("the tree of digests".to_owned()).into());
            }
        }
        let mut node = stored.unwrap_or_default();
        node.resize(FAN_OUT as usize * 32, 0);
        self.nodes.borrow_mut().insert((height, place), node);
        Ok(())
    }
}

/// How many columns of a record are hashed, its number among them, and which of them its terms are.
const COLUMNS: usize = 14;
const TERMS: usize = 11;

fn place_of(number: i64, bucket: Option<i64>) -> Bucket {
    bucket.map_or_else(|| Bucket::of_number(number), |bucket| Bucket(bucket.unsigned_abs()))
}

const fn key(height: u8, place: u64) -> i64 {
    ((height as i64) << 40) | place as i64
}

fn stored_node(conn: &Connection, height: u8, place: u64) -> Result<Option<Vec<u8>>, rusqlite::Error> {
    conn.prepare_cached(sql!("digest.get"))?.query_row([key(height, place)], |r| r.get(0)).optional()
}

fn hash_of_node(node: &[u8]) -> [u8; 32] {
    Sha256::new_with_prefix(b"comity/node/1\0").chain_update(node).finalize().into()
}

fn new_bucket() -> Sha256 {
    Sha256::new_with_prefix(b"comity/bucket/1\0")
}

fn chained(before: &[u8; 32], leaf: &Digest) -> [u8; 32] {
    Sha256::new().chain_update(before).chain_update(leaf.as_bytes()).finalize().into()
}

/// Adds a value so that no two lists of values are added in the same way.
fn update(hash: &mut Sha256, value: ValueRef<'_>) {
    let mut add = |sort: u8, bytes: &[u8]| {
        hash.update([sort]);
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    match value {
        ValueRef::Null => add(0, b""),
        ValueRef::Integer(n) => add(1, &n.to_be_bytes()),
        ValueRef::Real(n) => add(2, &n.to_be_bytes()),
        ValueRef::Text(text) => add(3, text),
        ValueRef::Blob(bytes) => add(4, bytes),
    }
}
