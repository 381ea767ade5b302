//! An act as a part of a bundle: a line of lengths, the header, its signature, and one line for each change
//! (docs/bundle.md §6).
//!
//! ```text
//! comity-act/1 <index> <header bytes> <signature bytes> <changes> <inclusion proof: base64,base64,…>
//! <header><signature><change>\n<change>\n…
//! ```
//! Reading is a stream: changes are handed on one by one, and nothing may be believed before [`Reader::finish`].

use std::io::{self, BufRead, Read as _, Write};

use super::change::{ChangeError, Line};
use super::header::{self, Header, HeaderError};
use super::tree::{self, Frontier};
use crate::seal::sign::LONGEST_SIGNATURE;
use crate::value::digest::Digest;

/// The longest first line, in bytes: five numbers and 63 hashes.
const LONGEST_FIRST: usize = 4096;
/// The longest line of a change, in bytes.
const LONGEST_LINE: u64 = 2 * super::change::LONGEST as u64 + 1024;

/// What precedes the changes of an act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The act's place in its log.
    pub index: u64,
    /// The header, as it was signed.
    pub header: Vec<u8>,
    /// The armoured signature over it.
    pub signature: String,
    /// How many changes follow.
    pub changes: u64,
    /// The proof that the act stands at `index` in the log that the bundle's checkpoint names.
    pub proof: Vec<Digest>,
}

/// Why a part is not an act.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// Malformed, cut short, or over a limit.
    #[error("an act in the bundle is malformed: {0}")]
    Form(&'static str),
    /// Its header is malformed.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// One of its changes is malformed.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// Its changes are not those that were signed.
    #[error("an act's changes are not those that were signed")]
    Root,
    /// The medium failed, or the stream under it is damaged.
    #[error("{0}")]
    Medium(#[from] io::Error),
}

impl Head {
    /// Writes the first line, the header and the signature.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let proof: Vec<String> = self.proof.iter().map(Digest::base64).collect();
        let proof = if proof.is_empty() { "-".to_owned() } else { proof.join(",") };
        writeln!(
            out,
            "comity-act/1 {} {} {} {} {proof}",
            self.index,
            self.header.len(),
            self.signature.len(),
            self.changes
        )?;
        out.write_all(&self.header)?;
        out.write_all(self.signature.as_bytes())
    }

    fn parse(line: &str) -> Option<(u64, usize, usize, u64, Vec<Digest>)> {
        let mut words = line.split(' ');
        if words.next() != Some("comity-act/1") {
            return None;
        }
        let mut number =
            || words.next().filter(|w| *w == "0" || !w.starts_with(['0', '+'])).and_then(|w| w.parse::<u64>().ok());
        let (index, header, signature, changes) = (number()?, number()?, number()?, number()?);
        let proof = match words.next()? {
            "-" => Vec::new(),
            hashes => hashes.split(',').map(Digest::parse_base64).collect::<Option<_>>()?,
        };
        let (header, signature) = (usize::try_from(header).ok()?, usize::try_from(signature).ok()?);
        let bounded = header <= header::LONGEST && signature <= LONGEST_SIGNATURE && proof.len() <= tree::LONGEST_PROOF;
        (words.next().is_none() && bounded).then_some((index, header, signature, changes, proof))
    }
}

/// A reader of an act, change by change.
pub struct Reader<R> {
    input: R,
    /// What stands before the changes; its signature is not checked.
    pub head: Head,
    /// The header, read.
    pub header: Header,
    left: u64,
    root: Frontier,
    line: Vec<u8>,
    leaf: Digest,
}

impl<R: BufRead> Reader<R> {
    /// Reads what stands before the changes.
    pub fn begin(mut input: R) -> Result<Self, PartError> {
        let mut line = Vec::new();
        input.by_ref().take(LONGEST_FIRST as u64).read_until(b'\n', &mut line)?;
        let text = std::str::from_utf8(&line)
            .ok()
            .and_then(|l| l.strip_suffix('\n'))
            .ok_or(PartError::Form("its first line"))?;
        let (index, header_length, signature_length, changes, proof) =
            Head::parse(text).ok_or(PartError::Form("its first line"))?;
        let mut header = vec![0; header_length];
        input.read_exact(&mut header)?;
        let mut signature = vec![0; signature_length];
        input.read_exact(&mut signature)?;
        let signature = String::from_utf8(signature).map_err(|_| PartError::Form("its signature"))?;
        let head = Head { index, header, signature, changes, proof };
        let header = Header::parse(&head.header)?;
        if header.changes != changes || header.sequence != index {
            return Err(PartError::Form("its first line does not fit its header"));
        }
        Ok(Self { input, head, header, left: changes, root: Frontier::default(), line, leaf: tree::empty_root() })
    }

    /// The next change; `None` after the last.
    pub fn next_line(&mut self) -> Result<Option<Line>, PartError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.line.clear();
        self.input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line)?;
        let line =
            self.line.strip_suffix(b"\n").ok_or(PartError::Form("a change is cut short, or longer than 2 MiB"))?;
        let line = Line::parse(line)?;
        self.leaf = line.leaf();
        self.root.push(self.leaf);
        self.left -= 1;
        Ok(Some(line))
    }

    /// The leaf of the change that was read last.
    pub const fn leaf(&self) -> &Digest {
        &self.leaf
    }

    /// Ends the reading: all changes were read, nothing follows, and their root is the signed one.
    pub fn finish(mut self) -> Result<(Head, Header), PartError> {
        if self.left != 0 || !self.input.fill_buf()?.is_empty() {
            return Err(PartError::Form("its length"));
        }
        if self.root.root() != self.header.root { Err(PartError::Root) } else { Ok((self.head, self.header)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::change::Change;
    use crate::act::header::Audience;
    use crate::act::hybrid::HybridTime;
    use crate::object;
    use crate::value::class::Role;
    use crate::value::id::Id;
    use crate::value::person::Person;
    use crate::value::realm::Realm;
    use crate::value::timestamp::Timestamp;

    fn part() -> Vec<u8> {
        let changes: Vec<Line> = (0..3u8)
            .map(|n| {
                Line::Change(Change::with_content(
                    Id::from_bytes([n; 16]),
                    "item-add",
                    &object! {},
                    &object! { "value" => "x" },
                    [n; 32],
                ))
            })
            .collect();
        let mut root = Frontier::default();
        changes.iter().for_each(|c| root.push(c.leaf()));
        let header = Header {
            realm: Realm::Live,
            desk: Id::from_bytes([1; 16]),
            replica: Id::from_bytes([2; 16]),
            sequence: 0,
            previous: None,
            seen: Vec::new(),
            time: HybridTime { at: Timestamp::EPOCH, tick: 0 },
            member: Person::of(Digest::of(b"key")),
            role: Role::Investigator,
            basis: None,
            audience: Audience::OwnDesk,
            changes: 3,
            root: root.root(),
        };
        let head =
            Head { index: 0, header: header.to_bytes(), signature: "sig\n".into(), changes: 3, proof: Vec::new() };
        let mut out = Vec::new();
        head.write(&mut out).unwrap();
        for c in &changes {
            c.write(&mut out);
            out.push(b'\n');
        }
        out
    }

    fn read(bytes: &[u8]) -> Result<usize, PartError> {
        let mut reader = Reader::begin(bytes)?;
        let mut count = 0;
        while reader.next_line()?.is_some() {
            count += 1;
        }
        reader.finish()?;
        Ok(count)
    }

    #[test]
    fn an_act_is_read_as_it_was_written_and_in_no_other_way() {
        let good = part();
        assert_eq!(read(&good).unwrap(), 3);
        let header = good.iter().position(|b| *b == b'\n').unwrap() + 1;
        let signed = header..good.windows(4).position(|w| w == b"sig\n").unwrap() + 4;
        for at in 0..good.len() {
            assert!(read(&good[..at]).is_err(), "cut at {at}");
            let mut bad = good.clone();
            bad[at] ^= 1;
            // What lies between header and signature is for whoever checks the signature.
            assert!(signed.contains(&at) || read(&bad).is_err(), "flip at {at}");
        }
        assert!(read(&[good.as_slice(), b"x"].concat()).is_err());
    }
}
