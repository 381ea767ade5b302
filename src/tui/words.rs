//! How lists and headings call things: a request by what it does, an item by its content, an act by what it did. It decides nothing,
//! and what it does not know it leaves as it is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::command::choice::in_short;
use crate::command::desk::workspace_info::line_of;
use crate::law::row::Verified;
use crate::law::words;
use crate::record::bundle;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::store::{Record, RecordStore as _};
use crate::tui::language::{phrase, tr, tr_joined, tr_law, tr_word};
use crate::value::json::Json;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

/// What an act of a kind has done, by the name of the kind.
static ACTS: LazyLock<BTreeMap<String, String>> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/words/acts.toml")).unwrap_or_default());

/// What a request of a kind does; `name`: how the law calls it.
pub fn does<'a>(kind: &str, name: &'a str) -> Cow<'a, str> {
    match words::does(kind) {
        Some(does) => Cow::from(tr(does)),
        None => Cow::from(tr_law(name)),
    }
}

/// The instrument and the article that a request of a kind rests on, for short: `Budapest 29`.
pub fn basis(workspace: &Workspace, kind: &str) -> Result<String, Error> {
    let law = workspace.law()?;
    let Some(row) = law.request(kind) else { return Ok(kind.to_owned()) };
    let instrument = words::instrument(&row.instrument).unwrap_or(&row.instrument);
    let article = row.article.strip_prefix("Articles ").or_else(|| row.article.strip_prefix("Article "));
    let instrument = tr(instrument);
    Ok(article.map_or_else(|| instrument.to_owned(), |article| format!("{instrument} {article}")))
}

/// On which day a source was read.
pub fn read_on(verified: Verified) -> String {
    match verified {
        Verified::Never => tr("nobody yet").to_owned(),
        Verified::On(day) => day.to_string(),
    }
}

/// What a record is, in a line for a list.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn called(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    let line = line_of(workspace, record)?;
    Ok(match record.kind {
        Kind::Item | Kind::Request => in_short(workspace, record, line, |kind, name| does(kind, name).into_owned())?,
        Kind::Review => match subject_of(workspace, record)? {
            Some(of) => phrase!("review of {called}", called = called(workspace, &of)?),
            None => line,
        },
        Kind::Hold => match subject_of(workspace, record)? {
            Some(of) => format!("{}, {line}", called(workspace, &of)?),
            None => line,
        },
        Kind::Disclosure => match record.partner {
            Some(partner) if record.desk != workspace.meta.desk => {
                phrase!("shared by {partner}", partner = workspace.code_of(partner)?)
            }
            Some(partner) => phrase!("sharing with {partner}", partner = workspace.code_of(partner)?),
            None => line,
        },
        Kind::Refusal => tr_joined(&line),
        Kind::Bundle => match (record.partner, record.terms.get("sequence").and_then(Json::int)) {
            (Some(partner), Some(number)) if record.is(bundle::State::Sent) => {
                phrase!("bundle {number} to {partner}", number, partner = workspace.code_of(partner)?)
            }
            (Some(partner), Some(number)) => {
                phrase!("bundle {number} from {partner}", number, partner = workspace.code_of(partner)?)
            }
            _ => tr_word(record.kind.word()).to_owned(),
        },
        // What says nothing of itself is called by its kind.
        _ if line == record.kind.word() => tr_word(record.kind.word()).to_owned(),
        _ => line,
    })
}

/// How wide what an act has done is at most, in columns.
pub const DONE: u16 = 22;

/// What an act of a kind has done, in a few words.
pub fn done(kind: ChangeKind) -> String {
    match ACTS.get(kind.name()) {
        Some(did) => tr_word(did).to_owned(),
        None => tr_joined(kind.name()),
    }
}

/// The record that a record is about, unless it is of the same kind: nothing is called by itself.
fn subject_of(workspace: &Workspace, record: &Record) -> Result<Option<Record>, Error> {
    let subject = record.subject.map(|id| workspace.records().get(id)).transpose()?.flatten();
    Ok(subject.filter(|of| matches!(of.kind, Kind::Item | Kind::Request | Kind::Case)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::KINDS;
    use crate::value::text::width;

    #[test]
    fn what_every_kind_of_act_did_is_said_in_words_of_its_own_that_have_room() {
        let acts: BTreeMap<String, String> = toml::from_str(include_str!("../../assets/words/acts.toml")).unwrap();
        let mut kinds: Vec<&str> =
            KINDS.iter().flat_map(|kind| kind.changes).map(|change| change.kind.name()).collect();
        kinds.sort_unstable();
        let said: Vec<&str> = acts.keys().map(String::as_str).collect();
        assert_eq!(said, kinds);
        let mut did = BTreeMap::new();
        for (name, text) in &acts {
            assert!(width(text) <= usize::from(DONE), "{name}: {text}");
            assert_eq!(*text, text.trim().to_lowercase(), "{name}");
            assert_eq!(did.insert(text, name), None, "{name} has done what another has: {text}");
        }
    }
}
