//! MISP events: every attribute an item, those of objects too. Distribution and tags are read as claims of marking.

use std::io::BufRead;

use serde_json::Value;

use super::format::{Format, FormatError, Found, Options, bounded, screen, whole};
use crate::value::class::{Assertion, Credibility, Reliability};
use crate::value::marking::{Marking, Pap, Tlp};
use crate::value::text::{BODY, LINE};

/// `misp`.
pub const FORMAT: Format = Format { name: "misp", about: "a MISP event, or a response with several", read };

#[derive(Clone, Copy, Default)]
struct Claim {
    tlp: Option<Tlp>,
    pap: Option<Pap>,
    source: Option<Reliability>,
    information: Option<Credibility>,
}

fn read(input: &mut dyn BufRead, _: &Options, each: &mut dyn FnMut(Found) -> bool) -> Result<(), FormatError> {
    let bytes = whole(input)?;
    let file: Value =
        serde_json::from_slice(&bytes).map_err(|e| FormatError::new("the file", format!("it is not JSON: {e}")))?;
    let responses = file.get("response").unwrap_or(&file);
    let events: Vec<&Value> = match responses {
        Value::Array(all) => all.iter().filter_map(|r| r.get("Event")).collect(),
        one => one.get("Event").into_iter().collect(),
    };
    if events.is_empty() {
        return Err(FormatError::new("the file", "it holds no MISP event"));
    }
    for event in events {
        let of_event = claim(event, Claim::default());
        let objects = list(event, "Object");
        let loose = list(event, "Attribute").iter().map(|a| (a, of_event));
        let in_objects = objects.iter().filter(|o| !is_deleted(o)).flat_map(|o| {
            let of_object = claim(o, of_event);
            list(o, "Attribute").iter().map(move |a| (a, of_object))
        });
        for (n, (attribute, above)) in loose.chain(in_objects).enumerate() {
            if is_deleted(attribute) {
                continue;
            }
            let found = found(attribute, claim(attribute, above))
                .ok_or_else(|| FormatError::new(format!("attribute {}", n + 1), "it has no type or no value"))?;
            if !each(found) {
                return Ok(());
            }
        }
    }
    Ok(())
}

fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str).filter(|t| !t.is_empty())
}

fn is_deleted(object: &Value) -> bool {
    object.get("deleted").is_some_and(|d| d == true || d == "1" || d == 1)
}

/// The markings and grades that an object claims: by its tags; else by its distribution (0 the organisation only, 1 and 4 a
/// community, 2 and 3 wider, 5 inherited); else those of the object `above` it.
fn claim(object: &Value, above: Claim) -> Claim {
    let tags: Vec<&str> = list(object, "Tag").iter().filter_map(|t| text(t, "name")).collect();
    let tag =
        |prefix: &str| tags.iter().filter(|t| t.to_ascii_lowercase().starts_with(prefix)).copied().collect::<Vec<_>>();
    let tlp = tag("tlp:").into_iter().filter_map(Tlp::parse_foreign).max();
    let pap = tag("pap:").into_iter().filter_map(Pap::parse_foreign).max();
    let distribution =
        object.get("distribution").and_then(|d| d.as_str().and_then(|d| d.parse().ok()).or_else(|| d.as_i64()));
    let by_distribution = match distribution {
        Some(0) => Some(Tlp::AmberStrict),
        Some(1 | 4) => Some(Tlp::Amber),
        Some(2 | 3) => Some(Tlp::Green),
        _ => None,
    };
    // Of several grades the worst counts.
    let source = tag(SOURCE).into_iter().filter_map(|t| Reliability::parse(&grade(t, SOURCE))).max();
    let information = tag(INFORMATION).into_iter().filter_map(|t| Credibility::parse(&grade(t, INFORMATION))).max();
    Claim {
        tlp: tlp.or(by_distribution).or(above.tlp),
        pap: pap.or(above.pap),
        source: source.or(above.source),
        information: information.or(above.information),
    }
}

const SOURCE: &str = "admiralty-scale:source-reliability=";
const INFORMATION: &str = "admiralty-scale:information-credibility=";

/// The value of a tag of the admiralty scale, as comity writes it.
fn grade(tag: &str, name: &str) -> String {
    tag.get(name.len()..).unwrap_or_default().trim_matches('"').to_ascii_uppercase()
}

fn found(attribute: &Value, claim: Claim) -> Option<Found> {
    let kind = text(attribute, "type")?;
    let value = text(attribute, "value")?;
    let (category, person_class) = screen(kind);
    let tier = category.least_tier();
    let default = Marking::default_for(tier);
    let marking = (claim.tlp.is_some() || claim.pap.is_some()).then(|| Marking {
        tlp: claim.tlp.unwrap_or(default.tlp),
        pap: claim.pap.unwrap_or(default.pap),
        handling: default.handling,
    });
    Some(Found {
        kind: crate::record::definition::token(kind).unwrap_or_else(|| "attribute".into()),
        category,
        tier,
        person_class,
        assertion: Assertion::Fact,
        source_grade: claim.source,
        information_grade: claim.information,
        marking,
        value: bounded(value, LINE),
        title: text(attribute, "object_relation").or_else(|| text(attribute, "category")).map(|t| bounded(t, LINE)),
        note: text(attribute, "comment").map(|c| bounded(c, BODY)),
        ids: text(attribute, "uuid").map(|id| ("misp", bounded(id, LINE))).into_iter().collect(),
        original: Some(bounded(&attribute.to_string(), BODY)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(file: &str) -> Result<Vec<Found>, FormatError> {
        let mut found = Vec::new();
        read(&mut file.as_bytes(), &Options::default(), &mut |f| {
            found.push(f);
            true
        })?;
        Ok(found)
    }

    #[test]
    fn grades_of_an_event_are_those_of_its_attributes_unless_they_have_their_own() {
        let file = r#"{"Event":{"Tag":[{"name":"admiralty-scale:source-reliability=\"b\""}],
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
    fn attributes_of_events_and_objects_are_items() {
        let file = r#"{"response":[{"Event":{"distribution":"3","Tag":[{"name":"PAP:RED"}],
            "Attribute":[{"type":"domain","value":"evil.example","distribution":"5","uuid":"u1"},
                         {"type":"md5","value":"x","deleted":true},
                         {"type":"sha1","value":"y","distribution":"0"},
                         {"type":"full-name","value":"J. Doe","Tag":[{"name":"tlp:red"}]}],
            "Object":[{"distribution":"1","Attribute":[{"type":"filename","value":"a.exe","object_relation":"filename"}]},
                      {"deleted":true,"Attribute":[{"type":"filename","value":"gone"}]}]}}]}"#;
        let got: Vec<_> = all(file)
            .unwrap()
            .iter()
            .map(|f| (f.value.clone(), f.marking.as_ref().unwrap().tlp, f.tier.number()))
            .collect();
        let want = [
            ("evil.example", Tlp::Green, 1),
            ("y", Tlp::AmberStrict, 1),
            ("J. Doe", Tlp::Red, 2),
            ("a.exe", Tlp::Amber, 1),
        ];
        assert_eq!(got, want.map(|(v, t, n)| (v.to_owned(), t, n)));
        assert!(all(file).unwrap().iter().all(|f| f.marking.as_ref().unwrap().pap == Pap::Red));
        for bad in ["", "{}", "[]", r#"{"Event":{"Attribute":[{"type":"md5"}]}}"#] {
            assert!(all(bad).is_err(), "{bad}");
        }
    }
}
