//! C2SP signed notes: a text, an empty line, and signature lines; with the two kinds of signature that logs use.
//!
//! Unknown keys are ignored; a known key with a bad signature voids the whole note.

use sha2::{Digest as _, Sha256};

use crate::seal::sign::{PublicKey, Signer};
use crate::value::timestamp::Timestamp;

/// The longest note that is read, in bytes.
pub const LONGEST: usize = 64 * 1024;
/// Signature lines beyond which a note is refused.
const MOST_SIGNATURES: usize = 64;

/// The kind of signature that a key makes on a note (the type byte of its key id).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// A plain Ed25519 signature over the text: the log's own.
    Log,
    /// `cosignature/v1`: a witness says that at a time this was the largest consistent tree that it saw.
    Witness,
}

/// A name and a key that may sign notes.
#[derive(Clone, Debug)]
pub struct NoteKey {
    /// The name on the signature line.
    pub name: String,
    /// What it signs.
    pub kind: KeyKind,
    /// The key.
    pub key: PublicKey,
}

/// A note as it was read: its text, and signature lines of which nothing is verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    /// The text, with its final line feed.
    pub text: String,
    /// Signature lines.
    pub signatures: Vec<SignatureLine>,
}

/// One line of a note's signatures.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureLine {
    /// The signer's name.
    pub name: String,
    /// The first four bytes of the hash of name, type and key.
    pub key_id: [u8; 4],
    /// The rest of what the line holds.
    pub bytes: Vec<u8>,
}

/// Why a text is not a note, or a note is void.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoteError {
    /// Not in the form of a signed note.
    #[error("it is not a signed note")]
    Form,
    /// The signature of a known key does not match.
    #[error("a signature on the note does not fit")]
    Signature,
    /// The signature that was looked for is not there.
    #[error("the note is not signed by the key that is expected")]
    Unsigned,
}

impl NoteKey {
    fn key_id(&self) -> [u8; 4] {
        let kind = match self.kind {
            KeyKind::Log => 1u8,
            KeyKind::Witness => 4u8,
        };
        let mut hash = Sha256::new();
        hash.update(&self.name);
        hash.update([b'\n', kind]);
        hash.update(self.key.as_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

impl SignatureLine {
    /// Reads one line, without its line feed.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, encoded) = line.strip_prefix("— ").and_then(|l| l.split_once(' ')).ok_or(NoteError::Form)?;
        let bytes = data_encoding::BASE64.decode(encoded.as_bytes()).map_err(|_| NoteError::Form)?;
        let (key_id, rest) = bytes.split_first_chunk::<4>().ok_or(NoteError::Form)?;
        if name.is_empty() || name.contains('+') || name.chars().any(char::is_whitespace) || rest.is_empty() {
            return Err(NoteError::Form);
        }
        Ok(Self { name: name.to_owned(), key_id: *key_id, bytes: rest.to_vec() })
    }
}

impl std::fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = [self.key_id.as_slice(), &self.bytes].concat();
        write!(f, "— {} {}", self.name, data_encoding::BASE64.encode(&bytes))
    }
}

impl Note {
    /// Reads a note strictly.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        let fine = |c: char| c == '\n' || (c >= ' ' && c != '\u{7f}');
        if note.len() > LONGEST || !note.chars().all(fine) {
            return Err(NoteError::Form);
        }
        let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let signatures = signatures.strip_suffix('\n').ok_or(NoteError::Form)?;
        let lines: Vec<_> = signatures.split('\n').take(MOST_SIGNATURES + 1).collect();
        if lines.len() > MOST_SIGNATURES {
            return Err(NoteError::Form);
        }
        let signatures = lines.into_iter().map(SignatureLine::parse).collect::<Result<_, _>>()?;
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The time of the signature of `key`; plain signatures have none. Fails if it is missing, or if any line of that
    /// key is wrong.
    pub fn verify(&self, key: &NoteKey) -> Result<Option<Timestamp>, NoteError> {
        let key_id = key.key_id();
        let mut found = Err(NoteError::Unsigned);
        for line in self.signatures.iter().filter(|l| l.name == key.name && l.key_id == key_id) {
            found = Ok(verify_line(&self.text, line, key)?);
        }
        found
    }
}

fn verify_line(text: &str, line: &SignatureLine, key: &NoteKey) -> Result<Option<Timestamp>, NoteError> {
    let bad = |_| NoteError::Signature;
    match key.kind {
        KeyKind::Log => {
            let signature: &[u8; 64] = line.bytes.as_slice().try_into().map_err(|_| NoteError::Signature)?;
            key.key.verify_raw(text.as_bytes(), signature).map_err(bad)?;
            Ok(None)
        }
        KeyKind::Witness => {
            let (time, signature) = line.bytes.split_first_chunk::<8>().ok_or(NoteError::Signature)?;
            let time = u64::from_be_bytes(*time);
            let signature: &[u8; 64] = signature.try_into().map_err(|_| NoteError::Signature)?;
            key.key.verify_raw(&cosigned(text, time), signature).map_err(bad)?;
            let ms = i64::try_from(time).ok().and_then(|s| s.checked_mul(1000)).ok_or(NoteError::Signature)?;
            Ok(Some(Timestamp::from_millis(ms)))
        }
    }
}

fn cosigned(text: &str, time: u64) -> Vec<u8> {
    format!("cosignature/v1\ntime {time}\n{text}").into_bytes()
}

/// Signs `text` (which ends with a line feed) as a log does.
pub fn sign(text: &str, name: &str, signer: &Signer) -> SignatureLine {
    let key = NoteKey { name: name.to_owned(), kind: KeyKind::Log, key: signer.public() };
    SignatureLine { name: name.to_owned(), key_id: key.key_id(), bytes: signer.sign_raw(text.as_bytes()).to_vec() }
}

/// Cosigns `text` as a witness does, at a time of whole seconds.
pub fn cosign(text: &str, name: &str, signer: &Signer, at: Timestamp) -> SignatureLine {
    let key = NoteKey { name: name.to_owned(), kind: KeyKind::Witness, key: signer.public() };
    let time = u64::try_from(at.seconds()).unwrap_or(0);
    let bytes = [time.to_be_bytes().as_slice(), &signer.sign_raw(&cosigned(text, time))].concat();
    SignatureLine { name: name.to_owned(), key_id: key.key_id(), bytes }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Go's `sumdb/note` package.
    const NEUMANN: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn neumann() -> NoteKey {
        let key = data_encoding::BASE64.decode(b"ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        let key = PublicKey::from_bytes(key[1..].try_into().unwrap()).unwrap();
        NoteKey { name: "PeterNeumann".into(), kind: KeyKind::Log, key }
    }

    #[test]
    fn a_note_made_by_another_implementation_verifies() {
        let note = Note::parse(NEUMANN).unwrap();
        assert_eq!(note.verify(&neumann()), Ok(None));
        assert_eq!(note.to_string(), NEUMANN);
        let forged = Note::parse(&NEUMANN.replace("problem is", "problem was")).unwrap();
        assert_eq!(forged.verify(&neumann()), Err(NoteError::Signature));
    }

    #[test]
    fn cosignatures_carry_their_time() {
        let (log, witness) = (Signer::from_seed(&[1; 32]), Signer::from_seed(&[2; 32]));
        let text = "origin\n1\nAAAA\n";
        let at = Timestamp::from_millis(1_790_000_000_000);
        let note = Note {
            text: text.into(),
            signatures: vec![sign(text, "log", &log), cosign(text, "witness", &witness, at)],
        };
        let note = Note::parse(&note.to_string()).unwrap();
        let key = |name: &str, kind, signer: &Signer| NoteKey { name: name.into(), kind, key: signer.public() };
        assert_eq!(note.verify(&key("log", KeyKind::Log, &log)), Ok(None));
        assert_eq!(note.verify(&key("witness", KeyKind::Witness, &witness)), Ok(Some(at)));
        assert_eq!(note.verify(&key("witness", KeyKind::Log, &witness)), Err(NoteError::Unsigned));
        assert_eq!(note.verify(&key("stranger", KeyKind::Log, &log)), Err(NoteError::Unsigned));
    }

    #[test]
    fn hostile_notes_are_refused() {
        let many = format!("{}{}", NEUMANN, "— x AAAAAAAA\n".repeat(10_000));
        for bad in [
            "",
            "\n",
            "text\n",
            "text\n\n",
            &NEUMANN.replace('\n', "\r\n"),
            &NEUMANN.replace("you ", "you\u{1}"),
            &many,
            &NEUMANN.replace("— ", "- "),
            &NEUMANN.replace("PeterNeumann ", "Peter+Neumann "),
            NEUMANN.trim_end(),
        ] {
            assert_eq!(Note::parse(bad).err(), Some(NoteError::Form), "{bad:.60}");
        }
    }
}
