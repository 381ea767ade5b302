//! `comity demo`: the two fictional desks, set up to where the screens open; or, with `--headless`, the whole exchange,
//! each step with what the gate said.

use std::io::{self, IsTerminal as _, Write, stderr};
use std::path::{Path, PathBuf};

use crate::demo::story::{Played, Story};
use crate::host::clock::Clock;
use crate::host::folder;
use crate::value::text::{shown, shown_lines};
use crate::workspace::error::Error;

/// The member as whom the screens of the demo open.
pub const OFFICER: &str = "okafor@XA";

/// The folder in which the demo is made: the one that is named, or a new temporary one.
pub fn folder(named: Option<&Path>) -> Result<PathBuf, Error> {
    named.map_or_else(|| Ok(folder::temporary("comity-demo-")?), |named| Ok(named.to_owned()))
}

/// Plays the story up to where the screens open. `shows`: whether progress is shown, where there is a terminal.
pub fn stage(folder: &Path, shows: bool) -> Result<Story, Error> {
    let shows = shows && stderr().is_terminal();
    let mut story = Story::begin(folder, Clock::System.now())?;
    let mut steps = 0;
    while story.step(1)?.is_some() || story.scene()?.is_some() {
        steps += 1;
        if shows {
            eprint!("\rsetting the scene: {steps} acts\u{1b}[K");
        }
    }
    if shows {
        eprint!("\r\u{1b}[K");
    }
    Ok(story)
}

/// Plays the whole story into a folder and prints it.
pub fn headless(folder: &Path, out: &mut dyn Write) -> Result<(), Error> {
    let mut story = Story::begin(folder, Clock::System.now())?;
    let shown_folder = folder.to_string_lossy();
    let shown_folder = shown(&shown_folder);
    writeln!(out, "EXERCISE EXERCISE EXERCISE  Two fictional desks, XA and XB, in {shown_folder}\n")?;
    while let Some(played) = story.step(2)? {
        step(&played, out)?;
    }
    writeln!(
        out,
        "\nEXERCISE EXERCISE EXERCISE  Look around: comity --workspace {shown_folder}/XA/workspace --identity {shown_folder}/XA/okafor.age"
    )?;
    Ok(())
}

fn step(played: &Played, out: &mut dyn Write) -> io::Result<()> {
    if let Some(say) = &played.say {
        writeln!(out, "\n{say}")?;
    }
    let answer = if played.refused { "REFUSED" } else { "yes" };
    writeln!(out, "  {}  {:13} {:18} {answer}", played.at.to_minute(), played.who, played.command)?;
    for line in shown_lines(&played.outcome) {
        writeln!(out, "                                {line}")?;
    }
    Ok(())
}
