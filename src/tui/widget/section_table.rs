//! The table of a section: the headings of its columns and those of its rows that are in sight. It neither orders nor filters.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line as TextLine, Span, Text};
use ratatui::widgets::{Row, StatefulWidget, TableState, Widget};

use super::table::table;
use crate::tui::appearance::Appearance;
use crate::tui::page::{Cell, Column, PageRow, Section, Width};
use crate::tui::theme::StyleRole;
use crate::value::text::{fit, width};

/// Terminal columns below which the column with the text is too narrow to be read.
const READABLE: u16 = 18;

/// The table of a section.
pub struct SectionTable<'a> {
    /// The section.
    pub section: &'a Section,
    /// Its rows that are in sight, and of each whether it is marked.
    pub rows: &'a [(&'a PageRow, bool)],
    /// The selected row, counted among them.
    pub selected: Option<usize>,
    /// What it is drawn with.
    pub appearance: Appearance,
}

impl Widget for SectionTable<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let columns = &self.section.columns;
        // The two columns before are for the pointer and the mark.
        let widths = widths(columns, area.width).into_iter().map(|w| if w == 0 { 0 } else { w + 1 });
        let widths: Vec<u16> = std::iter::once(2).chain(widths).collect();
        let rows = self.rows.iter().enumerate();
        let rows = rows.map(|(n, (row, marked))| self.row(&widths, row, self.selected == Some(n), *marked)).collect();
        let heads = columns.iter().map(|c| Cell::new(c.title, StyleRole::Note)).collect();
        let heads = has_heads(self.section).then(|| PageRow::of(heads));
        let mut table = table(rows, &widths, area.width, self.appearance);
        if let Some(heads) = &heads {
            table = table.header(self.row(&widths, heads, false, false));
        }
        let mut state = TableState::new().with_selected(self.selected);
        StatefulWidget::render(table, area.intersection(buf.area), buf, &mut state);
    }
}

impl SectionTable<'_> {
    fn row<'r>(&self, widths: &[u16], row: &'r PageRow, selected: bool, marked: bool) -> Row<'r> {
        // The selected row has one style, whatever its cells mean.
        let style = |role: StyleRole| match () {
            () if selected => Style::new(),
            () if marked => self.appearance.style(StyleRole::Marked),
            () => self.appearance.style(role),
        };
        let pointer = if selected { ">" } else { " " };
        let mark = if marked { 'x' } else { row.mark.sign() };
        let base = if selected { Style::new() } else { self.appearance.style(StyleRole::Base) };
        let before =
            TextLine::from_iter([Span::styled(pointer, base), Span::styled(mark.to_string(), style(StyleRole::Due))]);
        let columns = self.section.columns.iter().zip(&row.cells).zip(widths.iter().skip(1));
        let cells = columns.map(|((column, cell), width)| {
            let room = usize::from(width.saturating_sub(1));
            let text = fit(cell.text.as_str(), room);
            let text = if column.right {
                Cow::from(format!("{}{text}", " ".repeat(room.saturating_sub(self::width(&text)))))
            } else {
                text
            };
            Text::from(TextLine::from(Span::styled(text, style(cell.role))))
        });
        Row::new(std::iter::once(Text::from(before)).chain(cells))
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

/// Whether the columns of a section have headings that are drawn.
pub fn has_heads(section: &Section) -> bool {
    !section.rows.is_empty() && section.columns.iter().any(|c| !c.title.is_empty())
}
