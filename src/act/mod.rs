//! Layer 2: the act, and the log that acts stand in.
//!
//! An act is what one member did, at one time, for one audience: a signed header over the root of its changes. This
//! room reads and writes acts, keeps their Merkle tree (RFC 6962) and its checkpoints (C2SP), and knows nothing of
//! what a change means.

pub mod change;
pub mod checkpoint;
pub mod header;
pub mod hybrid;
pub mod note;
pub mod part;
pub mod tree;
