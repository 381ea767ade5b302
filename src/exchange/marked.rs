//! The strictest marking that reaches each object of a file: its own, and that of what names it where it has none. Of an object it
//! keeps a few bytes, whatever the object says.

use std::collections::{HashMap, HashSet};

use super::claim::Claim;
use super::intake::Key;

/// How an object is marked: what it says in words, and the definitions that it names.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Marks {
    /// What it says itself.
    pub said: Claim,
    /// The ids of the definitions that it names.
    pub definitions: Vec<String>,
}

/// What the objects of a file claim.
#[derive(Default)]
pub struct Marked {
    definitions: HashMap<String, Claim>,
    /// Every way of being marked that was met, and then what each claims; objects have the number of theirs.
    marks: Vec<Marks>,
    numbers: HashMap<Marks, u32>,
    claims: Vec<Claim>,
    /// For each object its id, until every one was seen, and the number of its claim; [`NONE`] where it is no item.
    ids: Vec<Key>,
    claimed: Vec<u32>,
    /// Which object names which.
    names_other: Vec<(u32, Key)>,
    inherited: usize,
}

/// The number of no claim.
const NONE: u32 = u32::MAX;

impl Marked {
    /// Takes a definition of a marking; of two of one id the stricter holds.
    pub fn define(&mut self, id: &str, claim: &Claim) {
        self.definitions.entry(id.to_owned()).or_default().add(claim);
    }

    /// Takes the next object, and returns its number; without marks it is no item, and takes none.
    pub fn add(&mut self, id: Key, marks: Option<Marks>) -> u32 {
        let at = self.ids.len() as u32;
        let number = match marks {
            None => NONE,
            Some(marks) => match self.numbers.get(&marks) {
                Some(number) => *number,
                None => {
                    let number = self.marks.len() as u32;
                    self.marks.push(marks.clone());
                    self.numbers.insert(marks, number);
                    number
                }
            },
        };
        self.ids.push(id);
        self.claimed.push(number);
        at
    }

    /// Takes what the object that was taken last names.
    pub fn names(&mut self, at: u32, named: impl Iterator<Item = Key>) {
        let nothing = Key::of_foreign("");
        self.names_other.extend(named.filter(|key| *key != nothing).map(|key| (at, key)));
    }

    /// The ids of the objects, by their numbers, until every one was seen.
    pub fn ids(&self) -> &[Key] {
        &self.ids
    }

    /// Every object was seen. `same_is_one`: what is said of one id in several places is one object, else they are versions of it.
    pub fn end(&mut self, same_is_one: bool) {
        self.numbers = HashMap::new();
        for marks in std::mem::take(&mut self.marks) {
            let mut claim = marks.said;
            for id in &marks.definitions {
                let known = self.definitions.get(id).cloned().or_else(|| Claim::well_known(id));
                claim.add(&known.unwrap_or_else(|| Claim::unknown(id)));
            }
            self.claims.push(claim);
        }
        if same_is_one {
            self.unite();
        }
        self.inherit();
        self.names_other = Vec::new();
        self.ids = Vec::new();
    }

    /// How many objects without a marking took that of what names them.
    pub const fn inherited(&self) -> usize {
        self.inherited
    }

    /// What an object claims, by its number.
    pub fn claim(&self, number: u32) -> Claim {
        let claim = self.claimed.get(number as usize).and_then(|claim| self.claims.get(*claim as usize));
        claim.cloned().unwrap_or_default()
    }

    /// Lets all that is said of one id claim the same.
    fn unite(&mut self) {
        let nothing = Key::of_foreign("");
        let mut by_id: Vec<(Key, u32)> = self.ids.iter().copied().zip(0..).filter(|(id, _)| *id != nothing).collect();
        by_id.sort_unstable();
        for same in by_id.chunk_by(|(a, _), (b, _)| a == b).filter(|same| same.len() > 1) {
            let mut whole = Claim::default();
            same.iter().for_each(|(_, at)| whole.add(&self.claim(*at)));
            let number = self.claims.len() as u32;
            self.claims.push(whole);
            for (_, at) in same {
                if let Some(claimed) = self.claimed.get_mut(*at as usize) {
                    *claimed = number;
                }
            }
        }
    }

    /// Lets objects without a marking take the markings of those that name them.
    fn inherit(&mut self) {
        let id = |at: u32| self.ids.get(at as usize);
        let is_item = |at: &u32| self.claimed.get(*at as usize).is_some_and(|claim| *claim != NONE);
        let mut by_id: Vec<u32> = (0..self.ids.len() as u32).filter(is_item).collect();
        by_id.sort_unstable_by_key(|at| id(*at));
        let own = self.claimed.clone();
        let mut numbers: HashMap<Claim, u32> = HashMap::new();
        let is_marked = |claims: &[Claim], at: u32| {
            own.get(at as usize).and_then(|n| claims.get(*n as usize)).is_some_and(|c| !c.is_open())
        };
        // Those that name something follow each other in the order of the file.
        let mut waiting: Vec<u32> = self
            .names_other
            .chunk_by(|(a, _), (b, _)| a == b)
            .filter_map(|all| all.first().map(|(at, _)| *at))
            .filter(|at| is_marked(&self.claims, *at))
            .collect();
        let mut took = HashSet::new();
        while let Some(at) = waiting.pop() {
            let begin = self.names_other.partition_point(|(from, _)| *from < at);
            let named = self.names_other.get(begin..).unwrap_or_default().iter().take_while(|(from, _)| *from == at);
            for (_, key) in named {
                let first = by_id.partition_point(|at| id(*at).is_some_and(|id| id < key));
                for other in by_id.get(first..).unwrap_or_default().iter().take_while(|at| id(**at) == Some(key)) {
                    if *other == at {
                        continue;
                    }
                    let claim = |number: Option<u32>| number.and_then(|n| self.claims.get(n as usize));
                    let (Some(given), Some(own), Some(before)) = (
                        claim(self.claimed.get(at as usize).copied()),
                        claim(own.get(*other as usize).copied()),
                        claim(self.claimed.get(*other as usize).copied()),
                    ) else {
                        continue;
                    };
                    let Some(after) = with_given(before, own, given) else { continue };
                    let number = *numbers.entry(after).or_insert_with_key(|after| {
                        self.claims.push(after.clone());
                        self.claims.len() as u32 - 1
                    });
                    if let Some(claim) = self.claimed.get_mut(*other as usize) {
                        *claim = number;
                    }
                    took.insert(*other);
                    waiting.push(*other);
                }
            }
        }
        self.inherited = took.len();
    }
}

/// What an object claims, whose own claim is known, once something that names it has given it its markings; `None` where that
/// changes nothing. What it says itself stands; only what it does not say is taken from elsewhere.
fn with_given(before: &Claim, own: &Claim, given: &Claim) -> Option<Claim> {
    let mut after = before.clone();
    if own.tlp.is_none() && own.unknown.is_empty() {
        after.tlp = after.tlp.max(given.tlp);
        after.add(&Claim { unknown: given.unknown.clone(), ..Claim::default() });
    }
    if own.pap.is_none() {
        after.pap = after.pap.max(given.pap);
    }
    if own.handling.is_empty() {
        after.add(&Claim { handling: given.handling.clone(), ..Claim::default() });
    }
    (after != *before).then_some(after)
}
