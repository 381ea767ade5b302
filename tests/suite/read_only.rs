//! `--readonly`: what is only read is not written to, on whatever medium it lies.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::desks::Site;
use tempfile::TempDir;

/// Every file and folder below a folder, each file with its bytes.
fn all_of(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                all.push((path.clone(), None));
                folders.push(path);
            } else {
                all.push((path.clone(), Some(fs::read(&path).unwrap())));
            }
        }
    }
    all.sort();
    all
}

fn allow(folder: &Path, mode_of_files: u32, mode_of_folders: u32) {
    for (path, bytes) in all_of(folder) {
        let mode = if bytes.is_some() { mode_of_files } else { mode_of_folders };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::set_permissions(folder, fs::Permissions::from_mode(mode_of_folders)).unwrap();
}

#[test]
fn reading_writes_nothing() {
    let folder = TempDir::new().unwrap();
    // A name that an address of a file must not read as its own signs.
    let root = folder.path().join("odd ?%41 #ü");
    fs::create_dir(&root).unwrap();
    let a = Site::found(&root, "XA");
    let case = a.case("Handed over");
    let item = a.indicator(&case, "evil.example");
    let out = a.path("never");
    for lock_is_there in [true, false] {
        if !lock_is_there {
            fs::remove_file(a.workspace().join("workspace.lock")).unwrap();
        }
        for medium_is_writable in [true, false] {
            if !medium_is_writable {
                allow(&a.workspace(), 0o400, 0o500);
            }
            let before = all_of(&a.workspace());
            for words in [
                &["case", "list"][..],
                &["item", "show", &item],
                &["search", "evil.example"],
                &["audit", "verify"],
                &["gate", "explain", &item, "--to", "XB"],
                &[
                    "item",
                    "add",
                    "--case",
                    &case,
                    "--type",
                    "domain",
                    "--category",
                    "indicator",
                    "--value",
                    "x.example",
                ],
                &["desk", "card", "--out", &out],
            ] {
                let done = a.program(1, &[&["--readonly"], words].concat(), "");
                let reads = !["gate", "item add", "desk"].iter().any(|w| words.join(" ").starts_with(w));
                assert_eq!(done.status.success(), reads || words[0] == "desk", "{words:?}: {done:?}");
                assert!(all_of(&a.workspace()) == before, "{words:?} has written something");
                let _ = fs::remove_file(&out);
            }
            allow(&a.workspace(), 0o600, 0o700);
        }
    }
    a.must(1, "case list", &[]);
}
