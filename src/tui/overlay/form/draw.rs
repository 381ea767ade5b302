//! Drawing a form. It changes nothing of it.

use ratatui::layout::{Position, Rect};

use super::row::FormRow;
use super::view::FormView;
use crate::command::definition::Weight;
use crate::tui::canvas::{Canvas, inset, row_at, wrapped};
use crate::tui::overlay::definition::Scroll;
use crate::tui::theme::StyleRole;
use crate::value::text::{Shown, width};
use crate::value::timestamp::Timestamp;

/// Rows that the help below a form takes at most.
const HELP: usize = 6;
/// Rows that a field of several lines takes at most.
const FIELD: usize = 8;

/// The first row in sight, so that the row of the cursor is.
pub fn scroll(form: &FormView, area: Rect, now: Timestamp) -> Scroll {
    let area = inset(area);
    let list = list(area, &help(form, area.width, now));
    let room = usize::from(list.height);
    let mut offset = form.offset.min(form.at);
    while (offset..=form.at).map(|n| height(form, n)).sum::<usize>() > room && offset < form.at {
        offset += 1;
    }
    Scroll { offset, room, total: form.rows.len() + 1 }
}

/// Draws a form. Returns where the cursor is.
pub fn draw(form: &FormView, canvas: &mut Canvas<'_>, area: Rect, scroll: Scroll, now: Timestamp) -> Option<Position> {
    let area = inset(area);
    canvas.rule(row_at(area, area.y), &format!("{}: {}", form.command.full_name(), form.command.about));
    let help = help(form, area.width, now);
    let list = list(area, &help);
    let label = form.rows.iter().map(|r| width(&r.name())).max().unwrap_or(FIELD).min(30) as u16 + 2;
    let (mut y, mut cursor) = (list.y, None);
    for (n, row) in form.rows.iter().enumerate().skip(scroll.offset) {
        if y >= list.bottom() {
            break;
        }
        let rows = (height(form, n) as u16).min(list.bottom() - y);
        let found = draw_row(row, n == form.at, canvas, Rect { y, height: rows, ..list }, label);
        cursor = cursor.or(found);
        y += rows;
    }
    if y < list.bottom() {
        let here = form.at == form.rows.len();
        let style = if here { canvas.theme.selected() } else { canvas.theme.style(StyleRole::Note) };
        let pointer = if here { ">" } else { " " };
        canvas.text(list.x, y, list.width, &format!("{pointer} {} ", run_text(form)), style);
        if here {
            cursor = Some(Position::new(list.x, y));
        }
    }
    canvas.lines(Rect { y: list.bottom(), height: help.len() as u16, ..area }, &help, 0);
    cursor
}

/// The part of the area above the help.
fn list(area: Rect, help: &[(String, StyleRole)]) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(1 + help.len() as u16), ..area }
}

/// How many rows a field takes: the one of the cursor as many as it has lines.
fn height(form: &FormView, n: usize) -> usize {
    let lines = form.rows.get(n).filter(|_| n == form.at).map_or(1, |r| r.input.lines().len());
    lines.clamp(1, FIELD)
}

fn run_text(form: &FormView) -> &'static str {
    match (form.running.is_some(), form.command.weight()) {
        (true, _) => "working …",
        (false, None | Some(Weight::Records)) if form.others.is_empty() => "Enter does it",
        (false, None | Some(Weight::Records)) => "Enter asks once more, then does it",
        (false, Some(Weight::Signs)) => "Enter asks once more, then signs",
        (false, Some(Weight::Destroys)) => "Enter asks once more, then it is done for good",
    }
}

/// Draws a row. Returns where the cursor is, where it is in this row.
fn draw_row(row: &FormRow, here: bool, canvas: &mut Canvas<'_>, area: Rect, label: u16) -> Option<Position> {
    let mark = match (here, row.is_required() && row.input.is_empty()) {
        (true, _) => ">",
        (false, true) => "*",
        _ => " ",
    };
    canvas.shown(area.x, area.y, 1, &Shown::of(mark), StyleRole::Due);
    let role = if here { StyleRole::Title } else { StyleRole::Note };
    canvas.shown(area.x + 2, area.y, label, &Shown::of(&row.name()), role);
    let x = area.x + 2 + label;
    let field = Rect { x, width: area.right().saturating_sub(x), ..area };
    let found = match (&row.label, row.is_flag()) {
        (Some(text), _) => {
            canvas.shown(x, area.y, field.width, &Shown::of(text), StyleRole::Base);
            None
        }
        (None, true) => {
            let word = if row.input.is_empty() { "[ ] no" } else { "[x] yes" };
            canvas.shown(x, area.y, field.width, &Shown::of(word), StyleRole::Base);
            None
        }
        (None, false) => draw_input(row.input.lines(), row.input.cursor(), canvas, field, here),
    };
    here.then(|| found.unwrap_or(Position::new(x, area.y)))
}

/// The text below a form: why it was not done, or what the row of the cursor wants.
fn help(form: &FormView, room: u16, now: Timestamp) -> Vec<(String, StyleRole)> {
    let mut lines = wrapped(help_texts(form, now), room);
    lines.truncate(HELP);
    lines
}

fn help_texts(form: &FormView, now: Timestamp) -> Vec<(String, StyleRole)> {
    if let Some(failure) = &form.failure {
        return vec![
            (Shown::of(&failure.what).to_string(), StyleRole::Stop),
            (Shown::of(&failure.hint).to_string(), StyleRole::Note),
        ];
    }
    let Some(row) = form.row() else {
        let missing = form.missing();
        let text = format!("still missing: {}", missing.join(", "));
        return if missing.is_empty() { Vec::new() } else { vec![(text, StyleRole::Due)] };
    };
    let article = if row.article().is_empty() { String::new() } else { format!("{}: ", row.article()) };
    let needed = if row.is_required() { "  (required)" } else { "" };
    let first = format!("{article}{}{needed}", row.help());
    let mut lines = vec![(Shown::of(&first).to_string(), StyleRole::Guidance)];
    match row.computed(now) {
        Some(Ok(words)) => lines.push((format!("= {words}"), StyleRole::Good)),
        Some(Err(why)) => lines.push((why.to_owned(), StyleRole::Due)),
        None => {}
    }
    if row.has_choices() {
        lines.push(("Enter (or F4) shows what there is".to_owned(), StyleRole::Note));
    }
    lines
}

/// Draws the lines of a field, scrolled so that the cursor is in sight. Returns where it is.
fn draw_input(
    lines: &[String],
    at: (usize, usize),
    canvas: &mut Canvas<'_>,
    area: Rect,
    here: bool,
) -> Option<Position> {
    if area.height == 0 || area.width == 0 {
        return None;
    }
    let rows = usize::from(area.height);
    let first = if here { (at.0 + 1).saturating_sub(rows) } else { 0 };
    let mut cursor = None;
    for (n, line) in lines.iter().skip(first).take(rows).enumerate() {
        let shown = Shown::of(line);
        let y = area.y + n as u16;
        let mut skip = 0;
        if here && first + n == at.0 {
            let before: String = line.chars().take(at.1).collect();
            let column = width(Shown::of(&before).as_str());
            skip = (column + 1).saturating_sub(usize::from(area.width));
            cursor = Some(Position::new(area.x + (column - skip) as u16, y));
        }
        let visible = if skip == 0 { shown.as_str().to_owned() } else { skip_columns(shown.as_str(), skip) };
        canvas.text(area.x, y, area.width, &visible, canvas.theme.style(StyleRole::Base));
    }
    if !here && lines.len() > rows {
        let more = format!("… {} lines", lines.len());
        let wide = width(&more) as u16;
        canvas.shown(area.right().saturating_sub(wide), area.y, wide, &Shown::of(&more), StyleRole::Note);
    }
    cursor
}

fn skip_columns(text: &str, columns: usize) -> String {
    let mut skipped = 0;
    text.chars()
        .skip_while(|c| {
            let skips = skipped < columns;
            skipped += width(c.encode_utf8(&mut [0; 4]));
            skips
        })
        .collect()
}
