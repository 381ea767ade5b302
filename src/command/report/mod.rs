//! Reports and published figures.

pub mod suppress;
