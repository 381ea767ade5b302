//! Passphrases and secret bytes: wiped when dropped, never printed.

use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

/// Secret bytes. They have no `Debug`, no `Clone`, and are wiped when dropped.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes, for as long as they are needed.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// A passphrase in normalisation form C.
pub struct Passphrase(Zeroizing<String>);

/// Why a passphrase is not acceptable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PassphraseError {
    /// Nothing was given.
    #[error("the passphrase is empty")]
    Empty,
    /// More than 4 KiB.
    #[error("the passphrase is longer than {} bytes", Passphrase::LONGEST)]
    Long,
    /// It is among the first that anybody tries.
    #[error("the passphrase is among the first that anybody would try")]
    Trivial,
    /// It holds a control character, which no keyboard gives on purpose.
    #[error("the passphrase has a control character")]
    Control,
}

impl Passphrase {
    /// The longest passphrase, in bytes.
    pub const LONGEST: usize = 4096;

    /// Accepts what was typed: composed and decomposed forms of one text are the same passphrase.
    pub fn new(typed: &str) -> Result<Self, PassphraseError> {
        match () {
            () if typed.is_empty() => Err(PassphraseError::Empty),
            () if typed.len() > Self::LONGEST => Err(PassphraseError::Long),
            () if typed.chars().any(char::is_control) => Err(PassphraseError::Control),
            () => {
                // Growing would leave a copy behind: the room is taken once. Form C is never more than three times as long.
                let mut text = Zeroizing::new(String::with_capacity(3 * typed.len()));
                text.extend(typed.nfc());
                Ok(Self(text))
            }
        }
    }

    /// The text, for as long as it is needed.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// How long it holds against somebody who guesses, and knows these words of its owner. An estimate: a passphrase that is
    /// called good may stand in a list that the estimate does not know.
    ///
    /// # Errors
    ///
    /// [`PassphraseError::Trivial`] where a million guesses find it.
    pub fn strength(&self, known: &[&str]) -> Result<Strength, PassphraseError> {
        use zxcvbn::Score;
        match zxcvbn::zxcvbn(&self.0, known).score() {
            Score::Zero | Score::One => Err(PassphraseError::Trivial),
            Score::Two | Score::Three => Ok(Strength::Weak),
            _ => Ok(Strength::Good),
        }
    }
}

/// How long a passphrase holds against somebody who guesses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strength {
    /// Fewer than ten thousand million guesses.
    Weak,
    /// More.
    Good,
}

impl Strength {
    /// What is to be said of it; nothing of a good one.
    pub const fn warning(self) -> Option<&'static str> {
        match self {
            Self::Good => None,
            Self::Weak => Some(
                "This passphrase is weak: who has the file can find it by guessing. Six random words are good; make a new \
                 identity with them.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Passphrase, PassphraseError, Strength};

    #[test]
    fn a_passphrase_is_what_a_keyboard_gives() {
        let made = |t: &str| Passphrase::new(t).map(|p| p.expose().to_owned());
        assert_eq!(made("e\u{301}t\u{e9}"), Ok("\u{e9}t\u{e9}".to_owned()));
        assert_eq!(made(""), Err(PassphraseError::Empty));
        assert_eq!(made("a\u{7}"), Err(PassphraseError::Control));
        assert_eq!(made(&"x".repeat(1 << 20)), Err(PassphraseError::Long));
    }
    #[test]
    fn what_anybody_tries_first_is_told_from_what_nobody_guesses() {
        let strength = |text: &str| Passphrase::new(text).unwrap().strength(&["Nneka Okafor"]);
        for trivial in ["a", "password1", "qwertyuiop", "Nneka Okafor", "11111111"] {
            assert_eq!(strength(trivial), Err(PassphraseError::Trivial), "{trivial}");
        }
        assert_eq!(strength("harbour7desk"), Ok(Strength::Weak));
        assert_eq!(strength("orbit velvet tundra mosaic lantern quartz"), Ok(Strength::Good));
        assert_eq!(strength(&"\u{e9}".repeat(2048)).ok(), None);
    }
}
