//! The records as they were: what later acts have changed is taken back in memory, or where that is more, the earlier acts are applied
//! again. Nothing is verified, and the database is not written: that is [`super::replay::verify`]'s, which compares what is taken back
//! here with what the acts say.

use std::collections::BTreeSet;
use std::ops::Range;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::connection;
use super::error::{StoreError, damaged};
use super::log::Meta;
use super::read;
use super::records::SqlRecordStore;
use super::replay::{self, Progress};
use super::statement::sql;
use super::tally::Tally;
use crate::act::header::Audience;
use crate::record::bundle::{self, Departure};
use crate::record::kind::ChangeKind;
use crate::record::store::{ChangeRow, RecordStore as _};
use crate::record::{disclosure, partner};
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};

/// How many records can be taken back in the time in which one change is applied again.
const TAKEN_BACK: i64 = 4;

/// Shows the records as they were when an act was the last, to whoever reads in `back`, a second connection to the same database.
/// Content is read from the database itself, so what was erased since stays erased. What other connections write later does not
/// change what is shown.
///
/// # Errors
///
/// Where the workspace is of an older format, or the log cannot be read.
pub fn show(
    conn: &Connection,
    back: &Connection,
    meta: &Meta,
    until: i64,
    go_on: impl FnMut(Progress) -> bool,
) -> Result<Progress, StoreError> {
    match take_back(back, until) {
        Ok(Some(first_row)) => {
            connection::show_log_until(back, until, first_row - 1)?;
            Ok(Progress::default())
        }
        // A record that is damaged does not keep anybody from what the acts say.
        Ok(None) | Err(StoreError::Integrity(_) | StoreError::Sql(_)) => {
            replay::apply_until(conn, back, meta, until, go_on)
        }
        Err(error) => Err(error),
    }
}

/// Takes back what came after an act, in one transaction. Returns the row of the first change that came later; `None` where it is less to
/// apply the acts again, or cannot be taken back.
fn take_back(back: &Connection, until: i64) -> Result<Option<i64>, StoreError> {
    let taking_back = connection::snapshot(back)?;
    let Some(later) = Later::after(back, until)? else { return Ok(None) };
    if later.records() > later.first_row.saturating_mul(TAKEN_BACK) {
        return Ok(None);
    }
    later.take_back(back)?;
    connection::commit(taking_back)?;
    Ok(Some(later.first_row))
}

/// What came after an act.
struct Later {
    /// The position of that act.
    until: i64,
    /// The position of the last act.
    last: i64,
    /// The row of the first change that came later.
    first_row: i64,
    /// The number of the first record that came later, and of the next one.
    numbers: (i64, i64),
    /// How many times earlier records were changed.
    changed: i64,
}

impl Later {
    /// Returns what came after the act at a position; `None` where the database does not say, since an older program wrote it.
    fn after(conn: &Connection, until: i64) -> Result<Option<Self>, StoreError> {
        if connection::has_older_records(conn)? {
            return Ok(None);
        }
        let number = |sql: &str| conn.prepare_cached(sql)?.query_row([], |r| r.get::<_, i64>(0));
        let (last, next) = (number(sql!("act.last_position"))?, number(sql!("record.next_number"))?);
        let begin: Option<(i64, Option<i64>)> = conn
            .prepare_cached(sql!("act.begins"))?
            .query_row([until + 1], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?;
        let (first_row, first) = match begin {
            Some((row, Some(number))) => (row, number),
            Some((_, None)) => return Ok(None),
            None => (number(sql!("change.next_row"))?, next),
        };
        let changed = conn.prepare_cached(sql!("undo.count"))?.query_row([until], |r| r.get(0))?;
        Ok(Some(Self { until, last, first_row, numbers: (first, next), changed }))
    }

    /// How many records have to be read to take it back.
    const fn records(&self) -> i64 {
        self.changed + (self.numbers.1 - self.numbers.0)
    }

    /// Shadows the tables of records, for this connection alone, with what they were.
    fn take_back(&self, conn: &Connection) -> Result<(), StoreError> {
        let (tally, waiting) = (Tally::default(), self.waiting(conn)?);
        {
            let mut numbers = conn.prepare(sql!("undo.numbers"))?;
            let changed = numbers.query_map(params![self.until, self.numbers.0], |r| r.get::<_, i64>(0))?;
            let changed: Vec<i64> = changed.collect::<Result<_, _>>()?;
            count(conn, &tally, changed.iter().copied().chain(self.numbers.0..self.numbers.1), -1)?;
            connection::show_records_before(conn, self.until, self.last, self.numbers.0)?;
            count(conn, &tally, changed.into_iter(), 1)?;
        }
        tally.store(conn).map_err(StoreError::from)?;
        let mut add = conn.prepare_cached(sql!("waiting.add"))?;
        waiting.into_iter().try_for_each(|wait| add.execute(params![wait.0, wait.1]).map(|_| ()))?;
        Ok(())
    }

    /// Which acts waited for which partners: what has gone since waited still, what is from later did not, nor did what is for all
    /// partners wait for one who was not met yet.
    fn waiting(&self, conn: &Connection) -> Result<BTreeSet<(Id, i64)>, StoreError> {
        let mut all = conn.prepare(sql!("waiting.all"))?;
        let rows = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let mut waiting: BTreeSet<(Id, i64)> = rows.collect::<Result<_, _>>()?;
        let later = |kind: ChangeKind| heads(conn, kind, self.first_row..i64::MAX);
        for head in later(bundle::EXPORT)? {
            waiting.extend(carried(conn, &head)?);
        }
        let written: BTreeSet<Id> = later(disclosure::WRITTEN)?.into_iter().map(|head| head.record).collect();
        if !written.is_empty() {
            let earlier = |kind: ChangeKind| heads(conn, kind, 0..self.first_row);
            let before: BTreeSet<Id> = earlier(disclosure::WRITTEN)?.into_iter().map(|head| head.record).collect();
            let mut gone = BTreeSet::new();
            for head in earlier(bundle::EXPORT)? {
                gone.extend(carried(conn, &head)?);
            }
            for id in written.difference(&before) {
                waiting.extend(released(conn, *id)?.filter(|release| !gone.contains(release)));
            }
        }
        for met in later(partner::CONFIRM)? {
            let mut acts = conn.prepare_cached(sql!("act.for_all_partners"))?;
            let positions = acts.query_map([], |r| r.get::<_, i64>(0))?;
            for position in positions {
                waiting.remove(&(met.record, position?));
            }
        }
        waiting.retain(|(_, position)| *position <= self.until);
        Ok(waiting)
    }
}

/// Counts records of these numbers.
fn count(conn: &Connection, tally: &Tally, numbers: impl Iterator<Item = i64>, by: i64) -> Result<(), StoreError> {
    let records = SqlRecordStore::new(conn);
    for number in numbers {
        if let Some(record) = records.at(number)? {
            tally.count(&record, by);
        }
    }
    Ok(())
}

/// The first change of an act.
struct ActHead {
    record: Id,
    terms: String,
}

/// Returns the first changes of acts that are of a kind and lie in these rows.
fn heads(conn: &Connection, kind: ChangeKind, rows: Range<i64>) -> Result<Vec<ActHead>, StoreError> {
    let mut heads = conn.prepare_cached(sql!("act.heads"))?;
    let found = heads
        .query_map(params![kind, rows.start, rows.end], |r| Ok(ActHead { record: r.get(0)?, terms: r.get(1)? }))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Returns to whom a bundle went, and the positions of the acts that it carried.
fn carried(conn: &Connection, head: &ActHead) -> Result<Vec<(Id, i64)>, StoreError> {
    let terms = json::parse(head.terms.as_bytes(), Limits::STORED).ok();
    let departure = terms.and_then(|terms| Departure::read(&terms).ok());
    let departure = departure.ok_or_else(|| damaged("what a bundle carries"))?;
    let mut position = conn.prepare_cached(sql!("act.by_id"))?;
    let mut all = Vec::with_capacity(departure.acts.len());
    for act in &departure.acts {
        let position: Option<i64> = position.query_row([act], |r| r.get(0)).optional()?;
        all.extend(position.map(|position| (departure.to, position)));
    }
    Ok(all)
}

/// Returns to whom a disclosure goes, and the position of the act that released it; `None` where that act is not for a bundle.
fn released(conn: &Connection, disclosure: Id) -> Result<Option<(Id, i64)>, StoreError> {
    let records = SqlRecordStore::new(conn);
    let Some(record) = records.get(disclosure)? else { return Ok(None) };
    let (Some(to), Some(row)) = (record.partner, record.terms.get("row").and_then(Json::int)) else { return Ok(None) };
    if records.get(to)?.is_some_and(|partner| partner::is_without_card(&partner)) {
        return Ok(None);
    }
    let position = read::position_of_row(conn, ChangeRow(row))?;
    let act = position.map(|position| read::act(conn, position)).transpose()?.flatten();
    let audience = act.map(|act| act.read_header()).transpose()?.map(|header| header.audience);
    let is_for_them = matches!(audience, Some(Audience::Desks(desks)) if desks.contains(&to));
    Ok(position.filter(|_| is_for_them).map(|position| (to, position)))
}
