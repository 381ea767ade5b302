//! Exercises, whole: planned, played by bundles between a control cell and desks that play, evaluated, reported, recorded in a live
//! workspace; and apart from it for ever.

use std::path::Path;

use comity::act::change::Change;
use comity::command::command;
use comity::command::definition::{Args, Output};
use comity::command::run::{On, run};
use comity::object;
use comity::value::class::Role;
use comity::value::id::Id;
use comity::value::json::Json;
use comity::value::timestamp::Timestamp;
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::open::Workspace;
use comity::workspace::progress::Job;
use tempfile::TempDir;

use crate::attack::lying_desk::{LyingDesk, SALT, again, fresh, more_members};
use crate::desks::{Fields, Site, text};

/// A desk of an exercise: member 1 controls it too.
fn of_exercise(root: &Path, code: &'static str, name: &str) -> Site {
    Site::found_for(root, code, &[("exercise", name), ("roles", "exercise-controller")])
}

/// A control cell, XE, and a desk that plays, XF, in touch.
pub fn played(root: &Path, name: &str) -> (Site, Site) {
    let (c, p) = (of_exercise(root, "XE", name), of_exercise(root, "XF", name));
    c.meet(&p);
    p.meet(&c);
    (c, p)
}

const LIST: &str = "number,time,type,from,to,method,text,expected_action,objective,capability,reply_within\n\
    1,+00:00,contextual,Control,XF,report,\"A hospital reports ransomware\",zqopensacase,1,zqintake,45m\n\
    2,+00:30,expected,Control,XF,report,\"Logs are rotated\",zqpreserves,1,zqpreservation,45m\n\
    3,+02:00,contingency,Control,XF,call,\"zqlaterinject\",zqnothing,1,zqpress,\n";

/// An exercise that was planned with that list.
pub fn planned(c: &Site) -> String {
    let list = c.path("list.csv");
    std::fs::write(&list, LIST).unwrap();
    let id = c.make(
        1,
        "exercise new",
        &[("title", "Tide"), ("scope", "two desks, one day"), ("objective", "zqobjective within a day: zqcapability")],
    );
    assert_eq!(c.must(1, "exercise load", &[("file", &list)]).value["injects"], 3);
    id
}

fn carry(from: &Site, to: &Site, n: &mut usize) {
    *n += 1;
    from.carry(to, &format!("carried-{n}"));
}

fn numbers(site: &Site, fields: Fields<'_>) -> Vec<i64> {
    let rows = site.must(1, "exercise injects", fields).value;
    rows.as_array().unwrap().iter().map(|r| r["number"].as_i64().unwrap()).collect()
}

/// Every text and blob of a workspace's database, as its member reads it with the key.
pub fn everything(site: &Site) -> String {
    let workspace = site.open(1).unwrap();
    let mut rows = workspace.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let tables: Vec<String> = rows.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = String::new();
    for table in tables {
        let Ok(mut rows) = workspace.db.prepare(&format!("SELECT * FROM \"{table}\"")) else { continue };
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
                        all.push_str(&String::from_utf8_lossy(bytes));
                        all.push('\n');
                    }
                    _ => {}
                }
            }
        }
    }
    all
}

#[test]
fn players_get_what_was_delivered_and_never_what_is_expected_or_comes_later() {
    let root = TempDir::new().unwrap();
    let (mut c, mut p) = played(root.path(), "secret");
    planned(&c);
    let mut n = 0;
    c.must(1, "exercise start", &[]);
    assert_eq!(numbers(&c, &[("due", "yes")]), [1]);
    c.must(1, "exercise deliver", &[("inject", "1")]);
    c.pass(1);
    p.pass(1);
    assert_eq!(numbers(&c, &[("due", "yes")]), [2], "it was due half an hour ago, and nothing else");
    c.must(1, "exercise deliver", &[("due", "yes")]);
    carry(&c, &p, &mut n);
    assert_eq!(numbers(&p, &[]), [1, 2]);
    // What came in the bundle lies opened in the players' database: nothing of the answers is there.
    let came = everything(&p);
    assert!(came.contains("A hospital reports ransomware") && came.contains("Logs are rotated"));
    for secret in [
        "zqopensacase",
        "zqpreserves",
        "zqintake",
        "zqpreservation",
        "zqobjective",
        "zqcapability",
        "zqlater",
        "zqpress",
    ] {
        assert!(everything(&c).contains(secret), "{secret}: control has it");
        assert!(!came.contains(secret), "{secret} has reached the players");
    }
    // They answer, late for the first, and control sees what their log says of it.
    p.case("hospital");
    p.must(1, "exercise respond", &[("inject", "1"), ("text", "a case is open")]);
    p.fails(1, "exercise deliver", &[("inject", "3")], ErrorKind::Usage);
    p.fails(1, "exercise deliver", &[("inject", "2")], ErrorKind::Refused);
    carry(&p, &c, &mut n);
    let shown = c.must(1, "exercise show", &[]).value;
    assert_eq!(shown["injects"][0]["replies"][0]["text"], "a case is open");
    assert_eq!(shown["injects"][0]["board"], "answered");
    assert_eq!(shown["injects"][0]["replies"][0]["first_act"], "case-new");
    let offered = c.must(1, "exercise offered", &[]).value.to_string();
    assert!(offered.contains("did not keep the time") && offered.contains("first acted (case-new)"), "{offered}");
    assert_eq!(shown["observations"], serde_json::json!([]), "nobody has rated anything");
    assert_eq!(shown["desks"][0]["delivered"], 2);
    // Nobody replies twice to the same effect, and nothing is delivered twice.
    c.fails(1, "exercise deliver", &[("inject", "1")], ErrorKind::Refused);
    for site in [&c, &p] {
        site.must(1, "audit verify", &[]);
    }
}

/// What an exercise is reported as, with these ratings.
fn reported(root: &Path, name: &str, ratings: &[&str]) -> (Site, Site, String) {
    let (c, p) = played(root, name);
    planned(&c);
    let mut n = 0;
    c.must(1, "exercise start", &[]);
    c.must(1, "exercise deliver", &[("inject", "1")]);
    carry(&c, &p, &mut n);
    for rating in ratings {
        let fields = [("rating", *rating), ("objective", "1"), ("inject", "1"), ("text", "seen so")];
        c.must(1, "exercise observe", &fields);
    }
    p.must(1, "exercise observe", &[("text", "zqhotwash"), ("anonymous", "yes")]);
    carry(&p, &c, &mut n);
    let action = [
        ("text", "zqaction before release"),
        ("owner", "XF desk"),
        ("by", "300d"),
        ("objective", "1"),
        ("element", "training"),
    ];
    c.make(1, "exercise action", &action);
    c.must(1, "exercise end", &[]);
    let out = c.path("report.json");
    c.must(1, "exercise report", &[("out", &out)]);
    (c, p, out)
}

/// A live desk that a partner was pinned at.
fn live(root: &Path, own: &'static str, other: &'static str) -> (Site, Site) {
    std::fs::create_dir(root.join("live")).unwrap();
    let root = root.join("live");
    let (a, b) = (Site::found(&root, own), Site::found(&root, other));
    let card = b.path("card");
    let made = b.must(1, "desk card", &[("out", &card)]);
    let fingerprint = made.value["fingerprint"].as_str().unwrap().to_owned();
    a.must(1, "partner add", &[("card", &card), ("kind", "law-enforcement")]);
    a.must(1, "partner confirm", &[("partner", other), ("fingerprint", &fingerprint)]);
    (a, b)
}

#[test]
fn the_signed_report_brings_actions_to_the_live_desk_and_a_channel_is_tested_by_it() {
    let root = TempDir::new().unwrap();
    let (_, _, report) = reported(root.path(), "good", &["P", "S", "M"]);
    let (a, _b) = live(root.path(), "XE", "XF");
    let recorded = a.must(1, "exercise record", &[("file", &report)]).value;
    assert_eq!(recorded["rated"], serde_json::json!([1, 1, 1, 0]));
    assert!(recorded["signed_by"].as_str().unwrap().starts_with("SHA256:"), "{recorded}");
    assert_eq!(recorded["desk"], "XE");
    a.must(1, "exercise record", &[("file", &report)]);
    let today = a.must(1, "desk today", &[]).value;
    assert!(today["tasks"].to_string().contains("zqaction before release"), "{today}");
    a.must(1, "partner channel", &[("partner", "XF"), ("state", "tested"), ("exercise", "Tide")]);
    let shown = a.must(1, "partner show", &[("partner", "XF")]).value;
    assert!(shown["tested_by"].as_str().unwrap().contains("the exercise Tide"), "{shown}");
    let action = a.must(1, "exercise actions", &[]).value[0]["id"].as_str().unwrap().to_owned();
    a.must(1, "exercise done", &[("action", &action), ("evidence", "a course was held")]);
    a.fails(1, "exercise done", &[("action", &action), ("evidence", "again")], ErrorKind::Refused);
    let figures = a.must(1, "exercise figures", &[]).value;
    assert_eq!((&figures["held"], &figures["done"]), (&1.into(), &1.into()));
    assert!(!a.must(1, "desk today", &[]).value["tasks"].to_string().contains("zqaction"));
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_report_with_a_u_or_of_others_proves_no_channel_and_word_alone_is_shown_as_such() {
    let root = TempDir::new().unwrap();
    let (_, _, report) = reported(root.path(), "bad", &["P", "U"]);
    let (a, _b) = live(root.path(), "XE", "XB");
    a.must(1, "exercise record", &[("file", &report)]);
    let tested = [("partner", "XB"), ("state", "tested")];
    let by_it = [tested.as_slice(), &[("exercise", "Tide"), ("because", "aar")]].concat();
    a.fails(1, "partner channel", &by_it, ErrorKind::Refused);
    a.fails(1, "partner channel", &tested, ErrorKind::Usage);
    a.must(1, "partner channel", &[tested.as_slice(), &[("because", "a call")]].concat());
    let shown = a.must(1, "partner show", &[("partner", "XB")]).value;
    assert!(shown["tested_by"].as_str().unwrap().contains("on word alone"), "{shown}");
}

#[test]
fn an_altered_report_is_refused_wherever_it_was_altered() {
    let root = TempDir::new().unwrap();
    let (c, _, report) = reported(root.path(), "altered", &["U"]);
    let (a, _b) = live(root.path(), "XE", "XF");
    let good = std::fs::read_to_string(&report).unwrap();
    let evil = c.path("evil.json");
    let try_it = |text: &str, kinds: &[ErrorKind]| {
        std::fs::write(&evil, text).unwrap();
        let error = a.run(1, "exercise record", &[("file", &evil)]).unwrap_err();
        assert!(kinds.contains(&error.kind), "{error:?}");
    };
    let either = [ErrorKind::Signature, ErrorKind::Malformed];
    try_it(&good.replacen("\"U\"", "\"P\"", 1), &either);
    try_it(&good.replacen("Tide", "Tida", 1), &either);
    try_it(&good.replacen("exercise:altered", "exercise:another", 1), &either);
    try_it(&good.replacen("exercise:altered", "live", 1), &either);
    try_it(&good.replacen('\n', "", 1), &either);
    try_it(&good.replacen("{\"report\":", "{\"report\": ", 1), &either);
    try_it(&format!("{good}{{}}"), &[ErrorKind::Malformed]);
    try_it("", &[ErrorKind::Malformed]);
    try_it("{}\n", &[ErrorKind::Malformed]);
    let mut bytes = good.clone().into_bytes();
    for at in (0..bytes.len()).step_by(97) {
        let was = bytes[at];
        bytes[at] = if was == b'a' { b'b' } else { b'a' };
        if bytes[at] != was {
            std::fs::write(&evil, &bytes).unwrap();
            let error = a.run(1, "exercise record", &[("file", &evil)]).expect_err("an altered byte was taken");
            assert!(either.contains(&error.kind), "{at}: {error:?}");
        }
        bytes[at] = was;
    }
    assert_eq!(a.must(1, "exercise list", &[]).value, serde_json::json!([]), "nothing was recorded");
    a.must(1, "exercise record", &[("file", &report)]);
}

#[test]
fn an_exercise_and_the_live_world_never_meet() {
    let root = TempDir::new().unwrap();
    let (c, p, report) = reported(root.path(), "apart", &["P"]);
    let (a, _b) = live(root.path(), "XE", "XF");
    // Nothing of play is done in a live workspace, and nothing of a live one in play.
    let new = [("title", "x"), ("scope", "y"), ("objective", "z")];
    let fourth = text(&a.identity(4));
    a.must(1, "identity new", &[("name", "XE-4"), ("out", &fourth), ("no-passphrase", "yes")]);
    a.must(1, "member add", &[("file", &format!("{fourth}.pub")), ("roles", "exercise-controller")]);
    assert!(a.fails(4, "exercise new", &new, ErrorKind::Refused).what.contains("not played in a live workspace"));
    let list = c.path("list.csv");
    for (name, fields) in [
        ("exercise load", vec![("file", list.as_str())]),
        ("exercise injects", vec![]),
        ("exercise inject", vec![("text", "x"), ("to", "XF")]),
        ("exercise observe", vec![("text", "x")]),
    ] {
        a.fails(4, name, &fields, ErrorKind::Refused);
    }
    c.fails(1, "exercise record", &[("file", &report)], ErrorKind::Refused);
    // Bundles and cards, both ways.
    c.must(1, "exercise observe", &[("rating", "P"), ("objective", "1"), ("text", "later")]);
    let bundle = c.path("out.bundle");
    c.must(1, "bundle export", &[("to", "XF"), ("out", &bundle)]);
    let taken = a.run(1, "bundle import", &[("path", &bundle)]).unwrap_err();
    assert!(matches!(taken.kind, ErrorKind::NotForUs | ErrorKind::Signature | ErrorKind::Malformed), "{taken:?}");
    let (card, live_card) = (p.path("p.card"), a.path("a.card"));
    p.must(1, "desk card", &[("out", &card)]);
    a.must(1, "desk card", &[("out", &live_card)]);
    a.fails(1, "partner add", &[("card", &card), ("kind", "law-enforcement")], ErrorKind::NotForUs);
    c.fails(1, "partner add", &[("card", &live_card), ("kind", "law-enforcement")], ErrorKind::NotForUs);
    // Items, in every format: what an exercise writes no live desk takes.
    let case = c.case("played");
    c.indicator(&case, "played.example");
    let live_case = a.case("live");
    for (format, ending) in [("stix", "json"), ("misp", "json"), ("csv", "csv"), ("case", "jsonld")] {
        let out = c.path(&format!("items.{format}.{ending}"));
        c.must(
            1,
            "item export",
            &[("case", &case), ("to", "XF"), ("format", format), ("out", &out), ("delete-after", "30d")],
        );
        let error = a
            .run(1, "item import", &[("file", &out), ("format", format), ("case", &live_case)])
            .expect_err("a live desk has taken items of an exercise");
        assert!(error.what.contains("exercise"), "{format}: {error:?}");
    }
    // Letters say on their face what they are.
    let shown = everything(&a);
    for word in ["played.example", "A hospital reports ransomware", "zqhotwash"] {
        assert!(!shown.contains(word), "{word} is in the live workspace");
    }
}

#[test]
fn a_running_exercise_gives_the_time_and_all_clocks_follow_controls() {
    let root = TempDir::new().unwrap();
    let (c, p) = played(root.path(), "clocks");
    planned(&c);
    let start = Timestamp::parse("2027-01-10T08:00:00Z").unwrap();
    let as_of = |site: &Site, now: &str| Site {
        folder: site.folder.clone(),
        code: site.code,
        now: Timestamp::parse(now).unwrap(),
    };
    as_of(&c, "2027-01-10T08:00:00Z").must(1, "exercise start", &[("speed", "10")]);
    let now_of = |site: &Site| {
        let out = site.program(1, &["--json", "exercise", "show"], "");
        let shown: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        Timestamp::parse(shown["now"].as_str().unwrap()).unwrap()
    };
    let first = now_of(&c);
    assert!(first >= start && first < start.plus(comity::value::timestamp::Duration::days(30)), "{first}");
    // Without a time of its own a command takes that of the exercise, and its acts are made then.
    let out = c.program(1, &["exercise", "clock", "--to", "3h"], "");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let jumped = now_of(&c);
    assert!(jumped >= first.plus(comity::value::timestamp::Duration::hours(3)), "{jumped}");
    let bundle = c.path("clock.bundle");
    assert!(c.program(1, &["bundle", "export", "--to", "XF", "--out", &bundle], "").status.success());
    assert!(p.program(1, &["bundle", "import", &bundle], "").status.success());
    assert!(now_of(&p) >= jumped, "the clock of those who play follows control's");
    // It never goes back.
    let back = c.program(1, &["exercise", "clock", "--to", "2027-01-10T09:00:00Z"], "");
    assert_eq!(back.status.code(), Some(40), "{}", String::from_utf8_lossy(&back.stderr));
    let fast = c.program(1, &["exercise", "clock", "--speed", "0"], "");
    assert_eq!(fast.status.code(), Some(2));
    assert!(c.program(1, &["exercise", "pause"], "").status.success());
    let (one, two) = (now_of(&c), now_of(&c));
    assert_eq!(one, two, "paused, it stands");
    let live = Site::found(&root.path().join("XE"), "XL");
    let refused = live.program(1, &["--now", "2027-01-10T09:00:00Z", "desk", "today"], "");
    assert_eq!(refused.status.code(), Some(2), "--now is for exercises alone");
}

#[test]
fn two_clocks_of_players_cannot_move_the_exercise() {
    let root = TempDir::new().unwrap();
    let (c, p) = played(root.path(), "roles");
    let id = planned(&c);
    let mut n = 0;
    c.must(1, "exercise start", &[]);
    carry(&c, &p, &mut n);
    for name in ["exercise pause", "exercise end", "exercise start"] {
        p.fails(1, name, &[("exercise", &id)], ErrorKind::Refused);
    }
    // Who is no controller rates nothing and runs nothing.
    for (name, fields) in [
        ("exercise observe", vec![("rating", "P"), ("objective", "1"), ("text", "x")]),
        ("exercise end", vec![]),
        ("exercise deliver", vec![("inject", "1")]),
    ] {
        let error = c.fails(3, name, &fields, ErrorKind::Refused);
        assert!(error.verdict.is_some(), "{name}: the gate says it");
    }
    let rating = [("rating", "A"), ("objective", "1"), ("text", "x")];
    c.fails(1, "exercise observe", &rating, ErrorKind::Usage);
}

/// A desk that plays and lies with its real keys, as a member who may run exercises: it moves nothing of control's.
#[test]
fn a_desk_that_plays_can_forge_nothing_of_control() {
    let root = TempDir::new().unwrap();
    let (c, p) = played(root.path(), "forged");
    more_members(&p);
    let exercise = Id::parse(&planned(&c)).unwrap();
    let mut n = 0;
    c.must(1, "exercise start", &[]);
    c.must(1, "exercise deliver", &[("inject", "1")]);
    carry(&c, &p, &mut n);
    p.must(1, "exercise respond", &[("inject", "1"), ("text", "honest")]);
    carry(&p, &c, &mut n);
    let injects = c.must(1, "exercise injects", &[]).value;
    let inject = |n: usize| Id::parse(injects[n]["id"].as_str().unwrap()).unwrap();
    let mut liar = LyingDesk::take_over(&p, &c);
    liar.sees(&c);
    let row = |site: &Site| {
        let mut shown = site.must(1, "exercise show", &[]).value;
        shown["desks"] = serde_json::Value::Null;
        shown
    };
    let before = row(&c);
    let clock = object! { "at" => "2027-06-01T00:00:00Z", "machine" => "2026-06-15T12:00:00Z", "speed" => 1000i64 };
    let said =
        |kind: &str, of: Id, terms: Json| Change::with_content(of, kind, &terms, &object! { "text" => "lie" }, SALT);
    let to = exercise.to_string();
    let forged = [
        Change::of_terms(exercise, "exercise-pause", &object! {}),
        Change::of_terms(exercise, "exercise-end", &object! {}),
        Change::of_terms(exercise, "exercise-clock", &object! { "clock" => clock.clone() }),
        said("exercise-start", exercise, object! { "clock" => clock.clone() }),
        said("exercise-new", fresh(0x71), object! { "objectives" => 1i64 }),
        said("exercise-deliver", fresh(0x72), object! { "exercise" => to.as_str(), "number" => 9i64 }),
        said("exercise-deliver", inject(1), object! { "exercise" => to.as_str(), "number" => 2i64 }),
        Change::of_terms(inject(1), "exercise-skip", &object! { "said" => true }),
        // Replies to what was never delivered to it, or to what there is not.
        said(
            "exercise-respond",
            fresh(0x73),
            object! { "inject" => inject(1).to_string(), "said" => true, "refusals" => 0i64 },
        ),
        said(
            "exercise-respond",
            fresh(0x74),
            object! { "inject" => fresh(0x75).to_string(), "said" => true, "refusals" => 0i64 },
        ),
        said(
            "exercise-respond",
            fresh(0x76),
            object! { "inject" => inject(0).to_string(), "said" => true, "refusals" => -1i64 },
        ),
        said(
            "exercise-hot-wash",
            fresh(0x77),
            object! { "exercise" => fresh(0x78).to_string(), "anonymous" => false, "said" => true },
        ),
        said(
            "exercise-observe",
            fresh(0x79),
            object! { "exercise" => to.as_str(), "objective" => 1i64, "rating" => "P", "said" => true },
        ),
        said(
            "exercise-action",
            fresh(0x7a),
            object! { "exercise" => to.as_str(), "objective" => 1i64, "element" => "training", "by" => "2027-01-01T00:00:00Z" },
        ),
        Change::of_terms(exercise, "exercise-report", &object! { "what" => "json", "report" => true, "digest" => "0" }),
    ];
    for change in forged {
        let kept = liar.said.clone();
        let member = again(&liar.members[0]);
        let role = if change.kind == "exercise-respond" { Role::DeskOfficer } else { Role::ExerciseController };
        liar.sign_as(&member, role, std::slice::from_ref(&change), |_| {});
        let path = liar.bundle();
        let told = c.run(1, "bundle import", &[("path", &path)]).map(|_| ()).map_err(|e| e.kind);
        assert!(matches!(told, Err(ErrorKind::Signature | ErrorKind::Malformed)), "{}: {told:?}", change.kind);
        assert_eq!(row(&c), before, "{}", change.kind);
        liar.said = kept;
    }
    // An exercise of its own is its own affair: control's stays the one that counts, and so does its clock.
    let own = said(
        "exercise-start",
        fresh(0x7b),
        object! { "clock" => object! {
            "at" => liar.at().to_string(), "machine" => "2026-06-15T12:00:00Z", "speed" => 1000i64,
        } },
    );
    let member = again(&liar.members[0]);
    liar.sign_as(&member, Role::ExerciseController, &[own], |_| {});
    let path = liar.bundle();
    c.must(1, "bundle import", &[("path", &path)]);
    assert_eq!(row(&c), before);
    c.must(1, "audit verify", &[]);
}

/// An exercise with a word of its own in every text that anybody types for it, played to its end by control and a desk that plays. Answers
/// its id, and the words.
fn marked(c: &Site, p: &Site) -> (String, Vec<&'static str>) {
    let mut words = Vec::new();
    let mut word = |word: &'static str| {
        words.push(word);
        word
    };
    let plan = [
        ("title", word("zqtitle")),
        ("scope", word("zqscope")),
        ("objective", &format!("{}: {}", word("zqobjective"), word("zqability"))),
        ("target", &format!("1={}", word("zqtarget"))),
        ("task", &format!("1={}", word("zqcritical"))),
        ("participant", &format!("{}=observer", word("zqwho"))),
        ("rules", word("zqrules")),
        ("safety-word", word("zqsafety")),
        ("scenario", word("zqscenario")),
        ("sponsor", word("zqsponsor")),
    ];
    let id = c.make(1, "exercise new", &plan);
    let inject = [
        ("text", word("zqinject")),
        ("from", word("zqfrom")),
        ("method", word("zqmethod")),
        ("expected-action", word("zqexpected")),
        ("capability", word("zqcapability")),
        ("controller", word("zqcontroller")),
        ("condition", word("zqcondition")),
        ("note", word("zqnote")),
        ("time", "+00:00"),
        ("reply-within", "2h"),
    ];
    c.make(1, "exercise plan", &inject);
    c.make(1, "exercise plan", &[("text", word("zqskipped"))]);
    c.make(1, "exercise plan", &[("text", word("zqnever"))]);
    let list = c.path("attached.json");
    let attached = data_encoding::BASE64.encode(word("zqattached").as_bytes());
    let step = word("zqevent");
    std::fs::write(
        &list,
        format!(
            r#"{{"exercise":{{"name":"x"}},"injects":[{{"uuid":"a","name":"a mail","action_payload_resource_uuid":"p"}}],
            "inject_flow":[{{"inject_uuid":"a","description":"{step}","sequence":{{"trigger":"manual"}}}}],
            "inject_payloads":[{{"uuid":"p","name":"mail","type":"file","parameters":{{"content":"{attached}",
            "content-type":"base64","filename":"{}"}}}}]}}"#,
            word("zqfile.eml")
        ),
    )
    .unwrap();
    c.must(1, "exercise load", &[("file", &list)]);
    let mut n = 100;
    c.must(1, "exercise start", &[]);
    for inject in ["1", "4"] {
        c.must(1, "exercise deliver", &[("inject", inject)]);
    }
    c.must(1, "exercise skip", &[("inject", "2"), ("because", word("zqneedless"))]);
    carry(c, p, &mut n);
    p.must(1, "exercise respond", &[("inject", "1"), ("text", word("zqreply"))]);
    p.must(2, "exercise observe", &[("text", word("zqhotwash"))]);
    let seen = [
        ("rating", "M"),
        ("objective", "1"),
        ("inject", "1"),
        ("text", word("zqseen")),
        ("capability", word("zqshown")),
        ("reference", word("zqreference")),
        ("analysis", word("zqanalysis")),
    ];
    c.must(1, "exercise observe", &seen);
    carry(p, c, &mut n);
    let action = [
        ("text", word("zqaction")),
        ("owner", word("zqowner")),
        ("issue", word("zqissue")),
        ("capability", word("zqmended")),
        ("by", "300d"),
        ("objective", "1"),
        ("element", "training"),
    ];
    c.make(1, "exercise action", &action);
    (id, words)
}

#[test]
fn what_an_exercise_held_is_erased_with_a_certificate_once_its_time_has_passed() {
    let root = TempDir::new().unwrap();
    let (mut c, mut p) = played(root.path(), "ended");
    let (id, words) = marked(&c, &p);
    let before = (everything(&c), everything(&p));
    for word in &words {
        assert!(before.0.contains(word), "{word} is with control");
    }
    // In play nothing of it is erased, by whatever reason.
    let now = [("item", id.as_str()), ("because", "a mistake")];
    let refused = c.fails(1, "retention purge", &now, ErrorKind::Refused);
    assert!(refused.what.contains("once it is over"), "{refused:?}");
    c.must(1, "exercise end", &[]);
    // What a player says late is still on its way when control erases.
    let mut n = 200;
    p.must(2, "exercise observe", &[("text", "zqlatewash")]);
    let late = p.path("late");
    p.must(1, "bundle export", &[("to", "XE"), ("out", &late)]);
    carry(&c, &p, &mut n);
    let report = c.path("report.json");
    c.must(1, "exercise report", &[("out", &report)]);
    let due = |site: &Site| {
        let all = site.must(1, "retention list", &[]).value;
        let of = all.as_array().unwrap().iter().find(|t| t["id"] == id).map(|t| (t["then"].clone(), t["due"].clone()));
        of.unwrap_or_else(|| panic!("it has no end: {all}"))
    };
    for site in [&c, &p] {
        let (then, due) = due(site);
        assert_eq!((then.as_str(), &due.as_str().unwrap()[..10]), (Some("delete"), "2029-06-15"), "{}", site.code);
        assert!(site.must(1, "retention purge", &[]).message.unwrap().contains("Nothing to erase"), "{}", site.code);
    }
    // The live desk that recorded it keeps it as long after the last of its actions is due.
    let (mut a, _b) = live(root.path(), "XE", "XF");
    a.must(1, "exercise record", &[("file", &report)]);
    let action = a.must(1, "exercise actions", &[]).value[0]["id"].as_str().unwrap().to_owned();
    a.must(1, "exercise done", &[("action", &action), ("evidence", "zqevidence")]);
    let known = ["zqtitle", "zqscope", "zqaction", "zqowner", "zqissue", "zqmended", "zqevidence"];
    known.iter().for_each(|word| assert!(everything(&a).contains(word), "{word} was recorded"));
    assert_eq!(&due(&a).1.as_str().unwrap()[..10], "2030-04-11");
    for site in [&mut c, &mut p, &mut a] {
        site.pass_stated(24 * 366 * 4);
        let told = site.must(1, "retention purge", &[]).message.unwrap();
        assert!(told.contains("certificate"), "{}: {told}", site.code);
    }
    c.must(1, "bundle import", &[("path", &late)]);
    assert!(everything(&c).contains("zqlatewash"), "a late word is no bundle that is stuck");
    c.must(1, "retention purge", &[]);
    for site in [&c, &p, &a] {
        let left = everything(site);
        for word in words.iter().chain(&known).chain(&["zqlatewash"]) {
            assert!(!left.contains(word), "{word} is left with {}", site.code);
            assert_eq!(site.must(1, "search", &[("words", word)]).value, serde_json::json!([]), "{word}");
        }
        let certificates = site.must(1, "retention certificates", &[]).value;
        assert_eq!(certificates[0]["counts"]["exercise"], 1, "{certificates}");
        assert_eq!(site.must(1, "exercise list", &[]).value[0]["state"], "purged");
        let outbox = std::fs::read_dir(site.workspace().join("outbox")).map_or(0, Iterator::count);
        assert_eq!(outbox, 0, "a bundle that carried it lies in the outbox of {}", site.code);
        site.must(1, "audit verify", &[]);
    }
    // Another is planned where one was erased, and with a reason one goes at once.
    let next = c.make(1, "exercise new", &[("title", "zqnext"), ("scope", "x"), ("objective", "y: z")]);
    c.must(1, "retention purge", &[("item", &next), ("because", "not held")]);
    assert!(!everything(&c).contains("zqnext"));
    c.must(1, "audit verify", &[]);
}

/// Numbers that follow from a seed (SplitMix64): the same run each time.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }
}

/// A desk of the simulation: its workspace stays open, and what it has sent to whom is counted.
struct Desk {
    site: Site,
    workspace: Workspace,
    sent: std::collections::BTreeMap<&'static str, u64>,
}

impl Desk {
    fn of(site: Site) -> Self {
        let workspace = site.open(1).unwrap();
        Self { site, workspace, sent: Default::default() }
    }

    fn run(&mut self, name: &str, fields: Fields<'_>) -> Result<Output, Error> {
        let known = command(name).unwrap();
        let mut form = Args::default();
        for (field, value) in fields {
            form.add(known.field(field).unwrap().name, *value);
        }
        run(known, On::Workspace(&mut self.workspace), &form, &mut Job::silent())
    }

    fn must(&mut self, name: &str, fields: Fields<'_>) -> Output {
        let code = self.site.code;
        self.run(name, fields).unwrap_or_else(|e| panic!("{code}: {name} {fields:?}: {e:?}"))
    }

    /// A bundle of what waits for another desk, where anything does.
    fn export(&mut self, to: &'static str, n: &mut usize) -> Option<String> {
        *n += 1;
        let out = self.site.path(&format!("to-{to}-{n}"));
        self.must("bundle export", &[("to", to), ("out", &out)]);
        let made = Path::new(&out).exists();
        *self.sent.entry(to).or_default() += u64::from(made);
        made.then_some(out)
    }

    /// A bundle that was made before, once more.
    /// Nothing where the other desk has said that it has it.
    fn again(&mut self, to: &'static str, sequence: u64, n: &mut usize) -> Option<String> {
        *n += 1;
        let out = self.site.path(&format!("again-{to}-{n}"));
        match self.run("bundle export", &[("to", to), ("out", &out), ("again", &sequence.to_string())]) {
            Ok(_) => Some(out),
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::Refused, "{error:?}");
                None
            }
        }
    }

    /// None before the first bundle of control has come.
    fn injects(&mut self) -> Vec<serde_json::Value> {
        let all = self.run("exercise injects", &[]);
        all.map(|answer| answer.value.as_array().unwrap().clone()).unwrap_or_default()
    }
}

/// A control cell and two desks that play 500 injects; bundles are late, come out of order or are lost, as a seed says.
#[test]
fn three_desks_agree_at_the_end_however_bundles_are_delayed_or_lost() {
    const INJECTS: usize = 500;
    let root = TempDir::new().unwrap();
    let codes = ["XE", "XF", "XG"];
    let sites = codes.map(|code| of_exercise(root.path(), code, "seeded"));
    for one in &sites {
        for other in sites.iter().filter(|other| other.code != one.code) {
            one.meet(other);
        }
    }
    let mut seeded = Seeded(20_260_615);
    let mut list = String::from("number,time,to,text,expected_action\n");
    let mut expected: std::collections::BTreeMap<&str, Vec<i64>> = Default::default();
    for n in 1..=INJECTS as i64 {
        let to = ["XF", "XG", "XF;XG"][(seeded.next() % 3) as usize];
        for code in to.split(';') {
            expected.entry(if code == "XF" { "XF" } else { "XG" }).or_default().push(n);
        }
        list.push_str(&format!("{n},+00:00,{to},event {n},zqanswer{n}\n"));
    }
    let file = sites[0].path("list.csv");
    std::fs::write(&file, list).unwrap();
    let [mut control, mut f, mut g] = sites.map(Desk::of);
    control.must("exercise new", &[("title", "Seeded"), ("scope", "x"), ("objective", "agree")]);
    control.must("exercise load", &[("file", &file)]);
    control.must("exercise start", &[]);
    let (mut n, mut next, mut lost) = (0, 1, 0);
    // What is on the way: to which desk, from which, and the file.
    let mut flying: Vec<(usize, String)> = Vec::new();
    while next <= INJECTS {
        for _ in 0..seeded.next() % 40 {
            if next <= INJECTS {
                control.must("exercise deliver", &[("inject", &next.to_string())]);
                next += 1;
            }
        }
        for (place, to) in [(1, "XF"), (2, "XG")] {
            flying.extend(control.export(to, &mut n).map(|out| (place, out)));
        }
        for player in [&mut f, &mut g] {
            for inject in player.injects() {
                if inject["state"] == "delivered" && !seeded.one_in(4) {
                    let number = inject["number"].to_string();
                    player.must("exercise respond", &[("inject", &number), ("text", &format!("done {number}"))]);
                }
            }
            flying.extend(player.export("XE", &mut n).map(|out| (0, out)));
        }
        // Some arrive, in any order; some never do.
        for _ in 0..flying.len() {
            let (place, bundle) = flying.swap_remove((seeded.next() % flying.len() as u64) as usize);
            if seeded.one_in(5) {
                lost += 1;
                continue;
            }
            if seeded.one_in(3) {
                flying.push((place, bundle));
                continue;
            }
            let desk = [&mut control, &mut f, &mut g].into_iter().nth(place).unwrap();
            if let Err(error) = desk.run("bundle import", &[("path", &bundle)]) {
                assert_eq!(error.kind, ErrorKind::Gap, "{error:?}");
            }
        }
    }
    assert!(lost > 5, "{lost} bundles were lost: the run tries nothing");
    // What was lost is made again, in order, until nobody has anything to say any more.
    for _ in 0..8 {
        let mut quiet = true;
        for (from, to) in [(0, 1), (0, 2), (1, 0), (2, 0)] {
            let code = codes[to];
            let desks = [&mut control, &mut f, &mut g];
            let made = desks[from].export(code, &mut n).is_some();
            quiet &= !made;
            let last = desks[from].sent.get(code).copied().unwrap_or_default();
            for sequence in 1..=last {
                let Some(bundle) = desks[from].again(code, sequence, &mut n) else { continue };
                match desks[to].run("bundle import", &[("path", &bundle)]) {
                    Ok(_) => {}
                    Err(error) => panic!("{from} to {to}, bundle {sequence}: {error:?}"),
                }
            }
        }
        for player in [&mut f, &mut g] {
            for inject in player.injects().iter().filter(|i| i["state"] == "delivered") {
                let number = inject["number"].to_string();
                player.must("exercise respond", &[("inject", &number), ("text", &format!("done {number}"))]);
                quiet = false;
            }
        }
        if quiet {
            break;
        }
    }
    // Each desk has what it was sent, once, and control has an answer of each, once.
    for (desk, code) in [(&mut f, "XF"), (&mut g, "XG")] {
        let numbers: Vec<i64> = desk.injects().iter().map(|i| i["number"].as_i64().unwrap()).collect();
        assert_eq!(numbers, expected[code], "{code}");
    }
    let board = control.injects();
    assert_eq!(board.len(), INJECTS);
    for inject in board {
        assert_eq!(inject["board"], "answered", "{inject}");
        let mut desks: Vec<&str> =
            inject["replies"].as_array().unwrap().iter().map(|r| r["desk"].as_str().unwrap()).collect();
        desks.sort_unstable();
        let to: Vec<&str> = inject["to"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        assert_eq!(desks, to, "each has answered once: {inject}");
        let n = inject["number"].as_i64().unwrap();
        let said = inject["replies"].as_array().unwrap().iter().all(|r| r["text"] == format!("done {n}"));
        assert!(said, "{inject}");
    }
    for desk in [&mut control, &mut f, &mut g] {
        desk.must("audit verify", &[]);
    }
}
