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
fn a_review_says_what_it_rests_on_why_and_with_what_caveat() {
    let (_root, mut a, b) = pair();
    a.agree(&b, "3", "traffic");
    let case = a.case("Reasons");
    let (item, seen) = (a.calls(&case), a.indicator(&case, "seen.example"));
    let review =
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L3")]);
    let on = ("review", review.as_str());
    a.must(2, "review assess", &[on, ("all", "met"), ("less-intrusive", "none"), ("reason", "necessity=no other way")]);
    a.must(2, "review assess", &[on, ("evidence", &seen)]);
    a.fails(2, "review assess", &[on, ("evidence", &case)], Kind::Usage);
    let approve = [on, ("approve", "yes"), ("expires", "60d"), ("caveat", "not in a trial without asking")];
    a.must(2, "review decide", &approve);
    let shown = |site: &Site| site.must(1, "review show", &[on]).value;
    assert_eq!(shown(&a)["state"], "assessed", "level L3 needs a second reviewer");
    let said = shown(&a);
    assert_eq!(said["evidence"][0], seen.as_str());
    assert_eq!(said["reasons"]["necessity"], "no other way");
    assert_eq!(said["less_intrusive_text"], "none", "an assessment that does not speak of it takes nothing back");
    assert_eq!(said["caveats"][0], "not in a trial without asking");
    let l1 = a.approve(&item, &b, "L2");
    a.pass(24 * 61);
    assert_eq!(a.must(1, "review show", &[("review", &l1)]).value["state"], "lapsed");
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_preview_says_the_effective_marking_and_grades_travel() {
    let (_root, a, b) = pair();
    a.agree(&b, "1", "indicator");
    let case = a.case("Graded");
    let add = |tlp: &str, handling: &str| {
        let form = [("type", "domain"), ("category", "indicator"), ("value", "x.example"), ("case", case.as_str())];
        let more = [("source-grade", "b"), ("information-grade", "2"), ("tlp", tlp), ("handling", handling)];
        a.make(1, "item add", &[form.as_slice(), &more].concat())
    };
    let (first, second) = (add("GREEN", "H1"), add("AMBER", "H2"));
    a.must(1, "disclosure new", &[("item", &first), ("item", &second), ("to", "XB"), ("delete-after", "30d")]);
    let preview = a.must(1, "bundle preview", &[("to", "XB")]).value;
    assert_eq!(preview["marking"], "TLP:AMBER PAP:AMBER H1 H2");
    a.carry(&b, "1");
    let there = b.must(1, "item show", &[("item", &first)]).value;
    assert_eq!((there["source_grade"].as_str(), there["information_grade"].as_str()), (Some("B"), Some("2")));
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
