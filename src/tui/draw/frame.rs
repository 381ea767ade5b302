//! The parts of a frame, one after the other.

use ratatui::layout::{Position, Rect};

use super::{body, header, locked, status};
use crate::tui::canvas::{Canvas, row_at};
use crate::tui::layout::{Layout, TINY};
use crate::tui::state::State;
use crate::tui::theme::StyleRole;
use crate::value::realm::Realm;
use crate::value::text::Shown;

/// Draws a frame. Returns where the cursor is.
pub(super) fn draw(state: &State, layout: &Layout, canvas: &mut Canvas<'_>, area: Rect) -> Option<Position> {
    if let Some(unlock) = state.mode.unlock() {
        return locked::draw(state, unlock, canvas, area);
    }
    if area.width < TINY.0 || area.height < TINY.1 {
        tiny(state, canvas, area);
        return None;
    }
    header::realm_and_member(state, canvas, layout.header);
    header::tabs(state, canvas, layout.tabs);
    header::as_of(state, canvas, layout.as_of);
    let in_body = body::draw(state, layout, canvas);
    let in_status = status::sentence(state, canvas, layout.status);
    status::hints(state, canvas, layout.hints);
    in_status.or(in_body)
}

/// The realm and what is first: all that a tiny window holds.
fn tiny(state: &State, canvas: &mut Canvas<'_>, area: Rect) {
    let (word, role) = match state.who.as_ref().map(|w| &w.realm) {
        Some(Realm::Exercise(_)) => ("EXERCISE", StyleRole::Exercise),
        _ => ("LIVE", StyleRole::Live),
    };
    let text = state.as_of.map_or_else(|| word.to_owned(), |as_of| format!("{word}  AS OF {as_of}"));
    canvas.shown(area.x, area.y, area.width, &Shown::of(&text), role);
    for (n, line) in state.view().page.head.iter().take(usize::from(area.height.saturating_sub(2))).enumerate() {
        canvas.line(row_at(area, area.y + 1 + n as u16), line);
    }
    canvas.shown(area.x, area.bottom() - 1, area.width, &Shown::of("larger window: more"), StyleRole::Note);
}
