//! Agreements end, and say so before they do.

mod desks;

use comity::desk::failure::Kind;
use comity::desk::verb::Answer;
use desks::{Site, pair};

fn said(answer: &Answer) -> String {
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
    a.fails(1, "agreement countersign", &[("agreement", &ours)], Kind::Refused);
    a.fails(1, "agreement end", &[("agreement", &theirs), ("because", "not ours")], Kind::Refused);
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
