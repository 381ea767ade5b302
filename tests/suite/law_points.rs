//! Points of law that a prosecutor and a data protection lawyer looked at: each holds, from the row to what a desk may do.

use crate::desks::{Fields, REASONS, Site, pair};
use comity::command::command;
use comity::command::definition::{Args, Handler};
use comity::law::edition::{Between, Law};
use comity::law::ground::{Effect, RaisedBy};
use comity::law::request::{self as law, Counterpart};
use comity::law::rule::RuleId;
use comity::value::class::{Category, Level, Tier};
use comity::value::timestamp::Timestamp;
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::open::Moment;
use comity::workspace::progress::Job;

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
    a.must(2, "review assess", &[&[("review", &*review), ("all", "met")], &REASONS[..]].concat());
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

#[test]
fn each_box_of_a_prescribed_form_is_printed() {
    use comity::law::form;
    let (root, mut a, _b) = pair();
    let mut e = Site::found(root.path(), "XE");
    for site in [&mut a, &mut e] {
        site.pass_stated(24 * 90);
    }
    a.meet(&e);
    e.meet(&a);
    let case = a.case("Forms");
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut printed = Vec::new();
    let mut read = |site: &Site, id: &str, form: &form::PrescribedForm, more: Fields<'_>| {
        for ending in ["txt", "html"] {
            let out = site.path(&format!("form.{ending}"));
            let fields = [("request", id), ("form", form.id.as_str()), ("out", &out), ("force", "yes")];
            site.must(1, "request letter", &[&fields, more].concat());
            let mut text = one_line(&std::fs::read_to_string(&out).unwrap());
            for (code, c) in [("&#x27;", "'"), ("&#x2f;", "/"), ("&quot;", "\""), ("&amp;", "&")] {
                text = text.replace(code, c);
            }
            let whom = if more.is_empty() { form.to } else { law::Addressee::Authority };
            for b in &form.boxes {
                let goes = b.is_for(whom);
                assert_eq!(text.contains(&one_line(&b.text)), goes, "{} {}: {}\n{text}", form.id, b.number, b.text);
                if let Some(why) = b.not_applicable.as_ref().filter(|_| goes) {
                    assert!(text.contains(&format!("not applicable: {}", one_line(why))), "{} {why}\n{text}", form.id);
                }
            }
            assert!(text.contains(&one_line(&form.name)) && text.contains(&form.source), "{}", form.id);
        }
        printed.push(form.id.clone());
    };
    let by_id = |id: &str| form::by_id(id).unwrap();
    // Of requests: filled from drafts.
    for form in form::all().iter().filter(|f| f.of == "request") {
        let id = written(&a, &form.kinds[0], &case, &[("to", "XE"), ("draft", "yes")]).unwrap();
        read(&a, &id, form, &[]);
        if form.boxes.iter().any(|b| b.to.is_some()) {
            read(&a, &id, form, &[("addressee", "authority")]);
        }
    }
    // Of what is said afterwards.
    let id = sent(&a, "epoc_pr", &case, &[("to", "XE")]);
    a.must(1, "request extend", &[("request", &id), ("text", "30 days: production is being prepared")]);
    read(&a, &id, by_id("epoc-vi"), &[]);
    let next = [("to", "XE"), ("follows", id.as_str()), ("category", "subscriber")];
    sent(&a, "epoc", &case, &next);
    read(&a, &id, by_id("epoc-v"), &[]);
    a.carry(&e, "1");
    e.must(1, "request consult", &[("request", &id), ("text", "which account?")]);
    read(&e, &id, by_id("epoc-iii"), &[]);
    let id = sent(&a, "eio", &case, &[("to", "XE")]);
    a.carry(&e, "2");
    e.must(1, "request acknowledge", &[("request", &id)]);
    read(&e, &id, by_id("eio-b"), &[]);
    for form in form::all() {
        assert!(printed.contains(&form.id), "{}", form.id);
    }
    let other = [("request", id.as_str()), ("form", "tcy-29"), ("out", &a.path("no.txt"))];
    a.fails(1, "request letter", &other, ErrorKind::Usage);
    let french = [("request", id.as_str()), ("form", "eio-a"), ("language", "fr"), ("out", &a.path("no.txt"))];
    a.fails(1, "request letter", &french, ErrorKind::Usage);
}

#[test]
fn a_row_is_verified_by_a_person_and_what_nobody_read_waits_for_the_reviewer() {
    let (_root, a, _b) = pair();
    let case = a.case("Verify");
    let tasks = || {
        let agenda = a.must(2, "desk today", &[]).value;
        let all = agenda["tasks"].as_array().unwrap().clone();
        all.iter()
            .filter_map(|t| t["what"].as_str())
            .filter(|w| w.starts_with("law: "))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert!(tasks().is_empty(), "what decided nothing waits for nobody");
    sent(&a, "bc35", &case, &[]);
    assert_eq!(tasks(), ["law: bc35 decided this, and nobody has read its source"]);
    let form = |on: &'static str| [("row", "bc35"), ("on", on), ("because", "ETS 185, read at the depositary")];
    a.fails(1, "law verify", &form("2027-01-01"), ErrorKind::Usage);
    a.fails(3, "law verify", &form("2026-06-14"), ErrorKind::Refused);
    a.must(1, "law verify", &form("2026-06-14"));
    assert_eq!(a.must(1, "law show", &[("kind", "bc35"), ("here", "yes")]).value["verified"], "2026-06-14");
    assert!(tasks().is_empty());
    a.fails(1, "law verify", &form("2026-06-14"), ErrorKind::Refused);
    a.must(1, "law verify", &[("row", "bc35"), ("on", "2025-01-01"), ("because", "an older copy")]);
    assert_eq!(tasks(), ["law: bc35 decided this, and its source was read more than a year ago"]);
    a.fails(1, "law verify", &[("row", "none"), ("on", "2026-06-14"), ("because", "x")], ErrorKind::Usage);
    a.must(1, "law verify", &[("row", "ground/R3"), ("on", "2026-06-14"), ("because", "x")]);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_use_beyond_the_purpose_is_asked_for_or_told() {
    let (_root, a, b) = pair();
    let case = a.case("Wider use");
    for (of, kind) in [("other-use", "use_consent"), ("exculpatory", "use_exculpatory"), ("court-order", "use_ordered")]
    {
        let row = law::all().iter().find(|k| k.id == kind).unwrap();
        let fields: Vec<String> = row.field.iter().map(|f| format!("{}=said", f.id)).collect();
        let mut form = vec![("use", of), ("case", case.as_str()), ("to", "XB")];
        form.extend(fields.iter().map(|f| ("field", f.as_str())));
        let id = a.make(1, "request wider-use", &form);
        let review = a.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
        a.decide(&review);
        a.must(1, "request send", &[("request", &id)]);
        a.carry(&b, of);
        assert_eq!(b.must(1, "request show", &[("request", &id)]).value["kind"], kind);
        if of == "other-use" {
            b.must(
                1,
                "request refuse",
                &[("request", &id), ("ground", "CONSENT-refused"), ("because", "not for that")],
            );
        }
    }
}

#[test]
fn a_desk_whose_law_is_not_known_is_told_to_add_it() {
    let root = tempfile::TempDir::new().unwrap();
    let site = Site { folder: root.path().join("DE"), code: "DE", now: Timestamp::parse(crate::desks::NOW).unwrap() };
    std::fs::create_dir(&site.folder).unwrap();
    let identity = site.identity(1);
    site.must(1, "identity new", &[("name", "x"), ("out", identity.to_str().unwrap()), ("no-passphrase", "yes")]);
    let form = [("desk", "DE"), ("name", "x"), ("jurisdiction", "DE"), ("roles", "administrator")];
    let said = site.must(1, "init", &form).message.unwrap_or_default();
    assert!(said.contains("no row of law for DE") && said.contains("law change"), "{said}");
}

#[test]
fn a_person_is_told_or_it_is_said_why_not_and_looked_at_again() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Notice");
    let id = sent(&a, "bc31", &case, &[("category", "subscriber")]);
    let state = |site: &Site| site.must(1, "notice list", &[]).value[0]["state"].clone();
    assert_eq!(state(&a), "owed");
    let lapsed = |site: &Site| {
        let agenda = site.must(1, "desk today", &[]).value;
        agenda["tasks"]
            .as_array()
            .unwrap()
            .iter()
            .any(|t| t["what"].as_str().unwrap().contains("not telling the person has lapsed"))
    };
    let delay = |when: &'static str| {
        [("of", id.clone()), ("because", "the trial is in May".to_owned()), ("review", when.to_owned())]
    };
    let run = |site: &Site, fields: &[(&'static str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        site.run(1, "notice delay", &fields)
    };
    assert!(run(&a, &delay("2026-01-01")).is_err(), "a day that has passed is no review");
    run(&a, &delay("20d")).unwrap();
    assert!(state(&a) == "delayed" && !lapsed(&a));
    // 18 U.S.C. 2705(a): ninety days at a time; elsewhere as long as the reason lasts.
    let rule = |site: &Site| site.must(1, "notice list", &[]).value[0]["rule"].as_str().unwrap().to_owned();
    // What no instrument says, the desk's own law does.
    let own = Law::of_program().jurisdiction("XA").unwrap().notice_rule.clone();
    assert!(rule(&a).contains(&own) && !rule(&a).contains("2016/680"), "{}", rule(&a));
    run(&a, &delay("200d")).unwrap();
    run(&a, &delay("20d")).unwrap();
    a.pass_stated(24 * 21);
    assert!(state(&a) == "lapsed" && lapsed(&a), "it rises to the Desk");
    for (language, says) in [
        ("en", "complain to the data protection authority"),
        ("fr", "autorité de protection des données"),
        ("es", "protección de datos"),
    ] {
        let out = a.path("person.txt");
        let form = [
            ("of", id.as_str()),
            ("text", "Your account was asked for."),
            ("language", language),
            ("out", &out),
            ("force", "yes"),
        ];
        a.must(1, "notice letter", &form);
        let text = std::fs::read_to_string(&out).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        let side = Law::of_program().jurisdiction("XA").unwrap().clone();
        for part in [says, "Your account was asked for.", &side.remedies, &side.contact_24_7] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains("XB") && !text.contains("XA-1"), "{text}");
    }
    a.must(1, "notice tell", &[("of", &id), ("text", "by registered post")]);
    assert!(state(&a) == "told" && !lapsed(&a));
    a.must(1, "audit verify", &[]);
}

/// A lawyer's letter among what was found: nobody reads, finds or shares it but a filter reviewer who takes no part in the case.
#[test]
fn what_may_be_privileged_is_held_back_until_a_filter_reviewer_has_looked() {
    let (_root, a, b) = pair();
    let case = a.case("Privilege");
    // The second member decides a review in the case; the third takes no part in it.
    let _ = sent(&a, "bc29", &case, &[]);
    let (item, plain) = (a.indicator(&case, "counsel.example"), a.indicator(&case, "plain.example"));
    let back = |member: u8, item: &str| {
        let form = [("item", item), ("profession", "legal"), ("because", "a law firm's domain")];
        a.run(member, "item hold-back", &form)
    };
    back(1, &item).unwrap();
    let value = |member: u8| a.must(member, "item show", &[("item", &item)]).value["value"].clone();
    let found = |member: u8| a.must(member, "search", &[("words", "counsel.example")]).value.as_array().unwrap().len();
    for (member, reads) in [(1, false), (2, false), (3, true)] {
        assert_eq!((value(member) == "counsel.example", found(member)), (reads, 0), "member {member}");
    }
    assert!(!a.must(1, "item list", &[("case", &case)]).value.to_string().contains("counsel.example"));
    let share = |item: &str, as_case: bool| {
        let of = if as_case { ("case", case.as_str()) } else { ("item", item) };
        a.run(1, "disclosure new", &[of, ("to", "XB"), ("tier", "1"), ("delete-after", "30d")])
    };
    let refused = a.run(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]).unwrap_err();
    assert!(refused.verdict.unwrap().refused_by().contains(&RuleId::G21), "{}", refused.what);
    share(&plain, true).unwrap();
    a.carry(&b, "1");
    let theirs = |value: &str| b.must(1, "search", &[("words", value)]).value.as_array().unwrap().len();
    assert_eq!((theirs("plain.example"), theirs("counsel.example")), (1, 0));
    let correct = [("item", item.as_str()), ("value", "other.example"), ("because", "x")];
    assert!(a.run(1, "item correct", &correct).is_err(), "nobody rewrites what nobody reads");
    // The list of the case says what is held back, and nothing of it.
    let list = a.must(1, "item held-back", &[("case", &case)]).value;
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert!(list[0]["profession"] == "legal" && list[0]["covered"] == false && !list.to_string().contains("counsel"));
    let waits = |member: u8| {
        let tasks = a.must(member, "desk today", &[]).value["tasks"].clone();
        tasks.as_array().unwrap().iter().find(|t| t["id"] == item.as_str()).map(|t| t["mine"] == true)
    };
    assert_eq!([waits(1), waits(2), waits(3)], [Some(false), Some(false), Some(true)]);
    // Only somebody who takes no part in the case decides it, and never who held it back.
    let filter = |member: u8, found: &str| {
        a.run(member, "item filter", &[("item", &item), ("found", found), ("because", "read")])
    };
    assert!(filter(1, "cleared").is_err() && filter(2, "cleared").is_err());
    filter(3, "covered").unwrap();
    assert_eq!(waits(3), None);
    assert_eq!(a.must(1, "item held-back", &[("case", &case)]).value[0]["covered"], true);
    assert!(back(1, &item).is_err() && value(1) != "counsel.example");
    // What is covered is final, for whoever found it, too; and nobody reads it by looking back.
    let words = "counsel".to_owned();
    assert!(filter(3, "cleared").is_err() && value(3) != "counsel.example");
    let acts = i64::try_from(a.must(1, "audit log", &[]).value.as_array().unwrap().len()).unwrap();
    for (n, member) in (1..=acts).flat_map(|n| [1, 3].map(|member| (n, member))) {
        let mut then = a.open(member).unwrap().as_of(Moment::Act(n), &mut Job::silent()).unwrap();
        then.give_reason("a look back");
        for (name, field, value) in
            [("item show", "item", &item), ("item list", "case", &case), ("search", "words", &words)]
        {
            let Handler::Reads(read) = command(name).unwrap().run else { panic!("{name}") };
            let said = read(&mut then, &Args::default().with(field, value.as_str()), &mut Job::silent());
            let said = said.map_or_else(|failure| failure.what, |output| format!("{}{:?}", output.value, output.text));
            assert!(!said.contains("counsel.example"), "{name} by {member} as of {n}: {said}");
        }
    }
    back(1, &plain).unwrap();
    a.must(3, "item filter", &[("item", &plain), ("found", "cleared"), ("because", "no lawyer")]);
    assert_eq!(a.must(1, "search", &[("words", "plain.example")]).value.as_array().unwrap().len(), 1);
    a.must(1, "audit verify", &[]);
}

/// What others write about it, what it relates, a search for a person, and the same that comes in again: none of it tells what is held back.
#[test]
fn what_is_held_back_is_not_told_by_what_is_about_it_and_comes_in_again_held_back() {
    let (_root, a, b) = pair();
    let case = a.case("Privilege");
    let (item, other) = (a.indicator(&case, "counsel.example"), a.indicator(&case, "plain.example"));
    let report = [("about", other.as_str()), ("text", "the words zanzibar"), ("severity", "recordable")];
    let about_other = a.run(1, "error report", &report);
    let report = [("about", item.as_str()), ("text", "the words quixotic"), ("severity", "recordable")];
    let about_item = a.run(1, "error report", &report);
    assert!(about_other.is_ok() && about_item.is_ok(), "{about_item:?}");
    let file = a.path("relations.json");
    let objects = ["campaign--11111111-1111-4111-8111-111111111111", "tool--22222222-2222-4222-8222-222222222222"];
    let bundle = format!(
        r#"{{"type":"bundle","id":"bundle--33333333-3333-4333-8333-333333333333","objects":[
        {{"type":"campaign","spec_version":"2.1","id":"{0}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Nightjar"}},
        {{"type":"tool","spec_version":"2.1","id":"{1}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"Rattle"}},
        {{"type":"relationship","spec_version":"2.1","id":"relationship--44444444-4444-4444-8444-444444444444","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","relationship_type":"uses","source_ref":"{0}","target_ref":"{1}"}}]}}"#,
        objects[0], objects[1]
    );
    std::fs::write(&file, bundle).unwrap();
    let import = |format: &str, file: &str, case: &str| {
        a.must(1, "item import", &[("file", file), ("format", format), ("case", case)]);
    };
    import("stix", &file, &case);
    let listed = |member: u8| a.must(member, "item list", &[("case", &case)]).value;
    let relation =
        listed(1).as_array().unwrap().iter().find(|row| row["type"] == "relationship").unwrap()["id"].clone();
    let relation = relation.as_str().unwrap();
    for held in [item.as_str(), relation] {
        a.must(1, "item hold-back", &[("item", held), ("profession", "legal"), ("because", "a law firm's")]);
    }
    // A relation does not say what it is between; what others wrote about an item is not found by its words.
    let shown = a.must(1, "item show", &[("item", relation)]).value.to_string();
    assert!(!shown.contains("Nightjar") && !shown.contains("Rattle"), "{shown}");
    let row = listed(1).as_array().unwrap().iter().find(|row| row["id"] == relation).unwrap().to_string();
    assert!(!row.contains("Nightjar") && !row.contains("Rattle"), "{row}");
    let found = |words: &str| a.must(1, "search", &[("words", words)]).value.as_array().unwrap().len();
    assert_eq!((found("zanzibar"), found("quixotic")), (1, 0));
    a.enrol(4, "oversight-auditor");
    // A complaint about a person is searched for elsewhere; that something was not searched is said whatever it is.
    let received = [
        ("channel", "letter"),
        ("from", "Ada"),
        ("subject", "counsel.example"),
        ("text", "what do you hold?"),
        ("right", "access"),
    ];
    let complaint = a.must(4, "complaint receive", &received).made.unwrap().to_string();
    a.must(4, "complaint acknowledge", &[("complaint", &complaint)]);
    let examined = a.must(4, "complaint examine", &[("complaint", &complaint), ("note", "by name")]);
    assert_eq!(examined.value["found"].as_array().unwrap().len(), 0);
    assert!(examined.message.unwrap().contains("2 items held back as privileged, and not searched"));
    // By hand, from a file, and from a partner: the same is held back with it, in whatever case.
    let held = |case: &str| a.must(1, "item held-back", &[("case", case)]).value.as_array().unwrap().len();
    let second = a.case("Another");
    a.indicator(&second, "counsel.example");
    a.indicator(&second, "other.example");
    assert_eq!(held(&second), 1);
    let table = a.path("again.csv");
    std::fs::write(&table, "counsel.example\nthird.example\n").unwrap();
    import("csv", &table, &case);
    assert_eq!(held(&case), 2, "what the case holds already is not taken twice");
    let third = a.case("Third");
    import("csv", &table, &third);
    assert_eq!(held(&third), 1, "{}", a.must(1, "item list", &[("case", &third)]).value);
    let theirs = b.case("Theirs");
    let given = b.indicator(&theirs, "counsel.example");
    b.must(1, "disclosure new", &[("item", &given), ("to", "XA"), ("tier", "1"), ("delete-after", "30d")]);
    b.carry(&a, "1");
    let all = a.must(1, "item list", &[]).value;
    let copy = all.as_array().unwrap().iter().find(|row| row["from"] == "XB").unwrap();
    assert!(copy["value"] != "counsel.example", "{copy}");
    let search = a.must(1, "search", &[("words", "counsel.example")]).value;
    assert!(search.as_array().unwrap().iter().all(|row| row["kind"] == "complaint"), "{search}");
    a.must(1, "audit verify", &[]);
}
