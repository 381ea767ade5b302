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

    /// The tag that says in a file of data that it is of an exercise, so that no live desk takes it; `None`: it is of none.
    pub fn tag(&self) -> Option<String> {
        match self {
            Self::Live => None,
            Self::Exercise(name) => Some(format!("{TAG}{name}")),
        }
    }

    /// What a paper says above everything, with the name of the exercise; `None`: it is of none.
    pub fn banner(&self) -> Option<String> {
        match self {
            Self::Live => None,
            Self::Exercise(name) => Some(format!("{BANNER} ({name})")),
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

/// What stands on every page of an exercise.
pub const BANNER: &str = "EXERCISE EXERCISE EXERCISE";
/// How the tag begins by which this program says in a file of data that it is of an exercise.
const TAG: &str = "exercise:comity=";
/// How a file that was signed in an exercise names its realm.
const SIGNED: &str = "\"realm\":\"exercise:";

/// Whether a part of a file says that this program wrote it in an exercise: by the banner on a page, by the tag of data, or by the
/// realm of what was signed.
pub fn is_of_exercise(bytes: &[u8]) -> bool {
    [BANNER, TAG, SIGNED].iter().any(|mark| bytes.windows(mark.len()).any(|part| part == mark.as_bytes()))
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
