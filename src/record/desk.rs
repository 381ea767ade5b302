//! The desk itself: founded once, by the first act of its log.

use super::card::{self, DeskKeys};
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, put_new, token,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;

states! {
    /// Where a desk stands.
    Desk {
        /// It was founded by the first act of its log.
        Founded = "founded" "founded" Good,
    }
}

/// `desk`: founded.
pub const KIND: KindDef = KindDef {
    kind: Kind::Desk,
    prefix: "O",
    title: "Desk",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Kind,
    when_due: WhenDue::Nothing,
    line: Line { content: &["name"], terms: &[] },
    changes: &[ChangeDef::first(FOUND, AudienceRule::Partners, Moves::Makes, None, no_gate_inputs, found)],
};

/// The first change of a log.
pub const FOUND: ChangeKind = ChangeKind::new("desk-found");

/// The first change of a log: the desk's keys as terms, its signed card as content.
pub fn new(card: &card::Card, signed: &str, salt: Salt) -> Change {
    let terms = object! {
        "code" => card.code.as_str(),
        "jurisdiction" => card.jurisdiction.as_str(),
        "keys" => card.keys.to_json(),
    };
    Change::with_content(card.desk, FOUND, &terms, &object! { "card" => signed, "name" => card.name.as_str() }, salt)
}

fn found(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    let mut m = view.members()?;
    let code = m.read("code", card::code)?;
    m.read("jurisdiction", token)?;
    let keys = DeskKeys::read(m.need("keys")?)?;
    m.finish()?;
    if view.record != act.desk() || act.header.sequence != 0 {
        return Err(ApplyError::Authority("a desk is founded once, by the first act of its own log".into()));
    }
    if !act.is_own() {
        // A partner's keys come from the card that was compared aloud; what it says of itself must agree.
        let pinned = super::partner::keys(records, act.desk())?;
        let same = pinned.signing() == keys.signing() && pinned.age == keys.age;
        return if same {
            Ok(())
        } else {
            Err(ApplyError::Authority("the partner's keys are not those on its card".into()))
        };
    }
    let mut record = Record::new(view.record, State::Founded, act.desk());
    record.key = Some(code);
    record.terms = view.terms.clone().into();
    record.body = view.body();
    put_new(records, &record)
}

/// The public keys of a desk: of this one, or of a partner.
pub fn keys(records: &dyn RecordStore, desk: Id) -> Result<DeskKeys, ApplyError> {
    let record = records.get(desk)?.filter(|r| r.kind == Kind::Desk || r.kind == Kind::Partner);
    let json = record.as_ref().and_then(|r| r.terms.get("keys")).unwrap_or(&Json::Null);
    DeskKeys::read(json).map_err(|_| ApplyError::Authority(format!("desk {desk} is not known")))
}
