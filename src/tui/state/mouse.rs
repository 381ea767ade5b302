//! What the mouse does: it selects what it points at, opens what it presses twice, scrolls, and presses the tabs and the keys of
//! the footer. It answers no question: those are answered by the keyboard.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use super::State;
use crate::tui::action::Intent;
use crate::tui::hints;
use crate::tui::language::tr;
use crate::tui::layout::{Content, SectionLayout};
use crate::tui::mode::Mode;
use crate::tui::page::StyledText;
use crate::tui::tabs;
use crate::tui::theme::StyleRole;
use crate::value::timestamp::Duration;

/// Rows that one turn of the wheel scrolls.
const WHEEL: i32 = 3;
/// Within how long a second press opens.
const TWICE: Duration = Duration::millis(500);

impl State {
    /// Takes what the mouse does. It never drops what was typed.
    pub(super) fn handle_mouse(&mut self, mouse: MouseEvent) -> bool {
        if self.mode.is_locked() || !self.mouse {
            return false;
        }
        let at = Position::new(mouse.column, mouse.row);
        match mouse.kind {
            MouseEventKind::Down(MouseButton::Left) => self.press_at(at),
            MouseEventKind::ScrollDown => self.wheel(WHEEL),
            MouseEventKind::ScrollUp => self.wheel(-WHEEL),
            _ => return false,
        }
        self.dirty = true;
        self.idle.touch(self.now());
        self.fetch_missing_rows();
        false
    }

    fn wheel(&mut self, by: i32) {
        let key = if by > 0 { Intent::Move(1) } else { Intent::Move(-1) };
        if self.mode.top().is_some() {
            // An overlay scrolls by its own keys.
            let code = if by > 0 { KeyCode::Down } else { KeyCode::Up };
            (0..by.abs()).for_each(|_| self.overlay_key(KeyEvent::new(code, KeyModifiers::NONE)));
            return;
        }
        (0..by.abs()).for_each(|_| self.do_intent(key));
    }

    fn press_at(&mut self, at: Position) {
        if self.mode.top().is_some() || !matches!(self.mode, Mode::Normal) {
            return;
        }
        let (layout, area) = self.seen.clone();
        if layout.tabs.contains(at) {
            if let Some(screen) = tabs::at(self.screen(), layout.tabs, at.x) {
                self.go(screen);
            }
            return;
        }
        if layout.hints.contains(at) {
            if let Some(action) = hints::at(&self.keymap, self.screen(), layout.hints, at.x) {
                self.act(action);
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

    fn press_row(&mut self, part: SectionLayout, at: Position) {
        let edge = u16::from(part.framed);
        let first = (part.area.bottom() - edge).saturating_sub(part.room as u16);
        let Some(row) = at.y.checked_sub(first).map(usize::from).filter(|row| *row < part.room) else { return };
        let before = self.view().selected().cloned();
        self.step(|view| view.point_at(part.section, part.offset + row));
        let Some(now) = self.view().selected().cloned() else { return };
        let (time, again) = (self.now(), self.pressed_at.take());
        let is_twice = again.is_some_and(|(then, what)| what == now && time.since(then) < TWICE);
        if is_twice && before.as_ref() == Some(&now) {
            self.do_intent(Intent::Open);
        } else {
            self.pressed_at = Some((time, now));
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
