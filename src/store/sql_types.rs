//! Ids, digests, times and rows as columns of a table. A column that is not what was written there is an error of the
//! database, of the class [`Damaged`](super::error::SqlErrorClass::Damaged).

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::record::kind::{ChangeKind, Kind, State};
use crate::record::store::ChangeRow;
use crate::value::class::Tier;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

impl ToSql for Kind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.word()))
    }
}

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for State {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.word()))
    }
}

impl ToSql for Tier {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.number()))
    }
}

impl FromSql for Tier {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::new(value.as_i64()?).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for ChangeKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.name()))
    }
}

impl ToSql for Id {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_bytes().as_slice()))
    }
}

impl FromSql for Id {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FromSql::column_result(value).map(Self::from_bytes)
    }
}

impl ToSql for Digest {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_bytes().as_slice()))
    }
}

impl FromSql for Digest {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FromSql::column_result(value).map(Self::from_bytes)
    }
}

/// Milliseconds since 1970; what is finer is lost.
impl ToSql for Timestamp {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.millis()))
    }
}

impl FromSql for Timestamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FromSql::column_result(value).map(Self::from_millis)
    }
}

impl ToSql for ChangeRow {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for ChangeRow {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        FromSql::column_result(value).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::store::RecordStoreError;
    use crate::store::error::{SqlErrorClass, StoreError, class};

    fn read<T: FromSql>(sql: &str, params: impl rusqlite::Params) -> rusqlite::Result<T> {
        crate::store::connection::in_memory().unwrap().query_row(sql, params, |row| row.get(0))
    }

    #[test]
    fn what_is_written_is_read_back() {
        let (id, digest) = (Id::from_bytes([7; 16]), Digest::of(b"x"));
        let time = Timestamp::parse("2026-11-23T03:12:00.123Z").unwrap();
        assert_eq!(read::<Id>("SELECT ?1", [id]), Ok(id));
        assert_eq!(read::<Digest>("SELECT ?1", [digest]), Ok(digest));
        assert_eq!(read::<Timestamp>("SELECT ?1", [time]), Ok(time));
        assert_eq!(read::<ChangeRow>("SELECT ?1", [ChangeRow(42)]), Ok(ChangeRow(42)));
        assert_eq!(read::<Option<Id>>("SELECT ?1", [None::<Id>]), Ok(None));
        assert_eq!(read::<String>("SELECT typeof(?1) || ' ' || length(?1)", [id]).as_deref(), Ok("blob 16"));
        assert_eq!(read::<i64>("SELECT ?1", [time]), Ok(time.millis()));
    }

    #[test]
    fn a_damaged_column_is_an_integrity_fault() {
        for bad in ["SELECT zeroblob(15)", "SELECT zeroblob(17)", "SELECT 'text'", "SELECT NULL", "SELECT 1"] {
            let error = read::<Id>(bad, []).unwrap_err();
            assert_eq!(class(&error), SqlErrorClass::Damaged, "{bad}: {error}");
            assert!(read::<Digest>(bad, []).is_err(), "{bad}");
            // It stays of that class on its way through the record store.
            let StoreError::Sql(error) = StoreError::from(RecordStoreError::from(error)) else {
                panic!("{bad}: its cause is lost")
            };
            assert_eq!(class(&error), SqlErrorClass::Damaged, "{bad}");
        }
        assert!(read::<Timestamp>("SELECT 'now'", []).is_err());
        assert!(read::<ChangeRow>("SELECT zeroblob(8)", []).is_err());
    }
}
