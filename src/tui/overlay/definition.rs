//! What an overlay is: something that lies over a screen for a while, takes the keys, and is closed. An overlay knows nothing
//! of the state `S` that shows it: what is to be done with it is a continuation.

use std::any::Any;
use std::collections::BTreeMap;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::tui::appearance::Appearance;
use crate::tui::keymap::Keymap;
use crate::value::timestamp::Timestamp;

/// What an overlay may need to know besides itself.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Now.
    pub now: Timestamp,
    /// The keys.
    pub keymap: &'a Keymap,
}

/// What is to be done with the state.
pub type Effect<S> = Box<dyn FnOnce(&mut S)>;

/// What an overlay made of what was typed.
pub enum Outcome<S> {
    /// Nothing that others need to know.
    Stay,
    /// It is closed.
    Close,
    /// It stays open, and this is done.
    Do(Effect<S>),
    /// It is closed, and then this is done.
    CloseAndDo(Effect<S>),
}

impl<S> Outcome<S> {
    /// It stays open, and this is done.
    pub fn act(effect: impl FnOnce(&mut S) + 'static) -> Self {
        Self::Do(Box::new(effect))
    }

    /// It is closed, and then this is done.
    pub fn close_and(effect: impl FnOnce(&mut S) + 'static) -> Self {
        Self::CloseAndDo(Box::new(effect))
    }
}

/// How an overlay is to be drawn.
#[derive(Clone, Copy)]
pub struct DrawContext<'a> {
    /// The part that is in sight.
    pub scroll: Scroll,
    /// What it is drawn with.
    pub appearance: Appearance,
    /// What it may need to know besides.
    pub context: Context<'a>,
}

/// The part of an overlay that is in sight.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scroll {
    /// The first entry, row or line.
    pub offset: usize,
    /// How many there is room for.
    pub room: usize,
    /// How many there are.
    pub total: usize,
}

/// What was typed into an overlay, by field.
pub type Draft = BTreeMap<String, String>;

/// Keys and what they do, for the last row.
pub type Hints = &'static [(&'static str, &'static str)];

/// Something that lies over a screen.
pub trait Overlay<S>: Any {
    /// Takes a key.
    fn key(&mut self, key: KeyEvent, context: &Context<'_>) -> Outcome<S>;

    /// What can be pressed at a place of the area that it is drawn in, by a name that nothing else in it has. What asks a question has
    /// nothing.
    fn pressable(&self, _at: Position, _area: Rect, _context: &Context<'_>) -> Option<String> {
        None
    }

    /// Takes a press of the mouse on what stands there; `twice`: the same was pressed a moment ago, and has been seen since.
    fn press(&mut self, _at: Position, _area: Rect, _twice: bool, _context: &Context<'_>) -> Outcome<S> {
        Outcome::Stay
    }

    /// Takes a paste; `None` where there is no field for it.
    fn paste(&mut self, _text: &str) -> Option<Outcome<S>> {
        None
    }

    /// The keys it takes.
    fn hints(&self) -> Hints;

    /// The part that is in sight in an area.
    fn scroll(&self, _area: Rect, _context: &Context<'_>) -> Scroll {
        Scroll::default()
    }

    /// Remembers the part that is in sight, so that the next one begins there.
    fn set_scroll(&mut self, _scroll: Scroll) {}

    /// Draws it. Returns where the cursor is.
    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position>;

    /// Its lines in the line-oriented interface.
    fn lines(&mut self, context: &Context<'_>) -> Vec<String>;

    /// What the line-oriented interface asks for.
    fn prompt(&self) -> String;

    /// Takes a line of the line-oriented interface.
    fn line(&mut self, line: &str, context: &Context<'_>) -> Outcome<S>;

    /// Whether it is a question that nothing typed before it may answer.
    fn is_question(&self) -> bool {
        false
    }

    /// Whether the line-oriented interface closes it once its lines are written.
    fn is_read_once(&self) -> bool {
        false
    }

    /// Whether its own lines say what the message says.
    fn has_own_message(&self) -> bool {
        false
    }

    /// What was typed into it and is to be kept, and under which name.
    fn draft(&self) -> Option<(String, Draft)> {
        None
    }
}
