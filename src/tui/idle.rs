//! How long nobody has touched a key. Two clocks tell: one that nobody can set and that stands still while the machine sleeps,
//! and the clock of the desk. The longer time counts.

use std::time::{Duration, Instant as Stopwatch};

use crate::value::timestamp::Timestamp;

/// After how long the screens lock, where nobody said otherwise.
pub const USUAL: Duration = Duration::from_secs(10 * 60);
const LEAST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(60 * 60);

/// How long nobody has touched a key.
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    /// After how long the screens lock.
    pub after: Duration,
    since: Stopwatch,
    at: Timestamp,
}

impl Idle {
    /// A key was touched now.
    pub fn new(now: Timestamp) -> Self {
        Self { after: USUAL, since: Stopwatch::now(), at: now }
    }

    /// A key was touched now.
    pub fn touch(&mut self, now: Timestamp) {
        (self.since, self.at) = (Stopwatch::now(), now);
    }

    /// How long it is until the screens lock; nothing: they do now.
    pub fn left(&self, now: Timestamp) -> Duration {
        let by_clock = Duration::from_millis(u64::try_from(now.millis() - self.at.millis()).unwrap_or(0));
        self.after.saturating_sub(self.since.elapsed().max(by_clock))
    }
}

/// Reads a time such as `10m` or `90s`. `None`: it is none, or not from a second to an hour.
pub fn read(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u64 = number.parse().ok()?;
    let seconds = match unit {
        "s" => number,
        "m" => number.checked_mul(60)?,
        "h" => number.checked_mul(3600)?,
        _ => return None,
    };
    Some(Duration::from_secs(seconds)).filter(|d| (LEAST..=MOST).contains(d))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::timestamp::Duration;

    #[test]
    fn the_longer_time_counts() {
        let now = Timestamp::parse("2026-11-26T12:00:00Z").unwrap();
        let mut idle = Idle::new(now);
        assert!(idle.left(now) > USUAL - std::time::Duration::from_secs(5));
        assert_eq!(idle.left(now.plus(Duration::hours(3))), std::time::Duration::ZERO, "the machine slept");
        assert!(
            idle.left(now.minus(Duration::hours(3))) > USUAL - std::time::Duration::from_secs(5),
            "the clock was set back"
        );
        idle.touch(now.plus(Duration::hours(3)));
        assert!(idle.left(now.plus(Duration::hours(3))) > USUAL - std::time::Duration::from_secs(5));
        idle.after = std::time::Duration::ZERO;
        assert_eq!(idle.left(now), std::time::Duration::ZERO);
    }

    #[test]
    fn a_time_is_a_number_and_a_unit() {
        let check = |text: &str, want: Option<u64>| assert_eq!(read(text).map(|d| d.as_secs()), want, "{text}");
        check("90s", Some(90));
        check("10m", Some(600));
        check("1h", Some(3600));
        for bad in ["", "m", "10", "0s", "61m", "2h", "-1m", "1.5m", "10 m", "9999999999999999999h", "é"] {
            check(bad, None);
        }
    }
}
