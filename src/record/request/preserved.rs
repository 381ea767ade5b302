//! What a preservation came to: since and until when something is preserved, and under which reference. Which step says so, and what it
//! moves, is not known here.

use crate::act::change::Change;
use crate::law::request::ClockKind;
use crate::object;
use crate::record::store::Record;
use crate::value::json::Json;
use crate::value::timestamp::{Duration, Timestamp};

/// What a preservation came to: the block of the result in the T-CY's template for Articles 29 and 30, and what a provider confirms.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Preserved<'a> {
    /// Since when.
    pub since: Timestamp,
    /// Until when; what is not asked for by then is lost.
    pub until: Timestamp,
    /// Under which reference the provider has it; empty: it named none.
    pub reference: &'a str,
}

/// The member of the terms of an answer, and of a request's record, that says since and until when something is preserved.
pub(super) const PRESERVED: &str = "preserved";
/// Nothing is preserved for longer: a period that is, was mistyped, or is meant to hide that it ends.
pub(super) const LONGEST: Duration = Duration::days(3650);
/// The member of the content of an answer under which the provider has it.
const REFERENCE: &str = "reference";

impl Preserved<'_> {
    /// States it in the terms and the content of an answer.
    pub(super) fn state(self, terms: &mut Json, content: &mut Json) {
        terms.set(PRESERVED, period(self.since, self.until));
        content.set(REFERENCE, self.reference);
    }
}

fn period(since: Timestamp, until: Timestamp) -> Json {
    object! { "since" => since.to_string(), "until" => until.to_string() }
}

/// Reads since and until when; `None` where either is not said.
pub(super) fn period_of(json: &Json) -> Option<(Timestamp, Timestamp)> {
    let of = |key: &str| json.get(key).and_then(Json::text).and_then(Timestamp::parse);
    Some((of("since")?, of("until")?))
}

/// Since and until when what a request asked for is preserved, as the answer said; `None` where none has said it.
pub fn preserved_of(record: &Record) -> Option<(Timestamp, Timestamp)> {
    preserved_in(&record.terms)
}

/// The same of the terms of an answer.
pub fn preserved_in(terms: &Json) -> Option<(Timestamp, Timestamp)> {
    terms.get(PRESERVED).and_then(period_of)
}

/// The reference that an answer names; `None` where it names none, or its content is gone.
pub fn reference_in(answer: &Change) -> Option<String> {
    let content = answer.read_content().ok().flatten()?;
    reference_of(&content).map(str::to_owned)
}

/// The reference in the content of an answer.
pub fn reference_of(content: &Json) -> Option<&str> {
    content.get(REFERENCE).and_then(Json::text)
}

/// Notes at a request that asked for it since and until when something is preserved.
pub(super) fn note(record: &mut Record, (since, until): (Timestamp, Timestamp)) {
    let clocks = record.terms.get("clocks").and_then(Json::items).unwrap_or_default();
    let kind = |clock: &Json| clock.get("clock").and_then(Json::text).and_then(ClockKind::parse);
    if clocks.iter().any(|clock| kind(clock) == Some(ClockKind::Preservation)) {
        record.set(PRESERVED, period(since, until));
    }
}
