//! STIX 2.1 bundles, envelopes, lists and single objects: every object an item, with the strictest of the markings that reach it. What is not
//! taken is named.

mod survey;

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use serde_json::Value;
use serde_json::value::RawValue;

use self::survey::{DEFINITION, Fact, Survey, kind_of};
use super::canonical;
use super::format::{Format, FormatError, Found, Options, Sink, stored, text_of};
use super::pattern;
use super::source::Source;
use super::stream::{Extent, Stream, TOO_LONG};
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
    properties: HashSet<String>,
    withheld: Vec<String>,
    values: BTreeMap<String, Vec<String>>,
}

static LISTS: LazyLock<Lists> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/exchange/stix.toml")).unwrap_or_default());

/// How deep bundles may lie in bundles.
const DEPTH: usize = 8;

/// One object of a file.
struct Object<'a> {
    place: &'a str,
    raw: &'a str,
    /// What it says; `None` where it is no object.
    value: Option<Value>,
    /// A text in it was too long to be read.
    has_long: bool,
}

/// What is called with each object; `false` ends the walk.
type Each<'e> = &'e mut dyn FnMut(Object<'_>) -> bool;

fn read(input: &mut Source<'_>, options: &Options, sink: &mut Sink<'_>) -> Result<(), FormatError> {
    // Definitions may stand anywhere, and so may what names an object: all of them are looked at before the first is taken.
    let survey = match input.take_kept::<Survey>() {
        Some(survey) => survey,
        None => {
            let mut survey = Survey::default();
            walk(input, &mut |object| {
                survey.see(object.value.as_ref());
                true
            })?;
            survey.end();
            input.again()?;
            Box::new(survey)
        }
    };
    for _ in 0..survey.inherited() {
        sink.remark("objects without a marking take that of what names them", "");
    }
    let mut number = 0;
    walk(input, &mut |object| {
        let fact = survey.fact(number);
        number += 1;
        match object.value {
            Some(value) if kind_of(&value) == Some(DEFINITION) => {}
            Some(value) if kind_of(&value).is_some() => {
                let object = Object { value: None, ..object };
                item(&object, value, fact, &survey, options, sink);
            }
            Some(_) => sink.fault(object.place, "it has no type"),
            None if object.has_long => sink.fault(object.place, TOO_LONG),
            None => sink.fault(object.place, "it is no object"),
        }
        !sink.is_full()
    })?;
    input.keep(survey);
    Ok(())
}

/// Walks through the objects of a file, whatever holds them: a bundle, an envelope, a list, or nothing.
fn walk(input: &mut Source<'_>, each: Each<'_>) -> Result<(), FormatError> {
    let mut stream = Stream::new(input);
    let goes_on = match stream.peek()? {
        Some(b'[') => list(&mut stream, WHOLE_FILE, 0, each)?,
        Some(_) => one(&mut stream, WHOLE_FILE, 0, each)?,
        None => return Err(FormatError::new(WHOLE_FILE, "it is not STIX: it is empty")),
    };
    if goes_on { stream.end() } else { Ok(()) }
}

const WHOLE_FILE: &str = "the file";

fn list(stream: &mut Stream<'_>, place: &str, depth: usize, each: Each<'_>) -> Result<bool, FormatError> {
    let of = if place == WHOLE_FILE { String::new() } else { format!("{place}, ") };
    stream.items(&mut |stream, n| one(stream, &format!("{of}object {n}"), depth, each))
}

/// Reads what comes next: an object, or what holds objects.
fn one(stream: &mut Stream<'_>, place: &str, depth: usize, each: Each<'_>) -> Result<bool, FormatError> {
    if depth > DEPTH {
        return Err(FormatError::new(place, format!("bundles lie in each other deeper than {DEPTH}")));
    }
    let is_file = place == WHOLE_FILE;
    let mut piece = Vec::new();
    let has_long = match stream.piece(&mut piece)? {
        Extent::Whole { has_long } => has_long,
        Extent::Long => {
            stream.read_again(piece);
            return long(stream, place, depth, each);
        }
    };
    let raw = std::str::from_utf8(&piece).map_err(|_| FormatError::new(place, "it is not UTF-8"))?;
    let value = match serde_json::from_str::<Value>(raw) {
        Ok(value) => Some(value).filter(Value::is_object),
        // What is JSON and lies too deep is no object; what is none ends it all.
        Err(e) if is_file || serde_json::from_str::<&RawValue>(raw).is_err() => {
            return Err(FormatError::new(place, format!("it is not {}: {e}", if is_file { "STIX" } else { "JSON" })));
        }
        Err(_) => None,
    };
    let kind = value.as_ref().and_then(kind_of);
    let has_objects = value.as_ref().is_some_and(|v| v.get("objects").is_some());
    if kind == Some("bundle") || is_file && kind.is_none() && has_objects {
        return within(raw, place, depth + 1, each);
    }
    let id = value.as_ref().and_then(|v| v.get("id")).and_then(Value::as_str);
    match (id, is_file) {
        (Some(id), false) => Ok(each(Object { place: &format!("{place} ({id})"), raw, value, has_long })),
        (None, false) => Ok(each(Object { place, raw, value, has_long })),
        (Some(_), true) if kind.is_some() => Ok(each(Object { place, raw, value, has_long })),
        _ => Err(FormatError::new(place, no_stix(raw.contains("\"Event\"") || raw.contains("\"Attribute\"")))),
    }
}

fn no_stix(is_misp: bool) -> &'static str {
    if is_misp { "it is not STIX: it looks like MISP" } else { "it is not STIX: no bundle, envelope, list or object" }
}

/// Reads the objects of something that holds them and is short.
fn within(raw: &str, place: &str, depth: usize, each: Each<'_>) -> Result<bool, FormatError> {
    let mut bytes = raw.as_bytes();
    Stream::new(&mut bytes).members(&mut |stream, key| match (key, stream.peek()?) {
        ("objects", Some(b'[')) => list(stream, place, depth, each),
        ("objects", _) => Err(FormatError::new(place, "its objects cannot be read: they are no list")),
        _ => stream.skip(),
    })
}

/// Reads the objects of something that is too long to be read whole: it holds objects, or it is one that is too long.
fn long(stream: &mut Stream<'_>, place: &str, depth: usize, each: Each<'_>) -> Result<bool, FormatError> {
    let (mut kind, mut holds, mut is_misp) = (None, false, false);
    if stream.peek()? != Some(b'{') {
        stream.skip()?;
        return Ok(each(Object { place, raw: "", value: None, has_long: false }));
    }
    let goes_on = stream.members(&mut |stream, key| {
        is_misp |= matches!(key, "Event" | "Attribute" | "response");
        let is_list = stream.peek()? == Some(b'[');
        match key {
            "type" => {
                let mut piece = Vec::new();
                stream.piece(&mut piece)?;
                kind = serde_json::from_slice::<Value>(&piece).ok().and_then(|k| k.as_str().map(str::to_owned));
                Ok(true)
            }
            "objects" if is_list && kind.as_deref().is_none_or(|k| k == "bundle") => {
                holds = true;
                list(stream, place, depth + 1, each)
            }
            _ => stream.skip(),
        }
    })?;
    let is_holder = kind.as_deref().is_none_or(|k| k == "bundle");
    match () {
        () if !goes_on => Ok(false),
        () if holds && is_holder => Ok(true),
        () if holds => Err(FormatError::new(place, "its type stands behind its objects, and is none that holds some")),
        () if place == WHOLE_FILE && kind.is_none() => Err(FormatError::new(place, no_stix(is_misp))),
        () => Ok(each(Object { place, raw: "", value: None, has_long: true })),
    }
}

/// Hands on an object as an item, or says why it is passed over.
fn item(object: &Object<'_>, value: Value, fact: Fact, survey: &Survey, options: &Options, sink: &mut Sink<'_>) {
    let kind = kind_of(&value).unwrap_or_default();
    let name = text_of(&value, "name");
    let id = text_of(&value, "id");
    let modified = text_of(&value, "modified");
    let told = || name.or_else(|| text_of(&value, "value")).or(id).unwrap_or_default().to_owned();
    if value.get("revoked").and_then(Value::as_bool) == Some(true) {
        return sink.remark("revoked objects passed over", told());
    }
    if fact.superseded {
        let of = modified.unwrap_or_default();
        return sink.remark("older versions passed over", format!("{} of {of}", told()));
    }
    let labels: Vec<&str> = strings(&value, "labels");
    if labels.iter().any(|l| tags::keep_days(l) == Some(0)) {
        return sink.remark("items whose retention has expired passed over", told());
    }
    labels.iter().filter(|l| tags::is_exercise(l)).for_each(|l| sink.exercise(*l));
    if kind == "note" && labels.iter().any(|l| tags::is_own_exercise(l)) {
        return sink.remark("notes that say that the file is of an exercise", told());
    }
    let ended = text_of(&value, "valid_until")
        .zip(options.now)
        .is_some_and(|(until, now)| crate::value::timestamp::Timestamp::parse(until).is_some_and(|until| until <= now));
    if ended {
        sink.remark("items whose validity has ended", told());
    }
    let harmless =
        strings(&value, "indicator_types").contains(&"benign") || labels.iter().any(|l| tags::is_false_alarm(l));
    if harmless {
        sink.remark("items that are said to be benign", told());
    }
    let of_stix = text_of(&value, "pattern_type").is_none_or(|t| t.eq_ignore_ascii_case("stix"));
    let matches = text_of(&value, "pattern").filter(|_| of_stix).map(pattern::read);
    let about = match &matches {
        Some(found) => Some(found.values.join(", "))
            .filter(|v| !v.is_empty())
            .or_else(|| text_of(&value, "pattern").map(str::to_owned)),
        None => about(&value, kind).or_else(|| text_of(&value, "pattern").map(str::to_owned)),
    };
    let relation = text_of(&value, "relationship_type").map(str::to_owned);
    let about = relation.clone().or(about).unwrap_or_else(|| kind.to_owned());
    let assessed =
        matches!(kind, "opinion" | "note" | "threat-actor" | "intrusion-set" | "campaign" | "report" | "grouping");
    let mut references = Vec::new();
    survey::refer(&value, &mut references);
    let mut found = Found {
        judged_as: judged_as(&value, kind),
        speaks_of: matches.map(|m| m.types).unwrap_or_default(),
        assertion: if assessed { Assertion::Assessment } else { Assertion::Fact },
        claim: fact.claim,
        title: name.map(str::to_owned),
        note: text_of(&value, "description").map(str::to_owned),
        ids: id.map(|id| ("stix", id.to_owned())).into_iter().collect(),
        version: modified.map(str::to_owned),
        references,
        relation,
        originator: text_of(&value, "created_by_ref").map(|id| survey.name_of(id).unwrap_or(id).to_owned()),
        keep_days: labels.iter().filter_map(|l| tags::keep_days(l)).min(),
        original: Some(object.raw.to_owned()),
        has_long: object.has_long,
        ..Found::new(object.place, kind, about)
    };
    // The value as it is compared is exported again; only where it was written otherwise is that kept beside it.
    let written = text_of(&value, "value").filter(|w| canonical::of(kind, w).value != *w).map(composed);
    let told = if value.get("extensions").is_some() { told() } else { String::new() };
    found.properties = Some(properties_of(value, written, &told, sink));
    sink.item(found);
}

/// What is kept of an object beside what an item has anyway; what is not is named.
fn properties_of(value: Value, written: Option<String>, told: &str, sink: &mut Sink<'_>) -> crate::value::json::Json {
    let mut properties = object! {};
    let Value::Object(members) = value else { return properties };
    for (key, mut inner) in members {
        if matches!(
            key.as_str(),
            "type" | "id" | "name" | "description" | "value" | "object_marking_refs" | "granular_markings"
        ) {
            continue;
        }
        let withheld = LISTS.withheld.contains(&key);
        if withheld || !LISTS.properties.contains(&key) {
            let what = if withheld {
                "attached files and inner objects not taken"
            } else {
                "properties of other programs not kept"
            };
            sink.remark(what, key);
            continue;
        }
        if let ("extensions", Some(map)) = (key.as_str(), inner.as_object_mut()) {
            let before = map.len();
            map.retain(|name, _| name.ends_with("-ext"));
            if map.len() < before {
                sink.remark("extensions of other programs not kept", told);
            }
            if map.is_empty() {
                continue;
            }
        }
        match stored(inner, 0) {
            Some(inner) if !inner.is_null() => properties.set(&key, inner),
            _ => sink.remark("properties that lie too deep not kept", key),
        }
    }
    written.into_iter().for_each(|written| properties.set("value", written));
    properties
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
    use super::super::claim::Claim;
    use super::*;
    use crate::value::marking::Tlp;

    fn seen(bundle: &str) -> Result<(Vec<Found>, Vec<String>), FormatError> {
        super::super::format::tests::seen(&FORMAT, bundle)
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
    fn a_file_of_any_size_is_read_as_a_short_one_is() {
        let object = |n: usize| {
            let marked = if n.is_multiple_of(2) {
                "marking-definition--own"
            } else {
                "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
            };
            format!(
                r#"{{"type":"report","id":"report--{n}","name":"r{n}","description":"{}","object_marking_refs":["{marked}"],"object_refs":["url--{n}"]}},
                {{"type":"url","id":"url--{n}","value":"https://{n}.example/"}}"#,
                "x".repeat(2000)
            )
        };
        let own = r#"{"type":"marking-definition","id":"marking-definition--own","definition":{"tlp":"amber"}}"#;
        let all: Vec<String> = (0..1200).map(object).collect();
        let all = all.join(",\n");
        assert!(all.len() > super::super::stream::WHOLE);
        for (file, place) in [
            (format!(r#"{{"type":"bundle","id":"bundle--1","objects":[{all},{own}]}}"#), "object 2401"),
            (format!(r#"{{"objects":[{all},{own}],"id":"bundle--1","type":"bundle"}}"#), "object 2401"),
            (format!("[{all},{own}]"), "object 2401"),
            (format!(r#"{{"more":true,"objects":[{{"type":"bundle","objects":[{all}]}},{own}]}}"#), "object 2"),
        ] {
            let (found, more) = seen(&file).unwrap();
            assert_eq!(found.len(), 2400, "{place}");
            let tlp = |n: usize| found[n].claim.tlp;
            assert_eq!(
                [tlp(0), tlp(1), tlp(2), tlp(3)],
                [Some(Tlp::Amber), Some(Tlp::Amber), Some(Tlp::Red), Some(Tlp::Red)]
            );
            assert_eq!(more.len(), 1200, "each URL took the marking of its report");
            let bad = file.replace(own, "7");
            assert!(seen(&bad).unwrap().1.contains(&format!("{place}: it is no object")), "{place}");
            assert!(seen(&file[..file.len() - 2]).is_err() && seen(&format!("{file}x")).is_err());
        }
        let long = |key: &str| {
            format!(
                r#"[{{"type":"artifact","id":"artifact--1","url":"https://a.example/","{key}":"{}"}}]"#,
                "A".repeat(3 << 20)
            )
        };
        let (found, more) = seen(&long("payload_bin")).unwrap();
        assert_eq!((found.len(), more.len()), (1, 1), "an attached file is passed over, and the object taken");
        assert!(found[0].has_long && seen(&long("description")).unwrap().0[0].has_long);
        let many = format!(r#"[{{"type":"note","id":"note--1","content":[{}1]}},{own}]"#, "1,".repeat(2 << 20));
        assert_eq!(seen(&many).unwrap().1, ["object 1: it is longer than 2 MiB"]);
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
