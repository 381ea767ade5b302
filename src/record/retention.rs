//! Reviews of retention: somebody looks at what is due and says that it is kept, restricted, erased, made anonymous or transferred,
//! why, and when it is looked at again. An event of the procedure, which gives things their dates, is recorded here too.

use std::collections::BTreeSet;

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp, Moves,
    WhenDue, moved, need, only_own_desk, put_new, reasons_gate_inputs, token,
};
use super::item::{self, SCHEDULE, SILENCE};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use super::{case, import, request};
use crate::act::change::{Change, Salt};
use crate::law::retention::{LONGEST_REVIEW, Silence, Trigger};
use crate::object;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::person::Person;
use crate::value::timestamp::{Duration, Timestamp};

words! {
    /// What a review comes to.
    Outcome {
        /// It is kept until the next review.
        Keep = "keep",
        /// It is kept, and seen only with a reason.
        Restrict = "restrict",
        /// It is erased.
        Erase = "erase",
        /// Its content, which names persons, is erased; its terms are counted on.
        Anonymise = "anonymise",
        /// It goes to an archive, and is restricted until then.
        Transfer = "transfer",
    }
}

impl Outcome {
    /// Whether it ends with an erasure.
    pub const fn erases(self) -> bool {
        matches!(self, Self::Erase | Self::Anonymise)
    }

    /// Whether what it is of is restricted from now on.
    pub const fn restricts(self) -> bool {
        matches!(self, Self::Restrict | Self::Transfer)
    }

    const fn state(self) -> State {
        match self {
            Self::Keep => State::Kept,
            Self::Restrict => State::Restricted,
            Self::Erase => State::Erased,
            Self::Anonymise => State::Anonymised,
            Self::Transfer => State::Transferred,
        }
    }
}

states! {
    /// What a review has come to.
    Retention {
        /// Kept until the next review.
        Kept = "keep" "kept" Neutral,
        /// Kept and restricted.
        Restricted = "restrict" "restricted" Waiting,
        /// To be erased.
        Erased = "erase" "to be erased" Stopped,
        /// To be made anonymous.
        Anonymised = "anonymise" "to be made anonymous" Stopped,
        /// To be transferred.
        Transferred = "transfer" "to be transferred" Waiting,
        /// It was transferred.
        HandedOver = "handed-over" "transferred" Over,
        /// An event of the procedure.
        Event = "event" "event" Neutral,
    }
}

/// `retention`: what a review came to, or an event.
pub const KIND: KindDef = KindDef {
    kind: Kind::Retention,
    prefix: "RR",
    title: "Retention review",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::IdOfMany,
    when_due: WhenDue::Nothing,
    line: Line { content: &["because"], terms: &["trigger"] },
    changes: &[
        ChangeDef::first(REVIEW, AudienceRule::OwnDesk, Moves::Makes, None, reasons_gate_inputs, review),
        ChangeDef::first(EVENT, AudienceRule::OwnDesk, Moves::Makes, None, reasons_gate_inputs, event),
        ChangeDef::first(
            TRANSFER,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Transferred.any(), State::HandedOver.any()]),
            None,
            transfer_gate_inputs,
            transfer,
        )
        .with_precheck(|_, _, record| Ok(GateInputs { first: signed_by(record), ..GateInputs::default() })),
        ChangeDef::following(SET, &[case::CLOSE, EVENT], Moves::AnyState, set),
    ],
};

/// A review.
pub const REVIEW: ChangeKind = ChangeKind::new("retention-review");
/// An event of the procedure.
pub const EVENT: ChangeKind = ChangeKind::new("retention-event");
/// The transfer that a review came to: another person hands over a bag of what it is of.
pub const TRANSFER: ChangeKind = ChangeKind::new("retention-transfer");
/// What an event means for one record: its row, what silence means, and when.
pub const SET: ChangeKind = ChangeKind::new("retention-set");

/// The member that says that it is restricted: seen only with a reason.
pub const RESTRICTED: &str = "restricted";
/// The member that names the event that its date follows from.
const TRIGGER: &str = "trigger";

/// Reviews a record. `next` is when it is looked at again.
pub fn reviewed(id: Id, of: Id, outcome: Outcome, next: Option<Timestamp>, because: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(because);
    let terms = object! {
        "of" => of.to_string(), "outcome" => outcome, "next" => next.map(|t| t.to_string()), "said" => said,
    };
    Change::with_content(id, REVIEW, &terms, &object! { "because" => because }, salt)
}

/// Records an event of the procedure of a case, or of one item; what it means for each record follows.
pub fn happened(id: Id, of: Id, trigger: Trigger, at: Timestamp, because: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(because);
    let terms = object! { "of" => of.to_string(), TRIGGER => trigger, "at" => at.to_string(), "said" => said };
    Change::with_content(id, EVENT, &terms, &object! { "because" => because }, salt)
}

/// What an event means for a record.
pub fn given(record: Id, schedule: &str, trigger: Trigger, silence: Silence, due: Timestamp) -> Change {
    let terms = object! {
        SCHEDULE => schedule, TRIGGER => trigger, SILENCE => silence, "due" => due.to_string(),
    };
    Change::of_terms(record, SET, &terms)
}

/// What was handed over, in figures.
#[derive(Clone, Copy, Debug)]
pub struct HandedOver {
    /// The SHA-256 of the bag's last manifest, which is signed.
    pub manifest: Digest,
    /// How many items are in the bag.
    pub items: i64,
    /// How many of them with their files.
    pub exhibits: i64,
    /// How many stay here.
    pub stay: i64,
}

/// Hands over what a review says is transferred. `to` is to whom, `authority` under which authority.
pub fn transferred(review: Id, of: &HandedOver, to: &str, authority: &str, salt: Salt) -> Change {
    let HandedOver { manifest, items, exhibits, stay } = of;
    let terms = object! {
        "manifest" => manifest.to_string(), "items" => *items, "exhibits" => *exhibits, "stay" => *stay,
    };
    Change::with_content(review, TRANSFER, &terms, &object! { "to" => to, "authority" => authority }, salt)
}

/// Who signed a review.
pub fn signed_by(record: &Record) -> Option<Person> {
    record.text("by").and_then(Person::parse)
}

/// The newest review of a record, where it says that the record is transferred. What was handed over is handed over again where the
/// medium failed: each time is an act.
pub fn to_be_transferred(records: &dyn RecordStore, subject: Id) -> Result<Option<Record>, ApplyError> {
    let reviews = of(records, subject)?.into_iter().filter(|r| !r.is(State::Event));
    Ok(reviews.last().filter(|newest| newest.is(State::Transferred) || newest.is(State::HandedOver)))
}

/// Whether silence erases a record when it is due. A record that says nothing of it does as its kind does.
pub fn silence_erases(record: &Record) -> bool {
    record.text(SILENCE).and_then(Silence::parse) != Some(Silence::Restrict)
}

/// Whether a record is restricted by a review.
pub fn is_restricted_by_review(record: &Record) -> bool {
    record.terms.get(RESTRICTED).and_then(Json::truth) == Some(true)
}

/// The cases that a review restricts: found by their reviews, since a desk has many cases and few of these.
pub fn restricted_cases(records: &dyn RecordStore) -> Result<BTreeSet<Id>, ApplyError> {
    let mut cases = BTreeSet::new();
    for state in [State::Restricted, State::Transferred, State::HandedOver] {
        for review in records.find(&Query::state(state))? {
            let Some(case) = review.subject.filter(|subject| review.case == Some(*subject)) else { continue };
            // A newer review may say otherwise.
            if records.get(case)?.is_some_and(|case| is_restricted_by_review(&case)) {
                cases.insert(case);
            }
        }
    }
    Ok(cases)
}

/// The event that a record's date follows from, where one was recorded.
pub fn trigger_of(record: &Record) -> Option<Trigger> {
    record.text(TRIGGER).and_then(Trigger::parse)
}

/// A record that a review may be of: kept here, and not erased.
fn reviewable(records: &dyn RecordStore, act: &ActContext<'_>, of: Id) -> Result<Record, ApplyError> {
    let fits =
        |r: &Record| (act.kinds)(r.kind).tombstone().is_some_and(|_| !r.is_purged()) || r.kind == import::KIND.kind;
    let record = records.get(of)?.filter(fits);
    record.ok_or_else(|| ApplyError::NotAllowed("only what is kept and not erased is reviewed".into()))
}

fn review(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (of, outcome) = (m.read("of", Id::parse)?, m.read("outcome", Outcome::parse)?);
    let next = m.maybe("next").and_then(Json::text).and_then(Timestamp::parse);
    m.need("said")?;
    m.finish()?;
    let mut subject = reviewable(records, act, of)?;
    if !outcome.erases() {
        let next = next.ok_or_else(|| ApplyError::NotAllowed("a review says when it is looked at again".into()))?;
        let latest = act.now().plus(Duration::days(LONGEST_REVIEW));
        if next <= act.now() || next > latest {
            return Err(ApplyError::NotAllowed("the next review is to come, in three years at most".into()));
        }
        // What its sender has set is not postponed here: only the sender extends it.
        let bound = subject.partner.and(subject.instant("delete_by")).filter(|by| next > *by);
        if let Some(by) = bound {
            return Err(ApplyError::NotAllowed(format!(
                "its sender's date is {}: ask the sender for more time, or hold it",
                by.to_date()
            )));
        }
    }
    if outcome.erases() {
        subject.due = Some(act.now());
        subject.set(SILENCE, Silence::Delete);
    } else {
        subject.due = next;
        subject.set("reviewed", act.now().to_string());
    }
    if outcome.restricts() || is_restricted_by_review(&subject) {
        subject.set(RESTRICTED, outcome.restricts());
    }
    subject.set("outcome", outcome);
    records.put(&subject)?;
    note(records, act, view, outcome.state(), &subject)
}

fn transfer_gate_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let review = need(records, view.record, Kind::Retention)?;
    Ok(GateInputs { first: signed_by(&review), ..GateInputs::default() })
}

fn transfer(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut review = moved(records, view, Kind::Retention)?;
    let mut m = view.members()?;
    let manifest = m.read("manifest", Digest::parse)?;
    for figure in ["items", "exhibits", "stay"] {
        let count = m.need(figure)?.int().filter(|n| *n >= 0);
        let count = count.ok_or_else(|| ApplyError::Malformed(format!("`{figure}` is not a number")))?;
        review.set(figure, count);
    }
    m.finish()?;
    let newest = match review.subject {
        Some(subject) => to_be_transferred(records, subject)?,
        None => None,
    };
    if newest.is_none_or(|newest| newest.id != review.id) {
        return Err(ApplyError::NotAllowed("a newer review says otherwise".into()));
    }
    review.set_state(State::HandedOver);
    review.set("manifest", manifest.to_string());
    review.set("handed_over_by", act.member().to_string());
    review.set("handed_over", act.now().to_string());
    Ok(records.put(&review)?)
}

/// Keeps who said what of a record, and when.
fn note(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    state: State,
    subject: &Record,
) -> Result<(), ApplyError> {
    let mut record = Record::new(view.record, state, act.own_desk);
    record.subject = Some(subject.id);
    record.case = subject.case;
    record.terms = view.terms.clone().into();
    record.set("by", act.member().to_string());
    record.set("signed", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn event(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (of, at) = (m.read("of", Id::parse)?, m.read("at", Timestamp::parse)?);
    m.read(TRIGGER, Trigger::parse)?;
    m.need("said")?;
    m.finish()?;
    if at > act.now() {
        return Err(ApplyError::NotAllowed("an event is recorded when it has happened".into()));
    }
    let subject = reviewable(records, act, of)?;
    note(records, act, view, State::Event, &subject)
}

fn set(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = Members::of(view.terms)?;
    let schedule = m.read(SCHEDULE, token)?;
    let (trigger, silence) = (m.read(TRIGGER, Trigger::parse)?, m.read(SILENCE, Silence::parse)?);
    let due = m.read("due", Timestamp::parse)?;
    m.finish()?;
    let mut record = reviewable(records, act, view.record)?;
    record.due = Some(due);
    record.set(SCHEDULE, schedule);
    record.set(TRIGGER, trigger);
    record.set(SILENCE, silence);
    Ok(records.put(&record)?)
}

/// The reviews and events of a record, the newest last.
pub fn of(records: &dyn RecordStore, subject: Id) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query { subject: Some(subject), ..Query::kind(Kind::Retention) })?;
    all.sort_by_key(|r| r.instant("signed"));
    Ok(all)
}

/// What can be reviewed, by its states: what is kept here.
pub const REVIEWABLE: &[super::kind::State] =
    &[item::State::Held.any(), case::State::Open.any(), case::State::Closed.any(), case::State::Archived.any()];

/// The kinds of what can be reviewed.
pub const KINDS: &[Kind] = &[item::KIND.kind, case::KIND.kind, request::KIND.kind, import::KIND.kind];
