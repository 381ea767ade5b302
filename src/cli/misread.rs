//! What is said of words that the command line could not read: in the voice of every other error, with all that is missing at once.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::tree::{self, Help, OWN};
use crate::command::definition::{Arg, Args, Command, alternatives};
use crate::command::{command, commands};
use crate::value::text::shown;
use crate::workspace::error::Error;

/// No more words than this are named one by one.
const MOST: usize = 40;

/// What is said of words that could not be read, and of why.
pub(super) fn error(words: &[OsString], why: &clap::Error) -> Error {
    let name = name_in(words);
    let first = |kind| context(why, kind).into_iter().next().unwrap_or_default();
    let (raw, typed) = (first(ContextKind::InvalidArg), first(ContextKind::InvalidValue));
    let arg = bare(&raw);
    let (mut what, mut meant) = (String::new(), None);
    match why.kind() {
        ErrorKind::MissingRequiredArgument => return missing(words, why, name.as_deref()),
        ErrorKind::UnknownArgument => {
            what = match &name {
                Some(name) if command(name).is_some() || raw.starts_with('-') => {
                    format!("`{name}` takes no {}", shown(&raw))
                }
                None if raw.starts_with('-') => format!("there is no {}", shown(&raw)),
                _ => format!("there is no command {}", shown(&raw)),
            };
            meant = context(why, ContextKind::SuggestedArg).pop();
        }
        ErrorKind::InvalidSubcommand => {
            what = format!("there is no command {}", shown(&first(ContextKind::InvalidSubcommand)));
            meant = context(why, ContextKind::SuggestedSubcommand).pop();
        }
        ErrorKind::InvalidValue if typed.is_empty() => what = format!("{arg} takes a value"),
        ErrorKind::InvalidValue => {
            // A word that is near to what was typed says less than which words there are.
            let known = context(why, ContextKind::ValidValue);
            let known = if known.len() > MOST { "the help names them".to_owned() } else { known.join(", ") };
            // What stands without its name is told by its value.
            let of = Some(arg).filter(|arg| arg.starts_with('-')).map(|arg| format!("{arg} ")).unwrap_or_default();
            what = format!("{of}{}: one of these is expected: {known}", shown(&typed));
        }
        _ => {}
    }
    if what.is_empty() {
        // What is seldom is said in the words of whoever found it.
        let said = why.to_string();
        let line = said.lines().next().unwrap_or_default();
        what = shown(line.strip_prefix("error: ").unwrap_or(line)).into_owned();
    }
    let help = help_of(name.as_deref());
    Error::usage(what).hint(match meant {
        Some(meant) => format!("is {meant} meant? Else {help}"),
        None => help,
    })
}

/// What is said where these are missing: nobody finds them one by one.
fn are_missing(names: &[String]) -> String {
    match names {
        [] => "something is missing".to_owned(),
        [one] => format!("{one} is missing"),
        [one, other] => format!("{one} is missing, and so is {other}"),
        [one, others @ .., last] => format!("{one} is missing, and so are {} and {last}", others.join(", ")),
    }
}

/// What a command cannot do without and was not given, as it is named on the command line.
pub(super) fn missing_of(command: &Command, args: &Args) -> Vec<String> {
    let is_missing = |arg: &&Arg| arg.is_needed(args) && args.all(arg.name).is_empty();
    let (first, others): (Vec<&Arg>, Vec<&Arg>) =
        command.args.iter().filter(is_missing).partition(|arg| arg.positional);
    let name = |arg: &&Arg| match arg.positional {
        true => format!("<{}>", arg.name.to_uppercase()),
        false => format!("--{}", arg.name),
    };
    let groups = alternatives(first.into_iter().chain(others)).into_iter();
    groups.map(|group| group.iter().map(name).collect::<Vec<_>>().join(" or ")).collect()
}

/// The error where these are missing of a command.
pub(super) fn error_of(command: &Command, missing: &[String]) -> Error {
    Error::usage(are_missing(missing)).hint(see(command))
}

/// Where to read how a command is used.
pub(super) fn see(command: &Command) -> String {
    format!("see `comity {} --help`, which has two examples", command.full_name())
}

/// The error where something is missing that stands without its name. The words are read once more as if nothing had to be there, so
/// that what else is missing is named with it.
fn missing(words: &[OsString], why: &clap::Error, name: Option<&str>) -> Error {
    let lenient = asks_nothing(tree::tree_for(words, Help::Long));
    let read = lenient.try_get_matches_from(words).ok();
    match read.as_ref().and_then(tree::command_in) {
        Some((command, args)) => error_of(command, &missing_of(command, &args)),
        None => {
            let names: Vec<String> = context(why, ContextKind::InvalidArg).iter().map(|arg| bare(arg)).collect();
            Error::usage(are_missing(&names)).hint(help_of(name))
        }
    }
}

fn asks_nothing(tree: clap::Command) -> clap::Command {
    tree.mut_args(|arg| arg.required(false)).mut_subcommands(asks_nothing)
}

/// Where to read of a command or a noun; without one, of all of them.
pub(super) fn help_of(name: Option<&str>) -> String {
    name.map_or_else(|| "see `comity --help`".to_owned(), |name| format!("see `comity {name} --help`"))
}

/// An argument without the name of its value: `--role <WORD>` is `--role`.
fn bare(arg: &str) -> String {
    arg.split(' ').next().unwrap_or_default().trim_end_matches("...").to_owned()
}

fn context(why: &clap::Error, kind: ContextKind) -> Vec<String> {
    match why.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(all)) => all.clone(),
        _ => Vec::new(),
    }
}

/// The command that was typed, or its noun alone.
pub(super) fn name_in(words: &[OsString]) -> Option<String> {
    let words: Vec<&str> =
        words.iter().skip(1).filter_map(|word| word.to_str()).filter(|word| !word.is_empty()).collect();
    let two = words.windows(2).map(|two| two.join(" ")).find(|name| command(name).is_some());
    let is_one = |word: &&&str| {
        command(word).is_some() || OWN.iter().any(|own| *own == **word) || commands().any(|c| c.noun == **word)
    };
    two.or_else(|| words.iter().find(is_one).map(|word| (*word).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of these words after the program's name.
    fn said(typed: &str) -> Error {
        let words: Vec<OsString> = std::iter::once("comity").chain(typed.split(' ')).map(OsString::from).collect();
        error(&words, &tree::tree_for(&words, Help::Long).try_get_matches_from(&words).unwrap_err())
    }

    #[test]
    fn all_that_is_missing_is_named_at_once() {
        let check = |typed: &str, what: &str| assert_eq!(said(typed).what, what, "{typed}");
        check("item import", "<FILE> is missing, and so are --format and --case");
        check("item import --case C-57e418", "<FILE> is missing, and so is --format");
        check("gate explain", "<ITEM> is missing, and so is --to");
        check("member add", "<FILE> is missing, and so is --roles");
        check("backup restore", "<FILE> is missing, and so is --to");
        check("backup restore --to new", "<FILE> is missing");
        check("law compare XA", "<OTHER> is missing");
        check("practise", "--role is missing");
        check("completions", "<shell> is missing");
        assert_eq!(said("item import").hint, "see `comity item import --help`, which has two examples");
        let names: Vec<String> = ["--a", "--b", "--c", "--d"].map(str::to_owned).into();
        assert_eq!(are_missing(&names), "--a is missing, and so are --b, --c and --d");
    }

    #[test]
    fn what_is_needed_without_another_field_is_not_missed_beside_it() {
        let missing = |name: &str, given: &[&'static str]| {
            let args = given.iter().fold(Args::default(), |args, field| args.with(field, "x"));
            missing_of(command(name).unwrap(), &args).join(", ")
        };
        let stated = ["partner", "instrument", "purpose", "categories", "retention-cap"];
        assert_eq!(missing("agreement add", &stated), "--title, --from, --until");
        assert_eq!(missing("agreement add", &[&stated[..], &["iep"]].concat()), "");
        assert_eq!(missing("disclosure new", &["delete-after"]), "--to, --item or --case");
        assert_eq!(missing("disclosure new", &["delete-after", "taskforce", "case"]), "");
        assert_eq!(missing("review decide", &["review"]), "--decision");
        assert_eq!(missing("review decide", &["review", "approve"]), "");
    }

    #[test]
    fn what_cannot_be_read_is_told_in_the_voice_of_the_other_errors() {
        let check = |typed: &str, what: &str, meant: Option<&str>, of: Option<&str>| {
            let error = said(typed);
            let meant = meant.map(|meant| format!("is {meant} meant? Else ")).unwrap_or_default();
            assert_eq!((&*error.what, error.hint), (what, meant + &help_of(of)), "{typed}");
        };
        let themes = "--theme foo: one of these is expected: safe, ansi, light, dark, mono";
        check("--theme foo", themes, None, None);
        check("case new --title", "--title takes a value", None, Some("case new"));
        check("case new --titel x", "`case new` takes no --titel", Some("--title"), Some("case new"));
        check("case list all", "`case list` takes no all", None, Some("case list"));
        check("cas list", "there is no command cas", Some("case"), None);
        check("case qwertz", "there is no command qwertz", None, Some("case"));
        check("qwertz", "there is no command qwertz", None, None);
        check("--qwertz", "there is no --qwertz", None, None);
        let role = said("practise --role cook").what;
        assert!(role.starts_with("--role cook: one of these is expected: investigator, "), "{role}");
        let twice = said("--now 1 --now 2").what;
        assert!(twice.contains("--now") && !twice.contains("error"), "{twice}");
    }
}
