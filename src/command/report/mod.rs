//! Reports and published figures.

pub mod benchmarks;
pub mod budget;
pub mod events;
pub mod lake;
pub mod months;
pub mod paper;
pub mod statement;
pub mod suppress;
pub mod tables;
pub mod ties;
pub mod transparency;
