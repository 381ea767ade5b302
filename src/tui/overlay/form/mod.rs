//! What a command asks for, as a form: one row for each field, the rule that asks for it beside it, and a last row that runs it.

pub mod draw;
pub mod handling;
pub mod keys;
pub mod row;
pub mod view;
