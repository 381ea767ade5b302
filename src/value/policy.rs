//! The policy statements of FIRST's Information Exchange Policy 2.0, with their closed lists of words. They are kept and
//! compared; nothing here says whether something may leave.

/// One policy statement: its name in the policy, its name in a form, and the words that it may take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Statement {
    /// Its name, as the policy spells it.
    pub name: &'static str,
    /// Its name in a form.
    pub field: &'static str,
    /// The words that it may take.
    pub words: &'static [&'static str],
}

/// How many statements there are.
const COUNT: usize = 5;

/// Every statement but the one on TLP, which is a marking, in the order of the specification.
pub const STATEMENTS: &[Statement; COUNT] = &[
    Statement { name: "encrypt_in_transit", field: "encrypt-in-transit", words: &["must", "may"] },
    Statement {
        name: "permitted_actions",
        field: "permitted-actions",
        words: &[
            "none",
            "contact-for-instruction",
            "internally-visible-actions",
            "externally-visible-indirect-actions",
            "externally-visible-direct-actions",
        ],
    },
    Statement {
        name: "affected_party_notifications",
        field: "affected-party-notifications",
        words: &["may", "must-not"],
    },
    Statement { name: "attribution", field: "attribution", words: &["may", "must", "must-not"] },
    Statement { name: "unmodified_resale", field: "unmodified-resale", words: &["may", "must-not"] },
];

impl Statement {
    /// Reads one of its words; `None` where it is not in the list.
    pub fn word(&self, text: &str) -> Option<&'static str> {
        self.words.iter().copied().find(|w| *w == text)
    }
}

/// The words of a statement, by its name in a form; none where there is no such statement.
pub fn words_of(field: &str) -> Vec<&'static str> {
    STATEMENTS.iter().find(|s| s.field == field).map_or_else(Vec::new, |s| s.words.to_vec())
}

/// For each statement the word that is chosen, or none.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Stated([Option<&'static str>; COUNT]);

impl Stated {
    /// Asks for each statement in turn; ends at the first error.
    pub fn each<E>(mut ask: impl FnMut(&'static Statement) -> Result<Option<&'static str>, E>) -> Result<Self, E> {
        let mut stated = Self::default();
        for (statement, word) in STATEMENTS.iter().zip(&mut stated.0) {
            *word = ask(statement)?;
        }
        Ok(stated)
    }

    /// Every statement, with its word where it has one.
    pub fn all(&self) -> impl Iterator<Item = (&'static Statement, Option<&'static str>)> {
        STATEMENTS.iter().zip(self.0)
    }

    /// The statements that have a word, with it.
    pub fn made(&self) -> impl Iterator<Item = (&'static Statement, &'static str)> {
        self.all().filter_map(|(statement, word)| Some((statement, word?)))
    }

    /// The word of the statement of that name.
    pub fn get(&self, name: &str) -> Option<&'static str> {
        self.made().find(|(s, _)| s.name == name).map(|(_, word)| word)
    }
}
