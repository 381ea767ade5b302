//! Keys of a desk: new ones after a member was revoked, and nothing that is sealed later opens with what they hold. Partners hear of them
//! in the stream, signed by the old keys and the new; what was on its way still opens.

use std::fs;

use comity::command::identity;
use comity::record::desk;
use comity::record::store::RecordStore as _;
use comity::seal::age_file;
use comity::workspace::error::ErrorKind;
use comity::workspace::keyring::Keyring;

use crate::desks::{Site, pair, text};

fn share(site: &Site, case: &str, value: &str, to: &str) {
    let item = site.indicator(case, value);
    site.must(1, "disclosure new", &[("item", &item), ("to", to), ("delete-after", "30d")]);
}

fn sees(site: &Site, value: &str) -> bool {
    !site.must(1, "search", &[("words", value)]).value.as_array().unwrap().is_empty()
}

#[test]
fn after_a_revocation_what_is_sealed_later_does_not_open_with_the_old_keys() {
    let (_root, a, b) = pair();
    let (case, theirs) = (a.case("Ours"), b.case("Theirs"));
    share(&a, &case, "first.example", "XB");
    a.carry(&b, "a1");
    b.carry(&a, "b1");
    // What the third holds.
    let mut place = a.place(3);
    let (third, _) = identity::unlock(&mut place).unwrap();
    let held = Keyring::open(&a.workspace().join("keyring.age"), &third).unwrap();
    let before = a.must(1, "desk show", &[]).value;
    a.must(1, "member revoke", &[("member", "XA-3")]);
    // One bundle is sealed to the old keys, and comes late.
    share(&b, &theirs, "late.example", "XA");
    let late = b.export(&a, "b2");
    assert!(age_file::open_all(&held.keys.age, &fs::read(&late).unwrap(), 1 << 24).is_ok());
    share(&a, &case, "second.example", "XB");
    a.carry(&b, "a2");
    a.must(1, "bundle import", &[("path", &late)]);
    assert!(sees(&a, "late.example") && sees(&b, "second.example"));
    share(&b, &theirs, "sealed.example", "XA");
    let sealed = b.export(&a, "b3");
    assert!(age_file::open_all(&held.keys.age, &fs::read(&sealed).unwrap(), 1 << 24).is_err(), "the old key opens it");
    a.must(1, "bundle import", &[("path", &sealed)]);
    assert!(sees(&a, "sealed.example"));
    // From now on the new keys sign, too.
    share(&a, &case, "third.example", "XB");
    a.carry(&b, "a3");
    assert!(sees(&b, "third.example"));
    assert_ne!(a.must(1, "desk show", &[]).value["fingerprint"], before["fingerprint"]);
    let known = b.must(1, "partner show", &[("partner", "XA")]).value;
    assert_eq!(known["fingerprint"], a.must(1, "desk show", &[]).value["fingerprint"]);
    for site in [&a, &b] {
        for member in 1..=2 {
            site.must(member, "audit verify", &[]);
        }
    }
    // Again, and somebody who meets the desk with its newest card.
    a.must(1, "member revoke", &[("member", "XA-2")]).message.unwrap();
    share(&a, &case, "fourth.example", "XB");
    a.carry(&b, "a4");
    b.carry(&a, "b4");
    share(&a, &case, "fifth.example", "XB");
    a.carry(&b, "a5");
    assert!(sees(&b, "fifth.example"));
    let workspace = a.open(1).unwrap();
    assert_eq!(desk::number_of(&workspace.own_record().unwrap()), 2);
}

#[test]
fn what_a_revoked_member_signed_and_had_not_left_waits_until_another_confirms_it() {
    let (_root, a, b) = pair();
    a.must(1, "member roles", &[("member", "XA-3"), ("roles", "investigator,desk-officer")]);
    let case = a.case("Ours");
    let gives = |value: &str| {
        let item = a.indicator(&case, value);
        a.must(3, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    };
    gives("gone.example");
    let lost = a.export(&b, "a1");
    gives("waits.example");
    a.must(1, "member revoke", &[("member", "XA-3")]);
    // What had left stands, and so does what others do.
    b.must(1, "bundle import", &[("path", &lost)]);
    assert!(sees(&b, "gone.example"));
    share(&a, &case, "first.example", "XB");
    a.carry(&b, "a2");
    assert!(sees(&b, "first.example") && !sees(&b, "waits.example"));
    let third = {
        let members = a.must(1, "member list", &[]).value;
        members.as_array().unwrap().iter().find(|m| m["name"] == "XA-3").unwrap()["id"].as_str().unwrap().to_owned()
    };
    let rows = a.must(1, "bundle preview", &[("to", "XB")]).value["acts"].clone();
    let held: Vec<_> = rows.as_array().unwrap().iter().filter(|row| row["leaves"] == "NO").collect();
    assert_eq!(held.len(), 1, "{rows}");
    assert_eq!(held[0]["to_be_confirmed"], third.as_str());
    let tasks = |member| a.must(member, "desk today", &[]).value["tasks"].clone();
    let task = |member| tasks(member).as_array().unwrap().iter().find(|t| t["id"] == third.as_str()).cloned();
    assert_eq!(task(1).unwrap()["mine"], true);
    a.must(2, "member confirm-acts", &[("member", "XA-3")]);
    assert_eq!(task(1), None);
    a.carry(&b, "a3");
    assert!(sees(&b, "waits.example"));
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn who_meets_a_desk_with_its_newest_card_takes_its_older_acts() {
    let (root, a, _b) = pair();
    a.must(1, "member revoke", &[("member", "XA-3")]);
    let c = Site::found(root.path(), "XC");
    a.meet(&c);
    c.meet(&a);
    let case = a.case("Ours");
    share(&a, &case, "first.example", "XC");
    a.carry(&c, "c1");
    assert!(sees(&c, "first.example"));
    c.carry(&a, "c2");
    share(&a, &case, "second.example", "XC");
    a.carry(&c, "c3");
    for site in [&a, &c] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_founder_who_revokes_themselves_is_out_and_the_last_administrator_stays() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    a.must(1, "member revoke", &[("member", "XA-1")]);
    a.fails(1, "case list", &[], ErrorKind::Key);
    a.must(2, "case list", &[]);
    a.must(2, "audit verify", &[]);
    let b = Site::found(root.path(), "XB");
    b.must(1, "member revoke", &[("member", "XB-2")]);
    b.fails(1, "member revoke", &[("member", "XB-1")], ErrorKind::Refused);
    b.must(1, "case list", &[]);
}

#[test]
fn a_keyring_from_before_a_revocation_is_found() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    let sealed = a.workspace().join("keyring.age");
    let old = fs::read(&sealed).unwrap();
    a.must(1, "member revoke", &[("member", "XA-3")]);
    fs::write(&sealed, old).unwrap();
    let failure = a.run(1, "case list", &[]).unwrap_err();
    assert!([ErrorKind::Fork, ErrorKind::Integrity].contains(&failure.kind), "{failure:?}");
    let _ = text(&sealed);
}

#[test]
fn nobody_is_left_out_of_the_keyring_whose_row_is_missing() {
    let root = tempfile::tempdir().unwrap();
    let a = Site::found(root.path(), "XA");
    a.must(2, "case list", &[]);
    let third = {
        let workspace = a.open(1).unwrap();
        let all = comity::record::member::all(&workspace.records(), workspace.meta.desk).unwrap();
        let third = all.iter().find(|m| workspace.text_of(m, "name").unwrap() == "XA-3").unwrap().id;
        workspace.db.execute_batch(&format!("DELETE FROM record WHERE id = x'{third}'")).unwrap();
        third
    };
    let _ = a.run(1, "case list", &[]);
    let mut place = a.place(3);
    let (me, _) = identity::unlock(&mut place).unwrap();
    assert!(Keyring::open(&a.workspace().join("keyring.age"), &me).is_ok(), "sealed without them: {third}");
    a.must(1, "audit rebuild", &[]);
    a.must(3, "case list", &[]);
    assert!(a.open(3).unwrap().records().get(third).unwrap().is_some());
}
