//! Agreements end, and say so before they do.

mod desks;

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
