//! Layer 5: figures that are published. What is hidden of a table so that nobody can compute it back, and the attack that says so.
//!
//! Pure: numbers in, numbers out. It knows no desk, no case and no person, and it never rounds by a float.

pub mod budget;
pub mod hide;
pub mod joint;
pub mod lake;
pub mod network;
pub mod page;
pub mod paper;
pub mod release;
pub mod rerun;
pub mod statement;
pub mod stream;
pub mod table;
pub mod timing;
