//! What is held although it has a term: nothing erases it, so it is counted apart from what is to be erased.

use std::collections::BTreeMap;

use crate::record::hold::StandingHolds;
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore as _};
use crate::store::records::{item_days, items_due_between};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The items that are held, by the day on which their term ends.
#[derive(Clone, Debug)]
pub struct HeldItems {
    /// When this was counted.
    now: Timestamp,
    /// All of them, by the beginning of the day.
    days: BTreeMap<Timestamp, u64>,
    /// Those that are held one by one, by their case and the day.
    singly: BTreeMap<(Id, Timestamp), u64>,
    /// Those whose term has ended earlier today.
    ended_today: u64,
}

impl HeldItems {
    /// Those of the workspace now. Cases that are held are counted by day, and not read item by item: there may be very many.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn of(workspace: &Workspace, holds: &StandingHolds) -> Result<Self, Error> {
        let (records, now) = (workspace.records(), workspace.now());
        let mut held = Self { now, days: BTreeMap::new(), singly: BTreeMap::new(), ended_today: 0 };
        for id in holds.subjects() {
            let Some(record) = records.get(id)? else { continue };
            match (record.kind, record.case) {
                (Kind::Case, _) => {
                    for (due, items) in item_days(&workspace.db, id)? {
                        *held.days.entry(due.start_of_day()).or_default() += items;
                    }
                    held.ended_today += items_due_between(&workspace.db, id, now.start_of_day(), now)?;
                }
                // What lies in a case that is held is counted with it.
                (Kind::Item, Some(case)) if holds.is_placed_on(case) => {}
                (Kind::Item, case) => {
                    held.add(&record);
                    if let Some((case, due)) = case.zip(record.due) {
                        *held.singly.entry((case, due.start_of_day())).or_default() += 1;
                    }
                }
                _ => {}
            }
        }
        Ok(held)
    }

    fn add(&mut self, item: &Record) {
        let Some(due) = item.due else { return };
        *self.days.entry(due.start_of_day()).or_default() += 1;
        if due < self.now && due >= self.now.start_of_day() {
            self.ended_today += 1;
        }
    }

    /// How many have a term that ends on a day, whatever the hour.
    pub fn on(&self, day: Timestamp) -> u64 {
        self.days.get(&day.start_of_day()).copied().unwrap_or(0)
    }

    /// How many of a case that is not held itself have a term that ends on a day.
    pub fn singly_in(&self, case: Id, day: Timestamp) -> u64 {
        self.singly.get(&(case, day.start_of_day())).copied().unwrap_or(0)
    }

    /// How many have a term that has ended earlier today.
    pub const fn ended_today(&self) -> u64 {
        self.ended_today
    }

    /// How many have a term that has ended.
    pub fn ended(&self) -> u64 {
        self.days.range(..self.now.start_of_day()).map(|(_, n)| n).sum::<u64>() + self.ended_today
    }
}
