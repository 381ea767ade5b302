//! What the work of a desk costs, each row as a ratio within one run: against a lower bound, against what others do with the same
//! file, against the same work on a tenth of the records, or against the same work done otherwise. Prints a table, and in the end the
//! same as Markdown with a figure of how costs grow; nothing is asserted.
//!
//! `cargo bench --bench costs`, or `-- start batch imports git requests waiting growth` for some of it; `-- million` measures up to
//! 1,000,000 items, which takes an hour. Screens are measured by `cargo bench --bench screens`. Where others use the machine, the time of
//! the processor says more than the time that passed. `git` must be installed, and `python3` with `stix2` and `pymisp` for the rows of those two. The lower bound
//! is a program of its own: this one, called with `raw`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use comity::store::connection::{self, DatabaseKey};
use comity::store::search;
use comity::value::json::{self, Limits};
use rusqlite::types::Value;
use tempfile::TempDir;

mod site;
use site::{Site, Took, committed, git_carries, median, run, table};

const RUNS: usize = 3;
/// Items of the files that are compared with what others do.
const FILE: usize = 100_000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    if let [raw, folder, rows] = words.as_slice()
        && raw == "raw"
    {
        return put_raw(Path::new(folder), Path::new(rows));
    }
    let large = words.iter().any(|w| w == "million");
    let wanted: Vec<&String> = words.iter().filter(|w| *w != "million").collect();
    let mut costs = Costs::default();
    let parts: [(&str, Part); 7] = [
        ("start", start),
        ("batch", batch),
        ("imports", imports),
        ("git", git),
        ("requests", requests),
        ("waiting", waiting),
        ("growth", growth),
    ];
    let sizes: &[usize] = if large { &[10_000, 100_000, 1_000_000] } else { &[10_000, 100_000] };
    println!("{:52} {:>10} {:>10} {:>7} {:>10} {:>9}", "", "comity", "other", "ratio", "cpu", "peak");
    for (name, part) in parts {
        if wanted.is_empty() || wanted.iter().any(|w| *w == name) {
            part(&mut costs, sizes);
        }
    }
    println!("\n{}", costs.summary());
}

/// A part of what is measured, at these sizes.
type Part = fn(&mut Costs, &[usize]);

/// What was measured of one work.
struct Measurement {
    what: String,
    ours: f64,
    other: f64,
    cpu: f64,
    peak: u64,
}

/// What was measured.
#[derive(Default)]
struct Costs {
    rows: Vec<Measurement>,
    /// How long some work took, by size.
    grown: BTreeMap<&'static str, Vec<(usize, f64)>>,
}

impl Costs {
    /// A row: ours, and what it is compared with.
    fn row(&mut self, what: impl Into<String>, ours: &[Took], other: f64) {
        let what = what.into();
        let peak = ours.iter().map(|t| t.peak).max().unwrap_or(0);
        let cpu = median(ours.iter().map(|t| t.cpu).collect());
        let ours = median(ours.iter().map(|t| t.time).collect());
        println!("{what:52} {ours:9.3}s {other:9.3}s {:7.2} {cpu:9.3}s {peak:5} MiB", ours / other);
        self.rows.push(Measurement { what, ours, other, cpu, peak });
    }

    fn summary(&self) -> String {
        let mut out =
            String::from("| work | comity | other | ratio | processor | peak |\n|---|---:|---:|---:|---:|---:|\n");
        for Measurement { what, ours, other, cpu, peak } in &self.rows {
            let ratio = ours / other;
            let _ = writeln!(out, "| {what} | {ours:.3} s | {other:.3} s | {ratio:.2} | {cpu:.3} s | {peak} MiB |");
        }
        if !self.grown.is_empty() {
            out.push_str(
                "\nTime for each item or each reading, as a multiple of that at the smallest size:\n\n```text\n",
            );
        }
        for (what, sizes) in &self.grown {
            let Some((_, first)) = sizes.first() else { continue };
            for (size, time) in sizes {
                let times = time / first;
                let bar = "#".repeat(((times * 10.0).round() as usize).clamp(1, 100));
                let _ = writeln!(out, "{what:28} {size:>9} {times:6.2} {bar}");
            }
        }
        if !self.grown.is_empty() {
            out.push_str("```\n");
        }
        out
    }
}

fn times(count: usize, mut once: impl FnMut(usize) -> Took) -> Vec<Took> {
    (0..count).map(&mut once).collect()
}

fn of(all: &[Took]) -> f64 {
    median(all.iter().map(|t| t.time).collect())
}

/// The start of a command on a workspace with nothing in it, against the start of the program.
fn start(costs: &mut Costs, _: &[usize]) {
    let root = TempDir::new().unwrap();
    let site = Site::found(root.path(), "XA");
    let version = times(40, |_| run(Command::new(env!("CARGO_BIN_EXE_comity")).arg("--version")));
    let list = times(40, |_| site.time(&["case", "list"]));
    costs.row("`case list` on an empty workspace; `--version`", &list, of(&version));
}

/// Many acts by a script: one batch, against a process for each.
fn batch(costs: &mut Costs, _: &[usize]) {
    const LINES: usize = 200;
    let root = TempDir::new().unwrap();
    let site = Site::found(root.path(), "XA");
    let case = site.case();
    let (mut many, mut one) = (Vec::new(), Vec::new());
    for n in 0..RUNS {
        let value = |way: &str, k: usize| format!("{way}{n}-{k}.example");
        let file = site.path("batch.jsonl");
        let lines: Vec<String> = (0..LINES)
            .map(|k| {
                serde_json::json!({"command": "item add", "case": case, "type": "domain", "category": "indicator", "value": value("b", k)})
                    .to_string()
            })
            .collect();
        fs::write(&file, lines.join("\n")).unwrap();
        many.push(site.time(&["batch", &file]));
        let start = Instant::now();
        let (mut cpu, mut peak) = (std::time::Duration::ZERO, 0);
        for k in 0..LINES {
            let value = value("p", k);
            let words =
                ["item", "add", "--case", &case, "--type", "domain", "--category", "indicator", "--value", &value];
            let took = site.time(&words);
            (cpu, peak) = (cpu + took.cpu, peak.max(took.peak));
        }
        one.push(Took { time: start.elapsed(), cpu, peak });
    }
    costs.row(format!("{LINES} acts by a batch; by a process each"), &many, of(&one));
}

/// Files of 100,000 items in each format: against the same rows put raw, and against what others take to read the file alone.
fn imports(costs: &mut Costs, _: &[usize]) {
    let root = TempDir::new().unwrap();
    for format in ["csv", "stix", "misp"] {
        let file = file_of(root.path(), format, FILE);
        let (mut ours, mut raw) = (Vec::new(), Vec::new());
        for n in 0..RUNS {
            let site = Site::found(&root.path().join(format!("{format}{n}")), "XA");
            let case = site.case();
            ours.push(imported(&site, &case, format, &file));
            raw.push(put_alone(&site));
        }
        costs.row(format!("import of 100,000, {format}; its rows put raw"), &ours, of(&raw));
        let peer = match format {
            "stix" => "import stix2, sys; stix2.parse(open(sys.argv[1]).read(), allow_custom=True)",
            "misp" => "import pymisp, sys; e = pymisp.MISPEvent(); e.load_file(sys.argv[1])",
            _ => continue,
        };
        let module = if format == "stix" { "stix2" } else { "pymisp" };
        let installed = Command::new("python3").args(["-c", &format!("import {module}")]).output();
        if installed.is_ok_and(|o| o.status.success()) {
            let theirs = run(Command::new("python3").args(["-c", peer, &file]));
            costs.row(format!("import of 100,000, {format}; {module} reads it"), &ours, theirs.time.as_secs_f64());
        } else {
            println!("{module} is not installed");
        }
    }
}

/// 100,000 items shared, carried and taken in, against git's bundle of as many small files that were committed before.
fn git(costs: &mut Costs, _: &[usize]) {
    let root = TempDir::new().unwrap();
    let file = table(&root.path().join("items.csv"), "a", FILE);
    let repo = root.path().join("repo");
    committed(&repo, FILE);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for n in 0..RUNS {
        let here = root.path().join(n.to_string());
        let (a, b) = (Site::found(&here, "XA"), Site::found(&here, "XB"));
        a.meet(&b, "XB");
        b.meet(&a, "XA");
        let case = a.case();
        a.import(&case, &file);
        ours.push(all_of(&carried(&a, &b, &case)));
        theirs.push(all_of(&git_carries(&repo, &here)));
    }
    println!("git took {:.3} s of the processor", median(theirs.iter().map(|t| t.cpu).collect()));
    costs.row("100,000 shared, exported, imported; git's bundle", &ours, of(&theirs));
}

/// What it takes to share a case, to export it, and to import it there.
fn carried(a: &Site, b: &Site, case: &str) -> [Took; 3] {
    let out = a.path("bundle");
    [
        a.time(&["disclosure", "new", "--case", case, "--tier", "1", "--to", "XB", "--delete-after", "30d"]),
        a.time(&["bundle", "export", "--to", "XB", "--out", &out]),
        b.time(&["bundle", "import", &out]),
    ]
}

/// What several processes took, one after another.
fn all_of(all: &[Took]) -> Took {
    Took {
        time: all.iter().map(|t| t.time).sum(),
        cpu: all.iter().map(|t| t.cpu).sum(),
        peak: all.iter().map(|t| t.peak).max().unwrap_or(0),
    }
}

/// The first screens where 5,000 disclosures wait for a second person, on 25,000 acts; against a workspace where none does.
fn waiting(costs: &mut Costs, _: &[usize]) {
    const WAITING: usize = 5_000;
    const ACTS: usize = 25_000;
    let root = TempDir::new().unwrap();
    let (site, other) = (Site::found(root.path(), "XA"), Site::found(root.path(), "XB"));
    site.meet(&other, "XB");
    for step in ["tested", "operational"] {
        site.must(&["partner", "channel", "XB", step, "--because", "a bench"]);
    }
    let case = site.case();
    let words = ["item", "add", "--case", &case, "--type", "domain", "--category", "indicator", "--tier", "2"];
    let item = site.must(&[words.as_slice(), &["--value", "a.example"]].concat());
    let screens =
        [vec!["case", "list"], vec!["case", "show", &case], vec!["desk", "today"], vec!["disclosure", "list"]];
    let read = |words: &[&str]| times(RUNS, |_| site.time(words));
    let before: Vec<f64> = screens.iter().map(|words| of(&read(words))).collect();
    let (add, share) = (
        serde_json::json!({"command": "item add", "case": case, "type": "domain", "category": "indicator", "value": "b.example"}),
        serde_json::json!({"command": "disclosure new", "item": item["id"], "to": "XB", "delete-after": "30d", "emergency": "a bench"}),
    );
    let file = site.path("acts.jsonl");
    let lines: Vec<String> = (0..ACTS).map(|n| if n < ACTS - WAITING { &add } else { &share }.to_string()).collect();
    fs::write(&file, lines.join("\n")).unwrap();
    site.must(&["batch", &file]);
    for (words, before) in screens.iter().zip(before) {
        costs.row(format!("{} {} with {WAITING} waiting; with none", words[0], words[1]), &read(words), before);
    }
}

/// A list of requests where the law was changed often.
fn requests(costs: &mut Costs, _: &[usize]) {
    const REQUESTS: usize = 550;
    const CHANGED: usize = 31;
    let root = TempDir::new().unwrap();
    let (site, other) = (Site::found(root.path(), "XA"), Site::found(root.path(), "XB"));
    site.meet(&other, "XB");
    let case = site.case();
    let file = site.path("requests.jsonl");
    let line = serde_json::json!({"command": "request new", "kind": "bc29", "to": "XB", "case": case, "draft": true})
        .to_string();
    fs::write(&file, vec![line; REQUESTS].join("\n")).unwrap();
    site.must(&["batch", &file]);
    let before = times(RUNS, |_| site.time(&["request", "list"]));
    let ids = site.must(&["law", "list"]);
    let ids = ids.as_array().into_iter().flatten().filter_map(|row| row["id"].as_str());
    let mut changed = 0;
    for id in ids.take(60) {
        let row = site.command(&["law", "row", "request", id]).output().unwrap();
        let path = site.path("row");
        // Another name: what the law says already is no change.
        let text = String::from_utf8_lossy(&row.stdout).replacen("\"name\":\"", "\"name\":\"X ", 1);
        fs::write(&path, text).unwrap();
        let taken = row.status.success()
            && site.command(&["law", "change", &path, "--because", "a bench"]).output().unwrap().status.success();
        changed += usize::from(taken);
        if changed == CHANGED {
            break;
        }
    }
    assert_eq!(changed, CHANGED, "so many rows of the law are changed");
    let after = times(RUNS, |_| site.time(&["request", "list"]));
    costs.row(format!("{REQUESTS} requests, {changed} law rows changed; none"), &after, of(&before));
}

/// The same work at each size: what is read and what is done once, against the smallest; what is done to every item, for each item.
fn growth(costs: &mut Costs, sizes: &[usize]) {
    let root = TempDir::new().unwrap();
    let mut first: BTreeMap<&'static str, f64> = BTreeMap::new();
    for size in sizes {
        let here = root.path().join(size.to_string());
        let (site, other) = (Site::found(&here, "XA"), Site::found(&here, "XB"));
        site.meet(&other, "XB");
        other.meet(&site, "XA");
        let case = site.case();
        let file = table(&here.join("held.csv"), "held", *size);
        let import = vec![site.import(&case, &file)];
        let imported = of(&import);
        let mut seen: Vec<(&'static str, Vec<Took>, bool)> = vec![("import", import, true)];
        let read = |words: &[&str]| times(RUNS, |_| site.time(words));
        seen.push(("case list", read(&["case", "list"]), false));
        seen.push(("case show", read(&["case", "show", &case]), false));
        seen.push(("desk today", read(&["desk", "today"]), false));
        seen.push(("item list --limit 5", read(&["item", "list", "--limit", "5"]), false));
        seen.push(("search", read(&["search", "held-000042"]), false));
        let verify = vec![site.time(&["audit", "verify"])];
        costs.row(format!("audit verify of {size}; their import"), &verify, imported);
        seen.push(("audit verify", verify, true));
        let now = site.must(&["desk", "show"]);
        assert!(now["id"].is_string());
        std::thread::sleep(std::time::Duration::from_secs(1));
        seen.push(("case list --as-of 0h", read(&["case", "list", "--as-of", "0h"]), false));
        let new = times(RUNS, |n| {
            let file = table(&here.join("new.csv"), &format!("new{n}"), 1000);
            site.import(&site.case(), &file)
        });
        seen.push(("import of 1,000 more", new, false));
        let again = times(1, |_| {
            let file = table(&here.join("again.csv"), "again", 1000);
            site.import(&case, &file)
        });
        seen.push(("import of 1,000 more, same case", again, false));
        let carried = carried(&site, &other, &case);
        for (what, took) in ["disclosure of all", "export of all", "import of all there"].into_iter().zip(carried) {
            seen.push((what, vec![took], true));
        }
        seen.push(("all three", vec![all_of(&carried)], true));
        let rekey = {
            let mut workspace = site.open();
            let start = Instant::now();
            workspace.rotate_database_key().unwrap();
            start.elapsed().as_secs_f64()
        };
        let purge = vec![site.time(&["--yes", "retention", "purge", "--case", &case, "--because", "a bench"])];
        costs.row(format!("purge of {size}; the file under another key"), &purge, rekey);
        seen.push(("purge of all", purge, true));
        for (what, took, each) in seen {
            let time = of(&took) / if each { *size as f64 } else { 1.0 };
            let least = *first.entry(what).or_insert(time);
            costs.grown.entry(what).or_default().push((*size, time));
            if *size > sizes[0] {
                let scaled = least * if each { *size as f64 } else { 1.0 };
                costs.row(
                    format!("{what} at {size}; at {}{}", sizes[0], if each { ", for each item" } else { "" }),
                    &took,
                    scaled,
                );
            }
        }
    }
}

fn imported(site: &Site, case: &str, format: &str, file: &str) -> Took {
    if format == "csv" {
        return site.import(case, file);
    }
    site.time(&["item", "import", file, "--format", format, "--case", case])
}

fn uuid(seed: usize, n: usize) -> String {
    format!("{:08x}-{:04x}-4000-8000-{:012x}", n.wrapping_mul(2_654_435_761) as u32, seed, n)
}

/// A file of a format with so many items.
fn file_of(folder: &Path, format: &str, count: usize) -> String {
    let path = folder.join(format!("items.{format}"));
    if format == "csv" {
        return table(&path, "a", count);
    }
    let mut file = std::io::BufWriter::new(fs::File::create(&path).unwrap());
    let (begin, end) = match format {
        "stix" => (format!(r#"{{"type":"bundle","id":"bundle--{}","objects":["#, uuid(0, 0)), "]}"),
        _ => (
            r#"{"Event":{"info":"A feed","distribution":"1","Tag":[{"name":"tlp:green"}],"Attribute":["#.to_owned(),
            "]}}",
        ),
    };
    write!(file, "{begin}").unwrap();
    for n in 0..count {
        let comma = if n == 0 { "" } else { "," };
        let value = site::line(format, n);
        let one = match format {
            "stix" => format!(
                r#"{{"type":"indicator","spec_version":"2.1","id":"indicator--{}","created":"2026-01-01T00:00:00.000Z","modified":"2026-01-01T00:00:00.000Z","name":"host {n}","indicator_types":["malicious-activity"],"pattern":"[domain-name:value = '{value}']","pattern_type":"stix","valid_from":"2026-01-01T00:00:00Z"}}"#,
                uuid(1, n)
            ),
            _ => format!(
                r#"{{"type":"domain","category":"Network activity","to_ids":true,"uuid":"{}","distribution":"5","comment":"seen","value":"{value}"}}"#,
                uuid(2, n)
            ),
        };
        write!(file, "{comma}{one}").unwrap();
    }
    write!(file, "{end}").unwrap();
    file.flush().unwrap();
    path.to_string_lossy().into_owned()
}

/// The rows that a workspace holds, put raw into a database of the same kind, schema and settings, by a program that does nothing else.
fn put_alone(site: &Site) -> Took {
    let rows = site.folder.join("rows.json");
    let desk = site.open();
    let mut file = std::io::BufWriter::new(fs::File::create(&rows).unwrap());
    for table in TABLES {
        let mut all = desk.db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = all.column_count();
        let mut all = all.query([]).unwrap();
        while let Some(row) = all.next().unwrap() {
            let cells: Vec<serde_json::Value> = (0..columns).map(|n| cell(row.get(n).unwrap())).collect();
            writeln!(file, "{}", serde_json::json!([table, cells])).unwrap();
        }
    }
    let mut words = desk.db.prepare("SELECT row, content FROM change WHERE searched = 1").unwrap();
    let mut words = words.query([]).unwrap();
    while let Some(row) = words.next().unwrap() {
        let (row, content): (i64, String) = (row.get(0).unwrap(), row.get(1).unwrap());
        let words = json::parse(content.as_bytes(), Limits::SIGNED).ok().as_ref().and_then(search::words);
        writeln!(file, "{}", serde_json::json!(["search", [row, words]])).unwrap();
    }
    file.flush().unwrap();
    let took = run(Command::new(std::env::current_exe().unwrap()).args([
        "raw",
        &site.path("raw.db"),
        &rows.to_string_lossy(),
    ]));
    // What it says it took is that of the database alone: the rows were read before.
    let said = fs::read_to_string(site.path("raw.db.time")).unwrap();
    Took { time: std::time::Duration::from_secs_f64(said.parse().unwrap()), ..took }
}

const TABLES: [&str; 4] = ["change", "change_terms", "record", "terms"];

fn cell(value: Value) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Integer(n) => n.into(),
        Value::Real(n) => n.into(),
        Value::Text(text) => text.into(),
        Value::Blob(bytes) => serde_json::json!({ "hex": data_encoding::HEXLOWER.encode(&bytes) }),
    }
}

fn value(cell: &serde_json::Value) -> Value {
    match cell {
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Array(_) => Value::Null,
        serde_json::Value::Number(n) => Value::Integer(n.as_i64().unwrap()),
        serde_json::Value::String(text) => Value::Text(text.clone()),
        serde_json::Value::Object(blob) => {
            Value::Blob(data_encoding::HEXLOWER.decode(blob["hex"].as_str().unwrap().as_bytes()).unwrap())
        }
    }
}

/// The lower bound: nothing but SQLCipher and the rows.
fn put_raw(path: &Path, rows: &Path) {
    let mut tables: BTreeMap<String, Vec<Vec<Value>>> = BTreeMap::new();
    for line in fs::read_to_string(rows).unwrap().lines() {
        let (table, cells): (String, Vec<serde_json::Value>) = serde_json::from_str(line).unwrap();
        tables.entry(table).or_default().push(cells.iter().map(value).collect());
    }
    let db = connection::create(path, &DatabaseKey::new(&[1; 32], &[2; 16])).unwrap();
    let start = Instant::now();
    let tx = connection::begin(&db).unwrap();
    for (table, rows) in &tables {
        let marks = vec!["?"; rows[0].len()].join(", ");
        let into = if table == "search" { "search (rowid, words)" } else { table };
        let mut add = tx.prepare(&format!("INSERT INTO {into} VALUES ({marks})")).unwrap();
        for row in rows {
            add.execute(rusqlite::params_from_iter(row)).unwrap();
        }
    }
    tx.commit().unwrap();
    let took = start.elapsed().as_secs_f64();
    fs::write(path.with_extension("db.time"), took.to_string()).unwrap();
}
