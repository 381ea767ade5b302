//! What the mouse has pressed, so that the same again is known. It does nothing.

use super::page::RecordRef;

/// What was pressed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pressed {
    /// A row of a page, by its record.
    Row(RecordRef),
    /// A row of an overlay, by its row of the screen, with as many overlays open.
    Overlay {
        /// The row of the screen.
        row: u16,
        /// How many overlays are open.
        open: usize,
    },
}
