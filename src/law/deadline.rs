//! Deadlines: from an event and a row of the law to a target and a legal limit.
//!
//! The target is the raw instant, time of day kept. The limit is what the rule computes: a period in days ends with the
//! last hour of its last day, and, where the rule says so, rolls over weekends; a period in hours begins at the full
//! hour after the event and never rolls. A preservation never rolls: data are lost at the target. (Reg. 1182/71 Art 3.)

use super::request::{ClockRow, RequestKind};
use crate::value::instant::{Instant, Span};

/// One clock that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock<'a> {
    /// The row that it runs by.
    pub row: &'a ClockRow,
    /// When one should be done; `None` where no limit is fixed.
    pub target: Option<Instant>,
    /// When the law says it ends; `None` where no limit is fixed.
    pub limit: Option<Instant>,
}

/// The clocks that an event starts for a kind of request.
pub fn clocks(kind: &RequestKind, event: Instant) -> Vec<Clock<'_>> {
    kind.clock.iter().map(|row| run(row, event)).collect()
}

fn run(row: &ClockRow, event: Instant) -> Clock<'_> {
    let Some((amount, unit)) = row.amount.zip(row.unit.as_deref()) else {
        return Clock { row, target: None, limit: None };
    };
    let (target, limit) = match unit {
        "hour" => (event.plus(Span::hours(amount)), event.hour_after().plus(Span::hours(amount))),
        _ => {
            let target = event.plus(Span::days(amount));
            let mut last = target.start_of_day();
            while row.rolls && is_weekend(last) {
                last = last.plus(Span::days(1));
            }
            (target, last.plus(Span::days(1)))
        }
    };
    let limit = if row.clock == "preservation" { target } else { limit };
    Clock { row, target: Some(target), limit: Some(limit) }
}

fn is_weekend(day: Instant) -> bool {
    use jiff::civil::Weekday;
    matches!(day.date().weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preservation_runs_sixty_days_and_never_rolls() {
        let kind = super::super::request::by_id("bc29").unwrap();
        let event = Instant::parse("2026-02-01T00:00:00Z").unwrap();
        let clocks = clocks(kind, event);
        let preservation = clocks.iter().find(|c| c.row.clock == "preservation").unwrap();
        assert_eq!(preservation.target.unwrap().to_string(), "2026-04-02T00:00:00Z");
        assert_eq!(preservation.limit, preservation.target);
        assert!(clocks.iter().any(|c| c.row.clock == "reply" && c.target.is_none()));
    }
}
