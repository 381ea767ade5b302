//! Opening a bundle: the line of lengths, the manifest, the signatures, then the parts as a stream.
//!
//! The order is fixed: shape, version, recipient and realm, signature, and only then the parts, each against its digest.
//! Nothing may be believed before [`Parts::finish`] has seen the end line and nothing after it.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

use sha2::{Digest as _, Sha256};

use super::manifest::{LONGEST, Manifest, ManifestError, Part};
use crate::act::part::PartError;
use crate::seal::sign::{LONGEST_SIGNATURE, PublicKey, SignatureError};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::realm::Realm;

/// What ends a bundle.
pub const END: &[u8] = b"comity-end\n";
const LONGEST_FIRST: u64 = 128;

/// Why bytes are not a bundle for this desk.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Malformed, cut short, damaged, or over a limit.
    #[error("the bundle is malformed or damaged: {0}")]
    Form(&'static str),
    /// Its manifest is malformed.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A format that this program does not know.
    #[error("the bundle has format {0}, which this program does not know")]
    Version(String),
    /// For another desk.
    #[error("the bundle is for another desk")]
    NotForUs,
    /// Of another realm.
    #[error("the bundle is of realm {0}; this workspace is of another")]
    Realm(Realm),
    /// A signature on it does not fit.
    #[error("the bundle's signature: {0}")]
    Signature(#[from] SignatureError),
    /// An act in it is malformed, or is not the one that was signed.
    #[error(transparent)]
    Act(PartError),
    /// The stream under it failed.
    #[error("{0}")]
    Medium(io::Error),
}

impl From<PartError> for BundleError {
    fn from(bad: PartError) -> Self {
        match bad {
            PartError::Medium(error) => error.into(),
            other => Self::Act(other),
        }
    }
}

impl From<io::Error> for BundleError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // An age stream reports damage as one of these, and any stream its early end.
            io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                Self::Form("it is damaged or cut short")
            }
            _ => Self::Medium(error),
        }
    }
}

/// A bundle of which the manifest was read; nothing is verified.
pub struct Opened<R> {
    /// The manifest's bytes, as they were signed.
    pub bytes: Vec<u8>,
    /// The manifest, read.
    pub manifest: Manifest,
    /// The signatures: the desk's bundle key, then the member who made it.
    pub signatures: [String; 2],
    /// Which volume this is, from 0.
    pub volume: usize,
    input: BufReader<R>,
}

impl<R: Read> Opened<R> {
    /// Reads up to the parts.
    ///
    /// ```no_run
    /// use comity::bundle::open::Opened;
    ///
    /// let opened = Opened::read(std::fs::File::open("XA-XB.comity")?)?;
    /// println!("volume {} of {}", opened.volume + 1, opened.manifest.volumes.len());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// What is no bundle is refused at its first line:
    ///
    /// ```
    /// use comity::bundle::open::{BundleError, Opened};
    ///
    /// assert!(matches!(Opened::read(&b"comity-bundle/2 1 1 1 1\n"[..]), Err(BundleError::Version(_))));
    /// assert!(matches!(Opened::read(&b"PK"[..]), Err(BundleError::Form(_))));
    /// ```
    pub fn read(input: R) -> Result<Self, BundleError> {
        let mut input = BufReader::with_capacity(256 * 1024, input);
        let mut line = Vec::new();
        input.by_ref().take(LONGEST_FIRST).read_until(b'\n', &mut line)?;
        let text = std::str::from_utf8(&line)
            .ok()
            .and_then(|l| l.strip_suffix('\n'))
            .ok_or(BundleError::Form("its first line"))?;
        let rest = match text.split_once(' ') {
            Some(("comity-bundle/1", rest)) => rest,
            Some((other, _)) if other.starts_with("comity-bundle/") => {
                return Err(BundleError::Version(crate::value::text::shown(other).into_owned()));
            }
            _ => return Err(BundleError::Form("its first line")),
        };
        let canonical = |w: &str| if w.starts_with(['0', '+']) { None } else { w.parse::<usize>().ok() };
        let numbers: Option<Vec<usize>> = rest.split(' ').map(canonical).collect();
        let Some(&[manifest, desk, member, volume]) = numbers.as_deref() else {
            return Err(BundleError::Form("its first line"));
        };
        if manifest > LONGEST || desk > LONGEST_SIGNATURE || member > LONGEST_SIGNATURE {
            return Err(BundleError::Form("a manifest has at most 1 MiB, a signature 2,048 bytes"));
        }
        let mut exactly = |length| -> Result<Vec<u8>, BundleError> {
            let mut bytes = vec![0; length];
            input.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = exactly(manifest)?;
        let text = |bytes| String::from_utf8(bytes).map_err(|_| BundleError::Form("its signatures"));
        let signatures = [text(exactly(desk)?)?, text(exactly(member)?)?];
        let manifest = Manifest::parse(&bytes)?;
        if volume > manifest.volumes.len() {
            return Err(BundleError::Form("its volume"));
        }
        Ok(Self { bytes, manifest, signatures, volume: volume - 1, input })
    }

    /// Whether it is for this desk and realm.
    pub fn is_for(&self, desk: Id, realm: &Realm) -> Result<(), BundleError> {
        match () {
            () if self.manifest.to != desk => Err(BundleError::NotForUs),
            () if self.manifest.realm != *realm => Err(BundleError::Realm(self.manifest.realm.clone())),
            () => Ok(()),
        }
    }

    /// Whether the desk's bundle key signed it.
    pub fn is_signed_by_desk(&self, key: &PublicKey) -> Result<(), BundleError> {
        let [desk, _] = &self.signatures;
        Ok(key.verify(&self.manifest.realm.namespace("bundle"), &self.bytes, desk)?)
    }

    /// Whether the member that the manifest names signed it.
    pub fn is_signed_by_member(&self, key: &PublicKey) -> Result<(), BundleError> {
        let [_, member] = &self.signatures;
        if key.person() != self.manifest.by {
            return Err(SignatureError::Signer.into());
        }
        Ok(key.verify(&self.manifest.realm.namespace("bundle"), &self.bytes, member)?)
    }

    /// The digest of the manifest.
    pub fn digest(&self) -> Digest {
        Manifest::digest(&self.bytes)
    }

    /// The name that the bundle has in its stream: the digest of its manifest, or of that which it stands for.
    pub fn name(&self) -> Digest {
        self.manifest.replaces.unwrap_or_else(|| self.digest())
    }

    /// The slice that this volume holds, as a reader; its end and its digest are checked when it is exhausted.
    pub fn into_slice(self) -> Slice<R> {
        let volume = self.manifest.volumes.get(self.volume);
        Slice {
            input: self.input,
            left: volume.map_or(0, |v| v.bytes),
            digest: volume.map(|v| v.digest),
            hash: Sha256::new(),
        }
    }
}

/// A volume's slice. Reading it to its end checks its digest, the end line, and that nothing follows.
pub struct Slice<R> {
    input: BufReader<R>,
    left: u64,
    digest: Option<Digest>,
    hash: Sha256,
}

impl<R: Read> Read for Slice<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bad = |what| io::Error::new(io::ErrorKind::InvalidData, what);
        if self.left == 0 {
            if let Some(digest) = self.digest.take() {
                if *digest.as_bytes() != <[u8; 32]>::from(self.hash.finalize_reset()) {
                    return Err(bad("a volume is not the one that was signed"));
                }
                let mut end = [0; END.len()];
                self.input.read_exact(&mut end)?;
                if end != END || !self.input.fill_buf()?.is_empty() {
                    return Err(bad("the bundle does not end where it should"));
                }
            }
            return Ok(0);
        }
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        let Some(out) = out.get_mut(..room) else { return Ok(0) };
        let n = self.input.read(out)?;
        if n == 0 && room > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.hash.update(out.get(..n).unwrap_or_default());
        self.left -= n as u64;
        Ok(n)
    }
}

/// The slices of all volumes of a bundle, one after the other.
pub struct Slices<R>(VecDeque<Slice<R>>);

impl<R: Read> Slices<R> {
    /// Begins with the volumes in their order. That they are of one bundle, and all of them, is the caller's to check.
    pub fn of(volumes: impl IntoIterator<Item = Opened<R>>) -> Self {
        Self(volumes.into_iter().map(Opened::into_slice).collect())
    }
}

impl<R: Read> Read for Slices<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(slice) = self.0.front_mut() {
            let n = slice.read(out)?;
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
            self.0.pop_front();
        }
        Ok(0)
    }
}

/// Walks through the parts of a bundle, over all of its volumes.
pub struct Parts<R> {
    input: BufReader<R>,
    parts: std::vec::IntoIter<Part>,
}

impl<R: Read> Parts<R> {
    /// Begins with the slices of all volumes, one after the other.
    pub fn begin(manifest: &Manifest, slices: R) -> Self {
        Self { input: BufReader::with_capacity(256 * 1024, slices), parts: manifest.parts.clone().into_iter() }
    }

    /// Hands the next part to `read`, and checks afterwards that it was read to its end and has its digest. `None` after
    /// the last.
    pub fn next<T, E: From<BundleError>>(
        &mut self,
        read: impl FnOnce(&Part, &mut dyn BufRead) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        let Some(part) = self.parts.next() else { return Ok(None) };
        let mut body = BufReader::with_capacity(
            64 * 1024,
            Hashed { input: (&mut self.input).take(part.bytes), hash: Sha256::new() },
        );
        let value = read(&part, &mut body)?;
        let left = body.fill_buf().map_err(BundleError::from)?.len();
        let hashed = body.into_inner();
        if left > 0 || hashed.input.limit() > 0 {
            return Err(BundleError::Form("a part is longer than what it holds").into());
        }
        if *part.digest.as_bytes() != <[u8; 32]>::from(hashed.hash.finalize()) {
            return Err(BundleError::Form("a part is not the one that was signed").into());
        }
        Ok(Some(value))
    }

    /// Checks that the bundle ends here.
    pub fn finish(mut self) -> Result<(), BundleError> {
        if self.parts.next().is_some() || !self.input.fill_buf()?.is_empty() {
            return Err(BundleError::Form("it does not end where it should"));
        }
        Ok(())
    }
}

struct Hashed<R> {
    input: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.input.read(out)?;
        self.hash.update(out.get(..n).unwrap_or_default());
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// A stream that goes on for ever with one thing, and counts what is read of it.
    struct Endless<'c>(&'c [u8], &'c [u8], &'c Cell<usize>);

    impl Read for Endless<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            for (n, byte) in out.iter_mut().enumerate() {
                let at = self.2.get() + n;
                *byte = self.0.get(at).copied().unwrap_or_else(|| self.1[at % self.1.len()]);
            }
            self.2.set(self.2.get() + out.len());
            Ok(out.len())
        }
    }

    #[test]
    fn of_a_stream_without_an_end_no_more_is_read_than_its_manifest_may_take() {
        const BUFFER: usize = 256 * 1024;
        for (begin, most) in [
            ("", BUFFER),
            ("comity-bundle/1 ", BUFFER),
            ("comity-bundle/2 1 1 1 1\n", BUFFER),
            ("comity-bundle/1 99999999999999999999 1 1 1\n", BUFFER),
            ("comity-bundle/1 4294967296 1 1 1\n", BUFFER),
            ("comity-bundle/1 1048577 1 1 1\n", BUFFER),
            ("comity-bundle/1 1048576 2048 2048 1\n", LONGEST + 2 * LONGEST_SIGNATURE + BUFFER),
            ("comity-bundle/1 1 2049 1 1\n", BUFFER),
        ] {
            for then in [&b"\0"[..], b"a", b"{\"a\":", b"\n", b"[[[["] {
                let read = Cell::new(0);
                assert!(Opened::read(Endless(begin.as_bytes(), then, &read)).is_err(), "{begin}");
                assert!(read.get() <= most, "{begin:?}: {} bytes were read", read.get());
            }
        }
    }
}
