//! What everything is drawn with: the styles of the theme, and the signs that lines are made of. Text becomes fit to be shown
//! on its way into a span. It draws nothing and reads no state.

use ratatui::style::Style;
use ratatui::symbols::{border, line, scrollbar};
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::{Block, Borders, Scrollbar, ScrollbarOrientation};

use super::page::StyledText;
use super::theme::{StyleRole, Styles};
use crate::value::text::{Shown, fit};

/// The signs of lines where there is ASCII alone.
const ASCII: border::Set<'_> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};

/// The styles, and the signs of lines.
#[derive(Clone, Copy)]
pub struct Appearance {
    /// The styles.
    pub styles: &'static Styles,
    /// Whether lines are drawn with ASCII alone.
    pub ascii: bool,
}

impl Appearance {
    /// The style of a role.
    pub fn style(self, role: StyleRole) -> Style {
        self.styles.style(role)
    }

    /// Text of one role.
    pub fn span(self, text: impl Into<Shown>, role: StyleRole) -> Span<'static> {
        Span::styled(text.into().to_string(), self.style(role))
    }

    /// The pieces of a line.
    pub fn line(self, line: &[StyledText]) -> TextLine<'static> {
        line.iter().map(|piece| self.span(piece.text.as_str(), piece.role)).collect()
    }

    /// A line for each text.
    pub fn lines(self, texts: &[StyledText]) -> Vec<TextLine<'static>> {
        texts.iter().map(|text| self.line(std::slice::from_ref(text))).collect()
    }

    /// A frame that has some of its sides.
    pub fn block(self, borders: Borders) -> Block<'static> {
        let set = if self.ascii { ASCII } else { border::ROUNDED };
        Block::new().borders(borders).border_set(set).border_style(self.style(StyleRole::Border))
    }

    /// A rule on top of so many columns, with a title in it.
    pub fn rule(self, title: impl Into<Shown>, columns: u16) -> Block<'static> {
        let title = title.into();
        let block = self.block(Borders::TOP);
        if title.is_empty() {
            return block;
        }
        let title = fit(title.as_str(), usize::from(columns.saturating_sub(4)));
        block.border_style(self.style(StyleRole::Accent)).title(self.span(format!("{title} "), StyleRole::Accent))
    }

    /// The frame of a panel; the one with the focus has the accent.
    pub fn frame(self, focused: bool) -> Block<'static> {
        let role = if focused { StyleRole::Accent } else { StyleRole::Border };
        self.block(Borders::ALL).border_style(self.style(role))
    }

    /// The pieces of a drawn line, as far as they fit.
    pub fn drawn(self, pieces: &[(String, StyleRole)]) -> TextLine<'static> {
        pieces.iter().map(|(text, role)| self.span(text.as_str(), *role)).collect()
    }

    /// The sign before the selected row.
    pub const fn pointer(self) -> &'static str {
        if self.ascii { ">" } else { "▌" }
    }

    /// The sign between two things side by side.
    pub const fn divider(self) -> &'static str {
        if self.ascii { ASCII.vertical_left } else { line::VERTICAL }
    }

    /// The signs of what there is more of before a row, and behind it.
    pub const fn more(self) -> (&'static str, &'static str) {
        if self.ascii { ("<", ">") } else { ("…", "…") }
    }

    /// A bar at the right edge that shows which part of a text is in sight.
    pub fn scrollbar(self) -> Scrollbar<'static> {
        let signs = scrollbar::Set { track: "|", thumb: "#", ..scrollbar::VERTICAL };
        let signs = if self.ascii { signs } else { scrollbar::VERTICAL };
        Scrollbar::new(ScrollbarOrientation::VerticalRight)
            .symbols(signs)
            .begin_symbol(None)
            .end_symbol(None)
            .style(self.style(StyleRole::Note))
    }
}
