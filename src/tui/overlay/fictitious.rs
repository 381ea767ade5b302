//! An overlay that only the tests have. It shows what a new overlay costs: this file, and a line in the list of modules.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Position, Rect};

use super::definition::{Context, Hints, Outcome, Overlay, Scroll};
use crate::tui::canvas::Canvas;

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

    fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, _: Scroll, _: &Context<'_>) -> Option<Position> {
        canvas.rule(Rect { height: 1, ..area }, &format!("A note, {} keys", self.keys));
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
