//! A second reader of bundles, in Python and written from `docs/bundle.md` alone, says of every mutated bundle what this one says:
//! bytes that a courier changed, and manifests, parts and paddings that the sender itself changed and signed again.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use comity::bundle::manifest::{Manifest, Part, PartKind, Volume};
use comity::command::command;
use comity::command::definition::{Args, Handler};
use comity::record::kind::Kind;
use comity::record::member;
use comity::record::store::{Query, RecordStore as _};
use comity::seal::age_file;
use comity::seal::sign::Signer;
use comity::value::digest::Digest;
use comity::workspace::progress::Job;

use super::lying_desk::again;
use crate::desks::pair;

/// How many bundles are tried; all of what is asked for takes some minutes, and `COMITY_MUTATIONS=10000` asks for it.
fn how_many() -> usize {
    std::env::var("COMITY_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(600)
}

/// Numbers that look like chance, and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    /// One byte changed, left out, doubled or put in; or the end cut off.
    fn spoil(&mut self, bytes: &mut Vec<u8>, from: usize, until: usize) {
        let at = from + self.below(until - from);
        match self.below(8) {
            0 => drop(bytes.remove(at)),
            1 => bytes.insert(at, bytes[at]),
            2 => bytes.insert(at, b" \n\"0=,{}"[self.below(8)]),
            3 => bytes.truncate(at),
            4 => bytes[at] ^= 1 << self.below(8),
            5 => bytes[at] = b"0123456789abcdef"[self.below(16)],
            6 => bytes[at] = bytes[at].to_ascii_uppercase(),
            _ => bytes[at] = self.below(256) as u8,
        }
    }
}

/// A bundle in its pieces.
#[derive(Clone)]
struct Pieces {
    manifest: Vec<u8>,
    signatures: [String; 2],
    parts: Vec<Vec<u8>>,
}

impl Pieces {
    fn of(plain: &[u8]) -> Self {
        let line = plain.iter().position(|b| *b == b'\n').unwrap();
        let numbers = std::str::from_utf8(&plain[..line]).unwrap().split(' ').skip(1);
        let numbers: Vec<usize> = numbers.map(|n| n.parse().unwrap()).collect();
        let mut rest = &plain[line + 1..];
        let mut take = |n: usize| {
            let (taken, left) = rest.split_at(n);
            rest = left;
            taken.to_vec()
        };
        let manifest = take(numbers[0]);
        let signatures = [take(numbers[1]), take(numbers[2])].map(|s| String::from_utf8(s).unwrap());
        let parts = Manifest::parse(&manifest).unwrap().parts;
        let parts = parts.iter().map(|p| take(p.bytes as usize)).collect();
        Self { manifest, signatures, parts }
    }

    /// The manifest says what the parts are.
    fn restate(&mut self) {
        let mut manifest = Manifest::parse(&self.manifest).unwrap();
        let state = |part: &Part, bytes: &Vec<u8>| Part {
            kind: part.kind,
            bytes: bytes.len() as u64,
            digest: Digest::of(bytes),
        };
        manifest.parts = manifest.parts.iter().zip(&self.parts).map(|(part, bytes)| state(part, bytes)).collect();
        let all = self.parts.concat();
        manifest.volumes = vec![Volume { bytes: all.len() as u64, digest: Digest::of(&all) }];
        self.manifest = manifest.to_bytes();
    }

    fn sign(&mut self, by: &[Signer; 2]) {
        self.signatures = [0, 1].map(|n| by[n].sign("bundle.v1.live@comity", &self.manifest).unwrap());
    }

    fn plain(&self) -> Vec<u8> {
        let [desk, member] = &self.signatures;
        let first = format!("comity-bundle/1 {} {} {} 1\n", self.manifest.len(), desk.len(), member.len());
        let all = [first.as_bytes(), &self.manifest, desk.as_bytes(), member.as_bytes(), &self.parts.concat()];
        [all.concat().as_slice(), b"comity-end\n"].concat()
    }
}

#[test]
fn a_second_reader_says_the_same_of_every_mutated_bundle() {
    let has = Command::new("python3").args(["-c", "import cryptography"]).stderr(Stdio::null()).status();
    if !has.is_ok_and(|s| s.success()) {
        // `cargo test` passes with nothing else installed; `.ci/run` has it.
        return;
    }
    let (_root, a, b) = pair();
    let case = a.case("Courier");
    let item = a.indicator(&case, "n1.example");
    a.must(1, "disclosure new", &[("item", &item), ("to", "XB"), ("delete-after", "30d")]);
    let sealed = fs::read(a.export(&b, "b1")).unwrap();
    let sender = a.open(1).unwrap();
    let signers = [again(&sender.keyring.keys.bundle), again(&sender.me.signer)];
    let members: Vec<String> = sender
        .records()
        .find(&Query::kind(Kind::Member))
        .unwrap()
        .iter()
        .filter_map(|m| member::signing_key(m).map(|key| key.to_openssh()))
        .collect();
    drop(sender);
    let mut reader = b.open(1).unwrap();
    let keys = serde_json::json!({
        "age": *reader.keyring.keys.age.to_text(), "desk": reader.meta.desk.to_string(), "realm": "live",
        "card": fs::read_to_string(a.path("card")).unwrap(), "members": members,
    });
    fs::write(b.path("keys.json"), keys.to_string()).unwrap();
    let plain = age_file::open_all(&reader.keyring.keys.age, &sealed, 1 << 24).unwrap();
    let whole = Pieces::of(plain.expose());
    assert_eq!(whole.plain(), plain.expose());
    let recipient = [reader.keyring.keys.age.recipient()];
    let mut chance = Chance(7);
    let mut mutated = |n: usize| {
        let mut pieces = whole.clone();
        let acts = pieces.parts.len() - 1;
        match n % 7 {
            // On the way: the age file, the first line and the signatures, anything inside.
            0 => {
                let mut bytes = sealed.clone();
                let until = if chance.below(2) == 0 { 500 } else { bytes.len() };
                chance.spoil(&mut bytes, 0, until);
                return bytes;
            }
            1 | 2 => {
                let mut bytes = whole.plain();
                let until = match n % 7 {
                    1 => bytes.len(),
                    _ => 60,
                };
                chance.spoil(&mut bytes, 0, until);
                return age_file::seal(&recipient, &bytes).unwrap();
            }
            // By the sender: the manifest, its time, an act, the padding, a signature's armour.
            3 => {
                let until = pieces.manifest.len();
                chance.spoil(&mut pieces.manifest, 0, until);
                pieces.sign(&signers);
            }
            4 => {
                let at = pieces.manifest.windows(8).position(|w| w == b"\"made\":\"").unwrap() + 8;
                pieces.manifest[at + chance.below(19)] = b"0123456789"[chance.below(10)];
                pieces.sign(&signers);
            }
            5 => {
                let part = chance.below(acts);
                let until = pieces.parts[part].len();
                chance.spoil(&mut pieces.parts[part], 0, until);
                pieces.restate();
                pieces.sign(&signers);
            }
            _ => {
                match chance.below(3) {
                    0 => pieces.parts[acts] = vec![0; chance.below(3000)],
                    1 => pieces.parts[acts] = vec![u8::from(chance.below(2) == 0); 1 + chance.below(100)],
                    _ => pieces.signatures[chance.below(2)].insert(chance.below(300), '\n'),
                }
                let armours = pieces.signatures.clone();
                pieces.restate();
                if armours == whole.signatures {
                    pieces.sign(&signers);
                }
            }
        }
        age_file::seal(&recipient, &pieces.plain()).unwrap()
    };
    assert_eq!(Manifest::parse(&whole.manifest).unwrap().parts.last().unwrap().kind, PartKind::Padding);

    let script = format!("{}/tests/second_verifier.py", env!("CARGO_MANIFEST_DIR"));
    let (frames, verdicts) = (b.path("frames"), b.path("verdicts"));
    let Handler::Reads(verify) = command("bundle verify").unwrap().run else { panic!() };
    let (path, mut ours) = (b.path("mutated"), Vec::new());
    let mut out = std::io::BufWriter::new(fs::File::create(&frames).unwrap());
    for n in 0..=how_many() {
        let bytes = if n == 0 { sealed.clone() } else { mutated(n) };
        out.write_all(&(bytes.len() as u32).to_be_bytes()).unwrap();
        out.write_all(&bytes).unwrap();
        fs::write(&path, &bytes).unwrap();
        ours.push(verify(&mut reader, &Args::default().with("file", &path), &mut Job::silent()).map(|_| ()));
    }
    out.into_inner().unwrap().sync_all().unwrap();
    let python = Command::new("python3")
        .args([&script, &b.path("keys.json")])
        .stdin(fs::File::open(&frames).unwrap())
        .stdout(fs::File::create(&verdicts).unwrap())
        .output()
        .unwrap();
    assert!(python.status.success(), "{}", String::from_utf8_lossy(&python.stderr));
    let theirs = fs::read_to_string(&verdicts).unwrap();
    assert_eq!(theirs.lines().count(), ours.len());
    let differ: Vec<String> = ours
        .iter()
        .zip(theirs.lines())
        .enumerate()
        .filter(|(_, (ours, theirs))| ours.is_ok() != (*theirs == "ok"))
        .map(|(n, (ours, theirs))| format!("{n} (kind {}): we say {ours:?}, they say {theirs}", n % 7))
        .collect();
    assert!(differ.is_empty(), "{} of {}:\n{}", differ.len(), ours.len(), differ.join("\n"));
    let taken = ours.iter().filter(|o| o.is_ok()).count();
    assert!(taken > 20 && taken < ours.len() / 2, "{taken} of {} are in order", ours.len());
}
