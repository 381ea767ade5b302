//! A carrier of chaos: files come in pieces, under their final names, under two names, twice, in any order, vanish and come back, are
//! cut by a full disk, and get the names and times of FAT. Whatever it does within its time, nothing that is whole in the end is
//! refused, nothing is applied twice, and nothing is lost. A seed that fails is told, and `COMITY_CHAOS_SEED` tries it alone.
//!
//! `COMITY_CHAOS=100000 cargo test --release --test suite -- chaos` tries so many schedules.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use comity::bundle::watch::{DueFiles, Entry, Watch};
use comity::value::timestamp::{Duration, Timestamp};

/// Numbers that follow from a seed: the same in every run.
pub struct Numbers(u64);

impl Numbers {
    pub fn of(seed: u64) -> Self {
        let mut numbers = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d);
        for _ in 0..4 {
            numbers.below(2);
        }
        numbers
    }

    pub fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }

    /// Once in so many times.
    pub fn once_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

/// How many of what a variable of the environment asks for; else so many.
pub fn asked(variable: &str, else_so_many: u64) -> u64 {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(else_so_many)
}

/// How long what is cut short has, in minutes. The carrier finishes everything sooner.
const PATIENCE: i64 = 60;
/// Looks until everything must have come: one a minute.
const LOOKS: i64 = 100;
/// The last minute in which the carrier begins or spoils something.
const QUIET: i64 = 40;

/// A file on the medium.
#[derive(Clone)]
struct Carried {
    /// Which bundle it is to become.
    bundle: usize,
    /// How much of it is there.
    there: usize,
    /// Its time, as coarse as that of FAT.
    changed: u128,
}

struct Carrier {
    numbers: Numbers,
    /// The sizes of the bundles.
    whole: Vec<usize>,
    files: BTreeMap<OsString, Carried>,
    /// What has vanished and comes back, when and under which name.
    gone: Vec<(i64, OsString, Carried)>,
    /// Bundles whose delivery is to begin, and when.
    to_come: Vec<(i64, usize)>,
    names: usize,
}

impl Carrier {
    fn begin(seed: u64) -> Self {
        let mut numbers = Numbers::of(seed);
        let many = 1 + numbers.below(6);
        let whole = (0..many).map(|_| 1 + numbers.below(5000)).collect();
        let mut to_come = Vec::new();
        for bundle in 0..many {
            // Each comes at some time, in any order, and some come twice.
            for _ in 0..1 + usize::from(numbers.once_in(3)) {
                to_come.push((numbers.below(QUIET as usize) as i64, bundle));
            }
        }
        Self { numbers, whole, files: BTreeMap::new(), gone: Vec::new(), to_come, names: 0 }
    }

    fn name(&mut self, bundle: usize) -> OsString {
        self.names += 1;
        match self.numbers.below(4) {
            // The same name as another copy may have: one replaces the other.
            0 => format!("b{bundle}.comity"),
            1 => format!("B{bundle}~{}.COM", self.names),
            2 => format!("{:08X}", self.names),
            _ => format!("b{bundle} ({}).comity", self.names),
        }
        .into()
    }

    fn put(&mut self, now: i64, name: OsString, bundle: usize, there: usize) {
        // FAT keeps two seconds, some carriers keep the time of the source, and some none.
        let changed = match self.numbers.below(3) {
            0 => 0,
            1 => 7,
            _ => now as u128 / 2 * 2,
        };
        self.files.insert(name, Carried { bundle, there, changed });
    }

    /// What the carrier does in a minute.
    fn goes_on(&mut self, now: i64) {
        let due: Vec<usize> = self.to_come.iter().filter(|(at, _)| *at == now).map(|(_, bundle)| *bundle).collect();
        for bundle in due {
            let name = self.name(bundle);
            let whole = self.whole[bundle];
            match self.numbers.below(4) {
                // Whole, or under a name that says that it is not finished.
                0 => self.put(now, name, bundle, whole),
                1 => {
                    let mut part = OsString::from(".");
                    part.push(&name);
                    part.push(".part");
                    self.put(now, part, bundle, whole / 2);
                    self.put(now, name, bundle, whole);
                }
                // In pieces, under its final name.
                _ => {
                    let there = self.numbers.below(whole);
                    self.put(now, name, bundle, there);
                }
            }
        }
        let back: Vec<_> = self.gone.iter().filter(|(at, ..)| *at == now).cloned().collect();
        self.gone.retain(|(at, ..)| *at != now);
        for (_, name, file) in back {
            self.files.insert(name, file);
        }
        for (name, file) in self.files.clone() {
            let whole = self.whole[file.bundle];
            let is_part = comity::bundle::watch::is_passed_over(&name);
            if file.there < whole && !is_part {
                // It grows, stalls, or the disk is full: a shorter one is written from the beginning. In the end it is whole.
                let step = 1 + self.numbers.below(whole);
                let there = match self.numbers.below(4) {
                    _ if now > QUIET => whole,
                    0 => file.there,
                    1 => self.numbers.below(file.there + 1),
                    _ => whole.min(file.there + step),
                };
                if there != file.there || now > QUIET {
                    self.put(now, name.clone(), file.bundle, there);
                }
            }
            if now <= QUIET && self.numbers.once_in(15) {
                self.files.remove(&name);
                let at = now + 1 + self.numbers.below(10) as i64;
                self.gone.push((at, name, file));
            }
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let entry = |(name, file): (&OsString, &Carried)| Entry {
            name: name.clone(),
            bytes: file.there as u64,
            changed: file.changed,
        };
        self.files.iter().map(entry).collect()
    }
}

/// A desk that takes bundles in by their numbers: what comes too early is kept, what came before is known.
#[derive(Default)]
struct Desk {
    applied: Vec<usize>,
    kept: BTreeSet<usize>,
}

impl Desk {
    fn take(&mut self, bundle: usize) {
        if !self.applied.contains(&bundle) {
            self.kept.insert(bundle);
        }
        while self.kept.remove(&self.applied.len()) {
            self.applied.push(self.applied.len());
        }
    }
}

/// Runs one schedule; answers what went wrong.
fn schedule(seed: u64) -> Result<(), String> {
    let mut carrier = Carrier::begin(seed);
    let (mut watch, mut desk) = (Watch::new(Duration::minutes(PATIENCE)), Desk::default());
    let start = Timestamp::parse("2026-06-15T12:00:00Z").unwrap();
    for minute in 0..LOOKS {
        carrier.goes_on(minute);
        let now = start.plus(Duration::minutes(minute));
        let DueFiles { open, overdue } = watch.look(&carrier.entries(), now);
        if let Some((name, _)) = overdue.first() {
            return Err(format!("{name:?} is refused in minute {minute}"));
        }
        for name in open {
            // The carrier may have taken it away between the look and the opening.
            if carrier.numbers.once_in(20) && minute <= QUIET {
                if let Some(file) = carrier.files.remove(&name) {
                    carrier.gone.push((minute + 1, name, file));
                }
                continue;
            }
            let file = carrier.files[&name].clone();
            if file.there == carrier.whole[file.bundle] {
                desk.take(file.bundle);
                carrier.files.remove(&name);
            } else {
                watch.may_grow(&name, "cut short".to_owned());
            }
        }
    }
    let all: Vec<usize> = (0..carrier.whole.len()).collect();
    if desk.applied == all { Ok(()) } else { Err(format!("{:?} of {all:?} are applied", desk.applied)) }
}

#[test]
fn a_carrier_of_chaos_loses_nothing_and_nothing_whole_is_refused() {
    let seeds = match asked("COMITY_CHAOS_SEED", 0) {
        0 => 1..=asked("COMITY_CHAOS", 1000),
        one => one..=one,
    };
    let wrong: Vec<String> =
        seeds.filter_map(|seed| schedule(seed).err().map(|what| format!("seed {seed}: {what}"))).collect();
    assert!(wrong.is_empty(), "{} schedules failed, first: {:?}", wrong.len(), wrong.first());
}
