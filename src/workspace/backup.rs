//! The file of a backup: the database as it lies, its keyring, its evidence and the bundles that went out, sealed to the members of the
//! desk. It says what is in it in a header that its maker signs; each part has its length and its digest. Restoring makes a new
//! workspace beside its place, erases again what its member knows to be erased, and lets nobody work in it before two members have
//! declared it. No path is taken from it: it names folders of a closed list, and files by names that the program makes.

use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::gate::purge::MAY_ERASE;
use crate::host::entropy::Entropy;
use crate::host::file::{self, Pending};
use crate::object;
use crate::record::store::RecordStore as _;
use crate::record::{self, card, member};
use crate::seal::age_file::{self, Recipient, Sealing};
use crate::seal::identity::Identity;
use crate::seal::sign::{LONGEST_SIGNATURE, PublicKey};
use crate::store::connection;
use crate::store::log::{self, Meta};
use crate::store::records::SqlRecordStore;
use crate::value::class::words;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, Limits, MemberError, Members};
use crate::value::realm::Realm;
use crate::value::text::shown;
use crate::value::timestamp::Timestamp;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::keyring::Keyring;
use crate::workspace::open::{DATABASE, KEYRING, Workspace};
use crate::workspace::progress::Job;
use crate::workspace::restored::{remove_files_of, to_erase_again};
use crate::workspace::trust_state::TrustStore;

const FIRST: &str = "comity-backup/1";
const FORMAT: &str = "backup/1";
const END: &[u8] = b"comity-end\n";
/// The longest header, in bytes: so much as one of a hundred thousand files takes.
const LONGEST: usize = 32 << 20;

words! {
    /// Where a part of a backup lies in the workspace.
    Place {
        /// It is the database.
        Database = "database",
        /// It is the keyring.
        Keyring = "keyring",
        /// Among the evidence.
        Evidence = "evidence",
        /// Among the bundles that went out.
        Outbox = "outbox",
    }
}

impl Place {
    fn path(self, workspace: &Path, name: &str) -> PathBuf {
        match self {
            Self::Database => workspace.join(DATABASE),
            Self::Keyring => workspace.join(KEYRING),
            Self::Evidence | Self::Outbox => workspace.join(self.word()).join(name),
        }
    }
}

/// A name that the program gives to files of its own.
fn own_name(name: &str) -> Option<String> {
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    (name.len() <= 128 && !name.starts_with('.') && name.chars().all(fine)).then(|| name.to_owned())
}

/// A file in a backup.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Part {
    place: Place,
    /// Empty where its place is that of one file.
    name: String,
    bytes: u64,
    digest: Digest,
}

/// What a backup says of itself.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The workspace.
    pub workspace: Id,
    /// The desk.
    pub desk: Id,
    /// Live, or one exercise.
    pub realm: Realm,
    /// The replica whose log is in it.
    pub replica: Id,
    /// How many acts that has.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// When it was made.
    pub made: Timestamp,
    /// Who made it.
    pub by: PublicKey,
    parts: Vec<Part>,
}

impl Contents {
    fn to_json(&self) -> Json {
        let parts = self.parts.iter().map(|p| {
            object! {
                "place" => p.place, "name" => p.name.as_str(), "bytes" => p.bytes as i64, "sha256" => p.digest.to_string(),
            }
        });
        object! {
            "comity" => FORMAT, "workspace" => self.workspace.to_string(), "desk" => self.desk.to_string(),
            "realm" => self.realm.to_string(), "replica" => self.replica.to_string(), "size" => self.size as i64,
            "root" => self.root.to_string(), "made" => self.made.to_string(), "by" => self.by.to_openssh(),
            "parts" => parts.collect::<Vec<Json>>(),
        }
    }

    fn read(json: &Json) -> Result<Self, MemberError> {
        let mut m = Members::of(json)?;
        m.read("comity", |v| (v == FORMAT).then_some(()))?;
        let parts = m.need("parts")?.items().ok_or_else(|| MemberError("`parts` is no list".to_owned()))?;
        let part = |json: &Json| {
            let mut m = Members::of(json)?;
            let part = Part {
                place: m.read("place", Place::parse)?,
                name: m.read("name", own_name)?,
                bytes: m.count("bytes")?,
                digest: m.read("sha256", Digest::parse)?,
            };
            m.finish()?;
            let of_one = matches!(part.place, Place::Database | Place::Keyring);
            if part.name.is_empty() == of_one { Ok(part) } else { Err(MemberError("a part has no place".to_owned())) }
        };
        let parts: Vec<Part> = parts.iter().map(part).collect::<Result<_, MemberError>>()?;
        let found = Self {
            workspace: m.read("workspace", Id::parse)?,
            desk: m.read("desk", Id::parse)?,
            realm: m.read("realm", Realm::parse)?,
            replica: m.read("replica", Id::parse)?,
            size: m.count("size")?,
            root: m.read("root", Digest::parse)?,
            made: m.read("made", Timestamp::parse)?,
            by: m.read("by", |k| PublicKey::from_openssh(k).ok())?,
            parts,
        };
        m.finish()?;
        let of = |place| found.parts.iter().filter(|p| p.place == place).count();
        if of(Place::Database) == 1 && of(Place::Keyring) == 1 {
            Ok(found)
        } else {
            Err(MemberError("it has not one database and one keyring".to_owned()))
        }
    }

    /// How many bytes its parts have.
    fn bytes(&self) -> u64 {
        self.parts.iter().map(|p| p.bytes).sum()
    }
}

fn bad(what: impl Into<String>) -> Error {
    let what = format!("the backup is malformed or damaged: {}", what.into());
    Error::new(ErrorKind::Malformed, what, "nothing was restored; use another backup")
}

/// Writes a backup of a workspace. Every other connection to its database must be closed. Returns what is in it, and the file.
///
/// # Errors
///
/// Where a file cannot be read or the medium refuses; then nothing stays.
pub fn write(workspace: &Workspace, out: Pending, job: &mut Job) -> Result<(Contents, Pending), Error> {
    connection::truncate_wal(&workspace.db)?;
    let folder = workspace.folder();
    let mut files = vec![(Place::Database, String::new()), (Place::Keyring, String::new())];
    for place in [Place::Evidence, Place::Outbox] {
        let inner = folder.join(place.word());
        let found = if file::exists(&inner) { file::files_in(&inner)? } else { Vec::new() };
        let names = found.iter().filter_map(|p| own_name(&p.file_name()?.to_string_lossy()));
        files.extend(names.map(|name| (place, name)));
    }
    let mut parts = Vec::with_capacity(files.len());
    for (place, name) in files {
        let (bytes, digest) = digest_of(file::open(&place.path(folder, &name))?)?;
        parts.push(Part { place, name, bytes, digest });
    }
    let tip = log::tip(&workspace.db, &workspace.meta)?;
    let meta = &workspace.meta;
    let contents = Contents {
        workspace: meta.workspace,
        desk: meta.desk,
        realm: meta.realm.clone(),
        replica: meta.replica,
        size: tip.size,
        root: tip.root,
        made: workspace.now(),
        by: workspace.me.signer.public(),
        parts,
    };
    let header = contents.to_json().to_bytes();
    let signature = workspace.me.signer.sign(&meta.realm.namespace("backup"), &header)?;
    let recipients: Option<Vec<Recipient>> =
        workspace.keyring.recipients.iter().map(|key| Recipient::parse(key)).collect();
    let recipients = recipients
        .ok_or_else(|| Error::new(ErrorKind::Internal, "a member's recipient is malformed", "please report it"))?;
    let mut sealing = Sealing::to(&recipients, BufWriter::with_capacity(256 * 1024, out))?;
    writeln!(sealing, "{FIRST} {} {}", header.len(), signature.len())?;
    sealing.write_all(&header)?;
    sealing.write_all(signature.as_bytes())?;
    let (mut done, total) = (0, contents.bytes());
    for part in &contents.parts {
        job.at("writing", done, Some(total))?;
        let source = file::open(&part.place.path(folder, &part.name))?;
        done += copy(source.take(part.bytes), &mut sealing)?;
    }
    if done != total {
        let what = "a file of the workspace changed while it was read";
        return Err(Error::new(ErrorKind::Medium, what, "try again when nobody writes to it; nothing was written"));
    }
    sealing.write_all(END)?;
    let out = sealing.finish()?.into_inner().map_err(|e| Error::from(e.into_error()))?;
    Ok((contents, out))
}

fn copy(mut from: impl Read, to: &mut impl Write) -> Result<u64, Error> {
    let mut block = vec![0; 256 * 1024];
    let mut done = 0;
    loop {
        match from.read(&mut block)? {
            0 => return Ok(done),
            n => {
                to.write_all(block.get(..n).unwrap_or_default())?;
                done += n as u64;
            }
        }
    }
}

fn digest_of(from: impl Read) -> Result<(u64, Digest), Error> {
    let mut hash = Sha256::new();
    let bytes = copy(from, &mut hash)?;
    Ok((bytes, Digest::from_bytes(hash.finalize().into())))
}

/// Writes to two places at once.
struct Both<'a>(&'a mut dyn Write, &'a mut Sha256);

impl Write for Both<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.0.write(bytes)?;
        self.1.update(bytes.get(..n).unwrap_or_default());
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A backup that was opened. Nothing of its parts is believed before it was read to its end.
struct Opened {
    contents: Contents,
    input: BufReader<Box<dyn Read>>,
}

/// Opens a backup with a member's identity: its header is as its maker signed it.
fn open(path: &Path, me: &Identity) -> Result<Opened, Error> {
    let plain =
        age_file::open(&me.age, BufReader::with_capacity(256 * 1024, file::open(path)?)).map_err(|e| match e {
            age_file::UnsealError::NotOurs => Error::new(
                ErrorKind::Key,
                "the backup is not sealed to this identity",
                "name the identity of somebody who was a member when it was made",
            ),
            age_file::UnsealError::Malformed(what) => bad(what),
            age_file::UnsealError::Medium(e) => e.into(),
        })?;
    let mut input = BufReader::with_capacity(256 * 1024, Box::new(plain) as Box<dyn Read>);
    let mut line = Vec::new();
    input.by_ref().take(128).read_until(b'\n', &mut line).map_err(damage)?;
    let line = std::str::from_utf8(&line).ok().and_then(|l| l.strip_suffix('\n')).unwrap_or_default();
    let lengths = match line.split_once(' ') {
        Some((FIRST, rest)) => rest.split(' ').map(|n| n.parse::<usize>().ok()).collect::<Option<Vec<_>>>(),
        Some((other, _)) if other.starts_with("comity-backup/") => {
            let what = format!("the backup has format {}, which this program does not know", shown(other));
            return Err(Error::new(ErrorKind::Version, what, "use a newer comity; nothing was restored"));
        }
        _ => None,
    };
    let Some(&[header, signature]) = lengths.as_deref() else { return Err(bad("its first line")) };
    if header > LONGEST || signature > LONGEST_SIGNATURE {
        return Err(bad("its header is too long"));
    }
    let mut exactly = |length: usize| -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let read = input.by_ref().take(length as u64).read_to_end(&mut bytes).map_err(damage)?;
        if read == length { Ok(bytes) } else { Err(bad("it is cut short")) }
    };
    let header = exactly(header)?;
    let signature = String::from_utf8(exactly(signature)?).map_err(|_| bad("its signature"))?;
    let json = json::parse(&header, Limits { bytes: LONGEST, ..Limits::SIGNED }).map_err(|e| bad(e.to_string()))?;
    let contents = Contents::read(&json).map_err(|e| bad(e.0))?;
    contents.by.verify(&contents.realm.namespace("backup"), &header, &signature)?;
    Ok(Opened { contents, input })
}

/// An age stream says that it is damaged or cut short by the kind of its failure.
fn damage(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
            bad("it is damaged or cut short")
        }
        _ => error.into(),
    }
}

impl Opened {
    /// Reads every part to its end, and hands it to what `place` returns for it.
    fn read_parts(
        mut self,
        job: &mut Job,
        mut place: impl FnMut(&Part) -> Result<Option<Pending>, Error>,
    ) -> Result<Contents, Error> {
        let (mut done, total) = (0, self.contents.bytes());
        for part in &self.contents.parts {
            job.at("reading", done, Some(total))?;
            let mut hash = Sha256::new();
            let mut out = place(part)?;
            let from = self.input.by_ref().take(part.bytes);
            let read = match &mut out {
                Some(out) => copied(from, &mut Both(out, &mut hash))?,
                None => copied(from, &mut hash)?,
            };
            if read != part.bytes || Digest::from_bytes(hash.finalize().into()) != part.digest {
                return Err(bad("a part of it is not the one that was written"));
            }
            out.map_or(Ok(()), Pending::finish_new)?;
            done += read;
        }
        let mut end = Vec::new();
        self.input.by_ref().take(END.len() as u64 + 1).read_to_end(&mut end).map_err(damage)?;
        if end == END { Ok(self.contents) } else { Err(bad("its end")) }
    }
}

fn copied(from: impl Read, to: &mut impl Write) -> Result<u64, Error> {
    /// Tells damage of what is read from a failure of what is written.
    struct Source<R>(R, Option<io::Error>);
    impl<R: Read> Read for Source<R> {
        fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
            self.0.read(block).or_else(|error| {
                self.1 = Some(error);
                Ok(0)
            })
        }
    }
    let mut source = Source(from, None);
    let done = copy(&mut source, to)?;
    source.1.map_or(Ok(done), |error| Err(damage(error)))
}

/// Reads a backup back to its last byte, as its maker.
///
/// # Errors
///
/// Where it is not what was written.
pub fn read_back(path: &Path, me: &Identity, job: &mut Job) -> Result<(), Error> {
    open(path, me)?.read_parts(job, |_| Ok(None)).map(drop)
}

/// The root of the log that is in a backup.
///
/// # Errors
///
/// Where it is no backup that this member can open.
pub fn root_of(path: &Path, me: &Identity) -> Result<Digest, Error> {
    Ok(open(path, me)?.contents.root)
}

/// What a restore came to.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What the backup says of itself.
    pub contents: Contents,
    /// The code of the desk.
    pub code: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// How many acts its member has seen; `None` where they have never seen this desk.
    pub seen: Option<u64>,
    /// How many records were erased again.
    pub erased: usize,
}

/// Restores a backup into a new folder: whole or not at all. What its member knows to be erased is erased there before it takes its
/// place; nobody works in it before two members have declared it.
///
/// # Errors
///
/// Where it is not a backup of a workspace that this member may open, or where there is something in the folder.
pub fn restore(from: &Path, to: &Path, identity: &Path, me: &Identity, job: &mut Job) -> Result<Restored, Error> {
    let taken = || {
        let what = format!("{} is not empty", shown(&to.to_string_lossy()));
        Error::usage(what).hint("name another folder with --to; nothing is restored over another workspace")
    };
    if !file::is_empty_folder(to)? {
        return Err(taken());
    }
    let opened = open(from, me)?;
    file::folder_for(to)?;
    let being_made = file::NewFolder::beside(to)?;
    let new = being_made.path();
    for inner in ["evidence", "outbox", "inbox"] {
        file::private_folder(&new.join(inner))?;
    }
    let contents = opened.read_parts(job, |part| Ok(Some(Pending::begin(&part.place.path(new, &part.name))?)))?;
    let restored = make_ready(new, contents, identity, me, job)?;
    if being_made.place(to)? { Ok(restored) } else { Err(taken()) }
}

/// Checks that the files of a backup belong together, erases again what is known to be erased, and marks the workspace as restored.
fn make_ready(
    new: &Path,
    contents: Contents,
    identity: &Path,
    me: &Identity,
    job: &mut Job,
) -> Result<Restored, Error> {
    let mut keyring = Keyring::open(&new.join(KEYRING), me)?;
    let path = new.join(DATABASE);
    let db = connection::open(&path, &keyring.database, false)?;
    let db = db.ok_or_else(|| bad("its keyring does not open its database"))?;
    let meta = Meta::read(&db)?;
    let tip = log::tip(&db, &meta)?;
    let is_same = (meta.workspace, meta.desk, meta.replica) == (contents.workspace, contents.desk, contents.replica)
        && meta.realm == contents.realm
        && keyring.workspace == meta.workspace
        && (tip.size, tip.root) == (contents.size, contents.root);
    if !is_same {
        return Err(bad("it says something else of itself than it holds"));
    }
    let mut records = SqlRecordStore::new(&db);
    let roles = |person| -> Result<Option<Vec<_>>, Error> {
        Ok(member::by_person(&records, meta.desk, person)?.as_ref().map(member::roles_of))
    };
    if roles(contents.by.person())?.is_none() {
        let what = "the backup was made by nobody who was a member of its desk";
        return Err(Error::new(ErrorKind::Signature, what, "nothing was restored; use another backup"));
    }
    let desk = record::definition::need(&records, meta.desk, record::kind::Kind::Desk)?;
    let card = crate::store::read::content(&db, desk.body)?.unwrap_or_else(|| object! {});
    let card = card::Card::parse(card.get("card").and_then(Json::text).unwrap_or_default().as_bytes())?;
    let trust = TrustStore::open(identity, me)?;
    let known = trust.of(&record::desk::keys(&records, meta.desk)?.root.to_openssh());
    let again = to_erase_again(&db, known.into_iter().flat_map(|known| &known.erased.records))?;
    let may_erase = roles(me.person())?.is_some_and(|roles| roles.iter().any(|role| MAY_ERASE.contains(role)));
    if !again.is_empty() && !may_erase {
        let what = "the backup holds what was erased since, and you may not erase: nothing was restored";
        let next = "let a desk officer, a release officer or an administrator restore it: they erase it again";
        return Err(Error::new(ErrorKind::Refused, what, next));
    }
    job.at("erasing again", 0, Some(again.len() as u64))?;
    let tx = connection::begin(&db)?;
    again.iter().try_for_each(|id| records.erase(*id))?;
    log::mark_restored(&tx, true)?;
    connection::commit(tx)?;
    if again.is_empty() {
        connection::truncate_wal(&db)?;
    } else {
        remove_files_of(new, &again)?;
        let next = keyring.fresh_key(&mut Entropy::default())?;
        connection::rekey(&db, &next)?;
        keyring.database = next;
        keyring.generation += 1;
        keyring.write(&new.join(KEYRING), me)?;
    }
    let seen = known.map(|known| known.size);
    Ok(Restored { code: card.code.clone(), fingerprint: card.fingerprint(), seen, erased: again.len(), contents })
}
