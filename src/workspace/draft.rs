//! Drafts of forms: what a member has typed and not signed. They are not acts and never leave the desk. Each member has their
//! own in one file beside the database, encrypted to their identity alone. A purge removes everybody's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::host::file;
use crate::seal::age_file;
use crate::value::digest::Digest;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// What was typed, by form and by field.
pub type Drafts = BTreeMap<String, BTreeMap<String, String>>;

/// The largest file of drafts, in bytes of what is sealed.
const LONGEST: usize = 1 << 20;
const BEGINS: &str = "drafts-";

fn path(workspace: &Workspace) -> PathBuf {
    let whose = Digest::of(workspace.person().to_string().as_bytes()).to_string();
    workspace.folder().join(format!("{BEGINS}{}.age", whose.get(..16).unwrap_or(&whose)))
}

/// Keeps the drafts of the member, in the place of those that were kept before. Where there are none, no file stays.
///
/// # Errors
///
/// Where the file cannot be written; and where the drafts are larger than 1 MiB, which leaves the file as it was.
pub fn keep(workspace: &Workspace, drafts: &Drafts) -> Result<(), Error> {
    let path = path(workspace);
    if drafts.is_empty() {
        return if path.symlink_metadata().is_ok() { Ok(file::remove(&path)?) } else { Ok(()) };
    }
    let plain = serde_json::to_vec(drafts).map_err(std::io::Error::other)?;
    if plain.len() > LONGEST {
        return Err(Error::usage("the drafts are larger than 1 MiB: they are not kept over a crash"));
    }
    let sealed = age_file::seal(&[workspace.me.age.recipient()], &plain)?;
    Ok(file::write(&path, &sealed)?)
}

/// The drafts that were kept for the member; none where there are none, or none that this identity can open.
pub fn kept(workspace: &Workspace) -> Drafts {
    let read = || {
        let sealed = file::read(&path(workspace), 2 * LONGEST as u64).ok()?;
        let plain = age_file::open_all(&workspace.me.age, &sealed, LONGEST).ok()?;
        serde_json::from_slice(plain.expose()).ok()
    };
    read().unwrap_or_default()
}

/// Removes the drafts of every member: what was purged may stand in any of them.
///
/// # Errors
///
/// Where the folder cannot be read, or a file cannot be removed.
pub fn forget_all(folder: &Path) -> Result<(), Error> {
    for path in file::files_in(folder)? {
        if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(BEGINS)) {
            file::remove(&path)?;
        }
    }
    Ok(())
}
