//! The floors hold: a room names rooms on lower floors only, files of a room do not ring, each crate and each part of
//! the standard library that touches the world is in the hands of the rooms that may have it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The rooms of each floor. Rooms on one floor are strangers.
const FLOORS: &[&[&str]] = &[
    &["value"],
    &["seal"],
    &["act", "law"],
    &["record"],
    &["gate"],
    &["bundle", "exchange", "report", "exercise"],
    &["host"],
    &["store"],
    &["desk"],
    &["tui", "cli"],
];

/// Which rooms may name a crate, or a part of the standard library.
const HANDS: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("age", &["seal"]),
    ("ssh_key", &["seal"]),
    ("ed25519_dalek", &["seal"]),
    ("hkdf", &["seal"]),
    ("hmac", &["act", "desk"]),
    ("zeroize", &["bundle", "seal", "act", "host", "store", "desk", "cli", "tui"]),
    ("toml", &["law", "tui", "desk"]),
    ("minijinja", &["report"]),
    ("csv", &["exchange"]),
    ("jiff", &["value", "host", "law"]),
    ("getrandom", &["host"]),
    ("directories", &["host"]),
    ("landlock", &["host"]),
    ("seccompiler", &["host"]),
    ("libc", &["host"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("signal_hook", &["cli", "tui"]),
    ("rpassword", &["cli"]),
    ("ratatui", &["tui"]),
    ("ratatui_textarea", &["tui"]),
    ("crossterm", &["tui"]),
    ("rustix", &["tui"]),
    ("tokio", &["tui"]),
    ("futures_util", &["tui"]),
    ("nucleo_matcher", &["tui"]),
    ("std::fs", &["host", "store"]),
    ("std::env", &["host"]),
    ("std::net", &[]),
    ("std::os::unix::net", &[]),
    ("std::process::Command", &[]),
    ("SystemTime", &["host"]),
    ("Instant::now", &["tui"]),
];

/// What is not a room and may be named from everywhere: the macro that makes JSON objects.
const AT_ROOT: &[&str] = &["object"];

struct Source {
    room: String,
    /// Path inside the room without `.rs`, such as `sync` or `screen/desk`.
    file: String,
    text: String,
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for room in FLOORS.iter().flat_map(|f| f.iter()) {
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room), room, "", &mut found);
    }
    found
}

fn walk(folder: &Path, room: &str, prefix: &str, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<_> = entries.map(|e| e.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            walk(&path, room, &format!("{prefix}{name}/"), found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { room: room.into(), file: format!("{prefix}{name}"), text });
        }
    }
}

/// The code without comments, strings and its test module.
fn code(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        let line = line.split("//").next().unwrap_or("");
        let mut in_string = false;
        let mut before = ' ';
        for c in line.chars() {
            if c == '"' && before != '\\' && before != '\'' {
                in_string = !in_string;
            }
            if !in_string {
                out.push(c);
            }
            before = c;
        }
        out.push('\n');
    }
    out
}

/// The identifiers that follow each occurrence of `prefix`, such as the rooms after `crate::`.
fn after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        found.push(&rest[..end]);
    }
    found
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn rooms_look_down() {
    for source in sources() {
        let code = code(&source.text);
        let own = floor_of(&source.room).unwrap();
        for path in after(&code, "crate::") {
            let room = path.split("::").next().unwrap();
            if AT_ROOT.contains(&room) || room == source.room {
                continue;
            }
            let Some(floor) = floor_of(room) else {
                panic!(
                    "{}/{}.rs names crate::{path}, which is no room (grouped imports hide what they name)",
                    source.room, source.file
                );
            };
            assert!(floor < own, "{}/{}.rs names {room}, which is above it or beside it", source.room, source.file);
        }
        assert!(!code.contains("super::super"), "{}/{}.rs climbs out of its room", source.room, source.file);
    }
}

#[test]
fn every_room_is_in_the_library_and_nothing_else_is() {
    let lib = code(include_str!("../src/lib.rs"));
    let mods: Vec<_> = after(&lib, "pub mod ");
    let rooms: Vec<_> = FLOORS.iter().flat_map(|f| f.iter().copied()).collect();
    assert_eq!(mods.iter().copied().collect::<BTreeSet<_>>(), rooms.into_iter().collect::<BTreeSet<_>>());
}

#[test]
fn files_do_not_ring() {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let all = sources();
    let names: BTreeSet<String> = all.iter().map(|s| format!("{}/{}", s.room, s.file)).collect();
    for source in &all {
        let code = code(&source.text);
        let own = format!("{}/{}", source.room, source.file);
        let folder = own.rsplit_once('/').map_or("", |(f, _)| f).to_owned();
        let mut paths: Vec<String> = after(&code, "crate::").iter().map(|p| p.replace("::", "/")).collect();
        paths.extend(after(&code, "super::").iter().map(|p| format!("{folder}/{}", p.replace("::", "/"))));
        if source.file == "mod" || source.file.ends_with("/mod") {
            // What a room's `mod.rs` declares it also knows; what it uses of its files is found by name.
            paths.extend(
                names
                    .iter()
                    .filter(|n| {
                        let stem = n.strip_prefix(&format!("{folder}/"));
                        stem.is_some_and(|s| !s.contains('/') && s != "mod" && code.contains(&format!("{s}::")))
                    })
                    .cloned(),
            );
        }
        let known = edges.entry(own.clone()).or_default();
        for path in paths {
            // The longest beginning of the path that is a file, or a folder's `mod.rs`.
            let words: Vec<_> = path.split('/').collect();
            for n in (1..=words.len()).rev() {
                let file = words[..n].join("/");
                let target = if names.contains(&file) { file } else { format!("{file}/mod") };
                if names.contains(&target) {
                    if target != own {
                        known.insert(target);
                    }
                    break;
                }
            }
        }
    }
    // Leaves are peeled off until nothing is left; a ring has no leaf.
    while !edges.is_empty() {
        let leaves: Vec<String> =
            edges.iter().filter(|(_, to)| !to.iter().any(|t| edges.contains_key(t))).map(|(f, _)| f.clone()).collect();
        let left: Vec<_> =
            edges.iter().map(|(f, to)| (f, to.iter().filter(|t| edges.contains_key(*t)).collect::<Vec<_>>())).collect();
        assert!(!leaves.is_empty(), "these files ring, or hang on a ring: {left:?}");
        for leaf in leaves {
            edges.remove(&leaf);
        }
    }
}

#[test]
fn crates_are_in_the_right_hands() {
    for source in sources() {
        let code = code(&source.text);
        for (name, rooms) in HANDS {
            let named = if name.contains("::") || name.chars().next().is_some_and(char::is_uppercase) {
                code.contains(name)
            } else {
                !after(&code, &format!("{name}::")).is_empty() || code.contains(&format!("use {name};"))
            };
            assert!(!named || rooms.contains(&source.room.as_str()), "{}/{}.rs uses {name}", source.room, source.file);
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for source in sources() {
        assert!(source.text.starts_with("//! "), "{}/{}.rs begins without a `//!`", source.room, source.file);
    }
}

#[test]
fn no_unsafe_and_no_threads_below_the_faces() {
    for source in sources() {
        let code = code(&source.text);
        assert!(!code.contains("unsafe "), "{}/{}.rs", source.room, source.file);
        assert!(!code.contains("async fn") || source.room == "tui", "{}/{}.rs", source.room, source.file);
    }
}
