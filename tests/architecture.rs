//! The architecture holds: a module names modules of lower layers only, no files import each other in a cycle, and each
//! crate and each part of the standard library that touches the world is named only where that is allowed.
//!
//! The sources are parsed, not searched, so no way of writing an import hides it. The rules are the tables at the top; the
//! cases at the end are changes that must not pass. It never runs what it reads, and code for tests is free.

mod architecture {
    pub mod cycles;
    pub mod names;
    pub mod reading;
}

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use architecture::cycles::{Edges, cycles};
use architecture::names::Target;
use architecture::reading::{File, How, Mention, Sources};

/// The modules of each layer, the lowest first. A module may name modules of lower layers; modules of one layer do not
/// know each other. One that is not in this table fails.
const LAYERS: &[&[&str]] = &[
    // What everything else is made of: no clock, no chance, no file.
    &["value"],
    // Secrets know values, and nothing of what they seal.
    &["seal"],
    // The act does not know the law, nor the law the act.
    &["act", "law"],
    &["record"],
    &["gate"],
    // Pure: bytes and values in, values and bytes out, the time passed in. What leaves was cleared by the gate below.
    &["bundle", "exchange", "exercise", "figures", "report"],
    // The world: clock, entropy, files, sandbox.
    &["host"],
    &["store"],
    &["workspace"],
    // Every command once, for both front ends.
    &["command"],
    &["demo"],
    // The front ends.
    &["tui", "cli"],
    // The binary puts the front ends together.
    &["main"],
];

/// In every module.
const ANYWHERE: &[&str] = &["*"];

/// Allowed dependencies: which modules may name a crate, or a part of one. A longer path narrows a shorter one. Every
/// crate of Cargo.toml has a row, so a new one is a decision.
const ALLOWED_DEPENDENCIES: &[(&str, &[&str])] = &[
    // One module each knows the database, the ciphers, the text of letters: that is where they can be replaced.
    ("rusqlite", &["store"]),
    ("age", &["seal"]),
    ("bech32", &["seal"]),
    ("ssh_key", &["seal"]),
    ("ed25519_dalek", &["seal"]),
    ("hkdf", &["seal"]),
    ("cms", &["seal"]),
    ("der", &["seal"]),
    ("p256", &["seal"]),
    ("p384", &["seal"]),
    ("rsa", &["seal"]),
    ("sha1", &["seal"]),
    ("x509_cert", &["seal"]),
    ("hmac", &["act", "workspace"]),
    ("strum", &["value"]),
    ("subtle", &["workspace"]),
    ("zeroize", &["value", "bundle", "seal", "act", "host", "store", "workspace", "cli", "tui"]),
    ("minijinja", &["report"]),
    ("fluent_bundle", &["report"]),
    // Files that people write: rows of law, settings, the story.
    ("toml", &["law", "report", "exchange", "tui", "command", "demo"]),
    // Time zones and dates; what time it is, is asked by `host` alone, and not of this crate.
    ("jiff", &["value", "host", "law"]),
    ("jiff::Timestamp::now", &[]),
    ("jiff::Zoned::now", &[]),
    // What is safe to show is decided in one place; names are made alike before they are compared.
    ("unicode_width", &["value"]),
    ("unicode_segmentation", &["value"]),
    ("compact_str", &["value"]),
    ("unicode_normalization", &["value", "seal", "exchange"]),
    ("unicode_security", &["value"]),
    ("idna", &["exchange"]),
    // How long a passphrase holds.
    ("zxcvbn", &["seal"]),
    // The operating system.
    ("getrandom", &["host"]),
    ("directories", &["host"]),
    ("landlock", &["host"]),
    ("seccompiler", &["host"]),
    ("libc", &["host"]),
    // The command line.
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("rpassword", &["cli"]),
    ("signal_hook", &["cli", "tui"]),
    // The screens.
    ("ratatui", &["tui"]),
    ("ratatui_textarea", &["tui"]),
    ("crossterm", &["cli", "tui"]),
    ("rustix", &["host", "tui"]),
    ("strsim", &["tui"]),
    ("tempfile", &["host"]),
    ("tokio", &["tui"]),
    ("nucleo_matcher", &["tui"]),
    // They touch nothing and decide nothing.
    ("serde", ANYWHERE),
    ("serde_json", ANYWHERE),
    ("sha2", ANYWHERE),
    ("data_encoding", ANYWHERE),
    ("thiserror", ANYWHERE),
    // The world: what is read and written, what time it is, what was said to the process.
    ("std::fs", &["host", "store"]),
    ("std::env", &["host", "main"]),
    ("std::time::SystemTime", &["host"]),
    ("std::time::UNIX_EPOCH", &["host"]),
    // How long something takes on a screen; it never gets into an act.
    ("std::time::Instant::now", &["tui"]),
    // How the process ends. None is started, and nobody is spoken to over a network.
    ("std::process", &["cli", "tui", "main"]),
    ("std::process::Command", &[]),
    // Addresses are values; what could open a connection is named by nobody.
    ("std::net", &["exchange"]),
    ("std::net::TcpStream", &[]),
    ("std::net::TcpListener", &[]),
    ("std::net::UdpSocket", &[]),
    ("std::net::ToSocketAddrs", &[]),
    ("std::os::unix::net", &[]),
];

/// Where things may be `async`: below the front ends everything is done when it returns.
const ASYNC: &[&str] = &["tui"];

/// What no text in the code may hold: an address invites somebody to go there. Sources of law stand in `assets/`.
const NO_ADDRESSES: &[&str] = &["http://", "https://"];

/// Where texts may hold addresses all the same: nowhere yet. Formats that name things by address would stand here.
const ADDRESSES: &[&str] = &[];

/// What is no module and may be named from the root of the crate: the macro that makes JSON objects.
const AT_ROOT: &[&str] = &["object"];

/// What was found in the sources.
#[derive(Default)]
struct Findings {
    violations: BTreeSet<(String, usize, String)>,
    edges: Edges,
    /// Rows of the allowed dependencies that were needed, by module.
    needed: BTreeSet<(String, String)>,
}

fn layer_of(module: &str) -> Option<usize> {
    LAYERS.iter().position(|modules| modules.contains(&module))
}

fn may(allowed: &[&str], module: &str) -> bool {
    allowed == ANYWHERE || allowed.contains(&module)
}

/// Each way in which the sources break a rule. Files are given by their paths from the root of the repository.
fn check(files: &[(&str, &str)]) -> Vec<String> {
    let findings = examine(files);
    findings.violations.into_iter().map(|(path, line, told)| format!("{path}:{line}: {told}")).collect()
}

fn examine(files: &[(&str, &str)]) -> Findings {
    let sources = Sources::read(files);
    let mut findings = Findings::default();
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let in_files: BTreeMap<&[String], &str> =
        sources.files.iter().map(|f| (f.module.as_slice(), f.path.as_str())).collect();
    for module in sources.scopes.keys().filter(|m| m.len() == 1 && layer_of(&m[0]).is_none()) {
        let path = in_files.get(module.as_slice()).copied().unwrap_or("src/lib.rs");
        findings.report(path, 1, format!("the module {} is in no layer", module[0]));
    }
    for file in &sources.files {
        let path = &file.path;
        if !texts[path.as_str()].starts_with("//! ") {
            findings.report(path, 1, "begins without a `//!` that says what it is".into());
        }
        for (line, told) in &file.refused {
            findings.report(path, *line, told.clone());
        }
        let own = file.module.first().map_or("", String::as_str);
        for line in file.asyncs.iter().filter(|_| !may(ASYNC, own)) {
            findings.report(path, *line, format!("is async, which {own} may not be"));
        }
        for (line, text) in file.literals.iter().filter(|_| !may(ADDRESSES, own)) {
            let text = text.to_lowercase();
            if NO_ADDRESSES.iter().any(|begin| text.contains(begin)) {
                findings.report(path, *line, "holds the address of a place on a network".into());
            }
        }
        for mention in &file.mentions {
            for target in sources.targets(&mention.within, &mention.written) {
                findings.weigh(file, mention, &target, &in_files);
            }
        }
    }
    for cycle in cycles(&findings.edges) {
        let steps = cycle.iter().zip(cycle.iter().cycle().skip(1));
        let way: Vec<String> =
            steps.map(|(from, to)| format!("{from}:{} names {to}", findings.edges[from][to])).collect();
        let line = findings.edges[&cycle[0]][&cycle[1 % cycle.len()]];
        findings.report(&cycle[0], line, format!("is in a cycle: {}", way.join(", ")));
    }
    findings
}

impl Findings {
    fn report(&mut self, path: &str, line: usize, told: String) {
        self.violations.insert((path.to_owned(), line, told));
    }

    /// Holds one thing that is named against the rules.
    fn weigh(&mut self, file: &File, mention: &Mention, target: &Target, in_files: &BTreeMap<&[String], &str>) {
        let (path, line) = (&file.path, mention.line);
        let own = mention.within.first().map_or("", String::as_str);
        match target {
            Target::Inside(module, rest) => {
                let Some(top) = module.first() else {
                    match rest.first() {
                        None => self.report(path, line, "names the crate as a whole, which hides what it uses".into()),
                        Some(name) if AT_ROOT.contains(&name.as_str()) => {}
                        Some(name) => self.report(path, line, format!("names crate::{name}, which is no module")),
                    }
                    return;
                };
                // The root of the library is in no layer: what it passes on is found where it is named. A module that the
                // table forgot is told of once.
                if let (true, Some(from), Some(to)) = (top != own, layer_of(own), layer_of(top))
                    && to >= from
                {
                    let layer = if to == from { "the same" } else { "a higher" };
                    self.report(path, line, format!("names {top}, which is of {layer} layer"));
                }
                // What a module is seen by, it does not use.
                let to = (1..=module.len()).rev().find_map(|n| in_files.get(&module[..n]));
                if let Some(to) = to
                    && to != path
                    && mention.how != How::Seen
                {
                    self.edges.entry(path.clone()).or_default().entry((*to).to_owned()).or_insert(line);
                }
            }
            Target::Outside(words) => {
                for (row, allowed) in ALLOWED_DEPENDENCIES {
                    let limited: Vec<&str> = row.split("::").collect();
                    let named = words.iter().map(String::as_str).zip(&limited).all(|(a, b)| a == *b);
                    // A glob names everything that is below it.
                    let far = words.len() >= limited.len() || mention.how == How::Glob;
                    if !named || !far || words.is_empty() {
                        continue;
                    }
                    if may(allowed, own) {
                        self.needed.insert(((*row).to_owned(), own.to_owned()));
                    } else {
                        self.report(path, line, format!("names {row}, which is no allowed dependency of {own}"));
                    }
                }
            }
        }
    }
}

/// The sources of the crate.
fn crate_sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, path: &str, found: &mut Vec<(String, String)>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap()).collect();
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = format!("{path}/{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                walk(&entry.path(), &name, found);
            } else if name.ends_with(".rs") {
                found.push((name, fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "src", &mut found);
    found
}

fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
    files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

#[test]
fn the_crate_breaks_no_rule() {
    let files = crate_sources();
    assert!(files.len() > 100, "the sources were not found");
    let violations = check(&borrowed(&files));
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}

/// A dependency that was allowed once and is needed no more would be taken up again without a decision.
#[test]
fn nothing_is_allowed_that_nobody_needs() {
    let files = crate_sources();
    let needed = examine(&borrowed(&files)).needed;
    let mut idle = Vec::new();
    for (row, allowed) in ALLOWED_DEPENDENCIES.iter().filter(|(_, allowed)| *allowed != ANYWHERE) {
        idle.extend(
            allowed.iter().filter(|m| !needed.contains(&((*row).into(), (**m).into()))).map(|m| format!("{row}: {m}")),
        );
    }
    assert!(idle.is_empty(), "allowed and not used: {}", idle.join(", "));
}

#[test]
fn every_crate_has_a_row_and_every_row_is_for_a_crate() {
    let manifest: toml::Table = include_str!("../Cargo.toml").parse().unwrap();
    let mut named = BTreeSet::from(["std".to_owned()]);
    let mut collect = |table: &toml::Table| {
        for section in ["dependencies", "build-dependencies"] {
            let crates = table.get(section).and_then(|t| t.as_table()).into_iter().flat_map(toml::Table::keys);
            named.extend(crates.map(|name| name.replace('-', "_")));
        }
    };
    collect(&manifest);
    for (_, target) in manifest["target"].as_table().unwrap() {
        collect(target.as_table().unwrap());
    }
    let rows: BTreeSet<String> =
        ALLOWED_DEPENDENCIES.iter().map(|(row, _)| row.split("::").next().unwrap().to_owned()).collect();
    assert_eq!(rows, named);
}

/// Files, by their paths.
type Files = &'static [(&'static str, &'static str)];

/// A small crate that breaks no rule.
const SMALL: Files = &[
    (
        "src/lib.rs",
        "//! All.\npub mod value;\npub mod seal;\npub mod law;\npub mod act;\npub mod exchange;\npub mod host;\npub mod tui;\npub mod cli;",
    ),
    ("src/main.rs", "//! The binary.\nfn main() { comity::tui::run(std::env::args_os()); }"),
    (
        "src/value/mod.rs",
        "//! Values.\npub mod id;\npub mod json;\n#[macro_export]\nmacro_rules! object { ($v:expr) => { $crate::value::json::Json($v) }; }",
    ),
    ("src/value/id.rs", "//! Ids.\npub struct Id;"),
    ("src/value/json.rs", "//! JSON.\nuse super::id::Id;\npub struct Json(Id);"),
    (
        "src/seal/mod.rs",
        "//! Secrets.\nuse age::Encryptor;\nuse crate::value::{id::Id, json as j};\nfn f(i: Id) -> j::Json { crate::object!(i) }",
    ),
    ("src/law/mod.rs", "//! Law."),
    // A table in the parent, which its children do not name.
    (
        "src/act/mod.rs",
        "//! Acts.\npub mod header;\npub mod note;\npub const ALL: &[u8] = &[header::KIND, note::KIND];",
    ),
    ("src/act/header.rs", "//! Headers.\npub const KIND: u8 = 0;"),
    (
        "src/act/note.rs",
        "//! Notes.\nuse super::header::KIND as FIRST;\npub(in crate::act) const KIND: u8 = FIRST + 1;",
    ),
    // A module that is called as a crate is.
    ("src/exchange/mod.rs", "//! Formats.\npub mod csv;\npub mod toml;\npub use csv::read;\nfn f() { toml::read() }"),
    ("src/exchange/csv.rs", "//! Tables.\npub fn read() { csv::Reader::new() }"),
    (
        "src/exchange/toml.rs",
        "//! Settings: see https://toml.io, and crate::tui.\n/// As in https://toml.io.\npub fn read() {}",
    ),
    ("src/host/mod.rs", "//! The world.\nuse std::{fs, time as t};\nfn f() { fs::read(t::SystemTime::now()); }"),
    ("src/tui/mod.rs", "//! Screens.\npub mod app;\nasync fn f() { app::App; tokio::select! { () = async {} => {} } }"),
    ("src/tui/app.rs", "//! The app.\nuse crate::act::{self, header};\npub struct App(header::H, act::A);"),
    (
        "src/cli/mod.rs",
        "//! The command line.\nuse clap::Command;\n#[cfg(test)]\nmod tests { use crate::tui::*; use std::fs; fn f() { fs::read(\"https://x.example\") } }",
    ),
];

/// What `check` says of the small crate with some files changed, or added.
fn changed(changes: Files) -> Vec<String> {
    let mut files: BTreeMap<&str, &str> = SMALL.iter().copied().collect();
    files.extend(changes.iter().copied());
    check(&files.into_iter().collect::<Vec<_>>())
}

#[test]
fn the_small_crate_breaks_no_rule() {
    assert_eq!(changed(&[]), Vec::<String>::new());
}

/// Changes that break a rule: what they try, what they put in which file, and what must be said of it.
const BROKEN: &[(&str, Files, &str)] = &[
    (
        "an upward import below a module of tests",
        &[("src/law/mod.rs", "//! Law.\n#[cfg(test)]\nmod tests {}\nuse crate::tui::app::App;")],
        "src/law/mod.rs:4: names tui, which is of a higher layer",
    ),
    (
        "an import from the same layer",
        &[("src/law/mod.rs", "//! Law.\nuse crate::act::header::KIND;")],
        "src/law/mod.rs:2: names act, which is of the same layer",
    ),
    (
        "an upward import in a group",
        &[("src/law/mod.rs", "//! Law.\nuse crate::{value::{self, id}, tui::{app::{App as A}}};")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "an upward path in a type",
        &[("src/law/mod.rs", "//! Law.\nfn f(a: Vec<Option<&crate::tui::app::App>>) {}")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "an upward path that leaves a module inside of a file",
        &[("src/law/mod.rs", "//! Law.\nmod a { mod b { use super::super::super::tui; } }")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "a function for tests that is not in a module of tests",
        &[("src/law/mod.rs", "//! Law.\n#[cfg(test)]\nfn f() { crate::tui::run() }")],
        "src/law/mod.rs:3: names tui, which is of a higher layer",
    ),
    (
        "a module that is built for tests or for something else",
        &[("src/law/mod.rs", "//! Law.\n#[cfg(any(test, unix))]\nmod a { use crate::tui; }")],
        "src/law/mod.rs:3: names tui, which is of a higher layer",
    ),
    (
        "an upward import that is renamed",
        &[("src/law/mod.rs", "//! Law.\nuse crate::tui as t;\nfn f() { t::run() }")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "a raw identifier",
        &[("src/law/mod.rs", "//! Law.\nuse crate::r#tui::app;")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "a re-export by way of super",
        &[("src/act/note.rs", "//! Notes.\npub use super::super::tui::app::App;\npub const KIND: u8 = 1;")],
        "src/act/note.rs:2: names tui, which is of a higher layer",
    ),
    (
        "a re-export from the root of the crate",
        &[
            (
                "src/lib.rs",
                "//! All.\npub mod value;\npub mod seal;\npub mod law;\npub mod act;\npub mod exchange;\npub mod host;\npub mod tui;\npub mod cli;\npub use tui::app::App as Tool;",
            ),
            ("src/law/mod.rs", "//! Law.\nuse crate::Tool;"),
        ],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "a module that stands in the root of the library",
        &[("src/lib.rs", "//! All.\npub mod law { use crate::tui; }\npub mod tui {}")],
        "src/lib.rs:2: names tui, which is of a higher layer",
    ),
    (
        "something seen by a module that is none of its own",
        &[("src/law/mod.rs", "//! Law.\npub(in crate::tui) fn f() {}")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "all of the crate",
        &[("src/law/mod.rs", "//! Law.\nuse crate::*;")],
        "src/law/mod.rs:2: names the crate as a whole",
    ),
    (
        "all of the crate by way of super",
        &[("src/act/note.rs", "//! Notes.\nuse super::super::*;\npub const KIND: u8 = 1;")],
        "src/act/note.rs:2: names the crate as a whole",
    ),
    (
        "the crate under another name",
        &[("src/law/mod.rs", "//! Law.\nuse crate as c;\nfn f() { c::tui::run() }")],
        "src/law/mod.rs:3: names tui, which is of a higher layer",
    ),
    (
        "something of the crate that is in no module",
        &[("src/law/mod.rs", "//! Law.\nfn f() { crate::anything() }")],
        "src/law/mod.rs:2: names crate::anything, which is no module",
    ),
    (
        "an upward path inside a macro",
        &[("src/law/mod.rs", "//! Law.\nfn f() {\n  format!(\"{}\", vec![matches!(x, crate::tui::Key)]);\n}")],
        "src/law/mod.rs:3: names tui, which is of a higher layer",
    ),
    (
        "an upward import inside a macro",
        &[("src/law/mod.rs", "//! Law.\nany! { pub use super::{value::id, tui as t}; }")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "an upward path in what a macro makes",
        &[("src/law/mod.rs", "//! Law.\nmacro_rules! m { () => { $crate::tui::run::<u8>() }; }")],
        "src/law/mod.rs:2: names tui, which is of a higher layer",
    ),
    (
        "a path that a macro hides",
        &[("src/law/mod.rs", "//! Law.\nmacro_rules! m { ($a:expr) => { crate::$a }; }")],
        "src/law/mod.rs:2: hides in a macro what it names",
    ),
    (
        "a path that a macro builds",
        &[("src/law/mod.rs", "//! Law.\nmacro_rules! m { ($a:tt) => { $a::tui::run() }; }")],
        "src/law/mod.rs:2: builds a path of words that a macro is given",
    ),
    (
        "the root of the crate for a macro",
        &[("src/law/mod.rs", "//! Law.\nfn f() { m!(crate, tui); }")],
        "src/law/mod.rs:2: passes the root of the crate to a macro",
    ),
    (
        "an upward path in the text of an attribute",
        &[("src/law/mod.rs", "//! Law.\nstruct A {\n  #[serde(with = \"crate::tui::app\")]\n  b: u8,\n}")],
        "src/law/mod.rs:3: names tui, which is of a higher layer",
    ),
    (
        "a cycle through super and a group",
        &[("src/act/header.rs", "//! Headers.\nuse super::{header as own, note};\npub const KIND: u8 = 0;")],
        "src/act/header.rs:2: is in a cycle: src/act/header.rs:2 names src/act/note.rs, src/act/note.rs:2 names src/act/header.rs",
    ),
    (
        "a cycle through the root of the crate, inside a macro",
        &[("src/act/header.rs", "//! Headers.\npub const KIND: u8 = max!(crate::act::note::KIND);")],
        "src/act/header.rs:2: is in a cycle",
    ),
    (
        "a cycle through a glob of the parent",
        &[("src/act/header.rs", "//! Headers.\nuse super::*;\npub const KIND: u8 = note::KIND;")],
        "src/act/header.rs:2: is in a cycle",
    ),
    (
        "a cycle of parent and child",
        &[("src/act/header.rs", "//! Headers.\nuse super::ALL;\npub const KIND: u8 = 0;")],
        "src/act/header.rs:2: is in a cycle: src/act/header.rs:2 names src/act/mod.rs, src/act/mod.rs:4 names src/act/header.rs",
    ),
    (
        "a cycle of parent and child, where a macro declares the children",
        &[
            (
                "src/act/mod.rs",
                "//! Acts.\nmacro_rules! files {\n  ($($m:ident)+) => { $(pub mod $m;)+ pub const ALL: &[u8] = &[$($m::KIND),+]; };\n}\nfiles!(header note);",
            ),
            ("src/act/header.rs", "//! Headers.\nuse super::ALL;\npub const KIND: u8 = 0;"),
        ],
        "src/act/header.rs:2: is in a cycle: src/act/header.rs:2 names src/act/mod.rs, src/act/mod.rs:3 names src/act/header.rs",
    ),
    (
        "a cycle that leaves a module inside of a macro",
        &[("src/act/header.rs", "//! Headers.\nany! { mod a { use super::super::note; } }\npub const KIND: u8 = 0;")],
        "src/act/header.rs:2: is in a cycle",
    ),
    (
        "a cycle of a file and its folder",
        &[
            ("src/tui/app.rs", "//! The app.\nmod menu;\npub use self::menu::Menu;\npub struct App;"),
            ("src/tui/app/menu.rs", "//! Menus.\npub struct Menu;\nimpl super::App {}"),
        ],
        "src/tui/app.rs:3: is in a cycle: src/tui/app.rs:3 names src/tui/app/menu.rs, src/tui/app/menu.rs:3 names src/tui/app.rs",
    ),
    (
        "a crate in the wrong module",
        &[("src/act/header.rs", "//! Headers.\npub const KIND: u8 = age::kind();")],
        "src/act/header.rs:2: names age, which is no allowed dependency of act",
    ),
    (
        "a crate that is renamed and imported alone",
        &[("src/act/header.rs", "//! Headers.\nuse age as a;\npub const KIND: u8 = 0;")],
        "src/act/header.rs:2: names age, which is no allowed dependency of act",
    ),
    (
        "a crate in an attribute",
        &[("src/act/header.rs", "//! Headers.\npub const KIND: u8 = 0;\n#[derive(Clone, clap::Parser)]\nstruct A;")],
        "src/act/header.rs:3: names clap, which is no allowed dependency of act",
    ),
    (
        "a crate beside a module of its name",
        &[
            ("src/exchange/mod.rs", "//! Formats.\npub mod csv;\npub mod age;\nfn f() { ::age::Encryptor }"),
            ("src/exchange/age.rs", "//! Sealed files."),
        ],
        "src/exchange/mod.rs:4: names age, which is no allowed dependency of exchange",
    ),
    (
        "a crate that only one function calls by another name",
        &[("src/law/mod.rs", "//! Law.\nfn f() { use crate::value::id as age; }\nfn g() { age::Encryptor::new() }")],
        "src/law/mod.rs:3: names age, which is no allowed dependency of law",
    ),
    (
        "a crate passed on by a module that may use it",
        &[
            ("src/seal/mod.rs", "//! Secrets.\npub use age as sealing;"),
            ("src/act/header.rs", "//! Headers.\nuse crate::seal::sealing::Encryptor;\npub const KIND: u8 = 0;"),
        ],
        "src/act/header.rs:2: names age, which is no allowed dependency of act",
    ),
    (
        "a socket",
        &[("src/host/mod.rs", "//! The world.\nfn f() { std::net::TcpStream::connect(\"x\"); }")],
        "src/host/mod.rs:2: names std::net, which is no allowed dependency of host",
    ),
    (
        "a process",
        &[(
            "src/tui/app.rs",
            "//! The app.\nuse std::process;\npub struct App;\nfn f() { process::Command::new(\"x\"); }",
        )],
        "src/tui/app.rs:4: names std::process::Command, which is no allowed dependency of tui",
    ),
    (
        "a file, by way of another name of std",
        &[("src/law/mod.rs", "//! Law.\nuse std as s;\nfn f() { s::fs::read(\"x\") }")],
        "src/law/mod.rs:3: names std::fs, which is no allowed dependency of law",
    ),
    (
        "all of std",
        &[("src/law/mod.rs", "//! Law.\nuse std::*;")],
        "src/law/mod.rs:2: names std::fs, which is no allowed dependency of law",
    ),
    (
        "a clock, by way of another name and a type in brackets",
        &[("src/law/mod.rs", "//! Law.\ntype T = std::time::Instant;\nfn f() { <(T)>::now() }")],
        "src/law/mod.rs:3: names std::time::Instant::now, which is no allowed dependency of law",
    ),
    (
        "a clock, by way of a glob of the parent",
        &[("src/law/mod.rs", "//! Law.\nuse std::time as t;\nmod a { use super::*; fn f() { t::SystemTime::now() } }")],
        "src/law/mod.rs:3: names std::time::SystemTime, which is no allowed dependency of law",
    ),
    (
        "an address in a text",
        &[("src/law/mod.rs", "//! Law.\nconst A: &str = \"see HTTPS://x.example\";")],
        "src/law/mod.rs:2: holds the address of a place on a network",
    ),
    (
        "an address in a text inside a macro",
        &[("src/law/mod.rs", "//! Law.\nfn f() { println!(\"{} {}\", 1, concat!(r\"http://x.example\", \"/\")); }")],
        "src/law/mod.rs:2: holds the address of a place on a network",
    ),
    (
        "an address in bytes, with escapes",
        &[("src/law/mod.rs", "//! Law.\nconst A: &[u8] = b\"http:\\x2f/x.example\";")],
        "src/law/mod.rs:2: holds the address of a place on a network",
    ),
    (
        "code from elsewhere",
        &[("src/law/mod.rs", "//! Law.\n#[cfg(test)]\nmod tests { include!(\"../tui/app.rs\"); }")],
        "src/law/mod.rs:3: names `include`",
    ),
    (
        "a module that is not where its name says",
        &[("src/law/mod.rs", "//! Law.\n#[path = \"../tui/app.rs\"]\nmod app;")],
        "src/law/mod.rs:2: sets `path`",
    ),
    (
        "a module that is elsewhere in some builds",
        &[("src/law/mod.rs", "//! Law.\n#[cfg_attr(unix, path = \"../tui/app.rs\")]\nmod app;")],
        "src/law/mod.rs:2: sets `path`",
    ),
    (
        "extern crate",
        &[("src/law/mod.rs", "//! Law.\nextern crate self as c;")],
        "src/law/mod.rs:2: says `extern crate`",
    ),
    (
        "names without a path",
        &[("src/law/mod.rs", "//! Law.\n#[macro_use]\nmod a {}")],
        "src/law/mod.rs:2: says `macro_use`",
    ),
    ("unsafe code", &[("src/law/mod.rs", "//! Law.\nfn f() { unsafe { g() } }")], "src/law/mod.rs:2: is unsafe"),
    (
        "async below the front ends",
        &[("src/host/mod.rs", "//! The world.\nfn f() -> impl Future { m!(async move {}) }")],
        "src/host/mod.rs:2: is async, which host may not be",
    ),
    (
        "a module that is in no layer",
        &[
            (
                "src/lib.rs",
                "//! All.\npub mod value;\npub mod seal;\npub mod law;\npub mod act;\npub mod exchange;\npub mod host;\npub mod tui;\npub mod cli;\npub mod util;",
            ),
            ("src/util.rs", "//! Anything."),
        ],
        "src/util.rs:1: the module util is in no layer",
    ),
    ("a file that is in no module", &[("src/law/x.rs", "//! X.")], "src/law/x.rs:1: is a file that no `mod` declares"),
    ("a file that does not say what it is", &[("src/law/mod.rs", "")], "src/law/mod.rs:1: begins without a `//!`"),
    ("what is no Rust", &[("src/law/mod.rs", "//! Law.\nfn")], "src/law/mod.rs:1: is no Rust"),
];

#[test]
fn every_change_that_breaks_a_rule_is_found() {
    for (tries, changes, told) in BROKEN {
        let violations = changed(changes);
        assert!(violations.iter().any(|v| v.starts_with(told)), "{tries}: {violations:#?}");
    }
}

/// Changes that break no rule, however they look.
const FINE: &[(&str, Files)] = &[
    (
        "paths in comments and texts",
        &[(
            "src/law/mod.rs",
            "//! Law, as crate::tui shows it.\n// use crate::tui;\nconst A: &str = \"crate::tui::app\";",
        )],
    ),
    (
        "a file for tests alone",
        &[
            ("src/law/mod.rs", "//! Law.\n#[cfg(all(unix, test))]\nmod tests;"),
            (
                "src/law/tests.rs",
                "//! Tests.\nuse crate::tui::app::App;\nuse super::*;\nfn f() { std::fs::read(\"x\") }",
            ),
        ],
    ),
    (
        "variants and methods of types",
        &[(
            "src/law/mod.rs",
            "//! Law.\nmacro_rules! m { ($v:ident, $t:ty) => { Self::$v; <$t>::now() }; }\nfn f(i: Instant) { Instant::now(); Self::net(); }",
        )],
    ),
    (
        "a type that a module gives out under a name of its own",
        &[
            ("src/seal/mod.rs", "//! Secrets.\npub type Sealer = age::Encryptor;"),
            ("src/act/header.rs", "//! Headers.\nuse crate::seal::Sealer;\npub const KIND: u8 = Sealer::new();"),
        ],
    ),
    (
        "modules that a macro declares",
        &[(
            "src/act/mod.rs",
            "//! Acts.\nmacro_rules! files {\n  ($($m:ident)+) => { $(pub mod $m;)+ pub const ALL: &[u8] = &[$($m::KIND),+]; };\n}\nfiles!(header note);",
        )],
    ),
    (
        "something seen by its parent",
        &[(
            "src/act/header.rs",
            "//! Headers.\npub(in crate::act) fn f() {}\npub(super) fn g() {}\npub(in super::super::act) const KIND: u8 = 0;",
        )],
    ),
];

#[test]
fn what_breaks_no_rule_is_let_be() {
    for (what, changes) in FINE {
        assert_eq!(changed(changes), Vec::<String>::new(), "{what}");
    }
}
