//! What is held or restricted is seen only with a reason: by no command, in no list, by no search; it goes into no act unseen; and who
//! looks is on record.

use comity::record::kind::Kind;
use comity::workspace::error::ErrorKind;
use comity::workspace::journal::{MASK, Wanted};
use comity::workspace::progress::Job;

use crate::desks::{Fields, Site, pair};

const VALUE: &str = "restricted.example";
const WHY: &str = "the court asks";

/// What one member sees of an item: alone, in the list of its case, and by a search.
fn seen(a: &Site, reason: Option<&str>, case: &str, item: &str) -> (String, String, usize, String) {
    let run = |name: &str, fields: Fields<'_>| a.run_because(1, reason, name, fields).unwrap();
    let shown = run("item show", &[("item", item)]);
    let listed = run("item list", &[("case", case)]).value;
    let listed = listed.as_array().unwrap().iter().find(|row| row["id"] == item).unwrap()["value"].clone();
    let found = run("search", &[("words", VALUE)]).value.as_array().unwrap().len();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    (text(&shown.value["value"]), text(&listed), found, shown.message.unwrap_or_default())
}

fn looks(a: &Site) -> usize {
    a.open(1).unwrap().unsigned_looks().unwrap().iter().filter(|p| p.look.reason.as_deref() == Some(WHY)).count()
}

#[test]
fn what_is_held_or_restricted_is_seen_only_with_a_reason() {
    let (_root, mut a, b) = pair();
    let case = a.case("Restricted");
    let on = |field: &'static str, id: &str| -> Vec<String> { [field, id].map(str::to_owned).to_vec() };
    let hold = |a: &Site, on: &[String]| {
        a.make(1, "retention hold", &[(&on[0], &on[1]), ("reason", "litigation"), ("because", "order 7")])
    };
    let lift = |a: &Site, hold: &str| {
        a.must(2, "retention release", &[("hold", hold), ("because", "over")]);
    };
    let item = a.indicator(&case, VALUE);
    let free = (VALUE.to_owned(), VALUE.to_owned(), 1);
    let sees_all = |a: &Site, reason: Option<&str>| {
        let (shown, listed, found, said) = seen(a, reason, &case, &item);
        assert_eq!((shown, listed, found), free);
        assert!(!said.contains("--reason"), "{said}");
    };
    let sees_nothing = |a: &Site| {
        let (shown, listed, found, said) = seen(a, None, &case, &item);
        assert_eq!((shown.as_str(), listed.as_str(), found), (MASK, MASK, 0));
        assert!(said.contains("--reason"), "{said}");
        // It goes into no act as it was not seen, and leaves in no file.
        let to = [("to", b.code), ("delete-after", "30d")];
        let out = a.path("out.csv");
        for (name, fields) in [
            ("item correct", vec![("item", item.as_str()), ("note", "another"), ("because", "a mistake")]),
            ("disclosure new", [&[("item", item.as_str())][..], &to].concat()),
            ("item export", vec![("item", &item), ("to", b.code), ("format", "csv"), ("out", &out)]),
        ] {
            let refused = a.run(1, name, &fields).unwrap_err();
            assert_eq!(refused.kind, ErrorKind::Refused, "{name}: {refused:?}");
            assert!(refused.hint.contains("--reason"), "{name}: {refused:?}");
            assert!(!std::path::Path::new(&out).exists(), "{name}");
        }
    };
    sees_all(&a, None);
    // Holds on the item, on its case, several at once: each is placed, looked at and lifted by people who need not read what it is on.
    let one = hold(&a, &on("item", &item));
    sees_nothing(&a);
    let before = looks(&a);
    sees_all(&a, Some(WHY));
    assert!(looks(&a) > before, "who looks at what is held is on record");
    let two = hold(&a, &on("case", &case));
    let three = hold(&a, &on("query", VALUE));
    a.must(1, "retention hold-review", &[("hold", &one), ("because", "the trial goes on")]);
    for held in [&one, &two] {
        lift(&a, held);
        sees_nothing(&a);
    }
    lift(&a, &three);
    sees_all(&a, None);
    // Nor is it read by looking back to before it was held.
    let before = comity::workspace::open::Moment::Time(a.now);
    a.pass(2);
    let held = hold(&a, &on("case", &case));
    let past = |a: &Site| {
        let then = a.open(1).unwrap().as_of(before, &mut Job::silent()).unwrap();
        let record = then.find_record(&item, &[Kind::Item]).unwrap();
        then.text_of(&record, "value").unwrap()
    };
    assert_eq!(past(&a), MASK);
    lift(&a, &held);
    assert_eq!(past(&a), VALUE);
    // A review of it, or of its case, says so, and takes it back.
    let review_of = |a: &Site, record: &str, outcome: &str| {
        let form = [("record", record), ("outcome", outcome), ("reason", "kept for the appeal"), ("next", "60d")];
        a.must(1, "retention review", &form);
    };
    review_of(&a, &case, "restrict");
    sees_nothing(&a);
    review_of(&a, &case, "keep");
    sees_all(&a, None);
    let review = |a: &Site, outcome: &str| {
        a.must(
            1,
            "retention review",
            &[("record", &item), ("outcome", outcome), ("reason", "kept for the appeal"), ("next", "60d")],
        );
    };
    review(&a, "restrict");
    sees_nothing(&a);
    review(&a, "keep");
    sees_all(&a, None);
    // What silence does not erase is restricted once its date has passed.
    let form = [("case", case.as_str()), ("type", "evidence"), ("category", "content"), ("value", "a disk")];
    let disk = a.make(1, "item add", &form);
    let when_it_came = comity::workspace::open::Moment::Time(a.now);
    a.pass_stated(24 * 800);
    let value = |reason| a.run_because(1, reason, "item show", &[("item", &disk)]).unwrap().value["value"].clone();
    assert_eq!((value(None), value(Some(WHY))), (MASK.into(), "a disk".into()));
    let then = a.open(1).unwrap().as_of(when_it_came, &mut Job::silent()).unwrap();
    let record = then.find_record(&disk, &[Kind::Item]).unwrap();
    assert_eq!(then.text_of(&record, "value").unwrap(), MASK, "nor by looking back to before its date");
    drop(then);
    let form = [("item", disk.as_str()), ("event", "examined"), ("because", "zqlaboratory")];
    a.must(1, "item handover", &form);
    let told = |reason| a.run_because(1, reason, "item custody", &[("item", &disk)]).unwrap().value.to_string();
    assert!(!told(None).contains("zqlaboratory") && told(Some(WHY)).contains("zqlaboratory"));
    let search = |words: &str| {
        let found = a.must(1, "search", &[("words", words)]);
        (found.value.as_array().unwrap().len(), found.message)
    };
    hold(&a, &on("item", &item));
    assert_eq!(search("zqlaboratory").0, 0);
    assert_eq!(search(VALUE), search("zqnothing"), "a search tells nothing of what it leaves out");
    a.must(1, "audit verify", &[]);
}

/// On the screens the reason is asked for, and the purpose of the case is not offered as one.
#[test]
fn the_screens_ask_for_a_typed_reason_before_they_show_what_is_held() {
    let (_root, a, _b) = pair();
    let case = a.case("Restricted");
    let item = a.indicator(&case, VALUE);
    a.must(1, "retention hold", &[("item", &item), ("reason", "litigation"), ("because", "order 7")]);
    let workspace = a.open(1).unwrap();
    let looks = || workspace.unsigned_looks().unwrap().iter().filter(|p| p.look.reason.as_deref() == Some(WHY)).count();
    workspace.ask_for_reasons();
    let view = workspace.reader().unwrap();
    let id = comity::value::id::Id::parse(&item).unwrap();
    let thing = comity::tui::page::RecordRef { kind: Kind::Item, id };
    let shown = || format!("{:?}", comity::tui::screen::detail::detail(&view, &thing).unwrap().lines());
    assert!(!shown().contains(VALUE));
    let wanted = view.wanted_reason().unwrap();
    assert_eq!(view.offered_reason(wanted).unwrap(), None);
    // The purpose of the case, accepted for something else in it, is no reason.
    view.give_reason_for(Wanted { restricted: false, ..wanted }, "cybercrime").unwrap();
    assert!(!shown().contains(VALUE));
    let wanted = view.wanted_reason().unwrap();
    view.give_reason_for(wanted, WHY).unwrap();
    assert!(shown().contains(VALUE));
    view.keep_looks().unwrap();
    assert_eq!(looks(), 1);
}
