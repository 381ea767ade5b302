//! Agreements end, and say so before they do; policies of handling come in and go out.

use std::fs;

use crate::desks::{Site, bytes_of, pair};
use comity::command::definition::Output;
use comity::workspace::error::ErrorKind;

fn said(answer: &Output) -> String {
    answer.value.to_string()
}

fn state(site: &Site, agreement: &str) -> String {
    site.must(1, "agreement show", &[("agreement", agreement)]).value["state"].as_str().unwrap().to_owned()
}

#[test]
fn an_agreement_asks_to_be_renewed_weeks_before_sharing_stops() {
    let (_root, mut a, b) = pair();
    let first = a.must(1, "agreement list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    a.must(1, "agreement end", &[("agreement", &first), ("because", "replaced")]);
    let until = a.in_days(60);
    let agreement = a.make(
        1,
        "agreement add",
        &[
            ("partner", "XB"),
            ("instrument", "bc"),
            ("title", "MoU"),
            ("purpose", "cybercrime"),
            ("categories", "indicator"),
            ("from", "2026-01-01"),
            ("until", &until),
            ("retention-cap", "90d"),
        ],
    );
    let case = a.case("Ends");
    let item = a.indicator(&case, "soon.example");
    let asks = |site: &Site| said(&site.must(1, "desk today", &[])).contains("agreement e");
    let expired = |site: &Site| said(&site.must(1, "desk today", &[])).contains("agreement has expired");
    let refused =
        |site: &Site| said(&site.must(1, "gate explain", &[("item", &item), ("to", b.code)])).contains("G-04");
    for (days, wants) in [(0, "in force"), (17, "in force"), (3, "renewal due"), (37, "renewal due"), (4, "expired")] {
        a.pass(days * 24);
        assert_eq!(state(&a, &agreement), wants, "{days} days later");
        assert_eq!((asks(&a), expired(&a)), (wants == "renewal due", wants == "expired"), "{days} days later");
    }
    assert!(refused(&a), "nothing leaves under an agreement that has expired");
}

#[test]
fn the_partners_record_comes_is_compared_and_countersigned() {
    let (_root, a, b) = pair();
    a.agree(&b, "2", "indicator");
    b.agree(&a, "3", "indicator");
    a.carry(&b, "1");
    b.carry(&a, "2");
    let newest = |site: &Site, whose: &str| {
        let all = site.must(1, "agreement list", &[]).value;
        let mut newest_first = all.as_array().unwrap().iter().rev();
        newest_first.find(|r| r["whose"] == whose).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (ours, theirs) = (newest(&a, "ours"), newest(&a, "theirs"));
    assert_eq!((newest(&b, "theirs"), newest(&b, "ours")), (ours.clone(), theirs.clone()));
    for id in [&ours, &theirs] {
        let shown = a.must(1, "agreement show", &[("agreement", id)]).value;
        let differs = shown["differs"].as_array().unwrap();
        assert_eq!(differs.len(), 1, "{shown}");
        assert_eq!(
            (&differs[0]["what"], &differs[0]["ours"], &differs[0]["theirs"]),
            (&"tier".into(), &"2".into(), &"3".into())
        );
    }
    // What the partner recorded decides nothing here.
    let case = a.case("Ceiling");
    let calls = a.calls(&case);
    assert!(said(&a.must(1, "gate explain", &[("item", &calls), ("to", "XB")])).contains("G-07"));
    a.fails(1, "agreement countersign", &[("agreement", &ours)], ErrorKind::Refused);
    a.fails(1, "agreement end", &[("agreement", &theirs), ("because", "not ours")], ErrorKind::Refused);
    a.must(1, "agreement countersign", &[("agreement", &theirs)]);
    a.carry(&b, "3");
    let shown = b.must(1, "agreement show", &[("agreement", &theirs)]).value;
    assert!(shown["countersigned"].is_string() && shown["whose"] == "ours", "{shown}");
    b.must(1, "agreement end", &[("agreement", &theirs), ("because", "replaced")]);
    b.carry(&a, "4");
    assert_eq!(state(&a, &theirs), "ended");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn where_an_agreement_allows_no_passing_on_every_copy_says_so() {
    let (_root, a, b) = pair();
    a.make(
        1,
        "agreement add",
        &[
            ("partner", "XB"),
            ("instrument", "bc"),
            ("title", "Strict"),
            ("purpose", "cybercrime"),
            ("categories", "indicator"),
            ("from", "2026-01-01"),
            ("until", "2099-01-01"),
            ("retention-cap", "90d"),
            ("onward", "no"),
            ("safeguards", "logged, and shown to the supervisory authority"),
        ],
    );
    let case = a.case("Strict");
    let item = a.indicator(&case, "strict.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "1");
    let there = b.must(1, "item show", &[("item", &item)]).value;
    assert_eq!(there["conditions"][0], "no-onward", "{there}");
    let theirs = b.must(1, "agreement list", &[]).value;
    assert!(theirs.to_string().contains("shown to the supervisory authority"), "the words travel too");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

// --- policies --------------------------------------------------------------------------------------------------------

/// A policy as FIRST's example has it; `tlp` and `end` as given.
fn policy(site: &Site, name: &str, tlp: &str, end: &str) -> String {
    let path = site.path(name);
    let text = format!(
        r#"{{"id":"01bc4353-4829-4d55-8d52-0ab7e0790df9","name":"Harbour policy","description":"Two teams.","iep_version":2.0,
        "start_date":"2026-01-01T00:00:00Z","end_date":{end},"encrypt_in_transit":"must",
        "permitted_actions":"internally-visible-actions","affected_party_notifications":"must-not","tlp":"{tlp}",
        "attribution":"must-not","unmodified_resale":"must-not","external_references":["https://policies.example/tlp"]}}"#
    );
    fs::write(&path, text).unwrap();
    path
}

/// What a policy does not say of an agreement.
const REST: [(&str, &str); 5] = [
    ("partner", "XB"),
    ("instrument", "bc"),
    ("purpose", "cybercrime"),
    ("categories", "indicator"),
    ("retention-cap", "90d"),
];

fn taken_in<'a>(file: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [REST.as_slice(), &[("iep", file)], more].concat()
}

fn words(answer: &Output, key: &str) -> Vec<String> {
    answer.value[key].as_array().unwrap().iter().map(|w| w.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_policy_fills_an_agreement_and_what_is_not_kept_is_named() {
    let (_root, a, b) = pair();
    let file = policy(&a, "p.json", "red", "\"2027-01-01T00:00:00Z\"");
    let before = a.must(1, "agreement list", &[]).value;
    let would = a.must(1, "agreement add", &taken_in(&file, &[("dry-run", "yes")]));
    assert_eq!((&would.value["title"], &would.value["onward"]), (&"Harbour policy".into(), &"no".into()));
    assert_eq!(would.value["recorded"], false);
    assert_eq!(a.must(1, "agreement list", &[]).value, before, "a rehearsal records nothing");
    let made =
        a.must(1, "agreement add", &taken_in(&file, &[("title", "Harbour policy"), ("attribution", "must-not")]));
    let not_kept = [
        "id 01bc4353-4829-4d55-8d52-0ab7e0790df9",
        "description Two teams.",
        "external_references https://policies.example/tlp",
    ];
    assert_eq!(words(&made, "not_kept"), not_kept);
    assert_eq!(words(&would, "not_kept"), not_kept);
    assert!(words(&made, "kept").contains(&"tlp red as onward no".to_owned()), "{made:?}");
    let said = made.message.clone().unwrap();
    assert!(
        said.contains("not kept: description Two teams.") && said.contains("from the policy: attribution must-not")
    );
    let id = made.id().unwrap().to_string();
    let shown = a.must(1, "agreement show", &[("agreement", &id)]).value;
    assert_eq!((&shown["title"], &shown["onward"]), (&"Harbour policy".into(), &"no".into()));
    assert_eq!((&shown["from"], &shown["until"]), (&"2026-01-01T00:00:00Z".into(), &"2027-01-01T00:00:00Z".into()));
    assert_eq!(shown["handling"]["permitted_actions"], "internally-visible-actions");
    // The partner reads the same, and what it recorded otherwise is seen.
    b.must(
        1,
        "agreement add",
        &[
            ("partner", "XA"),
            ("instrument", "bc"),
            ("purpose", "cybercrime"),
            ("categories", "indicator"),
            ("retention-cap", "90d"),
            ("iep", &file),
            ("dry-run", "yes"),
        ],
    );
    a.carry(&b, "1");
    let there = b.must(1, "agreement show", &[("agreement", &id)]).value;
    assert_eq!(there["handling"], shown["handling"]);
    let differs = there["differs"].as_array().unwrap();
    assert!(differs.iter().any(|d| d["what"] == "attribution" && d["theirs"] == "must-not" && d["ours"] == "not said"));
    b.must(1, "agreement countersign", &[("agreement", &id)]);
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn a_field_that_contradicts_the_policy_is_refused_with_both() {
    let (_root, a, _b) = pair();
    let file = policy(&a, "p.json", "amber", "\"2027-01-01T00:00:00Z\"");
    let before = bytes_of(&a.workspace());
    for (field, value, said) in [
        ("title", "Other", "--title Other: the policy's name says Harbour policy"),
        ("from", "2026-02-01", "--from 2026-02-01T00:00:00Z: the policy's start_date says 2026-01-01T00:00:00Z"),
        ("until", "2028-01-01", "--until 2028-01-01T00:00:00Z: the policy's end_date says 2027-01-01T00:00:00Z"),
        ("onward", "free", "--onward free: the policy's tlp amber says with-consent"),
        ("unmodified-resale", "may", "--unmodified-resale may: the policy's unmodified_resale says must-not"),
    ] {
        let failure = a.fails(1, "agreement add", &taken_in(&file, &[(field, value)]), ErrorKind::Usage);
        assert_eq!(failure.what, said);
    }
    let endless = policy(&a, "endless.json", "amber", "null");
    let failure = a.fails(1, "agreement add", &taken_in(&endless, &[]), ErrorKind::Usage);
    assert!(failure.what.contains("--until is missing: the policy has no end"), "{failure:?}");
    a.fails(1, "agreement add", &REST, ErrorKind::Usage);
    assert!(before == bytes_of(&a.workspace()), "nothing changed");
    a.must(1, "agreement add", &taken_in(&endless, &[("until", "2027-01-01")]));
}

#[test]
fn a_hostile_policy_changes_nothing() {
    let (_root, a, _b) = pair();
    let good = fs::read_to_string(policy(&a, "p.json", "amber", "null")).unwrap();
    let before = bytes_of(&a.workspace());
    let (open, shut) = ("[".repeat(5_000), "]".repeat(5_000));
    for bad in [
        String::new(),
        good.replace("2.0,", "1.0,"),
        good.replace("amber", "purple"),
        good.replacen('{', r#"{"tlp":"white","#, 1),
        good.replacen('{', &format!(r#"{{"x":{open}{shut},"#), 1),
        good.replace("Harbour policy", "Harbour\\u001b[2J policy"),
        good.replace("Two teams.", &"x".repeat(70_000)),
    ] {
        let path = a.path("bad.json");
        fs::write(&path, bad).unwrap();
        let failure = a.fails(1, "agreement add", &taken_in(&path, &[("until", "2027-01-01")]), ErrorKind::Malformed);
        assert!(failure.what.len() < 500 && !failure.what.contains('\u{1b}'), "{failure:?}");
    }
    assert!(before == bytes_of(&a.workspace()), "nothing changed");
}

#[test]
fn an_agreement_goes_out_as_a_policy_and_comes_in_the_same() {
    let (_root, a, b) = pair();
    let handling = [("onward", "with-consent"), ("attribution", "must"), ("permitted-actions", "none")];
    let more =
        [("title", "Policy \u{202e}out"), ("from", "2026-01-01"), ("until", "2027-01-01"), ("costs", "each its own")];
    let id = a.make(1, "agreement add", &[REST.as_slice(), &handling, &more].concat());
    let out = a.path("out.json");
    let this = [("agreement", id.as_str()), ("format", "iep")];
    let answer = a.must(1, "agreement export", &[this.as_slice(), &[("out", &out)]].concat());
    assert_eq!(
        words(&answer, "not_in_policy"),
        [
            "purposes cybercrime",
            "categories indicator",
            "tier by the partner's kind",
            "retention cap 90 days",
            "costs, in words"
        ]
    );
    let left_out = ["encrypt_in_transit", "affected_party_notifications", "unmodified_resale"];
    assert_eq!(words(&answer, "left_out"), left_out);
    let text = fs::read_to_string(&out).unwrap();
    assert!(text.contains("\"iep_version\": 2.0") && text.contains("\"tlp\": \"amber\"") && text.contains("\\u202e"));
    assert_eq!(answer.value["policy"], serde_json::from_str::<serde_json::Value>(&text).unwrap());
    let shown = a.must(1, "agreement export", &this);
    assert_eq!(shown.text.as_deref(), Some(text.trim_end()), "without a file, the same is shown");
    assert!(shown.message.unwrap().contains("not agreed, so left out: unmodified_resale"));
    // At the other desk it is the same agreement.
    let rest = REST.map(|(field, value)| (field, if field == "partner" { "XA" } else { value }));
    let there = b.make(1, "agreement add", &[rest.as_slice(), &[("iep", out.as_str())]].concat());
    a.carry(&b, "1");
    let compared = b.must(1, "agreement show", &[("agreement", &there)]).value;
    assert_eq!(compared["differs"].as_array().unwrap().len(), 0, "{compared}");
    // Copies are logged; who may not make any makes none; an agreement that is ended has no policy.
    let log = a.must(1, "audit log", &[]).value.to_string();
    assert_eq!(log.matches("copy-out").count(), 2, "{log}");
    a.must(1, "agreement end", &[("agreement", &id), ("because", "replaced")]);
    a.fails(1, "agreement export", &this, ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}
