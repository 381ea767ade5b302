//! What is remembered of a look at personal data until it is on record, and what a member has said of why they look. It reads and writes
//! nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

/// What stands in the place of personal data that may not be shown.
pub const MASK: &str = "[masked]";

/// What looks are noted under: the case, redress, or the desk's work.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Matter {
    /// A case.
    Case(Id),
    /// Complaints.
    Redress,
    /// Anything else.
    Desk,
}

/// The personal data that were read for one page, and are not noted yet.
#[derive(Default, Debug)]
pub struct Looks {
    pub(super) seen: BTreeMap<Matter, BTreeSet<Id>>,
    pub(super) masked: Option<Masked>,
    pub(super) wanted: Option<Wanted>,
}

/// Why something was masked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Masked {
    /// Nothing can be noted here of who looks.
    Unnoted,
    /// It is held or restricted, and no reason was given: it goes into no act either.
    Restricted,
}

/// A reason that is to be given before something is shown.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// For looking at which matter.
    pub matter: Matter,
    /// Whether something in it is held or restricted: then the purpose of the matter is not offered as the reason.
    pub restricted: bool,
}

impl Wanted {
    /// The reason for looking at what is held or restricted in the matter of a record.
    pub fn of_restricted(record: &Record) -> Self {
        Self { matter: matter_of(record), restricted: true }
    }
}

/// The journal of a member, and what they have said of why they look; both views of a workspace share it.
#[derive(Default, Debug)]
pub struct Journal(Mutex<Session>);

/// What a member has said in one session.
#[derive(Default, Debug)]
pub(super) struct Session {
    /// The reason for everything, where one was given.
    pub(super) reason: Option<String>,
    /// The reason for each matter, and whether it was typed: the purpose that was offered does not do for what is held.
    pub(super) by_matter: BTreeMap<Matter, (String, bool)>,
    /// Whether a reason is asked for before personal data of a matter are shown.
    pub(super) asks: bool,
    /// What was noted of late, so that a page that is drawn again is no new look.
    pub(super) noted: BTreeMap<Id, Timestamp>,
}

/// Why a member looks, as they have typed it up to one moment.
#[derive(Clone, Default, Debug)]
pub struct Reasons {
    any: bool,
    matters: BTreeSet<Matter>,
}

impl Reasons {
    /// Whether a reason was typed for looking at a record.
    pub fn cover(&self, record: &Record) -> bool {
        self.any || self.matters.contains(&matter_of(record))
    }
}

impl Journal {
    /// What was said up to now.
    pub(super) fn reasons(&self) -> Reasons {
        let session = self.session();
        let typed = session.by_matter.iter().filter(|(_, (_, typed))| *typed).map(|(matter, _)| *matter);
        Reasons { any: session.reason.is_some(), matters: typed.collect() }
    }

    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        // What a thread that ended has left behind is whole: each change of it is one assignment.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Masks every text and number of a content; its members stay.
pub(super) fn masked(content: &Json) -> Json {
    match content {
        Json::Str(text) if text.as_str().is_empty() => content.clone(),
        Json::Str(_) => Json::from(MASK),
        Json::Int(_) => Json::Null,
        Json::Arr(items) => Json::Arr(items.iter().map(masked).collect()),
        Json::Obj(members) => Json::Obj(members.iter().map(|(key, value)| (key.clone(), masked(value))).collect()),
        Json::Null | Json::Bool(_) => content.clone(),
    }
}

pub(super) fn matter_of(record: &Record) -> Matter {
    match (record.case, record.kind) {
        (Some(case), _) => Matter::Case(case),
        (None, Kind::Complaint) => Matter::Redress,
        (None, _) => Matter::Desk,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    #[test]
    fn a_masked_content_says_nothing_and_keeps_its_form() {
        let content =
            object! { "value" => "J. Doe", "note" => "", "list" => vec![Json::from("a")], "n" => 7i64, "b" => true };
        let shown = masked(&content);
        assert_eq!(
            shown,
            object! { "value" => MASK, "note" => "", "list" => vec![Json::from(MASK)], "n" => Json::Null, "b" => true }
        );
    }
}
