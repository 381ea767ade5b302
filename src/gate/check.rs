//! Every act is put to the gate, change by change: before it is made here, when it arrives from a partner, and again
//! when the log is read. The three ask the same questions with the facts of the act's own time.

use super::cleared::acting_role;
use super::from_book::{self, Disclosure, LeaveFacts};
use super::leave::{Leave, Review, Validation};
use super::verdict::Verdict;
use crate::act::header::Audience;
use crate::record::book::{Book, BookError};
use crate::record::fold::{At, ChangeDef, Fault, Piece};
use crate::record::{self, disclosure, item, member, purge, request, review};
use crate::value::class::{Category, PersonClass, Tier};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Tlp;

/// Why an act is not let through.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The gate refuses; the item is named where it is one of several.
    #[error("{}", .0.refusal())]
    Refused(Box<Verdict>, Option<Id>),
    /// The act does not say what the records say: a forged row, or a patched program.
    #[error("{0}")]
    Forged(String),
    /// A newer program made it.
    #[error("an act has a change of a kind that this program does not know")]
    Unknown,
    /// The records do not allow it.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Checks the changes of one act in their order. Each is checked before it is folded.
#[derive(Default)]
pub struct Check {
    founding: bool,
    lead: Option<&'static str>,
    leave: Option<LeaveFacts>,
    kept: Vec<Json>,
    stated: Vec<(Leave, Verdict)>,
    emergency: bool,
}

impl From<BookError> for Stopped {
    fn from(error: BookError) -> Self {
        Self::Fault(error.into())
    }
}

fn forged<T>(what: impl Into<String>) -> Result<T, Stopped> {
    Err(Stopped::Forged(what.into()))
}

fn judged(verdict: Verdict, item: Option<Id>) -> Result<(), Stopped> {
    if verdict.allowed() { Ok(()) } else { Err(Stopped::Refused(Box::new(verdict), item)) }
}

impl Check {
    /// Checks a change: the act's first as its lead, every later one as a rider.
    pub fn change(&mut self, book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<&'static ChangeDef, Stopped> {
        let Some(def) = record::change(piece.kind) else { return Err(Stopped::Unknown) };
        match self.lead {
            None => {
                self.lead = Some(def.name);
                self.lead(book, at, piece, def)?;
            }
            Some(lead) if def.rides.contains(&lead) => self.rider(book, at, piece)?,
            Some(lead) => return forged(format!("{} may not follow {lead} in one act", def.name)),
        }
        Ok(def)
    }

    fn lead(
        &mut self,
        book: &dyn Book,
        at: &At<'_>,
        piece: &Piece<'_>,
        def: &'static ChangeDef,
    ) -> Result<(), Stopped> {
        if !def.leads {
            return forged(format!("an act may not begin with {}", def.name));
        }
        if !def.travels.fits(&at.header.audience) {
            return forged(format!("{} has the wrong audience", def.name));
        }
        if !at.own() && !at.header.audience.names(at.home) {
            return forged("the act is not addressed to this desk");
        }
        if def.name == "desk-found" {
            // Nobody is enrolled before the desk is founded: the founder is judged once he stands in the book.
            self.founding = true;
            return Ok(());
        }
        let asked = (def.ask)(book, at, piece)?;
        match def.name {
            review::DECIDE => return self.decide(book, at, piece),
            purge::PURGE => {
                self.kept = list(piece.terms, "asked")?;
                return self.signer(book, at, def.name);
            }
            disclosure::PROPOSE | disclosure::RELEASE | disclosure::JOIN => self.begin_disclosure(book, at, piece)?,
            _ => {}
        }
        let mut facts = from_book::act_facts_at(book, at.header, def.name, &asked)?;
        if def.name == request::SEND {
            let kept = piece.terms.get("asked").unwrap_or(&Json::Null);
            if at.own() {
                if *kept != facts.to_json() {
                    return forged("a request was sent on other facts than the records hold");
                }
                // The conditions of its review travel with it, all of them.
                let review = asked.partner.map(|to| review::deciding(book, &[piece.record], to)).transpose()?.flatten();
                let set = review.as_ref().map(review::conditions_of).unwrap_or_default();
                if set.iter().any(|c| !request::conditions_sent(piece.terms).contains(c)) {
                    return forged("a request was sent without the conditions of its review");
                }
            } else {
                // The partner's review stays with the partner; what it says of it is judged, and is signed.
                let mut problems = Vec::new();
                let review = kept.get("review").filter(|r| r.members().is_some());
                facts.review = Some(review.map(|r| Review::read(r, &mut problems)));
                facts.problems = problems;
            }
        }
        judged(facts.judge(), None)?;
        self.signer(book, at, def.name)
    }

    /// Whoever signs is enrolled at the desk that acts, and acts in a role that he has and that may sign this.
    fn signer(&self, book: &dyn Book, at: &At<'_>, kind: &'static str) -> Result<(), Stopped> {
        let Some(signer) = member::by_person(book, at.member())?.filter(|m| m.desk == at.desk()) else {
            return forged("the act is signed by nobody who is enrolled at its desk");
        };
        let (_, roles) = member::at_place(&signer, at.header);
        let fits = roles.contains(&at.role()) && acting_role(kind, &[at.role()]) == Some(at.role());
        if fits { Ok(()) } else { forged(format!("{kind} is not signed in the role of {}", at.role())) }
    }

    fn rider(&mut self, book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Stopped> {
        match piece.kind {
            item::COPY | disclosure::ITEM => self.copy(book, at, piece),
            purge::ERASE => {
                let Some(record) = book.get(piece.record)? else {
                    return forged("a record is erased that is not known");
                };
                let reasoned = at.lead.get("reasoned").and_then(Json::truth) == Some(true);
                let facts = from_book::purge_facts(book, at.now(), at.member(), &record, reasoned)?;
                if *nth(&self.kept, piece)? != facts.to_json() {
                    return forged("a record was erased on other facts than the records hold");
                }
                judged(facts.judge(), Some(piece.record))
            }
            _ => Ok(()),
        }
    }

    /// Called when every change of the act was folded.
    pub fn end(&self, book: &dyn Book, at: &At<'_>) -> Result<(), Stopped> {
        if self.founding {
            let facts = from_book::act_facts_at(book, at.header, "desk-found", &Default::default())?;
            judged(facts.judge(), None)?;
            return self.signer(book, at, "desk-found");
        }
        Ok(())
    }

    fn decide(&self, book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Stopped> {
        let record = record::fold::need(book, piece.record, review::KIND.name)?;
        let said = review::Decision::read(piece.terms)?;
        let facts = from_book::decide_facts(book, at.now(), at.member(), &record, &said)?;
        if said.asked != facts.to_json() {
            return forged("a review was decided on other facts than the records hold");
        }
        judged(facts.judge(), None)?;
        self.signer(book, at, review::DECIDE)
    }

    fn begin_disclosure(&mut self, book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Stopped> {
        let terms = disclosure::Terms::read(piece.terms)?;
        // Each set of facts is read and judged once, however many copies go on it.
        let read = |kept| {
            let facts = Leave::read(kept);
            let verdict = facts.judge();
            (facts, verdict)
        };
        self.stated = terms.asked.iter().map(read).collect();
        let of = Disclosure {
            released_by: (piece.kind == disclosure::RELEASE).then(|| at.member()),
            emergency: terms.emergency.then(|| {
                let joined = (piece.kind == disclosure::JOIN).then(|| at.member());
                let people: Vec<_> = [Some(terms.proposed_by), joined].into_iter().flatten().collect();
                from_book::claim(&people, Validation::Pending)
            }),
            ..Disclosure::of(&terms, at.now(), at.realm(), at.desk())
        };
        self.emergency = terms.emergency;
        if at.own() {
            self.leave = Some(LeaveFacts::begin(book, of)?);
            return Ok(());
        }
        // A partner's facts are its own; that they are said, fit the act and suffice is checked here.
        for (facts, verdict) in &self.stated {
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

    fn copy(&mut self, book: &dyn Book, at: &At<'_>, piece: &Piece<'_>) -> Result<(), Stopped> {
        let (stated, verdict) = nth(&self.stated, piece)?;
        let Some(leave) = &mut self.leave else {
            // From a partner: its copy must be of the class that its facts speak of.
            let word = |key: &str| piece.terms.get(key).and_then(Json::text);
            let tier = piece.terms.get("tier").and_then(Json::int).and_then(Tier::new);
            let same = (stated.item.tier == tier && tier.is_some())
                && stated.item.category.map(Category::word) == word("category")
                && stated.item.person_class.map(PersonClass::word) == word("person_class")
                && stated.item.tlp.map(Tlp::word) == word("tlp");
            return if same {
                Ok(())
            } else {
                forged("a copy is of another class than the facts that it was released on")
            };
        };
        let Some(record) = book.get(piece.record)?.filter(|r| r.kind == item::KIND.name) else {
            return forged("an item is disclosed that is not known");
        };
        if stated != leave.of_item(book, &record)? {
            return forged("an item was disclosed on other facts than the records hold");
        }
        if piece.kind == item::COPY {
            let mut terms = item::Terms::read(&record.terms)?;
            terms.conditions = leave.conditions(book, &record)?;
            if terms != item::Terms::read(piece.terms)? {
                return forged("a copy says something else of an item than the records hold");
            }
        }
        let waits = at.header.audience == Audience::Own;
        if waits && verdict.waits_for_a_second_person(self.emergency) {
            return Ok(());
        }
        if waits && verdict.allowed() {
            return forged("what needs no second person does not wait for one");
        }
        if verdict.allowed() { Ok(()) } else { Err(Stopped::Refused(Box::new(verdict.clone()), Some(piece.record))) }
    }
}

/// The facts that a change names by number, out of those that its act states.
fn nth<'a, T>(all: &'a [T], piece: &Piece<'_>) -> Result<&'a T, Stopped> {
    let number = piece.terms.get("asked").and_then(Json::int).and_then(|n| usize::try_from(n).ok());
    match number.and_then(|n| all.get(n)) {
        Some(found) => Ok(found),
        None => forged("a change names facts that its act does not state"),
    }
}

fn list(json: &Json, key: &str) -> Result<Vec<Json>, Stopped> {
    match json.get(key).and_then(Json::items) {
        Some(items) => Ok(items.to_vec()),
        None => forged(format!("`{key}` is not a list")),
    }
}
