//! What the gate has cleared: the only thing that bundle, exchange and report accept, and only the gate makes it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::act::{Act, MemberStanding};
use super::from_records::{self, Disclosure, LeaveFacts};
use super::leave::{Leave, Review};
use super::purge::MAY_ERASE;
use super::verdict::Verdict;
use crate::act::header::Header;
use crate::law::rule::RuleId;
use crate::record::definition::{ApplyError, GateInputs};
use crate::record::kind::{ChangeKind, Kind};
use crate::record::store::{FollowingChange, Record, RecordStore};
use crate::record::{bundle, disclosure, item, letter, purge, request, review};
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::Marking;
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// Something that may leave, and for whom. It cannot be made outside of the gate.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleared<T> {
    value: T,
    to: Option<Id>,
}

impl<T> Cleared<T> {
    /// Returns what may leave.
    pub const fn value(&self) -> &T {
        &self.value
    }

    /// Returns the desk that it may go to; `None`: to a person.
    pub const fn to(&self) -> Option<Id> {
        self.to
    }
}

/// Returns a value as cleared without asking the gate, for the tests of layers above.
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
    /// The kind of its first change.
    pub kind: ChangeKind,
    /// The record of its first change.
    pub record: Id,
    /// The terms of its first change.
    pub terms: &'a Json,
    /// The items whose copies it carries, in order; empty for anything but a disclosure.
    pub copies: Vec<FollowingChange>,
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

/// Returns what of an act that waits may go to a partner, judged with the facts of now. A disclosure of which nothing may
/// go is refused as a whole.
pub fn clear_act(
    records: &dyn RecordStore,
    to: Id,
    now: Timestamp,
    waiting: &Waiting<'_>,
) -> Result<Result<Cleared<Parcel>, Verdict>, ApplyError> {
    let judged = judge_act(records, to, now, waiting)?;
    Ok(judged.and_then(|cleared| {
        let stays = &cleared.value.stays;
        let first = stays.first().filter(|_| stays.len() == waiting.copies.len());
        first.map(|(_, verdict)| verdict.clone()).map_or(Ok(cleared), Err)
    }))
}

/// Returns what of an act that has left may go to the same partner once more. That it was made is known of its bundle; a disclosure of
/// which nothing may go goes without its copies, since what was said of it later would not be understood without it.
pub fn clear_act_again(
    records: &dyn RecordStore,
    to: Id,
    now: Timestamp,
    waiting: &Waiting<'_>,
) -> Result<Result<Cleared<Parcel>, Verdict>, ApplyError> {
    judge_act(records, to, now, waiting)
}

fn judge_act(
    records: &dyn RecordStore,
    to: Id,
    now: Timestamp,
    waiting: &Waiting<'_>,
) -> Result<Result<Cleared<Parcel>, Verdict>, ApplyError> {
    // What is said to wait for a partner is no more than said: whom an act is for stands in what was signed.
    if !waiting.header.audience.names(to) {
        return Err(ApplyError::Malformed("an act that is not for this partner is said to wait for it".into()));
    }
    let travel = travel_facts(records, to, now, waiting)?.judge();
    if !travel.allowed() {
        return Ok(Err(travel));
    }
    let disclosed = if waiting.copies.is_empty() { None } else { records.get(waiting.record)? };
    if disclosed.is_none() && !waiting.copies.is_empty() {
        return Err(ApplyError::Malformed("the record of a disclosure that waits is not there".into()));
    }
    let (mut stays, mut marking) = (Vec::new(), None);
    if disclosed.as_ref().is_some_and(|d| d.is(disclosure::State::Recalled)) {
        let recalled = Verdict::of_facts(RuleId::G00, &["the disclosure was recalled before it left".into()]);
        stays.extend(waiting.copies.iter().map(|copy| (copy.record, recalled.clone())));
    } else if !waiting.copies.is_empty() {
        let terms = disclosure::Terms::read(waiting.terms)?;
        let of = as_left(&terms, (waiting.header, waiting.kind), disclosed.as_ref(), now);
        let mut facts = LeaveFacts::begin(records, Disclosure { to, ..of })?;
        // Items of one kind have the same facts: the verdict of the one before is good for the next.
        let mut last: Option<(Leave, Verdict)> = None;
        let mut marked: Option<Arc<Json>> = None;
        for copy in &waiting.copies {
            let Some(record) = records.of_following(copy)? else {
                stays.push((copy.record, Verdict::of_facts(RuleId::G00, &["the item is not known".into()])));
                continue;
            };
            let asked = facts.of_item(records, &record)?;
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
    }
    Ok(Ok(Cleared { value: Parcel { position: waiting.position, stays, marking }, to: Some(to) }))
}

/// Returns what is the same for every item of a disclosure that has left or leaves, judged at a time: who released it, and how the
/// validation of its emergency stands.
pub fn as_left(
    terms: &disclosure::Terms,
    (header, kind): (&Header, ChangeKind),
    record: Option<&Record>,
    now: Timestamp,
) -> Disclosure {
    let validation = record.and_then(|d| disclosure::validation(d, now));
    let people = [terms.proposed_by, header.member];
    Disclosure {
        released_by: (kind == disclosure::RELEASE).then_some(header.member),
        emergency: validation.filter(|_| terms.emergency).map(|v| from_records::claim(&people, v)),
        ..Disclosure::of(terms, now, &header.realm, header.desk)
    }
}

/// The items that may go into a file for a partner.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct FileItems(BTreeSet<Id>);

impl FileItems {
    /// Whether an item is one of them.
    pub fn has(&self, item: Id) -> bool {
        self.0.contains(&item)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What of a file for a partner may leave, and what must stay, each with why.
pub type ClearedFile = (Cleared<FileItems>, Vec<(Id, Verdict)>);

/// Puts each item of a file for a partner to the gate, with the facts of now; those that must stay come with why.
pub fn clear_file(records: &dyn RecordStore, of: &Disclosure, items: &[Id]) -> Result<ClearedFile, ApplyError> {
    let mut facts = LeaveFacts::begin(records, of.clone())?;
    let (mut leave, mut stays) = (BTreeSet::new(), Vec::new());
    for id in items {
        let Some(record) = records.get(*id)?.filter(|r| r.kind == Kind::Item) else { continue };
        let verdict = facts.of_item(records, &record)?.judge();
        if verdict.allowed() {
            leave.insert(*id);
        } else {
            stays.push((*id, verdict));
        }
    }
    Ok((Cleared { value: FileItems(leave), to: Some(of.to) }, stays))
}

/// Returns the facts of `act`: the partner as it is now, the signer as they were when they signed.
fn travel_facts(records: &dyn RecordStore, to: Id, now: Timestamp, waiting: &Waiting<'_>) -> Result<Act, ApplyError> {
    let header = waiting.header;
    let inputs = GateInputs { partner: Some(to), ..GateInputs::default() };
    let mut facts = from_records::act_facts(records, &header.realm, now, waiting.kind, header.member, &inputs)?;
    facts.standing = Some(MemberStanding::Active);
    facts.roles = Some(vec![header.role]);
    if let Some(kept) = waiting.terms.get("asked").filter(|_| waiting.kind == request::SEND) {
        let mut problems = Vec::new();
        let review = kept.get("review").filter(|r| r.members().is_some());
        facts.review = Some(review.map(|r| Review::read(r, &mut problems)));
        facts.purpose = kept.get("purpose").and_then(Json::text).map(str::to_owned);
        facts.problems = problems;
    }
    Ok(facts)
}

/// Clears a copy that a member writes to a file for a person (`copy-out`).
pub fn clear_copy_out<T>(
    records: &dyn RecordStore,
    realm: &Realm,
    now: Timestamp,
    by: Person,
    value: T,
) -> Result<Result<Cleared<T>, Verdict>, ApplyError> {
    clear_written(records, realm, now, (by, letter::WRITE), value)
}

/// Clears what a member writes to a file by an act of this kind: figures that are published, the budget, a letter to whoever complains, a
/// pack for an auditor who has no workspace, what is written of an exercise.
pub fn clear_written<T>(
    records: &dyn RecordStore,
    realm: &Realm,
    now: Timestamp,
    (by, kind): (Person, ChangeKind),
    value: T,
) -> Result<Result<Cleared<T>, Verdict>, ApplyError> {
    clear_for(records, realm, now, (by, kind), &GateInputs::default(), value)
}

/// Clears what a member hands over as the second person, after `first` has decided that it is.
pub fn clear_as_second<T>(
    records: &dyn RecordStore,
    realm: &Realm,
    now: Timestamp,
    (by, kind, first): (Person, ChangeKind, Option<Person>),
    value: T,
) -> Result<Result<Cleared<T>, Verdict>, ApplyError> {
    let inputs = GateInputs { first, ..GateInputs::default() };
    clear_for(records, realm, now, (by, kind), &inputs, value)
}

fn clear_for<T>(
    records: &dyn RecordStore,
    realm: &Realm,
    now: Timestamp,
    (by, kind): (Person, ChangeKind),
    inputs: &GateInputs,
    value: T,
) -> Result<Result<Cleared<T>, Verdict>, ApplyError> {
    let verdict = from_records::act_facts(records, realm, now, kind, by, inputs)?.judge();
    Ok(if verdict.allowed() { Ok(Cleared { value, to: None }) } else { Err(verdict) })
}

/// Clears what goes along with every bundle, where the member may make a bundle for the partner at all.
pub fn clear_bundle<T>(
    records: &dyn RecordStore,
    realm: &Realm,
    now: Timestamp,
    by: Person,
    to: Id,
    value: T,
) -> Result<Result<Cleared<T>, Verdict>, ApplyError> {
    let verdict = from_records::act_facts(records, realm, now, bundle::EXPORT, by, &GateInputs::default())?.judge();
    Ok(if verdict.allowed() { Ok(Cleared { value, to: Some(to) }) } else { Err(verdict) })
}

/// Returns the role that a member acts in for a kind of act: the first of theirs that the table allows.
pub fn acting_role(kind: ChangeKind, roles: &[Role]) -> Option<Role> {
    match kind {
        review::DECIDE => roles.contains(&Role::LegalReviewer).then_some(Role::LegalReviewer),
        purge::PURGE => MAY_ERASE.into_iter().find(|r| roles.contains(r)),
        _ => crate::law::signer::of_kind(kind.name())?.acting_role(roles),
    }
}
