//! The files of exhibits: each lies beside the database, sealed to a key of its own that stands in the content of its item and dies
//! with it. A file is streamed in and out, whatever its size; nothing of it is kept in memory or in the clear on the disk.
//!
//! A file counts only once its item's act is signed: one that a crash left behind opens with no key, and goes at the next start.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use sha2::{Digest as _, Sha256};

use crate::host::file::{self, Pending};
use crate::object;
use crate::record::item;
use crate::record::kind::Kind;
use crate::record::store::RecordStore;
use crate::seal::age_file::{self, AgeKey, Sealing};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::Json;
use crate::value::text::shown;
use crate::workspace::error::{Error, ErrorKind};
use crate::workspace::progress::Job;

/// Bytes that are read, hashed and sealed at once.
const CHUNK: usize = 1 << 20;
/// Chunks that wait between reading and sealing.
const AHEAD: usize = 4;
/// The folder of the files.
const FOLDER: &str = "evidence";
/// How the name of a file ends.
const ENDING: &str = "age";
/// The tool that hashes, as it is named beside each hash.
pub const TOOL: &str = concat!("comity ", env!("CARGO_PKG_VERSION"), " (SHA-256)");

/// A file that lies beside the database.
pub struct Attachment {
    /// Its name, as it was called where it came from.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, taken as it came in.
    pub sha256: Digest,
    /// The key that opens it.
    key: AgeKey,
    /// Hashes of the medium that it is an image of, as others took them.
    pub media: Vec<MediaHash>,
}

/// A hash of a medium, as a tool took it while it made the image: not that of the image's file.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct MediaHash {
    /// The algorithm: `md5`, `sha1`, `sha256`, `sha512`.
    pub algorithm: String,
    /// The hash in hex.
    pub value: String,
    /// The tool that took it; empty: not stated.
    pub tool: String,
}

impl Attachment {
    /// The attachment as a member of an item's content.
    pub fn to_json(&self) -> Json {
        let media = |m: &MediaHash| {
            object! { "algorithm" => m.algorithm.as_str(), "value" => m.value.as_str(), "tool" => m.tool.as_str() }
        };
        let mut json = object! {
            "name" => self.name.as_str(),
            "size" => self.size as i64,
            "sha256" => self.sha256.to_string(),
            "tool" => TOOL,
            "key" => self.key.to_text().as_str(),
        };
        if !self.media.is_empty() {
            json.set("media", self.media.iter().map(media).collect::<Vec<_>>());
        }
        json
    }

    /// The attachment of an item, as its content says; `None` where it has none, or none any more.
    pub fn of(content: &Json) -> Option<Self> {
        let all = content.get("attachment")?;
        let text = |json: &Json, key: &str| json.get(key).and_then(Json::text).unwrap_or_default().to_owned();
        let media = all.get("media").and_then(Json::items).unwrap_or_default().iter().map(|m| MediaHash {
            algorithm: text(m, "algorithm"),
            value: text(m, "value"),
            tool: text(m, "tool"),
        });
        Some(Self {
            name: text(all, "name"),
            size: all.get("size").and_then(Json::int).and_then(|n| u64::try_from(n).ok())?,
            sha256: Digest::parse(&text(all, "sha256"))?,
            key: AgeKey::parse(&text(all, "key"))?,
            media: media.collect(),
        })
    }
}

/// Where the file of an item lies in the folder of a workspace.
pub fn path_of(workspace: &Path, item: Id) -> PathBuf {
    workspace.join(FOLDER).join(format!("{item}.{ENDING}"))
}

/// Takes a file in: it is read once, hashed, and written sealed to a new key. Its item's act must follow; without it the file counts
/// for nothing.
///
/// # Errors
///
/// Where the file cannot be read or is another than when it was opened, where the medium is full, or where the work is cancelled:
/// nothing stays then.
pub fn take_in(
    workspace: &Path,
    item: Id,
    from: &Path,
    media: Vec<MediaHash>,
    job: &mut Job,
) -> Result<Attachment, Error> {
    let source = file::open(from)?;
    let size = source.metadata().map_err(file::at(from))?.len();
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let name = crate::value::text::composed(&shown(&name));
    let place = path_of(workspace, item);
    file::folder_for(&place)?;
    let key = AgeKey::generate();
    let mut sealing = Sealing::to(&[key.recipient()], Pending::begin(&place)?).map_err(file::at(&place))?;
    let mut written = 0u64;
    let sha256 = thread::scope(|scope| {
        let (send, chunks) = sync_channel::<Vec<u8>>(AHEAD);
        let (back, used) = sync_channel::<Vec<u8>>(AHEAD + 2);
        let reader = scope.spawn(move || -> std::io::Result<Digest> {
            let mut hash = Sha256::new();
            let mut source = source.take(size.saturating_add(1));
            loop {
                let mut chunk = used.try_recv().unwrap_or_else(|_| Vec::with_capacity(CHUNK));
                chunk.clear();
                if source.by_ref().take(CHUNK as u64).read_to_end(&mut chunk)? == 0 {
                    return Ok(Digest::from_bytes(hash.finalize().into()));
                }
                hash.update(&chunk);
                if send.send(chunk).is_err() {
                    return Ok(Digest::from_bytes(hash.finalize().into()));
                }
            }
        });
        let mut sealed = || -> Result<(), Error> {
            for chunk in chunks.iter() {
                job.at("taking the file in", written, Some(size))?;
                sealing.write_all(&chunk).map_err(file::at(&place))?;
                written += chunk.len() as u64;
                let _ = back.try_send(chunk);
            }
            job.at("taking the file in", written, Some(size))
        };
        let sealed = sealed();
        drop(chunks);
        let read = reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        sealed.and_then(|()| Ok(read.map_err(file::at(from))?))
    })?;
    if written != size {
        return Err(file::FileError::Changed(from.to_owned()).into());
    }
    sealing.finish().map_err(file::at(&place))?.finish()?;
    Ok(Attachment { name, size, sha256, key, media })
}

/// What is wrong with the file of an exhibit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    /// It is not there.
    Missing,
    /// It does not open, or its bytes are others than those that were taken in.
    Changed,
}

impl Damage {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Missing => "its file is not there",
            Self::Changed => "its bytes are not those that were taken in",
        }
    }
}

/// Reads the file of an exhibit to its end, and hands each piece to `take`, and to `hash` on the thread that hashes. What was handed over
/// must not be used before this has returned: only then it is known to be what was taken in.
///
/// # Errors
///
/// Where `take` fails, where the work is cancelled, and where the medium fails.
pub fn read(
    workspace: &Path,
    item: Id,
    attachment: &Attachment,
    job: &mut Job,
    mut take: impl FnMut(&[u8]) -> Result<(), Error>,
    mut hash: impl FnMut(&[u8]) + Send,
) -> Result<Result<(), Damage>, Error> {
    let place = path_of(workspace, item);
    if !file::exists(&place) {
        return Ok(Err(Damage::Missing));
    }
    let Ok(mut plain) = age_file::open(&attachment.key, file::open(&place)?) else { return Ok(Err(Damage::Changed)) };
    let mut done = 0u64;
    // One thread opens, the other hashes: together they are about as fast as either alone.
    let (opened, sha256) = thread::scope(|scope| {
        let (send, pieces) = sync_channel::<Vec<u8>>(AHEAD);
        let (back, used) = sync_channel::<Vec<u8>>(AHEAD + 2);
        let hasher = scope.spawn(move || {
            let mut sha256 = Sha256::new();
            for piece in pieces {
                sha256.update(&piece);
                hash(&piece);
                let _ = back.try_send(piece);
            }
            Digest::from_bytes(sha256.finalize().into())
        });
        let mut open = || -> Result<bool, Error> {
            loop {
                job.at("reading the file", done, Some(attachment.size))?;
                let mut piece = used.try_recv().unwrap_or_else(|_| Vec::with_capacity(CHUNK));
                piece.clear();
                match plain.by_ref().take(CHUNK as u64).read_to_end(&mut piece) {
                    Ok(0) => return Ok(true),
                    Ok(n) => done += n as u64,
                    Err(_) => return Ok(false),
                }
                take(&piece)?;
                if send.send(piece).is_err() {
                    return Ok(false);
                }
            }
        };
        let opened = open();
        drop(send);
        let sha256 = hasher.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (opened, sha256)
    });
    let is_same = opened? && done == attachment.size && sha256 == attachment.sha256;
    Ok(if is_same { Ok(()) } else { Err(Damage::Changed) })
}

/// The error for an exhibit that is damaged.
pub fn damaged(item: Id, damage: Damage) -> Error {
    let what = format!("the exhibit E-{} is damaged: {}", item.short(), damage.words());
    let hint = "the other exhibits are not touched; `comity item custody --verify-all` names each that is damaged, and a backup has it";
    Error::new(ErrorKind::Integrity, what, hint)
}

/// The files of records that are erased, to be removed with them.
pub fn files_of(workspace: &Path, erased: &[Id]) -> Vec<PathBuf> {
    erased.iter().map(|id| path_of(workspace, *id)).filter(|path| file::exists(path)).collect()
}

/// Removes what no exhibit has: files whose act was never signed, and those of items that were erased.
pub(super) fn remove_orphans(workspace: &Path, records: &dyn RecordStore) -> Result<(), Error> {
    let folder = workspace.join(FOLDER);
    if !folder.is_dir() {
        return Ok(());
    }
    file::remove_parts(&folder)?;
    for path in file::files_in(&folder)? {
        let id = path.file_stem().and_then(|stem| Id::parse(&stem.to_string_lossy()));
        let Some(id) = id.filter(|id| path == path_of(workspace, *id)) else { continue };
        let record = records.get(id)?;
        if !record.is_some_and(|r| r.kind == Kind::Item && item::is_exhibit(&r) && !r.is_purged()) {
            file::remove(&path)?;
        }
    }
    Ok(())
}
