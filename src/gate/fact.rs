//! Reading facts from JSON: what is missing, extra, of the wrong type or not in its list is named, and is unusable.

use crate::value::json::{Int, Json};
use crate::value::realm::Realm;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;

/// A fact: `None` where it is missing or unusable.
pub type Fact<T> = Option<T>;

/// A reader of the members of one object of facts.
pub struct Facts<'a, 'p> {
    json: Option<&'a Json>,
    path: &'static str,
    taken: Vec<&'static str>,
    problems: &'p mut Vec<String>,
}

impl<'a, 'p> Facts<'a, 'p> {
    /// Returns a reader of the members of `json`; where it is not an object, every fact in it is unusable.
    pub fn of(json: Option<&'a Json>, path: &'static str, problems: &'p mut Vec<String>) -> Self {
        let json = json.filter(|j| j.members().is_some());
        Self { json, path, taken: Vec::new(), problems }
    }

    /// Returns one fact. Where the object itself is unusable nothing more is said about its members.
    pub fn fact<T>(&mut self, key: &'static str, read: impl Fn(&'a Json) -> Option<T>) -> Fact<T> {
        self.taken.push(key);
        let json = self.json?;
        let Some(value) = json.get(key) else {
            self.problems.push(format!("{}{key} is missing", self.path));
            return None;
        };
        let fact = read(value);
        if fact.is_none() {
            self.problems.push(format!("{}{key} is not usable", self.path));
        }
        fact
    }

    /// Returns an object of facts inside this one.
    pub fn object(&mut self, key: &'static str) -> Fact<&'a Json> {
        self.fact(key, |j| j.members().map(|_| j))
    }

    /// Ends the reading: each member that was not read is a problem.
    pub fn finish(self) {
        for (key, _) in self.json.and_then(Json::members).unwrap_or_default() {
            if !self.taken.contains(&key.as_str()) {
                self.problems.push(format!("{}{} is not expected", self.path, shown(key)));
            }
        }
    }
}

/// Reads a time.
pub fn time(json: &Json) -> Option<Timestamp> {
    json.text().and_then(Timestamp::parse)
}

/// Reads an integer of any size.
pub fn int(json: &Json) -> Option<Int> {
    if let Json::Int(int) = json { Some(int.clone()) } else { None }
}

/// Reads a string that is not empty.
pub fn name(json: &Json) -> Option<String> {
    json.text().filter(|t| !t.is_empty()).map(str::to_owned)
}

/// Reads a text, which may be empty.
pub fn text(json: &Json) -> Option<String> {
    json.text().map(str::to_owned)
}

/// Reads a realm: `live`, or `exercise:` and a name.
pub fn realm(json: &Json) -> Option<String> {
    let named = |r: &str| r.strip_prefix("exercise:").is_some_and(|name| !name.is_empty());
    json.text().filter(|r| Realm::parse(r) == Some(Realm::Live) || named(r)).map(str::to_owned)
}

/// Returns a reader of a word of a closed list.
pub fn word<T>(parse: impl Fn(&str) -> Option<T>) -> impl Fn(&Json) -> Option<T> {
    move |json| json.text().and_then(&parse)
}

/// Returns a reader of a list of which every element is usable.
pub fn list<T>(read: impl Fn(&Json) -> Option<T>) -> impl Fn(&Json) -> Option<Vec<T>> {
    move |json| json.items()?.iter().map(&read).collect()
}

/// Returns a reader of what may be `null`.
pub fn nullable<T>(read: impl Fn(&Json) -> Option<T>) -> impl Fn(&Json) -> Option<Option<T>> {
    move |json| if json.is_null() { Some(None) } else { read(json).map(Some) }
}
