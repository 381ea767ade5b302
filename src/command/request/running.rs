//! The clocks that a request starts: which of its kind's run, in which variant, from when it is sent. It computes nothing
//! itself: dates come from the law.

use crate::law::deadline;
use crate::law::edition::Law;
use crate::law::jurisdiction::Jurisdiction;
use crate::law::request::{ClockKind, Event, RequestKind, Variant};
use crate::object;
use crate::record::request::Terms;
use crate::record::store::RecordStore as _;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Which variant of each clock runs: the urgency's, else the ordinary one, else whatever there is.
fn variant_of(kind: &RequestKind, clock: ClockKind, terms: &Terms) -> Option<Variant> {
    let has = |variant: &Variant| kind.clock.iter().any(|c| c.clock == clock && c.variant == *variant);
    let longer = kind.clock.iter().find(|c| c.clock == clock && c.longer_wins && terms.order_days.is_some());
    let wanted =
        [longer.map(|c| c.variant.clone()), terms.urgency.clone(), Some(Variant::ORDINARY), Some(Variant::ORDER)];
    let first = wanted.into_iter().flatten().find(|v| has(v));
    first.or_else(|| kind.clock.iter().find(|c| c.clock == clock).map(|c| c.variant.clone()))
}

/// The field that names the authority that validated an order, where one did.
pub const VALIDATION: &str = "validation";

/// The clocks that run from when a request is sent, as terms: one for each clock of its kind, in the variant that its
/// urgency asks for; an emergency's validation beside them.
pub fn clocks(
    workspace: &Workspace,
    law: &Law,
    kind: &RequestKind,
    terms: &Terms,
    validated: bool,
    event: Timestamp,
) -> Result<Json, Error> {
    let other = workspace.records().get(terms.to)?;
    let code = other.as_ref().and_then(|r| r.text("jurisdiction")).unwrap_or_default();
    let calendar = law.jurisdiction(code).map(Jurisdiction::calendar).unwrap_or_default();
    let mut all = Vec::new();
    for clock in deadline::clocks(law, kind, event, terms.order_days, &calendar) {
        let row = clock.row;
        let chosen = variant_of(kind, row.clock, terms).is_some_and(|v| v == row.variant);
        // Only what was issued before anyone validated it has to be validated afterwards.
        let validation =
            row.variant == Variant::VALIDATION && !validated && terms.urgency.as_ref() == Some(&Variant::EMERGENCY);
        let starts = matches!(row.starts, Event::Sent | Event::Issued | Event::Received);
        if !(starts && (chosen || validation)) {
            continue;
        }
        let expires =
            terms.authority_until.filter(|_| row.clock == ClockKind::Authority && row.variant == Variant::ORDER);
        let said = |t: Option<Timestamp>| expires.or(t).map(|t| t.to_string());
        all.push(object! {
            "clock" => row.clock, "variant" => row.variant.word(), "due" => said(clock.target),
            "limit" => said(clock.limit), "source" => row.source.as_str(),
        });
        if let Some(clock) = all.last_mut().filter(|_| row.minimum) {
            clock.set("minimum", true);
        }
    }
    Ok(Json::Arr(all))
}
