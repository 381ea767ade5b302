//! How kinds of request and their instruments are called for short, in English: by what a request does, and by the name that an
//! instrument goes by. Nothing is decided by these words, and nothing is translated here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Words {
    /// How an instrument is called for short.
    instrument: BTreeMap<String, String>,
    /// What a request of a kind does.
    does: BTreeMap<String, String>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/words/requests.toml")).unwrap_or_default());

/// What a request of a kind does, in a few words; `None` where nobody has said it: its row of law has a name.
pub fn does(kind: &str) -> Option<&'static str> {
    WORDS.does.get(kind).map(String::as_str)
}

/// How an instrument is called for short, by its id; `None` where nobody has said it.
pub fn instrument(id: &str) -> Option<&'static str> {
    WORDS.instrument.get(id).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::edition::Law;

    #[test]
    fn every_kind_of_request_and_every_instrument_has_its_words() {
        let words: Words = toml::from_str(include_str!("../../assets/words/requests.toml")).unwrap();
        let law = Law::of_program();
        for row in law.requests() {
            assert!(words.does.contains_key(&row.id), "{} is called by nothing", row.id);
            assert!(words.instrument.contains_key(&row.instrument), "{} is called by nothing", row.instrument);
        }
        for id in words.does.keys() {
            assert!(law.request(id).is_some(), "there is no {id}");
        }
    }
}
