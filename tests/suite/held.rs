//! What is held is not to be erased: no place counts it so. And what the places say of clocks, emergencies and duties is what there is.

use comity::command::retention::held::HeldItems;
use comity::record::hold::StandingHolds;
use comity::tui::page::Page;
use comity::tui::screen::definition::{Screen, ViewParams};
use comity::tui::screen::{case, desk, legal, timers};
use comity::value::id::Id;
use comity::value::timestamp::Duration;
use comity::workspace::progress::Job;

use crate::desks::{Site, pair};
use crate::every_kind::enrol_fourth;

/// The page of a screen, as a member has it now.
fn page(site: &Site, member: u8, screen: &Screen, view: usize, focus: Option<&str>) -> Page {
    let workspace = site.open(member).unwrap();
    let look = ViewParams { view, focus: focus.and_then(Id::parse), ..ViewParams::default() };
    (screen.fetch)(&workspace, &look, &mut Job::silent()).unwrap()
}

/// The rows of a page, each by the texts of its cells.
fn rows(page: &Page) -> Vec<Vec<String>> {
    let sections = page.bands.iter().flatten();
    let rows = sections.flat_map(|section| &section.rows);
    rows.map(|row| row.cells.iter().map(|cell| cell.text.to_string()).collect()).collect()
}

/// An indicator that is to be erased in five days.
fn in_five_days(a: &Site, case: &str, value: &str) -> String {
    let form = [("case", case), ("type", "domain"), ("category", "indicator"), ("tier", "1"), ("value", value)];
    a.make(1, "item add", &[&form[..], &[("delete-after", "5d")]].concat())
}

#[test]
fn what_is_held_is_counted_nowhere_as_to_be_erased() {
    let (_root, a, _b) = pair();
    let (one, other) = (a.case("One"), a.case("Other"));
    let held = in_five_days(&a, &one, "held.example");
    in_five_days(&a, &one, "free.example");
    in_five_days(&a, &other, "also.example");
    let why = [("reason", "litigation"), ("because", "a trial")];
    a.must(1, "retention hold", &[&[("item", held.as_str())], &why[..]].concat());
    a.must(1, "retention hold", &[&[("case", other.as_str())], &why[..]].concat());
    {
        let workspace = a.open(1).unwrap();
        let holds = StandingHolds::of(&workspace.records()).unwrap();
        let items = HeldItems::of(&workspace, &holds).unwrap();
        let day = a.now.plus(Duration::days(5));
        assert_eq!((items.on(day), items.on(a.now), items.ended(), items.ended_today()), (2, 0, 0, 0));
        assert_eq!(items.singly_in(Id::parse(&one).unwrap(), day), 1);
    }
    let desk_page = page(&a, 1, &desk::SCREEN, 0, None);
    let erased = rows(&desk_page).into_iter().find(|cells| cells.first().is_some_and(|name| name == "delete"));
    assert_eq!(erased.unwrap().last().unwrap(), "1");
    assert!(desk_page.sentence.as_str().contains("Next clock: 20 Jun 12:00Z."), "{}", desk_page.sentence);
    let by_day = rows(&page(&a, 1, &timers::SCREEN, timers::BY_DAY, None));
    let says = |then: &str| by_day.iter().any(|cells| cells.last().is_some_and(|said| said == then));
    assert!(says("1 to be erased, 1 held") && says("1 held"), "{by_day:?}");
    let clocks = rows(&page(&a, 1, &timers::SCREEN, timers::CLOCKS, None));
    let of_line = |name: &str| clocks.iter().find(|cells| cells.first().is_some_and(|cell| cell == name)).unwrap();
    assert_eq!(of_line("delete").iter().filter(|cell| cell.as_str() == "1").count(), 1, "{clocks:?}");
    assert_eq!(of_line("from 15 Jun").get(1).map(String::as_str), Some("1"), "by week");
}

#[test]
fn what_is_held_of_a_person_is_kept_by_its_hold() {
    let (_root, a, _b) = pair();
    let case_id = a.case("People");
    let form = [
        ("case", case_id.as_str()),
        ("type", "account"),
        ("category", "subscriber"),
        ("tier", "2"),
        ("person-class", "suspect"),
        ("value", "an account"),
    ];
    let item = a.make(1, "item add", &form);
    a.must(1, "retention hold", &[("item", &item), ("reason", "audit"), ("because", "an audit")]);
    let people = rows(&page(&a, 1, &case::SCREEN, 3, Some(&case_id)));
    assert_eq!(people.first().and_then(|cells| cells.last()).map(String::as_str), Some("HOLD"), "{people:?}");
}

#[test]
fn a_clock_beyond_the_days_that_are_drawn_is_not_counted_with_them() {
    let (_root, a, _b) = pair();
    let case_id = a.case("Later");
    let form = [("case", case_id.as_str()), ("type", "domain"), ("category", "indicator"), ("value", "far.example")];
    a.make(1, "item add", &[&form[..], &[("delete-after", "60d")]].concat());
    let desk_page = page(&a, 1, &desk::SCREEN, 0, None);
    let coming = desk_page.bands.iter().flatten().find(|section| section.title.as_str() == "DUE IN THE NEXT 30 DAYS");
    let coming = coming.unwrap();
    for row in coming.rows.iter().skip(1) {
        let said = row.cells.get(1).unwrap().text.to_string();
        let drawn: u64 = said.split(", ").filter_map(|part| part.split(' ').next()?.parse::<u64>().ok()).sum();
        assert_eq!(row.cells.last().unwrap().text.to_string(), drawn.to_string(), "{said}");
    }
    assert!(desk_page.sentence.as_str().contains("Next clock: 14 Aug 12:00Z."), "{}", desk_page.sentence);
}

#[test]
fn legal_says_what_comes_of_an_emergency_when_nobody_acts() {
    let (_root, a, _b) = pair();
    enrol_fourth(&a);
    let case_id = a.case("Emergency");
    let form = [
        ("case", case_id.as_str()),
        ("type", "account"),
        ("category", "subscriber"),
        ("tier", "2"),
        ("person-class", "suspect"),
        ("value", "an address at risk"),
    ];
    let item = a.make(1, "item add", &form);
    let form = [("item", item.as_str()), ("to", "XB"), ("delete-after", "30d"), ("emergency", "a life is at risk")];
    let emergency = a.make(1, "disclosure new", &form);
    let by = |page: &Page| {
        let release = page.bands.last().and_then(|band| band.first()).and_then(|section| section.rows.first());
        release.and_then(|row| row.cells.last()).map(|cell| cell.text.to_string())
    };
    let proposed = page(&a, 2, &legal::SCREEN, 0, None);
    assert_eq!(by(&proposed).as_deref(), Some("-"), "it has no deadline");
    assert!(proposed.sentence.as_str().contains("waiting releases: 1. If nobody acts, nothing leaves."));
    a.must(4, "disclosure join", &[("disclosure", &emergency)]);
    let released = page(&a, 2, &legal::SCREEN, 0, None);
    let sentence = released.sentence.as_str();
    assert!(sentence.contains("waiting releases: 0; emergencies to validate: 1."), "{sentence}");
    assert!(!sentence.contains("nothing leaves"), "{sentence}");
    assert_ne!(by(&released).as_deref(), Some("-"), "its validation has one");
}

#[test]
fn a_duty_to_delete_says_what_the_copy_is() {
    let (_root, a, b) = pair();
    let item = a.indicator(&a.case("Duties"), "owed.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "10d")]);
    a.carry(&b, "copies");
    let duties = rows(&page(&a, 1, &timers::SCREEN, timers::DUTIES, None));
    let owed = ["owed.example", "XB owes XA"].map(str::to_owned);
    assert!(duties.iter().any(|cells| owed.iter().all(|cell| cells.contains(cell))), "{duties:?}");
}

#[test]
fn what_was_done_lately_is_said_in_words() {
    let (_root, a, b) = pair();
    let case_id = a.case("Lately");
    let item = a.indicator(&case_id, "gone.example");
    a.must(1, "retention purge", &[("item", &item), ("because", "a mistake")]);
    a.carry(&b, "words");
    let all = rows(&page(&a, 1, &desk::SCREEN, 0, None));
    let says = |did: &str, what: &str| all.iter().any(|cells| cells.windows(2).any(|two| two == [did, what]));
    assert!(says("certificate issued", ""), "{all:?}");
    assert!(says("bundle made", "bundle 1 to XB") || says("bundle written", "bundle 1 to XB"), "{all:?}");
}
