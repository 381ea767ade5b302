//! What lies over a screen for a while, a file each. A new one is a file and a line here.

pub mod confirm;
pub mod definition;
#[cfg(test)]
pub mod fictitious;
pub mod form;
pub mod menu;
pub mod naming;
pub mod reader;
pub mod why;
