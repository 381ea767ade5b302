//! The platform's folders, and environment variables.

use std::path::PathBuf;

use super::file::{FileError, at};

/// The default workspace, in the platform's data folder.
pub fn workspace() -> Option<PathBuf> {
    Some(platform()?.data_dir().join("workspace"))
}

/// The default identity, in the platform's configuration folder.
pub fn identity() -> Option<PathBuf> {
    Some(platform()?.config_dir().join("identity.age"))
}

/// Where settings, drafts and keymaps live.
pub fn settings() -> Option<PathBuf> {
    Some(platform()?.config_dir().to_owned())
}

/// The path for what somebody typed where no shell expands it: `~/` is their home folder.
pub fn typed(path: &str) -> PathBuf {
    let home = || Some(directories::BaseDirs::new()?.home_dir().to_owned());
    match path.strip_prefix("~/").and_then(|rest| Some(home()?.join(rest))) {
        Some(path) => path,
        None => PathBuf::from(path),
    }
}

/// A new folder for its owner alone, in the system's place for temporary things. Whoever asks for it removes it.
pub fn temporary(prefix: &str) -> Result<PathBuf, FileError> {
    let new = tempfile::Builder::new().prefix(prefix).tempdir();
    Ok(new.map_err(at(&std::env::temp_dir()))?.keep())
}

/// An environment variable that is set and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

fn platform() -> Option<directories::ProjectDirs> {
    directories::ProjectDirs::from("", "", "comity")
}
