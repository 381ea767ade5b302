//! Privileged material: an item that may be covered by a professional secret is held back. It is neither found, nor shown, nor does it leave,
//! until a filter reviewer who is not on the case has looked at it. What stays held back is erased as anything else is; it is never read.

use super::approval;
use super::definition::{ActContext, ApplyError, ChangeView, GateInputs, moved, need, only_own_desk};
use super::kind::{ChangeKind, Kind};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::{Role, words};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::text::is_blank;

words! {
    /// Whose secret it may be: the five professions that oversight counts.
    Profession {
        /// A lawyer's with a client.
        Legal = "legal",
        /// A journalist's, of a source.
        Journalist = "journalist",
        /// A member of parliament's.
        Parliament = "parliament",
        /// A minister of religion's.
        Clergy = "clergy",
        /// A doctor's.
        Medical = "medical",
    }
}

words! {
    /// What a filter reviewer finds.
    Filtered {
        /// It is covered by no secret: it is read as anything else.
        Cleared = "cleared",
        /// It is covered, and stays held back.
        Covered = "covered",
    }
}

/// Holds an item back.
pub const HOLD_BACK: ChangeKind = ChangeKind::new("item-hold-back");
/// Says what a filter reviewer finds.
pub const FILTER: ChangeKind = ChangeKind::new("item-filter");

/// The member of an item's record with whose secret it may be.
const HELD_BACK: &str = "held_back";
/// The member with who has held it back.
const BY: &str = "held_back_by";
/// The member that says that a filter reviewer has found it covered.
const COVERED: &str = "covered";

/// The key of items that are held back: an item has no other.
const KEY: &str = "held-back";

/// The items that are held back, in a case or anywhere.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn all(records: &dyn RecordStore, case: Option<Id>) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query { key: Some(KEY.to_owned()), case, ..Query::kind(Kind::Item) })?;
    all.retain(|record| !record.is_purged());
    Ok(all)
}

/// The items that wait for a filter reviewer.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn waiting(records: &dyn RecordStore) -> Result<Vec<Record>, ApplyError> {
    let mut waiting = all(records, None)?;
    waiting.retain(|record| !is_covered(record));
    Ok(waiting)
}

/// Holds an item back for the filter reviewer.
pub fn held_back(id: Id, profession: Profession, because: &str, salt: Salt) -> Change {
    with_reasons(id, HOLD_BACK, object! { "profession" => profession }, because, salt)
}

/// What the filter reviewer found.
pub fn filtered(id: Id, found: Filtered, because: &str, salt: Salt) -> Change {
    with_reasons(id, FILTER, object! { "found" => found }, because, salt)
}

fn with_reasons(id: Id, kind: ChangeKind, mut terms: Json, because: &str, salt: Salt) -> Change {
    terms.set("said", !is_blank(because));
    Change::with_content(id, kind, &terms, &object! { "because" => because }, salt)
}

/// Whose secret an item may be, where it is held back.
pub fn is_held_back(record: &Record) -> Option<Profession> {
    record.text(HELD_BACK).and_then(Profession::parse)
}

/// Who has held an item back.
pub fn held_back_by(record: &Record) -> Option<Person> {
    record.text(BY).and_then(Person::parse)
}

/// Whether the terms of [`FILTER`] leave an item held back.
pub fn stays_held_back(terms: &Json) -> bool {
    terms.get("found").and_then(Json::text).and_then(Filtered::parse) != Some(Filtered::Cleared)
}

/// Whether a filter reviewer has found it covered.
pub fn is_covered(record: &Record) -> bool {
    record.terms.get(COVERED).is_some()
}

/// Whether a member may look at what is held back: a legal reviewer who has neither held it back nor takes part in the case, until one has
/// found it covered.
///
/// # Errors
///
/// Where the records cannot be read.
pub fn may_filter(
    records: &dyn RecordStore,
    record: &Record,
    person: Person,
    roles: &[Role],
) -> Result<bool, ApplyError> {
    let other = held_back_by(record) != Some(person) && !is_covered(record);
    Ok(roles.contains(&Role::LegalReviewer) && other && !is_on_the_case(records, record, person)?)
}

/// Whether a member takes part in the case of an item: they have asked for, assessed or decided a legal review in it.
fn is_on_the_case(records: &dyn RecordStore, record: &Record, person: Person) -> Result<bool, ApplyError> {
    let Some(case) = record.case else { return Ok(false) };
    let reviews = records.find(&Query { case: Some(case), ..Query::kind(Kind::Review) })?;
    Ok(reviews.iter().any(|review| approval::takes_part(review, person)))
}

/// Holds back what comes again, where it was held back before it was erased.
pub(super) fn stays_as_it_was(record: &mut Record, erased: &Record) {
    for member in [HELD_BACK, BY, COVERED] {
        if let Some(was) = erased.terms.get(member) {
            record.set(member, was.clone());
            record.key = Some(KEY.to_owned());
        }
    }
}

/// Refuses to change what nobody may read.
///
/// # Errors
///
/// [`ApplyError::NotAllowed`] where the item is held back.
pub fn not_held_back(record: &Record) -> Result<(), ApplyError> {
    match is_held_back(record) {
        Some(profession) => Err(ApplyError::NotAllowed(format!(
            "it is held back as privileged ({profession}): a filter reviewer looks at it first"
        ))),
        None => Ok(()),
    }
}

/// What the gate is asked of a filter reviewer: that it is another than who held the item back, and nobody of the case.
pub(super) fn filter_inputs(
    records: &dyn RecordStore,
    record: &Record,
    person: Person,
) -> Result<GateInputs, ApplyError> {
    if is_held_back(record).is_none() {
        return Err(ApplyError::NotAllowed("it is not held back".into()));
    }
    if is_covered(record) {
        return Err(ApplyError::NotAllowed("it was found covered: it stays held back until it is erased".into()));
    }
    if is_on_the_case(records, record, person)? {
        return Err(ApplyError::Authority(
            "a filter reviewer takes no part in the case: who asked for or made a legal review in it is none".into(),
        ));
    }
    Ok(GateInputs { first: held_back_by(record), ..GateInputs::default() })
}

pub(super) fn filter_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let inputs = filter_inputs(records, &need(records, view.record, Kind::Item)?, act.member())?;
    Ok(GateInputs { missing: GateInputs::of_said(view, "reasons").missing, ..inputs })
}

pub(super) fn hold_back(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Item)?;
    let mut m = view.members()?;
    let profession = m.read("profession", Profession::parse)?;
    m.need("said")?;
    m.finish()?;
    not_held_back(&record)?;
    record.set(HELD_BACK, profession);
    record.set(BY, act.member().to_string());
    record.key = Some(KEY.to_owned());
    Ok(records.put(&record)?)
}

pub(super) fn filter(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Item)?;
    let mut m = view.members()?;
    let found = m.read("found", Filtered::parse)?;
    m.need("said")?;
    m.finish()?;
    filter_inputs(records, &record, act.member())?;
    match found {
        Filtered::Cleared => {
            record.key = None;
            [HELD_BACK, BY, COVERED].into_iter().for_each(|key| record.remove(key));
        }
        Filtered::Covered => record.set(COVERED, true),
    }
    Ok(records.put(&record)?)
}
