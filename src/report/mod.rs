//! Layer 5: what is written for people to hold: letters, and later reports.
//!
//! Pure: cleared values in, text out. Templates are in `assets/templates/`, one folder a language.

pub mod letter;
