//! Errors of the store.

use crate::gate::check::CheckError;
use crate::record::definition::ApplyError;
use crate::record::store::RecordStoreError;

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database fails.
    #[error("the database: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The gate refuses, or the records do not allow it.
    #[error(transparent)]
    Check(CheckError),
    /// There is no workspace database where one should be.
    #[error("there is no workspace database")]
    Missing,
    /// Not a comity database, or not this workspace's.
    #[error("{0}")]
    Foreign(&'static str),
    /// Written by a newer program.
    #[error("the workspace has format {0}, which this program does not know")]
    Newer(i64),
    /// What is stored is not what was stored.
    #[error("{0}")]
    Integrity(String),
    /// The work was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The file system fails.
    #[error(transparent)]
    File(#[from] crate::host::file::FileError),
    /// The input is malformed.
    #[error("{0}")]
    Input(String),
}

impl From<CheckError> for StoreError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Apply(ApplyError::Store(error)) => error.into(),
            other => Self::Check(other),
        }
    }
}

impl From<ApplyError> for StoreError {
    fn from(error: ApplyError) -> Self {
        CheckError::from(error).into()
    }
}

impl From<RecordStoreError> for StoreError {
    fn from(error: RecordStoreError) -> Self {
        match error.0.downcast::<rusqlite::Error>() {
            Ok(sql) => Self::Sql(*sql),
            Err(other) => Self::Integrity(other.to_string()),
        }
    }
}

impl From<rusqlite::Error> for RecordStoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self(Box::new(error))
    }
}

/// Returns the error that says that something stored cannot be read.
pub fn damaged(what: &str) -> StoreError {
    StoreError::Integrity(format!("{what} is damaged"))
}

/// The class of a database error: what it means to a user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SqlErrorClass {
    /// Another process has the database.
    Busy,
    /// A page or a column is not what was written.
    Damaged,
    /// The disk is full, read-only, or fails.
    Medium,
    /// A mistake in the program.
    Other,
}

/// Returns the class of a database error.
pub fn class(error: &rusqlite::Error) -> SqlErrorClass {
    use SqlErrorClass as Class;
    use rusqlite::{Error, ErrorCode as Code};
    if let Error::FromSqlConversionFailure(..)
    | Error::InvalidColumnType(..)
    | Error::IntegralValueOutOfRange(..)
    | Error::Utf8Error(..) = error
    {
        return Class::Damaged;
    }
    match error.sqlite_error_code() {
        Some(Code::DatabaseBusy | Code::DatabaseLocked | Code::FileLockingProtocolFailed) => Class::Busy,
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => Class::Damaged,
        Some(Code::DiskFull | Code::ReadOnly | Code::SystemIoFailure | Code::CannotOpen | Code::PermissionDenied) => {
            Class::Medium
        }
        _ => Class::Other,
    }
}
