//! A desk's card: its public identity, signed by its root key, with the fingerprint that people compare aloud.

use sha2::{Digest as _, Sha512};

use super::store::Record;
use crate::object;
use crate::seal::age_file::{self, Recipient};
use crate::seal::sign::{PublicKey, SignatureError, Signer};
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, MemberError, Members};
use crate::value::realm::Realm;
use crate::value::text;

const FORMAT: &str = "card/1";
/// The longest card file, in bytes.
pub const LONGEST: usize = 64 * 1024;

/// The member of a desk's terms that holds how often it has been given new keys.
pub const NUMBER_OF_KEYS: &str = "keys_number";

/// How often a desk has been given new keys, as far as its record says.
pub fn number_of_keys(record: &Record) -> u64 {
    record.terms.get(NUMBER_OF_KEYS).and_then(Json::int).and_then(|n| u64::try_from(n).ok()).unwrap_or(0)
}

/// The public keys of a desk.
#[derive(Clone, Debug)]
pub struct DeskKeys {
    /// Certifies members and this card.
    pub root: PublicKey,
    /// Bundles are sealed to it.
    pub age: String,
    /// Signs bundles.
    pub bundle: PublicKey,
    /// Signs the log's checkpoints.
    pub log: PublicKey,
    /// Cosigns the checkpoints of others.
    pub witness: PublicKey,
}

/// A desk's public identity.
#[derive(Clone, Debug)]
pub struct Card {
    /// The desk.
    pub desk: Id,
    /// Its code: a few capitals, such as `XA`.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The jurisdiction that it acts under: a row of the law.
    pub jurisdiction: String,
    /// Live, or one exercise.
    pub realm: Realm,
    /// Its keys.
    pub keys: DeskKeys,
}

/// Why a card is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CardError {
    /// Not a card.
    #[error("it is not a desk's card: {0}")]
    Form(String),
    /// Its signature does not fit.
    #[error("the card's signature does not fit")]
    Signature,
    /// A key stands in it twice.
    #[error("the card uses one key for two purposes")]
    KeyTwice,
}

impl From<MemberError> for CardError {
    fn from(bad: MemberError) -> Self {
        Self::Form(bad.0)
    }
}

/// A desk's code: 1 to 12 capitals, digits or hyphens, a capital first.
pub fn code(text: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
    let first = text.chars().next().is_some_and(|c| c.is_ascii_uppercase());
    (first && text.len() <= 12 && text.chars().all(fine)).then(|| text.to_owned())
}

impl DeskKeys {
    /// The keys as an object, for a card or for terms.
    pub fn to_json(&self) -> Json {
        object! {
            "root" => self.root.to_openssh(),
            "age" => self.age.as_str(),
            "bundle" => self.bundle.to_openssh(),
            "log" => self.log.to_openssh(),
            "witness" => self.witness.to_openssh(),
        }
    }

    /// Reads the keys. Weak ones are refused.
    pub fn read(json: &Json) -> Result<Self, MemberError> {
        let mut m = Members::of(json)?;
        let key = |k: &str| PublicKey::from_openssh(k).ok();
        let keys = Self {
            root: m.read("root", key)?,
            age: m.read("age", age_file::written)?,
            bundle: m.read("bundle", key)?,
            log: m.read("log", key)?,
            witness: m.read("witness", key)?,
        };
        m.finish()?;
        Ok(keys)
    }

    /// The signing keys. Each has one purpose: no two may be the same.
    pub const fn signing(&self) -> [PublicKey; 4] {
        [self.root, self.bundle, self.log, self.witness]
    }
}

impl Card {
    fn body(&self) -> Json {
        object! {
            "comity" => FORMAT,
            "desk" => self.desk.to_string(),
            "code" => self.code.as_str(),
            "name" => self.name.as_str(),
            "jurisdiction" => self.jurisdiction.as_str(),
            "realm" => self.realm.to_string(),
            "keys" => self.keys.to_json(),
        }
    }

    /// The card as a file: the body and the root key's signature over it.
    pub fn sign(&self, root: &Signer) -> Result<String, SignatureError> {
        let body = self.body();
        let signature = root.sign(&self.realm.namespace("card"), &body.to_bytes())?;
        Ok(format!("{}\n", object! { "card" => body, "signature" => signature }))
    }

    /// Reads a card file and checks that the root key in it signed it.
    pub fn parse(bytes: &[u8]) -> Result<Self, CardError> {
        let form = |e: json::JsonError| CardError::Form(e.to_string());
        let all = json::parse(bytes.trim_ascii_end(), Limits { bytes: LONGEST, ..Limits::SIGNED }).map_err(form)?;
        let mut outer = Members::of(&all)?;
        let body = outer.need("card")?;
        let signature = outer.text("signature")?;
        outer.finish()?;
        let mut m = Members::of(body)?;
        m.read("comity", |v| (v == FORMAT).then_some(()))?;
        let card = Self {
            desk: m.read("desk", Id::parse)?,
            code: m.read("code", code)?,
            name: m.read("name", |n| text::line(n).ok())?,
            jurisdiction: m.read("jurisdiction", super::definition::token)?,
            realm: m.read("realm", Realm::parse)?,
            keys: DeskKeys::read(m.need("keys")?)?,
        };
        m.finish()?;
        if Recipient::parse(&card.keys.age).is_none() {
            return Err(CardError::Form(
                "its age key has no secret, or is written in another way than age writes it".into(),
            ));
        }
        let mut keys = card.keys.signing().map(|k| *k.as_bytes());
        keys.sort_unstable();
        if keys.windows(2).any(|w| w.first() == w.last()) {
            return Err(CardError::KeyTwice);
        }
        let namespace = card.realm.namespace("card");
        card.keys.root.verify(&namespace, &card.body().to_bytes(), signature).map_err(|_| CardError::Signature)?;
        Ok(card)
    }

    /// The fingerprint: twelve groups of five digits, from the SHA-512 of the card's body. About 199 bits.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha512::new();
        hash.update(b"comity/fingerprint/1\0");
        hash.update(self.body().to_bytes());
        let digest = hash.finalize();
        let group = |five: &[u8]| five.iter().fold(0u64, |n, b| n << 8 | u64::from(*b)) % 100_000;
        let groups: Vec<String> = digest.chunks_exact(5).take(12).map(|five| format!("{:05}", group(five))).collect();
        groups.join(" ")
    }
}

/// A fingerprint as it is written: twelve groups of five digits.
pub fn fingerprint(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split(' ').collect();
    let fine = |group: &&str| group.len() == 5 && group.bytes().all(|b| b.is_ascii_digit());
    (groups.len() == 12 && groups.iter().all(fine)).then(|| text.to_owned())
}

/// The digits of a fingerprint, whatever stands between them.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
