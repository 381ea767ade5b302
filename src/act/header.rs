//! The header of an act: what is signed. Its bytes are kept exactly as they were received, and never serialised again.

use super::hybrid::HybridTime;
use crate::object;
use crate::value::class::Role;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, JsonError, Limits, MemberError, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// The longest header, in bytes.
pub const LONGEST: usize = 64 * 1024;
const FORMAT: &str = "act/1";

/// For whom an act is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Audience {
    /// The own desk alone.
    OwnDesk,
    /// Every pinned partner, whenever it is pinned.
    Partners,
    /// These desks.
    Desks(Vec<Id>),
}

impl Audience {
    /// Whether the act may be carried to this desk.
    pub fn names(&self, desk: Id) -> bool {
        match self {
            Self::OwnDesk => false,
            Self::Partners => true,
            Self::Desks(desks) => desks.contains(&desk),
        }
    }
}

/// How much of another log the author had seen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Whose log.
    pub desk: Id,
    /// Of which workstation.
    pub replica: Id,
    /// Its size, in acts.
    pub size: u64,
    /// Its root at that size.
    pub root: Digest,
}

/// What an act says about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    /// Live, or one exercise.
    pub realm: Realm,
    /// The desk that acts.
    pub desk: Id,
    /// The workstation whose log the act stands in.
    pub replica: Id,
    /// Its place in that log, from 0, without gaps.
    pub sequence: u64,
    /// The id of the log's previous act; none for the first.
    pub previous: Option<Digest>,
    /// What the author had seen of logs in the act's audience.
    pub seen: Vec<Seen>,
    /// When.
    pub time: HybridTime,
    /// Who.
    pub member: Person,
    /// In which role.
    pub role: Role,
    /// The legal basis, where one is needed: a row of the law.
    pub basis: Option<String>,
    /// For whom.
    pub audience: Audience,
    /// How many changes it makes.
    pub changes: u64,
    /// Their root (RFC 6962, over the changes' leaves).
    pub root: Digest,
}

/// An act that stands before or after another in its log, where it is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Neighbour {
    /// Its place.
    pub sequence: u64,
    /// Its id.
    pub id: Digest,
    /// The id of the one before it.
    pub previous: Option<Digest>,
    /// When.
    pub time: HybridTime,
}

/// Why bytes are not a header.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum HeaderError {
    /// Not strict JSON.
    #[error("an act's header is malformed: {0}")]
    Json(#[from] JsonError),
    /// A member is missing, extra or of the wrong type.
    #[error("an act's header is malformed: {0}")]
    Member(#[from] MemberError),
    /// A format that this program does not know.
    #[error("an act is written in a format that this program does not know")]
    Version,
    /// Well formed, but not in canonical form (docs/bundle.md §1).
    #[error("an act's header is not in canonical form")]
    Form,
}

impl Header {
    /// The act as a neighbour of others.
    pub const fn neighbour(&self, id: Digest) -> Neighbour {
        Neighbour { sequence: self.sequence, id, previous: self.previous, time: self.time }
    }

    /// Checks that the act of that id fits between its nearest known neighbours of one log: its place is free, direct
    /// neighbours are chained, and time rises with place.
    ///
    /// # Errors
    ///
    /// What is wrong, as the end of a sentence that begins with "the act".
    pub fn fits(&self, id: Digest, before: Option<&Neighbour>, after: Option<&Neighbour>) -> Result<(), &'static str> {
        if self.previous.is_none() != (self.sequence == 0) {
            return Err("does not say which act it follows");
        }
        if let Some(before) = before {
            if before.sequence >= self.sequence {
                return Err("stands at the place of another act of its log");
            }
            if before.sequence + 1 == self.sequence && self.previous != Some(before.id) {
                return Err("does not follow the act before it in its log");
            }
            if before.time >= self.time {
                return Err("is dated before the act that it follows");
            }
        }
        if let Some(after) = after {
            if after.sequence <= self.sequence {
                return Err("stands at the place of another act of its log");
            }
            if self.sequence + 1 == after.sequence && after.previous != Some(id) {
                return Err("is not the act that the next one of its log follows");
            }
            if after.time <= self.time {
                return Err("is dated after the act that follows it");
            }
        }
        Ok(())
    }

    /// The bytes to sign, in canonical form. They are made once and then kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let seen: Vec<Json> = self
            .seen
            .iter()
            .map(|s| {
                object! {
                    "desk" => s.desk.to_string(), "replica" => s.replica.to_string(),
                    "size" => s.size as i64, "root" => s.root.to_string(),
                }
            })
            .collect();
        let audience = match &self.audience {
            Audience::OwnDesk => Json::from("own"),
            Audience::Partners => Json::from("partners"),
            Audience::Desks(desks) => desks.iter().map(Id::to_string).collect::<Vec<_>>().into(),
        };
        object! {
            "comity" => FORMAT,
            "realm" => self.realm.to_string(),
            "desk" => self.desk.to_string(),
            "replica" => self.replica.to_string(),
            "sequence" => self.sequence as i64,
            "previous" => self.previous.map(|d| d.to_string()),
            "seen" => seen,
            "time" => self.time.at.to_string(),
            "tick" => i64::from(self.time.tick),
            "member" => self.member.to_string(),
            "role" => self.role,
            "basis" => self.basis.clone(),
            "audience" => audience,
            "changes" => object! { "count" => self.changes as i64, "root" => self.root.to_string() },
        }
        .to_bytes()
    }

    /// Reads a header strictly: it must be in canonical form.
    pub fn parse(bytes: &[u8]) -> Result<Self, HeaderError> {
        let json = json::parse(bytes, Limits { bytes: LONGEST, ..Limits::SIGNED })?;
        if json.get("comity").and_then(Json::text).is_some_and(|v| v != FORMAT && v.starts_with("act/")) {
            return Err(HeaderError::Version);
        }
        let header = Self::read(&json)?;
        if header.to_bytes() == bytes { Ok(header) } else { Err(HeaderError::Form) }
    }

    fn read(json: &Json) -> Result<Self, MemberError> {
        let bad = |what: &str| MemberError(format!("`{what}` is not well formed"));
        let mut m = Members::of(json)?;
        m.read("comity", |v| (v == FORMAT).then_some(()))?;
        let seen =
            m.need("seen")?.items().ok_or_else(|| bad("seen"))?.iter().map(read_seen).collect::<Result<_, _>>()?;
        let audience = match m.need("audience")? {
            Json::Str(word) if word == "own" => Audience::OwnDesk,
            Json::Str(word) if word == "partners" => Audience::Partners,
            Json::Arr(desks) if !desks.is_empty() => {
                let read = desks.iter().map(|d| d.text().and_then(Id::parse));
                Audience::Desks(read.collect::<Option<_>>().ok_or_else(|| bad("audience"))?)
            }
            _ => return Err(bad("audience")),
        };
        let time = HybridTime {
            at: m.read("time", Timestamp::parse)?,
            tick: u32::try_from(m.count("tick")?).map_err(|_| bad("tick"))?,
        };
        let changes = m.need("changes")?;
        let mut c = Members::of(changes)?;
        let (count, root) = (c.count("count")?, c.read("root", Digest::parse)?);
        c.finish()?;
        let previous =
            m.maybe("previous").map(|p| p.text().and_then(Digest::parse).ok_or_else(|| bad("previous"))).transpose()?;
        let basis = m.maybe("basis").map(|b| b.text().map(str::to_owned).ok_or_else(|| bad("basis"))).transpose()?;
        let header = Self {
            realm: m.read("realm", Realm::parse)?,
            desk: m.read("desk", Id::parse)?,
            replica: m.read("replica", Id::parse)?,
            sequence: m.count("sequence")?,
            previous,
            seen,
            time,
            member: m.read("member", Person::parse)?,
            role: m.read("role", Role::parse)?,
            basis,
            audience,
            changes: count,
            root,
        };
        m.finish()?;
        if header.changes == 0 || (header.sequence == 0) != header.previous.is_none() {
            return Err(bad("sequence"));
        }
        Ok(header)
    }
}

fn read_seen(json: &Json) -> Result<Seen, MemberError> {
    let mut m = Members::of(json)?;
    let seen = Seen {
        desk: m.read("desk", Id::parse)?,
        replica: m.read("replica", Id::parse)?,
        size: m.count("size")?,
        root: m.read("root", Digest::parse)?,
    };
    m.finish()?;
    Ok(seen)
}

/// The id of an act: the SHA-256 of its header bytes. It never depends on the signature.
pub fn act_id(header: &[u8]) -> Digest {
    Digest::of(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Header {
        Header {
            realm: Realm::Live,
            desk: Id::from_bytes([1; 16]),
            replica: Id::from_bytes([2; 16]),
            sequence: 3,
            previous: Some(Digest::of(b"previous")),
            seen: vec![Seen {
                desk: Id::from_bytes([4; 16]),
                replica: Id::from_bytes([5; 16]),
                size: 6,
                root: Digest::of(b"root"),
            }],
            time: HybridTime { at: Timestamp::from_millis(1_790_000_000_123), tick: 7 },
            member: Person::of(Digest::of(b"key")),
            role: Role::DeskOfficer,
            basis: Some("bc29".into()),
            audience: Audience::Desks(vec![Id::from_bytes([4; 16])]),
            changes: 1,
            root: Digest::of(b"changes"),
        }
    }

    #[test]
    fn a_header_has_one_form() {
        let bytes = sample().to_bytes();
        assert_eq!(Header::parse(&bytes), Ok(sample()));
        let text = String::from_utf8(bytes).unwrap();
        for (what, bad) in [
            ("white space", text.replace(',', ", ")),
            (
                "another order",
                text.replacen(r#""comity":"act/1","#, "", 1)
                    .replacen('{', r#"{"comity":"act/1","#, 1)
                    .replacen(r#""tick":7,"#, "", 1)
                    .replacen(r#""time""#, r#""tick":7,"time""#, 1),
            ),
            ("an extra member", text.replacen('{', r#"{"x":1,"#, 1)),
            ("a missing member", text.replacen(r#""tick":7,"#, "", 1)),
            ("a time with another offset", text.replace("Z\"", "+00:00\"")),
            ("no changes", text.replace(r#""count":1"#, r#""count":0"#)),
            ("a beginning with a past", text.replace(r#""sequence":3"#, r#""sequence":0"#)),
        ] {
            assert_ne!(bad, text, "{what}");
            assert!(Header::parse(bad.as_bytes()).is_err(), "{what}");
        }
        assert_eq!(Header::parse(text.replace("act/1", "act/99").as_bytes()), Err(HeaderError::Version));
    }
}
