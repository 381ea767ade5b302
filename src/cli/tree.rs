//! The command tree, made of the command table.

use std::ffi::OsString;

use clap::builder::{FalseyValueParser, PossibleValue, PossibleValuesParser};
use clap::{ArgAction, ArgMatches, ValueHint, value_parser};

use super::{examples, tour};
use crate::command::definition::{Arg, ArgKind, Args, Command, NeededWhere};
use crate::command::{COMMAND_TABLES, command};
use crate::demo::practise::{PractiseRole, templates};
use crate::value::text::width;
use crate::value::word::all_words;

/// Commands that only the command line has: they are not in the command table.
pub const OWN: &[&str] = &["demo", "tour", "practise", "completions", "man"];

/// The shells that there are completions for.
pub const SHELLS: [&str; 5] = ["bash", "zsh", "fish", "elvish", POWERSHELL];
/// The shell that is not offered ids.
pub const POWERSHELL: &str = "powershell";

/// What each noun is about, for the help: a test asks for a line of every one.
pub(super) const NOUNS: &[(&str, &str)] = &[
    ("identity", "Your own keys"),
    ("desk", "This desk and its card"),
    ("clock", "This machine's clock: until when it is believed, and what puts it right"),
    ("member", "Members of the desk"),
    ("partner", "Partner desks and the channel to them"),
    ("agreement", "Agreements with partners"),
    ("taskforce", "Task forces: charter, tasks, meetings and joint analyses"),
    ("advice", "What others were asked about something, and what they answered"),
    ("recognition", "What of partners is recognised here"),
    ("authorisation", "Independent authorisations"),
    ("assurance", "Assurances that partners gave"),
    ("law", "Instruments, kinds of request, deadlines"),
    ("case", "Cases"),
    ("item", "Items of a case"),
    ("request", "Requests between desks"),
    ("review", "Legal reviews"),
    ("disclosure", "Sharing items with a partner"),
    ("directory", "How the contact points of desks and authorities are reached"),
    ("notice", "Telling people what was done with their data"),
    ("finding", "Findings of oversight"),
    ("complaint", "Complaints and redress"),
    ("error", "Mistakes, owned and put right"),
    ("dispute", "Disputes with partners"),
    ("misuse", "Reports of misuse, sealed to the auditors"),
    ("sample", "Consultations that are drawn for oversight"),
    ("exercise", "Exercises: planned, played, evaluated, and what they bring to real work"),
    ("training", "Courses that members have taken"),
    ("gate", "May it leave, and why (not)"),
    ("budget", "Budget lines, what is spent on them, and who bears it"),
    ("report", "Figures, papers and statements for others to read"),
    ("retention", "Timers, holds, erasure and its certificates"),
    ("backup", "Backups, and going on from one"),
    ("bundle", "Bundles for and from partners"),
    ("conflict", "Acts of two desks that crossed"),
    ("audit", "The log, its proofs and its witnesses"),
];

/// How much the help of the tree says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Help {
    /// What a command has of its own.
    Short,
    /// What every command has, too.
    Long,
}

/// The whole tree.
pub fn tree() -> clap::Command {
    tree_of(&|_| true, Help::Long)
}

/// The tree as far as it is needed for what was typed: of a command that is not named in it, there are only its name and what it does.
/// What the others take need not be made, which for some of them means to read the law.
pub fn tree_for(words: &[OsString], help: Help) -> clap::Command {
    tree_of(&|name| words.iter().any(|word| word == name), help)
}

fn tree_of(is_named: &dyn Fn(&str) -> bool, help: Help) -> clap::Command {
    let shared = |arg: clap::Arg| arg.hide(help == Help::Short);
    let command_of = |command: &'static Command| match is_named(command.name) {
        true => command_of(command, help),
        false => clap::Command::new(command.name).about(command.about),
    };
    let mut root = clap::Command::new("comity")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Encrypted case workspaces and signed bundles for joint task forces. Without a command, the screens open.")
        .after_help("Exit codes: 0 done, 2 usage, 10 key, 11 in use, 12 version, 20 malformed, 21 not for us, 22 signature,\n23 gap, 24 fork, 30 integrity, 40 refused by the gate, 50 medium, 60 clock, 70 internal.")
        .args(globals().into_iter().map(shared))
        .arg(shared(reason()))
        .subcommand(demo(help))
        .subcommand(tour(help))
        .subcommand(practise(help))
        .subcommand(
            clap::Command::new("completions")
                .about("Print completions for a shell; they offer ids and titles where no passphrase has to be asked for")
                .arg(clap::Arg::new("shell").required(true).value_parser(SHELLS))
                .after_help(below(
                    "completions",
                    [
                        "comity completions bash > ~/.bash_completion",
                        "comity completions fish > ~/.config/fish/completions/comity.fish",
                    ],
                    help,
                )),
        )
        .subcommand(
            clap::Command::new("man")
                .about("Print the manual page, or that of a noun")
                .arg(clap::Arg::new("noun").help("the noun, such as request"))
                .after_help(below("man", ["comity man | man -l -", "comity man request | man -l -"], help)),
        );
    let mut nouns: Vec<(&'static str, Vec<&'static Command>)> = Vec::new();
    for command in COMMAND_TABLES.iter().flat_map(|commands| commands.iter()) {
        match nouns.iter_mut().find(|(noun, _)| *noun == command.noun) {
            Some((_, commands)) => commands.push(command),
            None => nouns.push((command.noun, vec![command])),
        }
    }
    for (noun, commands) in nouns {
        if noun.is_empty() {
            root = commands.into_iter().fold(root, |root, command| root.subcommand(command_of(command)));
        } else {
            let about = NOUNS.iter().find(|(n, _)| *n == noun).map_or("", |(_, about)| *about);
            let group = clap::Command::new(noun).about(about).subcommand_required(true).arg_required_else_help(true);
            // Its first commands stand for the others.
            let firsts = || commands.iter().take(2).filter_map(|command| examples::of(command).into_iter().next());
            let group = if is_named(noun) { group.after_help(below(noun, firsts(), help)) } else { group };
            root = root
                .subcommand(commands.into_iter().fold(group, |group, command| group.subcommand(command_of(command))));
        }
    }
    root
}

fn globals() -> Vec<clap::Arg> {
    let path = |id: &'static str, variable: &'static str, help: &'static str| {
        clap::Arg::new(id)
            .long(id)
            .env(variable)
            .hide_env_values(true)
            .global(true)
            .value_name("FILE")
            .value_hint(ValueHint::AnyPath)
            .value_parser(value_parser!(OsString))
            .help(help)
            .help_heading("Everywhere")
    };
    let flag = |id: &'static str, help: &'static str| {
        clap::Arg::new(id).long(id).global(true).action(ArgAction::SetTrue).help(help).help_heading("Everywhere")
    };
    vec![
        path("workspace", "COMITY_WORKSPACE", "the workspace").value_name("DIR"),
        path("identity", "COMITY_IDENTITY", "your identity"),
        path(
            "passphrase-file",
            "COMITY_PASSPHRASE_FILE",
            "a file with the passphrase; `-` reads one line from standard input",
        ),
        flag("json", "answer in JSON"),
        flag("plain", "no colours, no progress, nothing but lines; the screens become a line-oriented interface")
            .env("COMITY_A11Y")
            .hide_env_values(true)
            .value_parser(FalseyValueParser::new()),
        flag("ascii", "the screens: lines of ASCII alone").help_heading("Screens"),
        flag("no-mouse", "the screens: leave the mouse to the terminal").help_heading("Screens"),
        clap::Arg::new("theme")
            .long("theme")
            .global(true)
            .value_name("NAME")
            .env("COMITY_THEME")
            .hide_env_values(true)
            .value_parser(theme())
            .hide_possible_values(true)
            .help("the screens: their theme (safe, ansi, light, dark, mono)")
            .help_heading("Screens"),
        flag("readonly", "open the workspace read-only"),
        clap::Arg::new("as-of")
            .long("as-of")
            .global(true)
            .value_name("TIME")
            .help("read the record as it was: a date, a time, or 3d for three days ago; nothing can be done then")
            .help_heading("Everywhere"),
        flag("yes", "do not ask for confirmation; the gate is asked all the same"),
        clap::Arg::new("now")
            .long("now")
            .global(true)
            .value_name("TIME")
            .help("the time to use instead of the clock; only in exercises and the demo")
            .help_heading("Everywhere"),
    ]
}

/// The themes of the screens: a test there compares them.
pub const THEMES: &[&str] = &["safe", "ansi", "light", "dark", "mono"];

/// Takes the name of a theme; a variable that is empty counts as not set.
fn theme() -> PossibleValuesParser {
    let named = THEMES.iter().map(|name| PossibleValue::new(*name));
    PossibleValuesParser::new(named.chain([PossibleValue::new("").hide(true)]))
}

fn dir() -> clap::Arg {
    clap::Arg::new("dir")
        .long("dir")
        .value_name("DIR")
        .value_hint(ValueHint::DirPath)
        .help("where to make it: an empty or new folder")
}

fn tour(help: Help) -> clap::Command {
    let roles = PossibleValuesParser::new(tour::ROLES.iter().map(|r| r.word()));
    clap::Command::new("tour")
        .about("The demo's story step by step: who does what, what they type, and why the rule is there")
        .arg(dir())
        .arg(
            clap::Arg::new("role")
                .long("role")
                .value_name("WORD")
                .value_parser(roles)
                .help("tell the steps of one role"),
        )
        .after_help(below("tour", ["comity tour", "comity tour --role legal-reviewer"], help))
}

fn practise(help: Help) -> clap::Command {
    let roles = PossibleValuesParser::new(all_words::<PractiseRole>());
    let names = PossibleValuesParser::new(templates().iter().map(|t| t.name.as_str()));
    clap::Command::new("practise")
        .about("A ready exercise for one role, event by event, in a sandbox that can reach no live desk")
        .arg(dir())
        .arg(
            clap::Arg::new("role")
                .long("role")
                .value_name("WORD")
                .value_parser(roles)
                .required(true)
                .help("whose part you play"),
        )
        .arg(
            clap::Arg::new("template")
                .long("template")
                .value_name("NAME")
                .value_parser(names)
                .help("which exercise; without: the first for that role"),
        )
        .after_help(below(
            "practise",
            ["comity practise --role desk-officer", "comity practise --role judge --template papers-for-court"],
            help,
        ))
}

/// The members of the demo's first desk.
pub const MEMBERS: &[&str] = &["okafor", "osei", "haddad"];

fn demo(help: Help) -> clap::Command {
    clap::Command::new("demo")
        .about("Two fictional desks and a story, in a temporary folder; then the screens")
        .arg(dir())
        .arg(
            clap::Arg::new("headless")
                .long("headless")
                .action(ArgAction::SetTrue)
                .help("play the whole exchange and print each step with what the gate said"),
        )
        .arg(
            clap::Arg::new("as")
                .long("as")
                .value_name("NAME")
                .value_parser(PossibleValuesParser::new(MEMBERS))
                .help("whose screens open: okafor (desk officer), osei (legal reviewer) or haddad (investigator)"),
        )
        .after_help(below("demo", ["comity demo", "comity demo --as osei"], help))
}

/// The name of the option that says why personal data are looked at. Where a command has one of that name, this stands before the noun.
pub const REASON: &str = "reason";

fn reason() -> clap::Arg {
    clap::Arg::new(REASON)
        .long(REASON)
        .value_name("TEXT")
        .help("why personal data are looked at; left out, the case's purpose, which does not do for what is held")
        .help_heading("Everywhere")
}

fn command_of(command: &'static Command, help: Help) -> clap::Command {
    let mut out = clap::Command::new(command.name)
        .about(command.about)
        .override_usage(examples::usage(command))
        .after_help(below(&command.full_name(), examples::of(command), help));
    if command.field(REASON).is_none() {
        out = out.arg(reason().hide(help == Help::Short));
    }
    let mut position = 0;
    for field in command.args {
        if field.positional {
            position += 1;
        }
        out = out.arg(arg_of(field, position));
    }
    out
}

/// What stands below the help of what is called so: what is typed, for example, and where the rest of it is read.
fn below(name: &str, examples: impl IntoIterator<Item = impl AsRef<str>>, help: Help) -> String {
    let examples: String = examples.into_iter().map(|line| format!("\n  {}", in_lines(line.as_ref()))).collect();
    let more = match help {
        Help::Short => format!("\n\n`comity help {name}` says what every command takes, too."),
        Help::Long => String::new(),
    };
    format!("Examples:{examples}{more}")
}

/// A command in lines that a shell takes as one. What stands in quotes is not parted, nor an option from its value.
fn in_lines(command: &str) -> String {
    const COLUMNS: usize = 68;
    let mut lines = vec![String::new()];
    let mut words: Vec<String> = Vec::new();
    let mut is_quoted = false;
    for part in command.split(' ') {
        let is_option = |word: &str| word.starts_with("--") && !word.contains(' ');
        match words.last_mut().filter(|word| is_quoted || (is_option(word) && !part.starts_with('-'))) {
            Some(word) => *word = format!("{word} {part}"),
            None => words.push(part.to_owned()),
        }
        is_quoted ^= part.matches('\'').count() % 2 == 1;
    }
    for word in words {
        let Some(line) = lines.last_mut() else { continue };
        if !line.is_empty() && width(line) + 1 + width(&word) > COLUMNS {
            line.push_str(" \\");
            lines.push(word);
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(&word);
        }
    }
    lines.join("\n      ")
}

fn arg_of(field: &'static Arg, position: usize) -> clap::Arg {
    let arg = clap::Arg::new(field.name).help(help_of(field));
    let arg = if field.positional { arg.index(position).required(field.required) } else { arg.long(field.name) };
    let arg = match field.kind {
        ArgKind::Flag => return arg.action(ArgAction::SetTrue),
        ArgKind::Word(words) => {
            arg.value_parser(PossibleValuesParser::new(words())).ignore_case(true).hide_possible_values(true)
        }
        ArgKind::Existing | ArgKind::ToWrite => {
            arg.value_hint(ValueHint::AnyPath).value_parser(value_parser!(OsString))
        }
        _ => arg,
    };
    let by_kind = match field.kind {
        ArgKind::Existing | ArgKind::ToWrite => "FILE",
        ArgKind::Number => "N",
        ArgKind::Time | ArgKind::Past => "TIME",
        ArgKind::Duration => "DAYS",
        ArgKind::Record(_) => "ID",
        ArgKind::Partner => "CODE",
        ArgKind::Pairs | ArgKind::PairsOf(_) => "NAME=VALUE",
        ArgKind::Word(_) | ArgKind::Words(_) | ArgKind::Known(_) => "WORD",
        ArgKind::Line | ArgKind::Body | ArgKind::Flag => "TEXT",
    };
    // What stands in the line of the usage is called as it is there.
    let in_usage = field.positional || field.required;
    let arg = arg.value_name(if in_usage { field.name.to_uppercase() } else { by_kind.to_owned() });
    match (field.positional, field.repeated || matches!(field.kind, ArgKind::Words(_))) {
        (true, true) => arg.num_args(1..).action(ArgAction::Append),
        (false, true) => arg.action(ArgAction::Append),
        // The last one counts where it is given twice.
        _ => arg.action(ArgAction::Set).overrides_with(field.name),
    }
}

fn help_of(field: &Arg) -> String {
    let words = match field.kind {
        ArgKind::Word(words) | ArgKind::Words(words) => format!(" ({})", words().join(", ")),
        _ => String::new(),
    };
    let needed = match field.needed {
        _ if field.required => {
            if field.positional {
                String::new()
            } else {
                " (required)".to_owned()
            }
        }
        Some(NeededWhere::Says(other, said)) => format!(" (required where --{other} is {})", said.join(" or ")),
        // Flags that only the command line has are its other way to say the same.
        Some(NeededWhere::Without(others)) => {
            let others: Vec<String> = others.iter().map(|other| format!("--{other}")).collect();
            format!(" (required without {})", others.join(" or "))
        }
        None => String::new(),
    };
    format!("{}{words}{needed}", field.help)
}

/// The command of the table that was typed, and what was typed for it.
pub fn command_in(matches: &ArgMatches) -> Option<(&'static Command, Args)> {
    let (noun, matches) = matches.subcommand()?;
    let (name, matches) = match matches.subcommand() {
        Some((name, inner)) => (format!("{noun} {name}"), inner),
        None => (noun.to_owned(), matches),
    };
    let command = command(&name)?;
    Some((command, args_of(command, matches)))
}

/// The arguments that were typed for a command.
pub fn args_of(command: &'static Command, matches: &ArgMatches) -> Args {
    let mut args = Args::default();
    for field in command.args {
        if let ArgKind::Flag = field.kind {
            if matches.get_flag(field.name) {
                args.add(field.name, "yes");
            }
            continue;
        }
        if let ArgKind::Existing | ArgKind::ToWrite = field.kind {
            for path in matches.get_many::<OsString>(field.name).into_iter().flatten() {
                args.add_path(field.name, path);
            }
            continue;
        }
        for value in matches.get_many::<String>(field.name).into_iter().flatten() {
            args.add(field.name, value.as_str());
        }
    }
    args
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::{Help, NOUNS, OWN, tree, tree_for};
    use crate::command::commands;
    use crate::command::definition::ArgKind;

    #[test]
    fn the_tree_is_sound_and_no_verb_stands_twice() {
        tree().debug_assert();
        let mut names: Vec<_> = commands().map(|v| v.full_name()).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn the_short_help_says_what_a_command_has_of_its_own_and_the_long_one_what_every_command_has() {
        let help = |words: &str, help: Help| {
            let words: Vec<OsString> = words.split(' ').map(OsString::from).collect();
            tree_for(&words, help).try_get_matches_from(&words).unwrap_err().to_string()
        };
        for name in ["case new", "retention review", "request"] {
            let short = help(&format!("comity {name} -h"), Help::Short);
            assert_eq!(short, help(&format!("comity {name} --help"), Help::Short));
            let long = help(&format!("comity help {name}"), Help::Long);
            let own = ["Usage: comity ", "Examples:", if name.contains(' ') { "--" } else { "Commands:" }];
            assert!(own.iter().all(|says| short.contains(says) && long.contains(says)), "{short}\n{long}");
            for says in ["Everywhere:", "Screens:", "--workspace", "--theme"] {
                assert!(!short.contains(says) && long.contains(says), "{says}: {short}\n{long}");
            }
            let more = format!("`comity help {name}` says what every command takes, too.");
            assert!(short.contains(&more) && !long.contains(&more), "{short}");
        }
    }

    #[test]
    fn a_value_is_called_in_the_list_of_arguments_as_in_the_usage() {
        for command in commands() {
            let words = command.full_name();
            let words: Vec<OsString> = ["comity"].into_iter().chain(words.split(' ')).map(OsString::from).collect();
            let tree = tree_for(&words, Help::Long);
            let of = match command.noun {
                "" => tree.find_subcommand(command.name),
                noun => tree.find_subcommand(noun).and_then(|noun| noun.find_subcommand(command.name)),
            };
            let of = of.unwrap();
            let usage = of.clone().render_usage().to_string();
            for arg in command.args.iter().filter(|arg| arg.positional || arg.required) {
                let listed = of.get_arguments().find(|listed| listed.get_id().as_str() == arg.name).unwrap();
                for name in listed.get_value_names().unwrap_or_default() {
                    let is_there = [format!("<{name}>"), format!("[{name}]")].iter().any(|name| usage.contains(name));
                    assert!(is_there || matches!(arg.kind, ArgKind::Flag), "{usage}: {name}");
                }
            }
        }
    }

    #[test]
    fn what_only_the_command_line_has_has_two_examples_that_it_reads() {
        for name in OWN {
            let tree = tree();
            let after = tree.find_subcommand(name).and_then(|of| of.get_after_help()).map(ToString::to_string);
            let after = after.unwrap_or_default();
            let examples: Vec<&str> = after.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            assert_eq!(examples.len(), 2, "{name}: {after}");
            for line in examples {
                // What the shell does with what is printed is none of comity's.
                let words = line.split(' ').take_while(|word| !["|", ">"].contains(word));
                let read = tree.clone().try_get_matches_from(words).unwrap_or_else(|error| panic!("{line}: {error}"));
                assert_eq!(read.subcommand_name(), Some(*name), "{line}");
            }
        }
    }

    #[test]
    fn the_help_says_of_every_noun_what_it_is_about() {
        for noun in commands().map(|command| command.noun).filter(|noun| !noun.is_empty()) {
            let tree = tree();
            let about = tree.find_subcommand(noun).and_then(|of| of.get_about()).map(ToString::to_string);
            assert!(about.is_some_and(|about| !about.is_empty()), "{noun}: NOUNS has no line of it");
            let lines = NOUNS.iter().filter(|(named, _)| *named == noun).count();
            assert_eq!(lines, 1, "{noun}");
        }
    }
}
