//! A MISP event: every item an attribute with its tags and its UUID, in the object that it came from. What did not come as MISP leaves
//! as the type of MISP that it is, or as text.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::written;
use crate::exchange::canonical::{self, Class};
use crate::exchange::leaving::{Leaving, Outgoing, Transfer, uuid};
use crate::exchange::report::Lines;
use crate::value::marking::{Marking, Tlp};

/// Properties of an attribute that go back into their own place.
const OF_ATTRIBUTE: &[&str] = &["first_seen", "last_seen", "timestamp", "disable_correlation"];
/// Properties that are of the object that an attribute stands in, and what they are called there.
const OF_OBJECT: &[(&str, &str)] = &[
    ("object", "name"),
    ("object_uuid", "uuid"),
    ("object_template_uuid", "template_uuid"),
    ("object_template_version", "template_version"),
    ("object_meta_category", "meta-category"),
];
/// What stands in the properties of the first attribute of an object: what the object names, each with how it is related to it.
pub const NAMES: &str = "object_references";
/// What is written otherwise: in its own place, or as tags.
const ELSEWHERE: &[&str] = &["category", "to_ids", "object_relation", "tags", NAMES];

/// Writes an event.
pub fn write(transfer: &Transfer, leaving: &Leaving<'_>, lost: &mut Lines) -> Vec<u8> {
    let mut attributes = Vec::new();
    let mut objects: BTreeMap<String, (Map<String, Value>, Vec<Value>)> = BTreeMap::new();
    let effective = leaving.marking();
    let leaves: HashSet<String> = leaving.items().iter().flat_map(|i| uuids_of(i)).collect();
    for item in leaving.items() {
        let properties = item.properties();
        let attribute = attribute(transfer, item, &properties, &effective, lost);
        let Some(object) = properties.get("object_uuid").and_then(Value::as_str).filter(|_| is_misp(item)) else {
            attributes.push(Value::Object(attribute));
            continue;
        };
        let (of, parts) = objects.entry(object.to_owned()).or_default();
        for (key, name) in OF_OBJECT {
            if let Some(value) = properties.get(*key) {
                of.insert((*name).into(), value.clone());
            }
        }
        let references = references(object, &properties, &leaves, lost);
        if !references.is_empty() {
            of.insert("ObjectReference".into(), Value::Array(references));
        }
        parts.push(Value::Object(attribute));
    }
    let objects: Vec<Value> = objects
        .into_values()
        .map(|(mut of, parts)| {
            of.insert("distribution".into(), INHERIT.into());
            of.insert("Attribute".into(), Value::Array(parts));
            Value::Object(of)
        })
        .collect();
    let mut tags =
        vec![tag(&format!("tlp:{}", effective.tlp.word().to_lowercase())), tag(&format!("PAP:{}", effective.pap))];
    tags.extend(transfer.exercise_tag().map(|named| tag(&named)));
    let event = json!({
        "uuid": transfer.uuid("misp"),
        "info": format!("Disclosure {} of {}", transfer.disclosure.short(), transfer.from),
        "date": transfer.at.to_date(),
        "timestamp": transfer.at.seconds().to_string(),
        "published": false,
        "analysis": "2",
        "threat_level_id": "4",
        "distribution": distribution(effective.tlp),
        "Orgc": { "name": transfer.from, "uuid": uuid(transfer.desk) },
        "Tag": tags,
        "Attribute": attributes,
        "Object": objects,
    });
    written(&json!({ "Event": event }))
}

/// The distribution of what is distributed as what it stands in.
const INHERIT: &str = "5";

/// The distribution that is no wider than a TLP label.
const fn distribution(tlp: Tlp) -> &'static str {
    match tlp {
        Tlp::Clear | Tlp::Green => "3",
        Tlp::Amber => "1",
        Tlp::AmberStrict | Tlp::Red => "0",
    }
}

/// The uuids by which an object can name an item of MISP: its own, and that of the object that it stands in.
fn uuids_of(item: &Outgoing) -> Vec<String> {
    let object =
        item.properties().get("object_uuid").and_then(Value::as_str).filter(|_| is_misp(item)).map(str::to_owned);
    item.foreign("misp").map(str::to_owned).into_iter().chain(object).collect()
}

/// What an object names, where that leaves with it.
fn references(object: &str, properties: &Map<String, Value>, leaves: &HashSet<String>, lost: &mut Lines) -> Vec<Value> {
    let named = properties.get(NAMES).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut all = Vec::new();
    for one in named {
        let (relation, uuid) = one.rsplit_once(' ').unwrap_or(("", one));
        if leaves.contains(uuid) {
            all.push(json!({
                "object_uuid": object,
                "referenced_uuid": uuid,
                "relationship_type": if relation.is_empty() { "related-to" } else { relation },
            }));
        } else {
            lost.count("references to what does not leave with it", one);
        }
    }
    all
}

fn tag(name: &str) -> Value {
    json!({ "name": name })
}

fn is_misp(item: &Outgoing) -> bool {
    item.foreign("misp").is_some()
}

fn attribute(
    transfer: &Transfer,
    item: &Outgoing,
    properties: &Map<String, Value>,
    effective: &Marking,
    lost: &mut Lines,
) -> Map<String, Value> {
    let text = |key: &str| properties.get(key).and_then(Value::as_str);
    let (kind, category, value, as_text) = typed(item, text("category"));
    let mut comment: Vec<String> = item.text("note").map(str::to_owned).into_iter().collect();
    if as_text {
        lost.count("types that MISP has no attribute for, written as text", &item.terms.kind);
        let title = item.text("title").map(|t| format!(": {t}")).unwrap_or_default();
        comment.insert(0, format!("{}{title}", item.terms.kind));
    }
    let mut made = Map::new();
    made.insert("uuid".into(), item.foreign("misp").map_or_else(|| uuid(item.id), str::to_owned).into());
    made.insert("type".into(), kind.into());
    made.insert("category".into(), category.into());
    made.insert("value".into(), value.into());
    made.insert("to_ids".into(), properties.get("to_ids").and_then(Value::as_bool).unwrap_or(false).into());
    made.insert("timestamp".into(), item.recorded.seconds().to_string().into());
    let marking = &item.terms.marking;
    let own = if marking.tlp == effective.tlp { INHERIT } else { distribution(marking.tlp) };
    made.insert("distribution".into(), own.into());
    if !comment.is_empty() {
        made.insert("comment".into(), comment.join("\n").into());
    }
    if is_misp(item) {
        for (key, value) in properties {
            if OF_ATTRIBUTE.contains(&key.as_str()) {
                made.insert(key.clone(), value.clone());
            }
        }
        if let Some(relation) = text("object_relation") {
            made.insert("object_relation".into(), relation.into());
        }
    }
    let placed = |key: &String| {
        let key = key.as_str();
        is_misp(item)
            && (OF_ATTRIBUTE.contains(&key) || ELSEWHERE.contains(&key) || OF_OBJECT.iter().any(|(k, _)| *k == key))
    };
    for key in properties.keys().filter(|k| !placed(k)) {
        lost.count("properties of other formats", key);
    }
    if !item.terms.references.is_empty() && !properties.contains_key(NAMES) {
        lost.count("what items name", item.text("title").unwrap_or_else(|| item.value()));
    }
    let mut tags =
        vec![tag(&format!("tlp:{}", marking.tlp.word().to_lowercase())), tag(&format!("PAP:{}", marking.pap))];
    for (name, grade) in [
        ("source-reliability", item.terms.source_grade.map(|g| g.word())),
        ("information-credibility", item.terms.information_grade.map(|g| g.word())),
    ] {
        if let Some(grade) = grade {
            tags.push(tag(&format!("admiralty-scale:{name}=\"{}\"", grade.to_lowercase())));
        }
    }
    if is_misp(item) {
        let labels = properties.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let known: Vec<Value> = labels.filter(|l| !l.starts_with("admiralty-scale:")).map(tag).collect();
        tags.extend(known);
    }
    tags.extend(
        item.statements(transfer).iter().map(|s| tag(&format!("comity:statement=\"{}\"", s.replace('"', "'")))),
    );
    made.insert("Tag".into(), Value::Array(tags));
    made
}

/// The type, the category and the value of an item in MISP; `true`: it has no type of its own there.
fn typed(item: &Outgoing, category: Option<&str>) -> (String, String, String, bool) {
    let kind = item.terms.kind.as_str();
    if is_misp(item) {
        // The reader gives an address with a port a type of its own; MISP has it as two parts.
        let value = item.as_written().to_owned();
        let (kind, value) = match kind {
            "ip-port" => ("ip-dst|port", value.replacen(':', "|", usize::from(!value.contains('|')))),
            _ => (kind, value),
        };
        return (kind.to_owned(), category.unwrap_or("Other").to_owned(), value, false);
    }
    let value = item.value().to_owned();
    let known = |kind: &str, category: &str| (kind.to_owned(), category.to_owned(), value.clone(), false);
    match canonical::class_of(kind) {
        Some(Class::Domain) => return known("domain", "Network activity"),
        Some(Class::Ip) => return known("ip-dst", "Network activity"),
        Some(Class::Url) => return known("url", "Network activity"),
        Some(Class::Email) => return known("email", "Payload delivery"),
        Some(Class::Phone) => return known("phone-number", "Person"),
        Some(Class::Hash) => {
            if let Some(kind) = canonical::hash_of_length(value.len()) {
                return known(kind, "Payload delivery");
            }
        }
        None => {}
    }
    match &*canonical::spelling(kind) {
        "filename" => known("filename", "Payload delivery"),
        "mutex" => known("mutex", "Artifacts dropped"),
        "asn" | "as" | "autonomoussystem" => known("AS", "Network activity"),
        "cve" | "vulnerability" if value.to_uppercase().starts_with("CVE-") => {
            known("vulnerability", "External analysis")
        }
        "yara" => known("yara", "Payload installation"),
        "regkey" | "windowsregistrykey" => known("regkey", "Persistence mechanism"),
        "useragent" => known("user-agent", "Network activity"),
        "file" => {
            let hex = value.bytes().all(|b| b.is_ascii_hexdigit());
            match value.len() {
                32 if hex => known("md5", "Payload delivery"),
                40 if hex => known("sha1", "Payload delivery"),
                64 if hex => known("sha256", "Payload delivery"),
                _ => known("filename", "Payload delivery"),
            }
        }
        _ => ("text".to_owned(), "Other".to_owned(), value, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::leaving::tests::{all, item, transfer};
    use crate::object;

    #[test]
    fn attributes_leave_as_they_came_with_the_strictest_marking_on_the_event() {
        let properties = object! {
            "category" => "Network activity", "to_ids" => true, "object" => "domain-ip", "object_uuid" => "o1",
            "object_relation" => "domain", "object_template_uuid" => "t1", "tags" => vec![crate::value::json::Json::from("kind:c2")],
        };
        let mut first =
            item(1, "domain", "evil.example", &[("properties", properties), ("ids", object! { "misp" => "u1" })]);
        first.written = Some("EVIL.example".into());
        first.terms.marking.tlp = Tlp::Amber;
        let second = item(2, "campaign", "Wave", &[("title", "t".into())]);
        let mut lost = Lines::default();
        let items = [first, second];
        let file: Value = serde_json::from_slice(&write(&transfer(), &all(&items), &mut lost)).unwrap();
        let event = &file["Event"];
        assert_eq!((&event["Tag"][0]["name"], &event["distribution"]), (&json!("tlp:amber"), &json!("1")));
        let object = &event["Object"][0];
        assert_eq!(
            (&object["name"], &object["uuid"], &object["template_uuid"]),
            (&json!("domain-ip"), &json!("o1"), &json!("t1"))
        );
        let part = &object["Attribute"][0];
        assert_eq!(
            (&part["value"], &part["object_relation"], &part["to_ids"]),
            (&json!("EVIL.example"), &json!("domain"), &json!(true))
        );
        assert!(part["Tag"].to_string().contains("kind:c2") && part["distribution"] == "5");
        let text = &event["Attribute"][0];
        assert_eq!(
            (&text["type"], &text["comment"], &text["distribution"]),
            (&json!("text"), &json!("campaign: t"), &json!("3"))
        );
        assert_eq!(lost.lines()[0].what, "types that MISP has no attribute for, written as text");
    }
}
