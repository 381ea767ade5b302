//! Layer 8: an open workspace. Founding and opening it, its keys, the members' trust state, and how an act is committed.
//! It knows no command and no front end.

pub mod backup;
pub mod consulted;
pub mod draft;
pub mod error;
pub mod evidence;
pub mod journal;
pub mod keyring;
pub mod open;
pub mod own_file;
pub mod pipeline;
pub mod progress;
pub mod restored;
pub mod trust_state;
mod trusted;
pub mod window;
