//! Agreements with partners: what they cover, how far, and until when.
//!
//! A desk acts on its own record alone. That record travels to the partner, which may countersign it; the partner's record
//! of the same agreement comes here in the same way and is shown beside it.

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, must_be, need, no_gate_inputs, only_own_desk, put_new, reasons_gate_inputs, token,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::reviewed::{self, Reviewed};
use super::store::{Query, Record, RecordStore};
use super::target::Targets;
use super::taskforce;
use crate::act::change::{Change, Salt};
use crate::law::ceiling;
use crate::object;
use crate::value::class::{Category, Onward, PartnerKind, Tier};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::policy::Stated;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a record of an agreement stands.
    Agreement {
        /// It is in force from its first day to its last.
        Recorded = "recorded" "recorded" Neutral,
        /// It was ended before its time.
        Ended = "ended" "ended" Over,
    }
}

/// `agreement`: recorded (in force from its `from` to its `until`) → ended. The partner's record is one of the partner's
/// desk, in the same states.
pub const KIND: KindDef = KindDef {
    kind: Kind::Agreement,
    prefix: "A",
    title: "Agreement",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Partner,
    when_due: WhenDue::AgreementEnds,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(ADD, AudienceRule::OwnDeskOrAddressed, Moves::Makes, Some(END), no_gate_inputs, add),
        ChangeDef::first(
            END,
            AudienceRule::OwnDeskOrAddressed,
            Moves::From(&[State::Recorded.any()]),
            None,
            no_gate_inputs,
            end,
        )
        .with_precheck(precheck_end),
        ChangeDef::first(
            REVIEW,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Recorded.any()]),
            None,
            reasons_gate_inputs,
            review,
        )
        .with_precheck(precheck_end),
        ChangeDef::first(
            RENEW,
            AudienceRule::Addressed,
            Moves::From(&[State::Recorded.any()]),
            None,
            reasons_gate_inputs,
            renew,
        )
        .with_precheck(precheck_end),
        ChangeDef::first(
            COUNTERSIGN,
            AudienceRule::Addressed,
            Moves::From(&[State::Recorded.any()]),
            None,
            no_gate_inputs,
            countersign,
        )
        .with_precheck(precheck_countersigning),
    ],
};

/// The state of an agreement that goes on: an ended one is not handed out as a policy.
pub const RECORDED: &[RecordState] = &[State::Recorded.any()];

/// The kind of change `agreement-add`.
pub const ADD: ChangeKind = ChangeKind::new("agreement-add");
/// The kind of change `agreement-end`.
pub const END: ChangeKind = ChangeKind::new("agreement-end");
/// The kind of change `agreement-review`: this desk looks whether it still serves.
pub const REVIEW: ChangeKind = ChangeKind::new("agreement-review");
/// The kind of change `agreement-renew`: it goes on until another day, and may say something else from then on.
pub const RENEW: ChangeKind = ChangeKind::new("agreement-renew");
/// Confirms that a partner's record is the agreement as this desk understands it.
pub const COUNTERSIGN: ChangeKind = ChangeKind::new("agreement-countersign");

fn precheck_end(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk == actor.own_desk {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::Authority("it is the partner's record: the partner reviews, renews and ends it".into()))
}

fn precheck_countersigning(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if record.desk != actor.own_desk {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::Authority("it is this desk's own record: the partner countersigns it".into()))
}

/// What an agreement says.
#[derive(Clone, Debug)]
pub struct Terms {
    /// With whom.
    pub partner: Id,
    /// Under which instrument: a row of the law.
    pub instrument: String,
    /// For which purposes.
    pub purposes: Vec<String>,
    /// For which data.
    pub categories: Vec<Category>,
    /// Up to which tier; `None`: the default of the partner's kind.
    pub tier: Option<Tier>,
    /// From when.
    pub from: Timestamp,
    /// Until (not including) when.
    pub until: Timestamp,
    /// The longest deletion term, in days.
    pub retention_cap_days: i64,
    /// Within how many days what is done: targets, not limits.
    pub targets: Targets,
    /// Whether what is shared may be passed on; `None`: the agreement does not say.
    pub onward: Option<Onward>,
    /// Whether who looks at personal data of this partner types why, each time: the purpose of the case does not do.
    pub typed_reason: bool,
    /// Its statements on handling (IEP 2.0). They are kept and compared; nothing is decided by them.
    pub stated: Stated,
}

impl Terms {
    /// Reads them out of a record or a change.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = crate::value::json::Members::of(json)?;
        let terms = Self {
            partner: m.read("partner", Id::parse)?,
            instrument: m.read("instrument", token)?,
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
            onward: match m.maybe("onward") {
                None => None,
                Some(word) => {
                    let onward = word.text().and_then(Onward::parse);
                    Some(onward.ok_or_else(|| ApplyError::Malformed("`onward` is not known".into()))?)
                }
            },
            typed_reason: match m.maybe("typed_reason") {
                None => false,
                Some(yes) if yes.truth() == Some(true) => true,
                Some(_) => return Err(ApplyError::Malformed("`typed_reason` is true, or left out".into())),
            },
            stated: Stated::each(|statement| match m.maybe(statement.name) {
                None => Ok(None),
                Some(word) => {
                    let word = word.text().and_then(|w| statement.word(w));
                    word.map(Some).ok_or_else(|| ApplyError::Malformed(format!("`{}` is not known", statement.name)))
                }
            })?,
        };
        m.finish()?;
        Ok(terms)
    }

    fn to_json(&self) -> Json {
        let mut json = object! {
            "partner" => self.partner.to_string(),
            "instrument" => self.instrument.as_str(),
            "purposes" => self.purposes.clone(),
            "categories" => self.categories.clone(),
            "tier" => self.tier,
            "from" => self.from.to_string(),
            "until" => self.until.to_string(),
            "retention_cap_days" => self.retention_cap_days,
        };
        self.targets.write(&mut json);
        if let Some(onward) = self.onward {
            json.set("onward", onward);
        }
        if self.typed_reason {
            json.set("typed_reason", true);
        }
        for (statement, word) in self.stated.made() {
            json.set(statement.name, word);
        }
        json
    }

    /// What is agreed, whoever records it: the digest of the terms without the partner's name.
    pub fn digest(&self) -> Digest {
        let mut json = self.to_json();
        json.remove("partner");
        Digest::of(&json.to_bytes())
    }
}

/// The content of an agreement.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct AgreementContent {
    /// Its title.
    pub title: String,
    /// Its safeguards, where they are recorded.
    pub safeguards: Option<String>,
    /// Who bears which costs, where it is recorded.
    pub costs: Option<String>,
}

/// Records an agreement.
pub fn new(id: Id, terms: &Terms, words: &AgreementContent, salt: Salt) -> Change {
    let mut content = object! { "title" => words.title.as_str() };
    for (key, text) in [("safeguards", &words.safeguards), ("costs", &words.costs)] {
        if let Some(text) = text {
            content.set(key, text.as_str());
        }
    }
    Change::with_content(id, ADD, &terms.to_json(), &content, salt)
}

/// Countersigns the partner's record of an agreement, as it was read.
pub fn countersigned(id: Id, digest: &Digest) -> Change {
    Change::of_terms(id, COUNTERSIGN, &object! { "digest" => digest.to_string() })
}

/// Ends an agreement before its time.
pub fn ended(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, END, &object! {}, &object! { "because" => because }, salt)
}

/// Notes what a review found, and when the next one is.
pub fn noted_review(id: Id, of: &Reviewed, notes: &str, salt: Salt) -> Change {
    Change::with_content(id, REVIEW, &of.to_json(notes), &object! { "notes" => notes }, salt)
}

/// What a renewal says: all of the agreement as it is from then on, and when its next review is.
#[derive(Clone, Debug)]
pub struct Renewal {
    /// The agreement from then on.
    pub terms: Terms,
    /// When its next review is.
    pub review: Option<Timestamp>,
}

/// Renews an agreement: why, and what was learned.
pub fn renewed(id: Id, renewal: &Renewal, because: &str, lessons: Option<&str>, salt: Salt) -> Change {
    let mut terms = renewal.terms.to_json();
    terms.set("said", !crate::value::text::is_blank(because));
    if let Some(review) = renewal.review {
        terms.set("review", review.to_string());
    }
    let mut content = object! { "because" => because };
    if let Some(lessons) = lessons {
        content.set("lessons", lessons);
    }
    Change::with_content(id, RENEW, &terms, &content, salt)
}

/// What an agreement said before each of its renewals, the oldest first, and when it was renewed.
pub fn before_renewals(record: &Record) -> Vec<(Timestamp, Terms)> {
    let all = record.terms.get(BEFORE).and_then(Json::items).unwrap_or_default();
    let one = |json: &Json| {
        let at = json.get("at").and_then(Json::text).and_then(Timestamp::parse)?;
        Some((at, Terms::read(json.get("terms")?).ok()?))
    };
    all.iter().filter_map(one).collect()
}

fn review(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Agreement)?;
    precheck_end(records, &act.actor(act.own_desk), &record)?;
    Reviewed::read(view.terms)?.note(&mut record, act.now())?;
    Ok(records.put(&record)?)
}

fn renew(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut json = view.terms.clone();
    json.remove("said");
    let review = json.remove("review").map(|review| review.text().and_then(Timestamp::parse));
    let terms = Terms::read(&json)?;
    let review = match review {
        Some(None) => return Err(ApplyError::Malformed("`review` is not a time".into())),
        review => review.flatten(),
    };
    // One of a program whose records did not travel yet is not known here.
    if !act.is_own() && records.get(view.record)?.is_none() {
        return Ok(());
    }
    let mut record = need(records, view.record, Kind::Agreement)?;
    if record.desk != act.desk() {
        return Err(ApplyError::Authority("each desk renews its own record of an agreement".into()));
    }
    must_be(&record, &[State::Recorded])?;
    let old = terms_of(&record)?;
    if terms.partner != old.partner || terms.instrument != old.instrument || terms.from != old.from {
        return Err(ApplyError::NotAllowed(
            "a renewal is of the same agreement: with the same desk, under the same instrument, from the same day"
                .into(),
        ));
    }
    if terms.until <= act.now() {
        return Err(ApplyError::NotAllowed("an agreement is renewed until a day that is still to come".into()));
    }
    let mut before = record.terms.get(BEFORE).and_then(Json::items).unwrap_or_default().to_vec();
    before.push(object! { "at" => act.now().to_string(), "terms" => old.to_json() });
    let position = record.terms.get("position").cloned().unwrap_or(Json::Null);
    let kept: Vec<(&str, Option<Json>)> =
        reviewed::ADDED.iter().map(|key| (*key, record.terms.get(key).cloned())).collect();
    // What the other side had countersigned was what it said before.
    record.terms = terms.to_json().into();
    record.set("position", position);
    for (key, value) in kept {
        if let Some(value) = value {
            record.set(key, value);
        }
    }
    record.set(BEFORE, before);
    if act.is_own() {
        record.due = Some(terms.until);
        reviewed::set_next(&mut record, review);
    }
    Ok(records.put(&record)?)
}

/// The member of a record's terms that lists what it said before each renewal.
const BEFORE: &str = "before";

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let terms = Terms::read(view.terms)?;
    if act.is_own() {
        need(records, terms.partner, Kind::Partner)?;
    } else if terms.partner != act.own_desk {
        return Err(ApplyError::Authority("a partner tells of an agreement with another desk".into()));
    }
    if terms.until <= terms.from {
        return Err(ApplyError::NotAllowed("an agreement ends after it begins".into()));
    }
    let mut record = Record::new(view.record, State::Recorded, act.desk());
    record.partner = Some(if act.is_own() { terms.partner } else { act.desk() });
    // A partner's record gives no reminder here.
    record.due = act.is_own().then_some(terms.until);
    record.terms = view.terms.clone().into();
    record.set("position", act.position);
    record.body = view.body();
    put_new(records, &record)
}

fn end(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    view.members()?.finish()?;
    // An agreement of a program whose records did not travel yet is not known here.
    if !act.is_own() && records.get(view.record)?.is_none() {
        return Ok(());
    }
    let mut record = need(records, view.record, Kind::Agreement)?;
    if record.desk != act.desk() {
        return Err(ApplyError::Authority("each desk ends its own record of an agreement".into()));
    }
    must_be(&record, &[State::Recorded])?;
    record.set_state(State::Ended);
    record.due = None;
    Ok(records.put(&record)?)
}

fn countersign(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut record = need(records, view.record, Kind::Agreement)?;
    // Each of the two desks countersigns the record of the other.
    let others = record.desk != act.desk() && (act.is_own() || record.partner == Some(act.desk()));
    if !others {
        return Err(ApplyError::Authority("a desk countersigns its partner's record, and no other".into()));
    }
    must_be(&record, &[State::Recorded])?;
    let mut m = view.members()?;
    let digest = m.read("digest", Digest::parse)?;
    m.finish()?;
    if digest != terms_of(&record)?.digest() {
        return Err(ApplyError::NotAllowed("the agreement that is countersigned says something else".into()));
    }
    record.set("countersigned", act.now().to_string());
    Ok(records.put(&record)?)
}

/// What a record of an agreement says.
pub fn terms_of(record: &Record) -> Result<Terms, ApplyError> {
    let mut json = Json::clone(&record.terms);
    for added in ["position", "countersigned", BEFORE].iter().chain(&reviewed::ADDED) {
        json.remove(added);
    }
    Terms::read(&json)
}

/// Whether a record is the partner's own, and not this desk's.
pub fn is_theirs(record: &Record) -> bool {
    record.partner == Some(record.desk)
}

/// What decides for a partner, a purpose and a category: an agreement, or the charter of a task force that is one between the two.
#[derive(Clone, Debug)]
pub struct Deciding {
    /// The record of the agreement, or of the task force.
    pub record: Record,
    /// What it says.
    pub terms: Terms,
    /// Whether it was ended before its time.
    pub is_ended: bool,
}

/// The partners whose data nobody looks at without typing why: an agreement that is in force says so, recorded here or by the partner.
pub fn that_ask_for_a_typed_reason(records: &dyn RecordStore, now: Timestamp) -> Result<Vec<Id>, ApplyError> {
    let mut all = Vec::new();
    for record in records.find(&Query::state(State::Recorded))? {
        let terms = terms_of(&record)?;
        if terms.typed_reason && terms.from <= now && now < terms.until {
            all.extend(record.partner);
        }
    }
    Ok(all)
}

/// Under which task force something is given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
pub enum Under {
    /// Under none in particular.
    #[default]
    Any,
    /// Its case belongs to this one: its charter comes first, where it covers what is asked.
    CaseOf(Id),
    /// It is said to be given under this one: nothing else decides.
    Only(Id),
}

/// What decides: the newest in force that names purpose and category, else the newest; the charter of a task force counts from where it
/// came into force. What is given under a task force is decided by its charter alone, and by nothing while that is not in force.
pub fn deciding(
    records: &dyn RecordStore,
    (partner, under): (Id, Under),
    purpose: &str,
    category: Category,
    now: Timestamp,
) -> Result<Option<Deciding>, ApplyError> {
    let mut all = Vec::new();
    let (mut first, mut only) = (None, None);
    match under {
        Under::Any => {}
        Under::CaseOf(id) => first = Some(id),
        Under::Only(id) => only = Some(id),
    }
    for record in taskforce::all(records)? {
        if only.is_some_and(|id| record.id != id) {
            continue;
        }
        if let Some(charter) = taskforce::covering(&record, partner)? {
            all.push(Deciding { terms: of_charter(records, partner, charter)?, record, is_ended: false });
        }
    }
    if only.is_none() {
        for record in records.find(&Query { partner: Some(partner), ..Query::kind(Kind::Agreement) })? {
            if !is_theirs(&record) {
                let is_ended = record.is(State::Ended);
                all.push(Deciding { terms: terms_of(&record)?, record, is_ended });
            }
        }
    }
    let position = |d: &Deciding| d.record.terms.get("position").and_then(Json::int);
    all.sort_by_key(|d| std::cmp::Reverse((first == Some(d.record.id), position(d))));
    let covers = |d: &&Deciding| {
        !d.is_ended
            && d.terms.from <= now
            && now < d.terms.until
            && d.terms.purposes.iter().any(|p| p == purpose)
            && d.terms.categories.contains(&category)
    };
    let best = all.iter().find(covers).or_else(|| all.iter().max_by_key(|d| position(d))).cloned();
    Ok(best)
}

/// What a charter says, as an agreement with one of its desks. A company and an organisation of civil society are in it under the ceiling
/// of their kind, however far it goes for the others.
fn of_charter(records: &dyn RecordStore, partner: Id, charter: taskforce::Charter) -> Result<Terms, ApplyError> {
    let kind = records.get(partner)?.as_ref().and_then(super::partner::kind_of);
    let tier = match kind {
        Some(kind @ (PartnerKind::PrivateSector | PartnerKind::CivilSociety)) => {
            let most = ceiling::default_for(kind);
            Some(charter.tier.filter(|tier| *tier < most).unwrap_or(most))
        }
        _ => charter.tier,
    };
    Ok(Terms {
        partner,
        instrument: charter.model,
        purposes: charter.purposes,
        categories: charter.categories,
        tier,
        from: charter.from,
        until: charter.until,
        retention_cap_days: charter.retention_cap_days,
        targets: charter.targets,
        onward: None,
        typed_reason: false,
        stated: Stated::default(),
    })
}
