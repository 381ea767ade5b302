//! The ladder: what each tier needs before it leaves, each thing from a record and none from a flag.

use crate::desks::{REASONS, Site, pair};
use comity::law::rule::RuleId;
use comity::workspace::error::ErrorKind;

fn refused(site: &Site, item: &str, to: &str) -> Vec<String> {
    let said = site.must(1, "gate explain", &[("item", item), ("to", to)]).value;
    said["refused_by"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect()
}

/// What may go to a partner, by category: the word, and the rules that it is said for.
fn outlook(site: &Site, category: &str) -> (String, Vec<String>) {
    let all = site.must(1, "gate outlook", &[("to", "XB")]).value;
    let one = all.as_array().unwrap().iter().find(|o| o["category"] == category).unwrap().clone();
    let because = one["because"].as_array().unwrap().iter().map(|b| b.as_str().unwrap()[..4].to_owned());
    (one["may"].as_str().unwrap().to_owned(), because.collect())
}

#[test]
fn what_may_go_to_a_partner_is_what_the_gate_says_of_a_fresh_item() {
    let (_root, a, _b) = pair();
    let check = |category: &str, may: &str, because: &[&str]| {
        let (said, rules) = outlook(&a, category);
        assert_eq!((said.as_str(), rules.iter().map(String::as_str).collect::<Vec<_>>().as_slice()), (may, because));
    };
    check("indicator", "yes", &[]);
    check("subscriber", "after", &["G-11", "G-16"]);
    check("registration", "no", &["G-06"]);
    check("content", "no", &["G-06", "G-07"]);
    // The same, said of a real item.
    let case = a.case("Real");
    let item = a.indicator(&case, "n1.example");
    assert_eq!(refused(&a, &item, "XB"), [""; 0]);
    a.must(1, "partner suspend", &[("partner", "XB"), ("because", "a leak")]);
    let (said, rules) = outlook(&a, "indicator");
    assert_eq!((said.as_str(), refused(&a, &item, "XB")), ("no", rules));
}

#[test]
fn tier_three_needs_a_court_a_deep_review_and_assurances() {
    let (_root, a, b) = pair();
    a.agree(&b, "3", "traffic");
    let case = a.case("Metadata");
    let item = a.calls(&case);
    assert_eq!(refused(&a, &item, "XB"), ["G-11", "G-12", "G-13", "G-14", "G-15", "G-16", "G-17", "G-18"]);
    a.approve(&item, &b, "L1");
    assert!(refused(&a, &item, "XB").contains(&"G-12".to_owned()), "a shallow review is not enough");
    a.approve(&item, &b, "L2");
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-17", "G-18"]);
    a.fails(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")], ErrorKind::Refused);
    a.fails(
        1,
        "authorisation add",
        &[("item", &item), ("to", "XB"), ("by", "court"), ("reference", "7")],
        ErrorKind::Refused,
    );
    a.must(
        2,
        "authorisation add",
        &[("item", &item), ("to", "XB"), ("by", "Court of Harbour"), ("reference", "7 Gs 12"), ("expires", "20d")],
    );
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-18"]);
    a.must(
        2,
        "assurance add",
        &[("partner", "XB"), ("of", "torture"), ("text", "nobody is tortured"), ("by", "central authority")],
    );
    assert_eq!(refused(&a, &item, "XB"), ["G-16"]);
    let disclosure = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.fails(1, "disclosure release", &[("disclosure", &disclosure)], ErrorKind::Refused);
    a.must(2, "disclosure release", &[("disclosure", &disclosure)]);
    a.carry(&b, "1");
    assert!(b.must(1, "item show", &[("item", &item)]).value.to_string().contains("calls of 14 days"));
    assert_eq!(b.must(1, "item show", &[("item", &item)]).value["caveats"], serde_json::json!([]));
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn a_review_says_what_it_rests_on_why_and_with_what_caveat() {
    let (_root, mut a, b) = pair();
    a.agree(&b, "3", "traffic");
    let case = a.case("Reasons");
    let (item, seen) = (a.calls(&case), a.indicator(&case, "seen.example"));
    let review =
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L3")]);
    let on = ("review", review.as_str());
    let said = [on, ("all", "met"), ("less-intrusive", "none"), ("reason", "necessity=no other way")];
    let bare = a.fails(2, "review assess", &said, ErrorKind::Usage);
    for test in ["suspicion", "oversight", "death_penalty", "ne_bis_in_idem"] {
        assert!(bare.what.contains(test), "what L2 and L3 add is not met by one word: {}", bare.what);
    }
    assert!(!bare.what.contains("scope"), "{}", bare.what);
    a.must(2, "review assess", &[&said[..], &REASONS[..]].concat());
    // A reason that was given before still stands.
    a.must(2, "review assess", &said);
    a.must(2, "review assess", &[on, ("evidence", &seen)]);
    a.fails(2, "review assess", &[on, ("evidence", &case)], ErrorKind::Usage);
    let approve = [on, ("approve", "yes"), ("expires", "60d"), ("caveat", "not in a trial without asking")];
    a.must(2, "review decide", &approve);
    let shown = |site: &Site| site.must(1, "review show", &[on]).value;
    assert_eq!(shown(&a)["state"], "assessed", "level L3 needs a second reviewer");
    let said = shown(&a);
    assert_eq!(said["evidence"][0], seen.as_str());
    assert_eq!(said["reasons"]["necessity"], "no other way");
    assert_eq!(said["less_intrusive_text"], "none", "an assessment that does not speak of it takes nothing back");
    assert_eq!(said["caveats"][0], "not in a trial without asking");
    let l1 = a.approve(&item, &b, "L2");
    a.pass_stated(24 * 61);
    assert_eq!(a.must(1, "review show", &[("review", &l1)]).value["state"], "lapsed");
    a.must(1, "audit verify", &[]);
}

#[test]
fn an_approval_lapses_when_what_it_rested_on_changes() {
    let (_root, a, b) = pair();
    a.agree(&b, "2", "subscriber");
    let case = a.case("Lapse");
    let item = a.make(
        1,
        "item add",
        &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "J. Doe")],
    );
    let shown = |review: &str| a.must(1, "review show", &[("review", review)]).value;
    let mark = |tlp: &str| a.must(1, "item mark", &[("item", &item), ("tlp", tlp)]).value["lapsed"].clone();
    let is = a.must(1, "item show", &[("item", &item)]).value["tlp"].as_str().unwrap().to_owned();
    // Marked as it was: nothing has changed. Marked again: what was approved was something else.
    let first = a.approve(&item, &b, "L1");
    assert_eq!((refused(&a, &item, "XB"), mark(&is).as_array().unwrap().len()), (vec!["G-16".to_owned()], 0));
    assert_eq!(mark("RED").as_array().unwrap().len(), 1);
    assert_eq!((shown(&first)["state"].as_str(), shown(&first)["changed"].as_str()), (Some("lapsed"), Some("facts")));
    assert!(refused(&a, &item, "XB").contains(&"G-11".to_owned()));
    assert_eq!(mark("AMBER").as_array().unwrap().len(), 0, "what has lapsed does not lapse again");
    // Another review is needed; a reviewer ends it, with reasons, and nobody else does.
    let second = a.approve(&item, &b, "L1");
    let proposal = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let because = ("because", "they turned out to be a minor");
    let lapse = |member: u8, more: &[(&str, &str)]| {
        a.run(member, "review lapse", &[&[("review", second.as_str()), ("changed", "facts")], more].concat())
    };
    assert_eq!(lapse(1, &[because]).unwrap_err().kind, ErrorKind::Refused, "no investigator");
    assert_eq!(lapse(2, &[("because", " ")]).unwrap_err().kind, ErrorKind::Refused, "no reasons");
    lapse(2, &[because]).unwrap();
    assert_eq!(shown(&second)["lapsed_because"][0], because.1);
    assert_eq!(lapse(2, &[because]).unwrap_err().kind, ErrorKind::Refused, "it has lapsed");
    a.fails(2, "disclosure release", &[("disclosure", &proposal)], ErrorKind::Refused);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_request_whose_approval_lapses_is_a_draft_again() {
    let (_root, a, _b) = pair();
    let case = a.case("Draft again");
    let law = comity::law::edition::Law::of_program();
    let fields: Vec<String> =
        law.request("bc29").unwrap().field.iter().map(|f| format!("{}=the {} of it", f.id, f.label)).collect();
    let mut form = vec![("kind", "bc29"), ("case", case.as_str()), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", f.as_str())));
    let id = a.make(1, "request new", &form);
    let state = || a.must(1, "request show", &[("request", &id)]).value["state"].as_str().unwrap().to_owned();
    let submit = || a.must(1, "request submit", &[("request", &id)]).value["review"].as_str().unwrap().to_owned();
    let review = submit();
    a.decide(&review);
    assert_eq!(state(), "authorised");
    a.must(3, "review lapse", &[("review", &review), ("changed", "purpose"), ("because", "the inquiry was closed")]);
    assert_eq!(state(), "draft");
    a.fails(1, "request send", &[("request", &id)], ErrorKind::Refused);
    a.decide(&submit());
    a.must(1, "request send", &[("request", &id)]);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_conflict_of_interest_is_declared_once_and_binds() {
    let (_root, a, _b) = pair();
    let case = a.case("Recused");
    let item = a.calls(&case);
    let review =
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L2")]);
    let on = ("review", review.as_str());
    let because = ("because", "the suspect is my brother");
    a.fails(1, "review recuse", &[on, because], ErrorKind::Refused);
    a.fails(2, "review recuse", &[on, ("because", "")], ErrorKind::Refused);
    a.must(2, "review recuse", &[on, because]);
    assert_eq!(a.must(1, "review show", &[on]).value["recused"][0], "XA-2");
    let assess = [&[on, ("all", "met"), ("less-intrusive", "none would do")][..], &REASONS[..]].concat();
    a.fails(2, "review assess", &assess, ErrorKind::Refused);
    a.must(3, "review assess", &assess);
    let decide = [on, ("approve", "yes"), ("expires", "30d")];
    let refused = a.fails(2, "review decide", &decide, ErrorKind::Refused);
    assert_eq!(refused.verdict.unwrap().refused_by(), [RuleId::V03]);
    a.must(3, "review decide", &decide);
    a.must(1, "audit verify", &[]);
}

#[test]
fn a_review_shows_what_is_recognised_of_the_recipient_and_else_the_higher_standard() {
    let (_root, a, _b) = pair();
    let case = a.case("Recognised");
    let item = a.calls(&case);
    let review =
        a.make(1, "review open", &[("subject", &item), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L3")]);
    let tests = a.must(1, "review show", &[("review", &review)]).value["tests"].clone();
    let said = |test: &str| {
        let row = tests.as_array().unwrap().iter().find(|t| t["test"] == test).unwrap();
        row["recognition"].as_str().unwrap_or_default().to_owned()
    };
    assert!(said("oversight").starts_with("taken as met until 2027-12-31"), "{}", said("oversight"));
    let lapsed = said("legality");
    assert!(lapsed.starts_with("no longer taken since 2025-12-31") && lapsed.contains("higher standard"), "{lapsed}");
    assert_eq!(said("necessity"), "");
    // Who authorises traffic data here and there, and whose standard is the higher one.
    let shown = a.must(1, "review show", &[("review", &review)]).value;
    let compared = a.must(1, "law compare", &[("one", "XA"), ("other", "XB")]).value;
    let rule = compared["thresholds"].as_array().unwrap().iter().find(|t| t["category"] == "traffic").unwrap();
    for (side, of) in [("XA", "one"), ("XB", "other")] {
        let row = shown["thresholds"].as_array().unwrap().iter().find(|t| t["side"] == side).unwrap();
        assert_eq!(row["category"], "traffic");
        assert_eq!(row["authoriser"], rule[of]["authoriser"]);
        assert_eq!(row["higher"], rule["higher"] == side, "{side}");
    }
}

#[test]
fn what_is_due_and_held_stays_and_a_trial_asks_the_gate() {
    let (_root, mut a, _b) = pair();
    let case = a.case("Due");
    let (held, free) = (a.indicator(&case, "held.example"), a.indicator(&case, "free.example"));
    a.must(1, "retention hold", &[("item", &held), ("reason", "audit"), ("because", "asked")]);
    let because = ("because", "asked");
    for trial in [&[("item", held.as_str()), because][..], &[("item", held.as_str()), because, ("dry-run", "yes")]] {
        let refused = a.fails(1, "retention purge", trial, ErrorKind::Refused);
        assert_eq!(refused.verdict.unwrap().refused_by(), [RuleId::U02], "{trial:?}");
    }
    a.pass_stated(24 * 3000);
    let due = |dry: &[(&str, &str)]| a.must(1, "retention purge", dry).value;
    for said in [due(&[("dry-run", "yes")]), due(&[])] {
        assert_eq!((said["items"].as_u64(), said["held"].as_u64()), (Some(1), Some(1)), "{said}");
    }
    assert_eq!(due(&[])["items"], 0);
    let state = |item: &str| a.must(1, "item show", &[("item", item)]).value["state"].as_str().unwrap().to_owned();
    assert_eq!((state(&held).as_str(), state(&free).as_str()), ("held", "purged"));
    a.must(1, "audit verify", &[]);
}

#[test]
fn caveats_go_with_the_copy_and_grounds_and_reasons_stay() {
    let (_root, a, b) = pair();
    let case = a.case("Caveats");
    let item = a.make(
        1,
        "item add",
        &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "J. Doe")],
    );
    let opened = [("subject", item.as_str()), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")];
    let review = a.make(1, "review open", &opened);
    let on = ("review", review.as_str());
    a.must(2, "review assess", &[on, ("all", "met"), ("less-intrusive", "open sources")]);
    let partly = [on, ("partial", "yes"), ("expires", "60d"), ("reasons", "the rest is privileged")];
    a.fails(2, "review decide", &[&partly[..], &[("ground", "R99")]].concat(), ErrorKind::Usage);
    let more = [("ground", "R3"), ("caveat", "the name is as the provider wrote it"), ("caveat", "not for a trial")];
    a.must(2, "review decide", &[&partly[..], &more].concat());
    let told = a.must(1, "review show", &[on]).value;
    assert_eq!(told["grounds"], serde_json::json!(["R3"]));
    let proposal = a.make(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.must(2, "disclosure release", &[("disclosure", &proposal)]);
    a.carry(&b, "1");
    let there = b.must(1, "item show", &[("item", &item)]).value;
    assert_eq!(there["caveats"], serde_json::json!(["the name is as the provider wrote it", "not for a trial"]));
    let all = "SELECT group_concat(terms || coalesce(content, '')) || coalesce((SELECT group_concat(text) FROM change_terms), '') FROM change";
    let everything = b.open(1).unwrap().db.query_row(all, [], |r| r.get::<_, String>(0)).unwrap();
    assert!(!everything.contains("privileged"), "the reasons stay");
    a.must(1, "audit verify", &[]);
    b.must(1, "audit verify", &[]);
}

#[test]
fn a_preview_says_the_effective_marking_and_grades_travel() {
    let (_root, a, b) = pair();
    a.agree(&b, "1", "indicator");
    let case = a.case("Graded");
    let add = |tlp: &str, handling: &str| {
        let form = [("type", "domain"), ("category", "indicator"), ("value", "x.example"), ("case", case.as_str())];
        let more = [("source-grade", "b"), ("information-grade", "2"), ("tlp", tlp), ("handling", handling)];
        a.make(1, "item add", &[form.as_slice(), &more].concat())
    };
    let (first, second) = (add("GREEN", "H1"), add("AMBER", "H2"));
    a.must(1, "disclosure new", &[("item", &first), ("item", &second), ("to", "XB"), ("delete-after", "30d")]);
    let preview = a.must(1, "bundle preview", &[("to", "XB")]).value;
    assert_eq!(preview["marking"], "TLP:AMBER PAP:AMBER H1 H2");
    a.carry(&b, "1");
    let there = b.must(1, "item show", &[("item", &first)]).value;
    assert_eq!((there["source_grade"].as_str(), there["information_grade"].as_str()), (Some("B"), Some("2")));
    b.must(1, "audit verify", &[]);
}

#[test]
fn an_authorisation_that_has_expired_is_none() {
    let (_root, mut a, b) = pair();
    a.agree(&b, "3", "traffic");
    let case = a.case("Expired");
    let item = a.calls(&case);
    a.approve(&item, &b, "L2");
    a.must(
        2,
        "authorisation add",
        &[("case", &case), ("to", "XB"), ("by", "Court"), ("reference", "1"), ("expires", "5d")],
    );
    a.must(2, "assurance add", &[("partner", "XB"), ("of", "torture"), ("text", "t"), ("by", "c"), ("expires", "10d")]);
    assert_eq!(refused(&a, &item, "XB"), ["G-16"]);
    a.pass(6 * 24);
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-17"]);
    a.pass(6 * 24);
    assert_eq!(refused(&a, &item, "XB"), ["G-16", "G-17", "G-18"]);
}
