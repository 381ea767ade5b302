//! STIX 2.1 bundles, envelopes, lists and single objects: every object an item, with the strictest of the markings that reach it. What is not
//! taken is named.

use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;
use std::sync::LazyLock;

use serde_json::Value;
use serde_json::value::RawValue;

use super::canonical;
use super::claim::Claim;
use super::format::{Format, FormatError, Found, Options, Seen, stored, text_of, whole};
use super::pattern;
use super::tags;
use crate::object;
use crate::value::class::Assertion;
use crate::value::text::composed;

/// `stix`.
pub const FORMAT: Format = Format {
    name: "stix",
    about: "STIX 2.1: a bundle, an envelope, objects",
    read,
    write: Some(super::export::stix::write),
};

#[derive(Default, serde::Deserialize)]
struct Lists {
    properties: Vec<String>,
    withheld: Vec<String>,
    values: BTreeMap<String, Vec<String>>,
}

static LISTS: LazyLock<Lists> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/exchange/stix.toml")).unwrap_or_default());

/// How deep bundles may lie in bundles.
const DEPTH: usize = 8;

/// One object of a file.
struct Object<'a> {
    place: String,
    raw: &'a str,
}

/// What is known of an object before it is read as an item.
#[derive(Default)]
struct Fact {
    id: String,
    modified: String,
    revoked: bool,
    /// The markings that it carries itself, and then those that reach it.
    claim: Claim,
    references: Vec<String>,
    /// A later version of it stands elsewhere in the file.
    superseded: bool,
}

fn read(input: &mut dyn BufRead, options: &Options, each: &mut dyn FnMut(Seen) -> bool) -> Result<(), FormatError> {
    let bytes = whole(input)?;
    let mut objects = Vec::new();
    let text = std::str::from_utf8(&bytes).map_err(|_| FormatError::new("the file", "it is not UTF-8"))?;
    gather(text, "the file", 0, &mut objects)?;
    let parse = |object: &Object<'_>| serde_json::from_str::<Value>(object.raw).ok().filter(Value::is_object);

    // Definitions may stand anywhere: they are read first. Of two of one id the stricter holds.
    let mut definitions: HashMap<String, Claim> = HashMap::new();
    let mut names: HashMap<String, String> = HashMap::new();
    for object in &objects {
        let is_definition = object.raw.contains("marking-definition");
        if !is_definition && !object.raw.contains("identity") {
            continue;
        }
        let Some(value) = parse(object) else { continue };
        match kind_of(&value) {
            Some(DEFINITION) => {
                let id = text_of(&value, "id").unwrap_or_default().to_owned();
                definitions.entry(id).or_default().add(&Claim::of_definition(&value));
            }
            Some("identity") => {
                if let (Some(id), Some(name)) = (text_of(&value, "id"), text_of(&value, "name")) {
                    names.insert(id.to_owned(), name.to_owned());
                }
            }
            _ => {}
        }
    }
    let mut facts = Vec::with_capacity(objects.len());
    for object in &objects {
        let fact = parse(object).filter(|v| kind_of(v).is_some_and(|k| k != DEFINITION)).map(|value| {
            let mut references = Vec::new();
            refer(&value, &mut references);
            Fact {
                id: text_of(&value, "id").unwrap_or_default().to_owned(),
                modified: text_of(&value, "modified").unwrap_or_default().to_owned(),
                revoked: value.get("revoked").and_then(Value::as_bool) == Some(true),
                claim: claim_of(&value, &definitions),
                references,
                superseded: false,
            }
        });
        facts.push(fact);
    }
    supersede(&mut facts);
    for _ in 0..inherit(&mut facts) {
        if !each(Seen::Remark("objects without a marking take that of what names them", String::new())) {
            return Ok(());
        }
    }
    for (object, fact) in objects.iter().zip(facts) {
        let goes_on = match (parse(object), fact) {
            (Some(value), Some(fact)) => item(object, &value, fact, &names, options, each),
            (Some(value), None) if kind_of(&value) == Some(DEFINITION) => true,
            (Some(_), _) => each(Seen::Fault(FormatError::new(&object.place, "it has no type"))),
            (None, _) => each(Seen::Fault(FormatError::new(&object.place, "it is no object"))),
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}

/// The type of an object that defines a marking.
const DEFINITION: &str = "marking-definition";

/// Finds the objects in whatever holds them: a bundle, an envelope, a list, or nothing.
fn gather<'a>(text: &'a str, place: &str, depth: usize, objects: &mut Vec<Object<'a>>) -> Result<(), FormatError> {
    #[derive(serde::Deserialize)]
    struct Holder<'a> {
        #[serde(rename = "type")]
        kind: Option<String>,
        #[serde(borrow)]
        objects: Option<&'a RawValue>,
        id: Option<String>,
    }
    let bad = |what: String| FormatError::new(place, what);
    if depth > DEPTH {
        return Err(bad(format!("bundles lie in each other deeper than {DEPTH}")));
    }
    let text = text.trim();
    let list = |text: &'a str, objects: &mut Vec<Object<'a>>| -> Result<(), FormatError> {
        let all: Vec<&'a RawValue> =
            serde_json::from_str(text).map_err(|e| bad(format!("its objects cannot be read: {e}")))?;
        for (n, raw) in all.iter().enumerate() {
            let of = if place == "the file" { String::new() } else { format!("{place}, ") };
            let inner = format!("{of}object {}", n + 1);
            match serde_json::from_str::<Holder<'a>>(raw.get()) {
                Ok(holder) if holder.kind.as_deref() == Some("bundle") => {
                    gather(raw.get(), &inner, depth + 1, objects)?
                }
                Ok(Holder { id: Some(id), .. }) => {
                    objects.push(Object { place: format!("{inner} ({id})"), raw: raw.get() });
                }
                _ => objects.push(Object { place: inner, raw: raw.get() }),
            }
        }
        Ok(())
    };
    if text.starts_with('[') {
        return list(text, objects);
    }
    let holder: Holder<'a> = serde_json::from_str(text).map_err(|e| bad(format!("it is not STIX: {e}")))?;
    match (holder.kind.as_deref(), holder.objects) {
        (Some("bundle") | None, Some(inner)) => list(inner.get(), objects),
        // A bundle without objects is one, and empty.
        (Some("bundle"), None) => Ok(()),
        (Some(_), _) if holder.id.is_some() => {
            objects.push(Object { place: place.to_owned(), raw: text });
            Ok(())
        }
        _ if text.contains("\"Event\"") || text.contains("\"Attribute\"") => {
            Err(bad("it is not STIX: it looks like MISP".into()))
        }
        _ => Err(bad("it is not STIX: no bundle, envelope, list or object".into())),
    }
}

fn kind_of(object: &Value) -> Option<&str> {
    text_of(object, "type")
}

/// Gathers the ids of what an object names; who made it and how it is marked is none of that.
fn refer(value: &Value, out: &mut Vec<String>) {
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

fn claim_of(object: &Value, definitions: &HashMap<String, Claim>) -> Claim {
    let list = |key: &str| object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let whole = list("object_marking_refs").iter().filter_map(Value::as_str);
    // A part that is marked higher marks the whole: what leaves, leaves as one.
    let parts = list("granular_markings").iter().filter_map(|g| text_of(g, "marking_ref"));
    let mut claim = Claim::of_properties(object);
    for id in whole.chain(parts) {
        let known = definitions.get(id).cloned().or_else(|| Claim::well_known(id));
        claim.add(&known.unwrap_or_else(|| Claim::unknown(id)));
    }
    claim
}

/// Marks every object of which the file has a later version.
fn supersede(facts: &mut [Option<Fact>]) {
    let mut newest: HashMap<String, (usize, String)> = HashMap::new();
    for at in 0..facts.len() {
        let Some(fact) = facts.get(at).and_then(Option::as_ref) else { continue };
        if fact.modified.is_empty() {
            continue;
        }
        let (id, modified) = (fact.id.clone(), fact.modified.clone());
        let older = match newest.get(&id) {
            Some((_, known)) if *known == modified => continue,
            Some((before, known)) if *known < modified => Some(*before),
            Some(_) => Some(at),
            None => None,
        };
        if older != Some(at) {
            newest.insert(id, (at, modified));
        }
        if let Some(fact) = older.and_then(|n| facts.get_mut(n)).and_then(Option::as_mut) {
            fact.superseded = true;
        }
    }
}

/// Lets objects without a marking take the markings of those that name them. Returns how many did.
fn inherit(facts: &mut [Option<Fact>]) -> usize {
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, fact) in facts.iter().enumerate() {
        if let Some(fact) = fact {
            by_id.entry(fact.id.clone()).or_default().push(at);
        }
    }
    let own: Vec<Claim> = facts.iter().map(|f| f.as_ref().map(|f| f.claim.clone()).unwrap_or_default()).collect();
    let mut waiting: Vec<usize> = (0..facts.len()).filter(|n| own.get(*n).is_some_and(|c| !c.is_open())).collect();
    let mut took = std::collections::HashSet::new();
    while let Some(at) = waiting.pop() {
        let Some(fact) = facts.get(at).and_then(Option::as_ref) else { continue };
        let (given, references) = (fact.claim.clone(), fact.references.clone());
        for named in references.iter().filter_map(|id| by_id.get(id)).flatten().filter(|n| **n != at) {
            let (Some(own), Some(Some(fact))) = (own.get(*named), facts.get_mut(*named)) else { continue };
            // What it says itself stands; only what it does not say is taken from elsewhere.
            let silent = own.tlp.is_none() && own.unknown.is_empty();
            let before = fact.claim.clone();
            if silent {
                fact.claim.tlp = fact.claim.tlp.max(given.tlp);
                fact.claim.add(&Claim { unknown: given.unknown.clone(), ..Claim::default() });
            }
            if own.pap.is_none() {
                fact.claim.pap = fact.claim.pap.max(given.pap);
            }
            if own.handling.is_empty() {
                fact.claim.add(&Claim { handling: given.handling.clone(), ..Claim::default() });
            }
            if fact.claim != before {
                took.insert(*named);
                waiting.push(*named);
            }
        }
    }
    took.len()
}

/// Hands on an object as an item, or says why it is passed over.
fn item(
    object: &Object<'_>,
    value: &Value,
    fact: Fact,
    names: &HashMap<String, String>,
    options: &Options,
    each: &mut dyn FnMut(Seen) -> bool,
) -> bool {
    let kind = kind_of(value).unwrap_or_default();
    let name = text_of(value, "name");
    let told = || name.or_else(|| text_of(value, "value")).unwrap_or(&fact.id).to_owned();
    if fact.revoked {
        return each(Seen::Remark("revoked objects passed over", told()));
    }
    if fact.superseded {
        return each(Seen::Remark("older versions passed over", format!("{} of {}", told(), fact.modified)));
    }
    let labels: Vec<&str> = strings(value, "labels");
    if labels.iter().any(|l| tags::keep_days(l) == Some(0)) {
        return each(Seen::Remark("items whose retention has expired passed over", told()));
    }
    for label in &labels {
        if tags::is_exercise(label) && !each(Seen::Exercise((*label).to_owned())) {
            return false;
        }
    }
    let ended = text_of(value, "valid_until")
        .zip(options.now)
        .is_some_and(|(until, now)| crate::value::timestamp::Timestamp::parse(until).is_some_and(|until| until <= now));
    if ended && !each(Seen::Remark("items whose validity has ended", told())) {
        return false;
    }
    let harmless =
        strings(value, "indicator_types").contains(&"benign") || labels.iter().any(|l| tags::is_false_alarm(l));
    if harmless && !each(Seen::Remark("items that are said to be benign", told())) {
        return false;
    }
    let mut properties = object! {};
    for (key, inner) in value.as_object().into_iter().flatten() {
        if matches!(
            key.as_str(),
            "type" | "id" | "name" | "description" | "value" | "object_marking_refs" | "granular_markings"
        ) {
            continue;
        }
        let withheld = LISTS.withheld.contains(key);
        if withheld || !LISTS.properties.contains(key) {
            let what = if withheld {
                "attached files and inner objects not taken"
            } else {
                "properties of other programs not kept"
            };
            if !each(Seen::Remark(what, key.clone())) {
                return false;
            }
            continue;
        }
        let mut inner = inner.clone();
        if let ("extensions", Some(map)) = (key.as_str(), inner.as_object_mut()) {
            let before = map.len();
            map.retain(|name, _| name.ends_with("-ext"));
            let lost = before - map.len();
            if lost > 0 && !each(Seen::Remark("extensions of other programs not kept", told())) {
                return false;
            }
            if map.is_empty() {
                continue;
            }
        }
        match stored(&inner, 0) {
            Some(inner) if !inner.is_null() => properties.set(key, inner),
            _ => {
                if !each(Seen::Remark("properties that lie too deep not kept", key.clone())) {
                    return false;
                }
            }
        }
    }
    let of_stix = text_of(value, "pattern_type").is_none_or(|t| t.eq_ignore_ascii_case("stix"));
    let matches = text_of(value, "pattern").filter(|_| of_stix).map(pattern::read);
    let about = match &matches {
        Some(found) => Some(found.values.join(", "))
            .filter(|v| !v.is_empty())
            .or_else(|| text_of(value, "pattern").map(str::to_owned)),
        None => about(value, kind).or_else(|| text_of(value, "pattern").map(str::to_owned)),
    };
    let relation = text_of(value, "relationship_type").map(str::to_owned);
    let about = relation.clone().or(about).unwrap_or_else(|| kind.to_owned());
    // The value as it is compared is exported again; only where it was written otherwise is that kept beside it.
    if let Some(written) = text_of(value, "value").filter(|w| canonical::of(kind, w).value != *w) {
        properties.set("value", composed(written));
    }
    let assessed =
        matches!(kind, "opinion" | "note" | "threat-actor" | "intrusion-set" | "campaign" | "report" | "grouping");
    let maker = text_of(value, "created_by_ref").map(|id| names.get(id).map_or(id, String::as_str).to_owned());
    let found = Found {
        judged_as: judged_as(value, kind),
        speaks_of: matches.map(|m| m.types).unwrap_or_default(),
        assertion: if assessed { Assertion::Assessment } else { Assertion::Fact },
        claim: fact.claim,
        title: name.map(str::to_owned),
        note: text_of(value, "description").map(str::to_owned),
        ids: if fact.id.is_empty() { Vec::new() } else { vec![("stix", fact.id)] },
        version: Some(fact.modified).filter(|m| !m.is_empty()),
        properties: Some(properties),
        references: fact.references,
        relation,
        originator: maker,
        keep_days: labels.iter().filter_map(|l| tags::keep_days(l)).min(),
        original: Some(object.raw.to_owned()),
        ..Found::new(&object.place, kind, about)
    };
    each(Seen::Item(Box::new(found)))
}

fn strings<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    value.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// What an object is about, by the rule of its type.
fn about(value: &Value, kind: &str) -> Option<String> {
    let own = LISTS.values.get(kind).into_iter().flatten().map(String::as_str);
    own.chain(["value", "name"]).find_map(|key| match (key, value.get(key)?) {
        ("hashes", hashes) => best_hash(hashes),
        ("number", number) if kind == "autonomous-system" => Some(format!("AS{number}")),
        ("count", count) => Some(format!("seen {count} times")),
        ("first_observed" | "first_seen", at) => at.as_str().map(|at| format!("seen from {at}")),
        (_, Value::String(text)) => Some(text.clone()).filter(|t| !t.trim().is_empty()),
        (_, Value::Number(n)) => Some(n.to_string()),
        (_, Value::Array(all)) => {
            let all: Vec<&str> = all.iter().filter_map(Value::as_str).collect();
            Some(all.join(", ")).filter(|t| !t.is_empty())
        }
        _ => None,
    })
}

fn best_hash(hashes: &Value) -> Option<String> {
    let hashes = hashes.as_object()?;
    let spelt = |want: &str| hashes.iter().find(|(k, _)| canonical::spelling(k) == want).map(|(_, v)| v);
    let best = ["sha256", "sha512", "sha1", "md5"].iter().find_map(|k| spelt(k)).or_else(|| hashes.values().next());
    best.and_then(Value::as_str).map(str::to_lowercase)
}

/// What the person screen judges an object as, where its type alone does not say it.
fn judged_as(value: &Value, kind: &str) -> Option<String> {
    match kind {
        "identity" => Some(format!("identity {}", text_of(value, "identity_class").unwrap_or("unknown"))),
        "location" => {
            let exact =
                ["latitude", "longitude", "street_address", "postal_code"].iter().any(|k| value.get(*k).is_some());
            Some(if exact { "location" } else { "location area" }.to_owned())
        }
        // A threat actor is a group unless it is said to be one person.
        "threat-actor" => (text_of(value, "resource_level") == Some("individual")).then(|| "individual".to_owned()),
        "email-message" => value.get("body").is_none().then(|| "email-message-header".to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::marking::Tlp;

    fn seen(bundle: &str) -> Result<(Vec<Found>, Vec<String>), FormatError> {
        let (mut found, mut more) = (Vec::new(), Vec::new());
        read(&mut bundle.as_bytes(), &Options::default(), &mut |seen| {
            match seen {
                Seen::Item(f) => found.push(*f),
                Seen::Remark(what, name) => more.push(format!("{what}: {name}")),
                Seen::Fault(fault) => more.push(fault.to_string()),
                Seen::Exercise(tag) => more.push(tag),
            }
            true
        })?;
        Ok((found, more))
    }

    #[test]
    fn markings_are_kept_and_the_strictest_wins() {
        let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[
            {"type":"indicator","id":"indicator--1","name":"n","pattern":"[domain-name:value = 'evil.example']","object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
             "granular_markings":[{"marking_ref":"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1","selectors":["name"]}]},
            {"type":"email-addr","id":"email-addr--1","value":"a@b.example","object_marking_refs":["marking-definition--own"]},
            {"type":"file","id":"file--1","hashes":{"MD5":"m","sha256":"S"}},
            {"type":"marking-definition","id":"marking-definition--own","extensions":{"x":{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}
        ]}"#;
        let (found, _) = seen(bundle).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].claim.tlp, found[0].value.as_str()), (Some(Tlp::Red), "evil.example"));
        assert_eq!(found[0].speaks_of, ["domain-name"]);
        assert_eq!(found[1].claim.tlp, Some(Tlp::AmberStrict));
        assert_eq!((found[2].value.as_str(), found[2].claim.clone()), ("s", Claim::default()));
    }

    #[test]
    fn whatever_holds_objects_is_read() {
        let one = r#"{"type":"domain-name","id":"domain-name--1","value":"a.example"}"#;
        for (file, count) in [
            (one.to_owned(), 1),
            (format!("[{one}]"), 1),
            (format!(r#"{{"more":false,"objects":[{one}]}}"#), 1),
            (format!(r#"{{"type":"bundle","objects":[{{"type":"bundle","objects":[{one}]}},{one}]}}"#), 2),
            (r#"{"type":"bundle"}"#.to_owned(), 0),
            ("[]".to_owned(), 0),
        ] {
            assert_eq!(seen(&file).unwrap().0.len(), count, "{file}");
        }
        for bad in ["", "{}", "[", r#"{"type":"bundle","objects":{}}"#, r#"{"type":"indicator"}"#, r#"{"Event":{}}"#] {
            assert!(seen(bad).is_err(), "{bad}");
        }
        for part in [r#"{"type":"bundle","objects":[1]}"#, r#"{"type":"bundle","objects":[{}]}"#] {
            assert!(seen(part).unwrap().1[0].starts_with("object 1: "), "{part}");
        }
        let deep = format!(r#"{{"type":"bundle","objects":[{}{}]}}"#, "[".repeat(10_000), "]".repeat(10_000));
        let read = seen(&deep);
        assert!(read.is_err() || read.unwrap().0.is_empty());
    }

    #[test]
    fn every_type_of_the_standard_is_about_something() {
        for (kind, key, text) in [
            ("mutex", "name", "m"),
            ("process", "command_line", "a.exe -x"),
            ("user-account", "account_login", "jo"),
            ("windows-registry-key", "key", "HKLM"),
            ("x509-certificate", "serial_number", "01"),
            ("note", "abstract", "n"),
            ("location", "country", "XA"),
            ("malware-analysis", "product", "p"),
        ] {
            let file = serde_json::json!({"type": kind, "id": format!("{kind}--1"), key: text}).to_string();
            assert_eq!(seen(&file).unwrap().0[0].value, text, "{kind}");
        }
        let number = r#"{"type":"autonomous-system","id":"autonomous-system--1","number":64496}"#;
        assert_eq!(seen(number).unwrap().0[0].value, "AS64496");
    }
}
