//! Views that a member keeps: a place, the filter and the order there, under a name. The words of a filter may be those of a case:
//! views lie beside the workspace, sealed to their member, and go with every purge. Earlier programs kept them in the clear, in
//! `views.toml` beside `keys.toml`: they are sealed and their file is removed; one that cannot be understood is left alone.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::order::Order;
use super::screen::{self, screen_of};
use super::screen_id::ScreenId;
use crate::host::{file, folder};
use crate::value::text::{fit, shown};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::own_file::OwnFile;

/// The name of the file.
pub const NAME: &str = "views.toml";

/// The largest file that is read.
const LONGEST: u64 = 64 * 1024;

/// A view that was saved.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// The screen.
    #[serde(rename = "place", deserialize_with = "screen")]
    pub screen: ScreenId,
    /// Which of the screen's views; empty where it has one.
    #[serde(default)]
    pub tab: String,
    /// The filter, as it was typed.
    #[serde(default)]
    pub filter: String,
    /// The heading of the column that it is ordered by; empty: as it comes.
    #[serde(default)]
    sort: String,
    #[serde(default)]
    reversed: bool,
}

/// The file, as it is written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    view: Vec<Saved>,
}

fn screen<'de, D: Deserializer<'de>>(from: D) -> Result<ScreenId, D::Error> {
    let word = String::deserialize(from)?;
    screen::parse(&word).ok_or_else(|| D::Error::custom(format!("there is no place {word:?}")))
}

impl Saved {
    /// A view that has no name yet.
    pub fn new(screen: ScreenId, tab: usize, filter: &str, order: Option<&Order>) -> Self {
        Self {
            name: String::new(),
            screen,
            tab: screen_of(screen).views.get(tab).map_or_else(String::new, |t| (*t).to_owned()),
            filter: filter.to_owned(),
            sort: order.map_or_else(String::new, |o| o.column.clone()),
            reversed: order.is_some_and(|o| o.reversed),
        }
    }

    /// The same view under a name.
    #[must_use]
    pub fn named(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// The order.
    pub fn order(&self) -> Option<Order> {
        (!self.sort.is_empty()).then(|| Order { column: self.sort.clone(), reversed: self.reversed })
    }

    /// Which of the screen's views it is.
    pub fn tab(&self) -> usize {
        screen_of(self.screen).views.iter().position(|t| *t == self.tab).unwrap_or(0)
    }

    /// In words: where it is, what it shows, and how.
    pub fn words(&self) -> String {
        let tab = if self.tab.is_empty() { String::new() } else { format!(" {}", self.tab) };
        let filter = if self.filter.is_empty() { "no filter".to_owned() } else { format!("filter {}", self.filter) };
        let order = self.order().map_or_else(|| "as it comes".to_owned(), |o| o.words());
        format!("{}{tab}, {filter}, {order}", self.screen.title())
    }

    fn toml(&self) -> String {
        let mut out = format!("\n[[view]]\nname = {}\nplace = {}\n", quoted(&self.name), quoted(self.screen.word()));
        for (key, value) in [("tab", &self.tab), ("filter", &self.filter), ("sort", &self.sort)] {
            if !value.is_empty() {
                out.push_str(&format!("{key} = {}\n", quoted(value)));
            }
        }
        if self.reversed {
            out.push_str("reversed = true\n");
        }
        out
    }
}

/// A string of TOML, in double quotes.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Where earlier programs kept views, in the clear; `None` where the platform has no folder for settings.
pub fn path() -> Option<PathBuf> {
    folder::settings().map(|folder| folder.join(NAME))
}

/// The views that an earlier program has kept in a file in the clear; none where there is no file.
///
/// # Errors
///
/// [`ErrorKind::Usage`] where it cannot be understood, with the line; [`ErrorKind::Medium`] where it cannot be read.
pub fn in_clear(path: &Path) -> Result<Vec<Saved>, Error> {
    if path.symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    let bad = |what: String| {
        let what = format!("{}, {what}", shown(&path.to_string_lossy()));
        Error::new(ErrorKind::Usage, what, "mend the file, or move it away; until then no view is saved or recalled")
    };
    let bytes = file::read(path, LONGEST)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| bad("it is not UTF-8".to_owned()))?;
    parse(text).map_err(bad)
}

fn parse(text: &str) -> Result<Vec<Saved>, String> {
    Ok(toml::from_str::<Written>(text).map_err(|e| said_of(text, &e))?.view)
}

/// The views of the member. Those of an earlier program are among them.
///
/// # Errors
///
/// As [`in_clear`]; [`ErrorKind::Malformed`] where what was kept is not what is written here.
pub fn read(workspace: &Workspace) -> Result<Vec<Saved>, Error> {
    let kept = OwnFile::Views.kept(workspace);
    let text = kept.as_ref().and_then(|kept| std::str::from_utf8(kept.expose()).ok()).unwrap_or_default();
    let damaged =
        |what| Error::new(ErrorKind::Malformed, format!("the views that were kept, {what}"), "keep them again");
    let mut all = parse(text).map_err(damaged)?;
    for old in path().map(|path| in_clear(&path)).transpose()?.unwrap_or_default() {
        if all.iter().all(|view| view.name != old.name) {
            all.push(old);
        }
    }
    Ok(all)
}

/// Seals the views that an earlier program has kept in the clear, and removes their file.
///
/// # Errors
///
/// As [`read`], and [`ErrorKind::Medium`] where nothing can be written or removed.
pub fn seal_what_is_clear(workspace: &Workspace) -> Result<(), Error> {
    let is_there = path().is_some_and(|path| path.symlink_metadata().is_ok());
    if is_there { write(workspace, &read(workspace)?) } else { Ok(()) }
}

/// What is wrong in a file of TOML, and in which line; the line itself is not quoted.
pub fn said_of(text: &str, error: &toml::de::Error) -> String {
    let until = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.bytes().take(until).filter(|b| *b == b'\n').count() + 1;
    format!("line {line}: {}", shown(&fit(error.message().lines().next().unwrap_or_default(), LONGEST_FAULT)))
}

/// How many columns are said of what is wrong.
const LONGEST_FAULT: usize = 200;

/// Adds a view to the member's, in the place of one of the same name. Returns whether there was one.
///
/// # Errors
///
/// As [`read`], and [`ErrorKind::Medium`] where it cannot be written. What is kept is then as it was.
pub fn save(workspace: &Workspace, view: Saved) -> Result<bool, Error> {
    let mut all = read(workspace)?;
    let replaced = put(&mut all, view);
    write(workspace, &all)?;
    Ok(replaced)
}

fn put(all: &mut Vec<Saved>, view: Saved) -> bool {
    let there = all.iter().position(|v| v.name == view.name);
    match there.and_then(|n| all.get_mut(n)) {
        Some(old) => *old = view,
        None => all.push(view),
    }
    there.is_some()
}

/// Takes the view of a name out of the member's, and returns it.
///
/// # Errors
///
/// As [`save`]; [`ErrorKind::Usage`] where there is none of that name.
pub fn remove(workspace: &Workspace, name: &str) -> Result<Saved, Error> {
    let mut all = read(workspace)?;
    let Some(at) = all.iter().position(|v| v.name == name) else {
        return Err(Error::usage(format!("there is no view {}", shown(name))));
    };
    let removed = all.remove(at);
    write(workspace, &all)?;
    Ok(removed)
}

fn text_of(all: &[Saved]) -> String {
    all.iter().map(Saved::toml).collect()
}

fn write(workspace: &Workspace, all: &[Saved]) -> Result<(), Error> {
    let text = text_of(all);
    if text.len() as u64 > LONGEST {
        return Err(Error::new(ErrorKind::Malformed, "there are too many views", "remove some"));
    }
    OwnFile::Views.keep(workspace, (!all.is_empty()).then_some(text.as_bytes()))?;
    match path().filter(|path| path.symlink_metadata().is_ok()) {
        Some(clear) => Ok(file::remove(&clear)?),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(name: &str, filter: &str, order: Option<&Order>) -> Saved {
        Saved { name: name.into(), ..Saved::new(ScreenId::QUEUE, 1, filter, order) }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let order = Order { column: "LEFT".into(), reversed: true };
        let first = view("late \"ones\" \\ é \u{7f}\u{1}\t'''", "left:<4h !\"x\\", Some(&order));
        let mut all = Vec::new();
        assert!(!put(&mut all, first.clone()) && !put(&mut all, view("all", "", None)));
        assert_eq!(parse(&text_of(&all)).unwrap(), [first.clone(), view("all", "", None)]);
        assert!(put(&mut all, view("all", "open", None)), "one of the same name is replaced");
        assert_eq!(parse(&text_of(&all)).unwrap(), [first, view("all", "open", None)]);
        assert_eq!(all[0].order(), Some(order));
        assert_eq!((all[0].tab(), all[0].tab.as_str()), (1, "inbound"));
        assert_eq!(all[1].words(), "Queue inbound, filter open, as it comes");
        assert_eq!(parse("").unwrap(), []);
    }

    #[test]
    fn a_file_that_is_not_understood_is_told_with_its_line_and_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(NAME);
        let check = |text: &str, told: &str| {
            std::fs::write(&path, text).unwrap();
            let failure = in_clear(&path).unwrap_err();
            assert!(failure.what.contains(told) && !failure.what.contains('\n'), "{text:?}: {}", failure.what);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        };
        check("[[view]]\nname = \"a\"\nplace = \"quee\"\n", "line 3: there is no place \"quee\"");
        check("\n[[view]]\nname = \"a\"\n", "line 2: missing field `place`");
        check("[[view]]\nname = \"a\"\nplace = \"queue\"\nfliter = \"x\"\n", "line 4: unknown field `fliter`");
        check("[[view]]\nname = \n", "line 2: ");
        check("view = 1\n", "line 1: ");
        std::fs::write(&path, [0xff]).unwrap();
        assert!(in_clear(&path).unwrap_err().what.contains("not UTF-8"));
    }
}
