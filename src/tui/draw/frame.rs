//! The parts of a frame, one after the other.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::Widget as _;

use super::{body, header, locked, status};
use crate::tui::appearance::Appearance;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::{Layout, TINY};
use crate::tui::page::Line;
use crate::tui::state::State;
use crate::tui::theme::StyleRole;
use crate::tui::widget::fitted::Fitted;
use crate::value::realm::Realm;

/// Draws a frame. Returns where the cursor is.
pub(super) fn draw(
    state: &State,
    layout: &Layout,
    appearance: Appearance,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    if let Some(unlock) = state.mode.unlock() {
        return locked::draw(state, unlock, appearance, area, buf);
    }
    if area.width < TINY.0 || area.height < TINY.1 {
        tiny(state, appearance, area, buf);
        return None;
    }
    header::realm_and_member(state, appearance, layout.header, buf);
    header::tabs(state, appearance, layout.tabs, buf);
    header::as_of(state, appearance, layout.as_of, buf);
    let in_body = body::draw(state, layout, appearance, buf);
    let in_status = status::sentence(state, appearance, layout.status, buf);
    status::hints(state, appearance, layout.hints, buf);
    in_status.or(in_body)
}

/// The realm and what is first: all that a tiny window holds.
fn tiny(state: &State, appearance: Appearance, area: Rect, buf: &mut Buffer) {
    let (word, role) = match state.who.as_ref().map(|w| &w.realm) {
        Some(Realm::Exercise(_)) => (tr("EXERCISE"), StyleRole::Exercise),
        _ => (tr("LIVE"), StyleRole::Live),
    };
    let text = state.as_of.map_or_else(|| word.to_owned(), |as_of| phrase!("{word}  AS OF {as_of}", word, as_of));
    // What is first stands in the first row of the page, where no lines are on top of it.
    let page = &state.view().page;
    let rows = page.bands.iter().flatten().flat_map(|section| &section.rows);
    let rows = rows.map(|row| row.cells.iter().rev().flat_map(|cell| [cell.clone().into(), " ".into()]).collect());
    let head = page.head.iter().cloned().chain(rows).take(usize::from(area.height.saturating_sub(2)));
    let head = head.map(|line: Line| appearance.line(&line));
    let first = TextLine::from(appearance.span(text, role));
    Fitted::new(std::iter::once(first).chain(head).collect::<Vec<_>>()).render(area, buf);
    let foot = area.rows().next_back().unwrap_or(area);
    Fitted::new(appearance.span(tr("larger window: more"), StyleRole::Note)).render(foot, buf);
}
