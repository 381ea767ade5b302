//! Terms outlive a purge: none of them takes a sentence, neither from a partner nor from a command of our own.

use comity::act::change::Change;
use comity::value::json::Json;
use comity::workspace::error::ErrorKind;

use super::scene::{Example, Scene, Snapshot, examples, stored};

const SENTENCE: &str = "The suspect lives at the old mill.";

/// Every way to put a sentence into an object: in the place of each text, behind each list, as a member and as the name of one.
fn ways(json: &Json) -> Vec<(String, Json)> {
    let mut all = Vec::new();
    match json {
        Json::Obj(members) => {
            for (key, value) in members {
                for (what, inner) in ways(value) {
                    let mut whole = json.clone();
                    whole.set(key, inner);
                    all.push((format!("{key}{what}"), whole));
                }
            }
            for key in ["note", SENTENCE] {
                let mut whole = json.clone();
                whole.set(key, SENTENCE);
                all.push((format!(" with `{key}`"), whole));
            }
        }
        Json::Arr(items) => {
            for (n, item) in items.iter().enumerate() {
                for (what, inner) in ways(item) {
                    let mut list = items.clone();
                    list[n] = inner;
                    all.push((format!("[{n}]{what}"), Json::Arr(list)));
                }
            }
            let mut list = items.clone();
            list.push(SENTENCE.into());
            all.push((" with one more".into(), Json::Arr(list)));
        }
        Json::Str(_) => all.push((" instead".into(), SENTENCE.into())),
        _ => all.push((" instead of what is no text".into(), SENTENCE.into())),
    }
    all
}

#[test]
fn no_term_of_a_partner_takes_a_sentence() {
    let mut s = Scene::new();
    let all = examples(&mut s);
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    let before = stored(&s.a);
    let (mut taken, mut tried) = (Vec::new(), 0);
    for Example { of, which, act } in all {
        for (what, mut terms) in ways(&act[which].read_terms().unwrap()) {
            // Whoever certifies counts: the serial is put there again.
            if what.starts_with("serial") {
                continue;
            }
            tried += 1;
            if terms.get("certificate").is_some() && !what.starts_with("certificate") {
                s.liar.certify(&mut terms);
            }
            let mut told = act.clone();
            told[which] = Change { terms: terms.to_bytes(), ..act[which].clone() };
            match s.liar.send(&s.a, &told) {
                Ok(_) => taken.push(format!("{of}: {what}: taken")),
                Err(failure) if matches!(failure.kind, ErrorKind::Malformed | ErrorKind::Signature) => {
                    assert_eq!(stored(&s.a), before);
                    continue;
                }
                Err(failure) => taken.push(format!("{of}: {what}: {failure:?}")),
            }
            kept.0.put_back(&s.a);
            s.liar.said = kept.1.clone();
        }
    }
    assert!(tried > 300, "{tried}");
    assert!(taken.is_empty(), "{} of {tried}:\n{}", taken.len(), taken.join("\n"));
}
