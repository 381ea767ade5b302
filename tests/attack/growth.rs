//! Growth: no act of a partner may break the reader, however much it says and however often. Every field of every kind of change
//! that a partner may send is grown as far as the wire lets it; then every command of the reader must still run.

use comity::act::change::{Body, Change};
use comity::object;
use comity::record::KINDS;
use comity::record::definition::AudienceRule;
use comity::value::json::{Int, Json};
use comity::workspace::error::{Error, ErrorKind};

use super::lying_desk::{SALT, fresh};
use super::scene::{Example, NEVER, Scene, Snapshot, broken, examples, rows, stored};

/// How many bytes one text on the wire may have: terms and contents are grown to exactly that, or as near as a list allows.
const FULL: usize = comity::act::change::LONGEST;

/// How large a record of a partner may become, in bytes: far more than any honest one is, and half of what the wire allows, so
/// that what is added to it later still fits.
const LARGEST: usize = FULL / 2;

/// Records that came from the partner and have grown beyond that. Commands that read them may take hours: none is run.
fn overgrown(s: &Scene) -> Vec<String> {
    let length = "length(CASE WHEN kind = 'item' THEN (SELECT text FROM terms WHERE number = CAST(record.terms AS INTEGER)) \
                  ELSE terms END)";
    let table = format!("record WHERE {length} > {LARGEST}");
    let all = rows(&s.a.open(1).unwrap(), &table, &format!("kind, {length}"));
    all.iter().map(|row| format!("a record has grown: {row}")).collect()
}

/// What a grown act comes to: it is refused as malformed before anything is applied, or it is taken and nothing is broken. Says
/// what is wrong; nothing where all is well.
fn outcome(s: &Scene, before: &[String], told: &Result<(), Error>) -> Vec<String> {
    match told {
        Ok(()) => Some(overgrown(s)).filter(|all| !all.is_empty()).unwrap_or_else(|| broken(&s.a)),
        Err(failure) => {
            let mut wrong = Vec::new();
            if !matches!(failure.kind, ErrorKind::Malformed | ErrorKind::Signature) {
                wrong.push(format!("it is refused with {}: {failure}", failure.code()));
            }
            if stored(&s.a) != before {
                wrong.push("it is refused, and something of it is stored".into());
            }
            wrong
        }
    }
}

#[test]
fn each_kind_of_change_of_a_partner_is_taken_when_it_is_honest() {
    let mut s = Scene::new();
    let all = examples(&mut s);
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    for Example { of, which, act } in all {
        assert_eq!(act[which].kind, of);
        if let Err(failure) = s.liar.send(&s.a, &act) {
            panic!("{of}: {failure:?}");
        }
        kept.0.put_back(&s.a);
        s.liar.said = kept.1.clone();
    }
    assert_eq!(broken(&s.a), Vec::<String>::new(), "nothing is broken before anything is attacked");
}

#[test]
fn each_kind_of_change_is_either_tried_here_or_never_taken_from_a_partner() {
    let mut s = Scene::new();
    let tried: Vec<&str> = examples(&mut s).iter().map(|e| e.of).collect();
    let before = stored(&s.a);
    for def in KINDS.iter().flat_map(|kind| kind.changes) {
        let name = def.kind.name();
        let stays = def.audience == AudienceRule::OwnDesk && (def.begins || def.follows.is_empty());
        let follows_home = !def.begins && def.follows.iter().all(|f| !tried.contains(&f.name()));
        let never = NEVER.contains(&name) || (stays && def.follows.is_empty()) || follows_home;
        assert!(never || tried.contains(&name) || stays, "{name}: write an example of it in `examples`");
        if !tried.contains(&name) {
            let failure = s.liar.send(&s.a, &[Change::of_terms(fresh(0x99), name, &object! {})]);
            let kind = failure.map(|_| ()).map_err(|e| e.kind);
            assert!(matches!(kind, Err(ErrorKind::Signature | ErrorKind::Malformed)), "{name}: {kind:?}");
        }
    }
    assert_eq!(stored(&s.a), before);
}

/// One way to grow a text or a list of an object.
struct Grown {
    what: String,
    json: Json,
}

/// Every way to grow one member of an object, or of one inside it: a list repeats what it holds, a text its last letter, an
/// object gets other members, a number becomes the largest.
fn grow(json: &Json, room: usize) -> Vec<Grown> {
    let mut all = Vec::new();
    match json {
        Json::Obj(members) => {
            for (key, value) in members {
                for grown in grow(value, room) {
                    let mut whole = json.clone();
                    whole.set(key, grown.json);
                    all.push(Grown { what: format!("{key}{}", grown.what), json: whole });
                }
            }
            let mut more = json.clone();
            let Json::Obj(list) = &mut more else { unreachable!() };
            list.extend((0..room / 13).map(|n| (format!("m{n:07}").as_str().into(), Json::from(1i64))));
            all.push(Grown { what: " with more members".into(), json: more });
        }
        Json::Arr(items) => {
            for (n, item) in items.iter().enumerate().take(1) {
                for grown in grow(item, room) {
                    let mut list = items.clone();
                    list[n] = grown.json;
                    all.push(Grown { what: format!("[{n}]{}", grown.what), json: Json::Arr(list) });
                }
            }
            let one = items.first().cloned().unwrap_or_else(|| Json::from("H0"));
            let times = items.len().max(1) + (room - 8) / (one.to_text().len() + 1);
            all.push(Grown { what: " repeated".into(), json: Json::Arr(vec![one; times]) });
        }
        Json::Str(text) => {
            let tail = text.chars().last().unwrap_or('x');
            let long = format!("{text}{}", String::from(tail).repeat(room));
            all.push(Grown { what: " lengthened".into(), json: Json::from(long.as_str()) });
        }
        Json::Int(_) => {
            let most = Json::Int(Int::Small((1 << 53) - 1));
            all.push(Grown { what: " at its most".into(), json: most });
        }
        _ => {}
    }
    all
}

/// Grows each field of the examples that `wanted` names, each alone, tells it twice, and gathers what it breaks.
fn check(s: &mut Scene, wanted: impl Fn(&str) -> bool, of_content: bool) {
    let all = examples(s);
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    let before = stored(&s.a);
    let (mut found, mut tried) = (Vec::new(), 0);
    for Example { of, which, act } in all.into_iter().filter(|e| wanted(e.of)) {
        let change = &act[which];
        let (terms, content) = (change.read_terms().unwrap(), change.read_content().unwrap());
        let room = |json: &Json| FULL - json.to_text().len();
        let ways = match &content {
            Some(content) if of_content => grow(content, room(content)),
            _ if of_content => Vec::new(),
            _ => grow(&terms, room(&terms)),
        };
        for Grown { what, json } in ways {
            tried += 1;
            let (mut terms, mut content) = (terms.clone(), content.clone());
            if of_content {
                content = Some(json);
            } else {
                terms = json;
            }
            if terms.get("certificate").is_some() && !what.starts_with("certificate") {
                s.liar.certify(&mut terms);
            }
            let mut grown = act.clone();
            grown[which] = match (&change.body, content) {
                (Body::Whole { .. }, Some(content)) => Change::with_content(change.record, of, &terms, &content, SALT),
                _ => Change::of_terms(change.record, of, &terms),
            };
            let told = s.liar.send(&s.a, &grown).map(|_| ());
            let mut wrong = outcome(s, &before, &told);
            if told.is_ok() && wrong.is_empty() {
                // Once more, under another name where the first one is taken.
                if grown[0].record != s.request {
                    grown[0].record = fresh(0x66);
                }
                if terms.get("certificate").is_some() {
                    grown[which].record = change.record;
                    s.liar.certify(&mut terms);
                    grown[which].terms = terms.to_bytes();
                }
                let _ = s.liar.send(&s.a, &grown);
                wrong = outcome(s, &before, &Ok(()));
            }
            if let Some(first) = wrong.first() {
                found.push(format!("{of}: {what}: {} things, such as: {first}", wrong.len()));
            }
            kept.0.put_back(&s.a);
            s.liar.said = kept.1.clone();
        }
    }
    assert!(tried > 0);
    assert!(found.is_empty(), "{} of {tried}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn grown_terms_of_members_break_nothing() {
    check(&mut Scene::new(), |of| of.starts_with("member-"), false);
}

#[test]
fn grown_terms_of_agreements_break_nothing() {
    check(&mut Scene::new(), |of| of.starts_with("agreement-"), false);
}

#[test]
fn grown_terms_of_requests_break_nothing() {
    let of_request = |of: &str| of.starts_with("request-") || of.starts_with("con");
    check(&mut Scene::new(), of_request, false);
}

#[test]
fn grown_terms_of_disclosures_break_nothing() {
    check(&mut Scene::new(), |of| of.starts_with("disclosure-"), false);
}

#[test]
fn grown_terms_of_copies_break_nothing() {
    check(&mut Scene::new(), |of| ["item-copy", "case-share"].contains(&of), false);
}

#[test]
fn grown_terms_of_orders_and_certificates_break_nothing() {
    check(&mut Scene::new(), |of| of.starts_with("delete-order") || of.starts_with("certifi"), false);
}

#[test]
fn grown_content_breaks_nothing() {
    check(&mut Scene::new(), |_| true, true);
}

#[test]
fn a_member_with_a_hundred_thousand_roles_breaks_nothing() {
    let mut s = Scene::new();
    let member = s.their_member(2).id;
    let before = stored(&s.a);
    for count in [69_000, 60_000] {
        let terms = s.certified(2, &vec!["investigator"; count]);
        let told = s.liar.send(&s.a, &[Change::of_terms(member, "member-roles", &terms)]).map(|_| ());
        if let Err(failure) = told {
            assert_eq!(failure.kind, ErrorKind::Malformed, "{failure:?}");
            assert_eq!(stored(&s.a), before, "nothing of it was applied");
            return;
        }
    }
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

/// How large a record may become by acts that say little each, in bytes: more than the longest life of an honest one takes.
const LONGEST_LIFE: usize = 64 * 1024;

/// Tells many acts in one bundle: it is refused as malformed and nothing of it is stored, or the record that they are about stays
/// within bounds and nothing is broken.
fn many(s: &mut Scene, acts: Vec<Change>) {
    let (record, before) = (acts[0].record, stored(&s.a));
    for act in acts {
        s.liar.sign(&[act]);
    }
    let path = s.liar.bundle();
    if let Err(failure) = s.a.run(1, "bundle import", &[("path", &path)]) {
        assert_eq!(failure.kind, ErrorKind::Malformed, "{failure:?}");
        assert_eq!(stored(&s.a), before, "nothing of it was applied");
        return;
    }
    let size = rows(&s.a.open(1).unwrap(), &format!("record WHERE id = x'{record}'"), "length(terms)");
    let size: usize = size[0].trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
    assert!(size <= LONGEST_LIFE, "the record has grown to {size} bytes");
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

#[test]
fn roles_that_change_over_and_over_stay_within_bounds() {
    let mut s = Scene::new();
    let member = s.their_member(2).id;
    let mut acts = Vec::new();
    for n in 0..600 {
        let roles = ["legal-reviewer", "release-officer", "investigator", "oversight-auditor", "desk-officer"];
        let terms = s.certified(2, &roles[..1 + n % 5]);
        acts.push(Change::of_terms(member, "member-roles", &terms));
    }
    many(&mut s, acts);
}

#[test]
fn answers_that_go_to_and_fro_stay_within_bounds() {
    let mut s = Scene::new();
    let answer = |n: usize| {
        let answer = if n.is_multiple_of(2) { "postpone" } else { "accept" };
        let terms = object! { "answer" => answer, "said" => true };
        Change::with_content(s.request, "request-answer", &terms, &object! { "text" => "a trial" }, SALT)
    };
    let acts = (0..600).map(answer).collect();
    many(&mut s, acts);
}
