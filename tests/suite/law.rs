//! Rows of the law that a desk changes by a signed act: they decide from then on, what was decided before keeps its
//! version, and the program's rows can be had back.

use std::fs;

use crate::desks::{Site, pair};
use comity::law::edition::{Law, Table};
use comity::workspace::error::ErrorKind;
use serde_json::{Value, json};

const WHY: (&str, &str) = ("because", "the depositary's list of today");

fn row(table: Table, id: &str) -> Value {
    Law::of_program().row(table, id).unwrap()
}

fn file(site: &Site, rows: &Value) -> String {
    let path = site.path("rows.json");
    fs::write(&path, rows.to_string()).unwrap();
    path
}

/// The second protocol is in force, and binds both.
fn in_force() -> Value {
    let mut protocol = row(Table::Instrument, "2ap");
    protocol["status"] = "in force".into();
    let bound = |code: &str| {
        let mut side = row(Table::Jurisdiction, code);
        for party in side["instrument"].as_array_mut().unwrap() {
            if party["id"] == "2ap" {
                party["status"] = "in force".into();
                party["since"] = "2026-01-01".into();
            }
        }
        side
    };
    json!({ "instrument": [protocol], "jurisdiction": [bound("XA"), bound("XB")] })
}

fn request(site: &Site, kind: &str, case: &str) -> Result<String, comity::workspace::error::Error> {
    let law = Law::of_program();
    let fields: Vec<String> = law.request(kind).unwrap().field.iter().map(|f| format!("{}=said", f.id)).collect();
    let mut form = vec![("kind", kind), ("case", case), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    site.run(1, "request new", &form).map(|a| a.id().unwrap().to_string())
}

#[test]
fn a_signed_change_decides_from_then_on_and_can_be_taken_back() {
    let (_root, a, b) = pair();
    let case = a.case("Law");
    assert_eq!(request(&a, "2ap7", &case).unwrap_err().kind, ErrorKind::Refused, "not in force between the two");
    let before = request(&a, "bc29", &case).unwrap();
    let review = a.must(1, "request submit", &[("request", &before)]).value["review"].as_str().unwrap().to_owned();
    a.decide(&review);
    a.must(1, "request send", &[("request", &before)]);

    let changed = a.must(1, "law change", &[("file", &file(&a, &in_force())), WHY]);
    assert_eq!(changed.value["law"], 3, "three rows: {changed:?}");
    let after = request(&a, "2ap7", &case).expect("it is in force now");
    let shown = a.must(1, "law show", &[("kind", "2ap7"), ("here", "yes")]);
    assert_eq!((&shown.value["status"], &shown.value["law"]), (&"in force".into(), &3.into()));
    assert!(shown.text.unwrap().contains("the law as this program brings it, and 3 changes signed here"));
    let review = a.must(1, "request submit", &[("request", &after)]).value["review"].as_str().unwrap().to_owned();
    a.decide(&review);
    a.must(1, "request send", &[("request", &after)]);
    let law = |id: &str| a.must(1, "request show", &[("request", id)]).value["law"].clone();
    assert_eq!(
        law(&before),
        "the law as this program brings it",
        "what was sent before stands on what was the law then"
    );
    assert_eq!(law(&after), "the law as this program brings it, and 3 changes signed here");
    assert_eq!(a.must(1, "review show", &[("review", &review)]).value["law"], law(&after));
    // Reviewed while it was in force, not sent yet: the change that is taken back stops it.
    let late = request(&a, "2ap7", &case).unwrap();
    let review = a.must(1, "request submit", &[("request", &late)]).value["review"].as_str().unwrap().to_owned();
    a.decide(&review);

    a.must(1, "law restore", &[("table", "instrument"), ("id", "2ap"), ("because", "read wrongly")]);
    assert_eq!(request(&a, "2ap7", &case).unwrap_err().kind, ErrorKind::Refused);
    let failure = a.fails(1, "request send", &[("request", &late)], ErrorKind::Refused);
    assert!(failure.hint.contains("NOT IN FORCE"), "{failure:?}");
    assert_eq!(a.must(1, "request show", &[("request", &after)]).value["in_force"], true, "it was when it was sent");
    a.fails(1, "law restore", &[("table", "instrument"), ("id", "2ap"), ("because", "again")], ErrorKind::Refused);
    let history = a.must(1, "law history", &[]).value;
    let said =
        |key: &str| -> Vec<&str> { history.as_array().unwrap().iter().map(|r| r[key].as_str().unwrap()).collect() };
    assert_eq!(said("state"), ["superseded", "in force", "in force", "withdrawn"]);
    assert_eq!(said("row"), ["2ap", "XA", "XB", "2ap"]);
    assert_eq!(said("because"), [WHY.1, WHY.1, WHY.1, "read wrongly"]);
    assert_eq!(
        law(&after),
        "the law as this program brings it, and 3 changes signed here",
        "nor does it change with a later one"
    );

    // Law is each desk's own: nothing of it travels, and both records can be read again.
    a.carry(&b, "b1");
    assert_eq!(b.must(1, "law history", &[]).value, json!([]));
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn an_instrument_that_was_added_can_be_agreed_under() {
    let (_root, a, b) = pair();
    let mut memorandum = row(Table::Instrument, "bc");
    memorandum["id"] = "harbour-memorandum".into();
    memorandum["name"] = "Memorandum of the two harbours".into();
    let agree = || {
        a.run(
            1,
            "agreement add",
            &[
                ("partner", b.code),
                ("instrument", "harbour-memorandum"),
                ("title", "m"),
                ("purpose", "cybercrime"),
                ("categories", "indicator"),
                ("from", "2026-01-01"),
                ("until", "2030-01-01"),
                ("retention-cap", "90d"),
            ],
        )
    };
    assert_eq!(agree().unwrap_err().kind, ErrorKind::Usage, "there is none of that name");
    a.must(1, "law change", &[("file", &file(&a, &json!({ "instrument": [memorandum] }))), WHY]);
    let made = agree().unwrap().id().unwrap().to_string();
    let shown = a.must(1, "agreement show", &[("agreement", &made)]).value;
    assert_eq!(shown["instrument"], "harbour-memorandum");
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_clock_runs_by_the_row_of_its_time() {
    let (_root, a, b) = pair();
    let case = a.case("Clocks");
    let preservation = |site: &Site| {
        let id = request(site, "bc29", &case).unwrap();
        let review = site.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
        site.decide(&review);
        site.must(1, "request send", &[("request", &id)]);
        let shown = site.must(1, "request show", &[("request", &id)]).value;
        shown["clocks"].as_array().unwrap().iter().find(|c| c["clock"] == "preservation").unwrap().clone()
    };
    let before = preservation(&a);
    let sent = a.must(1, "request list", &[]).value[0]["id"].as_str().unwrap().to_owned();
    let letter = || {
        a.must(1, "request letter", &[("request", &sent), ("out", &a.path("letter.txt")), ("force", "yes")]);
        fs::read_to_string(a.path("letter.txt")).unwrap()
    };
    let written = letter();
    let mut kind = row(Table::Request, "bc29");
    kind["name"] = "Another name".into();
    kind["field"][1]["label"] = "Another label".into();
    for clock in kind["clock"].as_array_mut().unwrap().iter_mut().filter(|c| c["clock"] == "preservation") {
        clock["amount"] = 30.into();
        clock["source"] = "a protocol between the two".into();
    }
    a.must(1, "law change", &[("file", &file(&a, &json!({ "request": [kind] }))), WHY]);
    assert_eq!(letter(), written, "the letter of what was sent says what was the law then");
    let after = preservation(&a);
    assert_eq!((&before["due"], &after["due"]), (&a.in_days(60).into(), &a.in_days(30).into()));
    assert_eq!(after["source"], "a protocol between the two");
    a.carry(&b, "b1");
    b.must(1, "audit verify", &[]);
}

#[test]
fn only_an_administrator_changes_the_law_and_only_into_sound_rows() {
    let (_root, a, _b) = pair();
    let good = file(&a, &in_force());
    a.fails(3, "law change", &[("file", &good), WHY], ErrorKind::Refused);
    let mut odd = row(Table::Jurisdiction, "XA");
    odd["weekend"] = json!(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
    let twice = row(Table::Instrument, "bc");
    let cases = [
        ("{".to_owned(), "not JSON"),
        ("[[instrument]]\nid = \"x\"\n".to_owned(), "not a whole row, in TOML"),
        ("\u{feff}\u{202e}".to_owned(), "neither"),
        (json!({ "rule": [] }).to_string(), "no table of the law"),
        (json!({ "instrument": { "id": "bc" } }).to_string(), "no list"),
        (json!({ "jurisdiction": [odd] }).to_string(), "a week without a day of work"),
        (json!({ "instrument": [twice.clone(), twice] }).to_string(), "a row twice"),
        ("[".repeat(100_000), "nested without end"),
        (format!("{{\"instrument\":{}", "[".repeat(100_000)), "nested without end, in JSON"),
    ];
    for (text, what) in cases {
        fs::write(a.path("bad"), text).unwrap();
        let failure = a.fails(1, "law change", &[("file", &a.path("bad")), WHY], ErrorKind::Malformed);
        assert!(failure.what.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{what}: {}", failure.what);
    }
    fs::write(a.path("bad"), vec![b' '; 2 << 20]).unwrap();
    assert!(a.run(1, "law change", &[("file", &a.path("bad")), WHY]).is_err(), "too large");
    let same = file(&a, &json!({ "instrument": [row(Table::Instrument, "bc")] }));
    a.fails(1, "law change", &[("file", &same), WHY], ErrorKind::Refused);
    assert_eq!(a.must(1, "law history", &[]).value, json!([]), "nothing was changed");

    // The program's own way of writing rows is taken as well, and what `law row` writes.
    let written = a.must(1, "law row", &[("table", "instrument"), ("id", "bc")]).text.unwrap();
    fs::write(a.path("row"), written.replace("\"note\": \"", "\"note\": \"Read again. ")).unwrap();
    a.must(1, "law change", &[("file", &a.path("row")), WHY]);
    let toml = "[[ground]]\nid = \"Z9\"\ntext = \"A ground of an agreement.\"\neffect = \"either\"\nsource = \"Agreement, art. 4\"\nverified = \"2026-11-01\"\n";
    fs::write(a.path("row"), toml).unwrap();
    a.must(1, "law change", &[("file", &a.path("row")), WHY]);
    a.must(1, "audit verify", &[]);
}
