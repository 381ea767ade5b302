//! The definition of a kind of record and of its changes, and what their functions are given.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use super::kind::{ChangeKind, Kind, KindState, State};
use super::store::{ChangeRow, Record, RecordStore, RecordStoreError};
use crate::act::header::{Audience, Header};
use crate::object;
use crate::value::class::{Role, words};
use crate::value::id::Id;
use crate::value::json::{Json, MemberError, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// The definition of a kind of record. Nothing has a default, so that a new kind that leaves something out does not compile.
#[derive(Debug)]
pub struct KindDef {
    /// Which kind it is: the variant that stands in the same line of the table of kinds.
    pub kind: Kind,
    /// What stands before its short ids on screens, such as the `R` of `R-4f1c22`: one or two capitals that no other kind has.
    pub prefix: &'static str,
    /// What people call one of its records: one to three words, the first with a capital.
    pub title: &'static str,
    /// Its states, in the order of a record's life: the list that `states!` makes. At least one; the words are stored and
    /// stand in JSON, so one that was released is never renamed.
    pub states: &'static [State],
    /// What the content of its records is erased with. Content that this leaves out would stay behind after a purge.
    pub content: Content,
    /// Whether a legal hold can be placed on one of its records. Of a kind that cannot be held, a record is kept by a hold on
    /// its case or on what it is about.
    pub can_be_held: bool,
    /// What the gate finds its records by: what one question needs of a kind is authenticated as a whole.
    pub looked_up_by: LookUp,
    /// What happens at the time [`Record::due`] of its records.
    pub when_due: WhenDue,
    /// How a record of it reads in lists, searches and menus, in one line.
    pub line: Line,
    /// Every change that makes or moves its records, each named once in the whole program. What an act may begin with has a
    /// row in `assets/law/signers.toml`.
    pub changes: &'static [ChangeDef],
}

/// What the gate finds records of a kind by, beside their ids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LookUp {
    /// By their ids alone.
    Id,
    /// By their ids alone, and there may be a million of them.
    IdOfMany,
    /// By what they are about.
    Subject,
    /// By the partner that they concern.
    Partner,
    /// By their keys.
    Key,
    /// All of them at once: there are few.
    Kind,
}

impl KindDef {
    /// Returns its state of that word; `None` where it has none.
    pub fn state(&self, word: &str) -> Option<State> {
        self.states.iter().copied().find(|s| s.word() == word)
    }

    /// Whether a record is erased when it is due: one whose kind says so, or one that is kept for a time of its own, since it is over
    /// or since nobody here can end it.
    pub fn is_erased_when_due(&self, record: &Record) -> bool {
        let ends = record.state.mood() == super::kind::StateTone::Over || is_kept_until_due(record);
        let kept = matches!(self.content, Content::Own { .. }) && ends;
        self.when_due == WhenDue::Deletion || (kept && self.kind != Kind::Request)
    }

    /// The state of a record whose content was erased on its own: its tombstone. `None`: such records have none.
    pub const fn tombstone(&self) -> Option<State> {
        match self.content {
            Content::Own { tombstone, .. } => Some(tombstone),
            _ => None,
        }
    }

    /// The partner that a record came from, which is owed the certificate of its deletion.
    pub fn came_from(&self, record: &Record, home: Id) -> Option<Id> {
        match self.content {
            Content::Own { came_from, .. } => came_from(record, home),
            _ => None,
        }
    }
}

/// The term of a record that says until when it is kept, whoever ends it or not.
const KEPT_UNTIL: &str = "kept_until";

/// Keeps a record until a day, though nobody here may ever end it: a partner does, or somebody who has yet to read it.
pub fn keep_until(record: &mut Record, day: Timestamp) {
    record.set(KEPT_UNTIL, day.to_string());
    record.due = Some(day);
}

fn is_kept_until_due(record: &Record) -> bool {
    record.due.is_some() && record.instant(KEPT_UNTIL) == record.due
}

words! {
    /// What happens when a record is due.
    WhenDue {
        /// Nothing of its own.
        Nothing = "due",
        /// It is deleted.
        Deletion = "delete",
        /// Somebody says what becomes of it.
        Review = "review",
        /// One of its clocks ends.
        ClockEnds = "clock ends",
        /// It approves nothing any more.
        ApprovalLapses = "approval lapses",
        /// Nothing leaves under it any more.
        AgreementEnds = "agreement ends",
        /// It counts no more, unless it is renewed.
        Renewal = "to be renewed",
        /// Its file is destroyed.
        BackupEnds = "destroy the file",
    }
}

/// What the content of a kind's records is erased with. Every purge follows it, and so does the proof that nothing was left behind.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// None of its changes carries content.
    None,
    /// With the record itself: when a timer or a member erases it, or when its case ([`Record::case`]) is erased.
    Own {
        /// The state in which a record is once it was erased, one of the kind's own.
        tombstone: State,
        /// Returns the partner that a record came from, which is owed the certificate of its deletion; `None` where it is this
        /// desk's own. The id is this desk's.
        came_from: fn(&Record, Id) -> Option<Id>,
    },
    /// With the record that it is about ([`Record::subject`]), or with its case.
    WithSubject,
    /// With its case ([`Record::case`]).
    WithCase,
    /// With the items that its act brings or carries: when the last of them is erased, or the case of any.
    WithItems,
    /// With the desk: while there is a workspace, nothing erases it.
    WithDesk,
}

/// How a record reads in one line: the first of these members that is not empty, of its content before its terms; where all
/// are, the word of its kind.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Names of members of the content, each a text.
    pub content: &'static [&'static str],
    /// Names of members of the record's terms ([`Record::terms`]), each a word.
    pub terms: &'static [&'static str],
}

/// The audiences that acts that begin with a change may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AudienceRule {
    /// It never leaves the desk.
    OwnDesk,
    /// It goes to every pinned partner.
    Partners,
    /// It goes to the desks that it names.
    Addressed,
    /// It stays, or goes to the desks that it names.
    OwnDeskOrAddressed,
}

impl AudienceRule {
    /// Whether an act may have this audience.
    pub const fn fits(self, audience: &Audience) -> bool {
        matches!(
            (self, audience),
            (Self::OwnDesk | Self::OwnDeskOrAddressed, Audience::OwnDesk)
                | (Self::Partners, Audience::Partners)
                | (Self::Addressed | Self::OwnDeskOrAddressed, Audience::Desks(_))
        )
    }
}

/// How a change moves its record from state to state.
#[derive(Clone, Copy, Debug)]
pub enum Moves {
    /// It makes the record, or replaces one that it made.
    Makes,
    /// It is made only of a record in one of these states, and `apply` checks it ([`moved`], [`ChangeDef::must_move`]).
    From(&'static [State]),
    /// It moves a record that two desks share, and is judged by the state that its author had seen, since the record may have
    /// moved on meanwhile.
    Shared,
    /// It applies to a record in any state.
    AnyState,
}

/// A kind of change: a row of the kind of record that it makes or moves. It is made by [`ChangeDef::first`] or
/// [`ChangeDef::following`]; what few changes have is added to that.
pub struct ChangeDef {
    /// Its name in the log and in the table of signers. It is stored, and never renamed.
    pub kind: ChangeKind,
    /// Whether an act may begin with it. Then `assets/law/signers.toml` says who may sign it.
    pub begins: bool,
    /// The kinds of first change after which it may stand in an act; empty where it only begins acts.
    pub follows: &'static [ChangeKind],
    /// For whom acts that begin with it may be. Nobody asks it of a change that only follows.
    pub audience: AudienceRule,
    /// What it does to the life of its record.
    pub moves: Moves,
    /// The kind of change that counters it, made by the command that takes its command back; `None`: nothing does.
    pub counter: Option<ChangeKind>,
    /// Whether its content is a copy, for a partner, of what the desk holds elsewhere: it is not searched, and bundles that
    /// carried it are removed where its record is erased.
    pub is_copy: bool,
    /// What can be said before its terms are known: why it cannot be made of a record, or what the gate must know. Menus ask
    /// it, the command too.
    pub precheck: Precheck,
    /// What the gate must know of it beyond who signs. It is asked of first changes, before they are applied.
    pub gate_inputs: GateInputsFn,
    /// What it does to the record store. Pure but for that: no clock, no randomness, no content; it runs again when the log is
    /// replayed. It refuses terms that it does not know.
    pub apply: Apply,
}

impl std::fmt::Debug for ChangeDef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.name())
    }
}

/// Returns what the gate must know of a change.
pub type GateInputsFn = fn(&dyn RecordStore, &ActContext<'_>, &ChangeView<'_>) -> Result<GateInputs, ApplyError>;
/// Applies a change to the record store.
pub type Apply = fn(&mut dyn RecordStore, &ActContext<'_>, &ChangeView<'_>) -> Result<(), ApplyError>;
/// Returns what can be said of a change of a record before its terms are known.
pub type Precheck = fn(&dyn RecordStore, &Actor, &Record) -> Result<GateInputs, ApplyError>;

impl ChangeDef {
    /// A change that an act begins with: of no copy, and of which nothing can be said before its terms are known.
    pub const fn first(
        kind: ChangeKind,
        audience: AudienceRule,
        moves: Moves,
        counter: Option<ChangeKind>,
        gate_inputs: GateInputsFn,
        apply: Apply,
    ) -> Self {
        Self {
            kind,
            begins: true,
            follows: &[],
            audience,
            moves,
            counter,
            is_copy: false,
            precheck: no_precheck,
            gate_inputs,
            apply,
        }
    }

    /// A change that only follows certain first changes: nothing is asked of it, and nothing counters it.
    pub const fn following(kind: ChangeKind, follows: &'static [ChangeKind], moves: Moves, apply: Apply) -> Self {
        Self {
            kind,
            begins: false,
            follows,
            audience: AudienceRule::OwnDesk,
            moves,
            counter: None,
            is_copy: false,
            precheck: no_precheck,
            gate_inputs: no_gate_inputs,
            apply,
        }
    }

    /// The same change, which may also follow certain first changes.
    #[must_use]
    pub const fn or_following(self, follows: &'static [ChangeKind]) -> Self {
        Self { follows, ..self }
    }

    /// The same change, whose content is a copy for a partner.
    #[must_use]
    pub const fn copying(self) -> Self {
        Self { is_copy: true, ..self }
    }

    /// The same change, of which this can be said before its terms are known.
    #[must_use]
    pub const fn with_precheck(self, precheck: Precheck) -> Self {
        Self { precheck, ..self }
    }

    /// Refuses where a record is in no state from which this change moves it.
    pub fn must_move(&self, record: &Record) -> Result<(), ApplyError> {
        let Moves::From(states) = self.moves else { return Ok(()) };
        if states.contains(&record.state) { Ok(()) } else { Err(wrong_state(record.kind, Some(record.state), states)) }
    }
}

/// The member who asks whether a change could be made, and when.
#[derive(Clone, Copy, Debug)]
pub struct Actor {
    /// The desk that they are a member of.
    pub own_desk: Id,
    /// Who.
    pub person: Person,
    /// When.
    pub now: Timestamp,
}

/// For changes of which nothing can be said before their terms are known.
pub fn no_precheck(_: &dyn RecordStore, _: &Actor, _: &Record) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs::default())
}

/// The context of a change: the act that it belongs to, and the desk that applies it.
#[derive(Clone, Debug)]
pub struct ActContext<'a> {
    /// The position in the order in which this desk applies acts.
    pub position: i64,
    /// This desk.
    pub own_desk: Id,
    /// The act's header; while an act is being made, its count and root of changes are not known yet.
    pub header: &'a Header,
    /// The terms of the act's first change.
    pub first: &'a Json,
    /// The row of the act's first change.
    pub first_row: ChangeRow,
    /// The record that the act's first change is of.
    pub first_record: Id,
    /// The rows of the kinds of record.
    pub kinds: fn(Kind) -> &'static KindDef,
    /// The parsed terms of the change before.
    pub terms_cache: &'a TermsCache,
}

/// A cache of the terms that were parsed last: thousands of changes of an act may have the same.
#[derive(Default)]
pub struct TermsCache(RefCell<Option<(Json, Rc<dyn Any>)>>);

impl TermsCache {
    /// Returns these terms as `read` parses them, or the cached result where they are those that were parsed last.
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
        f.write_str("TermsCache")
    }
}

impl ActContext<'_> {
    /// Whether the act is this desk's own.
    pub fn is_own(&self) -> bool {
        self.header.desk == self.own_desk
    }

    /// When the act was made.
    pub const fn now(&self) -> Timestamp {
        self.header.time.at
    }

    /// Who made it.
    pub const fn member(&self) -> Person {
        self.header.member
    }

    /// Who asks, as a member of a desk.
    pub const fn actor(&self, own_desk: Id) -> Actor {
        Actor { own_desk, person: self.member(), now: self.now() }
    }

    /// In which role.
    pub const fn role(&self) -> Role {
        self.header.role
    }

    /// In which realm.
    pub const fn realm(&self) -> &Realm {
        &self.header.realm
    }

    /// The desks that it names; none where it stays, or goes to all pinned partners.
    pub fn recipients(&self) -> Vec<Id> {
        match &self.header.audience {
            Audience::Desks(desks) => desks.clone(),
            Audience::OwnDesk | Audience::Partners => Vec::new(),
        }
    }

    /// The desk that an own act is for; none where it stays, goes to all, or is a partner's.
    pub fn addressee(&self) -> Option<Id> {
        self.recipients().first().copied().filter(|_| self.is_own())
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
    /// What kind of change it is.
    pub def: &'static ChangeDef,
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

    /// Whether its text, which is content, says anything: what its terms tell the gate of it.
    pub fn is_said(&self) -> bool {
        self.terms.get("said").and_then(Json::truth) == Some(true)
    }

    /// The row of the change, where it has content.
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
    /// Names of what must be done before, and is not.
    pub open: Vec<String>,
}

impl GateInputs {
    /// Of a change that must say something: the name of that field is missing where it does not.
    pub fn of_said(view: &ChangeView<'_>, field: &str) -> Self {
        Self { missing: if view.is_said() { Vec::new() } else { vec![field.to_owned()] }, ..Self::default() }
    }
}

/// For changes that must give reasons.
pub fn reasons_gate_inputs(
    _: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs::of_said(view, "reasons"))
}

/// For changes that must have a text.
pub fn text_gate_inputs(
    _: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs::of_said(view, "text"))
}

/// For changes that must have a text, and say it to a partner where they are addressed to one.
pub fn text_to_partner_gate_inputs(
    _: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs { partner: act.addressee(), ..GateInputs::of_said(view, "text") })
}

/// For changes of which the gate need know nothing more.
pub fn no_gate_inputs(_: &dyn RecordStore, _: &ActContext<'_>, _: &ChangeView<'_>) -> Result<GateInputs, ApplyError> {
    Ok(GateInputs::default())
}

/// Why a change cannot be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The record's life does not allow it now.
    #[error("{0}")]
    NotAllowed(String),
    /// The change is not well formed.
    #[error("a change is malformed: {0}")]
    Malformed(String),
    /// The desk or the person that made it may not do this.
    #[error("{0}")]
    Authority(String),
    /// The record store cannot be read or written.
    #[error(transparent)]
    Store(#[from] RecordStoreError),
}

impl From<MemberError> for ApplyError {
    fn from(bad: MemberError) -> Self {
        Self::Malformed(bad.0)
    }
}

/// The record of that id and kind, or an error that says that there is none.
pub fn need(records: &dyn RecordStore, id: Id, kind: Kind) -> Result<Record, ApplyError> {
    let found = records.get(id)?.filter(|r| r.kind == kind);
    found.ok_or_else(|| ApplyError::NotAllowed(format!("there is no {kind} {id}")))
}

/// The record that a change moves: of that kind, and in a state from which the change's row says that it moves.
pub fn moved(records: &dyn RecordStore, view: &ChangeView<'_>, kind: Kind) -> Result<Record, ApplyError> {
    let record = need(records, view.record, kind)?;
    view.def.must_move(&record)?;
    Ok(record)
}

/// Refuses unless the record is in one of these states.
pub fn must_be<S: KindState>(record: &Record, states: &[S]) -> Result<(), ApplyError> {
    let states: Vec<State> = states.iter().map(|s| (*s).into()).collect();
    if states.contains(&record.state) { Ok(()) } else { Err(wrong_state(record.kind, Some(record.state), &states)) }
}

/// Returns the refusal of what can only be done to a record of a kind in one of some states; `is` is its own, where that is
/// known. The one wording of it: commands and menus say the same. States are named as people name them.
pub fn wrong_state(kind: Kind, is: Option<State>, states: &[State]) -> ApplyError {
    let is = is.map_or("in a state that is not known", State::label);
    let mut must = String::new();
    for (n, state) in states.iter().enumerate() {
        must.push_str(if n == 0 {
            ""
        } else if n + 1 == states.len() {
            " or "
        } else {
            ", "
        });
        must.push_str(state.label());
    }
    ApplyError::NotAllowed(format!("the {kind} is {is}; it must be {must}"))
}

/// Refuses acts of other desks.
pub fn only_own_desk(act: &ActContext<'_>) -> Result<(), ApplyError> {
    if act.is_own() {
        Ok(())
    } else {
        Err(ApplyError::Authority("a partner's act may not change a record that is this desk's own".into()))
    }
}

/// Writes a record that must be new.
pub fn put_new(records: &mut dyn RecordStore, record: &Record) -> Result<(), ApplyError> {
    if records.put_new(record)? {
        Ok(())
    } else {
        Err(ApplyError::NotAllowed(format!("there is a record {} already", record.id)))
    }
}

/// A token: a word without spaces that terms may carry, such as a purpose or the type of an item; 1 to 64 characters.
pub fn token(text: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '|' | '/' | ':');
    (!text.is_empty() && text.len() <= 64 && text.chars().all(fine)).then(|| text.to_owned())
}

/// Returns the terms that a change's own terms stand for. Terms that many changes of an act share are stated once, in the list
/// `classes` of its first change; each of those changes then has only the number of its terms in that list.
pub fn terms_of<'a>(first: &'a Json, own: &'a Json) -> Result<&'a Json, ApplyError> {
    if own.members().is_none_or(|members| members.len() != 1) || own.get(AS).is_none() {
        return Ok(own);
    }
    let shared = first.get(SHARED_TERMS).and_then(Json::items).unwrap_or_default();
    of_class(shared, own)
        .filter(|c| c.members().is_some())
        .ok_or_else(|| ApplyError::Malformed("a change is of a class that its act does not state".into()))
}

/// Returns the terms of a list that a change's own terms name by their number; `None` where they name none.
pub fn of_class<'a>(shared: &'a [Json], own: &Json) -> Option<&'a Json> {
    shared.get(usize::try_from(own.get(AS)?.int()?).ok()?)
}

/// The terms of a change that refers to its terms by their number in the list `classes`.
pub fn shared_terms(number: i64) -> Json {
    object! { AS => number }
}

/// The member of a first change's terms that lists shared terms.
pub const SHARED_TERMS: &str = "classes";
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
        let first = object! { SHARED_TERMS => vec![class.clone(), Json::from("no object")] };
        let plain = object! { "as" => 0i64, "tier" => 2i64 };
        assert_eq!(terms_of(&first, &shared_terms(0)).unwrap(), &class);
        assert_eq!(terms_of(&first, &plain).unwrap(), &plain, "only a change that says nothing else is of a class");
        for bad in [shared_terms(1), shared_terms(2), shared_terms(-1), object! { "as" => "0" }] {
            assert!(terms_of(&first, &bad).is_err(), "{bad}");
        }
        assert!(terms_of(&object! {}, &shared_terms(0)).is_err());
    }
}
