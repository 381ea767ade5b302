//! The commands of a desk: what it is, and what waits.

pub mod renewals;
pub mod today;
pub mod workspace_info;
