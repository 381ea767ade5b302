//! Drawing a menu. It changes nothing of it.

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Text;
use ratatui::widgets::Row;

use super::entry::Entry;
use super::list::Menu;
use crate::tui::canvas::{Canvas, inset, row_at, wrapped};
use crate::tui::layout::NARROW;
use crate::tui::overlay::definition::Scroll;
use crate::tui::theme::StyleRole;
use crate::value::text::{Shown, fit, width};

/// The columns of a menu in an area.
pub(super) struct Columns {
    name: u16,
    note: u16,
    keys: u16,
    one_key: bool,
    /// Rows below the list.
    foot: u16,
    has_notes: bool,
}

impl Columns {
    /// The part of the area in which the entries are.
    pub(super) fn list(&self, area: Rect) -> Rect {
        Rect { y: area.y + 2, height: area.height.saturating_sub(2 + self.foot), ..area }
    }
}

/// Draws a menu. Returns where the cursor is.
pub(super) fn draw<S: 'static>(
    menu: &Menu<S>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    scroll: Scroll,
    numbered: bool,
) -> Position {
    let area = inset(area);
    canvas.rule(row_at(area, area.y), menu.title.as_str());
    let query = menu.query.text();
    canvas.shown(area.x, area.y + 1, area.width, &Shown::of(&format!("> {query}")), StyleRole::Base);
    let columns = columns(menu, area, numbered);
    let list = columns.list(area);
    draw_foot(menu, canvas, area, &columns);
    if menu.shown.is_empty() {
        canvas.shown(list.x + 2, list.y, list.width, &Shown::of(menu.empty), StyleRole::Note);
    }
    let rows = menu.fitting().enumerate().skip(scroll.offset).take(usize::from(list.height));
    let rows = rows.map(|(n, entry)| row(menu, n, entry, &columns, numbered, canvas)).collect();
    let keys = if columns.keys > 0 { columns.keys + 2 } else { 0 };
    let note = list.width.saturating_sub(4 + columns.name + keys);
    let widths = [2, columns.name + 2, note, keys];
    let selected = Some(menu.at.wrapping_sub(scroll.offset)).filter(|_| !menu.shown.is_empty());
    canvas.table(list, &widths, rows, selected);
    let before: String = query.chars().take(menu.query.cursor().1).collect();
    Position::new(area.x + 2 + width(&before) as u16, area.y + 1)
}

/// The columns of a menu in an area.
pub(super) fn columns<S: 'static>(menu: &Menu<S>, area: Rect, numbered: bool) -> Columns {
    let has_notes = menu.fitting().any(|e| !e.note.text.is_empty());
    let names = menu.fitting().map(|e| width(e.name.as_str())).max().unwrap_or(0);
    let names = if numbered { names + 2 } else { names };
    let name = if has_notes { (names as u16).clamp(8, (area.width / 2).max(8)) } else { area.width.saturating_sub(2) };
    // Where there is little room, one key says enough.
    let one_key = area.width + 1 < NARROW.0;
    let keys = menu.fitting().map(|e| width(keys_of(e, one_key))).max().unwrap_or(0) as u16;
    let note = area.width.saturating_sub(4 + name + if keys > 0 { keys + 2 } else { 0 });
    let is_cut = |e: &Entry<S>| width(e.note.text.as_str()) > usize::from(note);
    // The room for a note that is cut is kept free where any row may need it, so that rows do not jump.
    let foot = if menu.fitting().any(is_cut) && area.height > 10 { 3 } else { 0 };
    Columns { name, note, keys, one_key, foot, has_notes }
}

fn keys_of<S>(entry: &Entry<S>, one: bool) -> &str {
    if one { entry.keys.split("  ").next().unwrap_or_default() } else { &entry.keys }
}

/// What is cut in its row is shown whole below, for the row that is selected.
fn draw_foot<S: 'static>(menu: &Menu<S>, canvas: &mut Canvas<'_>, area: Rect, columns: &Columns) {
    let cut = menu.selected().filter(|e| {
        width(e.note.text.as_str()) > usize::from(columns.note)
            || (columns.has_notes && width(e.name.as_str()) > usize::from(columns.name))
    });
    let Some(entry) = cut else { return };
    let whole = wrapped([(format!("{}: {}", entry.name, entry.note.text), entry.note.role)], area.width);
    let below = columns.list(area).bottom();
    canvas.lines(Rect { y: below, height: columns.foot, ..area }, &whole, 0);
}

fn row<S: 'static>(
    menu: &Menu<S>,
    n: usize,
    entry: &Entry<S>,
    columns: &Columns,
    numbered: bool,
    canvas: &Canvas<'_>,
) -> Row<'static> {
    let selected = n == menu.at;
    let style = |role: StyleRole| if selected { Style::new() } else { canvas.theme.style(role) };
    let tick = match (menu.several, entry.ticked) {
        (true, true) => "[x] ",
        (true, false) => "[ ] ",
        _ => "",
    };
    let digit = match Menu::<S>::digit_of(n) {
        Some(digit) if numbered => format!("{digit} "),
        _ if numbered => "  ".to_owned(),
        _ => String::new(),
    };
    let keys = keys_of(entry, columns.one_key);
    let keys = if columns.keys > 0 { format!("  {keys}") } else { String::new() };
    Row::new([
        Text::styled(if selected { ">" } else { " " }, style(StyleRole::Base)),
        Text::styled(fit(&format!("{digit}{tick}{}", entry.name), usize::from(columns.name)), style(StyleRole::Base)),
        Text::styled(fit(entry.note.text.as_str(), usize::from(columns.note)), style(entry.note.role)),
        Text::styled(keys, style(StyleRole::Note)),
    ])
}
