//! People: what a partner's act claims of people counts only for people of that desk, in the roles that they have there.

use comity::act::change::Change;
use comity::seal::sign::Signer;
use comity::value::class::Role;
use comity::value::json::Json;
use comity::workspace::error::ErrorKind;

use super::lying_desk::fresh;
use super::scene::{Scene, Snapshot, examples, hands, released, stored};

/// Somebody who is enrolled nowhere.
fn stranger(n: u8) -> String {
    Signer::from_seed(&[n; 32]).public().person().to_string()
}

/// The act of a disclosure once more, with something else in its terms and in the facts that they state.
fn with(mut act: Vec<Change>, alter: impl Fn(&mut Json)) -> Vec<Change> {
    let mut terms = act[0].read_terms().unwrap();
    alter(&mut terms);
    act[0].terms = terms.to_bytes();
    act
}

/// The facts that the terms of a disclosure state.
fn facts(terms: &mut Json, alter: impl Fn(&mut Json)) {
    let mut asked = terms.get("asked").unwrap().items().unwrap().to_vec();
    asked.iter_mut().for_each(alter);
    terms.set("asked", asked);
}

fn reviewers(terms: &mut Json, people: &[String]) {
    facts(terms, |facts| {
        let mut review = facts.get("review").unwrap().clone();
        review.set("reviewers", people.iter().map(|p| Json::from(p.as_str())).collect::<Vec<_>>());
        facts.set("review", review);
    });
}

fn proposer(terms: &mut Json, person: &str) {
    terms.set("proposed_by", person);
    facts(terms, |facts| facts.set("proposed_by", person));
}

#[test]
fn content_that_people_of_the_partner_review_and_release_is_taken() {
    for tier in [2, 3, 4] {
        let mut s = Scene::new();
        let act = released(&s, fresh(0xdd), fresh(0xed), tier);
        s.liar.send(&s.a, &act).unwrap();
    }
}

#[test]
fn nobody_releases_alone_by_naming_people_who_are_not_there() {
    let mut s = Scene::new();
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    let before = stored(&s.a);
    let mut taken = Vec::new();
    for tier in [2, 3, 4] {
        // Who stands at the partner: 0 proposes, 1 releases, 2 and 4 review; 3 may propose and not review.
        let person = |n: usize| s.liar.members[n].public().person().to_string();
        let (investigator, other_reviewer) = (person(3), person(4));
        let act = || released(&s, fresh(0xdd), fresh(0xed), tier);
        let two = |first: String| [first, other_reviewer.clone()];
        let cases: Vec<(&str, Vec<Change>)> = vec![
            ("an invented proposer", with(act(), |terms| proposer(terms, &stranger(1)))),
            ("invented reviewers", with(act(), |terms| reviewers(terms, &[stranger(2), stranger(3)]))),
            ("one invented reviewer of two", with(act(), |terms| reviewers(terms, &two(stranger(2))))),
            ("a reviewer who may not review", with(act(), |terms| reviewers(terms, &two(investigator.clone())))),
            ("a proposer who may not propose", with(act(), |terms| proposer(terms, &other_reviewer))),
            (
                "nobody but who releases",
                with(act(), |terms| {
                    proposer(terms, &stranger(1));
                    reviewers(terms, &[stranger(2), stranger(3)]);
                }),
            ),
            ("a member of ours as reviewer", {
                let ours = s.a.open(2).unwrap().person().to_string();
                with(act(), |terms| reviewers(terms, &two(ours.clone())))
            }),
        ];
        for (what, act) in cases {
            match s.liar.send(&s.a, &act) {
                Ok(_) => {
                    taken.push(format!("tier {tier}: {what}"));
                    kept.0.put_back(&s.a);
                    s.liar.said = kept.1.clone();
                }
                Err(failure) => assert_eq!(failure.kind, ErrorKind::Signature, "tier {tier}: {what}: {failure:?}"),
            }
        }
    }
    assert!(taken.is_empty(), "{} are taken:\n{}", taken.len(), taken.join("\n"));
    assert_eq!(stored(&s.a), before);
}

#[test]
fn nobody_joins_an_emergency_of_their_own_making() {
    let mut s = Scene::new();
    let honest = examples(&mut s).into_iter().find(|e| e.of == "disclosure-join").unwrap().act;
    let joins = {
        let (signer, _) = s.liar.signer_of("disclosure-join");
        s.liar.members[signer].public().person().to_string()
    };
    let invented = with(honest, |terms| {
        proposer(terms, &stranger(1));
        facts(terms, |facts| {
            let mut emergency = facts.get("emergency").unwrap().clone();
            emergency.set("people", vec![Json::from(stranger(1).as_str()), Json::from(joins.as_str())]);
            facts.set("emergency", emergency);
        });
    });
    let told = s.liar.send(&s.a, &invented).map(|_| ()).map_err(|failure| failure.kind);
    assert_eq!(told, Err(ErrorKind::Signature));
}

#[test]
fn a_request_that_nobody_reviewed_is_not_taken() {
    let mut s = Scene::new();
    let mut asks = s.asks(fresh(0xa5));
    let mut terms = asks.read_terms().unwrap();
    let mut asked = terms.get("asked").unwrap().clone();
    let mut review = asked.get("review").unwrap().clone();
    review.set("reviewers", vec![Json::from(stranger(2).as_str())]);
    asked.set("review", review);
    terms.set("asked", asked);
    asks.terms = terms.to_bytes();
    let told = s.liar.send(&s.a, &[asks]).map(|_| ()).map_err(|failure| failure.kind);
    assert_eq!(told, Err(ErrorKind::Signature));
}

#[test]
fn what_is_above_our_ceiling_is_shown_and_goes_no_further() {
    for (tier, above) in [(2, false), (3, true), (4, true)] {
        let mut s = Scene::new();
        let act = released(&s, fresh(0xdd), fresh(0xed), tier);
        let answer = s.liar.send(&s.a, &act).unwrap();
        assert_eq!(answer.message.unwrap().contains("above"), above, "tier {tier}: it is said");
        let item = fresh(0xed).to_string();
        let shown = s.a.must(1, "item show", &[("item", &item)]).value;
        assert_eq!((&shown["state"], &shown["above_ceiling"]), (&"held".into(), &above.into()), "{shown}");
        assert_eq!(shown["conditions"].to_string().contains("no-onward"), above, "{shown}");
        s.a.must(1, "audit verify", &[]);
    }
}

#[test]
fn people_of_another_desk_are_not_a_partners_own_because_it_enrols_their_keys() {
    let mut s = Scene::new();
    // Our legal reviewer, whose public file is no secret.
    let (file, person) = {
        let file = std::fs::read(format!("{}.pub", s.a.identity(2).display())).unwrap();
        let who = comity::seal::identity::PublicIdentity::parse(&file).unwrap();
        (who.clone(), who.signing.person().to_string())
    };
    let terms = s.liar.member(&file.signing.to_openssh(), &file.age.to_string(), &["legal-reviewer"]);
    let enrols =
        Change::with_content(fresh(0x67), "member-add", &terms, &comity::object! { "name" => "Ours" }, [7; 32]);
    s.liar.send(&s.a, &[enrols]).unwrap();
    let act = with(released(&s, fresh(0xdd), fresh(0xed), 2), |terms| reviewers(terms, std::slice::from_ref(&person)));
    let told = s.liar.send(&s.a, &act).map(|_| ()).map_err(|failure| failure.kind);
    assert_eq!(told, Err(ErrorKind::Signature));
}

/// A member of the partner, an investigator and desk officer.
const REVOKED: usize = 3;

#[test]
fn what_a_revoked_member_signed_counts_late_only_where_their_desk_confirms_it() {
    let act = |s: &mut Scene, n: u8| {
        let key = s.liar.key_of(REVOKED);
        let act = hands(fresh(n));
        s.liar.sign_as(&key, Role::DeskOfficer, &act, |_| {});
    };
    let revoked = |s: &mut Scene| {
        let member = s.their_member(REVOKED).id;
        let none = s.certified(REVOKED, &[]);
        s.liar.sign(&[Change::of_terms(member, "member-revoke", &none)]);
        Change::of_terms(member, "member-confirm-acts", &Json::Obj(Vec::new()))
    };
    for confirms in [false, true] {
        let mut s = Scene::new();
        act(&mut s, 0x71);
        let confirmed = revoked(&mut s);
        if confirms {
            s.liar.sign(&[confirmed]);
        }
        let path = s.liar.bundle();
        let told = s.a.run(1, "bundle import", &[("path", &path)]).map(|_| ()).map_err(|failure| failure.kind);
        assert_eq!(told, if confirms { Ok(()) } else { Err(ErrorKind::Signature) });
    }
    // What the root key signed too counts as it did: nobody could make it alone.
    let mut s = Scene::new();
    let key = s.liar.key_of(1);
    let newcomer = s.newcomer(9);
    s.liar.sign_as(&key, Role::Administrator, &[newcomer], |_| {});
    let member = s.their_member(1).id;
    let none = s.certified(1, &[]);
    s.liar.sign(&[Change::of_terms(member, "member-revoke", &none)]);
    let path = s.liar.bundle();
    let told = s.a.run(1, "bundle import", &[("path", &path)]).map(|_| ());
    assert!(told.is_ok(), "{told:?}");
}
