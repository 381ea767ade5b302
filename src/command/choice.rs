//! What there is to choose from: the records, partners and words that an argument takes, each with what is shown of it. Forms and the
//! completion of a shell offer the same.

use std::borrow::Cow;
use std::path::Path;

use crate::command::definition::{ArgKind, Args, Known};
use crate::command::desk::workspace_info::{line_of, short};
use crate::host::file;
use crate::law::words;
use crate::record::kind::Kind;
use crate::record::store::{Query, Record, RecordStore as _};
use crate::value::text::{is_standard_input, shown};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// What a record is called by whoever shows it.
pub type Called = fn(&Workspace, &Record) -> Result<String, Error>;

/// What a record is called in English: a request by what it does, an item by its content, anything else by its line.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn called(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    let does = |kind: &str, name: &str| words::does(kind).unwrap_or(name).to_owned();
    in_short(workspace, record, line_of(workspace, record)?, does)
}

/// A record's line, shorter where it can be: an item's content; what a request does, as `does` says it of its kind and of how the law calls
/// that.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn in_short(
    workspace: &Workspace,
    record: &Record,
    line: String,
    does: impl FnOnce(&str, &str) -> String,
) -> Result<String, Error> {
    Ok(match record.kind {
        Kind::Item => content(&line).into_owned(),
        Kind::Request => {
            let kind = record.text("kind").unwrap_or_default();
            let law = workspace.law()?;
            does(kind, law.request(kind).map_or(line.as_str(), |row| row.name.as_str()))
        }
        _ => line,
    })
}

/// The content of a pattern that compares one thing: `panel.example` of `[domain-name:value = 'panel.example']`. Anything else
/// stays as it is: half of a pattern would say something else.
pub fn content(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) else { return Cow::from(value) };
    let Some((path, quoted)) = inner.split_once('=') else { return Cow::from(value) };
    let is_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_' | '.' | '\'' | ' ');
    let compares = path.contains(':') && path.chars().all(is_path);
    let text = quoted.trim().strip_prefix('\'').and_then(|q| q.strip_suffix('\''));
    match text.filter(|text| compares && !text.contains('\'') && !text.contains('\\') && !text.is_empty()) {
        Some(text) => Cow::from(text),
        None => Cow::from(value),
    }
}

/// What a record is called, a request with its kind too.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn title(workspace: &Workspace, record: &Record, called: Called) -> Result<String, Error> {
    let (name, kind) = (called(workspace, record)?, record.text("kind"));
    // Who knows the law calls a request by its kind.
    let kind = kind.filter(|kind| record.kind == Kind::Request && name != **kind);
    Ok(match kind {
        Some(kind) => format!("{name} \u{b7} {kind}"),
        None => name,
    })
}

/// Records in a line.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn label(workspace: &Workspace, records: &[&Record], called: Called) -> Result<String, Error> {
    let one = |r: &Record| short(r.kind, r.id);
    match records {
        [only] => Ok(format!("{}  {}", one(only), title(workspace, only, called)?)),
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
pub fn unknown(workspace: &Workspace, takes: ArgKind, typed: &str, form: &Args) -> Option<String> {
    let found = match takes {
        ArgKind::Known(words) => words(workspace, form).and_then(|known| one_of(&known, typed)),
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

/// Refuses what is none of the words that a workspace knows. Where it knows none, the command says why.
fn one_of(known: &[Known], typed: &str) -> Result<(), Error> {
    /// So many words are named; of more, that there are others.
    const NAMED: usize = 12;
    if known.is_empty() || known.iter().any(|k| k.word == typed) {
        return Ok(());
    }
    let mut words: Vec<&str> = known.iter().take(NAMED).map(|k| k.word.as_str()).collect();
    words.extend((known.len() > NAMED).then_some("…"));
    Err(Error::usage(format!("{} is none of these: {}", shown(typed), words.join(", "))))
}

/// Whether a record is there to choose from. Members of a partner are not: their desk says what they may do.
pub fn is_offered(workspace: &Workspace, record: &Record) -> bool {
    !record.is_purged() && (record.kind != Kind::Member || record.desk == workspace.meta.desk)
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
                    if is_offered(workspace, &record) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_called_by_its_content_only_where_that_is_all() {
        for (value, want) in [
            ("[domain-name:value = 'panel.example']", "panel.example"),
            ("[ipv4-addr:value='198.51.100.7']", "198.51.100.7"),
            ("[file:hashes.'SHA-256' = 'ab12']", "ab12"),
            ("[a:b = 'x' AND c:d = 'y']", "[a:b = 'x' AND c:d = 'y']"),
            ("[a:b != 'x']", "[a:b != 'x']"),
            ("[a:b = 'x\\'y']", "[a:b = 'x\\'y']"),
            ("panel.example", "panel.example"),
            ("[]", "[]"),
            ("[a:b = '']", "[a:b = '']"),
        ] {
            assert_eq!(content(value), want, "{value}");
        }
    }
}
