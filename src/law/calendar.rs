//! Calendars: the days of a place, its weekends and holidays, and when its midnight is. Deadlines are computed in `deadline`.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};

use crate::value::class::words;
use crate::value::timestamp::Timestamp;

/// The time zone of a place. Its rules are data: no table of the machine is read, which another machine might have otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone(TimeZone);

impl Default for Zone {
    /// UTC.
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    /// Reads a zone as POSIX writes it; UTC where nothing is written.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        TimeZone::posix(text).ok().map(Self)
    }

    /// The zone of the offset that a time was typed with, such as `2026-09-04T09:00:00+02:00`; `None` where it has none.
    pub fn of_typed(text: &str) -> Option<Self> {
        let (_, tail) = text.split_once(['T', 't', ' '])?;
        let at = tail.rfind(['+', '-'])?;
        let (sign, digits) = tail.get(at..)?.split_at_checked(1)?;
        let (hours, minutes) = digits.split_once(':')?;
        let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
        let seconds = if sign == "-" { -seconds } else { seconds };
        Offset::from_seconds(seconds).ok().map(|offset| Self(TimeZone::fixed(offset)))
    }

    /// Whether it is UTC.
    pub fn is_utc(&self) -> bool {
        *self == Self::default()
    }

    /// The day of the place on which an instant lies.
    pub fn date(&self, at: Timestamp) -> Date {
        self.local(at).date()
    }

    /// The first instant of a day of the place.
    pub fn midnight(&self, day: Date) -> Timestamp {
        self.instant(day.at(0, 0, 0, 0)).unwrap_or_else(|| Timestamp::of_date(day))
    }

    /// The same time of day, so many days later; the instant itself where that lies outside of the calendar.
    pub fn days_later(&self, at: Timestamp, days: i64) -> Timestamp {
        let later = self.local(at).checked_add(jiff::Span::new().days(days));
        later.ok().and_then(|time| self.instant(time)).unwrap_or(at)
    }

    /// An instant as the clocks of the place show it: `2026-09-14 24:00 (UTC+02:00)`. A midnight is the end of the day that it
    /// ends, as law writes it.
    pub fn show(&self, at: Timestamp) -> String {
        let local = self.local(at);
        let offset = self.0.to_offset(instant_of(at)).seconds();
        let sign = if offset < 0 { '-' } else { '+' };
        let (hours, minutes) = (offset.abs() / 3600, offset.abs() / 60 % 60);
        let (date, hour, minute) = match (local.hour(), local.minute(), local.second(), local.date().yesterday()) {
            (0, 0, 0, Ok(before)) => (before, 24, 0),
            (hour, minute, ..) => (local.date(), hour, minute),
        };
        format!("{date} {hour:02}:{minute:02} (UTC{sign}{hours:02}:{minutes:02})")
    }

    fn local(&self, at: Timestamp) -> jiff::civil::DateTime {
        self.0.to_datetime(instant_of(at))
    }

    fn instant(&self, time: jiff::civil::DateTime) -> Option<Timestamp> {
        self.0.to_timestamp(time).ok().map(|t| Timestamp::from_millis(t.as_millisecond()))
    }
}

fn instant_of(at: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default()
}

/// The days on which nobody works, in the time of a place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    weekend: Vec<Weekday>,
    holidays: BTreeSet<Date>,
    zone: Zone,
}

impl Default for Calendar {
    /// Saturdays and Sundays, no holiday, UTC.
    fn default() -> Self {
        Self { weekend: vec![Weekday::Saturday, Weekday::Sunday], holidays: BTreeSet::new(), zone: Zone::default() }
    }
}

impl Calendar {
    /// A calendar from names of weekdays and dates. Other words are left out.
    pub fn new(weekend: &[String], holidays: &[String]) -> Self {
        Self {
            weekend: weekend.iter().filter_map(|name| weekday(name)).collect(),
            holidays: holidays.iter().filter_map(|d| Timestamp::parse_date(d)).collect(),
            zone: Zone::default(),
        }
    }

    /// The same days in the time of a place.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// The time of the place.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Whether it is the name of a day of the week.
    pub fn is_weekday(name: &str) -> bool {
        weekday(name).is_some()
    }

    /// Whether somebody works on a day.
    pub fn works(&self, day: Date) -> bool {
        !self.weekend.contains(&day.weekday()) && !self.holidays.contains(&day)
    }
}

words! {
    /// A day of the week, as rows of the law name it.
    Day {
        /// The first.
        Monday = "monday",
        /// The second.
        Tuesday = "tuesday",
        /// The third.
        Wednesday = "wednesday",
        /// The fourth.
        Thursday = "thursday",
        /// The fifth.
        Friday = "friday",
        /// The sixth.
        Saturday = "saturday",
        /// The seventh.
        Sunday = "sunday",
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match Day::parse(name)? {
        Day::Monday => Weekday::Monday,
        Day::Tuesday => Weekday::Tuesday,
        Day::Wednesday => Weekday::Wednesday,
        Day::Thursday => Weekday::Thursday,
        Day::Friday => Weekday::Friday,
        Day::Saturday => Weekday::Saturday,
        Day::Sunday => Weekday::Sunday,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_the_midnight_of_its_place() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let berlin = Zone::parse("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        for (day, midnight) in [("2026-09-15", "2026-09-14T22:00:00Z"), ("2026-12-01", "2026-11-30T23:00:00Z")] {
            assert_eq!(berlin.midnight(Timestamp::parse_date(day).unwrap()), at(midnight));
        }
        assert_eq!(berlin.show(at("2026-09-14T22:00:00Z")), "2026-09-14 24:00 (UTC+02:00)");
        assert_eq!(Zone::default().show(at("2026-09-14T22:00:00Z")), "2026-09-14 22:00 (UTC+00:00)");
        // The clocks are set forward on 29 March: the same time of day is an hour earlier.
        assert_eq!(berlin.days_later(at("2026-03-28T22:30:00Z"), 1), at("2026-03-29T21:30:00Z"));
        assert_eq!(
            Zone::of_typed("2026-09-04T09:00:00+02:00").unwrap().show(at("2026-09-04T07:00:00Z")),
            "2026-09-04 09:00 (UTC+02:00)"
        );
        for none in ["2026-09-04", "2026-09-04T09:00:00Z", "x", "2026-09-04T09:00:00+99", ""] {
            assert_eq!(Zone::of_typed(none), None, "{none}");
        }
        for bad in ["Europe/Berlin", "CET", "\u{202e}", "CET-1CEST,M99.5.0"] {
            assert!(Zone::parse(bad).is_none(), "{bad}");
        }
    }
}
