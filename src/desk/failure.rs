//! Failures as users see them: what happened, to which thing, and what to do next; and the exit code.

use crate::act::header::BadHeader;
use crate::act::part::BadPart;
use crate::bundle::manifest::BadManifest;
use crate::bundle::open::BadBundle;
use crate::gate::check::Stopped;
use crate::gate::verdict::Verdict;
use crate::host::entropy::NoEntropy;
use crate::host::file::FileError;
use crate::host::lock::NoLock;
use crate::record::book::BookError;
use crate::record::card::BadCard;
use crate::record::fold::Fault;
use crate::seal::identity::NotAnIdentity;
use crate::seal::secret::BadPassphrase;
use crate::seal::sign::Refused;
use crate::seal::vault::Shut;
use crate::store::error::{Class, StoreError, class};
use crate::value::id::Id;

/// What kind of failure: its number is the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The command was not understood.
    Usage = 2,
    /// No key, or a wrong passphrase.
    Key = 10,
    /// Another process has the workspace.
    Busy = 11,
    /// Not a workspace, or of a version that is not known.
    Version = 12,
    /// Malformed, or over a limit.
    Malformed = 20,
    /// For another desk or realm.
    NotForUs = 21,
    /// A signature, a certificate or a role does not fit.
    Signature = 22,
    /// Something before it is missing; it waits in quarantine.
    Gap = 23,
    /// Two histories, or one that was set back.
    Fork = 24,
    /// What is stored is not what was stored.
    Integrity = 30,
    /// The gate refuses.
    Refused = 40,
    /// The medium or the operating system refuses.
    Medium = 50,
    /// The clock cannot be right.
    Clock = 60,
    /// A mistake in the program.
    Internal = 70,
    /// Cancelled by its user.
    Cancelled = 130,
}

/// A failure. The stored state is as it was before.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Its kind.
    pub kind: Kind,
    /// What happened, and to which thing.
    pub what: String,
    /// What to do next.
    pub remedy: String,
    /// The gate's verdict, where it refused.
    pub verdict: Option<Box<Verdict>>,
    /// More for `--json`: members of the error object.
    pub details: Vec<(&'static str, serde_json::Value)>,
}

impl Failure {
    /// A failure.
    pub fn new(kind: Kind, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { kind, what: what.into(), remedy: remedy.into(), verdict: None, details: Vec::new() }
    }

    /// The command was not understood.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what, "see `--help`")
    }

    /// The gate refuses.
    pub fn refused(verdict: Verdict, item: Option<Id>) -> Self {
        let of = item.map_or(String::new(), |id| format!(" for {id}"));
        let what = format!("the gate refuses{of}: {}", verdict.refusal());
        let remedy = "each rule that says no is named with its source; change what it asks for, or leave it out";
        Self { verdict: Some(Box::new(verdict)), ..Self::new(Kind::Refused, what, remedy) }
    }

    /// The records do not allow it.
    pub fn life(what: impl Into<String>) -> Self {
        Self::new(Kind::Refused, what, "look at the record's state first")
    }

    /// There is no such thing.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self::new(Kind::Usage, what, "list what there is, and name it by its id or the beginning of it")
    }

    /// With another remedy.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }

    /// With one more member for `--json`.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<serde_json::Value>) -> Self {
        self.details.push((key, value.into()));
        self
    }

    /// The same failure, seen as found in what a partner sent: refused by the gate there means a bad signature here.
    #[must_use]
    pub fn from_partner(mut self) -> Self {
        if self.kind == Kind::Refused {
            self.kind = Kind::Signature;
            self.what = format!("a partner's act is not in order: {}", self.what);
            self.remedy = "nothing of it was applied; tell the partner which rule its act breaks".into();
        }
        self
    }

    /// The exit code.
    pub const fn code(&self) -> u8 {
        self.kind as u8
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let what = error.to_string();
        match error {
            StoreError::Stopped(stopped) => stopped.into(),
            StoreError::File(error) => error.into(),
            StoreError::Cancelled => Self::new(Kind::Cancelled, "cancelled", "nothing was changed"),
            StoreError::Missing => Self::new(
                Kind::Version,
                "there is no workspace here",
                "name one with --workspace, or make one with `comity init`",
            ),
            StoreError::Foreign(_) => Self::new(Kind::Version, what, "name the right workspace with --workspace"),
            StoreError::Newer(_) => Self::new(Kind::Version, what, "use a newer comity; nothing was written"),
            StoreError::Integrity(_) => {
                Self::new(Kind::Integrity, what, "do not go on working here; keep a copy, and restore from a backup")
            }
            StoreError::Input(_) => Self::new(Kind::Malformed, what, "nothing was changed"),
            StoreError::Sql(error) => match class(&error) {
                Class::Busy => Self::new(
                    Kind::Busy,
                    "the workspace is in use by another process",
                    "close the other one, and try again",
                ),
                Class::Damaged => {
                    Self::new(Kind::Integrity, what, "the database is damaged: keep a copy, and restore from a backup")
                }
                Class::Medium => {
                    Self::new(Kind::Medium, what, "free space or mend the medium, and try again; nothing was changed")
                }
                Class::Other => Self::new(Kind::Internal, what, "this is a mistake in comity: please report it"),
            },
        }
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Refused(verdict, item) => Self::refused(*verdict, item),
            Stopped::Forged(what) => Self::new(Kind::Signature, what, "nothing was changed"),
            Stopped::Unknown => {
                Self::new(Kind::Version, stopped.to_string(), "use a newer comity; nothing was changed")
            }
            Stopped::Fault(fault) => fault.into(),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Life(what) => Self::life(what),
            Fault::Form(what) => Self::new(Kind::Malformed, what, "nothing was changed"),
            Fault::Authority(what) => Self::new(Kind::Refused, what, "somebody else does this; nothing was changed"),
            Fault::Book(error) => StoreError::from(error).into(),
        }
    }
}

impl From<BookError> for Failure {
    fn from(error: BookError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let what = error.to_string();
        match error {
            FileError::Io { .. } => Self::new(Kind::Medium, what, "check the path and the medium; nothing was changed"),
            FileError::NotAFile(_) => Self::new(Kind::Medium, what, "name a file"),
            FileError::Large(..) => Self::new(Kind::Malformed, what, "nothing was changed"),
            FileError::Exposed(..) => Self::new(Kind::Refused, what, "a workspace is for its owner alone"),
        }
    }
}

impl From<NoLock> for Failure {
    fn from(error: NoLock) -> Self {
        match error {
            NoLock::Busy => Self::new(Kind::Busy, error.to_string(), "close the other one, and try again"),
            NoLock::File(error) => error.into(),
        }
    }
}

impl From<NoEntropy> for Failure {
    fn from(error: NoEntropy) -> Self {
        Self::new(Kind::Internal, error.to_string(), "nothing was made; restart the machine")
    }
}

impl From<NotAnIdentity> for Failure {
    fn from(error: NotAnIdentity) -> Self {
        Self::new(
            Kind::Key,
            error.to_string(),
            "name your identity with --identity, or make one with `comity identity new`",
        )
    }
}

impl From<BadPassphrase> for Failure {
    fn from(error: BadPassphrase) -> Self {
        Self::new(Kind::Usage, error.to_string(), "choose another; six random words are good")
    }
}

impl From<Refused> for Failure {
    fn from(error: Refused) -> Self {
        Self::new(Kind::Signature, error.to_string(), "nothing was changed")
    }
}

impl From<BadCard> for Failure {
    fn from(error: BadCard) -> Self {
        let kind = if matches!(error, BadCard::Form(_)) { Kind::Malformed } else { Kind::Signature };
        Self::new(kind, error.to_string(), "ask the partner for its card again")
    }
}

impl From<BadBundle> for Failure {
    fn from(error: BadBundle) -> Self {
        let what = error.to_string();
        let (kind, remedy) = match error {
            BadBundle::Version(_)
            | BadBundle::Manifest(BadManifest::Version(_))
            | BadBundle::Act(BadPart::Header(BadHeader::Version)) => {
                (Kind::Version, "use a newer comity; nothing was changed")
            }
            BadBundle::NotForUs => (Kind::NotForUs, "hand it to the desk that it is for"),
            BadBundle::Realm(_) => (Kind::NotForUs, "exercise and live never mix; open the other workspace"),
            BadBundle::Signature(_) => (Kind::Signature, "nothing of it was applied; ask the partner to make it again"),
            BadBundle::Medium(_) => (Kind::Medium, "check the medium, and try again; nothing was changed"),
            BadBundle::Form(_) | BadBundle::Act(_) | BadBundle::Manifest(_) => {
                (Kind::Malformed, "nothing of it was applied; ask the partner to make it again")
            }
        };
        Self::new(kind, what, remedy)
    }
}

impl From<Shut> for Failure {
    fn from(error: Shut) -> Self {
        match error {
            Shut::Malformed(what) => Self::new(
                Kind::Malformed,
                format!("the file cannot be opened: {what}"),
                "nothing of it was applied; ask for it again",
            ),
            Shut::NotOurs => {
                Self::new(Kind::NotForUs, "it is not sealed to this desk", "hand it to the desk that it is for")
            }
            Shut::Medium(error) => Self::new(Kind::Medium, error.to_string(), "check the medium, and try again"),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Kind::Medium, error.to_string(), "check the medium, and try again; nothing was changed")
    }
}
