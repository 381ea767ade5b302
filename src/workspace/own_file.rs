//! Files that a member keeps beside the database: what was typed into forms, the views of the screens. Each member has their own,
//! sealed to their identity alone. They are no acts and never leave the desk; a purge removes everybody's, since nobody can tell
//! what stands in the others'.

use std::path::{Path, PathBuf};

use crate::host::file;
use crate::seal::age_file;
use crate::seal::secret::Secret;
use crate::value::digest::Digest;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The largest of these files, in bytes of what is sealed.
pub const LONGEST: usize = 1 << 20;

/// What such a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OwnFile {
    /// What was typed into forms and not done.
    Drafts,
    /// Views of the screens, with the words of their filters.
    Views,
}

impl OwnFile {
    const ALL: [Self; 2] = [Self::Drafts, Self::Views];

    /// How the names of these files begin.
    const fn begins(self) -> &'static str {
        match self {
            Self::Drafts => "drafts-",
            Self::Views => "views-",
        }
    }

    fn path(self, workspace: &Workspace) -> PathBuf {
        let whose = Digest::of(workspace.person().to_string().as_bytes()).to_string();
        workspace.folder().join(format!("{}{}.age", self.begins(), whose.get(..16).unwrap_or(&whose)))
    }

    /// Keeps it for the member, in the place of what was kept before; `None`: no file stays.
    ///
    /// # Errors
    ///
    /// Where the file cannot be written.
    pub fn keep(self, workspace: &Workspace, plain: Option<&[u8]>) -> Result<(), Error> {
        let path = self.path(workspace);
        match plain {
            Some(plain) => Ok(file::write(&path, &age_file::seal(&[workspace.me.age.recipient()], plain)?)?),
            None if path.symlink_metadata().is_ok() => Ok(file::remove(&path)?),
            None => Ok(()),
        }
    }

    /// What was kept for the member; `None` where there is nothing, or nothing that this identity can open.
    pub fn kept(self, workspace: &Workspace) -> Option<Secret> {
        let sealed = file::read(&self.path(workspace), 2 * LONGEST as u64).ok()?;
        age_file::open_all(&workspace.me.age, &sealed, LONGEST).ok()
    }
}

/// Removes the files of every member: what was purged may stand in any of them.
///
/// # Errors
///
/// Where the folder cannot be read, or a file cannot be removed.
pub fn forget_all(folder: &Path) -> Result<(), Error> {
    for path in file::files_in(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if OwnFile::ALL.iter().any(|of| name.starts_with(of.begins())) {
            file::remove(&path)?;
        }
    }
    Ok(())
}
