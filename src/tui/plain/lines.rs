//! The lines of a screen in the line-oriented interface, and the numbers of its rows.

use std::collections::BTreeMap;

use crate::tui::language::{phrase, tr};
use crate::tui::overlay::reader::Reader;
use crate::tui::page::{PageRow, RecordRef, text_of};
use crate::tui::screen::screen_of;
use crate::tui::screen_id::ScreenId;
use crate::tui::view::View;
use crate::value::text::Shown;

/// Rows of a section that are written at once.
pub(super) const AT_ONCE: usize = 20;

/// The record that a number stands for, and where its row stood.
#[derive(Clone)]
pub(super) struct NumberedRow {
    /// The section.
    pub(super) section: usize,
    /// The row among those that the filter shows.
    pub(super) row: usize,
    /// The record.
    pub(super) subject: RecordRef,
}

/// How many rows a part has, and before which of them those stand that are here.
pub(super) fn count(view: &View, section: usize) -> usize {
    view.sections().nth(section).and_then(|s| s.window.as_ref()).map_or_else(|| view.rows(section).len(), |w| w.fit)
}

/// The rows that can be selected, by their numbers: they are counted from 1 through all parts.
pub(super) fn numbered_rows(view: &View) -> BTreeMap<usize, NumberedRow> {
    let (mut numbers, mut before) = (BTreeMap::new(), 0);
    for (section, part) in view.sections().enumerate() {
        let first = part.window.as_ref().map_or(0, |w| w.first);
        let mut number = before + first;
        for (row, n) in view.rows(section).iter().enumerate() {
            if let Some(subject) = part.rows.get(*n).and_then(|r| r.subject.clone()) {
                number += 1;
                numbers.insert(number, NumberedRow { section, row, subject });
            }
        }
        before = part.window.as_ref().map_or(number, |w| before + w.fit);
    }
    numbers
}

/// The cells of a row, in one line.
pub(super) fn cells(row: &PageRow) -> String {
    // A bar says what the number before it said.
    let cells = row.cells.iter().filter(|c| !c.is_bar).map(|c| c.text.as_str().trim()).filter(|t| !t.is_empty());
    row.mark.words().into_iter().chain(cells).collect::<Vec<&str>>().join("; ")
}

/// The lines of a screen, from one of its rows on.
pub(super) fn page_lines(screen: ScreenId, view: &View, from: usize) -> Vec<String> {
    let mut lines = vec![String::new(), screen.title().to_uppercase()];
    if let Some(failure) = &view.failed {
        lines.extend(Reader::of_failure(tr("This cannot be shown"), failure).text.spoken());
        return lines;
    }
    let views = screen_of(screen).views;
    if let Some(here) = views.get(view.params.view) {
        lines.push(phrase!(
            "View {here}, of: {views}.",
            here = tr(here),
            views = views.iter().map(|view| tr(view)).collect::<Vec<_>>().join(", ")
        ));
    }
    if !view.filter().is_empty() {
        lines.push(phrase!("Filter: {filter}. / alone shows all.", filter = Shown::of(view.filter())));
    }
    lines.extend(view.page.head.iter().map(|line| text_of(line).trim().to_owned()).filter(|l| !l.is_empty()));
    let mut number = 0;
    for (s, section) in view.sections().enumerate() {
        let shown = view.rows(s);
        let window = section.window.clone();
        let before = number;
        let first = window.as_ref().map_or(0, |w| w.first);
        number += first;
        let of = window.as_ref().map(|w| {
            if w.fit < w.all { phrase!("{fit} of {all}", fit = w.fit, all = w.all) } else { w.all.to_string() }
        });
        let title = [section.title.as_str(), section.aside.as_str(), of.as_deref().unwrap_or_default()];
        let title: Vec<&str> = title.into_iter().filter(|t| !t.is_empty()).collect();
        let columns: Vec<&str> = section.columns.iter().map(|c| c.heading()).filter(|t| !t.is_empty()).collect();
        let columns =
            if columns.is_empty() || shown.is_empty() { String::new() } else { format!(": {}", columns.join("; ")) };
        if !title.is_empty() {
            lines.push(format!("{}{columns}", title.join(", ")));
        }
        if shown.is_empty() {
            lines.push(if section.rows.is_empty() {
                section.empty.to_string()
            } else {
                tr("Nothing fits the filter.").into()
            });
        }
        for (k, n) in shown.iter().enumerate() {
            let Some(row) = section.rows.get(*n) else { continue };
            number += usize::from(row.subject.is_some());
            if first + k < from || first + k >= from + AT_ONCE {
                continue;
            }
            let marked = row.subject.as_ref().is_some_and(|s| view.marks.contains(s));
            let marked = if marked { tr("marked; ") } else { "" };
            match row.subject {
                Some(_) => lines.push(format!("{number}. {marked}{}", cells(row))),
                None => lines.push(format!("- {}", cells(row))),
            }
        }
        number = window.as_ref().map_or(number, |w| before + w.fit);
        let rest = window.map_or(shown.len(), |w| w.fit).saturating_sub(from + AT_ONCE);
        if rest > 0 {
            lines.push(phrase!("{rest} more; more tells the next.", rest));
        }
    }
    if !view.page.sentence.is_empty() {
        lines.push(view.page.sentence.to_string());
    }
    lines
}
