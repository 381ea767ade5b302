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
        for kind in kinds.into_iter().filter(|kind| kind.word() == show.noun) {
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
    for kind in [Kind::Case, Kind::Item, Kind::Request, Kind::Review, Kind::Partner, Kind::Agreement, Kind::Taskforce] {
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
