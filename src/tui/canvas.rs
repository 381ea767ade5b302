//! Drawing overlays on the buffer: text, lines, tables, by ratatui's widgets. Only what is fit to be shown can be drawn. It
//! reads no state.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Margin, Rect};
use ratatui::style::Style;
use ratatui::symbols::{border, scrollbar};
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::{
    Block, Borders, Paragraph, Row, Scrollbar, ScrollbarOrientation, ScrollbarState, StatefulWidget, Table, TableState,
    Widget,
};

use super::page::Detail;
use super::theme::{StyleRole, Styles};
use crate::value::text::{Shown, fit, pad, width, wrap};

/// What is drawn on, and with what.
pub struct Canvas<'a> {
    /// The buffer.
    pub buf: &'a mut Buffer,
    /// The styles.
    pub theme: &'static Styles,
    /// Whether lines are drawn with ASCII alone.
    pub ascii: bool,
}

impl Canvas<'_> {
    /// Writes text in at most `room` columns. Returns how many it took.
    pub fn text(&mut self, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
        if room == 0 || y >= self.buf.area.bottom() || x >= self.buf.area.right() {
            return 0;
        }
        let (end, _) = self.buf.set_stringn(x, y, fit(text, usize::from(room)), usize::from(room), style);
        end - x
    }

    /// Writes text that is fit to be shown. Returns how many columns it took.
    pub fn shown(&mut self, x: u16, y: u16, room: u16, text: &Shown, role: StyleRole) -> u16 {
        self.text(x, y, room, text.as_str(), self.theme.style(role))
    }

    /// Writes lines that were wrapped for the area, from one of them on.
    pub fn lines(&mut self, area: Rect, lines: &[(String, StyleRole)], from: usize) {
        let shown = lines.iter().skip(from).take(usize::from(area.height));
        let text: Vec<TextLine<'_>> =
            shown.map(|(line, role)| TextLine::styled(line.as_str(), self.theme.style(*role))).collect();
        Paragraph::new(text).render(area.intersection(self.buf.area), self.buf);
    }

    /// Writes a detail under a rule with its title, from one of its lines on.
    pub fn detail(&mut self, area: Rect, detail: &Detail, from: usize) {
        if area.height == 0 {
            return;
        }
        self.rule(Rect { height: 1, ..area }, detail.title.as_str());
        let (labels, room) = detail_columns(detail, area.width);
        let mut lines = Vec::new();
        for (label, piece) in &detail.lines() {
            for (n, line) in wrap(piece.text.as_str(), usize::from(room)).into_iter().enumerate() {
                let label = if n == 0 { label.as_str() } else { "" };
                let label = if labels == 0 { String::new() } else { pad(label, usize::from(labels)) + "  " };
                lines.push(TextLine::from_iter([
                    Span::styled(label, self.theme.style(StyleRole::Note)),
                    Span::styled(line, self.theme.style(piece.role)),
                ]));
            }
        }
        let below = Rect { y: area.y + 1, height: area.height - 1, ..area }.intersection(self.buf.area);
        let shown: Vec<TextLine<'_>> = lines.into_iter().skip(from).take(usize::from(below.height)).collect();
        Paragraph::new(shown).render(below, self.buf);
    }

    /// A bar at the right edge that shows which part of a text is in sight; nothing where all of it is.
    pub fn scrollbar(&mut self, area: Rect, offset: usize, room: usize, total: usize) {
        if total <= room || room == 0 {
            return;
        }
        let (track, thumb) =
            if self.ascii { ("|", "#") } else { (scrollbar::VERTICAL.track, scrollbar::VERTICAL.thumb) };
        let mut state = ScrollbarState::new(total - room + 1).position(offset).viewport_content_length(room);
        Scrollbar::new(ScrollbarOrientation::VerticalRight)
            .begin_symbol(None)
            .end_symbol(None)
            .track_symbol(Some(track))
            .thumb_symbol(thumb)
            .style(self.theme.style(StyleRole::Note))
            .render(area.intersection(self.buf.area).inner(Margin::default()), self.buf, &mut state);
    }

    /// A rule from left to right, with a title in it.
    pub fn rule(&mut self, area: Rect, title: &str) {
        let mut block = self.block(Borders::TOP);
        if !title.is_empty() {
            let title = format!("{} ", fit(title, usize::from(area.width.saturating_sub(4))));
            block = block.title(TextLine::styled(title, self.theme.style(StyleRole::Title)));
        }
        block.render(area.intersection(self.buf.area), self.buf);
    }

    fn block(&self, borders: Borders) -> Block<'static> {
        let ascii = border::Set { horizontal_top: "-", vertical_left: "|", ..border::PLAIN };
        let set = if self.ascii { ascii } else { border::PLAIN };
        Block::new().borders(borders).border_set(set).border_style(self.theme.style(StyleRole::Note))
    }

    /// A table whose cells were made to fit its columns. The widths have no gaps between them.
    pub fn table(&mut self, area: Rect, widths: &[u16], rows: Vec<Row<'_>>, selected: Option<usize>) {
        let mut left = area.width;
        let fitted = widths.iter().map(|width| {
            let width = (*width).min(left);
            left -= width;
            Constraint::Length(width)
        });
        let mut state = TableState::new().with_selected(selected);
        let table = Table::new(rows, fitted).column_spacing(0).row_highlight_style(self.theme.selected());
        StatefulWidget::render(table, area.intersection(self.buf.area), self.buf, &mut state);
    }
}

/// The area without its first column.
pub const fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 1, width: area.width.saturating_sub(1), ..area }
}

/// The row of an area at `y`; of no height where it is not in it.
pub fn row_at(area: Rect, y: u16) -> Rect {
    Rect { y, height: u16::from(y >= area.y && y < area.bottom()), ..area }
}

/// Texts wrapped for so many columns.
pub fn wrapped(texts: impl IntoIterator<Item = (String, StyleRole)>, room: u16) -> Vec<(String, StyleRole)> {
    let lines = |(text, role): (String, StyleRole)| {
        wrap(&text, usize::from(room)).into_iter().map(move |line| (line, role)).collect::<Vec<_>>()
    };
    texts.into_iter().flat_map(lines).collect()
}

/// The columns for the labels of a detail, and those for its text.
fn detail_columns(detail: &Detail, room: u16) -> (u16, u16) {
    let labels = detail.lines().iter().map(|(l, _)| width(l.as_str())).max().unwrap_or(0).min(14) as u16;
    let indent = if labels == 0 { 0 } else { labels + 2 };
    (labels, room.saturating_sub(indent + 1))
}

/// How many lines a detail has in so many columns, without its title.
pub fn detail_height(detail: &Detail, room: u16) -> usize {
    let (_, room) = detail_columns(detail, room);
    detail.lines().iter().map(|(_, piece)| wrap(piece.text.as_str(), usize::from(room)).len()).sum()
}
