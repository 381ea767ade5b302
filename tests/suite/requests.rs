//! Requests in both roles: every kind can be written and read as a letter, what is not in force stays a draft, a life is
//! walked from its draft to its end, and an originator is asked before their item goes on.

use std::fs;

use crate::desks::{REASONS, Site, pair};
use comity::law::edition::Law;
use comity::law::request as law;
use comity::law::rule::RuleId;
use comity::workspace::error::ErrorKind;

fn state(site: &Site, request: &str) -> String {
    site.must(1, "request show", &[("request", request)]).value["state"].as_str().unwrap().to_owned()
}

/// The fields of a kind, each filled.
pub fn filled(kind: &law::RequestKind) -> Vec<String> {
    kind.field.iter().map(|f| format!("{}=the {} of it", f.id, f.label)).collect()
}

fn write(
    site: &Site,
    kind: &str,
    case: &str,
    to: &str,
    more: &[(&str, &str)],
) -> Result<String, comity::workspace::error::Error> {
    let fields = filled(Law::of_program().request(kind).unwrap());
    let mut form = vec![("kind", kind), ("case", case)];
    if !Law::of_program().request(kind).unwrap().asks_no_partner() {
        form.push(("to", to));
    }
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    form.extend(more);
    site.run(1, "request new", &form).map(|a| a.id().unwrap().to_string())
}

#[test]
fn every_kind_is_written_and_read_as_a_letter() {
    let (_root, a, _b) = pair();
    let case = a.case("Letters");
    for kind in law::all().iter().filter(|k| k.review) {
        let id = write(&a, &kind.id, &case, "XB", &[("draft", "yes")]).unwrap_or_else(|e| panic!("{}: {e:?}", kind.id));
        for ending in ["html", "txt"] {
            let out = a.path(&format!("{}.{ending}", kind.id));
            a.must(1, "request letter", &[("request", &id), ("out", &out)]);
            let letter = fs::read_to_string(&out).unwrap();
            let asked = if kind.asks_no_partner() { "XA" } else { "XB" };
            for part in [kind.article.as_str(), "XA", asked, "DRAFT, NOT SENT", &id] {
                assert!(letter.contains(part), "{} {ending} does not say {part}:\n{letter}", kind.id);
            }
            let goes = |f: &&law::FieldRow| f.required && f.is_for(kind.addressees()[0]);
            for field in kind.field.iter().filter(goes) {
                let word = field.label.split(' ').next().unwrap();
                assert!(letter.contains(word), "{} {ending} does not say {}", kind.id, field.label);
            }
        }
    }
}

#[test]
fn what_is_not_in_force_between_the_two_stays_a_draft() {
    let (_root, a, _b) = pair();
    let case = a.case("Not in force");
    for (kind, in_force) in [
        ("bc29", true),
        ("bc31", true),
        ("mlat_untoc", true),
        ("2ap7", false),
        ("uncc42", false),
        ("epoc", false),
        ("cloud", false),
    ] {
        let written = write(&a, kind, &case, "XB", &[]);
        match (in_force, written) {
            (true, Ok(id)) => drop(a.must(1, "request submit", &[("request", &id)])),
            (false, Err(failure)) => {
                assert!(
                    failure.kind == ErrorKind::Refused && failure.hint.contains("NOT IN FORCE"),
                    "{kind}: {failure:?}"
                );
                let id = write(&a, kind, &case, "XB", &[("draft", "yes")]).unwrap();
                let failure = a.fails(1, "request submit", &[("request", &id)], ErrorKind::Refused);
                assert!(failure.verdict.unwrap().refused_by().contains(&RuleId::A03), "{kind}");
                assert_eq!(a.must(1, "request show", &[("request", &id)]).value["in_force"], false);
            }
            (_, other) => panic!("{kind}: {other:?}"),
        }
    }
}

/// A request that is sent, and not carried yet; `under` is what its review is decided with.
fn sent(a: &Site, kind: &str, case: &str, under: &[(&str, &str)]) -> String {
    let id = write(a, kind, case, "XB", &[]).unwrap();
    let review = a.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
    let said = [("review", &*review), ("all", "met"), ("less-intrusive", "open sources")];
    a.must(2, "review assess", &[&said[..], &REASONS[..]].concat());
    // The deepest level needs two.
    for member in [2, 3] {
        if state(a, &id) == "in-review" {
            let decide = [("review", review.as_str()), ("approve", "yes"), ("expires", "60d")];
            a.must(member, "review decide", &[&decide, under].concat());
        }
    }
    a.must(1, "request send", &[("request", &id)]);
    id
}

/// A request of the first desk that has arrived at the second.
fn arrived(a: &Site, b: &Site, case: &str, name: &str) -> String {
    let id = sent(a, "bc29", case, &[]);
    a.carry(b, name);
    id
}

#[test]
fn a_life_is_walked_on_both_sides() {
    let (_root, a, b) = pair();
    let case = a.case("Life");
    let id = arrived(&a, &b, &case, "1");
    assert_eq!(state(&b, &id), "sent");
    let text = ("text", "in words");
    let steps = [
        (true, "request acknowledge", "acknowledged"),
        (true, "request clarify", "clarification"),
        (false, "request reply", "acknowledged"),
        (true, "request offer", "conditional"),
        (false, "request agree", "accepted"),
        (true, "request execute", "executing"),
        (true, "request deliver", "delivered"),
        (false, "request report-use", "use-reported"),
        (false, "request close", "closed"),
    ];
    for (n, (at_b, command, wants)) in (10..).zip(steps) {
        let (site, other) = if at_b { (&b, &a) } else { (&a, &b) };
        site.must(1, command, &[("request", &id), text]);
        site.carry(other, &n.to_string());
        assert_eq!((state(&a, &id).as_str(), state(&b, &id).as_str()), (wants, wants), "{command}");
    }
    for (site, of) in [(&b, "answer"), (&a, "answer"), (&a, "use-report")] {
        let out = site.path(&format!("{of}.txt"));
        site.must(1, "request letter", &[("request", &id), ("of", of), ("out", &out)]);
        assert!(fs::read_to_string(&out).unwrap().contains("in words"), "{of}");
    }
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

/// The block of the result: since and until when, and under which reference.
#[test]
fn what_a_preservation_came_to_comes_back_as_data() {
    let (_root, a, b) = pair();
    let case = a.case("Preserved");
    let id = arrived(&a, &b, &case, "1");
    let next = write(&a, "bc31", &case, "XB", &[("follows", &id), ("authority-until", "2026-12-31")]).unwrap();
    let deliver = |id: &str, since: &str, until: &str| {
        let form = [("request", id), ("preserved-since", since), ("preserved-until", until), ("reference", "NG 4711")];
        b.run(1, "request deliver", &form)
    };
    b.must(1, "request accept", &[("request", &id), ("text", "served")]);
    assert!(deliver(&id, "2026-12-01", "2026-11-01").is_err(), "it ends after it began");
    deliver(&id, "2026-06-15T09:00:00Z", "2026-09-13T22:00:00Z").unwrap();
    b.carry(&a, "2");
    for site in [&a, &b] {
        let shown = site.must(1, "request show", &[("request", &id)]).value;
        assert_eq!(shown["preserved"]["since"], "2026-06-15T09:00:00Z");
        assert_eq!(shown["preserved"]["reference"], "NG 4711");
        assert_eq!(shown["due"], "2026-09-13T22:00:00Z", "what is not asked for by then is lost");
        let out = site.path("answer.txt");
        site.must(1, "request letter", &[("request", &id), ("of", "answer"), ("out", &out)]);
        let letter = fs::read_to_string(&out).unwrap();
        for part in ["Preserved since", "Preserved until", "NG 4711"] {
            assert!(letter.contains(part), "{part}: {letter}");
        }
    }
    // What asks for something else says nothing of one.
    let review = a.must(1, "request submit", &[("request", &next)]).value["review"].as_str().unwrap().to_owned();
    let said = [("review", &*review), ("all", "met"), ("less-intrusive", "open sources")];
    a.must(2, "review assess", &[&said[..], &REASONS[..]].concat());
    for member in [2, 3] {
        if state(&a, &next) == "in-review" {
            a.must(member, "review decide", &[("review", &review), ("approve", "yes"), ("expires", "60d")]);
        }
    }
    a.must(1, "request send", &[("request", &next)]);
    a.carry(&b, "3");
    b.must(1, "request accept", &[("request", &next), ("text", "served")]);
    let refused = deliver(&next, "2026-06-15T09:00:00Z", "2026-09-13T22:00:00Z").unwrap_err();
    assert!(refused.what.contains("preserved"), "{refused:?}");
}

#[test]
fn an_extension_is_asked_for_and_moves_nothing() {
    let (_root, a, b) = pair();
    let case = a.case("Extension");
    let id = arrived(&a, &b, &case, "1");
    let due = a.must(1, "request show", &[("request", &id)]).value["clocks"].clone();
    a.fails(1, "request extend", &[("request", &id)], ErrorKind::Refused);
    b.fails(1, "request extend", &[("request", &id), ("text", "longer")], ErrorKind::Refused);
    a.must(1, "request extend", &[("request", &id), ("text", "30 days more: the court sits in May")]);
    // An answer that crosses it is no conflict.
    b.must(1, "request accept", &[("request", &id)]);
    a.carry(&b, "2");
    b.carry(&a, "3");
    assert_eq!((state(&a, &id).as_str(), state(&b, &id).as_str()), ("accepted", "accepted"));
    for site in [&a, &b] {
        assert_eq!(site.must(1, "request show", &[("request", &id)]).value["clocks"], due, "no clock has moved");
        let out = site.path("extension.txt");
        site.must(1, "request letter", &[("request", &id), ("of", "extension"), ("out", &out)]);
        let letter = fs::read_to_string(&out).unwrap();
        assert!(letter.contains("REQUEST FOR EXTENSION") && letter.contains("the court sits in May"), "{letter}");
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_letter_has_the_strictest_marking_of_what_it_is_about() {
    let (_root, a, _b) = pair();
    let case = a.case("Marked");
    let id = write(&a, "bc29", &case, "XB", &[("draft", "yes")]).unwrap();
    let letter = |name: &str| {
        let out = a.path(name);
        a.must(1, "request letter", &[("request", &id), ("out", &out)]);
        fs::read_to_string(&out).unwrap()
    };
    assert!(!letter("1.txt").contains("TLP:"), "nothing is marked yet");
    let item = |tlp: &str, pap: &str, handling: &str| {
        let form = [("type", "domain"), ("category", "indicator"), ("value", "x.example"), ("case", case.as_str())];
        let marking = [("tlp", tlp), ("pap", pap), ("handling", handling)];
        a.make(1, "item add", &[form.as_slice(), &marking].concat())
    };
    item("GREEN", "RED", "H1");
    item("AMBER", "CLEAR", "H2");
    assert!(letter("2.txt").contains("TLP:AMBER PAP:RED H1 H2"), "{}", letter("3.txt"));
    assert_eq!(a.must(1, "case show", &[("case", &case)]).value["marking"], "TLP:AMBER PAP:RED H1 H2");
}

#[test]
fn a_letter_that_was_sent_is_printed_again_as_it_was() {
    let (_root, a, _b) = pair();
    let case = a.case("Sent");
    let item = |tlp: &str, handling: &str| {
        let form = [("type", "domain"), ("category", "indicator"), ("value", "x.example"), ("case", case.as_str())];
        a.make(1, "item add", &[form.as_slice(), &[("tlp", tlp), ("handling", handling)]].concat())
    };
    item("GREEN", "H1");
    let id = sent(&a, "bc29", &case, &[]);
    let letter = |name: &str| {
        let out = a.path(name);
        a.must(1, "request letter", &[("request", &id), ("out", &out)]);
        fs::read_to_string(&out).unwrap()
    };
    let first = letter("1.txt");
    assert!(first.contains("TLP:GREEN"), "{first}");
    item("RED", "H2");
    assert_eq!(letter("2.txt"), first);
    assert!(a.must(1, "case show", &[("case", &case)]).value["marking"].as_str().unwrap().contains("RED"));
}

#[test]
fn only_an_order_that_nobody_validated_has_to_be_validated_in_48_hours() {
    let (_root, a, _b) = pair();
    let case = a.case("Validation");
    for kind in ["epoc", "epoc_pr"] {
        for (validated, fields) in [
            (true, filled(Law::of_program().request(kind).unwrap())),
            (false, {
                let all = filled(Law::of_program().request(kind).unwrap());
                all.into_iter().filter(|f| !f.starts_with("validation=")).collect()
            }),
        ] {
            let mut form =
                vec![("kind", kind), ("case", &case), ("to", "XB"), ("draft", "yes"), ("urgency", "emergency")];
            form.extend(fields.iter().map(|f| ("field", f.as_str())));
            let id = a.make(1, "request new", &form);
            let workspace = a.open(1).unwrap();
            let record = workspace.find_record(&id, &[comity::record::kind::Kind::Request]).unwrap();
            let terms = comity::record::request::terms_of(&record).unwrap();
            let law = Law::of_program();
            let now = workspace.now();
            let row = law.request(kind).unwrap();
            let clocks =
                comity::command::request::running::clocks(&workspace, &law, row, &terms, validated, now).unwrap();
            drop(workspace);
            assert_eq!(!clocks.to_string().contains("Article 4(5)"), validated, "{kind}");
            for addressee in ["provider", "authority"] {
                let out = a.path("clock.txt");
                a.must(
                    1,
                    "request letter",
                    &[("request", &id), ("addressee", addressee), ("out", &out), ("force", "yes")],
                );
                assert!(!fs::read_to_string(&out).unwrap().contains("else withdrawn"), "{kind} {addressee}");
            }
        }
    }
}

#[test]
fn a_refusal_names_a_ground_of_its_instrument_and_reasons() {
    let (_root, a, b) = pair();
    let case = a.case("Refused");
    let id = arrived(&a, &b, &case, "1");
    b.fails(1, "request refuse", &[("request", &id), ("ground", "R4"), ("because", "no")], ErrorKind::Refused);
    b.fails(1, "request refuse", &[("request", &id), ("ground", "R2"), ("because", "  ")], ErrorKind::Refused);
    b.must(
        1,
        "request refuse",
        &[("request", &id), ("ground", "R2"), ("because", "it would harm the inquiry of the court")],
    );
    b.carry(&a, "2");
    assert_eq!(state(&a, &id), "refused");
    for (site, of) in [(&a, "0 by this desk, 1 by partners"), (&b, "1 by this desk, 0 by partners")] {
        let figures = site.must(1, "audit figures", &[]).value;
        let refusals = figures.as_array().unwrap().iter().find(|f| f["name"] == "refusals").unwrap();
        assert_eq!((refusals["of"].as_str(), refusals["id"].as_str()), (Some(of), Some(&*id)));
    }
    let out = a.path("refusal.txt");
    a.must(1, "request letter", &[("request", &id), ("of", "answer"), ("out", &out)]);
    let letter = fs::read_to_string(&out).unwrap();
    assert!(letter.contains("R2") && letter.contains("inquiry of the court"), "{letter}");
}

#[test]
fn it_is_postponed_on_a_ground_where_its_instrument_names_one() {
    let (_root, a, b) = pair();
    let case = a.case("Postponed");
    // Article 27(5) names one for mutual assistance; preservation is never postponed; a contact point's help names none.
    for (n, kind, ground, goes) in [
        (1, "bc25", None, false),
        (2, "bc25", Some("R2"), false),
        (3, "bc25", Some("R5"), true),
        (4, "bc29", Some("R5"), false),
        (5, "bc29", None, false),
        (6, "bc35", None, true),
    ] {
        let id = sent(&a, kind, &case, &[]);
        a.carry(&b, &format!("there-{n}"));
        let mut form = vec![("request", id.as_str()), ("because", "a trial is under way")];
        form.extend(ground.map(|g| ("ground", g)));
        if !goes {
            b.fails(1, "request postpone", &form, ErrorKind::Refused);
            continue;
        }
        b.must(1, "request postpone", &form);
        b.carry(&a, &format!("back-{n}"));
        let shown = a.must(1, "request show", &[("request", &id)]).value;
        assert_eq!((shown["state"].as_str(), shown["ground"].as_str()), (Some("postponed"), ground), "{kind}");
    }
    b.must(1, "audit verify", &[]);
}

#[test]
fn what_a_review_came_to_travels_and_its_reasoning_stays() {
    let (_root, a, b) = pair();
    let case = a.case("Conditions");
    let under = [
        ("condition", "confidentiality,report-use"),
        ("caveat", "not to be read out in court"),
        ("reasons", "the pattern of calls speaks for itself"),
    ];
    let id = sent(&a, "bc29", &case, &under);
    a.carry(&b, "1");
    for site in [&a, &b] {
        let decision = site.must(1, "request show", &[("request", &id)]).value["decision"].clone();
        assert_eq!(
            decision,
            serde_json::json!({
                "outcome": "conditions", "level": "L1", "conditions": ["confidentiality", "report-use"],
                "caveats": ["not to be read out in court"],
            }),
            "{}",
            site.code
        );
        let out = site.path("under.txt");
        site.must(1, "request letter", &[("request", &id), ("out", &out)]);
        let letter = fs::read_to_string(&out).unwrap();
        for said in ["is to be kept confidential", "not to be read out in court"] {
            assert!(letter.contains(said), "{}: {said}", site.code);
        }
    }
    let everything = |site: &Site| {
        let db = site.open(1).unwrap().db;
        let all = "SELECT group_concat(terms || coalesce(content, '')) || coalesce((SELECT group_concat(text) FROM change_terms), '') FROM change";
        db.query_row(all, [], |r| r.get::<_, String>(0)).unwrap()
    };
    assert!(everything(&a).contains("speaks for itself") && !everything(&b).contains("speaks for itself"));
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn an_offer_names_its_conditions_and_taking_them_binds() {
    let (_root, a, b) = pair();
    let case = a.case("Offer");
    let id = arrived(&a, &b, &case, "1");
    let text = ("text", "only for the inquiry that is named");
    b.must(1, "request offer", &[("request", &id), ("condition", "use-limit"), ("condition", "no-onward"), text]);
    b.carry(&a, "2");
    a.must(1, "request agree", &[("request", &id)]);
    a.carry(&b, "3");
    for site in [&a, &b] {
        let shown = site.must(1, "request show", &[("request", &id)]).value;
        assert_eq!(shown["state"], "accepted");
        assert_eq!(shown["offered"], serde_json::json!(["use-limit", "no-onward"]), "{}", site.code);
        let out = site.path("offer.txt");
        site.must(1, "request letter", &[("request", &id), ("of", "answer"), ("out", &out)]);
        let letter = fs::read_to_string(&out).unwrap();
        assert!(letter.contains("may not be passed on") && letter.contains("the inquiry that is named"), "{letter}");
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_refusal_cites_the_article_of_its_own_instrument() {
    let law = Law::of_program();
    for (ground, instrument, cites) in [
        ("R2", "bc", "27(4)"),
        ("R2", "uncc", "40(21)"),
        ("R3", "uncc", "40(21)"),
        ("R6", "uncc", "40(22)"),
        ("R4", "uncc", "40(8)"),
        ("R5", "bc", "27(5)"),
        ("R5", "untoc", "18(25)"),
        ("UNTOC-dual-criminality", "untoc", "18(9)"),
    ] {
        assert!(law.ground(ground).unwrap().source_in(instrument).contains(cites), "{ground} of {instrument}");
    }
}

#[test]
fn mutual_assistance_may_be_postponed_and_a_provider_says_nothing_of_customers() {
    let law = Law::of_program();
    let has = |kind: &str, ground: &str| law.request(kind).unwrap().grounds.iter().any(|g| g == ground);
    for kind in ["bc25", "bc31", "bc33", "bc34", "uncc40", "uncc44", "uncc45", "uncc46", "mlat_untoc"] {
        assert!(has(kind, "R5"), "{kind}");
    }
    for kind in ["bc29", "bc30", "uncc42", "uncc43"] {
        assert!(!has(kind, "R5"), "{kind}");
    }
    for kind in ["epoc", "epoc_pr"] {
        let reasons =
            ["IMP-incomplete", "IMP-error", "IMP-insufficient", "IMP-not-held", "IMP-impossible", "IMP-not-issued"];
        assert!(!has(kind, "PROV-not-customer") && reasons.iter().all(|r| has(kind, r)), "{kind}");
    }
}

#[test]
fn nothing_expires_before_its_last_clock() {
    let (_root, mut a, b) = pair();
    let case = a.case("Expiry");
    let id = arrived(&a, &b, &case, "1");
    a.fails(1, "request expire", &[("request", &id)], ErrorKind::Refused);
    a.pass_stated(59 * 24);
    a.fails(1, "request expire", &[("request", &id)], ErrorKind::Refused);
    a.pass(2 * 24);
    a.must(1, "request expire", &[("request", &id)]);
    assert_eq!(state(&a, &id), "expired");
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_production_follows_on_its_preservation() {
    let (_root, a, b) = pair();
    let case = a.case("Follow-on");
    let first = arrived(&a, &b, &case, "1");
    let next = write(&a, "bc31", &case, "XB", &[("follows", &first), ("authority-until", "2026-12-31")]).unwrap();
    assert!(write(&a, "bc29", &case, "XB", &[("follows", &first)]).is_err(), "a preservation does not follow on one");
    let review = a.must(1, "request submit", &[("request", &next)]).value["review"].as_str().unwrap().to_owned();
    let level = a.must(1, "review show", &[("review", &review)]).value["level"].clone();
    assert_eq!(level, Law::of_program().request("bc31").unwrap().level.word());
}

#[test]
fn an_originator_is_asked_before_their_item_goes_on() {
    let root = tempfile::TempDir::new().unwrap();
    let [a, b, c] = ["XA", "XB", "XC"].map(|code| Site::found(root.path(), code));
    for (one, other) in [(&a, &b), (&a, &c), (&b, &a), (&c, &a)] {
        one.meet(other);
    }
    let case = b.case("Third party");
    let item = b.make(
        1,
        "item add",
        &[
            ("case", &case),
            ("type", "domain"),
            ("category", "indicator"),
            ("tier", "1"),
            ("tlp", "AMBER"),
            ("value", "n1.example"),
        ],
    );
    b.must(1, "disclosure new", &[("item", &item), ("to", "XA"), ("delete-after", "90d")]);
    b.carry(&a, "1");
    let refused = |site: &Site| {
        let said = site.must(1, "gate explain", &[("item", &item), ("to", "XC")]).value;
        said["refused_by"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(refused(&a), ["G-10"]);
    let ask = |to: &str| {
        a.run(
            1,
            "request new",
            &[
                ("kind", "consent"),
                ("item", &item),
                ("for", "XC"),
                ("to", to),
                ("field", "purpose=the same inquiry"),
                ("field", "reason=XC hosts it"),
            ],
        )
    };
    assert!(ask("XC").is_err(), "only the originator can be asked");
    let request = ask("XB").unwrap().id().unwrap().to_string();
    a.carry(&b, "2");
    assert_eq!(state(&b, &request), "sent");
    b.must(1, "request consent", &[("request", &request)]);
    b.carry(&a, "3");
    assert!(refused(&a).is_empty(), "consent was given");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XC"), ("delete-after", "30d")]);
    a.carry(&c, "4");
    for site in [&a, &b, &c] {
        site.must(1, "audit verify", &[]);
    }
}
