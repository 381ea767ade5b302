//! Layer 0: the words everything else is made of.
//!
//! Ids, digests, instants, markings, data classes, strict JSON and terminal-safe text. This module reads no clock,
//! draws no randomness, opens no file and knows no other module.

pub mod class;
pub mod digest;
pub mod id;
pub mod json;
pub mod marking;
pub mod person;
pub mod policy;
pub mod realm;
pub mod text;
pub mod timestamp;
