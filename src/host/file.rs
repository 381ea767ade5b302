//! Files: read within bounds, written whole or not at all; pipes and devices are never opened.

use std::fs::{self, File};
use std::io::{self, Read, Write};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Why a file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The medium or the operating system refuses.
    #[error("{path}: {source}", path = crate::value::text::shown(&path.to_string_lossy()))]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A folder, a pipe, a device.
    #[error("{} is not a regular file", crate::value::text::shown(&.0.to_string_lossy()))]
    NotAFile(PathBuf),
    /// Larger than allowed.
    #[error("{} is larger than {} bytes", crate::value::text::shown(&.0.to_string_lossy()), .1)]
    Large(PathBuf, u64),
    /// Others may read it, or it belongs to somebody else.
    #[error("{} {}", crate::value::text::shown(&.0.to_string_lossy()), .1)]
    Exposed(PathBuf, &'static str),
}

/// Adds the path to an I/O error.
pub fn at(path: &Path) -> impl FnOnce(io::Error) -> FileError + '_ {
    move |source| FileError::Io { path: path.to_owned(), source }
}

/// Opens a regular file to read. Pipes and devices are not even opened, so nothing can block.
pub fn open(path: &Path) -> Result<File, FileError> {
    let kind = fs::metadata(path).map_err(at(path))?;
    if !kind.is_file() {
        return Err(FileError::NotAFile(path.to_owned()));
    }
    File::open(path).map_err(at(path))
}

/// Reads a regular file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    open(path)?.take(limit + 1).read_to_end(&mut bytes).map_err(at(path))?;
    if bytes.len() as u64 > limit { Err(FileError::Large(path.to_owned(), limit)) } else { Ok(bytes) }
}

/// How the names of files that are still being written begin and end.
const PART: (&str, &str) = ("comity-", ".part");

/// A file being written beside its place; it takes its place when it is finished, and vanishes when it is not.
pub struct Pending {
    file: NamedTempFile,
    path: PathBuf,
}

impl Pending {
    /// Begins to write what will be `path`, readable for its owner alone.
    pub fn begin(path: &Path) -> Result<Self, FileError> {
        let file = tempfile::Builder::new().prefix(PART.0).suffix(PART.1).tempfile_in(folder_of(path));
        Ok(Self { file: file.map_err(at(path))?, path: path.to_owned() })
    }

    /// Makes the bytes durable and puts them in their place; what was there is replaced.
    pub fn finish(self) -> Result<(), FileError> {
        let path = self.synced()?.place()?;
        sync_folder_of(&path)
    }

    /// Makes the bytes durable and puts them in their place, where nothing may be yet.
    fn finish_new(self) -> Result<(), FileError> {
        let Self { file, path } = self.synced()?;
        file.persist_noclobber(&path).map_err(|e| at(&path)(e.error))?;
        sync_folder_of(&path)
    }

    fn synced(self) -> Result<Self, FileError> {
        self.file.as_file().sync_all().map_err(at(&self.path))?;
        Ok(self)
    }

    fn place(self) -> Result<PathBuf, FileError> {
        let Self { file, path } = self;
        file.persist(&path).map_err(|e| at(&path)(e.error))?;
        Ok(path)
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn written(path: &Path, bytes: &[u8]) -> Result<Pending, FileError> {
    let mut pending = Pending::begin(path)?;
    pending.write_all(bytes).map_err(at(path))?;
    Ok(pending)
}

/// Writes a file whole or not at all, readable for its owner alone.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    written(path, bytes)?.finish()
}

/// Writes a file that must not exist yet, whole or not at all, readable for its owner alone.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    written(path, bytes)?.finish_new()
}

/// Removes what interrupted runs were still writing in a folder. Nobody else may be writing there.
pub fn remove_parts(folder: &Path) -> Result<(), FileError> {
    let is_part = |file: &PathBuf| {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(PART.0) && name.ends_with(PART.1)
    };
    let files = match files_in(folder) {
        Err(FileError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => return Ok(()),
        files => files?,
    };
    files.iter().filter(|file| is_part(file)).try_for_each(|file| remove(file))
}

/// Copies a regular file, durably.
pub fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    copied(from, to)?.finish()
}

/// Copies a regular file without making it durable: for copies that are only needed during this run.
pub fn copy_for_now(from: &Path, to: &Path) -> Result<(), FileError> {
    copied(from, to)?.place().map(drop)
}

fn copied(from: &Path, to: &Path) -> Result<Pending, FileError> {
    let mut source = open(from)?;
    let mut pending = Pending::begin(to)?;
    io::copy(&mut source, &mut pending).map_err(at(to))?;
    Ok(pending)
}

/// Removes a file, durably; that it is gone already is no error.
pub fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Ok(()) => sync_folder_of(path),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(at(path)(e)),
    }
}

/// The folder that a path lies in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Makes a name in a folder durable.
fn sync_folder_of(path: &Path) -> Result<(), FileError> {
    let folder = folder_of(path);
    match File::open(folder).and_then(|f| f.sync_all()) {
        Ok(()) => Ok(()),
        // Some media cannot make a folder durable (FAT, network mounts); the file itself is.
        Err(e) if matches!(e.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        Err(e) => Err(at(folder)(e)),
    }
}

/// Makes a folder that only its owner may enter.
pub fn private_folder(path: &Path) -> Result<(), FileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    builder.create(path).map_err(at(path))
}

/// Whether a folder has nothing in it; `true` where there is none.
pub fn is_empty_folder(path: &Path) -> Result<bool, FileError> {
    match fs::read_dir(path) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(at(path)(e)),
    }
}

/// Refuses a folder that others may enter, that is a link, or that belongs to somebody else.
#[cfg(unix)]
pub fn must_be_private(path: &Path) -> Result<(), FileError> {
    let meta = fs::symlink_metadata(path).map_err(at(path))?;
    let exposed = |why| Err(FileError::Exposed(path.to_owned(), why));
    if meta.file_type().is_symlink() {
        return exposed("is a link; name the folder itself");
    }
    if meta.permissions().mode() & 0o077 != 0 {
        return exposed("can be entered by others: run `chmod 700` on it first");
    }
    if rustix::process::geteuid().as_raw() != meta.uid() {
        return exposed("belongs to somebody else");
    }
    Ok(())
}

/// Refuses a folder that is a link.
#[cfg(not(unix))]
pub fn must_be_private(path: &Path) -> Result<(), FileError> {
    let meta = fs::symlink_metadata(path).map_err(at(path))?;
    if meta.file_type().is_symlink() {
        return Err(FileError::Exposed(path.to_owned(), "is a link; name the folder itself"));
    }
    Ok(())
}

/// Removes a folder with everything in it; that it is gone already is no error.
pub fn remove_folder(path: &Path) -> Result<(), FileError> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(at(path)(e)),
        _ => Ok(()),
    }
}

/// Moves a folder to its place, which must be empty or not there.
pub fn rename_folder(from: &Path, to: &Path) -> Result<(), FileError> {
    fs::rename(from, to).map_err(at(to))?;
    sync_folder_of(to)
}

/// The regular files of a folder by name, without going deeper; links, pipes and folders are passed over.
pub fn files_in(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        if entry.file_type().is_ok_and(|t| t.is_file()) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// The folders and the regular files of a folder, each by name; hidden ones are left out.
pub fn entries_in(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), FileError> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let path = entry.map_err(at(folder))?.path();
        if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            folders.push(path);
        } else if path.is_file() {
            files.push(path);
        }
    }
    folders.sort();
    files.sort();
    Ok((folders, files))
}

/// The folder that a typed path is, or lies in; else `start`, else where the process stands.
pub fn nearest_folder(typed: &Path, start: Option<&Path>) -> PathBuf {
    let folder = [Some(typed), typed.parent(), start].into_iter().flatten().find(|p| p.is_dir());
    let folder = folder.unwrap_or(Path::new("."));
    folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        write(&path, b"one").unwrap();
        let mut pending = Pending::begin(&path).unwrap();
        pending.write_all(b"two").unwrap();
        drop(pending);
        assert_eq!(read(&path, 10).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no part is left");
        assert!(matches!(read(&path, 2), Err(FileError::Large(..))));
        assert!(matches!(read(folder.path(), 2), Err(FileError::NotAFile(_))));
        assert!(matches!(write_new(&path, b"three"), Err(FileError::Io { .. })));
        assert_eq!(read(&path, 10).unwrap(), b"one");
        let new = folder.path().join("y");
        write_new(&new, b"three").unwrap();
        assert_eq!(read(&new, 10).unwrap(), b"three");
        remove(&path).unwrap();
        remove(&path).unwrap();
    }

    #[test]
    fn what_an_interrupted_run_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let kept = folder.path().join("comity-1.parts");
        write(&kept, b"").unwrap();
        let (_, left) = Pending::begin(&kept).unwrap().file.keep().unwrap();
        assert_eq!(left.parent(), Some(folder.path()));
        remove_parts(folder.path()).unwrap();
        assert_eq!(files_in(folder.path()).unwrap(), [kept]);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_replaced_and_never_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        write(&target, b"one").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(write_new(&link, b"two").is_err());
        write(&link, b"two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!(read(&target, 10).unwrap(), b"one");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_private_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("ws");
        private_folder(&inner).unwrap();
        must_be_private(&inner).unwrap();
        write(&inner.join("f"), b"").unwrap();
        assert_eq!(fs::metadata(inner.join("f")).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&inner, fs::Permissions::from_mode(0o755)).unwrap();
        assert!(must_be_private(&inner).is_err());
    }
}
