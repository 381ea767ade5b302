//! Keys: chords and sequences of them, as they are pressed and as they are written. It knows no action.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// One press.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Chord {
    /// The key.
    pub code: KeyCode,
    /// With Ctrl.
    pub ctrl: bool,
}

impl Chord {
    /// What was pressed. Shift is in the character itself; Alt is not used.
    pub fn of(event: KeyEvent) -> Self {
        Self { code: event.code, ctrl: event.modifiers.contains(KeyModifiers::CONTROL) }
    }

    /// Reads one chord, such as `j`, `G`, `ctrl-l`, `enter`, `space`, `f1`, and every chord as [`Display`] writes it.
    /// `None` where the text names no key, or one that terminals do not tell apart from another, such as `ctrl-i`.
    ///
    /// [`Display`]: std::fmt::Display
    pub fn parse(text: &str) -> Option<Self> {
        let (ctrl, name) = match text.split_at_checked(5) {
            Some((before, rest)) if before.eq_ignore_ascii_case("ctrl-") => (true, rest),
            _ => (false, text),
        };
        let code = named(&name.to_ascii_lowercase()).or_else(|| {
            let c = single(name)?;
            Some(KeyCode::Char(if ctrl { c.to_ascii_lowercase() } else { c }))
        })?;
        Some(Self { code, ctrl }).filter(|chord| !ctrl || chord.is_told_with_ctrl())
    }

    /// What a terminal says where it is pressed.
    pub const fn pressed(self) -> KeyEvent {
        KeyEvent::new(self.code, if self.ctrl { KeyModifiers::CONTROL } else { KeyModifiers::NONE })
    }

    /// Whether it would stand in a field as text.
    pub const fn types(self) -> bool {
        matches!(self.code, KeyCode::Char(_)) && !self.ctrl
    }

    /// Whether a terminal tells the key with Ctrl from the key without it, and from every other.
    const fn is_told_with_ctrl(self) -> bool {
        match self.code {
            // Ctrl-I is Tab and Ctrl-M is Enter.
            KeyCode::Char(c) => c.is_ascii_lowercase() && c != 'i' && c != 'm',
            KeyCode::Enter | KeyCode::Esc | KeyCode::Tab | KeyCode::BackTab | KeyCode::Backspace => false,
            _ => true,
        }
    }
}

fn named(name: &str) -> Option<KeyCode> {
    Some(match name {
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" | "shift-tab" => KeyCode::BackTab,
        "backspace" => KeyCode::Backspace,
        "space" => KeyCode::Char(' '),
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pgup" => KeyCode::PageUp,
        "pgdn" => KeyCode::PageDown,
        "delete" | "del" => KeyCode::Delete,
        _ => match name.strip_prefix('f')?.parse() {
            Ok(number @ 1..=12) => KeyCode::F(number),
            _ => return None,
        },
    })
}

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

impl std::fmt::Display for Chord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        match self.code {
            KeyCode::Enter => f.write_str(tr_in(Part::Key, "Enter")),
            KeyCode::Esc => f.write_str(tr_in(Part::Key, "Esc")),
            KeyCode::Tab => f.write_str(tr_in(Part::Key, "Tab")),
            KeyCode::BackTab => f.write_str(tr_in(Part::Key, "Shift-Tab")),
            KeyCode::Backspace => f.write_str(tr_in(Part::Key, "Backspace")),
            KeyCode::Char(' ') => f.write_str(tr_in(Part::Key, "Space")),
            KeyCode::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(n) => write!(f, "F{n}"),
            KeyCode::Up => f.write_str(tr_in(Part::Key, "Up")),
            KeyCode::Down => f.write_str(tr_in(Part::Key, "Down")),
            KeyCode::Left => f.write_str(tr_in(Part::Key, "Left")),
            KeyCode::Right => f.write_str(tr_in(Part::Key, "Right")),
            KeyCode::Home => f.write_str(tr_in(Part::Key, "Home")),
            KeyCode::End => f.write_str(tr_in(Part::Key, "End")),
            KeyCode::PageUp => f.write_str(tr_in(Part::Key, "PgUp")),
            KeyCode::PageDown => f.write_str(tr_in(Part::Key, "PgDn")),
            KeyCode::Delete => f.write_str(tr_in(Part::Key, "Del")),
            _ => f.write_str("?"),
        }
    }
}

/// Reads a sequence of chords, such as `g d`.
pub fn sequence(text: &str) -> Option<Vec<Chord>> {
    text.split(' ')
        .filter(|part| !part.is_empty())
        .map(Chord::parse)
        .collect::<Option<Vec<_>>>()
        .filter(|s| !s.is_empty())
}

/// A sequence as it is written.
pub fn written(chords: &[Chord]) -> String {
    chords.iter().map(Chord::to_string).collect::<Vec<_>>().join(" ")
}
use crate::tui::language::{Part, tr_in};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_are_read_as_they_are_written() {
        for (text, shown) in [
            ("j", "j"),
            ("G", "G"),
            ("ctrl-l", "Ctrl-L"),
            ("g d", "g d"),
            ("enter", "Enter"),
            ("f1", "F1"),
            ("f", "f"),
            ("space", "Space"),
            ("-", "-"),
            ("del", "Del"),
            ("Shift-Tab", "Shift-Tab"),
            ("ctrl-right", "Ctrl-Right"),
        ] {
            let read = sequence(text);
            assert_eq!(read.as_deref().map(written).as_deref(), Some(shown), "{text}");
            assert_eq!(sequence(shown), read, "what is shown can be written into a file");
        }
        for bad in ["", "ctrl-", "hyper-x", "f13", "f0", "ab", "ctrl-i", "ctrl-m", "ctrl-7", "ctrl-enter", "é-"] {
            assert_eq!(sequence(bad), None, "{bad}");
        }
    }
}
