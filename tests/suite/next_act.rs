//! What a thing waits for stands first, what cannot be done opens no form, and what is typed wrong is said at its field.

#![cfg(unix)]

use std::path::Path;

use comity::demo::story::Story;
use comity::host::clock::Clock;
use comity::workspace::error::ErrorKind;

use crate::desks::{Site, pair};
use crate::drawn::{Drawn, now};
use crate::screen::{Screen, is_selected};

/// Two desks that go by the machine's clock, as the program does.
fn today() -> (tempfile::TempDir, Site, Site) {
    let (root, mut a, b) = pair();
    a.believe_the_machine();
    a.now = Clock::System.now();
    a.agree(&b, "2", "subscriber");
    (root, a, b)
}

fn screens(site: &Site, member: u8, more: &[&str]) -> Screen {
    let (workspace, identity) = (site.workspace(), site.identity(member));
    let fixed = ["--workspace", workspace.to_str().unwrap(), "--identity", identity.to_str().unwrap()];
    Screen::run(&[&fixed[..], more].concat(), &site.folder, &[], 40, 120)
}

/// The tasks that wait on a member.
fn waits_on(site: &Site, member: u8) -> Vec<(String, String)> {
    let agenda = site.must(member, "desk today", &[]).value;
    let text = |task: &serde_json::Value, key: &str| task[key].as_str().unwrap_or_default().to_owned();
    let all = agenda["tasks"].as_array().unwrap().iter().filter(|task| task["mine"] == true);
    all.map(|task| (text(task, "what"), text(task, "command"))).collect()
}

/// The first entry of the menu of what is selected on the Desk, where the row of a task is.
fn first_in_menu(s: &mut Screen, row: &str) -> String {
    s.until("WAITS ON YOU");
    s.press("/");
    s.press(row);
    s.press("\r");
    s.when(row, |t| t.lines().any(|l| is_selected(l) && l.contains(row)));
    s.press("a");
    s.when("the menu", |t| t.contains("type narrow") && t.contains(" yes "));
    let text = s.text();
    let first = text.lines().find(|l| l.contains(" yes ") && l.trim_start().starts_with('>')).unwrap_or_default();
    // The menu, and the filter.
    s.escape();
    s.escape();
    first.to_owned()
}

/// The texts in `source` that stand directly behind `before`.
fn named<'a>(source: &'a str, before: &str) -> Vec<&'a str> {
    source.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_command_that_a_task_names_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/command/desk");
    let today = std::fs::read_to_string(folder.join("today.rs")).unwrap();
    let of_requests = today.split("fn done_by").nth(1).and_then(|rest| rest.split("\n}\n").next()).unwrap();
    let steps = named(of_requests, "Some(\"");
    let others = named(&today, ".done_by(\"");
    assert!(steps.len() >= 6 && others.len() >= 12, "{steps:?} {others:?}");
    for name in steps.into_iter().chain(others) {
        let command = comity::command::command(name).unwrap_or_else(|| panic!("there is no command {name}"));
        assert!(!command.target_args().is_empty(), "{name} is done to nothing");
    }
    // What is known of a form is of one of its fields.
    let mut known = 0;
    for (name, rest) in today.split(".done_by(\"").skip(1).filter_map(|rest| rest.split_once("\").with(\"")) {
        let Some(command) = comity::command::command(name) else { continue };
        let field = rest.split('"').next().unwrap();
        assert!(command.field(field).is_some(), "{name} has no {field}");
        known += 1;
    }
    assert!(known > 0);
}

#[test]
fn what_a_task_waits_for_stands_on_top_of_its_menu() {
    let (_root, a, _b) = today();
    let case = a.case("Next");
    let item = a.indicator(&case, "late.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let fields = [("kind", "bc29"), ("case", &*case), ("to", "XB"), ("field", "offence=unsaid"), ("draft", "yes")];
    a.make(1, "request new", &fields);
    let mut s = screens(&a, 1, &["--reason", "case work"]);
    for (row, command) in [("to be carried", "bundle export"), ("draft to finish", "request new")] {
        let first = first_in_menu(&mut s, row);
        assert!(first.contains(command), "{row}: {first}");
    }
    // A draft is written again as it stands.
    s.press("/");
    s.press("draft to finish\r");
    s.when("the draft", |t| t.lines().any(|l| is_selected(l) && l.contains("draft to finish")));
    s.press("n");
    s.until("request new: ");
    s.until("unsaid");
    assert!(s.text().contains("bc29"), "{}", s.text());
    s.escape();
    // A request is found by what it does, in the palette, too.
    s.walk(&[(":", "Commands, places, records")]);
    s.press("preserve data");
    s.when("the request", |t| t.contains("Preserve data quickly \u{b7} bc29"));
    s.stop();
}

#[test]
fn a_bundle_that_was_not_written_is_written_again_by_its_number() {
    let (_root, a, _b) = today();
    let case = a.case("Medium");
    let share = |value: &str| {
        let item = a.indicator(&case, value);
        a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    };
    share("first.example");
    let gone = a.path("no-such-stick/b1");
    a.fails(1, "bundle export", &[("to", "XB"), ("out", &gone)], ErrorKind::Medium);
    let agenda = a.must(1, "desk today", &[]).value;
    let is_it = |task: &&serde_json::Value| task["what"].as_str().unwrap().contains("made, not written");
    let task = agenda["tasks"].as_array().unwrap().iter().find(is_it).unwrap();
    assert!(task["command"] == "bundle export" && task["with"]["again"] == "1", "{task}");
    let has = |s: &Screen, field: &str, value: &str| s.text().lines().any(|l| l.split_whitespace().eq([field, value]));
    let opens = |s: &mut Screen, keys: &str| {
        s.press(keys);
        s.when("the form", |t| t.contains("bundle export: ") && t.contains("max size"));
    };
    let mut s = screens(&a, 1, &["--reason", "case work"]);
    assert!(first_in_menu(&mut s, "made, not written").contains("bundle export"));
    // By the key for what waits, and by the menu of the record that it leads to.
    opens(&mut s, "n");
    assert!(has(&s, "again", "1") && has(&s, "to", "XB"), "{}", s.text());
    s.escape();
    s.press("a");
    s.when("the menu", |t| t.contains("type narrow") && t.contains(" yes "));
    opens(&mut s, "\r");
    assert!(has(&s, "again", "1") && has(&s, "to", "XB"), "{}", s.text());
    s.escape();
    // What was left there is no draft of another bundle.
    s.walk(&[(":", "type narrow")]);
    opens(&mut s, "bundle export\r");
    assert!(!has(&s, "again", "1"), "{}", s.text());
    s.escape();
    s.stop();
    // Where more waits for the partner, the two are told apart.
    share("second.example");
    let mut s = screens(&a, 1, &["--reason", "case work"]);
    s.until("WAITS ON YOU");
    s.press("n");
    s.until("bundle export --again 1");
    opens(&mut s, "\r");
    assert!(has(&s, "again", "1"), "{}", s.text());
    s.stop();
}

#[test]
fn a_draft_waits_for_what_it_lacks_and_a_whole_one_to_be_submitted() {
    let (_root, a, _b) = pair();
    let case = a.case("Drafts");
    let begun = [("kind", "bc29"), ("case", &*case), ("to", "XB"), ("field", "offence=o"), ("draft", "yes")];
    let draft = a.make(1, "request new", &begun);
    let waits_for = |command: &str| waits_on(&a, 1).iter().any(|(_, named)| named == command);
    assert!(waits_for("request new") && !waits_for("request submit"));
    let fields = ["authority=a", "offence=o", "data=d", "relation=r", "custodian=c", "necessity=n", "intent=i"];
    let mut whole = vec![("kind", "bc29"), ("case", case.as_str()), ("to", "XB"), ("request", draft.as_str())];
    whole.extend(fields.iter().map(|field| ("field", *field)));
    a.must(1, "request new", &whole);
    assert!(waits_for("request submit") && !waits_for("request new"));
    let said: Vec<String> = waits_on(&a, 1).into_iter().map(|(what, _)| what).collect();
    assert!(said.iter().any(|what| what == "bc29 draft: submit it"), "{said:?}");
}

#[test]
fn a_partner_waits_to_be_confirmed_and_then_for_an_agreement() {
    let root = tempfile::tempdir().unwrap();
    let (mut a, b) = (Site::found(root.path(), "XA"), Site::found(root.path(), "XB"));
    a.believe_the_machine();
    a.now = Clock::System.now();
    let card = b.path("card");
    let fingerprint = b.must(1, "desk card", &[("out", &card)]).value["fingerprint"].as_str().unwrap().to_owned();
    let partner = |site: &Site, member: u8| {
        let named = waits_on(site, member).into_iter().map(|(_, command)| command);
        named.filter(|c| c == "partner confirm" || c == "agreement add").collect::<Vec<_>>()
    };
    assert!(partner(&a, 1).is_empty());
    a.must(1, "partner add", &[("card", &card), ("kind", "law-enforcement")]);
    assert_eq!(partner(&a, 1), ["partner confirm"]);
    assert!(partner(&a, 3).is_empty(), "they are no administrator");
    assert!(a.must(3, "desk today", &[]).value.to_string().contains("compare its fingerprint"), "it waits on another");
    let mut s = screens(&a, 1, &[]);
    let first = first_in_menu(&mut s, "compare its fingerprint");
    assert!(first.contains("partner confirm"), "{first}");
    s.stop();
    a.must(1, "partner confirm", &[("partner", "XB"), ("fingerprint", &fingerprint)]);
    assert_eq!(partner(&a, 1), ["agreement add"]);
    let mut s = screens(&a, 1, &[]);
    let first = first_in_menu(&mut s, "no agreement yet");
    assert!(first.contains("agreement add"), "{first}");
    s.stop();
    a.must(1, "partner suspend", &[("partner", "XB"), ("because", "asked")]);
    assert!(partner(&a, 1).is_empty(), "it is suspended");
    a.must(1, "partner resume", &[("partner", "XB"), ("because", "asked")]);
    assert_eq!(partner(&a, 1), ["agreement add"]);
    let agreement = a.agree(&b, "1", "indicator");
    assert!(partner(&a, 1).is_empty(), "it is in force");
    a.must(1, "agreement end", &[("agreement", &agreement), ("because", "asked")]);
    assert!(partner(&a, 1).is_empty(), "it was ended on purpose");
}

#[test]
fn what_a_place_counts_the_desk_counts_too_and_calls_by_the_same_word() {
    let root = tempfile::tempdir().unwrap();
    let mut story = Story::begin(root.path(), now()).unwrap();
    while story.step(1).unwrap().is_some() || story.scene().unwrap().is_some() {}
    let mut screens = Drawn::open(root.path(), "okafor");
    let tall = (160, 50);
    let mut at = |keys: &str, size: (u16, u16)| {
        screens.keys(keys);
        screens.lines(size);
        screens.lines(size).join("\n")
    };
    let row = |text: &str, what: &str| {
        text.lines().find(|l| l.contains(what)).unwrap_or_else(|| panic!("no {what}:\n{text}")).to_owned()
    };
    let desk = at("1", tall);
    assert!(row(&desk, "OLDEST").contains("ANSWERED") && desk.contains(" 4 open "), "{desk}");
    assert!(row(&desk, "  in   ").contains("Preserve") && !row(&desk, "  in   ").contains("R-"), "{desk}");
    let queue = at("2", tall);
    assert!(queue.contains("4 of 4") && queue.contains(" NEW "), "{queue}");
    let requests = at("3]", tall);
    assert!(requests.contains(" NEW ") && !requests.contains(" SENT "), "{requests}");
    // What was done is told with what it was done on, where the page stands beside it too.
    let audit = at("8", (120, 36));
    assert!(audit.contains("ACTS, the last to arrive first"), "{audit}");
    assert!(row(&audit, "request withdrawn").contains("request withdrawn \u{b7} Preserve"), "{audit}");
    let timers = at("5", tall);
    assert!(row(&timers, "pier-update.example indicates").contains("indicates \u{2192} Tide"), "{timers}");
    screens.state.close();
}

#[test]
fn an_approved_item_is_for_who_asked_until_it_is_shared() {
    let (_root, a, b) = pair();
    a.agree(&b, "2", "subscriber");
    let case = a.case("Approved");
    let fields = [("case", &*case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "x")];
    let item = a.make(1, "item add", &fields);
    let approved = |member: u8| waits_on(&a, member).into_iter().any(|(what, _)| what.starts_with("approved: may be"));
    assert!(!approved(1));
    a.approve(&item, &b, "L1");
    assert!(approved(1), "{:?}", waits_on(&a, 1));
    assert!(!approved(2), "it is for who asked");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    assert!(!approved(1), "it is proposed");
}

#[test]
fn whoever_cannot_go_on_alone_is_told_whom_to_enrol() {
    let (_root, a, b) = pair();
    a.agree(&b, "2", "subscriber");
    for member in ["XA-2", "XA-3"] {
        a.must(1, "member revoke", &[("member", member)]);
    }
    let case = a.case("Alone");
    let fields = [("case", &*case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "x")];
    let item = a.make(1, "item add", &fields);
    let claim = [("item", &*item), ("to", "XB"), ("delete-after", "30d"), ("emergency", "a life is at stake")];
    let alone = a.must(1, "disclosure new", &claim);
    assert!(format!("{alone:?}").contains("Nobody else here is investigator or desk-officer: enrol"), "{alone:?}");
    let tasks = a.must(1, "desk today", &[]).value["tasks"].to_string();
    assert!(tasks.contains("not enrolled yet"), "{tasks}");
    a.enrol(4, "investigator");
    let joined = a.must(4, "disclosure join", &[("disclosure", alone.value["id"].as_str().unwrap())]);
    assert!(format!("{joined:?}").contains("Nobody else here is release-officer: enrol"), "{joined:?}");
    a.enrol(5, "release-officer");
    let tasks = a.must(1, "desk today", &[]).value["tasks"].to_string();
    assert!(!tasks.contains("not enrolled yet"), "{tasks}");
}

#[test]
fn what_cannot_be_done_opens_no_form() {
    let (_root, a, _b) = today();
    let case = a.case("No form");
    let item = a.indicator(&case, "plain.example");
    let refused = a.fails(1, "item timestamp", &[("item", &item), ("request", &a.path("r.tsq"))], ErrorKind::Refused);
    assert!(refused.what.contains("has no file"), "{refused:?}");
    let mut s = screens(&a, 1, &[]);
    s.until("WAITS ON YOU");
    s.walk(&[("3", "MAY GO TO"), ("a", "type narrow")]);
    s.press("item timestamp");
    s.until("has no file");
    s.escape();
    s.escape();
    s.stop();
    // Where nothing is written, nothing is begun.
    let mut s = screens(&a, 1, &["--readonly"]);
    s.until("WAITS ON YOU");
    s.walk(&[("3", "plain.example"), ("i", "open to be read only")]);
    assert!(!s.text().contains("item add: "), "{}", s.text());
    s.stop();
    let empty = a.case("Empty");
    let all = [("case", &*empty), ("tier", "1"), ("to", "XB"), ("delete-after", "30d")];
    let refused = a.fails(1, "disclosure new", &all, ErrorKind::Refused);
    assert!(refused.what.contains("nothing to share"), "{refused:?}");
}

#[test]
fn what_names_nothing_is_said_at_its_field_before_anything_is_signed() {
    let (_root, a, _b) = today();
    let case = a.case("Fields");
    a.indicator(&case, "field.example");
    let mut s = screens(&a, 1, &[]);
    s.until("WAITS ON YOU");
    s.walk(&[("3", "MAY GO TO"), ("S", "disclosure new: ")]);
    let at = |s: &mut Screen, field: &str| {
        let here = format!(" > {field}");
        s.when(field, |t| t.lines().any(|l| l.starts_with(&here)));
    };
    at(&mut s, "delete after");
    s.press("30d\t");
    at(&mut s, "to");
    s.press("XBXB\t");
    s.until("! there is no partner XBXB");
    // Nor is it run so: the cursor goes back to it.
    s.press("\x1b[6~");
    at(&mut s, "Enter ");
    s.press("\r");
    at(&mut s, "to");
    assert!(s.text().contains("there is no partner XBXB") && !s.text().contains("To sign"), "{}", s.text());
    s.escape();
    s.walk(&[(":", "type narrow")]);
    s.press("partner add\r");
    s.until("partner add: ");
    at(&mut s, "card");
    s.press("nosuch.card\t");
    s.until("! there is no file nosuch.card");
    assert!(!Path::new("nosuch.card").exists());
    s.stop();
}

#[test]
fn what_is_held_is_seen_once_one_says_why() {
    let (_root, a, _b) = today();
    let case = a.case("Held");
    let item = a.indicator(&case, "held-here.example");
    a.must(1, "retention hold", &[("item", &item), ("reason", "audit"), ("because", "asked")]);
    let mut s = screens(&a, 1, &[]);
    s.until("WAITS ON YOU");
    s.press("3");
    s.until("is shown once you type why");
    s.escape();
    s.until("[masked]");
    s.press("w");
    s.until("is shown once you type why");
    s.press("case work\r");
    s.until("held-here.example");
    s.stop();
}
