//! One process writes, or several read. The lock is the operating system's, so none outlives its process.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::{FileError, at, folder_of};

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

/// Takes the lock to write. Waits less than a second for another process.
pub fn to_write(path: &Path) -> Result<Lock, LockError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    take(options.open(path).map_err(at(path))?, path, true, TRIES)
}

/// Takes the lock to read, together with others who read. Nothing is written: where there is no lock file, nobody has ever written
/// there since the folder was copied, and there is nothing to lock.
pub fn to_read(path: &Path) -> Result<Option<Lock>, LockError> {
    reading(path, TRIES)
}

/// The same, but waits for nobody.
pub fn to_read_at_once(path: &Path) -> Result<Option<Lock>, LockError> {
    reading(path, 1)
}

fn reading(path: &Path, tries: u32) -> Result<Option<Lock>, LockError> {
    match File::open(path) {
        Ok(file) => take(file, path, false, tries).map(Some),
        Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(other) => Err(at(path)(other).into()),
    }
}

/// How often a lock on a workspace is tried, every tenth of a second.
const TRIES: u32 = 8;

fn take(file: File, path: &Path, to_write: bool, tries: u32) -> Result<Lock, LockError> {
    for attempt in 1..=tries {
        let taken = if to_write { file.try_lock() } else { file.try_lock_shared() };
        match taken {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::WouldBlock) if attempt < tries => std::thread::sleep(Duration::from_millis(100)),
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(e)) => return Err(LockError::File(at(path)(e))),
        }
    }
    Err(LockError::Busy)
}

/// How often a lock on a folder is tried, every tenth of a second.
const PATIENCE: u32 = 600;

/// Takes a lock on the folder of each path, and waits for whoever has it: two programs that would make something there at the same
/// time make it one after the other. A folder that the system cannot lock is let be.
pub fn folders_of(paths: &[&Path]) -> Result<Vec<Lock>, LockError> {
    let real = |path: &&Path| folder_of(path).canonicalize().map_err(at(path));
    // Everybody takes them in the same order, so that nobody waits for somebody who waits for them.
    let folders: BTreeSet<PathBuf> = paths.iter().map(real).collect::<Result<_, _>>()?;
    let mut locks = Vec::new();
    for folder in folders {
        let Ok(file) = File::open(&folder) else { continue };
        let mut left = PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => break locks.push(Lock(file)),
                Err(TryLockError::WouldBlock) if left > 0 => std::thread::sleep(Duration::from_millis(100)),
                Err(TryLockError::WouldBlock) => return Err(LockError::Busy),
                Err(TryLockError::Error(_)) => break,
            }
            left -= 1;
        }
    }
    Ok(locks)
}

#[cfg(test)]
mod tests {
    use super::{LockError, to_read, to_write};

    #[test]
    fn one_writes_or_several_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        assert!(to_read(&path).unwrap().is_none() && !path.exists(), "reading makes no file");
        drop(to_write(&path).unwrap());
        let first = to_read(&path).unwrap().unwrap();
        let second = to_read(&path).unwrap().unwrap();
        assert!(matches!(to_write(&path), Err(LockError::Busy)));
        drop((first, second));
        let writer = to_write(&path).unwrap();
        assert!(matches!(to_read(&path), Err(LockError::Busy)));
        drop(writer);
        to_write(&path).unwrap();
    }
}
