//! Layer 4: the gate. One pure function says what may be done, what may leave, and why not.
//!
//! Facts go in, a verdict comes out; it names every rule that was judged. Screens, commands, export, import and
//! `audit verify` all ask here. The gate reads no clock, writes nothing, and lets nothing through that it does not know.

pub mod act;
pub mod check;
pub mod cleared;
pub mod decide;
pub mod fact;
pub mod from_records;
pub mod leave;
pub mod purge;
pub mod question;
pub mod simulate;
pub mod tri;
pub mod verdict;
