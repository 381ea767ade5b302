//! Time stamps by courier (RFC 3161): the request that is carried to an authority, and the answer that comes back, checked as
//! `openssl ts -verify` does.
//!
//! A request holds a hash and a nonce, and nothing else of what it is about. An answer is believed where its status is granted, the hash
//! and the nonce are those of the request, its signature covers them and names the certificate it was made with, and that certificate is
//! for time stamps alone and leads to a trusted one. Whether a certificate was revoked is not asked: nothing here opens a connection.

use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedAttributes, SignedData, SignerIdentifier, SignerInfo};
use der::asn1::{Any, BitString, Int, ObjectIdentifier, OctetString};
use der::{Decode, Encode, Sequence, Tag, Tagged};
use sha1::Sha1;
use sha2::Digest as _;
use x509_cert::Certificate;
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{SubjectAltName, SubjectKeyIdentifier};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::certificate_chain::{self as chain, ChainError, Hash, MOST_CERTIFICATES, subject};
use crate::value::digest::Digest;
use crate::value::timestamp::Timestamp;

/// The longest request or answer that is read, in bytes. An answer with its certificates has some thousands.
pub const LONGEST: usize = 64 << 10;
/// The longest file of trusted certificates that is read, in bytes.
pub const LONGEST_TRUST: usize = 256 << 10;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");
const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
const SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");
const SUBJECT_KEY: ObjectIdentifier = oid("2.5.29.14");

/// Why an answer is no time stamp of what was asked.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TimeStampError {
    /// Not a request or an answer of RFC 3161, or longer than [`LONGEST`].
    #[error("not {0} of RFC 3161 in DER, or a part of it cannot be read")]
    Form(&'static str),
    /// The authority has refused.
    #[error("the authority has not granted a time stamp (status {0})")]
    NotGranted(u32),
    /// It is of another file.
    #[error("the time stamp is of another hash than the one that was asked for")]
    Imprint,
    /// It answers another request.
    #[error("the answer is to another request: its nonce is not the one that was asked with")]
    Nonce,
    /// Its signature, or what it must cover, is not in order.
    #[error("the signature of the time stamp does not hold: {0}")]
    Signature(&'static str),
    /// The certificate that it was signed with is not as it must be.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

use TimeStampError::{Form, Signature};

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct MessageImprint {
    hash_algorithm: AlgorithmIdentifierOwned,
    hashed_message: OctetString,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct TimeStampReq {
    version: u8,
    message_imprint: MessageImprint,
    #[asn1(optional = "true")]
    req_policy: Option<ObjectIdentifier>,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    #[asn1(default = "Default::default")]
    cert_req: bool,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct PkiStatusInfo {
    status: u32,
    #[asn1(optional = "true")]
    status_string: Option<Vec<Any>>,
    #[asn1(optional = "true")]
    fail_info: Option<BitString>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct TimeStampResp {
    status: PkiStatusInfo,
    #[asn1(optional = "true")]
    token: Option<ContentInfo>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct Accuracy {
    #[asn1(optional = "true")]
    seconds: Option<u32>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    micros: Option<u16>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct TstInfo {
    version: u8,
    policy: ObjectIdentifier,
    message_imprint: MessageImprint,
    serial_number: Int,
    gen_time: Any,
    #[asn1(optional = "true")]
    accuracy: Option<Accuracy>,
    #[asn1(default = "Default::default")]
    ordering: bool,
    #[asn1(optional = "true")]
    nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    tsa: Option<GeneralName>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct IssuerSerial {
    issuer: Vec<GeneralName>,
    serial_number: SerialNumber,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct EssCertId {
    cert_hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<IssuerSerial>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct EssCertIdV2 {
    #[asn1(optional = "true")]
    hash_algorithm: Option<AlgorithmIdentifierOwned>,
    cert_hash: OctetString,
    #[asn1(optional = "true")]
    issuer_serial: Option<IssuerSerial>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct SigningCertificate {
    certs: Vec<EssCertId>,
    #[asn1(optional = "true")]
    policies: Option<Vec<Any>>,
}

#[derive(Clone, PartialEq, Eq, Debug, Sequence)]
struct SigningCertificateV2 {
    certs: Vec<EssCertIdV2>,
    #[asn1(optional = "true")]
    policies: Option<Vec<Any>>,
}

/// What a time stamp that was checked says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TimeStamp {
    /// The SHA-256 that was stamped.
    pub of: Digest,
    /// When the authority had the hash, by its clock.
    pub at: Timestamp,
    /// How exact it says that its clock is, in milliseconds, rounded up.
    pub accuracy_ms: Option<u64>,
    /// The policy that it works under.
    pub policy: String,
    /// Its number of this time stamp, in hex.
    pub serial: String,
    /// Who it is, as its certificate says. Foreign text: to be shown as such.
    pub authority: String,
    /// Whose certificate was trusted. Foreign text, too.
    pub root: String,
    /// The SHA-256 of the trusted certificate.
    pub root_sha256: Digest,
    /// The certificates from the authority's to the trusted one, in PEM.
    pub chain: String,
}

/// The request for a time stamp of a hash, in DER: with a nonce, and asking for the authority's certificates.
///
/// # Errors
///
/// Where it cannot be encoded; it always can.
pub fn request(sha256: &Digest, nonce: [u8; 8]) -> Result<Vec<u8>, TimeStampError> {
    let form = |_| Form("a request");
    let [first, rest @ ..] = nonce;
    // Positive and of one length, whatever was drawn: as authorities read it.
    let mut nonce = vec![(first & 0x7f) | 0x40];
    nonce.extend_from_slice(&rest);
    let request = TimeStampReq {
        version: 1,
        message_imprint: MessageImprint {
            hash_algorithm: AlgorithmIdentifierOwned { oid: SHA256, parameters: Some(Any::null()) },
            hashed_message: OctetString::new(sha256.as_bytes().as_slice()).map_err(form)?,
        },
        req_policy: None,
        nonce: Some(Int::new(&nonce).map_err(form)?),
        cert_req: true,
        extensions: None,
    };
    request.to_der().map_err(form)
}

/// Whether an answer is to this request, by its nonce; what it says is not checked.
pub fn answers(response: &[u8], request: &[u8]) -> bool {
    let nonce = || {
        let asked = read_request(request).ok()?.nonce?;
        let (_, _, info) = read_response(response).ok()?;
        Some(info.nonce? == asked)
    };
    nonce().unwrap_or_default()
}

fn read_request(request: &[u8]) -> Result<TimeStampReq, TimeStampError> {
    if request.len() > LONGEST {
        return Err(Form("a request"));
    }
    TimeStampReq::from_der(request).map_err(|_| Form("a request"))
}

/// What is in an answer, the bytes of what was signed, and what they say.
fn read_response(response: &[u8]) -> Result<(SignedData, Vec<u8>, TstInfo), TimeStampError> {
    let form = |_| Form("an answer");
    if response.len() > LONGEST {
        return Err(Form("an answer"));
    }
    let response = TimeStampResp::from_der(response).map_err(form)?;
    // Granted, or granted with changes.
    if response.status.status > 1 {
        return Err(TimeStampError::NotGranted(response.status.status));
    }
    let token = response.token.filter(|t| t.content_type == SIGNED_DATA).ok_or(Form("an answer"))?;
    let signed = token.content.decode_as::<SignedData>().map_err(form)?;
    let inner = &signed.encap_content_info;
    if inner.econtent_type != TST_INFO {
        return Err(Form("an answer"));
    }
    let content = inner.econtent.as_ref().ok_or(Form("an answer"))?;
    let bytes = content.decode_as::<OctetString>().map_err(form)?.into_bytes();
    let info = TstInfo::from_der(&bytes).map_err(form)?;
    Ok((signed, bytes, info))
}

/// Checks an answer to a request: at `now`, and by the certificates of a file that are trusted (PEM, or one in DER).
///
/// # Errors
///
/// Where it is no time stamp of what was asked, or nothing trusted stands for it.
pub fn check(response: &[u8], request: &[u8], trust: &[u8], now: Timestamp) -> Result<TimeStamp, TimeStampError> {
    let asked = read_request(request)?;
    let (signed, content, info) = read_response(response)?;
    if info.version != 1 || info.extensions.iter().flatten().any(|e| e.critical) {
        return Err(Form("an answer"));
    }
    let of = sha256_of(&asked.message_imprint).ok_or(Form("a request"))?;
    if sha256_of(&info.message_imprint) != Some(of) {
        return Err(TimeStampError::Imprint);
    }
    if asked.nonce.is_none() || info.nonce != asked.nonce {
        return Err(TimeStampError::Nonce);
    }
    let given = certificates_of(&signed)?;
    let [signer] = signed.signer_infos.0.as_slice() else {
        return Err(Signature("it has not exactly one signature"));
    };
    let certificate = signer_of(signer, &given)?;
    chain::is_for_stamps(certificate)?;
    is_signed(signer, certificate, &content)?;
    let at = time_of(&info.gen_time).ok_or(Form("an answer"))?;
    if trust.len() > LONGEST_TRUST {
        return Err(ChainError::Form.into());
    }
    let trusted = chain::read_all(trust)?;
    let found = chain::chain(certificate, &given, &trusted, &[at, now])?;
    names_its_certificate(signer, &found)?;
    if info.tsa.as_ref().is_some_and(|name| !is_name_of(name, certificate)) {
        return Err(Signature("it names another authority than its certificate does"));
    }
    let root = found.last().ok_or(ChainError::Form)?;
    Ok(TimeStamp {
        of,
        at,
        accuracy_ms: info.accuracy.as_ref().map(millis_of),
        policy: info.policy.to_string(),
        serial: data_encoding::HEXLOWER.encode(info.serial_number.as_bytes()),
        authority: subject(certificate),
        root: subject(root),
        root_sha256: Digest::of(&root.to_der().map_err(|_| ChainError::Form)?),
        chain: chain::to_pem(&found)?,
    })
}

/// The SHA-256 that an imprint is; nothing where it is another hash.
fn sha256_of(imprint: &MessageImprint) -> Option<Digest> {
    let is_plain = imprint.hash_algorithm.parameters.as_ref().is_none_or(|p| p.is_null());
    let digest = Digest::from_slice(imprint.hashed_message.as_bytes());
    digest.filter(|_| is_plain && imprint.hash_algorithm.oid == SHA256)
}

fn certificates_of(signed: &SignedData) -> Result<Vec<Certificate>, TimeStampError> {
    let all: Vec<Certificate> = signed
        .certificates
        .iter()
        .flat_map(|set| set.0.iter())
        .filter_map(|choice| match choice {
            CertificateChoices::Certificate(certificate) => Some(certificate.clone()),
            CertificateChoices::Other(_) => None,
        })
        .collect();
    if all.len() > MOST_CERTIFICATES { Err(ChainError::Form.into()) } else { Ok(all) }
}

/// The certificate that a signature says it was made with.
fn signer_of<'a>(signer: &SignerInfo, given: &'a [Certificate]) -> Result<&'a Certificate, TimeStampError> {
    let is_it = |certificate: &&Certificate| match &signer.sid {
        SignerIdentifier::IssuerAndSerialNumber(named) => {
            let of = &certificate.tbs_certificate;
            of.issuer == named.issuer && of.serial_number == named.serial_number
        }
        SignerIdentifier::SubjectKeyIdentifier(named) => certificate
            .tbs_certificate
            .extensions
            .iter()
            .flatten()
            .filter(|e| e.extn_id == SUBJECT_KEY)
            .any(|e| SubjectKeyIdentifier::from_der(e.extn_value.as_bytes()).is_ok_and(|key| key == *named)),
    };
    given
        .iter()
        .find(is_it)
        .ok_or(Signature("the certificate of the authority is not in it: ask for it with the request"))
}

/// The one value of an attribute that must be there once.
fn attribute(attributes: &SignedAttributes, id: ObjectIdentifier) -> Result<Option<&Any>, TimeStampError> {
    let mut found = attributes.iter().filter(|a| a.oid == id);
    let Some(one) = found.next() else { return Ok(None) };
    match (one.values.as_slice(), found.next()) {
        ([value], None) => Ok(Some(value)),
        _ => Err(Signature("an attribute of it is there twice")),
    }
}

/// Whether the signature covers what the authority says.
fn is_signed(signer: &SignerInfo, by: &Certificate, content: &[u8]) -> Result<(), TimeStampError> {
    let attributes = signer.signed_attrs.as_ref().ok_or(Signature("it has no signed attributes"))?;
    let hash = Hash::of(signer.digest_alg.oid).ok_or(Signature("its hash is not known here, or is too weak"))?;
    let kind = attribute(attributes, CONTENT_TYPE)?.and_then(|v| v.decode_as::<ObjectIdentifier>().ok());
    if kind != Some(TST_INFO) {
        return Err(Signature("it does not say that it is of a time stamp"));
    }
    let digest = attribute(attributes, MESSAGE_DIGEST)?.and_then(|v| v.decode_as::<OctetString>().ok());
    if digest.is_none_or(|digest| digest.as_bytes() != hash.digest(content)) {
        return Err(Signature("the digest in it is not the one of what it is over"));
    }
    let signed = attributes.to_der().map_err(|_| Form("an answer"))?;
    Ok(chain::verify(by, &signer.signature_algorithm, Some(hash), &signed, signer.signature.as_bytes())?)
}

/// Whether the signature names the certificate that it was made with, so that no other with the same key stands in its place
/// (RFC 2634, RFC 5035): the first is that one, and each other one is of the chain.
fn names_its_certificate(signer: &SignerInfo, chain: &[Certificate]) -> Result<(), TimeStampError> {
    const WHICH: TimeStampError = Signature("it does not name the certificate that it was made with");
    let attributes = signer.signed_attrs.as_ref().ok_or(WHICH)?;
    let mut named: Vec<(Option<Hash>, OctetString, Option<IssuerSerial>)> = Vec::new();
    let mut lists = 0;
    if let Some(value) = attribute(attributes, SIGNING_CERTIFICATE)? {
        let list = value.decode_as::<SigningCertificate>().map_err(|_| WHICH)?;
        check_list(list.certs.into_iter().map(|c| (None, c.cert_hash, c.issuer_serial)).collect(), chain)?;
        lists += 1;
    }
    if let Some(value) = attribute(attributes, SIGNING_CERTIFICATE_V2)? {
        for id in value.decode_as::<SigningCertificateV2>().map_err(|_| WHICH)?.certs {
            let hash = id.hash_algorithm.map_or(Some(Hash::Sha256), |a| Hash::of(a.oid)).ok_or(WHICH)?;
            named.push((Some(hash), id.cert_hash, id.issuer_serial));
        }
        check_list(named, chain)?;
        lists += 1;
    }
    if lists == 0 { Err(WHICH) } else { Ok(()) }
}

/// Ids of certificates: each with its hash (none is SHA-1, as the older of both lists has it), and its issuer where it names one.
fn check_list(
    list: Vec<(Option<Hash>, OctetString, Option<IssuerSerial>)>,
    chain: &[Certificate],
) -> Result<(), TimeStampError> {
    const WHICH: TimeStampError = Signature("it does not name the certificate that it was made with");
    let mut place = None;
    for (hash, digest, issuer) in &list {
        let is_it = |certificate: &Certificate| {
            let Ok(der) = certificate.to_der() else { return false };
            let hashed = hash.map_or_else(|| Sha1::digest(&der).to_vec(), |hash| hash.digest(&der));
            let of = &certificate.tbs_certificate;
            let names = |i: &IssuerSerial| {
                i.serial_number == of.serial_number
                    && matches!(i.issuer.as_slice(), [GeneralName::DirectoryName(name)] if *name == of.issuer)
            };
            hashed == digest.as_bytes() && issuer.as_ref().is_none_or(names)
        };
        let at = chain.iter().position(is_it).ok_or(WHICH)?;
        place.get_or_insert(at);
    }
    if place == Some(0) { Ok(()) } else { Err(WHICH) }
}

/// Whether a name is one of a certificate's.
fn is_name_of(name: &GeneralName, certificate: &Certificate) -> bool {
    let of = &certificate.tbs_certificate;
    if matches!(name, GeneralName::DirectoryName(name) if *name == of.subject) {
        return true;
    }
    of.extensions
        .iter()
        .flatten()
        .filter(|e| e.extn_id == SUBJECT_ALT_NAME)
        .filter_map(|e| SubjectAltName::from_der(e.extn_value.as_bytes()).ok())
        .any(|names| names.0.contains(name))
}

/// The time of a GeneralizedTime, which may have parts of a second here: `YYYYMMDDhhmmss[.f…]Z`. What is finer than a millisecond is cut.
fn time_of(value: &Any) -> Option<Timestamp> {
    if value.tag() != Tag::GeneralizedTime {
        return None;
    }
    let text = std::str::from_utf8(value.value()).ok()?.strip_suffix('Z')?;
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let is_digits = |text: &str| !text.is_empty() && text.len() <= 14 && text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 14 || !is_digits(whole) || part.is_some_and(|part| !is_digits(part)) {
        return None;
    }
    let cut = |from: usize, to: usize| whole.get(from..to);
    let (date, clock) = ((cut(0, 4)?, cut(4, 6)?, cut(6, 8)?), (cut(8, 10)?, cut(10, 12)?, cut(12, 14)?));
    let millis: String = part.unwrap_or_default().chars().chain("000".chars()).take(3).collect();
    Timestamp::parse(&format!("{}-{}-{}T{}:{}:{}.{millis}Z", date.0, date.1, date.2, clock.0, clock.1, clock.2))
}

fn millis_of(accuracy: &Accuracy) -> u64 {
    let millis = u64::from(accuracy.seconds.unwrap_or(0)) * 1000 + u64::from(accuracy.millis.unwrap_or(0));
    // A part of a millisecond is said as a whole one: no time stamp is said to be more exact than it is.
    millis + u64::from(accuracy.micros.is_some_and(|n| n > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! vector {
        ($name:literal) => {
            include_bytes!(concat!("../../tests/time_stamp/", $name))
        };
    }

    const ASKED: &[u8] = vector!("asked.tsq");
    const ROOT: &[u8] = vector!("root.pem");

    fn now() -> Timestamp {
        Timestamp::parse("2026-12-24T12:00:00Z").unwrap()
    }

    #[test]
    fn what_openssl_stamped_is_believed() {
        for (tsr, authority, hops) in [
            (vector!("rsa.tsr").as_slice(), "CN=Time stamps RSA,O=Fictional", 2),
            (vector!("ec.tsr"), "CN=Time stamps EC,O=Fictional", 3),
            (vector!("sha1.tsr"), "CN=Time stamps RSA,O=Fictional", 2),
        ] {
            let stamp = check(tsr, ASKED, ROOT, now()).unwrap();
            assert_eq!((stamp.authority.as_str(), stamp.root.as_str()), (authority, "CN=Root of stamps,O=Fictional"));
            assert_eq!((stamp.policy.as_str(), stamp.accuracy_ms), ("1.2.3.4.1", Some(1500)));
            assert_eq!(stamp.at.to_date(), "2026-11-30");
            assert_eq!(stamp.chain.matches("BEGIN CERTIFICATE").count(), hops);
            // What is kept of its chain is enough to check it again.
            assert_eq!(check(tsr, ASKED, stamp.chain.as_bytes(), now()).unwrap(), stamp);
            assert!(answers(tsr, ASKED));
        }
    }

    #[test]
    fn what_is_of_something_else_or_of_nobody_who_is_trusted_is_refused() {
        let good = vector!("rsa.tsr").as_slice();
        let fails = |tsr: &[u8], tsq: &[u8], trust: &[u8], now| check(tsr, tsq, trust, now).unwrap_err();
        assert_eq!(fails(vector!("again.tsr"), ASKED, ROOT, now()), TimeStampError::Nonce);
        assert!(!answers(vector!("again.tsr"), ASKED));
        assert_eq!(fails(vector!("refused.tsr"), ASKED, ROOT, now()), TimeStampError::NotGranted(2));
        let other = TimeStampReq::from_der(ASKED).unwrap();
        let hashed_message = OctetString::new([7; 32].as_slice()).unwrap();
        let imprint = MessageImprint { hashed_message, ..other.message_imprint.clone() };
        let other = TimeStampReq { message_imprint: imprint, ..other }.to_der().unwrap();
        assert_eq!(fails(good, &other, ROOT, now()), TimeStampError::Imprint);
        let not_trusted = |e| matches!(e, TimeStampError::Chain(ChainError::NotTrusted(_)));
        assert!(not_trusted(fails(good, ASKED, vector!("other.pem"), now())));
        // A certificate between is not enough: the chain ends in one that has issued itself.
        assert!(not_trusted(fails(vector!("ec.tsr"), ASKED, vector!("middle.pem"), now())));
        let late = Timestamp::parse("2121-01-01T00:00:00Z").unwrap();
        assert!(matches!(fails(good, ASKED, ROOT, late), TimeStampError::Chain(ChainError::NotValid(..))));
        assert_eq!(fails(good, ASKED, b"", now()), ChainError::Form.into());
        assert_eq!(fails(good, ASKED, b"-----BEGIN CERTIFICATE-----", now()), ChainError::Form.into());
        for (tsr, tsq) in [(b"".as_slice(), ASKED), (good, b""), (b"\x30\x80", ASKED), (ASKED, ASKED), (good, good)] {
            assert!(matches!(fails(tsr, tsq, ROOT, now()), Form(_)));
        }
        assert!(matches!(fails(&[good, b"\0"].concat(), ASKED, ROOT, now()), Form(_)), "nothing follows it");
    }

    #[test]
    fn no_bit_of_an_answer_can_be_changed_so_that_it_says_something_else() {
        for tsr in [vector!("rsa.tsr").as_slice(), vector!("ec.tsr")] {
            let good = check(tsr, ASKED, ROOT, now()).unwrap();
            for at in 0..tsr.len() {
                let mut bad = tsr.to_vec();
                bad[at] ^= 1 << (at % 8);
                // Of what no signature covers, nothing is told: the status, the version, a certificate that is not needed.
                if let Ok(said) = check(&bad, ASKED, ROOT, now()) {
                    assert_eq!(said, good, "byte {at}");
                }
                assert!(read_response(&tsr[..at]).is_err(), "cut at {at}");
            }
        }
    }

    #[test]
    fn a_request_is_as_openssl_makes_it() {
        let hash = Digest::of(b"the exhibit");
        let mine = TimeStampReq::from_der(&request(&hash, [0xff; 8]).unwrap()).unwrap();
        let theirs = TimeStampReq::from_der(ASKED).unwrap();
        assert_eq!(mine, TimeStampReq { nonce: mine.nonce.clone(), ..theirs });
        for drawn in [[0; 8], [0xff; 8]] {
            let nonce = TimeStampReq::from_der(&request(&hash, drawn).unwrap()).unwrap().nonce.unwrap();
            assert_eq!(nonce.as_bytes().len(), 8);
        }
    }

    #[test]
    fn parts_of_a_second_are_read_and_nonsense_is_not() {
        let of = |text: &str| time_of(&Any::new(Tag::GeneralizedTime, text.as_bytes()).unwrap()).map(|t| t.to_string());
        assert_eq!(of("20261130041356Z").as_deref(), Some("2026-11-30T04:13:56Z"));
        assert_eq!(of("20261130041356.34352Z").as_deref(), Some("2026-11-30T04:13:56.343Z"));
        for bad in ["20261130041356", "2026113004135Z", "20261330041356Z", "20261130041356.Z", "20261130041356.-1Z"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }
}
