//! The name under which a view is to be kept. It says what is written where, before anything is; it writes nothing itself.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::widgets::{Paragraph, Widget as _};

use super::definition::{Context, DrawContext, Hints, Outcome, Overlay};
use crate::tui::input::Input;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::inset;
use crate::tui::page::StyledText;
use crate::tui::saved::Saved;
use crate::tui::theme::StyleRole;
use crate::tui::widget::fitted::{Fitted, wrapped};
use crate::value::text::width;

/// The name that is asked for, and the view that it is for.
pub struct Naming<S> {
    name: Input,
    /// The view; it has no name yet.
    view: Saved,
    save: fn(&mut S, Saved),
}

impl<S: 'static> Naming<S> {
    /// Asks for the name of a view that `save` would keep.
    pub fn new(view: Saved, save: fn(&mut S, Saved)) -> Self {
        Self { name: Input::new("", false), view, save }
    }

    /// The texts beside it.
    fn notes(&self) -> [StyledText; 3] {
        let kept = phrase!("Kept: {view}.", view = self.view.words());
        [
            StyledText::from(kept),
            StyledText::new(tr("A view of the same name is replaced."), StyleRole::Note),
            StyledText::new(
                tr(
                    "It is sealed to you beside the workspace, and goes with the next purge: nobody can tell what its words speak of.",
                ),
                StyleRole::Note,
            ),
        ]
    }

    fn named(&self) -> Outcome<S> {
        let name = self.name.text().trim().to_owned();
        if name.is_empty() {
            return Outcome::Stay;
        }
        let (view, save) = (self.view.clone().named(name), self.save);
        Outcome::close_and(move |state| save(state, view))
    }
}

impl<S: 'static> Overlay<S> for Naming<S> {
    fn key(&mut self, key: KeyEvent, _: &Context<'_>) -> Outcome<S> {
        match key.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Enter => return self.named(),
            _ => drop(self.name.key(key)),
        }
        Outcome::Stay
    }

    fn paste(&mut self, text: &str) -> Option<Outcome<S>> {
        self.name.paste(text);
        Some(Outcome::Stay)
    }

    fn hints(&self) -> Hints {
        &[("Enter", "save"), ("Esc", "leave it")]
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
        let area = inset(area);
        drawing.appearance.rule(tr("Save this view"), area.width).render(area, buf);
        let rows = [Constraint::Length(2), Constraint::Length(2), Constraint::Min(0)];
        let [_, row, below] = Split::vertical(rows).areas(area);
        let label = tr("name  ");
        let typed = self.name.text();
        Fitted::new(drawing.appearance.span(format!("{label}{typed}"), StyleRole::Base)).render(row, buf);
        Paragraph::new(drawing.appearance.lines(&wrapped(self.notes(), area.width))).render(below, buf);
        let before: String = typed.chars().take(self.name.cursor().1).collect();
        Some(Position::new(row.x + (width(label) + width(&before)) as u16, row.y))
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        self.notes().iter().map(|note| note.text.to_string()).collect()
    }

    fn prompt(&self) -> String {
        tr("Name of the view, or leave it empty: ").to_owned()
    }

    fn line(&mut self, line: &str, _: &Context<'_>) -> Outcome<S> {
        if line.trim().is_empty() {
            return Outcome::Close;
        }
        self.name = Input::new(line.trim(), false);
        self.named()
    }
}
