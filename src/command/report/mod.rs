//! Reports and published figures.

pub mod benchmarks;
pub mod budget;
pub mod events;
pub mod lake;
pub mod paper;
pub mod statement;
pub mod suppress;
pub mod transparency;
