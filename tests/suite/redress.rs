//! Ways on and ways back in complaints, mistakes, findings and disputes: what is taken back, lifted, raised, or ends though nobody ends it.

use std::fs;

use comity::law::accountability::{self, Period, Sign};
use comity::law::calendar::Calendar;
use comity::record::dispute;
use comity::record::kind::Kind;
use comity::record::store::{Query, RecordStore as _};
use comity::value::id::Id;
use comity::value::timestamp::Duration;
use comity::workspace::error::ErrorKind;
use serde_json::{Value, json};

use crate::attack::lying_desk::{LyingDesk, SALT, fresh, more_members};
use crate::desks::{Site, pair};

/// Two desks with an auditor each, a case of the first, and an account of it that the second holds.
fn scene() -> (tempfile::TempDir, Site, Site, String) {
    let (root, a, b) = pair();
    a.enrol(4, "oversight-auditor");
    b.enrol(4, "oversight-auditor");
    let case = a.case("Redress");
    (root, a, b, case)
}

fn complaint(site: &Site, about: Option<&str>) -> String {
    let mut said = vec![
        ("right", "erase"),
        ("channel", "letter"),
        ("from", "M. Roe"),
        ("subject", "M. Roe"),
        ("text", "zqcomplaint"),
    ];
    said.extend(about.map(|id| ("about", id)));
    let id = site.make(4, "complaint receive", &said);
    site.must(4, "complaint acknowledge", &[("complaint", &id)]);
    id
}

fn shown(site: &Site, noun: &str, id: &str) -> Value {
    site.must(4, &format!("{noun} show"), &[(noun, id)]).value
}

fn tasks(site: &Site) -> String {
    site.must(4, "desk today", &[]).value["tasks"].to_string()
}

fn id_of(text: &str) -> Id {
    Id::parse(text).unwrap()
}

/// All content that a workspace holds.
fn contents(site: &Site) -> String {
    let workspace = site.open(1).unwrap();
    let mut rows = workspace.db.prepare("SELECT content FROM change WHERE content IS NOT NULL").unwrap();
    let found = rows.query_map([], |r| r.get::<_, String>(0)).unwrap();
    found.map(Result::unwrap).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_complaint_that_was_passed_on_is_taken_back_and_goes_on_here() {
    let (_root, a, b, _case) = scene();
    let id = complaint(&a, None);
    let on = [("complaint", id.as_str())];
    a.must(4, "complaint refer", &[on[0], ("to", "XB")]);
    a.carry(&b, "r1");
    assert!(contents(&b).contains("zqcomplaint"));
    b.must(4, "complaint acknowledge", &on);
    b.must(4, "complaint decide", &[on[0], ("outcome", "checked"), ("reasons", "as examined")]);
    // Their answer crosses its being taken back: it decides nothing, and stops nothing.
    b.must(4, "complaint report", &[on[0], ("text", "nothing found")]);
    a.must(4, "complaint recall", &[on[0], ("because", "it is ours to lead")]);
    assert_eq!(shown(&a, "complaint", &id)["state"], "acknowledged");
    b.carry(&a, "r2");
    let here = shown(&a, "complaint", &id);
    assert_eq!(
        (&here["state"], &here["lead_outcome"], &here["partner"]),
        (&json!("acknowledged"), &Value::Null, &json!(""))
    );
    a.carry(&b, "r3");
    assert_eq!(shown(&b, "complaint", &id)["state"], "closed");
    b.must(3, "retention purge", &[]);
    assert!(!contents(&b).contains("zqcomplaint"), "the partner keeps nothing of what the person said");
    // To the same partner it does not go again; the rest of its way is open.
    a.fails(4, "complaint refer", &[on[0], ("to", "XB")], ErrorKind::Refused);
    a.must(4, "complaint decide", &[on[0], ("outcome", "rejected"), ("reasons", "as examined")]);
    a.must(4, "complaint close", &on);
    a.fails(4, "complaint recall", &[on[0], ("because", "again")], ErrorKind::Refused);
    for site in [&a, &b] {
        site.must(1, "audit verify", &[]);
    }
}

#[test]
fn a_restriction_is_looked_at_again_and_lifted_also_after_the_decision() {
    let (_root, mut a, _b, _case) = scene();
    let id = complaint(&a, None);
    let on = [("complaint", id.as_str())];
    a.fails(4, "complaint lift", &[on[0], ("because", "x")], ErrorKind::Refused);
    a.must(4, "complaint decide", &[on[0], ("outcome", "checked"), ("reasons", "as examined")]);
    let restrict = |site: &Site, review: &str| {
        let said = [on[0], ("ground", "inquiries"), ("because", "an arrest is near"), ("review", review)];
        site.must(4, "complaint restrict", &said);
    };
    restrict(&a, "20d");
    assert!(!tasks(&a).contains("restriction"));
    a.pass_stated(24 * 15);
    assert!(tasks(&a).contains("restriction is to be looked at again"));
    restrict(&a, "40d");
    a.must(4, "complaint close", &on);
    let kept = a.open(4).unwrap().records().get(id_of(&id)).unwrap().unwrap().due;
    a.pass_stated(24 * 35);
    assert!(tasks(&a).contains("restriction"), "it is looked at again though the complaint is closed");
    a.must(4, "complaint lift", &[on[0], ("because", "the arrest was made")]);
    let here = shown(&a, "complaint", &id);
    assert_eq!((&here["restriction"], &here["review"]), (&Value::Null, &Value::Null));
    assert!(!tasks(&a).contains("restriction"));
    assert_eq!(a.open(4).unwrap().records().get(id_of(&id)).unwrap().unwrap().due, kept, "it is kept as long");
    a.must(1, "audit verify", &[]);
}

/// That something was erased is told by its record; where nobody erases such a record by name, a member says it.
#[test]
fn erasing_what_no_record_can_tell_is_said_by_a_member() {
    let (_root, a, _b, case) = scene();
    let item = a.indicator(&case, "n1.example");
    let error = a.make(1, "error report", &[("about", &item), ("text", "x"), ("severity", "recordable")]);
    let workspace = a.open(1).unwrap();
    let mut tried = Vec::new();
    for kind in comity::command::finding::ABOUT {
        let by_name = [Kind::Item, Kind::Request, Kind::Case].contains(kind);
        tried.extend(workspace.records().find(&Query::kind(*kind)).unwrap().first().map(|r| (r.id, by_name)));
    }
    drop(workspace);
    assert!(tried.len() > 1 && error.len() == 32);
    for (about, by_name) in tried {
        let id = complaint(&a, Some(&about.to_string()));
        let on = [("complaint", id.as_str())];
        a.must(4, "complaint decide", &[on[0], ("outcome", "upheld"), ("reasons", "r"), ("remedy", "erase")]);
        let said = [on[0], ("remedy", "erase"), ("evidence", "shredded")];
        if by_name {
            a.fails(4, "complaint done", &said, ErrorKind::Refused);
        } else {
            a.must(4, "complaint done", &said);
            a.must(4, "complaint close", &on);
        }
    }
}

#[test]
fn a_person_who_is_owed_access_is_told_before_it_is_closed() {
    let (_root, a, _b, _case) = scene();
    let id = complaint(&a, None);
    let on = [("complaint", id.as_str())];
    a.must(4, "complaint decide", &[on[0], ("outcome", "upheld"), ("reasons", "r"), ("remedy", "access")]);
    assert_eq!(shown(&a, "complaint", &id)["open_remedies"], json!(["access"]));
    a.fails(4, "complaint close", &on, ErrorKind::Refused);
    a.must(4, "complaint done", &[on[0], ("remedy", "access"), ("evidence", "a copy was sent")]);
    a.must(4, "complaint close", &on);
}

#[test]
fn a_mistake_becomes_reportable_and_partners_are_told_in_their_own_words() {
    let (_root, a, b, case) = scene();
    let item = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let said = [
        ("about", item.as_str()),
        ("text", "zqinternal: J. Doe mistyped it"),
        ("notice", "one address is wrong"),
        ("severity", "recordable"),
    ];
    let error = a.make(1, "error report", &said);
    a.carry(&b, "m1");
    assert_eq!(shown(&b, "error", &error)["text"], "one address is wrong");
    assert!(!contents(&b).contains("zqinternal"));
    assert!(!tasks(&a).contains("authority"));
    a.must(1, "error raise", &[("error", &error), ("because", "the person was arrested")]);
    let here = shown(&a, "error", &error);
    let by = accountability::ends(Period::ErrorAuthority, a.now, &Calendar::default());
    assert_eq!((&here["severity"], &here["notify_by"]), (&json!("reportable"), &json!(by.to_string())));
    assert!(tasks(&a).contains("authority is to be told"));
    a.fails(1, "error raise", &[("error", &error), ("because", "again")], ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
}

/// What only a partner could end, or somebody who never opens it, is erased all the same.
#[test]
fn what_nobody_ends_does_not_stay_for_ever() {
    let (_root, a, mut b, case) = scene();
    let item = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    for text in ["zqfirst", "zqsecond"] {
        a.make(1, "error report", &[("about", &item), ("text", text), ("severity", "recordable")]);
    }
    let finding = [("text", "zqfinding"), ("recommend", "zqadvice"), ("due", "30d"), ("to", "XB")];
    let finding = a.make(4, "finding open", &finding);
    a.carry(&b, "n1");
    let errors = b.must(1, "error list", &[]).value;
    let confirmed = errors[0]["id"].as_str().unwrap();
    b.must(1, "error confirm", &[("error", confirmed), ("text", "zqconfirmed")]);
    b.must(1, "finding respond", &[("finding", &finding), ("text", "zqanswer")]);
    b.make(2, "misuse report", &[("text", "zqmisuse")]);
    let held = |site: &Site| {
        let all = contents(site);
        let words: Vec<String> = all.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        words.into_iter().filter(|word| word.starts_with("zq")).collect::<Vec<_>>()
    };
    assert!(held(&b).len() >= 5, "{:?}", held(&b));
    let misuse = |site: &Site| site.open(4).unwrap().records().find(&Query::kind(Kind::Misuse)).unwrap().remove(0);
    b.pass_stated(24 * 366 * 2);
    b.must(3, "retention purge", &[]);
    assert!(held(&b).is_empty(), "{:?}", held(&b));
    assert!(!misuse(&b).is_purged(), "what no auditor has read waits longer");
    b.pass_stated(24 * 366 * 3);
    b.must(3, "retention purge", &[]);
    assert!(misuse(&b).is_purged());
    b.must(1, "audit verify", &[]);
}

/// Whoever signs late is not left out of every period.
#[test]
fn a_look_that_is_signed_after_its_period_is_drawn_in_the_next() {
    let (_root, mut a, _b, case) = scene();
    let person = a.make(
        1,
        "item add",
        &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "v")],
    );
    a.must(2, "item show", &[("item", &person)]);
    a.pass_stated(24 * 20);
    let first = a.make(4, "sample draw", &[]);
    assert_eq!(shown(&a, "sample", &first)["of"], 0, "it is not signed yet");
    let over = a.now.to_string();
    a.pass_stated(1);
    a.open(2).unwrap().sign_consultations().unwrap();
    a.pass_stated(24);
    let second = a.make(4, "sample draw", &[("from", &over)]);
    assert_eq!(shown(&a, "sample", &second)["of"], 1);
    // Of more than are drawn, as many as the law says.
    for _ in 0..=accountability::number(Sign::Sample) {
        a.must(1, "item show", &[("item", &person)]);
    }
    a.open(1).unwrap().sign_consultations().unwrap();
    a.pass_stated(24);
    let third = a.make(4, "sample draw", &[]);
    assert_eq!(shown(&a, "sample", &third)["drawn"], accountability::number(Sign::Sample));
    a.must(1, "audit verify", &[]);
}

#[test]
fn an_agreement_can_ask_for_a_typed_reason() {
    let (_root, a, b, case) = scene();
    let person = |site: &Site, case: &str| {
        let said = [("case", case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "zqv")];
        site.make(1, "item add", &said)
    };
    let given = person(&a, &case);
    a.must(
        1,
        "agreement add",
        &[
            ("partner", "XB"),
            ("instrument", "bc"),
            ("purpose", "cybercrime"),
            ("categories", "subscriber"),
            ("retention-cap", "90d"),
            ("title", "With reasons"),
            ("from", &a.now.to_string()),
            ("until", "300d"),
            ("tier", "2"),
            ("typed-reason", "yes"),
        ],
    );
    a.approve(&given, &b, "L1");
    let disclosure = a.make(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
    a.must(3, "disclosure release", &[("disclosure", &disclosure)]);
    a.carry(&b, "t1");
    let refused = b.fails(2, "item show", &[("item", &given)], ErrorKind::Refused);
    assert!(refused.what.contains("agreement with XA"), "{refused:?}");
    let said = b.program(2, &["--reason", "the trial begins", "item", "show", &given], "");
    assert!(String::from_utf8_lossy(&said.stdout).contains("zqv"), "{said:?}");
    // It asks for what came from there, and for nothing else.
    let own = person(&b, &b.case("Own"));
    b.must(2, "item show", &[("item", &own)]);
}

/// A witness's key in a pack is the pack's own word: a card from elsewhere confirms it, or shows that it is another.
#[test]
fn a_witness_in_a_pack_is_compared_with_its_card() {
    let (root, a, b, case) = scene();
    let given = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &given), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "p1");
    let theirs = b.indicator(&b.case("Theirs"), "x.example");
    b.must(1, "disclosure new", &[("item", &theirs), ("to", "XA"), ("delete-after", "30d")]);
    b.carry(&a, "p1");
    let pack = a.path("pack.comity");
    a.must(4, "audit pack", &[("out", &pack)]);
    let verify = |cards: &[&str]| {
        let more = cards.iter().flat_map(|card| ["--card", *card]);
        let words: Vec<&str> = ["--json", "audit", "verify-pack", &pack].into_iter().chain(more).collect();
        let said = crate::desks::program(root.path(), &words, "");
        (said.status.code(), serde_json::from_slice::<Value>(&said.stdout).unwrap_or_default())
    };
    let card = |site: &Site| {
        let out = site.path("own.card");
        site.must(1, "desk card", &[("out", &out), ("force", "yes")]);
        out
    };
    let (code, found) = verify(&[]);
    assert_eq!((code, &found["witnesses"][0]["key_known"]), (Some(0), &json!(false)), "{found}");
    let (code, found) = verify(&[&card(&b), &card(&a)]);
    assert_eq!((code, &found["witnesses"][0]["key_known"]), (Some(0), &json!(true)), "{found}");
    // A card of that desk with another witness key: made by whoever has its root key, as a desk does that takes new keys.
    let other = b.path("other.card");
    let (mut of_other, _) = b.open(1).unwrap().card().unwrap();
    of_other.keys.witness = comity::seal::sign::Signer::from_seed(&[9; 32]).public();
    let (me, desk) = {
        let (me, _) = comity::command::identity::unlock(&mut b.place(1)).unwrap();
        (me, b.open(1).unwrap().meta.desk)
    };
    fs::write(&other, of_other.sign(me.root_of(desk).unwrap()).unwrap()).unwrap();
    assert_eq!(verify(&[&other]).0, Some(22));
}

/// What crossed a closing opens a dispute again once; no old act of a partner opens it for ever.
#[test]
fn a_closed_dispute_is_opened_again_once_at_most() {
    let (_root, a, b) = pair();
    a.enrol(4, "oversight-auditor");
    more_members(&b);
    let dispute = a.make(1, "dispute open", &[("with", "XB"), ("subject", "delay"), ("statement", "x")]);
    let on = [("dispute", dispute.as_str())];
    for text in ["list", "another list"] {
        a.must(1, "dispute remedy", &[on[0], ("text", text), ("by", "30d")]);
    }
    a.carry(&b, "c1");
    b.must(1, "dispute reply", &[on[0], ("statement", "y")]);
    b.carry(&a, "c2");
    let proposed = |site: &Site| {
        let record = site.open(1).unwrap().records().get(id_of(&dispute)).unwrap().unwrap();
        dispute::proposals(&record).into_iter().map(|p| p.id).collect::<Vec<_>>()
    };
    let (proposals, state) = (proposed(&a), || shown(&a, "dispute", &dispute)["state"].as_str().unwrap().to_owned());
    let mut liar = LyingDesk::take_over(&b, &a);
    a.must(1, "dispute close", &on);
    liar.send(&a, &[dispute::agreed(id_of(&dispute), proposals[0])]).unwrap();
    assert_eq!(state(), "remedy");
    liar.send(&a, &[dispute::complied(id_of(&dispute), proposals[0], "done", SALT)]).unwrap();
    a.must(1, "dispute close", &on);
    liar.send(&a, &[dispute::agreed(id_of(&dispute), proposals[1])]).unwrap();
    assert_eq!(state(), "closed");
    let award = dispute::Offer {
        proposal: fresh(8),
        owes: a.open(1).unwrap().meta.desk,
        due: a.now.plus(Duration::days(3)),
        awarded: true,
        text: "more",
    };
    // Without a neutral that both agreed to, nobody awards anything.
    assert!(liar.send(&a, &[dispute::remedy(id_of(&dispute), &award, SALT)]).is_err());
    a.must(1, "audit verify", &[]);
}
