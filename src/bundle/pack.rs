//! Making a bundle. Its parts are written twice, first to be measured and then into the file, so that a large bundle is never
//! held in memory. Only acts that the gate has cleared for this partner go in.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::manifest::{Part, PartKind, Volume};
use crate::gate::cleared::{Cleared, Parcel};
use crate::value::digest::Digest;
use crate::value::id::Id;

/// A source of acts: it writes one in the form of `act::part`, without the changes that must stay.
pub trait Source {
    /// Writes the act of a parcel.
    fn write_act(&mut self, parcel: &Parcel, out: &mut dyn Write) -> io::Result<()>;
}

/// The parts of a bundle, measured.
pub struct Measured {
    /// The parts, padding last.
    pub parts: Vec<Part>,
    /// The volumes.
    pub volumes: Vec<Volume>,
    /// The parts themselves, where they are few enough to be held: they need not be read a second time.
    held: Option<Held>,
}

/// Bytes of the parts that are held between the two readings, at most.
const HELD: usize = 56 << 20;
/// Bytes of one block of them. Blocks never move, so no unwiped copy of them is left in memory.
const BLOCK: usize = 1 << 20;

type Held = Vec<Zeroizing<Vec<u8>>>;

/// The largest slice of a volume where no size is asked for: what FAT32 can hold, with room for what stands around it.
const LARGEST_SLICE: u64 = (2 << 30) - (2 << 20);

/// Measures the parts. `slice` bounds what one volume holds of them, in bytes.
pub fn measure(
    to: Id,
    parcels: &[Cleared<Parcel>],
    source: &mut dyn Source,
    slice: Option<u64>,
) -> io::Result<Measured> {
    let slice = slice.unwrap_or(LARGEST_SLICE).max(1);
    let mut gauge = Gauge {
        slice,
        part: Hashing::default(),
        volume: Hashing::default(),
        volumes: Vec::new(),
        held: Some(Vec::new()),
    };
    let mut parts = Vec::new();
    for parcel in parcels {
        if parcel.to() != Some(to) {
            return Err(io::Error::other("an act was cleared for another desk"));
        }
        source.write_act(parcel.value(), &mut gauge)?;
        parts.push(gauge.end_part(PartKind::Act));
    }
    let total: u64 = parts.iter().map(|p| p.bytes).sum();
    io::copy(&mut io::Read::take(io::repeat(0), padding(total)), &mut gauge)?;
    parts.push(gauge.end_part(PartKind::Padding));
    let held = gauge.held.take();
    Ok(Measured { parts, volumes: gauge.end(), held })
}

/// How many zeros follow `bytes`, so that the size of a bundle tells less: at most an eighth, in coarse steps.
fn padding(bytes: u64) -> u64 {
    let step = (bytes.max(4096).next_power_of_two() / 16).max(512);
    bytes.next_multiple_of(step) - bytes
}

/// Writes the plain form of one volume: the line of lengths, manifest and signatures, the volume's slice, the end line.
pub fn emit(
    manifest: &[u8],
    signatures: [&str; 2],
    measured: &Measured,
    volume: usize,
    parcels: &[Cleared<Parcel>],
    source: &mut dyn Source,
    out: &mut dyn Write,
) -> io::Result<()> {
    let [desk, member] = signatures;
    writeln!(out, "comity-bundle/1 {} {} {} {}", manifest.len(), desk.len(), member.len(), volume + 1)?;
    out.write_all(manifest)?;
    out.write_all(desk.as_bytes())?;
    out.write_all(member.as_bytes())?;
    let start: u64 = measured.volumes.iter().take(volume).map(|v| v.bytes).sum();
    let length = measured.volumes.get(volume).map_or(0, |v| v.bytes);
    let mut window = Window { out, skip: start, left: length };
    if let Some(held) = &measured.held {
        held.iter().try_for_each(|block| window.write_all(block))?;
    } else {
        for parcel in parcels {
            source.write_act(parcel.value(), &mut window)?;
        }
        let zeros = measured.parts.last().map_or(0, |p| p.bytes);
        io::copy(&mut io::Read::take(io::repeat(0), zeros), &mut window)?;
    }
    if window.left > 0 {
        return Err(io::Error::other("the workspace changed while the bundle was written"));
    }
    out.write_all(super::open::END)
}

/// How many bytes stand around the parts of a volume: the first line, the manifest, the two signatures, the end line, and the
/// age file around it, for a volume of at most `most` bytes.
pub fn around(manifest: usize, signatures: usize, most: u64) -> u64 {
    /// The longest first line, and the header of an age file with two stanzas; what a chunk of the stream grows by.
    const FIRST: u64 = 128;
    const AGE_HEADER: u64 = 1024;
    const CHUNK: u64 = 64 * 1024;
    const TAG: u64 = 16;
    let inside = FIRST + (manifest + signatures + super::open::END.len()) as u64;
    inside + AGE_HEADER + (most / CHUNK + 2) * TAG
}

#[derive(Default)]
struct Hashing {
    hash: Sha256,
    bytes: u64,
}

impl Hashing {
    fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    fn end(&mut self) -> (u64, Digest) {
        let done = std::mem::take(self);
        (done.bytes, Digest::from_bytes(done.hash.finalize().into()))
    }
}

/// Measures parts and volumes as bytes pass.
struct Gauge {
    slice: u64,
    part: Hashing,
    volume: Hashing,
    volumes: Vec<Volume>,
    held: Option<Held>,
}

impl Gauge {
    /// Holds bytes for the second writing, as long as they are few.
    fn hold(&mut self, bytes: &[u8]) {
        let Some(held) = &mut self.held else { return };
        let mut rest = bytes;
        while !rest.is_empty() {
            if held.last().is_none_or(|b| b.len() == BLOCK) {
                if held.len() * BLOCK >= HELD {
                    self.held = None;
                    return;
                }
                held.push(Zeroizing::new(Vec::with_capacity(BLOCK)));
            }
            let Some(block) = held.last_mut() else { return };
            let (now, later) = rest.split_at(rest.len().min(BLOCK - block.len()));
            block.extend_from_slice(now);
            rest = later;
        }
    }

    fn end_part(&mut self, kind: PartKind) -> Part {
        let (bytes, digest) = self.part.end();
        Part { kind, bytes, digest }
    }

    fn end_volume(&mut self) {
        let (bytes, digest) = self.volume.end();
        self.volumes.push(Volume { bytes, digest });
    }

    fn end(mut self) -> Vec<Volume> {
        if self.volume.bytes > 0 || self.volumes.is_empty() {
            self.end_volume();
        }
        self.volumes
    }
}

impl Write for Gauge {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = usize::try_from(self.slice - self.volume.bytes).unwrap_or(usize::MAX);
        let now = bytes.get(..bytes.len().min(room)).unwrap_or(bytes);
        self.part.add(now);
        self.volume.add(now);
        self.hold(now);
        if self.volume.bytes == self.slice {
            self.end_volume();
        }
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that passes on a window of the bytes written to it.
struct Window<'a> {
    out: &'a mut dyn Write,
    skip: u64,
    left: u64,
}

impl Write for Window<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let skipped = self.skip.min(bytes.len() as u64);
        self.skip -= skipped;
        let rest = bytes.get(usize::try_from(skipped).unwrap_or(usize::MAX)..).unwrap_or_default();
        let take = self.left.min(rest.len() as u64);
        self.out.write_all(rest.get(..usize::try_from(take).unwrap_or(usize::MAX)).unwrap_or(rest))?;
        self.left -= take;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::padding;

    #[test]
    fn padding_is_coarse_and_bounded() {
        for bytes in [0, 1, 5000, 100_000, 12_345_678, 1 << 31] {
            let padded = bytes + padding(bytes);
            assert!(padding(bytes) <= bytes / 8 + 512, "{bytes}");
            assert_eq!(padding(padded), 0, "{bytes}");
        }
    }
}
