//! Drawing on the buffer: text, lines, tables, by ratatui's widgets. Only what is fit to be shown can be drawn, and each frame
//! is swept. It reads no state.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Margin, Rect};
use ratatui::style::Style;
use ratatui::symbols::{border, scrollbar};
use ratatui::text::{Line as TextLine, Span, Text};
use ratatui::widgets::{
    Block, Borders, Clear, Paragraph, Row, Scrollbar, ScrollbarOrientation, ScrollbarState, StatefulWidget, Table,
    TableState, Widget,
};

use super::page::{Cell, Column, Detail, Line, PageRow, Section, Width};
use super::theme::{StyleRole, Styles};
use crate::value::text::{Shown, fit, is_hidden, pad, width, wrap};

/// Terminal columns below which the column with the text is too narrow to be read.
const READABLE: u16 = 18;

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

    /// Writes the pieces of a line.
    pub fn line(&mut self, area: Rect, line: &Line) {
        let mut x = area.x;
        for piece in line {
            x += self.shown(x, area.y, area.right().saturating_sub(x), &piece.text, piece.role);
        }
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

    /// Fills an area with the ground.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buf.area);
        Clear.render(area, self.buf);
        Block::new().style(self.theme.style(StyleRole::Base)).render(area, self.buf);
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

    /// A bar from top to bottom.
    pub fn bar(&mut self, x: u16, top: u16, bottom: u16) {
        let area = Rect { x, y: top, width: 1, height: bottom.saturating_sub(top) };
        self.block(Borders::LEFT).render(area.intersection(self.buf.area), self.buf);
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

    /// The widths of columns in so many terminal columns. Optional columns are left out, the last one first, as long as
    /// what is left for the others is too little to be read; one that is left out has none.
    fn widths(columns: &[Column], room: u16) -> Vec<u16> {
        let rests = columns.iter().filter(|c| c.width == Width::Rest).count() as u16;
        let mut kept: Vec<bool> = columns.iter().map(|_| true).collect();
        let fixed = |kept: &[bool]| -> u16 {
            let of = |(c, k): (&Column, &bool)| match c.width {
                Width::Fixed(w) if *k => w + 1,
                _ => 0,
            };
            columns.iter().zip(kept).map(of).sum()
        };
        let rest = |kept: &[bool]| room.saturating_sub(fixed(kept) + 2) / rests.max(1);
        while (rests > 0 && rest(&kept) < READABLE) || fixed(&kept) + 2 > room {
            let Some(last) = columns.iter().zip(&kept).rposition(|(c, k)| c.optional && *k) else { break };
            if let Some(slot) = kept.get_mut(last) {
                *slot = false;
            }
        }
        let rest = rest(&kept);
        columns
            .iter()
            .zip(&kept)
            .map(|(c, k)| match c.width {
                _ if !k => 0,
                Width::Fixed(w) => w,
                Width::Rest => rest.saturating_sub(1),
            })
            .collect()
    }

    /// The columns of a section in so many terminal columns, with the two before them for the pointer and the mark.
    fn section_columns(columns: &[Column], room: u16) -> Vec<u16> {
        std::iter::once(2)
            .chain(Self::widths(columns, room).into_iter().map(|w| if w == 0 { 0 } else { w + 1 }))
            .collect()
    }

    /// A row of a section's table.
    fn section_row(
        &self,
        columns: &[Column],
        widths: &[u16],
        row: &PageRow,
        selected: bool,
        marked: bool,
    ) -> Row<'static> {
        // The selected row has one style, whatever its cells mean.
        let style = |role: StyleRole| match () {
            () if selected => Style::new(),
            () if marked => self.theme.style(StyleRole::Marked),
            () => self.theme.style(role),
        };
        let pointer = if selected { ">" } else { " " };
        let mark = if marked { 'x' } else { row.mark.sign() };
        let base = if selected { Style::new() } else { self.theme.style(StyleRole::Base) };
        let before =
            TextLine::from_iter([Span::styled(pointer, base), Span::styled(mark.to_string(), style(StyleRole::Due))]);
        let cells = columns.iter().zip(&row.cells).zip(widths.iter().skip(1)).map(|((column, cell), width)| {
            let room = usize::from(width.saturating_sub(1));
            let text = cell.text.as_str();
            let text = if column.right {
                let cut = fit(text, room);
                format!("{}{cut}", " ".repeat(room.saturating_sub(self::width(&cut))))
            } else {
                pad(text, room)
            };
            Text::styled(text, style(cell.role))
        });
        Row::new(std::iter::once(Text::from(before)).chain(cells))
    }

    /// Writes a section's heading, with the title as it is now. Returns how many lines it took.
    pub fn section_title(&mut self, area: Rect, title: &Shown, active: bool) -> u16 {
        if title.is_empty() || area.height == 0 {
            return 0;
        }
        let role = if active { StyleRole::Title } else { StyleRole::Note };
        self.shown(area.x + 1, area.y, area.width.saturating_sub(1), title, role);
        1
    }

    /// Writes the headings of a section's columns and those of its rows that are in sight. `rows` says of each whether it is
    /// marked; `selected` is counted among them.
    pub fn section_table(&mut self, area: Rect, section: &Section, rows: &[(&PageRow, bool)], selected: Option<usize>) {
        let widths = Self::section_columns(&section.columns, area.width);
        let mut table = Vec::new();
        if has_heads(section) {
            let head = PageRow::of(section.columns.iter().map(|c| Cell::new(c.title, StyleRole::Note)).collect());
            table.push(self.section_row(&section.columns, &widths, &head, false, false));
        }
        let heads = table.len();
        table.extend(
            rows.iter().enumerate().map(|(n, (row, marked))| {
                self.section_row(&section.columns, &widths, row, selected == Some(n), *marked)
            }),
        );
        self.table(area, &widths, table, selected.map(|n| n + heads));
    }

    /// The last step of every frame: nothing hidden is in any cell, and with ASCII alone no sign that something was cut.
    /// Returns whether something hidden was.
    pub fn sweep(&mut self) -> bool {
        let mut found = false;
        for cell in &mut self.buf.content {
            if cell.symbol().chars().any(is_hidden) {
                cell.set_symbol("?");
                found = true;
            } else if self.ascii && cell.symbol().starts_with('…') {
                cell.set_symbol("~");
            }
        }
        found
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

/// Whether the columns of a section have headings that are drawn.
pub fn has_heads(section: &Section) -> bool {
    !section.rows.is_empty() && section.columns.iter().any(|c| !c.title.is_empty())
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
