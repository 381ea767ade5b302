//! The ladder: what each tier needs before it leaves, each thing from a record and none from a flag.

mod desks;

use comity::desk::failure::Kind;
use desks::{Site, pair};

fn refused(site: &Site, item: &str, to: &str) -> Vec<String> {
    let said = site.must(1, "gate explain", &[("item", item), ("to", to)]).value;
    said["refused_by"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect()
}

#[test]
fn tier_three_needs_a_court_a_deep_review_and_assurances() {
    let (_root, a, b) = pair();
    a.agree(&b, "3", "traffic");
    let case = a.case("Metadata");
    let item = a.calls(&case);
    assert_eq!(refused(&a, &item, "XB"), ["G-11", "G-12", "G-13", "G-14", "G-15", "G-16", "G-17", "G-18"]);
    a.approve(&item, &b, "L1");
    assert!(refused(&a, &item, "XB").contains(&"G-12".to_owned()), "a shallow review is not enough");
    a.approve(&item, &b, "L2");
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-17", "G-18"]);
    a.fails(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")], Kind::Refused);
    a.fails(
        1,
        "authorisation add",
        &[("item", &item), ("to", "XB"), ("by", "court"), ("reference", "7")],
        Kind::Refused,
    );
    a.must(
        2,
        "authorisation add",
        &[("item", &item), ("to", "XB"), ("by", "Court of Harbour"), ("reference", "7 Gs 12"), ("expires", "20d")],
    );
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-18"]);
    a.must(
        2,
        "assurance add",
        &[("partner", "XB"), ("of", "torture"), ("text", "nobody is tortured"), ("by", "central authority")],
    );
    assert_eq!(refused(&a, &item, "XB"), ["G-16"]);
    let disclosure = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.fails(1, "disclosure release", &[("disclosure", &disclosure)], Kind::Refused);
    a.must(2, "disclosure release", &[("disclosure", &disclosure)]);
    a.carry(&b, "1");
    assert!(b.must(1, "item show", &[("item", &item)]).value.to_string().contains("calls of 14 days"));
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn an_authorisation_that_has_expired_is_none() {
    let (_root, mut a, b) = pair();
    a.agree(&b, "3", "traffic");
    let case = a.case("Expired");
    let item = a.calls(&case);
    a.approve(&item, &b, "L2");
    a.must(
        2,
        "authorisation add",
        &[("case", &case), ("to", "XB"), ("by", "Court"), ("reference", "1"), ("expires", "5d")],
    );
    a.must(2, "assurance add", &[("partner", "XB"), ("of", "torture"), ("text", "t"), ("by", "c"), ("expires", "10d")]);
    assert_eq!(refused(&a, &item, "XB"), ["G-16"]);
    a.pass(6 * 24);
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-17"]);
    a.pass(6 * 24);
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-17", "G-18"]);
}
