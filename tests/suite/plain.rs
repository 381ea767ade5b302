//! The line-oriented interface: everything is read and done through a pipe or a terminal, and no escape sequence is written.

#![cfg(unix)]

use std::process::Output;

use crate::desks::{Site, pair};
use crate::screen::Screen;
use comity::tui::screen::SCREENS;

/// Types lines into the front end, and returns what it wrote.
fn told(site: &Site, lines: &[&str]) -> String {
    let typed: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let Output { status, stdout, stderr } = site.program(1, &["--plain", "--reason", "case work"], &typed);
    let all = [stdout, stderr].concat();
    assert!(!all.contains(&0x1b) && !all.contains(&b'\r'), "it only ever writes lines");
    let text = String::from_utf8(all).unwrap();
    assert_eq!(status.code(), Some(0), "{text}");
    text
}

fn says(text: &str, what: &[&str]) {
    for what in what {
        assert!(text.contains(what), "{what:?} is missing:\n{text}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_screens_are_kept_to_the_folders_that_are_named() {
    let (root, a, _b) = pair();
    a.believe_the_machine();
    let c = Site::found(root.path(), "XC");
    let card = c.path("card");
    c.must(1, "desk card", &[("out", &card)]);
    let settings = a.folder.join(".config/comity");
    std::fs::create_dir_all(&settings).unwrap();
    let adds = |folders: String| {
        std::fs::write(settings.join("keys.toml"), folders).unwrap();
        told(&a, &["partner add", &card, "cert", "", "", "", "", "", "yes"])
    };
    let doctor = String::from_utf8(a.program(1, &["--json", "doctor"], "").stdout).unwrap();
    if doctor.contains("(seccomp, Landlock)") {
        let text = adds(format!("folders = [{:?}]\n", a.path("")));
        says(&text, &["partner add", "ermission denied"]);
    }
    says(&adds(format!("folders = [{:?}]\n", c.path(""))), &["XC is added"]);
}

#[test]
fn every_place_is_read() {
    let (_root, a, _b) = pair();
    let case = a.case("Harbour");
    a.indicator(&case, "n1.example");
    let places: Vec<&str> = SCREENS.iter().map(|screen| screen.id.word()).collect();
    let text = told(&a, &places);
    for place in SCREENS.iter().map(|screen| screen.id) {
        says(&text, &[&format!("\n{}\n", place.title().to_uppercase()), &format!("{}> ", place.title())]);
    }
    says(
        &text,
        &[
            "comity, LIVE. XA XA. XA-1",
            "1. n1.example; domain;",
            "AGREEMENTS",
            "WHAT THIS DESK HOLDS",
            "- item; records 1",
        ],
    );
    // What a case says of people, and what was done in it: what is of another case is not told.
    let other = a.case("Other");
    let person = [("type", "name"), ("category", "subscriber"), ("person-class", "victim"), ("value", "M. Kraus")];
    a.make(1, "item add", &[&[("case", &*case)], &person[..]].concat());
    a.make(1, "item add", &[&[("case", &*other)], &person[..]].concat());
    let text = told(&a, &["case", "1", "people", "timeline"]);
    says(&text, &["PEOPLE: WHO; WHAT; SAID AS", "VICTIM; M. Kraus; fact; T2", "TIMELINE, the last to arrive first"]);
    let done = text.split("TIMELINE").nth(1).unwrap();
    assert_eq!((done.matches("item added").count(), done.matches("case opened").count()), (2, 1), "{done}");
    says(done, &["item added, n1.example", "case opened, Harbour"]);
    // Rows that stand in one place are numbered through, and a number opens one.
    let text = told(&a, &["case", "1", "1", "/n2", "/", "/n1", "2", "gibberish", "q"]);
    says(
        &text,
        &["WHAT: n1.example", "Nothing fits the filter.", "Filter: n1.", "There is no number 2; the last is 1."],
    );
    says(&text, &["gibberish means nothing here."]);
}

#[test]
fn forms_are_asked_field_by_field_and_what_binds_is_asked_in_words() {
    let (_root, a, _b) = pair();
    let case = a.case("Tidewater");
    a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("case", &case), ("tier", "1"), ("to", "XB"), ("delete-after", "30d")]);
    a.believe_the_machine();
    let text = told(&a, &["new case", "case new", "Harbour", "cybercrime", "yes"]);
    says(&text, &["new case means nothing here. It is done at Case.", "The case is open"]);
    let text = told(&a, &["case new", "Pier", "", "yes", "/leave", "case new", "/before", "/empty", "/leave"]);
    says(&text, &["2. purpose: MISSING", "Not done: still missing: purpose", "Kept as a draft", "title [Pier]"]);
    // What is known stands there already; a word is written by its number, a record taken from a list.
    let text = told(&a, &["case", "1", "add item", "domain", "1", "/before", "/leave"]);
    says(
        &text,
        &["item add: Add an item to a case.", "Tidewater", "One of, by word or number: 1 indicator", "[indicator]"],
    );
    let text = told(&a, &["item add", "/list", "Har", "1", "/before", "/leave"]);
    says(&text, &["Number, words that narrow, or back: ", "case [C-", "Harbour"]);
    // A wrong word does nothing; the word does it.
    let out = a.path("bundle");
    let form = ["sync", "write bundle 1", &out];
    let text = told(&a, &[&form[..], &["", "", "", "", "yes", "XC", ""]].concat());
    says(&text, &["To sign, type XB.", "That is not XB."]);
    assert!(!std::path::Path::new(&out).exists());
    let text = told(&a, &[&form[..], &["", "", "", "", "yes", "XB"]].concat());
    says(&text, &["The gate says yes.", "bytes, in"]);
    assert!(std::path::Path::new(&out).exists());
    // What may not be done says why.
    let text = told(&a, &["partners", "a 1", "confirm", "1", "1"]);
    says(&text, &["partner confirm and 1 more: no, the partner is pinned", "Not done", "it must be added"]);
}

#[test]
fn one_looks_back_and_finds_every_action() {
    let (_root, a, _b) = pair();
    a.case("The early one");
    a.case("The late one");
    let text =
        told(&a, &["audit", "as of act 2", "case", "C", "cases", "a 1", "back", "now", "case", "as of", "2001-01-01"]);
    says(
        &text,
        &["AS OF 2026-06-15", "case> ", "The early one"].map(|w| if w == "case> " { "Case AS OF " } else { w }),
    );
    says(&text, &["what is past is read, never changed or signed", "no, you look at the record as of"]);
    says(&text, &["This is now again.", "there was no act yet", "name a later time"]);
    let text =
        told(&a, &["timers", "?", "back", "holds", "case", "mark 1", "mark 2", ":theme", "back", "messages", "lock"]);
    says(
        &text,
        &["Help: Timers", "purge what is due: Erase everything that is due", "View holds", "1 marked.", "2 marked."],
    );
}

#[test]
fn at_a_terminal_too_no_escape_is_written() {
    let (_root, a, _b) = pair();
    let mut s = Screen::run(&a.words(1, &[]), &a.folder, &[("COMITY_A11Y", "1")], 200, 100);
    s.until("Desk> ");
    // Lines end between words: half a word is not spoken.
    let told = s.text();
    let how = told.lines().find(|line| line.starts_with("Type a number")).unwrap();
    assert!(how.len() > 80 && how.ends_with(','), "{how}");
    s.walk(&[("queue\n", "Queue> "), ("case new\n", "title: "), ("/leave\n", "Queue> ")]);
    s.press("\x03");
    assert_eq!(s.end(), 130);
    assert!(!s.raw.contains(&0x1b), "{:?}", String::from_utf8_lossy(&s.raw));
}

#[test]
fn what_is_told_can_be_heard() {
    let (_root, a, _b) = pair();
    let case = a.case("Harbour");
    for n in 1..=3 {
        a.indicator(&case, &format!("n{n}.example"));
    }
    let text = told(
        &a,
        &["case", "a 1", "back", "zoom", ":", "back", "/nothing", "1", "/", "desk", "item add", "/leave", "q"],
    );
    // What a thing is goes before its id, and a number says of what it is; signs of the drawn screens are words.
    says(
        &text,
        &["ITEMS, 3 kept: WHAT; TYPE;", "1. n1.example; domain;", "; keep ", "Closed.", "Nothing here has a number."],
    );
    for drawn in ["H held", "; -;", " · ", " → ", "due soon", "half page", "next section"] {
        assert!(!text.contains(drawn), "{drawn:?} is told:\n{text}");
    }
}

#[test]
fn who_comes_to_a_record_hears_which_row_it_is() {
    let (_root, a, _b) = pair();
    let case = a.case("Harbour");
    a.indicator(&case, "n1.example");
    a.indicator(&case, "n2.example");
    let text = told(&a, &["desk", ":n2.example", "1", "q"]);
    says(&text, &["Selected: 2. n2.example; domain;"]);
}
