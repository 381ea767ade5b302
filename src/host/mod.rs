//! Layer 6: the world outside: clock, entropy, files, locks, folders, the sandbox. It knows nothing of cases.

pub mod clock;
pub mod entropy;
pub mod file;
pub mod folder;
pub mod lock;
pub mod sandbox;
pub mod secrecy;
