//! Ownership: a partner speaks only of what is its own. Whatever it says of a record of ours, the record stays as it is, but for
//! what the two desks share: a request, an agreement, a duty to delete.

use comity::act::change::Change;
use comity::object;
use comity::record::KINDS;
use comity::record::kind::Kind;
use comity::value::id::Id;
use comity::value::json::Json;
use comity::value::timestamp::Duration;

use super::lying_desk::{SALT, fresh};
use super::scene::{Scene, Snapshot, THEIR_CASE, THEIR_ITEM, broken, examples, released, rows};

/// What a record of the reader is, in every column; empty where there is none.
fn row(s: &Scene, id: Id) -> String {
    let columns =
        "kind, state, hex(desk), hex(case_id), hex(partner), hex(subject), tier, due, key, body, shared, terms";
    let terms = "(SELECT text FROM terms WHERE number = CAST(record.terms AS INTEGER))";
    rows(&s.a.open(1).unwrap(), &format!("record WHERE id = x'{id}'"), &format!("{columns}, {terms}")).join("\n")
}

/// A record of the reader of each kind that it has, and what it is called.
fn ours(s: &Scene) -> Vec<(Kind, Id)> {
    let workspace = s.a.open(1).unwrap();
    let mut all = Vec::new();
    for def in KINDS {
        let mine = format!("record WHERE kind = '{}' AND desk = x'{}'", def.kind, s.liar.to);
        all.extend(rows(&workspace, &mine, "id").iter().map(|id| (def.kind, Id::parse(id).unwrap())));
    }
    all
}

/// What a partner may say of a record of ours: it answers our request, resolves a conflict in it, countersigns our agreement, signs or
/// leaves a task force that we lead, evaluates it, answers our statement of account, certifies that it deleted what we gave, has its
/// say in our disputes, and answers what was found, told or passed on.
fn may(s: &Scene, change: &str, id: Id) -> bool {
    match change {
        "request-answer" => [s.request, s.conflict].contains(&id),
        "conflict-resolve" => id == s.conflict,
        "agreement-countersign" => id == s.agreement,
        "budget-accept" | "budget-dispute" => id == s.statement,
        // What we handed to it to carry was passed on.
        "relay-pass" => id == s.relay,
        "taskforce-sign" | "taskforce-leave" | "taskforce-evaluate" => id == s.taskforce,
        // What it holds a copy of it has deleted, or says why it does not.
        "certified" | "delete-answered" => [s.given, s.case, s.request, s.conflict].contains(&id),
        // Its own keys, which stand in our record of it.
        "desk-keys" => id == s.liar.desk,
        "finding-respond" => id == s.finding,
        "error-confirm" => id == s.error,
        "complaint-report" => id == s.complaint,
        of if of.starts_with("dispute-") => [s.dispute, s.owed].contains(&id),
        _ => false,
    }
}

/// Tells an act of each example's kind of each record of ours that `of` names, and gathers what changes.
fn check(s: &mut Scene, of: impl Fn(&str) -> bool) {
    let records = ours(s);
    let kinds: Vec<Kind> = records.iter().map(|(kind, _)| *kind).collect();
    for kind in [Kind::Desk, Kind::Member, Kind::Agreement, Kind::Case, Kind::Item, Kind::Request, Kind::Review] {
        assert!(kinds.contains(&kind), "there is no {kind} of ours to try it on");
    }
    let all = examples(s);
    let kept = (Snapshot::of(&s.a), s.liar.said.clone());
    let (mut found, mut tried) = (Vec::new(), 0);
    for example in all.iter().filter(|e| of(e.of)) {
        for (kind, id) in records.iter().filter(|(kind, _)| *kind != Kind::Stream && *kind != Kind::Bundle) {
            tried += 1;
            let before = row(s, *id);
            let mut act = example.act.clone();
            act[example.which].record = *id;
            let told = s.liar.send(&s.a, &act);
            if row(s, *id) != before && !may(s, example.of, *id) {
                found.push(format!(
                    "{} of our {kind} {id}: told {:?}, and the record is another",
                    example.of,
                    told.is_ok()
                ));
            }
            if told.is_ok() {
                kept.0.put_back(&s.a);
                s.liar.said = kept.1.clone();
            }
        }
    }
    assert!(tried > 0);
    assert!(found.is_empty(), "{} of {tried}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_delete_order_of_a_partner_touches_nothing_of_ours() {
    check(&mut Scene::new(), |of| of == "delete-ordered");
}

#[test]
fn no_other_change_of_a_partner_touches_what_is_ours() {
    check(&mut Scene::new(), |of| of != "delete-ordered");
}

#[test]
fn a_change_that_stays_at_home_touches_nothing_of_ours_when_a_partner_sends_it() {
    let mut s = Scene::new();
    let records = ours(&s);
    let before: Vec<String> = records.iter().map(|(_, id)| row(&s, *id)).collect();
    let empty = object! {};
    for def in KINDS {
        let Some((_, id)) = records.iter().find(|(kind, _)| *kind == def.kind) else { continue };
        for change in def.changes {
            let name = change.kind.name();
            // It says nothing but that it was done, and is the carrier's to say.
            if name == "relay-pass" {
                continue;
            }
            // As the first of an act, and behind a first change that is in order.
            let mut behind = s.gives(fresh(0xd7), fresh(0xe7), fresh(0xc7));
            behind.push(Change::of_terms(*id, name, &empty));
            let alone = vec![Change::of_terms(*id, name, &empty)];
            for act in [alone, behind] {
                let told = s.liar.send(&s.a, &act);
                assert!(told.is_err(), "{name} of our {}: {told:?}", def.kind);
            }
        }
    }
    let after: Vec<String> = records.iter().map(|(_, id)| row(&s, *id)).collect();
    assert_eq!(before, after);
}

/// What can still be done after an order for a request of ours: it is not due, not purged by the timer, and its partner is not
/// certified a deletion.
#[test]
fn what_a_partner_orders_of_our_request_is_not_erased_by_the_timer() {
    let mut s = Scene::new();
    let home = s.liar.to.to_string();
    let order = |record| {
        let terms = object! { "to" => home.as_str(), "cause" => "recalled" };
        [Change::of_terms(fresh(0x93), "delete-order", &terms), Change::of_terms(record, "delete-ordered", &object! {})]
    };
    for (n, record) in [s.request, s.agreement, s.disclosure].into_iter().enumerate() {
        let mut act = order(record);
        act[0].record = fresh(0xf0 + n as u8);
        let _ = s.liar.send(&s.a, &act);
    }
    s.a.pass(24);
    s.a.must(1, "retention purge", &[]);
    let shown = s.a.must(1, "request show", &[("request", &s.request.to_string())]).value;
    assert_ne!(shown["state"], "purged", "{shown}");
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

/// A scene where an item of the partner is held here, on itself or on its case.
fn held(on: &str) -> Scene {
    let s = Scene::new();
    let id = fresh(if on == "item" { THEIR_ITEM } else { THEIR_CASE }).to_string();
    s.a.must(1, "retention hold", &[(on, &id), ("reason", "litigation"), ("because", "the court asks")]);
    s
}

/// The item of the partner once more, in another act, with something else in its terms and its content.
fn again(s: &Scene, case: Id, alter: impl FnOnce(&mut Json), value: &str) -> Vec<Change> {
    let mut terms = s.liar.item_terms(case);
    alter(&mut terms);
    let items = [(fresh(THEIR_ITEM), terms)];
    let mut act = s.liar.disclosure(fresh(0xd8), "disclosure-propose", &items, |_| {});
    if let Some(copy) = act.last_mut() {
        let terms = copy.read_terms().unwrap();
        *copy = Change::with_content(copy.record, "item-copy", &terms, &object! { "value" => value }, SALT);
    }
    act
}

/// Long after its term, a purge runs; the item is still here as it was.
fn stays(s: &mut Scene, before: &str) {
    s.a.pass(24 * 40);
    s.a.must(1, "retention purge", &[]);
    let item = fresh(THEIR_ITEM).to_string();
    let shown = s.a.run_because(1, Some("whether it is there"), "item show", &[("item", &item)]).unwrap().value;
    assert_eq!(shown["value"], "lie.example", "{shown}");
    assert_eq!(row(s, fresh(THEIR_ITEM)), before, "the record is another");
    s.a.must(1, "audit verify", &[]);
}

#[test]
fn a_copy_that_comes_again_does_not_slip_out_of_a_hold_by_another_case() {
    let mut s = held("case");
    let before = row(&s, fresh(THEIR_ITEM));
    let act = again(&s, fresh(0xc9), |_| {}, "lie.example");
    let _ = s.liar.send(&s.a, &act);
    stays(&mut s, &before);
}

#[test]
fn a_copy_that_comes_again_does_not_replace_evidence_under_a_hold() {
    for on in ["item", "case"] {
        let mut s = held(on);
        let before = row(&s, fresh(THEIR_ITEM));
        let act = again(&s, fresh(THEIR_CASE), |_| {}, "another.example");
        let _ = s.liar.send(&s.a, &act);
        stays(&mut s, &before);
    }
}

#[test]
fn a_copy_that_comes_again_widens_nothing_of_what_is_held_here() {
    let changes: [(&str, &str); 5] =
        [("tlp", "CLEAR"), ("pap", "CLEAR"), ("assertion", "assessment"), ("type", "ipv4"), ("delete_by", "")];
    for (key, word) in changes {
        let mut s = Scene::new();
        let before = row(&s, fresh(THEIR_ITEM));
        let soon = s.liar.at().plus(Duration::days(1)).to_string();
        let word = if word.is_empty() { soon.as_str() } else { word };
        let act = again(&s, fresh(THEIR_CASE), |terms| terms.set(key, word), "lie.example");
        let _ = s.liar.send(&s.a, &act);
        assert_eq!(row(&s, fresh(THEIR_ITEM)), before, "{key} is {word}");
    }
    let lists: [(&str, Vec<Json>); 2] = [("handling", Vec::new()), ("conditions", Vec::new())];
    for (key, list) in lists {
        let mut s = Scene::new();
        let before = row(&s, fresh(THEIR_ITEM));
        let act = again(&s, fresh(THEIR_CASE), |terms| terms.set(key, list), "lie.example");
        let _ = s.liar.send(&s.a, &act);
        assert_eq!(row(&s, fresh(THEIR_ITEM)), before, "{key} is empty");
    }
}

#[test]
fn a_copy_that_comes_again_lowers_no_tier_and_forgets_nobody() {
    let mut s = Scene::new();
    let first = released(&s, fresh(0xd5), fresh(0xe5), 3);
    s.liar.send(&s.a, &first).unwrap();
    let before = row(&s, fresh(0xe5));
    assert!(before.contains("suspect"), "{before}");
    let items = [(fresh(0xe5), s.liar.item_terms(fresh(THEIR_CASE)))];
    let lower = s.liar.disclosure(fresh(0xd6), "disclosure-propose", &items, |_| {});
    let _ = s.liar.send(&s.a, &lower);
    assert_eq!(row(&s, fresh(0xe5)), before);
}

#[test]
fn an_order_of_a_partner_for_what_it_gave_waits_for_a_hold() {
    let mut s = held("item");
    let before = row(&s, fresh(THEIR_ITEM));
    let order = examples(&mut s).into_iter().find(|e| e.of == "delete-ordered").unwrap().act;
    s.liar.send(&s.a, &order).unwrap();
    assert_ne!(row(&s, fresh(THEIR_ITEM)), before, "the order is noted");
    s.a.pass(24 * 40);
    s.a.must(1, "retention purge", &[]);
    let item = fresh(THEIR_ITEM).to_string();
    let shown = s.a.run_because(1, Some("whether it is there"), "item show", &[("item", &item)]).unwrap().value;
    assert_eq!(shown["value"], "lie.example", "{shown}");
}

#[test]
fn what_was_purged_here_stays_so_whatever_a_partner_says_of_it() {
    let mut s = Scene::new();
    let request = s.request.to_string();
    s.a.must(1, "retention purge", &[("item", &request), ("because", "a mistake")]);
    let purged = row(&s, s.request);
    assert!(purged.contains("purged"), "{purged}");
    for example in examples(&mut s) {
        let mut act = example.act.clone();
        if !["request-answer", "request-report", "request-withdraw", "conflict-resolve"].contains(&example.of) {
            continue;
        }
        act[example.which].record = s.request;
        let _ = s.liar.send(&s.a, &act);
        assert_eq!(row(&s, s.request), purged, "{}", example.of);
    }
    let answer = Change::with_content(
        s.request,
        "request-answer",
        &object! { "answer" => "acknowledge", "said" => true },
        &object! { "text" => "zebraword" },
        SALT,
    );
    let _ = s.liar.send(&s.a, &[answer]);
    assert_eq!(row(&s, s.request), purged);
    assert_eq!(s.a.must(1, "search", &[("words", "zebraword")]).value.as_array().unwrap().len(), 0);
    s.a.must(1, "audit verify", &[]);
}

#[test]
fn how_long_a_dispute_is_kept_no_partner_says() {
    for days in [0, 3_000_000] {
        let mut s = Scene::new();
        let keep = s.a.now.plus(Duration::days(days));
        let terms = object! { "remedies" => Vec::<Json>::new(), "keep" => keep.to_string() };
        let close = vec![Change::of_terms(s.their_dispute, "dispute-close", &terms)];
        s.liar.send(&s.a, &close).unwrap();
        let due = s.record(s.their_dispute).due.unwrap();
        let lasts = due.since(s.a.now).as_seconds() / 86_400;
        assert!((30..20_000).contains(&lasts), "{lasts} days");
    }
}
