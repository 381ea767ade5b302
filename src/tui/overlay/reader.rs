//! A text to read: a letter, a verdict, a detail, the messages. It changes nothing but how far it is scrolled.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Position, Rect};
use ratatui::widgets::Widget as _;

use super::definition::{Context, DrawContext, Hints, Outcome, Overlay, Scroll};
use crate::tui::language::tr;
use crate::tui::page::{Detail, StyledText};
use crate::tui::theme::StyleRole;
use crate::tui::widget::detail::{DetailText, detail_height};
use crate::tui::widget::scroll::ScrollBar;
use crate::tui::worker::Ticket;
use crate::value::text::Shown;
use crate::workspace::error::Error;

/// The text, and how far it is scrolled.
pub struct Reader {
    /// The text.
    pub text: Detail,
    /// The request for its text, where that is still to come.
    pub asked: Ticket,
    scroll: Scroll,
}

impl Reader {
    /// A text to read.
    pub const fn new(text: Detail) -> Self {
        Self { text, asked: 0, scroll: Scroll { offset: 0, room: 0, total: 0 } }
    }

    /// Plain lines.
    pub fn of_lines(title: &str, lines: &[String]) -> Self {
        let lines = lines.iter().map(|l| (Shown::default(), StyledText::from(l.as_str()))).collect();
        Self::new(Detail::of_lines(title, lines))
    }

    /// Why something was not done: each rule that says no, with its source, and what to do next.
    pub fn of_failure(title: &str, failure: &Error) -> Self {
        let mut d = Detail::new(title);
        match &failure.verdict {
            Some(verdict) => {
                d.line("", StyledText::new(tr("The gate says no."), StyleRole::Stop));
                for finding in verdict.refusals() {
                    d.gap();
                    d.line(finding.id.word(), StyledText::new(finding.because.as_str(), StyleRole::Stop));
                    d.line("", StyledText::new(finding.source(), StyleRole::Note));
                }
                let held: Vec<&str> = verdict.rules.iter().filter(|r| r.holds).map(|r| r.id.word()).collect();
                if !held.is_empty() {
                    d.gap();
                    d.line(tr("HOLD"), StyledText::new(held.join(" "), StyleRole::Good));
                }
            }
            None => d.body("", &failure.what),
        }
        d.gap();
        d.body(tr("NEXT"), &failure.hint);
        d.gap();
        d.line("", StyledText::new(tr("Nothing was changed."), StyleRole::Note));
        Self::new(d)
    }

    /// A text that is still to come.
    pub fn awaiting(ticket: Ticket) -> Self {
        Self { asked: ticket, ..Self::of_lines("", &[]) }
    }

    fn scroll_by(&mut self, by: isize) {
        let last = self.scroll.total.saturating_sub(self.scroll.room);
        self.scroll.offset = self.scroll.offset.saturating_add_signed(by).min(last);
    }
}

impl<S> Overlay<S> for Reader {
    fn key(&mut self, key: KeyEvent, context: &Context<'_>) -> Outcome<S> {
        let page = self.scroll.room.max(1) as isize;
        match key.code {
            KeyCode::Char(_) if !context.keymap.has_letters() => {}
            KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => return Outcome::Close,
            KeyCode::Down | KeyCode::Char('j') => self.scroll_by(1),
            KeyCode::Up | KeyCode::Char('k') => self.scroll_by(-1),
            KeyCode::PageDown | KeyCode::Char(' ') => self.scroll_by(page),
            KeyCode::PageUp => self.scroll_by(-page),
            KeyCode::Home | KeyCode::Char('g') => self.scroll.offset = 0,
            KeyCode::End | KeyCode::Char('G') => self.scroll_by(isize::MAX),
            _ => {}
        }
        Outcome::Stay
    }

    fn hints(&self) -> Hints {
        &[("Up Down PgDn", "scroll"), ("Esc", "close")]
    }

    fn scroll(&self, area: Rect, _: &Context<'_>) -> Scroll {
        let total = detail_height(&self.text, area.width);
        let room = usize::from(area.height.saturating_sub(2));
        Scroll { offset: self.scroll.offset.min(total.saturating_sub(room)), room, total }
    }

    fn set_scroll(&mut self, scroll: Scroll) {
        self.scroll = scroll;
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
        let DrawContext { scroll, appearance, .. } = *drawing;
        DetailText { detail: &self.text, offset: scroll.offset, appearance }.render(area, buf);
        ScrollBar { scroll, appearance }.render(area.inner(Margin::new(0, 1)), buf);
        None
    }

    fn lines(&mut self, _: &Context<'_>) -> Vec<String> {
        self.text.spoken()
    }

    fn prompt(&self) -> String {
        String::new()
    }

    fn line(&mut self, _: &str, _: &Context<'_>) -> Outcome<S> {
        Outcome::Stay
    }

    fn is_read_once(&self) -> bool {
        true
    }
}
