//! The parts of the screens that ratatui does not have, as widgets, a file each. They draw values and read no state.

pub mod detail;
pub mod fitted;
pub mod input_lines;
pub mod panel;
pub mod scroll;
pub mod section_table;
pub mod table;
