//! Layer 5: foreign formats, one file each.
//!
//! Pure: a reader in, items out, one by one; policies of handling come and go beside them, each as a whole. What a file says of itself, its markings too, is a claim that is kept;
//! whether something may leave is the gate's to say.

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
