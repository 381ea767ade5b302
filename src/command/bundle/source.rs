//! What is read of a bundle: one file, or all of its volumes. Its outside is opened, its manifest read, and whether it is for this desk
//! asked; nothing is verified here, and nothing is written but the copy that is looked at instead of the medium.

use std::io::{BufRead as _, BufReader, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::quarantine::LARGEST;
use crate::bundle::ask::{self, OpenedAsk};
use crate::bundle::open::{Opened, Slices};
use crate::host::file::{self, FileError};
use crate::record::card::DeskKeys;
use crate::record::kind::Kind;
use crate::record::store::{Record, RecordStore as _};
use crate::record::{desk, partner};
use crate::seal::age_file;
use crate::value::class::Standing;
use crate::value::id::Id;
use crate::value::text::{joined, shown};
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::open::Workspace;

/// A bundle's plain form as a stream.
pub type Plain = Box<dyn Read + Send>;

/// What a file turns out to be.
pub enum Found {
    /// A bundle, or a volume of one.
    Bundle(Box<Opened<Plain>>),
    /// A request for bundles that are missing at its sender.
    Ask(Box<OpenedAsk>),
}

/// Opens what is sealed to this desk, and tells what it is.
pub fn look(workspace: &Workspace, path: &Path) -> Result<Found, Error> {
    let file = file::open(path)?;
    let size = file.metadata().map(|m| m.len()).unwrap_or(0);
    if size > LARGEST {
        return Err(too_large(path));
    }
    let plain = age_file::open(&workspace.keyring.keys.age, BufReader::with_capacity(128 * 1024, file));
    let plain = match plain {
        // It was sealed before its sender heard of the keys that this desk has now.
        Err(age_file::UnsealError::NotOurs) => with_former_keys(workspace, path)?.1,
        plain => Box::new(plain?) as Plain,
    };
    let mut plain = BufReader::with_capacity(64 * 1024, plain);
    let begins = plain.fill_buf().map_err(crate::bundle::open::BundleError::from)?;
    if begins.starts_with(ask::BEGINS) {
        let asked = OpenedAsk::read(&mut plain)?;
        asked.is_for(workspace.meta.desk, &workspace.meta.realm)?;
        return Ok(Found::Ask(Box::new(asked)));
    }
    let opened = Opened::read(Box::new(plain) as Plain)?;
    opened.is_for(workspace.meta.desk, &workspace.meta.realm)?;
    Ok(Found::Bundle(Box::new(opened)))
}

/// Opens a file with the newest keys from before that it is sealed to, and answers their number.
fn with_former_keys(workspace: &Workspace, path: &Path) -> Result<(u64, Plain), Error> {
    for (number, keys) in workspace.keyring.former.iter().enumerate().rev() {
        match age_file::open(&keys.age, BufReader::with_capacity(128 * 1024, file::open(path)?)) {
            Err(age_file::UnsealError::NotOurs) => {}
            plain => return Ok((number as u64, Box::new(plain?) as Plain)),
        }
    }
    Err(age_file::UnsealError::NotOurs.into())
}

/// The number of this desk's keys that a file is sealed to.
pub fn sealed_to(workspace: &Workspace, path: &Path) -> Result<u64, Error> {
    let newest = workspace.keyring.former.len() as u64;
    match age_file::open(&workspace.keyring.keys.age, BufReader::new(file::open(path)?)) {
        Err(age_file::UnsealError::NotOurs) => Ok(with_former_keys(workspace, path)?.0),
        opened => opened.map(|_| newest).map_err(Error::from),
    }
}

/// Whether a file is sealed to this desk, whatever is in it: what is damaged is then refused, and not passed over.
pub fn is_sealed_to_us(workspace: &Workspace, path: &Path) -> bool {
    sealed_to(workspace, path).is_ok()
}

/// Opens a bundle, or a volume of one.
pub fn open(workspace: &Workspace, path: &Path) -> Result<Opened<Plain>, Error> {
    match look(workspace, path)? {
        Found::Bundle(opened) => Ok(*opened),
        Found::Ask(_) => Err(Error::new(
            ErrorKind::Malformed,
            "it is no bundle: it asks for bundles that are missing",
            "take it in with `comity bundle import`",
        )),
    }
}

/// A bundle with all of its volumes, opened.
pub struct Whole {
    head: Opened<Plain>,
    rest: Vec<Opened<Plain>>,
}

impl Deref for Whole {
    type Target = Opened<Plain>;

    fn deref(&self) -> &Self::Target {
        &self.head
    }
}

impl Whole {
    /// What all volumes hold of the parts, as one stream.
    pub fn into_slices(self) -> Slices<Plain> {
        Slices::of(std::iter::once(self.head).chain(self.rest))
    }
}

/// The volumes of a bundle that are missing among some, from 1.
pub fn missing_volumes(there: &[usize], of: usize) -> Vec<u64> {
    (0..of).filter(|n| !there.contains(n)).map(|n| n as u64 + 1).collect()
}

/// The error for a bundle of which volumes are missing.
pub fn volumes_missing(code: &str, sequence: u64, missing: &[u64], of: usize) -> Error {
    let (which, are) = (joined(missing), if missing.len() == 1 { "is" } else { "are" });
    let volumes = if missing.len() == 1 { "volume" } else { "volumes" };
    let what = format!("bundle {sequence} from {code} has {of} volumes, and {volumes} {which} {are} missing");
    let next = "what is here is kept; take in the others, from any medium, or a folder with all of them";
    Error::new(ErrorKind::Gap, what, next).with("missing_volumes", missing)
}

/// Opens all volumes of a bundle, in whatever order they are named; one that is there twice counts once.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] where they are of several bundles; [`ErrorKind::Gap`] where some are missing.
pub fn open_whole(workspace: &Workspace, files: &[PathBuf]) -> Result<Whole, Error> {
    let mut volumes: Vec<Opened<Plain>> = Vec::new();
    for path in files {
        let opened = open(workspace, path)?;
        if volumes.iter().any(|v| v.bytes != opened.bytes || v.signatures != opened.signatures) {
            return Err(mixed());
        }
        if volumes.iter().all(|v| v.volume != opened.volume) {
            volumes.push(opened);
        }
    }
    volumes.sort_by_key(|v| v.volume);
    let there: Vec<usize> = volumes.iter().map(|v| v.volume).collect();
    let mut volumes = volumes.into_iter();
    let head = volumes.next().ok_or_else(mixed)?;
    let missing = missing_volumes(&there, head.manifest.volumes.len());
    if !missing.is_empty() {
        let code = workspace.code_of(head.manifest.from)?;
        return Err(volumes_missing(&code, head.manifest.sequence, &missing, head.manifest.volumes.len()));
    }
    Ok(Whole { head, rest: volumes.collect() })
}

fn mixed() -> Error {
    Error::new(
        ErrorKind::Malformed,
        "these are volumes of several bundles, or none",
        "take in each bundle's volumes on their own, or the folder with all of them",
    )
}

fn too_large(path: &Path) -> Error {
    let what = format!("{} is larger than 2 GiB", shown(&path.to_string_lossy()));
    Error::new(ErrorKind::Malformed, what, "ask for it in volumes (`comity bundle export --max-size`)")
}

/// The sender of a bundle, who must be pinned, and whose bundle key must have signed it.
pub fn sender(workspace: &Workspace, opened: &Opened<Plain>) -> Result<(Record, Vec<DeskKeys>), Error> {
    let (record, keys) = known(workspace, opened.manifest.from)?;
    signed_by_any(&keys, |keys| Ok(opened.is_signed_by_desk(&keys.bundle)?))?;
    is_pinned(&record)?;
    Ok((record, keys))
}

/// Whether one of a desk's keys, the newest first, has signed; what the newest says where none has.
pub fn signed_by_any(keys: &[DeskKeys], by: impl Fn(&DeskKeys) -> Result<(), Error>) -> Result<(), Error> {
    let mut first = None;
    for keys in keys {
        match by(keys) {
            Ok(()) => return Ok(()),
            Err(failure) => first = first.or(Some(failure)),
        }
    }
    let damaged = || Error::new(ErrorKind::Integrity, "the partner's keys are damaged", "run `comity audit verify`");
    Err(first.unwrap_or_else(damaged))
}

/// The partner that a desk is here, and its keys: it signs with keys from before until it knows that the new ones are known here.
pub fn known(workspace: &Workspace, from: Id) -> Result<(Record, Vec<DeskKeys>), Error> {
    let unknown = || {
        Error::new(
            ErrorKind::Signature,
            "the bundle is from a desk that is not known here",
            "add the partner's card first, and compare its fingerprint",
        )
    };
    let record = workspace.records().get(from)?.filter(|r| r.kind == Kind::Partner).ok_or_else(unknown)?;
    let keys = desk::keys_ever(&record);
    Ok((record, keys))
}

/// Refuses what comes from a partner that is only met, or closed.
pub fn is_pinned(record: &Record) -> Result<(), Error> {
    match partner::standing_of(record) {
        Standing::Pinned | Standing::Suspended => Ok(()),
        other => {
            let what = format!("{} is {other}", record.key.as_deref().unwrap_or("the partner"));
            Err(Error::new(
                ErrorKind::Refused,
                what,
                "compare its fingerprint aloud (`partner confirm`) before anything of it is taken in",
            ))
        }
    }
}

/// What is named from outside: a path, or `-` for standard input.
pub const STDIN: &str = "-";

/// Copies what is on the medium into the inbox, so that nothing changes between the passes. Nothing of it is held in memory.
pub fn spool(workspace: &mut Workspace, path: &Path) -> Result<PathBuf, Error> {
    let spooled = file::part_in(&workspace.folder().join("inbox"), &workspace.entropy.id()?.to_string());
    let copied = if path == Path::new(STDIN) {
        file::copy_stdin_for_now(&spooled, LARGEST)
    } else {
        file::copy_for_now(path, &spooled, LARGEST)
    };
    copied.map_err(|failure| match failure {
        FileError::Large(..) => too_large(path),
        other => other.into(),
    })?;
    Ok(spooled)
}
