//! The real binary at a pseudo-terminal: it opens, answers keys, locks, survives every size, and gives the terminal back
//! on every way out.

#![cfg(unix)]

mod desks;
mod screen;

use std::time::Duration;

use desks::{Site, pair};
use screen::Screen;

fn open(site: &Site, environment: &[(&str, &str)], rows: u16, cols: u16) -> Screen {
    Screen::open((&site.workspace(), &site.identity(1), &site.folder), environment, rows, cols)
}

#[test]
fn every_place_opens_and_leaving_restores_the_terminal() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    s.until("WAITS ON YOU");
    for (key, what) in [
        ("2", "REQUESTS"),
        ("3", "CASES"),
        ("4", "REVIEWS"),
        ("5", "RETENTION"),
        ("6", "BUNDLES"),
        ("7", "AGREEMENTS"),
        ("8", "CHAIN"),
        ("9", "LIVE"),
        ("0", "WHAT THIS DESK HOLDS"),
        ("gd", "CLOCKS"),
    ] {
        s.press(key);
        s.until(what);
    }
    s.press("q");
    s.until("Leave comity?");
    s.press("\r");
    assert_eq!(s.end(), 0);
    assert!(s.is_restored());
}

#[test]
fn a_case_is_made_and_shared_without_leaving_the_screens() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    s.until("WAITS ON YOU");
    s.press("3");
    s.until("No case yet");
    s.press("C");
    s.until("case new");
    s.press("Tidewater\tcybercrime\t\r");
    s.until("The case is open");
    s.press("i");
    s.until("item add");
    s.escape();
    s.until("No item yet");
    s.press(":audit checkpoint\r");
    s.until("/live");
    s.escape();
    s.press("a");
    s.until("case close");
    s.escape();
    s.press("q");
    s.press("q");
    s.until("Leave comity?");
    s.press("\r");
    assert_eq!(s.end(), 0);
    assert_eq!(a.must(1, "case list", &[]).value[0]["title"], "Tidewater");
}

#[test]
fn it_locks_and_nothing_of_the_workspace_stays_on_the_screen() {
    let (_root, a, _b) = pair();
    a.case("Secret of the harbour");
    let mut s = open(&a, &[], 30, 100);
    s.until("WAITS ON YOU");
    s.press("3");
    s.until("Secret of the harbour");
    s.press("\x0c");
    s.until("comity is locked");
    assert!(!s.text().contains("harbour"), "{}", s.text());
    s.press("\r");
    s.until("Secret of the harbour");
    s.press("\x03");
    s.until("Leave comity?");
    s.press("\x03");
    assert_eq!(s.end(), 0);
    assert!(s.is_restored());
}

#[test]
fn signals_restore_the_terminal() {
    let (_root, a, _b) = pair();
    for (signal, code) in [("-TERM", 143), ("-HUP", 129), ("-INT", 130)] {
        let mut s = open(&a, &[], 24, 80);
        s.until("WAITS ON YOU");
        s.signal(signal);
        assert_eq!(s.end(), code, "{signal}");
        assert!(s.is_restored(), "{signal}");
    }
}

#[test]
fn every_size_is_survived() {
    let (_root, a, _b) = pair();
    let mut s = open(&a, &[], 24, 80);
    s.until("WAITS ON YOU");
    for (rows, cols) in [(1, 1), (5, 20), (10, 40), (15, 60), (23, 79), (60, 200), (36, 120)] {
        s.resize(rows, cols);
        s.press("?");
        s.escape();
        s.press("j");
        s.drain(Duration::from_millis(150));
    }
    s.resize(24, 80);
    s.until("WAITS ON YOU");
    s.signal("-TERM");
    assert_eq!(s.end(), 143);
}

#[test]
fn a_paste_confirms_nothing() {
    let (_root, a, b) = pair();
    let case = a.case("Paste");
    let item = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    drop(b);
    let mut s = open(&a, &[], 24, 80);
    s.until("WAITS ON YOU");
    s.press("6");
    s.until("PARTNERS");
    s.press("x");
    s.until("bundle export");
    let out = a.path("pasted");
    s.press(&format!("{out}\x1b[6~\r"));
    s.until("To sign, type XB");
    s.press("\x1b[200~XB\r\n\x1b[201~");
    s.drain(Duration::from_millis(300));
    assert!(s.text().contains("To sign, type XB"), "{}", s.text());
    assert!(!std::path::Path::new(&out).exists());
    s.press("XB\r");
    s.until("bytes, in");
    assert!(std::path::Path::new(&out).exists());
    s.signal("-TERM");
    s.end();
}

#[test]
fn without_colour_the_selection_is_still_seen() {
    let (_root, a, _b) = pair();
    a.case("One");
    a.case("Two");
    let mut s = open(&a, &[("NO_COLOR", "1")], 24, 80);
    s.until("WAITS ON YOU");
    s.press("3");
    s.until("Two");
    let screen = s.parser.screen();
    let row = (0..24).find(|r| screen.contents_between(*r, 0, *r, 80).starts_with('>')).expect("a selected row");
    assert!(screen.cell(row, 4).unwrap().inverse(), "it is reversed");
    let colours = (0..24).flat_map(|r| (0..80).map(move |c| (r, c))).filter_map(|(r, c)| screen.cell(r, c));
    assert!(colours.into_iter().all(|c| c.fgcolor() == vt100::Color::Default && c.bgcolor() == vt100::Color::Default));
    s.signal("-TERM");
    s.end();
}

#[test]
fn where_there_is_no_terminal_it_says_so() {
    let (_root, a, _b) = pair();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_comity"))
        .args(["--workspace", a.workspace().to_str().unwrap(), "--identity", a.identity(1).to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("terminal"));
}
