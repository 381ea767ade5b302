//! What a bundle carried, as the log notes it: for its page. What of it would leave once more, the preview says.

use super::history::{BundleStatus, HistoryRow, row};
use crate::act::change::Line;
use crate::command::audit::{self, ActSummary};
use crate::command::history::acts_of;
use crate::record::bundle::{self, Arrival, EXPORT, IMPORT, REPLACED, State};
use crate::record::store::{ChangeRow, Record};
use crate::record::stream;
use crate::store::read::{self, StoredAct};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// A bundle that was made or taken in, with the acts that it carried.
pub struct Contents {
    /// What lists say of it.
    pub row: HistoryRow,
    /// When it was made again, where it was.
    pub made_again: Option<Timestamp>,
    /// When it was written to where it is carried.
    pub written: Option<Timestamp>,
    /// In how many volumes it was made.
    pub volumes: u64,
    /// When the first bundle came that acknowledges it.
    pub acknowledged: Option<Timestamp>,
    /// The acts, in their order; those that are here.
    pub acts: Vec<ActSummary>,
}

/// What a bundle carried.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn contents(workspace: &Workspace, record: &Record) -> Result<Contents, Error> {
    let row = row(workspace, record)?;
    let ids = if record.is(State::Sent) { carried(workspace, record)? } else { brought(workspace, record)? };
    let acts = ids.iter().map(|id| audit::by_id(workspace, id)).collect::<Result<Vec<_>, _>>()?;
    let acknowledged = match (row.state, record.partner) {
        (BundleStatus::Acknowledged, Some(to)) => acknowledged_at(workspace, record, to, row.sequence)?,
        _ => None,
    };
    Ok(Contents {
        made_again: record.instant("replaced"),
        written: bundle::written_at(record),
        volumes: bundle::volumes(record),
        acknowledged,
        acts: acts.into_iter().flatten().collect(),
        row,
    })
}

/// The acts that a bundle carried that went out; where it was made again, those that were left of it.
fn carried(workspace: &Workspace, record: &Record) -> Result<Vec<Digest>, Error> {
    let last = acts_of(workspace, record, &[EXPORT, REPLACED])?.pop();
    let terms = last.and_then(|(_, change)| change.read_terms().ok());
    let acts = terms.as_ref().and_then(|terms| terms.get("acts")).and_then(Json::items).unwrap_or_default();
    Ok(acts.iter().filter_map(Json::text).filter_map(Digest::parse).collect())
}

/// The acts that a bundle brought.
fn brought(workspace: &Workspace, record: &Record) -> Result<Vec<Digest>, Error> {
    let Some((from, manifest)) = record.partner.zip(record.text("manifest").and_then(Digest::parse)) else {
        return Ok(Vec::new());
    };
    // Its content lies in the change that notes it; without any, the change is looked for, from the newest back.
    let rows = match record.body {
        Some(row) => vec![row],
        None => imports(workspace, from)?.into_iter().rev().collect(),
    };
    for row in rows {
        if let Some((_, arrival)) = noted(workspace, row)?.filter(|(_, arrival)| arrival.manifest == manifest) {
            return Ok(arrival.acts);
        }
    }
    Ok(Vec::new())
}

/// When the bundle came that was the first to acknowledge one of this desk's.
fn acknowledged_at(workspace: &Workspace, record: &Record, to: Id, sequence: u64) -> Result<Option<Timestamp>, Error> {
    let made = read::rows_of(&workspace.db, record.id)?.first().map(|(row, _)| *row);
    for row in imports(workspace, to)?.into_iter().filter(|row| Some(*row) > made) {
        if let Some((act, _)) = noted(workspace, row)?.filter(|(_, arrival)| arrival.acknowledged >= Some(sequence)) {
            return Ok(Some(act.read_header()?.time.at));
        }
    }
    Ok(None)
}

/// The changes that note what came from a partner, in their order.
fn imports(workspace: &Workspace, from: Id) -> Result<Vec<ChangeRow>, Error> {
    let rows = read::rows_of(&workspace.db, stream::id_for(from))?;
    Ok(rows.into_iter().filter(|(_, kind)| IMPORT.is(kind)).map(|(row, _)| row).collect())
}

/// What a change notes of a bundle that came in, and its act.
fn noted(workspace: &Workspace, row: ChangeRow) -> Result<Option<(StoredAct, Arrival)>, Error> {
    let position = read::position_of_row(&workspace.db, row)?;
    let Some(act) = position.map(|at| read::act(&workspace.db, at)).transpose()?.flatten() else { return Ok(None) };
    let mut arrival = None;
    read::changes::<Error>(&workspace.db, &StoredAct { changes: 1, ..act.clone() }, |stored| {
        if let Line::Change(change) = stored.line
            && IMPORT.is(&change.kind)
        {
            arrival = change.read_terms().ok().and_then(|terms| Arrival::read(&terms).ok());
        }
        Ok(())
    })?;
    Ok(arrival.map(|arrival| (act, arrival)))
}
