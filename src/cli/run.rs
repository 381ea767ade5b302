//! Running a command: from the command line's words to the exit code.

use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal as _, Write as _, stderr, stdout};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::manual::KeyRow;
use super::tree::{self, Help, OWN, REASON};
use super::{completion, guide, manual, misread, passphrase, practise, print, tour};
use crate::command::availability::{targets, why_not};
use crate::command::batch::FILE;
use crate::command::definition::{ArgKind, Args, Command, CommandContext, Handler, Output};
use crate::command::destination::FORCE;
use crate::command::identity;
use crate::command::retention::purge::finish_interrupted;
use crate::command::run::{On, masked, run as run_command};
use crate::command::script;
use crate::command::{command, commands};
use crate::demo::practise::PractiseRole;
use crate::host::clock::Clock;
use crate::host::file;
use crate::host::folder;
use crate::host::sandbox::{self, Reach};
use crate::record::backup::DESTROY;
use crate::record::kind::Kind;
use crate::record::purge::PURGE;
use crate::record::store::Record;
use crate::value::class::{Role, words};
use crate::value::realm::Realm;
use crate::value::text::{self, shown, shown_lines};
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind, SEE_HELP, SEE_LIST, SEE_STATE};
use crate::workspace::open::{Moment, Workspace};
use crate::workspace::progress::{Job, Progress};

words! {
    /// The name of a command that shows one thing.
    Shows {
        /// It does.
        Show = "show",
    }
}

/// What the command line asks for.
pub enum Invocation {
    /// The screens.
    Screens(Globals),
    /// The demo: where, and whether only to print.
    Demo {
        /// Where to make it.
        dir: Option<PathBuf>,
        /// Only print.
        headless: bool,
        /// Whose screens open.
        who: Option<String>,
        /// The rest.
        globals: Globals,
    },
    /// Nothing more: the command has run; this is its exit code.
    Done(u8),
}

/// The options that every command takes.
#[derive(Clone, Debug)]
pub struct Globals {
    /// The workspace.
    pub workspace: PathBuf,
    /// The identity.
    pub identity: PathBuf,
    /// Where the passphrase comes from.
    pub passphrase_file: Option<PathBuf>,
    /// Answer in JSON.
    pub json: bool,
    /// Nothing but lines.
    pub plain: bool,
    /// Only read.
    pub readonly: bool,
    /// Read the record as it was at this time; as typed.
    pub as_of: Option<String>,
    /// The theme of the screens.
    pub theme: Option<String>,
    /// The screens draw lines of ASCII alone.
    pub ascii: bool,
    /// The screens leave the mouse to the terminal.
    pub no_mouse: bool,
    /// Nobody is asked.
    pub yes: bool,
    /// The time, in exercises alone.
    pub now: Option<Timestamp>,
    /// Why personal data are looked at; as typed.
    pub reason: Option<String>,
}

/// What the command line asks of the screens: what both say is made in one place.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The keys of the screens, for the manual.
    pub keys: fn() -> Vec<KeyRow>,
    /// The page of a record, in lines.
    pub page: fn(&Workspace, &Record) -> Result<Vec<String>, Error>,
}

/// Reads the words, and runs what is not for the screens.
pub fn run(words: impl IntoIterator<Item = OsString>, shared: Shared) -> Invocation {
    #[cfg(debug_assertions)]
    if folder::variable("COMITY_LIGHT_SCRYPT").is_some() {
        crate::seal::age_file::light_scrypt();
    }
    let words: Vec<OsString> = words.into_iter().collect();
    if let Some(written) = completion::answer(&words) {
        return Invocation::Done(written.map_or_else(|error| output_error(&error), |()| 0));
    }
    let matches = match tree::tree_for(&words, help_for(&words)).try_get_matches_from(&words) {
        Ok(matches) => matches,
        Err(why) => return Invocation::Done(unread(&words, &why)),
    };
    let json = matches.get_flag("json");
    // What is wrong with the words is told with where to read of the command that was typed.
    let report = |failure: Error| report(&with_exact_help(failure, &words), json);
    let globals = match globals(&matches) {
        Ok(globals) => globals,
        Err(failure) => return Invocation::Done(report(failure)),
    };
    match matches.subcommand() {
        None => Invocation::Screens(globals),
        Some(("demo", demo)) => Invocation::Demo {
            dir: demo.get_one::<String>("dir").map(PathBuf::from),
            headless: demo.get_flag("headless"),
            who: demo.get_one::<String>("as").cloned(),
            globals,
        },
        Some(("tour", matches)) => {
            let role = matches.get_one::<String>("role").and_then(|r| Role::parse(r));
            let done = tour::take(matches.get_one::<String>("dir").map(PathBuf::from), role);
            Invocation::Done(as_far_as_read(done).map_or_else(report, |()| 0))
        }
        Some(("practise", matches)) => {
            let role = matches.get_one::<String>("role").and_then(|r| PractiseRole::parse(r));
            let role = role.ok_or_else(|| Error::usage("--role is missing"));
            let name = matches.get_one::<String>("template").map(String::as_str);
            let dir = matches.get_one::<String>("dir").map(PathBuf::from);
            let done = role.and_then(|role| practise::take(dir, role, name));
            Invocation::Done(as_far_as_read(done).map_or_else(report, |()| 0))
        }
        Some((name, matches)) if OWN.contains(&name) => Invocation::Done(own(name, matches, shared.keys)),
        Some(_) => {
            let Some((command, args)) = tree::command_in(&matches) else {
                return Invocation::Done(ErrorKind::Usage as u8);
            };
            if guide::is_for(command, &args) && !json && guide::has_terminal() {
                let done = guide::found(args, &mut context_of(&globals));
                return Invocation::Done(done.map_or_else(report, |()| 0));
            }
            let agreed = nothing_missing(command, &args)
                .and_then(|()| agreed(command, &args, &globals))
                .and_then(|()| written_over(command, &args, &globals));
            let done = agreed.and_then(|args| perform(command, &args, &globals, shared));
            let done = done.map_err(|failure| with_exact_command(command, failure));
            let code = match done {
                Ok(answer) => print_output(&answer, &globals),
                Err(failure) => report(failure),
            };
            Invocation::Done(code)
        }
    }
}

/// How much help says: of a command or a noun what it has of its own, unless `help` asks for all of it. Without either, the options that
/// every command has are all that there is to say.
fn help_for(words: &[OsString]) -> Help {
    let asks_for_all = words.iter().any(|word| word == "help");
    if misread::name_in(words).is_some() && !asks_for_all { Help::Short } else { Help::Long }
}

/// An error whose hint names the help of what was typed, where it only says that there is help.
fn with_exact_help(failure: Error, words: &[OsString]) -> Error {
    if failure.hint == SEE_HELP { failure.hint(misread::help_of(misread::name_in(words).as_deref())) } else { failure }
}

/// An error whose hint names a command that exists, where it only says what to look at.
fn with_exact_command(command: &Command, failure: Error) -> Error {
    let of_noun = |name: &str| {
        let found = commands().find(|other| other.noun == command.noun && other.name == name)?;
        Some(format!("`comity {}`", found.full_name()))
    };
    let hint = match failure.hint.as_str() {
        SEE_HELP => Some(misread::see(command)),
        // Of a field that names a record of another kind, its own list is the one.
        SEE_LIST if command.target_args().len() == 1 => {
            of_noun("list").map(|list| format!("{list} says what there is; an id may be cut"))
        }
        SEE_STATE => of_noun("show").map(|show| format!("{show} says where it stands")),
        _ => None,
    };
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Names all that is missing at once, also what is needed for what else was said.
fn nothing_missing(command: &Command, args: &Args) -> Result<(), Error> {
    let missing = misread::missing_of(command, args);
    if missing.is_empty() { Ok(()) } else { Err(misread::error_of(command, &missing)) }
}

/// Asks before what erases for good. Where nobody can be asked, it must have been said.
fn agreed(command: &Command, args: &Args, globals: &Globals) -> Result<(), Error> {
    let erases = command.writes.is_some_and(|writes| [PURGE, DESTROY].contains(&writes.act));
    if !erases || globals.yes || args.flag("dry-run") {
        return Ok(());
    }
    let name = command.full_name();
    if !guide::has_terminal() {
        let what = format!("`{name}` erases for good, and nobody can be asked here");
        let shows = command.field("dry-run").is_some();
        let hint = if shows { "add --yes; --dry-run shows what it would erase" } else { "add --yes" };
        return Err(Error::usage(what).hint(hint));
    }
    match guide::agrees(&format!("`{name}` erases for good. Do it"))? {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Cancelled, "left", "nothing was erased")),
    }
}

/// Asks before a file is written over by a command that can. Returns the arguments, which then say so; where nobody can be asked and
/// nothing was said, they stay as they are, and the command refuses it.
fn written_over(command: &Command, args: &Args, globals: &Globals) -> Result<Args, Error> {
    let can = command.field(FORCE.name).is_some() && !args.flag(FORCE.name) && !args.flag("dry-run");
    let fields = command.args.iter().filter(|field| can && matches!(field.kind, ArgKind::ToWrite));
    let mut there = fields.flat_map(|field| args.all_paths(field.name)).filter(|path| file::is_replaced(path));
    let Some(path) = there.next() else { return Ok(args.clone()) };
    if !globals.yes {
        if !guide::has_terminal() {
            return Ok(args.clone());
        }
        if !guide::agrees(&format!("There is a file {} already. Write over it", shown(&path.to_string_lossy())))? {
            return Err(Error::new(ErrorKind::Cancelled, "left", "nothing was written"));
        }
    }
    Ok(args.clone().with(FORCE.name, "yes"))
}

/// Says why words could not be read, or shows the help that they ask for. Returns the exit code.
fn unread(words: &[OsString], why: &clap::Error) -> u8 {
    let is_help = why.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if why.use_stderr() && !is_help {
        return report(&misread::error(words, why), words.iter().any(|word| word == "--json"));
    }
    let _ = why.print();
    if is_help { ErrorKind::Usage as u8 } else { 0 }
}

fn globals(matches: &ArgMatches) -> Result<Globals, Error> {
    // An environment variable that is empty counts as not set.
    let is_said = |id: &str| {
        let is_empty = || matches.get_raw(id).into_iter().flatten().all(OsStr::is_empty);
        !(matches.value_source(id) == Some(ValueSource::EnvVariable) && is_empty())
    };
    let path = |id: &str| matches.get_one::<OsString>(id).filter(|_| is_said(id)).map(PathBuf::from);
    let nowhere =
        |what: &str| Error::usage(format!("--{what} is missing, and this system has no default folder for it"));
    let now = matches.get_one::<String>("now").map(|t| {
        Timestamp::parse(t)
            .or_else(|| Timestamp::parse_date(t).map(Timestamp::of_date))
            .ok_or_else(|| Error::usage("--now takes a time, such as 2026-11-23T03:12:00Z"))
    });
    Ok(Globals {
        workspace: path("workspace").or_else(folder::workspace).ok_or_else(|| nowhere("workspace"))?,
        identity: path("identity").or_else(folder::identity).ok_or_else(|| nowhere("identity"))?,
        passphrase_file: path("passphrase-file"),
        json: matches.get_flag("json"),
        plain: matches.get_flag("plain"),
        readonly: matches.get_flag("readonly"),
        as_of: matches.get_one::<String>("as-of").cloned(),
        theme: matches.get_one::<String>("theme").filter(|_| is_said("theme")).cloned(),
        ascii: matches.get_flag("ascii"),
        no_mouse: matches.get_flag("no-mouse"),
        yes: matches.get_flag("yes"),
        now: now.transpose()?,
        reason: reason_of(matches)?,
    })
}

/// Why personal data are looked at: said before the noun, or with the command where that has no option of the name itself.
fn reason_of(matches: &ArgMatches) -> Result<Option<String>, Error> {
    let typed = |matches: &ArgMatches| matches.try_get_one::<String>(REASON).ok().flatten().cloned();
    let mut found = typed(matches);
    let mut inner = matches.subcommand();
    let mut name = String::new();
    while let Some((word, matches)) = inner {
        name = if name.is_empty() { word.to_owned() } else { format!("{name} {word}") };
        if command(&name).is_some_and(|command| command.field(REASON).is_none()) {
            found = typed(matches).or(found);
        }
        inner = matches.subcommand();
    }
    let line = |typed: String| text::line(&typed).map_err(|e| Error::usage(format!("--{REASON} {e}")));
    found.map(line).transpose()
}

/// The context that a command runs in.
pub fn context_of(globals: &Globals) -> CommandContext {
    CommandContext {
        workspace: globals.workspace.clone(),
        identity: globals.identity.clone(),
        passphrase: passphrase::source(globals.passphrase_file.clone()),
        clock: globals.now.map_or(Clock::System, Clock::Fixed),
    }
}

/// The files that a command is given: the rest of the system is none of its business.
fn reach(command: &Command, args: &Args, globals: &Globals) -> Reach {
    let mut reach = Reach::default().with_folder_of(&globals.identity);
    // One that makes the workspace makes it beside its place.
    reach = match globals.workspace.is_dir() && command.needs_workspace(args) {
        true => reach.with_folder(&globals.workspace),
        false => reach.with_folder_of(&globals.workspace),
    };
    reach.reads.extend(folder::settings());
    reach.reads.extend(globals.passphrase_file.clone());
    reach = with_files(reach, command, args);
    if let Handler::Batch = command.run {
        // What its lines name. A file that cannot be read is told of where it is run.
        let path = args.path(FILE).unwrap_or_default();
        let _ = script::lines(&path, |_, line| {
            if let Ok(line) = line {
                reach = with_files(std::mem::take(&mut reach), line.command, &line.args);
            }
            true
        });
        for paths in [&mut reach.reads, &mut reach.writes] {
            paths.sort();
            paths.dedup();
        }
    }
    reach
}

fn with_files(mut reach: Reach, command: &Command, args: &Args) -> Reach {
    for field in command.args {
        for path in args.all_paths(field.name) {
            match field.kind {
                ArgKind::Existing => reach.reads.push(path),
                // A folder that is there is written into; a file is written beside its place.
                // A bag takes the place of an empty folder: it is made beside it.
                ArgKind::ToWrite if path.is_dir() => reach = reach.with_folder(&path).with_folder_of(&path),
                ArgKind::ToWrite => reach = reach.with_folder_of(&path),
                _ => {}
            }
        }
    }
    reach
}

fn perform(command: &'static Command, args: &Args, globals: &Globals, shared: Shared) -> Result<Output, Error> {
    // Lines that come one by one name their files as they come, as on the screens: nothing is limited then.
    if !(matches!(command.run, Handler::Batch) && script::is_stdin(args)) {
        sandbox::limit(&reach(command, args, globals));
    }
    let mut context = context_of(globals);
    let mut job = job(globals);
    if globals.as_of.is_some() && matches!(command.run, Handler::Free(_)) {
        return Err(Error::usage(format!(
            "`{}` reads no records, so --as-of does not apply to it",
            command.full_name()
        )));
    }
    let done = if command.needs_workspace(args) || globals.as_of.is_some() {
        let mut workspace = open(&mut context, globals, &mut job)?;
        let done = match page_of(&workspace, command, args, globals, shared) {
            Ok(None) => run_command(command, On::Workspace(&mut workspace), args, &mut job),
            Ok(Some(page)) => Ok(page),
            Err(failure) => Err(failure),
        };
        if let Some(damage) = workspace.damage() {
            // Beside whatever was asked for, which goes to standard output.
            shown_lines(&damage).iter().for_each(|line| drop(writeln!(stderr(), "{line}")));
        }
        done
    } else {
        run_command(command, On::Nothing(&mut context), args, &mut job)
    };
    if !globals.plain && stderr().is_terminal() {
        eprint!("\r\u{1b}[K");
    }
    done
}

/// What a command prints that shows the one record that it must be told: the page that the screens have of it, looked at once. `None`: it
/// prints what it answers itself, such as data for programs, or what is asked for beside the page.
fn page_of(
    workspace: &Workspace,
    command: &Command,
    args: &Args,
    globals: &Globals,
    shared: Shared,
) -> Result<Option<Output>, Error> {
    let shows = Shows::parse(command.name).is_some() && command.writes.is_none() && !globals.json;
    let names_one = matches!(command.target_args().as_slice(), [arg] if arg.required);
    let asks_for_more = command.args.iter().any(|arg| matches!(arg.kind, ArgKind::Flag) && args.flag(arg.name));
    if !shows || !names_one || asks_for_more {
        return Ok(None);
    }
    let targets = targets(workspace, command, args)?;
    let [record] = targets.as_slice() else { return Ok(None) };
    // What is shown under a noun that is no kind of record is something else of it: the acts that crossed on it.
    if Kind::parse(command.noun).is_none() {
        return Ok(None);
    }
    if let Some(error) = why_not(workspace, command, record)? {
        return Err(error);
    }
    let page = (shared.page)(workspace, record);
    // Nothing of it is shown before it is on record who looks, and why.
    workspace.keep_looks()?;
    let mut lines = page?;
    lines.extend(masked(workspace, Output::thing(&serde_json::Value::Null)).message);
    Ok(Some(Output { text: Some(lines.join("\n")), ..Output::thing(&serde_json::Value::Null) }))
}

/// Opens the workspace, as it is or as of the moment that is asked for.
fn open(context: &mut CommandContext, globals: &Globals, job: &mut Job) -> Result<Workspace, Error> {
    let (me, _) = identity::unlock(context)?;
    let workspace = Workspace::open(&context.workspace, &context.identity, me, context.clock, globals.readonly)?;
    if let Some(reason) = &globals.reason {
        workspace.give_reason(reason);
    }
    if globals.now.is_some() && workspace.meta.realm == Realm::Live {
        return Err(Error::usage("--now works only in exercises and in the demo"));
    }
    let mut workspace = workspace;
    if let Some(seen) = workspace.first_sight()? {
        shown_lines(&seen).iter().for_each(|line| drop(writeln!(stderr(), "{line}")));
        if guide::has_terminal() && !guide::agrees("Is it the right one")? {
            let hint = "nothing was changed, and the desk is not remembered";
            return Err(Error::new(ErrorKind::Cancelled, "left", hint));
        }
        workspace.remember()?;
    }
    match finish_interrupted(&mut workspace, job) {
        Ok(None) => {}
        Ok(Some(id)) => {
            let said = format!("An erasure that was interrupted is finished: certificate Z-{}.", id.short());
            drop(writeln!(stderr(), "{said}"));
        }
        Err(error) => {
            let said = format!("An erasure that was interrupted is not finished: {}.", error.what);
            shown_lines(&said).iter().for_each(|line| drop(writeln!(stderr(), "{line}")));
        }
    }
    let Some(typed) = &globals.as_of else { return Ok(workspace) };
    let at = Timestamp::past(typed, workspace.now()).map_err(|why| Error::usage(format!("--as-of: {why}")))?;
    workspace.as_of(Moment::Time(at), job)
}

/// A job that Ctrl-C cancels, and that shows at a terminal how far it is.
fn job(globals: &Globals) -> Job {
    let cancelled = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // The second signal ends the program at once; the first lets the work undo itself.
        let _ = signal_hook::flag::register_conditional_shutdown(
            signal,
            i32::from(ErrorKind::Cancelled as u8),
            Arc::clone(&cancelled),
        );
        let _ = signal_hook::flag::register(signal, Arc::clone(&cancelled));
    }
    let shows = !globals.plain && stderr().is_terminal();
    Job::new(cancelled, move |p: Progress| {
        if shows {
            let of = p.of.filter(|of| *of > 0).map(|of| format!(" of {of}")).unwrap_or_default();
            eprint!("\r{} {}{of}\u{1b}[K", p.what, p.done);
        }
    })
    .lasting()
}

/// For whom is printed: colours are left out where the environment says so (<https://no-color.org>).
fn reader(globals: &Globals) -> print::Reader {
    let says = |name| folder::variable(name).unwrap_or_default();
    match (globals.json, globals.plain, stdout().is_terminal()) {
        (true, ..) => print::Reader::Program,
        (_, true, _) | (.., false) => print::Reader::Pipe,
        _ => print::Reader::Terminal {
            colours: says("NO_COLOR").is_empty() && says("TERM") != "dumb",
            columns: print::columns(),
        },
    }
}

fn print_output(answer: &Output, globals: &Globals) -> u8 {
    if let (false, Some(_), Some(said)) = (globals.json, &answer.text, &answer.message) {
        // The text goes to standard output, often into a file; the message goes to standard error, to be read beside it. An
        // error in writing the message is ignored: there is nowhere to report it.
        shown_lines(said).iter().for_each(|line| drop(writeln!(stderr(), "{line}")));
    }
    let mut out = stdout().lock();
    match print::answer(answer, reader(globals), &mut out).and_then(|()| out.flush()) {
        Ok(()) => answer.code,
        Err(error) => output_error(&error),
    }
}

/// Reports an error, and returns its exit code.
pub fn report(failure: &Error, json: bool) -> u8 {
    let columns = stderr().is_terminal().then(print::columns);
    let said = print::failure(failure, json, columns, &mut stdout().lock(), &mut stderr().lock());
    if let Err(error) = said {
        return output_error(&error);
    }
    failure.code()
}

/// The exit code where the output cannot be written: 0 where its reader has closed the pipe.
fn output_error(error: &io::Error) -> u8 {
    if is_closed(error) {
        return 0;
    }
    let _ = writeln!(stderr(), "comity: the answer cannot be written: {error}");
    ErrorKind::Medium as u8
}

/// Whether the reader has what they wanted, and has closed the pipe: `| head` is no failure.
fn is_closed(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

/// What became of something that is printed while it goes on: it ends well where its reader has closed the pipe.
///
/// # Errors
///
/// Those that it ended with, but for that one.
pub fn as_far_as_read<T: Default>(done: Result<T, Error>) -> Result<T, Error> {
    let cause = |failure: &Error| std::error::Error::source(failure)?.downcast_ref::<io::Error>().map(is_closed);
    match done {
        Err(failure) if cause(&failure) == Some(true) => Ok(T::default()),
        done => done,
    }
}

fn own(name: &str, matches: &ArgMatches, keys: fn() -> Vec<KeyRow>) -> u8 {
    let tree = tree::tree();
    let mut out = Vec::new();
    let written = match name {
        "man" => match matches.get_one::<String>("noun") {
            None => manual::write(tree, &keys(), &mut out),
            Some(noun) => match manual::of_noun(&tree, noun, &mut out) {
                Ok(true) => Ok(()),
                Ok(false) => {
                    let what = format!("there is no noun {noun:?}");
                    return report(&Error::usage(what).hint("`comity --help` lists them"), false);
                }
                Err(error) => Err(error),
            },
        },
        "completions" => {
            let shell = matches.get_one::<String>("shell").map(String::as_str).unwrap_or_default();
            completion::register(shell, &mut out)
        }
        _ => Ok(()),
    };
    match written.and_then(|()| stdout().write_all(&out)) {
        Ok(()) => 0,
        Err(error) => output_error(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_that_only_says_that_there_is_help_names_it() {
        let hint = |typed: &str, error: Error| {
            let words: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
            with_exact_help(error, &words).hint
        };
        assert_eq!(hint("comity --now x case new", Error::usage("x")), "see `comity case new --help`");
        assert_eq!(hint("comity practise", Error::usage("x")), "see `comity practise --help`");
        assert_eq!(hint("comity --now x", Error::usage("x")), "see `comity --help`");
        assert_eq!(hint("comity case new", Error::usage("x").hint("wait")), "wait");
        let new = command("case new").unwrap();
        let told = with_exact_command(new, Error::usage("--purpose x: a word is expected"));
        assert_eq!(told.hint, misread::see(new));
    }

    #[test]
    fn help_is_short_of_what_is_named_and_whole_where_it_is_asked_for() {
        for (typed, is_short) in [
            ("comity --help", false),
            ("comity -h", false),
            ("comity --json --help", false),
            ("comity case --help", true),
            ("comity case -h", true),
            ("comity case new --help", true),
            ("comity --json case new -h", true),
            ("comity tour --help", true),
            ("comity case", true),
            ("comity help", false),
            ("comity help case", false),
            ("comity help case new", false),
            ("comity case help new", false),
        ] {
            let words: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
            assert_eq!(help_for(&words) == Help::Short, is_short, "{typed}");
        }
    }
}
