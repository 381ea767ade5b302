//! The clock. Layers below are passed the time as an argument.

use crate::value::timestamp::Timestamp;

/// Where the time comes from.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine.
    System,
    /// A time that stands still, for exercises, the demo and tests.
    Fixed(Timestamp),
}

impl Clock {
    /// Now, in whole milliseconds.
    pub fn now(self) -> Timestamp {
        match self {
            Self::Fixed(at) => at,
            Self::System => {
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                // A clock before 1970 reads as 1970, so that everything that needs a later time refuses.
                Timestamp::from_millis(now.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
            }
        }
    }
}

/// Lets so many milliseconds pass.
pub fn wait(milliseconds: u64) {
    std::thread::sleep(std::time::Duration::from_millis(milliseconds));
}

/// The time of day in this machine's time zone, as `04:12`; `None` where its zone is not known.
pub fn local_hour_and_minute(at: Timestamp) -> Option<String> {
    let zone = jiff::tz::TimeZone::try_system().ok()?;
    let at = jiff::Timestamp::from_millisecond(at.millis()).ok()?;
    Some(at.to_zoned(zone).strftime("%H:%M").to_string())
}
