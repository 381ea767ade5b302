//! The question `act`: may this member sign this, and may it travel? Facts and rules of docs/gate.md.

use super::fact::{self, Fact, Facts};
use super::leave::{Review, before};
use super::tri;
use super::verdict::Verdict;
use crate::law::rule::{QuestionKind, RuleId};
use crate::law::signer;
use crate::object;
use crate::record::request;
use crate::value::class::{Channel, Role, Standing, words};
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

words! {
    /// Where a member stands at a position of the log.
    MemberStanding {
        /// Enrolled.
        Active = "active",
        /// No longer.
        Revoked = "revoked",
    }
}

/// Facts about the partner that the act names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Partner {
    /// Its realm.
    pub realm: Fact<String>,
    /// Where it stands.
    pub standing: Fact<Standing>,
    /// How far the channel has come.
    pub channel: Fact<Channel>,
}

/// The facts of the question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Act {
    /// When.
    pub now: Fact<Timestamp>,
    /// In which realm.
    pub realm: Fact<String>,
    /// What is signed: a kind of the signers' table.
    pub kind: Fact<String>,
    /// Who signs.
    pub by: Fact<String>,
    /// Where they stand.
    pub standing: Fact<MemberStanding>,
    /// Their roles.
    pub roles: Fact<Vec<Role>>,
    /// The first person, where this is to be done by a second.
    pub first: Fact<Option<String>>,
    /// Names of mandatory fields that are missing.
    pub missing: Fact<Vec<String>>,
    /// The partner that the act names.
    pub partner: Fact<Option<Partner>>,
    /// The purpose.
    pub purpose: Fact<String>,
    /// The review of a request that is sent.
    pub review: Fact<Option<Review>>,
    /// Names of what must be done before, and is not; left out, there is nothing.
    pub open: Fact<Vec<String>>,
    /// What was wrong with the facts as they were given.
    pub problems: Vec<String>,
}

impl Act {
    /// Returns the facts read from JSON; what is wrong with them is kept for A-00.
    pub fn read(json: &Json) -> Self {
        let mut problems = Vec::new();
        let mut f = Facts::of(Some(json), "", &mut problems);
        f.fact("question", |_| Some(()));
        let mut found = Self {
            now: f.fact("now", fact::time),
            realm: f.fact("realm", fact::realm),
            kind: f.fact("kind", |j| j.text().filter(|k| signer::of_kind(k).is_some()).map(str::to_owned)),
            by: f.fact("by", fact::name),
            standing: f.fact("standing", fact::word(MemberStanding::parse)),
            roles: f.fact("roles", fact::list(fact::word(Role::parse))),
            first: f.fact("first", fact::nullable(fact::name)),
            missing: f.fact("missing", fact::list(fact::name)),
            partner: None,
            purpose: f.fact("purpose", fact::name),
            review: None,
            open: if json.get("open").is_some() { f.fact("open", fact::list(fact::name)) } else { Some(Vec::new()) },
            problems: Vec::new(),
        };
        let or_null = |j| match j {
            &Json::Null => Some(None),
            Json::Obj(_) => Some(Some(j)),
            _ => None,
        };
        let partner = f.fact("partner", or_null);
        let review = f.fact("review", or_null);
        f.finish();
        found.partner = partner.map(|p| {
            p.map(|p| {
                let mut f = Facts::of(Some(p), "partner.", &mut problems);
                let partner = Partner {
                    realm: f.fact("realm", fact::realm),
                    standing: f.fact("standing", fact::word(Standing::parse)),
                    channel: f.fact("channel", fact::word(Channel::parse)),
                };
                f.finish();
                partner
            })
        });
        found.review = review.map(|r| r.map(|r| Review::read(r, &mut problems)));
        found.problems = problems;
        found
    }

    /// Returns the facts as JSON, to be kept with an act.
    pub fn to_json(&self) -> Json {
        let Self { now, realm, kind, by, standing, roles, first, missing, partner, purpose, review, open, problems: _ } =
            self;
        let partner = partner.clone().flatten().map(|p| {
            object! { "realm" => p.realm, "standing" => p.standing, "channel" => p.channel }
        });
        let mut json = object! {
            "question" => QuestionKind::Act,
            "now" => now.map(|t| t.to_string()),
            "realm" => realm.clone(),
            "kind" => kind.clone(),
            "by" => by.clone(),
            "standing" => *standing,
            "roles" => roles.clone(),
            "first" => first.clone().flatten(),
            "missing" => missing.clone(),
            "partner" => partner,
            "purpose" => purpose.clone(),
            "review" => review.clone().flatten().map(|r| r.to_json()),
        };
        // Of most kinds of act nothing must be done before.
        if open.as_ref().is_some_and(|open| !open.is_empty()) {
            json.set("open", open.clone());
        }
        json
    }

    /// Returns the verdict.
    pub fn judge(&self) -> Verdict {
        let mut v = Verdict::of_facts(RuleId::A00, &self.problems);
        let kind = self.kind.as_deref();

        let active = self.standing.map(|s| s == MemberStanding::Active);
        v.rule(RuleId::A01, active, "the member is active", || "the member is revoked, or was never enrolled".into());
        let signers = kind.and_then(signer::of_kind);
        let role = match signers {
            Some(signer::Signers::Any) => Some(true),
            Some(signers) => self.roles.as_ref().map(|r| signers.allow(r)),
            None => None,
        };
        v.rule(RuleId::A02, role, "the member has a role that may sign this", || {
            format!(
                "{} is signed by {}",
                kind.unwrap_or("this"),
                signers.map_or_else(String::new, signer::Signers::words)
            )
        });
        let complete = self.missing.as_ref().map(Vec::is_empty);
        v.rule(RuleId::A03, complete, "nothing mandatory is missing", || {
            format!("mandatory contents are missing: {}", self.missing.clone().unwrap_or_default().join(", "))
        });
        let another = match (&self.first, &self.by) {
            (Some(None), _) => Some(true),
            (Some(Some(first)), Some(by)) => Some(first != by),
            _ => None,
        };
        v.rule(RuleId::A04, another, "no second person is needed, or this is one", || {
            "this takes another person than the first".into()
        });
        v.rule(RuleId::A05, self.partner_is_fit(), "no partner is named, or it is fit", || {
            "the partner is not pinned, is suspended, or is of another realm".into()
        });
        let reviewed = match kind {
            None => None,
            Some(name) if request::SEND.is(name) => match &self.review {
                None => None,
                Some(None) => Some(false),
                Some(Some(r)) => tri::all(&[
                    r.approves(),
                    r.same_facts(self.purpose.as_deref()),
                    before(self.now, r.expires),
                    r.reviewed_by_others(self.by.as_deref()),
                ]),
            },
            Some(_) => Some(true),
        };
        v.rule(RuleId::A06, reviewed, "no review is needed, or one stands", || {
            "a request is sent on a live approval by others, for this purpose and recipient".into()
        });
        let done = self.open.as_ref().map(Vec::is_empty);
        v.rule(RuleId::A07, done, "nothing that must be done before is open", || {
            format!("this must be done before: {}", self.open.clone().unwrap_or_default().join(", "))
        });
        v
    }

    fn partner_is_fit(&self) -> tri::Tri {
        let p = match &self.partner {
            None => return None,
            Some(None) => return Some(true),
            Some(Some(p)) => p,
        };
        let lenient = self.kind.as_deref().map(signer::goes_to_suspended);
        let same_realm = p.realm.as_ref().zip(self.realm.as_ref()).map(|(a, b)| a == b);
        let pinned = p.standing.map(|s| s == Standing::Pinned);
        let suspended = p.standing.map(|s| s == Standing::Suspended);
        let open = p.channel.map(|c| c != Channel::Suspended);
        tri::all(&[same_realm, tri::any(&[pinned, tri::all(&[suspended, lenient])]), tri::any(&[open, lenient])])
    }
}
