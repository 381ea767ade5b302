//! What must be known of a file of STIX before its first object is taken: which objects have a later version in it, and the strictest
//! marking that reaches each. Of an object it keeps a few bytes, whatever it says.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::claim::Claim;
use super::super::format::text_of;
use super::super::intake::Key;
use super::super::marked::{Marked, Marks};

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

/// What a file holds, as far as its objects are about each other.
#[derive(Default)]
pub(super) struct Survey {
    marked: Marked,
    names: HashMap<String, String>,
    /// The versions of objects.
    versions: Vec<(u32, Version)>,
    superseded: HashSet<u32>,
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

impl Survey {
    /// Looks at the next object; `None`: what stands there is none.
    pub(super) fn see(&mut self, value: Option<&Value>) {
        let Some((value, kind)) = value.and_then(|v| kind_of(v).map(|kind| (v, kind))) else {
            self.marked.add(Key::of_foreign(""), None);
            return;
        };
        let id = text_of(value, "id").unwrap_or_default();
        let key = Key::of_foreign(id);
        if kind == DEFINITION {
            self.marked.define(id, &Claim::of_definition(value));
            self.marked.add(key, None);
            return;
        }
        if let ("identity", Some(name)) = (kind, text_of(value, "name").filter(|_| !id.is_empty())) {
            self.names.insert(id.to_owned(), name.to_owned());
        }
        let at = self.marked.add(key, Some(marks_of(value)));
        if let Some(modified) = text_of(value, "modified").filter(|_| !id.is_empty()) {
            self.versions.push((at, version(modified)));
        }
        let mut named = Vec::new();
        refer(value, &mut named);
        self.marked.names(at, named.iter().map(|id| Key::of_foreign(id)));
    }

    /// Every object was seen.
    pub(super) fn end(&mut self) {
        self.supersede();
        self.marked.end(false);
    }

    /// How many objects without a marking took that of what names them.
    pub(super) const fn inherited(&self) -> usize {
        self.marked.inherited()
    }

    /// What is known of an object, by its number.
    pub(super) fn fact(&self, number: u32) -> Fact {
        Fact { claim: self.marked.claim(number), superseded: self.superseded.contains(&number) }
    }

    /// The name of an identity of the file.
    pub(super) fn name_of(&self, id: &str) -> Option<&str> {
        self.names.get(id).map(String::as_str)
    }

    /// Finds every object of which the file has a later version.
    fn supersede(&mut self) {
        let mut versions = std::mem::take(&mut self.versions);
        let ids = self.marked.ids();
        let id = |at: u32| ids.get(at as usize);
        versions.sort_unstable_by_key(|(at, _)| id(*at));
        for same in versions.chunk_by(|(a, _), (b, _)| id(*a) == id(*b)).filter(|same| same.len() > 1) {
            let Some(newest) = same.iter().map(|(_, version)| version).max() else { continue };
            self.superseded.extend(same.iter().filter(|(_, version)| version != newest).map(|(at, _)| *at));
        }
    }
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
