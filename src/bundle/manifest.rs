//! The manifest of a bundle: sender, recipient, number, parts and volumes. Its signatures cover everything in the bundle.

use crate::object;
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::json::{self, Json, JsonError, Limits, MemberError, Members};
use crate::value::person::Person;
use crate::value::realm::Realm;
use crate::value::timestamp::Timestamp;

const FORMAT: &str = "bundle/1";
/// The number of the format that this program writes, and the newest that it reads.
pub const FORMAT_NUMBER: u64 = 1;
/// The longest manifest, in bytes.
pub const LONGEST: usize = 1 << 20;
/// Parts in one bundle.
pub const MOST_PARTS: usize = 4096;
/// Volumes of one bundle.
pub const MOST_VOLUMES: usize = 64;
/// The longest part, in bytes: what FAT32 can hold.
pub const LONGEST_PART: u64 = 2 << 30;
/// The largest jump in a stream's numbers that counts as a gap; a larger one is refused (docs/bundle.md §11).
pub const FAR_JUMP: u64 = 1000;

/// What a part is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PartKind {
    /// An act, as `act::part` writes it.
    Act,
    /// Zeros, to hide the exact size.
    Padding,
}

/// One part: its length and its digest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its length, in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub digest: Digest,
}

/// One volume: a slice of the parts, laid back to back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Volume {
    /// Its length, in bytes.
    pub bytes: u64,
    /// Its SHA-256.
    pub digest: Digest,
}

/// A bundle that is acknowledged: the last one of the other side that arrived without a gap.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    /// Its number.
    pub sequence: u64,
    /// The digest of its manifest.
    pub manifest: Digest,
}

/// A cosignature on the recipient's own log, travelling home.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cosigned {
    /// The size of the recipient's log.
    pub size: u64,
    /// Its root at that size.
    pub root: Digest,
    /// The signature line (`cosignature/v1`).
    pub line: String,
}

/// The proof that the sender's log has grown, and was not rewritten, since the bundle before.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Growth {
    /// The size that the bundle before named.
    pub from: u64,
    /// The consistency proof.
    pub proof: Vec<Digest>,
}

/// Where a log ends that a desk has declared to be over: it was set back, and its log goes on as another replica.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OldLog {
    /// Its replica.
    pub replica: Id,
    /// How many acts it has.
    pub size: u64,
    /// Its root.
    pub root: Digest,
}

/// The feature of a bundle whose sender was set back once: it names the logs before its own.
const CONTINUES: &str = "continues";
/// The feature of a bundle that stands for one whose content is gone at its sender.
const REPLACES: &str = "replaces";
/// Former logs that a bundle may name.
const MOST_FORMER: usize = 64;

/// The manifest of a bundle.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Manifest {
    /// Live, or one exercise.
    pub realm: Realm,
    /// The desk that sends.
    pub from: Id,
    /// Its workstation.
    pub replica: Id,
    /// The one desk that it is for.
    pub to: Id,
    /// Its number in the stream from that workstation to that desk, from 1.
    pub sequence: u64,
    /// The digest of the manifest before it.
    pub previous: Option<Digest>,
    /// When it was made.
    pub made: Timestamp,
    /// Who made it.
    pub by: Person,
    /// What of the other side's has arrived.
    pub acknowledges: Option<Receipt>,
    /// The logs that the sender's goes on from, the oldest first; none where it was never set back.
    pub continues: Vec<OldLog>,
    /// The sender's log: a signed note.
    pub checkpoint: String,
    /// How the log that the bundle before named has grown since, or until it ended; none for the first.
    pub growth: Option<Growth>,
    /// The sender's cosignature on the recipient's log.
    pub cosigned: Option<Cosigned>,
    /// The digest of the manifest that it stands for: that bundle is gone at its sender, and what is left of it comes with this one,
    /// under its number and its name in the stream.
    pub replaces: Option<Digest>,
    /// The parts, in their order.
    pub parts: Vec<Part>,
    /// The volumes that the parts are laid into.
    pub volumes: Vec<Volume>,
}

/// Why bytes are not a manifest.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not strict JSON.
    #[error("the manifest is malformed: {0}")]
    Json(#[from] JsonError),
    /// A member is missing, extra, of the wrong type or over a limit.
    #[error("the manifest is malformed: {0}")]
    Member(#[from] MemberError),
    /// A format or a feature that this program does not know.
    #[error("the bundle needs a newer program: {0}")]
    Version(String),
}

impl Manifest {
    /// The bytes to sign.
    pub fn to_bytes(&self) -> Vec<u8> {
        let parts: Vec<Json> = self
            .parts
            .iter()
            .map(|p| {
                let kind = match p.kind {
                    PartKind::Act => "act",
                    PartKind::Padding => "padding",
                };
                object! { "kind" => kind, "bytes" => p.bytes as i64, "sha256" => p.digest.to_string() }
            })
            .collect();
        let volumes: Vec<Json> = self
            .volumes
            .iter()
            .map(|v| object! { "bytes" => v.bytes as i64, "sha256" => v.digest.to_string() })
            .collect();
        let receipt = |r: &Receipt| object! { "sequence" => r.sequence as i64, "manifest" => r.manifest.to_string() };
        let growth = |g: &Growth| object! { "from" => g.from as i64, "proof" => g.proof.iter().map(Digest::base64).collect::<Vec<_>>() };
        let cosigned =
            |c: &Cosigned| object! { "size" => c.size as i64, "root" => c.root.to_string(), "line" => c.line.as_str() };
        let old = |o: &OldLog| object! { "replica" => o.replica.to_string(), "size" => o.size as i64, "root" => o.root.to_string() };
        let features = [(CONTINUES, !self.continues.is_empty()), (REPLACES, self.replaces.is_some())];
        let critical: Vec<Json> = features.iter().filter(|(_, is)| *is).map(|(name, _)| Json::from(*name)).collect();
        let mut manifest = object! {
            "comity" => FORMAT,
            "critical" => critical,
            "realm" => self.realm.to_string(),
            "from" => object! { "desk" => self.from.to_string(), "replica" => self.replica.to_string() },
            "to" => self.to.to_string(),
            "sequence" => self.sequence as i64,
            "previous" => self.previous.map(|d| d.to_string()),
            "made" => self.made.to_string(),
            "by" => self.by.to_string(),
            "acknowledges" => self.acknowledges.as_ref().map(receipt),
            "checkpoint" => self.checkpoint.as_str(),
            "growth" => self.growth.as_ref().map(growth),
            "cosigned" => self.cosigned.as_ref().map(cosigned),
            "parts" => parts,
            "volumes" => volumes,
        };
        if !self.continues.is_empty() {
            manifest.set(CONTINUES, self.continues.iter().map(old).collect::<Vec<_>>());
        }
        if let Some(replaced) = self.replaces {
            manifest.set(REPLACES, replaced.to_string());
        }
        manifest.to_bytes()
    }

    /// The digest of these bytes: what the next manifest and the receipt name.
    pub fn digest(bytes: &[u8]) -> Digest {
        Digest::of(bytes)
    }

    /// Reads a manifest strictly.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let json = json::parse(bytes, Limits { bytes: LONGEST, ..Limits::SIGNED })?;
        let mut m = Members::of(&json)?;
        let (desk, replica) = begin(&mut m, FORMAT, &[CONTINUES, REPLACES])?;
        let manifest = Self {
            realm: m.read("realm", Realm::parse)?,
            from: desk,
            replica,
            to: m.read("to", Id::parse)?,
            sequence: m.count("sequence")?,
            previous: m.maybe("previous").map(|d| digest_of(d, "previous")).transpose()?,
            made: m.read("made", Timestamp::parse)?,
            by: m.read("by", Person::parse)?,
            acknowledges: m.maybe("acknowledges").map(read_receipt).transpose()?,
            continues: m.maybe(CONTINUES).map_or(Ok(Vec::new()), |all| read_list(all, MOST_FORMER, read_old))?,
            checkpoint: m.text("checkpoint")?.to_owned(),
            growth: m.maybe("growth").map(read_growth).transpose()?,
            cosigned: m.maybe("cosigned").map(read_cosigned).transpose()?,
            replaces: m.maybe(REPLACES).map(|d| digest_of(d, REPLACES)).transpose()?,
            parts: read_list(m.need("parts")?, MOST_PARTS, read_part)?,
            volumes: read_list(m.need("volumes")?, MOST_VOLUMES, read_volume)?,
        };
        m.finish()?;
        manifest.fits_together()?;
        if manifest.to_bytes() == bytes {
            Ok(manifest)
        } else {
            Err(MemberError("it is not in canonical form".into()).into())
        }
    }

    fn fits_together(&self) -> Result<(), MemberError> {
        let parts = self.parts.iter().try_fold(0u64, |sum, p| sum.checked_add(p.bytes));
        let volumes = self.volumes.iter().try_fold(0u64, |sum, v| sum.checked_add(v.bytes));
        let same = parts.is_some() && parts == volumes;
        let first = (self.sequence == 1) == self.previous.is_none() && (self.sequence == 1) == self.growth.is_none();
        let padded = self.parts.iter().position(|p| p.kind == PartKind::Padding) == self.parts.len().checked_sub(1);
        match () {
            () if !padded => Err(MemberError("its padding is not exactly one part, the last".into())),
            () if self.sequence == 0 || !first => {
                Err(MemberError("`sequence`, `previous` and `growth` do not fit each other".into()))
            }
            () if !same || self.volumes.is_empty() => {
                Err(MemberError("the lengths of its parts and of its volumes differ".into()))
            }
            () => Ok(()),
        }
    }
}

/// Reads what everything that a desk signs for another begins with: a format that is known, with no critical feature but these, and
/// the desk and the replica that it is from.
pub(super) fn begin(m: &mut Members<'_>, known: &str, features: &[&str]) -> Result<(Id, Id), ManifestError> {
    let format = m.text("comity")?;
    if format != known {
        return Err(ManifestError::Version(crate::value::text::shown(format).into_owned()));
    }
    let critical = m.need("critical")?.items().ok_or(MemberError("`critical` is not a list".into()))?;
    let is_unknown = |feature: &&Json| feature.text().is_none_or(|name| !features.contains(&name));
    if let Some(feature) = critical.iter().find(is_unknown) {
        return Err(ManifestError::Version(crate::value::text::shown(feature.text().unwrap_or("?")).into_owned()));
    }
    let mut from = Members::of(m.need("from")?)?;
    let sender = (from.read("desk", Id::parse)?, from.read("replica", Id::parse)?);
    from.finish()?;
    Ok(sender)
}

fn digest_of(json: &Json, what: &str) -> Result<Digest, MemberError> {
    json.text().and_then(Digest::parse).ok_or_else(|| MemberError(format!("`{what}` is not a digest")))
}

/// Reads a receipt.
pub(super) fn read_receipt(json: &Json) -> Result<Receipt, MemberError> {
    let mut m = Members::of(json)?;
    let receipt = Receipt { sequence: m.count("sequence")?, manifest: m.read("manifest", Digest::parse)? };
    m.finish()?;
    Ok(receipt)
}

fn read_old(json: &Json) -> Result<OldLog, MemberError> {
    let mut m = Members::of(json)?;
    let old =
        OldLog { replica: m.read("replica", Id::parse)?, size: m.count("size")?, root: m.read("root", Digest::parse)? };
    m.finish()?;
    Ok(old)
}

fn read_growth(json: &Json) -> Result<Growth, MemberError> {
    let mut m = Members::of(json)?;
    let growth = Growth { from: m.count("from")?, proof: m.list("proof", Digest::parse_base64)? };
    m.finish()?;
    if growth.proof.len() > crate::act::tree::LONGEST_PROOF {
        Err(MemberError("its proof has more than 63 digests".into()))
    } else {
        Ok(growth)
    }
}

fn read_cosigned(json: &Json) -> Result<Cosigned, MemberError> {
    let mut m = Members::of(json)?;
    let cosigned =
        Cosigned { size: m.count("size")?, root: m.read("root", Digest::parse)?, line: m.text("line")?.to_owned() };
    m.finish()?;
    Ok(cosigned)
}

fn read_list<T>(
    json: &Json,
    most: usize,
    read: impl Fn(&Json) -> Result<T, MemberError>,
) -> Result<Vec<T>, MemberError> {
    let items = json
        .items()
        .filter(|items| items.len() <= most)
        .ok_or_else(|| MemberError(format!("a list is missing, or has more than {most} entries")))?;
    items.iter().map(read).collect()
}

fn read_part(json: &Json) -> Result<Part, MemberError> {
    let mut m = Members::of(json)?;
    let kind = |k: &str| match k {
        "act" => Some(PartKind::Act),
        "padding" => Some(PartKind::Padding),
        _ => None,
    };
    let part = Part { kind: m.read("kind", kind)?, bytes: m.count("bytes")?, digest: m.read("sha256", Digest::parse)? };
    m.finish()?;
    if part.bytes > LONGEST_PART { Err(MemberError("a part is longer than 2 GiB".into())) } else { Ok(part) }
}

fn read_volume(json: &Json) -> Result<Volume, MemberError> {
    let mut m = Members::of(json)?;
    let volume = Volume { bytes: m.count("bytes")?, digest: m.read("sha256", Digest::parse)? };
    m.finish()?;
    Ok(volume)
}
