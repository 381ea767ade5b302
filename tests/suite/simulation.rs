//! Desks that live for weeks by a courier that loses, doubles, delays, damages and reorders what they send, and by a power that fails
//! in the middle of an import: the real store, bundle and gate, with a clock and a courier from a seed. When everything has arrived in
//! the end, or was asked for and made again, all desks agree. A seed that fails is told.
//!
//! `COMITY_SIM_SEEDS=500 COMITY_SIM_DAYS=60 cargo test --release --test suite -- --ignored desks_agree_for_weeks` runs so many;
//! `COMITY_SIM_FROM=251` begins with another seed than 1, and `COMITY_SIM_SEED=7` runs one alone. `-- --ignored fifty_desks` runs fifty, who
//! each know four others, with two couriers.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use comity::command::command;
use comity::command::definition::Args;
use comity::command::run::{On, run};
use comity::workspace::error::ErrorKind;
use comity::workspace::progress::Job;
use serde_json::Value;
use tempfile::TempDir;

use crate::chaos::{Numbers, asked};
use crate::desks::{Site, text};

/// What is on its way.
struct Mail {
    /// On which day it arrives.
    day: i64,
    to: usize,
    file: PathBuf,
}

struct Request {
    from: usize,
    to: usize,
    id: String,
}

struct World {
    root: TempDir,
    numbers: Numbers,
    sites: Vec<Site>,
    cases: Vec<String>,
    mail: Vec<Mail>,
    requests: Vec<Request>,
    /// What each desk was given, by value.
    given: Vec<(usize, String)>,
    files: usize,
    day: i64,
    /// What the courier did, and the power.
    faults: BTreeMap<&'static str, usize>,
}

/// The code of a desk: those of the demo's jurisdictions, then numbered ones.
fn code_of(n: usize) -> &'static str {
    ["XA", "XB", "XC"].get(n).copied().unwrap_or_else(|| format!("X{n:02}").leak())
}

/// The desks that one of so many is in touch with: its two neighbours on both sides; all, where there are few.
fn neighbours(n: usize, of: usize) -> Vec<usize> {
    let mut all = Vec::new();
    for other in [1, 2, of - 2, of - 1].iter().map(|away| (n + away) % of) {
        if other != n && !all.contains(&other) {
            all.push(other);
        }
    }
    all
}

impl World {
    fn found(seed: u64, desks: usize) -> Self {
        let root = TempDir::new().unwrap();
        let sites: Vec<Site> = (0..desks).map(|n| Site::found(root.path(), code_of(n))).collect();
        for (n, site) in sites.iter().enumerate() {
            for other in neighbours(n, desks) {
                site.meet(&sites[other]);
            }
        }
        let cases = sites.iter().map(|site| site.case(&format!("Work of {}", site.code))).collect();
        Self {
            root,
            numbers: Numbers::of(seed),
            sites,
            cases,
            mail: Vec::new(),
            requests: Vec::new(),
            given: Vec::new(),
            files: 0,
            day: 0,
            faults: BTreeMap::new(),
        }
    }

    fn fault(&mut self, what: &'static str) {
        *self.faults.entry(what).or_default() += 1;
    }

    fn other(&mut self, than: usize) -> usize {
        let all = neighbours(than, self.sites.len());
        all[self.numbers.below(all.len())]
    }

    fn share(&mut self, from: usize, to: usize) {
        let value = format!("n{}.example", self.given.len());
        let item = self.sites[from].indicator(&self.cases[from], &value);
        let form = [("item", &*item), ("to", code_of(to)), ("delete-after", "30d")];
        self.sites[from].must(1, "disclosure new", &form);
        self.given.push((to, value));
    }

    fn ask(&mut self, from: usize, to: usize) {
        let fields = ["authority=a", "offence=o", "data=d", "relation=r", "custodian=c", "necessity=n", "intent=i"];
        let mut form = vec![("kind", "bc29"), ("case", &*self.cases[from]), ("to", code_of(to))];
        form.extend(fields.iter().map(|f| ("field", *f)));
        let site = &self.sites[from];
        let id = site.make(1, "request new", &form);
        let answer = site.must(1, "request submit", &[("request", &id)]);
        site.decide(answer.value["review"].as_str().unwrap());
        site.must(1, "request send", &[("request", &id)]);
        self.requests.push(Request { from, to, id });
    }

    /// One of the two desks of a request does something with it, where it may.
    fn step(&mut self) {
        if self.requests.is_empty() {
            return;
        }
        let n = self.numbers.below(self.requests.len());
        let at = if self.numbers.once_in(2) { self.requests[n].from } else { self.requests[n].to };
        let steps: [(&str, &[(&str, &str)]); 8] = [
            ("request withdraw", &[("because", "no longer needed")]),
            ("request acknowledge", &[]),
            ("request accept", &[]),
            ("request clarify", &[("text", "which?")]),
            ("request reply", &[("text", "this one")]),
            ("request deliver", &[("text", "done")]),
            ("conflict resolve", &[("because", "by telephone"), ("take", "withdrawn")]),
            ("conflict resolve", &[("because", "by telephone"), ("take", "accepted")]),
        ];
        let (name, more) = steps[self.numbers.below(steps.len())];
        let field = if name.starts_with("conflict") { "conflict" } else { "request" };
        let form = [&[(field, self.requests[n].id.as_str())], more].concat();
        // What is not allowed is refused, and that is an answer.
        if let Err(failure) = self.sites[at].run(1, name, &form) {
            assert!(matches!(failure.kind, ErrorKind::Refused | ErrorKind::Usage), "{name}: {failure:?}");
        }
    }

    fn export(&mut self, from: usize, to: usize) -> Option<PathBuf> {
        self.files += 1;
        let file = self.root.path().join(format!("m{}", self.files));
        self.sites[from].must(1, "bundle export", &[("to", code_of(to)), ("out", &text(&file))]);
        file.exists().then_some(file)
    }

    /// A desk gives the courier what waits for another.
    fn post(&mut self, from: usize, to: usize) {
        let Some(file) = self.export(from, to) else { return };
        if self.numbers.below(100) < 30 {
            return self.fault("lost");
        }
        if self.numbers.below(100) < 5 {
            let mut bytes = fs::read(&file).unwrap();
            let at = self.numbers.below(bytes.len());
            bytes[at] ^= 1;
            fs::write(&file, bytes).unwrap();
            self.fault("damaged");
        }
        let copies = 1 + usize::from(self.numbers.below(100) < 20);
        for copy in 0..copies {
            // The second courier takes twice as long, and goes only where there are many.
            let is_slow = self.sites.len() > 3 && self.numbers.once_in(2);
            let day = self.day + self.numbers.below(if is_slow { 12 } else { 6 }) as i64;
            self.mail.push(Mail { day, to, file: file.clone() });
            if copy > 0 {
                self.fault("doubled");
            }
        }
    }

    fn deliver(&mut self) {
        let (now, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.mail).into_iter().partition(|m| m.day <= self.day);
        self.mail = later;
        for mail in now {
            if self.numbers.once_in(8) {
                self.power_fails(&mail);
            }
            let done = self.sites[mail.to].run(1, "bundle import", &[("path", &text(&mail.file))]);
            if let Err(failure) = done {
                let known = matches!(failure.kind, ErrorKind::Gap | ErrorKind::Malformed | ErrorKind::NotForUs);
                assert!(known, "{} on day {}: {failure:?}", code_of(mail.to), self.day);
            }
        }
    }

    /// The import ends after some steps of it, wherever that is, and the workspace is opened again afterwards.
    fn power_fails(&mut self, mail: &Mail) {
        let (stop, steps) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(self.numbers.below(4))));
        let stops = Arc::clone(&stop);
        let mut job = Job::new(stop, move |_| {
            if steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_err() {
                stops.store(true, Ordering::Relaxed);
            }
        });
        let args = Args::default().with("path", text(&mail.file));
        let mut workspace = self.sites[mail.to].open(1).unwrap();
        let _ = run(command("bundle import").unwrap(), On::Workspace(&mut workspace), &args, &mut job);
        drop(workspace);
        self.fault("power failed");
    }

    fn live(&mut self, days: i64) {
        for _ in 0..days {
            self.day += 1;
            self.sites.iter_mut().for_each(|site| site.pass(24));
            for desk in 0..self.sites.len() {
                let other = self.other(desk);
                if self.numbers.once_in(2) {
                    self.share(desk, other);
                }
                if self.requests.len() < 4 && self.numbers.once_in(8) {
                    self.ask(desk, other);
                }
                self.step();
                if self.numbers.once_in(2) {
                    self.post(desk, other);
                }
            }
            self.deliver();
        }
    }

    /// From now on everything arrives, and what is missing is asked for.
    fn heal(&mut self) {
        self.day += 10;
        self.sites.iter_mut().for_each(|site| site.pass(1));
        self.deliver();
        let pairs: Vec<(usize, usize)> = (0..self.sites.len())
            .flat_map(|a| neighbours(a, self.sites.len()).into_iter().map(move |b| (a, b)))
            .collect();
        // Something new in every stream shows whether its end was lost.
        for (from, to) in &pairs {
            self.share(*from, *to);
        }
        for _ in 0..4 {
            for (from, to) in &pairs {
                if let Some(file) = self.export(*from, *to) {
                    self.take(*to, &file);
                }
                self.files += 1;
                let need = self.root.path().join(format!("need{}", self.files));
                let asked = self.sites[*to].must(
                    1,
                    "bundle request-missing",
                    &[("from", code_of(*from)), ("out", &text(&need))],
                );
                if !need.exists() {
                    continue;
                }
                self.sites[*from].must(1, "bundle import", &[("path", &text(&need))]);
                for n in asked.value["missing"].as_array().unwrap() {
                    self.files += 1;
                    let again = self.root.path().join(format!("again{}", self.files));
                    let (number, out) = (n.to_string(), text(&again));
                    let form = [("to", code_of(*to)), ("again", &*number), ("out", &*out)];
                    self.sites[*from].must(1, "bundle export", &form);
                    self.take(*to, &again);
                }
            }
            self.sites.iter_mut().for_each(|site| site.pass(1));
        }
    }

    fn take(&self, to: usize, file: &std::path::Path) {
        if let Err(failure) = self.sites[to].run(1, "bundle import", &[("path", &text(file))]) {
            assert_eq!(failure.kind, ErrorKind::Gap, "{}: {failure:?}", code_of(to));
        }
    }

    /// All desks agree on everything that is between them, and each record is what its log says.
    fn agree(&self) {
        for (n, site) in self.sites.iter().enumerate() {
            let waits = site.must(1, "bundle quarantine", &[]).value;
            assert_eq!(waits, Value::Array(Vec::new()), "{}: something still waits", site.code);
            let cases = site.must(1, "case list", &[]).value;
            let mut held = String::new();
            for case in cases.as_array().unwrap() {
                let form = [("case", case["id"].as_str().unwrap()), ("limit", "100000")];
                held.push_str(&site.must(1, "item list", &form).value.to_string());
            }
            for (_, value) in self.given.iter().filter(|(to, _)| *to == n) {
                let times = held.matches(&format!("\"{value}\"")).count();
                assert!(times > 0, "{} lacks {value}", site.code);
            }
            site.must(1, "audit verify", &[]);
        }
        for Request { from, to, id } in &self.requests {
            let state = |n: usize| self.sites[n].must(1, "request show", &[("request", id)]).value["state"].clone();
            assert_eq!(state(*from), state(*to), "request {id}: {} and {}", code_of(*from), code_of(*to));
        }
    }
}

fn simulate(seed: u64, desks: usize, days: i64) {
    let told = std::panic::catch_unwind(|| {
        let mut world = World::found(seed, desks);
        world.live(days);
        world.heal();
        world.agree();
        println!("seed {seed}: {} shared, {} requests, {:?}", world.given.len(), world.requests.len(), world.faults);
    });
    if let Err(panic) = told {
        eprintln!("seed {seed} fails");
        std::panic::resume_unwind(panic);
    }
}

fn seeds(many: u64) -> std::ops::RangeInclusive<u64> {
    match asked("COMITY_SIM_SEED", 0) {
        0 => {
            let from = asked("COMITY_SIM_FROM", 1);
            from..=from + asked("COMITY_SIM_SEEDS", many) - 1
        }
        one => one..=one,
    }
}

#[test]
fn desks_agree_whatever_the_courier_does() {
    seeds(1).for_each(|seed| simulate(seed, 3, 12));
}

#[test]
#[ignore = "takes hours: the full figures of the exchange"]
fn desks_agree_for_weeks() {
    let days = i64::try_from(asked("COMITY_SIM_DAYS", 60)).unwrap();
    seeds(500).for_each(|seed| simulate(seed, 3, days));
}

#[test]
#[ignore = "takes long: the full figures of the exchange"]
fn fifty_desks_agree_by_two_couriers() {
    simulate(asked("COMITY_SIM_SEED", 1), 50, 20);
}
