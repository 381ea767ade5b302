//! CASE/UCO 1.4 as JSON-LD, of any size: every object of its ontologies an item, relations between them as relations, with the strictest
//! marking that reaches it. Properties of other ontologies and files stay in the original and are named. No context is ever fetched.

mod graph;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use self::graph::{DEPTH, Graph, Names, Node, as_list};
use super::claim::Claim;
use super::format::{Format, FormatError, Options, Sink};
use super::intake::Key;
use super::marked::{Marked, Marks};
use super::source::Source;
use super::stream::{Extent, Stream};

/// `case`.
pub const FORMAT: Format =
    Format { name: "case", about: "CASE/UCO 1.4: JSON-LD", read, write: Some(super::export::case::write) };

/// The most that is kept of what the file says of one thing in several places, in bytes.
const MOST_KEPT: usize = 64 << 20;
/// The most members of a long bundle that are kept as what it names.
const MOST_NAMED: usize = 10_000;
/// What every fault of the whole file is said of.
const WHOLE_FILE: &str = "the file";

/// What must be known of a file before its first object is taken.
struct Survey {
    graph: Graph,
    marked: Marked,
    /// Ids of which more than one place says something.
    parted: HashSet<Key>,
}

/// What is called with each object, and with what else it names; `false` ends the walk.
type Each<'e> = &'e mut dyn FnMut(Node, &[Key]) -> Result<bool, FormatError>;

fn bad(what: impl Into<String>) -> FormatError {
    FormatError::new(WHOLE_FILE, what.into())
}

fn read(input: &mut Source<'_>, _: &Options, sink: &mut Sink<'_>) -> Result<(), FormatError> {
    // What an object says of another may stand anywhere: all of them are looked at before the first is taken.
    let survey = match input.take_kept::<Survey>() {
        Some(survey) => survey,
        None => {
            let survey = survey(input)?;
            input.again()?;
            Box::new(survey)
        }
    };
    let (mut number, mut taken) = (0, HashSet::new());
    walk(input, &survey.graph.names, &mut |node, _| {
        let claim = survey.marked.claim(number);
        number += 1;
        let key = node.key();
        if survey.parted.contains(&key) {
            if let (Some(whole), true) = (survey.graph.kept.get(&key), taken.insert(key)) {
                survey.graph.item(whole, claim, sink);
            }
        } else {
            survey.graph.item(&node, claim, sink);
        }
        Ok(!sink.is_full())
    })?;
    input.keep(survey);
    Ok(())
}

fn survey(input: &mut Source<'_>) -> Result<Survey, FormatError> {
    let names = context(input)?;
    input.again()?;
    let mut graph = Graph { names: names.clone(), kept: HashMap::new(), makers: HashMap::new() };
    let (mut marked, mut wanted, mut is_case) = (Marked::default(), HashSet::new(), false);
    walk(input, &names, &mut |node, more| {
        is_case |= !graph.types(&node.map).is_empty();
        if graph.is_of(&node.map, "MarkingDefinition") {
            marked.define(&node.id, &definition(&graph, &node));
        }
        if let (true, Some(name)) = (graph.is_of(&node.map, "Organization"), graph.text(&node.map, "name")) {
            graph.makers.insert(node.key(), name);
        }
        let at = marked.add(node.key(), Some(Marks { said: Claim::default(), definitions: markings(&graph, &node) }));
        let mut named = Vec::new();
        graph.refer(&node.map, &mut named);
        marked.names(at, named.iter().map(|id| Key::of_foreign(id)).chain(more.iter().copied()));
        for facet in graph.get(&node.map, "hasFacet").map(as_list).unwrap_or_default() {
            if let Some(id) = facet.as_object().filter(|f| f.len() == 1).and_then(|f| f.get("@id")?.as_str()) {
                wanted.insert(Key::of_foreign(&graph.names.full(id)));
            }
        }
        Ok(true)
    })?;
    if !is_case {
        return Err(bad("it is not CASE: no object of CASE or UCO 1.x is in it"));
    }
    let mut ids: Vec<Key> = marked.ids().iter().copied().filter(|id| *id != Key::of_foreign("")).collect();
    ids.sort_unstable();
    let parted: HashSet<Key> =
        ids.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).filter_map(|same| same.first().copied()).collect();
    marked.end(true);
    if !parted.is_empty() || !wanted.is_empty() {
        input.again()?;
        keep(input, &mut graph, |key| parted.contains(key) || wanted.contains(key))?;
    }
    Ok(Survey { graph, marked, parted })
}

/// Keeps what is said of the ids that are wanted, from wherever it stands.
fn keep(input: &mut Source<'_>, graph: &mut Graph, wanted: impl Fn(&Key) -> bool) -> Result<(), FormatError> {
    let (names, mut size) = (graph.names.clone(), 0);
    walk(input, &names, &mut |node, _| {
        let key = node.key();
        if wanted(&key) {
            size += Value::Object(node.map.clone()).to_string().len();
            if size > MOST_KEPT {
                let what =
                    format!("more than {} MiB of it are said of the same things in several places", MOST_KEPT >> 20);
                return Err(bad(format!("{what}: split it")));
            }
            match graph.kept.get_mut(&key) {
                Some(known) => known.join(node),
                None => {
                    graph.kept.insert(key, node);
                }
            }
        }
        Ok(true)
    })
}

/// What a definition of a marking claims.
fn definition(graph: &Graph, node: &Node) -> Claim {
    let mut claim = Claim::default();
    let all = graph.get(&node.map, "definition").map(as_list).unwrap_or_default();
    for one in &all {
        let said =
            one.as_object().and_then(|map| graph.text(map, "statement").or_else(|| graph.text(map, "termsOfUse")));
        match said {
            Some(said) => claim.add(&Claim::of_tag(&said).unwrap_or_else(|| Claim::statement(&said))),
            None => claim.add(&Claim::unknown(&node.id)),
        }
    }
    if all.is_empty() {
        claim.add(&Claim::unknown(&node.id));
    }
    claim
}

/// The ids of the markings that an object names.
fn markings(graph: &Graph, node: &Node) -> Vec<String> {
    let all = graph.get(&node.map, "objectMarking").map(as_list).unwrap_or_default();
    let id = |one: &Value| one.get("@id").or(Some(one)).and_then(Value::as_str).map(|id| graph.names.full(id));
    all.into_iter().map(|one| id(one).unwrap_or_else(|| "a marking without an id".to_owned())).collect()
}

/// What names stand for, as the file says at its top.
fn context(input: &mut Source<'_>) -> Result<Names, FormatError> {
    let mut names = Names::default();
    let mut stream = Stream::new(input);
    if stream.peek()? != Some(b'{') {
        return Ok(names);
    }
    stream.members(&mut |stream, key| {
        if key != "@context" {
            return stream.skip();
        }
        let mut piece = Vec::new();
        if matches!(stream.piece(&mut piece)?, Extent::Whole { .. }) {
            names.read(&json(&piece, stream)?);
        }
        // The graph behind it need not be looked at for it.
        Ok(false)
    })?;
    Ok(names)
}

fn json(piece: &[u8], stream: &Stream<'_>) -> Result<Value, FormatError> {
    serde_json::from_slice(piece).map_err(|e| stream.wrong(&e.to_string()))
}

/// Walks through the objects of a file, whatever holds them.
fn walk(input: &mut Source<'_>, names: &Names, each: Each<'_>) -> Result<(), FormatError> {
    let mut stream = Stream::new(input);
    if stream.peek()?.is_none() {
        return Err(bad("it is not CASE: it is empty"));
    }
    let goes_on = Walker { names, each }.next(&mut stream, 0)?;
    if goes_on { stream.end() } else { Ok(()) }
}

/// A walk through a file.
struct Walker<'w, 'e> {
    names: &'w Names,
    each: Each<'e>,
}

impl Walker<'_, '_> {
    /// Reads what comes next: an object, or what holds objects.
    fn next(&mut self, stream: &mut Stream<'_>, depth: usize) -> Result<bool, FormatError> {
        if depth > DEPTH {
            return Err(too_deep());
        }
        let mut piece = Vec::new();
        match stream.piece(&mut piece)? {
            Extent::Whole { has_long } => self.gather(&json(&piece, stream)?, has_long, depth),
            Extent::Long => {
                stream.read_again(piece);
                match stream.peek()? {
                    Some(b'[') => stream.items(&mut |stream, _| self.next(stream, depth + 1)),
                    Some(b'{') => self.long(stream, depth),
                    _ => Err(no_object()),
                }
            }
        }
    }

    /// Finds the objects in whatever holds them: a graph, a bundle, a list.
    fn gather(&mut self, value: &Value, has_long: bool, depth: usize) -> Result<bool, FormatError> {
        if depth > DEPTH {
            return Err(too_deep());
        }
        let map = match value {
            Value::Array(all) => {
                for one in all {
                    if !self.gather(one, has_long, depth + 1)? {
                        return Ok(false);
                    }
                }
                return Ok(true);
            }
            Value::Object(map) => map,
            _ => return Err(no_object()),
        };
        if let Some(inner) = map.get("@graph")
            && !self.gather(inner, has_long, depth + 1)?
        {
            return Ok(false);
        }
        let mut own = map.clone();
        for (key, inner) in map.iter().filter(|_| holds_objects(self.names, map)) {
            if self.names.local(key).as_deref() != Some("object") {
                continue;
            }
            for inline in as_list(inner).into_iter().filter(|v| v.get("@type").is_some()) {
                if !self.gather(inline, has_long, depth + 1)? {
                    return Ok(false);
                }
            }
            let refs = as_list(inner).into_iter().filter_map(|v| v.get("@id").cloned());
            own.insert(key.clone(), refs.map(|id| serde_json::json!({ "@id": id })).collect());
        }
        self.object(own, has_long, &[])
    }

    /// Reads something that is too long to be read whole: what it holds piece by piece, and then what it says itself.
    fn long(&mut self, stream: &mut Stream<'_>, depth: usize) -> Result<bool, FormatError> {
        let (mut own, mut named, mut has_long) = (Map::new(), Vec::new(), false);
        let goes_on = stream.members(&mut |stream, key| {
            let is_list = stream.peek()? == Some(b'[');
            match key {
                "@context" => stream.skip(),
                "@graph" if is_list => stream.items(&mut |stream, _| self.next(stream, depth + 2)),
                "@graph" => self.next(stream, depth + 1),
                _ if is_list && self.names.local(key).as_deref() == Some("object") => {
                    let mut refs = Vec::new();
                    let goes_on = self.members_of(stream, depth, &mut named, &mut refs)?;
                    own.insert(key.to_owned(), Value::Array(refs));
                    Ok(goes_on)
                }
                _ => {
                    let mut piece = Vec::new();
                    if let Extent::Whole { has_long: long } = stream.piece(&mut piece)? {
                        has_long |= long;
                        own.insert(key.to_owned(), json(&piece, stream)?);
                    } else {
                        stream.read_again(piece);
                        stream.skip()?;
                        has_long = true;
                    }
                    Ok(true)
                }
            }
        })?;
        if goes_on { self.object(own, has_long, &named) } else { Ok(false) }
    }

    /// Reads the objects of a long bundle: those that stand in it are handed on, and it names them all.
    fn members_of(
        &mut self,
        stream: &mut Stream<'_>,
        depth: usize,
        named: &mut Vec<Key>,
        refs: &mut Vec<Value>,
    ) -> Result<bool, FormatError> {
        stream.items(&mut |stream, _| {
            let mut piece = Vec::new();
            let Extent::Whole { has_long } = stream.piece(&mut piece)? else {
                stream.read_again(piece);
                return match stream.peek()? {
                    Some(b'{') => self.long(stream, depth + 1),
                    _ => Err(no_object()),
                };
            };
            let value = json(&piece, stream)?;
            if let Some(id) = value.get("@id").and_then(Value::as_str) {
                named.push(Key::of_foreign(&self.names.full(id)));
                if refs.len() < MOST_NAMED {
                    refs.push(serde_json::json!({ "@id": id }));
                }
            }
            if value.get("@type").is_some() { self.gather(&value, has_long, depth + 1) } else { Ok(true) }
        })
    }

    /// Hands on an object, where something is said of it.
    fn object(&mut self, mut own: Map<String, Value>, has_long: bool, named: &[Key]) -> Result<bool, FormatError> {
        let says_something = own.contains_key("@type") || own.contains_key("@id") && own.len() > 1;
        if !says_something {
            return Ok(true);
        }
        own.remove("@graph");
        own.remove("@context");
        let id = own.get("@id").and_then(Value::as_str).map(|id| self.names.full(id)).unwrap_or_default();
        (self.each)(Node { id, map: own, has_long }, named)
    }
}

/// Whether an object is one that holds others.
fn holds_objects(names: &Names, map: &Map<String, Value>) -> bool {
    let all = map.get("@type").map(as_list).unwrap_or_default();
    let mut types = all.into_iter().filter_map(Value::as_str).filter_map(|t| names.local(t));
    types.any(|t| t == "Bundle" || t == "Investigation")
}

fn too_deep() -> FormatError {
    bad(format!("graphs lie in each other deeper than {DEPTH}"))
}

fn no_object() -> FormatError {
    bad("it is not CASE: a graph holds something that is no object")
}

#[cfg(test)]
mod tests {
    use super::super::format::Found;
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
    fn a_file_of_any_size_is_read_as_a_short_one_is() {
        let fill = "y".repeat(2000);
        let file = |count: usize| {
            let many: Vec<String> = (0..count)
                .map(|n| {
                    format!(
                        r#"{{"@id":"kb:n{n}","@type":"o:URL","core:hasFacet":{{"@id":"kb:f{n}"}},"core:description":"{fill}"}},
                        {{"@id":"kb:f{n}","@type":"o:URLFacet","o:fullValue":"http://{n}.example/"}}"#
                    )
                })
                .collect();
            many.join(",\n")
        };
        let marks = r#"{"@id":"kb:m","@type":"m:MarkingDefinition","m:definition":[{"@type":"m:StatementMarking","m:statement":"TLP:RED"}]}"#;
        // What is said of one thing in two places, one of them marked, and what it names.
        let parted = r#"{"@id":"kb:q","@type":"o:File","core:name":"q"},
            {"@id":"kb:q","core:objectMarking":{"@id":"kb:m"},"core:description":"more"},
            {"@id":"kb:r","@type":"core:Relationship","core:kindOfRelationship":"Contains","core:source":{"@id":"kb:q"},"core:target":{"@id":"kb:n1"}},
            {"@id":"kb:q","core:hasFacet":{"@type":"o:FileFacet","o:fileName":"q.exe"},"core:tag":{"@id":"kb:n0"}}"#;
        let bundle = |inside: &str| {
            format!(
                r#"{{"@id":"kb:bundle","@type":"core:Bundle","core:object":[{inside},{{"@id":"kb:q"}}],"core:objectMarking":{{"@id":"kb:m"}}}}"#
            )
        };
        for (count, is_long) in [(3, false), (1200, true)] {
            let many = file(count);
            assert_eq!(many.len() > super::super::stream::WHOLE, is_long);
            for (text, all_red) in [
                (format!(r#"{{{CONTEXT},"@graph":[{many},{parted},{marks}]}}"#), false),
                (format!(r#"{{"@graph":[{parted},{marks},{many}],{CONTEXT}}}"#), false),
                (format!(r#"{{{CONTEXT},"@graph":[{},{parted},{marks}]}}"#, bundle(&many)), true),
                (format!(r#"{{{CONTEXT},"@graph":[{{"@graph":[{many}]}},[{parted}],{marks}]}}"#), false),
            ] {
                let (found, told) = seen(&text).unwrap();
                assert_eq!(found.len(), count + 2, "{}", &text[..300]);
                assert_eq!(told, Vec::<String>::new());
                let of = |id: &str| found.iter().find(|f| f.ids[0].1.ends_with(id)).unwrap();
                assert_eq!(of("/n2").value, "http://2.example/", "a facet is found wherever it stands");
                let q = of("/q");
                assert_eq!((q.value.as_str(), q.note.as_deref()), ("q.exe", Some("more")));
                assert_eq!(
                    (q.claim.tlp, of("/n0").claim.tlp),
                    (Some(Tlp::Red), Some(Tlp::Red)),
                    "it is named by what is RED"
                );
                assert_eq!(of("/n2").claim.tlp, all_red.then_some(Tlp::Red), "what a marked bundle holds is marked");
                assert!(seen(&text[..text.len() - 2]).is_err() && seen(&format!("{text}x")).is_err());
            }
        }
        let file = format!(
            r#"{{{CONTEXT},"@graph":[{{"@id":"kb:q","@type":"o:File","core:description":"{}"}}]}}"#,
            "z".repeat(3 << 20)
        );
        let (found, _) = seen(&file).unwrap();
        assert!(found.len() == 1 && found[0].has_long);
    }
}
