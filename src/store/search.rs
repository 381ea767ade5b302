//! The search index (FTS5, `secure-delete`): the texts of all content that is searched, and no trace of what was erased. What an
//! item is about, and its ids elsewhere, stand in it as a whole too, so that an import finds what the case has without reading it.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use super::connection;
use super::error::StoreError;
use super::statement::sql;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};
use crate::value::text::is_blank;

/// Members of content that are not words: keys, digests, signed files, foreign objects as they came.
const NOT_WORDS: &[&str] = &[
    "key",
    "sha256",
    "card",
    "original",
    "manifest",
    "desk_signature",
    "member_signature",
    "sealed",
    "tsq",
    "tsr",
    "tsa_chain",
];

/// The member of a content that says what an item is about, and the one that holds its ids elsewhere.
const WHOLE: [&str; 2] = ["value", "ids"];

/// The word that stands for a whole text, whatever its letters' case. Nobody types its first sign, which is one for private use.
fn whole(text: &str) -> String {
    let digest = Sha256::digest(text.trim().to_ascii_lowercase().as_bytes());
    let mut word = String::from('\u{e000}');
    for byte in digest.iter().take(8) {
        let _ = write!(word, "{byte:02x}");
    }
    word
}

/// Returns the words of a content: its texts in their order, with spaces between, and the words for whole texts. `None` where there
/// are none.
pub fn words(content: &Json) -> Option<String> {
    let mut words = texts(content)?;
    let mut add = |text: &str| {
        words.push(' ');
        words.push_str(&whole(text));
    };
    let [value, ids] = WHOLE.map(|key| content.get(key));
    value.and_then(Json::text).into_iter().for_each(&mut add);
    let ids = ids.and_then(Json::members).unwrap_or_default();
    ids.iter().filter_map(|(_, id)| id.text()).for_each(add);
    Some(words)
}

/// The words of a content as the index of a format has them: whole texts stand in it since format 4.
pub fn words_of_format(format: i64) -> fn(&Json) -> Option<String> {
    if format < 4 { texts } else { words }
}

fn texts(content: &Json) -> Option<String> {
    fn gather(json: &Json, out: &mut Option<String>) {
        match json {
            Json::Str(text) => match out {
                Some(out) => {
                    out.push(' ');
                    out.push_str(text);
                }
                None => *out = Some(text.to_string()),
            },
            Json::Arr(items) => items.iter().for_each(|i| gather(i, out)),
            Json::Obj(members) => {
                members
                    .iter()
                    .filter(|(k, v)| v.text().is_none() || !NOT_WORDS.contains(&k.as_str()))
                    .for_each(|(_, v)| gather(v, out));
            }
            Json::Null | Json::Bool(_) | Json::Int(_) => {}
        }
    }
    let mut out = None;
    gather(content, &mut out);
    out
}

/// Adds a change's words to the index.
pub fn add(conn: &Connection, row: i64, words: Option<&str>) -> rusqlite::Result<()> {
    conn.prepare_cached(sql!("search.add"))?.execute(params![row, words]).map(|_| ())
}

/// Removes a change's words from the index; with `secure-delete` no trace of them stays in it.
fn remove(conn: &Connection, row: i64, content: &str) -> rusqlite::Result<()> {
    let words = json::parse(content.as_bytes(), Limits::SIGNED).ok().as_ref().and_then(words);
    conn.prepare_cached(sql!("search.drop"))?.execute(params![row, words]).map(|_| ())
}

/// The most bytes of content that wait to be taken from the index.
const MOST_WAITING: usize = 16 << 20;
/// Fewer changes than this are taken from the index without asking how many it has.
const FEW: u64 = 1000;
/// Where one change in so many goes, making the index again from what stays is faster than taking each word out of it.
const SHARE: u64 = 6;

/// Changes whose words are to be taken from the index. They wait for each other: in the order of their rows the index takes many at
/// once, and where many of all go it is made again from what stays.
pub(super) struct Removal {
    waiting: RefCell<Vec<(i64, String)>>,
    bytes: Cell<usize>,
    /// How many there were so far.
    count: Cell<u64>,
    /// Whether the index is made again in the end: then nothing waits.
    rebuilds: Cell<bool>,
}

impl Removal {
    pub(super) const fn new() -> Self {
        Self { waiting: RefCell::new(Vec::new()), bytes: Cell::new(0), count: Cell::new(0), rebuilds: Cell::new(false) }
    }

    /// Takes a change and the content that it had: the table of changes says already that it is not searched.
    pub(super) fn add(&self, conn: &Connection, row: i64, content: String) -> rusqlite::Result<()> {
        self.count.set(self.count.get() + 1);
        if self.rebuilds.get() {
            return Ok(());
        }
        self.bytes.set(self.bytes.get() + content.len());
        self.waiting.borrow_mut().push((row, content));
        if self.bytes.get() < MOST_WAITING { Ok(()) } else { self.remove(conn) }
    }

    /// Brings the index up to date.
    pub(super) fn finish(&self, conn: &Connection) -> rusqlite::Result<()> {
        if self.count.get() == 0 {
            return Ok(());
        }
        self.remove(conn)?;
        self.count.set(0);
        if self.rebuilds.take() { rebuild(conn) } else { Ok(()) }
    }

    /// Removes what waits, or notes that the index is to be made again.
    fn remove(&self, conn: &Connection) -> rusqlite::Result<()> {
        let mut waiting = self.waiting.take();
        self.bytes.set(0);
        if self.count.get() >= FEW && !self.rebuilds.get() {
            let all: u64 = conn.prepare_cached(sql!("search.count"))?.query_row([], |r| r.get(0))?;
            // What was removed before is not among them any more.
            let gone = self.count.get() - waiting.len() as u64;
            self.rebuilds.set(self.count.get() >= (all + gone) / SHARE);
        }
        if self.rebuilds.get() {
            return Ok(());
        }
        waiting.sort_unstable_by_key(|(row, _)| *row);
        waiting.iter().try_for_each(|(row, content)| remove(conn, *row, content))
    }
}

/// Returns the records whose content has all these words, the newest first; the last word may be a prefix.
pub fn find(conn: &Connection, typed: &str, limit: u32) -> Result<Vec<Id>, StoreError> {
    if is_blank(typed) {
        return Ok(Vec::new());
    }
    // Each word is quoted, so that what is typed is never read as a query.
    let quoted: Vec<String> = typed.split_whitespace().map(|w| format!("\"{}\"", w.replace('"', "\"\""))).collect();
    let mut find = conn.prepare_cached(sql!("search.find"))?;
    let rows = find.query_map(params![format!("{}*", quoted.join(" ")), limit], |r| r.get::<_, Option<Id>>(0))?;
    let mut found = Vec::new();
    for id in rows {
        if let Some(id) = id?.filter(|id| !found.contains(id)) {
            found.push(id);
        }
    }
    Ok(found)
}

/// Returns the records of which this is what they are about or an id elsewhere, whatever the case of its letters; among them may be
/// others.
pub fn of_text(conn: &Connection, text: &str) -> Result<Vec<Id>, StoreError> {
    let mut find = conn.prepare_cached(sql!("search.find"))?;
    let rows = find.query_map(params![format!("\"{}\"", whole(text)), i64::MAX], |r| r.get::<_, Option<Id>>(0))?;
    Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Makes the index again from the changes.
pub fn rebuild(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(sql!("search.empty"))?;
    let mut all = conn.prepare(sql!("change.searched"))?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let content: Option<String> = row.get(1)?;
        let content = content.and_then(|content| json::parse(content.as_bytes(), Limits::SIGNED).ok());
        add(conn, row.get(0)?, content.as_ref().and_then(words).as_deref())?;
    }
    Ok(())
}

/// Compares two indexes term by term: the stored one, and one that was rebuilt.
pub fn check(conn: &Connection, rebuilt: &Connection) -> Result<(), StoreError> {
    let bad = || StoreError::Integrity("the search index is not what the changes say".into());
    // SQLite's own check counts as a write; where the workspace is only read, the comparison below stands alone.
    if !conn.is_readonly("main")? {
        conn.prepare_cached(sql!("search.check"))?.execute([]).map_err(|_| bad())?;
    }
    for db in [conn, rebuilt] {
        db.execute_batch(sql!("search.vocabulary"))?;
    }
    if connection::gives_same(sql!("search.instances"), [], [conn, rebuilt])? { Ok(()) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::statement::{FORMAT, schema};

    #[test]
    fn removing_leaves_nothing_and_a_changed_index_is_found() {
        let empty = || {
            let db = crate::store::connection::in_memory().unwrap();
            db.execute_batch(&schema(FORMAT)).unwrap();
            db
        };
        let contents = [
            r#"{"value":"evil.example","title":"a \"title\"","n":7,"ids":{"stix":"y"},"more":["x--1"],"attachment":{"key":"SECRET","name":"n.txt"}}"#,
            r#"{"n":1}"#,
            r#"{"note":""}"#,
            r#"{"value":"größe\nzwei"}"#,
        ];
        let (db, rebuilt) = (empty(), empty());
        let read = |content: &str| json::parse(content.as_bytes(), Limits::SIGNED).unwrap();
        for (row, content) in (1i64..).zip(contents) {
            db.execute(
                "INSERT INTO change (row, record, content, searched) VALUES (?1, zeroblob(16), ?2, 1)",
                params![row, content],
            )
            .unwrap();
            add(&db, row, words(&read(content)).as_deref()).unwrap();
            add(&rebuilt, row, words(&read(content)).as_deref()).unwrap();
        }
        check(&db, &rebuilt).unwrap();
        let found = |typed: &str| find(&db, typed, 9).unwrap().len();
        assert_eq!(
            [" EVIL.example", "evil", "y", "x--1"].map(|text| of_text(&db, text).unwrap().len()),
            [1, 0, 1, 0],
            "a whole text is found as one"
        );
        assert_eq!(
            ["evil.example", "evil", "example evil", "SECRET", "n.txt", "\" OR a"].map(found),
            [1, 1, 1, 0, 1, 0]
        );
        remove(&db, 1, contents[0]).unwrap();
        assert!(check(&db, &rebuilt).is_err());
        remove(&rebuilt, 1, contents[0]).unwrap();
        check(&db, &rebuilt).unwrap();
        assert_eq!(found("evil"), 0);
        let traces = "SELECT count(*) FROM search_data WHERE instr(CAST(block AS TEXT), 'evil')";
        assert_eq!(
            db.query_row(traces, [], |r| r.get::<_, i64>(0)).unwrap(),
            0,
            "nothing is left in the index's own pages"
        );
    }
}
