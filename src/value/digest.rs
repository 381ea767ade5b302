//! SHA-256 digests and how they are written. Hashing itself is done where the bytes are.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// A SHA-256 digest, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest that was computed elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The SHA-256 of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads a digest from exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads exactly 64 lower-case hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 32];
        if text.len() != 64 {
            return None;
        }
        let n = data_encoding::HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).ok()?;
        (n == 32).then_some(Self(bytes))
    }

    /// Reads padded base64 (RFC 4648 §4), as C2SP writes hashes.
    pub fn parse_base64(text: &str) -> Option<Self> {
        let bytes = data_encoding::BASE64.decode(text.as_bytes()).ok()?;
        Self::from_slice(&bytes)
    }

    /// Padded base64 (RFC 4648 §4), as C2SP writes hashes.
    pub fn base64(&self) -> String {
        data_encoding::BASE64.encode(&self.0)
    }

    /// The first 8 bytes in four groups, for a screen.
    pub fn short(&self) -> String {
        let hex = self.to_string();
        hex.get(..16).map(|h| format!("{} {} {} {}", &h[..4], &h[4..8], &h[8..12], &h[12..])).unwrap_or(hex)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}
