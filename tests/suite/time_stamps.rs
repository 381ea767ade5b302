//! Time stamps by courier: what an authority gave back for the request is kept and leaves with the exhibit; what it did not give, or gave
//! for something else, or nobody who is trusted stands for, is refused and enters nothing. The authority of these tests is written here, byte
//! by byte, with keys of `tests/time_stamp/`; `src/seal/time_stamp.rs` tests what OpenSSL made.

use comity::workspace::error::ErrorKind;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::DecodePrivateKey as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::desks::{Site, pair, text};

fn vector(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/time_stamp/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// One value of DER.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let inner = parts.concat();
    let length = match inner.len() {
        n @ ..128 => vec![n as u8],
        n @ ..256 => vec![0x81, n as u8],
        n => [&[0x82][..], &(n as u16).to_be_bytes()].concat(),
    };
    [&[tag][..], &length, &inner].concat()
}

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OCTETS: u8 = 0x04;
const SHA256: &[u8] = b"\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
const ECDSA_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
const TST_INFO: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04";
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";

/// What an authority puts into its answer; a test changes what it should not have put.
struct Answer {
    key: &'static str,
    imprint: Vec<u8>,
    nonce: Vec<u8>,
    time: &'static str,
    status: u8,
    digest_of: Option<Vec<u8>>,
    names: &'static str,
    certificates: Vec<&'static str>,
}

fn certificate(name: &str) -> Vec<u8> {
    let pem = String::from_utf8(vector(&format!("{name}.pem"))).unwrap();
    let inner: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    data_encoding::BASE64.decode(inner.as_bytes()).unwrap()
}

/// Answers a request as an authority would, but for what `change` does.
fn answer(request: &[u8], change: impl FnOnce(&mut Answer)) -> Vec<u8> {
    let mut said = Answer {
        key: "tsa-ec",
        imprint: request[5..56].to_vec(),
        nonce: request[56..66].to_vec(),
        time: "20260615120000.5Z",
        status: 0,
        digest_of: None,
        names: "tsa-ec",
        certificates: vec!["tsa-ec", "middle"],
    };
    change(&mut said);
    let status = der(SEQUENCE, &[&[2, 1, said.status]]);
    if said.status > 1 {
        return der(SEQUENCE, &[&status]);
    }
    let time = der(0x18, &[said.time.as_bytes()]);
    let info = der(SEQUENCE, &[&[2, 1, 1, 6, 4, 42, 3, 4, 1], &said.imprint, &[2, 1, 7], &time, &said.nonce]);
    let digest = Sha256::digest(said.digest_of.as_ref().unwrap_or(&info));
    let named = Sha256::digest(certificate(said.names));
    let attribute = |id: &[u8], value: &[u8]| der(SEQUENCE, &[id, &der(SET, &[value])]);
    let ess = der(SEQUENCE, &[&der(SEQUENCE, &[&der(SEQUENCE, &[&der(OCTETS, &[&named])])])]);
    let mut attributes = [
        attribute(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03", TST_INFO),
        attribute(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04", &der(OCTETS, &[&digest])),
        attribute(b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f", &ess),
    ];
    attributes.sort();
    let key = SigningKey::from_pkcs8_der(&vector(&format!("{}.p8", said.key))).unwrap();
    let signature: DerSignature = key.sign(&der(SET, &[&attributes.concat()]));
    // Issuer and number, as the certificate has them: after its version come the number, its algorithm and the issuer.
    let of = certificate(said.key);
    let tbs = &of[4..];
    let number_at = 4 + 5;
    let number = &tbs[number_at..number_at + 2 + usize::from(tbs[number_at + 1])];
    let algorithm = &tbs[number_at + number.len()..];
    let issuer = &algorithm[2 + usize::from(algorithm[1])..];
    let issuer = &issuer[..2 + usize::from(issuer[1])];
    let signer = der(
        SEQUENCE,
        &[
            &[2, 1, 1],
            &der(SEQUENCE, &[issuer, number]),
            SHA256,
            &der(0xa0, &[&attributes.concat()]),
            ECDSA_SHA256,
            &der(OCTETS, &[signature.as_bytes()]),
        ],
    );
    let content = der(SEQUENCE, &[TST_INFO, &der(0xa0, &[&der(OCTETS, &[&info])])]);
    let certificates: Vec<u8> = said.certificates.iter().flat_map(|name| certificate(name)).collect();
    let certificates = if certificates.is_empty() { Vec::new() } else { der(0xa0, &[&certificates]) };
    let signed = der(SEQUENCE, &[&[2, 1, 3], &der(SET, &[SHA256]), &content, &certificates, &der(SET, &[&signer])]);
    der(SEQUENCE, &[&status, &der(SEQUENCE, &[SIGNED_DATA, &der(0xa0, &[&signed])])])
}

/// An exhibit, and a file for it.
fn exhibit(a: &Site) -> String {
    let case = a.case("Stamps");
    let path = a.path("disk.img");
    std::fs::write(&path, "the bytes of a disk").unwrap();
    let form = [("case", case.as_str()), ("type", "evidence"), ("category", "content"), ("file", &path)];
    a.make(1, "item add", &form)
}

fn root(a: &Site) -> String {
    let path = a.path("root.pem");
    std::fs::write(&path, vector("root.pem")).unwrap();
    path
}

/// Asks for a time stamp; the request as it was written.
fn ask(a: &Site, item: &str, name: &str) -> Vec<u8> {
    let out = a.path(name);
    a.must(1, "item timestamp", &[("item", item), ("request", &out)]);
    std::fs::read(out).unwrap()
}

fn entries(a: &Site, item: &str) -> Vec<Value> {
    let chain = a.must(1, "item custody", &[("item", item)]).value;
    assert_eq!(chain["alarms"], serde_json::json!([]));
    chain["entries"].as_array().unwrap().clone()
}

#[test]
fn a_time_stamp_is_kept_with_the_exhibit_and_leaves_with_it() {
    let (_root, mut a, _b) = pair();
    let item = exhibit(&a);
    let first = ask(&a, &item, "first.tsq");
    let sha256 = Sha256::digest("the bytes of a disk");
    assert!(first.windows(32).any(|w| w == sha256.as_slice()), "the hash of the exhibit is what is stamped");
    assert_eq!(
        a.must(1, "audit log", &[]).value.to_string().matches("copy-out").count(),
        1,
        "a hash that leaves is a copy on record"
    );
    // Another one is asked for meanwhile: the answer is matched with the request that it is to.
    assert_ne!(ask(&a, &item, "second.tsq"), first);
    a.pass(1);
    let (tsr, trust) = (a.path("answer.tsr"), root(&a));
    std::fs::write(&tsr, answer(&first, |_| {})).unwrap();
    let form = [("item", item.as_str()), ("response", &tsr), ("trust", &trust)];
    let said = a.must(1, "item timestamp", &form).value;
    assert_eq!(said["time_stamp"]["at"], "2026-06-15T12:00:00.500Z");
    a.fails(1, "item timestamp", &form, ErrorKind::Refused);
    let all = entries(&a, &item);
    let words: Vec<&str> = all.iter().map(|e| e["event"].as_str().unwrap()).collect();
    assert_eq!(words, ["acquired", "time-stamp-asked", "time-stamp-asked", "time-stamped"]);
    let stamp = &all[3]["time_stamp"];
    assert_eq!(stamp["authority"], "CN=Time stamps EC,O=Fictional");
    assert_eq!(stamp["root"], "CN=Root of stamps,O=Fictional");
    assert_eq!(stamp["sha256"], data_encoding::HEXLOWER.encode(&sha256));
    // It leaves in the bag, as it was carried, with what it proves.
    let bag = a.folder.join("bag");
    a.must(1, "item custody", &[("item", &item), ("export", &text(&bag))]);
    let of = |name: &str| std::fs::read(bag.join("data").join(name)).unwrap();
    assert_eq!(of("time-stamp/entry-4.tsq"), first);
    assert_eq!(of("time-stamp/entry-4.tsr"), answer_again(&tsr));
    assert_eq!(String::from_utf8(of("time-stamp/entry-4.chain.pem")).unwrap().matches("BEGIN").count(), 3);
    let manifest = std::fs::read_to_string(bag.join("manifest-sha256.txt")).unwrap();
    assert!(manifest.contains("data/what-a-time-stamp-proves.txt") && manifest.contains("data/time-stamp/entry-4.tsr"));
    let custody = String::from_utf8(of("custody.txt")).unwrap();
    assert!(custody.contains("time of the stamp") && custody.contains("CN=Time stamps EC,O=Fictional"), "{custody}");
    a.must(1, "audit verify", &[]);
    // It dies with the exhibit: the hash in it would tell which file it was.
    a.must(1, "retention purge", &[("item", &item), ("because", "the court orders it")]);
    let left = a.must(1, "item custody", &[("item", &item)]).value.to_string();
    assert!(!left.contains("Time stamps EC") && !left.contains(&data_encoding::HEXLOWER.encode(&sha256)), "{left}");
    a.fails(1, "item timestamp", &[("item", &item), ("request", &a.path("third.tsq"))], ErrorKind::Refused);
}

fn answer_again(path: &str) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn what_is_no_time_stamp_of_the_exhibit_is_refused_and_enters_nothing() {
    let (_root, a, _b) = pair();
    let item = exhibit(&a);
    let (tsr, trust) = (a.path("answer.tsr"), root(&a));
    let form = [("item", item.as_str()), ("response", &tsr), ("trust", &trust)];
    std::fs::write(&tsr, answer(&vector("asked.tsq"), |_| {})).unwrap();
    a.fails(1, "item timestamp", &form, ErrorKind::Refused);
    let asked = ask(&a, &item, "asked.tsq");
    type Change = Box<dyn FnOnce(&mut Answer)>;
    let key = |key: &'static str| -> Change {
        Box::new(move |said| (said.key, said.names, said.certificates) = (key, key, vec![key]))
    };
    let wrong: [(&str, Change, ErrorKind); 12] = [
        ("another nonce", Box::new(|said| said.nonce[9] ^= 1), ErrorKind::Signature),
        ("no nonce", Box::new(|said| said.nonce.clear()), ErrorKind::Signature),
        ("another hash", Box::new(|said| said.imprint[50] ^= 1), ErrorKind::Signature),
        ("refused", Box::new(|said| said.status = 2), ErrorKind::Refused),
        ("signed over something else", Box::new(|said| said.digest_of = Some(vec![1])), ErrorKind::Signature),
        ("names another certificate", Box::new(|said| said.names = "middle"), ErrorKind::Signature),
        ("without its certificate", Box::new(|said| said.certificates.clear()), ErrorKind::Signature),
        ("without the one between", Box::new(|said| said.certificates = vec!["tsa-ec"]), ErrorKind::Signature),
        ("expired", key("expired"), ErrorKind::Signature),
        ("not critical", key("stamps_not_critical"), ErrorKind::Signature),
        ("for more than time stamps", key("stamps_and_more"), ErrorKind::Signature),
        ("from the future", Box::new(|said| said.time = "20260616120000Z"), ErrorKind::Clock),
    ];
    for (what, change, kind) in wrong {
        std::fs::write(&tsr, answer(&asked, change)).unwrap();
        let failure = a.fails(1, "item timestamp", &form, kind);
        assert!(!failure.hint.is_empty(), "{what}");
    }
    for bytes in [&b""[..], b"\x30\x80\0\0", &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &asked] {
        std::fs::write(&tsr, bytes).unwrap();
        a.fails(1, "item timestamp", &form, ErrorKind::Malformed);
    }
    std::fs::write(&tsr, vec![0x30; (64 << 10) + 1]).unwrap();
    a.fails(1, "item timestamp", &form, ErrorKind::Malformed);
    // Nobody who is trusted stands for it.
    std::fs::write(&tsr, answer(&asked, |_| {})).unwrap();
    std::fs::write(&trust, vector("other.pem")).unwrap();
    a.fails(1, "item timestamp", &form, ErrorKind::Signature);
    std::fs::write(&trust, "no certificate").unwrap();
    a.fails(1, "item timestamp", &form, ErrorKind::Malformed);
    for bad in [&form[..1], &form[..2], &[form[0], ("request", "x"), form[1]]] {
        a.fails(1, "item timestamp", bad, ErrorKind::Usage);
    }
    assert_eq!(entries(&a, &item).len(), 2, "it was taken in, and asked for");
}

#[test]
fn a_request_leaves_only_where_a_copy_may_and_only_of_what_is_whole() {
    let (_root, a, _b) = pair();
    let item = exhibit(&a);
    a.enrol(4, "investigator");
    let out = a.path("out.tsq");
    let refused = a.fails(4, "item timestamp", &[("item", &item), ("request", &out)], ErrorKind::Refused);
    assert!(refused.verdict.is_some(), "the gate says so");
    let plain = a.indicator(&a.case("Plain"), "n.example");
    a.fails(1, "item timestamp", &[("item", &plain), ("request", &out)], ErrorKind::Refused);
    let sealed = a.workspace().join("evidence").join(format!("{item}.age"));
    let whole = std::fs::read(&sealed).unwrap();
    let mut bytes = whole.clone();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&sealed, &bytes).unwrap();
    a.fails(1, "item timestamp", &[("item", &item), ("request", &out)], ErrorKind::Integrity);
    std::fs::write(&sealed, &whole).unwrap();
    a.must(1, "item hold-back", &[("item", &item), ("profession", "legal"), ("because", "letters of counsel")]);
    a.fails(1, "item timestamp", &[("item", &item), ("request", &out)], ErrorKind::Refused);
    assert!(!std::path::Path::new(&out).exists(), "nothing was written");
}
