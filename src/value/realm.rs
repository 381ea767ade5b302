//! The realm an act, a key or a bundle belongs to: the live world or one named exercise. They never mix.

use std::fmt;

/// `live`, or `exercise:<name>` with a name of 1 to 64 letters, digits, `-` or `_`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Realm {
    /// Real work.
    Live,
    /// An exercise of that name.
    Exercise(String),
}

impl Realm {
    /// Reads a realm; `None` where it is neither `live` nor a well-formed exercise.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "live" {
            return Some(Self::Live);
        }
        let name = text.strip_prefix("exercise:")?;
        let fine = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (!name.is_empty() && name.len() <= 64 && name.chars().all(fine)).then(|| Self::Exercise(name.to_owned()))
    }

    /// The word for signature namespaces and log origins: `live` or `exercise`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Exercise(_) => "exercise",
        }
    }

    /// The extension of bundle files of this realm, for people to tell them apart. What a file really is, its signatures
    /// say.
    pub const fn ending(&self) -> &'static str {
        match self {
            Self::Live => "comity",
            Self::Exercise(_) => "comity-ex",
        }
    }

    /// The SSHSIG namespace for one purpose in this realm, such as `act.v1.live@comity`. A signature made in one
    /// namespace is void in every other.
    pub fn namespace(&self, purpose: &str) -> String {
        match self {
            Self::Live => format!("{purpose}.v1.live@comity"),
            Self::Exercise(name) => format!("{purpose}.v1.exercise.{name}@comity"),
        }
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Live => f.write_str("live"),
            Self::Exercise(name) => write!(f, "exercise:{name}"),
        }
    }
}

impl serde::Serialize for Realm {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
