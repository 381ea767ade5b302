//! Desks for benches: each a folder with a workspace, driven by the program itself, and how long that took.

#![allow(dead_code, reason = "each bench uses its own part of it")]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use comity::command::definition::CommandContext;
use comity::command::identity;
use comity::host::clock::Clock;
use comity::workspace::open::Workspace;

/// What a process took: time, time of the processor (Linux alone), and the most memory in MiB.
#[derive(Clone, Copy)]
pub struct Took {
    pub time: Duration,
    pub cpu: Duration,
    pub peak: u64,
}

pub fn run(command: &mut Command) -> Took {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let (status, stat) = (format!("/proc/{}/status", child.id()), format!("/proc/{}/stat", child.id()));
    let (mut peak, mut cpu) = (0, Duration::ZERO);
    let done = loop {
        // The kernel counts the peak itself: it is read until there is nothing to be read any more.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let kib = line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0);
        peak = peak.max(kib / 1024);
        let text = fs::read_to_string(&stat).unwrap_or_default();
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks: u64 = [11, 12].iter().filter_map(|n| fields.get(*n)?.parse::<u64>().ok()).sum();
        cpu = cpu.max(Duration::from_millis(ticks * 10));
        if let Some(done) = child.try_wait().expect("it can be waited for") {
            break done;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let time = start.elapsed();
    assert!(done.success(), "{command:?}: {}", std::io::read_to_string(child.stderr.take().unwrap()).unwrap());
    Took { time, cpu, peak }
}

pub fn median(mut all: Vec<Duration>) -> f64 {
    all.sort();
    all[all.len() / 2].as_secs_f64()
}

pub fn row(what: &str, ours: f64, other: f64) {
    println!("{what:44} {ours:9.3}s {other:9.3}s {:7.2}", other / ours);
}

pub fn memory(what: &str, peak: u64) {
    println!("{what:44} {peak:6} MiB at its peak");
}

/// A desk in a folder, with one officer.
pub struct Site {
    pub folder: PathBuf,
}

impl Site {
    pub fn found(root: &Path, code: &str) -> Self {
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

    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_comity"));
        command.args(["--workspace", &self.path("ws"), "--identity", &self.path("id"), "--json"]).args(words);
        command
    }

    pub fn must(&self, words: &[&str]) -> serde_json::Value {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    pub fn time(&self, words: &[&str]) -> Took {
        run(&mut self.command(words))
    }

    pub fn meet(&self, other: &Self, code: &str) {
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

    pub fn case(&self) -> String {
        let made = self.must(&["case", "new", "--title", "bench", "--purpose", "cybercrime"]);
        made["id"].as_str().unwrap().to_owned()
    }

    pub fn import(&self, case: &str, file: &str) -> Took {
        self.time(&[
            "item", "import", file, "--format", "csv", "--case", case, "--column", "value=1", "--type", "domain",
        ])
    }

    pub fn open(&self) -> Workspace {
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
pub fn line(seed: &str, n: usize) -> String {
    format!("{seed}-{n:06x}.sub{}.example", n % 97)
}

pub fn table(path: &Path, seed: &str, count: usize) -> String {
    let mut file = std::io::BufWriter::new(fs::File::create(path).unwrap());
    for n in 0..count {
        writeln!(file, "{}", line(seed, n)).unwrap();
    }
    file.flush().unwrap();
    path.to_string_lossy().into_owned()
}

/// What git does in a folder.
pub fn git(folder: &Path, words: &[&str]) -> Took {
    let set = ["-c", "user.name=b", "-c", "user.email=b@b.example", "-c", "gc.auto=0"];
    run(Command::new("git").current_dir(folder).args(set).args(words))
}

/// Commits so many small files, each a line, to a repository that is made in a folder.
pub fn committed(repo: &Path, count: usize) {
    for n in 0..count {
        let folder = repo.join(format!("{:03}", n % 300));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(n.to_string()), line("a", n)).unwrap();
    }
    git(repo, &["init", "-q"]);
    git(repo, &["add", "-A"]);
    git(repo, &["commit", "-q", "-m", "all"]);
}

/// What git takes to make a bundle of a repository, and to fetch it into a new one in a folder.
pub fn git_carries(repo: &Path, here: &Path) -> [Took; 2] {
    let (target, bundle) = (here.join("fetched"), here.join("git.bundle").to_string_lossy().into_owned());
    fs::create_dir_all(&target).unwrap();
    git(&target, &["init", "-q"]);
    [git(repo, &["bundle", "create", "-q", &bundle, "HEAD"]), git(&target, &["fetch", "-q", &bundle, "HEAD"])]
}
