//! CASE/UCO 1.4 as JSON-LD: every item an observable with its markings, the relations between them, and where it comes from: the
//! disclosure as an action, and a record of provenance for each item that was handed over.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::written;
use crate::exchange::canonical::{self, Class};
use crate::exchange::leaving::{Leaving, Outgoing, Transfer, uuid};
use crate::exchange::report::Lines;
use crate::value::timestamp::Timestamp;

/// Writes a graph.
pub fn write(transfer: &Transfer, leaving: &Leaving<'_>, lost: &mut Lines) -> Vec<u8> {
    let mut graph =
        vec![organization(&from_id(transfer), &transfer.name), organization(&to_id(transfer), &transfer.to)];
    let mut statements: Vec<String> = Vec::new();
    let mut records = Vec::new();
    for item in leaving.items() {
        let mut object = node(leaving, item, lost);
        let mut markings = vec![format!("TLP:{}", item.terms.marking.tlp), format!("PAP:{}", item.terms.marking.pap)];
        markings.extend(item.statements(transfer));
        let refs: Vec<Value> = markings.iter().map(|m| named(&marking_id(transfer, m))).collect();
        object.insert("uco-core:objectMarking".into(), Value::Array(refs));
        object.insert("uco-core:createdBy".into(), named(&from_id(transfer)));
        object.insert("uco-core:objectCreatedTime".into(), time(item.recorded));
        if let Some(tag) = transfer.exercise_tag() {
            object.insert("uco-core:tag".into(), json!([tag]));
        }
        graph.push(Value::Object(object));
        statements.extend(markings.into_iter().filter(|m| !statements.contains(m)).collect::<Vec<_>>());
        records.push(json!({
            "@id": record_id(transfer, item),
            "@type": "case-investigation:ProvenanceRecord",
            "case-investigation:exhibitNumber": item.id.to_string(),
            "uco-core:description": format!("Handed over by {} to {}", transfer.from, transfer.to),
            "uco-core:object": [named(&item_id(item))],
        }));
    }
    for statement in &statements {
        graph.push(json!({
            "@id": marking_id(transfer, statement),
            "@type": "uco-marking:MarkingDefinition",
            "uco-marking:definitionType": "statement",
            "uco-marking:definition": [{
                "@id": format!("kb:statement-{}", transfer.uuid(&format!("statement {statement}"))),
                "@type": "uco-marking:StatementMarking",
                "uco-marking:definitionType": "statement",
                "uco-marking:statement": statement,
            }],
        }));
    }
    let given: Vec<Value> = leaving.items().iter().map(|i| named(&item_id(i))).collect();
    let results: Vec<Value> = leaving.items().iter().map(|i| named(&record_id(transfer, i))).collect();
    graph.push(json!({
        "@id": format!("kb:investigative-action-{}", transfer.uuid("action")),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": format!("Disclosure {}", transfer.disclosure),
        "uco-core:description": format!("Given by {} to {} for the purpose {}", transfer.from, transfer.to, transfer.purpose),
        "uco-action:performer": named(&from_id(transfer)),
        "uco-action:participant": [named(&to_id(transfer))],
        "uco-action:startTime": time(transfer.at),
        "uco-action:endTime": time(transfer.at),
        "uco-action:object": given,
        "uco-action:result": results,
    }));
    graph.append(&mut records);
    written(&json!({ "@context": context(), "@graph": graph }))
}

/// The short names that are written, and what each stands for.
fn context() -> Value {
    #[derive(Default, serde::Deserialize)]
    struct Lists {
        context: BTreeMap<String, String>,
    }
    let lists: Lists = toml::from_str(include_str!("../../../assets/exchange/case.toml")).unwrap_or_default();
    json!(lists.context)
}

fn named(id: &str) -> Value {
    json!({ "@id": id })
}

fn time(at: Timestamp) -> Value {
    json!({ "@type": "xsd:dateTime", "@value": at.to_string() })
}

fn item_id(item: &Outgoing) -> String {
    format!("kb:item-{}", uuid(item.id))
}

fn record_id(transfer: &Transfer, item: &Outgoing) -> String {
    format!("kb:provenance-record-{}", transfer.uuid(&item.id.to_string()))
}

fn marking_id(transfer: &Transfer, statement: &str) -> String {
    format!("kb:marking-definition-{}", transfer.uuid(statement))
}

fn from_id(transfer: &Transfer) -> String {
    format!("kb:organization-{}", uuid(transfer.desk))
}

fn to_id(transfer: &Transfer) -> String {
    format!("kb:organization-{}", transfer.uuid(&format!("partner {}", transfer.to)))
}

fn organization(id: &str, name: &str) -> Value {
    json!({ "@id": id, "@type": "uco-identity:Organization", "uco-core:name": name })
}

/// An item as a node: a relation between two others, or an observable with what is known of it.
fn node(leaving: &Leaving<'_>, item: &Outgoing, lost: &mut Lines) -> Map<String, Value> {
    let mut node = Map::new();
    node.insert("@id".into(), item_id(item).into());
    let title = item.text("title").unwrap_or_else(|| item.value());
    for key in item.properties().keys() {
        lost.count("properties of other formats", key);
    }
    for (scheme, id) in item.content.get("ids").and_then(|i| i.members()).unwrap_or_default() {
        lost.count("ids of other formats", &format!("{scheme} {}", id.text().unwrap_or_default()));
    }
    if item.terms.source_grade.is_some() || item.terms.information_grade.is_some() {
        lost.count("grades of sources and information", title);
    }
    if let Some(originator) = item.text("originator") {
        lost.count("originators", originator);
    }
    if let Some(note) = item.text("note") {
        node.insert("uco-core:description".into(), note.into());
    }
    let ends: Vec<&Outgoing> = item.terms.references.iter().take(2).filter_map(|id| leaving.find(*id)).collect();
    if let (Some(relation), [source, target]) = (item.text("relation"), ends.as_slice()) {
        node.insert("@type".into(), "uco-core:Relationship".into());
        node.insert("uco-core:source".into(), named(&item_id(source)));
        node.insert("uco-core:target".into(), named(&item_id(target)));
        node.insert("uco-core:kindOfRelationship".into(), relation.into());
        node.insert("uco-core:isDirectional".into(), true.into());
        return node;
    }
    if !item.terms.references.is_empty() {
        lost.count("what items name", title);
    }
    node.insert("uco-core:name".into(), title.into());
    match facet(&item.terms.kind, item.value()) {
        Some((kind, mut facet)) => {
            node.insert("@type".into(), kind.into());
            facet.insert("@id".into(), format!("kb:facet-{}", uuid(item.id)).into());
            node.insert("uco-core:hasFacet".into(), json!([facet]));
        }
        None => {
            lost.count("types that CASE has no observable for, written with a name and a tag", &item.terms.kind);
            node.insert("@type".into(), "uco-observable:ObservableObject".into());
            node.insert("uco-core:tag".into(), json!([item.terms.kind]));
            if item.text("title").is_some() {
                let value =
                    [Some(item.value()), item.text("note")].into_iter().flatten().collect::<Vec<_>>().join("\n");
                node.insert("uco-core:description".into(), value.into());
            }
        }
    }
    node
}

/// The observable that a value of a type is, and its facet.
fn facet(kind: &str, value: &str) -> Option<(&'static str, Map<String, Value>)> {
    let object = |kind, json: Value| if let Value::Object(map) = json { Some((kind, map)) } else { None };
    let of = |kind, facet: &str, key: &str| object(kind, json!({ "@type": facet, key: value }));
    match canonical::class_of(kind) {
        Some(Class::Domain) => {
            return of("uco-observable:DomainName", "uco-observable:DomainNameFacet", "uco-observable:value");
        }
        Some(Class::Ip) if value.contains(':') => {
            return of("uco-observable:IPv6Address", "uco-observable:IPv6AddressFacet", "uco-observable:addressValue");
        }
        Some(Class::Ip) => {
            return of("uco-observable:IPv4Address", "uco-observable:IPv4AddressFacet", "uco-observable:addressValue");
        }
        Some(Class::Url) => return of("uco-observable:URL", "uco-observable:URLFacet", "uco-observable:fullValue"),
        Some(Class::Email) => {
            return of(
                "uco-observable:EmailAddress",
                "uco-observable:EmailAddressFacet",
                "uco-observable:addressValue",
            );
        }
        Some(Class::Phone) => {
            return of("uco-observable:PhoneAccount", "uco-observable:PhoneAccountFacet", "uco-observable:phoneNumber");
        }
        Some(Class::Hash) => {
            let method = canonical::hash_of_length(value.len())?.to_uppercase();
            return object(
                "uco-observable:ContentData",
                json!({
                    "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:hash": [{
                        "@id": format!("kb:hash-{}", uuid_of(value)),
                        "@type": "uco-types:Hash",
                        "uco-types:hashMethod": method,
                        "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": value.to_uppercase() },
                    }],
                }),
            );
        }
        None => {}
    }
    match &*canonical::spelling(kind) {
        "filename" | "file" => of("uco-observable:File", "uco-observable:FileFacet", "uco-observable:fileName"),
        "mutex" => of("uco-observable:Mutex", "uco-observable:MutexFacet", "uco-observable:mutexName"),
        _ => None,
    }
}

fn uuid_of(value: &str) -> String {
    uuid(crate::value::id::Id::from_digest(&crate::value::digest::Digest::of(value.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::leaving::tests::{all, item, transfer};

    #[test]
    fn every_item_has_its_marking_and_where_it_comes_from() {
        let mut relation = item(3, "relationship", "resolves-to", &[("relation", "resolves-to".into())]);
        let items = [item(1, "domain", "evil.example", &[]), item(2, "ip-dst", "192.0.2.1", &[])];
        relation.terms.references = items.iter().map(|i| i.id).collect();
        let items = [&items[..], &[relation, item(4, "yara", "rule x { }", &[])]].concat();
        let mut lost = Lines::default();
        let file: Value = serde_json::from_slice(&write(&transfer(), &all(&items), &mut lost)).unwrap();
        let graph = file["@graph"].as_array().unwrap();
        let of = |kind: &str| graph.iter().filter(|n| n["@type"] == kind).collect::<Vec<_>>();
        assert_eq!(of("case-investigation:ProvenanceRecord").len(), 4);
        assert_eq!(of("case-investigation:InvestigativeAction")[0]["uco-action:result"].as_array().unwrap().len(), 4);
        assert_eq!(of("uco-core:Relationship")[0]["uco-core:kindOfRelationship"], "resolves-to");
        assert_eq!(of("uco-observable:DomainName")[0]["uco-core:hasFacet"][0]["uco-observable:value"], "evil.example");
        let marked: Vec<&Value> = graph.iter().filter(|n| n["uco-core:objectMarking"].is_array()).collect();
        assert_eq!(marked.len(), 4);
        let defined = of("uco-marking:MarkingDefinition");
        let ids: Vec<&Value> = defined.iter().map(|d| &d["@id"]).collect();
        for one in marked.iter().flat_map(|n| n["uco-core:objectMarking"].as_array().unwrap()) {
            assert!(ids.contains(&&one["@id"]), "{one}");
        }
        assert!(defined.iter().any(|d| d["uco-marking:definition"][0]["uco-marking:statement"] == "TLP:GREEN"));
        assert_eq!(lost.lines()[0].names, ["yara"]);
    }
}
