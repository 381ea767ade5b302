//! Layer 10: the demo's story and what the tour says of its steps. It plays commands; it decides nothing.

pub mod story;
pub mod tour;
