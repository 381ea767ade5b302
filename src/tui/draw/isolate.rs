//! Names that are written from right to left: a terminal that knows of it would turn around what stands beside them in the row. Each is
//! isolated, after everything is drawn and cut. It draws nothing, and no cell becomes wider.

use ratatui::buffer::{Buffer, Cell};

use crate::value::text::{END_OF_ISOLATE, ISOLATE, is_right_to_left, right_to_left, width};

/// Isolates what each row has of such names.
pub(super) fn isolate(buf: &mut Buffer) {
    let columns = usize::from(buf.area.width).max(1);
    for row in buf.content.chunks_mut(columns) {
        if !row.iter().any(|cell| cell.symbol().chars().any(is_right_to_left)) {
            continue;
        }
        for run in right_to_left(row.iter().map(Cell::symbol)) {
            let last = run.end.saturating_sub(1);
            if let Some(cell) = before(row, run.start) {
                cell.set_symbol(&format!("{}{ISOLATE}", cell.symbol()));
            } else if let Some(cell) = row.get_mut(run.start) {
                cell.set_symbol(&format!("{ISOLATE}{}", cell.symbol()));
            }
            if let Some(cell) = row.get_mut(last) {
                cell.set_symbol(&format!("{}{END_OF_ISOLATE}", cell.symbol()));
            }
        }
    }
}

/// The cell that is drawn before another. A terminal adds a mark without width to the cell before it: as part of that cell, it goes when
/// that cell is drawn again. Nothing stands before the first cell of a row.
fn before(row: &mut [Cell], at: usize) -> Option<&mut Cell> {
    let mut place = at.checked_sub(1)?;
    // The second half of a wide letter is not drawn.
    if place.checked_sub(1).and_then(|n| row.get(n)).is_some_and(|cell| width(cell.symbol()) > 1) {
        place -= 1;
    }
    row.get_mut(place)
}

#[cfg(test)]
mod tests {
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

    #[test]
    fn no_mark_is_left_behind_when_another_name_takes_the_place() {
        let drawn = |line: &str| {
            let mut buf = Buffer::with_lines([line]);
            isolate(&mut buf);
            buf
        };
        for (before, after) in [("│דנה  │", "│Dana │"), ("│漢דנה│", "│漢Dan│"), ("│a דנה│", "│ab na│")]
        {
            let (before, after) = (drawn(before), drawn(after));
            // What the terminal shows, where each cell that differs is drawn again, and a mark belongs to the cell it was written after.
            let mut shown: Vec<String> = before.content.iter().map(|cell| cell.symbol().to_owned()).collect();
            for (x, _, cell) in before.diff(&after) {
                shown[usize::from(x)] = cell.symbol().to_owned();
            }
            assert!(!shown.concat().contains([ISOLATE, END_OF_ISOLATE]), "{shown:?}");
            let starts = before.content.iter().filter(|cell| cell.symbol().starts_with(ISOLATE)).count();
            assert_eq!(starts, 0, "a mark at the start of a cell is added to the one before it");
        }
    }
}
