//! The body of a frame: an overlay, the page of a screen, or the detail of what is selected.

use ratatui::layout::{Position, Rect};

use super::section;
use crate::tui::canvas::{Canvas, inset, row_at};
use crate::tui::layout::{Content, Layout, PageLayout, head_lines};
use crate::tui::overlay::definition::{Context, Scroll};
use crate::tui::overlay::reader::Reader;
use crate::tui::page::{Line, StyledText};
use crate::tui::screen::screen_of;
use crate::tui::state::State;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;

/// Draws the body. Returns where the cursor is.
pub(super) fn draw(state: &State, layout: &Layout, canvas: &mut Canvas<'_>) -> Option<Position> {
    let body = layout.body;
    match &layout.content {
        Content::Overlay(scroll) => {
            let context = Context { now: state.now(), keymap: &state.keymap };
            state.mode.top()?.draw(canvas, body, *scroll, &context)
        }
        Content::Page(parts) => page(state, parts, canvas),
        Content::Zoomed(scroll) => {
            zoomed(state, *scroll, canvas, body);
            None
        }
        Content::Plain => {
            if let Some(failure) = &state.view().failed {
                canvas.detail(body, &Reader::of_failure("This cannot be shown", failure).text, 0);
            } else {
                canvas.shown(body.x + 2, body.y + 1, body.width, &Shown::of("Reading …"), StyleRole::Note);
            }
            None
        }
    }
}

fn zoomed(state: &State, scroll: Scroll, canvas: &mut Canvas<'_>, body: Rect) {
    if let Some(detail) = state.view().detail_of_selected() {
        canvas.detail(body, detail, scroll.offset);
        let below = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
        canvas.scrollbar(below, scroll.offset, scroll.room, scroll.total);
    }
}

/// Draws a page. Returns where the selected row begins.
fn page(state: &State, parts: &PageLayout, canvas: &mut Canvas<'_>) -> Option<Position> {
    let view = state.view();
    if parts.views.height > 0 {
        canvas.line(inset(parts.views), &views_line(state));
    }
    let lines = head_lines(view, parts.head.width);
    for (line, y) in lines.iter().zip(parts.head.top()..parts.head.bottom()) {
        canvas.line(inset(row_at(parts.head, y)), line);
    }
    let mut cursor = None;
    for part in &parts.sections {
        let found = section::draw(view, *part, canvas);
        cursor = cursor.or(found);
    }
    if parts.bar.width > 0 {
        canvas.bar(parts.bar.x, parts.bar.top(), parts.bar.bottom());
    }
    if let Some(detail) = view.detail_of_selected() {
        canvas.detail(parts.detail, detail, parts.detail_offset);
    }
    cursor
}

/// The views of the screen, the one that is looked at in brackets.
fn views_line(state: &State) -> Line {
    let view = |(n, name): (usize, &&str)| {
        if n == state.view().params.view {
            StyledText::new(format!("[{name}] "), StyleRole::Title)
        } else {
            StyledText::new(format!(" {name}  "), StyleRole::Note)
        }
    };
    let views = screen_of(state.screen()).views.iter().enumerate().map(view);
    std::iter::once(StyledText::new("view: ", StyleRole::Note)).chain(views).collect()
}
