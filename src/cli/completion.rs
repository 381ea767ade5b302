//! Completing what is typed at a shell: commands, options and words of the tree; and ids, each with what it is called, where the
//! workspace opens without a question. Nobody is asked for a passphrase here, nothing is written, and what cannot be read is not offered.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};
use clap_complete::env::{EnvCompleter, Shells};

use super::passphrase;
use super::tree::{self, POWERSHELL};
use crate::command::choice::{self, MOST, called, choices, title};
use crate::command::definition::{Arg, ArgKind, Args, CommandContext};
use crate::command::{commands, identity};
use crate::host::clock::Clock;
use crate::host::folder;
use crate::host::sandbox::{self, Reach};
use crate::law::words;
use crate::record::kind::Kind;
use crate::record::kind_def;
use crate::record::store::{Record, RecordStore as _};
use crate::store::records::by_prefix;
use crate::value::text::{fit, shown, width};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The variable by which a shell says which it is when it asks what there is to complete.
const ASKED_BY: &str = "COMITY_COMPLETE";
const BINARY: &str = "comity";

const BASH: &str = "bash";

/// How much is shown of what something is called, in columns.
const CALLED: usize = 80;

/// Why bash asks, where it lists what may be typed on and puts in no more than what all of it begins with: for successive tabs (`?`),
/// or at once (`!`, `@`), as its user has set it.
const LISTINGS: [&str; 3] = ["63", "33", "64"];
/// How wide a listing is, in columns: bash does not say how wide the terminal is.
const COLUMNS: usize = 80;
/// The fewest columns of what something is called that say anything.
const FEWEST: usize = 8;
/// What bash takes for the pattern of a file's name, and what is listed for it: it looks for such files, and where it finds none it may
/// drop the line, as its user has set it.
const PATTERNS: [(&str, &str); 6] =
    [("*", "\u{ff0a}"), ("?", "\u{ff1f}"), ("[", "\u{ff3b}"), ("]", "\u{ff3d}"), ("(", "\u{ff08}"), (")", "\u{ff09}")];

/// Writes what a shell reads to have comity asked for completions.
///
/// # Errors
///
/// Where it cannot be written.
pub fn register(shell: &str, mut out: &mut dyn Write) -> io::Result<()> {
    match Shells::builtins().completer(shell) {
        // What it would read has the shell evaluate what was typed.
        _ if shell == POWERSHELL => {
            clap_complete::generate(clap_complete::Shell::PowerShell, &mut tree::tree(), BINARY, &mut out);
            Ok(())
        }
        Some(shell) => shell.write_registration(ASKED_BY, BINARY, BINARY, BINARY, out),
        None => Ok(()),
    }
}

/// Answers a shell that asks what there is to complete; `None` where none does, and what was typed is to be run.
pub fn answer(words: &[OsString]) -> Option<io::Result<()>> {
    // The shell puts `--` before what was typed, which begins with the name of the program.
    let [_, mark, typed @ ..] = words else { return None };
    if mark != "--" || typed.is_empty() {
        return None;
    }
    let asked = folder::variable(ASKED_BY)?;
    let builtins = Shells::builtins();
    let shell = builtins.completer(&asked)?;
    Some(write_answer(shell, typed.to_vec()))
}

fn write_answer(shell: &dyn EnvCompleter, typed: Vec<OsString>) -> io::Result<()> {
    let tree = tree::tree();
    let files = Arc::new(Files::of(&tree, &typed));
    let number: Option<usize> = folder::variable("_CLAP_COMPLETE_INDEX").and_then(|number| number.parse().ok());
    let here_is_nothing = number.map_or(typed.last(), |number| typed.get(number)).is_none_or(|word| word.is_empty());
    let tree = with_ids(tree, &files);
    let mut tree = if here_is_nothing { without_options(tree) } else { tree };
    let here = Some(Path::new("."));
    let mut out = Vec::new();
    if shell.is(BASH) {
        let why = folder::variable("_CLAP_COMPLETE_COMP_TYPE").unwrap_or_default();
        let (typed, number, before) = with_values(typed, number.unwrap_or_default());
        let mut offered = complete(&mut tree, typed, number, here)?;
        if let Some(option) = before {
            let value = |one: &CompletionCandidate| Some(one.get_value().to_str()?.strip_prefix(&option)?.to_owned());
            let bare = |one: CompletionCandidate| value(&one).map(|value| renamed(&one, value));
            offered = offered.into_iter().filter_map(bare).collect();
        }
        let between = folder::variable("_CLAP_IFS").unwrap_or_else(|| "\n".to_owned());
        let lines = if LISTINGS.contains(&why.as_str()) {
            listed(&offered)
        } else {
            offered.iter().map(|one| one.get_value().to_string_lossy().into_owned()).collect()
        };
        out.extend(lines.join(&between).into_bytes());
    } else {
        shell.write_complete(&mut tree, typed, here, &mut out)?;
    }
    stdout().write_all(&out)
}

/// The words as they were typed, and which of them is completed: bash parts `--option=value` at the sign, and puts in the value alone. Also
/// what stands before that value then.
fn with_values(mut typed: Vec<OsString>, number: usize) -> (Vec<OsString>, usize, Option<String>) {
    let text = |n: Option<usize>| n.and_then(|n| typed.get(n)).and_then(|word| word.to_str());
    let is_option = |word: &&str| word.starts_with("--");
    let (first, value) = match text(Some(number)) {
        // Nothing stands behind the sign yet.
        Some("=") => (number.checked_sub(1), ""),
        Some(value) if text(number.checked_sub(1)) == Some("=") => (number.checked_sub(2), value),
        _ => (None, ""),
    };
    let Some((first, option)) = first.zip(text(first).filter(is_option)) else { return (typed, number, None) };
    let option = format!("{option}=");
    let whole = OsString::from(format!("{option}{value}"));
    typed.splice(first..=number, [whole]);
    (typed, first, Some(option))
}

/// The same candidate with another value.
fn renamed(one: &CompletionCandidate, value: String) -> CompletionCandidate {
    CompletionCandidate::new(value).help(one.get_help().cloned()).id(one.get_id().cloned())
}

/// What bash lists: each value that an argument takes, with what it is called behind it. Bash knows of values alone, so what is called
/// stands in them; one that is alone would be put in with it, and goes without.
fn listed(offered: &[CompletionCandidate]) -> Vec<String> {
    let value = |one: &CompletionCandidate| one.get_value().to_string_lossy().into_owned();
    let count = |one: &CompletionCandidate| offered.iter().filter(|o| o.get_value() == one.get_value()).count();
    // Commands and options have an id, and are listed as they are. What two values that are the same are called may begin alike, and bash
    // would put that in.
    let is_called = |one: &CompletionCandidate| one.get_id().is_none() && offered.len() > 1 && count(one) == 1;
    let called = |one: &CompletionCandidate| {
        let help = one.get_help().filter(|_| is_called(one))?.to_string();
        Some(PATTERNS.iter().fold(help, |help, (pattern, listed)| help.replace(pattern, listed)))
    };
    let called: Vec<(String, Option<String>)> = offered.iter().map(|one| (value(one), called(one))).collect();
    let widest = called.iter().filter(|(_, help)| help.is_some()).map(|(value, _)| width(value)).max().unwrap_or(0);
    // Beside both stand two spaces and two brackets.
    let room = COLUMNS.saturating_sub(widest + 4);
    let line = |(value, help): (String, Option<String>)| match help {
        Some(help) if room >= FEWEST => format!("{value:widest$}  ({})", fit(&help, room)),
        _ => value,
    };
    called.into_iter().map(line).collect()
}

/// The tree, in which options are offered where there is nothing else: one begins them with a hyphen.
fn without_options(tree: clap::Command) -> clap::Command {
    let hidden = |arg: clap::Arg| if arg.is_positional() { arg } else { arg.hide(true) };
    tree.disable_help_flag(true).mut_args(hidden).mut_subcommands(without_options)
}

/// The tree, in which arguments that take a record, a partner or a word know which there are, and what each is called.
fn with_ids(tree: clap::Command, files: &Arc<Files>) -> clap::Command {
    let nouns = |typed: &OsStr| {
        let words = tree::NOUNS.iter().filter(|(noun, _)| noun.starts_with(&*typed.to_string_lossy()));
        words.map(|(noun, about)| CompletionCandidate::new(*noun).help(Some((*about).into()))).collect()
    };
    let tree = tree.mut_subcommand("man", |man| man.mut_arg("noun", |arg| arg.add(ArgValueCompleter::new(nouns))));
    commands().fold(tree, |tree, command| {
        let has_names =
            |kind| matches!(kind, ArgKind::Record(_) | ArgKind::Partner | ArgKind::Known(_) | ArgKind::Word(_));
        let fields: Vec<&'static Arg> = command.args.iter().filter(|f| has_names(f.kind)).collect();
        if fields.is_empty() {
            return tree;
        }
        let with_all = |inner: clap::Command| {
            fields.iter().fold(inner, |inner, field| {
                let (files, takes) = (Arc::clone(files), field.kind);
                let offered = move |typed: &OsStr| files.offer(takes, &typed.to_string_lossy());
                inner.mut_arg(field.name, |arg| arg.add(ArgValueCompleter::new(offered)))
            })
        };
        match command.noun {
            "" => tree.mut_subcommand(command.name, with_all),
            noun => tree.mut_subcommand(noun, |group| group.mut_subcommand(command.name, with_all)),
        }
    })
}

/// Where the records are, as the words and the environment say.
struct Files {
    workspace: Option<PathBuf>,
    identity: Option<PathBuf>,
    passphrase_file: Option<PathBuf>,
}

impl Files {
    fn of(tree: &clap::Command, typed: &[OsString]) -> Self {
        let path = |name: &str| {
            let option = tree.get_arguments().find(|option| option.get_id().as_str() == name)?;
            let variable = || folder::variable(option.get_env()?.to_str()?).map(OsString::from);
            let found = said(typed, &format!("--{}", option.get_long()?)).or_else(variable);
            let found = found.filter(|path| !path.is_empty())?;
            Some(found.to_str().map_or_else(|| PathBuf::from(&found), folder::typed))
        };
        Self {
            workspace: path("workspace").or_else(folder::workspace),
            identity: path("identity").or_else(folder::identity),
            passphrase_file: path("passphrase-file"),
        }
    }

    /// Opens the workspace to be read; `None` where somebody would have to be asked for something.
    fn open(&self) -> Option<Workspace> {
        let (workspace, identity) = (self.workspace.clone()?, self.identity.clone()?);
        let from = self.passphrase_file.clone().filter(|path| path.as_os_str() != "-");
        if from.is_none() && identity::asks_for_passphrase(&identity).ok()? {
            return None;
        }
        let mut reach = Reach::default().with_folder_of(&identity).with_folder(&workspace);
        reach.reads.extend(from.clone());
        sandbox::limit(&reach);
        let passphrase = passphrase::source(from);
        let mut context = CommandContext { workspace, identity, passphrase, clock: Clock::System };
        let (me, _) = identity::unlock(&mut context).ok()?;
        Workspace::open_at_once(&context.workspace, &context.identity, me, context.clock).ok()
    }

    fn offer(&self, takes: ArgKind, typed: &str) -> Vec<CompletionCandidate> {
        if let ArgKind::Word(words) = takes {
            // Of the words that a command takes, kinds of request are called by what they do.
            let words = words().into_iter().filter(|word| word.starts_with(typed));
            return words.map(|word| CompletionCandidate::new(word).help(words::does(word).map(Into::into))).collect();
        }
        let offered = self.open().and_then(|workspace| offered(&workspace, takes, typed).ok());
        // Whatever a partner or a file has written: one line, without anything that a terminal would take for its own.
        let line = |text: &str| fit(&shown(text.lines().next().unwrap_or_default()), CALLED).into_owned();
        let is_plain =
            |(value, _): &(String, String)| shown(value) == value.as_str() && !value.contains(char::is_whitespace);
        let candidate =
            |(value, label): (String, String)| CompletionCandidate::new(value).help(Some(line(&label).into()));
        offered.unwrap_or_default().into_iter().filter(is_plain).map(candidate).collect()
    }
}

/// What was typed for an option, in whichever of the two ways.
fn said(typed: &[OsString], option: &str) -> Option<OsString> {
    let mut found = None;
    let mut words = typed.iter();
    while let Some(word) = words.next() {
        if word == option {
            // Bash parts words at `=`.
            found = words.next().and_then(|word| if word == "=" { words.next() } else { Some(word) }).cloned();
        } else if let Some(value) = word.to_str().and_then(|word| word.strip_prefix(option)?.strip_prefix('=')) {
            found = Some(value.into());
        }
    }
    found
}

/// What may be typed on, each with what it is called. Ids are written as they are begun: with the letter of their kind, or without.
fn offered(workspace: &Workspace, takes: ArgKind, typed: &str) -> Result<Vec<(String, String)>, Error> {
    let ArgKind::Record(kinds) = takes else {
        let mut all = choices(workspace, takes, &Args::default(), called)?;
        all.retain(|(value, _)| value.starts_with(typed));
        for (value, label) in &mut all {
            // What is offered stands before it already.
            if let Some(rest) = label.strip_prefix(value.as_str()) {
                *label = rest.trim_start().to_owned();
            }
        }
        return Ok(all);
    };
    let mut all = Vec::new();
    for kind in kinds {
        for (record, written) in beginning(workspace, *kind, typed)? {
            all.push((written, title(workspace, &record, called)?));
        }
    }
    Ok(all)
}

/// The records of a kind whose ids begin as typed, and how they are then written.
fn beginning(workspace: &Workspace, kind: Kind, typed: &str) -> Result<Vec<(Record, String)>, Error> {
    let letter = format!("{}-", kind_def(kind).prefix);
    let (digits, letter) = match typed.strip_prefix(&letter) {
        Some(digits) => (digits, letter.as_str()),
        None if letter.starts_with(typed) => ("", letter.as_str()),
        None => (typed, ""),
    };
    let mut found = Vec::new();
    for id in by_prefix(&workspace.db, kind, digits, MOST)? {
        let record = workspace.records().get(id)?.filter(|record| choice::is_offered(workspace, record));
        // As short as everywhere, or as long as was typed.
        let written = Some(id.short()).filter(|short| short.starts_with(digits)).unwrap_or_else(|| id.to_string());
        found.extend(record.map(|record| (record, format!("{letter}{written}"))));
    }
    Ok(found)
}
