//! The question `leave`: may this item go to this partner now? Facts and rules G-00 to G-23 of docs/gate.md.

use super::fact::{self, Fact, Facts};
use super::tri::{self, Tri};
use super::verdict::Verdict;
use crate::law::ceiling;
use crate::law::rule::{QuestionKind, RuleId};
use crate::object;
pub use crate::record::disclosure::Validation;
use crate::value::class::{
    Category, Channel, Condition, Level, PartnerKind, PersonClass, ReviewOutcome, Standing, Tier, words,
};
use crate::value::json::{Int, Json};
use crate::value::marking::{Handling, Tlp};
use crate::value::timestamp::Timestamp;

words! {
    /// Whether the item still exists.
    ItemState {
        /// It exists.
        Held = "held",
        /// It was purged.
        Purged = "purged",
    }
}

words! {
    /// Whose item it is, seen from the requesting desk.
    Originator {
        /// It belongs to the requesting desk.
        Own = "own",
        /// It belongs to the partner that is asked about.
        Recipient = "recipient",
        /// It belongs to a third party.
        Third = "third",
    }
}

words! {
    /// The originator's consent for this partner.
    Consent {
        /// Not asked, or not answered.
        None = "none",
        /// Given.
        Given = "given",
        /// Refused.
        Refused = "refused",
    }
}

words! {
    /// Whether the review was for this recipient.
    Recipient {
        /// It was.
        Same = "same",
        /// It was for another.
        Other = "other",
    }
}

words! {
    /// What the item names inside itself.
    References {
        /// Nothing.
        None = "none",
        /// Only what may leave too.
        Cleared = "cleared",
        /// Something that may not leave.
        NotCleared = "not-cleared",
    }
}

/// Facts about the item.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Item {
    /// Its realm.
    pub realm: Fact<String>,
    /// Held or purged.
    pub state: Fact<ItemState>,
    /// Its tier.
    pub tier: Fact<Tier>,
    /// Its data category.
    pub category: Fact<Category>,
    /// Whom it is about.
    pub person_class: Fact<PersonClass>,
    /// Its TLP marking.
    pub tlp: Fact<Tlp>,
    /// Its handling codes.
    pub handling: Fact<Vec<Handling>>,
    /// Whose it is.
    pub originator: Fact<Originator>,
    /// Conditions that it came with.
    pub conditions: Fact<Vec<Condition>>,
    /// Days until its originator wants it deleted, rounded down.
    pub originator_delete_in_days: Fact<Option<Int>>,
}

/// Facts about the partner.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Partner {
    /// Its realm.
    pub realm: Fact<String>,
    /// Where it stands.
    pub standing: Fact<Standing>,
    /// What kind of body it is.
    pub kind: Fact<PartnerKind>,
    /// How far the channel has come.
    pub channel: Fact<Channel>,
}

/// Facts about the agreement.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Agreement {
    /// In force from.
    pub from: Fact<Timestamp>,
    /// In force before.
    pub until: Fact<Timestamp>,
    /// Whether it was ended.
    pub ended: Fact<bool>,
    /// The purposes that it names.
    pub purposes: Fact<Vec<String>>,
    /// The categories that it names.
    pub categories: Fact<Vec<Category>>,
    /// The highest tier; `None`: the default of the partner's kind.
    pub tier: Fact<Option<Tier>>,
    /// The longest deletion term, in days.
    pub retention_cap_days: Fact<Int>,
}

/// Facts about the review.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Review {
    /// Where it stands.
    pub outcome: Fact<ReviewOutcome>,
    /// Whether it covers the item.
    pub covers_item: Fact<bool>,
    /// Its level.
    pub level: Fact<Level>,
    /// The tier that it was made for.
    pub tier: Fact<Tier>,
    /// The purpose that it was made for.
    pub purpose: Fact<String>,
    /// Whether it was made for this recipient.
    pub recipient: Fact<Recipient>,
    /// When it expires.
    pub expires: Fact<Timestamp>,
    /// Who decided it.
    pub reviewers: Fact<Vec<String>>,
}

/// Facts about an emergency.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Emergency {
    /// An imminent risk to life.
    pub risk_to_life: Fact<bool>,
    /// Who claims it.
    pub people: Fact<Vec<String>>,
    /// Its validation.
    pub validation: Fact<Validation>,
}

/// The facts of the question.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Leave {
    /// When.
    pub now: Fact<Timestamp>,
    /// In which realm.
    pub realm: Fact<String>,
    /// For which purpose.
    pub purpose: Fact<String>,
    /// In how many days the partner must delete it.
    pub delete_after_days: Fact<Int>,
    /// Whether it goes to named people.
    pub named_people: Fact<bool>,
    /// The item.
    pub item: Item,
    /// The partner.
    pub partner: Partner,
    /// The agreement.
    pub agreement: Fact<Option<Agreement>>,
    /// The originator's consent.
    pub consent: Fact<Consent>,
    /// The review.
    pub review: Fact<Option<Review>>,
    /// Who proposes.
    pub proposed_by: Fact<String>,
    /// Who releases.
    pub released_by: Fact<Option<String>>,
    /// Whether an independent authorisation was given.
    pub authorisation_given: Fact<bool>,
    /// When it expires; `None`: never.
    pub authorisation_expires: Fact<Option<Timestamp>>,
    /// The assurances that are required.
    pub assurances_required: Fact<Vec<String>>,
    /// The assurances that were given.
    pub assurances_given: Fact<Vec<String>>,
    /// The tier from which a dispute freezes.
    pub dispute_freezes_from_tier: Fact<Option<Int>>,
    /// What the item names inside itself.
    pub references: Fact<References>,
    /// The emergency that is claimed.
    pub emergency: Fact<Option<Emergency>>,
    /// What was wrong with the facts as they were given.
    pub problems: Vec<String>,
}

impl Leave {
    /// Returns the facts read from JSON; what is wrong with them is kept for G-00.
    pub fn read(json: &Json) -> Self {
        let mut problems = Vec::new();
        let p = &mut problems;
        let mut top = Facts::of(Some(json), "", p);
        top.fact("question", |_| Some(()));
        let mut f = Self {
            now: top.fact("now", fact::time),
            realm: top.fact("realm", fact::realm),
            purpose: top.fact("purpose", fact::name),
            delete_after_days: top.fact("delete_after_days", fact::int),
            named_people: top.fact("named_people", Json::truth),
            consent: top.fact("consent", fact::word(Consent::parse)),
            proposed_by: top.fact("proposed_by", fact::name),
            released_by: top.fact("released_by", fact::nullable(fact::name)),
            dispute_freezes_from_tier: top.fact("dispute_freezes_from_tier", fact::nullable(fact::int)),
            references: top.fact("references", fact::word(References::parse)),
            // What follows is read once the members of the question are known.
            item: Item::default(),
            partner: Partner::default(),
            agreement: None,
            review: None,
            authorisation_given: None,
            authorisation_expires: None,
            assurances_required: None,
            assurances_given: None,
            emergency: None,
            problems: Vec::new(),
        };
        let item = top.object("item");
        let partner = top.object("partner");
        let agreement = top.fact("agreement", object_or_null);
        let review = top.fact("review", object_or_null);
        let authorisation = top.object("authorisation");
        let assurances = top.object("assurances");
        let emergency = top.fact("emergency", object_or_null);
        top.finish();
        f.item = read_item(item, p);
        f.partner = read_partner(partner, p);
        f.agreement = agreement.map(|a| a.map(|a| read_agreement(a, p)));
        f.review = review.map(|r| r.map(|r| Review::read(r, p)));
        let mut a = Facts::of(authorisation, "authorisation.", p);
        f.authorisation_given = a.fact("given", Json::truth);
        f.authorisation_expires = a.fact("expires", fact::nullable(fact::time));
        a.finish();
        let mut a = Facts::of(assurances, "assurances.", p);
        f.assurances_required = a.fact("required", fact::list(fact::name));
        f.assurances_given = a.fact("given", fact::list(fact::name));
        a.finish();
        f.emergency = emergency.map(|e| e.map(|e| read_emergency(e, p)));
        f.problems = problems;
        f
    }

    /// Returns the facts as JSON, for `--facts` and to be kept with an act. Unusable facts are left out.
    pub fn to_json(&self) -> Json {
        let Self {
            now,
            realm,
            purpose,
            delete_after_days,
            named_people,
            item,
            partner,
            agreement,
            consent,
            review,
            proposed_by,
            released_by,
            authorisation_given,
            authorisation_expires,
            assurances_required,
            assurances_given,
            dispute_freezes_from_tier,
            references,
            emergency,
            problems: _,
        } = self;
        let mut all = object! { "question" => QuestionKind::Leave };
        put(&mut all, "now", now.map(|t| t.to_string()));
        put(&mut all, "realm", realm.clone());
        put(&mut all, "purpose", purpose.clone());
        put(&mut all, "delete_after_days", delete_after_days.clone().map(Json::Int));
        put(&mut all, "named_people", *named_people);
        all.set("item", item.to_json());
        all.set("partner", partner_json(partner));
        put(&mut all, "agreement", agreement.as_ref().map(|a| Json::from(a.as_ref().map(agreement_json))));
        put(&mut all, "consent", *consent);
        put(&mut all, "review", review.as_ref().map(|r| Json::from(r.as_ref().map(Review::to_json))));
        put(&mut all, "proposed_by", proposed_by.clone());
        put(&mut all, "released_by", released_by.clone().map(Json::from));
        let mut authorisation = object! {};
        put(&mut authorisation, "given", *authorisation_given);
        put(&mut authorisation, "expires", authorisation_expires.map(|e| Json::from(e.map(|t| t.to_string()))));
        all.set("authorisation", authorisation);
        let mut assurances = object! {};
        put(&mut assurances, "required", assurances_required.clone());
        put(&mut assurances, "given", assurances_given.clone());
        all.set("assurances", assurances);
        put(
            &mut all,
            "dispute_freezes_from_tier",
            dispute_freezes_from_tier.clone().map(|t| Json::from(t.map(Json::Int))),
        );
        put(&mut all, "references", *references);
        put(&mut all, "emergency", emergency.as_ref().map(|e| Json::from(e.as_ref().map(emergency_json))));
        all
    }

    /// Returns the verdict.
    pub fn judge(&self) -> Verdict {
        let mut v = Verdict::of_facts(RuleId::G00, &self.problems);
        let (i, p) = (&self.item, &self.partner);
        let emergency = self.emergency_holds();
        // Tier 1 needs no review, authorisation or second person.
        let tier_below = |n: u8| i.tier.map(|t| t.number() < n);
        let tier = || i.tier.map_or("this tier".to_owned(), |t| format!("tier {t}"));

        let realms = [eq(&self.realm, &i.realm), eq(&self.realm, &p.realm), eq(&i.realm, &p.realm)];
        v.rule(RuleId::G01, tri::all(&realms), "the three realms are the same", || {
            "desk, item and partner are not of one realm".into()
        });

        let pinned = p.standing.map(|s| s == Standing::Pinned);
        v.rule(RuleId::G02, pinned, "the partner is pinned", || {
            format!(
                "the partner is {}, not pinned: compare its fingerprint aloud first",
                p.standing.map_or("unknown", Standing::word)
            )
        });

        let far = p.channel.map(|c| matches!(c, Channel::Operational | Channel::JointOperations));
        let open = p.channel.map(|c| c != Channel::Suspended);
        let channel = tri::all(&[open, tri::any(&[far, tier_below(2)])]);
        v.rule(RuleId::G03, channel, "the channel has come far enough", || {
            let channel = p.channel.map_or("unknown", Channel::word);
            format!("the channel is {channel}; {} needs more", tier())
        });

        self.judge_agreement(&mut v);

        let least = tri::all(&[
            i.tier.zip(i.category).map(|(t, c)| t >= c.least_tier()),
            tri::any(&[tri::not(tier_below(2)), i.person_class.map(|c| c == PersonClass::None)]),
        ]);
        v.rule(RuleId::G08, least, "the tier is what its content asks", || {
            let category = i.category.map_or("this category", Category::word);
            format!(
                "{} is too low for {category} data{}",
                tier(),
                if i.person_class == Some(PersonClass::None) { "" } else { " about a person" }
            )
        });

        let named = tri::any(&[
            i.tlp.map(|t| t != Tlp::Red),
            self.named_people,
            i.originator.map(|o| o == Originator::Recipient),
        ]);
        v.rule(RuleId::G09, named, "it is not TLP:RED, or goes to named people", || {
            "TLP:RED goes only to named people".into()
        });

        // Who has refused stays refused; who was not asked is told afterwards (LED 35(2)).
        let agrees = self.originator_agrees();
        let not_asked = tri::all(&[emergency, self.consent.map(|c| c == Consent::None)]);
        v.rule(RuleId::G10, or_lifted(RuleId::G10, agrees, not_asked), "the originator's word is kept", || {
            let why = if self.consent == Some(Consent::Refused) {
                "its originator refused"
            } else {
                "it is a third party's, marked against passing on: ask the originator"
            };
            why.into()
        });

        self.judge_review(&mut v, emergency);

        let released = self.released_by.as_ref().map(|r| r.as_ref());
        let by_other = match (&released, &self.proposed_by) {
            (Some(None), _) => Some(false),
            (Some(Some(r)), Some(p)) => Some(*r != p),
            _ => None,
        };
        let reviewers = self.review.as_ref().and_then(|r| r.as_ref().map_or(Some(Vec::new()), |r| r.reviewers.clone()));
        let not_reviewer = match (&released, reviewers) {
            (Some(Some(r)), Some(all)) => Some(!all.contains(r)),
            (Some(None), _) => Some(true),
            _ => None,
        };
        let people = self.emergency.as_ref().and_then(|e| e.as_ref().map_or(Some(Vec::new()), |e| e.people.clone()));
        let among = people.zip(self.proposed_by.as_ref()).map(|(all, p)| all.contains(p));
        let second = tri::any(&[tier_below(2), tri::all(&[by_other, tri::any(&[tier_below(4), not_reviewer])])]);
        let second = or_lifted(RuleId::G16, second, tri::all(&[emergency, among]));
        v.rule(RuleId::G16, second, "no second person is needed, or one released it", || match released {
            Some(None) => "a second person has not released it".into(),
            _ if by_other == Some(false) => "who proposes may not release".into(),
            _ => "who reviewed tier 4 may not release it".into(),
        });

        let alive = tri::any(&[
            self.authorisation_expires.map(|e| e.is_none()),
            before(self.now, self.authorisation_expires.flatten()),
        ]);
        let authorised = tri::any(&[tier_below(3), tri::all(&[self.authorisation_given, alive])]);
        let authorised = or_lifted(RuleId::G17, authorised, emergency);
        v.rule(RuleId::G17, authorised, "no independent authorisation is needed, or one is in force", || {
            format!("{} needs an independent authorisation that is in force", tier())
        });

        let assured = self
            .assurances_required
            .as_ref()
            .zip(self.assurances_given.as_ref())
            .map(|(r, g)| r.iter().all(|a| g.contains(a)));
        // Nothing required is nothing missing, whatever was given.
        let assured = tri::any(&[assured, self.assurances_required.as_ref().map(Vec::is_empty)]);
        v.rule(
            RuleId::G18,
            or_lifted(RuleId::G18, assured, emergency),
            "every assurance that is required was given",
            || {
                let given = self.assurances_given.clone().unwrap_or_default();
                let missing: Vec<_> =
                    self.assurances_required.iter().flatten().filter(|a| !given.contains(a)).cloned().collect();
                format!("assurances are missing: {}", missing.join(", "))
            },
        );

        let frozen = match (&self.dispute_freezes_from_tier, i.tier) {
            (Some(None), _) => Some(false),
            (Some(Some(from)), Some(t)) => Some(*from <= Int::Small(i64::from(t.number()))),
            _ => None,
        };
        v.rule(RuleId::G19, or_lifted(RuleId::G19, tri::not(frozen), emergency), "no dispute freezes it", || {
            format!("a dispute freezes {}", tier())
        });

        v.rule(RuleId::G20, self.term_fits(), "the deletion term fits", || {
            "the deletion term is missing, or longer than the agreement or the originator allows".into()
        });
        let named_inside = self.references.map(|r| r != References::NotCleared);
        v.rule(RuleId::G21, named_inside, "nothing that it names must stay", || {
            "it names something that may not leave".into()
        });
        v.rule(RuleId::G22, i.state.map(|s| s == ItemState::Held), "it is held", || "it was purged".into());
        let claimed = tri::any(&[self.emergency.as_ref().map(Option::is_none), emergency]);
        v.rule(RuleId::G23, claimed, "no emergency is claimed, or it is one", || {
            "an emergency needs a risk to life, two different people, and a validation that was not refused and did not lapse".into()
        });

        let pending =
            self.emergency.as_ref().and_then(Option::as_ref).and_then(|e| e.validation) == Some(Validation::Pending);
        if emergency == Some(true) && pending {
            v.obligations.push("validate within 48 h".into());
        }
        if not_asked == Some(true) && agrees == Some(false) {
            v.obligations.push("tell the originator without delay".into());
        }
        if emergency == Some(true) && assured == Some(false) {
            v.obligations.push("ask for the assurances".into());
        }
        v
    }

    /// Judges G-04 to G-07.
    fn judge_agreement(&self, v: &mut Verdict) {
        let none = || "there is no agreement with this partner".to_owned();
        let Some(agreement) = &self.agreement else { return };
        let Some(a) = agreement else {
            for id in [RuleId::G04, RuleId::G05, RuleId::G06, RuleId::G07] {
                v.rule(id, Some(false), "", none);
            }
            return;
        };
        let i = &self.item;
        let in_force = tri::all(&[tri::not(a.ended), not_after(a.from, self.now), before(self.now, a.until)]);
        v.rule(RuleId::G04, in_force, "the agreement is in force", || "the agreement is not in force".into());
        let purpose = self.purpose.as_ref().zip(a.purposes.as_ref()).map(|(p, all)| all.contains(p));
        v.rule(RuleId::G05, purpose, "the agreement names the purpose", || {
            "the agreement does not name the purpose".into()
        });
        let category = i.category.zip(a.categories.as_ref()).map(|(c, all)| all.contains(&c));
        v.rule(RuleId::G06, category, "the agreement names the category", || {
            format!("the agreement does not name {} data", i.category.map_or("this", Category::word))
        });
        let ceiling = match a.tier {
            Some(None) => self.partner.kind.map(ceiling::default_for),
            Some(tier) => tier,
            None => None,
        };
        let below = i.tier.zip(ceiling).map(|(t, c)| t <= c);
        v.rule(RuleId::G07, below, "the tier is within the ceiling", || {
            format!(
                "tier {} is above the ceiling, tier {}",
                i.tier.map_or(0, Tier::number),
                ceiling.map_or(0, Tier::number)
            )
        });
    }

    /// Judges G-11 to G-15.
    fn judge_review(&self, v: &mut Verdict, emergency: Tri) {
        let tier_1 = self.item.tier.map(|t| t.number() < 2);
        let review = match &self.review {
            Some(Some(review)) => review,
            Some(None) => {
                for id in [RuleId::G11, RuleId::G12, RuleId::G13, RuleId::G14, RuleId::G15] {
                    v.rule(id, or_lifted(id, tier_1, emergency), "no review is needed", || "there is no review".into());
                }
                return;
            }
            // The review is unusable: its rules can be judged only where none is needed.
            None => &Review::default(),
        };
        let or_free = |id: RuleId, holds: Tri| or_lifted(id, tri::any(&[tier_1, holds]), emergency);
        v.rule(RuleId::G11, or_free(RuleId::G11, review.approves()), "no review is needed, or one approves it", || {
            match review.outcome {
                Some(outcome) if review.covers_item == Some(true) => format!("the review is {outcome}"),
                _ => "the review does not approve and cover it".into(),
            }
        });
        let needed = self.item.tier.map(Level::for_tier);
        let level = match (needed, review.level) {
            (Some(None), _) => Some(true),
            (Some(Some(needed)), Some(level)) => Some(level >= needed),
            _ => None,
        };
        v.rule(RuleId::G12, or_free(RuleId::G12, level), "no review is needed, or its level is high enough", || {
            format!("the review's level is too low: {} is asked", needed.flatten().map_or("L1", Level::word))
        });
        let high = review.tier.zip(self.item.tier).map(|(r, t)| r >= t);
        let same = tri::all(&[review.same_facts(self.purpose.as_deref()), high]);
        v.rule(
            RuleId::G13,
            or_free(RuleId::G13, same),
            "no review is needed, or it was made on the same facts",
            || "the review was made for another purpose, another recipient or a lower tier".into(),
        );
        v.rule(
            RuleId::G14,
            or_free(RuleId::G14, before(self.now, review.expires)),
            "no review is needed, or it is alive",
            || "the review has expired".into(),
        );
        v.rule(
            RuleId::G15,
            or_free(RuleId::G15, review.reviewed_by_others(self.proposed_by.as_deref())),
            "no review is needed, or others made it",
            || "the review needs reviewers other than the proposer; level L3 needs two".into(),
        );
    }

    fn originator_agrees(&self) -> Tri {
        let i = &self.item;
        let third = i.originator.map(|o| o == Originator::Third);
        let open_tlp = tri::all(&[
            i.tlp.map(|t| matches!(t, Tlp::Clear | Tlp::Green)),
            tri::any(&[
                i.tlp.map(|t| t != Tlp::Green),
                self.partner.kind.map(|k| !matches!(k, PartnerKind::PrivateSector | PartnerKind::CivilSociety)),
            ]),
        ]);
        let open_codes = i.handling.as_ref().map(|h| !h.contains(&Handling::H2) && !h.contains(&Handling::H3));
        let open_conditions = i.conditions.as_ref().map(|c| !c.contains(&Condition::NoOnward));
        let unmarked = tri::all(&[self.consent.map(|c| c == Consent::None), open_tlp, open_codes, open_conditions]);
        tri::any(&[tri::not(third), self.consent.map(|c| c == Consent::Given), unmarked])
    }

    fn term_fits(&self) -> Tri {
        let days = self.delete_after_days.as_ref();
        let some = days.map(|d| *d >= Int::Small(1));
        let in_cap = match &self.agreement {
            Some(None) => Some(true),
            Some(Some(a)) => days.zip(a.retention_cap_days.as_ref()).map(|(d, cap)| d <= cap),
            None => None,
        };
        let in_originators = match &self.item.originator_delete_in_days {
            Some(None) => Some(true),
            Some(Some(left)) => days.map(|d| d <= left),
            None => None,
        };
        tri::all(&[some, in_cap, in_originators])
    }

    /// Returns whether an emergency is claimed and is one (G-23).
    fn emergency_holds(&self) -> Tri {
        match &self.emergency {
            None => None,
            Some(None) => Some(false),
            Some(Some(e)) => {
                let different = e.people.as_ref().map(|all| {
                    let mut people: Vec<_> = all.iter().collect();
                    people.sort_unstable();
                    people.dedup();
                    people.len() >= 2 && people.len() == all.len()
                });
                let standing = e.validation.map(|v| matches!(v, Validation::Pending | Validation::Approved));
                tri::all(&[e.risk_to_life, different, standing])
            }
        }
    }
}

impl Review {
    /// Returns the facts of a review, read from JSON.
    pub fn read(json: &Json, problems: &mut Vec<String>) -> Self {
        let mut f = Facts::of(Some(json), "review.", problems);
        let review = Self {
            outcome: f.fact("outcome", fact::word(ReviewOutcome::parse)),
            covers_item: f.fact("covers_item", Json::truth),
            level: f.fact("level", fact::word(Level::parse)),
            tier: f.fact("tier", |j| j.int().and_then(Tier::new)),
            purpose: f.fact("purpose", fact::name),
            recipient: f.fact("recipient", fact::word(Recipient::parse)),
            expires: f.fact("expires", fact::time),
            reviewers: f.fact("reviewers", fact::list(fact::name)),
        };
        f.finish();
        review
    }

    /// Returns the facts as JSON.
    pub fn to_json(&self) -> Json {
        let Self { outcome, covers_item, level, tier, purpose, recipient, expires, reviewers } = self;
        let mut all = object! {};
        put(&mut all, "outcome", *outcome);
        put(&mut all, "covers_item", *covers_item);
        put(&mut all, "level", *level);
        put(&mut all, "tier", *tier);
        put(&mut all, "purpose", purpose.clone());
        put(&mut all, "recipient", *recipient);
        put(&mut all, "expires", expires.map(|t| t.to_string()));
        put(&mut all, "reviewers", reviewers.clone());
        all
    }

    /// Returns whether it approves and covers the item (G-11).
    pub fn approves(&self) -> Tri {
        let yes = |o| matches!(o, ReviewOutcome::Approved | ReviewOutcome::Conditions | ReviewOutcome::Partial);
        tri::all(&[self.outcome.map(yes), self.covers_item])
    }

    /// Returns whether it was made for this purpose and this recipient (G-13, but for the tier).
    pub fn same_facts(&self, purpose: Option<&str>) -> Tri {
        let same = self.purpose.as_deref().zip(purpose).map(|(r, p)| r == p);
        tri::all(&[same, self.recipient.map(|r| r == Recipient::Same)])
    }

    /// Returns whether there are enough reviewers, none of them the proposer (G-15).
    pub fn reviewed_by_others(&self, proposer: Option<&str>) -> Tri {
        let enough = self.reviewers.as_ref().map(|all| {
            let mut people: Vec<_> = all.iter().collect();
            people.sort_unstable();
            people.dedup();
            people.len()
        });
        let enough = match (enough, self.level) {
            (Some(0), _) => Some(false),
            (Some(1), Some(level)) => Some(level != Level::L3),
            (Some(1) | None, _) => None,
            (Some(_), _) => Some(true),
        };
        let others = self.reviewers.as_ref().zip(proposer).map(|(all, p)| all.iter().all(|r| r != p));
        tri::all(&[enough, others])
    }
}

impl Item {
    fn to_json(&self) -> Json {
        let Self {
            realm,
            state,
            tier,
            category,
            person_class,
            tlp,
            handling,
            originator,
            conditions,
            originator_delete_in_days,
        } = self;
        let mut all = object! {};
        put(&mut all, "realm", realm.clone());
        put(&mut all, "state", *state);
        put(&mut all, "tier", *tier);
        put(&mut all, "category", *category);
        put(&mut all, "person_class", *person_class);
        put(&mut all, "tlp", *tlp);
        put(&mut all, "handling", handling.clone());
        put(&mut all, "originator", *originator);
        put(&mut all, "conditions", conditions.clone());
        put(
            &mut all,
            "originator_delete_in_days",
            originator_delete_in_days.clone().map(|d| Json::from(d.map(Json::Int))),
        );
        all
    }
}

fn put<T: Into<Json>>(object: &mut Json, key: &str, fact: Fact<T>) {
    if let Some(value) = fact {
        object.set(key, value);
    }
}

fn object_or_null(json: &Json) -> Option<Option<&Json>> {
    match json {
        Json::Null => Some(None),
        Json::Obj(_) => Some(Some(json)),
        _ => None,
    }
}

fn read_item(json: Fact<&Json>, problems: &mut Vec<String>) -> Item {
    let mut f = Facts::of(json, "item.", problems);
    let item = Item {
        realm: f.fact("realm", fact::realm),
        state: f.fact("state", fact::word(ItemState::parse)),
        tier: f.fact("tier", |j| j.int().and_then(Tier::new)),
        category: f.fact("category", fact::word(Category::parse)),
        person_class: f.fact("person_class", fact::word(PersonClass::parse)),
        tlp: f.fact("tlp", fact::word(Tlp::parse)),
        handling: f.fact("handling", fact::list(fact::word(Handling::parse))),
        originator: f.fact("originator", fact::word(Originator::parse)),
        conditions: f.fact("conditions", fact::list(fact::word(Condition::parse))),
        originator_delete_in_days: f.fact("originator_delete_in_days", fact::nullable(fact::int)),
    };
    f.finish();
    item
}

fn read_partner(json: Fact<&Json>, problems: &mut Vec<String>) -> Partner {
    let mut f = Facts::of(json, "partner.", problems);
    let partner = Partner {
        realm: f.fact("realm", fact::realm),
        standing: f.fact("standing", fact::word(Standing::parse)),
        kind: f.fact("kind", fact::word(PartnerKind::parse)),
        channel: f.fact("channel", fact::word(Channel::parse)),
    };
    f.finish();
    partner
}

fn read_agreement(json: &Json, problems: &mut Vec<String>) -> Agreement {
    let mut f = Facts::of(Some(json), "agreement.", problems);
    let agreement = Agreement {
        from: f.fact("from", fact::time),
        until: f.fact("until", fact::time),
        ended: f.fact("ended", Json::truth),
        purposes: f.fact("purposes", fact::list(fact::name)),
        categories: f.fact("categories", fact::list(fact::word(Category::parse))),
        tier: f.fact("tier", fact::nullable(|j| j.int().and_then(Tier::new))),
        retention_cap_days: f.fact("retention_cap_days", fact::int),
    };
    f.finish();
    agreement
}

fn read_emergency(json: &Json, problems: &mut Vec<String>) -> Emergency {
    let mut f = Facts::of(Some(json), "emergency.", problems);
    let emergency = Emergency {
        risk_to_life: f.fact("risk_to_life", Json::truth),
        people: f.fact("people", fact::list(fact::name)),
        validation: f.fact("validation", fact::word(Validation::parse)),
    };
    f.finish();
    emergency
}

fn partner_json(p: &Partner) -> Json {
    let Partner { realm, standing, kind, channel } = p;
    let mut all = object! {};
    put(&mut all, "realm", realm.clone());
    put(&mut all, "standing", *standing);
    put(&mut all, "kind", *kind);
    put(&mut all, "channel", *channel);
    all
}

fn agreement_json(a: &Agreement) -> Json {
    let Agreement { from, until, ended, purposes, categories, tier, retention_cap_days } = a;
    let mut all = object! {};
    put(&mut all, "from", from.map(|t| t.to_string()));
    put(&mut all, "until", until.map(|t| t.to_string()));
    put(&mut all, "ended", *ended);
    put(&mut all, "purposes", purposes.clone());
    put(&mut all, "categories", categories.clone());
    put(&mut all, "tier", tier.map(Json::from));
    put(&mut all, "retention_cap_days", retention_cap_days.clone().map(Json::Int));
    all
}

fn emergency_json(e: &Emergency) -> Json {
    let Emergency { risk_to_life, people, validation } = e;
    let mut all = object! {};
    put(&mut all, "risk_to_life", *risk_to_life);
    put(&mut all, "people", people.clone());
    put(&mut all, "validation", *validation);
    all
}

/// Returns whether a rule holds by itself, or because an emergency lifts it.
fn or_lifted(id: RuleId, holds: Tri, emergency: Tri) -> Tri {
    if id.row().is_some_and(|rule| rule.lifted_by_emergency) { tri::any(&[holds, emergency]) } else { holds }
}

/// Returns whether `t` is before `end`.
pub fn before(t: Fact<Timestamp>, end: Fact<Timestamp>) -> Tri {
    t.zip(end).map(|(t, end)| t < end)
}

fn not_after(start: Fact<Timestamp>, t: Fact<Timestamp>) -> Tri {
    start.zip(t).map(|(start, t)| start <= t)
}

fn eq<T: PartialEq>(a: &Fact<T>, b: &Fact<T>) -> Tri {
    a.as_ref().zip(b.as_ref()).map(|(a, b)| a == b)
}

/// Returns the whole days from `now` to `then`, rounded down: how the days of a deletion term are counted.
pub const fn days_left(now: Timestamp, then: Timestamp) -> i64 {
    then.since(now).whole_days()
}
