//! Each kind of partner has a ceiling of its own; an agreement moves it, while it is in force.

use crate::desks::Site;
use comity::gate::simulate::simulate;
use comity::value::class::PartnerKind;
use serde_json::{Value, json};

/// Each kind, with the highest tier that it is given by default.
const KINDS: &[(&str, u64)] = &[
    ("law-enforcement", 2),
    ("prosecution", 2),
    ("central-authority", 3),
    ("cert", 1),
    ("private-sector", 1),
    ("civil-society", 1),
    ("oversight-body", 1),
];

/// What of each tier there is, and the level of its review.
const TIERS: &[(u64, &str, &str)] =
    &[(1, "indicator", "L1"), (2, "subscriber", "L1"), (3, "traffic", "L2"), (4, "content", "L3")];

/// Everything in order but for what the test is about: an item of a tier, for a partner of a kind.
fn facts(kind: &str, tier: u64, ceiling: Option<u64>, until: &str) -> Value {
    let (_, category, level) = TIERS.iter().find(|(t, ..)| *t == tier).unwrap();
    let all: Vec<&str> = TIERS.iter().map(|(_, category, _)| *category).collect();
    json!({"question":"leave", "now":"2026-06-15T12:00:00Z", "realm":"live", "purpose":"cybercrime", "delete_after_days":60,
     "named_people":false,
     "item":{"realm":"live","state":"held","tier":tier,"category":category,"person_class":"none","tlp":"AMBER","handling":["H0"],
             "originator":"own","conditions":[],"originator_delete_in_days":null},
     "partner":{"realm":"live","standing":"pinned","kind":kind,"channel":"operational"},
     "agreement":{"from":"2026-01-01T00:00:00Z","until":until,"ended":false,"purposes":["cybercrime"],"categories":all,
                  "tier":ceiling,"retention_cap_days":90},
     "consent":"none",
     "review":{"outcome":"approved","covers_item":true,"level":level,"tier":tier,"purpose":"cybercrime","recipient":"same",
               "expires":"2026-07-01T00:00:00Z","reviewers":["k2","k3"]},
     "proposed_by":"k1", "released_by":"k4",
     "authorisation":{"given":true,"expires":null}, "assurances":{"required":[],"given":[]},
     "dispute_freezes_from_tier":null, "references":"none", "emergency":null})
}

/// The rules that say no.
fn refused(facts: &Value) -> Vec<String> {
    let mut out = Vec::new();
    simulate(facts.to_string().as_bytes(), &mut out, |_| true).unwrap();
    let verdict: Value = serde_json::from_slice(&out).unwrap();
    verdict["refused_by"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_kind_is_given_what_is_below_its_ceiling_and_more_by_an_agreement_alone() {
    assert_eq!(
        KINDS.iter().map(|(k, _)| *k).collect::<Vec<_>>(),
        PartnerKind::ALL.iter().map(|k| k.word()).collect::<Vec<_>>()
    );
    let (running, over) = ("2027-01-01T00:00:00Z", "2026-06-15T12:00:00Z");
    for (kind, default) in KINDS {
        for tier in 1..=4u64 {
            let by_default = refused(&facts(kind, tier, None, running));
            if tier <= *default {
                assert!(by_default.is_empty(), "{kind}, tier {tier}: {by_default:?}");
            } else {
                assert_eq!(by_default, ["G-07"], "{kind}, tier {tier}");
            }
            assert!(
                refused(&facts(kind, tier, Some(tier), running)).is_empty(),
                "{kind}, tier {tier}: an agreement says so"
            );
            assert_eq!(refused(&facts(kind, tier, Some(tier), over)), ["G-04"], "{kind}, tier {tier}: it has expired");
            if tier > 1 {
                assert_eq!(
                    refused(&facts(kind, tier, Some(tier - 1), running)),
                    ["G-07"],
                    "{kind}: an agreement lowers it too"
                );
            }
        }
    }
}

fn ceiling(site: &Site, partner: &str) -> String {
    site.must(1, "partner show", &[("partner", partner)]).value["ceiling"].as_str().unwrap().to_owned()
}

fn refused_here(site: &Site, item: &str, to: &str) -> Vec<String> {
    let said = site.must(1, "gate explain", &[("item", item), ("to", to)]).value;
    said["refused_by"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_partner_shows_its_ceiling_what_raises_it_and_that_it_falls_again() {
    let root = tempfile::TempDir::new().unwrap();
    let mut a = Site::found(root.path(), "XA");
    let case = a.case("Ceilings");
    let item = |tier: &str, category: &str| {
        let fields =
            [("case", case.as_str()), ("type", "note"), ("category", category), ("tier", tier), ("value", "v")];
        a.make(1, "item add", &fields)
    };
    let items = [item("1", "indicator"), item("2", "subscriber"), item("3", "traffic"), item("4", "content")];
    let codes = ["XB", "XC", "XD", "XE", "XF", "XG", "XH"];
    let until = a.in_days(30);
    let mut raised = Vec::new();
    for ((kind, default), code) in KINDS.iter().zip(codes) {
        let other = Site::found(root.path(), code);
        let card = other.path("card");
        let answer = other.must(1, "desk card", &[("out", &card), ("force", "yes")]);
        let met = a.must(1, "partner add", &[("card", &card), ("kind", kind)]);
        assert!(met.message.unwrap().contains(&format!("{kind}, up to tier {default} where")), "{kind}");
        let fingerprint = answer.value["fingerprint"].as_str().unwrap().to_owned();
        a.must(1, "partner confirm", &[("partner", code), ("fingerprint", &fingerprint)]);
        assert_eq!(
            ceiling(&a, code),
            format!("tier {default} (kind: {kind}); no agreement is in force, so nothing leaves")
        );
        let agree = |tier: Option<&str>, until: &str| {
            let base = [
                ("partner", code),
                ("instrument", "bc"),
                ("title", "memorandum"),
                ("purpose", "cybercrime"),
                ("categories", "indicator,subscriber,traffic,content"),
                ("from", "2026-01-01"),
                ("until", until),
                ("retention-cap", "90d"),
            ];
            let tier: Vec<_> = tier.map(|t| ("tier", t)).into_iter().collect();
            a.make(1, "agreement add", &[base.as_slice(), &tier].concat())
        };
        let says_ceiling = |tier: u64| {
            let item = &items[usize::try_from(tier).unwrap() - 1];
            refused_here(&a, item, code).contains(&"G-07".to_owned())
        };
        agree(None, "2030-01-01");
        assert_eq!(ceiling(&a, code), format!("tier {default} (kind: {kind})"));
        assert!(refused_here(&a, &items[0], code).is_empty(), "{kind}: indicators leave");
        assert!(!says_ceiling(*default) && says_ceiling(default + 1), "{kind}");
        let more = (default + 1).to_string();
        let agreement = agree(Some(&more), &until);
        let short = format!("A-{}", &agreement[..6]);
        let raises = format!("raised to tier {more} by agreement {short} until {} for", &until[..10]);
        let said = ceiling(&a, code);
        assert_eq!(said, format!("tier {default} (kind: {kind}); {raises} indicator, subscriber, traffic, content"));
        assert!(!says_ceiling(default + 1), "{kind}: raised");
        raised.push((code, *kind, *default));
        if *kind == "oversight-body" {
            // The newest agreement that names purpose and data decides, and what it leaves to the others stays as it was.
            let narrow = [("categories", "indicator,subscriber"), ("until", until.as_str()), ("title", "narrower")];
            let rest = [("partner", code), ("instrument", "bc"), ("purpose", "cybercrime"), ("from", "2026-01-01")];
            a.make(1, "agreement add", &[narrow.as_slice(), &rest, &[("retention-cap", "90d")]].concat());
            assert_eq!(ceiling(&a, code), format!("tier {default} (kind: {kind}); {raises} traffic, content"));
            assert!(says_ceiling(2));
        }
    }
    a.pass(31 * 24);
    for (code, kind, default) in raised {
        assert_eq!(ceiling(&a, code), format!("tier {default} (kind: {kind})"), "it has expired");
        let above = &items[usize::try_from(default).unwrap()];
        assert!(refused_here(&a, above, code).contains(&"G-07".to_owned()), "{kind}: lowered again");
    }
}
