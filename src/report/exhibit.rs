//! What goes with an exhibit that leaves: its chain of custody in words and as CASE, the authority that it rests on, and what all of
//! that does not prove. What nobody stated is written as not stated.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::gate::cleared::Cleared;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::text::{shown, shown_lines};

/// An exhibit with its chain of custody, in words.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Exhibit {
    /// Its id.
    pub id: String,
    /// Its number, as people write it.
    pub number: String,
    /// The desk that keeps it: its code and its name.
    pub desk: (String, String),
    /// The case that it belongs to.
    pub case: String,
    /// What it is called.
    pub title: String,
    /// The name that its file had.
    pub file: String,
    /// The folder of the bag that it goes into.
    pub folder: String,
    /// The path of the file in the bag.
    pub path: String,
    /// The file's size in bytes.
    pub size: u64,
    /// The file's SHA-256 at acquisition.
    pub sha256: String,
    /// The tool that took it.
    pub tool: String,
    /// Hashes of the medium: algorithm, value, tool.
    pub media: Vec<[String; 3]>,
    /// Its marking.
    pub marking: String,
    /// What authorises that it is kept and shown, a line each.
    pub authority: Vec<String>,
    /// The chain of custody.
    pub entries: Vec<Entry>,
    /// The time stamps that hold, as they were carried.
    pub stamps: Vec<CarriedStamp>,
    /// What is not in order in the chain.
    pub alarms: Vec<String>,
    /// When this was written, and by whom.
    pub written: (String, String),
    /// Said above everything, in an exercise.
    pub banner: Option<String>,
}

/// A time stamp of an exhibit as it was carried (RFC 3161): what goes into the bag, so that others check it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CarriedStamp {
    /// The number of its entry in the chain, from 1.
    pub entry: usize,
    /// The request.
    pub request: Vec<u8>,
    /// The answer.
    pub response: Vec<u8>,
    /// The certificates by which it was believed, in PEM.
    pub chain: String,
}

/// What a time stamp that holds says.
#[derive(Clone, PartialEq, Eq, Default, Debug, serde::Serialize)]
pub struct Stamp {
    /// When the authority had the hash, by its clock.
    pub at: String,
    /// How exact its clock is, as it says; empty where it says nothing.
    pub accuracy: String,
    /// Who stamped it, as its certificate says.
    pub authority: String,
    /// The policy that it works under.
    pub policy: String,
    /// Its number of the time stamp.
    pub serial: String,
    /// The SHA-256 that was stamped.
    pub sha256: String,
    /// Whose certificate was trusted.
    pub root: String,
    /// The SHA-256 of that certificate.
    pub root_sha256: String,
}

/// One entry of a chain of custody. What is empty was not stated.
#[derive(Clone, PartialEq, Eq, Default, Debug, serde::Serialize)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// What happened.
    pub event: String,
    /// Whether it went out of the desk's keeping or came into it: `in`, `out`, or empty.
    pub direction: String,
    /// When.
    pub at: String,
    /// When it was signed.
    pub signed: String,
    /// Who signed it.
    pub who: String,
    /// Why.
    pub why: String,
    /// Where.
    pub r#where: String,
    /// From whom or to whom.
    pub person: String,
    /// Under which authority.
    pub authority: String,
    /// The seal.
    pub seal: String,
    /// The SHA-256 before.
    pub sha256_before: String,
    /// The SHA-256 after.
    pub sha256_after: String,
    /// The condition.
    pub condition: String,
    /// A change that could not be avoided.
    pub change: String,
    /// The second person who signed it.
    pub second: String,
    /// When they did.
    pub second_signed: String,
    /// What they said.
    pub second_said: String,
    /// The time stamp that came with it, where it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_stamp: Option<Stamp>,
}

/// What stands where nobody stated anything.
pub const NOT_STATED: &str = "not stated";

fn stated(text: &str) -> &str {
    if text.is_empty() { NOT_STATED } else { text }
}

/// The chain of custody in words.
pub fn in_words(exhibit: &Exhibit) -> String {
    let mut out = String::new();
    let mut say = |name: &str, text: &str| {
        let text = if name.is_empty() { text } else { stated(text) };
        for (n, line) in shown_lines(text).iter().enumerate() {
            let label = if n == 0 && !name.is_empty() { format!("{name}:") } else { String::new() };
            out.push_str(format!("{label:<28}{line}").trim_end());
            out.push('\n');
        }
    };
    if let Some(banner) = &exhibit.banner {
        say("", banner);
    }
    say("CHAIN OF CUSTODY", &exhibit.number);
    say("Exhibit", &exhibit.id);
    say("Kept by", &format!("{} {}", exhibit.desk.0, exhibit.desk.1));
    say("Case", &exhibit.case);
    say("Title", &exhibit.title);
    say("File", &exhibit.file);
    say("Size", &format!("{} bytes", exhibit.size));
    say("SHA-256 at acquisition", &exhibit.sha256);
    say("Hashed with", &exhibit.tool);
    if exhibit.media.is_empty() {
        say("Hash of the medium", "");
    }
    for [algorithm, value, tool] in &exhibit.media {
        say(&format!("{} of the medium", algorithm.to_uppercase()), value);
        say("  taken with", tool);
    }
    say("Marking", &exhibit.marking);
    say("Written", &exhibit.written.0);
    say("  by", &exhibit.written.1);
    say("", "");
    for alarm in &exhibit.alarms {
        say("ALARM", alarm);
    }
    for (n, entry) in exhibit.entries.iter().enumerate() {
        say("", "");
        say(&format!("Entry {}", n + 1), &entry.event);
        for (name, text) in rows(entry) {
            say(&format!("  {name}"), text);
        }
        for (name, text) in entry.time_stamp.iter().flat_map(stamp_rows) {
            say(&format!("  {name}"), text);
        }
    }
    out
}

/// What a time stamp says, and what was checked of it.
fn stamp_rows(stamp: &Stamp) -> [(&'static str, &str); 8] {
    [
        ("time of the stamp", &stamp.at),
        ("  exact to", &stamp.accuracy),
        ("  SHA-256 stamped", &stamp.sha256),
        ("  authority", &stamp.authority),
        ("  policy", &stamp.policy),
        ("  number", &stamp.serial),
        ("  trusted certificate", &stamp.root),
        ("  with SHA-256", &stamp.root_sha256),
    ]
}

/// The fields of an entry as ISO/IEC 27037 asks for them.
fn rows(entry: &Entry) -> [(&'static str, &str); 16] {
    [
        ("when", &entry.at),
        ("signed", &entry.signed),
        ("who", &entry.who),
        ("in or out", &entry.direction),
        ("where", &entry.r#where),
        ("from or to", &entry.person),
        ("why", &entry.why),
        ("authority", &entry.authority),
        ("seal", &entry.seal),
        ("condition", &entry.condition),
        ("SHA-256 before", &entry.sha256_before),
        ("SHA-256 after", &entry.sha256_after),
        ("unavoidable change", &entry.change),
        ("second signature", &entry.second),
        ("  signed", &entry.second_signed),
        ("  said", &entry.second_said),
    ]
}

/// The files that go with an exhibit that the gate has cleared: their names and bytes.
pub fn files(exhibit: &Cleared<Exhibit>) -> Vec<(String, Vec<u8>)> {
    let exhibit = exhibit.value();
    let mut authority = String::from("AUTHORITY\n\n");
    for line in &exhibit.authority {
        authority.push_str(&shown(line));
        authority.push('\n');
    }
    if exhibit.authority.is_empty() {
        authority.push_str(&format!("{NOT_STATED}\n"));
    }
    let not_proved = include_str!("../../assets/exhibit/not-proved.txt");
    let mut files: Vec<(String, Vec<u8>)> = [
        ("custody.txt", in_words(exhibit)),
        ("custody.jsonld", as_case(exhibit)),
        ("authority.txt", authority),
        ("what-this-does-not-prove.txt", not_proved.to_owned()),
    ]
    .map(|(name, text)| (format!("{}/{name}", exhibit.folder), text.into_bytes()))
    .to_vec();
    for stamp in &exhibit.stamps {
        let name = |end: &str| format!("{}/time-stamp/entry-{}{end}", exhibit.folder, stamp.entry);
        files.push((name(".tsq"), stamp.request.clone()));
        files.push((name(".tsr"), stamp.response.clone()));
        files.push((name(".chain.pem"), stamp.chain.clone().into_bytes()));
    }
    if !exhibit.stamps.is_empty() {
        let proved = include_str!("../../assets/exhibit/time-stamp.txt");
        files.push((format!("{}/what-a-time-stamp-proves.txt", exhibit.folder), proved.into()));
    }
    files
}

/// The short names of CASE and UCO, and what each stands for.
fn context() -> Value {
    #[derive(Default, serde::Deserialize)]
    struct Lists {
        context: BTreeMap<String, String>,
    }
    let lists: Lists = toml::from_str(include_str!("../../assets/exchange/case.toml")).unwrap_or_default();
    json!(lists.context)
}

/// A UUID that follows from the exhibit and a name.
fn uuid(exhibit: &Exhibit, of: &str) -> String {
    let seed = [b"comity/exhibit/1\0".as_slice(), exhibit.id.as_bytes(), b"\0", of.as_bytes()].concat();
    let mut bytes = *Id::from_digest(&Digest::of(&seed)).as_bytes();
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = (*version & 0x0f) | 0x40;
    *variant = (*variant & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

fn hash_node(exhibit: &Exhibit, of: &str, method: &str, value: &str) -> Value {
    json!({
        "@id": format!("kb:hash-{}", uuid(exhibit, of)),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": { "@type": "uco-vocabulary:HashNameVocab", "@value": method },
        "uco-types:hashValue": { "@type": "xsd:hexBinary", "@value": value.to_uppercase() },
    })
}

/// The names of hashes as UCO writes them.
fn method(algorithm: &str) -> String {
    algorithm.to_uppercase()
}

/// The chain of custody as CASE 1.4 in JSON-LD: an investigative action for each entry, a record of provenance for each hand-over, the
/// authority as an authorization.
fn as_case(exhibit: &Exhibit) -> String {
    let id = |kind: &str, of: &str| format!("kb:{kind}-{}", uuid(exhibit, of));
    let named = |id: &str| json!({ "@id": id });
    let time = |at: &str| json!({ "@type": "xsd:dateTime", "@value": at });
    let (object, desk) = (id("file", "file"), id("organization", "desk"));
    let mut graph = vec![
        json!({ "@id": desk, "@type": "uco-identity:Organization", "uco-core:name": exhibit.desk.1 }),
        json!({
            "@id": object,
            "@type": "uco-observable:File",
            "uco-core:name": exhibit.title,
            "uco-core:hasFacet": [
                {
                    "@id": id("file-facet", "file"),
                    "@type": "uco-observable:FileFacet",
                    "uco-observable:fileName": exhibit.file,
                    "uco-observable:sizeInBytes": { "@type": "xsd:integer", "@value": exhibit.size.to_string() },
                },
                {
                    "@id": id("content-data-facet", "file"),
                    "@type": "uco-observable:ContentDataFacet",
                    "uco-observable:hash": [hash_node(exhibit, "file", "SHA256", &exhibit.sha256)],
                },
            ],
        }),
    ];
    if !exhibit.media.is_empty() {
        let hashes: Vec<Value> = exhibit
            .media
            .iter()
            .map(|[algorithm, value, _]| hash_node(exhibit, &format!("medium {algorithm}"), &method(algorithm), value))
            .collect();
        graph.push(json!({
            "@id": id("image", "medium"),
            "@type": "uco-observable:Image",
            "uco-core:description": "The medium that the file is an image of, as its tool hashed it",
            "uco-core:hasFacet": [{
                "@id": id("content-data-facet", "medium"),
                "@type": "uco-observable:ContentDataFacet",
                "uco-observable:hash": hashes,
            }],
        }));
    }
    let mut authorizations = Vec::new();
    for (n, line) in exhibit.authority.iter().enumerate() {
        let of = id("authorization", &format!("authority {n}"));
        graph.push(json!({
            "@id": of, "@type": "case-investigation:Authorization",
            "uco-core:description": line, "case-investigation:authorizationIdentifier": line,
        }));
        authorizations.push(named(&of));
    }
    graph.push(json!({
        "@id": id("investigation", "case"),
        "@type": "case-investigation:Investigation",
        "uco-core:name": exhibit.case,
        "case-investigation:investigationForm": "case",
        "case-investigation:relevantAuthorization": authorizations,
        "uco-core:object": [named(&object)],
    }));
    let mut people: BTreeMap<&str, String> = BTreeMap::new();
    for who in exhibit.entries.iter().flat_map(|e| [e.who.as_str(), e.second.as_str()]).filter(|w| !w.is_empty()) {
        people.entry(who).or_insert_with(|| id("person", who));
    }
    for (name, person) in &people {
        graph.push(json!({ "@id": person, "@type": "uco-identity:Person", "uco-core:name": name }));
    }
    for (n, entry) in exhibit.entries.iter().enumerate() {
        let action = id("investigative-action", &entry.id);
        let mut node = json!({
            "@id": action,
            "@type": "case-investigation:InvestigativeAction",
            "uco-core:name": entry.event,
            "uco-core:description": format!("Entry {}: {}", n + 1, stated(&entry.why)),
            "uco-action:startTime": time(&entry.at),
            "uco-action:endTime": time(&entry.at),
            "uco-action:object": [named(&object)],
        });
        let mut set = |key: &str, value: Value| {
            if let Value::Object(members) = &mut node {
                members.insert(key.to_owned(), value);
            }
        };
        if let Some(person) = people.get(entry.who.as_str()) {
            set("uco-action:performer", named(person));
        }
        if let Some(person) = people.get(entry.second.as_str()) {
            set("uco-action:participant", json!([named(person)]));
        }
        if !entry.direction.is_empty() || n == 0 {
            let record = id("provenance-record", &entry.id);
            set("uco-action:result", json!([named(&record)]));
            graph.push(node);
            graph.push(json!({
                "@id": record,
                "@type": "case-investigation:ProvenanceRecord",
                "case-investigation:exhibitNumber": exhibit.number,
                "uco-core:description": format!("{}: {}", entry.event, stated(&entry.person)),
                "uco-core:object": [named(&object)],
            }));
        } else {
            graph.push(node);
        }
    }
    let mut context = context();
    if let Value::Object(members) = &mut context
        && let Some(types) =
            members.get("uco-types").and_then(Value::as_str).map(|t| t.replace("/types/", "/vocabulary/"))
    {
        members.insert("uco-vocabulary".to_owned(), types.into());
    }
    let mut text = serde_json::to_string_pretty(&json!({ "@context": context, "@graph": graph })).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::cleared::for_tests;

    fn exhibit() -> Exhibit {
        let entry = |event: &str, direction: &str| Entry {
            id: event.into(),
            event: event.into(),
            direction: direction.into(),
            at: "2026-06-15T12:00:00.000Z".into(),
            who: "N. Okafor".into(),
            ..Entry::default()
        };
        Exhibit {
            id: "0".repeat(32),
            number: "E-000000".into(),
            folder: "data".into(),
            title: "image\u{1b}[31m of a disk".into(),
            sha256: "ab".repeat(32),
            media: vec![["md5".into(), "cd".repeat(16), "ewfacquire 20140816".into()]],
            authority: vec!["Court XA, order 7".into()],
            entries: vec![entry("acquired", ""), entry("out", "out")],
            alarms: vec!["nobody signed for it".into()],
            ..Exhibit::default()
        }
    }

    #[test]
    fn what_nobody_stated_is_written_as_not_stated_and_nothing_controls_a_terminal() {
        let text = in_words(&exhibit());
        for said in ["SHA-256 at acquisition", "MD5 of the medium", "ewfacquire", "ALARM", "Entry 2", "  seal:"] {
            assert!(text.contains(said), "{said}: {text}");
        }
        assert!(text.matches(NOT_STATED).count() > 20 && !text.contains('\u{1b}'), "{text}");
        assert!(text.lines().all(|l| l == l.trim_end()));
    }

    #[test]
    fn the_graph_has_an_action_for_each_entry_and_names_only_what_is_in_it() {
        let files = files(&for_tests(exhibit()));
        let (_, bytes) = files.iter().find(|(name, _)| name == "data/custody.jsonld").unwrap();
        let file: Value = serde_json::from_slice(bytes).unwrap();
        let graph = file["@graph"].as_array().unwrap();
        let of = |kind: &str| graph.iter().filter(|n| n["@type"] == kind).count();
        assert_eq!(of("case-investigation:InvestigativeAction"), 2);
        assert_eq!(of("case-investigation:ProvenanceRecord"), 2);
        assert_eq!(of("case-investigation:Authorization"), 1);
        assert_eq!(of("uco-identity:Person"), 1);
        let ids: Vec<&Value> = graph.iter().map(|n| &n["@id"]).collect();
        for node in graph {
            for key in ["uco-action:performer", "uco-action:object", "uco-action:result", "uco-core:object"] {
                let found = [&node[key]["@id"], &node[key][0]["@id"]].into_iter().find(|id| id.is_string());
                assert!(found.is_none_or(|id| ids.contains(&id)), "{node}");
            }
        }
        for prefix in ["uco-vocabulary", "uco-types", "case-investigation"] {
            assert!(file["@context"][prefix].is_string(), "{prefix}");
        }
    }
}
