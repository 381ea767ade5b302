//! What names a screen: its word in commands and files, its title, and the letter that opens it. Which screens there are is said
//! in `screen`; only screens that other parts refer to by name have a constant here.

use std::fmt::{Display, Formatter, Result};

use super::language::tr;

/// The name of a screen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ScreenId {
    word: &'static str,
    title: &'static str,
    letter: char,
}

impl ScreenId {
    /// What is due, and what waits.
    pub const DESK: Self = Self::new("desk", "Desk", 'd');
    /// Requests, inbound and outbound.
    pub const QUEUE: Self = Self::new("queue", "Queue", 'q');
    /// One case.
    pub const CASE: Self = Self::new("case", "Case", 'c');
    /// Reviews and releases.
    pub const LEGAL: Self = Self::new("legal", "Legal", 'l');
    /// What ends when.
    pub const TIMERS: Self = Self::new("timers", "Timers", 't');
    /// Bundles.
    pub const SYNC: Self = Self::new("sync", "Sync", 's');
    /// Partners and agreements.
    pub const PARTNERS: Self = Self::new("partners", "Partners", 'p');
    /// The log.
    pub const AUDIT: Self = Self::new("audit", "Audit", 'a');
    /// Exercises.
    pub const DRILL: Self = Self::new("drill", "Drill", 'x');
    /// Reports.
    pub const REPORTS: Self = Self::new("reports", "Reports", 'r');
    /// Task forces: charter, tasks, meetings.
    pub const TASKFORCE: Self = Self::new("taskforce", "Task force", 'f');

    /// A name; the letter opens the screen after `g`.
    pub const fn new(word: &'static str, title: &'static str, letter: char) -> Self {
        Self { word, title, letter }
    }

    /// The word for it in commands and files.
    pub const fn word(self) -> &'static str {
        self.word
    }

    /// Its name as it stands on the screen.
    pub fn title(self) -> &'static str {
        tr(self.title)
    }

    /// The letter that opens it after `g`.
    pub const fn letter(self) -> char {
        self.letter
    }
}

impl Display for ScreenId {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_str(self.word)
    }
}
