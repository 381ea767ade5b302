//! How a member wants the screens: `keys.toml` in the platform's configuration folder, what the command line says, and
//! what the terminal asks for. It is read once, before the screens open, and never written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use super::idle;
use super::keymap::{Keymap, Preset};
use super::language::Language;
use super::saved;
use super::theme::Theme;
use crate::host::file;
use crate::host::folder::{self, variable};
use crate::value::text::shown;
use crate::workspace::error::{Error, ErrorKind};

/// The name of the file.
const NAME: &str = "keys.toml";

/// The largest file that is read.
const LONGEST: u64 = 64 * 1024;

/// What was wished on the command line.
#[derive(Clone, Default, Debug)]
pub struct Wishes {
    /// The name of a theme.
    pub theme: Option<String>,
    /// Lines and marks of ASCII alone.
    pub ascii: bool,
    /// The mouse is left to the terminal.
    pub no_mouse: bool,
}

/// How the screens are.
#[derive(Debug)]
pub struct Settings {
    /// The keys.
    pub keymap: Keymap,
    /// The theme; `None`: the first.
    pub theme: Option<&'static Theme>,
    /// Whether lines are drawn with ASCII alone.
    pub ascii: bool,
    /// Whether the mouse moves and opens; Shift selects text all the same.
    pub mouse: bool,
    /// After how long without a key they lock.
    pub lock_after: Duration,
    /// The language of the screens; `None`: English.
    pub language: Option<&'static Language>,
    /// The folders to which the screens are kept, beside the workspace's, the identity's and the settings'; none: they are kept to
    /// none.
    pub folders: Vec<PathBuf>,
    /// What is wrong with the file of the views, where something is: the screens open without them.
    pub no_views: Option<Error>,
}

/// The file, as it is written. What is not known is an error: a word that is misspelt must not be passed over.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    preset: Option<String>,
    theme: Option<String>,
    #[serde(default)]
    ascii: bool,
    mouse: Option<bool>,
    lock_after: Option<String>,
    #[serde(default)]
    folders: Vec<PathBuf>,
    #[serde(default)]
    keys: BTreeMap<String, Vec<String>>,
}

impl Settings {
    /// Reads the file, where there is one, and puts the wishes of the command line before it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] where the file or a wish cannot be understood, or gives one key to two actions; [`ErrorKind::Medium`]
    /// where the file cannot be read or is larger than 64 KiB.
    pub fn read(wishes: &Wishes) -> Result<Self, Error> {
        let path = folder::settings().map(|folder| folder.join(NAME));
        let there = path.filter(|path| path.symlink_metadata().is_ok());
        let written = there.as_deref().map(read).transpose()?.unwrap_or_default();
        let bad = |what: String| match &there {
            Some(path) => bad_file(path, &what),
            None => Error::usage(what),
        };
        let preset = written.preset.as_deref().map(|p| preset(p).map_err(bad)).transpose()?.unwrap_or(Preset::Vim);
        let keymap = Keymap::with(preset, &written.keys).map_err(|e| bad(e.to_string()))?;
        let in_file = written.theme.as_deref().map(|t| theme(t).map_err(bad)).transpose()?;
        let lock_after = written.lock_after.as_deref().map(|t| lock_after(t).map_err(bad)).transpose()?;
        let no_views = saved::path().and_then(|path| saved::in_clear(&path).err());
        Ok(Self {
            keymap,
            theme: fitting(wished(wishes)?, in_file),
            ascii: wishes.ascii || written.ascii,
            mouse: !wishes.no_mouse && written.mouse.unwrap_or(true),
            lock_after: lock_after.unwrap_or(idle::USUAL),
            language: Language::of_environment(),
            folders: absolute(written.folders).map_err(bad)?,
            no_views,
        })
    }
}

/// The folders that `keys.toml` keeps the line-oriented screens to.
///
/// # Errors
///
/// As [`Settings::read`].
pub fn folders() -> Result<Vec<PathBuf>, Error> {
    let path = folder::settings().map(|folder| folder.join(NAME)).filter(|path| path.symlink_metadata().is_ok());
    let Some(path) = path else { return Ok(Vec::new()) };
    absolute(read(&path)?.folders).map_err(|what| bad_file(&path, &what))
}

fn absolute(folders: Vec<PathBuf>) -> Result<Vec<PathBuf>, String> {
    match folders.iter().find(|folder| !folder.is_absolute()) {
        Some(folder) => Err(format!("{:?} of `folders` does not begin at the root", shown(&folder.to_string_lossy()))),
        None => Ok(folders),
    }
}

fn read(path: &Path) -> Result<Written, Error> {
    let bytes = file::read(&file::target_of(path), LONGEST)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| bad_file(path, "it is not UTF-8"))?;
    toml::from_str(text).map_err(|e| bad_file(path, &saved::said_of(text, &e)))
}

fn bad_file(path: &Path, what: &str) -> Error {
    let what = format!("{}: {what}", shown(&path.to_string_lossy()));
    Error::new(ErrorKind::Usage, what, "mend the file, or move it away: without it every key is as it was")
}

fn preset(name: &str) -> Result<Preset, String> {
    let all = || Preset::ALL.iter().map(|p| p.word()).collect::<Vec<_>>().join(", ");
    Preset::parse(name).ok_or_else(|| format!("there is no preset {name:?}; there are {}", all()))
}

fn lock_after(text: &str) -> Result<Duration, String> {
    idle::read(text)
        .ok_or_else(|| format!("lock-after is a time from \"1s\" to \"60m\", such as \"10m\": {text:?} is none"))
}

fn theme(name: &str) -> Result<&'static Theme, String> {
    let all = || Theme::all().iter().map(|t| t.name).collect::<Vec<_>>().join(", ");
    Theme::named(name).ok_or_else(|| format!("there is no theme {name:?}; there are {}", all()))
}

/// The theme that was named for this run: on the command line, or in the environment.
fn wished(wishes: &Wishes) -> Result<Option<&'static Theme>, Error> {
    wishes.theme.as_deref().map(|name| theme(name).map_err(Error::usage)).transpose()
}

/// The theme for this terminal: what was named for this run; none of its colours where it asks for none; what the file
/// says; no colours that it does not know.
fn fitting(wished: Option<&'static Theme>, in_file: Option<&'static Theme>) -> Option<&'static Theme> {
    let no_colour = variable("NO_COLOR").is_some();
    let true_colour = variable("COLORTERM").is_some_and(|c| c == "truecolor" || c == "24bit");
    match wished {
        Some(theme) => {
            // Under NO_COLOR the terminal's library drops colours, and with them the reverse of the selected row.
            crossterm::style::force_color_output(true);
            Some(theme)
        }
        None if no_colour => Theme::named("mono"),
        None => in_file.or_else(|| if true_colour { None } else { Theme::named("ansi") }),
    }
}
