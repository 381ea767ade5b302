//! What the mouse has pressed, so that the same again is known. It does nothing.

use super::key::Chord;
use super::page::Selectable;

/// What was pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pressed {
    /// A row of a page, by what it stands for.
    Row(Selectable),
    /// A key of the last row.
    Key(Chord),
    /// What stands in an overlay.
    Overlay {
        /// Its name there.
        what: String,
        /// How many overlays are open.
        open: usize,
    },
}
