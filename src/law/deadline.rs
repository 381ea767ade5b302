//! Deadlines: from an event and a row of the law to a target and a legal limit.
//!
//! Days are those of the addressee: they begin and end at the midnight of its place.
//!
//! The target is the event plus the period. The limit is when the period ends in law (Reg. 1182/71 Art 3): a
//! period in days ends with the last hour of its last day and, where its row says so, rolls on to the next working day; a
//! period in hours begins at the full hour after the event and never rolls. A preservation never rolls: data are lost at
//! its target.

use jiff::civil::Date;

use super::calendar::Calendar;
use super::edition::Law;
use super::request::{ClockKind, ClockRow, RequestKind, Unit, Variant};
use crate::value::timestamp::{Duration, Timestamp};

/// One clock that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clock<'a> {
    /// The row that it runs by.
    pub row: &'a ClockRow,
    /// When one should be done; `None` where no limit is fixed.
    pub target: Option<Timestamp>,
    /// When the law says it ends; `None` where no limit is fixed.
    pub limit: Option<Timestamp>,
}

/// The clocks of a kind of request, each counted from `event`. `order_days` is the period that the order itself sets, in
/// days: it counts for rows that let the longer period win, and for an authority whose length the law leaves open.
pub fn clocks<'a>(
    law: &Law,
    kind: &'a RequestKind,
    event: Timestamp,
    order_days: Option<i64>,
    calendar: &Calendar,
) -> Vec<Clock<'a>> {
    let eu = law.instrument(&kind.instrument).is_some_and(|i| i.eu);
    let runs = |row: &&ClockRow| !row.longer_wins || order_days.is_some();
    kind.clock.iter().filter(runs).map(|row| run(row, event, order_days, calendar, eu)).collect()
}

fn run<'a>(row: &'a ClockRow, event: Timestamp, order_days: Option<i64>, calendar: &Calendar, eu: bool) -> Clock<'a> {
    let open_authority = row.clock == ClockKind::Authority && row.variant == Variant::ORDER && row.amount.is_none();
    let (amount, unit) = match (row.amount.zip(row.unit), order_days) {
        (Some((amount, unit)), Some(days)) if row.longer_wins => (amount.max(days), unit),
        (Some((amount, unit)), _) => (amount, unit),
        (None, Some(days)) if open_authority => (days, Unit::Day),
        (None, _) => return Clock { row, target: None, limit: None },
    };
    if unit == Unit::Hour {
        let limit = event.hour_after().plus(Duration::hours(amount));
        return Clock { row, target: Some(event.plus(Duration::hours(amount))), limit: Some(limit) };
    }
    if row.clock == ClockKind::Preservation {
        let target = event.plus(Duration::days(amount));
        return Clock { row, target: Some(target), limit: Some(target) };
    }
    let zone = calendar.zone();
    let target = zone.days_later(event, amount);
    let mut last = zone.date(target);
    // The search for a working day ends after a year, so that days at the end of their range cannot loop for ever.
    let mut days_left = 366;
    let mut next = |last: &mut Date| {
        *last = last.tomorrow().unwrap_or(*last);
        days_left -= 1;
        days_left > 0
    };
    if row.rolls {
        while !calendar.works(last) && next(&mut last) {}
        // A period of two days or more holds at least two on which somebody works (Reg. 1182/71 Art 3(5)).
        let first = zone.date(event);
        while eu && amount >= 2 && working_days_after(calendar, first, last) < 2 && next(&mut last) {}
    }
    Clock { row, target: Some(target), limit: Some(zone.midnight(last.tomorrow().unwrap_or(last))) }
}

/// How many days on which somebody works lie after `event` and not after `last`.
fn working_days_after(calendar: &Calendar, event: Date, last: Date) -> usize {
    let days = std::iter::successors(event.tomorrow().ok(), |d| d.tomorrow().ok());
    days.take_while(|d| *d <= last).filter(|d| calendar.works(*d)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::calendar::Zone;
    use super::super::request::by_id;
    use super::*;

    fn check(kind: &str, clock: &str, variant: &str, from: &str, days: Option<i64>, target: &str, limit: &str) {
        let event = Timestamp::parse(from).or_else(|| Timestamp::parse_date(from).map(Timestamp::of_date)).unwrap();
        let found = clocks(&Law::of_program(), by_id(kind).unwrap(), event, days, &Calendar::default());
        let clock = found
            .iter()
            .find(|c| c.row.clock.word() == clock && c.row.variant.word() == variant)
            .unwrap_or_else(|| panic!("{kind} has no {clock} {variant}"));
        let said = |t: Option<Timestamp>| t.map_or_else(|| "none".to_owned(), |t| t.to_string());
        assert_eq!(
            (said(clock.target).as_str(), said(clock.limit).as_str()),
            (target, limit),
            "{kind} {variant} {from}"
        );
    }

    #[test]
    fn the_vectors_of_the_standards() {
        let midnight = |day: &str| format!("{day}T00:00:00Z");
        for (kind, clock, variant, from, days, target, limit) in [
            ("epoc", "reply", "ordinary", "2026-09-04", None, "2026-09-14", "2026-09-15"),
            ("epoc", "reply", "ordinary", "2026-09-03", None, "2026-09-13", "2026-09-15"),
            ("epoc_pr", "preservation", "ordinary", "2026-09-04", None, "2026-11-03", "2026-11-03"),
            ("epoc_pr", "preservation", "extended", "2026-09-04", None, "2026-12-03", "2026-12-03"),
            ("epoc_pr", "preservation", "ordinary", "2026-08-25", None, "2026-10-24", "2026-10-24"),
            ("eio", "reply", "ordinary", "2026-09-07", None, "2026-10-07", "2026-10-08"),
            ("eio", "reply", "execution", "2026-10-07", None, "2027-01-05", "2027-01-06"),
            ("spoc", "reply", "ordinary", "2026-11-23", None, "2026-11-30", "2026-12-01"),
            ("bc29", "preservation", "ordinary", "2026-02-01", None, "2026-04-02", "2026-04-02"),
            ("2ap7", "reply", "ordinary", "2026-11-23", None, "2026-12-23", "2026-12-24"),
            ("2ap7", "reply", "order", "2026-11-23", Some(45), "2027-01-07", "2027-01-08"),
            ("2ap7", "reply", "order", "2026-11-23", Some(10), "2026-12-23", "2026-12-24"),
            ("2ap8", "reply", "ordinary", "2026-11-23", None, "2027-01-07", "2027-01-08"),
            ("2ap8", "reply", "subscriber", "2027-01-07", None, "2027-01-27", "2027-01-28"),
        ] {
            check(kind, clock, variant, from, days, &midnight(target), &midnight(limit));
        }
        for (kind, clock, variant, from, target, limit) in [
            ("epoc", "reply", "emergency", "2026-09-04T14:20:00Z", "2026-09-04T22:20:00Z", "2026-09-04T23:00:00Z"),
            (
                "epoc",
                "reply",
                "enforcing-emergency",
                "2026-09-04T14:20:00Z",
                "2026-09-08T14:20:00Z",
                "2026-09-08T15:00:00Z",
            ),
            // The hour of an event does not count, not even where it is a full one.
            ("epoc", "reply", "emergency", "2026-09-04T14:00:00Z", "2026-09-04T22:00:00Z", "2026-09-04T23:00:00Z"),
            ("spoc", "reply", "urgent-direct", "2026-11-23T10:01:00Z", "2026-11-23T18:01:00Z", "2026-11-23T19:00:00Z"),
            // Three days from a Friday hold one day of work: the limit goes on to the second.
            (
                "spoc",
                "reply",
                "urgent-indirect",
                "2026-11-20T10:00:00Z",
                "2026-11-23T10:00:00Z",
                "2026-11-25T00:00:00Z",
            ),
            ("epoc", "authority", "validation", "2026-09-04T14:20:00Z", "2026-09-06T14:20:00Z", "2026-09-06T15:00:00Z"),
            ("bc29", "reply", "ordinary", "2026-09-04T14:20:00Z", "none", "none"),
        ] {
            check(kind, clock, variant, from, None, target, limit);
        }
    }

    #[test]
    fn days_end_at_the_midnight_of_the_addressee() {
        let limit = |zone: &str, from: &str, kind: &str, variant: &str| {
            let calendar = Calendar::default().in_zone(Zone::parse(zone).unwrap());
            let event = Timestamp::parse(from).unwrap();
            let found = clocks(&Law::of_program(), by_id(kind).unwrap(), event, None, &calendar);
            let clock = found.into_iter().find(|c| c.row.variant.word() == variant).unwrap();
            (clock.target.unwrap().to_string(), clock.limit.unwrap().to_string())
        };
        const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
        for (zone, from, kind, variant, target, end) in [
            (BERLIN, "2026-09-04T07:00:00Z", "epoc", "ordinary", "2026-09-14T07:00:00Z", "2026-09-14T22:00:00Z"),
            // After eleven at night in UTC it is the next day there.
            (BERLIN, "2026-09-04T22:30:00Z", "epoc", "ordinary", "2026-09-14T22:30:00Z", "2026-09-15T22:00:00Z"),
            // Across the end of summer time the midnight is an hour later in UTC.
            (BERLIN, "2026-10-20T09:00:00Z", "epoc", "ordinary", "2026-10-30T10:00:00Z", "2026-10-30T23:00:00Z"),
            ("JST-9", "2026-09-03T16:00:00Z", "eio", "ordinary", "2026-10-03T16:00:00Z", "2026-10-05T15:00:00Z"),
            (
                "EST5EDT,M3.2.0,M11.1.0",
                "2026-09-04T02:00:00Z",
                "2ap7",
                "ordinary",
                "2026-10-04T02:00:00Z",
                "2026-10-04T04:00:00Z",
            ),
            // Hours are the same everywhere.
            (BERLIN, "2026-09-04T14:20:00Z", "epoc", "emergency", "2026-09-04T22:20:00Z", "2026-09-04T23:00:00Z"),
        ] {
            assert_eq!(limit(zone, from, kind, variant), (target.into(), end.into()), "{zone} {from} {kind} {variant}");
        }
    }

    #[test]
    fn holidays_roll_too_and_the_weekend_is_the_jurisdictions() {
        let event = Timestamp::of_date(Timestamp::parse_date("2026-09-04").unwrap());
        let limit = |calendar: &Calendar| {
            let found = clocks(&Law::of_program(), by_id("epoc").unwrap(), event, None, calendar);
            found.iter().find(|c| c.row.variant == Variant::ORDINARY).unwrap().limit.unwrap().to_string()
        };
        let holiday = Calendar::new(&["saturday".into(), "sunday".into()], &["2026-09-14".into()]);
        assert_eq!(limit(&holiday), "2026-09-16T00:00:00Z");
        let other = Calendar::new(&["monday".into(), "friday".into()], &[]);
        assert_eq!(limit(&other), "2026-09-16T00:00:00Z");
    }

    proptest! {
        #[test]
        fn no_limit_lies_before_its_target_and_no_preservation_rolls(n in 0usize..1000, seconds in 0i64..4_000_000_000, days in proptest::option::of(1i64..400)) {
            let law = Law::of_program();
            let kind = &law.requests()[n % law.requests().len()];
            let event = Timestamp::from_millis(seconds * 1000);
            for clock in clocks(&law, kind, event, days, &Calendar::default()) {
                prop_assert_eq!(clock.target.is_some(), clock.limit.is_some());
                if let Some((target, limit)) = clock.target.zip(clock.limit) {
                    prop_assert!(limit >= target && target > event, "{} {}", kind.id, clock.row.variant);
                    if clock.row.clock == ClockKind::Preservation {
                        prop_assert_eq!(limit, target);
                    }
                    prop_assert!(clock.row.rolls || limit <= target.plus(Duration::days(1)));
                    prop_assert!(limit <= target.plus(Duration::days(6)), "{} {}", kind.id, clock.row.variant);
                }
            }
        }
    }
}
