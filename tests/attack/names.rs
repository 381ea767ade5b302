//! Names: an id or a key belongs to whoever it names. A partner that takes the name of another, or of something that is still to
//! come, stands in nobody's way and is believed nothing.

use comity::act::change::Change;
use comity::object;
use comity::record::store::{Query, RecordStore as _};
use comity::record::{disclosure, order, stream};
use comity::seal::identity::PublicIdentity;
use comity::value::id::Id;

use super::lying_desk::{LyingDesk, SALT, fresh, more_members};
use super::scene::{Scene, Snapshot, THEIR_CASE, broken, examples, rows};
use crate::desks::Site;

/// A reader, a partner that lies to it, and an honest third desk that has something for the reader.
struct Trio {
    s: Scene,
    c: Site,
}

impl Trio {
    /// The third desk is known here, and nothing has come from it.
    fn new() -> Self {
        let trio = Self::of_strangers();
        trio.s.a.meet(&trio.c);
        trio
    }

    /// The third desk is not known here yet.
    fn of_strangers() -> Self {
        let s = Scene::new();
        let c = Site::found(s.a.folder.parent().unwrap(), "XC");
        c.meet(&s.a);
        let case = c.case("Genuine");
        let item = c.indicator(&case, "genuine.example");
        c.must(1, "disclosure new", &[("item", &item), ("to", "XA"), ("delete-after", "30d")]);
        Self { s, c }
    }

    /// Every record of the third desk that its next bundle speaks of.
    fn records(&self) -> Vec<(String, Id)> {
        let kinds = "('member', 'agreement', 'case', 'item', 'disclosure')";
        let found = rows(&self.c.open(1).unwrap(), &format!("record WHERE kind IN {kinds}"), "kind, id");
        let split = |row: &String| row.split_once('|').map(|(kind, id)| (kind.to_owned(), Id::parse(id).unwrap()));
        found.iter().filter_map(split).collect()
    }

    /// What the third desk gave arrives, and is there.
    fn arrives(&self, what: &str) -> Result<(), String> {
        let out = self.c.export(&self.s.a, "genuine");
        let came = self.s.a.run(1, "bundle import", &[("path", &out)]);
        came.map_err(|failure| format!("{what}: the genuine bundle is refused: {failure}"))?;
        let cases = self.s.a.must(1, "case list", &[]).value;
        let case = cases.as_array().unwrap().iter().find(|case| case["title"] == "Genuine");
        let case = case.ok_or(format!("{what}: the genuine case is not there"))?["id"].as_str().unwrap();
        let items = self.s.a.must(1, "item list", &[("case", case)]).value;
        if items.as_array().unwrap().iter().all(|item| item["value"] != "genuine.example") {
            return Err(format!("{what}: the genuine item is not there: {items}"));
        }
        self.s.a.must(1, "audit verify", &[]);
        Ok(())
    }
}

#[test]
fn an_id_that_a_partner_took_for_an_item_is_still_the_third_desks_own() {
    let mut trio = Trio::new();
    let records = trio.records();
    assert!(records.len() >= 6, "{records:?}");
    let kept = (Snapshot::of(&trio.s.a), Snapshot::of(&trio.c), trio.s.liar.said.clone());
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    // One of each kind is enough: the first to use an id is the same in all.
    for (kind, id) in records {
        if seen.contains(&kind) {
            continue;
        }
        seen.push(kind.clone());
        let takes = trio.s.gives(fresh(0xd9), id, fresh(THEIR_CASE));
        let _ = trio.s.liar.send(&trio.s.a, &takes);
        wrong.extend(trio.arrives(&kind).err());
        kept.0.put_back(&trio.s.a);
        kept.1.put_back(&trio.c);
        trio.s.liar.said = kept.2.clone();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_case_of_a_third_desk_cannot_be_told_in_its_place() {
    let mut trio = Trio::new();
    let (_, case) = trio.records().into_iter().find(|(kind, _)| kind == "case").unwrap();
    let takes = trio.s.gives(fresh(0xda), fresh(0xea), case);
    let _ = trio.s.liar.send(&trio.s.a, &takes);
    assert_eq!(trio.arrives("case"), Ok(()));
}

#[test]
fn what_a_partner_says_to_come_from_a_third_desk_does_not_stand_in_its_way() {
    let mut trio = Trio::new();
    let (_, item) = trio.records().into_iter().find(|(kind, _)| kind == "item").unwrap();
    let third = trio.c.open(1).unwrap().meta.desk;
    let mut terms = trio.s.liar.item_terms(fresh(THEIR_CASE));
    terms.set("originator", third.to_string());
    let takes = trio.s.liar.disclosure(fresh(0xdb), "disclosure-propose", &[(item, terms)], |_| {});
    let _ = trio.s.liar.send(&trio.s.a, &takes);
    assert_eq!(trio.arrives("item"), Ok(()));
}

#[test]
fn an_originator_is_believed_only_with_its_own_word() {
    let mut trio = Trio::new();
    let third = trio.c.open(1).unwrap().meta.desk;
    for (n, originator) in [(0xec, trio.s.liar.to), (0xed, third)] {
        let mut terms = trio.s.liar.item_terms(fresh(THEIR_CASE));
        terms.set("originator", originator.to_string());
        let claims = trio.s.liar.disclosure(fresh(n), "disclosure-propose", &[(fresh(n - 0x10), terms)], |_| {});
        if trio.s.liar.send(&trio.s.a, &claims).is_err() {
            continue;
        }
        // To the desk that it is said to come from, or to any other, it is a third party's.
        for to in ["XC", "XB"] {
            let item = fresh(n - 0x10).to_string();
            let facts = trio.s.a.must(1, "gate explain", &[("item", &item), ("to", to), ("facts", "yes")]).value;
            let said = facts["facts"]["item"]["originator"].clone();
            assert!(!said.is_null(), "{facts}");
            if to == "XB" && originator == third {
                continue; // Neither the sender nor we are its originator, whoever is: today's word and tomorrow's are the same.
            }
            assert_eq!(said, "third", "said to come from {originator}, for {to}");
        }
    }
}

#[test]
fn an_originators_order_reaches_a_copy_that_came_by_another_way() {
    let mut trio = Trio::new();
    let (_, item) = trio.records().into_iter().find(|(kind, _)| kind == "item").unwrap();
    more_members(&trio.c);
    trio.c.carry(&trio.s.a, "genuine");
    let mut third = LyingDesk::take_over(&trio.c, &trio.s.a);
    // The partner gives what it has of the third desk's, too.
    let mut terms = trio.s.liar.item_terms(fresh(THEIR_CASE));
    terms.set("originator", third.desk.to_string());
    let other = fresh(0xee);
    let items = [(item, terms.clone()), (other, terms)];
    let passes = trio.s.liar.disclosure(fresh(0xdc), "disclosure-propose", &items, |_| {});
    trio.s.liar.send(&trio.s.a, &passes).unwrap();
    let terms = object! { "to" => third.to.to_string(), "cause" => "recalled" };
    let mut orders = vec![Change::of_terms(fresh(0x94), "delete-order", &terms)];
    orders.extend([item, other].map(|id| Change::of_terms(id, "delete-ordered", &object! {})));
    third.send(&trio.s.a, &orders).unwrap();
    trio.s.a.pass(24);
    trio.s.a.must(1, "retention purge", &[]);
    for id in [item, other] {
        let shown = trio.s.a.must(1, "item show", &[("item", &id.to_string())]).value;
        assert_eq!(shown["state"], "purged", "{shown}");
    }
}

/// The disclosure that the reader made last.
fn newest_disclosure(t: &Trio) -> Id {
    let workspace = t.s.a.open(1).unwrap();
    let all = workspace.records().find(&Query::state(disclosure::State::Released)).unwrap();
    all.last().unwrap().id
}

/// What is counted otherwise than the records add up to.
fn miscounted(site: &Site) -> Option<String> {
    let workspace = site.open(1).unwrap();
    let differs = |counted: &str, added: &str| {
        let sql = format!(
            "SELECT count(*) FROM (SELECT * FROM ({counted} EXCEPT {added}) UNION ALL SELECT * FROM ({added} EXCEPT {counted}))"
        );
        workspace.db.query_row(&sql, [], |row| row.get::<_, i64>(0)).unwrap() > 0
    };
    let items = differs(
        "SELECT of, state, tier, sum(items) FROM item_tally GROUP BY 1, 2, 3",
        "SELECT of, state, tier, count(*) FROM (SELECT case_id AS of, state, coalesce(tier, 0) AS tier FROM record WHERE kind = 'item' \
             UNION ALL SELECT subject, state, coalesce(tier, 0) FROM record WHERE kind = 'item') WHERE of IS NOT NULL GROUP BY 1, 2, 3",
    );
    let due = differs(
        "SELECT hour, items, others FROM due_tally",
        "SELECT due / 3600000, sum(kind = 'item'), sum(kind <> 'item') FROM record WHERE due IS NOT NULL GROUP BY 1",
    );
    (items || due).then(|| format!("miscounted: items {items}, due {due}"))
}

#[test]
fn names_of_what_is_still_to_come_cannot_be_taken() {
    /// What is taken, and what must still be done afterwards.
    type Taken = (&'static str, fn(&Trio) -> Id, fn(&Trio) -> Result<(), String>);
    let taken: [Taken; 5] = [
        ("our desk", |t| t.s.liar.to, |_| Ok(())),
        ("our stream with the partner", |t| stream::id_for(t.s.liar.desk), |_| Ok(())),
        (
            "our stream with a third desk",
            |t| stream::id_for(t.c.open(1).unwrap().meta.desk),
            |t| {
                t.s.a.meet(&t.c);
                t.arrives("stream")
            },
        ),
        (
            "a third desk",
            |t| t.c.open(1).unwrap().meta.desk,
            |t| {
                let card = t.c.path("card");
                t.c.must(1, "desk card", &[("out", &card), ("force", "yes")]);
                let added = t.s.a.run(1, "partner add", &[("card", &card), ("kind", "law-enforcement")]);
                added.map(|_| ()).map_err(|failure| failure.to_string())
            },
        ),
        (
            "the order of our recall",
            |t| order::id_of(newest_disclosure(t), t.s.liar.desk),
            |t| {
                let ours = newest_disclosure(t).to_string();
                let recalled = t.s.a.run(1, "disclosure recall", &[("disclosure", &ours)]);
                recalled.map_err(|failure| failure.to_string())?;
                let waiting = t.s.a.must(1, "bundle preview", &[("to", "XB")]).value.to_string();
                waiting.contains("delete-order").then_some(()).ok_or(format!("no order waits: {waiting}"))
            },
        ),
    ];
    let mut trio = Trio::of_strangers();
    // What the partner has certified is not recalled: it is given something more.
    let item = trio.s.a.indicator(&trio.s.case.to_string(), "more.example");
    trio.s.a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let kept = (Snapshot::of(&trio.s.a), Snapshot::of(&trio.c), trio.s.liar.said.clone());
    let mut wrong = Vec::new();
    for (what, id, then) in taken {
        let id = id(&trio);
        // For an item, for a case, for a disclosure, for a request, and for an order.
        let orders = |record| {
            let terms = object! { "to" => trio.s.liar.to.to_string(), "cause" => "recalled" };
            vec![Change::of_terms(record, "delete-order", &terms)]
        };
        let acts = [
            trio.s.gives(fresh(0xd9), id, fresh(THEIR_CASE)),
            trio.s.gives(fresh(0xd9), fresh(0xe9), id),
            trio.s.gives(id, fresh(0xe9), fresh(THEIR_CASE)),
            vec![trio.s.asks(id)],
            orders(id),
        ];
        for act in acts {
            let kind = act.iter().find(|c| c.record == id).unwrap().kind.clone();
            let told = trio.s.liar.send(&trio.s.a, &act).map(|_| ());
            if let Err(failure) = then(&trio) {
                wrong.push(format!("{what} taken by {kind} (told: {}): {failure}", told.is_ok()));
            } else if let Some(first) = broken(&trio.s.a).first().cloned().or_else(|| miscounted(&trio.s.a)) {
                wrong.push(format!("{what} taken by {kind} (told: {}): {first}", told.is_ok()));
            }
            kept.0.put_back(&trio.s.a);
            kept.1.put_back(&trio.c);
            trio.s.liar.said = kept.2.clone();
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The public keys of a member of a desk, as their file has them.
fn public(site: &Site, member: u8) -> PublicIdentity {
    let file = format!("{}.pub", site.identity(member).display());
    PublicIdentity::parse(&std::fs::read(file).unwrap()).unwrap()
}

/// The partner enrols somebody's keys as those of a member of its own.
fn enrols(liar: &mut LyingDesk, id: Id, who: &PublicIdentity) -> Vec<Change> {
    let terms = liar.member(&who.signing.to_openssh(), &who.age.to_string(), &["investigator"]);
    vec![Change::with_content(id, "member-add", &terms, &object! { "name" => who.name.as_str() }, SALT)]
}

#[test]
fn our_members_are_ours_whoever_else_enrols_their_keys() {
    let mut s = Scene::new();
    // One who is enrolled here already, and one who is to be.
    let newcomer = s.a.identity(6).to_str().unwrap().to_owned();
    s.a.must(1, "identity new", &[("name", "XA-6"), ("out", &newcomer), ("no-passphrase", "yes")]);
    for (n, member) in [(0x61, 1), (0x62, 6)] {
        let who = public(&s.a, member);
        let takes = enrols(&mut s.liar, fresh(n), &who);
        let _ = s.liar.send(&s.a, &takes);
    }
    s.a.must(1, "member add", &[("file", &format!("{newcomer}.pub")), ("roles", "investigator,desk-officer")]);
    s.a.make(6, "case new", &[("title", "Mine"), ("purpose", "cybercrime")]);
    assert_eq!(broken(&s.a), Vec::<String>::new());
}

#[test]
fn the_members_of_a_third_desk_are_its_own_whoever_else_enrols_their_keys() {
    let mut trio = Trio::new();
    for (n, member) in [(0x63, 1), (0x64, 2)] {
        let who = public(&trio.c, member);
        let takes = enrols(&mut trio.s.liar, fresh(n), &who);
        let _ = trio.s.liar.send(&trio.s.a, &takes);
    }
    assert_eq!(trio.arrives("member"), Ok(()));
}

#[test]
fn an_act_that_one_desk_signed_is_not_taken_from_another_desks_bundle() {
    let mut s = Scene::new();
    let order = examples(&mut s).into_iter().find(|e| e.of == "delete-order").unwrap().act;
    let third = fresh(0x73);
    s.liar.sign_with(&order, |header| header.desk = third);
    let path = s.liar.bundle();
    let told = s.a.run(1, "bundle import", &[("path", &path)]);
    assert!(told.is_err(), "{told:?}");
    assert!(s.a.open(1).unwrap().records().get(order[0].record).unwrap().is_none());
}

#[test]
fn a_partner_that_names_somebodys_keys_keeps_nobody_from_being_added() {
    let mut trio = Trio::of_strangers();
    let (third, newcomer) = {
        let own = trio.c.open(1).unwrap();
        let keys = comity::record::desk::keys(&own.records(), own.meta.desk).unwrap();
        (keys.age, trio.s.a.identity(6).to_str().unwrap().to_owned())
    };
    trio.s.a.must(1, "identity new", &[("name", "XA-6"), ("out", &newcomer), ("no-passphrase", "yes")]);
    let theirs = public(&trio.s.a, 6).age.to_string();
    for (n, age) in [(0x65, third), (0x66, theirs)] {
        let signing = comity::seal::sign::Signer::from_seed(&[n; 32]).public().to_openssh();
        let terms = trio.s.liar.member(&signing, &age, &["investigator"]);
        let takes = Change::with_content(fresh(n), "member-add", &terms, &object! { "name" => "Mallory" }, SALT);
        trio.s.liar.send(&trio.s.a, &[takes]).unwrap();
    }
    trio.s.a.meet(&trio.c);
    trio.s.a.must(1, "member add", &[("file", &format!("{newcomer}.pub")), ("roles", "investigator")]);
    assert_eq!(broken(&trio.s.a), Vec::<String>::new());
}
