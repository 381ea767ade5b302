//! Retention: dates follow from the schedule and the procedure, silence means what the schedule says, and what somebody decides is an act.

use comity::workspace::error::ErrorKind;
use serde_json::Value;

use crate::desks::{Site, pair};

fn evidence(a: &Site, case: &str) -> String {
    let form = [("case", case), ("type", "evidence"), ("category", "content"), ("value", "a disk")];
    a.make(1, "item add", &form)
}

fn explained(a: &Site, id: &str) -> Value {
    a.must(1, "retention explain", &[("record", id)]).value
}

fn days_from_now(a: &Site, due: &Value) -> i64 {
    let due = comity::value::timestamp::Timestamp::parse(due.as_str().unwrap()).unwrap();
    due.since(a.now).whole_days()
}

#[test]
fn silence_erases_an_indicator_and_never_evidence() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Silence");
    let (indicator, disk) = (a.indicator(&case, "n.example"), evidence(&a, &case));
    let why = explained(&a, &disk);
    assert_eq!(
        (&why["then"], &why["row"]["id"], &why["trigger"]),
        (&"review".into(), &"evidence-kept".into(), &"received".into())
    );
    assert_eq!(explained(&a, &indicator)["then"], "delete");
    a.pass_stated(24 * 800);
    assert_eq!(explained(&a, &disk)["escalated"], true);
    a.must(1, "retention purge", &[]);
    assert_eq!(a.must(1, "item show", &[("item", &indicator)]).value["state"], "purged");
    assert_eq!(a.must(1, "item show", &[("item", &disk)]).value["state"], "held");
    // Its date alone is no reason: somebody must say so.
    a.fails(1, "retention purge", &[("item", &disk)], ErrorKind::Refused);
    a.must(1, "retention review", &[("record", &disk), ("outcome", "erase"), ("reason", "the court orders it")]);
    a.must(1, "retention purge", &[]);
    assert_eq!(a.must(1, "item show", &[("item", &disk)]).value["state"], "purged");
    a.must(1, "audit verify", &[]);
}

#[test]
fn the_procedure_gives_evidence_its_date_and_says_before_whose_dates_move() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Procedure");
    let (indicator, disk) = (a.indicator(&case, "n.example"), evidence(&a, &case));
    let before = explained(&a, &indicator)["due"].clone();
    let form = [("record", case.as_str()), ("event", "final-judgment"), ("because", "judgment of the court")];
    let would = a.must(1, "retention event", &[&form[..], &[("dry-run", "yes")]].concat()).value;
    assert_eq!(would["moves"].as_array().unwrap().len(), 1, "{would}");
    assert_eq!(explained(&a, &disk)["trigger"], "received", "a rehearsal moves nothing");
    a.must(1, "retention event", &form);
    let why = explained(&a, &disk);
    assert_eq!((&why["trigger"], &why["row"]["id"]), (&"final-judgment".into(), &"evidence-judgment".into()));
    assert_eq!(days_from_now(&a, &why["due"]), 90);
    assert_eq!(explained(&a, &indicator)["due"], before, "an indicator has its date from when it came in");
    // That the case is closed gives no other date to what a judgment has given one; an order that expires does.
    a.must(1, "case close", &[("case", &case), ("because", "done")]);
    assert_eq!(explained(&a, &disk)["trigger"], "final-judgment");
    a.must(
        1,
        "retention event",
        &[("record", &disk), ("event", "order-expired"), ("because", "order 7"), ("at", "3d")],
    );
    assert_eq!(days_from_now(&a, &explained(&a, &disk)["due"]), 27);
    // A date that was set counts where it is earlier, and then silence erases.
    a.must(1, "retention event", &[("record", &disk), ("event", "sender-date"), ("because", "letter"), ("date", "5d")]);
    assert_eq!((&explained(&a, &disk)["then"], days_from_now(&a, &explained(&a, &disk)["due"])), (&"delete".into(), 5));
    a.fails(1, "retention event", &[("record", &disk), ("event", "sender-date"), ("because", "x")], ErrorKind::Usage);
    a.pass_stated(24 * 6);
    a.must(1, "retention purge", &[]);
    assert_eq!(a.must(1, "item show", &[("item", &disk)]).value["state"], "purged");
    a.must(1, "audit verify", &[]);
}

#[test]
fn closing_a_case_starts_the_schedule_of_its_evidence() {
    let (_root, a, _b) = pair();
    let case = a.case("Close");
    let disk = evidence(&a, &case);
    let closed = a.must(1, "case close", &[("case", &case), ("because", "done")]);
    assert_eq!(closed.value["moves"], 1);
    assert_eq!(explained(&a, &disk)["row"]["id"], "evidence-closed");
}

#[test]
fn a_review_says_what_why_and_when_again_in_three_years_at_most() {
    let (_root, a, _b) = pair();
    let case = a.case("Review");
    let disk = evidence(&a, &case);
    let form = [("record", disk.as_str()), ("outcome", "restrict"), ("reason", "kept for the appeal")];
    a.fails(1, "retention review", &form, ErrorKind::Usage);
    a.fails(1, "retention review", &[&form[..], &[("next", "1200d")]].concat(), ErrorKind::Refused);
    a.fails(3, "case close", &[("case", &case), ("because", "x")], ErrorKind::Refused);
    a.must(1, "retention review", &[&form[..], &[("next", "300d")]].concat());
    let why = explained(&a, &disk);
    assert_eq!((&why["restricted"], days_from_now(&a, &why["due"])), (&true.into(), 300));
    assert_eq!(why["reviews"][0]["because"], "kept for the appeal");
    a.must(1, "retention review", &[("record", &disk), ("outcome", "keep"), ("reason", "needed"), ("next", "10d")]);
    assert_eq!(explained(&a, &disk)["restricted"], false);
    a.fails(
        1,
        "retention review",
        &[("record", &disk), ("outcome", "keep"), ("reason", " "), ("next", "10d")],
        ErrorKind::Refused,
    );
    // What a partner has given is not kept beyond the partner's date.
    a.must(1, "retention hold", &[("item", &disk), ("reason", "litigation"), ("because", "a trial")]);
    a.must(1, "retention review", &[("record", &disk), ("outcome", "erase"), ("reason", "over")]);
    assert!(a.must(1, "retention purge", &[]).message.unwrap().contains("held"));
    let why = explained(&a, &disk);
    assert!(why["may_lift"][0].as_str().unwrap().contains("anybody but XA-1"), "{why}");
}

#[test]
fn nobody_here_puts_a_senders_date_off() {
    let (_root, a, b) = pair();
    let case = a.case("Sender");
    let item = a.indicator(&case, "n.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "b1");
    let form = [("record", item.as_str()), ("outcome", "keep"), ("reason", "we need it")];
    let refused = b.fails(1, "retention review", &[&form[..], &[("next", "40d")]].concat(), ErrorKind::Refused);
    assert!(refused.what.contains("sender"), "{}", refused.what);
    b.must(1, "retention review", &[&form[..], &[("next", "20d")]].concat());
    assert!(explained(&b, &item)["sender_date"].is_string());
}

/// What a hold keeps although a partner has ordered it away is a conflict that both see, and never a silence.
#[test]
fn a_partners_order_against_a_hold_is_a_conflict_that_is_answered() {
    let (_root, mut a, mut b) = pair();
    let case = a.case("Order");
    let item = a.indicator(&case, "n.example");
    let disclosure = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "b1");
    b.must(1, "retention hold", &[("item", &item), ("reason", "litigation"), ("because", "a trial")]);
    let answer = [("item", item.as_str()), ("basis", "evidence-in-trial")];
    b.fails(1, "retention cannot", &[&answer[..], &[("review", "60d")]].concat(), ErrorKind::Refused);
    a.must(1, "disclosure recall", &[("disclosure", &disclosure)]);
    a.carry(&b, "b2");
    let duty = |site: &Site| {
        let all = site.must(1, "retention duties", &[]).value;
        all.as_array().unwrap().iter().find(|d| d["item"] == item).unwrap().clone()
    };
    assert_eq!((&duty(&b)["state"], &duty(&b)["held"]), (&"outstanding".into(), &true.into()));
    b.must(1, "retention purge", &[]);
    assert_eq!(b.must(1, "item show", &[("item", &item)]).value["state"], "held", "a hold beats an order");
    b.fails(1, "retention cannot", &[&answer[..], &[("review", "1200d")]].concat(), ErrorKind::Refused);
    b.must(1, "retention cannot", &[&answer[..], &[("review", "60d")]].concat());
    assert_eq!((&duty(&b)["state"], &explained(&b, &item)["restricted"]), (&"cannot".into(), &true.into()));
    b.carry(&a, "b3");
    assert_eq!(duty(&a)["state"], "cannot");
    assert!(duty(&a)["overdue_days"].is_null());
    for site in [&mut a, &mut b] {
        site.pass_stated(24 * 75);
    }
    assert_eq!((&duty(&a)["overdue_days"], &duty(&a)["reminder"]), (&15.into(), &7.into()));
    // Silence erases nothing of what was answered for; when it is erased, the duty is met.
    b.must(
        2,
        "retention release",
        &[("hold", b.must(1, "retention holds", &[]).value[0]["id"].as_str().unwrap()), ("because", "over")],
    );
    b.must(1, "retention purge", &[]);
    assert_eq!(b.must(1, "item show", &[("item", &item)]).value["state"], "held");
    b.must(1, "retention review", &[("record", &item), ("outcome", "erase"), ("reason", "the trial is over")]);
    b.must(1, "retention purge", &[]);
    b.carry(&a, "b4");
    assert_eq!(duty(&a)["state"], "met");
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn what_words_find_is_held_and_a_hold_is_looked_at_every_90_days() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Query");
    let items = ["alpha.example", "beta.example", "other.test"].map(|value| a.indicator(&case, value));
    let made = a.must(
        1,
        "retention hold",
        &[("query", "example"), ("reason", "litigation"), ("because", "everything of that name")],
    );
    assert_eq!(made.value["holds"].as_array().unwrap().len(), 2);
    let refused =
        |id: &str| a.run(1, "retention purge", &[("item", id), ("because", "x"), ("dry-run", "yes")]).is_err();
    assert_eq!(items.each_ref().map(|id| refused(id)), [true, true, false]);
    a.fails(1, "retention hold", &[("query", "nothing"), ("reason", "audit"), ("because", "x")], ErrorKind::Usage);
    let both = [("query", "example"), ("item", items[0].as_str()), ("reason", "audit"), ("because", "x")];
    a.fails(1, "retention hold", &both, ErrorKind::Usage);
    a.pass_stated(24 * 91);
    let holds = a.must(1, "retention holds", &[]).value;
    assert!(holds.as_array().unwrap().iter().all(|h| h["overdue"] == true), "{holds}");
    let id = holds[0]["id"].as_str().unwrap().to_owned();
    a.must(1, "retention hold-review", &[("hold", &id), ("because", "the trial goes on")]);
    let holds = a.must(1, "retention holds", &[]).value;
    let overdue: Vec<bool> = holds.as_array().unwrap().iter().map(|h| h["overdue"] == true).collect();
    assert_eq!(overdue.iter().filter(|o| **o).count(), 1);
    a.must(2, "retention release", &[("hold", &id), ("because", "over")]);
    a.fails(1, "retention hold-review", &[("hold", &id), ("because", "x")], ErrorKind::Refused);
}

/// The outbox keeps nothing that the partner has, and nothing for longer than the schedule says.
#[test]
fn a_bundle_leaves_the_outbox_with_its_receipt_or_after_30_days() {
    let (_root, mut a, b) = pair();
    let case = a.case("Outbox");
    let kept = |site: &Site| std::fs::read_dir(site.workspace().join("outbox")).unwrap().count();
    let item = a.indicator(&case, "n.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "60d")]);
    a.carry(&b, "b1");
    assert_eq!(kept(&a), 1);
    b.carry(&a, "b2");
    assert_eq!(kept(&a), 0, "the receipt is here");
    let item = a.indicator(&case, "m.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "60d")]);
    a.export(&b, "b3");
    a.pass_stated(24 * 29);
    a.must(1, "retention purge", &[]);
    assert_eq!(kept(&a), 1);
    a.pass_stated(24 * 2);
    a.must(1, "retention purge", &[]);
    assert_eq!(kept(&a), 0);
}

/// The program derives a date of retention in one function, and removes content in one statement that one function runs.
#[test]
fn one_function_derives_a_date_and_one_removes() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders = vec![root.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let mut removing: Vec<String> = Vec::new();
    let mut deriving: Vec<String> = Vec::new();
    for path in &files {
        let code = std::fs::read_to_string(path).unwrap();
        let code = code.split("#[cfg(test)]").next().unwrap();
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        for line in code.lines().filter(|l| !l.trim_start().starts_with("//") && !l.trim_start().starts_with("--")) {
            let sql = line.to_uppercase();
            if sql.contains("DELETE FROM CHANGE") || (sql.contains("UPDATE CHANGE") && sql.contains("CONTENT = NULL")) {
                removing.push(name.clone());
            }
            if line.contains("records.erase(") {
                removing.push(name.clone());
            }
            // Who reads the days of a row computes a date.
            let reads = line.contains("review_days") || line.contains("row.days") || line.contains(".days.map");
            if reads && line.contains("plus") {
                deriving.push(name.clone());
            }
        }
    }
    removing.sort();
    // A restored copy has the tombstones put on it once more: what is erased there was erased by a purge, which asked.
    assert_eq!(removing, ["src/record/purge.rs", "src/store/sql/statements.sql", "src/workspace/backup.rs"]);
    deriving.dedup();
    assert_eq!(deriving.iter().filter(|n| *n != "src/law/retention.rs").count(), 0, "{deriving:?}");
}

/// What was erased comes back by no bundle until two members say that it may; then what comes is what counts, and nothing of what it was.
#[test]
fn what_was_erased_comes_again_when_two_members_say_so() {
    let (_root, a, b) = pair();
    let case = a.case("Readmission");
    let give = |item: &str, name: &str| {
        a.must(1, "disclosure new", &[("item", item), ("to", "XB"), ("delete-after", "30d")]);
        a.carry(&b, name);
    };
    let erase = |item: &str, name: &str| {
        b.must(1, "retention purge", &[("item", item), ("because", "not needed")]);
        b.carry(&a, name);
    };
    let readmit = |member, item: &str| b.must(member, "retention readmit", &[("item", item), ("ground", "mistake")]);
    let stands = |item: &str| b.must(1, "item show", &[("item", item)]).value;
    let held = |item: &str| {
        let workspace = b.open(1).unwrap();
        let id = comity::value::id::Id::parse(item).unwrap();
        comity::store::read::any_content(&workspace.db, id).unwrap()
    };
    for (n, members) in [&[][..], &[1], &[1, 2]].into_iter().enumerate() {
        let item = a.indicator(&case, &format!("zq{n}.example"));
        give(&item, &format!("first{n}"));
        b.fails(1, "retention readmit", &[("item", &item), ("ground", "mistake")], ErrorKind::Refused);
        erase(&item, &format!("erased{n}"));
        for member in members {
            readmit(*member, &item);
            b.must(1, "audit verify", &[]);
            // Neither what may come again nor what is to be confirmed says anything, or goes anywhere.
            assert!(!held(&item));
            let said = b.run(1, "gate explain", &[("item", &item), ("to", "XA")]).unwrap().value;
            assert_eq!(said["allowed"], false, "{said}");
        }
        give(&item, &format!("again{n}"));
        let (state, came) = [("purged", false), ("readmitting", false), ("held", true)][n];
        assert_eq!((stands(&item)["state"].as_str(), held(&item)), (Some(state), came), "{n}");
        b.must(1, "audit verify", &[]);
        if came {
            assert_eq!(b.must(1, "search", &[("words", "zq2")]).value.as_array().unwrap().len(), 1);
            // It is erased like anything else, and no readmission is left over.
            erase(&item, "erased again");
            give(&item, "once more");
            assert_eq!((stands(&item)["state"].as_str(), held(&item)), (Some("purged"), false));
        }
    }
    let item = a.indicator(&case, "twice.example");
    give(&item, "g");
    erase(&item, "e");
    readmit(1, &item);
    // The same member does not say it twice, and the Desk tells another.
    let refused = b.fails(1, "retention readmit", &[("item", &item), ("ground", "mistake")], ErrorKind::Refused);
    assert_eq!(refused.verdict.unwrap().refusals().next().unwrap().id.to_string(), "A-04");
    let waits = |member| {
        let tasks = b.must(member, "desk today", &[]).value["tasks"].as_array().unwrap().clone();
        tasks.into_iter().find(|t| t["id"] == *item).map(|t| t["mine"] == true)
    };
    assert_eq!((waits(1), waits(2)), (Some(false), Some(true)));
    // What is this desk's own does not come by a bundle.
    a.must(1, "retention purge", &[("item", &item), ("because", "not needed")]);
    a.fails(1, "retention readmit", &[("item", &item), ("ground", "mistake")], ErrorKind::Refused);
}

/// Every file of a bag is named in its manifest with its digest, and none else is there. Returns the text of all.
fn bag(folder: &str) -> String {
    let manifest = std::fs::read_to_string(format!("{folder}/manifest-sha256.txt")).unwrap();
    let mut named = Vec::new();
    let mut all = String::new();
    for line in manifest.lines() {
        let (digest, path) = line.split_once("  ").unwrap();
        let bytes = std::fs::read(format!("{folder}/{path}")).unwrap();
        assert_eq!(comity::value::digest::Digest::of(&bytes).to_string(), digest, "{path}");
        all.push_str(&String::from_utf8_lossy(&bytes));
        named.push(std::path::PathBuf::from(path));
    }
    let mut there: Vec<_> = crate::desks::bytes_of(&std::path::Path::new(folder).join("data"))
        .into_iter()
        .map(|(path, _)| path.strip_prefix(folder).unwrap().to_owned())
        .collect();
    named.sort();
    there.sort();
    assert_eq!(named, there);
    all
}

#[test]
fn a_case_is_handed_over_as_a_bag_by_another_than_who_reviewed_it_and_what_is_not_ours_stays() {
    let (_root, a, b) = pair();
    let case = a.case("Handed over");
    a.indicator(&case, "goes.example");
    let path = a.path("disk.img");
    std::fs::write(&path, b"zqdisk").unwrap();
    let form = [("case", case.as_str()), ("type", "evidence"), ("category", "content")];
    let exhibit = a.make(1, "item add", &[&form[..], &[("file", &path), ("title", "image of a disk")]].concat());
    let secret = a.indicator(&case, "secret.example");
    a.must(1, "item hold-back", &[("item", &secret), ("profession", "legal"), ("because", "a letter to counsel")]);
    // What names it tells of it.
    let file = a.path("relation.json");
    let relation = serde_json::json!({"type": "bundle", "id": "bundle--7f1c3b9a-5d52-4c62-a0f9-7d8c6f2b1a01", "objects": [
        {"type": "domain-name", "spec_version": "2.1", "id": "domain-name--7f1c3b9a-5d52-4c62-a0f9-7d8c6f2b1a02", "value": "zqfrom.example"},
        {"type": "domain-name", "spec_version": "2.1", "id": "domain-name--7f1c3b9a-5d52-4c62-a0f9-7d8c6f2b1a03", "value": "zqto.example"},
        {"type": "relationship", "spec_version": "2.1", "id": "relationship--7f1c3b9a-5d52-4c62-a0f9-7d8c6f2b1a04",
         "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "relationship_type": "resolves-to",
         "source_ref": "domain-name--7f1c3b9a-5d52-4c62-a0f9-7d8c6f2b1a02", "target_ref": "domain-name--7f1c3b9a-5d52-4c62-a0f9-7d8c6f2b1a03"}
    ]});
    std::fs::write(&file, relation.to_string()).unwrap();
    a.must(1, "item import", &[("file", &file), ("format", "stix"), ("case", &case), ("tlp", "GREEN")]);
    let listed = a.must(1, "item list", &[("case", &case)]).value;
    let to = listed.as_array().unwrap().iter().find(|row| row["value"] == "zqto.example").unwrap()["id"].clone();
    let form = [("item", to.as_str().unwrap()), ("profession", "legal"), ("because", "a letter to counsel")];
    a.must(1, "item hold-back", &form);
    // What a partner gave lies in a case of its own here: it stays too.
    let theirs = b.indicator(&b.case("Theirs"), "theirs.example");
    b.must(1, "disclosure new", &[("item", &theirs), ("to", "XA"), ("delete-after", "30d")]);
    b.carry(&a, "theirs.comity");
    let out = a.path("bag");
    let form = |of: &str, out: &str| {
        [("record", of), ("to", "State Archive XA"), ("authority", "Archives Act, section 3"), ("export", out)]
            .map(|(k, v)| (k, v.to_owned()))
    };
    let transfer = |member: u8, of: &str, out: &str, more: Option<(&str, &str)>| {
        let owned = form(of, out);
        let mut fields: Vec<(&str, &str)> = owned.iter().map(|(k, v)| (*k, v.as_str())).collect();
        fields.extend(more);
        a.run_because(member, Some("the case is handed over"), "retention transfer", &fields)
    };
    // Nobody has said that it is transferred; then the same person does not hand it over.
    assert_eq!(transfer(2, &case, &out, None).unwrap_err().kind, ErrorKind::Refused);
    let cases = a.must(1, "case list", &[]).value;
    let their_case = cases.as_array().unwrap().iter().find(|c| c["desk"] == "XB").unwrap()["id"].as_str().unwrap();
    for (of, why) in [(case.as_str(), "of lasting value"), (&theirs, "of lasting value"), (their_case, "of use")] {
        a.must(1, "retention review", &[("record", of), ("outcome", "transfer"), ("reason", why), ("next", "20d")]);
    }
    let refused = transfer(1, &case, &out, None).unwrap_err();
    assert!(refused.verdict.is_some(), "{refused:?}");
    assert!(transfer(2, &theirs, &out, None).unwrap_err().what.contains("given by a partner"));
    assert!(transfer(2, their_case, &out, None).unwrap_err().what.contains("another desk's"));
    let would = transfer(2, &case, &out, Some(("dry-run", "yes"))).unwrap().value;
    assert_eq!((&would["items"], &would["exhibits"]), (&3.into(), &1.into()), "{would}");
    assert!(!std::path::Path::new(&out).exists());
    let done = transfer(2, &case, &out, None).unwrap();
    let stays = done.value["stays"].as_array().unwrap();
    assert_eq!(stays.len(), 3, "{stays:?}");
    assert!(stays.iter().any(|s| s["id"] == secret.as_str()));
    let all = bag(&out);
    for (there, text) in [
        (true, "goes.example"),
        (true, "zqdisk"),
        (true, "State Archive XA"),
        (true, "Archives Act, section 3"),
        (true, "of lasting value"),
        (false, "secret.example"),
        (false, "theirs.example"),
        (true, "zqfrom.example"),
        (false, "zqto.example"),
        (false, "[masked]"),
    ] {
        assert_eq!(all.contains(text), there, "{text}");
    }
    let signed = std::fs::read(format!("{out}/tagmanifest-sha256.txt")).unwrap();
    assert_eq!(done.value["signed"], comity::value::digest::Digest::of(&signed).to_string());
    // It is on record, with the exhibit's chain of custody; where the medium failed it is handed over again, and then erased whole.
    let chain = a.must(1, "item custody", &[("item", &exhibit)]).value;
    assert_eq!(chain["entries"].as_array().unwrap().last().unwrap()["event"], "exported");
    assert_eq!(explained(&a, &case)["reviews"][0]["outcome"], "handed-over");
    transfer(2, &case, &a.path("again"), None).unwrap();
    bag(&a.path("again"));
    assert!(transfer(2, &case, &out, None).is_err(), "never over what is there");
    a.must(1, "retention purge", &[("case", &case), ("because", "the archive has it")]);
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_case_that_is_archived_is_only_kept_and_is_erased_with_one_certificate() {
    let (_root, a, b) = pair();
    let case = a.case("Archive");
    let item = a.indicator(&case, "n.example");
    let disk = evidence(&a, &case);
    a.fails(1, "case archive", &[("case", &case), ("because", "done")], ErrorKind::Refused);
    a.must(1, "case close", &[("case", &case), ("because", "done")]);
    let waits = a.case("Waits");
    a.must(1, "case archive", &[("case", &case), ("because", "nobody works in it")]);
    let listed = |more: &[(&str, &str)]| a.must(1, "case list", more).value.as_array().unwrap().len();
    assert_eq!((listed(&[]), listed(&[("archived", "yes")])), (1, 2));
    assert_eq!(a.must(1, "case show", &[("case", &case)]).value["state"], "archived");
    // Nothing is added to it, it is not archived twice, and its timers run on.
    let form = [("case", case.as_str()), ("type", "domain"), ("category", "indicator"), ("value", "x.example")];
    a.fails(1, "item add", &form, ErrorKind::Refused);
    a.fails(1, "case archive", &[("case", &case), ("because", "done")], ErrorKind::Refused);
    assert!(!explained(&a, &item)["due"].is_null() && explained(&a, &disk)["row"]["id"] == "evidence-closed");
    // What waits for a partner's answer is not put away.
    let request = a.make(
        1,
        "request new",
        &[
            ("kind", "bc29"),
            ("case", &waits),
            ("to", "XB"),
            ("field", "authority=XA"),
            ("field", "offence=fraud"),
            ("field", "data=logs"),
            ("field", "relation=r"),
            ("field", "custodian=c"),
            ("field", "necessity=n"),
            ("field", "intent=i"),
        ],
    );
    a.must(1, "request submit", &[("request", &request)]);
    let reviews = a.must(2, "review list", &[]).value;
    let review = reviews.as_array().unwrap().iter().find(|r| r["subject"] == request.as_str()).unwrap()["id"].clone();
    a.decide(review.as_str().unwrap());
    a.must(1, "request send", &[("request", &request)]);
    a.must(1, "case close", &[("case", &waits), ("because", "done")]);
    a.fails(1, "case archive", &[("case", &waits), ("because", "done")], ErrorKind::Refused);
    // The whole of it goes with one certificate.
    a.must(1, "retention purge", &[("case", &case), ("because", "final judgment")]);
    let certificates = a.must(1, "retention certificates", &[]).value;
    assert_eq!(certificates.as_array().unwrap().len(), 1);
    assert_eq!(certificates[0]["counts"]["item"], 2);
    assert_eq!(certificates[0]["counts"]["case"], 1);
    assert_eq!(a.must(1, "case show", &[("case", &case)]).value["state"], "purged");
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

/// Where much of what is searched goes at once the index is made again from what stays; where little goes, words are taken out of it.
#[test]
fn what_stays_is_found_whether_much_or_little_is_erased() {
    for (erased, kept) in [(1200, 30), (30, 1200)] {
        let (_root, a, _b) = pair();
        let import = |name: &str, count: usize| {
            let (case, file) = (a.case(name), a.path(&format!("{name}.csv")));
            std::fs::write(&file, (0..count).map(|n| format!("{name}{n}.example\n")).collect::<String>()).unwrap();
            a.must(1, "item import", &[("file", &file), ("format", "csv"), ("case", &case)]);
            case
        };
        let (goes, _stays) = (import("goes", erased), import("stays", kept));
        a.must(1, "retention purge", &[("case", &goes), ("because", "over")]);
        let found = |words: &str| a.must(1, "search", &[("words", words)]).value.as_array().unwrap().len();
        assert_eq!((found("stays7.example"), found("goes7.example")), (1, 0), "{erased} of {}", erased + kept);
        // It compares the index with what is searched.
        a.must(1, "audit verify", &[]);
    }
}
