//! What comes from the terminal and from the system: keys, pastes, lines, signals, the passing of time. What a key means hangs on
//! the mode.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind};

use super::{End, State};
use crate::tui::action::Intent;
use crate::tui::key::{Chord, written};
use crate::tui::keymap::Meaning;
use crate::tui::language::{phrase, tr};
use crate::tui::mode::Mode;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;

/// What a paste says where there is no field for it.
const NO_FIELD: &str = "A paste means nothing here: open a form, or {filter} to filter.";

impl State {
    /// Takes what the terminal says. Returns whether what was typed ahead must be dropped: a question has opened, or a paste
    /// found no field.
    pub fn handle_event(&mut self, event: Event) -> bool {
        if let Event::Mouse(mouse) = event {
            return self.handle_mouse(mouse);
        }
        self.dirty = true;
        let before = self.questions();
        let mut astray = false;
        match event {
            Event::Key(key) if key.kind == KeyEventKind::Release => {}
            // Whoever comes back after a long time finds it locked, even where the machine slept over it.
            Event::Key(_) | Event::Paste(_) if self.lock_where_idle() => {}
            Event::Key(key) => {
                self.idle.touch(self.now());
                self.handle_key(key);
            }
            Event::Paste(text) => {
                self.idle.touch(self.now());
                astray = !self.handle_paste(&text);
            }
            _ => {}
        }
        self.fetch_missing_rows();
        // What comes in one breath with a paste that no field took was pasted too, whatever it looks like: a terminal may not
        // take the end of a paste out of its text.
        self.questions() > before || astray
    }

    /// How many questions are open.
    pub(super) fn questions(&self) -> usize {
        self.mode.overlays().iter().filter(|o| o.is_question()).count()
    }

    pub(super) fn handle_key(&mut self, key: KeyEvent) {
        match self.keymap.everywhere(Chord::of(key)) {
            Some(Intent::Lock) if !self.mode.is_locked() => return self.lock(),
            Some(Intent::Suspend) => return self.lock_and_suspend(),
            Some(Intent::Cancel) => return self.cancel(),
            _ => {}
        }
        match &mut self.mode {
            Mode::Locked(_) => self.unlock_key(key),
            Mode::Waiting(..) if key.code == KeyCode::Esc => self.mode.stop_waiting(),
            Mode::Waiting(..) => {}
            Mode::Overlays(..) => self.overlay_key(key),
            Mode::AskingTime(_) => self.time_key(key),
            Mode::Filtering(_) => self.filter_key(key),
            Mode::Normal => self.screen_key(key),
        }
        self.note_what_was_made();
    }

    fn screen_key(&mut self, key: KeyEvent) {
        self.pressed.push(Chord::of(key));
        match self.keymap.meaning(self.screen(), &self.pressed) {
            Meaning::Action(action) => {
                self.pressed.clear();
                self.act(action);
            }
            Meaning::Beginning => {}
            Meaning::Nothing => {
                let typed = written(&self.pressed);
                self.pressed.clear();
                if key.code != KeyCode::Esc {
                    self.show_message_with_keys(
                        &phrase!("{typed} means nothing here; {help} shows what does.", typed),
                        StyleRole::Note,
                    );
                }
            }
        }
    }

    fn filter_key(&mut self, key: KeyEvent) {
        let Mode::Filtering(input) = &mut self.mode else { return };
        match key.code {
            KeyCode::Enter => self.mode = Mode::Normal,
            KeyCode::Esc => {
                self.mode = Mode::Normal;
                self.view_mut().set_filter("");
            }
            KeyCode::Down => self.step(|v| v.step(1)),
            KeyCode::Up => self.step(|v| v.step(-1)),
            _ => {
                input.key(key);
                let filter = input.text();
                self.view_mut().set_filter(&filter);
            }
        }
        self.fetch_detail();
    }

    /// Takes a paste. Returns whether there was a field for it.
    fn handle_paste(&mut self, text: &str) -> bool {
        if let Some(unlock) = self.mode.unlock_mut() {
            unlock.paste(text);
            return true;
        }
        if let Some(top) = self.mode.top_mut() {
            let Some(outcome) = top.paste(text) else {
                // A question is never answered by a paste, and no paste is taken for keys.
                self.show_message(StyledText::new(tr("A paste answers no question: type the word."), StyleRole::Due));
                return false;
            };
            self.follow_up(outcome);
            return true;
        }
        match self.mode.base_mut() {
            Mode::AskingTime(input) => input.paste(text),
            Mode::Filtering(input) => {
                input.paste(text);
                let filter = input.text();
                self.view_mut().set_filter(&filter);
                self.fetch_detail();
            }
            _ => {
                self.show_message_with_keys(tr(NO_FIELD), StyleRole::Due);
                return false;
            }
        }
        true
    }

    /// Takes a line of the line-oriented interface for the overlay on top, or for what is being typed. Returns whether there
    /// was one.
    pub(in crate::tui) fn handle_line(&mut self, line: &str) -> bool {
        self.dirty = true;
        if self.mode.top().is_some() {
            self.overlay_line(line);
        } else if matches!(self.mode.base(), Mode::AskingTime(_)) {
            *self.mode.base_mut() = Mode::Normal;
            self.take_time(line.trim());
        } else {
            return false;
        }
        self.note_what_was_made();
        self.fetch_missing_rows();
        true
    }

    /// A minute has passed: what is shown of times is no longer true.
    pub fn minute(&mut self) {
        self.dirty = true;
        self.lock_where_idle();
        if !self.mode.is_locked() {
            self.fetch();
        }
    }

    /// A signal asks to end, or to stop.
    pub fn signal(&mut self, signal: i32) {
        if signal == signal_hook::consts::SIGTSTP {
            self.lock_and_suspend();
        } else {
            self.end = Some(End::Signal(signal));
        }
        self.dirty = true;
    }
}
