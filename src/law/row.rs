//! What all rows of the law have in common: an id, and a check that they are well formed. Whether a row is right in law,
//! only its source can tell.

use jiff::civil::Date;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::class::words;
use crate::value::timestamp::Timestamp;

/// A row of a table.
pub trait LawRow: Clone + DeserializeOwned + Serialize + 'static {
    /// Its id within its table.
    fn id(&self) -> &str;

    /// What is malformed in it, in words that name the member; `None` where nothing is.
    fn problem(&self) -> Option<String>;
}

/// A word of a closed list that stands in a row.
pub(super) trait LawWord: Sized {
    /// What is said of a word that is not in the list; it names the member.
    const PROBLEM: &'static str;

    /// The value of a word.
    fn of(word: &str) -> Option<Self>;
}

/// Reads a word of a closed list.
pub(super) fn word<'de, W: LawWord, D: Deserializer<'de>>(from: D) -> Result<W, D::Error> {
    W::of(&String::deserialize(from)?).ok_or_else(|| D::Error::custom(W::PROBLEM))
}

/// Reads a word of a closed list, where there is one.
pub(super) fn maybe_word<'de, W: LawWord, D: Deserializer<'de>>(from: D) -> Result<Option<W>, D::Error> {
    let read = |word: String| W::of(&word).ok_or_else(|| D::Error::custom(W::PROBLEM));
    Option::<String>::deserialize(from)?.map(read).transpose()
}

/// Reads words of a closed list.
pub(super) fn all_words<'de, W: LawWord, D: Deserializer<'de>>(from: D) -> Result<Vec<W>, D::Error> {
    let read = |word: String| W::of(&word).ok_or_else(|| D::Error::custom(W::PROBLEM));
    Vec::<String>::deserialize(from)?.into_iter().map(read).collect()
}

/// Reads words of a closed list, where there are any.
pub(super) fn maybe_all_words<'de, W: LawWord, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<W>>, D::Error> {
    all_words(from).map(Some)
}

/// Makes lists of words readable in rows: each with what is said of another word.
macro_rules! law_words {
    ($($name:ty: $problem:literal),+ $(,)?) => {
        $(impl $crate::law::row::LawWord for $name {
            const PROBLEM: &'static str = $problem;

            fn of(word: &str) -> Option<Self> {
                Self::parse(word)
            }
        })+
    };
}
pub(super) use law_words;

words! {
    /// What stands instead of the day on which a source was read.
    Unread {
        /// Nobody has read it.
        Unverified = "unverified",
    }
}

/// When somebody read the source of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Verified {
    /// Nobody has.
    Never,
    /// On a day.
    On(Date),
}

impl Verified {
    /// Reads a date, or `unverified`.
    pub fn parse(said: &str) -> Option<Self> {
        Unread::parse(said).map(|_| Self::Never).or_else(|| Timestamp::parse_date(said).map(Self::On))
    }
}

impl std::fmt::Display for Verified {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Never => Unread::Unverified.fmt(f),
            Self::On(day) => write!(f, "{day}"),
        }
    }
}

impl Serialize for Verified {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Verified {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let said = String::deserialize(from)?;
        Self::parse(&said)
            .ok_or_else(|| D::Error::custom("`verified` is the date on which its source was read, or `unverified`"))
    }
}

/// Returns what is wrong in the first claim that does not hold.
pub(super) fn first(claims: &[(bool, &str)]) -> Option<String> {
    claims.iter().find(|(so, _)| !so).map(|(_, what)| (*what).to_owned())
}

/// Whether it is a date.
pub(super) fn is_date(said: &str) -> bool {
    Timestamp::parse_date(said).is_some()
}
