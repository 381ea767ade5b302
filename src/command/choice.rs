//! What there is to choose from: the records, partners and words that an argument takes, each with what is shown of it. Forms and the
//! completion of a shell offer the same.

use crate::command::definition::{ArgKind, Args};
use crate::command::desk::workspace_info::{line_of, short};
use crate::record::store::{Query, Record, RecordStore as _};
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// Records in a line.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn label(workspace: &Workspace, records: &[&Record]) -> Result<String, Error> {
    let one = |r: &Record| short(r.kind, r.id);
    match records {
        [only] => Ok(format!("{}  {}", one(only), line_of(workspace, only)?)),
        many => {
            let names: Vec<String> = many.iter().take(6).map(|r| one(r)).collect();
            let more = if many.len() > 6 { " …" } else { "" };
            Ok(format!("{}: {}{more}", many.len(), names.join(" ")))
        }
    }
}

/// So many records of a kind are offered at most.
pub const MOST: u32 = 300;

/// What a list for a field of a form offers: a value and what is shown of it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn choices(workspace: &Workspace, takes: ArgKind, form: &Args) -> Result<Vec<(String, String)>, Error> {
    let mut all = Vec::new();
    match takes {
        ArgKind::Partner => {
            for partner in workspace.partners()? {
                let name = workspace.text_of(&partner, "name")?;
                let code = partner.key.clone().unwrap_or_default();
                all.push((code.clone(), format!("{code}  {name}  {}", partner.state)));
            }
        }
        ArgKind::Record(kinds) => {
            for kind in kinds {
                for record in workspace.records().find(&Query { limit: Some(MOST), ..Query::kind(*kind) })? {
                    if !record.is_purged() {
                        all.push((record.id.to_string(), label(workspace, &[&record])?));
                    }
                }
            }
        }
        ArgKind::Known(words) => {
            all.extend(
                words(workspace, form)?.into_iter().map(|k| (k.word.clone(), format!("{}  {}", k.word, k.text))),
            );
        }
        _ => {}
    }
    Ok(all)
}
