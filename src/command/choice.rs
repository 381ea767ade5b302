//! What there is to choose from: the records, partners and words that an argument takes, each with what is shown of it. Forms and the
//! completion of a shell offer the same.

use std::path::Path;

use crate::command::definition::{ArgKind, Args};
use crate::command::desk::workspace_info::short;
use crate::host::file;
use crate::record::kind::Kind;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::text::{is_standard_input, shown};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// What a record is called by whoever shows it.
pub type Called = fn(&Workspace, &Record) -> Result<String, Error>;

/// Records in a line.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn label(workspace: &Workspace, records: &[&Record], called: Called) -> Result<String, Error> {
    let one = |r: &Record| short(r.kind, r.id);
    match records {
        [only] => {
            let (name, kind) = (called(workspace, only)?, only.text("kind"));
            // Who knows the law calls a request by its kind.
            let kind = kind.filter(|kind| only.kind == Kind::Request && name != **kind);
            Ok(format!("{}  {name}{}", one(only), kind.map(|kind| format!(" \u{b7} {kind}")).unwrap_or_default()))
        }
        many => {
            let names: Vec<String> = many.iter().take(6).map(|r| one(r)).collect();
            let more = if many.len() > 6 { " …" } else { "" };
            Ok(format!("{}: {}{more}", many.len(), names.join(" ")))
        }
    }
}

/// So many records of a kind are offered at most.
pub const MOST: u32 = 300;

/// Why what was typed into a field names nothing: no record or partner here, no file; `None` where it does, or where the field takes
/// anything.
pub fn unknown(workspace: &Workspace, takes: ArgKind, typed: &str) -> Option<String> {
    let found = match takes {
        ArgKind::Record(kinds) => workspace.find_record(typed, kinds).map(drop),
        ArgKind::Partner => workspace.partner(typed).map(drop),
        ArgKind::Existing if !is_standard_input(typed) && !file::exists(Path::new(typed)) => {
            Err(Error::unknown(format!("there is no file {}", shown(typed))))
        }
        _ => Ok(()),
    };
    // What cannot be read is no fault of who types.
    found.err().filter(|error| error.kind == ErrorKind::Usage).map(|error| error.what)
}

/// What a list for a field of a form offers: a value and what is shown of it.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn choices(
    workspace: &Workspace,
    takes: ArgKind,
    form: &Args,
    called: Called,
) -> Result<Vec<(String, String)>, Error> {
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
                        all.push((record.id.to_string(), label(workspace, &[&record], called)?));
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
