//! An emergency: two people let out at once what would need a review and a court; a third says within 48 hours whether it
//! was one, or the partner must delete.

use crate::desks::{Site, pair};
use comity::command::definition::Output;
use comity::workspace::error::ErrorKind;
use tempfile::TempDir;

const RISK: &str = "a child is held at an address that only this log names";

/// A log of tier 3 without a review, and the claim of an emergency for it.
fn claimed() -> (TempDir, Site, Site, String, String) {
    let (root, a, b) = pair();
    a.agree(&b, "3", "traffic");
    a.must(1, "member roles", &[("member", "XA-3"), ("roles", "investigator")]);
    let case = a.case("Missing child");
    let item = a.calls(&case);
    let share = [("item", item.as_str()), ("to", "XB"), ("delete-after", "30d")];
    a.fails(1, "disclosure new", &share, ErrorKind::Refused);
    let emergency = [share.as_slice(), &[("emergency", RISK)]].concat();
    let answer = a.must(1, "disclosure new", &emergency);
    let id = answer.value["id"].as_str().unwrap().to_owned();
    (root, a, b, item, id)
}

fn shown(site: &Site, disclosure: &str) -> serde_json::Value {
    let all = site.must(1, "disclosure list", &[]).value;
    all.as_array().unwrap().iter().find(|d| d["id"] == disclosure).unwrap().clone()
}

fn ordered(b: &Site, item: &str) -> bool {
    let today: Output = b.must(1, "desk today", &[]);
    today.value["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .any(|t| t["id"] == item && t["what"].as_str().unwrap().contains("orders"))
}

/// How many emergencies oversight is told of, and how they stand.
fn emergencies(site: &Site) -> (serde_json::Value, serde_json::Value) {
    let all = site.must(1, "audit figures", &[]).value;
    let all = all.as_array().unwrap();
    let one = all.iter().find(|figure| figure["name"] == "emergencies").unwrap();
    (one["count"].clone(), one["of"].clone())
}

#[test]
fn two_people_let_it_out_and_a_third_validates_it() {
    let (_root, mut a, b, item, id) = claimed();
    let only = [("disclosure", id.as_str())];
    a.carry(&b, "early");
    b.fails(1, "item show", &[("item", &item)], ErrorKind::Usage);
    a.fails(1, "disclosure join", &only, ErrorKind::Refused);
    a.fails(2, "disclosure join", &only, ErrorKind::Refused);
    a.fails(2, "disclosure release", &only, ErrorKind::Refused);
    a.fails(2, "disclosure validate", &[only[0], ("outcome", "approved"), ("reasons", "x")], ErrorKind::Refused);
    let answer = a.must(3, "disclosure join", &only).value;
    let obligations = serde_json::json!(["validate within 48 h", "ask for the assurances"]);
    assert_eq!(answer["obligations"], obligations, "what the emergency lifted is made good");
    a.carry(&b, "1");
    assert!(b.must(1, "item show", &[("item", &item)]).value.to_string().contains("calls of 14 days"));
    assert_eq!(shown(&b, &id)["risk"], RISK);
    assert_eq!(shown(&a, &id)["validation"], "pending");
    assert_eq!(emergencies(&a), (1.into(), "1 waiting, 0 not validated".into()));
    a.pass(47);
    for member in [1, 3] {
        a.fails(
            member,
            "disclosure validate",
            &[only[0], ("outcome", "approved"), ("reasons", "x")],
            ErrorKind::Refused,
        );
    }
    a.must(2, "disclosure validate", &[only[0], ("outcome", "approved"), ("reasons", "the child was found there")]);
    a.pass(48);
    assert_eq!(shown(&a, &id)["validation"], "approved");
    a.must(1, "bundle export", &[("to", "XB"), ("out", &a.path("later"))]);
    assert_eq!(shown(&a, &id)["state"], "released", "what was validated is not taken back");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn what_is_not_validated_is_ordered_back() {
    for (name, refused) in [("nobody says a word", false), ("a release officer refuses it", true)] {
        let (_root, mut a, mut b, item, id) = claimed();
        let only = [("disclosure", id.as_str())];
        a.must(3, "disclosure join", &only);
        a.carry(&b, "1");
        assert!(!ordered(&b, &item), "{name}");
        if refused {
            a.must(2, "disclosure validate", &[only[0], ("outcome", "refused"), ("reasons", "there was no risk")]);
        } else {
            a.pass(48);
            b.pass(48);
            assert_eq!(shown(&a, &id)["validation"], "lapsed", "{name}");
            assert_eq!(emergencies(&a), (1.into(), "0 waiting, 1 not validated".into()), "{name}");
            a.fails(
                2,
                "disclosure validate",
                &[only[0], ("outcome", "approved"), ("reasons", "late")],
                ErrorKind::Refused,
            );
        }
        // Whoever makes the next bundle need not know: the order goes with it.
        a.carry(&b, "2");
        assert_eq!(shown(&a, &id)["state"], "recalled", "{name}");
        assert!(ordered(&b, &item), "{name}");
        a.fails(1, "disclosure recall", &only, ErrorKind::Refused);
        a.must(1, "audit verify", &[]);
        b.must(1, "audit verify", &[]);
    }
}

#[test]
fn an_emergency_that_lapsed_before_it_was_carried_stays() {
    let (_root, mut a, b, item, id) = claimed();
    a.must(3, "disclosure join", &[("disclosure", &id)]);
    a.pass(48);
    a.carry(&b, "1");
    b.fails(1, "item show", &[("item", &item)], ErrorKind::Usage);
    assert_eq!(shown(&a, &id)["state"], "recalled");
}

#[test]
fn a_disclosure_is_recalled_and_its_partner_told_to_delete() {
    let (_root, a, b) = pair();
    let case = a.case("Recall");
    let item = a.indicator(&case, "recalled.example");
    let id = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "1");
    a.must(1, "disclosure recall", &[("disclosure", &id)]);
    a.carry(&b, "2");
    assert!(ordered(&b, &item));
    b.must(1, "retention purge", &[("item", &item), ("because", "recalled by its sender")]);
    b.carry(&a, "3");
    let shared = a.must(1, "item show", &[("item", &item)]).value;
    assert_eq!(shared["shared"][0]["duty"], "met");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}
