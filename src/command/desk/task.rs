//! Something that waits, on whom, and by when.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::record::kind::Kind;
use crate::record::store::Record;
use crate::value::id::Id;
use crate::value::timestamp::{Duration, Timestamp};

/// Why something is urgent, whatever its date says, the most urgent first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// Somebody is in danger.
    Emergency,
    /// What goes to a partner, or comes from it, is stopped.
    Exchange,
}

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
    /// Why it is urgent; `None` where only its date says how much it is.
    #[serde(skip)]
    pub urgency: Option<Urgency>,
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

    /// Says why it is urgent, whatever its date says.
    #[must_use]
    pub fn urgent(self, urgency: Urgency) -> Self {
        Self { urgency: Some(urgency), ..self }
    }

    /// Where it stands among all that waits: what is late, emergencies, what is due today, what stops the exchange with a partner,
    /// then what is due later, and last what has no date.
    pub fn place(&self, now: Timestamp) -> impl Ord + use<> {
        let tomorrow = now.start_of_day().plus(Duration::days(1));
        let group = match (self.due, self.urgency) {
            (Some(due), _) if due < now => 0,
            (_, Some(Urgency::Emergency)) => 1,
            (Some(due), _) if due < tomorrow => 2,
            (_, Some(Urgency::Exchange)) => 3,
            (Some(_), None) => 4,
            (None, None) => 5,
        };
        (group, self.due.is_none(), self.due)
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
        urgency: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::partner::State;

    #[test]
    fn what_is_urgent_stands_behind_what_is_late_or_due_today_whatever_its_date_says() {
        let id = Id::parse("0123456789abcdef0123456789abcdef").unwrap();
        let record = Record::new(id, State::Met, id);
        let now = Timestamp::parse("2026-11-28T20:00:00Z").unwrap();
        let of = |what: &str, hours: Option<i64>| {
            task(&record, "XB", what, hours.map(|n| now.plus(Duration::hours(n))), true, "")
        };
        let mut tasks = [
            of("undated", None),
            of("tomorrow", Some(5)),
            of("gap", None).urgent(Urgency::Exchange),
            of("today", Some(2)),
            of("emergency", None).urgent(Urgency::Emergency),
            of("late", Some(-1)),
            of("emergency to validate", Some(30)).urgent(Urgency::Emergency),
            of("late longer", Some(-9)),
        ];
        tasks.sort_by_key(|task| task.place(now));
        let order: Vec<&str> = tasks.iter().map(|task| task.what.as_str()).collect();
        let due = ["late longer", "late", "emergency to validate", "emergency", "today", "gap", "tomorrow", "undated"];
        assert_eq!(order, due);
    }
}
