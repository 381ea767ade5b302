//! Timestamps and durations as values. Nothing here reads a clock.
//!
//! A day is 86,400 s (docs/gate.md). Times are read as RFC 3339 with date, time and offset, and are written in UTC.

use std::fmt;

use jiff::civil;

const SECOND: i128 = 1_000_000_000;
/// Nanoseconds in a day of 86,400 s.
const DAY: i128 = 86_400 * SECOND;

/// A point in time: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i128);

/// A length of time in nanoseconds; may be negative.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Duration(i128);

impl Duration {
    /// So many milliseconds.
    pub const fn millis(n: i64) -> Self {
        Self(n as i128 * 1_000_000)
    }

    /// `n` days of 86,400 s.
    pub const fn days(n: i64) -> Self {
        Self(n as i128 * DAY)
    }

    /// `n` hours.
    pub const fn hours(n: i64) -> Self {
        Self(n as i128 * 3600 * SECOND)
    }

    /// `n` minutes.
    pub const fn minutes(n: i64) -> Self {
        Self(n as i128 * 60 * SECOND)
    }

    /// Whole seconds, rounded towards zero.
    pub const fn as_seconds(self) -> i64 {
        (self.0 / SECOND) as i64
    }

    /// Whole days, rounded down.
    pub const fn whole_days(self) -> i64 {
        self.0.div_euclid(DAY) as i64
    }

    /// Reads `90d`, `48h` or `30m`: a count and a unit, nothing between them.
    pub fn parse(text: &str) -> Option<Self> {
        let unit = text.chars().last()?;
        let count: i64 = text.get(..text.len() - unit.len_utf8())?.parse().ok()?;
        if !(0..=1_000_000).contains(&count) {
            return None;
        }
        match unit {
            'd' => Some(Self::days(count)),
            'h' => Some(Self::hours(count)),
            'm' => Some(Self::minutes(count)),
            _ => None,
        }
    }
}

/// Time left, for a column: `01h48` under a day, `2d10h` under 100 days, `120d` from there on; `late` when negative.
impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0 / (60 * SECOND);
        let (days, hours) = (minutes / 1440, (minutes / 60) % 24);
        match (self.0 < 0, days) {
            (true, _) => write!(f, "late"),
            (_, 0) => write!(f, "{hours:02}h{:02}", minutes % 60),
            (_, 1..=99) => write!(f, "{days}d{hours:02}h"),
            _ => write!(f, "{days}d"),
        }
    }
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// From milliseconds since the epoch.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms as i128 * 1_000_000)
    }

    /// Milliseconds since the epoch, rounded down; saturates at the ends of `i64`.
    pub fn millis(self) -> i64 {
        let ms = self.0.div_euclid(1_000_000);
        i64::try_from(ms).unwrap_or(if ms < 0 { i64::MIN } else { i64::MAX })
    }

    /// Seconds since the epoch, rounded down; saturates.
    pub fn seconds(self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// The instant that lies `span` later.
    #[must_use]
    pub const fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// The instant that lies `span` earlier.
    #[must_use]
    pub const fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// The time from `earlier` to this instant.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// The start (00:00Z) of the UTC day that this instant lies in.
    #[must_use]
    pub const fn start_of_day(self) -> Self {
        Self(self.0.div_euclid(DAY) * DAY)
    }

    /// The next full hour, also where this is a full hour: the hour of an event does not count (Reg. 1182/71 Art 3(1)).
    #[must_use]
    pub const fn hour_after(self) -> Self {
        let hour = 3600 * SECOND;
        Self((self.0.div_euclid(hour) + 1) * hour)
    }

    /// The calendar date in UTC.
    pub fn date(self) -> civil::Date {
        self.civil().date()
    }

    /// Midnight (00:00Z) of a calendar date.
    pub fn of_date(date: civil::Date) -> Self {
        let since = date.duration_since(civil::date(1970, 1, 1));
        Self(i128::from(since.as_secs()) * SECOND)
    }

    fn civil(self) -> civil::DateTime {
        // Outside of jiff's range (years -9999 to 9999) the nearest end is shown.
        jiff::Timestamp::from_nanosecond(self.0)
            .unwrap_or(if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX })
            .to_zoned(jiff::tz::TimeZone::UTC)
            .datetime()
    }

    /// Reads RFC 3339 with date, time and offset and up to nine decimals. A leap second `:60` reads as `:59`.
    /// `None` for anything else: a date alone, a space for the `T`, a missing offset.
    pub fn parse(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        let at = |i: usize, any: &[u8]| b.get(i).is_some_and(|c| any.contains(c));
        let number = |from: usize, len: usize| -> Option<i128> {
            let digits = b.get(from..from + len)?;
            digits.iter().try_fold(0i128, |n, c| c.is_ascii_digit().then(|| n * 10 + i128::from(c - b'0')))
        };
        if !(at(4, b"-") && at(7, b"-") && at(10, b"Tt") && at(13, b":") && at(16, b":")) {
            return None;
        }
        let date = civil::Date::new(number(0, 4)? as i16, number(5, 2)? as i8, number(8, 2)? as i8).ok()?;
        let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let mut end = 19;
        let mut fraction = 0;
        if at(19, b".") {
            let digits = b.get(20..)?.iter().take_while(|c| c.is_ascii_digit()).count();
            if !(1..=9).contains(&digits) {
                return None;
            }
            fraction = number(20, digits)? * 10i128.pow(9 - digits as u32);
            end = 20 + digits;
        }
        let offset = match b.get(end..)? {
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
                let (h, m) = (number(end + 1, 2)?, number(end + 4, 2)?);
                if h > 23 || m > 59 {
                    return None;
                }
                (h * 60 + m) * 60 * if *sign == b'-' { -1 } else { 1 }
            }
            _ => return None,
        };
        let seconds = hour * 3600 + minute * 60 + second.min(59) - offset;
        Some(Self(Self::of_date(date).0 + seconds * SECOND + fraction))
    }

    /// Reads what a person types: RFC 3339, a date alone (00:00Z), a day in words (`today`, `tomorrow`, `friday`,
    /// `next friday`), or `90d`, `48h`, `30m` counted from `now`.
    pub fn parse_typed(text: &str, now: Self) -> Option<Self> {
        if let Some(span) = Duration::parse(text) {
            return Some(now.plus(span));
        }
        let day = |text| Self::parse_date(text).or_else(|| day_in_words(text, now.civil().date()));
        Self::parse(text).or_else(|| day(text).map(Self::of_date))
    }

    /// Reads a time in the past, as a person types it: RFC 3339, a date alone (00:00Z), or `3d` for three days ago.
    ///
    /// # Errors
    ///
    /// Says that it is not a time, or that it is still to come.
    pub fn past(text: &str, now: Self) -> Result<Self, &'static str> {
        let text = text.trim();
        let at = Duration::parse(text).map(|span| now.minus(span)).or_else(|| Self::parse_typed(text, now));
        let at = at.ok_or("not a time")?;
        if at > now { Err("still to come") } else { Ok(at) }
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse_date(text: &str) -> Option<civil::Date> {
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(i, c)| if i == 4 || i == 7 { c == b'-' } else { c.is_ascii_digit() });
        if !shaped {
            return None;
        }
        civil::Date::new(text.get(..4)?.parse().ok()?, text.get(5..7)?.parse().ok()?, text.get(8..)?.parse().ok()?).ok()
    }

    /// `23 Nov 03:12Z` in the year of `now`, else `23 Nov 2027`: for a screen.
    pub fn on_screen(self, now: Self) -> String {
        let here = self.civil();
        let form = if here.year() == now.civil().year() { "%d %b %H:%MZ" } else { "%d %b %Y" };
        here.strftime(form).to_string()
    }

    /// The day in UTC: `2026-11-23`.
    pub fn to_date(self) -> String {
        self.civil().strftime("%Y-%m-%d").to_string()
    }

    /// `2026-11-23 03:12Z`, for lists and letters.
    pub fn to_minute(self) -> String {
        self.civil().strftime("%Y-%m-%d %H:%MZ").to_string()
    }

    /// `3 Dec`: a day of about now.
    pub fn day_and_month(self) -> String {
        let here = self.civil();
        format!("{} {}", here.day(), here.strftime("%b"))
    }

    /// `Mon 23 Nov`, for the top line.
    pub fn weekday_and_date(self) -> String {
        self.civil().strftime("%a %d %b").to_string()
    }

    /// `03:12Z`: the time of day in UTC.
    pub fn hour_and_minute(self) -> String {
        self.civil().strftime("%H:%MZ").to_string()
    }
}

/// The day that words name: today, tomorrow, yesterday, the next day of that name, or the one of next week.
fn day_in_words(text: &str, today: civil::Date) -> Option<civil::Date> {
    const NAMES: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let text = text.trim().to_ascii_lowercase();
    let after = |days: i64| today.checked_add(jiff::Span::new().try_days(days).ok()?).ok();
    match text.as_str() {
        "today" => return Some(today),
        "tomorrow" => return after(1),
        "yesterday" => return after(-1),
        _ => {}
    }
    let name = text.strip_prefix("next ").unwrap_or(&text);
    let named = NAMES.iter().position(|day| *day == name || (name.len() == 3 && day.starts_with(name)))? as i64;
    let here = i64::from(today.weekday().to_monday_zero_offset());
    let ahead = (named - here - 1).rem_euclid(7) + 1;
    // "Next friday", said on a Monday, is that of next week.
    let is_next = name.len() < text.len();
    let this_week = named > here;
    after(if is_next && this_week { ahead + 7 } else { ahead })
}

impl Duration {
    /// How long it is, for a list: `40 min`, `1 h 40`, `2 d 5 h`, `37 d`; what has passed is late by so much.
    pub fn in_short(self) -> String {
        let minutes = (self.0 / (60 * SECOND)).abs();
        let (days, hours) = (minutes / 1440, (minutes / 60) % 24);
        let said = match (days, hours) {
            (0, 0) => format!("{minutes} min"),
            // How late it is to the minute says no more.
            (0, _) if self.0 < 0 => format!("{hours} h"),
            (0, _) => format!("{hours} h {:02}", minutes % 60),
            (1..=3, 1..) if self.0 >= 0 => format!("{days} d {hours} h"),
            _ => format!("{days} d"),
        };
        if self.0 < 0 { format!("late {said}") } else { said }
    }
}

/// RFC 3339 in UTC; milliseconds where they are not zero.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.civil();
        write!(f, "{}", c.strftime("%Y-%m-%dT%H:%M:%S"))?;
        match self.0.div_euclid(1_000_000).rem_euclid(1000) {
            0 => f.write_str("Z"),
            ms => write!(f, ".{ms:03}Z"),
        }
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Timestamp};

    #[test]
    fn rfc3339_and_nothing_else_is_an_instant() {
        let good = [
            ("2026-06-15T12:00:00Z", "2026-06-15T12:00:00Z"),
            ("2026-06-15t12:00:00z", "2026-06-15T12:00:00Z"),
            ("2026-06-15T12:00:00.123456789Z", "2026-06-15T12:00:00.123Z"),
            ("2026-06-15T14:30:00+02:30", "2026-06-15T12:00:00Z"),
            ("2026-06-15T00:00:00-00:00", "2026-06-15T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
            ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
        ];
        for (text, shown) in good {
            assert_eq!(Timestamp::parse(text).map(|t| t.to_string()).as_deref(), Some(shown), "{text}");
        }
        let bad = [
            "",
            "2026-06-15",
            "2026-06-15T12:00:00",
            "2026-06-15 12:00:00Z",
            "2026-02-30T12:00:00Z",
            "2026-06-15T24:00:00Z",
            "2026-06-15T12:60:00Z",
            "2026-06-15T12:00:61Z",
            "2026-06-15T12:00:00.Z",
            "2026-06-15T12:00:00.1234567890Z",
            "2026-06-15T12:00:00+24:00",
            "2026-06-15T12:00:00+0200",
            "2026-06-15T12:00Z",
            "+2026-06-15T12:00:00Z",
            "2026-06-15T12:00:00ZZ",
            "2026-06-15T12:00:00é",
        ];
        for text in bad {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
        assert!(Timestamp::parse("9999-12-31T23:59:59-23:59") > Timestamp::parse("9999-12-31T23:59:59Z"));
    }

    #[test]
    fn typed_times_may_be_dates_or_counts() {
        let now = Timestamp::parse("2026-11-23T14:20:00Z").unwrap();
        let typed = |text| Timestamp::parse_typed(text, now).map(|t| t.to_string());
        assert_eq!(typed("2026-01-01").as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(typed("60d").as_deref(), Some("2027-01-22T14:20:00Z"));
        assert_eq!(typed("8h").as_deref(), Some("2026-11-23T22:20:00Z"));
        for bad in ["", "d", "-3d", "60 d", "2026-1-1", "some day", "99999999999999999999d", "é"] {
            assert_eq!(typed(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_span_reads_like_a_clock() {
        for (span, shown) in [
            (Duration::minutes(108), "01h48"),
            (Duration::hours(58), "2d10h"),
            (Duration::days(90), "90d00h"),
            (Duration::days(400), "400d"),
            (Duration::minutes(-1), "late"),
        ] {
            assert_eq!(span.to_string(), shown);
        }
        assert_eq!(Duration::hours(-1).whole_days(), -1);
    }

    #[test]
    fn the_hour_of_an_event_does_not_count() {
        let at = |t| Timestamp::parse(t).unwrap();
        assert_eq!(at("2026-09-04T14:20:00Z").hour_after(), at("2026-09-04T15:00:00Z"));
        assert_eq!(at("2026-09-04T14:00:00Z").hour_after(), at("2026-09-04T15:00:00Z"));
    }

    #[test]
    fn a_day_in_words_is_the_day_that_people_mean() {
        let at = |now: &str, text: &str| {
            let now = Timestamp::parse(&format!("{now}T12:30:00Z")).unwrap();
            Timestamp::parse_typed(text, now).map(Timestamp::to_date)
        };
        // The 23rd is a Monday, the 28th a Saturday.
        for (now, text, want) in [
            ("2026-11-23", "today", Some("2026-11-23")),
            ("2026-11-23", "Tomorrow", Some("2026-11-24")),
            ("2026-11-23", "yesterday", Some("2026-11-22")),
            ("2026-11-23", "friday", Some("2026-11-27")),
            ("2026-11-23", "fri", Some("2026-11-27")),
            ("2026-11-23", "next friday", Some("2026-12-04")),
            ("2026-11-23", "monday", Some("2026-11-30")),
            ("2026-11-23", "next monday", Some("2026-11-30")),
            ("2026-11-28", "next friday", Some("2026-12-04")),
            ("2026-11-28", "+30d", Some("2026-12-28")),
            ("2026-11-28", "next", None),
            ("2026-11-28", "someday", None),
        ] {
            assert_eq!(at(now, text).as_deref(), want, "{now} {text}");
        }
    }

    #[test]
    fn a_length_of_time_is_short_in_lists() {
        for (minutes, want) in [
            (0, "0 min"),
            (40, "40 min"),
            (100, "1 h 40"),
            (3180, "2 d 5 h"),
            (2880, "2 d"),
            (53280, "37 d"),
            (-90, "late 1 h"),
            (-1560, "late 1 d"),
        ] {
            assert_eq!(Duration::minutes(minutes).in_short(), want, "{minutes}");
        }
    }
}
