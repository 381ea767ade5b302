//! Lives of requests, walked at random in both roles: whatever two desks try in whatever order, nothing leaves without two
//! people and a live approval, no deadline moves by itself, every state has a way out, and both records stay intact.

use crate::desks::{REASONS, Site, pair};
use comity::record::request::{Answer, FollowUp, State};
use comity::value::class::Level;
use comity::workspace::error::ErrorKind;
use proptest::prelude::*;
use serde_json::Value;

/// What may be tried: a command on the request, on a review, on the item, or something that happens.
const COMMANDS: &[(&str, &[(&str, &str)])] = &[
    ("request submit", &[]),
    ("request send", &[]),
    ("request acknowledge", &[]),
    ("request clarify", &[("text", "which account?")]),
    ("request reply", &[("text", "this one")]),
    ("request offer", &[("text", "not in court")]),
    ("request agree", &[]),
    ("request accept", &[]),
    ("request postpone", &[("because", "a trial here")]),
    ("request postpone", &[("ground", "R5"), ("because", "a trial here")]),
    ("request refuse", &[("ground", "R2"), ("because", "sovereignty")]),
    ("request execute", &[]),
    ("request deliver", &[("text", "done")]),
    ("request report-use", &[("text", "read")]),
    ("request extend", &[("text", "60 days more: the court sits in May")]),
    ("request close", &[]),
    ("request expire", &[]),
    ("request withdraw", &[("because", "not needed")]),
    ("request resolve", &[("because", "by telephone"), ("take", "withdrawn")]),
    ("request resolve", &[("because", "by telephone"), ("take", "accepted")]),
    ("review open", &[("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]),
    (
        "review assess",
        &[
            ("all", "met"),
            ("less-intrusive", "searched"),
            REASONS[0],
            REASONS[1],
            REASONS[2],
            REASONS[3],
            REASONS[4],
            REASONS[5],
            REASONS[6],
            REASONS[7],
            REASONS[8],
        ],
    ),
    ("review decide", &[("approve", "yes"), ("expires", "60d")]),
    ("review decide", &[("refuse", "yes"), ("reasons", "too wide")]),
    ("review lapse", &[("changed", "facts"), ("because", "another account")]),
    ("review recuse", &[("because", "a relative")]),
    ("disclosure new", &[("to", "XB"), ("delete-after", "30d")]),
    ("disclosure release", &[]),
];

/// Kinds of each level, with and without a ground to put them off.
const KINDS: &[&str] = &["bc29", "bc31", "bc25"];

#[derive(Clone, Debug)]
enum Step {
    /// A member of one of the desks tries a command.
    Try(bool, u8, usize),
    /// A bundle goes one way.
    Carry(bool),
    /// Hours pass at both.
    Pass(i64),
}

/// What brings something nearer to leaving, by whoever it is that tries.
const TOWARDS: &[&str] = &[
    "request submit",
    "request send",
    "review open",
    "review assess",
    "review decide",
    "disclosure new",
    "disclosure release",
];

fn towards() -> Vec<usize> {
    let nears = |n: &usize| TOWARDS.contains(&COMMANDS[*n].0) && !COMMANDS[*n].1.contains(&("refuse", "yes"));
    (0..COMMANDS.len()).filter(nears).collect()
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1..=3u8, prop::sample::select(towards())).prop_map(|(m, v)| Step::Try(true, m, v)),
        8 => (any::<bool>(), 1..=3u8, 0..COMMANDS.len()).prop_map(|(a, m, v)| Step::Try(a, m, v)),
        3 => any::<bool>().prop_map(Step::Carry),
        1 => (1..200i64).prop_map(Step::Pass),
    ]
}

fn clocks(site: &Site, request: &str) -> Option<Value> {
    site.run(1, "request show", &[("request", request)]).ok().map(|a| a.value["clocks"].clone())
}

/// A review of the subject that was approved by somebody else than who asked for it.
fn approved(site: &Site, subject: &str) -> bool {
    let all = site.must(1, "review list", &[]).value;
    all.as_array().unwrap().iter().any(|r| {
        let others = r["reviewers"].as_array().unwrap().iter().any(|who| *who != r["requester"]);
        // An approval that lapsed let out what it let out before.
        let was = ["approved", "lapsed"].contains(&r["state"].as_str().unwrap());
        r["subject"] == subject && was && others
    })
}

/// A disclosure that was released by somebody else than who proposed it.
fn released(site: &Site) -> bool {
    let log = site.must(1, "audit log", &[]).value;
    let by = |did: &str| log.as_array().unwrap().iter().filter(|r| r["did"] == did).map(|r| r["by"].clone()).collect();
    let (proposed, released): (Vec<Value>, Vec<Value>) = (by("disclosure-propose"), by("disclosure-release"));
    released.iter().any(|r| proposed.iter().any(|p| p != r))
}

/// What each desk's commands are tried on, by the kind of record that they take.
struct Life {
    request: String,
    item: String,
}

impl Life {
    fn fields(&self, site: &Site, command: &str) -> Vec<(&'static str, String)> {
        let first = |noun: &str| {
            let all = site.must(1, noun, &[]).value;
            all.as_array().unwrap().first().map(|r| r["id"].as_str().unwrap().to_owned()).unwrap_or_default()
        };
        match command.split(' ').next().unwrap() {
            "request" => vec![("request", self.request.clone())],
            _ if command == "review open" => vec![("subject", self.item.clone())],
            "review" => vec![("review", first("review list"))],
            _ if command == "disclosure new" => vec![("item", self.item.clone())],
            _ => vec![("disclosure", first("disclosure list"))],
        }
    }
}

/// A request of a kind on its way or a draft, and an item of tier 2 whose review is open.
fn begin(a: &Site, b: &Site, kind: &str, sent: bool) -> Life {
    let case = a.case("A life");
    let law = comity::law::edition::Law::of_program();
    let kind = law.request(kind).unwrap();
    let fields: Vec<String> = kind.field.iter().map(|f| format!("{}={}", f.id, f.label)).collect();
    let mut form = vec![("kind", kind.id.as_str()), ("case", case.as_str()), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    let request = a.make(1, "request new", &form);
    if sent {
        let answer = a.must(1, "request submit", &[("request", &request)]);
        let review = answer.value["review"].as_str().unwrap();
        a.decide(review);
        if kind.level == Level::L3 {
            a.must(3, "review decide", &[("review", review), ("approve", "yes"), ("expires", "60d")]);
        }
        a.must(1, "request send", &[("request", &request)]);
        a.carry(b, "sent");
    }
    let item = a.make(
        1,
        "item add",
        &[
            ("case", &case),
            ("type", "account"),
            ("category", "subscriber"),
            ("tier", "2"),
            ("person-class", "suspect"),
            ("value", "J. Doe"),
        ],
    );
    a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")]);
    Life { request, item }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_life_keeps_its_promises(
        kind in prop::sample::select(KINDS),
        sent in any::<bool>(),
        steps in prop::collection::vec(step(), 40..60),
    ) {
        let (_root, mut a, mut b) = pair();
        let life = begin(&a, &b, kind, sent);
        // Whatever was let out is carried in the end.
        for (n, step) in steps.iter().chain([&Step::Carry(true)]).enumerate() {
            let before = [clocks(&a, &life.request), clocks(&b, &life.request)];
            let moved = match step {
                Step::Try(at_a, member, command) => {
                    let site = if *at_a { &a } else { &b };
                    let (command, rest) = COMMANDS[*command];
                    let own = life.fields(site, command);
                    let mut form: Vec<(&str, &str)> = own.iter().map(|(k, v)| (*k, v.as_str())).collect();
                    form.extend(rest);
                    match site.run(*member, command, &form) {
                        Ok(_) => true,
                        Err(failure) => {
                            prop_assert!(
                                matches!(failure.kind, ErrorKind::Refused | ErrorKind::Usage),
                                "{command}: {failure:?}"
                            );
                            false
                        }
                    }
                }
                Step::Carry(from_a) => {
                    let (from, to) = if *from_a { (&a, &b) } else { (&b, &a) };
                    let out = from.path(&format!("walk-{n}"));
                    from.must(1, "bundle export", &[("to", to.code), ("out", &out)]);
                    if std::path::Path::new(&out).exists() {
                        to.must(1, "bundle import", &[("path", &out)]);
                    }
                    true
                }
                Step::Pass(hours) => {
                    for site in [&mut a, &mut b] {
                        if *hours > 24 * 40 { site.pass_stated(*hours) } else { site.pass(*hours) }
                    }
                    false
                }
            };
            if !moved {
                prop_assert_eq!(before, [clocks(&a, &life.request), clocks(&b, &life.request)], "{:?}", step);
                continue;
            }
            let arrived = |command: &str, key: &str, id: &str| b.run(1, command, &[(key, id)]).is_ok();
            prop_assert!(!arrived("request show", "request", &life.request) || approved(&a, &life.request));
            if arrived("item show", "item", &life.item) {
                prop_assert!(approved(&a, &life.item) && released(&a), "nobody else let it out");
            }
        }
        a.must(1, "audit verify", &[]);
        b.must(1, "audit verify", &[]);
    }
}

#[test]
fn every_state_has_a_way_out_but_those_that_are_the_end() {
    for state in State::ALL {
        let out = Answer::ALL.iter().any(|a| a.transition().0.contains(&state.any()))
            || FollowUp::ALL.iter().any(|r| r.transition().1.is_some() && r.transition().0.contains(&state.any()));
        // Before it is sent it goes on by submission, decision and sending; a conflict is resolved.
        let own = matches!(state, State::Draft | State::InReview | State::Authorised | State::Conflict);
        let end = matches!(state, State::Closed | State::Withdrawn | State::Purged);
        assert!((out || own) != end, "{}", state.word());
    }
}

#[test]
fn answers_that_crossed_are_resolved() {
    let (_root, a, b) = pair();
    let life = begin(&a, &b, "bc29", true);
    let on = ("request", life.request.as_str());
    a.must(1, "request withdraw", &[on, ("because", "not needed")]);
    b.must(1, "request accept", &[on]);
    a.carry(&b, "1");
    b.carry(&a, "2");
    let state = |site: &Site| site.must(1, "request show", &[on]).value["state"].as_str().unwrap().to_owned();
    assert_eq!((state(&a), state(&b)), ("conflict".into(), "conflict".into()));
    let because = ("because", "agreed by telephone");
    a.fails(1, "request resolve", &[on, ("take", "delivered"), because], ErrorKind::Refused);
    a.must(1, "request resolve", &[on, ("take", "withdrawn"), because]);
    a.carry(&b, "3");
    assert_eq!((state(&a), state(&b)), ("withdrawn".into(), "withdrawn".into()));
    b.fails(1, "request accept", &[on], ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}
