//! Drawing a menu. It changes nothing of it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line as TextLine, Text};
use ratatui::widgets::{Paragraph, Row, StatefulWidget, TableState, Widget as _};

use super::entry::Entry;
use super::list::Menu;
use crate::tui::appearance::Appearance;
use crate::tui::layout::{NARROW, inset};
use crate::tui::overlay::definition::DrawContext;
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::widget::fitted::{Fitted, wrapped};
use crate::tui::widget::table::table;
use crate::value::text::{fit, width};

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

/// The rows of a menu in an area, from top to bottom, below its rule.
pub(super) struct Rows {
    query: Rect,
    /// The entries.
    pub(super) list: Rect,
    foot: Rect,
}

impl Columns {
    pub(super) fn rows(&self, area: Rect) -> Rows {
        let rows = [Constraint::Length(1), Constraint::Length(1), Constraint::Min(0), Constraint::Length(self.foot)];
        let [_, query, list, foot] = Split::vertical(rows).areas(area);
        Rows { query, list, foot }
    }
}

/// Draws a menu. Returns where the cursor is.
pub(super) fn draw<S: 'static>(
    menu: &Menu<S>,
    area: Rect,
    buf: &mut Buffer,
    drawing: &DrawContext<'_>,
    numbered: bool,
) -> Position {
    let (area, appearance) = (inset(area), drawing.appearance);
    appearance.rule(menu.title.as_str(), area.width).render(area, buf);
    let columns = columns(menu, area, numbered);
    let Rows { query, list, foot } = columns.rows(area);
    let typed = menu.query.text();
    Fitted::new(appearance.span(format!("> {typed}"), StyleRole::Base)).render(query, buf);
    Paragraph::new(appearance.lines(&cut_entry(menu, area.width, &columns))).render(foot, buf);
    if menu.shown.is_empty() {
        let empty = ["  ".into(), appearance.span(menu.empty, StyleRole::Note)];
        Fitted::new(TextLine::from_iter(empty)).render(list, buf);
    }
    let rows = menu.fitting().enumerate().skip(drawing.scroll.offset).take(usize::from(list.height));
    let rows = rows.map(|(n, entry)| row(menu, n, entry, &columns, numbered, appearance)).collect();
    let keys = if columns.keys > 0 { columns.keys + 2 } else { 0 };
    let note = list.width.saturating_sub(4 + columns.name + keys);
    let widths = [2, columns.name + 2, note, keys];
    let selected = Some(menu.at.wrapping_sub(drawing.scroll.offset)).filter(|_| !menu.shown.is_empty());
    let mut state = TableState::new().with_selected(selected);
    StatefulWidget::render(table(rows, &widths, list.width, appearance), list, buf, &mut state);
    let before: String = typed.chars().take(menu.query.cursor().1).collect();
    Position::new(query.x + 2 + width(&before) as u16, query.y)
}

/// The columns of a menu in an area.
pub(super) fn columns<S: 'static>(menu: &Menu<S>, area: Rect, numbered: bool) -> Columns {
    let has_notes = menu.fitting().any(|e| !e.note.text.is_empty());
    let names = menu.fitting().map(|e| width(e.name.as_str())).max().unwrap_or(0);
    let names = if numbered { names + 2 } else { names };
    // Where there is little room, one key says enough.
    let one_key = area.width + 1 < NARROW.0;
    let keys = menu.fitting().map(|e| width(keys_of(e, one_key))).max().unwrap_or(0) as u16;
    // Names are told apart by their ends; a note that is cut is shown whole below.
    let notes = menu.fitting().map(|e| width(e.note.text.as_str())).max().unwrap_or(0) as u16;
    let beside = 4 + notes.min(area.width / 3) + if keys > 0 { keys + 2 } else { 0 };
    let most = area.width.saturating_sub(beside).max(area.width / 2).max(8);
    let name = if has_notes { (names as u16).clamp(8, most) } else { area.width.saturating_sub(2) };
    let note = area.width.saturating_sub(4 + name + if keys > 0 { keys + 2 } else { 0 });
    let is_cut = |e: &Entry<S>| width(e.note.text.as_str()) > usize::from(note);
    // The room for a note that is cut is kept free where any row may need it, so that rows do not jump.
    let foot = if menu.fitting().any(is_cut) && area.height > 10 { 3 } else { 0 };
    Columns { name, note, keys, one_key, foot, has_notes }
}

fn keys_of<S>(entry: &Entry<S>, one: bool) -> &str {
    if one { entry.keys.split("  ").next().unwrap_or_default() } else { &entry.keys }
}

/// What is cut in the row that is selected: it is shown whole below.
fn cut_entry<S: 'static>(menu: &Menu<S>, room: u16, columns: &Columns) -> Vec<StyledText> {
    let cut = menu.selected().filter(|e| {
        width(e.note.text.as_str()) > usize::from(columns.note)
            || (columns.has_notes && width(e.name.as_str()) > usize::from(columns.name))
    });
    wrapped(cut.map(|e| StyledText::new(format!("{}: {}", e.name, e.note.text), e.note.role)), room)
}

fn row<S: 'static>(
    menu: &Menu<S>,
    n: usize,
    entry: &Entry<S>,
    columns: &Columns,
    numbered: bool,
    appearance: Appearance,
) -> Row<'static> {
    let selected = n == menu.at;
    let style = |role: StyleRole| if selected { Style::new() } else { appearance.style(role) };
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
        Text::styled(
            fit(&format!("{digit}{tick}{}", entry.name), usize::from(columns.name)).into_owned(),
            style(StyleRole::Base),
        ),
        Text::styled(fit(entry.note.text.as_str(), usize::from(columns.note)).into_owned(), style(entry.note.role)),
        Text::styled(keys, style(StyleRole::Note)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::overlay::menu::entry::Pick;

    #[test]
    fn a_name_is_not_cut_while_notes_leave_room_and_a_note_keeps_a_third() {
        let menu = |name: &str, note: &str| {
            let entry =
                |name: &str, note: &str| Entry::<()>::new(name, StyledText::from(note), Pick::Value(String::new()));
            Menu::new("", vec![entry(name, note), entry("short", "Request")])
        };
        let area = Rect { width: 58, height: 20, ..Rect::ZERO };
        let name = "R-9f6b7e  Preserve data quickly \u{b7} bc29";
        let of = |name: &str, note: &str| {
            let columns = columns(&menu(name, note), area, false);
            (columns.name, columns.note)
        };
        assert_eq!(of(name, "Request"), (width(name) as u16, 16));
        assert_eq!(of(name, "How long answers, preservations and reviews took"), (35, 19));
        assert_eq!(of("open", "How long answers, preservations and reviews took"), (8, 46));
        assert!(of(&"n".repeat(80), "Request").0 <= 47);
    }
}
