//! Layer 1: secrets, and what seals them.
//!
//! Passphrases and keys, age encryption, SSHSIG signatures, the text of an identity. Nothing here knows a file, a
//! database or what the sealed bytes mean. `age` draws its own randomness; everything else is passed in.

pub mod identity;
pub mod secret;
pub mod sign;
pub mod vault;
