//! Layer 10: the demo's story, the lessons of the tour about its steps and its self-tests, and sandboxes to practise in. It runs
//! commands; it decides nothing.

pub mod practise;
pub mod selftest;
pub mod story;
pub mod tour;
