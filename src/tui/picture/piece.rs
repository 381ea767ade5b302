//! A piece of a drawn line: its text, and what it means.

use crate::tui::theme::StyleRole;

/// A piece of a drawn line, and what it means.
pub type Stretch = (String, StyleRole);

/// The text of a drawn line.
#[cfg(test)]
pub(super) fn text(line: &[Stretch]) -> String {
    line.iter().map(|(text, _)| text.as_str()).collect()
}
