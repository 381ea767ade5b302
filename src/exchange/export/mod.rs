//! Writing foreign formats, one file each. What is written is what the gate has cleared and what was shown; what a format has no place
//! for is counted and named. Nothing here reads the workspace.

pub mod case;
pub mod csv;
pub mod misp;
pub mod stix;
