//! Where everything is, as a value of the state and an area; and what of it the state remembers: what is in sight.

use ratatui::layout::Rect;

use super::State;
use crate::tui::layout::{self, Content, Layout, TINY};
use crate::tui::overlay::definition::Context;
use crate::tui::screen::screen_of;

impl State {
    /// Where everything is in an area.
    pub fn layout(&self, area: Rect) -> Layout {
        if self.mode.is_locked() || area.width < TINY.0 || area.height < TINY.1 {
            return Layout { body: area, ..Layout::default() };
        }
        let mut layout = Layout::of_frame(area, self.as_of.is_some());
        let (body, view, screen) = (layout.body, self.view(), screen_of(self.screen()));
        layout.content = if let Some(top) = self.mode.top() {
            Content::Overlay(top.scroll(body, &Context { now: self.now(), keymap: &self.keymap }))
        } else if view.failed.is_some() || !view.here {
            Content::Plain
        } else if let Some(scroll) = layout::zoomed(view, body) {
            Content::Zoomed(scroll)
        } else {
            Content::Page(layout::page(view, body, area.height, screen.has_detail, !screen.views.is_empty()))
        };
        layout
    }

    /// Remembers what is in sight. Returns whether the selection had to go where it is seen: the layout is then another.
    pub fn take_layout(&mut self, layout: &Layout) -> bool {
        if layout.body.height > 0 {
            self.rows = layout.body.height.saturating_sub(2);
        }
        match &layout.content {
            Content::Plain => {}
            Content::Overlay(scroll) => {
                if let Some(top) = self.mode.top_mut() {
                    top.set_scroll(*scroll);
                }
            }
            Content::Zoomed(scroll) => self.view_mut().scroll = u16::try_from(scroll.offset).unwrap_or(u16::MAX),
            Content::Page(page) => {
                self.view_mut().scroll = u16::try_from(page.detail_offset).unwrap_or(u16::MAX);
                let in_sight = page.sections.iter().map(|s| (s.section, s.offset, s.room));
                if self.view_mut().set_in_sight(in_sight) {
                    self.fetch_detail();
                    return true;
                }
            }
        }
        false
    }

    /// Computes the layout and remembers what is in sight.
    pub fn lay_out(&mut self, area: Rect) -> Layout {
        let mut layout = self.layout(area);
        if self.take_layout(&layout) {
            layout = self.layout(area);
            self.take_layout(&layout);
        }
        self.seen = (layout.clone(), area);
        self.frames += 1;
        layout
    }
}
