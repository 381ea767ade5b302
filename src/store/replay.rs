//! Reading the log again from its first act: every signature, root and place is checked, every own act is put to the
//! gate with the facts of its time, every table is applied again and compared with the one that is stored.

use std::collections::{BTreeMap, HashMap, HashSet};

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::connection;
use super::error::StoreError;
use super::log::{self, Meta};
use super::read::{self, StoredAct};
use super::records::{SqlRecordStore, waiting_partners};
use super::search;
use super::statement::sql;
use super::tree::SqlTree;
use crate::act::change::{Body, Line};
use crate::act::header::{Audience, Header, Neighbour, act_id};
use crate::act::tree::{Frontier, Nodes as _, leaf_hash};
use crate::gate::check::Check;
use crate::record::definition::{ActContext, ChangeView, TermsCache, terms_of};
use crate::record::store::{ChangeRow, RecordStore as _};
use crate::record::stream::{Arrival, Contents};
use crate::record::{self, member};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};

/// How far the reading has come: acts and changes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Progress {
    /// Acts that were read.
    pub acts: u64,
    /// Changes that were read.
    pub changes: u64,
}

/// Reads the whole log again. `scratch` is an empty database with the same schema; `go_on` is asked now and then.
pub fn replay(
    conn: &Connection,
    scratch: &Connection,
    meta: &Meta,
    mut go_on: impl FnMut(Progress) -> bool,
) -> Result<Progress, StoreError> {
    let mut replay = Replay::begin(conn, scratch, meta);
    let mut position = 1;
    loop {
        let page = read::acts_from(conn, position, 64)?;
        if page.is_empty() {
            break;
        }
        for act in page {
            if act.position != position {
                return fault(format!("act {position} is missing"));
            }
            replay.act(&act, &mut go_on)?;
            position += 1;
        }
    }
    if let Some((via, _)) = replay.expected.first() {
        return fault(format!("the import at act {via} lists acts that are not here"));
    }
    replay.arrived()?;
    replay.compare()?;
    search::check(conn, scratch)?;
    Ok(replay.progress)
}

/// Applies the acts up to a position into `back`, a second connection to the same database: what is read from it then is the
/// record as it was, in memory alone. Content is read from the database itself, so what was erased since stays erased.
/// It verifies nothing: that is what [`replay`] is for.
pub fn look_back(
    conn: &Connection,
    back: &Connection,
    meta: &Meta,
    until: i64,
    mut go_on: impl FnMut(Progress) -> bool,
) -> Result<Progress, StoreError> {
    connection::stand_before(back)?;
    let mut replay = Replay { verifies: false, ..Replay::begin(conn, back, meta) };
    let folding = connection::snapshot(back)?;
    let (mut position, mut row) = (1, 0);
    while position <= until {
        let page = read::acts_from(conn, position, 64)?;
        if page.is_empty() {
            break;
        }
        for act in page.iter().take_while(|act| act.position <= until) {
            replay.apply(act, &act.read_header()?, &mut go_on)?;
            replay.progress.acts += 1;
            row = act.first_row + act.changes as i64 - 1;
        }
        position = page.last().map_or(until, |act| act.position) + 1;
    }
    folding.commit()?;
    let progress = replay.progress;
    connection::show_up_to(back, until, row)?;
    Ok(progress)
}

fn fault<T>(what: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::Integrity(what.into()))
}

struct Replay<'c> {
    conn: &'c Connection,
    scratch: &'c Connection,
    meta: &'c Meta,
    /// Whether what is read is verified, not only applied.
    verifies: bool,
    progress: Progress,
    /// Acts that the import before must be followed by: its position, and their ids in order.
    expected: Vec<(i64, Digest)>,
    rows: i64,
    /// The acts of each workstation's log, by their places.
    logs: HashMap<(Id, Id), BTreeMap<u64, Neighbour>>,
    /// What the last import says came whole, and what was found to have come.
    arriving: Option<(Digest, Contents)>,
    /// Records that were erased.
    erased: HashSet<Id>,
}

impl<'c> Replay<'c> {
    fn begin(conn: &'c Connection, scratch: &'c Connection, meta: &'c Meta) -> Self {
        Self {
            conn,
            scratch,
            meta,
            verifies: true,
            progress: Progress::default(),
            expected: Vec::new(),
            rows: 1,
            logs: HashMap::new(),
            arriving: None,
            erased: HashSet::new(),
        }
    }

    fn act(&mut self, act: &StoredAct, go_on: &mut impl FnMut(Progress) -> bool) -> Result<(), StoreError> {
        let n = act.position;
        let header = act.read_header()?;
        let Header { desk, replica, sequence, .. } = header;
        let stated = (act.id, act.desk, act.replica, act.sequence, act.changes);
        if stated != (act_id(&act.header), desk, replica, sequence, header.changes) || header.realm != self.meta.realm {
            return fault(format!("act {n} is stored as another than it is"));
        }
        if act.first_row != self.rows {
            return fault(format!("the changes of act {n} are not where they belong"));
        }
        self.rows += act.changes as i64;
        self.place(act, &header)?;
        let arrives = self.apply(act, &header, go_on)?;
        self.signature(act, &header)?;
        self.expected.extend(arrives.into_iter().map(|id| (n, id)));
        self.progress.acts += 1;
        Ok(())
    }

    /// The act has its place in its log; an own act is in the tree; a partner's is listed by its import.
    fn place(&mut self, act: &StoredAct, header: &Header) -> Result<(), StoreError> {
        let n = act.position;
        let own = header.desk == self.meta.desk;
        if own && header.replica != self.meta.replica {
            return fault(format!("act {n} was made at another workstation than this workspace says it is"));
        }
        let log = self.logs.entry((header.desk, header.replica)).or_default();
        // Of a partner's log only what is for this desk is here, and what had to wait there comes later than its place.
        if own && header.sequence != log.len() as u64 {
            return fault(format!("act {n} does not follow the one before it in its log"));
        }
        let before = log.range(..=header.sequence).next_back().map(|(_, a)| *a);
        let after = log.range(header.sequence..).next().map(|(_, a)| *a);
        if let Err(what) = header.fits(act.id, before.as_ref(), after.as_ref()) {
            return fault(format!("act {n} {what}"));
        }
        log.insert(header.sequence, header.neighbour(act.id));
        if own {
            if act.via.is_some()
                || SqlTree::new(self.conn, header.replica).node(0, header.sequence)? != leaf_hash(&act.header)
            {
                return fault(format!("act {n} is not in the log's tree"));
            }
            if !self.expected.is_empty() {
                return fault(format!("an act is missing before act {n}"));
            }
            return self.arrived();
        }
        if !log::saw_what_is(self.conn, self.meta, header)? {
            return fault(format!("act {n} says that it has seen a history of this desk that is not here"));
        }
        if self.expected.first() != act.via.map(|via| (via, act.id)).as_ref() {
            return fault(format!("act {n} is a partner's that no import lists"));
        }
        self.expected.remove(0);
        Ok(())
    }

    /// All that the last import listed was read: what came whole then is what it says.
    fn arrived(&mut self) -> Result<(), StoreError> {
        let fits = self.arriving.take().is_none_or(|(said, found)| said == found.digest());
        if fits { Ok(()) } else { fault("an import is said to have brought other content than it did") }
    }

    /// Whoever signed is enrolled at the act's desk by now, and the signature is theirs.
    fn signature(&self, act: &StoredAct, header: &Header) -> Result<(), StoreError> {
        let records = SqlRecordStore::new(self.scratch);
        let signer = member::by_person(&records, header.member)?.filter(|m| m.desk == header.desk);
        let Some(key) = signer.as_ref().and_then(member::signing_key) else {
            return fault(format!("act {} is signed by nobody who is enrolled", act.position));
        };
        let namespace = header.realm.namespace("act");
        key.verify(&namespace, &act.header, &act.signature)
            .map_err(|e| StoreError::Integrity(format!("act {}: {e}", act.position)))
    }

    /// Applies the act's changes into the scratch record store. Answers the acts that must follow, where it is an import.
    fn apply(
        &mut self,
        act: &StoredAct,
        header: &Header,
        go_on: &mut impl FnMut(Progress) -> bool,
    ) -> Result<Vec<Digest>, StoreError> {
        let n = act.position;
        let own = header.desk == self.meta.desk;
        let mut root = Frontier::default();
        let (mut check, terms_cache) = (Check::default(), TermsCache::default());
        let mut first: Option<(Id, Json)> = None;
        let mut arrives = Vec::new();
        let mut records = SqlRecordStore::new(self.scratch);
        let stopped = |e: &dyn std::fmt::Display| StoreError::Integrity(format!("act {n} should not be there: {e}"));
        read::changes(self.conn, act, |stored| {
            if self.verifies {
                root.push(stored.line.leaf());
            }
            self.progress.changes += 1;
            if self.progress.changes.is_multiple_of(4096) && !go_on(self.progress) {
                return Err(StoreError::Cancelled);
            }
            let Line::Change(change) = &stored.line else {
                return if own { fault(format!("act {n} has a change that says nothing")) } else { Ok(()) };
            };
            let terms = json::parse(&change.terms, Limits::SIGNED)
                .map_err(|_| StoreError::Integrity(format!("act {n} has damaged terms")))?;
            let Some(def) = record::change(&change.kind) else {
                return fault(format!("act {n} has a change of an unknown kind"));
            };
            let (first_record, first) = &*first.get_or_insert_with(|| (change.record, terms.clone()));
            let at = ActContext {
                position: n,
                home: self.meta.desk,
                header,
                first,
                first_row: ChangeRow(act.first_row),
                first_record: *first_record,
                terms_cache: &terms_cache,
            };
            let view = ChangeView {
                record: change.record,
                kind: def.name,
                terms: terms_of(first, &terms).map_err(|e| stopped(&e))?,
                row: ChangeRow(stored.row),
                has_content: change.body != Body::None,
            };
            if own && stored.came != view.has_content {
                return fault(format!("act {n} has a change whose content is said not to have come"));
            }
            if let (false, true, Some((_, came))) = (own, stored.came, &mut self.arriving) {
                came.add(&stored.line.leaf());
            }
            if def.name == record::purge::ERASE {
                self.erased.insert(change.record);
            }
            if self.verifies {
                check.change(&records, &at, &view).map_err(|e| stopped(&e))?;
            }
            (def.apply)(&mut records, &at, &view).map_err(|e| stopped(&e))?;
            if self.verifies && stored.searched {
                let content =
                    change.read_content().map_err(|_| StoreError::Integrity(format!("act {n} has damaged content")))?;
                let words = content.as_ref().map(search::words);
                words.map(|w| search::remember(self.scratch, stored.row, w.as_deref())).transpose()?;
            }
            if def.name == record::stream::IMPORT {
                let arrival = Arrival::read(&terms).map_err(|e| stopped(&e))?;
                self.arriving = Some((arrival.contents, Contents::default()));
                arrives = arrival.acts;
            }
            Ok(())
        })?;
        if self.verifies {
            if root.size() != act.changes || root.root() != header.root {
                return fault(format!("the changes of act {n} are not those that were signed"));
            }
            let Some((first_record, first)) = first else {
                return fault(format!("act {n} has no change"));
            };
            let at = ActContext {
                position: n,
                home: self.meta.desk,
                header,
                first: &first,
                first_row: ChangeRow(act.first_row),
                first_record,
                terms_cache: &terms_cache,
            };
            check.end(&records, &at).map_err(|e| stopped(&e))?;
        }
        let audience = match &header.audience {
            Audience::Own => "own",
            Audience::Partners => "partners",
            Audience::Desks(_) => "desks",
        };
        self.scratch.prepare_cached(sql!("act.add"))?.execute(params![
            n,
            act.id,
            header.desk,
            header.replica,
            header.sequence,
            audience,
            header.time.at,
            act.via,
            act.first_row,
            act.changes,
            b"".as_slice(),
            "",
        ])?;
        if own {
            let waits_for = match &header.audience {
                Audience::Own => Vec::new(),
                Audience::Partners => waiting_partners(&records)?,
                Audience::Desks(desks) => desks.clone(),
            };
            for partner in waits_for {
                records.await_carriage(partner, n)?;
            }
        }
        Ok(arrives)
    }

    /// The stored tables against those that were applied again; and what was purged is gone, what was not is there.
    fn compare(&self) -> Result<(), StoreError> {
        self.same(sql!("record.in_order"), 14, |n| format!("record {n} is not what the acts say"))?;
        self.same(sql!("act.columns"), 10, |n| format!("act {n} is stored as another than it is"))?;
        self.contents()?;
        self.terms()?;
        if waiting(self.conn)? != waiting(self.scratch)? {
            return fault("the list of acts that wait to be carried is not what the acts say");
        }
        Ok(())
    }

    /// Every text in the table of terms is one that the acts made.
    fn terms(&self) -> Result<(), StoreError> {
        let (mut all, mut find) = (self.conn.prepare(sql!("terms.all"))?, self.scratch.prepare(sql!("terms.find"))?);
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            if !find.exists([row.get::<_, String>(0)?])? {
                return fault("the database has terms that no act says");
            }
        }
        Ok(())
    }

    /// The rows of a statement in both databases, by the number that they begin with.
    fn same(&self, sql: &str, columns: usize, what: impl Fn(i64) -> String) -> Result<(), StoreError> {
        let mut after = 0i64;
        loop {
            let (stored, folded) = (page(self.conn, sql, columns, after)?, page(self.scratch, sql, columns, after)?);
            if stored.is_empty() && folded.is_empty() {
                return Ok(());
            }
            if stored != folded {
                let differs = stored.iter().zip(&folded).find(|(a, b)| a != b);
                return fault(what(differs.map_or(after + 1, |((number, _), _)| *number)));
            }
            after = stored.last().map_or(after, |(number, _)| *number);
        }
    }

    /// No change of a purged record has content; where content that came is gone, the log says who erased it.
    fn contents(&self) -> Result<(), StoreError> {
        for id in read::lost(self.conn)? {
            if !self.erased.contains(&id) {
                return fault(format!("content of record {id} is gone, and nobody erased it"));
            }
        }
        let records = SqlRecordStore::new(self.scratch);
        for id in &self.erased {
            let tombstone = records.get(*id)?.is_some_and(|r| r.state == "purged");
            if tombstone && read::any_content(self.conn, *id)? {
                return fault(format!("record {id} was purged, and its content is there"));
            }
        }
        Ok(())
    }
}

type Fields = (i64, Vec<Value>);

fn page(conn: &Connection, sql: &str, columns: usize, after: i64) -> Result<Vec<Fields>, StoreError> {
    let mut all = conn.prepare_cached(sql)?;
    let rows = all.query_map(params![after, 64], |r| {
        let fields = (1..columns).map(|n| r.get(n)).collect::<Result<Vec<_>, _>>()?;
        Ok((r.get(0)?, fields))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn waiting(conn: &Connection) -> Result<Vec<(Vec<u8>, i64)>, StoreError> {
    let mut all = conn.prepare_cached(sql!("waiting.all"))?;
    let rows = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
