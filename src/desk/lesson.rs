//! What the tour says of the steps of the story: rows in `assets/tour.toml`, one for each verb that goes through and each
//! that the gate refuses. It plays nothing, and what a rule says stands with the law.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::law::rule::{self, Rule};
use crate::value::class::Role;

/// One lesson.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    verb: String,
    #[serde(default)]
    refused: bool,
    role: Option<String>,
    /// Why it is as it is.
    pub why: String,
    #[serde(default)]
    rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    lesson: Vec<Lesson>,
}

static LESSONS: LazyLock<Vec<Lesson>> = LazyLock::new(|| {
    // The rows are part of the program; a test reads them, so a malformed file does not leave the workshop.
    toml::from_str::<Rows>(include_str!("../../assets/tour.toml")).map(|rows| rows.lesson).unwrap_or_default()
});

/// The lesson about a verb, when it goes through or when it is refused.
pub fn about(verb: &str, refused: bool) -> Option<&'static Lesson> {
    LESSONS.iter().find(|l| l.verb == verb && l.refused == refused)
}

impl Lesson {
    /// Whose lesson it is; `None`: everybody's.
    pub fn role(&self) -> Option<Role> {
        self.role.as_deref().and_then(Role::parse)
    }

    /// The rules behind it.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().filter_map(|id| rule::by_id(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::verb;

    #[test]
    fn every_lesson_is_about_a_verb_a_role_and_rules_that_there_are() {
        assert!(!LESSONS.is_empty());
        for (n, l) in LESSONS.iter().enumerate() {
            assert!(verb(&l.verb).is_some() && !l.why.is_empty(), "{}", l.verb);
            assert_eq!(l.role().is_some(), l.role.is_some(), "{}", l.verb);
            assert_eq!(l.rules().count(), l.rules.len(), "{}", l.verb);
            let again = LESSONS.iter().skip(n + 1).any(|m| (&m.verb, m.refused) == (&l.verb, l.refused));
            assert!(!again, "{} has two lessons", l.verb);
        }
    }
}
