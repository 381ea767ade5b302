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
