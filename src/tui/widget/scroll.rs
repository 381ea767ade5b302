//! A bar at the right edge that shows which part of a text is in sight. It moves nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{ScrollbarState, StatefulWidget as _, Widget};

use crate::tui::appearance::Appearance;
use crate::tui::overlay::definition::Scroll;

/// The bar; nothing where all of the text is in sight.
pub struct ScrollBar {
    /// What is in sight.
    pub scroll: Scroll,
    /// What it is drawn with.
    pub appearance: Appearance,
}

impl Widget for ScrollBar {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let Scroll { offset, room, total } = self.scroll;
        if total > room && room > 0 {
            let mut state = ScrollbarState::new(total - room + 1).position(offset).viewport_content_length(room);
            self.appearance.scrollbar().render(area.intersection(buf.area), buf, &mut state);
        }
    }
}
