//! The page of a record is the same wherever it is read: a `show` of the command line prints the lines that the screens draw, and
//! `--json` stays what it was.

use std::collections::BTreeSet;

use comity::command::commands;
use comity::command::definition::ArgKind;
use comity::host::clock::Clock;
use comity::record::kind::Kind;
use comity::record::store::{Query, Record, RecordStore as _};
use comity::tui::page::RecordRef;
use comity::tui::screen::detail::detail;
use comity::value::timestamp::Timestamp;

use crate::desks::{Site, pair};
use crate::every_kind::{Marks, enrol_fourth, fill};

/// The page of a record, as the screens of its member have it now.
fn page(site: &Site, record: &Record) -> Vec<String> {
    let workspace = site.open(1).unwrap();
    let page = detail(&workspace, &RecordRef { kind: record.kind, id: record.id }).unwrap();
    let mut words = vec![page.title.to_string()];
    for (label, text) in page.lines() {
        words.push(format!("{} {}", label.as_str(), text.text).split_whitespace().collect::<Vec<_>>().join(" "));
    }
    words
}

#[test]
fn what_show_prints_of_a_record_is_the_page_that_the_screens_have_of_it() {
    let (_root, a, b) = pair();
    enrol_fourth(&a);
    fill(&a, &b, &mut Marks::new());
    let a = Site { folder: a.folder, code: a.code, now: Clock::System.now() };
    let mut met = BTreeSet::new();
    for show in commands().filter(|c| c.name == "show" && c.writes.is_none()) {
        let kinds: Vec<Kind> = match show.target_args().as_slice() {
            [arg] if arg.required => match arg.kind {
                ArgKind::Record(kinds) => kinds.to_vec(),
                ArgKind::Partner => vec![Kind::Partner],
                _ => continue,
            },
            _ => continue,
        };
        for kind in kinds.into_iter().filter(|_| Kind::parse(show.noun).is_some()) {
            let records = a.open(1).unwrap().records().find(&Query::kind(kind)).unwrap();
            let Some(record) = records.into_iter().find(|r| !r.is_purged()) else { continue };
            let named = record.key.clone().filter(|_| kind == Kind::Partner).unwrap_or_else(|| record.id.to_string());
            let before = page(&a, &record);
            let ran = a.program(1, &[show.noun, "show", &named], "");
            let told = String::from_utf8_lossy(&ran.stdout).into_owned();
            assert!(ran.status.success(), "{} {kind}: {ran:?}", show.noun);
            let told: Vec<String> =
                told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
            for lines in [before, page(&a, &record)] {
                let (title, lines) = lines.split_first().unwrap();
                let heading = told.first().map_or("", String::as_str);
                assert!(
                    heading.ends_with(title.split_whitespace().collect::<Vec<_>>().join(" ").as_str()),
                    "{heading}"
                );
                // What was said of time may have passed a minute between the two.
                let same = lines.iter().filter(|line| told.contains(line)).count();
                assert!(same + 1 >= lines.len() && told.len() == lines.len() + 1, "{kind}: {lines:#?}\n{told:#?}");
            }
            let json = a.program(1, &["--json", show.noun, "show", &named], "");
            let value: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
            assert_eq!(value["id"], record.id.to_string(), "{kind}: data stay data");
            met.insert(kind);
        }
    }
    for kind in [
        Kind::Case,
        Kind::Item,
        Kind::Request,
        Kind::Review,
        Kind::Partner,
        Kind::Agreement,
        Kind::Taskforce,
        Kind::Disclosure,
        Kind::Member,
        Kind::Bundle,
        Kind::Certificate,
        Kind::Hold,
    ] {
        assert!(met.contains(&kind), "{kind} was not shown: {met:?}");
    }
}

/// Whether a text holds what only programs read: a whole id, or a time to the second.
fn is_raw(text: &str) -> bool {
    let is_id = |word: &str| word.len() == 32 && word.chars().all(|c| c.is_ascii_hexdigit());
    let is_time = |word: &str| Timestamp::parse(word.trim_end_matches([',', '.', ':'])).is_some();
    text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_id) || text.split(' ').any(is_time)
}

/// The pages of a desk's records of a kind, but for the id that each ends with.
fn pages_of(site: &Site, kind: Kind) -> Vec<Vec<String>> {
    let records = site.open(1).unwrap().records().find(&Query::kind(kind)).unwrap();
    let pages = records.iter().map(|record| {
        let mut page = page(site, record);
        assert!(page.pop().is_some_and(|line| line.starts_with("ID ")), "{page:?}");
        page
    });
    pages.collect()
}

#[test]
fn holds_their_notices_and_certificates_have_pages_for_people() {
    let (_root, a, b) = pair();
    let case = a.case("Pages");
    let item = a.indicator(&case, "held.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "10d")]);
    a.carry(&b, "first");
    a.must(1, "retention hold", &[("item", &item), ("reason", "court-order"), ("because", "an order of the court")]);
    let gone = a.indicator(&case, "gone.example");
    a.must(1, "retention purge", &[("item", &gone), ("because", "a mistake"), ("place", "Harbour")]);
    a.carry(&b, "told");
    for (site, kind, says) in [
        (&a, Kind::Hold, &["HOLDS E-", "GROUND court-order", "BY XA-1, 2026-06-15 12:00Z", "TOLD XB: told"][..]),
        (&a, Kind::HoldNotice, &["HELD AT XA", "ANSWER XB was told, and has not answered"]),
        (&b, Kind::HoldNotice, &["HELD AT XA", "HOLDS E-", "ANSWER XA waits for the answer of this desk"]),
        (
            &a,
            Kind::Certificate,
            &[
                "DESK XA",
                "ISSUED 2026-06-15 12:00Z",
                "ERASED 1 item",
                "BY XA-1, administrator, desk-officer, investigator",
                "VERIFIED by nobody yet",
                "PLACE Harbour",
                "NOT PROMISED images, snapshots and backups of the disk",
            ],
        ),
    ] {
        let pages = pages_of(site, kind);
        let page = pages.first().unwrap();
        for line in says {
            assert!(page.iter().any(|l| l.starts_with(line)), "{kind}: {line} is not in {page:#?}");
        }
        assert!(!page.iter().any(|line| is_raw(line)), "{kind}: {page:#?}");
    }
}

#[test]
fn a_member_has_all_of_their_roles_on_their_page_and_in_a_pipe() {
    let (_root, a, _b) = pair();
    let has_all = |line: &str| ["legal-reviewer", "release-officer", "administrator"].iter().all(|r| line.contains(r));
    let pages = pages_of(&a, Kind::Member);
    assert!(pages.iter().flatten().any(|line| line.starts_with("ROLES ") && has_all(line)), "{pages:#?}");
    let listed = a.program(1, &["member", "list"], "");
    assert!(String::from_utf8_lossy(&listed.stdout).lines().any(has_all), "{listed:?}");
}

#[test]
fn an_item_that_is_kept_is_not_called_held_in_a_list_for_people() {
    let (_root, a, _b) = pair();
    a.indicator(&a.case("Kept"), "n.example");
    let listed = a.program(1, &["item", "list"], "");
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains(" kept ") && !listed.contains(" held "), "{listed}");
    assert_eq!(a.must(1, "item list", &[]).value[0]["state"], "held", "data stay data");
}

#[test]
fn a_certificate_on_the_command_line_says_what_it_does_not_promise() {
    let (_root, a, _b) = pair();
    let gone = a.indicator(&a.case("Gone"), "gone.example");
    a.must(1, "retention purge", &[("item", &gone), ("because", "a mistake")]);
    let certificate = a.must(1, "retention certificates", &[]).value[0]["id"].as_str().unwrap().to_owned();
    let shown = a.program(1, &["retention", "show", &certificate], "");
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for says in ["ERASED", "NOT PROMISED", "images, snapshots and backups of the disk"] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let data = a.must(1, "retention show", &[("record", &certificate)]).value;
    assert!(data["not_promised"].as_array().is_some_and(|all| !all.is_empty()), "{data}");
    assert!(a.run(1, "retention show", &[("record", &gone)]).is_err(), "an item is none of what ends one");
}

#[test]
fn a_bundle_is_listed_with_its_id_and_shown_by_it() {
    let (_root, a, b) = pair();
    let case = a.case("Pier");
    let item = a.indicator(&case, "pier.example");
    let shared = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "10d")]);
    a.carry(&b, "first");
    for site in [&a, &b] {
        let listed = site.must(1, "bundle history", &[]).value;
        let bundle = listed.as_array().unwrap().iter().find(|row| row["id"] != "").unwrap();
        let shown = site.must(1, "bundle show", &[("bundle", bundle["id"].as_str().unwrap())]).value;
        assert_eq!(&shown, bundle);
    }
    let shown = a.must(1, "disclosure show", &[("disclosure", &shared)]).value;
    assert_eq!((&shown["partner"], &shown["item_ids"][0]), (&"XB".into(), &item.as_str().into()));
    assert_eq!(a.must(1, "member show", &[("member", "XA-2")]).value["name"], "XA-2");
}

#[test]
fn a_bundle_that_is_inspected_says_to_people_what_it_says_of_itself() {
    let (_root, a, b) = pair();
    let item = a.indicator(&a.case("Pier"), "pier.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "10d")]);
    let out = a.export(&b, "told");
    let told = b.must(1, "bundle inspect", &[("file", &out)]);
    let number = told.value["manifest"]["sequence"].to_string();
    let said = told.message.unwrap();
    let line =
        |label: &str| said.lines().find_map(|line| line.strip_prefix(label)).unwrap_or_default().trim().to_owned();
    assert!(line("from").starts_with("XA, workstation "), "{said}");
    assert_eq!((line("to"), line("number")), ("XB".to_owned(), number), "{said}");
    assert!(line("made").starts_with("2026-06-15 12:00Z, by "), "{said}");
    assert!(line("acts").contains("part") && line("acts").ends_with(" bytes"), "{said}");
    assert!(line("volumes").starts_with("1 of 1, "), "{said}");
    assert!(!line("before it").is_empty(), "{said}");
    assert!(said.lines().last().is_some_and(|last| last.starts_with("Nothing of this is verified")), "{said}");
}

#[test]
fn requests_are_listed_by_what_they_do_with_their_kind_at_the_end() {
    let (_root, a, _b) = pair();
    let case = a.case("Pier");
    a.make(1, "request new", &[("case", &case), ("kind", "bc29"), ("to", "XB"), ("draft", "yes")]);
    let listed = comity::command::plain::lines(&a.must(1, "request list", &[]));
    assert!(listed[1].contains("Preserve data quickly") && listed[1].ends_with("  bc29"), "{listed:#?}");
}
