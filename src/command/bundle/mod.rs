//! The commands that make bundles and take them in.

pub mod export;
pub mod import;
pub mod outbox;
pub mod quarantine;
pub mod set_back;
