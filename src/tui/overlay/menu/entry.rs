//! An entry of a menu, and what choosing it does: a continuation, or a value for a field.

use std::rc::Rc;

use crate::tui::page::StyledText;
use crate::value::text::Shown;

/// What is done with an entry.
pub type Act<S> = Rc<dyn Fn(&mut S)>;

/// What choosing an entry does.
pub enum Pick<S> {
    /// Closes the menu and does this.
    Close(Act<S>),
    /// Does this over the menu, which stays.
    Stay(Act<S>),
    /// Puts a value into the field that asked.
    Value(String),
}

impl<S> Pick<S> {
    /// Closes the menu and does this.
    pub fn close(act: impl Fn(&mut S) + 'static) -> Self {
        Self::Close(Rc::new(act))
    }

    /// Does this over the menu, which stays.
    pub fn stay(act: impl Fn(&mut S) + 'static) -> Self {
        Self::Stay(Rc::new(act))
    }
}

/// An entry.
pub struct Entry<S> {
    /// Its name.
    pub name: Shown,
    /// What it is about.
    pub note: StyledText,
    /// Its keys.
    pub keys: String,
    /// What else it is found by.
    pub also: String,
    /// What choosing it does.
    pub pick: Pick<S>,
    /// Whether it is ticked, where several may be.
    pub ticked: bool,
}

impl<S> Entry<S> {
    /// An entry without keys.
    pub fn new(name: impl Into<Shown>, note: impl Into<StyledText>, pick: Pick<S>) -> Self {
        Self { name: name.into(), note: note.into(), keys: String::new(), also: String::new(), pick, ticked: false }
    }

    /// Its value, where it has one.
    pub fn value(&self) -> Option<String> {
        match &self.pick {
            Pick::Value(value) => Some(value.clone()),
            _ => None,
        }
    }
}
