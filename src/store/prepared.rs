//! Changes prepared for storing: everything that can be computed without the database, so that another thread can do it.

use super::error::{StoreError, damaged};
use super::search;
use crate::act::change::{Body, Change, Line};
use crate::record::definition::{SHARED_TERMS, of_class};
use crate::record::kind::ChangeKind;
use crate::record::{self, item};
use crate::value::class::Tier;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits};

/// A change, or the leaf of one that was withheld, and what storing it needs.
pub struct PreparedChange {
    /// The change as it travels.
    pub(super) line: Line,
    /// Its leaf.
    pub(super) leaf: Digest,
    /// Its terms; null where it is withheld.
    pub(super) terms: Json,
    /// The words of its content, where there are any; `None` where no content came.
    pub(super) words: Option<Option<String>>,
}

impl PreparedChange {
    /// Its kind; `None` where it is withheld, or of a kind that is not known.
    pub fn kind(&self) -> Option<ChangeKind> {
        let Line::Change(change) = &self.line else { return None };
        record::change(&change.kind).map(|def| def.kind)
    }

    /// The terms that it states for the changes that follow it in its act.
    pub fn shared_terms(&self) -> Vec<Json> {
        self.terms.get(SHARED_TERMS).and_then(Json::items).unwrap_or_default().to_vec()
    }

    /// The item that it is a copy of, where that is of a higher tier than this. `shared` are the terms that its act states once.
    pub fn copy_above(&self, tier: Tier, shared: &[Json]) -> Option<Id> {
        let item = self.copy_of()?;
        let terms = of_class(shared, &self.terms).unwrap_or(&self.terms);
        let of = terms.get("tier").and_then(Json::int).and_then(Tier::new);
        of.is_none_or(|of| of > tier).then_some(item)
    }

    /// The item that it is a copy of, by the id that its originator gave it.
    pub fn copy_of(&self) -> Option<Id> {
        let Line::Change(change) = &self.line else { return None };
        item::COPY.is(&change.kind).then_some(change.record)
    }

    /// Prepares a change of an own act.
    pub fn new(change: Change) -> Result<Self, StoreError> {
        let leaf = change.leaf();
        Self::received(Line::Change(change), leaf)
    }

    /// Prepares a change of an own act that was just made of this content: it need not be read again.
    pub fn made_of(change: Change, content: &Json) -> Result<Self, StoreError> {
        Self::with_words(change, content, || search::words(content))
    }

    /// Prepares a copy that was just made of this content. A copy is not searched where it was made: its original is.
    ///
    /// # Errors
    ///
    /// Where the change is no copy, and those of [`PreparedChange::made_of`].
    pub(super) fn copied(change: Change, content: &Json) -> Result<Self, StoreError> {
        if record::change(&change.kind).is_none_or(|def| !def.is_copy) {
            return Err(StoreError::Input("a change that is no copy was made as one".into()));
        }
        Self::with_words(change, content, || None)
    }

    fn with_words(change: Change, content: &Json, words: impl FnOnce() -> Option<String>) -> Result<Self, StoreError> {
        let is_read = match &change.body {
            Body::Whole { content: bytes, .. } => bytes.len() <= Limits::SIGNED.bytes,
            Body::None | Body::Redacted(_) => false,
        };
        if !is_read || !content.is_within(Limits::SIGNED) {
            return Err(damaged("a change's content"));
        }
        let terms = json::parse(&change.terms, Limits::SIGNED).map_err(|_| damaged("a change's terms"))?;
        let words = Some(words());
        Ok(Self { leaf: change.leaf(), terms, words, line: Line::Change(change) })
    }

    /// Prepares a change of a partner's act, whose leaf is known.
    pub fn received(line: Line, leaf: Digest) -> Result<Self, StoreError> {
        let Line::Change(change) = &line else {
            return Ok(Self { line, leaf, terms: Json::Null, words: None });
        };
        let terms = json::parse(&change.terms, Limits::SIGNED).map_err(|_| damaged("a change's terms"))?;
        let content = change.read_content().map_err(|_| damaged("a change's content"))?;
        Ok(Self { leaf, terms, words: content.map(|c| search::words(&c)), line })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;
    use crate::value::id::Id;

    #[test]
    fn what_was_just_made_is_prepared_as_if_it_were_read() {
        let made = |content: &Json| {
            Change::with_content(Id::from_bytes([1; 16]), "item-add", &object! { "n" => 1 }, content, [2; 32])
        };
        let content =
            object! { "value" => "m\u{fc}ller \"x\"", "more" => object! { "list" => vec!["a", "b"], "n" => 7 } };
        let (read, same) =
            (PreparedChange::new(made(&content)).unwrap(), PreparedChange::made_of(made(&content), &content).unwrap());
        assert_eq!((read.line, read.leaf, read.terms, read.words), (same.line, same.leaf, same.terms, same.words));
        let mut deep = Json::Null;
        (0..17).for_each(|_| deep = Json::Arr(vec![deep.clone()]));
        for bad in [
            object! { "value" => "u\u{308}" },
            object! { "n" => i64::MAX },
            object! { "deep" => deep },
            object! { "long" => "x".repeat(1 << 20) },
        ] {
            assert!(PreparedChange::new(made(&bad)).is_err() && PreparedChange::made_of(made(&bad), &bad).is_err());
        }
    }
}
