//! The question `decide`: may this person decide this review? Facts and rules V-00 to V-09 of docs/gate.md.

use super::fact::{self, Fact, Facts};
use super::tri;
use super::verdict::Verdict;
use crate::law::rule::{QuestionKind, RuleId};
use crate::object;
pub use crate::record::review::Decided as Decision;
use crate::value::class::{Condition, Level, Role, Test, TestOutcome, words};
use crate::value::json::Json;
use crate::value::text::{is_blank, shown};
use crate::value::timestamp::{Duration, Timestamp};

words! {
    /// What a reviewer declares about themselves.
    Conflict {
        /// No conflict of interest.
        None = "none",
        /// A conflict of interest.
        Declared = "declared",
    }
}

/// The longest time for which an approval may be given.
pub const LONGEST_APPROVAL: Duration = Duration::days(365);

/// The facts of the question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decide {
    /// When.
    pub now: Fact<Timestamp>,
    /// Who decides.
    pub reviewer: Fact<String>,
    /// Their roles.
    pub roles: Fact<Vec<Role>>,
    /// Who asked for the review.
    pub requester: Fact<String>,
    /// The level of the review.
    pub level: Fact<Level>,
    /// The outcome of each test that has one; an outcome may itself be unusable.
    pub tests: Fact<Vec<(Test, Fact<TestOutcome>)>>,
    /// The less-intrusive-means text.
    pub less_intrusive: Fact<String>,
    /// The decision.
    pub outcome: Fact<Decision>,
    /// The conditions.
    pub conditions: Fact<Vec<Condition>>,
    /// When the approval expires.
    pub expires: Fact<Option<Timestamp>>,
    /// The declaration.
    pub conflict_of_interest: Fact<Conflict>,
    /// The reasons.
    pub reasons: Fact<String>,
    /// Whether it is about an identified person; left out, it is not.
    pub about_person: Fact<bool>,
    /// What was wrong with the facts as they were given.
    pub problems: Vec<String>,
}

impl Decide {
    /// Returns the facts read from JSON; what is wrong with them is kept for V-00.
    pub fn read(json: &Json) -> Self {
        let mut problems = Vec::new();
        let mut f = Facts::of(Some(json), "", &mut problems);
        f.fact("question", |_| Some(()));
        let mut found = Self {
            now: f.fact("now", fact::time),
            reviewer: f.fact("reviewer", fact::name),
            roles: f.fact("roles", fact::list(fact::word(Role::parse))),
            requester: f.fact("requester", fact::name),
            level: f.fact("level", fact::word(Level::parse)),
            tests: None,
            less_intrusive: f.fact("less_intrusive", fact::text),
            outcome: f.fact("outcome", fact::word(Decision::parse)),
            conditions: f.fact("conditions", fact::list(fact::word(Condition::parse))),
            expires: f.fact("expires", fact::nullable(fact::time)),
            conflict_of_interest: f.fact("conflict_of_interest", fact::word(Conflict::parse)),
            reasons: f.fact("reasons", fact::text),
            about_person: if json.get("about_person").is_some() {
                f.fact("about_person", Json::truth)
            } else {
                Some(false)
            },
            problems: Vec::new(),
        };
        let tests = f.object("tests");
        f.finish();
        found.tests = tests.and_then(Json::members).map(|all| {
            let mut read = Vec::new();
            for (name, outcome) in all {
                let outcome = outcome.text().and_then(TestOutcome::parse);
                match Test::parse(name) {
                    None => problems.push(format!("tests.{} is not a test", shown(name))),
                    Some(test) => {
                        if outcome.is_none() {
                            problems.push(format!("tests.{test} is not usable"));
                        }
                        read.push((test, outcome));
                    }
                }
            }
            read
        });
        found.problems = problems;
        found
    }

    /// Returns the facts as JSON, to be kept with an act. The texts are not among them: they are content.
    pub fn to_json(&self) -> Json {
        let Self {
            now,
            reviewer,
            roles,
            requester,
            level,
            tests,
            less_intrusive,
            outcome,
            conditions,
            expires,
            conflict_of_interest,
            reasons,
            about_person,
            problems: _,
        } = self;
        let mut tested = object! {};
        for (test, outcome) in tests.iter().flatten() {
            if let Some(outcome) = outcome {
                tested.set(test.word(), *outcome);
            }
        }
        let mut json = object! {
            "question" => QuestionKind::Decide,
            "now" => now.map(|t| t.to_string()),
            "reviewer" => reviewer.clone(),
            "roles" => roles.clone(),
            "requester" => requester.clone(),
            "level" => *level,
            "tests" => tested,
            "less_intrusive" => less_intrusive.clone(),
            "outcome" => *outcome,
            "conditions" => conditions.clone(),
            "expires" => expires.flatten().map(|t| t.to_string()),
            "conflict_of_interest" => *conflict_of_interest,
            "reasons" => reasons.clone(),
        };
        if *about_person == Some(true) {
            json.set("about_person", true);
        }
        json
    }

    /// Returns the verdict.
    pub fn judge(&self) -> Verdict {
        let mut v = Verdict::of_facts(RuleId::V00, &self.problems);
        let approval =
            self.outcome.map(|o| matches!(o, Decision::Approve | Decision::ApproveWithConditions | Decision::Partial));
        let unless_approval = tri::not(approval);

        let role = self.roles.as_ref().map(|r| r.contains(&Role::LegalReviewer));
        v.rule(RuleId::V01, role, "the reviewer is a legal reviewer", || {
            "only a legal reviewer may decide a review".into()
        });
        let other = self.reviewer.as_ref().zip(self.requester.as_ref()).map(|(a, b)| a != b);
        v.rule(RuleId::V02, other, "the reviewer is not the requester", || {
            "who asks for a review may not decide it".into()
        });
        let free = self.conflict_of_interest.map(|c| c == Conflict::None);
        v.rule(RuleId::V03, free, "no conflict of interest is declared", || {
            "a conflict of interest is declared".into()
        });

        let asked = self.level.zip(self.about_person).map(|(level, about)| Test::asked(level, about));
        let outcome_of =
            |test: Test| self.tests.as_ref().map(|all| all.iter().find(|(t, _)| *t == test).map(|(_, o)| *o));
        let complete = asked.as_ref().and_then(|asked| {
            let each: Vec<_> = asked
                .iter()
                .map(|t| match outcome_of(*t) {
                    None => None,
                    Some(None) => Some(false),
                    Some(Some(outcome)) => outcome.map(|_| true),
                })
                .collect();
            tri::all(&each)
        });
        v.rule(
            RuleId::V04,
            tri::any(&[unless_approval, complete]),
            "every test that the level asks has an outcome",
            || {
                let missing: Vec<_> =
                    asked.iter().flatten().filter(|t| outcome_of(**t) == Some(None)).map(|t| t.word()).collect();
                format!("tests without an outcome: {}", missing.join(", "))
            },
        );

        let said = self.less_intrusive.as_ref().map(|t| !is_blank(t));
        v.rule(RuleId::V05, tri::any(&[unless_approval, said]), "the less-intrusive text is there", || {
            "say which less intrusive means were considered, and why they do not suffice".into()
        });

        let expires = match (self.now, self.expires) {
            (_, Some(None)) => Some(false),
            (Some(now), Some(Some(at))) => Some(now < at && at <= now.plus(LONGEST_APPROVAL)),
            _ => None,
        };
        v.rule(RuleId::V06, tri::any(&[unless_approval, expires]), "the approval expires within a year", || {
            "an approval needs an expiry, after now and within 365 days".into()
        });

        let conditioned = tri::any(&[
            self.outcome.map(|o| o != Decision::ApproveWithConditions),
            self.conditions.as_ref().map(|c| !c.is_empty()),
        ]);
        v.rule(RuleId::V07, conditioned, "conditions are named where they are needed", || {
            "an approval with conditions names at least one".into()
        });
        let reasoned = tri::any(&[
            self.outcome.map(|o| matches!(o, Decision::Approve | Decision::ApproveWithConditions)),
            self.reasons.as_ref().map(|r| !is_blank(r)),
        ]);
        v.rule(RuleId::V08, reasoned, "reasons are given where they are needed", || {
            "partial, defer and refuse need reasons".into()
        });

        let none_failed = self.tests.as_ref().and_then(|all| {
            let each: Vec<_> = all.iter().map(|(_, o)| o.map(|o| o != TestOutcome::Not)).collect();
            tri::all(&each)
        });
        v.rule(RuleId::V09, tri::any(&[unless_approval, none_failed]), "no test failed", || {
            let failed: Vec<_> = self
                .tests
                .iter()
                .flatten()
                .filter(|(_, o)| *o == Some(TestOutcome::Not))
                .map(|(t, _)| t.word())
                .collect();
            format!("tests that are not met: {}", failed.join(", "))
        });
        v
    }
}
