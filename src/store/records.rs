//! The record store in the database.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, ToSql, params};

use super::authenticated::{Buckets, Location, bucket_of, bucket_of_query};
use super::error::{SqlErrorClass, StoreError, class};
use super::search;
use super::statement::sql;
use super::tally::Tally;
use crate::act::change::{Salt, commit};
use crate::act::header::Header;
use crate::object;
use crate::record;
use crate::record::kind::{ChangeKind, Kind, State};
use crate::record::partner;
use crate::record::store::{
    ChangeRow, DutyState, FollowingChange, Holder, KNOWN_AS, Query, Record, RecordStore, RecordStoreError, local_id,
};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

/// Whose names an act uses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Speaker {
    /// The desk whose names they are: the one that made the act, or the one partner that an own act is for.
    pub(super) desk: Id,
    /// Whether that desk made the act.
    pub(super) is_foreign: bool,
}

/// A record of another desk that was given another id here, since this desk needs the one that it had.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moved {
    /// The id that it had, and that its desk knows it by.
    pub(super) name: Id,
    /// The id that it has.
    pub(super) id: Id,
    /// The desk that it came from.
    pub(super) giver: Id,
}

/// The record store in a database: of the workspace, or of a replay.
pub struct SqlRecordStore<'c> {
    conn: &'c Connection,
    /// Where the changes of acts are read: the same database, or the log that is replayed into it.
    log: &'c Connection,
    /// Counts what is written; `None` where nothing is.
    tally: Option<Tally>,
    /// Takes the names of records that are damaged and left out of what is found; `None` where one of them is a fault.
    left_out: Option<&'c RefCell<BTreeSet<String>>>,
    /// Whose act is being applied; `None` outside of acts, and where an act is for nobody or for many.
    speaker: Option<Speaker>,
    /// Whether content is erased.
    erases: bool,
    /// What authenticates the records; `None` where they are only shown.
    buckets: Option<Buckets<'c>>,
    /// The name that the last change used and the record that it means, where that has another id here.
    meant: Cell<Option<(Id, Id)>>,
    /// What was moved aside by the last change.
    moved: Cell<Option<Moved>>,
    /// The case that was looked for last, and what the speaker means by it.
    case: Cell<Option<(Id, Id)>>,
    /// The id that was looked for last, where there is no such record.
    absent: Cell<Option<Id>>,
    /// The record that was read last while an act is applied, and where it stands: the gate, the act and the table ask for the same one
    /// in turn.
    last: RefCell<Option<(Location, Record)>>,
    /// Words that are to be taken from the search index when the act ends.
    erased: search::Removal,
    /// The terms that were read last, by how they are stored: those of the next record are often the same.
    terms: RefCell<Option<(String, Arc<Json>)>>,
    /// The terms that were written last among those that stand once for many records, and their number.
    written: RefCell<Option<(Arc<Json>, String, i64)>>,
}

impl<'c> SqlRecordStore<'c> {
    /// Returns the record store in this database.
    pub const fn new(conn: &'c Connection) -> Self {
        Self {
            conn,
            log: conn,
            tally: None,
            left_out: None,
            speaker: None,
            erases: true,
            buckets: None,
            meant: Cell::new(None),
            moved: Cell::new(None),
            case: Cell::new(None),
            absent: Cell::new(None),
            last: RefCell::new(None),
            erased: search::Removal::new(),
            terms: RefCell::new(None),
            written: RefCell::new(None),
        }
    }

    /// Leaves out of what is found what is damaged, and notes its name.
    #[must_use]
    pub fn leaving_out(self, damaged: &'c RefCell<BTreeSet<String>>) -> Self {
        Self { left_out: Some(damaged), ..self }
    }

    /// Returns the record store in this database, to decide by: what is read is compared with the digests under its root.
    pub fn authenticated(conn: &'c Connection) -> Self {
        Self { buckets: Some(Buckets::to_ask(conn)), ..Self::new(conn) }
    }

    /// Returns the record store as an act of a desk means it: an id that two desks use is that desk's record.
    pub(super) fn for_act(
        conn: &'c Connection,
        speaker: Option<Speaker>,
        erases: bool,
        buckets: Option<Buckets<'c>>,
    ) -> Self {
        Self { speaker, erases, buckets, tally: Some(Tally::default()), ..Self::new(conn) }
    }

    /// Stores what is kept up with the records: the index without the words that were erased, digests and counts. To be called once, at
    /// the end of an act, when all its own words are in the index.
    pub(super) fn store_what_follows(&self) -> Result<(), StoreError> {
        self.erased.finish(self.conn)?;
        if let Some(tally) = &self.tally {
            tally.store(self.conn)?;
        }
        self.buckets.as_ref().map_or(Ok(()), Buckets::store)
    }

    /// What authenticates the records; `None` where they are only shown.
    pub(super) const fn buckets(&self) -> Option<&Buckets<'c>> {
        self.buckets.as_ref()
    }

    /// Reads the changes of acts in another database: that of the log that is replayed into this one.
    pub(super) const fn read_changes_in(&mut self, log: &'c Connection) {
        self.log = log;
    }

    /// Returns what was moved aside since this was asked last.
    pub(super) fn moved_aside(&self) -> Option<Moved> {
        self.moved.take()
    }

    /// Returns the record that a change has meant by a name, where that has another id here.
    pub(super) fn meant_by(&self, name: Id) -> Option<Id> {
        self.meant.take().filter(|(named, _)| *named == name).map(|(_, id)| id)
    }

    /// Returns the record with exactly this id.
    pub(super) fn exact(&self, id: Id) -> Result<Option<Record>, RecordStoreError> {
        if self.tally.is_some() {
            return Ok(self.placed(id)?.map(|(_, record)| record));
        }
        let sql = if self.buckets.is_some() { sql!("record.get_checked") } else { sql!("record.get") };
        let mut get = self.conn.prepare_cached(sql)?;
        let mut rows = get.query([id])?;
        rows.next()?.map(|row| self.read_checked(row)).transpose()
    }

    /// Returns the record with exactly this id, and where it stands, while an act is applied.
    pub(super) fn placed(&self, id: Id) -> Result<Option<(Location, Record)>, RecordStoreError> {
        if let Some(last) = self.last.borrow().as_ref().filter(|(_, record)| record.id == id) {
            return Ok(Some(last.clone()));
        }
        let mut get = self.conn.prepare_cached(sql!("record.get_checked"))?;
        let mut rows = get.query([id])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let found = ((row.get(13)?, row.get(14)?), self.read_checked(row)?);
        if self.tally.is_some() {
            *self.last.borrow_mut() = Some(found.clone());
        }
        Ok(Some(found))
    }

    /// Returns what the speaker means by a name that a record here has: their own record of that name, where there is one.
    fn of_speaker(&self, found: Record) -> Result<Record, RecordStoreError> {
        let Some(speaker) = self.speaker else { return Ok(found) };
        let is_theirs = found.partner == Some(speaker.desk) || (!speaker.is_foreign && found.partner.is_none());
        if is_theirs {
            return Ok(found);
        }
        let (name, theirs) = (found.id, self.exact(local_id(speaker.desk, found.id))?);
        if let Some(theirs) = &theirs {
            self.meant.set(Some((name, theirs.id)));
        }
        Ok(theirs.unwrap_or(found))
    }

    /// Returns the id of what the speaker means by the name of a case or of another record.
    fn id_of_speaker(&self, name: Id) -> Result<Id, RecordStoreError> {
        if let Some((known, id)) = self.case.get()
            && known == name
        {
            return Ok(id);
        }
        let meant = self.meant.get();
        let id = self.get(name)?.map_or(name, |record| record.id);
        self.meant.set(meant);
        self.case.set(Some((name, id)));
        Ok(id)
    }

    /// Puts a new record of a foreign act beside another desk's record of the same name.
    fn put_beside(&mut self, record: &Record, speaker: Speaker) -> Result<bool, RecordStoreError> {
        if self.exact(record.id)?.is_none_or(|other| other.partner == Some(speaker.desk)) {
            return Ok(false);
        }
        let id = local_id(speaker.desk, record.id);
        let mut beside = Record { id, ..record.clone() };
        beside.set(KNOWN_AS, record.id.to_string());
        beside.case = record.case.map(|case| if case == record.id { id } else { case });
        self.case.set(None);
        self.meant.set(Some((record.id, id)));
        self.put_if_new(&beside)
    }

    /// Gives a record that another desk made another id here, where this desk needs the one that it has.
    fn move_aside(&mut self, own: &Record) -> Result<bool, RecordStoreError> {
        let name = own.id;
        let Some(mut other) = self.exact(name)?.filter(|other| other.desk != own.desk) else { return Ok(false) };
        let Some(giver) = other.partner.filter(|_| other.named() == name) else { return Ok(false) };
        let id = local_id(giver, name);
        self.moved.set(Some(Moved { name, id, giver }));
        let places: Vec<i64> = {
            let mut under = self.conn.prepare_cached(sql!("record.under_name"))?;
            let rows = under.query_map(params![name, giver], |r| r.get(0))?;
            rows.collect::<Result<_, _>>()?
        };
        for place in places {
            let Some(mut record) = self.at(place)? else { continue };
            let rename = |of: Option<Id>| of.map(|of| if of == name { id } else { of });
            (record.case, record.subject) = (rename(record.case), rename(record.subject));
            self.put_over(&record)?;
        }
        if let (Some((_, old)), Some(tally)) = (self.before_put(&other)?, &self.tally) {
            // It is counted as gone again where it is put back below.
            tally.count(&old, 1);
        }
        self.last.take();
        self.conn.prepare_cached(sql!("record.rename"))?.execute(params![name, id])?;
        other.id = id;
        other.case = other.case.map(|case| if case == name { id } else { case });
        other.set(KNOWN_AS, name.to_string());
        self.put_over(&other)?;
        Ok(true)
    }

    /// Checks that all that is in a case is listed as such, where records are compared with their digests. Every record is read.
    pub fn check_case(&self, case: Id) -> Result<(), StoreError> {
        Ok(self.buckets.as_ref().map_or(Ok(()), |buckets| buckets.check_case(case))?)
    }

    /// Returns the number of a record in the table of records.
    pub fn place_of(&self, id: Id) -> Result<Option<i64>, RecordStoreError> {
        let mut number = self.conn.prepare_cached(sql!("record.number"))?;
        Ok(number.query_row([id], |r| r.get(0)).optional()?)
    }

    /// Reads the records that fit, one after another: whoever needs little of many holds one at a time.
    ///
    /// # Errors
    ///
    /// Where one cannot be read, or the reader's own.
    pub fn each<E: From<RecordStoreError>>(
        &self,
        q: &Query,
        mut read: impl FnMut(Record) -> Result<(), E>,
    ) -> Result<(), E> {
        let (clause, mut values) = clause(q, is_any_item(q));
        let order = if q.due_by.is_some() { "due, number" } else { "number" };
        let limit = q.limit.map_or_else(String::new, |l| format!(" LIMIT {l}"));
        // Where all that fits lies in one bucket, that is what is read: no other index says what is there.
        let bucket = self.buckets.as_ref().and(bucket_of_query(q));
        if let (Some(buckets), Some(bucket)) = (&self.buckets, bucket) {
            buckets.check_bucket(bucket)?;
        }
        let from = match bucket {
            // Bound like any value: a statement for each bucket would be prepared again and again.
            Some(bucket) => {
                values.push(Box::new(bucket));
                format!("INDEXED BY record_bucket WHERE bucket = ?{} AND", values.len())
            }
            None => "WHERE".to_owned(),
        };
        // A view of records as they were is read in order where its rows have their number; older formats have no buckets.
        let place = if self.buckets.is_some() { "number, bucket" } else { "number" };
        let text = format!(
            "SELECT id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, {place} \
             FROM record {from} {clause} ORDER BY {order}{limit}"
        );
        let mut find = self.conn.prepare_cached(&text).map_err(RecordStoreError::from)?;
        let mut rows = find.query(rusqlite::params_from_iter(values)).map_err(RecordStoreError::from)?;
        while let Some(row) = rows.next().map_err(RecordStoreError::from)? {
            match (self.read_checked(row), self.left_out) {
                (Ok(record), _) => read(record)?,
                (Err(fault), Some(left_out)) if is_damage(&fault) => {
                    let id = row.get::<_, Id>(0).map_or_else(|_| "without an id".to_owned(), |id| id.to_string());
                    let kind = row.get::<_, Kind>(1).map_or("record", Kind::word);
                    left_out.borrow_mut().insert(format!("{kind} {id}"));
                }
                (Err(fault), _) => return Err(fault.into()),
            }
        }
        Ok(())
    }

    /// Returns the record of that number in the table of records.
    pub fn at(&self, place: i64) -> Result<Option<Record>, RecordStoreError> {
        let sql = if self.buckets.is_some() { sql!("record.at_checked") } else { sql!("record.at") };
        let mut get = self.conn.prepare_cached(sql)?;
        let mut rows = get.query([place])?;
        rows.next()?.map(|row| self.read_checked(row)).transpose()
    }

    /// Returns whether a record is a tombstone.
    pub fn is_purged(&self, id: Id) -> Result<bool, RecordStoreError> {
        let mut get = self.conn.prepare_cached(sql!("record.is_purged"))?;
        let mut rows = get.query([id])?;
        let Some(row) = rows.next()? else {
            self.absent.set(Some(id));
            return Ok(false);
        };
        let (is_purged, partner): (bool, Option<Id>) = (row.get(0)?, row.get(1)?);
        let others = self.speaker.filter(|speaker| speaker.is_foreign && partner != Some(speaker.desk));
        let theirs = others.map(|speaker| self.exact(local_id(speaker.desk, id))).transpose()?.flatten();
        Ok(theirs.map_or(is_purged, |record| record.is_purged()))
    }

    /// Reads a record from a row, and compares what lies in its bucket where the columns after it say where that is.
    fn read_checked(&self, row: &SqlRow<'_>) -> Result<Record, RecordStoreError> {
        let record = self.read(row)?;
        if let Some(buckets) = &self.buckets {
            buckets.check_record(&record, (row.get(13)?, row.get(14)?))?;
        }
        Ok(record)
    }

    /// Reads a record from a row whose columns are those of `record.get`.
    fn read(&self, row: &SqlRow<'_>) -> Result<Record, RecordStoreError> {
        let text = row.get_ref(10)?;
        let mut last = self.terms.borrow_mut();
        let known = last.take().filter(|(known, _)| text.as_str().is_ok_and(|t| t == known));
        let (text, terms) = match known {
            Some(known) => known,
            None => {
                let stored = text.as_str().map_err(|_| DamagedRecord)?.to_owned();
                let shared = stored.parse::<i64>().ok().map(|number| self.shared_terms(number)).transpose()?;
                let whole = shared.as_deref().unwrap_or(&stored);
                let terms = json::parse(whole.as_bytes(), Limits::STORED).map_err(|_| DamagedRecord)?;
                (stored, Arc::new(terms))
            }
        };
        let (_, shared) = &*last.insert((text, terms));
        read_record(row, Arc::clone(shared))
    }

    /// Returns terms that stand once for many records.
    fn shared_terms(&self, number: i64) -> Result<String, RecordStoreError> {
        let mut get = self.conn.prepare_cached(sql!("terms.get"))?;
        Ok(get.query_row([number], |r| r.get(0)).optional()?.ok_or(DamagedRecord)?)
    }

    /// Returns the number of terms that stand once for many records, and adds them where they are new.
    fn number_of(&self, terms: &Arc<Json>) -> Result<i64, RecordStoreError> {
        let mut last = self.written.borrow_mut();
        if let Some((known, _, number)) = &*last
            && Arc::ptr_eq(known, terms)
        {
            return Ok(*number);
        }
        let text = terms.to_text();
        if let Some((_, known, number)) = &*last
            && *known == text
        {
            return Ok(*number);
        }
        let mut find = self.conn.prepare_cached(sql!("terms.find"))?;
        let number = match find.query_row([&text], |r| r.get(0)).optional()? {
            Some(number) => number,
            None => self.conn.prepare_cached(sql!("terms.add"))?.insert([&text])?,
        };
        *last = Some((Arc::clone(terms), text, number));
        Ok(number)
    }

    /// Returns the terms as they are stored. Items come by the thousand with the same ones: theirs are a number.
    fn stored(&self, r: &Record) -> Result<String, RecordStoreError> {
        if r.kind == Kind::Item { Ok(self.number_of(&r.terms)?.to_string()) } else { Ok(r.terms.to_text()) }
    }

    /// The ids of the partners.
    fn partners(&self) -> Result<Vec<Id>, RecordStoreError> {
        Ok(self.find(&Query::kind(Kind::Partner))?.into_iter().map(|partner| partner.id).collect())
    }

    /// Checks, where records are compared with their digests, that each record has the id that a partner's name gives it: which record
    /// a change is of is not signed. The pairs are of a name and an id.
    fn must_be_local(&self, pairs: impl Iterator<Item = (Id, Id)>) -> Result<(), RecordStoreError> {
        let mut pairs = pairs.peekable();
        if self.buckets.is_none() || pairs.peek().is_none() {
            return Ok(());
        }
        let partners = self.partners()?;
        let is_local = |(name, id)| partners.iter().any(|partner| local_id(*partner, name) == id);
        if pairs.all(is_local) { Ok(()) } else { Err(DamagedRecord.into()) }
    }

    /// Prepares for a record that is written: returns the one of its id that is there, and where it stands.
    fn before_put(&self, r: &Record) -> Result<Option<(Location, Record)>, RecordStoreError> {
        // What was just given another id lies in its old bucket: the bucket is compared below, where it stands.
        let known = self.last.borrow().as_ref().filter(|(_, record)| record.id == r.id).cloned();
        let found = match known {
            Some(known) => Some(known),
            None => {
                let mut get = self.conn.prepare_cached(sql!("record.get_checked"))?;
                let mut rows = get.query([r.id])?;
                let row = rows.next()?;
                row.map(|row| Ok::<_, RecordStoreError>(((row.get(13)?, row.get(14)?), self.read(row)?))).transpose()?
            }
        };
        let Some((location, old)) = found else {
            self.buckets.as_ref().map_or(Ok(()), |buckets| buckets.will_add(bucket_of(r)))?;
            return Ok(None);
        };
        if let Some(buckets) = &self.buckets {
            buckets.will_change(location, bucket_of(r))?;
        }
        if let Some(tally) = &self.tally {
            tally.count(&old, -1);
        }
        Ok(Some((location, old)))
    }

    /// Writes a record, new or changed. Of one that is there nothing is written that an index would have to be changed for in vain.
    fn put_over(&self, r: &Record) -> Result<(), RecordStoreError> {
        let Some(((number, bucket), old)) = self.before_put(r)? else {
            return self.put_with(sql!("record.put"), r, true).map(|_| ());
        };
        let is_found_as_before =
            (old.kind, old.desk, old.case, old.partner, old.subject) == (r.kind, r.desk, r.case, r.partner, r.subject);
        if !is_found_as_before || old.key != r.key || bucket != bucket_of(r) {
            return self.put_with(sql!("record.put"), r, false).map(|_| ());
        }
        self.last.take();
        let (terms, shared) = (self.stored(r)?, shared_to_text(&r.shared));
        if (old.state, old.tier, old.due) == (r.state, r.tier, r.due) {
            self.conn.prepare_cached(sql!("record.put_terms"))?.execute(params![number, terms, r.body, shared])?;
        } else {
            let values = params![number, terms, r.body, shared, r.state, r.tier, r.due];
            self.conn.prepare_cached(sql!("record.put_state"))?.execute(values)?;
        }
        if let Some(tally) = &self.tally {
            tally.count(r, 1);
        }
        Ok(())
    }

    /// Writes a record unless there is one of its id.
    fn put_if_new(&self, r: &Record) -> Result<bool, RecordStoreError> {
        if let Some(buckets) = &self.buckets {
            buckets.will_add(bucket_of(r))?;
        }
        Ok(self.put_with(sql!("record.put_new"), r, true)? == 1)
    }

    fn put_with(&self, sql: &str, r: &Record, is_new: bool) -> Result<usize, RecordStoreError> {
        self.absent.set(None);
        self.last.take();
        let (terms, shared, bucket) = (self.stored(r)?, shared_to_text(&r.shared), bucket_of(r));
        let values: [&dyn ToSql; 14] = [
            &r.id, &r.kind, &r.state, &r.desk, &r.case, &r.partner, &r.subject, &r.tier, &r.due, &r.key, &terms,
            &r.body, &shared, &bucket,
        ];
        let written = self.conn.prepare_cached(sql)?.execute(values.as_slice())?;
        if let Some(tally) = self.tally.as_ref().filter(|_| written == 1) {
            tally.count(r, 1);
        }
        if let Some(buckets) = self.buckets.as_ref().filter(|_| is_new && written == 1) {
            let values = values.split_last().map_or(values.as_slice(), |(_, values)| values);
            buckets.added((self.conn.last_insert_rowid(), bucket), values)?;
        }
        Ok(written)
    }
}

fn shared_to_text(shared: &[Holder]) -> Option<String> {
    let one = |h: &Holder| {
        object! { "partner" => h.partner.to_string(), "delete_by" => h.delete_by.map(|t| t.to_string()), "duty" => h.duty }
    };
    (!shared.is_empty()).then(|| Json::Arr(shared.iter().map(one).collect()).to_string())
}

fn shared_of_text(text: Option<String>) -> Option<Vec<Holder>> {
    let Some(text) = text else { return Some(Vec::new()) };
    let one = |j: &Json| {
        Some(Holder {
            partner: Id::parse(j.get("partner")?.text()?)?,
            delete_by: j.get("delete_by")?.text().and_then(Timestamp::parse),
            duty: DutyState::parse(j.get("duty")?.text()?)?,
        })
    };
    json::parse(text.as_bytes(), Limits::STORED).ok()?.items()?.iter().map(one).collect()
}

/// A stored record is not what the program writes.
#[derive(Debug, thiserror::Error)]
#[error("a record in the database is damaged")]
struct DamagedRecord;

/// Whether a record cannot be read since it is not what the program writes.
fn is_damage(fault: &RecordStoreError) -> bool {
    let sql = fault.0.downcast_ref::<rusqlite::Error>();
    fault.0.is::<DamagedRecord>() || sql.is_some_and(|sql| class(sql) == SqlErrorClass::Damaged)
}

impl From<DamagedRecord> for RecordStoreError {
    fn from(error: DamagedRecord) -> Self {
        Self(Box::new(error))
    }
}

fn read_record(row: &SqlRow<'_>, terms: Arc<Json>) -> Result<Record, RecordStoreError> {
    let kind: Kind = row.get(1)?;
    let state = row.get_ref(2)?.as_str().ok().and_then(|word| record::kind_def(kind).state(word));
    Ok(Record {
        id: row.get(0)?,
        kind,
        state: state.ok_or(DamagedRecord)?,
        desk: row.get(3)?,
        case: row.get(4)?,
        partner: row.get(5)?,
        subject: row.get(6)?,
        tier: row.get(7)?,
        due: row.get(8)?,
        key: row.get(9)?,
        terms,
        body: row.get(11)?,
        shared: shared_of_text(row.get(12)?).ok_or(DamagedRecord)?,
    })
}

impl RecordStore for SqlRecordStore<'_> {
    fn get(&self, id: Id) -> Result<Option<Record>, RecordStoreError> {
        if self.absent.get() == Some(id) {
            return Ok(None);
        }
        self.exact(id)?.map(|found| self.of_speaker(found)).transpose()
    }

    fn named(&self, name: Id) -> Result<Vec<Record>, RecordStoreError> {
        let partners = self.partners()?;
        let ids = std::iter::once(name).chain(partners.iter().map(|partner| local_id(*partner, name)));
        ids.filter_map(|id| self.exact(id).transpose()).collect()
    }

    fn find(&self, q: &Query) -> Result<Vec<Record>, RecordStoreError> {
        let mut found = Vec::new();
        self.each(q, |record| {
            found.push(record);
            Ok::<(), RecordStoreError>(())
        })?;
        Ok(found)
    }

    fn put(&mut self, record: &Record) -> Result<(), RecordStoreError> {
        self.put_over(record)
    }

    fn put_new(&mut self, record: &Record) -> Result<bool, RecordStoreError> {
        let Some(speaker) = self.speaker.filter(|speaker| speaker.is_foreign) else {
            return Ok(self.put_if_new(record)? || (self.move_aside(record)? && self.put_if_new(record)?));
        };
        let of = |id: Option<Id>| id.filter(|id| *id != record.id).map(|id| self.id_of_speaker(id)).transpose();
        let (case, subject) = (of(record.case)?.or(record.case), of(record.subject)?.or(record.subject));
        // Nearly always every name means the record that has it: a large import copies none of its records.
        let renamed =
            ((case, subject) != (record.case, record.subject)).then(|| Record { case, subject, ..record.clone() });
        let record = renamed.as_ref().unwrap_or(record);
        Ok(self.put_if_new(record)? || self.put_beside(record, speaker)?)
    }

    fn erase(&mut self, record: Id) -> Result<(), RecordStoreError> {
        if !self.erases {
            return Ok(());
        }
        let mut contents = self.conn.prepare_cached(sql!("change.contents_of_record"))?;
        let mut erase = self.conn.prepare_cached(sql!("change.erase"))?;
        let found =
            contents.query_map([record], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?, r.get(5)?)))?;
        let rows: Vec<(i64, Id, String, String, Salt, bool)> = found.collect::<Result<_, _>>()?;
        self.must_be_local(rows.iter().map(|row| (row.1, record)).filter(|(name, id)| name != id))?;
        for (row, name, kind, content, salt, searched) in rows {
            let commitment = commit(name, &kind, content.as_bytes(), &salt);
            erase.execute(params![row, commitment])?;
            if searched {
                self.erased.add(self.conn, row, content)?;
            }
        }
        if self.tally.is_some() { Ok(()) } else { Ok(self.erased.finish(self.conn)?) }
    }

    fn await_carriage(&mut self, partner: Id, position: i64) -> Result<(), RecordStoreError> {
        let mut add = self.conn.prepare_cached(sql!("waiting.add"))?;
        add.execute(params![partner, position])?;
        Ok(())
    }

    fn carried(&mut self, partner: Id, acts: &[Digest]) -> Result<(), RecordStoreError> {
        let mut carried = self.conn.prepare_cached(sql!("waiting.carried"))?;
        for act in acts {
            carried.execute(params![partner, act])?;
        }
        Ok(())
    }

    fn waits_no_more(&mut self, partner: Id, first: ChangeRow) -> Result<(), RecordStoreError> {
        self.conn.prepare_cached(sql!("waiting.no_more"))?.execute(params![partner, first])?;
        Ok(())
    }

    fn await_all_for_partners(&mut self, partner: Id) -> Result<(), RecordStoreError> {
        let desks = self.find(&Query::kind(Kind::Desk))?;
        let Some(home) = desks.first() else { return Ok(()) };
        let mut acts = self.conn.prepare_cached(sql!("act.for_partners"))?;
        let positions: Vec<i64> = acts.query_map([home.id], |r| r.get(0))?.collect::<Result<_, _>>()?;
        for position in positions {
            self.await_carriage(partner, position)?;
        }
        Ok(())
    }

    fn made_by(&self, record: Id) -> Result<Option<ChangeRow>, RecordStoreError> {
        Ok(self.log.prepare_cached(sql!("change.first_of_record"))?.query_row([record], |r| r.get(0))?)
    }

    fn author_of(&self, record: Id) -> Result<Option<Person>, RecordStoreError> {
        let Some(row) = self.made_by(record)? else { return Ok(None) };
        let mut get = self.log.prepare_cached(sql!("act.header_of_row"))?;
        let header: Option<Vec<u8>> = get.query_row([row], |r| r.get(0)).optional()?;
        Ok(header.and_then(|header| Header::parse(&header).ok()).map(|header| header.member))
    }

    fn following(&self, first: ChangeRow, kind: ChangeKind) -> Result<Vec<FollowingChange>, RecordStoreError> {
        let mut following = self.log.prepare_cached(sql!("change.following"))?;
        let rows = following.query_map(params![first, kind], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        let rows: Vec<(Id, Option<Id>, Option<i64>)> = rows.collect::<Result<_, _>>()?;
        self.must_be_local(rows.iter().filter_map(|(name, local, _)| local.map(|local| (*name, local))))?;
        let of = |(name, local, place): (_, Option<_>, _)| FollowingChange { record: local.unwrap_or(name), place };
        Ok(rows.into_iter().map(of).collect())
    }

    fn of_following(&self, following: &FollowingChange) -> Result<Option<Record>, RecordStoreError> {
        if let Some(place) = following.place
            && let Some(found) = self.at(place)?.filter(|r| r.id == following.record)
        {
            return Ok(Some(found));
        }
        self.get(following.record)
    }
}

/// Whether a query asks for items, whichever they are. Nearly every record is an item: reading the first ones is faster than sorting all
/// of them.
const fn is_any_item(q: &Query) -> bool {
    matches!(
        q,
        Query {
            kind: Some(Kind::Item),
            state: None,
            case: None,
            partner: None,
            subject: None,
            tier: None,
            key: None,
            due_by: None,
            shared: false,
            ..
        }
    )
}

/// Returns a query as the condition of a statement, and its values; of one that is read in order, where no index of kinds is to be used.
fn clause(q: &Query, in_order: bool) -> (String, Vec<Box<dyn ToSql>>) {
    let mut text = String::from("1");
    let mut values: Vec<Box<dyn ToSql>> = Vec::new();
    let mut and = |part: &str, value: Box<dyn ToSql>| {
        values.push(value);
        text.push_str(&format!(" AND {}", part.replace('?', &format!("?{}", values.len()))));
    };
    // Where a query asks for due records, the unary plus keeps SQLite from using the index of kind and state: it then reads
    // the index of due times in order, instead of reading and sorting all records of the kind.
    let plus = if in_order || q.due_by.is_some() { "+" } else { "" };
    if let Some(kind) = q.kind {
        and(&format!("{plus}kind = ?"), Box::new(kind));
    }
    if let Some(state) = &q.state {
        and(&format!("{plus}state = ?"), Box::new(*state));
    }
    if let Some(case) = q.case {
        and("case_id = ?", Box::new(case));
    }
    if let Some(partner) = q.partner {
        and("partner = ?", Box::new(partner));
    }
    if let Some(subject) = q.subject {
        and("subject = ?", Box::new(subject));
    }
    if let Some(tier) = q.tier {
        and("tier = ?", Box::new(tier));
    }
    if let Some(key) = &q.key {
        and("key = ?", Box::new(key.clone()));
    }
    if let Some(due) = q.due_by {
        and("due <= ?", Box::new(due));
    }
    if let Some(after) = q.after {
        and("number > (SELECT number FROM record WHERE id = ?)", Box::new(after));
    }
    if q.shared {
        text.push_str(" AND shared IS NOT NULL");
    }
    (text, values)
}

/// Returns the code of a desk, of this one or of a partner; `None` where there is none of this id.
pub fn code_of(conn: &Connection, desk: Id) -> Result<Option<String>, StoreError> {
    let mut code = conn.prepare_cached(sql!("record.code"))?;
    Ok(code.query_row(params![desk, Kind::Partner, Kind::Desk], |r| r.get(0)).optional()?.flatten())
}

/// Returns how many records fit.
pub fn count(conn: &Connection, q: &Query) -> Result<u64, StoreError> {
    let (clause, values) = clause(q, false);
    let mut count = conn.prepare_cached(&format!("SELECT count(*) FROM record WHERE {clause}"))?;
    Ok(count.query_row(rusqlite::params_from_iter(values), |r| r.get(0))?)
}

/// Returns the numbers of the items of a case, in the order in which they came. They are read from an index.
pub fn items_of(conn: &Connection, case: Id) -> Result<Vec<i64>, StoreError> {
    of_case(conn, sql!("record.items"), case)
}

/// Returns the numbers of the items of a case, but no more than so many: whoever asks for few of a million reads few.
pub fn first_items_of(conn: &Connection, case: Id, most: usize) -> Result<Vec<i64>, StoreError> {
    let mut items = conn.prepare_cached(sql!("record.first_items"))?;
    let rows = items.query_map(params![case, i64::try_from(most).unwrap_or(i64::MAX)], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the numbers of the items of a case that are about a person.
pub fn people_of(conn: &Connection, case: Id) -> Result<Vec<i64>, StoreError> {
    of_case(conn, sql!("record.people"), case)
}

fn of_case(conn: &Connection, sql: &str, case: Id) -> Result<Vec<i64>, StoreError> {
    let mut items = conn.prepare_cached(sql)?;
    let rows = items.query_map([case], |r| r.get(0))?;
    let mut all = rows.collect::<Result<Vec<i64>, _>>()?;
    // The index is ordered by tier: sorting is faster than reading the rows in another order.
    all.sort();
    Ok(all)
}

/// Returns the numbers of the records that are due at some time, the next first. They are read from an index. Consultations are many, and
/// end by themselves: only those that were due by `now` are among them.
pub fn clocks(conn: &Connection, now: Timestamp) -> Result<Vec<i64>, StoreError> {
    let mut all = conn.prepare_cached(sql!("record.clocks"))?;
    let rows = all.query_map(params![now.millis(), Kind::Consultation.word()], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the numbers of those of the [`clocks`] that belong to a case, or of those that belong to none, the next first.
pub fn clocks_of(conn: &Connection, case: Option<Id>, now: Timestamp) -> Result<Vec<i64>, StoreError> {
    let (now, apart) = (now.millis(), Kind::Consultation.word());
    let number = |r: &SqlRow<'_>| r.get(0);
    let rows: Result<Vec<i64>, _> = match case {
        Some(case) => {
            let mut all = conn.prepare_cached(sql!("record.clocks_of_case"))?;
            all.query_map(params![now, apart, case], number)?.collect()
        }
        None => {
            let mut all = conn.prepare_cached(sql!("record.clocks_of_no_case"))?;
            all.query_map(params![now, apart], number)?.collect()
        }
    };
    Ok(rows?)
}

/// The clocks of a case that end on one day.
pub struct ClockGroup {
    /// The case.
    pub case: Id,
    /// When the first of them ends.
    pub first: Timestamp,
    /// How many there are.
    pub count: u64,
    /// How many of them are of items.
    pub items: u64,
}

/// Returns how many items of a case are due on a day, with an instant of that day.
pub fn item_days(conn: &Connection, case: Id) -> Result<Vec<(Timestamp, u64)>, StoreError> {
    let mut all = conn.prepare_cached(sql!("record.item_days"))?;
    let rows = all.query_map([case], |r| Ok((r.get(0)?, r.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns how many items of a case are due from a time on and before another.
pub fn items_due_between(conn: &Connection, case: Id, from: Timestamp, until: Timestamp) -> Result<u64, StoreError> {
    let mut count = conn.prepare_cached(sql!("record.items_due_between"))?;
    Ok(count.query_row(params![case, from, until], |r| r.get(0))?)
}

/// Returns the numbers of the records of a kind that are due at a time or later, the next first.
pub fn due_from(conn: &Connection, kind: Kind, from: Timestamp) -> Result<Vec<i64>, StoreError> {
    let mut all = conn.prepare_cached(sql!("record.due_from"))?;
    let rows = all.query_map(params![kind, from], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the [`clocks`] of cases by the day on which they end, and by case, the next first.
pub fn clock_groups(conn: &Connection, now: Timestamp) -> Result<Vec<ClockGroup>, StoreError> {
    let mut all = conn.prepare_cached(sql!("record.clock_groups"))?;
    let rows = all.query_map(params![now.millis(), Kind::Consultation.word()], |r| {
        Ok(ClockGroup { case: r.get(0)?, first: Timestamp::from_millis(r.get(1)?), count: r.get(2)?, items: r.get(3)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Records of a case that the same partners hold on the same terms.
pub struct SharedGroup {
    /// The case.
    pub case: Option<Id>,
    /// Who holds them.
    pub holders: Vec<Holder>,
    /// How many there are.
    pub count: u64,
}

/// Returns what partners hold copies of, by case and by who holds it on which terms.
pub fn shared_groups(conn: &Connection) -> Result<Vec<SharedGroup>, StoreError> {
    let mut all = conn.prepare_cached(sql!("record.shared_groups"))?;
    let rows = all.query_map([], |r| {
        let holders = shared_of_text(r.get(1)?).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok(SharedGroup { case: r.get(0)?, holders, count: r.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the kinds and ids of records by their numbers, in their order.
pub fn references(conn: &Connection, numbers: &[i64]) -> Result<Vec<(Kind, Id)>, StoreError> {
    let mut one = conn.prepare_cached(sql!("record.reference"))?;
    let reference = |number: &i64| Ok(one.query_row([number], |r| Ok((r.get(0)?, r.get(1)?)))?);
    numbers.iter().map(reference).collect()
}

/// The count of records of a kind in one state, of this desk or of others.
pub struct InState {
    /// The state.
    pub state: State,
    /// Whether they are of this desk.
    pub ours: bool,
    /// How many there are.
    pub count: u64,
    /// The numbers of the first and of the last.
    pub ends: (i64, i64),
}

/// Returns the counts of the records of a kind, by state and by whose they are.
pub fn by_state(conn: &Connection, kind: Kind, home: Id) -> Result<Vec<InState>, StoreError> {
    let mut all = conn.prepare_cached(sql!("record.by_state"))?;
    let rows = all.query_map(params![kind, home], |r| {
        let word: String = r.get(0)?;
        let state = record::kind_def(kind).state(&word).ok_or(rusqlite::Error::InvalidQuery)?;
        Ok(InState { state, ours: r.get(1)?, count: r.get(2)?, ends: (r.get(3)?, r.get(4)?) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Below so many digits an id is looked for among the records of its kind.
const FEW_DIGITS: usize = 4;

/// Returns the ids of records of a kind that begin with these hex digits, at most so many: who looks for one asks for
/// two, which tell that the digits are not enough.
pub fn by_prefix(conn: &Connection, kind: Kind, digits: &str, most: u32) -> Result<Vec<Id>, StoreError> {
    // Few digits fit so many ids that the records of the kind are fewer.
    let sql = if digits.len() < FEW_DIGITS { sql!("record.of_kind_by_prefix") } else { sql!("record.by_prefix") };
    let mut find = conn.prepare_cached(sql)?;
    let low = format!("{:0<32}", digits.to_ascii_lowercase());
    let high = format!("{:f<32}", digits.to_ascii_lowercase());
    let (Some(low), Some(high)) = (Id::parse(&low), Id::parse(&high)) else { return Ok(Vec::new()) };
    let rows = find.query_map(params![low, high, kind, most], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Returns the partners for whom acts for all partners wait: the pinned ones, and those that are suspended.
pub fn waiting_partners(records: &dyn RecordStore) -> Result<Vec<Id>, RecordStoreError> {
    let mut all = Vec::new();
    for state in [partner::State::Pinned, partner::State::Suspended] {
        let query = Query::state(state);
        all.extend(records.find(&query)?.into_iter().map(|r| r.id));
    }
    Ok(all)
}
