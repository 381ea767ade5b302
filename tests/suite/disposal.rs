//! Disposal lists: two people decide what fell due, line by line. Each of these tests is a defect that another program has.

use comity::workspace::error::ErrorKind;
use serde_json::Value;

use crate::desks::{Site, pair};

/// A desk on which four indicators have fallen due, and a list of them.
fn list_of_due() -> (tempfile::TempDir, Site, Vec<String>, String) {
    let (root, mut a, _b) = pair();
    let case = a.case("Disposal");
    let items: Vec<String> = (1..=4).map(|n| a.indicator(&case, &format!("n{n}.example"))).collect();
    a.pass_stated(24 * 740);
    let list = a.make(1, "retention propose", &[("because", "what fell due this month")]);
    (root, a, items, list)
}

fn standing(a: &Site, list: &str, item: &str) -> String {
    let lines = a.must(1, "retention disposal", &[("list", list)]).value;
    let of = lines.as_array().unwrap().iter().find(|l| l["id"] == item).unwrap_or_else(|| panic!("{item}: {lines}"));
    of["standing"].as_str().unwrap().to_owned()
}

fn state(a: &Site, item: &str) -> Value {
    a.must(1, "item show", &[("item", item)]).value["state"].clone()
}

fn certificate(a: &Site) -> Value {
    a.must(1, "retention certificates", &[]).value.as_array().unwrap().last().unwrap().clone()
}

#[test]
fn what_two_people_confirm_is_erased_and_one_alone_erases_nothing() {
    let (_root, a, items, list) = list_of_due();
    assert_eq!(a.must(1, "retention disposals", &[]).value[0]["lines"], 4);
    a.must(1, "retention decide", &[("list", &list), ("decision", "confirm"), ("all", "yes")]);
    // The same person again is no second one.
    a.must(1, "retention decide", &[("list", &list), ("decision", "confirm"), ("all", "yes")]);
    assert_eq!(standing(&a, &list, &items[0]), "confirmed by one");
    let nothing = a.must(1, "retention purge", &[("list", &list)]);
    assert!(nothing.message.unwrap().contains("Nothing to erase"));
    // No timer takes what two people are deciding.
    a.must(1, "retention purge", &[]);
    assert_eq!(state(&a, &items[0]), "held");
    a.must(2, "retention decide", &[("list", &list), ("decision", "confirm"), ("line", &items[0])]);
    a.must(1, "retention purge", &[("list", &list)]);
    assert_eq!((state(&a, &items[0]), state(&a, &items[1])), ("purged".into(), "held".into()));
    // A list is carried out once.
    assert!(a.must(1, "retention purge", &[("list", &list)]).message.unwrap().contains("Nothing to erase"));
    a.fails(
        2,
        "retention decide",
        &[("list", &list), ("decision", "confirm"), ("line", &items[1])],
        ErrorKind::Refused,
    );
    a.must(1, "audit verify", &[]);
}

#[test]
fn approving_all_never_overrides_what_a_reviewer_keeps() {
    let (_root, a, items, list) = list_of_due();
    let withhold = [
        ("list", list.as_str()),
        ("decision", "withhold"),
        ("line", &items[0]),
        ("ground", "trial"),
        ("because", "zqtrial"),
    ];
    a.must(2, "retention decide", &withhold);
    let all = a.must(1, "retention decide", &[("list", &list), ("decision", "confirm"), ("all", "yes")]);
    assert_eq!(all.value["left_out"], 1);
    a.must(2, "retention decide", &[("list", &list), ("decision", "confirm"), ("all", "yes")]);
    a.must(1, "retention purge", &[("list", &list)]);
    assert_eq!((state(&a, &items[0]), state(&a, &items[1])), ("held".into(), "purged".into()));
    // What stays stands on the certificate with its ground.
    let record = certificate(&a)["record"].clone();
    assert_eq!(record["stays"], 1, "{record}");
    assert_eq!(record["exceptions"][0], serde_json::json!({ "id": items[0], "ground": "trial" }));
    // And no timer erases it the day after: it is looked at again.
    a.must(1, "retention purge", &[]);
    assert_eq!(state(&a, &items[0]), "held");
    // Why it was withheld dies with the item, as every word of it does.
    a.must(1, "retention purge", &[("item", &items[0]), ("because", "the trial is over")]);
    assert_eq!(a.must(1, "search", &[("words", "zqtrial")]).value, serde_json::json!([]));
}

#[test]
fn a_second_approval_does_not_undo_the_first_ones_exclusions() {
    let (_root, a, items, list) = list_of_due();
    let exclude = [("list", list.as_str()), ("decision", "exclude"), ("line", &items[0]), ("because", "not ours")];
    a.must(1, "retention decide", &exclude);
    let confirm = [("list", list.as_str()), ("decision", "confirm"), ("line", &items[0])];
    // Neither another person nor the same one brings it back.
    a.fails(2, "retention decide", &confirm, ErrorKind::Refused);
    a.fails(1, "retention decide", &confirm, ErrorKind::Refused);
    for member in [1, 2] {
        a.must(member, "retention decide", &[("list", &list), ("decision", "confirm"), ("all", "yes")]);
    }
    assert_eq!(standing(&a, &list, &items[0]), "excluded");
    a.must(1, "retention purge", &[("list", &list)]);
    assert_eq!(state(&a, &items[0]), "held");
    // What was confirmed by one can still be withheld by the other: the stricter word holds.
    let (_root, a, items, list) = list_of_due();
    a.must(1, "retention decide", &[("list", &list), ("decision", "confirm"), ("line", &items[1])]);
    a.must(
        2,
        "retention decide",
        &[("list", &list), ("decision", "withhold"), ("line", &items[1]), ("ground", "law"), ("because", "x")],
    );
    assert_eq!(standing(&a, &list, &items[1]), "withheld");
}

#[test]
fn no_path_forgets_to_ask_about_holds() {
    let (_root, a, items, list) = list_of_due();
    a.must(1, "retention hold", &[("item", &items[0]), ("reason", "litigation"), ("because", "a trial")]);
    for member in [1, 2] {
        a.must(member, "retention decide", &[("list", &list), ("decision", "confirm"), ("all", "yes")]);
        // Named, it is confirmed; held it stays all the same.
        a.must(member, "retention decide", &[("list", &list), ("decision", "confirm"), ("line", &items[0])]);
    }
    // One that is placed after two people have confirmed counts like any other.
    a.must(1, "retention hold", &[("item", &items[1]), ("reason", "complaint"), ("because", "a complaint")]);
    assert_eq!(standing(&a, &list, &items[1]), "held");
    a.must(1, "retention purge", &[("list", &list)]);
    assert_eq!([0, 1, 2].map(|n| state(&a, &items[n])), ["held", "held", "purged"]);
    let record = certificate(&a)["record"].clone();
    assert_eq!(record["stays"], 2);
    assert!(record["exceptions"].as_array().unwrap().iter().all(|e| e["ground"] == "hold"), "{record}");
    // The timer asks, the purge of one item asks, the purge of a case asks.
    assert!(a.must(1, "retention purge", &[]).message.unwrap().contains("held"));
    a.fails(1, "retention purge", &[("item", &items[0]), ("because", "x")], ErrorKind::Refused);
    let case = a.must(1, "case list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    a.fails(1, "retention purge", &[("case", &case), ("because", "x")], ErrorKind::Refused);
}

#[test]
fn an_erasure_that_leaves_something_behind_lists_what_and_why() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Left behind");
    let items: Vec<String> = (1..=3).map(|n| a.indicator(&case, &format!("n{n}.example"))).collect();
    a.must(1, "retention hold", &[("item", &items[0]), ("reason", "audit"), ("because", "an audit")]);
    a.pass_stated(24 * 740);
    a.must(1, "retention purge", &[]);
    let record = certificate(&a)["record"].clone();
    assert_eq!((&record["stays"], &record["exceptions"][0]["ground"]), (&1.into(), &"hold".into()));
    assert_eq!(record["rows"]["item-1"], 2, "each is under a row of the schedule: {record}");
    assert_eq!((&record["standard"], &record["method"]), (&"NIST SP 800-88r2".into(), &"Purge".into()));
    assert_eq!(record["place"], "not stated");
    assert!(certificate(&a)["validated"].is_null(), "verified by the program is not validated by a person");
    let id = certificate(&a)["id"].as_str().unwrap().to_owned();
    a.must(2, "retention certificates", &[("countersign", &id)]);
    assert!(certificate(&a)["validated"].is_string());
}

#[test]
fn only_what_fell_due_is_on_a_list_and_what_stays_has_a_reason() {
    let (_root, a, items, list) = list_of_due();
    a.fails(1, "retention propose", &[("because", "again")], ErrorKind::Refused);
    let case = a.must(1, "case list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    let young = a.indicator(&case, "young.example");
    a.fails(1, "retention decide", &[("list", &list), ("decision", "confirm"), ("line", &young)], ErrorKind::Refused);
    let line = ("line", items[0].as_str());
    let list = ("list", list.as_str());
    for (more, kind) in [
        (vec![("decision", "withhold"), line, ("because", "x")], ErrorKind::Usage),
        (vec![("decision", "confirm"), line, ("ground", "law")], ErrorKind::Usage),
        (vec![("decision", "exclude"), line], ErrorKind::Refused),
        (vec![("decision", "exclude"), ("all", "yes"), ("because", "x")], ErrorKind::Usage),
        (vec![("decision", "confirm")], ErrorKind::Usage),
    ] {
        a.fails(1, "retention decide", &[&[list][..], &more].concat(), kind);
    }
}

/// The number that `audit verify` prints is the number of acts, and an act that is gone is missed: nothing "verifies" by being skipped.
#[test]
fn the_number_of_acts_that_are_proved_is_the_number_of_acts() {
    let (_root, a, _b) = pair();
    let case = a.case("Counted");
    a.indicator(&case, "n.example");
    let all = a.must(1, "audit log", &[("limit", "100000")]).value.as_array().unwrap().len();
    let proved = a.must(1, "audit verify", &[]);
    assert_eq!(proved.value["acts"], all);
    assert!(proved.message.unwrap().contains(&all.to_string()));
    for emptied in ["DELETE FROM act", "DELETE FROM act WHERE position = (SELECT max(position) FROM act)"] {
        let (_root, a, _b) = pair();
        a.open(1).unwrap().db.execute_batch(&format!("PRAGMA foreign_keys = OFF; {emptied}")).unwrap();
        assert!(a.run(1, "audit verify", &[]).is_err(), "{emptied}");
    }
}
