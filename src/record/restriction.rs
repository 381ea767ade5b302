//! What is restricted: kept, and seen only with a reason. It reads records, and changes none.

use std::collections::BTreeSet;
use std::convert::Infallible;

use super::definition::{ApplyError, KindDef, WhenDue};
use super::hold::StandingHolds;
use super::kind::Kind;
use super::store::{Record, RecordStore};
use super::{hold, hold_notice, retention};
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

/// What happens when a record is due.
pub fn when_due(record: &Record, kinds: fn(Kind) -> &'static KindDef) -> WhenDue {
    match kinds(record.kind).when_due {
        WhenDue::Deletion if !retention::silence_erases(record) => WhenDue::Review,
        other => other,
    }
}

/// Whether a record is restricted now: a review of it or of its case says so, a hold stands on either, its sender's hold is not answered
/// and its term has passed, or its date has passed and silence does not erase it.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn is_restricted(
    records: &dyn RecordStore,
    record: &Record,
    kinds: fn(Kind) -> &'static KindDef,
    now: Timestamp,
) -> Result<bool, ApplyError> {
    let is_held = || {
        let case = record.case.filter(|case| *case != record.id).map(|case| records.get(case)).transpose()?.flatten();
        Ok(case.is_some_and(|case| retention::is_restricted_by_review(&case)) || hold::stands_on(records, record)?)
    };
    is_one(record, kinds, now, is_held, || hold_notice::is_unanswered(records, record))
}

fn is_one<E>(
    record: &Record,
    kinds: fn(Kind) -> &'static KindDef,
    now: Timestamp,
    is_held: impl Fn() -> Result<bool, E>,
    is_unanswered: impl Fn() -> Result<bool, E>,
) -> Result<bool, E> {
    if record.is_purged() {
        return Ok(false);
    }
    let is_due = record.due.is_some_and(|due| due <= now);
    Ok(retention::is_restricted_by_review(record)
        || (is_due && when_due(record, kinds) == WhenDue::Review)
        || is_held()?
        || (is_due && is_unanswered()?))
}

/// What restricts records beside themselves: read once for many.
#[derive(Debug)]
pub struct Restrictions {
    /// Holds that stand here.
    pub holds: StandingHolds,
    /// Copies whose sender holds them, and of which nobody has said whether they are kept.
    pub unanswered: BTreeSet<Id>,
    /// Cases that a review restricts, with everything in them.
    cases: BTreeSet<Id>,
}

impl Restrictions {
    /// Those of now.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn of(records: &dyn RecordStore) -> Result<Self, ApplyError> {
        let cases = retention::restricted_cases(records)?;
        Ok(Self { holds: StandingHolds::of(records)?, unanswered: hold_notice::unanswered(records)?, cases })
    }

    /// Whether a record is restricted now, as [`is_restricted`] says it of one.
    pub fn are_on(&self, record: &Record, kinds: fn(Kind) -> &'static KindDef, now: Timestamp) -> bool {
        let in_case = record.case.is_some_and(|case| self.cases.contains(&case));
        let is_held = || Ok::<_, Infallible>(in_case || self.holds.is_on(record));
        is_one(record, kinds, now, is_held, || Ok(self.unanswered.contains(&record.id))).unwrap_or(false)
    }
}

/// Whether a record of this kind is seen only with a reason while it is restricted: it is kept for what it says.
pub const fn is_of_contents(kind: Kind) -> bool {
    matches!(kind, Kind::Item | Kind::Request)
}

/// Whether a record of this kind says what is kept, and why: who looks after that reads it without a reason.
pub const fn is_of_keeping(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Hold
            | Kind::HoldNotice
            | Kind::Retention
            | Kind::Disposal
            | Kind::Purge
            | Kind::Certificate
            | Kind::Order
    )
}
