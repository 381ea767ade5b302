//! Purges: what was erased, by whom, and the generation of the keyring that ended with it.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    must_be, no_gate_inputs, only_own_desk, put_new,
};
use super::disposal;
use super::exercise;
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::{Json, Members};

states! {
    /// Where a purge stands.
    Purge {
        /// It is not certified yet.
        Begun = "begun" "begun" Waiting,
        /// Its certificate was issued.
        Certified = "certified" "certified" Over,
    }
}

/// `purge`: begun → certified.
pub const KIND: KindDef = KindDef {
    kind: Kind::Purge,
    prefix: "X",
    title: "Purge",
    states: STATES,
    content: Content::WithSubject,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::Nothing,
    line: Line { content: &["because"], terms: &[] },
    changes: &[
        ChangeDef::first(PURGE, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, begin),
        ChangeDef::following(ERASE, &[PURGE], Moves::AnyState, erase),
    ],
};

/// The first change of a purge; the gate asks it a question of its own for each record.
pub const PURGE: ChangeKind = ChangeKind::new("purge");
/// One record that is erased.
pub const ERASE: ChangeKind = ChangeKind::new("erase");

/// Begins a purge. `asked` are the distinct facts that the gate was asked with.
///
/// `withheld` is what stays of what was to be erased, each with its ground; `said` is the reason, and where and with what it is done.
pub fn new(
    id: Id,
    (scope, withheld): (Id, &[(Id, &str)]),
    asked: &[Json],
    generation: i64,
    said: &Json,
    salt: Salt,
) -> Change {
    let mut terms = object! {
        "scope" => scope.to_string(), "asked" => asked.to_vec(), "generation" => generation,
        "reasoned" => said.get("because").is_some(),
    };
    if !withheld.is_empty() {
        let one = |(id, ground): &(Id, &str)| object! { "id" => id.to_string(), "ground" => *ground };
        terms.set(WITHHELD, withheld.iter().take(MOST_NAMED).map(one).collect::<Vec<_>>());
        terms.set("stays", withheld.len() as i64);
    }
    if said.members().is_some_and(|all| all.is_empty()) {
        return Change::of_terms(id, PURGE, &terms);
    }
    Change::with_content(id, PURGE, &terms, said, salt)
}

/// The member with what stays of what was to be erased.
pub const WITHHELD: &str = "withheld";
/// The most of what stays that a purge names; how many there are it always says.
const MOST_NAMED: usize = 1000;

/// Erases one record; `asked` is the number of the facts that it was asked with.
pub fn erased(record: Id, asked: i64) -> Change {
    Change::of_terms(record, ERASE, &object! { "asked" => asked })
}

fn begin(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = Members::of(view.terms)?;
    let scope = m.read("scope", Id::parse)?;
    m.need("asked")?;
    let generation = m.count("generation")? as i64;
    m.need("reasoned")?;
    let withheld = m.maybe(WITHHELD).cloned();
    let stays = m.maybe("stays").and_then(Json::int);
    m.finish()?;
    // A list that is carried out is over: what two people have confirmed is erased by this act.
    if let Some(mut list) = records.get(scope)?.filter(|r| r.kind == disposal::KIND.kind) {
        must_be(&list, &[disposal::State::Proposed])?;
        list.set_state(disposal::State::CarriedOut);
        records.put(&list)?;
    }
    let mut record = Record::new(view.record, State::Begun, act.own_desk);
    record.subject = Some(scope);
    record.terms = object! {
        "generation" => generation, "row" => view.row.0, "by" => act.member().to_string(), "at" => act.now().to_string(),
    }
    .into();
    if let (Some(withheld), Some(stays)) = (withheld, stays) {
        record.set(WITHHELD, withheld);
        record.set("stays", stays);
    }
    record.body = view.body();
    put_new(records, &record)
}

fn erase(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let record =
        records.get(view.record)?.ok_or_else(|| ApplyError::NotAllowed("there is no such record to erase".into()))?;
    erase_record(records, act, record)
}

/// Erases the content of a record: the one function that does. Whether it may be is asked before.
pub(super) fn erase_record(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    record: Record,
) -> Result<(), ApplyError> {
    let mut record = record;
    if exercise::IN_PLAY.contains(&record.state) {
        return Err(ApplyError::NotAllowed(
            "an exercise is erased once it is over: its control ends it with `exercise end`".into(),
        ));
    }
    match (act.kinds)(record.kind).content {
        Content::Own { tombstone, .. } => {
            if record.is_purged() {
                return Err(ApplyError::NotAllowed("it is purged already".into()));
            }
            record.set_state(tombstone);
        }
        Content::WithSubject | Content::WithCase | Content::WithItems => {}
        Content::None | Content::WithDesk => {
            return Err(ApplyError::NotAllowed(format!("a {} is not erased", record.kind)));
        }
    }
    record.body = None;
    record.due = None;
    for holder in &mut record.shared {
        if holder.duty == super::store::DutyState::Running {
            holder.duty = super::store::DutyState::Outstanding;
        }
    }
    records.put(&record)?;
    Ok(records.erase(record.id)?)
}
