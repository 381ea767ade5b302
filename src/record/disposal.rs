//! Disposal lists: what fell due, decided line by line by two people. A line is erased where two have confirmed it; one that anybody has
//! excluded or withheld stays out of the list for good, whatever is said afterwards of all the others.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    no_gate_inputs, only_own_desk, put_new, reasons_gate_inputs,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::person::Person;
use crate::value::timestamp::Timestamp;

words! {
    /// What somebody says of a line.
    Decision {
        /// It is erased, as far as they are concerned.
        Confirm = "confirm",
        /// It does not belong on the list.
        Exclude = "exclude",
        /// It is kept on a ground.
        Withhold = "withhold",
    }
}

words! {
    /// Why a line is withheld.
    Ground {
        /// A hold, or what may become one.
        Hold = "hold",
        /// Evidence in a trial.
        Trial = "trial",
        /// The law keeps it longer.
        Law = "law",
        /// A complaint or a request of the person.
        Complaint = "complaint",
        /// Its originator has asked for it.
        Originator = "originator",
    }
}

states! {
    /// Where a disposal list stands.
    Disposal {
        /// Two people decide its lines.
        Proposed = "proposed" "proposed" Waiting,
        /// What was confirmed is erased.
        CarriedOut = "carried out" "carried out" Over,
    }
}

/// `disposal`: proposed → carried out.
pub const KIND: KindDef = KindDef {
    kind: Kind::Disposal,
    prefix: "DL",
    title: "Disposal list",
    states: STATES,
    content: Content::WithItems,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["because"], terms: &[] },
    changes: &[
        ChangeDef::first(PROPOSE, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, propose),
        ChangeDef::first(
            DECIDE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Proposed.any()]),
            None,
            reasons_gate_inputs,
            decide,
        ),
    ],
};

/// Proposes a list.
pub const PROPOSE: ChangeKind = ChangeKind::new("disposal-propose");
/// Decides lines of it.
pub const DECIDE: ChangeKind = ChangeKind::new("disposal-decide");

/// The most lines of a list: what two people can look at.
pub const MOST_LINES: usize = 1000;

/// The member that lists what the list is of.
const LINES: &str = "lines";
/// The member with what was said of each line.
const SAID: &str = "decisions";

/// Proposes a list of what fell due.
pub fn proposed(id: Id, lines: &[Id], because: &str, salt: Salt) -> Change {
    let terms = object! { LINES => lines.iter().map(Id::to_string).collect::<Vec<_>>() };
    Change::with_content(id, PROPOSE, &terms, &object! { "because" => because }, salt)
}

/// Decides lines of a list. What is not confirmed has a reason and a day on which it is looked at again.
pub fn decided(
    id: Id,
    lines: &[Id],
    decision: Decision,
    ground: Option<Ground>,
    next: Option<Timestamp>,
    because: &str,
    salt: Salt,
) -> Change {
    let said = decision == Decision::Confirm || !crate::value::text::is_blank(because);
    let terms = object! {
        LINES => lines.iter().map(Id::to_string).collect::<Vec<_>>(),
        "decision" => decision, "ground" => ground, "next" => next.map(|t| t.to_string()), "said" => said,
    };
    if because.is_empty() {
        return Change::of_terms(id, DECIDE, &terms);
    }
    Change::with_content(id, DECIDE, &terms, &object! { "because" => because }, salt)
}

fn propose(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let lines = m.list(LINES, Id::parse)?;
    m.finish()?;
    if lines.is_empty() || lines.len() > MOST_LINES {
        return Err(ApplyError::NotAllowed(format!("a list has 1 to {MOST_LINES} lines")));
    }
    for line in &lines {
        let record = records.get(*line)?.filter(|r| (act.kinds)(r.kind).tombstone().is_some() && !r.is_purged());
        // Only what fell due is on a list: anything else is erased with a reason, by one person.
        if record.is_none_or(|r| r.due.is_none_or(|due| due > act.now())) {
            return Err(ApplyError::NotAllowed(format!("{line} is not due: a list is of what fell due")));
        }
    }
    let mut record = Record::new(view.record, State::Proposed, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("proposed_by", act.member().to_string());
    record.set("proposed", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn decide(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut list = moved(records, view, Kind::Disposal)?;
    let mut m = view.members()?;
    let lines = m.list(LINES, Id::parse)?;
    let decision = m.read("decision", Decision::parse)?;
    let ground = m.maybe("ground").and_then(Json::text).and_then(Ground::parse);
    let next = m.maybe("next").and_then(Json::text).and_then(Timestamp::parse);
    m.need("said")?;
    m.finish()?;
    if (decision == Decision::Withhold) != ground.is_some() {
        return Err(ApplyError::Malformed("what is withheld has a ground, and nothing else has".into()));
    }
    let known = lines_of(&list);
    let mut said = list.terms.get(SAID).cloned().unwrap_or_else(|| object! {});
    for line in lines {
        if !known.contains(&line) {
            return Err(ApplyError::NotAllowed(format!("{line} is not on the list")));
        }
        let result = result_of(&list, line);
        if let LineResult::Pruned { .. } = result {
            return Err(ApplyError::NotAllowed(format!(
                "{line} is off the list: who excluded or withheld it has decided"
            )));
        }
        let mut all = said.get(&line.to_string()).and_then(Json::items).unwrap_or_default().to_vec();
        let me = act.member().to_string();
        all.retain(|one| one.get("by").and_then(Json::text) != Some(&me));
        all.push(object! { "by" => me, "decision" => decision, "ground" => ground });
        said.set(&line.to_string(), all);
        if decision != Decision::Confirm {
            let next = next.filter(|next| *next > act.now()).ok_or_else(|| {
                ApplyError::NotAllowed("what stays is looked at again on a day that is to come".into())
            })?;
            keep_until(records, line, next)?;
        }
    }
    list.set(SAID, said);
    Ok(records.put(&list)?)
}

/// What stays is due again on another day, so that no timer erases it meanwhile.
fn keep_until(records: &mut dyn RecordStore, line: Id, next: Timestamp) -> Result<(), ApplyError> {
    let Some(mut record) = records.get(line)?.filter(|r| !r.is_purged()) else { return Ok(()) };
    let of_sender = record.partner.and(record.instant("delete_by")).filter(|by| next > *by);
    if let Some(by) = of_sender {
        return Err(ApplyError::NotAllowed(format!(
            "its sender's date is {}: it stays beyond that only where it is held",
            by.to_date()
        )));
    }
    record.due = Some(next);
    Ok(records.put(&record)?)
}

/// What a list is of.
pub fn lines_of(list: &Record) -> Vec<Id> {
    list.list(LINES, Id::parse)
}

/// What the decisions on a line come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LineResult {
    /// Nobody has decided, or one person alone has confirmed.
    Open {
        /// Who has confirmed it.
        confirmed_by: Option<Person>,
    },
    /// Two people have confirmed it.
    Confirmed,
    /// Somebody has excluded or withheld it.
    Pruned {
        /// Who.
        by: Option<Person>,
        /// What they said.
        decision: Decision,
        /// On which ground.
        ground: Option<Ground>,
    },
}

/// What the decisions on a line of a list come to.
pub fn result_of(list: &Record, line: Id) -> LineResult {
    let said = list.terms.get(SAID).and_then(|all| all.get(&line.to_string())).and_then(Json::items);
    let mut confirmed = Vec::new();
    for one in said.unwrap_or_default() {
        let text = |key: &str| one.get(key).and_then(Json::text);
        let by = text("by").and_then(Person::parse);
        match text("decision").and_then(Decision::parse) {
            Some(Decision::Confirm) => confirmed.extend(by.filter(|by| !confirmed.contains(by))),
            Some(decision) => {
                return LineResult::Pruned { by, decision, ground: text("ground").and_then(Ground::parse) };
            }
            None => {}
        }
    }
    match confirmed.as_slice() {
        [_, _, ..] => LineResult::Confirmed,
        confirmed => LineResult::Open { confirmed_by: confirmed.first().copied() },
    }
}
