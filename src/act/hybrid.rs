//! Hybrid time: a wall clock that never runs backwards within a log, with a counter for acts of the same millisecond.

use crate::value::timestamp::Timestamp;

/// A hybrid time. Ordered; a later act of one log always has a later one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct HybridTime {
    /// The wall clock, in whole milliseconds.
    pub at: Timestamp,
    /// Counts acts of one millisecond, and goes on counting where the wall clock stood still or was set back.
    pub tick: u32,
}

impl HybridTime {
    /// The time for the next act when the wall clock says `now` and the log's last act was at `last`.
    pub fn after(last: Option<Self>, now: Timestamp) -> Self {
        let now = Timestamp::from_millis(now.millis());
        match last {
            Some(last) if last.at >= now => Self { at: last.at, tick: last.tick.saturating_add(1) },
            _ => Self { at: now, tick: 0 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::HybridTime;
    use crate::value::timestamp::Timestamp;

    #[test]
    fn hybrid_time_only_rises() {
        let ms = Timestamp::from_millis;
        let first = HybridTime::after(None, ms(10));
        let same = HybridTime::after(Some(first), ms(10));
        let back = HybridTime::after(Some(same), ms(3));
        let on = HybridTime::after(Some(back), ms(11));
        assert!(first < same && same < back && back < on);
        assert_eq!((back.at, back.tick), (ms(10), 2));
        assert_eq!(on.tick, 0);
    }
}
