//! What asks a partner for bundles that are missing: a small signed list of numbers. It is no bundle and has no number in any stream,
//! so that what asks for what was lost can itself be lost, or come twice. The format is in `docs/bundle.md`.

use std::io::{BufRead, Read, Write};

use super::manifest::{FAR_JUMP, ManifestError, Receipt, begin, read_receipt};
use super::open::{BundleError, END};
use crate::gate::cleared::Cleared;
use crate::object;
use crate::seal::sign::{LONGEST_SIGNATURE, PublicKey, SignatureError};
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, MemberError, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

/// How the plain form of one begins.
pub const BEGINS: &[u8] = b"comity-ask/";
/// The purpose that its signatures are made for.
pub const PURPOSE: &str = "ask";
const FORMAT: &str = "ask/1";
const FIRST: &str = "comity-ask/1";
/// The longest list, in bytes.
const LONGEST: usize = 64 << 10;
const LONGEST_FIRST: u64 = 128;

/// What asks for bundles that are missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Live, or one exercise.
    pub realm: Realm,
    /// The desk that asks.
    pub from: Id,
    /// Its workstation.
    pub replica: Id,
    /// The desk that sent them.
    pub to: Id,
    /// When it was made: of two, the later one counts.
    pub made: Timestamp,
    /// Who made it.
    pub by: Person,
    /// The last bundle that arrived without a gap.
    pub received: Option<Receipt>,
    /// The numbers that are missing, rising.
    pub missing: Vec<u64>,
}

impl Ask {
    /// The bytes to sign.
    pub fn to_bytes(&self) -> Vec<u8> {
        let receipt = |r: &Receipt| object! { "sequence" => r.sequence as i64, "manifest" => r.manifest.to_string() };
        object! {
            "comity" => FORMAT,
            "critical" => Vec::<Json>::new(),
            "realm" => self.realm.to_string(),
            "from" => object! { "desk" => self.from.to_string(), "replica" => self.replica.to_string() },
            "to" => self.to.to_string(),
            "made" => self.made.to_string(),
            "by" => self.by.to_string(),
            "received" => self.received.as_ref().map(receipt),
            "missing" => self.missing.iter().map(|n| Json::from(*n as i64)).collect::<Vec<_>>(),
        }
        .to_bytes()
    }

    /// Reads one strictly.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let json = json::parse(bytes, Limits { bytes: LONGEST, ..Limits::SIGNED })?;
        let mut m = Members::of(&json)?;
        let (desk, replica) = begin(&mut m, FORMAT, &[])?;
        let ask = Self {
            realm: m.read("realm", Realm::parse)?,
            from: desk,
            replica,
            to: m.read("to", Id::parse)?,
            made: m.read("made", Timestamp::parse)?,
            by: m.read("by", Person::parse)?,
            received: m.maybe("received").map(read_receipt).transpose()?,
            missing: numbers(m.need("missing")?)?,
        };
        m.finish()?;
        if ask.to_bytes() == bytes { Ok(ask) } else { Err(MemberError("it is not in canonical form".into()).into()) }
    }
}

/// At least one number and at most as many as a gap may have, each larger than the one before.
fn numbers(json: &Json) -> Result<Vec<u64>, MemberError> {
    let bad = || MemberError("`missing` is not a list of rising numbers".into());
    let read = |n: &Json| n.int().and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0).ok_or_else(bad);
    let numbers = json.items().ok_or_else(bad)?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let rises = numbers.iter().zip(numbers.iter().skip(1)).all(|(one, next)| one < next);
    let fits = !numbers.is_empty() && numbers.len() as u64 <= FAR_JUMP;
    if rises && fits { Ok(numbers) } else { Err(bad()) }
}

/// Writes the plain form of what the gate has cleared for a partner: the line of lengths, the list, the signatures, the end line.
pub fn emit(ask: &Cleared<Vec<u8>>, signatures: [&str; 2], out: &mut dyn Write) -> std::io::Result<()> {
    let [desk, member] = signatures;
    let bytes = ask.value();
    writeln!(out, "{FIRST} {} {} {}", bytes.len(), desk.len(), member.len())?;
    out.write_all(bytes)?;
    out.write_all(desk.as_bytes())?;
    out.write_all(member.as_bytes())?;
    out.write_all(END)
}

/// One that was read to its end; nothing is verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OpenedAsk {
    /// Its bytes, as they were signed.
    pub bytes: Vec<u8>,
    /// The list, read.
    pub ask: Ask,
    signatures: [String; 2],
}

impl OpenedAsk {
    /// Reads one whole: nothing may follow it.
    pub fn read(input: &mut dyn BufRead) -> Result<Self, BundleError> {
        let mut line = Vec::new();
        input.take(LONGEST_FIRST).read_until(b'\n', &mut line)?;
        let first = BundleError::Form("its first line");
        let text = std::str::from_utf8(&line).ok().and_then(|l| l.strip_suffix('\n'));
        let Some((format, rest)) = text.and_then(|text| text.split_once(' ')) else { return Err(first) };
        if format != FIRST {
            return Err(BundleError::Version(crate::value::text::shown(format).into_owned()));
        }
        let canonical = |w: &str| if w.starts_with(['0', '+']) { None } else { w.parse::<usize>().ok() };
        let numbers: Option<Vec<usize>> = rest.split(' ').map(canonical).collect();
        let Some(&[list, desk, member]) = numbers.as_deref() else { return Err(first) };
        if list > LONGEST || desk > LONGEST_SIGNATURE || member > LONGEST_SIGNATURE {
            return Err(BundleError::Form("it has at most 64 KiB, a signature 2,048 bytes"));
        }
        let mut exactly = |length| -> Result<Vec<u8>, BundleError> {
            let mut bytes = vec![0; length];
            input.read_exact(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = exactly(list)?;
        let text = |bytes| String::from_utf8(bytes).map_err(|_| BundleError::Form("its signatures"));
        let signatures = [text(exactly(desk)?)?, text(exactly(member)?)?];
        let end = exactly(END.len())?;
        if end != END || !input.fill_buf()?.is_empty() {
            return Err(BundleError::Form("it does not end where it should"));
        }
        Ok(Self { ask: Ask::parse(&bytes)?, bytes, signatures })
    }

    /// Whether it is for this desk and realm.
    pub fn is_for(&self, desk: Id, realm: &Realm) -> Result<(), BundleError> {
        match () {
            () if self.ask.to != desk => Err(BundleError::NotForUs),
            () if self.ask.realm != *realm => Err(BundleError::Realm(self.ask.realm.clone())),
            () => Ok(()),
        }
    }

    /// Whether the desk's bundle key signed it.
    pub fn is_signed_by_desk(&self, key: &PublicKey) -> Result<(), BundleError> {
        let [desk, _] = &self.signatures;
        Ok(key.verify(&self.ask.realm.namespace(PURPOSE), &self.bytes, desk)?)
    }

    /// Whether the member that it names signed it.
    pub fn is_signed_by_member(&self, key: &PublicKey) -> Result<(), BundleError> {
        let [_, member] = &self.signatures;
        if key.person() != self.ask.by {
            return Err(SignatureError::Signer.into());
        }
        Ok(key.verify(&self.ask.realm.namespace(PURPOSE), &self.bytes, member)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::cleared::for_tests;
    use crate::seal::sign::Signer;
    use crate::value::digest::Digest;

    fn ask(missing: Vec<u64>) -> Ask {
        Ask {
            realm: Realm::Live,
            from: Id::from_bytes([1; 16]),
            replica: Id::from_bytes([2; 16]),
            to: Id::from_bytes([3; 16]),
            made: Timestamp::parse("2026-06-15T12:00:00Z").unwrap(),
            by: Signer::from_seed(&[5; 32]).public().person(),
            received: Some(Receipt { sequence: 4, manifest: Digest::of(b"m") }),
            missing,
        }
    }

    #[test]
    fn what_is_written_is_read_and_every_other_byte_is_refused() {
        let (desk, member) = (Signer::from_seed(&[4; 32]), Signer::from_seed(&[5; 32]));
        let bytes = ask(vec![5, 7]).to_bytes();
        let sign = |key: &Signer| key.sign(&Realm::Live.namespace(PURPOSE), &bytes).unwrap();
        let mut plain = Vec::new();
        emit(&for_tests(bytes.clone()), [&sign(&desk), &sign(&member)], &mut plain).unwrap();
        let read = |plain: &[u8]| OpenedAsk::read(&mut &*plain);
        let opened = read(&plain).unwrap();
        assert_eq!(opened.ask, ask(vec![5, 7]));
        let is_signed = |o: &OpenedAsk, d: &Signer, m: &Signer| {
            o.is_signed_by_desk(&d.public()).and_then(|()| o.is_signed_by_member(&m.public())).is_ok()
        };
        assert!(is_signed(&opened, &desk, &member));
        assert!(!is_signed(&opened, &member, &member));
        assert!(!is_signed(&opened, &desk, &desk));
        for at in 0..plain.len() {
            let mut bad = plain.clone();
            bad[at] ^= 1;
            assert!(!read(&bad).is_ok_and(|o| is_signed(&o, &desk, &member)), "flip at {at}");
            assert!(read(&plain[..at]).is_err(), "cut at {at}");
        }
        assert!(read(&[plain.as_slice(), b"x"].concat()).is_err());
    }

    #[test]
    fn only_rising_numbers_are_asked_for() {
        for missing in [vec![], vec![2, 2], vec![3, 2], (1..=FAR_JUMP + 1).collect()] {
            assert!(Ask::parse(&ask(missing.clone()).to_bytes()).is_err(), "{missing:?}");
        }
        assert!(Ask::parse(&ask((1..=FAR_JUMP).collect()).to_bytes()).is_ok());
    }
}
