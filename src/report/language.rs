//! The languages of letters: a folder each in `assets/templates/`, with the phrases of every letter, the sentences of each,
//! and a glossary of the law's own terms. It writes no letter, and translates nothing that a person wrote.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use serde::{Deserialize, Serialize};

/// The language of the program's own rows, and of letters where nobody asks for another.
pub const ENGLISH: &str = "en";

/// A language as it lies in its folder.
struct Files {
    code: &'static str,
    frame: &'static str,
    letters: &'static str,
    law: &'static str,
}

/// Makes a language of its folder.
macro_rules! language {
    ($code:literal) => {
        Files {
            code: $code,
            frame: include_str!(concat!("../../assets/templates/", $code, "/frame.ftl")),
            letters: include_str!(concat!("../../assets/templates/", $code, "/letters.ftl")),
            law: include_str!(concat!("../../assets/templates/", $code, "/law.toml")),
        }
    };
}

/// Every language. A new one is a folder and a line here.
const LANGUAGES: &[Files] = &[language!("en"), language!("fr"), language!("es")];

/// Whether a code is that of the program's own rows.
pub fn is_english(code: &str) -> bool {
    code == ENGLISH
}

/// The codes of all languages.
pub fn codes() -> Vec<&'static str> {
    LANGUAGES.iter().map(|l| l.code).collect()
}

/// The glossary of a language: what the rows of the law say in English, and how it is said.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Glossary {
    /// What stands between a citation and what it says, such as ` : `.
    colon: String,
    /// What stands between two parts, such as ` ; `.
    semicolon: String,
    /// Words of citations.
    words: BTreeMap<String, String>,
    /// Whole texts: names, labels, grounds, explanations.
    texts: BTreeMap<String, String>,
}

/// The words of one language.
pub struct Language {
    /// Its code.
    pub code: &'static str,
    bundle: FluentBundle<FluentResource>,
    glossary: Glossary,
    /// The words of citations, the longest first.
    words: Vec<(String, String)>,
}

static ALL: LazyLock<Vec<Language>> = LazyLock::new(|| LANGUAGES.iter().filter_map(Language::read).collect());

/// A phrase in no language yet: its key and its parts. Where the key is empty, its text is what a person wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// The key; empty for a text that is no phrase.
    pub key: String,
    /// The parts, by name.
    pub parts: BTreeMap<String, String>,
}

impl Phrase {
    /// The phrase of a key.
    pub fn of(key: impl Into<String>) -> Self {
        Self { key: key.into(), parts: BTreeMap::new() }
    }

    /// A text that a person wrote.
    pub fn text(text: impl Into<String>) -> Self {
        Self::default().with("text", text)
    }

    /// The same with a part.
    #[must_use]
    pub fn with(mut self, name: &str, part: impl Into<String>) -> Self {
        self.parts.insert(name.to_owned(), part.into());
        self
    }
}

impl Language {
    fn read(files: &Files) -> Option<Self> {
        let mut bundle = FluentBundle::new_concurrent(vec![files.code.parse().ok()?]);
        // Letters are plain text: no marks around what is put in.
        bundle.set_use_isolating(false);
        for file in [files.frame, files.letters] {
            let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(file.to_owned());
            bundle.add_resource(resource).ok()?;
        }
        let glossary: Glossary = toml::from_str(files.law).ok()?;
        let mut words: Vec<_> = glossary.words.iter().map(|(from, to)| (from.clone(), to.clone())).collect();
        words.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        Some(Self { code: files.code, bundle, glossary, words })
    }

    /// The language of that code.
    pub fn of(code: &str) -> Option<&'static Self> {
        ALL.iter().find(|l| l.code == code)
    }

    /// A phrase; `None` where the language has none of that key.
    pub fn phrase(&self, key: &str, parts: &BTreeMap<String, String>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut args = FluentArgs::new();
        for (name, part) in parts {
            // Numbers decide between one and many.
            let value = match (name.as_str(), part.parse::<i64>()) {
                ("amount" | "law", Ok(n)) => FluentValue::from(n),
                _ => FluentValue::from(part.as_str()),
            };
            args.set(name.as_str(), value);
        }
        let mut errors = Vec::new();
        let said = self.bundle.format_pattern(pattern, Some(&args), &mut errors);
        // A part that is left out leaves two spaces behind.
        let lines = said.lines().map(|line| line.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" "));
        Some(lines.collect::<Vec<_>>().join("\n").trim().to_owned())
    }

    /// A phrase with its parts; parts that are phrases of their own, such as what a period is counted from, are said first.
    pub fn in_words(&self, phrase: &Phrase) -> Option<String> {
        if phrase.key.is_empty() {
            return phrase.parts.get("text").cloned();
        }
        let mut parts = phrase.parts.clone();
        for (name, part) in &mut parts {
            match name.as_str() {
                "from" => *part = self.phrase(part, &BTreeMap::new())?,
                "name" | "article" => *part = self.law(part),
                _ => {}
            }
        }
        self.phrase(&phrase.key, &parts)
    }

    /// A text of the law's rows: as the glossary has it; a citation word by word; what neither knows as it is.
    pub fn law(&self, text: &str) -> String {
        if self.code == ENGLISH {
            return text.to_owned();
        }
        if let Some(known) = self.glossary.texts.get(text) {
            return known.clone();
        }
        if let Some((cite, said)) = text.split_once(": ")
            && let Some(known) = self.glossary.texts.get(said)
        {
            return format!("{}{}{known}", self.law(cite), self.glossary.colon);
        }
        if text.contains("; ") {
            return text.split("; ").map(|part| self.law(part)).collect::<Vec<_>>().join(&self.glossary.semicolon);
        }
        self.cite(text)
    }

    /// A citation, word by word.
    fn cite(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut boundary = true;
        while let Some(c) = rest.chars().next() {
            let found = boundary.then(|| {
                self.words.iter().find(|(from, _)| {
                    let after = rest.strip_prefix(from.as_str()).map(|tail| tail.chars().next());
                    after.is_some_and(|next| next.is_none_or(|n| !n.is_alphanumeric()))
                })
            });
            if let Some((from, to)) = found.flatten() {
                out.push_str(to);
                rest = rest.get(from.len()..).unwrap_or_default();
                boundary = false;
                continue;
            }
            boundary = !c.is_alphanumeric();
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<&str> {
        text.lines().filter_map(|l| l.split_once(" =")).map(|(k, _)| k).filter(|k| !k.contains([' ', '#'])).collect()
    }

    #[test]
    fn every_language_says_every_phrase() {
        let english = &LANGUAGES[0];
        assert_eq!(ALL.len(), LANGUAGES.len(), "each can be read");
        for files in LANGUAGES {
            for (name, own, first) in
                [("frame", files.frame, english.frame), ("letters", files.letters, english.letters)]
            {
                assert!(FluentResource::try_new(own.to_owned()).is_ok(), "{} {name} is well formed", files.code);
                assert_eq!(keys(own), keys(first), "{} {name}", files.code);
                for key in keys(first) {
                    let parts = |text: &str| {
                        let body = text.split(&format!("\n{key} =")).nth(1).unwrap_or_default();
                        let end = body.find("\n\n#").unwrap_or(body.len());
                        let body = &body[..end];
                        let next =
                            body.match_indices('\n').find(|(at, _)| !body[at + 1..].starts_with([' ', '\n', '}']));
                        let body = &body[..next.map_or(body.len(), |(at, _)| at)];
                        let mut found: Vec<_> =
                            body.split("{ $").skip(1).filter_map(|p| p.split([' ', '}']).next()).collect();
                        found.sort_unstable();
                        found.dedup();
                        found.into_iter().map(str::to_owned).collect::<Vec<_>>()
                    };
                    assert_eq!(parts(own), parts(first), "{} {key} takes the same parts", files.code);
                }
            }
        }
    }

    #[test]
    fn a_phrase_counts_and_leaves_no_gap() {
        let say = |code: &str, phrase: Phrase| Language::of(code).unwrap().in_words(&phrase).unwrap();
        let days = |n: &str| Phrase::of("counted-days").with("amount", n).with("from", "from-received");
        assert_eq!(say("en", days("1")), "1 day from receipt");
        assert_eq!(say("en", days("60")), "60 days from receipt");
        assert_eq!(say("fr", days("60")), "60 jours à compter de la réception");
        assert_eq!(say("es", Phrase::text("said")), "said");
        let closing = Phrase::of("answer-closing").with("quote", "");
        assert_eq!(say("en", closing), "This authority remains at your disposal for any further information.");
        assert_eq!(Language::of("en").unwrap().phrase("no-such-key", &BTreeMap::new()), None);
        assert!(Language::of("xx").is_none());
    }

    #[test]
    fn a_citation_is_said_word_by_word_and_a_name_is_left_alone() {
        let fr = Language::of("fr").unwrap();
        assert_eq!(fr.law("ETS 185, Articles 25 and 27"), "STE n° 185, articles 25 et 27");
        assert_eq!(fr.law("29(2)(a)"), "29(2)(a)");
        assert_eq!(fr.law("Andorra"), "Andorra", "no word is taken out of another");
    }
}
