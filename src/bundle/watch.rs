//! Which files of a watched folder are whole enough to be opened: by their names, sizes and times alone. Whoever carries them may write
//! them slowly, under their final names, twice, or take them away again; so a file is opened when two looks in a row saw the same of it,
//! and what turns out to be cut short is given time. It opens nothing and knows no clock.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use crate::value::timestamp::{Duration, Timestamp};

/// A file as one look saw it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// Its size, in bytes.
    pub bytes: u64,
    /// When it was changed last, by whatever clock the medium has.
    pub changed: u128,
}

/// What a look found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct DueFiles {
    /// Files to open.
    pub open: Vec<OsString>,
    /// Files that have had their time: they are cut short, or never came to rest. Each with why, where it was opened.
    pub overdue: Vec<(OsString, Option<String>)>,
}

impl DueFiles {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty() && self.overdue.is_empty()
    }
}

/// What is known of a file.
struct Known {
    bytes: u64,
    changed: u128,
    /// When it was first seen, since it was last known to be of others.
    first: Timestamp,
    /// Since when it has not changed.
    since: Timestamp,
    next: Next,
}

enum Next {
    /// It is opened once two looks agree.
    Open,
    /// It is of others: nothing, until it changes.
    Leave,
    /// It was opened and is cut short: it is given time, and refused for this then.
    Grow(String),
    /// What stands against it is not its fault: it is opened again after a while.
    Again,
}

/// What is known of the files of a folder.
pub struct Watch {
    patience: Duration,
    known: BTreeMap<OsString, Known>,
}

/// Whether a name says that a file is not finished, or not meant for others.
pub fn is_passed_over(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    name.starts_with('.') || [".part", ".tmp", "~"].iter().any(|end| name.ends_with(end))
}

impl Watch {
    /// Nothing is known yet. What is cut short, or never comes to rest, has so long.
    pub const fn new(patience: Duration) -> Self {
        Self { patience, known: BTreeMap::new() }
    }

    /// Takes in what a look saw of the regular files of the folder.
    pub fn look(&mut self, entries: &[Entry], now: Timestamp) -> DueFiles {
        let mut before = std::mem::take(&mut self.known);
        let mut ready = DueFiles::default();
        for entry in entries.iter().filter(|e| !is_passed_over(&e.name)) {
            let Entry { name, bytes, changed } = entry.clone();
            let known = match before.remove(&name) {
                Some(known) if (known.bytes, known.changed) == (bytes, changed) => {
                    let is_over = now >= known.since.plus(self.patience);
                    match &known.next {
                        Next::Open => ready.open.push(name.clone()),
                        Next::Grow(why) if is_over => ready.overdue.push((name.clone(), Some(why.clone()))),
                        Next::Again if is_over => ready.open.push(name.clone()),
                        Next::Leave | Next::Grow(_) | Next::Again => {}
                    }
                    known
                }
                Some(Known { next: Next::Leave, .. }) | None => {
                    Known { bytes, changed, first: now, since: now, next: Next::Open }
                }
                Some(known) => {
                    if now >= known.first.plus(self.patience) {
                        ready.overdue.push((name.clone(), None));
                    }
                    Known { bytes, changed, first: known.first, since: now, next: Next::Open }
                }
            };
            self.known.insert(name, known);
        }
        ready
    }

    fn set(&mut self, name: &OsStr, next: Next) {
        if let Some(known) = self.known.get_mut(name) {
            known.next = next;
        }
    }

    /// A file that was opened is of others: it is left where it is.
    pub fn leave(&mut self, name: &OsStr) {
        self.set(name, Next::Leave);
    }

    /// A file that was opened is cut short, for what that is worth: it may still grow.
    pub fn may_grow(&mut self, name: &OsStr, why: String) {
        self.set(name, Next::Grow(why));
    }

    /// A file that was opened could not be taken for reasons that are not its own: it is opened again after a while.
    pub fn again(&mut self, name: &OsStr, now: Timestamp) {
        if let Some(known) = self.known.get_mut(name) {
            known.since = now;
            known.next = Next::Again;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::parse("2026-06-15T12:00:00Z").unwrap().plus(Duration::minutes(minute))
    }

    fn entry(name: &str, bytes: u64) -> Entry {
        Entry { name: name.into(), bytes, changed: u128::from(bytes) }
    }

    #[test]
    fn a_file_is_opened_when_two_looks_agree() {
        let mut watch = Watch::new(Duration::minutes(60));
        assert!(watch.look(&[entry("a", 1)], at(0)).is_empty());
        assert!(watch.look(&[entry("a", 2)], at(1)).is_empty(), "it grows");
        assert_eq!(watch.look(&[entry("a", 2)], at(2)).open, ["a"]);
        assert_eq!(watch.look(&[entry("a", 2)], at(3)).open, ["a"], "until somebody says what it is");
        watch.leave(OsStr::new("a"));
        assert!(watch.look(&[entry("a", 2)], at(500)).is_empty(), "it is of others");
        assert!(watch.look(&[entry("a", 3)], at(501)).is_empty(), "another one now");
        assert_eq!(watch.look(&[entry("a", 3)], at(502)).open, ["a"]);
        assert!(watch.look(&[], at(503)).is_empty());
        assert!(
            watch.look(&[entry("a", 3)], at(504)).is_empty(),
            "what came back is looked at again from the beginning"
        );
    }

    #[test]
    fn what_is_not_finished_has_time_and_no_more() {
        let mut watch = Watch::new(Duration::minutes(60));
        watch.look(&[entry("cut", 1)], at(0));
        assert_eq!(watch.look(&[entry("cut", 1)], at(1)).open, ["cut"]);
        watch.may_grow(OsStr::new("cut"), "cut short".into());
        assert!(watch.look(&[entry("cut", 1)], at(59)).is_empty(), "it is not opened again");
        assert_eq!(watch.look(&[entry("cut", 1)], at(60)).overdue, [("cut".into(), Some("cut short".into()))]);
        assert!(watch.look(&[entry("grows", 1)], at(100)).is_empty());
        assert!(watch.look(&[entry("grows", 2)], at(159)).is_empty());
        assert_eq!(watch.look(&[entry("grows", 3)], at(160)).overdue, [("grows".into(), None)]);
        watch.look(&[entry("later", 1)], at(200));
        watch.look(&[entry("later", 1)], at(201));
        watch.again(OsStr::new("later"), at(201));
        assert!(watch.look(&[entry("later", 1)], at(260)).is_empty());
        assert_eq!(watch.look(&[entry("later", 1)], at(261)).open, ["later"]);
    }

    #[test]
    fn names_that_say_so_are_passed_over() {
        for name in [".a.part", ".x", "a.part", "a.PART", "a.tmp", "~syncthing~a.tmp", "a~"] {
            assert!(is_passed_over(OsStr::new(name)), "{name}");
        }
        for name in ["a", "a.comity", "part", "tmp.comity"] {
            assert!(!is_passed_over(OsStr::new(name)), "{name}");
        }
    }
}
