//! What leaves as a file of a foreign format: the copies of items that the gate has cleared, and from whom to whom, for what and until
//! when. Nothing that the gate has not cleared can be in it.

use std::collections::HashMap;

use serde_json::Value;

use crate::gate::cleared::{Cleared, FileItems};
use crate::record::item::Terms;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::marking::{Handling, Marking};
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// An item as its copy holds it.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The record.
    pub id: Id,
    /// What rules ask about it; its marking is the strictest of the copy's and the item's own.
    pub terms: Terms,
    /// The content of the copy: what `item show` shows.
    pub content: Json,
    /// The value as it was written, where it is shown so.
    pub written: Option<String>,
    /// When it was recorded here.
    pub recorded: Timestamp,
}

impl Outgoing {
    /// A text of its content, where it has one.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.content.get(key).and_then(Json::text).filter(|t| !t.is_empty())
    }

    /// Its value in its one form.
    pub fn value(&self) -> &str {
        self.text("value").unwrap_or_default()
    }

    /// Its value as it was written.
    pub fn as_written(&self) -> &str {
        self.written.as_deref().unwrap_or_else(|| self.value())
    }

    /// Its id in a scheme.
    pub fn foreign(&self, scheme: &str) -> Option<&str> {
        self.content.get("ids")?.get(scheme)?.text()
    }

    /// What else the file that it came in says of it, as any JSON.
    pub fn properties(&self) -> serde_json::Map<String, Value> {
        let json = self.content.get("properties").map(Json::to_text);
        let read = json.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(Value::Object(all)) = read { all } else { serde_json::Map::new() }
    }

    fn list(&self, key: &str) -> Vec<&str> {
        self.content.get(key).and_then(Json::items).unwrap_or_default().iter().filter_map(Json::text).collect()
    }

    /// What a reader must be told of it in words: its caveats, markings that nobody could read, handling codes, conditions.
    pub fn statements(&self, transfer: &Transfer) -> Vec<String> {
        let mut all: Vec<String> = self.list("caveats").into_iter().map(str::to_owned).collect();
        let unknown = |m: &str| format!("Marked {m}, which could not be read: held as TLP:{}", self.terms.marking.tlp);
        all.extend(self.list("unknown_markings").into_iter().map(unknown));
        let codes: Vec<&str> = self.terms.marking.handling.iter().copied().map(Handling::word).collect();
        if !codes.is_empty() {
            all.push(format!("Europol handling codes: {}", codes.join(", ")));
        }
        let conditions: Vec<&str> = self.terms.conditions.iter().map(|c| c.word()).collect();
        if !conditions.is_empty() {
            all.push(format!("Conditions: {}", conditions.join(", ")));
        }
        all.push(transfer.term());
        all
    }
}

/// From whom to whom something leaves, for what and until when.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The desk that gives it.
    pub desk: Id,
    /// Its code.
    pub from: String,
    /// Its name.
    pub name: String,
    /// The code of the partner that gets it.
    pub to: String,
    /// The disclosure that is on record of it.
    pub disclosure: Id,
    /// For what.
    pub purpose: String,
    /// When it leaves.
    pub at: Timestamp,
    /// By when the partner must delete it.
    pub delete_by: Timestamp,
    /// Live, or one exercise.
    pub realm: Realm,
    /// The people that it is for, where it is for named ones.
    pub named: Vec<String>,
}

impl Transfer {
    /// The tag that says that a file is of an exercise, so that no live desk takes it; `None`: it is of none.
    pub fn exercise_tag(&self) -> Option<String> {
        self.realm.tag()
    }

    /// By when it must be deleted and for whom it is, in a sentence.
    pub fn term(&self) -> String {
        let for_whom = if self.named.is_empty() { self.to.clone() } else { self.named.join(", ") };
        let day = self.delete_by.to_date();
        format!(
            "For {for_whom}, for the purpose {}; to be deleted by {day}, and {} to be told",
            self.purpose, self.from
        )
    }

    /// A UUID that follows from what is named here: writing the same twice gives the same.
    pub fn uuid(&self, of: &str) -> String {
        let seed = [b"comity/uuid/1\0".as_slice(), self.disclosure.as_bytes(), of.as_bytes()].concat();
        uuid(Id::from_digest(&Digest::of(&seed)))
    }
}

/// Items that may leave in one file. It is made of nothing but what the gate has cleared.
#[derive(Clone, Debug)]
pub struct Leaving<'a> {
    items: Vec<&'a Outgoing>,
    places: HashMap<Id, usize>,
}

impl<'a> Leaving<'a> {
    /// Takes of these items those that are cleared.
    pub fn of(cleared: &Cleared<FileItems>, items: &'a [Outgoing]) -> Self {
        Self::made(items.iter().filter(|i| cleared.value().has(i.id)).collect())
    }

    fn made(items: Vec<&'a Outgoing>) -> Self {
        let places = items.iter().enumerate().map(|(n, item)| (item.id, n)).collect();
        Self { items, places }
    }

    /// The items.
    pub fn items(&self) -> &[&'a Outgoing] {
        &self.items
    }

    /// The item of a record, where it leaves with these.
    pub fn find(&self, id: Id) -> Option<&'a Outgoing> {
        self.places.get(&id).and_then(|n| self.items.get(*n)).copied()
    }

    /// The effective marking: the strictest of each.
    pub fn marking(&self) -> Marking {
        let all = self.items.iter().map(|i| i.terms.marking.clone());
        all.reduce(|a, b| a.and(&b)).unwrap_or_else(|| Marking::default_for(crate::value::class::Tier::INDICATORS))
    }
}

/// An id as a UUID (version 4): its 128 bits, but for the six that say so.
pub fn uuid(id: Id) -> String {
    let mut bytes = *id.as_bytes();
    let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
    *version = (*version & 0x0f) | 0x40;
    *variant = (*variant & 0x3f) | 0x80;
    let hex = data_encoding::HEXLOWER.encode(&bytes);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::object;
    use crate::value::class::{Assertion, Category, PersonClass, Tier};

    /// An item of a type and a value, and what else its content holds.
    pub(crate) fn item(n: u8, kind: &str, value: &str, more: &[(&str, Json)]) -> Outgoing {
        let mut content = object! { "value" => value };
        more.iter().for_each(|(key, value)| content.set(key, value.clone()));
        let at = Timestamp::parse("2026-06-01T00:00:00Z").unwrap();
        let terms = Terms {
            case: Id::from_bytes([9; 16]),
            kind: kind.to_owned(),
            tier: Tier::INDICATORS,
            category: Category::Indicator,
            person_class: PersonClass::None,
            assertion: Assertion::Fact,
            source_grade: None,
            information_grade: None,
            marking: Marking::default_for(Tier::INDICATORS),
            conditions: Vec::new(),
            originator: Id::from_bytes([8; 16]),
            third: false,
            references: Vec::new(),
            request: None,
            delete_by: at,
        };
        Outgoing { id: Id::from_bytes([n; 16]), terms, content, written: None, recorded: at }
    }

    /// A transfer between two fictional desks.
    pub(crate) fn transfer() -> Transfer {
        Transfer {
            desk: Id::from_bytes([8; 16]),
            from: "XA".into(),
            name: "Desk of XA".into(),
            to: "XB".into(),
            disclosure: Id::from_bytes([7; 16]),
            purpose: "cybercrime".into(),
            at: Timestamp::parse("2026-06-01T00:00:00Z").unwrap(),
            delete_by: Timestamp::parse("2026-09-01T00:00:00Z").unwrap(),
            realm: Realm::Live,
            named: Vec::new(),
        }
    }

    /// All of these items, as if the gate had cleared them.
    pub(crate) fn all(items: &[Outgoing]) -> Leaving<'_> {
        Leaving::made(items.iter().collect())
    }

    #[test]
    fn an_id_reads_as_a_uuid() {
        assert_eq!(uuid(Id::from_bytes([0xff; 16])), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let transfer = transfer();
        assert_eq!(transfer.uuid("a"), transfer.uuid("a"));
        assert_ne!(transfer.uuid("a"), transfer.uuid("b"));
    }
}
