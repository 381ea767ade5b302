//! `comity practise`: a ready exercise for one role, event by event, in a sandbox. At a terminal it waits for what you would do, then
//! tells what was expected and why; elsewhere it tells all of it. It rates nobody.

use std::io::{BufRead, IsTerminal as _, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use super::tour::{print_wrapped, remove_when_interrupted};
use crate::demo::practise::{PractiseRole, Sandbox, Template, template_for};
use crate::host::{file, folder};
use crate::value::text::body;
use crate::workspace::error::Error;

/// Plays a ready exercise, in a folder of its own that is removed at the end where none is named.
///
/// # Errors
///
/// Where there is no such exercise, and where the folder is not empty or cannot be written.
pub fn take(dir: Option<PathBuf>, role: PractiseRole, name: Option<&str>) -> Result<(), Error> {
    let template = template_for(role, name)?;
    let folder = match &dir {
        Some(named) => named.clone(),
        None => folder::temporary("comity-practise-")?,
    };
    if dir.is_none() {
        remove_when_interrupted(&folder)?;
    }
    let waits = stdin().is_terminal() && stdout().is_terminal();
    let mut lines = stdin().lock();
    let mut answers: Option<&mut dyn BufRead> = if waits { Some(&mut lines) } else { None };
    let played = play(&folder, role, template, dir.is_some(), &mut stdout(), &mut answers);
    if dir.is_none() {
        file::remove_folder(&folder)?;
    }
    played
}

fn play(
    folder: &Path,
    role: PractiseRole,
    template: &Template,
    stays: bool,
    out: &mut dyn Write,
    answers: &mut Option<&mut dyn BufRead>,
) -> Result<(), Error> {
    let sandbox = Sandbox::begin(folder, template)?;
    let title = format!("EXERCISE EXERCISE EXERCISE  {}, for the {role}", template.title);
    print_wrapped(out, "", &title)?;
    for (label, text) in [("", &template.scenario), ("Scope: ", &template.scope), ("Rules: ", &template.rules)] {
        print_wrapped(out, "", &format!("{label}{text}"))?;
    }
    for (n, inject) in template.inject.iter().enumerate() {
        let number = n + 1;
        sandbox.deliver(number)?;
        writeln!(out, "\n--- {number} of {}: {}, by {}", template.inject.len(), inject.from, inject.method)?;
        print_wrapped(out, "", &inject.text)?;
        if let Some(lines) = answers {
            write!(out, "[What do you do? q leaves] ")?;
            out.flush()?;
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 || line.trim() == "q" {
                return Ok(());
            }
            if let Ok(said) = body(line.trim())
                && !said.is_empty()
            {
                sandbox.answer(number, &said)?;
            }
        }
        print_wrapped(out, "", &format!("Expected: {}", inject.expected))?;
        print_wrapped(out, "", &format!("Why: {}", inject.why))?;
    }
    sandbox.end()?;
    print_wrapped(
        out,
        "",
        "\nThat was the exercise. Nobody has rated you; compare what you did with what was expected.",
    )?;
    let course = format!("comity training add --course 'practise: {}'", template.title);
    print_wrapped(out, "  ", &format!("{course}    in your own workspace, to have it on record"))?;
    if stays {
        let shown = |path: PathBuf| super::print::quoted(&crate::value::text::shown(&path.to_string_lossy()));
        let words = format!(
            "comity --workspace {} --identity {}    the sandbox, on the screens",
            shown(sandbox.workspace()),
            shown(sandbox.identity())
        );
        print_wrapped(out, "  ", &words)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(answers: Option<&str>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let mut out = Vec::new();
        let mut lines = answers.map(str::as_bytes);
        let mut answers = lines.as_mut().map(|l| l as &mut dyn BufRead);
        let template = template_for(PractiseRole::Judge, None).unwrap();
        play(&folder.path().join("new"), PractiseRole::Judge, template, true, &mut out, &mut answers).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_tells_what_was_expected_after_it_was_asked_and_is_left_with_q() {
        let all = told(None);
        assert_eq!(all.matches("\nExpected: ").count(), template_for(PractiseRole::Judge, None).unwrap().inject.len());
        assert!(all.starts_with("EXERCISE EXERCISE EXERCISE") && all.contains("the sandbox, on the screens"));
        let left = told(Some("narrow it\nq\n"));
        assert_eq!((left.matches("Expected: ").count(), left.matches("\n--- ").count()), (1, 2), "{left}");
    }
}
