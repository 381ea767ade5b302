//! The last step of every frame, whatever drew it: nothing hidden reaches the terminal. It draws nothing of its own.

use ratatui::buffer::Buffer;

use crate::value::text::is_hidden;

/// The signs of our own that may stand anywhere in a text, and what stands for them with ASCII alone.
const OURS: [(&str, &str); 4] = [("…", "~"), ("·", "-"), ("→", ">"), ("–", "-")];

/// Replaces what is hidden in any cell, and with ASCII alone the signs of our own. Returns whether something
/// hidden was.
pub(super) fn sweep(buf: &mut Buffer, ascii: bool) -> bool {
    let mut found = false;
    for cell in &mut buf.content {
        // Nearly every cell is one printable character of ASCII.
        if matches!(cell.symbol().as_bytes(), [b' '..=b'~']) {
            continue;
        }
        if cell.symbol().chars().any(is_hidden) {
            cell.set_symbol("?");
            found = true;
        } else if ascii && let Some((_, plain)) = OURS.iter().find(|(ours, _)| cell.symbol() == *ours) {
            cell.set_symbol(plain);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Cell;

    use super::*;

    #[test]
    fn nothing_hidden_stays_in_any_cell() {
        for (symbols, ascii, want, found) in [
            (["a", "…"], false, "a…", false),
            (["a", "…"], true, "a~", false),
            (["\u{1b}", "b"], false, "?b", true),
            (["e\u{202e}", "\u{9b}"], true, "??", true),
        ] {
            let mut buf = Buffer::empty(ratatui::layout::Rect::new(0, 0, 2, 1));
            for (cell, symbol) in buf.content.iter_mut().zip(symbols) {
                cell.set_symbol(symbol);
            }
            assert_eq!(sweep(&mut buf, ascii), found, "{symbols:?}");
            assert_eq!(buf.content.iter().map(Cell::symbol).collect::<String>(), want, "{symbols:?}");
        }
    }
}
