//! What the gate has cleared: the only thing that bundle, exchange and report accept, and only the gate makes it.

use std::sync::Arc;

use super::act::{Act, MemberStanding};
use super::from_book::{self, Disclosure, LeaveFacts};
use super::leave::{Leave, Review, Validation};
use super::verdict::Verdict;
use crate::act::header::Header;
use crate::record::book::{Book, Rider};
use crate::record::fold::{Asked, Fault};
use crate::record::{disclosure, item};
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::instant::Instant;
use crate::value::json::Json;
use crate::value::marking::Marking;
use crate::value::person::Person;
use crate::value::realm::Realm;

/// Something that may leave, and for whom. It cannot be made outside of the gate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleared<T> {
    value: T,
    to: Option<Id>,
}

impl<T> Cleared<T> {
    /// What may leave.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// The desk that it may go to; `None`: into the hands of a person.
    pub const fn to(&self) -> Option<Id> {
        self.to
    }
}

/// For the tests of rooms above: cleared without being asked for.
#[cfg(test)]
pub(crate) const fn for_tests<T>(value: T) -> Cleared<T> {
    Cleared { value, to: None }
}

/// An act that waits to be carried to a partner.
#[derive(Clone, Debug)]
pub struct Waiting<'a> {
    /// Its position.
    pub position: i64,
    /// Its header.
    pub header: &'a Header,
    /// The kind of its lead.
    pub kind: &'static str,
    /// The record of its lead.
    pub record: Id,
    /// The terms of its lead.
    pub terms: &'a Json,
    /// The items whose copies it carries, in order; empty for anything but a disclosure.
    pub copies: Vec<Rider>,
}

/// An act that may travel, and which of its copies must stay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parcel {
    /// The position of the act.
    pub position: i64,
    /// The items whose copies stay, each with why.
    pub stays: Vec<(Id, Verdict)>,
    /// The effective marking of the copies that go; `None` where none do.
    pub marking: Option<Marking>,
}

/// Asks again, with the facts of now, whether an act that waits may go to a partner. A disclosure of which nothing may
/// go is refused as a whole.
pub fn act(
    book: &dyn Book,
    to: Id,
    now: Instant,
    waiting: &Waiting<'_>,
) -> Result<Result<Cleared<Parcel>, Verdict>, Fault> {
    let travel = travel_facts(book, to, now, waiting)?.judge();
    if !travel.allowed() {
        return Ok(Err(travel));
    }
    let disclosed = if waiting.copies.is_empty() { None } else { book.get(waiting.record)? };
    if disclosed.as_ref().is_some_and(|d| d.state == "recalled") {
        return Ok(Err(Verdict::of_facts("G-00", &["the disclosure was recalled before it left".into()])));
    }
    let (mut stays, mut marking) = (Vec::new(), None);
    if !waiting.copies.is_empty() {
        let terms = disclosure::Terms::read(waiting.terms)?;
        let released = waiting.kind == disclosure::RELEASE;
        let validation = disclosed.as_ref().and_then(|d| disclosure::validation_of(d, now)).and_then(Validation::parse);
        let people = [terms.proposed_by, waiting.header.member];
        let mut facts = LeaveFacts::begin(
            book,
            Disclosure {
                to,
                released_by: released.then_some(waiting.header.member),
                emergency: validation.filter(|_| terms.emergency).map(|v| from_book::claim(&people, v)),
                ..Disclosure::of(&terms, now, &waiting.header.realm, waiting.header.desk)
            },
        )?;
        // Items of one kind have the same facts: the verdict of the one before is good for the next.
        let mut last: Option<(Leave, Verdict)> = None;
        let mut marked: Option<Arc<Json>> = None;
        for copy in &waiting.copies {
            let Some(record) = book.of_rider(copy)? else {
                stays.push((copy.record, Verdict::of_facts("G-00", &["the item is not known".into()])));
                continue;
            };
            let asked = facts.of_item(book, &record)?;
            let (asked, verdict) = match last.take() {
                Some((same, verdict)) if same == *asked => (same, verdict),
                _ => (asked.clone(), asked.judge()),
            };
            if !verdict.allowed() {
                stays.push((copy.record, verdict.clone()));
            } else if !marked.as_ref().is_some_and(|known| Arc::ptr_eq(known, &record.terms)) {
                let this = item::Terms::read(&record.terms)?.marking;
                marking = Some(marking.map_or(this.clone(), |m: Marking| m.and(&this)));
                marked = Some(record.terms);
            }
            last = Some((asked, verdict));
        }
        if let Some((_, verdict)) = stays.first().filter(|_| stays.len() == waiting.copies.len()) {
            return Ok(Err(verdict.clone()));
        }
    }
    Ok(Ok(Cleared { value: Parcel { position: waiting.position, stays, marking }, to: Some(to) }))
}

/// The partner as it stands now, the signer as he stood when he signed.
fn travel_facts(book: &dyn Book, to: Id, now: Instant, waiting: &Waiting<'_>) -> Result<Act, Fault> {
    let header = waiting.header;
    let asked = Asked { partner: Some(to), ..Asked::default() };
    let mut facts = from_book::act_facts(book, &header.realm, now, waiting.kind, header.member, &asked)?;
    facts.standing = Some(MemberStanding::Active);
    facts.roles = Some(vec![header.role]);
    if let Some(kept) = waiting.terms.get("asked").filter(|_| waiting.kind == "request-send") {
        let mut problems = Vec::new();
        let review = kept.get("review").filter(|r| r.members().is_some());
        facts.review = Some(review.map(|r| Review::read(r, &mut problems)));
        facts.purpose = kept.get("purpose").and_then(Json::text).map(str::to_owned);
        facts.problems = problems;
    }
    Ok(facts)
}

/// Asks whether a member may write a copy of something to a file for a person (`copy-out`).
pub fn copy_out<T>(
    book: &dyn Book,
    realm: &Realm,
    now: Instant,
    by: Person,
    value: T,
) -> Result<Result<Cleared<T>, Verdict>, Fault> {
    let verdict = from_book::act_facts(book, realm, now, "copy-out", by, &Asked::default())?.judge();
    Ok(if verdict.allowed() { Ok(Cleared { value, to: None }) } else { Err(verdict) })
}

/// Asks whether a member may make a bundle for a partner at all, and clears what rides along with every bundle.
pub fn bundle<T>(
    book: &dyn Book,
    realm: &Realm,
    now: Instant,
    by: Person,
    to: Id,
    value: T,
) -> Result<Result<Cleared<T>, Verdict>, Fault> {
    let verdict = from_book::act_facts(book, realm, now, "bundle-export", by, &Asked::default())?.judge();
    Ok(if verdict.allowed() { Ok(Cleared { value, to: Some(to) }) } else { Err(verdict) })
}

/// The role that a member acts in for a kind of act: the first of his that the table allows.
pub fn acting_role(kind: &str, roles: &[Role]) -> Option<Role> {
    match kind {
        "review-decide" => roles.contains(&Role::LegalReviewer).then_some(Role::LegalReviewer),
        "purge" => {
            [Role::DeskOfficer, Role::ReleaseOfficer, Role::Administrator].into_iter().find(|r| roles.contains(r))
        }
        _ => crate::law::signer::of_kind(kind)?.acting_role(roles),
    }
}
