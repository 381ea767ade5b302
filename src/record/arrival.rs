//! How much an act of another desk may say: bounds that hold for every kind of change, so that nobody's act can break a reader.
//! They are asked when an act arrives, before anything of it is applied, and never of what is held already.

use super::definition::SHARED_TERMS;
use super::definition::{ApplyError, ChangeDef, Moves};
use super::disclosure::ASKED;
use crate::law::edition::Law;
use crate::seal::age_file::Recipient;
use crate::value::json::Json;

/// The most entries of a list in terms; the longest that the program writes are those of a disclosure, with so many.
const MOST_LISTED: usize = 256;
/// A list of so many entries may repeat one: somebody has typed it twice.
const SHORT: usize = 16;
/// The most members of an object in terms.
const MOST_MEMBERS: usize = 64;
/// The longest text in terms, in bytes: a certificate's signature is the longest that the program writes, with about 300.
const LONGEST_TEXT: usize = 1024;
/// The most bytes that the terms of a record may have once a partner's act has moved it: some hundred steps of a request.
const MOST_GROWN: usize = 64 << 10;

/// The lists whose entries an act states once for many of its changes, which name them by number: each entry is its own.
const NUMBERED: [&str; 2] = [ASKED, SHARED_TERMS];

/// The member that holds an age recipient, wherever it stands.
const AGE: &str = "age";

/// Members of a partner's terms that are written with spaces: public keys, a certificate's signature, and what a certificate of
/// deletion says was done. Whoever applies them reads them strictly.
const THEIRS: [&str; 9] =
    ["keys", "signing", "certificate", "method", "verification", "tool", "signatures", "fingerprint", CLOCKS];
/// The clocks of a request: earlier programs say in each by which source it runs.
const CLOCKS: &str = "clocks";
/// Members of this desk's own terms that are, and all that stands in them: fingerprints, signed notes, rows of law.
const OURS: [&str; 5] = ["fingerprint", "checkpoint", "cosignature", "cosigned", "row"];

fn too_much<T>(what: &str) -> Result<T, ApplyError> {
    Err(ApplyError::Malformed(format!(
        "`{what}` says more than any desk has to say, or says it many times: a list has at most {MOST_LISTED} entries, an object \
         {MOST_MEMBERS} members, a text {LONGEST_TEXT} bytes, and a record {MOST_GROWN}"
    )))
}

/// Refuses terms that are larger than what a desk writes, or that say the same thing twice in one list.
///
/// # Errors
///
/// [`ApplyError::Malformed`], with the member that is too large, or that says something in a sentence.
pub fn check_terms(terms: &Json) -> Result<(), ApplyError> {
    bounded("a change", terms)?;
    worded(terms, &|name| THEIRS.contains(&name))?;
    by_known_sources(terms.get(CLOCKS))
}

/// Refuses a clock that runs by a source in its sender's own words: it is that of a row of the law, or is not said.
fn by_known_sources(clocks: Option<&Json>) -> Result<(), ApplyError> {
    let law = Law::of_program();
    let known = |source: &str| law.requests().iter().flat_map(|kind| &kind.clock).any(|row| row.source == source);
    for (key, value) in
        clocks.and_then(Json::items).unwrap_or_default().iter().flat_map(|c| c.members().unwrap_or_default())
    {
        if key.as_str() != "source" || !value.text().is_some_and(known) {
            words_alone(key, value)?;
        }
    }
    Ok(())
}

/// Refuses own terms that say something in a sentence. Terms outlive a purge: what they hold are words of closed lists, ids, numbers
/// and times, and no sentence can be made of those without a space.
///
/// # Errors
///
/// [`ApplyError::Malformed`], with the member that does.
pub fn check_own(terms: &Json) -> Result<(), ApplyError> {
    worded(terms, &|name| THEIRS.contains(&name) || OURS.contains(&name))
}

/// Refuses a text with a space in it, or the name of a member with one, but for what stands in the members that `may`.
fn worded(json: &Json, may: &dyn Fn(&str) -> bool) -> Result<(), ApplyError> {
    let members = json.members().unwrap_or_default();
    members
        .iter()
        .filter(|(key, _)| !may(key))
        .try_for_each(|(key, value)| says_nothing(key, key).and_then(|()| words_alone(key, value)))
}

fn words_alone(name: &str, json: &Json) -> Result<(), ApplyError> {
    match json {
        Json::Str(text) => says_nothing(name, text),
        Json::Arr(items) => items.iter().try_for_each(|item| words_alone(name, item)),
        Json::Obj(members) => {
            members.iter().try_for_each(|(key, value)| says_nothing(name, key).and_then(|()| words_alone(key, value)))
        }
        Json::Null | Json::Bool(_) | Json::Int(_) => Ok(()),
    }
}

fn says_nothing(name: &str, text: &str) -> Result<(), ApplyError> {
    if text.chars().any(char::is_whitespace) {
        let name = crate::value::text::shown(name);
        return Err(ApplyError::Malformed(format!("`{name}` is said in a sentence: terms hold words alone")));
    }
    Ok(())
}

fn bounded(name: &str, json: &Json) -> Result<(), ApplyError> {
    match json {
        Json::Str(text) if text.as_str().len() > LONGEST_TEXT => too_much(name),
        Json::Str(key) if name == AGE && Recipient::parse(key.as_str()).is_none() => Err(ApplyError::Malformed(
            "an age key has no secret, or is written in another way than age writes it".into(),
        )),
        Json::Obj(members) if members.len() > MOST_MEMBERS => too_much(name),
        Json::Obj(members) => members.iter().try_for_each(|(key, value)| bounded(key.as_str(), value)),
        Json::Arr(items) if items.len() > MOST_LISTED => too_much(name),
        Json::Arr(items) => {
            let numbered = NUMBERED.contains(&name) || items.len() <= SHORT;
            if !numbered && items.iter().enumerate().any(|(n, item)| items.iter().take(n).any(|other| other == item)) {
                return too_much(name);
            }
            items.iter().try_for_each(|item| bounded(name, item))
        }
        _ => Ok(()),
    }
}

/// Whether a change may have made a record grow, so that its size is looked at after it.
pub const fn may_grow(def: &ChangeDef) -> bool {
    !matches!(def.moves, Moves::Makes)
}

/// Refuses what makes a record grow too large by a partner's act: the bytes of its terms before and after.
///
/// # Errors
///
/// [`ApplyError::Malformed`] where they have grown, and are more than 64 KiB.
pub fn check_grown(before: usize, after: usize) -> Result<(), ApplyError> {
    if after > before && after > MOST_GROWN { too_much("what a record adds up to") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    #[test]
    fn terms_hold_words_alone() {
        let said = "they live there";
        for (json, theirs, ours) in [
            (object! { "purpose" => "cybercrime", "n" => 1i64, "list" => vec![Json::from("a")] }, true, true),
            (object! { "purpose" => said }, false, false),
            (
                {
                    let mut o = object! {};
                    o.set(said, 1i64);
                    o
                },
                false,
                false,
            ),
            (object! { "list" => vec![Json::from(said)] }, false, false),
            (object! { "deep" => { let mut o = object! {}; o.set(said, 1i64); o } }, false, false),
            (object! { "deep" => object! { "signing" => said } }, false, false),
            (object! { "signing" => "ssh-ed25519 AAAA" }, true, true),
            (object! { "checkpoint" => "a note\n" }, false, true),
        ] {
            assert_eq!((check_terms(&json).is_ok(), check_own(&json).is_ok()), (theirs, ours), "{json}");
        }
    }

    #[test]
    fn lists_texts_and_objects_are_bounded_and_lists_repeat_nothing() {
        let numbers = |n: usize| (0..n as i64).map(Json::from).collect::<Vec<_>>();
        let long = "x".repeat(LONGEST_TEXT + 1);
        let many = Json::Obj((0..=MOST_MEMBERS).map(|n| (format!("m{n}").as_str().into(), Json::from(1i64))).collect());
        for (json, fits) in [
            (object! { "roles" => numbers(MOST_LISTED) }, true),
            (object! { "roles" => numbers(MOST_LISTED + 1) }, false),
            (object! { "roles" => vec![Json::from("a"); SHORT + 1] }, false),
            (object! { "roles" => vec![Json::from("a"); SHORT] }, true),
            (object! { "age" => "age1q" }, false),
            (object! { ASKED => vec![Json::from("a"); SHORT + 1] }, true),
            (object! { "deep" => object! { "text" => long.as_str() } }, false),
            (object! { "text" => &long[1..] }, true),
            (many, false),
        ] {
            assert_eq!(check_terms(&json).is_ok(), fits, "{}", json.to_text().chars().take(80).collect::<String>());
        }
        assert!(check_grown(0, MOST_GROWN).is_ok() && check_grown(0, MOST_GROWN + 1).is_err());
        assert!(check_grown(MOST_GROWN + 1, MOST_GROWN + 1).is_ok(), "an act that adds nothing is taken");
    }
}
