//! Mistakes, owned: what went wrong, whom it touched, by when the authority hears of it, which partners were told, what is done so
//! that it does not happen again. It is closed only when all of that is done.

use super::definition::text_to_partner_gate_inputs;
use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, keep_until, moved, need, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{DutyState, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::accountability::{self, Period};
use crate::law::calendar::Calendar;
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

words! {
    /// How grave a mistake is.
    Severity {
        /// The authority hears of it.
        Reportable = "reportable",
        /// It is kept on record.
        Recordable = "recordable",
    }
}

states! {
    /// Where a mistake stands.
    Error {
        /// It is being put right.
        Open = "open" "open" Stopped,
        /// A partner's mistake, which touches what it gave.
        Received = "received" "received" Waiting,
        /// This desk has told the partner what it did about it.
        Confirmed = "confirmed" "confirmed" Good,
        /// All of it is done.
        Closed = "closed" "closed" Over,
        /// Its texts were erased.
        Purged = "purged" "purged" Erased,
    }
}

const OPENED: &[super::kind::State] = &[State::Open.any()];

/// `error`: open → closed; at a partner's received → confirmed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Error,
    prefix: "ER",
    title: "Mistake",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["text"], terms: &["severity"] },
    changes: &[
        ChangeDef::first(REPORT, AudienceRule::OwnDesk, Moves::Makes, None, text_to_partner_gate_inputs, report),
        ChangeDef::first(NOTICE, AudienceRule::Addressed, Moves::Shared, None, text_to_partner_gate_inputs, notice)
            .copying()
            .with_precheck(|_, actor, record| only_own(actor, record)),
        ChangeDef::first(CONFIRM, AudienceRule::Addressed, Moves::Shared, None, text_to_partner_gate_inputs, confirm)
            .with_precheck(|_, actor, record| only_theirs(actor, record)),
        // The authority can be told, and must be, after the mistake itself is done with.
        ChangeDef::first(
            AUTHORITY,
            AudienceRule::OwnDesk,
            Moves::From(TOLD_IN),
            None,
            text_to_partner_gate_inputs,
            authority,
        ),
        ChangeDef::first(RAISE, AudienceRule::OwnDesk, Moves::From(OPENED), None, text_to_partner_gate_inputs, raise)
            .with_precheck(|_, _, record| may_be_raised(record)),
        ChangeDef::first(
            MEASURE,
            AudienceRule::OwnDesk,
            Moves::From(OPENED),
            None,
            text_to_partner_gate_inputs,
            measure,
        ),
        ChangeDef::first(DONE, AudienceRule::OwnDesk, Moves::From(OPENED), None, text_to_partner_gate_inputs, done)
            .with_precheck(|_, _, record| has_open_measure(record)),
        ChangeDef::first(CLOSE, AudienceRule::OwnDesk, Moves::From(OPENED), None, close_gate_inputs, close)
            .with_precheck(|records, _, record| close_inputs(records, record)),
    ],
};

/// Where the authority is told.
const TOLD_IN: &[super::kind::State] = &[State::Open.any(), State::Closed.any()];

/// Somebody reports a mistake.
pub const REPORT: ChangeKind = ChangeKind::new("error-report");
/// A partner who holds a copy hears of it.
pub const NOTICE: ChangeKind = ChangeKind::new("error-notice");
/// That partner says what it did.
pub const CONFIRM: ChangeKind = ChangeKind::new("error-confirm");
/// The authority was told.
pub const AUTHORITY: ChangeKind = ChangeKind::new("error-authority");
/// It is graver than it was thought to be: the authority hears of it.
pub const RAISE: ChangeKind = ChangeKind::new("error-raise");
/// What is done so that it does not happen again.
pub const MEASURE: ChangeKind = ChangeKind::new("error-measure");
/// A measure was carried out.
pub const DONE: ChangeKind = ChangeKind::new("error-done");
/// All of it is done.
pub const CLOSE: ChangeKind = ChangeKind::new("error-close");

/// By when the authority is to be told; `None` where it was, or is not to be.
pub fn authority_due(record: &Record) -> Option<Timestamp> {
    record.instant("notify_by").filter(|_| record.text("authority_told").is_none())
}

/// The most records that one mistake names.
pub const MOST: usize = 200;

/// A measure against a mistake happening again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Measure {
    /// Its number within the mistake, from 1.
    pub number: i64,
    /// Who sees to it.
    pub owner: Option<Person>,
    /// By when.
    pub due: Option<Timestamp>,
    /// When it was done.
    pub done: Option<Timestamp>,
}

/// Reports a mistake about some records.
pub fn new(id: Id, about: &[Id], severity: Severity, notify_by: Option<Timestamp>, text: &str, salt: Salt) -> Change {
    let terms = object! {
        "about" => about.iter().map(Id::to_string).collect::<Vec<_>>(), "severity" => severity,
        "notify_by" => notify_by.map(|at| at.to_string()), "said" => !crate::value::text::is_blank(text),
    };
    Change::with_content(id, REPORT, &terms, &object! { "text" => text }, salt)
}

/// Tells a partner of a mistake in what it was given: the words for it, and which of its copies are touched.
pub fn told(id: Id, about: &[Id], severity: Severity, text: &str, salt: Salt) -> Change {
    let terms = object! {
        "about" => about.iter().map(Id::to_string).collect::<Vec<_>>(), "severity" => severity,
        "said" => !crate::value::text::is_blank(text),
    };
    Change::with_content(id, NOTICE, &terms, &object! { "text" => text }, salt)
}

/// Tells the desk whose mistake it was what was done about it here.
pub fn confirmed(id: Id, keep: Timestamp, text: &str, salt: Salt) -> Change {
    let terms = object! { "keep" => keep.to_string(), "said" => !crate::value::text::is_blank(text) };
    Change::with_content(id, CONFIRM, &terms, &object! { "answer" => text }, salt)
}

/// Notes that the authority was told.
pub fn authority_told(id: Id, reference: &str, salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(reference) };
    Change::with_content(id, AUTHORITY, &terms, &object! { "reference" => reference }, salt)
}

/// Makes a mistake reportable: by when the authority is told, and why.
pub fn raised(id: Id, notify_by: Timestamp, because: &str, salt: Salt) -> Change {
    let terms = object! {
        "notify_by" => notify_by.to_string(), "said" => !crate::value::text::is_blank(because),
    };
    Change::with_content(id, RAISE, &terms, &object! { "because" => because }, salt)
}

/// Adds a measure.
pub fn measured(id: Id, owner: Person, due: Timestamp, text: &str, salt: Salt) -> Change {
    let terms = object! {
        "owner" => owner.to_string(), "due" => due.to_string(), "said" => !crate::value::text::is_blank(text),
    };
    Change::with_content(id, MEASURE, &terms, &object! { "measure" => text }, salt)
}

/// Notes that a measure was carried out.
pub fn carried_out(id: Id, number: i64, evidence: &str, salt: Salt) -> Change {
    let terms = object! { "measure" => number, "said" => !crate::value::text::is_blank(evidence) };
    Change::with_content(id, DONE, &terms, &object! { "evidence" => evidence }, salt)
}

/// Closes it; its texts are kept until a day.
pub fn closed(id: Id, keep: Timestamp) -> Change {
    Change::of_terms(id, CLOSE, &object! { "keep" => keep.to_string() })
}

/// The records that a mistake is about.
pub fn about(record: &Record) -> Vec<Id> {
    record.list("about", Id::parse)
}

/// Its measures.
pub fn measures(record: &Record) -> Vec<Measure> {
    let all = record.terms.get("measures").and_then(Json::items).unwrap_or_default();
    let time = |json: &Json, key: &str| json.get(key).and_then(Json::text).and_then(Timestamp::parse);
    let one = |(n, json): (usize, &Json)| Measure {
        number: n as i64 + 1,
        owner: json.get("owner").and_then(Json::text).and_then(Person::parse),
        due: time(json, "due"),
        done: time(json, "done"),
    };
    all.iter().enumerate().map(one).collect()
}

/// The partners that hold a copy of what a mistake is about.
pub fn holders(records: &dyn RecordStore, record: &Record) -> Result<Vec<Id>, ApplyError> {
    let mut all = Vec::new();
    for id in about(record) {
        let held = records.get(id)?.map(|r| r.shared).unwrap_or_default();
        all.extend(held.into_iter().filter(|h| h.duty != DutyState::Met).map(|h| h.partner));
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The partners that were told.
pub fn told_to(record: &Record) -> Vec<Id> {
    record.list("told", Id::parse)
}

/// The partners that have said what they did.
pub fn confirmed_by(record: &Record) -> Vec<Id> {
    record.list("confirmed", Id::parse)
}

fn ids(m: &mut crate::value::json::Members<'_>) -> Result<Vec<Id>, ApplyError> {
    let all = m.list("about", Id::parse)?;
    if all.is_empty() || all.len() > MOST {
        return Err(ApplyError::Malformed(format!("a mistake is about 1 to {MOST} records")));
    }
    Ok(all)
}

fn report(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let about = ids(&mut m)?;
    let severity = m.read("severity", Severity::parse)?;
    let notify_by = m.maybe_read("notify_by", Timestamp::parse)?;
    m.need("said")?;
    m.finish()?;
    if (severity == Severity::Reportable) != notify_by.is_some() {
        return Err(ApplyError::Malformed(
            "the authority is told of what is reportable, by a day, and of nothing else".into(),
        ));
    }
    for id in &about {
        if records.get(*id)?.is_none() {
            return Err(ApplyError::NotAllowed(format!("there is no record {id}")));
        }
    }
    let mut record = Record::new(view.record, State::Open, act.own_desk);
    record.subject = about.first().copied();
    record.terms = view.terms.clone().into();
    record.set("reported_by", act.member().to_string());
    record.set("reported", act.now().to_string());
    record.due = notify_by;
    record.body = view.body();
    put_new(records, &record)
}

fn only_own(actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    super::definition::must_be(record, &[State::Open])?;
    if record.desk == actor.own_desk {
        Ok(GateInputs::default())
    } else {
        Err(ApplyError::Authority("a desk tells of its own mistakes".into()))
    }
}

fn only_theirs(actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    super::definition::must_be(record, &[State::Received, State::Confirmed])?;
    if record.desk == actor.own_desk {
        return Err(ApplyError::Authority(
            "what was done about a mistake is said by the partner that it touched".into(),
        ));
    }
    Ok(GateInputs { partner: record.partner, ..GateInputs::default() })
}

fn notice(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let about_ids = ids(&mut m)?;
    m.read("severity", Severity::parse)?;
    m.need("said")?;
    m.finish()?;
    if act.is_own() {
        let mut record = need(records, view.record, Kind::Error)?;
        only_own(&act.actor(act.own_desk), &record)?;
        if about_ids.iter().any(|id| !about(&record).contains(id)) {
            return Err(ApplyError::NotAllowed(
                "a partner is told of what the mistake is about, and of nothing else".into(),
            ));
        }
        let mut told = told_to(&record);
        told.extend(act.recipients());
        told.sort_unstable();
        told.dedup();
        record.set("told", told.iter().map(Id::to_string).collect::<Vec<_>>());
        return Ok(records.put(&record)?);
    }
    // Told again, of more of its copies or in other words: what was said first is no longer what counts.
    if let Some(mut known) = records.get(view.record)?.filter(|known| known.partner == Some(act.desk())) {
        if known.kind != Kind::Error || known.desk != act.desk() {
            return Err(ApplyError::Authority("a desk tells of its own mistakes".into()));
        }
        if known.is_purged() {
            return Ok(());
        }
        known.set("about", about_ids.iter().map(Id::to_string).collect::<Vec<_>>());
        known.body = view.body();
        known.set_state(State::Received);
        keep_until(&mut known, kept_until(act));
        return Ok(records.put(&known)?);
    }
    let mut record = Record::new(view.record, State::Received, act.desk());
    record.partner = Some(act.desk());
    record.terms = view.terms.clone().into();
    record.set("reported", act.now().to_string());
    record.body = view.body();
    keep_until(&mut record, kept_until(act));
    // Only what came from that desk is touched by its mistake.
    for id in &about_ids {
        if let Some(item) = records.get(*id)?.filter(|r| r.partner == Some(act.desk())) {
            record.subject = Some(item.id);
            break;
        }
    }
    put_new(records, &record)
}

/// How long a partner's words on its mistake are kept here, whether it is confirmed or not.
fn kept_until(act: &ActContext<'_>) -> Timestamp {
    accountability::ends(Period::KeepError, act.now(), &Calendar::default())
}

fn confirm(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.need("said")?;
    m.finish()?;
    let mut record = need(records, view.record, Kind::Error)?;
    if act.is_own() {
        only_theirs(&act.actor(act.own_desk), &record)?;
        if act.recipients() != [record.desk] {
            return Err(ApplyError::Authority("the desk whose mistake it was hears what was done about it".into()));
        }
        record.set_state(State::Confirmed);
        keep_until(&mut record, keep);
        return Ok(records.put(&record)?);
    }
    if record.desk != act.own_desk || !told_to(&record).contains(&act.desk()) {
        return Err(ApplyError::Authority(
            "only a partner that was told of a mistake says what it did about it".into(),
        ));
    }
    let mut by = confirmed_by(&record);
    by.push(act.desk());
    by.sort_unstable();
    by.dedup();
    record.set("confirmed", by.iter().map(Id::to_string).collect::<Vec<_>>());
    Ok(records.put(&record)?)
}

fn authority(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Error)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    record.set("authority_told", act.now().to_string());
    // One that is closed is kept as long as its closing said.
    if !record.is(State::Closed) {
        record.due = next_due(&record);
    }
    Ok(records.put(&record)?)
}

fn may_be_raised(record: &Record) -> Result<GateInputs, ApplyError> {
    if record.text("severity").and_then(Severity::parse) == Some(Severity::Recordable) {
        Ok(GateInputs::default())
    } else {
        Err(ApplyError::NotAllowed("it is reportable already".into()))
    }
}

fn raise(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Error)?;
    let mut m = view.members()?;
    let notify_by = m.read("notify_by", Timestamp::parse)?;
    m.need("said")?;
    m.finish()?;
    may_be_raised(&record)?;
    record.set("severity", Severity::Reportable);
    record.set("notify_by", notify_by.to_string());
    record.due = next_due(&record);
    Ok(records.put(&record)?)
}

/// What is due next: that the authority is told, or a measure.
fn next_due(record: &Record) -> Option<Timestamp> {
    let authority = record.instant("notify_by").filter(|_| record.text("authority_told").is_none());
    let open = measures(record).into_iter().filter(|m| m.done.is_none()).filter_map(|m| m.due);
    open.chain(authority).min()
}

fn measure(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Error)?;
    let mut m = view.members()?;
    let (owner, due) = (m.read("owner", Person::parse)?, m.read("due", Timestamp::parse)?);
    m.need("said")?;
    m.finish()?;
    if super::member::own(records, owner)?.is_none() {
        return Err(ApplyError::NotAllowed("a measure has an owner who is a member of this desk".into()));
    }
    let mut all = record.terms.get("measures").and_then(Json::items).unwrap_or_default().to_vec();
    all.push(object! { "owner" => owner.to_string(), "due" => due.to_string() });
    record.set("measures", all);
    record.due = next_due(&record);
    Ok(records.put(&record)?)
}

fn has_open_measure(record: &Record) -> Result<GateInputs, ApplyError> {
    if measures(record).iter().any(|m| m.done.is_none()) {
        Ok(GateInputs::default())
    } else {
        Err(ApplyError::NotAllowed("no measure is open".into()))
    }
}

fn done(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Error)?;
    let mut m = view.members()?;
    let number = m.count("measure")?;
    m.need("said")?;
    m.finish()?;
    let mut all = record.terms.get("measures").and_then(Json::items).unwrap_or_default().to_vec();
    let place = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
    let Some(one) = place.and_then(|n| all.get_mut(n)).filter(|one| one.get("done").is_none()) else {
        return Err(ApplyError::NotAllowed(format!("there is no open measure {number}")));
    };
    one.set("done", act.now().to_string());
    record.set("measures", all);
    record.due = next_due(&record);
    Ok(records.put(&record)?)
}

fn close_inputs(records: &dyn RecordStore, record: &Record) -> Result<GateInputs, ApplyError> {
    let mut open: Vec<String> = Vec::new();
    let told = told_to(record);
    if holders(records, record)?.iter().any(|partner| !told.contains(partner)) {
        open.push("notice to every partner who holds a copy".into());
    }
    open.extend(measures(record).iter().filter(|m| m.done.is_none()).map(|m| format!("measure {}", m.number)));
    Ok(GateInputs { open, ..GateInputs::default() })
}

fn close_gate_inputs(
    records: &dyn RecordStore,
    _: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    close_inputs(records, &need(records, view.record, Kind::Error)?)
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Error)?;
    let mut m = view.members()?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.finish()?;
    record.set_state(State::Closed);
    record.set("closed", act.now().to_string());
    record.due = Some(keep);
    Ok(records.put(&record)?)
}
