//! What is new on a page since it was written.

use super::lines::cells;
use crate::tui::language::phrase;
use crate::tui::page::{Page, Selectable};

/// What is new on a page, in lines: rows that came and went, and its sentence where it is another.
pub(super) fn news(before: &Page, after: &Page) -> Vec<String> {
    let of = |page: &Page| -> Vec<(Selectable, String)> {
        let rows = page.bands.iter().flatten().flat_map(|s| s.rows.iter().map(|row| (row, &s.columns)));
        rows.filter_map(|(row, columns)| Some((row.subject.clone()?, cells(row, columns)))).collect()
    };
    let (old, new) = (of(before), of(after));
    let has = |all: &[(Selectable, String)], one: &Selectable| all.iter().any(|(subject, _)| subject == one);
    let came = new.iter().filter(|(s, _)| !has(&old, s)).map(|(_, line)| phrase!("New: {line}", line));
    let went = old.iter().filter(|(s, _)| !has(&new, s)).map(|(_, line)| phrase!("No longer here: {line}", line));
    let is_news = after.sentence != before.sentence && !after.sentence.is_empty();
    came.chain(went).chain(is_news.then(|| after.sentence.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::kind::Kind;
    use crate::tui::page::{Cell, Mark, PageRow, RecordRef, Section, Width, column};
    use crate::value::id::Id;
    use crate::value::text::Shown;

    #[test]
    fn only_what_came_and_went_is_news() {
        let row = |n: u8, left: &str| {
            PageRow::of(vec![Cell::from(format!("E-{n}")), Cell::default(), Cell::from(left), Cell::bar(3, 6)])
                .about(Some(RecordRef { kind: Kind::Item, id: Id::from_bytes([n; 16]) }))
                .marked(if n == 2 { Mark::Due } else { Mark::None })
        };
        let columns = ["ID", "", "LEFT", ""].map(|title| column(title, Width::Rest));
        let page = |rows: Vec<PageRow>, sentence: &str| Page {
            bands: vec![vec![Section { columns: columns.to_vec(), rows, ..Section::default() }]],
            sentence: Shown::of(sentence),
            ..Page::default()
        };
        let before = page(vec![row(1, "5h"), row(3, "7h")], "Nothing is late.");
        let check = |rows: Vec<PageRow>, sentence: &str, want: &[&str]| {
            assert_eq!(news(&before, &page(rows, sentence)), want);
        };
        check(vec![row(1, "4h"), row(3, "6h")], "Nothing is late.", &[]);
        check(vec![row(1, "4h"), row(3, "6h")], "One thing is late.", &["One thing is late."]);
        let want = ["New: due; 1h; E-2", "No longer here: 7h; E-3"];
        check(vec![row(2, "1h"), row(1, "5h")], "Nothing is late.", &want);
    }
}
