//! The guide: a page for each role, with real screens of the demo. `cargo test --test suite guide -- --ignored` draws the screens
//! again, in `docs/guide` and in the README; the other test holds what the pages say against the program.
//!
//! A screen stands between a line `<!-- screen WHO COLUMNSxROWS: KEYS -->` and the end of the block that follows. WHO is a
//! member of the demo; KEYS are pressed one after the other, by their names where they have one.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::screen::Screen;
use comity::cli::demo;
use comity::command::command;
use comity::tui::key::{sequence, written};

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> = fs::read_dir(root.join("docs/guide")).unwrap().map(|e| e.unwrap().path()).collect();
    pages.sort();
    pages.push(root.join("README.md"));
    pages
}

/// What a marker asks for.
struct Wanted {
    who: String,
    columns: u16,
    rows: u16,
    keys: Vec<String>,
}

impl Wanted {
    fn read(line: &str) -> Option<Self> {
        let (what, keys) = line.strip_prefix("<!-- screen ")?.strip_suffix(" -->")?.split_once(':')?;
        let (who, size) = what.split_once(' ')?;
        let (columns, rows) = size.split_once('x')?;
        let keys = keys.split_whitespace().map(str::to_owned).collect();
        Some(Self { who: who.to_owned(), columns: columns.parse().ok()?, rows: rows.parse().ok()?, keys })
    }
}

fn bytes_of(key: &str) -> &str {
    match key {
        "enter" => "\r",
        "esc" => "\x1b",
        "tab" => "\t",
        "down" => "\x1b[B",
        "space" => " ",
        other => other,
    }
}

fn drawn(folder: &Path, wanted: &Wanted) -> String {
    let of = |name: &str| folder.join("XA").join(name);
    let identity = of(&format!("{}.age", wanted.who));
    let mut s = Screen::open((&of("workspace"), &identity, folder), &[], wanted.rows, wanted.columns);
    s.until("Desk");
    for key in [""].into_iter().chain(wanted.keys.iter().map(String::as_str)) {
        s.press(bytes_of(key));
        while s.drain(Duration::from_millis(900)) {}
    }
    let lines: Vec<String> = s.text().lines().map(|l| l.trim_end().to_owned()).collect();
    s.signal("-TERM");
    s.end();
    lines.join("\n").trim_end().to_owned()
}

#[test]
fn the_manual_names_every_key_of_the_catalogue() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_comity")).arg("man").output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap().replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\");
    for action in comity::tui::action::ACTIONS.iter() {
        assert!(page.contains(&format!("\n{}: {}", action.name, action.shown_about())), "{} is missing", action.name);
        let keys: Vec<String> = action.keys.iter().map(|key| written(&sequence(key).unwrap())).collect();
        let keys = if keys.is_empty() { "(by name)".to_owned() } else { keys.join("  ") };
        assert!(page.contains(&format!("\\fB{keys}\\fR\n{}:", action.name)), "{} has other keys: {keys}", action.name);
    }
}

#[test]
#[ignore = "writes the screens into docs/guide and README.md"]
fn the_screens_are_drawn_again() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("demo");
    drop(demo::stage(&folder, false).unwrap());
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let mut out = String::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            out.push_str(line);
            out.push('\n');
            let Some(wanted) = Wanted::read(line) else { continue };
            let old =
                lines.next().filter(|l| *l == "```text").map(|_| lines.by_ref().take_while(|l| *l != "```").count());
            assert!(old.is_some(), "{}: a block follows {line}", page.display());
            out.push_str(&format!("```text\n{}\n```\n", drawn(&folder, &wanted)));
        }
        fs::write(&page, out).unwrap();
    }
}

#[test]
fn the_guide_names_only_what_there_is() {
    let roles =
        ["administrator", "desk-officer", "investigator", "legal-reviewer", "oversight-auditor", "release-officer"];
    let names: Vec<String> =
        pages().iter().filter_map(|p| p.file_stem().map(|s| s.to_string_lossy().into_owned())).collect();
    for role in roles {
        assert!(names.iter().any(|n| n == role), "there is a page for the {role}");
    }
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for line in text.lines().filter(|l| l.starts_with("<!-- screen")) {
            assert!(Wanted::read(line).is_some(), "{}: {line}", page.display());
        }
        if page.ends_with("README.md") {
            continue;
        }
        // Commands stand in code; a command is one word or two.
        for code in text.split('`').skip(1).step_by(2).filter_map(|c| c.strip_prefix("comity ")) {
            let words: Vec<&str> = code.split_whitespace().filter(|w| !w.starts_with('-')).take(2).collect();
            let Some(first) = words.first() else { continue };
            let known = command(&words.join(" ")).or_else(|| command(first)).is_some()
                || ["demo", "tour", "practise", "init"].contains(first);
            assert!(known, "{}: there is no `comity {code}`", page.display());
        }
    }
}
