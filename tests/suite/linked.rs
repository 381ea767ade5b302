//! What a case's items are linked with: relations are collapsed below their ends, and expand as a tree, at both front ends of the real binary.

#![cfg(unix)]

use std::fmt::Write as _;

use comity::command::item::links::Links;
use comity::record::kind::Kind;
use comity::tui::screen::SCREENS;
use comity::tui::screen::definition::ViewParams;
use comity::tui::screen_id::ScreenId;
use comity::value::id::Id;
use comity::workspace::open::{Moment, Workspace};
use comity::workspace::progress::Job;

use crate::desks::{Site, pair};
use crate::screen::{Screen, is_selected};

/// A bundle with three things in a cycle, a report that names two of them, an address alone, and `more` behind them.
fn bundle(more: &str) -> String {
    let of = |kind: &str, n: u8, members: &str| {
        format!(
            r#"{{"type":"{kind}","spec_version":"2.1","id":"{kind}--00000000-0000-4000-8000-{n:012}","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z",{members}}}"#
        )
    };
    let relation = |n: u8, word: &str, from: &str, to: &str| {
        let id = |name: &str| name.replace('/', "--00000000-0000-4000-8000-00000000000");
        let members = format!(r#""relationship_type":"{word}","source_ref":"{}","target_ref":"{}""#, id(from), id(to));
        of("relationship", n, &members)
    };
    let panel = r#""name":"panel","pattern":"[domain-name:value = 'panel.example']","pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z""#;
    let named = r#""name":"Harbour report","published":"2024-01-01T00:00:00Z","object_refs":["malware--00000000-0000-4000-8000-000000000002","indicator--00000000-0000-4000-8000-000000000001"]"#;
    let objects = [
        of("indicator", 1, panel),
        of("malware", 2, r#""name":"Kit","is_family":false"#),
        of("tool", 3, r#""name":"Loader""#),
        of("report", 4, named),
        relation(5, "indicates", "indicator/1", "malware/2"),
        relation(6, "uses", "malware/2", "tool/3"),
        relation(7, "related-to", "tool/3", "indicator/1"),
        r#"{"type":"email-addr","spec_version":"2.1","id":"email-addr--00000000-0000-4000-8000-000000000008","value":"jo@person.example"}"#.to_owned(),
    ];
    let id = "bundle--00000000-0000-4000-8000-000000000000";
    format!(r#"{{"type":"bundle","id":"{id}","objects":[{}{more}]}}"#, objects.join(","))
}

fn case(site: &Site, more: &str) -> String {
    let case = site.case("Cycle");
    let file = site.path("cycle.json");
    std::fs::write(&file, bundle(more)).unwrap();
    site.must(1, "item import", &[("file", &file), ("format", "stix"), ("case", &case)]);
    case
}

/// The row of a screen that says something.
fn line(text: &str, what: &str) -> String {
    text.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{what} is missing:\n{text}")).to_owned()
}

fn open(site: &Site) -> Screen {
    site.believe_the_machine();
    let mut s = Screen::open((&site.workspace(), &site.identity(1), &site.folder), &[], 30, 230);
    s.until("WAITS ON YOU");
    s.press("3");
    s.until("jo@person.example");
    s
}

#[test]
fn relations_are_collapsed_and_expand_below_their_ends() {
    let (_root, a, _b) = pair();
    case(&a, "");
    let mut s = open(&a);
    let text = s.text();
    // The page beside the list tells of the links in its own words, once it has come.
    assert!(text.contains("3 relations collapsed") && !text.contains("indicates →"), "{text}");
    assert!(line(&text, "▸ panel").contains("panel.example  3"), "two relations and the report:\n{text}");
    assert!(!line(&text, "jo@person.example").contains('▸'), "{text}");
    // The first row is the one that is selected.
    s.press("o");
    s.when("the links of the panel", |t| t.contains("▾ ") && t.contains("indicates → Kit"));
    let text = s.text();
    assert!(
        line(&text, "indicates → Kit").contains("├─ ▸ indicates → Kit  2"),
        "the way back is no further link:\n{text}"
    );
    assert!(line(&text, "← Harbour report").contains("├─ ▸"), "{text}");
    assert!(line(&text, "related-to ← Loader").contains("└─ ▸"), "{text}");
    // Deeper, until what stands above comes again.
    s.press("jjo");
    s.when("the links of the kit", |t| t.contains("uses → Loader"));
    s.press("jjo");
    s.when("the cycle is closed", |t| t.contains("stands above"));
    let text = s.text();
    assert!(line(&text, "stands above").contains("related-to → panel"), "{text}");
    assert!(!line(&text, "stands above").contains('▸'), "{text}");
    // What has nothing below it collapses what it hangs on; collapsing the first collapses all.
    s.press("jo");
    s.when("the loader is collapsed", |t| {
        !t.contains("stands above") && t.lines().any(|l| is_selected(l) && l.contains("Loader"))
    });
    s.press("gg");
    s.press("o");
    s.when("all is collapsed again", |t| !t.contains("indicates →") && !t.contains('▾'));
    // A filter looks into what is collapsed.
    s.press("/indicates\r");
    s.when("the relation itself", |t| t.contains("panel indicates → Kit") && t.contains("1 of 8"));
    s.escape();
    s.press("*");
    s.when("collapsed rows are marked too", |t| t.contains("8 marked, 3 not shown"));
    s.press("G");
    s.press("o");
    s.until("Nothing is linked with it.");
    s.stop();
}

#[test]
fn the_same_is_told_in_words_and_by_the_record() {
    let (_root, a, _b) = pair();
    case(&a, "");
    let told = |typed: &str| {
        let output = a.program(1, &["--plain", "--reason", "case work"], typed);
        String::from_utf8(output.stdout).unwrap()
    };
    let text = told("case\nlinks 1\nlinks 3\n1\nlinks 1\nq\n");
    let says = |what: &str| assert!(text.contains(what), "{what} is missing:\n{text}");
    says("panel.example, 3 links collapsed");
    says("level 1: indicates Kit, 2 links collapsed");
    says("level 1: named by Harbour report, 1 link collapsed");
    says("level 1: Loader related-to it, 1 link collapsed");
    says("level 2: uses Loader, 1 link collapsed");
    says("LINKS: panel.example, 3 links; named by Harbour report; indicates Kit; Loader related-to it");
}

#[test]
fn what_is_held_back_does_not_say_what_it_names() {
    let (_root, a, _b) = pair();
    let case = case(&a, "");
    let all = a.must(1, "item list", &[("case", &case)]).value;
    let id_of = |value: &str| {
        let found = all.as_array().unwrap().iter().find(|item| item["value"] == value);
        found.unwrap_or_else(|| panic!("{value}: {all}"))["id"].as_str().unwrap().to_owned()
    };
    let (report, panel) = (id_of("Harbour report"), id_of("panel.example"));
    let acts = a.must(1, "audit log", &[]).value.as_array().unwrap().len();
    let linked = |view: &Workspace| {
        let links = Links::of_case(view, Id::parse(&case).unwrap()).unwrap();
        [&report, &panel].map(|id| {
            let record = view.find_record(id, &[Kind::Item]).unwrap();
            (links.count(view, &record, None).unwrap(), links.of(view, &record, 20).unwrap().len())
        })
    };
    assert_eq!(linked(&a.open(1).unwrap()), [(2, 2), (3, 3)]);
    a.must(1, "item hold-back", &[("item", &report), ("profession", "legal"), ("because", "a law firm's")]);
    let now = a.open(1).unwrap();
    let then = now.as_of(Moment::Act(i64::try_from(acts).unwrap()), &mut Job::silent()).unwrap();
    for (when, view) in [("now", now.reader().unwrap()), ("looking back", then)] {
        assert_eq!(linked(&view), [(0, 0), (2, 2)], "{when}");
    }
}

/// So many names, after the others.
fn names(count: usize) -> String {
    let mut more = String::new();
    for n in 100..100 + count {
        write!(
            more,
            r#",{{"type":"domain-name","spec_version":"2.1","id":"domain-name--00000000-0000-4000-8000-{n:012}","value":"n{n}.example"}}"#
        )
        .unwrap();
    }
    more
}

#[test]
fn relations_of_a_long_case_are_collapsed_too() {
    let (_root, a, _b) = pair();
    case(&a, &names(1100));
    let mut s = open(&a);
    let text = s.text();
    assert!(
        text.contains("3 relations collapsed") && !text.contains("indicates →") && text.contains("of 1105"),
        "{text}"
    );
    assert!(line(&text, "▸ panel").contains("panel.example  3"), "two relations and the report:\n{text}");
    s.press("o");
    s.when("the links of the panel", |t| t.contains("▾ ") && t.contains("indicates → Kit") && t.contains("of 1108"));
    s.press("o");
    s.when("collapsed again", |t| !t.contains("indicates →") && t.contains("of 1105"));
    s.press("/indicates\r");
    s.when("the relation itself", |t| t.contains("panel indicates → Kit") && t.contains("of 1 in 1108"));
    s.escape();
    s.when("the one that is selected stays", |t| t.contains("2 relations collapsed") && t.contains("of 1106"));
    assert!(s.text().lines().any(|l| is_selected(l) && l.contains("panel indicates → Kit")), "{}", s.text());
    s.press("*");
    s.when("collapsed rows are marked too", |t| t.contains("Marked are all 1108"));
    s.stop();
}

#[test]
fn no_relation_is_looked_at_that_is_not_shown() {
    let (_root, a, _b) = pair();
    let case = a.case("Cycle");
    for (name, of) in [
        (
            "names",
            format!(
                "{}]}}",
                names(700).replacen(
                    ',',
                    r#"{"type":"bundle","id":"bundle--00000000-0000-4000-8000-000000000001","objects":["#,
                    1
                )
            ),
        ),
        ("cycle", bundle("")),
    ] {
        let file = a.path(name);
        std::fs::write(&file, of).unwrap();
        a.must(1, "item import", &[("file", &file), ("format", "stix"), ("case", &case)]);
    }
    let all = a.must(1, "item list", &[("case", &case), ("limit", "2000")]).value;
    let relation = all
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["value"].as_str().is_some_and(|value| value.contains("indicates →")))
        .unwrap()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    a.must(
        1,
        "item mark",
        &[("item", &relation), ("tier", "3"), ("person-class", "suspect"), ("because", "it names a person")],
    );
    let workspace = a.open(1).unwrap();
    let before = workspace.unsigned_looks().unwrap().len();
    workspace.ask_for_reasons();
    let view = workspace.reader().unwrap();
    let place = SCREENS.iter().find(|screen| screen.id == ScreenId::CASE).unwrap();
    let look = ViewParams { focus: Id::parse(&case), ..ViewParams::default() };
    let page = (place.fetch)(&view, &look, &mut Job::silent()).unwrap();
    assert!(format!("{page:?}").contains("2 relations collapsed"));
    assert!(view.wanted_reason().is_none(), "nobody is asked why they look at what they do not see");
    view.give_reason("case work");
    (place.fetch)(&view, &look, &mut Job::silent()).unwrap();
    view.keep_looks().unwrap();
    assert_eq!(workspace.unsigned_looks().unwrap().len(), before, "nor is it on record that they did");
}

#[test]
fn a_long_case_is_windowed_as_before_and_expands_what_its_items_name() {
    let (_root, a, _b) = pair();
    case(&a, &names(2100));
    let mut s = open(&a);
    let text = s.text();
    assert!(!text.contains("collapsed"), "what names what is not known of so many:\n{text}");
    assert!(line(&text, "panel indicates → Kit").contains("▸ panel indicates"), "{text}");
    s.press("/harbour\r");
    s.when("the report", |t| t.contains("1-1 of 1 in 2108"));
    s.press("o");
    s.when("what it names", |t| t.contains("├─") && t.contains("→ Kit") && t.contains("1-3 of 3 in 2110"));
    s.escape();
    s.when("all of it", |t| t.contains("of 2110") && t.contains("└─"));
    s.press("G");
    s.when("the last item", |t| t.lines().any(|l| is_selected(l) && l.contains("n2199.example")));
    s.press("gg");
    s.when("the first again", |t| t.contains("ITEMS 1-") || t.contains(" 1-"));
    s.stop();
}

#[test]
fn a_relation_is_named_by_its_ends_where_clocks_are_listed() {
    let (_root, a, _b) = pair();
    case(&a, "");
    let listed = a.must(1, "retention list", &[]).value;
    let what: Vec<&str> = listed.as_array().unwrap().iter().filter_map(|timer| timer["what"].as_str()).collect();
    assert!(what.iter().any(|what| what.contains(" indicates \u{2192} ")), "{what:#?}");
    assert!(!what.contains(&"indicates"), "{what:#?}");
}
