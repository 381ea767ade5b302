//! Examples of a command, for its help and the manual: what it cannot do without, and then something more. They are made of its
//! row in the command table, so that a new command has some; a test reads each of them as the command line does.

use super::print::quoted;
use crate::command::definition::{Arg, ArgKind, Command, Handler, Weight};
use crate::record::kind_def;

/// What could stand in fields that are free or whose words hang on the desk, by the names of the fields.
const SAMPLES: &[(&str, &str)] = &[
    ("article", "18 USC 2703(d)"),
    ("because", "agreed by telephone"),
    ("by", "District court"),
    ("card", "XB.card"),
    ("code", "XB"),
    ("column", "value=1"),
    ("desk", "XA"),
    ("field", "offence=Illegal access"),
    ("file", "indicators.stix.json"),
    ("fingerprint", "12345"),
    ("format", "stix"),
    ("ground", "BC27-essential"),
    ("group", "3=12345"),
    ("iep", "policy.json"),
    ("instrument", "bc"),
    ("jurisdiction", "XA"),
    ("kind", "bc29"),
    ("less-intrusive", "Open sources were searched first"),
    ("limit", "20"),
    ("name", "N. Okafor"),
    ("of", "torture"),
    ("out", "answer.txt"),
    ("path", "XA-XB-2.comity"),
    ("purpose", "cybercrime"),
    ("reference", "letter 12 of 3 November"),
    ("role", "investigator"),
    ("roles", "investigator"),
    ("row", "bc29"),
    ("rule", "S-04"),
    ("take", "accepted"),
    ("text", "See the note of 3 November"),
    ("title", "Tidewater: loader and its panels"),
    ("type", "domain"),
    ("value", "pier-update.example"),
    ("words", "tidewater"),
];

/// What could stand in a field; `None` for what is yes or no.
fn sample(arg: &Arg) -> Option<String> {
    let named = || SAMPLES.iter().find(|(name, _)| *name == arg.name).map(|(_, text)| (*text).to_owned());
    Some(match arg.kind {
        ArgKind::Flag => return None,
        ArgKind::Record(kinds) => format!("{}-57e418", kinds.first().map_or("R", |kind| kind_def(*kind).prefix)),
        ArgKind::Partner => "XB".to_owned(),
        ArgKind::Number => "2".to_owned(),
        ArgKind::Time => "2026-12-24".to_owned(),
        ArgKind::Duration => "30d".to_owned(),
        ArgKind::Word(words) | ArgKind::Words(words) => words().first().map_or_else(String::new, |w| (*w).to_owned()),
        ArgKind::Pairs | ArgKind::PairsOf(_) => named().unwrap_or_else(|| "offence=Illegal access".to_owned()),
        ArgKind::Existing => named().unwrap_or_else(|| "file.json".to_owned()),
        ArgKind::ToWrite => named().unwrap_or_else(|| "out.txt".to_owned()),
        ArgKind::Known(_) => named().unwrap_or_else(|| "cybercrime".to_owned()),
        ArgKind::Line | ArgKind::Body => named().unwrap_or_else(|| "as agreed".to_owned()),
    })
}

fn put(words: &mut Vec<String>, arg: &Arg) {
    if !arg.positional {
        words.push(format!("--{}", arg.name));
    }
    words.extend(sample(arg));
}

/// What is typed for a command without anything that may be left out.
fn least(command: &Command) -> Vec<String> {
    let mut words = vec!["comity".to_owned()];
    words.extend(command.full_name().split(' ').map(str::to_owned));
    let needed = |positional: bool| command.args.iter().filter(move |a| a.required && a.positional == positional);
    needed(true).chain(needed(false)).for_each(|arg| put(&mut words, arg));
    words
}

/// Two examples of a command, word by word.
pub fn words_of(command: &Command) -> [Vec<String>; 2] {
    let least = least(command);
    let mut more = least.clone();
    let optional = |a: &&Arg| !a.required && !matches!(a.kind, ArgKind::Flag);
    // What is done for good is tried first; else the first thing that may be said too.
    let dry_run = command.args.iter().find(|a| a.name.starts_with("dry-run"));
    match dry_run.or_else(|| command.args.iter().find(optional)) {
        Some(arg) => put(&mut more, arg),
        None if matches!(command.weight(), Some(Weight::Destroys)) => more.push("--yes".to_owned()),
        None if matches!(command.run, Handler::Free(_)) => more.push("--plain".to_owned()),
        None => more.push("--json".to_owned()),
    }
    [least, more]
}

/// Two examples of a command, as they are typed.
pub fn of(command: &Command) -> [String; 2] {
    words_of(command).map(|words| words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
}

/// How a command is used: what it cannot do without, and what may be said too.
pub fn usage(command: &Command) -> String {
    let mut words = vec![format!("comity {}", command.full_name())];
    for arg in command.args.iter().filter(|a| a.positional) {
        let name = arg.name.to_uppercase();
        words.push(if arg.required { format!("<{name}>") } else { format!("[{name}]") });
    }
    let needed = command.args.iter().filter(|a| a.required && !a.positional);
    words.extend(needed.map(|arg| match arg.kind {
        ArgKind::Flag => format!("--{}", arg.name),
        _ => format!("--{} <{}>", arg.name, arg.name.to_uppercase()),
    }));
    words.push("[OPTIONS]".to_owned());
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::tree::tree;
    use crate::command::commands;

    #[test]
    fn every_command_has_two_examples_that_the_command_line_reads() {
        for command in commands() {
            let [one, other] = words_of(command);
            assert_ne!(one, other, "{}", command.full_name());
            for words in [one, other] {
                if let Err(error) = tree().try_get_matches_from(&words) {
                    panic!("{words:?}: {error}");
                }
            }
        }
    }
}
