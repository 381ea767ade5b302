//! Checkpoints of a log (C2SP `tlog-checkpoint`): origin, size and root, as the text of a signed note.

use super::note::{Note, NoteError};
use crate::value::digest::Digest;
use crate::value::id::Id;
use crate::value::realm::Realm;

/// The size and root of a log at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    /// Which log: see [`origin`].
    pub origin: String,
    /// How many acts it has.
    pub size: u64,
    /// Its root at that size.
    pub root: Digest,
}

/// The origin of the log of one workstation of a desk in a realm; also the name of its signing key.
pub fn origin(desk: Id, replica: Id, realm: &Realm) -> String {
    format!("comity/{desk}/{replica}/{}", realm.to_string().replace(':', "/"))
}

/// The name under which a desk cosigns the logs of others.
pub fn witness_name(desk: Id) -> String {
    format!("comity/{desk}/witness")
}

impl Checkpoint {
    /// The text to sign: three lines, each with its line feed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root.base64())
    }

    /// Reads the text of a note as a checkpoint, strictly: no extension lines, one way to write each number.
    pub fn parse(note: &Note) -> Result<Self, NoteError> {
        let mut lines = note.text.split('\n');
        let mut next = || lines.next().ok_or(NoteError::Form);
        let (origin, size, root) = (next()?, next()?, next()?);
        let found = Self {
            origin: origin.to_owned(),
            size: size.parse().map_err(|_| NoteError::Form)?,
            root: Digest::parse_base64(root).ok_or(NoteError::Form)?,
        };
        let empty_is_empty = found.size != 0 || found.root == super::tree::empty_root();
        if found.text() == note.text && !origin.is_empty() && empty_is_empty { Ok(found) } else { Err(NoteError::Form) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_has_one_form() {
        let good = Checkpoint { origin: "comity/x".into(), size: 7, root: Digest::of(b"root") };
        let note = |text: String| Note { text, signatures: Vec::new() };
        assert_eq!(Checkpoint::parse(&note(good.text())), Ok(good.clone()));
        for bad in [
            good.text().replace("\n7\n", "\n07\n"),
            good.text().replace("\n7\n", "\n+7\n"),
            good.text().replace("\n7\n", "\n-7\n"),
            good.text().replace("\n7\n", "\n0\n"),
            format!("{}extension\n", good.text()),
            good.text().replace("comity/x", ""),
            good.text().replace('=', ""),
        ] {
            assert!(Checkpoint::parse(&note(bad.clone())).is_err(), "{bad}");
        }
    }
}
