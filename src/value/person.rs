//! Persons as the gate tells them apart: by their signing key, never by a name that they chose.

use std::fmt;

use crate::value::digest::Digest;

/// A person: the SHA-256 of their public signing key in SSH wire form, written as OpenSSH writes it (`SHA256:…`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(Digest);

impl Person {
    /// The person who holds the key with this fingerprint.
    pub const fn of(fingerprint: Digest) -> Self {
        Self(fingerprint)
    }

    /// The fingerprint.
    pub const fn digest(&self) -> &Digest {
        &self.0
    }

    /// Reads `SHA256:` and 43 characters of unpadded base64.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = data_encoding::BASE64_NOPAD.decode(text.strip_prefix("SHA256:")?.as_bytes()).ok()?;
        Digest::from_slice(&bytes).map(Self)
    }
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SHA256:{}", data_encoding::BASE64_NOPAD.encode(self.0.as_bytes()))
    }
}

impl serde::Serialize for Person {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({self})")
    }
}
