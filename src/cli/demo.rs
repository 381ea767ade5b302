//! `comity demo --headless`: the whole exchange, each step with what the gate said.

use std::io::{self, Write};
use std::path::Path;

use crate::desk::failure::Failure;
use crate::desk::story::{Played, Story};
use crate::host::clock::Clock;
use crate::value::text::shown_lines;

/// Plays the whole story into a folder and prints it.
pub fn headless(folder: &Path, out: &mut dyn Write) -> Result<(), Failure> {
    let mut story = Story::begin(folder, Clock::System.now())?;
    writeln!(out, "EXERCISE EXERCISE EXERCISE  Two fictional desks, XA and XB, in {}\n", folder.display())?;
    while let Some(played) = story.step(2)? {
        step(&played, out)?;
    }
    writeln!(out, "\nEXERCISE EXERCISE EXERCISE  Look around: comity --workspace {0}/XA/workspace --identity {0}/XA/okafor.age", folder.display())?;
    Ok(())
}

fn step(played: &Played, out: &mut dyn Write) -> io::Result<()> {
    if let Some(say) = &played.say {
        writeln!(out, "\n{say}")?;
    }
    writeln!(out, "  {}  {:13} {:18} {}", played.at.on_screen(), played.who, played.verb, if played.refused { "REFUSED" } else { "yes" })?;
    for line in shown_lines(&played.outcome) {
        writeln!(out, "                                {line}")?;
    }
    Ok(())
}
