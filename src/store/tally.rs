//! Counts that would take reading every record: the items of a case or of a request by state, tier and marking, and how many records
//! are due in each hour. They are projections, kept up while an act is applied, and compared by `audit verify`. Nothing is decided
//! by them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, params};

use super::error::{StoreError, damaged};
use super::statement::sql;
use crate::record::item;
use crate::record::kind::{Kind, State};
use crate::record::store::{Record, RecordStoreError};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::timestamp::Timestamp;

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;

/// Of what items are counted: a case or a request, their state, tier and marking.
type Items = (Id, &'static str, i64, String);

/// What an act changes in the counts.
#[derive(Default)]
pub(super) struct Tally {
    items: RefCell<BTreeMap<Items, i64>>,
    /// Items and other records, by the hour in which they are due.
    due: RefCell<BTreeMap<i64, (i64, i64)>>,
    /// The terms that were looked at last, and their marking: many items share theirs.
    marking: RefCell<Option<(Arc<Json>, String)>>,
}

impl Tally {
    /// Counts a record that is there from now on (`by` 1) or is not there any more (`by` -1).
    pub(super) fn count(&self, record: &Record, by: i64) {
        let is_item = record.kind == Kind::Item;
        if let Some(due) = record.due {
            let mut hours = self.due.borrow_mut();
            let hour = hours.entry(due.millis().div_euclid(HOUR)).or_default();
            if is_item { hour.0 += by } else { hour.1 += by }
        }
        if !is_item {
            return;
        }
        let tier = record.tier.map_or(0, |tier| i64::from(tier.number()));
        for of in [record.case, record.subject].into_iter().flatten() {
            let key = (of, record.state.word(), tier, self.marking_of(&record.terms));
            *self.items.borrow_mut().entry(key).or_default() += by;
        }
    }

    /// The marking in an item's terms: its words with a space between.
    fn marking_of(&self, terms: &Arc<Json>) -> String {
        let mut last = self.marking.borrow_mut();
        if let Some((_, marking)) = last.as_ref().filter(|(known, _)| Arc::ptr_eq(known, terms)) {
            return marking.clone();
        }
        let word = |key: &str| terms.get(key).and_then(Json::text).unwrap_or_default();
        let handling = terms.get("handling").and_then(Json::items).unwrap_or_default();
        let words = [word("tlp"), word("pap")].into_iter().chain(handling.iter().filter_map(Json::text));
        let marking = words.collect::<Vec<_>>().join(" ");
        last.insert((Arc::clone(terms), marking)).1.clone()
    }

    /// Stores what was counted.
    pub(super) fn store(&self, conn: &Connection) -> Result<(), RecordStoreError> {
        let mut add = conn.prepare_cached(sql!("tally.add_items"))?;
        let mut drop = conn.prepare_cached(sql!("tally.drop_items"))?;
        for ((of, state, tier, marking), by) in self.items.take().into_iter().filter(|(_, by)| *by != 0) {
            add.execute(params![of, state, tier, marking, by])?;
            drop.execute(params![of, state, tier, marking])?;
        }
        let mut add = conn.prepare_cached(sql!("tally.add_due"))?;
        let mut drop = conn.prepare_cached(sql!("tally.drop_due"))?;
        for (hour, (items, others)) in self.due.take().into_iter().filter(|(_, by)| *by != (0, 0)) {
            add.execute(params![hour, items, others])?;
            drop.execute([hour])?;
        }
        Ok(())
    }
}

/// Returns how many items a case holds, or answer a request.
pub fn items_held(conn: &Connection, of: Id) -> Result<u64, StoreError> {
    let held: State = item::State::Held.into();
    Ok(conn.prepare_cached(sql!("tally.held"))?.query_row(params![of, held], |r| r.get(0))?)
}

/// Returns the effective marking of the items that are held in a case, or that answer a request; `None` where there are none.
pub fn effective_marking(conn: &Connection, of: Id) -> Result<Option<Marking>, StoreError> {
    let held: State = item::State::Held.into();
    let mut all = conn.prepare_cached(sql!("tally.markings"))?;
    let mut rows = all.query(params![of, held])?;
    let mut effective: Option<Marking> = None;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        let mut words = text.split(' ');
        let (tlp, pap) = (words.next().and_then(Tlp::parse), words.next().and_then(Pap::parse));
        let (Some(tlp), Some(pap), Some(handling)) = (tlp, pap, words.map(Handling::parse).collect::<Option<Vec<_>>>())
        else {
            return Err(damaged("an item's marking"));
        };
        let this = Marking { tlp, pap, handling };
        effective = Some(effective.map_or(this.clone(), |m| m.and(&this)));
    }
    Ok(effective)
}

/// Returns how many items are due before a time, and how many other records. Only the last hour is counted one by one.
fn due_before(conn: &Connection, time: Timestamp) -> Result<(u64, u64), StoreError> {
    let hour = time.millis().div_euclid(HOUR);
    let whole: (u64, u64) =
        conn.prepare_cached(sql!("tally.due"))?.query_row([hour], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let from = Timestamp::from_millis(hour.saturating_mul(HOUR));
    let count =
        |sql: &str| -> Result<u64, StoreError> { Ok(conn.prepare_cached(sql)?.query_row([from, time], |r| r.get(0))?) };
    let (all, others) = (count(sql!("record.due_between"))?, count(sql!("record.others_due_between"))?);
    Ok((whole.0 + all.saturating_sub(others), whole.1 + others))
}

/// Returns how many records are due at a time or before.
pub fn due_by(conn: &Connection, time: Timestamp) -> Result<u64, StoreError> {
    let (items, others) = due_before(conn, Timestamp::from_millis(time.millis().saturating_add(1)))?;
    Ok(items + others)
}

/// Returns how many items, and how many other records, are due on each of so many days from a day's beginning on.
pub fn due_days(conn: &Connection, from: Timestamp, days: usize) -> Result<Vec<(u64, u64)>, StoreError> {
    const HOURS: i64 = 24;
    let first = from.millis().div_euclid(HOUR);
    let mut all = vec![(0, 0); days];
    let mut query = conn.prepare_cached(sql!("tally.due_hours"))?;
    let mut rows = query.query([first, first.saturating_add(days as i64 * HOURS)])?;
    while let Some(row) = rows.next()? {
        let (hour, items, others): (i64, u64, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let day = usize::try_from((hour - first) / HOURS).ok();
        if let Some(day) = day.and_then(|day| all.get_mut(day)) {
            *day = (day.0 + items, day.1 + others);
        }
    }
    Ok(all)
}

/// Returns how many items are due from a time until before another, and how many other records.
pub fn due_between(conn: &Connection, from: Timestamp, until: Timestamp) -> Result<(u64, u64), StoreError> {
    let (before, after) = (due_before(conn, from)?, due_before(conn, until)?);
    Ok((after.0.saturating_sub(before.0), after.1.saturating_sub(before.1)))
}
