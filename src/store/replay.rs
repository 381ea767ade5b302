//! Replaying the log from its first act: to verify it, or to see the record as it was.
//!
//! Verifying checks every signature, root and place, puts every act to the gate with the facts of its time, and compares
//! every table with the one that a replay of the acts gives.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::apply::{ActApplier, AppliedAct, ChangeSink, CheckedChange};
use super::authenticated::{self, Authentication, Buckets};
use super::connection;
use super::error::StoreError;
use super::import::neighbour;
use super::insert::{ActRow, await_carriage};
use super::log::{self, Meta};
use super::read::{self, StoredAct};
use super::records::{Moved, SqlRecordStore};
use super::search;
use super::statement::sql;
use super::tree::SqlTree;
use crate::act::change::{Change, Line};
use crate::act::header::{Header, act_id};
use crate::act::tree::{Nodes as _, leaf_hash, root};
use crate::gate::check::CheckError;
use crate::record::bundle::{Arrival, Contents};
use crate::record::store::{ChangeRow, RecordStore as _};
use crate::record::{bundle, member, purge, restore};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;

/// How far a replay has come.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Progress {
    /// The number of acts that were read.
    pub acts: u64,
    /// The number of changes that were read.
    pub changes: u64,
}

/// Verifies the whole log. `scratch` is an empty database with the same schema; `go_on` is asked now and then.
///
/// `gone` are records whose content may be gone though no act of this log has erased it: of a copy from before they were erased.
pub fn verify(
    conn: &Connection,
    scratch: &Connection,
    meta: &Meta,
    gone: &BTreeSet<Id>,
    mut go_on: impl FnMut(Progress) -> bool,
) -> Result<Progress, StoreError> {
    let begun = Replay::begin(conn, scratch, meta, Purpose::Verify);
    let words = search::words_of_format(connection::format_of(conn)?);
    let mut replay = Replay { erased: gone.iter().copied().collect(), words, ..begun };
    let mut position = 1;
    loop {
        let page = read::acts_from(conn, position, 64)?;
        if page.is_empty() {
            break;
        }
        for act in page {
            if act.position != position {
                return integrity(format!("act {position} is missing"));
            }
            replay.act(&act, &mut go_on)?;
            position += 1;
        }
    }
    if let Some((via, _)) = replay.expected.front() {
        return integrity(format!("the import at act {via} lists acts that are not here"));
    }
    replay.check_import()?;
    replay.check_replica()?;
    replay.compare()?;
    search::check(conn, scratch)?;
    Ok(replay.progress)
}

/// Applies the acts up to a position in `back`, a second connection to the same database: what is read from it then is the
/// record as it was, in memory alone. Content is read from the database itself, so what was erased since stays erased.
/// Nothing is verified: see [`verify`].
pub(super) fn apply_until(
    conn: &Connection,
    back: &Connection,
    meta: &Meta,
    until: i64,
    mut go_on: impl FnMut(Progress) -> bool,
) -> Result<Progress, StoreError> {
    connection::shadow_tables(back, connection::PROJECTIONS)?;
    connection::shadow_tables(back, connection::ACTS)?;
    let mut replay = Replay::begin(conn, back, meta, Purpose::Show);
    let applying = connection::snapshot(back)?;
    let (mut position, mut row) = (1, 0);
    while position <= until {
        let page = read::acts_from(conn, position, 64)?;
        if page.is_empty() {
            break;
        }
        for act in page.iter().take_while(|act| act.position <= until) {
            replay.apply(act, act.read_header()?, &mut go_on)?;
            replay.progress.acts += 1;
            row = act.first_row + act.changes as i64 - 1;
        }
        position = page.last().map_or(until, |act| act.position) + 1;
    }
    connection::commit(applying)?;
    let progress = replay.progress;
    connection::show_log_until(back, until, row)?;
    Ok(progress)
}

/// Makes the records of a database again from its own log, in the transaction that is open: what the tables say of them is not
/// read. Content stays as it is. Nothing is verified: see [`verify`].
pub(super) fn rebuild_records(conn: &Connection, meta: &Meta) -> Result<(), StoreError> {
    connection::shadow_tables(conn, connection::PROJECTIONS)?;
    let mut replay = Replay::begin(conn, conn, meta, Purpose::Rebuild);
    let mut position = 1;
    loop {
        let page = read::acts_from(conn, position, 64)?;
        let Some(last) = page.last() else { break };
        position = last.position + 1;
        for act in &page {
            replay.apply(act, act.read_header()?, &mut |_| true)?;
        }
    }
    conn.flush_prepared_statement_cache();
    conn.execute_batch(include_str!("sql/replace-records.sql"))?;
    let mut is_local = conn.prepare_cached(sql!("change.is_local"))?;
    for (row, local) in &replay.locals {
        is_local.execute(params![row, local])?;
    }
    Ok(())
}

/// Makes the records of a database again from its own log, whole or not at all.
///
/// # Errors
///
/// Where the log cannot be read or applied; the database is then as it was.
pub fn rebuild(conn: &Connection, meta: &Meta) -> Result<(), StoreError> {
    let rebuilding = connection::begin(conn)?;
    rebuild_records(conn, meta)?;
    // What acts changed is not made again: whoever has not seen the records verifies the whole log.
    for sql in [sql!("undo.forget"), sql!("act.forget_numbers")] {
        conn.execute(sql, [])?;
    }
    connection::commit(rebuilding)
}

/// What the records came to when a member last saw them, as they remember it outside of the database.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Remembered {
    /// The position of the last act.
    pub position: i64,
    /// How many acts the own log had.
    pub size: u64,
    /// The root over the digests of all records.
    pub records: Digest,
}

/// Judges the acts again that came since a member last saw the records: takes back what they did, compares what is left with what
/// the member remembers, puts each act to the gate, and compares what they come to with what is stored. Nothing is changed.
///
/// Returns the root over the digests of all records; `None` where the acts cannot be taken back, since they are from before the
/// format that can.
///
/// # Errors
///
/// [`StoreError::Integrity`] where anything is not what the acts say.
pub fn judge_since(conn: &Connection, meta: &Meta, seen: Remembered) -> Result<Option<Digest>, StoreError> {
    let stored = authenticated::root(conn)?;
    // Dropped at the end: what is judged is there already.
    let _judging = connection::begin(conn)?;
    if !take_back(conn, seen.position)? {
        return Ok(None);
    }
    if authenticated::root(conn)? != seen.records {
        return integrity("the records are not those that this member has seen: somebody has changed the database");
    }
    let first = read::acts_from(conn, seen.position + 1, 1)?;
    let next_row = first.first().map_or(1, |act| act.first_row);
    let begun = Replay::begin(conn, conn, meta, Purpose::Judge);
    let mut replay = Replay { own_replica: Some(meta.replica), own_size: seen.size, next_row, ..begun };
    let mut position = seen.position + 1;
    loop {
        let page = read::acts_from(conn, position, 64)?;
        if page.is_empty() {
            break;
        }
        for act in page {
            if act.position != position {
                return integrity(format!("act {position} is missing"));
            }
            replay.act(&act, &mut |_| true)?;
            position += 1;
        }
    }
    if let Some((via, _)) = replay.expected.front() {
        return integrity(format!("the import at act {via} lists acts that are not here"));
    }
    replay.check_import()?;
    replay.check_replica()?;
    if authenticated::root(conn)? != stored {
        return integrity("the records are not what the acts say: somebody has changed the database");
    }
    Ok(Some(stored))
}

/// Takes back what the acts after a position did to the records, in the transaction that is open. Returns whether that can be done.
fn take_back(conn: &Connection, position: i64) -> Result<bool, StoreError> {
    let mut begins = conn.prepare_cached(sql!("act.begins"))?;
    let begin: Option<(i64, Option<i64>)> =
        begins.query_row([position + 1], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    let Some((first_row, Some(next_number))) = begin else { return Ok(false) };
    let Some(buckets) = Buckets::for_act(conn, Authentication::Kept, position, (i64::MAX, i64::MAX)) else {
        return Ok(false);
    };
    let places = |sql: &str, from: i64| -> Result<Vec<(i64, Option<i64>)>, StoreError> {
        let mut all = conn.prepare_cached(sql)?;
        let rows = all.query_map([from], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let changed = [
        places(sql!("record.places_from"), next_number)?,
        places(sql!("record.places_to_undo"), position)?,
        places(sql!("undo.places"), position)?,
    ];
    changed.iter().flatten().for_each(|place| buckets.will_remove(*place));
    conn.prepare_cached(sql!("record.drop_from"))?.execute([next_number])?;
    conn.prepare_cached(sql!("undo.apply"))?.execute([position])?;
    let last = conn.prepare_cached(sql!("change.next_row"))?.query_row([], |r| r.get::<_, i64>(0))?;
    let signed = conn.prepare_cached(sql!("act.next_row"))?.query_row([], |r| r.get::<_, i64>(0))?;
    if last != signed {
        return integrity("there are changes that are of no act");
    }
    buckets.forget_leaves(first_row, last)?;
    buckets.store()?;
    Ok(true)
}

fn integrity<T>(what: impl Into<String>) -> Result<T, StoreError> {
    Err(StoreError::Integrity(what.into()))
}

/// What the log is replayed for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Purpose {
    /// To verify it whole, into an empty database.
    Verify,
    /// To show the records as they were, in memory.
    Show,
    /// To make the records of the same database again.
    Rebuild,
    /// To judge the newest acts again, over the records as they were before them.
    Judge,
}

impl Purpose {
    /// Whether what is read is verified, not only applied.
    const fn verifies(self) -> bool {
        matches!(self, Self::Verify | Self::Judge)
    }

    /// Whether the acts are put into the scratch database too.
    const fn inserts_acts(self) -> bool {
        matches!(self, Self::Verify | Self::Show)
    }
}

/// The log as it is replayed into a scratch database.
struct Replay<'c> {
    conn: &'c Connection,
    scratch: &'c Connection,
    meta: &'c Meta,
    purpose: Purpose,
    /// The words of a content, as the format of the database has them in its index.
    words: fn(&Json) -> Option<String>,
    progress: Progress,
    /// Acts that must follow the last import: its position, and their ids in order.
    expected: VecDeque<(i64, Digest)>,
    /// The row of the next change.
    next_row: i64,
    /// The replica that the own log is of so far; `None` before its first act.
    own_replica: Option<Id>,
    /// How many acts the log of that replica has so far.
    own_size: u64,
    /// The content that the last import says to have brought, and what was found.
    import: Option<(Digest, Contents)>,
    /// Records that were erased.
    erased: HashSet<Id>,
    /// Of which record a change is here, by its row, where it names another.
    locals: BTreeMap<i64, Id>,
}

impl<'c> Replay<'c> {
    fn begin(conn: &'c Connection, scratch: &'c Connection, meta: &'c Meta, purpose: Purpose) -> Self {
        Self {
            conn,
            scratch,
            meta,
            purpose,
            words: search::words,
            progress: Progress::default(),
            expected: VecDeque::new(),
            next_row: 1,
            own_replica: None,
            own_size: 0,
            import: None,
            erased: HashSet::new(),
            locals: BTreeMap::new(),
        }
    }

    fn act(&mut self, act: &StoredAct, go_on: &mut impl FnMut(Progress) -> bool) -> Result<(), StoreError> {
        let n = act.position;
        let header = act.read_header()?;
        let Header { desk, replica, sequence, .. } = header;
        let stated = (act.id, act.desk, act.replica, act.sequence, act.changes);
        if stated != (act_id(&act.header), desk, replica, sequence, header.changes) || header.realm != self.meta.realm {
            return integrity(format!("the columns of act {n} do not say what its header says"));
        }
        if act.first_row != self.next_row {
            return integrity(format!("the changes of act {n} are not where they belong"));
        }
        self.next_row += act.changes as i64;
        self.check_place(act, &header)?;
        let (header, listed) = self.apply(act, header, go_on)?;
        self.check_signature(act, &header)?;
        self.expected.extend(listed.into_iter().map(|id| (n, id)));
        self.progress.acts += 1;
        Ok(())
    }

    /// Checks that the act has its place in its log, that an own act is in the tree, and that a partner's is listed by its
    /// import.
    fn check_place(&mut self, act: &StoredAct, header: &Header) -> Result<(), StoreError> {
        let n = act.position;
        let own = header.desk == self.meta.desk;
        if own {
            self.follow_replica(act, header)?;
        }
        // Of a partner's log only what is for this desk is here, and what had to wait there comes later than its place.
        if own && header.sequence != self.own_size {
            return integrity(format!("act {n} does not follow the one before it in its log"));
        }
        let near = |sql| neighbour(self.conn, sql, header, n);
        if let Err(what) = header.fits(act.id, near(sql!("act.before"))?.as_ref(), near(sql!("act.after"))?.as_ref()) {
            return integrity(format!("act {n} {what}"));
        }
        if own {
            self.own_size += 1;
            if act.via.is_some()
                || SqlTree::new(self.conn, header.replica).node(0, header.sequence)? != leaf_hash(&act.header)
            {
                return integrity(format!("act {n} is not in the log's tree"));
            }
            if !self.expected.is_empty() {
                return integrity(format!("an act is missing before act {n}"));
            }
            return self.check_import();
        }
        if !log::seen_log_fits(self.conn, self.meta, header)? {
            return integrity(format!("act {n} says that it has seen a history of this desk that is not here"));
        }
        if self.expected.front() != act.via.map(|via| (via, act.id)).as_ref() {
            return integrity(format!("act {n} is a partner's that no import lists"));
        }
        self.expected.pop_front();
        Ok(())
    }

    /// Checks that an own act is of the replica that the log is of, or begins that of the next one: by declaring a restore, where
    /// the old log ends as it does here.
    fn follow_replica(&mut self, act: &StoredAct, header: &Header) -> Result<(), StoreError> {
        match self.own_replica {
            Some(replica) if replica == header.replica => return Ok(()),
            None => {
                self.own_replica = Some(header.replica);
                return Ok(());
            }
            Some(_) => {}
        }
        let mut declared = None;
        let head = StoredAct { changes: 1, ..act.clone() };
        read::changes::<StoreError>(self.conn, &head, |stored| {
            if let Line::Change(change) = stored.line
                && restore::DECLARE.is(&change.kind)
            {
                declared = change.read_terms().ok().and_then(|terms| restore::Declared::read(&terms).ok());
            }
            Ok(())
        })?;
        let old = declared
            .map(|declared| declared.old)
            .filter(|old| header.sequence == 0 && Some(old.replica) == self.own_replica && old.size == self.own_size);
        let Some(old) = old else {
            let n = act.position;
            return integrity(format!("act {n} was made at another workstation than this workspace's"));
        };
        if root(&SqlTree::new(self.conn, old.replica), old.size)? != old.root {
            return integrity(format!("act {} declares another log than the one that is here", act.position));
        }
        (self.own_replica, self.own_size) = (Some(header.replica), 0);
        Ok(())
    }

    /// Checks that the log ends as that of the replica that this workspace is.
    fn check_replica(&self) -> Result<(), StoreError> {
        match self.own_replica {
            Some(replica) if replica != self.meta.replica => {
                integrity("the log is of another workstation than this workspace")
            }
            _ => Ok(()),
        }
    }

    /// Checks that the last import brought the content that it says, once all that it lists was read.
    fn check_import(&mut self) -> Result<(), StoreError> {
        let fits = self.import.take().is_none_or(|(said, found)| said == found.digest());
        if fits { Ok(()) } else { integrity("an import brought other content than it states") }
    }

    /// Checks that whoever signed is enrolled at the act's desk by now, and that the signature is theirs.
    fn check_signature(&self, act: &StoredAct, header: &Header) -> Result<(), StoreError> {
        let records = match self.purpose {
            Purpose::Judge => SqlRecordStore::authenticated(self.scratch),
            Purpose::Verify | Purpose::Show | Purpose::Rebuild => SqlRecordStore::new(self.scratch),
        };
        let signer = member::by_person(&records, header.desk, header.member)?;
        let Some(key) = signer.as_ref().and_then(member::signing_key) else {
            return integrity(format!("act {} is not signed by a member who was enrolled then", act.position));
        };
        let namespace = header.realm.namespace("act");
        key.verify(&namespace, &act.header, &act.signature)
            .map_err(|e| StoreError::Integrity(format!("act {}: {e}", act.position)))
    }

    /// Applies the act's changes into the scratch record store. Returns its header, and where it is an import the acts that
    /// must follow.
    fn apply(
        &mut self,
        act: &StoredAct,
        header: Header,
        go_on: &mut impl FnMut(Progress) -> bool,
    ) -> Result<(Header, Vec<Digest>), StoreError> {
        let n = act.position;
        let (home, own, purpose) = (self.meta.desk, header.desk == self.meta.desk, self.purpose);
        let mut listed = Vec::new();
        let sink = ReplaySink {
            conn: self.conn,
            scratch: self.scratch,
            act,
            own,
            purpose,
            words: self.words,
            import: &mut self.import,
            erased: &mut self.erased,
            locals: &mut self.locals,
            listed: &mut listed,
        };
        let mut applier =
            ActApplier::begin(self.scratch, home, header, (n, act.first_row), sink)?.with_changes_in(self.conn);
        let progress = &mut self.progress;
        read::changes(self.conn, act, |stored| {
            progress.changes += 1;
            if progress.changes.is_multiple_of(4096) && !go_on(*progress) {
                return Err(StoreError::Cancelled);
            }
            if stored.row != applier.next_row() {
                return not_signed(n);
            }
            let terms = match &stored.line {
                Line::Change(change) => {
                    change.read_terms().or_else(|_| integrity(format!("act {n} has damaged terms")))?
                }
                Line::Withheld(_) => Json::Null,
            };
            let leaf = (purpose != Purpose::Show).then(|| stored.line.leaf());
            applier.change(
                &stored.line,
                leaf,
                &terms,
                StoredAs { content_came: stored.content_came, searched: stored.searched },
            )
        })?;
        let AppliedAct { header, position, next_number, .. } = applier.end()?;
        if !purpose.inserts_acts() {
            return Ok((header, listed));
        }
        ActRow {
            position,
            id: act.id,
            header: &header,
            via: act.via,
            first_row: act.first_row,
            next_number: Some(next_number),
            changes: act.changes,
            bytes: b"",
            signature: "",
        }
        .insert(self.scratch)?;
        if own {
            await_carriage(&mut SqlRecordStore::new(self.scratch), &header, position)?;
        }
        Ok((header, listed))
    }

    /// Compares the stored tables with those of the replay, and checks which content is there.
    fn compare(&self) -> Result<(), StoreError> {
        // A workspace of an older format that is only read holds what an older program made of the acts.
        if !connection::has_older_records(self.conn)? {
            self.compare_rows(sql!("record.in_order"), 15, |n| format!("record {n} is not what the acts say"))?;
            self.compare_rows(sql!("tally.due_in_order"), 3, |_| {
                "a count of what is due is not what the acts say".into()
            })?;
            if !connection::gives_same(sql!("tally.items"), [], [self.conn, self.scratch])? {
                return integrity("a count of items is not what the acts say");
            }
            self.compare_rows(sql!("digest.in_order"), 2, |_| "a digest of records is not what the acts say".into())?;
            self.compare_undo()?;
        }
        self.compare_rows(sql!("act.columns"), 10, |n| {
            format!("the columns of act {n} do not say what its header says")
        })?;
        self.check_contents()?;
        self.check_locals()?;
        self.compare_terms()?;
        if !connection::gives_same(sql!("waiting.all"), [], [self.conn, self.scratch])? {
            return integrity("the list of acts that wait to be carried is not what the acts say");
        }
        Ok(())
    }

    /// Compares what is kept to take acts back, of those acts of which it is: not of those from before the format that can, nor from
    /// before the records were made again.
    fn compare_undo(&self) -> Result<(), StoreError> {
        let first: Option<i64> = self.conn.query_row(sql!("undo.begins"), [], |r| r.get(0))?;
        let first = first.unwrap_or(i64::MAX);
        for sql in [sql!("act.next_numbers"), sql!("undo.in_order")] {
            if !connection::gives_same(sql, [first], [self.conn, self.scratch])? {
                return integrity("what is kept of the records from before an act is not what the acts say");
            }
        }
        Ok(())
    }

    /// Checks that each change is of the record that the acts say, where it names another.
    fn check_locals(&self) -> Result<(), StoreError> {
        let mut all = self.conn.prepare(sql!("change.locals"))?;
        let stored = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let stored: BTreeMap<i64, Id> = stored.collect::<Result<_, _>>()?;
        if stored == self.locals { Ok(()) } else { integrity("a change is of another record than the acts say") }
    }

    /// Checks that every text in the table of terms is one that the acts made.
    fn compare_terms(&self) -> Result<(), StoreError> {
        let (mut all, mut find) = (self.conn.prepare(sql!("terms.all"))?, self.scratch.prepare(sql!("terms.find"))?);
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            if !find.exists([row.get::<_, String>(0)?])? {
                return integrity("the database has terms that no act says");
            }
        }
        // What stands for a change is what its act signs: what stands for none could be anything.
        if self.conn.query_row(sql!("change_terms.of_no_change"), [], |r| r.get(0))? {
            return integrity("the database has terms that no act says");
        }
        Ok(())
    }

    /// Compares the rows of a statement in both databases, by the number that they begin with.
    fn compare_rows(&self, sql: &str, columns: usize, what: impl Fn(i64) -> String) -> Result<(), StoreError> {
        let mut after = i64::MIN;
        loop {
            let (stored, applied) = (page(self.conn, sql, columns, after)?, page(self.scratch, sql, columns, after)?);
            if stored.is_empty() && applied.is_empty() {
                return Ok(());
            }
            if stored != applied {
                let differs = stored.iter().zip(&applied).find(|(a, b)| a != b);
                return integrity(what(differs.map_or(after + 1, |((number, _), _)| *number)));
            }
            after = stored.last().map_or(after, |(number, _)| *number);
        }
    }

    /// Checks that no change of a purged record has content, and that the log says who erased what is gone.
    fn check_contents(&self) -> Result<(), StoreError> {
        for id in read::lost(self.conn)? {
            if !self.erased.contains(&id) {
                return integrity(format!("content of record {id} is gone, but nobody erased it"));
            }
        }
        let records = SqlRecordStore::new(self.scratch);
        for id in &self.erased {
            let tombstone = records.get(*id)?.is_some_and(|r| r.is_purged());
            if tombstone && read::any_content(self.conn, *id)? {
                return integrity(format!("record {id} was purged, but its content is still there"));
            }
        }
        Ok(())
    }
}

/// How a change is stored, beside what it says.
struct StoredAs {
    /// Whether it is said to have come with its content.
    content_came: bool,
    /// Whether its words are said to be in the search index.
    searched: bool,
}

/// Compares the changes of an act with how they are stored, or takes them as they are where nothing is verified.
struct ReplaySink<'r, 'c> {
    conn: &'c Connection,
    scratch: &'c Connection,
    act: &'r StoredAct,
    own: bool,
    purpose: Purpose,
    words: fn(&Json) -> Option<String>,
    /// The content that the last import says to have brought, and what was found.
    import: &'r mut Option<(Digest, Contents)>,
    erased: &'r mut HashSet<Id>,
    /// Of which record a change is, where it names another.
    locals: &'r mut BTreeMap<i64, Id>,
    /// The acts that must follow.
    listed: &'r mut Vec<Digest>,
}

impl ChangeSink for ReplaySink<'_, '_> {
    type Extra = StoredAs;

    fn asks_gate(&self) -> bool {
        self.purpose.verifies()
    }

    fn authentication(&self) -> Authentication {
        match self.purpose {
            Purpose::Show => Authentication::Off,
            Purpose::Verify => Authentication::Compared,
            Purpose::Rebuild => Authentication::Kept,
            Purpose::Judge => Authentication::Checked,
        }
    }

    fn erases(&self) -> bool {
        self.purpose.inserts_acts()
    }

    fn withheld(&mut self, _: ChangeRow, _: &Digest) -> Result<(), StoreError> {
        if self.own {
            return integrity(format!("act {} of this desk has a withheld change", self.act.position));
        }
        Ok(())
    }

    fn change(
        &mut self,
        _: &SqlRecordStore<'_>,
        CheckedChange { view, change, leaf, .. }: CheckedChange<'_>,
        StoredAs { content_came, searched }: StoredAs,
    ) -> Result<(), StoreError> {
        let n = self.act.position;
        if self.own && content_came != view.has_content {
            return integrity(format!("act {n} has a change that is marked as having come without its content"));
        }
        if let (false, true, Some(leaf), Some((_, found))) = (self.own, content_came, &leaf, &mut *self.import) {
            found.add(leaf);
        }
        if [purge::ERASE, restore::ERASE_AGAIN].contains(&view.def.kind) {
            self.erased.insert(change.record);
        }
        if self.purpose == Purpose::Verify && searched {
            let content = change.read_content().or_else(|_| integrity(format!("act {n} has damaged content")))?;
            if let Some(words) = content.as_ref().map(self.words) {
                search::add(self.scratch, view.row.0, words.as_deref())?;
            }
        }
        if view.def.kind == bundle::IMPORT {
            let arrival = Arrival::read(view.terms).map_err(|e| self.refused(e.into()))?;
            *self.import = Some((arrival.contents, Contents::default()));
            *self.listed = arrival.acts;
        }
        Ok(())
    }

    fn lost(
        &mut self,
        _: ChangeRow,
        change: &Change,
        leaf: Option<Digest>,
        StoredAs { content_came, .. }: StoredAs,
    ) -> Result<(), StoreError> {
        if let (true, Some(leaf), Some((_, found))) = (content_came, &leaf, &mut *self.import) {
            found.add(leaf);
        }
        self.erased.insert(change.record);
        Ok(())
    }

    fn is_of(&mut self, row: ChangeRow, local: Id) -> Result<(), StoreError> {
        self.locals.insert(row.0, local);
        Ok(())
    }

    fn moved_aside(&mut self, moved: Moved) -> Result<(), StoreError> {
        let mut rows = self.conn.prepare_cached(sql!("change.rows_of_name"))?;
        let found = rows.query_map(params![moved.name, moved.giver, self.act.first_row], |r| r.get(0))?;
        for row in found {
            self.locals.entry(row?).or_insert(moved.id);
        }
        Ok(())
    }

    fn end(&mut self, header: &Header, changes: u64, root: &Digest) -> Result<(), StoreError> {
        if !self.purpose.verifies() {
            return Ok(());
        }
        if changes != self.act.changes || *root != header.root {
            return not_signed(self.act.position);
        }
        if changes == 0 {
            return integrity(format!("act {} has no change", self.act.position));
        }
        Ok(())
    }

    fn refused(&self, error: CheckError) -> StoreError {
        let n = self.act.position;
        StoreError::Integrity(match error {
            CheckError::Unknown => format!("act {n} has a change of an unknown kind"),
            error => format!("act {n} should not be there: {error}"),
        })
    }
}

fn not_signed<T>(position: i64) -> Result<T, StoreError> {
    integrity(format!("the changes of act {position} are not those that were signed"))
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
