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

/// Terminal columns that the column with the text has at least, where nothing is known of its texts.
const READABLE: u16 = 18;
/// Terminal columns up to which optional columns give way to that column, where its texts are so long.
const COMFORTABLE: u16 = 28;

/// Columns before those of the section: the pointer and the mark; in a frame, and one between the mark and the text.
const BEFORE: u16 = 2;

/// The table of a section.
pub struct SectionTable<'a> {
    /// The section.
    pub section: &'a Section,
    /// How many columns the longest text of each of its columns takes.
    pub natural: &'a [u16],
    /// Its rows that are in sight, and of each whether it is marked.
    pub rows: &'a [(&'a PageRow, bool)],
    /// The selected row, counted among them.
    pub selected: Option<usize>,
    /// Whether it lies in a frame.
    pub framed: bool,
    /// What it is drawn with.
    pub appearance: Appearance,
}

/// A column as it is drawn: which one it is, and how wide.
struct Drawn {
    column: usize,
    width: u16,
}

impl Widget for SectionTable<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let columns = &self.section.columns;
        let before = BEFORE + u16::from(self.framed);
        let is_part = self.section.window.as_ref().is_some_and(|window| window.fit > self.section.rows.len());
        let known = Known { natural: self.natural, is_part };
        // The gap behind the last column is the free one before the frame.
        let room = area.width.saturating_sub(before);
        let widths = widths(columns, &known, room);
        let drawn: Vec<Drawn> =
            in_order(columns).map(|n| Drawn { column: n, width: widths.get(n).copied().unwrap_or(0) }).collect();
        let drawn: Vec<Drawn> = drawn.into_iter().filter(|d| d.width > 0).collect();
        let widths: Vec<u16> = std::iter::once(before).chain(drawn.iter().map(|d| d.width + 1)).collect();
        let rows = self.rows.iter().enumerate();
        let rows = rows.map(|(n, (row, marked))| self.row(&drawn, row, self.selected == Some(n), *marked)).collect();
        let heads = columns.iter().map(|c| Cell::new(c.heading(), StyleRole::Heading)).collect();
        let heads = has_heads(self.section).then(|| PageRow::of(heads));
        let mut table = table(rows, &widths, area.width, self.appearance);
        if let Some(heads) = &heads {
            table = table.header(self.row(&drawn, heads, false, false));
        }
        let mut state = TableState::new().with_selected(self.selected);
        StatefulWidget::render(table, area.intersection(buf.area), buf, &mut state);
    }
}

impl SectionTable<'_> {
    fn row<'r>(&self, drawn: &[Drawn], row: &'r PageRow, selected: bool, marked: bool) -> Row<'r> {
        // The selected row has one style, whatever its cells mean.
        let style = |role: StyleRole| match () {
            () if selected => Style::new(),
            () if marked => self.appearance.style(StyleRole::Marked),
            () => self.appearance.style(role),
        };
        let pointer = if selected { self.appearance.pointer() } else { " " };
        let mark = if marked { 'x' } else { row.mark.sign() };
        let base = if selected { Style::new() } else { self.appearance.style(StyleRole::Base) };
        let before =
            TextLine::from_iter([Span::styled(pointer, base), Span::styled(mark.to_string(), style(StyleRole::Due))]);
        let cells = drawn.iter().map(|drawn| {
            let (Some(column), Some(cell)) = (self.section.columns.get(drawn.column), row.cells.get(drawn.column))
            else {
                return Text::default();
            };
            let room = usize::from(drawn.width);
            let spans = self.cell(cell, room);
            let used: usize = spans.iter().map(|(text, _)| self::width(text)).sum();
            let before = if column.right { " ".repeat(room.saturating_sub(used)) } else { String::new() };
            let dim = column.is_id() && cell.role == StyleRole::Base;
            let spans = spans
                .into_iter()
                .map(|(text, role)| Span::styled(text, style(if dim { StyleRole::Note } else { role })));
            Text::from(std::iter::once(Span::raw(before)).chain(spans).collect::<TextLine<'_>>())
        });
        Row::new(std::iter::once(Text::from(before)).chain(cells))
    }

    /// What a cell shows in so many columns.
    fn cell<'r>(&self, cell: &'r Cell, room: usize) -> Vec<(Cow<'r, str>, StyleRole)> {
        if let Some(picture) = &cell.picture {
            let lines = picture.draw(room, self.appearance.ascii);
            return lines.into_iter().next().unwrap_or_default().into_iter().map(|(t, r)| (Cow::from(t), r)).collect();
        }
        let text = fit(cell.text.as_str(), room);
        if cell.is_bar && !self.appearance.ascii {
            return vec![(Cow::from(text.replace('#', "█")), cell.role)];
        }
        vec![(text, cell.role)]
    }
}

/// The columns in the order in which they are drawn: the short ids stand at the end.
fn in_order(columns: &[Column]) -> impl Iterator<Item = usize> {
    let of = move |ids: bool| (0..columns.len()).filter(move |n| columns.get(*n).is_some_and(|c| c.is_id() == ids));
    of(false).chain(of(true))
}

/// What is known of the texts of columns.
struct Known<'a> {
    /// How many columns the longest takes.
    natural: &'a [u16],
    /// Whether there are rows that are not known: their texts may be longer.
    is_part: bool,
}

/// The widths of columns in so many terminal columns. One whose texts are shorter than it is wide gives the rest away; one whose
/// texts are longer is widened, as long as the column with the text does not need the room. Optional columns are left out, the
/// last one first, as long as what is left for the others is too little to be read; one that is left out has none.
fn widths(columns: &[Column], known: &Known<'_>, room: u16) -> Vec<u16> {
    let natural = |n: usize| known.natural.get(n).copied().unwrap_or(0);
    let wide = |(n, c): (usize, &Column)| match c.width {
        Width::Fixed(w) if known.is_part || known.natural.is_empty() || c.pictured => w,
        Width::Fixed(w) => w.min(natural(n).max(width(c.heading()) as u16)),
        Width::Rest => 0,
    };
    let mut fixed: Vec<u16> = columns.iter().enumerate().map(wide).collect();
    let is_rest = |c: &Column| c.width == Width::Rest;
    let rests = columns.iter().filter(|c| is_rest(c)).count() as u16;
    let mut kept: Vec<bool> = columns.iter().zip(&fixed).map(|(c, w)| is_rest(c) || *w > 0).collect();
    let needed = columns.iter().enumerate().filter(|(_, c)| is_rest(c)).map(|(n, _)| natural(n)).max().unwrap_or(0);
    let needed = if needed == 0 { READABLE } else { needed };
    let readable = needed.min(COMFORTABLE);
    let taken = |fixed: &[u16], kept: &[bool]| -> u16 {
        let of = |((w, k), c): ((&u16, &bool), &Column)| if *k && !is_rest(c) { w + 1 } else { 0 };
        fixed.iter().zip(kept).zip(columns).map(of).sum()
    };
    let rest =
        |fixed: &[u16], kept: &[bool]| (room.saturating_sub(taken(fixed, kept)) / rests.max(1)).saturating_sub(1);
    while (rests > 0 && rest(&fixed, &kept) < readable) || taken(&fixed, &kept) > room + 1 {
        let droppable = |(c, k): (&Column, &bool)| (c.optional || c.is_id()) && *k;
        let last = in_order(columns).filter(|n| columns.get(*n).zip(kept.get(*n)).is_some_and(droppable)).last();
        let Some(slot) = last.and_then(|n| kept.get_mut(n)) else { break };
        *slot = false;
    }
    // What the texts do not need goes to columns whose texts are cut.
    let mut spare = match rests {
        0 => room.saturating_sub(taken(&fixed, &kept)),
        _ => rest(&fixed, &kept).saturating_sub(needed) * rests,
    };
    for (n, w) in fixed.iter_mut().enumerate().filter(|(n, _)| kept.get(*n).copied().unwrap_or(false)) {
        if *w > 0 {
            let more = natural(n).saturating_sub(*w).min(spare);
            (*w, spare) = (*w + more, spare - more);
        }
    }
    let rest = rest(&fixed, &kept);
    let of = |((c, w), k): ((&Column, &u16), &bool)| match c.width {
        _ if !k => 0,
        Width::Fixed(_) => *w,
        Width::Rest => rest,
    };
    columns.iter().zip(&fixed).zip(&kept).map(of).collect()
}

/// Whether the columns of a section have headings that are drawn.
pub fn has_heads(section: &Section) -> bool {
    !section.rows.is_empty() && section.columns.iter().any(|c| !c.title.is_empty())
}
