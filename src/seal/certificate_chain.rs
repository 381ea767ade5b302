//! X.509 certificates of time-stamping authorities (RFC 5280, RFC 3161 §2.3): whether one leads to a certificate that is trusted.
//!
//! Signatures are RSA (PKCS #1 v1.5, 2048 to 4096 bits) and ECDSA over P-256 and P-384, with SHA-256, SHA-384 or SHA-512. What is not
//! understood is refused: another algorithm, a critical extension that is not known, constraints on names. It asks nobody whether a
//! certificate was revoked, and holds no list of authorities: whom to trust, its caller says.

use data_encoding::BASE64;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use crate::value::timestamp::Timestamp;

/// The most certificates that are looked at: those that are trusted, and those that came with a time stamp.
pub const MOST_CERTIFICATES: usize = 32;
/// The longest chain, in certificates, the first and the last among them.
const LONGEST_CHAIN: usize = 8;
/// The most signatures that are checked to find one chain.
const MOST_CHECKS: u32 = 64;
/// The smallest RSA key in bits that is believed.
const SMALLEST_RSA: usize = 2048;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// What the algorithms of PKCS #1 begin with.
const PKCS1: &str = "1.2.840.113549.1.1.";
const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");
const P256: ObjectIdentifier = oid("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = oid("1.3.132.0.34");
const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
const NAME_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.30");
const POLICIES: ObjectIdentifier = oid("2.5.29.32");
const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");

/// Why a certificate, or a signature made with one, is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChainError {
    /// Not certificates in PEM or DER, or too many.
    #[error("not a file of X.509 certificates, or one with more than {MOST_CERTIFICATES}")]
    Form,
    /// A key or an algorithm that is not known, or is too weak.
    #[error("the certificate of {0} has a key or an algorithm that is not known here, or is too weak")]
    Algorithm(String),
    /// A signature does not match.
    #[error("the signature by {0} does not match what was signed")]
    Signature(String),
    /// It does not lead to what is trusted.
    #[error("no trusted certificate issued the one of {0}")]
    NotTrusted(String),
    /// It was not valid then.
    #[error("the certificate of {0} was not valid on {1}")]
    NotValid(String, String),
    /// It may not issue certificates, or not so long a chain of them.
    #[error("the certificate of {0} may not issue others")]
    NotAnIssuer(String),
    /// It is not for time stamps alone.
    #[error("the certificate of {0} is not for time stamps alone: its extended key usage must say so, and be critical")]
    NotForStamps(String),
    /// It says something that must be understood and is not.
    #[error("the certificate of {0} says something that must be understood, and is not understood here")]
    NotUnderstood(String),
}

/// A hash that is believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The hash that an algorithm is, or that a signature's algorithm is made with.
    pub(super) fn of(algorithm: ObjectIdentifier) -> Option<Self> {
        const KNOWN: [(Hash, [&str; 3]); 3] = [
            (Hash::Sha256, ["2.16.840.1.101.3.4.2.1", "1.2.840.113549.1.1.11", "1.2.840.10045.4.3.2"]),
            (Hash::Sha384, ["2.16.840.1.101.3.4.2.2", "1.2.840.113549.1.1.12", "1.2.840.10045.4.3.3"]),
            (Hash::Sha512, ["2.16.840.1.101.3.4.2.3", "1.2.840.113549.1.1.13", "1.2.840.10045.4.3.4"]),
        ];
        let text = algorithm.to_string();
        KNOWN.into_iter().find(|(_, named)| named.contains(&text.as_str())).map(|(hash, _)| hash)
    }

    /// The hash of bytes.
    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }

    fn pkcs1(self) -> Pkcs1v15Sign {
        match self {
            Self::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
            Self::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
            Self::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
        }
    }
}

/// Who a certificate is for, in words.
pub(super) fn subject(certificate: &Certificate) -> String {
    certificate.tbs_certificate.subject.to_string()
}

/// Reads the certificates of a file: PEM with anything between them, or one in DER.
///
/// # Errors
///
/// Where there is none in it, one that cannot be read, or more than [`MOST_CERTIFICATES`].
pub fn read_all(file: &[u8]) -> Result<Vec<Certificate>, ChainError> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let one = |der: &[u8]| Certificate::from_der(der).map_err(|_| ChainError::Form);
    if file.first() == Some(&0x30) {
        return Ok(vec![one(file)?]);
    }
    let text = std::str::from_utf8(file).map_err(|_| ChainError::Form)?;
    let mut all = Vec::new();
    for part in text.split(BEGIN).skip(1) {
        let (inner, _) = part.split_once(END).ok_or(ChainError::Form)?;
        let inner: String = inner.split_whitespace().collect();
        all.push(one(&BASE64.decode(inner.as_bytes()).map_err(|_| ChainError::Form)?)?);
        if all.len() > MOST_CERTIFICATES {
            return Err(ChainError::Form);
        }
    }
    if all.is_empty() { Err(ChainError::Form) } else { Ok(all) }
}

/// Certificates as a PEM file that `openssl` reads.
pub(super) fn to_pem(certificates: &[Certificate]) -> Result<String, ChainError> {
    use der::EncodePem as _;
    let one = |certificate: &Certificate| certificate.to_pem(der::pem::LineEnding::LF).map_err(|_| ChainError::Form);
    certificates.iter().map(one).collect()
}

/// Checks a signature that the holder of a certificate made over a message. `hash` is what the message was hashed with, where the
/// signature's algorithm does not say it.
pub(super) fn verify(
    by: &Certificate,
    algorithm: &AlgorithmIdentifierOwned,
    hash: Option<Hash>,
    message: &[u8],
    signature: &[u8],
) -> Result<(), ChainError> {
    let unknown = || ChainError::Algorithm(subject(by));
    let named = Hash::of(algorithm.oid);
    // Where both say it, they say the same.
    if named.is_some() && hash.is_some() && named != hash {
        return Err(unknown());
    }
    let used = named.or(hash.filter(|_| algorithm.oid == RSA)).ok_or_else(unknown)?;
    let key = &by.tbs_certificate.subject_public_key_info;
    if (key.algorithm.oid == RSA) != algorithm.oid.to_string().starts_with(PKCS1) {
        return Err(unknown());
    }
    let (hashed, point) = (used.digest(message), key.subject_public_key.raw_bytes());
    let is_right = match (key.algorithm.oid, curve(key)) {
        (RSA, _) => {
            let der = key.to_der().map_err(|_| unknown())?;
            let key = RsaPublicKey::from_public_key_der(&der).map_err(|_| unknown())?;
            if key.n().bits() < SMALLEST_RSA {
                return Err(unknown());
            }
            key.verify(used.pkcs1(), &hashed, signature).is_ok()
        }
        (EC, Some(P256)) => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| unknown())?;
            p256::ecdsa::DerSignature::from_bytes(signature).is_ok_and(|s| key.verify_prehash(&hashed, &s).is_ok())
        }
        (EC, Some(P384)) => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).map_err(|_| unknown())?;
            p384::ecdsa::DerSignature::from_bytes(signature).is_ok_and(|s| key.verify_prehash(&hashed, &s).is_ok())
        }
        _ => return Err(unknown()),
    };
    if is_right { Ok(()) } else { Err(ChainError::Signature(subject(by))) }
}

fn curve(key: &SubjectPublicKeyInfoOwned) -> Option<ObjectIdentifier> {
    key.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()
}

/// An extension of a certificate, with whether it is critical; an error where it is there and cannot be read, or is there twice.
fn extension<T: for<'a> Decode<'a>>(of: &Certificate, id: ObjectIdentifier) -> Result<Option<(bool, T)>, ChainError> {
    let mut found = of.tbs_certificate.extensions.iter().flatten().filter(|e| e.extn_id == id);
    let one = found.next();
    if found.next().is_some() {
        return Err(ChainError::NotUnderstood(subject(of)));
    }
    let read = |e: &x509_cert::ext::Extension| {
        let value = T::from_der(e.extn_value.as_bytes()).map_err(|_| ChainError::NotUnderstood(subject(of)))?;
        Ok((e.critical, value))
    };
    one.map(read).transpose()
}

/// Whether a certificate says nothing that must be understood and is not, and is valid at these times.
fn is_usable(certificate: &Certificate, times: &[Timestamp]) -> Result<(), ChainError> {
    let known = [BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, POLICIES];
    for extension in certificate.tbs_certificate.extensions.iter().flatten() {
        if extension.extn_id == NAME_CONSTRAINTS || (extension.critical && !known.contains(&extension.extn_id)) {
            return Err(ChainError::NotUnderstood(subject(certificate)));
        }
    }
    let validity = &certificate.tbs_certificate.validity;
    let seconds = |time: x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    for at in times {
        if at.seconds() < seconds(validity.not_before) || at.seconds() > seconds(validity.not_after) {
            return Err(ChainError::NotValid(subject(certificate), at.to_date()));
        }
    }
    Ok(())
}

/// Whether a certificate is for time stamps, and for nothing else (RFC 3161 §2.3).
pub(super) fn is_for_stamps(certificate: &Certificate) -> Result<(), ChainError> {
    let not = || ChainError::NotForStamps(subject(certificate));
    let (is_critical, usage) = extension::<ExtendedKeyUsage>(certificate, EXTENDED_KEY_USAGE)?.ok_or_else(not)?;
    if !is_critical || usage.0 != [TIME_STAMPING] {
        return Err(not());
    }
    if let Some((_, usage)) = extension::<KeyUsage>(certificate, KEY_USAGE)? {
        let signs = KeyUsages::DigitalSignature | KeyUsages::NonRepudiation;
        if usage.0.is_empty() || !signs.contains(usage.0) {
            return Err(not());
        }
    }
    Ok(())
}

/// Whether a certificate may issue others, with so many issuers between it and the last one.
fn is_issuer(certificate: &Certificate, between: usize) -> Result<(), ChainError> {
    let not = || ChainError::NotAnIssuer(subject(certificate));
    let (_, basic) = extension::<BasicConstraints>(certificate, BASIC_CONSTRAINTS)?.ok_or_else(not)?;
    if !basic.ca || basic.path_len_constraint.is_some_and(|most| between > usize::from(most)) {
        return Err(not());
    }
    match extension::<KeyUsage>(certificate, KEY_USAGE)? {
        Some((_, usage)) if !usage.key_cert_sign() => Err(not()),
        _ => Ok(()),
    }
}

/// The search for a chain: what there is to choose from, and how much was done.
struct Search<'a> {
    given: &'a [Certificate],
    trusted: &'a [Certificate],
    times: &'a [Timestamp],
    checks: u32,
}

impl<'a> Search<'a> {
    /// Goes on from the last certificate of a path until one that is trusted and has issued itself.
    fn from(&mut self, path: &mut Vec<&'a Certificate>) -> Result<(), ChainError> {
        let Some(last) = path.last().copied() else { return Err(ChainError::Form) };
        is_usable(last, self.times)?;
        let issuer = &last.tbs_certificate.issuer;
        if *issuer == last.tbs_certificate.subject && self.trusted.contains(last) {
            return Ok(());
        }
        let mut why = ChainError::NotTrusted(subject(last));
        let (given, trusted) = (self.given, self.trusted);
        for next in trusted.iter().chain(given).filter(|c| c.tbs_certificate.subject == *issuer) {
            if path.contains(&next) || path.len() >= LONGEST_CHAIN || self.checks >= MOST_CHECKS {
                continue;
            }
            self.checks += 1;
            let tried = issued(next, last, path.len() - 1).and_then(|()| {
                path.push(next);
                let found = self.from(path);
                if found.is_err() {
                    path.pop();
                }
                found
            });
            match tried {
                Ok(()) => return Ok(()),
                Err(error) => why = error,
            }
        }
        Err(why)
    }
}

/// Whether one certificate issued another.
fn issued(issuer: &Certificate, other: &Certificate, between: usize) -> Result<(), ChainError> {
    is_issuer(issuer, between)?;
    let form = || ChainError::Algorithm(subject(other));
    // What is signed names its algorithm too, so that it cannot be exchanged.
    if other.signature_algorithm != other.tbs_certificate.signature {
        return Err(form());
    }
    let signed = other.tbs_certificate.to_der().map_err(|_| form())?;
    let signature = other.signature.as_bytes().ok_or_else(form)?;
    verify(issuer, &other.signature_algorithm, None, &signed, signature)
}

/// The chain from a certificate to one that is trusted and has issued itself: each is valid at all of these times, and issued the one
/// before it. The first is the one that was asked about, the last the trusted one.
pub(super) fn chain(
    of: &Certificate,
    given: &[Certificate],
    trusted: &[Certificate],
    times: &[Timestamp],
) -> Result<Vec<Certificate>, ChainError> {
    if given.len() + trusted.len() > 2 * MOST_CERTIFICATES {
        return Err(ChainError::Form);
    }
    let mut path = vec![of];
    Search { given, trusted, times, checks: 0 }.from(&mut path)?;
    Ok(path.into_iter().cloned().collect())
}
