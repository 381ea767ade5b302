//! Many commands in one go: each line an act of its own, whole or not at all, and every refusal named with its line.

use std::fs;

use comity::store::read;
use comity::workspace::error::ErrorKind;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::desks::{Site, pair};

fn item(case: &str, value: &str) -> Value {
    json!({"command": "item add", "case": case, "type": "domain", "category": "indicator", "tier": 1, "value": value})
}

fn written(site: &Site, lines: &[String]) -> String {
    let path = site.path("batch.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

fn values(site: &Site, case: &str) -> Vec<String> {
    let all = site.must(1, "item list", &[("case", case)]).value;
    let mut values: Vec<String> =
        all.as_array().unwrap().iter().map(|i| i["value"].as_str().unwrap().to_owned()).collect();
    values.sort();
    values
}

#[test]
fn each_line_is_an_act_of_its_own_and_refusals_are_named_with_their_line() {
    let root = TempDir::new().unwrap();
    let site = Site::found(root.path(), "XA");
    let before = read::last(&site.open(1).unwrap().db).unwrap();
    let lines = [
        json!({"command": "case new", "title": "Batch", "purpose": "cybercrime", "as": "c"}).to_string(),
        String::new(),
        item("@c", "one.example").to_string(),
        item("@nobody", "two.example").to_string(),
        "{".to_owned(),
        json!({"command": "case new"}).to_string(),
        item("@c", "three.example").to_string(),
        json!({"command": "audit purge"}).to_string(),
        json!({"command": "doctor"}).to_string(),
        json!({"command": "batch", "file": "-"}).to_string(),
        json!({"command": "item list", "case": "@c"}).to_string(),
    ];
    let answer = site.must(1, "batch", &[("file", &written(&site, &lines))]);
    assert_eq!((answer.value["done"].as_u64(), answer.value["refused"].as_u64()), (Some(4), Some(6)));
    let told: Vec<(u64, u64)> = answer.value["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| (l["line"].as_u64().unwrap(), l["code"].as_u64().unwrap()))
        .collect();
    assert_eq!(told, [(1, 0), (3, 0), (4, 2), (5, 20), (6, 2), (7, 0), (8, 2), (9, 2), (10, 2), (11, 0)]);
    assert_eq!(answer.code, ErrorKind::Usage as u8, "it ends as the first line that was refused");
    let said = answer.message.unwrap();
    assert!(said.contains("line 4 (item add): no line before has made @nobody"), "{said}");
    assert!(said.contains("line 5: it is not JSON"), "{said}");
    assert!(said.ends_with("4 lines done, 6 refused."), "{said}");
    let listed = &answer.value["lines"][9]["answer"];
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "what a line reads stands in its answer");
    let case = answer.value["lines"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(values(&site, &case), ["one.example", "three.example"]);
    let workspace = site.open(1).unwrap();
    assert_eq!(read::last(&workspace.db).unwrap() - before, 3, "three lines wrote: three acts, each signed");
    drop(workspace);
    site.must(1, "audit verify", &[]);
}

#[test]
fn a_batch_can_end_at_the_first_refusal_and_asks_the_gate_for_each_line() {
    let (_root, a, _b) = pair();
    let case = a.case("Gate");
    let calls = a.calls(&case);
    let one = a.indicator(&case, "a.example");
    let shares = |item: &str| {
        json!({"command": "disclosure new", "item": [item], "to": "XB", "delete-after": "30d"}).to_string()
    };
    let lines = [shares(&calls), shares(&one)];
    let path = written(&a, &lines);
    let stopped = a.must(1, "batch", &[("file", &path), ("stop", "yes")]);
    assert_eq!((stopped.code, &stopped.value["done"]), (ErrorKind::Refused as u8, &json!(0)));
    assert_eq!(stopped.value["lines"].as_array().unwrap().len(), 1);
    let all = a.must(1, "batch", &[("file", &path)]);
    assert_eq!((all.code, &all.value["done"]), (ErrorKind::Refused as u8, &json!(1)));
    // By a member who may not: the role is asked for each line, as it is for a command alone.
    let refused = a.must(3, "batch", &[("file", &written(&a, &[item(&case, "b.example").to_string()]))]);
    assert_eq!(refused.code, ErrorKind::Refused as u8);
    assert_eq!(values(&a, &case), ["a.example", "calls of 14 days"]);
}

#[test]
fn lines_come_from_standard_input_and_may_name_files() {
    let root = TempDir::new().unwrap();
    let site = Site::found(root.path(), "XA");
    site.believe_the_machine();
    let table = site.path("t.csv");
    fs::write(&table, "a.example\nb.example\n").unwrap();
    let (card, named) = (site.path("card"), site.path("named-card"));
    let lines = |out: &str| {
        [
            json!({"command": "case new", "title": "t", "purpose": "cybercrime", "as": "c"}),
            json!({"command": "item import", "file": table, "format": "csv", "case": "@c"}),
            json!({"command": "desk card", "out": out}),
        ]
        .map(|l| l.to_string())
        .join("\n")
    };
    let done = site.program(1, &["--json", "batch", "-"], &lines(&card));
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((done.status.code(), &answer["done"]), (Some(0), &json!(3)), "{answer}");
    // The kernel lets it reach what the lines of a file name, and no other file.
    let path = written(&site, &[lines(&named)]);
    let done = site.program(1, &["--json", "batch", &path], "");
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((done.status.code(), &answer["done"]), (Some(0), &json!(3)), "{answer}");
    assert!(fs::exists(&card).unwrap() && fs::exists(&named).unwrap());
    let done = site.program(1, &["--json", "--readonly", "batch", &path], "");
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((done.status.code(), &answer["done"]), (Some(40), &json!(0)), "{answer}");
    let missing = site.program(1, &["batch", &site.path("none")], "");
    assert_eq!(missing.status.code(), Some(50));
}
