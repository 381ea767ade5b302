//! The lines of a screen in the line-oriented interface, and the numbers of its rows.

use std::collections::BTreeMap;

use crate::tui::language::{phrase, tr};
use crate::tui::overlay::reader::Reader;
use crate::tui::page::{Column, PageRow, Selectable, SortKey, text_of};
use crate::tui::screen::screen_of;
use crate::tui::screen_id::ScreenId;
use crate::tui::view::View;
use crate::value::text::Shown;

/// Rows of a section that are written at once.
pub(super) const AT_ONCE: usize = 20;

/// What a number stands for, and where its row stood.
#[derive(Clone)]
pub(super) struct NumberedRow {
    /// The section.
    pub(super) section: usize,
    /// The row among those that the filter shows.
    pub(super) row: usize,
    /// What it stands for.
    pub(super) subject: Selectable,
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

/// What is drawn between words to be seen, and what is said instead.
const DRAWN: [(&str, &str); 4] = [(" · ", ", "), (" → ", " "), ("[x]", "done"), ("[ ]", "to do")];

/// The columns in the order in which they are told: what a thing is goes before its short id.
fn in_order(columns: &[Column]) -> impl Iterator<Item = (usize, &Column)> {
    let of = |ids: bool| columns.iter().enumerate().filter(move |(_, column)| column.is_id() == ids);
    of(false).chain(of(true))
}

/// The cells of a row, in one line. A bare number or time says of what it is, and what says nothing is not told.
pub(super) fn cells(row: &PageRow, columns: &[Column]) -> String {
    let cells = in_order(columns).filter_map(|(n, column)| {
        let cell = row.cells.get(n)?;
        let text = cell.text.as_str().trim();
        // A bar says what the number before it said.
        let says = !cell.is_bar && !text.is_empty() && (cell.key != SortKey::Nothing || text != "-");
        let is_bare = match cell.key {
            SortKey::Number(_) => text.chars().all(|c| c.is_ascii_digit() || c == ','),
            SortKey::Span(_) | SortKey::Time(_) => text.starts_with(|c: char| c.is_ascii_digit()),
            _ => false,
        };
        let name =
            if column.spoken.is_empty() { column.heading().to_lowercase() } else { tr(column.spoken).to_owned() };
        let named = if is_bare && !name.is_empty() { format!("{name} {text}") } else { text.to_owned() };
        says.then_some(named)
    });
    let said = row.mark.words().map(str::to_owned).into_iter().chain(cells);
    let said = said.map(|said| said.trim_end_matches('.').to_owned()).collect::<Vec<_>>().join("; ");
    DRAWN.iter().fold(said, |said, (drawn, words)| said.replace(drawn, tr(words)))
}

/// The row that is selected, with its number; `None`: it is the first, or there is none.
pub(super) fn selected(view: &View) -> Option<String> {
    let at = view.at();
    let (n, number) = numbered_rows(view).into_iter().find(|(_, row)| (row.section, row.row) == at)?;
    let section = view.sections().nth(number.section)?;
    let row = section.rows.get(*view.rows(number.section).get(number.row)?)?;
    (n > 1).then(|| format!("{n}. {}", cells(row, &section.columns)))
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
        let columns: Vec<&str> =
            in_order(&section.columns).map(|(_, c)| c.heading()).filter(|t| !t.is_empty()).collect();
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
            let marked = row.record().is_some_and(|record| view.marks.contains(record));
            let marked = if marked { tr("marked; ") } else { "" };
            match row.subject {
                Some(_) => lines.push(format!("{number}. {marked}{}", cells(row, &section.columns))),
                None => lines.push(format!("- {}", cells(row, &section.columns))),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::page::{Cell, Mark, Width, column};
    use crate::value::timestamp::Timestamp;

    #[test]
    fn a_row_is_told_in_words_and_says_of_what_its_numbers_are() {
        let columns = ["ID", "WHAT", "ITEMS", "WHY", "LEFT", ""].map(|title| column(title, Width::Rest));
        let columns: Vec<Column> = columns.into_iter().chain([column("", Width::Rest).spoken("in all")]).collect();
        let row = PageRow::of(vec![
            Cell::from("R-1"),
            Cell::from("kit uses → tool · XB"),
            Cell::number(3),
            Cell::nothing(),
            Cell::from("HOLD").by(SortKey::Time(Timestamp::EPOCH)),
            Cell::bar(3, 6),
            Cell::number(7),
        ]);
        assert_eq!(
            cells(&row.clone().marked(Mark::Due), &columns),
            "due; kit uses tool, XB; items 3; HOLD; in all 7; R-1"
        );
        let titles: Vec<&str> = in_order(&columns).map(|(_, c)| c.title).filter(|t| !t.is_empty()).collect();
        assert_eq!(titles, ["WHAT", "ITEMS", "WHY", "LEFT", "ID"], "the headings are told in the order of the cells");
        // A dash that is a text says something.
        let dash = PageRow { cells: vec![Cell::default(), Cell::from("-")], ..row };
        assert_eq!(cells(&dash, &columns), "-");
    }
}
