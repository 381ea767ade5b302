//! Layer 1: secrets, encryption and signatures.
//!
//! Passphrases and keys, age encryption, SSHSIG signatures, the text of an identity. To *seal* is to encrypt with age.
//! Nothing here knows a file, a database or what the encrypted bytes mean. `age` draws its own randomness; everything else
//! is passed in.

pub mod age_file;
pub mod certificate_chain;
pub mod identity;
pub mod secret;
pub mod sign;
pub mod time_stamp;
