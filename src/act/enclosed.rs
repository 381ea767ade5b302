//! An act of one desk that another desk passes on whole inside a change of its own: the header as it was signed, the signature, and the
//! one change that it makes. Whoever reads it checks it as if it had come from its own desk; the word of who passes it on counts for
//! nothing. Its content does not travel this way.
//!
//! It lies in terms, which are words: its bytes stand there in base64, in pieces of equal length, so that there is one form of it.

use data_encoding::BASE64;

use super::change::{Change, Line};
use super::header::{Header, act_id};
use super::tree::Frontier;
use crate::object;
use crate::seal::sign::{PublicKey, SignatureError};
use crate::value::digest::Digest;
use crate::value::json::{Json, Members};
use crate::value::realm::Realm;

/// The length of a piece but the last: what terms may hold in one text.
const PIECE: usize = 1000;

/// An act that is passed on: of one change, without its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enclosed {
    /// The header, as it was signed.
    pub header: Vec<u8>,
    /// The armoured signature over it.
    pub signature: String,
    /// Its change; of its content only the commitment.
    pub change: Change,
}

/// Why an act that is passed on is not one.
#[derive(Debug, thiserror::Error)]
pub enum EnclosedError {
    /// It is not written as an enclosed act is.
    #[error("an act that is passed on is malformed: {0}")]
    Form(&'static str),
    /// Its signature is not its signer's.
    #[error("an act that is passed on is not signed as it says: {0}")]
    Signature(#[from] SignatureError),
}

impl Enclosed {
    /// Encloses an act. Its content stays.
    pub fn new(header: &[u8], signature: &str, change: &Change) -> Self {
        Self { header: header.to_vec(), signature: signature.to_owned(), change: change.without_content() }
    }

    /// As a member of terms.
    pub fn to_json(&self) -> Json {
        let mut line = Vec::new();
        self.change.write_line(&mut line);
        object! {
            "header" => pieces(&self.header),
            "signature" => pieces(self.signature.as_bytes()),
            "change" => pieces(&line),
        }
    }

    /// Reads a member of terms. Nothing of it may be believed before [`Enclosed::verify`].
    ///
    /// # Errors
    ///
    /// [`EnclosedError::Form`] where it is not in the form that [`Enclosed::to_json`] gives it.
    pub fn read(json: &Json) -> Result<Self, EnclosedError> {
        let bad = |_| EnclosedError::Form("its members");
        let mut m = Members::of(json).map_err(bad)?;
        let header = joined(m.need("header").map_err(bad)?).ok_or(EnclosedError::Form("its header"))?;
        let signature = joined(m.need("signature").map_err(bad)?).and_then(|s| String::from_utf8(s).ok());
        let signature = signature.ok_or(EnclosedError::Form("its signature"))?;
        let line = joined(m.need("change").map_err(bad)?).ok_or(EnclosedError::Form("its change"))?;
        m.finish().map_err(bad)?;
        match Line::parse(&line) {
            Ok(Line::Change(change)) if change.without_content() == change => Ok(Self { header, signature, change }),
            _ => Err(EnclosedError::Form("its change")),
        }
    }

    /// What it says of itself; not checked.
    ///
    /// # Errors
    ///
    /// [`EnclosedError::Form`] where its header is none.
    pub fn said(&self) -> Result<Header, EnclosedError> {
        Header::parse(&self.header).map_err(|_| EnclosedError::Form("its header"))
    }

    /// The act's id.
    pub fn id(&self) -> Digest {
        act_id(&self.header)
    }

    /// Checks that it is the act of whoever holds this key, in this realm, and that its change is the one that was signed.
    ///
    /// # Errors
    ///
    /// [`EnclosedError`] where it is not.
    pub fn verify(&self, realm: &Realm, key: &PublicKey) -> Result<Header, EnclosedError> {
        let header = self.said()?;
        if header.realm != *realm {
            return Err(EnclosedError::Form("it is of another realm"));
        }
        if header.member != key.person() {
            return Err(EnclosedError::Signature(SignatureError::Signer));
        }
        let mut root = Frontier::default();
        root.push(self.change.leaf());
        if header.changes != 1 || root.root() != header.root {
            return Err(EnclosedError::Form("its change is not the one that was signed"));
        }
        key.verify(&realm.namespace("act"), &self.header, &self.signature)?;
        Ok(header)
    }
}

/// Bytes as words that terms may hold.
pub fn pieces(bytes: &[u8]) -> Vec<Json> {
    let text = BASE64.encode(bytes);
    // Base64 is ASCII: each piece is a text again.
    text.as_bytes().chunks(PIECE).map(|piece| Json::from(String::from_utf8_lossy(piece).into_owned())).collect()
}

/// Bytes from such words; `None` where they are not as [`pieces`] writes them.
pub fn joined(json: &Json) -> Option<Vec<u8>> {
    let all: Vec<&str> = json.items()?.iter().map(Json::text).collect::<Option<_>>()?;
    let (last, whole) = all.split_last()?;
    if last.is_empty() || last.len() > PIECE || whole.iter().any(|piece| piece.len() != PIECE) {
        return None;
    }
    BASE64.decode(all.concat().as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::header::Audience;
    use crate::act::hybrid::HybridTime;
    use crate::seal::sign::Signer;
    use crate::value::class::Role;
    use crate::value::id::Id;
    use crate::value::timestamp::Timestamp;

    fn key(n: u8) -> Signer {
        Signer::from_seed(&[n; 32])
    }

    fn enclosed(by: &Signer, realm: &Realm) -> Enclosed {
        let change = Change::of_terms(Id::from_bytes([9; 16]), "taskforce-sign", &object! { "version" => 1i64 });
        let mut root = Frontier::default();
        root.push(change.leaf());
        let header = Header {
            realm: realm.clone(),
            desk: Id::from_bytes([1; 16]),
            replica: Id::from_bytes([2; 16]),
            sequence: 4,
            previous: Some(Digest::of(b"before")),
            seen: Vec::new(),
            time: HybridTime { at: Timestamp::EPOCH, tick: 0 },
            member: by.public().person(),
            role: Role::Administrator,
            basis: None,
            audience: Audience::Desks(vec![Id::from_bytes([3; 16])]),
            changes: 1,
            root: root.root(),
        };
        let bytes = header.to_bytes();
        let signature = by.sign(&realm.namespace("act"), &bytes).unwrap();
        Enclosed::new(&bytes, &signature, &change)
    }

    #[test]
    fn an_act_that_is_passed_on_is_the_act() {
        let act = enclosed(&key(1), &Realm::Live);
        let again = Enclosed::read(&act.to_json()).unwrap();
        assert_eq!(again, act);
        assert_eq!(again.verify(&Realm::Live, &key(1).public()).unwrap().sequence, 4);
    }

    #[test]
    fn nobody_passes_on_what_was_not_signed() {
        let act = enclosed(&key(1), &Realm::Live);
        let verify = |act: &Enclosed| act.verify(&Realm::Live, &key(1).public());
        assert!(act.verify(&Realm::Live, &key(2).public()).is_err(), "another key");
        let drill = Realm::parse("exercise:drill").unwrap();
        assert!(act.verify(&drill, &key(1).public()).is_err(), "another realm");
        assert!(verify(&enclosed(&key(1), &drill)).is_err(), "an act of a drill");
        let other = Change::of_terms(act.change.record, "taskforce-sign", &object! { "version" => 2i64 });
        assert!(verify(&Enclosed { change: other, ..act.clone() }).is_err(), "another change");
        let other = enclosed(&key(2), &Realm::Live);
        assert!(verify(&Enclosed { signature: other.signature, ..act.clone() }).is_err(), "another's signature");
        let mut header = act.header.clone();
        *header.last_mut().unwrap() ^= 1;
        assert!(verify(&Enclosed { header, ..act.clone() }).is_err(), "another header");
    }

    #[test]
    fn it_is_written_in_one_form() {
        let json = enclosed(&key(1), &Realm::Live).to_json();
        let changed = |key: &str, value: Json| {
            let mut json = json.clone();
            json.set(key, value);
            Enclosed::read(&json).is_err()
        };
        assert!(changed("extra", Json::from(1i64)));
        assert!(changed("header", Json::from("text")));
        assert!(changed("header", Json::from(vec!["====", "=="])));
        let split = |text: &str| Json::from(vec![&text[..4], &text[4..]]);
        let signature = json.get("signature").and_then(Json::items).unwrap()[0].text().unwrap().to_owned();
        assert!(changed("signature", split(&signature)), "short pieces");
        assert!(changed("change", Json::from(Vec::<Json>::new())));
    }
}
