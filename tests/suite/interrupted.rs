//! An erasure that is interrupted is absent or complete after the next start: whole where its act was signed, and then certified; absent
//! where it was not. Never a certificate without erasure, nor erasure without one for longer than that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comity::command::command;
use comity::command::definition::Args;
use comity::command::run::{On, run};
use comity::workspace::error::ErrorKind;
use comity::workspace::own_file::OwnFile;
use comity::workspace::progress::Job;

use crate::desks::{Site, text};

/// Begins to erase an item and stops at the step of that name, as a kill there does: nothing after it is done.
fn cut_short(a: &Site, item: &str, step: &'static str) {
    let cancelled = Arc::new(AtomicBool::new(false));
    let cancels = Arc::clone(&cancelled);
    let mut job = Job::new(cancelled, move |at| {
        if at.what == step {
            cancels.store(true, Ordering::Relaxed);
        }
    });
    let mut workspace = a.open(1).unwrap();
    for file in [OwnFile::Drafts, OwnFile::Views] {
        file.keep(&workspace, Some(b"zqownwords")).unwrap();
    }
    let form = Args::default().with("item", item).with("because", "the court orders it");
    let error = run(command("retention purge").unwrap(), On::Workspace(&mut workspace), &form, &mut job).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Cancelled, "{step}: {error:?}");
}

fn certificates(a: &Site) -> usize {
    a.must(1, "retention certificates", &[]).value.as_array().unwrap().len()
}

fn opened(a: &Site, member: u8, more: &[&str]) -> String {
    let out = a.program(member, &[more, &["case", "list"]].concat(), "");
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(out.status.success(), "{said}");
    said
}

#[test]
fn an_erasure_that_was_interrupted_is_absent_or_complete_after_the_next_start() {
    for (step, is_begun) in
        [("asking the gate", false), ("erasing", false), ("rotating the key", true), ("reading back", true)]
    {
        let root = tempfile::TempDir::new().unwrap();
        let mut a = Site::found(root.path(), "XA");
        a.enrol(4, "legal-reviewer,oversight-auditor");
        let case = a.case("Interrupted");
        let file = a.path("disk.img");
        std::fs::write(&file, "bytes").unwrap();
        let form = [("case", case.as_str()), ("type", "evidence"), ("category", "content"), ("file", &file)];
        let item = a.make(1, "item add", &form);
        let sealed = a.workspace().join("evidence").join(format!("{item}.age"));
        cut_short(&a, &item, step);
        assert_eq!(certificates(&a), 0, "{step}: nothing is certified before it was read back");
        a.believe_the_machine();
        a.now = comity::host::clock::Clock::System.now();
        let keyring = || std::fs::read(a.workspace().join("keyring.age")).unwrap();
        let before = keyring();
        // Who only reads, or may not erase, leaves it as it is.
        opened(&a, 1, &["--readonly"]);
        opened(&a, 4, &[]);
        assert_eq!((certificates(&a), keyring() == before), (0, true), "{step}");
        let said = opened(&a, 1, &[]);
        assert_eq!(said.contains("interrupted is finished"), is_begun, "{step}: {said}");
        assert_eq!(certificates(&a), usize::from(is_begun), "{step}");
        let state = a.must(1, "item show", &[("item", &item)]).value["state"].clone();
        assert_eq!(state, if is_begun { "purged" } else { "held" }, "{step}");
        assert_eq!(sealed.exists(), !is_begun, "{step}: {}", text(&sealed));
        for file in [OwnFile::Drafts, OwnFile::Views] {
            assert_eq!(file.kept(&a.open(1).unwrap()).is_none(), is_begun, "{step}");
        }
        assert_eq!(keyring() != before, is_begun, "{step}: the key that it was written with is gone");
        // Nothing is left to finish, and the same again makes no second certificate.
        assert!(!opened(&a, 2, &[]).contains("interrupted"), "{step}");
        a.must(1, "retention purge", &[("item", &item), ("because", "the court orders it")]);
        assert_eq!(certificates(&a), 1, "{step}");
        a.must(1, "audit verify", &[]);
    }
}
