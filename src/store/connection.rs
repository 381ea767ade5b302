//! Opening the workspace's database: a missing one is never created, and another workspace's is refused.

use std::path::Path;
use std::sync::Once;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use super::error::{SqlErrorClass, StoreError, class};
use super::statement::{FORMAT, LATER, RECORDS_SINCE, schema, sql};
use crate::host::file;

/// A database that is open.
pub type Database = Connection;
/// A transaction; dropped without `commit`, it undoes everything.
pub type Transaction<'c> = rusqlite::Transaction<'c>;

const APPLICATION: i64 = 0x636d_7479;
/// Size of the page cache in KiB; SQLite takes kibibytes as a negative number.
const CACHE: i64 = -48 * 1024;
/// The same for what changes very many records, each at a random place: a page that is not there is read, opened, sealed and written again
/// for each of them. It is taken as far as it is needed.
const ROOM: i64 = -256 * 1024;

/// The raw key of the database: 32 bytes of key and 16 of salt. The salt stays when the key is rotated, so that a
/// damaged database is told from a foreign one.
#[derive(Clone)]
pub struct DatabaseKey(Zeroizing<Vec<u8>>);

impl DatabaseKey {
    /// Returns the database key of a key and a salt.
    pub fn new(key: &[u8; 32], salt: &[u8; 16]) -> Self {
        Self(Zeroizing::new([key.as_slice(), salt].concat()))
    }

    /// Reads 96 hex digits.
    pub fn parse(hex: &str) -> Option<Self> {
        let bytes = Zeroizing::new(data_encoding::HEXLOWER.decode(hex.as_bytes()).ok()?);
        (bytes.len() == 48).then_some(Self(bytes))
    }

    /// Returns the key as 96 hex digits.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::HEXLOWER.encode(&self.0))
    }

    /// Returns the salt: the first 16 bytes of the database file.
    pub fn salt(&self) -> [u8; 16] {
        let mut salt = [0; 16];
        salt.iter_mut().zip(self.0.iter().skip(32)).for_each(|(to, from)| *to = *from);
        salt
    }

    fn pragma(&self, name: &str) -> Zeroizing<String> {
        Zeroizing::new(format!("PRAGMA {name} = \"x'{}'\"", *self.to_hex()))
    }
}

/// Gives a connection its key. SQLite copies the statement while it reads it and does not wipe the copies: the same statement of
/// no meaning, with zeros, takes their places.
fn set_key(conn: &Connection, key: &DatabaseKey, name: &str) -> Result<(), StoreError> {
    let statement = key.pragma(name);
    let done = conn.execute_batch(&statement);
    let (nothing, zeros) = ("z".repeat(name.len()), "0".repeat(96));
    conn.execute_batch(&format!("PRAGMA {nothing} = \"x'{zeros}'\""))?;
    Ok(done?)
}

/// Creates a new database with the current schema.
pub fn create(path: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    // SQLite gives the files beside it the mode of the first: for the owner alone.
    file::write_new(path, b"")?;
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    set_key(&conn, key, "key")?;
    conn.execute_batch("PRAGMA journal_mode = WAL")?;
    settings(&conn)?;
    conn.execute_batch(&format!("BEGIN; {} COMMIT", schema(FORMAT)))?;
    Ok(conn)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    initialise();
    Ok(Connection::open_with_flags(path, flags)?)
}

/// Returns a database in memory, without a key: a model to compare with.
pub(super) fn in_memory() -> Result<Connection, StoreError> {
    initialise();
    Ok(Connection::open_in_memory()?)
}

/// Returns a database with nothing in it, to hold the place of one that is closed for a while.
pub fn nothing() -> Result<Connection, StoreError> {
    in_memory()
}

/// Initialises SQLCipher. SQLite calls itself ready a moment before SQLCipher is, and a thread that opened its database in
/// that moment would have its key refused: so the first connection is made once, while every other thread waits.
fn initialise() {
    static READY: Once = Once::new();
    READY.call_once(|| {
        // It would tell standard error of what it finds; errors are told by whoever asked, and once.
        let _ = Connection::open_in_memory().and_then(|c| c.execute_batch("PRAGMA cipher_log_level = NONE"));
    });
}

/// Begins a transaction that writes: no other process may write until this ends.
pub fn begin(conn: &Connection) -> Result<Transaction<'_>, StoreError> {
    Ok(rusqlite::Transaction::new_unchecked(conn, rusqlite::TransactionBehavior::Immediate)?)
}

/// Ends a transaction and keeps what it wrote.
pub fn commit(transaction: Transaction<'_>) -> Result<(), StoreError> {
    Ok(transaction.commit()?)
}

/// Begins a transaction that reads: everything until it ends is read from one state, and the database is not locked again
/// for each row.
pub fn snapshot(conn: &Connection) -> Result<Transaction<'_>, StoreError> {
    Ok(rusqlite::Transaction::new_unchecked(conn, rusqlite::TransactionBehavior::Deferred)?)
}

/// Whether what the last program wrote lies in its journal still: it did not end, or somebody reads.
pub fn is_left_open(path: &Path) -> bool {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-wal");
    std::fs::metadata(&journal).is_ok_and(|journal| journal.len() > 0)
}

/// Opens the database of a workspace where nobody writes meanwhile. Nothing is written beside it, so it may lie on a medium that
/// cannot be written. Returns `None` where the key does not fit.
pub fn open_still(path: &Path, key: &DatabaseKey) -> Result<Option<Connection>, StoreError> {
    if !is_left_open(path) {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        return open_at(path, Path::new(&still(path)), key, flags);
    }
    // What the last writer could not put back is read from its journal, which takes files beside it.
    match open(path, key, true)? {
        Some(conn) => Ok(Some(conn)),
        None => Err(StoreError::Integrity(
            "the last program that wrote did not end, and its journal lies beside the database: open a copy of the folder once \
             without --readonly"
                .into(),
        )),
    }
}

/// The address of a file that does not change while it is read.
fn still(path: &Path) -> std::ffi::OsString {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => uri.push(char::from(*byte)),
            b if b.is_ascii_alphanumeric() => uri.push(char::from(*b)),
            b => uri.push_str(&format!("%{b:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    uri.into()
}

/// Opens the database of a workspace. Returns `None` where the key does not fit.
pub fn open(path: &Path, key: &DatabaseKey, read_only: bool) -> Result<Option<Connection>, StoreError> {
    let writes = if read_only { OpenFlags::SQLITE_OPEN_READ_ONLY } else { OpenFlags::SQLITE_OPEN_READ_WRITE };
    open_at(path, path, key, writes)
}

fn open_at(path: &Path, address: &Path, key: &DatabaseKey, flags: OpenFlags) -> Result<Option<Connection>, StoreError> {
    let Ok(head) = std::fs::File::open(path).and_then(|mut f| {
        let mut head = [0u8; 16];
        std::io::Read::read_exact(&mut f, &mut head).map(|()| head)
    }) else {
        // A database without bytes would open as a fresh one.
        let why = if path.exists() {
            StoreError::Integrity("the workspace's database is empty or cut short".into())
        } else {
            StoreError::Missing
        };
        return Err(why);
    };
    if head != key.salt() {
        return Err(StoreError::Foreign("the database is not this workspace's"));
    }
    let conn = connect(address, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    set_key(&conn, key, "key")?;
    match conn.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get::<_, i64>(0)) {
        Ok(_) => {}
        // A full or failing medium says nothing of the key.
        Err(failure) if is_full(&failure) => return Err(failure.into()),
        Err(_) => return Ok(None),
    }
    let number = |pragma: &str| conn.query_row(&format!("PRAGMA {pragma}"), [], |r| r.get::<_, i64>(0));
    let (application, format) = (number("application_id")?, number("user_version")?);
    match (application, format) {
        (APPLICATION, 1..=FORMAT) => {}
        (APPLICATION, newer) if newer > FORMAT => return Err(StoreError::Newer(newer)),
        _ => return Err(StoreError::Foreign("the database is not a comity workspace's")),
    }
    settings(&conn)?;
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_ONLY) {
        let missing = STAND_INS.get(usize::try_from(format - 1).unwrap_or(0)).copied().unwrap_or_default();
        missing.iter().try_for_each(|sql| conn.execute_batch(sql))?;
    }
    Ok(Some(conn))
}

/// Whether there is no room for what SQLite writes beside a database before it reads it.
fn is_full(failure: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE};
    let code = failure.sqlite_error().map(|e| e.extended_code);
    let beside = [SQLITE_IOERR_SHMMAP, SQLITE_IOERR_SHMOPEN, SQLITE_IOERR_SHMSIZE, SQLITE_IOERR_WRITE];
    failure.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) || code.is_some_and(|c| beside.contains(&c))
}

/// Stand-ins in memory for what a database of an older format lacks, by format, where it is opened read-only.
const STAND_INS: [&[&str]; LATER.len()] = [
    &[NO_TERMS, NO_COUNTS, NO_CHANGE_TERMS],
    &[NO_LOCAL, NO_COUNTS, NO_CHANGE_TERMS],
    &[NO_COUNTS, NO_CHANGE_TERMS],
    &[NO_CHANGE_TERMS],
];
const NO_TERMS: &str = "CREATE TEMP TABLE terms (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT; \
    CREATE TEMP VIEW change AS SELECT *, NULL AS number, NULL AS local FROM main.change";
const NO_LOCAL: &str = "CREATE TEMP VIEW change AS SELECT *, NULL AS local FROM main.change";
const NO_COUNTS: &str = include_str!("sql/stand-ins.sql");
const NO_CHANGE_TERMS: &str =
    "CREATE TEMP TABLE change_terms (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT";

/// Whether the database is only read, and of a format whose records are not those of [`FORMAT`].
pub(super) fn has_older_records(conn: &Connection) -> Result<bool, StoreError> {
    Ok(format_of(conn)? < RECORDS_SINCE)
}

/// Returns the format of the database.
pub(super) fn format_of(conn: &Connection) -> Result<i64, StoreError> {
    Ok(conn.query_row("PRAGMA user_version", [], |r| r.get(0))?)
}

fn settings(conn: &Connection) -> Result<(), StoreError> {
    plan_once(conn)?;
    // The schema has none: one that somebody added would change what an act has just written.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.busy_timeout(std::time::Duration::from_millis(500))?;
    conn.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; \
         PRAGMA temp_store = MEMORY; PRAGMA cache_size = {CACHE}"
    ))?;
    Ok(())
}

/// Gives a connection room for the pages of very many records.
pub fn give_room(conn: &Connection) -> Result<(), StoreError> {
    Ok(conn.execute_batch(&format!("PRAGMA cache_size = {ROOM}"))?)
}

/// Takes that room back, and the pages that lie in it.
pub fn take_room_back(conn: &Connection) -> Result<(), StoreError> {
    Ok(conn.execute_batch(&format!("PRAGMA cache_size = {CACHE}; PRAGMA shrink_memory"))?)
}

/// Makes SQLite plan a statement once, and not again for each value that is bound to it, as it would beside a partial
/// index.
fn plan_once(conn: &Connection) -> Result<(), StoreError> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Creates an empty database beside that of a workspace.
fn beside(path: &Path, key: &DatabaseKey) -> Result<Connection, StoreError> {
    file::remove(path)?;
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    set_key(&conn, key, "key")?;
    Ok(conn)
}

/// Creates an encrypted database with the current schema for replaying the log; it is removed with the returned guard.
pub fn scratch(folder: &Path, key: &DatabaseKey) -> Result<(Connection, Scratch), StoreError> {
    let path = folder.join("replay.db");
    let keep = Scratch(path.clone());
    // A medium that cannot be written takes none: then it is kept in memory.
    let conn = match beside(&path, key) {
        Ok(conn) => conn,
        Err(_) => in_memory()?,
    };
    conn.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE")?;
    plan_once(&conn)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch(&format!("PRAGMA cache_size = {CACHE}; BEGIN; {}", schema(FORMAT)))?;
    Ok((conn, keep))
}

/// The tables of the projections of the acts.
pub(super) const PROJECTIONS: &[&str] = &["record", "terms", "waiting", "digest", "item_tally", "due_tally"];
/// The tables of the acts.
pub(super) const ACTS: &[&str] = &["act", "change"];

/// Shadows tables with empty ones, in memory and for this connection alone. The
/// database itself is not touched, and nothing is written beside it.
///
/// # Errors
///
/// Where the workspace is of an older format, and only read.
pub(super) fn shadow_tables(conn: &Connection, tables: &[&str]) -> Result<(), StoreError> {
    if has_older_records(conn)? {
        return Err(StoreError::Foreign(
            "a workspace of an older format cannot be shown as it was: open it once without --readonly",
        ));
    }
    let mut all = conn.prepare(sql!("schema.of_table"))?;
    for table in tables {
        let made: Vec<String> = all.query_map([table], |r| r.get(0))?.collect::<Result<_, _>>()?;
        for sql in made {
            let before = sql.replacen("CREATE TABLE ", "CREATE TABLE temp.", 1);
            conn.execute_batch(&before.replacen("CREATE INDEX ", "CREATE INDEX temp.", 1))?;
        }
    }
    // Statements that were prepared before would go on reading the shadowed tables.
    conn.flush_prepared_statement_cache();
    Ok(())
}

/// The columns of a record, in the order in which the table has them.
const RECORD: &str =
    "number, id, kind, state, desk, case_id, partner, subject, tier, due, key, terms, body, shared, bucket";

/// Shadows the records with what they were when the act at a position was the last and the next record had this number, the counts
/// with copies that may be changed, and what waits with an empty table, in memory and for this connection alone. `last` is the last
/// act that there is: what acts after that one change while this is read is taken back as it is read.
pub(super) fn show_records_before(conn: &Connection, until: i64, last: i64, number: i64) -> Result<(), StoreError> {
    shadow_tables(conn, &["record", "item_tally", "due_tally", "waiting"])?;
    conn.execute_batch(&format!(
        "INSERT INTO temp.item_tally SELECT * FROM main.item_tally; \
         INSERT INTO temp.due_tally SELECT * FROM main.due_tally; \
         INSERT INTO temp.record ({RECORD}) SELECT {RECORD} FROM ( \
             SELECT *, min(position) FROM main.undo WHERE position > {until} AND number < {number} GROUP BY number); \
         ALTER TABLE temp.record RENAME TO was; \
         CREATE TEMP VIEW changed AS SELECT {RECORD} FROM main.undo AS newer \
             WHERE position > {last} AND number < {number} AND number NOT IN (SELECT number FROM temp.was) \
             AND position = (SELECT min(position) FROM main.undo WHERE position > {last} AND number = newer.number); \
         CREATE TEMP VIEW record AS \
             SELECT {RECORD} FROM main.record WHERE +number < {number} \
                 AND number NOT IN (SELECT number FROM temp.was) \
                 AND number NOT IN (SELECT number FROM main.undo WHERE position > {last}) \
             UNION ALL SELECT {RECORD} FROM temp.was \
             UNION ALL SELECT {RECORD} FROM temp.changed"
    ))?;
    conn.flush_prepared_statement_cache();
    Ok(())
}

/// Lets the log be read up to an act and its last change, also where its tables were shadowed. Whoever reads changes says up to which
/// row: what stands here must not be taken for that.
pub fn show_log_until(conn: &Connection, position: i64, row: i64) -> Result<(), StoreError> {
    conn.flush_prepared_statement_cache();
    conn.execute_batch(&format!(
        "DROP TABLE IF EXISTS temp.act; DROP TABLE IF EXISTS temp.change; \
         CREATE TEMP VIEW act AS SELECT * FROM main.act WHERE position <= {position}; \
         CREATE TEMP VIEW change AS SELECT * FROM main.change WHERE +row <= {row}"
    ))?;
    Ok(())
}

/// Whether a statement gives the same rows, in the same order, in two databases.
pub(super) fn gives_same<P: rusqlite::Params + Clone>(
    sql: &str,
    values: P,
    databases: [&Connection; 2],
) -> Result<bool, StoreError> {
    let [a, b] = databases;
    let (mut a, mut b) = (a.prepare(sql)?, b.prepare(sql)?);
    let columns = a.column_count();
    let (mut a, mut b) = (a.query(values.clone())?, b.query(values)?);
    loop {
        let (a, b) = match (a.next()?, b.next()?) {
            (None, None) => return Ok(true),
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(false),
        };
        for column in 0..columns {
            if a.get_ref(column)? != b.get_ref(column)? {
                return Ok(false);
            }
        }
    }
}

/// Guard of the file of a replay: it is removed when this is dropped.
pub struct Scratch(std::path::PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Checks the database as a whole: every page against its HMAC, every tree of pages against its order, and the schema
/// against the one that belongs there. Each check has a connection of its own: one bad page spoils those after it.
pub fn check(path: &Path, key: &DatabaseKey) -> Result<(), StoreError> {
    let fresh =
        || open_still(path, key)?.ok_or(StoreError::Integrity("the database does not open with its key".into()));
    let conn = fresh()?;
    let mut bad = conn.prepare("PRAGMA cipher_integrity_check")?;
    let first: Option<String> = bad.query_map([], |r| r.get(0))?.next().transpose()?;
    if let Some(what) = first {
        return Err(StoreError::Integrity(format!("the database is damaged: {what}")));
    }
    let conn = fresh()?;
    let said: String = conn.query_row("PRAGMA integrity_check(1)", [], |r| r.get(0))?;
    if said != "ok" {
        return Err(StoreError::Integrity(format!("the database is damaged: {said}")));
    }
    let stored = schema_of(&conn)?;
    let model = in_memory()?;
    model.execute_batch(&schema(conn.query_row("PRAGMA user_version", [], |r| r.get(0))?))?;
    if stored != schema_of(&model)? {
        return Err(StoreError::Integrity(
            "the database has tables, views or triggers that do not belong there".into(),
        ));
    }
    Ok(())
}

fn schema_of(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut all = conn.prepare(sql!("schema"))?;
    let rows = all.query_map([], |r| r.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Empties the write-ahead log into the database and cuts it to nothing.
pub fn truncate_wal(conn: &Connection) -> Result<(), StoreError> {
    let busy: i64 = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
    if busy == 0 {
        Ok(())
    } else {
        Err(StoreError::Integrity("the write-ahead log cannot be emptied: the workspace is in use".into()))
    }
}

/// Encrypts the whole database with another key. In WAL mode the new pages lie in the log until it is emptied.
pub fn rekey(conn: &Connection, key: &DatabaseKey) -> Result<(), StoreError> {
    truncate_wal(conn)?;
    set_key(conn, key, "rekey")?;
    // The statement says nothing of a page that could not be written, and leaves its transaction behind, in which the log cannot be
    // emptied: nobody else has the database, so that is what it means.
    truncate_wal(conn).map_err(|error| match error {
        StoreError::Sql(busy) if class(&busy) == SqlErrorClass::Busy => {
            StoreError::Sql(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL),
                Some("the database cannot be written under its new key".to_owned()),
            ))
        }
        other => other,
    })
}
