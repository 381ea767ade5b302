//! The two desks of a request, and which of them may do what with it.

use crate::act::header::Audience;
use crate::record::definition::{ActContext, ApplyError, ChangeView, need};
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore};
use crate::value::id::Id;

/// The request that an act speaks of, where the act is between its two desks.
pub(super) fn between_parties(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<Record, ApplyError> {
    let record = need(records, view.record, Kind::Request)?;
    party(&record, act)?;
    Ok(record)
}

/// The same, where it is the requesting desk that speaks.
pub(super) fn by_requesting_desk(
    records: &dyn RecordStore,
    act: &ActContext<'_>,
    view: &ChangeView<'_>,
) -> Result<Record, ApplyError> {
    let record = between_parties(records, act, view)?;
    is_by(&record, act.desk(), Side::Requesting)?;
    Ok(record)
}

/// Refuses a request that is sent to another desk than this.
pub(super) fn for_this_desk(to: Id, act: &ActContext<'_>) -> Result<(), ApplyError> {
    if act.is_own() || to == act.own_desk {
        Ok(())
    } else {
        Err(ApplyError::Authority("the request is for another desk".into()))
    }
}

/// Refuses a step that is kept from the other desk: what is said of a request is said to both of its desks.
pub(super) fn said_to_both(record: &Record, act: &ActContext<'_>) -> Result<(), ApplyError> {
    if act.is_own() && record.partner.is_some() && act.header.audience == Audience::OwnDesk {
        return Err(ApplyError::Authority("its audience is expected to be the other desk".into()));
    }
    Ok(())
}

pub(super) fn party(record: &Record, act: &ActContext<'_>) -> Result<(), ApplyError> {
    let addressed = match &act.header.audience {
        Audience::Desks(desks) => desks.as_slice(),
        Audience::OwnDesk | Audience::Partners => &[],
    };
    let other = if act.is_own() { record.partner } else { Some(act.own_desk) };
    let from_party = act.is_own() || record.partner == Some(act.desk());
    let to_party = addressed.is_empty() || other.is_some_and(|o| addressed == [o]);
    if from_party && to_party {
        Ok(())
    } else {
        Err(ApplyError::Authority("this request is between other desks".into()))
    }
}

/// The two desks of a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Requesting,
    Requested,
}

/// Refuses a change by a desk that is not on that side of a request.
pub(super) fn is_by(record: &Record, desk: Id, side: Side) -> Result<(), ApplyError> {
    // What a desk orders at home is answered on paper: the desk itself notes what was answered.
    if record.partner.is_none() && record.desk == desk {
        return Ok(());
    }
    let is = if record.desk == desk { Side::Requesting } else { Side::Requested };
    let why = match side {
        _ if is == side => return Ok(()),
        Side::Requesting => "only the requesting desk may do this with a request",
        Side::Requested => "a request is answered by the requested desk",
    };
    Err(ApplyError::Authority(why.into()))
}
