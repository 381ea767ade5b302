//! A story that is played on fictional desks: for the demo, the tour and the tests. It runs commands of the command table,
//! each as one member at one time, in a realm of its own that can never reach a live desk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command::command;
use crate::command::definition::{Arg, ArgKind, Args, Command, CommandContext, Output};
use crate::command::identity;
use crate::command::run::{On, run};
use crate::host::clock::Clock;
use crate::host::file;
use crate::value::class::words;
use crate::value::timestamp::{Duration, Timestamp};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// The realm of the demo.
pub const EXERCISE: &str = "demo";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    site: Vec<Site>,
    step: Vec<Step>,
    /// What has happened when the screens of the demo open; the tour and the whole exchange do without it.
    scene: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    code: String,
    name: String,
    members: Vec<Member>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    name: String,
    file: String,
    roles: String,
}

words! {
    /// What must come of a step.
    Expected {
        /// The gate says no.
        Refused = "refused",
    }
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct Step {
    /// Hours before now.
    at: i64,
    who: String,
    r#do: String,
    #[serde(default)]
    with: toml::Table,
    /// Whether what it brings is to end on the day on which the screens open: late on that day it is done earlier.
    #[serde(default)]
    today: bool,
    #[serde(default)]
    keep: Option<String>,
    #[serde(default)]
    expect: Option<Expected>,
    #[serde(default)]
    say: Option<String>,
    #[serde(default)]
    part: Option<u8>,
}

impl Step {
    fn part(&self) -> u8 {
        self.part.unwrap_or(1)
    }

    fn is_refused(&self) -> bool {
        self.expect == Some(Expected::Refused)
    }
}

/// A step that comes next.
#[derive(Clone, Debug)]
pub struct Coming {
    /// Who will act, as `okafor@XA`.
    pub who: String,
    /// Their name.
    pub name: String,
    /// The command.
    pub command: String,
    /// What would be typed for it after the program's name, word by word.
    pub words: Vec<String>,
    /// What the story says of it.
    pub say: Option<String>,
    /// Whether the gate will refuse it.
    pub refused: bool,
}

/// The result of one step.
#[derive(Clone, Debug)]
pub struct Played {
    /// When, as the desk's clock said.
    pub at: Timestamp,
    /// Who, as `okafor@XA`.
    pub who: String,
    /// The command.
    pub command: String,
    /// What the story says of it.
    pub say: Option<String>,
    /// The message of its output, or the refusal.
    pub outcome: String,
    /// Whether the gate refused, as it should.
    pub refused: bool,
}

/// The files that the story imports.
const FILES: &[(&str, &str)] = &[
    ("tidewater.stix.json", include_str!("../../assets/demo/tidewater.stix.json")),
    ("panel-log.csv", include_str!("../../assets/demo/panel-log.csv")),
    ("contacts.csv", include_str!("../../assets/demo/contacts.csv")),
];

/// A story being played.
pub struct Story {
    folder: PathBuf,
    now: Timestamp,
    script: Script,
    words: BTreeMap<String, String>,
    next: usize,
    /// How many steps of the scene were played.
    set: usize,
}

impl Story {
    /// Makes the desks of the demo in an empty folder, which is made if it is not there.
    pub fn begin(folder: &Path, now: Timestamp) -> Result<Self, Error> {
        let broken = |e: toml::de::Error| {
            Error::new(ErrorKind::Internal, format!("the demo's story is malformed: {e}"), "please report it")
        };
        let script: Script = toml::from_str(include_str!("../../assets/demo/story.toml")).map_err(broken)?;
        if !file::is_empty_folder(folder)? {
            return Err(Error::new(
                ErrorKind::Version,
                format!("{} is not empty", folder.display()),
                "name another folder with --dir; to look around in a demo that is there: comity --workspace DIR/XA/workspace --identity DIR/XA/okafor.age",
            ));
        }
        file::private_folder(folder)?;
        let mut story =
            Self { folder: folder.to_owned(), now: moment(now), script, words: BTreeMap::new(), next: 0, set: 0 };
        for (name, text) in FILES {
            file::write(&folder.join(name), text.as_bytes())?;
            story.keep(name, folder.join(name));
        }
        let stick = folder.join("stick");
        file::private_folder(&stick)?;
        story.keep("stick", stick);
        story.found()?;
        Ok(story)
    }

    fn keep(&mut self, name: &str, path: PathBuf) {
        self.words.insert(name.to_owned(), path.to_string_lossy().into_owned());
    }

    /// The workspace of a desk of the story.
    pub fn workspace(&self, code: &str) -> PathBuf {
        self.folder.join(code).join("workspace")
    }

    /// The identity of a member of the story, named as `okafor@XA`.
    pub fn identity(&self, who: &str) -> PathBuf {
        let (member, code) = who.split_once('@').unwrap_or((who, ""));
        self.folder.join(code).join(format!("{member}.age"))
    }

    fn place(&self, who: &str, at: Timestamp) -> CommandContext {
        let code = who.split_once('@').map_or("", |(_, code)| code);
        CommandContext {
            workspace: self.workspace(code),
            identity: self.identity(who),
            passphrase: Box::new(|_, _| {
                Err(Error::new(ErrorKind::Key, "the demo's identities have no passphrase", "start the demo again"))
            }),
            clock: Clock::Fixed(at),
        }
    }

    fn found(&mut self) -> Result<(), Error> {
        let at = self.now.minus(Duration::hours(730));
        let sites = std::mem::take(&mut self.script.site);
        for site in &sites {
            let folder = self.folder.join(&site.code);
            file::private_folder(&folder)?;
            self.keep(&site.code, folder);
            for (n, member) in site.members.iter().enumerate() {
                let who = format!("{}@{}", member.file, site.code);
                let out = self.identity(&who).to_string_lossy().into_owned();
                let form = Args::default()
                    .with("name", member.name.as_str())
                    .with("out", out.as_str())
                    .with("no-passphrase", "yes");
                self.run(&who, at, "identity new", &form)?;
                let founder = site.members.first().map_or("", |m| m.file.as_str());
                let by = format!("{founder}@{}", site.code);
                if n == 0 {
                    let form = Args::default()
                        .with("desk", site.code.as_str())
                        .with("name", site.name.as_str())
                        .with("jurisdiction", site.code.as_str())
                        .with("roles", member.roles.as_str())
                        .with("exercise", EXERCISE);
                    self.run(&by, at, "init", &form)?;
                    let card = self.folder.join(format!("{}.card", site.code)).to_string_lossy().into_owned();
                    let answer = self.run(&by, at, "desk card", &Args::default().with("out", card.as_str()))?;
                    let fingerprint =
                        answer.value.get("fingerprint").and_then(|f| f.as_str()).unwrap_or_default().to_owned();
                    self.words.insert(format!("{}.card", site.code), card);
                    self.words.insert(format!("{}.fingerprint", site.code), fingerprint);
                } else {
                    let form = Args::default().with("file", format!("{out}.pub")).with("roles", member.roles.as_str());
                    self.run(&by, at, "member add", &form)?;
                }
            }
        }
        self.script.site = sites;
        Ok(())
    }

    fn run(&self, who: &str, at: Timestamp, name: &str, form: &Args) -> Result<Output, Error> {
        let command = command(name).ok_or_else(|| {
            Error::new(ErrorKind::Internal, format!("the story knows no command {name}"), "please report it")
        })?;
        let mut place = self.place(who, at);
        let mut job = Job::silent();
        if !command.needs_workspace(form) {
            return run(command, On::Nothing(&mut place), form, &mut job);
        }
        let (me, _) = identity::unlock(&mut place)?;
        let mut workspace = Workspace::open(&place.workspace, &place.identity, me, place.clock, false)?;
        run(command, On::Workspace(&mut workspace), form, &mut job)
    }

    /// Replaces `{name}` by what was kept, and `{-7d}` and `{+7d}` by times.
    fn expand(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                out.push('{');
                rest = after;
                continue;
            };
            let time = match (
                name.strip_prefix('-').and_then(Duration::parse),
                name.strip_prefix('+').and_then(Duration::parse),
            ) {
                (Some(span), _) => Some(self.now.minus(span)),
                (_, Some(span)) => Some(self.now.plus(span)),
                _ => None,
            };
            match (time, self.words.get(name)) {
                (Some(time), _) => out.push_str(&time.to_string()),
                (None, Some(word)) => out.push_str(word),
                (None, None) => out.push_str(name),
            }
            rest = after;
        }
        out + rest
    }

    /// How many steps there are up to the end of a part.
    pub fn steps(&self, part: u8) -> usize {
        self.script.step.iter().filter(|s| s.part() <= part).count()
    }

    fn next_step(&self, part: u8) -> Option<&Step> {
        self.script.step.get(self.next).filter(|s| s.part() <= part)
    }

    /// The step that [`Self::step`] would play next. `None` where there is none left.
    pub fn coming(&self, part: u8) -> Result<Option<Coming>, Error> {
        let Some(step) = self.next_step(part) else { return Ok(None) };
        let words = match crate::command::command(&step.r#do) {
            Some(command) => words(command, &self.form_of(step)?),
            None => Vec::new(),
        };
        Ok(Some(Coming {
            who: step.who.clone(),
            name: self.name_of(&step.who).to_owned(),
            command: step.r#do.clone(),
            words,
            say: step.say.clone(),
            refused: step.is_refused(),
        }))
    }

    fn name_of<'a>(&'a self, who: &'a str) -> &'a str {
        let Some((file, code)) = who.split_once('@') else { return who };
        let site = self.script.site.iter().find(|s| s.code == code);
        let founder = site.and_then(|s| s.members.iter().find(|m| m.file == file)).map(|m| m.name.as_str());
        // Who joins later begins with keys of their own, and says there what they are called.
        let joined = || self.script.step.iter().find(|s| s.who == who)?.with.get("name")?.as_str();
        founder.or_else(joined).unwrap_or(who)
    }

    fn form_of(&self, step: &Step) -> Result<Args, Error> {
        let command = crate::command::command(&step.r#do);
        let mut form = Args::default();
        for (key, value) in &step.with {
            let Some(field) = command.and_then(|command| command.field(key)) else {
                return Err(Error::new(
                    ErrorKind::Internal,
                    format!("the story gives {} a field {key}", step.r#do),
                    "please report it",
                ));
            };
            match value {
                toml::Value::Array(all) => {
                    all.iter().filter_map(|v| v.as_str()).for_each(|v| form.add(field.name, self.expand(v)))
                }
                one => form.add(field.name, self.expand(one.as_str().unwrap_or_default())),
            }
        }
        Ok(form)
    }

    /// Plays the next step of a part (1: up to where the screens open; 2: to the end; 3: what only the tour tells). `None` where there is none left.
    pub fn step(&mut self, part: u8) -> Result<Option<Played>, Error> {
        let Some(step) = self.next_step(part).cloned() else { return Ok(None) };
        let played = self.play(&step)?;
        self.next += 1;
        Ok(Some(played))
    }

    /// Plays the next step of what has happened when the screens of the demo open, after the first part. `None` where there is
    /// none left.
    pub fn scene(&mut self) -> Result<Option<Played>, Error> {
        let Some(step) = self.script.scene.get(self.set).cloned() else { return Ok(None) };
        let played = self.play(&step)?;
        self.set += 1;
        Ok(Some(played))
    }

    fn play(&mut self, step: &Step) -> Result<Played, Error> {
        let sooner = if step.today { early(self.now) } else { Duration::millis(0) };
        let at = self.now.minus(Duration::hours(step.at)).minus(sooner);
        let form = self.form_of(step)?;
        let done = self.run(&step.who, at, &step.r#do, &form);
        let refused = step.is_refused();
        let outcome = match &done {
            Ok(answer) if !refused => {
                answer.message.clone().or_else(|| answer.text.clone()).unwrap_or_else(|| in_a_line(answer))
            }
            Err(failure) if refused && failure.kind == ErrorKind::Refused => failure.what.clone(),
            Ok(_) => {
                return Err(Error::new(
                    ErrorKind::Internal,
                    format!("{} was not refused, and should have been", step.r#do),
                    "please report it",
                ));
            }
            Err(failure) => return Err(failure.clone()),
        };
        let played =
            Played { at, who: step.who.clone(), command: step.r#do.clone(), say: step.say.clone(), outcome, refused };
        if let (Some(keep), Ok(answer)) = (step.keep.clone(), done) {
            let (name, member) = keep.split_once(" = ").unwrap_or((&keep, "id"));
            let kept = answer.value.get(member).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
            self.words.insert(name.to_owned(), kept);
        }
        Ok(played)
    }

    /// What was kept under a name.
    pub fn kept(&self, name: &str) -> Option<&str> {
        self.words.get(name).map(String::as_str)
    }
}

/// How much of a day is left at least at the moment at which the story stands.
const LAST: Duration = Duration::minutes(5);
/// How long before the end of the day what is due on that day ends at the latest.
const MIDNIGHT: Duration = Duration::minutes(1);
/// How long after the screens open what is due on that day ends, where the day is long enough.
const DUE: Duration = Duration::hours(2);

/// The end of the day, in UTC.
const fn midnight(now: Timestamp) -> Timestamp {
    now.start_of_day().plus(Duration::days(1))
}

/// The moment at which the story stands: the next day, where almost nothing of this one is left in which anything could be due.
fn moment(now: Timestamp) -> Timestamp {
    let midnight = midnight(now);
    if now.plus(LAST) > midnight { midnight } else { now }
}

/// How much earlier that is done which brings what is due on the day of the story's moment.
fn early(now: Timestamp) -> Duration {
    let due = now.plus(DUE);
    due.since(due.min(midnight(now).minus(MIDNIGHT)))
}

/// What would be typed for a command, word by word.
fn words(command: &Command, form: &Args) -> Vec<String> {
    let mut words: Vec<String> = command.full_name().split(' ').map(str::to_owned).collect();
    // Positional arguments come first: they name what the others are about.
    let (bare, named): (Vec<&Arg>, Vec<&Arg>) = command.args.iter().partition(|f| f.positional);
    words.extend(bare.iter().flat_map(|f| form.all(f.name).iter().cloned()));
    for field in named {
        for value in form.all(field.name) {
            words.push(format!("--{}", field.name));
            if !matches!(field.kind, ArgKind::Flag) {
                words.push(value.clone());
            }
        }
    }
    words
}

/// A list in a line: its first row's columns.
fn in_a_line(answer: &Output) -> String {
    let Some(rows) = answer.value.as_array() else { return String::new() };
    let cell = |row: &serde_json::Value, key: &str| match row.get(key) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let words = |row: &serde_json::Value| {
        answer.columns.iter().map(|(key, title)| format!("{title} {}", cell(row, key))).collect::<Vec<_>>().join(", ")
    };
    let line = |row: Option<&serde_json::Value>| row.map(words).unwrap_or_default();
    match rows.len() {
        0 => "Nothing.".to_owned(),
        1 => line(rows.first()),
        n => format!("{n} rows; the last: {}", line(rows.last())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_due_on_the_day_on_which_the_screens_open_whenever_that_is() {
        let day = Timestamp::parse("2026-11-28T00:00:00Z").unwrap();
        for minute in 0..24 * 60 {
            let now = moment(day.plus(Duration::minutes(minute)));
            let due = now.plus(DUE).minus(early(now));
            assert!(due < midnight(now), "{now}: {due}");
            assert!(due >= now.plus(LAST).minus(MIDNIGHT), "{now}: {due}");
        }
        let at = |text| Timestamp::parse(text).unwrap();
        assert_eq!(early(at("2026-11-28T20:00:00Z")), Duration::hours(0));
        assert_eq!(early(at("2026-11-28T23:00:00Z")), Duration::minutes(61));
        assert_eq!(moment(at("2026-11-28T23:55:00Z")), at("2026-11-28T23:55:00Z"));
        assert_eq!(moment(at("2026-11-28T23:58:00Z")), at("2026-11-29T00:00:00Z"));
    }

    #[test]
    fn what_ends_on_the_day_of_the_screens_is_given_for_as_long_as_the_scene_counts() {
        let script: Script = toml::from_str(include_str!("../../assets/demo/story.toml")).unwrap();
        let mut ends = 0;
        for (n, step) in script.scene.iter().enumerate().filter(|(_, step)| step.today) {
            // Nobody does anything before what they did earlier.
            let mut before = script.step.iter().filter(|s| s.part() == 1).chain(script.scene.iter().take(n));
            assert!(before.all(|s| s.today || s.who != step.who || s.at >= step.at + 2), "{}", step.r#do);
            if let Some(term) = step.with.get("delete-after").and_then(|term| term.as_str()) {
                let term = Duration::parse(term).unwrap();
                assert_eq!(Duration::hours(step.at + 2), term);
                ends += 1;
            }
        }
        assert_eq!(ends, 1);
    }
}
