//! What is in an event of MISP: its attributes and objects, each with what the event says of it. What is not taken is named.

use std::cell::LazyCell;
use std::collections::HashMap;

use serde_json::Value;

use super::super::claim::Claim;
use super::super::export::misp::NAMES;
use super::super::format::{Found, Sink, stored, text_of};
use super::super::tags;
use crate::object;
use crate::value::class::{Credibility, Reliability};
use crate::value::text::composed;

/// What something says of what is in it.
#[derive(Clone, Default)]
pub(super) struct Above {
    claim: Claim,
    source: Option<Reliability>,
    information: Option<Credibility>,
    originator: Option<String>,
    keep_days: Option<i64>,
    labels: Vec<String>,
    pub(super) place: String,
}

/// What of an object of MISP is a list of things that are not taken, and what they are called.
pub(super) const NOT_TAKEN: &[(&str, &str)] = &[
    ("ShadowAttribute", "proposals not taken"),
    ("EventReport", "event reports not taken"),
    ("Galaxy", "galaxy clusters not kept"),
    ("Sighting", "sightings not kept"),
    ("RelatedEvent", "related events not kept"),
    ("Feed", "feeds not kept"),
];

/// Hands on everything in an event, or in what stands without one.
pub(super) fn of_event(event: &Value, place: String, has_long: bool, sink: &mut Sink<'_>) {
    let above = begin(event, place, sink);
    for (n, attribute) in list(event, "Attribute").into_iter().enumerate() {
        let place = format!("{}attribute {}", above.place, n + 1);
        of_attribute(attribute, &above, Part::Alone, place, &[], has_long, sink);
    }
    let objects = list(event, "Object");
    let by_uuid: LazyCell<HashMap<&str, &Value>, _> = LazyCell::new(|| {
        // Of two of one uuid the first counts.
        objects.iter().rev().filter_map(|object| Some((text_of(object, "uuid")?, *object))).collect()
    });
    for (n, object) in objects.iter().enumerate() {
        if sink.is_full() {
            return;
        }
        let find = |uuid: &str| by_uuid.get(uuid).map(|object| attributes_of(object));
        of_object(object, n + 1, &above, &references(&named_by(object), find), has_long, sink);
    }
}

/// What an event says of everything in it. What else it says is named.
pub(super) fn begin(event: &Value, place: String, sink: &mut Sink<'_>) -> Above {
    let above = under(event, &Above { place, ..Above::default() }, sink);
    if let Some(title) = text_of(event, "info") {
        sink.remark("titles and dates of events not kept", title);
    }
    if let Some(uuid) = text_of(event, "uuid") {
        sink.remark("uuids of events not kept", uuid);
    }
    if text_of(event, "event_creator_email").is_some() {
        sink.remark("addresses of who made an event not kept", "");
    }
    above
}

/// Hands on the attributes of an object; the first has the object's references.
pub(super) fn of_object(
    object: &Value,
    number: usize,
    above: &Above,
    references: &[String],
    has_long: bool,
    sink: &mut Sink<'_>,
) {
    let place = format!("{}object {number}", above.place);
    let parts = list(object, "Attribute");
    if is_deleted(object) {
        for part in parts {
            sink.remark("deleted attributes passed over", text_of(part, "value").unwrap_or_default());
        }
        return;
    }
    let mut above = under(object, &Above { place: String::new(), ..above.clone() }, sink);
    above.place = format!("{place}, ");
    let name = text_of(object, "name").unwrap_or_default();
    if parts.len() > 1 {
        sink.remark("objects taken apart", format!("{name} {}", text_of(object, "uuid").unwrap_or_default()));
    }
    if text_of(object, "comment").is_some() {
        sink.remark("comments of objects not kept", name);
    }
    if parts.is_empty() && !references.is_empty() {
        sink.remark("references of objects without attributes not kept", name);
    }
    for (k, attribute) in parts.into_iter().enumerate() {
        let (of, named) = if k == 0 { (Part::First(object), references) } else { (Part::Later(object), &[][..]) };
        let place = format!("{place}, attribute {}", k + 1);
        of_attribute(attribute, &above, of, place, named, has_long, sink);
    }
}

/// Where an attribute stands.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    /// In the event itself.
    Alone,
    /// In an object, of which it is the first: it holds what the object names.
    First(&'a Value),
    /// In an object, after others.
    Later(&'a Value),
}

impl<'a> Part<'a> {
    const fn object(self) -> Option<&'a Value> {
        match self {
            Self::Alone => None,
            Self::First(object) | Self::Later(object) => Some(object),
        }
    }
}

/// The references of an object, as its first attribute holds them: what relates the two, a space, and the uuid.
fn named_with_relation(object: &Value) -> Vec<String> {
    let one = |r: &&Value| {
        let uuid = text_of(r, "referenced_uuid")?;
        let relation = text_of(r, "relationship_type").map(composed).unwrap_or_default();
        Some(if relation.trim().is_empty() { uuid.to_owned() } else { format!("{} {uuid}", relation.trim()) })
    };
    list(object, "ObjectReference").iter().filter_map(one).collect()
}

/// The uuids that an object's references name.
pub(super) fn named_by(object: &Value) -> Vec<String> {
    let uuid = |r: &&Value| text_of(r, "referenced_uuid").or_else(|| text_of(r, "object_uuid")).map(str::to_owned);
    list(object, "ObjectReference").iter().filter_map(uuid).collect()
}

/// The uuids of an object's attributes.
pub(super) fn attributes_of(object: &Value) -> Vec<String> {
    list(object, "Attribute").iter().filter_map(|a| text_of(a, "uuid")).map(str::to_owned).collect()
}

/// The uuids of the attributes that references name: those of an object, where they name one of the event.
pub(super) fn references(named: &[String], find: impl Fn(&str) -> Option<Vec<String>>) -> Vec<String> {
    named.iter().flat_map(|uuid| find(uuid).unwrap_or_else(|| vec![uuid.clone()])).collect()
}

/// What an object, an event or an attribute says of what is in it, with what was said above it.
fn under(value: &Value, above: &Above, sink: &mut Sink<'_>) -> Above {
    let mut own = above.clone();
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
                sink.exercise(name);
            }
            if let Some(days) = tags::keep_days(name) {
                own.keep_days = Some(own.keep_days.map_or(days, |known| known.min(days)));
                continue;
            }
            // Of several grades the worst counts.
            source = source.max(grade(name, SOURCE).and_then(|g| Reliability::parse(&g)));
            information = information.max(grade(name, INFORMATION).and_then(|g| Credibility::parse(&g)));
            if is_set(tag, "local") {
                sink.remark("local tags not kept", "");
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
            sink.remark("members of sharing groups not kept", "");
        }
        if let Some(name) = from.get("Orgc").and_then(|o| text_of(o, "name")) {
            own.originator = Some(name.to_owned());
        }
        for (key, what) in NOT_TAKEN {
            for one in list(from, key) {
                let name = text_of(one, "name").or_else(|| text_of(one, "value")).or_else(|| text_of(one, "info"));
                // Who saw it, and where, is nobody's business but of the desk that keeps the file.
                let name = if *key == "Sighting" { None } else { name };
                sink.remark(what, name.unwrap_or_default());
            }
        }
    }
    own
}

/// The distribution to a sharing group.
const SHARING_GROUP: i64 = 4;

pub(super) fn of_attribute(
    attribute: &Value,
    above: &Above,
    stands: Part<'_>,
    place: String,
    named: &[String],
    has_long: bool,
    sink: &mut Sink<'_>,
) {
    let value = match attribute.get("value") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(n)) => n.to_string(),
        Some(Value::Bool(truth)) => truth.to_string(),
        _ => String::new(),
    };
    if is_deleted(attribute) {
        return sink.remark("deleted attributes passed over", value);
    }
    let Some(kind) = text_of(attribute, "type").filter(|_| !value.trim().is_empty()) else {
        return sink.fault(place, "it has no type or no value");
    };
    let own = under(attribute, above, sink);
    if own.keep_days == Some(0) {
        return sink.remark("items whose retention has expired passed over", value);
    }
    if attribute.get("data").is_some_and(|d| d.as_str().is_some_and(|d| !d.is_empty())) {
        sink.remark("attached files not taken", value.as_str());
    }
    if own.labels.iter().any(|tag| tags::is_false_alarm(tag)) {
        sink.remark("items tagged as false positives", value.as_str());
    }
    let mut properties = object! {};
    let object = stands.object();
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
    if let Part::First(object) = stands {
        let named = named_with_relation(object);
        if !named.is_empty() {
            stored(Value::from(named), 0).into_iter().for_each(|named| properties.set(NAMES, named));
        }
    }
    if !own.labels.is_empty() {
        stored(Value::from(own.labels), 0).into_iter().for_each(|labels| properties.set("tags", labels));
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
        has_long,
        ..Found::new(place, kind, value)
    };
    sink.item(found);
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
