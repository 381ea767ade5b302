//! Drawing a form. It changes nothing of it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::text::Span;
use ratatui::widgets::{Paragraph, StatefulWidget, Widget as _};

use super::row::FormRow;
use super::view::FormView;
use crate::command::definition::Weight;
use crate::tui::appearance::Appearance;
use crate::tui::layout::inset;
use crate::tui::overlay::definition::{DrawContext, Scroll};
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::widget::fitted::{Fitted, wrapped};
use crate::tui::widget::input_lines::InputLines;
use crate::value::text::width;
use crate::value::timestamp::Timestamp;

/// Rows that the help below a form takes at most.
const HELP: usize = 6;
/// Rows that a field of several lines takes at most.
const FIELD: usize = 8;

/// The first row in sight, so that the row of the cursor is.
pub fn scroll(form: &FormView, area: Rect, now: Timestamp) -> Scroll {
    let area = inset(area);
    let [_, list, _] = parts(area, &help(form, area.width, now));
    let room = usize::from(list.height);
    let mut offset = form.offset.min(form.at);
    while (offset..=form.at).map(|n| height(form, n)).sum::<usize>() > room && offset < form.at {
        offset += 1;
    }
    Scroll { offset, room, total: form.rows.len() + 1 }
}

/// Draws a form. Returns where the cursor is.
pub fn draw(form: &FormView, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
    let (area, appearance) = (inset(area), drawing.appearance);
    let title = format!("{}: {}", form.command.full_name(), form.command.about);
    appearance.rule(title, area.width).render(area, buf);
    let help = help(form, area.width, drawing.context.now);
    let [_, mut list, below] = parts(area, &help);
    Paragraph::new(appearance.lines(&help)).render(below, buf);
    let names = form.rows.iter().map(|r| width(&r.name())).max().unwrap_or(FIELD).min(30) as u16 + 2;
    let mut cursor = None;
    for n in drawing.scroll.offset..=form.rows.len() {
        let rows = (height(form, n) as u16).min(list.height);
        let [area, rest] = Split::vertical([Constraint::Length(rows), Constraint::Min(0)]).areas(list);
        if area.is_empty() {
            break;
        }
        let here = n == form.at;
        match form.rows.get(n) {
            Some(row) => RowWidget { row, here, names, appearance }.render(area, buf, &mut cursor),
            None => RunRow { form, here, appearance }.render(area, buf, &mut cursor),
        }
        list = rest;
    }
    cursor
}

/// The rule on top, the rows, and the help.
fn parts(area: Rect, help: &[StyledText]) -> [Rect; 3] {
    let help = (help.len() as u16).min(area.height.saturating_sub(1));
    Split::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(help)]).areas(area)
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

/// The last row of a form, which runs it.
struct RunRow<'a> {
    form: &'a FormView,
    here: bool,
    appearance: Appearance,
}

impl StatefulWidget for RunRow<'_> {
    /// Where the cursor is.
    type State = Option<Position>;

    fn render(self, area: Rect, buf: &mut Buffer, cursor: &mut Self::State) {
        let (pointer, style) = match self.here {
            true => (">", self.appearance.styles.selected()),
            false => (" ", self.appearance.style(StyleRole::Note)),
        };
        Fitted::new(Span::styled(format!("{pointer} {} ", run_text(self.form)), style)).render(area, buf);
        if self.here {
            *cursor = Some(area.as_position());
        }
    }
}

/// A row of a form: whether it must be filled, its name, and what stands in it.
struct RowWidget<'a> {
    row: &'a FormRow,
    /// Whether the cursor is in it.
    here: bool,
    /// Columns of the names.
    names: u16,
    appearance: Appearance,
}

impl StatefulWidget for RowWidget<'_> {
    /// Where the cursor is.
    type State = Option<Position>;

    fn render(self, area: Rect, buf: &mut Buffer, cursor: &mut Self::State) {
        let Self { row, here, names, appearance } = self;
        let columns = [Constraint::Length(2), Constraint::Length(names), Constraint::Min(0)];
        let [before, name, field] = Split::horizontal(columns).areas(area);
        let mark = match (here, row.is_required() && row.input.is_empty()) {
            (true, _) => ">",
            (false, true) => "*",
            _ => " ",
        };
        Fitted::new(appearance.span(mark, StyleRole::Due)).render(before, buf);
        let role = if here { StyleRole::Title } else { StyleRole::Note };
        Fitted::new(appearance.span(row.name(), role)).render(name, buf);
        if here {
            *cursor = Some(field.as_position());
        }
        let text = match (&row.label, row.is_flag()) {
            (Some(text), _) => text.as_str(),
            (None, true) if row.input.is_empty() => "[ ] no",
            (None, true) => "[x] yes",
            (None, false) => {
                InputLines { input: &row.input, has_cursor: here, appearance }.render(field, buf, cursor);
                let lines = row.input.lines().len();
                if !here && lines > usize::from(area.height) {
                    let more = appearance.span(format!("… {lines} lines"), StyleRole::Note);
                    Paragraph::new(more).right_aligned().render(area, buf);
                }
                return;
            }
        };
        Fitted::new(appearance.span(text, StyleRole::Base)).render(field, buf);
    }
}

/// The text below a form: why it was not done, or what the row of the cursor wants.
fn help(form: &FormView, room: u16, now: Timestamp) -> Vec<StyledText> {
    let mut lines = wrapped(help_texts(form, now), room);
    lines.truncate(HELP);
    lines
}

fn help_texts(form: &FormView, now: Timestamp) -> Vec<StyledText> {
    if let Some(failure) = &form.failure {
        return vec![
            StyledText::new(failure.what.as_str(), StyleRole::Stop),
            StyledText::new(failure.hint.as_str(), StyleRole::Note),
        ];
    }
    let Some(row) = form.row() else {
        let missing = form.missing();
        let text = format!("still missing: {}", missing.join(", "));
        return if missing.is_empty() { Vec::new() } else { vec![StyledText::new(text, StyleRole::Due)] };
    };
    let article = if row.article().is_empty() { String::new() } else { format!("{}: ", row.article()) };
    let needed = if row.is_required() { "  (required)" } else { "" };
    let first = format!("{article}{}{needed}", row.help());
    let mut lines = vec![StyledText::new(first, StyleRole::Guidance)];
    match row.computed(now) {
        Some(Ok(words)) => lines.push(StyledText::new(format!("= {words}"), StyleRole::Good)),
        Some(Err(why)) => lines.push(StyledText::new(why, StyleRole::Due)),
        None => {}
    }
    if row.has_choices() {
        lines.push(StyledText::new("Enter (or F4) shows what there is", StyleRole::Note));
    }
    lines
}
