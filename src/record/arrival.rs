//! How much an act of another desk may say: bounds that hold for every kind of change, so that nobody's act can break a reader.
//! They are asked when an act arrives, before anything of it is applied, and never of what is held already.

use super::definition::SHARED_TERMS;
use super::definition::{ApplyError, ChangeDef, Moves};
use super::disclosure::ASKED;
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

fn too_much<T>(what: &str) -> Result<T, ApplyError> {
    Err(ApplyError::Malformed(format!("`{what}` says more than any desk has to say, or says it many times")))
}

/// Refuses terms that are larger than what a desk writes, or that say the same thing twice in one list.
///
/// # Errors
///
/// [`ApplyError::Malformed`], with the member that is too large.
pub fn check_terms(terms: &Json) -> Result<(), ApplyError> {
    bounded("a change", terms)
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
