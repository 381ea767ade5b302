//! The ten places, their names and their keys.

use crate::value::class::words;

words! {
    /// A place.
    ScreenId {
        /// What is due, and what waits.
        Desk = "desk",
        /// Requests, inbound and outbound.
        Queue = "queue",
        /// One case.
        Case = "case",
        /// Reviews and releases.
        Legal = "legal",
        /// What ends when.
        Timers = "timers",
        /// Bundles.
        Sync = "sync",
        /// Partners and agreements.
        Partners = "partners",
        /// The log.
        Audit = "audit",
        /// Exercises.
        Drill = "drill",
        /// Reports.
        Reports = "reports",
    }
}

impl ScreenId {
    /// Its name as it stands on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Desk => "Desk",
            Self::Queue => "Queue",
            Self::Case => "Case",
            Self::Legal => "Legal",
            Self::Timers => "Timers",
            Self::Sync => "Sync",
            Self::Partners => "Partners",
            Self::Audit => "Audit",
            Self::Drill => "Drill",
            Self::Reports => "Reports",
        }
    }

    /// The digit that opens it: 1 to 9, then 0.
    pub fn digit(self) -> char {
        let n = Self::ALL.iter().position(|p| *p == self).unwrap_or(0);
        char::from_digit((n as u32 + 1) % 10, 10).unwrap_or('?')
    }

    /// The letter that opens it after `g`.
    pub const fn letter(self) -> char {
        match self {
            Self::Desk => 'd',
            Self::Queue => 'q',
            Self::Case => 'c',
            Self::Legal => 'l',
            Self::Timers => 't',
            Self::Sync => 's',
            Self::Partners => 'p',
            Self::Audit => 'a',
            Self::Drill => 'x',
            Self::Reports => 'r',
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_has_keys_of_its_own() {
        let distinct = |mut keys: Vec<char>| {
            keys.sort_unstable();
            keys.dedup();
            keys.len()
        };
        let keys = |of: fn(&ScreenId) -> char| distinct(ScreenId::ALL.iter().map(of).collect());
        assert_eq!(
            keys(|p| p.digit()),
            ScreenId::ALL.len(),
            "ten digits name ten places: more would be views of these"
        );
        assert_eq!(keys(|p| p.letter()), ScreenId::ALL.len());
    }
}
