//! Reports of misuse: any member makes one, and it is sealed to the auditors until one of them opens it.

use super::definition::text_to_partner_gate_inputs;
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    keep_until, moved, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::accountability::{self, Period};
use crate::law::calendar::Calendar;
use crate::object;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a report stands.
    Misuse {
        /// Only an auditor can read it.
        Sealed = "sealed" "sealed" Waiting,
        /// An auditor has opened it for the desk.
        Opened = "opened" "opened" Over,
        /// What it says was erased.
        Purged = "purged" "purged" Erased,
    }
}

/// `misuse`: sealed → opened.
pub const KIND: KindDef = KindDef {
    kind: Kind::Misuse,
    prefix: "MR",
    title: "Misuse report",
    states: STATES,
    content: Content::Own { tombstone: State::Purged.any(), came_from: |_, _| None },
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::ClockEnds,
    line: Line { content: &["text"], terms: &[] },
    changes: &[
        ChangeDef::first(REPORT, AudienceRule::OwnDesk, Moves::Makes, None, text_to_partner_gate_inputs, report),
        ChangeDef::first(
            OPEN,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Sealed.any()]),
            None,
            text_to_partner_gate_inputs,
            open,
        ),
    ],
};

/// A member reports misuse.
pub const REPORT: ChangeKind = ChangeKind::new("misuse-report");
/// An auditor opens a report for the desk.
pub const OPEN: ChangeKind = ChangeKind::new("misuse-open");

/// The member of the content that holds what is sealed.
pub const SEALED: &str = "sealed";

/// Reports misuse: what is sealed, as text.
pub fn new(id: Id, sealed: &str, salt: Salt) -> Change {
    Change::with_content(id, REPORT, &object! { "said" => true }, &object! { SEALED => sealed }, salt)
}

/// Opens a report; its text is kept until a day.
pub fn opened(id: Id, text: &str, keep: Timestamp, salt: Salt) -> Change {
    let terms = object! { "said" => true, "keep" => keep.to_string() };
    Change::with_content(id, OPEN, &terms, &object! { "text" => text }, salt)
}

fn report(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.need("said")?;
    m.finish()?;
    let mut record = Record::new(view.record, State::Sealed, act.own_desk);
    record.set("reported", act.now().to_string());
    // Whoever it is sealed to may never open it.
    keep_until(&mut record, accountability::ends(Period::KeepMisuse, act.now(), &Calendar::default()));
    record.body = view.body();
    put_new(records, &record)
}

fn open(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Misuse)?;
    let mut m = view.members()?;
    m.need("said")?;
    let keep = m.read("keep", Timestamp::parse)?;
    m.finish()?;
    record.set_state(State::Opened);
    record.set("opened_by", act.member().to_string());
    keep_until(&mut record, keep);
    record.body = view.body();
    Ok(records.put(&record)?)
}
