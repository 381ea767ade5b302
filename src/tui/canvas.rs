//! Drawing on the buffer: text in cells, lines, tables. Only what is fit to be shown can be drawn, and each frame is swept.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::page::{Cell, Column, Line, PageRow, Section, Width};
use super::theme::{StyleRole, Styles};
use crate::value::text::{Shown, fit, is_hidden, pad, width};

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
    /// Writes text from a place on, at most `room` columns. Answers how many it took.
    pub fn text(&mut self, x: u16, y: u16, room: u16, text: &str, style: Style) -> u16 {
        if room == 0 || y >= self.buf.area.bottom() || x >= self.buf.area.right() {
            return 0;
        }
        let fitted = fit(text, usize::from(room));
        // What was cut ends in the same mark as what was shortened before.
        let text = if self.ascii { fitted.replace('…', "~") } else { fitted };
        let (end, _) = self.buf.set_stringn(x, y, text, usize::from(room), style);
        end - x
    }

    /// Writes text that is fit to be shown.
    pub fn shown(&mut self, x: u16, y: u16, room: u16, text: &Shown, tone: StyleRole) -> u16 {
        self.text(x, y, room, text.as_str(), self.theme.style(tone))
    }

    /// Writes the pieces of a line.
    pub fn line(&mut self, area: Rect, line: &Line) {
        let mut x = area.x;
        for bit in line {
            x += self.shown(x, area.y, area.right().saturating_sub(x), &bit.text, bit.tone);
        }
    }

    /// Fills an area with the ground.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buf.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buf.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(self.theme.style(StyleRole::Base));
                }
            }
        }
    }

    /// A rule from left to right, with a title in it.
    pub fn rule(&mut self, area: Rect, title: &str) {
        let dash = if self.ascii { "-" } else { "─" };
        let style = self.theme.style(StyleRole::Note);
        for x in area.left()..area.right() {
            self.text(x, area.y, 1, dash, style);
        }
        if !title.is_empty() {
            let title = format!("{} ", fit(title, usize::from(area.width.saturating_sub(4))));
            self.text(area.x, area.y, area.width, &title, self.theme.style(StyleRole::Title));
        }
    }

    /// A bar from top to bottom.
    pub fn bar(&mut self, x: u16, top: u16, bottom: u16) {
        let bar = if self.ascii { "|" } else { "│" };
        let style = self.theme.style(StyleRole::Note);
        for y in top..bottom {
            self.text(x, y, 1, bar, style);
        }
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

    /// Writes one row of a table.
    pub fn row(&mut self, area: Rect, columns: &[Column], row: &PageRow, selected: bool, marked: bool) {
        if area.height == 0 {
            return;
        }
        let base = self.theme.style(StyleRole::Base);
        let whole = if selected { self.theme.selected() } else { base };
        if selected {
            self.text(area.x, area.y, area.width, &" ".repeat(usize::from(area.width)), whole);
        }
        let pointer = if selected { ">" } else { " " };
        let mark = if marked { 'x' } else { row.mark.sign() };
        self.text(area.x, area.y, 1, pointer, whole);
        let tone = if marked { StyleRole::Marked } else { StyleRole::Due };
        let style = if selected { whole } else { self.theme.style(tone) };
        self.text(area.x + 1, area.y, 1, &mark.to_string(), style);
        let mut x = area.x + 2;
        for ((column, cell), wide) in columns.iter().zip(&row.cells).zip(Self::widths(columns, area.width)) {
            if wide == 0 {
                continue;
            }
            let style =
                if selected { whole } else { self.theme.style(if marked { StyleRole::Marked } else { cell.role }) };
            let text = cell.text.as_str();
            let text = if column.right {
                let cut = fit(text, usize::from(wide));
                format!("{}{cut}", " ".repeat(usize::from(wide).saturating_sub(width(&cut))))
            } else {
                pad(text, usize::from(wide))
            };
            self.text(x, area.y, wide.min(area.right().saturating_sub(x)), &text, style);
            x += wide + 1;
        }
    }

    /// Writes a section's heading, with the title as it is now, and the headings of its columns. Answers how many lines they
    /// took.
    pub fn section_head(&mut self, area: Rect, section: &Section, title: &Shown, active: bool) -> u16 {
        let mut y = area.y;
        if !title.is_empty() && area.height > 0 {
            let tone = if active { StyleRole::Title } else { StyleRole::Note };
            self.shown(area.x + 1, y, area.width.saturating_sub(1), title, tone);
            y += 1;
        }
        if section.columns.iter().any(|c| !c.title.is_empty()) && y < area.bottom() && !section.rows.is_empty() {
            let head = PageRow::of(section.columns.iter().map(|c| Cell::new(c.title, StyleRole::Note)).collect());
            self.row(Rect { y, height: 1, ..area }, &section.columns, &head, false, false);
            y += 1;
        }
        y - area.y
    }

    /// The last act of every frame: nothing hidden is in any cell. Answers whether something was.
    pub fn sweep(&mut self) -> bool {
        let mut found = false;
        for cell in &mut self.buf.content {
            if cell.symbol().chars().any(is_hidden) {
                cell.set_symbol("?");
                found = true;
            }
        }
        found
    }
}
