//! Points of law that a prosecutor and a data protection lawyer looked at: each holds, from the row to what a desk may do.

use crate::desks::{Fields, Site, pair};
use comity::law::edition::{Between, Law};
use comity::law::ground::{Effect, RaisedBy};
use comity::law::request::{self as law, Counterpart};
use comity::value::class::{Category, Level, Tier};
use comity::value::timestamp::Timestamp;
use comity::workspace::error::{Error, ErrorKind};

fn written(site: &Site, kind: &str, case: &str, more: Fields<'_>) -> Result<String, Error> {
    let row = law::all().iter().find(|k| k.id == kind).unwrap();
    let fields: Vec<String> =
        row.field.iter().filter(|f| f.id != "validation").map(|f| format!("{}=said", f.id)).collect();
    let mut form = vec![("kind", kind), ("case", case)];
    if !row.asks_no_partner() && !more.iter().any(|(name, _)| *name == "to") {
        form.push(("to", "XB"));
    }
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    form.extend(more);
    site.run(1, "request new", &form).map(|a| a.id().unwrap().to_string())
}

fn sent(site: &Site, kind: &str, case: &str, more: Fields<'_>) -> String {
    let id = written(site, kind, case, more).unwrap();
    let review = site.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
    site.decide(&review);
    if site.must(1, "request show", &[("request", &id)]).value["state"] != "authorised" {
        site.must(3, "review decide", &[("review", &review), ("approve", "yes"), ("expires", "60d")]);
    }
    site.must(1, "request send", &[("request", &id)]);
    id
}

fn preservation(site: &Site, id: &str) -> serde_json::Value {
    let shown = site.must(1, "request show", &[("request", id)]).value;
    shown["clocks"].as_array().unwrap().iter().find(|c| c["clock"] == "preservation").unwrap().clone()
}

#[test]
fn preservation_is_never_postponed() {
    let law = Law::of_program();
    for kind in ["bc29", "bc30", "uncc42", "uncc43"] {
        assert!(law.request(kind).unwrap().never_postponed, "{kind}");
    }
    let (_root, a, b) = pair();
    let case = a.case("Preserve");
    let id = sent(&a, "bc29", &case, &[]);
    a.carry(&b, "1");
    let failure = b.fails(1, "request postpone", &[("request", &id), ("because", "later")], ErrorKind::Refused);
    assert!(failure.what.contains("never postponed"), "{failure:?}");
    let ground = [("request", id.as_str()), ("ground", "R5"), ("because", "later")];
    b.fails(1, "request postpone", &ground, ErrorKind::Refused);
    b.must(1, "request refuse", &[("request", &id), ("ground", "R1"), ("because", "it is political")]);
}

#[test]
fn what_is_preserved_is_kept_until_the_request_that_follows_on_is_decided() {
    let (_root, mut a, mut b) = pair();
    let case = a.case("Preserve");
    let first = sent(&a, "bc29", &case, &[]);
    a.carry(&b, "1");
    for site in [&a, &b] {
        let clock = preservation(site, &first);
        assert_eq!((&clock["state"], &clock["minimum"]), (&"running".into(), &true.into()));
    }
    let next = sent(&a, "bc31", &case, &[("follows", &first)]);
    a.carry(&b, "2");
    for site in [&a, &b] {
        assert_eq!(preservation(site, &first)["state"], "until-decided");
        let shown = site.must(1, "request show", &[("request", &first)]).value;
        assert_eq!((&shown["kept_for"], &shown["due"]), (&next.as_str().into(), &serde_json::Value::Null));
    }
    // The sixty days are a minimum: they end nothing while the later request is open.
    a.pass_stated(24 * 61);
    b.pass_stated(24 * 61);
    a.fails(1, "request expire", &[("request", &first)], ErrorKind::Refused);
    b.must(1, "request refuse", &[("request", &next), ("ground", "R2"), ("because", "our interests")]);
    b.carry(&a, "3");
    for site in [&a, &b] {
        assert_eq!(preservation(site, &first)["state"], "ended");
    }
    a.must(1, "request expire", &[("request", &first)]);
    let out = a.path("letter.txt");
    a.must(1, "request letter", &[("request", &first), ("out", &out)]);
    assert!(std::fs::read_to_string(&out).unwrap().contains("at least until"));
    a.must(1, "request letter", &[("request", &first), ("of", "follow-on"), ("out", &out), ("force", "yes")]);
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn an_emergency_order_that_nobody_validated_is_for_who_somebody_is_alone() {
    let (root, mut a, _b) = pair();
    let mut e = Site::found(root.path(), "XE");
    for site in [&mut a, &mut e] {
        site.pass_stated(24 * 90);
    }
    a.meet(&e);
    let case = a.case("Emergency");
    let emergency = [("to", "XE"), ("urgency", "emergency")];
    for category in
        [&[][..], &[("category", "traffic")], &[("category", "content")], &[("category", "subscriber,traffic")]]
    {
        let failure = written(&a, "epoc", &case, &[&emergency, category].concat()).unwrap_err();
        assert!(failure.kind == ErrorKind::Refused && failure.hint.contains("before it is validated"), "{failure:?}");
        // Kept as a draft, it goes nowhere either.
        let draft = written(&a, "epoc", &case, &[&emergency, category, &[("draft", "yes")]].concat()).unwrap();
        a.fails(1, "request submit", &[("request", &draft)], ErrorKind::Refused);
    }
    for category in ["subscriber", "identification"] {
        let id = written(&a, "epoc", &case, &[&emergency[..], &[("category", category)]].concat()).unwrap();
        let shown = a.must(1, "request show", &[("request", &id)]).value;
        assert_eq!((&shown["tier"], &shown["categories"][0]), (&2.into(), &category.into()));
    }
    let validated = [&emergency[..], &[("category", "content"), ("field", "validation=the court")]].concat();
    written(&a, "epoc", &case, &validated).unwrap();
    written(&a, "epoc", &case, &[("to", "XE"), ("category", "traffic")])
        .expect("no emergency: who issues it is said elsewhere");
    // Preservation may go out for all data before it is validated.
    written(&a, "epoc_pr", &case, &emergency).unwrap();
}

#[test]
fn the_category_decides_tier_review_and_who_may_sign() {
    let law = Law::of_program();
    let epoc = law.request("epoc").unwrap();
    for (category, tier, level) in
        [(Category::Subscriber, 2, Level::L1), (Category::Traffic, 3, Level::L2), (Category::Content, 4, Level::L3)]
    {
        assert_eq!(epoc.tier_and_level(&[category]), (Tier::new(tier).unwrap(), level));
    }
    assert_eq!(epoc.tier_and_level(&[]), (epoc.tier, epoc.level));
    let bc29 = law.request("bc29").unwrap();
    assert_eq!(bc29.tier_and_level(&[Category::Content]), (bc29.tier, bc29.level), "nothing is handed over");
    let (_root, a, _b) = pair();
    let case = a.case("Category");
    let id = written(&a, "bc31", &case, &[("category", "traffic")]).unwrap();
    let shown = a.must(1, "request show", &[("request", &id)]).value;
    assert_eq!(shown["authorised_by"], "traffic: judge");
    let review = a.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
    assert_eq!(a.must(1, "review show", &[("review", &review)]).value["level"], "L2");
    assert_eq!(written(&a, "bc33", &case, &[("category", "content")]).unwrap_err().kind, ErrorKind::Usage);
}

#[test]
fn the_tests_of_a_persons_rights_are_asked_at_every_level() {
    let (_root, a, _b) = pair();
    let case = a.case("Rights");
    let rights = ["death_penalty", "torture", "political_offence", "discrimination"];
    let asked = |review: &str| -> Vec<String> {
        let shown = a.must(1, "review show", &[("review", review)]).value;
        shown["tests"].as_array().unwrap().iter().map(|t| t["test"].as_str().unwrap().to_owned()).collect()
    };
    let review_of =
        |id: &str| a.must(1, "request submit", &[("request", id)]).value["review"].as_str().unwrap().to_owned();
    // Who holds an account is asked, at the first level.
    let id = written(&a, "bc31", &case, &[("category", "subscriber")]).unwrap();
    let review = review_of(&id);
    assert!(rights.iter().all(|r| asked(&review).iter().any(|t| t == r)), "{:?}", asked(&review));
    let first_level =
        ["legality", "aim", "necessity", "less_intrusive", "proportionality", "scope", "dual_criminality"];
    let tests: Vec<String> = first_level.iter().map(|t| format!("{t}=met")).collect();
    let mut form = vec![("review", review.as_str()), ("less-intrusive", "none")];
    form.extend(tests.iter().map(|t| ("test", t.as_str())));
    a.must(2, "review assess", &form);
    let decide = [("review", review.as_str()), ("approve", "yes"), ("expires", "60d")];
    let failure = a.fails(2, "review decide", &decide, ErrorKind::Refused);
    assert!(failure.what.contains("V-04"), "{failure:?}");
    a.must(2, "review assess", &[("review", &review), ("all", "met")]);
    a.must(2, "review decide", &decide);
    // Preservation hands nobody over.
    let review = review_of(&written(&a, "bc29", &case, &[]).unwrap());
    assert!(!rights.iter().any(|r| asked(&review).iter().any(|t| t == r)));
    let account = [
        ("case", case.as_str()),
        ("type", "account"),
        ("value", "x"),
        ("category", "subscriber"),
        ("tier", "2"),
        ("person-class", "suspect"),
    ];
    let item = a.make(1, "item add", &account);
    let review =
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
    assert!(rights.iter().all(|r| asked(&review).iter().any(|t| t == r)));
    a.must(1, "audit verify", &[]);
}

#[test]
fn an_order_at_home_asks_no_partner() {
    let (_root, a, b) = pair();
    let case = a.case("Home");
    assert_eq!(Law::of_program().request("bc16").unwrap().counterpart, Counterpart::Domestic);
    let failure = written(&a, "bc16", &case, &[("to", "XB")]).unwrap_err();
    assert!(failure.kind == ErrorKind::Usage && failure.what.contains("asks no partner"), "{failure:?}");
    let id = sent(&a, "bc16", &case, &[]);
    a.carry(&b, "1");
    assert_eq!(b.must(1, "request list", &[]).value, serde_json::json!([]), "it never leaves");
    let shown = a.must(1, "request show", &[("request", &id)]).value;
    assert_eq!((&shown["state"], &shown["partner"], &shown["in_force"]), (&"sent".into(), &"XA".into(), &true.into()));
    // What the provider answers on paper, the desk notes itself.
    a.must(1, "request accept", &[("request", &id), ("text", "kept since 15 June under number 7")]);
    a.must(1, "request deliver", &[("request", &id), ("text", "kept")]);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_refusal_that_must_be_consulted_on_is_not_given_before() {
    let (_root, a, b) = pair();
    let case = a.case("Consult");
    let id = sent(&a, "mlat_untoc", &case, &[]);
    a.carry(&b, "1");
    let refuse = [("request", id.as_str()), ("ground", "UNTOC-sovereignty"), ("because", "our interests")];
    let failure = b.fails(1, "request refuse", &refuse, ErrorKind::Refused);
    assert!(failure.hint.contains("request consult"), "{failure:?}");
    b.must(
        1,
        "request consult",
        &[("request", &id), ("ground", "UNTOC-sovereignty"), ("text", "it names our service")],
    );
    b.carry(&a, "2");
    let state = |site: &Site| site.must(1, "request show", &[("request", &id)]).value["state"].clone();
    assert_eq!((state(&a), state(&b)), ("consultation".into(), "consultation".into()));
    a.must(1, "request discuss", &[("request", &id), ("text", "leave that part out")]);
    a.carry(&b, "3");
    b.must(1, "request refuse", &refuse);
    b.carry(&a, "4");
    assert_eq!((state(&a), state(&b)), ("refused".into(), "refused".into()));
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
    // Under Article 27(6) it is appropriate, and no condition.
    let id = sent(&a, "bc25", &case, &[]);
    a.carry(&b, "5");
    b.must(1, "request refuse", &[("request", &id), ("ground", "R2"), ("because", "our interests")]);
}

#[test]
fn grounds_count_where_their_instrument_lets_them() {
    let law = Law::of_program();
    let now = Timestamp::parse("2026-11-25T00:00:00Z").unwrap();
    let counts = |kind: &str, ground: &str, requested: &str, requesting: &str, categories: &[Category]| {
        let kind = law.request(kind).unwrap();
        let asked = Between { requested, requesting, categories, now };
        [Effect::Refuse, Effect::Postpone]
            .iter()
            .any(|e| law.grounds_between(kind, *e, &asked).iter().any(|g| g.id == ground))
    };
    // 29(4): only for a side that reserved it.
    assert!(counts("bc29", "BC29-4", "XA", "XB", &[]) && !counts("bc29", "BC29-4", "XB", "XA", &[]));
    // 27(1): where there is a treaty of mutual assistance, or legislation in its place, it decides.
    for ground in ["R1", "R2", "R5"] {
        assert!(counts("bc25", ground, "XB", "XA", &[]) && !counts("bc25", ground, "XE", "XA", &[]), "{ground}");
        assert!(!counts("bc31", ground, "XC", "XD", &[]), "{ground}: a bilateral treaty");
    }
    assert!(counts("bc25", "R3", "XE", "XA", &[]), "25(4) stands");
    assert!(counts("bc29", "R2", "XE", "XA", &[]), "so does what Article 29 says itself");
    // 25(4), 18(8), 18(22): what is no ground is none.
    for (kind, ground) in [
        ("bc25", "NOT-fiscal-bc"),
        ("mlat_untoc", "NOT-bank-secrecy"),
        ("mlat_untoc", "NOT-fiscal"),
        ("eio", "NOT-eio-holder"),
    ] {
        assert!(
            law.request(kind).unwrap().grounds.iter().any(|g| g == ground) && !counts(kind, ground, "XB", "XA", &[])
        );
    }
    // 11(2) with 10(2)(e): no dual criminality for who holds a number or an address.
    assert!(counts("eio", "EIO-dual-criminality", "XE", "XA", &[Category::Content]));
    assert!(!counts("eio", "EIO-dual-criminality", "XE", "XA", &[Category::Identification]));
    // The provider's reasons are not the enforcing authority's grounds.
    for ground in law.request("epoc").unwrap().grounds.iter().filter_map(|g| law.ground(g)) {
        let wants = if ground.id.starts_with("EPOC-") { RaisedBy::Enforcing } else { RaisedBy::Provider };
        assert_eq!(ground.raised_by(), wants, "{}", ground.id);
    }
    let protocol = law.request("2ap9").unwrap();
    assert!(protocol.open_grounds && protocol.grounds.is_empty(), "Article 9 closes no list");
    let (_root, a, b) = pair();
    let case = a.case("Grounds");
    let id = sent(&a, "bc25", &case, &[]);
    a.carry(&b, "1");
    let fiscal = [("request", id.as_str()), ("ground", "NOT-fiscal-bc"), ("because", "it is fiscal")];
    let failure = b.fails(1, "request refuse", &fiscal, ErrorKind::Refused);
    assert!(failure.what.contains("25(4)"), "{failure:?}");
    // Where no list is closed, reasons do.
    let id = sent(&a, "bc35", &case, &[]);
    a.carry(&b, "2");
    b.must(1, "request refuse", &[("request", &id), ("because", "nobody here knows that")]);
}

#[test]
fn spontaneous_information_is_given_in_two_steps() {
    let (_root, a, b) = pair();
    let case = a.case("Spontaneous");
    let id = sent(&a, "bc26", &case, &[]);
    a.carry(&b, "1");
    a.fails(1, "request inform", &[("request", &id), ("text", "the name is Zzz")], ErrorKind::Refused);
    b.must(1, "request accept", &[("request", &id), ("text", "under these conditions")]);
    b.carry(&a, "2");
    a.must(1, "request inform", &[("request", &id), ("text", "the server is at 192.0.2.9")]);
    let out = a.path("given.txt");
    a.must(1, "request letter", &[("request", &id), ("of", "information"), ("out", &out)]);
    let text = std::fs::read_to_string(&out).unwrap();
    assert!(text.contains("having accepted the conditions") && text.contains("192.0.2.9"), "{text}");
    a.carry(&b, "3");
    assert_eq!(b.must(1, "request show", &[("request", &id)]).value["state"], "delivered");
    // What asks for something gives nothing in this way.
    let other = sent(&a, "bc35", &case, &[]);
    a.fails(1, "request inform", &[("request", &other), ("text", "x")], ErrorKind::Refused);
}

#[test]
fn days_end_at_the_midnight_of_the_addressee() {
    let (_root, a, _b) = pair();
    let limit = |more: Fields<'_>| {
        let rows = a.must(1, "law deadline", &[&[("kind", "epoc")], more].concat()).value;
        let row = rows
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["clock"] == "reply" && r["variant"] == "ordinary")
            .unwrap()
            .clone();
        (row["limit"].as_str().unwrap().to_owned(), row["local"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        limit(&[("from", "2026-09-04T09:00:00+02:00")]),
        ("2026-09-14T22:00:00Z".into(), "2026-09-14 24:00 (UTC+02:00)".into())
    );
    assert_eq!(limit(&[("from", "2026-09-04T09:00:00Z")]).0, "2026-09-15T00:00:00Z");
    assert_eq!(limit(&[("from", "2026-09-04T07:00:00Z"), ("calendar", "XA")]).0, "2026-09-14T22:00:00Z");
    assert_eq!(limit(&[("from", "2026-09-04"), ("calendar", "XD")]).0, "2026-09-14T15:00:00Z");
}
