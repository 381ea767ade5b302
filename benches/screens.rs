//! How long a screen takes from key to frame on many records, how long a filter takes over all of them, and what it costs when
//! nothing happens. Prints a table; nothing is asserted.
//!
//! `cargo bench --bench screens`, or `-- 10000` for another number of items than 1,000,000. A frame is counted when its
//! first bytes arrive at the other end of the pseudo-terminal; what a key costs there without comity (the echo of the
//! kernel) is in it. Processor time is the kernel's count (Linux alone).

#[path = "../tests/suite/screen.rs"]
mod screen;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use screen::Screen;
use tempfile::TempDir;

const KEYS: usize = 400;

/// Items that a report in the case names; it and these are added to the others.
const NAMED: usize = 6;

fn main() {
    let items: usize = std::env::args().skip(1).find_map(|a| a.parse().ok()).unwrap_or(1_000_000);
    let root = TempDir::new().unwrap();
    let (workspace, identity) = (root.path().join("ws"), root.path().join("id"));
    found(root.path(), items);
    let items = items + 1 + NAMED;
    println!("{items} items in one case, 36 rows of 120 columns");
    println!("{:44} {:>9} {:>9} {:>9}", "key to frame", "p50", "p99", "most");
    let mut s = Screen::open((&workspace, &identity, root.path()), &[], 36, 120);
    s.until("WAITS ON YOU");
    // The place of cases opens the only one.
    s.press("3");
    s.until("kept  1-");
    settle(&mut s);
    row("one row down", &(0..KEYS).map(|_| key(&mut s, "j")).collect::<Vec<_>>());
    row("one row up", &(0..KEYS).map(|_| key(&mut s, "k")).collect::<Vec<_>>());
    row("another place", &(0..KEYS / 4).flat_map(|_| [key(&mut s, "5"), key(&mut s, "3")]).collect::<Vec<_>>());
    // From one end of the list to the other the rows have to be fetched: this is until they are there.
    let ends = (0..20).flat_map(|_| [arrival(&mut s, "G", &format!("-{items} of")), arrival(&mut s, "gg", "kept  1-")]);
    row("the other end of the list, with its rows", &ends.collect::<Vec<_>>());
    settle(&mut s);
    // The first item is the report: what it names is collapsed, and then hangs below it.
    row("links expanded, or collapsed again", &(0..KEYS / 4).map(|_| key(&mut s, "o")).collect::<Vec<_>>());
    s.press("o");
    settle(&mut s);
    row("one row down, with links expanded", &(0..KEYS).map(|_| key(&mut s, "j")).collect::<Vec<_>>());
    s.press("gg");
    settle(&mut s);
    s.press("o");
    // The clocks of all of it are few groups, which are collapsed.
    s.press("5");
    s.press("[");
    s.until("CLOCKS BY DAY AND CASE");
    settle(&mut s);
    row(
        "one row down or up, with groups collapsed",
        &(0..KEYS / 2).flat_map(|_| [key(&mut s, "j"), key(&mut s, "k")]).collect::<Vec<_>>(),
    );
    s.press("]");
    s.press("3");
    settle(&mut s);
    s.press("/");
    settle(&mut s);
    let typed = "sub7.example".chars().cycle().take(KEYS);
    let filter = typed.enumerate().map(|(n, c)| {
        // Backspace now and then: a filter that nothing fits is not typed on.
        if n % 13 == 12 { key(&mut s, "\x15") } else { key(&mut s, &c.to_string()) }
    });
    let filter: Vec<_> = filter.collect();
    row("a letter of the filter", &filter);
    s.press("\x15");
    settle(&mut s);
    let whole = arrival(&mut s, &format!("{:07x}.", items - 2 - NAMED), &format!("1-1 of 1 in {items} "));
    println!("{:44} {:7.2} s", "a filter over all of them, to its end", whole.as_secs_f64());
    s.escape();
    // When a minute is over what is shown of times is another: that is no rest.
    while SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % 60 > 40 {
        s.drain(Duration::from_secs(1));
    }
    while s.drain(Duration::from_secs(3)) {}
    let (before, pid) = (ticks(&s), s.child.process_id().unwrap());
    let start = Instant::now();
    let mut bytes = 0;
    while start.elapsed() < Duration::from_secs(10) {
        bytes += s.bytes.recv_timeout(Duration::from_millis(500)).map_or(0, |b| b.len());
    }
    println!("10 s of rest: {} ticks of processor time, {bytes} bytes written (process {pid})", ticks(&s) - before);
    s.signal("-TERM");
    s.end();
}

/// A desk with one case that holds so many items.
fn found(root: &Path, items: usize) {
    let must = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_comity"))
            .current_dir(root)
            .args(["--workspace", "ws", "--identity", "id", "--json"])
            .args(words)
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success(), "{words:?}");
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_default()
    };
    must(&["identity", "new", "--name", "bench", "--out", "id", "--no-passphrase"]);
    let roles = "administrator,desk-officer,investigator";
    must(&["init", "--desk", "XA", "--name", "XA", "--jurisdiction", "XA", "--roles", roles]);
    let case = must(&["case", "new", "--title", "bench", "--purpose", "cybercrime"]);
    let case = case["id"].as_str().unwrap();
    fs::write(root.join("report.json"), report()).unwrap();
    must(&["item", "import", "report.json", "--format", "stix", "--case", case]);
    let mut table = std::io::BufWriter::new(fs::File::create(root.join("items.csv")).unwrap());
    (0..items).for_each(|n| writeln!(table, "{n:07x}.sub{}.example", n % 97).unwrap());
    table.into_inner().unwrap();
    must(&[
        "item",
        "import",
        "items.csv",
        "--format",
        "csv",
        "--case",
        case,
        "--column",
        "value=1",
        "--type",
        "domain",
    ]);
}

/// A report of STIX, and what it names.
fn report() -> String {
    let id = |kind: &str, n: usize| format!("{kind}--00000000-0000-4000-8000-{n:012}");
    let made = r#""spec_version":"2.1","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z""#;
    let named = (1..=NAMED).map(|n| {
        format!(
            r#"{{"type":"domain-name","spec_version":"2.1","id":"{}","value":"named{n}.example"}}"#,
            id("domain-name", n)
        )
    });
    let refs: Vec<String> = (1..=NAMED).map(|n| format!("{:?}", id("domain-name", n))).collect();
    let report = format!(
        r#"{{"type":"report",{made},"id":"{}","name":"report","published":"2024-01-01T00:00:00Z","object_refs":[{}]}}"#,
        id("report", 9),
        refs.join(",")
    );
    let objects: Vec<String> = std::iter::once(report).chain(named).collect();
    format!(r#"{{"type":"bundle","id":"{}","objects":[{}]}}"#, id("bundle", 0), objects.join(","))
}

/// Presses a key and waits for the first bytes of what it changes; then for the rest.
fn key(s: &mut Screen, key: &str) -> Duration {
    let start = Instant::now();
    s.press(key);
    s.drain(Duration::from_secs(30));
    let took = start.elapsed();
    while s.drain(Duration::from_millis(30)) {}
    took
}

/// Presses keys and waits until the screen says something.
fn arrival(s: &mut Screen, keys: &str, what: &str) -> Duration {
    let start = Instant::now();
    s.press(keys);
    s.until(what);
    let took = start.elapsed();
    while s.drain(Duration::from_millis(100)) {}
    took
}

fn settle(s: &mut Screen) {
    while s.drain(Duration::from_millis(800)) {}
}

fn row(what: &str, all: &[Duration]) {
    let mut all: Vec<f64> = all.iter().map(|t| t.as_secs_f64() * 1000.0).collect();
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all[((all.len() - 1) as f64 * share) as usize];
    println!("{what:44} {:7.2}ms {:7.2}ms {:7.2}ms", at(0.5), at(0.99), at(1.0));
}

/// Processor time of the process, in ticks of the kernel (a hundredth of a second on Linux).
fn ticks(s: &Screen) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/stat", s.child.process_id().unwrap())).unwrap_or_default();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    [11, 12].iter().filter_map(|n| fields.get(*n)?.parse::<u64>().ok()).sum()
}
