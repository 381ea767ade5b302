//! A section of a page: its heading, how much of it is out of sight, and the rows that are in sight.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout as Split, Position, Rect};
use ratatui::text::Line as TextLine;
use ratatui::widgets::{Paragraph, Widget as _};

use crate::tui::appearance::Appearance;
use crate::tui::language::{phrase, tr};
use crate::tui::layout::{SectionLayout, inset};
use crate::tui::page::{Section, StyledText};
use crate::tui::theme::StyleRole;
use crate::tui::view::View;
use crate::tui::widget::fitted::{Fitted, wrapped};
use crate::tui::widget::panel::{Panel, within};
use crate::tui::widget::section_table::SectionTable;
use crate::value::text::Shown;

/// Draws a section. Returns where the selected row begins, where it is in this section.
pub(super) fn draw(view: &View, part: SectionLayout, appearance: Appearance, buf: &mut Buffer) -> Option<Position> {
    let SectionLayout { section: n, area, offset, room, framed } = part;
    let section = view.sections().nth(n)?;
    if area.height == 0 {
        return None;
    }
    let (here, at) = view.at();
    let active = here == n && view.selected_subject().is_some();
    let shown = view.rows(n);
    let title = title(view, section);
    let is_empty = shown.is_empty() && room > 0;
    // How much is out of sight stands in the heading, where it covers nothing; before it gives way, the aside does.
    let hidden = if is_empty { None } else { out_of_sight(view, part, section) };
    let below = if framed {
        let said: Vec<&str> = [section.aside.as_str(), hidden.as_deref().map_or("", str::trim)]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        let aside = match said.as_slice() {
            [] if section.rows.iter().any(|row| row.subject.is_some()) && !counts_itself(&title) => {
                shown.len().to_string()
            }
            said => said.join("  "),
        };
        let aside = StyledText::new(aside, StyleRole::Note);
        Panel { title: title.as_str(), note: "", aside, focused: active, appearance }.render(area, buf);
        within(area)
    } else {
        heading(&title, &hidden.unwrap_or_default(), section, active, appearance, area, buf)
    };
    let in_sight = Rect { y: below.bottom().saturating_sub(room as u16), height: room as u16, ..below };
    let rows: Vec<_> = shown.iter().skip(offset).take(room).filter_map(|n| section.rows.get(*n)).collect();
    let is_marked = |subject| view.marks.contains(subject);
    let rows: Vec<_> = rows.into_iter().map(|row| (row, row.record().is_some_and(is_marked))).collect();
    let selected = at.checked_sub(offset).filter(|n| active && *n < rows.len());
    // The headings of the columns stay where a filter leaves no row.
    let natural = view.natural(n);
    SectionTable { section, natural, rows: &rows, selected, framed, appearance }.render(below, buf);
    if is_empty {
        let text = StyledText::new(empty_text(view, section), StyleRole::Note);
        let lines = appearance.lines(&wrapped([text], below.width.saturating_sub(4)));
        Paragraph::new(lines).render(inset(inset(in_sight)), buf);
        return None;
    }
    let out = shown.len().saturating_sub(offset + room);
    if out > 0 && room > 0 && section.title.is_empty() && !framed {
        let more = appearance.span(phrase!(" {out} more ", out), StyleRole::Note);
        let last = in_sight.rows().next_back().unwrap_or(in_sight);
        Paragraph::new(more).right_aligned().render(last, buf);
    }
    selected.map(|n| Position::new(below.x, in_sight.y + n as u16))
}

/// Whether a title says a number already.
fn counts_itself(title: &Shown) -> bool {
    title.as_str().contains(|c: char| c.is_ascii_digit())
}

/// Draws the heading of a section that has no frame. Returns the area below.
fn heading(
    title: &Shown,
    hidden: &str,
    section: &Section,
    active: bool,
    appearance: Appearance,
    area: Rect,
    buf: &mut Buffer,
) -> Rect {
    let titled = Constraint::Length(u16::from(!title.is_empty()));
    let [top, below] = Split::vertical([titled, Constraint::Min(0)]).areas(area);
    let role = if active { StyleRole::Accent } else { StyleRole::Title };
    let mut heading = TextLine::from(appearance.span(title.as_str(), role));
    heading.push_span(appearance.span(hidden, StyleRole::Note));
    let aside = appearance.span(section.aside.as_str(), StyleRole::Note);
    if heading.width() + aside.width() + 2 < usize::from(top.width) {
        Paragraph::new(aside).right_aligned().render(Rect { width: top.width - 1, ..top }, buf);
    }
    Fitted::new(heading).render(inset(top), buf);
    below
}

/// The title says how the rows come, after a comma: no longer where they are ordered.
fn title(view: &View, section: &Section) -> Shown {
    match view.order().filter(|order| order.is_of(section)) {
        Some(order) => {
            let title = section.title.as_str();
            Shown::from(format!("{} {}", title.split(", ").next().unwrap_or(title), order.words()))
        }
        None => section.title.clone(),
    }
}

/// The text where no row is shown.
fn empty_text(view: &View, section: &Section) -> String {
    match &section.window {
        Some(window) if view.reads_on() => {
            phrase!("Nothing yet fits among {read} of {all} rows; reading on …", read = window.read, all = window.all)
        }
        None if section.rows.is_empty() => section.empty.to_string(),
        _ => tr("Nothing fits the filter; Esc clears it.").to_owned(),
    }
}

/// How much is out of sight; nothing where all is in sight.
fn out_of_sight(view: &View, part: SectionLayout, section: &Section) -> Option<String> {
    let SectionLayout { section: n, offset, room, .. } = part;
    let shown = view.rows(n).len();
    if shown <= room && section.window.is_none() {
        // What a filter hides is counted, even where all that it shows is in sight.
        let hides = !view.filter().is_empty() && shown < section.rows.len();
        let (shown, rows) = (view.count_listed(n), section.listed().count());
        return hides.then(|| phrase!(" {shown} of {rows} ", shown, rows));
    }
    let window = section.window.clone().unwrap_or_default();
    let (from, until) = (window.first + offset + 1, window.first + (offset + room).min(shown));
    Some(match () {
        // What fits is not known before all is read.
        () if section.window.is_some() && view.reads_on() && shown < section.rows.len() => tr(" reading … ").to_owned(),
        () if !window.is_whole() => {
            phrase!(
                " {from}-{until} of {fit} in {read} of {all} read ",
                from,
                until,
                fit = window.fit,
                read = window.read,
                all = window.all
            )
        }
        () if window.fit < window.all => {
            phrase!(" {from}-{until} of {fit} in {all} ", from, until, fit = window.fit, all = window.all)
        }
        () => phrase!(" {from}-{until} of {shown} ", from, until, shown = window.fit.max(shown)),
    })
}
