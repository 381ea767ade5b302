//! Items: indicators, accounts, documents, evidence, notes; added here, imported from a file, or copied to a partner.

use std::sync::Arc;

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, moved, need, no_gate_inputs, only_own_desk, put_new, reasons_gate_inputs, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{DutyState, Query, Record, RecordStore};
use super::{agreement, approval, disclosure, partner, privilege};
use crate::act::change::{Change, Salt};
use crate::law::ceiling;
use crate::law::retention::{Class, Silence};
use crate::object;
use crate::value::class::words;
use crate::value::class::{Assertion, Category, Condition, Credibility, PersonClass, Reliability, Tier};
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

states! {
    /// Where an item stands.
    Item {
        /// It is kept.
        Held = "held" "kept" Neutral,
        /// Its content was erased.
        Purged = "purged" "purged" Erased,
        /// Its content was erased; a member has said that it may come again, and another has not.
        Readmitting = "readmitting" "erased, to be readmitted" Erased,
        /// Its content was erased; two members have said that it may come again, and it has not.
        Awaited = "awaited" "may come again" Waiting,
    }
}

words! {
    /// Why what was erased may come again. It is a word and no text: nothing is said of what was erased.
    Readmission {
        /// It was erased by mistake.
        Mistake = "mistake",
        /// A court or an authority has ordered it.
        Order = "order",
        /// There is a new ground to keep it, which its giver states when it comes.
        NewGround = "new-ground",
    }
}

/// `item`: held → purged → readmitting → awaited → held.
pub const KIND: KindDef = KindDef {
    kind: Kind::Item,
    prefix: "E",
    title: "Item",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from },
    can_be_held: true,
    looked_up_by: LookUp::IdOfMany,
    when_due: WhenDue::Deletion,
    line: Line { content: &["value", "title"], terms: &["type"] },
    changes: &[
        ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, add)
            .or_following(&[super::import::IMPORT]),
        ChangeDef::first(MARK, AudienceRule::OwnDesk, Moves::From(&[State::Held.any()]), None, no_gate_inputs, mark)
            .or_following(&[super::import::IMPORT]),
        ChangeDef::first(
            CONSENT,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Held.any()]),
            None,
            no_gate_inputs,
            consent,
        )
        .with_precheck(may_consent),
        ChangeDef::first(
            CORRECT,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Held.any()]),
            None,
            correct_gate_inputs,
            correct,
        )
        .with_precheck(|records, actor, record| may_correct(records, actor.own_desk, record)),
        ChangeDef::first(
            privilege::HOLD_BACK,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Held.any()]),
            None,
            reasons_gate_inputs,
            privilege::hold_back,
        )
        // What comes in and is the same as something that is held back is held back with it.
        .or_following(&[ADD, super::import::IMPORT, privilege::HOLD_BACK]),
        ChangeDef::first(
            privilege::FILTER,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Held.any()]),
            None,
            privilege::filter_gate_inputs,
            privilege::filter,
        )
        .with_precheck(|records, actor, record| privilege::filter_inputs(records, record, actor.person)),
        ChangeDef::first(
            READMIT,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Purged.any(), State::Readmitting.any()]),
            None,
            readmit_gate_inputs,
            readmit,
        )
        .with_precheck(|_, actor, record| may_readmit(actor.own_desk, record)),
        ChangeDef::following(COPY, &disclosure::LEAVES, Moves::Makes, copy).copying(),
        ChangeDef::following(DELETED, &[disclosure::RECEIPT], Moves::AnyState, deleted),
    ],
};

/// Adds an item.
pub const ADD: ChangeKind = ChangeKind::new("item-add");
/// Marks an item again.
pub const MARK: ChangeKind = ChangeKind::new("item-mark");
/// Records the consent of an originator that is no partner.
pub const CONSENT: ChangeKind = ChangeKind::new("item-consent");
/// Puts right what an item says.
pub const CORRECT: ChangeKind = ChangeKind::new("item-correct");
/// Lets what was erased come again: said by two members.
pub const READMIT: ChangeKind = ChangeKind::new("item-readmit");
/// The minimised copy of an item that goes to a partner.
pub const COPY: ChangeKind = ChangeKind::new("item-copy");

/// Notes that a partner has deleted its copy, as somebody recorded by hand.
pub const DELETED: ChangeKind = ChangeKind::new("item-deleted-there");

/// The partner that an item came from.
fn came_from(record: &Record, _: Id) -> Option<Id> {
    record.partner
}

/// The terms of an item: what rules ask about it. They hold no free text and outlive a purge.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The case.
    pub case: Id,
    /// What it is: `domain`, `ipv4`, `account`, `evidence`, …
    pub kind: String,
    /// Its tier.
    pub tier: Tier,
    /// Its data category.
    pub category: Category,
    /// Whom it is about.
    pub person_class: PersonClass,
    /// Fact or assessment.
    pub assertion: Assertion,
    /// How reliable its source is, where somebody has judged it.
    pub source_grade: Option<Reliability>,
    /// How credible it is, where somebody has judged it.
    pub information_grade: Option<Credibility>,
    /// Its marking.
    pub marking: Marking,
    /// Conditions that it came with.
    pub conditions: Vec<Condition>,
    /// The desk that it originates from.
    pub originator: Id,
    /// Whether the file that it came in names somebody else as its originator: who, is content.
    pub third: bool,
    /// The items that it names.
    pub references: Vec<Id>,
    /// The request that it answers.
    pub request: Option<Id>,
    /// When it is to be deleted here.
    pub delete_by: Timestamp,
}

impl Terms {
    /// Reads them from a change or a record; other members are ignored.
    pub fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        Self::take(&mut m)
    }

    fn take(m: &mut Members<'_>) -> Result<Self, ApplyError> {
        let tier = m
            .need("tier")?
            .int()
            .and_then(Tier::new)
            .ok_or_else(|| ApplyError::Malformed("`tier` is not a tier".into()))?;
        Ok(Self {
            case: m.read("case", Id::parse)?,
            kind: m.read("type", token)?,
            tier,
            category: m.read("category", Category::parse)?,
            person_class: m.read("person_class", PersonClass::parse)?,
            assertion: m.read("assertion", Assertion::parse)?,
            source_grade: grade(m, "source_grade", Reliability::parse)?,
            information_grade: grade(m, "information_grade", Credibility::parse)?,
            marking: Marking {
                tlp: m.read("tlp", Tlp::parse)?,
                pap: m.read("pap", Pap::parse)?,
                handling: m.list("handling", Handling::parse)?,
            },
            conditions: m.list("conditions", Condition::parse)?,
            originator: m.read("originator", Id::parse)?,
            third: m.maybe(THIRD).and_then(Json::truth).unwrap_or(false),
            references: references(m)?,
            request: m.maybe("request").and_then(Json::text).and_then(Id::parse),
            delete_by: m.read("delete_by", Timestamp::parse)?,
        })
    }

    /// Reads them from a change that adds an item; other members are refused.
    fn read_strictly(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let terms = Self::take(&mut m)?;
        m.maybe(EXHIBIT)
            .map_or(Some(true), Json::truth)
            .ok_or_else(|| ApplyError::Malformed("`exhibit` is not true or false".into()))?;
        m.maybe(SCHEDULE)
            .map_or(Some(String::new()), |row| row.text().and_then(token))
            .ok_or_else(|| ApplyError::Malformed("`schedule` is not the id of a row".into()))?;
        m.maybe(SILENCE)
            .map_or(Some(Silence::Delete), |word| word.text().and_then(Silence::parse))
            .ok_or_else(|| ApplyError::Malformed("`silence` is `delete` or `restrict`".into()))?;
        m.finish()?;
        Ok(terms)
    }

    /// The terms as JSON.
    pub fn to_json(&self) -> Json {
        let mut json = object! {
            "case" => self.case.to_string(),
            "type" => self.kind.as_str(),
            "tier" => self.tier,
            "category" => self.category,
            "person_class" => self.person_class,
            "assertion" => self.assertion,
            "tlp" => self.marking.tlp,
            "pap" => self.marking.pap,
            "handling" => self.marking.handling.clone(),
            "conditions" => self.conditions.clone(),
            "originator" => self.originator.to_string(),
        };
        // Absent grades are left out, not null: most items were never graded, and each member is stored with every item.
        if let Some(grade) = self.source_grade {
            json.set("source_grade", grade);
        }
        if let Some(grade) = self.information_grade {
            json.set("information_grade", grade);
        }
        if self.third {
            json.set(THIRD, true);
        }
        if !self.references.is_empty() {
            json.set(REFERENCES, self.references.iter().map(Id::to_string).collect::<Vec<_>>());
        }
        if let Some(request) = self.request {
            json.set("request", request.to_string());
        }
        json.set("delete_by", self.delete_by.to_string());
        json
    }
}

/// A member that may be missing; where it is there, it is a grade.
fn grade<T>(m: &mut Members<'_>, key: &'static str, read: fn(&str) -> Option<T>) -> Result<Option<T>, ApplyError> {
    let Some(word) = m.maybe(key) else { return Ok(None) };
    let grade = word.text().and_then(read);
    grade.map(Some).ok_or_else(|| ApplyError::Malformed(format!("`{key}` is not a grade")))
}

const THIRD: &str = "third";
/// The member of an item's terms that says that a file lies beside the database. It is no part of a copy: the file stays.
const EXHIBIT: &str = "exhibit";
/// The member of a record's terms that names its row of the schedule; without it, the row of its tier.
pub const SCHEDULE: &str = "schedule";
/// The member that says what silence means when a record is due; without it, it is erased.
pub const SILENCE: &str = "silence";
words! {
    /// A type of items that the schedule knows.
    KnownType {
        /// Kept as evidence, with a file or without.
        Evidence = "evidence",
    }
}
const REFERENCES: &str = "references";
/// The member of a record's terms that says that a partner gave more than this desk's agreement with it covers.
const ABOVE: &str = "above_ceiling";
/// The member of a record's terms that holds who may have it, as its originator said.
const CONSENTS: &str = "consents";
/// The member of a record's terms that names the partners whose copies were made before it was put right.
const OUTDATED: &str = "outdated";

fn references(m: &mut Members<'_>) -> Result<Vec<Id>, ApplyError> {
    let Some(list) = m.maybe(REFERENCES) else { return Ok(Vec::new()) };
    let ids =
        list.items().and_then(|all| all.iter().map(|id| id.text().and_then(Id::parse)).collect::<Option<Vec<_>>>());
    ids.ok_or_else(|| ApplyError::Malformed("`references` is not a list of ids".into()))
}

/// Adds an item. `content` is an object with `value` and, where there are any, `title`, `note`, `ids`, `attachment`.
pub fn new(id: Id, terms: &Terms, content: &Json, salt: Salt) -> Change {
    Change::with_content(id, ADD, &terms.to_json(), content, salt)
}

/// Adds an item that is kept as evidence: `schedule` is its row, and `silence` what becomes of it when it is due and nobody says
/// anything. Where its file lies beside the database, `content` has an `attachment` too: the file's name, size, SHA-256 and key.
pub fn new_evidence(id: Id, terms: &Terms, (schedule, silence): (&str, Silence), content: &Json, salt: Salt) -> Change {
    let mut terms = terms.to_json();
    if content.get("attachment").is_some() {
        terms.set(EXHIBIT, true);
    }
    terms.set(SCHEDULE, schedule);
    terms.set(SILENCE, silence);
    Change::with_content(id, ADD, &terms, content, salt)
}

/// What an item is for the schedule of retention.
pub fn class_of(kind: &str, has_file: bool) -> Class {
    if has_file || KnownType::parse(kind).is_some() { Class::Evidence } else { Class::Item }
}

/// Whether an item was added here with a file.
pub fn is_exhibit(record: &Record) -> bool {
    record.terms.get(EXHIBIT).and_then(Json::truth) == Some(true)
}

/// What else a marking changes of an item: how sensitive it is, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reclassed {
    /// Its tier.
    pub tier: Tier,
    /// Its data category.
    pub category: Category,
    /// Whom it is about.
    pub person_class: PersonClass,
    /// Why.
    pub because: String,
}

/// Marks an item again, and classes it again where that is said with a reason.
pub fn marked(id: Id, marking: &Marking, reclassed: Option<&Reclassed>, salt: Salt) -> Change {
    let mut terms = object! { "tlp" => marking.tlp, "pap" => marking.pap, "handling" => marking.handling.clone() };
    let Some(class) = reclassed else { return Change::of_terms(id, MARK, &terms) };
    terms.set("tier", class.tier);
    terms.set("category", class.category);
    terms.set("person_class", class.person_class);
    Change::with_content(id, MARK, &terms, &object! { "because" => class.because.as_str() }, salt)
}

/// Records what the originator of an item, who is no partner, says of giving it to a partner; `reference` names the letter.
pub fn consented(id: Id, to: Id, given: bool, reference: &str, salt: Salt) -> Change {
    let terms = object! { "to" => to.to_string(), "given" => given };
    Change::with_content(id, CONSENT, &terms, &object! { "reference" => reference }, salt)
}

/// What the originator of an item, who is no partner, said of giving it to a partner.
pub fn consent_of(record: &Record, to: Id) -> Option<bool> {
    record.terms.get(CONSENTS)?.get(&to.to_string()).and_then(Json::truth)
}

/// Puts right what an item says: its whole content as it is now.
pub fn corrected(id: Id, content: &Json, salt: Salt) -> Change {
    Change::with_content(id, CORRECT, &object! {}, content, salt)
}

/// The minimised copy for a partner; `terms` are its [`copy_terms`], or their class.
pub fn copied(id: Id, terms: &Json, content: &Json, salt: Salt) -> Change {
    Change::with_content(id, COPY, terms, content, salt)
}

/// Notes that a partner has deleted its copy.
pub fn deleted_there(id: Id) -> Change {
    Change::of_terms(id, DELETED, &object! {})
}

/// The caveats that an item came with, in words.
pub fn caveats_of(content: &Json) -> Vec<String> {
    let all = content.get("caveats").and_then(Json::items).unwrap_or_default();
    all.iter().filter_map(|c| c.text().map(str::to_owned)).collect()
}

/// Markings of an item that nobody at its desk could read.
pub fn unknown_markings_of(content: &Json) -> Vec<String> {
    let all = content.get("unknown_markings").and_then(Json::items).unwrap_or_default();
    all.iter().filter_map(|c| c.text().map(str::to_owned)).collect()
}

/// The members of an item's content that a copy of it holds: those that are shown. The object as it stood in a file, keys of
/// attachments and the desk's own remarks stay.
pub const COPIED: &[&str] =
    &["value", "relation", "title", "note", "ids", "properties", "originator", "caveats", "unknown_markings"];

/// The terms of a copy. `asked` is the number of its facts in the first change's terms.
pub fn copy_terms(terms: &Terms, asked: i64) -> Json {
    let mut json = terms.to_json();
    json.set("asked", asked);
    json
}

/// The terms of a change, parsed, and as JSON for the record.
struct ParsedTerms {
    terms: Terms,
    json: Arc<Json>,
}

/// The parsed terms of [`ADD`].
struct Added(ParsedTerms);

/// The parsed terms of [`COPY`].
struct Copied(ParsedTerms);

fn record_of(view: &ChangeView<'_>, made: &ParsedTerms, origin: Id) -> Record {
    let terms = &made.terms;
    let mut record = Record::new(view.record, State::Held, origin);
    record.case = Some(terms.case);
    record.subject = terms.request;
    record.tier = Some(terms.tier);
    record.due = Some(terms.delete_by);
    record.terms = Arc::clone(&made.json);
    record.body = view.body();
    record
}

fn add(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let made = act.terms_cache.of(view.terms, || {
        Ok(Added(ParsedTerms { terms: Terms::read_strictly(view.terms)?, json: Arc::new(view.terms.clone()) }))
    })?;
    let Added(made) = &*made;
    let terms = &made.terms;
    if terms.originator != act.own_desk {
        return Err(ApplyError::Authority("an item that is added here originates here".into()));
    }
    // The items of an import are all of the case that its first change names, which was looked up there.
    let imported = view.row != act.first_row;
    if imported {
        if act.first.get("case").and_then(Json::text) != Some(terms.case.to_string().as_str()) {
            return Err(ApplyError::Malformed("an imported item belongs to another case than its import".into()));
        }
    } else {
        let case = need(records, terms.case, Kind::Case)?;
        super::definition::must_be(&case, &[super::case::State::Open])?;
        if let Some(request) = terms.request {
            need(records, request, Kind::Request)?;
        }
    }
    put_new(records, &record_of(view, made, act.own_desk))
}

fn mark(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Item)?;
    let mut m = view.members()?;
    let (tlp, pap) = (m.read("tlp", Tlp::parse)?, m.read("pap", Pap::parse)?);
    let handling = m.list("handling", Handling::parse)?;
    let class = match m.maybe("tier") {
        None => None,
        Some(tier) => {
            let tier = tier.int().and_then(Tier::new);
            let tier = tier.ok_or_else(|| ApplyError::Malformed("`tier` is not a tier".into()))?;
            Some((tier, m.read("category", Category::parse)?, m.read("person_class", PersonClass::parse)?))
        }
    };
    m.finish()?;
    let terms = Terms::read(&record.terms)?;
    let old = terms.marking;
    let looser = tlp < old.tlp || pap < old.pap || old.handling.iter().any(|h| !handling.contains(h));
    if looser && record.desk != act.own_desk {
        return Err(ApplyError::NotAllowed("only its originator may loosen the marking of an item: ask it".into()));
    }
    if let Some((tier, category, person_class)) = class {
        if tier < terms.tier && record.desk != act.own_desk {
            return Err(ApplyError::NotAllowed("only its originator may lower the tier of an item: ask it".into()));
        }
        if tier < category.least_tier() {
            return Err(ApplyError::NotAllowed(format!(
                "data of the category {category} are of tier {} or higher",
                category.least_tier()
            )));
        }
        record.tier = Some(tier);
        record.set("tier", tier);
        record.set("category", category);
        record.set("person_class", person_class);
    }
    record.set("tlp", tlp);
    record.set("pap", pap);
    record.set("handling", handling);
    Ok(records.put(&record)?)
}

/// What was approved was approved as it was said then: no approval of it may stand.
fn may_correct(records: &dyn RecordStore, home: Id, record: &Record) -> Result<GateInputs, ApplyError> {
    privilege::not_held_back(record)?;
    if record.desk != home {
        return Err(ApplyError::NotAllowed("only its originator puts right what an item says: tell it".into()));
    }
    let mut open = Vec::new();
    for subject in [Some(record.id), record.subject].into_iter().flatten() {
        let reviews = records.find(&Query { subject: Some(subject), ..Query::kind(Kind::Review) })?;
        let stand = reviews.iter().filter(|r| approval::is_approval(r));
        open.extend(stand.map(|r| format!("the lapse of the approval V-{}", r.id.short())));
    }
    Ok(GateInputs { open, ..GateInputs::default() })
}

fn correct_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    may_correct(records, act.own_desk, &need(records, view.record, Kind::Item)?)
}

fn correct(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let mut record = moved(records, view, Kind::Item)?;
    may_correct(records, act.own_desk, &record)?;
    record.body = view.body();
    let holders: Vec<Id> = record.shared.iter().map(|h| h.partner).filter(|partner| record.is_with(*partner)).collect();
    record.set(OUTDATED, holders.iter().map(Id::to_string).collect::<Vec<_>>());
    Ok(records.put(&record)?)
}

/// Whether a partner's copy of an item was made before the item was put right.
pub fn is_outdated_with(record: &Record, partner: Id) -> bool {
    record.list(OUTDATED, Id::parse).contains(&partner)
}

/// Whether a partner has told of a mistake in an item that it gave, so that a copy that comes again puts it right. What is held stays as
/// it came.
fn is_put_right(records: &dyn RecordStore, desk: Id, item: &Record) -> Result<bool, ApplyError> {
    let told = records.find(&Query { partner: Some(desk), ..Query::kind(Kind::Error) })?;
    let names = |error: &Record| {
        matches!(error.in_state(), Some(super::error::State::Received | super::error::State::Confirmed))
            && super::error::about(error).contains(&item.named())
    };
    Ok(told.iter().any(names) && !super::hold::StandingHolds::of(records)?.is_on(item))
}

/// Refuses where an item's originator is a desk: that is asked itself.
fn is_of_another(record: &Record, home: Id) -> Result<(), ApplyError> {
    if record.desk == home && Terms::read(&record.terms)?.third {
        return Ok(());
    }
    Err(ApplyError::NotAllowed("its originator is a desk, which gives its consent itself".into()))
}

fn may_consent(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    is_of_another(record, actor.own_desk)?;
    Ok(GateInputs::default())
}

fn consent(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Item)?;
    let mut m = view.members()?;
    let to = m.read("to", Id::parse)?;
    let given = m.need("given")?.truth().ok_or_else(|| ApplyError::Malformed("`given` is not true or false".into()))?;
    m.finish()?;
    need(records, to, Kind::Partner)?;
    is_of_another(&record, act.own_desk)?;
    let mut all = record.terms.get(CONSENTS).cloned().unwrap_or_else(|| object! {});
    all.set(&to.to_string(), given);
    record.set(CONSENTS, all);
    Ok(records.put(&record)?)
}

/// Lets what was erased come again, on a ground.
pub fn readmitted(id: Id, ground: Readmission) -> Change {
    Change::of_terms(id, READMIT, &object! { "ground" => ground })
}

/// Who has said that what was erased may come again, where another has not yet.
pub fn readmitted_by(record: &Record) -> Option<Person> {
    record.text(READMITTED_BY).filter(|_| record.is(State::Readmitting)).and_then(Person::parse)
}

const READMITTED_BY: &str = "readmitted_by";

/// What a partner gave can come again; that it is another who says so the second time, the gate asks.
fn may_readmit(home: Id, record: &Record) -> Result<GateInputs, ApplyError> {
    super::definition::must_be(record, &[State::Purged, State::Readmitting])?;
    if record.desk == home || record.partner.is_none() {
        return Err(ApplyError::NotAllowed(
            "only what a partner gave comes again: what was this desk's own is added with `item add`".into(),
        ));
    }
    Ok(GateInputs { first: readmitted_by(record), ..GateInputs::default() })
}

fn readmit_gate_inputs(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<GateInputs, ApplyError> {
    may_readmit(act.own_desk, &need(records, view.record, Kind::Item)?)
}

fn readmit(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Item)?;
    let mut m = view.members()?;
    m.read("ground", Readmission::parse)?;
    m.finish()?;
    may_readmit(act.own_desk, &record)?;
    if record.is(State::Readmitting) {
        record.remove(READMITTED_BY);
        record.set_state(State::Awaited);
    } else {
        record.set(READMITTED_BY, act.member().to_string());
        record.set_state(State::Readmitting);
    }
    Ok(records.put(&record)?)
}

fn copy(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let delete_by =
        disclosure::delete_by(act).ok_or_else(|| ApplyError::Malformed("a disclosure without a term".into()))?;
    // The copy is kept as long as the disclosure says, not as long as its originator keeps the item.
    let made = act.terms_cache.of(view.terms, || {
        let mut m = view.members()?;
        let terms = Terms::take(&mut m)?;
        m.count("asked")?;
        m.finish()?;
        let mut json = view.terms.clone();
        json.remove("asked");
        json.set("delete_by", delete_by.to_string());
        let mut terms = terms;
        if !act.is_own() && is_above(&*records, act, &terms)? {
            terms.conditions = restricted(terms.conditions);
            json.set("conditions", terms.conditions.clone());
            json.set(ABOVE, true);
        }
        Ok(Copied(ParsedTerms { terms, json: Arc::new(json) }))
    })?;
    let Copied(made) = &*made;
    let terms = &made.terms;
    let known = records.get(view.record)?;
    if act.is_own() {
        let mut record = known
            .filter(|r| r.kind == Kind::Item)
            .ok_or_else(|| ApplyError::NotAllowed("there is no such item".into()))?;
        for partner in disclosure::recipients(act) {
            record.share(partner, Some(delete_by));
            let outdated = record.list(OUTDATED, Id::parse).into_iter().filter(|id| *id != partner);
            let outdated: Vec<String> = outdated.map(|id| id.to_string()).collect();
            if record.terms.get(OUTDATED).is_some() {
                record.set(OUTDATED, outdated);
            }
        }
        return Ok(records.put(&record)?);
    }
    // Whoever gave it may say whose it is; that it is this desk's own, only this desk's log can say.
    let origin = if terms.originator == act.own_desk { act.desk() } else { terms.originator };
    let received = |mut record: Record| {
        record.partner = Some(act.desk());
        record.due = Some(delete_by);
        record
    };
    match known {
        None => put_new(records, &received(record_of(view, made, origin))),
        Some(old) if old.kind != Kind::Item => {
            Err(ApplyError::Authority("a partner's item has the id of another record".into()))
        }
        // A tombstone stays until a member here decides otherwise; the own item is not changed by a copy of it.
        Some(old) if old.kind == Kind::Item && (old.is_purged() || old.desk == act.own_desk) => Ok(()),
        // What two members have let come again is what came, and nothing of what it was; what was held back is so again.
        Some(old) if old.is(State::Awaited) && old.partner == Some(act.desk()) => {
            let mut record = received(record_of(view, made, origin));
            privilege::stays_as_it_was(&mut record, &old);
            Ok(records.put(&record)?)
        }
        Some(mut old) if old.kind == Kind::Item && old.partner == Some(act.desk()) => {
            come_again(&mut old, terms, delete_by)?;
            if is_put_right(records, act.desk(), &old)? {
                old.body = view.body().or(old.body);
            }
            Ok(records.put(&old)?)
        }
        // Another partner gave an item of that name before, or uses the name for something else: each has its own, side by side.
        Some(_) => put_new(records, &received(record_of(view, made, origin))),
    }
}

/// Whether a partner gave an item above the ceiling of this desk's agreement with it.
pub fn is_above_ceiling(record: &Record) -> bool {
    record.terms.get(ABOVE).and_then(Json::truth) == Some(true)
}

/// Whether a partner gives more than this desk's agreement with it covers, as this desk would not give to it either: what it gives is
/// kept and shown, and goes no further.
fn is_above(records: &dyn RecordStore, act: &ActContext<'_>, terms: &Terms) -> Result<bool, ApplyError> {
    if terms.tier == Tier::INDICATORS {
        return Ok(false);
    }
    let purpose = act.first.get("purpose").and_then(Json::text).unwrap_or_default();
    let named = act.first.get(disclosure::TASKFORCE).and_then(Json::text).and_then(Id::parse);
    let under = named.map_or(agreement::Under::Any, agreement::Under::Only);
    let decides = agreement::deciding(records, (act.desk(), under), purpose, terms.category, act.now())?;
    let agreed = decides.and_then(|agreed| agreed.terms.tier);
    let kind = records.get(act.desk())?.as_ref().and_then(partner::kind_of);
    Ok(terms.tier > agreed.or(kind.map(ceiling::default_for)).unwrap_or(Tier::INDICATORS))
}

/// These conditions, and that it is not passed on.
fn restricted(mut conditions: Vec<Condition>) -> Vec<Condition> {
    if !conditions.contains(&Condition::NoOnward) {
        conditions.push(Condition::NoOnward);
    }
    conditions
}

fn deleted(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    view.members()?.finish()?;
    let Some(partner) = disclosure::deleted_at(act) else {
        return Err(ApplyError::Malformed("a receipt that says nothing of deleting names what was deleted".into()));
    };
    let mut record = need(records, view.record, Kind::Item)?;
    record.shared.iter_mut().filter(|h| h.partner == partner).for_each(|h| h.duty = DutyState::Met);
    Ok(records.put(&record)?)
}

/// What a copy that comes again changes of the item that is held: it may be kept longer, and is marked more strictly. Its case,
/// its content and what else is said of it stay as they came first; what the later copy says stands beside it in the log.
fn come_again(old: &mut Record, copy: &Terms, delete_by: Timestamp) -> Result<(), ApplyError> {
    let held = Terms::read(&old.terms)?;
    let marking = held.marking.and(&copy.marking);
    let mut conditions = held.conditions.clone();
    conditions.extend(copy.conditions.iter().filter(|c| !held.conditions.contains(c)));
    if marking.tlp != held.marking.tlp || marking.pap != held.marking.pap {
        old.set("tlp", marking.tlp);
        old.set("pap", marking.pap);
    }
    if marking.handling.iter().any(|code| !held.marking.handling.contains(code)) {
        old.set("handling", marking.handling);
    }
    if conditions.len() != held.conditions.len() {
        old.set("conditions", conditions);
    }
    // Who gives it again after it ordered its deletion has taken the order back.
    let was_ordered = old.text("ordered").is_some();
    if was_ordered || old.due.is_some_and(|due| due < delete_by) {
        old.remove("ordered");
        old.due = Some(delete_by);
        old.set("delete_by", delete_by.to_string());
    }
    Ok(())
}
