//! Layer 5: letters, in HTML and plain text.
//!
//! Pure: cleared values in, text out. Templates are in `assets/templates/`, one folder a language.

pub mod letter;
