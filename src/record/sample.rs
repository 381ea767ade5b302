//! Samples: the consultations of a period that an auditor looks at, drawn by a rule that leaves no choice. The seed is the digest of the
//! act before the one that draws: it stands in the log, and everybody can draw again.

use super::consultation;
use super::definition::text_to_partner_gate_inputs;
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::accountability::{self, Sign};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a sample stands.
    Sample {
        /// It is drawn, and not looked at.
        Drawn = "drawn" "drawn" Waiting,
        /// An auditor has looked at all of it.
        Reviewed = "reviewed" "reviewed" Over,
        /// What the auditor said of it was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// `sample`: drawn → reviewed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Sample,
    prefix: "SA",
    title: "Sample",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["note"], terms: &["from"] },
    changes: &[
        ChangeDef::first(DRAW, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, draw),
        ChangeDef::first(
            REVIEW,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Drawn.any()]),
            None,
            text_to_partner_gate_inputs,
            review,
        ),
    ],
};

/// Draws a sample.
pub const DRAW: ChangeKind = ChangeKind::new("sample-draw");
/// The auditor has looked at all of it.
pub const REVIEW: ChangeKind = ChangeKind::new("sample-review");

/// The most that one sample holds.
pub const MOST: usize = 200;

/// The consultations of a period in the order in which the seed draws them, and how many there are.
pub fn drawn_by(
    records: &dyn RecordStore,
    seed: &Digest,
    period: (Timestamp, Timestamp),
    size: usize,
) -> Result<(Vec<Id>, usize), ApplyError> {
    let mut all = Vec::new();
    for record in records.find(&Query::kind(Kind::Consultation))? {
        if consultation::is_of(&record, period) {
            let rank = Digest::of(&[seed.as_bytes().as_slice(), record.id.as_bytes()].concat());
            all.push((rank.to_string(), record.id));
        }
    }
    all.sort_unstable();
    let count = all.len();
    all.truncate(size);
    Ok((all.into_iter().map(|(_, id)| id).collect(), count))
}

/// Draws a sample: the seed is the digest of the act before.
pub fn new(id: Id, seed: &Digest, period: (Timestamp, Timestamp), (drawn, of): (&[Id], usize)) -> Change {
    let terms = object! {
        "from" => period.0.to_string(), "to" => period.1.to_string(), "seed" => seed.to_string(),
        "drawn" => drawn.iter().map(Id::to_string).collect::<Vec<_>>(), "of" => of as i64,
    };
    Change::of_terms(id, DRAW, &terms)
}

/// The auditor has looked at all of it; what they say is kept until a day.
pub fn reviewed(id: Id, note: &str, keep: Timestamp, salt: Salt) -> Change {
    let terms = object! { "said" => !crate::value::text::is_blank(note), "keep" => keep.to_string() };
    Change::with_content(id, REVIEW, &terms, &object! { "note" => note }, salt)
}

fn draw(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let period = (m.read("from", Timestamp::parse)?, m.read("to", Timestamp::parse)?);
    let seed = m.read("seed", Digest::parse)?;
    let drawn = m.list("drawn", Id::parse)?;
    let of = m.count("of")?;
    m.finish()?;
    if period.1 > act.now() || period.0 >= period.1 {
        return Err(ApplyError::NotAllowed("a sample is drawn of a period that is over".into()));
    }
    if act.header.previous != Some(seed) {
        return Err(ApplyError::Malformed("the seed of a sample is the act before".into()));
    }
    // Of fewer there is nothing to choose from; of more, the law says how many.
    let size = accountability::number(Sign::Sample).min(usize::try_from(of).unwrap_or(0));
    if drawn.len() != size
        || drawn.len() > MOST
        || drawn_by(records, &seed, period, drawn.len())? != (drawn, usize::try_from(of).unwrap_or(0))
    {
        return Err(ApplyError::Malformed("a sample is not the one that its seed draws".into()));
    }
    let mut record = Record::new(view.record, State::Drawn, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("drawn_at", act.now().to_string());
    put_new(records, &record)
}

fn review(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Sample)?;
    let mut m = view.members()?;
    m.need("said")?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.finish()?;
    record.set_state(State::Reviewed);
    record.due = Some(keep);
    record.body = view.body();
    Ok(records.put(&record)?)
}
