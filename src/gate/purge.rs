//! The question `purge`: may this be erased now? Facts and rules U-00 to U-04 of docs/gate.md.

use super::fact::{self, Fact, Facts};
use super::tri;
use super::verdict::Verdict;
use crate::law::rule::{QuestionKind, RuleId};
use crate::object;
use crate::value::class::Role;
use crate::value::json::Json;
use crate::value::text::is_blank;
use crate::value::timestamp::Timestamp;

/// The roles that may erase (rule U-04), in the order in which one is taken for the act.
pub const MAY_ERASE: [Role; 3] = [Role::DeskOfficer, Role::ReleaseOfficer, Role::Administrator];

/// One hold on what is to be erased.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hold {
    /// Who lifted it; `None`: it stands.
    pub lifted_by: Fact<Option<String>>,
    /// Who placed it.
    pub placed_by: Fact<String>,
}

/// The facts of the question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Purge {
    /// When.
    pub now: Fact<Timestamp>,
    /// When it is due.
    pub due: Fact<Option<Timestamp>>,
    /// The reason that was given.
    pub because: Fact<Option<String>>,
    /// Who asks.
    pub by: Fact<String>,
    /// Their roles.
    pub roles: Fact<Vec<Role>>,
    /// The holds on it, lifted ones too.
    pub holds: Fact<Vec<Hold>>,
    /// Whether a partner holds a copy with a duty to delete.
    pub shared_with_duty: Fact<bool>,
    /// What was wrong with the facts as they were given.
    pub problems: Vec<String>,
}

impl Purge {
    /// Returns the facts read from JSON; what is wrong with them is kept for U-00.
    pub fn read(json: &Json) -> Self {
        let mut problems = Vec::new();
        let mut f = Facts::of(Some(json), "", &mut problems);
        f.fact("question", |_| Some(()));
        let mut found = Self {
            now: f.fact("now", fact::time),
            due: f.fact("due", fact::nullable(fact::time)),
            because: f.fact("because", fact::nullable(fact::text)),
            by: f.fact("by", fact::name),
            roles: f.fact("roles", fact::list(fact::word(Role::parse))),
            holds: None,
            shared_with_duty: f.fact("shared_with_duty", Json::truth),
            problems: Vec::new(),
        };
        let holds = f.fact("holds", |j| j.items().filter(|all| all.iter().all(|h| h.members().is_some())));
        f.finish();
        found.holds = holds.map(|all| {
            let read = |hold| {
                let mut f = Facts::of(Some(hold), "holds.", &mut problems);
                let hold = Hold {
                    lifted_by: f.fact("lifted_by", fact::nullable(fact::name)),
                    placed_by: f.fact("placed_by", fact::name),
                };
                f.finish();
                hold
            };
            all.iter().map(read).collect()
        });
        found.problems = problems;
        found
    }

    /// Returns the facts as JSON, to be kept with an act. The reason is content; that there is one is kept.
    pub fn to_json(&self) -> Json {
        let Self { now, due, because, by, roles, holds, shared_with_duty, problems: _ } = self;
        let holds: Vec<Json> = holds
            .iter()
            .flatten()
            .map(|h| object! { "lifted_by" => h.lifted_by.clone().flatten(), "placed_by" => h.placed_by.clone() })
            .collect();
        object! {
            "question" => QuestionKind::Purge,
            "now" => now.map(|t| t.to_string()),
            "due" => due.flatten().map(|t| t.to_string()),
            "because" => because.clone().flatten(),
            "by" => by.clone(),
            "roles" => roles.clone(),
            "holds" => holds,
            "shared_with_duty" => *shared_with_duty,
        }
    }

    /// Returns the verdict.
    pub fn judge(&self) -> Verdict {
        let mut v = Verdict::of_facts(RuleId::U00, &self.problems);
        let due = match (self.now, self.due) {
            (_, Some(None)) => Some(false),
            (Some(now), Some(Some(due))) => Some(due <= now),
            _ => None,
        };
        let reason = self.because.as_ref().map(|b| b.as_ref().is_some_and(|b| !is_blank(b)));
        v.rule(RuleId::U01, tri::any(&[due, reason]), "it is due, or a reason is given", || {
            "it is not due: give a reason (--because)".into()
        });

        let stands = |h: &Hold| h.lifted_by.as_ref().map(Option::is_some);
        let lifted = self.holds.as_ref().and_then(|all| tri::all(&all.iter().map(stands).collect::<Vec<_>>()));
        v.rule(RuleId::U02, lifted, "no hold stands", || {
            "a hold stands: it beats every timer until another person lifts it".into()
        });

        let by_another = |h: &Hold| match (&h.lifted_by, &h.placed_by, &self.by) {
            (Some(None), ..) => Some(true),
            (Some(Some(l)), placed, by) => tri::all(&[placed.as_ref().map(|p| p != l), by.as_ref().map(|b| b != l)]),
            (None, ..) => None,
        };
        let others = self.holds.as_ref().and_then(|all| tri::all(&all.iter().map(by_another).collect::<Vec<_>>()));
        v.rule(RuleId::U03, others, "no hold was lifted by who placed it or asks now", || {
            "a hold was lifted by the person who asks now, or by the one who placed it".into()
        });

        let role = self.roles.as_ref().map(|all| all.iter().any(|r| MAY_ERASE.contains(r)));
        v.rule(RuleId::U04, role, "the role may erase", || {
            "only a desk officer, a release officer or an administrator may erase".into()
        });
        if self.shared_with_duty == Some(true) {
            v.obligations.push("tell the partners who hold a copy".into());
        }
        v
    }
}
