//! MISP events, their attributes and objects, and collections of them: every attribute an item. What is not taken is named.

use std::io::BufRead;

use serde_json::Value;

use super::claim::Claim;
use super::format::{Format, FormatError, Found, Options, Seen, stored, text_of, whole};
use super::tags;
use crate::object;
use crate::value::class::{Credibility, Reliability};
use crate::value::text::composed;

/// `misp`.
pub const FORMAT: Format =
    Format { name: "misp", about: "MISP events, attributes or objects", read, write: Some(super::export::misp::write) };

/// What something says of what is in it.
#[derive(Clone, Default)]
struct Above {
    claim: Claim,
    source: Option<Reliability>,
    information: Option<Credibility>,
    originator: Option<String>,
    keep_days: Option<i64>,
    labels: Vec<String>,
    place: String,
}

/// What of an object of MISP is a list of things that are not taken, and what they are called.
const NOT_TAKEN: &[(&str, &str)] = &[
    ("ShadowAttribute", "proposals not taken"),
    ("EventReport", "event reports not taken"),
    ("Galaxy", "galaxy clusters not kept"),
    ("Sighting", "sightings not kept"),
    ("RelatedEvent", "related events not kept"),
    ("Feed", "feeds not kept"),
];

/// What a reader calls for each thing that it sees; `false` ends it.
type Each<'a> = &'a mut dyn FnMut(Seen) -> bool;

fn read(input: &mut dyn BufRead, _: &Options, each: Each<'_>) -> Result<(), FormatError> {
    let bytes = whole(input)?;
    let file: Value =
        serde_json::from_slice(&bytes).map_err(|e| FormatError::new("the file", format!("it is not JSON: {e}")))?;
    let mut parts = Vec::new();
    if !gather(&file, 0, &mut parts) {
        let what = match file.get("type").and_then(Value::as_str) {
            Some(_) => "it holds no MISP event, attribute or object: it looks like STIX",
            None => "it holds no MISP event, attribute or object",
        };
        return Err(FormatError::new("the file", what));
    }
    for (n, part) in parts.iter().enumerate() {
        let place = if parts.len() > 1 { format!("event {}, ", n + 1) } else { String::new() };
        let goes_on = match part {
            Part::Event(event) => of_event(event, place, each),
            Part::Loose(list) => of_event(list, place, each),
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}

/// A part of a file: an event, or attributes and objects without one.
enum Part<'a> {
    Event(&'a Value),
    Loose(&'a Value),
}

/// Finds the events, or what stands without one, in whatever holds them. `false`: it is nothing of MISP.
fn gather<'a>(value: &'a Value, depth: usize, parts: &mut Vec<Part<'a>>) -> bool {
    if depth > 4 {
        return false;
    }
    match value {
        Value::Array(all) => {
            // Not one that fails hides the others; a list of nothing but strangers is no file of MISP.
            let known = all.iter().filter(|v| gather(v, depth + 1, parts)).count();
            known > 0 || all.is_empty()
        }
        Value::Object(map) => {
            if let Some(inner) = map.get("response") {
                return gather(inner, depth + 1, parts);
            }
            let is_event = map.contains_key("info") || map.contains_key("Orgc");
            match (map.get("Event"), map.get("Attribute").or_else(|| map.get("Object"))) {
                (Some(event @ Value::Object(_)), None) => parts.push(Part::Event(event)),
                (Some(Value::Array(all)), None) => {
                    return all.iter().all(|e| e.is_object()) && {
                        parts.extend(all.iter().map(Part::Event));
                        true
                    };
                }
                (_, Some(_)) if !is_event => parts.push(Part::Loose(value)),
                _ if is_event => parts.push(Part::Event(value)),
                _ => return false,
            }
            true
        }
        _ => false,
    }
}

fn of_event(event: &Value, place: String, each: Each<'_>) -> bool {
    let none = Above { place, ..Above::default() };
    let Some(above) = under(event, &none, each) else { return false };
    if let Some(title) = text_of(event, "info")
        && !each(Seen::Remark("titles and dates of events not kept", title.to_owned()))
    {
        return false;
    }
    if text_of(event, "event_creator_email").is_some()
        && !each(Seen::Remark("addresses of who made an event not kept", String::new()))
    {
        return false;
    }
    let attributes = list(event, "Attribute");
    for (n, attribute) in attributes.iter().enumerate() {
        let place = format!("{}attribute {}", above.place, n + 1);
        if !of_attribute(attribute, &above, None, place, &[], each) {
            return false;
        }
    }
    let objects = list(event, "Object");
    for (n, object) in objects.iter().enumerate() {
        let place = format!("{}object {}", above.place, n + 1);
        let parts = list(object, "Attribute");
        if is_deleted(object) {
            for part in parts {
                let name = text_of(part, "value").unwrap_or_default().to_owned();
                if !each(Seen::Remark("deleted attributes passed over", name)) {
                    return false;
                }
            }
            continue;
        }
        let Some(mut above) = under(object, &Above { place: String::new(), ..above.clone() }, each) else {
            return false;
        };
        above.place = format!("{place}, ");
        let name = text_of(object, "name").unwrap_or_default();
        if parts.len() > 1
            && !each(Seen::Remark(
                "objects taken apart",
                format!("{name} {}", text_of(object, "uuid").unwrap_or_default()),
            ))
        {
            return false;
        }
        if text_of(object, "comment").is_some() && !each(Seen::Remark("comments of objects not kept", name.to_owned()))
        {
            return false;
        }
        let named = references(object, &objects);
        for (k, attribute) in parts.iter().enumerate() {
            // The object's references are those of its first attribute.
            let named = if k == 0 { named.as_slice() } else { &[] };
            if !of_attribute(attribute, &above, Some(object), format!("{place}, attribute {}", k + 1), named, each) {
                return false;
            }
        }
    }
    true
}

/// The uuids of the attributes that an object's references name.
fn references(object: &Value, objects: &[&Value]) -> Vec<String> {
    let named = list(object, "ObjectReference");
    let mut all = Vec::new();
    for uuid in named.iter().filter_map(|r| text_of(r, "referenced_uuid").or_else(|| text_of(r, "object_uuid"))) {
        match objects.iter().find(|o| text_of(o, "uuid") == Some(uuid)) {
            Some(other) => {
                all.extend(list(other, "Attribute").iter().filter_map(|a| text_of(a, "uuid")).map(str::to_owned))
            }
            None => all.push(uuid.to_owned()),
        }
    }
    all
}

/// What an object, an event or an attribute says of what is in it, with what was said above it. `None`: reading ends.
fn under(value: &Value, above: &Above, each: Each<'_>) -> Option<Above> {
    let mut own = above.clone();
    let mut say = |seen| each(seen).then_some(());
    // A search for attributes puts their event inside of each.
    let inner = value.get("Event").filter(|e| e.is_object());
    for from in [inner, Some(value)].into_iter().flatten() {
        let (mut source, mut information) = (None, None);
        for tag in list(from, "Tag").iter().chain(&list(from, "EventTag")).chain(&list(from, "AttributeTag")) {
            let Some(name) = text_of(tag, "name").or_else(|| tag.get("Tag").and_then(|t| text_of(t, "name"))) else {
                continue;
            };
            if let Some(claim) = Claim::of_tag(name) {
                own.claim.add(&claim);
                continue;
            }
            if tags::is_exercise(name) {
                say(Seen::Exercise(name.to_owned()))?;
            }
            if let Some(days) = tags::keep_days(name) {
                own.keep_days = Some(own.keep_days.map_or(days, |known| known.min(days)));
                continue;
            }
            // Of several grades the worst counts.
            source = source.max(grade(name, SOURCE).and_then(|g| Reliability::parse(&g)));
            information = information.max(grade(name, INFORMATION).and_then(|g| Credibility::parse(&g)));
            if is_set(tag, "local") {
                say(Seen::Remark("local tags not kept", String::new()))?;
            } else {
                own.labels.push(name.to_owned());
            }
        }
        own.source = source.or(own.source);
        own.information = information.or(own.information);
        match from.get("distribution") {
            None | Some(Value::Null) => {}
            Some(said) => match said.as_i64().or_else(|| said.as_str().and_then(|d| d.trim().parse().ok())) {
                Some(number) => own.claim.add(&Claim::distribution(number)),
                None => own.claim.add(&Claim::unknown(&format!("distribution {said}"))),
            },
        }
        if from.get("SharingGroup").is_some_and(|g| !g.is_null() && g.as_array().is_none_or(|a| !a.is_empty())) {
            own.claim.add(&Claim::distribution(SHARING_GROUP));
            say(Seen::Remark("members of sharing groups not kept", String::new()))?;
        }
        if let Some(name) = from.get("Orgc").and_then(|o| text_of(o, "name")) {
            own.originator = Some(name.to_owned());
        }
        for (key, what) in NOT_TAKEN {
            for one in list(from, key) {
                let name = text_of(one, "name").or_else(|| text_of(one, "value")).or_else(|| text_of(one, "info"));
                // Who saw it, and where, is nobody's business but of the desk that keeps the file.
                let name = if *key == "Sighting" { None } else { name };
                say(Seen::Remark(what, name.unwrap_or_default().to_owned()))?;
            }
        }
    }
    Some(own)
}

/// The distribution to a sharing group.
const SHARING_GROUP: i64 = 4;

fn of_attribute(
    attribute: &Value,
    above: &Above,
    object: Option<&Value>,
    place: String,
    named: &[String],
    each: Each<'_>,
) -> bool {
    let value = match attribute.get("value") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(n)) => n.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        _ => String::new(),
    };
    if is_deleted(attribute) {
        return each(Seen::Remark("deleted attributes passed over", value));
    }
    let Some(kind) = text_of(attribute, "type").filter(|_| !value.trim().is_empty()) else {
        return each(Seen::Fault(FormatError::new(place, "it has no type or no value")));
    };
    let Some(own) = under(attribute, above, each) else { return false };
    if own.keep_days == Some(0) {
        return each(Seen::Remark("items whose retention has expired passed over", value));
    }
    if attribute.get("data").is_some_and(|d| d.as_str().is_some_and(|d| !d.is_empty()))
        && !each(Seen::Remark("attached files not taken", value.clone()))
    {
        return false;
    }
    if own.labels.iter().any(|tag| tags::is_false_alarm(tag))
        && !each(Seen::Remark("items tagged as false positives", value.clone()))
    {
        return false;
    }
    let mut properties = object! {};
    let template = object.and_then(|o| text_of(o, "name"));
    let part = text_of(attribute, "object_relation");
    for (key, said) in [
        ("category", text_of(attribute, "category")),
        ("first_seen", text_of(attribute, "first_seen")),
        ("last_seen", text_of(attribute, "last_seen")),
        ("object", template),
        ("object_uuid", object.and_then(|o| text_of(o, "uuid"))),
        ("object_relation", part),
        ("object_template_uuid", object.and_then(|o| text_of(o, "template_uuid"))),
        ("object_template_version", object.and_then(|o| text_of(o, "template_version"))),
        ("object_meta_category", object.and_then(|o| text_of(o, "meta-category"))),
        ("timestamp", text_of(attribute, "timestamp")),
    ] {
        if let Some(said) = said {
            properties.set(key, composed(said));
        }
    }
    if let Some(to_ids) = attribute.get("to_ids").filter(|t| !t.is_null()) {
        properties.set("to_ids", is_set(attribute, "to_ids") || to_ids == "true");
    }
    if is_set(attribute, "disable_correlation") {
        properties.set("disable_correlation", true);
    }
    if !own.labels.is_empty() {
        let labels = Value::from(own.labels.clone());
        stored(&labels, 0).into_iter().for_each(|labels| properties.set("tags", labels));
    }
    let found = Found {
        template: template.map(str::to_owned),
        part: part.map(str::to_owned),
        source_grade: own.source,
        information_grade: own.information,
        claim: own.claim,
        title: part.or_else(|| text_of(attribute, "category")).map(str::to_owned),
        note: text_of(attribute, "comment").map(str::to_owned),
        ids: text_of(attribute, "uuid").map(|id| ("misp", id.to_owned())).into_iter().collect(),
        properties: Some(properties),
        references: named.to_vec(),
        originator: own.originator,
        keep_days: own.keep_days,
        original: Some(attribute.to_string()),
        ..Found::new(place, kind, value)
    };
    each(Seen::Item(Box::new(found)))
}

/// The members of a list; a single one that stands without its list counts as one.
fn list<'a>(object: &'a Value, key: &str) -> Vec<&'a Value> {
    match object.get(key) {
        Some(Value::Array(all)) => all.iter().collect(),
        Some(one @ Value::Object(map)) if !map.is_empty() => vec![one],
        _ => Vec::new(),
    }
}

fn is_set(object: &Value, key: &str) -> bool {
    object.get(key).is_some_and(|d| d == true || d == "1" || d == 1 || d == "true")
}

fn is_deleted(object: &Value) -> bool {
    is_set(object, "deleted")
}

const SOURCE: &str = "admiralty-scale:source-reliability=";
const INFORMATION: &str = "admiralty-scale:information-credibility=";

/// The value of a tag of the admiralty scale, as comity writes it.
fn grade(tag: &str, name: &str) -> Option<String> {
    tag.to_ascii_lowercase().strip_prefix(name).map(|g| g.trim_matches('"').to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::marking::{Pap, Tlp};

    fn all(file: &str) -> Result<Vec<Found>, FormatError> {
        let mut found = Vec::new();
        read(&mut file.as_bytes(), &Options::default(), &mut |seen| {
            if let Seen::Item(f) = seen {
                found.push(*f);
            }
            true
        })?;
        Ok(found)
    }

    #[test]
    fn grades_of_an_event_are_those_of_its_attributes_unless_they_have_their_own() {
        let file = r#"{"Event":{"info":"t","Tag":[{"name":"admiralty-scale:source-reliability=\"b\""}],
            "Attribute":[{"type":"domain","value":"a.example"},
                         {"type":"domain","value":"b.example","Tag":[
                            {"name":"Admiralty-Scale:Source-Reliability=\"d\""},
                            {"name":"admiralty-scale:information-credibility=\"2\""},
                            {"name":"admiralty-scale:information-credibility=\"9\""}]}]}}"#;
        let got: Vec<_> = all(file).unwrap().iter().map(|f| (f.source_grade, f.information_grade)).collect();
        let want = [(Some(Reliability::B), None), (Some(Reliability::D), Some(Credibility::Two))];
        assert_eq!(got, want);
    }

    #[test]
    fn attributes_of_events_and_objects_are_items_and_the_strictest_claim_holds() {
        let file = r#"{"response":[{"Event":{"distribution":"3","Tag":[{"name":"PAP:RED"}],
            "Attribute":[{"type":"domain","value":"evil.example","distribution":"5","uuid":"u1"},
                         {"type":"md5","value":"x","deleted":true},
                         {"type":"sha1","value":"y","distribution":"0","Tag":[{"name":"tlp:clear"}]},
                         {"type":"port","value":443},
                         {"type":"full-name","value":"J. Doe","Tag":[{"name":"tlp:red"}]}],
            "Object":[{"distribution":"1","name":"file","Attribute":[{"type":"filename","value":"a.exe","object_relation":"filename","distribution":"3"}]},
                      {"deleted":true,"Attribute":[{"type":"filename","value":"gone"}]}]}}]}"#;
        let got: Vec<_> = all(file).unwrap().iter().map(|f| (f.value.clone(), f.claim.tlp.unwrap())).collect();
        let want = [
            ("evil.example", Tlp::Green),
            ("y", Tlp::AmberStrict),
            ("443", Tlp::Green),
            ("J. Doe", Tlp::Red),
            ("a.exe", Tlp::Amber),
        ];
        assert_eq!(got, want.map(|(v, t)| (v.to_owned(), t)));
        assert!(all(file).unwrap().iter().all(|f| f.claim.pap == Some(Pap::Red)));
        for bad in ["", "{}", "[1]", r#"{"type":"bundle"}"#] {
            assert!(all(bad).is_err(), "{bad}");
        }
        for (file, count) in [
            (r#"{"response":{"Attribute":[{"type":"domain","value":"a.example"}]}}"#, 1),
            (r#"{"response":{"Attribute":{"type":"domain","value":"a.example"}}}"#, 1),
            (r#"[{"Event":{"info":"x","Attribute":[{"type":"domain","value":"a.example"}]}}]"#, 1),
            (r#"{"info":"x","Attribute":[{"type":"domain","value":"a.example"}]}"#, 1),
            (r#"{"response":[{"Object":{"name":"file","Attribute":[{"type":"md5","value":"m"}]}}]}"#, 1),
            (r#"{"response":[]}"#, 0),
            ("[]", 0),
        ] {
            assert_eq!(all(file).map(|f| f.len()), Ok(count), "{file}");
        }
    }
}
