//! The verdict of the gate: allowed or not, every rule that was judged, and the obligations that come with it.

use super::tri::Tri;
use crate::law::rule::{RuleId, SecondPerson};
use crate::object;
use crate::value::json::Json;

/// The result of one rule.
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
    /// Every rule that was judged, in order of number.
    pub rules: Vec<Finding>,
    /// The obligations that come with it.
    pub obligations: Vec<String>,
}

impl Finding {
    /// Returns the source of the rule.
    pub fn source(&self) -> &'static str {
        self.id.row().map_or("", |rule| rule.source.as_str())
    }
}

impl Verdict {
    /// Returns whether no rule refuses.
    pub fn allowed(&self) -> bool {
        self.rules.iter().all(|r| r.holds)
    }

    /// Returns the rules that refuse, in order of number.
    pub fn refused_by(&self) -> Vec<RuleId> {
        self.refusals().map(|r| r.id).collect()
    }

    /// Returns whether nothing but a second person is missing. Whoever joins the claim of an emergency makes it hold
    /// (G-23), and that lifts reviews, authorisation and release.
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

    /// Returns the findings that refuse.
    pub fn refusals(&self) -> impl Iterator<Item = &Finding> {
        self.rules.iter().filter(|r| !r.holds)
    }

    /// Returns the verdict as `gate simulate` prints it.
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

    /// Returns the refusal in one sentence: each rule that refuses, with its reason and source.
    pub fn refusal(&self) -> String {
        let parts: Vec<String> = self.refusals().map(|r| format!("{} {} ({})", r.id, r.because, r.source())).collect();
        parts.join("; ")
    }

    /// Returns a verdict that begins with the finding on the facts themselves: each must be present and known.
    pub fn of_facts(id: RuleId, problems: &[String]) -> Self {
        let because =
            if problems.is_empty() { "every fact is present and known".to_owned() } else { problems.join("; ") };
        Self { rules: vec![Finding { id, holds: problems.is_empty(), because }], obligations: Vec::new() }
    }

    /// Adds a rule. Where it is undecided, it is left out.
    pub fn rule(&mut self, id: RuleId, holds: Tri, yes: &str, no: impl FnOnce() -> String) {
        if let Some(holds) = holds {
            let because = if holds { yes.to_owned() } else { no() };
            self.rules.push(Finding { id, holds, because });
        }
    }
}
