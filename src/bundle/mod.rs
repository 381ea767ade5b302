//! Layer 5: the bundle. A container of signed acts for one partner, as bytes: made, opened, verified.
//!
//! Pure: readers and writers are passed in, and nothing is believed before the last byte was checked. What goes in must
//! have been cleared by the gate. The format is in `docs/bundle.md`.

pub mod ask;
pub mod audit_pack;
pub mod manifest;
pub mod open;
pub mod pack;
pub mod watch;
