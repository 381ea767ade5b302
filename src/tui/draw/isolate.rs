//! Names that are written from right to left: a terminal that knows of it would turn around what stands beside them in the row. Each is
//! isolated, after everything is drawn and cut. It draws nothing, and no cell becomes wider.

use ratatui::buffer::Buffer;

use crate::value::text::{END_OF_ISOLATE, ISOLATE, is_right_to_left, right_to_left};

/// Isolates what each row has of such names.
pub(super) fn isolate(buf: &mut Buffer) {
    let columns = usize::from(buf.area.width).max(1);
    for row in buf.content.chunks_mut(columns) {
        if !row.iter().any(|cell| cell.symbol().chars().any(is_right_to_left)) {
            continue;
        }
        for run in right_to_left(row.iter().map(ratatui::buffer::Cell::symbol)) {
            let (first, last) = (run.start, run.end.saturating_sub(1));
            if let Some(cell) = row.get_mut(first) {
                cell.set_symbol(&format!("{ISOLATE}{}", cell.symbol()));
            }
            if let Some(cell) = row.get_mut(last) {
                cell.set_symbol(&format!("{}{END_OF_ISOLATE}", cell.symbol()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Cell;

    use super::*;

    #[test]
    fn a_name_from_right_to_left_is_isolated_in_its_row() {
        let mut buf = Buffer::with_lines(["│דנה כהן  XB│", "│N. Okafor  │"]);
        let area = buf.area;
        isolate(&mut buf);
        let text: String = buf.content.iter().map(Cell::symbol).collect();
        assert_eq!(text, "│\u{2068}דנה כהן\u{2069}  XB││N. Okafor  │");
        assert_eq!(buf.area, area);
    }
}
