//! Every act is put to the gate, change by change: before it is made here, when it arrives from a partner, and again
//! when the log is read. The three ask the same questions with the facts of the act's own time.

use std::sync::Arc;

use super::cleared::acting_role;
use super::from_records::{self, Disclosure, LeaveFacts, PurgeFacts};
use super::leave::{Leave, Review, Validation};
use super::purge::Purge;
use super::verdict::Verdict;
use crate::act::header::Audience;
use crate::record::definition::{ActContext, ApplyError, ChangeDef, ChangeView};
use crate::record::kind::ChangeKind;
use crate::record::kind::Kind;
use crate::record::store::{RecordStore, RecordStoreError};
use crate::record::{self, desk, disclosure, item, member, purge, request, review};
use crate::value::class::{Category, Condition, PersonClass, Tier};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Tlp;
use crate::value::person::Person;

/// Why an act is refused.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The gate refuses; the item is named where it is one of several.
    #[error("{}", .0.refusal())]
    Refused(Box<Verdict>, Option<Id>),
    /// The act contradicts the records: a forged row, or a modified program.
    #[error("{0}")]
    Forged(String),
    /// A newer program made it.
    #[error("an act has a change of a kind that this program does not know")]
    Unknown,
    /// The records do not allow it.
    #[error(transparent)]
    Apply(#[from] ApplyError),
}

/// A check of the changes of one act in their order. Each is checked before it is applied.
#[derive(Default)]
pub struct Check {
    founding: bool,
    first: Option<ChangeKind>,
    leave: Option<LeaveFacts>,
    /// The terms of the item whose copy was checked last, the conditions, and the copy's terms, which were those.
    copied: Option<(Arc<Json>, Vec<Condition>, Json)>,
    purge: Option<PurgeFacts>,
    /// What the record that was erased last was asked with, and what was said.
    erased: Option<(Purge, Json, Verdict)>,
    kept: Vec<Json>,
    stated: Vec<(Leave, Verdict)>,
    emergency: bool,
}

impl From<RecordStoreError> for CheckError {
    fn from(error: RecordStoreError) -> Self {
        Self::Apply(error.into())
    }
}

fn forged<T>(what: impl Into<String>) -> Result<T, CheckError> {
    Err(CheckError::Forged(what.into()))
}

fn judged(verdict: Verdict, item: Option<Id>) -> Result<(), CheckError> {
    if verdict.allowed() { Ok(()) } else { Err(CheckError::Refused(Box::new(verdict), item)) }
}

impl Check {
    /// Checks the next change of the act.
    pub fn change(
        &mut self,
        records: &dyn RecordStore,
        act: &ActContext<'_>,
        view: &ChangeView<'_>,
    ) -> Result<(), CheckError> {
        let def = view.def;
        match self.first {
            None => {
                self.first = Some(def.kind);
                self.first(records, act, view, def)?;
            }
            Some(first) if def.follows.contains(&first) => self.following(records, act, view)?,
            Some(first) => return forged(format!("{} may not follow {first} in one act", def.kind)),
        }
        Ok(())
    }

    fn first(
        &mut self,
        records: &dyn RecordStore,
        act: &ActContext<'_>,
        view: &ChangeView<'_>,
        def: &'static ChangeDef,
    ) -> Result<(), CheckError> {
        if !def.begins {
            return forged(format!("an act may not begin with {}", def.kind));
        }
        if !def.audience.fits(&act.header.audience) {
            return forged(format!("{} has the wrong audience", def.kind));
        }
        if !act.is_own() && !act.header.audience.names(act.own_desk) {
            return forged("the act is not addressed to this desk");
        }
        if def.kind == desk::FOUND {
            // Nobody is enrolled before the desk is founded: the founder is judged once they stand in the record store.
            self.founding = true;
            return Ok(());
        }
        let inputs = (def.gate_inputs)(records, act, view)?;
        match def.kind {
            review::DECIDE => return self.decide(records, act, view),
            purge::PURGE => {
                self.kept = list(view.terms, "asked")?;
                return self.signer(records, act, def.kind);
            }
            disclosure::PROPOSE | disclosure::RELEASE | disclosure::JOIN | disclosure::EXPORT => {
                self.begin_disclosure(records, act, view)?
            }
            _ => {}
        }
        let mut facts = from_records::act_facts_at(records, act.header, def.kind, &inputs)?;
        if def.kind == request::SEND {
            let kept = view.terms.get("asked").unwrap_or(&Json::Null);
            if act.is_own() {
                if *kept != facts.to_json() {
                    return forged("a request was sent on other facts than the records hold");
                }
                // The conditions of its review travel with it, all of them.
                let review =
                    inputs.partner.map(|to| review::deciding(records, &[view.record], to)).transpose()?.flatten();
                let set = review.as_ref().map(review::conditions_of).unwrap_or_default();
                if set.iter().any(|c| !request::conditions_sent(view.terms).contains(c)) {
                    return forged("a request was sent without the conditions of its review");
                }
            } else {
                // The partner's review stays with the partner; what it says of it is judged, and is signed.
                let mut problems = Vec::new();
                let review = kept.get("review").filter(|r| r.members().is_some());
                let review = review.map(|r| Review::read(r, &mut problems));
                for person in review.iter().flat_map(|review| review.reviewers.iter().flatten()) {
                    is_theirs(records, act.desk(), person, review::DECIDE)?;
                }
                facts.review = Some(review);
                facts.problems = problems;
            }
        }
        judged(facts.judge(), None)?;
        self.signer(records, act, def.kind)
    }

    /// Checks that whoever signs is enrolled at the desk that acts, and acts in a role that they have and that may sign this.
    fn signer(&self, records: &dyn RecordStore, act: &ActContext<'_>, kind: ChangeKind) -> Result<(), CheckError> {
        let Some(signer) = member::by_person(records, act.desk(), act.member())? else {
            return forged("the act is not signed by a member of its desk");
        };
        let (_, roles) = member::at_place(&signer, act.header);
        let fits = roles.contains(&act.role()) && acting_role(kind, &[act.role()]) == Some(act.role());
        if fits { Ok(()) } else { forged(format!("{kind} is not signed in the role of {}", act.role())) }
    }

    fn following(
        &mut self,
        records: &dyn RecordStore,
        act: &ActContext<'_>,
        view: &ChangeView<'_>,
    ) -> Result<(), CheckError> {
        match view.def.kind {
            item::COPY | disclosure::ITEM => self.copy(records, act, view),
            purge::ERASE => {
                let Some(record) = records.get(view.record)? else {
                    return forged("the record to be erased is not known");
                };
                let reasoned = act.first.get("reasoned").and_then(Json::truth) == Some(true);
                let mut all = match self.purge.take() {
                    Some(begun) => begun,
                    None => PurgeFacts::begin(records, act.now(), act.member(), reasoned)?,
                };
                let facts = all.of(records, &record)?;
                self.purge = Some(all);
                let known = self.erased.take().filter(|(known, ..)| *known == facts);
                let known = known.unwrap_or_else(|| {
                    let (said, verdict) = (facts.to_json(), facts.judge());
                    (facts, said, verdict)
                });
                let (_, said, verdict) = self.erased.insert(known);
                if nth(&self.kept, view)? != said {
                    return forged("a record was erased on other facts than the records hold");
                }
                if verdict.allowed() { Ok(()) } else { judged(verdict.clone(), Some(view.record)) }
            }
            _ => Ok(()),
        }
    }

    /// Checks what can be judged only when every change of the act was applied.
    pub fn end(&self, records: &dyn RecordStore, act: &ActContext<'_>) -> Result<(), CheckError> {
        if self.founding {
            let facts = from_records::act_facts_at(records, act.header, desk::FOUND, &Default::default())?;
            judged(facts.judge(), None)?;
            return self.signer(records, act, desk::FOUND);
        }
        Ok(())
    }

    fn decide(&self, records: &dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), CheckError> {
        let record = record::definition::need(records, view.record, Kind::Review)?;
        let decision = review::Decision::read(view.terms)?;
        let facts = from_records::decide_facts(records, act.now(), act.member(), &record, &decision)?;
        if decision.asked != facts.to_json() {
            return forged("a review was decided on other facts than the records hold");
        }
        judged(facts.judge(), None)?;
        self.signer(records, act, review::DECIDE)
    }

    fn begin_disclosure(
        &mut self,
        records: &dyn RecordStore,
        act: &ActContext<'_>,
        view: &ChangeView<'_>,
    ) -> Result<(), CheckError> {
        let terms = disclosure::Terms::read(view.terms)?;
        // Each set of facts is read and judged once, however many copies go on it.
        let read = |kept| {
            let facts = Leave::read(kept);
            let verdict = facts.judge();
            (facts, verdict)
        };
        self.stated = terms.asked.iter().map(read).collect();
        let of = Disclosure {
            released_by: (view.def.kind == disclosure::RELEASE).then(|| act.member()),
            emergency: terms.emergency.then(|| {
                let joined = (view.def.kind == disclosure::JOIN).then(|| act.member());
                let people: Vec<_> = [Some(terms.proposed_by), joined].into_iter().flatten().collect();
                from_records::claim(&people, Validation::Pending)
            }),
            ..Disclosure::of(&terms, act.now(), act.realm(), act.desk())
        };
        self.emergency = terms.emergency;
        if act.is_own() {
            self.leave = Some(LeaveFacts::begin(records, of)?);
            return Ok(());
        }
        // A partner's facts are its own; that they are said, fit the act, name its own members and suffice is checked here.
        for (facts, verdict) in &self.stated {
            let proposers = facts.proposed_by.iter().chain(emergency_people(facts));
            for person in proposers {
                is_theirs(records, act.desk(), person, disclosure::PROPOSE)?;
            }
            for person in facts.review.iter().flatten().flat_map(|review| review.reviewers.iter().flatten()) {
                is_theirs(records, act.desk(), person, review::DECIDE)?;
            }
            let fits = facts.problems.is_empty()
                && facts.now == Some(of.now)
                && facts.realm.as_deref() == Some(of.realm.to_string().as_str())
                && facts.purpose.as_ref() == Some(&of.purpose)
                && facts.proposed_by.as_deref() == Some(of.proposed_by.to_string().as_str())
                && facts.released_by == Some(of.released_by.map(|p| p.to_string()))
                && facts.emergency == Some(of.emergency.clone());
            if !fits {
                return forged("a disclosure states facts that do not fit its act");
            }
            judged(verdict.clone(), None)?;
        }
        Ok(())
    }

    fn copy(
        &mut self,
        records: &dyn RecordStore,
        act: &ActContext<'_>,
        view: &ChangeView<'_>,
    ) -> Result<(), CheckError> {
        let (stated, verdict) = nth(&self.stated, view)?;
        let Some(leave) = &mut self.leave else {
            // From a partner: its copy must be of the class that its facts speak of.
            let word = |key: &str| view.terms.get(key).and_then(Json::text);
            let tier = view.terms.get("tier").and_then(Json::int).and_then(Tier::new);
            let same = (stated.item.tier == tier && tier.is_some())
                && stated.item.category.map(Category::word) == word("category")
                && stated.item.person_class.map(PersonClass::word) == word("person_class")
                && stated.item.tlp.map(Tlp::word) == word("tlp");
            return if same {
                Ok(())
            } else {
                forged("a copy has another tier, category, person class or TLP than its facts")
            };
        };
        let Some(record) = records.get(view.record)?.filter(|r| r.kind == Kind::Item) else {
            return forged("the item to be disclosed is not known");
        };
        if stated != leave.of_item(records, &record)? {
            return forged("an item was disclosed on other facts than the records hold");
        }
        if view.def.kind == item::COPY {
            let conditions = leave.conditions(records, &record)?;
            let is_known = self.copied.as_ref().is_some_and(|(terms, known, said)| {
                Arc::ptr_eq(terms, &record.terms) && *known == conditions && said == view.terms
            });
            if !is_known {
                let mut terms = item::Terms::read(&record.terms)?;
                terms.conditions.clone_from(&conditions);
                if terms != item::Terms::read(view.terms)? {
                    return forged("a copy of an item differs from the records");
                }
                self.copied = Some((record.terms, conditions, view.terms.clone()));
            }
        }
        // What is exported leaves at once, though its record stays here.
        let waits = act.header.audience == Audience::OwnDesk && self.first != Some(disclosure::EXPORT);
        if waits && verdict.waits_for_a_second_person(self.emergency) {
            return Ok(());
        }
        if waits && verdict.allowed() {
            return forged("a proposal that needs no second person waits for one");
        }
        if verdict.allowed() { Ok(()) } else { Err(CheckError::Refused(Box::new(verdict.clone()), Some(view.record))) }
    }
}

/// Returns who claims the emergency of a disclosure.
fn emergency_people(facts: &Leave) -> impl Iterator<Item = &String> {
    facts.emergency.iter().flatten().flat_map(|emergency| emergency.people.iter().flatten())
}

/// Refuses what a desk says that somebody did who is no member of it, who never had a role that may do it, or whose key it has enrolled
/// though they are of another desk.
fn is_theirs(records: &dyn RecordStore, desk: Id, person: &str, kind: ChangeKind) -> Result<(), CheckError> {
    let member = Person::parse(person).map(|p| member::by_person(records, desk, p)).transpose()?.flatten();
    let could = member.as_ref().is_some_and(|m| acting_role(kind, &member::roles_ever(m)).is_some());
    let anothers = member.map(|m| member::is_anothers(records, &m)).transpose()?.unwrap_or(false);
    if could && !anothers {
        Ok(())
    } else {
        forged(format!("{kind} is said of somebody who is no member of that desk who may do it"))
    }
}

/// Returns the facts that a change names by number, out of those that its act states.
fn nth<'a, T>(all: &'a [T], view: &ChangeView<'_>) -> Result<&'a T, CheckError> {
    let number = view.terms.get("asked").and_then(Json::int).and_then(|n| usize::try_from(n).ok());
    match number.and_then(|n| all.get(n)) {
        Some(found) => Ok(found),
        None => forged("a change names facts that its act does not state"),
    }
}

fn list(json: &Json, key: &str) -> Result<Vec<Json>, CheckError> {
    match json.get(key).and_then(Json::items) {
        Some(items) => Ok(items.to_vec()),
        None => forged(format!("`{key}` is not a list")),
    }
}
