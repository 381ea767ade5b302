//! Why personal data, or what is held, is looked at: asked once for each case and session, before it is shown. Nothing is filled in; where the
//! purpose of the case will do, a key writes it.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::widgets::{Paragraph, Widget as _};

use super::definition::{Context, DrawContext, Hints, Outcome, Overlay};
use crate::tui::input::Input;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::inset;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::widget::fitted::{Fitted, wrapped};
use crate::value::text::{line, width};

/// What a line begins with that leaves personal data masked.
const LEAVES: char = '.';
/// What a line says that stands for the purpose of the case.
const PURPOSE: char = '=';

/// The reason that is asked for.
pub struct Why<S> {
    reason: Input,
    /// The purpose of the matter, where it will do as a reason.
    purpose: Option<String>,
    /// What is shown once a reason is given.
    asked: String,
    give: fn(&mut S, String),
    leave: fn(&mut S),
}

impl<S: 'static> Why<S> {
    /// Asks why something is looked at; `purpose`: that of the matter, where it will do; `asked` says what is shown then, `give` takes the
    /// reason, `leave` that none is given.
    pub fn new(asked: String, purpose: Option<String>, give: fn(&mut S, String), leave: fn(&mut S)) -> Self {
        Self { reason: Input::new("", false), purpose, asked, give, leave }
    }

    fn notes(&self) -> Vec<StyledText> {
        vec![
            StyledText::from(self.asked.clone()),
            StyledText::new(
                tr("Your name, the time, the records and this reason go on record; oversight reads them."),
                StyleRole::Note,
            ),
            StyledText::new(tr("It is asked once in this session."), StyleRole::Note),
        ]
    }

    /// The notes, and how the purpose of the matter is written.
    fn notes_with(&self, key: &str) -> Vec<StyledText> {
        let mut notes = self.notes();
        if let Some(purpose) = &self.purpose {
            let offer = phrase!("{key} writes the purpose, where that is the reason: {purpose}", key, purpose);
            notes.insert(1, StyledText::new(offer, StyleRole::Guidance));
        }
        notes
    }

    /// Writes the purpose as the reason, where it will do.
    fn take_purpose(&mut self) {
        if let Some(purpose) = &self.purpose {
            self.reason = Input::new(purpose, false);
        }
    }

    fn given(&self) -> Outcome<S> {
        let Ok(reason) = line(self.reason.text().trim()) else { return Outcome::Stay };
        if reason.is_empty() {
            return Outcome::Stay;
        }
        let give = self.give;
        Outcome::close_and(move |state| give(state, reason))
    }

    fn left(&self) -> Outcome<S> {
        Outcome::close_and(self.leave)
    }
}

impl<S: 'static> Overlay<S> for Why<S> {
    fn key(&mut self, key: KeyEvent, _: &Context<'_>) -> Outcome<S> {
        match key.code {
            KeyCode::Esc => return self.left(),
            KeyCode::Enter => return self.given(),
            KeyCode::Tab if self.reason.is_empty() => self.take_purpose(),
            _ => drop(self.reason.key(key)),
        }
        Outcome::Stay
    }

    fn paste(&mut self, text: &str) -> Option<Outcome<S>> {
        self.reason.paste(text);
        Some(Outcome::Stay)
    }

    fn hints(&self) -> Hints {
        match self.purpose {
            Some(_) => &[("Enter", "go on record"), ("Tab", "write the purpose"), ("Esc", "leave it masked")],
            None => &[("Enter", "go on record"), ("Esc", "leave it masked")],
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
        let area = inset(area);
        drawing.appearance.rule(tr("Why do you look"), area.width).render(area, buf);
        let rows = [Constraint::Length(2), Constraint::Length(2), Constraint::Min(0)];
        let [_, row, below] = Split::vertical(rows).areas(area);
        let label = tr("reason  ");
        let typed = self.reason.text();
        Fitted::new(drawing.appearance.span(format!("{label}{typed}"), StyleRole::Base)).render(row, buf);
        Paragraph::new(drawing.appearance.lines(&wrapped(self.notes_with("Tab"), area.width))).render(below, buf);
        let before: String = typed.chars().take(self.reason.cursor().1).collect();
        Some(Position::new(row.x + (width(label) + width(&before)) as u16, row.y))
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        self.notes_with(&PURPOSE.to_string()).iter().map(|note| note.text.to_string()).collect()
    }

    fn prompt(&self) -> String {
        phrase!("Why do you look ({leaves} leaves it masked): ", leaves = LEAVES)
    }

    fn line(&mut self, typed: &str, _: &Context<'_>) -> Outcome<S> {
        let typed = typed.trim();
        if typed.starts_with(LEAVES) {
            return self.left();
        }
        if typed.strip_prefix(PURPOSE).is_some_and(str::is_empty) {
            // Where no purpose will do, the sign is no reason either.
            if self.purpose.is_none() {
                return Outcome::Stay;
            }
            self.take_purpose();
        } else if !typed.is_empty() {
            self.reason = Input::new(typed, false);
        }
        self.given()
    }

    fn is_question(&self) -> bool {
        true
    }
}
