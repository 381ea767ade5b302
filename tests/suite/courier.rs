//! Whatever a courier does: several recipients, volumes, what is missing, a medium that fails, an emergency, acts that crossed, and a
//! folder that something else carries.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use comity::host::clock::Clock;
use comity::value::timestamp::Duration;
use comity::workspace::error::ErrorKind;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::desks::{Site, pair, text};

/// Three desks, each in touch with the two others.
fn three() -> (TempDir, [Site; 3]) {
    let root = TempDir::new().unwrap();
    let sites = ["XA", "XB", "XC"].map(|code| Site::found(root.path(), code));
    for site in &sites {
        for other in sites.iter().filter(|other| other.code != site.code) {
            site.meet(other);
        }
    }
    (root, sites)
}

fn share(from: &Site, to: &str, case: &str, value: &str) -> String {
    let item = from.indicator(case, value);
    from.must(1, "disclosure new", &[("item", &item), ("to", to), ("delete-after", "30d")]);
    item
}

/// Whether a desk holds an item with that value, in whatever case.
fn sees(site: &Site, value: &str) -> bool {
    let cases = site.must(1, "case list", &[]).value;
    cases.as_array().unwrap().iter().any(|case| {
        let case = case["id"].as_str().unwrap();
        site.must(1, "item list", &[("case", case), ("limit", "100000")]).value.to_string().contains(value)
    })
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_of_several_partners_takes_its_own_out_of_one_folder() {
    let (root, [a, b, c]) = three();
    let case = a.case("Both");
    share(&a, "XB", &case, "forb.example");
    share(&a, "XC", &case, "forc.example");
    let folder = root.path().join("both");
    let out = text(&folder);
    let made = a.must(1, "bundle export", &[("to", "XB"), ("to", "XC"), ("out", &out)]).value;
    assert_eq!(made["bundles"].as_array().unwrap().len(), 2);
    let names = names_in(&folder);
    assert_eq!(names.len(), 2);
    for name in &names {
        assert!(name.is_ascii() && name.len() <= 40 && name.ends_with(".comity"), "{name}");
    }
    fs::write(folder.join("readme.txt"), "hello").unwrap();
    for (site, own, others) in [(&b, "forb.example", "forc.example"), (&c, "forc.example", "forb.example")] {
        let taken = site.must(1, "bundle import", &[("path", &out)]);
        assert_eq!(taken.value["passed_over"].as_array().unwrap().len(), 2, "{taken:?}");
        let why = taken.value["why"].to_string();
        assert!(why.contains("not sealed to this desk") && why.contains("not an age file"), "{why}");
        assert!(sees(site, own) && !sees(site, others));
    }
    // Named alone, what is for another desk is an error.
    let foreign = names.iter().map(|n| text(&folder.join(n)));
    let failures = foreign.filter(|f| b.run(1, "bundle import", &[("path", f)]).is_err()).count();
    assert_eq!(failures, 1);
    a.fails(1, "bundle export", &[("to", "XB"), ("to", "XC"), ("out", &out), ("again", "1")], ErrorKind::Usage);
    let file = text(&folder.join("readme.txt"));
    a.fails(1, "bundle export", &[("to", "XB"), ("to", "XC"), ("out", &file)], ErrorKind::Usage);
}

#[test]
fn one_bad_file_in_a_folder_does_not_keep_the_others_out() {
    let (root, a, b) = pair();
    let case = a.case("Mixed");
    let folder = root.path().join("stick");
    fs::create_dir(&folder).unwrap();
    for n in 1..=3 {
        share(&a, "XB", &case, &format!("n{n}.example"));
        fs::copy(a.export(&b, &format!("b{n}")), folder.join(format!("b{n}"))).unwrap();
    }
    let bad = fs::read(folder.join("b2")).unwrap();
    fs::write(folder.join("a-damaged"), [&bad[..bad.len() - 20], &[0; 20]].concat()).unwrap();
    let failure = b.fails(1, "bundle import", &[("path", &text(&folder))], ErrorKind::Malformed);
    assert!(failure.what.contains("a-damaged"), "{failure:?}");
    assert!(sees(&b, "n3.example"), "the whole ones are here: {failure:?}");
}

/// A bundle in so many volumes at least, in a folder.
fn in_volumes(a: &Site, folder: &Path, size: &str, least: usize) -> Vec<std::path::PathBuf> {
    let case = a.case("Volumes");
    let table = a.path("table.csv");
    let lines: String = (0..1200).map(|n| format!("host-{n}-{:x}.example\n", n * 7919)).collect();
    fs::write(&table, lines).unwrap();
    let form = [("file", &*table), ("format", "csv"), ("case", &case), ("column", "value=1"), ("type", "domain")];
    a.must(1, "item import", &form);
    a.must(1, "disclosure new", &[("case", &case), ("tier", "1"), ("to", "XB"), ("delete-after", "30d")]);
    a.must(1, "bundle export", &[("to", "XB"), ("max-size", size), ("out", &text(folder))]);
    let files: Vec<_> = names_in(folder).iter().map(|name| folder.join(name)).collect();
    assert!(files.len() >= least, "{files:?}");
    files
}

#[test]
fn volumes_come_in_any_order_from_any_medium() {
    let (root, a, b) = pair();
    let folder = root.path().join("vol");
    let files = in_volumes(&a, &folder, "60k", 4);
    for file in &files {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(fs::metadata(file).unwrap().len() <= 60_000, "{name} is larger than asked");
        assert!(name.is_ascii() && name.len() <= 40, "{name}");
    }
    let take = |file: &Path| b.run(1, "bundle import", &[("path", &text(file))]);
    // The last one first; the first is left for the end.
    for (n, file) in files.iter().enumerate().skip(1).rev() {
        let gap = take(file).unwrap_err();
        assert_eq!(gap.kind, ErrorKind::Gap, "{gap:?}");
        let missing: Vec<usize> = (1..=n).collect();
        let named = gap.details.iter().find(|(key, _)| *key == "missing_volumes").unwrap();
        assert_eq!(named.1, json!(missing));
        assert!(gap.what.contains("missing"), "{gap:?}");
    }
    assert!(b.must(1, "case list", &[]).value.as_array().unwrap().is_empty(), "nothing is applied yet");
    assert_eq!(b.must(1, "bundle quarantine", &[]).value.as_array().unwrap().len(), files.len() - 1);
    let history = b.must(1, "bundle history", &[]).value;
    assert!(history.to_string().contains("bundle 1 waits"), "{history}");
    let mut damaged = fs::read(&files[0]).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let bad = root.path().join("bad");
    fs::write(&bad, damaged).unwrap();
    assert_eq!(take(&bad).unwrap_err().kind, ErrorKind::Malformed);
    let taken = take(&files[0]).unwrap().value;
    assert_eq!(taken["bundles"][0]["state"], "imported");
    assert!(sees(&b, "host-1199-"));
    assert!(b.must(1, "bundle quarantine", &[]).value.as_array().unwrap().is_empty(), "nothing of it is left behind");
    // One alone says nothing new, and so does the folder.
    for path in [&files[1], &folder] {
        assert!(take(path).unwrap().value.to_string().contains("already imported"), "{path:?}");
    }
    // Written again, byte for byte, into a folder again.
    let again = root.path().join("again");
    a.must(1, "bundle export", &[("to", "XB"), ("again", "1"), ("out", &text(&again))]);
    for file in &files {
        assert_eq!(fs::read(file).unwrap(), fs::read(again.join(file.file_name().unwrap())).unwrap());
    }
    b.must(1, "audit verify", &[]);
}

#[test]
fn volumes_of_several_bundles_are_not_mixed() {
    let (root, a, b) = pair();
    let (one, two, mixed) = (root.path().join("one"), root.path().join("two"), root.path().join("mixed"));
    let (first, second) = (in_volumes(&a, &one, "100k", 2), in_volumes(&a, &two, "100k", 2));
    fs::create_dir(&mixed).unwrap();
    for file in [&first[0], &second[1]] {
        fs::copy(file, mixed.join(file.file_name().unwrap())).unwrap();
    }
    let failure = b.fails(1, "bundle import", &[("path", &text(&mixed))], ErrorKind::Gap);
    assert!(failure.what.contains("bundle 1") && failure.what.contains("bundle 2"), "{failure:?}");
    // The first of one and the second of the other are here: what is left of both, in one go.
    let left = first.iter().skip(1).chain(second.iter().enumerate().filter(|(n, _)| *n != 1).map(|(_, file)| file));
    let left: Vec<String> = left.map(|file| text(file)).collect();
    let form: Vec<(&str, &str)> = left.iter().map(|file| ("path", file.as_str())).collect();
    b.must(1, "bundle import", &form);
    assert_eq!(b.must(1, "bundle history", &[]).value.as_array().unwrap().len(), 2);
    for (size, words) in [("1k", "enough"), ("x", "size"), ("0", "size")] {
        let case = a.case("Small");
        share(&a, "XB", &case, "small.example");
        let out = root.path().join("none");
        let failure =
            a.fails(1, "bundle export", &[("to", "XB"), ("max-size", size), ("out", &text(&out))], ErrorKind::Usage);
        assert!(format!("{} {}", failure.what, failure.hint).contains(words), "{failure:?}");
        assert!(!out.exists());
    }
}

#[test]
fn what_is_missing_is_named_asked_for_and_written_again() {
    let (root, mut a, b) = pair();
    let case = a.case("Gaps");
    let bundles: Vec<String> = (1..=5)
        .map(|n| {
            share(&a, "XB", &case, &format!("n{n}.example"));
            a.export(&b, &format!("b{n}"))
        })
        .collect();
    let need = b.path("need");
    let nothing = b.must(1, "bundle request-missing", &[("from", "XA"), ("out", &need)]);
    assert!(nothing.value["missing"].as_array().unwrap().is_empty() && !Path::new(&need).exists());
    b.must(1, "bundle import", &[("path", &bundles[0])]);
    for n in [2, 4] {
        b.fails(1, "bundle import", &[("path", &bundles[n])], ErrorKind::Gap);
    }
    let waits = "bundle 5 waits: 2, 4 are missing";
    assert!(b.must(1, "bundle history", &[]).value.to_string().contains(waits));
    assert!(b.must(1, "desk today", &[]).value.to_string().contains(waits));
    let asked = b.must(1, "bundle request-missing", &[("from", "XA"), ("out", &need)]);
    assert_eq!(asked.value["missing"], json!([2, 4]));
    assert!(fs::metadata(&need).unwrap().len() < 4096, "it is small");
    // It says nothing to others, and nobody else can have made it.
    b.fails(1, "bundle import", &[("path", &need)], ErrorKind::NotForUs);
    let mut bad = fs::read(&need).unwrap();
    let last = bad.len() - 5;
    bad[last] ^= 1;
    fs::write(b.path("bad"), bad).unwrap();
    a.fails(1, "bundle import", &[("path", &b.path("bad"))], ErrorKind::Malformed);
    let taken = a.must(1, "bundle import", &[("path", &need)]);
    assert_eq!(taken.value["asks"][0]["missing"], json!([2, 4]));
    assert!(a.must(1, "bundle import", &[("path", &need)]).message.unwrap().contains("already"));
    assert!(a.must(1, "desk today", &[]).value.to_string().contains("asks for bundles 2, 4 again"));
    // What is written in the moment in which it was asked for may have been written before.
    a.now = a.now.plus(Duration::minutes(1));
    let wanted = || {
        let agenda = a.must(1, "desk today", &[]).value;
        let task =
            agenda["tasks"].as_array().unwrap().iter().find(|t| t["what"].as_str().unwrap().contains("asks for"));
        task.map(|task| task["with"]["again"].as_str().unwrap().to_owned())
    };
    for n in ["2", "4"] {
        assert_eq!(wanted().as_deref(), Some(n), "the first that was not written since");
        // What is asked about before it is written is that bundle, and not the next.
        let shown = a.must(1, "bundle preview", &[("to", "XB"), ("again", n)]);
        assert!(shown.value["sequence"] == n.parse::<u64>().unwrap() && shown.value["kept"] == true, "{shown:?}");
        assert!(shown.text.unwrap().contains(&format!("Bundle {n} to XB, as it was made: ")));
        let out = a.path(&format!("again{n}"));
        a.must(1, "bundle export", &[("to", "XB"), ("again", n), ("out", &out)]);
        let first = &bundles[n.parse::<usize>().unwrap() - 1];
        assert_eq!(fs::read(&out).unwrap(), fs::read(first).unwrap());
        b.must(1, "bundle import", &[("path", &out)]);
    }
    assert_eq!(wanted(), None, "both were written again");
    assert!(sees(&b, "n5.example"));
    b.carry(&a, "receipt");
    assert!(!a.must(1, "desk today", &[]).value.to_string().contains("asks for"), "it is acknowledged");
    a.must(1, "audit verify", &[]);
    drop(root);
}

/// What asks for a bundle that was never made: this workspace was set back, or somebody else has its keys.
#[test]
fn whoever_is_asked_for_what_it_never_made_is_warned() {
    let (root, a, b) = pair();
    let case = a.case("Set back");
    share(&a, "XB", &case, "n1.example");
    let first = a.export(&b, "b1");
    let old = root.path().join("old");
    copy(&a.folder, &old);
    for n in 2..=3 {
        share(&a, "XB", &case, &format!("n{n}.example"));
        a.export(&b, &format!("b{n}"));
    }
    b.must(1, "bundle import", &[("path", &first)]);
    b.fails(1, "bundle import", &[("path", &a.path("b3"))], ErrorKind::Gap);
    let need = b.path("need");
    b.must(1, "bundle request-missing", &[("from", "XA"), ("out", &need)]);
    let set_back = Site { folder: old, code: "XA", now: a.now };
    let alarm = set_back.fails(1, "bundle import", &[("path", &need)], ErrorKind::Fork);
    assert!(alarm.what.contains("never made here"), "{alarm:?}");
    a.must(1, "bundle import", &[("path", &need)]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

fn state_of(site: &Site, n: u64) -> Value {
    let all = site.must(1, "bundle history", &[]).value;
    all.as_array().unwrap().iter().find(|b| b["sequence"] == n).unwrap()["state"].clone()
}

#[test]
fn what_a_medium_has_swallowed_is_unknown_and_never_sent() {
    let (_root, a, b) = pair();
    let case = a.case("Medium");
    share(&a, "XB", &case, "n1.example");
    let gone = a.path("no-such-stick/b1");
    let failure = a.fails(1, "bundle export", &[("to", "XB"), ("out", &gone)], ErrorKind::Medium);
    assert!(failure.hint.contains("--again 1") && failure.hint.contains("unknown"), "{failure:?}");
    assert_eq!(state_of(&a, 1), "unknown");
    assert!(a.must(1, "desk today", &[]).value.to_string().contains("made, not written"));
    let out = a.path("b1");
    let said = a.must(1, "bundle export", &[("to", "XB"), ("again", "1"), ("out", &out)]).message.unwrap();
    assert!(said.contains("Read back"), "{said}");
    assert_eq!(state_of(&a, 1), "sent");
    b.must(1, "bundle import", &[("path", &out)]);
    b.carry(&a, "receipt");
    assert_eq!(state_of(&a, 1), "acknowledged");
    a.must(1, "audit verify", &[]);
}

#[test]
fn an_emergency_leaves_first_in_a_small_bundle_of_its_own() {
    let (root, a, b) = pair();
    a.agree(&b, "3", "traffic");
    a.must(1, "member roles", &[("member", "XA-3"), ("roles", "investigator")]);
    a.carry(&b, "before");
    let case = a.case("Routine");
    share(&a, "XB", &case, "routine.example");
    let calls = a.calls(&a.case("Missing child"));
    let claim = [("item", &*calls), ("to", "XB"), ("delete-after", "30d"), ("emergency", "a child is held there")];
    let claimed = a.must(1, "disclosure new", &claim).value["id"].as_str().unwrap().to_owned();
    a.must(3, "disclosure join", &[("disclosure", &claimed)]);
    let out = a.path("first");
    let made = a.must(1, "bundle export", &[("to", "XB"), ("out", &out)]);
    assert!(made.value["emergency"] == true && made.value["waits"].as_u64() > Some(0), "{made:?}");
    assert!(made.message.unwrap().contains("emergency"));
    b.must(1, "bundle import", &[("path", &out)]);
    assert!(sees(&b, "calls of 14 days") && !sees(&b, "routine.example"));
    a.carry(&b, "second");
    assert!(sees(&b, "routine.example"));
    // Into a folder both are written at once.
    let more = a.calls(&a.case("Missing again"));
    let claim = [&[("item", more.as_str())], &claim[1..]].concat();
    let claimed = a.must(1, "disclosure new", &claim).value["id"].as_str().unwrap().to_owned();
    a.must(3, "disclosure join", &[("disclosure", &claimed)]);
    share(&a, "XB", &case, "later.example");
    let folder = root.path().join("both");
    a.must(1, "bundle export", &[("to", "XB"), ("max-size", "1M"), ("out", &text(&folder))]);
    assert_eq!(names_in(&folder).len(), 2);
    b.must(1, "bundle import", &[("path", &text(&folder))]);
    assert!(sees(&b, "later.example"));
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

/// A request of A that B has, written and reviewed.
fn asked(a: &Site, b: &Site) -> String {
    let fields = ["authority=a", "offence=o", "data=d", "relation=r", "custodian=c", "necessity=n", "intent=i"];
    let case = a.case("Asked");
    let mut form = vec![("kind", "bc29"), ("case", &*case), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", *f)));
    let request = a.make(1, "request new", &form);
    let answer = a.must(1, "request submit", &[("request", &request)]);
    a.decide(answer.value["review"].as_str().unwrap());
    a.must(1, "request send", &[("request", &request)]);
    a.carry(b, &format!("asked-{request}"));
    request
}

#[test]
fn acts_that_crossed_are_shown_side_by_side_and_one_act_decides_for_both_desks() {
    let (_root, a, b) = pair();
    let request = asked(&a, &b);
    let state = |site: &Site| site.must(1, "request show", &[("request", &request)]).value["state"].clone();
    a.must(1, "request withdraw", &[("request", &request), ("because", "no longer needed")]);
    b.must(1, "request accept", &[("request", &request), ("text", "gladly")]);
    assert!(a.must(1, "conflict list", &[]).value.as_array().unwrap().is_empty(), "neither knows of the other");
    a.fails(1, "conflict show", &[("conflict", &request)], ErrorKind::Refused);
    a.carry(&b, "withdrawn");
    b.carry(&a, "accepted");
    for site in [&a, &b] {
        let all = site.must(1, "conflict list", &[]).value;
        assert_eq!((all.as_array().unwrap().len(), &all[0]["id"]), (1, &json!(request)));
        let shown = site.must(1, "conflict show", &[("conflict", &request)]);
        let sides = shown.value["sides"].as_array().unwrap().clone();
        let of = |code: &str| sides.iter().find(|s| s["desk"] == code).unwrap().clone();
        assert_eq!((&of("XA")["state"], &of("XA")["said"]), (&json!("withdrawn"), &json!("no longer needed")));
        assert_eq!((&of("XB")["state"], &of("XB")["said"]), (&json!("accepted"), &json!("gladly")));
        assert!(of("XB")["act"].is_string() && of("XB")["at"].is_string() && of("XB")["by"] == "XB-1");
        let page = shown.text.unwrap();
        assert!(page.contains("gladly") && page.contains("no longer needed"), "{page}");
    }
    let (take, why) = (("take", "withdrawn"), ("because", "agreed by phone"));
    a.fails(1, "conflict resolve", &[("conflict", &request), ("take", "refused"), why], ErrorKind::Refused);
    a.fails(2, "conflict resolve", &[("conflict", &request), take, why], ErrorKind::Refused);
    a.must(1, "conflict resolve", &[("conflict", &request), take, why]);
    a.carry(&b, "resolved");
    assert_eq!((state(&a), state(&b)), (json!("withdrawn"), json!("withdrawn")));
    // Two members who decide otherwise at the same time have crossed again, and say so at both desks.
    let second = asked(&a, &b);
    a.must(1, "request withdraw", &[("request", &second), ("because", "no")]);
    b.must(1, "request accept", &[("request", &second)]);
    a.carry(&b, "2a");
    b.carry(&a, "2b");
    a.must(1, "conflict resolve", &[("conflict", &second), take, why]);
    b.must(1, "conflict resolve", &[("conflict", &second), ("take", "accepted"), why]);
    a.carry(&b, "3a");
    b.carry(&a, "3b");
    for site in [&a, &b] {
        assert_eq!(site.must(1, "conflict list", &[]).value[0]["id"], json!(second));
    }
    b.must(1, "conflict resolve", &[("conflict", &second), ("take", "accepted"), why]);
    b.carry(&a, "4b");
    for site in [&a, &b] {
        assert_eq!(site.must(1, "request show", &[("request", &second)]).value["state"], "accepted");
        site.must(1, "audit verify", &[]);
    }
}

/// Looks at a folder twice, takes and writes what is due.
fn watch(site: &Site, folder: &Path) -> Value {
    site.must(1, "bundle watch", &[("dir", &text(folder)), ("once", "yes"), ("every", "0")]).value
}

#[test]
fn a_folder_that_something_else_carries_is_enough() {
    let (root, [a, b, c]) = three();
    let folder = root.path().join("carry");
    let case = a.case("Carried");
    share(&a, "XB", &case, "forb.example");
    share(&a, "XC", &case, "forc.example");
    let written = watch(&a, &folder);
    assert_eq!(written["written"].as_array().unwrap().len(), 2, "{written}");
    for other in ["readme.txt", ".hidden", "x.part", "y.tmp", "z~"] {
        fs::write(folder.join(other), "of others").unwrap();
    }
    fs::create_dir(folder.join("photos")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", folder.join("link.comity")).unwrap();
    let taken = watch(&c, &folder);
    assert!(sees(&c, "forc.example") && !sees(&c, "forb.example"), "{taken}");
    assert_eq!(taken["taken"].as_array().unwrap().len(), 1);
    assert_eq!(names_in(&folder.join("done")).len(), 1);
    assert!(!folder.join("refused").exists(), "{taken}");
    watch(&b, &folder);
    assert!(sees(&b, "forb.example"));
    // The receipts lie there now, and are taken by the one whom they are for.
    let heard = watch(&a, &folder);
    assert_eq!(heard["taken"].as_array().unwrap().len(), 4, "what each has to say at first, and its receipt: {heard}");
    let left = names_in(&folder);
    for other in ["readme.txt", ".hidden", "x.part", "y.tmp", "z~", "photos"] {
        assert!(left.iter().any(|name| name == other), "{other} is of others: {left:?}");
    }
    assert!(watch(&a, &folder)["written"].as_array().unwrap().is_empty(), "nothing more is due");
    for site in [&a, &b, &c] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn what_is_refused_says_why_and_what_is_cut_short_has_time() {
    let (root, a, b) = pair();
    let (folder, case) = (root.path().join("carry"), a.case("Refused"));
    fs::create_dir(&folder).unwrap();
    share(&a, "XB", &case, "n1.example");
    let whole = fs::read(a.export(&b, "b1")).unwrap();
    fs::write(folder.join("half.comity"), &whole[..whole.len() / 2]).unwrap();
    let waits = watch(&b, &folder);
    assert!(waits["refused"].as_array().unwrap().is_empty() && waits["waits"].to_string().contains("half.comity"));
    fs::write(folder.join("half.comity"), &whole).unwrap();
    assert_eq!(watch(&b, &folder)["taken"], json!(["half.comity"]), "it has come whole");
    // Two histories: it is refused at once, with the reason beside it.
    let old = root.path().join("old");
    share(&a, "XB", &case, "n2.example");
    copy(&a.folder, &old);
    a.export(&b, "b2");
    share(&a, "XB", &case, "n3.example");
    let set_back = Site { folder: old, code: "XA", now: a.now };
    share(&set_back, "XB", &case, "other.example");
    let forged = set_back.export(&b, "forged");
    fs::copy(a.path("b2"), folder.join("b2.comity")).unwrap();
    watch(&b, &folder);
    fs::copy(&forged, folder.join("forged.comity")).unwrap();
    let refused = b.run(1, "bundle watch", &[("dir", &text(&folder)), ("once", "yes"), ("every", "0")]).unwrap();
    assert_eq!((refused.code, &refused.value["refused"][0]["file"]), (24, &json!("forged.comity")));
    let why = fs::read_to_string(folder.join("refused/forged.comity.why.txt")).unwrap();
    assert!(why.contains("another history") && folder.join("refused/forged.comity").exists(), "{why}");
    assert!(!sees(&b, "other.example"));
}

#[test]
fn a_bundle_goes_through_pipes() {
    let (_root, mut a, mut b) = pair();
    for site in [&mut a, &mut b] {
        site.believe_the_machine();
        site.now = Clock::System.now();
    }
    let case = a.case("Pipe");
    share(&a, "XB", &case, "piped.example");
    let program = |site: &Site, words: &[&str], typed: &[u8]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_comity"))
            .env_clear()
            .env("HOME", &site.folder)
            .args(site.words(1, words))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(typed);
        child.wait_with_output().unwrap()
    };
    let out = program(&a, &["bundle", "export", "--to", "XB", "--out", "-"], b"");
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(out.status.success() && said.contains("standard output"), "{said}");
    assert!(out.stdout.starts_with(b"age-encryption.org/v1\n"), "only the bundle goes there");
    for json in [false, true] {
        let words: &[&str] = if json { &["--json", "bundle", "import", "-"] } else { &["bundle", "import", "-"] };
        let done = program(&b, words, &out.stdout);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(done.status.success(), "{said}");
    }
    let cut = program(&b, &["bundle", "import", "-"], &out.stdout[..200]);
    assert_eq!(cut.status.code(), Some(20));
    assert!(sees(&b, "piped.example"));
    let json = program(&a, &["--json", "bundle", "export", "--to", "XB", "--again", "1", "--out", "-"], b"");
    assert_eq!(json.stdout, out.stdout, "with --json too");
}

#[test]
fn a_carrier_passes_on_what_it_cannot_read() {
    let (root, [a, b, c]) = three();
    let case = a.case("Far away");
    share(&a, "XC", &case, "forc.example");
    let handed = a.must(1, "bundle relay", &[("to", "XC"), ("via", "XB")]);
    assert_eq!((&handed.value["priority"], &handed.value["sequence"]), (&json!("routine"), &json!(1)));
    a.fails(1, "bundle relay", &[("to", "XC"), ("via", "XC")], ErrorKind::Usage);
    let outer = a.export(&b, "outer");
    b.must(1, "bundle import", &[("path", &outer)]);
    let seen = b.must(1, "bundle relays", &[]).value;
    let (from, to, state) = (&seen[0]["from"], &seen[0]["to"], &seen[0]["state"]);
    assert_eq!((from, to, state), (&json!("XA"), &json!("XC"), &json!("carrying")), "{seen}");
    assert!(seen[0]["bytes"].as_u64() > Some(0));
    let today = b.must(1, "desk today", &[]).value.to_string();
    assert!(today.contains("for XC, routine: pass it on"), "{today}");
    // With every key and every file of the carrier, nothing of it is to be read.
    for (path, bytes) in crate::desks::bytes_of(&b.folder) {
        assert!(!bytes.windows(12).any(|w| w == b"forc.example"), "{path:?}");
    }
    assert!(!sees(&b, "forc.example"));
    let relay = seen[0]["id"].as_str().unwrap().to_owned();
    let out = b.path("for-c");
    b.must(1, "bundle pass-on", &[("relay", &relay), ("out", &out)]);
    b.fails(1, "bundle import", &[("path", &out)], ErrorKind::NotForUs);
    b.must(1, "bundle pass-on", &[("relay", &relay), ("out", &b.path("twice"))]);
    assert_eq!(fs::read(&out).unwrap(), fs::read(b.path("twice")).unwrap());
    c.must(1, "bundle import", &[("path", &out)]);
    assert!(sees(&c, "forc.example"));
    // The receipt finds its way back: through the same carrier, this time by a folder.
    c.must(1, "bundle relay", &[("to", "XA"), ("via", "XB")]);
    let folder = root.path().join("carry");
    for site in [&c, &b, &a] {
        watch(site, &folder);
    }
    assert_eq!(state_of(&a, 1), "acknowledged");
    let passed = a.must(1, "bundle relays", &[]).value;
    assert_eq!(passed[0]["state"], "passed-on", "{passed}");
    for site in [&a, &b, &c] {
        site.must(1, "audit verify", &[]);
    }
}

/// A bundle is lost, and something in it is erased before it is written again: what is left of it comes in its place, the stream goes on,
/// and the first one, where it turns up after all, is the same bundle.
#[test]
fn a_bundle_that_is_gone_is_made_again_of_what_is_left_of_it() {
    let (_root, a, b) = pair();
    let case = a.case("Lost");
    let share = |value: &str| {
        let item = a.indicator(&case, value);
        let disclosure = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
        (item, disclosure)
    };
    let (kept, _) = share("kept.example");
    let (erased, _) = share("erased.example");
    let (recalled, disclosure) = share("recalled.example");
    let lost = a.export(&b, "lost");
    a.must(1, "disclosure recall", &[("disclosure", &disclosure)]);
    let (later, _) = share("later.example");
    let waits = a.export(&b, "waits");
    b.fails(1, "bundle import", &[("path", &waits)], ErrorKind::Gap);
    a.must(1, "retention purge", &[("item", &erased), ("because", "a bystander's")]);
    let asks = b.path("asks");
    b.must(1, "bundle request-missing", &[("from", "XA"), ("out", &asks)]);
    a.must(1, "bundle import", &[("path", &asks)]);
    let out = a.path("again");
    // An act that were left out would be lost for good: while one may not leave, nothing is made.
    let channel = |state: &str| {
        a.must(1, "partner channel", &[("partner", "XB"), ("state", state), ("because", "a drill")]);
    };
    channel("suspended");
    a.fails(1, "bundle export", &[("to", "XB"), ("again", "1"), ("out", &out)], ErrorKind::Refused);
    a.fails(1, "bundle preview", &[("to", "XB"), ("again", "1")], ErrorKind::Refused);
    ["inaugurated", "tested", "operational"].into_iter().for_each(channel);
    let shown = a.must(1, "bundle preview", &[("to", "XB"), ("again", "1")]);
    assert!(shown.value["kept"] == false && shown.text.unwrap().contains("made again of what is left of it"));
    a.fails(1, "bundle preview", &[("to", "XB"), ("again", "7")], ErrorKind::Usage);
    let said = a.must(1, "bundle export", &[("to", "XB"), ("again", "1"), ("out", &out)]).message.unwrap();
    assert!(said.contains("made again of what is left"), "{said}");
    let said = b.must(1, "bundle import", &[("path", &out)]).message.unwrap();
    assert!(said.contains("Bundle 1") && said.contains("Bundle 2"), "the one that waited follows: {said}");
    let holds = |item: &str| b.run(1, "item show", &[("item", item)]).is_ok_and(|shown| shown.value["state"] == "held");
    assert!(holds(&kept) && holds(&later) && !holds(&erased) && !holds(&recalled));
    let raw = b.open(1).unwrap();
    let words =
        "SELECT count(*) FROM change WHERE content LIKE '%erased.example%' OR content LIKE '%recalled.example%'";
    assert_eq!(raw.db.query_row(words, [], |row| row.get::<_, i64>(0)).unwrap(), 0, "what may not go did not go");
    drop(raw);
    // The first one turns up, and tells no other history.
    for late in [&lost, &out] {
        let said = b.must(1, "bundle import", &[("path", late)]).message.unwrap();
        assert!(said.contains("already"), "{said}");
    }
    a.carry(&b, "on");
    b.indicator(&b.case("Theirs"), "x.example");
    b.carry(&a, "back");
    let acknowledged = a.must(1, "partner show", &[("partner", "XB")]).value.to_string();
    assert!(
        acknowledged.contains("\"acknowledged\":3") || acknowledged.contains("\"acknowledged\": 3"),
        "{acknowledged}"
    );
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
    let known = [("to", "XB"), ("again", "2"), ("out", &*a.path("known"))];
    assert!(a.fails(1, "bundle export", &known, ErrorKind::Refused).what.contains("acknowledged"));
    // Where the first one came, and what was made again comes later, nothing happens.
    let (_root, a, b) = pair();
    let item = a.indicator(&a.case("Both"), "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let first = a.export(&b, "first");
    fs::remove_dir_all(a.workspace().join("outbox")).unwrap();
    fs::create_dir(a.workspace().join("outbox")).unwrap();
    let out = a.path("again");
    a.must(1, "bundle export", &[("to", "XB"), ("again", "1"), ("out", &out)]);
    b.must(1, "bundle import", &[("path", &first)]);
    assert!(b.must(1, "bundle import", &[("path", &out)]).message.unwrap().contains("already"));
    b.must(1, "audit verify", &[]);
}
