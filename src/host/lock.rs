//! One process writes, or several read. The lock is the operating system's, so none outlives its process.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::file::{FileError, at};

/// A lock on a workspace; it ends when this is dropped.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held for its lifetime")] File);

/// Why there is no lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process has it.
    #[error("another process has the workspace open")]
    Busy,
    /// The lock file cannot be opened.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Takes the lock to write, or to read together with others. Waits less than a second for another process.
pub fn take(path: &Path, to_write: bool) -> Result<Lock, LockError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(at(path))?;
    for attempt in 0..8 {
        let taken = if to_write { file.try_lock() } else { file.try_lock_shared() };
        match taken {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::WouldBlock) if attempt < 7 => std::thread::sleep(Duration::from_millis(100)),
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(e)) => return Err(LockError::File(at(path)(e))),
        }
    }
    Err(LockError::Busy)
}

#[cfg(test)]
mod tests {
    use super::{LockError, take};

    #[test]
    fn one_writes_or_several_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let first = take(&path, false).unwrap();
        let second = take(&path, false).unwrap();
        assert!(matches!(take(&path, true), Err(LockError::Busy)));
        drop((first, second));
        let writer = take(&path, true).unwrap();
        assert!(matches!(take(&path, false), Err(LockError::Busy)));
        drop(writer);
        take(&path, true).unwrap();
    }
}
