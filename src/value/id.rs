//! Record ids: 128 random bits, the same at every desk. Never derived from what a record says.

use std::fmt;

use super::digest::Digest;

/// The id of a record, of a desk or of a replica: 16 random bytes, written as 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id([u8; 16]);

impl Id {
    /// How many hex digits of an id are shown where space is short.
    pub const SHORT: usize = 6;

    /// An id from 16 bytes of good randomness.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first half of a digest. For records of which there is one for each of something else.
    pub fn from_digest(digest: &Digest) -> Self {
        let mut id = [0; 16];
        id.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
        Self(id)
    }

    /// Reads exactly 32 lower-case hex digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0u8; 16];
        if text.len() != 32 {
            return None;
        }
        let n = data_encoding::HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).ok()?;
        (n == 16).then_some(Self(bytes))
    }

    /// Reads an id from exactly 16 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The first [`Id::SHORT`] hex digits: enough to tell the records on one screen apart.
    pub fn short(&self) -> String {
        self.to_string().chars().take(Self::SHORT).collect()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Id;

    #[test]
    fn only_32_lower_case_hex_digits_are_an_id() {
        let text = "00112233445566778899aabbccddeeff";
        assert_eq!(Id::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        for bad in [
            "",
            "0011",
            "00112233445566778899AABBCCDDEEFF",
            "00112233445566778899aabbccddeefg",
            "00112233445566778899aabbccddeeff0",
        ] {
            assert_eq!(Id::parse(bad), None, "{bad}");
        }
    }
}
