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

/// The words of a list, in order.
pub fn all_words<W: VariantArray + Copy + Into<&'static str>>() -> Vec<&'static str> {
    W::VARIANTS.iter().map(|value| (*value).into()).collect()
}

#[cfg(test)]
mod tests {
    use super::all_words;

    words! {
        /// A list for this test.
        Answer {
            /// Yes.
            Yes = "yes",
            /// Neither.
            NotApplicable = "n/a",
        }
    }

    #[test]
    fn a_word_is_the_same_everywhere() {
        assert_eq!(all_words::<Answer>(), ["yes", "n/a"]);
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
