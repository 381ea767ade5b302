//! The cache: whoever has the database key writes into it what they like, and whoever has the file alone puts old pages back. What
//! the gate is asked about leaving or erasing is authenticated first: a forged, missing or older row ends with 30, before anything
//! leaves or dies.

use std::fs;

use comity::command::definition::Output;
use comity::record::store::RecordStore as _;
use comity::value::id::Id;
use comity::workspace::error::{Error, ErrorKind};
use comity::workspace::open::Workspace;

use super::scene::{Snapshot, rows};
use crate::desks::{Site, pair};

/// What stands at a desk where rows are forged.
struct Desk {
    _root: tempfile::TempDir,
    a: Site,
    b: Site,
    case: String,
    /// A tier-2 item that nobody reviewed, and its review that is not decided.
    secret: String,
    undecided: String,
    /// A tier-2 item with an approved review.
    approved: String,
    review: String,
    /// An indicator that goes to named people alone.
    red: String,
    /// An indicator that may go, in a disclosure that waits to be carried.
    open: String,
    /// An item under a hold of its own, and the hold.
    held: String,
    hold: String,
    /// An item of a case under a hold, and the hold.
    evidence: String,
    hold_of_case: String,
    agreement: String,
}

impl Desk {
    fn new() -> Self {
        let (root, a, b) = pair();
        let case = a.case("Cached");
        let account = |value: &str| {
            let fields =
                [("case", &*case), ("type", "account"), ("category", "subscriber"), ("tier", "2"), ("value", value)];
            a.make(1, "item add", &fields)
        };
        let (secret, approved) = (account("a secret"), account("a reviewed one"));
        let scope = [("subject", &*secret), ("to", "XB"), ("purpose", "cybercrime"), ("level", "L1")];
        let undecided = a.make(1, "review open", &scope);
        let assessed = [("review", &*undecided), ("all", "met"), ("less-intrusive", "none would do")];
        a.must(2, "review assess", &assessed);
        let review = a.approve(&approved, &b, "L1");
        let red = a.indicator(&case, "red.example");
        a.must(1, "item mark", &[("item", &red), ("tlp", "RED")]);
        let open = a.indicator(&case, "open.example");
        let held = a.indicator(&case, "held.example");
        let hold = a.make(1, "retention hold", &[("item", &held), ("reason", "audit"), ("because", "asked")]);
        let other = a.case("Held");
        let evidence = a.indicator(&other, "evidence.example");
        let on_case = [("case", &*other), ("reason", "court-order"), ("because", "asked")];
        let hold_of_case = a.make(1, "retention hold", &on_case);
        let agreement = a.must(1, "agreement list", &[]).value[0]["id"].as_str().unwrap().to_owned();
        Self {
            _root: root,
            a,
            b,
            case,
            secret,
            undecided,
            approved,
            review,
            red,
            open,
            held,
            hold,
            evidence,
            hold_of_case,
            agreement,
        }
    }

    /// Writes into the database as whoever has its key.
    fn forge(&self, what: &str, sql: &str) {
        let desk = self.a.open(1).unwrap();
        desk.db.execute_batch(sql).unwrap_or_else(|e| panic!("{what}: {e}"));
    }

    fn out(&self) -> String {
        self.a.path("left")
    }

    /// An item is proposed by a member, released by another where it must be, and carried by the first: the first that fails.
    fn sends(&self, item: &str, by: u8) -> Result<Output, Error> {
        let fields = [("item", item), ("to", "XB"), ("delete-after", "30d")];
        let proposed = self.a.run(by, "disclosure new", &fields)?;
        let id = proposed.id().unwrap().to_string();
        if proposed.value["state"] == "proposed" || proposed.message.as_deref().is_some_and(|m| m.contains("release")) {
            self.a.run(2, "disclosure release", &[("disclosure", &id)])?;
        }
        self.carries(by)
    }

    /// What waits is carried.
    fn carries(&self, by: u8) -> Result<Output, Error> {
        self.a.run(by, "bundle export", &[("to", "XB"), ("out", &self.out())])
    }

    /// Whether a file with something for the partner was written.
    fn has_left(&self) -> bool {
        fs::metadata(self.out()).is_ok() || fs::read_dir(self.a.workspace().join("outbox")).unwrap().count() > 0
    }
}

/// What is done after a row was forged, by its ordinary commands.
type Does = fn(&Desk) -> Result<Output, Error>;

/// A row of the table of forgeries: what is forged, what makes the honest state, the statement that forges it, and what one tries
/// then. Without the forgery it is refused (40), but where `is_content` says that only what goes is another.
struct Forgery {
    what: &'static str,
    before: fn(&Desk),
    sql: String,
    does: Does,
    is_content: bool,
}

/// Text that stands in the terms of an item, replaced: for that item alone.
fn other_terms(item: &str, changes: &[(&str, &str)]) -> String {
    let terms = format!(
        "(SELECT text FROM terms WHERE number = (SELECT CAST(terms AS INTEGER) FROM record WHERE id = x'{item}'))"
    );
    let forged = changes.iter().fold(terms, |all, (from, to)| format!("replace({all}, '{from}', '{to}')"));
    format!(
        "INSERT OR IGNORE INTO terms (text) VALUES ({forged});
         UPDATE record SET terms = CAST((SELECT number FROM terms WHERE text = {forged}) AS TEXT) WHERE id = x'{item}'"
    )
}

fn nothing(_: &Desk) {}

fn forgeries_that_let_out(d: &Desk) -> Vec<Forgery> {
    let record = |set: &str, id: &str| format!("UPDATE record SET {set} WHERE id = x'{id}'");
    let lowered = [
        ("\"tier\":2", "\"tier\":1"),
        ("\"category\":\"subscriber\"", "\"category\":\"indicator\""),
        ("\"person_class\":\"suspect\"", "\"person_class\":\"none\""),
    ];
    let row = |what, before: fn(&Desk), sql, does: Does| Forgery { what, before, sql, does, is_content: false };
    let partner = "kind = 'partner'";
    let waits: fn(&Desk) = |d| {
        d.a.must(1, "disclosure new", &[("item", &d.open), ("to", "XB"), ("delete-after", "30d")]);
    };
    let content =
        |what, sql: &str| Forgery { what, before: waits, sql: sql.into(), does: |d| d.carries(1), is_content: true };
    vec![
        row(
            "a lowered tier",
            nothing,
            format!("{};{}", other_terms(&d.secret, &lowered), record("tier = 1", &d.secret)),
            |d| d.sends(&d.secret, 1),
        ),
        row(
            "a review that is approved",
            nothing,
            format!(
                "UPDATE record SET (state, due, terms) = (SELECT state, due, terms FROM record WHERE id = x'{}') \
                 WHERE id = x'{}'",
                d.review, d.undecided
            ),
            |d| d.sends(&d.secret, 1),
        ),
        row("an approval of another item", nothing, record(&format!("subject = x'{}'", d.secret), &d.review), |d| {
            d.sends(&d.secret, 1)
        }),
        row(
            "an approval that has lapsed",
            |d| {
                let fields = [("review", &*d.review), ("changed", "facts"), ("because", "others")];
                d.a.must(2, "review lapse", &fields);
            },
            record("state = 'approved'", &d.review),
            |d| d.sends(&d.approved, 1),
        ),
        row("a looser marking", nothing, other_terms(&d.red, &[("\"tlp\":\"RED\"", "\"tlp\":\"GREEN\"")]), |d| {
            d.sends(&d.red, 1)
        }),
        row(
            "an agreement that was ended",
            |d| {
                d.a.must(1, "agreement end", &[("agreement", &d.agreement), ("because", "over")]);
            },
            record("state = 'recorded'", &d.agreement),
            |d| d.sends(&d.open, 1),
        ),
        row(
            "a partner that is suspended",
            |d| {
                d.a.must(1, "partner suspend", &[("partner", "XB"), ("because", "a leak")]);
            },
            format!("UPDATE record SET state = 'pinned' WHERE {partner}"),
            |d| d.sends(&d.open, 1),
        ),
        row(
            "a channel that is suspended",
            |d| {
                let fields = [("partner", "XB"), ("state", "suspended"), ("because", "a leak")];
                d.a.must(1, "partner channel", &fields);
            },
            format!(
                "UPDATE record SET terms = replace(terms, '\"channel\":\"suspended\"', '\"channel\":\"operational\"') WHERE {partner}"
            ),
            |d| d.sends(&d.open, 1),
        ),
        row(
            "a role",
            nothing,
            "UPDATE record SET terms = replace(terms, '[\"legal-reviewer\",\"release-officer\"]', \
             '[\"legal-reviewer\",\"release-officer\",\"desk-officer\",\"investigator\"]') WHERE kind = 'member'"
                .into(),
            |d| d.sends(&d.open, 3),
        ),
        row(
            "a number below zero",
            nothing,
            format!(
                "{};UPDATE record SET number = -70 WHERE id = x'{}'",
                other_terms(&d.red, &[("\"tlp\":\"RED\"", "\"tlp\":\"GREEN\"")]),
                d.red
            ),
            |d| d.sends(&d.red, 1),
        ),
        content(
            "acts that are for nobody",
            "INSERT OR IGNORE INTO waiting SELECT (SELECT id FROM record WHERE kind = 'partner'), position FROM act WHERE audience = 'own'",
        ),
        content(
            "which record a copy that waits is of",
            "UPDATE change SET local = (SELECT record FROM change WHERE kind = 'item-add' LIMIT 1) WHERE kind = 'item-copy'",
        ),
        content("the record of a disclosure that waits", "DELETE FROM record WHERE kind = 'disclosure'"),
        content(
            "the content of a copy that waits",
            "UPDATE change SET content = replace(content, 'open.example', 'secret.example') WHERE kind = 'item-copy'",
        ),
        content(
            "the terms of a copy that waits",
            "UPDATE change SET terms = replace(terms, '\"tier\"', '\"tyre\"') WHERE kind IN ('item-copy', 'disclosure-propose')",
        ),
        content(
            "the salt of a copy that waits",
            "UPDATE change SET salt = zeroblob(32) WHERE kind = 'item-copy' AND salt IS NOT NULL",
        ),
        content(
            "the record that a copy that waits is of",
            "UPDATE change SET record = (SELECT id FROM record WHERE kind = 'case' LIMIT 1) WHERE kind = 'item-copy'",
        ),
    ]
}

/// Erases an item with a reason, as one officer.
fn erases(d: &Desk, item: &str) -> Result<Output, Error> {
    d.a.run(1, "retention purge", &[("item", item), ("because", "it is in the way")])
}

fn forgeries_that_erase(d: &Desk) -> Vec<Forgery> {
    let row = |what, sql, does: Does| Forgery { what, before: nothing, sql, does, is_content: false };
    let record = |set: &str, id: &str| format!("UPDATE record SET {set} WHERE id = x'{id}'");
    let (two, case) = (d.a.open(2).unwrap().person().to_string(), &d.case);
    vec![
        row("a hold that vanishes", format!("DELETE FROM record WHERE id = x'{}'", d.hold), |d| erases(d, &d.held)),
        row(
            "a hold that is lifted",
            record(&format!("state = 'lifted', terms = json_set(terms, '$.lifted_by', '{two}')"), &d.hold),
            |d| erases(d, &d.held),
        ),
        row("a hold on something else", record(&format!("subject = x'{}'", d.open), &d.hold), |d| erases(d, &d.held)),
        row("a hold that is none", record("kind = 'stream', state = 'running'", &d.hold), |d| erases(d, &d.held)),
        row("a hold of a case that vanishes", format!("DELETE FROM record WHERE id = x'{}'", d.hold_of_case), |d| {
            erases(d, &d.evidence)
        }),
        row("an item in another case", record(&format!("case_id = x'{case}'"), &d.evidence), |d| {
            erases(d, &d.evidence)
        }),
        row("an item in no case", record("case_id = NULL", &d.evidence), |d| erases(d, &d.evidence)),
        row(
            "an item of a held case with a number below zero",
            format!("UPDATE record SET number = -70, case_id = NULL WHERE id = x'{}'", d.evidence),
            |d| erases(d, &d.evidence),
        ),
        Forgery {
            what: "what is held as a part of something else",
            before: nothing,
            sql: format!("UPDATE change SET local = x'{}' WHERE record = x'{}'", d.open, d.held),
            does: |d| erases(d, &d.open),
            is_content: true,
        },
        row("an item that is due", record("due = 1", &d.open), |d| {
            let due = d.a.run(1, "retention purge", &[])?;
            if due.value["items"] == 0 { Err(Error::new(ErrorKind::Refused, "nothing was due", "")) } else { Ok(due) }
        }),
    ]
}

/// The value of an item, where it is still there.
fn value(d: &Desk, item: &str) -> String {
    let shown = d.a.run_because(1, Some("whether it is there"), "item show", &[("item", item)]).unwrap();
    shown.value["value"].as_str().unwrap_or_default().to_owned()
}

/// Tries each forgery, with it and without.
fn check(d: &Desk, all: Vec<Forgery>) {
    let kept = Snapshot::of(&d.a);
    let mut wrong = Vec::new();
    for Forgery { what, before, sql, does, is_content } in &all {
        before(d);
        let honest = Snapshot::of(&d.a);
        let plain = does(d).map(|_| ()).map_err(|failure| failure.kind);
        let expected = if *is_content { Ok(()) } else { Err(ErrorKind::Refused) };
        assert_eq!(plain, expected, "{what}: without the forgery");
        honest.put_back(&d.a);
        d.forge(what, sql);
        let forged = Snapshot::of(&d.a);
        let done = does(d).map(|_| ());
        let left = d.has_left();
        match done {
            Err(failure) if failure.kind == ErrorKind::Integrity && !left => {}
            Err(failure) => wrong.push(format!("{what}: left {left}, refused with {}: {failure}", failure.code())),
            Ok(()) => wrong.push(format!("{what}: it went through")),
        }
        forged.put_back(&d.a);
        kept.put_back(&d.a);
    }
    assert_eq!(
        ["a secret", "held.example", "evidence.example"],
        [&d.secret, &d.held, &d.evidence].map(|i| value(d, i))
    );
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn nothing_leaves_on_a_forged_row() {
    let d = Desk::new();
    assert!(Id::parse(&d.secret).is_some() && d.b.code == "XB");
    d.carries(1).unwrap();
    fs::remove_file(d.out()).unwrap();
    for kept in fs::read_dir(d.a.workspace().join("outbox")).unwrap() {
        fs::remove_file(kept.unwrap().path()).unwrap();
    }
    check(&d, forgeries_that_let_out(&d));
}

#[test]
fn nothing_dies_on_a_forged_row() {
    let d = Desk::new();
    check(&d, forgeries_that_erase(&d));
}

/// Alters each row of each table once, and each column of each record, and tries after each what is refused before: no single
/// row makes it go through, whatever the refusal says.
#[test]
fn no_single_row_lets_out_or_erases_what_stays() {
    let d = Desk::new();
    let kept = Snapshot::of(&d.a);
    let mut alterations: Vec<(String, String)> = Vec::new();
    {
        let desk = d.a.open(1).unwrap();
        for table in ["record", "act", "change", "terms", "digest"] {
            for row in rows(&desk, table, "rowid").iter().map(|row| row.replace("Integer(", "").replace(')', "")) {
                alterations
                    .push((format!("{table} {row} is gone"), format!("DELETE FROM {table} WHERE rowid = {row}")));
                let next = format!(
                    "(SELECT min(rowid) FROM record WHERE rowid > {row} AND kind = (SELECT kind FROM record WHERE rowid = {row}))"
                );
                for column in ["state", "desk", "case_id", "partner", "subject", "tier", "due", "terms", "key"] {
                    if table == "record" {
                        let sql = format!(
                            "UPDATE record SET {column} = (SELECT {column} FROM record WHERE rowid = {next}) \
                             WHERE rowid = {row} AND {next} IS NOT NULL"
                        );
                        alterations.push((format!("{column} of record {row} is the next one's"), sql));
                    }
                }
            }
        }
    }
    assert!(alterations.len() > 200);
    let tries: [(&str, Does); 4] = [
        ("the secret is sent", |d| d.sends(&d.secret, 1)),
        ("what is marked RED is sent", |d| d.sends(&d.red, 1)),
        ("the held item is erased", |d| erases(d, &d.held)),
        ("what lies in the held case is erased", |d| erases(d, &d.evidence)),
    ];
    let mut wrong = Vec::new();
    for (what, sql) in &alterations {
        // Where the change cannot even be made, it is none.
        if d.a.open(1).unwrap().db.execute_batch(sql).is_err() {
            continue;
        }
        let altered = Snapshot::of(&d.a);
        for (name, does) in &tries {
            match does(&d) {
                Err(failure) if failure.kind != ErrorKind::Internal => {}
                Err(failure) => wrong.push(format!("{what}: {name}: {}: {failure}", failure.code())),
                Ok(_) => wrong.push(format!("{what}: {name}: it went through")),
            }
            altered.put_back(&d.a);
        }
        kept.put_back(&d.a);
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), alterations.len() * tries.len(), wrong.join("\n"));
}

/// Whoever forges a row and its digest cannot forge what each member remembers outside of the database; nor can they let others
/// believe what nobody could have done since.
#[test]
fn nothing_that_others_left_is_believed_unseen() {
    let d = Desk::new();
    let kept = Snapshot::of(&d.a);
    let refused = |what: &str, by: u8, tried: Result<Output, Error>| {
        let failure = tried.err().unwrap_or_else(|| panic!("{what}: it went through for member {by}"));
        assert_eq!(failure.kind, ErrorKind::Integrity, "{what}: {failure}");
    };
    let last =
        |desk: &Workspace| desk.db.query_row("SELECT max(position) FROM act", [], |r| r.get::<_, i64>(0)).unwrap();
    let forgeries: [(&str, &str); 4] = [
        ("the root's digests", "UPDATE digest SET hashes = zeroblob(1024) WHERE node = (SELECT max(node) FROM digest)"),
        (
            "records as they were",
            "UPDATE undo SET state = 'lifted' WHERE kind = 'hold'; UPDATE undo SET tier = 1, due = 1",
        ),
        ("how far the records went", "UPDATE act SET next_number = next_number - 1"),
        ("a hold, before others act", "DELETE FROM record WHERE kind = 'hold'"),
    ];
    for (what, sql) in forgeries {
        // Member 1 has seen all; member 2 does something; then somebody writes into the database.
        let before = last(&d.a.open(1).unwrap());
        d.a.must(2, "retention release", &[("hold", &d.hold), ("because", "it is over")]);
        d.a.make(2, "retention hold", &[("item", &d.held), ("reason", "audit"), ("because", "again")]);
        let key = d.a.open(2).unwrap().keyring.database.clone();
        let path = d.a.workspace().join("workspace.db");
        let db = comity::store::connection::open(&path, &key, false).unwrap().unwrap();
        db.execute_batch(sql).unwrap_or_else(|e| panic!("{what}: {e}"));
        drop(db);
        let opened = d.a.open(1).unwrap();
        assert!(last(&opened) > before);
        drop(opened);
        refused(what, 1, d.a.run(1, "case new", &[("title", "Next"), ("purpose", "cybercrime")]));
        // What is there can still be read.
        d.a.must(1, "case list", &[]);
        kept.put_back(&d.a);
    }
    // Without a forgery the same goes through.
    d.a.open(1).unwrap();
    d.a.must(2, "retention release", &[("hold", &d.hold), ("because", "it is over")]);
    d.a.must(1, "case new", &[("title", "Next"), ("purpose", "cybercrime")]);
}

/// What somebody has added to the database does nothing, and a forged row of a member keeps nobody from reading.
#[test]
fn a_trigger_does_nothing_and_a_forged_member_keeps_nobody_out() {
    let d = Desk::new();
    d.forge(
        "a trigger",
        "CREATE TRIGGER lifts AFTER INSERT ON record BEGIN UPDATE record SET state = 'lifted' WHERE kind = 'hold'; END",
    );
    d.a.must(1, "case new", &[("title", "Next"), ("purpose", "cybercrime")]);
    assert_eq!(erases(&d, &d.held).unwrap_err().kind, ErrorKind::Refused);
    d.forge("a role", "DROP TRIGGER lifts; UPDATE record SET terms = replace(terms, 'investigator', 'release-officer') WHERE kind = 'member'");
    d.a.must(1, "case list", &[]);
    assert_eq!(erases(&d, &d.open).unwrap_err().kind, ErrorKind::Integrity);
    d.a.open(1).unwrap().rebuild(|_| true).unwrap();
    erases(&d, &d.open).unwrap();
}

/// Each row of the records is damaged, each in several ways: the workspace opens, what is damaged is left out and named, the rest is
/// shown, and all of it comes back out of the log.
#[test]
fn a_damaged_row_is_named_and_the_rest_works() {
    let d = Desk::new();
    let kept = Snapshot::of(&d.a);
    let numbers: Vec<(i64, String)> = {
        let desk = d.a.open(1).unwrap();
        let mut all = desk.db.prepare("SELECT number, kind FROM record ORDER BY number").unwrap();
        let rows = all.query_map([], |r| Ok((r.get(0)?, r.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let whole = d.a.open(1).unwrap().records().find(&comity::record::store::Query::default()).unwrap().len();
    let mut wrong = Vec::new();
    for (number, kind) in &numbers {
        for set in ["terms = '{'", "state = 'none'", "shared = '['", "desk = zeroblob(3)"] {
            d.forge(set, &format!("UPDATE record SET {set} WHERE number = {number}"));
            let what = format!("{set} of {kind} {number}");
            let mut opened = match d.a.open(1) {
                Ok(opened) => opened,
                Err(failure) => {
                    wrong.push(format!("{what}: it does not open: {failure}"));
                    kept.put_back(&d.a);
                    continue;
                }
            };
            let found = opened.records().find(&comity::record::store::Query::default()).unwrap().len();
            // What a workspace cannot be opened without was made again from the log.
            let is_named = opened.damage().is_some_and(|said| said.contains(kind.as_str()));
            if !(found == whole || (found + 1 == whole && is_named)) {
                wrong.push(format!("{what}: {found} of {whole}, {:?}", opened.damage()));
            }
            opened.rebuild(|_| true).unwrap();
            assert_eq!(opened.damage(), None, "{what}");
            drop(opened);
            d.a.must(1, "case new", &[("title", "Next"), ("purpose", "cybercrime")]);
            kept.put_back(&d.a);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever has the file and no key puts one page back as it was before a hold was placed: on the item, or on its case.
fn put_old_pages_back(on: &str) {
    const PAGE: usize = 4096;
    let d = Desk::new();
    let file = d.a.workspace().join("workspace.db");
    let case = d.a.case("Late");
    let late = d.a.indicator(&case, "late.example");
    // Everything that was written stands in the file itself, and nothing in the log beside it.
    let whole = || {
        d.forge("checkpoint", "PRAGMA wal_checkpoint(TRUNCATE)");
        fs::read(&file).unwrap()
    };
    let old = whole();
    let held = if on == "item" { &late } else { &case };
    d.a.make(1, "retention hold", &[(on, held), ("reason", "audit"), ("because", "asked")]);
    let new = whole();
    let kept = Snapshot::of(&d.a);
    let pages: Vec<usize> = (0..old.len().min(new.len()) / PAGE)
        .filter(|page| old[page * PAGE..][..PAGE] != new[page * PAGE..][..PAGE])
        .collect();
    assert!(pages.len() > 3, "{pages:?}");
    let mut wrong = Vec::new();
    for page in pages {
        let mut mixed = new.clone();
        mixed[page * PAGE..][..PAGE].copy_from_slice(&old[page * PAGE..][..PAGE]);
        let _ = fs::remove_file(d.a.workspace().join("workspace.db-wal"));
        fs::write(&file, &mixed).unwrap();
        match erases(&d, &late) {
            Err(failure) if [ErrorKind::Integrity, ErrorKind::Fork, ErrorKind::Refused].contains(&failure.kind) => {}
            Err(failure) => wrong.push(format!("page {page}: {}: {failure}", failure.code())),
            Ok(_) => wrong.push(format!("page {page}: what is held was erased")),
        }
        kept.put_back(&d.a);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_that_is_held_dies_when_one_old_page_is_put_back() {
    put_old_pages_back("item");
}

#[test]
fn nothing_in_a_case_that_is_held_dies_when_one_old_page_is_put_back() {
    put_old_pages_back("case");
}
