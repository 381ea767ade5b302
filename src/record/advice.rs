//! What was asked of the private sector, of civil society or of science: whom, about what, what they answered, and what became of it.
//! It stays at home; what is shown to them is shared like anything else, under their own ceilings.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    need, no_gate_inputs, only_own_desk, put_new, text_gate_inputs,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a consultation of others stands.
    Advice {
        /// They were asked.
        Asked = "asked" "asked" Waiting,
        /// They have answered.
        Answered = "answered" "answered" Neutral,
        /// What became of it is on record.
        Closed = "closed" "closed" Over,
    }
}

/// `advice`: asked → answered → closed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Advice,
    prefix: "CS",
    title: "Consultation of others",
    states: STATES,
    content: Content::WithCase,
    can_be_held: false,
    looked_up_by: LookUp::Subject,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["about"], terms: &["sector"] },
    changes: &[
        ChangeDef::first(ASK, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, ask),
        ChangeDef::first(
            ANSWER,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Asked.any(), State::Answered.any()]),
            None,
            text_gate_inputs,
            answer,
        ),
        ChangeDef::first(
            CLOSE,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Asked.any(), State::Answered.any()]),
            None,
            text_gate_inputs,
            close,
        ),
    ],
};

/// The kind of change `advice-ask`.
pub const ASK: ChangeKind = ChangeKind::new("advice-ask");
/// The kind of change `advice-answer`.
pub const ANSWER: ChangeKind = ChangeKind::new("advice-answer");
/// The kind of change `advice-close`.
pub const CLOSE: ChangeKind = ChangeKind::new("advice-close");

words! {
    /// Who is asked.
    Sector {
        /// A company, or an association of such.
        Private = "private-sector",
        /// An organisation of civil society.
        Civil = "civil-society",
        /// A university or an institute.
        Science = "science",
        /// A public body that is no partner here.
        Public = "public-body",
    }
}

/// What is asked, without free text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The task force.
    pub taskforce: Option<Id>,
    /// The case.
    pub case: Option<Id>,
    /// Who is asked.
    pub sector: Sector,
    /// The partner, where they are one.
    pub partner: Option<Id>,
    /// By when an answer is asked.
    pub due: Option<Timestamp>,
}

/// Asks somebody: whom, and about what.
pub fn asked(id: Id, of: &Terms, whom: &str, about: &str, salt: Salt) -> Change {
    let mut terms = object! { "sector" => of.sector };
    for (key, value) in [("taskforce", of.taskforce), ("case", of.case), ("partner", of.partner)] {
        if let Some(id) = value {
            terms.set(key, id.to_string());
        }
    }
    if let Some(due) = of.due {
        terms.set("due", due.to_string());
    }
    Change::with_content(id, ASK, &terms, &object! { "whom" => whom, "about" => about }, salt)
}

fn said(id: Id, kind: ChangeKind, text: &str, salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(text) };
    Change::with_content(id, kind, &terms, &object! { "text" => text }, salt)
}

/// What they answered.
pub fn answered(id: Id, text: &str, salt: Salt) -> Change {
    said(id, ANSWER, text, salt)
}

/// What became of it.
pub fn closed(id: Id, text: &str, salt: Salt) -> Change {
    said(id, CLOSE, text, salt)
}

/// Who is asked.
pub fn sector_of(record: &Record) -> Option<Sector> {
    record.text("sector").and_then(Sector::parse)
}

/// Every one, or those of a task force.
pub fn all(records: &dyn RecordStore, taskforce: Option<Id>) -> Result<Vec<Record>, ApplyError> {
    Ok(records.find(&Query { subject: taskforce, ..Query::kind(Kind::Advice) })?)
}

fn ask(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.read("sector", Sector::parse)?;
    let mut id = |key: &'static str| -> Result<Option<Id>, ApplyError> { super::taskforce::case_in(m.maybe(key)) };
    let (of, case, partner) = (id("taskforce")?, id("case")?, id("partner")?);
    let due = m.maybe("due").map(|due| due.text().and_then(Timestamp::parse));
    m.finish()?;
    let due = due.map(|due| due.ok_or_else(|| ApplyError::Malformed("`due` is not a time".into()))).transpose()?;
    for (known, kind) in [(of, Kind::Taskforce), (case, Kind::Case), (partner, Kind::Partner)] {
        if let Some(id) = known {
            need(records, id, kind)?;
        }
    }
    let mut record = Record::new(view.record, State::Asked, act.own_desk);
    record.subject = of;
    record.case = case;
    record.due = due;
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn answer(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    step(records, act, view, State::Answered)
}

fn close(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    step(records, act, view, State::Closed)
}

fn step(
    records: &mut dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
    to: State,
) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Advice)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    record.set_state(to);
    record.set(to.word(), act.now().to_string());
    record.due = None;
    Ok(records.put(&record)?)
}
