//! Files: read within bounds, written whole or not at all, never followed into what is not a file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};

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

/// Puts the path to an I/O error.
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

/// A file being written beside its place; it takes its place when it is finished, and vanishes when it is not.
pub struct Pending {
    file: File,
    part: PathBuf,
    path: PathBuf,
    done: bool,
}

impl Pending {
    /// Begins to write what will be `path`, readable for its owner alone.
    pub fn begin(path: &Path) -> Result<Self, FileError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        options.mode(0o600);
        // A leftover of an interrupted run is no obstacle, whatever it is.
        let _ = fs::remove_file(&part);
        let file = options.open(&part).map_err(at(&part))?;
        Ok(Self { file, part, path: path.to_owned(), done: false })
    }

    /// Makes the bytes durable and puts them in their place.
    pub fn finish(self) -> Result<(), FileError> {
        self.file.sync_all().map_err(at(&self.path))?;
        let path = self.path.clone();
        self.place()?;
        sync_folder_of(&path)
    }

    fn place(mut self) -> Result<(), FileError> {
        fs::rename(&self.part, &self.path).map_err(at(&self.path))?;
        self.done = true;
        Ok(())
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

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.part);
        }
    }
}

/// Writes a file whole or not at all, readable for its owner alone.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut pending = Pending::begin(path)?;
    pending.write_all(bytes).map_err(at(path))?;
    pending.finish()
}

/// Writes a file that must not exist yet.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    if path.symlink_metadata().is_ok() {
        let source = io::Error::new(io::ErrorKind::AlreadyExists, "there is a file already");
        return Err(FileError::Io { path: path.to_owned(), source });
    }
    write(path, bytes)
}

/// Copies a regular file, durably.
pub fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    copied(from, to)?.finish()
}

/// Copies a regular file for the time of this run: nothing is lost where it does not survive it.
pub fn copy_for_now(from: &Path, to: &Path) -> Result<(), FileError> {
    copied(from, to)?.place()
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

/// Makes a name in a folder durable.
fn sync_folder_of(path: &Path) -> Result<(), FileError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
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
    let me = fs::metadata("/proc/self").map(|m| m.uid()).ok();
    if me.is_some_and(|me| me != meta.uid()) {
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
        assert!(write_new(&path, b"three").is_err());
        remove(&path).unwrap();
        remove(&path).unwrap();
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
