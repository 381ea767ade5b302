//! Calendars: weekends and holidays. Deadlines are computed in `deadline`.

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};

use crate::value::class::words;
use crate::value::timestamp::Timestamp;

/// The days on which nobody works.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Calendar {
    weekend: Vec<Weekday>,
    holidays: BTreeSet<Date>,
}

impl Default for Calendar {
    /// Saturdays and Sundays, and no holiday.
    fn default() -> Self {
        Self { weekend: vec![Weekday::Saturday, Weekday::Sunday], holidays: BTreeSet::new() }
    }
}

impl Calendar {
    /// A calendar from names of weekdays and dates. Other words are left out.
    pub fn new(weekend: &[String], holidays: &[String]) -> Self {
        Self {
            weekend: weekend.iter().filter_map(|name| weekday(name)).collect(),
            holidays: holidays.iter().filter_map(|d| Timestamp::parse_date(d)).collect(),
        }
    }

    /// Whether it is the name of a day of the week.
    pub fn is_weekday(name: &str) -> bool {
        weekday(name).is_some()
    }

    /// Whether somebody works on the day that begins at `day`.
    pub fn works(&self, day: Timestamp) -> bool {
        let date = day.date();
        !self.weekend.contains(&date.weekday()) && !self.holidays.contains(&date)
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
