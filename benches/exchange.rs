//! How fast the main job is, as ratios within one run: import against the same rows put raw into the same database, a
//! bundle against git's and against its rows put raw, and an export on few items against one on many. Prints a table; nothing is asserted.
//!
//! `cargo bench --bench exchange`, or `-- import`, `-- git`, `-- growth` for one of them. `git` must be installed for the
//! second. Memory is the peak of each process as the kernel counts it (Linux alone).

use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};

use comity::store::connection::{self, DatabaseKey};
use comity::store::search;
use comity::value::json::{self, Limits};
use rusqlite::types::Value;
use tempfile::TempDir;

mod site;
use site::{Site, committed, git_carries, median, memory, row, table};

const ITEMS: usize = 100_000;
const RUNS: usize = 3;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    println!("{:44} {:>10} {:>10} {:>7}", "", "comity", "other", "ratio");
    if runs("import") {
        import();
    }
    if runs("git") {
        git();
    }
    if runs("growth") {
        growth();
    }
}

/// Import against two lower bounds: the rows that it wrote, put raw into a database of the same kind, schema and settings; and
/// the same rows with the terms of each record whole, as they would be without the table that they share.
fn import() {
    let root = TempDir::new().unwrap();
    let file = table(&root.path().join("items.csv"), "a", ITEMS);
    let (mut ours, mut whole, mut raw_rows, mut peak) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for n in 0..RUNS {
        let site = Site::found(&root.path().join(n.to_string()), "XA");
        let case = site.case();
        let took = site.import(&case, &file);
        ours.push(took.time);
        peak = peak.max(took.peak);
        whole.push(raw(&site, &root.path().join(format!("whole-{n}.db")), true));
        raw_rows.push(raw(&site, &root.path().join(format!("raw-{n}.db")), false));
    }
    let ours = median(ours);
    row("import of 100,000 items; whole rows put raw", ours, median(whole));
    row("import of 100,000 items; its rows put raw", ours, median(raw_rows));
    memory("import of 100,000 items", peak);
}

fn number(value: &Value) -> String {
    if let Value::Integer(n) = value { n.to_string() } else { String::new() }
}

fn raw(site: &Site, path: &Path, whole: bool) -> Duration {
    let desk = site.open();
    let all = |sql: &str| -> Vec<Vec<Value>> {
        let mut rows = desk.db.prepare(sql).unwrap();
        let columns = rows.column_count();
        rows.query_map([], |r| (0..columns).map(|n| r.get(n)).collect()).unwrap().map(Result::unwrap).collect()
    };
    let mut tables =
        ["change", "change_terms", "record", "terms"].map(|table| (table, all(&format!("SELECT * FROM {table}"))));
    if whole {
        // Terms stand in the row itself: those of changes in its column 3, those of records in its column 11.
        for (shared, whole, column) in [(1, 0, 3), (3, 2, 11)] {
            let terms: HashMap<String, Value> =
                tables[shared].1.iter().map(|row| (number(&row[0]), row[1].clone())).collect();
            for row in &mut tables[whole].1 {
                if let Value::Text(stored) = &row[column]
                    && let Some(text) = terms.get(stored)
                {
                    row[column] = text.clone();
                }
            }
        }
    }
    let words: Vec<(i64, String)> = all("SELECT row, content FROM change WHERE searched = 1")
        .into_iter()
        .filter_map(|row| match (&row[0], &row[1]) {
            (Value::Integer(n), Value::Text(text)) => {
                Some((*n, search::words(&json::parse(text.as_bytes(), Limits::SIGNED).unwrap())?))
            }
            _ => None,
        })
        .collect();
    let db = connection::create(path, &DatabaseKey::new(&[1; 32], &[2; 16])).unwrap();
    let start = Instant::now();
    let tx = connection::begin(&db).unwrap();
    let put = |table: &str, rows: &[Vec<Value>]| {
        let marks = vec!["?"; rows[0].len()].join(", ");
        let mut add = tx.prepare(&format!("INSERT INTO {table} VALUES ({marks})")).unwrap();
        for row in rows {
            add.execute(rusqlite::params_from_iter(row)).unwrap();
        }
    };
    for (table, rows) in &tables {
        put(table, rows);
    }
    let mut add = tx.prepare("INSERT INTO search (rowid, words) VALUES (?, ?)").unwrap();
    for (n, words) in &words {
        add.execute(rusqlite::params![n, words]).unwrap();
    }
    drop(add);
    tx.commit().unwrap();
    start.elapsed()
}

/// A bundle of 100,000 items out and in, against git's of as many small files.
fn git() {
    let root = TempDir::new().unwrap();
    let file = table(&root.path().join("items.csv"), "a", ITEMS);
    let (mut ours, mut theirs, mut peaks) = (Vec::new(), Vec::new(), [0; 2]);
    let (mut imports, mut raw_rows) = (Vec::new(), Vec::new());
    let repo = root.path().join("repo");
    committed(&repo, ITEMS);
    for n in 0..RUNS {
        let here = root.path().join(n.to_string());
        let (a, b) = (Site::found(&here, "XA"), Site::found(&here, "XB"));
        a.meet(&b, "XB");
        b.meet(&a, "XA");
        let case = a.case();
        a.import(&case, &file);
        let disclosed =
            a.time(&["disclosure", "new", "--case", &case, "--tier", "1", "--to", "XB", "--delete-after", "30d"]);
        let out = a.path("bundle");
        let export = a.time(&["bundle", "export", "--to", "XB", "--out", &out]);
        let import = b.time(&["bundle", "import", &out]);
        ours.push(export.time + import.time);
        imports.push(import.time);
        raw_rows.push(raw(&b, &here.join("raw.db"), false));
        peaks = [peaks[0].max(export.peak), peaks[1].max(import.peak).max(disclosed.peak)];
        theirs.push(git_carries(&repo, &here).iter().map(|took| took.time).sum());
    }
    row("bundle of 100,000 items out and in; git's", median(ours), median(theirs));
    row("import of a bundle of 100,000; its rows put raw", median(imports), median(raw_rows));
    memory("export of 100,000 items", peaks[0]);
    memory("disclosure and import of 100,000 items", peaks[1]);
}

/// 1,000 new items out of 10,000 and out of 500,000 that are held.
fn growth() {
    let root = TempDir::new().unwrap();
    let (mut few, mut many, mut peak) = (Vec::new(), Vec::new(), 0);
    let held = |count: usize| {
        let here = root.path().join(count.to_string());
        let (a, b) = (Site::found(&here, "XA"), Site::found(&here, "XB"));
        a.meet(&b, "XB");
        let file = table(&here.join("held.csv"), "held", count);
        let took = a.import(&a.case(), &file);
        (here, a, took.peak)
    };
    let (small, a, _) = held(10_000);
    let (large, c, most) = held(500_000);
    let mut once = |here: &Path, site: &Site, n: usize| {
        let file = table(&here.join("new.csv"), &format!("new{n}"), 1000);
        let case = site.case();
        site.import(&case, &file);
        site.must(&["disclosure", "new", "--case", &case, "--tier", "1", "--to", "XB", "--delete-after", "30d"]);
        let took = site.time(&["bundle", "export", "--to", "XB", "--out", &site.path(&format!("b{n}"))]);
        peak = peak.max(took.peak);
        took.time
    };
    for n in 0..RUNS * 3 {
        few.push(once(&small, &a, n));
        many.push(once(&large, &c, n));
    }
    row("1,000 new of 500,000 held; of 10,000", median(many), median(few));
    memory("import of 500,000 items", most);
    memory("export of 1,000 new items", peak);
}
