//! Releases of figures: what was published of a period. Every one is remembered, since the difference of two that overlap would
//! tell what each of them hides.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, State as RecordState, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::class::words;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a release of figures stands.
    Release {
        /// It was published.
        Published = "published" "published" Good,
    }
}

/// `figures-release`: published.
pub const KIND: KindDef = KindDef {
    kind: Kind::Release,
    prefix: "FR",
    title: "Release of figures",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &[], terms: &["from"] },
    changes: &[
        ChangeDef::first(PUBLISH, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, publish),
        ChangeDef::first(CORRECT, AudienceRule::OwnDesk, Moves::From(ANY), None, no_gate_inputs, correct),
    ],
};

/// Every state: what was corrected may be corrected again.
pub const ANY: &[RecordState] = &[State::Published.any()];

words! {
    /// Why figures that were published are wrong. A word: what is published says nothing of a case.
    Fault {
        /// Something came in after they were published.
        Late = "came-in-late",
        /// Something was counted that is not of it.
        TooMuch = "counted-too-much",
        /// Something was put into the wrong row or column.
        Misplaced = "misplaced",
    }
}

impl Fault {
    /// What is published of it.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Late => "what came in late was not counted",
            Self::TooMuch => "something was counted that does not belong to it",
            Self::Misplaced => "something was counted in the wrong place",
        }
    }
}

/// Publishes figures of a period.
pub const PUBLISH: ChangeKind = ChangeKind::new("figures-release");
/// Corrects what was published.
pub const CORRECT: ChangeKind = ChangeKind::new("figures-correct");

/// Remembers what was published of a period, from its first day until before its last.
pub fn new(id: Id, from: Timestamp, to: Timestamp, threshold: i64, figures: Json, salt: Salt) -> Change {
    let terms = object! { "from" => from.to_string(), "to" => to.to_string(), "threshold" => threshold };
    Change::with_content(id, PUBLISH, &terms, &object! { "figures" => figures }, salt)
}

/// Corrects the figures of a release; `earlier` are all that were published of it before.
pub fn corrected(id: Id, because: Fault, figures: Json, earlier: Vec<Json>, salt: Salt) -> Change {
    let content = object! { "figures" => figures, "earlier" => Json::Arr(earlier) };
    Change::with_content(id, CORRECT, &object! { "because" => because }, &content, salt)
}

/// The release of exactly this period; `None`: there is none yet.
pub fn of_period(records: &dyn RecordStore, from: Timestamp, to: Timestamp) -> Result<Option<Record>, ApplyError> {
    let all = records.find(&Query::kind(Kind::Release))?;
    Ok(all.into_iter().find(|r| r.instant("from") == Some(from) && r.instant("to") == Some(to)))
}

fn publish(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (from, to) = (m.read("from", Timestamp::parse)?, m.read("to", Timestamp::parse)?);
    m.count("threshold")?;
    m.finish()?;
    if to <= from {
        return Err(ApplyError::Malformed("a period ends after it begins".into()));
    }
    if to > act.now() {
        return Err(ApplyError::NotAllowed("the period is not over: what is published of it would change".into()));
    }
    let overlaps = |r: &Record| {
        let (begins, ends) = (r.instant("from"), r.instant("to"));
        begins.is_some_and(|begins| begins < to) && ends.is_some_and(|ends| from < ends)
    };
    if records.find(&Query::kind(Kind::Release))?.iter().any(overlaps) {
        return Err(ApplyError::NotAllowed(
            "figures of an overlapping period were published: the difference would tell what is hidden".into(),
        ));
    }
    let mut record = Record::new(view.record, State::Published, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}

fn correct(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Release)?;
    let mut m = view.members()?;
    m.read("because", Fault::parse)?;
    m.finish()?;
    record.set("corrected", act.now().to_string());
    record.body = view.body();
    Ok(records.put(&record)?)
}
