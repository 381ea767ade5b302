//! Joint task forces: a charter that several desks sign, what it covers, and until when. In force it is an agreement between each pair
//! of its desks.
//!
//! The lead proposes the charter, which is also its own signature. Each other desk signs with an act of its own, for the lead; the lead
//! passes that act on whole, inside an act of its own, and every desk checks it with the key that it has pinned for the signer. A charter
//! is in force at a desk when that desk holds the signatures of all of them: the word of the lead is taken for none.
//! What the lead amends is a newer version, and is signed by all again; until then the older one stands. A desk that leaves is
//! heard of in the same way.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, must_be, need, put_new, text_gate_inputs, token, wrong_state,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::law;
use super::member::{self, MemberCertificate};
use super::reviewed::Reviewed;
use super::store::{ChangeRow, Query, Record, RecordStore};
use super::target::Targets;
use crate::act::change::{Change, Salt};
use crate::act::enclosed::{Enclosed, EnclosedError, joined, pieces};
use crate::act::header::{Audience, Header};
use crate::law::signer;
use crate::object;
use crate::seal::sign::PublicKey;
use crate::value::class::{Category, Role, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, Members};
use crate::value::timestamp::Timestamp;

states! {
    /// Where a task force stands.
    Taskforce {
        /// Not all of its desks have signed yet.
        Proposed = "proposed" "proposed" Waiting,
        /// All have: it works.
        InForce = "in-force" "in force" Good,
        /// This desk has left it, or was left out of a newer charter.
        Left = "left" "left" Over,
        /// Its lead has ended it.
        Ended = "ended" "ended" Over,
    }
}

/// `taskforce`: proposed → in force → ended; amended in between. Left, for a desk that is in it no more.
pub const KIND: KindDef = KindDef {
    kind: Kind::Taskforce,
    prefix: "TF",
    title: "Task force",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::AgreementEnds,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(NEW, AudienceRule::Addressed, Moves::Makes, Some(END), charter_gate_inputs, propose),
        ChangeDef::first(AMEND, AudienceRule::Addressed, Moves::Shared, None, charter_gate_inputs, amend)
            .with_precheck(precheck_lead),
        ChangeDef::first(SIGN, AudienceRule::Addressed, Moves::Shared, None, sign_gate_inputs, sign)
            .with_precheck(precheck_signing),
        ChangeDef::first(PASS, AudienceRule::Addressed, Moves::Shared, None, super::definition::no_gate_inputs, pass)
            .with_precheck(precheck_lead),
        ChangeDef::first(LEAVE, AudienceRule::Addressed, Moves::Shared, None, super::definition::no_gate_inputs, leave)
            .with_precheck(precheck_leaving),
        ChangeDef::first(END, AudienceRule::Addressed, Moves::Shared, None, super::definition::no_gate_inputs, end)
            .with_precheck(precheck_lead),
        ChangeDef::first(REVIEW, AudienceRule::OwnDesk, Moves::From(ALIVE), None, text_gate_inputs, review),
        ChangeDef::first(EVALUATE, AudienceRule::Addressed, Moves::AnyState, None, text_gate_inputs, evaluate)
            .with_precheck(precheck_party),
    ],
};

/// The kind of change `taskforce-new`: the lead proposes a charter, and signs it.
pub const NEW: ChangeKind = ChangeKind::new("taskforce-new");
/// The kind of change `taskforce-amend`: the lead proposes a newer version.
pub const AMEND: ChangeKind = ChangeKind::new("taskforce-amend");
/// The kind of change `taskforce-sign`: another desk signs the version that is proposed.
pub const SIGN: ChangeKind = ChangeKind::new("taskforce-sign");
/// The kind of change `taskforce-pass`: the lead passes on what another desk has signed.
pub const PASS: ChangeKind = ChangeKind::new("taskforce-pass");
/// The kind of change `taskforce-leave`: a desk leaves, or signs not.
pub const LEAVE: ChangeKind = ChangeKind::new("taskforce-leave");
/// The kind of change `taskforce-end`: the lead ends it.
pub const END: ChangeKind = ChangeKind::new("taskforce-end");
/// The kind of change `taskforce-review`: this desk looks whether it still serves, and when that is looked at again.
pub const REVIEW: ChangeKind = ChangeKind::new("taskforce-review");
/// The kind of change `taskforce-evaluate`: a desk says how it went.
pub const EVALUATE: ChangeKind = ChangeKind::new("taskforce-evaluate");

/// The states in which a desk works in a task force.
pub const ALIVE: &[RecordState] = &[State::Proposed.any(), State::InForce.any()];
/// The states in which a member can say something of a task force.
pub const TOLD_OF: &[RecordState] =
    &[State::Proposed.any(), State::InForce.any(), State::Left.any(), State::Ended.any()];

/// The most desks of a task force.
pub const MOST_DESKS: usize = 64;

const CHARTER: &str = "charter";
const SIGNED: &str = "signed";
const NEXT: &str = "next";
const LEFT: &str = "left";
const PASSED: &str = "passed";
const POSITION: &str = "position";
const ROW: &str = "row";
const UNCHECKED: &str = "unchecked";
const EVALUATED: &str = "evaluated";

/// What a version of a charter says without free text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Charter {
    /// Which version: 1, and one more with each amendment.
    pub version: i64,
    /// The model that it follows: a row of the law.
    pub model: String,
    /// The desk that leads.
    pub lead: Id,
    /// Every desk, the lead too.
    pub desks: Vec<Id>,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// For which data.
    pub categories: Vec<Category>,
    /// Up to which tier; `None`: the default of each partner's kind.
    pub tier: Option<Tier>,
    /// From when.
    pub from: Timestamp,
    /// Until (not including) when.
    pub until: Timestamp,
    /// The longest deletion term, in days.
    pub retention_cap_days: i64,
    /// Within how many days what is done: targets, not limits.
    pub targets: Targets,
    /// The fields of its model that it fills.
    pub filled: Vec<String>,
    /// The digest of its content: its title and what it says in words.
    pub text: Digest,
}

impl Charter {
    /// Reads it out of a change or a record.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let charter = Self {
            version: m.count("version")? as i64,
            model: m.read("model", token)?,
            lead: m.read("lead", Id::parse)?,
            desks: m.list("desks", Id::parse)?,
            purposes: m.list("purposes", token)?,
            categories: m.list("categories", Category::parse)?,
            tier: match m.maybe("tier") {
                None => None,
                Some(tier) => {
                    let tier = tier.int().and_then(Tier::new);
                    Some(tier.ok_or_else(|| ApplyError::Malformed("`tier` is not a tier".into()))?)
                }
            },
            from: m.read("from", Timestamp::parse)?,
            until: m.read("until", Timestamp::parse)?,
            retention_cap_days: m.count("retention_cap_days")? as i64,
            targets: Targets::read(&mut m)?,
            filled: m.list("filled", token)?,
            text: m.read("text", Digest::parse)?,
        };
        m.finish()?;
        charter.must_be_sound()?;
        Ok(charter)
    }

    fn must_be_sound(&self) -> Result<(), ApplyError> {
        let mut desks = self.desks.clone();
        desks.sort_unstable();
        desks.dedup();
        if desks.len() != self.desks.len() || !(2..=MOST_DESKS).contains(&desks.len()) {
            let what = format!("a task force has 2 to {MOST_DESKS} desks, each named once");
            return Err(ApplyError::NotAllowed(what));
        }
        if !self.desks.contains(&self.lead) {
            return Err(ApplyError::NotAllowed("the desk that leads a task force belongs to it".into()));
        }
        if self.until <= self.from {
            return Err(ApplyError::NotAllowed("a task force ends after it begins".into()));
        }
        Ok(())
    }

    /// The terms as JSON.
    pub fn to_json(&self) -> Json {
        let mut json = object! {
            "version" => self.version,
            "model" => self.model.as_str(),
            "lead" => self.lead.to_string(),
            "desks" => self.desks.iter().map(Id::to_string).collect::<Vec<_>>(),
            "purposes" => self.purposes.clone(),
            "categories" => self.categories.clone(),
            "tier" => self.tier,
            "from" => self.from.to_string(),
            "until" => self.until.to_string(),
            "retention_cap_days" => self.retention_cap_days,
            "filled" => self.filled.clone(),
            "text" => self.text.to_string(),
        };
        self.targets.write(&mut json);
        json
    }

    /// What is signed: the digest of its terms, which hold that of its words.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_json().to_bytes())
    }
}

/// The words of a charter.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CharterContent {
    /// Its title.
    pub title: String,
    /// What it says in each field of its model, in their order.
    pub fields: Vec<(String, String)>,
    /// Why it was amended, where it was.
    pub because: Option<String>,
}

impl CharterContent {
    /// The words as JSON.
    pub fn to_json(&self) -> Json {
        let mut fields = object! {};
        for (name, text) in &self.fields {
            fields.set(name, text.as_str());
        }
        let mut json = object! { "title" => self.title.as_str(), "fields" => fields };
        if let Some(because) = &self.because {
            json.set("because", because.as_str());
        }
        json
    }

    /// Reads them from content.
    pub fn read(content: Option<&Json>) -> Self {
        let text = |key: &str| content.and_then(|c| c.get(key)).and_then(Json::text).map(str::to_owned);
        let fields = content.and_then(|c| c.get("fields")).and_then(Json::members).unwrap_or_default();
        let fields =
            fields.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.text()?.to_owned())));
        Self { title: text("title").unwrap_or_default(), fields: fields.collect(), because: text("because") }
    }

    /// The digest that a charter with these words holds.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.to_json().to_bytes())
    }
}

/// Proposes a charter: version 1 is a new task force, a later one amends it.
pub fn proposed(id: Id, charter: &Charter, words: &CharterContent, salt: Salt) -> Change {
    let kind = if charter.version == 1 { NEW } else { AMEND };
    Change::with_content(id, kind, &charter.to_json(), &words.to_json(), salt)
}

/// Signs the version that is proposed.
pub fn signed(id: Id, charter: &Charter) -> Change {
    Change::of_terms(id, SIGN, &object! { "version" => charter.version, "charter" => charter.digest().to_string() })
}

/// Passes on what another desk has signed, with the certificate of whoever signed for it, as its root key gave it.
pub fn passed_on(id: Id, act: &Enclosed, certificate: &Json) -> Change {
    let terms = object! { "act" => act.to_json(), "certificate_of_signer" => pieces(&certificate.to_bytes()) };
    Change::of_terms(id, PASS, &terms)
}

/// Leaves, or signs not; why is said to the lead.
pub fn left(id: Id, version: i64, because: &str, salt: Salt) -> Change {
    Change::with_content(id, LEAVE, &object! { "version" => version }, &object! { "because" => because }, salt)
}

/// Ends it.
pub fn ended(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, END, &object! {}, &object! { "because" => because }, salt)
}

/// Notes what a review found, and when the next one is.
pub fn reviewed(id: Id, of: &Reviewed, notes: &str, salt: Salt) -> Change {
    Change::with_content(id, REVIEW, &of.to_json(notes), &object! { "notes" => notes }, salt)
}

/// Says how it went.
pub fn evaluated(id: Id, text: &str, salt: Salt) -> Change {
    let said = !crate::value::text::is_blank(text);
    Change::with_content(id, EVALUATE, &object! { "said" => said }, &object! { "text" => text }, salt)
}

/// The charter that stands: in force, or proposed where none has been yet.
pub fn charter_of(record: &Record) -> Result<Charter, ApplyError> {
    Charter::read(record.terms.get(CHARTER).unwrap_or(&Json::Null))
}

/// The newer version that is proposed, where one is.
pub fn next_of(record: &Record) -> Result<Option<Charter>, ApplyError> {
    record.terms.get(NEXT).and_then(|next| next.get(CHARTER)).map(Charter::read).transpose()
}

/// The version that waits for signatures: the newer one, or the first.
pub fn open_of(record: &Record) -> Result<Option<Charter>, ApplyError> {
    match next_of(record)? {
        Some(next) => Ok(Some(next)),
        None if record.is(State::Proposed) => charter_of(record).map(Some),
        None => Ok(None),
    }
}

/// The change with the words of the version that waits for signatures.
pub fn open_row(record: &Record) -> Option<ChangeRow> {
    let next = record.terms.get(NEXT).and_then(|next| next.get(ROW)).and_then(Json::int).map(ChangeRow);
    next.or(record.body)
}

fn times(json: Option<&Json>) -> Vec<(Id, Timestamp)> {
    let all = json.and_then(Json::members).unwrap_or_default();
    all.iter()
        .filter_map(|(desk, at)| Some((Id::parse(desk.as_str())?, at.text().and_then(Timestamp::parse)?)))
        .collect()
}

/// Who has signed the charter that stands, and when.
pub fn signatures(record: &Record) -> Vec<(Id, Timestamp)> {
    times(record.terms.get(SIGNED))
}

/// Who has signed the newer version that is proposed, and when.
pub fn next_signatures(record: &Record) -> Vec<(Id, Timestamp)> {
    times(record.terms.get(NEXT).and_then(|next| next.get(SIGNED)))
}

/// Who has left, and when.
pub fn departures(record: &Record) -> Vec<(Id, Timestamp)> {
    times(record.terms.get(LEFT))
}

/// The desks whose signatures came and could not be checked here, since this desk has not pinned them.
pub fn unchecked(record: &Record) -> Vec<Id> {
    record.list(UNCHECKED, Id::parse)
}

/// The ids of the acts that this desk, as the lead, has passed on.
pub fn passed(record: &Record) -> Vec<Digest> {
    record.list(PASSED, Digest::parse)
}

/// How many evaluations there are.
pub fn evaluations(record: &Record) -> i64 {
    record.terms.get(EVALUATED).and_then(Json::int).unwrap_or(0)
}

/// The desks that are in it now: those of the charter that stands which have not left.
pub fn desks_of(record: &Record) -> Result<Vec<Id>, ApplyError> {
    let gone = departures(record);
    let mut desks = charter_of(record)?.desks;
    desks.retain(|desk| !gone.iter().any(|(left, _)| left == desk));
    Ok(desks)
}

/// Every desk that has to do with it: of the charter that stands, and of the newer version that is proposed.
pub fn all_desks(record: &Record) -> Result<Vec<Id>, ApplyError> {
    let mut desks = charter_of(record)?.desks;
    for desk in next_of(record)?.map(|next| next.desks).unwrap_or_default() {
        if !desks.contains(&desk) {
            desks.push(desk);
        }
    }
    Ok(desks)
}

/// The charter under which this desk may give something to a partner, where the task force is in force and both are in it.
pub fn covering(record: &Record, partner: Id) -> Result<Option<Charter>, ApplyError> {
    if record.kind != Kind::Taskforce || !record.is(State::InForce) {
        return Ok(None);
    }
    let charter = charter_of(record)?;
    Ok(Some(charter).filter(|_| desks_of(record).is_ok_and(|desks| desks.contains(&partner))))
}

/// Where in the log it came into force here.
pub fn position_of(record: &Record) -> Option<i64> {
    record.terms.get(POSITION).and_then(Json::int)
}

/// Every task force.
pub fn all(records: &dyn RecordStore) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query::kind(Kind::Taskforce))?)
}

/// Whether a desk belongs or belonged to a task force, as far as is known here.
///
/// # Errors
///
/// [`ApplyError`] where the records cannot be read.
pub fn is_of(records: &dyn RecordStore, taskforce: Id, desk: Id) -> Result<Option<bool>, ApplyError> {
    let Some(record) = records.get(taskforce)?.filter(|r| r.kind == Kind::Taskforce) else { return Ok(None) };
    Ok(Some(all_desks(&record)?.contains(&desk) || departures(&record).iter().any(|(left, _)| *left == desk)))
}

/// The required fields of a charter's model that it does not fill.
fn missing(records: &dyn RecordStore, position: i64, charter: &Charter) -> Result<Vec<String>, ApplyError> {
    let law = law::edition_before(records, position)?;
    let Some(model) = law.request(&charter.model) else { return Ok(vec!["model".into()]) };
    let asked = model.field.iter().filter(|f| f.required && !charter.filled.contains(&f.id));
    Ok(asked.map(|f| f.id.clone()).collect())
}

fn charter_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    let charter = Charter::read(view.terms)?;
    // What a model asks for is its own desk's law: each desk that signs reads what it signs.
    let missing = if act.is_own() { missing(records, act.position, &charter)? } else { Vec::new() };
    Ok(GateInputs { missing, ..GateInputs::default() })
}

fn sign_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    if !act.is_own() {
        return Ok(GateInputs::default());
    }
    precheck_signing(records, &act.actor(act.own_desk), &need(records, view.record, Kind::Taskforce)?)
}

fn precheck_signing(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    let Some(open) = open_of(record)? else {
        return Err(wrong_state(Kind::Taskforce, Some(record.state), &[State::Proposed.any()]));
    };
    if !open.desks.contains(&actor.own_desk) {
        return Err(ApplyError::Authority("this desk is not in the charter that is proposed".into()));
    }
    if signed_by(record, open.version).iter().any(|(desk, _)| *desk == actor.own_desk) {
        return Err(ApplyError::NotAllowed("this desk has signed it".into()));
    }
    // Who signs is heard by the lead: it must be somebody who can be told.
    Ok(GateInputs { partner: Some(open.lead), ..GateInputs::default() })
}

fn precheck_lead(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    must_be(record, &[State::Proposed, State::InForce])?;
    if record.desk == actor.own_desk {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::Authority("another desk leads it: ask it, or leave".into()))
}

fn precheck_leaving(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    must_be(record, &[State::Proposed, State::InForce])?;
    if record.desk == actor.own_desk {
        return Err(ApplyError::Authority("this desk leads it: it ends it, or amends its charter".into()));
    }
    Ok(GateInputs::default())
}

fn precheck_party(_: &dyn RecordStore, _: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.terms.get(POSITION).is_some() {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::NotAllowed("it has never been in force: there is nothing to evaluate".into()))
}

fn signed_by(record: &Record, version: i64) -> Vec<(Id, Timestamp)> {
    let stands = charter_of(record).is_ok_and(|charter| charter.version == version);
    if stands { signatures(record) } else { next_signatures(record) }
}

fn by_lead(act: &ActContext<'_>, charter: &Charter) -> Result<(), ApplyError> {
    if act.desk() == charter.lead {
        Ok(())
    } else {
        Err(ApplyError::Authority("the charter of a task force is proposed by the desk that leads it".into()))
    }
}

/// Refuses an act that is for a desk which has nothing to do with the task force, or a charter that leaves out who is told of it.
fn for_its_desks(act: &ActContext<'_>, desks: &[Id]) -> Result<(), ApplyError> {
    let Audience::Desks(told) = &act.header.audience else {
        return Err(ApplyError::Authority("what is done with a task force is told to its desks".into()));
    };
    if told.iter().all(|desk| desks.contains(desk)) {
        Ok(())
    } else {
        Err(ApplyError::Authority("a desk is told of a task force that it does not belong to".into()))
    }
}

fn time_of_lead(act: &ActContext<'_>) -> Json {
    let mut signed = object! {};
    signed.set(&act.desk().to_string(), act.now().to_string());
    signed
}

fn propose(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let charter = Charter::read(view.terms)?;
    by_lead(act, &charter)?;
    for_its_desks(act, &charter.desks)?;
    if charter.version != 1 {
        return Err(ApplyError::Malformed("a task force begins with version 1 of its charter".into()));
    }
    make(records, act, view, &charter)
}

fn make(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    charter: &Charter,
) -> Result<(), ApplyError> {
    if !charter.desks.contains(&act.own_desk) {
        return Err(ApplyError::Authority("a charter without this desk is sent to it".into()));
    }
    if act.is_own() {
        for desk in charter.desks.iter().filter(|desk| **desk != act.own_desk) {
            need(records, *desk, Kind::Partner)?;
        }
    }
    let mut record = Record::new(view.record, State::Proposed, act.desk());
    record.partner = (!act.is_own()).then_some(act.desk());
    record.body = view.body();
    record.terms = object! { CHARTER => charter.to_json(), SIGNED => time_of_lead(act) }.into();
    put_new(records, &record)
}

fn amend(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let charter = Charter::read(view.terms)?;
    by_lead(act, &charter)?;
    let known = records.get(view.record)?;
    let Some(mut record) = known else {
        // A desk that comes in with this version hears of the task force for the first time.
        return if act.is_own() {
            Err(ApplyError::NotAllowed(format!("there is no {} {}", Kind::Taskforce, view.record)))
        } else {
            make(records, act, view, &charter)
        };
    };
    if record.kind != Kind::Taskforce || record.desk != act.desk() {
        return Err(ApplyError::Authority("only the desk that leads a task force amends its charter".into()));
    }
    if act.is_own() {
        must_be(&record, &[State::Proposed, State::InForce])?;
        for desk in charter.desks.iter().filter(|desk| **desk != act.own_desk) {
            need(records, *desk, Kind::Partner)?;
        }
    }
    let newest = open_of(&record)?.map_or(charter_of(&record)?.version, |open| open.version);
    if charter.version != newest + 1 {
        return Err(ApplyError::NotAllowed(format!("the newest version of the charter is {newest}")));
    }
    let mut told = all_desks(&record)?;
    told.extend(&charter.desks);
    for_its_desks(act, &told)?;
    let comes_again = record.is(State::Left) && charter.desks.contains(&act.own_desk);
    if record.is(State::Ended) {
        // It was ended while this was on its way.
        return Ok(());
    }
    if record.is(State::Proposed) || comes_again {
        // The older version was not signed by all, or is not this desk's any more: the newer one takes its place.
        record.set_state(State::Proposed);
        record.body = view.body();
        record.set(CHARTER, charter.to_json());
        record.set(SIGNED, time_of_lead(act));
        record.remove(UNCHECKED);
        record.remove(LEFT);
        record.remove(NEXT);
        if !charter.desks.contains(&act.own_desk) {
            record.set_state(State::Left);
        }
    } else {
        record.set(
            NEXT,
            object! { CHARTER => charter.to_json(), SIGNED => time_of_lead(act), ROW => view.body().map(|row| row.0) },
        );
    }
    Ok(records.put(&record)?)
}

/// Notes a signature that was checked, and puts the charter in force when it was the last one.
fn take_signature(
    record: &mut Record,
    desk: Id,
    at: Timestamp,
    version: i64,
    act: &ActContext<'_>,
) -> Result<(), ApplyError> {
    let charter = charter_of(record)?;
    let key = desk.to_string();
    let note = |all: Option<&Json>| {
        let mut all = all.cloned().unwrap_or_else(|| object! {});
        if all.get(&key).is_none() {
            all.set(&key, at.to_string());
        }
        all
    };
    let has_all = |charter: &Charter, all: &Json| charter.desks.iter().all(|d| all.get(&d.to_string()).is_some());
    if version == charter.version {
        let all = note(record.terms.get(SIGNED));
        let complete = has_all(&charter, &all);
        record.set(SIGNED, all);
        if complete && record.is(State::Proposed) {
            record.set_state(State::InForce);
            record.set(POSITION, act.position);
            record.due = Some(charter.until);
        }
    } else if let Some(next) = record.terms.get(NEXT).cloned() {
        let newer = Charter::read(next.get(CHARTER).unwrap_or(&Json::Null))?;
        let all = note(next.get(SIGNED));
        if !has_all(&newer, &all) {
            let mut next = next;
            next.set(SIGNED, all);
            record.set(NEXT, next);
        } else {
            record.set(CHARTER, newer.to_json());
            record.set(SIGNED, all);
            record.set(POSITION, act.position);
            record.body = next.get(ROW).and_then(Json::int).map(ChangeRow);
            record.due = Some(newer.until);
            record.remove(NEXT);
            record.remove(UNCHECKED);
            // Who signs a newer version is in it, whatever was before.
            let mut gone = record.terms.get(LEFT).cloned().unwrap_or_else(|| object! {});
            newer.desks.iter().for_each(|desk| drop(gone.remove(&desk.to_string())));
            record.set(LEFT, gone);
            if !newer.desks.contains(&act.own_desk) {
                record.set_state(State::Left);
                record.due = None;
            }
        }
    }
    let mut waits = unchecked(record);
    waits.retain(|other| *other != desk);
    set_unchecked(record, &waits);
    Ok(())
}

fn set_unchecked(record: &mut Record, desks: &[Id]) {
    if desks.is_empty() {
        record.remove(UNCHECKED);
    } else {
        record.set(UNCHECKED, desks.iter().map(Id::to_string).collect::<Vec<_>>());
    }
}

/// What a signature says: of which version, and of which charter.
fn said_in(terms: &Json) -> Result<(i64, Digest), ApplyError> {
    let mut m = Members::of(terms)?;
    let said = (m.count("version")? as i64, m.read("charter", Digest::parse)?);
    m.finish()?;
    Ok(said)
}

/// The version that a signature is of, where it is of what is known here; `None` where that version is past. A signature of another
/// text than the one of its version is refused.
fn version_signed(record: &Record, desk: Id, terms: &Json) -> Result<Option<i64>, ApplyError> {
    let (version, digest) = said_in(terms)?;
    let stands = charter_of(record)?;
    let of = match next_of(record)? {
        _ if stands.version == version => stands,
        Some(next) if next.version == version => next,
        _ if version < stands.version => return Ok(None),
        // The lead has put a newer version in the place of one that was not signed yet.
        Some(next) if version < next.version => return Ok(None),
        _ => return Err(ApplyError::Authority("a version of a charter is signed that was never proposed".into())),
    };
    if of.digest() != digest {
        return Err(ApplyError::Authority("a signature is of another charter than the one that was proposed".into()));
    }
    if !of.desks.contains(&desk) {
        return Err(ApplyError::Authority("a desk signs a charter that it does not belong to".into()));
    }
    Ok(Some(version))
}

fn sign(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Taskforce)?;
    if view.has_content {
        return Err(ApplyError::Malformed("a signature says nothing but what it signs".into()));
    }
    if act.is_own() {
        precheck_signing(records, &act.actor(act.own_desk), &record)?;
    } else if record.desk != act.own_desk {
        return Err(ApplyError::Authority("a charter is signed towards the desk that leads".into()));
    }
    let told = [charter_of(&record)?.lead];
    for_its_desks(act, &told)?;
    let Some(version) = version_signed(&record, act.desk(), view.terms)? else {
        // It crossed a newer version, or the end: it counts for nothing now.
        return Ok(());
    };
    if ALIVE.contains(&record.state) {
        take_signature(&mut record, act.desk(), act.now(), version, act)?;
    }
    Ok(records.put(&record)?)
}

/// The error for an act that is passed on and is not what it claims to be.
fn forged(error: EnclosedError) -> ApplyError {
    match error {
        EnclosedError::Form(what) => ApplyError::Malformed(format!("an act that is passed on: {what}")),
        EnclosedError::Signature(_) => ApplyError::Authority(error.to_string()),
    }
}

/// The key of whoever signed an act that is passed on, and the roles that they had: of a member who is known here, or of one whose
/// certificate comes with it.
fn signer_of(
    records: &dyn RecordStore,
    header: &Header,
    certificate: &Json,
) -> Result<(PublicKey, bool, Vec<Role>), ApplyError> {
    let unsigned = || ApplyError::Authority("an act that is passed on is signed by nobody of its desk".into());
    if let Some(known) = member::by_person(records, header.desk, header.member)? {
        // What is passed on carries no proof of its place: whoever has taken the key may state any.
        if member::is_unconfirmed(records, &known)? {
            return Err(ApplyError::Authority(
                "an act that is passed on was signed by somebody who was revoked since, and nobody has confirmed it"
                    .into(),
            ));
        }
        let (active, roles) = member::at_place(&known, header);
        return Ok((member::signing_key(&known).ok_or_else(unsigned)?, active, roles));
    }
    let bytes = joined(certificate).ok_or_else(unsigned)?;
    let terms = json::parse(&bytes, Limits::SIGNED).map_err(|_| unsigned())?;
    let certificate = MemberCertificate::certified(records, header.desk, &header.realm, &terms)?;
    Ok((certificate.signing, !certificate.roles.is_empty(), certificate.roles))
}

fn pass(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Taskforce)?;
    if record.desk != act.desk() {
        return Err(ApplyError::Authority("only the desk that leads a task force passes signatures on".into()));
    }
    let mut m = view.members()?;
    let enclosed = Enclosed::read(m.need("act")?).map_err(forged)?;
    let certificate = m.need("certificate_of_signer")?;
    m.finish()?;
    let said = enclosed.said().map_err(forged)?;
    if view.has_content || said.desk == act.desk() || enclosed.change.record != view.record {
        return Err(ApplyError::Authority("what is passed on is the act of another desk, of this task force".into()));
    }
    let told = all_desks(&record)?;
    for_its_desks(act, &told)?;
    if !act.is_own() && act.own_desk != said.desk {
        let pinned = records.get(said.desk)?.is_some_and(|r| {
            r.kind == Kind::Partner && !r.is(super::partner::State::Met) && r.terms.get("keys").is_some()
        });
        if !pinned {
            // It cannot be checked here: it counts for nothing, and is passed on again once the desk is pinned.
            let mut waits = unchecked(&record);
            if told.contains(&said.desk) && !waits.contains(&said.desk) {
                waits.push(said.desk);
                set_unchecked(&mut record, &waits);
            }
            return Ok(records.put(&record)?);
        }
    }
    let (key, active, roles) = signer_of(records, &said, certificate)?;
    let header = enclosed.verify(act.realm(), &key).map_err(forged)?;
    let of = [SIGN, LEAVE].into_iter().find(|kind| kind.is(&enclosed.change.kind));
    let may = of.and_then(|kind| signer::of_kind(kind.name())).and_then(|row| row.acting_role(&[header.role]));
    if !active || !roles.contains(&header.role) || may.is_none() {
        return Err(ApplyError::Authority("an act that is passed on is signed by somebody who may not".into()));
    }
    let terms = enclosed.change.read_terms().map_err(|e| ApplyError::Malformed(e.to_string()))?;
    if of == Some(LEAVE) {
        take_leave(&mut record, header.desk, header.time.at, act)?;
    } else if let Some(version) = version_signed(&record, header.desk, &terms)? {
        if ALIVE.contains(&record.state) {
            take_signature(&mut record, header.desk, header.time.at, version, act)?;
        }
    } else {
        return Err(ApplyError::Authority("a signature of a version that is past is passed on".into()));
    }
    if act.is_own() {
        let mut all = passed(&record);
        if !all.contains(&enclosed.id()) {
            all.push(enclosed.id());
        }
        record.set(PASSED, all.iter().map(Digest::to_string).collect::<Vec<_>>());
    }
    Ok(records.put(&record)?)
}

fn take_leave(record: &mut Record, desk: Id, at: Timestamp, act: &ActContext<'_>) -> Result<(), ApplyError> {
    if !all_desks(record)?.contains(&desk) {
        return Err(ApplyError::Authority("a desk leaves a task force that it does not belong to".into()));
    }
    let mut gone = record.terms.get(LEFT).cloned().unwrap_or_else(|| object! {});
    gone.set(&desk.to_string(), at.to_string());
    record.set(LEFT, gone);
    if desk == act.own_desk && ALIVE.contains(&record.state) {
        record.set_state(State::Left);
        record.due = None;
    }
    Ok(())
}

fn leave(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Taskforce)?;
    let mut m = view.members()?;
    m.count("version")?;
    m.finish()?;
    if act.is_own() {
        precheck_leaving(records, &act.actor(act.own_desk), &record)?;
    } else if record.desk != act.own_desk {
        return Err(ApplyError::Authority("a desk that leaves says so to the desk that leads".into()));
    }
    let told = [charter_of(&record)?.lead];
    for_its_desks(act, &told)?;
    take_leave(&mut record, act.desk(), act.now(), act)?;
    Ok(records.put(&record)?)
}

fn end(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    let mut record = need(records, view.record, Kind::Taskforce)?;
    if record.desk != act.desk() {
        return Err(ApplyError::Authority("only the desk that leads a task force ends it".into()));
    }
    if act.is_own() {
        must_be(&record, &[State::Proposed, State::InForce])?;
    }
    if ALIVE.contains(&record.state) {
        record.set_state(State::Ended);
        record.due = None;
    }
    record.set("ended", act.now().to_string());
    Ok(records.put(&record)?)
}

fn review(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    super::definition::only_own_desk(act)?;
    let mut record = super::definition::moved(records, view, Kind::Taskforce)?;
    Reviewed::read(view.terms)?.note(&mut record, act.now())?;
    Ok(records.put(&record)?)
}

/// The task force that an act of one of its desks is about; `None` where it is a partner's act, and the charter has not come yet.
///
/// # Errors
///
/// [`ApplyError`] where this desk's act is about none that works, or where a partner's desk has nothing to do with it.
pub fn of_party(records: &dyn RecordStore, act: &ActContext<'_>, taskforce: Id) -> Result<Option<Record>, ApplyError> {
    if act.is_own() {
        let record = need(records, taskforce, Kind::Taskforce)?;
        must_be(&record, &[State::Proposed, State::InForce])?;
        let desks = all_desks(&record)?;
        for_its_desks(act, &desks)?;
        return Ok(Some(record));
    }
    if is_of(records, taskforce, act.desk())? == Some(false) {
        return Err(ApplyError::Authority("a desk speaks of a task force that it does not belong to".into()));
    }
    Ok(records.get(taskforce)?.filter(|r| r.kind == Kind::Taskforce))
}

/// An id that may be left out, such as that of a case.
pub fn case_in(json: Option<&Json>) -> Result<Option<Id>, ApplyError> {
    let Some(json) = json else { return Ok(None) };
    let id = json.text().and_then(Id::parse);
    id.map(Some).ok_or_else(|| ApplyError::Malformed("an id is not well formed".into()))
}

/// The case that an act names, where it is known here; an own act names none that is not.
pub fn known_case(records: &dyn RecordStore, act: &ActContext<'_>, case: Option<Id>) -> Result<Option<Id>, ApplyError> {
    let Some(id) = case else { return Ok(None) };
    if act.is_own() {
        return Ok(Some(need(records, id, Kind::Case)?.id));
    }
    Ok(records.get(id)?.filter(|r| r.kind == Kind::Case).map(|r| r.id))
}

fn evaluate(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    // One that was told of a task force which this desk does not know says nothing here.
    let Some(mut record) = records.get(view.record)?.filter(|r| r.kind == Kind::Taskforce) else {
        return if act.is_own() { Err(ApplyError::NotAllowed("there is no such task force".into())) } else { Ok(()) };
    };
    if act.is_own() {
        precheck_party(records, &act.actor(act.own_desk), &record)?;
    } else if is_of(records, record.id, act.desk())? != Some(true) {
        return Err(ApplyError::Authority("a desk evaluates a task force that it does not belong to".into()));
    }
    record.set(EVALUATED, evaluations(&record) + 1);
    Ok(records.put(&record)?)
}
