//! Items: indicators, accounts, documents, evidence, notes; added here, imported from a file, or copied to a partner.

use std::sync::Arc;

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, Moves, WhenDue, moved, need,
    no_gate_inputs, only_own_desk, put_new, token,
};
use super::disclosure;
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::{Assertion, Category, Condition, Credibility, PersonClass, Reliability, Tier};
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::timestamp::Timestamp;

states! {
    /// Where an item stands.
    Item {
        /// It is kept.
        Held = "held" "kept" Neutral,
        /// Its content was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// `item`: held → purged.
pub const KIND: KindDef = KindDef {
    kind: Kind::Item,
    letter: 'E',
    title: "Item",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from },
    can_be_held: true,
    when_due: WhenDue::Deletion,
    line: Line { content: &["value", "title"], terms: &["type"] },
    changes: &[
        ChangeDef::first(ADD, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, add)
            .or_following(&[super::import::IMPORT]),
        ChangeDef::first(MARK, AudienceRule::OwnDesk, Moves::From(&[State::Held.any()]), None, no_gate_inputs, mark),
        ChangeDef::following(COPY, &disclosure::LEAVES, Moves::Makes, copy).copying(),
    ],
};

/// Adds an item.
pub const ADD: ChangeKind = ChangeKind::new("item-add");
/// Marks an item again.
pub const MARK: ChangeKind = ChangeKind::new("item-mark");
/// The minimised copy of an item that goes to a partner.
pub const COPY: ChangeKind = ChangeKind::new("item-copy");

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
            request: m.maybe("request").and_then(Json::text).and_then(Id::parse),
            delete_by: m.read("delete_by", Timestamp::parse)?,
        })
    }

    /// Reads them from a change; other members are refused.
    fn read_strictly(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let terms = Self::take(&mut m)?;
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

/// Adds an item. `content` is an object with `value` and, where there are any, `title`, `note`, `ids`, `attachment`.
pub fn new(id: Id, terms: &Terms, content: &Json, salt: Salt) -> Change {
    Change::with_content(id, ADD, &terms.to_json(), content, salt)
}

/// Marks an item again.
pub fn marked(id: Id, marking: &Marking) -> Change {
    let terms = object! { "tlp" => marking.tlp, "pap" => marking.pap, "handling" => marking.handling.clone() };
    Change::of_terms(id, MARK, &terms)
}

/// The minimised copy for a partner; `terms` are its [`copy_terms`], or their class.
pub fn copied(id: Id, terms: &Json, content: &Json, salt: Salt) -> Change {
    Change::with_content(id, COPY, terms, content, salt)
}

/// The caveats that an item came with, in words.
pub fn caveats_of(content: &Json) -> Vec<String> {
    let all = content.get("caveats").and_then(Json::items).unwrap_or_default();
    all.iter().filter_map(|c| c.text().map(str::to_owned)).collect()
}

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
    m.finish()?;
    let old = Terms::read(&record.terms)?.marking;
    let looser = tlp < old.tlp || pap < old.pap || old.handling.iter().any(|h| !handling.contains(h));
    if looser && record.desk != act.own_desk {
        return Err(ApplyError::NotAllowed("only its originator may loosen the marking of an item: ask it".into()));
    }
    record.set("tlp", tlp);
    record.set("pap", pap);
    record.set("handling", handling);
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
        Ok(Copied(ParsedTerms { terms, json: Arc::new(json) }))
    })?;
    let Copied(made) = &*made;
    let terms = &made.terms;
    let known = records.get(view.record)?;
    if act.is_own() {
        let mut record = known
            .filter(|r| r.kind == Kind::Item)
            .ok_or_else(|| ApplyError::NotAllowed("there is no such item".into()))?;
        for partner in act.recipients() {
            record.share(partner, Some(delete_by));
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
        Some(mut old) if old.kind == Kind::Item && old.partner == Some(act.desk()) => {
            come_again(&mut old, terms, delete_by)?;
            Ok(records.put(&old)?)
        }
        // Another partner gave an item of that name before, or uses the name for something else: each has its own, side by side.
        Some(_) => put_new(records, &received(record_of(view, made, origin))),
    }
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
