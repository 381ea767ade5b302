//! What a command is: one row says what it is called, what it asks for, whom it needs and how it runs. Both front ends read the
//! rows: the command line makes its commands of them, the screens their forms, menus and help.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use crate::law::edition::Law;
use crate::seal::secret::Passphrase;
use crate::value::id::Id;
use crate::value::text;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// What a field takes.
#[derive(Clone, Copy, Debug)]
pub enum ArgKind {
    /// One line of text.
    Line,
    /// Text of several lines.
    Body,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// One of the words that the workspace knows; the command says which are wrong.
    Known(fn(&Workspace, &Args) -> Result<Vec<Known>, Error>),
    /// Any number of these words, with commas between.
    Words(fn() -> Vec<&'static str>),
    /// A file or folder that is there.
    Existing,
    /// A file or folder that is to be written.
    ToWrite,
    /// A whole number.
    Number,
    /// Yes or no; on the command line a flag.
    Flag,
    /// A date, a time, or `60d`, `48h` from now.
    Time,
    /// A length of time: `60d`, `48h`.
    Duration,
    /// The id of a record of one of these kinds, or the beginning of it.
    Record(&'static [&'static str]),
    /// A partner's code.
    Partner,
    /// `name=value`, any number of times.
    Pairs,
    /// `name=value`, where the names follow from what is typed elsewhere: the screens show a row for each.
    PairsOf(fn(&Workspace, &Args) -> Result<Vec<PairRow>, Error>),
}

/// One word that a workspace knows, and what it means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Known {
    /// The word.
    pub word: String,
    /// What it means.
    pub text: String,
}

/// One name that pairs may have.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PairRow {
    /// The name.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// What to write.
    pub help: String,
    /// The rule that asks for it.
    pub article: String,
    /// Whether the command cannot do without it.
    pub required: bool,
    /// The words that it may take; empty: free text.
    pub words: Vec<&'static str>,
}

/// What hangs on a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It can be undone, or changes nothing.
    Light,
    /// It signs: something leaves the desk, or binds it.
    Signs,
    /// It destroys, withdraws or refuses: a word must be typed.
    Destroys,
}

/// One field of a command.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Its name: on the command line `--name`.
    pub name: &'static str,
    /// What it takes.
    pub takes: ArgKind,
    /// What to give, in a few words.
    pub help: &'static str,
    /// Whether the command cannot do without it.
    pub required: bool,
    /// Whether it stands on the command line without its name.
    pub positional: bool,
    /// Whether it may be given several times.
    pub repeated: bool,
    /// The form of the screens does not show it.
    pub cli_only: bool,
}

impl Arg {
    /// A field that may be left out.
    pub const fn new(name: &'static str, takes: ArgKind, help: &'static str) -> Self {
        Self { name, takes, help, required: false, positional: false, repeated: false, cli_only: false }
    }

    /// It must be given.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// It stands without its name, and must be given.
    #[must_use]
    pub const fn positional(self) -> Self {
        Self { positional: true, required: true, ..self }
    }

    /// It may be given several times.
    #[must_use]
    pub const fn repeated(self) -> Self {
        Self { repeated: true, ..self }
    }

    /// Only the command line has it.
    #[must_use]
    pub const fn cli_only(self) -> Self {
        Self { cli_only: true, ..self }
    }
}

/// What was typed, by field.
#[derive(Clone, Default, Debug)]
pub struct Args {
    values: BTreeMap<&'static str, Vec<String>>,
}

/// One line that was typed for a field.
fn line_of(field: &str, typed: &str) -> Result<String, Error> {
    text::line(typed).map_err(|e| Error::usage(format!("--{field} {e}")))
}

impl Args {
    /// Adds a value to a field.
    pub fn add(&mut self, field: &'static str, value: impl Into<String>) {
        self.values.entry(field).or_default().push(value.into());
    }

    /// The same form with a value in a field.
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        self.add(field, value);
        self
    }

    /// Sets or clears a field.
    pub fn set(&mut self, field: &'static str, values: Vec<String>) {
        self.values.insert(field, values);
    }

    /// What was given, as it was typed.
    pub fn maybe(&self, field: &str) -> Option<&str> {
        self.values.get(field).and_then(|v| v.last()).map(String::as_str)
    }

    /// Every value of a field.
    pub fn all(&self, field: &str) -> &[String] {
        self.values.get(field).map_or(&[], Vec::as_slice)
    }

    /// What must be given.
    pub fn need(&self, field: &str) -> Result<&str, Error> {
        self.maybe(field).ok_or_else(|| Error::usage(format!("--{field} is missing")))
    }

    /// One line that must be given.
    pub fn line(&self, field: &str) -> Result<String, Error> {
        line_of(field, self.need(field)?)
    }

    /// Every line that was given.
    pub fn lines(&self, field: &str) -> Result<Vec<String>, Error> {
        self.all(field).iter().map(|t| line_of(field, t)).collect()
    }

    /// One line that may be left out.
    pub fn maybe_line(&self, field: &str) -> Result<Option<String>, Error> {
        self.maybe(field).map(|t| line_of(field, t)).transpose()
    }

    /// Free text that may be left out.
    pub fn body(&self, field: &str) -> Result<Option<String>, Error> {
        self.maybe(field).map(|t| text::body(t).map_err(|e| Error::usage(format!("--{field} {e}")))).transpose()
    }

    /// Whether a flag is set.
    pub fn flag(&self, field: &str) -> bool {
        self.maybe(field).is_some_and(|v| v == "yes" || v == "true")
    }

    /// A value that `read` understands; `what` says what is expected.
    pub fn read<T>(&self, field: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
        let text = self.need(field)?;
        read(text).ok_or_else(|| Error::usage(format!("--{field} {}: {what} is expected", text::shown(text))))
    }

    /// A value that `read` understands, or nothing.
    pub fn maybe_read<T>(&self, field: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Error> {
        if self.maybe(field).is_none() { Ok(None) } else { self.read(field, what, read).map(Some) }
    }

    /// A list of words, with commas between, in any number of values.
    pub fn words<T>(&self, field: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
        let words = self.all(field).iter().flat_map(|v| v.split(',')).map(str::trim).filter(|w| !w.is_empty());
        words
            .map(|w| read(w).ok_or_else(|| Error::usage(format!("--{field} {}: {what} is expected", text::shown(w)))))
            .collect()
    }

    /// `name=value` pairs, in the order in which they were given.
    pub fn pairs(&self, field: &str) -> Result<Vec<(String, String)>, Error> {
        let split = |v: &String| v.split_once('=').map(|(n, v)| (n.trim().to_owned(), v.to_owned()));
        let pairs: Option<Vec<_>> = self.all(field).iter().map(split).collect();
        pairs.ok_or_else(|| Error::usage(format!("--{field}: `name=value` is expected")))
    }

    /// A path that must be given.
    pub fn path(&self, field: &str) -> Result<PathBuf, Error> {
        self.need(field).map(PathBuf::from)
    }

    /// A number that may be left out.
    pub fn number(&self, field: &str) -> Result<Option<i64>, Error> {
        self.maybe_read(field, "a number", |t| t.parse().ok())
    }

    /// A time that must be given.
    pub fn time(&self, field: &str, now: Timestamp) -> Result<Timestamp, Error> {
        self.read(field, "a date, a time, or 60d", |t| Timestamp::parse_typed(t, now))
    }

    /// A length of time that must be given, in whole days.
    pub fn days(&self, field: &str) -> Result<i64, Error> {
        self.read(field, "a number of days, such as 60d", Duration::parse).map(Duration::whole_days)
    }
}

/// A column of a list: the member that it shows, and its heading.
pub type Column = (&'static str, &'static str);

/// What a command answers.
#[derive(Clone, Debug)]
pub struct Output {
    /// For `--json`.
    pub value: Value,
    /// The columns, where it is a list.
    pub columns: &'static [Column],
    /// One sentence for people; beside a text, what is to be known of it.
    pub message: Option<String>,
    /// Text that is the answer itself, such as a letter.
    pub text: Option<String>,
    /// Exits with this code though it is no failure: a gate that lets nothing through, lines that could not be read.
    pub code: u8,
}

impl Output {
    /// A thing.
    pub fn thing(value: &impl Serialize) -> Self {
        Self {
            value: serde_json::to_value(value).unwrap_or(Value::Null),
            columns: &[],
            message: None,
            text: None,
            code: 0,
        }
    }

    /// A list, and the columns that it is printed in.
    pub fn list(rows: &[impl Serialize], columns: &'static [Column]) -> Self {
        Self { columns, ..Self::thing(&rows) }
    }

    /// What was made: its id.
    pub fn made(id: Id, message: impl Into<String>) -> Self {
        Self::thing(&serde_json::json!({ "id": id.to_string() })).with_message(message)
    }

    /// With a sentence for people.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// With one more member.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(members) = &mut self.value {
            members.insert(key.to_owned(), value.into());
        }
        self
    }

    /// The id of what was made, where something was.
    pub fn id(&self) -> Option<Id> {
        self.value.get("id").and_then(Value::as_str).and_then(Id::parse)
    }
}

/// Asks for a passphrase: what for, and whether it is a new one.
pub type AskPassphrase = Box<dyn FnMut(&str, bool) -> Result<Passphrase, Error> + Send>;

/// Where a command runs that needs no open workspace.
pub struct CommandContext {
    /// The workspace that is named, or would be.
    pub workspace: PathBuf,
    /// The identity that is named, or would be.
    pub identity: PathBuf,
    /// Asks for the passphrase: the text says what for. `true`: a new one, asked twice.
    pub passphrase: AskPassphrase,
    /// The clock.
    pub clock: crate::host::clock::Clock,
}

/// How a command runs.
#[derive(Clone, Copy)]
pub enum Handler {
    /// Without a workspace.
    Free(fn(&mut CommandContext, &Args, &mut Job) -> Result<Output, Error>),
    /// Shows the law: the program's, or that of the workspace that is open.
    Law(fn(&Law, Timestamp, &Args) -> Result<Output, Error>),
    /// Only reads the workspace.
    Reads(fn(&mut Workspace, &Args, &mut Job) -> Result<Output, Error>),
    /// Writes into the workspace.
    Writes(fn(&mut Workspace, &Args, &mut Job) -> Result<Output, Error>),
}

/// A command: one row of the catalogue.
#[derive(Clone, Copy)]
pub struct Command {
    /// The noun; empty for commands that stand alone.
    pub noun: &'static str,
    /// The command.
    pub name: &'static str,
    /// What it does, in a sentence without a full stop.
    pub about: &'static str,
    /// What it asks for.
    pub fields: &'static [Arg],
    /// The kind of act that it makes, as the gate knows it; empty where it makes none.
    pub act: &'static str,
    /// How it runs.
    pub run: Handler,
}

/// What hangs on the acts of a kind.
pub fn weight_of(act: &str) -> Weight {
    match act {
        "purge" | "disclosure-recall" | "request-withdraw" | "member-revoke" | "agreement-end" | "partner-suspend"
        | "review-lapse" => Weight::Destroys,
        "request-send"
        | "request-answer"
        | "review-decide"
        | "review-recuse"
        | "disclosure-propose"
        | "disclosure-release"
        | "disclosure-join"
        | "disclosure-validate"
        | "bundle-export"
        | "certificate-countersign"
        | "hold-lift"
        | "partner-confirm" => Weight::Signs,
        _ => Weight::Light,
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.full_name())
    }
}

impl Command {
    /// What hangs on it.
    pub fn weight(&self) -> Weight {
        weight_of(self.act)
    }

    /// Whether it can be rehearsed: it touches nothing outside the database before its first act.
    pub fn is_rehearsable(&self) -> bool {
        const ALONE: &[&str] =
            &["request", "review", "disclosure", "hold", "case", "partner", "agreement", "certificate-countersign"];
        matches!(self.run, Handler::Writes(_)) && ALONE.iter().any(|prefix| self.act.starts_with(prefix))
    }

    /// What tells beforehand what it would come to: another command with the same fields, or itself on trial (`dry-run`).
    pub fn previewed_by(&self) -> Option<(&'static str, bool)> {
        match self.full_name().as_str() {
            "bundle export" => Some(("bundle preview", false)),
            "disclosure new" => Some(("disclosure new", true)),
            "retention purge" => Some(("retention purge", true)),
            _ => None,
        }
    }

    /// The field that names the thing that the command is done to, where it is of this kind. Where a command names its thing
    /// first, what its other fields name is not done anything to.
    pub fn subject_field(&self, kind: &str) -> Option<&'static Arg> {
        let names = |f: &&Arg| matches!(f.takes, ArgKind::Record(_) | ArgKind::Partner);
        let first = self.fields.iter().find(|f| f.positional && names(f));
        self.fields.iter().filter(|f| first.is_none_or(|first| first.name == f.name)).find(|f| match f.takes {
            ArgKind::Record(kinds) => kinds.contains(&kind),
            ArgKind::Partner => kind == "partner",
            _ => false,
        })
    }

    /// Its full name, such as `case new`.
    pub fn full_name(&self) -> String {
        if self.noun.is_empty() { self.name.to_owned() } else { format!("{} {}", self.noun, self.name) }
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Arg> {
        self.fields.iter().find(|f| f.name == name)
    }
}
