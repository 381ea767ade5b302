//! The clock: what is far ahead of every other sign of the time is not believed, neither of a partner nor of this machine.

use comity::value::timestamp::{Duration, Timestamp};
use comity::workspace::error::ErrorKind;

use super::lying_desk::fresh;
use super::scene::{Scene, THEIR_CASE, broken, stored};

const YEAR: i64 = 365;

/// The partner gives something at a time; says whether it is taken, and that the reader goes on working in any case.
fn gives_at(s: &mut Scene, at: Timestamp) -> Result<(), ErrorKind> {
    let before = stored(&s.a);
    s.liar.said.now = at;
    let act = s.gives(fresh(0xde), fresh(0xef), fresh(THEIR_CASE));
    let told = s.liar.send(&s.a, &act).map(|_| ()).map_err(|failure| failure.kind);
    if told.is_err() {
        assert_eq!(stored(&s.a), before, "what is refused is not stored");
    }
    s.a.case("Still at work");
    s.a.pass(24);
    s.a.case("And a day later");
    assert_eq!(broken(&s.a), Vec::<String>::new());
    told
}

#[test]
fn an_act_of_a_partner_whose_clock_runs_a_little_ahead_is_taken() {
    for days in [1, 30] {
        let mut s = Scene::new();
        let at = s.a.now.plus(Duration::days(days));
        assert_eq!(gives_at(&mut s, at), Ok(()), "{days} days ahead");
    }
}

#[test]
fn an_act_of_a_partner_that_is_years_ahead_is_refused() {
    for days in [60, YEAR, 10 * YEAR, 1000 * YEAR] {
        let mut s = Scene::new();
        let at = s.a.now.plus(Duration::days(days));
        assert_eq!(gives_at(&mut s, at), Err(ErrorKind::Malformed), "{days} days ahead");
    }
}

#[test]
fn an_act_at_the_end_of_time_is_refused() {
    for at in ["9999-11-30T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let mut s = Scene::new();
        let at = Timestamp::parse(at).unwrap();
        assert_eq!(gives_at(&mut s, at), Err(ErrorKind::Malformed), "{at}");
    }
}

/// A purge by one person at a time; what is due by then would go.
fn purges_after(days: i64) -> (Scene, bool) {
    let mut s = Scene::new();
    s.a.pass(24 * days);
    let purged = s.a.run(1, "retention purge", &[]);
    let erased = purged.is_ok();
    if let Err(failure) = purged {
        assert!(matches!(failure.kind, ErrorKind::Clock | ErrorKind::Refused), "{failure:?}");
    }
    s.a.pass(-24 * days);
    (s, erased)
}

/// Whether the reader still has the values of its own item and of the partner's.
fn has(s: &Scene) -> bool {
    let value = |id: String| s.a.must(1, "item show", &[("item", &id)]).value["value"].clone();
    value(s.item.to_string()) == "ours.example" && value(fresh(super::scene::THEIR_ITEM).to_string()) == "lie.example"
}

#[test]
fn what_is_due_within_the_window_is_purged_by_one_person() {
    let (s, erased) = purges_after(40);
    assert!(erased && !has(&s), "the partner's item was due after 30 days");
}

#[test]
fn fifty_years_ahead_one_person_erases_nothing() {
    for days in [60, 50 * YEAR] {
        let (s, _) = purges_after(days);
        assert!(has(&s), "{days} days ahead");
        assert_eq!(broken(&s.a), Vec::<String>::new());
    }
}

#[test]
fn fifty_years_ahead_nothing_is_signed_unasked() {
    let mut s = Scene::new();
    s.a.pass(24 * 50 * YEAR);
    s.a.fails(1, "case new", &[("title", "Ahead"), ("purpose", "cybercrime")], ErrorKind::Clock);
    // The clock is set right again.
    s.a.pass(-24 * 50 * YEAR);
    s.a.case("Right again");
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

/// Far ahead, somebody states that the clock is right, and perhaps somebody else confirms it; then a purge runs.
fn purges_after_statements(members: &[u8]) -> (Scene, bool) {
    let mut s = Scene::new();
    s.a.pass(24 * 60);
    let mut clock = String::new();
    for member in members {
        if clock.is_empty() {
            clock = s.a.make(*member, "clock state", &[("is", &s.a.now.to_date())]);
        } else if let Err(failure) = s.a.run(*member, "clock confirm", &[("clock", &clock)]) {
            assert_eq!(failure.kind, ErrorKind::Refused, "{failure:?}");
        }
    }
    let purged = s.a.run(1, "retention purge", &[]);
    if let Err(failure) = &purged {
        assert_eq!(failure.kind, ErrorKind::Clock, "{failure:?}");
    }
    let erased = purged.is_ok();
    (s, erased)
}

#[test]
fn what_is_due_beyond_the_window_is_purged_on_the_word_of_two() {
    for (members, goes) in [(&[][..], false), (&[1], false), (&[1, 1], false), (&[1, 2], true)] {
        let (s, erased) = purges_after_statements(members);
        assert_eq!((erased, has(&s)), (goes, !goes), "{members:?}");
        // Before two have spoken, what every day asks for does not all go through.
        assert_eq!(broken(&s.a).is_empty(), goes, "{members:?}");
    }
}

#[test]
fn nobody_walks_the_clock_ahead_alone() {
    let mut s = Scene::new();
    for _ in 0..3 {
        s.a.pass(24 * 44);
        s.a.case("A step");
    }
    s.a.fails(1, "retention purge", &[], ErrorKind::Clock);
    assert!(has(&s));
    // Somebody else has seen the time since.
    s.a.make(2, "clock state", &[("is", &s.a.now.to_date())]);
    s.a.must(1, "retention purge", &[]);
    assert!(!has(&s));
}

/// One act was signed ten years ahead, with the word of two that the clock was right. Two members correct that; no member does alone.
#[test]
fn an_act_that_was_dated_wrong_stops_nobody_for_ten_years() {
    let mut s = Scene::new();
    s.a.pass(24 * 10 * YEAR);
    let clock = s.a.make(1, "clock state", &[("is", &s.a.now.to_date())]);
    s.a.must(2, "clock confirm", &[("clock", &clock)]);
    s.a.case("Ten years ahead");
    s.a.pass(-24 * 10 * YEAR);
    let new_case = [("title", "Right again"), ("purpose", "cybercrime")];
    let failure = s.a.fails(1, "case new", &new_case, ErrorKind::Clock);
    assert!(failure.hint.contains("clock correct"), "{failure:?}");
    s.a.must(1, "clock correct", &[("because", "the battery of the clock was empty")]);
    s.a.fails(1, "backup confirm", &[], ErrorKind::Refused);
    assert!(s.a.open(1).is_err(), "nobody works in it on the word of one");
    s.a.must(2, "backup confirm", &[]);
    s.a.must(1, "case new", &new_case);
    s.a.must(3, "case list", &[]);
    // What was dated wrong is no sign of the time: beyond the window one person still erases nothing.
    s.a.pass(24 * 60);
    let clock = s.a.make(1, "clock state", &[("is", &s.a.now.to_date())]);
    assert!(s.a.run(1, "retention purge", &[]).is_err_and(|e| e.kind == ErrorKind::Clock) && has(&s));
    s.a.must(2, "clock confirm", &[("clock", &clock)]);
    s.a.must(1, "retention purge", &[]);
    assert_eq!(broken(&s.a), Vec::<String>::new());
    s.a.must(1, "audit verify", &[]);
    s.a.fails(1, "clock correct", &[("because", "x")], ErrorKind::Refused);
}
