//! Drawing a frame of what the screens are. Rows and columns follow the same grammar on every screen: who and when; the
//! screens; the body; a sentence; the keys. It changes nothing.

mod body;
mod frame;
mod header;
mod locked;
mod section;
mod status;

use ratatui::Frame;
use ratatui::layout::Position;

use super::canvas::Canvas;
use super::layout::Layout;
use super::state::State;

/// Draws a frame.
pub fn draw(state: &State, layout: &Layout, frame: &mut Frame<'_>) {
    let area = frame.area();
    let theme = state.theme.on(!state.mode.is_locked() && state.is_exercise());
    let mut canvas = Canvas { buf: frame.buffer_mut(), theme, ascii: state.ascii };
    canvas.clear(area);
    let cursor = if area.is_empty() { None } else { frame::draw(state, layout, &mut canvas, area) };
    if canvas.sweep() {
        debug_assert!(false, "a hidden character has reached a cell");
    }
    if let Some(cursor) = cursor.filter(|c: &Position| area.contains(*c)) {
        frame.set_cursor_position(cursor);
    }
}
