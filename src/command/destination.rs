//! Where a command writes what leaves the workspace. Every command with `--out` writes through here: never over a file that is
//! there, unless it is told to, and never into a workspace.

use std::path::{Path, PathBuf};

use super::definition::{Arg, ArgKind, Args};
use crate::host::file;
use crate::value::text::shown;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::is_workspace;

/// The field that lets a command write over a file.
pub const FORCE: Arg = Arg::new("force", ArgKind::Flag, "write over the file where there is one");

/// A place for one file.
pub struct Destination {
    path: PathBuf,
    over: bool,
}

impl Destination {
    /// The place that a command is given: `--out`, and `--force`. Asked for before anything is done, so that what cannot be
    /// written is not made.
    pub fn of(args: &Args, field: &str) -> Result<Self, Error> {
        Self::checked(args.path(field)?, args.flag(FORCE.name))
    }

    /// A place where nothing may be yet, whatever the command is told.
    pub fn new(path: PathBuf) -> Result<Self, Error> {
        Self::checked(path, false)
    }

    fn checked(path: PathBuf, over: bool) -> Result<Self, Error> {
        let name = shown(&path.to_string_lossy()).into_owned();
        is_outside(&path)?;
        if path.is_dir() {
            return Err(Error::usage(format!("{name} is a folder")).hint("name a file in it"));
        }
        if file::exists(&path) && !over {
            return Err(Error::usage(format!("there is a file {name} already")).hint(TAKEN));
        }
        if file::exists(&path) && !file::is_replaced(&path) {
            let what = format!("{name} is not a regular file, so it is not written over");
            return Err(Error::usage(what).hint("name another file"));
        }
        Ok(Self { path, over })
    }

    /// The path, fit to be shown.
    pub fn shown(&self) -> String {
        shown(&self.path.to_string_lossy()).into_owned()
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses a place in a folder that is not there, where what leaves must not be made for nothing.
    pub fn needs_folder(&self) -> Result<(), Error> {
        let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir())
        else {
            return Ok(());
        };
        let what = format!("there is no folder {}", shown(&folder.to_string_lossy()));
        Err(Error::new(ErrorKind::Medium, what, "make it, or name another; nothing was changed"))
    }

    /// Begins to write the file; [`Self::finish`] ends that.
    pub fn begin(&self) -> Result<file::Pending, Error> {
        Ok(file::Pending::begin(&self.path)?)
    }

    /// Makes a file that was written durable, and puts it in its place.
    pub fn finish(&self, written: file::Pending) -> Result<(), Error> {
        Ok(if self.over { written.finish() } else { written.finish_new() }?)
    }

    /// Writes the file, whole or not at all, readable for its owner alone.
    pub fn write(&self, bytes: &[u8]) -> Result<(), Error> {
        Ok(if self.over { file::write(&self.path, bytes) } else { file::write_new(&self.path, bytes) }?)
    }

    /// Copies a file there, whole or not at all.
    pub fn copy(&self, from: &Path) -> Result<(), Error> {
        Ok(if self.over { file::copy(from, &self.path) } else { file::copy_new(from, &self.path) }?)
    }
}

/// Refuses what lies in a workspace.
fn is_outside(path: &Path) -> Result<(), Error> {
    let Some(inside) = file::folders_above(path).into_iter().find(|folder| is_workspace(folder)) else { return Ok(()) };
    let what = format!("{} lies in the workspace {}", shown(&path.to_string_lossy()), shown(&inside.to_string_lossy()));
    Err(Error::usage(what).hint("name one outside of it: only comity itself writes there"))
}

/// A folder for several files, which are named by the program. What is in it already stays, but for files of the same names.
pub struct Folder(PathBuf);

impl Folder {
    /// A folder that is there, or that will be made when the first file is put into it.
    pub fn of(path: PathBuf) -> Result<Self, Error> {
        is_outside(&path)?;
        is_outside(&path.join("file"))?;
        if file::exists(&path) && !path.is_dir() {
            let what = format!("{} is a file, and a folder is needed", shown(&path.to_string_lossy()));
            return Err(Error::usage(what).hint("name a folder, or one that is not there yet"));
        }
        Ok(Self(path))
    }

    /// The path, fit to be shown.
    pub fn shown(&self) -> String {
        shown(&self.0.to_string_lossy()).into_owned()
    }

    /// The path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Copies a file into it under a name, so that whoever carries the folder sees nothing of it or all of it. Returns where it lies.
    pub fn put(&self, from: &Path, name: &str) -> Result<PathBuf, Error> {
        if !self.0.is_dir() {
            file::folder_at(&self.0)?;
        }
        let to = self.0.join(name);
        file::copy_for_carrier(from, &to)?;
        Ok(to)
    }
}

/// A folder that a command is given to write into: one that is not there yet, or an empty one; never in a workspace.
pub fn empty_folder(args: &Args, field: &str) -> Result<PathBuf, Error> {
    let path = args.path(field)?;
    let name = shown(&path.to_string_lossy()).into_owned();
    let outside = "name a folder outside of it: only comity itself writes there";
    let inside = file::folders_above(&path).into_iter().chain([path.clone()]).find(|folder| is_workspace(folder));
    if let Some(inside) = inside {
        let what = format!("{name} lies in the workspace {}", shown(&inside.to_string_lossy()));
        return Err(Error::usage(what).hint(outside));
    }
    let is_free = !file::exists(&path) || (path.is_dir() && file::is_empty_folder(&path)?);
    if !is_free {
        return Err(Error::usage(format!("{name} is there and not an empty folder")).hint("name a new folder"));
    }
    Ok(path)
}

/// What to do where a file is in the way.
const TAKEN: &str = "name another file, or write over it with --force";
