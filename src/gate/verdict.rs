//! What the gate says: allowed or not, every rule that was looked at, and what follows from a yes.

use super::tri::Tri;
use crate::law::rule::{RuleId, SecondPerson};
use crate::object;
use crate::value::json::Json;

/// What one rule came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule's number.
    pub id: RuleId,
    /// Whether it holds.
    pub holds: bool,
    /// Why, in plain words.
    pub because: String,
}

/// The gate's answer.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Verdict {
    /// Every rule that was looked at, in order of number.
    pub rules: Vec<Finding>,
    /// What must follow.
    pub obligations: Vec<String>,
}

impl Finding {
    /// The source of the rule.
    pub fn source(&self) -> &'static str {
        self.id.row().map_or("", |rule| rule.source.as_str())
    }
}

impl Verdict {
    /// Whether no rule says no.
    pub fn allowed(&self) -> bool {
        self.rules.iter().all(|r| r.holds)
    }

    /// The rules that say no, in order of number.
    pub fn refused_by(&self) -> Vec<RuleId> {
        self.refusals().map(|r| r.id).collect()
    }

    /// Whether nothing but a second person is missing. Whoever joins the claim of an emergency makes it one (G-23), and
    /// that lifts what only reviews, courts and releases give.
    pub fn waits_for_a_second_person(&self, emergency: bool) -> bool {
        let would_hold = |finding: &Finding| {
            finding.id.row().is_some_and(|rule| match rule.second_person {
                Some(SecondPerson::Joins) => emergency,
                Some(SecondPerson::Releases) if !emergency => true,
                _ => emergency && rule.lifted_by_emergency,
            })
        };
        !self.allowed() && self.refusals().all(would_hold)
    }

    /// The findings that say no.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.rules.iter().filter(|r| !r.holds)
    }

    /// The verdict as `gate simulate` prints it.
    pub fn to_json(&self) -> Json {
        let rules: Vec<Json> = self
            .rules
            .iter()
            .map(|r| object! { "id" => r.id, "holds" => r.holds, "because" => r.because.as_str(), "source" => r.source() })
            .collect();
        object! {
            "allowed" => self.allowed(),
            "refused_by" => self.refused_by(),
            "rules" => rules,
            "obligations" => self.obligations.clone(),
        }
    }

    /// The refusal in one sentence: each rule that says no, with its reason and source.
    pub fn refusal(&self) -> String {
        let parts: Vec<String> = self.refusals().map(|r| format!("{} {} ({})", r.id, r.because, r.source())).collect();
        parts.join("; ")
    }

    /// Begins with the finding on the facts themselves: each must be present and known.
    pub fn of_facts(id: RuleId, problems: &[String]) -> Self {
        let because =
            if problems.is_empty() { "every fact is present and known".to_owned() } else { problems.join("; ") };
        Self { rules: vec![Finding { id, holds: problems.is_empty(), because }], obligations: Vec::new() }
    }

    /// Adds a rule. Where it cannot be said whether it holds, it is left out.
    pub fn rule(&mut self, id: RuleId, holds: Tri, yes: &str, no: impl FnOnce() -> String) {
        if let Some(holds) = holds {
            let because = if holds { yes.to_owned() } else { no() };
            self.rules.push(Finding { id, holds, because });
        }
    }
}
