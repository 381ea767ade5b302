//! Where a review stands, and whether that is an approval. It changes nothing: [`review`](super::review) does.

use super::kind::states;
use super::store::Record;
use crate::value::person::Person;

states! {
    /// Where a review stands.
    Review {
        /// Nobody has assessed it.
        Open = "open" "open" Waiting,
        /// Tests were answered; it is not decided.
        Assessed = "assessed" "assessed" Waiting,
        /// It is approved.
        Approved = "approved" "approved" Good,
        /// It is approved under conditions.
        Conditions = "conditions" "with conditions" Good,
        /// It is approved in part.
        Partial = "partial" "in part" Good,
        /// It was deferred.
        Deferred = "deferred" "deferred" Waiting,
        /// It is refused.
        Refused = "refused" "refused" Stopped,
        /// It was approved, and is no more.
        Lapsed = "lapsed" "lapsed" Stopped,
    }
}

/// Whether somebody has asked for a review, or has assessed or decided it.
pub fn takes_part(review: &Record, person: Person) -> bool {
    let asked = review.text("requester").and_then(Person::parse) == Some(person);
    asked || review.list("reviewers", Person::parse).contains(&person)
}

/// Whether a review approves as it stands, be it in part or under conditions.
pub fn is_approval(record: &Record) -> bool {
    matches!(record.in_state(), Some(State::Approved | State::Conditions | State::Partial))
}
