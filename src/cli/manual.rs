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
    rows(".SH FILES", FILES, out)?;
    rows(".SH \"EXIT STATUS\"", ENDS, out)?;
    Ok(())
}

/// Files that the program reads and writes.
const FILES: &[(&str, &str)] = &[
    (
        "identity.age",
        "your own keys, under a passphrase; beside it identity.age.seen: what you have seen of the workspace",
    ),
    ("workspace/", "the desk: workspace.db, keyring.age, evidence, inbox and outbox"),
    ("keys.toml", "keys, theme and when the screens lock, in the folder of settings"),
];

/// How the program ends.
const ENDS: &[(&str, &str)] = &[
    ("0", "done"),
    ("2", "not understood, or nobody could be asked"),
    ("10", "no key, or a wrong passphrase"),
    ("11", "in use by another process"),
    ("12", "a version that is not known"),
    ("20, 21, 22", "a file that is malformed, not for this desk, not signed"),
    ("23, 24", "a gap in what came, or two histories"),
    ("30", "damage"),
    ("40", "the gate refuses"),
    ("50", "a file cannot be read or written"),
    ("60", "the clock"),
    ("70", "a fault of the program"),
];

/// Writes the page of a noun, or of a command without one: each of its commands with its examples. Returns whether there is such a
/// noun.
pub fn of_noun(tree: &clap::Command, noun: &str, out: &mut impl Write) -> io::Result<bool> {
    let Some(found) = tree.find_subcommand(noun) else { return Ok(false) };
    let about = found.get_about().map(ToString::to_string).unwrap_or_default();
    writeln!(out, ".TH \"comity {}\" 1\n.nh\n.SH NAME\ncomity {} \\- {}", plain(noun), plain(noun), plain(&about))?;
    let mut verbs: Vec<(String, &clap::Command)> =
        found.get_subcommands().map(|c| (format!("{noun} {}", c.get_name()), c)).collect();
    if verbs.is_empty() {
        verbs.push((noun.to_owned(), found));
    }
    writeln!(out, ".SH SYNOPSIS")?;
    for (name, command) in &verbs {
        // As it is typed, whatever the shell has called the program.
        let usage = (*command).clone().bin_name(format!("comity {name}")).render_usage().to_string();
        let usage = usage.split_once(':').map_or(usage.as_str(), |(_, typed)| typed);
        writeln!(out, "{}\n.br", plain(usage.trim()))?;
    }
    writeln!(out, ".SH COMMANDS")?;
    for (name, command) in &verbs {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(out, ".SS \"comity {}\"\n{}", plain(name), plain(&about))?;
        for arg in command.get_arguments().filter(|arg| !arg.is_global_set()) {
            let flag = arg.get_long().map_or_else(|| arg.get_id().as_str().to_uppercase(), |long| format!("--{long}"));
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            let value = arg.get_value_names().filter(|_| arg.get_action().takes_values() && arg.get_long().is_some());
            let value = value.and_then(|names| names.first()).map(|name| format!(" <{name}>")).unwrap_or_default();
            writeln!(out, ".TP\n\\fB{}\\fR{}\n{}", plain(&flag), plain(&value), plain(&help))?;
        }
    }
    writeln!(out, ".SH EXAMPLES")?;
    for (_, command) in &verbs {
        let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines: Vec<&str> = after.lines().filter_map(|line| line.strip_prefix("  ")).collect();
        // A command in several lines stays one that a shell takes.
        for (n, line) in lines.iter().enumerate() {
            let begins = !line.starts_with(' ');
            let goes_on = lines.get(n + 1).is_some_and(|next| next.starts_with(' '));
            writeln!(out, "{}{}", if begins { ".PP\n.nf\n" } else { "" }, plain(line))?;
            if !goes_on {
                writeln!(out, ".fi")?;
            }
        }
    }
    rows(".SH FILES", FILES, out)?;
    rows(".SH \"EXIT STATUS\"", ENDS, out)?;
    Ok(true)
}

fn rows(heading: &str, rows: &[(&str, &str)], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{heading}")?;
    rows.iter().try_for_each(|(name, about)| writeln!(out, ".TP\n\\fB{}\\fR\n{}", plain(name), plain(about)))
}

/// Text with roff's special characters escaped.
fn plain(text: &str) -> String {
    text.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_a_noun_has_its_commands_examples_files_and_ends() {
        let tree = crate::cli::tree::tree();
        let mut out = Vec::new();
        assert!(of_noun(&tree, "request", &mut out).unwrap());
        let page = String::from_utf8(out).unwrap();
        for part in [
            "request send",
            ".SH SYNOPSIS\ncomity request new ",
            "\n.br\ncomity request send <REQUEST> [OPTIONS]\n",
            ".SH EXAMPLES",
            "comity request send R\\-57e418",
            ".SH FILES",
            "EXIT STATUS",
            "the gate refuses",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let mut out = Vec::new();
        assert!(of_noun(&tree, "tour", &mut out).unwrap());
        let page = String::from_utf8(out).unwrap();
        assert!(page.contains(".SH SYNOPSIS\ncomity tour [OPTIONS]\n"), "{page}");
        assert!(!of_noun(&tree, "nonsense", &mut Vec::new()).unwrap());
    }

    #[test]
    fn nothing_in_a_row_is_taken_for_a_command_of_roff() {
        let row =
            KeyRow { keys: vec!["\\".into(), "-".into()], name: "before", about: "the place's", places: vec!["Desk"] };
        let mut out = Vec::new();
        write(clap::Command::new("x"), &[row], &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        assert!(page.contains("\n.TP\n\\fB\\e  \\-\\fR\nbefore: the place\\(aqs (Desk)\n.SH FILES"), "{page}");
    }
}
