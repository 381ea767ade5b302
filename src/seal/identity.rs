//! A member's own keys as one text that `age -i` accepts: comment lines that hold OpenSSH private keys, and one
//! `AGE-SECRET-KEY-1…` line. A founder's text also holds the desk's root key.

use zeroize::Zeroizing;

use super::age_file::AgeKey;
use super::secret::Secret;
use super::sign::{PublicKey, Signer};
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, Members};
use crate::value::person::Person;
use crate::value::text;

const FIRST: &str = "# comity identity/1";
const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";
/// The longest identity text, in bytes.
pub const LONGEST: usize = 256 * 1024;

/// A member's keys.
pub struct Identity {
    /// The name that the member gave themselves.
    pub name: String,
    /// Signs acts.
    pub signer: Signer,
    /// Opens keyrings.
    pub age: AgeKey,
    /// Root keys of the desks that this member founded.
    pub roots: Vec<(Id, Signer)>,
}

/// Why a text is not an identity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("it is not a comity identity: {0}")]
pub struct IdentityError(pub &'static str);

impl Identity {
    /// The person whose keys these are.
    pub fn person(&self) -> Person {
        self.signer.public().person()
    }

    /// The root key of a desk, where this member founded it.
    pub fn root_of(&self, desk: Id) -> Option<&Signer> {
        self.roots.iter().find(|(id, _)| *id == desk).map(|(_, key)| key)
    }

    /// The text.
    pub fn to_text(&self) -> Result<Zeroizing<String>, IdentityError> {
        let bad = |_| IdentityError("a key cannot be written");
        let mut out = Zeroizing::new(format!("{FIRST}\n# name: {}\n", text::shown(&self.name)));
        push_key(&mut out, "signing", &self.signer.to_openssh().map_err(bad)?);
        for (desk, root) in &self.roots {
            push_key(&mut out, &format!("root {desk}"), &root.to_openssh().map_err(bad)?);
        }
        out.push_str(&format!("# public key: {}\n", self.age.recipient()));
        out.push_str(&self.age.to_text());
        out.push('\n');
        Ok(out)
    }

    /// Reads the text.
    pub fn parse(plain: &Secret) -> Result<Self, IdentityError> {
        let text = std::str::from_utf8(plain.expose()).map_err(|_| IdentityError("it is not text"))?;
        let mut lines = text.lines();
        if lines.next() != Some(FIRST) {
            return Err(IdentityError("its first line is wrong"));
        }
        let (mut name, mut signer, mut age, mut roots) = (None, None, None, Vec::new());
        let mut label = "";
        let mut pem: Option<Zeroizing<String>> = None;
        for line in lines {
            let Some(comment) = line.strip_prefix("# ") else {
                age = AgeKey::parse(line.trim()).or(age);
                continue;
            };
            if let Some(key) = &mut pem {
                key.push_str(comment);
                key.push('\n');
                if comment == END {
                    let key = Signer::from_openssh(key).map_err(|_| IdentityError("a signing key is damaged"))?;
                    pem = None;
                    match label.strip_prefix("root ") {
                        Some(desk) => {
                            roots.push((Id::parse(desk).ok_or(IdentityError("a root key names no desk"))?, key))
                        }
                        None => signer = Some(key),
                    }
                }
            } else if comment == BEGIN {
                pem = Some(Zeroizing::new(format!("{BEGIN}\n")));
            } else if let Some(given) = comment.strip_prefix("name: ") {
                name = Some(given.to_owned());
            } else if let Some(given) = comment.strip_prefix("key: ") {
                label = given;
            }
        }
        let missing = IdentityError("a key is missing");
        Ok(Self {
            name: name.ok_or(IdentityError("it has no name"))?,
            signer: signer.ok_or(missing)?,
            age: age.ok_or(missing)?,
            roots,
        })
    }

    /// The key that the member's trust state (`.seen`) is authenticated with: HKDF-SHA-256 of the signing key.
    pub fn trust_state_key(&self) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let hkdf = hkdf::Hkdf::<sha2::Sha256>::new(None, self.signer.seed().as_slice());
        // HKDF-SHA-256 yields up to 8,160 bytes; 32 are always there.
        if hkdf.expand(b"comity seen/1", key.as_mut_slice()).is_err() {
            key.fill(0);
        }
        key
    }

    /// The member's public keys and name, signed by the member: the content of `identity.age.pub`.
    pub fn public_text(&self) -> Result<String, super::sign::SignatureError> {
        let body = crate::object! {
            "comity" => "member/1",
            "name" => self.name.as_str(),
            "signing" => self.signer.public().to_openssh(),
            "age" => self.age.recipient().to_string(),
        };
        let signature = self.signer.sign(PUBLIC_NAMESPACE, &body.to_bytes())?;
        Ok(format!("{}\n", crate::object! { "member" => body, "signature" => signature }))
    }
}

const PUBLIC_NAMESPACE: &str = "member.v1@comity";

/// A member's public keys and name, for whoever enrols them.
#[derive(Clone)]
pub struct PublicIdentity {
    /// The name that the member gave themselves.
    pub name: String,
    /// Their signing key.
    pub signing: PublicKey,
    /// Their age recipient, `age1…`.
    pub age: super::age_file::Recipient,
}

impl PublicIdentity {
    /// Reads what [`Identity::public_text`] wrote, and checks that it is signed with the signing key in it.
    pub fn parse(bytes: &[u8]) -> Result<Self, IdentityError> {
        let bad = |_| IdentityError("it is not a member's public file");
        let all = json::parse(bytes.trim_ascii_end(), Limits::SIGNED)
            .map_err(|_| IdentityError("it is not a member's public file"))?;
        let mut outer = Members::of(&all).map_err(bad)?;
        let body = outer.need("member").map_err(bad)?;
        let signature = outer.text("signature").map_err(bad)?;
        outer.finish().map_err(bad)?;
        let found = Self::read(body).map_err(bad)?;
        found
            .signing
            .verify(PUBLIC_NAMESPACE, &body.to_bytes(), signature)
            .map_err(|_| IdentityError("its signature does not fit"))?;
        Ok(found)
    }

    fn read(body: &Json) -> Result<Self, json::MemberError> {
        let mut m = Members::of(body)?;
        m.read("comity", |v| (v == "member/1").then_some(()))?;
        let found = Self {
            name: m.read("name", |n| text::line(n).ok())?,
            signing: m.read("signing", |k| PublicKey::from_openssh(k).ok())?,
            age: m.read("age", super::age_file::Recipient::parse)?,
        };
        m.finish()?;
        Ok(found)
    }
}

fn push_key(out: &mut String, label: &str, pem: &str) {
    out.push_str(&format!("# key: {label}\n"));
    for line in pem.lines() {
        out.push_str(&format!("# {line}\n"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_survives_its_text() {
        let me = Identity {
            name: "Ana Önder".into(),
            signer: Signer::from_seed(&[1; 32]),
            age: AgeKey::generate(),
            roots: vec![(Id::from_bytes([9; 16]), Signer::from_seed(&[2; 32]))],
        };
        let text = me.to_text().unwrap();
        let again = Identity::parse(&Secret::new(text.as_bytes().to_vec())).unwrap();
        assert_eq!(again.name, me.name);
        assert_eq!(again.person(), me.person());
        assert_eq!(*again.age.to_text(), *me.age.to_text());
        assert_eq!(
            again.root_of(Id::from_bytes([9; 16])).map(Signer::public),
            Some(Signer::from_seed(&[2; 32]).public())
        );
        assert_eq!(text.lines().filter(|l| !l.starts_with('#')).count(), 1, "age -i reads one key and comments");
        assert!(Identity::parse(&Secret::new(b"# something else".to_vec())).is_err());

        let public = me.public_text().unwrap();
        assert_eq!(PublicIdentity::parse(public.as_bytes()).unwrap().signing, me.signer.public());
        let forged = public.replace("Ana", "Eva");
        assert!(PublicIdentity::parse(forged.as_bytes()).is_err());
    }
}
