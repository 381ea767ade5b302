//! What a command is: one row says what it is called, what it asks for, whom it needs and how it runs. Both front ends read the
//! rows: the command line makes its commands of them, the screens their forms, menus and help.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::Value;

use crate::law::edition::Law;
use crate::record::kind::{ChangeKind, Kind, State, StateTone};
use crate::record::request::Step;
use crate::seal::secret::Passphrase;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::text;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
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
    /// A date or a time that is past, or `3d` for three days ago.
    Past,
    /// A length of time: `60d`, `48h`.
    Duration,
    /// The id of a record of one of these kinds, or the beginning of it.
    Record(&'static [Kind]),
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

/// How serious a command that writes is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It is done at once: it is recorded here, and nobody else hears of it.
    Records,
    /// It signs: something leaves the desk, or binds it. It is asked about first.
    Signs,
    /// It destroys, withdraws or refuses: a word must be typed.
    Destroys,
}

/// In which states of the record that it is done to a command can be done.
#[derive(Clone, Copy, Debug)]
pub enum Needs {
    /// It is done to no record, or its act says all that there is to say.
    Nothing,
    /// In the states from which its act moves the record.
    ActsState,
    /// In every state but that of a tombstone.
    NotPurged,
    /// The same, of an item that has a file.
    Exhibit,
    /// In one of these.
    OneOf(&'static [State]),
    /// In those from which this step of a request's life leads, where the step may be made.
    Step(Step),
}

/// How a command is previewed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Preview {
    /// Nothing but the record that it is done to.
    None,
    /// The command itself, with `--dry-run`.
    DryRun,
    /// Another command with the same arguments.
    By(&'static str),
}

/// What takes a command back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Undo {
    /// Another command, done to what this one made or was done to.
    By(&'static str),
    /// Nothing; why, and what can be done instead.
    Never(&'static str),
}

/// The keys of the screens that run a command on a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Key {
    /// `V`: it reviews.
    Review,
    /// `S`: it signs, or takes the next step.
    Sign,
    /// `X`: it destroys, withdraws or refuses.
    Destroy,
}

/// Why most of what is signed is not taken back.
pub const STAYS: &str = "it is signed and stays in the record";

/// What a command that writes says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Writes {
    /// The kind of act that it makes: the table of signers says who may sign it.
    pub act: ChangeKind,
    /// What hangs on it.
    pub weight: Weight,
    /// In which states of the record it can be done.
    pub needs: Needs,
    /// Whether it can be rehearsed: it touches nothing outside the database before its first act.
    pub rehearsable: bool,
    /// What tells beforehand what it would come to.
    pub preview: Preview,
    /// What takes it back.
    pub undo: Undo,
    /// Whether every other connection to the database must be closed meanwhile: it changes the keys.
    pub alone: bool,
    /// The keys that mean it on the screens, for a record that it can be done to.
    pub keys: &'static [Key],
}

impl Writes {
    /// One that is rehearsed as it is, stays in the record, needs nobody to be away, and has no preview and no key of its own. A row
    /// states what is otherwise.
    pub const fn of(act: ChangeKind, weight: Weight, needs: Needs) -> Self {
        Self {
            act,
            weight,
            needs,
            rehearsable: true,
            preview: Preview::None,
            undo: Undo::Never(STAYS),
            alone: false,
            keys: &[],
        }
    }
}

/// One field of a command.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Its name: on the command line `--name`.
    pub name: &'static str,
    /// What it takes.
    pub kind: ArgKind,
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
    /// It means something in an exercise alone: no form of a live workspace shows it.
    pub in_exercises: bool,
    /// Its time is still to come.
    pub ahead: bool,
    /// What its text must look like, where its kind does not say so.
    pub shape: Option<Shape>,
    /// Where the command cannot do without it, though it need not always be given.
    pub needed: Option<NeededWhere>,
}

/// What a text must look like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// What is expected: it stands before "is expected".
    pub what: &'static str,
    /// Whether a text is such.
    pub fits: fn(&str) -> bool,
}

/// Where a command cannot do without a field, as another field says.
#[derive(Clone, Copy, Debug)]
pub enum NeededWhere {
    /// Where that field has one of these words.
    Says(&'static str, &'static [&'static str]),
    /// Where all of these fields are left out.
    Without(&'static [&'static str]),
}

/// Fields that are missing, those together of which one is enough.
pub fn alternatives(missing: impl IntoIterator<Item = &'static Arg>) -> Vec<Vec<&'static Arg>> {
    let mut all: Vec<Vec<&'static Arg>> = Vec::new();
    let instead =
        |arg: &Arg, other: &Arg| matches!(arg.needed, Some(NeededWhere::Without(names)) if names.contains(&other.name));
    for arg in missing {
        match all.iter_mut().find(|group| group.iter().all(|other| instead(arg, other) && instead(other, arg))) {
            Some(group) => group.push(arg),
            None => all.push(vec![arg]),
        }
    }
    all
}

impl Arg {
    /// A field that may be left out.
    pub const fn new(name: &'static str, kind: ArgKind, help: &'static str) -> Self {
        Self {
            name,
            kind,
            help,
            required: false,
            positional: false,
            repeated: false,
            cli_only: false,
            in_exercises: false,
            ahead: false,
            shape: None,
            needed: None,
        }
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

    /// Its time must be still to come.
    #[must_use]
    pub const fn ahead(self) -> Self {
        Self { ahead: true, ..self }
    }

    /// Its text must look so.
    #[must_use]
    pub const fn of_shape(self, shape: Shape) -> Self {
        Self { shape: Some(shape), ..self }
    }

    /// It must be given where another field says so.
    #[must_use]
    pub const fn needed(self, needed: NeededWhere) -> Self {
        Self { needed: Some(needed), ..self }
    }

    /// Whether the command cannot do without it, with these arguments.
    pub fn is_needed(&self, args: &Args) -> bool {
        self.required
            || match self.needed {
                Some(NeededWhere::Says(field, words)) => args.maybe(field).is_some_and(|typed| words.contains(&typed)),
                Some(NeededWhere::Without(fields)) => fields.iter().all(|field| args.maybe(field).is_none()),
                None => false,
            }
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

    /// It means something in an exercise alone.
    #[must_use]
    pub const fn in_exercises(self) -> Self {
        Self { in_exercises: true, ..self }
    }
}

/// What was typed, by field.
#[derive(Clone, Default, Debug)]
pub struct Args {
    values: BTreeMap<&'static str, Vec<String>>,
    /// Paths as bytes, of fields whose values are no text that could be read back: one for each value.
    paths: BTreeMap<&'static str, Vec<PathBuf>>,
}

words! {
    /// What a flag that is set may say.
    Set {
        /// As forms have it.
        Yes = "yes",
        /// As the command line has it.
        True = "true",
    }
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

    /// Adds a path to a field, whatever its bytes are; where it is no text, it is shown as near to one as can be.
    pub fn add_path(&mut self, field: &'static str, path: impl Into<PathBuf>) {
        let path = path.into();
        self.add(field, path.to_string_lossy());
        self.paths.entry(field).or_default().push(path);
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
        self.paths.remove(field);
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
        self.maybe(field).and_then(Set::parse).is_some()
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

    /// A list of words, each once, with commas between, in any number of values.
    pub fn words<T>(&self, field: &str, what: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Error> {
        let words = self.all(field).iter().flat_map(|v| v.split(',')).map(str::trim).filter(|w| !w.is_empty());
        let mut once: Vec<&str> = Vec::new();
        for word in words {
            if !once.contains(&word) {
                once.push(word);
            }
        }
        once.into_iter()
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
        let typed = self.need(field)?;
        Ok(self.paths.get(field).and_then(|all| all.last()).cloned().unwrap_or_else(|| PathBuf::from(typed)))
    }

    /// Every path that was given.
    pub fn all_paths(&self, field: &str) -> Vec<PathBuf> {
        let typed = || self.all(field).iter().map(PathBuf::from).collect();
        self.paths.get(field).cloned().unwrap_or_else(typed)
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

/// What a command made.
#[derive(Serialize)]
struct Made {
    id: Id,
}

/// What a command answers.
#[derive(Clone, Debug)]
pub struct Output {
    /// For `--json`.
    pub value: Value,
    /// The columns, where it is a list.
    pub columns: &'static [Column],
    /// Of which kind the records of a list are, where its rows do not say it: people read a state otherwise than programs.
    pub of: Option<Kind>,
    /// How the states of a list are seen at a glance, where they are no record's own.
    pub mood: Option<fn(&str) -> Option<StateTone>>,
    /// One sentence for people; beside a text, what is to be known of it.
    pub message: Option<String>,
    /// Text that is the answer itself, such as a letter.
    pub text: Option<String>,
    /// Exits with this code though it is no failure: a gate that lets nothing through, lines that could not be read.
    pub code: u8,
    /// The id of what was made, where something was.
    pub made: Option<Id>,
}

impl Output {
    /// A thing.
    pub fn thing(value: &impl Serialize) -> Self {
        Self {
            value: serde_json::to_value(value).unwrap_or(Value::Null),
            columns: &[],
            of: None,
            mood: None,
            message: None,
            text: None,
            code: 0,
            made: None,
        }
    }

    /// A list, and the columns that it is printed in.
    pub fn list(rows: &[impl Serialize], columns: &'static [Column]) -> Self {
        Self { columns, ..Self::thing(&rows) }
    }

    /// A list of records of this kind.
    #[must_use]
    pub fn of(self, kind: Kind) -> Self {
        Self { of: Some(kind), ..self }
    }

    /// A list whose states are no record's own, and are seen so.
    #[must_use]
    pub fn in_mood(self, mood: fn(&str) -> Option<StateTone>) -> Self {
        Self { mood: Some(mood), ..self }
    }

    /// What was made: its id.
    pub fn made(id: Id, message: impl Into<String>) -> Self {
        Self { made: Some(id), ..Self::thing(&Made { id }) }.with_message(message)
    }

    /// With a sentence for people.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// With the exit code of a failure of this kind, though it is none.
    #[must_use]
    pub fn with_code(self, kind: ErrorKind) -> Self {
        Self { code: kind as u8, ..self }
    }

    /// With one more member.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Serialize) -> Self {
        if let Value::Object(members) = &mut self.value {
            members.insert(key.to_owned(), serde_json::to_value(value).unwrap_or(Value::Null));
        }
        self
    }

    /// A thing of which nothing is said but what [`Output::with`] adds.
    pub fn members() -> Self {
        Self { value: Value::Object(serde_json::Map::new()), ..Self::nothing() }
    }

    /// Nothing but what happens beside it.
    pub fn nothing() -> Self {
        Self::thing(&())
    }

    /// The id of what was made, where something was.
    pub const fn id(&self) -> Option<Id> {
        self.made
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
    /// Runs other commands in the workspace. Only the command line has it: the screens show what each asks for.
    Batch,
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
    pub args: &'static [Arg],
    /// What it says of itself where it writes; `None`: it only reads.
    pub writes: Option<Writes>,
    /// How it runs.
    pub run: Handler,
}

/// A command is known by its name: its row is a constant, of which there may be more than one copy.
impl PartialEq for Command {
    fn eq(&self, other: &Self) -> bool {
        (self.noun, self.name) == (other.noun, other.name)
    }
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.full_name())
    }
}

impl Command {
    /// What hangs on it; `None`: it only reads.
    pub fn weight(&self) -> Option<Weight> {
        self.writes.map(|w| w.weight)
    }

    /// The keys that mean it on the screens.
    pub fn keys(&self) -> &'static [Key] {
        self.writes.map_or(&[], |w| w.keys)
    }

    /// The arguments that name what it is done to: the first positional one that names a record; where there is none, all that
    /// name one; and a partner where it names nothing else.
    pub fn target_args(&self) -> Vec<&'static Arg> {
        let names = |a: &&Arg| matches!(a.kind, ArgKind::Record(_) | ArgKind::Partner);
        if let Some(first) = self.args.iter().find(|a| a.positional && names(a)) {
            return vec![first];
        }
        let of = |wanted: fn(&ArgKind) -> bool| self.args.iter().filter(|a| wanted(&a.kind)).collect::<Vec<_>>();
        let records = of(|kind| matches!(kind, ArgKind::Record(_)));
        if records.is_empty() { of(|kind| matches!(kind, ArgKind::Partner)) } else { records }
    }

    /// Whether it runs on an open workspace, with these arguments.
    pub fn needs_workspace(&self, args: &Args) -> bool {
        match self.run {
            Handler::Free(_) => false,
            Handler::Law(_) => args.flag("here"),
            Handler::Reads(_) | Handler::Writes(_) | Handler::Batch => true,
        }
    }

    /// Whether it can be rehearsed.
    pub fn is_rehearsable(&self) -> bool {
        self.writes.is_some_and(|w| w.rehearsable)
    }

    /// The argument that names what it is done to, where that is of this kind.
    pub fn target_arg(&self, kind: Kind) -> Option<&'static Arg> {
        self.target_args().into_iter().find(|a| match a.kind {
            ArgKind::Record(kinds) => kinds.contains(&kind),
            ArgKind::Partner => kind == Kind::Partner,
            _ => false,
        })
    }

    /// Its full name, such as `case new`.
    pub fn full_name(&self) -> String {
        if self.noun.is_empty() { self.name.to_owned() } else { format!("{} {}", self.noun, self.name) }
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Arg> {
        self.args.iter().find(|f| f.name == name)
    }
}
