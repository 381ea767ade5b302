//! What the mouse does: it selects what it points at, opens what it presses twice, scrolls, and presses the tabs and the keys of
//! the footer; in menus and forms, too. It answers no question but by leaving it: those are answered by the keyboard.

use std::time::Instant;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::State;
use crate::tui::action::Intent;
use crate::tui::hints::{self, Press};
use crate::tui::language::tr;
use crate::tui::layout::{Content, SectionLayout};
use crate::tui::mode::Mode;
use crate::tui::overlay::definition::Context;
use crate::tui::page::StyledText;
use crate::tui::pressed::Pressed;
use crate::tui::tabs;
use crate::tui::theme::StyleRole;

/// Rows that one turn of the wheel scrolls.
const WHEEL: i32 = 3;
impl State {
    /// Takes what the mouse does. Returns whether what was typed ahead must be dropped: a question has opened.
    pub(super) fn handle_mouse(&mut self, mouse: MouseEvent) -> bool {
        if self.mode.is_locked() || !self.mouse || self.lock_where_idle() {
            return false;
        }
        let before = self.questions();
        let at = Position::new(mouse.column, mouse.row);
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => self.press_at(at),
            MouseEventKind::ScrollDown => self.wheel(at, WHEEL),
            MouseEventKind::ScrollUp => self.wheel(at, -WHEEL),
            _ => return false,
        }
        self.dirty = true;
        self.idle.touch(self.now());
        self.note_what_was_made();
        self.fetch_missing_rows();
        self.questions() > before
    }

    fn wheel(&mut self, at: Position, by: i32) {
        if self.mode.wait().is_some() {
            return;
        }
        let key = if by > 0 { Intent::Move(1) } else { Intent::Move(-1) };
        if self.mode.top().is_some() {
            // An overlay scrolls by its own keys.
            let code = if by > 0 { KeyCode::Down } else { KeyCode::Up };
            (0..by.abs()).for_each(|_| self.overlay_key(KeyEvent::new(code, KeyModifiers::NONE)));
            return;
        }
        if let Content::Page(page) = &self.seen.0.content
            && page.detail.contains(at)
        {
            return self.scroll_detail(by);
        }
        (0..by.abs()).for_each(|_| self.do_intent(key));
    }

    fn press_at(&mut self, at: Position) {
        let (layout, area) = self.seen.clone();
        if layout.hints.contains(at) {
            if let Some(press) = hints::at(&self.mode, &self.keymap, (self.screen(), self.view()), layout.hints, at.x) {
                self.press_key(press);
            }
            return;
        }
        if matches!(self.mode, Mode::Overlays(..)) {
            return self.press_overlay(at, layout.body);
        }
        if !matches!(self.mode, Mode::Normal) {
            return;
        }
        if layout.tabs.contains(at) {
            if let Some(screen) = tabs::at(self.screen(), layout.tabs, at.x) {
                self.go(screen);
            }
            return;
        }
        let Content::Page(page) = &layout.content else { return };
        if page.views.contains(at) {
            if let Some(view) = tabs::view_at(self.screen(), page.views, at.x) {
                self.turn(view as i32 - self.view().params.view as i32);
            }
            return;
        }
        if !area.contains(at) {
            return;
        }
        for part in page.sections.iter().filter(|part| part.area.contains(at)) {
            self.press_row(*part, at);
        }
    }

    /// Presses a key of the last row. What takes, does or leaves something is pressed twice, as everywhere; a question is only left.
    fn press_key(&mut self, press: Press) {
        let asks = self.mode.top().is_some_and(|top| top.is_question());
        match press {
            Press::Action(action) if matches!(self.mode, Mode::Normal) => self.act(action),
            Press::Action(_) => {}
            Press::Key(key) if asks && key.code != KeyCode::Esc => {}
            Press::Key(key) if key.code == KeyCode::Enter && !self.is_second(Pressed::Key(key)) => {}
            Press::Key(key) => self.handle_key(key.pressed()),
        }
    }

    fn press_overlay(&mut self, at: Position, area: Rect) {
        let context = Context { now: self.opening.clock.now(), keymap: &self.keymap };
        let Some(what) = self.mode.top().and_then(|top| top.pressable(at, area, &context)) else {
            self.pressed_at = None;
            return;
        };
        let twice = self.is_second(Pressed::Overlay { what, open: self.mode.overlays().len() });
        let context = Context { now: self.opening.clock.now(), keymap: &self.keymap };
        let Some(top) = self.mode.top_mut() else { return };
        let outcome = top.press(at, area, twice, &context);
        self.follow_up(outcome);
    }

    /// Whether that was pressed a moment ago, and has been seen since. A third press is a first one again.
    fn is_second(&mut self, pressed: Pressed) -> bool {
        let before = self.pressed_at.take();
        let is_second = before.is_some_and(|(then, frame, what)| {
            what == pressed && then.elapsed() < self.twice_within && frame < self.frames
        });
        self.pressed_at = (!is_second).then(|| (Instant::now(), self.frames, pressed));
        is_second
    }

    fn press_row(&mut self, part: SectionLayout, at: Position) {
        let edge = u16::from(part.framed);
        let first = (part.area.bottom() - edge).saturating_sub(part.room as u16);
        let Some(row) = at.y.checked_sub(first).map(usize::from).filter(|row| *row < part.room) else { return };
        let before = self.view().selected_subject().cloned();
        self.step(|view| view.point_at(part.section, part.offset + row));
        let Some(now) = self.view().selected_subject().cloned() else { return };
        if self.is_second(Pressed::Row(now.clone())) && before.as_ref() == Some(&now) {
            self.do_intent(Intent::Open);
        }
    }

    /// Takes the mouse, or leaves it to the terminal.
    pub(super) fn toggle_mouse(&mut self) {
        self.mouse = !self.mouse;
        let text = if self.mouse {
            tr("The mouse selects and opens; with Shift it selects text.")
        } else {
            tr("The mouse is left to the terminal.")
        };
        self.show_message(StyledText::new(text, StyleRole::Note));
    }
}
