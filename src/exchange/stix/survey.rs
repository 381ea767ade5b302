//! What must be known of a file of STIX before its first object is taken: which objects have a later version in it, and the strictest
//! marking that reaches each. Of an object it keeps a few bytes, whatever it says.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::claim::Claim;
use super::super::format::text_of;
use super::super::intake::Key;

/// The type of an object that defines a marking.
pub(super) const DEFINITION: &str = "marking-definition";

/// The type of an object.
pub(super) fn kind_of(object: &Value) -> Option<&str> {
    text_of(object, "type")
}

/// What is known of an object beside what it says itself.
#[derive(Default)]
pub(super) struct Fact {
    /// The markings that it carries, and those that reach it.
    pub(super) claim: Claim,
    /// A later version of it stands elsewhere in the file.
    pub(super) superseded: bool,
}

/// How an object is marked: what it says in words, and the definitions that it names.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Marks {
    said: Claim,
    definitions: Vec<String>,
}

/// What a file holds, as far as its objects are about each other.
#[derive(Default)]
pub(super) struct Survey {
    definitions: HashMap<String, Claim>,
    names: HashMap<String, String>,
    /// Every way of being marked that was met, and then what each claims; objects have the number of theirs.
    marks: Vec<Marks>,
    numbers: HashMap<Marks, u32>,
    claims: Vec<Claim>,
    /// For each object its id, until every one was seen, and the number of its claim; [`NONE`] where it is no item.
    ids: Vec<Key>,
    claimed: Vec<u32>,
    /// Which object names which.
    names_other: Vec<(u32, Key)>,
    /// The versions of objects.
    versions: Vec<(u32, Version)>,
    superseded: HashSet<u32>,
    inherited: usize,
}

/// When an object was modified, as it is compared: the signs of a time in their order, packed. Signs that no time has count as one,
/// and beyond 32 none counts.
type Version = [u8; 16];

fn version(modified: &str) -> Version {
    let mut packed = [0; 16];
    for (n, sign) in modified.bytes().take(32).enumerate() {
        let code = match sign {
            b'+' => 1,
            b'-' => 2,
            b'.' => 3,
            b'0'..=b'9' => sign - b'0' + 4,
            b':' => 14,
            _ => 15,
        };
        if let Some(byte) = packed.get_mut(n / 2) {
            *byte |= if n.is_multiple_of(2) { code << 4 } else { code };
        }
    }
    packed
}

/// The number of no claim.
const NONE: u32 = u32::MAX;

impl Survey {
    /// Looks at the next object; `None`: what stands there is none.
    pub(super) fn see(&mut self, value: Option<&Value>) {
        let at = self.ids.len() as u32;
        let Some((value, kind)) = value.and_then(|v| kind_of(v).map(|kind| (v, kind))) else {
            return self.object(Key::of_foreign(""), NONE);
        };
        let id = text_of(value, "id").unwrap_or_default();
        let key = Key::of_foreign(id);
        if kind == DEFINITION {
            // Of two of one id the stricter holds.
            self.definitions.entry(id.to_owned()).or_default().add(&Claim::of_definition(value));
            return self.object(key, NONE);
        }
        if let ("identity", Some(name)) = (kind, text_of(value, "name").filter(|_| !id.is_empty())) {
            self.names.insert(id.to_owned(), name.to_owned());
        }
        let marks = marks_of(value);
        let number = match self.numbers.get(&marks) {
            Some(number) => *number,
            None => {
                let number = self.marks.len() as u32;
                self.marks.push(marks.clone());
                self.numbers.insert(marks, number);
                number
            }
        };
        self.object(key, number);
        if let Some(modified) = text_of(value, "modified").filter(|_| !id.is_empty()) {
            self.versions.push((at, version(modified)));
        }
        let mut named = Vec::new();
        refer(value, &mut named);
        self.names_other.extend(named.iter().map(|id| (at, Key::of_foreign(id))));
    }

    fn object(&mut self, id: Key, claim: u32) {
        self.ids.push(id);
        self.claimed.push(claim);
    }

    /// Every object was seen.
    pub(super) fn end(&mut self) {
        self.numbers = HashMap::new();
        for marks in std::mem::take(&mut self.marks) {
            let mut claim = marks.said;
            for id in &marks.definitions {
                let known = self.definitions.get(id).cloned().or_else(|| Claim::well_known(id));
                claim.add(&known.unwrap_or_else(|| Claim::unknown(id)));
            }
            self.claims.push(claim);
        }
        self.supersede();
        self.inherit();
        self.names_other = Vec::new();
        self.ids = Vec::new();
    }

    /// How many objects without a marking took that of what names them.
    pub(super) const fn inherited(&self) -> usize {
        self.inherited
    }

    /// What is known of an object, by its number.
    pub(super) fn fact(&self, number: u32) -> Fact {
        let claim = self.claimed.get(number as usize).and_then(|claim| self.claims.get(*claim as usize));
        Fact { claim: claim.cloned().unwrap_or_default(), superseded: self.superseded.contains(&number) }
    }

    /// The name of an identity of the file.
    pub(super) fn name_of(&self, id: &str) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }

    /// Finds every object of which the file has a later version.
    fn supersede(&mut self) {
        let mut versions = std::mem::take(&mut self.versions);
        let id = |at: u32| self.ids.get(at as usize);
        versions.sort_unstable_by_key(|(at, _)| id(*at));
        for same in versions.chunk_by(|(a, _), (b, _)| id(*a) == id(*b)).filter(|same| same.len() > 1) {
            let Some(newest) = same.iter().map(|(_, version)| version).max() else { continue };
            self.superseded.extend(same.iter().filter(|(_, version)| version != newest).map(|(at, _)| *at));
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

/// Gathers the ids of what an object names; who made it and how it is marked is none of that.
pub(super) fn refer(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                if key.ends_with("by_ref") || key == "object_marking_refs" || key == "granular_markings" {
                    continue;
                }
                let names = key.ends_with("_ref") || key.ends_with("_refs");
                match inner {
                    Value::String(id) if names => out.push(id.clone()),
                    Value::Array(ids) if names => out.extend(ids.iter().filter_map(Value::as_str).map(str::to_owned)),
                    other => refer(other, out),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|v| refer(v, out)),
        _ => {}
    }
}

fn marks_of(object: &Value) -> Marks {
    let list = |key: &str| object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let whole = list("object_marking_refs").iter().filter_map(Value::as_str);
    // A part that is marked higher marks the whole: what leaves, leaves as one.
    let parts = list("granular_markings").iter().filter_map(|g| text_of(g, "marking_ref"));
    Marks { said: Claim::of_properties(object), definitions: whole.chain(parts).map(str::to_owned).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_the_order_of_their_texts() {
        let mut times = [
            "",
            "2023-12-31T23:59:59.999Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00.000Z",
            "2024-01-01T00:00:00.000001Z",
            "2024-01-01T00:00:01Z",
            "2024-10-01T00:00:00Z",
        ];
        times.sort_unstable();
        let versions = times.map(version);
        assert!(versions.is_sorted() && versions.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
