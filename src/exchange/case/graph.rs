//! What an object of CASE says: its types, what it is about, what it names, and what of it is kept. It reads no file.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::super::claim::Claim;
use super::super::format::{Found, Sink, stored};
use super::super::intake::Key;
use super::super::tags;
use crate::object;
use crate::value::class::Assertion;
use crate::value::text::composed;

/// Types that say no more than that there is something.
const GENERAL: &[&str] = &["ObservableObject", "UcoObject", "Observable", "UcoThing", "Item"];
/// How deep a graph may lie in others.
pub(super) const DEPTH: usize = 8;

#[derive(Default, serde::Deserialize)]
struct Listed {
    #[serde(default)]
    no_person: HashSet<String>,
    #[serde(default)]
    properties: Vec<String>,
}

#[derive(Default, serde::Deserialize)]
struct Lists {
    ontologies: Vec<String>,
    judged: BTreeMap<String, String>,
    facets: Listed,
    properties: BTreeMap<String, String>,
    withheld: Listed,
    values: Listed,
}

static LISTS: LazyLock<Lists> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/exchange/case.toml")).unwrap_or_default());

/// What names stand for, as the context of a file says.
#[derive(Clone, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Reads a context: an object, or a list of them. Contexts that are only named by their address are not fetched.
    pub(super) fn read(&mut self, context: &Value) {
        match context {
            Value::Array(all) => all.iter().for_each(|c| self.read(c)),
            Value::Object(all) => {
                for (name, is) in all {
                    let is = is.as_str().or_else(|| is.get("@id").and_then(Value::as_str));
                    if let Some(is) = is {
                        self.0.insert(name.clone(), is.to_owned());
                    }
                }
            }
            _ => {}
        }
    }

    /// A name in full.
    pub(super) fn full(&self, name: &str) -> String {
        if let Some((prefix, rest)) = name.split_once(':')
            && !rest.starts_with("//")
            && let Some(base) = self.0.get(prefix)
        {
            return format!("{base}{rest}");
        }
        match self.0.get(name) {
            // A term may stand for another short name, and that for nothing more.
            Some(term) => match term.split_once(':').and_then(|(prefix, rest)| Some((self.0.get(prefix)?, rest))) {
                Some((base, rest)) => format!("{base}{rest}"),
                None => term.clone(),
            },
            None if !name.contains(':') => {
                self.0.get("@vocab").map_or_else(|| name.to_owned(), |v| format!("{v}{name}"))
            }
            None => name.to_owned(),
        }
    }

    /// The last part of a name, where it is of CASE or UCO.
    pub(super) fn local(&self, name: &str) -> Option<String> {
        let full = self.full(name);
        let of_case = LISTS.ontologies.iter().any(|o| full.starts_with(o.as_str()));
        full.rsplit(['/', '#']).next().filter(|last| of_case && !last.is_empty()).map(str::to_owned)
    }
}

/// An object of the graph: all that the file says of one id, or what one place says of it.
pub(super) struct Node {
    /// Its id in full; empty where it has none.
    pub(super) id: String,
    /// What is said.
    pub(super) map: Map<String, Value>,
    /// A text in it was too long to be read.
    pub(super) has_long: bool,
}

impl Node {
    /// The key of its id.
    pub(super) fn key(&self) -> Key {
        Key::of_foreign(&self.id)
    }

    /// Puts together what two places say of one id.
    pub(super) fn join(&mut self, more: Self) {
        self.has_long |= more.has_long;
        for (key, value) in more.map {
            match self.map.get_mut(&key) {
                None => {
                    self.map.insert(key, value);
                }
                Some(old) if *old == value => {}
                Some(old) => {
                    let mut both: Vec<Value> = as_list(old).into_iter().cloned().collect();
                    let more: Vec<Value> = as_list(&value).into_iter().filter(|v| !both.contains(v)).cloned().collect();
                    both.extend(more);
                    *old = Value::Array(both);
                }
            }
        }
    }
}

/// What is known of a file while its objects are taken.
pub(super) struct Graph {
    /// What names stand for.
    pub(super) names: Names,
    /// What several places say of one id, and the facets that others name.
    pub(super) kept: HashMap<Key, Node>,
    /// The names of organizations.
    pub(super) makers: HashMap<Key, String>,
}

impl Graph {
    /// The types of an object that are of CASE or UCO, the most telling first.
    pub(super) fn types(&self, map: &Map<String, Value>) -> Vec<String> {
        let all = map.get("@type").map(as_list).unwrap_or_default();
        let mut all: Vec<String> =
            all.into_iter().filter_map(Value::as_str).filter_map(|t| self.names.local(t)).collect();
        all.sort_by_key(|t| GENERAL.contains(&t.as_str()));
        all
    }

    pub(super) fn is_of(&self, map: &Map<String, Value>, kind: &str) -> bool {
        self.types(map).iter().any(|t| t == kind)
    }

    /// A property of an object, by the last part of its name.
    pub(super) fn get<'m>(&self, map: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
        map.iter().find(|(key, _)| self.names.local(key).as_deref() == Some(name)).map(|(_, value)| value)
    }

    pub(super) fn text(&self, map: &Map<String, Value>, name: &str) -> Option<String> {
        let value = self.get(map, name)?;
        let texts: Vec<String> = as_list(value).into_iter().filter_map(text_of).collect();
        Some(texts.join("\n")).filter(|t| !t.trim().is_empty())
    }

    /// Gathers the ids of what an object names; who made it and how it is marked is none of that.
    pub(super) fn refer(&self, map: &Map<String, Value>, out: &mut Vec<String>) {
        for (key, value) in map {
            let local = self.names.local(key);
            if matches!(local.as_deref(), Some("createdBy" | "objectMarking")) || key.starts_with('@') {
                continue;
            }
            for one in as_list(value) {
                let Some(inner) = one.as_object() else { continue };
                match inner.get("@id").and_then(Value::as_str) {
                    Some(id) if inner.len() == 1 => out.push(self.names.full(id)),
                    _ => self.refer(inner, out),
                }
            }
        }
    }

    /// The facets of an object: those that stand in it, and those that it names.
    fn facets<'g>(&'g self, node: &'g Node) -> Vec<&'g Map<String, Value>> {
        let all = self.get(&node.map, "hasFacet").map(as_list).unwrap_or_default();
        all.into_iter()
            .filter_map(Value::as_object)
            .map(|facet| match facet.get("@id").and_then(Value::as_str) {
                Some(id) if facet.len() == 1 => {
                    self.kept.get(&Key::of_foreign(&self.names.full(id))).map_or(facet, |node| &node.map)
                }
                _ => facet,
            })
            .collect()
    }

    /// Hands on an object as an item, or says why it is passed over.
    pub(super) fn item(&self, node: &Node, claim: Claim, sink: &mut Sink<'_>) {
        let types = self.types(&node.map);
        let Some(kind) = types.first() else {
            sink.remark("objects of other ontologies not taken", node.id.clone());
            return;
        };
        // What is said of others: their facets, their markings, and the container of them all.
        if kind.ends_with("Facet") || kind == "MarkingDefinition" || kind == "Bundle" {
            return;
        }
        let word = kebab(kind);
        let mut properties = object! {};
        let mut speaks_of = Vec::new();
        let mut candidates: Vec<&Map<String, Value>> = vec![&node.map];
        self.keep(&node.map, &mut properties, &mut speaks_of, sink);
        for facet in self.facets(node) {
            let name = self.types(facet).first().cloned().unwrap_or_else(|| "Facet".to_owned());
            let plain = kebab(name.strip_suffix("Facet").unwrap_or(&name));
            if !LISTS.facets.no_person.contains(&plain) {
                speaks_of.push(LISTS.judged.get(&plain).cloned().unwrap_or(plain));
            }
            let mut inner = object! {};
            self.keep(facet, &mut inner, &mut speaks_of, sink);
            if inner.members().is_some_and(|m| !m.is_empty()) {
                properties.set(&composed(&name), inner);
            }
            candidates.push(facet);
        }
        let title = self.text(&node.map, "name");
        let note = self.text(&node.map, "description");
        let relation = self.text(&node.map, "kindOfRelationship");
        let mut references = Vec::new();
        for end in ["source", "target"] {
            let id = self.get(&node.map, end).and_then(|v| as_list(v).first().and_then(|v| v.get("@id")?.as_str()));
            references.extend(id.map(|id| self.names.full(id)));
        }
        let is_relation = relation.is_some() && references.len() == 2;
        self.refer(&node.map, &mut references);
        for facet in self.facets(node) {
            self.refer(facet, &mut references);
        }
        let about = self.about(&candidates).or_else(|| title.clone()).or_else(|| note.clone());
        let relation = relation.filter(|_| is_relation);
        let value = relation.clone().or(about).unwrap_or_else(|| word.clone());
        let maker =
            self.get(&node.map, "createdBy").and_then(|v| as_list(v).first().and_then(|v| v.get("@id")?.as_str()));
        let maker = maker.map(|id| self.maker(&self.names.full(id)));
        let assessed = matches!(kind.as_str(), "AnalyticResult" | "Analysis" | "Annotation");
        let place = if node.id.is_empty() { word.clone() } else { format!("{word} {}", node.id) };
        let judged = LISTS.judged.get(&word).cloned().unwrap_or_else(|| word.clone());
        sink.item(Found {
            judged_as: Some(judged),
            speaks_of,
            assertion: if assessed { Assertion::Assessment } else { Assertion::Fact },
            claim,
            title: title.filter(|t| *t != value),
            note: note.filter(|n| *n != value),
            ids: if node.id.is_empty() { Vec::new() } else { vec![("case", node.id.clone())] },
            properties: Some(properties),
            references,
            relation,
            originator: maker,
            original: Some(Value::Object(node.map.clone()).to_string()),
            has_long: node.has_long,
            ..Found::new(place, known_kind(&word), value)
        });
    }

    /// Who made something: the name of an organization, the id of anybody else.
    fn maker(&self, id: &str) -> String {
        self.makers.get(&Key::of_foreign(id)).cloned().unwrap_or_else(|| id.to_owned())
    }

    /// Keeps the properties of an object or a facet, and says what of it is screened.
    fn keep(
        &self,
        map: &Map<String, Value>,
        out: &mut crate::value::json::Json,
        speaks_of: &mut Vec<String>,
        sink: &mut Sink<'_>,
    ) {
        for (key, value) in map.iter().filter(|(k, _)| !k.starts_with('@')) {
            let Some(name) = self.names.local(key) else {
                sink.remark("properties of other ontologies not kept", key.clone());
                continue;
            };
            if matches!(name.as_str(), "name" | "description" | "hasFacet" | "objectMarking" | "createdBy") {
                continue;
            }
            if name == "tag" {
                let tags = as_list(value).into_iter().filter_map(Value::as_str);
                tags.filter(|tag| tags::is_exercise(tag)).for_each(|tag| sink.exercise(tag));
            }
            if LISTS.withheld.properties.contains(&name) {
                sink.remark("attached files not taken", name);
                continue;
            }
            if let Some(what) = LISTS.properties.get(&name) {
                speaks_of.push(what.clone());
            }
            match stored(self.plain(value, 0), 0) {
                Some(value) => out.set(&composed(&name), value),
                None => sink.remark("properties that lie too deep not kept", name),
            }
        }
    }

    /// A value without what JSON-LD writes around it.
    fn plain(&self, value: &Value, depth: usize) -> Value {
        match value {
            Value::Object(map) if map.contains_key("@value") => map.get("@value").cloned().unwrap_or(Value::Null),
            Value::Object(map) if map.len() == 1 && map.contains_key("@id") => {
                Value::String(map.get("@id").and_then(Value::as_str).map(|id| self.names.full(id)).unwrap_or_default())
            }
            Value::Object(map) if depth < DEPTH => Value::Object(
                map.iter()
                    .filter(|(key, _)| !key.starts_with('@'))
                    .filter_map(|(key, value)| Some((self.names.local(key)?, self.plain(value, depth + 1))))
                    .collect(),
            ),
            Value::Array(all) if depth < DEPTH => Value::Array(all.iter().map(|v| self.plain(v, depth + 1)).collect()),
            other => other.clone(),
        }
    }

    /// What an object is about: the best of its hashes, or the first of the properties that are listed.
    fn about(&self, maps: &[&Map<String, Value>]) -> Option<String> {
        let hashes: Vec<(String, String)> = maps
            .iter()
            .filter_map(|map| self.get(map, "hash"))
            .flat_map(as_list)
            .filter_map(Value::as_object)
            .filter_map(|hash| {
                let method = self.get(hash, "hashMethod").and_then(text_of).unwrap_or_default();
                Some((method.to_uppercase().replace('-', ""), self.get(hash, "hashValue").and_then(text_of)?))
            })
            .collect();
        let best = ["SHA256", "SHA512", "SHA1", "MD5"].iter().find_map(|m| hashes.iter().find(|(h, _)| h == m));
        if let Some((_, value)) = best {
            return Some(value.to_lowercase());
        }
        let listed = LISTS.values.properties.iter();
        listed.into_iter().find_map(|name| maps.iter().find_map(|map| self.text(map, name)))
    }
}

/// The members of a list; a single one counts as one.
pub(super) fn as_list(value: &Value) -> Vec<&Value> {
    if let Value::Array(all) = value { all.iter().collect() } else { vec![value] }
}

/// A text, a number or a truth value; of an object, what it says.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(n) => Some(n.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Object(map) => map.get("@value").and_then(text_of),
        Value::Null | Value::Array(_) => None,
    }
}

/// A type as it is spelt here where it has a value of a known form.
fn known_kind(word: &str) -> String {
    match word {
        "ipv4-address" => "ipv4-addr",
        "ipv6-address" => "ipv6-addr",
        "email-address" => "email-addr",
        other => other,
    }
    .to_owned()
}

/// A name of the ontology as a word: `DiskPartition` is `disk-partition`.
fn kebab(name: &str) -> String {
    let lower = name.to_lowercase();
    if lower.starts_with("ipv") {
        return lower.replace("address", "-address").replace("facet", "-facet");
    }
    let all: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, c) in all.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|n| all.get(n));
        let after = all.get(at + 1);
        let begins = c.is_uppercase()
            && before
                .is_some_and(|b| b.is_lowercase() || b.is_ascii_digit() || after.is_some_and(|a| a.is_lowercase()));
        if begins && !out.ends_with('-') {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word() {
        for (name, word) in [
            ("DiskPartition", "disk-partition"),
            ("URL", "url"),
            ("SMSMessage", "sms-message"),
            ("IPv4Address", "ipv4-address"),
            ("EmailMessage", "email-message"),
            ("File", "file"),
        ] {
            assert_eq!(kebab(name), word);
        }
    }
}
