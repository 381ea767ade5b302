//! age encryption: to X25519 recipients, or to a passphrase.
//!
//! The header is looked at before the library sees it: at most 16 KiB and 64 stanzas, since parsing costs the square
//! of its size. A stream must be read to its end before anything that came out of it may be used: bytes appear before
//! the last chunk proves them.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::str::FromStr as _;

use age::secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use super::secret::{Passphrase, Secret};

/// Bytes of an age header that are read before it is refused.
const HEADER: usize = 16 * 1024;
/// Recipient stanzas in a header before it is refused.
const STANZAS: usize = 64;
/// scrypt work factor (log2 N) of what is sealed here: 256 MiB and about a second for each guess.
const WORK: u8 = 18;
/// The highest work factor that is tried on opening, so that a hostile file cannot eat the memory.
const MOST_WORK: u8 = 20;

/// A private age key (X25519).
pub struct AgeKey(age::x25519::Identity);

/// A public age key (X25519), `age1…`.
#[derive(Clone)]
pub struct Recipient(age::x25519::Recipient);

/// Why something that is encrypted cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum UnsealError {
    /// Not an age file, damaged, cut short, or over a limit.
    #[error("{0}")]
    Malformed(&'static str),
    /// No key at hand opens it.
    #[error("it is not sealed to this key")]
    NotOurs,
    /// The medium failed.
    #[error("{0}")]
    Medium(#[from] io::Error),
}

impl AgeKey {
    /// A new key; `age` draws the randomness.
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Reads `AGE-SECRET-KEY-1…`.
    pub fn parse(text: &str) -> Option<Self> {
        age::x25519::Identity::from_str(text).ok().map(Self)
    }

    /// `AGE-SECRET-KEY-1…`, wiped when dropped.
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }
}

impl Recipient {
    /// Reads `age1…`. A point of low order is refused, for what is sealed to it has no secret, and so is one that is written in
    /// another way than the one that every program writes: one key has one text.
    pub fn parse(text: &str) -> Option<Self> {
        let (_, point) = bech32::decode(text).ok()?;
        let point: [u8; 32] = point.try_into().ok()?;
        if !is_canonical(&point) || LOW_ORDER.contains(&point) {
            return None;
        }
        age::x25519::Recipient::from_str(text).ok().map(Self).filter(|r| r.to_string() == text)
    }
}

/// Returns a text that is written as an age recipient, whatever its point is worth: for what is in the log already. What is
/// sealed to is read by [`Recipient::parse`].
pub fn written(text: &str) -> Option<String> {
    age::x25519::Recipient::from_str(text).ok().map(|recipient| recipient.to_string()).filter(|written| written == text)
}

/// The points of Curve25519 of low order, in their canonical form: 0, 1, the two of order 8, and p - 1.
const LOW_ORDER: [[u8; 32]; 5] = {
    let mut one = [0; 32];
    one[0] = 1;
    let mut before_p = [0xff; 32];
    before_p[0] = 0xec;
    before_p[31] = 0x7f;
    [
        [0; 32],
        one,
        [
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
            0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
        ],
        [
            0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
            0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
        ],
        before_p,
    ]
};

/// Whether the bytes of a point are a number below p = 2^255 - 19, with the lowest byte first.
fn is_canonical(point: &[u8; 32]) -> bool {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    point.iter().rev().lt(p.iter().rev())
}

impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A writer that encrypts with age; without [`Sealing::finish`] what was written cannot be opened.
pub struct Sealing<W: Write>(age::stream::StreamWriter<W>);

impl<W: Write> Sealing<W> {
    /// Begins an age file for these recipients.
    pub fn to(recipients: &[Recipient], out: W) -> io::Result<Self> {
        let all = recipients.iter().map(|r| &r.0 as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(all).map_err(io::Error::other)?;
        encryptor.wrap_output(out).map(Self)
    }

    /// Writes the last chunk and gives the output back.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Seals bytes to recipients.
pub fn seal(recipients: &[Recipient], plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut sealing = Sealing::to(recipients, Vec::new())?;
    sealing.write_all(plain)?;
    sealing.finish()
}

/// Opens an age file that is sealed to `key`; what it yields must not be used before its end was reached without error.
pub fn open<R: Read>(key: &AgeKey, input: R) -> Result<impl Read + use<R>, UnsealError> {
    let (head, rest) = look_at_header(BufReader::with_capacity(64 * 1024, input))?;
    if head.scrypt {
        return Err(UnsealError::Malformed("it is sealed with a passphrase, which no bundle or keyring is"));
    }
    let decryptor = age::Decryptor::new_buffered(io::Cursor::new(head.bytes).chain(rest)).map_err(unseal_error)?;
    let identity: &dyn age::Identity = &key.0;
    decryptor.decrypt(std::iter::once(identity)).map_err(unseal_error)
}

/// Opens a small age file whole; `limit` bounds what comes out, in bytes.
pub fn open_all(key: &AgeKey, sealed: &[u8], limit: usize) -> Result<Secret, UnsealError> {
    read_all(open(key, sealed)?, limit, sealed.len())
}

/// Seals bytes with a passphrase (scrypt).
pub fn seal_with_passphrase(passphrase: &Passphrase, plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.expose().to_owned()));
    recipient.set_work_factor(seam::work());
    let one: &dyn age::Recipient = &recipient;
    let encryptor = age::Encryptor::with_recipients(std::iter::once(one)).map_err(io::Error::other)?;
    let mut out = encryptor.wrap_output(Vec::new())?;
    out.write_all(plain)?;
    out.finish()
}

/// Opens what [`seal_with_passphrase`] sealed. A wrong passphrase is [`UnsealError::NotOurs`].
pub fn open_with_passphrase(passphrase: &Passphrase, sealed: &[u8], limit: usize) -> Result<Secret, UnsealError> {
    let (head, rest) = look_at_header(sealed)?;
    if !head.scrypt {
        return Err(UnsealError::Malformed("it is not sealed with a passphrase"));
    }
    let mut identity = age::scrypt::Identity::new(SecretString::from(passphrase.expose().to_owned()));
    identity.set_max_work_factor(MOST_WORK);
    let decryptor = age::Decryptor::new_buffered(io::Cursor::new(head.bytes).chain(rest)).map_err(unseal_error)?;
    let one: &dyn age::Identity = &identity;
    // The library cannot tell a wrong passphrase from a damaged stanza: both are taken for a wrong passphrase.
    let plain = decryptor.decrypt(std::iter::once(one)).map_err(|e| match e {
        age::DecryptError::DecryptionFailed | age::DecryptError::InvalidMac => UnsealError::NotOurs,
        other => unseal_error(other),
    })?;
    read_all(plain, limit, sealed.len())
}

/// Whether these bytes begin as an age file does.
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(b"age-encryption.org/")
}

/// Whether these bytes are how an age file begins, or could be once more of it has come; so many are enough to tell.
pub fn may_become_sealed(bytes: &[u8]) -> bool {
    let begins = b"age-encryption.org/".as_slice();
    bytes.iter().zip(begins).all(|(one, other)| one == other)
}

/// Reads to the end; what is sealed is longer than what comes out. Growing would leave copies behind: the room is taken once.
fn read_all(input: impl Read, limit: usize, sealed: usize) -> Result<Secret, UnsealError> {
    let mut plain = Vec::with_capacity(sealed);
    let read = input.take(limit as u64 + 1).read_to_end(&mut plain);
    let plain = Secret::new(plain);
    read.map_err(|_| UnsealError::Malformed("it is damaged or cut short"))?;
    if plain.expose().len() > limit { Err(UnsealError::Malformed("it is larger than allowed")) } else { Ok(plain) }
}

fn unseal_error(error: age::DecryptError) -> UnsealError {
    use age::DecryptError as E;
    match error {
        E::NoMatchingKeys | E::KeyDecryptionFailed => UnsealError::NotOurs,
        E::DecryptionFailed | E::InvalidMac => UnsealError::Malformed("it is damaged"),
        E::ExcessiveWork { .. } => UnsealError::Malformed("its passphrase asks for more work than allowed"),
        E::Io(e) if e.kind() != io::ErrorKind::UnexpectedEof && e.kind() != io::ErrorKind::InvalidData => {
            UnsealError::Medium(e)
        }
        _ => UnsealError::Malformed("it is not an age file"),
    }
}

struct Head {
    bytes: Vec<u8>,
    scrypt: bool,
}

/// Reads the header up to and with its MAC line, within the limits.
fn look_at_header<R: BufRead>(mut input: R) -> Result<(Head, R), UnsealError> {
    let mut bytes = Vec::new();
    let (mut stanzas, mut scrypt) = (0, false);
    loop {
        let start = bytes.len();
        let room = (HEADER - start) as u64 + 1;
        input.by_ref().take(room).read_until(b'\n', &mut bytes)?;
        let line = bytes.get(start..).unwrap_or_default();
        if start == 0 && line != b"age-encryption.org/v1\n" {
            return Err(UnsealError::Malformed("it is not an age file"));
        }
        if bytes.len() > HEADER {
            return Err(UnsealError::Malformed("its header is larger than 16 KiB"));
        }
        if !line.ends_with(b"\n") {
            return Err(UnsealError::Malformed("it is cut short"));
        }
        if line.starts_with(b"-> ") {
            stanzas += 1;
            scrypt |= line.starts_with(b"-> scrypt ");
        }
        if stanzas > STANZAS {
            return Err(UnsealError::Malformed("it has more than 64 recipients"));
        }
        if line.starts_with(b"---") {
            return Ok((Head { bytes, scrypt }, input));
        }
    }
}

/// The seam for the test suite: debug builds may be told to seal with a light work factor. Release builds have none.
mod seam {
    #[cfg(debug_assertions)]
    pub(super) static LIGHT: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

    #[cfg(debug_assertions)]
    pub(super) fn work() -> u8 {
        if LIGHT.load(std::sync::atomic::Ordering::Relaxed) { 4 } else { super::WORK }
    }

    #[cfg(not(debug_assertions))]
    pub(super) const fn work() -> u8 {
        super::WORK
    }
}

/// From now on, seal with a light work factor. Only debug builds have this; it is for the test suite.
#[cfg(debug_assertions)]
pub fn light_scrypt() {
    seam::LIGHT.store(true, std::sync::atomic::Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(result: Result<Secret, UnsealError>) -> String {
        match result {
            Ok(plain) => format!("{} bytes", plain.expose().len()),
            Err(UnsealError::Malformed(what)) => what.to_owned(),
            Err(other) => other.to_string(),
        }
    }

    #[test]
    fn what_was_sealed_opens_for_its_recipient_alone() {
        let (ours, theirs) = (AgeKey::generate(), AgeKey::generate());
        let sealed = seal(&[ours.recipient()], &[7; 200_000]).unwrap();
        assert_eq!(kind(open_all(&ours, &sealed, 200_000)), "200000 bytes");
        assert_eq!(kind(open_all(&ours, &sealed, 199_999)), "it is larger than allowed");
        assert_eq!(kind(open_all(&theirs, &sealed, 200_000)), "it is not sealed to this key");
        let again = AgeKey::parse(&ours.to_text()).unwrap();
        assert_eq!(kind(open_all(&again, &sealed, 200_000)), "200000 bytes");
    }

    #[test]
    fn hostile_headers_are_refused_before_any_work() {
        let key = AgeKey::generate();
        let head = b"age-encryption.org/v1\n".to_vec();
        let many = [head.clone(), b"-> X25519 aaaa\n\n".repeat(70_000)].concat();
        let long = [head.clone(), b"-> X25519 ".to_vec(), vec![b'a'; 1 << 20]].concat();
        let scrypt = [head.clone(), b"-> scrypt bBcZ 30\naaaa\n--- aaaa\n".to_vec()].concat();
        for (bytes, want) in [
            (&b""[..], "it is not an age file"),
            (&[0; 4096], "it is not an age file"),
            (&head, "it is cut short"),
            (&many, "it has more than 64 recipients"),
            (&long, "its header is larger than 16 KiB"),
            (&scrypt, "it is sealed with a passphrase, which no bundle or keyring is"),
        ] {
            assert_eq!(kind(open_all(&key, bytes, 1)), want);
        }
    }

    /// A stream without an end: a beginning, and then one thing for ever. It counts what is read of it.
    struct Endless<'c> {
        begin: &'c [u8],
        then: &'c [u8],
        read: &'c std::cell::Cell<usize>,
    }

    impl Read for Endless<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let at = self.read.get();
            for (n, byte) in out.iter_mut().enumerate() {
                let at = at + n;
                *byte = match self.begin.get(at) {
                    Some(byte) => *byte,
                    None => self.then[(at - self.begin.len()) % self.then.len()],
                };
            }
            self.read.set(at + out.len());
            Ok(out.len())
        }
    }

    #[test]
    fn of_a_hostile_header_little_is_read() {
        let key = AgeKey::generate();
        let head: &[u8] = b"age-encryption.org/v1\n";
        for (begin, then) in [
            (&b""[..], &b"a"[..]),
            (&b""[..], &b"\n"[..]),
            (head, &b"a"[..]),
            (head, &b"-> X25519 aaaa\n\n"[..]),
            (head, &b"-> a\naaaa\n"[..]),
            (head, &b"\n"[..]),
        ] {
            let read = std::cell::Cell::new(0);
            let opened = open(&key, Endless { begin, then, read: &read });
            assert!(opened.is_err(), "{then:?}");
            // One filling of the buffer beyond the longest header.
            assert!(read.get() <= 2 * HEADER + 64 * 1024, "{} bytes of {then:?}", read.get());
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_found() {
        let key = AgeKey::generate();
        let sealed = seal(&[key.recipient()], b"a few words").unwrap();
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            bad[at] ^= 1 << (at % 8);
            assert!(open_all(&key, &bad, 100).is_err(), "flip at {at}");
            assert!(open_all(&key, &sealed[..at], 100).is_err(), "cut at {at}");
        }
        assert!(open_all(&key, &[sealed.as_slice(), b"x"].concat(), 100).is_err(), "a byte too many");
    }

    #[test]
    fn a_passphrase_opens_what_it_sealed() {
        light_scrypt();
        let pass = |t: &str| Passphrase::new(t).unwrap();
        let sealed = seal_with_passphrase(&pass("e\u{301}t\u{e9}"), b"secret").unwrap();
        assert_eq!(kind(open_with_passphrase(&pass("\u{e9}te\u{301}"), &sealed, 100)), "6 bytes");
        assert_eq!(kind(open_with_passphrase(&pass("other"), &sealed, 100)), "it is not sealed to this key");
        let heavy = String::from_utf8_lossy(&sealed).into_owned();
        let heavy = heavy.replacen(" 4\n", " 30\n", 1).into_bytes();
        assert!(open_with_passphrase(&pass("x"), &heavy, 100).is_err());
    }
}
