//! After a purge nothing that is left tells a body that was erased from any other: many candidates are put to all that is there with every
//! current key (log, signatures, certificates, search index, files), as somebody would who guesses. Before the purge the same attack
//! finds the one that is right, so it is no attack that could not.

use std::collections::HashSet;

use comity::act::change::commit;
use comity::value::id::Id;
use rusqlite::types::ValueRef;
use sha2::{Digest as _, Sha256, Sha512};

use crate::desks::{Site, bytes_of, pair};

const VALUE: &str = "the-one.example";

/// What can be read in a workspace with every key, by its beginnings of eight bytes: as it is, and where it is hex or base64.
struct Left {
    beginnings: HashSet<u64>,
    salts: Vec<[u8; 32]>,
}

fn left(a: &Site) -> Left {
    let workspace = a.open(1).unwrap();
    let (mut all, mut salts) = (Vec::new(), vec![[0; 32]]);
    let tables: Vec<String> = {
        let mut names = workspace.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for table in tables {
        let Ok(mut rows) = workspace.db.prepare(&format!("SELECT * FROM \"{table}\"")) else { continue };
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(column).unwrap() {
                    salts.extend(<[u8; 32]>::try_from(bytes).ok());
                    all.extend_from_slice(bytes);
                    all.push(b'\n');
                }
            }
        }
    }
    drop(workspace);
    for (_, bytes) in bytes_of(&a.folder) {
        all.extend(bytes);
    }
    let mut beginnings = HashSet::new();
    let mut add = |bytes: &[u8]| {
        beginnings.extend(bytes.windows(8).map(|w| u64::from_be_bytes(w.try_into().unwrap())));
    };
    add(&all);
    for run in all.split(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))).filter(|run| run.len() >= 12) {
        for at in 0..4 {
            let whole = (run.len() - at) / 4 * 4;
            if let Ok(bytes) = data_encoding::BASE64.decode(&run[at..at + whole]) {
                add(&bytes);
            }
        }
        for part in run.split(|b| !b.is_ascii_hexdigit()).filter(|part| part.len() >= 16) {
            for at in 0..2 {
                let whole = (part.len() - at) / 2 * 2;
                if let Ok(bytes) = data_encoding::HEXLOWER_PERMISSIVE.decode(&part[at..at + whole]) {
                    add(&bytes);
                }
            }
        }
    }
    Left { beginnings, salts }
}

/// How many of the candidates something that is left points at, and whether the right one is among them.
fn attack(left: &Left, record: Id, body: &str, candidates: usize) -> (usize, bool) {
    let is_there = |digest: &[u8]| left.beginnings.contains(&u64::from_be_bytes(digest[..8].try_into().unwrap()));
    let (mut found, mut right) = (0, false);
    for n in 0..=candidates {
        let value = if n == 0 { VALUE.to_owned() } else { format!("guess-{n}.example") };
        let body = body.replace(VALUE, &value);
        let plain = [value.as_bytes(), body.as_bytes()];
        let hashed = plain.iter().any(|text| is_there(&Sha256::digest(text)) || is_there(&Sha512::digest(text)));
        let is_seen = is_there(value.as_bytes());
        let committed =
            || left.salts.iter().any(|salt| is_there(commit(record, "item-add", body.as_bytes(), salt).as_bytes()));
        // A value begins as many do: it points at nobody unless its own beginning is there.
        if hashed || committed() || (is_seen && n == 0) {
            found += 1;
            right |= n == 0;
        }
    }
    (found, right)
}

fn nothing_distinguishes(candidates: usize) {
    let (_root, a, b) = pair();
    let case = a.case("Candidates");
    let item = a.indicator(&case, VALUE);
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    a.carry(&b, "shared");
    let body: String = {
        let workspace = a.open(1).unwrap();
        let sql = "SELECT CAST(content AS TEXT) FROM change WHERE kind = 'item-add' AND content IS NOT NULL";
        workspace.db.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert!(body.contains(VALUE));
    let record = Id::parse(&item).unwrap();
    assert_eq!(attack(&left(&a), record, &body, 200), (1, true), "before, the attack finds the right one and no other");
    a.must(1, "retention purge", &[("item", &item), ("because", "a mistake")]);
    std::fs::remove_file(a.path("shared")).unwrap();
    a.must(1, "retention purge", &[]);
    let left = left(&a);
    assert!(left.salts.len() > 10 && left.beginnings.len() > 10_000, "there is a log to be attacked");
    assert_eq!(attack(&left, record, &body, candidates), (0, false));
}

#[test]
fn nothing_that_is_left_distinguishes_what_was_erased() {
    nothing_distinguishes(300);
}

/// The same with as many candidates as somebody has who knows what such a body looks like.
#[test]
#[ignore = "takes minutes: cargo test --release --test suite -- --ignored a_million"]
fn a_million_candidates_distinguish_nothing() {
    nothing_distinguishes(1_000_000);
}
