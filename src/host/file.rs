//! Files: read within bounds, written whole or not at all; links are not followed, pipes and devices never opened.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, Read, Seek as _, Write};
#[cfg(unix)]
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
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
    /// A link, where the file itself must be named.
    #[error("{} is a link; name the file itself", crate::value::text::shown(&.0.to_string_lossy()))]
    Link(PathBuf),
    /// It is not as long as it was when it was opened, or says something else.
    #[error("{} changed while it was read", crate::value::text::shown(&.0.to_string_lossy()))]
    Changed(PathBuf),
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

/// Opens a regular file to read: the one door for everything that is named from outside. A link is refused, and pipes and
/// devices are not even opened. What was opened is asked once more what it is: a name may be given to something else at any
/// time, and the opening itself follows no link and waits for nobody.
pub fn open(path: &Path) -> Result<File, FileError> {
    let regular = |kind: fs::Metadata| match () {
        () if kind.file_type().is_symlink() => Err(FileError::Link(path.to_owned())),
        () if !kind.is_file() => Err(FileError::NotAFile(path.to_owned())),
        () => Ok(()),
    };
    regular(fs::symlink_metadata(path).map_err(at(path))?)?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    let file = options.open(path).map_err(at(path))?;
    regular(file.metadata().map_err(at(path))?)?;
    Ok(file)
}

/// Opens a regular file to read it line by line.
pub fn open_lines(path: &Path) -> Result<Box<dyn BufRead>, FileError> {
    Ok(Box::new(io::BufReader::new(open(path)?)))
}

/// Standard input, to read it line by line.
pub fn stdin_lines() -> Box<dyn BufRead> {
    Box::new(io::stdin().lock())
}

/// Reads a regular file of at most `limit` bytes.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    open(path)?.take(limit + 1).read_to_end(&mut bytes).map_err(at(path))?;
    if bytes.len() as u64 > limit { Err(FileError::Large(path.to_owned(), limit)) } else { Ok(bytes) }
}

/// Reads the first bytes of a regular file, at most so many.
pub fn read_beginning(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    open(path)?.take(most).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(bytes)
}

/// Reads the first and the last bytes of a regular file, at most so many of each.
pub fn read_ends(path: &Path, most: u64) -> Result<Vec<u8>, FileError> {
    let mut file = open(path)?;
    let mut bytes = Vec::new();
    Read::by_ref(&mut file).take(most).read_to_end(&mut bytes).map_err(at(path))?;
    let size = file.metadata().map_err(at(path))?.len();
    file.seek(io::SeekFrom::Start(size.saturating_sub(most).max(bytes.len() as u64))).map_err(at(path))?;
    file.take(most).read_to_end(&mut bytes).map_err(at(path))?;
    Ok(bytes)
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
        let folder = folder_of(path);
        // Else a folder that is not there would be told of by the name of a file that nobody has named.
        fs::metadata(folder).map_err(at(folder))?;
        let file = tempfile::Builder::new().prefix(PART.0).suffix(PART.1).tempfile_in(folder);
        Ok(Self { file: file.map_err(at(path))?, path: path.to_owned() })
    }

    /// Makes the bytes durable and puts them in their place; what was there is replaced.
    pub fn finish(self) -> Result<(), FileError> {
        let path = self.synced()?.place()?;
        sync_folder_of(&path)
    }

    /// Makes the bytes durable and puts them in their place, where nothing may be yet.
    pub fn finish_new(self) -> Result<(), FileError> {
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

/// Adds bytes to the end of a file and makes them durable before it returns; a file that is not there yet is made, readable for its owner
/// alone. What an interrupted run has added may be cut short.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let is_new = !exists(path);
    let mut options = fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(at(path))?;
    file.write_all(bytes).and_then(|()| file.sync_data()).map_err(at(path))?;
    if is_new { sync_folder_of(path) } else { Ok(()) }
}

/// Gives a file another name in its folder, durably. What has that name is replaced.
pub fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    fs::rename(from, to).map_err(at(from))?;
    sync_folder_of(to)
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

/// Returns a name in a folder for a file that is needed during one run: [`remove_parts`] removes what a run left behind.
pub fn part_in(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{}{name}{}", PART.0, PART.1))
}

/// Copies a regular file, durably; what was there is replaced.
pub fn copy(from: &Path, to: &Path) -> Result<(), FileError> {
    copied(from, to, u64::MAX)?.finish()
}

/// Copies a regular file, durably, to where nothing may be yet.
pub fn copy_new(from: &Path, to: &Path) -> Result<(), FileError> {
    copied(from, to, u64::MAX)?.finish_new()
}

/// Copies a regular file of at most `limit` bytes without making it durable: for copies that are only needed during this run.
pub fn copy_for_now(from: &Path, to: &Path, limit: u64) -> Result<(), FileError> {
    copied(from, to, limit)?.place().map(drop)
}

/// A copy of as many bytes as the file has when it is opened. One that grows or shrinks meanwhile is refused.
fn copied(from: &Path, to: &Path, limit: u64) -> Result<Pending, FileError> {
    let source = open(from)?;
    let size = source.metadata().map_err(at(from))?.len();
    if size > limit {
        return Err(FileError::Large(from.to_owned(), limit));
    }
    let mut pending = Pending::begin(to)?;
    let copied = io::copy(&mut source.take(size.saturating_add(1)), &mut pending).map_err(at(to))?;
    if copied == size { Ok(pending) } else { Err(FileError::Changed(from.to_owned())) }
}

/// Copies standard input to a file of at most `limit` bytes, without making it durable and without holding it in memory.
///
/// # Errors
///
/// [`FileError::Large`] where more comes.
pub fn copy_stdin_for_now(to: &Path, limit: u64) -> Result<(), FileError> {
    let mut pending = Pending::begin(to)?;
    let copied = io::copy(&mut io::stdin().lock().take(limit.saturating_add(1)), &mut pending).map_err(at(to))?;
    if copied > limit { Err(FileError::Large(PathBuf::from("-"), limit)) } else { pending.place().map(drop) }
}

/// Whether standard output is a terminal: what is no text does not go there.
pub fn stdout_is_terminal() -> bool {
    io::IsTerminal::is_terminal(&io::stdout())
}

/// Copies a regular file to standard output, without holding it in memory.
pub fn copy_to_stdout(from: &Path) -> Result<(), FileError> {
    let mut out = io::stdout().lock();
    io::copy(&mut open(from)?, &mut out).and_then(|_| out.flush()).map_err(at(Path::new("-")))
}

/// Copies a regular file into a folder that something else carries away. It is written as `.NAME.part`, made durable, given its name,
/// and the folder is made durable: whoever carries sees nothing of it or all of it. What has its name already is replaced.
pub fn copy_for_carrier(from: &Path, to: &Path) -> Result<(), FileError> {
    let mut source = open(from)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(to.file_name().unwrap_or_default());
    name.push(".part");
    let part = folder_of(to).join(name);
    // Left by an interrupted run, or put there by whoever carries: nothing is followed, and nothing is written into it.
    match fs::remove_file(&part) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(at(&part)(e)),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let written = options.open(&part).and_then(|mut file| {
        io::copy(&mut source, &mut file)?;
        file.sync_all()
    });
    if let Err(e) = written.and_then(|()| fs::rename(&part, to)) {
        let _ = fs::remove_file(&part);
        return Err(at(to)(e));
    }
    sync_folder_of(to)
}

/// Reads a file back from its medium, as far as the system lets it, and compares it with another.
///
/// # Errors
///
/// [`FileError::Changed`] where they differ.
pub fn read_back(written: &Path, source: &Path) -> Result<(), FileError> {
    let (mut one, mut other) = (open(written)?, open(source)?);
    // What is still held in memory would say nothing of the medium.
    #[cfg(target_os = "linux")]
    let _ = rustix::fs::fadvise(&one, 0, None, rustix::fs::Advice::DontNeed);
    let (mut left, mut right) = (vec![0; 128 * 1024], vec![0; 128 * 1024]);
    loop {
        let (n, m) =
            (fill(&mut one, &mut left).map_err(at(written))?, fill(&mut other, &mut right).map_err(at(source))?);
        if left.get(..n) != right.get(..m) {
            return Err(FileError::Changed(written.to_owned()));
        }
        if n == 0 {
            return Ok(());
        }
    }
}

/// Reads until a block is full or the file ends.
fn fill(file: &mut File, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(room) = block.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room)? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

/// A regular file as it lies in a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Where.
    pub path: PathBuf,
    /// Its size, in bytes.
    pub bytes: u64,
    /// When it was changed last, in nanoseconds since 1970; 0 where the system does not tell.
    pub changed: u128,
}

/// The regular files of a folder with their sizes and times, by name, without going deeper and without opening any.
pub fn listed_in(folder: &Path) -> Result<Vec<Listed>, FileError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        // What vanishes meanwhile was not there.
        let Some(meta) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
        let changed = meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
        files.push(Listed { path: entry.path(), bytes: meta.len(), changed: changed.map_or(0, |d| d.as_nanos()) });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Moves a file to another name on the same medium; what was there is replaced.
pub fn move_to(from: &Path, to: &Path) -> Result<(), FileError> {
    fs::rename(from, to).map_err(at(from))?;
    sync_folder_of(to)?;
    sync_folder_of(from)
}

/// Makes a folder where there is none yet; what is there and is no folder is refused.
pub fn folder_at(path: &Path) -> Result<(), FileError> {
    match fs::symlink_metadata(path) {
        Ok(kind) if kind.is_dir() => Ok(()),
        Ok(_) => Err(at(path)(io::ErrorKind::NotADirectory.into())),
        Err(_) => private_folder(path),
    }
}

/// What a path leads to, where it is a link: for a file of the user's own that may lie elsewhere, such as settings.
pub fn target_of(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Whether anything has that name, be it a link that leads nowhere.
pub fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether a path names a regular file or a link: both are replaced where a file is written over, and no link is followed.
pub fn is_replaced(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|kind| kind.is_file() || kind.is_symlink())
}

/// The folders that a path lies in, the nearest first, as they are without links.
pub fn folders_above(path: &Path) -> Vec<PathBuf> {
    let nearest = folder_of(path).ancestors().map(|p| if p.as_os_str().is_empty() { Path::new(".") } else { p });
    let real = nearest.map(Path::canonicalize).find_map(Result::ok).unwrap_or_default();
    real.ancestors().map(Path::to_owned).collect()
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
pub(super) fn folder_of(path: &Path) -> &Path {
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

/// Refuses a file that others than its owner may read or write.
#[cfg(unix)]
pub fn must_be_owners(path: &Path) -> Result<(), FileError> {
    let meta = fs::symlink_metadata(path).map_err(at(path))?;
    if meta.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(FileError::Exposed(path.to_owned(), "can be read or written by others: run `chmod 600` on it first"))
}

/// Says nothing where files have no modes.
#[cfg(not(unix))]
pub fn must_be_owners(_: &Path) -> Result<(), FileError> {
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

/// A folder being made beside its place, with a name that nothing has, for its owner alone. It takes its place when it is whole,
/// and vanishes when it is not.
pub struct NewFolder(tempfile::TempDir);

impl NewFolder {
    /// Begins to make what will be `path`.
    pub fn beside(path: &Path) -> Result<Self, FileError> {
        let mut new = tempfile::Builder::new();
        new.prefix(PART.0).suffix(".new");
        #[cfg(unix)]
        new.permissions(fs::Permissions::from_mode(0o700));
        let new = new.tempdir_in(folder_of(path));
        Ok(Self(new.map_err(at(path))?))
    }

    /// Where it is made.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Moves it to its place. Returns `false`, and moves nothing, where something is there that is not an empty folder.
    pub fn place(self, to: &Path) -> Result<bool, FileError> {
        use io::ErrorKind as Kind;
        match fs::rename(self.path(), to) {
            Ok(()) => {
                let _ = self.0.keep();
                sync_folder_of(to).map(|()| true)
            }
            Err(e) if matches!(e.kind(), Kind::DirectoryNotEmpty | Kind::AlreadyExists | Kind::NotADirectory) => {
                Ok(false)
            }
            Err(e) => Err(at(to)(e)),
        }
    }
}

/// Makes the folder that a path will lie in.
pub fn folder_for(path: &Path) -> Result<(), FileError> {
    private_folder(folder_of(path))
}

/// Removes a folder with everything in it; that it is gone already is no error.
pub fn remove_folder(path: &Path) -> Result<(), FileError> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(at(path)(e)),
        _ => Ok(()),
    }
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
    fn what_is_no_regular_file_is_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        write(&target, b"one").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        assert!(matches!(open(&link), Err(FileError::Link(_))));
        assert!(matches!(open(folder.path()), Err(FileError::NotAFile(_))));
        assert!(matches!(open(Path::new("/dev/zero")), Err(FileError::NotAFile(_))));
        assert!(matches!(copy(&link, &folder.path().join("copy")), Err(FileError::Link(_))));
        assert!(matches!(copy_for_now(&target, &folder.path().join("copy"), 2), Err(FileError::Large(..))));
        assert!(copy_new(&target, &link).is_err());
        copy_new(&target, &folder.path().join("copy")).unwrap();
        assert_eq!(files_in(folder.path()).unwrap().len(), 2);
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
