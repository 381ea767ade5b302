//! Writing foreign formats, one file each. What is written is what the gate has cleared and what was shown; what a format has no place
//! for is counted and named. Nothing here reads the workspace.

pub mod case;
pub mod csv;
pub mod misp;
pub mod stix;

/// JSON as a file holds it, to be read by people too.
fn written(file: &serde_json::Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(file).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
