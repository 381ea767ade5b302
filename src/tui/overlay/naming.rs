//! The name under which a view is to be kept. It says what is written where, before anything is; it writes nothing itself.

use crossterm::event::{KeyCode, KeyEvent};

use crate::tui::input::Input;
use crate::tui::saved::Saved;
use crate::tui::theme::StyleRole;
use crate::value::text::Shown;

/// The name that is asked for, and the view that it is for.
pub struct Naming {
    /// The name.
    pub name: Input,
    /// The view; it has no name yet.
    pub view: Saved,
    /// Where it would be kept.
    file: Shown,
}

/// What it made of a key.
#[derive(PartialEq, Eq, Debug)]
pub enum Heard {
    /// Nothing that others need to know.
    Taken,
    /// It was left.
    Left,
    /// The view has its name.
    Named(Saved),
}

impl Naming {
    /// Asks for the name of a view that would be kept in that file.
    pub fn new(view: Saved, file: &str) -> Self {
        Self { name: Input::new("", false), view, file: Shown::of(file) }
    }

    /// What is said beside it.
    pub fn lines(&self) -> Vec<(Shown, StyleRole)> {
        let kept = format!("Kept: {}.", self.view.words());
        let warns = format!(
            "{} is not encrypted: whoever reads this disk reads the name and the words of the filter. Leave out what belongs \
             to a case.",
            self.file
        );
        vec![
            (Shown::from(kept), StyleRole::Base),
            (Shown::of("A view of the same name is replaced."), StyleRole::Note),
            (Shown::from(warns), StyleRole::Due),
        ]
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Heard {
        match key.code {
            KeyCode::Esc => return Heard::Left,
            KeyCode::Enter => {
                let name = self.name.text().trim().to_owned();
                if !name.is_empty() {
                    return Heard::Named(self.view.clone().named(name));
                }
            }
            _ => drop(self.name.key(key)),
        }
        Heard::Taken
    }
}
