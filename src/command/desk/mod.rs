//! The commands of a desk: what it is, and what waits.

pub mod accountability;
pub mod renewals;
pub mod task;
pub mod today;
pub mod workspace_info;
