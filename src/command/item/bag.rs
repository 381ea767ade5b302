//! A bag as it is written: made beside its place and moved there whole, so that what was damaged on the way is never there. What it holds
//! was cleared by who calls; who carries it can check it without comity.

use std::io::Write as _;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256, Sha512};

use crate::gate::cleared::Cleared;
use crate::host::file::{self, NewFolder, Pending};
use crate::record::store::Record;
use crate::report::bag::{self, BagFile};
use crate::report::exhibit::{self, Exhibit};
use crate::value::digest::Digest;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::evidence::{self, Attachment, Damage};
use crate::workspace::open::Workspace;
use crate::workspace::progress::Job;

/// Where the signature of the last manifest stands.
const SIGNATURE: &str = "tagmanifest-sha256.txt.sig";

/// A bag that is being made.
pub struct NewBag {
    to: PathBuf,
    being_made: NewFolder,
    payload: Vec<BagFile>,
}

/// A file of a bag that is written piece by piece.
pub struct Part {
    path: String,
    out: Pending,
    size: u64,
    sha256: Sha256,
    sha512: Sha512,
}

impl Part {
    /// Writes the next piece.
    ///
    /// # Errors
    ///
    /// Where the medium refuses.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.out.write_all(piece).map_err(file::at(self.path.as_ref()))?;
        self.size += piece.len() as u64;
        self.sha256.update(piece);
        self.sha512.update(piece);
        Ok(())
    }
}

impl NewBag {
    /// Begins a bag that will be `to`, a folder that is new or empty.
    ///
    /// # Errors
    ///
    /// Where the medium refuses.
    pub fn begin(to: PathBuf) -> Result<Self, Error> {
        let being_made = NewFolder::beside(&to)?;
        Ok(Self { to, being_made, payload: Vec::new() })
    }

    fn place(&self, path: &str) -> Result<PathBuf, Error> {
        if let Some((folder, _)) = path.rsplit_once('/') {
            file::private_folder(&self.being_made.path().join(folder))?;
        }
        Ok(self.being_made.path().join(path))
    }

    /// Begins a file of the payload.
    ///
    /// # Errors
    ///
    /// Where the medium refuses.
    pub fn part(&self, path: &str) -> Result<Part, Error> {
        let out = Pending::begin(&self.place(path)?)?;
        Ok(Part { path: path.to_owned(), out, size: 0, sha256: Sha256::new(), sha512: Sha512::new() })
    }

    /// Ends a file of the payload.
    ///
    /// # Errors
    ///
    /// Where the medium refuses.
    pub fn end(&mut self, part: Part) -> Result<(), Error> {
        let Part { path, out, size, sha256, sha512 } = part;
        out.finish()?;
        let sha256 = Digest::from_bytes(sha256.finalize().into());
        self.payload.push(BagFile::hashed(path, size, &sha256, &sha512.finalize()));
        Ok(())
    }

    /// Writes a file of the payload.
    ///
    /// # Errors
    ///
    /// Where the medium refuses.
    pub fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), Error> {
        self.payload.push(BagFile::of(path, bytes));
        Ok(file::write(&self.place(path)?, bytes)?)
    }

    /// Writes the file of an exhibit and what goes with it. What is damaged ends the bag.
    ///
    /// # Errors
    ///
    /// Where the medium refuses, or the work is cancelled.
    pub fn put_exhibit(
        &mut self,
        workspace: &Workspace,
        record: &Record,
        (attachment, cleared): (&Attachment, &Cleared<Exhibit>),
        job: &mut Job,
    ) -> Result<Result<(), Damage>, Error> {
        let path = &cleared.value().path;
        let (mut out, mut sha512) = (Pending::begin(&self.place(path)?)?, Sha512::new());
        let written = |piece: &[u8]| Ok(out.write_all(piece).map_err(file::at(path.as_ref()))?);
        let hashed = |piece: &[u8]| sha512.update(piece);
        if let Err(damage) = evidence::read(workspace.folder(), record.id, attachment, job, written, hashed)? {
            return Ok(Err(damage));
        }
        out.finish()?;
        self.payload.push(BagFile::hashed(path.as_str(), attachment.size, &attachment.sha256, &sha512.finalize()));
        for (path, bytes) in exhibit::files(cleared) {
            self.put(&path, &bytes)?;
        }
        Ok(Ok(()))
    }

    /// Writes the manifests and what says what the bag is, and signs the last manifest for a purpose. Returns its SHA-256.
    ///
    /// # Errors
    ///
    /// Where the medium refuses.
    pub fn sign(
        &self,
        workspace: &Workspace,
        now: Timestamp,
        purpose: &str,
        info: &[(&str, &str)],
    ) -> Result<Digest, Error> {
        let namespace = workspace.meta.realm.namespace(purpose);
        let code = workspace.code_of(workspace.meta.desk)?;
        let signers = format!("{code} namespaces=\"{namespace}\" {}\n", workspace.me.signer.public().to_openssh());
        let more = vec![("allowed_signers".to_owned(), signers.into_bytes())];
        let tool = concat!("comity ", env!("CARGO_PKG_VERSION"));
        let files = bag::tag_files(&self.payload, info, more, (now, tool));
        for (path, bytes) in &files {
            file::write(&self.place(path)?, bytes)?;
        }
        // The last one is what is signed.
        let manifest = files.last().map(|(_, bytes)| bytes.as_slice()).unwrap_or_default();
        file::write(&self.place(SIGNATURE)?, workspace.me.signer.sign(&namespace, manifest)?.as_bytes())?;
        Ok(Digest::of(manifest))
    }

    /// Moves the bag to its place, once it is on record: the same command writes it once more where that fails. Returns the folder, fit to
    /// be shown.
    ///
    /// # Errors
    ///
    /// Where something is there by now, or the medium refuses.
    pub fn finish(self) -> Result<String, Error> {
        let folder = shown(&self.to.to_string_lossy()).into_owned();
        if !self.being_made.place(&self.to)? {
            let hint = "it is on record and was not written: name another folder, and write it once more";
            return Err(Error::new(ErrorKind::Medium, format!("{folder} is not empty any more"), hint));
        }
        Ok(folder)
    }
}
