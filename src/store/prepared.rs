//! A line made ready to be stored: everything that can be computed without the database, so that another thread can do it.

use super::error::{StoreError, damaged};
use super::search;
use crate::act::change::{Change, Line};
use crate::value::digest::Digest;
use crate::value::json::{self, Json, Limits};

/// A line and what storing it needs.
pub struct PreparedChange {
    /// The line.
    pub(super) line: Line,
    /// Its leaf.
    pub(super) leaf: Digest,
    /// Its terms; nothing where it is withheld.
    pub(super) terms: Json,
    /// The words of its content; `None` where no content came.
    pub(super) words: Option<Option<String>>,
}

impl PreparedChange {
    /// Makes a change ready.
    pub fn change(change: Change) -> Result<Self, StoreError> {
        let leaf = change.leaf();
        Self::line(Line::Change(change), leaf)
    }

    /// Makes a line ready whose leaf is known.
    pub fn line(line: Line, leaf: Digest) -> Result<Self, StoreError> {
        let Line::Change(change) = &line else {
            return Ok(Self { line, leaf, terms: Json::Null, words: None });
        };
        let terms = json::parse(&change.terms, Limits::SIGNED).map_err(|_| damaged("a change's terms"))?;
        let content = change.read_content().map_err(|_| damaged("a change's content"))?;
        Ok(Self { leaf, terms, words: content.map(|c| search::words(&c)), line })
    }
}
