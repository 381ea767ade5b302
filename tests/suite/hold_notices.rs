//! Holds between desks: who has a copy is told of a hold, answers, and keeps it or does not; nobody's term is extended without their word.

use comity::workspace::error::ErrorKind;
use serde_json::Value;

use crate::desks::{Site, pair};

fn notices(a: &Site) -> Vec<Value> {
    a.must(1, "retention hold-notices", &[]).value.as_array().unwrap().clone()
}

fn state(a: &Site, item: &str) -> String {
    a.must(1, "item show", &[("item", item)]).value["state"].as_str().unwrap().to_owned()
}

/// An item of the first desk, and its copy at the second one, to be deleted after ten days.
fn shared(a: &Site, b: &Site) -> (String, String) {
    let item = a.indicator(&a.case("Held"), "held.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "10d")]);
    a.carry(b, "first");
    let copy = b.must(1, "item list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    (item, copy)
}

fn hold(a: &Site, item: &str) -> String {
    let form = [("item", item), ("reason", "litigation"), ("because", "zqwhyitisheld")];
    a.make(1, "retention hold", &form)
}

#[test]
fn a_partner_sees_that_its_copy_is_held_and_is_restricted_over_term_until_it_answers() {
    let (_root, mut a, mut b) = pair();
    let (item, copy) = shared(&a, &b);
    let held = hold(&a, &item);
    a.carry(&b, "told");
    let told = &notices(&b)[0];
    assert_eq!((&told["state"], &told["holder"], &told["on"]), (&"asked".into(), &"XA".into(), &copy.clone().into()));
    assert_eq!(told["reason"], "litigation");
    let notice = told["id"].as_str().unwrap().to_owned();
    assert_eq!(notices(&a)[0]["state"], "told");
    assert!(!format!("{:?}", b.must(1, "audit log", &[]).value).contains("zqwhyitisheld"), "the ground travels alone");
    // Nobody's term is extended by it, and nobody erases by timer what the sender holds: it is restricted, over term.
    b.pass(24 * 11);
    a.pass(24 * 11);
    b.must(1, "retention purge", &[]);
    assert_eq!(state(&b, &copy), "held");
    let row = b.must(1, "retention list", &[]).value;
    let row = row.as_array().unwrap().iter().find(|t| t["id"] == copy.as_str()).unwrap().clone();
    assert_eq!((&row["over_term"], &row["restricted"], &row["held"]), (&true.into(), &true.into(), &false.into()));
    let why = b.must(1, "retention explain", &[("record", &copy)]).value;
    assert_eq!(why["restricted"], true);
    assert!(why["why"].to_string().contains("restricted, over term"), "{}", why["why"]);
    assert!(b.must(1, "desk today", &[]).value.to_string().contains("held there"), "the Desk asks for the answer");
    // Without an answer that it is kept, the desk may still erase its copy, and says why.
    b.fails(1, "retention hold-answer", &[("notice", &notice), ("answer", "keep")], ErrorKind::Usage);
    b.must(1, "retention hold-answer", &[("notice", &notice), ("answer", "decline")]);
    b.fails(1, "retention hold-answer", &[("notice", &notice), ("answer", "decline")], ErrorKind::Refused);
    b.must(1, "retention purge", &[]);
    assert_eq!(state(&b, &copy), "purged");
    b.carry(&a, "answer");
    assert_eq!(notices(&a)[0]["state"], "declined");
    a.must(2, "retention release", &[("hold", &held), ("because", "over")]);
    a.carry(&b, "ended");
    assert_eq!((&notices(&a)[0]["state"], &notices(&b)[0]["state"]), (&"ended".into(), &"ended".into()));
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn who_answers_that_it_is_kept_holds_it_itself_and_lifts_that_itself() {
    let (_root, mut a, mut b) = pair();
    let (item, copy) = shared(&a, &b);
    let held = hold(&a, &item);
    a.carry(&b, "told");
    let notice = notices(&b)[0]["id"].as_str().unwrap().to_owned();
    b.must(1, "retention hold-answer", &[("notice", &notice), ("answer", "keep"), ("because", "the same trial")]);
    b.carry(&a, "answer");
    assert_eq!(notices(&a)[0]["state"], "kept");
    b.pass(24 * 11);
    a.pass(24 * 11);
    b.must(1, "retention purge", &[]);
    assert_eq!(state(&b, &copy), "held", "its own hold beats its timer");
    let why = b.must(1, "retention explain", &[("record", &copy)]).value["why"].to_string();
    assert!(why.contains("the sender has consented"), "{why}");
    // The end of the other hold lifts nothing here: that takes another person of this desk.
    a.must(2, "retention release", &[("hold", &held), ("because", "over")]);
    a.carry(&b, "ended");
    b.fails(1, "retention purge", &[("item", &copy), ("because", "over")], ErrorKind::Refused);
    let own = b.must(1, "retention holds", &[]).value[0]["id"].as_str().unwrap().to_owned();
    b.must(2, "retention release", &[("hold", &own), ("because", "over")]);
    b.must(3, "retention purge", &[]);
    assert_eq!(state(&b, &copy), "purged");
}

#[test]
fn who_holds_a_copy_over_its_senders_term_asks_the_sender_first() {
    let (_root, mut a, mut b) = pair();
    let (item, copy) = shared(&a, &b);
    hold(&b, &copy);
    b.carry(&a, "asked");
    let asked = notices(&a)[0].clone();
    assert_eq!(
        (&asked["state"], &asked["holder"], &asked["on"]),
        (&"asked".into(), &"XB".into(), &item.clone().into())
    );
    b.pass(24 * 11);
    a.pass(24 * 11);
    let why = |b: &Site| b.must(1, "retention explain", &[("record", &copy)]).value["why"].to_string();
    assert!(why(&b).contains("restricted, over term, until the sender consents"), "{}", why(&b));
    let notice = asked["id"].as_str().unwrap();
    a.must(1, "retention hold-answer", &[("notice", notice), ("answer", "keep")]);
    assert_eq!(
        a.must(1, "retention holds", &[]).value,
        serde_json::json!([]),
        "the sender's own item is held by nobody"
    );
    a.carry(&b, "consent");
    assert!(why(&b).contains("the sender has consented"), "{}", why(&b));
    // Who has no role that may hold answers nothing.
    a.enrol(4, "investigator");
    a.fails(4, "retention hold-answer", &[("notice", notice), ("answer", "keep")], ErrorKind::Refused);
}
