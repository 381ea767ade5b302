//! What lies over a place for a while: menus, forms, questions, texts.

pub mod confirm;
pub mod form;
pub mod menu;
pub mod naming;
pub mod reader;

/// What lies over the place.
pub enum Overlay {
    /// A list to choose from.
    Menu(Box<menu::Menu>),
    /// What a command asks for.
    Form(Box<form::FormView>),
    /// A question that is answered with a word.
    Confirm(Box<confirm::Confirm>),
    /// A name that is asked for.
    Naming(Box<naming::Naming>),
    /// A text to read.
    Reader(reader::Reader),
}
