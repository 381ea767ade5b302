//! Layer 5: letters, in HTML and plain text.
//!
//! Pure: cleared values in, text out. Skeletons are in `assets/templates/`, and what they say in a folder for each language.

pub mod after_action;
pub mod bag;
pub mod exhibit;
pub mod form;
pub mod language;
pub mod letter;
