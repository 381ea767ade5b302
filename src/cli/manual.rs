//! The manual page: the commands and options of the command line, and the keys of the screens. The rows of the keys are passed
//! in, since the two front ends do not know each other.

use std::io::{self, Write};

/// What a key does on the screens.
#[derive(Clone, Debug)]
pub struct KeyRow {
    /// The keys, as they are written.
    pub keys: Vec<String>,
    /// The name of the action, as help and `keys.toml` have it.
    pub name: &'static str,
    /// What it does.
    pub about: &'static str,
    /// The places where it does so; empty: everywhere.
    pub places: Vec<&'static str>,
}

/// Writes the page in roff.
pub fn write(tree: clap::Command, keys: &[KeyRow], out: &mut impl Write) -> io::Result<()> {
    clap_mangen::Man::new(tree).render(out)?;
    writeln!(
        out,
        ".SH KEYS\nOn the screens; `?` there lists those of the place and runs them, and keys.toml binds others."
    )?;
    for key in keys {
        let places = if key.places.is_empty() { String::new() } else { format!(" ({})", key.places.join(", ")) };
        let written = if key.keys.is_empty() { "(by name)".to_owned() } else { key.keys.join("  ") };
        writeln!(out, ".TP\n\\fB{}\\fR\n{}: {}{}", plain(&written), plain(key.name), plain(key.about), plain(&places))?;
    }
    Ok(())
}

/// Text with roff's special characters escaped.
fn plain(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_row_is_taken_for_a_command_of_roff() {
        let row =
            KeyRow { keys: vec!["\\".into(), "-".into()], name: "before", about: "the place's", places: vec!["Desk"] };
        let mut out = Vec::new();
        write(clap::Command::new("x"), &[row], &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert!(page.ends_with(".TP\n\\fB\\e  \\-\\fR\nbefore: the place\\(aqs (Desk)\n"), "{page}");
    }
}
