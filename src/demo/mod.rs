//! Layer 10: the demo's story, and the lessons of the tour about its steps. It runs commands; it decides nothing.

pub mod story;
pub mod tour;
