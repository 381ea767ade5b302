//! Ed25519 signatures: as SSHSIG (sha512, one namespace per purpose and realm) and raw, for C2SP notes.
//!
//! Verification is strict (`verify_strict`), weak public keys are never accepted, and only the one encoding that
//! OpenSSH itself writes is taken for a signature.

use ed25519_dalek::{Signature, SigningKey, VerifyingKey};
use ssh_key::{HashAlg, LineEnding, SshSig, private, public};
use zeroize::Zeroizing;

use crate::value::digest::Digest;
use crate::value::person::Person;

/// The longest armoured signature that is looked at, in bytes. OpenSSH writes about 300.
pub const LONGEST_SIGNATURE: usize = 2048;

/// A private signing key. It lies in one place of memory: whoever moves it leaves no copy behind.
pub struct Signer(Box<SigningKey>);

/// A public signing key that is not weak.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

/// Why a key or a signature is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureError {
    /// Not a public Ed25519 key in OpenSSH form, or a weak one.
    #[error("not a good Ed25519 public key")]
    Key,
    /// Not a private Ed25519 key in OpenSSH form.
    #[error("not an Ed25519 private key")]
    PrivateKey,
    /// Not an SSHSIG signature as OpenSSH writes it.
    #[error("not an SSHSIG signature")]
    Form,
    /// Made for another purpose or realm.
    #[error("the signature was made for another purpose")]
    Namespace,
    /// Made by somebody else.
    #[error("the signature was made with another key")]
    Signer,
    /// It does not match the message.
    #[error("the signature does not match what was signed")]
    Mismatch,
}

impl Signer {
    /// A key from 32 bytes of good randomness.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Box::new(SigningKey::from_bytes(seed)))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// An armoured SSHSIG over `message` in `namespace`, as `ssh-keygen -Y sign` makes it.
    pub fn sign(&self, namespace: &str, message: &[u8]) -> Result<String, SignatureError> {
        let keypair = private::Ed25519Keypair::from(&*self.0);
        let key = private::PrivateKey::from(keypair);
        let signature = key.sign(namespace, HashAlg::Sha512, message).map_err(|_| SignatureError::Form)?;
        signature.to_pem(LineEnding::LF).map_err(|_| SignatureError::Form)
    }

    /// A raw 64-byte signature over `message`, for C2SP signed notes.
    pub fn sign_raw(&self, message: &[u8]) -> [u8; 64] {
        use ed25519_dalek::Signer as _;
        self.0.sign(message).to_bytes()
    }

    /// The key in OpenSSH's private-key form.
    pub fn to_openssh(&self) -> Result<Zeroizing<String>, SignatureError> {
        let key = private::PrivateKey::from(private::Ed25519Keypair::from(&*self.0));
        key.to_openssh(LineEnding::LF).map_err(|_| SignatureError::PrivateKey)
    }

    /// Reads OpenSSH's private-key form.
    pub fn from_openssh(pem: &str) -> Result<Self, SignatureError> {
        let key = private::PrivateKey::from_openssh(pem).map_err(|_| SignatureError::PrivateKey)?;
        let keypair = key.key_data().ed25519().ok_or(SignatureError::PrivateKey)?;
        Ok(Self(Box::new(SigningKey::from_bytes(&keypair.private.to_bytes()))))
    }

    /// The seed, to derive other keys from.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }
}

impl PublicKey {
    /// A key from its 32 bytes; weak (small-order) and malformed points are refused.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, SignatureError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| SignatureError::Key)?;
        // A point has several encodings; only the canonical one is taken, so that one key has one fingerprint.
        if key.is_weak() || key.to_edwards().compress().to_bytes() != *bytes {
            Err(SignatureError::Key)
        } else {
            Ok(Self(*bytes))
        }
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads `ssh-ed25519 AAAA…` without a comment.
    pub fn from_openssh(text: &str) -> Result<Self, SignatureError> {
        let key = public::PublicKey::from_openssh(text).map_err(|_| SignatureError::Key)?;
        let ed25519 = key.key_data().ed25519().ok_or(SignatureError::Key)?;
        let key = Self::from_bytes(&ed25519.0)?;
        if key.to_openssh() == text { Ok(key) } else { Err(SignatureError::Key) }
    }

    /// `ssh-ed25519 AAAA…`, without a comment.
    pub fn to_openssh(&self) -> String {
        format!("ssh-ed25519 {}", data_encoding::BASE64.encode(&self.wire()))
    }

    /// The key in SSH wire form (RFC 8709): the length-prefixed name, then the length-prefixed point.
    fn wire(&self) -> Vec<u8> {
        let name = b"ssh-ed25519";
        [&11u32.to_be_bytes(), name.as_slice(), &32u32.to_be_bytes(), self.0.as_slice()].concat()
    }

    /// The person who holds the key: its SHA-256 fingerprint, as `ssh-keygen -l` shows it.
    pub fn person(&self) -> Person {
        Person::of(Digest::of(&self.wire()))
    }

    /// Checks an armoured SSHSIG over `message`: this key, this namespace, sha512, strict arithmetic, and the very
    /// bytes that OpenSSH would have written.
    pub fn verify(&self, namespace: &str, message: &[u8], armoured: &str) -> Result<(), SignatureError> {
        if armoured.len() > LONGEST_SIGNATURE {
            return Err(SignatureError::Form);
        }
        let signature = SshSig::from_pem(armoured).map_err(|_| SignatureError::Form)?;
        let same = signature.to_pem(LineEnding::LF).map_err(|_| SignatureError::Form)? == armoured;
        if !same || signature.hash_alg() != HashAlg::Sha512 || !signature.reserved().is_empty() {
            return Err(SignatureError::Form);
        }
        if signature.namespace() != namespace {
            return Err(SignatureError::Namespace);
        }
        if signature.public_key().ed25519().is_none_or(|k| k.0 != self.0) {
            return Err(SignatureError::Signer);
        }
        let raw: &[u8; 64] = signature.signature_bytes().try_into().map_err(|_| SignatureError::Form)?;
        let signed = SshSig::signed_data(namespace, HashAlg::Sha512, message).map_err(|_| SignatureError::Form)?;
        self.verify_raw(&signed, raw)
    }

    /// Checks a raw signature, strictly.
    pub fn verify_raw(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(&self.0).map_err(|_| SignatureError::Key)?;
        key.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| SignatureError::Mismatch)
    }
}

/// Who an armoured signature says made it; it is not checked. To look up the key that it must then be checked with.
pub fn claimed_signer(armoured: &str) -> Result<PublicKey, SignatureError> {
    if armoured.len() > LONGEST_SIGNATURE {
        return Err(SignatureError::Form);
    }
    let signature = SshSig::from_pem(armoured).map_err(|_| SignatureError::Form)?;
    PublicKey::from_bytes(&signature.public_key().ed25519().ok_or(SignatureError::Key)?.0)
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_openssh())
    }
}

#[cfg(test)]
mod tests {
    use super::{PublicKey, SignatureError, Signer};

    fn signer(n: u8) -> Signer {
        Signer::from_seed(&[n; 32])
    }

    #[test]
    fn a_signature_holds_for_one_key_one_purpose_one_text() {
        let (ana, rui) = (signer(1), signer(2));
        let good = ana.sign("act.v1.live@comity", b"text").unwrap();
        let check = |key: &Signer, namespace: &str, text: &[u8], sig: &str| key.public().verify(namespace, text, sig);
        assert_eq!(check(&ana, "act.v1.live@comity", b"text", &good), Ok(()));
        assert_eq!(check(&ana, "act.v1.live@comity", b"texT", &good), Err(SignatureError::Mismatch));
        assert_eq!(check(&ana, "bundle.v1.live@comity", b"text", &good), Err(SignatureError::Namespace));
        assert_eq!(check(&rui, "act.v1.live@comity", b"text", &good), Err(SignatureError::Signer));
        for other in [
            good.replace('\n', "\r\n"),
            format!("{good}\n"),
            good.trim_end().to_owned(),
            String::new(),
            "x".repeat(1 << 20),
        ] {
            assert_eq!(check(&ana, "act.v1.live@comity", b"text", &other), Err(SignatureError::Form));
        }
    }

    #[test]
    fn a_malleated_signature_is_void() {
        // S + L is the same scalar written differently: strict verification knows one way only.
        let order: [u8; 32] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        let mut raw = signer(1).sign_raw(b"text");
        let mut carry = 0u16;
        for (s, l) in raw[32..].iter_mut().zip(order) {
            let sum = u16::from(*s) + u16::from(l) + carry;
            *s = sum as u8;
            carry = sum >> 8;
        }
        assert_eq!(signer(1).public().verify_raw(b"text", &raw), Err(SignatureError::Mismatch));
    }

    #[test]
    fn weak_and_doubled_keys_are_refused() {
        let mut identity = [0u8; 32];
        identity[0] = 1;
        assert_eq!(PublicKey::from_bytes(&identity), Err(SignatureError::Key));
        let mut not_canonical = [0xff; 32];
        not_canonical[0] = 0xee;
        not_canonical[31] = 0x7f;
        assert_eq!(PublicKey::from_bytes(&not_canonical), Err(SignatureError::Key));
    }

    #[test]
    fn keys_survive_the_openssh_forms() {
        let ana = signer(1);
        let pem = ana.to_openssh().unwrap();
        assert_eq!(Signer::from_openssh(&pem).unwrap().public(), ana.public());
        let text = ana.public().to_openssh();
        assert_eq!(PublicKey::from_openssh(&text), Ok(ana.public()));
        assert_eq!(PublicKey::from_openssh(&format!("{text} comment")), Err(SignatureError::Key));
        assert!(ana.public().person().to_string().starts_with("SHA256:"));
    }
}
