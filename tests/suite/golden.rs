//! Files of every format open, and always will.

use std::fs;
use std::path::Path;

use crate::desks::Site;
use comity::command::command;
use comity::command::definition::{Args, Handler};
use comity::value::timestamp::Timestamp;
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}

/// Version control keeps no modes: a workspace is for its owner alone.
#[cfg(unix)]
fn close(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn close(_: &Path, _: u32) {}

/// A copy of the golden files of a format, and the desk in it.
fn golden(number: i64) -> (tempfile::TempDir, Site) {
    let root = tempfile::TempDir::new().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{number}")), root.path());
    let site =
        Site { folder: root.path().join("XB"), code: "XB", now: Timestamp::parse("2027-01-01T00:00:00Z").unwrap() };
    for folder in ["", "outbox", "inbox", "evidence"] {
        fs::create_dir_all(site.workspace().join(folder)).unwrap();
    }
    close(&site.workspace(), 0o700);
    close(&site.identity(1), 0o600);
    (root, site)
}

/// Opens a workspace of a format, reads it, makes it of the newest, and goes on with it.
fn check(number: i64) {
    let (root, site) = golden(number);
    // Where it is only read it stays of its format, to the last byte; the first opening for writing makes it of the newest.
    let database = || fs::read(site.workspace().join("workspace.db")).unwrap();
    let before = database();
    let mut place = site.place(1);
    let (me, _) = comity::command::identity::unlock(&mut place).unwrap();
    let mut workspace = Workspace::open(&place.workspace, &place.identity, me, place.clock, true).unwrap();
    for name in ["audit verify", "case list", "item list"] {
        let Handler::Reads(run) = command(name).unwrap().run else { panic!("{name} writes") };
        run(&mut workspace, &Args::default(), &mut Job::silent()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    }
    let format =
        |workspace: &Workspace| workspace.db.query_row("PRAGMA user_version", [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(format(&workspace), number);
    drop(workspace);
    assert_eq!(database(), before);
    assert_eq!(format(&site.open(1).unwrap()), comity::store::statement::FORMAT);
    let verified = site.must(1, "audit verify", &[]);
    assert_eq!(verified.value["intact"], true);
    let bundle = |name: &str| root.path().join(name).to_str().unwrap().to_owned();
    let again = site.must(1, "bundle import", &[("path", &bundle("b1"))]);
    assert!(again.value.to_string().contains("already imported"), "{again:?}");
    site.must(1, "bundle verify", &[("file", &bundle("b2"))]);
    site.must(1, "bundle import", &[("path", &bundle("b2"))]);
    let case = site.must(1, "case list", &[]).value[0].clone();
    assert_eq!(case["title"], "Golden");
    let found = site.must(1, "search", &[("words", "second.example")]);
    assert_eq!(found.value.as_array().unwrap().len(), 1);
    site.must(1, "audit verify", &[]);
}

#[test]
fn every_format_opens() {
    let newest = comity::store::statement::FORMAT;
    let kept = [1, 2, 3, 4];
    assert_eq!(kept.to_vec(), (1..newest).collect::<Vec<_>>(), "a format has no golden files");
    kept.into_iter().for_each(check);
}

/// Whenever the program dies while it migrates a workspace, that is of the old format or of the new one, and whole.
#[test]
fn a_kill_while_it_is_migrated_leaves_it_whole() {
    let (_root, site) = golden(3);
    let old = fs::read(site.workspace().join("workspace.db")).unwrap();
    let mut unfinished = 0;
    for wait in (0..60).map(|n| std::time::Duration::from_millis(2 * n)) {
        for file in ["workspace.db-wal", "workspace.db-shm"] {
            let _ = fs::remove_file(site.workspace().join(file));
        }
        fs::write(site.workspace().join("workspace.db"), &old).unwrap();
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
            .args(["--workspace", site.workspace().to_str().unwrap(), "--identity", site.identity(1).to_str().unwrap()])
            .args(["case", "list"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(wait);
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        unfinished += usize::from(!ended);
        assert_eq!(site.must(1, "case list", &[]).value[0]["title"], "Golden", "killed after {wait:?}");
        assert_eq!(site.must(1, "audit verify", &[]).value["intact"], true, "killed after {wait:?}");
    }
    assert!(unfinished > 0, "nothing was killed");
}
