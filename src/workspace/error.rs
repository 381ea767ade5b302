//! Errors as users see them: what happened, to which thing, and what to do next; and the exit code.

use std::sync::Arc;

use crate::act::header::HeaderError;
use crate::act::part::PartError;
use crate::bundle::manifest::ManifestError;
use crate::bundle::open::BundleError;
use crate::gate::check::CheckError;
use crate::gate::verdict::Verdict;
use crate::host::entropy::EntropyError;
use crate::host::file::FileError;
use crate::host::lock::LockError;
use crate::record::card::CardError;
use crate::record::definition::ApplyError;
use crate::record::store::RecordStoreError;
use crate::seal::age_file::UnsealError;
use crate::seal::identity::IdentityError;
use crate::seal::secret::PassphraseError;
use crate::seal::sign::SignatureError;
use crate::store::error::{SqlErrorClass, StoreError, class};
use crate::value::id::Id;

/// What kind of failure: its number is the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
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
    /// A bundle before it is missing; it waits in the inbox.
    Gap = 23,
    /// Two histories, or one that was rolled back.
    Fork = 24,
    /// Stored data were damaged or changed.
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
pub struct Error {
    /// Its kind.
    pub kind: ErrorKind,
    /// What happened, and to which thing.
    pub what: String,
    /// What to do next.
    pub hint: String,
    /// The gate's verdict, where it refused.
    pub verdict: Option<Box<Verdict>>,
    /// Whether what came too early is not even kept: there is no room for it.
    pub no_room: bool,
    /// More for `--json`: members of the error object.
    pub details: Vec<(&'static str, serde_json::Value)>,
    /// The error of a lower layer that it was made of. Its text is a part of `what` already: whoever prints a chain of errors
    /// says it twice.
    pub(crate) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The hint of what was not understood, where there is nothing else to say: whoever knows which command was typed names its help.
pub const SEE_HELP: &str = "see `--help`";
/// The hint of what is not there: whoever knows which command was typed names the list.
pub const SEE_LIST: &str = "list what there is, and name it by its id or the beginning of it";
/// The hint of what stands otherwise: whoever knows which command was typed names what shows it.
pub const SEE_STATE: &str = "look at the record's state first";

impl Error {
    /// A failure.
    pub fn new(kind: ErrorKind, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            hint: hint.into(),
            verdict: None,
            no_room: false,
            details: Vec::new(),
            source: None,
        }
    }

    /// The command was not understood.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, what, SEE_HELP)
    }

    /// The gate refuses.
    pub fn refused(verdict: Verdict, item: Option<Id>) -> Self {
        let of = item.map_or(String::new(), |id| format!(" for {id}"));
        let what = format!("the gate refuses{of}: {}", verdict.refusal());
        let hint = "each rule that says no is named with its source; change what it asks for, or leave it out";
        Self { verdict: Some(Box::new(verdict)), ..Self::new(ErrorKind::Refused, what, hint) }
    }

    /// The records do not allow it.
    pub fn not_allowed(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Refused, what, SEE_STATE)
    }

    /// The workspace is open to be read only.
    pub fn of_reading_only() -> Self {
        Self::new(ErrorKind::Refused, "the workspace is open to be read only", "leave --readonly out to write")
    }

    /// There is no such thing.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, what, SEE_LIST)
    }

    /// With another hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// With one more member for `--json`.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl serde::Serialize) -> Self {
        self.details.push((key, serde_json::to_value(value).unwrap_or_default()));
        self
    }

    /// With the error of a lower layer that it was made of.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The same failure, seen as found in what a partner sent: refused by the gate there means a bad signature here.
    #[must_use]
    pub fn from_partner(mut self) -> Self {
        if self.kind == ErrorKind::Refused {
            self.kind = ErrorKind::Signature;
            self.what = format!("a partner's act is not in order: {}", self.what);
            self.hint = "nothing of it was applied; tell the partner which rule its act breaks".into();
        }
        self
    }

    /// The same failure of what is not kept until what is missing arrives: there is no room for it.
    #[must_use]
    pub fn not_kept(self) -> Self {
        Self { no_room: true, ..self }
    }

    /// Whether what waits for something that is missing is kept here until that arrives.
    pub fn is_kept(&self) -> bool {
        self.kind == ErrorKind::Gap && !self.no_room
    }

    /// The exit code.
    pub const fn code(&self) -> u8 {
        self.kind as u8
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.source.as_deref()?;
        Some(source)
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let what = error.to_string();
        match error {
            StoreError::Check(error) => error.into(),
            StoreError::File(error) => error.into(),
            StoreError::Cancelled => Self::new(ErrorKind::Cancelled, "cancelled", "nothing was changed"),
            StoreError::Missing => Self::new(
                ErrorKind::Version,
                "there is no workspace here",
                "name one with --workspace, or make one with `comity init`",
            ),
            StoreError::Foreign(_) => Self::new(ErrorKind::Version, what, "name the right workspace with --workspace"),
            StoreError::Newer(_) => Self::new(ErrorKind::Version, what, "use a newer comity; nothing was written"),
            StoreError::Integrity(_) => Self::new(
                ErrorKind::Integrity,
                what,
                "do not go on working here; keep a copy, and restore from a backup",
            ),
            StoreError::Input(_) => Self::new(ErrorKind::Malformed, what, "nothing was changed"),
            StoreError::Sql(error) => {
                let failure = match class(&error) {
                    SqlErrorClass::Busy => Self::new(
                        ErrorKind::Busy,
                        "the workspace is in use by another process",
                        "close the other one, and try again",
                    ),
                    SqlErrorClass::Damaged => Self::new(
                        ErrorKind::Integrity,
                        what,
                        "keep a copy; where only records are damaged, `comity audit rebuild` makes them again from the log, else \
                         restore from a backup",
                    ),
                    SqlErrorClass::Medium => Self::new(
                        ErrorKind::Medium,
                        what,
                        "free space or mend the medium, and try again; nothing was changed",
                    ),
                    SqlErrorClass::Other => {
                        Self::new(ErrorKind::Internal, what, "this is a mistake in comity: please report it")
                    }
                };
                failure.caused_by(error)
            }
        }
    }
}

impl From<CheckError> for Error {
    fn from(stopped: CheckError) -> Self {
        match stopped {
            CheckError::Refused(verdict, item) => Self::refused(*verdict, item),
            CheckError::Forged(what) => Self::new(ErrorKind::Signature, what, "nothing was changed"),
            CheckError::Unknown => {
                Self::new(ErrorKind::Version, stopped.to_string(), "use a newer comity; nothing was changed")
                    .caused_by(stopped)
            }
            CheckError::Apply(fault) => fault.into(),
        }
    }
}

impl From<ApplyError> for Error {
    fn from(fault: ApplyError) -> Self {
        match fault {
            ApplyError::NotAllowed(what) => Self::not_allowed(what),
            ApplyError::Malformed(what) => Self::new(ErrorKind::Malformed, what, "nothing was changed"),
            ApplyError::Authority(what) => {
                Self::new(ErrorKind::Refused, what, "somebody else does this; nothing was changed")
            }
            ApplyError::Store(error) => StoreError::from(error).into(),
        }
    }
}

impl From<RecordStoreError> for Error {
    fn from(error: RecordStoreError) -> Self {
        StoreError::from(error).into()
    }
}

impl From<FileError> for Error {
    fn from(error: FileError) -> Self {
        let (kind, hint) = match error {
            FileError::Io { .. } => (ErrorKind::Medium, "check the path and the medium; nothing was changed"),
            FileError::NotAFile(_) | FileError::Link(_) => (ErrorKind::Medium, "name a file"),
            FileError::Changed(_) => (ErrorKind::Medium, "try again when nobody writes to it; nothing was changed"),
            FileError::Large(..) => (ErrorKind::Malformed, "nothing was changed"),
            FileError::Exposed(..) => (ErrorKind::Refused, "what holds keys or cases is for its owner alone"),
        };
        Self::new(kind, error.to_string(), hint).caused_by(error)
    }
}

impl From<LockError> for Error {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Busy => Self::new(ErrorKind::Busy, error.to_string(), "close the other one, and try again"),
            LockError::File(error) => error.into(),
        }
    }
}

impl From<EntropyError> for Error {
    fn from(error: EntropyError) -> Self {
        Self::new(ErrorKind::Internal, error.to_string(), "nothing was made; restart the machine").caused_by(error)
    }
}

impl From<IdentityError> for Error {
    fn from(error: IdentityError) -> Self {
        Self::new(
            ErrorKind::Key,
            error.to_string(),
            "name your identity with --identity, or make one with `comity identity new`",
        )
        .caused_by(error)
    }
}

impl From<PassphraseError> for Error {
    fn from(error: PassphraseError) -> Self {
        Self::new(ErrorKind::Usage, error.to_string(), "choose another; six random words are good").caused_by(error)
    }
}

impl From<SignatureError> for Error {
    fn from(error: SignatureError) -> Self {
        Self::new(ErrorKind::Signature, error.to_string(), "nothing was changed").caused_by(error)
    }
}

impl From<CardError> for Error {
    fn from(error: CardError) -> Self {
        let kind = if matches!(error, CardError::Form(_)) { ErrorKind::Malformed } else { ErrorKind::Signature };
        Self::new(kind, error.to_string(), "ask the partner for its card again").caused_by(error)
    }
}

impl From<BundleError> for Error {
    fn from(error: BundleError) -> Self {
        let what = error.to_string();
        let (kind, hint) = match error {
            BundleError::Version(_)
            | BundleError::Manifest(ManifestError::Version(_))
            | BundleError::Act(PartError::Header(HeaderError::Version)) => {
                (ErrorKind::Version, "use a newer comity; nothing was changed")
            }
            BundleError::NotForUs => (ErrorKind::NotForUs, "hand it to the desk that it is for"),
            BundleError::Realm(_) => (ErrorKind::NotForUs, "exercise and live never mix; open the other workspace"),
            BundleError::Signature(_) => {
                (ErrorKind::Signature, "nothing of it was applied; ask the partner to make it again")
            }
            BundleError::Medium(_) => (ErrorKind::Medium, "check the medium, and try again; nothing was changed"),
            BundleError::Form(_) | BundleError::Act(_) | BundleError::Manifest(_) => {
                (ErrorKind::Malformed, "nothing of it was applied; ask the partner to make it again")
            }
        };
        Self::new(kind, what, hint).caused_by(error)
    }
}

impl From<UnsealError> for Error {
    fn from(error: UnsealError) -> Self {
        match error {
            UnsealError::Malformed(what) => Self::new(
                ErrorKind::Malformed,
                format!("the file cannot be opened: {what}"),
                "nothing of it was applied; ask for it again",
            ),
            UnsealError::NotOurs => {
                Self::new(ErrorKind::NotForUs, "it is not sealed to this desk", "hand it to the desk that it is for")
            }
            UnsealError::Medium(error) => {
                Self::new(ErrorKind::Medium, error.to_string(), "check the medium, and try again").caused_by(error)
            }
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::new(ErrorKind::Medium, error.to_string(), "check the medium, and try again; nothing was changed")
            .caused_by(error)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::{Error, ErrorKind};
    use crate::host::file::at;
    use crate::store::error::StoreError;

    #[test]
    fn a_failure_is_an_error_and_keeps_what_caused_it() {
        let denied = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let failure = Error::from(StoreError::File(at("case.db".as_ref())(denied())));
        assert_eq!((failure.kind, failure.to_string()), (ErrorKind::Medium, format!("case.db: {}", denied())));
        let source = failure.source().unwrap();
        assert_eq!(source.to_string(), failure.what);
        assert_eq!(source.source().unwrap().downcast_ref::<std::io::Error>().unwrap().kind(), denied().kind());

        let database = Error::from(StoreError::Sql(rusqlite::Error::QueryReturnedNoRows));
        assert!(database.source().unwrap().is::<rusqlite::Error>());
        assert!(Error::usage("--to is missing").source().is_none());

        let passed_on = || -> Result<(), Box<dyn std::error::Error + Send + Sync>> { Err(Error::usage("why"))? };
        assert_eq!(passed_on().unwrap_err().downcast::<Error>().unwrap().code(), 2);
    }
}
