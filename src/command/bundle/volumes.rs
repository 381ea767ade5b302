//! Bundles in volumes, for media that hold no large file: how large a slice of the parts may be so that no volume is larger than asked.

use crate::bundle::manifest::{LONGEST, MOST_VOLUMES, Manifest, Volume};
use crate::bundle::pack;
use crate::command::definition::{Args, Shape};
use crate::value::text::thousands;
use crate::workspace::error::Error;

/// More than the two signatures of a bundle take, in bytes. What was written is measured afterwards.
const SIGNATURES: usize = 2 * 512;

/// The size of a volume.
pub const SIZE: Shape = Shape { what: "a size, such as 200k, 700M or 2G,", fits: |typed| read(typed).is_some() };

/// Reads a size: bytes, or with `k`, `M` or `G` thousands, millions or milliards of them. They are the smaller of what people mean by
/// these letters, so that what is made fits in any case.
fn read(typed: &str) -> Option<u64> {
    let lower = typed.trim().to_ascii_lowercase();
    let lower = lower.strip_suffix('b').unwrap_or(&lower);
    let (digits, unit) = match lower.char_indices().last() {
        Some((at, 'k')) => (lower.get(..at), 1_000),
        Some((at, 'm')) => (lower.get(..at), 1_000_000),
        Some((at, 'g')) => (lower.get(..at), 1_000_000_000),
        _ => (Some(lower), 1),
    };
    let number: u64 = digits.filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    number.checked_mul(unit).filter(|n| *n > 0)
}

/// The size that volumes have at most, in bytes; `None` where none was typed.
pub fn size(args: &Args) -> Result<Option<u64>, Error> {
    args.maybe_read("max-size", SIZE.what, read)
}

/// How many bytes of the parts a volume may hold, so that none is larger than `most`.
pub fn slice(manifest: &Manifest, most: u64) -> Result<u64, Error> {
    let total: u64 = manifest.parts.iter().map(|p| p.bytes).sum();
    let around = |count: usize| {
        let widest = |v: &Volume| Volume { bytes: total, digest: v.digest };
        let volumes = manifest.volumes.iter().cycle().take(count).map(widest).collect();
        let length = Manifest { volumes, ..manifest.clone() }.to_bytes().len();
        (length, pack::around(length, SIGNATURES, most))
    };
    let mut count = 1;
    while count <= MOST_VOLUMES {
        let (length, around) = around(count);
        let slice = most.saturating_sub(around);
        if length > LONGEST || slice == 0 {
            break;
        }
        let needed = usize::try_from(total.div_ceil(slice).max(1)).unwrap_or(usize::MAX);
        if needed <= count {
            return Ok(slice);
        }
        count = needed;
    }
    let (_, stands_around) = around(MOST_VOLUMES);
    let least = total.div_ceil(MOST_VOLUMES as u64) + stands_around;
    let what = format!(
        "--max-size: in volumes of {} bytes this bundle does not fit into {MOST_VOLUMES} of them",
        thousands(most)
    );
    Err(Error::usage(what)
        .hint(format!("volumes of {} bytes are enough; nothing was made", thousands(least + least / 100))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_the_smaller_of_what_they_may_mean() {
        for (typed, bytes) in [("200k", 200_000), ("700M", 700_000_000), ("2GB", 2_000_000_000), ("4096", 4096)] {
            assert_eq!(read(typed), Some(bytes), "{typed}");
        }
        for bad in ["", "k", "-1", "0", "1.5M", "99999999999999999999G", "20000000000G", "é"] {
            assert!(read(bad).is_none(), "{bad}");
        }
    }
}
