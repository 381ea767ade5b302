//! Many commands in one go: a file with one command a line, as JSON. The workspace is opened once; each line is judged, signed
//! and stored as if it had been typed alone, whole or not at all. It asks for nothing and undoes nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::batch::{FILE, STOP};
use super::definition::{Arg, ArgKind, Args, Command, Handler, Output};
use crate::host::file;
use crate::value::id::Id;
use crate::value::json::{self, Int, Json, Limits};
use crate::value::text::{counted, shown, thousands};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The longest line, in bytes.
const LONGEST: usize = 1 << 20;
/// Lines that were refused and are named in a sentence; `--json` has them all.
const NAMED: usize = 20;
/// After how many lines the trust state is written: a kill in between leaves a log that is longer than it says.
const TRUSTED_AFTER: usize = 256;

/// One command, as a line says it.
pub struct Line {
    /// Which.
    pub command: &'static Command,
    /// With what.
    pub args: Args,
    /// What the record that it makes is called in later lines.
    name: Option<String>,
}

/// What became of a line.
#[derive(Serialize)]
struct Done {
    line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
    code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    #[serde(skip_serializing_if = "Value::is_null")]
    answer: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Why>,
}

#[derive(Serialize)]
struct Why {
    what: String,
    next: String,
}

#[derive(Serialize)]
struct Batch {
    done: u64,
    refused: u64,
    lines: Vec<Done>,
}

/// The name of standard input.
const STDIN: &str = "-";

/// Whether the lines come from standard input.
pub fn is_stdin(args: &Args) -> bool {
    args.maybe(FILE) == Some(STDIN)
}

/// Reads the lines of a file and hands on each that is not blank, with its number; one that is no command as an error. Ends
/// early where `each` answers `false`.
///
/// # Errors
///
/// Where the file cannot be read.
pub fn lines(path: &Path, mut each: impl FnMut(u64, Result<Line, Error>) -> bool) -> Result<(), Error> {
    let mut input = if path.as_os_str() == STDIN { file::stdin_lines() } else { file::open_lines(path)? };
    let mut number = 0;
    loop {
        number += 1;
        let mut bytes = Vec::new();
        let read = (&mut input).take(LONGEST as u64 + 1).read_until(b'\n', &mut bytes).map_err(file::at(path))?;
        if read == 0 {
            return Ok(());
        }
        let begin = if number == 1 { bytes.strip_prefix(b"\xef\xbb\xbf") } else { None };
        let text = begin.unwrap_or(&bytes).trim_ascii();
        let line = match text {
            [] => continue,
            _ if bytes.len() > LONGEST => {
                // The rest of it is no line of its own.
                input.skip_until(b'\n').map_err(file::at(path))?;
                Err(Error::new(ErrorKind::Malformed, "it is longer than 1 MiB", "put less into one command"))
            }
            text => read_line(text),
        };
        if !each(number, line) {
            return Ok(());
        }
    }
}

fn malformed(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, what, "a line is an object such as {\"command\": \"case show\", \"case\": \"…\"}")
}

fn read_line(text: &[u8]) -> Result<Line, Error> {
    let line = json::parse(text, Limits { bytes: LONGEST, depth: 8, ..Limits::FOREIGN })
        .map_err(|fault| malformed(format!("it is not JSON: {fault}")))?;
    let members = line.members().ok_or_else(|| malformed("it is no object"))?;
    let name = line.get("command").and_then(Json::text).ok_or_else(|| malformed("it names no `command`"))?;
    let command = super::command(name).ok_or_else(|| unknown(name))?;
    let mut args = Args::default();
    for (key, value) in members.iter().filter(|(key, _)| !matches!(key.as_str(), COMMAND | AS)) {
        let field = command.field(key).ok_or_else(|| {
            let known: Vec<&str> = command.args.iter().map(|a| a.name).collect();
            Error::usage(format!("`{}` has no `{}`", command.full_name(), shown(key)))
                .hint(format!("it takes {}", known.join(", ")))
        })?;
        add(&mut args, field, value)?;
    }
    if let Some(missing) = command.args.iter().find(|a| a.required && args.maybe(a.name).is_none()) {
        return Err(Error::usage(format!("`{}` is missing", missing.name)).hint(format!("it is {}", missing.help)));
    }
    let name = match line.get(AS) {
        None => None,
        Some(said) => Some(said.text().ok_or_else(|| malformed("`as` is no text"))?.to_owned()),
    };
    Ok(Line { command, args, name })
}

const COMMAND: &str = "command";
const AS: &str = "as";

fn unknown(name: &str) -> Error {
    let error = Error::usage(format!("there is no command {}", shown(name)));
    let noun = name.split(' ').next().unwrap_or_default();
    match super::commands().any(|command| command.noun == noun && !noun.is_empty()) {
        true => error.hint(format!("`comity {noun} --help` names those of the noun")),
        false => error.hint("`comity --help` names them all"),
    }
}

/// Adds what a line says for a field.
fn add(args: &mut Args, field: &'static Arg, value: &Json) -> Result<(), Error> {
    let wrong = |what: &str| Err(Error::usage(format!("`{}` takes {what}", field.name)));
    match (field.kind, value) {
        (_, Json::Null) | (ArgKind::Flag, Json::Bool(false)) => {}
        (ArgKind::Flag, Json::Bool(true)) => args.add(field.name, "yes"),
        (ArgKind::Flag, _) => return wrong("true or false"),
        (_, Json::Str(text)) => args.add(field.name, text.as_str()),
        (_, Json::Int(Int::Small(number))) => args.add(field.name, number.to_string()),
        (kind, Json::Arr(all)) if field.repeated || matches!(kind, ArgKind::Words(_)) => {
            for one in all {
                match one {
                    Json::Str(_) | Json::Int(Int::Small(_)) => add(args, field, one)?,
                    _ => return wrong("texts and numbers"),
                }
            }
        }
        (_, Json::Arr(_)) => return wrong("one value"),
        _ => return wrong("a text or a number"),
    }
    Ok(())
}

/// Puts in for `@name` the id of what an earlier line made.
fn put_in(line: &mut Line, made: &BTreeMap<String, Id>) -> Result<(), Error> {
    for field in line.command.args.iter().filter(|a| matches!(a.kind, ArgKind::Record(_))) {
        let said = line.args.all(field.name);
        if !said.iter().any(|v| v.starts_with('@')) {
            continue;
        }
        let put = said.iter().map(|value| match value.strip_prefix('@') {
            None => Ok(value.clone()),
            Some(name) => made.get(name).map(Id::to_string).ok_or_else(|| {
                Error::unknown(format!("no line before has made @{}", shown(name)))
                    .hint("name a line with \"as\"; where it was refused, so is what builds on it")
            }),
        });
        let put = put.collect::<Result<Vec<String>, Error>>()?;
        line.args.set(field.name, put);
    }
    Ok(())
}

/// Runs a command as it would be run alone.
pub type Alone = fn(&mut Workspace, &Command, &Args, &mut Job) -> Result<Output, Error>;

fn run_line(
    workspace: &mut Workspace,
    line: &mut Line,
    made: &BTreeMap<String, Id>,
    alone: Alone,
    job: &mut Job,
) -> Result<Output, Error> {
    if matches!(line.command.run, Handler::Batch) || !line.command.needs_workspace(&line.args) {
        let what = format!("`{}` is done alone, not in a batch", line.command.full_name());
        return Err(Error::usage(what).hint("run it by itself"));
    }
    put_in(line, made)?;
    alone(workspace, line.command, &line.args, job)
}

/// Whether what went wrong goes wrong for every line to come.
const fn ends_all(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Cancelled | ErrorKind::Integrity | ErrorKind::Fork | ErrorKind::Internal)
}

/// Writes the trust state for what was done since it was last written.
fn believe(workspace: &mut Workspace) -> Result<(), Error> {
    if workspace.is_read_only() { Ok(()) } else { workspace.after_commit() }
}

/// Runs the lines of a file, each as it would be run alone, and says what became of them.
///
/// # Errors
///
/// Where the file cannot be read, and where what went wrong goes wrong for every line to come.
pub fn run_lines(workspace: &mut Workspace, args: &Args, alone: Alone, job: &mut Job) -> Result<Output, Error> {
    let (path, stops) = (args.path(FILE)?, args.flag(STOP));
    let mut made = BTreeMap::new();
    let mut batch = Batch { done: 0, refused: 0, lines: Vec::new() };
    let (mut first, mut fatal) = (0, None);
    workspace.hold_trust_state(true);
    let read = lines(&path, |number, line| {
        let name = line.as_ref().ok().map(|l| l.command.full_name());
        let done = line.and_then(|mut line| {
            job.at("running", batch.lines.len() as u64, None)?;
            let answer = run_line(workspace, &mut line, &made, alone, job)?;
            if let (Some(name), Some(id)) = (line.name.take(), answer.id()) {
                made.insert(name, id);
            }
            Ok(answer)
        });
        let (code, id, answer, error) = match done {
            Ok(answer) => (answer.code, answer.id(), answer.value, None),
            Err(error) if ends_all(&error) => {
                fatal = Some((number, error));
                return false;
            }
            Err(error) => (error.code(), None, Value::Null, Some(Why { what: error.what, next: error.hint })),
        };
        first = if first == 0 { code } else { first };
        *(if code == 0 { &mut batch.done } else { &mut batch.refused }) += 1;
        batch.lines.push(Done { line: number, command: name, code, id, answer, error });
        if batch.lines.len().is_multiple_of(TRUSTED_AFTER)
            && let Err(error) = believe(workspace)
        {
            fatal = Some((number, error));
        }
        fatal.is_none() && (code == 0 || !stops)
    });
    workspace.hold_trust_state(false);
    believe(workspace)?;
    read?;
    let all = format!("{} done, {} refused.", counted(batch.done, "line"), thousands(batch.refused));
    if let Some((number, error)) = fatal {
        let what = format!("line {number}: {}", error.what);
        let hint = format!("{all} What was done is stored; {}", error.hint);
        return Err(Error { what, hint, ..error }.with("batch", &batch));
    }
    let mut said = Vec::new();
    for refused in batch.lines.iter().filter(|l| l.code != 0).take(NAMED) {
        let command = refused.command.as_deref().map(|c| format!(" ({c})")).unwrap_or_default();
        let why = refused.error.as_ref().map_or("the answer is no".to_owned(), |e| format!("{}; {}", e.what, e.next));
        said.push(format!("line {}{command}: {why}", refused.line));
    }
    if batch.refused as usize > said.len() {
        said.push(format!("and {} more", thousands(batch.refused - said.len() as u64)));
    }
    said.push(all);
    Ok(Output { code: first, ..Output::thing(&batch).with_message(said.join("\n")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(line: &str) -> String {
        read_line(line.as_bytes()).err().map_or(String::new(), |e| format!("{} {}", e.code(), e.what))
    }

    #[test]
    fn a_line_is_a_command_with_its_fields() {
        let line = read_line(
            br#"{"command":"item add","case":"@c","type":"domain","category":"indicator","value":"a.example","tier":1,"handling":["H1","H2"],"note":null,"as":"i"}"#,
        );
        let line = line.ok().unwrap();
        assert_eq!((line.command.full_name().as_str(), line.name.as_deref()), ("item add", Some("i")));
        assert_eq!(
            (line.args.maybe("tier"), line.args.all("handling").len(), line.args.maybe("note")),
            (Some("1"), 2, None)
        );
        for (line, said) in [
            ("", "20 it is not JSON"),
            ("[]", "20 it is no object"),
            ("{}", "20 it names no `command`"),
            (r#"{"command":"case new","command":"case new"}"#, "20 it is not JSON: a duplicate key"),
            (r#"{"command":"case nwe"}"#, "2 there is no command"),
            (r#"{"command":"case new"}"#, "2 `title` is missing"),
            (r#"{"command":"case new","title":"t","titel":"u"}"#, "2 `case new` has no `titel`"),
            (r#"{"command":"case new","title":["t","u"]}"#, "2 `title` takes one value"),
            (r#"{"command":"case new","title":true}"#, "2 `title` takes a text or a number"),
            (r#"{"command":"case new","title":"t","purpose":"p","as":1}"#, "20 `as` is no text"),
            (
                r#"{"command":"item import","file":"f","format":"csv","case":"c","dry-run":"x"}"#,
                "2 `dry-run` takes true",
            ),
        ] {
            assert!(why(line).starts_with(said), "{line}: {}", why(line));
        }
    }
}
