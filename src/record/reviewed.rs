//! What a review of an agreement or of a charter found, and when the next one is. It is a part of their records, and no record itself.

use super::definition::ApplyError;
use super::store::Record;
use crate::object;
use crate::value::class::words;
use crate::value::json::{Json, Members};
use crate::value::timestamp::Timestamp;

words! {
    /// What a review came to.
    ReviewResult {
        /// It goes on as it is.
        Continue = "continue",
        /// It is to be changed.
        Change = "change",
        /// It is to be ended.
        End = "end",
    }
}

/// The member of a record's terms that says when its next review is.
const NEXT: &str = "review_due";
/// The member of a record's terms that says when it was reviewed last.
const LAST: &str = "reviewed";
/// The member of a record's terms that says what that came to.
const RESULT: &str = "review_result";
/// The members of a record's terms that a review sets.
pub const ADDED: [&str; 3] = [NEXT, LAST, RESULT];

/// What a review says without free text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Reviewed {
    /// What it came to.
    pub result: ReviewResult,
    /// When the next one is.
    pub next: Option<Timestamp>,
}

impl Reviewed {
    /// As terms; `notes` are what is said beside them.
    pub fn to_json(&self, notes: &str) -> Json {
        let mut json = object! { "result" => self.result, "said" => !crate::value::text::is_blank(notes) };
        if let Some(next) = self.next {
            json.set("next", next.to_string());
        }
        json
    }

    /// Reads terms.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let result = m.read("result", ReviewResult::parse)?;
        m.need("said")?;
        let next = m.maybe("next").map(|next| next.text().and_then(Timestamp::parse));
        m.finish()?;
        let bad = || ApplyError::Malformed("`next` is not a time".into());
        Ok(Self { result, next: next.map(|next| next.ok_or_else(bad)).transpose()? })
    }

    /// Notes it in a record.
    pub fn note(&self, record: &mut Record, at: Timestamp) -> Result<(), ApplyError> {
        if self.next.is_some_and(|next| next <= at) {
            return Err(ApplyError::NotAllowed("the next review is on a day that is still to come".into()));
        }
        record.set(LAST, at.to_string());
        record.set(RESULT, self.result);
        set_next(record, self.next);
        Ok(())
    }
}

/// Says when the next review of a record is.
pub fn set_next(record: &mut Record, next: Option<Timestamp>) {
    match next {
        Some(next) => record.set(NEXT, next.to_string()),
        None => record.remove(NEXT),
    }
}

/// When the next review of a record is.
pub fn next_of(record: &Record) -> Option<Timestamp> {
    record.instant(NEXT)
}
