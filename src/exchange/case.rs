//! CASE/UCO 1.4 as JSON-LD: every object of its ontologies an item, relations between them as relations, with the strictest marking that
//! reaches it. Properties of other ontologies and files stay in the original and are named. No context is ever fetched.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Read as _;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::claim::Claim;
use super::format::{Format, FormatError, Found, Options, Sink, stored};
use super::source::Source;
use super::tags;
use crate::object;
use crate::value::class::Assertion;
use crate::value::text::composed;

/// `case`.
pub const FORMAT: Format =
    Format { name: "case", about: "CASE/UCO 1.4: JSON-LD", read, write: Some(super::export::case::write) };

/// Types that say no more than that there is something.
const GENERAL: &[&str] = &["ObservableObject", "UcoObject", "Observable", "UcoThing", "Item"];
/// The largest file, in bytes: what an object says of another may stand anywhere in it, so it is read as a whole.
const LARGEST: u64 = 64 << 20;
/// How deep a graph may lie in others.
const DEPTH: usize = 8;

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
    LazyLock::new(|| toml::from_str(include_str!("../../assets/exchange/case.toml")).unwrap_or_default());

/// What names stand for, as the context of a file says.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    /// Reads a context: an object, or a list of them. Contexts that are only named by their address are not fetched.
    fn read(&mut self, context: &Value) {
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
    fn full(&self, name: &str) -> String {
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
    fn local(&self, name: &str) -> Option<String> {
        let full = self.full(name);
        let of_case = LISTS.ontologies.iter().any(|o| full.starts_with(o.as_str()));
        full.rsplit(['/', '#']).next().filter(|last| of_case && !last.is_empty()).map(str::to_owned)
    }
}

/// An object of the graph: all that the file says of one id.
struct Node {
    id: String,
    map: Map<String, Value>,
}

fn read(input: &mut Source<'_>, _: &Options, sink: &mut Sink<'_>) -> Result<(), FormatError> {
    let bad = |what: String| FormatError::new("the file", what);
    let mut bytes = Vec::new();
    input.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| bad(e.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(bad(format!("it is larger than {} MiB: split it", LARGEST >> 20)));
    }
    let file: Value = serde_json::from_slice(&bytes).map_err(|e| bad(format!("it is not JSON: {e}")))?;
    let mut names = Names::default();
    if let Some(context) = file.get("@context") {
        names.read(context);
    }
    let mut graph = Graph { names, nodes: Vec::new(), by_id: HashMap::new(), unnamed: 0 };
    graph.gather(&file, 0).map_err(bad)?;
    let known = graph.nodes.iter().any(|n| !graph.types(&n.map).is_empty());
    if !known {
        return Err(bad("it is not CASE: no object of CASE or UCO 1.x is in it".into()));
    }
    let claims = graph.claims();
    for (node, claim) in graph.nodes.iter().zip(claims) {
        if sink.is_full() {
            break;
        }
        graph.item(node, claim, sink);
    }
    Ok(())
}

struct Graph {
    names: Names,
    nodes: Vec<Node>,
    by_id: HashMap<String, usize>,
    /// Objects without an id.
    unnamed: usize,
}

impl Graph {
    /// Finds the objects in whatever holds them: a graph, a bundle, a list. What is said of one id in several places is put together.
    fn gather(&mut self, value: &Value, depth: usize) -> Result<(), String> {
        if depth > DEPTH {
            return Err(format!("graphs lie in each other deeper than {DEPTH}"));
        }
        match value {
            Value::Array(all) => all.iter().try_for_each(|v| self.gather(v, depth + 1)),
            Value::Object(map) => {
                if let Some(inner) = map.get("@graph") {
                    self.gather(inner, depth + 1)?;
                }
                let types = self.types(map);
                let bundle = types.iter().any(|t| t == "Bundle" || t == "Investigation");
                let mut own = map.clone();
                for (key, inner) in map.iter().filter(|_| bundle) {
                    if self.names.local(key).as_deref() != Some("object") {
                        continue;
                    }
                    let inline: Vec<&Value> = as_list(inner).into_iter().filter(|v| v.get("@type").is_some()).collect();
                    inline.iter().try_for_each(|v| self.gather(v, depth + 1))?;
                    let refs = as_list(inner).into_iter().filter_map(|v| v.get("@id").cloned());
                    let refs: Vec<Value> = refs.map(|id| serde_json::json!({ "@id": id })).collect();
                    own.insert(key.clone(), Value::Array(refs));
                }
                if map.contains_key("@type") || map.contains_key("@id") && map.len() > 1 {
                    own.remove("@graph");
                    own.remove("@context");
                    self.add(own);
                }
                Ok(())
            }
            _ => Err("it is not CASE: a graph holds something that is no object".into()),
        }
    }

    fn add(&mut self, map: Map<String, Value>) {
        let id = match map.get("@id").and_then(Value::as_str) {
            Some(id) => self.names.full(id),
            None => {
                self.unnamed += 1;
                String::new()
            }
        };
        let known = self.by_id.get(&id).copied().filter(|_| !id.is_empty());
        match known.and_then(|at| self.nodes.get_mut(at)) {
            Some(node) => {
                for (key, value) in map {
                    match node.map.get_mut(&key) {
                        None => {
                            node.map.insert(key, value);
                        }
                        Some(old) if *old == value => {}
                        Some(old) => {
                            let mut both: Vec<Value> = as_list(old).into_iter().cloned().collect();
                            both.extend(
                                as_list(&value).into_iter().filter(|v| !both.contains(v)).cloned().collect::<Vec<_>>(),
                            );
                            *old = Value::Array(both);
                        }
                    }
                }
            }
            None => {
                if !id.is_empty() {
                    self.by_id.insert(id.clone(), self.nodes.len());
                }
                self.nodes.push(Node { id, map });
            }
        }
    }

    /// The types of an object that are of CASE or UCO, the most telling first.
    fn types(&self, map: &Map<String, Value>) -> Vec<String> {
        let all = map.get("@type").map(as_list).unwrap_or_default();
        let mut all: Vec<String> =
            all.into_iter().filter_map(Value::as_str).filter_map(|t| self.names.local(t)).collect();
        all.sort_by_key(|t| GENERAL.contains(&t.as_str()));
        all
    }

    fn is_of(&self, map: &Map<String, Value>, kind: &str) -> bool {
        self.types(map).iter().any(|t| t == kind)
    }

    /// A property of an object, by the last part of its name.
    fn get<'m>(&self, map: &'m Map<String, Value>, name: &str) -> Option<&'m Value> {
        map.iter().find(|(key, _)| self.names.local(key).as_deref() == Some(name)).map(|(_, value)| value)
    }

    fn text(&self, map: &Map<String, Value>, name: &str) -> Option<String> {
        let value = self.get(map, name)?;
        let texts: Vec<String> = as_list(value).into_iter().filter_map(text_of).collect();
        Some(texts.join("\n")).filter(|t| !t.trim().is_empty())
    }

    /// The markings that reach each object: its own, and those of what names it where it has none.
    fn claims(&self) -> Vec<Claim> {
        let mut definitions: HashMap<&str, Claim> = HashMap::new();
        for node in self.nodes.iter().filter(|n| self.is_of(&n.map, "MarkingDefinition")) {
            let mut claim = Claim::default();
            let all = self.get(&node.map, "definition").map(as_list).unwrap_or_default();
            for one in &all {
                let said = one
                    .as_object()
                    .and_then(|map| self.text(map, "statement").or_else(|| self.text(map, "termsOfUse")));
                match said {
                    Some(said) => claim.add(&Claim::of_tag(&said).unwrap_or_else(|| Claim::statement(&said))),
                    None => claim.add(&Claim::unknown(&node.id)),
                }
            }
            if all.is_empty() {
                claim.add(&Claim::unknown(&node.id));
            }
            definitions.insert(&node.id, claim);
        }
        let mut claims: Vec<Claim> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let mut claim = Claim::default();
            for one in self.get(&node.map, "objectMarking").map(as_list).unwrap_or_default() {
                let id = one.get("@id").or(Some(one)).and_then(Value::as_str).map(|id| self.names.full(id));
                let id = id.unwrap_or_else(|| "a marking without an id".to_owned());
                claim.add(&definitions.get(id.as_str()).cloned().unwrap_or_else(|| Claim::unknown(&id)));
            }
            claims.push(claim);
        }
        self.inherit(&mut claims);
        claims
    }

    fn inherit(&self, claims: &mut [Claim]) {
        let own: Vec<bool> = claims.iter().map(Claim::is_open).collect();
        let mut waiting: Vec<usize> = (0..claims.len()).filter(|n| own.get(*n) == Some(&false)).collect();
        while let Some(at) = waiting.pop() {
            let (Some(node), Some(given)) = (self.nodes.get(at), claims.get(at).cloned()) else { continue };
            let mut named = Vec::new();
            self.refer(&node.map, &mut named);
            for to in
                named.iter().filter_map(|id| self.by_id.get(id)).filter(|n| **n != at && own.get(**n) == Some(&true))
            {
                let Some(claim) = claims.get_mut(*to) else { continue };
                let before = claim.clone();
                claim.add(&Claim { caveats: Vec::new(), ..given.clone() });
                if *claim != before {
                    waiting.push(*to);
                }
            }
        }
    }

    /// Gathers the ids of what an object names; who made it and how it is marked is none of that.
    fn refer(&self, map: &Map<String, Value>, out: &mut Vec<String>) {
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
                    let at = self.by_id.get(&self.names.full(id)).and_then(|at| self.nodes.get(*at));
                    at.map_or(facet, |node| &node.map)
                }
                _ => facet,
            })
            .collect()
    }

    /// Hands on an object as an item, or says why it is passed over.
    fn item(&self, node: &Node, claim: Claim, sink: &mut Sink<'_>) {
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
            ..Found::new(place, known_kind(&word), value)
        });
    }

    /// Who made something: the name of an organization, the id of anybody else.
    fn maker(&self, id: &str) -> String {
        let node = self.by_id.get(id).and_then(|at| self.nodes.get(*at));
        let name = node.filter(|n| self.is_of(&n.map, "Organization")).and_then(|n| self.text(&n.map, "name"));
        name.unwrap_or_else(|| id.to_owned())
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
fn as_list(value: &Value) -> Vec<&Value> {
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
    use crate::value::marking::Tlp;

    fn seen(file: &str) -> Result<(Vec<Found>, Vec<String>), FormatError> {
        super::super::format::tests::seen(&FORMAT, file)
    }

    const CONTEXT: &str = r#""@context":{"kb":"http://example.org/kb/","core":"https://ontology.unifiedcyberontology.org/uco/core/",
        "o":"https://ontology.unifiedcyberontology.org/uco/observable/","m":"https://ontology.unifiedcyberontology.org/uco/marking/",
        "id":"https://ontology.unifiedcyberontology.org/uco/identity/","x":"http://example.org/other/"}"#;

    #[test]
    fn objects_are_items_with_the_marking_that_reaches_them() {
        let file = format!(
            r#"{{{CONTEXT},"@graph":[
            {{"@id":"kb:a","@type":"o:URL","core:hasFacet":[{{"@type":"o:URLFacet","o:fullValue":"http://evil.example/"}}],
              "core:objectMarking":[{{"@id":"kb:m"}}],"x:secret":1}},
            {{"@id":"kb:m","@type":"m:MarkingDefinition","m:definition":[{{"@type":"m:StatementMarking","m:statement":"TLP:RED"}}]}},
            {{"@id":"kb:b","@type":["x:Thing","o:File"],"core:hasFacet":{{"@type":"o:FileFacet","o:fileName":"a.exe"}}}},
            {{"@id":"kb:r","@type":"core:Relationship","core:kindOfRelationship":"Contains","core:source":{{"@id":"kb:b"}},
              "core:target":{{"@id":"kb:a"}},"core:objectMarking":{{"@id":"kb:gone"}}}},
            {{"@id":"kb:b","core:description":"more of it"}},
            {{"@id":"kb:p","@type":"id:Person","core:name":"J. Doe"}},
            {{"@id":"kb:x","@type":"x:Thing"}}
            ]}}"#
        );
        let (found, more) = seen(&file).unwrap();
        let read: Vec<(&str, &str)> = found.iter().map(|f| (f.kind.as_str(), f.value.as_str())).collect();
        assert_eq!(
            read,
            [("url", "http://evil.example/"), ("file", "a.exe"), ("relationship", "Contains"), ("person", "J. Doe")]
        );
        assert_eq!(found[0].claim.tlp, Some(Tlp::Red));
        assert_eq!(found[1].note.as_deref(), Some("more of it"));
        assert_eq!(
            found[2].references[..2],
            ["http://example.org/kb/b".to_owned(), "http://example.org/kb/a".to_owned()]
        );
        assert_eq!(found[2].claim.unknown, ["http://example.org/kb/gone"]);
        assert_eq!(found[1].claim.unknown, ["http://example.org/kb/gone"], "it is named by what is marked so");
        assert_eq!(
            more,
            [
                "properties of other ontologies not kept: x:secret",
                "objects of other ontologies not taken: http://example.org/kb/x"
            ]
        );
        for bad in ["", "{}", "[]", r#"{"@graph":[1]}"#, r#"{"type":"bundle","objects":[]}"#] {
            assert!(seen(bad).is_err(), "{bad}");
        }
    }

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
