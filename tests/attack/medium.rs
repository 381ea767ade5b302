//! What a courier who can write to a medium does with it: names, links, pipes, floods, and places that something is to be moved to.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use comity::value::text::is_hidden;
use comity::workspace::error::ErrorKind;
use serde_json::Value;

use crate::desks::{Site, pair, text};

/// Two desks, a folder that is carried, and a whole bundle for the second.
fn scene() -> (tempfile::TempDir, Site, Site, PathBuf, Vec<u8>) {
    let (root, a, b) = pair();
    let item = a.indicator(&a.case("Medium"), "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let whole = fs::read(a.export(&b, "b1")).unwrap();
    let folder = root.path().join("carry");
    fs::create_dir(&folder).unwrap();
    (root, a, b, folder, whole)
}

fn watch(site: &Site, folder: &Path) -> Result<Value, comity::workspace::error::Error> {
    let form = [("dir", &*text(folder)), ("once", "yes"), ("every", "0"), ("to", "XA")];
    site.run(1, "bundle watch", &form).map(|output| output.value)
}

fn pipe(path: &Path) {
    let done = std::process::Command::new("mkfifo").arg(path).status();
    assert!(done.is_ok_and(|status| status.success()), "mkfifo");
}

#[test]
fn pipes_links_and_folders_are_neither_followed_nor_waited_for() {
    let (root, _a, b, folder, whole) = scene();
    pipe(&folder.join("pipe.comity"));
    fs::create_dir(folder.join("folder.comity")).unwrap();
    symlink(folder.join("loop.comity"), folder.join("loop.comity")).unwrap();
    let secret = root.path().join("secret");
    fs::write(&secret, &whole).unwrap();
    symlink(&secret, folder.join("link.comity")).unwrap();
    symlink("/dev/zero", folder.join("zero.comity")).unwrap();
    let seen = watch(&b, &folder).unwrap();
    assert!(seen["taken"].as_array().unwrap().is_empty(), "{seen}");
    b.fails(1, "bundle import", &[("path", &text(&folder))], ErrorKind::Malformed);
    fs::write(folder.join("whole.comity"), &whole).unwrap();
    b.must(1, "bundle import", &[("path", &text(&folder))]);
    assert!(secret.exists() && folder.join("pipe.comity").exists());
}

#[test]
fn what_is_moved_is_never_moved_through_a_link() {
    let (root, _a, b, folder, whole) = scene();
    let elsewhere = root.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, folder.join("done")).unwrap();
    symlink(&elsewhere, folder.join("refused")).unwrap();
    fs::write(folder.join("whole.comity"), &whole).unwrap();
    let failure = watch(&b, &folder).unwrap_err();
    assert_eq!(failure.kind, ErrorKind::Medium, "{failure:?}");
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "nothing was put there");
    assert!(folder.join("whole.comity").exists(), "and nothing is lost");
    // It was committed all the same, and is a replay when the folder is in order.
    fs::remove_file(folder.join("done")).unwrap();
    let seen = watch(&b, &folder).unwrap();
    assert_eq!(seen["taken"].as_array().unwrap().len(), 1, "{seen}");
    assert!(b.must(1, "case list", &[]).value.to_string().contains("Medium"));
}

#[test]
fn what_is_written_is_never_written_through_a_link() {
    let (root, a, _b, folder, _) = scene();
    let victim = root.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    // The names of what will be written can be foreseen by nobody who has not seen the bundle; of one made again they can.
    a.must(1, "bundle export", &[("to", "XB"), ("to", "XB"), ("out", &text(&folder))]);
    let out = root.path().join("second");
    fs::create_dir(&out).unwrap();
    let again = [("to", "XB"), ("again", "1"), ("out", &*text(&out.join("b1")))];
    symlink(&victim, out.join("b1")).unwrap();
    a.fails(1, "bundle export", &again, ErrorKind::Usage);
    a.must(1, "bundle export", &[again.as_slice(), &[("force", "yes")]].concat());
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    assert!(fs::symlink_metadata(out.join("b1")).unwrap().is_file(), "the link was replaced");
}

#[test]
fn names_of_files_do_nothing_to_a_terminal_and_name_no_path() {
    let (_root, _a, b, folder, whole) = scene();
    for name in [
        &b"\x1b]52;c;x\x07.comity"[..],
        b"a\nb.comity",
        b"\xff\xfe.comity",
        b"\xe2\x80\xae.comity",
        b"-rf",
        b"CON",
        b"nul.comity",
    ] {
        fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), &whole[..whole.len() / 3]).unwrap();
    }
    let seen = watch(&b, &folder).unwrap();
    assert_eq!(seen["waits"].as_array().unwrap().len(), 7, "cut short, they may still grow: {seen}");
    let failure = b.fails(1, "bundle import", &[("path", &text(&folder))], ErrorKind::Malformed);
    assert!(!failure.what.chars().any(|c| c != '\n' && is_hidden(c)), "{failure:?}");
    for name in [&b"\x1b]52;c;x\x07.comity"[..], b"\xff\xfe.comity"] {
        fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), &whole).unwrap();
    }
    let seen = watch(&b, &folder).unwrap();
    assert_eq!(seen["taken"].as_array().unwrap().len(), 2, "{seen}");
}

#[test]
fn a_flood_of_files_is_passed_over() {
    let (_root, _a, b, folder, whole) = scene();
    for n in 0..3000 {
        fs::write(folder.join(format!("f{n}.comity")), format!("age-encryption.org/v1\n-> X25519 {n}\n")).unwrap();
    }
    fs::write(folder.join("z-whole"), &whole).unwrap();
    let taken = b.must(1, "bundle import", &[("path", &text(&folder))]);
    assert_eq!(taken.value["passed_over"].as_array().unwrap().len(), 3000);
    assert!(taken.value["bundles"].to_string().contains("imported"));
}
