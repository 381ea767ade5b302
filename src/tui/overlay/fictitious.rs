//! An overlay that only the tests have. It shows what a new overlay costs: this file, and a line in the list of modules.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget as _;

use super::definition::{Context, DrawContext, Hints, Outcome, Overlay};

/// A note that counts the keys it took.
#[derive(Default)]
pub struct Note {
    keys: usize,
}

impl<S> Overlay<S> for Note {
    fn key(&mut self, key: KeyEvent, _: &Context<'_>) -> Outcome<S> {
        self.keys += 1;
        if key.code == KeyCode::Esc { Outcome::Close } else { Outcome::Stay }
    }

    fn hints(&self) -> Hints {
        &[("Esc", "put the note away")]
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
        drawing.appearance.rule(format!("A note, {} keys", self.keys), area.width).render(area, buf);
        None
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        vec![format!("A note, {} keys", self.keys)]
    }

    fn prompt(&self) -> String {
        "Note: ".to_owned()
    }

    fn line(&mut self, _: &str, _: &Context<'_>) -> Outcome<S> {
        Outcome::Close
    }
}
