//! A change: what an act does to one record. Terms hold no free text and outlive a purge; content is erased with its salt.
//!
//! The act's root covers id, kind, terms and the salted commitment of the content, never the content itself: once the
//! salt is gone, nobody can confirm a guess.

use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::tree;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, JsonError, Limits};

/// The longest terms and the longest content, in bytes each.
pub const LONGEST: usize = 1 << 20;

/// 32 random bytes, drawn for one content and erased with it.
pub type Salt = [u8; 32];

/// The content of a change, or what is left of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// There never was content.
    None,
    /// The content, as bytes of JSON, and its salt.
    Whole {
        /// A JSON object.
        content: Vec<u8>,
        /// Its salt.
        salt: Salt,
    },
    /// The content was purged, or does not travel; its commitment remains.
    Redacted(Digest),
}

/// One change of an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The record that it changes.
    pub record: Id,
    /// What kind of change: a row of the table of record kinds.
    pub kind: String,
    /// A JSON object without free text, as bytes.
    pub terms: Vec<u8>,
    /// Its content.
    pub body: Body,
}

/// A change as it travels: with its content, without it, or as its leaf alone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Line {
    /// The change, with its content or without it.
    Change(Change),
    /// The hash of the leaf of a change that is withheld.
    Withheld(Digest),
}

impl Change {
    /// A change without content.
    pub fn of_terms(record: Id, kind: impl AsRef<str>, terms: &Json) -> Self {
        Self { record, kind: kind.as_ref().to_owned(), terms: terms.to_bytes(), body: Body::None }
    }

    /// A change with content.
    pub fn with_content(record: Id, kind: impl AsRef<str>, terms: &Json, content: &Json, salt: Salt) -> Self {
        let body = Body::Whole { content: content.to_bytes(), salt };
        Self { record, kind: kind.as_ref().to_owned(), terms: terms.to_bytes(), body }
    }

    /// The commitment to the content: HMAC-SHA-256 with the salt as key over domain, record id, kind and content.
    /// `None` where the change never had content.
    pub fn commitment(&self) -> Option<Digest> {
        match &self.body {
            Body::None => None,
            Body::Redacted(commitment) => Some(*commitment),
            Body::Whole { content, salt } => Some(commit(self.record, &self.kind, content, salt)),
        }
    }

    /// The hash of the change's leaf in the act's tree: RFC 6962's leaf hash over domain, record id, kind (length
    /// first), terms (length first), and 0, or 1 and the commitment.
    pub fn leaf(&self) -> Digest {
        let mut hash = Sha256::new();
        hash.update([tree::LEAF]);
        hash.update(b"comity/change/1\0");
        hash.update(self.record.as_bytes());
        hash.update((self.kind.len() as u32).to_be_bytes());
        hash.update(&self.kind);
        hash.update((self.terms.len() as u32).to_be_bytes());
        hash.update(&self.terms);
        match self.commitment() {
            None => hash.update([0]),
            Some(commitment) => {
                hash.update([1]);
                hash.update(commitment.as_bytes());
            }
        }
        Digest::from_bytes(hash.finalize().into())
    }

    /// Reads the terms.
    pub fn read_terms(&self) -> Result<Json, JsonError> {
        json::parse(&self.terms, Limits::SIGNED)
    }

    /// Reads the content; `None` where there is none, or none any more.
    pub fn read_content(&self) -> Result<Option<Json>, JsonError> {
        match &self.body {
            Body::Whole { content, .. } => json::parse(content, Limits::SIGNED).map(Some),
            Body::None | Body::Redacted(_) => Ok(None),
        }
    }

    /// Puts other content in the place of its own, to be shown and nothing else: what was signed is another.
    pub fn show_instead(&mut self, shown: &Json) {
        if let Body::Whole { content, .. } = &mut self.body {
            *content = shown.to_bytes();
        }
    }

    /// The same change without its content.
    #[must_use]
    pub fn without_content(&self) -> Self {
        let body = self.commitment().map_or(Body::None, Body::Redacted);
        Self { body, ..self.clone() }
    }

    /// Appends the change as one line of JSON, without the line feed. Terms and content stand as the bytes they are.
    pub fn write_line(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"record\":\"");
        out.extend_from_slice(self.record.to_string().as_bytes());
        out.extend_from_slice(b"\",\"kind\":");
        out.extend_from_slice(&Json::from(self.kind.as_str()).to_bytes());
        out.extend_from_slice(b",\"terms\":");
        out.extend_from_slice(&self.terms);
        match &self.body {
            Body::None => {}
            Body::Redacted(commitment) => {
                out.extend_from_slice(format!(",\"commitment\":\"{commitment}\"").as_bytes());
            }
            Body::Whole { content, salt } => {
                out.extend_from_slice(b",\"content\":");
                out.extend_from_slice(content);
                out.extend_from_slice(b",\"salt\":\"");
                out.extend_from_slice(data_encoding::HEXLOWER.encode(salt).as_bytes());
                out.push(b'"');
            }
        }
        out.push(b'}');
    }
}

impl Line {
    /// Appends the line, without the line feed.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Change(change) => change.write_line(out),
            Self::Withheld(leaf) => out.extend_from_slice(format!("{{\"leaf\":\"{leaf}\"}}").as_bytes()),
        }
    }

    /// The hash of the leaf that this line stands for.
    pub fn leaf(&self) -> Digest {
        match self {
            Self::Change(change) => change.leaf(),
            Self::Withheld(leaf) => *leaf,
        }
    }

    /// Whether the content is there.
    pub const fn is_whole(&self) -> bool {
        matches!(self, Self::Change(Change { body: Body::Whole { .. }, .. }))
    }

    /// Reads one line strictly. The bytes of terms and content are kept as they stand.
    pub fn parse(line: &[u8]) -> Result<Self, ChangeError> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw<'a> {
            record: Option<&'a str>,
            kind: Option<&'a str>,
            #[serde(borrow)]
            terms: Option<&'a serde_json::value::RawValue>,
            #[serde(borrow)]
            content: Option<&'a serde_json::value::RawValue>,
            salt: Option<&'a str>,
            commitment: Option<&'a str>,
            leaf: Option<&'a str>,
        }
        if line.len() > 2 * LONGEST + 1024 {
            return Err(ChangeError("it is longer than 1 MiB"));
        }
        let raw: Raw<'_> = serde_json::from_slice(line).map_err(|_| ChangeError("it is malformed"))?;
        if let Raw {
            record: None,
            kind: None,
            terms: None,
            content: None,
            salt: None,
            commitment: None,
            leaf: Some(leaf),
        } = raw
        {
            let found = Self::Withheld(Digest::parse(leaf).ok_or(ChangeError("its leaf is malformed"))?);
            return found.must_be_canonical(line);
        }
        let (Some(record), Some(kind), Some(terms), None) = (raw.record, raw.kind, raw.terms, raw.leaf) else {
            return Err(ChangeError("a member is missing or extra"));
        };
        let fine = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if kind.is_empty() || kind.len() > 64 || !kind.bytes().all(fine) {
            return Err(ChangeError("its kind is malformed"));
        }
        let body = match (raw.content, raw.salt, raw.commitment) {
            (None, None, None) => Body::None,
            (None, None, Some(commitment)) => {
                Body::Redacted(Digest::parse(commitment).ok_or(ChangeError("its commitment is malformed"))?)
            }
            (Some(content), Some(salt), None) => {
                let salt = Digest::parse(salt).ok_or(ChangeError("its salt is malformed"))?;
                Body::Whole {
                    content: strict_object(content.get(), "its content is malformed")?,
                    salt: *salt.as_bytes(),
                }
            }
            _ => return Err(ChangeError("content, salt and commitment do not go together")),
        };
        let record = Id::parse(record).ok_or(ChangeError("its record id is malformed"))?;
        let terms = strict_object(terms.get(), "its terms are malformed")?;
        Self::Change(Change { record, kind: kind.to_owned(), terms, body }).must_be_canonical(line)
    }

    /// Refuses a line that is not in canonical form: the outer parser would take duplicate members and white space.
    fn must_be_canonical(self, line: &[u8]) -> Result<Self, ChangeError> {
        let mut again = Vec::with_capacity(line.len());
        self.write(&mut again);
        if again == line { Ok(self) } else { Err(ChangeError("it is not in canonical form")) }
    }
}

/// Why a line is not a change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a change is refused: {0}")]
pub struct ChangeError(pub &'static str);

fn strict_object(text: &str, what: &'static str) -> Result<Vec<u8>, ChangeError> {
    match json::parse(text.as_bytes(), Limits::SIGNED) {
        Ok(Json::Obj(_)) => Ok(text.as_bytes().to_vec()),
        _ => Err(ChangeError(what)),
    }
}

/// HMAC-SHA-256 with the salt as key over `comity/content/1`, a zero byte, the record id, the kind (length first) and
/// the content.
pub fn commit(record: Id, kind: &str, content: &[u8], salt: &Salt) -> Digest {
    let key = Zeroizing::new(*salt);
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_slice()) else {
        // HMAC takes keys of any length; 32 bytes always work.
        return Digest::from_bytes([0; 32]);
    };
    mac.update(b"comity/content/1\0");
    mac.update(record.as_bytes());
    mac.update(&(kind.len() as u32).to_be_bytes());
    mac.update(kind.as_bytes());
    mac.update(content);
    Digest::from_bytes(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object;

    fn change() -> Change {
        let (terms, content) = (object! { "tier" => 1i64 }, object! { "value" => "evil.example" });
        Change::with_content(Id::from_bytes([1; 16]), "item-add", &terms, &content, [2; 32])
    }

    fn line(line: &Line) -> String {
        let mut out = Vec::new();
        line.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_leaf_outlives_the_content() {
        let whole = change();
        assert_eq!(whole.leaf(), whole.without_content().leaf());
        let other_salt = Change { body: Body::Whole { content: b"{}".to_vec(), salt: [3; 32] }, ..change() };
        assert_ne!(whole.leaf(), other_salt.leaf());
        let no_content = Change { body: Body::None, ..change() };
        assert_ne!(whole.leaf(), no_content.leaf());
    }

    #[test]
    fn lines_have_one_form() {
        for original in [
            Line::Change(change()),
            Line::Change(change().without_content()),
            Line::Change(Change { body: Body::None, ..change() }),
            Line::Withheld(Digest::of(b"x")),
        ] {
            let text = line(&original);
            assert_eq!(Line::parse(text.as_bytes()), Ok(original));
            for bad in [
                text.replacen('{', "{ ", 1),
                format!("{},\"x\":1}}", text.strip_suffix('}').unwrap()),
                text.replace("item-add", "Item Add"),
                text.replacen("\"tier\":1", "\"tier\":1,\"tier\":2", 1),
                text.replacen("{\"record\"", "{\"record\":\"00\",\"record\"", 1),
                text.replacen("\"tier\":1", "\"tier\":1.0", 1),
                text.replacen("\"leaf\":\"", "\"leaf\":\"0", 1),
            ] {
                assert!(bad == text || Line::parse(bad.as_bytes()).is_err(), "{bad}");
            }
        }
    }
}
