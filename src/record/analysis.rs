//! Joint analyses: a product of several desks of a task force. It has versions, names its sources with the marking that each of them
//! had, and leaves to nobody else before each of its owners has said so.
//!
//! A product is an item like any other: it goes to its owners by disclosures, through the gate. That it has several owners is what this
//! record adds, and the gate asks it for every item that is one.

use std::collections::BTreeMap;

use super::definition::{
    ActContext, Actor, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, GateInputs, KindDef, Line, LookUp,
    Moves, WhenDue, need, no_gate_inputs, put_new,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use super::taskforce;
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::{Json, Members};
use crate::value::marking::{Handling, Marking, Pap, Tlp};
use crate::value::timestamp::Timestamp;

states! {
    /// Where a joint analysis stands.
    Analysis {
        /// Not each of its owners has said that it may leave.
        Draft = "draft" "draft" Waiting,
        /// Each has.
        Releasable = "releasable" "may leave" Good,
    }
}

/// `analysis`: draft → releasable, and a draft again with each newer version.
pub const KIND: KindDef = KindDef {
    kind: Kind::Analysis,
    prefix: "JA",
    title: "Joint analysis",
    states: STATES,
    content: Content::WithCase,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &["title"], terms: &[] },
    changes: &[
        ChangeDef::first(NEW, AudienceRule::Addressed, Moves::Makes, None, no_gate_inputs, make),
        ChangeDef::first(REVISE, AudienceRule::Addressed, Moves::Shared, None, no_gate_inputs, revise)
            .with_precheck(precheck_owner),
        ChangeDef::first(DECIDE, AudienceRule::Addressed, Moves::Shared, None, no_gate_inputs, decide)
            .with_precheck(precheck_owner),
    ],
};

/// The kind of change `analysis-new`.
pub const NEW: ChangeKind = ChangeKind::new("analysis-new");
/// The kind of change `analysis-revise`: an owner puts a newer version in its place.
pub const REVISE: ChangeKind = ChangeKind::new("analysis-revise");
/// The kind of change `analysis-decide`: an owner says whether it may leave.
pub const DECIDE: ChangeKind = ChangeKind::new("analysis-decide");

/// Every state.
pub const ANY: &[RecordState] = &[State::Draft.any(), State::Releasable.any()];

const OWNERS: &str = "owners";
const VERSION: &str = "version";
const PRODUCT: &str = "product";
const PRODUCTS: &str = "products";
const SOURCES: &str = "sources";
const AGREED: &str = "agreed";
const BY: &str = "by";

/// A source of a version: an item, whose it is, and how it was marked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// The item.
    pub item: Id,
    /// The desk that it originates from.
    pub originator: Id,
    /// Its marking.
    pub marking: Marking,
}

impl Source {
    fn to_json(&self) -> Json {
        object! {
            "item" => self.item.to_string(), "originator" => self.originator.to_string(),
            "tlp" => self.marking.tlp, "pap" => self.marking.pap, "handling" => self.marking.handling.clone(),
        }
    }

    fn read(json: &Json) -> Result<Self, ApplyError> {
        let mut m = Members::of(json)?;
        let source = Self {
            item: m.read("item", Id::parse)?,
            originator: m.read("originator", Id::parse)?,
            marking: Marking {
                tlp: m.read("tlp", Tlp::parse)?,
                pap: m.read("pap", Pap::parse)?,
                handling: m.list("handling", Handling::parse)?,
            },
        };
        m.finish()?;
        Ok(source)
    }
}

/// A version of a joint analysis.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Which.
    pub version: i64,
    /// The item that is its product.
    pub product: Id,
    /// What it rests on.
    pub sources: Vec<Source>,
}

impl Version {
    fn put(&self, json: &mut Json) {
        json.set(VERSION, self.version);
        json.set(PRODUCT, self.product.to_string());
        json.set(SOURCES, self.sources.iter().map(Source::to_json).collect::<Vec<_>>());
    }

    fn take(m: &mut Members<'_>) -> Result<Self, ApplyError> {
        let bad = || ApplyError::Malformed("`sources` is not a list".into());
        Ok(Self {
            version: m.count(VERSION)? as i64,
            product: m.read(PRODUCT, Id::parse)?,
            sources: m.need(SOURCES)?.items().ok_or_else(bad)?.iter().map(Source::read).collect::<Result<_, _>>()?,
        })
    }
}

/// Begins a joint analysis with its first version.
pub fn new(id: Id, (of, case): (Id, Id), owners: &[Id], first: &Version, title: &str, salt: Salt) -> Change {
    let mut terms = object! {
        "taskforce" => of.to_string(), "case" => case.to_string(),
        OWNERS => owners.iter().map(Id::to_string).collect::<Vec<_>>(),
    };
    first.put(&mut terms);
    Change::with_content(id, NEW, &terms, &object! { "title" => title }, salt)
}

/// Puts a newer version in its place.
pub fn revised(id: Id, next: &Version, because: &str, salt: Salt) -> Change {
    let mut terms = object! {};
    next.put(&mut terms);
    Change::with_content(id, REVISE, &terms, &object! { "because" => because }, salt)
}

/// Says whether this version may leave.
pub fn decided(id: Id, version: i64, agrees: bool, because: &str, salt: Salt) -> Change {
    let terms = object! { VERSION => version, "agrees" => agrees };
    Change::with_content(id, DECIDE, &terms, &object! { "because" => because }, salt)
}

/// The desks that own it.
pub fn owners(record: &Record) -> Vec<Id> {
    record.list(OWNERS, Id::parse)
}

/// The version that counts.
pub fn version_of(record: &Record) -> Result<Version, ApplyError> {
    Version::take(&mut Members::of(&record.terms)?)
}

/// What each owner has said of the version that counts.
pub fn said_of(record: &Record) -> Vec<(Id, bool)> {
    let all = record.terms.get(AGREED).and_then(Json::members).unwrap_or_default();
    all.iter().filter_map(|(desk, said)| Some((Id::parse(desk.as_str())?, said.truth()?))).collect()
}

/// An item that is the product of a joint analysis: whose it is, and whether each of them lets it leave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Product {
    /// The desk that made it: an item of any other desk is no product, whoever says so.
    pub by: Id,
    /// The desks that own it.
    pub owners: Vec<Id>,
    /// Whether it is of the version that counts, and each owner has said that it may leave.
    pub may_leave: bool,
}

/// Every item that is or was the product of a joint analysis. One that is of several is owned by those who own each of them, and leaves
/// where each lets it.
pub fn products(records: &dyn RecordStore) -> Result<BTreeMap<Id, Product>, ApplyError> {
    let mut all: BTreeMap<Id, Product> = BTreeMap::new();
    for record in records.find(&Query::kind(Kind::Analysis))? {
        let (now, owners) = (record.id(PRODUCT), owners(&record));
        for (item, by) in made_of(&record) {
            let may_leave = record.is(State::Releasable) && now == Some(item);
            match all.get_mut(&item).filter(|known| known.by == by) {
                Some(known) => {
                    known.owners.retain(|owner| owners.contains(owner));
                    known.may_leave &= may_leave;
                }
                None => drop(all.insert(item, Product { by, owners: owners.clone(), may_leave })),
            }
        }
    }
    Ok(all)
}

/// The products of all versions, each with the desk that made it.
fn made_of(record: &Record) -> Vec<(Id, Id)> {
    let all = record.terms.get(PRODUCTS).and_then(Json::items).unwrap_or_default();
    let id = |json: &Json, key: &str| json.get(key).and_then(Json::text).and_then(Id::parse);
    all.iter().filter_map(|one| Some((id(one, "item")?, id(one, BY)?))).collect()
}

fn note_product(record: &mut Record, item: Id, by: Id) {
    let mut all = record.terms.get(PRODUCTS).and_then(Json::items).unwrap_or_default().to_vec();
    if !made_of(record).contains(&(item, by)) {
        all.push(object! { "item" => item.to_string(), BY => by.to_string() });
    }
    record.set(PRODUCTS, all);
}

fn precheck_owner(_: &dyn RecordStore, actor: &Actor, record: &Record) -> Result<GateInputs, ApplyError> {
    if owners(record).contains(&actor.own_desk) {
        return Ok(GateInputs::default());
    }
    Err(ApplyError::Authority("only a desk that owns a joint analysis says this of it".into()))
}

/// Refuses a product that is no item of this desk: whoever makes a version has it.
fn is_ours(records: &dyn RecordStore, act: &ActContext<'_>, version: &Version) -> Result<(), ApplyError> {
    if !act.is_own() {
        return Ok(());
    }
    let product = need(records, version.product, Kind::Item)?;
    if product.desk != act.own_desk {
        return Err(ApplyError::NotAllowed("the product of a version is an item of the desk that makes it".into()));
    }
    version.sources.iter().try_for_each(|source| need(records, source.item, Kind::Item).map(drop))
}

fn make(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let (of, case) = (m.read("taskforce", Id::parse)?, m.read("case", Id::parse)?);
    let owners = m.list(OWNERS, Id::parse)?;
    let first = Version::take(&mut m)?;
    m.finish()?;
    let known = taskforce::of_party(records, act, of)?;
    let mut distinct = owners.clone();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() != owners.len() || owners.len() < 2 || !owners.contains(&act.desk()) || first.version != 1 {
        return Err(ApplyError::NotAllowed(
            "a joint analysis has two owners or more, each named once, and who begins it is one of them".into(),
        ));
    }
    if let Some(known) = &known {
        let desks = taskforce::all_desks(known)?;
        if owners.iter().any(|owner| !desks.contains(owner)) {
            return Err(ApplyError::NotAllowed("a joint analysis is owned by desks of its task force".into()));
        }
    }
    is_ours(records, act, &first)?;
    let mut record = Record::new(view.record, State::Draft, act.desk());
    record.partner = (!act.is_own()).then_some(act.desk());
    record.subject = Some(of);
    record.case = taskforce::known_case(records, act, Some(case))?;
    record.terms = view.terms.clone().into();
    note_product(&mut record, first.product, act.desk());
    record.set(BY, act.desk().to_string());
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn revise(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let next = Version::take(&mut m)?;
    m.finish()?;
    let mut record = need(records, view.record, Kind::Analysis)?;
    precheck_owner(records, &act.actor(act.desk()), &record)?;
    is_ours(records, act, &next)?;
    let now = version_of(&record)?;
    if act.is_own() && next.version != now.version + 1 {
        return Err(ApplyError::NotAllowed(format!("the newest version is {}", now.version)));
    }
    note_product(&mut record, next.product, act.desk());
    // Two that crossed: every desk takes the same one of them, by the number and then by the desk.
    if (next.version, Some(act.desk())) > (now.version, record.id(BY)) {
        next.put_into(&mut record);
        record.set(BY, act.desk().to_string());
        record.set(AGREED, object! {});
        record.set("at", act.now().to_string());
        record.set_state(State::Draft);
    }
    Ok(records.put(&record)?)
}

impl Version {
    fn put_into(&self, record: &mut Record) {
        let mut json = object! {};
        self.put(&mut json);
        for (key, value) in json.members().unwrap_or_default() {
            record.set(key.as_str(), value.clone());
        }
    }
}

fn decide(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let version = m.count(VERSION)? as i64;
    let agrees = m.need("agrees")?.truth();
    m.finish()?;
    let agrees = agrees.ok_or_else(|| ApplyError::Malformed("`agrees` is not true or false".into()))?;
    let mut record = need(records, view.record, Kind::Analysis)?;
    precheck_owner(records, &act.actor(act.desk()), &record)?;
    if version_of(&record)?.version != version {
        // It crossed a newer version, of which nothing is said yet.
        return if act.is_own() {
            Err(ApplyError::NotAllowed("there is a newer version: read that one".into()))
        } else {
            Ok(())
        };
    }
    let mut all = record.terms.get(AGREED).cloned().unwrap_or_else(|| object! {});
    all.set(&act.desk().to_string(), agrees);
    record.set(AGREED, all);
    let said = said_of(&record);
    let each = owners(&record).iter().all(|owner| said.contains(&(*owner, true)));
    record.set_state(if each { State::Releasable } else { State::Draft });
    Ok(records.put(&record)?)
}

/// When the version that counts was made.
pub fn made_at(record: &Record) -> Option<Timestamp> {
    record.instant("at")
}
