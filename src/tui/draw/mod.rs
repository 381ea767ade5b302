//! Drawing a frame of what the screens are. Rows and columns follow the same grammar on every screen: who and when; the
//! screens; the body; a sentence; the keys. It changes nothing.

mod body;
mod frame;
mod header;
mod isolate;
mod locked;
mod section;
mod status;
mod sweep;

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::widgets::{Block, Widget as _};

use super::appearance::Appearance;
use super::layout::Layout;
use super::state::State;
use super::theme::StyleRole;

/// Draws a frame.
pub fn draw(state: &State, layout: &Layout, frame: &mut Frame<'_>) {
    let area = frame.area();
    let styles = state.theme.on(!state.mode.is_locked() && state.is_exercise());
    let appearance = Appearance { styles, ascii: state.ascii };
    let buf = frame.buffer_mut();
    Block::new().style(appearance.style(StyleRole::Base)).render(area, buf);
    let cursor = if area.is_empty() { None } else { frame::draw(state, layout, appearance, area, buf) };
    if sweep::sweep(buf, state.ascii) {
        debug_assert!(false, "a hidden character has reached a cell");
    }
    isolate::isolate(buf);
    if let Some(cursor) = cursor.filter(|c: &Position| area.contains(*c)) {
        frame.set_cursor_position(cursor);
    }
}
