//! The commands that make bundles and take them in.

pub mod again;
pub mod apply;
pub mod contents;
pub mod export;
pub mod history;
pub mod import;
pub mod make;
pub mod missing;
pub mod outbox;
pub mod place;
pub mod quarantine;
pub mod relay;
pub mod set_back;
pub mod source;
pub mod verify;
pub mod volumes;
pub mod watch;
