//! Markings that a file claims: tags, labels, definitions, properties. The strictest of all claims holds, and what cannot be read is kept
//! as an unknown marking. It decides nothing about what may leave.

use std::sync::LazyLock;

use serde_json::Value;

use crate::value::class::words;
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::text::composed;

words! {
    /// What the tags of a namespace say.
    Reads {
        /// A TLP label.
        Tlp = "tlp",
        /// A PAP label.
        Pap = "pap",
        /// A handling code.
        Handling = "handling",
        /// Nothing that can be read here.
        None = "none",
    }
}

#[derive(serde::Deserialize)]
struct Namespace {
    name: String,
    reads: String,
    #[serde(default)]
    predicates: std::collections::BTreeMap<String, String>,
}

#[derive(serde::Deserialize)]
struct Says {
    #[serde(alias = "name")]
    id: String,
    says: String,
}

#[derive(serde::Deserialize)]
struct Extension {
    id: String,
    tlp: Option<String>,
    pap: Option<String>,
}

#[derive(serde::Deserialize)]
struct Distribution {
    number: i64,
    says: String,
}

#[derive(Default, serde::Deserialize)]
struct Lists {
    namespace: Vec<Namespace>,
    definition: Vec<Says>,
    extension: Vec<Extension>,
    property: Vec<Says>,
    distribution: Vec<Distribution>,
}

/// The lists; a test reads them, so that a mistake in them is found before anybody runs the program.
static LISTS: LazyLock<Lists> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/exchange/markings.toml")).unwrap_or_default());

/// What a file claims of how something is marked.
#[derive(Clone, Default, PartialEq, Eq, Hash, Debug)]
pub struct Claim {
    /// The strictest TLP label.
    pub tlp: Option<Tlp>,
    /// The strictest PAP label.
    pub pap: Option<Pap>,
    /// Handling codes, sorted, none twice.
    pub handling: Vec<Handling>,
    /// Markings that cannot be read, as they are named: sorted, none twice.
    pub unknown: Vec<String>,
    /// Statements in words that stay with the item.
    pub caveats: Vec<String>,
}

fn joined<T: Ord + Clone>(a: &mut Vec<T>, b: &[T]) {
    if b.is_empty() {
        return;
    }
    a.extend_from_slice(b);
    a.sort_unstable();
    a.dedup();
}

impl Claim {
    /// Adds another claim: the strictest of each holds.
    pub fn add(&mut self, other: &Self) {
        self.tlp = self.tlp.max(other.tlp);
        self.pap = self.pap.max(other.pap);
        joined(&mut self.handling, &other.handling);
        joined(&mut self.unknown, &other.unknown);
        joined(&mut self.caveats, &other.caveats);
    }

    /// This claim and another.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.add(other);
        self
    }

    /// A marking that cannot be read.
    pub fn unknown(name: &str) -> Self {
        Self { unknown: vec![composed(name)], ..Self::default() }
    }

    /// A statement in words. One that names a label of TLP or PAP claims that too.
    pub fn statement(text: &str) -> Self {
        let mut claim = Self { caveats: vec![composed(text)], ..Self::default() };
        // Words such as `TLP:RED` inside of a sentence are read, and nothing else of it.
        for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '.')) {
            if let Some(said) = Self::of_tag(word).filter(|c| word.contains(':') && c.unknown.is_empty()) {
                claim.add(&said);
            }
        }
        claim
    }

    /// Whether nothing is said that limits who may see it.
    pub const fn is_open(&self) -> bool {
        self.tlp.is_none() && self.pap.is_none() && self.handling.is_empty() && self.unknown.is_empty()
    }

    /// What a tag or a label claims; `None`: it is no marking.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let lower = tag.trim().to_lowercase();
        let named = |n: &&Namespace| {
            lower.strip_prefix(&n.name).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'))
        };
        let namespace = LISTS.namespace.iter().find(named)?;
        let rest = lower.strip_prefix(&namespace.name).unwrap_or_default();
        let said = |reads: &str, rest: &str| Reads::parse(reads).and_then(|reads| Self::of_word(reads, rest));
        let by_predicate = namespace.predicates.iter().find_map(|(predicate, reads)| {
            let value = rest.trim_start_matches([':', ' ']).strip_prefix(predicate.as_str())?;
            value.starts_with(['=', ':', ' ']).then(|| said(reads, value)).flatten()
        });
        Some(by_predicate.or_else(|| said(&namespace.reads, rest)).unwrap_or_else(|| Self::unknown(tag.trim())))
    }

    fn of_word(reads: Reads, rest: &str) -> Option<Self> {
        let word = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '=' | '"' | '\'' | '_'));
        match reads {
            Reads::Tlp => Tlp::parse_foreign(word).map(|tlp| Self { tlp: Some(tlp), ..Self::default() }),
            Reads::Pap => Pap::parse_foreign(word).map(|pap| Self { pap: Some(pap), ..Self::default() }),
            Reads::Handling => {
                Handling::parse(&word.to_uppercase()).map(|code| Self { handling: vec![code], ..Self::default() })
            }
            Reads::None => None,
        }
    }

    /// What a bare word claims where a TLP label is expected: `AMBER`, `TLP:AMBER`. Anything else is an unknown marking.
    pub fn tlp(word: &str) -> Self {
        Self::of_word(Reads::Tlp, word).or_else(|| Self::of_tag(word)).unwrap_or_else(|| Self::unknown(word))
    }

    /// What a bare word claims where a PAP label is expected.
    pub fn pap(word: &str) -> Self {
        Self::of_word(Reads::Pap, word).or_else(|| Self::of_tag(word)).unwrap_or_else(|| Self::unknown(word))
    }

    /// What words with spaces or commas between claim where handling codes are expected.
    pub fn handling(words: &str) -> Self {
        let mut claim = Self::default();
        for word in words.split([',', ' ', ';']).filter(|w| !w.is_empty()) {
            claim.add(&Self::of_word(Reads::Handling, word).unwrap_or_else(|| Self::unknown(word)));
        }
        claim
    }

    /// What a distribution of MISP claims.
    pub fn distribution(number: i64) -> Self {
        let known = LISTS.distribution.iter().find(|d| d.number == number).and_then(|d| Self::of_tag(&d.says));
        match known {
            Some(claim) => claim,
            None if number == INHERITED => Self::default(),
            None => Self::unknown(&format!("distribution {number}")),
        }
    }

    /// What a marking definition claims that everybody knows by its id.
    pub fn well_known(id: &str) -> Option<Self> {
        let id = id.strip_prefix("marking-definition--").unwrap_or(id);
        LISTS.definition.iter().find(|d| d.id.eq_ignore_ascii_case(id)).and_then(|d| Self::of_tag(&d.says))
    }

    /// What a marking definition of a file says. One of which nothing can be read is an unknown marking.
    pub fn of_definition(definition: &Value) -> Self {
        let text = |key: &str| definition.get(key).and_then(Value::as_str);
        let id = text("id").unwrap_or_default();
        let mut claim = Self::well_known(id).unwrap_or_default();
        let mut read = !claim.is_open();
        // The name, and what programs put beside it: a marking where it is spelt as one.
        for key in ["name", "x_opencti_definition"] {
            if let Some(said) = text(key).and_then(Self::of_tag) {
                read |= said.unknown.is_empty();
                claim.add(&said);
            }
        }
        let inner = definition.get("definition").and_then(Value::as_object);
        for (key, value) in inner.into_iter().flatten() {
            let Some(value) = value.as_str() else { continue };
            let said = match key.to_ascii_lowercase().as_str() {
                "tlp" => Self::tlp(value),
                "pap" => Self::pap(value),
                "statement" => Self::statement(value),
                _ => Self::of_tag(&format!("{key}:{value}")).unwrap_or_default(),
            };
            read |= said.unknown.is_empty() && said != Self::default();
            claim.add(&said);
        }
        for (key, extension) in definition.get("extensions").and_then(Value::as_object).into_iter().flatten() {
            let said = Self::of_extension(key, extension);
            // An extension that names no marking that can be read may still forbid everything.
            if said.is_open() {
                claim.add(&Self::unknown(&naming(id, text("name").or(Some(key)))));
            }
            claim.add(&said);
            read = true;
        }
        if !read && claim.unknown.is_empty() {
            claim.add(&Self::unknown(&naming(id, text("name").or_else(|| text("definition_type")))));
        }
        claim
    }

    /// What an extension of an object or of a definition says.
    pub fn of_extension(key: &str, extension: &Value) -> Self {
        let text = |key: &str| extension.get(key).and_then(Value::as_str);
        let mut claim = Self::default();
        let listed = LISTS.extension.iter().find(|e| key.ends_with(&e.id));
        let tlp =
            listed.and_then(|e| e.tlp.as_deref()).and_then(text).or_else(|| text("tlp_2_0")).or_else(|| text("tlp"));
        let pap = listed.and_then(|e| e.pap.as_deref()).and_then(text).or_else(|| text("pap"));
        tlp.into_iter().for_each(|word| claim.add(&Self::tlp(word)));
        pap.into_iter().for_each(|word| claim.add(&Self::pap(word)));
        // What else a policy says is not judged here, and is not lost either.
        let words = extension.as_object().into_iter().flatten();
        let rest = words.filter(|(k, _)| !matches!(k.as_str(), "extension_type" | "tlp_2_0" | "tlp" | "pap"));
        let said: Vec<String> = rest.filter_map(|(k, v)| v.as_str().map(|v| format!("{k}: {v}"))).collect();
        if listed.is_some() && !said.is_empty() {
            claim.add(&Self { caveats: vec![composed(&said.join(", "))], ..Self::default() });
        }
        claim
    }

    /// What properties of other programs on an object claim: labels that are tags of a marking, names that are one's.
    pub fn of_properties(object: &Value) -> Self {
        let mut claim = Self::default();
        for (key, value) in object.as_object().into_iter().flatten() {
            let texts: Vec<&str> = match value {
                Value::String(text) => vec![text],
                Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            if let Some(listed) = LISTS.property.iter().find(|p| p.id == *key) {
                let said = Self::of_tag(&listed.says)
                    .filter(|_| !value.is_null() && value.as_array().is_none_or(|a| !a.is_empty()));
                said.iter().for_each(|said| claim.add(said));
            }
            let custom = key.starts_with("x_") || key.starts_with("x-");
            let words: Vec<&str> = key.split(['_', '-']).collect();
            for text in texts {
                if key == "labels" || custom {
                    Self::of_tag(text).iter().for_each(|said| claim.add(said));
                }
                if custom && words.contains(&"tlp") {
                    claim.add(&Self::tlp(text));
                } else if custom && words.contains(&"pap") {
                    claim.add(&Self::pap(text));
                }
            }
        }
        for (key, extension) in object.get("extensions").and_then(Value::as_object).into_iter().flatten() {
            claim.add(&Self { caveats: Vec::new(), ..Self::of_extension(key, extension) });
        }
        claim
    }

    /// The marking that an item gets: the claims, or the default of its tier where nothing is claimed. While a marking is unknown it
    /// is RED, unless a member said what it is.
    pub fn marking(&self, default: Marking, unknown_is: Option<Tlp>) -> Marking {
        let unknown = (!self.unknown.is_empty()).then(|| unknown_is.unwrap_or(Tlp::Red));
        let mut handling = default.handling;
        joined(&mut handling, &self.handling);
        Marking { tlp: self.tlp.max(unknown).unwrap_or(default.tlp), pap: self.pap.unwrap_or(default.pap), handling }
    }
}

/// The distribution that says nothing of its own.
const INHERITED: i64 = 5;

fn naming(id: &str, name: Option<&str>) -> String {
    match name.filter(|n| !n.is_empty()) {
        Some(name) => format!("{id} ({name})"),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_read() {
        assert!(LISTS.namespace.len() > 10 && LISTS.definition.len() >= 15 && LISTS.distribution.len() == 5);
        assert!(LISTS.namespace.iter().all(|n| Reads::parse(&n.reads).is_some()));
        assert!(LISTS.namespace.iter().flat_map(|n| n.predicates.values()).all(|r| Reads::parse(r).is_some()));
        assert!(
            LISTS
                .definition
                .iter()
                .all(|d| Claim::of_tag(&d.says).is_some_and(|c| !c.is_open() && c.unknown.is_empty()))
        );
    }

    #[test]
    fn tags_of_markings_are_read_or_unknown_and_others_are_labels() {
        let tlp = |t| Some(Claim { tlp: Some(t), ..Claim::default() });
        for (tag, want) in [
            ("tlp:red", tlp(Tlp::Red)),
            ("TLP: AMBER", tlp(Tlp::Amber)),
            ("tlp=\"red\"", tlp(Tlp::Red)),
            ("TLP:AMBER+STRICT", tlp(Tlp::AmberStrict)),
            ("tlp:amber-strict", tlp(Tlp::AmberStrict)),
            ("tlp white", tlp(Tlp::Clear)),
            ("iep2-policy:tlp=\"red\"", tlp(Tlp::Red)),
            ("PAP:RED", Some(Claim { pap: Some(Pap::Red), ..Claim::default() })),
            ("tlp:unclear", Some(Claim::unknown("tlp:unclear"))),
            ("tlp:ex:chr", Some(Claim::unknown("tlp:ex:chr"))),
            ("tlp", Some(Claim::unknown("tlp"))),
            ("euci:TS-UE/EU-TS", Some(Claim::unknown("euci:TS-UE/EU-TS"))),
            (
                "fr-classif:non-classifiees=\"DIFFUSION RESTREINTE\"",
                Some(Claim::unknown("fr-classif:non-classifiees=\"DIFFUSION RESTREINTE\"")),
            ),
            (
                "iep2-policy:encrypt_in_transit=\"must\"",
                Some(Claim::unknown("iep2-policy:encrypt_in_transit=\"must\"")),
            ),
            ("misp:type=\"domain\"", None),
            ("tlpfoo", None),
            ("papua", None),
        ] {
            assert_eq!(Claim::of_tag(tag), want, "{tag}");
        }
    }

    #[test]
    fn a_well_known_definition_cannot_be_redefined() {
        let lie =
            serde_json::json!({"id": "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1", "name": "TLP:CLEAR"});
        assert_eq!(Claim::of_definition(&lie).tlp, Some(Tlp::Red));
        let sentence = serde_json::json!({"id": "marking-definition--1", "definition": {"statement": "Copyright. TLP:AMBER, no more."}});
        let claim = Claim::of_definition(&sentence);
        assert_eq!((claim.tlp, claim.caveats.len(), claim.unknown.len()), (Some(Tlp::Amber), 1, 0));
    }
}
