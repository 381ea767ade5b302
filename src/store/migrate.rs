//! Migrating a workspace of an older format to the newest, whole or not at all. What older programs have written keeps its
//! meaning; records of an older form are made again from the log, never taken from the tables.

use rusqlite::Connection;

use super::connection::{begin, format_of};
use super::error::StoreError;
use super::log::Meta;
use super::statement::{FORMAT, LATER, RECORDS_SINCE};
use super::{replay, search};

/// Migrates a database that is open for writing; one of the newest format is left as it is.
///
/// # Errors
///
/// Where the log cannot be read or applied; the database is then as it was.
pub fn to_newest(conn: &Connection, meta: &Meta) -> Result<(), StoreError> {
    if format_of(conn)? == FORMAT {
        return Ok(());
    }
    let migrating = begin(conn)?;
    // Another process may have migrated it in the meantime.
    let old = format_of(conn)?;
    let done = usize::try_from(old - 1).unwrap_or(0);
    LATER.iter().skip(done).try_for_each(|step| migrating.execute_batch(step))?;
    if old < RECORDS_SINCE {
        replay::rebuild_records(conn, meta)?;
        search::rebuild(conn)?;
    }
    super::connection::commit(migrating)
}
