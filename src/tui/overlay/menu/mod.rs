//! A list to choose from, narrowed by typing: help, palette, what may be done, what may be put into a field.

pub mod draw;
pub mod entry;
pub mod handling;
pub mod list;
