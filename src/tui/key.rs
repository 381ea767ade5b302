//! Keys: chords as they are pressed and as they are written, and the map from sequences of them to actions.

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

    /// Reads one chord, such as `j`, `G`, `ctrl-l`, `enter`, `space`, `f1`.
    pub fn parse(text: &str) -> Option<Self> {
        let (ctrl, name) = match text.strip_prefix("ctrl-") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let code = match name {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "backtab" => KeyCode::BackTab,
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
            "delete" => KeyCode::Delete,
            _ => match name.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
                Some(n) if (1..=12).contains(&n) => KeyCode::F(n),
                _ => KeyCode::Char(single(name)?),
            },
        };
        Some(Self { code, ctrl })
    }
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
            KeyCode::Enter => f.write_str("Enter"),
            KeyCode::Esc => f.write_str("Esc"),
            KeyCode::Tab => f.write_str("Tab"),
            KeyCode::BackTab => f.write_str("Shift-Tab"),
            KeyCode::Backspace => f.write_str("Backspace"),
            KeyCode::Char(' ') => f.write_str("Space"),
            KeyCode::Char(c) if self.ctrl => write!(f, "{}", c.to_ascii_uppercase()),
            KeyCode::Char(c) => write!(f, "{c}"),
            KeyCode::F(n) => write!(f, "F{n}"),
            KeyCode::Up => f.write_str("Up"),
            KeyCode::Down => f.write_str("Down"),
            KeyCode::Left => f.write_str("Left"),
            KeyCode::Right => f.write_str("Right"),
            KeyCode::Home => f.write_str("Home"),
            KeyCode::End => f.write_str("End"),
            KeyCode::PageUp => f.write_str("PgUp"),
            KeyCode::PageDown => f.write_str("PgDn"),
            KeyCode::Delete => f.write_str("Del"),
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
        ] {
            assert_eq!(sequence(text).map(|s| written(&s)).as_deref(), Some(shown), "{text}");
        }
        for bad in ["", "ctrl-", "hyper-x", "f13", "ab"] {
            assert_eq!(sequence(bad), None, "{bad}");
        }
    }
}
