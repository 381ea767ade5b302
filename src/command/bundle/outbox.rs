//! How long a bundle lies in the outbox: until the partner's receipt for it is here, or so many days as the schedule says.

use crate::host::file;
use crate::law::retention;
use crate::record::bundle::{self, State};
use crate::record::stream;
use crate::value::id::Id;
use crate::value::timestamp::Duration;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Removes what the partner has, and what has lain in the outbox too long. What is no bundle that this desk has noted is left alone.
///
/// # Errors
///
/// Where the folder cannot be read, or a file cannot be removed.
pub fn sweep(workspace: &Workspace) -> Result<usize, Error> {
    let folder = workspace.folder().join("outbox");
    if workspace.is_read_only() || !folder.is_dir() {
        return Ok(0);
    }
    let records = workspace.records();
    let oldest = workspace.now().minus(Duration::days(retention::outbox_days()));
    let mut removed = 0;
    for path in file::files_in(&folder)? {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let named = stem.split_once('-').and_then(|(to, n)| Some((Id::parse(to)?, n.parse::<u64>().ok()?)));
        let Some((to, number)) = named else { continue };
        let Some(sent) = bundle::numbered(&records, to, State::Sent, number)? else { continue };
        let has_it =
            stream::acknowledged(&stream::with(&records, workspace.meta.desk, to)?).is_some_and(|n| n >= number);
        if has_it || sent.instant("at").is_some_and(|at| at < oldest) {
            file::remove(&path)?;
            removed += 1;
        }
    }
    Ok(removed)
}
