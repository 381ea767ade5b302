//! What every kind of record tells about itself, and what `apply` is given.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use super::store::{ChangeRow, RecordStore, RecordStoreError};
use crate::act::header::{Audience, Header};
use crate::object;
use crate::value::class::Role;
use crate::value::id::Id;
use crate::value::json::{Json, MemberError, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// A kind of record.
#[derive(Debug)]
pub struct KindDef {
    /// Its name.
    pub name: &'static str,
    /// The letter before its short ids on screens.
    pub letter: char,
    /// The changes that make and move its records.
    pub changes: &'static [ChangeDef],
}

/// For whom acts that begin with a change may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AudienceRule {
    /// Never leaves the desk.
    Home,
    /// Goes to every pinned partner.
    Partners,
    /// Goes to the desks that it names.
    Addressed,
    /// Stays, or goes to the desks that it names.
    HomeOrAddressed,
}

impl AudienceRule {
    /// Whether an act may have this audience.
    pub const fn fits(self, audience: &Audience) -> bool {
        matches!(
            (self, audience),
            (Self::Home | Self::HomeOrAddressed, Audience::Own)
                | (Self::Partners, Audience::Partners)
                | (Self::Addressed | Self::HomeOrAddressed, Audience::Desks(_))
        )
    }
}

/// A kind of change.
pub struct ChangeDef {
    /// Its name: for a first change, also its name in the table of signers.
    pub name: &'static str,
    /// Whether an act may begin with it.
    pub can_be_first: bool,
    /// The first changes after which it may stand in an act.
    pub follows: &'static [&'static str],
    /// For whom acts that begin with it may be.
    pub audience: AudienceRule,
    /// What the gate must know of it.
    pub ask: fn(&dyn RecordStore, &ActContext<'_>, &ChangeView<'_>) -> Result<GateInputs, ApplyError>,
    /// What it does to the record store.
    pub apply: fn(&mut dyn RecordStore, &ActContext<'_>, &ChangeView<'_>) -> Result<(), ApplyError>,
}

impl std::fmt::Debug for ChangeDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl ChangeDef {
    /// A change that begins acts.
    pub const fn first(
        name: &'static str,
        audience: AudienceRule,
        ask: fn(&dyn RecordStore, &ActContext<'_>, &ChangeView<'_>) -> Result<GateInputs, ApplyError>,
        apply: fn(&mut dyn RecordStore, &ActContext<'_>, &ChangeView<'_>) -> Result<(), ApplyError>,
    ) -> Self {
        Self { name, can_be_first: true, follows: &[], audience, ask, apply }
    }

    /// A change that only follows certain first changes.
    pub const fn following(
        name: &'static str,
        follows: &'static [&'static str],
        apply: fn(&mut dyn RecordStore, &ActContext<'_>, &ChangeView<'_>) -> Result<(), ApplyError>,
    ) -> Self {
        Self { name, can_be_first: false, follows, audience: AudienceRule::Home, ask: nothing_asked, apply }
    }

    /// The same change, which may also follow certain first changes.
    #[must_use]
    pub const fn riding(self, follows: &'static [&'static str]) -> Self {
        Self { follows, ..self }
    }
}

/// Where and by whom an act is made: what `apply` knows beside the change.
#[derive(Clone, Debug)]
pub struct ActContext<'a> {
    /// The position in the order in which this desk applies acts.
    pub position: i64,
    /// This desk.
    pub home: Id,
    /// The act's header; while an act is being made, its count and root of changes are not known yet.
    pub header: &'a Header,
    /// The terms of the act's first change.
    pub first: &'a Json,
    /// The row of the act's first change.
    pub first_row: ChangeRow,
    /// The record that the act's first change is of.
    pub first_record: Id,
    /// What was made of the terms of an earlier change.
    pub terms_cache: &'a TermsCache,
}

/// What applying remembers from one change of an act to the next: thousands of them may say the same.
#[derive(Default)]
pub struct TermsCache(RefCell<Option<(Json, Rc<dyn Any>)>>);

impl TermsCache {
    /// What `read` makes of these terms; where it made something of the same ones last, that.
    pub fn of<T: 'static>(
        &self,
        terms: &Json,
        read: impl FnOnce() -> Result<T, ApplyError>,
    ) -> Result<Rc<T>, ApplyError> {
        let known = self.0.borrow().as_ref().filter(|(of, _)| of == terms).map(|(_, made)| Rc::clone(made));
        if let Some(made) = known.and_then(|made| made.downcast::<T>().ok()) {
            return Ok(made);
        }
        let made = Rc::new(read()?);
        *self.0.borrow_mut() = Some((terms.clone(), Rc::<T>::clone(&made)));
        Ok(made)
    }
}

impl std::fmt::Debug for TermsCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

impl ActContext<'_> {
    /// Whether the act is this desk's own.
    pub fn own(&self) -> bool {
        self.header.desk == self.home
    }

    /// When the act was made.
    pub const fn now(&self) -> Timestamp {
        self.header.time.at
    }

    /// Who made it.
    pub const fn member(&self) -> Person {
        self.header.member
    }

    /// In which role.
    pub const fn role(&self) -> Role {
        self.header.role
    }

    /// In which realm.
    pub const fn realm(&self) -> &Realm {
        &self.header.realm
    }

    /// The desk that made it.
    pub const fn desk(&self) -> Id {
        self.header.desk
    }
}

/// A change as `apply` and the gate see it: never its content.
#[derive(Clone, Debug)]
pub struct ChangeView<'a> {
    /// The record that it changes.
    pub record: Id,
    /// Its kind.
    pub kind: &'static str,
    /// Its terms.
    pub terms: &'a Json,
    /// Where it stands.
    pub row: ChangeRow,
    /// Whether it came with content, purged or not.
    pub has_content: bool,
}

impl ChangeView<'_> {
    /// Begins to read the terms.
    pub fn members(&self) -> Result<Members<'_>, ApplyError> {
        Ok(Members::of(self.terms)?)
    }

    /// The change as a place of content.
    pub const fn body(&self) -> Option<ChangeRow> {
        if self.has_content { Some(self.row) } else { None }
    }
}

/// What the gate must know of a change beyond who signs it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GateInputs {
    /// The person who must not be the one who signs.
    pub first: Option<Person>,
    /// Names of mandatory fields that are missing.
    pub missing: Vec<String>,
    /// The partner that the act names.
    pub partner: Option<Id>,
    /// The purpose, where the act has one.
    pub purpose: Option<String>,
    /// The record whose review must stand.
    pub reviewed: Option<Id>,
}

/// For changes of which the gate need know nothing more.
pub fn nothing_asked(_: &dyn RecordStore, _: &ActContext<'_>, _: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs::default())
}

/// Why a change cannot be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The record's life does not allow it now.
    #[error("{0}")]
    Life(String),
    /// The change is not well formed.
    #[error("a change is malformed: {0}")]
    Form(String),
    /// Whoever made it may not do this.
    #[error("{0}")]
    Authority(String),
    /// The record store cannot be read or written.
    #[error(transparent)]
    RecordStore(#[from] RecordStoreError),
}

impl From<MemberError> for ApplyError {
    fn from(bad: MemberError) -> Self {
        Self::Form(bad.0)
    }
}

/// The record of that id and kind, or a fault that says that there is none.
pub fn need(records: &dyn RecordStore, id: Id, kind: &'static str) -> Result<super::store::Record, ApplyError> {
    let found = records.get(id)?.filter(|r| r.kind == kind);
    found.ok_or_else(|| ApplyError::Life(format!("there is no {kind} {id}")))
}

/// Refuses unless the record is in one of these states.
pub fn must_be(record: &super::store::Record, states: &[&str], what: &str) -> Result<(), ApplyError> {
    if states.contains(&record.state.as_str()) {
        return Ok(());
    }
    Err(ApplyError::Life(format!(
        "the {} is {}; to {what} it must be {}",
        record.kind,
        record.state,
        states.join(" or ")
    )))
}

/// Refuses acts of other desks.
pub fn only_at_home(at: &ActContext<'_>) -> Result<(), ApplyError> {
    if at.own() {
        Ok(())
    } else {
        Err(ApplyError::Authority("a partner's act may not change what is this desk's own".into()))
    }
}

/// Writes a record that must be new.
pub fn put_new(records: &mut dyn RecordStore, record: &super::store::Record) -> Result<(), ApplyError> {
    if records.put_new(record)? {
        Ok(())
    } else {
        Err(ApplyError::Life(format!("there is a record {} already", record.id)))
    }
}

/// A token: a word without spaces that terms may carry, such as a purpose or the type of an item; 1 to 64 characters.
pub fn token(text: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '|' | '/' | ':');
    (!text.is_empty() && text.len() <= 64 && text.chars().all(fine)).then(|| text.to_owned())
}

/// Where many changes of an act have the same terms, they stand once in its first change, in the list `classes`, and each of the
/// changes says nothing but the number of its own there. These are the terms that it stands for.
pub fn terms_of<'a>(first: &'a Json, own: &'a Json) -> Result<&'a Json, ApplyError> {
    let Some([(key, number)]) = own.members() else { return Ok(own) };
    if key != AS {
        return Ok(own);
    }
    let number = number.int().and_then(|n| usize::try_from(n).ok());
    let class = number.and_then(|n| first.get(CLASSES)?.items()?.get(n)).filter(|c| c.members().is_some());
    class.ok_or_else(|| ApplyError::Form("a change is of a class that its act does not state".into()))
}

/// The terms of a change that has those of this number in its first change's list.
pub fn of_class(number: i64) -> Json {
    object! { AS => number }
}

/// The list of terms in a first change.
pub const CLASSES: &str = "classes";
const AS: &str = "as";

/// Terms that say nothing.
pub fn no_terms() -> Json {
    object! {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_has_its_own_terms_or_those_of_a_class_that_its_lead_states() {
        let class = object! { "tier" => 1i64 };
        let first = object! { CLASSES => vec![class.clone(), Json::from("no object")] };
        let plain = object! { "as" => 0i64, "tier" => 2i64 };
        assert_eq!(terms_of(&first, &of_class(0)).unwrap(), &class);
        assert_eq!(terms_of(&first, &plain).unwrap(), &plain, "only a change that says nothing else is of a class");
        for bad in [of_class(1), of_class(2), of_class(-1), object! { "as" => "0" }] {
            assert!(terms_of(&first, &bad).is_err(), "{bad}");
        }
        assert!(terms_of(&object! {}, &of_class(0)).is_err());
    }
}
