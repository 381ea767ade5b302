//! What was done to a record, act by act: for whoever shows a history of its own, such as the renewals of an agreement.

use crate::act::change::{Change, Line};
use crate::record::kind::ChangeKind;
use crate::record::store::{ChangeRow, Record};
use crate::store::read::{self, StoredAct};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// The changes of a record that are of these kinds, each with its act, in order.
pub fn acts_of(
    workspace: &Workspace,
    record: &Record,
    kinds: &[ChangeKind],
) -> Result<Vec<(StoredAct, Change)>, Error> {
    let mut found = Vec::new();
    for stored in read::changes_of(&workspace.db, record.id)? {
        let Line::Change(change) = stored.line else { continue };
        if !kinds.iter().any(|kind| kind.is(&change.kind)) {
            continue;
        }
        let row = ChangeRow(stored.row);
        let position = read::position_of_row(&workspace.db, row)?;
        if let Some(act) = position.map(|at| read::act(&workspace.db, at)).transpose()?.flatten() {
            found.push((act, change));
        }
    }
    Ok(found)
}
