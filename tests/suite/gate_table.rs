//! The gate against a second table: written from the page that fixes its rules, not from its code.
//!
//! Every value of every fact, and every pair of two facts' values, is judged by both. Facts that are missing, extra, of
//! the wrong type or not in their list must refuse, and must leave every rule that does not need them as it was.

use std::collections::BTreeMap;

use comity::gate::question::{Question, judge};
use comity::gate::simulate::simulate;
use comity::value::json::{Limits, parse};
use serde_json::{Value, json};

type Findings = BTreeMap<String, bool>;

fn ask(question: &Value) -> (Findings, Vec<String>) {
    let json = parse(question.to_string().as_bytes(), Limits::FOREIGN).expect("JSON");
    let verdict = judge(&Question::read(&json));
    let refused: Vec<_> = verdict.rules.iter().filter(|r| !r.holds).map(|r| r.id).collect();
    assert_eq!(verdict.refused_by(), refused, "refused_by is every rule that says no, in order");
    assert_eq!(verdict.allowed(), refused.is_empty());
    assert!(verdict.rules.windows(2).all(|w| w[0].id < w[1].id), "rules stand in order of number");
    (verdict.rules.iter().map(|r| (r.id.to_string(), r.holds)).collect(), verdict.obligations)
}

fn time(v: &Value) -> i64 {
    // The table's times are all of the form 2026-06-15T12:00:00Z: their text orders as they do.
    v.as_str().map_or(0, |t| t.bytes().filter(u8::is_ascii_digit).fold(0, |n, d| n * 10 + i64::from(d - b'0')))
}

fn has(list: &Value, word: &str) -> bool {
    list.as_array().unwrap().iter().any(|v| v == word)
}

fn distinct(list: &Value) -> usize {
    let mut all: Vec<&str> = list.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
    all.sort_unstable();
    all.dedup();
    all.len()
}

// --- leave -----------------------------------------------------------------------------------------------------------

fn leave() -> Value {
    json!({"question":"leave", "now":"2026-06-15T12:00:00Z", "realm":"live", "purpose":"cybercrime", "delete_after_days":60, "named_people":false,
     "item":{"realm":"live","state":"held","tier":2,"category":"subscriber","person_class":"suspect","tlp":"AMBER","handling":["H0"],
             "originator":"own","conditions":[],"originator_delete_in_days":null},
     "partner":{"realm":"live","standing":"pinned","kind":"law-enforcement","channel":"operational"},
     "agreement":{"from":"2026-01-01T00:00:00Z","until":"2027-01-01T00:00:00Z","ended":false,"purposes":["cybercrime"],"categories":["indicator","subscriber"],
                  "tier":2,"retention_cap_days":90},
     "consent":"none",
     "review":{"outcome":"approved","covers_item":true,"level":"L1","tier":2,"purpose":"cybercrime","recipient":"same","expires":"2026-07-01T00:00:00Z","reviewers":["k2"]},
     "proposed_by":"k1", "released_by":"k2",
     "authorisation":{"given":false,"expires":null},
     "assurances":{"required":[],"given":[]},
     "dispute_freezes_from_tier":null,
     "references":"none",
     "emergency":null})
}

/// The facts, and for each every value of its list (or some of each side of every border).
fn leave_values() -> Vec<(&'static str, Vec<Value>)> {
    let all_categories =
        ["indicator", "registration", "identification", "subscriber", "traffic", "location", "content", "special"];
    vec![
        (
            "/now",
            [
                "2025-12-31T23:59:59Z",
                "2026-01-01T00:00:00Z",
                "2026-06-15T12:00:00Z",
                "2026-07-01T00:00:00Z",
                "2027-01-01T00:00:00Z",
            ]
            .map(Value::from)
            .into(),
        ),
        ("/realm", ["live", "exercise:north"].map(Value::from).into()),
        ("/purpose", ["cybercrime", "fraud"].map(Value::from).into()),
        ("/delete_after_days", vec![json!(-1), json!(0), json!(1), json!(60), json!(90), json!(91)]),
        ("/named_people", vec![json!(true), json!(false)]),
        ("/item/realm", ["live", "exercise:north", "exercise:south"].map(Value::from).into()),
        ("/item/state", ["held", "purged"].map(Value::from).into()),
        ("/item/tier", vec![json!(1), json!(2), json!(3), json!(4)]),
        ("/item/category", all_categories.map(Value::from).into()),
        ("/item/person_class", ["none", "suspect", "convicted", "victim", "witness", "other"].map(Value::from).into()),
        ("/item/tlp", ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"].map(Value::from).into()),
        ("/item/handling", vec![json!([]), json!(["H0"]), json!(["H1"]), json!(["H0", "H2"]), json!(["H3"])]),
        ("/item/originator", ["own", "recipient", "third"].map(Value::from).into()),
        (
            "/item/conditions",
            [
                "confidentiality",
                "use-limit",
                "no-onward",
                "no-judicial-use",
                "delete-by",
                "notify-before-use",
                "seal",
                "report-use",
                "assurance",
            ]
            .map(|c| json!([c]))
            .into(),
        ),
        ("/item/originator_delete_in_days", vec![json!(null), json!(59), json!(60), json!(1000)]),
        ("/partner/realm", ["live", "exercise:north"].map(Value::from).into()),
        ("/partner/standing", ["met", "pinned", "suspended", "closed"].map(Value::from).into()),
        (
            "/partner/kind",
            [
                "law-enforcement",
                "prosecution",
                "central-authority",
                "cert",
                "private-sector",
                "civil-society",
                "oversight-body",
            ]
            .map(Value::from)
            .into(),
        ),
        (
            "/partner/channel",
            ["inaugurated", "tested", "operational", "joint-operations", "suspended"].map(Value::from).into(),
        ),
        ("/agreement", vec![json!(null)]),
        ("/agreement/from", vec![json!("2026-06-15T12:00:00Z"), json!("2026-06-15T12:00:01Z")]),
        ("/agreement/until", vec![json!("2026-06-15T12:00:00Z"), json!("2026-06-15T12:00:01Z")]),
        ("/agreement/ended", vec![json!(true), json!(false)]),
        ("/agreement/purposes", vec![json!([]), json!(["fraud"]), json!(["fraud", "cybercrime"])]),
        ("/agreement/categories", vec![json!([]), json!(["indicator"]), json!(all_categories)]),
        ("/agreement/tier", vec![json!(null), json!(1), json!(2), json!(3), json!(4)]),
        ("/agreement/retention_cap_days", vec![json!(59), json!(60)]),
        ("/consent", ["none", "given", "refused"].map(Value::from).into()),
        ("/review", vec![json!(null)]),
        (
            "/review/outcome",
            ["open", "approved", "conditions", "partial", "deferred", "refused", "lapsed"].map(Value::from).into(),
        ),
        ("/review/covers_item", vec![json!(true), json!(false)]),
        ("/review/level", ["L1", "L2", "L3"].map(Value::from).into()),
        ("/review/tier", vec![json!(1), json!(2), json!(3), json!(4)]),
        ("/review/purpose", ["cybercrime", "fraud"].map(Value::from).into()),
        ("/review/recipient", ["same", "other"].map(Value::from).into()),
        ("/review/expires", vec![json!("2026-06-15T12:00:00Z"), json!("2026-06-15T12:00:01Z")]),
        (
            "/review/reviewers",
            vec![
                json!([]),
                json!(["k1"]),
                json!(["k2"]),
                json!(["k2", "k2"]),
                json!(["k2", "k3"]),
                json!(["k3", "k1"]),
            ],
        ),
        ("/proposed_by", ["k1", "k2", "k9"].map(Value::from).into()),
        ("/released_by", vec![json!(null), json!("k1"), json!("k2"), json!("k3")]),
        ("/authorisation/given", vec![json!(true), json!(false)]),
        ("/authorisation/expires", vec![json!(null), json!("2026-06-15T12:00:00Z"), json!("2026-06-15T12:00:01Z")]),
        ("/assurances/required", vec![json!([]), json!(["a"]), json!(["a", "b"])]),
        ("/assurances/given", vec![json!([]), json!(["a"]), json!(["b", "a"])]),
        ("/dispute_freezes_from_tier", vec![json!(null), json!(1), json!(2), json!(3), json!(4)]),
        ("/references", ["none", "cleared", "not-cleared"].map(Value::from).into()),
        (
            "/emergency",
            vec![
                json!(null),
                json!({"risk_to_life":true,"people":["k1","k3"],"validation":"pending"}),
                json!({"risk_to_life":true,"people":["k1","k3"],"validation":"approved"}),
                json!({"risk_to_life":true,"people":["k1","k3"],"validation":"refused"}),
                json!({"risk_to_life":true,"people":["k1","k3"],"validation":"lapsed"}),
                json!({"risk_to_life":false,"people":["k1","k3"],"validation":"pending"}),
                json!({"risk_to_life":true,"people":["k1"],"validation":"pending"}),
                json!({"risk_to_life":true,"people":["k1","k1"],"validation":"pending"}),
                json!({"risk_to_life":true,"people":["k3","k4"],"validation":"pending"}),
            ],
        ),
    ]
}

fn leave_table(q: &Value) -> (Findings, Vec<String>) {
    let (item, partner, agreement, review) = (&q["item"], &q["partner"], &q["agreement"], &q["review"]);
    let now = time(&q["now"]);
    let tier = item["tier"].as_i64().unwrap();
    let days = q["delete_after_days"].as_i64().unwrap();
    let mut t = Findings::new();
    let mut set = |id: &str, holds: bool| {
        t.insert(id.to_owned(), holds);
    };
    set("G-00", true);
    set("G-01", q["realm"] == item["realm"] && q["realm"] == partner["realm"]);
    set("G-02", partner["standing"] == "pinned");
    let channel = partner["channel"].as_str().unwrap();
    set(
        "G-03",
        match channel {
            "suspended" => false,
            "inaugurated" | "tested" => tier == 1,
            _ => true,
        },
    );
    if agreement.is_null() {
        ["G-04", "G-05", "G-06", "G-07"].iter().for_each(|id| set(id, false));
    } else {
        set("G-04", agreement["ended"] == false && time(&agreement["from"]) <= now && now < time(&agreement["until"]));
        set("G-05", has(&agreement["purposes"], q["purpose"].as_str().unwrap()));
        set("G-06", has(&agreement["categories"], item["category"].as_str().unwrap()));
        let default = match partner["kind"].as_str().unwrap() {
            "law-enforcement" | "prosecution" => 2,
            "central-authority" => 3,
            _ => 1,
        };
        set("G-07", tier <= agreement["tier"].as_i64().unwrap_or(default));
    }
    let least = match item["category"].as_str().unwrap() {
        "indicator" => 1,
        "registration" | "identification" | "subscriber" => 2,
        "traffic" | "location" => 3,
        _ => 4,
    };
    set("G-08", tier >= least && (item["person_class"] == "none" || tier >= 2));
    set("G-09", item["tlp"] != "RED" || q["named_people"] == true || item["originator"] == "recipient");
    let tlp = item["tlp"].as_str().unwrap();
    let kind = partner["kind"].as_str().unwrap();
    let barred = matches!(tlp, "AMBER" | "AMBER+STRICT" | "RED")
        || has(&item["handling"], "H2")
        || has(&item["handling"], "H3")
        || has(&item["conditions"], "no-onward")
        || (tlp == "GREEN" && matches!(kind, "private-sector" | "civil-society"));
    let agrees = item["originator"] != "third" || q["consent"] == "given" || (q["consent"] == "none" && !barred);

    let e = &q["emergency"];
    let people_differ = |e: &Value| {
        e["people"].as_array().unwrap().len() >= 2 && distinct(&e["people"]) == e["people"].as_array().unwrap().len()
    };
    let emergency = !e.is_null()
        && e["risk_to_life"] == true
        && people_differ(e)
        && (e["validation"] == "pending" || e["validation"] == "approved");
    let unasked = emergency && q["consent"] == "none";
    set("G-10", agrees || unasked);
    let proposer = q["proposed_by"].as_str().unwrap();
    let none = json!({"reviewers": []});
    let r = if review.is_null() { &none } else { review };
    let there = !review.is_null();
    let free = tier == 1 || emergency;
    set(
        "G-11",
        free || (there
            && ["approved", "conditions", "partial"].iter().any(|o| r["outcome"] == *o)
            && r["covers_item"] == true),
    );
    let level = |l: &Value| l.as_str().map_or(0, |l| l.trim_start_matches('L').parse::<i64>().unwrap());
    set("G-12", free || (there && level(&r["level"]) >= tier - 1));
    set(
        "G-13",
        free || (there
            && r["purpose"] == q["purpose"]
            && r["recipient"] == "same"
            && r["tier"].as_i64().unwrap() >= tier),
    );
    set("G-14", free || (there && now < time(&r["expires"])));
    let enough = distinct(&r["reviewers"]) >= if r["level"] == "L3" { 2 } else { 1 };
    set("G-15", free || (there && enough && !has(&r["reviewers"], proposer)));
    let released = q["released_by"].as_str();
    let second = released.is_some_and(|by| by != proposer && (tier < 4 || !has(&r["reviewers"], by)));
    set("G-16", tier == 1 || second || (emergency && has(&e["people"], proposer)));
    let authorised = q["authorisation"]["given"] == true
        && (q["authorisation"]["expires"].is_null() || now < time(&q["authorisation"]["expires"]));
    set("G-17", tier < 3 || emergency || authorised);
    let required = q["assurances"]["required"].as_array().unwrap();
    let assured = required.iter().all(|a| has(&q["assurances"]["given"], a.as_str().unwrap()));
    set("G-18", emergency || assured);
    let frozen = q["dispute_freezes_from_tier"].as_i64().is_some_and(|from| tier >= from);
    set("G-19", emergency || !frozen);
    let cap = agreement["retention_cap_days"].as_i64().unwrap_or(i64::MAX);
    let originators = item["originator_delete_in_days"].as_i64().unwrap_or(i64::MAX);
    set("G-20", days >= 1 && days <= cap && days <= originators);
    set("G-21", q["references"] != "not-cleared");
    set("G-22", item["state"] == "held");
    set("G-23", e.is_null() || emergency);
    let owed = [
        (emergency && e["validation"] == "pending", "validate within 48 h"),
        (unasked && !agrees, "tell the originator without delay"),
        (emergency && !assured, "ask for the assurances"),
    ];
    (t, owed.iter().filter(|(is, _)| *is).map(|(_, text)| (*text).into()).collect())
}

// --- decide ----------------------------------------------------------------------------------------------------------

const L3: [&str; 16] = [
    "legality",
    "aim",
    "necessity",
    "less_intrusive",
    "proportionality",
    "scope",
    "dual_criminality",
    "suspicion",
    "privilege",
    "data_protection",
    "oversight",
    "death_penalty",
    "torture",
    "political_offence",
    "discrimination",
    "ne_bis_in_idem",
];

fn tests_with(n: usize, outcome: &str) -> Value {
    Value::Object(L3.iter().take(n).map(|t| ((*t).to_owned(), json!(outcome))).collect())
}

fn decide() -> Value {
    json!({"question":"decide","now":"2026-06-15T12:00:00Z","reviewer":"k2","roles":["legal-reviewer"],"requester":"k1","level":"L1",
     "tests": tests_with(7, "met"), "less_intrusive":"open sources searched","outcome":"approve","conditions":[],"expires":"2026-08-01T00:00:00Z",
     "conflict_of_interest":"none","reasons":""})
}

fn decide_values() -> Vec<(&'static str, Vec<Value>)> {
    let mut failed = tests_with(7, "met");
    failed["scope"] = json!("not");
    let mut beyond = tests_with(7, "condition");
    beyond["torture"] = json!("not");
    vec![
        (
            "/now",
            vec![
                json!("2026-06-15T12:00:00Z"),
                json!("2026-08-01T00:00:00Z"),
                json!("2025-08-01T00:00:00Z"),
                json!("2025-07-31T23:59:59Z"),
            ],
        ),
        ("/reviewer", vec![json!("k1"), json!("k2")]),
        ("/roles", vec![json!([]), json!(["investigator"]), json!(["administrator", "legal-reviewer"])]),
        ("/requester", vec![json!("k1"), json!("k2")]),
        ("/level", vec![json!("L1"), json!("L2"), json!("L3")]),
        (
            "/tests",
            vec![
                json!({}),
                tests_with(6, "met"),
                tests_with(7, "n/a"),
                tests_with(11, "met"),
                tests_with(16, "condition"),
                failed,
                beyond,
            ],
        ),
        ("/less_intrusive", vec![json!(""), json!(" \t\u{2003}\n"), json!("x")]),
        ("/outcome", ["approve", "approve-with-conditions", "partial", "defer", "refuse"].map(Value::from).into()),
        ("/conditions", vec![json!([]), json!(["no-onward"])]),
        (
            "/expires",
            vec![
                json!(null),
                json!("2026-06-15T12:00:00Z"),
                json!("2026-06-15T12:00:01Z"),
                json!("2027-06-15T12:00:00Z"),
                json!("2027-06-15T12:00:01Z"),
            ],
        ),
        ("/conflict_of_interest", vec![json!("none"), json!("declared")]),
        ("/reasons", vec![json!(""), json!(" "), json!("because")]),
    ]
}

fn year_later(t: &Value) -> i64 {
    // 365 days after each of the table's times: none of those years has a leap day in between.
    let text = t.as_str().unwrap();
    let year: i64 = text[..4].parse().unwrap();
    time(&json!(format!("{}{}", year + 1, &text[4..])))
}

fn decide_table(q: &Value) -> (Findings, Vec<String>) {
    let mut t = Findings::new();
    let mut set = |id: &str, holds: bool| {
        t.insert(id.to_owned(), holds);
    };
    let outcome = q["outcome"].as_str().unwrap();
    let approval = matches!(outcome, "approve" | "approve-with-conditions" | "partial");
    let blank = |v: &Value| v.as_str().unwrap().trim().is_empty();
    let asked = match q["level"].as_str().unwrap() {
        "L1" => 7,
        "L2" => 11,
        _ => 16,
    };
    set("V-00", true);
    set("V-01", has(&q["roles"], "legal-reviewer"));
    set("V-02", q["reviewer"] != q["requester"]);
    set("V-03", q["conflict_of_interest"] == "none");
    set("V-04", !approval || L3.iter().take(asked).all(|t| !q["tests"][*t].is_null()));
    set("V-05", !approval || !blank(&q["less_intrusive"]));
    let expires = !q["expires"].is_null()
        && time(&q["now"]) < time(&q["expires"])
        && time(&q["expires"]) <= year_later(&q["now"]);
    set("V-06", !approval || expires);
    set("V-07", outcome != "approve-with-conditions" || !q["conditions"].as_array().unwrap().is_empty());
    set("V-08", !matches!(outcome, "partial" | "defer" | "refuse") || !blank(&q["reasons"]));
    set("V-09", !approval || q["tests"].as_object().unwrap().values().all(|o| o != "not"));
    (t, vec![])
}

// --- purge -----------------------------------------------------------------------------------------------------------

fn purge() -> Value {
    json!({"question":"purge","now":"2026-06-15T12:00:00Z","due":"2026-06-01T00:00:00Z","because":null,"by":"k1","roles":["desk-officer"],"holds":[],"shared_with_duty":false})
}

/// Every role.
const ROLES: [&str; 8] = [
    "investigator",
    "desk-officer",
    "legal-reviewer",
    "release-officer",
    "oversight-auditor",
    "finance-officer",
    "exercise-controller",
    "administrator",
];

fn purge_values() -> Vec<(&'static str, Vec<Value>)> {
    let hold = |lifted: Value, placed: &str| json!({"lifted_by": lifted, "placed_by": placed});
    vec![
        ("/now", vec![json!("2026-06-15T12:00:00Z"), json!("2026-05-31T23:59:59Z"), json!("2026-06-01T00:00:00Z")]),
        ("/due", vec![json!(null), json!("2026-06-15T12:00:00Z"), json!("2026-06-15T12:00:01Z")]),
        ("/because", vec![json!(null), json!(""), json!("\u{a0}"), json!("sender asked")]),
        ("/by", vec![json!("k1"), json!("k2"), json!("k3")]),
        ("/roles", ROLES.map(|r| json!([r])).into()),
        (
            "/holds",
            vec![
                json!([]),
                json!([hold(json!(null), "k3")]),
                json!([hold(json!("k2"), "k3")]),
                json!([hold(json!("k3"), "k3")]),
                json!([hold(json!("k1"), "k3")]),
                json!([hold(json!("k2"), "k3"), hold(json!(null), "k1")]),
            ],
        ),
        ("/shared_with_duty", vec![json!(true), json!(false)]),
    ]
}

fn purge_table(q: &Value) -> (Findings, Vec<String>) {
    let mut t = Findings::new();
    let due = !q["due"].is_null() && time(&q["due"]) <= time(&q["now"]);
    let reason = q["because"].as_str().is_some_and(|b| !b.trim().is_empty());
    let holds = q["holds"].as_array().unwrap();
    t.insert("U-00".into(), true);
    t.insert("U-01".into(), due || reason);
    t.insert("U-02".into(), holds.iter().all(|h| !h["lifted_by"].is_null()));
    t.insert(
        "U-03".into(),
        holds
            .iter()
            .all(|h| h["lifted_by"].is_null() || (h["lifted_by"] != q["by"] && h["lifted_by"] != h["placed_by"])),
    );
    t.insert("U-04".into(), ["desk-officer", "release-officer", "administrator"].iter().any(|r| has(&q["roles"], r)));
    (t, if q["shared_with_duty"] == true { vec!["tell the partners who hold a copy".into()] } else { vec![] })
}

// --- act -------------------------------------------------------------------------------------------------------------

fn act() -> Value {
    json!({"question":"act","now":"2026-06-15T12:00:00Z","realm":"live","kind":"request-send","by":"k1","standing":"active","roles":["desk-officer"],
     "first":null,"missing":[],"partner":{"realm":"live","standing":"pinned","channel":"operational"},"purpose":"cybercrime",
     "review":{"outcome":"approved","covers_item":true,"level":"L1","tier":2,"purpose":"cybercrime","recipient":"same","expires":"2026-07-01T00:00:00Z","reviewers":["k2"]}})
}

const SIGNED_BY: [(&[&str], &str); 23] = [
    (
        &["administrator"],
        "desk-keys member-add member-revoke member-confirm-acts partner-add partner-confirm partner-channel partner-suspend partner-resume agreement-add agreement-end law-change",
    ),
    (
        &["administrator"],
        "taskforce-new taskforce-sign taskforce-amend taskforce-review taskforce-leave taskforce-end agreement-review agreement-renew recognition-add recognition-end",
    ),
    (
        &["desk-officer"],
        "taskforce-evaluate task-new task-move meeting-call meeting-minute analysis-new analysis-revise analysis-decide advice-ask advice-answer advice-close",
    ),
    (&["desk-officer", "release-officer"], "taskforce-pass"),
    (
        &["investigator", "desk-officer"],
        "case-new case-close case-archive item-add item-import item-mark custody request-new request-submit review-open disclosure-propose disclosure-join",
    ),
    (&["investigator", "desk-officer", "release-officer"], "item-hold-back"),
    (
        &["desk-officer"],
        "request-send consent-ask request-answer request-withdraw request-report conflict-resolve disclosure-recall disclosure-export delete-order delete-answer",
    ),
    (
        &["desk-officer", "release-officer", "administrator"],
        "hold hold-lift backup-reapply hold-review retention-review retention-event retention-transfer disposal-propose disposal-decide item-readmit",
    ),
    (
        &["finance-officer"],
        "budget-line budget-split budget-close budget-rate budget-commit budget-approve budget-cancel budget-cost budget-contribute budget-statement budget-accept budget-dispute budget-report budget-reported budget-interest budget-call budget-criteria budget-quote",
    ),
    (&["desk-officer", "release-officer"], "figures-release figures-correct public-publish"),
    (&["investigator", "desk-officer"], "public-draft"),
    (&["release-officer"], "public-clear"),
    (
        &["legal-reviewer"],
        "authorisation-add assurance-add item-consent item-filter review-assess review-recuse review-lapse",
    ),
    (
        &["exercise-controller"],
        "exercise-new exercise-inject exercise-start exercise-pause exercise-clock exercise-deliver exercise-skip exercise-observe exercise-action exercise-end exercise-report",
    ),
    (&[], "exercise-respond exercise-hot-wash training-add"),
    (&["desk-officer"], "exercise-record action-done"),
    (&["release-officer"], "disclosure-release disclosure-validate"),
    (
        &["desk-officer", "release-officer"],
        "bundle-export bundle-import copy-out disclosure-written disclosure-receipt stream-freeze bundle-asked bundle-written bundle-replaced relay-hand relay-pass",
    ),
    (
        &[],
        "certificate certificate-countersign backup-make backup-keep backup-destroy backup-declare backup-confirm refusal-count custody-look custody-sign",
    ),
    (&[], "consultation error-report error-notice misuse-report"),
    (&["investigator", "desk-officer"], "item-correct"),
    (
        &["oversight-auditor"],
        "finding-open finding-close complaint-receive complaint-acknowledge complaint-restrict complaint-lift complaint-examine complaint-decide complaint-done complaint-refer complaint-recall complaint-report complaint-close complaint-letter audit-pack misuse-open sample-draw sample-review",
    ),
    (
        &["desk-officer"],
        "finding-respond error-authority error-raise error-measure error-done error-close error-confirm dispute-open dispute-reply dispute-advance dispute-suspend dispute-lift dispute-neutral dispute-remedy dispute-agree dispute-comply dispute-close",
    ),
];

fn act_values() -> Vec<(&'static str, Vec<Value>)> {
    let mut kinds: Vec<Value> = SIGNED_BY.iter().flat_map(|(_, kinds)| kinds.split(' ')).map(Value::from).collect();
    kinds.sort_by_key(|k| k.to_string());
    let leave = leave_values();
    let of_review = |name: &str| leave.iter().find(|(p, _)| *p == name).unwrap().1.clone();
    vec![
        ("/now", vec![json!("2026-06-15T12:00:00Z"), json!("2026-07-01T00:00:00Z")]),
        ("/realm", vec![json!("live"), json!("exercise:x")]),
        ("/kind", kinds),
        ("/by", vec![json!("k1"), json!("k2")]),
        ("/standing", vec![json!("active"), json!("revoked")]),
        (
            "/roles",
            ROLES
                .map(|r| json!([r]))
                .into_iter()
                .chain([json!([]), json!(["investigator", "release-officer"])])
                .collect(),
        ),
        ("/first", vec![json!(null), json!("k1"), json!("k2")]),
        ("/missing", vec![json!([]), json!(["necessity"])]),
        ("/partner", vec![json!(null)]),
        ("/partner/realm", vec![json!("live"), json!("exercise:x")]),
        ("/partner/standing", ["met", "pinned", "suspended", "closed"].map(Value::from).into()),
        (
            "/partner/channel",
            ["inaugurated", "tested", "operational", "joint-operations", "suspended"].map(Value::from).into(),
        ),
        ("/purpose", vec![json!("cybercrime"), json!("fraud")]),
        ("/review", vec![json!(null)]),
        ("/review/outcome", of_review("/review/outcome")),
        ("/review/covers_item", of_review("/review/covers_item")),
        ("/review/level", of_review("/review/level")),
        ("/review/tier", of_review("/review/tier")),
        ("/review/purpose", of_review("/review/purpose")),
        ("/review/recipient", of_review("/review/recipient")),
        ("/review/expires", of_review("/review/expires")),
        ("/review/reviewers", of_review("/review/reviewers")),
    ]
}

fn act_table(q: &Value) -> (Findings, Vec<String>) {
    let kind = q["kind"].as_str().unwrap();
    let signers = SIGNED_BY.iter().find(|(_, kinds)| kinds.split(' ').any(|k| k == kind)).unwrap().0;
    let (p, r) = (&q["partner"], &q["review"]);
    let mut t = Findings::new();
    t.insert("A-00".into(), true);
    t.insert("A-01".into(), q["standing"] == "active");
    t.insert("A-02".into(), signers.is_empty() || signers.iter().any(|s| has(&q["roles"], s)));
    t.insert("A-03".into(), q["missing"] == json!([]));
    t.insert("A-04".into(), q["first"].is_null() || q["first"] != q["by"]);
    let lenient = kind.starts_with("certificate")
        || kind.starts_with("dispute-")
        || ["request-withdraw", "delete-order", "delete-answer", "error-notice", "error-confirm", "complaint-recall"]
            .contains(&kind);
    let fit = p["realm"] == q["realm"]
        && (p["standing"] == "pinned" || (lenient && p["standing"] == "suspended"))
        && (p["channel"] != "suspended" || lenient);
    t.insert("A-05".into(), p.is_null() || fit);
    let enough = |r: &Value| distinct(&r["reviewers"]) >= if r["level"] == "L3" { 2 } else { 1 };
    let stands = !r.is_null()
        && ["approved", "conditions", "partial"].iter().any(|o| r["outcome"] == *o)
        && r["covers_item"] == true
        && r["purpose"] == q["purpose"]
        && r["recipient"] == "same"
        && time(&q["now"]) < time(&r["expires"])
        && enough(r)
        && !has(&r["reviewers"], q["by"].as_str().unwrap());
    t.insert("A-06".into(), kind != "request-send" || stands);
    t.insert("A-07".into(), q.get("open").is_none_or(|open| *open == json!([])));
    (t, vec![])
}

// --- the comparison --------------------------------------------------------------------------------------------------

/// Sets a fact; `false` where it lies inside something that is null.
fn set(q: &mut Value, pointer: &str, value: &Value) -> bool {
    match q.pointer_mut(pointer) {
        Some(fact) => {
            *fact = value.clone();
            true
        }
        None => false,
    }
}

fn check(base: &Value, values: &[(&str, Vec<Value>)], table: fn(&Value) -> (Findings, Vec<String>)) -> usize {
    let mut judged = 0;
    let mut compare = |q: &Value| {
        judged += 1;
        assert_eq!(ask(q), table(q), "{q}");
    };
    compare(base);
    for (i, (first, firsts)) in values.iter().enumerate() {
        for a in firsts {
            let mut one = base.clone();
            assert!(set(&mut one, first, a), "{first}");
            compare(&one);
            for (second, seconds) in &values[i + 1..] {
                for b in seconds {
                    let mut two = one.clone();
                    if set(&mut two, second, b) {
                        compare(&two);
                    }
                }
            }
        }
    }
    judged
}

#[test]
fn leave_is_what_the_page_says() {
    assert!(check(&leave(), &leave_values(), leave_table) > 10_000);
}

#[test]
fn decide_is_what_the_page_says() {
    assert!(check(&decide(), &decide_values(), decide_table) > 400);
}

#[test]
fn where_a_person_is_meant_the_rights_tests_are_asked_at_every_level() {
    let rights = ["death_penalty", "torture", "political_offence", "discrimination"];
    let refused = |about: Value, tests: Value| {
        let mut q = decide();
        q["about_person"] = about;
        q["tests"] = tests;
        ask(&q).0.into_iter().filter(|(_, holds)| !holds).map(|(rule, _)| rule).collect::<Vec<_>>()
    };
    assert_eq!(refused(json!(false), tests_with(7, "met")), [""; 0]);
    assert_eq!(refused(json!(true), tests_with(7, "met")), ["V-04"]);
    let mut with_rights = tests_with(7, "met");
    rights.iter().for_each(|t| with_rights[*t] = json!("met"));
    assert_eq!(refused(json!(true), with_rights.clone()), [""; 0]);
    for missing in rights {
        let mut tests = with_rights.clone();
        tests.as_object_mut().unwrap().remove(missing);
        assert_eq!(refused(json!(true), tests), ["V-04"], "{missing}");
    }
    assert!(refused(json!("yes"), with_rights).contains(&"V-00".to_owned()));
}

#[test]
fn purge_is_what_the_page_says() {
    assert!(check(&purge(), &purge_values(), purge_table) > 200);
}

#[test]
fn act_is_what_the_page_says() {
    assert!(check(&act(), &act_values(), act_table) > 2_000);
}

#[test]
fn what_must_be_done_before_is_left_out_where_there_is_nothing() {
    let refused = |open: Option<Value>| {
        let mut q = act();
        if let Some(open) = open {
            q["open"] = open;
        }
        ask(&q).0.into_iter().filter(|(_, holds)| !holds).map(|(rule, _)| rule).collect::<Vec<_>>()
    };
    assert_eq!(refused(None), [""; 0]);
    assert_eq!(refused(Some(json!([]))), [""; 0]);
    assert_eq!(refused(Some(json!(["remedy erase"]))), ["A-07"]);
    for bad in [json!("remedy"), json!(null), json!([""]), json!([7]), json!({})] {
        assert!(refused(Some(bad.clone())).contains(&"A-00".to_owned()), "{bad}");
    }
}

/// Which facts a rule needs, by the page. A rule not named here needs none of those that are spoilt.
fn needs(rule: &str, pointer: &str) -> bool {
    let p = |prefixes: &[&str]| prefixes.iter().any(|x| pointer.starts_with(x) || x.starts_with(pointer));
    match rule {
        "G-01" => p(&["/realm", "/item/realm", "/partner/realm"]),
        "G-02" => p(&["/partner/standing"]),
        "G-03" => p(&["/partner/channel", "/item/tier"]),
        "G-04" => p(&["/agreement/from", "/agreement/until", "/agreement/ended", "/now"]),
        "G-05" => p(&["/agreement/purposes", "/purpose"]),
        "G-06" => p(&["/agreement/categories", "/item/category"]),
        "G-07" => p(&["/agreement/tier", "/partner/kind", "/item/tier"]),
        "G-08" => p(&["/item/tier", "/item/category", "/item/person_class"]),
        "G-09" => p(&["/item/tlp", "/named_people", "/item/originator"]),
        "G-10" => p(&[
            "/item/originator",
            "/consent",
            "/item/tlp",
            "/item/handling",
            "/item/conditions",
            "/partner/kind",
            "/emergency",
        ]),
        "G-11" => p(&["/item/tier", "/review/outcome", "/review/covers_item", "/emergency"]),
        "G-12" => p(&["/item/tier", "/review/level", "/emergency"]),
        "G-13" => p(&["/item/tier", "/review/purpose", "/review/recipient", "/review/tier", "/purpose", "/emergency"]),
        "G-14" => p(&["/item/tier", "/review/expires", "/now", "/emergency"]),
        "G-15" => p(&["/item/tier", "/review/reviewers", "/review/level", "/proposed_by", "/emergency"]),
        "G-16" => p(&["/item/tier", "/released_by", "/proposed_by", "/review/reviewers", "/emergency"]),
        "G-17" => p(&["/item/tier", "/authorisation", "/now", "/emergency"]),
        "G-18" => p(&["/assurances", "/emergency"]),
        "G-19" => p(&["/dispute_freezes_from_tier", "/item/tier", "/emergency"]),
        "G-20" => p(&["/delete_after_days", "/agreement/retention_cap_days", "/item/originator_delete_in_days"]),
        "G-21" => p(&["/references"]),
        "G-22" => p(&["/item/state"]),
        "G-23" => p(&["/emergency"]),
        "V-01" => p(&["/roles"]),
        "V-02" => p(&["/reviewer", "/requester"]),
        "V-03" => p(&["/conflict_of_interest"]),
        "V-04" => p(&["/tests", "/level", "/outcome"]),
        "V-05" => p(&["/less_intrusive", "/outcome"]),
        "V-06" => p(&["/expires", "/now", "/outcome"]),
        "V-07" => p(&["/conditions", "/outcome"]),
        "V-08" => p(&["/reasons", "/outcome"]),
        "V-09" => p(&["/tests", "/outcome"]),
        "U-01" => p(&["/due", "/now", "/because"]),
        "U-02" => p(&["/holds"]),
        "U-03" => p(&["/holds", "/by"]),
        "U-04" => p(&["/roles"]),
        "A-01" => p(&["/standing"]),
        "A-02" => p(&["/roles", "/kind"]),
        "A-03" => p(&["/missing"]),
        "A-04" => p(&["/first", "/by"]),
        "A-05" => p(&["/partner", "/realm", "/kind"]),
        "A-06" => p(&["/review", "/kind", "/purpose", "/now", "/by"]),
        "A-07" => p(&["/open"]),
        _ => false,
    }
}

fn check_spoilt(base: &Value, values: &[(&str, Vec<Value>)], zero: &str) {
    let (sound, _) = ask(base);
    let spoil = |q: &Value, pointer: &str| {
        let (findings, _) = ask(q);
        assert_eq!(findings.get(zero), Some(&false), "{pointer}: {q}");
        for (rule, holds) in &sound {
            if rule == zero {
                continue;
            }
            match findings.get(rule) {
                None => assert!(needs(rule, pointer), "{rule} was left out for {pointer}"),
                Some(now) => assert!(now == holds || needs(rule, pointer), "{rule} changed for {pointer}"),
            }
        }
    };
    for (pointer, _) in values {
        for bad in [json!("no such word"), json!(7.5), json!([7]), json!({"x": 1}), json!(""), json!(-7)] {
            let mut q = base.clone();
            set(&mut q, pointer, &bad);
            let free_text = matches!(
                *pointer,
                "/purpose"
                    | "/proposed_by"
                    | "/released_by"
                    | "/review/purpose"
                    | "/reviewer"
                    | "/requester"
                    | "/by"
                    | "/first"
                    | "/less_intrusive"
                    | "/reasons"
                    | "/because"
            );
            let usable = (free_text && bad == "no such word")
                || (matches!(*pointer, "/less_intrusive" | "/reasons" | "/because") && bad == "")
                || (bad == json!(-7) && (pointer.ends_with("_days") || pointer.ends_with("freezes_from_tier")));
            // A number with a fraction is no JSON that is read here at all.
            if !usable && bad != json!(7.5) {
                spoil(&q, pointer);
            }
        }
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let mut missing = base.clone();
        if missing.pointer_mut(parent).and_then(Value::as_object_mut).and_then(|o| o.remove(key)).is_some() {
            spoil(&missing, pointer);
        }
    }
    let mut extra = base.clone();
    extra["surprise"] = json!(1);
    let (findings, _) = ask(&extra);
    assert_eq!(findings.get(zero), Some(&false));
    assert_eq!(findings.len(), sound.len(), "an extra fact leaves every rule as it was");
}

#[test]
fn what_is_missing_extra_or_unknown_refuses_and_spoils_nothing_else() {
    check_spoilt(&leave(), &leave_values(), "G-00");
    check_spoilt(&decide(), &decide_values(), "V-00");
    check_spoilt(&purge(), &purge_values(), "U-00");
    check_spoilt(&act(), &act_values(), "A-00");
    for q in [json!({}), json!({"question": "sell"}), json!({"question": 7})] {
        let (findings, _) = ask(&q);
        assert_eq!(findings, Findings::from([("G-00".to_owned(), false)]));
    }
    let mut unknown_test = decide();
    unknown_test["tests"]["mood"] = json!("met");
    assert_eq!(ask(&unknown_test).0.get("V-00"), Some(&false));
}

#[test]
fn big_numbers_are_numbers() {
    let text = leave().to_string();
    let judged = |from: &str, to: &str| {
        let mut out = Vec::new();
        simulate(text.replace(from, to).as_bytes(), &mut out, |_| true).unwrap();
        serde_json::from_slice::<Value>(&out).unwrap()["refused_by"].clone()
    };
    assert_eq!(judged("\"delete_after_days\":60", "\"delete_after_days\":100000000000000000000000"), json!(["G-20"]));
    assert_eq!(judged("\"retention_cap_days\":90", "\"retention_cap_days\":100000000000000000000000"), json!([]));
    assert_eq!(judged("\"tier\":2", "\"tier\":100000000000000000000000")[0], json!("G-00"));
}

#[test]
fn a_simulation_goes_on_after_a_bad_line() {
    let good = purge().to_string();
    let long = format!("{{\"question\":\"{}\"}}", "x".repeat(2 << 20));
    let lines =
        [good.as_bytes(), b"", b"   ", b"\xff", b"[1]", b"{\"a\":1,\"a\":2}", b"{", long.as_bytes(), good.as_bytes()];
    let mut out = Vec::new();
    let tally = simulate(lines.join(&b'\n').as_slice(), &mut out, |_| true).unwrap();
    let answers: Vec<Value> =
        String::from_utf8(out).unwrap().lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!((tally.answered, tally.errors, answers.len()), (2, 7, 9));
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(answer["error"].is_string(), !matches!(n, 0 | 8), "line {n}: {answer}");
    }
    assert_eq!(answers[0]["allowed"], true);
    assert_eq!(answers[0]["rules"][1]["source"], "LED 5, LED 4(1)(e)");
}
