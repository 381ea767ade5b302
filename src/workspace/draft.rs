//! Drafts of forms: what a member has typed and not signed.

use std::collections::BTreeMap;

use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::own_file::{LONGEST, OwnFile};

/// What was typed, by form and by field.
pub type Drafts = BTreeMap<String, BTreeMap<String, String>>;

/// Keeps the drafts of the member, in the place of those that were kept before. Where there are none, no file stays.
///
/// # Errors
///
/// Where the file cannot be written; and where the drafts are larger than 1 MiB, which leaves the file as it was.
pub fn keep(workspace: &Workspace, drafts: &Drafts) -> Result<(), Error> {
    if drafts.is_empty() {
        return OwnFile::Drafts.keep(workspace, None);
    }
    let plain = serde_json::to_vec(drafts).map_err(std::io::Error::other)?;
    if plain.len() > LONGEST {
        return Err(Error::usage("the drafts are larger than 1 MiB: they are not kept over a crash"));
    }
    OwnFile::Drafts.keep(workspace, Some(&plain))
}

/// The drafts that were kept for the member; none where there are none, or none that this identity can open.
pub fn kept(workspace: &Workspace) -> Drafts {
    OwnFile::Drafts.kept(workspace).and_then(|plain| serde_json::from_slice(plain.expose()).ok()).unwrap_or_default()
}
