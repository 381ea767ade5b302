//! The keyring: the database's key and the desk's own keys, sealed to each member, signed, numbered by generation.

use std::path::Path;

use zeroize::Zeroizing;

use crate::host::entropy::Entropy;
use crate::host::file;
use crate::object;
use crate::record::card::DeskKeys;
use crate::seal::age_file::{self, AgeKey, Recipient, UnsealError};
use crate::seal::identity::Identity;
use crate::seal::sign::{PublicKey, Signer};
use crate::store::connection::DatabaseKey;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, MemberError, Members};
use crate::value::realm::Realm;
use crate::workspace::error::{Error, ErrorKind};

const FORMAT: &str = "keyring/1";
const LONGEST: u64 = 1 << 20;
/// Room for the text of a keyring, in bytes: so much as one with four hundred members takes.
const ROOM: usize = 64 << 10;

/// The desk's own keys, of one number: they are given new ones when a member is revoked.
pub struct KeySet {
    /// Opens bundles.
    pub age: AgeKey,
    /// Signs bundles.
    pub bundle: Signer,
    /// Signs checkpoints.
    pub log: Signer,
    /// Cosigns the checkpoints of others.
    pub witness: Signer,
}

impl KeySet {
    /// New keys.
    ///
    /// # Errors
    ///
    /// Where there is no randomness.
    pub fn generate(entropy: &mut Entropy) -> Result<Self, Error> {
        Ok(Self {
            age: AgeKey::generate(),
            bundle: Signer::from_seed(&*entropy.seed()?),
            log: Signer::from_seed(&*entropy.seed()?),
            witness: Signer::from_seed(&*entropy.seed()?),
        })
    }

    /// The public keys, with the desk's root key.
    pub fn public(&self, root: PublicKey) -> DeskKeys {
        DeskKeys {
            root,
            age: self.age.recipient().to_string(),
            bundle: self.bundle.public(),
            log: self.log.public(),
            witness: self.witness.public(),
        }
    }

    fn to_json(&self) -> Result<Json, Error> {
        let pem = |key: &Signer| -> Result<String, Error> { Ok(key.to_openssh()?.to_string()) };
        Ok(object! {
            "age" => self.age.to_text().to_string(),
            "bundle" => pem(&self.bundle)?,
            "log" => pem(&self.log)?,
            "witness" => pem(&self.witness)?,
        })
    }

    fn read(m: &mut Members<'_>) -> Result<Self, MemberError> {
        let signer = |pem: &str| Signer::from_openssh(pem).ok();
        Ok(Self {
            age: m.read("age", AgeKey::parse)?,
            bundle: m.read("bundle", signer)?,
            log: m.read("log", signer)?,
            witness: m.read("witness", signer)?,
        })
    }
}

/// What the keyring holds.
pub struct Keyring {
    /// The workspace.
    pub workspace: Id,
    /// Live, or one exercise.
    pub realm: Realm,
    /// Rises with every change.
    pub generation: u64,
    /// The database's key.
    pub database: DatabaseKey,
    /// The next key of the database, while it is being rotated.
    pub next: Option<DatabaseKey>,
    /// The desk's keys.
    pub keys: KeySet,
    /// Those from before, the oldest first: what was sealed to them is still on its way, and who has not heard of the new ones knows
    /// them alone.
    pub former: Vec<KeySet>,
    /// The age recipients of the members, sorted.
    pub recipients: Vec<String>,
    /// Who signed this generation.
    pub signed_by: PublicKey,
}

impl Keyring {
    /// New keys for a new desk.
    pub fn generate(workspace: Id, realm: Realm, me: &Identity, entropy: &mut Entropy) -> Result<Self, Error> {
        let salt = *entropy.id()?.as_bytes();
        Ok(Self {
            workspace,
            realm,
            generation: 1,
            database: DatabaseKey::new(&*entropy.seed()?, &salt),
            next: None,
            keys: KeySet::generate(entropy)?,
            former: Vec::new(),
            recipients: vec![me.age.recipient().to_string()],
            signed_by: me.signer.public(),
        })
    }

    /// A new database key with the same salt.
    pub fn fresh_key(&self, entropy: &mut Entropy) -> Result<DatabaseKey, Error> {
        Ok(DatabaseKey::new(&*entropy.seed()?, &self.database.salt()))
    }

    /// The desk's keys of a number; the first have 0.
    pub fn numbered(&self, number: usize) -> Option<&KeySet> {
        if number == self.former.len() { Some(&self.keys) } else { self.former.get(number) }
    }

    /// Takes new keys, and keeps those from before.
    pub fn take(&mut self, keys: KeySet) {
        self.former.push(std::mem::replace(&mut self.keys, keys));
        self.generation += 1;
    }

    /// Writes the next generation: signed by this member, sealed to the recipients, durable before it takes its place.
    pub fn write(&mut self, path: &Path, me: &Identity) -> Result<(), Error> {
        self.signed_by = me.signer.public();
        let body = self.body()?;
        let signature = me.signer.sign(&self.realm.namespace("keyring"), &body.to_secret_bytes(ROOM))?;
        let signed_by = self.signed_by.to_openssh();
        let all = object! { "keyring" => Json::clone(&body), "signed_by" => signed_by, "signature" => signature };
        let all = Zeroizing::new(all).to_secret_bytes(ROOM);
        let recipients: Option<Vec<Recipient>> = self.recipients.iter().map(|r| Recipient::parse(r)).collect();
        let recipients = recipients
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a member's recipient is malformed", "please report it"))?;
        let sealed = age_file::seal(&recipients, &all)
            .map_err(|e| Error::new(ErrorKind::Internal, e.to_string(), "please report it"))?;
        Ok(file::write(path, &sealed)?)
    }

    fn body(&self) -> Result<Zeroizing<Json>, Error> {
        let mut body = Zeroizing::new(object! {
            "comity" => FORMAT,
            "workspace" => self.workspace.to_string(),
            "realm" => self.realm.to_string(),
            "generation" => self.generation as i64,
            "database" => self.database.to_hex().to_string(),
            "next" => self.next.as_ref().map(|k| k.to_hex().to_string()),
        });
        let keys = Zeroizing::new(self.keys.to_json()?);
        for (name, key) in keys.members().unwrap_or_default() {
            body.set(name, key.clone());
        }
        if !self.former.is_empty() {
            body.set("former", self.former.iter().map(KeySet::to_json).collect::<Result<Vec<Json>, Error>>()?);
        }
        body.set("recipients", self.recipients.clone());
        Ok(body)
    }

    /// Opens the keyring of a workspace with a member's identity.
    pub fn open(path: &Path, me: &Identity) -> Result<Self, Error> {
        Self::open_sealed(&Self::read_sealed(path)?, me)
    }

    /// Reads the keyring of a workspace as it is sealed.
    pub fn read_sealed(path: &Path) -> Result<Vec<u8>, Error> {
        if path.symlink_metadata().is_err() {
            return Err(Error::new(
                ErrorKind::Version,
                "there is no workspace here",
                "name one with --workspace, or make one with `comity init`",
            ));
        }
        Ok(file::read(path, LONGEST)?)
    }

    /// Opens a keyring that was read.
    pub fn open_sealed(sealed: &[u8], me: &Identity) -> Result<Self, Error> {
        let shut = |what: &str| {
            let hint = "the database is untouched; put the keyring back from a copy";
            Error::new(ErrorKind::Key, format!("the keyring does not open: {what}"), hint)
        };
        let plain = age_file::open_all(&me.age, sealed, LONGEST as usize).map_err(|e| match e {
            UnsealError::NotOurs => Error::new(
                ErrorKind::Key,
                "this identity does not open this workspace",
                "name yours with --identity, or ask an administrator to enrol you",
            ),
            UnsealError::Malformed(what) => shut(what),
            UnsealError::Medium(e) => e.into(),
        })?;
        let all = json::parse(plain.expose(), Limits::SIGNED).map_err(|_| shut("it is malformed"))?;
        let all = Zeroizing::new(all);
        Self::read(&all).map_err(|e| shut(&e.0))
    }

    fn read(all: &Json) -> Result<Self, MemberError> {
        let bad = |what: &str| MemberError(what.to_owned());
        let mut outer = Members::of(all)?;
        let body = outer.need("keyring")?;
        let signed_by = outer.read("signed_by", |k| PublicKey::from_openssh(k).ok())?;
        let signature = outer.text("signature")?;
        outer.finish()?;
        let mut m = Members::of(body)?;
        m.read("comity", |v| (v == FORMAT).then_some(()))?;
        let former = |json: &Json| {
            let mut m = Members::of(json)?;
            let keys = KeySet::read(&mut m)?;
            m.finish()?;
            Ok(keys)
        };
        let keyring = Self {
            workspace: m.read("workspace", Id::parse)?,
            realm: m.read("realm", Realm::parse)?,
            generation: m.count("generation")?,
            database: m.read("database", DatabaseKey::parse)?,
            next: m
                .maybe("next")
                .map(|k| k.text().and_then(DatabaseKey::parse).ok_or_else(|| bad("`next` is not a key")))
                .transpose()?,
            keys: KeySet::read(&mut m)?,
            former: m
                .maybe("former")
                .map(|all| all.items().ok_or_else(|| bad("`former` is no list"))?.iter().map(former).collect())
                .transpose()?
                .unwrap_or_default(),
            recipients: m.list("recipients", |r| Recipient::parse(r).map(|_| r.to_owned()))?,
            signed_by,
        };
        m.finish()?;
        let namespace = keyring.realm.namespace("keyring");
        let body = body.to_secret_bytes(ROOM);
        signed_by.verify(&namespace, &body, signature).map_err(|_| bad("its signature does not fit"))?;
        Ok(keyring)
    }
}
