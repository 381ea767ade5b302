//! Drawing a form. It changes nothing of it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::text::{Line as TextLine, Span};
use ratatui::widgets::{Paragraph, StatefulWidget, Widget as _};

use super::row::FormRow;
use super::view::FormView;
use crate::command::definition::Weight;
use crate::tui::appearance::Appearance;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::inset;
use crate::tui::overlay::definition::{DrawContext, Scroll};
use crate::tui::page::StyledText;
use crate::tui::theme::StyleRole;
use crate::tui::widget::fitted::{Fitted, wrapped};
use crate::tui::widget::input_lines::InputLines;
use crate::value::text::{width, wrap};
use crate::value::timestamp::Timestamp;

/// Rows that what is said below a form takes at most.
const SAID: usize = 6;
/// Rows that the hint at a field takes at most.
const HINT: usize = 4;
/// Rows that a field of several lines takes at most.
const FIELD: usize = 8;

/// The first row in sight, so that the row of the cursor is.
pub fn scroll(form: &FormView, area: Rect, now: Timestamp) -> Scroll {
    let area = inset(area);
    let [_, list, _] = parts(area, &said(form, area.width));
    let room = usize::from(list.height);
    let columns = Columns::of(form, area.width);
    let mut offset = form.offset.min(form.at);
    let whole = |n: usize| FormLine::of(form, n, columns, now).height();
    while (offset..=form.at).map(whole).sum::<usize>() > room && offset < form.at {
        offset += 1;
    }
    Scroll { offset, room, total: form.rows.len() + 1 }
}

/// The row that stands at a place of the area that the form is drawn in; the one after the last is the one that runs it.
pub fn row_at(form: &FormView, area: Rect, now: Timestamp, at: Position) -> Option<usize> {
    let area = inset(area);
    let [_, list, _] = parts(area, &said(form, area.width));
    let columns = Columns::of(form, area.width);
    let mut y = list.y;
    (form.offset..=form.rows.len()).find(|n| {
        let line = FormLine::of(form, *n, columns, now);
        let first = y + u16::from(line.heading.is_some());
        y += line.height() as u16;
        list.contains(at) && (first..y).contains(&at.y)
    })
}

/// Columns for the names of the fields: longer ones are wrapped.
fn names(form: &FormView, columns: u16) -> u16 {
    let longest = form.rows.iter().map(|r| width(&r.name())).max().unwrap_or(FIELD) as u16;
    longest.min(30).min(columns / 2) + 2
}

/// What stands at a row: the heading of its group where it is the first of it, its field, what is wrong with it, and where the cursor is
/// what it wants.
struct FormLine {
    heading: Option<&'static str>,
    name: Vec<String>,
    field: usize,
    wrong: Vec<String>,
    hint: Vec<StyledText>,
}

/// The columns of a form: for the names of its fields, and for what stands in them.
#[derive(Clone, Copy)]
struct Columns {
    names: u16,
    fields: u16,
}

impl Columns {
    fn of(form: &FormView, columns: u16) -> Self {
        let names = names(form, columns);
        Self { names, fields: columns.saturating_sub(names + 2) }
    }
}

impl FormLine {
    fn of(form: &FormView, n: usize, columns: Columns, now: Timestamp) -> Self {
        let Some(row) = form.rows.get(n) else {
            return Self { heading: None, name: Vec::new(), field: 1, wrong: Vec::new(), hint: Vec::new() };
        };
        let here = n == form.at;
        let before = n.checked_sub(1).and_then(|n| form.rows.get(n)).map(group);
        let several = form.rows.first().map(group) != form.rows.last().map(group);
        let heading = (several && before != Some(group(row))).then(|| group(row));
        let lines = if here { row.input.lines().len() } else { 1 };
        let said = form.failure.as_ref().filter(|_| form.wrong.as_deref() == Some(&row.key()));
        // A field is looked at when one leaves it: while one types, nothing is wrong yet.
        let misread = if here { None } else { form.misread(row, now) };
        let wrong = said.map(|failure| failure.what.clone()).or(misread);
        let wrong = wrong.map(|wrong| wrap(&format!("! {wrong}"), usize::from(columns.fields))).unwrap_or_default();
        let name = wrap(&row.name(), usize::from(columns.names.saturating_sub(2)));
        let hint = if here { hint(form, row, columns.fields, now) } else { Vec::new() };
        Self { heading, name, field: lines.clamp(1, FIELD), wrong, hint }
    }

    /// Rows of the field itself.
    fn rows(&self) -> usize {
        self.field.max(self.name.len())
    }

    fn height(&self) -> usize {
        usize::from(self.heading.is_some()) + self.rows() + self.wrong.len() + self.hint.len()
    }
}

/// The group that a row stands in.
fn group(row: &FormRow) -> &'static str {
    match &row.pair {
        Some(_) => tr("WHAT IT SAYS"),
        None if row.is_required() => tr("NEEDED"),
        // What it is about stands first also where it may be left out.
        None if row.is_first() => tr("ABOUT"),
        None => tr("WHERE IT APPLIES"),
    }
}

/// Draws a form. Returns where the cursor is.
pub fn draw(form: &FormView, area: Rect, buf: &mut Buffer, drawing: &DrawContext<'_>) -> Option<Position> {
    let (area, appearance) = (inset(area), drawing.appearance);
    let title = phrase!("{command}: {about}", command = form.command.full_name(), about = tr(form.command.about));
    appearance.rule(title, area.width).render(area, buf);
    let told = said(form, area.width);
    let [_, mut list, below] = parts(area, &told);
    Paragraph::new(appearance.lines(&told)).render(below, buf);
    let columns = Columns::of(form, area.width);
    let names = columns.names;
    let mut cursor = None;
    for n in drawing.scroll.offset..=form.rows.len() {
        let line = FormLine::of(form, n, columns, drawing.context.now);
        let heading = u16::from(line.heading.is_some());
        let wrong = line.wrong.len() as u16;
        let rows = [heading, line.rows() as u16, wrong, line.hint.len() as u16].map(Constraint::Length);
        let [above, area, said, hint, rest] = Split::vertical(rows.into_iter().chain([Constraint::Min(0)])).areas(list);
        if list.is_empty() {
            break;
        }
        if let Some(heading) = line.heading {
            Fitted::new(appearance.span(format!("  {heading}"), StyleRole::Heading)).render(above, buf);
        }
        if !line.wrong.is_empty() {
            let [_, said] = Split::horizontal([Constraint::Length(2 + names), Constraint::Min(0)]).areas(said);
            let lines = line.wrong.iter().map(|line| TextLine::from(appearance.span(line.as_str(), StyleRole::Stop)));
            Fitted::new(lines.collect::<Vec<_>>()).render(said, buf);
        }
        if !line.hint.is_empty() {
            let [_, hint] = Split::horizontal([Constraint::Length(2 + names), Constraint::Min(0)]).areas(hint);
            Paragraph::new(appearance.lines(&line.hint)).render(hint, buf);
        }
        let here = n == form.at;
        match form.rows.get(n) {
            Some(row) => {
                let name = &line.name;
                RowWidget { row, name, is_needed: form.is_needed(row), here, names, appearance }.render(
                    area,
                    buf,
                    &mut cursor,
                );
            }
            None => RunRow { form, here, appearance }.render(area, buf, &mut cursor),
        }
        list = rest;
    }
    cursor
}

/// The rule on top, the rows, and what is said below them.
fn parts(area: Rect, said: &[StyledText]) -> [Rect; 3] {
    let said = (said.len() as u16).min(area.height.saturating_sub(1));
    Split::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(said)]).areas(area)
}

fn run_text(form: &FormView) -> &'static str {
    match (form.running.is_some(), form.command.weight()) {
        (true, _) => tr("working …"),
        (false, None | Some(Weight::Records)) if form.others.is_empty() => tr("Enter does it"),
        (false, None | Some(Weight::Records)) => tr("Enter asks once more, then does it"),
        (false, Some(Weight::Signs)) => tr("Enter asks once more, then signs"),
        (false, Some(Weight::Destroys)) => tr("Enter asks once more, then it is done for good"),
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
    /// Its name in lines.
    name: &'a [String],
    /// Whether the command cannot do without it.
    is_needed: bool,
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
        let Self { row, name: lines, is_needed, here, names, appearance } = self;
        let columns = [Constraint::Length(2), Constraint::Length(names), Constraint::Min(0)];
        let [before, name, field] = Split::horizontal(columns).areas(area);
        let mark = match (here, is_needed && row.input.is_empty()) {
            (true, _) => ">",
            (false, true) => "*",
            _ => " ",
        };
        Fitted::new(appearance.span(mark, StyleRole::Due)).render(before, buf);
        let role = if here { StyleRole::Accent } else { StyleRole::Base };
        let lines: Vec<_> = lines.iter().map(|line| TextLine::from(appearance.span(line.as_str(), role))).collect();
        Fitted::new(lines).render(name, buf);
        if here {
            *cursor = Some(field.as_position());
        }
        let text = match (&row.label, row.is_flag()) {
            (Some(text), _) => text.as_str(),
            (None, true) if row.input.is_empty() => tr("[ ] no"),
            (None, true) => tr("[x] yes"),
            (None, false) => {
                InputLines { input: &row.input, has_cursor: here, appearance }.render(field, buf, cursor);
                let lines = row.input.lines().len();
                if !here && lines > usize::from(area.height) {
                    let more = appearance.span(phrase!("… {lines} lines", lines), StyleRole::Note);
                    Paragraph::new(more).right_aligned().render(area, buf);
                }
                return;
            }
        };
        Fitted::new(appearance.span(text, StyleRole::Base)).render(field, buf);
    }
}

/// The text below a form: why it was not done, or what is still missing.
fn said(form: &FormView, room: u16) -> Vec<StyledText> {
    let mut lines = wrapped(said_texts(form), room);
    lines.truncate(SAID);
    lines
}

fn said_texts(form: &FormView) -> Vec<StyledText> {
    // What is wrong with a field stands at the field.
    let named = form.row().is_some_and(|row| form.wrong.as_deref() == Some(&row.key()));
    if let Some(failure) = form.failure.as_ref().filter(|_| !named) {
        return vec![
            StyledText::new(failure.what.as_str(), StyleRole::Stop),
            StyledText::new(failure.hint.as_str(), StyleRole::Note),
        ];
    }
    let missing = if form.row().is_some() { Vec::new() } else { form.missing() };
    let text = || phrase!("still missing: {missing}", missing = missing.join(", "));
    if missing.is_empty() { Vec::new() } else { vec![StyledText::new(text(), StyleRole::Due)] }
}

/// What the row of the cursor wants, and what stands in it comes to: it stands below its field.
fn hint(form: &FormView, row: &FormRow, room: u16, now: Timestamp) -> Vec<StyledText> {
    let mut lines = wrapped(hint_texts(form, row, now), room);
    lines.truncate(HINT);
    lines
}

fn hint_texts(form: &FormView, row: &FormRow, now: Timestamp) -> Vec<StyledText> {
    let article = if row.article().is_empty() { String::new() } else { format!("  [{}]", row.article()) };
    let needed = if form.is_needed(row) { tr("needed: ") } else { "" };
    let first = format!("{needed}{}{article}", row.help());
    let mut lines = vec![StyledText::new(first, StyleRole::Guidance)];
    match row.computed(now) {
        Some(Ok(words)) => lines.push(StyledText::new(format!("= {words}"), StyleRole::Good)),
        Some(Err(why)) => lines.push(StyledText::new(why, StyleRole::Due)),
        None => {}
    }
    if row.has_choices() {
        lines.push(StyledText::new(tr("Enter (or F4) shows what there is"), StyleRole::Note));
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::command::commands;
    use crate::command::definition::Args;

    #[test]
    fn what_stands_under_needed_is_what_is_missed() {
        for command in commands() {
            let form = FormView::new(command, &Args::default(), &BTreeMap::new(), None);
            // What is needed in some cases alone stands below, and is missed where it is one of them.
            let is_missed = |row: &&FormRow| group(row) == "NEEDED" || form.is_needed(row);
            let needed: Vec<_> = form.rows.iter().filter(is_missed).map(FormRow::name).collect();
            assert_eq!(needed.join(", "), form.missing().join(", ").replace(" or ", ", "), "{}", command.full_name());
            let below = form.rows.iter().filter(|row| group(row) != "NEEDED" && form.is_needed(row));
            assert!(below.map(|row| row.field.needed).all(|needed| needed.is_some()), "{}", command.full_name());
        }
    }
}
