//! What a member with the database key and a hex editor can do to the record, and what a patched program lets them sign:
//! reading the log again finds each of it.

use std::fs;

use comity::act::change::{Body, Change};
use comity::act::header::{Audience, Header, act_id};
use comity::act::hybrid::HybridTime;
use comity::act::tree::{Frontier, leaf_hash};
use comity::gate::from_records::{self, Disclosure, LeaveFacts};
use comity::gate::leave::Validation;
use comity::object;
use comity::record::store::RecordStore;
use comity::record::{case, disclosure, hold, item, purge, request, review};
use comity::seal::sign::Signer;
use comity::store::log::{self, Tip};
use comity::store::tree::SqlTree;
use comity::value::class::{Condition, Role};
use comity::value::digest::Digest;
use comity::value::id::Id;
use comity::value::json::Json;
use comity::value::realm::Realm;
use comity::value::timestamp::Duration;
use comity::workspace::error::ErrorKind;
use comity::workspace::open::Workspace;
use rusqlite::params;

use crate::desks::{Site, pair};

/// What stands in a desk where forgeries are tried.
struct Scene {
    _root: tempfile::TempDir,
    a: Site,
    /// A tier-2 item with an approved review and a proposal that waits.
    account: Id,
    proposal: Id,
    /// An item under a hold of member 1.
    held: Id,
    hold: Id,
    /// A review that is assessed and not decided, of a request of member 1.
    review: Id,
    request: Id,
}

fn scene() -> Scene {
    let (root, a, b) = pair();
    let case = a.case("Forged");
    let item = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "b1");
    let waits = a.indicator(&case, "waits.example");
    a.must(1, "disclosure new", &[("item", &waits), ("to", "XB"), ("delete-after", "30d")]);
    let held = a.indicator(&case, "held.example");
    let hold = a.make(1, "retention hold", &[("item", &held), ("reason", "audit"), ("because", "asked")]);
    let account = a.make(
        1,
        "item add",
        &[("case", &case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", "J. Doe")],
    );
    a.approve(&account, &b, "L1");
    let proposal = a.make(1, "disclosure new", &[("item", &account), ("to", "XB"), ("delete-after", "30d")]);
    let fields = ["authority=a", "offence=o", "data=d", "relation=r", "custodian=c", "necessity=n", "intent=i"];
    let mut form = vec![("kind", "bc29"), ("case", case.as_str()), ("to", "XB")];
    form.extend(fields.iter().map(|f| ("field", *f)));
    let request = a.make(1, "request new", &form);
    let answer = a.must(1, "request submit", &[("request", &request)]);
    let review = answer.value["review"].as_str().unwrap().to_owned();
    a.must(2, "review assess", &[("review", &review), ("all", "met"), ("less-intrusive", "none would do")]);
    // Terms that many changes have in common.
    let lines = root.path().join("lines.csv");
    fs::write(&lines, "m1.example\nm2.example\nm3.example\n").unwrap();
    let form = [
        ("file", lines.to_str().unwrap()),
        ("format", "csv"),
        ("case", &case),
        ("column", "value=1"),
        ("type", "domain"),
    ];
    a.must(1, "item import", &form);
    let id = |text: &str| Id::parse(text).unwrap();
    let scene = Scene {
        account: id(&account),
        proposal: id(&proposal),
        held: id(&held),
        hold: id(&hold),
        review: id(&review),
        request: id(&request),
        a,
        _root: root,
    };
    scene.a.must(1, "audit verify", &[]);
    scene
}

/// Puts the workspace back as it was.
struct Snapshot(Vec<(std::path::PathBuf, Vec<u8>)>);

impl Snapshot {
    fn of(site: &Site) -> Self {
        Self(crate::desks::bytes_of(&site.folder))
    }

    fn put_back(&self, site: &Site) {
        for name in ["workspace.db-wal", "workspace.db-shm"] {
            let _ = fs::remove_file(site.workspace().join(name));
        }
        for (path, bytes) in &self.0 {
            fs::write(path, bytes).unwrap();
        }
    }
}

/// The member's trust state of the workspace is wiped too: only the log itself can tell.
fn forget(site: &Site) {
    for member in 1..=3 {
        let _ = fs::remove_file(format!("{}.seen", site.identity(member).display()));
    }
}

#[test]
fn forged_rows_are_found() {
    let s = scene();
    let kept = Snapshot::of(&s.a);
    let hex = |id: Id| format!("x'{id}'");
    let (account, held, proposal) = (hex(s.account), hex(s.held), hex(s.proposal));
    let cases: Vec<(&str, String)> = vec![
        ("a state", format!("UPDATE record SET state = 'released' WHERE id = {proposal}")),
        ("a tier", format!("UPDATE record SET tier = 1 WHERE id = {account}")),
        ("terms of a record", format!("UPDATE terms SET text = replace(text, '\"tier\":2', '\"tier\":1') WHERE number = (SELECT CAST(terms AS INTEGER) FROM record WHERE id = {account})")),
        ("another record's terms", format!("UPDATE record SET terms = (SELECT terms FROM record WHERE id = {held}) WHERE id = {account}")),
        ("terms that stand in the record itself", format!("UPDATE record SET terms = (SELECT replace(text, '\"tier\":2', '\"tier\":1') FROM terms WHERE number = CAST(record.terms AS INTEGER)) WHERE id = {account}")),
        ("a number of terms with a tail", format!("UPDATE record SET terms = terms || ' ' WHERE id = {account}")),
        ("terms that no act says", "INSERT INTO terms (text) VALUES ('{\"hidden\":1}')".into()),
        ("terms of many changes", "UPDATE change_terms SET text = replace(text, 'indicator', 'subscriber')".into()),
        ("a number of the terms of many changes with a tail", "UPDATE change SET terms = terms || 'x' WHERE terms NOT LIKE '{%'".into()),
        ("terms of many changes that stand for all others", "INSERT INTO change_terms (number, text) VALUES (0, '{\"hidden\":1}')".into()),
        ("terms of many changes that vanish", "DELETE FROM change_terms".into()),
        ("terms of many changes that no change has", "INSERT INTO change_terms (text) VALUES ('{\"hidden\":1}')".into()),
        ("another change's terms", format!("UPDATE change SET terms = (SELECT min(number) FROM change_terms) WHERE record = {account} AND kind = 'item-add'")),
        ("a due date", format!("UPDATE record SET due = due + 1000000 WHERE id = {held}")),
        ("a hold that vanishes", format!("DELETE FROM record WHERE id = {}", hex(s.hold))),
        ("a record out of nothing", "INSERT INTO record (id, kind, state, desk, terms) SELECT randomblob(16), kind, state, desk, terms FROM record WHERE kind = 'case'".into()),
        ("who holds a copy", "UPDATE record SET shared = NULL WHERE shared IS NOT NULL".into()),
        ("a role", "UPDATE record SET terms = replace(terms, 'investigator', 'release-officer') WHERE kind = 'member'".into()),
        ("content", format!("UPDATE change SET content = replace(content, 'J. Doe', 'R. Roe') WHERE record = {account}")),
        ("content that is gone", format!("UPDATE change SET content = NULL, salt = NULL, commitment = zeroblob(32) WHERE record = {account} AND content IS NOT NULL")),
        ("a salt", format!("UPDATE change SET salt = zeroblob(32) WHERE record = {account} AND salt IS NOT NULL")),
        ("terms of a change", format!("UPDATE change SET terms = replace(terms, 'subscriber', 'indicator') WHERE record = {account}")),
        ("a change that vanishes", format!("DELETE FROM change WHERE record = {held}")),
        ("the last act", "DELETE FROM act WHERE position = (SELECT max(position) FROM act)".into()),
        ("an act in the middle", "DELETE FROM act WHERE position = 8".into()),
        ("two acts exchanged", "UPDATE act SET position = CASE position WHEN 8 THEN -9 ELSE -8 END WHERE position IN (8, 9); UPDATE act SET position = -position WHERE position < 0".into()),
        ("a signature", "UPDATE act SET signature = (SELECT signature FROM act WHERE position = 5) WHERE position = 8".into()),
        ("an audience", "UPDATE act SET audience = 'partners' WHERE position = 8".into()),
        ("a time", "UPDATE act SET at = at + 1 WHERE position = 8".into()),
        ("a node of the tree", "UPDATE node SET hash = zeroblob(32) WHERE height = 0 AND idx = 3".into()),
        ("an act that need not be carried any more", "DELETE FROM waiting".into()),
        ("an act that is to be carried again", "INSERT INTO waiting SELECT partner, 8 FROM record WHERE kind = 'partner'".into()),
        ("a word of the search", "INSERT INTO search (rowid, words) VALUES (1, 'planted')".into()),
        ("a trigger", "CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM record WHERE kind = 'hold'; END".into()),
        ("a view", "CREATE VIEW v AS SELECT * FROM record".into()),
        ("another workspace's name", "UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'desk') WHERE key = 'replica'".into()),
    ];
    for (what, sql) in &cases {
        let desk = s.a.open(1).unwrap();
        desk.db.execute_batch(sql).unwrap_or_else(|e| panic!("{what}: {e}"));
        drop(desk);
        forget(&s.a);
        let failure = s.a.run(1, "audit verify", &[]).expect_err(what);
        assert!(matches!(failure.kind, ErrorKind::Integrity | ErrorKind::Fork), "{what}: {failure:?}");
        kept.put_back(&s.a);
    }
    s.a.must(1, "audit verify", &[]);
    // Where the record of a copy stands spares a search and decides nothing: a false place leads nowhere else.
    let item = s.a.indicator(&s.a.case("Places"), "place.example");
    s.a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let preview = || s.a.must(1, "bundle preview", &[("to", "XB")]).value;
    let before = preview();
    let desk = s.a.open(1).unwrap();
    let moved = desk.db.execute("UPDATE change SET number = 1 WHERE number IS NOT NULL", []).unwrap();
    drop(desk);
    assert!(moved > 0);
    assert_eq!(preview(), before);
}

#[test]
fn a_damaged_column_is_an_integrity_fault_for_whoever_reads_it() {
    let s = scene();
    let kept = Snapshot::of(&s.a);
    let (account, item) = (format!("x'{}'", s.account), s.account.to_string());
    let update = |set: &str| format!("UPDATE record SET {set} WHERE id = {account}");
    for (what, sql, command) in [
        ("a desk that is cut short", update("desk = zeroblob(15)"), "item show"),
        ("a case that is no id", update("case_id = zeroblob(0)"), "item show"),
        ("a tier that is none", update("tier = 256"), "item show"),
        ("terms that are not there", update("terms = '99999'"), "item show"),
        ("an act with fewer changes than none", "UPDATE act SET changes = -1".into(), "audit log"),
    ] {
        let desk = s.a.open(1).unwrap();
        desk.db.execute_batch(&sql).unwrap_or_else(|e| panic!("{what}: {e}"));
        drop(desk);
        let named = [("item", item.as_str())];
        let failure = s.a.run(1, command, if command == "item show" { &named } else { &[] }).expect_err(what);
        assert_eq!(failure.kind, ErrorKind::Integrity, "{what}: {failure:?}");
        kept.put_back(&s.a);
    }
    s.a.must(1, "item show", &[("item", &item)]);
}

/// What a patched program puts into an act's header instead of what is true.
struct Says {
    signer: Signer,
    role: Role,
    change: Box<dyn Fn(&mut Header)>,
}

/// Appends an act without asking anybody: signed, chained, in the tree, its changes stored, and nothing applied.
fn append(workspace: &Workspace, says: Says, changes: &[Change]) {
    let Tip { size, last, time, .. } = log::tip(&workspace.db, &workspace.meta).unwrap();
    let mut root = Frontier::default();
    changes.iter().for_each(|c| root.push(c.leaf()));
    let mut header = Header {
        realm: workspace.meta.realm.clone(),
        desk: workspace.meta.desk,
        replica: workspace.meta.replica,
        sequence: size,
        previous: last,
        seen: Vec::new(),
        time: HybridTime::after(time, workspace.now()),
        member: says.signer.public().person(),
        role: says.role,
        basis: None,
        audience: Audience::OwnDesk,
        changes: changes.len() as u64,
        root: root.root(),
    };
    (says.change)(&mut header);
    let bytes = header.to_bytes();
    let signature = says.signer.sign("act.v1.live@comity", &bytes).unwrap();
    let one = |sql: &str| workspace.db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    let (position, row) = (one("SELECT max(position) + 1 FROM act"), one("SELECT max(row) + 1 FROM change"));
    let blob = |id: Id| id.as_bytes().to_vec();
    let audience = match header.audience {
        Audience::OwnDesk => "own",
        Audience::Partners => "partners",
        Audience::Desks(_) => "desks",
    };
    workspace
        .db
        .execute(
            "INSERT INTO act VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, ?8, ?9, ?10, ?11, NULL)",
            params![
                position,
                act_id(&bytes).as_bytes().as_slice(),
                blob(header.desk),
                blob(header.replica),
                header.sequence as i64,
                audience,
                header.time.at.millis(),
                row,
                header.changes as i64,
                bytes,
                signature
            ],
        )
        .unwrap();
    for (n, change) in changes.iter().enumerate() {
        let (content, salt, came) = match &change.body {
            Body::Whole { content, salt } => {
                (Some(String::from_utf8(content.clone()).unwrap()), Some(salt.to_vec()), 1)
            }
            _ => (None, None, 0),
        };
        workspace
            .db
            .execute(
                "INSERT INTO change VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, NULL, ?7, 0, NULL, NULL)",
                params![
                    row + n as i64,
                    blob(change.record),
                    change.kind,
                    String::from_utf8(change.terms.clone()).unwrap(),
                    content,
                    salt,
                    came
                ],
            )
            .unwrap();
    }
    SqlTree::new(&workspace.db, workspace.meta.replica).add(size, leaf_hash(&bytes)).unwrap();
}

#[test]
fn acts_of_a_patched_program_are_found() {
    let s = scene();
    let salt = [7; 32];
    let new = Id::from_bytes([9; 16]);
    let signer = |member: u8| {
        let (me, _) = comity::command::identity::unlock(&mut s.a.place(member)).unwrap();
        me.signer
    };
    let says = |member: u8, role: Role| Says { signer: signer(member), role, change: Box::new(|_| {}) };
    let officer = || says(1, Role::DeskOfficer);
    let other = |change: fn(&mut Header)| Says { change: Box::new(change), ..officer() };
    let open_case = || case::new(new, "cybercrime", "forged", salt);
    let kept = Snapshot::of(&s.a);
    let desk = s.a.open(1).unwrap();
    let now = desk.now();
    let records = desk.records();
    let me = desk.person();
    let reviewer = signer(2).public().person();
    // A decision with the facts as they are, and one with facts as its reviewer would like them.
    let record = records.get(s.review).unwrap().unwrap();
    let decision = |who, embellish: bool| {
        let mut said = review::Decision {
            outcome: review::Decided::Approve,
            conditions: Vec::<Condition>::new(),
            expires: Some(now.plus(Duration::days(30))),
            conflict: false,
            reasoned: false,
            asked: Json::Null,
        };
        let mut facts = from_records::decide_facts(&records, now, who, &record, &said).unwrap().to_json();
        if embellish {
            facts.set("roles", vec!["legal-reviewer".to_owned()]);
            facts.set("requester", "somebody else");
        }
        said.asked = facts;
        review::decided(s.review, &said, review::DecisionContent::default(), salt)
    };
    // A release by whoever proposed it, with the facts as they are and as they would like them.
    let proposal = records.get(s.proposal).unwrap().unwrap();
    let account = records.get(s.account).unwrap().unwrap();
    let release = |by, embellish: bool| {
        let mut terms = disclosure::Terms::read(&disclosure::of_record(&proposal)).unwrap();
        let of = Disclosure { released_by: Some(by), ..Disclosure::of(&terms, now, &Realm::Live, desk.meta.desk) };
        let mut facts = LeaveFacts::begin(&records, of).unwrap().of_item(&records, &account).unwrap().to_json();
        if embellish {
            facts.set("released_by", reviewer.to_string());
        }
        terms.asked = vec![facts];
        let lead =
            disclosure::first(s.proposal, disclosure::RELEASE, &terms, &disclosure::DisclosureContent::default(), salt);
        let copy = item::copied(
            s.account,
            &item::copy_terms(&item::Terms::read(&account.terms).unwrap(), 0),
            &object! { "value" => "J. Doe" },
            salt,
        );
        vec![lead, copy]
    };
    // An emergency that is claimed by one, with a second person of their own making.
    let emergency = |id, kind| {
        let mut terms = disclosure::Terms::read(&disclosure::of_record(&proposal)).unwrap();
        terms.emergency = true;
        let of = Disclosure {
            emergency: Some(from_records::claim(&[me, reviewer], Validation::Pending)),
            ..Disclosure::of(&terms, now, &Realm::Live, desk.meta.desk)
        };
        let mut leave = LeaveFacts::begin(&records, of).unwrap();
        let facts = leave.of_item(&records, &account).unwrap();
        assert!(facts.judge().allowed(), "were it true, it would do");
        terms.asked = vec![facts.to_json()];
        let said = disclosure::DisclosureContent { risk: Some("a child".into()), ..Default::default() };
        let account = item::copy_terms(&item::Terms::read(&account.terms).unwrap(), 0);
        let copy = item::copied(s.account, &account, &object! { "value" => "J. Doe" }, salt);
        vec![disclosure::first(id, kind, &terms, &said, salt), copy]
    };
    let (alone, joined) = (emergency(new, disclosure::PROPOSE), emergency(s.proposal, disclosure::JOIN));
    let held = records.get(s.held).unwrap().unwrap();
    let erase = |honest: bool| {
        let mut facts = from_records::purge_facts(&records, now, me, &held, true).unwrap().to_json();
        if !honest {
            facts.set("holds", Vec::<Json>::new());
        }
        vec![
            purge::new(new, (s.held, &[]), &[facts], 1, &object! { "because" => "because" }, salt),
            purge::erased(s.held, 0),
        ]
    };
    let request = records.get(s.request).unwrap().unwrap();
    let terms = request::terms_of(&request).unwrap();
    let asked = from_records::act_facts(
        &records,
        &Realm::Live,
        now,
        request::SEND,
        me,
        &request::inputs_to_send(s.request, &terms),
    )
    .unwrap();
    let send = sent(s.request, &terms, asked.to_json(), &[]);
    let (partner, honest, embellished) = (terms.to, release(me, false), release(me, true));
    let cases: Vec<(&str, Says, Vec<Change>, &str)> = vec![
        ("a reviewer opens a case", says(2, Role::LegalReviewer), vec![open_case()], "A-02"),
        ("a role that they do not have", says(2, Role::Investigator), vec![open_case()], "A-02"),
        ("a role that may not sign this", says(1, Role::Administrator), vec![open_case()], "not signed in the role"),
        (
            "somebody who is not enrolled",
            Says { signer: Signer::from_seed(&[3; 32]), ..officer() },
            vec![open_case()],
            "",
        ),
        (
            "in another's name",
            other(|h| h.member = Signer::from_seed(&[3; 32]).public().person()),
            vec![open_case()],
            "",
        ),
        (
            "dated before the act before it",
            other(|h| h.time.at = h.time.at.minus(Duration::days(1))),
            vec![open_case()],
            "dated before",
        ),
        ("out of order", other(|h| h.sequence += 1), vec![open_case()], ""),
        (
            "after another act",
            other(|h| h.previous = Some(Digest::from_bytes([1; 32]))),
            vec![open_case()],
            "does not follow",
        ),
        (
            "in an exercise",
            other(|h| h.realm = Realm::parse("exercise:demo").unwrap()),
            vec![open_case()],
            "do not say what its header says",
        ),
        (
            "with other changes than were signed",
            other(|h| h.root = Digest::from_bytes([1; 32])),
            vec![open_case()],
            "not those that were signed",
        ),
        (
            "for partners, what stays at home",
            other(|h| h.audience = Audience::Partners),
            vec![open_case()],
            "wrong audience",
        ),
        (
            "an erasure that follows a new case",
            officer(),
            vec![open_case(), purge::erased(s.held, 0)],
            "may not follow",
        ),
        (
            "a change of an unknown kind",
            officer(),
            vec![Change::of_terms(new, "case-forge", &object! {})],
            "unknown kind",
        ),
        (
            "a tier lowered by an act that is none",
            officer(),
            vec![Change::of_terms(s.account, "item-copy", &object! {})],
            "may not begin",
        ),
        ("an officer decides the review of their own request", officer(), vec![decision(me, false)], "V-01"),
        ("the same, with facts that they would like", officer(), vec![decision(me, true)], "other facts"),
        ("a request that was not decided yet is sent", officer(), vec![send.clone()], "audience"),
        ("who proposed it releases it", officer(), honest.clone(), "audience"),
        ("a hold lifted by whoever placed it", officer(), vec![hold::lifted(s.hold, "done", salt)], "A-04"),
        ("an erasure under a hold", officer(), erase(true), "U-02"),
        ("the same, with facts that they would like", officer(), erase(false), "other facts"),
    ];
    drop(desk);
    for (what, says, changes, why) in cases {
        let desk = s.a.open(1).unwrap();
        append(&desk, says, &changes);
        drop(desk);
        found(&s.a, &kept, what, why);
    }
    // What must be addressed to the partner is tried once more with its audience.
    for (what, changes, why) in [
        ("a request that was not decided yet is sent to the partner", vec![send], "A-06"),
        ("who proposed it releases it to the partner", honest, "A-04"),
        ("the same, with facts that they would like, to the partner", embellished, "A-04"),
        ("an emergency of one person, who names a second", alone, "other facts"),
        ("an emergency joined that nobody claimed", joined, "something else than its proposal"),
    ] {
        let desk = s.a.open(1).unwrap();
        append(
            &desk,
            Says { change: Box::new(move |h| h.audience = Audience::Desks(vec![partner])), ..officer() },
            &changes,
        );
        drop(desk);
        found(&s.a, &kept, what, why);
    }
    s.a.must(1, "audit verify", &[]);
}

/// A request that is sent, with these facts and under these conditions.
fn sent(id: Id, terms: &request::Terms, asked: Json, conditions: &[Condition]) -> Change {
    let sent = request::Sent {
        clocks: Json::Arr(Vec::new()),
        asked,
        conditions: conditions.to_vec(),
        caveats: Vec::new(),
        fields: object! {},
    };
    request::sent(id, terms, sent, [7; 32])
}

#[test]
fn what_a_review_set_cannot_be_left_out_nor_be_ended_by_the_way() {
    let s = scene();
    let on = ("review", s.review.to_string());
    let decide = [(on.0, on.1.as_str()), ("approve", "yes"), ("expires", "30d"), ("condition", "use-limit")];
    s.a.must(2, "review decide", &decide);
    let (desk, kept) = (s.a.open(1).unwrap(), Snapshot::of(&s.a));
    let record = desk.records().get(s.request).unwrap().unwrap();
    let terms = request::terms_of(&record).unwrap();
    let asked = request::inputs_to_send(s.request, &terms);
    let facts =
        from_records::act_facts(&desk.records(), &Realm::Live, desk.now(), request::SEND, desk.person(), &asked);
    let facts = facts.unwrap().to_json();
    let marked = item::marked(
        s.held,
        &comity::value::marking::Marking::default_for(comity::value::class::Tier::new(4).unwrap()),
        None,
        [7; 32],
    );
    let lapse = review::lapsed(s.review, review::Changed::Facts, "by the way", [7; 32]);
    drop(desk);
    let to = Audience::Desks(vec![terms.to]);
    let bare = sent(s.request, &terms, facts.clone(), &[]);
    let whole = sent(s.request, &terms, facts, &[Condition::UseLimit]);
    for (what, role, audience, changes, why) in [
        ("its conditions are left out", Role::DeskOfficer, to.clone(), vec![bare], Some("without the conditions")),
        (
            "the review of another thing lapses",
            Role::DeskOfficer,
            Audience::OwnDesk,
            vec![marked, lapse.clone()],
            Some("another item"),
        ),
        ("an investigator ends an approval", Role::Investigator, Audience::OwnDesk, vec![lapse], Some("A-02")),
        // All is as it should be: what is found then is that nobody applied it.
        ("nothing is left out", Role::DeskOfficer, to, vec![whole], None),
    ] {
        let desk = s.a.open(1).unwrap();
        let (me, _) = comity::command::identity::unlock(&mut s.a.place(1)).unwrap();
        append(
            &desk,
            Says { signer: me.signer, role, change: Box::new(move |h| h.audience = audience.clone()) },
            &changes,
        );
        drop(desk);
        found(&s.a, &kept, what, why.unwrap_or("not what"));
    }
}

/// The forged act is found, for the reason that is expected; then the workspace is put back.
fn found(site: &Site, kept: &Snapshot, what: &str, why: &str) {
    forget(site);
    let failure = site.run(1, "audit verify", &[]).expect_err(what);
    assert!(matches!(failure.kind, ErrorKind::Integrity | ErrorKind::Fork), "{what}: {failure:?}");
    assert!(failure.what.contains(why), "{what}: {why} is expected: {}", failure.what);
    kept.put_back(site);
}

#[test]
fn a_workspace_of_an_older_format_gets_its_records_from_its_log() {
    let s = scene();
    let kept = Snapshot::of(&s.a);
    let desk = s.a.open(1).unwrap();
    desk.db.execute_batch(&format!("UPDATE record SET tier = 1 WHERE id = x'{}'", s.account)).unwrap();
    drop(desk);
    found(&s.a, &kept, "a tier that is lowered", "not what");
    // The record of then is made of these.
    for (what, sql) in [
        ("a record as it was", "UPDATE undo SET state = 'held' WHERE position = (SELECT max(position) FROM undo)"),
        ("a record as it was is left out", "DELETE FROM undo WHERE position = (SELECT max(position) FROM undo)"),
        ("where records begin", "UPDATE act SET next_number = next_number - 1 WHERE position = 9"),
    ] {
        let desk = s.a.open(1).unwrap();
        assert!(desk.db.execute(sql, []).unwrap() > 0, "{what}");
        drop(desk);
        found(&s.a, &kept, what, "from before an act is not what");
    }
    let desk = s.a.open(1).unwrap();
    let lower = format!(
        "UPDATE record SET tier = 1 WHERE id = x'{}'; \
         UPDATE change SET terms = coalesce((SELECT text FROM change_terms WHERE number = CAST(terms AS INTEGER)), terms); \
         DROP TABLE change_terms; DROP INDEX change_local; \
         ALTER TABLE change DROP COLUMN local; ALTER TABLE act DROP COLUMN next_number; DROP TABLE digest; DROP TABLE undo; \
         DROP TABLE item_tally; DROP TABLE due_tally; DROP INDEX act_first_row; \
         DROP INDEX record_bucket; ALTER TABLE record DROP COLUMN bucket; PRAGMA user_version = 2",
        s.account
    );
    desk.db.execute_batch(&lower).unwrap();
    drop(desk);
    s.a.must(1, "audit verify", &[]);
    assert_eq!(s.a.must(1, "item show", &[("item", &s.account.to_string())]).value["tier"], 2);
}
