//! Published figures: what is published reveals nobody, the same period is the same bytes, and the folders that engines read hold
//! no person.

use std::fs;

use comity::figures::table::Table;
use comity::value::json::{Limits, parse};
use comity::workspace::error::ErrorKind;
use serde_json::Value;

use crate::desks::{Site, pair};

/// Items, disclosures and reviews enough that some counts are above the threshold and some below.
fn work(a: &Site) {
    let case = a.case("zqtitle");
    for n in 0..13 {
        let item = a.indicator(&case, &format!("zq{n}.example"));
        a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    }
    let form =
        [("case", &*case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "zqperson")];
    let item = a.make(1, "item add", &form);
    a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
}

fn publish(a: &Site, from: &str, to: &str, out: &str) -> Result<String, ErrorKind> {
    let path = a.path(out);
    let said = a.run(1, "report transparency", &[("from", from), ("to", to), ("out", &path)]);
    said.map(|_| fs::read_to_string(&path).unwrap()).map_err(|e| e.kind)
}

/// The tables of a release, read back out of what was published as text: title, and lines of cells.
fn tables_of_text(text: &str) -> Vec<Vec<Vec<String>>> {
    let body = text.split("\n\n").skip(2).filter(|block| !block.starts_with("Withheld"));
    let cells = |line: &str| line.split("  ").map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned).collect();
    body.map(|block| block.lines().skip(2).map(cells).collect()).collect()
}

#[test]
fn a_period_is_published_once_and_again_as_the_same_bytes() {
    let (_root, mut a, _b) = pair();
    work(&a);
    assert_eq!(
        publish(&a, "2026-04-01", "2026-07-01", "early.html").unwrap_err(),
        ErrorKind::Refused,
        "it is not over"
    );
    a.pass_stated(24 * 30);
    let first = publish(&a, "2026-01-01", "2026-07-01", "one.html").unwrap();
    work(&a);
    assert_eq!(first, publish(&a, "2026-01-01", "2026-07-01", "two.html").unwrap());
    for (from, to) in [("2026-04-01", "2026-07-01"), ("2026-01-01", "2026-04-01")] {
        assert_eq!(publish(&a, from, to, "overlap.html").unwrap_err(), ErrorKind::Refused, "{from}");
    }
    publish(&a, "2025-07-01", "2026-01-01", "before.html").unwrap();
    for (from, to) in [("2025-01-02", "2025-04-01"), ("2025-02-01", "2025-05-01"), ("2025-07-01", "2025-01-01")] {
        assert_eq!(publish(&a, from, to, "odd.html").unwrap_err(), ErrorKind::Usage, "{from}");
    }
    let other = [("from", "2026-01-01"), ("to", "2026-07-01"), ("threshold", "5"), ("out", &*a.path("t.html"))];
    a.fails(1, "report transparency", &other, ErrorKind::Refused);
    a.fails(
        3,
        "budget line",
        &[("title", "x"), ("currency", "EUR"), ("amount", "1"), ("period", "y")],
        ErrorKind::Refused,
    );
    assert_eq!(a.must(1, "report releases", &[]).value.as_array().unwrap().len(), 2);
    a.must(1, "audit verify", &[]);
}

#[test]
fn every_form_says_the_same_and_nothing_of_a_case() {
    let (_root, mut a, _b) = pair();
    work(&a);
    a.pass_stated(24 * 30);
    let forms: Vec<String> = ["a.html", "a.txt", "a.csv", "a.json"]
        .map(|name| publish(&a, "2026-04-01", "2026-07-01", name).unwrap())
        .into();
    for form in &forms {
        assert!(!form.contains("zq") && !form.contains("XB"), "{form}");
        assert!(form.to_lowercase().contains("withheld"));
    }
    let json: Value = serde_json::from_str(&forms[3]).unwrap();
    let texts = tables_of_text(&forms[1]);
    let cell = |v: &Value| v.as_i64().map_or_else(|| "c".to_owned(), |n| n.to_string());
    for (table, text) in json["tables"].as_array().unwrap().iter().zip(&texts) {
        for (row, line) in table["cells"].as_array().unwrap().iter().zip(text) {
            let cells: Vec<String> = row.as_array().unwrap().iter().map(cell).collect();
            assert_eq!(line[1..=cells.len()], cells, "{table}");
            let html: String = cells.iter().map(|c| format!("<td>{c}</td>")).collect();
            assert!(forms[0].contains(&html), "{html}");
        }
    }
    let disclosures = &json["tables"].as_array().unwrap()[3];
    assert_eq!(disclosures["total"], 13, "{disclosures}");
    assert!(
        disclosures["cells"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|r| r.as_array().unwrap())
            .all(|c| c.is_null() || c.as_i64().unwrap() >= 10)
    );
}

#[test]
fn benchmarks_hide_few_and_count_what_is_open() {
    let (_root, a, b) = pair();
    let case = a.case("Benchmarks");
    let rows = |a: &Site| a.must(1, "report benchmarks", &[("from", "2026-01-01"), ("to", "2027-01-01")]).value;
    let of = |rows: &Value, what: &str, whose: &str| {
        rows.as_array().unwrap().iter().find(|r| r["what"] == what && r["whose"] == whose).unwrap().clone()
    };
    let few = of(&rows(&a), "sent to decided", "partners");
    assert!(few["count"].is_null() && few["median"].is_null(), "{few}");
    for n in 0..12 {
        let item = a.indicator(&case, &format!("n{n}.example"));
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
    }
    let reviews = of(&rows(&a), "review opened to decided", "this desk");
    assert_eq!((&reviews["count"], &reviews["open"], &reviews["median"]), (&12.into(), &12.into(), &Value::Null));
    a.carry(&b, "b");
}

#[test]
fn the_folders_of_figures_hold_counts_and_nobody() {
    let (_root, mut a, _b) = pair();
    work(&a);
    let lake = a.path("lake");
    a.must(1, "report figures", &[("out", &lake)]);
    assert!(fs::metadata(&lake).is_err(), "no month is over");
    a.must(1, "report figures", &[("out", &lake), ("open", "yes")]);
    let month = format!("{lake}/desk=XA/period=2026-06");
    let read = |name: &str| fs::read_to_string(format!("{month}/{name}")).unwrap();
    let open = read("acts-open.csv");
    assert!(open.starts_with("desk,period,closed,kind,audience,count,hidden\n"), "{open}");
    assert!(open.contains("\nXA,2026-06,false,item-add,own-desk,14,false\n"), "{open}");
    assert!(open.contains("\nXA,2026-06,false,case-new,own-desk,,true\n"), "{open}");
    let described: Value = serde_json::from_str(&read("datapackage.json")).unwrap();
    for resource in described["resources"].as_array().unwrap() {
        let head = read(resource["path"].as_str().unwrap()).lines().next().unwrap().to_owned();
        let fields: Vec<&str> =
            resource["schema"]["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!(head, fields.join(","));
        assert!(fields.iter().all(|f| !["member", "name", "value", "title", "content"].contains(f)));
    }
    a.fails(1, "report figures", &[("out", &lake), ("exact", "yes")], ErrorKind::Refused);
    a.pass_stated(24 * 30);
    a.must(1, "report figures", &[("out", &lake)]);
    let closed = read("acts.csv");
    assert!(closed.contains("\nXA,2026-06,true,item-add,own-desk,14,false\n"), "{closed}");
    for form in [open, closed] {
        assert!(!form.contains("zq") && !form.contains("XA-1"));
    }
    a.must(1, "audit verify", &[]);
}

/// What is published is read back, and attacked with nothing else than what stands in it.
#[test]
fn the_published_bytes_alone_give_nothing_closer_than_the_threshold() {
    let table =
        r#"{"threshold":5,"rows":["A","B","C"],"columns":["1","2","3"],"counts":[[3,12,40],[15,20,30],[8,9,1]]}"#;
    let table = Table::read(&parse(table.as_bytes(), Limits::FOREIGN).unwrap()).unwrap();
    let published: Value = serde_json::from_str(&table.suppressed().to_json().to_string()).unwrap();
    let cells: Vec<Vec<Option<i64>>> = serde_json::from_value(published["cells"].clone()).unwrap();
    let (rows, columns): (Vec<Option<i64>>, Vec<Option<i64>>) = (
        serde_json::from_value(published["row_totals"].clone()).unwrap(),
        serde_json::from_value(published["column_totals"].clone()).unwrap(),
    );
    // The attacker solves the sums: each unknown between what the rest of its row and of its column leave to it.
    for range in published["attack"].as_array().unwrap() {
        let (i, j) = (range["cell"][0].as_u64().unwrap() as usize, range["cell"][1].as_u64().unwrap() as usize);
        assert_eq!(cells[i][j], None);
        let left = |total: Option<i64>, line: Vec<Option<i64>>| total.map(|t| t - line.iter().flatten().sum::<i64>());
        let most = [left(rows[i], cells[i].clone()), left(columns[j], cells.iter().map(|r| r[j]).collect())];
        let most = most.into_iter().flatten().min().unwrap_or(i64::MAX);
        let (low, high) = (range["low"].as_i64().unwrap(), range["high"].as_i64().unwrap());
        assert!(low >= 0 && high <= most && high - low >= 5, "{range}");
        assert!((low..=high).contains(&table.counts[i][j]));
    }
}
