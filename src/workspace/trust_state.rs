//! The trust state of a member (`identity.age.seen`), outside the database: of each desk its root key, where its workspace lies, the
//! generation of its keyring, the size and root of its log, the root over the digests of its records, and the ids of what was
//! erased. It shows when a workspace was rolled back, and when somebody has changed its records; and what is erased again where an
//! older copy is restored.
//!
//! It is authenticated with a key from the member's identity, and written after each commit: a kill between the two
//! leaves a log that is longer than the trust state says, which raises no alarm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::host::file;
use crate::object;
use crate::seal::identity::Identity;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, MemberError, Members};
use crate::value::person::Person;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};

const LONGEST: u64 = 64 << 20;

/// When a member left the screens, and how far the record went then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Left {
    /// When.
    pub at: Timestamp,
    /// The number of the last act.
    pub act: u64,
}

/// The trust state of one desk. It is found by the desk's root key, which the member has compared: never by an id that whoever
/// brings the folder can choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustState {
    /// The id of the workspace.
    pub workspace: Id,
    /// Where the workspace lay when it was opened last; `None` where an older program wrote this.
    pub folder: Option<String>,
    /// The generation of the keyring.
    pub generation: u64,
    /// The workstation's log.
    pub replica: Id,
    /// Its size.
    pub size: u64,
    /// Its root at that size.
    pub root: Digest,
    /// What the records came to then; `None` where the member has not seen them since they are authenticated.
    pub records: Option<Records>,
    /// When its member last left the screens.
    pub left: Option<Left>,
    /// What was erased: nothing of it comes back with an older copy.
    pub erased: Erased,
    /// The serial of the newest certificate of a member, and who is revoked.
    pub members: KnownMembers,
}

/// What was erased in a workspace, as far as its member knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Erased {
    /// The position of the last act that was looked at.
    pub position: i64,
    /// The records.
    pub records: BTreeSet<Id>,
}

/// What a member knows of the desk's members.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KnownMembers {
    /// The serial of the newest certificate.
    pub serial: i64,
    /// Who is revoked.
    pub revoked: BTreeSet<Person>,
}

/// What the records of a workspace came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Records {
    /// The position of the last act.
    pub position: i64,
    /// The root over the digests of all records.
    pub root: Digest,
}

/// Whether what the records say may be acted on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Trusted {
    /// They come to this root over their digests.
    Root(Digest),
    /// It is not known: they are only read.
    Unknown,
    /// They are not what the acts say, and why.
    No(String),
}

fn records_of(json: &Json) -> Result<Records, MemberError> {
    let mut m = Members::of(json)?;
    let position = i64::try_from(m.count("position")?).map_err(|_| MemberError("position is too large".to_owned()))?;
    let records = Records { position, root: m.read("root", Digest::parse)? };
    m.finish()?;
    Ok(records)
}

/// The ids of what was erased stand back to back, so that a purge of many thousand records keeps the file small.
fn erased_to(erased: &Erased) -> Json {
    let ids: Vec<u8> = erased.records.iter().flat_map(|id| *id.as_bytes()).collect();
    object! { "position" => erased.position, "ids" => data_encoding::BASE64.encode(&ids) }
}

fn erased_of(json: &Json) -> Result<Erased, MemberError> {
    let mut m = Members::of(json)?;
    let position = i64::try_from(m.count("position")?).map_err(|_| MemberError("position is too large".to_owned()))?;
    let ids = m.read("ids", |text| data_encoding::BASE64.decode(text.as_bytes()).ok())?;
    m.finish()?;
    let (ids, rest) = ids.as_chunks::<16>();
    if !rest.is_empty() {
        return Err(MemberError("an id is cut short".to_owned()));
    }
    Ok(Erased { position, records: ids.iter().map(|id| Id::from_bytes(*id)).collect() })
}

fn members_to(members: &KnownMembers) -> Json {
    let revoked: Vec<String> = members.revoked.iter().map(Person::to_string).collect();
    object! { "serial" => members.serial, "revoked" => revoked }
}

fn members_of(json: &Json) -> Result<KnownMembers, MemberError> {
    let mut m = Members::of(json)?;
    let serial = i64::try_from(m.count("serial")?).map_err(|_| MemberError("serial is too large".to_owned()))?;
    let members = KnownMembers { serial, revoked: m.list("revoked", Person::parse)?.into_iter().collect() };
    m.finish()?;
    Ok(members)
}

fn left_of(json: &Json) -> Result<Left, MemberError> {
    let mut m = Members::of(json)?;
    let left = Left { at: m.read("at", Timestamp::parse)?, act: m.count("act")? };
    m.finish()?;
    Ok(left)
}

/// The trust states of one member.
pub struct TrustStore {
    path: PathBuf,
    key: Zeroizing<[u8; 32]>,
    /// By the desk's root key, in OpenSSH form.
    desks: BTreeMap<String, TrustState>,
}

impl TrustStore {
    /// The identity that it lies beside.
    pub fn identity(&self) -> PathBuf {
        self.path.with_extension("")
    }

    /// Reads the trust states beside an identity; none where there is no file yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Fork`] where somebody without the identity changed the file.
    pub fn open(identity: &Path, me: &Identity) -> Result<Self, Error> {
        let mut name = identity.file_name().unwrap_or_default().to_owned();
        name.push(".seen");
        let path = identity.with_file_name(name);
        let key = me.trust_state_key();
        let mut store = Self { path, key, desks: BTreeMap::new() };
        if store.path.symlink_metadata().is_ok() {
            let bytes = file::read(&store.path, LONGEST)?;
            store.desks = store.read(&bytes).map_err(|why| {
                let what = format!(
                    "the trust state of this member ({}) was changed: {why}",
                    shown(&store.path.to_string_lossy())
                );
                Error::new(
                    ErrorKind::Fork,
                    what,
                    "somebody wrote to it; compare the log's head with a partner's before you remove the file",
                )
            })?;
        }
        Ok(store)
    }

    /// An empty store without a file, for a second view: nothing is read from it or written.
    pub fn of_reader() -> Self {
        Self { path: PathBuf::new(), key: Zeroizing::new([0; 32]), desks: BTreeMap::new() }
    }

    /// The trust state of the desk with a root key, in OpenSSH form.
    pub fn of(&self, root_key: &str) -> Option<&TrustState> {
        self.desks.get(root_key)
    }

    /// Whether a desk's workspace lay in a folder when it was opened last.
    pub fn knows_folder(&self, folder: &str) -> bool {
        self.desks.values().any(|seen| seen.folder.as_deref() == Some(folder))
    }

    /// Stores the trust state of the desk with a root key, durably. What lay in the same folder before lies there no more.
    pub fn put(&mut self, root_key: &str, seen: TrustState) -> Result<(), Error> {
        if self.desks.get(root_key) == Some(&seen) {
            return Ok(());
        }
        self.desks.values_mut().filter(|other| other.folder == seen.folder).for_each(|other| other.folder = None);
        self.desks.insert(root_key.to_owned(), seen);
        let body = self.body();
        let all = object! { "seen" => body.clone(), "mac" => data_encoding::HEXLOWER.encode(&self.mac(&body)) };
        file::write(&self.path, format!("{all}\n").as_bytes()).map_err(|failure| {
            let name = shown(&self.path.to_string_lossy()).into_owned();
            Error::new(
                ErrorKind::Medium,
                format!("the trust state of this member cannot be written: {failure}"),
                format!(
                    "what was done in the workspace is stored; mend the medium or the folder of {name}, and open the \
                     workspace again: it is written then"
                ),
            )
            .caused_by(failure)
        })
    }

    fn body(&self) -> Json {
        let one = |(root_key, s): (&String, &TrustState)| {
            let mut one = object! {
                "workspace" => s.workspace.to_string(), "root_key" => root_key.as_str(), "generation" => s.generation as i64,
                "replica" => s.replica.to_string(), "size" => s.size as i64, "root" => s.root.to_string(),
            };
            if let Some(folder) = &s.folder {
                one.set("folder", folder.as_str());
            }
            if let Some(records) = s.records {
                one.set("records", object! { "position" => records.position, "root" => records.root.to_string() });
            }
            if let Some(left) = s.left {
                one.set("left", object! { "at" => left.at.to_string(), "act" => left.act as i64 });
            }
            if s.erased != Erased::default() {
                one.set("erased", erased_to(&s.erased));
            }
            if s.members != KnownMembers::default() {
                one.set("members", members_to(&s.members));
            }
            one
        };
        Json::Arr(self.desks.iter().map(one).collect())
    }

    fn mac(&self, body: &Json) -> Vec<u8> {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.as_slice()) else { return Vec::new() };
        mac.update(b"comity/seen/1\0");
        mac.update(&body.to_bytes());
        mac.finalize().into_bytes().to_vec()
    }

    fn read(&self, bytes: &[u8]) -> Result<BTreeMap<String, TrustState>, MemberError> {
        let bad = |what: &str| MemberError(what.to_owned());
        let limits = Limits { bytes: LONGEST as usize, ..Limits::SIGNED };
        let all = json::parse(bytes.trim_ascii_end(), limits).map_err(|_| bad("it is malformed"))?;
        let mut outer = Members::of(&all)?;
        let (body, mac) = (outer.need("seen")?, outer.text("mac")?);
        outer.finish()?;
        let mac = data_encoding::HEXLOWER.decode(mac.as_bytes()).map_err(|_| bad("it is malformed"))?;
        if !bool::from(subtle::ConstantTimeEq::ct_eq(mac.as_slice(), self.mac(body).as_slice())) {
            return Err(bad("it was not written with this identity"));
        }
        let one = |json: &Json| {
            let mut m = Members::of(json)?;
            let root_key = m.text("root_key")?.to_owned();
            let seen = TrustState {
                workspace: m.read("workspace", Id::parse)?,
                folder: m.maybe("folder").and_then(Json::text).map(str::to_owned),
                generation: m.count("generation")?,
                replica: m.read("replica", Id::parse)?,
                size: m.count("size")?,
                root: m.read("root", Digest::parse)?,
                records: m.maybe("records").map(records_of).transpose()?,
                left: m.maybe("left").map(left_of).transpose()?,
                erased: m.maybe("erased").map(erased_of).transpose()?.unwrap_or_default(),
                members: m.maybe("members").map(members_of).transpose()?.unwrap_or_default(),
            };
            m.finish()?;
            Ok((root_key, seen))
        };
        body.items().ok_or_else(|| bad("it is malformed"))?.iter().map(one).collect()
    }
}
