//! Letters and other copies that leave the desk by hand: each is logged before it is written.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, KindDef, nothing_asked, only_at_home, put_new, token,
};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;

/// `letter`: written.
pub const KIND: KindDef = KindDef {
    name: "letter",
    letter: 'L',
    changes: &[ChangeDef::first("copy-out", AudienceRule::Home, nothing_asked, write)],
};

/// Notes that a copy of a record was written to a file: as what, and with which digest.
pub fn new(id: Id, of: Id, what: &str, digest: &Digest, salt: Salt) -> Change {
    let terms = object! { "of" => of.to_string(), "what" => what };
    Change::with_content(id, "copy-out", &terms, &object! { "sha256" => digest.to_string() }, salt)
}

fn write(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut m = view.members()?;
    let of = m.read("of", Id::parse)?;
    m.read("what", token)?;
    m.finish()?;
    let subject = records.get(of)?.ok_or_else(|| ApplyError::Life("there is no such record".into()))?;
    let mut record = Record::new(view.record, KIND.name, "written", at.home);
    record.subject = Some(of);
    record.case = subject.case;
    record.terms = view.terms.clone().into();
    record.set("at", at.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}
