//! Consultations: who looked at which personal data, when and why (LED Art. 25). The terms hold ids alone; a reason that somebody typed
//! is content, and dies with the record at its own time.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore, RecordStoreError};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::PersonClass;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a consultation stands.
    Consultation {
        /// It is on record.
        Logged = "logged" "logged" Neutral,
        /// Its reason was erased; who looked at what, and when, stays.
        Purged = "purged" "purged" Erased,
    }
}

/// `consultation`: logged.
pub const KIND: KindDef = KindDef {
    kind: Kind::Consultation,
    prefix: "CO",
    title: "Consultation",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::IdOfMany,
    when_due: WhenDue::Deletion,
    line: Line { content: &["reason"], terms: &["purpose"] },
    changes: &[ChangeDef::first(CONSULT, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, consult)
        .or_following(&[CONSULT])],
};

/// A member has looked.
pub const CONSULT: ChangeKind = ChangeKind::new("consultation");

/// The most records that one look names; a longer list is several.
pub const MOST: usize = 500;

/// One look: at what, when, by which command or page, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Viewing {
    /// When.
    pub at: Timestamp,
    /// The case that the records are of.
    pub case: Option<Id>,
    /// The purpose of that case, or of the desk's work.
    pub purpose: String,
    /// The records.
    pub records: Vec<Id>,
    /// The reason that somebody typed.
    pub reason: Option<String>,
}

impl Viewing {
    /// The look as JSON, for the journal.
    pub fn to_json(&self) -> Json {
        let mut json = self.terms();
        json.set("reason", self.reason.clone());
        json
    }

    /// Reads what [`Self::to_json`] writes.
    pub fn read(json: &Json) -> Option<Self> {
        let id = |json: &Json| json.text().and_then(Id::parse);
        Some(Self {
            at: json.get("at")?.text().and_then(Timestamp::parse)?,
            case: json.get("case").and_then(id),
            purpose: json.get("purpose")?.text().and_then(token)?,
            records: json.get("records")?.items()?.iter().map(id).collect::<Option<_>>()?,
            reason: json.get("reason").and_then(Json::text).map(str::to_owned),
        })
    }

    fn terms(&self) -> Json {
        object! {
            "at" => self.at.to_string(), "case" => self.case.map(|id| id.to_string()), "purpose" => self.purpose.as_str(),
            "records" => self.records.iter().map(Id::to_string).collect::<Vec<_>>(),
        }
    }
}

/// Logs a look; the record is kept until a day.
pub fn new(id: Id, look: &Viewing, keep: Timestamp, salt: Salt) -> Change {
    let mut terms = look.terms();
    terms.set("keep", keep.to_string());
    terms.set("said", look.reason.is_some());
    match &look.reason {
        Some(reason) => Change::with_content(id, CONSULT, &terms, &object! { "reason" => reason.as_str() }, salt),
        None => Change::of_terms(id, CONSULT, &terms),
    }
}

fn consult(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let at = m.read("at", Timestamp::parse)?;
    let case = m.maybe_read("case", Id::parse)?;
    m.read("purpose", token)?;
    let looked = m.list("records", Id::parse)?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.need("said")?;
    m.finish()?;
    if looked.is_empty() || looked.len() > MOST {
        return Err(ApplyError::Malformed(format!("a look is at 1 to {MOST} records")));
    }
    if at > act.now() {
        return Err(ApplyError::NotAllowed("nobody has looked in the future".into()));
    }
    let mut record = Record::new(view.record, State::Logged, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("case_looked_at", case.map(|id| id.to_string()));
    record.set("by", act.member().to_string());
    record.set("signed", act.now().to_string());
    record.due = Some(keep);
    record.body = view.body();
    put_new(records, &record)
}

/// Who looked.
pub fn by(record: &Record) -> Option<Person> {
    record.text("by").and_then(Person::parse)
}

/// Whether it is of a period: what was looked at in it, and what was looked at before and signed in it only, so that whoever signs late
/// is not left out of every period.
pub fn is_of(record: &Record, (from, to): (Timestamp, Timestamp)) -> bool {
    let within = |at: Timestamp| from <= at && at < to;
    let (at, signed) = (record.instant("at"), record.instant("signed"));
    at.is_some_and(within) || at.is_some_and(|at| at < from) && signed.is_some_and(within)
}

/// What was looked at; the reason is not among it.
pub fn look_of(record: &Record) -> Option<Viewing> {
    Viewing::read(&record.terms)
}

/// Whether what a record says is personal data: of tier 2 and up, about a person, of somebody who complains; or about such a record.
pub fn is_personal(
    records: &dyn RecordStore,
    record: &Record,
    kinds: fn(Kind) -> &'static KindDef,
) -> Result<bool, RecordStoreError> {
    if is_personal_itself(record) {
        return Ok(true);
    }
    for about in speaks_of(record, kinds) {
        if records.get(about)?.is_some_and(|about| is_personal_itself(&about)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The records that the texts of a record speak of: what it is about, and what somebody found or raised in it.
pub fn speaks_of(record: &Record, kinds: fn(Kind) -> &'static KindDef) -> Vec<Id> {
    if !matches!(kinds(record.kind).content, Content::WithSubject) && !SPEAKS.contains(&record.kind) {
        return Vec::new();
    }
    // What somebody found or raised names what it is about in its terms: one record, or several.
    let named = record.list("about", Id::parse).into_iter().chain(record.text("about").and_then(Id::parse));
    record.subject.into_iter().chain(named).filter(|about| *about != record.id).collect()
}

/// Kinds with a schedule of their own whose texts speak of the records that they are about.
const SPEAKS: &[Kind] = &[Kind::Error, Kind::Finding, Kind::Dispute];

fn is_personal_itself(record: &Record) -> bool {
    match record.kind {
        Kind::Complaint | Kind::Misuse => true,
        Kind::Item | Kind::Request | Kind::Review | Kind::Disclosure => {
            let class = record.text("person_class").and_then(PersonClass::parse);
            record.tier.is_some_and(|tier| tier.number() >= 2) || class.is_some_and(|class| class != PersonClass::None)
        }
        _ => false,
    }
}
