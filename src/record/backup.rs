//! Backups: which files were made, until when they are kept, and which were destroyed. A purge does not reach into them: its
//! certificate names those that there are, and a restore erases again what was erased since.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue, moved,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Query, Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a backup stands.
    Backup {
        /// Its file is being written, or was not finished: it may lie somewhere.
        Begun = "begun" "begun" Waiting,
        /// Its file was written and read back.
        Kept = "kept" "kept" Good,
        /// Its file was destroyed.
        Destroyed = "destroyed" "destroyed" Over,
    }
}

/// `backup`: begun → kept → destroyed.
pub const KIND: KindDef = KindDef {
    kind: Kind::Backup,
    prefix: "BK",
    title: "Backup",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::BackupEnds,
    line: Line { content: &["file"], terms: &[] },
    changes: &[
        ChangeDef::first(MAKE, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, make),
        ChangeDef::first(KEEP, AudienceRule::OwnDesk, Moves::From(&[State::Begun.any()]), None, no_gate_inputs, keep),
        ChangeDef::first(
            DESTROY,
            AudienceRule::OwnDesk,
            Moves::From(&[State::Begun.any(), State::Kept.any()]),
            None,
            no_gate_inputs,
            destroy,
        ),
    ],
};

/// A backup is begun: from now on it is listed.
pub const MAKE: ChangeKind = ChangeKind::new("backup-make");
/// Its file was written and read back.
pub const KEEP: ChangeKind = ChangeKind::new("backup-keep");
/// Its file was destroyed.
pub const DESTROY: ChangeKind = ChangeKind::new("backup-destroy");

/// Begins a backup that is kept until a day. `generation` is that of the keyring in it; the name of its file is content.
pub fn begun(id: Id, generation: i64, until: Timestamp, file: &str, salt: Salt) -> Change {
    let terms = object! { "generation" => generation, "until" => until.to_string() };
    Change::with_content(id, MAKE, &terms, &object! { "file" => file }, salt)
}

/// Notes that the file was written, and what of the log is in it.
pub fn kept(id: Id, bytes: u64, size: u64, root: &Digest) -> Change {
    let terms = object! { "bytes" => bytes as i64, "size" => size as i64, "root" => root.to_string() };
    Change::of_terms(id, KEEP, &terms)
}

/// Notes that the file was destroyed.
pub fn destroyed(id: Id) -> Change {
    Change::of_terms(id, DESTROY, &object! {})
}

/// The backups whose files may still lie somewhere.
pub fn lying(records: &dyn RecordStore) -> Result<Vec<Record>, ApplyError> {
    let mut all = records.find(&Query::kind(Kind::Backup))?;
    all.retain(|record| !record.is(State::Destroyed));
    Ok(all)
}

fn make(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    m.count("generation")?;
    let until = m.read("until", Timestamp::parse)?;
    m.finish()?;
    let mut record = Record::new(view.record, State::Begun, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.set("by", act.member().to_string());
    record.due = Some(until);
    record.body = view.body();
    put_new(records, &record)
}

fn keep(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Backup)?;
    let mut m = view.members()?;
    let (bytes, size, root) = (m.count("bytes")?, m.count("size")?, m.read("root", Digest::parse)?);
    m.finish()?;
    record.set_state(State::Kept);
    record.set("bytes", bytes as i64);
    record.set("size", size as i64);
    record.set("root", root.to_string());
    Ok(records.put(&record)?)
}

fn destroy(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut record = moved(records, view, Kind::Backup)?;
    view.members()?.finish()?;
    record.set_state(State::Destroyed);
    record.set("destroyed", act.now().to_string());
    record.due = None;
    Ok(records.put(&record)?)
}
