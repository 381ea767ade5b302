//! A table whose cells were made to fit its columns, with the style of the selected row. It chooses no rows.

use ratatui::layout::Constraint;
use ratatui::widgets::{Row, Table};

use crate::tui::appearance::Appearance;

/// A table in so many terminal columns. The widths have no gaps between them; the last ones give way where there is too
/// little room, which ratatui would take from all.
pub fn table<'a>(rows: Vec<Row<'a>>, widths: &[u16], columns: u16, appearance: Appearance) -> Table<'a> {
    let mut left = columns;
    let fitted = widths.iter().map(|width| {
        let width = (*width).min(left);
        left -= width;
        Constraint::Length(width)
    });
    Table::new(rows, fitted).column_spacing(0).row_highlight_style(appearance.styles.selected())
}
