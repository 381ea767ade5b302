//! Layer 5: foreign formats, one file each.
//!
//! Pure: a reader in, items out, one by one; handling policies are read and written whole. What a file says of itself, its
//! markings too, is a claim; what everything that comes in is stored as is said in one place ([`intake`]); whether something may leave is
//! decided by the gate.

pub mod canonical;
pub mod claim;
pub mod export;
pub mod fault;
pub mod format;
pub mod iep;
pub mod intake;
pub mod leaving;
pub mod marked;
pub mod pattern;
pub mod person;
pub mod report;
pub mod sidecar;
pub mod source;
pub mod stream;
pub mod tags;

use format::Format;

/// Declares the formats and gathers their rows: a module a line, each with its `FORMAT`.
macro_rules! formats {
    ($($format:ident,)+) => {
        $(pub mod $format;)+

        /// Every format from which items are imported, in the order in which they are named to people.
        pub const FORMATS: &[&Format] = &[$(&$format::FORMAT),+];
    };
}

// A new format is a file and a line here.
formats! {
    stix,
    misp,
    csv,
    case,
}

/// The format of that name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}
