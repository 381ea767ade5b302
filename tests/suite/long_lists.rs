//! Lists that are longer than a page, at both front ends of the real binary: walked to the end, filtered and ordered as a whole.

#![cfg(unix)]

use std::fmt::Write as _;

use crate::desks::{Site, pair};
use crate::screen::{Screen, is_selected};

const ITEMS: usize = 3_000;

/// A case with items from `n0000.example` on, as one import.
fn case(site: &Site) {
    let case = site.case("Long");
    let mut table = String::new();
    (0..ITEMS).for_each(|n| writeln!(table, "n{n:04}.example").unwrap());
    let file = site.folder.join("items.csv");
    std::fs::write(&file, table).unwrap();
    let file = file.to_str().unwrap();
    let fields = [("file", file), ("format", "csv"), ("case", &*case), ("column", "value=1"), ("type", "domain")];
    site.must(1, "item import", &fields);
}

/// Whether the selected row is of that item.
fn is_at(text: &str, n: usize) -> bool {
    text.lines().any(|line| is_selected(line) && line.contains(&format!("n{n:04}.example")))
}

#[test]
fn the_screens_walk_filter_and_order_all_of_it() {
    let (_root, a, _b) = pair();
    case(&a);
    a.believe_the_machine();
    let mut s = Screen::open((&a.workspace(), &a.identity(1), &a.folder), &[], 24, 90);
    s.until("WAITS ON YOU");
    // What is typed before the rows have come is done when they have.
    s.press("3G");
    s.when("the last item", |t| is_at(t, ITEMS - 1) && t.contains("-3000 of 3000"));
    s.press("k");
    s.when("the one before", |t| is_at(t, ITEMS - 2));
    s.press("gg");
    s.when("the first again", |t| is_at(t, 0));
    // Held down, a key passes every row, though they come window by window.
    s.press(&"j".repeat(700));
    s.when("700 rows further", |t| is_at(t, 700));
    s.press("/n2987\r");
    s.when("what fits, from behind the window", |t| t.contains("1-1 of 1 in 3000") && is_at(t, 2987));
    s.escape();
    s.when("it among all", |t| is_at(t, 2987) && t.contains("of 3000"));
    s.press("/what:nothing\r");
    s.until("Nothing fits the filter; Esc clears it.");
    s.escape();
    s.press("gg");
    s.when("the first again", |t| is_at(t, 0));
    s.walk(&[("s", "Order by"), ("what\r", "ITEMS by WHAT"), ("s", "now: again reverses it")]);
    s.press("what\r");
    s.when("all of it reversed", |t| t.contains("by WHAT, reversed"));
    s.press("gg");
    s.when("the last item on top", |t| is_at(t, ITEMS - 1) && t.contains("by WHAT, reversed") && t.contains("  1-"));
    s.walk(&[("*", "Marked are all 3000"), ("5", "RETENTION AND OTHER CLOCKS")]);
    s.press("/n1500\r");
    s.when("a clock from behind the window", |t| t.contains("n1500.example") && t.contains("1-1 of 1 in 3001"));
    assert!(!s.text().contains("Nothing fits"), "the figures below stay:\n{}", s.text());
    s.escape();
    // By day and case they are a line; it opens to its rows, which are those of that day, and is there again after it.
    s.walk(&[("[", "CLOCKS BY DAY AND CASE"), ("", "3,000 to be erased")]);
    s.when("the group", |t| t.lines().any(|l| is_selected(l) && l.contains("Long") && l.contains("3000")));
    s.walk(&[("\r", "CLOCKS OF Long"), ("", "at:=")]);
    s.when("its rows", |t| t.contains(" of 3000") && t.contains("n0000.example"));
    s.escape();
    s.when("all of the case", |t| t.contains("CLOCKS OF Long") && !t.contains("at:="));
    s.escape();
    s.when("the groups again", |t| t.lines().any(|l| is_selected(l) && l.contains("Long") && l.contains("3000")));
    s.stop();
}

#[test]
fn the_lines_go_on_to_the_end_and_a_number_stands_for_what_it_was_told_of() {
    let (_root, a, _b) = pair();
    case(&a);
    let more = "more\n".repeat(30);
    let output = a.program(1, &["--plain"], &format!("case\n{more}605\n/n2987\n1\n/\nq\n"));
    let text = String::from_utf8(output.stdout).unwrap();
    let says = |what: &str| assert!(text.contains(what), "{what} is missing:\n{text}");
    says("2980 more; more tells the next.");
    says("\n620. n0619.example;");
    says("2380 more; more tells the next.");
    says("WHAT: n0604.example");
    says("1 of 3000");
    says("WHAT: n2987.example");
    let told = |n: usize| text.matches(&format!(". n{n:04}.example;")).count();
    assert_eq!((told(0), told(619), told(620)), (2, 1, 0), "each row is told once, and the first again at the end");
}
