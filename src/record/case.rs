//! Cases: opened at one desk, known at partners by what was shared of them.

use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, KindDef, must_be, need, nothing_asked, only_at_home,
    put_new, token,
};
use super::disclosure;
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;

/// `case`: open → closed; purged.
pub const KIND: KindDef = KindDef {
    name: "case",
    letter: 'C',
    changes: &[
        ChangeDef::first(NEW, AudienceRule::Home, nothing_asked, open),
        ChangeDef::first(CLOSE, AudienceRule::Home, nothing_asked, close),
        ChangeDef::following(SHARE, &disclosure::LEAVES, share),
    ],
};

const NEW: &str = "case-new";
const CLOSE: &str = "case-close";
/// A copy of a case for a partner.
pub const SHARE: &str = "case-share";

/// Opens a case.
pub fn new(id: Id, purpose: &str, title: &str, salt: Salt) -> Change {
    Change::with_content(id, NEW, &object! { "purpose" => purpose }, &object! { "title" => title }, salt)
}

/// Closes a case.
pub fn closed(id: Id, because: &str, salt: Salt) -> Change {
    Change::with_content(id, CLOSE, &object! {}, &object! { "because" => because }, salt)
}

/// Tells a partner of the case that a disclosure belongs to: its purpose and its title.
pub fn shared(id: Id, purpose: &str, title: &str, salt: Salt) -> Change {
    Change::with_content(id, SHARE, &object! { "purpose" => purpose }, &object! { "title" => title }, salt)
}

fn open(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut m = view.members()?;
    m.read("purpose", token)?;
    m.finish()?;
    let mut record = Record::new(view.record, KIND.name, "open", at.home);
    record.case = Some(view.record);
    record.terms = object! { "purpose" => view.terms.get("purpose").cloned(), "opened" => at.now().to_string(), "lead" => at.member().to_string() }.into();
    record.body = view.body();
    put_new(records, &record)
}

fn close(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_at_home(at)?;
    let mut record = need(records, view.record, KIND.name)?;
    must_be(&record, &["open"], "close")?;
    record.state = "closed".into();
    Ok(records.put(&record)?)
}

fn share(records: &mut dyn RecordStore, at: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    m.read("purpose", token)?;
    m.finish()?;
    let known = records.get(view.record)?;
    if at.own() {
        let mut record =
            known.filter(|r| r.kind == KIND.name).ok_or_else(|| ApplyError::Life("there is no such case".into()))?;
        for partner in super::disclosure::recipients(at) {
            record.share(partner, super::disclosure::delete_by(at));
        }
        return Ok(records.put(&record)?);
    }
    match known {
        Some(record) if record.kind != KIND.name => {
            Err(ApplyError::Authority("a partner's case has the id of another record".into()))
        }
        // What is known of a case already is not changed by a partner's word.
        Some(_) => Ok(()),
        None => {
            let mut record = Record::new(view.record, KIND.name, "open", at.desk());
            record.case = Some(view.record);
            record.partner = Some(at.desk());
            record.terms =
                object! { "purpose" => view.terms.get("purpose").cloned(), "opened" => at.now().to_string() }.into();
            record.body = view.body();
            put_new(records, &record)
        }
    }
}
