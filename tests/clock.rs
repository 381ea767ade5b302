//! A clock that was set back: nothing is signed by it, and the places that reckon with it say so before anything else, since
//! what is due does not look so then.

mod desks;

use comity::desk::failure::Kind;
use comity::desk::job::Job;
use comity::tui::place::Place;
use comity::tui::screen::look::Look;
use comity::tui::screen::screen_of;
use desks::{Site, pair};

/// What a place says on top and at its foot.
fn says(site: &Site, place: Place) -> String {
    let desk = site.open(1).unwrap();
    let page = (screen_of(place).fetch)(&desk, &Look::default(), &mut Job::silent()).unwrap();
    let head = page.head.iter().flatten().map(|bit| bit.text.to_string());
    head.chain([page.sentence.to_string()]).collect::<Vec<_>>().join("\n")
}

#[test]
fn it_is_told_before_what_is_reckoned_by_it() {
    let (_root, mut a, _b) = pair();
    a.case("Before");
    assert!(says(&a, Place::Timers).contains("this machine's; the last act here: "));
    assert!(says(&a, Place::Desk).contains("Nothing is late."));
    a.pass(-48);
    for place in [Place::Timers, Place::Desk] {
        let said = says(&a, place);
        assert!(said.contains("the clock says 2026-06-13") && said.contains("2026-06-15"), "{said}");
    }
    a.fails(1, "case new", &[("title", "After"), ("purpose", "cybercrime")], Kind::Clock);
    a.pass(48);
    a.case("After");
}
