//! The published lists of types: what each is for the person screen, and that each is about something. And every property of every input: it
//! leaves only where it is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::desks::{Site, pair};
use comity::exchange::person::{Looked, of_type};

/// All types of objects of STIX 2.1 that are about something.
const STIX: &[&str] = &[
    "attack-pattern",
    "campaign",
    "course-of-action",
    "grouping",
    "identity",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "location",
    "malware",
    "malware-analysis",
    "note",
    "observed-data",
    "opinion",
    "report",
    "threat-actor",
    "tool",
    "vulnerability",
    "relationship",
    "sighting",
    "language-content",
    "extension-definition",
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

fn tier(kind: &str, template: Option<&str>, relation: Option<&str>) -> u8 {
    of_type(&Looked { kind, template, relation }).category.least_tier().number()
}

fn root() -> &'static str {
    env!("CARGO_MANIFEST_DIR")
}

/// An object template: its name, and its relations with their types.
type Template = (String, Vec<(String, String)>);

fn published() -> (Vec<String>, Vec<Template>) {
    let text = std::fs::read_to_string(format!("{}/tests/extracts/published.misp.txt", root())).unwrap();
    let (types, templates) = text.split_once("\n\n").unwrap();
    let types = types.lines().skip(1).map(str::to_owned).collect();
    let templates = templates.lines().map(|line| {
        let mut parts = line.split('\t');
        let name = parts.next().unwrap().to_owned();
        let relation = |part: &str| {
            let (relation, kind) = part.rsplit_once('=').unwrap();
            (relation.to_owned(), kind.to_owned())
        };
        (name, parts.map(relation).collect())
    });
    (types, templates.collect())
}

#[test]
fn every_published_type_is_judged_and_one_that_is_not_listed_is_somebody() {
    let (types, templates) = published();
    assert!(types.len() > 190 && templates.len() > 400);
    let mut said = String::new();
    for (title, all) in [("STIX", STIX.iter().map(|t| (*t).to_owned()).collect()), ("MISP", types.clone())] {
        let mut by_tier: BTreeMap<u8, Vec<String>> = BTreeMap::new();
        for kind in all {
            by_tier.entry(tier(&kind, None, None)).or_default().push(kind.clone());
            for unknown in [format!("{kind}-of-x"), format!("x-{kind}"), format!("{kind}|x")] {
                assert!(tier(&unknown, None, None) >= 2, "{unknown} is not listed, and is nobody");
            }
        }
        for (tier, all) in by_tier {
            writeln!(said, "{title}, tier {tier}: {}", all.join(", ")).unwrap();
        }
    }
    // How many of the relations of a template are of which tier: what opens one shows here.
    for (template, relations) in &templates {
        let mut by_tier = [0; 5];
        for (relation, kind) in relations {
            let judged = tier(kind, Some(template), Some(relation));
            by_tier[usize::from(judged)] += 1;
            assert!(judged >= tier(kind, None, None) || kind_is_neutral(kind), "{template}/{relation} lowers {kind}");
            let strange = format!("{template} of x");
            assert!(
                tier(kind, Some(&strange), Some(relation)) >= 2 || tier(kind, None, None) == 1,
                "a template that is not listed makes {relation} of {kind} nobody"
            );
        }
        let [_, one, two, three, four] = by_tier;
        writeln!(said, "{template}: {one} {two} {three} {four}").unwrap();
    }
    insta::assert_snapshot!("published_types", said);
}

/// Types of text without a meaning of their own, which a template gives them.
fn kind_is_neutral(kind: &str) -> bool {
    [
        "text",
        "comment",
        "other",
        "size-in-bytes",
        "integer",
        "number",
        "uuid",
        "counter",
        "datetime",
        "float",
        "boolean",
        "hex",
    ]
    .contains(&kind)
}

#[test]
fn every_type_of_stix_is_about_something_and_comes_back_as_it_went() {
    let (_root, a, _b) = pair();
    let case = a.case("Every type");
    let id = |kind: &str| format!("{kind}--00000000-0000-4000-8000-000000000001");
    let said: BTreeMap<&str, (&str, Value)> = BTreeMap::from([
        ("artifact", ("mime_type", json!("text/x"))),
        ("autonomous-system", ("number", json!(64496))),
        ("directory", ("path", json!("/tmp/x"))),
        ("domain-name", ("value", json!("x.example"))),
        ("email-addr", ("value", json!("jo@person.example"))),
        ("email-message", ("subject", json!("A subject"))),
        ("ipv4-addr", ("value", json!("192.0.2.9"))),
        ("ipv6-addr", ("value", json!("2001:db8::9"))),
        ("language-content", ("object_ref", json!(id("malware")))),
        ("location", ("country", json!("XA"))),
        ("mac-addr", ("value", json!("00:00:5e:00:53:01"))),
        ("malware-analysis", ("product", json!("A scanner"))),
        ("network-traffic", ("protocols", json!(["tcp"]))),
        ("note", ("content", json!("A note"))),
        ("observed-data", ("first_observed", json!("2024-01-01T00:00:00Z"))),
        ("opinion", ("opinion", json!("agree"))),
        ("process", ("command_line", json!("a.exe -x"))),
        ("sighting", ("count", json!(3))),
        ("url", ("value", json!("https://x.example/"))),
        ("user-account", ("account_login", json!("jo"))),
        ("windows-registry-key", ("key", json!("HKLM\\x"))),
        ("x509-certificate", ("serial_number", json!("01"))),
        ("relationship", ("relationship_type", json!("uses"))),
        ("indicator", ("pattern", json!("[domain-name:value = 'y.example']"))),
    ]);
    let objects: Vec<Value> = STIX
        .iter()
        .map(|kind| {
            let (key, value) = said.get(kind).cloned().unwrap_or(("name", json!(format!("A {kind}"))));
            json!({ "type": kind, "id": id(kind), "spec_version": "2.1", key: value })
        })
        .collect();
    let path = a.path("every.json");
    std::fs::write(&path, json!({ "type": "bundle", "id": id("bundle"), "objects": objects }).to_string()).unwrap();
    a.must(1, "item import", &[("file", &path), ("format", "stix"), ("case", &case)]);
    let all = a.must(1, "item list", &[("case", &case)]).value;
    let all = all.as_array().unwrap();
    assert_eq!(all.len(), STIX.len());
    for item in all {
        let (kind, value) = (item["type"].as_str().unwrap(), item["value"].as_str().unwrap());
        assert!(
            !value.is_empty() && !value.contains("--0000") || kind == "language-content",
            "{kind} is listed as {value}"
        );
        let (judged, open) = (item["tier"].as_u64().unwrap(), tier(kind, None, None));
        // An organization and a country are no person: their objects say so, and not their type.
        assert!(judged >= u64::from(open) || ["identity", "location"].contains(&kind), "{kind}");
    }
    let out = a.path("back.json");
    a.must(1, "item export", &[("case", &case), ("to", "XB"), ("format", "stix"), ("out", &out)]);
    let back: Value = serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap();
    let mut kept = BTreeSet::new();
    for object in back["objects"].as_array().unwrap() {
        let Some(old) = objects.iter().find(|o| o["id"] == object["id"]) else { continue };
        kept.insert(old["type"].as_str().unwrap());
        for (key, value) in old.as_object().unwrap() {
            assert_eq!(&object[key], value, "{key} of {}", old["type"]);
        }
    }
    assert!(kept.len() > 20, "{kept:?}");
}

/// Every text of a file, with the name of the property that it stands under.
fn leaves<'a>(name: &'a str, value: &'a Value, out: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::String(text) => out.push((name, text)),
        Value::Array(all) => all.iter().for_each(|v| leaves(name, v, out)),
        Value::Object(all) => all.iter().for_each(|(key, v)| leaves(key, v, out)),
        _ => {}
    }
}

/// Imports a file, lets out all that may leave in every form, and returns what was shown of it and what has left.
fn let_out(a: &Site, b: &Site, n: usize, file: &str, format: &str) -> Option<(String, Vec<String>)> {
    let case = a.case(&format!("input {n}"));
    let import = [("file", file), ("format", format), ("case", case.as_str()), ("skip-bad", "yes")];
    a.run(1, "item import", &import).ok()?;
    let mut shown = String::new();
    for item in a.must(1, "item list", &[("case", &case), ("limit", "5000")]).value.as_array().unwrap() {
        shown.push_str(&a.must(1, "item show", &[("item", item["id"].as_str().unwrap())]).value.to_string());
    }
    let mut left = Vec::new();
    for format in ["stix", "misp", "csv", "case"] {
        let out = a.path(&format!("{n}.{format}"));
        let named = [("case", case.as_str()), ("to", "XB"), ("format", format), ("out", &out), ("named", "N. N.")];
        if a.run(1, "item export", &named).is_ok() {
            left.push(std::fs::read_to_string(&out).unwrap());
        }
    }
    // The same in a bundle: what the other desk shows of it.
    let again = a.case(&format!("input {n} again"));
    a.must(1, "item import", &[import[0], import[1], ("case", &again), import[3]]);
    let share = [("case", again.as_str()), ("to", "XB"), ("delete-after", "30d"), ("named", "N. N."), ("tier", "1")];
    if a.run(1, "disclosure new", &share).is_ok() {
        a.carry(b, &format!("{n}.bundle"));
        for item in b.must(1, "item list", &[("case", &again), ("limit", "5000")]).value.as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            left.push(b.must(1, "item show", &[("item", id), ("original", "yes")]).value.to_string());
        }
    }
    Some((shown, left))
}

#[test]
fn every_property_of_every_input_leaves_only_where_it_is_shown() {
    let (_root, a, b) = pair();
    // Every name that the readers know, and some that nobody does, each with a text of its own.
    let lists: toml::Table =
        std::fs::read_to_string(format!("{}/assets/exchange/stix.toml", root())).unwrap().parse().unwrap();
    let known: Vec<String> = ["properties", "withheld"]
        .iter()
        .flat_map(|list| lists[*list].as_array().unwrap().iter().map(|n| n.as_str().unwrap().to_owned()))
        .chain(["x_opinion", "sightings", "analyst", "local", "x-data"].map(str::to_owned))
        .filter(|name| !["revoked", "valid_until", "relationship_type", "pattern_type"].contains(&name.as_str()))
        .collect();
    let mut object = json!({ "type": "malware", "id": "malware--00000000-0000-4000-8000-000000000001", "name": "kit" });
    for name in &known {
        object[name] = json!(format!("leaf of {name}"));
    }
    let stix = a.path("all.stix.json");
    std::fs::write(&stix, json!({ "type": "bundle", "objects": [object] }).to_string()).unwrap();
    let names = [
        "uuid",
        "category",
        "comment",
        "object_relation",
        "data",
        "first_seen",
        "last_seen",
        "timestamp",
        "event_creator_email",
        "x_local",
        "attribute_count",
        "sharing_group_id",
        "extends_uuid",
        "event_id",
        "org_id",
        "protected",
        "publish_timestamp",
    ];
    let with = |mut object: Value, of: &str| {
        for name in names {
            object[name] = json!(format!("leaf of {of} {name}"));
        }
        object
    };
    let attribute = with(json!({ "type": "domain", "value": "leaf.example" }), "attribute");
    let part = with(json!({ "type": "md5", "value": "00112233445566778899aabbccddeeff" }), "part");
    let holder = with(
        json!({ "name": "file", "meta-category": "file", "Attribute": [part], "description": "leaf of description" }),
        "object",
    );
    let mut event = with(json!({ "info": "leaf of info", "Attribute": [attribute], "Object": [holder] }), "event");
    event["Tag"] =
        json!([{ "name": "leaf:local", "local": true }, { "name": "leaf:shared", "colour": "leaf of colour" }]);
    event["Sighting"] = json!([{ "source": "leaf of sighting" }]);
    let misp = a.path("all.misp.json");
    std::fs::write(&misp, json!({ "Event": event }).to_string()).unwrap();

    let mut files = vec![(stix, "stix"), (misp, "misp")];
    for folder in std::fs::read_dir(format!("{}/tests/cases", root())).unwrap() {
        let Ok(inner) = std::fs::read_dir(folder.unwrap().path()) else { continue };
        for file in inner {
            let path = file.unwrap().path().to_str().unwrap().to_owned();
            if path.ends_with(".json") {
                files.push((path.clone(), "stix"));
                files.push((path, "misp"));
            }
        }
    }
    for (name, format) in [("report.stix.json", "stix"), ("event.misp.json", "misp"), ("graph.case.json", "case")] {
        files.push((format!("{}/tests/extracts/{name}", root()), format));
    }
    files.sort();
    let (mut taken, mut hidden) = (0, 0);
    for (n, (file, format)) in files.iter().enumerate() {
        let text = std::fs::read(file).unwrap();
        let Ok(mut input) = serde_json::from_slice::<Value>(&text) else { continue };
        // What short names stand for is said by the standard.
        input.as_object_mut().and_then(|all| all.remove("@context"));
        let Some((shown, left)) = let_out(&a, &b, n, file, format) else { continue };
        taken += 1;
        let mut all = Vec::new();
        leaves("", &input, &mut all);
        for (name, text) in all.iter().filter(|(_, text)| text.len() > 7) {
            let written = serde_json::to_string(text).unwrap();
            let written = written.trim_matches('"');
            // The words of markings and of the standard itself are written by whoever writes it.
            let own = ["spec_version", "extension_type", "created", "@type", "type", "@id"].contains(name)
                || ["tlp:", "pap:"].iter().any(|m| text.to_lowercase().starts_with(m));
            let is_shown =
                shown.to_lowercase().contains(&written.to_lowercase()) || own || text.contains("definition--");
            if is_shown {
                continue;
            }
            hidden += 1;
            for file_or_item in &left {
                assert!(!file_or_item.contains(written), "{name} has left and is not shown: {text} of {file}");
            }
        }
    }
    assert!(taken > 12 && hidden > 100, "{taken} inputs were taken, {hidden} texts of them are not shown");
}
