//! The wall between exercises and real work, where it is made of files. What an exercise writes says on its face what it is; a live
//! workspace takes no such file, by whatever command, but the signed report; and an exercise takes no file from outside of which
//! nobody says that it was made for it.

use std::path::Path;

use crate::command::definition::{Arg, ArgKind, Args, Command};
use crate::figures::page::{PageFormat, escaped};
use crate::host::file;
use crate::record::exercise;
use crate::value::realm::{BANNER, Realm, is_of_exercise};
use crate::value::text::shown;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// The field by which a member says that a file was made for the exercise.
pub const MADE_FOR_EXERCISE: Arg = Arg::new(
    "made-for-exercise",
    ArgKind::Flag,
    "in an exercise: the file is made for it, though no tag of it says so",
)
.in_exercises();

/// How much of a file is looked at, from its beginning and from its end: a disk image is not read twice.
const LOOKED_AT: u64 = 64 << 10;

/// Whether a file says that it is of an exercise. One that cannot be read says nothing: the command says why it cannot.
fn says_so(path: &Path) -> bool {
    file::read_ends(path, LOOKED_AT).is_ok_and(|bytes| is_of_exercise(&bytes))
}

/// Refuses, in a live workspace, every file of an exercise that a command is given. What is sealed says what it is when it is opened.
///
/// # Errors
///
/// [`ErrorKind::NotForUs`].
pub fn check(workspace: &Workspace, command: &Command, args: &Args) -> Result<(), Error> {
    // The one thing that crosses, judged by its signature.
    let is_report = command.writes.is_some_and(|writes| writes.act == exercise::RECORD);
    if workspace.meta.realm != Realm::Live || is_report {
        return Ok(());
    }
    for field in command.args.iter().filter(|field| matches!(field.kind, ArgKind::Existing)) {
        if let Some(path) = args.all_paths(field.name).iter().find(|path| says_so(path)) {
            let what = format!("{}: it is of an exercise", shown(&path.to_string_lossy()));
            let hint = "a live workspace takes nothing of an exercise but its signed report (`comity exercise record`); anything else \
                        is done in the exercise's own workspace";
            return Err(Error::new(ErrorKind::NotForUs, what, hint));
        }
    }
    Ok(())
}

/// Refuses, in an exercise, a file from outside that nothing and nobody says to be made for it.
///
/// # Errors
///
/// [`ErrorKind::Refused`].
pub fn must_be_made_for(workspace: &Workspace, args: &Args, path: &Path) -> Result<(), Error> {
    if workspace.meta.realm == Realm::Live || args.flag(MADE_FOR_EXERCISE.name) || says_so(path) {
        return Ok(());
    }
    Err(not_made_for(path))
}

/// That nothing in a file says that it is of an exercise.
pub fn not_made_for(path: &Path) -> Error {
    let what = format!("{}: nothing in it says that it is of an exercise", shown(&path.to_string_lossy()));
    let hint = "an exercise takes no live data; where the file is made for it, say so with --made-for-exercise";
    Error::new(ErrorKind::Refused, what, hint)
}

/// A page or a table with what an exercise says on it; as it is, where it is of none. It is asked before anything is signed over it.
pub fn marked(realm: &Realm, text: String, form: PageFormat) -> String {
    let (Realm::Exercise(name), Some(banner)) = (realm, realm.banner()) else { return text };
    let tag = realm.tag().unwrap_or_default();
    match form {
        PageFormat::Text => format!("{banner}\n\n{text}\n{banner}\n"),
        PageFormat::Csv => format!("{tag}\n{text}"),
        PageFormat::Json => match text.strip_prefix('{') {
            Some(rest) => format!("{{\"exercise\":\"{tag}\",{rest}"),
            None => text,
        },
        PageFormat::Html => {
            let line = format!("<p><b>{BANNER} ({})</b></p>", escaped(name));
            // Where a page is printed, each of its sheets says so.
            let rule = format!("<style>@page{{@top-center{{content:\"{BANNER}\"}}}}</style></head>");
            let text = text.replacen("</head>", &rule, 1).replacen("<body>", &format!("<body>{line}"), 1);
            text.replacen("</body>", &format!("{line}</body>"), 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_exercise_writes_says_so_in_every_form_and_real_work_stays_as_it_is() {
        let text = |form| match form {
            PageFormat::Html => "<html><head></head><body><p>x</p></body></html>".to_owned(),
            PageFormat::Json => "{\"a\":1}".to_owned(),
            PageFormat::Text | PageFormat::Csv => "a,b\n".to_owned(),
        };
        for form in [PageFormat::Text, PageFormat::Csv, PageFormat::Json, PageFormat::Html] {
            let of_play = marked(&Realm::Exercise("tide".into()), text(form), form);
            assert!(is_of_exercise(of_play.as_bytes()) && of_play.contains("tide"), "{of_play}");
            assert_eq!(marked(&Realm::Live, text(form), form), text(form));
        }
    }
}
