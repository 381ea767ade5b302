//! The log of acts: the only way to write.
//!
//! An act is begun, its changes are put to the gate, written and applied one by one, and it is finished: signed, given
//! its place in the tree, and noted for whom it waits. The transaction around it is the caller's; dropping it undoes
//! everything.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::{StoreError, damaged};
use super::prepared::PreparedChange;
use super::records::{SqlRecordStore, waiting_partners};
use super::search;
use super::statement::sql;
use super::tree::SqlTree;
use crate::act::change::{Body, Change, Line};
use crate::act::checkpoint::{Checkpoint, origin};
use crate::act::header::{Audience, Header, Neighbour, Seen, act_id};
use crate::act::hybrid::Hybrid;
use crate::act::part::Head;
use crate::act::tree::{Frontier, leaf_hash, root};
use crate::gate::check::{Check, CheckError};
use crate::record::definition::{ActContext, ChangeView, TermsCache, terms_of};
use crate::record::store::{ChangeRow, RecordStore as _};
use crate::record::{self, stream};
use crate::seal::sign::Signer;
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// What a workspace is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meta {
    /// The workspace.
    pub workspace: Id,
    /// Live, or one exercise.
    pub realm: Realm,
    /// The desk.
    pub desk: Id,
    /// This workstation's log.
    pub replica: Id,
}

impl Meta {
    /// Writes it into a new database.
    pub fn write(&self, conn: &Connection) -> Result<(), StoreError> {
        let mut set = conn.prepare_cached(sql!("meta.set"))?;
        for (key, value) in [
            ("workspace", self.workspace.to_string()),
            ("realm", self.realm.to_string()),
            ("desk", self.desk.to_string()),
            ("replica", self.replica.to_string()),
        ] {
            set.execute([key, &value])?;
        }
        Ok(())
    }

    /// Reads it.
    pub fn read(conn: &Connection) -> Result<Self, StoreError> {
        let mut get = conn.prepare_cached(sql!("meta.get"))?;
        let mut text = |key: &str| -> Result<String, StoreError> {
            get.query_row([key], |r| r.get(0)).optional()?.ok_or_else(|| damaged("the workspace's description"))
        };
        let bad = || damaged("the workspace's description");
        Ok(Self {
            workspace: Id::parse(&text("workspace")?).ok_or_else(bad)?,
            realm: Realm::parse(&text("realm")?).ok_or_else(bad)?,
            desk: Id::parse(&text("desk")?).ok_or_else(bad)?,
            replica: Id::parse(&text("replica")?).ok_or_else(bad)?,
        })
    }
}

/// The end of a log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tip {
    /// How many acts it has.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// The id of its last act.
    pub last: Option<Digest>,
    /// The time of its last act.
    pub time: Option<Hybrid>,
}

/// Reads the end of the own log. The last act is read back and compared with its place in the tree.
pub fn tip(conn: &Connection, meta: &Meta) -> Result<Tip, StoreError> {
    let mut last = conn.prepare_cached(sql!("act.last"))?;
    let found = last
        .query_row(params![meta.desk, meta.replica], |r| Ok((r.get::<_, u64>(2)?, r.get::<_, Vec<u8>>(4)?)))
        .optional()?;
    let tree = SqlTree::new(conn, meta.replica);
    let Some((sequence, bytes)) = found else {
        return Ok(Tip { size: 0, root: root(&tree, 0)?, last: None, time: None });
    };
    let header = Header::parse(&bytes).map_err(|_| damaged("the last act of the log"))?;
    let size = sequence.saturating_add(1);
    use crate::act::tree::Nodes as _;
    if header.sequence + 1 != size || tree.node(0, header.sequence)? != leaf_hash(&bytes) {
        return Err(damaged("the last act of the log"));
    }
    Ok(Tip { size, root: root(&tree, size)?, last: Some(act_id(&bytes)), time: Some(header.time) })
}

/// The checkpoint of the own log as it is now.
pub fn checkpoint(conn: &Connection, meta: &Meta) -> Result<Checkpoint, StoreError> {
    let tip = tip(conn, meta)?;
    Ok(Checkpoint { origin: origin(meta.desk, meta.replica, &meta.realm), size: tip.size, root: tip.root })
}

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

/// What was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    /// The act's id.
    pub id: Digest,
    /// Its position.
    pub position: i64,
    /// How many changes it has.
    pub changes: u64,
}

/// An act that is being put to the gate, stored and applied, change by change.
struct ActApplier<'c> {
    conn: &'c Connection,
    meta: &'c Meta,
    header: Header,
    position: i64,
    first_row: i64,
    count: u64,
    /// The record and the terms of the first change.
    first: Option<(Id, Json)>,
    check: Check,
    root: Frontier,
    records: SqlRecordStore<'c>,
    terms_cache: TermsCache,
    /// Words that are not in the index yet, by row: adding them in runs is faster than one by one between other tables.
    words: Vec<(i64, Option<String>)>,
}

/// How many changes' words are added to the index in one run.
const RUN: usize = 256;

impl<'c> ActApplier<'c> {
    fn begin(conn: &'c Connection, meta: &'c Meta, header: Header) -> Result<Self, StoreError> {
        let number = |sql| conn.prepare_cached(sql)?.query_row([], |r| r.get::<_, i64>(0));
        Ok(Self {
            conn,
            meta,
            header,
            position: number(sql!("act.next_position"))?,
            first_row: number(sql!("change.next_row"))?,
            count: 0,
            first: None,
            check: Check::default(),
            root: Frontier::default(),
            records: SqlRecordStore::new(conn),
            terms_cache: TermsCache::default(),
            words: Vec::new(),
        })
    }

    /// Adds the words that wait to the index.
    fn index(&mut self) -> Result<(), StoreError> {
        for (row, words) in self.words.drain(..) {
            search::remember(self.conn, row, words.as_deref())?;
        }
        Ok(())
    }

    fn line(&mut self, ready: PreparedChange) -> Result<(), StoreError> {
        // A change without words may take some out of the index: all that there are must be in it.
        if ready.words.is_none() || self.words.len() >= RUN {
            self.index()?;
        }
        let row = self.first_row + self.count as i64;
        self.root.push(ready.leaf);
        self.count += 1;
        let change = match &ready.line {
            Line::Change(change) => change,
            Line::Withheld(leaf) => {
                if self.first.is_none() {
                    return Err(CheckError::Forged("the first change of an act is withheld".into()).into());
                }
                return store(self.conn, row, Stored { leaf: Some(leaf), ..Stored::default() });
            }
        };
        let Some(def) = record::change(&change.kind) else {
            return Err(CheckError::Unknown.into());
        };
        let (first_record, first) = &*self.first.get_or_insert_with(|| (change.record, ready.terms.clone()));
        let at = ActContext {
            position: self.position,
            home: self.meta.desk,
            header: &self.header,
            first,
            first_row: ChangeRow(self.first_row),
            first_record: *first_record,
            terms_cache: &self.terms_cache,
        };
        let view = ChangeView {
            record: change.record,
            kind: def.name,
            terms: terms_of(first, &ready.terms)?,
            row: ChangeRow(row),
            has_content: change.body != Body::None,
        };
        let records = &mut self.records;
        self.check.change(records, &at, &view)?;
        let own = self.header.desk == self.meta.desk;
        // What was purged here does not come back by a partner's act: its content is not even stored.
        let tombstone = !own && records.is_purged(change.record)?;
        let own_copy = own && matches!(def.name, "item-copy" | "case-share" | "request-send");
        let came = matches!(change.body, Body::Whole { .. });
        if tombstone {
            store(self.conn, row, Stored { change: Some(&change.without_content()), came, ..Stored::default() })?;
        } else {
            let searched = ready.words.filter(|_| !own_copy);
            let place = if own && def.name == record::item::COPY { records.place_of(change.record)? } else { None };
            let searched_now = searched.is_some();
            store(self.conn, row, Stored { change: Some(change), came, searched: searched_now, place, leaf: None })?;
            self.words.extend(searched.map(|words| (row, words)));
        }
        (def.apply)(&mut self.records, &at, &view)?;
        Ok(())
    }

    fn end(&mut self) -> Result<(), StoreError> {
        self.index()?;
        let Some((first_record, first)) = &self.first else {
            return Err(CheckError::Forged("an act without a change".into()).into());
        };
        let at = ActContext {
            position: self.position,
            home: self.meta.desk,
            header: &self.header,
            first,
            first_row: ChangeRow(self.first_row),
            first_record: *first_record,
            terms_cache: &self.terms_cache,
        };
        Ok(self.check.end(&SqlRecordStore::new(self.conn), &at)?)
    }

    fn add_act(&self, bytes: &[u8], signature: &str, via: Option<i64>) -> Result<Written, StoreError> {
        let id = act_id(bytes);
        let audience = match &self.header.audience {
            Audience::Own => "own",
            Audience::Partners => "partners",
            Audience::Desks(_) => "desks",
        };
        self.conn.prepare_cached(sql!("act.add"))?.execute(params![
            self.position,
            id,
            self.header.desk,
            self.header.replica,
            self.header.sequence,
            audience,
            self.header.time.at,
            via,
            self.first_row,
            self.count,
            bytes,
            signature,
        ])?;
        Ok(Written { id, position: self.position, changes: self.count })
    }
}

/// A change as it is stored, or the leaf of one that was withheld.
#[derive(Default)]
struct Stored<'a> {
    change: Option<&'a Change>,
    leaf: Option<&'a Digest>,
    came: bool,
    searched: bool,
    /// Where the record of an own copy stands in the record store.
    place: Option<i64>,
}

fn store(conn: &Connection, row: i64, stored: Stored<'_>) -> Result<(), StoreError> {
    fn text(bytes: &[u8]) -> Result<&str, StoreError> {
        std::str::from_utf8(bytes).map_err(|_| damaged("a change"))
    }
    let Stored { change, leaf, came, searched, place } = stored;
    let (mut content, mut salt, mut commitment) = (None, None, None);
    match change.map(|c| &c.body) {
        Some(Body::Whole { content: bytes, salt: s }) => {
            content = Some(text(bytes)?);
            salt = Some(s.as_slice());
        }
        Some(Body::Redacted(c)) => commitment = Some(c),
        Some(Body::None) | None => {}
    }
    conn.prepare_cached(sql!("change.add"))?.execute(params![
        row,
        change.map(|c| c.record),
        change.map(|c| c.kind.as_str()),
        change.map(|c| text(&c.terms)).transpose()?,
        content,
        salt,
        commitment,
        leaf,
        came,
        searched,
        place,
    ])?;
    Ok(())
}

/// An own act being written.
pub struct ActWriter<'c, 'a> {
    folding: ActApplier<'c>,
    signer: &'a Signer,
}

impl<'c, 'a> ActWriter<'c, 'a> {
    /// Begins an act at the end of the own log.
    pub fn begin(conn: &'c Connection, meta: &'c Meta, author: Author<'a>) -> Result<Self, StoreError> {
        let tip = tip(conn, meta)?;
        let header = Header {
            realm: meta.realm.clone(),
            desk: meta.desk,
            replica: meta.replica,
            sequence: tip.size,
            previous: tip.last,
            seen: seen_by(conn, meta, &author.audience)?,
            time: Hybrid::after(tip.time, author.now),
            member: author.signer.public().person(),
            role: author.role,
            basis: author.basis,
            audience: author.audience,
            changes: 0,
            root: crate::act::tree::empty_root(),
        };
        Ok(Self { folding: ActApplier::begin(conn, meta, header)?, signer: author.signer })
    }

    /// When the act is made: what its terms must be computed from.
    pub const fn now(&self) -> Timestamp {
        self.folding.header.time.at
    }

    /// The record store as it stands within the transaction.
    pub const fn records(&self) -> SqlRecordStore<'c> {
        SqlRecordStore::new(self.folding.conn)
    }

    /// The database within the transaction.
    pub const fn database(&self) -> &'c Connection {
        self.folding.conn
    }

    /// How many changes were made so far.
    pub const fn count(&self) -> u64 {
        self.folding.count
    }

    /// Puts a change to the gate, stores it and applies it.
    pub fn change(&mut self, change: Change) -> Result<(), StoreError> {
        self.ready(PreparedChange::change(change)?)
    }

    /// The same for a change that was made ready before.
    pub fn ready(&mut self, change: PreparedChange) -> Result<(), StoreError> {
        self.folding.line(change)
    }

    /// Signs the act and gives it its place.
    pub fn finish(self) -> Result<Written, StoreError> {
        let ActApplier { conn, meta, .. } = self.folding;
        let mut folding = self.folding;
        folding.end()?;
        folding.header.changes = folding.count;
        folding.header.root = folding.root.root();
        let bytes = folding.header.to_bytes();
        let namespace = meta.realm.namespace("act");
        let signature = self.signer.sign(&namespace, &bytes).map_err(|e| StoreError::Integrity(e.to_string()))?;
        let written = folding.add_act(&bytes, &signature, None)?;
        SqlTree::new(conn, meta.replica).add(folding.header.sequence, leaf_hash(&bytes))?;
        let mut records = SqlRecordStore::new(conn);
        let waits_for = match &folding.header.audience {
            Audience::Own => Vec::new(),
            Audience::Partners => waiting_partners(&records)?,
            Audience::Desks(desks) => desks.clone(),
        };
        for partner in waits_for {
            records.await_carriage(partner, written.position)?;
        }
        Ok(written)
    }
}

/// What the own desk has seen of the logs in an audience.
fn seen_by(conn: &Connection, meta: &Meta, audience: &Audience) -> Result<Vec<Seen>, StoreError> {
    let Audience::Desks(desks) = audience else { return Ok(Vec::new()) };
    let records = SqlRecordStore::new(conn);
    let mut seen = Vec::new();
    for desk in desks {
        seen.extend(stream::seen(&stream::with(&records, meta.desk, *desk)?));
    }
    Ok(seen)
}

/// Whether a partner's act speaks truly of what its author had seen of this desk's log.
pub fn saw_what_is(conn: &Connection, meta: &Meta, header: &Header) -> Result<bool, StoreError> {
    let size = tip(conn, meta)?.size;
    for seen in header.seen.iter().filter(|s| s.desk == meta.desk) {
        let ours = seen.replica == meta.replica && seen.size <= size;
        if !ours || root(&SqlTree::new(conn, meta.replica), seen.size)? != seen.root {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The act that stands nearest to another one in its log.
fn neighbour(conn: &Connection, sql: &str, header: &Header) -> Result<Option<Neighbour>, StoreError> {
    let key = params![header.desk, header.replica, header.sequence];
    let found: Option<Vec<u8>> = conn.prepare_cached(sql)?.query_row(key, |r| r.get(0)).optional()?;
    let Some(bytes) = found else { return Ok(None) };
    let header = Header::parse(&bytes).map_err(|_| damaged("an act's header"))?;
    Ok(Some(header.neighbour(act_id(&bytes))))
}

/// A partner's act being taken in. Its signature, its root and its place in the partner's log were verified before.
pub struct ActImporter<'c> {
    folding: ActApplier<'c>,
    via: i64,
}

impl<'c> ActImporter<'c> {
    /// Begins to take in the act of that id, which the import at position `via` lists.
    pub fn begin(
        conn: &'c Connection,
        meta: &'c Meta,
        header: Header,
        id: Digest,
        via: i64,
    ) -> Result<Self, StoreError> {
        if header.realm != meta.realm {
            return Err(CheckError::Forged("the act is of another realm".into()).into());
        }
        if !saw_what_is(conn, meta, &header)? {
            return Err(CheckError::Forged(
                "an act says that it has seen a history of this desk that is not here".into(),
            )
            .into());
        }
        let near = |sql| neighbour(conn, sql, &header);
        if let Err(what) = header.fits(id, near(sql!("act.before"))?.as_ref(), near(sql!("act.after"))?.as_ref()) {
            return Err(CheckError::Forged(format!("an act {what}")).into());
        }
        Ok(Self { folding: ActApplier::begin(conn, meta, header)?, via })
    }

    /// Puts a change to the gate, stores it and applies it.
    pub fn line(&mut self, line: PreparedChange) -> Result<(), StoreError> {
        self.folding.line(line)
    }

    /// Ends the act.
    pub fn finish(mut self, head: &Head) -> Result<Written, StoreError> {
        self.folding.end()?;
        if self.folding.root.root() != self.folding.header.root {
            return Err(CheckError::Forged("an act's changes are not those that were signed".into()).into());
        }
        self.folding.add_act(&head.header, &head.signature, Some(self.via))
    }
}
