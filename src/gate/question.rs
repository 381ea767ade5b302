//! The four questions, read from JSON and judged by one pure function.

use super::act::Act;
use super::decide::Decide;
use super::leave::Leave;
use super::purge::Purge;
use super::verdict::Verdict;
use crate::law::rule::{QuestionKind, RuleId};
use crate::value::json::Json;

/// A question to the gate, with its facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Question {
    /// May this item go to this partner now?
    Leave(Box<Leave>),
    /// May this person decide this review?
    Decide(Box<Decide>),
    /// May this be erased now?
    Purge(Box<Purge>),
    /// May this member sign this, and may it travel?
    Act(Box<Act>),
    /// No question that the gate knows.
    Unknown,
}

impl Question {
    /// Returns the question read from JSON. What is wrong with its facts is kept and judged.
    pub fn read(json: &Json) -> Self {
        match json.get("question").and_then(Json::text).and_then(QuestionKind::parse) {
            Some(QuestionKind::Leave) => Self::Leave(Box::new(Leave::read(json))),
            Some(QuestionKind::Decide) => Self::Decide(Box::new(Decide::read(json))),
            Some(QuestionKind::Purge) => Self::Purge(Box::new(Purge::read(json))),
            Some(QuestionKind::Act) => Self::Act(Box::new(Act::read(json))),
            None => Self::Unknown,
        }
    }

    /// Returns the facts as JSON.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Leave(q) => q.to_json(),
            Self::Decide(q) => q.to_json(),
            Self::Purge(q) => q.to_json(),
            Self::Act(q) => q.to_json(),
            Self::Unknown => Json::Null,
        }
    }
}

/// Returns the verdict on a question: this function is the gate.
pub fn judge(question: &Question) -> Verdict {
    match question {
        Question::Leave(q) => q.judge(),
        Question::Decide(q) => q.judge(),
        Question::Purge(q) => q.judge(),
        Question::Act(q) => q.judge(),
        Question::Unknown => Verdict::of_facts(RuleId::G00, &["question is missing or unknown".to_owned()]),
    }
}
