//! Backups, and workspaces that were set back: nobody works in an older copy before two members have declared it, nothing that was
//! erased comes back with it, and the log goes on.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use comity::command::definition::Args;
use comity::command::identity;
use comity::command::run::{On, run};
use comity::record::restore;
use comity::store::read;
use comity::workspace::error::ErrorKind;
use comity::workspace::keyring::Keyring;
use comity::workspace::progress::Job;

use crate::desks::{Site, bytes_of, pair, text};

/// Copies a folder as `cp -a` does.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let place = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &place);
        } else {
            fs::copy(&path, &place).unwrap();
        }
    }
}

/// A copy of the workspace as it is now, to be put back later.
pub fn keep(site: &Site) -> std::path::PathBuf {
    let kept = site.folder.join("kept");
    if kept.exists() {
        fs::remove_dir_all(&kept).unwrap();
    }
    copy_folder(&site.workspace(), &kept);
    kept
}

/// Puts a copy in the place of the workspace.
pub fn set_back(site: &Site, to: &Path) {
    fs::remove_dir_all(site.workspace()).unwrap();
    copy_folder(to, &site.workspace());
}

/// A desk that was set back by one act: a case that its first member has opened is not in it.
pub fn set_back_desk() -> (tempfile::TempDir, Site) {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    a.case("Before");
    let kept = keep(&a);
    a.case("Lost");
    set_back(&a, &kept);
    (root, a)
}

fn declare(site: &Site, member: u8) {
    site.must(member, "backup declare", &[("because", "the disk failed")]);
}

fn titles(site: &Site, member: u8) -> Vec<String> {
    let cases = site.must(member, "case list", &[]).value;
    cases.as_array().unwrap().iter().map(|c| c["title"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_workspace_that_was_set_back_is_worked_in_once_two_members_have_declared_it() {
    let (_root, a) = set_back_desk();
    let found = a.fails(1, "case list", &[], ErrorKind::Fork);
    assert!(found.hint.contains("backup declare"), "{}", found.hint);
    declare(&a, 1);
    for member in 1..=3 {
        let waits = a.fails(member, "case list", &[], ErrorKind::Fork);
        assert!(waits.hint.contains("backup confirm"), "{}", waits.hint);
    }
    assert!(a.fails(1, "backup confirm", &[], ErrorKind::Refused).verdict.is_some(), "one person is not two");
    a.fails(1, "backup declare", &[("because", "again")], ErrorKind::Refused);
    a.must(2, "backup confirm", &[]);
    for member in 1..=3 {
        assert_eq!(titles(&a, member), ["Before"]);
        a.must(member, "audit verify", &[]);
    }
    a.case("After");
    assert_eq!(titles(&a, 3), ["Before", "After"]);
    a.must(2, "audit rebuild", &[]);
    a.must(1, "audit verify", &[]);
    a.fails(1, "backup declare", &[("because", "again")], ErrorKind::Refused);
    a.fails(2, "backup confirm", &[], ErrorKind::Refused);
}

#[test]
fn the_log_goes_on_as_a_new_replica_whose_first_act_names_where_the_old_one_ends() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    let kept = keep(&a);
    let held = a.must(1, "audit checkpoint", &[]).value;
    a.case("Lost");
    let seen = a.must(1, "audit checkpoint", &[]).value;
    set_back(&a, &kept);
    let old = a.open(3).unwrap().meta.replica;
    declare(&a, 1);
    a.must(2, "backup confirm", &[]);
    let workspace = a.open(1).unwrap();
    assert_ne!(workspace.meta.replica, old);
    let first = read::act_at(&workspace.db, workspace.meta.desk, workspace.meta.replica, 0).unwrap().unwrap();
    let position = read::position_of(&workspace.db, &first).unwrap().unwrap();
    let first = read::act(&workspace.db, position).unwrap().unwrap();
    assert_eq!(first.read_header().unwrap().previous, None);
    let restore = &restore::of_desk(&workspace.records(), workspace.meta.desk).unwrap()[0];
    let (held_here, remembered) = (restore::old_of(restore).unwrap(), restore::remembered_of(restore).unwrap());
    assert_eq!((held_here.replica, remembered.replica), (old, old));
    assert_eq!((&held["size"], &held["root"]), (&held_here.size.into(), &held_here.root.to_string().into()));
    assert_eq!((&seen["size"], &seen["root"]), (&remembered.size.into(), &remembered.root.to_string().into()));
}

#[test]
fn what_is_declared_and_not_confirmed_leaves_the_newer_copy_as_good_as_it_was() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    let kept = keep(&a);
    a.case("Newer");
    let newer = a.folder.join("newer");
    copy_folder(&a.workspace(), &newer);
    set_back(&a, &kept);
    declare(&a, 1);
    set_back(&a, &newer);
    assert_eq!(titles(&a, 1), ["Newer"], "the newer copy was found after all");
    assert_eq!(titles(&a, 2), ["Newer"]);
}

#[test]
fn nobody_who_was_revoked_declares_a_workspace_set_back() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    a.must(2, "case list", &[]);
    let kept = keep(&a);
    a.must(1, "member revoke", &[("member", "XA-3")]);
    set_back(&a, &kept);
    declare(&a, 1);
    a.must(3, "backup confirm", &[]);
    a.fails(1, "case list", &[], ErrorKind::Fork);
    // Two who may say so do.
    declare(&a, 1);
    a.must(2, "backup confirm", &[]);
    assert_eq!(titles(&a, 1), Vec::<String>::new());
}

#[test]
fn the_only_member_of_a_desk_declares_it_alone_and_no_other() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    for name in ["XA-2", "XA-3"] {
        let others = a.must(1, "member list", &[]).value;
        assert!(others.as_array().unwrap().iter().any(|m| m["name"] == name));
    }
    a.must(1, "member revoke", &[("member", "XA-3")]);
    a.must(1, "member revoke", &[("member", "XA-2")]);
    let kept = keep(&a);
    a.case("Lost");
    set_back(&a, &kept);
    a.fails(1, "case list", &[], ErrorKind::Fork);
    declare(&a, 1);
    a.case("After");
    assert_eq!(titles(&a, 1), ["After"]);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_backup_is_listed_and_gives_the_desk_back_on_another_disk() {
    let root = tempfile::tempdir().unwrap();
    let mut a = Site::found(root.path(), "XA");
    let case = a.case("Kept");
    a.indicator(&case, "kept.example");
    let out = a.path("bk.comity");
    let id = a.make(1, "backup make", &[("out", &out)]);
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    a.fails(1, "backup make", &[("out", &out)], ErrorKind::Usage);
    a.fails(1, "backup make", &[("out", &a.path("nowhere/bk"))], ErrorKind::Medium);
    let inside = text(&a.workspace().join("bk"));
    a.fails(1, "backup make", &[("out", &inside)], ErrorKind::Usage);
    let listed = a.must(2, "backup list", &[]).value;
    assert_eq!(
        (&listed[0]["file"], &listed[0]["state"], listed.as_array().unwrap().len()),
        (&"bk.comity".into(), &"kept".into(), 1)
    );
    a.case("Since");
    fs::remove_dir_all(a.workspace()).unwrap();
    let to = text(&a.workspace());
    let restored = a.must(2, "backup restore", &[("file", &out), ("to", &to)]);
    assert!(restored.message.unwrap().contains("backup declare"));
    for member in 1..=3 {
        a.fails(member, "case list", &[], ErrorKind::Fork);
    }
    a.fails(2, "backup restore", &[("file", &out), ("to", &to)], ErrorKind::Usage);
    declare(&a, 2);
    a.must(1, "backup confirm", &[]);
    assert_eq!(titles(&a, 3), ["Kept"]);
    assert_eq!(a.must(1, "search", &[("words", "kept.example")]).value.as_array().unwrap().len(), 1);
    a.must(1, "audit verify", &[]);
    // It expires, and is destroyed.
    a.pass_stated(24 * 91);
    let due = a.must(1, "backup list", &[]).value;
    assert_eq!((&due[0]["id"], &due[0]["is_due"]), (&id.as_str().into(), &true.into()), "{due}");
    a.must(1, "backup destroy", &[("backup", &id), ("file", &out)]);
    assert!(!Path::new(&out).exists());
    assert_eq!(a.must(1, "backup list", &[]).value[0]["state"], "destroyed");
    a.fails(1, "backup destroy", &[("backup", &id)], ErrorKind::Refused);
}

/// Every text and blob of the database, as somebody with its key reads it.
fn holds(site: &Site, member: u8, word: &str) -> bool {
    let workspace = site.open(member).unwrap();
    let mut contents = workspace.db.prepare("SELECT content FROM change WHERE content IS NOT NULL").unwrap();
    let all: Vec<String> = contents.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    all.iter().any(|content| content.contains(word))
}

#[test]
fn what_was_purged_does_not_come_back_with_a_backup() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    let (case, other) = (a.case("zqtitle"), a.case("Stays"));
    a.indicator(&case, "zqvalue.example");
    a.indicator(&other, "stays.example");
    let hold = a.make(1, "retention hold", &[("case", &case), ("reason", "audit"), ("because", "zqhold")]);
    let out = a.path("bk.comity");
    a.must(1, "backup make", &[("out", &out)]);
    a.must(2, "retention release", &[("hold", &hold), ("because", "over")]);
    a.must(1, "retention purge", &[("case", &case), ("because", "final judgment")]);
    let certificate = a.must(1, "retention certificates", &[]).value;
    assert_eq!(certificate[0]["backups"][0]["file"], "bk.comity", "{certificate}");
    assert_eq!(a.must(1, "backup list", &[]).value[0]["holds_erased"], true);
    fs::remove_dir_all(a.workspace()).unwrap();
    let to = text(&a.workspace());
    // Whoever may not erase does not bring back what was erased.
    a.must(1, "backup restore", &[("file", &out), ("to", &to)]);
    declare(&a, 1);
    a.must(2, "backup confirm", &[]);
    for word in ["zqtitle", "zqvalue", "zqhold"] {
        assert!(!holds(&a, 1, word), "{word} came back");
    }
    assert!(holds(&a, 1, "stays.example"));
    assert_eq!(a.must(3, "item list", &[("case", &case)]).value[0]["state"], "purged");
    for member in 1..=3 {
        a.must(member, "audit verify", &[]);
    }
    // A second restore of the same file: the tombstones are known still.
    let again = a.folder.join("again");
    let done = a.must(2, "backup restore", &[("file", &out), ("to", &text(&again))]).value;
    assert!(done["erased_again"].as_u64().unwrap() >= 2, "{done}");
}

#[test]
fn a_copy_of_yesterday_gives_back_nothing_that_was_purged_since() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    let case = a.case("zqtitle");
    a.indicator(&case, "zqvalue.example");
    let kept = keep(&a);
    a.must(2, "retention purge", &[("case", &case), ("because", "final judgment")]);
    set_back(&a, &kept);
    // The first knows nothing of the purge; the second, who made it, declares.
    assert_eq!(titles(&a, 1), ["zqtitle"]);
    declare(&a, 2);
    a.must(1, "backup confirm", &[]);
    assert!(!holds(&a, 1, "zqtitle") && !holds(&a, 1, "zqvalue"));
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_backup_that_is_damaged_or_not_for_this_member_restores_nothing() {
    let (_root, a, b) = pair();
    a.case("Kept");
    let out = a.path("bk.comity");
    a.must(1, "backup make", &[("out", &out)]);
    let whole = fs::read(&out).unwrap();
    let to = a.folder.join("new");
    let fails = |site: &Site, file: &str, kinds: &[ErrorKind]| {
        let failure = site.run(1, "backup restore", &[("file", file), ("to", &text(&to))]).unwrap_err();
        assert!(kinds.contains(&failure.kind), "{failure:?}");
        assert!(!to.exists(), "something was made");
        let left = fs::read_dir(&a.folder).unwrap().filter(|e| text(&e.as_ref().unwrap().path()).contains(".new"));
        assert_eq!(left.count(), 0);
    };
    fails(&b, &out, &[ErrorKind::Key]);
    let bad = a.path("bad");
    let step = whole.len() / 23;
    for n in 0..23 {
        let mut flipped = whole.clone();
        flipped[n * step] ^= 1;
        fs::write(&bad, &flipped).unwrap();
        fails(&a, &bad, &[ErrorKind::Malformed, ErrorKind::Key]);
        fs::write(&bad, &whole[..n * step]).unwrap();
        fails(&a, &bad, &[ErrorKind::Malformed]);
    }
    fs::write(&bad, [whole.as_slice(), b"x"].concat()).unwrap();
    fails(&a, &bad, &[ErrorKind::Malformed]);
    a.must(1, "backup restore", &[("file", &out), ("to", &text(&to))]);
}

#[test]
fn nothing_of_the_workspace_changes_where_nothing_is_to_be_declared() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    a.must(1, "case list", &[]);
    let before = bytes_of(&a.workspace());
    a.fails(1, "backup declare", &[("because", "x")], ErrorKind::Refused);
    a.fails(2, "backup confirm", &[], ErrorKind::Refused);
    assert_eq!(before, bytes_of(&a.workspace()));
}

/// Two desks in touch, and the first one's case.
fn in_touch() -> (tempfile::TempDir, Site, Site, String) {
    let (root, a, b) = pair();
    let case = a.case("Shared");
    (root, a, b, case)
}

fn share(site: &Site, case: &str, value: &str, to: &str) {
    let item = site.indicator(case, value);
    site.must(1, "disclosure new", &[("item", &item), ("to", to), ("delete-after", "30d")]);
}

fn declared(site: &Site) {
    declare(site, 1);
    site.must(2, "backup confirm", &[]);
}

fn sees(site: &Site, value: &str) -> bool {
    !site.must(1, "search", &[("words", value)]).value.as_array().unwrap().is_empty()
}

fn stream(site: &Site, partner: &str) -> serde_json::Value {
    site.must(1, "partner show", &[("partner", partner)]).value
}

#[test]
fn a_partner_hears_that_a_desk_was_set_back_and_goes_on_with_it() {
    let (_root, a, b, case) = in_touch();
    share(&a, &case, "first.example", "XB");
    let first = a.carry(&b, "b1");
    // What waits when the copy is made belongs to the old log, and leaves all the same.
    share(&a, &case, "waiting.example", "XB");
    let kept = keep(&a);
    share(&a, &case, "lost.example", "XB");
    let second = a.carry(&b, "b2");
    share(&a, &case, "late.example", "XB");
    let late = a.export(&b, "b3");
    // Its receipt for what will be lost is on its way.
    let receipt = b.export(&a, "r1");
    set_back(&a, &kept);
    declared(&a);
    a.must(1, "bundle import", &[("path", &receipt)]);
    share(&a, &case, "after.example", "XB");
    let out = a.export(&b, "b2-again");
    let told = b.must(1, "bundle import", &[("path", &out)]);
    let said = told.message.unwrap();
    assert!(said.contains("set back") && said.contains("lost there"), "{said}");
    for value in ["first.example", "waiting.example", "lost.example", "after.example"] {
        assert!(sees(&b, value), "{value}");
    }
    let shown = stream(&b, "XA");
    assert_eq!(shown["stream"], "running");
    let restore = &shown["restores"][0];
    assert_eq!(restore["because"], "the disk failed");
    assert!(restore["lost"].as_array().unwrap().iter().any(|act| act["did"] == "disclosure-propose"), "{restore}");
    // Both go on, and what came before is known.
    for known in [&first, &second] {
        let again = b.must(1, "bundle import", &[("path", known)]).message.unwrap();
        assert!(again.contains("already"), "{again}");
    }
    let of_old = b.fails(1, "bundle import", &[("path", &late)], ErrorKind::Fork);
    assert!(of_old.what.contains("declared to be lost"), "{}", of_old.what);
    assert_eq!(stream(&b, "XA")["stream"], "running");
    b.carry(&a, "r2");
    share(&a, &case, "more.example", "XB");
    a.carry(&b, "b3-again");
    assert!(sees(&b, "more.example"));
    let sent = a.must(1, "bundle history", &[]).value;
    let acknowledged = sent.as_array().unwrap().iter().filter(|row| row["state"] == "acknowledged").count();
    assert!(acknowledged >= 2, "{sent}");
    assert!(a.must(1, "audit witness", &[]).value[0]["size"].as_u64().unwrap() > 0);
    for site in [&a, &b] {
        for member in 1..=3 {
            site.must(member, "audit verify", &[]);
        }
        site.must(1, "audit rebuild", &[]);
    }
}

#[test]
fn a_desk_that_was_set_back_asks_again_for_what_it_lost_and_meets_new_partners() {
    let (root, a, b, case) = in_touch();
    share(&a, &case, "first.example", "XB");
    a.carry(&b, "b1");
    let kept = keep(&a);
    let theirs = b.case("Theirs");
    share(&b, &theirs, "given.example", "XA");
    let given = b.carry(&a, "g1");
    assert!(sees(&a, "given.example"));
    set_back(&a, &kept);
    declared(&a);
    assert!(!sees(&a, "given.example"));
    share(&b, &theirs, "more.example", "XA");
    let next = b.export(&a, "g2");
    a.fails(1, "bundle import", &[("path", &next)], ErrorKind::Gap);
    a.must(1, "bundle import", &[("path", &given)]);
    assert!(sees(&a, "given.example") && sees(&a, "more.example"));
    a.carry(&b, "b2");
    // A second time.
    let kept = keep(&a);
    share(&a, &case, "second.example", "XB");
    a.carry(&b, "b3");
    set_back(&a, &kept);
    declared(&a);
    share(&a, &case, "third.example", "XB");
    a.carry(&b, "b4");
    assert!(sees(&b, "third.example"));
    assert_eq!(stream(&b, "XA")["restores"].as_array().unwrap().len(), 2);
    // Whoever meets the desk after that gets its acts of all its logs.
    let c = Site::found(root.path(), "XC");
    a.meet(&c);
    c.meet(&a);
    share(&a, &case, "for-c.example", "XC");
    a.carry(&c, "c1");
    assert!(sees(&c, "for-c.example"));
    for site in [&a, &b, &c] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn what_a_partner_does_to_what_was_lost_is_kept_and_stops_nothing() {
    let (_root, a, b, case) = in_touch();
    let kept = keep(&a);
    let fields = ["authority=a", "offence=o", "data=d", "relation=r", "custodian=c", "necessity=n", "intent=i"];
    let mut form = vec![("kind", "bc29"), ("case", &*case), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", *f)));
    let request = a.make(1, "request new", &form);
    let answer = a.must(1, "request submit", &[("request", &request)]);
    a.decide(answer.value["review"].as_str().unwrap());
    a.must(1, "request send", &[("request", &request)]);
    a.carry(&b, "b1");
    b.must(1, "request accept", &[("request", &request)]);
    let theirs = b.case("Theirs");
    share(&b, &theirs, "beside.example", "XA");
    set_back(&a, &kept);
    declared(&a);
    b.carry(&a, "g1");
    assert!(sees(&a, "beside.example"));
    a.fails(1, "request show", &[("request", &request)], ErrorKind::Usage);
    b.must(1, "request execute", &[("request", &request)]);
    share(&a, &case, "again.example", "XB");
    a.carry(&b, "b1-again");
    b.carry(&a, "g2");
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
        site.must(2, "audit rebuild", &[]);
    }
}

/// Runs a command that is stopped as soon as it does something.
fn stopped(site: &Site, name: &str, fields: &[(&str, &str)], at: &'static str) {
    let stop = Arc::new(AtomicBool::new(false));
    let stops = Arc::clone(&stop);
    let mut job = Job::new(stop, move |progress| stops.store(progress.what == at, Ordering::Relaxed));
    let command = comity::command::command(name).unwrap();
    let mut args = Args::default();
    fields.iter().for_each(|(field, value)| args.add(command.field(field).unwrap().name, *value));
    let done = if command.needs_workspace(&args) {
        run(command, On::Workspace(&mut site.open(1).unwrap()), &args, &mut job)
    } else {
        run(command, On::Nothing(&mut site.place(1)), &args, &mut job)
    };
    assert_eq!(done.unwrap_err().kind, ErrorKind::Cancelled, "{name} at {at}");
}

#[test]
fn what_is_interrupted_leaves_no_file_that_no_list_names() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    let case = a.case("zqtitle");
    a.indicator(&case, "zqvalue.example");
    let out = a.path("bk.comity");
    stopped(&a, "backup make", &[("out", &out)], "writing");
    assert!(!Path::new(&out).exists());
    assert_eq!(a.must(1, "backup list", &[]).value[0]["state"], "destroyed");
    // Written, and not read back: it lies there, and is listed.
    stopped(&a, "backup make", &[("out", &out)], "reading");
    assert!(Path::new(&out).exists());
    assert_eq!(a.must(1, "backup list", &[]).value[1]["state"], "begun");
    a.must(1, "retention purge", &[("case", &case), ("because", "final judgment")]);
    assert_eq!(a.must(1, "retention certificates", &[]).value[0]["backups"][0]["file"], "bk.comity");
    let to = a.folder.join("new");
    for at in ["reading", "erasing again"] {
        stopped(&a, "backup restore", &[("file", &out), ("to", &text(&to))], at);
        assert!(!to.exists());
        let left = fs::read_dir(&a.folder).unwrap().filter(|e| text(&e.as_ref().unwrap().path()).contains("comity-"));
        assert_eq!(left.count(), 0, "{at}");
    }
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_declaration_that_was_killed_before_its_key_was_changed_is_finished_by_whoever_confirms() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    let case = a.case("zqtitle");
    a.indicator(&case, "zqvalue.example");
    let kept = keep(&a);
    a.must(1, "retention purge", &[("case", &case), ("because", "final judgment")]);
    set_back(&a, &kept);
    declare(&a, 1);
    let generation = a.open(2).err().map(|failure| failure.kind);
    assert_eq!(generation, Some(ErrorKind::Fork));
    let before = Keyring::open(&a.workspace().join("keyring.age"), &me(&a, 2)).unwrap().generation;
    a.must(2, "backup confirm", &[]);
    let after = Keyring::open(&a.workspace().join("keyring.age"), &me(&a, 2)).unwrap().generation;
    assert!(after > before, "the key was changed once more");
    assert!(!holds(&a, 1, "zqtitle"));
}

fn me(site: &Site, member: u8) -> comity::seal::identity::Identity {
    identity::unlock(&mut site.place(member)).unwrap().0
}
