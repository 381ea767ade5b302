//! What `comity` says where there is no desk yet: that there is none, and what there is to begin with. It makes nothing itself: each
//! answer is a command that there is anyway.

use std::io::{self, BufRead, Write};
use std::path::Path;

use crate::value::text::shown;

/// What somebody wants who has no desk yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// To found a desk.
    Found,
    /// To join one that others have founded.
    Join,
    /// To see the demo.
    Demo,
    /// To take the tour.
    Tour,
    /// Nothing, for now.
    Leave,
}

/// What is offered: the keys, what it is, and what else says the same.
const OFFERED: &[(&str, Choice, &str, &str)] = &[
    ("1", Choice::Found, "found a desk: its keys and its workspace", "comity init"),
    ("2", Choice::Join, "join a desk: your identity, and the desk's card", "comity identity new"),
    ("3", Choice::Demo, "see the demo: two desks in the middle of a case", "comity demo"),
    ("4", Choice::Tour, "take the tour: the same case, step by step", "comity tour"),
    ("q", Choice::Leave, "leave", ""),
];

/// Says that there is no desk, and asks what is wanted.
///
/// # Errors
///
/// Where the terminal cannot be read or written.
pub fn ask(workspace: &Path, lines: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<Choice> {
    let place = workspace.to_string_lossy();
    writeln!(out, "comity: there is no desk at {} yet.\n", shown(&place))?;
    for (key, _, about, command) in OFFERED {
        writeln!(out, "{}", format!("  {key}  {about:49}{command}").trim_end())?;
    }
    loop {
        write!(out, "\nWhich? [q] ")?;
        out.flush()?;
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 {
            return Ok(Choice::Leave);
        }
        let typed = line.trim();
        match OFFERED.iter().find(|(key, ..)| *key == typed) {
            Some((_, choice, ..)) => return Ok(*choice),
            None if typed.is_empty() => return Ok(Choice::Leave),
            None => writeln!(out, "{} is none of them.", shown(typed))?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_taken_and_another_is_asked_for_again() {
        for (typed, want) in [
            ("1\n", Choice::Found),
            ("2\n", Choice::Join),
            ("x\n3\n", Choice::Demo),
            (" 4 \n", Choice::Tour),
            ("q\n", Choice::Leave),
            ("\n", Choice::Leave),
            ("", Choice::Leave),
        ] {
            let mut out = Vec::new();
            assert_eq!(ask(Path::new("/nowhere"), &mut typed.as_bytes(), &mut out).unwrap(), want, "{typed:?}");
            let said = String::from_utf8(out).unwrap();
            assert!(said.contains("there is no desk at /nowhere") && said.contains("comity init"), "{said}");
        }
    }
}
