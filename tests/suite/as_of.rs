//! Going back in the record: at every act of the demo's story the record is what it was when that act was the last. What
//! was erased since stays erased, nothing can be written, and nothing is written beside the workspace.

use crate::desks::{Site, bytes_of, pair};
use comity::command::command;
use comity::command::definition::{Args, CommandContext, Handler};
use comity::command::identity;
use comity::demo::story::Story;
use comity::host::clock::Clock;
use comity::record::KINDS;
use comity::record::kind::Kind;
use comity::record::store::{Query, RecordStore as _};
use comity::store::{log, read};
use comity::tui::screen::definition::ViewParams;
use comity::tui::screen::{SCREENS, detail};
use comity::value::timestamp::{Duration, Timestamp};
use comity::workspace::error::ErrorKind;
use comity::workspace::open::{Moment, Workspace};
use comity::workspace::progress::Job;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-23T03:12:00Z").unwrap()
}

fn open(story: &Story) -> Workspace {
    let mut place = CommandContext {
        workspace: story.workspace("XA"),
        identity: story.identity("okafor@XA"),
        passphrase: Box::new(|_, _| unreachable!()),
        clock: Clock::Fixed(now()),
    };
    let (me, _) = identity::unlock(&mut place).unwrap();
    Workspace::open(&place.workspace, &place.identity, me, place.clock, true).unwrap()
}

fn last(workspace: &Workspace) -> i64 {
    read::acts_back(&workspace.db, i64::MAX, 1).unwrap().first().map_or(0, |a| a.position)
}

/// Everything that is a projection of the acts: each record but for its content, what waits for partners, the head of the log.
fn records_of(workspace: &Workspace) -> String {
    let mut all = String::new();
    for kind in KINDS {
        for record in workspace.records().find(&Query::kind(kind.kind)).unwrap() {
            all.push_str(&format!("{record:?}\n"));
        }
    }
    for partner in workspace.partners().unwrap() {
        all.push_str(&format!("{:?}\n", read::waiting(&workspace.db, partner.id).unwrap()));
    }
    all.push_str(&format!("{:?}\n", log::tip(&workspace.db, &workspace.meta).unwrap()));
    all
}

#[test]
fn at_every_act_the_record_is_what_it_was() {
    let root = tempfile::tempdir().unwrap();
    let mut story = Story::begin(&root.path().join("demo"), now()).unwrap();
    let mut was: Vec<(i64, String)> = Vec::new();
    while story.step(2).unwrap().is_some() {
        let workspace = open(&story);
        let n = last(&workspace);
        if was.last().is_none_or(|(before, _)| *before < n) {
            was.push((n, records_of(&workspace)));
        }
    }
    assert!(was.len() > 20);
    let folder = story.workspace("XA");
    let before = bytes_of(&folder);
    let workspace = open(&story);
    for (n, was) in &was {
        let back = workspace.as_of(Moment::Act(*n), &mut Job::silent()).unwrap();
        assert_eq!(back.looks_back().map(|a| a.act), Some(*n));
        assert_eq!(records_of(&back), *was, "as of act {n}");
        for screen in SCREENS {
            for view in 0..screen.views.len().max(1) {
                let look = ViewParams { view, ..ViewParams::default() };
                (screen.fetch)(&back, &look, &mut Job::silent()).unwrap_or_else(|e| panic!("{n}: {e:?}"));
            }
        }
    }
    // From the past one goes back further, and to now again.
    let (first, _) = was[3];
    let back = workspace.as_of(Moment::Act(was[9].0), &mut Job::silent()).unwrap();
    let further = back.as_of(Moment::Act(first), &mut Job::silent()).unwrap();
    assert_eq!(records_of(&further), was[3].1);
    assert_eq!(last(&further.reader().unwrap()), was.last().unwrap().0);
    drop((workspace, back, further));
    assert_eq!(bytes_of(&folder), before, "nothing was written");
}

#[test]
fn what_waited_then_is_told_and_nothing_that_comes_later_changes_it() {
    let (root, mut a, b) = pair();
    let c = Site::found(root.path(), "XC");
    let case = a.case("Harbour");
    let mut was = Vec::new();
    let mut note = |a: &mut Site| {
        let now = a.open(1).unwrap();
        was.push((last(&now), records_of(&now)));
        drop(now);
        a.pass(1);
    };
    let give = |a: &Site, value: &str, to: &str| {
        let item = a.indicator(&case, value);
        a.make(1, "disclosure new", &[("item", &item), ("to", to), ("delete-after", "30d")])
    };
    let as_file = |a: &Site, name: &str, of: &str| {
        let out = a.path(name);
        a.must(1, "item export", &[("format", "csv"), ("out", &out), ("disclosure", of), ("to", "XB")]);
    };
    note(&mut a);
    let first = give(&a, "one.example", "XB");
    note(&mut a);
    as_file(&a, "first.csv", &first);
    note(&mut a);
    as_file(&a, "first-again.csv", &first);
    note(&mut a);
    let second = give(&a, "two.example", "XB");
    note(&mut a);
    a.carry(&b, "1");
    note(&mut a);
    // It went in a bundle already.
    as_file(&a, "second.csv", &second);
    note(&mut a);
    // As a file from the beginning: that never waited.
    let item = a.indicator(&case, "file.example");
    note(&mut a);
    let out = a.path("third.csv");
    let form = [("format", "csv"), ("out", &out), ("item", item.as_str()), ("to", "XB"), ("delete-after", "30d")];
    a.must(1, "item export", &form);
    let acts = last(&a.open(1).unwrap());
    note(&mut a);
    // What is for all partners waits for one from when it is met.
    let card = c.path("card");
    let said = c.must(1, "desk card", &[("out", &card), ("force", "yes")]).value;
    a.must(1, "partner add", &[("card", &card), ("kind", "law-enforcement")]);
    note(&mut a);
    a.must(1, "partner confirm", &[("partner", "XC"), ("fingerprint", said["fingerprint"].as_str().unwrap())]);
    for state in ["tested", "operational"] {
        a.must(1, "partner channel", &[("partner", "XC"), ("state", state), ("because", "drill")]);
    }
    a.agree(&c, "2", "indicator");
    note(&mut a);
    give(&a, "three.example", "XC");
    note(&mut a);
    a.export(&c, "2");
    note(&mut a);
    b.carry(&a, "3");
    note(&mut a);
    let mut workspace = a.open(1).unwrap();
    let between = workspace.as_of(Moment::Act(acts - 1), &mut Job::silent()).unwrap();
    let partner = workspace.partner("XB").unwrap().id;
    assert!(!read::waiting(&between.db, partner).unwrap().contains(&(acts - 1)), "between the act and its file");
    let views: Vec<Workspace> = was
        .iter()
        .map(|(n, was)| {
            let back = workspace.as_of(Moment::Act(*n), &mut Job::silent()).unwrap();
            assert_eq!(records_of(&back), *was, "as of act {n}");
            back
        })
        .collect();
    let Handler::Writes(new) = command("case new").unwrap().run else { panic!() };
    new(&mut workspace, &Args::default().with("title", "Quay").with("purpose", "cybercrime"), &mut Job::silent())
        .unwrap();
    let Handler::Writes(suspend) = command("partner suspend").unwrap().run else { panic!() };
    let of = Args::default().with("partner", "XB").with("because", "a drill");
    suspend(&mut workspace, &of, &mut Job::silent()).unwrap();
    for ((n, was), back) in was.iter().zip(&views) {
        assert_eq!(records_of(back), *was, "as of act {n}, when more was done");
    }
}

#[test]
fn what_was_erased_since_stays_erased_and_says_so() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Harbour");
    let item = a.indicator(&case, "secret.example");
    a.pass(24);
    let (then, held) = (a.now, last(&a.open(1).unwrap()));
    a.pass(24);
    a.must(1, "retention purge", &[("item", &item), ("because", "ordered")]);
    let later = a.indicator(&case, "later.example");
    let workspace = a.open(1).unwrap();
    for moment in [Moment::Act(held), Moment::Time(then)] {
        let mut back = workspace.as_of(moment, &mut Job::silent()).unwrap();
        assert_eq!(back.looks_back().map(|a| a.act), Some(held));
        let record = back.find_record(&item, &[Kind::Item]).unwrap();
        assert!(record.is(comity::record::item::State::Held));
        assert!(back.is_erased_since(&record));
        assert_eq!(back.content(&record).unwrap(), None);
        assert!(back.find_record(&later, &[Kind::Item]).is_err(), "what came later is not there yet");
        let subject = comity::tui::page::RecordRef { kind: Kind::Item, id: record.id };
        let told = detail::detail(&back, &subject).unwrap();
        assert!(told.lines().iter().any(|(label, _)| label.as_str() == "ERASED"), "{told:?}");
        let Handler::Reads(search) = command("search").unwrap().run else { panic!() };
        for words in ["secret", "later"] {
            let found = search(&mut back, &Args::default().with("words", words), &mut Job::silent()).unwrap();
            assert_eq!(found.value.as_array().map(Vec::len), Some(0), "{words}");
        }
        let Handler::Writes(new) = command("case new").unwrap().run else { panic!() };
        let form = Args::default().with("title", "Past").with("purpose", "cybercrime");
        let refused = new(&mut back, &form, &mut Job::silent()).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Refused);
        assert!(refused.what.starts_with("you look at the record as of "), "{}", refused.what);
    }
    let list = |when: &[&str]| {
        let output = a.program(1, when, "");
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    drop(workspace);
    let typed = then.to_string();
    let (code, said) = list(&["item", "list", "--as-of", &typed]);
    assert!(code == Some(0) && said.contains(&item[..6]) && !said.contains(&later[..6]), "{said}");
    let (code, said) = list(&["case", "new", "--title", "Past", "--purpose", "cybercrime", "--as-of", &typed]);
    assert!(code == Some(40) && said.contains("you look at the record as of"), "{said}");
    for whole in ["verify", "checkpoint"] {
        let (code, said) = list(&["audit", whole, "--as-of", &typed]);
        assert!(code == Some(40) && said.contains("you look at the record as of"), "{said}");
    }
    let (code, said) = list(&["law", "list", "--as-of", &typed]);
    assert!(code == Some(0) && said.contains("bc29"), "the law as this desk had it then: {said}");
    let (code, said) = list(&["doctor", "--as-of", &typed]);
    assert!(code == Some(2) && said.contains("reads no record"), "{said}");
    let workspace = a.open(1).unwrap();
    let early = a.now.minus(Duration::days(400));
    assert_eq!(workspace.as_of(Moment::Time(early), &mut Job::silent()).err().map(|f| f.kind), Some(ErrorKind::Usage));
    assert!(workspace.as_of(Moment::Act(9999), &mut Job::silent()).is_err());
}
