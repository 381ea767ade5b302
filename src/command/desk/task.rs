//! Something that waits, on whom, and by when.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

/// Something that waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Task {
    /// The record.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// The partner that it concerns.
    pub partner: String,
    /// What is to be done, in a few words.
    pub what: String,
    /// By when.
    pub due: Option<Timestamp>,
    /// Whether it waits on this member.
    pub mine: bool,
    /// On whom it waits, where not on this member.
    pub waits_on: String,
    /// The command that does it; `None` where that is for who does it to choose.
    pub command: Option<&'static str>,
    /// What is known of that command's form beside the record, by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<&'static str, String>,
}

impl Task {
    /// Says which command does it.
    #[must_use]
    pub fn done_by(self, command: &'static str) -> Self {
        Self { command: Some(command), ..self }
    }

    /// Says what stands in a field of that command's form.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.with.insert(field, value.into());
        self
    }
}

/// Something that waits: on this member, or on whom it says.
pub fn task(
    record: &Record,
    partner: &str,
    what: impl Into<String>,
    due: Option<Timestamp>,
    mine: bool,
    waits_on: &str,
) -> Task {
    Task {
        id: record.id,
        kind: record.kind,
        partner: partner.to_owned(),
        what: what.into(),
        due,
        mine,
        waits_on: if mine { String::new() } else { waits_on.to_owned() },
        command: None,
        with: BTreeMap::new(),
    }
}
