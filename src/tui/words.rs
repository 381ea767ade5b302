//! How lists and headings call things: a request by what it does, an item by its content. It decides nothing, and what it does
//! not know it leaves as it is.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::command::desk::workspace_info::line_of;
use crate::record::kind::{ChangeKind, Kind};
use crate::record::store::{Record, RecordStore as _};
use crate::record::{bundle, certificate, refusal};
use crate::tui::language::{phrase, tr, tr_joined, tr_law, tr_word};
use crate::value::json::Json;
use crate::workspace::error::Error;
use crate::workspace::open::Workspace;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Words {
    /// How an instrument is called for short.
    instrument: BTreeMap<String, String>,
    /// What a request of a kind does.
    does: BTreeMap<String, String>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("../../assets/words/requests.toml")).unwrap_or_default());

/// What a request of a kind does; `name`: how the law calls it.
pub fn does<'a>(kind: &str, name: &'a str) -> Cow<'a, str> {
    match WORDS.does.get(kind) {
        Some(does) => Cow::from(tr(does)),
        None => Cow::from(tr_law(name)),
    }
}

/// The instrument and the article that a request of a kind rests on, for short: `Budapest 29`.
pub fn basis(workspace: &Workspace, kind: &str) -> Result<String, Error> {
    let law = workspace.law()?;
    let Some(row) = law.request(kind) else { return Ok(kind.to_owned()) };
    let instrument = WORDS.instrument.get(&row.instrument).map_or(row.instrument.as_str(), String::as_str);
    let article = row.article.strip_prefix("Articles ").or_else(|| row.article.strip_prefix("Article "));
    let instrument = tr(instrument);
    Ok(article.map_or_else(|| instrument.to_owned(), |article| format!("{instrument} {article}")))
}

/// What a record is, in a line for a list.
///
/// # Errors
///
/// Where the workspace cannot be read.
pub fn called(workspace: &Workspace, record: &Record) -> Result<String, Error> {
    let line = line_of(workspace, record)?;
    Ok(match record.kind {
        Kind::Item => content(&line).into_owned(),
        Kind::Request => {
            let kind = record.text("kind").unwrap_or_default();
            let law = workspace.law()?;
            let name = law.request(kind).map_or(line.as_str(), |row| row.name.as_str());
            does(kind, name).into_owned()
        }
        Kind::Review => match subject_of(workspace, record)? {
            Some(of) => phrase!("review of {called}", called = called(workspace, &of)?),
            None => line,
        },
        Kind::Hold => match subject_of(workspace, record)? {
            Some(of) => format!("{}, {line}", called(workspace, &of)?),
            None => line,
        },
        Kind::Disclosure => match record.partner {
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

/// What an act of a kind has done, in a few words.
pub fn done(kind: ChangeKind) -> String {
    match kind {
        // These are named after the record that they make, and alone would say nothing.
        certificate::ISSUE => tr_word("certificate issued").to_owned(),
        refusal::COUNT => tr_word("refused by the gate").to_owned(),
        _ => tr_joined(kind.name()),
    }
}

/// The record that a record is about, unless it is of the same kind: nothing is called by itself.
fn subject_of(workspace: &Workspace, record: &Record) -> Result<Option<Record>, Error> {
    let subject = record.subject.map(|id| workspace.records().get(id)).transpose()?.flatten();
    Ok(subject.filter(|of| matches!(of.kind, Kind::Item | Kind::Request | Kind::Case)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::edition::Law;

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

    #[test]
    fn every_kind_of_request_and_every_instrument_has_its_words() {
        let words: Words = toml::from_str(include_str!("../../assets/words/requests.toml")).unwrap();
        let law = Law::of_program();
        for row in law.requests() {
            assert!(words.does.contains_key(&row.id), "{} is called by nothing", row.id);
            assert!(words.instrument.contains_key(&row.instrument), "{} is called by nothing", row.instrument);
        }
        for id in words.does.keys() {
            assert!(law.request(id).is_some(), "there is no {id}");
        }
    }
}
