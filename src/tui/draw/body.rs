//! The body of a frame: an overlay, the page of a screen, or the detail of what is selected.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::widgets::Widget as _;

use super::section;
use crate::tui::appearance::Appearance;
use crate::tui::language::tr;
use crate::tui::layout::{Content, Layout, PageLayout, head_lines, inset};
use crate::tui::overlay::definition::{Context, DrawContext, Scroll};
use crate::tui::overlay::reader::Reader;
use crate::tui::page::{Line, StyledText};
use crate::tui::state::State;
use crate::tui::tabs;
use crate::tui::theme::StyleRole;
use crate::tui::widget::detail::DetailText;
use crate::tui::widget::fitted::Fitted;
use crate::tui::widget::scroll::ScrollBar;

/// Draws the body. Returns where the cursor is.
pub(super) fn draw(state: &State, layout: &Layout, appearance: Appearance, buf: &mut Buffer) -> Option<Position> {
    let body = layout.body;
    match &layout.content {
        Content::Overlay(scroll) => {
            let context = Context { now: state.now(), keymap: &state.keymap };
            state.mode.top()?.draw(body, buf, &DrawContext { scroll: *scroll, appearance, context })
        }
        Content::Page(parts) => page(state, parts, appearance, buf),
        Content::Zoomed(scroll) => {
            zoomed(state, *scroll, appearance, body, buf);
            None
        }
        Content::Plain => {
            if let Some(failure) = &state.view().failed {
                let detail = &Reader::of_failure(tr("This cannot be shown"), failure).text;
                DetailText { detail, offset: 0, appearance }.render(body, buf);
            } else {
                let within = body.inner(Margin::new(2, 1));
                Fitted::new(appearance.span(tr("Reading …"), StyleRole::Note)).render(within, buf);
            }
            None
        }
    }
}

fn zoomed(state: &State, scroll: Scroll, appearance: Appearance, body: Rect, buf: &mut Buffer) {
    if let Some(detail) = state.view().detail_of_selected() {
        DetailText { detail, offset: scroll.offset, appearance }.render(body, buf);
        ScrollBar { scroll, appearance }.render(body.inner(Margin::new(0, 1)), buf);
    }
}

/// Draws a page. Returns where the selected row begins.
fn page(state: &State, parts: &PageLayout, appearance: Appearance, buf: &mut Buffer) -> Option<Position> {
    let view = state.view();
    Fitted::new(appearance.line(&views_line(state))).render(inset(parts.views), buf);
    let head = head_lines(view, parts.head.width);
    let head: Vec<_> = head.iter().map(|line| appearance.line(line)).collect();
    Fitted::new(head).render(inset(parts.head), buf);
    let mut cursor = None;
    for part in &parts.sections {
        let found = section::draw(view, *part, appearance, buf);
        cursor = cursor.or(found);
    }
    if let Some(detail) = view.detail_of_selected() {
        DetailText { detail, offset: parts.detail_offset, appearance }.render(parts.detail, buf);
    }
    cursor
}

/// The views of the screen, the one that is looked at in brackets.
fn views_line(state: &State) -> Line {
    let open = state.view().params.view;
    let role = |n: usize| if n == open { StyleRole::Accent } else { StyleRole::Note };
    let named = tabs::views(state.screen(), open).into_iter().enumerate();
    named.map(|(n, name)| StyledText::new(name, role(n))).collect()
}
