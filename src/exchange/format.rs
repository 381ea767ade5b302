//! What all formats have in common: their options, what they yield, and why they stop. Nothing is judged here.

use super::claim::Claim;
pub use super::fault::FormatError;
use super::leaving::{Leaving, Transfer};
use super::report::Lines;
use super::source::Source;
use crate::value::class::{Assertion, Category, Credibility, Reliability, Tier};
use crate::value::json::Json;
use crate::value::marking::Tlp;
use crate::value::text::composed_owned;
use crate::value::timestamp::Timestamp;

/// Reads a file and hands on what it sees.
pub type ReadFile = fn(&mut Source<'_>, &Options, &mut Sink<'_>) -> Result<(), FormatError>;

/// Takes what a reader sees. It remembers when no more is wanted: what is put into it then goes nowhere, and a reader looks now and
/// then whether it may stop.
pub struct Sink<'a> {
    take: &'a mut dyn FnMut(Seen) -> bool,
    is_full: bool,
}

impl<'a> Sink<'a> {
    /// A sink that hands on to `take` until it answers `false`.
    pub fn new(take: &'a mut dyn FnMut(Seen) -> bool) -> Self {
        Self { take, is_full: false }
    }

    /// Whether no more is wanted.
    pub const fn is_full(&self) -> bool {
        self.is_full
    }

    fn put(&mut self, seen: Seen) {
        self.is_full = self.is_full || !(self.take)(seen);
    }

    /// An item.
    pub fn item(&mut self, found: Found) {
        self.put(Seen::Item(Box::new(found)));
    }

    /// What cannot be read, where the rest can.
    pub fn fault(&mut self, place: impl Into<String>, what: impl Into<String>) {
        self.put(Seen::Fault(FormatError::new(place, what)));
    }

    /// What is not taken, or is to be known of what is: of which sort it is, and its name.
    pub fn remark(&mut self, what: &'static str, name: impl Into<String>) {
        self.put(Seen::Remark(what, name.into()));
    }

    /// A tag that says that the file is of an exercise.
    pub fn exercise(&mut self, tag: impl Into<String>) {
        self.put(Seen::Exercise(tag.into()));
    }
}

/// Writes items that may leave as a file of the format, and names what of them it has no place for.
pub type WriteFile = fn(&Transfer, &Leaving<'_>, &mut Lines) -> Vec<u8>;

/// A format: its name, and how it is read and written.
pub struct Format {
    /// Its name, as `--format` takes it.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Reads a file and hands on what it sees, in its order. Ends early where no more is wanted.
    pub read: ReadFile,
    /// Writes one; `None`: it is only read.
    pub write: Option<WriteFile>,
}

/// Options for reading a file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which column of a table holds what: a name, and a number from 1 or a heading.
    pub columns: Vec<(String, String)>,
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
    /// The least marking of everything in the file.
    pub least: Claim,
    /// What a marking that cannot be read is.
    pub unknown_marking: Option<Tlp>,
    /// Whose the file is.
    pub originator: Option<String>,
    /// When it is read: what was valid until then has ended.
    pub now: Option<Timestamp>,
}

/// What a reader sees.
pub enum Seen {
    /// An item.
    Item(Box<Found>),
    /// What cannot be read, where the rest can.
    Fault(FormatError),
    /// What is not taken, or is to be known of what is: of which sort it is, and its name.
    Remark(&'static str, String),
    /// A tag says that the file is of an exercise.
    Exercise(String),
}

/// An item that a file holds, as it stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Where it stands.
    pub place: String,
    /// What it is, as the file spells it.
    pub kind: String,
    /// The template of the object that it is a part of.
    pub template: Option<String>,
    /// What it is in that object.
    pub part: Option<String>,
    /// What it is judged as by the person screen, where its type alone does not say it.
    pub judged_as: Option<String>,
    /// Other types that it speaks of, which are screened too.
    pub speaks_of: Vec<String>,
    /// Its data category, where the member who imports it says so.
    pub category: Option<Category>,
    /// Its tier, where they say so.
    pub tier: Option<Tier>,
    /// Fact or assessment.
    pub assertion: Assertion,
    /// How reliable the file says its source is.
    pub source_grade: Option<Reliability>,
    /// How credible it is, as the file says.
    pub information_grade: Option<Credibility>,
    /// The marking that the file claims.
    pub claim: Claim,
    /// Its value, whole.
    pub value: String,
    /// A title.
    pub title: Option<String>,
    /// A note.
    pub note: Option<String>,
    /// Its ids elsewhere: scheme and id.
    pub ids: Vec<(&'static str, String)>,
    /// Which version of it this is.
    pub version: Option<String>,
    /// What else the file says of it: an object whose members are shown, searched and screened, and leave with it.
    pub properties: Option<Json>,
    /// The ids, elsewhere, of what it names.
    pub references: Vec<String>,
    /// For a relation between the first two that it names: the word for it.
    pub relation: Option<String>,
    /// Whose it is, where the file says so.
    pub originator: Option<String>,
    /// In how many days the file wants it deleted.
    pub keep_days: Option<i64>,
    /// The object as it stood in the file. It never leaves.
    pub original: Option<String>,
    /// A text of the object was too long to be read: [`super::stream::LONG`] stands in its place.
    pub has_long: bool,
}

impl Found {
    /// An item of this type and value, of which nothing else is said.
    pub fn new(place: impl Into<String>, kind: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            kind: kind.into(),
            template: None,
            part: None,
            judged_as: None,
            speaks_of: Vec::new(),
            category: None,
            tier: None,
            assertion: Assertion::Fact,
            source_grade: None,
            information_grade: None,
            claim: Claim::default(),
            value: value.into(),
            title: None,
            note: None,
            ids: Vec::new(),
            version: None,
            properties: None,
            references: Vec::new(),
            relation: None,
            originator: None,
            keep_days: None,
            original: None,
            has_long: false,
        }
    }
}

/// A value of JSON as it is stored here: names and texts composed, a number with a fraction as its digits. `None`: it lies too deep.
pub fn stored(value: serde_json::Value, depth: usize) -> Option<Json> {
    use serde_json::Value;
    const SAFE: u64 = 1 << 53;
    if depth > 8 {
        return None;
    }
    Some(match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(truth),
        Value::String(text) => composed_owned(text).into(),
        Value::Number(n) => match n.as_i64().filter(|n| n.unsigned_abs() < SAFE) {
            Some(n) => n.into(),
            None => n.to_string().into(),
        },
        Value::Array(all) => Json::from(all.into_iter().map(|v| stored(v, depth + 1)).collect::<Option<Vec<_>>>()?),
        Value::Object(all) => {
            let mut object = crate::object! {};
            for (key, value) in all {
                object.set(&composed_owned(key), stored(value, depth + 1)?);
            }
            object
        }
    })
}

/// A member of a JSON object that is a text, and not empty.
pub fn text_of<'a>(object: &'a serde_json::Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(serde_json::Value::as_str).filter(|text| !text.is_empty())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What a format sees in a file, and what it says of it: the same both times that it is read.
    pub(in crate::exchange) fn seen(format: &Format, file: &str) -> Result<(Vec<Found>, Vec<String>), FormatError> {
        let mut input = std::io::Cursor::new(file.as_bytes());
        let mut source = Source::new(&mut input)?;
        let mut once = || {
            let (mut found, mut more) = (Vec::new(), Vec::new());
            let mut take = |seen| {
                match seen {
                    Seen::Item(f) => found.push(*f),
                    Seen::Remark(what, name) => more.push(format!("{what}: {name}")),
                    Seen::Fault(fault) => more.push(fault.to_string()),
                    Seen::Exercise(tag) => more.push(tag),
                }
                true
            };
            (format.read)(&mut source, &Options::default(), &mut Sink::new(&mut take))?;
            source.again()?;
            Ok((found, more))
        };
        let first = once()?;
        assert_eq!(first, once()?, "the second time it sees the same");
        Ok(first)
    }
}
