//! Refusals: whoever tries what the gate refuses is on record for it, and cannot make the log grow by trying.

use comity::workspace::error::ErrorKind;

use crate::desks::{Site, pair};

fn refusals(site: &Site) -> Vec<(String, String, String, i64)> {
    let all = site.must(2, "audit refusals", &[]).value;
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
    let row =
        |r: &serde_json::Value| (text(r, "member"), text(r, "kind"), text(r, "rule"), r["count"].as_i64().unwrap());
    all.as_array().unwrap().iter().map(row).collect()
}

fn acts(site: &Site) -> i64 {
    site.open(1).unwrap().db.query_row("SELECT count(*) FROM act", [], |r| r.get(0)).unwrap()
}

#[test]
fn what_the_gate_refuses_is_counted_and_the_log_does_not_grow_by_trying() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Refused");
    assert_eq!(refusals(&a), []);
    // A legal reviewer opens no case; an investigator's item of tier 2 does not leave unreviewed.
    let opens = [("title", "Mine"), ("purpose", "cybercrime")];
    a.fails(3, "case new", &opens, ErrorKind::Refused);
    assert_eq!(refusals(&a), [("XA-3".into(), "case-new".into(), "A-02".into(), 1)]);
    let form = [("case", &*case), ("type", "account"), ("category", "subscriber"), ("value", "somebody")];
    let item = a.make(1, "item add", &form);
    a.fails(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")], ErrorKind::Refused);
    assert!(refusals(&a).iter().any(|r| r.0 == "XA-1" && r.1 == "disclosure-propose" && r.2 == "G-11"));
    let before = acts(&a);
    for _ in 0..40 {
        a.fails(3, "case new", &opens, ErrorKind::Refused);
    }
    assert_eq!(acts(&a) - before, 15);
    assert!(refusals(&a).contains(&("XA-3".into(), "case-new".into(), "A-02".into(), 16)));
    // Another day is another count.
    a.pass(24);
    a.fails(3, "case new", &opens, ErrorKind::Refused);
    assert!(refusals(&a).contains(&("XA-3".into(), "case-new".into(), "A-02".into(), 1)));
    a.must(1, "audit verify", &[]);
}

#[test]
fn what_is_only_asked_or_is_refused_for_another_reason_is_not_counted() {
    let (_root, a, _b) = pair();
    let case = a.case("Asked");
    let form = [("case", &*case), ("type", "account"), ("category", "subscriber"), ("value", "somebody")];
    let item = a.make(1, "item add", &form);
    a.must(1, "gate explain", &[("item", &item), ("to", "XB")]);
    a.fails(3, "retention purge", &[("item", &item), ("dry-run", "yes")], ErrorKind::Refused);
    a.fails(1, "partner resume", &[("partner", "XB"), ("because", "x")], ErrorKind::Refused);
    assert_eq!(refusals(&a), []);
}
