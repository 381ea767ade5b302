//! Layer 5: foreign formats, one file each.
//!
//! Pure: a reader in, items out, one by one; handling policies are read and written whole. What a file says of itself, its
//! markings too, is kept as a claim; whether something may leave is decided by the gate.

pub mod csv;
pub mod found;
pub mod iep;
pub mod misp;
pub mod stix;

use found::Format;

/// Every format. A new one is a file and a line here.
pub const FORMATS: &[&Format] = &[&stix::FORMAT, &misp::FORMAT, &csv::FORMAT];

/// The format of that name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().copied().find(|f| f.name == name)
}
