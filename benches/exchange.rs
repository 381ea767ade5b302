//! How fast the main job is, as ratios within one run: import against the same rows put raw into the same database, a
//! bundle against git's, and an export on few items against one on many. Prints a table; nothing is asserted.
//!
//! `cargo bench --bench exchange`, or `-- import`, `-- git`, `-- growth` for one of them. `git` must be installed for the
//! second. Memory is the peak of each process as the kernel counts it (Linux alone).

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use comity::command::definition::CommandContext;
use comity::command::identity;
use comity::host::clock::Clock;
use comity::store::connection::{self, DatabaseKey};
use comity::store::search;
use comity::value::json::{self, Limits};
use comity::workspace::open::Workspace;
use rusqlite::types::Value;
use tempfile::TempDir;

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

/// What a process took: time, and the most memory in MiB.
#[derive(Clone, Copy)]
struct Took {
    time: Duration,
    peak: u64,
}

fn run(command: &mut Command) -> Took {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let done = loop {
        // The kernel counts the peak itself: it is read until there is nothing to be read any more.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let kib = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0);
        peak = peak.max(kib / 1024);
        if let Some(done) = child.try_wait().expect("it can be waited for") {
            break done;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let time = start.elapsed();
    assert!(done.success(), "{command:?}: {}", std::io::read_to_string(child.stderr.take().unwrap()).unwrap());
    Took { time, peak }
}

fn median(mut all: Vec<Duration>) -> f64 {
    all.sort();
    all[all.len() / 2].as_secs_f64()
}

fn row(what: &str, ours: f64, other: f64) {
    println!("{what:44} {ours:9.3}s {other:9.3}s {:7.2}", other / ours);
}

fn memory(what: &str, peak: u64) {
    println!("{what:44} {peak:6} MiB at its peak");
}

/// A desk in a folder, with one officer.
struct Site {
    folder: PathBuf,
}

impl Site {
    fn found(root: &Path, code: &str) -> Self {
        let site = Self { folder: root.join(code) };
        fs::create_dir_all(&site.folder).unwrap();
        site.must(&["identity", "new", "--name", code, "--out", &site.path("id"), "--no-passphrase"]);
        site.must(&[
            "init",
            "--desk",
            code,
            "--name",
            code,
            "--jurisdiction",
            code,
            "--roles",
            "administrator,desk-officer,investigator",
        ]);
        site.must(&["desk", "card", "--out", &site.path("card")]);
        site
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
        command.args(["--workspace", &self.path("ws"), "--identity", &self.path("id"), "--json"]).args(words);
        command
    }

    fn must(&self, words: &[&str]) -> serde_json::Value {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    fn time(&self, words: &[&str]) -> Took {
        run(&mut self.command(words))
    }

    fn meet(&self, other: &Self, code: &str) {
        self.must(&["partner", "add", &other.path("card"), "--kind", "law-enforcement"]);
        let known = self.must(&["partner", "show", code]);
        self.must(&["partner", "confirm", code, "--fingerprint", known["fingerprint"].as_str().unwrap()]);
        self.must(&[
            "agreement",
            "add",
            "--partner",
            code,
            "--instrument",
            "bc",
            "--title",
            "MoU",
            "--purpose",
            "cybercrime",
            "--categories",
            "indicator",
            "--from",
            "2026-01-01",
            "--until",
            "2099-01-01",
            "--retention-cap",
            "90d",
        ]);
    }

    fn case(&self) -> String {
        let made = self.must(&["case", "new", "--title", "bench", "--purpose", "cybercrime"]);
        made["id"].as_str().unwrap().to_owned()
    }

    fn import(&self, case: &str, file: &str) -> Took {
        self.time(&[
            "item", "import", file, "--format", "csv", "--case", case, "--column", "value=1", "--type", "domain",
        ])
    }

    fn open(&self) -> Workspace {
        let mut place = CommandContext {
            workspace: self.folder.join("ws"),
            identity: self.folder.join("id"),
            passphrase: Box::new(|_, _| panic!("no passphrase")),
            clock: Clock::System,
        };
        let (me, _) = identity::unlock(&mut place).unwrap();
        Workspace::open(&place.workspace, &place.identity, me, place.clock, false).unwrap()
    }
}

/// The line that stands for item `n`, from a seed: no two are alike.
fn line(seed: &str, n: usize) -> String {
    format!("{seed}-{n:06x}.sub{}.example", n % 97)
}

fn table(path: &Path, seed: &str, count: usize) -> String {
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    for n in 0..count {
        writeln!(file, "{}", line(seed, n)).unwrap();
    }
    file.flush().unwrap();
    path.to_string_lossy().into_owned()
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
    let all = |sql: &str, columns: usize| -> Vec<Vec<Value>> {
        let mut rows = desk.db.prepare(sql).unwrap();
        rows.query_map([], |r| (0..columns).map(|n| r.get(n)).collect()).unwrap().map(Result::unwrap).collect()
    };
    let tables = [("change", 11), ("record", 14), ("terms", 2)];
    let mut tables = tables.map(|(table, columns)| (table, all(&format!("SELECT * FROM {table}"), columns)));
    if whole {
        let terms: HashMap<String, Value> = tables[2].1.iter().map(|row| (number(&row[0]), row[1].clone())).collect();
        for row in &mut tables[1].1 {
            if let Value::Text(stored) = &row[11]
                && let Some(text) = terms.get(stored)
            {
                row[11] = text.clone();
            }
        }
    }
    let words: Vec<(i64, String)> = all("SELECT row, content FROM change WHERE searched = 1", 2)
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
    let repo = root.path().join("repo");
    let git = |folder: &Path, words: &[&str]| {
        let mut command = Command::new("git");
        command
            .current_dir(folder)
            .args(["-c", "user.name=b", "-c", "user.email=b@b.example", "-c", "gc.auto=0"])
            .args(words);
        run(&mut command).time
    };
    fs::create_dir_all(&repo).unwrap();
    for n in 0..ITEMS {
        let folder = repo.join(format!("{:03}", n % 300));
        if n < 300 {
            fs::create_dir(&folder).unwrap();
        }
        fs::write(folder.join(n.to_string()), line("a", n)).unwrap();
    }
    git(&repo, &["init", "-q"]);
    git(&repo, &["add", "-A"]);
    git(&repo, &["commit", "-q", "-m", "all"]);
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
        peaks = [peaks[0].max(export.peak), peaks[1].max(import.peak).max(disclosed.peak)];
        let target = here.join("fetched");
        fs::create_dir_all(&target).unwrap();
        git(&target, &["init", "-q"]);
        let bundle = here.join("git.bundle").to_string_lossy().into_owned();
        theirs.push(
            git(&repo, &["bundle", "create", "-q", &bundle, "HEAD"]) + git(&target, &["fetch", "-q", &bundle, "HEAD"]),
        );
    }
    row("bundle of 100,000 items out and in; git's", median(ours), median(theirs));
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
