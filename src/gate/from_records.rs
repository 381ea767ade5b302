//! The facts of the gate's questions, each derived from records, never from what the asker says.

use crate::record::definition::Content;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::kind_def;
use crate::record::store::ChangeRow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::act::{self, Act, MemberStanding};
use super::decide::{Conflict, Decide};
use super::leave::{
    Agreement, Consent, Emergency, Item, ItemState, Leave, Originator, Partner, Recipient, References, Review,
    Validation, days_left,
};
use super::purge::{self, Purge};
use crate::act::header::Header;
use crate::law::jurisdiction::{Assurance, CapitalPunishment};
use crate::record::definition::{ApplyError, GateInputs};
use crate::record::disposal;
use crate::record::retention;
use crate::record::store::{Record, RecordStore};
use crate::record::{
    agreement, analysis, assurance, authorisation, disclosure, dispute, hold, item, law, member, partner, privilege,
    request, review,
};
use crate::value::class::{Category, Condition, Onward, Role, Test, TestOutcome, Tier};
use crate::value::id::Id;
use crate::value::json::{Int, Json};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// Stands for a text that is content: the fact is that there is one.
const SOME_TEXT: &str = "…";
/// The purpose of acts that are of no case: running the desk.
pub const DESK_PURPOSE: &str = "desk";

/// What is the same for every item of one disclosure.
#[derive(Clone, Debug)]
pub struct Disclosure {
    /// When.
    pub now: Timestamp,
    /// In which realm.
    pub realm: Realm,
    /// The requesting desk.
    pub home: Id,
    /// The partner.
    pub to: Id,
    /// For what.
    pub purpose: String,
    /// In how many days the partner must delete.
    pub delete_after_days: i64,
    /// Whether it goes to named people.
    pub named: bool,
    /// Who proposes.
    pub proposed_by: Person,
    /// Who releases.
    pub released_by: Option<Person>,
    /// The emergency that is claimed.
    pub emergency: Option<Emergency>,
    /// The task force under whose charter it is given, where one is named.
    pub taskforce: Option<Id>,
}

impl Disclosure {
    /// Returns what its terms say, at a time and by a desk; nobody has released or joined it.
    pub fn of(terms: &disclosure::Terms, now: Timestamp, realm: &Realm, home: Id) -> Self {
        Self {
            now,
            realm: realm.clone(),
            home,
            to: terms.to,
            purpose: terms.purpose.clone(),
            delete_after_days: terms.delete_after_days,
            named: terms.named,
            proposed_by: terms.proposed_by,
            released_by: None,
            emergency: None,
            taskforce: terms.taskforce,
        }
    }
}

/// Returns the facts of an emergency: those whose own signed acts claim a risk to life, and how its validation stands.
pub fn claim(people: &[Person], validation: Validation) -> Emergency {
    Emergency {
        risk_to_life: Some(true),
        people: Some(people.iter().map(Person::to_string).collect()),
        validation: Some(validation),
    }
}

/// The agreement that decides, and what it says of passing on.
type Deciding = (Option<Agreement>, Option<Onward>);

/// A builder of the facts of `leave` for the items of one disclosure.
pub struct LeaveFacts {
    of: Disclosure,
    partner: Option<Record>,
    /// The agreement that decides for a category in a case, and what it says of passing on.
    agreements: BTreeMap<(Category, Option<Id>), Deciding>,
    /// The items that are products of joint analyses; read once.
    products: BTreeMap<Id, analysis::Product>,
    /// The item asked about last, and its facts.
    last: Option<(Record, Leave)>,
    /// The terms that were read last, as the record has them and as they are: many items share theirs.
    terms: Option<(Arc<Json>, item::Terms)>,
    /// Of items that others name: how far each could go by itself, and what it names.
    alone: BTreeMap<Id, (Alone, Vec<Id>)>,
}

/// How far an item could go, what it names left aside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Alone {
    /// It must stay.
    Stays,
    /// It lacks nothing but a second person.
    Waits,
    /// It may go, or is there.
    Goes,
}

impl LeaveFacts {
    /// Returns a builder with what is the same for every item.
    pub fn begin(records: &dyn RecordStore, of: Disclosure) -> Result<Self, ApplyError> {
        let partner = records.get(of.to)?.filter(|r| r.kind == Kind::Partner);
        let products = analysis::products(records)?;
        Ok(Self { of, partner, agreements: BTreeMap::new(), products, last: None, terms: None, alone: BTreeMap::new() })
    }

    /// Returns the conditions under which an item goes: those that it came with, those of its review for the partner, and that
    /// it is not passed on, where the agreement says so.
    pub fn conditions(&mut self, records: &dyn RecordStore, record: &Record) -> Result<Vec<Condition>, ApplyError> {
        let known = self.terms.take().filter(|(known, _)| Arc::ptr_eq(known, &record.terms));
        let read = || Ok::<_, ApplyError>((Arc::clone(&record.terms), item::Terms::read(&record.terms)?));
        let (_, terms) = self.terms.insert(known.map_or_else(read, Ok)?);
        let (mut all, tier, category) = (terms.conditions.clone(), terms.tier, terms.category);
        if tier.number() >= 2 {
            let subjects: Vec<Id> = [Some(record.id), record.subject].into_iter().flatten().collect();
            all.extend(review::deciding(records, &subjects, self.of.to)?.iter().flat_map(review::conditions_of));
        }
        if self.agreement(records, category, record.case)?.1 == Some(Onward::No) {
            all.push(Condition::NoOnward);
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }

    /// Returns what is known of the agreement that decides for a category in a case; looked up once.
    fn agreement(
        &mut self,
        records: &dyn RecordStore,
        category: Category,
        case: Option<Id>,
    ) -> Result<&(Option<Agreement>, Option<Onward>), ApplyError> {
        match self.agreements.entry((category, case)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let under = under_of(records, self.of.taskforce, case)?;
                let found = agreement::deciding(records, (self.of.to, under), &self.of.purpose, category, self.of.now)?;
                let onward = found.as_ref().and_then(|d| d.terms.onward);
                Ok(new.insert((found.map(agreement_facts), onward)))
            }
        }
    }

    /// Returns the facts for one item's record.
    pub fn of_item(&mut self, records: &dyn RecordStore, record: &Record) -> Result<&Leave, ApplyError> {
        // Of an own item of tier 1 nothing is asked but its terms and its state: no review, no authorisation, no
        // consent. Items that were imported together have the same ones.
        let is_product = self.products.contains_key(&record.id);
        let alike = |old: &Record| {
            !is_product
                && !self.products.contains_key(&old.id)
                && old.tier == Some(Tier::INDICATORS)
                && (old.desk, &old.state, &old.terms) == (record.desk, &record.state, &record.terms)
                && record.desk == self.of.home
        };
        let known = self.last.take().filter(|(old, _)| alike(old));
        match known {
            Some(known) => Ok(&self.last.insert(known).1),
            None => {
                let mut facts = self.derived(records, record)?;
                let named = item::Terms::read(&record.terms)?.references;
                if privilege::is_held_back(record).is_some() {
                    facts.references = Some(References::NotCleared);
                } else if !named.is_empty() {
                    let tier = record.tier.unwrap_or(Tier::INDICATORS);
                    facts.references = Some(self.references(records, record.id, named, tier)?);
                }
                Ok(&self.last.insert((record.clone(), facts)).1)
            }
        }
    }

    /// Returns whether all that an item names, and what that names in turn, may go to the partner. What an item of tier 2 and up
    /// names may wait for the second person that it waits for itself.
    fn references(
        &mut self,
        records: &dyn RecordStore,
        from: Id,
        named: Vec<Id>,
        tier: Tier,
    ) -> Result<References, ApplyError> {
        let enough = if tier > Tier::INDICATORS { Alone::Waits } else { Alone::Goes };
        let mut seen = BTreeSet::from([from]);
        let mut next = named;
        while let Some(id) = next.pop() {
            if !seen.insert(id) {
                continue;
            }
            let known = match self.alone.get(&id) {
                Some(known) => known.clone(),
                None => {
                    let known = self.alone_of(records, id)?;
                    self.alone.insert(id, known.clone());
                    known
                }
            };
            if known.0 < enough {
                return Ok(References::NotCleared);
            }
            next.extend(known.1);
        }
        Ok(References::Cleared)
    }

    fn alone_of(&mut self, records: &dyn RecordStore, id: Id) -> Result<(Alone, Vec<Id>), ApplyError> {
        let Some(record) = records.get(id)?.filter(|r| r.kind == Kind::Item) else {
            return Ok((Alone::Stays, Vec::new()));
        };
        if record.is_with(self.of.to) {
            return Ok((Alone::Goes, Vec::new()));
        }
        let named = item::Terms::read(&record.terms)?.references;
        let mut facts = self.derived(records, &record)?;
        let held_back = privilege::is_held_back(&record).is_some();
        facts.references = Some(if held_back { References::NotCleared } else { References::None });
        let verdict = facts.judge();
        let how = match () {
            () if verdict.allowed() => Alone::Goes,
            () if verdict.waits_for_a_second_person(self.of.emergency.is_some()) => Alone::Waits,
            () => Alone::Stays,
        };
        Ok((how, named))
    }

    fn derived(&mut self, records: &dyn RecordStore, record: &Record) -> Result<Leave, ApplyError> {
        let terms = item::Terms::read(&record.terms)?;
        let agreement = self.agreement(records, terms.category, record.case)?.0.clone();
        let product = self.products.get(&record.id).filter(|p| p.by == record.desk).cloned();
        let of = &self.of;
        // A file may name another originator than the desk that imported it: then it is a third party's.
        let here = record.desk == of.home;
        let own = here && !terms.third;
        let originator = match () {
            // What several desks own goes to each of them, and to nobody else before each has said so.
            () if product.as_ref().is_some_and(|p| p.owners.contains(&of.to)) => Originator::Recipient,
            () if product.is_some() => Originator::Third,
            () if own => Originator::Own,
            // What another desk says of whose it is, is that desk's word: it is a third party's until its own desk gives it.
            () if record.desk == of.to
                && !terms.third
                && terms.originator == of.to
                && record.partner == Some(of.to) =>
            {
                Originator::Recipient
            }
            () => Originator::Third,
        };
        // The originator's deletion term binds; an item of this desk has only the agreement's.
        let left = (!here).then(|| Int::Small(days_left(of.now, terms.delete_by)));
        let needs_review = terms.tier.number() >= 2;
        let subjects: Vec<Id> = [Some(record.id), record.subject].into_iter().flatten().collect();
        let decided = if needs_review { review::deciding(records, &subjects, of.to)? } else { None };
        let (category, now) = (terms.category, of.now);
        // Nobody is asked for their consent to what originates here.
        let consent = match () {
            () if originator == Originator::Recipient => None,
            () if product.is_some() => product.as_ref().map(|p| p.may_leave),
            () if own => None,
            () if here => item::consent_of(record, of.to),
            () => request::consent(records, of.home, record.id, of.to)?,
        };
        let high = terms.tier.number() >= 3;
        let authorised = if high { authorisation::for_item(records, record, of.to)? } else { None };
        let (required, given) = if high {
            (assurances_asked(records, of.home, self.partner.as_ref())?, assurance::standing(records, of.to, now)?)
        } else {
            Default::default()
        };
        Ok(Leave {
            now: Some(now),
            realm: Some(of.realm.to_string()),
            purpose: Some(of.purpose.clone()),
            delete_after_days: Some(Int::Small(of.delete_after_days)),
            named_people: Some(of.named),
            item: Item {
                realm: Some(of.realm.to_string()),
                // What may come again and has not is as good as erased.
                state: Some(if record.is_purged() || record.is(item::State::Awaited) {
                    ItemState::Purged
                } else {
                    ItemState::Held
                }),
                tier: Some(terms.tier),
                category: Some(category),
                person_class: Some(terms.person_class),
                tlp: Some(terms.marking.tlp),
                handling: Some(terms.marking.handling),
                originator: Some(originator),
                conditions: Some(terms.conditions),
                originator_delete_in_days: Some(left),
            },
            partner: self.partner.as_ref().map(partner_facts).unwrap_or_default(),
            agreement: Some(agreement),
            consent: Some(match consent {
                Some(true) => Consent::Given,
                Some(false) => Consent::Refused,
                None => Consent::None,
            }),
            review: Some(decided.as_ref().map(|r| review_facts(r, of.to))),
            proposed_by: Some(of.proposed_by.to_string()),
            released_by: Some(of.released_by.map(|p| p.to_string())),
            authorisation_given: Some(authorised.is_some()),
            authorisation_expires: Some(authorised.as_ref().and_then(|r| r.instant("expires"))),
            assurances_required: Some(required),
            assurances_given: Some(given),
            dispute_freezes_from_tier: Some(
                dispute::freezes_from(records, of.to, now)?.map(|tier| Int::Small(tier.number().into())),
            ),
            references: Some(if terms.references.is_empty() { References::None } else { References::NotCleared }),
            emergency: Some(of.emergency.clone()),
            problems: if self.partner.is_some() { Vec::new() } else { vec!["the partner is not known".into()] },
        })
    }
}

/// Returns the assurances that this desk's law requires of a partner before tier 3 and up leave. Where this desk's law is
/// not known, all of them are required.
fn assurances_asked(records: &dyn RecordStore, home: Id, partner: Option<&Record>) -> Result<Vec<String>, ApplyError> {
    let code = |r: Option<&Record>| r.and_then(|r| r.text("jurisdiction")).unwrap_or_default().to_owned();
    let law = law::edition(records)?;
    let own = law.jurisdiction(&code(records.get(home)?.as_ref()));
    let theirs = law.jurisdiction(&code(partner));
    let asked = own.map_or(Assurance::ALL, |j| &j.assurances_required);
    // A jurisdiction that has abolished the death penalty need not give an assurance about it.
    let abolished = theirs.is_some_and(|j| j.capital_punishment == CapitalPunishment::Abolished);
    let asked = asked.iter().filter(|a| **a != Assurance::DeathPenalty || !abolished);
    Ok(asked.map(|a| a.word().to_owned()).collect())
}

fn partner_facts(record: &Record) -> Partner {
    Partner {
        realm: record.text("realm").map(str::to_owned),
        standing: Some(partner::standing_of(record)),
        kind: partner::kind_of(record),
        channel: Some(partner::channel_of(record)),
    }
}

fn agreement_facts(found: agreement::Deciding) -> Agreement {
    let terms = found.terms;
    Agreement {
        from: Some(terms.from),
        until: Some(terms.until),
        ended: Some(found.is_ended),
        purposes: Some(terms.purposes),
        categories: Some(terms.categories),
        tier: Some(terms.tier),
        retention_cap_days: Some(Int::Small(terms.retention_cap_days)),
    }
}

/// Returns under which task force something of a case is given: the one that is named, or the one that the case belongs to.
pub fn under_of(
    records: &dyn RecordStore,
    named: Option<Id>,
    case: Option<Id>,
) -> Result<agreement::Under, ApplyError> {
    if let Some(id) = named {
        return Ok(agreement::Under::Only(id));
    }
    let case = case.map(|id| records.get(id)).transpose()?.flatten();
    let of = case.filter(|r| r.kind == Kind::Case).and_then(|r| crate::record::case::taskforce_of(&r));
    Ok(of.map_or(agreement::Under::Any, agreement::Under::CaseOf))
}

/// Returns the facts of a review's record, seen for one recipient.
pub fn review_facts(record: &Record, to: Id) -> Review {
    let outcome = review::outcome_of(record);
    Review {
        outcome: Some(outcome),
        covers_item: Some(true),
        level: review::level_of(record),
        tier: record.tier,
        purpose: record.text("purpose").map(str::to_owned),
        recipient: Some(if record.partner == Some(to) { Recipient::Same } else { Recipient::Other }),
        // What is not decided has no expiry yet: it counts as expired.
        expires: Some(record.instant("expires").unwrap_or(Timestamp::EPOCH)),
        reviewers: Some(review::reviewers_of(record).iter().map(Person::to_string).collect()),
    }
}

/// Returns the facts of `act` for a kind of act, by a member as they stand now, with what the record tells of it.
pub fn act_facts(
    records: &dyn RecordStore,
    realm: &Realm,
    now: Timestamp,
    kind: ChangeKind,
    by: Person,
    inputs: &GateInputs,
) -> Result<Act, ApplyError> {
    facts_of_act(records, (realm, now, by), kind, inputs, None)
}

/// Returns the facts of `act` for an act that is made: its signer as they stood at its place of the log.
pub fn act_facts_at(
    records: &dyn RecordStore,
    header: &Header,
    kind: ChangeKind,
    inputs: &GateInputs,
) -> Result<Act, ApplyError> {
    facts_of_act(records, (&header.realm, header.time.at, header.member), kind, inputs, Some(header))
}

fn facts_of_act(
    records: &dyn RecordStore,
    (realm, now, by): (&Realm, Timestamp, Person),
    kind: ChangeKind,
    inputs: &GateInputs,
    place: Option<&Header>,
) -> Result<Act, ApplyError> {
    let signer = match place {
        Some(header) => member::by_person(records, header.desk, by)?,
        None => member::own(records, by)?,
    };
    let (active, roles) = signer.as_ref().map_or((false, Vec::new()), |m| match place {
        Some(header) => member::at_place(m, header),
        None => (m.is(member::State::Active), member::roles_of(m)),
    });
    let standing = if active { MemberStanding::Active } else { MemberStanding::Revoked };
    let partner = match inputs.partner {
        None => None,
        Some(id) => match records.get(id)? {
            // What a desk orders at home is asked of no partner.
            Some(own) if own.kind == Kind::Desk => None,
            other => {
                let other = other.filter(|r| r.kind == Kind::Partner);
                let facts = other.as_ref().map(partner_facts).unwrap_or_default();
                Some(act::Partner { realm: facts.realm, standing: facts.standing, channel: facts.channel })
            }
        },
    };
    let review = match inputs.reviewed {
        None => None,
        Some(subject) => {
            let to = inputs.partner.unwrap_or(subject);
            review::deciding(records, &[subject], to)?.as_ref().map(|r| review_facts(r, to))
        }
    };
    Ok(Act {
        now: Some(now),
        realm: Some(realm.to_string()),
        kind: Some(kind.name().to_owned()),
        by: Some(by.to_string()),
        standing: Some(standing),
        roles: Some(roles),
        first: Some(inputs.first.map(|p| p.to_string())),
        missing: Some(inputs.missing.clone()),
        partner: Some(partner),
        purpose: Some(inputs.purpose.clone().unwrap_or_else(|| DESK_PURPOSE.to_owned())),
        review: Some(review),
        open: Some(inputs.open.clone()),
        problems: Vec::new(),
    })
}

/// Returns the facts of `decide` for a review's record and what its reviewer decides.
pub fn decide_facts(
    records: &dyn RecordStore,
    now: Timestamp,
    by: Person,
    record: &Record,
    decision: &review::Decision,
) -> Result<Decide, ApplyError> {
    let reviewer = member::own(records, by)?;
    let active = reviewer.as_ref().filter(|m| m.is(member::State::Active));
    let tests = record.terms.get("tests").and_then(Json::members).unwrap_or_default();
    let tests = tests.iter().filter_map(|(t, o)| Some((Test::parse(t)?, Some(o.text().and_then(TestOutcome::parse)?))));
    let text = |there: bool| if there { SOME_TEXT.to_owned() } else { String::new() };
    Ok(Decide {
        now: Some(now),
        reviewer: Some(by.to_string()),
        roles: Some(active.map(member::roles_of).unwrap_or_default()),
        requester: record.text("requester").map(str::to_owned),
        level: review::level_of(record),
        tests: Some(tests.collect()),
        less_intrusive: Some(text(record.terms.get("less_intrusive").and_then(Json::truth) == Some(true))),
        outcome: Some(decision.outcome),
        conditions: Some(decision.conditions.clone()),
        expires: Some(decision.expires),
        conflict_of_interest: Some(if decision.conflict || review::is_recused(record, by) {
            Conflict::Declared
        } else {
            Conflict::None
        }),
        reasons: Some(text(decision.reasoned)),
        about_person: Some(review::is_about_person(record)),
        problems: Vec::new(),
    })
}

/// Returns the items that the act of a record carries: those of a disclosure, or those that an import brought.
pub fn carried_items(records: &dyn RecordStore, record: &Record) -> Result<Vec<Id>, ApplyError> {
    if record.kind == Kind::Disposal {
        return Ok(disposal::lines_of(record));
    }
    if record.kind != Kind::Import {
        return disclosure_items(records, record);
    }
    // Not by its body, which is gone when a purge is judged again.
    let Some(row) = records.made_by(record.id)? else { return Ok(Vec::new()) };
    Ok(records.following(row, item::ADD)?.into_iter().map(|r| r.record).collect())
}

/// Returns what the content of a record dies with: what it is about, or the items that its act carries. A reply is about an inject, which
/// has no end of its own: both die with their exercise.
pub fn dies_with(records: &dyn RecordStore, record: &Record) -> Result<Vec<Id>, ApplyError> {
    Ok(match kind_def(record.kind).content {
        Content::WithSubject => {
            let subject = record.subject.map(|id| records.get(id)).transpose()?.flatten();
            let of_inject = subject.filter(|of| of.kind == Kind::Inject).and_then(|inject| inject.subject);
            of_inject.or(record.subject).into_iter().collect()
        }
        Content::WithItems => carried_items(records, record)?,
        Content::None | Content::Own { .. } | Content::WithCase | Content::WithDesk => Vec::new(),
    })
}

/// Returns when a record is due to be erased. One whose content is erased with other records', and for which no reason is
/// given, is due when the last of them is.
fn purge_due(records: &dyn RecordStore, record: &Record, reasoned: bool) -> Result<Option<Timestamp>, ApplyError> {
    // What is only looked at again when it is due is not due to be erased, whatever the date.
    let due = |record: &Record| record.due.filter(|_| retention::silence_erases(record));
    if reasoned || record.due.is_some() {
        return Ok(due(record));
    }
    let mut last = None;
    for id in dies_with(records, record)? {
        let subject = records.get(id)?;
        // What speaks of something that is gone goes whenever somebody looks.
        let is_gone = subject.as_ref().is_some_and(Record::is_purged);
        last = last.max(subject.as_ref().and_then(due)).max(is_gone.then_some(Timestamp::EPOCH));
    }
    Ok(last)
}

/// Returns the items of a disclosure: those proposed, or those that left.
pub fn disclosure_items(records: &dyn RecordStore, record: &Record) -> Result<Vec<Id>, ApplyError> {
    let Some(row) = record.terms.get("row").and_then(Json::int).map(ChangeRow) else { return Ok(Vec::new()) };
    let kind = if record.is(disclosure::State::Proposed) { disclosure::ITEM } else { item::COPY };
    Ok(records.following(row, kind)?.into_iter().map(|r| r.record).collect())
}

/// Returns the facts of `purge` for a record.
pub fn purge_facts(
    records: &dyn RecordStore,
    now: Timestamp,
    by: Person,
    record: &Record,
    reasoned: bool,
) -> Result<Purge, ApplyError> {
    PurgeFacts::begin(records, now, by, reasoned)?.of(records, record)
}

/// A builder of the facts of `purge` for the records that one act erases: nothing that it does changes a member, or a hold on a case.
pub struct PurgeFacts {
    now: Timestamp,
    by: Person,
    reasoned: bool,
    roles: Vec<Role>,
    /// The case that was asked about last, and the holds on it.
    case: Option<(Id, Vec<purge::Hold>)>,
}

impl PurgeFacts {
    /// Returns a builder with what is the same for every record.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn begin(records: &dyn RecordStore, now: Timestamp, by: Person, reasoned: bool) -> Result<Self, ApplyError> {
        let who = member::own(records, by)?;
        let roles = who.as_ref().filter(|m| m.is(member::State::Active)).map(member::roles_of).unwrap_or_default();
        Ok(Self { now, by, reasoned, roles, case: None })
    }

    /// Returns the facts for one record.
    ///
    /// # Errors
    ///
    /// Where the records cannot be read.
    pub fn of(&mut self, records: &dyn RecordStore, record: &Record) -> Result<Purge, ApplyError> {
        let mut holds = holds_on(records, record.id)?;
        if let Some(case) = record.case.filter(|case| *case != record.id) {
            let known = self.case.take().filter(|(known, _)| *known == case);
            let known = known.map_or_else(|| Ok::<_, ApplyError>((case, holds_on(records, case)?)), Ok)?;
            holds.extend(self.case.insert(known).1.iter().cloned());
        }
        Ok(Purge {
            now: Some(self.now),
            due: Some(purge_due(records, record, self.reasoned)?),
            because: Some(self.reasoned.then(|| SOME_TEXT.to_owned())),
            by: Some(self.by.to_string()),
            roles: Some(self.roles.clone()),
            holds: Some(holds),
            shared_with_duty: Some(record.shared.iter().any(|h| h.duty != crate::record::store::DutyState::Met)),
            problems: Vec::new(),
        })
    }
}

fn holds_on(records: &dyn RecordStore, id: Id) -> Result<Vec<purge::Hold>, ApplyError> {
    let one = |h: &Record| purge::Hold {
        lifted_by: Some(hold::lifted_by(h).map(|p| p.to_string())),
        placed_by: hold::placed_by(h).map(|p| p.to_string()),
    };
    Ok(hold::placed_on(records, id)?.iter().map(one).collect())
}
