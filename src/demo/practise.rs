//! Sandboxes: a ready exercise for one role, played in a workspace of its own that can never reach a live desk. The exercises are
//! rows of `assets/exercises/`; everything is done by commands of the table, as one member.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::command::command;
use crate::command::definition::{Args, CommandContext, Output};
use crate::command::run::{On, run};
use crate::command::{exercise, identity};
use crate::exercise::scenario::{ScenarioRow, offset};
use crate::host::clock::Clock;
use crate::host::file;
use crate::record::inject::{InjectType, Trigger, Words};
use crate::value::class::{Role, words};
use crate::value::word::all_words;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

words! {
    /// For whom there are ready exercises.
    PractiseRole {
        /// Works cases.
        Investigator = "investigator",
        /// Runs the desk's requests.
        DeskOfficer = "desk-officer",
        /// Brings a case to court.
        Prosecutor = "prosecutor",
        /// Authorises, and decides.
        Judge = "judge",
        /// Speaks for a state.
        Diplomat = "diplomat",
    }
}

/// A ready exercise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    roles: Vec<String>,
    /// What it is to try.
    pub scope: String,
    /// What happens in it.
    pub scenario: String,
    /// The rules of play.
    pub rules: String,
    safety_word: String,
    objective: Vec<TemplateObjective>,
    /// Its events.
    pub inject: Vec<TemplateInject>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateObjective {
    text: String,
    capability: String,
    target: String,
    tasks: Vec<String>,
}

/// An event of a ready exercise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateInject {
    time: String,
    r#type: InjectType,
    /// From whom.
    pub from: String,
    /// How it comes.
    pub method: String,
    /// What it says.
    pub text: String,
    /// The answer.
    pub expected: String,
    /// Why that is the answer.
    pub why: String,
    objective: i64,
    capability: String,
    #[serde(default)]
    condition: String,
    #[serde(default)]
    reply_within: Option<String>,
}

const FILES: [&str; 4] = [
    include_str!("../../assets/exercises/harbour-ransom.toml"),
    include_str!("../../assets/exercises/night-shift.toml"),
    include_str!("../../assets/exercises/papers-for-court.toml"),
    include_str!("../../assets/exercises/statement-at-noon.toml"),
];

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    // They are part of the program; a test reads them, so a malformed file never leaves a build.
    FILES.iter().filter_map(|text| toml::from_str(text).ok()).collect()
});

/// The ready exercises.
pub fn templates() -> &'static [Template] {
    &TEMPLATES
}

/// The ready exercise for a role: the first, or the one of that name.
///
/// # Errors
///
/// Where there is none of that name.
pub fn template_for(role: PractiseRole, name: Option<&str>) -> Result<&'static Template, Error> {
    let mut all = TEMPLATES.iter();
    let found = match name {
        Some(name) => all.find(|t| t.name.as_str() == name),
        None => all.find(|t| t.is_for(role)),
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = TEMPLATES.iter().map(|t| t.name.as_str()).collect();
        Error::unknown(format!("there is no such ready exercise; there are: {}", names.join(", ")))
    })
}

impl Template {
    /// Whether it is for a role.
    pub fn is_for(&self, role: PractiseRole) -> bool {
        self.roles.iter().any(|r| PractiseRole::parse(r) == Some(role))
    }

    fn rows(&self) -> Vec<ScenarioRow> {
        let numbered = self.inject.iter().enumerate();
        let row = |(n, i): (usize, &TemplateInject)| ScenarioRow {
            number: Some(n as i64 + 1),
            offset: offset(&i.time),
            inject_type: i.r#type,
            trigger: Trigger::Time,
            objective: Some(i.objective),
            reply_within: i.reply_within.as_deref().and_then(offset),
            words: Words {
                from: i.from.clone(),
                method: i.method.clone(),
                text: i.text.clone(),
                expected: i.expected.clone(),
                capability: i.capability.clone(),
                condition: i.condition.clone(),
                note: i.why.clone(),
                ..Words::default()
            },
            ..ScenarioRow::default()
        };
        numbered.map(row).collect()
    }
}

/// A sandbox that is being played.
pub struct Sandbox {
    folder: PathBuf,
}

impl Sandbox {
    /// Founds a desk in an empty folder, plans the exercise there and starts it.
    ///
    /// # Errors
    ///
    /// Where the folder is not empty or cannot be written.
    pub fn begin(folder: &Path, template: &Template) -> Result<Self, Error> {
        if !file::is_empty_folder(folder)? {
            let what = format!("{} is not empty", crate::value::text::shown(&folder.to_string_lossy()));
            return Err(Error::new(ErrorKind::Version, what, "name another folder with --dir"));
        }
        file::private_folder(folder)?;
        let sandbox = Self { folder: folder.to_owned() };
        let out = sandbox.identity().to_string_lossy().into_owned();
        let form = Args::default().with("name", "You").with("out", out).with("no-passphrase", "yes");
        sandbox.run("identity new", &form)?;
        let form = Args::default()
            .with("desk", "XA")
            .with("name", "Sandbox desk")
            .with("jurisdiction", "XA")
            .with("roles", all_words::<Role>().join(","))
            .with("exercise", "practise");
        sandbox.run("init", &form)?;
        let mut form = Args::default()
            .with("title", template.title.as_str())
            .with("scope", template.scope.as_str())
            .with("scenario", template.scenario.as_str())
            .with("rules", template.rules.as_str())
            .with("safety-word", template.safety_word.as_str());
        for (n, objective) in template.objective.iter().enumerate() {
            form.add("objective", format!("{}: {}", objective.text, objective.capability));
            form.add("target", format!("{}={}", n + 1, objective.target));
            for task in &objective.tasks {
                form.add("task", format!("{}={task}", n + 1));
            }
        }
        sandbox.run("exercise new", &form)?;
        {
            let mut workspace = sandbox.open()?;
            let of = exercise::current(&workspace)?;
            exercise::plan::plan_rows(&mut workspace, &of, &template.rows())?;
        }
        sandbox.run("exercise start", &Args::default())?;
        Ok(sandbox)
    }

    /// The workspace.
    pub fn workspace(&self) -> PathBuf {
        self.folder.join("workspace")
    }

    /// The identity of whoever plays.
    pub fn identity(&self) -> PathBuf {
        self.folder.join("you.age")
    }

    /// Delivers an event, by its number.
    ///
    /// # Errors
    ///
    /// Where the workspace refuses it.
    pub fn deliver(&self, number: usize) -> Result<(), Error> {
        let form = Args::default().with("inject", number.to_string()).with("by-hand", "yes");
        self.run("exercise deliver", &form).map(drop)
    }

    /// Records what was answered to it.
    ///
    /// # Errors
    ///
    /// Where the workspace refuses it.
    pub fn answer(&self, number: usize, text: &str) -> Result<(), Error> {
        let form = Args::default().with("inject", number.to_string()).with("text", text);
        self.run("exercise respond", &form).map(drop)
    }

    /// Ends the exercise.
    ///
    /// # Errors
    ///
    /// Where the workspace refuses it.
    pub fn end(&self) -> Result<(), Error> {
        self.run("exercise end", &Args::default()).map(drop)
    }

    fn place(&self) -> CommandContext {
        CommandContext {
            workspace: self.workspace(),
            identity: self.identity(),
            passphrase: Box::new(|_, _| {
                Err(Error::new(ErrorKind::Key, "the sandbox's identity has no passphrase", "start it again"))
            }),
            clock: Clock::System,
        }
    }

    fn open(&self) -> Result<Workspace, Error> {
        let mut place = self.place();
        let (me, _) = identity::unlock(&mut place)?;
        Workspace::open(&place.workspace, &place.identity, me, place.clock, false)
    }

    fn run(&self, name: &str, form: &Args) -> Result<Output, Error> {
        let known = command(name);
        let command =
            known.ok_or_else(|| Error::new(ErrorKind::Internal, format!("no command {name}"), "report it"))?;
        if command.needs_workspace(form) {
            run(command, On::Workspace(&mut self.open()?), form, &mut Job::silent())
        } else {
            run(command, On::Nothing(&mut self.place()), form, &mut Job::silent())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ready_exercises_for_every_role_with_answers_and_reasons() {
        assert_eq!(TEMPLATES.len(), FILES.len(), "each can be read");
        for role in PractiseRole::ALL {
            assert!(template_for(*role, None).is_ok(), "{role}");
        }
        for template in templates() {
            assert!(template.inject.len() >= 3 && !template.objective.is_empty(), "{}", template.name);
            assert!(template.roles.iter().all(|r| PractiseRole::parse(r).is_some()), "{}", template.name);
            for inject in &template.inject {
                assert!(!inject.expected.is_empty() && !inject.why.is_empty(), "{}", template.name);
                assert!(offset(&inject.time).is_some(), "{}", inject.time);
                assert!((1..=template.objective.len() as i64).contains(&inject.objective), "{}", template.name);
            }
        }
        assert!(template_for(PractiseRole::Judge, Some("none")).is_err());
    }

    #[test]
    fn a_sandbox_is_played_from_its_first_event_to_its_last() {
        for template in templates() {
            let folder = tempfile::tempdir().unwrap();
            let sandbox = Sandbox::begin(&folder.path().join("new"), template).unwrap();
            for n in 1..=template.inject.len() {
                sandbox.deliver(n).unwrap();
                sandbox.answer(n, "done").unwrap();
            }
            sandbox.end().unwrap();
            let workspace = sandbox.open().unwrap();
            assert_ne!(workspace.meta.realm, crate::value::realm::Realm::Live);
            let of = exercise::current(&workspace).unwrap();
            let shown = exercise::view::view(&workspace, &of).unwrap();
            assert!(shown.injects.iter().all(|i| i.replies.len() == 1), "{}", template.name);
        }
    }
}
