//! A field that text is typed into, of one line or of several.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui_textarea::{CursorMove, TextArea};

use crate::value::text;

/// The field.
pub struct Input {
    area: TextArea<'static>,
    several: bool,
}

impl Input {
    /// A field with a text in it, the cursor at its end.
    pub fn new(text: &str, several: bool) -> Self {
        let lines: Vec<String> = text.split('\n').map(clean).collect();
        let mut area = TextArea::new(if several { lines } else { vec![lines.join(" ")] });
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self { area, several }
    }

    /// What stands in it.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Its lines.
    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.area.lines().iter().all(String::is_empty)
    }

    /// The line of the cursor, and the characters before it.
    pub fn cursor(&self) -> (usize, usize) {
        let at = self.area.cursor();
        (at.0, at.1)
    }

    /// Takes a key. Returns whether it meant something here; what did not is for whoever owns the field.
    pub fn key(&mut self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char(c) if !ctrl && !key.modifiers.contains(KeyModifiers::ALT) => {
                if self.has_room(c.len_utf8()) {
                    self.area.insert_char(c);
                }
            }
            KeyCode::Char('u') if ctrl => drop(self.area.delete_line_by_head()),
            KeyCode::Char('k') if ctrl => drop(self.area.delete_line_by_end()),
            KeyCode::Char('w') if ctrl => drop(self.area.delete_word()),
            KeyCode::Enter if self.several && self.has_room(1) => self.area.insert_newline(),
            KeyCode::Backspace => drop(self.area.delete_char()),
            KeyCode::Delete => drop(self.area.delete_next_char()),
            KeyCode::Left => self.area.move_cursor(CursorMove::Back),
            KeyCode::Right => self.area.move_cursor(CursorMove::Forward),
            KeyCode::Home => self.area.move_cursor(CursorMove::Head),
            KeyCode::End => self.area.move_cursor(CursorMove::End),
            KeyCode::Up if self.several && self.cursor().0 > 0 => self.area.move_cursor(CursorMove::Up),
            KeyCode::Down if self.several && self.cursor().0 + 1 < self.lines().len() => {
                self.area.move_cursor(CursorMove::Down);
            }
            _ => return false,
        }
        true
    }

    /// Takes a paste: its control characters are left out, and in a field of one line its line feeds too.
    pub fn paste(&mut self, pasted: &str) {
        let lines: Vec<String> = pasted.split('\n').map(clean).collect();
        let pasted = lines.join(if self.several { "\n" } else { " " });
        if self.has_room(pasted.len()) {
            self.area.insert_str(pasted.trim_end_matches('\n'));
        }
    }

    fn has_room(&self, more: usize) -> bool {
        let held: usize = self.area.lines().iter().map(|l| l.len() + 1).sum();
        held + more <= if self.several { text::BODY } else { text::LINE }
    }
}

fn clean(line: &str) -> String {
    line.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(input: &mut Input, keys: &[KeyCode]) {
        for code in keys {
            input.key(KeyEvent::new(*code, KeyModifiers::NONE));
        }
    }

    #[test]
    fn what_is_typed_and_pasted_stands_there_without_controls() {
        let mut one = Input::new("ab", false);
        typed(&mut one, &[KeyCode::Char('c'), KeyCode::Home, KeyCode::Char('x'), KeyCode::Backspace]);
        one.paste("1\n2\u{1b}[31m");
        assert_eq!(one.text(), "1 2[31mabc");
        assert!(!one.key(KeyEvent::new(KeyCode::Enter, KeyModifiers::NONE)), "one line has no Enter of its own");
        let mut several = Input::new("a", true);
        typed(&mut several, &[KeyCode::Enter, KeyCode::Char('b')]);
        several.paste("c\r\nd\n");
        assert_eq!(several.text(), "a\nbc\nd");
        assert_eq!(several.cursor(), (2, 1));
        assert!(!several.key(KeyEvent::new(KeyCode::Down, KeyModifiers::NONE)), "below the last line the form goes on");
    }

    #[test]
    fn a_field_holds_no_more_than_the_record_may() {
        let mut one = Input::new("", false);
        one.paste(&"x".repeat(text::LINE + 1));
        assert!(one.is_empty());
    }
}
