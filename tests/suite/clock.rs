//! A clock that was set back: nothing is signed by it, and the places that depend on it say so before anything else, since
//! what is due does not look so then.

use crate::desks::{Site, pair};
use comity::tui::screen::definition::ViewParams;
use comity::tui::screen::screen_of;
use comity::tui::screen_id::ScreenId;
use comity::workspace::error::ErrorKind;
use comity::workspace::progress::Job;

/// What a place says on top and at its foot.
fn shown(site: &Site, place: ScreenId) -> String {
    let desk = site.open(1).unwrap();
    let page = (screen_of(place).fetch)(&desk, &ViewParams::default(), &mut Job::silent()).unwrap();
    let head = page.head.iter().flatten().map(|bit| bit.text.to_string());
    head.chain([page.sentence.to_string()]).collect::<Vec<_>>().join("\n")
}

#[test]
fn it_is_said_before_what_depends_on_it() {
    let (_root, mut a, _b) = pair();
    a.case("Before");
    assert!(shown(&a, ScreenId::TIMERS).contains("this machine's; the last act here: "));
    assert!(shown(&a, ScreenId::DESK).contains("Nothing is late."));
    a.pass(-48);
    for place in [ScreenId::TIMERS, ScreenId::DESK] {
        let said = shown(&a, place);
        assert!(said.contains("the clock says 2026-06-13") && said.contains("2026-06-15"), "{said}");
    }
    a.fails(1, "case new", &[("title", "After"), ("purpose", "cybercrime")], ErrorKind::Clock);
    a.pass(48);
    a.case("After");
}
