//! Rates of exchange: what a unit of one currency was worth in another, on a day, and who says so. Nothing is converted but by one.

use super::budget_line::{amount, currency};
use super::definition::{
    ActContext, ApplyError, AudienceRule, ChangeDef, ChangeView, Content, KindDef, Line, LookUp, Moves, WhenDue,
    no_gate_inputs, only_own_desk, put_new,
};
use super::kind::{ChangeKind, Kind, states};
use super::store::{Record, RecordStore};
use crate::act::change::{Change, Salt};
use crate::law::money::decimals;
use crate::object;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::money::converted;
use crate::value::timestamp::Timestamp;

states! {
    /// Where a rate of exchange stands.
    Rate {
        /// It was noted.
        Noted = "noted" "noted" Neutral,
    }
}

/// `rate`: noted.
pub const KIND: KindDef = KindDef {
    kind: Kind::Rate,
    prefix: "XR",
    title: "Rate of exchange",
    states: STATES,
    content: Content::WithDesk,
    can_be_held: false,
    looked_up_by: LookUp::Id,
    when_due: WhenDue::Nothing,
    line: Line { content: &["source"], terms: &["from", "to"] },
    changes: &[ChangeDef::first(NOTE, AudienceRule::OwnDesk, Moves::Makes, None, no_gate_inputs, note)],
};

/// Notes a rate.
pub const NOTE: ChangeKind = ChangeKind::new("budget-rate");

/// What a rate says.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Of which currency.
    pub from: String,
    /// In which.
    pub to: String,
    /// What one unit is worth, with [`crate::value::money::RATE_DECIMALS`] decimals.
    pub rate: i64,
    /// On which day.
    pub on: Timestamp,
}

/// Notes a rate, and who says so.
pub fn new(id: Id, terms: &Terms, source: &str, salt: Salt) -> Change {
    let json = object! {
        "from" => terms.from.as_str(),
        "to" => terms.to.as_str(),
        "rate" => terms.rate,
        "on" => terms.on.to_string(),
    };
    Change::with_content(id, NOTE, &json, &object! { "source" => source }, salt)
}

/// What one unit is worth.
pub fn rate_of(record: &Record) -> i64 {
    record.terms.get("rate").and_then(Json::int).unwrap_or(0)
}

/// What an amount comes to in another currency by a rate, both in their smallest units; `None`: the rate is of others.
pub fn by(rate: &Record, given: i64, currency: &str) -> Option<i64> {
    if rate.text("to") != Some(currency) {
        return None;
    }
    let from = rate.text("from").and_then(decimals)?;
    converted(given, rate_of(rate), (from, decimals(currency)?))
}

fn note(records: &mut dyn RecordStore, act: &ActContext<'_>, view: &ChangeView<'_>) -> Result<(), ApplyError> {
    only_own_desk(act)?;
    let mut m = view.members()?;
    let (from, to) = (m.read("from", currency)?, m.read("to", currency)?);
    amount(&mut m, "rate")?;
    let on = m.read("on", Timestamp::parse)?;
    m.finish()?;
    if from == to {
        return Err(ApplyError::NotAllowed("a rate is of two currencies".into()));
    }
    if on > act.now() {
        return Err(ApplyError::NotAllowed("the rate of a day that has not come is not known".into()));
    }
    let mut record = Record::new(view.record, State::Noted, act.own_desk);
    record.terms = view.terms.clone().into();
    record.set("at", act.now().to_string());
    record.body = view.body();
    put_new(records, &record)
}
