//! Closed lists of words: enums whose values each have one word, the same in records, facts, JSON, forms and on screens.

use strum::VariantArray;

/// Makes an enum of values and their words, each written once: `strum` and `serde` read and write the value by its word.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug,
            strum::Display, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$vmeta])* #[strum(serialize = $word)] #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

            /// The word for it.
            pub fn word(self) -> &'static str {
                self.into()
            }

            /// Reads the word; `None` where it is not in the list.
            pub fn parse(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }

        impl From<$name> for $crate::value::json::Json {
            fn from(value: $name) -> Self {
                Self::from(value.word())
            }
        }
    };
}
pub(crate) use words;

/// Makes an open list of words: a value is any word, and those that the program knows have names, each written once.
macro_rules! open_words {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $known:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(std::borrow::Cow<'static, str>);

        impl $name {
            $($(#[$vmeta])* pub const $known: Self = Self(std::borrow::Cow::Borrowed($word));)+

            /// Any word.
            pub fn new(word: impl Into<String>) -> Self {
                Self(std::borrow::Cow::Owned(word.into()))
            }

            /// The word.
            pub fn word(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}
pub(crate) use open_words;

/// A closed list of words, whichever.
pub trait WordList: VariantArray + Copy + PartialEq + Into<&'static str> {
    /// The place of a value in its list.
    fn place(self) -> usize {
        Self::VARIANTS.iter().position(|value| *value == self).unwrap_or_default()
    }
}

impl<W: VariantArray + Copy + PartialEq + Into<&'static str>> WordList for W {}

/// The words of a list, in order.
pub fn all_words<W: WordList>() -> Vec<&'static str> {
    W::VARIANTS.iter().map(|value| (*value).into()).collect()
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the lists of this test are as public as all others")]
mod tests {
    use super::{WordList as _, all_words};

    words! {
        /// A list for this test.
        Answer {
            /// Yes.
            Yes = "yes",
            /// Neither.
            NotApplicable = "n/a",
        }
    }

    open_words! {
        /// An open list for this test.
        Answered {
            /// Yes.
            YES = "yes",
        }
    }

    #[test]
    fn any_word_is_of_an_open_list_and_the_same_word_is_the_same_value() {
        assert_eq!(Answered::new("yes"), Answered::YES);
        let other: Answered = serde_json::from_str("\"perhaps\"").unwrap();
        assert_eq!((other.word(), format!("{other:>8}").as_str()), ("perhaps", " perhaps"));
        assert_eq!(serde_json::to_string(&Answered::YES).unwrap(), "\"yes\"");
    }

    #[test]
    fn a_word_is_the_same_everywhere() {
        assert_eq!(all_words::<Answer>(), ["yes", "n/a"]);
        assert_eq!(Answer::NotApplicable.place(), 1);
        for answer in Answer::ALL.iter().copied() {
            let word = answer.word();
            assert_eq!(Answer::parse(word), Some(answer));
            assert_eq!(answer.to_string(), word);
            assert_eq!(format!("{answer:>4}"), format!("{word:>4}"));
            let json = serde_json::to_string(&answer).unwrap();
            assert_eq!(json, format!("{word:?}"));
            assert_eq!(serde_json::from_str::<Answer>(&json).unwrap(), answer);
        }
        for other in ["", "Yes", "yes ", "NotApplicable"] {
            assert_eq!(Answer::parse(other), None, "{other:?}");
            assert!(serde_json::from_value::<Answer>(other.into()).is_err(), "{other:?}");
        }
    }
}
