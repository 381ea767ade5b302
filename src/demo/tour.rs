//! The lessons of the tour: rows in `assets/tour.toml`, one for each command of the story that succeeds and one for each that
//! the gate refuses. What a rule says is with the law.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::law::rule::{Rule, RuleId};
use crate::value::class::Role;

/// One lesson.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    command: String,
    #[serde(default)]
    refused: bool,
    role: Option<String>,
    /// Why it is as it is.
    pub why: String,
    #[serde(default)]
    rules: Vec<RuleId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    lesson: Vec<Lesson>,
}

static LESSONS: LazyLock<Vec<Lesson>> = LazyLock::new(|| {
    // The rows are part of the program; a test reads them, so a malformed file never leaves a build.
    toml::from_str::<Rows>(include_str!("../../assets/tour.toml")).map(|rows| rows.lesson).unwrap_or_default()
});

/// The lesson about a command, when it goes through or when it is refused.
pub fn about(command: &str, refused: bool) -> Option<&'static Lesson> {
    LESSONS.iter().find(|l| l.command == command && l.refused == refused)
}

impl Lesson {
    /// Whose lesson it is; `None`: everybody's.
    pub fn role(&self) -> Option<Role> {
        self.role.as_deref().and_then(Role::parse)
    }

    /// The rules behind it.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().filter_map(|id| id.row())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::command;

    #[test]
    fn every_lesson_is_about_a_verb_a_role_and_rules_that_there_are() {
        assert!(!LESSONS.is_empty());
        for (n, l) in LESSONS.iter().enumerate() {
            assert!(command(&l.command).is_some() && !l.why.is_empty(), "{}", l.command);
            assert_eq!(l.role().is_some(), l.role.is_some(), "{}", l.command);
            assert_eq!(l.rules().count(), l.rules.len(), "{}", l.command);
            let again = LESSONS.iter().skip(n + 1).any(|m| (&m.command, m.refused) == (&l.command, l.refused));
            assert!(!again, "{} has two lessons", l.command);
        }
    }
}
