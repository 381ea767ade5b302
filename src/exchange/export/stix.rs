//! STIX 2.1: an object that came as STIX leaves with every property of the standard, anything else as the observable that it is, or as a
//! note. Each carries its TLP 2.0 and PAP markings and, in words, what else binds its reader.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::written;
use crate::exchange::canonical::{self, Class};
use crate::exchange::leaving::{Leaving, Outgoing, Transfer, uuid};
use crate::exchange::report::Lines;
use crate::value::marking::{Pap, Tlp};
use crate::value::realm::BANNER;
use crate::value::timestamp::Timestamp;

/// Types whose one property is `value`.
const OF_VALUE: &[&str] = &["domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url"];
/// Properties that are numbers with a fraction, or may be too large for what is stored: they are kept as their digits.
const NUMBERS: &[&str] = &[
    "latitude",
    "longitude",
    "precision",
    "number",
    "size",
    "src_byte_count",
    "dst_byte_count",
    "src_packets",
    "dst_packets",
    "pid",
    "number_observed",
    "count",
    "confidence",
];
/// Types that observables are: they need no time of their own.
const OBSERVABLES: &[&str] = &[
    "artifact",
    "autonomous-system",
    "directory",
    "domain-name",
    "email-addr",
    "email-message",
    "file",
    "ipv4-addr",
    "ipv6-addr",
    "mac-addr",
    "mutex",
    "network-traffic",
    "process",
    "software",
    "url",
    "user-account",
    "windows-registry-key",
    "x509-certificate",
];

/// Writes a bundle.
pub fn write(transfer: &Transfer, leaving: &Leaving<'_>, lost: &mut Lines) -> Vec<u8> {
    let mut markings: BTreeMap<String, Value> = BTreeMap::new();
    let mut objects = Vec::new();
    let identity = identity(transfer);
    let mut names_identity = false;
    for item in leaving.items() {
        let mut object = match item.foreign("stix") {
            Some(id) => of_stix(item, id, lost),
            None => {
                let (object, names) = made(transfer, item, &text_of(&identity, "id"), lost);
                names_identity |= names;
                object
            }
        };
        let refs: Vec<Value> = marked(transfer, item, &mut markings).into_iter().map(Value::String).collect();
        object.insert("object_marking_refs".into(), Value::Array(refs));
        objects.push(Value::Object(object));
    }
    if names_identity {
        objects.insert(0, identity);
    }
    if let Some(tag) = transfer.exercise_tag() {
        objects.push(of_exercise(transfer, &tag, &objects));
    }
    let mut all: Vec<Value> = markings.into_values().collect();
    all.append(&mut objects);
    written(&json!({ "type": "bundle", "id": format!("bundle--{}", transfer.uuid("stix")), "objects": all }))
}

/// The note that says that the objects of a file are of an exercise: observables have no labels of their own.
fn of_exercise(transfer: &Transfer, tag: &str, objects: &[Value]) -> Value {
    let at = time(transfer.at);
    let refs: Vec<&Value> = objects.iter().filter_map(|o| o.get("id")).collect();
    json!({
        "type": "note", "spec_version": "2.1", "id": format!("note--{}", transfer.uuid("exercise")), "created": at,
        "modified": at, "content": BANNER, "labels": [tag], "object_refs": refs,
    })
}

fn text_of(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A time as STIX writes it: with milliseconds.
fn time(at: Timestamp) -> String {
    let text = at.to_string();
    match text.strip_suffix('Z') {
        Some(plain) if !plain.contains('.') => format!("{plain}.000Z"),
        _ => text,
    }
}

fn identity(transfer: &Transfer) -> Value {
    let at = time(transfer.at);
    json!({
        "type": "identity", "spec_version": "2.1", "id": format!("identity--{}", uuid(transfer.desk)), "created": at, "modified": at,
        "name": transfer.name, "identity_class": "organization",
    })
}

/// An object that came as STIX: everything that was shown of it, in its own place.
fn of_stix(item: &Outgoing, id: &str, lost: &mut Lines) -> Map<String, Value> {
    let kind = id.split("--").next().unwrap_or_default();
    let mut object = Map::new();
    for (key, value) in item.properties() {
        let value = if NUMBERS.contains(&key.as_str()) { number(value) } else { value };
        object.insert(key, value);
    }
    if OF_VALUE.contains(&kind) && !object.contains_key("value") {
        object.insert("value".into(), item.value().into());
    }
    for (key, text) in [("name", item.text("title")), ("description", item.text("note"))] {
        if let Some(text) = text {
            object.insert(key.into(), text.into());
        }
    }
    if !OBSERVABLES.contains(&kind) {
        object.entry("spec_version").or_insert_with(|| "2.1".into());
    }
    object.insert("type".into(), kind.into());
    object.insert("id".into(), id.into());
    if let Some(grade) = item.terms.source_grade {
        lost.count("grades of sources", &grade.to_string());
    }
    if let Some(grade) = item.terms.information_grade {
        lost.count("grades of information", &grade.to_string());
    }
    object
}

/// A number that is kept as its digits.
fn number(value: Value) -> Value {
    match value.as_str().and_then(|t| serde_json::from_str::<serde_json::Number>(t).ok()) {
        Some(number) => Value::Number(number),
        None => value,
    }
}

/// An item that did not come as STIX: the observable that it is, or a note. `true`: it names the identity of the desk.
fn made(transfer: &Transfer, item: &Outgoing, identity: &str, lost: &mut Lines) -> (Map<String, Value>, bool) {
    let name = || item.text("title").unwrap_or_else(|| item.value()).to_owned();
    for key in item.properties().keys() {
        lost.count("properties of other formats", key);
    }
    if item.text("originator").is_some() {
        lost.count("originators of what did not come as STIX", item.text("originator").unwrap_or_default());
    }
    let own = uuid(item.id);
    let observable = observable(&item.terms.kind, item.value());
    let is_observable = observable.is_some();
    let mut object = match observable {
        Some((kind, mut object)) => {
            for (what, text) in
                [("titles of observables", item.text("title")), ("notes on observables", item.text("note"))]
            {
                if let Some(text) = text {
                    lost.count(what, text);
                }
            }
            object.insert("type".into(), kind.into());
            object.insert("id".into(), format!("{kind}--{own}").into());
            object
        }
        None => {
            lost.count(
                "types that STIX has no object for, written as notes",
                &format!("{}: {}", item.terms.kind, name()),
            );
            let at = time(item.recorded);
            let said = match (item.text("title"), item.text("note")) {
                (None, None) => item.value().to_owned(),
                (title, note) => [Some(item.value()), title, note].into_iter().flatten().collect::<Vec<_>>().join("\n"),
            };
            let note = json!({
                "type": "note", "id": format!("note--{own}"), "created": at, "modified": at, "created_by_ref": identity,
                "abstract": item.terms.kind, "content": said, "object_refs": [identity],
            });
            if let Value::Object(note) = note { note } else { Map::new() }
        }
    };
    object.insert("spec_version".into(), "2.1".into());
    if item.terms.source_grade.or(None).is_some() || item.terms.information_grade.is_some() {
        lost.count("grades of sources and information", &name());
    }
    let _ = transfer;
    (object, !is_observable)
}

/// The observable of the standard that a value of a type is.
fn observable(kind: &str, value: &str) -> Option<(&'static str, Map<String, Value>)> {
    let object = |kind, json: Value| if let Value::Object(map) = json { Some((kind, map)) } else { None };
    if let Some((first, second)) = kind.split_once('|')
        && let Some((name, hash)) = value.split_once('|')
        && canonical::class_of(second) == Some(Class::Hash)
        && canonical::spelling(first) == "filename"
    {
        return object("file", json!({ "name": name, "hashes": hashes(second, hash)? }));
    }
    match canonical::class_of(kind) {
        Some(Class::Domain) => return object("domain-name", json!({ "value": value })),
        Some(Class::Ip) if value.contains(':') => return object("ipv6-addr", json!({ "value": value })),
        Some(Class::Ip) => return object("ipv4-addr", json!({ "value": value })),
        Some(Class::Url) => return object("url", json!({ "value": value })),
        Some(Class::Email) => return object("email-addr", json!({ "value": value })),
        Some(Class::Hash) => return object("file", json!({ "hashes": hashes(kind, value)? })),
        Some(Class::Phone) | None => {}
    }
    match &*canonical::spelling(kind) {
        "filename" => object("file", json!({ "name": value })),
        "mutex" => object("mutex", json!({ "name": value })),
        "asn" | "as" => {
            let number: u64 = value.trim_start_matches(['A', 'S', 'a', 's', ' ']).parse().ok()?;
            object("autonomous-system", json!({ "number": number }))
        }
        "regkey" => object("windows-registry-key", json!({ "key": value })),
        "macaddress" | "macaddr" => object("mac-addr", json!({ "value": value.to_lowercase().replace('-', ":") })),
        _ => None,
    }
}

fn hashes(kind: &str, value: &str) -> Option<Value> {
    let value = value.to_lowercase();
    if !value.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let name = match (&*canonical::spelling(kind), value.len()) {
        ("md5", 32) | ("hash", 32) => "MD5",
        ("sha1", 40) | ("hash", 40) => "SHA-1",
        ("sha256", 64) | ("hash", 64) => "SHA-256",
        ("sha512", 128) | ("hash", 128) => "SHA-512",
        _ => return None,
    };
    Some(json!({ name: value }))
}

/// The ids of an item's markings; their definitions are added to those of the bundle.
fn marked(transfer: &Transfer, item: &Outgoing, markings: &mut BTreeMap<String, Value>) -> Vec<String> {
    let mut refs = Vec::new();
    let mut add = |definition: Value| {
        let id = text_of(&definition, "id");
        if !refs.contains(&id) {
            refs.push(id.clone());
        }
        markings.entry(id).or_insert(definition);
    };
    add(of_tlp(item.terms.marking.tlp));
    add(of_pap(item.terms.marking.pap));
    for statement in item.statements(transfer) {
        add(json!({
            "type": "marking-definition", "spec_version": "2.1", "id": format!("marking-definition--{}", transfer.uuid(&statement)),
            "created": time(transfer.at), "definition_type": "statement", "definition": { "statement": statement },
        }));
    }
    refs
}

/// The definition of a TLP 2.0 label, as OASIS has published it.
fn of_tlp(tlp: Tlp) -> Value {
    let (id, word) = match tlp {
        Tlp::Clear => ("94868c89-83c2-464b-929b-a1a8aa3c8487", "clear"),
        Tlp::Green => ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "green"),
        Tlp::Amber => ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "amber"),
        Tlp::AmberStrict => ("939a9414-2ddd-4d32-a0cd-375ea402b003", "amber+strict"),
        Tlp::Red => ("e828b379-4e03-4974-9ac4-e53a884c97c1", "red"),
    };
    json!({
        "type": "marking-definition", "spec_version": "2.1", "id": format!("marking-definition--{id}"),
        "created": "2022-10-01T00:00:00.000Z", "name": format!("TLP:{tlp}"),
        "extensions": { "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": { "extension_type": "property-extension", "tlp_2_0": word } },
    })
}

/// The definition of a PAP label, as the common objects of STIX have it.
fn of_pap(pap: Pap) -> Value {
    let (id, word, day) = match pap {
        Pap::Clear => ("ad15a0cd-55b6-4588-a14c-a66105329b92", "clear", "2022-10-01"),
        Pap::Green => ("c43594d1-4b11-4c59-93ab-1c9b14d53ce9", "green", "2022-10-09"),
        Pap::Amber => ("60f8932b-e51e-4458-b265-a2e8be9a80ab", "amber", "2022-10-02"),
        Pap::Red => ("740d36e5-7714-4c30-961a-3ae632ceee0e", "red", "2022-10-06"),
    };
    json!({
        "type": "marking-definition", "spec_version": "2.1", "id": format!("marking-definition--{id}"),
        "created": format!("{day}T00:00:00.000Z"), "name": format!("PAP:{pap}"),
        "extensions": { "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b": { "extension_type": "property-extension", "pap": word } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::claim::Claim;
    use crate::exchange::leaving::tests::{all, item, transfer};
    use crate::object;
    use crate::value::word::all_words;

    fn written(items: &[Outgoing]) -> (Vec<Value>, Lines) {
        let mut lost = Lines::default();
        let bytes = write(&transfer(), &all(items), &mut lost);
        let bundle: Value = serde_json::from_slice(&bytes).unwrap();
        (bundle["objects"].as_array().unwrap().clone(), lost)
    }

    #[test]
    fn an_object_leaves_with_every_property_it_came_with() {
        let properties = object! {
            "created" => "2024-01-01T00:00:00.000Z", "modified" => "2024-01-02T00:00:00.000Z", "latitude" => "48.25",
            "spec_version" => "2.1", "country" => "XA",
        };
        let ids = object! { "stix" => "location--00000000-0000-4000-8000-000000000001" };
        let (objects, _) = written(&[item(
            1,
            "location",
            "XA",
            &[("properties", properties), ("ids", ids), ("title", "Here".into()), ("note", "There".into())],
        )]);
        let found = objects.iter().find(|o| o["type"] == "location").unwrap();
        assert_eq!(found["latitude"], 48.25);
        assert_eq!((&found["name"], &found["description"]), (&json!("Here"), &json!("There")));
        assert_eq!(found["modified"], "2024-01-02T00:00:00.000Z");
    }

    #[test]
    fn what_is_no_stix_is_the_observable_that_it_is_or_a_note() {
        let (objects, lost) = written(&[
            item(1, "domain", "evil.example", &[("title", "t".into())]),
            item(2, "ip-dst", "192.0.2.1", &[]),
            item(3, "sha256", &"ab".repeat(32), &[]),
            item(4, "filename|md5", &format!("a.exe|{}", "cd".repeat(16)), &[]),
            item(5, "AS", "AS64496", &[]),
            item(6, "yara", "rule x { }", &[]),
        ]);
        let kinds: Vec<&str> =
            objects.iter().filter_map(|o| o["type"].as_str()).filter(|t| *t != "marking-definition").collect();
        assert_eq!(kinds, ["identity", "domain-name", "ipv4-addr", "file", "file", "autonomous-system", "note"]);
        assert_eq!(objects.iter().find(|o| o["number"].is_u64()).unwrap()["number"], 64496);
        let note = objects.last().unwrap();
        assert_eq!((&note["content"], &note["object_refs"][0]), (&json!("rule x { }"), &note["created_by_ref"]));
        let said: Vec<&str> = lost.lines().iter().map(|l| l.what.as_str()).collect();
        assert_eq!(said, ["titles of observables", "types that STIX has no object for, written as notes"]);
    }

    #[test]
    fn the_markings_that_are_written_are_those_that_are_read() {
        for (tlp, pap) in [
            (Tlp::Clear, Pap::Clear),
            (Tlp::Green, Pap::Green),
            (Tlp::Amber, Pap::Amber),
            (Tlp::AmberStrict, Pap::Red),
            (Tlp::Red, Pap::Red),
        ] {
            assert_eq!(Claim::of_definition(&of_tlp(tlp)).tlp, Some(tlp));
            assert_eq!(Claim::of_definition(&of_pap(pap)).pap, Some(pap));
            assert_eq!(Claim::well_known(&text_of(&of_tlp(tlp), "id")).unwrap().tlp, Some(tlp));
        }
        assert_eq!(all_words::<Tlp>().len(), 5);
    }
}
