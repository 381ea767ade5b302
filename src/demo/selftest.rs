//! The self-test of a role: situations, what one might do, which of it is right, why, and by which rule. Rows in
//! `assets/selftest.toml`. It keeps no result: that is the member's own.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::law::rule::{Rule, RuleId};
use crate::value::class::Role;

/// One question.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    role: String,
    /// The situation.
    pub situation: String,
    /// What one might do.
    pub choices: Vec<String>,
    /// Which of it is right, counted from 1.
    pub right: usize,
    /// Why.
    pub why: String,
    rule: RuleId,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    question: Vec<Question>,
}

static QUESTIONS: LazyLock<Vec<Question>> = LazyLock::new(|| {
    // The rows are part of the program; a test reads them, so a malformed file never leaves a build.
    toml::from_str::<Rows>(include_str!("../../assets/selftest.toml")).map(|rows| rows.question).unwrap_or_default()
});

/// The questions for a role.
pub fn of_role(role: Role) -> Vec<&'static Question> {
    QUESTIONS.iter().filter(|q| Role::parse(&q.role) == Some(role)).collect()
}

impl Question {
    /// The rule behind it.
    pub fn rule(&self) -> Option<&'static Rule> {
        self.rule.row()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_questions_with_one_right_answer_and_a_rule() {
        assert!(!QUESTIONS.is_empty());
        for role in Role::ALL {
            assert!(of_role(*role).len() >= 3, "{role}");
        }
        for q in QUESTIONS.iter() {
            assert!(Role::parse(&q.role).is_some() && q.rule().is_some(), "{}", q.situation);
            assert!(q.choices.len() >= 2 && (1..=q.choices.len()).contains(&q.right), "{}", q.situation);
            assert!(!q.why.is_empty());
        }
    }
}
