//! A section of a page: its heading, how much of it is out of sight, and the rows that are in sight.

use ratatui::layout::{Position, Rect};

use crate::tui::canvas::{Canvas, wrapped};
use crate::tui::layout::SectionLayout;
use crate::tui::page::Section;
use crate::tui::theme::StyleRole;
use crate::tui::view::View;
use crate::value::text::{Shown, width};

/// Draws a section. Returns where the selected row begins, where it is in this section.
pub(super) fn draw(view: &View, part: SectionLayout, canvas: &mut Canvas<'_>) -> Option<Position> {
    let SectionLayout { section: n, area, offset, room } = part;
    let section = view.sections().nth(n)?;
    if area.height == 0 {
        return None;
    }
    let (here, at) = view.at();
    let active = here == n && view.selected().is_some();
    let title = title(view, section);
    let titled = canvas.section_title(area, &title, active);
    let below = Rect { y: area.y + titled, height: area.height - titled, ..area };
    let shown = view.rows(n);
    if shown.is_empty() && room > 0 {
        // The headings of the columns stay where a filter leaves no row.
        canvas.section_table(below, section, &[], None);
        let rows = Rect {
            x: area.x + 2,
            y: area.bottom() - room as u16,
            width: area.width.saturating_sub(2),
            height: room as u16,
        };
        canvas.lines(rows, &wrapped([(empty_text(view, section), StyleRole::Note)], area.width.saturating_sub(3)), 0);
        return None;
    }
    notes(view, part, section, &title, canvas);
    let rows: Vec<_> = shown.iter().skip(offset).take(room).filter_map(|n| section.rows.get(*n)).collect();
    let is_marked = |subject| view.marks.contains(subject);
    let rows: Vec<_> = rows.into_iter().map(|row| (row, row.subject.as_ref().is_some_and(is_marked))).collect();
    let selected = at.checked_sub(offset).filter(|n| active && *n < rows.len());
    canvas.section_table(below, section, &rows, selected);
    let hidden = shown.len().saturating_sub(offset + room);
    if hidden > 0 && room > 0 && section.title.is_empty() {
        let more = format!(" {hidden} more ");
        let wide = more.len() as u16;
        canvas.shown(area.right().saturating_sub(wide), area.bottom() - 1, wide, &Shown::of(&more), StyleRole::Note);
    }
    selected.map(|n| Position::new(area.x, area.bottom() - room as u16 + n as u16))
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
            format!("Nothing yet fits among {} of {} rows; reading on …", window.read, window.all)
        }
        None if section.rows.is_empty() => section.empty.to_string(),
        _ => "Nothing fits the filter; Esc clears it.".to_owned(),
    }
}

/// How much is out of sight stands in the heading, where it covers nothing; before it gives way, the aside does.
fn notes(view: &View, part: SectionLayout, section: &Section, title: &Shown, canvas: &mut Canvas<'_>) {
    let SectionLayout { section: n, area, offset, room } = part;
    let shown = view.rows(n).len();
    let mut used = width(title.as_str()) as u16 + 1;
    if (shown > room || section.window.is_some()) && used > 1 {
        let window = section.window.clone().unwrap_or_default();
        let (from, until) = (window.first + offset + 1, window.first + (offset + room).min(shown));
        let span = match () {
            // What fits is not known before all is read.
            () if section.window.is_some() && view.reads_on() && shown < section.rows.len() => " reading … ".to_owned(),
            () if !window.is_whole() => {
                format!(" {from}-{until} of {} in {} of {} read ", window.fit, window.read, window.all)
            }
            () if window.fit < window.all => format!(" {from}-{until} of {} in {} ", window.fit, window.all),
            () => format!(" {from}-{until} of {} ", window.fit.max(shown)),
        };
        used +=
            canvas.shown(area.x + used, area.y, area.width.saturating_sub(used), &Shown::of(&span), StyleRole::Note);
    }
    let aside = width(section.aside.as_str()) as u16;
    if used > 1 && aside > 0 && used + aside + 1 < area.width {
        canvas.shown(area.right() - aside - 1, area.y, aside, &section.aside, StyleRole::Note);
    }
}
