//! FIRST's Information Exchange Policy 2.0 as JSON: one policy in, one policy out.
//!
//! Pure. What a policy states is read into terms that an agreement can keep; the rest is named, never dropped in silence.
//! Nothing that a policy refers to is fetched, and nothing is decided here: the gate does that.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{SerializeMap as _, Serializer};
use serde_json::Value;

use super::format::FormatError;
use crate::gate::cleared::Cleared;
use crate::value::class::Onward;
use crate::value::id::Id;
use crate::value::policy::Stated;
use crate::value::text::composed;
use crate::value::text::{TextError, is_hidden, line, shown};
use crate::value::timestamp::Timestamp;

/// The name of the format, as `--format` takes it.
pub const NAME: &str = "iep";
/// The longest file that is read, in bytes.
pub const LONGEST: u64 = 64 * 1024;
/// The most members that a policy may have.
const MOST: usize = 64;
/// The longest part of a foreign word that is repeated in a sentence, in bytes.
const REPEATED: usize = 60;

/// What a policy and an agreement can both say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// Its name: the agreement's title.
    pub name: String,
    /// From when.
    pub start: Timestamp,
    /// Until (not including) when; `None`: it has no end.
    pub end: Option<Timestamp>,
    /// Whether what is shared may be passed on; `None`: it does not say. A policy says it by its TLP.
    pub onward: Option<Onward>,
    /// What else it states.
    pub stated: Stated,
}

/// A policy to be written: with what identifies the agreement that it is of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// The agreement's record.
    pub id: Id,
    /// Which agreement it is, in a sentence.
    pub description: String,
    /// What it says.
    pub policy: Policy,
}

/// A policy that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incoming {
    /// What an agreement can keep of it.
    pub policy: Policy,
    /// Its TLP as it stood in the file.
    pub tlp: Option<&'static str>,
    /// What an agreement cannot keep: each member with what it says.
    pub not_kept: Vec<String>,
}

/// The words of `tlp`, from closed to open, and what each means for passing on. The specification is of TLP 1: it knows
/// neither CLEAR nor AMBER+STRICT.
const TLP: &[(&str, Onward)] =
    &[("red", Onward::No), ("amber", Onward::WithConsent), ("green", Onward::Free), ("white", Onward::Free)];

/// The TLP word of a policy for what an agreement says of passing on: never a more open one.
pub fn tlp_of(onward: Onward) -> &'static str {
    TLP.iter().find(|(_, o)| *o == onward).map_or("red", |(word, _)| *word)
}

/// Members of a JSON object in their order; a key that stands twice is refused.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members: Vec<(String, Value)> = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    if members.iter().any(|(k, _)| *k == key) {
                        return Err(A::Error::custom(format_args!("duplicate key `{}`", repeated(&key))));
                    }
                    if members.len() >= MOST {
                        return Err(A::Error::custom(format_args!("it has more than {MOST} members")));
                    }
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// A foreign word, fit and short enough to be repeated in a sentence.
fn repeated(text: &str) -> String {
    let text = composed(text);
    if text.len() <= REPEATED {
        return shown(&text).into_owned();
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| at + 4 <= REPEATED).last().unwrap_or(0);
    format!("{} […]", shown(text.get(..end).unwrap_or_default()))
}

fn bad(what: impl Into<String>) -> FormatError {
    FormatError::new("the policy", what)
}

impl Members {
    fn read(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() as u64 > LONGEST {
            return Err(bad(format!("it is longer than {LONGEST} bytes")));
        }
        serde_json::from_slice(bytes)
            .map_err(|e| bad(format!("it is not a JSON object of a policy: {}", repeated(&e.to_string()))))
    }

    /// Takes a member out; `null` is nothing.
    fn take(&mut self, key: &str) -> Option<Value> {
        let at = self.0.iter().position(|(k, _)| k == key)?;
        Some(self.0.remove(at).1).filter(|v| !v.is_null())
    }

    /// A string, where it is there.
    fn text(&mut self, key: &str) -> Result<Option<String>, FormatError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(bad(format!("`{key}` is not a string"))),
        }
    }

    /// A string that must be there.
    fn need(&mut self, key: &str) -> Result<String, FormatError> {
        self.text(key)?.ok_or_else(|| bad(format!("`{key}` is missing")))
    }

    /// A time, where it is there.
    fn time(&mut self, key: &str) -> Result<Option<Timestamp>, FormatError> {
        let wrong = |t: &str| bad(format!("`{key}` {} is not a time (RFC 3339)", repeated(t)));
        self.text(key)?.map(|t| Timestamp::parse(&t).ok_or_else(|| wrong(&t))).transpose()
    }

    /// One word of a list, where it is there.
    fn word(&mut self, key: &str, words: &[&'static str]) -> Result<Option<&'static str>, FormatError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        let known = words.iter().copied().find(|w| *w == text);
        known
            .map(Some)
            .ok_or_else(|| bad(format!("`{key}` {} is not known; it may be {}", repeated(&text), words.join(", "))))
    }
}

/// Whether a text is a UUID as RFC 9562 writes it.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(n, b)| match n {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Reads one policy. It is refused where it is malformed, longer than [`LONGEST`], of another version, a mere reference,
/// without id, name or beginning, or where a member that the specification knows has a value that it does not know.
pub fn read(bytes: &[u8]) -> Result<Incoming, FormatError> {
    let mut members = Members::read(bytes)?;
    if members.take("id_ref").is_some() {
        return Err(bad("it only refers to a policy elsewhere, and nothing is fetched: ask for the policy itself"));
    }
    // A number that is written 2 or 2.0; serde_json keeps apart how it was written.
    match members.take("iep_version") {
        Some(Value::Number(n)) if matches!(n.to_string().as_str(), "2" | "2.0") => {}
        Some(other) => {
            return Err(bad(format!("it is of version {}; 2.0 is understood", repeated(&other.to_string()))));
        }
        None => return Err(bad("`iep_version` is missing")),
    }
    let id = members.need("id")?;
    if !is_uuid(&id) {
        return Err(bad(format!("`id` {} is not a UUID", repeated(&id))));
    }
    let name = line(&members.need("name")?).map_err(|e: TextError| bad(format!("`name` {e}")))?;
    let start = members.time("start_date")?.ok_or_else(|| bad("`start_date` is missing"))?;
    let end = members.time("end_date")?;
    if end.is_some_and(|end| end <= start) {
        return Err(bad("`end_date` is not after `start_date`"));
    }
    let words: Vec<&'static str> = TLP.iter().map(|(word, _)| *word).collect();
    let tlp = members.word("tlp", &words)?;
    let onward = tlp.and_then(|t| TLP.iter().find(|(word, _)| *word == t)).map(|(_, onward)| *onward);
    let stated = Stated::each(|statement| members.word(statement.name, statement.words))?;

    let mut not_kept = vec![format!("id {}", id.to_ascii_lowercase())];
    if let Some(description) = members.text("description")?.filter(|d| !d.trim().is_empty()) {
        not_kept.push(format!("description {}", repeated(&description)));
    }
    match members.take("external_references") {
        None => {}
        Some(Value::Array(links)) if links.iter().all(Value::is_string) => {
            not_kept
                .extend(links.iter().filter_map(Value::as_str).map(|l| format!("external_references {}", repeated(l))));
        }
        Some(_) => return Err(bad("`external_references` is not a list of strings")),
    }
    not_kept.extend(members.0.iter().map(|(key, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{} {}, which IEP 2.0 does not know", repeated(key), repeated(&value))
    }));
    Ok(Incoming { policy: Policy { name, start, end, onward, stated }, tlp, not_kept })
}

/// A record's id in the form of a random UUID (version 4): six of its 128 bits give way to the form.
fn uuid(id: Id) -> String {
    let mut bytes = *id.as_bytes();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = Id::from_bytes(bytes).to_string();
    let cut = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [cut(0, 8), cut(8, 12), cut(12, 16), cut(16, 20), cut(20, 32)].join("-")
}

/// Writes a policy, in lines. What the agreement does not say is left out; hidden characters stand as escapes.
pub fn write(out: &Cleared<Outgoing>) -> String {
    let out = out.value();
    let policy = &out.policy;
    let mut bytes = Vec::new();
    let mut json = serde_json::Serializer::pretty(&mut bytes);
    let written = json.serialize_map(None).and_then(|mut map| {
        map.serialize_entry("id", &uuid(out.id))?;
        map.serialize_entry("name", &policy.name)?;
        map.serialize_entry("description", &out.description)?;
        map.serialize_entry("iep_version", &2.0)?;
        map.serialize_entry("start_date", &policy.start.to_string())?;
        map.serialize_entry("end_date", &policy.end.map(|t| t.to_string()))?;
        let stated = |name: &'static str| policy.stated.get(name).map(|word| (name, word));
        let before = ["encrypt_in_transit", "permitted_actions", "affected_party_notifications"];
        let tlp = policy.onward.map(|onward| ("tlp", tlp_of(onward)));
        let after = ["attribution", "unmodified_resale"];
        for (name, word) in before.into_iter().filter_map(stated).chain(tlp).chain(after.into_iter().filter_map(stated))
        {
            map.serialize_entry(name, word)?;
        }
        map.end()
    });
    // Strings and a number into memory: there is nothing that could fail.
    debug_assert!(written.is_ok());
    let mut text = String::with_capacity(bytes.len() + 1);
    for c in String::from_utf8_lossy(&bytes).chars() {
        // Marks too: where many follow each other, they would be shown as a count.
        if c != '\n' && (is_hidden(c) || unicode_normalization::char::is_combining_mark(c)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    text
}

/// What a policy that is written leaves out, because the agreement does not say it: names of members.
pub fn left_out(policy: &Policy) -> Vec<&'static str> {
    let tlp = policy.onward.is_none().then_some("tlp");
    let open = policy.stated.all().filter(|(_, word)| word.is_none()).map(|(statement, _)| statement.name);
    tlp.into_iter().chain(open).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gate::cleared::for_tests;
    use crate::value::policy::STATEMENTS;

    /// The example of the specification, in its shape: each member with a value.
    const WHOLE: &str = r#"{
        "id": "01bc4353-4829-4d55-8d52-0ab7e0790df9", "name": "Memorandum", "description": "Between two teams.",
        "iep_version": 2.0, "start_date": "2026-01-01T00:00:00Z", "end_date": "2027-01-01T00:00:00Z",
        "encrypt_in_transit": "must", "permitted_actions": "internally-visible-actions",
        "affected_party_notifications": "must-not", "tlp": "amber", "attribution": "must-not",
        "unmodified_resale": "must-not", "external_references": ["https://policies.example/tlp"]
    }"#;

    /// The example with one member set to another value, or taken out.
    fn with(key: &str, value: Option<&str>) -> String {
        let mut members = Members::read(WHOLE.as_bytes()).unwrap().0;
        members.retain(|(k, _)| k != key);
        let mut parts: Vec<String> = members.iter().map(|(k, v)| format!("{}:{v}", Value::from(k.as_str()))).collect();
        parts.extend(value.map(|v| format!("{}:{v}", Value::from(key))));
        format!("{{{}}}", parts.join(","))
    }

    #[test]
    fn a_whole_policy_is_read_and_what_cannot_be_kept_is_named() {
        let Incoming { policy, tlp, not_kept } = read(WHOLE.as_bytes()).unwrap();
        assert_eq!((policy.name.as_str(), policy.start.to_string()), ("Memorandum", "2026-01-01T00:00:00Z".to_owned()));
        assert_eq!(policy.end.unwrap().to_string(), "2027-01-01T00:00:00Z");
        assert_eq!((tlp, policy.onward), (Some("amber"), Some(Onward::WithConsent)));
        let made: Vec<_> = policy.stated.made().map(|(_, word)| word).collect();
        assert_eq!(made, ["must", "internally-visible-actions", "must-not", "must-not", "must-not"]);
        assert_eq!(
            not_kept,
            [
                "id 01bc4353-4829-4d55-8d52-0ab7e0790df9",
                "description Between two teams.",
                "external_references https://policies.example/tlp"
            ]
        );
        let foreign = read(with("x_price\u{202e}", Some("{\"per\":[\"year\"]}")).as_bytes()).unwrap().not_kept;
        assert_eq!(foreign[3], r#"x_price⟨U+202E⟩ {"per":["year"]}, which IEP 2.0 does not know"#);
    }

    #[test]
    fn each_member_is_read_as_the_specification_has_it() {
        // Member, its value (none: it is not there), and what is said of it; nothing: it is accepted.
        let cases: &[(&str, Option<&str>, &str)] = &[
            ("iep_version", Some("2"), ""),
            ("iep_version", Some("2.00"), ""),
            ("iep_version", Some("1.0"), "it is of version 1.0; 2.0 is understood"),
            ("iep_version", Some("3"), "it is of version 3; 2.0 is understood"),
            ("iep_version", Some("\"2.0\""), "it is of version \"2.0\"; 2.0 is understood"),
            ("iep_version", Some("1e999"), "number out of range"),
            ("iep_version", None, "`iep_version` is missing"),
            ("id", None, "`id` is missing"),
            ("id", Some("\"01bc43534829\""), "`id` 01bc43534829 is not a UUID"),
            ("id", Some("7"), "`id` is not a string"),
            ("id_ref", Some("\"01bc4353-4829-4d55-8d52-0ab7e0790df9\""), "refers to a policy elsewhere"),
            ("name", None, "`name` is missing"),
            ("name", Some("\" \""), "`name` is blank"),
            ("name", Some("\"a\\u001b]52;c;x\\u0007\""), "`name` has a control character"),
            ("name", Some("\"a\u{7}\""), "control character"),
            ("start_date", None, "`start_date` is missing"),
            ("start_date", Some("\"2026-01-01\""), "`start_date` 2026-01-01 is not a time (RFC 3339)"),
            ("start_date", Some("\"2027-01-01T00:00:00Z\""), "`end_date` is not after `start_date`"),
            ("end_date", None, ""),
            ("end_date", Some("null"), ""),
            ("end_date", Some("\"never\""), "`end_date` never is not a time"),
            ("description", Some("[]"), "`description` is not a string"),
            ("tlp", None, ""),
            ("tlp", Some("\"white\""), ""),
            ("tlp", Some("\"amber+strict\""), "`tlp` amber+strict is not known; it may be red, amber, green, white"),
            ("tlp", Some("\"RED\""), "`tlp` RED is not known"),
            ("encrypt_in_transit", Some("\"must-not\""), "`encrypt_in_transit` must-not is not known"),
            ("permitted_actions", Some("\"none\""), ""),
            ("permitted_actions", Some("[\"none\"]"), "`permitted_actions` is not a string"),
            ("permitted_actions", Some("\"all\""), "`permitted_actions` all is not known"),
            ("affected_party_notifications", Some("\"must\""), "`affected_party_notifications` must is not known"),
            ("attribution", Some("\"\""), "`attribution`  is not known"),
            ("unmodified_resale", Some("true"), "`unmodified_resale` is not a string"),
            ("external_references", Some("\"https://x.example\""), "`external_references` is not a list of strings"),
            ("external_references", Some("[1]"), "`external_references` is not a list of strings"),
        ];
        for (key, value, said) in cases {
            match read(with(key, *value).as_bytes()) {
                Ok(_) => assert!(said.is_empty(), "{key} {value:?} was read"),
                Err(bad) => {
                    let bad = bad.to_string();
                    assert!(!said.is_empty() && bad.contains(said), "{key} {value:?}: {bad}");
                    assert!(!bad.chars().any(is_hidden), "{bad:?}");
                }
            }
        }
    }

    #[test]
    fn hostile_files_are_refused() {
        let deep = with("x", Some(&format!("{}{}", "[".repeat(10_000), "]".repeat(10_000))));
        let many = (0..100).map(|n| format!("\"x{n}\":0,")).collect::<String>();
        let cases = [
            String::new(),
            "[]".to_owned(),
            "null".to_owned(),
            format!("[{WHOLE}]"),
            format!("{WHOLE}{WHOLE}"),
            format!("\u{feff}{WHOLE}"),
            WHOLE.replacen('{', "{\"tlp\":\"white\",", 1),
            WHOLE.replacen('{', "{\"t\\u006cp\":\"white\",", 1),
            WHOLE.replacen('{', &format!("{{{many}"), 1),
            WHOLE.replacen('{', "{//\n", 1),
            WHOLE.replace("Memorandum", "\\ud800"),
            with("name", Some(&format!("\"{}\"", "n".repeat(5000)))),
            with("x", Some(&format!("\"{}\"", "x".repeat(70_000)))),
            WHOLE.get(..100).unwrap().to_owned(),
            deep,
        ];
        for text in cases {
            let bad = read(text.as_bytes()).unwrap_err().to_string();
            assert!(bad.len() < 250 && !bad.contains('\n'), "one plain sentence: {bad}");
        }
        assert!(read(b"{\"name\":\"\xff\"}").is_err());
    }

    #[test]
    fn what_is_passed_on_is_never_wider_than_agreed() {
        for (onward, tlp) in [(Onward::No, "red"), (Onward::WithConsent, "amber"), (Onward::Free, "green")] {
            assert_eq!(tlp_of(onward), tlp);
        }
    }

    #[test]
    fn an_id_has_the_form_of_a_random_uuid() {
        let id = Id::parse("ffffffffffffffffffffffffffffffff").unwrap();
        assert_eq!(uuid(id), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert!(is_uuid(&uuid(id)));
    }

    fn any_policy() -> impl Strategy<Value = Policy> {
        let name = any::<String>().prop_filter_map("a title", |text| line(&text).ok());
        let onward = prop::option::of(prop::sample::select(Onward::ALL));
        let word = |n: usize| prop::option::of(prop::sample::select(STATEMENTS[n].words));
        let words = (word(0), word(1), word(2), word(3), word(4));
        let start = 0i64..4_000_000_000;
        (name, start, prop::option::of(1i64..4_000_000_000), onward, words).prop_map(
            |(name, start, length, onward, (a, b, c, d, e))| {
                let start = Timestamp::EPOCH.plus(crate::value::timestamp::Duration::minutes(start / 60));
                let end = length.map(|s| start.plus(crate::value::timestamp::Duration::minutes(s / 60 + 1)));
                let mut words = [a, b, c, d, e].into_iter();
                let stated = Stated::each(|_| Ok::<_, ()>(words.next().flatten())).unwrap();
                Policy { name, start, end, onward, stated }
            },
        )
    }

    proptest! {
        #[test]
        fn what_goes_out_comes_in_again(policy in any_policy(), id in any::<[u8; 16]>(), description in any::<String>()) {
            let id = Id::from_bytes(id);
            let text = write(&for_tests(Outgoing { id, description, policy: policy.clone() }));
            prop_assert!(!text.chars().any(|c| c != '\n' && is_hidden(c)));
            let read = read(text.as_bytes()).unwrap();
            prop_assert_eq!(&read.policy, &policy);
            prop_assert!(read.not_kept.iter().all(|n| n.starts_with("id ") || n.starts_with("description ")));
            let there = policy.stated.made().count() + usize::from(policy.onward.is_some());
            prop_assert_eq!(left_out(&policy).len(), STATEMENTS.len() + 1 - there);
        }

        #[test]
        fn whatever_is_read_is_refused_in_a_sentence_or_kept(text in any::<String>(), at in 0usize..400, cut in 0usize..40) {
            let at = at.min(WHOLE.len());
            let changed = format!("{}{text}{}", &WHOLE[..at], WHOLE.get(at + cut..).unwrap_or_default());
            if let Err(bad) = read(changed.as_bytes()) {
                prop_assert!(!bad.to_string().chars().any(is_hidden));
            }
        }
    }
}
