//! What all formats have in common: their options, and the items that they yield.

use std::io::{BufRead, Read as _};

use crate::value::class::{Assertion, Category, Credibility, PersonClass, Reliability, Tier};
use crate::value::marking::Marking;

/// Reads a file and hands its items on.
pub type ReadFile = fn(&mut dyn BufRead, &Options, &mut dyn FnMut(Found) -> bool) -> Result<(), FormatError>;

/// A format: its name, and how it is read.
pub struct Format {
    /// Its name, as `--format` takes it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Reads a file and hands its items on. Ends early where `each` answers `false`.
    pub read: ReadFile,
}

/// Options for reading a file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which column of a table holds what: a name and a number from 1.
    pub columns: Vec<(String, usize)>,
    /// The type of every item, where the file does not say.
    pub kind: Option<String>,
    /// The data category of every item, where the file does not say.
    pub category: Option<Category>,
    /// The tier of every item, where the file does not say.
    pub tier: Option<Tier>,
    /// What stands between the columns of a table.
    pub delimiter: Option<u8>,
    /// What a line begins with that is to be passed over.
    pub comment: Option<u8>,
    /// Whether the first line of a table names its columns.
    pub header: bool,
}

/// An item that a file holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// What it is: a word.
    pub kind: String,
    /// Its data category.
    pub category: Category,
    /// Its tier.
    pub tier: Tier,
    /// Whom it is about.
    pub person_class: PersonClass,
    /// Fact or assessment.
    pub assertion: Assertion,
    /// How reliable the file says its source is.
    pub source_grade: Option<Reliability>,
    /// How credible the file says it is.
    pub information_grade: Option<Credibility>,
    /// The marking that the file claims; `None`: the default of its tier.
    pub marking: Option<Marking>,
    /// Its value.
    pub value: String,
    /// A title.
    pub title: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Its ids elsewhere: scheme and id.
    pub ids: Vec<(&'static str, String)>,
    /// The object as it stood in the file.
    pub original: Option<String>,
}

/// Why a file cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{place}: {what}")]
pub struct FormatError {
    /// Where in the file.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

impl FormatError {
    /// Something wrong at a place.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

/// The largest file of a format that is read as a whole, in bytes.
pub const LARGEST: u64 = 64 << 20;

/// Reads a file as a whole.
pub fn whole(input: &mut dyn BufRead) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    input.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| FormatError::new("the file", e.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        return Err(FormatError::new("the file", "it is larger than 64 MiB: split it"));
    }
    Ok(bytes)
}

/// Returns the category of data and the class of person for a type of observable, where the file does not state them: what
/// points to a person is never an indicator (docs/gate.md, the sharing ladder).
pub fn screen(kind: &str) -> (Category, PersonClass) {
    const PERSONAL: &[&str] = &[
        "email",
        "email-addr",
        "email-src",
        "email-dst",
        "email-src-display-name",
        "email-dst-display-name",
        "phone-number",
        "first-name",
        "middle-name",
        "last-name",
        "full-name",
        "date-of-birth",
        "passport-number",
        "identity-card-number",
        "whois-registrant-email",
        "whois-registrant-name",
        "whois-registrant-phone",
        "user-account",
        "github-username",
        "twitter-id",
        "jabber-id",
        "iban",
        "bank-account-nr",
        "cc-number",
        "target-user",
        "target-email",
        "person",
        "individual",
    ];
    if PERSONAL.contains(&kind) {
        (Category::Identification, PersonClass::Other)
    } else {
        (Category::Indicator, PersonClass::None)
    }
}

/// Cuts a text of a file to what content may hold, at a character's border, and says so.
pub fn bounded(text: &str, limit: usize) -> String {
    let text: String = unicode_normalization::UnicodeNormalization::nfc(text).collect();
    if text.len() <= limit {
        return text;
    }
    let mark = " […]";
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at + mark.len() <= limit).last().unwrap_or(0);
    format!("{}{mark}", text.get(..end).unwrap_or_default())
}
