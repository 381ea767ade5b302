//! Partners: met by card, pinned by a fingerprint compared aloud; and the channel to them, step by step.
//!
//! A partner without comity has no card and no keys of a desk: it is pinned once somebody has called it back. It gets files and
//! letters, and no bundle ever waits for it.

use super::card::{self, Card, DeskKeys};
use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, must_be, need, no_gate_inputs, only_own_desk, put_new, token, wrong_state,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use super::stream;
use crate::act::change::{Change, Salt};
use crate::object;
use crate::seal::age_file;
use crate::value::class::{Channel, PartnerKind, Standing};
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::realm::Realm;

states! {
    /// Where a partner stands.
    Partner {
        /// Its card was read; its fingerprint was not compared yet.
        Met = "met" "added" Waiting,
        /// Its fingerprint was compared aloud.
        Pinned = "pinned" "pinned" Good,
        /// Nothing goes to it for now.
        Suspended = "suspended" "suspended" Stopped,
    }
}

/// `partner`: met → pinned ⇄ suspended; its channel: see [`next_channels`].
pub const KIND: KindDef = KindDef {
    kind: Kind::Partner,
    prefix: "P",
    title: "Partner",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &["name"], terms: &[] },
    changes: &[
        ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, add),
        ChangeDef::first(
            CONFIRM,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Met.any()]),
            None,
            no_gate_inputs,
            confirm,
        ),
        ChangeDef::first(
            CHANNEL,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Pinned.any()]),
            None,
            no_gate_inputs,
            channel,
        ),
        ChangeDef::first(
            SUSPEND,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Pinned.any()]),
            Some(RESUME),
            no_gate_inputs,
            suspend,
        ),
        ChangeDef::first(RESUME, AudienceRule::OwnDesk, Moves::AnyState, Some(SUSPEND), resume_gate_inputs, resume)
            .with_precheck(precheck_resume),
    ],
};

/// The kind of change `partner-add`.
pub const ADD: ChangeKind = ChangeKind::new("partner-add");
/// The kind of change `partner-confirm`.
pub const CONFIRM: ChangeKind = ChangeKind::new("partner-confirm");
/// The kind of change `partner-channel`.
pub const CHANNEL: ChangeKind = ChangeKind::new("partner-channel");
/// The kind of change `partner-suspend`.
pub const SUSPEND: ChangeKind = ChangeKind::new("partner-suspend");
/// The kind of change `partner-resume`.
pub const RESUME: ChangeKind = ChangeKind::new("partner-resume");

/// Adds a partner by its card: it is met, not pinned.
pub fn new(card: &Card, kind: PartnerKind, file: &str, salt: Salt) -> Change {
    let terms = object! {
        "code" => card.code.as_str(),
        "kind" => kind,
        "jurisdiction" => card.jurisdiction.as_str(),
        "realm" => card.realm.to_string(),
        "keys" => card.keys.to_json(),
        "fingerprint" => card.fingerprint(),
    };
    Change::with_content(card.desk, ADD, &terms, &object! { "name" => card.name.as_str(), "card" => file }, salt)
}

/// A partner without comity, as it is added.
#[derive(Clone, Debug)]
pub struct WithoutCard<'a> {
    /// The code that this desk gives it.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
    /// What kind of body it is.
    pub kind: PartnerKind,
    /// How it is reached.
    pub contact: &'a str,
    /// Its age key, where it has one.
    pub age: Option<&'a str>,
}

/// Adds a partner that has no card, since it does not work with comity: it is met, not pinned.
pub fn new_without_card(id: Id, of: &WithoutCard<'_>, realm: &Realm, salt: Salt) -> Change {
    let mut terms = object! { "code" => of.code, "kind" => of.kind, "realm" => realm.to_string() };
    if let Some(age) = of.age {
        terms.set("age", age);
    }
    Change::with_content(id, ADD, &terms, &object! { "name" => of.name, "contact" => of.contact }, salt)
}

/// Pins a partner without comity, which was called back; `said` is what number, and who spoke.
pub fn called_back(partner: Id, said: &str, salt: Salt) -> Change {
    let terms = object! { CALLED_BACK => true };
    Change::with_content(partner, CONFIRM, &terms, &object! { CALLED_BACK => said }, salt)
}

const CALLED_BACK: &str = "called_back";

/// Whether a partner does not work with comity: it has no keys of a desk.
pub fn is_without_card(record: &Record) -> bool {
    record.kind == Kind::Partner && record.terms.get("keys").is_none()
}

/// Pins a partner whose fingerprint was compared aloud.
pub fn confirmed(partner: Id, fingerprint: &str) -> Change {
    Change::of_terms(partner, CONFIRM, &object! { "fingerprint" => fingerprint })
}

/// Moves the channel.
pub fn channel_to(partner: Id, state: Channel, because: &str, exercise: Option<Id>, salt: Salt) -> Change {
    let mut terms = object! { "channel" => state };
    if let Some(exercise) = exercise {
        terms.set("exercise", exercise.to_string());
    }
    Change::with_content(partner, CHANNEL, &terms, &object! { "because" => because }, salt)
}

/// The member of a partner's terms that holds the number of this desk's keys when the two met.
const OUR_KEYS: &str = "our_keys";

/// The number of this desk's keys that stood on its card when the two desks met: what a partner knows that has never sent anything.
pub fn our_keys_on_meeting(record: &Record) -> u64 {
    record.terms.get(OUR_KEYS).and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}

/// The member of a partner's terms that names the recorded exercise by which its channel is tested.
const TESTED_BY: &str = "tested_by";

/// The recorded exercise by which the channel of a partner is tested; `None` where it is so on somebody's word alone.
pub fn tested_by(record: &Record) -> Option<Id> {
    record.id(TESTED_BY)
}

/// Suspends a partner, or lets it resume.
pub fn suspended(partner: Id, suspended: bool, because: &str, salt: Salt) -> Change {
    let kind = if suspended { SUSPEND } else { RESUME };
    Change::with_content(partner, kind, &object! {}, &object! { "because" => because }, salt)
}

/// Lets the stream of a partner that told two histories go on.
pub fn stream_resumed(partner: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(partner, RESUME, &object! { STREAM => true }, &object! { "because" => because }, salt)
}

/// The member of the terms of [`RESUME`] that says that it is of the stream.
const STREAM: &str = "stream";

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let code = m.read("code", super::card::code)?;
    m.read("kind", PartnerKind::parse)?;
    m.text("realm")?;
    let keys = match m.maybe("keys") {
        Some(keys) => {
            m.read("jurisdiction", token)?;
            m.text("fingerprint")?;
            Some(DeskKeys::read(keys)?)
        }
        None => {
            m.maybe("age").map(|age| age.text().and_then(age_file::written).ok_or_else(bad_key)).transpose()?;
            None
        }
    };
    m.finish()?;
    let others = records.find(&Query::kind(Kind::Partner))?;
    let clash = |r: &&Record| {
        let known = || DeskKeys::read(r.terms.get("keys").unwrap_or(&Json::Null)).ok();
        let same = || keys.as_ref().zip(known()).is_some_and(|(new, known)| new.root == known.root);
        r.key.as_deref() == Some(&code) || same()
    };
    if let Some(other) = others.iter().find(clash) {
        return Err(ApplyError::NotAllowed(format!(
            "there is a partner {} already with this code or this root key",
            other.key.as_deref().unwrap_or("?")
        )));
    }
    let mut record = Record::new(view.record, State::Met, act.own_desk);
    record.partner = Some(view.record);
    record.key = Some(code);
    record.terms = view.terms.clone().into();
    record.set("channel", Channel::Inaugurated);
    record.body = view.body();
    put_new(records, &record)
}

fn bad_key() -> ApplyError {
    ApplyError::Malformed("`age` is not an age key".into())
}

fn confirm(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Partner)?;
    let mut m = view.members()?;
    if is_without_card(&record) {
        let called = m.need(CALLED_BACK)?.truth() == Some(true) && view.has_content;
        m.finish()?;
        if !called {
            return Err(ApplyError::Malformed("a partner without comity is called back".into()));
        }
        record.set_state(State::Pinned);
        return Ok(records.put(&record)?);
    }
    let said = m.text("fingerprint")?;
    m.finish()?;
    if record.text("fingerprint") != Some(said) {
        return Err(ApplyError::Authority("the fingerprint is not the one on the card".into()));
    }
    record.set_state(State::Pinned);
    // Two desks meet each other: it has the card that this one gave out then.
    let own = records.get(act.own_desk)?.map_or(0, |own| card::number_of_keys(&own));
    if own > 0 {
        record.set(OUR_KEYS, own as i64);
    }
    records.put(&record)?;
    Ok(records.await_all_for_partners(view.record)?)
}

/// The steps of the channel: one at a time upward; from anywhere to suspended, and from there back to inaugurated.
pub fn next_channels(from: Channel) -> &'static [Channel] {
    match from {
        Channel::Inaugurated => &[Channel::Tested, Channel::Suspended],
        Channel::Tested => &[Channel::Operational, Channel::Suspended],
        Channel::Operational => &[Channel::JointOperations, Channel::Suspended],
        Channel::JointOperations => &[Channel::Operational, Channel::Suspended],
        Channel::Suspended => &[Channel::Inaugurated],
    }
}

fn channel(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Partner)?;
    let mut m = view.members()?;
    let to = m.read("channel", Channel::parse)?;
    let exercise = m.maybe("exercise").map(|id| id.text().and_then(Id::parse));
    m.finish()?;
    let from = channel_of(&record);
    if !next_channels(from).contains(&to) {
        let steps: Vec<_> = next_channels(from).iter().map(|c| c.word()).collect();
        return Err(ApplyError::NotAllowed(format!("the channel is {from}; its next step is {}", steps.join(" or "))));
    }
    match (exercise, to) {
        (Some(Some(id)), Channel::Tested) => {
            let own = need(records, act.own_desk, Kind::Desk)?.key.unwrap_or_default();
            let of = need(records, id, Kind::Exercise)?;
            super::exercise::proves(&of, &own, record.key.as_deref().unwrap_or_default())?;
            record.set(TESTED_BY, id.to_string());
        }
        (Some(_), _) => {
            return Err(ApplyError::NotAllowed("an exercise stands behind a channel that becomes tested".into()));
        }
        // What was tested once is tested again after the channel was suspended.
        (None, Channel::Tested | Channel::Inaugurated) => record.remove(TESTED_BY),
        (None, _) => {}
    }
    record.set("channel", to);
    Ok(records.put(&record)?)
}

fn suspend(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    move_to(records, act, view, State::Suspended)
}

/// What resumes: a partner that is suspended, or the stream of one that told two histories. Another member confirms the latter.
fn precheck_resume(records: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.is(State::Suspended) {
        return Ok(GateInputs::default());
    }
    let stream = stream::with(records, actor.own_desk, record.id)?;
    match stream.in_state() {
        Some(stream::State::Frozen | stream::State::Resuming) => {
            Ok(GateInputs { first: stream::resumed_by(&stream), ..GateInputs::default() })
        }
        Some(stream::State::Running) | None => {
            Err(wrong_state(Kind::Partner, Some(record.state), &[State::Suspended.any()]))
        }
    }
}

/// Whether the change lets the partner's stream go on, and not the partner.
fn is_of_stream(view: &ChangeView<'_>) -> Result<bool, ApplyError> {
    let mut m = view.members()?;
    let of_stream = m.maybe(STREAM).map(Json::truth);
    m.finish()?;
    match of_stream {
        None => Ok(false),
        Some(Some(true)) => Ok(true),
        Some(_) => Err(ApplyError::Malformed("`stream` is true or is not there".into())),
    }
}

fn resume_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let first =
        if is_of_stream(view)? { stream::resumed_by(&stream::with(records, act.own_desk, view.record)?) } else { None };
    Ok(GateInputs { first, ..GateInputs::default() })
}

fn resume(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let record = need(records, view.record, Kind::Partner)?;
    if is_of_stream(view)? {
        return stream::resume(records, act, record.id);
    }
    must_be(&record, &[State::Suspended])?;
    move_to(records, act, view, State::Pinned)
}

fn move_to(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    to: State,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Partner)?;
    record.set_state(to);
    Ok(records.put(&record)?)
}

/// The channel of a partner's record.
pub fn channel_of(record: &Record) -> Channel {
    record.text("channel").and_then(Channel::parse).unwrap_or(Channel::Suspended)
}

/// The standing of a partner's record.
pub fn standing_of(record: &Record) -> Standing {
    match record.in_state() {
        Some(State::Met) => Standing::Met,
        Some(State::Pinned) => Standing::Pinned,
        Some(State::Suspended) => Standing::Suspended,
        None => Standing::Closed,
    }
}

/// What kind of body a partner is.
pub fn kind_of(record: &Record) -> Option<PartnerKind> {
    record.text("kind").and_then(PartnerKind::parse)
}

/// The keys of a partner.
pub fn keys(records: &dyn RecordStore, partner: Id) -> Result<DeskKeys, ApplyError> {
    let record = need(records, partner, Kind::Partner)?;
    Ok(DeskKeys::read(record.terms.get("keys").unwrap_or(&Json::Null))?)
}

/// The partner with that code.
pub fn by_code(records: &dyn RecordStore, code: &str) -> Result<Option<Record>, ApplyError> {
    let query = Query { key: Some(code.to_owned()), ..Query::kind(Kind::Partner) };
    Ok(records.find(&query)?.into_iter().next())
}
