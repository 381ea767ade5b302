//! Layer 2: the act, and the log that acts stand in.
//!
//! An act is what one member did, at one time, for one audience: a signed header over the root of its changes. This
//! module reads and writes acts, their Merkle tree (RFC 6962) and its checkpoints (C2SP); what a change means is not known
//! here.

pub mod change;
pub mod checkpoint;
pub mod enclosed;
pub mod header;
pub mod hybrid;
pub mod note;
pub mod part;
pub mod tree;
