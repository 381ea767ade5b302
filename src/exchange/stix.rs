//! STIX 2.1 bundles: every object an item, with its TLP and PAP markings, the most restrictive of those that it carries.

use std::collections::HashMap;
use std::io::BufRead;

use serde_json::Value;
use serde_json::value::RawValue;

use super::format::{Format, FormatError, Found, Options, bounded, screen, whole};
use crate::value::class::{Assertion, Category, PersonClass};
use crate::value::marking::{Marking, Pap, Tlp};
use crate::value::text::{BODY, LINE};

/// `stix`.
pub const FORMAT: Format = Format { name: "stix", about: "a STIX 2.1 bundle", read };

/// The marking definitions that everybody knows by id: TLP 1 as STIX has it, TLP 2.0, PAP.
const KNOWN: &[(&str, &str)] = &[
    ("613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:CLEAR"),
    ("34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"),
    ("f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"),
    ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"),
    ("94868c89-83c2-464b-929b-a1a8aa3c8487", "TLP:CLEAR"),
    ("bab4a63c-aed9-4cf5-a766-dfca5abac2bb", "TLP:GREEN"),
    ("55d920b0-5e8b-4f79-9ee9-91f868d9b421", "TLP:AMBER"),
    ("939a9414-2ddd-4d32-a0cd-375ea402b003", "TLP:AMBER+STRICT"),
    ("e828b379-4e03-4974-9ac4-e53a884c97c1", "TLP:RED"),
    ("ad15a0cd-55b6-4588-a14c-a66105329b92", "PAP:CLEAR"),
    ("a3bea94c-b469-41dc-9cfe-d6e7daba7730", "PAP:CLEAR"),
    ("c43594d1-4b11-4c59-93ab-1c9b14d53ce9", "PAP:GREEN"),
    ("60f8932b-e51e-4458-b265-a2e8be9a80ab", "PAP:AMBER"),
    ("740d36e5-7714-4c30-961a-3ae632ceee0e", "PAP:RED"),
];

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Claim {
    tlp: Option<Tlp>,
    pap: Option<Pap>,
}

impl Claim {
    fn and(self, other: Self) -> Self {
        Self { tlp: self.tlp.max(other.tlp), pap: self.pap.max(other.pap) }
    }

    fn of_label(label: &str) -> Self {
        let upper = label.to_ascii_uppercase();
        Self {
            tlp: upper.starts_with("TLP").then(|| Tlp::parse_foreign(label)).flatten(),
            pap: upper.starts_with("PAP").then(|| Pap::parse_foreign(label)).flatten(),
        }
    }
}

fn read(input: &mut dyn BufRead, _: &Options, each: &mut dyn FnMut(Found) -> bool) -> Result<(), FormatError> {
    #[derive(serde::Deserialize)]
    struct Bundle<'a> {
        #[serde(rename = "type")]
        kind: Option<String>,
        #[serde(borrow, default)]
        objects: Vec<&'a RawValue>,
    }
    let bytes = whole(input)?;
    let bundle: Bundle<'_> = serde_json::from_slice(&bytes)
        .map_err(|e| FormatError::new("the file", format!("it is not a STIX bundle: {e}")))?;
    if bundle.kind.as_deref() != Some("bundle") {
        return Err(FormatError::new("the file", "it is not a STIX bundle"));
    }
    let object = |n: usize, raw: &RawValue| -> Result<Value, FormatError> {
        serde_json::from_str(raw.get())
            .ok()
            .filter(Value::is_object)
            .ok_or_else(|| FormatError::new(format!("object {}", n + 1), "it is malformed"))
    };
    let mut claims: HashMap<String, Claim> = HashMap::new();
    for (id, label) in KNOWN {
        claims.insert(format!("marking-definition--{id}"), Claim::of_label(label));
    }
    // Definitions may stand anywhere: they are read first.
    for (n, raw) in bundle.objects.iter().enumerate().filter(|(_, raw)| raw.get().contains("marking-definition")) {
        let definition = object(n, raw)?;
        if text(&definition, "type") == Some("marking-definition") {
            claims.insert(text(&definition, "id").unwrap_or_default().to_owned(), defined(&definition));
        }
    }
    for (n, raw) in bundle.objects.iter().enumerate() {
        let object = object(n, raw)?;
        let Some(kind) = text(&object, "type") else {
            return Err(FormatError::new(format!("object {}", n + 1), "it has no type"));
        };
        if kind == "marking-definition" {
            continue;
        }
        if !each(found(&object, kind, raw.get(), claim_of(&object, &claims))) {
            break;
        }
    }
    Ok(())
}

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str)
}

/// What a definition in the file itself defines: TLP 1, or TLP 2.0 and PAP as property extensions.
fn defined(definition: &Value) -> Claim {
    let old = definition.get("definition").and_then(|d| text(d, "tlp")).map(|t| format!("TLP:{t}"));
    let mut claim = old.map(|label| Claim::of_label(&label)).unwrap_or_default();
    for extension in definition.get("extensions").and_then(Value::as_object).into_iter().flat_map(|m| m.values()) {
        let tlp = text(extension, "tlp_2_0").and_then(Tlp::parse_foreign);
        let pap = text(extension, "pap").and_then(Pap::parse_foreign);
        claim = claim.and(Claim { tlp, pap });
    }
    claim
}

fn claim_of(object: &Value, claims: &HashMap<String, Claim>) -> Claim {
    let list = |key: &str| object.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let whole = list("object_marking_refs").iter().filter_map(Value::as_str);
    // A part that is marked higher marks the whole: what leaves, leaves as one.
    let parts = list("granular_markings").iter().filter_map(|g| text(g, "marking_ref"));
    whole.chain(parts).filter_map(|id| claims.get(id)).fold(Claim::default(), |all, claim| all.and(*claim))
}

fn found(object: &Value, kind: &str, raw: &str, claim: Claim) -> Found {
    let name = text(object, "name");
    let value = match kind {
        "indicator" => text(object, "pattern").or(name),
        "relationship" => None,
        _ => text(object, "value").or(name).or_else(|| text(object, "user_id")).or_else(|| text(object, "path")),
    };
    let value = match (kind, value) {
        ("relationship", _) => {
            let part = |key| text(object, key).unwrap_or("?");
            format!("{} {} {}", part("source_ref"), part("relationship_type"), part("target_ref"))
        }
        (_, Some(value)) => value.to_owned(),
        (_, None) => hashes(object).unwrap_or_else(|| text(object, "id").unwrap_or(kind).to_owned()),
    };
    let personal = match kind {
        "identity" if text(object, "identity_class") == Some("individual") => "individual",
        "indicator"
            if text(object, "pattern").is_some_and(|p| p.contains("email-addr:") || p.contains("user-account:")) =>
        {
            "email-addr"
        }
        other => other,
    };
    let (category, person_class): (Category, PersonClass) = screen(personal);
    let tier = category.least_tier();
    let assessed =
        matches!(kind, "opinion" | "note" | "threat-actor" | "intrusion-set" | "campaign" | "report" | "grouping");
    let marking = (claim != Claim::default()).then(|| {
        let default = Marking::default_for(tier);
        Marking {
            tlp: claim.tlp.unwrap_or(default.tlp),
            pap: claim.pap.unwrap_or(default.pap),
            handling: default.handling,
        }
    });
    Found {
        kind: crate::record::definition::token(kind).unwrap_or_else(|| "object".into()),
        category,
        tier,
        person_class,
        assertion: if assessed { Assertion::Assessment } else { Assertion::Fact },
        source_grade: None,
        information_grade: None,
        marking,
        value: bounded(&value, LINE),
        title: name.map(|n| bounded(n, LINE)),
        note: text(object, "description").map(|d| bounded(d, BODY)),
        ids: text(object, "id").map(|id| ("stix", bounded(id, LINE))).into_iter().collect(),
        original: Some(bounded(raw, BODY)),
    }
}

fn hashes(object: &Value) -> Option<String> {
    let hashes = object.get("hashes")?.as_object()?;
    let best = ["SHA-256", "SHA-1", "MD5"].iter().find_map(|k| hashes.get(*k)).or_else(|| hashes.values().next());
    best.and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bundle: &str) -> Result<Vec<Found>, FormatError> {
        let mut found = Vec::new();
        read(&mut bundle.as_bytes(), &Options::default(), &mut |f| {
            found.push(f);
            true
        })?;
        Ok(found)
    }

    #[test]
    fn markings_are_kept_and_the_strictest_wins() {
        let bundle = r#"{"type":"bundle","id":"bundle--1","objects":[
            {"type":"indicator","id":"indicator--1","name":"n","pattern":"[domain-name:value = 'evil.example']","object_marking_refs":["marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"],
             "granular_markings":[{"marking_ref":"marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1","selectors":["name"]}]},
            {"type":"email-addr","id":"email-addr--1","value":"a@b.example","object_marking_refs":["marking-definition--own"]},
            {"type":"file","id":"file--1","hashes":{"MD5":"m","SHA-256":"s"}},
            {"type":"marking-definition","id":"marking-definition--own","extensions":{"x":{"extension_type":"property-extension","tlp_2_0":"amber+strict"}}}
        ]}"#;
        let found = all(bundle).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].marking.as_ref().unwrap().tlp, Tlp::Red);
        assert_eq!((found[0].value.as_str(), found[0].tier.number()), ("[domain-name:value = 'evil.example']", 1));
        assert_eq!(found[1].marking.as_ref().unwrap().tlp, Tlp::AmberStrict);
        assert_eq!(
            (found[1].tier.number(), found[1].person_class),
            (2, PersonClass::Other),
            "an address points to a person"
        );
        assert_eq!((found[2].value.as_str(), found[2].marking.clone()), ("s", None));
    }

    #[test]
    fn what_is_no_bundle_is_refused() {
        for bad in [
            "",
            "{}",
            "[]",
            r#"{"type":"bundle","objects":{}}"#,
            r#"{"type":"bundle","objects":[1]}"#,
            r#"{"type":"bundle","objects":[{}]}"#,
            r#"{"type":"indicator"}"#,
        ] {
            assert!(all(bad).is_err(), "{bad}");
        }
        assert!(
            all(&format!(r#"{{"type":"bundle","objects":[{}{}]}}"#, "[".repeat(10_000), "]".repeat(10_000))).is_err()
        );
    }
}
