//! What a cell says, read back to something that can be compared: a number, a tier, a length of time, a point in time.
//! Filter and order share it. It reads what the screens print, never the records, and asks no clock.

use std::cmp::Ordering;

use crate::value::timestamp::{Duration, Timestamp};

/// What a cell, or what was typed to compare it with, comes to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Measure {
    /// A whole number.
    Number(u64),
    /// A tier: `T2`.
    Tier(u64),
    /// A length of time: `01h48`, `2d10h`, `3d`. What is late has less than none.
    Duration(Duration),
    /// A point in time.
    ActContext(Timestamp),
    /// A whole day, of which no time was typed.
    Day(Timestamp),
    /// Anything else, in small letters.
    Text(String),
    /// Nothing, or the dash that stands for it.
    Blank,
}

impl Measure {
    /// Reads a cell. `now` is the time of its page: a date without a year is of that year.
    pub fn of_cell(text: &str, now: Timestamp) -> Self {
        let text = text.trim();
        match text {
            "" | "-" => Self::Blank,
            // Less than any time, however short: it is over.
            "late" | "now" => Self::Duration(Duration::minutes(-1)),
            _ => bare(text)
                .or_else(|| on_screen(text, now).map(Self::ActContext))
                .or_else(|| days(text).map(Self::Duration))
                .unwrap_or_else(|| Self::Text(text.to_lowercase())),
        }
    }

    /// Reads what was typed to compare cells with: `2`, `T2`, `4h`, `2d12h`, `now`, `2026-12-24`. `None`: it is none of that.
    pub fn of_typed(text: &str) -> Option<Self> {
        match text {
            "now" => Some(Self::Duration(Duration::minutes(0))),
            _ => bare(text).or_else(|| Timestamp::parse_date(text).map(Timestamp::of_date).map(Self::Day)),
        }
    }

    /// How it stands to what was typed; `None` where the two cannot be compared. A length of time is measured from `now` to
    /// a point in time, or, in a column of times that lie behind, back to it.
    pub fn against(&self, typed: &Self, past: bool, now: Timestamp) -> Option<Ordering> {
        let from_now = |t: &Timestamp| if past { now.since(*t) } else { t.since(now) };
        match (self, typed) {
            (Self::Number(a) | Self::Tier(a), Self::Number(b)) | (Self::Tier(a), Self::Tier(b)) => Some(a.cmp(b)),
            (Self::Duration(a), Self::Duration(b)) => Some(a.cmp(b)),
            (Self::ActContext(t), Self::Duration(b)) => Some(from_now(t).cmp(b)),
            (Self::ActContext(t), Self::ActContext(b)) => Some(t.cmp(b)),
            (Self::ActContext(t), Self::Day(b)) => Some(t.start_of_day().cmp(b)),
            (Self::Duration(a), Self::ActContext(b)) => Some(a.cmp(&b.since(now))),
            (Self::Duration(a), Self::Day(b)) => Some(now.plus(*a).start_of_day().cmp(b)),
            _ => None,
        }
    }

    /// The order in a column: numbers, then times, then words. Blanks are left to the caller.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a) | Self::Tier(a), Self::Number(b) | Self::Tier(b)) => a.cmp(b),
            (Self::Duration(a), Self::Duration(b)) => a.cmp(b),
            (Self::ActContext(a) | Self::Day(a), Self::ActContext(b) | Self::Day(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Number(_) | Self::Tier(_) => 0,
            Self::Duration(_) => 1,
            Self::ActContext(_) | Self::Day(_) => 2,
            Self::Text(_) => 3,
            Self::Blank => 4,
        }
    }
}

/// What is printed and typed alike: a number, a tier, a length of time, a time of RFC 3339.
fn bare(text: &str) -> Option<Measure> {
    let number = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse().ok()).flatten();
    if let Some(n) = number(text) {
        return Some(Measure::Number(n));
    }
    if let Some(n) = text.strip_prefix(['T', 't']).and_then(number) {
        return Some(Measure::Tier(n));
    }
    span(text).map(Measure::Duration).or_else(|| Timestamp::parse(text).map(Measure::ActContext))
}

/// `2d10h`, `25d00`, `01h48`, `3d`, `30m`: counts and units, each smaller than the one before; the last may lack its unit.
fn span(text: &str) -> Option<Duration> {
    const UNITS: [(char, i64); 3] = [('d', 1440), ('h', 60), ('m', 1)];
    let (mut rest, mut from, mut minutes) = (text, 0, 0i64);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let count: i64 = digits.parse::<u32>().ok()?.into();
        let unit = match after.chars().next() {
            Some(c) => UNITS.iter().position(|(u, _)| *u == c.to_ascii_lowercase()).filter(|u| *u >= from)?,
            // After days stand hours, after hours minutes; a count alone is no length of time.
            None if from > 0 => from,
            None => return None,
        };
        minutes = minutes.checked_add(count.checked_mul(UNITS.get(unit)?.1)?)?;
        (rest, from) = (after.get(1..).unwrap_or_default(), unit + 1);
    }
    (from > 0).then(|| Duration::minutes(minutes))
}

/// `30 days`.
fn days(text: &str) -> Option<Duration> {
    let (count, unit) = text.split_once(' ')?;
    matches!(unit, "day" | "days").then(|| count.parse::<u32>().ok()).flatten().map(|n| Duration::days(n.into()))
}

/// `23 Nov 03:12Z` of the year of `now`, `23 Nov 2027`, and `2026-11-23 03:12Z`.
fn on_screen(text: &str, now: Timestamp) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let minute = |t: &str| t.strip_suffix('Z').filter(|t| t.len() == 5).map(str::to_owned);
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        [day, month, last] => {
            let month = MONTHS.iter().position(|m| m == month)? + 1;
            let (year, time) = match minute(last) {
                Some(time) => (now.date().year().to_string(), time),
                None => ((*last).to_owned(), "00:00".to_owned()),
            };
            Timestamp::parse(&format!("{year}-{month:02}-{day:0>2}T{time}:00Z"))
        }
        [date, last] => Timestamp::parse(&format!("{date}T{}:00Z", minute(last)?)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-23T03:12:00Z";

    fn now() -> Timestamp {
        Timestamp::parse(NOW).unwrap()
    }

    #[test]
    fn cells_are_read_as_they_are_printed() {
        let at = |t: &str| Measure::ActContext(Timestamp::parse(t).unwrap());
        let check = |text: &str, want: Measure| assert_eq!(Measure::of_cell(text, now()), want, "{text:?}");
        check("", Measure::Blank);
        check(" - ", Measure::Blank);
        check("0", Measure::Number(0));
        check("120000", Measure::Number(120_000));
        check("T3", Measure::Tier(3));
        check("late", Measure::Duration(Duration::minutes(-1)));
        check("now", Measure::Duration(Duration::minutes(-1)));
        check("01h48", Measure::Duration(Duration::minutes(108)));
        check("04h", Measure::Duration(Duration::hours(4)));
        check("2d10h", Measure::Duration(Duration::hours(58)));
        check("25d00", Measure::Duration(Duration::days(25)));
        check("400d", Measure::Duration(Duration::days(400)));
        check("30 days", Measure::Duration(Duration::days(30)));
        check("23 Nov 05:00Z", at("2026-11-23T05:00:00Z"));
        check("02 Jan 2027", at("2027-01-02T00:00:00Z"));
        check("2026-11-23 03:12Z", at("2026-11-23T03:12:00Z"));
        check("2026-11-23T03:12:00Z", at("2026-11-23T03:12:00Z"));
        for text in
            ["OPEN", "Held", "3/5", "12ab", "T", "Tx", "d", "3h2d", "3x", "99999999999d", "31 Feb 2027", "Nov", "3 é"]
        {
            check(text, Measure::Text(text.to_lowercase()));
        }
    }

    #[test]
    fn every_time_the_program_prints_is_read_back() {
        for minutes in [0, 59, 60, 108, 1439, 1440, 3480, 99 * 1440, 144_000, 600_000] {
            let (span, then) = (Duration::minutes(minutes), now().plus(Duration::minutes(minutes)));
            let Measure::Duration(read) = Measure::of_cell(&span.to_string(), now()) else { panic!("{span}") };
            assert_eq!(read.to_string(), span.to_string());
            let Measure::ActContext(read) = Measure::of_cell(&then.on_screen(now()), now()) else { panic!("{then}") };
            assert_eq!(read.on_screen(now()), then.on_screen(now()));
        }
    }

    #[test]
    fn what_was_typed_is_compared_with_what_it_can_be() {
        let check = |cell: &str, typed: &str, past: bool, want: Option<Ordering>| {
            let typed_as = Measure::of_typed(typed).unwrap();
            assert_eq!(Measure::of_cell(cell, now()).against(&typed_as, past, now()), want, "{cell} {typed}");
        };
        check("T2", "1", false, Some(Ordering::Greater));
        check("T2", "T2", false, Some(Ordering::Equal));
        check("12", "9", false, Some(Ordering::Greater));
        check("12", "T2", false, None);
        check("01h48", "4h", false, Some(Ordering::Less));
        check("4d00h", "3d", false, Some(Ordering::Greater));
        check("late", "30m", false, Some(Ordering::Less));
        check("late", "now", false, Some(Ordering::Less));
        check("24 Nov 05:00Z", "3d", false, Some(Ordering::Less));
        check("20 Nov 05:00Z", "3d", false, Some(Ordering::Less));
        check("02 Jan 2027", "3d", false, Some(Ordering::Greater));
        check("01 Nov 05:00Z", "14d", true, Some(Ordering::Greater));
        check("22 Nov 05:00Z", "14d", true, Some(Ordering::Less));
        check("24 Nov 05:00Z", "2026-11-24", false, Some(Ordering::Equal));
        check("25 Nov 05:00Z", "2026-11-24", false, Some(Ordering::Greater));
        check("2d00h", "2026-11-24", false, Some(Ordering::Greater));
        check("OPEN", "3d", false, None);
        check("-", "3d", false, None);
        for text in ["", "x", "<3d", "3x", "d3", "tomorrow", "2026-13-01", "-3d"] {
            assert_eq!(Measure::of_typed(text), None, "{text}");
        }
    }
}
